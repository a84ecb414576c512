"""Where secrets are not, seen from outside: the memory of the program once its vault is closed, its
arguments and environment, every file but standard output.

The program is held while it writes its answer into a full pipe: the vault is closed then. Needs
root (it lets nobody else look into it, which is tested, too), gdb and strace."""
import base64
import fcntl
import hashlib
import os
import pathlib
import pty
import random
import re
import shutil
import signal
import string
import subprocess
import sys
import tempfile
import time

import tap
from memory import core_of, residue
from tap import check

VAULT = os.environ["VAULT"]
MASTER = b"Quizzical-otters-9-juggle"
CHEAP = ["--kdf-memory", "64M", "--kdf-time", "1ms"]


def canary(length=24):
    """Text that occurs nowhere else, not in parts either."""
    return "".join(random.choices(string.ascii_letters + string.digits, k=length)).encode()


PASSWORDS = {f"entry-{n}": canary() for n in range(20)}
NOTES = {name: canary(40) for name in PASSWORDS}
FORMER = canary()
SEEDS = {kind: os.urandom(40) for kind in ("totp", "hotp")}


class Home:
    """A home folder, and a vault in it with all these secrets."""

    def __init__(self):
        self.path = pathlib.Path(tempfile.mkdtemp(prefix="vault-residue."))
        self.temporary = self.path / "temporary"
        self.temporary.mkdir()
        self.env = {"HOME": str(self.path), "TMPDIR": str(self.temporary), "LC_ALL": "C.UTF-8",
                    "XDG_RUNTIME_DIR": "/nonexistent", "PATH": os.environ["PATH"]}
        config = self.path / ".config/vault/config"
        config.parent.mkdir(parents=True)
        config.write_text("agent = off\n")
        self.run("init", "--no-recovery", *CHEAP, secrets=MASTER)
        self.volume_key = self.run("rescue", "--print-volume-key", "-y", secrets=MASTER).strip()
        self.database_key = self.run("rescue", "--print-key", "-y", secrets=MASTER).strip()
        self.add("changed", FORMER, canary())
        self.run("edit", "changed", "-g", volume_key=True)
        for name, password in PASSWORDS.items():
            self.add(name, password, NOTES[name])
        for kind, seed in SEEDS.items():
            uri = b"otpauth://" + kind.encode() + b"/x?secret=" + base64.b32encode(seed)
            subprocess.run(self.command("add", kind, "-g", "--otp-file", "-", volume_key=True),
                           input=self.volume_key + b"\n" + uri, env=self.env, check=True,
                           stderr=subprocess.DEVNULL, start_new_session=True)

    def command(self, *args, volume_key=False):
        return [VAULT, "-q", "--volume-key-fd" if volume_key else "--password-fd", "0", *args]

    def run(self, *args, secrets=b"", volume_key=False):
        secrets = self.volume_key if volume_key else secrets
        return subprocess.run(self.command(*args, volume_key=volume_key), input=secrets + b"\n",
                              env=self.env, check=True, stdout=subprocess.PIPE,
                              stderr=subprocess.DEVNULL, start_new_session=True).stdout

    def add(self, name, password, note):
        subprocess.run(self.command("add", name, "--stdin", "--note", "-", volume_key=True),
                       input=b"\n".join((self.volume_key, password, note)), env=self.env,
                       check=True, stderr=subprocess.DEVNULL, start_new_session=True)

    def keys(self):
        """Needles by name: what must never be there once the vault is closed."""
        return {"master password": MASTER,
                "volume key": bytes.fromhex(self.volume_key.decode()),
                "volume key in hex": self.volume_key,
                "volume key in capitals": self.volume_key.upper(),
                "database key": bytes.fromhex(self.database_key.decode()),
                "database key in hex": self.database_key,
                "database key in capitals": self.database_key.upper()}


HOME = None


def home():
    global HOME
    HOME = HOME or Home()
    return HOME


def full_pipe():
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    while True:
        try:
            os.write(writer, b"." * 4096)
        except BlockingIOError:
            os.set_blocking(writer, True)
            return reader, writer


def wait_blocked(pid):
    """Until it sleeps in the write to the pipe."""
    for _ in range(600):
        time.sleep(0.05)
        where = pathlib.Path(f"/proc/{pid}/wchan").read_text()
        descriptors = list(pathlib.Path(f"/proc/{pid}/fd").iterdir())
        check(descriptors, "it ended before it wrote an answer")
        # Not in a read: it may be waiting for what weighs passwords. Before that, a descriptor
        # that was listed may be closed by now.
        if "pipe_write" in where:
            opened = [os.readlink(descriptor) for descriptor in descriptors]
            check(not any(name.endswith(".vault") for name in opened), "the vault is still open")
            return
    raise tap.Skip(f"the kernel does not tell where a process waits ({where})")


def only_root():
    if os.geteuid() != 0:
        raise tap.Skip("needs root: nobody else may look into the program")


def core_while_answering(*args):
    """The memory of the program while it waits to write its answer."""
    only_root()
    reader, writer = full_pipe()
    with subprocess.Popen(home().command(*args), stdin=subprocess.PIPE, stdout=writer,
                          stderr=subprocess.DEVNULL, env=home().env) as program:
        try:
            program.stdin.write(MASTER + b"\n")
            program.stdin.close()
            wait_blocked(program.pid)
            return core_of(program.pid)
        finally:
            program.kill()
            os.close(reader)
            os.close(writer)


def contents(but=None):
    """Needles by name: what is in the vault, save the entry `but`."""
    found = {"former password": FORMER}
    for kind, seed in SEEDS.items():
        found |= {f"seed of {kind}": seed, f"{kind} in base 32": base64.b32encode(seed)}
    for name in PASSWORDS:
        if name != but:
            found |= {f"password of {name}": PASSWORDS[name], f"note of {name}": NOTES[name]}
    return found


def test_get_has_the_password_it_gives_and_nothing_else():
    core = core_while_answering("get", "entry-7")
    left = residue(core, {**home().keys(), **contents(but="entry-7")})
    check(not left, left)
    count = core.count(PASSWORDS["entry-7"])
    check(count == 1, f"the password that it gives is there {count} times")


def test_answers_without_secrets_leave_nothing():
    for command in (["list"], ["audit", "--json"], ["history", "changed"], ["show", "entry-3"],
                    ["check", "--json"], ["status"], ["trash", "list", "--json"],
                    ["find", "entry"], ["find", "e", "--json"]):
        core = core_while_answering(*command)
        left = residue(core, {**home().keys(), **contents()})
        check(not left, (command, left))


def test_looking_for_leaked_passwords_leaves_nothing_of_their_hashes():
    hashes = {name: hashlib.sha1(word).digest() for name, word in PASSWORDS.items()}
    leaked = home().path / "leaked"
    lines = sorted([hashes["entry-3"].hex(), *(os.urandom(20).hex() for _ in range(40))])
    leaked.write_text("".join(f"{line}:7\n" for line in lines))
    needles = {f"hash of {name}": digest for name, digest in hashes.items()}
    needles |= {f"hash of {name} in hex": digest.hex().encode() for name, digest in hashes.items()}
    core = core_while_answering("audit", "--json", "--breaches", str(leaked))
    left = residue(core, {**home().keys(), **contents(), **needles})
    check(not left, left)


def test_a_one_time_code_leaves_nothing_of_its_seed():
    for command in (["otp", "totp"], ["otp", "hotp"], ["show", "totp"]):
        core = core_while_answering(*command)
        left = residue(core, {**home().keys(), **contents()})
        check(not left, (command, left))


def test_a_master_password_that_was_typed_leaves_nothing():
    only_root()
    reader, writer = full_pipe()
    pid, terminal = pty.fork()
    if pid == 0:
        os.dup2(writer, 1)
        os.execve(VAULT, [VAULT, "get", "entry-9"], home().env)
    try:
        shown = b""
        while b"Master password: " not in shown:
            shown += os.read(terminal, 1000)
        time.sleep(0.2)
        os.write(terminal, b"rubbish\x15" + MASTER + b"\n")
        wait_blocked(pid)
        left = residue(core_of(pid), {**home().keys(), **contents(but="entry-9")})
        check(not left, left)
    finally:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        for fd in (terminal, reader, writer):
            os.close(fd)


def test_the_control_an_open_vault_has_its_keys_in_memory():
    only_root()
    with subprocess.Popen(home().command("add", "never", "--stdin", volume_key=True),
                          stdin=subprocess.PIPE, stderr=subprocess.DEVNULL,
                          env=home().env) as program:
        try:
            program.stdin.write(home().volume_key + b"\n")
            program.stdin.flush()
            time.sleep(0.2)
            while "pipe" not in pathlib.Path(f"/proc/{program.pid}/wchan").read_text():
                time.sleep(0.05)
            time.sleep(0.5)
            found = residue(core_of(program.pid), home().keys())
        finally:
            program.kill()
    for key in "volume key", "database key":
        check(any(f"of the {key} in" in line for line in found), f"the {key} was not found")


def test_nobody_of_the_same_user_may_look():
    become = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"] \
        if os.geteuid() == 0 else []
    with tempfile.TemporaryDirectory(prefix="vault-look.") as folder:
        os.chmod(folder, 0o755)
        copy = shutil.copy(VAULT, folder)  # where everybody may run it
        # It waits for the password of a vault that it is to make.
        with subprocess.Popen([*become, copy, "--vault", f"{folder}/none", "init", "--no-recovery",
                               "--password-fd", "0"], stdin=subprocess.PIPE,
                              env={**os.environ, "HOME": folder},
                              stderr=subprocess.DEVNULL) as program:
            time.sleep(0.5)
            files = " ".join(f"/proc/{program.pid}/{name}" for name in ("mem", "maps", "environ"))
            look = subprocess.run([*become, "head", "-qc", "1", *files.split()],
                                  capture_output=True, check=False)
            running = program.poll() is None
            program.kill()
    check(running, "it did not wait for the password")
    check(look.stdout == b"" and look.stderr.count(b"ermission denied") == 3, look)


def traced(log, *args, secrets):
    subprocess.run(["strace", "-f", "-xx", "-s", "200000", "-o", log,
                    "-e", "trace=!read,readv,pread64,preadv", *home().command(*args)],
                   input=b"\n".join((MASTER, *secrets)) + b"\n", env=home().env, check=False,
                   capture_output=True)


def hexadecimal(needle):
    return "".join(f"\\x{byte:02x}" for byte in needle)


def plain(line):
    """The first string in a line of strace -xx."""
    match = re.search(r'"((?:\\x[0-9a-f]{2})*)"', line)
    digits = match.group(1).replace("\\x", "") if match else ""
    return bytes.fromhex(digits).decode(errors="replace")


def test_secrets_go_to_standard_output_and_nowhere_else():
    only_root()
    if not shutil.which("strace"):
        raise tap.Skip("strace is not installed")
    before = home().temporary.stat()
    new, edited, note = canary(), canary(), canary()
    needles = {**home().keys(), **contents(), "new": new, "edited": edited, "note": note}
    log = home().path / "strace.log"
    backup = str(home().path / "backup")
    printed = 0
    for args, secrets in ((("add", "new", "--stdin", "--note", "-"), (new, note)),
                          (("edit", "new", "--stdin"), (edited,)),
                          (("get", "new"), ()), (("list", "-l"), ()), (("show", "new"), ()),
                          (("audit",), ()), (("check",), ()), (("rename", "new", "newer"), ()),
                          (("backup", backup), ()), (("rm", "newer"), ()),
                          (("trash", "empty", "-y"), ()), (("add", "no", "--stdin"), (MASTER,)),
                          (("passwd", "--new-password-fd", "0", *CHEAP), (MASTER,))):
        traced(str(log), *args, secrets=secrets)
        lines = log.read_text().splitlines()
        check(any("exit_group" in line for line in lines), lines[:3])
        for name, needle in needles.items():
            for line in lines:
                if hexadecimal(needle)[:44] not in line:
                    continue
                check(" write(1, " in line and args[0] == "get" and name == "edited",
                      f"{args}: {name} in {plain(line)!r}: {line[:60]}")
                printed += 1
        only_known_files(lines, args)
    check(printed == 1, f"get's own answer was seen {printed} times: the trace has no eyes")
    after = home().temporary.stat()
    check(not list(home().temporary.iterdir()) and before.st_mtime_ns == after.st_mtime_ns,
          "something was in the folder for temporary files")


def only_known_files(lines, args):
    """What is opened for writing or made, renamed, linked: the vault's own files and terminals."""
    known = (str(home().path / ".local"), "/dev/null", "/dev/tty", str(home().path / "backup"))
    calls = r" (creat|open|openat|openat2|mkdir|mkdirat|rename\w*|link\w*|symlink\w*|mknod\w*)\("
    for line in lines:
        match = re.search(calls, line)
        if not match or ("open" in match.group(1) and not re.search("O_(WRONLY|RDWR|CREAT)", line)):
            continue
        check(plain(line).startswith(known), f"{args} touches {plain(line)!r}")


def test_neither_arguments_nor_environment_have_a_place_for_one():
    only_root()
    reader, writer = full_pipe()
    with subprocess.Popen(home().command("get", "entry-7"), stdin=subprocess.PIPE, stdout=writer,
                          stderr=subprocess.DEVNULL, env=home().env) as program:
        program.stdin.write(MASTER + b"\n")
        program.stdin.close()
        try:
            wait_blocked(program.pid)
            for place in ("cmdline", "environ", "comm"):
                text = pathlib.Path(f"/proc/{program.pid}/{place}").read_bytes()
                left = residue(text, {**home().keys(), **contents()})
                check(not left, (place, left))
        finally:
            program.kill()
            os.close(reader)
            os.close(writer)


if not sys.platform.startswith("linux"):
    sys.exit(77)
try:
    tap.run(globals())
finally:
    if HOME:
        shutil.rmtree(HOME.path)

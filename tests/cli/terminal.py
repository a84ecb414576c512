"""A person at a terminal: the program under dash, a shell that leaves the terminal's modes alone,
and homes for it to run in."""
import functools
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import termios
import time

from tap import check

try:
    import pexpect
except ImportError:
    sys.exit(77)
if not shutil.which("dash"):
    sys.exit(77)

VAULT = os.environ["VAULT"]
MASTER = "Quizzical-otters-9-juggle"
QUESTION = "Master password: "
CHEAP = ["--kdf-memory", "64M", "--kdf-time"]

KEY = 0x03, 0x04, 0x1a, 0x1c  # what the keys of a terminal send
INTERRUPT, END, STOP, QUIT = map(chr, KEY)
ERASE, ERASE_WORD, ERASE_LINE, LITERAL = "\x7f", "\x17", "\x15", "\x16"

_folder = tempfile.TemporaryDirectory(prefix="vault-terminal.")


def _environment(home, **more):
    env = {**os.environ, "HOME": str(home), "XDG_RUNTIME_DIR": str(home / "run"), "PS1": "",
           "TERM": "dumb", **more}
    for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "NO_COLOR"):
        if name not in more:
            env.pop(name, None)
    return env


@functools.cache
def _made(master):
    """A home with a vault, to be copied: two derivations for all homes, not for each."""
    return Home(master, copy=False)


class Home:
    """A home folder; with `master`, a vault in it. The file `key` and `code` open it, too. Without
    `agent` none is started, and each command asks."""

    def __init__(self, master=MASTER, agent=False, copy=True):
        self.path = pathlib.Path(tempfile.mkdtemp(dir=_folder.name))
        if master and copy:
            shutil.copytree(_made(master).path, self.path, dirs_exist_ok=True)
            self.code = _made(master).code
        else:
            (self.path / "run").mkdir(0o700)
            (self.path / ".config/vault").mkdir(parents=True)
        (self.path / ".config/vault/config").write_text(f"agent = {'auto' if agent else 'off'}\n")
        self.vault = self.path / ".local/share/vault/default.vault"
        self.key = self.path / "key"
        self.master = master
        if master and not copy:
            self.code = self.run("init", "--print-recovery", *CHEAP, "1ms").strip()
            self.key.write_text(self.run("rescue", "--print-volume-key", "-y"))

    def run(self, *args, more=""):
        """Without a terminal; the master password is the first line of standard input."""
        done = subprocess.run([VAULT, "-q", "--password-fd", "0", *args],
                              input=f"{self.master}\n{more}", env=_environment(self.path),
                              stdout=subprocess.PIPE, text=True, check=True, start_new_session=True)
        return done.stdout

    def contents(self):
        return self.vault.read_bytes() if self.vault.exists() else None


class Screen:
    """`screen` is all that `child` ever showed, which logs what it reads here. For `with`."""

    child, screen = None, ""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.child.close(force=True)

    def write(self, text):
        self.screen += text

    def flush(self):
        pass


class Terminal(Screen):
    """A shell in which the program is started."""

    def __init__(self, home, **environment):
        self.home = home
        self.child = pexpect.spawn("dash", ["-i"], env=_environment(home.path, **environment),
                                   encoding="utf-8", timeout=60, dimensions=(40, 200))
        self.child.delaybeforesend = None
        self.child.logfile_read = self
        self.count = 0
        self.command("stty sane -onlcr; set -m; cd")
        self.before = self.modes()

    def modes(self):
        return termios.tcgetattr(self.child.child_fd)

    def unchanged(self):
        return self.modes() == self.before

    def start(self, *args, redirect="", key=False):
        """Starts the program; with `key` the volume key opens the vault and nothing is derived."""
        words = " ".join(f"'{word}'" for word in args)
        if key:
            words, redirect = f"--volume-key-fd 9 {words}", f"9<key {redirect}"
        self.child.sendline(f"'{VAULT}' {words} {redirect}")
        return self

    def _wait(self, wait, what):
        try:
            wait(what)
        except pexpect.ExceptionPexpect:
            raise AssertionError(f"waited for {what!r} after …{self.screen[-400:]!r}") from None

    def expect(self, text):
        self._wait(self.child.expect_exact, text)
        return self

    def match(self, pattern):
        self._wait(self.child.expect, pattern)
        return self.child.match.group(1)

    def send(self, keys):
        """As fast as the terminal takes them: what it cannot hold, the kernel would drop."""
        for at in range(0, len(keys), 512):
            self.child.send(keys[at:at + 512])
        return self

    def ask(self, question, answer):
        """Waits for a question and answers. It listens when it is seen: what was typed before is
        dropped first."""
        return self.expect(question).send(answer)

    def running(self):
        """The process in the foreground."""
        return os.tcgetpgrp(self.child.child_fd)

    def shell_is_back(self):
        """Waits until the program has ended or stopped."""
        deadline = time.monotonic() + 60
        while self.running() != self.child.pid:
            check(time.monotonic() < deadline, "the program does not end")
            time.sleep(0.01)
        return self

    def command(self, line):
        """Runs a command of the shell; gives its exit status."""
        self.count += 1
        self.child.sendline(f"{line}; echo st''atus-{self.count}=$?")
        return int(self.match(rf"status-{self.count}=(\d+)"))

    def status(self):
        """Exit status of the program that was started."""
        return self.shell_is_back().command("(exit $?)")

    def ends(self, status):
        found = self.status()
        check(found == status, f"exit status {found}, not {status}: …{self.screen[-300:]}")
        check(self.unchanged(), "the terminal is not as it was")
        return self

    def unseen(self, *secrets):
        for secret in secrets:
            check(secret not in self.screen, f"{secret} was shown")
        return self

"""Who looks into the agent, and into a vault that waits for its password: the same user cannot, by
debugger, /proc or core dump; root can, and finds no key once it is locked, at most one before.

AGENT_RUNS in the environment: how often memory is searched after a lock; 100 before a release."""
import ctypes
import os
import pathlib
import pty
import random
import resource
import shutil
import signal
import string
import struct
import subprocess
import sys
import tempfile
import time

import agent
import memory
import tap
from tap import check

RUNS = int(os.environ.get("AGENT_RUNS", "3"))
MASTER = b"Quizzical-otters-9-juggle"
ENTRIES, IN_NOTE = 20, 50


def canary():
    return "".join(random.choices(string.ascii_letters + string.digits, k=24)).encode()


def with_cores():
    resource.setrlimit(resource.RLIMIT_CORE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))


# ---- The same user ----

def gdb_attaches(pid):
    if not shutil.which("gdb"):
        raise tap.Skip("gdb is not installed")
    done = subprocess.run([*agent.become(agent.USER), "gdb", "-nx", "-batch", "-p", str(pid),
                           "-ex", "info registers"], stdin=subprocess.DEVNULL, capture_output=True,
                          text=True, check=False, env={**os.environ, "HOME": "/nonexistent"})
    return "rip" in done.stdout or "\npc " in done.stdout


def memory_opens(pid):
    done = subprocess.run([*agent.become(agent.USER), "dd", f"if=/proc/{pid}/mem", "count=0"],
                          capture_output=True, text=True, check=False)
    check(done.returncode == 0 or "Permission denied" in done.stderr, done.stderr)
    return done.returncode == 0


def refuses_to_be_seen(process, reap):
    """Kills it in the end, in a way that leaves a core where it may."""
    check(not gdb_attaches(process), "gdb attached")
    check(not memory_opens(process), "its memory was opened")
    os.kill(process, signal.SIGSEGV)
    status = reap()
    check(os.WIFSIGNALED(status), f"it did not die of the signal: {status}")
    check(not os.WCOREDUMP(status), "it left a core dump")


def test_the_control_an_ordinary_process_can_be_seen():
    with tempfile.TemporaryDirectory(prefix="vault-core.") as folder:
        os.chmod(folder, 0o777)
        pid = os.fork()
        if pid == 0:
            os.chdir(folder)
            with_cores()
            command = [*agent.become(agent.USER), "sleep", "100"]
            os.execvp(command[0], command)
        time.sleep(0.5)
        attached, opened = gdb_attaches(pid), memory_opens(pid)
        os.kill(pid, signal.SIGSEGV)
        dumped = os.WCOREDUMP(os.waitpid(pid, 0)[1])
        if not attached and not opened:
            raise tap.Skip("nobody may look into any process here")
        check(attached and opened, (attached, opened))
        if not dumped:
            raise tap.Skip("no process leaves a core dump here")


def test_the_agent_cannot():
    with agent.Agent(prepare=with_cores) as where:
        pid = where.process.pid
        refuses_to_be_seen(pid, lambda: os.waitpid(pid, 0)[1])


def test_a_vault_that_waits_for_its_password_cannot():
    with agent.Agent() as where:
        make_vault(where, entries=0)
        where.vault("lock")
        pid, terminal = pty.fork()
        if pid == 0:
            os.chdir(where.home)
            with_cores()
            command = [*agent.become(agent.USER), where.bin / "vault", "get", "x"]
            os.execvpe(command[0], command, where.env)
        shown = b""
        while b"Master password: " not in shown:
            shown += os.read(terminal, 1000)
        refuses_to_be_seen(pid, lambda: os.waitpid(pid, 0)[1])
        os.close(terminal)


# ---- Root ----

def make_vault(where, entries=ENTRIES):
    """Gives the volume key and the canaries that are in the vault."""
    canaries = []
    done = where.vault("--password-fd", "0", "init", "-q", "--no-recovery", "--kdf-memory", "64M",
                       "--kdf-time", "1ms", input=MASTER + b"\n")
    check(done.returncode == 0, done.stderr)
    done = where.vault("--password-fd", "0", "rescue", "--print-volume-key", "-y", "-q",
                       input=MASTER + b"\n")
    key = done.stdout.strip()
    check(len(key) == 64, done.stderr)
    for n in range(entries):
        new = [canary() for _ in range(IN_NOTE)]
        text = b"\n".join([key, new[0], *new[1:]])
        done = where.vault("-q", "--volume-key-fd", "0", "add", f"entry-{n}", "--stdin", "--note",
                           "-", input=text)
        check(done.returncode == 0, done.stderr)
        canaries += new
    return bytes.fromhex(key.decode()), canaries


def unlock_and_use(where, uses=2):
    done = where.vault("-q", "unlock", "--password-fd", "0", input=MASTER + b"\n")
    check(done.returncode == 0, done.stderr)
    for n in range(uses):
        done = where.vault("-q", "get", f"entry-{n}")
        check(done.returncode == 0, done.stderr)


def search(where, key, canaries):
    """What is found in the agent: how often the key, and what else."""
    core = memory.core_of(where.process.pid)
    found = memory.residue(core, {"master password": MASTER})
    found += [text for text in canaries if text[:8] in core or text[-8:] in core]
    return core.count(key), memory.residue(core, {"key": key}), found


def only_root():
    if not agent.ROOT:
        raise tap.Skip("needs root: nobody else may look into the agent")


def test_after_a_lock_nothing_is_left():
    only_root()
    with agent.Agent() as where:
        key, canaries = make_vault(where)
        check(len(canaries) == 1000)
        for _ in range(RUNS):
            unlock_and_use(where)
            done = where.vault("-q", "lock")
            check(done.returncode == 0, done.stderr)
            _, parts, found = search(where, key, canaries)
            check(not parts and not found, (parts, found))


def test_unlocked_and_idle_the_key_is_hidden_even_from_root():
    only_root()
    with agent.Agent() as where:
        key, canaries = make_vault(where)
        unlock_and_use(where)
        with where.client() as client:
            hidden = "hidden" in client.properties()
        count, parts, found = search(where, key, canaries)
        if hidden:
            check(count == 0 and not parts, parts)
        check(count <= 1, f"the key is there {count} times")
        check(not found, found)


# memfd_secret(2) has one number on every architecture.
MEMFD_SECRET = 447


def without_hidden_memory():
    """The next program finds a kernel that has no memfd_secret(2): seccomp(2) says so."""
    def instruction(code, jump, value):
        return struct.pack("HBBI", code, 0, jump, value)
    program = ctypes.create_string_buffer(
        instruction(0x20, 0, 0) +                # load the number
        instruction(0x15, 1, MEMFD_SECRET) +     # is it another one? skip
        instruction(0x06, 0, 0x00050000 | 38) +  # ENOSYS
        instruction(0x06, 0, 0x7fff0000))        # allowed
    whole = struct.pack("HxxxxxxP", 4, ctypes.addressof(program))
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(38, 1, 0, 0, 0) or libc.prctl(22, 2, ctypes.c_char_p(whole), 0, 0):
        os._exit(126)


def test_the_control_the_search_has_eyes():
    """Where there is no hidden memory the key is found, once; so is what lies open."""
    only_root()
    open_text = canary()
    with agent.Agent({"CANARY": open_text.decode()}, prepare=without_hidden_memory) as where:
        key, canaries = make_vault(where)
        unlock_and_use(where)
        with where.client() as client:
            check("hidden" not in client.properties(), "the memory is hidden")
        count, _, found = search(where, key, canaries + [open_text])
        check(count == 1, f"the key is there {count} times")
        check(found == [open_text], found)
        where.vault("-q", "lock")
        _, parts, found = search(where, key, canaries)
        check(not parts and not found, (parts, found))


def test_the_sandbox_is_in_force_and_told():
    with agent.Agent() as where, where.client() as client:
        status = pathlib.Path(f"/proc/{where.process.pid}/status").read_text()
        filtered = "\nSeccomp:\t2\n" in status
        check(("seccomp" in client.properties()) == filtered, status)
        check("\nNoNewPrivs:\t1\n" in status, status)
        if not filtered:
            raise tap.Skip("the kernel has no seccomp")


if not sys.platform.startswith("linux"):
    sys.exit(77)
tap.run(globals())

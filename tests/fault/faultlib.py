"""What the drivers of the fault tests share: running vault under libfault.so, scratch folders in
memory, TAP.

Every driver prints its seed, takes one back with --seed, and runs in two sizes: the ordinary
one, and --release."""
import argparse
import atexit
import hashlib
import os
import pathlib
import random
import shutil
import signal
import struct
import subprocess
import sys
import tempfile

TOOLS = pathlib.Path(os.environ.get("FAULT_TOOLS", "build/tests/fault")).resolve()
VAULT = pathlib.Path(os.environ.get("VAULT", TOOLS.parent.parent / "src/cli/vault")).resolve()
LIBFAULT = TOOLS / "libfault.so"
LIBMEMORY = TOOLS / "libfaultmemory.so"
CONTENTS = TOOLS / "contents"
SANITIZED = os.environ.get("FAULT_SANITIZED", "no") == "yes"
JOBS = int(os.environ.get("FAULT_JOBS", os.cpu_count() or 1))

# struct log_record and struct fault_shared of log.h and preload.h.
RECORD = struct.Struct("<IIQQII")
LOG_OPEN, LOG_WRITE, LOG_SYNC, LOG_MARK = 1, 2, 4, 10
CLASSES = ["open", "read", "write", "truncate", "sync", "name", "close", "lock", "change", "any"]
SHARED = struct.Struct(f"<{len(CLASSES)}QQqQ")


def fresh(seed):
    """A password that is no variant of another one's."""
    return hashlib.blake2b(seed.encode(), digest_size=12).hexdigest()


class Tap:
    """Counts and prints checks. The exit status is that of the run: any failure is 1."""

    def __init__(self):
        self.number = 0
        self.failed = 0

    def ok(self, good, what, details=""):
        self.number += 1
        self.failed += not good
        print(f"{'ok' if good else 'not ok'} {self.number} - {what}", flush=True)
        if not good or details:
            for line in str(details).splitlines():
                print(f"# {line}", flush=True)
        return good

    def skip(self, what, why):
        self.number += 1
        print(f"ok {self.number} - {what} # SKIP {why}", flush=True)

    def finish(self):
        print(f"1..{self.number}", flush=True)
        sys.exit(1 if self.failed else 0)


def note(text):
    for line in str(text).splitlines():
        print(f"# {line}", flush=True)


def arguments(description, **extra):
    """Parses the command line that all drivers share and seeds the random numbers."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--release", action="store_true", help="the long run")
    parser.add_argument("--seed", type=int, default=int.from_bytes(os.urandom(6), "little"))
    parser.add_argument("--keep", action="store_true", help="keep the scratch folder")
    for name, kind in extra.items():
        parser.add_argument("--" + name, type=kind)
    options = parser.parse_args()
    for tool in (VAULT, LIBFAULT, CONTENTS):
        if not tool.exists():
            sys.exit(f"{tool} is not there: build first, or say where by VAULT and FAULT_TOOLS")
    print("TAP version 13")
    note(f"seed {options.seed}, {'release' if options.release else 'ordinary'} size, {JOBS} jobs")
    random.seed(options.seed)
    Scratch.keep = options.keep
    return options


class Scratch:
    """A folder in memory where there is one: the tests ask what a disk would hold, not this one."""

    keep = False

    def __new__(cls):
        where = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
        path = pathlib.Path(tempfile.mkdtemp(prefix="vault-fault-", dir=where)).resolve()
        atexit.register(cls.remove, path, os.getpid())
        return path

    @classmethod
    def remove(cls, path, owner):
        if os.getpid() != owner:
            return
        if cls.keep:
            note(f"kept: {path}")
        else:
            shutil.rmtree(path, ignore_errors=True)


class Outcome:
    def __init__(self, status, out, err, counts):
        self.status, self.out, self.err = status, out, err
        self.counts = counts  # by class, "fired", "derivations"

    @property
    def killed(self):
        return self.status == -signal.SIGKILL

    def __str__(self):
        return f"exit {self.status}; stdout {self.out!r}; stderr {self.err!r}"


class Disk:
    """A folder that stands for a disk: data/v.vault, and the witness in state/."""

    def __init__(self, path):
        self.path = pathlib.Path(path)
        self.vault = self.path / "data/v.vault"

    def make(self):
        (self.path / "data").mkdir(parents=True)
        (self.path / "state").mkdir()
        return self

    def copy(self, path):
        """Replaces the folder `path` by a copy of this one."""
        shutil.rmtree(path, ignore_errors=True)
        shutil.copytree(self.path, path)
        return Disk(path)

    def digest(self):
        """Of every name and every byte."""
        total = hashlib.sha256()
        for name in sorted(self.path.rglob("*")):
            total.update(str(name.relative_to(self.path)).encode() + b"\0")
            if name.is_file():
                total.update(hashlib.sha256(name.read_bytes()).digest())
        return total.hexdigest()


class Runner:
    """Runs vault on a disk. Passwords go by files outside of it; `kdf` "fast": see kdf.h."""

    def __init__(self, scratch, kdf="fast"):
        self.scratch = pathlib.Path(scratch)
        self.kdf = kdf
        self.shared = self.scratch / "shared"
        self.secrets = {}

    def secret_file(self, secret):
        if secret not in self.secrets:
            path = self.scratch / f"secret-{len(self.secrets)}"
            path.write_bytes(secret.encode() + b"\n")
            self.secrets[secret] = str(path)
        return self.secrets[secret]

    def environment(self, disk, faults, preload):
        environment = {
            "PATH": os.environ.get("PATH", "/usr/bin:/bin"),
            "HOME": str(disk.path),
            "XDG_STATE_HOME": str(disk.path / "state"),
            "XDG_DATA_HOME": str(disk.path / "data"),
            "LC_ALL": "C.UTF-8",
            "FAULT_KDF": self.kdf,
            "FAULT_ROOT": str(disk.path),
            "FAULT_STATE": str(self.shared),
            "LD_PRELOAD": ":".join(map(str, preload)),
        }
        if SANITIZED:
            environment["ASAN_OPTIONS"] = "verify_asan_link_order=0:detect_leaks=0"
        environment.update({key: str(value) for key, value in faults.items()})
        return environment

    def start(
        self, disk, words, stdin=b"", password=None, key=None, faults=None, preload=(LIBFAULT,)
    ):
        """Gives the running process, its standard input already filled."""
        command = [str(VAULT), "--vault", str(disk.vault)]
        descriptors = []
        if password is not None:
            command += ["--password-file", self.secret_file(password)]
        if key is not None:
            reading = os.open(self.secret_file(key), os.O_RDONLY)
            descriptors.append(reading)
            command += ["--volume-key-fd", str(reading)]
        self.shared.write_bytes(bytes(SHARED.size))
        given, giving = os.pipe()
        os.write(giving, stdin)
        os.close(giving)
        process = subprocess.Popen(
            command + list(words),
            stdin=given,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=self.environment(disk, faults or {}, preload),
            pass_fds=descriptors,
            cwd="/",
        )
        for descriptor in descriptors + [given]:
            os.close(descriptor)
        return process

    def finish(self, process, timeout=120):
        try:
            out, err = process.communicate(timeout=timeout)
        except subprocess.TimeoutExpired:
            process.kill()
            out, err = process.communicate()
            err += b"(took too long)"
        return Outcome(process.returncode, out, err, self.counts())

    def counts(self):
        values = SHARED.unpack(self.shared.read_bytes())
        counts = dict(zip(CLASSES, values))
        counts.update(fired=values[-3], grown=values[-2], derivations=values[-1])
        return counts

    def run(self, disk, words, timeout=120, **how):
        return self.finish(self.start(disk, words, **how), timeout)

    def must(self, disk, words, status=0, **how):
        outcome = self.run(disk, words, **how)
        if outcome.status != status:
            raise RuntimeError(f"vault {' '.join(words)}: {outcome}")
        return outcome

    def contents(self, disk, password=None, key=None, check=False, state=None, vault=None):
        """(exit status, text, message) of the program `contents`; no faults."""
        command = [str(CONTENTS)]
        command += ["--password", password] if key is None else ["--key", key]
        command += ["--check"] if check else []
        environment = self.environment(disk, {}, ())
        if state:
            environment["XDG_STATE_HOME"] = str(state)
        done = subprocess.run(
            command + [str(vault or disk.vault)], capture_output=True, env=environment, timeout=120
        )
        return done.returncode, done.stdout, done.stderr.decode(errors="replace")

    def volume_key(self, disk, password):
        done = subprocess.run(
            [str(CONTENTS), "--volume-key", "--password", password, str(disk.vault)],
            capture_output=True,
            env=self.environment(disk, {}, ()),
            check=True,
        )
        return done.stdout.decode().strip()


CHEAP = ["--kdf-time", "0.001", "--kdf-memory", "64M"]


def make_vault(runner, disk, password, entries, recovery=False):
    """A vault with entries {name: password}; gives its volume key."""
    runner.must(
        disk,
        ["init", "--print-recovery" if recovery else "--no-recovery", *CHEAP],
        password=password,
    )
    key = runner.volume_key(disk, password)
    for name, value in entries.items():
        runner.must(
            disk,
            ["add", name, "--stdin", "-u", f"user of {name}"],
            key=key,
            stdin=value.encode() + b"\n",
        )
    return key


def mark(log, text="done"):
    """Writes into a recording that the step before was acknowledged."""
    data = text.encode()
    with open(log, "ab") as file:
        file.write(RECORD.pack(LOG_MARK, 0, 0, 0, len(data), 0) + data)

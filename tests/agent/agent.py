"""An agent in a folder of its own, and clients that speak its protocol (version 1) without any of
its code. As root it runs as nobody, so that the tests show what they are to show."""
import contextlib
import os
import pathlib
import shutil
import signal
import socket
import struct
import subprocess
import tempfile

BIN = pathlib.Path(os.environ["VAULT"]).parent
ROOT = os.geteuid() == 0
USER, OTHER = (65534, 61234) if ROOT else (os.getuid(), None)  # D-Bus wants a known one

HELLO, GET, PUT, LOCK, LOCK_ALL, ASK, REPORT = range(1, 8)
WELCOME, KEY, NOT_HELD, DONE, HELD, REPORTED, REFUSED = range(129, 136)
PROPERTIES = ["hidden", "locked", "seccomp", "landlock", "logind"]  # by their bits


def become(uid):
    """The beginning of a command line that runs as this user."""
    if uid == os.getuid():
        return []
    return ["setpriv", f"--reuid={uid}", f"--regid={uid}", "--clear-groups", "--"]


@contextlib.contextmanager
def acting_as(uid):
    """The kernel tells the agent who connected by the effective user in that moment."""
    before = os.geteuid()
    os.seteuid(uid)
    try:
        yield
    finally:
        os.seteuid(before)


class Client:
    """A connection. Every answer is a type and its body; None when the agent hung up."""

    def __init__(self, path, uid=USER, greet=True):
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.socket.settimeout(10)
        with acting_as(uid):
            self.socket.connect(str(path))
        if greet:
            answer = self.ask(HELLO, bytes([1, 1]))
            assert answer == (WELCOME, b"\x01"), answer

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def receive(self, size):
        got = b""
        while len(got) < size:
            more = self.socket.recv(size - len(got))
            if not more:
                return None
            got += more
        return got

    def ask(self, kind, body=b""):
        try:
            self.socket.sendall(struct.pack("<IB", 1 + len(body), kind) + body)
            head = self.receive(5)
        except ConnectionError:
            return None
        if not head:
            return None
        length, answer = struct.unpack("<IB", head)
        return answer, self.receive(length - 1)

    def put(self, uuid, key, idle=0, cap=0):
        answer = self.ask(PUT, struct.pack("<16sII", uuid, idle, cap) + key)
        assert answer and answer[0] == DONE, answer

    def holds(self, uuid):
        return self.ask(ASK, uuid)[0] == HELD

    def properties(self):
        bits = struct.unpack("<II", self.ask(REPORT)[1])[1]
        return {name for number, name in enumerate(PROPERTIES) if bits >> number & 1}


class Agent:
    """`with Agent() as where:`. Copies of the programs, which this user may run, are in `bin`."""

    def __init__(self, env=None, prepare=None):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="vault-agent."))
        os.chmod(self.folder, 0o755)
        self.bin = self.folder / "bin"
        self.bin.mkdir()
        for name in "vault", "vault-agent", "vault-agent-watch":
            if (BIN / name).exists():
                shutil.copy(BIN / name, self.bin)
        self.run = self.folder / "run"
        self.home = self.folder / "home"
        for folder in self.run, self.home:
            folder.mkdir(0o700)
            if ROOT:
                os.chown(folder, USER, USER)
        self.socket = self.run / "vault/agent.sock"
        self.env = {"HOME": str(self.home), "XDG_RUNTIME_DIR": str(self.run), "LC_ALL": "C.UTF-8",
                    "PATH": os.environ["PATH"], **(env or {})}
        for name in "ASAN_OPTIONS", "UBSAN_OPTIONS":
            self.env[name] = os.environ.get(name, "")
        self.prepare = prepare
        self.process = None

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.stop()
        shutil.rmtree(self.folder)

    def start(self):
        self.process = subprocess.Popen([*become(USER), self.bin / "vault-agent"], env=self.env,
                                        preexec_fn=self.prepare, stdout=subprocess.PIPE,
                                        cwd=self.home)
        self.process.stdout.read()  # it closes it when clients can come
        assert self.process.poll() is None, f"the agent ended: {self.process.returncode}"
        return self

    def stop(self, number=signal.SIGTERM):
        if self.process.poll() is None:
            self.process.send_signal(number)
        self.process.wait()
        self.process.stdout.close()

    def client(self):
        return Client(self.socket)

    def open_up(self):
        """What must not matter: everybody may come to the socket."""
        for folder in self.run, self.run / "vault":
            folder.chmod(0o755)
        self.socket.chmod(0o666)

    def vault(self, *args, **more):
        """Runs the program as this user, without a terminal."""
        return subprocess.run([*become(USER), self.bin / "vault", *args], env=self.env,
                              capture_output=True, start_new_session=True, cwd=self.home,
                              check=False, **more)

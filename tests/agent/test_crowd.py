"""A crowd at the agent's socket: a thousand clients that say nothing or half a request, and one
that means it."""
import os
import pathlib
import resource
import shutil
import signal
import socket
import struct
import subprocess
import tempfile
import time

import tap
from tap import check

AGENT = str(pathlib.Path(os.environ["VAULT"]).with_name("vault-agent"))
CROWD = 1000
SERVED_WITHIN = 0.1       # seconds
GROWTH = 8 * 1024 * 1024  # bytes
PATIENCE = 5              # seconds that a peer has for a request

UUID, KEY = b"0123456789abcdef", bytes(range(32))
HELLO, GET, PUT, WELCOME, HELD_KEY, DONE = 1, 2, 3, 129, 130, 132


def frame(kind, body=b""):
    return struct.pack("<IB", 1 + len(body), kind) + body


class Agent:
    """One in the foreground, with a folder of its own."""

    def __enter__(self):
        self.folder = tempfile.mkdtemp(prefix="vault-crowd.")
        self.path = f"{self.folder}/vault/agent.sock"
        self.process = subprocess.Popen([AGENT], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                        env={**os.environ, "XDG_RUNTIME_DIR": self.folder})
        self.process.stdout.read()  # it closes it when it is ready
        return self

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGTERM)
        status = self.process.wait(10)
        self.process.stdout.close()
        shutil.rmtree(self.folder)
        check(status == 0, f"the agent ended with {status}")

    def memory(self):
        for line in pathlib.Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) * 1024
        raise AssertionError("no VmRSS")

    def client(self, first=b""):
        client = socket.socket(socket.AF_UNIX)
        client.settimeout(10)
        client.connect(self.path)
        if first:
            client.sendall(first)
        return client

    def ask(self, *request):
        """Connects, greets, asks; gives the type of the answer and its body."""
        with self.client(frame(HELLO, b"\1\1")) as client:
            check(receive(client) == (WELCOME, b"\1"), "no welcome")
            client.sendall(frame(*request))
            return receive(client)


def receive(client):
    prefix = client.recv(5, socket.MSG_WAITALL)
    check(len(prefix) == 5, "it closed the connection")
    length, kind = struct.unpack("<IB", prefix)
    return kind, client.recv(length - 1, socket.MSG_WAITALL) if length > 1 else b""


def room():
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < 2 * CROWD:
        raise tap.Skip(f"no more than {hard} descriptors are allowed here")
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, 2 * CROWD), hard))


def served(agent):
    """Seconds that a real client takes."""
    before = time.monotonic()
    check(agent.ask(GET, UUID) == (HELD_KEY, KEY), "it was not served")
    return time.monotonic() - before


def crowd_of(first):
    room()
    with Agent() as agent:
        check(agent.ask(PUT, UUID + struct.pack("<II", 0, 0) + KEY)[0] == DONE, "not held")
        served(agent)
        before, crowd, slowest = agent.memory(), [], 0
        try:
            for number in range(CROWD):
                crowd.append(agent.client(first))
                if number % 50 == 49:
                    slowest = max(slowest, *(served(agent) for _ in range(3)))
            growth = agent.memory() - before
        finally:
            for client in crowd:
                client.close()
        check(slowest < SERVED_WITHIN, f"served after {slowest * 1e3:.0f} ms")
        check(growth < GROWTH, f"grew by {growth >> 10} KiB")
        print(f"# slowest {slowest * 1e3:.1f} ms, grew by {growth >> 10} KiB")


def test_a_thousand_that_say_nothing():
    crowd_of(b"")


def test_a_thousand_half_frames():
    crowd_of(frame(HELLO, b"\1\1") + frame(PUT, UUID + bytes(40))[:-1])


def test_a_thousand_that_are_greeted_and_fall_silent():
    crowd_of(frame(HELLO, b"\1\1"))


def test_a_flood_of_answers_that_nobody_reads():
    with Agent() as agent, agent.client(frame(HELLO, b"\1\1")) as deaf:
        agent.ask(PUT, UUID + struct.pack("<II", 0, 0) + KEY)
        deaf.settimeout(0.5)
        try:
            for _ in range(100000):
                deaf.sendall(frame(GET, UUID))
        except OSError:
            pass  # dropped, or both buffers are full
        check(served(agent) < SERVED_WITHIN, "it waits for who does not read")


def test_the_silent_are_dropped_by_the_real_clock():
    with Agent() as agent, agent.client(b"\7\0") as half, agent.client() as mute:
        before = time.monotonic()
        for client in half, mute:
            check(client.recv(1) == b"", "it answered to nothing")
        took = time.monotonic() - before
        check(PATIENCE - 1 < took < PATIENCE + 1, f"dropped after {took:.1f} s")


def test_frames_too_long_are_not_waited_for():
    for length in 0, 65533, 1 << 31, (1 << 32) - 1:
        with Agent() as agent, agent.client(struct.pack("<I", length)) as client:
            client.settimeout(1)
            check(client.recv(1) == b"", "it waits for more")


tap.run(globals())

"""vault-agent-watch alone: what it tells the agent, what it waits for, what ends it. logind is a
fake on a bus of its own."""
import os
import socket
import subprocess
import sys

import bus
import tap
from tap import check

WATCH = os.environ.get("WATCH", "")
INHIBITED = "inhibited sleep vault delay"


class Watch:
    """The program, and the agent's end of the pair."""

    def __init__(self, env):
        self.agent, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.agent.settimeout(10)
        with theirs:
            self.process = subprocess.Popen([WATCH], stdin=theirs, env={**os.environ, **env},
                                            stderr=subprocess.PIPE, text=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.agent.close()
        self.process.kill()
        self.process.wait()
        self.process.stderr.close()

    def told(self, seconds=10):
        """The next message; b"" when the program has ended; None when there is none in time."""
        self.agent.settimeout(seconds)
        try:
            return self.agent.recv(1)
        except TimeoutError:
            return None

    def expect(self, message):
        told = self.told()
        check(told == message, f"{told} instead of {message}")
        return self

    def done(self):
        self.agent.send(b"d")
        return self


def test_sleep_waits_for_the_answer():
    with bus.Bus() as logind, Watch(logind.env) as watch:
        logind.expect(INHIBITED)
        watch.expect(b"r")
        for _ in range(3):
            logind.order("sleep")
            watch.expect(b"s")
            check(logind.lines.empty(), "the inhibitor was let go before the answer")
            watch.done()
            logind.expect("released")
            logind.order("wake").expect(INHIBITED)


def test_an_agent_that_does_not_answer_ends_it():
    with bus.Bus() as logind, Watch(logind.env) as watch:
        logind.expect(INHIBITED)
        watch.expect(b"r")
        logind.order("sleep")
        watch.expect(b"s").expect(b"")
        logind.expect("released")
        check(watch.process.wait() == 1)


def test_the_lock_of_the_own_screen_is_told():
    own, other = os.getuid(), os.getuid() + 1
    with bus.Bus() as logind, Watch(logind.env) as watch:
        logind.expect(INHIBITED)
        watch.expect(b"r")
        logind.order(f"lock {own}")
        watch.expect(b"l").done()
        logind.order(f"hint {own}")
        watch.expect(b"l").done()
        for order in f"lock {other}", f"hint {other}", f"hint {own} off":
            logind.order(order)
        check(watch.told(0.5) is None, "it told what is not this user's concern")
        logind.order(f"lock {own}")
        watch.expect(b"l").done()


def test_a_new_logind_gets_a_new_inhibitor():
    with bus.Bus() as logind, Watch(logind.env) as watch:
        logind.expect(INHIBITED)
        watch.expect(b"r")
        logind.order("restart")
        check({logind.told(), logind.told()} == {"released", INHIBITED})
        logind.order("sleep")
        watch.expect(b"s").done()


def test_it_ends_with_the_agent():
    with bus.Bus() as logind, Watch(logind.env) as watch:
        logind.expect(INHIBITED)
        watch.expect(b"r")
        watch.agent.close()
        check(watch.process.wait(10) == 0)
        logind.expect("released")


def test_it_ends_with_the_bus():
    with bus.Bus() as logind, Watch(logind.env) as watch:
        logind.expect(INHIBITED)
        watch.expect(b"r")
        logind.daemon.terminate()
        watch.expect(b"")
        check(watch.process.wait(10) == 1)


def test_without_logind_it_says_so_and_ends():
    with Watch({"DBUS_SYSTEM_BUS_ADDRESS": "unix:path=/nonexistent"}) as watch:
        watch.expect(b"")
        check("logind" in watch.process.stderr.read())
        check(watch.process.wait(10) == 1)


if not WATCH:
    print("1..0 # SKIP built without libsystemd")
    sys.exit(0)
tap.run(globals())

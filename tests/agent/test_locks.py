"""What makes a running agent forget, and how soon: signals, deadlines on the real clock, logind.
That it is in time at every deadline is shown with a clock of the test's own, in tests/unit.

AGENT_TIMES in the environment: how often each is tried."""
import os
import signal
import time

import agent
import bus
import tap
from tap import check

TIMES = int(os.environ.get("AGENT_TIMES", "100"))
LIMIT = 1.0  # seconds
UUID, KEY = b"u" * 16, os.urandom(32)


def locked_within(client, since, uuid=UUID):
    """Waits until the key is gone; gives the seconds that took, which are few enough."""
    while client.holds(uuid):
        check(time.monotonic() - since < LIMIT, "still unlocked")
    after = time.monotonic() - since
    check(client.ask(agent.GET, uuid) == (agent.NOT_HELD, b""), "the key was handed out")
    return after


def test_hangup_locks_and_leaves_it_running():
    with agent.Agent() as where, where.client() as client:
        for _ in range(TIMES):
            client.put(UUID, KEY)
            check(client.ask(agent.GET, UUID) == (agent.KEY, KEY), "it does not hold the key")
            since = time.monotonic()
            where.process.send_signal(signal.SIGHUP)
            locked_within(client, since)
        check(where.process.poll() is None, "it ended")


def test_termination_ends_it_and_nobody_is_served_any_more():
    with agent.Agent() as where:
        for number in (signal.SIGTERM, signal.SIGINT) * (TIMES // 20):
            with where.client() as client:
                client.put(UUID, KEY)
                since = time.monotonic()
                where.process.send_signal(number)
                check(where.process.wait(10) == 0, f"exit status {where.process.returncode}")
                check(time.monotonic() - since < LIMIT, "it took too long")
                check(client.ask(agent.GET, UUID) is None, "somebody answered")
            check(not where.socket.exists(), "the socket is still there")
            where.stop()
            where.start()


def test_both_deadlines_on_the_real_clock():
    """All in one agent, at the same time."""
    idle, cap, long = ([bytes([first, n]) * 8 for n in range(20)] for first in range(3))
    with agent.Agent() as where, where.client() as client:
        since = time.monotonic()
        for uuids, limits in (idle, (1, 600)), (cap, (600, 1)), (long, (600, 600)):
            for uuid in uuids:
                client.put(uuid, KEY, *limits)
        time.sleep(0.5)
        check(all(map(client.holds, idle + cap + long)), "locked before its time")
        time.sleep(1.0 + LIMIT - (time.monotonic() - since))
        left = sum(map(client.holds, idle + cap))
        check(left == 0, f"{left} of {len(idle + cap)} are still unlocked")
        check(all(map(client.holds, long)), "locked before its time")


class Watched:
    """An agent that has heard of a logind."""

    def __enter__(self):
        if not os.environ.get("WATCH"):
            raise tap.Skip("built without libsystemd")
        self.bus = bus.Bus(agent.become(agent.USER)).__enter__()
        self.agent = agent.Agent(self.bus.env).__enter__()
        self.bus.expect("inhibited sleep vault delay")
        self.client = self.agent.client()
        deadline = time.monotonic() + 10
        while "logind" not in self.client.properties():
            check(time.monotonic() < deadline, "the agent does not hear of logind")
        return self

    def __exit__(self, *_):
        self.client.socket.close()
        self.agent.__exit__()
        self.bus.__exit__()


def test_suspend_waits_until_it_is_locked():
    with Watched() as watched:
        for _ in range(TIMES):
            watched.client.put(UUID, KEY)
            since = time.monotonic()
            watched.bus.order("sleep").expect("released")
            check(not watched.client.holds(UUID), "the machine sleeps with the key in memory")
            locked_within(watched.client, since)
            watched.bus.order("wake").expect("inhibited sleep vault delay")


def test_a_locked_screen_locks():
    with Watched() as watched:
        for order in "lock", "hint":
            for _ in range(TIMES // 2):
                watched.client.put(UUID, KEY)
                since = time.monotonic()
                watched.bus.order(f"{order} {agent.USER}")
                locked_within(watched.client, since)
        watched.client.put(UUID, KEY)
        watched.bus.order(f"lock {agent.USER + 1}").order(f"hint {agent.USER} off")
        time.sleep(0.3)
        check(watched.client.holds(UUID), "another user's screen locked it")


def test_without_logind_everything_else_works():
    with agent.Agent({"DBUS_SYSTEM_BUS_ADDRESS": "unix:path=/nonexistent"}) as where, \
            where.client() as client:
        client.put(UUID, KEY)
        time.sleep(0.3)
        check(client.holds(UUID) and "logind" not in client.properties())


def test_it_goes_on_when_logind_is_gone():
    with Watched() as watched:
        watched.client.put(UUID, KEY)
        watched.bus.daemon.terminate()
        deadline = time.monotonic() + 10
        while "logind" in watched.client.properties():
            check(time.monotonic() < deadline, "it still counts on logind")
        check(watched.client.holds(UUID))


tap.run(globals())

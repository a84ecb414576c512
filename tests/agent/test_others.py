"""Who is served: programs of the agent's own user, and nobody else, even where the socket and its
folders are open to everybody. Needs root to become somebody else."""
import contextlib
import os
import pathlib
import subprocess
import sys

import agent
import tap
from tap import check

COUNT = 1000
HERE = pathlib.Path(__file__).parent


def knock(where, uid):
    """How many of the requests of a user are served."""
    env = {**os.environ, "PYTHONPATH": ":".join(sys.path)}
    done = subprocess.run([*agent.become(uid), sys.executable, HERE / "knock.py", where.socket,
                           str(COUNT)], env=env, capture_output=True, text=True, check=False)
    check(done.returncode == 0, done.stderr)
    return int(done.stdout)


@contextlib.contextmanager
def opened_up():
    """An agent that holds a key, and whose socket everybody gets to."""
    with agent.Agent() as where:
        with where.client() as client:
            client.put(b"u" * 16, b"k" * 32)
        where.open_up()
        yield where


def test_the_control_the_own_user_is_served():
    with opened_up() as where:
        served = knock(where, agent.USER)
        check(served == COUNT, f"{served} of {COUNT}")


def test_another_user_is_not():
    if not agent.ROOT:
        raise tap.Skip("needs root, to become another user")
    with opened_up() as where:
        served = knock(where, agent.OTHER)
        check(served == 0, f"{served} of {COUNT} were served")
        served = knock(where, agent.USER)
        check(served == COUNT, f"and then of the user's own {served} of {COUNT}")


def test_root_is_not():
    if not agent.ROOT:
        raise tap.Skip("needs root")
    with opened_up() as where:
        served = knock(where, 0)
        check(served == 0, f"{served} of {COUNT} were served")


def test_without_being_opened_up_nobody_gets_to_the_socket():
    if not agent.ROOT:
        raise tap.Skip("needs root, to become another user")
    with agent.Agent() as where:
        code = f"import socket; socket.socket(socket.AF_UNIX).connect('{where.socket}')"
        done = subprocess.run([*agent.become(agent.OTHER), sys.executable, "-c", code],
                              capture_output=True, text=True, check=False)
        check("PermissionError" in done.stderr, done.stderr)


tap.run(globals())

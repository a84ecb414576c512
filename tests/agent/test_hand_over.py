"""At a terminal: what was typed once is not asked for again."""
import os
import pathlib
import signal

import agent_pid
import tap
from tap import check
from terminal import MASTER, QUESTION, Home, Terminal

AGENT_TOO = {"agent": True}


class Agents:
    """A home whose agent ends with the test."""

    def __init__(self, **more):
        self.home = Home(**{**AGENT_TOO, **more})

    def pid(self):
        return agent_pid.agent_pid(self.home.path / "run/vault/agent.sock")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pid = self.pid()
        if pid:
            os.kill(pid, signal.SIGKILL)


def test_the_first_command_that_asks_hands_the_key_over():
    with Agents() as agents, Terminal(agents.home) as terminal:
        terminal.start("list").ask(QUESTION, MASTER + "\r").ends(0)
        check(agents.pid(), "no agent was started")
        terminal.start("add", "name", "-g", "-u", "joe").ends(0)
        terminal.start("list").expect("name").ends(0)
        check(terminal.screen.count(QUESTION) == 1, "it asked again")
        terminal.start("lock").expect("Locked").ends(0)
        terminal.start("list").ask(QUESTION, MASTER + "\r").ends(0)
        terminal.unseen(MASTER)


def test_a_wrong_password_hands_nothing_over():
    with Agents() as agents, Terminal(agents.home) as terminal:
        terminal.start("list")
        for _ in range(3):
            terminal.ask(QUESTION, "wrong\r")
        terminal.ends(5)
        check(not agents.pid(), "an agent was started")


def test_unlock_asks_even_where_it_is_unlocked():
    with Agents() as agents, Terminal(agents.home) as terminal:
        for _ in range(2):
            terminal.start("unlock").ask(QUESTION, MASTER + "\r").expect("Unlocked").ends(0)
        check(agents.pid(), "no agent was started")


def test_off_means_asking_each_time():
    with Agents(agent=False) as agents, Terminal(agents.home) as terminal:
        for _ in range(2):
            terminal.start("list").ask(QUESTION, MASTER + "\r").ends(0)
        check(not agents.pid(), "an agent was started")


def test_no_agent_means_asking_this_time():
    with Agents() as agents, Terminal(agents.home) as terminal:
        terminal.start("list", "--no-agent").ask(QUESTION, MASTER + "\r").ends(0)
        check(not agents.pid(), "an agent was started")


def test_a_vault_just_made_is_unlocked():
    with Agents(master=None) as agents, Terminal(agents.home) as terminal:
        terminal.start("init", "--no-recovery", "--kdf-memory", "64M", "--kdf-time", "1ms")
        terminal.ask("New master password: ", MASTER + "\r").ask("Once more: ", MASTER + "\r")
        terminal.ends(0)
        terminal.start("list").ends(0)
        check(QUESTION not in terminal.screen, "it asked again")


def test_a_stale_key_falls_back_to_asking():
    with Agents() as agents, Terminal(agents.home) as terminal:
        terminal.start("list").ask(QUESTION, MASTER + "\r").ends(0)
        run = agents.home.path / "run"
        run.rename(run.with_name("elsewhere"))  # so that the agent hears nothing of it
        agents.home.run("rekey", "--no-recovery", "-y", "--kdf-memory", "64M", "--kdf-time", "1ms")
        run.with_name("elsewhere").rename(run)
        terminal.start("list").ask(QUESTION, MASTER + "\r").ends(0)
        terminal.start("list").ends(0)
        check(terminal.screen.count(QUESTION) == 2, "the new key was not handed over")


def test_keys_are_changed_by_who_knows_the_password():
    with Agents() as agents, Terminal(agents.home) as terminal:
        terminal.start("unlock").ask(QUESTION, MASTER + "\r").ends(0)
        terminal.start("passwd", "--kdf-memory", "64M", "--kdf-time", "1ms")
        terminal.ask(QUESTION, MASTER + "\r")
        terminal.ask("New master password: ", "another-Quizzical-9\r")
        terminal.ask("Once more: ", "another-Quizzical-9\r").ends(0)
        terminal.start("list").ends(0)  # the volume key is the same one
        check(terminal.screen.count(QUESTION) == 2, "it asked again")


def test_where_no_agent_can_run_it_asks_and_goes_on():
    with Agents() as agents:
        nowhere = {"XDG_RUNTIME_DIR": "/nonexistent", "XDG_STATE_HOME": "/dev/null"}
        with Terminal(agents.home, **nowhere) as terminal:
            for _ in range(2):
                terminal.start("list").ask(QUESTION, MASTER + "\r").ends(0)


if not pathlib.Path("/proc/self/fd").exists():
    raise SystemExit(77)
tap.run(globals())

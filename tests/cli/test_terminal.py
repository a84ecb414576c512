"""Terminal manners: nothing secret is shown, and whatever ends or stops a question leaves the
terminal as it was found. Runs the program under dash, a shell that leaves the terminal's modes
alone.

Each test is a function; all run in one process, and the name of what failed is told."""
import os
import pathlib
import re
import signal
import subprocess
import sys
import tempfile
import termios
import time

try:
    import pexpect
except ImportError:
    print("1..0 # SKIP no pexpect")
    sys.exit()

VAULT = os.environ["VAULT"]
MASTER = "Quizzical-otters-9-juggle"
QUESTION = "Master password: "
FOLDER = tempfile.TemporaryDirectory(prefix="vault-terminal.")
COST = ["--kdf-memory", "64M"]


class Terminal:
    """A shell on a terminal of its own; `screen` is all that it ever showed."""

    def __init__(self, home):
        self.home = home
        env = {**os.environ, "HOME": str(home), "PS1": "", "TERM": "dumb"}
        for name in ("XDG_DATA_HOME", "XDG_STATE_HOME"):
            env.pop(name, None)
        self.child = pexpect.spawn("dash", ["-i"], env=env, encoding="utf-8", timeout=30,
                                   dimensions=(40, 200))
        self.child.logfile_read = self
        self.screen = ""
        self.count = 0
        self.command("stty sane -onlcr; set -m")
        self.before = self.modes()

    def write(self, text):
        self.screen += text

    def flush(self):
        pass

    def modes(self):
        return termios.tcgetattr(self.child.child_fd)

    def start(self, *args, redirect=""):
        words = " ".join(f"'{word}'" for word in args)
        self.child.sendline(f"'{VAULT}' {words} {redirect}")
        return self

    def expect(self, text):
        self.child.expect_exact(text)
        return self

    def ask(self, question, answer):
        """Waits for a question, and until it listens: typed ahead is dropped."""
        self.child.expect_exact(question)
        time.sleep(0.1)
        self.child.send(answer)
        return self

    def command(self, line):
        """Runs a command of the shell; gives its exit status."""
        self.count += 1
        self.child.sendline(f"{line}; echo st''atus-{self.count}=$?")
        self.child.expect(rf"status-{self.count}=(\d+)")
        return int(self.child.match.group(1))

    def shell_is_back(self):
        """Waits until the program has ended or stopped."""
        deadline = time.monotonic() + 60
        while running(self) != self.child.pid:
            check(time.monotonic() < deadline, "the program does not end")
            time.sleep(0.02)
        return self

    def status(self):
        """Exit status of the program that was started, when the shell is back."""
        return self.shell_is_back().command("(exit $?)")

    def unchanged(self):
        return self.modes() == self.before

    def close(self):
        self.child.close(force=True)


def empty():
    """A home folder with nothing in it."""
    return pathlib.Path(tempfile.mkdtemp(dir=FOLDER.name))


def fresh(master=MASTER, seconds="1ms"):
    """A home folder with a vault in it."""
    home = empty()
    environment = {**os.environ, "HOME": str(home)}
    for name in ("XDG_DATA_HOME", "XDG_STATE_HOME"):
        environment.pop(name, None)
    subprocess.run([VAULT, "init", "-q", "--no-recovery", "--password-fd", "0",
                    "--kdf-time", seconds,
                    *COST], input=master + "\n", text=True, env=environment, check=True)
    return home


def check(condition, what="this does not hold"):
    if not condition:
        raise AssertionError(what)


def test_nothing_secret_is_shown():
    with Closing(Terminal(fresh())) as tty:
        tty.start("add", "shop")
        tty.ask(QUESTION, MASTER + "\n")
        tty.ask("User name", "joe\n")
        tty.ask("Password", "Mumbling.Kettle.71\n")
        tty.ask("Once more: ", "Mumbling.Kettle.71\n")
        check(tty.status() == 0)
        check("joe" in tty.screen, "the user name is not shown while it is typed")
        check(MASTER not in tty.screen and "Kettle" not in tty.screen)
        tty.start("get", "shop", redirect="< /dev/null | tr a-z A-Z")
        tty.ask(QUESTION, MASTER + "\n").expect("MUMBLING.KETTLE.71")
        check(tty.status() == 0)
        check(tty.unchanged())


def test_editing():
    with Closing(Terminal(fresh())) as tty:
        tty.start("list")
        tty.ask(QUESTION, "rubbish\x15" + MASTER[:-3] + "öx\x7f\x7f" + MASTER[-3:] + "\n")
        check(tty.status() == 0, "erasing characters and the line")


def end_by(act, status):
    with Closing(Terminal(fresh())) as tty:
        tty.start("list").ask(QUESTION, "abc")
        time.sleep(0.2)
        check(not tty.unchanged(), "the terminal shows what is typed")
        act(tty)
        check(tty.status() == status, "exit status")
        check(tty.unchanged(), "the terminal is not as it was")
        check("abc" not in tty.screen)


def test_interrupt_key():
    end_by(lambda tty: tty.child.send("\x03"), 130)


def test_quit_key():
    end_by(lambda tty: tty.child.send("\x1c"), 128 + signal.SIGQUIT)


def test_end_key():
    end_by(lambda tty: tty.child.send("\x15\x04"), 130)


def running(tty):
    """The process id of the program in the foreground."""
    return os.tcgetpgrp(tty.child.child_fd)


def test_signals_from_outside():
    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
        status = 130 if number == signal.SIGINT else 128 + number
        end_by(lambda tty, number=number: os.kill(running(tty), number), status)


def test_stop_and_continue():
    with Closing(Terminal(fresh())) as tty:
        tty.start("list").ask(QUESTION, "abc")
        tty.child.send("\x1a")
        tty.shell_is_back()
        check(tty.unchanged(), "stopped: the terminal is not as it was")
        tty.child.sendline("fg")
        tty.ask(QUESTION, "\x15" + MASTER + "\n")
        check(tty.status() == 0, "after fg")
        check(tty.unchanged())
        check(MASTER not in tty.screen)


def test_stop_a_question_that_is_shown():
    with Closing(Terminal(empty())) as tty:
        tty.start("add", "x").ask("Create one? [Y/n] ", "\x1a")
        tty.shell_is_back()
        check(tty.unchanged())
        tty.child.sendline("fg")
        tty.ask("Create one? [Y/n] ", "n\n")
        check(tty.status() == 3)
        check(tty.unchanged())


def test_continue_in_the_background():
    with Closing(Terminal(fresh())) as tty:
        tty.start("list").ask(QUESTION, "\x1a")
        tty.shell_is_back()
        tty.command("bg")
        time.sleep(0.3)
        check(tty.unchanged(), "in the background it changed the terminal")
        tty.child.sendline("fg")
        tty.ask(QUESTION, MASTER + "\n")
        check(tty.status() == 0)
        check(tty.unchanged())


def while_deriving(act):
    """Does something during the seconds of work behind a question."""
    tty = Terminal(fresh(seconds="3"))
    tty.start("list").ask(QUESTION, MASTER + "\n")
    time.sleep(0.4)
    act(tty)
    return tty


def test_typed_ahead_is_not_shown():
    with Closing(while_deriving(lambda tty: tty.child.send("impatient\n"))) as tty:
        check(tty.status() == 0)
        check("impatient" not in tty.screen.replace("command not found", ""))
        check(tty.unchanged())


def test_interrupt_while_deriving():
    with Closing(while_deriving(lambda tty: tty.child.send("\x03"))) as tty:
        check(tty.status() == 128 + signal.SIGINT)
        check(tty.unchanged())


def test_stop_while_deriving():
    with Closing(while_deriving(lambda tty: tty.child.send("\x1a"))) as tty:
        tty.shell_is_back()
        check(tty.unchanged(), "stopped: the terminal is not as it was")
        tty.child.sendline("fg")
        time.sleep(0.5)
        check(tty.status() == 0)
        check(tty.unchanged())


def test_the_longest_password():
    longest = "".join(chr(ord("a") + i * 7 % 26) for i in range(65536))
    with Closing(Terminal(fresh(master=longest))) as tty:
        tty.start("list").ask(QUESTION, "")
        for i in range(0, len(longest), 512):
            tty.child.send(longest[i:i + 512])
        tty.child.send("\n")
        check(tty.status() == 0)
        tty.start("list").ask(QUESTION, "")
        for i in range(0, len(longest), 512):
            tty.child.send(longest[i:i + 512])
        tty.child.send("x\n")
        tty.expect("too long")
        check(tty.status() == 2)


def test_the_first_run():
    with Closing(Terminal(empty())) as tty:
        tty.start("add", "mailserver")
        tty.ask("Create one? [Y/n] ", "\n")
        tty.ask("New master password: ", "abc\n").ask("all the same? [y/N] ", "\n")
        tty.ask("New master password: ", MASTER + "\n").ask("Once more: ", "other\n")
        tty.ask("New master password: ", MASTER + "\n").ask("Once more: ", MASTER + "\n")
        tty.ask("Make one? [Y/n] ", "y\n")
        tty.child.expect(r"((?:[0-9A-Z]{5}-){6}[0-9A-Z]{5})")
        code = tty.child.match.group(1)
        tty.child.expect(r"type group (\d)")
        group = code.split("-")[int(tty.child.match.group(1)) - 1]
        tty.ask(": ", "wrong\n").ask("not shown): ", group.lower() + "\n")
        tty.ask("User name", "joe\n").ask("Password", "\n").expect("Added 'mailserver' (user joe;")
        check(tty.status() == 0)
        tty.start("list", "--recovery").ask("Recovery code: ", "x" + code + "\n")
        tty.ask("Recovery code: ", code.replace("-", " ").lower() + "\n").expect("mailserver")
        check(tty.status() == 0)
        check(MASTER not in tty.screen)


def test_a_refused_password_can_be_replaced():
    with Closing(Terminal(fresh())) as tty:
        for name in ("mailserver", "shop"):
            tty.shell_is_back()
            tty.start("add", name).ask(QUESTION, MASTER + "\n").ask("User name", "\n")
            tty.ask("Password", "Mumbling.Kettle.71\n").ask("Once more: ", "Mumbling.Kettle.71\n")
        tty.expect("refused: this password is also in use at 'mailserver'")
        tty.ask("Password", MASTER + "\n").ask("Once more: ", MASTER + "\n")
        tty.expect("refused: this is the master password")
        tty.ask("Password", "\x04")
        check(tty.status() == 8)
        tty.start("list", "shop", redirect="| wc -l").ask(QUESTION, MASTER + "\n").expect("0")


def test_without_a_terminal():
    home = fresh()
    for arguments in (["list"], ["add", "x", "-g"], ["passwd"]):
        done = subprocess.run([VAULT, *arguments], env={**os.environ, "HOME": str(home)}, text=True,
                              stdin=subprocess.DEVNULL, capture_output=True, start_new_session=True,
                              timeout=10, check=False)
        check(done.returncode == 4, f"{arguments}: exit status {done.returncode}")
        check(re.search(r"--password-fd", done.stderr), done.stderr)


class Closing:
    def __init__(self, tty):
        self.tty = tty

    def __enter__(self):
        return self.tty

    def __exit__(self, *_):
        self.tty.close()


def main():
    failed = 0
    tests = [(name, test) for name, test in globals().items() if name.startswith("test_")]
    print(f"1..{len(tests)}")
    for number, (name, test) in enumerate(tests, 1):
        try:
            test()
            print(f"ok {number} {name}", flush=True)
        except (AssertionError, pexpect.ExceptionPexpect) as problem:
            failed += 1
            text = str(problem).replace("\n", "\n# ")
            print(f"not ok {number} {name}\n# {type(problem).__name__}: {text}", flush=True)
    sys.exit(failed > 0)


main()

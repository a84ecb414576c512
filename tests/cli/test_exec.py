"""At a terminal: a program that vault becomes, and git asking on standard input while a person is
asked at the terminal."""
import os
import shutil
import subprocess

import tap
from tap import Skip, check
from terminal import INTERRUPT, MASTER, QUESTION, STOP, VAULT, Home, Terminal

SECRET = "Gnarled.Teapot.93"


def with_database():
    home = Home()
    home.run("add", "database", "--stdin", more=f"{SECRET}\n")
    return home


def lines(home, name, *text):
    (home.path / name).write_text("".join(f"{line}\n" for line in text))


def test_a_program_is_stopped_continued_and_interrupted_as_if_started_alone():
    home = with_database()
    lines(home, "wait", "echo running $PASSWORD", "exec sleep 60")
    with Terminal(home) as tty:
        tty.start("exec", "PASSWORD=database", "--", "sh", "wait", key=True)
        tty.expect(f"running {SECRET}").send(STOP).shell_is_back()
        tty.command("jobs")
        tty.child.sendline("fg")
        tty.expect("exec").send(INTERRUPT).ends(130)


def test_a_program_has_the_terminal_after_the_master_password_was_asked_for():
    home = with_database()
    lines(home, "reader", "echo what; read answer", "echo got $answer, $PASSWORD", "exit 7")
    with Terminal(home) as tty:
        tty.start("exec", "PASSWORD=database", "--", "sh", "reader")
        tty.ask(QUESTION, MASTER + "\n").ask("what", "typed\n")
        tty.expect(f"got typed, {SECRET}").ends(7).unseen(MASTER)


def test_git_is_answered_by_who_is_at_the_terminal():
    home = with_database()
    question = ["protocol=https", "host=example.com", "username=joe"]
    lines(home, "question", *question)
    lines(home, "answer", *question, f"password={SECRET}")
    with Terminal(home) as tty:
        tty.start("git-credential", "get", redirect="<question").ask(QUESTION, MASTER + "\n")
        tty.ends(0)
        tty.start("git-credential", "store", redirect="<answer").ask(QUESTION, MASTER + "\n")
        tty.expect("this password is also in use at 'database'")
        tty.expect("The password for https://example.com is kept as 'git/example.com'.").ends(0)
        tty.start("git-credential", "get", redirect="<question").ask(QUESTION, MASTER + "\n")
        tty.expect(f"password={SECRET}").ends(0)
        tty.start("git-credential", "get", redirect="<question").ask(QUESTION, INTERRUPT)
        tty.ends(130)


def test_git_asks_through_the_helper():
    if not shutil.which("git"):
        raise Skip("git is not installed")
    home = with_database()
    (home.path / "git-credential-vault").symlink_to(VAULT)
    lines(home, "question", "protocol=https", "host=example.com")
    home.run("edit", "database", "-u", "joe", "--url", "https://example.com")
    path = f"{home.path}:{os.environ['PATH']}"
    subprocess.run(["git", "config", "--file", home.path / ".gitconfig", "credential.helper",
                    "vault"], check=True)
    with Terminal(home, PATH=path, GIT_CONFIG_NOSYSTEM="1") as tty:
        tty.child.sendline("git credential fill <question")
        tty.ask(QUESTION, MASTER + "\n").expect(f"password={SECRET}")
        check(tty.status() == 0)
        tty.child.sendline("GIT_TERMINAL_PROMPT=0 git credential fill <question")
        tty.expect("GIT_TERMINAL_PROMPT forbids")
        check(tty.status() != 0)


tap.run(globals())

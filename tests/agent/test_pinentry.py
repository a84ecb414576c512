"""Unlocking through pinentry, by a program that has no terminal: with the real one, on a terminal
that GPG_TTY names. What such programs send and how they fail is tested in tests/unit."""
import os
import pathlib
import pty
import select
import shutil
import subprocess
import tempfile
import time

import tap
from tap import check

VAULT = os.environ["VAULT"]
MASTER, PASSWORD = b"Quizzical-otters-9-juggle", b"the password of the mail server"


class Home:
    """A vault with an entry, and a terminal that belongs to nobody."""

    def __init__(self):
        chosen = shutil.which("pinentry", path="/usr/bin:/usr/local/bin")
        if not chosen or pathlib.Path(chosen).resolve().name != "pinentry-curses":
            raise tap.Skip("pinentry-curses is not what is installed as pinentry")
        self.path = pathlib.Path(tempfile.mkdtemp(prefix="vault-pinentry."))
        self.screen, self.terminal = pty.openpty()
        self.seen = b""
        self.env = {"HOME": str(self.path), "PATH": os.environ["PATH"], "TERM": "xterm",
                    "XDG_RUNTIME_DIR": "/nonexistent", "LC_ALL": "C.UTF-8",
                    "GPG_TTY": os.ttyname(self.terminal)}
        init = ("init", "--no-recovery", "--kdf-memory", "64M", "--kdf-time", "1ms")
        add = ("add", "mail", "--stdin")
        for args, secrets in ((init, MASTER), (add, MASTER + b"\n" + PASSWORD)):
            subprocess.run([VAULT, "-q", "--no-agent", "--password-fd", "0", *args], input=secrets,
                           env=self.env, check=True, start_new_session=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        os.close(self.screen)
        os.close(self.terminal)
        shutil.rmtree(self.path)

    def get(self, *options, **env):
        return subprocess.Popen([VAULT, "--no-agent", *options, "get", "mail"],
                                env={**self.env, **env}, stdin=subprocess.DEVNULL,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                start_new_session=True)

    def answer(self, keys, *question):
        """Waits until the terminal shows the words, one after the other, and types."""
        deadline, seen = time.monotonic() + 20, b""
        for word in question:
            while word not in seen:
                check(select.select([self.screen], [], [], deadline - time.monotonic())[0],
                      f"waited for {word}, saw {seen}")
                seen += os.read(self.screen, 4096)
            seen = seen.split(word, 1)[1]
        time.sleep(0.2)  # it drops what was typed before it was ready
        os.write(self.screen, keys)
        self.seen += seen
        return self


def ends(process, status, out=b""):
    told, said = process.communicate(timeout=30)
    check(process.returncode == status, f"exit status {process.returncode}, not {status}: {said}")
    check(told == out, told)
    return said


def test_the_password_is_asked_for_and_given():
    with Home() as home:
        process = home.get("--pinentry")
        home.answer(MASTER + b"\r", b"unlock")
        ends(process, 0, PASSWORD)
        check(MASTER not in home.seen, "it was shown")


def test_a_wrong_one_is_asked_for_again():
    with Home() as home:
        process = home.get("--pinentry")
        home.answer(b"wrong\r", b"unlock").answer(MASTER + b"\r", b"unlock", b"wrong password")
        ends(process, 0, PASSWORD)


def test_who_cancels_leaves_it_locked():
    with Home() as home:
        process = home.get("--pinentry")
        home.answer(b"\t\t\r", b"unlock")  # past OK to Cancel
        check(b"Nothing was changed" in ends(process, 130))


def test_the_configuration_can_say_so():
    with Home() as home:
        folder = home.path / ".config/vault"
        folder.mkdir(parents=True)
        (folder / "config").write_text("pinentry = auto\n")
        process = home.get()
        home.answer(MASTER + b"\r", b"unlock")
        ends(process, 0, PASSWORD)


def test_a_script_is_never_asked():
    with Home() as home:
        check(b"locked" in ends(home.get(), 4))
        check(b"no pinentry" in ends(home.get("--pinentry", GPG_TTY=""), 4))
        check(not select.select([home.screen], [], [], 0)[0], "something was shown")


tap.run(globals())

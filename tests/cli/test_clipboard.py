"""Copying to each kind of clipboard: what arrives there, when it goes, whose value is left alone,
and where the secret is not meanwhile."""
import base64
import json
import os
import pathlib
import random
import re
import shutil
import signal
import string
import subprocess
import threading
import time

import desktop
import tap
from desktop import Screen, holders, need, until
from tap import Skip, check
from terminal import Home

VAULT = os.environ["VAULT"]
HELPER = str(pathlib.Path(VAULT).with_name("vault-clipboard"))
# Milliseconds until a value is cleared: soon, and never in a test. Not those of another run at the
# same time, since what holds a value is known by them.
SHORT, LONG = 400 + os.getpid() % 100, 3600_000 + 2 * os.getpid()

SECRET = "wörd-" + "".join(random.choices(string.ascii_letters, k=20))
OTHER = "".join(random.choices(string.digits, k=30))
BIG = "".join(random.choices(string.ascii_letters, k=60_000))

OSC = "\x1b]52;"
BEL = "\x07"

home = Home()
home.run("add", "one", "--stdin", "-u", "ann", more=f"{SECRET}\n")
home.run("add", "two", "--stdin", more=f"{OTHER}\n")
home.run("add", "big", "--stdin", more=f"{BIG}\n")


def encoded(text):
    return base64.b64encode(text.encode()).decode()


class Desk:
    """A session of the user's: a vault, a runtime folder, and what `env` says of clipboards."""

    def __init__(self, env=(), path=os.environ["PATH"]):
        self.runtime = desktop.folder()
        self.asan = desktop.folder()
        self.env = {"HOME": str(home.path), "PATH": path, "LC_ALL": "C.UTF-8",
                    "XDG_RUNTIME_DIR": str(self.runtime), **dict(env)}
        for name in ("ASAN_OPTIONS", "UBSAN_OPTIONS"):
            # What holds a value has no standard error to complain on.
            self.env[name] = f"{os.environ.get(name, '')}:log_path={self.asan}/complaint"

    def command(self, *args):
        return ["sh", "-c", 'exec "$0" --volume-key-fd 9 "$@" 9<"$HOME/key"', VAULT, *args]

    def vault(self, *args, status=0):
        """Gives what it answered and what else it said; there is no terminal."""
        done = subprocess.run(self.command(*args), env=self.env, start_new_session=True,
                              stdin=subprocess.DEVNULL, capture_output=True, text=True,
                              check=False, timeout=60)
        check(done.returncode == status, f"exit status {done.returncode}: {done.stderr}")
        return done.stdout, done.stderr

    def copy_shortly(self, name, *args):
        self.vault("copy", name, "--clear-after", f"{SHORT}ms", *args)

    def copy(self, name, *args, after=LONG):
        """Gives the number of the process that holds it."""
        before = holders(after)
        self.vault("copy", name, "--clear-after", f"{after}ms", *args)
        return until(lambda: [pid for pid in holders(after) if pid not in before],
                     "a process that holds the value")[0]

    def clear(self):
        self.vault("lock", "-q")

    def clear_quietly(self):
        """The same, where there may be nothing; nor is anything of the user's left then."""
        self.run(HELPER, "clear")

    def run(self, *command, given=None, patience=20):
        done = subprocess.run(command, env=self.env, input=given, stdout=subprocess.PIPE,
                              stderr=subprocess.DEVNULL, check=False, timeout=patience)
        return done.stdout.decode()

    def quiet(self):
        """Everything is over, and no sanitizer complained."""
        complaints = [path.read_text() for path in self.asan.glob("*")]
        check(not complaints, "\n".join(complaints))


class X11(Desk):
    def paste(self, selection="clipboard"):
        # An xclip that is losing the selection does not answer who asked it last.
        for _ in range(4):
            try:
                return self.run("xclip", "-selection", selection, "-out", patience=5)
            except subprocess.TimeoutExpired:
                pass
        raise AssertionError("nobody answers who wants to paste")

    def user_copies(self, text):
        subprocess.run(["xclip", "-selection", "clipboard"], env=self.env, input=text.encode(),
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)
        until(lambda: self.paste() == text, "what the user copied")

    def clear_quietly(self):
        super().clear_quietly()
        self.user_copies("")


class Wayland(Desk):
    def paste(self, selection="clipboard"):
        return self.run("wl-paste", "--no-newline",
                        *(["--primary"] if selection == "primary" else []))

    def user_copies(self, text):
        subprocess.run(["wl-copy"], env=self.env, input=text.encode(), stdout=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL, check=True)

    def clear_quietly(self):
        super().clear_quietly()
        self.run("wl-copy", "--clear")


class Tmux(Desk):
    def tmux(self, *words, given=None):
        return self.run("tmux", *words, given=given)

    def paste(self, selection="clipboard"):
        check(selection == "clipboard")
        return self.tmux("save-buffer", "-")

    def user_copies(self, text):
        self.tmux("load-buffer", "-", given=text.encode())

    def clear_quietly(self):
        super().clear_quietly()
        while self.paste():
            self.tmux("delete-buffer")


_desks = {}


def desk(kind):
    """One of each kind serves all tests."""
    if kind not in _desks:
        try:
            if kind is X11:
                need("xclip")
                _desks[kind] = X11(desktop.x11())
            elif kind is Wayland:
                need("wl-copy")
                _desks[kind] = Wayland(desktop.wayland())
            else:
                _desks[kind] = Tmux(desktop.tmux())
        except Skip as reason:
            _desks[kind] = reason
    if isinstance(_desks[kind], Skip):
        raise _desks[kind]
    return _desks[kind]


def has(way):
    """Was this way built in?"""
    libraries = subprocess.run(["ldd", HELPER], stdout=subprocess.PIPE, text=True, check=False)
    return {"x11": "libxcb", "wayland": "libwayland-client"}.get(way, "") in libraries.stdout


# Each way, where it can be seen, and whether it has a primary selection.
WAYS = [("x11", X11, True), ("xclip", X11, True), ("xsel", X11, True), ("wayland", Wayland, True),
        ("wl-copy", Wayland, True), ("tmux", Tmux, False)]


def for_each_way(test):
    """A test of all ways that exist here; the reason of the last one that does not, if none."""
    def run():
        reason, done = Skip("no clipboard here"), 0
        for way, kind, primary in WAYS:
            try:
                if way in ("xsel", "xclip"):
                    need(way)
                if not has(way):
                    raise Skip(f"built without {way}")
                here = desk(kind)
            except Skip as skip:
                reason = skip
                print(f"# not tried by {way}: {skip}")
                continue
            try:
                test(here, way, primary)
            except AssertionError as error:
                raise AssertionError(f"{way}: {error}") from error
            finally:
                here.clear_quietly()
            here.quiet()
            done += 1
        if not done:
            raise reason
    return run


def gone(pid):
    return not any(pid == number and words[0] for number, words in desktop.processes())


# ---- what arrives, and when it goes ----

@for_each_way
def test_arrives_to_the_byte_and_is_cleared_in_time(here, way, primary):
    values = [("one", SECRET), ("big", BIG)]
    for name, value in values[:1] if way == "xsel" else values:  # xsel 1.2 loses long ones
        pid = here.copy(name, "--to", way)
        check(here.paste() == value, f"{name} is not what was copied")
        check(here.paste() == value, "it can be pasted once only")
        here.clear()
        check(here.paste() == "", "it is still there when clearing returns")
        until(lambda pid=pid: gone(pid), "the end of the process")
    here.copy_shortly("one", "--to", way)
    until(lambda: here.paste() == "", "the clipboard to be cleared")
    until(lambda: not holders(SHORT), "the end of the process")


@for_each_way
def test_what_the_user_copied_in_between_is_left_alone(here, way, primary):
    here.copy_shortly("one", "--to", way)
    here.user_copies("mine")
    until(lambda: not holders(SHORT), "the end of the process")
    check(here.paste() == "mine", "the user's value was cleared")
    pid = here.copy("one", "--to", way)
    here.user_copies("mine again")
    here.run(HELPER, "clear")
    until(lambda: gone(pid), "the end of the process")
    check(here.paste() == "mine again", "the user's value was cleared on request")
    if way == "tmux":
        check(SECRET not in here.tmux("list-buffers", "-F", "#{buffer_full} #{buffer_sample}"),
              "the secret is still in a buffer below")


@for_each_way
def test_signals_clear(here, way, primary):
    for number in signal.SIGTERM, signal.SIGHUP, signal.SIGINT:
        pid = here.copy("one", "--to", way)
        os.kill(pid, number)
        until(lambda: here.paste() == "", f"the clipboard to be cleared by signal {number}")


def test_who_asks_an_x_client_that_is_about_to_end_gets_an_answer():
    if not has("x11"):
        raise Skip("built without x11")
    here = desk(X11)
    pid = here.copy("one", "--to", "x11")
    os.kill(pid, signal.SIGSTOP)
    asking = subprocess.Popen(["xclip", "-selection", "clipboard", "-out"], env=here.env,
                              stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    time.sleep(0.5)  # by then it has asked
    os.kill(pid, signal.SIGTERM)
    os.kill(pid, signal.SIGCONT)
    try:
        check(asking.communicate(timeout=20)[0] in (b"", SECRET.encode()), "something else")
    except subprocess.TimeoutExpired as error:
        asking.kill()
        raise AssertionError("it waits forever") from error
    until(lambda: gone(pid), "the end of the process")
    check(here.paste() == "", "it was not cleared")


@for_each_way
def test_a_second_copy_takes_over_the_first_ones_duty(here, way, primary):
    first = here.copy("one", "--to", way)
    second = here.copy("two", "--to", way, after=LONG + 1)
    check(gone(first) and not gone(second), "there are two")
    check(here.paste() == OTHER, "the first value is there")
    third = here.copy("one", "--to", way)
    check(gone(second) and here.paste() == SECRET, "the third did not take over")
    here.clear()
    check(here.paste() == "", "it was not cleared")
    until(lambda: gone(third), "the end of the process")


@for_each_way
def test_both_selections(here, way, primary):
    if not primary:
        return
    here.copy("one", "--to", way, "--primary")
    check(here.paste("primary") == SECRET and here.paste() == "", "only the primary selection")
    here.copy("two", "--to", way)
    check(here.paste("primary") == "" and here.paste() == OTHER, "the first is left behind")
    here.copy("one", "--to", way, "--both")
    check(here.paste("primary") == SECRET and here.paste() == SECRET, "both")
    here.user_copies("mine")
    here.run(HELPER, "clear")
    check(here.paste("primary") == "" and here.paste() == "mine", "each for itself")


def test_clipboard_managers_get_the_hint():
    tried = 0
    for way, kind, hint in [
            ("x11", X11, ["xclip", "-selection", "clipboard", "-out", "-target"]),
            ("wayland", Wayland, ["wl-paste", "--no-newline", "--type"])]:
        if not has(way):
            continue
        try:
            here = desk(kind)
        except Skip:
            continue
        here.copy("one", "--to", way)
        check(here.run(*hint, "x-kde-passwordManagerHint") == "secret", f"{way}: no hint")
        check(here.run(*hint, "text/plain") == SECRET, f"{way}: no text")
        here.clear()
        tried += 1
    if not tried:
        raise Skip("nothing here can offer it")


# ---- what the session is decides ----

def test_the_session_decides():
    here = desk(X11)
    built = "x11" if has("x11") else "xclip"
    answer = json.loads(here.vault("copy", "one", "--json")[0])
    check(answer == {"name": "one", "field": "password", "way": built, "selections": ["clipboard"],
                     "clear_after": 45.0, "exact": True}, answer)
    inside = Desk({**here.env, **desk(Tmux).env, "DISPLAY": ":9999"})
    said = inside.vault("copy", "one", "--clear-after", "0")[1]
    check(said == "Copied to a buffer of tmux; it stays there until 'vault lock'.\n", said)
    inside.clear()
    said = here.vault("copy", "one", "-f", "user")[1]
    check(said == "Copied to the clipboard; cleared in 45 s.\n", said)
    check(here.paste() == "ann")
    here.clear()


def test_without_a_clipboard_nothing_is_done():
    nowhere = Desk()
    said = nowhere.vault("copy", "one", status=1)[1]
    check(said.startswith("vault: there is no clipboard here: "), said)
    check("no terminal" in nowhere.vault("copy", "one", "--to", "terminal", status=1)[1])
    check("'frob'" in nowhere.vault("copy", "one", "--to", "frob", status=2)[1])
    check("has no 'url'" in nowhere.vault("copy", "one", "-f", "url", status=3)[1])
    lost = Desk({"DISPLAY": ":9999"}, path="/nonexistent:" + os.path.dirname(shutil.which("sh")))
    said = lost.vault("copy", "one", status=1)[1]
    check("DISPLAY" in said or "xclip" in said, said)


def configured(program, clear="45s"):
    """A session whose configuration names a program, which keeps what it got in ./got."""
    folder = desktop.folder()
    script = folder / "keeps"
    script.write_text(f"#!/bin/sh\n{program}\n")
    script.chmod(0o755)
    (folder / "vault").mkdir()
    config = folder / "vault" / "config"
    config.write_text(f"clipboard-program = {script}\nclipboard-clear = {clear}\n")
    config.chmod(0o600)
    return Desk({"XDG_CONFIG_HOME": str(folder)}), folder


def test_a_program_of_the_configuration():
    here, folder = configured('cat > "$0.new" && mv "$0.new" "$0.got"; echo "$#" >> "$0.calls"')
    got = folder / "keeps.got"
    said = here.vault("copy", "one", "--clear-after", "1")[1]
    check(said == "Copied to the clipboard; cleared in 1 s, whatever is there then.\n", said)
    check(got.read_text() == SECRET, "it did not get the value")
    until(lambda: got.read_bytes() == b"", "the program to be run with nothing")
    until(lambda: (folder / "keeps.calls").read_text() == "0\n0\n", "two calls, no arguments")
    here, folder = configured("cat >/dev/null; exit 3")
    check("exit status 3" in here.vault("copy", "one", status=1)[1])
    here, folder = configured("exec sleep 60")
    check("does not end" in here.vault("copy", "one", status=1)[1])


def test_programs_are_found_in_absolute_folders_only():
    need("xclip")
    folder = desktop.folder()
    trap = folder / "xclip"
    trap.write_text("#!/bin/sh\ntouch stolen\n")
    trap.chmod(0o755)
    here = X11(desk(X11).env, path=f".::{os.environ['PATH']}")
    subprocess.run(here.command("copy", "one", "--to", "xclip"), env=here.env, cwd=folder,
                   check=True, stderr=subprocess.DEVNULL)
    check(not (folder / "stolen").exists() and here.paste() == SECRET, "a program of '.' was run")
    here.clear()


# ---- the terminal ----

def show(name, *args, env=(), after=SHORT):
    """All that the terminal got until the value was cleared, without what is said to the user."""
    here = Desk({"TERM": "xterm-256color", **dict(env)})
    screen = Screen(here.command("copy", name, "-q", "--clear-after", f"{after}ms", *args),
                    here.env)
    until(lambda: screen.look() and gone(screen.pid), "the end of the command")
    until(lambda: screen.look() and not holders(after), "the end of what holds the value")
    shown = screen.look(0.3).decode()
    screen.close()
    return shown


def test_osc_52_to_the_byte():
    cleared = f"{OSC}c;{BEL}{OSC}c;!{BEL}"
    shown = show("one", env={"SSH_TTY": "/dev/pts/0"})
    check(shown == f"{OSC}c;{encoded(SECRET)}{BEL}{cleared}", repr(shown))
    shown = show("one", "--to", "terminal", "--both")
    check(shown == f"{OSC}c;{encoded(SECRET)}{BEL}{OSC}p;{encoded(SECRET)}{BEL}" + cleared +
          cleared.replace("c;", "p;"), repr(shown))
    shown = show("big", "--to", "terminal")
    check(shown == f"{OSC}c;{encoded(BIG)}{BEL}{cleared}", "a big one")


def test_osc_52_through_screen_and_tmux():
    shown = show("big", "--to", "terminal", env={"STY": "1.pts-0.host"})
    pieces = re.findall("\x1bP(.*?)\x1b\\\\", shown, re.S)
    check("".join(f"\x1bP{piece}\x1b\\" for piece in pieces) == shown, "something stands between")
    check(max(map(len, pieces)) <= 256, "longer than GNU screen takes")
    check("".join(pieces).startswith(f"{OSC}c;{encoded(BIG)}{BEL}"), "not the value")
    shown = show("one", "--to", "terminal", env={"TMUX": "/nonexistent,1,0"})
    check(shown.startswith(f"\x1bPtmux;\x1b{OSC}c;{encoded(SECRET)}{BEL}\x1b\\"), repr(shown))


def inside(screen_command, typed, env=()):
    """Types a command in a real multiplexer and gives its terminal."""
    here = Desk({"TERM": "xterm-256color", "SHELL": "/bin/sh", "ENV": "/nonexistent",
                 "PS1": "ready$ ", "V": VAULT, **dict(env)})
    screen = Screen(screen_command, here.env).shows(b"ready$ ")
    os.write(screen.fd, f'"$V" --volume-key-fd 9 {typed} 9<"$HOME/key"\n'.encode())
    return here, screen


def test_a_real_screen_hands_it_through():
    need("screen")
    run = desktop.folder()
    here, screen = inside(["screen", "-q", "-m", "-c", "/dev/null", "sh"],
                          f"copy one --to terminal --clear-after {SHORT}ms",
                          env={"SCREENDIR": str(run)})
    try:
        screen.shows(f"{OSC}c;{encoded(SECRET)}{BEL}".encode())
        screen.shows(f"{OSC}c;!{BEL}".encode())
    finally:
        screen.close()
        here.run("screen", "-X", "quit")


def test_tmux_over_ssh_reaches_the_terminal():
    need("tmux")
    socket = str(desktop.folder() / "socket")
    here, screen = inside(["tmux", "-S", socket, "-f", "/dev/null", "new-session", "sh"],
                          f"copy one --clear-after {SHORT}ms", env={"SSH_CONNECTION": "a 1 b 2"})
    try:
        # tmux writes OSC 52 itself, with or without naming the selection.
        until(lambda: re.search(rb"\x1b\]52;c?;%s(\x07|\x1b\\)" % encoded(SECRET).encode(),
                                screen.look()), "the value on the terminal")
        until(lambda: re.search(rb"\x1b\]52;c?;%s(\x07|\x1b\\)" % encoded(" ").encode(),
                                screen.look()), "a blank in its place")
        until(lambda: here.run("tmux", "-S", socket, "list-buffers") == "", "no buffer to be left")
    finally:
        screen.close()
        here.run("tmux", "-S", socket, "kill-server")


# ---- where the secret is not ----

class Watch(threading.Thread):
    """Looks at the arguments and the environment of every process, over and over."""

    def __init__(self, *secrets):
        super().__init__()
        self.secrets = [secret.encode() for secret in secrets]
        self.over = False
        self.found = []
        self.rounds = 0

    def run(self):
        while not self.over:
            self.rounds += 1
            for path in pathlib.Path("/proc").glob("[0-9]*"):
                for name in "cmdline", "environ":
                    try:
                        text = (path / name).read_bytes()
                    except OSError:
                        continue
                    self.found += [path / name for secret in self.secrets if secret in text]

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.over = True
        self.join()


def test_no_secret_in_arguments_and_environments():
    with Watch("canary-of-the-watch") as watch:
        subprocess.run(["sleep", "0.3"], env={"PATH": os.environ["PATH"],
                                              "SEEN": "canary-of-the-watch"}, check=True)
    check(watch.found, "the watch is blind")
    here, _ = configured("cat >/dev/null; sleep 0.2")
    with Watch(SECRET, encoded(SECRET)) as watch:
        here.vault("copy", "one")
        here.clear()
        for way, kind, _ in WAYS:
            try:
                place = desk(kind)
            except Skip:
                continue
            if has(way) and (kind is not X11 or way == "x11" or shutil.which(way)):
                place.copy("one", "--to", way)
                place.paste()
                place.clear()
    check(not watch.found, f"the secret is in {watch.found}")
    check(watch.rounds > 10, f"looked {watch.rounds} times only")


def memory_of(pid):
    """Every byte of a process; needs the superuser's rights."""
    maps = pathlib.Path(f"/proc/{pid}/maps").read_text()
    if "libasan" in maps:
        raise Skip("sanitizers keep copies of their own")
    with open(f"/proc/{pid}/mem", "rb", buffering=0) as memory:
        for line in maps.splitlines():
            start, end = (int(number, 16) for number in line.split()[0].split("-"))
            # Guard pages keep others from reading: not the kernel, which is asked here.
            if line.endswith(("[vvar]", "[vsyscall]", "[vvar_vclock]")):
                continue
            try:
                memory.seek(start)
                yield memory.read(end - start)
            except (OSError, OverflowError):
                pass


def occurrences(pid, text):
    return sum(piece.count(text.encode()) for piece in memory_of(pid))


def test_memory_holds_the_value_once_at_most():
    if os.getuid() != 0:
        raise Skip("only the superuser can look into the process")
    tried = 0
    for way, kind, _ in WAYS:
        try:
            here = desk(kind)
        except Skip:
            continue
        if not has(way) or (kind is X11 and way != "x11" and not shutil.which(way)):
            continue
        pid = here.copy("one", "--to", way)
        for _ in range(3):
            check(here.paste() == SECRET)
        check(occurrences(pid, "vault-clipboard") > 0, "nothing is seen of its memory")
        count = occurrences(pid, SECRET)
        check(count == (way in ("x11", "wayland")), f"{way}: {count} times")
        here.clear()
        until(lambda pid=pid: gone(pid), "the end of the process")
        tried += 1
    if not tried:
        raise Skip("no clipboard here")


def test_the_process_has_nothing_of_the_vaults():
    here, _ = configured("cat >/dev/null")
    pid = here.copy("one")
    status = pathlib.Path(f"/proc/{pid}/status").read_text()
    check("NoNewPrivs:\t1" in status, "it can gain privileges")
    check(os.path.realpath(f"/proc/{pid}/exe").endswith("vault-clipboard")
          if os.getuid() == 0 else True)
    if os.getuid() == 0:
        opened = [os.readlink(path) for path in pathlib.Path(f"/proc/{pid}/fd").iterdir()]
        check(not [path for path in opened if "default.vault" in path or path.endswith("/key")],
              opened)
        check(os.readlink(f"/proc/{pid}/cwd") == "/", "it keeps a folder busy")
        limits = pathlib.Path(f"/proc/{pid}/limits").read_text()
        check(re.search(r"Max core file size +0 ", limits), "it could dump core")
    else:
        try:
            open(f"/proc/{pid}/mem", "rb").close()
            check(False, "another process of this user can read its memory")
        except PermissionError:
            pass
    here.clear()


try:
    tap.run(globals())
finally:
    for place in _desks.values():
        if isinstance(place, Desk):
            place.clear_quietly()
    desktop.stop()

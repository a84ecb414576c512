"""Finding and choosing at the terminal: on the program's own screen, and with fzf. Whatever ends
it, the terminal is as it was."""
import os
import re
import shutil
import signal
import time

import tap
from tap import Skip, check
from terminal import END, ERASE, ERASE_LINE, INTERRUPT, STOP, Home, Terminal

UP, DOWN, PAGE_DOWN, FIRST, LAST, ESCAPE = \
    "\x1b[A", "\x1bOB", "\x1b[6~", "\x1b[H", "\x1b[4~", "\x1b"
PREVIOUS, NEXT = "\x10", "\x0e"
ENTER_SCREEN, LEAVE_SCREEN = "\x1b[?1049h", "\x1b[?1049l"
NAMES = ["Café München", "bank", "mailserver", "webmail", "日本語の銀行"]
LONG = "a very long name that does not fit into a row of a small terminal at all"
PASSWORD = "Mumbling.Kettle.71"


def make_home():
    home = Home()
    for name in NAMES + [LONG]:
        home.run("add", name, "--stdin", "--allow-reuse", "alike", more=f"{PASSWORD} of {name}\n")
    tools = home.path / "tools"
    tools.mkdir()
    for tool in ("dash", "stty"):
        (tools / tool).symlink_to(shutil.which(tool))
    home.run("edit", "bank", "--url", "bank.example", "--url", "https://two.example/" + "x" * 99)
    home.run("edit", "webmail", "-u", "joe@bank.example", "--note", "not for the bank")
    program(home.path / "clip", f"/bin/cat > '{home.path}/copied'")
    program(tools / "xdg-open", f"echo \"$1\" > '{home.path}/opened'")
    with open(home.path / ".config/vault/config", "a", encoding="ascii") as config:
        config.write("clipboard-program = ~/clip\n")
    return home


def program(path, script):
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)


def comes(name):
    """What was started writes its file by itself."""
    path, deadline = HOME.path / name, time.monotonic() + 10
    while not path.exists() or not path.read_text():
        check(time.monotonic() < deadline, f"{name} does not come")
        time.sleep(0.01)
    text = path.read_text()
    path.unlink()
    return text


HOME = make_home()


def own_screen(**more):
    """A terminal without fzf: `tools` is all of PATH."""
    return Terminal(HOME, **{"TERM": "xterm", "PATH": str(HOME.path / "tools"), **more})


def selected(name):
    return f"\x1b[7m> {name}"


def pick(tty, *args):
    return tty.start("pick", *args, key=True).expect(ENTER_SCREEN)


def test_typing_narrows_and_enter_takes():
    with own_screen() as tty:
        pick(tty, "--show").expect("6/6").send("mail").expect("2/6").expect(selected("mailserver"))
        tty.send("\n").expect(LEAVE_SCREEN).expect("mailserver").expect("password").ends(0)
        tty.unseen(PASSWORD)


def test_the_answer_of_get_goes_to_standard_output():
    with own_screen() as tty:
        tty.start("pick", "--get", key=True, redirect="> answer").expect(ENTER_SCREEN)
        tty.expect("6/6").send("bank\n").ends(0).unseen(PASSWORD)
    check((HOME.path / "answer").read_text() == PASSWORD + " of bank")


def test_without_an_option_it_copies():
    with own_screen() as tty:
        pick(tty).expect("6/6").send("bank\n").expect("Copied").ends(0).unseen(PASSWORD)
    check(comes("copied") == PASSWORD + " of bank")


def test_open_asks_for_one_of_several_addresses():
    with own_screen(DISPLAY=":0") as tty:
        pick(tty, "--open").expect("6/6").send("bank\n").expect("1  bank.example")
        tty.ask("alone: 1)? ", "3\n").expect("from 1 to 2").ask("alone: 1)? ", "2\n")
        tty.expect("Opening two.example.").expect("Copied").ends(0)
        check(comes("opened") == "https://two.example/" + "x" * 99 + "\n")
        tty.start("open", "bank", "--no-copy", key=True).ask("alone: 1)? ", "\n")
        tty.expect("Opening bank.example.").ends(0)
        check(comes("opened") == "https://bank.example\n")
        tty.start("open", "bank", key=True).ask("alone: 1)? ", END).ends(130)
    check(not (HOME.path / "opened").exists(), "it was opened all the same")


def test_find_tells_where_in_one_line():
    with own_screen() as tty:
        tty.child.setwinsize(24, 60)
        tty.start("find", "bank", key=True).expect("\nbank\n")
        tty.expect("webmail" + " " * 25 + "user: joe@bank.example\n").ends(0)
        tty.start("find", "for the", key=True).expect("webmail" + " " * 25 + "note\n").ends(0)
        tty.unseen("not for")
        tty.start("find", "two.example", key=True)
        tty.expect("bank" + " " * 28 + "url: https://two.example/...\n").ends(0)
        tty.start("find", "-n", "1", "bank", key=True).expect("1 more").ends(0)


def test_keys_move():
    with own_screen() as tty:
        pick(tty, "--show").expect(selected("Café München"))
        for key, name in ((DOWN, LONG), (NEXT, "bank"), (PREVIOUS, LONG), (UP, "Café München"),
                          (UP, "Café München"), (LAST, "日本語の銀行"), (DOWN, "日本語の銀行"),
                          (FIRST, "Café München"), (PAGE_DOWN, "日本語の銀行")):
            tty.send(key).expect(selected(name))
        tty.send(UP + "\n").expect(LEAVE_SCREEN).expect("webmail").ends(0)


def test_the_line_is_edited():
    with own_screen() as tty:
        pick(tty, "--show").send("mailx").expect("0/6").send("\n" + ERASE).expect("2/6")
        tty.send("\x1b[99x\x01" + ERASE_LINE).expect("6/6").send(" WEB mail ").expect("1/6")
        tty.send("\n").expect(LEAVE_SCREEN).expect("webmail").ends(0)


def test_characters_are_whole_and_composed():
    with own_screen() as tty:
        pick(tty, "--show").expect("6/6")
        os.write(tty.child.child_fd, b"CAF\xc3")
        time.sleep(0.1)
        os.write(tty.child.child_fd, b"\x89")
        tty.expect(selected("Café München")).send(ERASE + "e\u0301").expect("> CAFe\u0301")
        tty.send("\n").expect("Café München\n").ends(0)


def test_leaving():
    with own_screen() as tty:
        for key, said in ((ESCAPE, "Nothing was chosen."), (END, "Nothing was chosen."),
                          (INTERRUPT, "Interrupted")):
            pick(tty, "--get").expect("6/6").send(key).expect(LEAVE_SCREEN).expect(said).ends(130)
        tty.unseen(PASSWORD)


def test_a_stop_gives_the_terminal_back_for_a_while():
    with own_screen() as tty:
        pick(tty, "--show").expect("6/6").send("bank").expect("1/6").send(STOP)
        tty.expect(LEAVE_SCREEN).shell_is_back()
        check(tty.unchanged(), "the terminal is not as it was while it is stopped")
        tty.child.sendline("fg")
        tty.expect(ENTER_SCREEN).expect(selected("bank")).expect("> bank")
        tty.send("\n")
        tty.expect(LEAVE_SCREEN).expect("bank\n").ends(0)


def test_a_signal_from_outside():
    with own_screen() as tty:
        pick(tty, "--show").expect("6/6")
        os.kill(tty.running(), signal.SIGTERM)
        tty.expect(LEAVE_SCREEN).ends(128 + signal.SIGTERM)


def rows(text):
    """What was drawn, row by row, without the sequences."""
    return [re.sub("\x1b\\[[0-9;?]*[A-Za-z]", "", part)
            for part in re.split("\x1b\\[\\d+;1H", text)[1:]]


def columns(text):
    return sum(2 if ord(character) > 0x2fff else 1 for character in text)


def test_small_terminals_and_changes_of_size():
    with own_screen() as tty:
        pick(tty, "--show").expect("6/6").expect("\x1b[1;3H")
        for height, width in ((6, 24), (3, 10), (2, 5), (1, 2), (2, 3), (20, 60)):
            tty.child.setwinsize(height, width)
            tty.expect("\x1b[1;3H")
            drawn = rows(tty.child.before)
            check(len(drawn) == height, (height, drawn))
            check(all(columns(row) <= width for row in drawn), (width, drawn))
        check(drawn[:3] == ["  6/6", "> Café München", "  " + LONG[:57]], drawn)
        tty.send("web\n").expect(LEAVE_SCREEN).expect("webmail").ends(0)


def test_an_only_one_is_taken_at_once():
    with own_screen() as tty:
        tty.start("pick", "--show", "web", "mail", key=True).expect("webmail\n").ends(0)
        tty.start("pick", "--show", "nothing", key=True).expect("no entry 'nothing'").ends(3)
        check(ENTER_SCREEN not in tty.screen)
        pick(tty, "--show", "mail").expect("2/2").send("\n").expect("mailserver").ends(0)


def test_a_terminal_that_cannot():
    with own_screen(TERM="dumb") as tty:
        tty.start("pick", key=True).expect("cannot move its cursor").ends(4)


def test_what_cannot_be_shown_safely_is_escaped():
    with own_screen() as tty:
        pick(tty).expect("6/6").send("\u202e").expect("> \\u202e").send(ESCAPE).ends(130)
        check("\u202e" not in tty.screen, "it was sent")


def fzf(**more):
    if not shutil.which("fzf"):
        raise Skip("fzf is not installed")
    return Terminal(HOME, TERM="xterm", **more)


def test_fzf_is_given_names_and_asked():
    with fzf() as tty:
        tty.start("pick", "--get", "mail", key=True, redirect="> answer").expect("2/2")
        tty.send("web").expect("1/2").send("\r").ends(0).unseen(PASSWORD)
    check((HOME.path / "answer").read_text() == PASSWORD + " of webmail")


def test_fzf_runs_nothing_of_its_settings():
    trap = HOME.path / "trap"
    options = f"--preview='touch {trap}' --bind='start:execute-silent(touch {trap})'"
    (HOME.path / "options").write_text(options)
    with fzf(FZF_DEFAULT_OPTS=options, FZF_DEFAULT_COMMAND=f"touch {trap}",
             FZF_DEFAULT_OPTS_FILE=str(HOME.path / "options")) as tty:
        tty.start("pick", "--show", key=True).expect("6/6").send("bank").expect("1/6")
        tty.send("\r").expect("password").ends(0)
    check(not trap.exists(), "a command of the settings was run")


def test_leaving_fzf():
    with fzf() as tty:
        for key in (ESCAPE, INTERRUPT):
            tty.start("pick", "--get", key=True).expect("6/6").send(key)
            tty.expect("Nothing was chosen.").ends(130)
        tty.unseen(PASSWORD)


tap.run(globals())

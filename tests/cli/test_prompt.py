"""Questions at the terminal: nothing secret is shown, and whatever ends or stops one leaves the
terminal as it was found and nothing changed."""
import functools
import os
import signal
import subprocess
import time

import tap
from tap import check
from terminal import (CHEAP, END, ERASE, ERASE_LINE, ERASE_WORD, INTERRUPT, LITERAL, MASTER,
                      QUESTION, QUIT, STOP, VAULT, Home, Terminal)

ERASED = "\r\x1b[K"
LONG = "".join(chr(ord("a") + i * 7 % 26) for i in range(65536))


def other_home():
    return Home(master=None)


@functools.cache
def slow_home():
    """Its master password takes seconds to try. Made once: so does making it."""
    home = Home()
    home.run("passwd", "--new-password-fd", "0", *CHEAP, "4", more=f"{MASTER}\n")
    return home


def reach(tty, kind):
    """Brings up a question of this kind, the last of some, and gives its text."""
    if kind == "first":
        tty.start("add", "x").ask("Create one? [Y/n] ", "\n")
        return "New master password: "
    if kind == "again":
        tty.start("passwd", "--slot", "0", key=True)
        tty.ask("New master password: ", "Nine-mumbling-kettles-44\n")
        return "Once more: "
    if kind == "entry":
        tty.start("add", "x", "-u", "joe", key=True)
        return "Password (Enter alone: make the longest strong one): "
    if kind == "entry again":
        tty.start("edit", "there", "-p", key=True).ask("strong one): ", "Mumbling.Kettle.71\n")
        return "Once more: "
    if kind == "field":
        tty.start("edit", "there", "--secret-field", "pin", key=True)
        return "pin: "
    if kind == "one-time code":
        tty.start("edit", "there", "--otp", key=True)
        return "Secret or otpauth:// URI: "
    if kind == "recovery":
        tty.start("list", "--recovery")
        return "Recovery code: "
    tty.start("rm", "there")
    return QUESTION


KINDS = ["master", "first", "again", "entry", "entry again", "field", "one-time code", "recovery"]


def each_question(act):
    """At a question of each kind, with something typed, `act` ends it and gives the status."""
    home, empty = Home(), other_home()
    home.run("add", "there", "-g")
    before = home.contents()
    for kind in KINDS:
        with Terminal(empty if kind == "first" else home) as tty:
            tty.ask(reach(tty, kind), "abcxyz")
            time.sleep(0.1)
            check(not tty.unchanged(), f"{kind}: the terminal shows what is typed")
            tty.ends(act(tty)).unseen("abc", "xyz", "kettles", "Kettle")
        check(home.contents() == before, f"{kind}: something was stored")
        check(empty.contents() is None, "a vault was made")


def test_the_interrupt_key():
    each_question(lambda tty: tty.send(INTERRUPT) and 130)


def test_the_end_key():
    each_question(lambda tty: tty.send(ERASE_LINE + END) and 130)


def test_the_quit_key():
    each_question(lambda tty: tty.send(QUIT) and 128 + signal.SIGQUIT)


def send_signal(number):
    def act(tty):
        os.kill(tty.running(), number)
        return 130 if number == signal.SIGINT else 128 + number
    return act


def test_a_hang_up():
    each_question(send_signal(signal.SIGHUP))


def test_a_request_to_terminate():
    each_question(send_signal(signal.SIGTERM))


def test_an_interrupt_from_outside():
    each_question(send_signal(signal.SIGINT))


def test_stopping_and_going_on():
    home, empty = Home(), other_home()
    home.run("add", "there", "-g")
    before = home.contents()
    for kind in KINDS:
        with Terminal(empty if kind == "first" else home) as tty:
            question = reach(tty, kind)
            tty.ask(question, "abc" + STOP).shell_is_back()
            check(tty.unchanged(), f"{kind}: stopped, the terminal is not as it was")
            tty.child.sendline("fg")
            tty.ask(question, INTERRUPT).ends(130).unseen("abc")
        check(home.contents() == before, f"{kind}: something was stored")


def test_going_on_with_the_answer():
    with Terminal(Home()) as tty:
        tty.start("list").ask(QUESTION, "abc")
        time.sleep(0.3)  # until it is read: the terminal forgets what is not
        tty.child.send(STOP)
        tty.shell_is_back()
        tty.child.sendline("fg")
        tty.ask(QUESTION, MASTER + "\n").ends(0).unseen(MASTER)


def test_stopping_a_question_that_is_shown():
    with Terminal(other_home()) as tty:
        tty.start("add", "x").ask("Create one? [Y/n] ", STOP).shell_is_back()
        check(tty.unchanged())
        tty.child.sendline("fg")
        tty.ask("Create one? [Y/n] ", "n\n").ends(3)


def test_going_on_in_the_background():
    with Terminal(Home()) as tty:
        tty.start("list").ask(QUESTION, STOP).shell_is_back()
        tty.command("bg")
        time.sleep(0.3)
        check(tty.unchanged(), "in the background it changed the terminal")
        tty.child.sendline("fg")
        tty.ask(QUESTION, MASTER + "\n").ends(0)


def test_the_terminal_goes_away():
    home = Home()
    home.run("add", "there", "-g")
    before = home.contents()
    with Terminal(home) as tty:
        tty.start("rm", "there").expect(QUESTION)
        program = tty.running()
        tty.child.close(force=False)
        for _ in range(500):
            try:
                os.kill(program, 0)
            except ProcessLookupError:
                break
            time.sleep(0.02)
        else:
            check(False, "it goes on without a terminal")
    check(home.contents() == before)


def test_editing_what_is_typed():
    keys = ("rubbish" + ERASE_LINE + "two wrong words" + ERASE_WORD + ERASE_WORD + ERASE_WORD +
            MASTER[:-3] + "öx鍵" + ERASE * 3 + MASTER[-3:] + "\n")
    with Terminal(Home()) as tty:
        tty.start("list").ask(QUESTION, keys).ends(0)


def test_erasing_more_than_there_is():
    with Terminal(Home()) as tty:
        typed = ERASE * 20 + ERASE_WORD + ERASE_LINE + MASTER + "\n"
        tty.start("list").ask(QUESTION, typed).ends(0)


def test_any_key_can_be_part_of_a_password():
    home = Home()
    with Terminal(home) as tty:
        tty.start("add", "x", "-u", "joe", key=True)
        for question in ("strong one): ", "Once more: "):
            tty.ask(question, "a" + LITERAL + ERASE + LITERAL + END + "\t\x1b[A ö z\n")
        tty.ends(0)
    check(home.run("get", "x") == "a\x7f\x04\t\x1b[A ö z")


def test_lines_longer_than_the_kernel_edits():
    for length in (5000, len(LONG)):
        with Terminal(Home(master=LONG[:length])) as tty:
            tty.start("list").ask(QUESTION, LONG[:length] + "\n").ends(0)
            tty.unseen(LONG[:40])


def test_a_line_that_is_too_long():
    with Terminal(Home()) as tty:
        tty.start("list").ask(QUESTION, LONG + "x\n").expect("too long").ends(2)


def test_a_paste_of_several_lines():
    """The first line is the answer, the others answer nothing and run nothing."""
    home = Home()
    with Terminal(home) as tty:
        tty.start("add", "x").ask(QUESTION, MASTER + "\nfollowing one\nfollowing two\n")
        tty.ask("User name", "joe\ntouch pasted\n")
        tty.ask("strong one): ", "Mumbling.Kettle.71\nMumbling.Kettle.71\n")
        tty.ask("Once more: ", "Mumbling.Kettle.71\n").ends(0).unseen("Kettle", "following")
    check(home.run("get", "x") == "Mumbling.Kettle.71")
    check(not (home.path / "pasted").exists(), "the shell ran what was pasted")


def test_carriage_return_is_enter():
    with Terminal(Home()) as tty:
        tty.start("list").ask(QUESTION, MASTER + "\r").ends(0)


def while_deriving(tty, act):
    """Does something during the seconds of work behind a question."""
    tty.start("list").ask(QUESTION, MASTER + "\n")
    time.sleep(0.6)
    check(tty.running() != tty.child.pid, "it has ended already")
    act()


def test_typing_ahead_while_it_works():
    with Terminal(slow_home()) as tty:
        while_deriving(tty, lambda: tty.send("impatient\n"))
        tty.ends(0).unseen("impatient")


def test_interrupt_while_it_works():
    with Terminal(slow_home()) as tty:
        while_deriving(tty, lambda: tty.send(INTERRUPT))
        tty.ends(130)


def write_many(path, count=60000):
    rows = (f"n{n},https://h{n}.example,u{n},Xq-{n}-pJ7w," for n in range(count))
    path.write_text("\n".join(["name,url,username,password,note", *rows]) + "\n")


def test_an_interrupted_import_changes_nothing():
    home = Home()
    write_many(home.path / "many.csv")
    for key, status in (INTERRUPT, 130), (QUIT, 128 + signal.SIGQUIT):
        with Terminal(home) as tty:
            tty.start("import", "chrome", "many.csv", key=True).ask("Importing: ", key)
            tty.expect(ERASED + "Interrupted; nothing was changed.").ends(status)
            check("parser" not in tty.screen, "the parser's end is told as well")
            tty.start("list", key=True).ends(0).unseen("n1 ")


def test_an_interrupted_export_ends():
    home = Home()
    write_many(home.path / "many.csv", 5000)
    home.run("import", "chrome", str(home.path / "many.csv"))
    os.mkfifo(home.path / "pipe")
    with Terminal(home) as tty:
        tty.start("export", "json", "-", "--plaintext", "--yes", redirect=">pipe", key=True)
        with open(home.path / "pipe", "rb") as pipe:
            start = pipe.read(1)  # it writes, and waits until somebody reads on
            tty.send(INTERRUPT).expect("^C")
            written = start + pipe.read()
        tty.expect("Interrupted; not all of it was written.").ends(130)
    check(b"n4999" not in written, "it went on")


def test_stop_while_it_works():
    with Terminal(slow_home()) as tty:
        while_deriving(tty, lambda: tty.send(STOP))
        tty.shell_is_back()
        check(tty.unchanged(), "stopped: the terminal is not as it was")
        tty.child.sendline("fg")
        tty.expect("fg")
        time.sleep(0.5)
        tty.ends(0)


def test_standard_input_and_output_are_free_for_data():
    home = Home()
    with Terminal(home) as tty:
        tty.start("add", "x", "--stdin", redirect="<key >out").ask(QUESTION, MASTER + "\n").ends(0)
        tty.start("get", "x", redirect="</dev/null 2>&1 >out | cat")
        tty.ask(QUESTION, MASTER + "\n").ends(0)
    check((home.path / "out").read_text() == home.key.read_text().strip())


def test_without_a_terminal_it_fails_at_once():
    home = Home()
    for arguments in (["list"], ["add", "x", "-g"], ["passwd"]):
        done = subprocess.run([VAULT, *arguments], env={**os.environ, "HOME": str(home.path)},
                              stdin=subprocess.DEVNULL, capture_output=True, text=True,
                              start_new_session=True, timeout=60, check=False)
        check(done.returncode == 4, f"{arguments}: exit status {done.returncode}")
        check("--password-fd" in done.stderr, done.stderr)


tap.run(globals())

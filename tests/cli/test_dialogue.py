"""The main job as a person does it: the first vault, an entry, a password used twice. And what a
terminal is shown, and what it is not."""
import shutil
import subprocess

import picture
import tap
from tap import check
from terminal import END, ERASE_LINE, INTERRUPT, MASTER, QUESTION, Home, Terminal

SHARED = "Mumbling.Kettle.71"
EVIL = "\x1b]0;title\x07\x1b[31mred\r\n\u202eabc\u009b2J"


def choose_master(tty):
    tty.ask("New master password: ", MASTER + "\n").ask("Once more: ", MASTER + "\n")


def test_the_first_run():
    home = Home(master=None)
    with Terminal(home) as tty:
        tty.start("add", "mailserver").ask("Create one? [Y/n] ", "\n")
        phrase = tty.match(r"for example:\s+([a-z]+(?:.[a-z]+){5})")
        tty.ask("New master password: ", "abc\n").expect("weak").ask("all the same? [y/N] ", "\n")
        tty.ask("New master password: ", MASTER + "\n").expect("guesses")
        tty.ask("Once more: ", "another\n").expect("The two differ")
        choose_master(tty)
        tty.ask("Make one? [Y/n] ", "y\n")
        code = tty.match(r"((?:[0-9A-Z]{5}-){6}[0-9A-Z]{5})")
        group = code.split("-")[int(tty.match(r"type group (\d)")) - 1]
        tty.ask(": ", "wrong\n").expect("That is not it").ask("not shown): ", group.lower() + "\n")
        tty.ask("User name", "joe\n").ask("Password", "\n").expect("Added 'mailserver' (user joe;")
        tty.ends(0).unseen(MASTER, "another")
        check(tty.screen.count(code) == 1, "the recovery code was not shown once")
        check(group.lower() not in tty.screen.replace(phrase, ""), "what was typed was shown")
        tty.start("get", "mailserver", redirect="| wc -c").ask(QUESTION, MASTER + "\n")
        tty.expect("128").ends(0)
        tty.start("list", "--recovery")
        tty.ask("Recovery code: ", "x" + code + "\n").expect("try again")
        tty.ask("Recovery code: ", code.replace("-", " ").lower() + "\n").expect("mailserver")
        tty.ends(0)
    check(code.encode() not in home.contents())


def test_an_export_tells_what_is_lost_before_it_asks():
    home = Home()
    home.run("add", "shop", "-g", "--tag", "fun", "--note", "kept")
    with Terminal(home) as tty:
        tty.start("export", "chrome", "some.csv", "--plaintext", key=True)
        tty.expect("no room for it (shop)").expect("UNENCRYPTED").ask("Write it? [y/N] ", "n\n")
        tty.expect("Nothing was written.").ends(130)
        check(not (home.path / "some.csv").exists(), "it was written all the same")
        tty.start("export", "chrome", "some.csv", "--plaintext", key=True)
        tty.ask("Write it? [y/N] ", "y\n").expect("is in some.csv").ends(0)
    check((home.path / "some.csv").exists())


def test_the_recovery_code_may_be_declined():
    home = Home(master=None)
    with Terminal(home) as tty:
        tty.start("init")
        choose_master(tty)
        tty.ask("Make one? [Y/n] ", "n\n").expect("Created the vault").ends(0).unseen(MASTER)
        tty.start("key", "list").expect("password").ends(0).unseen("recovery code  ")


def test_a_vault_that_is_not_wanted():
    home = Home(master=None)
    with Terminal(home) as tty:
        tty.start("add", "x").ask("Create one? [Y/n] ", "n\n").ends(3)
        tty.start("add", "x").ask("Create one? [Y/n] ", END).ends(3)
        tty.start("add", "x").ask("Create one? [Y/n] ", "perhaps\n").ask("[Y/n] ", "y\n")
        tty.ask("New master password: ", "\n").expect("must not be empty")
        tty.ask("New master password: ", END).ends(130)
        tty.start("add", "x").ask("Create one? [Y/n] ", "y\n")
        choose_master(tty)
        tty.ask("Make one? [Y/n] ", "y\n").ask("not shown): ", END).ends(130)
    check(home.contents() is None, "a vault was made all the same")


def test_a_realm_changes_as_one_when_asked():
    home = Home()
    for name in "wiki", "cal":
        home.run("add", name, "-g")
    home.run("realm", "add", "dir", "wiki", "cal", "--reason", "one login")
    with Terminal(home) as tty:
        tty.start("edit", "wiki", "--password").ask(QUESTION, MASTER + "\n")
        tty.expect("'wiki' is in the realm 'dir' (one login) with 'cal'.")
        tty.ask("the new password? [Y/n] ", "\n")
        tty.ask("strong one): ", SHARED + "\n").ask("Once more: ", SHARED + "\n")
        tty.expect("So is the rest of the realm 'dir'").ends(0)
        tty.start("edit", "cal", "-g").ask(QUESTION, MASTER + "\n")
        tty.ask("the new password? [Y/n] ", "n\n").expect("keeps its password").ends(0)
    check(home.run("get", "wiki") == SHARED)
    check(home.run("get", "cal") != SHARED)


def test_a_password_changes_in_two_steps():
    home = Home()
    home.run("add", "shop", "--stdin", "--url", "https://shop.example", more=SHARED + "\n")
    clip = home.path / "clip"
    clip.write_text('#!/bin/sh\ncat >"$HOME/copying" && mv "$HOME/copying" "$HOME/copied"\n')
    clip.chmod(0o700)
    with open(home.path / ".config/vault/config", "a") as config:
        config.write("clipboard-program = ~/clip\n")
    choices = "n, o, p, d, a? "
    with Terminal(home) as tty:
        tty.start("rotate", "shop").ask(QUESTION, MASTER + "\n")
        tty.expect("Change the password at https://shop.example/.well-known/change-password")
        tty.ask(choices, "o\n").expect("Copied")
        tty.ask(choices, "nonsense\n").expect("d  done: the service has taken it")
        tty.ask(choices, "\n").expect("Both passwords are kept").ends(0)
        new = home.run("get", "-f", "pending", "shop")
        check(home.run("get", "shop") == SHARED)
        check((home.path / "copied").read_text() == SHARED)
        for end in END, INTERRUPT:
            tty.start("rotate", "shop").ask(QUESTION, MASTER + "\n").ask(choices, end)
            tty.shell_is_back()
        check(home.run("get", "-f", "pending", "shop") == new, "another one was made")
        tty.start("rotate", "shop").ask(QUESTION, MASTER + "\n").ask(choices, "d\n")
        tty.ask(QUESTION, MASTER + "\n").expect("is the one in use").ends(0)
        check(home.run("get", "shop") == new)
        tty.unseen(SHARED, new)
        home.run("lock")


def test_a_password_used_twice_is_refused_and_can_be_replaced():
    home = Home()
    with Terminal(home) as tty:
        tty.start("add", "mailserver").ask(QUESTION, MASTER + "\n").ask("User name", "joe\n")
        tty.ask("strong one): ", SHARED + "\n").ask("Once more: ", SHARED + "\n").ends(0)
        tty.start("add", "shop").ask(QUESTION, MASTER + "\n").ask("User name", "\n")
        tty.ask("strong one): ", SHARED + "\n").ask("Once more: ", SHARED + "\n")
        tty.expect("refused: this password is also in use at 'mailserver' (since 20")
        tty.expect("--allow-reuse REASON")
        tty.ask("strong one): ", MASTER + "\n").ask("Once more: ", MASTER + "\n")
        tty.expect("refused: this is the master password")
        tty.ask("strong one): ", "\n").expect("Added 'shop'").ends(0).unseen(SHARED, MASTER)
    check(home.run("get", "mailserver") == SHARED)
    check(len(home.run("get", "shop")) == 128)


def test_giving_up_after_a_refusal():
    home = Home()
    home.run("add", "mailserver", "--stdin", more=SHARED + "\n")
    with Terminal(home) as tty:
        tty.start("add", "shop", "-u", "joe").ask(QUESTION, MASTER + "\n")
        tty.ask("strong one): ", SHARED + "\n").ask("Once more: ", SHARED + "\n")
        tty.expect("refused").ask("strong one): ", END).ends(8)
        tty.start("edit", "mailserver", "-p").ask(QUESTION, MASTER + "\n")
        tty.ask("strong one): ", MASTER + "\n").ask("Once more: ", MASTER + "\n")
        tty.expect("refused").ask("strong one): ", END).ends(8)
        tty.start("add", "shop", "-u", "joe", "--allow-reuse", "one login")
        tty.ask(QUESTION, MASTER + "\n").ask("strong one): ", SHARED + "\n")
        tty.ask("Once more: ", SHARED + "\n").expect("warning").ends(0)
    check(home.run("list") == "mailserver\nshop\n")


def test_three_attempts():
    with Terminal(Home()) as tty:
        tty.start("list").ask(QUESTION, "wrong\n").expect("try again")
        tty.ask(QUESTION, ERASE_LINE + "\n").ask(QUESTION, "wrong\n").expect("vault: wrong").ends(5)
        tty.start("list").ask(QUESTION, "wrong\n").ask(QUESTION, MASTER + "\n").ends(0)


def test_a_new_master_password():
    home = Home()
    with Terminal(home) as tty:
        tty.start("passwd", "--kdf-memory", "64M", "--kdf-time", "1ms")
        tty.ask(QUESTION, MASTER + "\n").ask("New master password: ", "Nine-mumbling-kettles-44\n")
        tty.ask("Once more: ", "Nine-mumbling-kettles-44\n").expect("is changed").ends(0)
        tty.start("list").ask(QUESTION, MASTER + "\n").expect("try again")
        tty.ask(QUESTION, "Nine-mumbling-kettles-44\n").ends(0).unseen(MASTER, "kettles")


def test_a_yes_is_typed_in_full_before_a_key_is_shown():
    home = Home()
    key = home.key.read_text().strip()
    with Terminal(home) as tty:
        for answer in ("y\n", "\n", "no\n", END):
            tty.start("rescue", "--print-volume-key").ask("Type yes in full: ", answer).ends(130)
        tty.start("rescue", "--print-volume-key").ask("Type yes in full: ", "yes\n")
        tty.ask(QUESTION, MASTER + "\n").expect(key).ends(0)


def test_what_cannot_be_undone_is_asked_and_no_is_the_answer_to_enter():
    home = Home()
    home.run("add", "there", "-g")
    home.run("rm", "there")
    home.run("backup", str(home.path / "copy"))
    before = home.contents()
    with Terminal(home) as tty:
        for answer in ("\n", "n\n", END):
            tty.start("trash", "empty", key=True).ask("for ever? [y/N] ", answer).ends(130)
            tty.start("restore", "copy", key=True).ask("kept beside it. [y/N] ", answer).ends(130)
        check(home.contents() == before)
        tty.start("restore", "copy", key=True).ask("kept beside it. [y/N] ", "y\n").ends(0)
        tty.start("trash", "empty", key=True).ask("for ever? [y/N] ", "y\n").ends(0)
    check(home.run("trash") == "")


def test_a_newline_follows_on_a_terminal_only():
    home = Home()
    home.run("add", "x", "--stdin", more=SHARED + "\n")
    with Terminal(home) as tty:
        tty.start("get", "x", key=True).expect(f"{SHARED}\n").ends(0)
        tty.start("get", "x", key=True, redirect="> out").ends(0)
    check((home.path / "out").read_text() == SHARED)


def test_nothing_steers_the_terminal():
    """What comes from elsewhere is shown as escapes: passwords, notes, fields, error messages."""
    home = Home()
    home.run("add", "x", "--stdin", "--secret-field", "pin", "--note", "-", more=EVIL.replace(
        "\n", "") + "\n" + EVIL.replace("\n", "") + "\n" + EVIL)
    home.run("add", "other", "-g", "-u", "us\u202eer", "--url", "u\u202erl", "--field",
             "k=v\u2067")
    with Terminal(home, TERM="xterm") as tty:
        for command in (["show", "x", "--reveal"], ["history", "x", "--reveal"],
                        ["show", "other"], ["list", "-l"], ["list"], ["trash"],
                        ["show", "x", "--reveal", "--json"], ["list", "--json"],
                        ["rm", "other"], ["trash"]):
            tty.start(*command, key=True).ends(0)
        tty.start("get", "no\x01thing\u202e", key=True).ends(3)
        shown = tty.screen[tty.screen.index("1=0") + 3:]
    for steering in ("\x1b]0", "\x1b[31m", "\x07", "\u009b", "\r\n\n"):
        check(steering not in shown, repr(steering) + " was sent: " + repr(shown))
    lines = [line for line in shown.split("\n") if "/vault'" not in line]
    check(not [line for line in lines if "\u202e" in line or "\u2067" in line], lines)
    check("\\x1b[31mred" in shown and "\\u202e" in shown, "it was not shown at all")


def test_colours_and_no_colours():
    home = Home()
    for environment, coloured in (({"TERM": "xterm"}, True), ({"TERM": "dumb"}, False),
                                  ({"TERM": "xterm", "NO_COLOR": "1"}, False),
                                  ({"TERM": "xterm", "NO_COLOR": ""}, True)):
        with Terminal(home, **environment) as tty:
            tty.start("get", "nothing", key=True).expect("no entry").ends(3)
            check(("\x1b[" in tty.screen) == coloured, environment)
            tty.start("get", "nothing", key=True, redirect="2>err").ends(3)
        check("\x1b" not in (home.path / "err").read_text(), "colours in a file")


def test_a_qr_code_on_the_terminal():
    home = Home()
    uri = "otpauth://totp/x:joe?secret=GEZDGNBVGY3TQOJQ&issuer=x"
    home.run("add", "x", "-g", "--otp-file", "-", more=uri + "\n")
    with Terminal(home) as tty:
        tty.start("show", "x", "--qr", key=True).expect("clear the screen").ends(0).unseen("GEZD")
        lines = [line.strip("\r") for line in tty.screen.split("\n") if "38;5;16" in line]
        tty.child.setwinsize(40, 30)
        tty.start("show", "x", "--qr", key=True).expect("takes 37").ends(1)
    if not shutil.which("zbarimg"):
        raise tap.Skip("zbarimg is not installed")
    file = home.path / "seen.png"
    file.write_bytes(picture.png(list(picture.rows("\n".join(lines)))))
    seen = subprocess.run(["zbarimg", "-q", "--raw", "--nodbus", file], capture_output=True,
                          text=True, check=False).stdout
    check(seen == uri + "\n", seen)


def test_one_time_codes():
    home = Home()
    seed = "gezd gnbv gy3t qojq"
    with Terminal(home) as tty:
        tty.start("add", "x", "-u", "joe", "--otp", key=True).ask("strong one): ", "\n")
        tty.ask("Secret or otpauth:// URI: ", "gezd gnb0\n").expect("base 32").expect("try again")
        tty.ask("Secret or otpauth:// URI: ", seed + "\n").expect("Added 'x'").ends(0)
        tty.unseen("gezd", "GEZD")
        tty.start("otp", "x", key=True)
        code = tty.match(r"\n(\d{6})\r?\n")
        check(0 < int(tty.match(r"Good for (\d+) more second")) <= 30)
        tty.ends(0)
        tty.start("otp", "x", redirect=">out", key=True).ends(0)
        check(tty.screen.count("Good for") == 1, "a program is told for how long")
    check(len((home.path / "out").read_text()) == len(code) + 1)


tap.run(globals())

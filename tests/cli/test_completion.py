"""Completion in real shells: what a person gets who types the beginning of a word and Tab. In front
of the program stands a script that opens the vault for completion, and else writes down the words
it was called with: they are what the shell made of the line."""
import os
import pathlib
import shutil
import subprocess
import time

import tap
from tap import Skip, check
from terminal import VAULT, Home, Screen

try:
    import pexpect
except ImportError:
    raise SystemExit(77) from None

COMPLETIONS = pathlib.Path(os.environ["SOURCE"], "completions")
BASH_COMPLETION = pathlib.Path("/usr/share/bash-completion/bash_completion")
READY = "=ready="
TAB = "\t"

# Nothing that a shell could take for something else, in front, in the middle and behind.
NAMES = ["my name", 'my "quoted" one', "it's", "a$HOME", "b`id`", "c$(id)", "back\\slash", "größe",
         "日本語", "-dash", "host:25", "host:993", "glob*[x]?", "bang!x", "~tilde", "#hash", "a=b",
         "semi;colon|&", "x{y,z}", "@at", "<in>", "(round)", "^caret", "%percent", "path/to/it"]

SPECIAL = set(" !\"#$&'()*;<>?[\\]^`{|}~")
IN_DOUBLE = {"fish": set('"\\$')}
IN_SINGLE = {"fish": set("'\\")}

SCRIPT = """#!/bin/sh
[ -e locked ] && exec 9</dev/null || exec 9<key
if [ "$1" = complete ]; then
	exec '{vault}' --volume-key-fd 9 "$@"
fi
for word; do printf '%s\\n' "$word"; done >typed.new
mv typed.new typed
"""


def run(home, *words):
    """The program with the vault open; gives what it printed and said."""
    with open(home.key, "rb") as key:
        return subprocess.run([VAULT, "--volume-key-fd", str(key.fileno()), *words], text=True,
                              pass_fds=[key.fileno()], env={**os.environ, "HOME": str(home.path)},
                              capture_output=True, check=True, stdin=subprocess.DEVNULL)


def make_home():
    """With all these names, and some to complete beside them."""
    home = Home()
    for name in NAMES:
        run(home, "add", "-g", "--", name)
    run(home, "add", "-g", "-u", "joe", "--tag", "big tag", "--tag", "work", "--field",
        "my key=1", "--field", "pin=2", "--", "full")
    run(home, "add", "-g", "--used-by", "my phone", "--", "typed")
    run(home, "add", "-g", "gone for good")
    run(home, "rm", "gone for good")
    (home.path / "bin").mkdir()
    script = home.path / "bin/vault"
    script.write_text(SCRIPT.format(vault=VAULT))
    script.chmod(0o755)
    (home.path / "folder").mkdir()
    (home.path / "folder/a file").touch()
    (home.path / "firefox logins.csv").touch()
    (home.path / "lastpass_export.csv").touch()
    return home


HOME = make_home()


class Shell(Screen):
    """A shell with the completion loaded."""

    def __init__(self, name, command, start, term="dumb", within=()):
        for program in (command[0], *within[:1]):
            if not shutil.which(program):
                raise Skip(f"{program} is not installed")
        self.name = name
        term = "xterm" if within else term
        command = [*within, *command]
        env = {"HOME": str(HOME.path), "PATH": f"{HOME.path}/bin:{os.environ['PATH']}",
               "TERM": term, "LC_ALL": os.environ.get("LC_ALL", "C.UTF-8"), "PS1": ""}
        self.child = pexpect.spawn(command[0], command[1:], env=env, encoding="utf-8", timeout=60,
                                   cwd=HOME.path, dimensions=(50, 200))
        self.child.delaybeforesend = None
        self.child.logfile_read = self
        # The prompt is told in two halves: the line that sets it shows it, too.
        self.child.sendline(start.format(folder=COMPLETIONS, half=READY[:3], rest=READY[3:]))
        self.child.expect_exact(READY)

    def words(self, *keys):
        """Types, as fast as it goes, and runs the line; gives the words the program got."""
        typed = HOME.path / "typed"
        typed.unlink(missing_ok=True)
        self.child.send("".join(keys) + "\r")
        deadline = time.monotonic() + 30
        while not typed.exists():
            check(time.monotonic() < deadline, f"{self.name}: {keys!r} did not run")
            time.sleep(0.005)
        self.child.expect_exact(READY)
        return typed.read_text(encoding="utf-8").splitlines()


def bash(**more):
    return Shell("bash", ["bash", "--norc", "--noprofile", "-i"],
                 "bind 'set enable-bracketed-paste off'; . '{folder}/bash/vault'; "
                 "PS1='{half}''{rest}'", **more)


def bash_completion():
    if not BASH_COMPLETION.exists():
        raise Skip("the package bash-completion is not installed")
    return Shell("bash", ["bash", "--norc", "--noprofile", "-i"],
                 f"bind 'set enable-bracketed-paste off'; . {BASH_COMPLETION}; "
                 ". '{folder}/bash/vault'; PS1='{half}''{rest}'")


def zsh(**more):
    return Shell("zsh", ["zsh", "-f", "-i"],
                 "fpath=('{folder}/zsh' $fpath); autoload -Uz compinit; compinit -D -u; "
                 "unset zle_bracketed_paste; PS1='{half}''{rest}'", **more)


def fish(**more):
    return Shell("fish", ["fish", "--no-config", "-i"],
                 "function fish_greeting; end; source '{folder}/fish/vault.fish'; "
                 "function fish_prompt; printf '%s' '{half}''{rest}'; end", term="xterm",
                 **more)


def beginning(shell, name):
    """As much of a name as no other has, and up to the first special character. In fish not up to
    an asterisk: it takes one at the very end for a pattern, quoted or not."""
    others = [other for other in NAMES + ["full"] if other != name]
    least = next(n for n in range(1, len(name) + 1)
                 if not any(other.startswith(name[:n]) for other in others))
    special = [n for n in range(least, len(name)) if name[n - 1] in SPECIAL
               and not (shell.name == "fish" and name[n - 1] == "*")]
    return name[:special[0] if special else least]


def quoted(shell, text, quote):
    """As a person would type it who knows the shell; None where the shell has no way."""
    if not quote:
        return "".join("\\" + c if c in SPECIAL else c for c in text)
    if quote == '"':
        if "!" in text and shell.name != "fish":
            return None
        special = IN_DOUBLE.get(shell.name, set('"$\\`'))
        return quote + "".join("\\" + c if c in special else c for c in text)
    if shell.name == "fish":
        return quote + "".join("\\" + c if c in IN_SINGLE["fish"] else c for c in text)
    return quote + text.replace("'", "'\\''")


def hostile_names(start):
    with start() as shell:
        for name in NAMES:
            for quote in ("", '"', "'"):
                text = quoted(shell, beginning(shell, name), quote)
                if text is None:
                    continue
                words = shell.words(f"vault get -- {text}", TAB)
                check(words == ["get", "--", name], f"{shell.name}: {text!r} became {words[2:]!r}")


def everything_else(start):
    """Commands, options and their values, tags, fields, the trash, files."""
    with start() as shell:
        for keys, wanted in [
                (("vault ren", TAB, "x y"), ["rename", "x", "y"]),
                (("vault tra", TAB, "res", TAB, "go", TAB), ["trash", "restore", "gone for good"]),
                (("vault help tra", TAB, "emp", TAB), ["help", "trash", "empty"]),
                (("vault list --lo", TAB), ["list", "--long"]),
                (("vault get --js", TAB, "fu", TAB), ["get", "--json", "full"]),
                (("vault list -t bi", TAB), ["list", "-t", "big tag"]),
                (("vault list --tag=bi", TAB), ["list", "--tag=big tag"]),
                (("vault get full -f us", TAB), ["get", "full", "-f", "user"]),
                (("vault get full --field my", TAB), ["get", "full", "--field", "my key"]),
                (("vault get full --field=my", TAB), ["get", "full", "--field=my key"]),
                (("vault edit full --clear ta", TAB), ["edit", "full", "--clear", "tag"]),
                (("vault where typed --tick my", TAB), ["where", "typed", "--tick", "my phone"]),
                (("vault where typed --tick=my", TAB), ["where", "typed", "--tick=my phone"]),
                (("vault generate --charset lower,di", TAB),
                 ["generate", "--charset", "lower,digit"]),
                (("vault backup folder/a", TAB), ["backup", "folder/a file"]),
                (("vault import folder/a", TAB), ["import", "folder/a file"]),
                (("vault import dashlane-", TAB), ["import", "dashlane-zip"]),
                (("vault import firef", TAB, " firefox\\ ", TAB),
                 ["import", "firefox", "firefox logins.csv"]),
                (("vault import lastpass_", TAB), ["import", "lastpass_export.csv"]),
                (("vault export bitwarden-c", TAB, "x"), ["export", "bitwarden-csv", "x"]),
                (("vault --vault=folder/a", TAB), ["--vault=folder/a file"]),
                (("vault exec A=b -- cat folder/a", TAB),
                 ["exec", "A=b", "--", "cat", "folder/a file"]),
        ]:
            words = shell.words(*keys)
            check(words == wanted, f"{shell.name}: {keys!r} became {words!r}")


def other_vault(start):
    """The vault that --vault names on the line is the one that is looked into, or not."""
    with start() as shell:
        for words in (["--vault=nowhere"], ["--vault", "nowhere"]):
            keys = f"vault {' '.join(words)} get fu"
            check(shell.words(keys, TAB) == [*words, "get", "fu"], "a name of another vault")
        default = "~/.local/share/vault/default.vault"
        words = shell.words(f"vault --vault {default} get fu", TAB)
        check(words[-1] == "full", "no name of the vault on the line")


def inside_tmux(start):
    """The same under tmux, which many never leave."""
    socket = HOME.path / f"tmux-{start.__name__}"
    within = ["tmux", "-u", "-S", str(socket), "-f", "/dev/null", "new-session", "-x", "200",
              "-y", "50"]
    try:
        with start(within=within) as shell:
            for name in NAMES[:9]:
                words = shell.words(f"vault get -- {quoted(shell, beginning(shell, name), '')}",
                                    TAB)
                check(words == ["get", "--", name], f"{shell.name}: {name!r} became {words!r}")
    finally:
        subprocess.run(["tmux", "-S", socket, "kill-server"], stderr=subprocess.DEVNULL,
                       check=False)


def locked_vault(start):
    """Commands and options all the same; no name, no question, not a word on the screen."""
    (HOME.path / "locked").touch()
    try:
        with start() as shell:
            check(shell.words("vault rena", TAB, "--js", TAB) == ["rename", "--json"])
            shell.screen = ""
            begun = time.monotonic()
            words = shell.words("vault get fu", TAB)
            check(time.monotonic() - begun < 10, "it waited")
            check(words == ["get", "fu"], f"{shell.name}: {words!r}")
            for text in ("assword", "vault:", "locked"):
                check(text not in shell.screen, f"{shell.name} shows {shell.screen!r}")
    finally:
        (HOME.path / "locked").unlink()


def for_each_shell(act, shells=(bash, bash_completion, zsh, fish)):
    """A test for each of the shells."""
    for start in shells:
        name = f"test_{start.__name__}_{act.__name__}"
        globals()[name] = lambda start=start: act(start)


for each in (hostile_names, everything_else, other_vault, locked_vault):
    for_each_shell(each)
for_each_shell(inside_tmux, (bash, zsh, fish))


if __name__ == "__main__":
    tap.run(globals())

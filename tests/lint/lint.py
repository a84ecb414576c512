"""What the lints share: the project's files, and a check that first proves itself on samples."""
import os
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]


def sources():
    """Yields the path, relative to the root, of every text file that belongs to the project,
    committed yet or not. Outside a git clone: everything but hidden files and build folders."""
    try:
        listing = subprocess.run(["git", "-C", ROOT, "ls-files", "-co", "--exclude-standard"],
                                 capture_output=True, text=True, check=True)
        names = listing.stdout.splitlines()
    except (OSError, subprocess.CalledProcessError):
        names = [str(path.relative_to(ROOT)) for path in ROOT.rglob("*")]
        names = [name for name in names if not re.match(r"build|(.*/)?[._]", name)]
    for name in sorted(names):
        path = ROOT / name
        if path.is_file() and b"\0" not in path.read_bytes()[:4096]:
            yield name


def text(name):
    return (ROOT / name).read_text(encoding="utf-8", errors="replace")


def code(source):
    """C source with comments and the contents of strings blanked, line numbers kept."""
    def blank(match):
        found = match.group()
        if found[0] in "\"'":
            return found[0] + found[-1]
        return "\n" * found.count("\n") or " "
    string, character = r'"(?:\\.|[^"\\\n])*"', r"'(?:\\.|[^'\\\n])*'"
    return re.sub(rf"/\*.*?\*/|//[^\n]*|{string}|{character}", blank, source, flags=re.S)


def is_c(name):
    return name.endswith((".c", ".h"))


def run(check, bad, good=()):
    """check(name, source) yields (line, message). Each sample of `bad` must be found and none of
    `good`; then the tree is checked. Exits 0 when it is clean."""
    for name, source in bad:
        if not list(check(name, source)):
            sys.exit(f"the check is blind: nothing found in {name}: {source!r}")
    for name, source in good:
        for _, message in check(name, source):
            sys.exit(f"the check sees ghosts: {message} in {name}: {source!r}")
    found = 0
    for name in sources():
        for line, message in check(name, text(name)):
            print(f"{os.path.relpath(ROOT / name)}:{line}: {message}")
            found += 1
    print(f"{found} found")
    sys.exit(1 if found else 0)

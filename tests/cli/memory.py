"""What a process has in its memory, and whether something that must not be there is."""
import pathlib
import shutil
import subprocess
import tempfile

import tap


def core_of(pid):
    """Everything it has in memory, also what it excluded from core dumps."""
    if not shutil.which("gdb"):
        raise tap.Skip("gdb is not installed")
    with tempfile.TemporaryDirectory(prefix="vault-core.") as folder:
        file = pathlib.Path(folder, "core")
        done = subprocess.run(["gdb", "-nx", "-batch", "-p", str(pid),
                               "-ex", "set use-coredump-filter off",
                               "-ex", "set dump-excluded-mappings on", "-ex", f"gcore {file}"],
                              stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
        if not file.exists():
            raise tap.Skip("gdb cannot attach here: " + done.stderr.strip().split("\n")[0])
        return squeezed(file)


def squeezed(file):
    """The contents of a file without pages of zeros, which are most of a core."""
    kept = []
    with file.open("rb") as opened:
        while page := opened.read(4096):
            if page.count(0) != len(page):
                kept.append(page)
    return b"".join(kept)


def pieces(needle):
    """Eight bytes at every fourth: eleven in a row do not go unseen."""
    return [needle[at:at + 8] for at in range(0, len(needle) - 7, 4)]


def residue(core, needles):
    """What of the needles is in there, and what stands around it."""
    return [f"byte {4 * i} of the {name} in …{around(core, piece)!r}…"
            for name, needle in needles.items() for i, piece in enumerate(pieces(needle))
            if piece in core]


def around(core, piece):
    at = core.find(piece)
    return core[max(0, at - 24):at + 40]

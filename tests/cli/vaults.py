"""Vaults in homes of their own, open without the cost of a key derivation, and nobody to ask."""
import json
import os
import pathlib
import shutil
import subprocess
import tempfile

from tap import check

VAULT = os.environ["VAULT"]
MADE_HOME = os.environ["MADE_HOME"]  # what each begins with a copy of: see make_home

_folder = tempfile.TemporaryDirectory(prefix="vault-vaults.")


class Vault:
    """`path` is the home; commands run in it."""

    def __init__(self):
        self.path = pathlib.Path(tempfile.mkdtemp(dir=_folder.name))
        shutil.copytree(MADE_HOME, self.path, dirs_exist_ok=True)
        self.key = (self.path / "key").read_bytes()

    def run(self, *args, status=0, says="", **more):
        """Its answer, and what else it said, which has `says` in it."""
        reading, writing = os.pipe()
        os.write(writing, self.key)
        os.close(writing)
        env = {"HOME": str(self.path), "PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8",
               "XDG_RUNTIME_DIR": "/nonexistent"}
        env.update((name, value) for name, value in os.environ.items() if "SAN_OPTIONS" in name)
        command = [VAULT, "--no-agent", "--volume-key-fd", str(reading), *map(str, args)]
        done = subprocess.run(command, cwd=self.path, env=env, capture_output=True, check=False,
                              start_new_session=True, pass_fds=(reading,),
                              stdin=more.pop("stdin", subprocess.DEVNULL), **more)
        os.close(reading)
        said = done.stderr.decode()
        check(done.returncode == status, f"{args}: status {done.returncode}, not {status}: {said}")
        check(says in said, f"{args}: {said!r} does not say {says!r}")
        return done

    def write(self, name, contents):
        """A file in the home."""
        (self.path / name).write_bytes(contents)
        return name

    def contents(self):
        """All entries, as the product's own JSON has them, by name."""
        done = self.run("export", "json", "-", "--plaintext", "-y", "-q")
        return {entry["name"]: entry for entry in json.loads(done.stdout)["entries"]}


def fields(entry, kind):
    """The values of one kind, by key where it has keys."""
    found = [field for field in entry["fields"] if field["kind"] == kind]
    if any("key" in field for field in found):
        return {field["key"]: field.get("value", field.get("value_base64")) for field in found}
    return [field.get("value", field.get("value_base64")) for field in found]

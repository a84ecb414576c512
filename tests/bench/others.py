"""Other password managers, side by side where they are installed: keepassxc-cli and pass."""
import base64
import os
import shutil
import subprocess
import tempfile

from measure import installed

XML = """<?xml version="1.0" encoding="UTF-8"?>
<KeePassFile><Meta><Generator>bench</Generator></Meta><Root><Group>
<UUID>AAAAAAAAAAAAAAAAAAAAAQ==</UUID><Name>Root</Name>{entries}</Group></Root></KeePassFile>
"""
STRING = '<String><Key>{}</Key><Value>{}</Value></String>'


def xml_entry(number):
    """The same account that is number `number` in a measured vault."""
    uuid = base64.b64encode((number + 100).to_bytes(16, "big")).decode()
    service = f"service-{number:06}"
    strings = (("Title", service), ("UserName", f"user{number % 977}@example.org"),
               ("Password", f"a password, number {number:06}"),
               ("URL", f"https://{service}.example.org/login"))
    return f"<Entry><UUID>{uuid}</UUID>{''.join(STRING.format(*s) for s in strings)}</Entry>"


class KeePassXC:
    name = "keepassxc-cli"

    def __init__(self, bench, password_file):
        self.bench, self.password_file = bench, password_file

    def make(self, count):
        """With the shortest key derivation that it offers, 100 ms."""
        xml, path = self.bench.path(f"{count}.xml"), self.bench.path(f"{count}.kdbx")
        with open(xml, "w", encoding="ascii") as file:
            file.write(XML.format(entries="".join(map(xml_entry, range(count)))))
        self.bench.call("keepassxc-cli", "import", "-q", "-p", "-t", 100, xml, path,
                        stdin="measured\n" * 2)
        os.unlink(xml)

    def commands(self, count):
        path, password = self.bench.path(f"{count}.kdbx"), f"0<{self.password_file}"
        cli = [password, "keepassxc-cli"]
        return {
            "get": [*cli, "show", "-q", "-a", "Password", path, "/service-000050"],
            "list": [*cli, "ls", "-q", path],
            "add": [*cli, "add", "-q", "-g", path, "added-%d"],
        }


class Pass:
    """The files are copies of one: pass decrypts one of them and looks at the names of the rest,
    and to encrypt 100,000 takes an hour. Its key has no passphrase."""
    name = "pass"

    def __init__(self, bench, password_file):
        self.bench, self.password_file = bench, password_file
        # The agent's socket does not bear a long path.
        self.home = tempfile.mkdtemp(prefix="bench-")
        bench.environment["GNUPGHOME"] = self.home
        bench.call("gpg", "--batch", "--quiet", "--passphrase", "", "--quick-generate-key",
                   "bench", "future-default", "default", "never")

    def close(self):
        subprocess.run(["gpgconf", "--kill", "all"], env=self.bench.environment, check=False)
        shutil.rmtree(self.home, ignore_errors=True)

    def make(self, count):
        store = self.bench.path(f"{count}.store")
        self.bench.call("pass", "init", "bench", PASSWORD_STORE_DIR=store)
        self.bench.call("pass", "insert", "-m", "service-000050", stdin="a password\n",
                        PASSWORD_STORE_DIR=store)
        one = os.path.join(store, "service-000050.gpg")
        for number in range(1, count):
            folder = os.path.join(store, f"{number // 1000:03}")
            os.makedirs(folder, exist_ok=True)
            shutil.copy(one, os.path.join(folder, f"service-{number:06}.gpg"))

    def commands(self, count):
        cli = ["env", f"PASSWORD_STORE_DIR={self.bench.path(f'{count}.store')}", "pass"]
        return {
            "get": [*cli, "show", "service-000050"],
            "list": [*cli, "ls"],
            "add": [f"0<{self.password_file}", *cli, "insert", "-m", "added-%d"],
        }


def compare_kdbx(bench, vaults):
    """KDBX files that vault wrote: the key derivation is theirs, and the same for both."""
    if not installed("keepassxc-cli"):
        return
    middle, large = vaults.sizes[-2:]
    empty, key, password = bench.path("kdbx.vault"), bench.path("kdbx.key"), vaults.password_file
    bench.call(bench.tool("ops"), "fill", empty, 0, key)

    def export(size):
        return [f"3<{vaults.key(size)}", bench.vault, "-q", "--volume-key-fd", 3, "--vault",
                vaults.path(size), "export", "--replace", "--export-password-file", password,
                bench.path(f"out-{size}.kdbx")]

    for size in middle, large:
        bench.call("sh", "-c", f'exec "$@" 3<{vaults.key(size)}', "sh", *export(size)[1:])
    theirs = [f"0<{password}", "keepassxc-cli"]
    ours, other = bench.race(f"KDBX: export of {large:,} entries", bench.rounds(5), {
        "vault export": export(large),
        "keepassxc-cli export": [*theirs, "export", "-q", bench.path(f"out-{large}.kdbx")],
    }).values()
    bench.verdict(f"export of {large:,} entries / keepassxc-cli export", ours.over(other), 0.1)
    ours, other = bench.race(f"KDBX: import of {middle:,} entries", bench.rounds(8), {
        "vault import": [f"3<{key}", "sh", "-c", 'cp "$2" "$3" && XDG_STATE_HOME="$3.state" "$1"'
                         ' -q --volume-key-fd 3 --vault "$3" import --import-password-file "$4"'
                         ' "$5"', "sh", bench.vault, empty, bench.path("kdbx-%d.vault"), password,
                         bench.path(f"out-{middle}.kdbx")],
        "keepassxc-cli ls": [*theirs, "ls", "-q", "-R", bench.path(f"out-{middle}.kdbx")],
    }).values()
    bench.verdict(f"import of {middle:,} entries / keepassxc-cli ls", ours.over(other), 1)


def compare(bench, sizes, vault_commands, password_file):
    """The same three jobs, whole commands from start to end, passwords and all."""
    print("\nvault opens with its password here, by the cheapest key derivation it allows (64 MiB,"
          " 3 passes);\nkeepassxc-cli by its cheapest (the 100 ms setting); pass has a GnuPG key"
          " without a passphrase.")
    others = []
    if installed("keepassxc-cli"):
        others.append(KeePassXC(bench, password_file))
    if installed("pass") and installed("gpg"):
        others.append(Pass(bench, password_file))
    try:
        for count in sizes:
            rounds = bench.rounds(10) if count <= 1000 else 5 if count <= 10000 else 2
            for other in others:
                other.make(count)
            tables = [("vault", vault_commands(count))]
            tables += [(other.name, other.commands(count)) for other in others]
            for job in ("get", "list", "add"):
                bench.race(f"{job}, {count:,} entries, with a password", rounds,
                           {name: commands[job] for name, commands in tables})
    finally:
        for other in others:
            getattr(other, "close", lambda: None)()
    for name in ("keepassxc-cli", "pass"):
        if name not in (other.name for other in others):
            print(f"\n{name} is not installed: not compared")

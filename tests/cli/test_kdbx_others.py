#!/usr/bin/env python3
"""KDBX between vault and two programs that others wrote: KeePassXC and pykeepass open what vault
writes and find every field; vault opens what they write, by all ciphers, key derivations and key
files that they can make."""
import base64
import datetime
import json
import shutil
import subprocess
import sys
import uuid
import xml.etree.ElementTree

import tap
from tap import check
from vaults import Vault, fields

try:
    import kdbx_file
    import pykeepass
except ImportError:
    sys.exit(77)
if not shutil.which("keepassxc-cli"):
    sys.exit(77)

PASSWORD = "Schlüssel <&> 1"
SEED = "JBSWY3DPEHPK3PXP"
TOTP = f"otpauth://totp/Mail:joe?secret={SEED}&issuer=Mail"
ATTACHED = bytes(range(256)) * 20


def entry(name, **more):
    return {"name": name, "created": "2019-01-02T03:04:05Z", "modified": "2024-05-06T07:08:09Z",
            "password_since": "2022-01-01T00:00:00Z", "fields": [], **more}


def field(kind, value, key=None):
    value = {"value": value} if isinstance(value, str) else \
        {"value_base64": base64.b64encode(value).decode()}
    return {"kind": kind, **value, **({"key": key} if key else {})}


ENTRIES = [
    entry("mail", user="joe", password="s,e\"c'r<e>t & \u05d0\U0001f511", fields=[
        field("url", "https://mail.example/a?b=c&d"), field("url", "https://other.example"),
        field("tag", "home"), field("tag", "post"), field("text", "Joe's", "known as"),
        field("note", "two\nlines\n\n \ttabs and ]]> and <tags>"), field("otp", TOTP),
        field("secret", "hidden = 1", "answer"), field("attachment", ATTACHED, "a picture.png"),
        field("attachment", b"", "nothing"), field("expires", "2031-02-03T04:05:06Z")],
        history=[{"password": "first", "since": "2020-01-01T00:00:00Z",
                  "until": "2021-01-01T00:00:00Z"},
                 {"password": "second", "since": "2021-01-01T00:00:00Z",
                  "until": "2022-01-01T00:00:00Z"}]),
    entry("work/git/forge", user="j.doe", password="p w", fields=[
        field("attachment", ATTACHED[:100], "key.pub"), field("note", "same bytes, other entry")]),
    entry("work/chat", password="only a password"),
    entry("work/git/mirror", user="no password", fields=[field("url", "ssh://mirror.example")]),
    entry("gone", user="old", password="thrown away", trashed="2024-06-01T00:00:00Z"),
]


ATTACHMENTS = {"mail": {"a picture.png": ATTACHED, "nothing": b""},
               "work/git/forge": {"key.pub": ATTACHED[:100]}}


def filled():
    made = Vault()
    made.write("own.json", json.dumps({"format": "vault", "version": 1,
                                       "entries": ENTRIES}).encode())
    made.run("import", "-q", "own.json")
    made.write("new", PASSWORD.encode() + b"\n")
    made.run("export", "-q", "--export-password-file", "new", "out.kdbx")
    return made


vault = filled()


def cli(*args, says=PASSWORD):
    """KeePassXC; what it is asked is answered in turn."""
    done = subprocess.run(["keepassxc-cli", *map(str, args)], input=f"{says}\n".encode() * 2,
                          cwd=vault.path, capture_output=True, check=False,
                          env={"HOME": str(vault.path), "PATH": "/usr/bin:/bin",
                               "LC_ALL": "C.UTF-8", "QT_QPA_PLATFORM": "offscreen"})
    check(done.returncode == 0, f"{args}: {done.stderr.decode()}")
    return done.stdout


# ---- what vault wrote -------------------------------------------------------------------------

def when(text):
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))


def test_pykeepass_finds_everything():
    opened = pykeepass.PyKeePass(vault.path / "out.kdbx", password=PASSWORD)
    check(opened.version == (4, 1), opened.version)
    live = {e.uuid: e for e in opened.entries}
    wanted = vault.contents()
    check(len(live) == len(wanted) == len(ENTRIES))
    groups = [tuple(group.path) for group in opened.groups]
    check(len(groups) == len(set(groups)), f"a folder is two groups: {groups}")
    check(("work", "git") in groups, groups)
    for name, ours in wanted.items():
        found = live[uuid.UUID(ours["uuid"])]
        path = [part for part in found.path if part not in ("Recycle Bin",)]
        check("/".join(path) == name, found.path)
        check(("Recycle Bin" in found.path) == ("trashed" in ours), found.path)
        check((found.username or "") == ours.get("user", ""))
        check((found.password or "") == ours.get("password", ""), found.password)
        check((found.notes or "").replace("\r\n", "\n") == "".join(fields(ours, "note")))
        urls = fields(ours, "url")
        check((found.url or "") == "".join(urls[:1]))
        check((found.tags or []) == fields(ours, "tag"), found.tags)
        properties = found.custom_properties
        check([value for key, value in properties.items() if key.startswith("KP2A_URL")] ==
              urls[1:])
        for kind in "text", "secret":
            for key, value in (fields(ours, kind) or {}).items():
                check(properties[key] == value, key)
        check(found.expires == bool(fields(ours, "expires")))
        if found.expires:
            check(found.expiry_time == when(fields(ours, "expires")[0]), found.expiry_time)
        check(found.ctime == when(ours["created"]) and found.mtime == when(ours["modified"]))
        check({a.filename: a.binary for a in found.attachments} == ATTACHMENTS.get(name, {}))
        # Since when the present one is in use is a state, too.
        past = [state.password for state in found.history if state.password != found.password]
        check(past == [state["password"] for state in ours.get("history", [])], past)


def test_keepassxc_finds_everything():
    document = xml.etree.ElementTree.fromstring(cli("export", "out.kdbx"))
    found = {}

    def walk(group, path):
        for e in group.findall("Entry"):
            found[e.findtext("UUID")] = e, path
        for below in group.findall("Group"):
            walk(below, path + [below.findtext("Name")])

    walk(document.find("Root/Group"), [])
    check(len(found) == len(ENTRIES), len(found))
    for name, ours in vault.contents().items():
        e, path = found[base64.b64encode(uuid.UUID(ours["uuid"]).bytes).decode()]
        strings = {s.findtext("Key"): s.findtext("Value") or "" for s in e.findall("String")}
        front = ["Recycle Bin"] if "trashed" in ours else []
        check("/".join(path + [strings["Title"]]) == "/".join(front + [name]), path)
        check(strings.get("UserName", "") == ours.get("user", ""))
        check(strings.get("Password", "") == ours.get("password", ""))
        check(strings.get("URL", "") == "".join(fields(ours, "url")[:1]))
        check(strings.get("Notes", "") == "".join(fields(ours, "note")))
        for kind in "text", "secret":
            for key, value in (fields(ours, kind) or {}).items():
                check(strings[key] == value, key)
        check([t for t in (e.findtext("Tags") or "").replace(",", ";").split(";") if t] ==
              fields(ours, "tag"))
        check({b.findtext("Key") for b in e.findall("Binary")} ==
              set(ATTACHMENTS.get(name, ())))
        past = [next(s.findtext("Value") for s in state.findall("String")
                     if s.findtext("Key") == "Password") for state in e.findall("History/Entry")]
        check([p for p in past if p != strings["Password"]] ==
              [state["password"] for state in ours.get("history", [])])
    # Its XML has no attachments.
    for name, key, value in (("mail", "a picture.png", ATTACHED),
                             ("work/git/forge", "key.pub", ATTACHED[:100])):
        cli("attachment-export", "-q", "out.kdbx", name, key, "attached")
        check((vault.path / "attached").read_bytes() == value, key)
    shown = cli("show", "-q", "-t", "out.kdbx", "mail").strip().decode()
    code = vault.run("otp", "mail").stdout.strip().decode()
    check(shown in (code, vault.run("otp", "mail").stdout.strip().decode()), (shown, code))


def test_vault_finds_what_keepassxc_made_of_it():
    """Through its XML, and a new file of its own with the key derivation and cipher that it has."""
    vault.run("export", "-q", "keepass-xml", "plain.xml", "--plaintext", "-y")
    cli("import", "-p", "-t", "100", "plain.xml", "xc.kdbx")
    second = Vault()
    second.run("import", "-q", "--import-password-file", vault.path / "new",
               vault.path / "xc.kdbx")
    before, after = vault.contents(), second.contents()
    check(before.keys() == after.keys())
    for name, ours in before.items():
        check(after[name] == ours, f"{after[name]}\n{ours}")


def test_key_files_of_keepassxc():
    for extra in [], ["-p"]:
        name = f"keyed{len(extra)}.kdbx"
        cli("db-create", "-t", "100", "--set-key-file", f"{name}.keyx", *extra, name)
        opens = ["-k", f"{name}.keyx", *([] if extra else ["--no-password"])]
        cli("add", "-q", *opens, "-u", "u", name, "made there")
        second = Vault()
        options = ["--import-key-file", vault.path / f"{name}.keyx"]
        if extra:
            options += ["--import-password-file", vault.path / "new"]
        second.run("import", "-q", *options, vault.path / name)
        check(second.contents()["made there"]["user"] == "u")


# ---- what pykeepass writes --------------------------------------------------------------------

def make(name, cipher, kdf, **opened):
    """A file of pykeepass's; the first one that it opens is made by the specification."""
    start = vault.path / f"start-{name}.kdbx"
    key = (vault.path / opened["keyfile"]).read_bytes() if "keyfile" in opened else None
    made = kdbx_file.kdbx3 if kdf == "3.1" else kdbx_file.kdbx4
    # pykeepass does not write the header's hash anew.
    more = {"hash_header": None} if kdf == "3.1" else {"kdf": kdf}
    start.write_bytes(made([("start", "u", "p")], password=opened.get("password"),
                           key=key and kdbx_file.sha256(key), **more))
    if "keyfile" in opened:
        opened["keyfile"] = str(vault.path / opened["keyfile"])
    base = pykeepass.PyKeePass(str(start), **opened)
    base.kdbx.header.value.dynamic_header.cipher_id.data = cipher
    if cipher == "chacha20":
        base.kdbx.header.value.dynamic_header.encryption_iv.data = bytes(range(12))
    del base.kdbx.header.data  # or the old one is written
    group = base.add_group(base.add_group(base.root_group, "outer"), "inner")
    made = base.add_entry(group, "title", "user", "old", url="https://e.example", notes="a\nb",
                          tags=["one", "two"], otp=TOTP,
                          expiry_time=datetime.datetime(2030, 1, 2, 3, 4, 5,
                                                        tzinfo=datetime.timezone.utc))
    made.save_history()
    made.password = "new & <improved>"
    made.set_custom_property("custom", "value \u00e9")
    made.add_attachment(base.add_binary(ATTACHED), "file.bin")
    made.touch(modify=True)
    base.save(str(vault.path / name))
    return name


def test_vault_finds_what_pykeepass_made():
    vault.write("some.key", b"any file\n")
    key = {"keyfile": "some.key"}
    for number, (cipher, kdf, opened) in enumerate((
            ("aes256", "argon2d", {"password": "a"}), ("chacha20", "argon2id", {"password": "a"}),
            ("twofish", "aes", {"password": "a"}), ("aes256", "3.1", {"password": "a"}),
            ("twofish", "3.1", {"password": "a"}),
            ("aes256", "argon2d", {"password": "b", **key}), ("chacha20", "3.1", key))):
        name = make(f"py{number}.kdbx", cipher, kdf, **opened)
        second, options = Vault(), []
        if "password" in opened:
            second.write("its", opened["password"].encode())
            options += ["--import-password-file", "its"]
        if "keyfile" in opened:
            options += ["--import-key-file", vault.path / "some.key"]
        second.run("import", "-q", *options, vault.path / name)
        found = second.contents()
        check(found.keys() == {"start", "outer/inner/title"}, found.keys())
        got = found["outer/inner/title"]
        check((got["user"], got["password"]) == ("user", "new & <improved>"))
        check(fields(got, "url") == ["https://e.example"] and fields(got, "note") == ["a\nb"])
        check(fields(got, "tag") == ["one", "two"])
        check(fields(got, "text") == {"custom": "value \u00e9"}, got["fields"])
        check(fields(got, "expires") == ["2030-01-02T03:04:05Z"])
        check(SEED in fields(got, "otp")[0])
        check(base64.b64decode(fields(got, "attachment")["file.bin"]) == ATTACHED)
        check([past["password"] for past in got["history"]] == ["old"])


def test_earlier_values_of_pykeepass_come_along_and_back():
    start = vault.path / "start.kdbx"
    start.write_bytes(kdbx_file.kdbx4([("start", "u", "p")], password="a", kdf="argon2id"))
    base = pykeepass.PyKeePass(str(start), password="a")
    made = base.add_entry(base.root_group, "site", "first", "same", notes="n1")
    made.set_custom_property("pin", "p1")
    for user, note, pin in (("second", "n2", "p1"), ("third", "n2", "p3"), ("now", "n4", "p4")):
        made.save_history()
        made.username, made.notes = user, note
        made.set_custom_property("pin", pin)
        made.touch(modify=True)
    base.save(str(vault.path / "changed.kdbx"))
    second = Vault()
    second.write("its", b"a")
    second.run("import", "-q", "--import-password-file", "its", vault.path / "changed.kdbx")
    kept = fields(second.contents()["site"], "secret")
    values = [(key.split(" (until ")[0], value) for key, value in kept.items()]
    wanted = [("user", "third"), ("note", "n2"), ("pin", "p3"), ("user", "second"),
              ("pin", "p1"), ("user", "first"), ("note", "n1")]
    check(sorted(values) == sorted(wanted), kept)
    second.write("new", PASSWORD.encode())
    second.run("export", "-q", "--export-password-file", "new", "out.kdbx")
    opened = pykeepass.PyKeePass(second.path / "out.kdbx", password=PASSWORD)
    found = opened.find_entries(title="site", first=True)
    check((found.username, found.notes) == ("now", "n4"))
    check(kept.items() <= found.custom_properties.items(), found.custom_properties)


tap.run(globals())

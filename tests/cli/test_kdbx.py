#!/usr/bin/env python3
"""KDBX files made by the specification (kdbx_file.py): read, opened by every kind of key, forged,
bombs; and what vault writes, read again. HOSTILE_ENTRIES=5000 for a longer round trip."""
import base64
import json
import os
import random
import struct
import sys
import time

import tap
from tap import check
from vaults import Vault

try:
    import kdbx_file
except ImportError:  # its libraries
    sys.exit(77)

ENTRIES = [("one", "u", "p"), ("two", "v", "q")]
HUGE = 2 ** 40


class Reader(Vault):
    """A vault to import into, again and again: nothing is ever taken."""

    def read(self, contents, password="a", key=None, status=0, says="", more=()):
        """How many entries there would be."""
        options = []
        if password is not None:
            options = ["--import-password-file", self.write("password", password.encode() + b"\n")]
        if key is not None:
            options += ["--import-key-file", self.write("key.file", key)]
        self.write("x.kdbx", contents)
        started = time.monotonic()
        done = self.run("import", "-n", *options, *more, "x.kdbx", status=status, says=says)
        check(time.monotonic() - started < 60, "it took more than a minute")
        return done.stdout.count(b"\n+ ") + done.stdout.startswith(b"+ ")


reader = Reader()


def test_every_version_cipher_and_key_derivation():
    for cipher in "aes", "chacha20":
        for kdf, compressed, inner in (("aes", True, 2), ("argon2d", True, 3),
                                       ("argon2id", False, 3)):
            made = kdbx_file.kdbx4(ENTRIES, cipher=cipher, kdf=kdf, inner=inner,
                                   compressed=compressed)
            check(reader.read(made) == 2)
            made = kdbx_file.kdbx3(ENTRIES, cipher=cipher, compressed=compressed, inner=inner)
            check(reader.read(made) == 2)
    check(reader.read(kdbx_file.kdbx4(ENTRIES, version=0x40000)) == 2)
    check(reader.read(kdbx_file.kdbx3(ENTRIES, version=0x30000, hash_header=None)) == 2)
    check(reader.read(kdbx_file.kdbx3(ENTRIES, version=0x20004, hash_header=None)) == 2)


def test_every_kind_of_key_file_with_and_without_a_password():
    key = kdbx_file.sha256(b"key")
    text = base64.b64encode(key).decode()
    hashed, digits = kdbx_file.sha256(key)[:4].hex(), key.hex()
    one = f"<KeyFile><Meta><Version>1.00</Version></Meta><Key><Data>{text}</Data></Key></KeyFile>"
    two = ('<?xml version="1.0"?><KeyFile><Meta><Version>2.0</Version></Meta><Key>'
           f'<Data Hash="{hashed}">\n  {digits[:32]}\n  {digits[32:]}\n</Data></Key></KeyFile>')
    for contents, meant in ((one.encode(), key), (two.encode(), key), (key, key),
                            (digits.encode(), key), (b"any", kdbx_file.sha256(b"any"))):
        for password in "a", None:
            made = kdbx_file.kdbx4(ENTRIES, password=password, key=meant)
            check(reader.read(made, password, contents) == 2)
    reader.read(kdbx_file.kdbx4(ENTRIES, key=key), key=two.replace(digits[:9], "x").encode(),
                status=2, says="the key file is damaged")


def test_an_empty_password_counts_or_does_not():
    key = bytes(32)
    check(reader.read(kdbx_file.kdbx4(ENTRIES, password=""), password="") == 2)
    check(reader.read(kdbx_file.kdbx4(ENTRIES, password="", key=key), "", key) == 2)
    check(reader.read(kdbx_file.kdbx4(ENTRIES, password=None, key=key), "", key) == 2)


def test_wrong_keys():
    for made in kdbx_file.kdbx4(ENTRIES), kdbx_file.kdbx3(ENTRIES):
        reader.read(made, "wrong", status=5, says="this password does not open it")
        reader.read(made, "a", b"key", status=5, says="this password with this key file")
        reader.read(made, None, b"key", status=5)
        reader.read(made, None, status=4, says="--import-password-file")


def test_key_derivations_that_cost_too_much():
    for memory, says in (129 * 1024, "129 MiB"), (HUGE // 1024, "1048576 MiB"):
        made = kdbx_file.kdbx4(ENTRIES, change={11: kdbx_file.dictionary("argon2d", memory=memory)})
        reader.read(made, status=2, says=says)
    forged = kdbx_file.dictionary("argon2id", memory=64 * 1024, passes=HUGE)
    reader.read(kdbx_file.kdbx4(ENTRIES, change={11: forged}), status=2, says="passes")
    forged = kdbx_file.dictionary("aes", rounds=HUGE)
    reader.read(kdbx_file.kdbx4(ENTRIES, change={11: forged}), status=2, says="--costly-key")
    reader.read(kdbx_file.kdbx3(ENTRIES, change={6: struct.pack("<Q", HUGE)}), status=2,
                says="1099511627776 rounds")
    made = kdbx_file.kdbx4(ENTRIES, memory=129 * 1024)
    check(reader.read(made, more=["--costly-key"]) == 2)
    made = kdbx_file.kdbx4(ENTRIES, change={11: kdbx_file.dictionary("argon2d",
                                                                     memory=HUGE // 1024)})
    reader.read(made, status=2, says="more than is ever given", more=["--costly-key"])


def test_forged_headers():
    pack = struct.pack
    no_kdf, short = kdbx_file.dictionary("unknown"), kdbx_file.dictionary("argon2d")[:40]
    for change, says in (
            ({2: bytes(16)}, "cipher is not known"), ({2: b""}, "cipher is not known"),
            ({3: pack("<I", 2)}, "compression is not known"), ({3: b"\1"}, "header is damaged"),
            ({4: bytes(31)}, "master seed"), ({4: None}, "master seed"),
            ({7: bytes(12)}, "initial vector"), ({7: None}, "initial vector"),
            ({11: None}, "names no key derivation"), ({11: no_kdf}, "key derivation is not known"),
            ({11: short}, "parameters of the key derivation"),
            ({11: b"\0\2\0"}, "parameters of the key derivation"),
            ({11: kdbx_file.dictionary("argon2d", memory=7)}, "Argon2 does not have"),
            ({11: kdbx_file.dictionary("argon2d", passes=0)}, "Argon2 does not have"),
            ({11: kdbx_file.dictionary("argon2d", lanes=2 ** 32 - 1)}, "Argon2 does not have")):
        reader.read(kdbx_file.kdbx4(ENTRIES, change=change), status=2, says=says)
    for change, says in (
            ({5: bytes(31)}, "seed of the key"), ({6: bytes(4)}, "rounds of its key"),
            ({9: bytes(16)}, "start bytes"), ({9: None}, "start bytes"),
            ({10: pack("<I", 1)}, "not known here (1)"), ({10: b""}, "inner stream")):
        reader.read(kdbx_file.kdbx3(ENTRIES, change=change), status=2, says=says)
    reader.read(kdbx_file.kdbx4(ENTRIES, version=0x50000), status=2, says="KDBX version 5.0")
    reader.read(kdbx_file.kdbx3(ENTRIES, hash_header=False), status=2, says="header")


def test_forged_contents():
    document = kdbx_file.document(ENTRIES, kdbx_file.Stream(3, bytes(64)))
    start = struct.pack("<BII", 1, 4, 3) + struct.pack("<BI", 2, 64) + bytes(64)
    end = struct.pack("<BI", 0, 0)
    laughs = b'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>' + document
    for contents, says in (
            (b"", "cut off"), (start, "cut off"), (start + end, "no element"),
            (document, "larger than"), (end + document, "not known here (0)"),
            (struct.pack("<BII", 1, 4, 1) + end + document, "not known here (1)"),
            (start + struct.pack("<BI", 3, 2 ** 31) + document, "larger than"),
            (start + struct.pack("<BI", 3, 2 ** 20) + document, "cut off"),
            (start + end + document[:-20], "line"), (start + end + laughs, "DOCTYPE")):
        reader.read(kdbx_file.kdbx4(ENTRIES, contents=contents), status=2, says=says)
    made = kdbx_file.kdbx4(ENTRIES)
    reader.read(made[:-1], status=2, says="cut off")
    reader.read(made[:-37] + b"x" + made[-36:], status=2, says="damaged")
    for change in {"last_number": 7}, {"last_hash": b"x" * 32}:
        reader.read(kdbx_file.kdbx3(ENTRIES, **change), status=2, says="damaged")


def test_bombs():
    start = struct.pack("<BII", 1, 4, 3) + struct.pack("<BI", 2, 64) + bytes(64)
    spaces = start + struct.pack("<BI", 0, 0) + b"<KeePassFile>" + b" " * (1 << 27)
    reader.read(kdbx_file.kdbx4([], contents=spaces), status=2, says="larger than they should")
    reader.read(kdbx_file.kdbx3([], contents=bytes(1 << 27)), status=2)


def text(random_one, length):
    pieces = ("a", "Z", '"', "'", "\n", "\r", "\t", ",", ";", "<", ">", "&", "]]>", "<!--", "\\",
              "\u05d0", "\u202e", "\U0001f511", "e\u0301", "{REF:P@I:", "}", "%", "=", " ", "/",
              "\x01", "\x7f", "\ufffe", "&amp;", "\u2028")
    return "".join(random_one.choice(pieces) for _ in range(length))


def hostile(count, seed):
    """The product's own JSON, of entries with everything that is unpleasant."""
    one = random.Random(seed)
    entries = []
    for number in range(count):
        def value(name, length):
            if one.random() < 0.2:
                return {name + "_base64": base64.b64encode(one.randbytes(length)).decode()}
            return {name: text(one, length)}

        passwords = [{**value("password", one.randrange(1, 40)),
                      "since": f"2020-01-0{k}T00:00:00Z", "until": f"2020-01-0{k + 1}T00:00:00Z"}
                     for k in range(1, one.randrange(1, 5))]
        extra = [{"kind": kind, "key": f"{kind} {k} {text(one, 3)}".strip(),
                  **value("value", one.randrange(0, 60))}
                 for kind in ("text", "secret", "attachment") for k in range(one.randrange(3))]
        extra += [{"kind": "note", "value": text(one, one.choice((0, 10, 500)))}]
        if number % 97 == 0:
            extra += [{"kind": "note", "value": text(one, 60000)}]
        extra += [{"kind": "url", "value": f"https://{k}.example/{number}"} for k in
                  range(one.randrange(4))]
        extra += [{"kind": "tag", "value": f"tag {one.randrange(9)}"}]
        if one.random() < 0.3:
            extra += [{"kind": "otp", "value": "otpauth://totp/x:y?secret=JBSWY3DPEHPK3PXP"}]
            extra += [{"kind": "expires", "value": "2031-02-03T04:05:06Z"}]
        entry = {"name": f"{one.choice(('', 'a/', 'a/b/', 'c/'))}{text(one, 5)}{number}",
                 "user": text(one, 8), **value("password", one.randrange(1, 40)),
                 "password_since": "2020-02-01T00:00:00Z", "history": passwords, "fields": extra,
                 "created": "2019-01-01T00:00:00Z", "modified": "2022-03-04T05:06:07Z"}
        if one.random() < 0.1:
            entry["trashed"] = "2023-01-01T00:00:00Z"
        entries.append(entry)
    return entries


def test_out_and_in_again_is_the_same():
    count = int(os.environ.get("HOSTILE_ENTRIES", "150"))
    first, second = Vault(), Vault()
    first.write("hostile.json", json.dumps({"format": "vault", "version": 1,
                                            "entries": hostile(count, 7)}).encode())
    first.run("import", "-q", "hostile.json")
    first.write("new", b"a password of its own\n")
    first.run("export", "-q", "--export-password-file", "new", second.path / "x.kdbx")
    check((second.path / "x.kdbx").stat().st_mode & 0o777 == 0o600, "mode")
    second.run("import", "-q", "--import-password-file", first.path / "new", "x.kdbx")
    before, after = first.contents(), second.contents()
    check(len(before) == count and before.keys() == after.keys(), "not the same entries")
    for name, entry in before.items():
        check(entry == after[name], f"{entry}\n{after[name]}")
    second.run("import", "--import-password-file", first.path / "new", "x.kdbx")
    check(second.contents() == after, "importing it again changed something")


def test_a_password_is_needed_and_not_an_empty_one():
    reader.write("empty", b"\n")
    reader.run("export", "--export-password-file", "empty", "e.kdbx", status=2, says="empty")
    reader.run("export", "e.kdbx", status=4, says="--export-password-file")
    check(not (reader.path / "e.kdbx").exists(), "there is a file")


tap.run(globals())

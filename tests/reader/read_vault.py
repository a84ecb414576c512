#!/usr/bin/python3
"""Reads a vault by docs/FORMAT.md alone, without any code of the program, and verifies all of it:
both header copies, the slot, every page, every entry, the digest tree, the root. Prints the names
of the live entries; with --reveal, everything as JSON. Exits with 5: wrong key, or 9: damaged."""
import argparse
import hashlib
import hmac
import json
import os
import pathlib
import sqlite3
import struct
import sys

from argon2.low_level import Type, hash_secret_raw
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from nacl.bindings import crypto_aead_xchacha20poly1305_ietf_decrypt as open_seal
from nacl.exceptions import CryptoError

MAGIC = b"\x8fvault\r\n"
BASE32 = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
PASSWORDS = ("SELECT position, since, until, value, fingerprint, reason"
             " FROM password WHERE entry = ? ORDER BY position")
FIELDS = "SELECT kind, key, value FROM field WHERE entry = ? ORDER BY kind, position"
FORMS = "SELECT position, hashes FROM form WHERE entry = ? ORDER BY position"


def need(condition, what):
    if not condition:
        raise ValueError(what)


def blake2b(data, key=b""):
    return hashlib.blake2b(data, digest_size=32, key=key).digest()


def subkey(volume_key, number):
    return hashlib.blake2b(b"", digest_size=32, key=volume_key, salt=struct.pack("<QQ", number, 0),
                           person=b"vaultkey".ljust(16, b"\0")).digest()


def u64(*values):
    return struct.pack(f"<{len(values)}Q", *(value % 2**64 for value in values))


def intact_copies(data):
    """The header copies whose checksum fits, the latest first."""
    need(MAGIC in (data[:8], data[4096:4104]), "not a vault")
    copies = []
    for number, raw in enumerate((data[:4096], data[4096:8192])):
        if blake2b(raw[:4064]) != raw[4064:]:
            continue
        magic, version, suite, copy, zero = struct.unpack("<8sHHB3s", raw[:16])
        need(magic == MAGIC and copy == number, "a header copy is not in its place")
        need((version, suite) == (1, 1) and not any(raw[48:56]), "of a newer format")
        need(not any(zero + raw[56:64] + raw[2112:4032]), "stray bytes in the header")
        copies.append(raw)
    need(copies, "both header copies are torn")
    return sorted(copies, key=lambda raw: struct.unpack("<Q", raw[16:24]), reverse=True)


def recovery_code(typed):  # gives its 28 data characters
    text = typed.decode().upper().translate(str.maketrans("OIL", "011", "- \t\r\n"))
    need(len(text) == 35, "a recovery code has 35 characters")
    for group in range(7):
        values = [BASE32.index(c) for c in text[5 * group:5 * group + 5]]
        total = sum(sum(divmod(2 * v, 32)) if i % 2 else v for i, v in enumerate(values))
        need((group + 1 + total) % 32 == 0, f"a typing error in group {group + 1}")
    return "".join(c for i, c in enumerate(text) if i % 5 < 4).encode()


def open_slots(header, wanted, secret):
    """The volume key, out of the first slot of the wanted type that opens."""
    for index in range(8):
        slot = header[64 + 256 * index:320 + 256 * index]
        state, kind, zero, memory, passes, lanes = struct.unpack("<BBHIII", slot[:16])
        if not any(slot):
            continue
        need(state == 1 and 1 <= kind <= 4 and zero == slot[223] == 0, "a slot is damaged")
        need(2**16 <= memory <= 2**22 and 3 <= passes <= 64 and lanes == 4, "a cost out of range")
        if kind == wanted:
            out = hash_secret_raw(secret, slot[16:48], passes, memory, lanes, 64, Type.ID, 0x13)
            bound = b"slot" + header[24:40] + struct.pack("<HH", index, kind) + slot[4:16]
            if hmac.compare_digest(out[32:], slot[120:152]):
                return open_seal(slot[72:120], bound, slot[48:72], out[:32])
    return sys.exit(5)


def decrypt(data, key):
    need(data and len(data) % 4096 == 0, "the file does not end where a page does")
    salt = bytes(byte ^ 0x3a for byte in data[:16])
    mac_key = hashlib.pbkdf2_hmac("sha512", key, salt, 2, 32)
    pages = []
    for number in range(1, len(data) // 4096 + 1):
        page = data[(number - 1) * 4096:number * 4096]
        first = b"SQLite format 3\0" if number == 1 else b""  # the file has the salt there
        if not any(page) and number > 1:
            pages.append(page)  # never written: a free page
            continue
        sealed, iv, tag = page[len(first):-80], page[-80:-64], page[-64:]
        mac = hmac.digest(mac_key, sealed + iv + struct.pack("<I", number), "sha512")
        need(hmac.compare_digest(mac, tag), f"page {number} is damaged")
        cipher = Cipher(algorithms.AES(key), modes.CBC(iv)).decryptor()
        pages.append(first + cipher.update(sealed) + cipher.finalize() + bytes(80))
    return b"".join(pages)


def string(value):
    data = value.encode() if isinstance(value, str) else value
    return u64(-1) if data is None else u64(len(data)) + data


def leaf(key, entry, passwords, forms, fields):
    number, uuid, revision, state, created, modified, trashed, name, user = entry
    parts = [b"leaf", u64(number), uuid, u64(revision, state, created, modified, trashed),
             string(name), string(user)]
    for position, since, until, value, fingerprint, reason in passwords:
        parts += [b"pass", u64(position, since, -1 if until is None else until), string(value),
                  fingerprint, string(reason)]
    parts += [b"form" + u64(position) + string(hashes) for position, hashes in forms]
    parts += [b"fiel" + u64(kind) + string(name) + string(value) for kind, name, value in fields]
    return blake2b(b"".join(parts), key)


def tree(key, hashes):
    """Every node above these leaves, by number; and the hash of the topmost."""
    nodes = {}
    for level in range(1, 6):
        these = {}
        for index, found in hashes.items():
            node = these.setdefault(level * 2**32 + index // 32, bytearray(1024))
            node[index % 32 * 32:index % 32 * 32 + 32] = found
        nodes.update((number, bytes(node)) for number, node in these.items())
        hashes = {number % 2**32: blake2b(b"node" + u64(number) + node, key)
                  for number, node in these.items()}
    return nodes, hashes.get(0, bytes(32))


def read_entries(db, key):
    """Every entry that ever was, verified: (row, passwords, forms, fields)."""
    need(db.execute("PRAGMA user_version").fetchone()[0] in (1, 2, 3), "of a newer schema")
    db.execute("CREATE TABLE IF NOT EXISTS form (entry, position, hashes)")  # not in schema 1
    need(db.execute("PRAGMA integrity_check").fetchone() == ("ok",), "SQLite finds damage")
    generation, live, trashed, fingerprint_key, root = db.execute(
        "SELECT generation, entries, trashed, fingerprint_key, root FROM state").fetchone()
    entries = []
    for row in db.execute("SELECT id, uuid, revision, state, created, modified, trashed, name, user"
                          " FROM entry").fetchall():
        rows = [db.execute(sql, row[:1]).fetchall() for sql in (PASSWORDS, FORMS, FIELDS)]
        entries.append((row, *rows))
        for *_, value, fingerprint, _ in rows[0]:
            need(value is None or blake2b(value, fingerprint_key) == fingerprint, "a fingerprint")
    nodes, top = tree(key, {row[0]: leaf(key, row, *rest) for row, *rest in entries})
    need(dict(db.execute("SELECT node, hashes FROM digest")) == nodes, "the digest does not agree")
    state = u64(generation, live, trashed) + fingerprint_key + top
    need(root == blake2b(b"root" + state, key), "the root does not agree")
    need([live, trashed] == [sum(row[3] == s for row, *_ in entries) for s in (0, 1)], "the counts")
    return sorted(entries, key=lambda entry: (entry[0][7].encode(), entry[0][0]))


def credential(args):
    """The type of slot, and what enters its key derivation."""
    typed = pathlib.Path(args.password_file or os.devnull).read_bytes().split(b"\n")[0]
    if args.recovery_code:
        return 4, recovery_code(typed)
    if not args.key_file:
        return 1, typed
    return 2 if args.password_file else 3, blake2b(pathlib.Path(args.key_file).read_bytes()) + typed


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("vault")
    parser.add_argument("--password-file", help="the first line counts; /dev/fd/N is fine")
    parser.add_argument("--key-file")
    for flag in ("--recovery-code", "--reveal"):
        parser.add_argument(flag, action="store_true")
    args = parser.parse_args()
    need(not pathlib.Path(args.vault + "-journal").exists(), "an unfinished write: run vault first")
    data = pathlib.Path(args.vault).read_bytes()
    headers = intact_copies(data)
    volume_key = open_slots(headers[0], *credential(args))
    mac_key = subkey(volume_key, 2)
    need(all(blake2b(raw[:4032], mac_key) == raw[4032:4064] for raw in headers), "a forged header")
    db = sqlite3.connect(":memory:")
    db.deserialize(decrypt(data[8192:], subkey(volume_key, 1)))
    for row, passwords, _, fields in read_entries(db, subkey(volume_key, 3)):
        if args.reveal:
            entry = dict(name=row[7], user=row[8], state=row[3], passwords=passwords,
                         fields=[field for field in fields if field[0] != 21])  # its versions
            print(json.dumps(entry, default=lambda value: value.decode(errors="surrogateescape")))
        elif row[3] == 0:
            print(row[7])


if __name__ == "__main__":
    try:
        main()
    except (CryptoError, sqlite3.DatabaseError, ValueError) as problem:
        sys.exit(print(f"read_vault.py: {problem}", file=sys.stderr) or 9)

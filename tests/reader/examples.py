#!/usr/bin/env python3
"""Computes the examples at the end of docs/FORMAT.md anew and compares: examples.py FORMAT.md."""
import pathlib
import re
import struct
import sys

from argon2.low_level import Type, hash_secret_raw
from nacl.bindings import crypto_aead_xchacha20poly1305_ietf_decrypt as open_seal

import read_vault as reader

KEY, UUID, NO_KEY = bytes(range(32)), bytes(range(16)), bytes(32)


def slot():
    output = hash_secret_raw(b"correct horse", KEY, 3, 65536, 4, 64, Type.ID, 0x13)
    return output[:32], output[32:], b"slot" + UUID + struct.pack("<HHIII", 0, 1, 65536, 3, 4)


def digest():
    key = reader.subkey(KEY, 3)
    fingerprint = reader.blake2b(b"secret", NO_KEY)
    day = 1700000000
    row = (1, UUID, 1, 0, day, day, 0, "mailserver", "joe")
    leaf = reader.leaf(key, row, [(0, day, None, b"secret", fingerprint, None)],
                       [(0, b"\2" + bytes(range(32)))],
                       [(1, None, b"https://mail.example")])
    top = reader.tree(key, {1: leaf})[1]
    roots = [reader.blake2b(b"root" + reader.u64(*numbers) + NO_KEY + hashed, key)
             for numbers, hashed in (((1, 0, 0), bytes(32)), ((2, 1, 0), top))]
    return [("root", roots[0]), ("fingerprint", fingerprint), ("leaf", leaf), ("top", top),
            ("root", roots[1])]


def main(page):
    text = pathlib.Path(page).read_text().split("## Examples")[1]
    told = [(name, bytes.fromhex(value))
            for name, value in re.findall(r"(?m)^([\w()]+) +([0-9a-f]{64,})$", text)]
    wrapping, commitment, bound = slot()
    sealed = dict(told)["sealed"]
    made = [(f"subkey({n})", reader.subkey(KEY, n)) for n in range(1, 5)]
    made += [("Argon2id", wrapping), ("commitment", commitment), ("associated", bound),
             ("sealed", sealed), *digest()]
    code = re.search(r"`([0-9A-Z-]{41})`", text).group(1)
    for right, found in zip(made, told, strict=True):
        assert right == found, f"{right[0]}: {right[1].hex()}"
    assert open_seal(sealed, bound, bytes(range(24)), wrapping) == KEY, "sealed"
    assert reader.recovery_code(code.encode()) == reader.BASE32[:28].encode(), code


main(sys.argv[1])

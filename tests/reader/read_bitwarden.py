#!/usr/bin/python3
"""Prints what is in Bitwarden's encrypted JSON, with nothing of the product: written from
https://bitwarden.com/help/bitwarden-security-white-paper/ alone.

    read_bitwarden.py FILE PASSWORD-FILE
"""
import base64
import hashlib
import json
import sys

import argon2.low_level
from cryptography.hazmat.primitives import hashes, hmac, padding
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand


def keys(file, password):
    salt = file["salt"].encode()
    if file["kdfType"] == 0:
        key = hashlib.pbkdf2_hmac("sha256", password, salt, file["kdfIterations"])
    else:
        key = argon2.low_level.hash_secret_raw(
            password, hashlib.sha256(salt).digest(), time_cost=file["kdfIterations"],
            memory_cost=file["kdfMemory"] * 1024, parallelism=file["kdfParallelism"],
            hash_len=32, type=argon2.low_level.Type.ID)
    return [HKDFExpand(hashes.SHA256(), 32, info).derive(key) for info in (b"enc", b"mac")]


def code(key, *parts):
    mac = hmac.HMAC(key, hashes.SHA256())
    mac.update(b"".join(parts))
    return mac


def unseal(text, encryption, authentication):
    kind, _, rest = text.partition(".")
    iv, sealed, mac = (base64.b64decode(part, validate=True) for part in rest.split("|"))
    assert kind == "2"
    code(authentication, iv, sealed).verify(mac)
    aes = Cipher(algorithms.AES(encryption), modes.CBC(iv)).decryptor()
    unpad = padding.PKCS7(128).unpadder()
    return unpad.update(aes.update(sealed) + aes.finalize()) + unpad.finalize()


if __name__ == "__main__":
    outer = json.load(open(sys.argv[1], encoding="utf-8"))
    pair = keys(outer, open(sys.argv[2], "rb").read().rstrip(b"\n"))
    unseal(outer["encKeyValidation_DO_NOT_EDIT"], *pair)
    sys.stdout.buffer.write(unseal(outer["data"], *pair))

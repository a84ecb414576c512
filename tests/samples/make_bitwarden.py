#!/usr/bin/python3
"""Makes an encrypted sample of a plain one, at a low cost:

    make_bitwarden.py FILE PASSWORD pbkdf2|argon2
"""
import base64
import json
import pathlib
import sys

from cryptography.hazmat.primitives import padding
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

sys.path.append(str(pathlib.Path(__file__).parent.parent / "reader"))
from read_bitwarden import code, keys  # pylint: disable=wrong-import-position


def seal(plain, encryption, authentication, iv):
    pad = padding.PKCS7(128).padder()
    aes = Cipher(algorithms.AES(encryption), modes.CBC(iv)).encryptor()
    sealed = aes.update(pad.update(plain) + pad.finalize()) + aes.finalize()
    parts = iv, sealed, code(authentication, iv, sealed).finalize()
    return "2." + "|".join(base64.b64encode(part).decode() for part in parts)


def make(plain, password, kdf):
    cost = {"kdfType": 0, "kdfIterations": 1000} if kdf == "pbkdf2" else {
        "kdfType": 1, "kdfIterations": 2, "kdfMemory": 1, "kdfParallelism": 4}
    file = {"encrypted": True, "passwordProtected": True, "salt": "c2FsdCBvZiBhIHNhbXBsZQ=="} | cost
    both = keys(file, password)
    file["encKeyValidation_DO_NOT_EDIT"] = seal(b"a1b2c3d4", *both, bytes(range(16)))
    file["data"] = seal(plain, *both, bytes(range(16, 32)))
    return json.dumps(file, indent=2)


print(make(pathlib.Path(sys.argv[1]).read_bytes(), sys.argv[2].encode(), sys.argv[3]))

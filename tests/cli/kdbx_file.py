"""KDBX files made by the specification (https://keepass.info/help/kb/kdbx.html), not by vault's
code: of every kind that it knows, and damaged in any way that a test likes."""
import base64
import gzip
import hashlib
import hmac
import struct

from argon2 import low_level
from Cryptodome.Cipher import AES, ChaCha20, Salsa20

CIPHERS = {"aes": "31c1f2e6bf714350be5805216afc5aff",
           "chacha20": "d6038a2b8b6f4cb5a524339a31dbb59a", "none": "00" * 16}
KDFS = {"aes": "c9d9f39a628a4460bf740d08c18a4fea", "argon2d": "ef636ddf8c29444b91f7a9a403e30a0c",
        "argon2id": "9e298b1956db4773b23dfc3ec6f0a1e6", "unknown": "11" * 16}
SEED = bytes(range(32))
SALSA_NONCE = bytes.fromhex("e830094b97205d2a")


def sha256(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


def sha512(*parts):
    return hashlib.sha512(b"".join(parts)).digest()


class Stream:
    """What protected values are encrypted by, one after the other."""

    def __init__(self, kind, key):
        if kind == 2:
            self.cipher = Salsa20.new(key=sha256(key), nonce=SALSA_NONCE)
        else:
            derived = sha512(key)
            self.cipher = ChaCha20.new(key=derived[:32], nonce=derived[32:44])

    def protect(self, text):
        return base64.b64encode(self.cipher.encrypt(text.encode())).decode()


def document(entries, stream, meta=""):
    """Entries are (title, user, password)."""
    text = "".join(
        "<Entry><UUID>" + base64.b64encode(sha256(title.encode())[:16]).decode() + "</UUID>"
        f"<String><Key>Title</Key><Value>{title}</Value></String>"
        f"<String><Key>UserName</Key><Value>{user}</Value></String>"
        f'<String><Key>Password</Key><Value Protected="True">{stream.protect(password)}</Value>'
        "</String></Entry>" for title, user, password in entries)
    return ('<?xml version="1.0" encoding="utf-8"?><KeePassFile><Meta><Generator>spec</Generator>'
            f"{meta}<Binaries/></Meta><Root><Group><Name>Root</Name>{text}</Group></Root>"
            "</KeePassFile>").encode()


def composite(password, key):
    parts = b"" if password is None else sha256(password.encode())
    return sha256(parts + (key or b""))


def transform(kdf, key, rounds=2, memory=8, passes=1, lanes=1):
    if kdf != "aes":
        kind = low_level.Type.D if kdf == "argon2d" else low_level.Type.ID
        return low_level.hash_secret_raw(key, SEED, passes, memory, lanes, 32, kind, 0x13)
    cipher = AES.new(SEED, AES.MODE_ECB)
    for _ in range(rounds):
        key = cipher.encrypt(key)
    return sha256(key)


def dictionary(kdf, rounds=2, memory=8, passes=1, lanes=1):
    def item(kind, name, value):
        return struct.pack("<BI", kind, len(name)) + name + struct.pack("<I", len(value)) + value

    items = item(0x42, b"$UUID", bytes.fromhex(KDFS[kdf])) + item(0x42, b"S", SEED)
    if kdf == "aes":
        items += item(5, b"R", struct.pack("<Q", rounds))
    else:
        items += item(5, b"M", struct.pack("<Q", memory * 1024))
        items += item(5, b"I", struct.pack("<Q", passes)) + item(4, b"V", struct.pack("<I", 0x13))
        items += item(4, b"P", struct.pack("<I", lanes))
    return struct.pack("<H", 0x100) + items + b"\0"


def encrypt(cipher, key, vector, plain):
    if cipher == "chacha20":
        return ChaCha20.new(key=key, nonce=vector).encrypt(plain)
    count = 16 - len(plain) % 16
    return AES.new(key, AES.MODE_CBC, vector).encrypt(plain + bytes([count]) * count)


def header(version, fields):
    size = "<BI" if version >> 16 == 4 else "<BH"
    return struct.pack("<III", 0x9aa2d903, 0xb54bfb67, version) + b"".join(
        struct.pack(size, number, len(value)) + value for number, value in fields.items()
        if value is not None) + struct.pack(size, 0, 4) + b"\r\n\r\n"


def common_fields(cipher, compressed, change):
    vector = bytes(range(12 if cipher == "chacha20" else 16))
    fields = {2: bytes.fromhex(CIPHERS[cipher]), 3: struct.pack("<I", compressed), 4: SEED,
              7: vector}
    return vector, fields, change or {}


def kdbx4(entries, password="a", key=None, cipher="aes", kdf="argon2d", compressed=True, inner=3,
          binaries=(), version=0x40001, change=None, block=1000, contents=None, **cost):
    """`change` replaces fields of the header; `contents` all of what is compressed."""
    vector, fields, change = common_fields(cipher, compressed, change)
    head = header(version, {**fields, 11: dictionary(kdf, **cost), **change})
    transformed = transform(kdf, composite(password, key), **cost)
    base = sha512(SEED, transformed, b"\1")
    stream_key = bytes(64)
    if contents is None:
        inner_fields = [(1, struct.pack("<I", inner)), (2, stream_key)]
        inner_fields += [(3, b"\1" + data) for data in binaries] + [(0, b"")]
        contents = b"".join(struct.pack("<BI", number, len(value)) + value
                            for number, value in inner_fields)
        contents += document(entries, Stream(inner, stream_key))
    sealed = encrypt(cipher, sha256(SEED, transformed), vector,
                     gzip.compress(contents, mtime=0) if compressed else contents)
    pieces = [sealed[at:at + block // 16 * 16] for at in range(0, len(sealed), block // 16 * 16)]
    result = head + sha256(head) + hmac.digest(sha512(b"\xff" * 8, base), head, "sha256")
    for number, piece in enumerate(pieces + [b""]):
        index, size = struct.pack("<Q", number), struct.pack("<I", len(piece))
        result += hmac.digest(sha512(index, base), index + size + piece, "sha256") + size + piece
    return result


def kdbx3(entries, password="a", key=None, cipher="aes", compressed=True, inner=2, rounds=2,
          version=0x30001, change=None, block=1000, hash_header=True, contents=None,
          last_number=None, last_hash=bytes(32)):
    vector, fields, change = common_fields(cipher, compressed, change)
    stream_key, start = bytes(32), bytes(range(100, 132))
    head = header(version, {**fields, 5: SEED, 6: struct.pack("<Q", rounds), 8: stream_key,
                            9: start, 10: struct.pack("<I", inner), **change})
    transformed = transform("aes", composite(password, key), rounds)
    hashed = base64.b64encode(sha256(head) if hash_header is True else bytes(32)).decode()
    if contents is None:
        contents = document(entries, Stream(inner, stream_key),
                            f"<HeaderHash>{hashed}</HeaderHash>" if hash_header is not None else "")
    if compressed:
        contents = gzip.compress(contents, mtime=0)
    plain = start
    pieces = [contents[at:at + block] for at in range(0, len(contents), block)]
    for number, piece in enumerate(pieces):
        plain += struct.pack("<I", number) + sha256(piece) + struct.pack("<I", len(piece)) + piece
    plain += struct.pack("<I", len(pieces) if last_number is None else last_number)
    plain += last_hash + bytes(4)
    return head + encrypt(cipher, sha256(SEED, transformed), vector, plain)

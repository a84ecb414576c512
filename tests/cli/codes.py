"""One-time codes, written from the RFCs without a line of the program's: codes.py URI [TIME]."""
import base64
import hashlib
import hmac
import sys
import time
import urllib.parse

STEAM = "23456789BCDFGHJKMNPQRTVWXY"


def code(uri, now=None):
    parts = urllib.parse.urlsplit(uri)
    given = {key: values[0] for key, values in urllib.parse.parse_qs(parts.query).items()}
    seed = given["secret"] + "=" * (-len(given["secret"]) % 8)
    period = int(given.get("period", 30))
    counter = int(time.time() if now is None else now) // period
    if parts.netloc == "hotp":
        counter = int(given["counter"])
    digest = hmac.new(base64.b32decode(seed), counter.to_bytes(8, "big"),
                      getattr(hashlib, given.get("algorithm", "SHA1").lower())).digest()
    at = digest[-1] & 15
    value = int.from_bytes(digest[at:at + 4], "big") & 0x7fffffff
    if given.get("encoder") == "steam":
        return "".join(STEAM[value // 26 ** place % 26] for place in range(5))
    digits = int(given.get("digits", 6))
    return str(value % 10 ** digits).zfill(digits)


if __name__ == "__main__":
    print(code(sys.argv[1], *map(int, sys.argv[2:])))

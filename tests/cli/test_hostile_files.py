#!/usr/bin/env python3
"""What is no export but an attack, in JSON, CSV, XML and zip: refused by a sentence, within 256 MiB
and five seconds of computing, and nothing is taken."""
import os
import resource
import struct
import zlib

import tap
from tap import check
from vaults import Vault

MEMBERS = 1_000_000
MEMORY_KIB = 256 * 1024
SECONDS = 5
SANITIZED = any("SAN_OPTIONS" in name for name in os.environ) and \
    b"__asan_init" in open(os.environ["VAULT"], "rb").read()
# How time grows is for the release build to show: sanitizers look at every byte, of fewer.
FEWER = 20 if SANITIZED else 1

vault = Vault()


def limits():
    if not SANITIZED:
        resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS + 1))


def refused(contents, says, *form, status=2):
    vault.write("x", contents)
    vault.run("import", *form, "x", status=status, says=says, preexec_fn=limits)
    check(vault.run("list").stdout == b"", "something was taken")
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    check(SANITIZED or peak <= MEMORY_KIB, f"{peak} KiB of memory")


def member(name, plain, length=None, crc=None, flags=0):
    """Local and central header with what is between, offset left open."""
    packer = zlib.compressobj(6, zlib.DEFLATED, -15)
    packed = b"".join(packer.compress(piece) for piece in plain) + packer.flush()
    size, check_sum = 0, 0
    for piece in plain:
        size, check_sum = size + len(piece), zlib.crc32(piece, check_sum)
    common = struct.pack("<HHHHIIIHH", flags, 8, 0, 0, check_sum if crc is None else crc,
                         len(packed), size if length is None else length, len(name), 0)
    return (b"PK\3\4\x14\0" + common + name + packed,
            b"PK\1\2\x14\0\x14\0" + common + bytes(10), name)


def archive(*members):
    body = central = b""
    for local, head, name in members:
        central += head + struct.pack("<I", len(body)) + name
        body += local
    return body + central + struct.pack("<IHHHHIIH", 0x06054b50, 0, 0, len(members), len(members),
                                        len(central), len(body), 0)


ZEROS = [bytes(1 << 20)] * 64
EMPTY = b'{"encrypted": false, "folders": [], "items": []}'


def test_a_bomb_is_not_unpacked():
    for name, form in (b"data.json", "bitwarden-zip"), (b"export.data", "1pux"), \
            (b"Proton Pass/data.json", "protonpass"), (b"credentials.csv", "dashlane-zip"):
        refused(archive(member(name, ZEROS)), "200 times", form)
    refused(archive(member(b"data.json", ZEROS)), "200 times")


def test_what_lies_about_its_size_or_checksum_is_damaged():
    refused(archive(member(b"data.json", ZEROS, length=100)), "damaged")
    refused(archive(member(b"data.json", [EMPTY], length=10)), "damaged")
    refused(archive(member(b"data.json", [EMPTY], length=100)), "damaged")
    refused(archive(member(b"data.json", [EMPTY], crc=1)), "damaged")
    refused(archive(member(b"data.json", [EMPTY], length=0xfffffff0)), "200 times")
    refused(archive(member(b"data.json", [EMPTY], flags=1)), "encrypted")


def test_a_million_members():
    central = (member(b"a", [b""])[1] + bytes(4) + b"a") * MEMBERS
    body = b"PK\3\4"
    end64 = struct.pack("<IQHHIIQQQQ", 0x06064b50, 44, 45, 45, 0, 0, MEMBERS, MEMBERS,
                        len(central), len(body))
    locator = struct.pack("<IIQI", 0x07064b50, 0, len(body) + len(central), 1)
    end = struct.pack("<IHHHHIIH", 0x06054b50, 0, 0, 0xffff, 0xffff, 0xffffffff, 0xffffffff, 0)
    whole = body + central + end64 + locator + end
    refused(whole, "more than 100000 members", "1pux")
    refused(whole, "holds no export known here")


def test_a_million_members_of_an_object():
    members = ",".join(f'"a{number}":1' for number in range(MEMBERS))
    refused(('{"encrypted":false,"folders":[],"items":[{%s},7]}' % members).encode(),
            "an item is no object")


def taken(contents, count):
    """What grows with the square of something would take minutes."""
    vault.write("x", contents)
    said = vault.run("import", "--dry-run", "x", "-q", preexec_fn=limits).stdout.decode()
    check(f"{count} of {count} entries added" in said, said[-1000:])


def test_fields_of_one_key():
    fields = b",".join(b'{"kind":"%s","key":"user","value":"%d"}' % (kind, n)
                       for n in range(500) for kind in (b"secret", b"attachment"))
    entry = b'{"name":"a","fields":[%s]}' % fields
    count = 60 // FEWER
    taken(b'{"format":"vault","version":1,"entries":[%s]}' % b",".join([entry] * count), count)


HEAD = b"name,url,username,password,note\n"


def test_entries_of_one_name():
    row = b"s" * 255 + b",https://s.example.org/,,password,\n"
    count = 15_000 // FEWER
    taken(HEAD + row * count, count)


def test_more_entries_than_anybody_has():
    many = 3 * MEMBERS
    opened = b'{"format":"vault","version":1,"entries":['
    files = [HEAD + b"a\n" * many]
    if not SANITIZED:
        files += [
            HEAD + b",\n" * many,
            opened + b"{}," * many + b"{}]}",
            opened + b'{"name":"a"},' * many + b"{}]}",
            b'{"encrypted":false,"folders":[],"items":[' + b"{}," * many + b"{}]}",
            b"<KeePassFile><Root><Group>" + b"<Entry/>" * many + b"</Group></Root></KeePassFile>",
        ]
    for contents in files:
        refused(contents, "more than 1000000 entries")


def test_what_is_wrong_at_the_end_is_refused_before_the_vault_works():
    count = MEMBERS // 4 // FEWER
    rows = b"".join(b"name-%d,https://%d.example.org/,user,password-%d,\n" % (n, n, n)
                    for n in range(count))
    refused(HEAD + rows + b'"', f"line {count + 2}: a quotation mark is never closed")


def test_what_has_nothing_in_it_is_counted_and_left():
    count = 100_000 // FEWER
    vault.write("x", HEAD + b",,,,\n" * count)
    said = vault.run("import", "x").stdout.decode()
    check("0 of 0 entries added" in said, said)
    check(f"{count:<6}  entry: there is nothing in it\n" in said, said)
    check(vault.run("list").stdout == b"", "something was taken")


if __name__ == "__main__":
    tap.run(globals())

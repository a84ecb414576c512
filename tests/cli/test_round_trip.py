#!/usr/bin/env python3
"""Out of a vault and into an empty one: every field the same, byte for byte, for entries with all
that is hard to write: quotes, line breaks, NUL, both directions, emoji, notes of 60 KiB, what CSV
and XML mean something by, control characters, bytes that are no text. The names of fields are what
a name can be: they are put in order on their way in.
ROUND_TRIP_ENTRIES=5000 tries so many. A format more is a line in FORMATS."""
import base64
import datetime
import json
import os
import pathlib
import random
import subprocess
import tempfile
import unicodedata
import uuid

import tap

VAULT = os.environ["VAULT"]
ENTRIES = int(os.environ.get("ROUND_TRIP_ENTRIES", "300"))
CHEAP = ["--kdf-memory", "64M", "--kdf-time", "0.001"]
PASSWORD = "measured, not guessed"
# What `vault export` takes besides the name of the format.
FORMATS = {"json": ["--plaintext", "--yes"], "kdbx": ["--export-password-file", "{password}"]}

PIECES = ['"', "'", '""', ",", ";", "\t", "=1+1", "+", "@x", "-", "\\", "\\n", "\n", "\r\n", "\r",
          "<a>&amp;]]>", "<![CDATA[", "&#0;", "{REF:P@I:00}", "%s%n", "$(id)", "`",
          "\u202eabc\u202c",
          "\u0645\u0631\u062d\u0628\u0627", "\u05e9\u05dc\u05d5\u05dd", "\U0001f511",
          "\U0001f468\u200d\U0001f469\u200d\U0001f467", "e\u0301", "\u00e9", "\ufeff", "\ufffd",
          "\u2028", "  ", "a", "Z", "0", "null", "true", "\u4e2d\u6587"]
CONTROL = ["\0", "\x01", "\x08", "\x0b", "\x1b[31m", "\x7f", "\x85", "\ufffe", "\uffff"]
RAW = [b"\xff", b"\xc3\x28", b"\xed\xa0\x80", b"\x80\0\x80", b"\xf8\x88\x80\x80\x80"]


class Source:
    """Hostile values, the same in every run."""

    def __init__(self, seed):
        self.random = random.Random(seed)

    def hit(self, share):
        return self.random.random() < share

    def text(self, most=8, pieces=PIECES):
        return "".join(self.random.choices(pieces, k=self.random.randint(1, most)))

    def line(self, most=8):
        """What a plain field can hold: text on lines, without control characters."""
        return self.text(most, [piece for piece in PIECES if "\r" not in piece])

    def secret(self, most=12):
        """What a secret one can: any bytes."""
        if self.hit(.1):
            return b"".join(self.random.choices(RAW + [b"a"], k=self.random.randint(1, most)))
        return self.text(most, PIECES + CONTROL if self.hit(.3) else PIECES).encode()

    def time(self):
        seconds = self.random.randint(1_000_000_000, 1_700_000_000)
        moment = datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc)
        return moment.strftime("%Y-%m-%dT%H:%M:%SZ")

    def key(self, taken):
        key = "".join(piece for piece in self.line(4)
                      if not set(piece) & set("\t\n\u202e\u202c\ufeff\u2028"))
        key = unicodedata.normalize("NFC", key).strip() or "key"  # as it is stored
        while key in taken:
            key += "x"
        taken.add(key)
        return key


def put(target, name, value):
    """As vault's own JSON has it: base 64 where it is no text."""
    try:
        target[name] = value.decode()
    except UnicodeDecodeError:
        target[name + "_base64"] = base64.b64encode(value).decode()


def make_fields(source):
    taken = {"name", "user", "password", "url", "tag", "note", "otp", "expires", "rules",
             "resets-via", "realm"}
    fields = [{"kind": "url", "value": f"https://{number}.example/{source.random.random()}?a=\"b\""}
              for number in range(source.random.randint(0, 3))]
    fields += [{"kind": "tag", "value": tag} for tag in
               source.random.sample(["work", "r\u00e9sum\u00e9", "a b", "x/y"],
                                    source.random.randint(0, 2))]
    fields += [{"kind": "text", "key": source.key(taken), "value": source.line()}
               for _ in range(source.random.randint(0, 2))]
    if source.hit(.2):
        fields.append({"kind": "expires", "value": source.time()})
    if source.hit(.5):
        note = {"kind": "note"}
        large = source.hit(.02)
        put(note, "value", (source.text(12) * 8000).encode()[:61440] if large
            else source.secret(40))
        fields.append(note)
    for kind in ("secret", "attachment"):
        for _ in range(source.random.randint(0, 1)):
            field = {"kind": kind, "key": source.key(taken)}
            put(field, "value", source.secret())
            fields.append(field)
    return fields


def make_history(source, times):
    """Earlier passwords, each in use until the next one came."""
    history = []
    for since, until in zip(times, times[1:]):
        past = {"since": since, "until": until}
        put(past, "password", source.secret() + since.encode())
        history.append(past)
    return history


def make_entry(number, source):
    times = sorted({source.time() for _ in range(source.random.choice([1, 1, 2, 4]))})
    since = times[-1]
    entry = {"uuid": str(uuid.UUID(int=source.random.getrandbits(128))),
             "name": f"{number} \u00e9 \u4e2d <&\"'>,;= \U0001f511 {number % 7}"}
    if source.hit(.8):
        entry["user"] = source.line().strip("\n\t ") or "joe"
    put(entry, "password", source.secret() + b"%d" % number)
    entry["password_since"] = since
    if len(times) > 1:
        entry["history"] = make_history(source, times)
    entry["fields"] = make_fields(source)
    entry["created"], entry["modified"] = times[0], since
    if source.hit(.05):
        entry["trashed"] = "2026-01-02T03:04:05Z"
    return entry


def run(vault, *words):
    """The vault in this folder, which is there or is made."""
    environment = {"HOME": str(vault), "PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8",
                   "XDG_RUNTIME_DIR": str(vault)}
    environment.update({name: value for name, value in os.environ.items() if "SAN_" in name})
    words = [VAULT, "-q", "--no-agent", "--password-file", vault / "password", *words]
    done = subprocess.run(words, env=environment, capture_output=True, check=False,
                          start_new_session=True)
    tap.check(done.returncode == 0, f"{words}: {done.stderr.decode()[:500]}")


def new_vault(folder, name):
    vault = folder / name
    vault.mkdir()
    (vault / "password").write_text(PASSWORD + "\n")
    run(vault, "init", "--no-recovery", *CHEAP)
    return vault


def contents(vault):
    """By uuid, as vault's own JSON tells it."""
    out = vault / "contents.json"
    run(vault, "export", "json", out, "--plaintext", "--yes")
    return {entry["uuid"]: entry for entry in json.loads(out.read_bytes())["entries"]}


def parts(entry):
    """One by one, so that a difference can be told: fields by their place."""
    lists = ("fields", "history")
    flat = {name: value for name, value in entry.items() if name not in lists}
    for name in lists:
        for number, item in enumerate(entry.get(name, [])):
            flat.update({f"{name} {number} {part}": value for part, value in item.items()})
    return flat


def compare(wanted, found):
    tap.check(len(wanted) == len(found), f"{len(found)} entries instead of {len(wanted)}")
    for key, entry in wanted.items():
        ours, theirs = parts(entry), parts(found.get(key, {}))
        for name in sorted(ours.keys() | theirs.keys()):
            if ours.get(name) != theirs.get(name):
                raise AssertionError(f"{key} ({entry['name']}), {name}: {ours.get(name)!a:.300} "
                                     f"became {theirs.get(name)!a:.300}")


def round_trip(name, options):
    with tempfile.TemporaryDirectory(prefix="round-trip-") as place:
        folder = pathlib.Path(place)
        source = Source(ENTRIES)
        made = {entry["uuid"]: entry
                for entry in (make_entry(number, source) for number in range(ENTRIES))}
        (folder / "made.json").write_text(json.dumps(
            {"format": "vault", "version": 1, "entries": list(made.values())}))
        first = new_vault(folder, "first")
        run(first, "import", "json", folder / "made.json")
        wanted = contents(first)
        # What came in is what was made: nothing of it is lost on both ways alike.
        compare(made, wanted)
        (folder / "export").write_text(PASSWORD + "\n")
        words = [option.format(password=folder / "export") for option in options]
        run(first, "export", name, folder / f"file.{name}", *words)
        second = new_vault(folder, "second")
        run(second, "import", *(["--import-password-file", folder / "export"]
                                if "{password}" in options else []), name, folder / f"file.{name}")
        compare(wanted, contents(second))


def test_own_json_and_back_is_the_same():
    round_trip("json", FORMATS["json"])


def test_KDBX_and_back_is_the_same():
    round_trip("kdbx", FORMATS["kdbx"])


tap.run(globals())

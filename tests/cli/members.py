#!/usr/bin/env python3
"""The members of a JSON answer, one a line: each name once, sorted. Fails when one of them is not
told in the section JSON of the manual. Usage: members.py MANUAL COMMAND <answer"""
import json
import re
import sys


def told(manual, command):
    """The words that the manual puts beside a command, and all members of `show` where it refers
    to them."""
    section = manual.split("\n.Sh JSON\n")[1].split("\n.Sh ")[0]
    for item in section.split("\n.It ")[1:]:
        head, _, body = item.partition("\n")
        commands = re.sub(r"^Cm |Fl -", "", head).replace("rescue output", "rescue").split(" , ")
        if command in commands:
            words = set(re.findall(r"^\.Cm (\w+)", body, re.M))
            return words | told(manual, "show") if ".Cm verified" in body else words
    sys.exit(f"the manual's section JSON says nothing about {command}")


def members(value):
    if isinstance(value, list):
        return set().union(*map(members, value))
    if isinstance(value, dict):
        return set(value) | members(list(value.values()))
    return set()


def main(manual, command):
    text = sys.stdin.read()
    if text.count("\n") != 1 or not text.endswith("}\n"):
        sys.exit("this is not one object on one line")
    found = members(json.loads(text))
    missing = {name.removesuffix("_base64") for name in found} - told(manual, command)
    if missing:
        sys.exit(f"the manual says nothing about {', '.join(sorted(missing))} of {command}")
    print("\n".join(sorted(found)))


with open(sys.argv[1], encoding="utf-8") as page:
    main(page.read(), sys.argv[2])

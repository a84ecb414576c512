#!/usr/bin/env python3
"""Passwords made by rules are valid, as long as can be, and evenly spread: judged by a reader of
its own. RULES_FILE=password-rules.json tries such a file, RULES_COUNT passwords of each rule."""
import collections
import itertools
import json
import math
import os
import re
import string
import subprocess

import tap

PRINTABLE = {chr(code) for code in range(32, 127)}
ALNUM = set(string.ascii_letters + string.digits)
CLASSES = {"lower": set(string.ascii_lowercase), "upper": set(string.ascii_uppercase),
           "digit": set(string.digits), "special": PRINTABLE - ALNUM,
           "ascii-printable": PRINTABLE, "unicode": PRINTABLE}
OWN = [
    "",
    "minlength: 8; maxlength: 20;",
    "minlength:8;maxlength:12;minlength:6;maxlength:10",
    "required: lower; required: upper; required: digit; required: special; maxlength: 4",
    "required: lower, upper; required: digit; max-consecutive: 2; maxlength: 50",
    "required: digit; required: digit; allowed: lower; maxlength: 3",
    "allowed: digit; max-consecutive: 1; maxlength: 128",
    "allowed: [ab]; max-consecutive: 1",
    "required: [-_.]; allowed: lower; maxlength: 16;",
    "required: [[]]; allowed: digit; maxlength: 2",
    'allowed: [-!"#$%&\'()*+,./:;<=>?@[^_`{|}~]]; required: UPPER; MaxLength: 30',
    "allowed: unicode; minlength: 200",
    "allowed: ascii-printable; maxlength: 300",
    "required: [- !]; allowed: [äöü];maxlength: 6; required: lower",
    "required: [!]; required: [?]; required: [+]; maxlength: 3",
    "required: [ ]; maxlength: 9",
    "allowed: ; maxlength: ; minlength: 0; max-consecutive: 0; required: special, digit",
    "required: lower;required: lower, digit; required: digit, [x];"
    " max-consecutive: 3; maxlength: 7",
]
REFUSED = [
    "minlength",
    "minlength 8",
    "minlength: x",
    "minlength: 8 9",
    "size: 3",
    "allowed: letters",
    "allowed: [abc",
    "allowed: [a-z]",
    "allowed: lower upper",
    "allowed: lower,",
    "required: [ä]",
    "minlength: 9; maxlength: 8",
    "maxlength: 0",
    "maxlength: 10; maxlength: 00",
    "minlength: 1000",
    "required: upper; maxlength: x",
    ": 8",
    "; ;",
    "maxlength: 1; required: lower; required: digit",
    "allowed: lower; | maxlength: 3",
    "-",
]
SMALL = [
    "allowed: [abc]; max-consecutive: 2; maxlength: 5",
    "allowed: [ab]; required: [xy]; required: [12]; maxlength: 4",
    "required: [ab]; required: [ab]; allowed: [xyz]; max-consecutive: 1; maxlength: 4",
    "required: [ab]; required: [bc]; allowed: [d]; required: [ab];"
    " max-consecutive: 2; maxlength: 4",
]


def split(text, mark):
    """Parts between marks outside of brackets; a ']' before another one is in the list."""
    lists = r"\[[^\]]*\]?\]"
    return [part.strip() for part in re.findall(rf"(?:{lists}|[^{mark}\[])+", text)]


def read(text):
    low, high, row, required, allowed = 0, math.inf, math.inf, [], set()
    for part in filter(None, split(text, ";")):
        name, value = (word.strip() for word in part.split(":", 1))
        name = name.lower()
        if name in ("minlength", "maxlength", "max-consecutive"):
            number = int(value or 0)
            low = max(low, number) if name == "minlength" else low
            high = min(high, number or math.inf) if name == "maxlength" else high
            row = min(row, number or math.inf) if name == "max-consecutive" else row
        elif value:
            chars = set()
            for word in split(value, ","):
                chars |= set(word[1:-1]) & PRINTABLE if word[0] == "[" else CLASSES[word.lower()]
            allowed |= chars
            required += [frozenset(chars)] if name == "required" else []
    return low, high, row, required, allowed or PRINTABLE


def is_valid(password, rules):
    low, high, row, required, allowed = rules
    wanted = collections.Counter(required)
    runs = [len(list(group)) for _, group in itertools.groupby(password)]
    return (low <= len(password) <= high and set(password) <= allowed and max(runs) <= row and
            all(sum(c in chars for c in password) >= n for chars, n in wanted.items()))


def make(rules, count):
    done = subprocess.run([os.environ["MANY_PASSWORDS"], str(count)], input="\n".join(rules) + "\n",
                          capture_output=True, text=True, check=True)
    return [block.split("\n") for block in done.stdout.split("\n\n")[:len(rules)]]


def check_all(name, texts, count):
    made, wrong = 0, []
    for text, (*passwords, bits) in zip(texts, make(texts, count)):
        rules = read(text)
        longest = max(min(rules[1], 128), rules[0])
        if len(passwords) != count or bits[0] != "=":
            wrong.append((text, bits))
        wrong += [(text, word) for word in passwords
                  if not is_valid(word, rules) or len(word) != longest]
        made += len(passwords)
    print(f"# {len(texts)} rules, {made} passwords, {len(wrong)} wrong")
    tap.check(not wrong and made == count * len(texts), f"{name}: {wrong[:5]}")


def check_even(text):
    """Every password there is comes as often as the others (chi-square); the entropy is right."""
    rules = read(text)
    chars = sorted(rules[4] - {" "})
    there = ["".join(word) for word in itertools.product(chars, repeat=int(rules[1]))
             if is_valid("".join(word), rules)]
    *passwords, bits = make([text], 200 * len(there))[0]
    seen = collections.Counter(passwords)
    chi = sum((seen[word] - 200) ** 2 / 200 for word in there)
    free = len(there) - 1
    tap.check(set(seen) == set(there), f"{text}: {set(seen) ^ set(there)}")
    tap.check(chi < free + 6 * math.sqrt(2 * free), f"{text}: chi-square {chi:.0f} for {free}")
    tap.check(abs(float(bits[1:]) - math.log2(len(there))) < 1e-5, f"{text}: {bits} bits")


def test_own_rules_are_met_by_the_longest():
    check_all("own rules", OWN, 300)


def test_what_is_no_rule_is_refused():
    for text, block in zip(REFUSED, make(REFUSED, 1)):
        tap.check(block[0].startswith("!"), f"taken: {text}")


def test_all_passwords_are_equally_likely():
    for text in SMALL:
        check_even(text)


def test_the_judge_sees_each_mistake():
    judge = read("minlength: 2; maxlength: 4; required: digit; allowed: [ab]; max-consecutive: 2")
    tap.check(is_valid("1ab", judge))
    for word in ["1", "1abab", "ab", "1A", "1aaa"]:
        tap.check(not is_valid(word, judge), word)


def test_rules_of_a_file():
    name = os.environ.get("RULES_FILE")
    if not name:
        raise tap.Skip("RULES_FILE names none")
    with open(name, encoding="utf-8") as file:
        rules = [entry["password-rules"] for entry in json.load(file).values()]
    check_all(name, rules, int(os.environ.get("RULES_COUNT", "1000")))


tap.run(globals())

#!/usr/bin/python3
"""A labelled set of pairs of passwords, the second of each made from the first by one mutation, and
how many of them the detector finds: at least 95 of 100, and not much less of any one mutation.

    variant_pairs.py PROGRAM [COUNT]    PROGRAM is built from pairs.c; COUNT pairs of each mutation
    variant_pairs.py --print [COUNT]    the pairs, for looking at

The mutations are not the detector's own list turned round. The first part are operations of the
rule language that password crackers share (hashcat's, which is John the Ripper's: its manual
describes each letter), one to a rule, as in rule sets that were made from what people do. The
second part is what those rules cannot say: the next year, another season, hands on the wrong keys,
the service's name. The base passwords are words and numbers as people join them, and random ones.
The same seed makes the same set."""
import collections
import random
import string
import subprocess
import sys

from pathlib import Path

RECALL, RECALL_OF_EACH = .95, .8
WORDS = (Path(__file__).parents[2] / "src/crypto/wordlist.txt").read_text(encoding="ascii").split()
LEET = {"a": "4", "e": "3", "i": "1", "o": "0", "s": "5", "t": "7", "b": "8", "g": "9"}
SEASONS = [["spring", "summer", "autumn", "winter"], ["sommer", "herbst"],
           ["january", "february", "october", "november", "december"],
           ["janvier", "octobre", "septembre"], ["enero", "agosto", "octubre"]]
SERVICES = ["amazon", "github", "mailbox", "railway", "library", "netshop", "tennisclub", "paypal"]
ROWS = ["1234567890-=", "qwertyuiop[]", "asdfghjkl;'", "zxcvbnm,./"]

# One operation each. N is a place, X a character: the same letter means the same throughout a rule.
RULES = {
    "small letters": "l", "capital letters": "u", "a capital first": "c",
    "a capital first, the other way round": "C", "case turned round": "t",
    "case of one turned round": "TN", "words with capitals": "E",
    "reversed": "r", "twice": "d", "and back": "f",
    "a digit behind": "$0", "two digits behind": "$6$9", "three digits behind": "$1$2$3",
    "a year behind": "$2$0$1$9", "a symbol behind": "$!", "two symbols behind": "$!$?",
    "a symbol and a digit behind": "$!$1", "a letter behind": "$s", "two letters behind": "$e$r",
    "a digit in front": "^1", "two digits in front": "^2^1", "a symbol in front": "^*",
    "a digit inside": "iN7", "a symbol inside": "iN_", "a letter inside": "iNx",
    "without the first": "[", "without the last": "]", "without one": "DN",
    "without the last two": "]]", "a digit for the last": "]$1", "two digits for the last": "]$1$2",
    "two letters for the last two": "]]$i$e", "one overwritten": "oNx",
    "0 for o": "so0", "3 for e": "se3", "4 for a": "sa4", "@ for a": "sa@", "1 for i": "si1",
    "1 for l": "sl1", "! for i": "si!", "$ for s": "ss$", "5 for s": "ss5", "7 for t": "st7",
    "the first two swapped": "k", "the last two swapped": "K", "two neighbours swapped": "*NM",
    "the first doubled": "z1", "the last doubled": "Z1", "one counted up": "+N",
    "one counted down": "-N",
}


def place(word, rng):
    """A place that is in no wide character; most of what people change is not in front."""
    return rng.randrange(1, len(word))


def swapped(word, n, m):
    letters = list(word)
    letters[n], letters[m] = letters[m], letters[n]
    return "".join(letters)


def apply(rule, word, rng):
    """The rule's operations, one after the other; None: it cannot be applied."""
    at = place(word, rng) if len(word) > 1 else 0
    ops = iter(rule)
    for op in ops:
        if op in "TDion+-*" and op != "n":
            next(ops)  # N
        if op == "$":
            word += next(ops)
        elif op == "^":
            word = next(ops) + word
        elif op == "s":
            word = word.replace(next(ops), next(ops))
        elif op == "i":
            word = word[:at] + next(ops) + word[at:]
        elif op == "o":
            word = word[:at] + next(ops) + word[at + 1:]
        elif op == "T":
            word = word[:at] + word[at].swapcase() + word[at + 1:]
        elif op == "D":
            word = word[:at] + word[at + 1:]
        elif op in "+-":
            changed = chr(ord(word[at]) + (1 if op == "+" else -1))
            word = word[:at] + changed + word[at + 1:]
        elif op == "*":
            next(ops)  # M, the one before
            word = swapped(word, at - 1, at)
        elif op == "z":
            word = word[0] * int(next(ops)) + word
        elif op == "Z":
            word += word[-1] * int(next(ops))
        else:
            word = {"l": str.lower, "u": str.upper, "t": str.swapcase, "r": lambda w: w[::-1],
                    "c": lambda w: w[:1].upper() + w[1:].lower(),
                    "C": lambda w: w[:1].lower() + w[1:].upper(),
                    "E": lambda w: "".join(b.upper() if a in " -" else b.lower()
                                           for a, b in zip(" " + w, w)),
                    "d": lambda w: w + w, "f": lambda w: w + w[::-1],
                    "[": lambda w: w[1:], "]": lambda w: w[:-1],
                    "k": lambda w: swapped(w, 0, 1), "K": lambda w: swapped(w, -1, -2)}[op](word)
    return word


# ---- passwords to start from -----------------------------------------------------------------

def base(rng):
    one, other = (rng.choice(WORDS) for _ in range(2))
    return rng.choice([
        lambda: one.capitalize() + str(rng.randrange(10, 1000)),
        lambda: one + other,
        lambda: f"{one}-{other}{rng.randrange(10)}",
        lambda: one.capitalize() + other.capitalize() + rng.choice("!?.#"),
        lambda: one + str(rng.randrange(1950, 2030)) + rng.choice("!$*+"),
        lambda: rng.choice("!#%") + one + str(rng.randrange(100)),
        lambda: " ".join([one, other, *rng.sample(WORDS, 2)]),
        lambda: "".join(rng.choice("bdfgklmnprstvz") + rng.choice("aeiou") for _ in range(4))
        + str(rng.randrange(100)),
        lambda: "".join(rng.choices(string.ascii_letters + string.digits + "!#$%&*+-?@_",
                                    k=rng.randrange(10, 16))),
    ])()


# ---- what rules cannot say -------------------------------------------------------------------

def leet(rng):
    word = base(rng)
    return word, "".join(LEET.get(letter.lower(), letter) for letter in word)


def another_year(rng):
    word, end = rng.choice(WORDS).capitalize(), rng.choice(["", "!", "#1"])
    first, second = rng.sample(range(1960, 2030), 2)
    return f"{word}{first}{end}", f"{word}{second}{end}"


def counted(rng):
    word, number, end = rng.choice(WORDS), rng.randrange(1, 200), rng.choice(["", "!", "?"])
    return f"{word}{number}{end}", f"{word}{number + 1}{end}"


def another_season(rng):
    first, second = rng.sample(rng.choice(SEASONS), 2)
    end = f"{rng.choice(['', '-', '.'])}{rng.randrange(10, 99)}{rng.choice('!?#')}"
    return first.capitalize() + end, second.capitalize() + end


def number_moved(rng):
    word, number = rng.choice(WORDS) + rng.choice(WORDS), str(rng.randrange(10, 3000))
    return word + number, number + word


def symbol_changed(rng):
    word, (first, second) = rng.choice(WORDS) + str(rng.randrange(100)), rng.sample("!?#*.$%&+", 2)
    return word + first, word + second


def joined_otherwise(rng):
    words, (first, second) = rng.sample(WORDS, 3), rng.sample(["", "-", " ", "_", "."], 2)
    return first.join(words), second.join(words)


def typed_beside(rng, down=0, right=1):
    """All keys one to the right, or one row down; of the middle of the keyboard."""
    lower = ROWS[1 + down]
    keys = {ROWS[row][column]: ROWS[row + down][column + right]
            for row in range(1, 3) for column in range(9 if lower else 0)
            if column + right < len(ROWS[row + down])}
    word = "".join(rng.choices(list(keys), k=rng.randrange(7, 12)))
    return word, "".join(keys[key] for key in word)


def own_service(rng):
    service, (word, _) = rng.choice(SERVICES), (base(rng), 0)
    return word, rng.choice([word + service, service + word, f"{word}-{service}"]), "other", service


def each_its_service(rng):
    first, second = rng.sample(SERVICES, 2)
    word, gap = base(rng), rng.choice(["", "-", ".", "@"])
    behind = rng.random() < .5
    return (*(word + gap + service if behind else service + gap + word
              for service in (first, second)), first, second)


OTHERS = {
    "all look-alikes": leet, "another year": another_year, "a number counted up": counted,
    "another season or month": another_season, "the number in front": number_moved,
    "another symbol": symbol_changed, "joined otherwise": joined_otherwise,
    "hands one key to the right": typed_beside,
    "hands one row down": lambda rng: typed_beside(rng, 1, 0),
    "the service's own name added": own_service, "each with its service's name": each_its_service,
}


def pairs(count):
    """(mutation, a, b, name of a's entry, name of b's entry)."""
    rng = random.Random(20131)
    for label, rule in RULES.items():
        made = 0
        while made < count:
            word = base(rng)
            changed = apply(rule, word, rng)
            if changed != word and changed.isprintable():
                made += 1
                yield label, word, changed, "one", "other"
    for label, make in OTHERS.items():
        made = 0
        while made < count:
            one, other, *names = make(rng)
            if one != other:
                made += 1
                yield label, one, other, *(names or ("one", "other"))


def main():
    count = int(sys.argv[2]) if len(sys.argv) > 2 else 40
    everything = list(pairs(count))
    if sys.argv[1] == "--print":
        for pair in everything:
            print(*pair, sep="\t")
        return 0
    lines = "".join("\t".join(pair[1:]) + "\n" for pair in everything)
    answers = subprocess.run([sys.argv[1]], input=lines, capture_output=True, text=True,
                             check=True).stdout.split("\n")[:-1]
    assert len(answers) == len(everything)
    found = collections.Counter(pair[0] for pair, answer in zip(everything, answers)
                                if answer != "-")
    missed = collections.defaultdict(list)
    for pair, answer in zip(everything, answers):
        if answer == "-":
            missed[pair[0]].append(" ".join(pair[1:3]))
    failed = False
    for label in [*RULES, *OTHERS]:
        low = found[label] < RECALL_OF_EACH * count
        failed |= low
        if missed[label]:
            print(f"# {label}: {found[label]} of {count}{' TOO FEW' if low else ''};",
                  "; ".join(missed[label][:3]))
    recall = sum(found.values()) / len(everything)
    print(f"# {sum(found.values())} of {len(everything)} found, {recall:.1%}")
    return int(failed or recall < RECALL or len(everything) < 2000)


sys.exit(main())

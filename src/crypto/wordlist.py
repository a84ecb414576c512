#!/usr/bin/env python3
"""The word list of `vault generate --words`: 7,776 words, so that five dice pick one.

The words come from SCOWL 2020.12.07 (Debian package `scowl`; notice in wordlist.COPYING), size
levels 10 to 50, American spelling: everyday words first, rarer ones where those do not suffice.
A word is taken, in the order of level, length and alphabet, when

  - it has three to eight letters, all of a-z, at least one of them a vowel;
  - it is not the inflection of another word (plurals, -ed, -ing, -er, -est, -ly, -ness, ...);
  - it is not on the list of words nobody wants to read on a screen at work;
  - no word taken before it is one typing slip away: a letter changed, left out, added, or two
    neighbours exchanged. One slip therefore never turns one word of the list into another;
  - no word taken before it sounds the same after a plain reading of English spelling.

The first 7,776 of them are the list: 6.4 letters on the average, 91 % of level 40 or lower.
`--derive` prints the figures of the day on standard error.

Words that begin with another word (port, portion) are allowed. Forbidding them would do no harm
to the count, but would replace some 900 everyday words by rare ones; words are joined by '-', so
a passphrase can be read in one way only all the same.

Usage:
  wordlist.py --derive [FOLDER]         print the list, derived from SCOWL in FOLDER
  wordlist.py --check FILE [FOLDER]     exit 0 when FILE is that list, 1 when it differs,
                                        77 when SCOWL is not installed
  wordlist.py --c FILE                  print FILE as C source
"""

import collections
import pathlib
import re
import sys

SIZE = 7776
SHORTEST, LONGEST = 3, 8
SCOWL = "/usr/share/dict/scowl"
CATEGORIES = ("english", "american")
LEVELS = (10, 20, 35, 40, 50)
STEM_LEVELS = (10, 20, 35, 40, 50, 55, 60)  # an inflection's stem may be rarer than itself

# Fragments: every word that contains one goes. The rest is matched whole.
UNWANTED_FRAGMENTS = """
    cunt fagg fagot fuck jihad lesb molest murder nazi nigg orgas pervert porn puss rapist
    sadis satan shit slave slut sodom suicid terror vagin whor
""".split()
UNWANTED = frozenset("""
    abortion abortive abuse abusive airhead anal anus arousal arouse arson arsonist asexual
    assassin assault asshole bastard behead bestial bigot bigotry bimbo bisexual bitch bloody
    boner boob boobs booby booty bordello bosom bozo bra brothel buggery bunghole busty
    buttock buxom cadaver cancer cannibal carjack carnage carnal castrate castrato celibate
    cervical cervix chigger chink cleavage clit clitoral clitoris coital coitus concubine
    condom coolie crackpot crap crappy cretin cripple crotch crucify cuckold cum cumming cums
    cyanide cybersex dago damn damnation defecate demented diarrhea dick dike dildo dimwit
    douche dyke enema erectile erotic erotica eunuch excrete exorcism fart fascism fascist
    fathead fatso fatty fecal feces fellatio fentanyl fetish floozy fondle foreplay foreskin
    gangland gangrene gay genital genocide ghetto gigolo goddamn gonad goober gook gringo
    grope gyp gypsy handicap harem harlot heathen hell hellhole hemorrhoid herpes hijack
    homicide homo honky hooker hooligan horny hussy hymen idiocy idiot idiotic imbecile
    impotent inbred inbreed incest infidel jackass jap japan jerk jew kidnap kike killer kinky
    knockers lechery leper leprosy leprous lewd libido limey lingerie loins lube lunatic
    lustful lusty lynch maniac masochist massacre masseuse menses mestizo midget misogyny
    mongol mongrel moron moronic mulatto mutilate naked napalm negro nipple nitwit noose nude
    nudism nudist nudity nuke obese obesity oral orgy oriental ova ovarian ovary ovum pagan
    paki pansy pantie pederast pee pelvic penis phalli phallic phallus pimp pis piss pogrom
    polack poof poop prick prostate puke punk putz queer racial racism racist racy rape
    raunchy rectal rectum redneck redskin retard retarded savage savagery schmuck scrota
    scrotum scum scumbag scummy seduce semen sex sexism sexist sexless sexpot sexting sexual
    sexy shyster skinhead slattern sleazy slumdog slumlord smut smutty spastic sperm sphincter
    spic squaw strangle strip stripper striptease strumpet stupid syphilis testicle testis
    thug tit titmouse titty topless torture tramp tranny trollop turd twat unisex unman uppity
    urethra urinal urinary urinate urine uteri uterus venereal virgin virile voyeur vulva wank
    wanton warhead welsh wench wetback wiener wop
""".split())

# Consonants and vowels that are spelled differently and read alike, applied in this order.
SOUNDS = [(re.compile(a), b) for a, b in (
    (r"^[kgp]n", "n"), (r"^ps", "s"), (r"^wr", "r"), (r"^wh", "w"),
    (r"t?ch", "C"), (r"sh", "S"), (r"th", "T"), (r"ph", "f"), (r"dg", "j"),
    (r"igh", "ie"), (r"gh", ""), (r"mb$", "m"), (r"mn$", "m"), (r"ck", "k"),
    (r"sc(?=[eiy])", "s"), (r"c(?=[eiy])", "s"), (r"c", "k"), (r"qu", "kw"), (r"q", "k"),
    (r"x", "ks"), (r"z", "s"), (r"(.)\1", r"\1"),
    (r"([aeiou])([^aeiouy])e(?=s?$)", r"\1\1\2"), (r"(?<=[^aeiou])e$", ""),
    (r"eigh|ai|ay|ei|ey|aa", "1"), (r"ee|ea|ie|y$", "2"), (r"oa|oe|ow|oo", "3"),
    (r"ue|ew|ui|ou|uu", "4"), (r"au|aw", "5"), (r"[eiuoa]r$", "6"), (r"(.)\1", r"\1"),
)]


def sound(word):
    for pattern, replacement in SOUNDS:
        word = pattern.sub(replacement, word)
    return word


def read_scowl(folder, levels):
    """The words of a-z alone, each with the lowest level it appears at."""
    level_of = {}
    for level in levels:
        for category in CATEGORIES:
            path = folder / f"{category}-words.{level}"
            for word in path.read_text(encoding="latin-1").split():
                if re.fullmatch("[a-z]+", word):
                    level_of.setdefault(word, level)
    return level_of


def stems(word):
    """What `word` may be an inflection of."""
    if word.endswith("s") and not word.endswith("ss"):
        yield word[:-1]
        if word.endswith("es"):
            yield word[:-2]
        if word.endswith("ies"):
            yield word[:-3] + "y"
        if word.endswith("ves"):
            yield word[:-3] + "f"
            yield word[:-3] + "fe"
        if word.endswith(("sses", "zzes")):
            yield word[:-3]
    for suffix in ("ed", "ing", "est", "er", "or", "ish", "able"):
        if word.endswith(suffix):
            stem = word[:-len(suffix)]
            yield stem
            yield stem + "e"
            if len(stem) > 2 and stem[-1] == stem[-2]:
                yield stem[:-1]
            if stem.endswith("i"):
                yield stem[:-1] + "y"
                yield stem[:-1] + "ey"
            if stem.endswith("ck"):
                yield stem[:-1]
    if word.endswith("ly"):
        yield word[:-2]
        yield word[:-2] + "le"
    if word.endswith("ily"):
        yield word[:-3] + "y"
    if word.endswith("ness"):
        yield word[:-4]
        if word.endswith("iness"):
            yield word[:-5] + "y"


def is_candidate(word, vocabulary):
    return (SHORTEST <= len(word) <= LONGEST
            and re.search("[aeiouy]", word)
            and word not in UNWANTED
            and not any(fragment in word for fragment in UNWANTED_FRAGMENTS)
            and not any(len(s) >= 3 and s in vocabulary for s in stems(word) if s != word))


def slips(word):
    """Patterns that two words share exactly when one changed, missing or added letter is all that
    separates them: '*' stands for one letter or none."""
    for i in range(len(word)):
        yield word[:i] + "*" + word[i + 1:]
    for i in range(len(word) + 1):
        yield word[:i] + "*" + word[i:]


def exchanges(word):
    for i in range(len(word) - 1):
        yield word[:i] + word[i + 1] + word[i] + word[i + 2:]


def derive(folder):
    """The list, sorted, and the level of each word in it."""
    level_of = read_scowl(folder, LEVELS)
    vocabulary = read_scowl(folder, STEM_LEVELS)
    taken, seen_slips, seen_sounds = set(), set(), set()
    for word in sorted(level_of, key=lambda w: (level_of[w], len(w), w)):
        if len(taken) == SIZE:
            break
        if not is_candidate(word, vocabulary) or sound(word) in seen_sounds:
            continue
        if any(s in seen_slips for s in slips(word)) or any(e in taken for e in exchanges(word)):
            continue
        taken.add(word)
        seen_slips.update(slips(word))
        seen_sounds.add(sound(word))
    if len(taken) < SIZE:
        sys.exit(f"wordlist.py: only {len(taken)} words pass, {SIZE} are needed")
    return sorted(taken), level_of


def report(words, level_of):
    levels = collections.Counter(level_of[w] for w in words)
    lengths = collections.Counter(len(w) for w in words)
    average = sum(len(w) for w in words) / len(words)
    print(f"{len(words)} words, {average:.2f} letters on the average", file=sys.stderr)
    print("by length:", dict(sorted(lengths.items())), file=sys.stderr)
    print("by level: ", dict(sorted(levels.items())), file=sys.stderr)


def read_list(path):
    """Reads a list back and holds it against the promises that need no SCOWL."""
    words = pathlib.Path(path).read_text(encoding="ascii").split("\n")
    if words.pop() != "" or len(words) != SIZE or words != sorted(set(words)):
        sys.exit(f"wordlist.py: {path} is not {SIZE} different words, sorted, one a line")
    seen, known = {}, frozenset(words)
    for word in words:
        if not re.fullmatch("[a-z]{%d,%d}" % (SHORTEST, LONGEST), word):
            sys.exit(f"wordlist.py: {path}: '{word}' is not {SHORTEST} to {LONGEST} letters a-z")
        near = [seen[s] for s in slips(word) if s in seen]
        near += [e for e in exchanges(word) if e in known and e != word]
        if near:
            sys.exit(f"wordlist.py: {path}: '{near[0]}' and '{word}' are one slip apart")
        seen.update((s, word) for s in slips(word))
    return words


def print_c(words):
    print("/* Made by wordlist.py from wordlist.txt, whose notice is wordlist.COPYING. */")
    print('#include "crypto/wordlist.h"\n')
    print("const char wordlist[GENERATE_WORDLIST_SIZE][WORDLIST_WORD_MAX + 1] = {")
    for start in range(0, len(words), 6):
        print("\t" + " ".join(f'"{w}",' for w in words[start:start + 6]))
    print("};")


def main(arguments):
    mode = arguments[1] if len(arguments) > 1 else ""
    rest = arguments[2:]
    if mode == "--c" and len(rest) == 1:
        print_c(read_list(rest[0]))
    elif mode == "--derive" and len(rest) <= 1:
        words, level_of = derive(pathlib.Path(rest[0] if rest else SCOWL))
        report(words, level_of)
        print("\n".join(words))
    elif mode == "--check" and 1 <= len(rest) <= 2:
        kept = read_list(rest[0])
        folder = pathlib.Path(rest[1] if len(rest) == 2 else SCOWL)
        if not folder.is_dir():
            print(f"wordlist.py: no SCOWL in {folder}, cannot compare", file=sys.stderr)
            return 77
        if derive(folder)[0] != kept:
            print(f"wordlist.py: {rest[0]} is not what SCOWL gives", file=sys.stderr)
            return 1
    else:
        print(__doc__.split("\n\n")[-1], file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))

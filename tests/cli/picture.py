"""What a terminal shows of a QR code, as a PNG: picture.py <SCREEN >PNG. Half blocks and blanks, in
the colours that are set; what is not drawn on is as dark as a dark terminal."""
import re
import struct
import sys
import zlib

SCALE = 6  # pixels of a module
COLOURS = {"16": 0, "231": 255}
HALVES = {" ": (0, 0), "▀": (1, 0), "▄": (0, 1), "█": (1, 1)}  # where the foreground is


def cells(line):
    """Each character as the colours of its upper and its lower half."""
    front, back = 255, 0
    for codes, character in re.findall(r"\x1b\[([\d;]*)m|(.)", line):
        if not character:
            front, back = (255, 0) if codes in ("", "0") else (front, back)
            for which, colour in re.findall(r"([34]8);5;(\d+)", codes):
                if which == "38":
                    front = COLOURS[colour]
                else:
                    back = COLOURS[colour]
            continue
        yield tuple(front if part else back for part in HALVES[character])


def rows(screen):
    """Rows of modules. Blanks alone mean a character is half a module wide and a whole one high."""
    lines = [list(cells(line)) for line in screen.rstrip("\n").split("\n")]
    if any(block in screen for block in "▀▄█"):
        for line in lines:
            yield [upper for upper, _ in line]
            yield [lower for _, lower in line]
    else:
        for line in lines:
            yield [upper for upper, _ in line[::2]]


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(modules):
    width = max(map(len, modules))
    lines = [bytes(value for module in row + [0] * (width - len(row)) for value in [module] * SCALE)
             for row in modules for _ in range(SCALE)]
    header = struct.pack(">IIBBBBB", width * SCALE, len(lines), 8, 0, 0, 0, 0)
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) +
            chunk(b"IDAT", zlib.compress(b"".join(b"\0" + line for line in lines))) +
            chunk(b"IEND", b""))


if __name__ == "__main__":
    sys.stdout.buffer.write(png(list(rows(sys.stdin.read()))))

#!/usr/bin/python3
"""Is this one HTML page that stands alone? Every element closed in its order, no script, nothing
that would be fetched. Usage: audit_page.py <PAGE; prints how often each element is there."""
import collections
import html.parser
import re
import sys

EMPTY = {"meta", "br", "line", "circle"}


class Page(html.parser.HTMLParser):
    def __init__(self):
        super().__init__()
        self.open, self.count = [], collections.Counter()

    def handle_starttag(self, tag, attrs):
        self.count[tag] += 1
        if tag not in EMPTY:
            self.open.append(tag)
        for name, value in attrs:
            if name in ("src", "href", "xlink:href", "action", "data") or name.startswith("on"):
                sys.exit(f"{tag} has {name}={value}")

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        if tag not in EMPTY:
            self.open.pop()

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            sys.exit(f"</{tag}> closes nothing")


def main():
    text = sys.stdin.buffer.read().decode()
    page = Page()
    page.feed(text)
    page.close()
    if page.open or page.count["html"] != 1:
        sys.exit(f"not one whole page: {page.open} are open")
    for forbidden in (r"<script", r"<link", r"<i?frame", r"<img", r"://", r"url\(", r"@import"):
        if re.search(forbidden, text, re.I):
            sys.exit(f"there is {forbidden} in it")
    if "default-src &#39;none&#39;" not in text and "default-src 'none'" not in text:
        sys.exit("it may load what it likes")
    print(*(f"{tag}={page.count[tag]}" for tag in ("li", "svg", "circle", "line")))


main()

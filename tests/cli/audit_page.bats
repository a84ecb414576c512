#!/usr/bin/env bats
# The audit as a page and as a graph: whole, alone, nothing secret; a browser shows and prints it.

load helpers

RED='179 +38 +30'

setup() {
	own_home
	printf canary-red-horse | put add shop
	printf canary-red-horse | put add 'a <b>&"name"' --allow-reuse '<i>for</i> now'
	printf canary-red-house | put add bank --allow-reuse 'for now'
	vault -q add alone -g
}

browser() {
	local name

	for name in chromium-headless-shell chromium chromium-browser; do
		command -v $name && return
	done
	skip "no Chromium"
}

in_browser() {
	timeout 60 "$(browser)" --headless --no-sandbox --disable-gpu --hide-scrollbars \
		--user-data-dir="$HOME/browser" "$@" "file://$PWD/page.html" >browser.log 2>&1
}

@test "one page, alone, with everything escaped" {
	answers 7 vault audit --html
	unseen canary
	unseen '<b>'
	unseen '<i>'
	shows 'a &#60;b&#62;&#38;&#34;name&#34;'
	[ "$("$PYTHON" "$SOURCE/tests/cli/audit_page.py" <"$BATS_TEST_TMPDIR/out")" = \
		"li=2 svg=1 circle=3 line=2" ]
	answers 2 vault audit --html --dot
	answers 2 vault audit --html --json
}

@test "a vault without findings makes a page, too" {
	for name in shop bank; do vault -q edit $name -g; done
	answers 0 vault audit --html
	shows "Nothing needs to be changed."
	[ "$("$PYTHON" "$SOURCE/tests/cli/audit_page.py" <"$BATS_TEST_TMPDIR/out")" = \
		"li=0 svg=0 circle=0 line=0" ]
}

@test "the graph for Graphviz: names quoted, kinds of lines told apart" {
	answers 7 vault audit --dot
	unseen canary
	shows '"a <b>&\"name\""'
	[ "$(grep -c 'the same password' "$BATS_TEST_TMPDIR/out")" = 1 ]
	[ "$(grep -c 'one character differs' "$BATS_TEST_TMPDIR/out")" = 1 ]
	unseen alone
	if command -v dot; then dot -Tsvg <"$BATS_TEST_TMPDIR/out" | grep -q '</svg>'; fi
}

@test "a browser shows it, and prints it" {
	browser
	vault -q audit --html >page.html || [ $? = 7 ]
	in_browser --window-size=1000,1400 --screenshot="$PWD/shot.png"
	if command -v pngtopnm; then
		pngtopnm shot.png | ppmhist -noheader >colours
		[ "$(wc -l <colours)" -gt 50 ]
		grep -qE "^ *$RED\s" colours # nodes and lines of the graph
	fi
	[ "$(stat -c %s shot.png)" -gt 20000 ]
	in_browser --print-to-pdf="$PWD/page.pdf"
	[ "$(head -c 5 page.pdf)" = %PDF- ]
	[ "$(stat -c %s page.pdf)" -gt 5000 ]
}

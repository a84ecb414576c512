#!/usr/bin/env bats
# Files that are kept with an entry, and the exports that are remembered.

load helpers

@test "a file goes in and comes out as it was, in a file of your own" {
	printf one | put add mail
	head -c 200000 /dev/urandom >"key file.bin"
	answers 0 vault attach add mail "key file.bin"
	answers 0 vault attach list mail
	shows '    200000  key file.bin'
	answers 0 vault attach get mail "key file.bin" out.bin
	cmp "key file.bin" out.bin
	[ "$(stat -c %a out.bin)" = 600 ]
	vault attach get mail "key file.bin" | cmp - "key file.bin"
	answers 6 vault attach get mail "key file.bin" out.bin
	says 'there is a file out.bin already'
	answers 0 vault attach get --replace mail "key file.bin" out.bin
	[ -z "$(find . -name 'out.bin.*')" ]
	answers 0 vault check
}

@test "nothing takes the place of an attachment unasked" {
	printf one | put add mail --field 'notes=a field of that name'
	printf 'first' >notes
	answers 0 vault attach add mail notes
	printf 'second' | answers 6 vault attach add --as notes mail -
	[ "$(vault attach get mail notes)" = first ]
	printf 'second' | answers 0 vault attach add --replace --as notes mail -
	[ "$(vault attach get mail notes)" = second ]
	answers 0 vault attach remove mail notes
	answers 3 vault attach get mail notes
	says "has no attachment 'notes'"
	answers 3 vault attach remove mail notes
	[ "$(vault get -f notes mail)" = 'a field of that name' ]
	answers 3 vault attach add nobody notes
	answers 3 vault attach add mail nothing
	answers 2 vault attach add mail - </dev/null
}

@test "16 MiB are one, a byte more is too much; an empty file is one as well" {
	printf one | put add mail
	head -c 16777216 /dev/zero >large
	answers 0 vault attach add mail large
	printf x >>large
	answers 2 vault attach add mail large --as larger
	says 'an attachment holds 16 MiB'
	: >empty
	answers 0 vault attach add mail empty
	answers 0 vault --json attach list mail
	[ "$(json '[a["bytes"] for a in j["attachments"]]')" = '[16777216, 0]' ]
	vault attach get mail empty | cmp - empty
}

@test "an export that anybody can read is remembered until it is destroyed, and after" {
	printf one | put add mail
	answers 0 vault status
	if grep -q exports "$BATS_TEST_TMPDIR/out"; then false; fi
	answers 0 vault export json all.json --plaintext --yes
	answers 0 vault status
	shows '1 that anybody can read; 1 still there: destroy by shred -u FILE'
	shows "json  $PWD/all.json  STILL THERE"
	shred -u all.json
	answers 0 vault --json status
	[ "$(json 'j["plain_exports"][0]["there"]')" = False ]
	[ "$(json 'j["plain_exports"][0]["format"]')" = json ]
	# A copy of the vault that is merged brings its own along.
	cp "$FILE" other.vault
	XDG_STATE_HOME=$HOME/other vault --vault other.vault export json - --plaintext --yes >x.json
	answers 0 vault merge other.vault
	answers 0 vault status
	shows '2 that anybody can read; 0 still there'
	shows '(standard output)'
	answers 0 vault check
}

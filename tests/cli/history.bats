#!/usr/bin/env bats
# Nothing is lost by accident: former passwords, the trash, and what stays after it was emptied.

load helpers

@test "every change of a password keeps the former one, newest first" {
	printf one | put add name
	printf two | put edit name
	printf 'three\n' | put edit name
	vault -q edit name -u joe # no change of the password
	answers 0 vault history name --reveal
	[ "$(awk '{print $NF}' "$BATS_TEST_TMPDIR/out")" = $'three\n\ntwo\none' ]
	answers 0 vault history name
	[ "$(grep -c "^$(date +%F) - " "$BATS_TEST_TMPDIR/out")" = 3 ]
	for password in one two three; do unseen $password; done
	answers 0 vault history NAME --json --reveal
	[ "$(json '[p["password"] for p in j["passwords"]]')" = "['three\\n', 'two', 'one']" ]
	[ "$(json '[p["until"] is None for p in j["passwords"]]')" = "[True, False, False]" ]
	[ "$(json 'j["passwords"][1]["until"] == j["passwords"][0]["since"]')" = True ]
	answers 3 vault history nobody
}

@test "the same password again is no change" {
	printf one | put add name
	printf one | answers 0 vault edit name --stdin0
	says "nothing was changed"
	[ "$(vault history name | wc -l)" = 1 ]
}

@test "back to a password that the entry had itself" {
	printf one | put add name
	printf two | put edit name
	printf one | put edit name
	[ "$(vault history name | wc -l)" = 3 ]
	answers 0 vault get name
	printed one
}

@test "rm goes to the trash, restore brings everything back" {
	printf one | put add name -u joe --tag t --note n
	printf two | put edit name
	vault show name --reveal --json | sed 's/"modified":"[^"]*"//' >before
	answers 0 vault rm NAME
	says "vault trash restore name"
	answers 3 vault get name
	answers 0 vault list
	printed
	answers 0 vault trash
	[[ $(<"$BATS_TEST_TMPDIR/out") =~ ^$(date +%F)\ \ name\ +joe$ ]]
	answers 0 vault trash restore name
	says "'name' is back"
	vault show name --reveal --json | sed 's/"modified":"[^"]*"//' | cmp - before
	[ "$(vault history name | wc -l)" = 2 ]
	answers 0 vault trash list
	printed
}

@test "several of one name in the trash: the last one comes back first" {
	for password in one two; do
		printf %s $password | put add name
		vault -q rm name
	done
	[ "$(vault trash | wc -l)" = 2 ]
	vault -q trash restore name
	[ "$(vault get name)" = two ]
	answers 6 vault trash restore name
	says "--as"
	answers 0 vault trash restore name --as other
	[ "$(vault get other)" = one ]
	answers 6 vault add other -g
	answers 3 vault trash restore name
	says "no 'name' in the trash"
}

@test "emptying asks, erases, and keeps fingerprints and dates" {
	printf one | put add name -u joe --note secret-note
	printf two | put add other
	vault -q rm name
	vault -q rm other
	answers 2 vault trash empty
	says "--yes"
	answers 3 vault trash empty --yes nobody
	answers 0 vault trash empty -y name
	says "Erased 1 entry."
	[ "$(vault trash | wc -l)" = 1 ]
	answers 0 vault trash empty -y
	says "Erased 1 entry."
	answers 3 vault trash restore name
	printf one | answers 8 vault add new --stdin0
	says "was in use at 'name', which has been deleted"
	answers 0 vault rescue -o saved --json
	run ! grep -qE 'secret-note|"one"|"two"|joe' saved
	answers 0 vault check
}

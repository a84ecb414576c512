#!/usr/bin/env bats
# Finding: by words in entries, by patterns and tags, and what is offered for what is not there.

load helpers

setup_file() {
	make_vault
	put add mailserver -u Anna@example.org --url https://mail.example.org/login --tag work \
		--tag mail <<<one
	put add webmail -u joe --tag work --field 'host=mx.example.org' <<<two
	put add 'Café München' -u joe --note 'Annas Lieblingscafé, Gutschein 4711' <<<three
	vault -q add bank --stdin --secret-field anna <<<$'four\nneedle' 2>/dev/null
}

@test "find prints the names, the best first" {
	answers 0 vault find mail
	printed $'mailserver\nwebmail\n'
	silent
	answers 0 vault find anna
	printed $'mailserver\nCafé München\n'
	answers 0 vault find WORK joe
	printed $'webmail\n'
	answers 0 vault find 'mx.example'
	printed $'webmail\n'
}

@test "upper and lower case and composed letters are the same" {
	answers 0 vault find 'CAFÉ MÜNCH'
	printed $'Café München\n'
	answers 0 vault find $'cafe\xcc\x81'
	printed $'Café München\n'
}

@test "passwords and secret fields are not searched, and nothing of a note is told" {
	for secret in one four needle; do
		answers 3 vault find "$secret"
		printed
	done
	answers 0 vault find gutschein
	printed $'Café München\n'
	unseen 4711
	answers 0 vault find gutschein --json
	printed '{"entries":[{"name":"Café München","matches":[{"kind":"note"}]}]}'$'\n'
	unseen 4711
}

@test "where it is, in JSON" {
	answers 0 vault find --json anna mail work
	[ "$(json 'j["entries"][0]["name"]')" = mailserver ]
	[ "$(json '[m.get("value") for m in j["entries"][0]["matches"]]')" = \
		"[None, 'Anna@example.org', 'work']" ]
	[ "$(json '[m["kind"] for m in j["entries"][0]["matches"]]')" = "['name', 'user', 'tag']" ]
	answers 0 vault find --json mx.
	[ "$(json 'j["entries"][0]["matches"]')" = \
		"[{'kind': 'text', 'key': 'host', 'value': 'mx.example.org'}]" ]
	answers 3 vault find --json nothing
	printed '{"entries":[]}'$'\n'
}

@test "at most so many" {
	answers 0 vault find --limit 1 mail
	printed $'mailserver\n'
	answers 0 vault find -n 5 mail --json
	[ "$(json 'len(j["entries"])')" = 2 ]
}

@test "nothing found: exit status 3, and near names" {
	answers 3 vault find mailsrver
	printed
	says "Did you mean 'mailserver'?"
	answers 3 vault find joe nothing
	says "no entry has all of these words"
	answers 2 vault find ''
	answers 2 vault find $'\xff'
	answers 4 locked find mail
}

@test "list takes patterns, parts of names, and tags, all of which must be there" {
	answers 0 vault list 'MAIL*'
	printed $'mailserver\n'
	answers 0 vault list mail
	printed $'mailserver\nwebmail\n'
	answers 0 vault list '?[!x]*m[a-h]il'
	printed $'webmail\n'
	answers 0 vault list --tag work
	printed $'mailserver\nwebmail\n'
	answers 0 vault list -t work --tag mail -l
	shows mailserver
	[ "$(wc -l <"$BATS_TEST_TMPDIR/out")" = 1 ]
	answers 0 vault list -t work -t other
	printed
	answers 0 vault list -t work 'web*'
	printed $'webmail\n'
}

@test "every command that takes a name offers near ones" {
	for command in get show history rm "edit -g" rename; do
		# shellcheck disable=SC2086 # two words, one of them
		answers 3 vault $command bnak $([ "$command" != rename ] || echo bank2)
		says "no entry 'bnak'. Did you mean 'bank'?"
	done
	vault -q rm bank
	for command in restore "empty --yes"; do
		# shellcheck disable=SC2086
		answers 3 vault trash $command bnak
		says "there is no 'bnak' in the trash; did you mean 'bank'?"
	done
}

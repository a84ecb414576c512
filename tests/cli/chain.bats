#!/usr/bin/env bats
# The recovery chain: what an entry is reset through, and what falls with one.

load helpers

@test "what is said names another entry, and survives its renaming" {
	vault -q add phone -g
	answers 3 vault add bank -g --resets-via mobile
	says "no entry 'mobile'"
	answers 3 vault get bank
	answers 0 vault add bank -g --resets-via PHONE --tag role:money
	answers 0 vault show bank
	shows "resets-via  phone"
	vault -q rename phone mobile
	answers 0 vault get bank -f resets-via
	printed mobile
	vault -q rm mobile
	answers 0 vault show bank --json
	[ "$(json '[f["value"] for f in j["fields"] if f["kind"] == "resets-via"]')" = \
		"['mobile (in the trash)']" ]
	answers 2 vault edit bank --resets-via bank
	says "its own password"
	vault -q add mail -g
	answers 0 vault edit bank --resets-via mail --clear resets-via
	answers 0 vault edit bank --resets-via mail # is there already
	answers 0 vault show bank
	[ "$(grep -c resets-via "$BATS_TEST_TMPDIR/out")" = 1 ]
	shows "resets-via  mail"
	answers 0 vault edit bank --clear resets-via
	answers 3 vault edit bank --clear resets-via
	answers 2 vault edit bank --field resets-via=mail
}

@test "audit shows each hub with what falls with it, and is content" {
	vault -q add mailserver -g -u joe --url https://mail.joe.example
	vault -q add shop -g -u Joe@joe.example
	vault -q add bank -g -u 4711 --field E-Mail=joe@joe.example
	vault -q add forum -g -u joe # no address: nothing follows
	vault -q add savings -g --resets-via bank
	answers 0 vault audit --all
	shows "Accounts that others can be reset through"
	grep -qxE '  mailserver +mailbox; 3 fall with it: bank, shop, savings \(via bank\)' \
		"$BATS_TEST_TMPDIR/out"
	shows "bank                            money; 1 falls with it: savings"
	[ "$(wc -l <"$BATS_TEST_TMPDIR/out")" = 4 ]
	answers 0 vault audit --json
	[ "$(json '[(h["name"], h["role"], h["falls"]) for h in j["hubs"]]')" = \
		"[('mailserver', 'mailbox', 3), ('bank', 'money', 1)]" ]
	address=joe@joe.example
	[ "$(json '[(e["name"], e["via"], e["address"], e["steps"])
		for e in j["hubs"][0]["entries"]]')" = "[('bank', 'mailserver', '$address', 1),"\
" ('shop', 'mailserver', '$address', 1), ('savings', 'bank', None, 2)]" ]
	vault -q edit mailserver --tag role:other
	answers 0 vault audit --json
	[ "$(json '[h["name"] for h in j["hubs"]]')" = "['bank']" ]
}

@test "of many names the text tells some, JSON all" {
	vault -q add mail -g -u joe@joe.example
	for name in a b c d e f g h i j k l; do vault -q add $name -g -u joe@joe.example; done
	answers 0 vault audit --all
	shows "12 fall with it: a, b, c, d, e, f, g, h, i, j, and 2 more"
	answers 0 vault audit --json
	[ "$(json 'len(j["hubs"][0]["entries"])')" = 12 ]
}

@test "the chain goes out and comes back with vault's own JSON" {
	vault -q add phone -g
	vault -q add bank -g --resets-via phone
	master -q export json all.json --plaintext --yes
	answers 0 master -q init --vault "$HOME/other" --no-recovery "${CHEAP[@]}"
	answers 0 master -q import all.json --vault "$HOME/other"
	answers 0 master show bank --vault "$HOME/other"
	shows "resets-via  phone"
	answers 0 master export chrome some.csv --plaintext --yes
	says "way to reset the password"
}

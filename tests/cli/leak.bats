#!/usr/bin/env bats
# The morning after a leak: one command tells what is hit, and by noon it is over.

load helpers

LEAKED=Sakura2013! # years ago at the shop and at the mail server

# entry NAME USER SINCE PASSWORD [FIELDS]: an object as `vault import json` takes it.
entry() {
	printf '%s{"name":"%s","user":"%s","created":"%s","modified":"%s","password":"%s",' \
		"${comma-}" "$1" "$2" "$3" "$3" "$4"
	printf '"password_since":"%s"%s}' "$3" "${5-}"
	comma=,
}

# Thirty entries. What matters among them: the shop, which has another password since; the mail
# server, whose password a mail client has typed ever since; a forum with next year's variant.
story() {
	local past url comma=
	past='"history":[{"password":"'$LEAKED'","since":"2019-05-02T10:00:00Z",'
	past+='"until":"2024-02-11T10:00:00Z"}]'
	url='"fields":[{"kind":"url","value":"https://mail.example.org"}]'
	printf '{"vault":1,"entries":['
	entry shop joe@example.org 2024-02-11T10:00:00Z 'mumbling kettles 91' ",$past"
	entry mailserver joe 2021-11-20T10:00:00Z "$LEAKED" ",$url"
	entry forum joe@example.org 2022-01-01T10:00:00Z sakura2014!
	entry bank joe@example.org 2022-01-01T10:00:00Z 'q8Vw-kuzf-2Lpx-m4Tz'
	for i in $(seq 26); do
		entry "site$i" "joe$i" 2020-01-01T10:00:00Z "$(head -c 15 /dev/urandom | base64)"
	done
	printf ']}\n'
}

@test "the story: all are named with reasons, in the right order, and it ends" {
	story | answers 0 vault import json -
	answers 7 vault leak shop --on 2023-06-01
	shows "Incident 1: shop, leaked on 2023-06-01; 2 entries need another password"
	shows "mailserver                      since 2021-11-20"
	shows "shop                            from 2019-05-02 to 2024-02-11"
	shows "forum                           upper and lower case, year changed; since 2022-01-01"
	unseen "$LEAKED"
	answers 7 vault leak shop --on 2023-06-01 --json
	[ "$(json '[(a["name"], a["kind"], a["progress"]) for a in j["affected"]]')" = \
		"[('mailserver', 'same-now', 'open'), ('shop', 'same-then', 'told'), $(
		)('forum', 'variant-now', 'open'), ('bank', 'user', 'told')]" ]
	[ "$(json '[(f["name"], f["hub"]) for f in j["falls"]]')" = \
		"[('bank', 'mailserver')]" ]
	answers 0 vault incident list
	shows "  1  shop, leaked on 2023-06-01; open since"

	answers 0 vault incident show --html
	shows "shop, leaked on 2023-06-01"
	shows bank
	unseen "<script"
	unseen src=

	answers 7 vault incident next
	printed $'mailserver\n'
	answers 8 vault incident close
	answers 0 vault edit -g mailserver
	answers 7 vault incident next
	printed $'forum\n'
	answers 0 vault edit -g forum
	answers 0 vault incident next
	printed
	answers 0 vault incident close
	answers 0 vault incident show 1
	shows "; closed on "
	shows "; changed on "
	answers 0 vault audit
	answers 0 vault check
}

@test "what leaked, and what is like it, is refused from then on" {
	vault -q add shop -g
	printf %s "$LEAKED" | put edit shop
	answers 7 vault leak shop
	printf %s "$LEAKED" | answers 8 vault add other --stdin
	says "refused: this password leaked from 'shop' on"
	printf Sakura2015! | answers 8 vault add other --stdin
	says "refused: a variant of it leaked from 'shop' on"
	printf Sakura2015! | answers 8 vault add other --stdin --json
	[ "$(json 'j["conflicts"][0]["kind"]')" = burned-variant ]
	printf Sakura2015! | answers 0 vault add other --stdin --allow-reuse 'it is what they have'
	answers 0 vault incident show --json
	[ "$(json '[a["name"] for a in j["incidents"][0]["affected"]
		if a["progress"] == "open"]')" = "['shop', 'other']" ]
	answers 0 vault incident dismiss other 'the account will be closed'
	answers 0 vault incident show
	shows "dismissed: the account will be closed"
	answers 3 vault incident dismiss other 'once more'
}

@test "a password that is in no entry" {
	printf %s "$LEAKED" | put add mailserver
	printf %s "$LEAKED" | answers 7 vault leak --password --stdin
	shows "(typed), leaked on"
	shows "mailserver"
	unseen "$LEAKED"
	printf 'nobody has this 77' | answers 0 vault leak --password --stdin
	printf 'nobody has this 77' | answers 8 vault add x --stdin
}

@test "a leak that is told again is heard: of another user, and of another day" {
	{
		printf '{"vault":1,"entries":['
		entry shop joe 2020-01-01T10:00:00Z "$LEAKED"
		entry annies annie 2020-01-01T10:00:00Z 'hers alone, 41'
		entry other ann@example.org 2020-01-01T10:00:00Z 'her other one, 52'
		printf ']}\n'
	} | answers 0 vault import json -
	answers 7 vault leak shop
	unseen annies
	answers 7 vault leak shop -u Annie
	shows "Incident 1: shop"
	shows annies
	answers 7 vault leak shop --email ann@example.org --json
	[ "$(json '[a["name"] for a in j["affected"] if a["kind"] == "user"]')" = \
		"['annies', 'other']" ]
	answers 7 vault leak shop -u annie --on "$(date +%F)" # today's, as before
	answers 0 vault incident show 1 --json
	[ "$(json 'len(j["incidents"][0]["affected"])')" = 3 ]
	answers 0 vault list --tag annie
	printed
	answers 7 vault leak shop --on 2021-03-04
	shows "Incident 2: shop, leaked on 2021-03-04"
	unseen annies
	answers 7 vault leak shop --on 2021-03-04 -u annie
	shows "Incident 2: shop, leaked on 2021-03-04"
	shows annies
	answers 0 vault check
	answers 0 vault edit -g shop
	answers 0 vault incident next
	says "Nothing is left to do"
}

@test "a password that is to be the next one of an entry must not be taken" {
	vault -q add mail -g
	vault -q add shop -g
	printf %s "$LEAKED" | answers 0 vault rotate mail --stdin
	printf %s "$LEAKED" | answers 7 vault leak --password --stdin
	shows "The leaked password is to be the next one"
	shows "vault rotate --abort mail"
	run ! grep -q shop "$BATS_TEST_TMPDIR/out"
	unseen "$LEAKED"
	answers 0 vault incident show --json 1
	[ "$(json '[(a["name"], a["kind"], a["progress"]) for a in
		j["incidents"][0]["affected"]]')" = "[('mail', 'pending', 'open')]" ]
	answers 7 vault incident next
	printed $'mail\n'
	answers 8 vault rotate --done mail
	answers 0 vault rotate --abort mail
	answers 0 vault incident next
	answers 0 vault check
}

@test "who is changed, but not everywhere, needs no other password" {
	printf %s "$LEAKED" | put add mailserver --used-by phone
	printf %s "$LEAKED" | put add shop --allow-reuse 'for the test'
	answers 7 vault leak shop
	shows "; 2 entries need another password"
	answers 0 vault edit -g mailserver
	answers 0 vault incident show
	shows "; 1 entry needs another password, 1 is changed but not everywhere"
	answers 0 vault edit -g shop
	answers 0 vault incident show
	shows "; 1 is changed but not everywhere"
	answers 0 vault incident show --html
	shows "Incident 1, open: 1 is changed but not everywhere"
}

@test "an incident is nobody who shares a password" {
	printf 'nobody has this 77' | answers 0 vault leak --password --stdin
	{
		printf '{"vault":1,"entries":['
		entry alone joe 2020-01-01T10:00:00Z 'nobody has this 77'
		entry one joe 2020-01-01T10:00:00Z 'two have this one 88'
		entry two joe 2020-01-01T10:00:00Z 'two have this one 88'
		printf ']}\n'
	} | answers 0 vault import --json json -
	[ "$(json '[j["reuse"][k] for k in ("groups", "entries")]')" = '[1, 2]' ]
	answers 7 vault incident next
	printed $'alone\n'
}

@test "a leak of before the entry: the first password that is known, told" {
	printf 'name,url,username,password,note\n%s\n' "shop,,joe,Hugo's own 77," \
		"mail,,joe,Hugo's own 77," >c.csv
	vault -q import c.csv >/dev/null
	answers 7 vault leak shop --on 2020-05-01
	says "the vault knows nothing of 'shop' before $(date +%F): the first"
	shows mail
	answers 7 vault leak shop --on 2020-05-01 --json
	[ "$(json '[j["incident"], j["known_since"][:4]]')" = "[1, '$(date -u +%Y)']" ]
	answers 7 vault leak shop --json
	[ "$(json 'j["known_since"]')" = None ]
}

@test "no password on a day between two" {
	printf '{"format":"vault","version":1,"entries":[{"name":"shop","password":"second 22",
		"password_since":"2022-01-01T10:00:00Z","history":[{"password":"first 11",
		"since":"2020-01-01T10:00:00Z","until":"2021-01-01T10:00:00Z"}]}]}' |
		vault -q import json - >/dev/null
	answers 3 vault leak shop --on 2021-06-01
	says "had no password then"
	answers 0 vault leak shop --on 2019-06-01
	says "the vault knows nothing of 'shop' before 2020-01-01"
}

@test "what cannot be: no entry, no day" {
	vault -q add shop -g
	answers 3 vault leak nobody
	says "no entry 'nobody'"
	answers 0 vault rename shop store
	answers 3 vault leak shop
	says "no entry 'shop', in the trash or erased neither; of one that was renamed"
	answers 0 vault rename store shop
	answers 2 vault leak shop --on 2001-02-30
	says "is no day"
	answers 2 vault leak shop --on 2062-11-24
	says "'2062-11-24' is yet to come"
	TZ=Pacific/Pago_Pago answers 2 vault leak shop --on "$(TZ=Pacific/Kiritimati date +%F)"
	says "is yet to come"
	answers 0 vault incident list
	says "There never was an incident."
	answers 2 vault leak
	answers 2 vault leak shop --password
	answers 3 vault incident show 7
	answers 2 vault incident show seven
	TZ=Pacific/Kiritimati answers 7 vault leak shop --on "$(TZ=Pacific/Kiritimati date +%F)"
}

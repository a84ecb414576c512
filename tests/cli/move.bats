#!/usr/bin/env bats
# Import and export: what comes and goes, and what is left alone.

load helpers

csv() { printf '%s\n' 'name,url,username,password,note' "$@"; }

@test "a file is recognised, taken, and adds nothing the second time" {
	csv 'mail,https://mail.example,joe,"s,e""cret",' \
		'mail,https://mail.example,ann,other,' >c.csv
	answers 0 vault import c.csv
	shows '2 of 2 entries added (Chrome CSV'
	shows 'mail (ann)'
	[ "$(vault get mail)" = 's,e"cret' ]
	answers 0 vault import c.csv
	shows '0 of 2 entries added'
	shows '2 there already'
	answers 0 vault check
}

@test "a dry run changes nothing, an update keeps the old password in the history" {
	csv 'mail,,joe,first,' >c.csv
	answers 0 vault import -n c.csv
	shows '+ mail (joe)'
	answers 3 vault get mail
	answers 0 vault import c.csv
	csv 'mail,,joe,second,' >c.csv
	answers 0 vault import c.csv
	shows '1 there but different'
	[ "$(vault get mail)" = first ]
	answers 0 vault import --update c.csv
	[ "$(vault get mail)" = second ]
	answers 0 vault history --reveal mail
	shows first
	answers 0 vault check
}

# later_copy FILE PYTHON: what the export FILE would be had the entry of it been changed a day
# later: runs PYTHON on `entry`, at the time `then`.
later_copy() {
	"$PYTHON" - "$1" "$2" <<-'END'
		import datetime, json, sys
		whole = json.load(open(sys.argv[1]))
		entry = whole["entries"][0]
		then = datetime.datetime.fromisoformat(entry["modified"].replace("Z", "+00:00"))
		then = (then + datetime.timedelta(days=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
		entry["modified"] = then
		exec(sys.argv[2])
		json.dump(whole, open(sys.argv[1], "w"))
	END
}

@test "a newer file that went back to an earlier password: that is the one in use again" {
	printf one | put add shop
	printf 'the second' | put edit shop
	answers 0 vault export json a.json --plaintext --yes
	later_copy a.json 'past = entry["history"]
past.append(dict(password=entry["password"], since=entry["password_since"], until=then))
entry.update(password=past[0]["password"], password_since=then)'
	answers 0 vault import --update -n a.json
	shows '~ shop: password'
	answers 0 vault import --update a.json
	shows '1 updated'
	[ "$(vault get shop)" = one ]
	answers 0 vault history --reveal shop
	shows 'the second'
	answers 0 vault import --update a.json
	shows '1 there already'
	answers 0 vault check
}

@test "the master password among those of a file is told" {
	csv "shop,,,$MASTER," >c.csv
	answers 0 master import -n c.csv
	shows 'The master password of this vault is one of the passwords.'
	answers 0 master import --json c.csv
	[ "$(json 'j["reuse"]["master"]')" = True ]
	csv 'shop,,,another,' >c.csv
	answers 0 master import --json --update c.csv
	[ "$(json 'j["reuse"]["master"]')" = False ]
}

@test "a file whose note alone is newer, or without dates, brings no earlier password back" {
	printf one | put add shop
	vault export -q json a.json --plaintext --yes
	later_copy a.json 'entry["fields"].append(dict(kind="note", value="later"))'
	printf 'the second' | put edit shop
	answers 0 vault import --update a.json
	shows '1 updated'
	[ "$(vault get shop)" = 'the second' ]
	[ "$(vault get -f note shop)" = later ]
	csv 'shop,,,one,' >c.csv
	answers 0 vault import --update c.csv
	[ "$(vault get shop)" = 'the second' ]
}

@test "an older file: what differs stays and is told, what is missing is taken, once" {
	printf one | put add shop -u joe --note first
	vault export -q json a.json --plaintext --yes
	sleep 2
	printf 'the second' | put edit shop -u ann --note second
	for option in -n --; do
		answers 0 vault import --update "$option" a.json
		shows '1 there already'
		shows 'field: the entry has another value, and keeps it (shop)'
		unseen '~ shop'
	done
	answers 0 vault import a.json
	shows '1 there already'
	"$PYTHON" - <<-END
		import json
		whole = json.load(open("a.json"))
		whole["entries"][0]["fields"].append(dict(kind="text", key="pin", value="12"))
		json.dump(whole, open("a.json", "w"))
	END
	answers 0 vault import --update a.json
	shows '1 updated'
	[ "$(vault get -f pin shop)" = 12 ]
	[ "$(vault get -f note shop)" = second ]
	[ "$(vault get -f user shop)" = ann ]
	answers 0 vault import --update a.json
	shows '1 there already'
	answers 0 vault check
}

@test "an entry that was renamed or trashed in the file keeps its name and its place, told" {
	printf one | put add a
	printf 'the second' | put add b
	vault backup copy
	XDG_STATE_HOME=$HOME/there master --vault copy rename -q a a2
	XDG_STATE_HOME=$HOME/there master --vault copy rm -q b
	XDG_STATE_HOME=$HOME/there master --vault copy export -q json a.json --plaintext --yes
	answers 0 vault import --update a.json
	shows '2 there already'
	shows 'name: the entry keeps its own (a)'
	shows 'trash: it is in the trash there, and stays here (b)'
	XDG_STATE_HOME=$HOME/there master --vault copy edit -q a2 --note x
	XDG_STATE_HOME=$HOME/there master --vault copy export -q json b.json --plaintext --yes
	answers 0 vault import --update -n b.json
	shows '~ a (a2 in the file): fields'
	answers 0 vault import --update b.json
	[ "$(vault get -f note a)" = x ]
}

@test "a row that updates an entry which had to be named otherwise is listed by that name" {
	csv 'mail,https://mail.example,joe,first,' 'mail,https://mail.example,ann,other,' >c.csv
	vault import -q c.csv
	csv 'mail,https://mail.example,joe,first,' 'mail,https://mail.example,ann,newer,' >c.csv
	answers 0 vault import --update -n c.csv
	shows '~ mail (ann) (mail in the file): password'
}

@test "a password that leaked, or a variant of it, comes in and is told" {
	printf 'Str0ng-horse.7' | put add shop
	answers 7 vault leak shop
	csv 'one,,u,Str0ng-horse.7,' 'two,,v,Str0ng-horse.8,' 'three,,w,unlike it,' >c.csv
	answers 0 vault import -n c.csv
	shows "2 with a password that leaked, or is like one that did; 'vault incident show'"
	answers 0 vault import c.csv
	shows "2 with a password that leaked"
	run vault incident show
	[[ $output == *one* && $output == *two* ]]
	answers 0 vault import --update c.csv
	unseen 'that leaked'
}

@test "all or nothing: a broken line leaves the vault as it was, and is named" {
	csv 'one,,u,a,' '"two' >c.csv
	answers 2 vault import c.csv
	says 'line 3'
	answers 0 vault list
	printed ''
}

@test "a file that is one long line is looked at in no time" {
	truncate -s 250M long
	answers 2 timeout 10 setsid -w "$VAULT" import long
	says 'long is of no format that is known here'
}

@test "any CSV by a map" {
	printf 'Titel;Login;Kennwort;PIN\nbank;joe;geheim;1234\n' >c.csv
	answers 2 vault import c.csv
	answers 0 vault import --map name=Titel --map user=Login --map password=Kennwort c.csv
	[ "$(vault get bank)" = geheim ]
	[ "$(vault get -f PIN bank)" = 1234 ]
}

@test "two columns for what an entry has one of are refused" {
	printf 'name,url,username,password,password\na,,u,p1,p2\n' >c.csv
	answers 2 vault import c.csv
	says "line 1: the columns 'password' and 'password' hold the same thing"
	printf 'Titel;Login;Kennwort\nbank;joe;geheim\n' >c.csv
	answers 2 vault import --map name=Titel --map name=Login --map password=Kennwort c.csv
	says "line 1: the columns 'Titel' and 'Login' hold the same thing"
	answers 0 vault list
	printed ''
}

@test "a column that is left out by the map is said to be" {
	printf 'Titel;Kennwort;PIN\nbank;geheim;1234\n' >c.csv
	answers 0 vault import --map name=Titel --map password=Kennwort --map -=PIN c.csv
	shows 'PIN: left out by --map (bank)'
}

@test "a file that cannot be taken is refused with the reason" {
	touch empty
	answers 2 vault import empty
	says 'empty is empty'
	printf 'name,url,username,password\na,,u,p\n' | iconv -t UTF-16 >c.csv
	answers 2 vault import c.csv
	says 'c.csv is in UTF-16'
	answers 2 vault import chrome c.csv
	says 'it is in UTF-16'
	printf 'name,url,username,password\na,,u,p\nb,,u,p\xe4\n' >c.csv
	answers 2 vault import c.csv
	says 'line 3: it is not in UTF-8'
	echo name,url,username,password >c.csv
	truncate -s 200M c.csv
	answers 2 vault import c.csv
	says 'line 2: more in one cell than an entry can hold'
}

@test "own JSON: out and in again is the same, byte for byte; bytes, control characters, history" {
	printf '\377\001"\\\n,' | put add odd -u joe --url https://a --tag t --field 'k=v "w"'
	printf one | put add two --note $'a\nb\001'
	printf 'another one' | put edit two
	answers 2 vault export json a.json
	answers 0 vault export json a.json --plaintext --yes
	says 'UNENCRYPTED'
	[ "$(stat -c %a a.json)" = 600 ]
	answers 6 vault export json a.json --plaintext --yes
	rm "$FILE"
	master init -q --no-recovery "${CHEAP[@]}"
	answers 0 master import a.json
	answers 0 master export json b.json --plaintext --yes
	cmp a.json b.json
}

@test "own JSON made by hand: a value of another kind than belongs there is kept, and told" {
	cat >h.json <<-END
	{"format": "vault", "version": 1, "entries": [
	{"name": "door", "password": 4711, "user": ["a"], "created": "yesterday", "uuid": "x",
	 "history": [{"password": 12}],
	 "fields": [{"kind": "secret", "key": "PIN", "value": 1234}, "loose"]}]}
	END
	answers 0 vault import h.json
	shows 'password: kept as a secret field (door)'
	shows 'created: kept as a secret field (door)'
	[ "$(vault get -f 'password (2)' door)" = 4711 ]
	[ "$(vault get -f PIN door)" = 1234 ]
	[ "$(vault get -f 'user (2)' door)" = '["a"]' ]
	[ "$(vault get -f 'earlier password' door)" = 12 ]
	[ "$(vault get -f field door)" = loose ]
	answers 0 vault import h.json
	shows '0 of 1 entry added'
	shows '1 there already'
}

@test "own JSON made by hand: what is no base 64 is kept as it is, and told" {
	cat >h.json <<-END
	{"format": "vault", "version": 1, "entries": [
	{"name": "door", "password_base64": "no base!", "history": [{"password_base64": "n!"}],
	 "fields": [{"kind": "secret", "key": "PIN", "value_base64": "12:34"},
	            {"kind": "note", "value_base64": 7}]},
	{"name": "gate", "password_base64": "c2VzYW1l"}]}
	END
	answers 0 vault import h.json
	shows 'password_base64: kept as a secret field (door)'
	shows 'PIN: kept as a secret field (door)'
	[ "$(vault get -f password_base64 door)" = 'no base!' ]
	[ "$(vault get -f PIN door)" = 12:34 ]
	[ "$(vault get -f field door)" = 7 ]
	[ "$(vault get -f 'earlier password' door)" = "n!" ]
	[ "$(vault get gate)" = sesame ]
	answers 0 vault import h.json
	shows '2 there already'
}

@test "what went to standard output is not called a file" {
	printf one | put add a
	printf two | put add b --allow-reuse 'for the test'
	answers 0 vault export json - --plaintext --yes
	says '2 entries went to standard output.'
	says 'UNENCRYPTED'
	if grep -qE "shred|in -" "$BATS_TEST_TMPDIR/err"; then false; fi
	answers 0 vault status
	shows '1 that anybody can read; 0 still there'
	shows '(standard output)'
	if grep -q "shred" "$BATS_TEST_TMPDIR/out"; then false; fi
	answers 0 vault export json ./- --plaintext --yes
	says '2 entries are in ./-.'
	says 'shred -u ./-'
}

@test "where nothing can be written, that is said before anything is asked" {
	touch there
	answers 6 vault export there
	says 'there is a file there already; --replace takes its place'
	answers 6 vault export chrome there --plaintext
	says 'there is a file there already'
	answers 1 vault export no/where.kdbx
	says "cannot create 'no/where.kdbx'"
	answers 4 vault export here.kdbx
	[ "$(ls)" = "$(printf 'key\nmaster\nthere')" ]
}

@test "the help names every format, and what a map can say" {
	touch empty
	local command
	for command in import export; do
		answers 2 vault "$command" nosuch empty
		sed 's/.*there are: //; s/, /\n/g' "$BATS_TEST_TMPDIR/err" >names
		[ "$(wc -l <names)" -gt 10 ]
		answers 0 vault "$command" --help
		sed -n '/^FORMAT is/,/^$/p' "$BATS_TEST_TMPDIR/out" | tr -s ' ,.\n' '\n' |
			sed '1,2d; /^or$/d; /^$/d' >told
		diff <(sort names) <(sort told)
	done
	answers 0 vault import --help
	shows 'name, user, password, url, note, otp, tag, folder, created,'
}

@test "a format without a file is no file of that name" {
	answers 2 vault export chrome
	says "'chrome' is a format: name the file behind it"
	answers 4 vault export ./chrome
	answers 2 vault export
	says 'FILE is missing'
	answers 2 vault import
	says 'FILE is missing'
}

@test "what a format has no room for is told before" {
	printf one | put add a --tag t --url https://one --url https://two
	answers 0 vault export chrome c.csv --plaintext --yes
	says 'tag: the format has no room for it (a)'
	grep -q '"a","https://one","","one",""' c.csv
}

@test "Bitwarden's JSON: recognised, taken, and out again for Bitwarden" {
	answers 0 vault import "$SOURCE/tests/samples/bitwarden.json"
	shows '6 of 6 entries added (Bitwarden JSON'
	shows 'passkey: kept as a secret field'
	[ "$(vault get 'mail server')" = 'p"a\s,s' ]
	answers 0 vault import "$SOURCE/tests/samples/bitwarden.json"
	shows '6 there already'
	answers 2 vault export bitwarden-json b.json
	answers 0 vault export bitwarden-json b.json --plaintext --yes
	rm "$FILE"
	master init -q --no-recovery "${CHEAP[@]}"
	answers 0 master import b.json
	[ "$(master get 'mail server')" = 'p"a\s,s' ]
	answers 0 master check
}

@test "Bitwarden's encrypted JSON: what a program of others opens, and takes back" {
	printf 'se"cret\303\244' | put add mail -u joe --url https://a --url https://b --tag t \
		--field 'k=v' --note $'one\ntwo'
	printf new | put edit mail
	printf 'open sesame\n' >password
	answers 4 vault export bitwarden-json-encrypted e.json
	answers 0 vault export bitwarden-json-encrypted e.json --export-password-file password
	[ "$(stat -c %a e.json)" = 600 ]
	run ! grep -qE 'mail|joe|cret' e.json
	answers 0 vault export bitwarden-json p.json --plaintext --yes
	/usr/bin/python3 "$SOURCE/tests/reader/read_bitwarden.py" e.json password >d.json
	cmp p.json d.json
	rm "$FILE"
	master init -q --no-recovery "${CHEAP[@]}"
	printf 'open sesam\n' >wrong
	answers 5 master import e.json --import-password-file wrong
	says 'not its password'
	answers 4 master import e.json
	answers 0 master list
	printed ''
	answers 0 master import e.json --import-password-file password
	[ "$(master get mail)" = new ]
	answers 0 master history --reveal mail
	shows 'se"cret'
	answers 0 master check
}

@test "a file that only a Bitwarden account opens is refused with what to do" {
	printf '{"encrypted": true, "encKeyValidation_DO_NOT_EDIT": "2.a|b|c", "items": []}' >a.json
	answers 2 vault import a.json
	says 'export it again as "password protected"'
}

@test "what is written in the clear and cut off leaves nothing behind" {
	head -c 60000 /dev/zero | tr '\0' x | put add long
	head -c 60000 /dev/zero >large
	vault -q attach add long large
	mkdir to
	for cut in "export chrome to/some.csv --plaintext --yes" \
		"export json to/all.json --plaintext --yes" "attach get long large to/large"; do
		status=0
		# shellcheck disable=SC2086 # several words
		(ulimit -c 0 -f 8 && vault -q $cut 2>/dev/null) || status=$?
		[ "$status" -gt 128 ] # by SIGXFSZ
		[ -z "$(ls to)" ]
	done
	answers 0 vault export chrome to/some.csv --plaintext --yes
	answers 6 vault export chrome to/some.csv --plaintext --yes
	answers 0 vault export chrome to/some.csv --plaintext --yes --replace
	[ "$(ls to)" = some.csv ]
	[ "$(stat -c %a,%h to/some.csv)" = 600,1 ]
}

# another_home: empty, while the first one's files stay.
another_home() {
	cp -R "$BATS_FILE_TMPDIR/home" "$BATS_TEST_TMPDIR/$1"
	live_at "$BATS_TEST_TMPDIR/$1"
}

@test "what an entry is reset through is the entry that was there, wherever it stands in the file" {
	vault -q add early -g
	vault -q add mail -g -u j@e.org --url https://mail.e.org
	vault -q add shop -g --resets-via mail
	vault -q edit early --resets-via mail --resets-via shop
	vault -q add phone -g
	vault -q add bank -g --resets-via phone
	answers 0 vault export json "$BATS_TEST_TMPDIR/all.json" --plaintext --yes
	another_home second
	vault -q add mail -g -u j@e.org --url https://mail.e.org
	answers 0 vault import --json "$BATS_TEST_TMPDIR/all.json"
	[ "$(json '[(r["fate"], r["count"]) for r in j["account"] if "reset" in r["what"]]')" = \
		"[('taken', 4)]" ]
	answers 0 vault get shop -f resets-via
	printed mail
	answers 0 vault show early
	shows 'resets-via  mail'
	shows 'resets-via  shop'
	answers 0 vault check
	for flag in '' --update; do # shellcheck disable=SC2086 # none, or one
		answers 0 vault import $flag "$BATS_TEST_TMPDIR/all.json"
		shows '0 of 5 entries added'
		shows '4 there already'
	done
	answers 7 vault leak mail
	shows shop
}

@test "what an entry is reset through and is not in the file either is not taken, and told" {
	vault -q add phone -g
	vault -q add mail -g
	vault -q add bank -g --resets-via phone --resets-via mail
	answers 0 vault export json "$BATS_TEST_TMPDIR/all.json" --plaintext --yes
	python3 - "$BATS_TEST_TMPDIR/all.json" <<-'END'
		import json, sys
		with open(sys.argv[1]) as file:
		    whole = json.load(file)
		items = next(v for v in whole.values() if isinstance(v, list))
		items[:] = [item for item in items if item["name"] != "phone"]
		with open(sys.argv[1], "w") as file:
		    json.dump(whole, file)
	END
	another_home second
	answers 0 vault import "$BATS_TEST_TMPDIR/all.json"
	shows 'way to reset the password: the entry that it leads through is not there (bank)'
	answers 0 vault get bank -f resets-via
	printed mail
	answers 0 vault import "$BATS_TEST_TMPDIR/all.json"
	shows '2 there already'
	answers 0 vault check
}

@test "bytes that a format has as base64 are not taken for others when they come back" {
	printf '\377\001\002' | put add odd -u joe --url https://a
	printf '\376\001' | vault -q edit odd --secret-field k=-
	printf 'first\375' | put edit odd
	answers 0 vault export json before.json --plaintext --yes
	for format in bitwarden-json chrome cxf; do
		answers 0 vault export $format out --plaintext --yes
		for flag in '' --update; do # shellcheck disable=SC2086 # none, or one
			answers 0 vault import $flag out
			shows '1 there already'
		done
		rm out
	done
	answers 0 vault export json after.json --plaintext --yes
	cmp before.json after.json
}

@test "of two rows that only the password tells apart, each is the entry that it was before" {
	printf one | put add shop -u joe
	printf '%s\n' name,url,username,password,note shop,,joe,one, shop,,joe,two, >rows.csv
	answers 0 vault import chrome rows.csv
	shows '1 of 2 entries added'
	answers 0 vault import -n --update chrome rows.csv
	shows '0 of 2 entries'
	shows '2 there already'
	answers 0 vault import --update chrome rows.csv
	[ "$(vault get shop)" = one ]
	[ "$(vault get 'shop (joe)')" = two ]
}

@test "rows without an identity are known by the names that other formats' entries got" {
	cat >own.json <<-'END'
		{"format": "vault", "version": 1, "entries": [
		  {"name": "shop", "user": "joe", "password": "one"},
		  {"name": "shop", "user": "joe", "password": "two"},
		  {"name": "shop", "user": "ann", "password": "three"},
		  {"name": "shop", "user": "joe", "password": "four"},
		  {"name": "shop", "password": "five"}]}
	END
	sed -i 's/{"name"/{"uuid": "00000000-0000-4000-8000-00000000000X", "name"/' own.json
	for number in 1 2 3 4 5; do sed -i "0,/X/s/X/$number/" own.json; done
	answers 0 vault import own.json
	shows '5 of 5 entries added'
	printf '%s\n' name,url,username,password,note shop,,,five, shop,,joe,four, shop,,joe,two, \
		shop,,ann,three, shop,,joe,one, >rows.csv
	answers 0 vault import --update chrome rows.csv
	shows '0 of 5 entries'
	shows '5 there already'
	echo shop,,joe,six, >>rows.csv
	for times in 1 0; do
		answers 0 vault import --update chrome rows.csv
		shows "$times of 6 entries added"
		[ "$(vault get shop)" = one ]
	done
}

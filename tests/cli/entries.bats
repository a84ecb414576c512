#!/usr/bin/env bats
# Entries: what goes in comes out, byte by byte, and what is found under which name.

load helpers


@test "passwords of any bytes" {
	printf 'a\n' >newline
	printf '\n' >only-newline
	printf '\0' >only-nul
	printf 'x\0\r\n\0y\n\n' >mixed
	printf '\xff\xfe\x80' >binary
	printf 'päßwörd ключ 鍵 🔑' >text
	head -c 65536 /dev/urandom >longest
	for file in newline only-newline only-nul mixed binary text longest; do
		vault -q add "$file" --stdin0 <$file 2>/dev/null
		answers 0 vault get "$file"
		cmp $file "$BATS_TEST_TMPDIR/out"
		silent
	done
	printf 'one\0two\n' >changed
	answers 0 vault edit text --stdin0 <changed
	answers 0 vault get text
	cmp changed "$BATS_TEST_TMPDIR/out"
}

@test "--stdin takes one line and leaves the newline out, nothing else" {
	printf ' two words\t \r\nnot this\n' | vault -q add name --stdin
	answers 0 vault get name
	printed $' two words\t \r'
	printf 'no newline at the end' | vault -q add other --stdin
	answers 0 vault get other
	printed 'no newline at the end'
}

@test "too long, and nothing at all: refused, nothing stored" {
	head -c 65537 /dev/zero | answers 2 vault add name --stdin0
	head -c 65537 /dev/zero | tr '\0' x | answers 2 vault add name --stdin
	answers 2 vault add name --stdin </dev/null
	answers 2 vault add name --stdin0 </dev/null
	echo | answers 2 vault add name --stdin
	answers 0 vault list
	printed
}

@test "standard input in order: the password, secret fields, the note" {
	printf 'password\n1234\n5678\nline one\nline two\n' | vault -q add sim --stdin \
		--secret-field pin --secret-field puk=- --note -
	for field in password:password pin:1234 puk:5678 note:$'line one\nline two\n'; do
		answers 0 vault get sim -f "${field%%:*}"
		printed "${field#*:}"
	done
	printf 'a\nb\n' | answers 2 vault add short --stdin --secret-field x --secret-field y
	printf 'token\n' | answers 0 vault edit sim --secret-field pin=-
	answers 0 vault get sim -f pin
	printed token
	printf 'token\n' | answers 4 vault edit sim --secret-field pin
}

@test "every field" {
	answers 0 vault add name -g -u joe --url https://a.example --url https://b.example --tag x \
		--tag y --field 'key=a=b' --field 'Größe=ja' --note 'a note'
	for field in user:joe url:https://a.example key:a=b Größe:ja 'note:a note' name:name; do
		answers 0 vault get name -f "${field%%:*}"
		printed "${field#*:}"
		silent
	done
	answers 3 vault get name -f nothing
	printed
	says "'name' has no 'nothing'"
	answers 0 vault show name
	shows b.example
	run ! grep -q 'a note' "$BATS_TEST_TMPDIR/out"
	answers 0 vault show name --reveal
	shows 'a note'
}

@test "edit changes what is named and keeps the rest" {
	vault -q add name -g -u joe --url https://a.example --tag x --field k=v --note n
	vault get name >before
	answers 0 vault edit name -u jane --tag y --field k=w
	says "Changed 'name'."
	vault get name | cmp - before
	answers 0 vault show name --json
	[ "$(json '[j["user"]] + [f.get("value") for f in j["fields"]]')" = \
		"['jane', 'https://a.example', 'x', 'y', 'w', None]" ]
	answers 0 vault edit name --clear user --clear url --clear tag --clear note --clear k
	answers 0 vault show name --json
	[ "$(json 'j["user"], j["fields"]')" = "(None, [])" ]
	vault -q edit name --url https://b.example
	answers 0 vault edit name --url https://c.example --clear url # cleared first
	answers 0 vault get name -f url
	printed https://c.example
	answers 3 vault edit name --clear user
	answers 3 vault edit nobody -u joe
}

@test "names: exact, or the only one but for upper and lower case" {
	printf one | put add Mail
	answers 0 vault get mAIL
	printed one
	printf two | put add mail
	answers 0 vault get mail
	printed two
	answers 0 vault get Mail
	printed one
	answers 3 vault get MAIL
	printf three | put add STRASSE
	answers 0 vault get straße
	printed three
	answers 0 vault edit straSSe -u joe
	answers 6 vault add STRASSE -g
	says "vault edit"
}

@test "names are one, however the accents are written" {
	printf one | put add $'cafe\xcc\x81'
	answers 0 vault get $'caf\xc3\xa9'
	printed one
	answers 0 vault list
	printed $'caf\xc3\xa9\n'
	answers 6 vault add $'caf\xc3\xa9' -g
}

@test "names that cannot be" {
	long=$(printf 'x%.0s' {1..255})
	answers 0 vault add "$long" -g
	for name in "${long}x" '' ' x' 'x ' $'a\tb' $'a\nb' $'a\x7f' $'\xc2\x85' $'\xff'; do
		answers 2 vault add "$name" -g
		answers 2 vault rename "$long" "$name"
	done
	answers 0 vault list
	printed "$long"$'\n'
}

@test "a name that is not there: the nearest are told" {
	for name in mailserver mailserver2 shop; do vault -q add "$name" -g; done
	for command in get show rm history "edit -g"; do
		# shellcheck disable=SC2086
		answers 3 vault $command mailsrver
		printed
		says "'mailsrver'"
	done
	answers 3 vault rename mailsrver new
	answers 3 vault get mailsrver
	says "Did you mean 'mailserver'"
	answers 3 vault get zzzzzzzz
	run ! grep -q "Did you mean" "$BATS_TEST_TMPDIR/err"
}

@test "rename" {
	printf one | put add old
	printf two | put add other
	answers 0 vault rename OLD new
	says "'new'"
	answers 3 vault get old
	answers 0 vault get new
	printed one
	answers 6 vault rename new other
	answers 0 vault rename new New
	answers 0 vault rename New New
	says "already"
	answers 0 vault list
	printed $'New\nother\n'
}

@test "list: sorted names; a part, a pattern, a tag; long" {
	for name in b/two a/one C.three; do
		vault -q add "$name" -g -u "user of $name" --tag t-$name
	done
	answers 0 vault list
	printed $'C.three\na/one\nb/two\n'
	silent
	answers 0 vault list O
	printed $'a/one\nb/two\n'
	answers 0 vault list '?/*'
	printed $'a/one\nb/two\n'
	answers 0 vault list 'c.[t]*'
	printed $'C.three\n'
	answers 0 vault list -t t-b/two
	printed $'b/two\n'
	answers 0 vault list --tag t-
	printed
	answers 0 vault list -l '*two'
	printed "b/two	user of b/two	$(date +%F)"$'\n'
}

@test "a generated password: the longest strong one, or what is asked for" {
	answers 0 vault add long -g
	[ "$(vault get long | wc -c)" = 128 ]
	says "128 characters"
	vault -q add short --length 20 --charset alnum
	[[ $(vault get short) =~ ^[A-Za-z0-9]{20}$ ]]
	vault -q add phrase --words 5
	[[ $(vault get phrase) =~ ^[a-z]+(.[a-z]+){4}$ ]]
	vault get short >former
	answers 0 vault edit short -g --length 64
	[ "$(vault get short | wc -c)" = 64 ]
	vault history short --reveal | grep -qF "$(<former)"
}

@test "generate: one line, the bits beside it" {
	answers 0 locked generate
	[ "$(wc -c <"$BATS_TEST_TMPDIR/out")" = 33 ]
	[[ $(<"$BATS_TEST_TMPDIR/err") =~ ^[0-9]+\.[0-9]\ bits$ ]]
	answers 0 locked generate -q --length 3 --charset lower,digit,upper
	[[ $(<"$BATS_TEST_TMPDIR/out") == *[[:lower:]]* ]]
	local made
	made=$(<"$BATS_TEST_TMPDIR/out")
	[[ $made == *[[:digit:]]* && $made == *[[:upper:]]* ]]
	silent
	answers 0 locked generate --length 50 --charset 'digit,[]_]'
	[[ $(<"$BATS_TEST_TMPDIR/out") =~ ^[]0-9_]{50}$ ]]
	answers 0 locked generate --words 6
	[ "$(<"$BATS_TEST_TMPDIR/err")" = "77.5 bits" ]
	answers 0 locked generate --length 4096 --charset digit
	[[ $(<"$BATS_TEST_TMPDIR/out") =~ ^[0-9]{4096}$ ]]
}

@test "show hides every secret in the same length" {
	printf 'a\n' | vault -q add short --stdin --note n
	printf 'much longer than that\npin\n' | vault -q add long --stdin --secret-field note2
	for name in short long; do
		answers 0 vault show $name
		grep -E 'password|note' "$BATS_TEST_TMPDIR/out" |
			sed 's/note2\?  */password  /' >$name
	done
	cmp short long
	run ! grep -q "much longer" long
}

@test "weak passwords are warned about, not refused" {
	echo 123456 | answers 0 vault add name --stdin
	says "very weak"
	head -c 30 /dev/urandom | base64 | answers 0 vault add strong --stdin
	run ! grep -q warning "$BATS_TEST_TMPDIR/err"
}

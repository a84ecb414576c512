#!/usr/bin/env bats
# What comes from KeePass and its relatives, and goes there.

load helpers

# kpxml ENTRY: a document around it.
kpxml() {
	printf '<?xml version="1.0" encoding="utf-8"?><KeePassFile><Root><Group>%s' "$1"
	printf '</Group></Root></KeePassFile>'
}

field() { printf '<String><Key>%s</Key><Value>%s</Value></String>' "$1" "$2"; }

@test "XML of KeePass is recognised, taken, and adds nothing the second time" {
	kpxml "<Entry><UUID>AgICAgICAgICAgICAgICAg==</UUID>$(field Title shop)$(field Password one)
		<AutoType><Enabled>False</Enabled></AutoType></Entry>" >a.xml
	answers 0 vault import a.xml
	shows '1 of 1 entry added (KeePass 2 XML)'
	shows 'auto-type: of use to that program only (shop)'
	[ "$(vault get shop)" = one ]
	answers 0 vault import a.xml
	shows '0 of 1 entry added'
}

@test "XML with a DOCTYPE, or cut off, is refused by its line, and nothing is taken" {
	printf '<!DOCTYPE k [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]>\n<KeePassFile>&b;' >a.xml
	answers 2 vault import a.xml
	says 'line 1: it has a DOCTYPE'
	kpxml "<Entry>$(field Password one)</Entry><Entry>" >a.xml
	answers 2 vault import a.xml
	says 'line 1: mismatched tag'
	answers 0 vault list
	printed ''
}

@test "an entry with a hundred fields of each kind is taken in the sandbox" {
	local fields='' n
	for n in {1..100}; do fields+=$(field "KP2A_URL_$n" "https://$n")$(field "k$n" "$n"); done
	kpxml "<Entry>$fields$(field Password one)</Entry>" >a.xml
	answers 0 vault import a.xml
	shows '100     text field'
}

# filled_vault: entries with all that KeePass has a place for, and some that it has none for.
filled_vault() {
	echo 'otpauth://totp/x?secret=GEZDGNBVGY3TQOJQ&period=60' >otp
	printf 'old <&> "1"' | put add work/mail -u 'joe <&>' --url https://a --url https://b \
		--tag 'x y' --tag 'a;b' --note $'one\ntwo ]]>' --field 'Title=t' \
		--rules 'minlength: 12' --otp-file otp
	printf 'new \001\377' | put edit work/mail
	printf 'pass' | put add plain
	printf 'gone' | put add work/gone
	vault rm -q work/gone
}

@test "out as KeePass XML and in again is the same, byte for byte" {
	filled_vault
	answers 0 vault export json a.json --plaintext --yes
	answers 0 vault export keepass-xml a.xml --plaintext --yes
	rm "$FILE"
	master init -q --no-recovery "${CHEAP[@]}"
	answers 0 master import a.xml
	answers 0 master export json b.json --plaintext --yes
	# KeePass's files go by name, this one by age.
	cmp <(sed s/^,// a.json | sort) <(sed s/^,// b.json | sort)
}

@test "when a user of a password got it goes out and comes back" {
	put add mail --used-by phone --used-by laptop --used-by 'a.b 2.x' <<<one
	answers 0 vault export json a.json --plaintext --yes
	sed -i 's/"key":"[^"]*",//' a.json # not known of the first
	[ "$(grep -o '"key":' a.json | wc -l)" = 2 ]
	rm "$FILE"
	master init -q --no-recovery "${CHEAP[@]}"
	answers 0 master import a.json
	answers 0 master export json c.json --plaintext --yes
	answers 0 master export keepass-xml a.xml --plaintext --yes
	answers 0 master import a.xml
	shows '1 there already'
	rm "$FILE"
	master init -q --no-recovery "${CHEAP[@]}"
	# As older files have it: without the date.
	sed 's/used-by\.\([0-9]\)\.[^<]*/used-by.\1/' a.xml >old.xml
	answers 0 master import -n old.xml
	shows '3       user of the password'
	answers 0 master import a.xml
	answers 0 master export json b.json --plaintext --yes
	cmp c.json b.json
}

@test "KeePassXC reads it, and what KeePassXC writes comes back the same" {
	command -v keepassxc-cli >/dev/null || skip "keepassxc-cli is not installed"
	export QT_QPA_PLATFORM=offscreen
	filled_vault
	vault export -q json a.json --plaintext --yes
	vault export -q keepass-xml a.xml --plaintext --yes
	printf 'pw\npw\n' | keepassxc-cli import -p -t 100 a.xml a.kdbx
	echo pw | keepassxc-cli show -q -s -a Password a.kdbx plain >out
	[ "$(cat out)" = pass ]
	echo pw | keepassxc-cli show -q -t a.kdbx work/mail >out
	grep -Eqx '[0-9]{6}' out
	echo pw | keepassxc-cli export -q a.kdbx >b.xml
	rm "$FILE"
	master init -q --no-recovery "${CHEAP[@]}"
	answers 0 master import b.xml
	answers 0 master export json b.json --plaintext --yes
	"$PYTHON" - <<-END
		import json
		one, two = (json.load(open(f"{name}.json"))["entries"] for name in "ab")
		for entry in one + two:
		    entry["fields"].sort(key=json.dumps)
		assert {e["uuid"]: e for e in one} == {e["uuid"]: e for e in two}, (one, two)
	END
}

@test "KeePassXC went back to an earlier password: so does an update" {
	command -v keepassxc-cli >/dev/null || skip "keepassxc-cli is not installed"
	export QT_QPA_PLATFORM=offscreen
	printf one | put add shop
	printf 'the second' | put edit shop
	vault export -q keepass-xml a.xml --plaintext --yes
	printf 'pw\npw\n' | keepassxc-cli import -p -t 100 a.xml a.kdbx
	sleep 2
	printf 'pw\none\n' | keepassxc-cli edit -q -p a.kdbx shop
	echo pw >pw
	answers 0 vault import --update --import-password-file pw a.kdbx
	shows '1 updated'
	[ "$(vault get shop)" = one ]
	answers 0 vault import --update --import-password-file pw a.kdbx
	shows '1 there already'
}

@test "what KeePassXC says the date of is kept once by an update" {
	command -v keepassxc-cli >/dev/null || skip "keepassxc-cli is not installed"
	export QT_QPA_PLATFORM=offscreen
	printf one | put add shop -u joe --note first
	vault export -q keepass-xml a.xml --plaintext --yes
	printf 'pw\npw\n' | keepassxc-cli import -p -t 100 a.xml a.kdbx
	sleep 2
	echo pw | keepassxc-cli edit -q -u ann --notes second a.kdbx shop
	echo pw >pw
	answers 0 vault import --update --import-password-file pw a.kdbx
	answers 0 vault show shop
	shows 'user (until '
	shows 'note (until '
	unseen '(earlier)'
	answers 0 vault import --update --import-password-file pw a.kdbx
	shows '1 there already'
}

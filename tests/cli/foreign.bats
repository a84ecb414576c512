#!/usr/bin/env bats
# Files of other programs, as a user has them: recognised, taken apart in the sandbox, kept.

load helpers

samples=$SOURCE/tests/samples

# takes FILE FORMAT ENTRIES: recognised as such, all of it taken, and nothing more the second time.
takes() {
	local entries=entries
	[ "$3" != 1 ] || entries=entry
	answers 0 vault import "$samples/$1"
	shows "$3 of $3 $entries added ($2"
	answers 0 vault import "$samples/$1"
	shows "0 of $3 $entries added"
	answers 0 vault check
}

@test "a zip of Bitwarden, with what is attached" {
	takes bitwarden.zip 'Bitwarden zip' 1
	[ "$(vault get with\ files)" = pw ]
	[ "$(vault get -f a.txt with\ files)" = one ]
	takes dashlane.zip 'Dashlane zip' 5
	[ "$(vault get Shopping/Shop)" = p1 ]
}

@test "1Password's 1PUX" {
	takes 1password.1pux '1Password 1PUX' 7
	[ "$(vault get Shop)" = 'päss' ]
	[ "$(vault get -f paper.txt Shop)" = paper ]
	[ "$(vault get Mailbox)" = 'of the mailbox' ]
	answers 0 vault history --reveal Shop
	shows older
}

@test "Proton Pass, as JSON and as zip" {
	takes protonpass.json 'Proton Pass' 6
	answers 0 vault import "$samples/protonpass.zip"
	shows '0 of 6 entries added'
	[ "$(vault get -f PIN Mail)" = 0042 ]
	printf -- '-----BEGIN PGP MESSAGE-----\n\nAAAA\n' >sealed.pgp
	answers 2 vault import sealed.pgp
	says 'gpg --decrypt'
}

@test "Enpass, with what is attached" {
	takes enpass.json 'Enpass JSON' 3
	[ "$(vault get -f one.txt Mail)" = one ]
}

@test "the Credential Exchange Format, in and out" {
	takes cxf.json 'FIDO Credential Exchange Format' 3
	[ "$(vault get -f PIN mail)" = 0042 ]
	answers 2 vault export cxf c.json
	answers 0 vault export cxf c.json --plaintext --yes
	rm "$FILE"
	master init -q --no-recovery "${CHEAP[@]}"
	answers 0 master import c.json
	[ "$(master get mail)" = 'päss"word' ]
	[ "$(master get -f PIN mail)" = 0042 ]
	answers 0 master check
}

@test "Firefox's own columns come back in an export for Firefox" {
	answers 0 vault import "$samples/firefox.csv"
	answers 0 vault export firefox f.csv --plaintext --yes
	grep -qF '"admin","basic password","Realm ""inner"", 1",""' f.csv
	grep -qF '"ann","second password","","https://login.mail.example"' f.csv
	says 'name: the format has no room for it'
	! grep -q field "$BATS_TEST_TMPDIR/err"
}

@test "a favourite is one in every CSV that has a column for it" {
	answers 0 vault import "$samples/lastpass.csv"
	answers 0 vault export 1password-csv o.csv --plaintext --yes
	[ "$(grep -c ',"true","false",""' o.csv)" = 1 ]
	answers 0 vault export lastpass l.csv --plaintext --yes
	grep -qF '"Mail","home\Post & ""more""","1"' l.csv
	grep -qF '"http://sn","","","","the code is' l.csv
	! grep -q tag "$BATS_TEST_TMPDIR/err"
}

@test "a one-time code goes as the other program takes it, or it is told" {
	seed=JBSWY3DPEHPK3PXP
	for each in "usual otpauth://totp/A:b?secret=$seed&issuer=A" \
		"long otpauth://totp/A:b?secret=$seed&digits=8" "game steam://$seed" \
		"counted otpauth://hotp/x?secret=$seed"; do
		printf '%s\n' "${each#* }" | vault -q add "${each%% *}" -g --otp-file -
	done
	answers 0 vault export lastpass l.csv --plaintext --yes
	grep -qF "\"$seed\",\"\",\"usual\"" l.csv
	says '3 × one-time code: of a kind that the program does not know'
	answers 0 vault export bitwarden-csv b.csv --plaintext --yes
	grep -qF "\"steam://$seed\"" b.csv
	says 'its codes will be wrong (counted)'
	answers 0 vault export bitwarden-json b.json --plaintext --yes
	grep -qF "\"totp\":\"steam://$seed\"" b.json
	says 'its codes will be wrong (counted)'
	answers 0 vault export keepassxc-csv k.csv --plaintext --yes
	says 'its codes will be wrong (counted)'
	answers 0 vault export apple a.csv --plaintext --yes
	says '2 × one-time code: of a kind that the program does not know'
}

@test "an entry that a browser will not take is told before" {
	printf '%s\n' 'name,url,username,password' 'shop,https://shop.example,joe,one' \
		'door,,joe,two' 'empty,https://empty.example,joe,' >c.csv
	answers 0 vault import c.csv
	for format in chrome firefox; do
		answers 0 vault export "$format" "$format.csv" --plaintext --yes
		says '2 × entry: no address or no password: the program will not take it'
	done
	answers 0 vault export apple a.csv --plaintext --yes
	! grep -q entry: "$BATS_TEST_TMPDIR/err"
}

@test "a field of several lines, which Bitwarden's CSV cannot hold, is told before" {
	printf 'pw\n one: \n' | answers 0 vault add a --stdin --secret-field one=-
	cat <<<'{"format":"vault","version":1,"entries":[{"name":"c","fields":[
		{"kind":"secret","key":"codes","value":"one\ntwo"}]}]}' >c.json
	answers 0 vault import c.json
	answers 0 vault export bitwarden-csv b.csv --plaintext --yes
	says 'field: several lines: written in base 64 (c)'
	grep -qF '"codes: b25lCnR3bw=="' b.csv
	grep -qF '"one:  one: "' b.csv
	rm "$FILE"
	master init -q --no-recovery "${CHEAP[@]}"
	answers 0 master import b.csv
	[ "$(master get -f one a)" = ' one: ' ]
}

@test "the group of KeePassXC that all are in is left out, whatever it is called" {
	head='"Group","Title","Username","Password","URL","Notes","TOTP","Icon"'
	head+=',"Last Modified","Created"'
	tail='"","","","0","2023-11-20T22:13:20Z","2023-11-20T22:13:20Z"'
	printf '%s\n' "$head" "\"Passwords\",\"mail\",\"u\",\"one\",$tail" \
		"\"Passwords/Work/a\",\"shop\",\"u\",\"two\",$tail" >a.csv
	answers 0 vault import a.csv
	answers 0 vault get mail
	answers 0 vault get Work/a/shop
	sed 's/"Passwords/"Passwörter/' a.csv >b.csv
	answers 0 vault import b.csv
	shows '2 there already'
	sed 's/"Passwords"/"Root"/' a.csv >c.csv # of one group alone there is none
	answers 0 vault import -n c.csv
	shows '+ Passwords/Work/a/shop'
	shows '1 there already'
}

@test "what a row of KeePassXC refers to takes no place of what its database had there" {
	uuid=AAAAAAAAQACAAAAAAAAAAA==
	string() { printf '<String><Key>%s</Key><Value>%s</Value></String>' "$1" "$2"; }
	other() { echo "{REF:$1@I:00000000000040008000000000000000}"; }
	{
		echo '<KeePassFile><Root><Group><Name>Root</Name>'
		echo "<Entry><UUID>$uuid</UUID>$(string Title mail)$(string UserName joe)"
		echo "$(string Password one)$(string URL https://a.example)</Entry>"
		echo "<Entry><UUID>AQ${uuid#AA}</UUID>$(string Title web)"
		echo "$(string UserName "$(other U)")$(string Password "$(other P)")"
		echo "$(string URL "$(other A)")</Entry>"
		echo '</Group></Root></KeePassFile>'
	} >x.xml
	{
		printf '"Group","Title","Username","Password","URL","Notes","TOTP","Icon"'
		echo ',"Last Modified","Created"'
		tail='"","","0","2023-11-20T22:13:20Z","2023-11-20T22:13:20Z"'
		echo "\"Root\",\"mail\",\"joe\",\"one\",\"https://a.example\",$tail"
		echo "\"Root\",\"web\",\"$(other U)\",\"$(other P)\",\"$(other A)\",$tail"
	} >x.csv
	answers 0 vault import x.xml
	[ "$(vault get web)" = one ]
	answers 0 vault import --update x.csv
	shows '0 of 2 entries added'
	shows 'the entry has another value, and keeps it (web)'
	[ "$(vault get web)" = one ]
	[ "$(vault get -f user web)" = joe ]
	[ "$(vault get -f url web)" = https://a.example ]
	answers 0 vault rm web
	answers 0 vault rm mail
	answers 0 vault import x.csv # by itself it is taken as it is written
	[ "$(vault get web)" = "$(other P)" ]
	answers 0 vault import --update x.csv
	shows '2 there already'
	[ "$(vault get web)" = "$(other P)" ]
}

@test "a one-time code that KeePassXC's CSV has by another label is the one that is there" {
	code() { echo "otpauth://totp/$1:joe?secret=${2-JBSWY3DPEHPK3PXP}&issuer=$1"; }
	echo '{"format": "vault", "version": 1, "entries": [{"name": "mail", "user": "joe",' \
		'"password": "one", "fields": [{"kind": "otp", "value":' \
		"\"$(code Service)\"}]}]}" >own.json
	answers 0 vault import own.json
	row() {
		printf '"Group","Title","Username","Password","URL","Notes","TOTP","Icon"'
		echo ',"Last Modified","Created"'
		printf '"Root","mail","joe","one","","","%s","0",' "$1&period=30&digits=6"
		echo '"2040-11-20T22:13:20Z","2023-11-20T22:13:20Z"'
	}
	row "$(code mail)" >x.csv
	answers 0 vault import --update x.csv
	shows '1 there already'
	[ "$(vault get -f otp mail)" = "$(code Service)" ]
	row "$(code mail MFRGGZDFMZTWQ2LK)" >x.csv
	answers 0 vault import --update x.csv
	shows '1 updated'
	[ "$(vault get -f otp mail)" = "$(code mail MFRGGZDFMZTWQ2LK)" ]
}

@test "a column that a program got since is kept, and its file is known all the same" {
	printf '%s\n' 'url,username,password,totp,extra,name,grouping,fav,colour' \
		'https://shop.example,joe,secret,,,shop,,0,red' >new.csv
	answers 0 vault import new.csv
	shows 'LastPass CSV'
	shows 'colour: kept as a secret field (shop)'
	[ "$(vault get -f colour shop)" = red ]
	printf '%s\n' 'name,url,username,password,code' \
		'bank,https://bank.example,joe,other,1' >own.csv
	answers 2 vault import own.csv
	says 'own.csv is of no format that is known here'
	answers 0 vault import chrome own.csv
	[ "$(vault get -f code bank)" = 1 ]
}

@test "what is no export at all is called what it is" {
	tells() {
		answers 2 vault import "$1"
		says "$2"
	}
	vault -q add x -g
	cp .local/share/vault/default.vault a.vault
	tells a.vault "a.vault is a vault: 'vault merge FILE'"
	printf 'SQLite format 3\0' >a.sqlite
	tells a.sqlite 'an SQLite database'
	printf '%%PDF-1.4\n' >a.pdf
	tells a.pdf 'a PDF'
	printf '\n<!DOCTYPE html>\n<html>' >a.html
	tells a.html 'a page of HTML'
	"$PYTHON" -c 'import zipfile; zipfile.ZipFile("a.zip", "w").writestr("hi", "there")'
	tells a.zip 'a zip file that holds no export'
	"$PYTHON" -c 'import zipfile
zipfile.ZipFile("a.xlsx", "w").writestr("[Content_Types].xml", "x")'
	tells a.xlsx 'a spreadsheet: save it as CSV'
	printf 'age-encryption.org/v1\n-> X25519 x\n' >a.age
	tells a.age "'age --decrypt"
	printf '\x8c\x0d\x04\x09\x03\x02' >a.gpg
	tells a.gpg "'gpg --decrypt FILE | vault import -'"
	printf '\x85\x01\x8c\x03abc' >b.gpg
	tells b.gpg "'gpg --decrypt FILE | vault import -'"
	echo text >a.csv.gz
	gzip -c a.csv.gz >b.csv.gz
	tells b.csv.gz 'compressed: unpack it'
}

@test "names with slashes come back from programs with folders" {
	local format name
	local names=('a//b' 'p///q' /x/y '//' 'u/' 'v/w/' 'b\b/c' 'c /d' 'c/ e' 'f/g/h')
	for name in "${names[@]}"; do
		vault -q add "$name" -g --url https://site.example
	done
	vault list >before
	for format in lastpass bitwarden-csv keepassxc-csv 1password-csv bitwarden-json; do
		vault -q export "$format" "$format" --plaintext --yes
		rm -rf .local
		cp -r "$MADE_HOME/.local" .
		answers 0 vault import "$format" "$format"
		vault list | diff before -
	done
	grep -q '"h","f.g"' lastpass
}

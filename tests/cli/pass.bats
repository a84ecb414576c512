#!/usr/bin/env bats
# Folders of pass, gopass and passage: opened by gpg and age, all of them or none.

load helpers

setup_file() {
	make_vault
	# A socket's path has to be short.
	export GNUPGHOME
	GNUPGHOME=$(mktemp -d /tmp/vault-gpg.XXXXXX)
	gpg --batch --quiet --passphrase '' --quick-gen-key me@example future-default - never
	gpg --batch --quiet --passphrase '' --quick-gen-key other@example future-default - never
}

teardown_file() {
	gpgconf --kill all
	rm -rf "$GNUPGHOME"
}

# seal PATH: what pass does with standard input.
seal() {
	mkdir -p "store/$(dirname "$1")"
	gpg --batch --quiet --trust-model always -r "${2:-me@example}" -o "store/$1.gpg" -e
}

@test "a folder of pass is taken: passwords, fields, codes, notes; a second time nothing" {
	printf '%s\n' 'se cret' 'login: joe' 'url: https://a' 'pin: 12' '' 'some: where' \
		https://no.field last | seal job/mail
	printf 'pw\notpauth://totp/x?secret=GEZDGNBV\n' | seal shop
	printf '\001\377' | seal key.pem
	mkdir store/.git
	echo x | tee store/.git/x.gpg store/.gpg-id >store/README
	ln -s mail.gpg store/job/post.gpg
	ln -s job store/other
	answers 0 vault import pass store
	shows '4 of 4 entries added'
	shows 'file that is no entry'
	shows 'link to a folder'
	[ "$(vault get job/mail)" = 'se cret' ]
	[ "$(vault get -f user job/mail)" = joe ]
	[ "$(vault get -f url job/mail)" = https://a ]
	[ "$(vault get -f pin job/mail)" = 12 ]
	[ "$(vault get -f note job/mail)" = $'https://no.field\nlast' ]
	[ "$(vault get job/post)" = 'se cret' ]
	vault otp shop >out
	grep -Eqx '[0-9]{6}' out
	vault export -q json a.json --plaintext --yes
	grep -q '"kind":"attachment","key":"key.pem","value_base64":"Af8="' a.json
	answers 0 vault import store
	shows '0 of 4 entries added'
}

@test "one that cannot be decrypted stops it all, and is named" {
	echo one | seal a
	echo two | seal b/c other@example
	other=$(gpg --batch --with-colons -K other@example | awk -F: '/^fpr/ { print $10; exit }')
	gpg --batch --quiet --yes --delete-secret-keys "$other"
	answers 5 vault import pass store
	says 'b/c cannot be decrypted: gpg has no key for it'
	answers 0 vault list
	printed ''
}

@test "links that lead out of the folder are refused; a folder without entries, too" {
	echo one | seal a
	echo two | seal ../outside
	ln -s ../outside.gpg store/b.gpg
	answers 2 vault import pass store
	says 'b.gpg is a link that leads out of the folder'
	rm store/b.gpg
	ln -s "$PWD" store/all
	answers 2 vault import pass store
	says 'all is a link'
	mkdir empty
	answers 2 vault import pass empty
	says 'no file that ends in .gpg or .age'
}

@test "a folder of passage is opened by age, with the identities beside it or as told" {
	command -v age >/dev/null || skip "age is not installed"
	mkdir -p passage/store/mail
	age-keygen -o mine 2>/dev/null
	printf 'pw\nuser: joe\n' | age -r "$(age-keygen -y mine)" -o passage/store/mail/a.age
	answers 2 vault import pass passage/store
	says 'mail/a was encrypted by age'
	answers 0 vault import -n pass passage/store --import-key-file mine
	shows '1 of 1'
	cp mine passage/identities
	answers 0 vault import passage/store
	[ "$(vault get mail/a)" = pw ]
	age-keygen >passage/identities 2>/dev/null
	answers 5 vault import passage/store
	says 'mail/a cannot be decrypted: age has no key for it'
}

#!/usr/bin/env bats
# Who types a password: noted down, ticked off, and found in files by value.

load helpers

setup_file() {
	make_vault
	vault -q add mail --stdin --used-by 'Thunderbird on PC' --used-by phone <<<'canary 9/Mail+x'
	vault -q add shop --stdin <<<'S"hop\canary.55'
	vault -q add old --stdin <<<Former.Canary.31
	vault -q edit old --stdin <<<quite-Unlike-7.it
	vault -q add pin --stdin <<<48-21
	mkdir "$HOME/code"
}

@test "who uses it is listed, and ticked off when it was given the new one" {
	answers 0 vault where mail
	shows "[x] Thunderbird on PC"
	shows "[x] phone"
	vault -q edit mail -g
	answers 0 vault where mail
	shows "[ ] Thunderbird on PC"
	says "--tick"
	answers 0 vault where mail --tick phone --json
	[ "$(json '[(u["who"], u["behind"]) for u in j["used_by"]]')" = \
		"[('Thunderbird on PC', True), ('phone', False)]" ]
	answers 3 vault where mail --tick tablet
	says "'mail' is not known to be used by 'tablet'"
	answers 0 vault where mail --tick-all
	shows "[x] Thunderbird on PC"
	answers 0 vault where shop
	says "Nobody is known to use it"
	answers 0 vault edit mail --clear used-by
	answers 0 vault where mail
	printed
	answers 3 vault where nowhere
	for bad in "" "mail shop" "mail --tick x --tick-all" "--scan --tick x" "mail --record"; do
		# shellcheck disable=SC2086
		answers 2 vault where $bad
	done
}

@test "an incident waits for those who type the password" {
	answers 7 vault leak mail
	vault -q edit mail -g
	answers 7 vault incident next --json
	[ "$(json 'j["name"], j["behind"]')" = "('mail', 2)" ]
	answers 0 vault incident show
	shows "vault where mail (2 to be given the new password)"
	vault -q where mail --tick phone >/dev/null
	answers 7 vault incident next
	vault -q where mail --tick 'Thunderbird on PC' >/dev/null
	answers 0 vault incident next
	says "Nothing is left to do"
}

@test "known places are looked through, in the spellings that they use" {
	printf 'machine imap.example login joe\n password "canary 9/Mail+x"\n' >.netrc
	printf 'https://joe:canary%%209%%2FMail%%2Bx@git.example\n' >.git-credentials
	mkdir -p .docker .thunderbird/abc
	printf '{"auths": {"r.example": {"auth": "%s"}}}\n' \
		"$(printf 'joe:canary 9/Mail+x' | base64)" >.docker/config.json
	echo '{"password": "S\"hop\\canary.55"}' >.npmrc
	printf 'ls\nmysql -pFormer.Canary.31 db\n' >.bash_history
	echo '{"encryptedPassword": "MDoEEPgA"}' >.thunderbird/abc/logins.json
	answers 7 vault where --scan --json
	[ "$(json '[(h["path"].partition("home/")[2], h["line"], h["entry"])
		for h in j["found"]]')" = \
		"[('.bash_history', 2, 'old'), ('.docker/config.json', 1, 'mail'), \
('.git-credentials', 1, 'mail'), ('.netrc', 2, 'mail'), ('.npmrc', 1, 'shop')]" ]
	[ "$(json '[h["form"] for h in j["found"]]')" = \
		"['plain', 'base64', 'percent-encoded', 'plain', 'escaped']" ]
	[ "$(json '[bool(h["until"]) for h in j["found"]]')" = \
		"[True, False, False, False, False]" ]
	[ "$(json 'j["passwords"], j["too_short"], j["not_read"]["sealed"]')" = "(4, 1, 1)" ]
	answers 7 vault where --scan
	shows "$HOME/.netrc:2: mail"
	shows "$HOME/.docker/config.json:1: mail, base64"
	shows "$HOME/.bash_history:2: old, the password until "
	says "Not looked for: 1 shorter than 6 bytes"
	says "encrypted by the program that it belongs to"
	unseen canary
}

@test "what is not read is told, and no link is followed" {
	mkdir -p code/deep/er elsewhere
	echo 'pw = S"hop\canary.55' | tee code/deep/er/a.conf >elsewhere/b.conf
	ln -s ../elsewhere code/away
	ln -s ../elsewhere/b.conf code/b.conf
	printf 'S"hop\\canary.55\0' >code/binary
	mkfifo code/pipe
	truncate -s 65M code/large
	answers 7 vault where --scan code --json
	[ "$(json '[(h["path"], h["line"]) for h in j["found"]]')" = \
		"[('code/deep/er/a.conf', 1)]" ]
	[ "$(json '{k: v for k, v in j["not_read"].items() if v}')" = \
		"{'binary': 1, 'large': 1, 'link': 2, 'special': 1}" ]
	answers 7 vault where --scan code
	says "Not read: 2, a symbolic link, such as"
	says "  code/away"
	answers 3 vault where --scan code/nowhere
	answers 0 vault where --scan code/binary
	says "Not read: 1, no text"
}

@test "a file that has one is noted down as who uses it" {
	echo 'canary 9/Mail+x' >code/now
	echo 'Former.Canary.31' >code/former
	answers 7 vault where --scan code --record
	says "Noted down 2 as who uses a password"
	answers 0 vault where mail
	shows "[x] code/now"
	answers 0 vault where old
	shows "[ ] code/former"
	answers 7 vault where --scan code --record
	answers 0 vault where old
	[ "$(grep -c code "$BATS_TEST_TMPDIR/out")" = 1 ]
}

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
	mkdir -p .config/chromium/Default
	printf 'SQLite format 3\0' >'.config/chromium/Default/Login Data'
	answers 7 vault where --scan --json
	[ "$(json '[(h["path"].partition("home/")[2], h["line"], h["entry"])
		for h in j["found"]]')" = \
		"[('.bash_history', 2, 'old'), ('.docker/config.json', 1, 'mail'), \
('.git-credentials', 1, 'mail'), ('.netrc', 2, 'mail'), ('.npmrc', 1, 'shop')]" ]
	[ "$(json '[h["form"] for h in j["found"]]')" = \
		"['plain', 'base64', 'percent-encoded', 'plain', 'escaped']" ]
	[ "$(json '[bool(h["until"]) for h in j["found"]]')" = \
		"[True, False, False, False, False]" ]
	[ "$(json 'j["passwords"], j["too_short"], j["not_read"]["sealed"]')" = "(4, 1, 2)" ]
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
	shows "[x] $HOME/code/now"
	answers 0 vault where old
	shows "[ ] $HOME/code/former"
	answers 7 vault where --scan code --record
	answers 0 vault where old
	[ "$(grep -c code "$BATS_TEST_TMPDIR/out")" = 1 ]
}

@test "one file is one user, however the way to it is spelled" {
	echo 'canary 9/Mail+x' >code/.netrc
	ln -s "$HOME" away
	answers 0 vault edit mail --clear used-by
	answers 0 vault edit mail --used-by code/.netrc
	for path in code/.netrc ./code code//.netrc "$HOME/code/../code/.netrc" away/code \
		"$HOME/code/./.netrc"; do
		answers 7 vault where --scan --record "$path"
	done
	cd code
	answers 7 vault where --scan --record .netrc
	answers 0 vault where mail --json
	[ "$(json '[u["who"] for u in j["used_by"]]')" = \
		"['code/.netrc', '$HOME/code/.netrc']" ]
	answers 0 vault where mail --tick code/.netrc # as it was noted down before
}

@test "a file whose name cannot be noted down is told, and the others are noted down" {
	for name in a $'b\nx' $'c\377' d; do
		echo 'canary 9/Mail+x' >"code/$name"
	done
	answers 7 vault where --scan code --record
	says "Noted down 2 as who uses a password"
	says "is not noted down as who uses 'mail': "
	[ "$(grep -c "is not noted down" "$BATS_TEST_TMPDIR/err")" = 2 ]
	answers 0 vault where mail
	shows "code/a"
	shows "code/d"
	[ "$(grep -c code "$BATS_TEST_TMPDIR/out")" = 2 ]
}

# login ADDRESS CHANGED [FORM]: one of a logins.json, as Thunderbird writes it.
login() {
	printf '{"id":1,"hostname":"%s","httpRealm":null,"formSubmitURL":"%s","usernameField":"",
"passwordField":"","encryptedUsername":"MDIEEPgA","encryptedPassword":"MEIEEPgA",
"guid":"{0}","encType":1,"timeCreated":1500000000000,"timeLastUsed":1700000000000,
"timePasswordChanged":%s000,"timesUsed":9}' "$1" "${3-}" "$2"
}

# profile FOLDER LOGIN…
profile() {
	local folder=$1 comma=
	mkdir -p "$folder"
	shift
	{
		printf '{"nextId":9,"logins":['
		for one; do
			printf '%s%s' "$comma" "$one"
			comma=,
		done
		printf '],"version":3,"potentiallyVulnerablePasswords":[]}'
	} >"$folder/logins.json"
}

@test "what a mail program has saved and sealed is told by its address" {
	local T=.thunderbird/x1.default
	vault -q add mailserver --user joe@example.com --stdin --allow-reuse old <<<Old.Canary.71
	vault -q edit mailserver --stdin <<<New.Canary.72
	vault -q add hosting --url https://example.com --user joe-h --stdin <<<Host.Canary.73
	profile "$T" "$(login imap://imap.example.com 1614816000)" \
		"$(login smtp://smtp.example.com 4102444800)" \
		"$(login oauth://accounts.google.com 1614816000)" \
		"$(login https://unknown.example 1614816000)"
	answers 7 vault where --scan
	shows "$HOME/$T/logins.json: a saved login for imap://imap.example.com (sealed), likely \
mailserver, last changed 2021-03-04, before the present password of $(date +%F): it may still \
hold a former one"
	shows "a saved login for smtp://smtp.example.com (sealed), likely mailserver, last changed \
2100-01-01"
	[ "$(grep -c 'may still' "$BATS_TEST_TMPDIR/out")" = 1 ]
	says "Saved logins that fit no entry: 1, such as"
	says "  https://unknown.example"
	unseen oauth
	answers 7 vault where --scan --json "$HOME/$T"
	[ "$(json '[(s["program"], s["profile"], s["address"], s["entries"], s["changed"],
		s["behind"]) for s in j["saved"]][::2]')" = "[('Thunderbird', 'x1.default', \
'imap://imap.example.com', ['mailserver'], '2021-03-04T00:00:00Z', True), ('Thunderbird', \
'x1.default', 'https://unknown.example', [], '2021-03-04T00:00:00Z', False)]" ]
	[ "$(json 'j["found"], j["not_read"]["sealed"]')" = "([], 1)" ]
	answers 7 vault where --scan --record "$T/logins.json"
	says "Noted down 1 as who uses a password"
	answers 0 vault where mailserver
	shows "[ ] Thunderbird (x1.default)  (2021-03-04)"
}

@test "the accounts of prefs.js tell entries of one host apart" {
	local T=snap/thunderbird/common/.thunderbird/p.default-release
	for user in anna joe; do
		vault -q add "box $user" --user "$user" --url imaps://mail.example.org --stdin \
			--allow-reuse both \
			<<<"$user.Canary.81"
	done
	profile "$T" "$(login imap://mail.example.org 1614816000)"
	answers 7 vault where --scan
	shows "likely one of box anna, box joe, last changed 2021-03-04: it may still hold a former"
	answers 7 vault where --scan --record
	! grep -q "Noted down" "$BATS_TEST_TMPDIR/err"
	cat >"$T/prefs.js" <<-'END'
		// Mozilla User Preferences
		user_pref("mail.server.server1.hostname", "Local Folders");
		user_pref("mail.server.server2.hostname", "mail.example.org");
		user_pref("mail.server.server2.type", "imap");
		user_pref("mail.server.server2.userName", "joe");
		user_pref("mail.smtpserver.smtp1.hostname", "mail.example.org");
		user_pref("mail.smtpserver.smtp1.username", "joe@example.org");
	END
	answers 7 vault where --scan
	shows "likely box joe, last changed 2021-03-04, before"
}

@test "a browser's saved logins are told as well" {
	profile .mozilla/firefox/abc.default-release \
		"$(login https://www.shop.example 4102444800 https://login.shop.example)"
	vault -q edit shop --url https://shop.example/account
	answers 7 vault where --scan --record
	shows "a saved login for https://www.shop.example (sealed), likely shop, last changed 2100-"
	answers 0 vault where shop
	shows "[x] Firefox (abc.default-release)  (2100-01-01)"
}

@test "a logins.json that is none is survived, and told" {
	mkdir -p .thunderbird/a .thunderbird/b .thunderbird/c .thunderbird/d
	printf '{"logins":[{"hostname":"imap://x.exam' >.thunderbird/a/logins.json
	printf '%0.s[' {1..100000} >.thunderbird/b/logins.json
	printf '{"logins":[{"hostname":"http://\\u001b[2Jx.example"},{"hostname":7},{}]}' \
		>.thunderbird/c/logins.json
	ln -s /etc/passwd .thunderbird/c/prefs.js
	truncate -s 65M .thunderbird/d/logins.json
	echo canary 9/Mail+x >.netrc
	answers 7 vault where --scan
	says "a/logins.json: the logins in it are not known: "
	says "b/logins.json: the logins in it are not known: "
	shows "$HOME/.netrc:1: mail"
	says "Not read: 3, encrypted by the program that it belongs to, such as"
	unseen canary
}

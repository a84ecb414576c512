#!/usr/bin/env bats
bats_require_minimum_version 1.5.0

# The main job from a script: a vault, entries, the reuse guard, and every answer's exit status.

setup_file() {
	export HOME=$BATS_FILE_TMPDIR
	unset XDG_CONFIG_HOME XDG_DATA_HOME XDG_STATE_HOME
	echo 'the master password' >"$HOME/master"
	vault init --no-recovery --kdf-memory 64M --kdf-time 0.001
	printf 'first secret\n' | vault add mailserver -u joe --url https://mail.example --stdin
}

# setsid: no terminal, so nothing is ever asked.
vault() { setsid -w "$VAULT" --password-file "$HOME/master" "$@"; }

answers() { # STATUS COMMAND…
	local wanted=$1 status=0
	shift
	"$@" >"$BATS_TEST_TMPDIR/out" 2>"$BATS_TEST_TMPDIR/err" || status=$?
	[ "$status" = "$wanted" ] || { cat "$BATS_TEST_TMPDIR/err" && false; }
}

says() { grep -qF -- "$1" "$BATS_TEST_TMPDIR/err"; }

@test "get gives the bytes and nothing else" {
	answers 0 vault get mailserver
	printf 'first secret' | cmp - "$BATS_TEST_TMPDIR/out"
	[ ! -s "$BATS_TEST_TMPDIR/err" ]
	answers 0 vault get MailServer -f user
	printf joe | cmp - "$BATS_TEST_TMPDIR/out"
}

@test "newlines and NUL go in and out" {
	printf 'a\n\0b\377' >"$BATS_TEST_TMPDIR/secret"
	answers 0 vault add binary --stdin0 <"$BATS_TEST_TMPDIR/secret"
	answers 0 vault get binary
	cmp "$BATS_TEST_TMPDIR/secret" "$BATS_TEST_TMPDIR/out"
}

@test "a password that is in use is refused, with the partner and since when" {
	answers 8 vault add shop --stdin <<<'first secret'
	says "'mailserver' (since $(date +%Y)-"
	answers 3 vault get shop
	answers 0 vault add shop --stdin --allow-reuse 'one login' <<<'first secret'
	answers 7 vault audit
	grep -q shop "$BATS_TEST_TMPDIR/out"
	run ! grep -q 'first secret' "$BATS_TEST_TMPDIR/out"
	answers 0 vault edit shop --generate
	answers 8 vault edit shop --stdin <<<'the master password'
}

@test "exit statuses say what happened" {
	answers 2 vault frobnicate
	answers 3 vault get mailsrver
	says "mailserver"
	answers 4 setsid -w "$VAULT" get mailserver
	echo wrong >"$BATS_TEST_TMPDIR/wrong"
	answers 5 setsid -w "$VAULT" --password-file "$BATS_TEST_TMPDIR/wrong" get mailserver
	answers 6 vault add mailserver --generate
	answers 3 setsid -w "$VAULT" --vault "$HOME/none" --password-file "$HOME/master" list
}

@test "the trash gives back; a backup restores; the check is content" {
	answers 0 vault backup "$HOME/backup.vault"
	[ "$(stat -c %a "$HOME/backup.vault")" = 600 ]
	answers 6 vault backup "$HOME/backup.vault"
	answers 0 vault rm mailserver
	answers 3 vault get mailserver
	answers 0 vault trash restore mailserver
	answers 0 vault get mailserver
	answers 0 vault restore "$HOME/backup.vault" --yes
	answers 0 vault check
	answers 0 vault get mailserver
}

@test "an older file is announced, and not written to" {
	cp "$HOME/.local/share/vault/default.vault" "$HOME/older"
	answers 0 vault add newer --generate
	cp "$HOME/older" "$HOME/.local/share/vault/default.vault"
	answers 9 vault get mailserver
	says OLDER
	answers 9 vault add later --generate
	answers 0 vault --accept-rollback add later --generate
	answers 0 vault get later
}

@test "json is json, and lists name no password" {
	for command in list status "history mailserver" "show mailserver" "key list"; do
		answers 0 vault --json $command
		python3 -m json.tool <"$BATS_TEST_TMPDIR/out" >/dev/null
		run ! grep -q 'first secret' "$BATS_TEST_TMPDIR/out"
	done
}

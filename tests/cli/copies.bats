#!/usr/bin/env bats
# Copies and care: backup, restore, an older file, check, rescue, and a look with the stock shell.

load helpers

setup_file() {
	make_vault
	printf one | put add name -u joe --note 'a note'
}

# flip OFFSET: changes a byte of the vault in place.
flip() {
	local byte
	byte=$(od -An -tu1 -j"$1" -N1 "$FILE")
	# shellcheck disable=SC2059 # the format is the byte
	printf "\\x$(printf %02x $((byte ^ 64)))" |
		dd of="$FILE" bs=1 seek="$1" conv=notrunc status=none
}

@test "backup: a new file for its owner alone, with the same keys" {
	(umask 0 && answers 0 vault backup copy)
	printed
	says "verified the copy"
	[ "$(stat -c %a copy)" = 600 ]
	[ "$(locked --vault copy --password-file master get name)" = one ]
	answers 6 vault backup copy
	answers 6 vault backup "$FILE"
	answers 1 vault backup no-such-folder/copy
	answers 0 vault backup second --json
	[ "$(json 'j["action"], j["file"]')" = "('copied', 'second')" ]
	[ "$(find . -maxdepth 1 -type f | sort | tr '\n' ' ')" = "./copy ./key ./master ./second " ]
}

@test "restore: the backup takes its place, what was there is kept beside it" {
	vault -q backup copy
	printf two | put edit name
	answers 2 vault restore copy
	says "--yes"
	[ "$(vault get name)" = two ]
	answers 0 vault restore copy --yes --json
	[ "$(json 'j["action"], j["vault"]')" = "('restored', '$FILE')" ]
	kept=$(json 'j["kept"]')
	[ "$(stat -c %a "$kept" "$FILE")" = $'600\n600' ]
	answers 0 vault get name # not announced as rolled back: it was meant
	printed one
	silent
	answers 0 vault add other -g
	answers 9 locked --vault "$kept" --volume-key-fd 9 get name 9<"$KEY"
	printed two
	answers 3 vault restore missing -y
	answers 0 vault check
}

@test "restore onto a machine without a vault" {
	vault -q backup copy
	rm -r .local
	answers 0 locked --password-file master restore copy
	[ "$(vault get name)" = one ]
	[ "$(find .local -name '*before-restore*')" = "" ]
}

@test "a damaged backup is not put in place of anything" {
	vault -q backup copy
	before=$(sha256sum <"$FILE")
	printf x | dd of=copy bs=1 seek=$((8192 + 4096 * 2 + 100)) conv=notrunc status=none
	answers 9 vault restore copy --yes
	says "damaged"
	[ "$before" = "$(sha256sum <"$FILE")" ]
}

@test "an older file is announced on every command that reads, and not written to" {
	cp "$FILE" older
	printf two | put edit name
	cp older "$FILE"
	for command in "get name" "show name" list audit "history name" "trash list" status; do
		# shellcheck disable=SC2086
		answers 9 vault $command
		says "THIS VAULT IS OLDER"
		says "--accept-rollback"
	done
	answers 9 vault get name
	printed one
	for command in "add x -g" "edit name -g" "rename name x" "rm name" "trash empty -y" \
		"passwd --slot 0 --new-password-file master" "key add --new-password-file master" \
		"key remove 0" "rekey -y --no-recovery --new-password-file master"; do
		# shellcheck disable=SC2086
		answers 9 vault $command
	done
	cmp older "$FILE"
	answers 0 vault --accept-rollback add other -g
	answers 0 vault get name
	silent
	answers 0 vault check
}

@test "accepting an older file by reading it" {
	cp "$FILE" older
	printf two | put edit name
	cp older "$FILE"
	answers 9 vault -q list
	says "OLDER" # a warning is no chatter
	answers 0 vault get name --accept-rollback
	printed one
	answers 0 vault get name
	silent
}

@test "on a machine that has not seen the newer state there is nothing to announce" {
	cp "$FILE" older
	printf two | put edit name
	cp older "$FILE"
	XDG_STATE_HOME=$HOME/elsewhere answers 0 vault get name
	printed one
}

@test "check: sound; one header copy damaged is healed; damage is status 9" {
	answers 0 vault check
	shows note
	says "The vault is sound."
	answers 0 vault check --json
	[ "$(json 'j["worst"], {f["severity"] for f in j["findings"]}')" = "('note', {'note'})" ]
	flip 100
	answers 0 locked status
	shows "header"
	answers 0 vault get name
	says "one of the two header copies was damaged"
	answers 0 vault get name
	silent
	flip $((8192 + 4096 * 2 + 100))
	answers 9 vault check
	shows damage
	says "vault rescue"
	answers 9 vault check --json
	[ "$(json 'j["worst"]')" = damage ]
}

@test "a damaged first page is damage, whatever opens it" {
	flip $((8192 + 100))
	answers 9 vault get name
	answers 9 master get name
	answers 9 vault check
}

@test "rescue writes everything, plainly, to a new file of its owner alone; nothing is changed" {
	printf two | put add binary
	printf 'a\0\xff' | put edit binary
	vault -q rm name
	before=$(sha256sum <"$FILE")
	(umask 0 && answers 0 vault rescue -o saved --json)
	says UNENCRYPTED
	[ "$(json 'j["file"], j["read"], j["unverified"], j["lost"]')" = "('saved', 2, 0, 0)" ]
	[ "$(stat -c %a saved)" = 600 ]
	cp saved "$BATS_TEST_TMPDIR/out"
	[ "$(json 'sorted((e["name"], e["verified"], e["trashed"] is None)
		for e in j["entries"])')" = \
		"[('binary', True, True), ('name', True, False)]" ]
	[ "$(json '[e.get("password", e.get("password_base64")) for e in j["entries"]]')" = \
		"['one', 'YQD/']" ]
	answers 6 vault rescue -o saved
	[ "$before" = "$(sha256sum <"$FILE")" ]
}

@test "rescue saves what still reads of a damaged vault" {
	for i in {1..30}; do head -c 600 /dev/urandom | put add "n$i"; done
	size=$(stat -c %s "$FILE")
	flip $((size - 4096 * 2 + 50))
	answers 9 vault check
	answers 9 vault rescue -o saved --json
	[ "$(json 'j["read"] > 10')" = True ]
	[ "$(json 'j["lost"] + j["unverified"] > 0')" = True ]
	python3 -m json.tool <saved >/dev/null
}

@test "the stock shell reads it with the key that rescue prints" {
	command -v sqlcipher >/dev/null || skip "sqlcipher is not installed"
	answers 2 vault rescue --print-key
	answers 0 vault rescue --print-key --yes
	[[ $(<"$BATS_TEST_TMPDIR/out") =~ ^[0-9a-f]{64}$ ]]
	tail -c +8193 "$FILE" >plain.db
	[ "$(printf 'PRAGMA key = "x'\''%s'\''";\nSELECT name, user FROM entry;\n' \
		"$(<"$BATS_TEST_TMPDIR/out")" | sqlcipher -batch plain.db |
		tail -n 1)" = "name|joe" ]
}

@test "status asks for nothing; with a key it tells more" {
	answers 0 locked status
	shows "$FILE"
	shows "locked"
	silent
	answers 0 vault status
	shows "entries     1, and 0 in the trash"
	answers 0 locked status --json
	[ "$(json 'j["unlocked"], "entries" in j')" = "(False, False)" ]
	answers 0 vault status --json
	[ "$(json 'j["unlocked"], j["entries"], j["size"], j["keys"][0]["passes"]')" = \
		"(True, 1, $(stat -c %s "$FILE"), 3)" ]
	rm "$FILE"
	answers 3 locked status
	says "vault init"
}

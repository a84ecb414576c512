#!/usr/bin/env bats
# A vault made by the program, read by programs that share no code with it: read_vault.py, written
# from docs/FORMAT.md, and the stock sqlcipher shell.

bats_require_minimum_version 1.5.0

# The program on the vault that setup_file makes, without the cost of a key derivation each time.
look() {
	"$VAULT" -q --vault "$BATS_FILE_TMPDIR/test.vault" --volume-key-fd 3 "$@" 2>/dev/null \
		3<"$BATS_FILE_TMPDIR/volume-key"
}

# put COMMAND ARGUMENT…: the password is all of standard input.
put() {
	look "$1" --stdin0 "${@:2}"
}

reader() {
	"$PYTHON" "$SOURCE/tests/reader/read_vault.py" "$@"
}

# json EXPRESSION: each entry that the reader revealed is `e`; prints the bytes it comes to.
json() {
	"$PYTHON" -c '
import json, sys
for line in sys.stdin:
    e = json.loads(line)
    for found in eval(sys.argv[1]):
        sys.stdout.buffer.write(found.encode(errors="surrogateescape"))' "$1"
}

# Every kind of entry there is: unusual bytes, all sorts of fields, a history, a shared password,
# one in the trash, one erased. `former` is the vault one generation earlier.
setup_file() {
	cd "$BATS_FILE_TMPDIR"
	export XDG_STATE_HOME=$PWD/state
	"$PYTHON" -c 'import argon2, cryptography, nacl' || skip "Python lacks a module"
	printf 'correct horse\nnot this line\n' >master
	first() { "$VAULT" -q --vault test.vault --password-file master "$@" 2>/dev/null; }
	first init --no-recovery --kdf-memory 64M --kdf-time 0.01
	first rescue --print-volume-key --yes >volume-key
	printf 'first' | put add mailserver -u 'joe@example.org' --url https://a.example --tag mail
	printf 'second' | put edit mailserver
	printf 'a\nb\0c\xff\xfe' | put add 'Zoë/ключ 鍵 😀' --field 'Größe=ja, "so"' --note 'a note'
	printf 'the token\nsteam://MFRGG\n' | look add tokens -g --secret-field token=- --otp-file -
	printf 'first' | put add shop --allow-reuse 'one login'
	printf 'discarded' | put add gone
	look rm gone
	printf 'erased' | put add purged
	look rm purged
	look trash empty -y purged
	for i in {1..40}; do
		sha256sum <<<"$i" | put add "n$i" --url "https://$i.example"
	done
	cp test.vault former
	printf 'third' | put edit mailserver
}

setup() {
	cd "$BATS_TEST_TMPDIR"
	cp "$BATS_FILE_TMPDIR"/{test.vault,former,master} .
	cp -R "$BATS_FILE_TMPDIR/state" .
	export XDG_STATE_HOME=$PWD/state
}

# flip FILE OFFSET: changes one byte in place.
flip() {
	local byte
	byte=$(od -An -tu1 -j"$2" -N1 "$1")
	# shellcheck disable=SC2059 # the format is the byte
	printf "\\x$(printf %02x $((byte ^ 64)))" |
		dd of="$1" bs=1 seek="$2" conv=notrunc status=none
}

# fix_checksum FILE COPY: gives a changed header copy a checksum that fits.
fix_checksum() {
	local at=$(($2 * 4096)) hex
	hex=$(tail -c +$((at + 1)) "$1" | head -c 4064 | b2sum -l 256 | cut -c1-64)
	# shellcheck disable=SC2059
	printf "$(sed 's/../\\x&/g' <<<"$hex")" |
		dd of="$1" bs=1 seek=$((at + 4064)) conv=notrunc status=none
}

@test "the reader is short enough to be read" {
	(($(wc -l <"$SOURCE/tests/reader/read_vault.py") <= 200))
}

@test "the examples in FORMAT.md are right" {
	"$PYTHON" "$SOURCE/tests/reader/examples.py" "$SOURCE/docs/FORMAT.md"
	# One digit of one example for another: the check has eyes.
	sed '/^leaf  /s/8/9/' "$SOURCE/docs/FORMAT.md" >wrong.md
	run -1 "$PYTHON" "$SOURCE/tests/reader/examples.py" wrong.md
	[[ $output == *"leaf: "* ]]
}

# Such a file is never made anew: what was written in that format has to open for ever. Runs with
# sanitizers, too: meson.build finds it by its name.
@test "a vault of format 1 and schema 1, as released" {
	cp "$SOURCE/tests/reader/format-1.vault" . && chmod 600 format-1.vault
	echo "correct horse battery" >master
	echo V6TF0-10GFF-9GFBE-4V6EZ-S1F1F-4NN1M-1G5ZK >code
	reader format-1.vault --password-file master --reveal >revealed
	cmp revealed "$SOURCE/tests/reader/format-1.json"
	kept() { "$VAULT" --vault format-1.vault "$@"; }
	kept --password-file code --recovery check
	kept --password-file master --json status >found
	grep -q '"schema":3' found
	reader format-1.vault --password-file master --reveal >revealed
	cmp revealed "$SOURCE/tests/reader/format-1.json"
	run -8 kept --password-file master add new --stdin <<<'Second2'
	[[ $output == *"a variant of it is in use at 'mailserver'"* ]]
	kept --password-file master list >found
	[ "$(<found)" = "Zoë/ключ
mailserver
shop
tokens" ]
	kept --password-file master get 'Zoë/ключ' | cmp - <(printf 'a\nb\0c\xff')
	kept --password-file master history mailserver --reveal >found
	[ "$(grep -c 'second\|first' found)" = 2 ]
}

@test "names: the reader and the program list the same" {
	look list >wanted
	reader test.vault --password-file master >found
	cmp wanted found
	[ "$(wc -l <wanted)" = 44 ]
}

@test "passwords, byte by byte, of every live entry" {
	reader test.vault --password-file master --reveal >revealed
	while IFS= read -r name; do
		look get "$name" >wanted
		json "([e['passwords'][-1][3]]
			if (e['name'], e['state']) == ('''$name''', 0) else [])" <revealed >found
		cmp wanted found
	done < <(look list | grep -v 'n[2-9]')
	[ -s found ]
}

@test "users, fields, histories, reasons and the trash" {
	reader test.vault --password-file master --reveal >revealed
	of() { json "$2 if e['name'] == '$1' else []" <revealed; }
	[ "$(of mailserver "[e['user']]")" = joe@example.org ]
	[ "$(of mailserver "[p[3] + ' ' for p in e['passwords']]")" = "first second third " ]
	[ "$(of mailserver "[str(p[2] is None) for p in e['passwords']]")" = FalseFalseTrue ]
	[ "$(of mailserver "[repr(e['fields'])]")" = \
		"[[1, None, 'https://a.example'], [2, None, 'mail']]" ]
	[ "$(of 'Zoë/ключ 鍵 😀' "[repr(e['fields'])]")" = \
		"[[3, 'Größe', 'ja, \"so\"'], [16, None, 'a note']]" ]
	code="'otpauth://totp/tokens?secret=MFRGG&digits=5&encoder=steam'"
	[ "$(of tokens "[repr(e['fields'])]")" = \
		"[[17, 'token', 'the token'], [18, None, $code]]" ]
	[ "$(of shop "[repr(p[5]) for p in e['passwords']]")" = "'one login'" ]
	[ "$(of gone "[str(e['state'])] + [p[3] for p in e['passwords']]")" = 1discarded ]
	[ "$(of purged "[str(e['state'])] + [str(p[3]) for p in e['passwords']]")" = 2None ]
}

@test "every kind of key opens it, a wrong one does not" {
	look list >wanted
	head -c 3000 /dev/urandom >file
	printf 'another\n' >new
	unlock() { "$VAULT" -q --vault test.vault --password-file master key add --kdf-memory 64M \
		--kdf-time 0.01 "$@" 2>/dev/null; }
	unlock --new-password-file new
	unlock --new-key-file file
	unlock --new-key-file file --new-password-file new
	unlock --print-recovery >code
	tr 'A-Z01-' 'a-zoi ' <code >typed
	reader test.vault --password-file new | cmp wanted
	reader test.vault --key-file file | cmp wanted
	reader test.vault --key-file file --password-file new | cmp wanted
	reader test.vault --recovery-code --password-file typed | cmp wanted
	run -5 reader test.vault --password-file file
	run -5 reader test.vault --key-file new
	# The first character for another one of the alphabet.
	tr 0-9A-Z 1-9A-Z0 <<<"$(head -c 1 code)" | tr ILOU 2222 | tr -d '\n' >mistyped
	tail -c +2 code >>mistyped
	run -9 reader test.vault --recovery-code --password-file mistyped
	[[ $output == *"typing error in group 1"* ]]
}

@test "a torn header copy does not matter, two do" {
	for at in 100 5000; do
		cp "$BATS_FILE_TMPDIR/test.vault" .
		flip test.vault $at
		reader test.vault --password-file master >/dev/null
	done
	flip test.vault 100
	run -9 reader test.vault --password-file master
	[[ $output == *"torn"* ]]
}

@test "a changed header with the right checksum is a forged one" {
	# A salt of an empty slot, a slot's label, the MAC itself; in either copy.
	for at in 226 4032 $((4096 + 226)) $((4096 + 4032)); do
		cp "$BATS_FILE_TMPDIR/test.vault" .
		flip test.vault $at
		fix_checksum test.vault $((at / 4096))
		run -9 reader test.vault --password-file master
		[[ $output == *"forged"* ]]
	done
	# The helper itself changes nothing where nothing has changed.
	cp "$BATS_FILE_TMPDIR/test.vault" .
	fix_checksum test.vault 0
	cmp test.vault "$BATS_FILE_TMPDIR/test.vault"
}

@test "one changed byte in a page, or a page cut off" {
	for at in 8192 8300 $((8192 + 4096 * 3 + 17)) $((8192 + 4096 * 5 - 1)); do
		cp "$BATS_FILE_TMPDIR/test.vault" .
		flip test.vault $at
		run -9 reader test.vault --password-file master
		[[ $output == *"page "*" is damaged"* ]]
	done
	for cut in 1 4096; do
		cp "$BATS_FILE_TMPDIR/test.vault" .
		truncate -s -$cut test.vault
		run -9 reader test.vault --password-file master
	done
}

# SQLite writes some pages anew without a change: putting those back changes nothing. What matters,
# at least state, entry, password, its index and two nodes of the digest, must be noticed.
@test "a page put back from the generation before: noticed, or without any effect" {
	[ "$(stat -c %s test.vault)" = "$(stat -c %s former)" ]
	reader former --password-file master --reveal >/dev/null # is a good vault by itself
	reader test.vault --password-file master --reveal >wanted
	caught=0
	for ((page = 1; page <= $(stat -c %s former) / 4096 - 2; page++)); do
		cp "$BATS_FILE_TMPDIR/test.vault" .
		dd if=former of=test.vault bs=4096 skip=$((page + 1)) seek=$((page + 1)) count=1 \
			conv=notrunc status=none
		cmp -s test.vault "$BATS_FILE_TMPDIR/test.vault" && continue
		if reader test.vault --password-file master --reveal >found 2>why; then
			cmp wanted found
		else
			[ $? = 9 ]
			caught=$((caught + 1))
		fi
	done
	((caught >= 6))
}

@test "the stock sqlcipher shell opens what follows the header" {
	command -v sqlcipher >/dev/null || skip "sqlcipher is not installed"
	look list >wanted
	key=$(look rescue --print-key --yes)
	tail -c +8193 test.vault >plain.db
	# The key goes through standard input: arguments can be seen by others.
	shell() { printf 'PRAGMA key = "x'\''%s'\''";\n%s\n' "$@" | sqlcipher -batch plain.db; }
	shell "$key" 'SELECT name FROM entry WHERE state = 0 ORDER BY name;' |
		tail -n +2 | cmp wanted
	[ "$(shell "$key" 'PRAGMA cipher_integrity_check; PRAGMA integrity_check;')" = "ok
ok" ]
	[ "$(shell "$key" "SELECT value FROM password JOIN entry ON id = entry
		WHERE name = 'mailserver' AND until IS NULL;" | tail -n 1)" = third ]
	run -1 shell "${key/[0-4]/5}" 'SELECT count(*) FROM entry;'
}

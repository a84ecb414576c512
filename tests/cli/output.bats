#!/usr/bin/env bats
# Manners: the answer on standard output and everything else on standard error, silence when asked
# for, and an answer that could not be written is a failure.

load helpers

setup_file() {
	make_vault
	printf one | put add name -u joe
}

@test "standard output carries the answer alone" {
	for command in "add x -g" "edit x -u joe" "rename x y" "rm y" "trash restore y" "rm y" \
		"trash empty -y y" "key add --new-password-file master" "key remove 1" \
		"backup copy" \
		"restore copy -y" "passwd --slot 0 --new-password-file master"; do
		# shellcheck disable=SC2086
		answers 0 vault $command
		printed
		[ -s "$BATS_TEST_TMPDIR/err" ]
	done
	for command in "list" "show name" "history name" "trash list" "key list" "status"; do
		# shellcheck disable=SC2086
		answers 0 vault -q $command
		silent
	done
	answers 0 vault get name
	printed one
	silent
}

@test "-q: not a word but warnings and errors" {
	for command in "add x -g" "edit x -u joe" "edit x -g" "rename x y" "rm y" \
		"trash restore y" \
		check "backup copy" "restore copy -y" list "trash list" \
		"trash empty -y"; do
		# shellcheck disable=SC2086
		answers 0 vault --quiet $command
		silent
	done
	answers 7 vault --quiet audit # "one" is a weak password
	silent
	echo 123456 | answers 0 vault -q add weak --stdin
	says "warning"
	answers 3 vault -q get nobody
	says "nobody"
	answers 0 vault -q check
	printed
}

@test "no colour where it is no terminal" {
	echo 123456 | TERM=xterm-256color answers 0 vault add weak --stdin
	TERM=xterm-256color answers 3 vault get nobody
	run ! grep -q $'\x1b' "$BATS_TEST_TMPDIR/err"
}

@test "every message is one line that names the program; nothing is said twice" {
	for command in "get nobody" "list --frob" "backup $FILE" "trash restore nobody"; do
		# shellcheck disable=SC2086
		! vault $command 2>err
		[ "$(wc -l <err)" = 1 ]
		grep -q '^vault: ' err
	done
}

@test "an answer that cannot be written is a failure" {
	[ -e /dev/full ] || skip "there is no /dev/full"
	for command in "get name" "show name" "list" "history name" "status" "key list" "generate" \
		"list --json" "show name --json -r" "help" "rescue --print-key -y"; do
		status=0
		# shellcheck disable=SC2086
		vault -q $command >/dev/full 2>err || status=$?
		[ $status = 1 ]
		grep -q "cannot write the answer" err
	done
}

@test "a reader that went away is a failure, not a signal" {
	head -c 65536 /dev/zero | tr '\0' x | put add long
	{ vault get long 2>err || echo $? >status; } | true
	sleep 0.5
	[ "$(<status)" = 1 ]
	grep -q "cannot write the answer" err
}

@test "a write that was told to a closed standard output has happened" {
	vault -q add x -g --json >/dev/full 2>err || status=$?
	[ "$status" = 1 ]
	answers 0 vault get x
}

@test "standard input is not touched where nothing is read from it" {
	printf 'keep this' >input
	{
		vault -q add x -g
		vault -q edit x -u joe
		vault list
		[ "$(cat)" = "keep this" ]
	} <input
}

@test "days are those of the time zone" {
	TZ=Pacific/Kiritimati answers 0 vault list -l
	printed "name	joe	$(TZ=Pacific/Kiritimati date +%F)"$'\n'
	TZ=Pacific/Pago_Pago answers 0 vault list -l
	printed "name	joe	$(TZ=Pacific/Pago_Pago date +%F)"$'\n'
}

@test "without UTF-8 the mask is of asterisks" {
	LC_ALL=C answers 0 vault show name
	shows '********'
	LC_ALL=C.UTF-8 answers 0 vault show name
	shows '••••••••'
	printf 'ключ' | put add ключ
	LC_ALL=C answers 0 vault get ключ
	printed 'ключ'
}

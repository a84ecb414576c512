#!/usr/bin/env bats
# What opens a vault: passwords, key files, recovery codes, and the volume key itself.

load helpers

setup_file() {
	make_vault
	printf 'the password of the entry' | put add name
}

# opens OPTION…: with these it gives what is in it.
opens() {
	answers 0 locked "$@" get name
	printed 'the password of the entry'
	silent
}

# shut_to OPTION…: with these it does not open, and exactly one line says so.
shut_to() {
	answers 5 locked "$@" get name
	printed
	[ "$(wc -l <"$BATS_TEST_TMPDIR/err")" = 1 ]
}

# add_key OPTION…: from a script.
add_key() { vault -q key add "${CHEAP[@]}" "$@"; }

code_is_well_formed() { grep -qxE '([0-9A-HJKMNP-TV-Z]{5}-){6}[0-9A-HJKMNP-TV-Z]{5}' "$1"; }

@test "the password: by file and by descriptor, first line, not a byte further" {
	opens --password-file master
	printf '%s\nthe rest' "$MASTER" >two
	{
		answers 0 locked --password-fd 7 get name
		[ "$(cat <&7)" = "the rest" ]
	} 7<two
	printf '%s' "$MASTER" >bare
	opens --password-file bare
	printf '%s\r\n' "$MASTER" >other
	shut_to --password-file other
	printf '\n' >empty
	shut_to --password-file empty
}

@test "nobody to ask: exit status 4, at once" {
	for command in list "get name" "show name" "add x -g" "edit name -g" "rename name x" \
		"rm name" trash "trash restore x" "trash empty -y" audit "history name" passwd \
		check \
		"key add" "key remove 0" "rekey --no-recovery" "backup x" "rescue -o x" \
		"rescue --print-key -y"; do
		# shellcheck disable=SC2086
		answers 4 locked $command
		printed
		says "--password-fd"
	done
	answers 4 locked --recovery list
	answers 4 locked --vault new init --no-recovery
	answers 4 locked --password-file /dev/null list
	[ ! -e x ] && [ ! -e new ]
}

@test "passwd: the new password opens, the former one does not" {
	printf '%s\nAnother-pass-phrase-77\n' "$MASTER" >both
	answers 0 locked passwd --password-fd 7 --new-password-fd 7 "${CHEAP[@]}" 7<both
	printed
	says "The master password is changed."
	echo Another-pass-phrase-77 >second
	opens --password-file second
	shut_to --password-file master
	echo third >third
	answers 0 locked -q --password-file second passwd --new-password-file third \
		"${CHEAP[@]}" --json
	[ "$(json 'j["action"]')" = changed ]
	silent
	opens --password-file third
	shut_to --password-file second
	answers 0 vault key list
	shows "64 MiB, 3 passes"
}

@test "passwd: what does not work changes nothing" {
	before=$(sha256sum <"$FILE")
	answers 4 master passwd
	echo >empty
	answers 2 master passwd --new-password-file empty
	answers 3 master passwd --new-password-file missing
	answers 5 locked --password-file empty passwd --new-password-file empty
	answers 3 vault passwd --slot 5 --new-password-file master
	[ "$before" = "$(sha256sum <"$FILE")" ]
}

@test "several passwords with labels; the one that opened is marked; removing" {
	echo second >second
	answers 0 vault key add --new-password-file second --label 'for the cat' "${CHEAP[@]}"
	says "Slot 1"
	opens --password-file second
	opens --password-file master
	answers 0 locked --password-file second key list
	shows "for the cat  (opened the vault now)"
	answers 0 locked --password-file second key list --json
	[ "$(json '[(k["slot"], k["label"], k["current"]) for k in j["keys"]]')" = \
		"[(0, '', False), (1, 'for the cat', True)]" ]
	answers 0 locked key list # asks for nothing
	run ! grep -q "opened the vault" "$BATS_TEST_TMPDIR/out"
	echo third >third
	answers 2 vault passwd --new-password-file third # which one?
	answers 0 vault passwd --slot 1 --new-password-file third "${CHEAP[@]}"
	opens --password-file third
	answers 0 vault key remove 0
	shut_to --password-file master
	opens --password-file third
	answers 8 vault key remove 1
	says "the last key"
	answers 3 vault key remove 0
}

@test "eight keys and no more" {
	for i in 1 2 3 4 5 6 7; do
		head -c 32 /dev/urandom >file$i
		add_key --new-key-file file$i
	done
	answers 6 vault key add --new-key-file file1
	opens --key-file file7
	[ "$(locked key list | wc -l)" = 8 ]
	answers 0 vault key remove 3
	answers 0 vault key add --new-key-file file3 "${CHEAP[@]}"
	says "Slot 3"
}

@test "a key file, and a key file together with a password" {
	head -c 3000 /dev/urandom >file
	head -c 3000 /dev/urandom >other
	echo with-the-file >second
	add_key --new-key-file file
	opens --key-file file
	shut_to --key-file other
	answers 3 locked --key-file missing get name
	says "there is no key file"
	answers 2 locked --key-file /dev/null get name
	add_key --new-key-file other --new-password-file second
	opens --key-file other --password-file second
	shut_to --key-file file --password-file second
	shut_to --key-file other --password-file master
	shut_to --password-file second
	answers 0 locked key list --json
	[ "$(json 'len({k["type"] for k in j["keys"]})')" = 3 ]
}

@test "a vault that was made with a key file opens with both alone" {
	head -c 32 /dev/urandom >file
	answers 0 locked --vault with init -q --no-recovery --key-file file --password-file master \
		"${CHEAP[@]}"
	answers 0 locked --vault with list --key-file file --password-file master
	answers 4 locked --vault with list --password-file master
	says "--key-file"
	answers 5 locked --vault with list --password-file file --key-file file
	answers 5 locked --vault with list --password-file master --key-file master
	answers 4 locked --vault with list --key-file file
}

@test "a recovery code is printed, opens however it is typed, and gives a new password" {
	answers 0 vault key add --print-recovery "${CHEAP[@]}"
	cp "$BATS_TEST_TMPDIR/out" code
	code_is_well_formed code
	opens --recovery --password-file code
	tr 'A-Z01-' 'a-zoi ' <code >typed
	opens --recovery --password-file typed
	shut_to --password-file code
	sed 's/^./-/' code >short
	answers 2 locked --recovery --password-file short get name
	sed 's/^\(.\)\(.\)/\2\1/' code >swapped
	# The one exchange that the check character does not see.
	grep -q '^\(0Z\|Z0\)' code || cmp -s code swapped ||
		answers 2 locked --recovery --password-file swapped get name
	echo forgotten-no-more >second
	answers 0 locked --recovery --password-file code passwd --new-password-file second \
		"${CHEAP[@]}"
	opens --password-file second
	shut_to --password-file master
	opens --recovery --password-file code
}

@test "a recovery code of another vault is a wrong one" {
	answers 0 locked --vault other init --print-recovery --password-file master "${CHEAP[@]}"
	cp "$BATS_TEST_TMPDIR/out" code
	code_is_well_formed code
	answers 0 locked --vault other --recovery --password-file code list
	add_key --print-recovery >own
	shut_to --recovery --password-file code
	opens --recovery --password-file own
}

@test "the last key that is not a recovery code stays" {
	add_key --print-recovery >code
	answers 8 vault key remove 0
	answers 0 vault key remove 1
}

@test "init: a script says what becomes of the recovery code; a vault is never overwritten" {
	before=$(sha256sum <"$FILE")
	answers 2 locked --vault new init --password-file master
	says "--no-recovery or --print-recovery"
	[ ! -e new ]
	answers 6 master init --no-recovery
	[ "$before" = "$(sha256sum <"$FILE")" ]
	answers 0 locked --vault new init --password-file master --print-recovery --json \
		"${CHEAP[@]}"
	[ "$(json 'j["action"], j["vault"], len(j["recovery_code"])')" = "('created', 'new', 41)" ]
	[ "$(stat -c %a new)" = 600 ]
	echo >empty
	answers 2 locked --vault new2 init --password-file empty --no-recovery
	[ ! -e new2 ]
}

@test "init makes the folders for its owner alone, where the environment says" {
	rm -r "$HOME/.local"
	export XDG_DATA_HOME=$HOME/data XDG_STATE_HOME=$HOME/state
	(umask 0 && answers 0 master init --no-recovery "${CHEAP[@]}")
	[ "$(stat -c %a data/vault data/vault/default.vault state/vault)" = $'700\n600\n700' ]
	[ ! -e .local ]
	answers 0 master add name -g
	XDG_DATA_HOME=data answers 3 master list # not absolute: as if unset
	says ".local/share/vault/default.vault"
}

@test "the volume key: printed after a yes, opens without a derivation" {
	answers 2 master rescue --print-volume-key
	printed
	answers 0 master rescue --print-volume-key -y
	[[ $(<"$BATS_TEST_TMPDIR/out") =~ ^[0-9a-f]{64}$ ]]
	cmp "$BATS_TEST_TMPDIR/out" "$KEY"
	tr a-f A-F <"$KEY" >capital
	answers 0 locked --volume-key-fd 8 get name 8<capital
	tr 0-9 1-90 <"$KEY" >wrong
	answers 5 locked --volume-key-fd 8 get name 8<wrong
	printed
	head -c 63 "$KEY" >short
	answers 2 locked --volume-key-fd 8 get name 8<short
	tr 0-9 x <"$KEY" >letters
	answers 2 locked --volume-key-fd 8 get name 8<letters
}

@test "rekey: a new volume key; nothing of the former ones opens it" {
	add_key --print-recovery >code
	cp "$FILE" former
	answers 2 master rekey
	says "--print-recovery or --no-recovery"
	answers 0 master rekey --print-recovery "${CHEAP[@]}"
	cp "$BATS_TEST_TMPDIR/out" new-code
	code_is_well_formed new-code
	opens --password-file master
	opens --recovery --password-file new-code
	shut_to --recovery --password-file code
	answers 5 vault get name # the former volume key
	answers 9 locked --vault former --volume-key-fd 8 get name 8<"$KEY"
	answers 0 master check
	answers 0 master history name --reveal
	shows 'the password of the entry'
}

@test "rekey asks before other keys are lost" {
	echo second >second
	add_key --new-password-file second
	answers 2 master rekey --no-recovery
	says "--yes"
	opens --password-file second
	echo third >third
	answers 0 master rekey --no-recovery --yes --new-password-file third "${CHEAP[@]}" --json
	[ "$(json 'j["action"], j["recovery_code"]')" = "('rekeyed', None)" ]
	opens --password-file third
	shut_to --password-file second
	shut_to --password-file master
}

@test "a recovery code that cannot be printed changes nothing" {
	add_key --print-recovery >code
	before=$(sha256sum <"$FILE")
	printed_nowhere() { "$@" >/dev/full; }
	for option in -q --json; do
		for command in "key add" rekey; do
			# shellcheck disable=SC2086
			answers 1 printed_nowhere master $option $command --print-recovery \
				"${CHEAP[@]}"
			says "nothing was changed"
			[ "$(wc -l <"$BATS_TEST_TMPDIR/err")" = 1 ]
		done
	done
	answers 1 printed_nowhere master --vault new init --print-recovery "${CHEAP[@]}"
	says "nothing was changed"
	[ ! -e new ]
	[ "$before" = "$(sha256sum <"$FILE")" ]
	opens --recovery --password-file code
}

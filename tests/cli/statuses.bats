#!/usr/bin/env bats
# Exit statuses: one way to each of those that the manual tells. More ways stand with the commands.

load helpers

setup_file() {
	make_vault
	printf one | put add name
}

@test "the manual tells these, and no other" {
	section=$(sed -n '/^\.Sh EXIT STATUS/,/^\.Sh EXAMPLES/p' "$SOURCE/docs/vault.1")
	[ "$(sed -n 's/^\.It \([0-9]*\)$/\1/p' <<<"$section" | tr '\n' ' ')" = \
		"0 1 2 3 4 5 6 7 8 9 126 127 130 " ]
}

@test "0: done" { answers 0 vault get name; }

@test "1: something outside went wrong" {
	rm "$FILE"
	mkdir "$FILE"
	answers 1 vault get name
	[ "$(wc -l <"$BATS_TEST_TMPDIR/err")" = 1 ]
}

@test "2: the command line makes no sense" { answers 2 vault get; }

@test "3: no such entry, field, slot or file" {
	answers 3 vault get nobody
	answers 3 vault get name -f nothing
	answers 3 vault key remove 7
	answers 3 vault restore nothing -y
	answers 3 vault --vault nothing list
	says "there is no vault at nothing"
	answers 3 locked --password-file nothing list
	[ ! -e nothing ]
}

@test "4: locked, and nobody to ask" {
	SECONDS=0
	answers 4 locked get name
	answers 4 vault add other
	((SECONDS < 20))
}

@test "5: wrong password" {
	echo wrong >wrong
	answers 5 locked --password-file wrong get name
	says "wrong password"
}

@test "6: taken" { answers 6 vault add name -g; }

@test "7: findings" {
	printf one | put add other --allow-reuse why
	answers 7 vault audit
}

@test "8: refused" { printf one | answers 8 vault add other --stdin0; }

@test "9: damaged" {
	printf xx | dd of="$FILE" bs=1 seek=$((8192 + 4096 * 2 + 9)) conv=notrunc status=none
	answers 9 vault get name
}

@test "126, 127: a program that cannot be run, or is not there" {
	answers 126 vault exec A=name -- "$HOME"
	answers 127 vault exec A=name -- nonesuch
}

# 130 needs a person: see terminal.py.

@test "a signal from outside ends it, and leaves the vault whole" {
	mkfifo endless
	sleep 20 >endless &
	sleeper=$!
	"$VAULT" --volume-key-fd 8 add other --stdin 8<"$KEY" <endless &
	pid=$!
	sleep 0.5
	kill -TERM $pid
	status=0
	wait $pid || status=$?
	kill $sleeper
	[ $status = 143 ]
	answers 3 vault get other
	answers 0 vault check
}

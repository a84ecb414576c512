# What the files of this folder share: for every test a home of its own, with a vault in it that
# opens without the cost of a key derivation. There is no terminal: see terminal.py for that.
# shellcheck shell=bash

bats_require_minimum_version 1.5.0

MASTER='Quizzical-otters-9-juggle'
CHEAP=(--kdf-memory 64M --kdf-time 0.001) # the smallest cost of a key that there is

# locked ARGUMENT…: the program, which nobody can be asked by.
locked() { setsid -w "$VAULT" "$@"; }

# vault ARGUMENT…: the same with the vault open.
vault() { locked --volume-key-fd 9 "$@" 9<"$KEY"; }

# master ARGUMENT…: opened by the master password, which takes its time.
master() { locked --password-file "$HOME/master" "$@"; }

# put COMMAND ARGUMENT…: quietly; the password is all of standard input.
put() { vault -q "$1" --stdin0 "${@:2}" 2>/dev/null; }

live_at() {
	export HOME=$1 FILE=$1/.local/share/vault/default.vault KEY=$1/key
	export XDG_RUNTIME_DIR=$1/run # without it an agent's socket is below the home, too
	unset XDG_CONFIG_HOME XDG_DATA_HOME XDG_STATE_HOME NO_COLOR
}

# start_agent: one that ends with the test; `agent` is its process, for teardown to kill.
start_agent() {
	mkdir -p -m 700 "$XDG_RUNTIME_DIR"
	"$(dirname "$VAULT")/vault-agent" 3>&- &
	agent=$!
	until [ -n "$(find "$XDG_RUNTIME_DIR" -type s)" ]; do sleep 0.05; done
}

# A file with a setup_file of its own calls this first. The vault was made with the build, unless a
# file is run by hand.
make_vault() {
	live_at "$BATS_FILE_TMPDIR/home"
	if [ -n "${MADE_HOME-}" ]; then
		cp -R "$MADE_HOME" "$HOME"
	else
		"$SOURCE/tests/cli/make_home" "$VAULT" "$HOME"
	fi
}

setup_file() { make_vault; }

# A copy of that home for one test.
own_home() {
	cp -R "$BATS_FILE_TMPDIR/home" "$BATS_TEST_TMPDIR/home"
	live_at "$BATS_TEST_TMPDIR/home"
	cd "$HOME" || return
}

setup() { own_home; }

# answers STATUS COMMAND…: runs it; the answer is in ./out and what else it said in ./err then.
answers() {
	local wanted=$1 status=0
	shift
	"$@" >"$BATS_TEST_TMPDIR/out" 2>"$BATS_TEST_TMPDIR/err" || status=$?
	[ "$status" = "$wanted" ] && return
	echo "$*: exit status $status, not $wanted"
	cat "$BATS_TEST_TMPDIR/err"
	return 1
}

# The whole answer, to the byte; without an argument: nothing at all.
printed() { printf '%s' "$@" | cmp - "$BATS_TEST_TMPDIR/out"; }

# Text in the answer; in what was said; nothing was said.
shows() { grep -qF -- "$1" "$BATS_TEST_TMPDIR/out" || { cat "$BATS_TEST_TMPDIR/out" && false; }; }
says() { grep -qF -- "$1" "$BATS_TEST_TMPDIR/err" || { cat "$BATS_TEST_TMPDIR/err" && false; }; }
silent() { [ ! -s "$BATS_TEST_TMPDIR/err" ] || { cat "$BATS_TEST_TMPDIR/err" && false; }; }

# json EXPRESSION: what it comes to, with the answer as `j`.
json() {
	"${PYTHON:-python3}" -c '
import json, sys
j = json.load(open(sys.argv[1]))
print(eval(sys.argv[2]))' "$BATS_TEST_TMPDIR/out" "$1"
}

# Is TEXT in neither stream?
unseen() { ! grep -qF -- "$1" "$BATS_TEST_TMPDIR/out" "$BATS_TEST_TMPDIR/err"; }

# until_there FILE: waits for it; what was started goes on by itself.
until_there() {
	for _ in {1..200}; do
		[ ! -e "$HOME/$1" ] || return 0
		sleep 0.02
	done
	echo "$1 does not come" && false
}

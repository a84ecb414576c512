#!/usr/bin/env bats
# The agent as the command line uses it: unlock, lock, its deadlines, its end, where its socket may
# be, and who starts it.

load ../cli/helpers

AGENT=$(dirname "$VAULT")/vault-agent

setup_file() {
	make_vault
	printf one | put add name
}

setup() {
	cp -R "$BATS_FILE_TMPDIR/home" "$BATS_TEST_TMPDIR/home"
	live_at "$BATS_TEST_TMPDIR/home"
	cd "$HOME" || return
	mkdir -m 700 run
	socket=$HOME/run/vault/agent.sock
}

# Whatever happened, no agent outlives its test.
teardown() {
	for path in "$socket" .local/state/vault/agent/agent.sock; do
		pid=$("$SOURCE/tests/agent/agent_pid.py" "$path") && kill -KILL "$pid"
	done
	[ -z "${started-}" ] || kill -KILL "$started" || :
}

agent_pid() { "$SOURCE/tests/agent/agent_pid.py" "$socket"; }

# within SECONDS COMMAND…: it comes true in time.
within() {
	local end=$((${EPOCHREALTIME/./} + $1 * 1000000))
	shift
	until "$@"; do
		((${EPOCHREALTIME/./} < end)) || return
		sleep 0.02
	done
}

# What `status` says without using the key.
held() { locked --json status | grep -q '"held":true'; }
unheld() { ! held; }
ended() { [ ! -e "/proc/$1/exe" ]; } # or a zombie, where nobody buries the dead

@test "unlocked once, every command finds its key; lock ends it" {
	answers 4 locked get name
	says "vault unlock"
	answers 0 master unlock
	says "10 minutes"
	says "8 hours"
	answers 0 locked get name
	printed one
	silent
	answers 0 locked list
	printed $'name\n'
	printf two | answers 0 locked add other --stdin0
	answers 0 locked lock
	answers 4 locked get name
	answers 0 locked lock # nothing to do is no error
	says "Nothing was unlocked"
}

@test "answers in JSON" {
	answers 0 vault --json unlock --idle 2m --cap 3h
	[ "$(json 'j["action"], j["idle"], j["cap"]')" = "('unlocked', 120, 10800)" ]
	answers 0 locked --json status
	[ "$(json 'j["agent"]["held"], 118 <= j["agent"]["idle_left"] <= 120')" = "(True, True)" ]
	[ "$(json 'j["agent"]["keys"], j["unlocked"]')" = "(1, False)" ]
	answers 0 locked --json lock
	[ "$(json 'j["action"], j["keys"]')" = "('locked', 1)" ]
	answers 0 locked --json status
	[ "$(json 'j["agent"]["held"]')" = False ]
	kill "$(agent_pid)"
	within 1 unheld
	answers 0 locked --json status
	[ "$(json 'j["agent"]')" = None ]
}

@test "--no-agent and agent = off leave it alone" {
	answers 0 vault unlock
	answers 4 locked --no-agent get name
	answers 2 locked --no-agent unlock
	says "not with --no-agent"
	mkdir -p .config/vault
	echo 'agent = off' >.config/vault/config
	answers 4 locked get name
	answers 2 vault unlock
	says "agent = off"
	answers 0 locked lock # what was held before is locked all the same
	rm .config/vault/config
	answers 4 locked get name
}

@test "a password given by an option is handed over by unlock alone" {
	answers 0 master get name
	answers 0 vault get name
	[ ! -e "$socket" ]
	answers 4 locked get name
	answers 0 vault unlock # with the volume key, too
	answers 0 locked get name
}

@test "what an option presents comes before what is held" {
	answers 0 vault unlock
	echo wrong >wrong
	answers 5 locked --password-file wrong get name
	answers 0 locked get name
}

@test "the idle time: each use puts it off, status is none" {
	answers 0 vault unlock --idle 1s
	for _ in 1 2 3; do
		sleep 0.6
		answers 0 locked get name
	done
	sleep 0.6
	held
	sleep 0.6
	unheld
	answers 4 locked get name
}

@test "the cap: no use puts it off" {
	answers 0 vault unlock --idle 1h --cap 1s
	for _ in 1 2 3; do
		locked get name >/dev/null && sleep 0.4
	done
	answers 4 locked get name
}

@test "the configuration sets both, the options more" {
	mkdir -p .config/vault
	printf 'agent-idle = 30s\nagent-cap = 40s\n' >.config/vault/config
	answers 0 vault --json unlock
	[ "$(json 'j["idle"], j["cap"]')" = "(30, 40)" ]
	answers 0 vault --json unlock --cap 20s # no longer idle than at all
	[ "$(json 'j["idle"], j["cap"]')" = "(20, 20)" ]
	answers 2 vault unlock --idle 0
	answers 2 vault unlock --cap 200h
}

@test "two vaults: lock ends one, lock --all both" {
	cp "$FILE" second
	answers 0 master --vault third init --no-recovery "${CHEAP[@]}"
	answers 0 vault unlock
	answers 0 locked --vault third --password-file master unlock
	answers 0 locked --vault second get name # a copy is the same vault
	answers 0 locked lock
	answers 4 locked get name
	answers 0 locked --vault third list
	answers 0 vault unlock
	answers 0 locked --json lock --all
	[ "$(json 'j["keys"]')" = 2 ]
	answers 4 locked --vault third list
}

@test "SIGHUP locks all, SIGTERM ends it and removes the socket" {
	answers 0 vault unlock
	pid=$(agent_pid)
	kill -HUP "$pid"
	within 1 unheld
	answers 4 locked get name
	[ "$(agent_pid)" = "$pid" ]
	kill -TERM "$pid"
	within 1 ended "$pid"
	[ ! -e "$socket" ]
}

@test "killed: the socket it left is as good as none, and is replaced" {
	answers 0 vault unlock
	pid=$(agent_pid)
	kill -KILL "$pid"
	within 1 ended "$pid"
	[ -S "$socket" ]
	answers 4 locked get name
	says "the vault is locked"
	answers 0 locked lock
	answers 0 vault unlock
	answers 0 locked get name
	[ "$(agent_pid)" != "$pid" ]
}

@test "stopped: nobody waits longer than a second" {
	answers 0 vault unlock
	kill -STOP "$(agent_pid)"
	start=${EPOCHREALTIME/./}
	answers 4 locked get name
	((${EPOCHREALTIME/./} - start < 1500000))
	says "does not answer"
	answers 1 locked lock # it may be held still
	kill -CONT "$(agent_pid)"
	answers 0 locked get name
}

@test "rekeyed elsewhere: the old key is forgotten, nothing else happens" {
	answers 0 vault unlock
	XDG_RUNTIME_DIR=/nonexistent answers 0 master rekey --no-recovery -y "${CHEAP[@]}"
	answers 4 locked get name
	says "the vault is locked"
	unheld
	answers 0 master unlock
	answers 0 locked get name
}

@test "rekeyed here: the old key is forgotten at once" {
	answers 0 vault unlock
	answers 0 master rekey --no-recovery -y "${CHEAP[@]}"
	unheld
}

@test "what changes keys or gives them away is not done with what is held" {
	answers 0 vault unlock
	cp "$FILE" copy
	for command in passwd "key add --new-password" "key remove 0" "rekey --no-recovery -y" \
		"rescue --print-key -y" "rescue --print-volume-key -y" "rescue -o all" \
		"restore copy -y"; do
		# shellcheck disable=SC2086 # words
		answers 4 locked $command
	done
	cmp "$FILE" copy
	[ ! -e all ]
	held
}

@test "a folder that is not the user's alone is not used" {
	answers 0 vault unlock
	mv run/vault run/real
	ln -s real run/vault
	answers 4 locked get name
	says "symbolic link"
	answers 1 vault unlock
	rm run/vault
	mv run/real run/vault
	answers 0 locked get name
	chmod 750 run/vault
	answers 4 locked get name
	says "not yours alone"
	answers 1 locked lock # it may be held there
	chmod 700 run/vault
	if [ "$(id -u)" = 0 ]; then
		chown 65534 run/vault
		answers 4 locked get name
		says "not yours alone"
		chown 0 run/vault
	fi
	answers 0 locked get name
}

@test "without a folder that nobody else writes to, the socket is below the state folder" {
	XDG_RUNTIME_DIR=/nonexistent answers 0 vault unlock
	[ "$(stat -c %a .local/state/vault/agent)" = 700 ]
	XDG_RUNTIME_DIR=/tmp answers 0 locked get name
	[ ! -e /tmp/vault ]
}

@test "where none can run, commands do without, and unlock says so" {
	export XDG_RUNTIME_DIR=/nonexistent XDG_STATE_HOME=/dev/null
	answers 0 master get name
	printed one
	silent
	answers 4 locked get name
	answers 1 vault unlock
	answers 0 locked lock
	answers 0 locked status
	shows "none is running"
}

@test "it runs apart from who started it" {
	secret=in-the-environment answers 0 vault unlock 5>left-open
	pid=$(agent_pid)
	[ "$(readlink "/proc/$pid/cwd")" = / ]
	# field 6: the session; 7: the terminal; 5: the group
	read -r _ _ _ parent group session terminal _ <"/proc/$pid/stat"
	[ "$parent" != "$BASHPID" ] && [ "$terminal" = 0 ]
	[ "$session" = "$group" ] && [ "$session" != "$(ps -o sid= "$BASHPID" | tr -d ' ')" ]
	run ! grep -q in-the-environment "/proc/$pid/environ"
	run ! grep -q left-open <(ls -l "/proc/$pid/fd")
	for fd in 0 1 2; do
		[ "$(readlink "/proc/$pid/fd/$fd")" = /dev/null ]
	done
	grep -q '^NoNewPrivs:.1' "/proc/$pid/status"
	[ "$(awk '/Max core file size/ {print $5}' "/proc/$pid/limits")" = 0 ]
	[ "$(stat -c %a "$socket" run/vault | tr '\n' ' ')" = "700 700 " ]
}

@test "there is one, whoever is the fastest" {
	for _ in 1 2 3 4 5 6; do
		vault unlock 2>/dev/null &
	done
	wait
	held
	answers 6 "$AGENT"
	says "another agent is running"
}

# The service manager's way: the socket is there first, and stays.
activated() {
	"${PYTHON:-python3}" - "$socket" "$AGENT" <<-'EOF' &
		import os, socket, sys
		os.makedirs(os.path.dirname(sys.argv[1]), 0o700, exist_ok=True)
		listening = socket.socket(socket.AF_UNIX)
		listening.bind(sys.argv[1])
		listening.listen()
		os.dup2(listening.fileno(), 3)
		os.environ.update(LISTEN_PID=str(os.getpid()), LISTEN_FDS="1")
		os.execv(sys.argv[2], [sys.argv[2]])
	EOF
	started=$!
	within 5 test -S "$socket"
}

@test "a socket that a service manager passes is used, and left where it is" {
	activated
	answers 0 vault unlock
	[ "$(agent_pid)" = "$started" ]
	answers 0 locked get name
	kill "$started"
	within 2 ended "$started"
	started=
	[ -S "$socket" ]
}

@test "arguments it does not take" {
	answers 2 "$AGENT" --frobnicate
	answers 0 "$AGENT" --help
	shows "vault unlock"
	answers 0 "$AGENT" --version
	printed "vault-agent $("$VAULT" --version | sed 's/[^0-9]*\([0-9.]*\).*/\1/;q')"$'\n'
}

@test "it is linked to libc and libsodium, and to nothing else" {
	command -v ldd >/dev/null || skip "there is no ldd"
	[ -z "${SANITIZED-}" ] || skip "a sanitizer brings libraries of its own"
	libraries=$(ldd "$AGENT" | awk '{print $1}' | grep -v 'linux-vdso\|/ld-' | sed 's/\.so.*//')
	[ "$(sort <<<"$libraries" | tr '\n' ' ')" = "libc libsodium " ]
}

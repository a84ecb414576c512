#!/usr/bin/env bats
bats_require_minimum_version 1.5.0

# Files that are no vault, or not this user's, or not whole; and places that cannot be written to.
# Each is answered by one sentence and the exit status that the manual promises, and is left as it
# was, to the byte.

setup_file() {
	export HOME=$BATS_FILE_TMPDIR
	unset XDG_CONFIG_HOME XDG_DATA_HOME XDG_STATE_HOME
	chmod 755 "$HOME"
	echo 'the master password' >"$HOME/master"
	echo 'no, not this one' >"$HOME/wrong"
	vault "$HOME/good.vault" init --no-recovery --kdf-memory 64M --kdf-time 0.001
	printf 'first secret\n' | vault "$HOME/good.vault" add mailserver --stdin
	vault "$HOME/good.vault" add another -g --note "$(printf 'note %.0s' {1..2000})"
}

setup() {
	cd "$BATS_TEST_TMPDIR"
	chmod 755 .
	cp "$HOME/good.vault" v.vault
}

# vault FILE COMMAND… ; setsid: no terminal, so nothing is ever asked. $AS runs it as somebody else.
vault() {
	local file=$1
	shift
	# shellcheck disable=SC2086 # several words
	setsid -w ${AS-} "$VAULT" --vault "$file" --password-file "${PASSWORD-$HOME/master}" "$@"
}

# What a file is, where it is, and when it was changed; of a folder, what is in it.
state_of() {
	stat -c '%n %F %s %h %u %a %Y %y' "$1" 2>&1 || true
	[ ! -f "$1" ] || [ ! -r "$1" ] || sha256sum "$1"
}

beside() {
	[ ! -d "$(dirname "$1")" ] || ls -A "$(dirname "$1")" | grep -v '^said$\|^out$'
}

# refused STATUS WORDS FILE COMMAND… : one sentence with these words, nothing changed.
refused() {
	local wanted=$1 words=$2 file=$3 before status=0
	shift 3
	before=$(state_of "$file" && beside "$file")
	vault "$file" "$@" >out 2>said <<<'a fresh password' || status=$?
	if [ "$status" != "$wanted" ] || [ -s out ] || [ "$(wc -l <said)" != 1 ] ||
		! grep -q '^vault: ' said || ! grep -qi -- "$words" said ||
		grep -qi 'sqlite\|database is\|malformed\|SQL ' said; then
		echo "$file: $*: exit $status, $wanted was expected; '$words' should be said here:"
		cat said out
		return 1
	fi
	[ "$(state_of "$file" && beside "$file")" = "$before" ] ||
		{ echo "$file: $*: it was changed" && false; }
}

# Over commands that read and that write.
refused_always() {
	local line
	for line in 'get mailserver' 'list' 'add intruder --stdin' 'rm mailserver' 'backup copy' \
		'rekey --no-recovery --yes'; do
		# shellcheck disable=SC2086 # several words
		refused "$@" $line || return 1
	done
}

# Runs a function of this file in a mount namespace of its own; skips where that is not allowed.
apart() {
	local how=-m
	[ "$(id -u)" = 0 ] || how=-Urm
	unshare $how true 2>/dev/null || skip "no mount namespaces here"
	export -f vault state_of beside refused refused_always "$1"
	unshare $how bash -euc "mount --make-rprivate /; $1"
}

@test "a wrong password" {
	PASSWORD=$HOME/wrong refused_always 5 'wrong password' v.vault
	: >empty
	PASSWORD=$PWD/empty refused 5 'password' v.vault get mailserver ||
		PASSWORD=$PWD/empty refused 4 'password' v.vault get mailserver
}

@test "no file at all" {
	refused 3 'no vault' none.vault get mailserver
	refused 3 'no vault' none.vault rm mailserver
	refused 3 'no vault' no/such/folder.vault get mailserver
	[ ! -e no ]
}

@test "not a vault" {
	yes 'plain text, and a lot of it' | head -n 2000 >text.vault
	refused_always 1 'not a vault' text.vault
	head -c 61440 /dev/zero >zero.vault
	refused_always 1 'not a vault' zero.vault
	tail -c +8193 v.vault >bare.vault # the database without its header
	refused_always 1 'not a vault' bare.vault
	: >empty.vault
	refused_always 1 'empty' empty.vault
}

@test "a newer format" {
	/usr/bin/env python3 - v.vault <<-'END'
		import hashlib, sys
		image = bytearray(open(sys.argv[1], "rb").read())
		for copy in (0, 4096):
		    image[copy + 8] += 1
		    sum = hashlib.blake2b(image[copy : copy + 4064], digest_size=32)
		    image[copy + 4064 : copy + 4096] = sum.digest()
		open(sys.argv[1], "wb").write(image)
	END
	refused_always 1 'newer format.*update vault' v.vault
}

@test "a truncated file" {
	for size in 100 4096 8191; do
		head -c $size "$HOME/good.vault" >short.vault
		refused_always 9 'truncated' short.vault
	done
	for size in 8192 10000; do
		head -c $size "$HOME/good.vault" >short.vault
		refused_always 9 'damaged\|truncated\|digest' short.vault
	done
	# A part is missing: whatever is still said must be true.
	for cut in 1 4096 20000; do
		head -c -$cut "$HOME/good.vault" >short.vault
		before=$(state_of short.vault)
		if vault short.vault get mailserver >out 2>said; then
			printf 'first secret' | cmp - out
		else
			refused 9 'damaged\|truncated\|digest' short.vault get mailserver
		fi
		run -9 vault short.vault check
		[ "$(state_of short.vault)" = "$before" ]
	done
}

@test "a damaged header" {
	printf x | dd of=v.vault bs=1 seek=5000 conv=notrunc status=none
	printf x | dd of=v.vault bs=1 seek=500 conv=notrunc status=none
	refused_always 9 'both copies of the header are damaged' v.vault
}

@test "a folder, a pipe, a device" {
	mkdir folder.vault
	refused_always 1 'folder' folder.vault
	mkfifo pipe.vault
	refused 1 'not a regular file' pipe.vault get mailserver
	refused 1 'not a regular file' pipe.vault add intruder --stdin
	refused 1 'regular file\|another user' /dev/null get mailserver
}

@test "a symbolic link" {
	ln -s v.vault link.vault
	before=$(state_of v.vault)
	refused_always 1 'symbolic link' link.vault
	ln -s nowhere dangling.vault
	refused 1 'symbolic link' dangling.vault get mailserver
	[ "$(state_of v.vault)" = "$before" ]
	# A link to the folder is the user's own arrangement.
	mkdir real && mv v.vault real && ln -s real short-cut
	[ "$(vault short-cut/v.vault get mailserver)" = 'first secret' ]
}

@test "a hard link" {
	ln v.vault second.vault
	refused_always 1 'hard link' v.vault
	refused_always 1 'hard link' second.vault
}

@test "somebody else's file" {
	if [ "$(id -u)" = 0 ]; then
		chown 65534 v.vault
		refused_always 1 'belongs to another user' v.vault
	else
		refused 1 'belongs to another user' /etc/passwd get mailserver
	fi
}

# Root reads everything: these are asked as somebody who may not, in a place that he can reach.
as_nobody() {
	[ "$(id -u)" = 0 ] || return 0
	AS="setpriv --reuid=65534 --regid=65534 --clear-groups"
	$AS "$VAULT" --version >/dev/null 2>&1 || skip "nobody else can run $VAULT"
	place=$(mktemp -d "${TMPDIR:-/tmp}/vault-hostile.XXXXXX")
	cp v.vault "$HOME/master" "$HOME/wrong" "$place"
	cd "$place"
	HOME=$place
	chown -R 65534:65534 "$place"
}

teardown() {
	[ -z "${place-}" ] || rm -rf "$place"
}

@test "an unreadable file" {
	as_nobody
	chmod 000 v.vault
	refused_always 1 'permission denied' v.vault
	mkdir closed && mv v.vault closed && chmod 000 closed
	[ "$(id -u)" != 0 ] || chown 65534 closed
	refused 1 'permission denied' closed/v.vault get mailserver
	chmod 700 closed
}

@test "a file or a folder that cannot be written is read all the same" {
	as_nobody
	chmod 400 v.vault
	[ "$(vault v.vault get mailserver)" = 'first secret' ]
	refused 1 'read-only' v.vault add intruder --stdin
	refused 1 'read-only' v.vault passwd --new-password-file "$HOME/wrong"
	chmod 600 v.vault
	mkdir fixed && mv v.vault fixed
	[ "$(id -u)" != 0 ] || chown -R 65534 fixed
	chmod 500 fixed
	[ "$(vault fixed/v.vault get mailserver)" = 'first secret' ]
	refused 1 'read-only\|permission denied' fixed/v.vault add intruder --stdin
	refused 1 'read-only\|permission denied' fixed/v.vault rekey --no-recovery --yes
	chmod 700 fixed
}

read_only_place() {
	mkdir place
	mv v.vault place
	mount --bind place place
	mount -o remount,bind,ro place
	[ "$(vault place/v.vault get mailserver)" = 'first secret' ]
	refused 1 'read-only' place/v.vault add intruder --stdin
	refused 1 'read-only' place/v.vault edit mailserver --stdin
	refused 1 'read-only' place/v.vault rm mailserver
	refused 1 'read-only' place/v.vault passwd --new-password-file "$HOME/wrong"
	refused 1 'read-only' place/v.vault rekey --no-recovery --yes
	refused 1 'read-only' place/new.vault init --no-recovery --kdf-memory 64M --kdf-time 0.001
	vault place/v.vault check
	vault place/v.vault backup copy.vault
	[ "$(vault copy.vault get mailserver)" = 'first secret' ]
}

@test "a read-only file system" {
	apart read_only_place
}

@test "the sentences above are looked for: a good vault is not refused" {
	run ! refused 1 'anything' v.vault get mailserver
	run ! refused 0 '' v.vault add "a new one" --stdin
}

#!/usr/bin/env bats
# The configuration file as a user meets it: examples of the manual, who comes before whom, and that
# help needs none of it.

load helpers

CONFIG=.config/vault/config

setup() {
	cp -R "$BATS_FILE_TMPDIR/home" "$BATS_TEST_TMPDIR/home"
	live_at "$BATS_TEST_TMPDIR/home"
	cd "$HOME" || return
	mkdir -p .config/vault
}

# configure LINE…
configure() { printf '%s\n' "$@" >$CONFIG && chmod 600 $CONFIG; }

# made WORD…: the password that `generate` prints with these options, in ./out.
made() { answers 0 locked -q generate "$@" && tr -d '\n' <"$BATS_TEST_TMPDIR/out"; }

# example N: the Nth example of the manual.
example() {
	awk -v wanted="$1" '/^\.Bd -literal/ {n++; inside = 1; next} /^\.Ed/ {inside = 0}
		inside && n == wanted' "$SOURCE/docs/vault-config.5"
}

@test "the examples of the manual do what it says" {
	example 1 >$CONFIG
	[[ $(made) =~ ^[A-Za-z0-9]{20}$ ]]
	answers 3 locked list
	says "there is no vault at $HOME/sync/passwords.vault"
	example 2 >$CONFIG
	[[ $(made) =~ ^[a-z]+(-[a-z]+){5}$ ]]
	example 3 >$CONFIG
	mkdir bin
	printf '#!/bin/sh\ncat >%s/clipboard\n' "$HOME" >bin/to-clipboard
	chmod +x bin/to-clipboard
	put add one <<<secret
	answers 0 vault copy --json one
	[ "$(json 'j["clear_after"] == 20')" = True ]
	[ "$(<clipboard)" = secret ]
	[[ $(example 4) == '#!/bin/sh'* ]]
	[ -z "$(example 5)" ]
}

@test "the command line comes before the file, and the file before the defaults" {
	[ "$(made | wc -c)" = 32 ]
	configure 'generate-length = 20' 'generate-charset = digit'
	[[ $(made) =~ ^[0-9]{20}$ ]]
	[[ $(made --length 12) =~ ^[0-9]{12}$ ]]
	[[ $(made --charset lower) =~ ^[a-z]{20}$ ]]
	[[ $(made --words 2) =~ ^[a-z]+-[a-z]+$ ]]
	configure 'generate-words = 4'
	[[ $(made) =~ ^[a-z]+(-[a-z]+){3}$ ]]
	[[ $(made --words 2) =~ ^[a-z]+-[a-z]+$ ]]
	[[ $(made --length 12 --charset digit) =~ ^[0-9]{12}$ ]]
}

@test "passwords of entries are made as configured" {
	answers 0 vault -q add longest -g
	answers 0 vault get longest
	[ "$(wc -c <"$BATS_TEST_TMPDIR/out")" = 128 ]
	configure 'generate-length = 20' 'generate-charset = alnum'
	answers 0 vault -q add twenty -g
	answers 0 vault get twenty
	[[ $(<"$BATS_TEST_TMPDIR/out") =~ ^[A-Za-z0-9]{20}$ ]]
	answers 0 vault -q edit twenty --length 30
	answers 0 vault get twenty
	[[ $(<"$BATS_TEST_TMPDIR/out") =~ ^[A-Za-z0-9]{30}$ ]]
}

@test "the vault is where the file says, unless --vault names another" {
	mkdir elsewhere
	mv "$FILE" "elsewhere/my vault"
	answers 3 vault list
	configure 'vault = ~/elsewhere/my vault'
	answers 0 vault -q add one -g
	answers 0 vault list
	printed $'one\n'
	answers 3 vault --vault nowhere list
	[ ! -e "$FILE" ]
}

@test "XDG_CONFIG_HOME says where the file is, if it is absolute" {
	mkdir -p "$HOME/etc/vault"
	echo 'generate-length = 7' >etc/vault/config
	XDG_CONFIG_HOME=$HOME/etc made >password
	[ "$(wc -c <password)" = 7 ]
	XDG_CONFIG_HOME=etc made >password
	[ "$(wc -c <password)" = 32 ]
}

@test "what is wrong in it is told with its line, and nothing is done" {
	configure '# first' 'generate-length = 20' 'agnet = off'
	for command in "list" "generate" "add one -g" "status"; do
		# shellcheck disable=SC2086
		answers 2 vault $command
		printed
		says "vault: $HOME/$CONFIG:3: there is no key 'agnet'"
		[ "$(wc -l <"$BATS_TEST_TMPDIR/err")" = 1 ]
	done
	rm $CONFIG
	answers 0 vault list
	printed
}

@test "help and version go on with a broken file" {
	configure 'nonsense'
	for line in help "help get" "get --help" --help --version -V "help --commands"; do
		# shellcheck disable=SC2086
		answers 0 locked $line
		silent
	done
}

@test "a file that others can write, or that is none, is refused" {
	configure 'agent = off'
	chmod g+w $CONFIG
	answers 1 vault list
	says "can be written by others"
	rm $CONFIG
	mkfifo $CONFIG
	answers 1 vault list
	says "is not a regular file"
	rm $CONFIG
	echo 'generate-length = 9' >dotfile
	ln -s "$HOME/dotfile" $CONFIG
	[ "$(made | wc -c)" = 9 ]
	if [ "$(id -u)" = 0 ]; then
		chown 12345 dotfile
		answers 1 vault list
		says "belongs to neither you nor root"
	fi
}

@test "there is no key that names a command, save the clipboard's program" {
	[ "$(locked help --commands | awk -F'\t' '$1 == "key" && /program|command/' | wc -l)" = 1 ]
}

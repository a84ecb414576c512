#!/usr/bin/env bats
# Copies of one vault that went apart, brought together again.

load helpers

# fork: a copy of the vault as it is.
fork() { cp "$FILE" "$1"; }
# there COPY COMMAND…: in the copy, as on another machine.
there() { XDG_STATE_HOME="$HOME/$1.state" vault --vault "$@"; }
put_there() { XDG_STATE_HOME="$HOME/$1.state" put "$2" --vault "$1" "${@:3}"; }

@test "what one copy changed is taken; both hold the same then" {
	printf first | put add mail -u joe
	fork other.vault
	printf second | put_there other.vault edit mail
	printf 'of the shop' | put_there other.vault add shop
	printf 'of the bank' | put add bank
	answers 0 vault merge -n other.vault
	shows 'Would be: 1 added'
	answers 3 vault get shop
	answers 0 vault merge other.vault
	shows '~ mail'
	shows '+ shop'
	shows '1 added, 1 taken over, 0 put together from both; 0 were the same'
	shows '; 0 were the same, 1 is newer or only here.'
	[ "$(vault get mail)" = second ]
	answers 0 there other.vault merge "$FILE"
	[ "$(there other.vault get bank)" = 'of the bank' ]
	answers 0 vault merge other.vault
	shows '0 added, 0 taken over, 0 put together from both; 3 were the same'
	shows '; 3 were the same, 0 are newer or only here.'
	answers 0 vault check
}

@test "what changed in both is told; the older one is in the history" {
	printf first | put add mail
	fork other.vault
	printf older | put edit mail
	sleep 1.1
	printf newer | put_there other.vault edit mail
	answers 0 vault --json merge other.vault
	[ "$(json 'j["entries"][0]["conflicts"]')" = "['password']" ]
	[ "$(json 'j["joined"], j["conflicts"]')" = "(1, 1)" ]
	[ "$(vault get mail)" = newer ]
	answers 0 vault history --reveal mail
	shows older
	shows first
}

@test "an entry that was removed is; reuse is told, and never refused" {
	printf same | put add mail
	printf else | put add old
	fork other.vault
	answers 0 there other.vault rm old
	printf same | put_there other.vault add shop --allow-reuse 'they are one'
	answers 0 vault merge other.vault
	shows '- old'
	shows 'Reuse: 2 entries share 1 password'
	answers 3 vault get old
	answers 0 vault trash
	shows old
}

@test "a copy under another key opens with its own password" {
	printf first | put add mail
	fork other.vault
	printf 'another password\n' >other
	XDG_STATE_HOME="$HOME/other.state" master --vault other.vault rekey -q --no-recovery \
		--new-password-file other "${CHEAP[@]}"
	printf 'of the bank' | put add bank
	answers 4 vault merge other.vault
	answers 5 vault merge --copy-password-file "$HOME/master" other.vault
	answers 0 vault merge --copy-password-file other other.vault
	says 'opens with other passwords'
}

@test "another vault, the vault itself, and no vault are refused" {
	master --vault strange.vault init -q --no-recovery "${CHEAP[@]}"
	answers 2 vault merge strange.vault
	says 'export it and import'
	answers 2 vault merge "$FILE"
	says 'the vault itself'
	answers 3 vault merge nothing.vault
	head -c 100000 /dev/urandom >noise
	answers 1 vault merge noise
}

@test "a copy that is damaged is called so, and not the vault" {
	printf first | put add mail
	fork other.vault
	truncate -s -4096 other.vault
	answers 9 vault merge other.vault
	says "other.vault' is damaged, and nothing was taken from it"
	fork other.vault
	printf XXXXXXXX | dd of=other.vault bs=1 seek=20000 conv=notrunc status=none
	answers 9 vault merge other.vault
	says "other.vault' is damaged, and nothing was taken from it"
	[ "$(vault get mail)" = first ]
}

@test "a copy under another key that is damaged is called so, and not the vault" {
	printf first | put add mail
	fork other.vault
	printf 'another password\n' >other
	XDG_STATE_HOME="$HOME/other.state" master --vault other.vault rekey -q --no-recovery \
		--new-password-file other "${CHEAP[@]}"
	cp other.vault whole.vault
	truncate -s -4096 other.vault
	answers 9 vault merge --copy-password-file other other.vault
	says "other.vault' is damaged, and nothing was taken from it"
	cp whole.vault other.vault
	printf XXXXXXXX | dd of=other.vault bs=1 seek=20000 conv=notrunc status=none
	answers 9 vault merge --copy-password-file other other.vault
	says "other.vault' is damaged, and nothing was taken from it"
	[ "$(vault get mail)" = first ]
}

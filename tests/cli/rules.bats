#!/usr/bin/env bats
# Password rules of entries and of loaded lists, and the addresses where passwords are changed.

load helpers

RULES='maxlength: 20; required: lower, upper; required: digit; allowed: [-_.]; max-consecutive: 2'

setup_file() {
	make_vault
	cat >"$HOME/rules.json" <<-'END'
		{"shop.example": {"password-rules": "maxlength: 6; allowed: digit;"},
		 "deep.shop.example": {"password-rules": "maxlength: 7; allowed: lower;"},
		 "alone.example": {"password-rules": "maxlength: 9;",
			"exact-domain-match-only": true},
		 "wrong.example": {"password-rules": "length: 3"},
		 "bad host": {"password-rules": ""}}
	END
	cat >"$HOME/change.json" <<-'END'
		{"shop.example": "https://shop.example/account/password?x=1",
		 "evil.example": "javascript:1"}
	END
}

setup() { own_home; }

# made NAME ARGUMENT…: the password that an entry gets.
made() {
	vault -q add "$@" --generate
	vault -q get "$1"
}

@test "a password is made as the entry's rules say, the longest" {
	vault add one --generate --rules "$RULES"
	[[ $(vault get one) =~ ^[A-Za-z0-9._-]{20}$ ]]
	vault show one | grep -F "rules       $RULES"
	first=$(vault get one)
	vault edit one --generate
	[[ $(vault get one) =~ ^[A-Za-z0-9._-]{20}$ ]]
	[ "$(vault get one)" != "$first" ]
	vault edit one --rules 'maxlength: 5; allowed: digit'
	[[ $(vault get one) =~ ^.{20}$ ]]
	vault edit one --generate
	[[ $(vault get one) =~ ^[0-9]{5}$ ]]
	vault edit one --clear rules
	vault edit one --generate
	[ "$(vault get one | tr -d '\n' | wc -c)" -eq 128 ]
}

@test "options that say what to use come before the rules; --length keeps within them" {
	[[ $(made two --rules "$RULES" --charset lower --length 30) =~ ^[a-z]{30}$ ]]
	[[ $(made three --rules "$RULES" --length 9) =~ ^[A-Za-z0-9._-]{9}$ ]]
	run -2 vault edit three --length 21
}

@test "rules that are wrong are refused, and no field takes their name" {
	run -2 vault add four --generate --rules 'allowed: [a-z]'
	[[ $output == *"there are no ranges"* ]]
	run -2 vault generate --rules 'minimum: 3'
	run -2 vault generate --rules 'allowed: lower; maxlength: 0; minlength: 0'
	[[ $output == *"'maxlength: 0': a password has at least one character"* ]]
	run -2 vault generate --rules 'maxlength: 1; required: lower; required: digit'
	run -2 vault add four --generate --field rules=x
}

@test "the entropy by rules is told" {
	run -0 --separate-stderr vault generate --rules 'maxlength: 4; allowed: digit'
	[[ $output =~ ^[0-9]{4}$ ]]
	[[ $stderr == "13.3 bits"$'\n'"vault: warning: this password is "*"weak, about 2^"* ]]
	run -0 --separate-stderr vault generate --rules 'maxlength: 20; allowed: digit'
	[[ $stderr == "66.4 bits" ]]
}

@test "where the rules leave a weak password, that is told, once" {
	run -0 --separate-stderr vault generate --json --rules 'allowed: [a]'
	[[ $stderr == *"warning: this password is very weak, about 2^0 guesses: the rules"* ]]
	run -0 --separate-stderr vault add weak -g --rules 'allowed: digit; maxlength: 4'
	[[ $stderr == *"this password is "*"weak, about 2^"* ]]
	run -0 --separate-stderr vault rotate weak
	[[ $stderr == *"this password is "*"weak, about 2^"* ]]
	vault -q rotate --abort weak
	run -0 --separate-stderr vault rotate weak --rules 'required: lower; required: digit'
	[[ $stderr != *"warning"* ]]
	printf a | put add same --allow-reuse 'for the test'
	run -8 --separate-stderr vault rotate same --rules 'allowed: [a]; maxlength: 1'
	[ "$(grep -c "this password is very weak" <<<"$stderr")" = 1 ]
}

@test "a list's rules hold for a domain and those below it, the longest one first" {
	run -0 --separate-stderr vault rules load "$HOME/rules.json"
	[[ $stderr == *"2 cannot be used"*"wrong.example"* ]]
	[[ $stderr == *"Loaded the password rules of 3 services."* ]]
	[[ $(made five --url https://www.SHOP.example:8443/x) =~ ^[0-9]{6}$ ]]
	[[ $(made six --url deep.shop.example) =~ ^[a-z]{7}$ ]]
	[[ $(made seven --url alone.example) =~ ^.{9}$ ]]
	[[ $(made eight --url www.alone.example) =~ ^.{128}$ ]]
	[[ $(made nine --url notshop.example) =~ ^.{128}$ ]]
	[[ $(made ten --url shop.example --rules 'maxlength: 11') =~ ^.{11}$ ]]
}

@test "a file that is no list leaves the loaded one alone" {
	vault rules load "$HOME/rules.json"
	run -2 vault rules load - <<<'{"a": '
	run -2 vault rules load - <<<'[{"a": ["b"]}]'
	run -2 vault rules load - <<<'{"a": {"password-rules": ""}, "b": "https://b/"}'
	run -3 vault rules load "$HOME/missing.json"
	[[ $(made eleven --url shop.example) =~ ^[0-9]{6}$ ]]
}

@test "the page where a password is changed: of the list, else well-known" {
	vault rules load "$HOME/change.json"
	put add shop --url https://www.shop.example/login <<<'Mumbling.Kettle.71'
	put add other --url 'http://joe@other.example:8080/login' <<<'Quietly-Pears-22'
	put add bare <<<'Nothing+Rivers+45'
	[ "$(vault open --change-password --print shop)" = \
		'https://shop.example/account/password?x=1' ]
	[ "$(vault open --change-password --print other)" = \
		'https://other.example:8080/.well-known/change-password' ]
	run -3 vault open --change-password --print bare
	run -2 vault open --change-password --url 1 shop
}

@test "rules go out with an export and come back" {
	vault add one --generate --rules "$RULES"
	vault export --plaintext --yes json "$HOME/out.json"
	vault rm one
	vault trash empty --yes
	vault import json "$HOME/out.json"
	vault show one | grep -F "rules       $RULES"
}

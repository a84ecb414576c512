#!/usr/bin/env bats
# Changing a password in two steps: both are kept until the service has said yes or no.

load helpers

setup_file() {
	make_vault
	vault -q add shop --stdin -u joe --url https://shop.example/login \
		--used-by 'Thunderbird on PC' --used-by phone <<<canary-7-Old.Shop
	vault -q add bank --stdin <<<4711 --rules \
		'minlength: 4; maxlength: 4; required: digit; allowed: digit'
	vault -q add other --stdin <<<Meandering.Kettle.71
	mkdir "$HOME/bin" "$HOME/.config" "$HOME/.config/vault"
	cat >"$HOME/bin/clip" <<-'END'
		#!/bin/sh
		cat >"$HOME/copying" && mv "$HOME/copying" "$HOME/copied"
	END
	cat >"$HOME/bin/xdg-open" <<-'END'
		#!/bin/sh
		echo "$1" >"$HOME/opening" && mv "$HOME/opening" "$HOME/opened"
	END
	chmod +x "$HOME/bin/clip" "$HOME/bin/xdg-open"
	echo "clipboard-program = ~/bin/clip" >"$HOME/.config/vault/config"
}

page=https://shop.example/.well-known/change-password

@test "both passwords are there until it is done, then the new one" {
	answers 0 vault rotate shop
	printed
	says "Made a new password for 'shop', of 128 characters"
	says "Change it at https://shop.example/.well-known/change-password"
	says "vault rotate --done shop"
	answers 0 vault get shop
	printed canary-7-Old.Shop
	says "A change of this password is pending"
	answers 0 vault get -f pending shop
	silent
	new=$(<"$BATS_TEST_TMPDIR/out")
	[ ${#new} = 128 ]
	answers 0 vault rotate shop --reveal
	printed $'old  canary-7-Old.Shop\nnew  '"$new"$'\n'
	says "A change of 'shop' is pending."
	answers 0 vault rotate
	printed $'shop\n'
	answers 0 vault show shop
	shows "pending     ••••••••"
	answers 0 vault history shop
	shows "pending"
	answers 0 vault rotate --done shop
	says "  [ ] Thunderbird on PC"
	says "  [ ] phone"
	answers 0 vault get shop
	printed "$new"
	silent
	answers 0 vault history -r shop
	shows canary-7-Old.Shop
	run ! grep pending "$BATS_TEST_TMPDIR/out"
	answers 3 vault rotate --done shop
	says "no change of 'shop' is pending"
	answers 0 vault check
}

@test "what the service does not take is dropped, and leaves nothing" {
	vault -q rotate shop 2>/dev/null
	new=$(vault -q get -f pending shop)
	answers 0 vault rotate --abort shop
	says "'shop' keeps its password"
	answers 0 vault get shop
	printed canary-7-Old.Shop
	silent
	answers 3 vault rotate --abort shop
	answers 3 vault get -f pending shop
	answers 3 vault rotate nowhere
	run -0 --separate-stderr vault export --plaintext --yes json -
	[[ $output != *"$new"* ]]
}

@test "a script gets JSON, and exit statuses" {
	answers 0 vault rotate shop --json
	[ "$(json 'j["action"], j["name"], j["change_page"], "pending" in j')" = \
		"('rotation-started', 'shop', '$page', False)" ]
	answers 0 vault rotate shop --json --reveal
	[ "$(json 'j["action"], j["password"], len(j["pending"])')" = \
		"('rotation-pending', 'canary-7-Old.Shop', 128)" ]
	answers 0 vault rotate --json
	printed '{"pending":["shop"]}'$'\n'
	answers 6 vault rotate shop --stdin <<<another-One.99
	says "is pending already"
	answers 6 vault rotate shop --length 20
	answers 0 vault rotate --done shop --json
	printed '{"action":"rotation-done","name":"shop","behind":["Thunderbird on PC",'\
'"phone"]}'$'\n'
	for bad in "--done --abort shop" "--done --copy shop" \
		"--realm-too shop" --done "--copy --copy-old shop" "shop --stdin --length 9"; do
		# shellcheck disable=SC2086
		answers 2 vault rotate $bad
	done
}

@test "what is brought along passes the guard, the own passwords included" {
	for word in Meandering.Kettle.71 meandering.kettle.72 canary-7-Old.Shop; do
		answers 8 vault rotate shop --stdin <<<"$word"
		says refused:
		answers 3 vault get -f pending shop
	done
	answers 8 vault rotate shop --stdin --json <<<Meandering.Kettle.71
	[ "$(json 'j["action"], j["conflicts"][0]["name"]')" = "('refused', 'other')" ]
	answers 0 vault rotate shop --stdin <<<Quite-Unlike.3
	answers 0 vault get -f pending shop
	printed Quite-Unlike.3
}

@test "a password that came into use in between needs a reason" {
	vault -q rotate shop --stdin <<<Quite-Unlike.3 2>/dev/null
	vault -q edit other --stdin <<<Quite-Unlike.3
	answers 8 vault rotate --done shop
	says "also in use at 'other'"
	says "still pending"
	answers 0 vault get -f pending shop
	printed Quite-Unlike.3
	answers 0 vault rotate --done shop --allow-reuse 'the service has it'
	answers 0 vault get shop
	printed Quite-Unlike.3
}

@test "a password that leaked in between is no choice, but can be noted down" {
	printf %s 'mumbling kettles 91' | answers 0 vault rotate shop --stdin
	printf %s 'mumbling kettles 91' | answers 7 vault leak --password --stdin
	answers 8 vault rotate --done shop
	says "refused: this password leaked from '(typed)'"
	says "drop it with --abort, and begin anew"
	answers 0 vault rotate --done shop --allow-reuse 'it was quicker'
	says "it has to change again: vault incident next"
	answers 7 vault incident next
	printed $'shop\n'
}

@test "the rules of the service are kept, and a relative of what there is is never made" {
	for _ in {1..6}; do
		answers 0 vault rotate bank
		new=$(vault get -f pending bank)
		[[ $new =~ ^[0-9]{4}$ && $new != 4711 ]]
		vault -q rotate --abort bank
	done
	answers 0 vault edit bank --rules 'maxlength: 4; required: [4]'
	vault -q rotate bank 2>/dev/null || :
	vault -q add four --stdin <<<4444
	vault -q rotate --abort bank || :
	answers 8 vault rotate bank
	says "The rules leave no password"
	answers 3 vault get -f pending bank
}

@test "next is whom an incident is open for, then what the audit says, then nobody" {
	answers 7 vault leak other
	for action in started pending; do
		answers 0 vault rotate --next --json
		[ "$(json 'j["action"], j["name"]')" = "('rotation-$action', 'other')" ]
		says "'other' is next, for incident 1."
	done
	vault -q rotate --done other
	answers 0 vault rotate --next
	says "'bank' is next: see 'vault audit'."
	says "Made a new password for 'bank', of 4 characters"
	vault -q rm bank
	answers 3 vault rotate --next
	says "nothing is to be changed"
	echo "breaches = $HOME/nowhere" >>"$HOME/.config/vault/config"
	answers 1 vault rotate --next
	says nowhere
	for bad in "--next shop" "--next --done" "--next --abort"; do
		# shellcheck disable=SC2086
		answers 2 vault rotate $bad
	done
}

@test "the realm is given it, too, when it is told" {
	vault -q realm add dir shop other --reason 'one login'
	vault -q rotate shop
	new=$(vault -q get -f pending shop)
	answers 0 vault rotate --done shop --realm-too
	answers 0 vault get other
	printed "$new"
	vault -q rotate shop
	answers 0 vault rotate --done shop
	says "keeps its password"
	answers 0 vault get other
	printed "$new"
}

@test "the page is opened, and either password copied" {
	export XDG_CONFIG_HOME=''
	PATH=$HOME/bin:$PATH DISPLAY=:0 answers 0 vault rotate shop --open --copy-old
	until_there opened
	[ "$(<opened)" = "$page" ]
	until_there copied
	[ "$(<copied)" = canary-7-Old.Shop ]
	rm copied
	answers 0 vault rotate shop --copy
	until_there copied
	[ "$(<copied)" = "$(vault get -q -f pending shop)" ]
	answers 0 vault rotate shop --print
	printed "$page"$'\n'
	vault lock 2>/dev/null || :
}

@test "export and import carry what is pending, and who uses it" {
	vault -q rotate shop
	vault -q export --plaintext --yes json all.json
	mkdir fresh
	master --vault fresh/v init -q --no-recovery "${CHEAP[@]}"
	answers 0 master --vault fresh/v import all.json
	answers 0 master --vault fresh/v get -f pending shop
	printed "$(vault -q get -f pending shop)"
	answers 0 master --vault fresh/v show shop
	shows "used-by     Thunderbird on PC"
}

@test "a copy in which it is pending does not bring back what was done elsewhere" {
	vault -q rotate shop
	vault -q export --plaintext --yes json before.json
	vault -q rotate --done shop
	vault -q export --plaintext --yes json after.json
	answers 0 vault import --update before.json
	answers 3 vault get -f pending shop
}

@test "nor does a merge with one, and no password is lost by it" {
	vault -q rotate shop
	vault -q backup copy
	vault -q rotate --done shop
	new=$(vault -q get shop)
	XDG_STATE_HOME=$HOME/elsewhere master --vault copy edit -q -u jane shop
	answers 0 vault merge copy
	answers 3 vault get -f pending shop
	answers 0 vault history -r shop
	shows canary-7-Old.Shop
	shows "$new"
	vault -q rotate shop
	next=$(vault -q get -f pending shop)
	vault -q backup later
	vault -q edit -u jim shop
	XDG_STATE_HOME=$HOME/elsewhere2 master --vault later edit -q --tag more shop
	answers 0 vault merge later
	answers 0 vault get -f pending shop
	printed "$next"
}

#!/usr/bin/env bats
# Opening an entry's address, with programs that take down what they are given in place of the
# browser and of the clipboard.

load helpers

setup_file() {
	make_vault
	put add shop -u joe --url 'shop.example/login?a=b c' --url https://two.example:8443/x \
		<<<'Mumbling.Kettle.71'
	put add risky --url 'javascript:alert(1)' --url file:///etc/passwd \
		--url 'https://joe:secret@example.org/$(touch trap)`touch trap`;x' <<<two
	put add bare <<<three
	mkdir "$HOME/bin"
	cat >"$HOME/bin/xdg-open" <<-'END'
		#!/bin/sh
		exec >"$HOME/opening"
		printf '%s\n' "$#" "$1" "$(umask)" "$OPENSSL_CONF"
		for fd in 0 3 7 9; do readlink /proc/self/fd/$fd || echo closed; done
		sed -n 's/NoNewPrivs:[[:space:]]*//p' /proc/self/status
		cut -d' ' -f6,7 /proc/$$/stat | sed "s/^$$ /own /"
		mv "$HOME/opening" "$HOME/opened"
	END
	cat >"$HOME/bin/clip" <<-'END'
		#!/bin/sh
		cat >"$HOME/copying" && mv "$HOME/copying" "$HOME/copied"
	END
	chmod +x "$HOME/bin/xdg-open" "$HOME/bin/clip"
	mkdir -p "$HOME/.config/vault"
	echo "clipboard-program = ~/bin/clip" >"$HOME/.config/vault/config"
}

opens() { PATH=$HOME/bin:$PATH DISPLAY=:0 XDG_CONFIG_HOME='' vault open "$@"; }

@test "the address is opened, and the password is on the clipboard" {
	answers 0 opens shop
	printed
	says "Opening shop.example."
	until_there opened
	until_there copied
	[ "$(sed -n 2p opened)" = 'https://shop.example/login?a=b%20c' ]
	[ "$(<copied)" = 'Mumbling.Kettle.71' ]
	unseen Mumbling
}

@test "the program is on its own: one argument, its own session, what the user had, nothing open" {
	umask 027
	OPENSSL_CONF=mine answers 0 opens shop --no-copy 7</dev/null
	until_there opened
	[ "$(<opened)" = "$(printf '%s\n' 1 'https://shop.example/login?a=b%20c' 0027 mine \
		/dev/null closed closed closed 0 'own 0')" ] || { cat opened && false; }
	[ ! -e copied ]
}

@test "of several addresses one by its number" {
	answers 0 opens shop --url 2 --no-copy
	until_there opened
	[ "$(sed -n 2p opened)" = https://two.example:8443/x ]
	answers 3 opens shop --url 3
	says "has not so many addresses"
	answers 3 opens bare
	says "'bare' has no address"
}

@test "--print prints it, and nothing else happens" {
	answers 0 vault open shop --print
	printed 'https://shop.example/login?a=b%20c'$'\n'
	silent
	answers 0 vault open shop --print --url 2 --json
	printed '{"name":"shop","url":"https://two.example:8443/x"}'$'\n'
	sleep 0.2
	[ ! -e opened ] && [ ! -e copied ]
}

@test "what is no address of the web is not opened" {
	for number in 1 2; do
		answers 8 opens risky --url $number
		says "only http, https, ftp and ftps are opened"
		answers 8 opens risky --url $number --print
		printed
	done
	[ ! -e opened ] && [ ! -e copied ]
}

@test "no shell reads it, and no user or password of it is in the arguments" {
	answers 0 opens risky --url 3 --no-copy
	says "without the user or password"
	unseen secret
	until_there opened
	# shellcheck disable=SC2016 # nothing is to be expanded
	[ "$(sed -n 2p opened)" = 'https://example.org/$(touch%20trap)%60touch%20trap%60;x' ]
	[ ! -e trap ]
}

@test "without a display or without the program: nothing is opened, nothing copied" {
	PATH=$HOME/bin:$PATH DISPLAY='' answers 1 vault open shop
	says "no display"
	# What the machine has of it is out of sight.
	rm bin/xdg-open
	ln -s "$(command -v setsid)" bin
	PATH=$HOME/bin DISPLAY=:0 answers 127 vault open shop
	says "--print prints the address"
	[ ! -e copied ]
}

@test "pick without a terminal fails at once" {
	for command in "pick" "pick --get shop" "pick --show shop"; do
		# shellcheck disable=SC2086 # several words
		answers 4 vault $command
		says "there is no terminal to choose at"
	done
	answers 2 vault pick --get --otp
	answers 2 vault pick --copy --show
}

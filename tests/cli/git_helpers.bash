# What the tests of git-credential-vault share. There, git finds the program under that name behind
# a wrapper that opens the vault; whoever is asked by git itself answers "askpass-…".
# shellcheck shell=bash

HOST=(protocol=https host=example.com)

setup_file() {
	make_vault
	make_git
}

setup() {
	cp -R "$BATS_FILE_TMPDIR/home" "$BATS_TEST_TMPDIR/home"
	live_at "$BATS_TEST_TMPDIR/home"
	live_git
	cd "$HOME" || return
}

make_git() {
	command -v git >/dev/null || skip "git is not installed"
	local bin=$HOME/bin
	mkdir "$bin"
	ln -s "$VAULT" "$bin/git-credential-vault"
	cat >"$bin/git-credential-test" <<-'END'
		#!/bin/sh
		exec "$HOME/bin/git-credential-vault" --volume-key-fd 9 "$@" 9<"$KEY"
	END
	cat >"$bin/askpass" <<-'END'
		#!/bin/sh
		echo "asked: $1" >&2
		case $1 in Username*) echo askpass-user ;; *) echo askpass-password ;; esac
	END
	chmod +x "$bin/git-credential-test" "$bin/askpass"
	live_git
	git config --global credential.helper test
	git config --global user.name joe
	git config --global user.email joe@example.org
}

live_git() {
	export PATH=$HOME/bin:$PATH GIT_ASKPASS=$HOME/bin/askpass GIT_CONFIG_NOSYSTEM=1
	unset GIT_TERMINAL_PROMPT XDG_CONFIG_HOME
}

# helper OPERATION LINE…: the program, as git would run it.
helper() { printf '%s\n' "${@:2}" '' | setsid -w git-credential-test "$1"; }

# asked OPERATION LINE…: through git; what it answers and says is judged by `answered`, `said`.
asked() {
	printf '%s\n' "${@:2}" | setsid -w git credential "$1" \
		>"$BATS_TEST_TMPDIR/out" 2>"$BATS_TEST_TMPDIR/err"
}
fill() { asked fill "$@"; }
approve() { asked approve "$@" && printed && silent; }
reject() { asked reject "$@" && printed && silent; }

# answered LINE…: these lines, and no other.
answered() { diff <(printf '%s\n' "$@") "$BATS_TEST_TMPDIR/out"; }

# The program answered, and git had nobody to ask.
knew() { answered "$@" && silent; }

# Nothing was known of this: git asked for the password, or for the user name, too.
unknown() { says 'asked: Password for' && shows password=askpass-password; }

# git_has VERSION: is git at least that new?
git_has() { printf '%s\n' "$1" "$(git version | cut -d' ' -f3)" | sort -CV; }

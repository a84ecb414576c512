#!/usr/bin/env bats
# ./setup, as far as it goes without installing anything, and what the configuration refuses.

bats_require_minimum_version 1.5.0

setup() {
	cd "$BATS_TEST_TMPDIR"
	export HOME=$PWD/home SHELL=/bin/bash
	mkdir -p home etc/sources.list.d
}

# inside COMMAND…: runs a function of ./setup, with ./etc in the place of /etc/apt.
inside() {
	sed "s,/etc/apt,$PWD/etc,g; \$d" "$SOURCE/setup" >inside.sh
	echo "PREFIX=\$HOME/.local; $*" >>inside.sh
	sh inside.sh
}

# The source that would be added for backports.
backports() {
	inside 'suite=bookworm-backports update=true; backports_plan >plan; sh plan'
	cat etc/sources.list.d/bookworm-backports.*
}

@test "help names every command, an unknown one is refused" {
	run -0 "$SOURCE/setup" --help
	for command in test bench uninstall; do
		[[ $output == *"./setup $command"* ]]
	done
	run -2 "$SOURCE/setup" nonsense
}

@test "backports: mirror and key of a deb822 source" {
	cat >etc/sources.list.d/debian.sources <<-EOF
		Enabled: no
		Types: deb
		URIs: http://off.example/debian
		Suites: bookworm

		Types: deb deb-src
		# a remark
		URIs: http://mirror.example/debian
		Suites: bookworm bookworm-updates
		Components: main contrib
		Signed-By: /usr/share/keyrings/some.gpg
	EOF
	[ "$(backports)" = "Types: deb
URIs: http://mirror.example/debian
Suites: bookworm-backports
Components: main
Signed-By: /usr/share/keyrings/some.gpg" ]
}

@test "backports: mirror and options of a one-line source" {
	cat >etc/sources.list <<-EOF
		# deb cdrom:[Debian] bookworm main
		deb-src http://src.example/debian bookworm main
		deb http://security.example/debian-security bookworm-security main
		deb [signed-by=/some.gpg] http://mirror.example/debian bookworm main contrib
	EOF
	[ "$(backports)" = \
		"deb [signed-by=/some.gpg] http://mirror.example/debian bookworm-backports main" ]
}

@test "backports: Debian's own host where nothing else is known" {
	[ "$(backports)" = "deb http://deb.debian.org/debian bookworm-backports main" ]
}

@test "the PATH: nothing to say when it is right, the line for the user's shell when not" {
	run -0 env PATH="$HOME/.local/bin:$PATH" sh -c "$(declare -f inside); inside tell_path"
	[[ $output != *"not on your PATH"* ]]
	run -0 inside tell_path
	[[ $output == *'export PATH="$HOME/.local/bin:$PATH"'* && $output == *"~/.bashrc"* ]]
	SHELL=/usr/bin/fish run -0 inside tell_path
	[[ $output == *'fish_add_path "$HOME/.local/bin"'* ]]
}

@test "uninstall removes what was installed and nothing else" {
	local=$HOME/.local
	mkdir -p "$local"/{bin,share/doc/vault,share/man/man1,share/vault}
	touch "$local"/{bin/vault,bin/other,share/man/man1/vault.1,share/vault/default.vault}
	cat >"$local/share/doc/vault/installed" <<-EOF
		$local/bin/vault
		$local/share
		$local/share/doc
		$local/share/doc/vault
		$local/share/doc/vault/installed
		$local/share/man
		$local/share/man/man1
		$local/share/man/man1/vault.1
	EOF
	run -0 "$SOURCE/setup" uninstall
	[[ $output == *"your vaults"* ]]
	[ "$(cd "$HOME" && find . -type f | sort)" = "./.local/bin/other
./.local/share/vault/default.vault" ]
	[ ! -e "$local/share/man" ]
	run -1 "$SOURCE/setup" uninstall
}

# fake_sqlcipher ANSWER: a library that answers every statement with one text, or with nothing.
fake_sqlcipher() {
	mkdir -p fake/sqlcipher
	cat >fake/sqlcipher/sqlite3.h <<-EOF
		typedef struct sqlite3 sqlite3;
		#define SQLITE_OK 0
		int sqlite3_open(const char *path, sqlite3 **db);
		typedef int row_fn(void *, int columns, char **values, char **names);
		int sqlite3_exec(sqlite3 *, const char *, row_fn *, void *, char **);
	EOF
	cat >fake/fake.c <<-EOF
		#include "sqlcipher/sqlite3.h"
		int sqlite3_open(const char *path, sqlite3 **db) { *db = 0; return path == 0; }
		int sqlite3_exec(sqlite3 *db, const char *q, row_fn *row, void *context, char **m)
		{
			char *answer[] = {"$1"};
			return !db && !m && q && answer[0][0] ? row(context, 1, answer, answer) : 0;
		}
	EOF
	cat >fake/sqlcipher.pc <<-EOF
		libdir=$PWD/fake
		includedir=$PWD/fake
		Name: SQLCipher
		Description: not really
		Version: 3.46.1
		Libs: -L\${libdir} -lsqlcipher -Wl,-rpath,\${libdir}
		Cflags: -I\${includedir}/sqlcipher
	EOF
	${CC:-cc} -shared -fPIC -o fake/libsqlcipher.so fake/fake.c
	export PKG_CONFIG_PATH=$PWD/fake
}

@test "SQLCipher 3 is refused when the build is configured, with a hint" {
	fake_sqlcipher "3.4.1"
	run ! meson setup build "$SOURCE" -Dtests=false
	[[ $output == *"SQLCipher 3.4.1 is too old"*"bookworm-backports"*"./setup installs it"* ]]
}

@test "plain SQLite under SQLCipher's name is refused" {
	fake_sqlcipher ""
	run ! meson setup build "$SOURCE" -Dtests=false
	[[ $output == *"not SQLCipher"*"./setup installs it"* ]]
}

@test "the control: SQLCipher 4.5 passes the same check" {
	fake_sqlcipher "4.5.0 community"
	run -0 meson setup build "$SOURCE" -Dtests=false
}

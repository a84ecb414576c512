#!/usr/bin/env bats
# Passing secrets to one program: what it gets, what it does not get, and that nothing else of the
# process it takes the place of is left.

load helpers

setup_file() {
	make_vault
	printf 'S3cret:=\\ with blanks' | put add database -u joe --url postgresql://db/
	printf 'of a colon' | put add 'git/host:8080'
	printf 'of an at' | put add '@home'
	printf 'of a backslash' | put add 'back\slash'
	printf 'a\0b\nc' | put add binary
	head -c 65536 /dev/zero | tr '\0' x | put add large
}

teardown() { [ -z "${agent-}" ] || kill "$agent"; }

@test "a variable holds the password, byte by byte, or another field" {
	answers 0 vault exec A=database B=database:user c_1=database:url D=database:name -- \
		sh -c 'printf "%s|%s|%s|%s" "$A" "$B" "$c_1" "$D"'
	printed 'S3cret:=\ with blanks|joe|postgresql://db/|database'
	silent
	answers 0 vault exec A=large -- sh -c 'printf %s "${#A}"'
	printed 65536
}

@test "names with colons, a leading @ and backslashes" {
	answers 0 vault exec A='git/host\:8080' B='\@home' C='back\\slash' D='git/host\:8080:name' \
		E=@'\@home' -- sh -c 'printf "%s|%s|%s|%s|%s" "$A" "$B" "$C" "$D" "$(cat "$E")"'
	printed 'of a colon|of an at|of a backslash|git/host:8080|of an at'
	answers 2 vault exec A=git/host:8080:name -- true
	says 'two colons'
}

@test "otp is the code, and a counter does not move for nothing" {
	seed=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ # of RFC 4226
	printf x | put add account
	vault -q edit account --otp-file - <<<"otpauth://hotp/x?secret=$seed&counter=1"
	answers 0 vault exec A=account:otp B=account -- sh -c 'echo "$A $B"'
	printed $'287082 x\n'
	answers 3 vault exec A=account:otp B=nobody -- true
	answers 0 vault exec A=@account:otp -- sh -c 'cat "$A"'
	printed 359152
	answers 3 vault exec A=database:otp -- true
	answers 3 vault exec A=nobody:otp -- true
	says "no entry 'nobody'"
}

@test "a descriptor gives the value, however often its path is opened" {
	answers 0 vault exec A=@binary --fd 7=database --fd 0=database:user B=@large -- sh -c '
		cmp "$A" "$A"
		cat "$A"; echo "|$(cat <&7)|$(cat)|$(wc -c <"$B")"'
	printf 'a\0b\nc|S3cret:=\\ with blanks|joe|65536\n' | cmp - "$BATS_TEST_TMPDIR/out"
}

@test "what a descriptor gives cannot be changed" {
	answers 0 vault exec --fd 3=database -- sh -c '
		(echo x >&3) 2>/dev/null && echo written
		truncate -s 0 /dev/fd/3 2>/dev/null && echo cut
		stat -Lc %a /dev/fd/3
		cat /dev/fd/3'
	printed $'400\nS3cret:=\\ with blanks'
}

@test "the program has what the user had, and what was asked for, and no more" {
	cat >look <<-'END'
		exec 2>&1
		umask; ulimit -Sc; ulimit -Hc
		grep -E 'Sig(Ign|Blk)|NoNewPrivs' /proc/self/status
		for fd in /proc/$$/fd/*; do readlink "$fd"; done | sort | grep -vE "^(/proc/|pipe:)"
		env | grep -vE '^(_|SHLVL|PWD|OLDPWD)=' | sort
	END
	(
		umask 027
		ulimit -Sc 1000
		ulimit -Hc 2000
		export TMPDIR=$HOME OPENSSL_CONF=mine SSL_CERT_FILE=x
		# A sanitizer would take the limit away for good.
		export ASAN_OPTIONS=${ASAN_OPTIONS-}:disable_coredump=0
		sh look </dev/null 5<look | cat >before
		setsid -w "$VAULT" --volume-key-fd 9 exec A=database A_FILE=@binary -- sh look \
			</dev/null 5<look 9<"$KEY" | cat >after
	)
	diff before after >differences || true
	cat differences
	[ "$(sed -n 's|/fd/[0-9]*$|/fd/N|; /^[<>]/p' differences)" = '> /memfd:secret (deleted)
> A=S3cret:=\ with blanks
> A_FILE=/dev/fd/N' ]
	grep -q 0027 after
	grep -q ^TMPDIR= after
}

@test "an agent's key opens the vault, and its socket is not passed on" {
	start_agent
	vault -q unlock
	answers 0 locked exec A=database -- sh -c 'echo "$A"; ls -l /proc/$$/fd >fds'
	printed $'S3cret:=\\ with blanks\n'
	grep -q ' 0 -> ' fds
	run ! grep socket fds
}

@test "a variable that is there is replaced" {
	answers 0 env A=old B=kept "$VAULT" --volume-key-fd 9 exec A=database -- \
		sh -c 'env | grep -E "^[AB]="' 9<"$KEY"
	[ "$(sort "$BATS_TEST_TMPDIR/out")" = 'A=S3cret:=\ with blanks
B=kept' ]
}

@test "it takes the place of vault: the same process, its own exit status" {
	"$VAULT" --volume-key-fd 9 exec A=database -- sh -c 'echo $$; exit 42' 9<"$KEY" >pid &
	pid=$!
	status=0
	wait $pid || status=$?
	[ $status = 42 ]
	[ "$(<pid)" = $pid ]
	answers 143 vault exec A=database -- sh -c 'kill -TERM $$'
	answers 0 vault exec A=database -- env
	shows "PWD=$HOME"
}

@test "options and words behind -- are the program's" {
	answers 0 vault exec -q A=database --fd 3=binary -- printf '%s ' --json -q -- A=b --fd
	printed '--json -q -- A=b --fd '
}

@test "nothing runs unless everything is there" {
	answers 3 vault exec A=database B=nobody -- touch ran
	says "no entry 'nobody'"
	answers 3 vault exec A=database:pin -- touch ran
	says "'database' has no 'pin'"
	answers 2 vault exec A=binary -- touch ran
	says 'A=@... passes it by a descriptor'
	answers 4 locked exec A=database -- touch ran
	answers 5 locked --volume-key-fd 9 exec A=database -- touch ran 9<<<"${MASTER//?/0}$(
		printf '%039d' 0)"
	[ ! -e ran ]
	unseen S3cret
}

@test "a program that is not there, or cannot be run" {
	PATH=/usr/bin:/bin answers 127 vault exec A=database -- nonesuch
	[ "$(<"$BATS_TEST_TMPDIR/err")" = "vault: there is no program 'nonesuch'" ]
	echo text >text
	answers 126 vault exec A=database -- ./text
	answers 126 vault exec A=database -- "$HOME"
	answers 127 vault exec PATH=database -- sh
	answers 127 vault exec A=database -- ''
}

@test "what makes no sense" {
	while read -r line; do
		local words
		eval "words=($line)"
		answers 2 vault exec "${words[@]}"
		printed
		[ "$(wc -l <"$BATS_TEST_TMPDIR/err")" = 1 ]
	done <<-'END'
		A=database
		A=database --
		-- true
		A=database true
		database -- true
		=database -- true
		1A=database -- true
		A-B=database -- true
		A= -- true
		A=@ -- true
		A=: -- true
		A=database: -- true
		A=database A=binary -- true
		A=database A=@binary -- true
		--fd 1=database -- true
		--fd 2=database -- true
		--fd 256=database -- true
		--fd -1=database -- true
		--fd 3 -- true
		--fd 3= -- true
		--fd 3=database --fd 3=binary -- true
		A=database sh -c true
	END
}

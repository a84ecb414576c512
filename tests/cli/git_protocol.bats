#!/usr/bin/env bats
# git-credential-vault beyond what git's own tests know: a person's entries, what newer gits can
# say, what is refused, and a repository behind a password.

load helpers
load git_helpers

teardown() { [ -z "${server-}" ] || kill "$server"; }

# gives LINE…: the answer to the last question. nothing: there is none.
gives() { answered "$@" && silent; }
nothing() { printed && silent; }

get() { answers 0 helper get "$@"; }

@test "what git keeps is an entry like others: name, user, address, tag, history" {
	helper store "${HOST[@]}" username=joe password=p1
	helper store "${HOST[@]}" username=joe password=p2
	helper store "${HOST[@]}" path=a/b.git username=joe password=p3
	helper store protocol=https host=example.com:8443 username=joe password=p4
	helper store "${HOST[@]}" username=eve password=p5
	helper store "${HOST[@]}" username= password=p6
	answers 0 vault list -t git-credential
	answered git/eve@example.com git/example.com 'git/example.com 2' git/example.com/a/b.git \
		git/example.com:8443
	[ "$(vault get git/example.com -f url)" = https://example.com ]
	[ "$(vault get git/example.com/a/b.git -f url)" = https://example.com/a/b.git ]
	[ "$(vault get git/example.com -f user)" = joe ]
	[ "$(vault history --json -r git/example.com | grep -o '"p[12]"' | tr '\n' ' ')" = \
		'"p2" "p1" ' ]
}

@test "what is as it was is not written again" {
	helper store "${HOST[@]}" username=joe password=p1 password_expiry_utc=9999999999 \
		oauth_refresh_token=again
	before=$(sha256sum <"$FILE")
	helper store "${HOST[@]}" username=joe password=p1 password_expiry_utc=9999999999 \
		oauth_refresh_token=again
	[ "$(sha256sum <"$FILE")" = "$before" ]
	helper store "${HOST[@]}" username=joe password=p1
	get "${HOST[@]}"
	gives username=joe password=p1
}

@test "what the server refused goes to the trash" {
	helper store "${HOST[@]}" username=joe password=p1
	answers 0 helper erase "${HOST[@]}" username=joe password=p1
	nothing
	answers 0 vault trash list
	shows git/example.com
	vault -q trash restore git/example.com
	get "${HOST[@]}"
	gives username=joe password=p1
}

@test "a person's entry is given, and never changed" {
	printf mine | put add web -u joe --url https://example.com/login?next=x --url ftp://other/
	get "${HOST[@]}"
	gives username=joe password=mine
	answers 0 helper store "${HOST[@]}" username=joe password=mine
	nothing
	answers 0 vault list
	answered web
	answers 0 helper erase "${HOST[@]}" username=joe password=mine
	says "https://example.com refuses the password of 'web'; 'vault edit' changes it"
	answers 0 helper store "${HOST[@]}" username=joe password=token
	[ "$(vault get web)" = mine ]
	get "${HOST[@]}"
	gives username=joe password=token
	answers 0 helper erase "${HOST[@]}"
	[ "$(vault list)" = web ]
}

@test "an entry without a user name is for every user; git is left to ask" {
	printf mine | put add web --url example.com
	get "${HOST[@]}"
	gives password=mine
	get "${HOST[@]}" username=joe
	gives password=mine
	helper store "${HOST[@]}" username=joe password=mine
	[ "$(vault list)" = web ]
	fill "${HOST[@]}"
	answered "${HOST[@]}" username=askpass-user password=mine
}

@test "addresses: case, implied ports, user names, percent, folders" {
	printf one | put add a -u joe --url 'HTTPS://you:pw@Example.COM:443/My%20Group/'
	printf two | put add b -u eve --url 'https://example.com/My%20Group/r.git#x'
	printf three | put add c -u all --url https://example.com
	printf four | put add d --url 'https://[::1]:8080/x'
	get protocol=https host=EXAMPLE.com 'path=My Group/r.git'
	gives username=eve password=two
	get "${HOST[@]}" 'path=My Group/other.git'
	gives username=joe password=one
	get "${HOST[@]}" 'path=My Groups/other.git'
	gives username=all password=three
	get "${HOST[@]}"
	gives username=all password=three
	get protocol=https host=example.com:443 path=
	gives username=all password=three
	get protocol=https 'host=[::1]:8080'
	gives password=four
	get protocol=https host=example.com:80
	nothing
}

@test "a path that no name can hold, and one with odd characters" {
	long=$(printf '%300s' | tr ' ' x)
	helper store "${HOST[@]}" "path=$long" username=joe password=p1
	helper store "${HOST[@]}" 'path=50% ä?#"' username=joe password=p2
	get "${HOST[@]}" "path=$long"
	gives username=joe password=p1
	get "${HOST[@]}" 'path=50% ä?#"'
	gives username=joe password=p2
	[ "$(vault get 'git/example.com/50% ä?#"' -f url)" = \
		'https://example.com/50%25%20%C3%A4%3F%23%22' ]
}

@test "a certificate's password has no host" {
	helper store protocol=cert host= path=home/joe/c.pem username= password=p1
	get protocol=cert host= path=home/joe/c.pem username=
	gives username= password=p1
	[ "$(vault list)" = git/cert/home/joe/c.pem ]
}

@test "a password in use elsewhere is kept all the same, and audit tells" {
	printf shared | put add shop
	answers 0 helper store "${HOST[@]}" username=joe password=shared
	nothing
	answers 7 vault audit --all
	shows git/example.com
	shows 'git logs in with it'
}

@test "expiry and refresh token, with any git" {
	helper store "${HOST[@]}" username=joe password=p1 password_expiry_utc=9999999999 \
		oauth_refresh_token=again
	get "${HOST[@]}"
	gives username=joe password=p1 password_expiry_utc=9999999999 oauth_refresh_token=again
	helper store "${HOST[@]}" username=joe password=p2 password_expiry_utc=1234567890 \
		oauth_refresh_token=again2
	get "${HOST[@]}"
	gives username=joe oauth_refresh_token=again2
	printf mine | put add web -u eve --url https://example.com
	get "${HOST[@]}"
	gives username=eve password=mine
	answers 0 vault show git/example.com
	unseen again2
}

@test "credentials of a type, with any git" {
	helper store username=joe password=p1 "${HOST[@]}"
	helper store 'capability[]=authtype' authtype=Bearer credential=t1 "${HOST[@]}"
	helper store 'capability[]=authtype' authtype=Bearer credential=t3 ephemeral=1 \
		protocol=https host=other.example
	sleep 1.1 # the newer one is given, by seconds
	helper store 'capability[]=authtype' authtype=Bearer credential=t2 "${HOST[@]}" username=joe
	get 'capability[]=authtype' "${HOST[@]}" username=joe
	shows credential=t2
	get 'capability[]=authtype' protocol=https host=other.example
	nothing
	get "${HOST[@]}"
	gives username=joe password=p1
	get 'capability[]=authtype' 'capability[]=' "${HOST[@]}"
	gives username=joe password=p1
	helper erase 'capability[]=authtype' authtype=Bearer credential=t2 "${HOST[@]}" username=joe
	get 'capability[]=authtype' "${HOST[@]}" username=joe
	gives username=joe password=p1
	helper erase username=joe password=p1 "${HOST[@]}"
	get 'capability[]=authtype' "${HOST[@]}"
	gives 'capability[]=authtype' authtype=Bearer credential=t1
}

@test "what came from the vault is not asked about again" {
	printf mine | put add web -u joe --url https://example.com
	get 'capability[]=state' "${HOST[@]}"
	gives username=joe password=mine 'capability[]=state' 'state[]=vault:given'
	locked_store() { printf '%s\n' "$@" | setsid -w git-credential-vault store; }
	answers 0 locked_store "${HOST[@]}" username=joe password=mine 'state[]=vault:given'
	nothing
	answers 4 locked_store "${HOST[@]}" username=joe password=mine
	says 'the vault is locked'
	answers 4 locked_store "${HOST[@]}" username=joe password=mine 'state[]=other:given'
	answers 4 locked_store "${HOST[@]}" username=joe password=mine 'state[]=vault:given' \
		'state[]='
	GIT_TERMINAL_PROMPT=0 answers 4 locked_store "${HOST[@]}" username=joe password=mine
	says GIT_TERMINAL_PROMPT
}

@test "operations: capability, and those that there are not" {
	answers 0 git-credential-vault capability
	gives 'version 0' 'capability authtype' 'capability state'
	answers 0 git-credential-vault frobnicate
	nothing
	answers 2 git-credential-vault
	for operation in get store erase; do
		answers 0 helper $operation ''
		nothing
		answers 0 helper $operation protocol=https username=joe password=x
		nothing
		answers 0 helper $operation host=example.com
		nothing
	done
	[ -z "$(vault list)" ]
}

@test "lines that could be read in two ways are refused" {
	helper store "${HOST[@]}" username=joe password=p1
	hostile() { printf "$1" | git-credential-test get; }
	for text in 'protocol=https\nhost=bad\nhost=example.com\n' \
		'protocol=https\nhost=bad\nusername=x\rhost=example.com\n' \
		'protocol=https\nhost=example.com\r\n' \
		'protocol=https\nhost=example.com\0.bad\n' \
		'protocol=https\nhost=example.com\nhost\n' \
		'protocol=https\nhost=example.com\n=x\n' \
		'protocol=https\nhost=example.com/x\n' \
		'protocol=https\nhost=bad@example.com\n' \
		'protocol=https\nhost=example.com%%2f\n' \
		'protocol=https\nhost=exam ple.com\n' \
		'protocol=https://\nhost=example.com\n'; do
		answers 2 hostile "$text"
		printed $'quit=1\n'
		[ "$(wc -l <"$BATS_TEST_TMPDIR/err")" = 1 ]
		says 'git gave'
		unseen p1
	done
	answers 2 hostile "protocol=https\nhost=$(printf '%70000s' | tr ' ' x)\n"
	yes a=b | head -n 2000 >many
	status=0
	git-credential-test get <many || status=$?
	[ $status = 2 ]
	get "${HOST[@]}" unknown=1 'unknown[]=2' url=https://bad/ capability[]=frob
	gives username=joe password=p1
}

@test "what follows the empty line is not read, and what is not text stays away" {
	helper store "${HOST[@]}" username=joe password=p1
	printf 'protocol=https\nhost=example.com\n\nhost=example.com\n' >question
	answers 0 git-credential-test get <question
	gives username=joe password=p1
	answers 2 helper store "${HOST[@]}" username=$'a\001b' password=p2
}

@test "a value that would be more than a line is not given" {
	for value in 'a\nhost=x' 'a\rb' 'a\0b'; do
		printf "$value" | put add web -u joe --url https://example.com
		get "${HOST[@]}"
		printed
		says "'web' holds a line break or a NUL byte: it cannot be given to git"
		vault -q rm web
	done
}

@test "git clones, fetches and keeps: a repository behind a password" {
	"$PYTHON" "$SOURCE/tests/cli/servers.py" http joe right "$HOME/served" >port 3>&- &
	server=$!
	git init -q --bare served/r.git
	git init -q work
	git -C work commit -q --allow-empty -m first
	git -C work push -q "$HOME/served/r.git" HEAD:refs/heads/main
	git -C served/r.git symbolic-ref HEAD refs/heads/main
	git -C served/r.git update-server-info
	until [ -s port ]; do sleep 0.1; done
	url=http://127.0.0.1:$(<port)
	# Refused with what git asks for, then with a wrong one of the vault, which is forgotten.
	answers 128 setsid -w git ls-remote "$url/r.git"
	says 'asked: Password'
	[ -z "$(vault list)" ]
	helper store protocol=http "host=127.0.0.1:$(<port)" username=joe password=wrong
	answers 128 setsid -w git ls-remote "$url/r.git"
	[ -z "$(vault list)" ]
	# With the right one, which git has typed in, and keeps.
	sed -i 's/askpass-user/joe/; s/askpass-password/right/' bin/askpass
	setsid -w git ls-remote "$url/r.git"
	[ "$(vault get "git/127.0.0.1:$(<port)")" = right ]
	before=$(sha256sum <"$FILE")
	GIT_ASKPASS=false setsid -w git clone -q "$url/r.git" cloned 2>err
	cat err
	[ ! -s err ]
	[ "$(git -C cloned log --format=%s)" = first ]
	GIT_ASKPASS=false setsid -w git -C cloned fetch -q
	[ "$(sha256sum <"$FILE")" = "$before" ]
}

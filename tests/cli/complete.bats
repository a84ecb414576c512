#!/usr/bin/env bats
# What the shells' completion is told: one line of what it is, then a proposal a line. In real
# shells: test_completion.py.

load helpers

# proposals WORD…: the proposals for the last word, without what is said about them.
proposals() {
	answers 0 vault complete -- "$@"
	silent
	sed 1d "$BATS_TEST_TMPDIR/out" | cut -f 1
}

setup_file() {
	make_vault
	vault -q add mailserver -g -u joe --url https://a.example --url https://b.example --tag work
	printf 'password\n1234\n' | vault -q add secretive --stdin --secret-field pin=- \
		--field 'my key=1' --note text --tag 'big tag' 2>/dev/null
	vault -q add gone -g
	vault -q rm gone
}

@test "commands and options come from the tables, with what they are" {
	answers 0 locked complete -- ren
	printed $'command\nrename\tgive an entry another name\n'
	answers 0 locked complete -- trash e
	printed $'command\nempty\terase what is in the trash\n'
	answers 0 locked complete -- get --fi
	shows $'option\n--field\t'
	answers 0 locked complete -- -q get -
	shows $'\n-f\t'
	shows $'\n--vault\t'
	[ "$(proposals help)" = help ]
	[ "$(proposals '' | wc -l)" = "$(locked help --commands | awk -F'\t' '
		$1 == "command" {sub(/ .*/, "", $2); print $2}' | sort -u | wc -l)" ]
}

@test "formats come from the table, and where none is meant, a file" {
	answers 0 locked complete -- export bitwarden-json-
	printed $'format\nbitwarden-json-encrypted\tBitwarden JSON under a password\n'
	[ "$(proposals export 1p)" = 1password-csv ]
	[ "$(proposals import 1p)" = $'1pux\n1password-csv' ]
	answers 0 locked complete -- import my
	printed $'file\n'
	answers 0 locked complete -- import firefox fire
	printed $'file\n'
}

@test "the command that tells it stands in no list" {
	! locked help | grep -q complete
	! proposals '' | grep -qx complete
	! grep -q '^\.Ss complete' "$SOURCE/docs/vault.1"
}

@test "names, tags, fields and the trash come from the vault" {
	[ "$(proposals get '')" = $'mailserver\nsecretive' ]
	[ "$(proposals get mail)" = mailserver ]
	[ "$(proposals get Mail)" = "" ]
	[ "$(proposals list --tag '')" = $'big tag\nwork' ]
	[ "$(proposals list --tag=w)" = --tag=work ]
	[ "$(proposals list -tw)" = -twork ]
	[ "$(proposals trash restore '')" = gone ]
	[ "$(proposals get mailserver -f '')" = $'password\nuser\nurl' ]
	[ "$(proposals show --reveal secr)" = secretive ]
	[ "$(proposals get secretive --field=)" = "$(printf -- '--field=%s\n' password 'my key' \
		note pin)" ]
	[ "$(proposals edit mailserver --clear '')" = $'user\nurl\ntag' ]
	[ "$(proposals get nobody -f '')" = "" ]
	[ "$(proposals get mailserver '')" = "" ]
	[ "$(proposals add '')" = "" ]
}

@test "incidents by their numbers, with what leaked and when" {
	[ "$(proposals incident show '')" = "" ]
	answers 7 vault leak mailserver --on "$(date +%F)"
	answers 7 vault leak secretive
	vault -q edit secretive -g
	answers 0 vault complete -- incident show ''
	printed $'incident\n1\tmailserver, leaked on '"$(date +%F)"$'\n2\tsecretive, leaked on ' \
		"$(date +%F)"$', over\n'
	[ "$(proposals incident show 2)" = 2 ]
	[ "$(proposals incident show 1 '')" = "" ]
}

@test "who uses a password can be ticked off" {
	vault -q add used -g --used-by Thunderbird --used-by '~/.msmtprc' --used-by 'my phone'
	[ "$(proposals where used --tick '' | LC_ALL=C sort)" = \
		$'Thunderbird\nmy phone\n~/.msmtprc' ]
	[ "$(proposals where used --tick=Th)" = --tick=Thunderbird ]
	[ "$(proposals where used --tick Thunderbird --tick my)" = 'my phone' ]
	[ "$(proposals where mailserver --tick '')" = "" ]
	[ "$(proposals where nobody --tick '')" = "" ]
	[ "$(proposals where --tick '')" = "" ]
}

@test "exec: an entry behind =, and a field behind a colon; backslashes where it needs them" {
	vault -q add host:993 -g -u joe
	vault -q add @home -g
	[ "$(proposals exec A=mail)" = A=mailserver ]
	[ "$(proposals exec A=x B=@mail)" = B=@mailserver ]
	[ "$(proposals exec --fd 3=mail)" = 3=mailserver ]
	[ "$(proposals exec --fd=3=mail)" = --fd=3=mailserver ]
	[ "$(proposals exec A=mailserver:u)" = $'A=mailserver:user\nA=mailserver:url' ]
	[ "$(proposals exec A=host)" = 'A=host\:993' ]
	[ "$(proposals exec 'A=host\:993:u')" = 'A=host\:993:user' ]
	[ "$(proposals exec 'A=\@h')" = 'A=\@home' ]
	[ "$(proposals exec mail)" = "" ]
	for word in 'A=host\:993:user' 'A=@host\:993' 'A=\@home'; do
		answers 0 vault exec "$word" -- true
	done
}

@test "words to choose from are those of the help" {
	[ "$(proposals copy --to xc)" = xclip ]
	[ "$(proposals copy --to=x)" = $'--to=x11\n--to=xclip\n--to=xsel' ]
}

@test "classes of characters, files and programs" {
	[ "$(proposals generate --charset lower,d)" = lower,digit ]
	for class in $(proposals generate --charset ''); do
		answers 0 locked -q generate --charset "$class"
	done
	for line in "backup x" "--vault x" "rescue --output=" "--vault=x"; do
		# shellcheck disable=SC2086
		answers 0 locked complete -- $line
		printed $'file\n'
	done
	answers 0 locked complete -- exec A=b -- ls -
	printed $'program\n'
}

@test "a name that begins with a dash is proposed behind --, or as a value" {
	vault -q add -g -- -dash
	[ "$(proposals get -- -)" = -dash ]
	! proposals get '' | grep -q dash
	[[ $(proposals get -d) != *-dash* ]]
}

@test "for bash it is quoted as the line is, and cut as bash cuts" {
	bash_line() {
		answers 0 vault complete --bash "$1" -- "$2"
		sed 1d "$BATS_TEST_TMPDIR/out"
	}
	[ "$(bash_line b 'vault list -t b')" = 'big\ tag' ]
	[ "$(bash_line b 'vault list -t "b')" = 'big tag' ]
	[ "$(bash_line b 'vault list --tag=b')" = 'big\ tag' ]
	[ "$(bash_line 'big\ t' 'vault list -t big\ t')" = 'big\ tag' ]
	[ "$(bash_line 'se' 'vault "get" se')" = secretive ]
	[ "$(bash_line 'x' 'vault get y')" = "" ]
	[ "$(bash_line '' '')" = "" ]
	[ "$(bash_line 'vau' 'vau')" = "" ]
}

@test "a locked, broken or missing vault has no names, and nothing is said of it" {
	head -c 20000 /dev/zero >broken
	mkfifo fifo
	for file in "$FILE" broken fifo nowhere /; do
		answers 0 timeout 60 setsid -w "$VAULT" complete -- --vault "$file" get ''
		printed
		silent
	done
	mkdir -p .config/vault
	echo nonsense >.config/vault/config
	answers 0 vault complete -- get ''
	printed
	silent
}

@test "--vault on the line counts; no other option's file or descriptor is read" {
	mv "$FILE" "$HOME/elsewhere"
	[ "$(proposals get '')" = "" ]
	[ "$(proposals --vault "$HOME/elsewhere" get mail)" = mailserver ]
	# shellcheck disable=SC2088 # the program does it
	[ "$(proposals '--vault=~/elsewhere' get mail)" = mailserver ]
	mkfifo fifo
	for option in --password-fd=0 --password-file=fifo --key-file=fifo --recovery; do
		answers 0 timeout 60 setsid -w "$VAULT" complete -- --vault elsewhere $option get ''
		printed
		silent
	done
}

@test "nothing is waited for while another program writes" {
	"${PYTHON:-python3}" - "$FILE" <<-'END' 3>&- &
		import fcntl, os, sys, time
		file = os.open(sys.argv[1], os.O_RDWR)
		fcntl.lockf(file, fcntl.LOCK_EX, 512, 0x40000000) # SQLite's lock bytes
		open("held", "w")
		time.sleep(300)
	END
	writer=$!
	while [ ! -e held ]; do sleep 0.01; done
	answers 124 timeout 1 setsid -w "$VAULT" --volume-key-fd 9 list 9<"$KEY"
	answers 0 timeout 20 setsid -w "$VAULT" --volume-key-fd 9 complete -- get '' 9<"$KEY"
	kill $writer
	printed
	silent
}

@test "looking changes nothing" {
	cp "$FILE" before
	rm -rf .local/state
	proposals get '' >names
	[ -s names ]
	cmp "$FILE" before
}

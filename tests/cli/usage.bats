#!/usr/bin/env bats
# The command line itself: help, options in any place, words that begin with dashes, and what is
# refused before anything is opened.

load helpers

commands() { locked help --commands | awk -F'\t' '$1 == "command" {print $2}'; }

@test "alone it tells in two lines how to begin" {
	answers 2 locked
	printed
	says "vault add NAME"
	[ "$(wc -l <"$BATS_TEST_TMPDIR/err")" = 2 ]
}

@test "every command has help, on standard output, and needs no vault for it" {
	rm -r "$HOME/.local"
	count=0
	while read -r command; do
		# shellcheck disable=SC2086 # two words, some of them
		answers 0 locked $command --help
		shows "Usage: vault $command"
		silent
		cp "$BATS_TEST_TMPDIR/out" "$BATS_TEST_TMPDIR/first"
		# shellcheck disable=SC2086
		answers 0 locked help $command
		cmp "$BATS_TEST_TMPDIR/out" "$BATS_TEST_TMPDIR/first"
		count=$((count + 1))
	done < <(commands)
	((count >= 24))
	[ ! -e "$HOME/.local" ]
}

@test "the overview names every command" {
	answers 0 locked --help
	while read -r command; do
		shows "  $command "
	done < <(commands)
	cp "$BATS_TEST_TMPDIR/out" "$BATS_TEST_TMPDIR/first"
	answers 0 locked help
	cmp "$BATS_TEST_TMPDIR/out" "$BATS_TEST_TMPDIR/first"
}

@test "the version" {
	answers 0 locked --version
	[[ $(<"$BATS_TEST_TMPDIR/out") =~ ^vault\ [0-9]+\.[0-9]+\.[0-9]+$ ]]
	answers 0 locked -V
	silent
}

@test "what makes no sense: exit status 2, one line, nothing printed, nothing opened" {
	rm -r "$HOME/.local"
	while read -r line; do
		local words
		eval "words=($line)"
		answers 2 locked "${words[@]}"
		printed
		[ "$(wc -l <"$BATS_TEST_TMPDIR/err")" = 1 ]
		says "vault: "
	done <<-'END'
		frobnicate
		help frobnicate
		trash frobnicate
		list --frobnicate
		list -z
		list -lz
		list one two
		find
		find one --limit 0
		find a b c d e f g h i j k l m n o p q
		get
		get one two
		rename one
		add
		get name -f
		get name --field
		list --json=yes
		list --vault
		list --vault ''
		list --password-fd x
		list --password-fd -1
		list --password-fd 99999
		add name -g --stdin
		add name --stdin --stdin0
		add name --length 0
		add name --length 5000
		generate --words 3 --length 9
		generate --charset nonsense
		add name --field novalue
		add name --secret-field pin=1234
		add name --stdin0 --note -
		add name --stdin0 --secret-field pin=-
		edit name
		edit name --allow-reuse reason
		edit name --password --stdin
		init --kdf-memory 1M
		init --kdf-memory 8G
		init --kdf-memory much
		init --kdf-time -1
		init --no-recovery --print-recovery
		rescue
		rescue --print-key --output file
		rescue --print-key
		key remove eight
		key remove 8
		trash empty
		generate --length 3
	END
	[ ! -e "$HOME/.local" ]
}

@test "who mistypes a command or an option is told what may be meant" {
	local typed meant
	while read -r typed meant; do
		# shellcheck disable=SC2086 # several words, some of them
		answers 2 locked ${typed//_/ }
		says "did you mean '${meant//_/ }'?"
	done <<-'END'
		lsit list
		gen generate
		histroy history
		trahs_list trash
		trash_emtpy trash_empty
		help_lits list
		help_key_ad key_add
		breaches breaches_check
		breaches_biuld breaches_build
		rules rules_load
		list_--lnog --long
		list_--tags=x --tag
		--valt=x_list --vault
		get_x_--jsno --json
	END
	answers 2 locked frobnicate
	says "'vault help' lists them"
	answers 2 locked list --frobnicate
	says "unknown option '--frobnicate'"
}

@test "there is no option that takes a password" {
	rm -r "$HOME/.local"
	for option in --password --password=secret -psecret --master=x --recovery=x --secret=x; do
		answers 2 locked add name "$option"
	done
	answers 2 locked edit name --password=secret
	answers 2 locked passwd --new-password=secret
	VAULT_PASSWORD=$MASTER PASSWORD=$MASTER answers 3 locked list
}

@test "options stand before and behind the command, and between the words of its name" {
	vault -q add one -g
	for line in "--json list" "list --json" "-q --json list" "list -q --json"; do
		# shellcheck disable=SC2086
		answers 0 vault $line
		printed '{"entries":[{"name":"one"}]}'$'\n'
	done
	vault -q rm one
	answers 0 locked trash --volume-key-fd 9 --json list 9<"$KEY"
	[ "$(json 'j["entries"][0]["name"]')" = one ]
	answers 0 locked "--vault=$FILE" --volume-key-fd=9 trash list 9<"$KEY"
	answers 0 locked -q --vault "$FILE" key list
}

@test "options are written in full: what will be added later cannot change what they mean" {
	answers 2 vault list --lon
	answers 2 vault list --volume-key 9
}

@test "names that begin with dashes stand after --" {
	answers 0 vault add -g -- --name
	says "vault get -- '--name'"
	answers 0 vault get -- --name
	[ "$(wc -c <"$BATS_TEST_TMPDIR/out")" = 128 ]
	answers 0 vault rename -- --name -n
	answers 0 vault edit -u joe -- -n
	answers 0 vault show -- -n
	answers 0 vault history -- -n
	answers 0 vault rm -- -n
	answers 0 vault trash restore --as -m -- -n
	answers 0 vault list
	printed -m$'\n'
	answers 2 vault get -m
}

@test "arguments that are no text are refused or not found, and shown as escapes" {
	answers 2 vault add $'bad\xff' -g
	says "UTF-8"
	answers 2 vault add name -u $'\xc3' -g
	answers 2 vault add name --url $'\xed\xa0\x80' -g
	answers 2 vault add name --field $'k\xfe=v' -g
	answers 3 vault get $'x\xff\x1b[31m'
	says 'x\xff\x1b[31m'
	answers 2 locked $'\xff'
	answers 2 vault list $'\xff'
	answers 0 vault list
	printed
}

@test "closed standard descriptors are taken before the vault is opened" {
	vault add one -g 0<&- 1>&- 2>&-
	status=0
	vault get one 0<&- 1>&- 2>err || status=$?
	[ $status = 1 ] # nobody has the answer
	grep -q "cannot write the answer: Bad file descriptor" err
	answers 0 vault get one
	answers 0 vault check
}

@test "libraries are not steered by the environment" {
	cat >openssl.cnf <<-END
		openssl_conf = init
		[init]
		engines = engines
		[engines]
		x = x
		[x]
		dynamic_path = $HOME/no-such-engine.so
		init = 1
	END
	OPENSSL_CONF=$HOME/openssl.cnf OPENSSL_MODULES=$HOME SQLITE_TMPDIR=$HOME/none \
		TMPDIR=$HOME/none \
		answers 0 vault -q list
	silent
}

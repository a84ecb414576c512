#!/usr/bin/env bats
# --json: one object on one line from every command that reports, with the members that the manual
# tells and no secret that was not asked for.

load helpers

setup_file() {
	make_vault
	printf 'first-canary' | put add mailserver -u joe --url https://a.example --tag t \
		--field k=v --note note-canary
	printf 'second-canary' | put edit mailserver
	printf 'second-canary' | put add shop --allow-reuse 'one login'
	vault -q add gone -g
	vault -q rm gone
}

# members COMMAND NAME…: the answer to COMMAND has these members, at whatever depth, and no other.
members() {
	python3 "$SOURCE/tests/cli/members.py" "$SOURCE/docs/vault.1" "$1" \
		<"$BATS_TEST_TMPDIR/out" \
		>members || return
	diff <(printf '%s\n' "${@:2}" | sort) members
}

entry=(name user password_since reuse_reason fields kind key value created modified trashed)
write=(action name changed conflicts)
conflict=(kind state since until realm)
key=(keys slot type label memory_kib passes created current)
status=("${key[@]}" vault uuid size format sequence header_healed header_torn read_only agent
	unlocked)

@test "what writes: add, edit, rename, rm, trash restore" {
	answers 0 vault --json add new -g
	members add "${write[@]}"
	answers 0 vault --json edit new -u joe
	members edit "${write[@]}"
	answers 0 vault --json rename shop webshop
	members rename "${write[@]}" "${conflict[@]}"
	answers 0 vault --json rm webshop
	members rm "${write[@]}"
	answers 0 vault --json trash restore webshop
	members "trash restore" "${write[@]}" "${conflict[@]}"
	printf second-canary | answers 8 vault --json add other --stdin0
	members add "${write[@]}" "${conflict[@]}"
	unseen canary
	answers 0 vault --json rm new
	answers 0 vault --json trash empty -y
	members "trash empty" action count
}

@test "what reads: show, list, trash list, history, audit" {
	answers 0 vault --json show mailserver
	members show "${entry[@]}"
	unseen canary
	answers 0 vault --json show mailserver --reveal
	members show "${entry[@]}" password
	shows note-canary
	answers 0 vault --json list
	members list entries name
	answers 0 vault --json list --long
	members list entries name user created modified password_since
	answers 0 vault --json list nothing-like-it
	printed '{"entries":[]}'$'\n'
	answers 0 vault --json trash list
	members "trash list" entries id name user trashed
	answers 0 vault --json history mailserver
	members history name passwords since until reuse_reason
	unseen canary
	answers 0 vault --json history mailserver --reveal
	members history name passwords since until reuse_reason password
	shows first-canary
	answers 7 vault --json audit
	members audit last plan name role falls damage findings new reason since command shared \
		master now realm uses state until families hubs weak breaches
	unseen canary
}

@test "about the vault: generate, check, status, key list" {
	answers 0 locked --json generate
	members generate password bits
	silent
	answers 0 vault --json check
	members check findings severity text worst
	answers 0 locked --json status
	members status "${status[@]}"
	answers 0 vault --json status
	members status "${status[@]}" schema generation entries trashed memory_locked \
		incidents_open plain_exports
	answers 0 locked --json key list
	members "key list" "${key[@]}"
}

@test "about copies and keys: init, backup, restore, rescue, passwd, key add, key remove, rekey" {
	answers 0 locked --json --vault new init --no-recovery --password-file master "${CHEAP[@]}"
	members init action vault recovery_code
	answers 0 vault --json backup copy
	members backup action file
	answers 0 vault --json restore copy --yes
	members restore action vault kept
	answers 0 vault --json rescue --output saved
	members rescue file read unverified lost
	cp saved "$BATS_TEST_TMPDIR/out"
	members rescue "${entry[@]}" password entries verified
	head -c 40 /dev/urandom >file
	answers 0 vault --json key add --new-key-file file "${CHEAP[@]}"
	members "key add" action slot recovery_code
	answers 0 vault --json passwd --slot 0 --new-password-file master "${CHEAP[@]}"
	members passwd action
	answers 0 vault --json key remove 1
	members "key remove" action slot
	answers 0 master --json rekey --print-recovery "${CHEAP[@]}"
	members rekey action recovery_code
}

@test "any bytes make valid JSON: escapes, and base 64 where it is no text" {
	printf 'a"b\\\n\t\r\b\f\x01\x1b\x7fä\0z' >text
	printf 'x\xff\0\xfe' >binary
	for name in text binary; do put add '"\ /ä🔑'"$name" -u 'a"b' <$name; done
	answers 0 vault --json show '"\ /ä🔑text' -r
	[ "$(json 'j["name"], j["password"] == open("text", newline="").read(), j["user"]')" = \
		"('\"\\\\ /ä🔑text', True, 'a\"b')" ]
	answers 0 vault --json show '"\ /ä🔑binary' -r
	json 'j["password_base64"]' | base64 -d | cmp - binary
	for length in 766 767 768 769 770 1535 65536; do
		head -c $length /dev/urandom >random
		printf '\xff' | cat random - | head -c $length >value
		vault -q add "n$length" --stdin0 <value
		answers 0 vault --json show "n$length" -r
		json 'j["password_base64"]' | base64 -d | cmp - value
	done
}

@test "times are RFC 3339 in UTC, whatever the time zone" {
	TZ=Pacific/Kiritimati answers 0 vault --json show mailserver
	[[ $(json 'j["created"]') =~ ^20[0-9]{2}-[0-9]{2}-[0-9]{2}T[0-9:]{8}Z$ ]]
	cp "$BATS_TEST_TMPDIR/out" first
	TZ=UTC answers 0 vault --json show mailserver
	cmp first "$BATS_TEST_TMPDIR/out"
}

@test "failures leave standard output empty" {
	for command in "get nobody" "show nobody" "history nobody" "rm nobody" "edit nobody -g" \
		"trash restore nobody" "add shop -g" "key remove 7" "backup $FILE"; do
		# shellcheck disable=SC2086
		! vault --json $command >out 2>err
		[ ! -s out ] && [ -s err ]
	done
}

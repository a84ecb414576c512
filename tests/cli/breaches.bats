#!/usr/bin/env bats
# Lists of leaked passwords: what an audit and the guard at entry say of them, and that "could not
# check" is never "not found".

load helpers

# Three passwords that leaked among 20,000 that nobody has, in the three forms of a list; `joined`
# is what a plain comparison of hashes finds.
setup_file() {
	make_vault
	cd "$BATS_FILE_TMPDIR" || return
	printf canary-yellow | put add leaked
	printf squirrel-canary | put add former
	printf 74-canary-boats | put add binned
	for name in safe-1 safe-2; do vault -q add $name -g; done
	vault -q edit former -g
	vault -q rm binned
	"${PYTHON:-python3}" - <<-'PYTHON'
		import hashlib, random
		random.seed(4)
		words = [b"canary-yellow", b"squirrel-canary", b"74-canary-boats"]
		hashes = {hashlib.sha1(w).hexdigest().upper(): 10 + n for n, w in enumerate(words)}
		for n in range(20000):
		    hashes[f"{random.getrandbits(160):040X}"] = 1 + n % 99
		lines = [f"{key}:{count}\r\n" for key, count in sorted(hashes.items())]
		open("list", "w", newline="").writelines(lines)
		open("cut", "w", newline="").write("".join(lines)[:400000])
		lines.sort(key=lambda line: -int(line[41:]))
		open("shuffled", "w", newline="").writelines(lines)
	PYTHON
}

setup() {
	own_home
	LIST=$BATS_FILE_TMPDIR/list
}

configured() {
	mkdir -p "$HOME/.config/vault"
	echo "breaches = $1" >"$HOME/.config/vault/config"
}

found="[(f['name'], f['state'], f['now'], f['count']) for f in j['breaches']['found']]"

@test "present and former passwords are found, and told apart" {
	answers 7 vault audit --breaches "$LIST"
	shows "1.  vault rotate leaked"
	shows "in the list of leaked passwords, seen 10 times"
	unseen binned
	answers 7 vault audit --all --breaches "$LIST"
	shows "In use, and in the list"
	shows "No longer in use"
	shows "seen 10 times"
	unseen canary
	unseen safe
	answers 7 vault audit --breaches "$LIST" --json
	[ "$(json "$found")" = "[('leaked', 'live', True, 10), ('binned', 'trashed', False, 12),"\
" ('former', 'live', False, 11)]" ]
	[ "$(json 'j["breaches"]["checked"], j["breaches"]["error"]')" = "(6, None)" ]
	unseen canary
}

@test "a filter answers the same, without the counts" {
	answers 0 locked breaches build "$LIST" filter
	says "Made 'filter' of 20003 SHA-1 hashes"
	[ "$(stat -c %s filter)" -le $((20003 * 43 / 10)) ]
	answers 0 locked breaches check filter
	answers 7 vault audit --breaches filter --json
	[ "$(json "$found")" = "[('leaked', 'live', True, None),"\
" ('binned', 'trashed', False, None), ('former', 'live', False, None)]" ]
	answers 6 locked breaches build "$LIST" filter
	answers 2 locked breaches build filter other
	[ ! -e other ]
}

@test "nothing found: exit status 0, and it says what was done" {
	for name in leaked former; do vault -q rm $name; done
	vault -q trash empty -y
	answers 0 vault audit --breaches "$LIST"
	says "None of the 2 passwords, present and former, is in the list"
}

@test "what cannot be checked is a failure, with words of its own" {
	mkfifo pipe
	mkdir folder
	: >empty
	head -c 100 /dev/zero >zeros
	cp "$BATS_FILE_TMPDIR/cut" "$BATS_FILE_TMPDIR/shuffled" .
	for list in cut shuffled pipe folder empty zeros none; do
		answers 1 vault audit --breaches "$list"
		says "could not be checked against leaked ones"
		answers 1 vault audit --breaches "$list" --json
		[ "$(json 'j["breaches"]["found"], j["breaches"]["checked"]')" = "(None, None)" ]
		[ "$(json 'len(j["breaches"]["error"]) > 20')" = True ]
		answers 1 locked breaches check "$list"
		answers 1 locked breaches build "$list" built
		[ ! -e built ]
	done
	[ -z "$(find . -name 'built*')" ]
}

@test "at entry a leaked password is refused, unless there is a reason" {
	printf canary-yellow >typed
	configured "$LIST"
	vault -q rm leaked
	vault -q trash empty -y
	answers 8 vault add new --stdin0 <typed
	says "in the list of leaked ones, 10 times"
	unseen canary
	answers 3 vault get new
	answers 8 vault add new --stdin0 --json <typed
	[ "$(json 'j["action"], j["name"]')" = "('refused', 'new')" ]
	answers 8 vault edit safe-1 --stdin0 <typed
	answers 0 vault add new --stdin0 --allow-reuse 'it is in use' <typed
	says "warning: this password is in the list of leaked ones"
	answers 0 vault add generated -g
	answers 7 vault audit
	shows new
}

@test "a list that is not there warns at entry, and keeps nobody from writing down" {
	configured "$HOME/none"
	answers 0 vault add new --stdin0 <<<'whatever it is'
	says "was not checked against leaked ones"
	answers 1 vault audit
	configured "$BATS_FILE_TMPDIR/shuffled"
	answers 0 vault edit new --stdin0 <<<'another thing'
	says "was not checked against leaked ones"
}

#!/usr/bin/env bats
# The audit: who shares a password with whom, now and in former times. Names, never passwords.

load helpers

uses='sorted((u["name"], u["state"]) for u in g["uses"])'
groups="[(g['master'], g['now'], $uses) for g in j['shared']]"

@test "nothing shared: exit status 0" {
	answers 0 vault audit
	printed
	says "Nothing needs to be changed."
	says "No password is, or was, in use twice."
	says "No password in use is a variant of another one."
	vault -q add one -g
	vault -q add two -g
	answers 0 vault audit -q
	silent
	answers 0 vault audit --json
	[ "$(json '[j[k] for k in ("plan", "shared", "families", "hubs", "weak", "breaches")]')" \
		= "[[], [], [], [], [], None]" ]
}

@test "shared now, by three; a reason does not hide it" {
	printf canary-one | put add one
	printf canary-one | put add two --allow-reuse 'one login'
	vault -q add three -g
	printf canary-one | put edit three --allow-reuse 'the same'
	vault -q add innocent -g
	answers 7 vault audit
	shows "1.  vault rotate one"
	shows "shared with"
	shows "2.  vault rotate t"
	unseen "3. " # the last of them may keep it
	answers 7 vault audit --all
	shows "in use more than once"
	shows "on purpose: one login"
	unseen canary
	unseen innocent
	answers 7 vault audit --json
	[ "$(json "$groups")" = \
		"[(False, True, [('one', 'live'), ('three', 'live'), ('two', 'live')])]" ]
	[ "$(json 'sorted(str(u["reason"]) for u in j["shared"][0]["uses"])')" = \
		"['None', 'one login', 'the same']" ]
	unseen canary
}

@test "shared in former times, with an entry in the trash and a deleted one" {
	for name in changed trashed erased; do
		printf canary-two | put add $name --allow-reuse old
	done
	vault -q edit changed -g
	vault -q rm erased
	vault -q trash empty -y
	vault -q rm trashed
	answers 0 vault audit --json # nobody uses it twice any more
	[ "$(json "$groups")" = \
		"[(False, False, [('changed', 'live'), ('erased', 'purged'),"\
" ('trashed', 'trashed')])]" ]
	answers 0 vault audit --all
	shows "was in use"
	shows "in the trash"
	shows "deleted"
	unseen canary
}

@test "an entry alone with its own former passwords shares with nobody" {
	printf canary-one | put add name
	printf canary-two | put edit name
	printf canary-one | put edit name
	answers 0 vault audit
}

@test "the master password of the slot just opened" {
	printf %s "$MASTER" | put add careless # the volume key opened it: nobody knew
	answers 0 vault audit
	answers 7 master audit
	shows "master password"
	shows careless
	unseen "$MASTER"
	answers 7 master audit --json
	[ "$(json "$groups")" = "[(True, True, [('careless', 'live')])]" ]
	vault -q edit careless -g
	answers 0 master audit --json
	[ "$(json '[(g["master"], g["now"]) for g in j["shared"]]')" = "[(True, False)]" ]
}

@test "several groups" {
	for i in 1 2 3; do
		for name in a b; do
			printf %s "canary-$i" | put add "$name$i" --allow-reuse why
		done
	done
	answers 7 vault audit --json
	[ "$(json 'sorted(sorted(u["name"] for u in g["uses"]) for g in j["shared"])')" = \
		"[['a1', 'b1'], ['a2', 'b2'], ['a3', 'b3']]" ]
}

@test "variants: what differs, and no password" {
	printf Canary2013 | put add shop
	printf Canary2014 | put add mail --allow-reuse 'for now'
	vault -q add other -g
	answers 7 vault audit
	shows "mailbox; a variant of that of shop: year changed"
	answers 7 vault audit --all
	shows "mail ~ shop:"
	shows "year changed; on purpose: for now"
	unseen anary
	answers 7 vault audit --json
	[ "$(json '[(f["now"], f["links"]) for f in j["families"]]')" = \
		"[(True, [{'name': 'mail', 'like': 'shop', 'differs': 'year changed'}])]" ]
	[ "$(json '[u["name"] for u in j["families"][0]["uses"]]')" = "['shop', 'mail']" ]
	unseen anary
	vault -q edit shop -g
	answers 0 vault audit --all
	shows "shop ~ mail:"
	shows "year changed; "
}

@test "what leaked comes first, with where it did" {
	printf canary-red-horse | put add shop
	printf canary-red-horse | put add forum --allow-reuse 'for now'
	printf canary-green-cow | put add bank
	printf canary-green-cow | put add mail --allow-reuse 'for now'
	vault -q leak shop >/dev/null || [ $? = 7 ]
	answers 7 vault audit --json
	[ "$(json '[(a["name"], a["findings"]) for a in j["plan"]]')" = \
		"[('mail', ['shared']), ('forum', ['burned', 'shared']), ('shop', ['burned'])]" ]
	shows "its password leaked at shop"
	vault -q edit forum -g
	vault -q edit shop -g
	vault -q edit mail -g
	answers 0 vault audit
}

@test "--since-last tells what is new, and remembers no name" {
	printf canary-red-horse | put add shop
	printf canary-red-horse | put add forum --allow-reuse 'for now'
	answers 7 vault audit --since-last
	shows "Change these"
	shows "vault rotate"
	answers 0 vault audit --since-last
	printed
	says "Nothing new was found."
	answers 7 vault audit
	printf canary-red-house | put add bank --allow-reuse 'for now'
	answers 7 vault audit --since-last --json
	[ "$(json 'sorted(a["name"] for a in j["plan"] if a["new"])')" != "[]" ]
	[ "$(json 'j["last"] is None')" = False ]
	answers 0 vault audit --since-last
	file=$(echo "$HOME"/.local/state/vault/*.audit)
	[ "$(stat -c %a "$file")" = 600 ]
	! grep -qaE 'shop|forum|bank|canary' "$file"
	printf x | dd of="$file" bs=1 seek=20 conv=notrunc status=none # it cannot be relied on
	answers 7 vault audit --since-last
	rm "$file"
	mkdir "$file"
	answers 7 vault audit --since-last
	says "cannot be remembered"
	answers 7 vault audit -q
	silent
}

@test "a weak master password comes before all, where it is given" {
	vault -q add name -g
	answers 0 master audit
	printf 'letmein7\n' >weak
	locked -q --vault weak.vault --password-file weak init --no-recovery "${CHEAP[@]}"
	answers 7 locked --vault weak.vault --password-file weak audit
	shows "0.  vault passwd"
	shows "The master password is very weak"
	unseen letmein
	answers 7 locked --vault weak.vault --password-file weak audit --json
	[ "$(json 'j["master"]["strength"]')" = "very weak" ]
	answers 0 master audit --json
	[ "$(json 'j["master"]["strength"]')" = strong ]
	answers 0 vault audit --json # by the volume key: nobody gave it
	[ "$(json 'j["master"]')" = None ]
}

#!/usr/bin/env bats
# Realms: entries that share one password on purpose.

load helpers

@test "a realm is made, shown, and taken apart" {
	for name in wiki cal mail; do vault -q add $name -g; done
	answers 3 vault realm add dir wiki cal
	says "a new one needs a reason"
	answers 0 vault realm add dir wiki cal --reason 'one directory'
	says "The realm 'dir' has 2 members."
	says "do not have one password now"
	answers 0 vault realm add dir MAIL --json
	printed '{"action":"realm-added","realm":"dir","changed":1}'$'\n'
	answers 6 vault realm add other cal --reason x
	says "'cal' is in the realm 'dir'"
	answers 0 vault realm show dir
	printed $'dir                             one directory\n  cal\n  mail\n  wiki\n'\
$'They do not have one password now.\n'
	answers 0 vault realm --json
	printed '{"realms":[{"name":"dir","reason":"one directory","one_password":false,'\
'"entries":["cal","mail","wiki"]}]}'$'\n'
	answers 0 vault show cal
	shows "realm       dir: one directory"
	answers 0 vault realm remove dir wiki
	says "1 entry left the realm 'dir'"
	answers 3 vault realm remove dir wiki
	answers 0 vault realm remove dir
	answers 0 vault realm list
	printed
	says "There is no realm."
	answers 3 vault realm show dir
}

@test "inside, a password is not refused; outside it is" {
	printf canary-9-directory | put add wiki
	vault -q add cal -g
	answers 8 put edit cal <<<canary-9-directory
	vault -q realm add dir wiki cal --reason 'one directory'
	printf canary-9-directory >password
	answers 0 vault edit cal --stdin0 <password
	says "Changed 'cal'."
	run ! grep -q warning "$BATS_TEST_TMPDIR/err"
	answers 8 vault add shop --stdin0 <password
	says "also in use at 'wiki'"
	answers 0 vault audit
	says "No password is, or was, in use twice, but in realms."
	printed
	answers 0 vault audit --json
	[ "$(json '[(g["realm"], g["now"]) for g in j["shared"]]')" = "[('dir', True)]" ]
	answers 0 vault add shop --stdin0 --allow-reuse test <password
	answers 7 vault audit
	shows shop
	answers 7 vault audit --json
	[ "$(json '[(g["realm"], g["now"]) for g in j["shared"]]')" = "[(None, True)]" ]
}

@test "variants inside a realm are nothing to tell, either" {
	printf sakura-2013-bough | put add wiki
	vault -q add cal -g
	vault -q realm add dir wiki cal --reason 'one directory'
	printf sakura-2014-bough | put edit cal
	answers 0 vault audit
	printed
	says "No password in use is a variant of another one."
	answers 0 vault audit --json
	[ "$(json '[(f["realm"], f["now"]) for f in j["families"]]')" = "[('dir', True)]" ]
	vault -q realm remove dir cal
	answers 7 vault audit --all
	shows "cal ~ wiki:"
}

@test "one new password for all of a realm" {
	for name in wiki cal mail; do vault -q add $name -g; done
	vault -q realm add dir wiki cal mail --reason 'one directory'
	printf new-8-directory >password
	answers 0 vault edit wiki --stdin0 <password
	says "the rest of the realm 'dir' (2 more) keeps its password"
	answers 0 vault edit wiki --stdin0 --realm-too <password
	says "So is the rest of the realm 'dir': 2 more."
	for name in wiki cal mail; do vault get $name | cmp - password; done
	answers 0 vault edit cal --stdin0 <password
	silent_but "'cal' was like that already; nothing was changed."
	vault -q add shop -g
	answers 2 vault edit shop -g --realm-too
	says "'shop' is in no realm"
	answers 2 vault edit wiki --url https://wiki.example --realm-too
	vault get shop >password
	answers 8 vault edit mail --stdin0 --realm-too <password
	says "also in use at 'shop'"
	[ "$(vault get cal)" = new-8-directory ]
}

silent_but() { [ "$(cat "$BATS_TEST_TMPDIR/err")" = "$1" ]; }

@test "names of realms are completed, and go with vault's own JSON" {
	for name in wiki cal; do vault -q add $name -g; done
	vault -q realm add 'my dir' wiki cal --reason 'one directory'
	answers 0 vault complete -- realm show m
	printed $'realm\nmy dir\n'
	answers 0 vault complete -- realm remove 'my dir' w
	printed $'entry\nwiki\n'
	master -q export json all.json --plaintext --yes
	answers 0 master -q init --vault "$HOME/other" --no-recovery "${CHEAP[@]}"
	answers 0 master -q import all.json --vault "$HOME/other"
	answers 0 master realm show 'my dir' --vault "$HOME/other" --json
	[ "$(json 'j["realms"][0]["entries"]')" = "['cal', 'wiki']" ]
}

@test "realms of sites with one account system are proposed, and made when it is wanted" {
	cat >sites.json <<-'END'
		[{"shared": ["Shop.example", "shop.test", "books.example"]},
		 {"from": ["old.example"], "to": ["new.example"], "fromDomainsAreObsoleted": true},
		 {"shared": ["no domain", 4]}]
	END
	vault -q add a -g -u joe --url https://www.shop.example/login
	vault -q add b -g -u JOE --url https://shop.test
	vault -q add c -g -u ann --url https://books.example # another account
	vault -q add d -g -u joe --url https://notshop.example
	printf canary-8-renamed >password
	vault -q add e --stdin0 --url https://old.example <password
	vault -q add f --stdin0 --url https://new.example --allow-reuse moved <password
	vault -q add g -g --url https://old.example # no user, and another password
	answers 2 vault realm load sites.json
	says "--yes"
	answers 0 vault realm load sites.json --dry-run
	printed $'new.example\n  e\n  f\nshop.example (joe), which have not one password now\n'\
$'  a\n  b\n'
	answers 0 vault realm list
	printed
	answers 0 vault realm load - --yes --json <sites.json
	printed '{"realms":[{"name":"new.example","one_password":true,"entries":["e","f"]},'\
'{"name":"shop.example (joe)","one_password":false,"entries":["a","b"]}],"made":true}'$'\n'
	answers 0 vault realm show 'shop.example (joe)'
	shows "one account system (Password Manager Resources)"
	answers 0 vault realm load sites.json --yes # nothing is left to be made
	says "No two entries"
	printed
	vault -q add h -g -u joe --url https://m.books.example # joins
	vault -q realm add mine c --reason x
	vault -q edit c -u joe # stays where it is
	answers 0 vault realm load sites.json -y
	printed $'shop.example (joe), which have not one password now\n  a\n  b\n  h\n'
	answers 0 vault realm show mine
}

@test "what is no list of sites is told, and what is of another kind" {
	echo '{"a.example": "https://a.example/password"}' >change.json
	answers 2 vault realm load change.json
	says "is no list of sites that share accounts"
	echo '[{"shared": ["a.example", "b.example"]}]' >sites.json
	answers 2 vault rules load sites.json
	says "'vault realm load' takes it"
	echo '[{' >broken.json
	answers 2 vault realm load broken.json
	says "is no JSON: line"
	answers 3 vault realm load nothing.json
	echo '[]' >empty.json
	answers 2 vault realm load empty.json
}

own_home_again() {
	cp -R "$BATS_FILE_TMPDIR/home" "$BATS_TEST_TMPDIR/$1"
	live_at "$BATS_TEST_TMPDIR/$1"
}

@test "an import puts nobody in a realm that is there, and leaves its reason" {
	for name in wiki cal; do vault -q add $name -g; done
	vault -q realm add office wiki cal --reason 'one directory'
	answers 0 vault export json "$BATS_TEST_TMPDIR/own.json" --plaintext --yes
	vault realm show office >before
	own_home_again other
	for name in news plan; do vault -q add $name -g; done
	vault -q realm add office news plan --reason harmless
	answers 0 vault export json "$BATS_TEST_TMPDIR/other.json" --plaintext --yes
	live_at "$BATS_TEST_TMPDIR/home"
	cp "$BATS_TEST_TMPDIR"/*.json .
	answers 0 vault import own.json
	shows '2 there already'
	for added in 2 0; do
		answers 0 vault import --update other.json
		shows "$added of 2 entries added"
		run ! grep updated "$BATS_TEST_TMPDIR/out"
		shows "realm: the realms of the vault stay as they are (news, plan)"
		vault realm show office >now
		cmp before now
	done
	answers 0 vault check
	rm "$FILE"
	master init -q --no-recovery "${CHEAP[@]}"
	answers 0 master import own.json
	master realm show office >now
	cmp before now
	answers 0 master import --update own.json
	shows '2 there already'
}

#!/usr/bin/env bats
# The guard at the door: a password that is, or was, in use elsewhere is noticed on every way in,
# and its partner is named, with since when.

load helpers

setup_file() {
	make_vault
	printf shared | put add mailserver
}

today=$(date +%F)

# conflict KIND NAME STATE: the only one in the answer.
conflict() {
	[ "$(json '[(c["kind"], c["name"], c["state"]) for c in j["conflicts"]]')" = \
		"[('$1', '$2', '$3')]" ]
}

@test "add, one order: the second is refused" {
	printf shared | answers 8 vault add shop --stdin0
	printed
	says "refused: this password is also in use at 'mailserver' (since $today)"
	says "--generate"
	says "--allow-reuse REASON"
	answers 3 vault get shop
	printf shared | answers 8 vault add shop --stdin0 --json
	[ "$(json 'j["action"], j["changed"]')" = "('refused', False)" ]
	conflict same-now mailserver live
	[[ $(json 'j["conflicts"][0]["since"]') == "$today"T*Z ]]
}

@test "add, the other order: the first one of two is named just as well" {
	printf other | put add shop
	printf other | answers 8 vault edit mailserver --stdin0
	says "'shop' (since $today)"
	printf shared | answers 8 vault edit shop --stdin0
	says "'mailserver' (since $today)"
	[ "$(vault get mailserver)$(vault get shop)" = sharedother ]
}

@test "a reason goes through, is kept and shown" {
	printf shared | answers 0 vault add shop --stdin0 --allow-reuse 'one directory login'
	says "warning: this password is also in use at 'mailserver'"
	answers 0 vault show shop
	shows 'one directory login'
	answers 0 vault show shop --json
	[ "$(json 'j["reuse_reason"]')" = 'one directory login' ]
	answers 0 vault history shop
	shows 'one directory login'
	answers 0 vault show mailserver --json
	[ "$(json 'j["reuse_reason"]')" = None ]
	printf third | put add third
	printf shared | answers 0 vault edit third --stdin0 --allow-reuse 'likewise' --json
	[ "$(json 'sorted(c["name"] for c in j["conflicts"])')" = "['mailserver', 'shop']" ]
	answers 2 vault edit third --stdin0 --allow-reuse '' <<<shared
}

@test "a former password counts" {
	vault -q edit mailserver -g
	printf shared | answers 8 vault add shop --stdin0
	says "this password was in use at 'mailserver' (on $today)"
	printf shared | answers 8 vault add shop --stdin0 --json
	conflict same-then mailserver live
	vault -q add shop -g
	printf shared | answers 8 vault edit shop --stdin0
	says "was in use at 'mailserver'"
}

@test "in the trash it counts, and when the trash is emptied" {
	vault -q rm mailserver
	printf shared | answers 8 vault add shop --stdin0
	says "'mailserver', which is in the trash"
	vault -q trash empty -y
	printf shared | answers 8 vault add shop --stdin0 --json
	conflict same-then mailserver purged
	says "'mailserver', which has been deleted"
}

@test "rename tells" {
	printf shared | vault -q add shop --stdin0 --allow-reuse why
	answers 0 vault rename shop webshop --json
	[ "$(json 'j["action"]')" = renamed ]
	conflict same-now mailserver live
	says "warning: this password is also in use at 'mailserver' (since $today)"
	vault -q edit mailserver -g
	answers 0 vault rename webshop shop
	says "was in use at 'mailserver'"
}

@test "restoring from the trash tells, and gives back" {
	printf other | put add shop
	vault -q rm shop
	printf other | vault -q edit mailserver --stdin0 --allow-reuse why
	answers 0 vault trash restore shop --json
	[ "$(json 'j["action"]')" = restored ]
	conflict same-now mailserver live
	says "warning: this password is also in use at 'mailserver' (since $today)"
	[ "$(vault get shop)" = other ]
}

@test "the master password is refused by whoever opened with it" {
	printf %s "$MASTER" | answers 8 master add shop --stdin0
	says "refused: this is the master password"
	printf %s "$MASTER" | answers 8 master edit mailserver --stdin0 --json
	[ "$(json '[c["kind"] for c in j["conflicts"]]')" = "['master']" ]
	unseen "$MASTER"
}

@test "the bytes decide: blanks, case and a newline make a variant, not the same" {
	for other in Shared 'shared ' ' shared' $'shared\n' $'shared\x01'; do
		printf %s "$other" | answers 8 vault add "n${#other}$RANDOM" --stdin0 --json
		[ "$(json '{c["kind"] for c in j["conflicts"]}')" = "{'variant-now'}" ]
	done
}

@test "a reason lets through what is generated, too" {
	for i in {1..5}; do
		answers 0 vault add "n$i" --length 1 --charset digit --allow-reuse tiny
	done
	answers 0 vault add big -g
}

@test "a refusal writes nothing" {
	before=$(sha256sum <"$FILE")
	printf shared | answers 8 vault add shop --stdin0 -u joe --note n
	[ "$before" = "$(sha256sum <"$FILE")" ]
}

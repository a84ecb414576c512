#!/usr/bin/env bats
# One-time codes: set up without a terminal, printed, counted. What is read of a URI, and the
# published vectors, are in tests/unit/test_otp.c.

load helpers

SEED=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ

# set_up NAME TEXT: a new entry with this one-time code.
set_up() { printf '%s\n' "$2" | vault -q add "$1" -g --otp-file -; }

expected() { "${PYTHON:-python3}" "$BATS_TEST_DIRNAME/codes.py" "$@"; }

# gives NAME URI: the code of this URI, now or a moment ago.
gives() {
	local before
	before=$(expected "$2")
	answers 0 vault otp "$1"
	grep -qxF -e "$before" -e "$(expected "$2")" "$BATS_TEST_TMPDIR/out"
	[ "$(wc -l <"$BATS_TEST_TMPDIR/out")" = 1 ]
	silent
}

@test "the other implementation agrees with the RFC" {
	[ "$(expected "otpauth://totp/?secret=$SEED&digits=8" 59)" = 94287082 ]
	[ "$(expected "otpauth://hotp/?secret=$SEED&counter=9")" = 520489 ]
}

@test "the code and a newline, nothing else" {
	set_up plain "gezd gnbv gy3t qojq gezd gnbv gy3t qojq"
	gives plain "otpauth://totp/?secret=$SEED"
	gives PLAIN "otpauth://totp/?secret=$SEED"
	set_up long "otpauth://totp/A:b?secret=$SEED&algorithm=SHA512&digits=8&period=45"
	gives long "otpauth://totp/?secret=$SEED&algorithm=SHA512&digits=8&period=45"
	set_up seven "otpauth://totp/A:b?secret=$SEED&algorithm=SHA256&digits=7"
	gives seven "otpauth://totp/?secret=$SEED&algorithm=SHA256&digits=7"
	set_up steam "steam://$SEED"
	gives steam "otpauth://totp/?secret=$SEED&encoder=steam"
}

@test "as JSON" {
	set_up plain "otpauth://totp/x?secret=$SEED&period=4294967295"
	answers 0 vault --json otp plain
	[ "$(json 'j["name"], j["kind"], j["period"], len(j["code"]), "counter" in j')" = \
		"('plain', 'totp', 4294967295, 6, False)" ]
	[ "$(json '0 < j["seconds_left"] < 4294967295 - 1700000000')" = True ]
	set_up counted "otpauth://hotp/x?secret=$SEED&counter=1"
	answers 0 vault --json otp counted
	[ "$(json 'j')" = \
		"{'name': 'counted', 'kind': 'hotp', 'code': '287082', 'counter': 1}" ]
}

@test "a counter: no code twice, and what was shown has been counted" {
	set_up counted "otpauth://hotp/x?secret=$SEED"
	for code in 755224 287082 359152; do
		answers 0 vault otp counted
		printed "$code"$'\n'
	done
	answers 0 vault get counted -f otp
	printed "otpauth://hotp/x?secret=$SEED&counter=3"
}

@test "two at once get two codes" {
	set_up counted "otpauth://hotp/x?secret=$SEED"
	for _ in {1..8}; do
		for _ in 1 2; do vault otp counted >>codes & done
		wait
	done
	[ "$(wc -l <codes)" = 16 ]
	[ "$(sort -u codes | wc -l)" = 16 ]
	answers 0 vault get counted -f otp
	shows "counter=16"
}

@test "set up from standard input, in its place, and from a file" {
	printf '%s\n' password 1234 "$SEED" 'a note' | vault -q add all --stdin --otp \
		--secret-field pin --note -
	for field in password:password pin:1234 note:$'a note\n' \
		"otp:otpauth://totp/all?secret=$SEED"; do
		answers 0 vault get all -f "${field%%:*}"
		printed "${field#*:}"
	done
	printf '%s\n' "otpauth://totp/Mail:joe?secret=AA" behind >seed
	answers 0 vault edit all --otp-file seed
	answers 0 vault get all -f otp
	printed "otpauth://totp/Mail:joe?secret=AA&issuer=Mail"
	answers 0 vault get all -f pin
	printed 1234
	answers 0 vault edit all --clear otp
	answers 3 vault get all -f otp
	answers 3 vault otp all
	says "no one-time code"
	answers 3 vault edit all --clear otp
}

@test "what cannot be set up" {
	vault -q add there -g
	answers 4 vault edit there --otp </dev/null
	says "--otp-file -"
	answers 2 vault edit there --otp=$SEED
	answers 2 vault edit there --otp $SEED
	answers 2 vault edit there --otp --otp-file seed
	answers 2 vault edit there --stdin0 --otp-file -
	answers 3 vault edit there --otp-file nowhere
	answers 2 vault edit there --otp-file /dev/null
	says "empty"
	echo "otpauth://totp/x?secret=NOT0BASE1" >seed
	answers 2 vault edit there --otp-file seed
	says "base 32"
	unseen NOT0
	answers 2 vault edit there --field otp=x
	answers 3 vault otp there
	says "--otp"
	answers 3 vault otp ther
	says "Did you mean 'there'"
}

@test "show masks it, and prints the URI when asked" {
	set_up plain $SEED
	answers 0 vault show plain
	shows otp
	unseen $SEED
	answers 0 vault show plain --json
	unseen $SEED
	[ "$(json '[f["kind"] for f in j["fields"]]')" = "['otp']" ]
	answers 0 vault show plain --reveal
	shows "otpauth://totp/plain?secret=$SEED"
	answers 0 vault show plain --reveal --json
	[ "$(json 'j["fields"][0]["value"]')" = "otpauth://totp/plain?secret=$SEED" ]
}

@test "--copy: on the clipboard and nowhere else" {
	mkdir -p .config/vault
	printf '#!/bin/sh\ncat >%s\n' "$HOME/clipboard" >copier
	chmod 700 copier
	echo "clipboard-program = $HOME/copier" >.config/vault/config
	set_up counted "otpauth://hotp/x?secret=$SEED"
	answers 0 vault otp counted --copy --clear-after 1m
	printed
	says "Copied"
	says "Good once"
	[ "$(cat clipboard)" = 755224 ]
	unseen 755224
	answers 0 vault --json otp counted -c
	[ "$(json 'j["name"], j["counter"], "way" in j, "code" in j')" = \
		"('counted', 1, True, False)" ]
	[ "$(cat clipboard)" = 287082 ]
	answers 0 vault lock
	answers 2 vault otp counted --both
	answers 2 vault otp counted --clear-after 1m
}

@test "it is part of backup, rekey and rescue" {
	set_up plain $SEED
	answers 0 master rekey -q --no-recovery "${CHEAP[@]}"
	master rescue -q --print-volume-key --yes >"$KEY"
	gives plain "otpauth://totp/?secret=$SEED"
	answers 0 vault check
	answers 0 vault rescue -o saved
	grep -qF "otpauth://totp/plain?secret=$SEED" saved
}

@test "no crash gives one code twice" {
	set_up counted "otpauth://hotp/x?secret=$SEED"
	local start=${EPOCHREALTIME/./} whole killed=0
	vault otp counted >codes
	whole=$((${EPOCHREALTIME/./} - start)) # microseconds
	for n in {1..60}; do
		"$VAULT" --volume-key-fd 9 otp counted >>codes 9<"$KEY" &
		sleep "$(printf '0.%06d' $((whole * n / 50)))"
		kill -KILL $! 2>/dev/null || :
		wait $! || killed=$((killed + 1))
	done
	[ "$killed" -gt 0 ]
	vault otp counted >>codes
	[ "$(wc -l <codes)" -gt 2 ]
	[ "$(sort codes | uniq -d | wc -l)" = 0 ]
	answers 0 vault get counted -f otp
	[ "$(sed 's/.*counter=//' "$BATS_TEST_TMPDIR/out")" -ge "$(wc -l <codes)" ]
	answers 0 vault check
}

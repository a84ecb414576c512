#!/usr/bin/env bats
# QR codes, there and back: what is drawn is made a picture of, as a camera would see it, and read
# by another program and by this one. On a terminal: test_dialogue.py.

load helpers

SEED=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ

picture() { "${PYTHON:-python3}" "$BATS_TEST_DIRNAME/picture.py"; }

scan() { zbarimg --quiet --raw --nodbus "$1" 2>/dev/null; }

setup_file() {
	make_vault
	printf '%s\n' "otpauth://totp/Mail:joe@x.example?secret=$SEED" |
		vault -q add there -g --otp-file -
	vault show there --qr --reveal 2>/dev/null >"$BATS_FILE_TMPDIR/screen" || return 0
	picture <"$BATS_FILE_TMPDIR/screen" >"$HOME/seen.png"
}

setup() {
	command -v zbarimg >/dev/null || skip "zbarimg is not installed"
	own_home
	[ -e seen.png ] || skip "there is no libqrencode"
}

URI="otpauth://totp/Mail:joe@x.example?secret=$SEED&issuer=Mail"

@test "another program reads what is drawn" {
	[ "$(scan seen.png)" = "$URI" ]
}

@test "so it does what a terminal without UTF-8 is given" {
	LC_ALL=C answers 0 vault show there --qr --reveal
	picture <"$BATS_TEST_TMPDIR/out" >plain.png
	[ "$(scan plain.png)" = "$URI" ]
	run ! grep -qP '[^\x00-\x7f]' "$BATS_TEST_TMPDIR/out"
}

@test "short and long" {
	long="otpauth://hotp/$(printf 'x%.0s' {1..120}):y?secret=$(printf 'AB%.0s' {1..200})"
	for uri in "otpauth://totp/?secret=AA" "$long"; do
		printf '%s\n' "$uri" | answers 0 vault edit there --otp-file -
		answers 0 vault get there -f otp
		mv "$BATS_TEST_TMPDIR/out" uri
		answers 0 vault show there --qr --reveal
		picture <"$BATS_TEST_TMPDIR/out" >seen.png
		scan seen.png | tr -d '\n' | cmp - uri
	done
	printf 'otpauth://totp/x?secret=%s\n' "$(printf 'A%.0s' {1..1600})" |
		answers 0 vault edit there --otp-file -
	answers 0 vault show there --qr --reveal
}

@test "not into a file by mistake, and not without a code" {
	answers 2 vault show there --qr
	printed
	says "for a terminal"
	unseen $SEED
	answers 2 vault show there --qr --reveal --json
	vault -q add bare -g
	answers 3 vault show bare --qr --reveal
	says "no one-time code"
}

@test "a picture sets up an entry" {
	answers 0 vault add new -g --otp-qr seen.png
	answers 0 vault get new -f otp
	printed "$URI"
	vault -q edit new --clear otp
	answers 0 vault edit new --otp-qr seen.png
	answers 0 vault get new -f otp
	printed "$URI"
}

@test "a JPEG, too" {
	command -v pnmtojpeg >/dev/null || skip "netpbm is not installed"
	pngtopnm seen.png | pnmtojpeg >seen.jpg
	answers 0 vault add new -g --otp-qr seen.jpg
	answers 0 vault get new -f otp
	printed "$URI"
}

@test "what is no picture, or has no such code" {
	head -c 200 seen.png >short.png
	(head -c 200 seen.png && head -c 3000 /dev/urandom) >broken.png
	printf '\x89PNG\r\n\x1a\n' >empty.png
	printf 'GIF89a' >other.gif
	printf 'push graphic-context\nimage over 0,0 0,0 "seen.png"\n' >drawing.png
	: >nothing.png
	mkfifo pipe.png
	for file in other.gif drawing.png nothing.png pipe.png . /dev/null; do
		answers 2 vault add new -g --otp-qr $file
	done
	for file in short.png broken.png none.png; do
		answers 3 vault add new -g --otp-qr $file
	done
	answers 1 vault add new -g --otp-qr empty.png
	answers 2 vault add new -g --otp-qr seen.png --otp
	answers 0 vault list
	printed there$'\n'
}

# qr TEXT: a picture of its code.
qr() {
	"${PYTHON:-python3}" - "$1" <<-'END' | picture
		import ctypes, sys
		library = ctypes.CDLL("libqrencode.so.4")
		class Code(ctypes.Structure):
		    _fields_ = [("version", ctypes.c_int), ("width", ctypes.c_int),
		                ("data", ctypes.POINTER(ctypes.c_ubyte))]
		library.QRcode_encodeString8bit.restype = ctypes.POINTER(Code)
		code = library.QRcode_encodeString8bit(sys.argv[1].encode(), 0, 1).contents
		side = code.width
		for y in range(-4, side + 4):
		    print("".join("\033[48;5;16m  " if 0 <= x < side and 0 <= y < side
		                  and code.data[y * side + x] & 1 else "\033[48;5;231m  "
		                  for x in range(-4, side + 4)))
	END
}

@test "the code of something else, several accounts, a broken one" {
	qr "https://x.example/" >web.png
	[ "$(scan web.png)" = "https://x.example/" ]
	answers 3 vault add new -g --otp-qr web.png
	says "no QR code"
	qr "otpauth-migration://offline?data=AA" >many.png
	answers 2 vault add new -g --otp-qr many.png
	says "several accounts"
	qr "otpauth://totp/x?secret=SECRET1" >broken.png
	answers 2 vault add new -g --otp-qr broken.png
	says "base 32"
	unseen SECRET1
}

@test "the reader of pictures is kept from everything else" {
	command -v strace >/dev/null || skip "strace is not installed"
	strace -f -o log -e trace=%file,%network "$VAULT" --volume-key-fd 9 edit there \
		--otp-qr seen.png 9<"$KEY" 2>/dev/null || skip "strace cannot trace here"
	grep -q 'execve("/.*/zbarimg"' log
	zbarimg=$(sed -n '/execve(".*zbarimg"/{s/ .*//p;q}' log)
	grep "^$zbarimg " log | sed '1,/execve("/d' >after
	run ! grep -E 'O_(WRONLY|RDWR|CREAT)' after
	run ! grep -E 'socket|connect' after
	run ! grep -F "$HOME" after
}

@test "without zbarimg it says what is missing" {
	mkdir empty
	PATH=$PWD/empty answers 1 "$VAULT" --volume-key-fd 9 edit there --otp-qr seen.png 9<"$KEY"
	says "zbarimg"
}

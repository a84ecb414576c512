#!/usr/bin/env bats
# Every recipe of vault-recipes(7), as it stands there, with the programs it is for; only hosts and
# ports are those of the tests. The vault is unlocked once, and nothing is given to a recipe.

load helpers

setup_file() {
	make_vault
	printf 'm41l "box\\' | put add mailserver -u joe
	printf 'p4ssphrase' | put add ssh-key
	printf 'b4ckup' | put add backup
	printf 'd4tabase' | put add database -u eve
	printf 'r3gistry' | put add registry
	mkdir "$HOME/bin"
	ln -s "$VAULT" "$HOME/bin/vault"
}

setup() {
	cp -R "$BATS_FILE_TMPDIR/home" "$BATS_TEST_TMPDIR/home"
	live_at "$BATS_TEST_TMPDIR/home"
	cd "$HOME" || return
	export PATH=$HOME/bin:$PATH
	unset SSH_ASKPASS SSH_ASKPASS_REQUIRE SSH_AUTH_SOCK DISPLAY
	start_agent
	vault -q unlock
}

teardown() {
	for pid in ${agent-} ${server-} ${SSH_AGENT_PID-}; do kill "$pid"; done
	[ -z "${GNUPGHOME-}" ] || gpgconf --kill all
}

# needs PROGRAM…: the test is skipped without them.
needs() {
	for program; do
		command -v "$program" >/dev/null || skip "$program is not installed"
	done
}

# recipe TEXT: the example with this text in it.
recipe() {
	local text
	text=$(awk -v text="$1" '
		/^\.Ed/ { if (index(block, text)) printf "%s", block; inside = 0 }
		inside { block = block $0 "\n" }
		/^\.Bd/ { inside = 1; block = "" }' "$SOURCE/docs/vault-recipes.7")
	[ -n "$text" ] && sed 's/\\e/\\/g' <<<"$text"
}

# run_recipe TEXT: in a shell that nobody can be asked by.
run_recipe() {
	recipe "$1" >recipe.sh
	answers "${2-0}" setsid -w sh recipe.sh
}

# serve PROTOCOL PASSWORD: sets `port`.
serve() {
	"$PYTHON" -c 'import cryptography' 2>/dev/null || skip "cryptography for Python is missing"
	"$PYTHON" "$SOURCE/tests/cli/servers.py" "$1" joe "$2" "$HOME/served" 3>&- >port &
	server=$!
	until [ -s port ]; do sleep 0.05; done
	port=$(<port)
}

# stand_in PROGRAM COMMAND: what is not to be had everywhere, and would need a server.
stand_in() {
	printf '#!/bin/sh\n%s\n' "$2" >"bin/$1"
	chmod +x "bin/$1"
}

@test "msmtp hands a mail in" {
	needs msmtp
	serve smtp 'm41l "box\'
	recipe passwordeval | sed "s/mail.example.org/localhost/; s/^port .*/port $port/" >.msmtprc
	echo "tls_trust_file $HOME/served/certificate" >>.msmtprc
	chmod 600 .msmtprc
	printf 'Subject: hello\n\nBody.\n' >letter
	answers 0 setsid -w msmtp eve@example.org <letter
	silent
	grep -qx 'Subject: hello' served/mail
	rm served/mail
	vault -q lock
	run ! setsid -w msmtp eve@example.org <letter
	[[ $output = *"vault is locked"* ]]
	[ ! -e served/mail ]
}

@test "mbsync fetches a mail" {
	needs mbsync
	serve imap 'm41l "box\'
	recipe PassCmd | sed "s/mail.example.org/localhost\nPort $port/" >.mbsyncrc
	sed -i "s|^SSLType.*|&\nCertificateFile $HOME/served/certificate|" .mbsyncrc
	mkdir Mail
	answers 0 setsid -w mbsync example
	grep -rq '^Subject: hello' Mail/INBOX
	rm -r Mail/* .mbsync
	vault -q lock
	run ! setsid -w mbsync example
	[[ $output = *"vault is locked"* ]]
	[ ! -e Mail/INBOX/new ] || [ -z "$(ls Mail/INBOX/new)" ]
}

@test "git gets the password of a server" {
	needs git
	ln -s "$VAULT" bin/git-credential-vault
	vault -q edit mailserver --url smtp://mail.example.org:587
	run_recipe credential.helper
	printf 'protocol=smtp\nhost=mail.example.org:587\n' |
		answers 0 setsid -w git credential fill
	shows 'password=m41l "box\'
}

@test "ssh-add and ssh-keygen open a key" {
	needs ssh-agent ssh-add ssh-keygen
	mkdir .ssh
	ssh-keygen -q -t ed25519 -N p4ssphrase -f .ssh/id_ed25519
	recipe 'get ssh-key' >.ssh/askpass
	eval "$(ssh-agent -a "$HOME/ssh-agent" 3>&-)"
	run_recipe ssh-add
	[ "$(ssh-add -L | cut -d' ' -f2)" = "$(cut -d' ' -f2 .ssh/id_ed25519.pub)" ]
	export SSH_ASKPASS=$HOME/.ssh/askpass SSH_ASKPASS_REQUIRE=force
	answers 0 setsid -w ssh-keygen -y -f .ssh/id_ed25519
	shows "$(cut -d' ' -f2 .ssh/id_ed25519.pub)"
	vault -q lock
	run ! setsid -w ssh-keygen -y -f .ssh/id_ed25519
}

@test "commands that read the environment, a file, standard input" {
	# shellcheck disable=SC2016 # the stand-ins expand these
	stand_in psql 'echo "$PGUSER:$PGPASSWORD $*"'
	stand_in restic 'cat "$RESTIC_PASSWORD_FILE"; cat "$RESTIC_PASSWORD_FILE"; echo " $*"'
	stand_in docker 'cat; echo " $*"'
	run_recipe psql
	printed $'eve:d4tabase -h db.example.org\n'
	run_recipe restic
	printed $'b4ckupb4ckup backup notes\n'
	run_recipe docker
	printed $'r3gistry login -u joe --password-stdin\n'
	vault -q lock
	run_recipe psql 4
	printed
}

@test "openssl and gpg encrypt" {
	needs openssl gpg
	echo secret >notes
	run_recipe openssl
	[ "$(openssl enc -d -aes-256-cbc -pbkdf2 -pass pass:b4ckup -in notes.enc)" = secret ]
	export GNUPGHOME=$HOME/gnupg
	mkdir -m 700 gnupg
	run_recipe gpg
	answers 0 gpg -q --batch --pinentry-mode loopback --passphrase-fd 3 -d notes.gpg 3<<<b4ckup
	printed $'secret\n'
}

@test "no example is left out" {
	count=0
	for text in passwordeval PassCmd credential.helper 'get ssh-key' ssh-add psql restic \
		docker openssl gpg; do
		grep -qF "$text" "$BATS_TEST_FILENAME"
		recipe "$text" >/dev/null
		count=$((count + 1))
	done
	[ "$(grep -c '^\.Bd' "$SOURCE/docs/vault-recipes.7")" = $count ]
}

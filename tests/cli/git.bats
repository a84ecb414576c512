#!/usr/bin/env bats
# git-credential-vault as git's own tests want a helper to be: what is kept and given, what has to
# be the same for it, what is forgotten and what is not.

load helpers
load git_helpers

@test "an empty vault knows nothing, and says nothing" {
	fill "${HOST[@]}"
	answered "${HOST[@]}" username=askpass-user password=askpass-password
	[ "$(<"$BATS_TEST_TMPDIR/err")" = "asked: Username for 'https://example.com': 
asked: Password for 'https://askpass-user@example.com': " ]
}

@test "what was kept is given" {
	approve "${HOST[@]}" username=joe password=p1
	fill "${HOST[@]}"
	knew "${HOST[@]}" username=joe password=p1
	fill "${HOST[@]}" username=joe
	knew "${HOST[@]}" username=joe password=p1
}

@test "protocol, host, port and user have to be the same" {
	approve "${HOST[@]}" username=joe password=p1
	for other in protocol=http host=other.example host=sub.example.com host=example.com:8443; do
		case $other in
		protocol=*) fill "$other" host=example.com ;;
		*) fill protocol=https "$other" ;;
		esac
		unknown
	done
	fill "${HOST[@]}" username=eve
	unknown
}

@test "a path has to be the same, where git looks at paths" {
	git config --global credential.useHttpPath true
	approve "${HOST[@]}" path=one.git username=joe password=p1
	fill "${HOST[@]}" path=two.git
	unknown
	fill "${HOST[@]}" path=one.git
	knew "${HOST[@]}" path=one.git username=joe password=p1
	approve "${HOST[@]}" path=two.git username=joe password=p2
	fill "${HOST[@]}" path=one.git
	knew "${HOST[@]}" path=one.git username=joe password=p1
	reject "${HOST[@]}" path=one.git username=joe password=p1
	fill "${HOST[@]}" path=two.git
	knew "${HOST[@]}" path=two.git username=joe password=p2
}

@test "a new password takes the place of the former one" {
	approve "${HOST[@]}" username=joe password=p1
	approve "${HOST[@]}" username=joe password=p2
	fill "${HOST[@]}" username=joe
	knew "${HOST[@]}" username=joe password=p2
	reject "${HOST[@]}" username=joe password=p2
	fill "${HOST[@]}" username=joe
	unknown
}

@test "a host is forgotten, with all its users" {
	approve "${HOST[@]}" username=joe password=p1
	approve "${HOST[@]}" username=eve password=p1
	reject "${HOST[@]}"
	fill "${HOST[@]}"
	unknown
}

@test "several users of a host; one is forgotten, the others are not" {
	approve "${HOST[@]}" username=joe password=p1
	approve "${HOST[@]}" username=eve password=p2
	fill "${HOST[@]}" username=joe
	knew "${HOST[@]}" username=joe password=p1
	fill "${HOST[@]}" username=eve
	knew "${HOST[@]}" username=eve password=p2
	reject "${HOST[@]}" username=joe
	fill "${HOST[@]}" username=joe
	unknown
	fill "${HOST[@]}" username=eve
	knew "${HOST[@]}" username=eve password=p2
}

@test "another password than the one that was wrong is not forgotten" {
	approve "${HOST[@]}" username=joe password=right
	reject "${HOST[@]}" username=joe password=wrong
	fill "${HOST[@]}" username=joe
	knew "${HOST[@]}" username=joe password=right
}

@test "empty user name and empty password" {
	approve "${HOST[@]}" username= password=
	fill "${HOST[@]}"
	knew "${HOST[@]}" username= password=
	approve "${HOST[@]}" username= password=p1
	fill "${HOST[@]}"
	knew "${HOST[@]}" username= password=p1
	approve "${HOST[@]}" username= password=
	fill "${HOST[@]}"
	knew "${HOST[@]}" username= password=
	reject "${HOST[@]}" username= password=
	fill "${HOST[@]}"
	unknown
}

@test "a long header does not change what is asked" {
	approve protocol=https host=victim.example username=joe password=stolen
	for length in 1000 1001 4076 8172 65000; do
		long=$(printf "%${length}s" | tr ' ' a)host=victim.example
		fill protocol=https host=bad.example "wwwauth[]=basic realm=$long"
		unknown
		unseen stolen
	done
}

@test "an expiry is kept, changed and forgotten" {
	git_has 2.40 || skip "git is older than 2.40, which has no password_expiry_utc"
	approve "${HOST[@]}" username=joe password=p1 password_expiry_utc=9999999998
	fill "${HOST[@]}" username=joe
	knew "${HOST[@]}" username=joe password=p1 password_expiry_utc=9999999998
	approve "${HOST[@]}" username=joe password=p2 password_expiry_utc=9999999999
	fill "${HOST[@]}" username=joe
	knew "${HOST[@]}" username=joe password=p2 password_expiry_utc=9999999999
	reject "${HOST[@]}" username=joe password=p2
	fill "${HOST[@]}" username=joe
	unknown
}

@test "a refresh token is kept" {
	git_has 2.41 || skip "git is older than 2.41, which has no oauth_refresh_token"
	approve "${HOST[@]}" username=joe password=p1 oauth_refresh_token=again
	fill "${HOST[@]}" username=joe
	knew "${HOST[@]}" username=joe password=p1 oauth_refresh_token=again
}

@test "credentials of a type, for those who understand them" {
	git_has 2.46 || skip "git is older than 2.46, which has no capabilities"
	approve 'capability[]=authtype' authtype=Bearer credential=t1 "${HOST[@]}"
	fill 'capability[]=authtype' "${HOST[@]}"
	knew 'capability[]=authtype' authtype=Bearer credential=t1 "${HOST[@]}"
	fill "${HOST[@]}"
	unknown
	approve 'capability[]=authtype' authtype=Bearer credential=t2 "${HOST[@]}" username=joe
	fill 'capability[]=authtype' "${HOST[@]}" username=joe
	knew 'capability[]=authtype' authtype=Bearer credential=t2 "${HOST[@]}" username=joe
	fill 'capability[]=authtype' "${HOST[@]}" username=eve
	unknown
	HOST=(protocol=https host=other.example)
	approve 'capability[]=authtype' authtype=Bearer credential=t3 "${HOST[@]}" ephemeral=1
	fill 'capability[]=authtype' "${HOST[@]}"
	unknown
}

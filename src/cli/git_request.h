/*
 * What git says to a credential helper on standard input (git-credential(1), INPUT/OUTPUT FORMAT):
 * lines KEY=VALUE up to an empty line or the end. Keys that are not known are passed over.
 *
 * The lines decide who gets a password, so whatever could make two readers understand them
 * differently is refused: a carriage return or NUL byte anywhere (CVE-2024-52006 was the former), a
 * line without `=`, an attribute that is given twice (how CVE-2020-5260 looked from here).
 */
#ifndef CLI_GIT_REQUEST_H
#define CLI_GIT_REQUEST_H

#include <stdbool.h>
#include <stdint.h>

#include <vault/error.h>
#include <vault/secret.h>

#include "git_url.h"

/* Our value of `state[]`: this credential came from the vault. */
#define GIT_STATE "vault:given"

struct git_request {
	char *protocol, *host, *path, *username; /* NULL where not given */
	char *authtype;
	char *expiry;    /* password_expiry_utc, seconds since 1970 */
	char *ephemeral; /* a boolean of git's */
	struct secret *password, *credential, *refresh_token;
	bool knows_authtype, knows_state; /* capability[] */
	bool given;                       /* state[] says that it came from here */
	struct git_url url;               /* of protocol, host and path, where there are any */
};

void git_request_done(struct git_request *request);
#define GIT_REQUEST_AUTO __attribute__((cleanup(git_request_done))) struct git_request

/* Reads from `fd`. VAULT_USAGE failure for what is refused. VAULT_NOT_FOUND (> 0, no message):
 * protocol or host is missing, so there is nothing that a credential could be for. */
int git_request_read(int fd, struct git_request *ret_request, struct error *err);

/* Is it a value that git takes for true? */
bool git_true(const char *value);

/* Can the bytes be the value of a line? */
bool git_fits(const void *bytes, size_t length);

#endif

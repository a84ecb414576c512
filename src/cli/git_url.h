/*
 * Addresses as git's credential protocol takes them apart (gitcredentials(7)), and when the address
 * of an entry is one that git asks about.
 *
 * Compared are protocol and host without regard to case, and the port, where one that the protocol
 * implies is the same as none: `https://Example.com:443` is `https://example.com`. Nothing else is
 * normalised: what git will talk to must be, letter by letter, what somebody wrote into the entry.
 */
#ifndef CLI_GIT_URL_H
#define CLI_GIT_URL_H

#include <stdbool.h>

#include <vault/error.h>

struct git_url {
	char *protocol, *host; /* in lower case; host with ":port" unless that is implied */
	char *path; /* without slashes around it, percent-decoded; "" where there is none */
};

void git_url_done(struct git_url *url);
#define GIT_URL_AUTO __attribute__((cleanup(git_url_done))) struct git_url

/* Takes an address apart: `[PROTOCOL://][USER[:…]@]HOST[:PORT][/PATH]`. Without a protocol it is
 * https; user, query and fragment are dropped. */
int git_url_read(const char *text, struct git_url *ret_url, struct error *err);

/* The same from the three attributes; `path` may be NULL. */
int git_url_set(const char *protocol, const char *host, const char *path, struct git_url *ret_url,
                struct error *err);

/* Gives the address as text, percent-encoded; free(3). */
int git_url_write(const struct git_url *url, char **ret_text, struct error *err);

/* Same protocol, host and port? */
bool git_url_same_host(const struct git_url *a, const struct git_url *b);

/* Is the path of `folder` the same as that of `url`, or above it? */
bool git_url_above(const struct git_url *folder, const struct git_url *url);

#endif

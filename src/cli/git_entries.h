/*
 * The entries that git's question is about.
 *
 * An entry that git made, or that somebody lends to it, has the tag GIT_TAG: that one git may
 * change and throw away. All others are a person's own; git is given their passwords, and no more.
 * Beside password, user and address, an entry with the tag may have these fields, named as in
 * git-credential(1).
 */
#ifndef CLI_GIT_ENTRIES_H
#define CLI_GIT_ENTRIES_H

#include <stdbool.h>
#include <stddef.h>

#include <vault/entry.h>
#include <vault/error.h>

#include "git_request.h"
#include "session.h"

#define GIT_TAG "git-credential"
#define GIT_FIELD_EXPIRY "password_expiry_utc"
#define GIT_FIELD_REFRESH "oauth_refresh_token"
#define GIT_FIELD_AUTHTYPE "authtype"    /* the password is a `credential` of this type */
#define GIT_FIELD_EMPTY "empty_password" /* what is given to git is empty; an entry cannot be */

struct git_entry {
	struct entry *entry;
	bool tagged;
	bool same_path; /* one of its addresses has exactly the path that was asked for, or none */
	size_t path_length; /* of the nearest address */
	/* Fields of tagged entries; NULL where there is none. Borrowed from the entry. */
	const char *authtype, *expiry;
	const struct secret *refresh_token;
	bool empty, expired;
};

struct git_entries {
	struct git_entry *items;
	size_t count;
};

void git_entries_done(struct git_entries *entries);
#define GIT_ENTRIES_AUTO __attribute__((cleanup(git_entries_done))) struct git_entries

/* Gives the entries with an address of the protocol and host in `request`, whose path is that of
 * the request or above it (any, where it has none), and for its user name, if it has one: best
 * first. Not expired, nearest address, with a user, tagged, newest password decide in that
 * order. */
int git_entries_find(struct session *session, const struct git_request *request,
                     struct git_entries *ret_entries, struct error *err);

/* Is it for this user name ("" and none are the same)? A person's entry without one is for all. */
bool git_entry_is_for(const struct git_entry *entry, const char *username);

/* Would git be given this password for it? */
bool git_entry_has_password(const struct git_entry *entry, const struct secret *password);

#endif

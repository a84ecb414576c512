/* What the files of the scan share: include/vault/scan.h is the contract. */
#ifndef AUDIT_SCAN_H
#define AUDIT_SCAN_H

#include <vault/scan.h>

#include "base/buf.h"

/* A spelling of a password: its bytes are in the arena. */
struct pattern {
	size_t at, length;
	size_t owner;
	enum scan_form form;
	size_t next; /* with the same hash, or NONE */
};

/* An entry that had a password. */
struct owner {
	size_t name; /* where in the names */
	int64_t since, until;
	size_t told; /* lines of this file */
};

/* A live entry. */
struct account {
	int64_t id, since;
	size_t name, user; /* where in the texts; user: NO_TEXT where it has none */
	bool mailbox;
};

struct account_host {
	size_t host, domain; /* where in the texts; the domain is the host's last two labels */
	uint32_t account;
	bool of_mail; /* told by a mail address alone */
};

struct scan {
	struct secret *arena; /* the patterns' bytes */
	struct pattern *patterns;
	size_t n_patterns, patterns_room;
	struct owner *owners;
	size_t n_owners, owners_room;
	struct buf names; /* each with its NUL */

	/* By the hash of a pattern's first SCAN_SHORTEST bytes: the filter tells whether there may
	 * be one, a slot which. So many bits of the hash are the number of a word, of a slot. */
	uint64_t *filter;
	size_t *slots;
	unsigned filter_bits, slot_bits;

	struct buf accounts; /* struct account, in order of id */
	struct buf hosts;    /* struct account_host, in order of domain and account */
	struct buf texts;    /* what these point to, each with its NUL */

	struct secret *window; /* a part of the file that is read */
	struct scan_counts counts;
};

/* Adds a spelling that is long enough. */
int scan_add(struct scan *scan, const void *bytes, size_t length, size_t owner, enum scan_form form,
             struct error *err);
/* The password in all its spellings (scan_spell.c). */
int scan_spell(struct scan *scan, const unsigned char *bytes, size_t length, size_t owner,
               struct error *err);
/* All live entries and their hosts, within the vault's transaction (scan_accounts.c). */
int scan_accounts(struct scan *scan, struct vault *vault, struct error *err);

/* When all are there. */
int scan_index(struct scan *scan, struct error *err);

/* A file that is open, to its end. */
int scan_file(struct scan *scan, int fd, const char *path, const struct scan_call *call,
              struct error *err);

#endif

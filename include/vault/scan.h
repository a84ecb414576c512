/*
 * Looking for the vault's passwords in files, by value: who has a copy of one?
 *
 * Besides the password itself its spellings are looked for that files of settings use: percent-
 * encoded (git-credentials, URLs), in base64, by itself or behind "user:" (npm, docker, HTTP), and
 * with backslashes in front of quotes (JSON, netrc). Former passwords are looked for as well.
 *
 * Nothing is written and no link is followed. What could not be looked at is told: silence about a
 * file means that it was read to its end.
 */
#ifndef VAULT_SCAN_H
#define VAULT_SCAN_H

#include <stddef.h>
#include <stdint.h>

#include <vault/error.h>
#include <vault/vault.h>

#define SCAN_SHORTEST 6   /* bytes: shorter passwords stand in files by chance */
#define SCAN_LONGEST 2048 /* bytes of a password */
#define SCAN_LINES 3      /* told of one entry in one file */
#define SCAN_FILE_MAX ((int64_t)64 * 1024 * 1024) /* bytes: a larger file is passed over */
#define SCAN_DEPTH 40                             /* folders in folders */

enum scan_form {
	SCAN_PLAIN,
	SCAN_PERCENT, /* RFC 3986 */
	SCAN_BASE64,  /* RFC 4648, both alphabets */
	SCAN_ESCAPED, /* a backslash in front of quotes and backslashes */
};

struct scan_hit {
	const char *path;
	size_t line; /* from 1 */
	enum scan_form form;
	const char *entry;    /* a live one */
	int64_t since, until; /* when it had this password; until 0: it is in use */
};

/* Why a file was not read. */
enum scan_why {
	SCAN_BINARY,     /* it has a NUL byte near its beginning */
	SCAN_LARGE,      /* more than SCAN_FILE_MAX */
	SCAN_LINK,       /* a symbolic link */
	SCAN_SPECIAL,    /* a device, a socket, a pipe */
	SCAN_UNREADABLE, /* `error` tells */
	SCAN_MOUNTED,    /* a folder of another file system */
	SCAN_DEEP,       /* beyond SCAN_DEPTH */
	SCAN_SEALED,     /* encrypted by a browser or mail program, with a key of its own; what of a
	                    profile can be read, scan_profiles finds */
	SCAN_WHYS
};

struct scan_call {
	/* Borrowed during the call; 0 to go on, any other value ends the scan and is returned. */
	int (*hit)(void *context, const struct scan_hit *hit);
	int (*skipped)(void *context, const char *path, enum scan_why why, int error);
	void *context;
};

struct scan_counts {
	size_t passwords;           /* looked for */
	size_t too_short, too_long; /* not looked for */
	size_t files;               /* read */
	uint64_t bytes;
};

struct scan;

/* Gathers the passwords of live entries. The vault can be closed afterwards: they are kept in
 * memory that is locked and wiped. Free with scan_free. */
int scan_new(struct vault *vault, struct scan **ret_scan, struct error *err);
void scan_free(struct scan *scan);
void scan_freep(struct scan **scan);
#define SCAN_AUTO __attribute__((cleanup(scan_freep))) struct scan

/* Reads a file, or all files below a folder, in order of name. VAULT_NOT_FOUND (> 0, message set):
 * there is no such path. Cost: a few operations for each byte, whatever the number of passwords. */
int scan_path(struct scan *scan, const char *path, const struct scan_call *call, struct error *err);

/* Reads what programs keep passwords in below the home folder; what is not there is passed over. */
int scan_places(struct scan *scan, const struct scan_call *call, struct error *err);

/* So far. */
void scan_counts(const struct scan *scan, struct scan_counts *ret_counts);

/* ---- what is sealed ------------------------------------------------------------------ */

/* A profile of Firefox, Thunderbird or their kin: <vault/saved.h> reads both files. */
struct scan_profile {
	const char *path; /* of its logins.json */
	int logins;       /* a descriptor, at its beginning; borrowed during the call */
	int prefs;        /* the same of the prefs.js beside it; -1: there is none */
};

/* Finds the profiles at or below `path`, or (NULL) where they are below the home folder, in order
 * of name. Needs no vault, and is silent about what cannot be looked at: scan_path tells it.
 * VAULT_NOT_FOUND (> 0, message set): there is no such path. `each` as in struct scan_call. */
int scan_profiles(const char *path, int (*each)(void *context, const struct scan_profile *profile),
                  void *context, struct error *err);

#define SCAN_LIKELY_MAX 5

struct scan_login {
	const char *address, *form; /* as in struct saved_login; form may be NULL */
	const char *const *users;   /* of mail accounts that the program has at this host */
	size_t n_users;
};

struct scan_likely {
	const char *entry; /* valid as long as the scan */
	int64_t since;     /* when its present password came into use */
};

/*
 * Whose login is it? That cannot be known, since user name and password are sealed: told are the
 * live entries that it fits best, in order of age. What counts, most first:
 *
 *   the user name is one of those that the program has there
 *   the entry is a mailbox (vault/role.h), and the login is one for mail
 *   the host is that of one of the entry's URLs, or in its name; it is but for "imap.", "www." and
 *     the like; one is below the other. A mailbox's host is that of its address, too.
 *
 * A host is needed, unless a mailbox has such an address as its user name; and whoever has another
 * user name than those, and not this very host, is out. Returns how many there are; the first
 * SCAN_LIKELY_MAX are given. Costs what the entries of that domain cost; for mail, what all do.
 */
size_t scan_likely(const struct scan *scan, const struct scan_login *login,
                   struct scan_likely ret_likely[SCAN_LIKELY_MAX]);

#endif

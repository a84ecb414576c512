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
	SCAN_SEALED,     /* encrypted by a browser or mail program, with a key of its own */
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

#endif

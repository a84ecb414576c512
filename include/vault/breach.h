/*
 * Lists of leaked passwords, on disk: the "Pwned Passwords" as Troy Hunt publishes them, and what
 * is made of them here. Nothing is ever asked over a network.
 *
 *   a list     one file of lines HASH:COUNT in ascending order, HASH a SHA-1 (40 digits) or NTLM
 *              hash (32) in hexadecimal, either case, lines ended by CRLF or LF
 *   a folder   one file per beginning of five digits, 00000 to FFFFF, with ".txt" or without,
 *              either case, with the rest of each hash in such lines: as the range API answers
 *   a filter   what breaches_build makes: a tenth of a list's size
 *
 * "Not there" is only said where the list is in order and whole around the place where the password
 * would be; everything else is a failure. Hashes are spread evenly, so what comes where in a list
 * of N lines is known but for a few times sqrt(N) lines, and no two neighbours lie further apart
 * than a few dozen times 1/N of all: a list in another order, one that ends early, one with a hole
 * is noticed by the look-up itself. A line or two taken out on purpose are not.
 */
#ifndef VAULT_BREACH_H
#define VAULT_BREACH_H

#include <stdbool.h>
#include <stdint.h>

#include <vault/error.h>
#include <vault/secret.h>
#include <vault/vault.h>

struct breaches;

/* Opens one of the three, whichever it is, and looks at it in some places. VAULT_FAILED for what is
 * none of them (a FIFO or device is not opened), out of order, cut off or without a part.
 * breaches_close wipes and frees; NULL is fine. */
int breaches_open(const char *path, struct breaches **ret_breaches, struct error *err);
void breaches_close(struct breaches *breaches);
void breaches_closep(struct breaches **breaches);
#define BREACHES_AUTO __attribute__((cleanup(breaches_closep))) struct breaches

struct breach {
	bool found;
	uint64_t count; /* how often it was seen in leaks; 0: a filter does not know */
};

/* Looks one password up. Cost: three or four short reads, whatever the list's length. In a list and
 * a folder an answer is exact; a filter says "found" of one in eight million passwords that are not
 * there. Leaves nothing of the password behind. */
int breaches_find(struct breaches *breaches, const struct secret *password,
                  struct breach *ret_breach, struct error *err);

struct breaches_info {
	const char *form; /* "list", "folder", "filter" */
	const char *hash; /* "SHA-1", "NTLM" */
	uint64_t lines;   /* hashes in it */
	uint64_t bytes;   /* of the filter; else 0 */
};

/* Reads all of it and verifies form, order and gaps of every line, or every sum of a filter. */
int breaches_check(const char *path, struct breaches_info *ret_info, struct error *err);

/* Makes a filter of a list or folder, verifying it all on the way; the filter appears complete or
 * not at all. VAULT_EXISTS (> 0, message set): there is such a file. Memory: 2 MiB.
 *
 * A filter holds, by the first bits of a hash, the next 32 bits of it, sorted (quotienting: Cleary,
 * "Compact Hash Tables Using Bidirectional Linear Probing", IEEE ToC 1984): a bucket of 256 to 512
 * hashes, and so 512 / 2^32 false alarms at most; 4.1 bytes a line. */
int breaches_build(const char *path, const char *filter, struct breaches_info *ret_info,
                   struct error *err);

/* A password that is in the vault and in the list. Borrowed during the call. */
struct audit_breach {
	const char *name;
	enum entry_state state;
	int64_t since, until; /* until 0: in use now */
	struct breach breach;
};

/* Looks up every password that the vault has still: those in use, those of the history and of the
 * trash. Calls `each` for those found: in use by live entries first, then by name, then newest
 * first; it returns 0 to go on. *ret_checked tells how many were looked up, *ret_found how many are
 * there. When it fails nothing was called: a part is not an answer. The vault holds no lock while
 * the list is read. Cost: one walk over the passwords, a look-up for each. */
int audit_breaches(struct vault *vault, struct breaches *breaches,
                   int (*each)(void *context, const struct audit_breach *breach), void *context,
                   size_t *ret_checked, size_t *ret_found, struct error *err);

#endif

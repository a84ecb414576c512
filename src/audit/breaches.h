/*
 * What the files about lists of leaked passwords share: an open list in one of its three forms, and
 * the line that two of them consist of. The contract is in <vault/breach.h>.
 */
#ifndef AUDIT_BREACHES_H
#define AUDIT_BREACHES_H

#include <vault/breach.h>

#include <stddef.h>
#include <sys/types.h>

#include "crypto/plain_digest.h"

#define BREACH_PREFIX_DIGITS 5 /* in the name of a folder's file */
#define BREACH_LINE_MAX 64     /* bytes, line end included: 40 digits, a colon, 20 digits, CRLF */

/* Neighbours lie further apart than so many times 1/N in one list of 10^19, as hashes are spread
 * evenly: exp(-64) · N. */
#define BREACH_GAP_MAX 64

/* And a line's place differs from what its hash says by more than so many times 1/sqrt(N) of the
 * list in one of 10^55: 2 exp(-2 · 8²), the bound of Dvoretzky, Kiefer and Wolfowitz. */
#define BREACH_DRIFT_MAX 8

enum breach_form {
	BREACH_LIST,
	BREACH_FOLDER,
	BREACH_FILTER
};

struct breach_filter {
	unsigned bits;    /* there are 2^bits buckets */
	uint64_t entries; /* in all of them */
};

struct breaches {
	enum breach_form form;
	enum plain_digest digest;
	size_t hash_bytes;
	char *path;
	int fd;
	uint64_t size;       /* of a list or filter */
	unsigned naming;     /* of a folder's files: which of the ways to write a name */
	uint64_t file_usual; /* bytes of a folder's file, the median of some */
	struct breach_filter filter;
	unsigned char *room; /* for what is read */
};

#define BREACH_ROOM ((size_t)1 << 20) /* bytes: a folder's file has 40 KiB or so */

/* ---- lines (breach_line.c) ---------------------------------------------------------- */

struct breach_line {
	unsigned char hash[PLAIN_DIGEST_MAX];
	uint64_t count;
};

/* Reads the line at the beginning of `text`, HASH:COUNT, into *line; the digits of HASH from number
 * `skip` on, those before it are in there. Gives its bytes, line end included, 0 when it is no such
 * line or goes on behind the text. `last`: the end of the text ends it, too. */
size_t breach_line_read(const unsigned char *text, size_t length, const struct breaches *breaches,
                        size_t skip, bool last, struct breach_line *line);

/* What kind of hashes do its lines hold? 0: they are no lines. */
enum plain_digest breach_line_digest(const unsigned char *text, size_t length, size_t skip,
                                     bool last);

/* The first 64 bits of a hash, as a number. */
uint64_t breach_value(const unsigned char *hash);

/* Reads exactly so much; a file that got shorter is a failure. */
int breach_read(const struct breaches *breaches, int fd, void *bytes, size_t length, uint64_t at,
                struct error *err);

/* What is told each line of a whole list, in order. */
typedef int breach_each(void *context, const struct breach_line *line, struct error *err);

/* ---- the forms ---------------------------------------------------------------------- */

/* Each has: open, which gets struct breaches with path and descriptor and fills in the rest; find,
 * by hash; and verify, which reads all of it and tells each line (of a filter none), and how many
 * there are. */
int breach_list_open(struct breaches *breaches, struct error *err);
int breach_list_find(struct breaches *breaches, const unsigned char *hash,
                     struct breach *ret_breach, struct error *err);
int breach_list_verify(struct breaches *breaches, breach_each *each, void *context,
                       uint64_t *ret_lines, struct error *err);

int breach_folder_open(struct breaches *breaches, struct error *err);
int breach_folder_find(struct breaches *breaches, const unsigned char *hash,
                       struct breach *ret_breach, struct error *err);
int breach_folder_verify(struct breaches *breaches, breach_each *each, void *context,
                         uint64_t *ret_lines, struct error *err);

/* Is this the beginning of a filter? */
bool breach_is_filter(const unsigned char *bytes, size_t length);
int breach_filter_open(struct breaches *breaches, struct error *err);
int breach_filter_find(struct breaches *breaches, const unsigned char *hash,
                       struct breach *ret_breach, struct error *err);
int breach_filter_verify(struct breaches *breaches, uint64_t *ret_lines, struct error *err);

/* Every line of a list or folder, verified; a filter has none (VAULT_USAGE failure). */
int breaches_lines(struct breaches *breaches, breach_each *each, void *context, uint64_t *ret_lines,
                   struct error *err);

void breaches_tell(const struct breaches *breaches, uint64_t lines, struct breaches_info *ret_info);

/* Looks up a hash in whichever it is. */
int breaches_find_hash(struct breaches *breaches, const unsigned char *hash,
                       struct breach *ret_breach, struct error *err);

#endif

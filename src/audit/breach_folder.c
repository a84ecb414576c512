/* A folder of range files: the one that a hash belongs to is read and verified whole. */
#include "audit/breaches.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/cleanup.h"

#define RANGES (1U << 4 * BREACH_PREFIX_DIGITS)
#define SAMPLES 16       /* files whose size is looked at */
#define SHORTER 4        /* a file so many times smaller than usual is cut off … */
#define USUAL_LEAST 4096 /* … where they have that many bytes: a hundred lines */
#define NAME_SIZE 16

/* How the files are called: naming / 2 says in which case, naming % 2 whether without ".txt". */
#define NAMINGS 4

static void range_name(unsigned naming, unsigned range, char name[NAME_SIZE])
{
	const char *end = naming % 2 == 0 ? ".txt" : "";

	if (naming < 2)
		snprintf(name, NAME_SIZE, "%05X%s", range, end);
	else
		snprintf(name, NAME_SIZE, "%05x%s", range, end);
}

static int range_wrong(const struct breaches *breaches, const char *name, const char *what,
                       struct error *err)
{
	return error_set(err, VAULT_FAILED, "the range file '%s/%s' %s", breaches->path, name,
	                 what);
}

/* Opens a range's file; tells its size. */
static int range_open(const struct breaches *breaches, unsigned range, char name[NAME_SIZE],
                      int *ret_fd, size_t *ret_size, struct error *err)
{
	struct stat status;

	range_name(breaches->naming, range, name);
	*ret_fd = openat(breaches->fd, name, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	if (*ret_fd < 0 && errno == ENOENT)
		return range_wrong(breaches, name, "is missing", err);
	if (*ret_fd < 0 || fstat(*ret_fd, &status) != 0)
		return error_errno(err, VAULT_FAILED, errno, "cannot open '%s/%s'", breaches->path,
		                   name);
	if (!S_ISREG(status.st_mode))
		return range_wrong(breaches, name, "is not a regular file", err);
	if (status.st_size == 0)
		return range_wrong(breaches, name, "is empty", err);
	if ((size_t)status.st_size > BREACH_ROOM)
		return range_wrong(breaches, name, "is larger than a range can be", err);
	*ret_size = (size_t)status.st_size;
	return 0;
}

/* Reads a range's file into the room. */
static int range_read(const struct breaches *breaches, unsigned range, char name[NAME_SIZE],
                      size_t *ret_size, struct error *err)
{
	CLOSE_AUTO int fd = -1;
	int r = range_open(breaches, range, name, &fd, ret_size, err);

	if (r == 0 && breaches->file_usual >= USUAL_LEAST &&
	    *ret_size < breaches->file_usual / SHORTER)
		r = range_wrong(breaches, name, "is cut off: others are several times as long",
		                err);
	return r == 0 ? breach_read(breaches, fd, breaches->room, *ret_size, 0, err) : r;
}

static void range_begin(unsigned range, unsigned char *hash)
{
	hash[0] = (unsigned char)(range >> 12);
	hash[1] = (unsigned char)(range >> 4);
	hash[2] = (unsigned char)(range << 4);
}

/* How far into its range a hash lies. */
static double range_share(const unsigned char *hash)
{
	return (double)(breach_value(hash) << 4 * BREACH_PREFIX_DIGITS) / 0x1p64;
}

/* Verifies a range's lines, which are in the room, and tells each. */
static int range_lines(const struct breaches *breaches, unsigned range, const char *name,
                       size_t size, breach_each *each, void *context, uint64_t *lines,
                       struct error *err)
{
	struct breach_line line = {0};
	unsigned char before[PLAIN_DIGEST_MAX];
	double share = 0, widest = 0, gap;
	uint64_t count = 0;
	int r = 0;

	range_begin(range, line.hash);
	for (size_t at = 0, n; at < size && r == 0; at += n, count++) {
		memcpy(before, line.hash, sizeof(before));
		n = breach_line_read(breaches->room + at, size - at, breaches, BREACH_PREFIX_DIGITS,
		                     true, &line);
		if (n == 0)
			return range_wrong(breaches, name,
			                   "is damaged or cut off: it has a line that is not "
			                   "SUFFIX:COUNT",
			                   err);
		if (count > 0 && memcmp(before, line.hash, breaches->hash_bytes) >= 0)
			return range_wrong(breaches, name, "is not in ascending order", err);
		gap = range_share(line.hash) - share;
		share += gap;
		widest = gap > widest ? gap : widest;
		r = each(context, &line, err);
	}
	if (r < 0)
		return r;
	gap = 1 - share;
	widest = gap > widest ? gap : widest;
	*lines += count;
	if (widest > (double)BREACH_GAP_MAX / (double)count)
		return range_wrong(breaches, name, "is not whole: lines are missing", err);
	return 0;
}

struct wanted {
	const unsigned char *hash;
	size_t hash_bytes;
	struct breach breach;
};

static int compare_line(void *context, const struct breach_line *line, struct error *err)
{
	struct wanted *wanted = context;

	(void)err;
	if (memcmp(line->hash, wanted->hash, wanted->hash_bytes) == 0)
		wanted->breach = (struct breach){.found = true, .count = line->count};
	return 0;
}

int breach_folder_find(struct breaches *breaches, const unsigned char *hash,
                       struct breach *ret_breach, struct error *err)
{
	unsigned range = (unsigned)(breach_value(hash) >> (64 - 4 * BREACH_PREFIX_DIGITS));
	struct wanted wanted = {.hash = hash, .hash_bytes = breaches->hash_bytes};
	char name[NAME_SIZE];
	uint64_t lines = 0;
	size_t size = 0;
	int r = range_read(breaches, range, name, &size, err);

	if (r == 0)
		r = range_lines(breaches, range, name, size, compare_line, &wanted, &lines, err);
	if (r == 0)
		*ret_breach = wanted.breach;
	return r;
}

int breach_folder_verify(struct breaches *breaches, breach_each *each, void *context,
                         uint64_t *ret_lines, struct error *err)
{
	char name[NAME_SIZE];
	int r = 0;

	*ret_lines = 0;
	for (unsigned range = 0; range < RANGES && r == 0; range++) {
		size_t size = 0;

		r = range_read(breaches, range, name, &size, err);
		if (r == 0)
			r = range_lines(breaches, range, name, size, each, context, ret_lines, err);
	}
	return r;
}

static int compare_sizes(const void *left, const void *right)
{
	size_t a = *(const size_t *)left, b = *(const size_t *)right;

	return (a > b) - (a < b);
}

/* The first naming under which there is the first range, or the last. */
static unsigned find_naming(const struct breaches *breaches)
{
	char name[NAME_SIZE];

	for (unsigned naming = 0; naming < NAMINGS; naming++)
		for (unsigned i = 0; i < 2; i++) {
			/* Digits and letters are needed to tell the case. */
			range_name(naming, i == 0 ? 0xABCDE : RANGES - 1, name);
			if (faccessat(breaches->fd, name, F_OK, 0) == 0)
				return naming;
		}
	return 0;
}

int breach_folder_open(struct breaches *breaches, struct error *err)
{
	size_t sizes[SAMPLES];
	char name[NAME_SIZE];
	int r = 0;

	breaches->naming = find_naming(breaches);
	for (unsigned i = 0; i < SAMPLES && r == 0; i++) {
		CLOSE_AUTO int fd = -1;

		r = range_open(breaches, (RANGES - 1) / (SAMPLES - 1) * i, name, &fd, &sizes[i],
		               err);
	}
	if (r < 0)
		return error_context(err, "'%s' is no folder of range files, or not whole",
		                     breaches->path);
	qsort(sizes, SAMPLES, sizeof(sizes[0]), compare_sizes);
	breaches->file_usual = sizes[SAMPLES / 2];
	r = range_read(breaches, 0, name, &sizes[0], err);
	if (r < 0)
		return r;
	breaches->digest = breach_line_digest(breaches->room, sizes[0], BREACH_PREFIX_DIGITS, true);
	if (breaches->digest == 0)
		return range_wrong(breaches, name, "has a first line that is not SUFFIX:COUNT",
		                   err);
	breaches->hash_bytes = plain_digest_bytes(breaches->digest);
	return 0;
}

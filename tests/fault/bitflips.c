/*
 * One flipped bit: in a header copy it is healed, in both it is an error, anywhere else it is never
 * a wrong value.
 *
 *     bitflips VAULT PASSWORD SCRATCH STRIDE SEED JOBS
 *
 * Works on copies of VAULT (made with the fast KDF). Of the header's bits every STRIDEth is tried,
 * of the database's bytes every STRIDEth in one bit, from random ones on; 1 tries all. TAP on
 * standard output.
 */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "contents.h"
#include "folder.h"
#include "random.h"

#define HEADER_BYTES 4096 /* of one copy; the database follows the second */
#define FAILURES_MAX 5    /* per process; then it stops */

struct tally {
	unsigned long tried, failed;
	unsigned long refused, unharmed, warned; /* of the database's bytes */
};

struct job {
	unsigned char *image, *flipped;
	size_t size;
	char path[512], key[65];
	char *contents;
	size_t length;
	unsigned long stride;
	struct chance chance;
	unsigned jobs, number;
	struct tally *tally; /* shared */
	bool sabotage;       /* negative controls: judge what is known to be wrong */
};

static unsigned long count(unsigned long *counter)
{
	return __atomic_add_fetch(counter, 1, __ATOMIC_SEQ_CST);
}

static bool fail(struct job *job, const char *what, size_t at, const char *why)
{
	count(&job->tally->failed);
	if (!job->sabotage)
		printf("# %s %zu: %s\n", what, at, why);
	fflush(stdout);
	return false;
}

static void write_flipped(struct job *job)
{
	folder_write_file(job->path, job->flipped, job->size);
}

static bool is_untouched(struct job *job)
{
	size_t size;
	unsigned char *now = folder_read_file(job->path, &size);
	bool same = size == job->size && memcmp(now, job->flipped, size) == 0;

	free(now);
	return same;
}

/* ---- one header copy: healed -------------------------------------------------------- */

/* Opens it, compares the contents, tells what vault_info says. */
static bool open_and_compare(struct job *job, unsigned flags, struct vault_status_info *info,
                             char *why, size_t size)
{
	VAULT_AUTO *vault = NULL;
	struct text text = {0};
	struct error err = {0};
	bool same;
	int r = open_with_key(job->path, job->key, flags, &vault, &err);

	if (r == 0)
		r = vault_info(vault, info, &err);
	if (r == 0)
		r = contents_read(vault, &text, &err);
	same = r == 0 && text.length == job->length &&
	       memcmp(text.bytes, job->contents, text.length) == 0;
	text_done(&text);
	if (!same)
		snprintf(why, size, "%s", r == 0 ? "it opens with other contents" : err.message);
	return same;
}

static bool try_one_copy(struct job *job, size_t bit)
{
	struct vault_status_info info = {0}, again = {0};
	unsigned char *now;
	char why[1024];
	bool same;
	size_t size;

	job->flipped[bit / 8] ^= (unsigned char)(1 << bit % 8);
	write_flipped(job);
	job->flipped[bit / 8] ^= (unsigned char)(1 << bit % 8);
	count(&job->tally->tried);
	if (!open_and_compare(job, job->sabotage ? VAULT_READ_ONLY : 0, &info, why, sizeof(why)))
		return fail(job, "header bit", bit, why);
	if (!open_and_compare(job, VAULT_READ_ONLY, &again, why, sizeof(why)))
		return fail(job, "header bit, once healed,", bit, why);
	now = folder_read_file(job->path, &size);
	same = size == job->size && memcmp(now + 2 * HEADER_BYTES, job->image + 2 * HEADER_BYTES,
	                                   size - 2 * HEADER_BYTES) == 0;
	free(now);
	if (!info.header_healed || again.header_torn || !same)
		return fail(job, "header bit", bit,
		            same ? "it was not healed" : "healing changed the database");
	return true;
}

/* ---- both copies: an error ---------------------------------------------------------- */

static bool try_both_copies(struct job *job, size_t bit_a, size_t bit_b)
{
	struct vault *vault = NULL;
	struct error err = {0};
	int r;

	memcpy(job->flipped, job->image, 2 * HEADER_BYTES);
	if (!job->sabotage)
		job->flipped[bit_a / 8] ^= (unsigned char)(1 << bit_a % 8);
	job->flipped[HEADER_BYTES + bit_b / 8] ^= (unsigned char)(1 << bit_b % 8);
	write_flipped(job);
	count(&job->tally->tried);
	r = open_with_key(job->path, job->key, 0, &vault, &err);
	vault_close(vault);
	if (r >= 0)
		fail(job, "a bit in both copies", bit_a, "it opens");
	else if (r != -VAULT_DAMAGED &&
	         !(r == -VAULT_FAILED && bit_a < 64 && bit_b < 64)) /* the magic: no vault at all */
		fail(job, "a bit in both copies", bit_a, err.message);
	else if (!is_untouched(job))
		fail(job, "a bit in both copies", bit_a, "the file was changed");
	memcpy(job->flipped, job->image, 2 * HEADER_BYTES);
	return r < 0;
}

/* ---- the database: never a wrong value ---------------------------------------------- */

/* Takes "entry NAME user=… password=VALUE" apart; false for other lines. */
static bool read_line(const char *line, char name[256], char value[1024])
{
	static const char start[] = "entry ", middle[] = " user=", last[] = " password=";
	const char *end = strchrnul(line, '\n'), *user, *password;

	if (strncmp(line, start, strlen(start)) != 0)
		return false;
	line += strlen(start);
	user = strstr(line, middle);
	password = user ? strstr(user, last) : NULL;
	if (!password || password > end)
		errx(3, "an unreadable line of the contents");
	snprintf(name, 256, "%.*s", (int)(user - line), line);
	password += strlen(last);
	snprintf(value, 1024, "%.*s", (int)(end - password), password);
	return true;
}

/* A walk over all entries that goes on after a damaged one: what does come out must be right. */
static bool has_wrong_value(struct job *job, struct vault *vault, bool *ret_refused, char *why,
                            size_t size)
{
	for (const char *line = job->contents; *line; line = strchrnul(line, '\n') + 1) {
		char name[256], value[1024];
		ENTRY_AUTO *entry = NULL;
		struct error err = {0};
		int r;

		if (!read_line(line, name, value))
			continue;
		r = vault_get(vault, name, &entry, &err);
		*ret_refused |= r < 0;
		if (r > 0 || (r < 0 && r != -VAULT_DAMAGED)) {
			snprintf(why, size, "get answers %d: %.800s", r, err.message);
			return true;
		}
		if (r == 0 && (entry->password->length != strlen(value) ||
		               memcmp(entry->password->bytes, value, strlen(value)) != 0)) {
			snprintf(why, size, "get '%s' gives a wrong value", name);
			return true;
		}
	}
	return false;
}

static void try_database_byte(struct job *job, size_t at, unsigned bit)
{
	VAULT_AUTO *vault = NULL;
	enum check_severity worst = CHECK_NOTE;
	struct text text = {0};
	struct error err = {0};
	bool refused = false;
	char why[1024];
	int r;

	job->flipped[at] ^= (unsigned char)(1 << bit);
	write_flipped(job);
	job->flipped[at] = job->image[at];
	count(&job->tally->tried);
	r = open_with_key(job->path, job->key, 0, &vault, &err);
	if (r == VAULT_WRONG_KEY || r == -VAULT_DAMAGED) {
		count(&job->tally->refused);
		return;
	}
	if (r != 0) {
		fail(job, "byte", at, err.message);
		return;
	}
	if (has_wrong_value(job, vault, &refused, why, sizeof(why))) {
		fail(job, "byte", at, why);
		return;
	}
	r = contents_read(vault, &text, &err);
	if (r == 0 &&
	    (text.length != job->length || memcmp(text.bytes, job->contents, text.length) != 0))
		fail(job, "byte", at, "a list, a history or the trash is silently wrong");
	else if (r != 0 && r != -VAULT_DAMAGED)
		fail(job, "byte", at, err.message);
	else
		count(r != 0 || refused ? &job->tally->refused : &job->tally->unharmed);
	text_done(&text);
	r = vault_check(vault, NULL, NULL, &worst, &err);
	if (r == 0 && worst == CHECK_NOTE)
		fail(job, "byte", at, "check does not see it");
	else if (worst == CHECK_WARNING)
		count(&job->tally->warned);
}

/* ---- processes ---------------------------------------------------------------------- */

static void work(struct job *job, unsigned part)
{
	size_t whole = part == 0   ? 16 * HEADER_BYTES
	               : part == 1 ? 8 * HEADER_BYTES
	                           : job->size - 2 * HEADER_BYTES;
	size_t at = chance_below(&job->chance, job->stride), number = 0;

	for (; at < whole && job->tally->failed < FAILURES_MAX; at += job->stride, number++) {
		/* Drawn by every process, so that all of them see the same numbers. */
		size_t other = chance_below(&job->chance, 8 * HEADER_BYTES);
		bool same = chance_hit(&job->chance, 128);

		if (number % job->jobs != job->number)
			continue;
		if (part == 0)
			try_one_copy(job, at);
		else if (part == 1)
			try_both_copies(job, at, same ? at : other);
		else
			try_database_byte(job, 2 * HEADER_BYTES + at, (unsigned)other % 8);
	}
}

static void run(struct job *job, unsigned part, const char *scratch)
{
	int status;

	*job->tally = (struct tally){0};
	for (unsigned i = 0; i < job->jobs; i++) {
		pid_t pid = fork();

		if (pid < 0)
			err(3, "fork");
		if (pid == 0) {
			char state[600];

			snprintf(job->path, sizeof(job->path), "%s/flipped-%u.vault", scratch, i);
			snprintf(state, sizeof(state), "%s/state-%u", scratch, i);
			if (setenv("XDG_STATE_HOME", state, 1) < 0)
				err(3, "environment");
			job->number = i;
			work(job, part);
			exit(0);
		}
	}
	for (unsigned i = 0; i < job->jobs; i++)
		if (wait(&status) < 0 || !WIFEXITED(status) || WEXITSTATUS(status) != 0)
			errx(3, "a process died");
}

/* ---- set-up ------------------------------------------------------------------------- */

static void load(struct job *job, const char *path, const char *password)
{
	VAULT_AUTO *vault = NULL;
	SECRET_AUTO *key = NULL;
	struct text text = {0};
	struct error error = {0};
	int r = open_with_password(path, password, 0, &vault, &error);

	if (r == 0)
		r = vault_volume_key(vault, &key, &error);
	if (r == 0)
		r = contents_read(vault, &text, &error);
	if (r != 0)
		errx(3, "%s: %s", path, error.message);
	snprintf(job->key, sizeof(job->key), "%.*s", (int)key->length, (char *)key->bytes);
	job->contents = text.bytes;
	job->length = text.length;
	job->image = folder_read_file(path, &job->size);
	job->flipped = folder_read_file(path, &job->size);
}

static bool say(unsigned number, bool good, const char *what, const struct tally *tally)
{
	printf("%sok %u - %s: %lu tried", good ? "" : "not ", number, what, tally->tried);
	if (tally->refused || tally->unharmed)
		printf(", %lu refused, %lu did no harm to what is read, %lu only warned of",
		       tally->refused, tally->unharmed, tally->warned);
	printf("\n");
	fflush(stdout);
	return good;
}

/* What these must find: a file that was not healed, one that has an intact copy left, and contents
 * that changed. */
static bool controls(struct job *job, const char *scratch)
{
	char *expected = strstr(job->contents, " password=");
	bool good;

	job->sabotage = true;
	run(job, 0, scratch);
	good = say(4, job->tally->failed > 0,
	           "negative control, caught: a header copy that is not healed", job->tally);
	run(job, 1, scratch);
	good &= say(5, job->tally->failed > 0,
	            "negative control, caught: a damaged header that opens", job->tally);
	if (!expected)
		errx(3, "the vault is empty");
	expected[strlen(" password=")] ^= 1;
	run(job, 2, scratch);
	return good & say(6, job->tally->failed > 0, "negative control, caught: a wrong value",
	                  job->tally);
}

int main(int argc, char **argv)
{
	struct job job = {0};
	bool good;

	if (argc != 7)
		errx(3, "usage: bitflips VAULT PASSWORD SCRATCH STRIDE SEED JOBS");
	if (setenv("FAULT_KDF", "fast", 1) < 0)
		err(3, "environment");
	load(&job, argv[1], argv[2]);
	job.stride = strtoul(argv[4], NULL, 10);
	job.chance.state = strtoull(argv[5], NULL, 10);
	job.jobs = (unsigned)strtoul(argv[6], NULL, 10);
	job.tally = mmap(NULL, sizeof(*job.tally), PROT_READ | PROT_WRITE,
	                 MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (job.tally == MAP_FAILED)
		err(3, "memory");
	run(&job, 0, argv[3]);
	good = say(1, job.tally->failed == 0, "a flipped bit in one header copy is healed",
	           job.tally);
	run(&job, 1, argv[3]);
	good &= say(2, job.tally->failed == 0, "a flipped bit in both copies is an error",
	            job.tally);
	run(&job, 2, argv[3]);
	good &= say(3, job.tally->failed == 0,
	            "a flipped bit in the database is never a wrong value", job.tally);
	good &= controls(&job, argv[3]);
	printf("1..6\n");
	free(job.image);
	free(job.flipped);
	free(job.contents);
	return good ? 0 : 1;
}

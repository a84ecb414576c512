/*
 * What the last audit of a vault told here, so that the next one can tell what is new.
 *
 * $XDG_STATE_HOME/vault/UUID.audit, the uuid as 32 hexadecimal digits, holds no name:
 *
 *      offset  size
 *           0     8  magic "vaultaud"
 *           8     8  when that was, seconds since 1970
 *          16   8 n  one number for each finding of an entry, in order: the first 7 bytes of a
 *                    keyed BLAKE2b over entry, finding and the date of the password, then which
 *                    finding it is
 *    16 + 8 n    32  MAC over all that and the uuid
 *
 * Both are under the key of the witness, apart from its MAC by what they begin with. A file that is
 * not whole, or whose MAC does not fit, counts as absent: then everything is new.
 */
#include <stdlib.h>
#include <string.h>

#include "audit/plan.h"
#include "base/buf.h"
#include "base/bytes.h"
#include "base/cleanup.h"
#include "base/file.h"
#include "base/paths.h"
#include "vault/internal.h"

#define HEAD_BYTES 16
#define FILE_MAX ((size_t)8 * 1024 * 1024) /* bytes: a million findings */
#define N_FINDINGS 7

static const unsigned char magic[8] = {'v', 'a', 'u', 'l', 't', 'a', 'u', 'd'};

struct seen {
	int64_t when;
	uint64_t *numbers; /* in order */
	size_t count;
};

static void seen_done(struct seen *seen)
{
	free(seen->numbers);
}
#define SEEN_AUTO __attribute__((cleanup(seen_done))) struct seen

static int path_of(const struct vault *vault, char **ret_path, struct error *err)
{
	static const char digits[] = "0123456789abcdef";
	char name[2 * HEADER_UUID_BYTES + sizeof(".audit")];

	for (unsigned i = 0; i < HEADER_UUID_BYTES; i++) {
		name[2 * i] = digits[vault->header.uuid[i] >> 4];
		name[2 * i + 1] = digits[vault->header.uuid[i] & 15];
	}
	memcpy(name + 2 * (size_t)HEADER_UUID_BYTES, ".audit", sizeof(".audit"));
	return paths_state(name, ret_path, err);
}

static void start(struct hash *hash, const struct vault *vault, const char *what)
{
	hash_start(hash, vault->keys->witness);
	hash_add(hash, what, strlen(what) + 1);
	hash_add(hash, vault->header.uuid, HEADER_UUID_BYTES);
}

static void mac_of(const struct vault *vault, const void *bytes, size_t length,
                   unsigned char mac[HASH_BYTES])
{
	struct hash hash;

	start(&hash, vault, "audit: file");
	hash_add(&hash, bytes, length);
	hash_finish(&hash, mac);
}

static uint64_t number_of(const struct vault *vault, const struct plan_action *action,
                          unsigned finding)
{
	unsigned char mac[HASH_BYTES], since[8];
	struct hash hash;

	put_u64(since, (uint64_t)action->since);
	start(&hash, vault, "audit: finding");
	hash_add(&hash, &(unsigned char){(unsigned char)finding}, 1);
	hash_add(&hash, since, sizeof(since));
	hash_add(&hash, action->name, strlen(action->name));
	hash_finish(&hash, mac);
	return get_u64(mac) << 8 | finding;
}

static int compare(const void *left, const void *right)
{
	const uint64_t *a = left, *b = right;

	return (*a > *b) - (*a < *b);
}

/* ---- the file -------------------------------------------------------------------------- */

/* Nothing, where there is no file, or none that is whole. */
static int read_seen(const struct vault *vault, const char *path, struct seen *ret_seen,
                     struct error *err)
{
	FREE_AUTO unsigned char *bytes = malloc(FILE_MAX);
	unsigned char mac[HASH_BYTES];
	size_t length, count;

	if (!bytes)
		return error_set(err, VAULT_FAILED, "out of memory");
	if (file_read(path, bytes, FILE_MAX, &length, NULL) != 0 ||
	    length < HEAD_BYTES + HASH_BYTES || length % 8 != 0 ||
	    memcmp(bytes, magic, sizeof(magic)) != 0)
		return 0;
	mac_of(vault, bytes, length - HASH_BYTES, mac);
	if (!hash_equal(mac, bytes + length - HASH_BYTES, HASH_BYTES))
		return 0;
	count = (length - HEAD_BYTES - HASH_BYTES) / 8;
	ret_seen->numbers = calloc(count + 1, sizeof(uint64_t));
	if (!ret_seen->numbers)
		return error_set(err, VAULT_FAILED, "out of memory");
	ret_seen->when = (int64_t)get_u64(bytes + sizeof(magic));
	ret_seen->count = count;
	for (size_t i = 0; i < count; i++)
		ret_seen->numbers[i] = get_u64(bytes + HEAD_BYTES + 8 * i);
	return 0;
}

static int write_seen(const struct vault *vault, const char *path, const struct seen *seen,
                      struct error *err)
{
	BUF_AUTO file = {0};
	unsigned char number[8], mac[HASH_BYTES];
	int r;

	buf_add(&file, magic, sizeof(magic));
	put_u64(number, (uint64_t)seen->when);
	buf_add(&file, number, sizeof(number));
	for (size_t i = 0; i < seen->count; i++) {
		put_u64(number, seen->numbers[i]);
		buf_add(&file, number, sizeof(number));
	}
	r = buf_check(&file, err);
	if (r < 0)
		return r;
	mac_of(vault, file.bytes, file.length, mac);
	buf_add(&file, mac, sizeof(mac));
	r = buf_check(&file, err);
	if (r == 0)
		r = file_make_parents(path, err);
	return r == 0 ? file_replace(path, file.bytes, file.length, 0, err) : r;
}

/* ---- old and new ----------------------------------------------------------------------- */

static bool was_seen(const struct seen *seen, uint64_t number)
{
	return seen->count > 0 &&
	       bsearch(&number, seen->numbers, seen->count, sizeof(number), compare);
}

/* Was this kind looked for at all this time? */
static bool looked_for(const struct plan *plan, unsigned finding)
{
	if (1u << finding == FINDING_BREACHED)
		return plan->n_looked_up > 0 && !plan->breaches_failed;
	return 1u << finding != FINDING_WEAK || !plan->not_weighed;
}

/* All findings of now; what was not looked for is as it was. */
static int list_numbers(const struct vault *vault, struct plan_action *actions, size_t count,
                        const struct plan *plan, const struct seen *before, struct seen *ret_now,
                        struct error *err)
{
	size_t most = count * N_FINDINGS + before->count;

	ret_now->numbers = calloc(most + 1, sizeof(uint64_t));
	if (!ret_now->numbers)
		return error_set(err, VAULT_FAILED, "out of memory");
	for (size_t i = 0; i < count; i++)
		for (unsigned finding = 0; finding < N_FINDINGS; finding++) {
			uint64_t number;

			if (!(actions[i].findings & 1u << finding))
				continue;
			number = number_of(vault, &actions[i], finding);
			ret_now->numbers[ret_now->count++] = number;
			if (!was_seen(before, number))
				actions[i].fresh |= 1u << finding;
		}
	for (size_t i = 0; i < before->count; i++)
		if (!looked_for(plan, before->numbers[i] & 0xff))
			ret_now->numbers[ret_now->count++] = before->numbers[i];
	qsort(ret_now->numbers, ret_now->count, sizeof(uint64_t), compare);
	return 0;
}

int plan_remember(struct vault *vault, struct plan *plan, bool only_new, struct error *err)
{
	struct plan_inside *inside = (struct plan_inside *)plan;
	FREE_AUTO char *path = NULL;
	SEEN_AUTO before = {0};
	SEEN_AUTO now = {.when = now_seconds()};
	size_t kept = 0;
	int r = path_of(vault, &path, err);

	if (r == 0)
		r = read_seen(vault, path, &before, err);
	if (r == 0)
		r = list_numbers(vault, inside->actions, plan->n_actions, plan, &before, &now, err);
	if (r < 0)
		return r;
	plan->last = before.when;
	for (size_t i = 0; only_new && i < plan->n_actions; i++)
		if (inside->actions[i].fresh)
			inside->actions[kept++] = inside->actions[i];
	if (only_new)
		plan->n_actions = kept;
	return write_seen(vault, path, &now, err);
}

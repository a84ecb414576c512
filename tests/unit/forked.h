/*
 * Copies of a vault that go apart, and what they hold: for the tests of merging.
 */
#ifndef FORKED_H
#define FORKED_H

#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include <vault/incident.h>
#include <vault/merge.h>

#include "fresh_vault.h"
#include "vault/merging.h"

/* The clock of the vaults of this program: it goes when a test says so. */
static time_t now = 1700000000;

time_t time(time_t *ret_time)
{
	if (ret_time)
		*ret_time = now;
	return now;
}

/* A copy of the vault as it is, opened for writing. */
static struct vault *fork_of(struct vault *vault, const char *suffix)
{
	char path[160];

	snprintf(path, sizeof(path), "%s.%s", vault->path, suffix);
	unlink(path);
	assert_done(vault_backup(vault, path, err));
	return fixture_open(path, VAULT_ACCEPT_ROLLBACK);
}

struct told {
	char text[4096];
};

static int tell(void *context, const struct merge_item *item)
{
	struct told *told = context;
	size_t length = strlen(told->text);

	snprintf(told->text + length, sizeof(told->text) - length, "%u %s%s%s %x %u\n",
	         item->outcome, item->name, item->wanted ? " < " : "",
	         item->wanted ? item->wanted : "", item->conflicts, item->state);
	return 0;
}

/* Merges and gives what was told. */
static struct merge_result merge(struct vault *vault, struct vault *copy, struct told *told)
{
	struct told nobody = {""};
	struct merge_result result;
	enum check_severity worst;

	assert_done(vault_batch_begin(vault, err));
	assert_done(vault_merge(vault, copy, tell, told ? told : &nobody, &result, err));
	assert_done(vault_batch_end(vault, true, err));
	assert_done(vault_check(vault, NULL, NULL, &worst, err));
	assert_int_equal(worst, CHECK_NOTE);
	return result;
}

static void add_number(struct hash *hash, int64_t number)
{
	hash_add(hash, &number, sizeof(number));
}

static void add_string(struct hash *hash, const void *bytes, size_t length)
{
	add_number(hash, bytes ? (int64_t)length : -1);
	if (bytes)
		hash_add(hash, bytes, length);
}

static void add_text(struct hash *hash, const char *text)
{
	add_string(hash, text, text ? strlen(text) : 0);
}

/* Everything there is of an entry, but for its number here. */
static void hash_record(const struct record *record, unsigned char digest[HASH_BYTES])
{
	const struct entry *entry = record->entry;
	struct hash hash;

	hash_start(&hash, NULL);
	hash_add(&hash, record->uuid, sizeof(record->uuid));
	add_number(&hash, record->state == ENTRY_INCIDENT ? 0 : record->revision);
	add_number(&hash, record->state);
	add_number(&hash, entry->created);
	add_number(&hash, entry->modified);
	add_number(&hash, entry->trashed);
	add_text(&hash, entry->name);
	add_text(&hash, entry->user);
	for (size_t i = 0; i < record->n_past; i++) {
		const struct past *past = &record->past[i];

		add_number(&hash, past->since);
		add_number(&hash, past->until);
		add_string(&hash, past->value ? past->value->bytes : NULL,
		           past->value ? past->value->length : 0);
		hash_add(&hash, past->fingerprint, sizeof(past->fingerprint));
		add_text(&hash, past->reason);
		add_string(&hash, past->forms, past->forms_length);
	}
	for (size_t i = 0; i < entry->n_fields; i++) {
		const struct field *field = &entry->fields[i];

		add_number(&hash, field->kind);
		add_text(&hash, field->key);
		add_text(&hash, field->text);
		add_string(&hash, field->secret ? field->secret->bytes : NULL,
		           field->secret ? field->secret->length : 0);
	}
	/* An incident is closed where it is found that it can be. */
	if (record->state != ENTRY_INCIDENT)
		hash_add(&hash, record->versions.ids, record->versions.count * VERSION_BYTES);
	hash_finish(&hash, digest);
}

static int compare_hashes(const void *a, const void *b)
{
	return memcmp(a, b, HASH_BYTES);
}

/* A hash for each entry, in an order of their own. */
static size_t contents(struct vault *vault, unsigned char hashes[][HASH_BYTES], size_t most)
{
	size_t count = 0;

	assert_done(read_begin(vault, err));
	for (int64_t id = 1;; id++) {
		RECORD_AUTO record = {0};

		if (record_read(vault, id, MERGE_WANT, &record, NULL) != 0)
			break;
		assert_true(count < most);
		hash_record(&record, hashes[count++]);
	}
	read_end(vault);
	qsort(hashes, count, HASH_BYTES, compare_hashes);
	return count;
}

static void assert_same_contents(struct vault *a, struct vault *b)
{
	static unsigned char left[200][HASH_BYTES], right[200][HASH_BYTES];
	size_t count = contents(a, left, 200);
	assert_int_equal(contents(b, right, 200), count);
	assert_memory_equal(left, right, count * HASH_BYTES);
}

#endif

/* Merge, over random histories: whichever copy is merged into which, the same comes out, and
 * nothing is lost of what either had. MERGE_RUNS=1000 tries more of them. */
#include <vault/consumer.h>
#include <vault/realm.h>
#include <vault/rotate.h>

#include "../fault/random.h"
#include "forked.h"

#define RUNS 25
#define STEPS 8
#define NAMES 5
#define INCIDENTS_MAX 100

/* Histories of all that there is, rather than of accounts and leaks alone: longer ones, of entries
 * that are there from the start, so that most of the steps are possible. */
static bool of_everything;

static bool find(struct vault *vault, const unsigned char uuid[ITEM_UUID_BYTES],
                 struct record *ret_record)
{
	for (int64_t id = 1; record_read(vault, id, MERGE_WANT, ret_record, NULL) == 0; id++) {
		if (memcmp(ret_record->uuid, uuid, ITEM_UUID_BYTES) == 0)
			return true;
		record_done(ret_record);
	}
	return false;
}

/* Every password that ever was is known, and the one in use is there; so is every note. */
static void assert_nothing_lost(struct vault *from, struct vault *merged, struct vault *other)
{
	assert_done(read_begin(from, err));
	assert_done(read_begin(merged, err));
	assert_done(read_begin(other, err));
	for (int64_t id = 1;; id++) {
		RECORD_AUTO record = {0}, there = {0}, rival = {0};
		bool erased;

		if (record_read(from, id, MERGE_WANT, &record, NULL) != 0)
			break;
		assert_true(find(merged, record.uuid, &there));
		erased = find(other, record.uuid, &rival) && rival.state == ENTRY_PURGED &&
		         there.state == ENTRY_PURGED;
		for (size_t i = 0; i < record.n_past; i++) {
			bool found = false;

			for (size_t j = 0; j < there.n_past; j++)
				found |=
					memcmp(record.past[i].fingerprint,
				               there.past[j].fingerprint, FINGERPRINT_BYTES) == 0 &&
					(erased || !record.past[i].value || there.past[j].value);
			assert_true(found);
		}
	}
	read_end(from);
	read_end(merged);
	read_end(other);
}

static void name_of(struct chance *chance, char name[16])
{
	snprintf(name, 16, "name %u", (unsigned)chance_below(chance, NAMES));
}

static void edit_some(struct vault *vault, const char *name, struct chance *chance, bool password)
{
	WRITE_RESULT_AUTO result = {0};
	ENTRY_AUTO *set = entry_of(name, "unused");
	SECRET_AUTO *note = NULL;
	char text[32];
	struct entry_edit edit = {.set = set};
	static const char *const tags[] = {"work", "home", "bank"};
	static const char *const clear_note[] = {"note", NULL};

	snprintf(text, sizeof(text), "word-%llx", (unsigned long long)chance_next(chance));
	if (password) {
		edit.password = secret_of(text);
	} else if (chance_hit(chance, 100)) {
		note = secret_of(text);
		assert_done(entry_set_secret(set, FIELD_NOTE, NULL, &note, err));
	} else if (chance_hit(chance, 100)) {
		assert_done(
			entry_set_text(set, FIELD_TAG, NULL, tags[chance_below(chance, 3)], err));
		edit.user = chance_hit(chance, 128) ? text : NULL;
	} else if (chance_hit(chance, 128)) {
		edit.clear = clear_note;
	} else {
		assert_done(entry_set_text(set, FIELD_TEXT, "key", text, err));
	}
	(void)vault_edit(vault, name, &edit, "allowed", &result, NULL);
	secret_free(edit.password);
}

static void leak_one(struct vault *vault, const char *name, struct chance *chance)
{
	INCIDENT_AUTO *incident = NULL;
	const struct leak leak = {.name = name};

	if (chance_hit(chance, 80))
		(void)vault_leak(vault, &leak, &incident, NULL);
	if (chance_hit(chance, 40))
		(void)vault_incident_dismiss(vault, name, "it is nothing", NULL);
}

static void rotate_some(struct vault *vault, const char *name, struct chance *chance)
{
	WRITE_RESULT_AUTO result = {0};
	SECRET_AUTO *password = NULL;
	const struct rotate_end how = {.allow_reuse = "taken", .realm_too = chance_hit(chance, 64)};
	size_t others;
	char text[32];

	snprintf(text, sizeof(text), "%llx", (unsigned long long)chance_next(chance));
	password = secret_of(text);
	if (chance_hit(chance, 150))
		(void)rotate_begin(vault, name, &password, &result, NULL);
	else if (chance_hit(chance, 128))
		(void)rotate_done(vault, name, &how, &result, &others, NULL);
	else
		(void)rotate_abort(vault, name, &result, NULL);
}

static void share_some(struct vault *vault, const char *name, const char *other,
                       struct chance *chance)
{
	static const char *const realms[] = {"office", "school"}, *const reasons[] = {"one", "two"};
	const char *const names[] = {name, other, NULL};
	const char *realm = realms[chance_below(chance, 2)];
	size_t changed;

	if (chance_hit(chance, 170))
		(void)realm_add(vault, realm, names, reasons[chance_below(chance, 2)], &changed,
		                NULL);
	else
		(void)realm_remove(vault, realm, names + 1, &changed, NULL);
}

static void tick_some(struct vault *vault, const char *name, struct chance *chance)
{
	WRITE_RESULT_AUTO result = {0};
	const char *const who[] = {"phone", NULL};

	(void)consumers_tick(vault, name, chance_hit(chance, 128) ? who : NULL, &result, NULL);
}

/* A field of a kind that there is only here. */
static void add_some(struct vault *vault, const char *name, struct chance *chance)
{
	static const char *const who[] = {"phone", "laptop", "desk"},
				 *const clear[] = {"used-by", NULL},
				 *const detach[] = {"file", NULL};
	WRITE_RESULT_AUTO result = {0};
	ENTRY_AUTO *set = entry_of(name, "unused");
	SECRET_AUTO *file = NULL, *otp = secret_of("otpauth://totp/a?secret=GEZDGNBVGY3TQOJQ");
	struct entry_edit edit = {.set = set};
	char text[32];

	snprintf(text, sizeof(text), "20%02u-01-01", 10 + (unsigned)chance_below(chance, 60));
	file = secret_of(text);
	switch (chance_below(chance, 6)) {
	case 0:
		edit.clear = clear;
		break;
	case 1:
		edit.detach = detach;
		break;
	case 2:
		assert_done(entry_set_secret(set, FIELD_OTP, NULL, &otp, err));
		break;
	case 3:
		assert_done(entry_set_text(set, FIELD_EXPIRES, NULL, text, err));
		break;
	case 4:
		assert_done(entry_set_secret(set, FIELD_ATTACHMENT, "file", &file, err));
		break;
	default:
		assert_done(entry_set_text(set, FIELD_CONSUMER, NULL, who[chance_below(chance, 3)],
		                           err));
	}
	(void)vault_edit(vault, name, &edit, NULL, &result, NULL);
}

/* On machines whose clocks do not agree. */
static void step_further(struct vault *vault, const char *name, const char *other,
                         struct chance *chance)
{
	now += (time_t)chance_below(chance, 10) - 5;
	switch (chance_below(chance, 5)) {
	case 0:
		rotate_some(vault, name, chance);
		break;
	case 1:
		share_some(vault, name, other, chance);
		break;
	case 2:
		tick_some(vault, name, chance);
		break;
	default:
		add_some(vault, name, chance);
	}
}

/* Something that a person does; where it cannot be done, nothing. */
static void step(struct vault *vault, struct chance *chance)
{
	WRITE_RESULT_AUTO result = {0};
	char name[16], other[16];
	size_t emptied;

	now += (time_t)chance_below(chance, 3);
	name_of(chance, name);
	name_of(chance, other);
	if (of_everything && chance_hit(chance, 100)) {
		step_further(vault, name, other, chance);
		return;
	}
	switch (chance_below(chance, 10)) {
	case 0:
	case 1:
	case 2:
		snprintf(other, sizeof(other), "pw %u", (unsigned)chance_below(chance, 40));
		(void)try_add(vault, name, other, &result);
		break;
	case 3:
		(void)vault_remove(vault, name, &result, NULL);
		break;
	case 4:
		(void)vault_trash_restore(vault, name, NULL, &result, NULL);
		break;
	case 5:
		if (chance_hit(chance, 100))
			(void)vault_trash_empty(vault, NULL, &emptied, NULL);
		break;
	case 6:
		(void)vault_rename(vault, name, other, &result, NULL);
		break;
	case 7:
		leak_one(vault, name, chance);
		edit_some(vault, name, chance, true);
		break;
	case 8:
		edit_some(vault, name, chance, true);
		break;
	default:
		edit_some(vault, name, chance, false);
	}
}

static void steps(struct vault *vault, struct chance *chance)
{
	uint64_t most = of_everything ? 2 * STEPS : STEPS;

	for (uint64_t i = chance_below(chance, most + 1); i > 0; i--)
		step(vault, chance);
}

/* Who is affected, and how far each is, whatever the numbers here. When it was closed is left out:
 * it was where the merge was. */
static void hash_incident(const struct incident *incident, unsigned char digest[HASH_BYTES])
{
	struct hash hash;

	hash_start(&hash, NULL);
	add_text(&hash, incident->service);
	add_number(&hash, incident->opened);
	add_number(&hash, incident->leaked);
	add_number(&hash, incident->closed != 0);
	for (size_t i = 0; i < incident->n_items; i++) {
		const struct affected *affected = &incident->items[i];

		add_text(&hash, affected->name);
		add_number(&hash, affected->kind);
		add_number(&hash, affected->state);
		add_number(&hash, affected->progress);
		add_number(&hash, affected->since);
		add_number(&hash, affected->until);
		add_text(&hash, affected->reason);
	}
	hash_finish(&hash, digest);
}

static size_t incidents(struct vault *vault, unsigned char hashes[][HASH_BYTES])
{
	INCIDENT_AUTO *incident = NULL;
	size_t count = 0;

	while (vault_incident(vault, (unsigned)count + 1, &incident, NULL) == 0) {
		assert_true(count < INCIDENTS_MAX);
		hash_incident(incident, hashes[count++]);
		incident_free(incident);
		incident = NULL;
	}
	qsort(hashes, count, HASH_BYTES, compare_hashes);
	return count;
}

static void assert_same_incidents(struct vault *a, struct vault *b)
{
	static unsigned char left[INCIDENTS_MAX][HASH_BYTES], right[INCIDENTS_MAX][HASH_BYTES];
	size_t count = incidents(a, left);

	assert_int_equal(incidents(b, right), count);
	assert_memory_equal(left, right, count * HASH_BYTES);
}

/* Two copies, merged into one another: the same, all of it, and for good. */
static void merge_both_ways(struct vault *left, struct vault *right, struct vault **ret_left,
                            struct vault **ret_right)
{
	struct merge_result again;

	*ret_left = fork_of(left, "ab");
	*ret_right = fork_of(right, "ba");
	merge(*ret_left, right, NULL);
	merge(*ret_right, left, NULL);
	assert_same_contents(*ret_left, *ret_right);
	assert_same_incidents(*ret_left, *ret_right);
	assert_nothing_lost(left, *ret_left, right);
	assert_nothing_lost(right, *ret_left, left);
	again = merge(*ret_left, right, NULL);
	assert_int_equal(again.added + again.taken + again.joined + again.named, 0);
	again = merge(*ret_left, *ret_right, NULL);
	assert_int_equal(again.added + again.taken + again.joined + again.named + again.kept, 0);
}

static void add_all(struct vault *vault)
{
	static const char *const passwords[NAMES] = {"zebra-lamp", "quiet.Forum", "8812kkjj",
	                                             "Mxolvita", "torn=page"};
	char name[16];

	for (unsigned i = 0; i < NAMES; i++) {
		snprintf(name, sizeof(name), "name %u", i);
		add(vault, name, passwords[i], NULL);
	}
}

static void one_history(uint64_t seed)
{
	struct chance chance = {seed};
	VAULT_AUTO *left = fixture_vault();
	VAULT_AUTO *right = NULL, *ab = NULL, *ba = NULL, *second = NULL, *third = NULL;

	if (of_everything)
		add_all(left);
	steps(left, &chance);
	steps(left, &chance);
	right = fork_of(left, "right");
	steps(left, &chance);
	steps(right, &chance);
	merge_both_ways(left, right, &ab, &ba);
	/* And on from there: one has seen what was merged, the other has not. */
	steps(ab, &chance);
	steps(right, &chance);
	merge_both_ways(ab, right, &second, &third);
}

static void some_histories(void)
{
	const char *wanted = getenv("MERGE_RUNS");
	unsigned long runs = wanted ? strtoul(wanted, NULL, 10) : RUNS;

	for (unsigned long seed = 1; seed <= runs; seed++) {
		print_error("seed %lu\n", seed); /* standard output is TAP */
		one_history(seed);
	}
}

static void copies_commute_whatever_was_done(void **state)
{
	static const uint64_t found[] = {61}; /* each once showed a difference */

	(void)state;
	for (size_t i = 0; i < sizeof(found) / sizeof(found[0]); i++)
		one_history(found[i]);
	some_histories();
}

static void copies_commute_whatever_they_hold(void **state)
{
	(void)state;
	of_everything = true;
	some_histories();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(copies_commute_whatever_was_done),
		cmocka_unit_test(copies_commute_whatever_they_hold),
	};

	return cmocka_run_group_tests(tests, fixture_group_start, fixture_group_end);
}

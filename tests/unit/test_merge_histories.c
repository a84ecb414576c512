/* Merge, over random histories: whichever copy is merged into which, the same comes out, and
 * nothing is lost of what either had. MERGE_RUNS=1000 tries more of them. */
#include "../fault/random.h"
#include "forked.h"

#define RUNS 25
#define STEPS 8
#define NAMES 5

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

/* Something that a person does; where it cannot be done, nothing. */
static void step(struct vault *vault, struct chance *chance)
{
	WRITE_RESULT_AUTO result = {0};
	char name[16], other[16];
	size_t emptied;

	now += (time_t)chance_below(chance, 3);
	name_of(chance, name);
	name_of(chance, other);
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
	for (uint64_t i = chance_below(chance, STEPS + 1); i > 0; i--)
		step(vault, chance);
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
	assert_nothing_lost(left, *ret_left, right);
	assert_nothing_lost(right, *ret_left, left);
	again = merge(*ret_left, right, NULL);
	assert_int_equal(again.added + again.taken + again.joined + again.named, 0);
	again = merge(*ret_left, *ret_right, NULL);
	assert_int_equal(again.added + again.taken + again.joined + again.named + again.kept, 0);
}

static void one_history(uint64_t seed)
{
	struct chance chance = {seed};
	VAULT_AUTO *left = fixture_vault();
	VAULT_AUTO *right = NULL, *ab = NULL, *ba = NULL, *second = NULL, *third = NULL;

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

static void copies_commute_whatever_was_done(void **state)
{
	static const uint64_t found[] = {61}; /* each once showed a difference */
	const char *wanted = getenv("MERGE_RUNS");
	unsigned long runs = wanted ? strtoul(wanted, NULL, 10) : RUNS;

	(void)state;
	for (size_t i = 0; i < sizeof(found) / sizeof(found[0]); i++)
		one_history(found[i]);
	for (unsigned long seed = 1; seed <= runs; seed++) {
		print_error("seed %lu\n", seed); /* standard output is TAP */
		one_history(seed);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(copies_commute_whatever_was_done),
	};

	return cmocka_run_group_tests(tests, fixture_group_start, fixture_group_end);
}

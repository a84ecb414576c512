/* Many writes as one: what is kept back until the end, or hashed on the way, is there all the
 * same. */
#include <stdio.h>

#include "fresh_vault.h"

static void assert_sound(struct vault *vault)
{
	enum check_severity worst = CHECK_DAMAGE;

	assert_done(vault_check(vault, NULL, NULL, &worst, err));
	assert_int_equal(worst, CHECK_NOTE);
}

static struct span span_of(const char *text)
{
	return (struct span){text, strlen(text)};
}

/* An entry with as much in it as there can be, or with next to nothing. */
static void import_one(struct vault *vault, const char *name, const char *password, bool full)
{
	const struct item_password passwords[] = {
		{span_of("Sakura2011!"), 1300000000, 1400000000, NULL},
		{span_of("an earlier one"), 1400000000, 1500000000, "a reason"},
		{span_of(password), 1500000000, 0, "another one"},
	};
	const struct item_field fields[] = {
		{FIELD_URL, NULL, span_of("https://example.org/")},
		{FIELD_TAG, NULL, span_of("work")},
		{FIELD_TAG, NULL, span_of("home")},
		{FIELD_TEXT, "", span_of("")},
		{FIELD_NOTE, NULL, {"a\0b", 3}},
		{FIELD_SECRET, "pin", span_of("1234")},
		{FIELD_ATTACHMENT, "file", span_of("")},
	};
	struct item item = {.name = name};
	struct item_field own[7];
	struct import_result result;

	memcpy(own, fields, sizeof(own));
	own[3].key = "a key";
	if (full) {
		item.user = "joe";
		item.created = 1200000000;
		item.modified = 1600000000;
		item.passwords = passwords;
		item.n_passwords = 3;
		item.fields = own;
		item.n_fields = 7;
	}
	assert_done(vault_import(vault, &item, 0, &result, err));
	assert_int_equal(result.outcome, IMPORT_ADDED);
}

static void what_is_imported_agrees_with_the_digest(void **state)
{
	VAULT_AUTO *vault = fixture_vault();
	ENTRY_AUTO *entry = NULL;

	(void)state;
	assert_done(vault_batch_begin(vault, err));
	import_one(vault, "full", "a password", true);
	import_one(vault, "empty", "", false);
	for (unsigned i = 0; i < 40; i++) {
		char name[16], password[16];

		snprintf(name, sizeof(name), "entry %u", i);
		snprintf(password, sizeof(password), "word-%u-%u", i * 7919, i);
		import_one(vault, name, password, true);
	}
	assert_done(vault_batch_end(vault, true, err));
	assert_sound(vault);
	assert_done(vault_get(vault, "full", &entry, err));
	assert_string_equal(entry->user, "joe");
	assert_int_equal(entry->n_fields, 7);
	assert_int_equal(entry_field(entry, "note")->secret->length, 3);
	assert_string_equal(entry->reuse_reason, "another one");
}

static void the_guard_sees_what_the_batch_added(void **state)
{
	VAULT_AUTO *vault = fixture_vault();
	WRITE_RESULT_AUTO result = {0};

	(void)state;
	assert_done(vault_batch_begin(vault, err));
	add(vault, "shop", "Sakura2013!", NULL);
	import_one(vault, "full", "Kirsche1999?", true);
	assert_int_equal(try_add(vault, "mail", "Sakura2014!", &result), VAULT_REFUSED);
	assert_int_equal(result.conflicts.count, 2);
	assert_int_equal(try_add(vault, "mail", "Kirsche2000?", &result), VAULT_REFUSED);
	assert_int_equal(result.conflicts.items[0].kind, CONFLICT_VARIANT_NOW);
	assert_string_equal(result.conflicts.items[0].name, "full");
	/* The forms of a name that changes are taken away again, written or not. */
	write_result_done(&result);
	assert_done(vault_rename(vault, "shop", "sakura", &result, err));
	assert_done(vault_batch_end(vault, true, err));
	assert_sound(vault);
}

static void what_is_dropped_leaves_nothing(void **state)
{
	VAULT_AUTO *vault = fixture_vault();

	(void)state;
	assert_done(vault_batch_begin(vault, err));
	import_one(vault, "full", "a password", true);
	assert_done(vault_batch_end(vault, false, err));
	assert_sound(vault);
	add(vault, "shop", "Sakura2013!", NULL);
	assert_done(vault_batch_begin(vault, err));
	add(vault, "mail", "Kirsche1999?", NULL);
	assert_done(vault_batch_end(vault, true, err));
	assert_sound(vault);
}

/* Asked for in the middle of it, after writes that the digest does not know of yet. */
static void who_is_not_there_is_not_found(void **state)
{
	VAULT_AUTO *vault = fixture_vault();
	ENTRY_AUTO *entry = NULL;
	WRITE_RESULT_AUTO result = {0};
	bool there = true;

	(void)state;
	add(vault, "before", "q8Vw-kuzf-2Lpx", NULL);
	assert_done(vault_batch_begin(vault, err));
	add(vault, "first", "mumbling kettles 91", NULL);
	assert_int_equal(vault_get(vault, "nobody", &entry, NULL), VAULT_NOT_FOUND);
	assert_done(vault_has(vault, "nobody", &there, err));
	assert_false(there);
	assert_int_equal(vault_remove(vault, "nobody", &result, NULL), VAULT_NOT_FOUND);
	assert_int_equal(vault_rename(vault, "nobody", "somebody", &result, NULL), VAULT_NOT_FOUND);
	assert_done(vault_get(vault, "first", &entry, err));
	assert_done(vault_batch_end(vault, true, err));
	assert_sound(vault);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_imported_agrees_with_the_digest),
		cmocka_unit_test(the_guard_sees_what_the_batch_added),
		cmocka_unit_test(what_is_dropped_leaves_nothing),
		cmocka_unit_test(who_is_not_there_is_not_found),
	};

	return cmocka_run_group_tests(tests, fixture_group_start, fixture_group_end);
}

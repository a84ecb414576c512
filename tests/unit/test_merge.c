/* Merge, case by case: what is taken, what is told, what is refused. */
#include <vault/consumer.h>
#include <vault/rotate.h>

#include "forked.h"

/* One entry, "mail", of the password "first", in two copies. */
static void apart(struct vault **ret_left, struct vault **ret_right)
{
	*ret_left = fixture_vault();
	add(*ret_left, "mail", "first", NULL);
	*ret_right = fork_of(*ret_left, "right");
	now += 10;
}

static void set_password(struct vault *vault, const char *name, const char *password)
{
	WRITE_RESULT_AUTO result = {0};

	assert_int_equal(try_edit(vault, name, password, NULL, &result), 0);
}

static void set_note(struct vault *vault, const char *name, const char *text)
{
	WRITE_RESULT_AUTO result = {0};
	ENTRY_AUTO *set = entry_of(name, "unused");
	SECRET_AUTO *note = secret_of(text);
	struct entry_edit edit = {.set = set};

	assert_done(entry_set_secret(set, FIELD_NOTE, NULL, &note, err));
	assert_done(vault_edit(vault, name, &edit, NULL, &result, err));
}

static void removes(struct vault *vault, const char *name)
{
	WRITE_RESULT_AUTO result = {0};

	assert_done(vault_remove(vault, name, &result, err));
}

static void assert_merges(struct vault *vault, struct vault *copy, const char *expected)
{
	struct told told = {""};

	merge(vault, copy, &told);
	assert_string_equal(told.text, expected);
}

static void what_one_changed_is_taken(void **state)
{
	VAULT_AUTO *left = NULL, *right = NULL;

	(void)state;
	apart(&left, &right);
	set_note(right, "mail", "a note");
	set_note(right, "mail", "another note");
	set_password(right, "mail", "second");
	add(right, "shop", "else", NULL);
	assert_merges(left, right, "2 mail 0 0\n1 shop 0 0\n");
	assert_password(left, "mail", "second");
	/* And not the other way round. */
	assert_merges(right, left, "");
}

static void the_newer_of_two_wins(void **state)
{
	VAULT_AUTO *left = NULL, *right = NULL;
	ENTRY_AUTO *entry = NULL;

	(void)state;
	apart(&left, &right);
	set_password(left, "mail", "older");
	set_note(left, "mail", "older note");
	now += 10;
	set_note(right, "mail", "newer note");
	set_password(right, "mail", "newer");
	assert_merges(left, right, "3 mail 9 0\n");
	assert_password(left, "mail", "newer");
	assert_done(vault_get(left, "mail", &entry, err));
	assert_memory_equal(entry_field(entry, "note")->secret->bytes, "newer note", 10);
	assert_memory_equal(entry_field(entry, "note (earlier)")->secret->bytes, "older note", 10);
}

/* A note that is written later takes no new password away. */
static void the_password_that_came_last_stays(void **state)
{
	VAULT_AUTO *left = NULL, *right = NULL;
	ENTRY_AUTO *entry = NULL;

	(void)state;
	apart(&left, &right);
	set_password(left, "mail", "changed");
	now += 10;
	set_note(right, "mail", "written later");
	assert_merges(left, right, "3 mail 0 0\n");
	assert_password(left, "mail", "changed");
	assert_done(vault_get(left, "mail", &entry, err));
	assert_memory_equal(entry_field(entry, "note")->secret->bytes, "written later", 13);
	assert_merges(right, left, "2 mail 0 0\n");
	assert_password(right, "mail", "changed");
}

static void a_removal_counts(void **state)
{
	VAULT_AUTO *left = NULL, *right = NULL;
	size_t emptied;
	struct entry *entry = NULL;

	(void)state;
	apart(&left, &right);
	removes(right, "mail");
	assert_merges(left, right, "2 mail 0 1\n");
	assert_done(vault_trash_empty(right, NULL, &emptied, err));
	assert_merges(left, right, "2 mail 0 2\n");
	assert_int_equal(vault_get(left, "mail", &entry, NULL), VAULT_NOT_FOUND);
}

/* What was changed while it was erased elsewhere was not meant to be erased. */
static void a_change_survives_an_erasure(void **state)
{
	VAULT_AUTO *left = NULL, *right = NULL;
	WRITE_RESULT_AUTO result = {0};
	size_t emptied;

	(void)state;
	apart(&left, &right);
	set_password(left, "mail", "second");
	now += 10;
	removes(right, "mail");
	assert_done(vault_trash_empty(right, NULL, &emptied, err));
	assert_merges(left, right, "3 mail 10 1\n");
	assert_done(vault_trash_restore(left, "mail", NULL, &result, err));
	assert_password(left, "mail", "second");
}

/* What an entry is called where another one of its name is older. */
static void name_behind(struct vault *vault, const char *name, char behind[64])
{
	RECORD_AUTO record = {0};
	int64_t id = 0;

	assert_done(read_begin(vault, err));
	assert_done(name_exact(vault, name, &id, err));
	assert_done(record_load(vault, id, 0, &record, err));
	read_end(vault);
	snprintf(behind, 64, "%s (%02x%02x)", name, record.uuid[0], record.uuid[1]);
}

static void one_name_twice(void **state)
{
	VAULT_AUTO *left = NULL, *right = NULL;
	char name[64], told[160];

	(void)state;
	apart(&left, &right);
	add(left, "shop", "left", NULL);
	now += 10;
	add(right, "shop", "right", NULL);
	name_behind(right, "shop", name);
	snprintf(told, sizeof(told), "1 %s < shop 0 0\n", name);
	assert_merges(left, right, told);
	assert_password(left, "shop", "left");
	assert_password(left, name, "right");
	merge(right, left, NULL);
	assert_same_contents(left, right);
}

static void goes_on(struct vault *vault, const char *text)
{
	now += 10;
	set_note(vault, "mail", text);
	add(vault, "shop", text, NULL);
}

static void assert_note(const struct entry *entry, const char *key, const char *text)
{
	const struct field *field = entry_field(entry, key);

	assert_non_null(field);
	assert_int_equal(field->secret->length, strlen(text));
	assert_memory_equal(field->secret->bytes, text, strlen(text));
}

/* Of three copies, whichever two come together first. */
static void three_copies_in_any_order(void **state)
{
	static const unsigned orders[][3] = {{0, 1, 2}, {1, 2, 0}, {2, 1, 0}};
	struct vault *copies[3], *merged[3];
	char names[3][64] = {"shop"};

	(void)state;
	apart(&copies[0], &copies[1]);
	copies[2] = fork_of(copies[0], "third");
	goes_on(copies[0], "note a");
	goes_on(copies[1], "note b");
	goes_on(copies[2], "note c");
	name_behind(copies[1], "shop", names[1]);
	name_behind(copies[2], "shop", names[2]);
	for (unsigned i = 0; i < 3; i++) {
		ENTRY_AUTO *mail = NULL;
		char suffix[] = {'m', (char)('0' + i), '\0'};

		merged[i] = fork_of(copies[orders[i][0]], suffix);
		merge(merged[i], copies[orders[i][1]], NULL);
		merge(merged[i], copies[orders[i][2]], NULL);
		assert_password(merged[i], names[0], "note a");
		assert_password(merged[i], names[1], "note b");
		assert_password(merged[i], names[2], "note c");
		assert_done(vault_get(merged[i], "mail", &mail, err));
		assert_int_equal(mail->n_fields, 3);
		assert_note(mail, "note", "note c");
		assert_note(mail, "note (earlier)", "note a");
		assert_note(mail, "note (earlier 2)", "note b");
	}
	merge(merged[0], merged[1], NULL);
	merge(merged[0], merged[2], NULL);
	assert_password(merged[0], names[1], "note b");
	assert_password(merged[0], names[2], "note c");
	for (unsigned i = 0; i < 3; i++) {
		vault_close(copies[i]);
		vault_close(merged[i]);
	}
}

/* The device was given the former password, after another copy had a new one. */
static void a_tick_is_for_the_password_of_its_copy(void **state)
{
	VAULT_AUTO *left = NULL, *right = NULL;
	WRITE_RESULT_AUTO result = {0};
	ENTRY_AUTO *entry = NULL;
	static const char *const phone[] = {"phone", NULL};

	(void)state;
	apart(&left, &right);
	assert_done(consumer_record(left, "mail", "phone", 0, &result, err));
	write_result_done(&result);
	merge(right, left, NULL);
	now += 10;
	set_password(right, "mail", "second");
	now += 10;
	assert_done(consumers_tick(left, "mail", phone, &result, err));
	write_result_done(&result);
	merge(left, right, NULL);
	merge(right, left, NULL);
	assert_same_contents(left, right);
	assert_done(vault_get(left, "mail", &entry, err));
	assert_int_equal(consumers_behind(entry), 1);
	assert_done(consumers_tick(left, "mail", phone, &result, err));
	entry_free(entry);
	entry = NULL;
	assert_done(vault_get(left, "mail", &entry, err));
	assert_int_equal(consumers_behind(entry), 0);
}

static void names_that_went_round(void **state)
{
	VAULT_AUTO *left = NULL, *right = NULL;
	WRITE_RESULT_AUTO result = {0};
	static const char *const moves[][2] = {{"mail", "x"},
	                                       {"shop", "mail"},
	                                       {"bank", "shop"},
	                                       {"x", "bank"}};

	(void)state;
	left = fixture_vault();
	add(left, "mail", "password of mail", NULL);
	add(left, "shop", "another, of shop", NULL);
	add(left, "bank", "0123 third 9876", NULL);
	right = fork_of(left, "right");
	for (size_t i = 0; i < 4; i++) {
		write_result_done(&result);
		assert_done(vault_rename(right, moves[i][0], moves[i][1], &result, err));
	}
	merge(left, right, NULL);
	assert_password(left, "bank", "password of mail");
	assert_password(left, "mail", "another, of shop");
	assert_password(left, "shop", "0123 third 9876");
	assert_same_contents(left, right);
}

/* The merged file is the newer one, on whichever machine it is seen. */
static void it_is_newer_than_both(void **state)
{
	VAULT_AUTO *left = NULL, *right = NULL;
	struct vault_status_info before, after;

	(void)state;
	apart(&left, &right);
	for (int i = 0; i < 5; i++)
		set_note(right, "mail", i % 2 ? "a" : "b");
	assert_done(vault_info(right, &before, err));
	merge(left, right, NULL);
	assert_done(vault_info(left, &after, err));
	assert_int_equal(after.generation, before.generation + 1);
}

static void only_a_copy_is_taken(void **state)
{
	VAULT_AUTO *left = NULL, *right = NULL, *copy = NULL;
	SECRET_AUTO *password = secret_of("new password");
	const struct vault_new how = {
		.credential = {.type = KEY_PASSWORD, .password = password},
		.cost = {.memory = 64 * 1024, .time = 3},
	};
	char path[160];

	(void)state;
	apart(&left, &right);
	snprintf(path, sizeof(path), "%s", right->path);
	assert_fails(vault_open_copy(left, left->path, &copy, err), VAULT_USAGE, "itself");
	assert_done(vault_open_copy(left, path, &copy, err));
	vault_close(copy);
	copy = NULL;
	/* A rekeyed one asks for its own password. */
	assert_done(vault_rekey(&right, &how, err));
	assert_int_equal(vault_open_copy(left, path, &copy, NULL), VAULT_WRONG_KEY);
	assert_done(vault_unlock(copy, &how.credential, err));
	set_note(left, "mail", "a note");
	assert_merges(left, copy, "");
	vault_close(copy);
	copy = NULL;
	unlink(path);
	assert_done(vault_create(path, &how, &right, err));
	assert_fails(vault_open_copy(left, path, &copy, err), VAULT_USAGE, "another vault");
}

/* As an older program stored it. */
static void store(struct vault *vault, int64_t id, enum field_kind kind, const char *key,
                  const char *text)
{
	RECORD_AUTO record = {0};
	struct entry *entry;

	assert_done(write_begin(vault, err));
	assert_done(record_load(vault, id, MERGE_WANT, &record, err));
	entry = record.entry;
	entry->fields = reallocarray(entry->fields, entry->n_fields + 1, sizeof(*entry->fields));
	entry->fields[entry->n_fields++] =
		(struct field){.kind = kind, .key = key ? strdup(key) : NULL, .text = strdup(text)};
	assert_done(record_write(vault, &record, true, err));
	assert_done(record_seal(vault, id, err));
	assert_done(write_commit(vault, err));
}

/* What would be refused today, of a copy that an older program wrote. */
static void what_is_stored_is_not_refused(void **state)
{
	VAULT_AUTO *left = NULL, *right = NULL;
	ENTRY_AUTO *entry = NULL;
	const struct field *word = NULL;

	(void)state;
	apart(&left, &right);
	set_note(left, "mail", "a note");
	store(right, 1, FIELD_TEXT, "pending", "a word since then");
	store(right, 1, FIELD_RULES, NULL, "maxlength: 0");
	assert_merges(left, right, "3 mail 0 0\n");
	assert_merges(right, left, "2 mail 0 0\n");
	assert_same_contents(left, right);
	assert_done(vault_get(left, "mail", &entry, err));
	assert_string_equal(entry_field(entry, "rules")->text, "maxlength: 0");
	for (size_t i = 0; i < entry->n_fields; i++)
		if (entry->fields[i].kind == FIELD_TEXT)
			word = &entry->fields[i];
	assert_non_null(word);
	assert_string_equal(word->key, "pending");
	assert_string_equal(word->text, "a word since then");
}

/* What leaked in one copy is to be the next password in the other: it must not be taken. */
static void a_burned_password_to_be_is_found(void **state)
{
	SECRET_AUTO *password = secret_of("yet%another-1"), *typed = secret_of("yet%another-1");
	const struct leak leak = {.password = typed};
	WRITE_RESULT_AUTO result = {0};
	VAULT_AUTO *left = NULL, *right = NULL;
	INCIDENT_AUTO *incident = NULL;
	struct vault *both[2];

	(void)state;
	apart(&left, &right);
	assert_done(vault_leak(left, &leak, &incident, err));
	assert_int_equal(incident->n_open, 0);
	assert_done(rotate_begin(right, "mail", &password, &result, err));
	merge(left, right, NULL);
	merge(right, left, NULL);
	both[0] = left;
	both[1] = right;
	for (int i = 0; i < 2; i++) {
		incident_free(incident);
		incident = NULL;
		assert_done(vault_incident(both[i], 1, &incident, err));
		assert_int_equal(incident->n_open, 1);
		assert_int_equal(incident->items[0].kind, AFFECTED_PENDING);
		assert_string_equal(incident->items[0].name, "mail");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_one_changed_is_taken),
		cmocka_unit_test(the_newer_of_two_wins),
		cmocka_unit_test(the_password_that_came_last_stays),
		cmocka_unit_test(a_removal_counts),
		cmocka_unit_test(a_change_survives_an_erasure),
		cmocka_unit_test(one_name_twice),
		cmocka_unit_test(three_copies_in_any_order),
		cmocka_unit_test(a_tick_is_for_the_password_of_its_copy),
		cmocka_unit_test(names_that_went_round),
		cmocka_unit_test(it_is_newer_than_both),
		cmocka_unit_test(only_a_copy_is_taken),
		cmocka_unit_test(what_is_stored_is_not_refused),
		cmocka_unit_test(a_burned_password_to_be_is_found),
	};

	return cmocka_run_group_tests(tests, fixture_group_start, fixture_group_end);
}

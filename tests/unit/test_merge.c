/* Merge, case by case: what is taken, what is told, what is refused. */
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

static void one_name_twice(void **state)
{
	VAULT_AUTO *left = NULL, *right = NULL;

	(void)state;
	apart(&left, &right);
	add(left, "shop", "left", NULL);
	now += 10;
	add(right, "shop", "right", NULL);
	assert_merges(left, right, "1 shop (2) < shop 0 0\n");
	assert_password(left, "shop", "left");
	assert_password(left, "shop (2)", "right");
	merge(right, left, NULL);
	assert_same_contents(left, right);
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_one_changed_is_taken),
		cmocka_unit_test(the_newer_of_two_wins),
		cmocka_unit_test(the_password_that_came_last_stays),
		cmocka_unit_test(a_removal_counts),
		cmocka_unit_test(a_change_survives_an_erasure),
		cmocka_unit_test(one_name_twice),
		cmocka_unit_test(names_that_went_round),
		cmocka_unit_test(it_is_newer_than_both),
		cmocka_unit_test(only_a_copy_is_taken),
	};

	return cmocka_run_group_tests(tests, fixture_group_start, fixture_group_end);
}

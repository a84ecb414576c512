/* Entries: what goes in comes out, and what changes leaves its trace. */
#include "fresh_vault.h"

#include <stdio.h>
#include <stdlib.h>

static struct entry *full_entry(void)
{
	struct entry *entry = entry_of("mail/\xc3\xa4", "p\n\x01\xff");
	struct secret *note = secret_of("a note\nof two lines"), *pin = secret_of("1234");

	assert_done(entry_set_user(entry, "joe", err));
	assert_done(entry_set_secret(entry, FIELD_SECRET, "PIN", &pin, err));
	assert_done(entry_set_secret(entry, FIELD_NOTE, NULL, &note, err));
	assert_done(entry_set_text(entry, FIELD_TEXT, "port", "993", err));
	assert_done(entry_set_text(entry, FIELD_URL, NULL, "https://b.example", err));
	assert_done(entry_set_text(entry, FIELD_URL, NULL, "https://a.example", err));
	assert_done(entry_set_text(entry, FIELD_TAG, NULL, "work", err));
	return entry;
}

static void an_entry_comes_back_whole(void **state)
{
	struct vault *vault = fixture_vault();
	ENTRY_AUTO *entry = full_entry(), *back = NULL;
	WRITE_RESULT_AUTO result = {0};

	(void)state;
	assert_done(vault_add(vault, entry, NULL, &result, err));
	assert_string_equal(result.name, "mail/\xc3\xa4");
	vault_close(vault);

	vault = fixture_open(NULL, 0);
	assert_done(vault_get(vault, "mail/\xc3\xa4", &back, err));
	vault_close(vault);
	assert_true(secret_equal(back->password, entry->password));
	assert_string_equal(back->user, "joe");
	assert_true(back->created > 1700000000 && back->password_since == back->created);
	assert_int_equal(back->n_fields, 6);
	assert_string_equal(back->fields[0].text, "https://b.example"); /* in the order they came */
	assert_string_equal(back->fields[1].text, "https://a.example");
	assert_string_equal(entry_field(back, "port")->text, "993");
	assert_int_equal(back->fields[2].kind, FIELD_TAG);
	assert_true(
		secret_equal(entry_field(back, "PIN")->secret, entry_field(entry, "PIN")->secret));
	assert_true(secret_equal(entry_field(back, "note")->secret,
	                         entry_field(entry, "note")->secret));
}

static void a_name_is_found_exactly_or_alone_after_folding(void **state)
{
	VAULT_AUTO *vault = fixture_vault();
	struct entry *entry = NULL;

	(void)state;
	add(vault, "Shop", "one", NULL);
	assert_password(vault, "shop", "one");
	assert_password(vault, "SHOP", "one");
	add(vault, "shop", "two", NULL);
	assert_password(vault, "shop", "two");
	assert_password(vault, "Shop", "one");
	assert_int_equal(vault_get(vault, "SHOP", &entry, NULL),
	                 VAULT_NOT_FOUND); /* which of both? */
	assert_null(entry);
	assert_int_equal(vault_get(vault, "shopp", &entry, NULL), VAULT_NOT_FOUND);
	assert_int_equal(vault_get(vault, "a\nb", &entry, NULL), VAULT_NOT_FOUND);
}

static void a_taken_name_is_refused(void **state)
{
	VAULT_AUTO *vault = fixture_vault();
	ENTRY_AUTO *again = entry_of("shop", "other");
	WRITE_RESULT_AUTO result = {0};

	(void)state;
	add(vault, "shop", "one", NULL);
	assert_int_equal(vault_add(vault, again, NULL, &result, NULL), VAULT_EXISTS);
	assert_password(vault, "shop", "one");
}

static void near_names_are_offered(void **state)
{
	VAULT_AUTO *vault = fixture_vault();
	char *names[2] = {0};
	size_t count = 0;

	(void)state;
	add(vault, "mailserver", "1", NULL);
	add(vault, "webserver", "2", NULL);
	add(vault, "bank", "3", NULL);
	assert_done(vault_nearest(vault, "mailsrver", names, 2, &count, err));
	assert_int_equal(count, 1);
	assert_string_equal(names[0], "mailserver");
	free(names[0]);
	assert_done(vault_nearest(vault, "server", names, 2, &count, err));
	assert_int_equal(count, 2);
	free(names[0]);
	free(names[1]);
	assert_done(vault_nearest(vault, "zzz", names, 2, &count, err));
	assert_int_equal(count, 0);
}

static void edit(struct vault *vault, const char *name, struct entry_edit edit, int expected)
{
	WRITE_RESULT_AUTO result = {0};

	assert_int_equal(vault_edit(vault, name, &edit, NULL, &result, NULL), expected);
	secret_free(edit.password);
}

static int collect_history(void *context, const struct history_item *item)
{
	struct {
		size_t count;
		char passwords[8][16];
		bool open[8];
	} *history = context;

	if (item->password)
		memcpy(history->passwords[history->count], item->password->bytes,
		       item->password->length + 1);
	history->open[history->count++] = item->until == 0;
	return 0;
}

static void an_edit_keeps_the_old_password(void **state)
{
	VAULT_AUTO *vault = fixture_vault();
	struct {
		size_t count;
		char passwords[8][16];
		bool open[8];
	} history = {0};

	(void)state;
	add(vault, "shop", "one", NULL);
	edit(vault, "shop", (struct entry_edit){.password = secret_of("two")}, 0);
	edit(vault, "shop", (struct entry_edit){.password = secret_of("two")}, 0); /* no change */
	edit(vault, "shop", (struct entry_edit){.password = secret_of("three"), .user = "jane"}, 0);
	assert_password(vault, "shop", "three");
	assert_done(vault_history(vault, "shop", true, collect_history, &history, err));
	assert_int_equal(history.count, 3);
	assert_string_equal(history.passwords[0], "three");
	assert_string_equal(history.passwords[1], "two");
	assert_string_equal(history.passwords[2], "one");
	assert_true(history.open[0] && !history.open[1] && !history.open[2]);

	memset(&history, 0, sizeof(history));
	assert_done(vault_history(vault, "shop", false, collect_history, &history, err));
	assert_int_equal(history.count, 3);
	assert_string_equal(history.passwords[0], "");
}

static void an_edit_changes_what_it_names(void **state)
{
	static const char *const clear[] = {"url", "port", NULL}, *const absent[] = {"nothing",
	                                                                             NULL};
	VAULT_AUTO *vault = fixture_vault();
	ENTRY_AUTO *entry = full_entry(), *set = NULL, *back = NULL;
	WRITE_RESULT_AUTO result = {0};

	(void)state;
	assert_done(vault_add(vault, entry, NULL, &result, err));
	assert_done(entry_new(&set, "x", err));
	assert_done(entry_set_text(set, FIELD_URL, NULL, "https://c.example", err));
	assert_done(entry_set_text(set, FIELD_TEXT, "PIN", "now plain", err));
	edit(vault, entry->name, (struct entry_edit){.set = set, .clear = clear, .user = ""}, 0);
	edit(vault, entry->name, (struct entry_edit){.clear = absent}, VAULT_NOT_FOUND);
	edit(vault, "nobody", (struct entry_edit){.user = "x"}, VAULT_NOT_FOUND);
	assert_done(vault_get(vault, entry->name, &back, err));
	assert_null(back->user);
	assert_null(entry_field(back, "port"));
	assert_string_equal(entry_field(back, "url")->text, "https://c.example");
	assert_string_equal(entry_field(back, "PIN")->text, "now plain");
	assert_true(secret_equal(back->password, entry->password));
	assert_int_equal(back->n_fields, 4);
}

static int count_trash(void *context, const struct trash_item *item)
{
	(void)item;
	(*(size_t *)context)++;
	return 0;
}

static void the_trash_gives_back_until_it_is_emptied(void **state)
{
	VAULT_AUTO *vault = fixture_vault();
	WRITE_RESULT_AUTO result = {0};
	struct entry *entry = NULL;
	struct vault_status_info info;
	size_t count = 0;

	(void)state;
	add(vault, "shop", "one", NULL);
	assert_done(vault_remove(vault, "shop", &result, err));
	assert_int_equal(vault_get(vault, "shop", &entry, NULL), VAULT_NOT_FOUND);
	add(vault, "shop", "two", NULL);
	write_result_done(&result);
	assert_int_equal(vault_trash_restore(vault, "shop", NULL, &result, NULL), VAULT_EXISTS);
	write_result_done(&result);
	assert_done(vault_trash_restore(vault, "shop", "old shop", &result, err));
	assert_password(vault, "old shop", "one");
	write_result_done(&result);
	assert_done(vault_remove(vault, "old shop", &result, err));
	assert_done(vault_trash_list(vault, count_trash, &count, err));
	assert_int_equal(count, 1);
	assert_done(vault_trash_empty(vault, NULL, &count, err));
	assert_int_equal(count, 1);
	write_result_done(&result);
	assert_int_equal(vault_trash_restore(vault, "old shop", NULL, &result, NULL),
	                 VAULT_NOT_FOUND);
	assert_done(vault_info(vault, &info, err));
	assert_int_equal(info.entries, 1);
	assert_int_equal(info.trashed, 0);
}

struct names {
	char text[256];
};

static int collect_names(void *context, const struct list_item *item)
{
	struct names *names = context;

	size_t used = strlen(names->text);

	snprintf(names->text + used, sizeof(names->text) - used, "%s ", item->name);
	return 0;
}

static void assert_list(struct vault *vault, struct list_filter filter, const char *expected)
{
	for (int details = 0; details <= 1; details++) {
		struct names names = {0};

		filter.details = details;
		assert_done(vault_list(vault, &filter, collect_names, &names, err));
		assert_string_equal(names.text, expected);
	}
}

static int collect_urls(void *context, const char *name, const char *url)
{
	struct names *names = context;
	size_t used = strlen(names->text);

	snprintf(names->text + used, sizeof(names->text) - used, "%s=%s ", name, url);
	return strcmp(url, "the end") == 0;
}

static void addresses_are_told_with_their_names(void **state)
{
	VAULT_AUTO *vault = fixture_vault();
	struct names names = {0};
	WRITE_RESULT_AUTO result = {0};
	static const char *const urls[][2] = {{"shop", "https://b"},
	                                      {"shop", "https://a"},
	                                      {"bank", "the end"},
	                                      {"gone", "https://c"}};

	(void)state;
	add(vault, "shop", "1", NULL);
	add(vault, "bank", "2", NULL);
	add(vault, "gone", "3", NULL);
	for (size_t i = 0; i < sizeof(urls) / sizeof(urls[0]); i++) {
		ENTRY_AUTO *set = entry_of(urls[i][0], "-");
		struct entry_edit edit = {.set = set};
		assert_done(entry_set_text(set, FIELD_URL, NULL, urls[i][1], err));
		assert_done(vault_edit(vault, urls[i][0], &edit, NULL, &result, err));
		write_result_done(&result);
	}
	assert_done(vault_remove(vault, "gone", &result, err));
	assert_int_equal(vault_urls(vault, collect_urls, &names, NULL), 1);
	assert_string_equal(names.text, "bank=the end ");
	write_result_done(&result);
	assert_done(vault_remove(vault, "bank", &result, err));
	names = (struct names){0};
	assert_done(vault_urls(vault, collect_urls, &names, err));
	assert_string_equal(names.text, "shop=https://b shop=https://a ");
}

#define TAGS(...) \
	(const char *const[]) \
	{ \
		__VA_ARGS__, NULL \
	}

static void lists_are_sorted_and_filtered(void **state)
{
	VAULT_AUTO *vault = fixture_vault();
	ENTRY_AUTO *entry = entry_of("github/work", "4");
	WRITE_RESULT_AUTO result = {0};

	(void)state;
	add(vault, "mailserver", "1", NULL);
	add(vault, "bank", "2", NULL);
	add(vault, "Github/home", "3", NULL);
	assert_done(entry_set_text(entry, FIELD_TAG, NULL, "work", err));
	assert_done(entry_set_text(entry, FIELD_TAG, NULL, "code", err));
	assert_done(vault_add(vault, entry, NULL, &result, err));
	assert_list(vault, (struct list_filter){0}, "Github/home bank github/work mailserver ");
	assert_list(vault, (struct list_filter){.pattern = "GITHUB"}, "Github/home github/work ");
	assert_list(vault, (struct list_filter){.pattern = "*k"}, "bank github/work ");
	assert_list(vault, (struct list_filter){.tags = TAGS("work")}, "github/work ");
	assert_list(vault, (struct list_filter){.tags = TAGS("work"), .pattern = "bank"}, "");
	assert_list(vault, (struct list_filter){.tags = TAGS("work", "code")}, "github/work ");
	assert_list(vault, (struct list_filter){.tags = TAGS("code", "work", "none")}, "");
	assert_list(vault, (struct list_filter){.tags = (const char *const[]){NULL}},
	            "Github/home bank github/work mailserver ");
}

static int collect_text(void *context, const char *text)
{
	const struct list_item item = {.name = text};

	return collect_names(context, &item);
}

/* Each function on a vault and what it gives for a prefix. */
typedef int range_function(struct vault *vault, const char *prefix,
                           int (*each)(void *context, const char *text), void *context,
                           struct error *err);

static void assert_range(struct vault *vault, range_function *range, const char *prefix,
                         const char *expected)
{
	struct names names = {0};

	assert_done(range(vault, prefix, collect_text, &names, err));
	assert_string_equal(names.text, expected);
}

static void add_tagged(struct vault *vault, const char *name, const char *password, const char *tag)
{
	ENTRY_AUTO *entry = entry_of(name, password);
	WRITE_RESULT_AUTO result = {0};

	assert_done(entry_set_text(entry, FIELD_TAG, NULL, tag, err));
	assert_done(vault_add(vault, entry, NULL, &result, err));
}

static void names_and_tags_are_found_by_their_beginning(void **state)
{
	VAULT_AUTO *vault = fixture_vault();
	WRITE_RESULT_AUTO result = {0};

	(void)state;
	add_tagged(vault, "git%hub", "1", "work");
	add_tagged(vault, "git_lab", "2", "work");
	add_tagged(vault, "bank", "3", "wo");
	add_tagged(vault, "\xc3\xa4rger", "4", "gone");
	add_tagged(vault, "gone", "5", "trash");
	assert_done(vault_remove(vault, "gone", &result, err));
	assert_range(vault, vault_names, "", "bank git%hub git_lab \xc3\xa4rger ");
	assert_range(vault, vault_names, "git", "git%hub git_lab ");
	assert_range(vault, vault_names, "git%", "git%hub ");
	assert_range(vault, vault_names, "Git", "");
	assert_range(vault, vault_names, "\xc3", "\xc3\xa4rger ");
	assert_range(vault, vault_names, "\xff", "");
	assert_range(vault, vault_tags, "", "gone wo work ");
	assert_range(vault, vault_tags, "wor", "work ");
	assert_range(vault, vault_tags, "x", "");
}

static void a_batch_is_all_or_nothing(void **state)
{
	VAULT_AUTO *vault = fixture_vault();
	struct entry *entry = NULL;

	(void)state;
	assert_done(vault_batch_begin(vault, err));
	add(vault, "one", "1", NULL);
	add(vault, "two", "2", NULL);
	assert_done(vault_batch_end(vault, true, err));
	assert_done(vault_batch_begin(vault, err));
	add(vault, "three", "3", NULL);
	assert_done(vault_batch_end(vault, false, err));
	assert_password(vault, "two", "2");
	assert_int_equal(vault_get(vault, "three", &entry, NULL), VAULT_NOT_FOUND);
	add(vault, "three", "3", NULL);
}

static void a_reading_vault_does_not_write(void **state)
{
	struct vault *vault = fixture_vault();
	ENTRY_AUTO *entry = entry_of("two", "2");
	WRITE_RESULT_AUTO result = {0};

	(void)state;
	add(vault, "one", "1", NULL);
	vault_close(vault);
	vault = fixture_open(NULL, VAULT_READ_ONLY);
	assert_password(vault, "one", "1");
	assert_fails(vault_add(vault, entry, NULL, &result, err), VAULT_FAILED, "reading only");
	vault_close(vault);
}

static void names_and_fields_have_rules(void **state)
{
	ENTRY_AUTO *entry = entry_of("e\xcc\x81t\xc3\xa9", "x"); /* the first é comes decomposed */
	struct entry *other = NULL;
	char long_name[300];

	(void)state;
	assert_string_equal(entry->name, "\xc3\xa9t\xc3\xa9");
	memset(long_name, 'a', sizeof(long_name));
	long_name[256] = '\0';
	assert_fails(entry_new(&other, long_name, err), VAULT_USAGE, "255");
	assert_fails(entry_new(&other, "", err), VAULT_USAGE, "");
	assert_fails(entry_new(&other, "a\tb", err), VAULT_USAGE, "control");
	assert_fails(entry_new(&other, "\xff", err), VAULT_USAGE, "UTF-8");
	assert_fails(entry_set_text(entry, FIELD_TEXT, "password", "x", err), VAULT_USAGE,
	             "own option");
	assert_fails(entry_set_text(entry, FIELD_TEXT, "", "x", err), VAULT_USAGE, "key");
	assert_fails(entry_set_text(entry, FIELD_TEXT, "k", "\x1b[2J", err), VAULT_USAGE,
	             "control");
	assert_int_equal(entry_clear(entry, "k"), VAULT_NOT_FOUND);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_entry_comes_back_whole),
		cmocka_unit_test(a_name_is_found_exactly_or_alone_after_folding),
		cmocka_unit_test(a_taken_name_is_refused),
		cmocka_unit_test(near_names_are_offered),
		cmocka_unit_test(an_edit_keeps_the_old_password),
		cmocka_unit_test(an_edit_changes_what_it_names),
		cmocka_unit_test(the_trash_gives_back_until_it_is_emptied),
		cmocka_unit_test(addresses_are_told_with_their_names),
		cmocka_unit_test(lists_are_sorted_and_filtered),
		cmocka_unit_test(names_and_tags_are_found_by_their_beginning),
		cmocka_unit_test(a_batch_is_all_or_nothing),
		cmocka_unit_test(a_reading_vault_does_not_write),
		cmocka_unit_test(names_and_fields_have_rules),
	};

	return cmocka_run_group_tests(tests, fixture_group_start, fixture_group_end);
}

/* Finding: where it looks, what comes first, and what is never told. */
#include "fresh_vault.h"

#include <stdio.h>
#include <stdlib.h>

static const char *const places[] = {"name", "user", "url", "tag", "text", "note"};

struct answer {
	char text[1024];
	size_t each, count;
};

static void append(struct answer *answer, const char *text)
{
	size_t used = strlen(answer->text);

	snprintf(answer->text + used, sizeof(answer->text) - used, "%s", text);
}

/* "mail user=joe@example.org|": each entry with where the words are besides its name. */
static int collect(void *context, const struct find_hit *hit)
{
	struct answer *answer = context;

	answer->each++;
	append(answer, hit->name);
	for (size_t i = 0; i < hit->n_matches; i++) {
		const struct find_match *match = &hit->matches[i];

		if (match->place == FIND_NAME)
			continue;
		append(answer, " ");
		append(answer, match->key ? match->key : places[match->place]);
		append(answer, match->text ? "=" : "");
		append(answer, match->text ? match->text : "");
	}
	append(answer, "|");
	return 0;
}

#define assert_found(vault, expected, ...) \
	do { \
		struct answer answer_ = {0}; \
		const struct find_query query_ = { \
			.words = (const char *const[]){__VA_ARGS__, NULL}}; \
		assert_done(vault_find(vault, &query_, collect, &answer_, &answer_.count, err)); \
		assert_string_equal(answer_.text, expected); \
		assert_int_equal(answer_.each, answer_.count); \
	} while (0)

static void put(struct vault *vault, const char *name, const char *user, const char *url,
                const char *tag, const char *note)
{
	WRITE_RESULT_AUTO result = {0};
	ENTRY_AUTO *entry = entry_of(name, "same for all");
	struct secret *secret = note ? secret_of(note) : NULL;

	assert_done(entry_set_user(entry, user, err));
	if (url)
		assert_done(entry_set_text(entry, FIELD_URL, NULL, url, err));
	if (tag)
		assert_done(entry_set_text(entry, FIELD_TAG, NULL, tag, err));
	if (secret)
		assert_done(entry_set_secret(entry, FIELD_NOTE, NULL, &secret, err));
	assert_done(vault_add(vault, entry, "a test", &result, err));
}

static void the_kind_of_match_ranks(void **state)
{
	VAULT_AUTO *vault = fixture_vault();

	(void)state;
	put(vault, "hotmail", NULL, NULL, NULL, NULL);
	put(vault, "my mail", NULL, NULL, NULL, NULL);
	put(vault, "work/mail", NULL, NULL, NULL, NULL);
	put(vault, "mailserver", NULL, NULL, NULL, NULL);
	put(vault, "Mail", NULL, NULL, NULL, NULL);
	assert_found(vault, "Mail|mailserver|my mail|work/mail|hotmail|", "mail");
}

static void the_place_ranks_before_the_kind(void **state)
{
	VAULT_AUTO *vault = fixture_vault();

	(void)state;
	put(vault, "a", NULL, NULL, NULL, "mail");
	put(vault, "b", NULL, NULL, "mail", NULL);
	put(vault, "c", NULL, "https://mail.example/", NULL, NULL);
	put(vault, "d", "mail", NULL, NULL, NULL);
	put(vault, "hotmail", NULL, NULL, NULL, NULL);
	assert_found(vault, "hotmail|d user=mail|c url=https://mail.example/|b tag=mail|a note|",
	             "mail");
}

static void every_word_must_be_somewhere(void **state)
{
	VAULT_AUTO *vault = fixture_vault();

	(void)state;
	put(vault, "mailserver", "anna@example.org", "https://mail.example.org", "work", NULL);
	put(vault, "webmail", "joe", NULL, "work", "anna set it up");
	put(vault, "shop", "anna@example.org", NULL, NULL, NULL);
	assert_found(vault, "mailserver user=anna@example.org|webmail note|", "anna", "mail");
	assert_found(vault, "webmail user=joe tag=work note|", "work", "joe", "anna");
	assert_found(vault, "mailserver user=anna@example.org|", "mailserver", "anna", "example");
	assert_found(vault, "", "mailserver", "joe");
	assert_found(vault, "webmail note|", "set it"); /* with its blank */
}

static void case_and_ways_of_writing_are_the_same(void **state)
{
	VAULT_AUTO *vault = fixture_vault();

	(void)state;
	put(vault, "Caf\u00e9 M\u00fcnchen", "\u0410\u043d\u043d\u0430", NULL, NULL,
	    "Stra\u00dfe der \uff26\uff35\uff2c\uff2c Na\u00efvet\u00e9");
	assert_found(vault, "Caf\u00e9 M\u00fcnchen|", "cafe\u0301");
	assert_found(vault, "Caf\u00e9 M\u00fcnchen|", "M\u00dcNCHEN");
	assert_found(vault, "Caf\u00e9 M\u00fcnchen user=\u0410\u043d\u043d\u0430|",
	             "\u0430\u041d\u041d");
	assert_found(vault, "Caf\u00e9 M\u00fcnchen note|", "STRASSE");
	assert_found(vault, "Caf\u00e9 M\u00fcnchen note|", "full", "nai\u0308vete\u0301");
	assert_found(vault, "", "cafes");
}

static void secrets_are_neither_searched_nor_told(void **state)
{
	VAULT_AUTO *vault = fixture_vault();
	WRITE_RESULT_AUTO result = {0};
	ENTRY_AUTO *entry = entry_of("x", "needle-password");
	struct secret *pin = secret_of("needle-pin"), *note = NULL;

	(void)state;
	assert_done(secret_copy(&note, "a\0Byte-Note\xff", 12, err));
	assert_done(entry_set_secret(entry, FIELD_SECRET, "pin", &pin, err));
	assert_done(entry_set_secret(entry, FIELD_NOTE, NULL, &note, err));
	assert_done(entry_set_text(entry, FIELD_TEXT, "port", "needle-993", err));
	assert_done(vault_add(vault, entry, NULL, &result, err));
	assert_found(vault, "x port=needle-993|", "needle");
	assert_found(vault, "", "needle-p");
	/* What is no text is searched as it is. */
	assert_found(vault, "", "byte-note");
	assert_found(vault, "x note|", "yte-");
}

static void long_notes_and_short_ones_take_turns(void **state)
{
	enum {
		LENGTH = 60000
	};
	VAULT_AUTO *vault = fixture_vault();
	char *note = calloc(1, LENGTH + 16);

	(void)state;
	assert_non_null(note);
	for (size_t i = 0; i < LENGTH; i += 2)
		memcpy(note + i, "\xc3\x84", 2);
	memcpy(note + LENGTH, "Kaffee", 7);
	put(vault, "a", NULL, NULL, NULL, "kaffee");
	put(vault, "b", NULL, NULL, NULL, note);
	put(vault, "c", NULL, NULL, NULL, "KAFFEE \u00e4");
	put(vault, "d", NULL, NULL, NULL, "tee");
	assert_found(vault, "a note|c note|b note|", "kaffee");
	free(note);
}

static void the_trash_is_left_out(void **state)
{
	VAULT_AUTO *vault = fixture_vault();
	WRITE_RESULT_AUTO result = {0};

	(void)state;
	put(vault, "mail", NULL, NULL, NULL, NULL);
	put(vault, "mail 2", NULL, NULL, NULL, NULL);
	assert_done(vault_remove(vault, "mail", &result, err));
	assert_found(vault, "mail 2|", "mail");
}

static int stop(void *context, const struct find_hit *hit)
{
	(void)hit;
	++*(int *)context;
	return 42;
}

static void the_best_come_within_the_limit(void **state)
{
	VAULT_AUTO *vault = fixture_vault();
	struct answer answer = {0};
	struct find_query query = {.words = (const char *const[]){"mail", NULL}, .limit = 2};
	int told = 0;

	(void)state;
	put(vault, "a mail", NULL, NULL, NULL, NULL);
	put(vault, "webmail", NULL, NULL, NULL, NULL);
	put(vault, "mail", NULL, NULL, NULL, NULL);
	assert_done(vault_find(vault, &query, collect, &answer, &answer.count, err));
	assert_string_equal(answer.text, "mail|a mail|");
	assert_int_equal(answer.count, 3);
	assert_int_equal(vault_find(vault, &query, stop, &told, &answer.count, NULL), 42);
	assert_int_equal(told, 1);
}

static int find_words(struct vault *vault, const char *const *words, struct error *err)
{
	struct answer answer = {0};

	return vault_find(vault, &(struct find_query){.words = words}, collect, &answer,
	                  &answer.count, err);
}

static void what_cannot_be_looked_for_is_refused(void **state)
{
	VAULT_AUTO *vault = fixture_vault();
	const char *many[FIND_WORDS_MAX + 2] = {0};

	(void)state;
	assert_fails(find_words(vault, many, err), VAULT_USAGE, "nothing to look for");
	many[0] = "";
	assert_fails(find_words(vault, many, err), VAULT_USAGE, "nothing to look for");
	many[0] = "\u00ad";
	assert_fails(find_words(vault, many, err), VAULT_USAGE, "nothing to look for");
	many[0] = "\xff";
	assert_fails(find_words(vault, many, err), VAULT_USAGE, "UTF-8");
	for (size_t i = 0; i <= FIND_WORDS_MAX; i++)
		many[i] = "a";
	assert_fails(find_words(vault, many, err), VAULT_USAGE, "at most 16 words");
	many[FIND_WORDS_MAX] = NULL;
	assert_done(find_words(vault, many, err));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_kind_of_match_ranks),
		cmocka_unit_test(the_place_ranks_before_the_kind),
		cmocka_unit_test(every_word_must_be_somewhere),
		cmocka_unit_test(case_and_ways_of_writing_are_the_same),
		cmocka_unit_test(secrets_are_neither_searched_nor_told),
		cmocka_unit_test(long_notes_and_short_ones_take_turns),
		cmocka_unit_test(the_trash_is_left_out),
		cmocka_unit_test(the_best_come_within_the_limit),
		cmocka_unit_test(what_cannot_be_looked_for_is_refused),
	};

	return cmocka_run_group_tests(tests, fixture_group_start, fixture_group_end);
}

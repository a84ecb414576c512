/* The audit's families: whose password is a variant of whose, what differs, and that many of one
 * form cost no more than few. */
#include "fresh_vault.h"

#include <stdio.h>

#include <vault/audit.h>

#define LINES_MAX 64

/* What audit_families told, a line for each family: "now a~b:year changed c~b(past):…". */
struct told {
	size_t count, n_links;
	char lines[LINES_MAX][512];
};

static int remember(void *context, const struct audit_family *family)
{
	struct told *told = context;
	char *line = told->lines[told->count], words[VARIANT_WORDS_SIZE];

	assert_true(told->count < LINES_MAX);
	told->n_links = family->n_links;
	assert_int_equal(family->n_uses, family->n_links + 1);
	snprintf(line, 512, "%s", family->now ? "now" : "once");
	for (size_t i = 0; i < family->n_links; i++) {
		const struct audit_link *link = &family->links[i];
		const struct audit_use *from = &family->uses[link->from];
		const struct audit_use *to = &family->uses[link->to];
		size_t length = strlen(line);

		assert_int_equal(to->until, 0);
		assert_int_equal(to->state, ENTRY_LIVE);
		snprintf(line + length, 512 - length, " %s%s~%s:%s%s%s", from->name,
		         from->until != 0 ? "(past)" : "", to->name,
		         link->how ? variant_words(link->how, words) : "same",
		         from->reason ? "=" : "", from->reason ? from->reason : "");
	}
	told->count++;
	return 0;
}

static struct told audit(struct vault *vault)
{
	struct told told = {0};
	size_t families = 99;

	assert_done(audit_families(vault, remember, &told, &families, err));
	assert_int_equal(families, told.count);
	return told;
}

static void change(struct vault *vault, const char *name, const char *password)
{
	WRITE_RESULT_AUTO result = {0};

	assert_int_equal(try_edit(vault, name, password, "r", &result), 0);
}

static void assert_told(struct vault *vault, const char *line)
{
	struct told told = audit(vault);

	assert_int_equal(told.count, line ? 1 : 0);
	if (line)
		assert_string_equal(told.lines[0], line);
}

static void strangers_are_no_family(void **state)
{
	VAULT_AUTO *vault = fixture_vault();

	(void)state;
	assert_told(vault, NULL);
	add(vault, "a", "one thing", NULL);
	add(vault, "b", "another", NULL);
	add(vault, "c", "another", "only shared");
	assert_told(vault, NULL);
}

static void variants_in_use(void **state)
{
	VAULT_AUTO *vault = fixture_vault();

	(void)state;
	add(vault, "shop", "Sakura2013!", NULL);
	add(vault, "mail", "Sakura2014!", "r");
	assert_told(vault, "now mail~shop:year changed=r");
	add(vault, "forum", "correct horse", NULL);
	add(vault, "bank", "correct house", "r");
	add(vault, "work", "Sakura2013!", "r");
	assert_string_equal(audit(vault).lines[0], "now mail~shop:year changed=r work~shop:same=r");
	assert_string_equal(audit(vault).lines[1], "now bank~forum:one character differs=r");
}

/* A past of one's own is none of the family's; another's is. */
static void former_ones(void **state)
{
	VAULT_AUTO *vault = fixture_vault();

	(void)state;
	add(vault, "shop", "Sakura2013!", NULL);
	change(vault, "shop", "Sakura2014!");
	assert_told(vault, NULL);
	add(vault, "mail", "sakura2014!", "r");
	assert_told(vault, "now mail~shop:upper and lower case=r "
	                   "shop(past)~mail:upper and lower case, year changed");
	change(vault, "shop", "something new");
	assert_string_equal(audit(vault).lines[0] + 4,
	                    " shop(past)~mail:upper and lower case, year changed "
	                    "shop(past)~mail:upper and lower case");
	assert_memory_equal(audit(vault).lines[0], "once", 4);
	change(vault, "mail", "quite another");
	assert_told(vault, NULL);
}

static void trash_and_erased_ones(void **state)
{
	VAULT_AUTO *vault = fixture_vault();
	WRITE_RESULT_AUTO result = {0};
	size_t emptied = 0;

	(void)state;
	add(vault, "shop", "Sakura2013!", NULL);
	add(vault, "mail", "sakura2013!", "r");
	assert_done(vault_remove(vault, "shop", &result, err));
	assert_told(vault, "once shop~mail:upper and lower case");
	assert_done(vault_trash_empty(vault, NULL, &emptied, err));
	assert_told(vault, "once shop(past)~mail:what differs is not known any more");
}

/* Every pair that is one edit apart is found, where all have the same half. */
static void edits_among_many_of_one_half(void **state)
{
	VAULT_AUTO *vault = fixture_vault();
	struct told told;

	(void)state;
	assert_done(vault_batch_begin(vault, err));
	for (unsigned i = 0; i < 40; i++) {
		char name[16], password[32];

		snprintf(name, sizeof(name), "e%02u", i);
		snprintf(password, sizeof(password), "%08x#473829!", i * 2654435761u);
		add(vault, name, password, "r");
	}
	assert_done(vault_batch_end(vault, true, err));
	assert_told(vault, NULL);
	add(vault, "changed", "00000001#473829!", "r");
	add(vault, "added", "x00000000#473829!", "r");
	add(vault, "left out", "9e3779b#473829!", "r");
	told = audit(vault);
	assert_int_equal(told.count, 2);
	assert_string_equal(told.lines[0], "now changed~e00:one character differs=r "
	                                   "added~e00:one character differs=r");
	assert_string_equal(told.lines[1], "now left out~e01:one character differs=r");
}

static void many_of_one_word_are_one_family(void **state)
{
	VAULT_AUTO *vault = fixture_vault();
	struct told told;

	(void)state;
	assert_done(vault_batch_begin(vault, err));
	for (unsigned i = 0; i < 100; i++) {
		char name[16], password[32];

		snprintf(name, sizeof(name), "e%u", i);
		snprintf(password, sizeof(password), "Sakura%u", i);
		add(vault, name, password, "r");
	}
	assert_done(vault_batch_end(vault, true, err));
	told = audit(vault);
	assert_int_equal(told.count, 1);
	assert_int_equal(told.n_links, 99);
}

static void locked(void **state)
{
	VAULT_AUTO *vault = NULL;
	struct told told = {0};
	size_t families = 7;

	(void)state;
	assert_done(vault_open(fixture_path(), 0, &vault, err));
	assert_fails(audit_families(vault, remember, &told, &families, err), VAULT_LOCKED,
	             "locked");
	assert_int_equal(families, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(strangers_are_no_family),
		cmocka_unit_test(variants_in_use),
		cmocka_unit_test(former_ones),
		cmocka_unit_test(trash_and_erased_ones),
		cmocka_unit_test(edits_among_many_of_one_half),
		cmocka_unit_test(many_of_one_word_are_one_family),
		cmocka_unit_test(locked),
	};

	return cmocka_run_group_tests_name("families", tests, fixture_group_start,
	                                   fixture_group_end);
}

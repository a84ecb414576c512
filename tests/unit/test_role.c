/* What an entry is for, as its name, user, addresses and tags tell it. */
#include "unit.h"

#include "audit/role.h"

struct example {
	enum role role;
	const char *name, *user, *urls[3], *tags[2];
};

static enum role judge(const struct example *example)
{
	ENTRY_AUTO *entry = NULL;

	assert_done(entry_new(&entry, example->name, err));
	assert_done(entry_set_user(entry, example->user, err));
	for (size_t i = 0; i < 3 && example->urls[i]; i++)
		assert_done(entry_set_text(entry, FIELD_URL, NULL, example->urls[i], err));
	for (size_t i = 0; i < 2 && example->tags[i]; i++)
		assert_done(entry_set_text(entry, FIELD_TAG, NULL, example->tags[i], err));
	return role_of(entry);
}

static void test_examples(void **state)
{
	static const struct example examples[] = {
		/* known services, and what is below them */
		{ROLE_MAILBOX, "m", NULL, {"https://mail.google.com/mail/u/0"}, {NULL}},
		{ROLE_IDENTITY, "g", NULL, {"https://accounts.google.com"}, {NULL}},
		{ROLE_MONEY, "p", NULL, {"https://www.paypal.com/signin"}, {NULL}},
		{ROLE_WORK, "h", NULL, {"github.com"}, {NULL}},
		{ROLE_WORK, "h", NULL, {"HTTPS://joe:x@GitHub.COM.:443/a?b@c"}, {NULL}},
		{ROLE_OTHER,
	         "h",
	         NULL,
	         {"https://notgithub.com", "https://x.example/github.com"},
	         {NULL}},
		/* words: whole ones, of the name and of a host's labels */
		{ROLE_MAILBOX, "mailserver", "joe", {NULL}, {NULL}},
		{ROLE_MAILBOX, "Joe's e-mail", NULL, {NULL}, {NULL}},
		{ROLE_MAILBOX, "x", NULL, {"https://webmail.example.org"}, {NULL}},
		{ROLE_MAILBOX, "x", NULL, {"imaps://box.example.org:993"}, {NULL}},
		{ROLE_OTHER, "mailchimp", NULL, {"https://mailchimp.example"}, {NULL}},
		{ROLE_OTHER, "x", NULL, {"https://shop.mail"}, {NULL}}, /* the last label */
		{ROLE_MONEY, "my Bank", NULL, {NULL}, {NULL}},
		{ROLE_OTHER, "powerbanks", NULL, {NULL}, {NULL}},
		{ROLE_WORK, "office-vpn", NULL, {NULL}, {NULL}},
		{ROLE_WORK, "sites/gitlab.com/joe", NULL, {NULL}, {NULL}},
		{ROLE_OTHER, "Caf\xc3\xa9 Lumi\xc3\xa8re", NULL, {NULL}, {NULL}},
		/* a provider's account, by its own address alone */
		{ROLE_MAILBOX, "google", "joe@gmail.com", {NULL}, {NULL}},
		{ROLE_MAILBOX, "x", "Joe@GoogleMail.com", {"https://accounts.google.com"}, {NULL}},
		{ROLE_IDENTITY, "x", "joe@example.org", {"https://accounts.google.com"}, {NULL}},
		{ROLE_OTHER, "shop", "joe@gmail.com", {"https://shop.example"}, {NULL}},
		{ROLE_MAILBOX, "joe@example.org", NULL, {NULL}, {NULL}},
		{ROLE_OTHER, "shop.example/joe@example.org", NULL, {NULL}, {NULL}},
		/* the worst counts, a tag decides */
		{ROLE_MONEY, "work", NULL, {"https://github.com", "https://paypal.com"}, {NULL}},
		{ROLE_OTHER, "Mail order", "joe@gmail.com", {NULL}, {"role:other"}},
		{ROLE_MONEY, "shop", NULL, {"https://mail.google.com"}, {"role:money"}},
		{ROLE_MONEY, "shop", NULL, {NULL}, {"role:work", "role:money"}},
		{ROLE_OTHER, "shop", NULL, {NULL}, {"money", "role:cash"}},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(examples) / sizeof(examples[0]); i++)
		if (judge(&examples[i]) != examples[i].role)
			fail_msg("example %zu, '%s': %s", i, examples[i].name,
			         role_word(judge(&examples[i])));
}

static void test_words(void **state)
{
	enum role role;

	(void)state;
	for (enum role i = ROLE_OTHER; i <= ROLE_MAILBOX; i++) {
		assert_true(role_by_word(role_word(i), &role));
		assert_int_equal(role, i);
	}
	assert_false(role_by_word("", &role));
	assert_false(role_by_word("Money", &role));
}

/* Whatever an entry may hold. */
static void test_oddities(void **state)
{
	static const char *const urls[] = {"://",      "https://", "@",
	                                   "a@b@c",    "..",       ".com",
	                                   "x://@",    "[::1]",    "http://[::1]:80/",
	                                   "a..b.com", "-"};
	char longest[1000];

	(void)state;
	for (size_t i = 0; i < sizeof(urls) / sizeof(urls[0]); i++)
		assert_int_equal(judge(&(struct example){0, "x", urls[i], {urls[i]}, {NULL}}),
		                 ROLE_OTHER);
	memset(longest, 'a', sizeof(longest) - 1);
	longest[sizeof(longest) - 1] = '\0';
	memcpy(longest + 500, ".com", 4);
	assert_int_equal(judge(&(struct example){0, "x", longest, {longest}, {NULL}}), ROLE_OTHER);
	longest[255] = '\0';
	longest[100] = '@';
	assert_int_equal(judge(&(struct example){0, longest, longest, {longest}, {NULL}}),
	                 ROLE_OTHER);
}

static void assert_in_order(const struct role_known *table, size_t count)
{
	assert_true(count > 40);
	for (size_t i = 0; i < count; i++) {
		assert_true(i == 0 || strcmp(table[i - 1].text, table[i].text) < 0);
		assert_true(table[i].role != ROLE_OTHER);
	}
}

static void test_tables(void **state)
{
	const struct role_known *table;
	size_t count;

	(void)state;
	table = role_known_words(&count);
	assert_in_order(table, count);
	for (size_t i = 0; i < count; i++)
		assert_int_equal(role_of_word(table[i].text, strlen(table[i].text)), table[i].role);
	assert_int_equal(role_of_word("", 0), ROLE_OTHER);
	assert_int_equal(role_of_word("zzz", 3), ROLE_OTHER);
	table = role_known_sites(&count);
	assert_in_order(table, count);
	for (size_t i = 0; i < count; i++)
		assert_int_equal(role_of_site(table[i].text), table[i].role);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_examples),
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_tables),
		cmocka_unit_test(test_oddities),
	};

	return cmocka_run_group_tests_name("role", tests, NULL, NULL);
}

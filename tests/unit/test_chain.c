/* The recovery chain: who falls with whom, by what was said and by what follows. */
#include "fresh_vault.h"

#include <stdio.h>
#include <stdlib.h>

#include <vault/chain.h>

/* Adds an entry with fields: a letter for each kind, 'u' URL, 't' tag, 'm' the field "E-Mail", 'r'
 * the name of an entry that it is reset through. */
static void put(struct vault *vault, const char *name, const char *user, const char *kinds,
                const char *const *texts)
{
	WRITE_RESULT_AUTO result = {0};
	ENTRY_AUTO *entry = entry_of(name, name);

	assert_done(entry_set_user(entry, user, err));
	for (size_t i = 0; kinds[i]; i++) {
		enum field_kind kind = kinds[i] == 'u'   ? FIELD_URL
		                       : kinds[i] == 't' ? FIELD_TAG
		                       : kinds[i] == 'm' ? FIELD_TEXT
		                                         : FIELD_RESETS;
		char uuid[VAULT_UUID_SIZE];

		if (kind == FIELD_RESETS)
			assert_done(vault_uuid(vault, texts[i], uuid, err));
		assert_done(entry_set_text(entry, kind, kind == FIELD_TEXT ? "E-Mail" : NULL,
		                           kind == FIELD_RESETS ? uuid : texts[i], err));
	}
	assert_done(vault_add(vault, entry, "a test", &result, err));
}

#define PUT(vault, name, user, kinds, ...) \
	put(vault, name, user, kinds, (const char *const[]){__VA_ARGS__})

static void say(struct vault *vault, const char *name, const char *target)
{
	WRITE_RESULT_AUTO result = {0};
	ENTRY_AUTO *set = NULL;
	char uuid[VAULT_UUID_SIZE];

	assert_done(entry_new(&set, name, err));
	assert_done(vault_uuid(vault, target, uuid, err));
	assert_done(entry_set_text(set, FIELD_RESETS, NULL, uuid, err));
	assert_done(vault_edit(vault, name, &(struct entry_edit){.set = set}, NULL, &result, err));
}

static int remember(void *context, const struct chain_link *link)
{
	char *line = context;
	size_t length = strlen(line);

	snprintf(line + length, 1024 - length, "%s%u %s<%s%s%s", length ? "; " : "", link->steps,
	         link->entry->name, link->via->name, link->address ? " " : "",
	         link->address ? link->address : "");
	return 0;
}

static int add_one(void *context, const struct chain_link *link)
{
	*(size_t *)context += link->steps > 0;
	return 0;
}

/* "STEPS NAME<VIA[ ADDRESS]; …" of what falls with an entry. */
static const char *falls(struct vault *vault, const char *name)
{
	static char line[1024];
	CHAIN_AUTO *chain = NULL;
	const struct chain_entry *entry;
	size_t count = 0;

	line[0] = '\0';
	assert_done(chain_make(vault, &chain, err));
	entry = chain_find(chain, name);
	assert_non_null(entry);
	assert_done(chain_falls(chain, entry, remember, line, err));
	for (const char *p = line; *p; p++)
		count += *p == '<';
	assert_int_equal(entry->falls, count);
	return line;
}

static void test_by_address(void **state)
{
	VAULT_AUTO *vault = fixture_vault();

	(void)state;
	PUT(vault, "mailserver", "Joe@Example.org", "u", "imap://mail.example.org");
	PUT(vault, "shop", "joe@example.ORG", "u", "https://shop.example");
	PUT(vault, "forum", "joe", "m", "joe@example.org");
	PUT(vault, "news.example/joe@example.org", NULL, "", NULL);
	PUT(vault, "club", "ann@example.org", "", NULL);
	PUT(vault, "other", "joe", "", NULL);
	assert_string_equal(falls(vault, "mailserver"),
	                    "1 forum<mailserver joe@example.org; "
	                    "1 news.example/joe@example.org<mailserver joe@example.org; "
	                    "1 shop<mailserver joe@example.org");
	assert_string_equal(falls(vault, "shop"), "");
}

/* A user name alone makes no chain, however many have it, mailboxes among them. */
static void test_equal_users(void **state)
{
	VAULT_AUTO *vault = fixture_vault();

	(void)state;
	PUT(vault, "mailserver", "admin", "u", "https://mail.example.org");
	PUT(vault, "router", "admin", "u", "https://router.example");
	PUT(vault, "blog", "admin", "u", "https://example.org/blog");
	PUT(vault, "shop", "joe@gmail.com", "u", "https://shop.example");
	PUT(vault, "forum", "joe@gmail.com", "u", "https://forum.example");
	assert_string_equal(falls(vault, "mailserver"), "");
	assert_string_equal(falls(vault, "shop"), "");
	/* But a mailbox's user at its domain is an address. */
	PUT(vault, "wiki", "admin@example.org", "", NULL);
	PUT(vault, "wiki2", "admin@mail.example.org", "", NULL);
	PUT(vault, "wiki3", "admin@example.net", "", NULL);
	assert_string_equal(falls(vault, "mailserver"),
	                    "1 wiki<mailserver admin@example.org; "
	                    "1 wiki2<mailserver admin@mail.example.org");
}

static void test_providers_and_domains(void **state)
{
	VAULT_AUTO *vault = fixture_vault();

	(void)state;
	PUT(vault, "google", "joe@gmail.com", "u", "https://accounts.google.com");
	PUT(vault, "proton", "joe", "u", "https://account.proton.me");
	PUT(vault, "webmail example.org", NULL, "", NULL);
	PUT(vault, "a", "joe@gmail.com", "", NULL);
	PUT(vault, "b", "joe@pm.me", "", NULL);
	PUT(vault, "c", "anybody@example.org", "", NULL);
	PUT(vault, "d", "ann@gmail.com", "", NULL);
	assert_string_equal(falls(vault, "google"), "1 a<google joe@gmail.com");
	assert_string_equal(falls(vault, "proton"), "1 b<proton joe@pm.me");
	assert_string_equal(falls(vault, "webmail example.org"),
	                    "1 c<webmail example.org @example.org");
	/* Who has the very address comes before who has the domain. */
	PUT(vault, "anybody@example.org", NULL, "", NULL);
	assert_string_equal(falls(vault, "webmail example.org"), "");
	assert_string_equal(falls(vault, "anybody@example.org"),
	                    "1 c<anybody@example.org anybody@example.org");
}

static void test_said(void **state)
{
	VAULT_AUTO *vault = fixture_vault();
	WRITE_RESULT_AUTO renamed = {0}, removed = {0};

	(void)state;
	PUT(vault, "phone", NULL, "", NULL);
	PUT(vault, "mail", "joe@example.org", "", NULL);
	PUT(vault, "bank", "joe@example.org", "r", "phone");
	PUT(vault, "shop", "joe@example.org", "", NULL);
	assert_string_equal(falls(vault, "phone"), "1 bank<phone");
	assert_string_equal(falls(vault, "mail"), "1 shop<mail joe@example.org"); /* not the bank */
	assert_done(vault_rename(vault, "phone", "mobile", &renamed, err));
	assert_string_equal(falls(vault, "mobile"), "1 bank<mobile");
	say(vault, "bank", "mail");
	assert_string_equal(falls(vault, "mail"), "1 bank<mail; 1 shop<mail joe@example.org");
	assert_string_equal(falls(vault, "mobile"), "1 bank<mobile");
	assert_done(vault_remove(vault, "mobile", &removed, err));
	assert_string_equal(falls(vault, "mail"), "1 bank<mail; 1 shop<mail joe@example.org");
}

/* Chains, and circles of mailboxes that are reset through each other. */
static void test_at_a_remove(void **state)
{
	VAULT_AUTO *vault = fixture_vault();
	CHAIN_AUTO *chain = NULL;
	const struct chain_entry *const *hubs;
	size_t count;

	(void)state;
	PUT(vault, "mail a", "a@one.example", "m", "b@two.example");
	PUT(vault, "mail b", "b@two.example", "m", "a@one.example");
	PUT(vault, "domains", "b@two.example", "", NULL);
	PUT(vault, "mail c", "c@three.example", "r", "domains");
	PUT(vault, "shop", "c@three.example", "", NULL);
	assert_string_equal(falls(vault, "mail a"),
	                    "1 mail b<mail a a@one.example; 2 domains<mail b b@two.example; "
	                    "3 mail c<domains; 4 shop<mail c c@three.example");
	assert_string_equal(falls(vault, "mail b"),
	                    "1 domains<mail b b@two.example; 1 mail a<mail b b@two.example; "
	                    "2 mail c<domains; 3 shop<mail c c@three.example");
	say(vault, "domains", "mail c"); /* a circle of two, out of the other one */
	assert_string_equal(falls(vault, "mail a"), "1 mail b<mail a a@one.example");
	assert_string_equal(falls(vault, "mail c"),
	                    "1 domains<mail c; 1 shop<mail c c@three.example");
	say(vault, "mail c", "mail c"); /* itself: nothing */
	assert_string_equal(falls(vault, "shop"), "");
	assert_done(chain_make(vault, &chain, err));
	hubs = chain_hubs(chain, &count);
	assert_int_equal(count, 4);
	assert_string_equal(hubs[0]->name, "domains"); /* two each, by name */
	assert_string_equal(hubs[1]->name, "mail c");
	assert_string_equal(hubs[3]->name, "mail b");
	assert_int_equal(hubs[1]->role, ROLE_MAILBOX);
	chain_entries(chain, &count);
	assert_int_equal(count, 5);
	assert_null(chain_find(chain, "Shop"));
}

/* Several mailboxes of one address: each of them lets all fall, none the other. */
static void test_one_address_twice(void **state)
{
	VAULT_AUTO *vault = fixture_vault();

	(void)state;
	PUT(vault, "imap", "joe@example.org", "", NULL);
	PUT(vault, "webmail", "joe@example.org", "m", "joe@example.org");
	PUT(vault, "shop", "joe@example.org", "", NULL);
	PUT(vault, "Mail order", "joe@example.org", "t", "role:other");
	assert_string_equal(falls(vault, "imap"), "1 Mail order<imap joe@example.org; "
	                                          "1 shop<imap joe@example.org");
	assert_string_equal(falls(vault, "webmail"), "1 Mail order<webmail joe@example.org; "
	                                             "1 shop<webmail joe@example.org");
}

/* Entries 0 … n - 1, each reset through up to two others at random; counted again one by one. */
static void random_chain(unsigned seed, unsigned n, unsigned ways)
{
	VAULT_AUTO *vault = fixture_vault();
	CHAIN_AUTO *chain = NULL;
	const struct chain_entry *all;
	size_t count;
	char name[16], target[16];

	assert_done(vault_batch_begin(vault, err));
	for (unsigned i = 0; i < n; i++) {
		snprintf(name, sizeof(name), "n%u", i);
		add(vault, name, name, "a test");
	}
	for (unsigned i = 0; i < n * ways; i++) {
		seed = seed * 1103515245 + 12345;
		snprintf(name, sizeof(name), "n%u", i % n);
		snprintf(target, sizeof(target), "n%u", seed / 65536 % n);
		if (seed % 5 != 0)
			say(vault, name, target);
	}
	assert_done(vault_batch_end(vault, true, err));
	assert_done(chain_make(vault, &chain, err));
	all = chain_entries(chain, &count);
	assert_int_equal(count, n);
	for (size_t i = 0; i < n; i++) {
		size_t told = 0;

		assert_done(chain_falls(chain, &all[i], add_one, &told, err));
		assert_int_equal(all[i].falls, told);
	}
}

static void test_counts(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 6; i++)
		random_chain(i, 8 + 5 * i, 1 + i % 2);
}

static int stop(void *context, const struct chain_link *link)
{
	(void)link;
	return ++*(int *)context == 2 ? 42 : 0;
}

static void test_ends(void **state)
{
	VAULT_AUTO *vault = fixture_vault();
	CHAIN_AUTO *chain = NULL, *locked = NULL;
	VAULT_AUTO *closed = NULL;
	size_t count = 9;
	int calls = 0;

	(void)state;
	assert_done(chain_make(vault, &chain, err));
	chain_entries(chain, &count);
	assert_int_equal(count, 0);
	assert_null(chain_find(chain, "x"));
	chain_free(chain);
	chain = NULL;
	PUT(vault, "mail", "joe@example.org", "", NULL);
	PUT(vault, "a", "joe@example.org", "", NULL);
	PUT(vault, "b", "joe@example.org", "", NULL);
	PUT(vault, "c", "joe@example.org", "", NULL);
	assert_done(chain_make(vault, &chain, err));
	assert_int_equal(chain_falls(chain, chain_find(chain, "mail"), stop, &calls, NULL), 42);
	assert_done(vault_open(fixture_path(), 0, &closed, err));
	assert_fails(chain_make(closed, &locked, err), VAULT_LOCKED, "locked");
}

static void test_uuids(void **state)
{
	VAULT_AUTO *vault = fixture_vault();
	WRITE_RESULT_AUTO result = {0};
	ENTRY_AUTO *entry = entry_of("x", "y");
	char uuid[VAULT_UUID_SIZE];
	enum entry_state is = ENTRY_PURGED;
	char *name = NULL;

	(void)state;
	add(vault, "one", "1", NULL);
	assert_done(vault_uuid(vault, "ONE", uuid, err));
	assert_done(vault_by_uuid(vault, uuid, &name, &is, err));
	assert_string_equal(name, "one");
	assert_int_equal(is, ENTRY_LIVE);
	free(name);
	assert_done(vault_remove(vault, "one", &result, err));
	assert_done(vault_by_uuid(vault, uuid, &name, &is, err));
	assert_int_equal(is, ENTRY_TRASHED);
	free(name);
	uuid[0] = uuid[0] == '0' ? '1' : '0';
	assert_int_equal(vault_by_uuid(vault, uuid, &name, &is, NULL), VAULT_NOT_FOUND);
	assert_int_equal(vault_by_uuid(vault, "one", &name, &is, NULL), VAULT_NOT_FOUND);
	assert_int_equal(vault_uuid(vault, "two", uuid, NULL), VAULT_NOT_FOUND);
	assert_fails(entry_set_text(entry, FIELD_RESETS, NULL, "one", err), VAULT_USAGE, "uuid");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_by_address),
		cmocka_unit_test(test_equal_users),
		cmocka_unit_test(test_providers_and_domains),
		cmocka_unit_test(test_said),
		cmocka_unit_test(test_at_a_remove),
		cmocka_unit_test(test_one_address_twice),
		cmocka_unit_test(test_counts),
		cmocka_unit_test(test_ends),
		cmocka_unit_test(test_uuids),
	};

	return cmocka_run_group_tests_name("chain", tests, fixture_group_start, fixture_group_end);
}

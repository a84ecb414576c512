/* A change of password in two steps, and who has to be told of it. */
#include "fresh_vault.h"

#include <string.h>

#include <vault/consumer.h>
#include <vault/incident.h>
#include <vault/rotate.h>

static int try_begin(struct vault *vault, const char *name, const char *password,
                     struct write_result *result)
{
	struct secret *next = secret_of(password);
	int r;

	write_result_done(result);
	r = rotate_begin(vault, name, &next, result, NULL);
	assert_true((r == 0) == (next == NULL)); /* taken only when it is kept */
	secret_free(next);
	return r;
}

static void assert_pending(struct vault *vault, const char *name, const char *password)
{
	ENTRY_AUTO *entry = NULL;
	SECRET_AUTO *wanted = password ? secret_of(password) : NULL;

	assert_done(vault_get(vault, name, &entry, err));
	if (password)
		assert_true(secret_equal(rotate_pending(entry), wanted));
	else
		assert_null(rotate_pending(entry));
}

static int count_name(void *context, const char *name)
{
	(void)name;
	++*(int *)context;
	return 0;
}

static void test_steps(void **state)
{
	const struct rotate_end how = {0};
	WRITE_RESULT_AUTO result = {0};
	VAULT_AUTO *vault = fixture_vault();
	int count = 0;

	(void)state;
	add(vault, "shop", "first of its kind", NULL);
	assert_int_equal(rotate_done(vault, "shop", &how, &result, NULL, NULL), VAULT_NOT_FOUND);
	assert_int_equal(rotate_abort(vault, "shop", &result, NULL), VAULT_NOT_FOUND);
	assert_int_equal(try_begin(vault, "none", "x", &result), VAULT_NOT_FOUND);
	assert_int_equal(try_begin(vault, "shop", "94-Quagmire/unlike", &result), 0);
	assert_password(vault, "shop", "first of its kind");
	assert_pending(vault, "shop", "94-Quagmire/unlike");
	assert_int_equal(try_begin(vault, "shop", "yet%another-1", &result), VAULT_EXISTS);
	assert_done(rotate_list(vault, count_name, &count, err));
	assert_int_equal(count, 1);

	write_result_done(&result);
	assert_done(rotate_abort(vault, "shop", &result, err));
	assert_password(vault, "shop", "first of its kind");
	assert_pending(vault, "shop", NULL);

	assert_int_equal(try_begin(vault, "shop", "94-Quagmire/unlike", &result), 0);
	write_result_done(&result);
	assert_done(rotate_done(vault, "shop", &how, &result, NULL, err));
	assert_password(vault, "shop", "94-Quagmire/unlike");
	assert_pending(vault, "shop", NULL);
	assert_done(rotate_list(vault, count_name, &count, err));
	assert_int_equal(count, 1);
}

static void test_guard(void **state)
{
	const struct rotate_end plain = {0}, allowed = {.allow_reuse = "it took it"};
	WRITE_RESULT_AUTO result = {0};
	VAULT_AUTO *vault = fixture_vault();

	(void)state;
	add(vault, "shop", "Sakura-Blossom2013", NULL);
	add(vault, "mail", "94-Quagmire/unlike", NULL);
	assert_int_equal(try_begin(vault, "shop", "94-Quagmire/unlike", &result), VAULT_REFUSED);
	assert_string_equal(result.conflicts.items[0].name, "mail");
	/* Its own: the present one, and a variant of it. */
	assert_int_equal(try_begin(vault, "shop", "Sakura-Blossom2013", &result), VAULT_REFUSED);
	assert_int_equal(try_begin(vault, "shop", "Sakura-Blossom2014", &result), VAULT_REFUSED);
	assert_string_equal(result.conflicts.items[0].name, "shop");
	assert_pending(vault, "shop", NULL);

	assert_int_equal(try_begin(vault, "shop", "yet%another-1", &result), 0);
	assert_int_equal(try_edit(vault, "mail", "yet%another-1", NULL, &result), 0);
	write_result_done(&result);
	assert_int_equal(rotate_done(vault, "shop", &plain, &result, NULL, NULL), VAULT_REFUSED);
	assert_password(vault, "shop", "Sakura-Blossom2013");
	assert_pending(vault, "shop", "yet%another-1");
	write_result_done(&result);
	assert_done(rotate_done(vault, "shop", &allowed, &result, NULL, err));
	assert_password(vault, "shop", "yet%another-1");
}

/* What is true can be recorded, but not as a choice: the entry is open in the incident at once. */
static void test_burned(void **state)
{
	static const char *const leaked[] = {"yet%another-1", "yet%another-2"}; /* it, a variant */
	const struct rotate_end plain = {0}, allowed = {.allow_reuse = "it took it"};

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		SECRET_AUTO *password = secret_of(leaked[i]);
		const struct leak leak = {.password = password};
		INCIDENT_AUTO *incident = NULL, *after = NULL;
		WRITE_RESULT_AUTO result = {0};
		VAULT_AUTO *vault = fixture_vault();

		add(vault, "shop", "Sakura-Blossom2013", NULL);
		assert_int_equal(try_begin(vault, "shop", leaked[0], &result), 0);
		assert_done(vault_leak(vault, &leak, &incident, err));
		assert_int_equal(incident->n_open, i == 0); /* what is to be taken is hit */
		write_result_done(&result);
		assert_int_equal(rotate_done(vault, "shop", &plain, &result, NULL, NULL),
		                 VAULT_REFUSED);
		assert_true(conflicts_burned(&result.conflicts));
		assert_password(vault, "shop", "Sakura-Blossom2013");
		write_result_done(&result);
		assert_done(rotate_done(vault, "shop", &allowed, &result, NULL, err));
		assert_true(conflicts_burned(&result.conflicts));
		assert_done(vault_incident(vault, 1, &after, err));
		assert_int_equal(after->n_open, 1);
		assert_string_equal(after->items[0].name, "shop");
		write_result_done(&result);
		assert_int_equal(try_begin(vault, "shop", leaked[0], &result), VAULT_REFUSED);
	}
}

static size_t behind(struct vault *vault, const char *name)
{
	ENTRY_AUTO *entry = NULL;

	assert_done(vault_get(vault, name, &entry, err));
	return consumers_behind(entry);
}

static void add_used(struct vault *vault)
{
	WRITE_RESULT_AUTO result = {0};
	ENTRY_AUTO *entry = entry_of("mail", "94-Quagmire/unlike");

	entry->created = 1000000000;
	assert_done(entry_set_text(entry, FIELD_CONSUMER, NULL, "Thunderbird", err));
	assert_done(entry_set_text(entry, FIELD_CONSUMER, NULL, "phone", err));
	assert_done(entry_set_text(entry, FIELD_CONSUMER, NULL, "phone", err));
	assert_done(vault_add(vault, entry, NULL, &result, err));
}

static void test_consumers(void **state)
{
	WRITE_RESULT_AUTO result = {0};
	VAULT_AUTO *vault = fixture_vault();

	(void)state;
	add_used(vault);
	assert_int_equal(behind(vault, "mail"), 0); /* as it was noted down */
	assert_int_equal(try_edit(vault, "mail", "yet%another-1", NULL, &result), 0);
	assert_int_equal(behind(vault, "mail"), 2);
	write_result_done(&result);
	assert_int_equal(consumers_tick(vault, "mail", (const char *const[]){"tablet", NULL},
	                                &result, NULL),
	                 VAULT_NOT_FOUND);
	assert_done(
		consumers_tick(vault, "mail", (const char *const[]){"phone", NULL}, &result, err));
	assert_int_equal(behind(vault, "mail"), 1);
	write_result_done(&result);
	assert_done(consumers_tick(vault, "mail", NULL, &result, err));
	assert_int_equal(behind(vault, "mail"), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_steps),
		cmocka_unit_test(test_guard),
		cmocka_unit_test(test_burned),
		cmocka_unit_test(test_consumers),
	};

	return cmocka_run_group_tests(tests, fixture_group_start, fixture_group_end);
}

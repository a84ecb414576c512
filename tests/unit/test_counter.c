/* One-time codes in a vault: at most one for an entry, and a counter that never goes back. */
#include "fresh_vault.h"

#include <stdlib.h>

#include <vault/otp.h>

#define SEED "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"

static void set_otp(struct vault *vault, const char *name, const char *text)
{
	ENTRY_AUTO *set = NULL;
	WRITE_RESULT_AUTO result = {0};
	SECRET_AUTO *secret = secret_of(text);
	struct entry_edit edit = {0};

	assert_done(entry_new(&set, name, err));
	assert_done(entry_set_secret(set, FIELD_OTP, NULL, &secret, err));
	edit.set = set;
	assert_done(vault_edit(vault, name, &edit, NULL, &result, err));
}

static void assert_uri(struct vault *vault, const char *name, const char *expected)
{
	ENTRY_AUTO *entry = NULL;

	assert_done(vault_get(vault, name, &entry, err));
	assert_non_null(entry_field(entry, "otp"));
	assert_string_equal((const char *)entry_field(entry, "otp")->secret->bytes, expected);
}

/* The next code of an entry, at the time 59. */
static void assert_next(struct vault *vault, const char *name, const char *expected)
{
	OTP_AUTO otp = {0};
	SECRET_AUTO *code = NULL;
	char *exact = NULL;

	assert_done(vault_otp(vault, name, &otp, &exact, err));
	assert_done(otp_code(&otp, 59, &code, NULL, err));
	assert_string_equal((const char *)code->bytes, expected);
	assert_string_equal(exact, "Shop");
	free(exact);
}

static void an_entry_has_one(void **state)
{
	VAULT_AUTO *vault = fixture_vault();
	ENTRY_AUTO *entry = NULL;

	(void)state;
	add(vault, "Shop", "one", NULL);
	set_otp(vault, "Shop", "aa");
	assert_uri(vault, "Shop", "otpauth://totp/Shop?secret=AA");
	set_otp(vault, "Shop", SEED);
	assert_uri(vault, "Shop", "otpauth://totp/Shop?secret=" SEED);
	assert_next(vault, "shop", "287082");
	assert_done(vault_get(vault, "Shop", &entry, err));
	assert_int_equal(entry->n_fields, 1);
	assert_int_equal(entry_clear(entry, "otp"), 0);
	assert_int_equal(entry_clear(entry, "otp"), VAULT_NOT_FOUND);
	assert_null(entry_field(entry, "otp"));
}

static void what_is_no_code_is_refused(void **state)
{
	ENTRY_AUTO *entry = entry_of("shop", "one");
	SECRET_AUTO *secret = secret_of("otpauth://totp/x"), *other = secret_of("x");

	(void)state;
	assert_fails(entry_set_secret(entry, FIELD_OTP, NULL, &secret, err), VAULT_USAGE,
	             "no secret");
	assert_non_null(secret);
	assert_fails(entry_set_secret(entry, FIELD_SECRET, "otp", &other, err), VAULT_USAGE,
	             "its own option");
	assert_fails(entry_set_text(entry, FIELD_TEXT, "otp", "x", err), VAULT_USAGE,
	             "its own option");
}

static void what_is_not_there_is_told(void **state)
{
	VAULT_AUTO *vault = fixture_vault();
	OTP_AUTO otp = {0};
	char *name = NULL;
	struct error err = {0};

	(void)state;
	add(vault, "Shop", "one", NULL);
	assert_int_equal(vault_otp(vault, "mail", &otp, &name, &err), VAULT_NOT_FOUND);
	assert_null(name);
	assert_int_equal(vault_otp(vault, "shop", &otp, &name, &err), VAULT_NOT_FOUND);
	assert_string_equal(name, "Shop");
	assert_non_null(strstr(err.message, "no one-time code"));
	free(name);
}

static void a_counter_moves_on_for_good(void **state)
{
	struct vault *vault = fixture_vault();
	ENTRY_AUTO *entry = NULL;

	(void)state;
	add(vault, "Shop", "one", NULL);
	set_otp(vault, "Shop", "otpauth://hotp/a:b?counter=1&digits=8&secret=" SEED);
	assert_next(vault, "Shop", "94287082");
	assert_next(vault, "shop", "37359152");
	vault_close(vault);
	vault = fixture_open(NULL, 0);
	assert_next(vault, "Shop", "26969429");
	assert_uri(vault, "Shop", "otpauth://hotp/a:b?secret=" SEED "&issuer=a&digits=8&counter=4");
	assert_done(vault_get(vault, "Shop", &entry, err));
	assert_string_equal((const char *)entry->password->bytes, "one");
	vault_close(vault);
}

/* What cannot be counted is not shown. */
static void no_code_without_writing(void **state)
{
	struct vault *vault = fixture_vault();
	OTP_AUTO otp = {0};
	char *name = NULL;

	(void)state;
	add(vault, "Shop", "one", NULL);
	set_otp(vault, "Shop", "otpauth://hotp/x?counter=9223372036854775807&secret=" SEED);
	assert_fails(vault_otp(vault, "Shop", &otp, &name, err), VAULT_FAILED, "used up");
	free(name);
	name = NULL;
	set_otp(vault, "Shop", "otpauth://hotp/x?counter=5&secret=" SEED);
	vault_close(vault);
	vault = fixture_open(NULL, VAULT_READ_ONLY);
	assert_true(vault_otp(vault, "Shop", &otp, &name, NULL) < 0);
	assert_null(otp.seed);
	free(name);
	vault_close(vault);
	vault = fixture_open(NULL, 0);
	assert_uri(vault, "Shop", "otpauth://hotp/x?secret=" SEED "&counter=5");
	set_otp(vault, "Shop", SEED); /* by the clock nothing is written */
	vault_close(vault);
	vault = fixture_open(NULL, VAULT_READ_ONLY);
	assert_next(vault, "Shop", "287082");
	vault_close(vault);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_entry_has_one),
		cmocka_unit_test(what_is_no_code_is_refused),
		cmocka_unit_test(what_is_not_there_is_told),
		cmocka_unit_test(a_counter_moves_on_for_good),
		cmocka_unit_test(no_code_without_writing),
	};

	return cmocka_run_group_tests(tests, fixture_group_start, fixture_group_end);
}

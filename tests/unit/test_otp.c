/* One-time codes: the published vectors, and every spelling of what a service hands out. */
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>

#include <vault/otp.h>

#include "crypto/otp.h"

#define SEED "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ" /* RFC 4226: "12345678901234567890" */
#define STEAM_SEED "63BEDWCQZKTQWPESARIERL5DTTQFCJTK"

static int read_text(const char *text, struct otp *ret_otp, struct error *err)
{
	SECRET_AUTO *secret = NULL;

	assert_int_equal(secret_copy(&secret, text, strlen(text), err), 0);
	return otp_read(secret, ret_otp, err);
}

static void assert_code(const struct otp *otp, int64_t now, const char *expected)
{
	SECRET_AUTO *code = NULL;

	assert_done(otp_code(otp, now, &code, NULL, err));
	assert_int_equal(code->length, strlen(expected));
	assert_string_equal((const char *)code->bytes, expected);
}

/* ---- vectors ------------------------------------------------------------------------ */

/* RFC 4226, appendix D. */
static void hotp_vectors(void **state)
{
	static const char *const codes[] = {"755224", "287082", "359152", "969429", "338314",
	                                    "254676", "287922", "162583", "399871", "520489"};
	OTP_AUTO otp = {0};

	(void)state;
	assert_done(read_text("otpauth://hotp/x?secret=" SEED "&counter=0", &otp, err));
	for (otp.counter = 0; otp.counter < 10; otp.counter++)
		assert_code(&otp, 0, codes[otp.counter]);
}

/* RFC 6238, appendix B. The seeds are as long as the hashes. */
static void totp_vectors(void **state)
{
	static const char digits[] =
		"1234567890123456789012345678901234567890123456789012345678901234";
	static const int64_t times[] = {59,         1111111109, 1111111111,
	                                1234567890, 2000000000, 20000000000};
	static const char *const codes[3][6] = {
		{"94287082", "07081804", "14050471", "89005924", "69279037", "65353130"},
		{"46119246", "68084774", "67062674", "91819424", "90698825", "77737706"},
		{"90693936", "25091201", "99943326", "93441116", "38618901", "47863826"},
	};
	static const size_t lengths[] = {20, 32, 64};

	(void)state;
	for (unsigned hash = 0; hash < 3; hash++) {
		OTP_AUTO otp = {.hash = (enum otp_hash)hash, .digits = 8, .period = 30};

		assert_done(secret_copy(&otp.seed, digits, lengths[hash], err));
		for (size_t i = 0; i < 6; i++)
			assert_code(&otp, times[i], codes[hash][i]);
	}
}

/* From the Steam app with an account made for that; published with KeePassXC's tests. */
static void steam_vectors(void **state)
{
	static const char *const spellings[] = {
		"otpauth://totp/a:b?secret=" STEAM_SEED
		"&issuer=Valve&algorithm=SHA1&digits=5&period=30&encoder=steam",
		"otpauth://totp/Steam:joe?encoder=steam&secret=" STEAM_SEED,
		"otpauth://steam/Steam:joe?secret=" STEAM_SEED,
		"steam://" STEAM_SEED,
	};

	(void)state;
	for (size_t i = 0; i < sizeof(spellings) / sizeof(spellings[0]); i++) {
		OTP_AUTO otp = {0};

		assert_done(read_text(spellings[i], &otp, err));
		assert_int_equal(otp.kind, OTP_STEAM);
		assert_code(&otp, 1511200518, "FR8RV");
		assert_code(&otp, 1511200714, "9P3VP");
	}
}

static void fewer_digits_are_the_last_ones(void **state)
{
	static const char *const codes[] = {"287082", "4287082", "94287082"};
	char uri[128];

	(void)state;
	for (unsigned digits = 6; digits <= 8; digits++) {
		OTP_AUTO otp = {0};

		snprintf(uri, sizeof(uri), "otpauth://totp/x?secret=" SEED "&digits=%u", digits);
		assert_done(read_text(uri, &otp, err));
		assert_code(&otp, 59, codes[digits - 6]);
	}
}

static uint32_t left_at(const char *uri, int64_t now)
{
	OTP_AUTO otp = {0};
	SECRET_AUTO *code = NULL;
	uint32_t left = 99;

	assert_done(read_text(uri, &otp, err));
	assert_done(otp_code(&otp, now, &code, &left, err));
	return left;
}

static void time_left(void **state)
{
	OTP_AUTO otp = {0};
	SECRET_AUTO *code = NULL;

	(void)state;
	assert_int_equal(left_at(SEED, 0), 30);
	assert_int_equal(left_at(SEED, 29), 1);
	assert_int_equal(left_at(SEED, 30), 30);
	assert_int_equal(left_at("otpauth://totp/x?period=7&secret=" SEED, 13), 1);
	assert_int_equal(left_at("otpauth://totp/x?period=1&secret=" SEED, 13), 1);
	assert_int_equal(left_at("otpauth://totp/x?period=4294967295&secret=" SEED, 1),
	                 4294967294u);
	assert_int_equal(left_at("otpauth://hotp/x?counter=5&secret=" SEED, 1), 0);
	assert_done(read_text(SEED, &otp, err));
	assert_fails(otp_code(&otp, -1, &code, NULL, err), VAULT_FAILED, "1970");
}

/* ---- spellings ---------------------------------------------------------------------- */

static void assert_uri(const char *text, const char *expected)
{
	OTP_AUTO otp = {0};
	SECRET_AUTO *uri = NULL;
	struct error problem = {0};

	if (read_text(text, &otp, &problem) != 0)
		fail_msg("%s: %s", text, problem.message);
	assert_done(otp_uri(&otp, &uri, err));
	assert_string_equal((const char *)uri->bytes, expected);
}

/* Each with its canonical URI, which reads as itself. */
static const char *const forms[][2] = {
	/* base 32 alone */
	{"GEZDGNBV", "otpauth://totp/?secret=GEZDGNBV"},
	{"  gezd gnbv \r", "otpauth://totp/?secret=GEZDGNBV"},
	{"GeZd-GnBv-GY", "otpauth://totp/?secret=GEZDGNBVGY"},
	{"GEZDGNBVGY======", "otpauth://totp/?secret=GEZDGNBVGY"},
	{"GEZDGNBVGY==", "otpauth://totp/?secret=GEZDGNBVGY"},
	{"GEZDGNBVGYZ", "otpauth://totp/?secret=GEZDGNBVGY"}, /* bits left over */
	{"AA", "otpauth://totp/?secret=AA"},
	/* the examples of the Key Uri Format */
	{"otpauth://totp/Example:alice@google.com?secret=JBSWY3DPEHPK3PXP&issuer=Example",
         "otpauth://totp/Example:alice@google.com?secret=JBSWY3DPEHPK3PXP&issuer=Example"},
	{"otpauth://totp/ACME%20Co:john.doe@email.com?secret=HXDMVJECJJWSRB3HWIZR4IFUGFTMX"
         "BOZ&issuer=ACME%20Co&algorithm=SHA1&digits=6&period=30",
         "otpauth://totp/ACME%20Co:john.doe@email.com?secret=HXDMVJECJJWSRB3HWIZR4IFUGFTMX"
         "BOZ&issuer=ACME%20Co"},
	{"otpauth://totp/Provider1:Alice%20Smith?secret=AA",
         "otpauth://totp/Provider1:Alice%20Smith?secret=AA&issuer=Provider1"},
	{"otpauth://totp/Big%20Corporation%3A%20alice%40bigco.com?secret=AA",
         "otpauth://totp/Big%20Corporation:alice@bigco.com?secret=AA&issuer=Big%20"
         "Corporation"},
	/* kinds, and what is not the default */
	{"otpauth://hotp/x?secret=AA&counter=42", "otpauth://hotp/x?secret=AA&counter=42"},
	{"otpauth://hotp/x?secret=AA&period=7", "otpauth://hotp/x?secret=AA&counter=0"},
	{"otpauth://totp/x?secret=AA&counter=42", "otpauth://totp/x?secret=AA"},
	{"otpauth://hotp/x?secret=AA&counter=9223372036854775807",
         "otpauth://hotp/x?secret=AA&counter=9223372036854775807"},
	{"otpauth://totp/x?period=060&digits=8&algorithm=SHA512&secret=AA",
         "otpauth://totp/x?secret=AA&algorithm=SHA512&digits=8&period=60"},
	{"otpauth://totp/x?secret=AA&algorithm=HmacSHA256",
         "otpauth://totp/x?secret=AA&algorithm=SHA256"},
	{"otpauth://totp/x?secret=AA&algorithm=sha-1", "otpauth://totp/x?secret=AA"},
	{"steam://AA", "otpauth://totp/?secret=AA&digits=5&encoder=steam"},
	{"otpauth://steam/Steam:joe?secret=AA&period=30&digits=5&algorithm=SHA1",
         "otpauth://totp/Steam:joe?secret=AA&issuer=Steam&digits=5&encoder=steam"},
	/* as KeePassXC writes one without a name */
	{"otpauth://totp/none:none?secret=AA&period=30&digits=6&issuer=none",
         "otpauth://totp/none:none?secret=AA&issuer=none"},
	/* odd, and seen */
	{"OTPAUTH://Totp/x?Secret=aa&ISSUER=Y", "otpauth://totp/Y:x?secret=AA&issuer=Y"},
	{"otpauth://totp?secret=AA", "otpauth://totp/?secret=AA"},
	{"otpauth://totp/?secret=AA&issuer=", "otpauth://totp/?secret=AA"},
	{"otpauth://totp/?&&secret=A%41&", "otpauth://totp/?secret=AA"},
	{"otpauth://totp/x?secret=AAAA+AAAA%20AAAA%3D%3D", "otpauth://totp/x?secret=AAAAAAAAAAAA"},
	{"otpauth://totp/x?secret=AA&image=https%3A%2F%2Fx.example%2Fy.png&color=red",
         "otpauth://totp/x?secret=AA"},
	{"otpauth://totp/joe+spam@x.example?secret=AA&issuer=A+B",
         "otpauth://totp/A%20B:joe%2Bspam@x.example?secret=AA&issuer=A%20B"},
	{" otpauth://totp/x?secret=AA&issuer=-a-\r\n", "otpauth://totp/-a-:x?secret=AA&issuer=-a-"},
	{"otpauth://totp/A:joe?secret=AA&issuer=B", "otpauth://totp/B:joe?secret=AA&issuer=B"},
	{"otpauth://totp/a:b:c?secret=AA", "otpauth://totp/a:b%3Ac?secret=AA&issuer=a"},
	{"otpauth://totp/a%3Ab:c?secret=AA&issuer=a%3Ab",
         "otpauth://totp/a%3Ab:c?secret=AA&issuer=a%3Ab"},
	{"otpauth://totp/:b?secret=AA", "otpauth://totp/b?secret=AA"},
	{"otpauth://totp/:%20:a:b?secret=AA", "otpauth://totp/a:b?secret=AA&issuer=a"},
	{"otpauth://totp/a:?secret=AA", "otpauth://totp/a:?secret=AA&issuer=a"},
	{"otpauth://totp/a/b?secret=AA", "otpauth://totp/a%2Fb?secret=AA"},
	{"otpauth://totp/Gr\xc3\xb6\xc3\x9f"
         "e?secret=AA",
         "otpauth://totp/Gr%C3%B6%C3%9Fe?secret=AA"},
};

static void every_spelling_has_one_canonical_form(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		assert_uri(forms[i][0], forms[i][1]);
		assert_uri(forms[i][1], forms[i][1]);
	}
}

static void what_is_wrong_is_told(void **state)
{
	static const char *const texts[][2] = {
		{"", "empty"},
		{" - ", "empty"},
		{"A", "empty"},
		{"====", "empty"},
		{"GEZDGNB0", "base 32"},
		{"GEZDGNB1", "base 32"},
		{"GEZD=GNB", "base 32"},
		{"GEZDGNBV\xc3\xa4", "base 32"},
		{"https://x.example/?secret=AA", "otpauth:// URI"},
		{"otpauth:totp/x?secret=AA", "otpauth:// URI"},
		{"otpauth-migration://offline?data=AA", "several accounts"},
		{"otpauth://", "begins with"},
		{"otpauth://totp", "no secret"},
		{"otpauth://motp/x?secret=AA", "begins with"},
		{"otpauth://totpx/x?secret=AA", "begins with"},
		{"otpauth://totp/x", "no secret"},
		{"otpauth://totp/x?secret", "empty"},
		{"otpauth://totp/x?secret=", "empty"},
		{"otpauth://totp/x?secret=A%4", "broken"},
		{"otpauth://totp/x?secret=A%", "broken"},
		{"otpauth://totp/x?secret=A%G1", "broken"},
		{"otpauth://totp/x%?secret=AA", "broken"},
		{"otpauth://totp/x?secret=AA&issuer=%-1", "broken"},
		{"otpauth://totp/x?secret=AA&secret=BB", "secret twice"},
		{"otpauth://totp/x?digits=6&secret=AA&Digits=8", "digits twice"},
		{"otpauth://totp/x?secret=AA&digits=5", "6 to 8"},
		{"otpauth://totp/x?secret=AA&digits=9", "6 to 8"},
		{"otpauth://totp/x?secret=AA&digits=", "6 to 8"},
		{"otpauth://totp/x?secret=AA&digits=-6", "6 to 8"},
		{"otpauth://totp/x?secret=AA&digits=6x", "6 to 8"},
		{"otpauth://totp/x?secret=AA&digits=4294967302", "6 to 8"},
		{"otpauth://totp/x?secret=AA&digits=18446744073709551622", "6 to 8"},
		{"otpauth://steam/x?secret=AA&digits=6", "5 to 5"},
		{"otpauth://totp/x?secret=AA&period=0", "1 to 4294967295"},
		{"otpauth://totp/x?secret=AA&period=4294967296", "1 to 4294967295"},
		{"otpauth://hotp/x?secret=AA&counter=9223372036854775808", "counter"},
		{"otpauth://totp/x?secret=AA&algorithm=MD5", "SHA1, SHA256 or SHA512"},
		{"otpauth://totp/x?secret=AA&algorithm=", "SHA1, SHA256 or SHA512"},
		{"otpauth://totp/x?secret=AA&algorithm=SHA1%00", "not known"},
		{"otpauth://totp/x?secret=AA&algorithm=SHA1SHA1SHA1SHA1SHA1SHA1SHA1SHA1SHA1",
	         "not known"},
		{"otpauth://totp/x?secret=AA&encoder=yandex", "not known"},
		{"otpauth://hotp/x?secret=AA&encoder=steam", "not known"},
		{"otpauth://totp/%1b[2J?secret=AA", "control characters"},
		{"otpauth://totp/a%00b?secret=AA", "control characters"},
		{"otpauth://totp/a%0Ab?secret=AA", "control characters"},
		{"otpauth://totp/a%ffb?secret=AA", "control characters"},
		{"otpauth://totp/x?secret=AA&issuer=%09", "control characters"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		OTP_AUTO otp = {0};

		assert_fails(read_text(texts[i][0], &otp, err), VAULT_USAGE, texts[i][1]);
		assert_null(otp.seed);
	}
}

/* ---- hostile ------------------------------------------------------------------------ */

static const char full[] = "otpauth://totp/Big%20Corp%3A%20joe+x@x.example?secret=" SEED
			   "&issuer=Big+Corp&algorithm=SHA256&digits=8&period=45&encoder=steam";

/* Reads or refuses, and what it reads has a canonical form that is none but itself. */
static void assert_sound(const void *bytes, size_t length)
{
	SECRET_AUTO *text = NULL, *uri = NULL, *again = NULL, *code = NULL;
	OTP_AUTO otp = {0};
	OTP_AUTO second = {0};
	struct error problem = {0};

	assert_int_equal(secret_copy(&text, bytes, length, NULL), 0);
	if (otp_read(text, &otp, &problem) < 0) {
		assert_int_equal(problem.status, VAULT_USAGE);
		return;
	}
	assert_done(otp_uri(&otp, &uri, err));
	assert_done(otp_read(uri, &second, err));
	assert_done(otp_uri(&second, &again, err));
	assert_true(secret_equal(uri, again));
	assert_done(otp_code(&otp, 59, &code, NULL, err));
	assert_in_range(code->length, 5, 8);
}

static void every_prefix(void **state)
{
	(void)state;
	for (size_t length = 0; length < sizeof(full); length++)
		assert_sound(full, length);
}

/* Every byte once by each of what means something. */
static void every_change_of_a_byte(void **state)
{
	static const unsigned char bytes[] = {0, ' ', '%', '&', '=', '?', ':', '/', '+', 0xff};
	char text[sizeof(full)];

	(void)state;
	for (size_t at = 0; at < sizeof(full) - 1; at++)
		for (size_t i = 0; i < sizeof(bytes); i++) {
			memcpy(text, full, sizeof(full));
			text[at] = (char)bytes[i];
			assert_sound(text, sizeof(full) - 1);
		}
}

static void assert_long(const char *before, char filling, size_t length, const char *behind,
                        const char *problem)
{
	size_t room = strlen(before) + length + strlen(behind) + 1;
	char *text = malloc(room);
	OTP_AUTO otp = {0};

	assert_non_null(text);
	memcpy(text, before, strlen(before));
	memset(text + strlen(before), filling, length);
	memcpy(text + strlen(before) + length, behind, strlen(behind) + 1);
	if (problem)
		assert_fails(read_text(text, &otp, err), VAULT_USAGE, problem);
	else
		assert_done(read_text(text, &otp, err));
	free(text);
}

static void lengths_have_bounds(void **state)
{
	(void)state;
	assert_long("", 'A', 8 * OTP_SEED_MAX / 5, "", NULL);
	assert_long("", 'A', 8 * OTP_SEED_MAX / 5 + 2, "", "1024 bytes at most");
	assert_long("", 'A', PASSWORD_MAX, "", "1024 bytes at most");
	assert_long("AA", ' ', PASSWORD_MAX, "AA", NULL);
	assert_long("otpauth://totp/", 'a', OTP_LABEL_MAX, "?secret=AA", NULL);
	assert_long("otpauth://totp/", 'a', OTP_LABEL_MAX + 1, "?secret=AA", "255 bytes");
	assert_long("otpauth://totp/x:", 'a', 2 * OTP_LABEL_MAX, "?secret=AA", "255 bytes");
	assert_long("otpauth://totp/?secret=AA&issuer=", 'a', OTP_LABEL_MAX, "", NULL);
	assert_long("otpauth://totp/?secret=AA&issuer=", 'a', OTP_LABEL_MAX + 1, "", "255 bytes");
	assert_long("otpauth://totp/?secret=AA&", '&', PASSWORD_MAX, "", NULL);
	assert_long("otpauth://totp/?secret=AA&period=", '0', PASSWORD_MAX, "", "not known");
}

/* The longest there is has room in its URI. */
static void the_longest(void **state)
{
	OTP_AUTO otp = {.kind = OTP_HOTP, .hash = OTP_SHA512, .digits = 8, .counter = INT64_MAX};
	SECRET_AUTO *uri = NULL;

	(void)state;
	assert_done(secret_new(&otp.seed, OTP_SEED_MAX, err));
	otp.seed->length = OTP_SEED_MAX;
	otp.issuer = malloc(OTP_LABEL_MAX + 1);
	otp.account = malloc(OTP_LABEL_MAX + 1);
	memset(otp.issuer, '+', OTP_LABEL_MAX);
	memset(otp.account, '+', OTP_LABEL_MAX);
	otp.issuer[OTP_LABEL_MAX] = otp.account[OTP_LABEL_MAX] = '\0';
	assert_done(otp_uri(&otp, &uri, err));
	assert_sound(uri->bytes, uri->length);
}

static void an_account_is_named_once(void **state)
{
	OTP_AUTO otp = {0};

	(void)state;
	assert_done(read_text("AA", &otp, err));
	assert_done(otp_label(&otp, "", err));
	assert_null(otp.account);
	assert_done(otp_label(&otp, "mail: joe", err));
	assert_string_equal(otp.issuer, "mail");
	assert_string_equal(otp.account, "joe");
	assert_done(otp_label(&otp, "other:ann", err));
	assert_string_equal(otp.issuer, "mail");
	assert_string_equal(otp.account, "ann");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hotp_vectors),
		cmocka_unit_test(totp_vectors),
		cmocka_unit_test(steam_vectors),
		cmocka_unit_test(fewer_digits_are_the_last_ones),
		cmocka_unit_test(time_left),
		cmocka_unit_test(every_spelling_has_one_canonical_form),
		cmocka_unit_test(what_is_wrong_is_told),
		cmocka_unit_test(every_prefix),
		cmocka_unit_test(every_change_of_a_byte),
		cmocka_unit_test(lengths_have_bounds),
		cmocka_unit_test(the_longest),
		cmocka_unit_test(an_account_is_named_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

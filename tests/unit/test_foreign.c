/*
 * Foreign formats by their samples (tests/samples): each is recognised, and read as the file beside
 * it says, which has every field and what became of it. With WRITE_EXPECTED in the environment
 * these files are written instead: look at what git says has changed.
 */
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>

#include "foreign.h"

#define SAMPLE_MAX (256 * 1024)
#define LARGE 8192 /* is cut at some of its bytes alone */
#define LARGE_STEP 13

static const struct sample {
	const char *file, *format, *password;
	bool sealed;
	const struct format *writes; /* what is read and written in it reads the same */
} samples[] = {
	{"bitwarden.json", "bitwarden-json", NULL, false, &format_bitwarden_json},
	{"bitwarden-2020.json", "bitwarden-json", NULL, false, &format_bitwarden_json},
	{"bitwarden-org.json", "bitwarden-json", NULL, false, &format_bitwarden_json},
	{"bitwarden-pbkdf2.json", "bitwarden-json-encrypted", "open sesame", true, NULL},
	{"bitwarden-argon2.json", "bitwarden-json-encrypted", "open sesame", true, NULL},
	{"bitwarden.zip", "bitwarden-zip", NULL, false, NULL},
	{"bw-cli.json", "bitwarden-json", NULL, false, &format_bitwarden_json},
	{"bw-cli-org.json", "bitwarden-json", NULL, false, &format_bitwarden_json},
	{"bw-cli-pbkdf2.json", "bitwarden-json-encrypted", "open sesame", true, NULL},
	{"bw-cli-argon2.json", "bitwarden-json-encrypted", "open sesame", true, NULL},
	{"bw-cli.zip", "bitwarden-zip", NULL, false, NULL},
	{"bw-cli.csv", "bitwarden-csv", NULL, false, &format_bitwarden_csv},
	{"bitwarden-2026.csv", "bitwarden-csv", NULL, false, &format_bitwarden_csv},
	{"bw-cli-org.csv", "bitwarden-org-csv", NULL, false, NULL},
	{"firefox.csv", "firefox", NULL, false, &format_firefox},
	{"keepassxc.csv", "keepassxc-csv", NULL, false, &format_keepassxc_csv},
	{"keepassxc.xml", "keepass-xml", NULL, false, &format_keepass_xml},
	{"kdbxweb.kdbx", "kdbx", "Schl\303\274ssel <&> 1", true, NULL},
	{"chromium.csv", "chrome", NULL, false, &format_chrome},
	{"1password.csv", "1password-csv", NULL, false, &format_1password_csv},
	{"apple.csv", "apple", NULL, false, &format_apple},
	{"lastpass.csv", "lastpass", NULL, false, &format_lastpass},
	{"protonpass.csv", "protonpass-csv", NULL, false, NULL},
	{"dashlane.csv", "dashlane", NULL, false, NULL},
	{"1password.1pux", "1pux", NULL, false, NULL},
	{"protonpass.json", "protonpass", NULL, false, NULL},
	{"protonpass.zip", "protonpass", NULL, false, NULL},
	{"enpass.json", "enpass", NULL, false, NULL},
	{"dashlane.zip", "dashlane-zip", NULL, false, NULL},
	{"dashlane-folder.zip", "dashlane-zip", NULL, false, NULL},
	{"cxf.json", "cxf", NULL, false, &format_cxf},
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static void path_of(const char *file, const char *suffix, char ret_path[512])
{
	snprintf(ret_path, 512, "%s/tests/samples/%s%s", getenv("SOURCE"), file, suffix);
}

static size_t load(const char *file, const char *suffix, unsigned char *ret_bytes)
{
	char path[512];
	FILE *stream;
	size_t length;

	path_of(file, suffix, path);
	stream = fopen(path, "rb");
	if (!stream)
		fail_msg("cannot read %s", path);
	length = fread(ret_bytes, 1, SAMPLE_MAX, stream);
	fclose(stream);
	return length;
}

static void store(const char *file, const struct buf *told)
{
	char path[512];
	FILE *stream;

	path_of(file, ".expected", path);
	stream = fopen(path, "wb");
	assert_non_null(stream);
	assert_int_equal(fwrite(told->bytes, 1, told->length, stream), told->length);
	assert_int_equal(fclose(stream), 0);
}

static unsigned char bytes[SAMPLE_MAX], expected[SAMPLE_MAX];

static struct source source_of(const struct sample *sample, struct secret **ret_password)
{
	struct source source = {.bytes = bytes, .length = load(sample->file, "", bytes)};

	if (sample->password)
		assert_done(
			secret_copy(ret_password, sample->password, strlen(sample->password), err));
	source.password = *ret_password;
	return source;
}

static void recognises_and_reads_every_sample(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(samples); i++) {
		const struct sample *sample = &samples[i];
		const struct format *format = format_find(sample->format);
		SECRET_AUTO *password = NULL;
		struct source source = source_of(sample, &password);
		BUF_AUTO told = BUF_EMPTY;
		bool sealed = false;
		size_t length;

		assert_non_null(format);
		if (foreign_guess(&source, &sealed) != format || sealed != sample->sealed)
			fail_msg("%s is not recognised", sample->file);
		assert_done(foreign_read(format, &source, &told, err));
		if (getenv("WRITE_EXPECTED"))
			store(sample->file, &told);
		length = load(sample->file, ".expected", expected);
		if (length != told.length || memcmp(expected, told.bytes, length) != 0)
			fail_msg("%s reads as:\n%s", sample->file, (char *)told.bytes);
	}
}

/* The entries of what was told, without the account. */
static size_t entries(const struct buf *told)
{
	const char *account = strstr((char *)told->bytes, "\n# ");

	return account ? (size_t)(account - (char *)told->bytes) + 1 : told->length;
}

/* Once through a format that holds it all, nothing changes any more. */
static void writes_what_reads_the_same(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(samples); i++) {
		const struct sample *sample = &samples[i];
		const struct export_how how = {.format = sample->writes};
		SECRET_AUTO *password = NULL;
		struct source source = source_of(sample, &password), again = {0};
		BUF_AUTO first = BUF_EMPTY;
		BUF_AUTO written = BUF_EMPTY;
		BUF_AUTO second = BUF_EMPTY;

		if (!sample->writes)
			continue;
		assert_done(foreign_read(format_find(sample->format), &source, &first, err));
		assert_done(
			foreign_convert(format_find(sample->format), &source, &how, &written, err));
		again.bytes = written.bytes;
		again.length = written.length;
		assert_done(foreign_read(sample->writes, &again, &second, err));
		if (entries(&first) != entries(&second) ||
		    memcmp(first.bytes, second.bytes, entries(&first)) != 0)
			fail_msg("%s comes back as:\n%s", sample->file, (char *)second.bytes);
	}
}

/* No part of a file is taken for the whole, but of one that is rows and has no end. */
static void refuses_what_is_cut_off_at_any_byte(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(samples); i++) {
		const struct sample *sample = &samples[i];
		const struct format *format = format_find(sample->format);
		SECRET_AUTO *password = NULL;
		struct source source = source_of(sample, &password);
		size_t end = strstr(sample->file, ".csv") ? 0 : source.length, step;

		while (end > 0 && (bytes[end - 1] == ' ' || bytes[end - 1] == '\n'))
			end--;
		step = end > LARGE ? LARGE_STEP : 1;
		for (source.length = 0; source.length < end; source.length += step) {
			BUF_AUTO told = BUF_EMPTY;
			struct error err = {0};

			if (foreign_read(format, &source, &told, &err) == 0)
				fail_msg("%s: its first %zu bytes pass", sample->file,
				         source.length);
			assert_true(err.message[0] != '\0');
		}
	}
}

static void refuses(const char *name, const char *text, const char *message)
{
	SECRET_AUTO *password = NULL;
	struct source source = {.bytes = (const unsigned char *)text, .length = strlen(text)};
	BUF_AUTO told = BUF_EMPTY;
	struct error failure = {0};

	assert_done(secret_copy(&password, "any", 3, err));
	source.password = password;
	assert_int_equal(foreign_read(format_find(name), &source, &told, &failure), -VAULT_USAGE);
	if (!strstr(failure.message, message))
		fail_msg("%s: '%s', not '%s'", name, failure.message, message);
}

static void refuses_what_is_not_as_described(void **state)
{
	(void)state;
	refuses("bitwarden-json", "{\"encrypted\":true,\"items\":[]}", "encrypted");
	refuses("bitwarden-json", "{\"encrypted\":false,\"items\":[\n7]}", "line 2");
	refuses("bitwarden-json", "{\"encrypted\":false,\"items\":{}}", "no list");
	refuses("bitwarden-json", "{\"encrypted\":false,\"items\":[]} x", "follows the end");
}

static void takes_the_right_password_alone(void **state)
{
	static const char *const wrong[] = {"open sesam", "open sesame\n", "", NULL};

	(void)state;
	for (size_t i = 0; i < COUNT(samples); i++) {
		const struct sample *sample = &samples[i];
		SECRET_AUTO *right = NULL;
		struct source source = source_of(sample, &right);

		for (size_t j = 0; j < COUNT(wrong) && sample->password; j++) {
			SECRET_AUTO *other = NULL;
			BUF_AUTO told = BUF_EMPTY;
			struct error failure = {0};

			source.password = NULL;
			if (wrong[j])
				assert_done(secret_copy(&other, wrong[j], strlen(wrong[j]), err));
			source.password = other;
			assert_int_equal(foreign_read(format_find(sample->format), &source, &told,
			                              &failure),
			                 VAULT_WRONG_KEY);
			assert_non_null(strstr(failure.message, "password"));
		}
	}
}

#define SEALED(rest) \
	"{\"encrypted\":true,\"passwordProtected\":true,\"salt\":\"c2FsdA==\"," \
	"\"encKeyValidation_DO_NOT_EDIT\":\"2.A|B|C\",\"data\":\"2.A|B|C\"," rest "}"

static void refuses_costs_before_it_pays(void **state)
{
	static const char name[] = "bitwarden-json-encrypted";

	(void)state;
	refuses(name, "{\"encrypted\":true,\"items\":[]}", "account");
	refuses(name, SEALED("\"kdfType\":2,\"kdfIterations\":1"), "kind that is not known");
	refuses(name, SEALED("\"kdfType\":0,\"kdfIterations\":2000001"), "iterations");
	refuses(name, SEALED("\"kdfType\":0,\"kdfIterations\":-5"), "iterations");
	refuses(name, SEALED("\"kdfType\":0"), "iterations");
	refuses(name,
	        SEALED("\"kdfType\":1,\"kdfIterations\":2,\"kdfMemory\":4294967297,"
	               "\"kdfParallelism\":1"),
	        "cost");
	refuses(name,
	        SEALED("\"kdfType\":1,\"kdfIterations\":11,\"kdfMemory\":64,"
	               "\"kdfParallelism\":1"),
	        "cost");
	refuses(name,
	        SEALED("\"kdfType\":1,\"kdfIterations\":1,\"kdfMemory\":1024,"
	               "\"kdfParallelism\":1"),
	        "1024 MiB of memory");
	refuses(name, SEALED("\"kdfType\":0,\"kdfIterations\":1"), "damaged");
}

static void refuses_deep_nesting(void **state)
{
	static const struct {
		const char *name, *start;
	} deeps[] = {
		{"bitwarden-json", "{\"folders\":[],\"items\":[{\"x\":"},
		{"protonpass", "{\"vaults\":{\"a\":{\"name\":\"\",\"items\":[{\"x\":"},
		{"enpass", "{\"folders\":[],\"items\":[{\"x\":"},
		{"cxf", "{\"accounts\":[{\"collections\":[],\"items\":[{\"x\":"},
	};
	static char deep[200000];

	(void)state;
	for (size_t i = 0; i < COUNT(deeps); i++) {
		memset(deep, '[', sizeof(deep) - 1);
		memcpy(deep, deeps[i].start, strlen(deeps[i].start));
		refuses(deeps[i].name, deep, "depth");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(recognises_and_reads_every_sample),
		cmocka_unit_test(writes_what_reads_the_same),
		cmocka_unit_test(refuses_what_is_cut_off_at_any_byte),
		cmocka_unit_test(refuses_what_is_not_as_described),
		cmocka_unit_test(takes_the_right_password_alone),
		cmocka_unit_test(refuses_costs_before_it_pays),
		cmocka_unit_test(refuses_deep_nesting),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Lists of leaked passwords: what is found is what a plain comparison finds, in all three forms;
 * and what is not in order or not whole is a failure, never "not there". */
#include "vault_fixture.h"

#include <stdlib.h>

#include <vault/breach.h>

#include "audit/breaches.h"

#define LINES 50000
#define LIST "list"
#define FILTER "filter"

static unsigned char hashes[LINES][PLAIN_DIGEST_MAX];

/* SplitMix64 (Steele, Lea, Flood, OOPSLA 2014). */
static uint64_t next_number(void)
{
	static uint64_t state = 4;
	uint64_t z = state += 0x9e3779b97f4a7c15;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return z ^ z >> 31;
}

static void any_hash(unsigned char *hash)
{
	for (size_t i = 0; i < PLAIN_DIGEST_MAX; i++)
		hash[i] = (unsigned char)next_number();
}

static int compare(const void *a, const void *b)
{
	return memcmp(a, b, PLAIN_DIGEST_MAX);
}

static void make_hashes(void)
{
	for (size_t i = 0; i < LINES; i++)
		any_hash(hashes[i]);
	for (size_t i = 0; i < 100; i++) /* some that passwords have */
		plain_digest(DIGEST_SHA1, (char[]){(char)('0' + i / 10), (char)('0' + i % 10)}, 2,
		             hashes[500 * i], NULL);
	qsort(hashes, LINES, sizeof(hashes[0]), compare);
}

static void put_hash(FILE *file, const unsigned char *hash, size_t bytes, bool upper)
{
	for (size_t i = 0; i < bytes; i++)
		fprintf(file, upper ? "%02X" : "%02x", hash[i]);
}

/* Writes the lines from `from` to `to`, in turn by both cases and line ends. */
static void put_lines(FILE *file, size_t from, size_t to, size_t bytes)
{
	for (size_t i = from; i < to; i++) {
		put_hash(file, hashes[i], bytes, i % 3 != 0);
		fprintf(file, ":%u%s\n", (unsigned)(i * i % 100000 + 1), i % 2 ? "\r" : "");
	}
}

static void make_list(size_t lines, size_t bytes)
{
	FILE *file = fopen(LIST, "w");

	assert_non_null(file);
	put_lines(file, 0, lines, bytes);
	fclose(file);
}

static void make_folder(void)
{
	size_t at = 0;

	assert_int_equal(mkdir("folder", 0700), 0);
	/* A list of its own, with few ranges: each is whole, the others are missing. */
	for (unsigned range = 0; range < 16; range++) {
		char name[32];
		FILE *file;

		snprintf(name, sizeof(name), "folder/%05X.txt", 0xfffffU / 15 * range);
		file = fopen(name, "w");
		assert_non_null(file);
		for (unsigned i = 0; i < 200; i++, at++)
			fprintf(file, "%02X%033u:%u%s", i + 28, i, i + 1, i < 199 ? "\r\n" : "");
		fclose(file);
	}
}

/* The oracle. */
static bool is_in(const unsigned char *hash)
{
	return bsearch(hash, hashes, LINES, sizeof(hashes[0]), compare) != NULL;
}

static void test_a_list_is_searched(void **state)
{
	BREACHES_AUTO *breaches = NULL;
	struct breach breach;

	(void)state;
	make_list(LINES, 20);
	assert_done(breaches_open(LIST, &breaches, err));
	for (size_t i = 0; i < LINES; i++) {
		assert_done(breaches_find_hash(breaches, hashes[i], &breach, err));
		assert_true(breach.found);
		assert_int_equal(breach.count, i * i % 100000 + 1);
	}
	for (size_t i = 0; i < LINES; i++) {
		unsigned char hash[PLAIN_DIGEST_MAX];

		any_hash(hash);
		if (i % 2) { /* next to one that is there */
			memcpy(hash, hashes[i], sizeof(hash));
			hash[19] ^= 1;
		}
		assert_done(breaches_find_hash(breaches, hash, &breach, err));
		assert_int_equal(breach.found, is_in(hash));
	}
}

static void test_lists_of_every_length(void **state)
{
	(void)state;
	for (size_t lines = 1; lines < 400; lines += lines / 7 + 1) {
		BREACHES_AUTO *breaches = NULL;
		struct breach breach;

		/* Evenly spread like the whole: every n-th of the hashes would be, too; the first
		 * ones are not, which is what a list that was cut off looks like. */
		FILE *file = fopen(LIST, "w");

		assert_non_null(file);
		for (size_t i = 0; i < lines; i++)
			put_lines(file, LINES / lines * i, LINES / lines * i + 1, 20);
		fclose(file);
		assert_done(breaches_open(LIST, &breaches, err));
		for (size_t i = 0; i < lines; i++) {
			assert_done(breaches_find_hash(breaches, hashes[LINES / lines * i], &breach,
			                               err));
			assert_true(breach.found);
			assert_done(
				breaches_find_hash(breaches,
			                           hashes[LINES / lines * i + LINES / lines / 2],
			                           &breach, err));
			assert_false(breach.found);
		}
	}
}

static void test_a_filter_answers_the_same(void **state)
{
	BREACHES_AUTO *breaches = NULL;
	struct breaches_info info;
	struct breach breach;
	size_t alarms = 0;

	(void)state;
	make_list(LINES, 20);
	unlink(FILTER);
	assert_done(breaches_build(LIST, FILTER, &info, err));
	assert_int_equal(info.lines, LINES);
	assert_true(info.bytes <= LINES * 4.2);
	assert_string_equal(info.form, "filter");
	assert_done(breaches_check(FILTER, &info, err));
	assert_done(breaches_open(FILTER, &breaches, err));
	for (size_t i = 0; i < LINES; i++) {
		assert_done(breaches_find_hash(breaches, hashes[i], &breach, err));
		assert_true(breach.found);
	}
	/* One in eight million at most: of these 0.06 are expected, three happen in one of 30,000
	 * runs of another seed. */
	for (size_t i = 0; i < 500000; i++) {
		unsigned char hash[PLAIN_DIGEST_MAX];

		any_hash(hash);
		assert_done(breaches_find_hash(breaches, hash, &breach, err));
		alarms += breach.found && !is_in(hash);
	}
	assert_true(alarms <= 2);
	assert_int_equal(breaches_build(LIST, FILTER, &info, NULL), VAULT_EXISTS);
	unlink("other");
	assert_fails(breaches_build(FILTER, "other", &info, err), VAULT_USAGE, "filter already");
}

static void test_a_folder_is_searched(void **state)
{
	BREACHES_AUTO *breaches = NULL;
	struct breach breach;
	struct breaches_info info;
	unsigned char hash[PLAIN_DIGEST_MAX] = {0};

	(void)state;
	make_folder();
	assert_done(breaches_open("folder", &breaches, err));
	hash[2] = 0x02; /* 00000 | 28: its first suffix is 1C and zeros, read as decimal digits */
	hash[2] = 0x01;
	hash[3] = 0xc0;
	assert_done(breaches_find_hash(breaches, hash, &breach, err));
	assert_true(breach.found);
	assert_int_equal(breach.count, 1);
	hash[3] = 0xc1;
	assert_done(breaches_find_hash(breaches, hash, &breach, err));
	assert_false(breach.found);
	hash[0] = 1;
	assert_fails(breaches_find_hash(breaches, hash, &breach, err), VAULT_FAILED, "is missing");
	assert_fails(breaches_check("folder", &info, err), VAULT_FAILED, "is missing");
	hash[0] = 0;
	file_save("folder/00000.txt", (const unsigned char *)"00000000000", 11);
	assert_fails(breaches_find_hash(breaches, hash, &breach, err), VAULT_FAILED, "cut off");
	file_save("folder/00000.txt", (const unsigned char *)"", 0);
	assert_fails(breaches_find_hash(breaches, hash, &breach, err), VAULT_FAILED, "is empty");
	unlink("folder/FFFFF.txt");
	BREACHES_AUTO *again = NULL;
	assert_fails(breaches_open("folder", &again, err), VAULT_FAILED, "folder of range files");
}

static void test_ntlm(void **state)
{
	/* "password" as every list of NTLM hashes has it, and one beyond UTF-16's first plane. */
	static const unsigned char known[16] = {0x88, 0x46, 0xf7, 0xea, 0xee, 0x8f, 0xb1, 0x17,
	                                        0xad, 0x06, 0xbd, 0xd8, 0x30, 0xb7, 0x58, 0x6c};
	unsigned char digest[PLAIN_DIGEST_MAX];
	BREACHES_AUTO *breaches = NULL;
	struct breach breach;

	(void)state;
	if (plain_digest_available(DIGEST_NTLM, NULL) < 0) {
		print_message("this libcrypto has no MD4\n");
		return;
	}
	assert_done(plain_digest(DIGEST_NTLM, "password", 8, digest, err));
	assert_memory_equal(digest, known, sizeof(known));
	assert_int_equal(plain_digest(DIGEST_NTLM, "\xff", 1, digest, NULL), VAULT_NOT_FOUND);
	make_list(LINES, 16);
	assert_done(breaches_open(LIST, &breaches, err));
	for (size_t i = 0; i < LINES; i += 97) {
		assert_done(breaches_find_hash(breaches, hashes[i], &breach, err));
		assert_true(breach.found);
	}
}

/* ---- what must not pass ------------------------------------------------------------- */

/* A list that cannot be answered from: either it does not open, or no look-up of a hash that is
 * not in what is left says "not there". */
static void assert_noticed(const char *text)
{
	struct breaches_info info;

	assert_fails(breaches_check(LIST, &info, err), VAULT_FAILED, text);
}

/* Every one of the hashes: found, or a failure. */
static void assert_never_missed(void)
{
	BREACHES_AUTO *breaches = NULL;
	struct breach breach;

	if (breaches_open(LIST, &breaches, NULL) < 0)
		return;
	for (size_t i = 0; i < LINES; i++)
		if (breaches_find_hash(breaches, hashes[i], &breach, NULL) == 0)
			assert_true(breach.found);
}

static void test_a_list_in_another_order(void **state)
{
	FILE *file = fopen(LIST, "w");

	(void)state;
	assert_non_null(file);
	for (size_t i = 0; i < LINES; i++) /* by how often they were seen, say */
		put_lines(file, i * 7919 % LINES, i * 7919 % LINES + 1, 20);
	fclose(file);
	assert_noticed("order");
	assert_never_missed();
	file = fopen(LIST, "w"); /* the second half first */
	put_lines(file, LINES / 2, LINES, 20);
	put_lines(file, 0, LINES / 2, 20);
	fclose(file);
	assert_noticed("order");
	assert_never_missed();
}

static void test_a_list_that_is_not_whole(void **state)
{
	static const struct {
		size_t from, to;
	} holes[] = {{LINES / 2, LINES}, {LINES - 500, LINES}, {0, 500}, {20000, 20500}};
	struct bytes whole;

	(void)state;
	for (size_t i = 0; i < sizeof(holes) / sizeof(holes[0]); i++) {
		FILE *file = fopen(LIST, "w");

		assert_non_null(file);
		put_lines(file, 0, holes[i].from, 20);
		put_lines(file, holes[i].to, LINES, 20);
		fclose(file);
		assert_noticed("not whole");
		assert_never_missed();
	}
	make_list(LINES, 20);
	whole = file_load(LIST);
	for (size_t cut = 3; cut < 44; cut++) { /* in the middle of the last line, HASH:2 CR LF */
		file_save(LIST, whole.data, whole.length - cut);
		assert_noticed("");
	}
	file_save(LIST, whole.data, whole.length * 2 / 3);
	assert_noticed("");
	assert_never_missed();
	whole.data[whole.length / 2] = '\0';
	file_save(LIST, whole.data, whole.length);
	assert_noticed("HASH:COUNT");
	free(whole.data);
}

static void test_what_is_no_list(void **state)
{
	static const char *const texts[] = {
		"hello\n",
		"0123:1\n",
		":1\n",
		"\n",
		"000000000000000000000000000000000000000:1\n",
		"0000000000000000000000000000000000000000\n",
		"0000000000000000000000000000000000000000:\n",
		"0000000000000000000000000000000000000000:1 \n",
		"0000000000000000000000000000000000000000:11111111111111111111\n",
	};
	BREACHES_AUTO *breaches = NULL;
	char *long_line = malloc(1 << 20);

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		file_save(LIST, (const unsigned char *)texts[i], strlen(texts[i]));
		assert_fails(breaches_open(LIST, &breaches, err), VAULT_FAILED, "HASH:COUNT");
	}
	file_save(LIST, (const unsigned char *)"", 0);
	assert_fails(breaches_open(LIST, &breaches, err), VAULT_FAILED, "is empty");
	assert_non_null(long_line);
	memset(long_line, '0', 1 << 20);
	file_save(LIST, (const unsigned char *)long_line, 1 << 20);
	free(long_line);
	assert_fails(breaches_open(LIST, &breaches, err), VAULT_FAILED, "HASH:COUNT");
	assert_int_equal(mkfifo("fifo", 0600), 0);
	assert_fails(breaches_open("fifo", &breaches, err), VAULT_FAILED, "neither");
	assert_fails(breaches_open("/dev/zero", &breaches, err), VAULT_FAILED, "neither");
	assert_fails(breaches_open("nothing", &breaches, err), VAULT_FAILED, "No such file");
	assert_fails(breaches_open(".", &breaches, err), VAULT_FAILED, "folder of range files");
}

static void test_a_damaged_filter(void **state)
{
	struct breaches_info info;
	struct bytes whole;

	(void)state;
	make_list(LINES, 20);
	unlink(FILTER);
	assert_done(breaches_build(LIST, FILTER, &info, err));
	whole = file_load(FILTER);
	for (size_t at = 0; at < whole.length; at += at < 64 ? 1 : 997) {
		if (at >= 40 && at < 64)
			continue; /* zeros, which are compared as well */
		whole.data[at] ^= 0x10;
		file_save(FILTER, whole.data, whole.length);
		assert_fails(breaches_check(FILTER, &info, err), VAULT_FAILED, "");
		whole.data[at] ^= 0x10;
	}
	file_save(FILTER, whole.data, whole.length - 4);
	assert_fails(breaches_check(FILTER, &info, err), VAULT_FAILED, "cut off");
	free(whole.data);
}

/* ---- the vault ---------------------------------------------------------------------- */

struct told {
	char text[256];
};

static int remember(void *context, const struct audit_breach *breach)
{
	struct told *told = context;
	size_t length = strlen(told->text);

	snprintf(told->text + length, sizeof(told->text) - length, "%s%s%s ", breach->name,
	         breach->until ? "|" : "", breach->state == ENTRY_TRASHED ? "(trash)" : "");
	return 0;
}

static void test_present_and_former_passwords(void **state)
{
	VAULT_AUTO *vault = NULL;
	BREACHES_AUTO *breaches = NULL;
	struct told told = {0};
	size_t checked = 0, found = 0;

	(void)state;
	fixture_reset();
	make_list(LINES, 20);
	vault = vault_opened(FILE_NAME, 0);
	add_entry(vault, "b", "42", NULL);
	add_entry(vault, "a", "17", NULL);
	set_password(vault, "a", "Something-else-altogether-8");
	set_password(vault, "b", "43");
	add_entry(vault, "c", "99", NULL);
	remove_entry(vault, "c");
	add_entry(vault, "d", "None-of-these-is-in-there-7", NULL);
	assert_done(breaches_open(LIST, &breaches, err));
	assert_done(audit_breaches(vault, breaches, remember, &told, &checked, &found, err));
	assert_int_equal(checked, 6);
	assert_int_equal(found, 4);
	assert_string_equal(told.text, "b c(trash) a| b| ");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_list_is_searched),
		cmocka_unit_test(test_lists_of_every_length),
		cmocka_unit_test(test_a_filter_answers_the_same),
		cmocka_unit_test(test_a_folder_is_searched),
		cmocka_unit_test(test_ntlm),
		cmocka_unit_test(test_a_list_in_another_order),
		cmocka_unit_test(test_a_list_that_is_not_whole),
		cmocka_unit_test(test_what_is_no_list),
		cmocka_unit_test(test_a_damaged_filter),
		cmocka_unit_test(test_present_and_former_passwords),
	};

	make_hashes();
	return cmocka_run_group_tests(tests, fixture_start, fixture_end);
}

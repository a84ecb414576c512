/* Passwords found in files: against a search that is plain and slow. */
#include "fresh_vault.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <vault/scan.h>

#define PASSWORDS 60
#define WINDOW ((size_t)256 * 1024) /* of scan.c */

struct found {
	size_t hits, skipped;
	size_t line;
	enum scan_form form;
	enum scan_why why;
	char entry[64];
	unsigned char lines[PASSWORDS][400]; /* of each password, which lines were told */
};

static int take_hit(void *context, const struct scan_hit *hit)
{
	struct found *found = context;
	unsigned number = 0;

	found->hits++;
	found->line = hit->line;
	found->form = hit->form;
	snprintf(found->entry, sizeof(found->entry), "%s", hit->entry);
	if (sscanf(hit->entry, "entry %u", &number) == 1 && number < PASSWORDS && hit->line < 400)
		found->lines[number][hit->line] = 1;
	return 0;
}

static int take_skipped(void *context, const char *path, enum scan_why why, int error)
{
	struct found *found = context;

	(void)path;
	(void)error;
	found->skipped++;
	found->why = why;
	return 0;
}

static char *write_file(const void *bytes, size_t length)
{
	static char path[4096];
	int fd;

	snprintf(path, sizeof(path), "%s/searched", getenv("XDG_STATE_HOME"));
	mkdir(getenv("XDG_STATE_HOME"), 0700);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, bytes, length), (ssize_t)length);
	close(fd);
	return path;
}

static void search(struct scan *scan, const void *bytes, size_t length, struct found *found)
{
	const struct scan_call call = {take_hit, take_skipped, found};

	*found = (struct found){0};
	assert_done(scan_path(scan, write_file(bytes, length), &call, err));
}

static struct scan *scan_of(struct vault *vault)
{
	struct scan *scan = NULL;

	assert_done(scan_new(vault, &scan, err));
	return scan;
}

/* At every place around the end of a window, and at the end of the file. */
static void test_borders(void **state)
{
	static const char password[] = "canary-19-Found";
	size_t length = sizeof(password) - 1, size = 2 * WINDOW + 100;
	char *bytes = malloc(size);
	struct found *found = malloc(sizeof(*found));
	VAULT_AUTO *vault = fixture_vault();
	SCAN_AUTO *scan = NULL;

	(void)state;
	assert_non_null(bytes);
	assert_non_null(found);
	add(vault, "shop", password, NULL);
	scan = scan_of(vault);
	for (size_t at = WINDOW - 20; at < WINDOW + 4; at++) {
		memset(bytes, 'x', size);
		bytes[5] = bytes[WINDOW - 30] = '\n';
		memcpy(bytes + at, password, length);
		memcpy(bytes + size - length, password, length);
		search(scan, bytes, size, found);
		assert_int_equal(found->hits, 2);
		assert_int_equal(found->line, 3);
		search(scan, bytes, at + length - 1, found); /* one byte is missing */
		assert_int_equal(found->hits, 0);
	}
	free(bytes);
	free(found);
}

/* Short alphabets, so that much is nearly a hit, and passwords begin with one another. */
static void make_password(char password[16], unsigned number)
{
	size_t length = 6 + number % 7;

	for (size_t i = 0; i < length; i++)
		password[i] = "ab"[number >> i & 1];
	password[length] = '\0';
}

/* A bit, the same in every run (Knuth's MMIX generator). */
static unsigned chance(uint64_t *seed)
{
	*seed = *seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (unsigned)(*seed >> 63);
}

static void test_like_a_plain_search(void **state)
{
	static char text[400 * 24];
	struct found *found = malloc(sizeof(*found));
	VAULT_AUTO *vault = fixture_vault();
	SCAN_AUTO *scan = NULL;
	size_t length = 0, expected = 0;
	uint64_t seed = 4711;

	(void)state;
	assert_non_null(found);
	for (unsigned i = 0; i < PASSWORDS; i++) {
		char name[32], password[16];

		snprintf(name, sizeof(name), "entry %u", i);
		make_password(password, i * 37);
		add(vault, name, password, "a test");
	}
	scan = scan_of(vault);
	for (unsigned line = 1; line < 400; line++) {
		for (int i = 0; i < 20; i++)
			text[length++] = "ab"[chance(&seed)];
		text[length++] = '\n';
	}
	search(scan, text, length, found);
	for (unsigned i = 0; i < PASSWORDS; i++) {
		char password[16];
		unsigned told = 0;

		make_password(password, i * 37);
		for (unsigned line = 1; line < 400 && told < SCAN_LINES; line++) {
			const char *from = text + (line - 1) * 21;

			for (int at = 0; at + strlen(password) <= 20 && told < SCAN_LINES; at++) {
				if (memcmp(from + at, password, strlen(password)) != 0)
					continue;
				told++;
				expected++;
				assert_true(found->lines[i][line]);
			}
		}
	}
	assert_int_equal(found->hits, expected);
	assert_true(expected > PASSWORDS);
	free(found);
}

static void test_spellings(void **state)
{
	static const struct {
		const char *text;
		enum scan_form form;
	} cases[] = {
		{"x a/b+c d\"e\\f y", SCAN_PLAIN},
		{"https://u:a%2Fb%2Bc%20d%22e%5Cf@h", SCAN_PERCENT},
		{"https://u:a%2fb%2bc%20d%22e%5cf@h", SCAN_PERCENT},
		{"\"a/b+c d\\\"e\\\\f\"", SCAN_ESCAPED},
		{"https://u:abc%23defghij@h", SCAN_PERCENT}, /* no case to differ in */
		{"_auth=YS9iK2MgZCJlXGY=", SCAN_BASE64},     /* alone */
		{"Basic dTphL2IrYyBkImVcZg==", SCAN_BASE64}, /* behind "u:" */
		{"Basic am86YS9iK2MgZCJlXGY=", SCAN_BASE64}, /* behind "jo:" */
		{"Basic am9lOmEvYitjIGQiZVxm", SCAN_BASE64}, /* behind "joe:" */
	};
	struct found *found = malloc(sizeof(*found));
	VAULT_AUTO *vault = fixture_vault();
	SCAN_AUTO *scan = NULL;
	struct scan_counts counts;

	(void)state;
	assert_non_null(found);
	add(vault, "odd", "a/b+c d\"e\\f", NULL);
	add(vault, "short", "4711!", NULL);
	add(vault, "hash", "abc#defghij", NULL);
	scan = scan_of(vault);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		search(scan, cases[i].text, strlen(cases[i].text), found);
		if (found->hits != 1 || found->form != cases[i].form)
			fail_msg("%s: %zu, form %d", cases[i].text, found->hits, found->form);
	}
	search(scan, "4711! a/b+c d\"e", 15, found);
	assert_int_equal(found->hits, 0);
	search(scan, "a/b\0+c d", 8, found);
	assert_int_equal(found->why, SCAN_BINARY);
	scan_counts(scan, &counts);
	assert_int_equal(counts.passwords, 2);
	assert_int_equal(counts.too_short, 1);
	free(found);
}

static void add_at(struct vault *vault, const char *name, const char *user, const char *url)
{
	ENTRY_AUTO *entry = NULL;
	WRITE_RESULT_AUTO result = {0};
	struct secret *password = NULL;

	assert_done(entry_new(&entry, name, err));
	assert_done(entry_set_user(entry, user, err));
	if (url)
		assert_done(entry_set_text(entry, FIELD_URL, NULL, url, err));
	assert_done(secret_new(&password, strlen(name), err));
	assert_done(secret_append(password, name, strlen(name), err));
	entry_set_password(entry, &password);
	assert_done(vault_add(vault, entry, "a test", &result, err));
}

/* Whose a login likely is, by address and user; entries stand in order of age. */
static void test_likely(void **state)
{
	static const struct {
		const char *address, *user, *entries;
	} cases[] = {
		{"https://shop.example.com", NULL, "shop;"},
		{"https://shop.example.com:8443", NULL, "shop;"},
		{"https://www.shop.example.com/login", NULL, "shop;"},
		{"https://pay.shop.example.com", NULL, "shop;"},
		{"https://example.com", NULL, "shop;"}, /* a mailbox's address is of mail alone */
		{"https://other.example", NULL, ""},
		{"https://notexample.com", NULL, ""},
		{"https://named.example", NULL, "key of named.example;"},
		{"imap://imap.example.com", NULL, "mailserver;"},
		{"smtp://smtp.example.com", "joe@example.com", "mailserver;"},
		{"imap://imap.far.example", "JOE@example.com", "mailserver;"},
		{"https://imap.far.example", "joe@example.com", ""},
		{"imap://imap.far.example", "joe", ""}, /* "joe@example.com" and two boxes */
		{"imap://box.example", NULL, "mail a;mail b;"},
		{"imap://box.example", "b", "mail b;"},
		{"imap://box.example", "b@box.example", "mail b;"},
		{"imap://box.example", "c", "mail a;mail b;"},
		{"imap://imap.box.example", "c", ""},
		{"mailbox://pop.gmx.net", NULL, "gmx;"},
		{"chrome://FirefoxAccounts", NULL, ""},
		{"", NULL, ""},
	};
	VAULT_AUTO *vault = fixture_vault();
	SCAN_AUTO *scan = NULL;

	(void)state;
	add_at(vault, "shop", "joe@example.com", "https://shop.example.com/");
	add_at(vault, "mailserver", "joe@example.com", NULL);
	add_at(vault, "mail a", "a", "imap://box.example");
	add_at(vault, "mail b", "b", "imap://box.example");
	add_at(vault, "key of named.example", NULL, NULL);
	add_at(vault, "gmx", "jo@gmx.de", NULL);
	scan = scan_of(vault);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct scan_login login = {.address = cases[i].address,
		                                 .users = &cases[i].user,
		                                 .n_users = cases[i].user != NULL};
		struct scan_likely likely[SCAN_LIKELY_MAX];
		char told[256] = "";
		size_t count = scan_likely(scan, &login, likely), length = 0;

		for (size_t j = 0; j < count && j < SCAN_LIKELY_MAX; j++)
			length += (size_t)snprintf(told + length, sizeof(told) - length, "%s;",
			                           likely[j].entry);
		if (strcmp(told, cases[i].entries) != 0)
			fail_msg("%s: %s, not %s", cases[i].address, told, cases[i].entries);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_borders),
		cmocka_unit_test(test_like_a_plain_search),
		cmocka_unit_test(test_spellings),
		cmocka_unit_test(test_likely),
	};

	return cmocka_run_group_tests(tests, fixture_group_start, fixture_group_end);
}

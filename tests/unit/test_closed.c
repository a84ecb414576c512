/*
 * After the vault is closed nothing is left of it in the process: no password, present or former,
 * no note, no key, no master password. Whatever was done with it.
 */
#include "unit.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <vault/audit.h>
#include <vault/vault.h>

#include "crypto/seal.h"
#include "residue.h"

#define ENTRIES 1000
#define PASSWORD_BYTES 24

static char folder[64];
static const struct kdf_cost cheap = {.memory = 64 * 1024, .time = 3};

/* ---- secrets that can be made again, so that the test needs no copy of them ---------- */

static uint64_t mixed(uint64_t number) /* splitmix64 */
{
	number += 0x9e3779b97f4a7c15ULL;
	number = (number ^ number >> 30) * 0xbf58476d1ce4e5b9ULL;
	number = (number ^ number >> 27) * 0x94d049bb133111ebULL;
	return number ^ number >> 31;
}

static struct secret *numbered_secret(unsigned number)
{
	struct secret *secret = NULL;

	assert_done(secret_new(&secret, PASSWORD_BYTES, err));
	for (unsigned i = 0; i < PASSWORD_BYTES; i++)
		secret->bytes[i] = (unsigned char)('!' + mixed(number * 64U + i) % 94);
	secret->length = PASSWORD_BYTES;
	return secret;
}

enum {
	MASTER = 5000,
	NEW_MASTER,
	WRONG_MASTER,
	REFUSED,
	NOTE = 6000,
	FIELD = 7000,
	EDITED = 8000,
};

static void remember_numbered(const char *name, unsigned first, unsigned count)
{
	for (unsigned i = first; i < first + count; i++) {
		struct secret *secret = numbered_secret(i);

		residue_remember(name, secret->bytes, secret->length);
		secret_free(secret);
	}
}

static void remember_key(const char *name, const char *name_hex, struct secret **hex)
{
	SECRET_AUTO *key = NULL;

	assert_done(secret_new(&key, 32, err));
	for (unsigned i = 0; i < 64; i++) {
		unsigned char c = (*hex)->bytes[i];

		key->bytes[i / 2] = (unsigned char)(key->bytes[i / 2] << 4 |
		                                    (c <= '9' ? c - '0' : c - 'a' + 10));
	}
	residue_remember(name, key->bytes, 32);
	residue_remember(name_hex, (*hex)->bytes, 64);
	for (unsigned i = 0; i < 64; i++)
		(*hex)->bytes[i] =
			(unsigned char)((*hex)->bytes[i] & ~((*hex)->bytes[i] >> 1 & 0x20));
	residue_remember(name_hex, (*hex)->bytes, 64); /* in capitals */
	secret_free(*hex);
	*hex = NULL;
}

static void remember_keys(struct vault *vault)
{
	static const char *const names[] = {NULL, NULL, "header subkey", "digest subkey",
	                                    "witness subkey"};
	struct secret *hex = NULL;
	SECRET_AUTO *volume = NULL;
	SECRET_AUTO *subkey = NULL;

	assert_done(vault_database_key(vault, &hex, err));
	remember_key("database key", "database key in hex", &hex);
	assert_done(vault_volume_key(vault, &hex, err));
	assert_done(secret_new(&volume, 32, err));
	assert_done(secret_new(&subkey, 32, err));
	for (unsigned i = 0; i < 64; i++) {
		unsigned char c = hex->bytes[i];

		volume->bytes[i / 2] = (unsigned char)(volume->bytes[i / 2] << 4 |
		                                       (c <= '9' ? c - '0' : c - 'a' + 10));
	}
	remember_key("volume key", "volume key in hex", &hex);
	for (unsigned i = SUBKEY_HEADER; i <= SUBKEY_WITNESS; i++) {
		subkey_derive(subkey->bytes, (enum subkey)i, volume->bytes);
		residue_remember(names[i], subkey->bytes, 32);
	}
}

/* ---- what is done with a vault ------------------------------------------------------- */

static struct entry *numbered_entry(unsigned number)
{
	struct entry *entry = NULL;
	struct secret *password = numbered_secret(number), *note = numbered_secret(NOTE + number),
		      *field = numbered_secret(FIELD + number);
	char name[16];

	snprintf(name, sizeof(name), "entry %u", number);
	assert_done(entry_new(&entry, name, err));
	entry_set_password(entry, &password);
	assert_done(entry_set_secret(entry, FIELD_NOTE, NULL, &note, err));
	assert_done(entry_set_secret(entry, FIELD_SECRET, "pin", &field, err));
	return entry;
}

static void opened(struct vault **vault, unsigned master)
{
	SECRET_AUTO *password = numbered_secret(master);
	const struct credential credential = {.type = KEY_PASSWORD, .password = password};

	assert_done(vault_open("test.vault", 0, vault, err));
	assert_done(vault_unlock(*vault, &credential, err));
}

static void create_and_add(void)
{
	VAULT_AUTO *vault = NULL;
	SECRET_AUTO *password = numbered_secret(MASTER);
	const struct vault_new how = {
		.credential = {.type = KEY_PASSWORD, .password = password},
		.cost = cheap,
	};

	assert_done(vault_create("test.vault", &how, &vault, err));
	assert_done(vault_batch_begin(vault, err));
	for (unsigned i = 0; i < ENTRIES; i++) {
		ENTRY_AUTO *entry = numbered_entry(i);
		WRITE_RESULT_AUTO result = {0};

		assert_done(vault_add(vault, entry, NULL, &result, err));
	}
	assert_done(vault_batch_end(vault, true, err));
	remember_keys(vault);
	/* The search has eyes: a key in use is found. */
	assert_true(residue_count("volume key", false) > 0);
	assert_true(residue_count("database key", false) > 0);
}

static int seen_name(void *context, const struct list_item *item)
{
	*(size_t *)context += item->name != NULL;
	return 0;
}

static int seen_group(void *context, const struct audit_group *group)
{
	*(size_t *)context += group->n_uses;
	return 0;
}

static int seen_password(void *context, const struct history_item *item)
{
	*(size_t *)context += item->password && item->password->length > 0;
	return 0;
}

static void read_all(void)
{
	VAULT_AUTO *vault = NULL;
	const struct list_filter filter = {.details = true};
	size_t names = 0, groups = 0, passwords = 0, uses = 0;

	opened(&vault, MASTER);
	for (unsigned i = 0; i < ENTRIES; i++) {
		ENTRY_AUTO *entry = NULL;
		SECRET_AUTO *password = numbered_secret(i);
		char name[16];

		snprintf(name, sizeof(name), "ENTRY %u", i);
		assert_done(vault_get(vault, name, &entry, err));
		assert_true(secret_equal(entry->password, password));
	}
	assert_done(vault_list(vault, &filter, seen_name, &names, err));
	assert_int_equal(names, ENTRIES);
	assert_done(audit_sharing(vault, seen_group, &uses, &groups, err));
	assert_done(vault_history(vault, "entry 7", true, seen_password, &passwords, err));
	assert_int_equal(passwords, 1);
}

static void edit_some(void)
{
	VAULT_AUTO *vault = NULL;

	opened(&vault, MASTER);
	for (unsigned i = 0; i < 20; i++) {
		WRITE_RESULT_AUTO result = {0};
		ENTRY_AUTO *set = NULL;
		struct secret *note = numbered_secret(EDITED + 100 + i);
		struct entry_edit edit = {.password = numbered_secret(EDITED + i)};
		char name[16];

		snprintf(name, sizeof(name), "entry %u", i);
		assert_done(entry_new(&set, name, err));
		assert_done(entry_set_secret(set, FIELD_NOTE, NULL, &note, err));
		edit.set = set;
		assert_done(vault_edit(vault, name, &edit, NULL, &result, err));
		assert_true(result.changed);
		secret_free(edit.password);
	}
}

/* The guard says no; the master password is one of those it refuses. */
static void be_refused(void)
{
	VAULT_AUTO *vault = NULL;
	static const unsigned taken[] = {MASTER, 5, 900};

	opened(&vault, MASTER);
	for (size_t i = 0; i < sizeof(taken) / sizeof(taken[0]); i++) {
		WRITE_RESULT_AUTO result = {0};
		ENTRY_AUTO *entry = numbered_entry(REFUSED);
		struct secret *password = numbered_secret(taken[i]);
		struct error err = {0};

		entry_set_password(entry, &password);
		assert_int_equal(vault_add(vault, entry, NULL, &result, &err), VAULT_REFUSED);
	}
}

static void trash_some(void)
{
	VAULT_AUTO *vault = NULL;
	size_t count = 0;

	opened(&vault, MASTER);
	for (unsigned i = 100; i < 110; i++) {
		WRITE_RESULT_AUTO result = {0};
		WRITE_RESULT_AUTO back = {0};
		char name[16];

		snprintf(name, sizeof(name), "entry %u", i);
		assert_done(vault_remove(vault, name, &result, err));
		if (i % 2)
			assert_done(vault_trash_restore(vault, name, NULL, &back, err));
	}
	assert_done(vault_trash_empty(vault, NULL, &count, err));
	assert_int_equal(count, 5);
}

static void be_wrong(void)
{
	VAULT_AUTO *vault = NULL;
	SECRET_AUTO *password = numbered_secret(WRONG_MASTER);
	const struct credential credential = {.type = KEY_PASSWORD, .password = password};
	struct error ignored = {0};

	assert_done(vault_open("test.vault", 0, &vault, err));
	assert_int_equal(vault_unlock(vault, &credential, &ignored), VAULT_WRONG_KEY);
}

static void seen_finding(void *context, enum check_severity severity, const char *text)
{
	(void)context;
	(void)severity;
	(void)text;
}

static int seen_entry(void *context, const struct entry *entry, bool verified)
{
	*(size_t *)context += verified && entry->password;
	return 0;
}

static void copy_and_check(void)
{
	VAULT_AUTO *vault = NULL;
	enum check_severity worst = CHECK_DAMAGE;
	struct rescue_result rescued = {0};
	size_t entries = 0;

	opened(&vault, MASTER);
	assert_done(vault_check(vault, seen_finding, NULL, &worst, err));
	assert_int_equal(worst, CHECK_NOTE);
	assert_done(vault_backup(vault, "backup.vault", err));
	assert_done(vault_rescue(vault, seen_entry, &entries, &rescued, err));
	assert_in_range(entries, ENTRIES - 5, ENTRIES);
}

static void change_keys(void)
{
	VAULT_AUTO *vault = NULL;
	SECRET_AUTO *password = numbered_secret(NEW_MASTER);
	const struct credential credential = {.type = KEY_PASSWORD, .password = password};
	const struct vault_new how = {.credential = credential, .cost = cheap};
	unsigned slot;

	opened(&vault, MASTER);
	assert_done(vault_key_add(vault, &credential, &cheap, "another", &slot, err));
	assert_done(vault_passwd(vault, 0, &credential, &cheap, err));
	assert_done(vault_rekey(&vault, &how, err));
	opened(&vault, NEW_MASTER);
	remember_keys(vault);
}

/* ---- the tests ----------------------------------------------------------------------- */

/* Further down the stack than the search reaches, which else would cover what is left. */
static __attribute__((noinline)) void deeper(void (*act)(void))
{
	volatile unsigned char room[65536];

	room[0] = 0;
	act();
	room[sizeof(room) - 1] = room[0];
}

static void nothing_is_left(void **state)
{
	static const struct {
		void (*act)(void);
		const char *what;
	} acts[] = {
		{create_and_add, "creating and adding"},
		{read_all, "reading"},
		{edit_some, "editing"},
		{be_refused, "being refused"},
		{trash_some, "the trash"},
		{be_wrong, "a wrong password"},
		{copy_and_check, "check, backup and rescue"},
		{change_keys, "changing keys"},
	};
	int left = 0;

	(void)state;
	for (size_t i = 0; i < sizeof(acts) / sizeof(acts[0]); i++) {
		int found;

		deeper(acts[i].act);
		found = residue_count(NULL, true);
		if (found != 0)
			print_message("# %s left %d pieces behind", acts[i].what, found);
		left += found;
	}
	assert_int_equal(left, 0);
}

static char *leaked; /* used, so that no compiler may remove it */

/* A copy on the heap, one that was freed, and one further down the stack. */
static void leak_on_heap(void)
{
	SECRET_AUTO *secret = numbered_secret(517);

	leaked = malloc(PASSWORD_BYTES);
	memcpy(leaked, secret->bytes, PASSWORD_BYTES);
}

static void leak_and_free(void)
{
	leak_on_heap();
	free(leaked);
}

static void leak_on_stack(void)
{
	SECRET_AUTO *secret = numbered_secret(NOTE + 1);
	volatile char copy[PASSWORD_BYTES];

	for (size_t i = 0; i < PASSWORD_BYTES; i++)
		copy[i] = (char)secret->bytes[i];
	leaked = copy[0] ? leaked : NULL;
}

static void the_search_finds_what_leaks(void **state)
{
	(void)state;
	deeper(leak_on_heap);
	assert_int_equal(residue_count(NULL, false), (PASSWORD_BYTES - 8) / 4 + 1);
	secret_wipe(leaked, PASSWORD_BYTES);
	free(leaked);
	assert_int_equal(residue_count(NULL, false), 0);
	deeper(leak_and_free);
	assert_true(residue_count("password", false) > 0);
	leaked = malloc(PASSWORD_BYTES); /* the same block again */
	secret_wipe(leaked, PASSWORD_BYTES);
	free(leaked);
	deeper(leak_on_stack);
	assert_true(residue_count("note or field", false) > 0);
}

static int start(void **state)
{
	(void)state;
	snprintf(folder, sizeof(folder), "/tmp/vault-closed-XXXXXX");
	if (!mkdtemp(folder) || chdir(folder) != 0 || setenv("XDG_STATE_HOME", folder, 1) != 0)
		return -1;
	assert_done(crypto_start(err));
	remember_numbered("password", 0, ENTRIES);
	remember_numbered("master password", MASTER, 3);
	remember_numbered("note or field", NOTE, ENTRIES);
	remember_numbered("note or field", FIELD, ENTRIES);
	remember_numbered("password or note of an edit", EDITED, 20);
	remember_numbered("password or note of an edit", EDITED + 100, 20);
	return 0;
}

static int remove_one(const char *path, const struct stat *status, int type, struct FTW *ftw)
{
	(void)status;
	(void)type;
	(void)ftw;
	return remove(path);
}

static int end(void **state)
{
	(void)state;
	return chdir("/") == 0 ? nftw(folder, remove_one, 16, FTW_DEPTH | FTW_PHYS) : -1;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_search_finds_what_leaks),
		cmocka_unit_test(nothing_is_left),
	};

	if (access("/proc/self/maps", R_OK) != 0)
		return 77;
	return cmocka_run_group_tests(tests, start, end);
}

/*
 * A vault with something of everything: entries with short and overflowing notes, a former
 * password, one entry in the trash, erased ones, and free pages.
 */
#ifndef FULL_VAULT_H
#define FULL_VAULT_H

#include "vault_fixture.h"

#define ENTRIES 60

static char long_note[9001]; /* three pages of its own */

static inline const char *name_of(int i)
{
	static char name[32];

	snprintf(name, sizeof(name), "entry %02d", i);
	return name;
}

static inline const char *password_of(int i)
{
	static char password[64];

	snprintf(password, sizeof(password), "a password of some length, number %d", i);
	return password;
}

/* Entries, a former password, trash, erased secrets, overflowing notes, and free pages at last. */
static inline struct bytes full_vault(void)
{
	VAULT_AUTO *vault = NULL;
	size_t count;

	fixture_reset();
	memset(long_note, 'n', sizeof(long_note) - 1);
	vault = vault_opened(FILE_NAME, 0);
	assert_done(vault_batch_begin(vault, err));
	for (int i = 0; i < ENTRIES; i++)
		add_entry(vault, name_of(i), password_of(i),
		          i % 10 == 0 ? long_note : "short note");
	for (int i = 0; i < 10; i++)
		add_entry(vault, name_of(100 + i), "for the trash", long_note);
	assert_done(vault_batch_end(vault, true, err));
	assert_done(vault_batch_begin(vault, err));
	for (int i = 0; i < 10; i++)
		remove_entry(vault, name_of(100 + i));
	assert_done(vault_batch_end(vault, true, err));
	assert_done(vault_trash_empty(vault, NULL, &count, err));
	add_entry(vault, name_of(200), "in the trash", NULL);
	remove_entry(vault, name_of(200));
	set_password(vault, name_of(3), "a new one");
	set_password(vault, name_of(3), password_of(3));
	vault_close(vault);
	vault = NULL;
	return file_load(FILE_NAME);
}

/* How many of the entries read; none may read wrongly. */
static inline size_t readable(unsigned flags)
{
	VAULT_AUTO *vault = NULL;
	size_t count = 0;

	if (vault_open(FILE_NAME, flags, &vault, NULL) != 0 ||
	    vault_unlock_volume_key(vault, fixture_key, NULL) != 0)
		return 0;
	for (int i = 0; i < ENTRIES; i++)
		count += reads(vault, name_of(i), password_of(i));
	return count;
}

#endif

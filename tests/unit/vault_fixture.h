/*
 * A vault to break: one folder and one key derivation per test program, everything after that by
 * the volume key.
 *
 * fixture_start makes the folder, an empty vault in it, and keeps the file's bytes; fixture_reset
 * puts them back. Paths are relative to the folder, which is the working directory. XDG_STATE_HOME
 * is in it too.
 */
#ifndef VAULT_FIXTURE_H
#define VAULT_FIXTURE_H

#include "unit.h"

#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "vault/internal.h"

#define FILE_NAME "test.vault"
#define MASTER "master password"
#define PAGE_AT(n) ((size_t)HEADER_AREA + DB_PAGE_BYTES * ((size_t)(n)-1))

struct bytes {
	unsigned char *data;
	size_t length;
};

static char fixture_folder[64];
static struct secret *fixture_key; /* the volume key */
static struct bytes fixture_empty; /* the file as it was made */

/* ---- files -------------------------------------------------------------------------- */

static inline struct bytes file_load(const char *path)
{
	struct bytes bytes = {0};
	struct stat status;
	int fd = open(path, O_RDONLY);

	assert_true(fd >= 0);
	assert_int_equal(fstat(fd, &status), 0);
	bytes.length = (size_t)status.st_size;
	bytes.data = malloc(bytes.length + 1);
	assert_non_null(bytes.data);
	assert_int_equal(read(fd, bytes.data, bytes.length), bytes.length);
	close(fd);
	return bytes;
}

static inline void file_save(const char *path, const unsigned char *data, size_t length)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, data, length), length);
	close(fd);
}

static inline void bytes_save(const char *path, struct bytes bytes)
{
	file_save(path, bytes.data, bytes.length);
}

static inline size_t pages_of(struct bytes bytes)
{
	return (bytes.length - HEADER_AREA) / DB_PAGE_BYTES;
}

static inline bool same_page(struct bytes a, struct bytes b, size_t page)
{
	return memcmp(a.data + PAGE_AT(page), b.data + PAGE_AT(page), DB_PAGE_BYTES) == 0;
}

/* Saves `bytes` with one byte of a page changed. */
static inline void save_damaged(const char *path, struct bytes bytes, size_t page)
{
	bytes.data[PAGE_AT(page) + 1000] ^= 0x40;
	bytes_save(path, bytes);
	bytes.data[PAGE_AT(page) + 1000] ^= 0x40;
}

static inline struct bytes bytes_copy(struct bytes bytes)
{
	struct bytes copy = {.data = malloc(bytes.length + 1), .length = bytes.length};

	assert_non_null(copy.data);
	memcpy(copy.data, bytes.data, bytes.length);
	return copy;
}

/* ---- vaults ------------------------------------------------------------------------- */

static inline struct vault *vault_opened(const char *path, unsigned flags)
{
	struct vault *vault = NULL;

	assert_done(vault_open(path, flags, &vault, err));
	assert_done(vault_unlock_volume_key(vault, fixture_key, err));
	return vault;
}

static inline struct secret *secret_of(const char *text)
{
	struct secret *secret = NULL;

	assert_done(secret_copy(&secret, text, strlen(text), err));
	return secret;
}

static inline void add_entry(struct vault *vault, const char *name, const char *password,
                             const char *note)
{
	ENTRY_AUTO *entry = NULL;
	WRITE_RESULT_AUTO result = {0};
	SECRET_AUTO *secret = secret_of(password);
	SECRET_AUTO *text = note ? secret_of(note) : NULL;

	assert_done(entry_new(&entry, name, err));
	assert_done(entry_set_user(entry, "user", err));
	assert_done(entry_set_text(entry, FIELD_URL, NULL, "https://example.org", err));
	entry_set_password(entry, &secret);
	if (note)
		assert_done(entry_set_secret(entry, FIELD_NOTE, NULL, &text, err));
	assert_done(vault_add(vault, entry, "a test", &result, err));
}

static inline void set_password(struct vault *vault, const char *name, const char *password)
{
	WRITE_RESULT_AUTO result = {0};
	struct entry_edit edit = {.password = secret_of(password)};

	assert_done(vault_edit(vault, name, &edit, "a test", &result, err));
	secret_free(edit.password);
}

static inline void remove_entry(struct vault *vault, const char *name)
{
	WRITE_RESULT_AUTO result = {0};

	assert_done(vault_remove(vault, name, &result, err));
}

/* Is `password` what the vault says? Fails the test when it says something else without
 * complaining. */
static inline bool reads(struct vault *vault, const char *name, const char *password)
{
	ENTRY_AUTO *entry = NULL;
	struct error err = {0};
	int r = vault_get(vault, name, &entry, &err);

	if (r != 0)
		return false;
	assert_int_equal(entry->password->length, strlen(password));
	assert_memory_equal(entry->password->bytes, password, strlen(password));
	return true;
}

/* ---- the check ---------------------------------------------------------------------- */

struct findings {
	char text[8192]; /* a line each */
	size_t warnings, damages;
	enum check_severity worst;
};

static inline void findings_add(void *context, enum check_severity severity, const char *text)
{
	struct findings *findings = context;
	size_t length = strlen(findings->text);

	findings->warnings += severity == CHECK_WARNING;
	findings->damages += severity == CHECK_DAMAGE;
	snprintf(findings->text + length, sizeof(findings->text) - length, "%d %s\n", (int)severity,
	         text);
}

static inline struct findings check_opened(struct vault *vault)
{
	struct findings findings = {0};

	assert_done(vault_check(vault, findings_add, &findings, &findings.worst, err));
	return findings;
}

/* A vault that does not even unlock is found out as well: worst is CHECK_DAMAGE then. */
static inline struct findings check_file(const char *path, unsigned flags)
{
	struct findings findings = {.worst = CHECK_DAMAGE};
	VAULT_AUTO *vault = NULL;
	struct error err = {0};
	int r = vault_open(path, flags, &vault, &err);

	if (r == 0)
		r = vault_unlock_volume_key(vault, fixture_key, &err);
	if (r == 0)
		return check_opened(vault);
	findings_add(&findings, CHECK_DAMAGE, err.message);
	return findings;
}

/* ---- the folder --------------------------------------------------------------------- */

static inline const char *witness_path(void)
{
	static char path[256];

	snprintf(path, sizeof(path), "state/vault/");
	for (int i = 0; i < HEADER_UUID_BYTES; i++)
		snprintf(path + strlen(path), 3, "%02x", fixture_empty.data[24 + i]);
	return path;
}

static inline void forget_witness(void)
{
	unlink(witness_path());
}

static inline void fixture_reset(void)
{
	unlink(FILE_NAME "-journal");
	bytes_save(FILE_NAME, fixture_empty);
	forget_witness();
}

static inline int fixture_remove(const char *path, const struct stat *status, int type,
                                 struct FTW *ftw)
{
	(void)status;
	(void)type;
	(void)ftw;
	return remove(path);
}

static inline int fixture_start(void **state)
{
	VAULT_AUTO *vault = NULL;
	SECRET_AUTO *password = secret_of(MASTER);
	struct vault_new how = {
		.credential = {.type = KEY_PASSWORD, .password = password},
		.cost = {.memory = 64 * 1024, .time = 3},
	};

	(void)state;
	snprintf(fixture_folder, sizeof(fixture_folder), "%s", "/tmp/vault-unit-XXXXXX");
	assert_non_null(mkdtemp(fixture_folder));
	assert_int_equal(chdir(fixture_folder), 0);
	assert_int_equal(mkdir("state", 0700), 0);
	snprintf(fixture_folder + strlen(fixture_folder), 8, "/state");
	setenv("XDG_STATE_HOME", fixture_folder, 1);
	fixture_folder[strlen(fixture_folder) - strlen("/state")] = '\0';
	assert_done(vault_create(FILE_NAME, &how, &vault, err));
	assert_done(secret_copy(&fixture_key, vault->keys->volume, VOLUME_KEY_BYTES, err));
	vault_close(vault);
	vault = NULL;
	fixture_empty = file_load(FILE_NAME);
	return 0;
}

static inline int fixture_end(void **state)
{
	(void)state;
	secret_free(fixture_key);
	free(fixture_empty.data);
	if (chdir("/") == 0)
		nftw(fixture_folder, fixture_remove, 16, FTW_DEPTH | FTW_PHYS);
	return 0;
}

#endif

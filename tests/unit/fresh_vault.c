#include "fresh_vault.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[64], path[96], pristine[96];
static struct secret *volume_key, *recovery_code;

static void copy_file(const char *from, const char *to)
{
	unsigned char bytes[1 << 17];
	int in = open(from, O_RDONLY), out = open(to, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	ssize_t length = read(in, bytes, sizeof(bytes));

	assert_true(in >= 0 && out >= 0 && length > 0 && length < (ssize_t)sizeof(bytes));
	assert_int_equal(write(out, bytes, (size_t)length), length);
	close(in);
	close(out);
}

static void read_volume_key(struct vault *vault)
{
	struct secret *hex = NULL;

	assert_done(vault_volume_key(vault, &hex, err));
	assert_done(secret_new(&volume_key, VOLUME_KEY_BYTES, err));
	for (unsigned i = 0; i < VOLUME_KEY_BYTES; i++) {
		unsigned byte;

		assert_int_equal(sscanf((const char *)hex->bytes + 2 * i, "%2x", &byte), 1);
		volume_key->bytes[i] = (unsigned char)byte;
	}
	volume_key->length = VOLUME_KEY_BYTES;
	secret_free(hex);
}

int fixture_group_start(void **state)
{
	struct secret *password = secret_of(FIXTURE_PASSWORD);
	struct vault_new how = {
		.credential = {.type = KEY_PASSWORD, .password = password},
		.cost = {.memory = 64 * 1024, .time = 3},
	};
	struct vault *vault = NULL;

	(void)state;
	snprintf(folder, sizeof(folder), "/tmp/vault-test-XXXXXX");
	assert_non_null(mkdtemp(folder));
	setenv("XDG_STATE_HOME", folder, 1);
	snprintf(path, sizeof(path), "%s/test.vault", folder);
	snprintf(pristine, sizeof(pristine), "%s/pristine.vault", folder);
	assert_done(recovery_code_new(&recovery_code, err));
	how.recovery_code = recovery_code;
	assert_done(vault_create(pristine, &how, &vault, err));
	read_volume_key(vault);
	vault_close(vault);
	secret_free(password);
	return 0;
}

static void forget_witness(void)
{
	char command[256];

	snprintf(command, sizeof(command), "rm -rf %s/vault %s*", folder, path);
	assert_int_equal(system(command), 0);
}

int fixture_group_end(void **state)
{
	char command[128];

	(void)state;
	secret_free(volume_key);
	secret_free(recovery_code);
	snprintf(command, sizeof(command), "rm -rf %s", folder);
	return system(command);
}

const char *fixture_path(void)
{
	forget_witness();
	copy_file(pristine, path);
	return path;
}

struct vault *fixture_vault(void)
{
	return fixture_open(fixture_path(), 0);
}

struct vault *fixture_open(const char *which, unsigned flags)
{
	struct vault *vault = NULL;

	assert_done(vault_open(which ? which : path, flags, &vault, err));
	assert_done(vault_unlock_volume_key(vault, volume_key, err));
	return vault;
}

const struct secret *fixture_recovery_code(void)
{
	return recovery_code;
}

struct secret *secret_of(const char *text)
{
	struct secret *secret = NULL;

	assert_done(secret_copy(&secret, text, strlen(text), err));
	return secret;
}

struct entry *entry_of(const char *name, const char *password)
{
	struct entry *entry = NULL;
	struct secret *secret = secret_of(password);

	assert_done(entry_new(&entry, name, err));
	entry_set_password(entry, &secret);
	return entry;
}

void add(struct vault *vault, const char *name, const char *password, const char *reason)
{
	WRITE_RESULT_AUTO result = {0};
	ENTRY_AUTO *entry = entry_of(name, password);

	assert_done(vault_add(vault, entry, reason, &result, err));
	assert_true(result.changed);
	if (!reason)
		assert_int_equal(result.conflicts.count, 0);
}

int try_add(struct vault *vault, const char *name, const char *password,
            struct write_result *result)
{
	ENTRY_AUTO *entry = entry_of(name, password);

	write_result_done(result);
	return vault_add(vault, entry, NULL, result, NULL);
}

int try_edit(struct vault *vault, const char *name, const char *password, const char *reason,
             struct write_result *result)
{
	struct entry_edit edit = {.password = secret_of(password)};
	int r;

	write_result_done(result);
	r = vault_edit(vault, name, &edit, reason, result, NULL);
	secret_free(edit.password);
	return r;
}

void assert_password(struct vault *vault, const char *name, const char *password)
{
	ENTRY_AUTO *entry = NULL;

	assert_done(vault_get(vault, name, &entry, err));
	assert_non_null(entry->password);
	assert_int_equal(entry->password->length, strlen(password));
	assert_memory_equal(entry->password->bytes, password, strlen(password));
}

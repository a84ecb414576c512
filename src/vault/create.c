/* A new vault: complete under a temporary name first, so that it appears whole or not at all. */
#include "vault/internal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "store/schema.h"

/* The header of a new vault: a slot for the credential, one for the recovery code. */
static int make_header(struct header *header, const struct vault_new *how, const struct vault *like,
                       const unsigned char *volume_key, struct error *err)
{
	struct credential recovery = {.type = KEY_RECOVERY_CODE, .password = how->recovery_code};
	int r;

	*header = (struct header){.sequence = like ? like->header.sequence + 1 : 1};
	if (like) {
		memcpy(header->uuid, like->header.uuid, sizeof(header->uuid));
		header->created = like->header.created;
	} else {
		crypto_random(header->uuid, sizeof(header->uuid));
		header->created = now_seconds();
	}
	r = slot_seal(header, 0, &how->credential, &how->cost, NULL, volume_key, err);
	if (r == 0 && how->recovery_code)
		r = slot_seal(header, 1, &recovery, &header->slots[0].cost, NULL, volume_key, err);
	return r;
}

static int write_headers(int fd, const struct header *header, const unsigned char *mac_key,
                         struct error *err)
{
	unsigned char bytes[HEADER_BYTES];
	int r = 0;

	for (unsigned copy = 0; copy < HEADER_COPIES && r == 0; copy++) {
		header_encode(bytes, header, copy, mac_key);
		r = file_write_all(fd, bytes, sizeof(bytes), err);
	}
	if (r == 0 && fsync(fd) < 0)
		r = error_errno(err, VAULT_FAILED, errno, "cannot sync");
	return r;
}

static int write_header_file(const char *path, const struct header *header,
                             const unsigned char *mac_key, struct error *err)
{
	CLOSE_AUTO int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);

	if (fd < 0)
		return error_errno(err, VAULT_FAILED, errno, "cannot create '%s'", path);
	if (write_headers(fd, header, mac_key, err) < 0)
		return error_context(err, "'%s'", path);
	return 0;
}

/* The tables and the first state row. The vault has its keys. */
static int make_database(struct vault *vault, const struct vault *like, struct error *err)
{
	int r = db_unlock(vault->db, vault->keys->database, true, err);

	if (r == 0)
		r = db_begin_write(vault->db, err);
	if (r < 0)
		return r;
	if (like)
		memcpy(vault->keys->fingerprint, like->keys->fingerprint, FINGERPRINT_KEY_BYTES);
	else
		crypto_random(vault->keys->fingerprint, FINGERPRINT_KEY_BYTES);
	vault->state.generation = like ? like->state.generation : 1;
	r = schema_create(vault->db, err);
	if (r == 0)
		r = state_write(vault, true, err);
	if (r == 0)
		r = db_commit(vault->db, err);
	if (r < 0)
		db_rollback(vault->db);
	vault->schema = schema_version();
	return r;
}

int create_file(const char *path, const struct vault_new *how, const struct vault *like,
                struct vault **ret_vault, struct error *err)
{
	struct vault holder = {0}; /* of the keys, until the file can be opened */
	VAULT_AUTO *vault = NULL;
	SECRET_AUTO *volume_key = NULL;
	struct header header;
	int r = crypto_start(err);

	if (r == 0)
		r = secret_new(&volume_key, VOLUME_KEY_BYTES, err);
	if (r < 0)
		return r;
	crypto_random(volume_key->bytes, VOLUME_KEY_BYTES);
	r = make_header(&header, how, like, volume_key->bytes, err);
	if (r == 0)
		r = keys_set(&holder, volume_key->bytes, err);
	if (r == 0)
		r = write_header_file(path, &header, holder.keys->header, err);
	keys_forget(&holder);
	if (r == 0)
		r = vault_attach(path, 0, &vault, err);
	if (r == 0)
		r = keys_set(vault, volume_key->bytes, err);
	if (r == 0)
		r = make_database(vault, like, err);
	if (r != 0)
		return r;
	vault->slot = 0;
	*ret_vault = vault;
	vault = NULL;
	return 0;
}

static int publish(const char *temporary, const char *path, struct error *err)
{
	int r = file_publish(temporary, path, 0, err);

	if (r == VAULT_EXISTS)
		error_set(err, VAULT_EXISTS, "there is already a file '%s'", path);
	return r;
}

/* SQLite knows an open file by its name: after the rename the vault is opened anew, without a
 * second key derivation. */
static int reopen(const char *path, const struct vault_new *how, const struct secret *volume_key,
                  struct vault **ret_vault, struct error *err)
{
	VAULT_AUTO *vault = NULL;
	int r = vault_open(path, 0, &vault, err);

	if (r == 0)
		r = vault_unlock_volume_key(vault, volume_key, err);
	if (r != 0)
		return r < 0 ? r : -r;
	keys_remember(vault, &how->credential, 0);
	*ret_vault = vault;
	vault = NULL;
	return 0;
}

/* Makes the vault under a temporary name, gives it its own, keeps the key. */
static int create_and_publish(const char *path, const struct vault_new *how,
                              struct secret **ret_volume_key, struct error *err)
{
	FREE_AUTO char *temporary = NULL;
	VAULT_AUTO *vault = NULL;
	struct stat there;
	int r = file_temporary_name(path, &temporary, err);

	if (r < 0)
		return r;
	r = create_file(temporary, how, NULL, &vault, err);
	if (r == 0)
		r = secret_copy(ret_volume_key, vault->keys->volume, VOLUME_KEY_BYTES, err);
	vault_close(vault);
	vault = NULL;
	if (r == 0)
		r = publish(temporary, path, err);
	if (r < 0 && lstat(temporary, &there) < 0 && errno == ENOENT) {
		error_context(err, "the vault is made, but a power failure could undo that");
		return VAULT_FAILED;
	}
	if (r != 0)
		unlink(temporary);
	return r;
}

int vault_create(const char *path, const struct vault_new *how, struct vault **ret_vault,
                 struct error *err)
{
	SECRET_AUTO *volume_key = NULL;
	struct stat there;
	int r;

	/* Before the slow part; publishing decides. */
	if (lstat(path, &there) == 0) {
		error_set(err, VAULT_EXISTS, "there is already a file '%s'", path);
		return VAULT_EXISTS;
	}
	r = file_make_parents(path, err);
	if (r == 0)
		r = create_and_publish(path, how, &volume_key, err);
	if (r != 0)
		return r;
	if (reopen(path, how, volume_key, ret_vault, err) == 0)
		return 0;
	error_context(err, "the vault is made, but cannot be opened");
	return VAULT_FAILED;
}

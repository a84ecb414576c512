/*
 * Opening and closing: the file, its header, a credential, the database, the witness, in this
 * order.
 */
#include "vault/importing.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/paths.h"
#include "store/memory.h"
#include "store/schema.h"

int vault_default_path(char **ret_path, struct error *err)
{
	return paths_default_vault(ret_path, err);
}

int vault_config_path(char **ret_path, struct error *err)
{
	return paths_config("config", ret_path, err);
}

int vault_expand_path(const char *path, char **ret_path, struct error *err)
{
	return paths_expand(path, ret_path, err);
}

/* Every copy that is not torn must be the vault's own. VAULT_WRONG_KEY (> 0): none is, and the key
 * did not come out of a slot, so that it may be the key that is wrong. */
static int authenticate(const struct vault *vault, const unsigned char area[HEADER_AREA],
                        const enum copy_state states[HEADER_COPIES], struct error *err)
{
	int foreign = -1, own = -1;

	for (int i = 0; i < HEADER_COPIES; i++) {
		if (states[i] == COPY_TORN)
			continue;
		if (header_authentic(area + i * HEADER_BYTES, vault->keys->header))
			own = i;
		else
			foreign = i;
	}
	if (foreign < 0)
		return 0;
	if (own < 0 && vault->slot < 0 && vault->schema == 0)
		return VAULT_WRONG_KEY;
	return error_set(err, VAULT_DAMAGED,
	                 "header copy %c was changed by something that does not have the vault's "
	                 "key: restore a backup, or see 'vault help rescue'",
	                 'A' + (char)foreign);
}

/* Without keys nothing can be said of the MAC. With them, every copy that is not torn must be the
 * vault's own. */
int header_refresh(struct vault *vault, struct error *err)
{
	unsigned char area[HEADER_AREA];
	enum copy_state states[HEADER_COPIES];
	struct header header;
	unsigned chosen;
	int r = db_header_read(vault->db, area, err);

	if (r == 0)
		r = header_choose(area, &header, &chosen, states, err);
	if (r < 0)
		return r;
	r = vault->keys && !(vault->flags & VAULT_RESCUE) ? authenticate(vault, area, states, err)
	                                                  : 0;
	if (r != 0)
		return r;
	vault->header = header;
	memcpy(vault->copies, states, sizeof(states));
	return 0;
}

int header_store(struct vault *vault, struct header *header, struct error *err)
{
	unsigned char bytes[HEADER_BYTES];
	/* The copy that is not today's header goes first, so that an intact one is there at every
	 * instant. */
	unsigned first = vault->copies[1] != COPY_INTACT ? 1 : 0;
	int r = 0;

	header->sequence = vault->header.sequence + 1;
	for (unsigned i = 0; i < HEADER_COPIES && r == 0; i++) {
		header_encode(bytes, header, first ^ i, vault->keys->header);
		r = db_header_write(vault->db, bytes, first ^ i, err);
	}
	if (r == 0)
		r = header_refresh(vault, err);
	return r;
}

static bool whole(const struct vault *vault)
{
	return vault->copies[0] == COPY_INTACT && vault->copies[1] == COPY_INTACT;
}

/* Writes the header that is in force into each copy that is torn or stale, and into no other: the
 * intact one stays untouched, and the header no younger. */
static int write_bad_copies(struct vault *vault)
{
	unsigned char bytes[HEADER_BYTES];
	int r = 0;

	for (unsigned i = 0; i < HEADER_COPIES && r == 0; i++) {
		if (vault->copies[i] == COPY_INTACT)
			continue;
		header_encode(bytes, &vault->header, i, vault->keys->header);
		r = db_header_write(vault->db, bytes, i, NULL);
	}
	return r;
}

/* What cannot be healed is told by vault_info, not an error. */
static void heal(struct vault *vault)
{
	if (whole(vault) || vault->flags & (VAULT_READ_ONLY | VAULT_RESCUE) ||
	    db_is_read_only(vault->db) || vault->rollback.detected)
		return;
	if (db_begin_write(vault->db, NULL) < 0)
		return;
	/* Another program may have been in the middle of writing it: look again, now that nobody
	 * can be. */
	if (header_refresh(vault, NULL) == 0 && !whole(vault) && write_bad_copies(vault) == 0)
		vault->healed = header_refresh(vault, NULL) == 0 && whole(vault);
	db_rollback(vault->db);
}

int vault_attach(const char *path, unsigned flags, struct vault **ret_vault, struct error *err)
{
	struct vault *vault;
	unsigned db_flags = 0;
	int r = crypto_start(err);

	if (r < 0)
		return r;
	vault = calloc(1, sizeof(*vault));
	if (vault)
		vault->path = strdup(path);
	if (!vault || !vault->path) {
		free(vault);
		return error_set(err, VAULT_FAILED, "out of memory");
	}
	vault->flags = flags;
	vault->slot = -1;
	if (flags & (VAULT_READ_ONLY | VAULT_RESCUE))
		db_flags |= DB_READ_ONLY;
	if (flags & VAULT_RESCUE)
		db_flags |= DB_LENIENT;
	if (flags & VAULT_NO_WAIT)
		db_flags |= DB_NO_WAIT;
	r = db_open(path, db_flags, &vault->db, err);
	if (r == 0) {
		r = header_refresh(vault, err);
		if (r < 0)
			error_context(err, "'%s'", path);
	}
	if (r != 0) {
		vault_close(vault);
		return r;
	}
	*ret_vault = vault;
	return 0;
}

int vault_open(const char *path, unsigned flags, struct vault **ret_vault, struct error *err)
{
	return vault_attach(path, flags, ret_vault, err);
}

/* What may be done with a vault of that schema. */
static int check_schema(struct vault *vault, struct error *err)
{
	int r = schema_read_version(vault->db, &vault->schema, err);

	if (r == 0 && vault->schema == 0)
		return error_set(
			err, VAULT_DAMAGED,
			"the vault is truncated, there is nothing behind its header: restore "
			"a backup");
	return r == 0 ? schema_check(vault->schema, err) : r;
}

/* The first to open an older vault where it can be written brings it up to date. Where that fails,
 * it is read as it is, and whoever writes tries again and is told. */
static void upgrade_here(struct vault *vault)
{
	if (vault->schema < schema_version() && write_begin(vault, NULL) == 0)
		(void)write_rollback(vault, 0);
}

int vault_start(struct vault *vault, struct error *err)
{
	bool rescue = vault->flags & VAULT_RESCUE;
	struct witness witness;
	int r;

	/* The witness first: what it is compared with must not be older than it is. */
	r = witness_read(vault, &witness, err);
	if (r == 0)
		r = header_refresh(vault, err);
	if (r == VAULT_WRONG_KEY)
		return r;
	if (r == 0)
		r = db_unlock(vault->db, vault->keys->database, false, err);
	/* The header's MAC has proved the key, save in a rescue. */
	if (r == VAULT_WRONG_KEY && !(rescue && vault->slot < 0))
		return error_set(err, VAULT_DAMAGED,
		                 "the first page of the vault is damaged: restore a backup");
	if (r == VAULT_WRONG_KEY)
		return r;
	if (r == 0)
		r = check_schema(vault, err);
	if (r == 0)
		r = state_read(vault, !rescue, err);
	if (r < 0 && rescue)
		r = 0; /* what is left of the entries can be read without it */
	db_rollback(vault->db);
	if (r < 0)
		return r;
	witness_compare(vault, &witness);
	if (vault->flags & VAULT_ACCEPT_ROLLBACK && vault->rollback.detected) {
		vault->rollback.detected = false;
		witness_store(vault, true);
	}
	heal(vault);
	upgrade_here(vault);
	if (!vault->rollback.detected && !rescue)
		witness_store(vault, false);
	return 0;
}

/* A vault that failed to start stays locked. */
static int start_or_forget(struct vault *vault, struct error *err)
{
	int r = vault_start(vault, err);

	if (r != 0)
		keys_forget(vault);
	return r;
}

static int open_slots(struct vault *vault, const struct credential *credential,
                      unsigned char *volume_key, struct error *err)
{
	int r = VAULT_WRONG_KEY;

	for (unsigned i = 0; i < KEY_SLOTS && r == VAULT_WRONG_KEY; i++) {
		if (!vault->header.slots[i].used || vault->header.slots[i].type != credential->type)
			continue;
		r = slot_open(&vault->header, i, credential, volume_key, err);
		vault->slot = (int)i;
	}
	return r;
}

static const char *wrong_key_text(enum key_type type)
{
	switch (type) {
	case KEY_PASSWORD_AND_FILE:
		return "wrong password or key file";
	case KEY_FILE:
		return "wrong key file";
	case KEY_RECOVERY_CODE:
		return "wrong recovery code";
	case KEY_PASSWORD:
		break;
	}
	return "wrong password";
}

int vault_unlock(struct vault *vault, const struct credential *credential, struct error *err)
{
	SECRET_AUTO *volume_key = NULL;
	int r = secret_new(&volume_key, VOLUME_KEY_BYTES, err);

	if (r == 0)
		r = open_slots(vault, credential, volume_key->bytes, err);
	if (r == VAULT_WRONG_KEY) {
		vault->slot = -1;
		error_set(err, VAULT_WRONG_KEY, "%s", wrong_key_text(credential->type));
	}
	if (r == 0)
		r = keys_set(vault, volume_key->bytes, err);
	if (r == 0)
		r = start_or_forget(vault, err);
	if (r == 0)
		keys_remember(vault, credential, vault->slot);
	return r;
}

int vault_unlock_volume_key(struct vault *vault, const struct secret *volume_key, struct error *err)
{
	int r;

	if (volume_key->length != VOLUME_KEY_BYTES)
		return error_set(err, VAULT_USAGE, "a volume key has %d bytes", VOLUME_KEY_BYTES);
	vault->slot = -1;
	r = keys_set(vault, volume_key->bytes, err);
	if (r == 0)
		r = start_or_forget(vault, err);
	if (r == VAULT_WRONG_KEY)
		error_set(err, VAULT_WRONG_KEY, "wrong volume key");
	return r;
}

void vault_close(struct vault *vault)
{
	if (!vault)
		return;
	digest_forget(&vault->changes);
	identities_free(vault);
	import_names_free(vault);
	references_free(vault);
	realm_names_free(vault);
	ways_forget(vault);
	db_close(vault->db);
	keys_forget(vault);
	free(vault->path);
	free(vault);
}

void vault_closep(struct vault **vault)
{
	vault_close(*vault);
}

const struct vault_rollback *vault_rollback(const struct vault *vault)
{
	return &vault->rollback;
}

int vault_info(struct vault *vault, struct vault_status_info *ret_info, struct error *err)
{
	bool torn = vault->copies[0] == COPY_TORN || vault->copies[1] == COPY_TORN;

	*ret_info = (struct vault_status_info){
		.format = HEADER_FORMAT,
		.schema = vault->schema,
		.created = vault->header.created,
		.sequence = vault->header.sequence,
		.header_healed = vault->healed,
		.header_torn = torn,
		.read_only = db_is_read_only(vault->db),
		.memory_locked = memory_is_locked(),
	};
	memcpy(ret_info->uuid, vault->header.uuid, sizeof(ret_info->uuid));
	if (vault->keys) {
		ret_info->generation = vault->state.generation;
		ret_info->entries = vault->state.entries;
		ret_info->trashed = vault->state.trashed;
	}
	return db_file_size(vault->db, &ret_info->size, err);
}

/* What an entry is known by whatever its name. */
#include "vault/internal.h"

#include <string.h>

#include "base/uuid.h"

_Static_assert(VAULT_UUID_SIZE == UUID_SIZE, "one spelling");

int vault_uuid(struct vault *vault, const char *name, char ret_uuid[VAULT_UUID_SIZE],
               struct error *err)
{
	RECORD_AUTO record = {0};
	int64_t id = 0;
	int r = read_begin(vault, err);

	if (r < 0)
		return r;
	r = name_find(vault, name, &id, err);
	if (r == 0)
		r = record_load(vault, id, 0, &record, err);
	else if (r == VAULT_NOT_FOUND)
		error_set(err, VAULT_NOT_FOUND, "no entry '%s'", name);
	read_end(vault);
	if (r == 0)
		uuid_write(record.uuid, ret_uuid);
	return r;
}

static int find_uuid(struct vault *vault, const unsigned char uuid[UUID_BYTES], int64_t *ret_id,
                     struct error *err)
{
	STMT_AUTO *stmt = NULL;
	int r = db_stmt(vault->db, SQL_ENTRY_BY_UUID, &stmt, err);

	if (r < 0)
		return r;
	stmt_bind_blob(stmt, 1, uuid, UUID_BYTES);
	r = stmt_step(stmt, err);
	if (r == 1)
		*ret_id = stmt_int(stmt, 0);
	return r < 0 ? r : r == 1 ? 0 : VAULT_NOT_FOUND;
}

int vault_by_uuid(struct vault *vault, const char *uuid, char **ret_name,
                  enum entry_state *ret_state, struct error *err)
{
	RECORD_AUTO record = {0};
	unsigned char bytes[UUID_BYTES];
	int64_t id = 0;
	int r;

	if (!uuid_read(uuid, strlen(uuid), bytes))
		return VAULT_NOT_FOUND;
	r = read_begin(vault, err);
	if (r < 0)
		return r;
	r = find_uuid(vault, bytes, &id, err);
	if (r == 0)
		r = record_load(vault, id, 0, &record, err);
	read_end(vault);
	if (r != 0)
		return r;
	*ret_name = record.entry->name;
	record.entry->name = NULL;
	*ret_state = record.state;
	return 0;
}

#include "resets.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"

/* The uuid of an entry that has to be there. */
static int find(struct session *session, const char *name, char uuid[VAULT_UUID_SIZE],
                struct error *err)
{
	int r = vault_uuid(session->vault, name, uuid, err);

	return r == VAULT_NOT_FOUND ? session_no_entry(session, name, err) : r;
}

int resets_set(struct session *session, const char *name, const struct texts *through,
               struct entry *set, struct error *err)
{
	char uuid[VAULT_UUID_SIZE], own[VAULT_UUID_SIZE] = "";
	bool there = false;
	int r = through->count > 0 ? vault_has(session->vault, name, &there, err) : 0;

	if (r == 0 && there)
		r = find(session, name, own, err);
	for (size_t i = 0; r == 0 && i < through->count; i++) {
		r = find(session, through->items[i], uuid, err);
		if (r == 0 && strcmp(uuid, own) == 0)
			r = error_set(err, VAULT_USAGE,
			              "'%s' cannot be what its own password is reset through",
			              through->items[i]);
		if (r == 0)
			r = entry_set_text(set, FIELD_RESETS, NULL, uuid, err);
	}
	return r;
}

/* Puts the name in the place of the uuid. */
static int tell_name(struct session *session, struct field *field, struct error *err)
{
	FREE_AUTO char *name = NULL;
	enum entry_state state = ENTRY_LIVE;
	char *text = NULL;
	int r = vault_by_uuid(session->vault, field->text, &name, &state, err);

	if (r == VAULT_NOT_FOUND)
		return 0;
	if (r < 0)
		return r;
	if (asprintf(&text, "%s%s", name,
	             state == ENTRY_LIVE      ? ""
	             : state == ENTRY_TRASHED ? " (in the trash)"
	                                      : " (deleted)") < 0)
		return error_set(err, VAULT_FAILED, "out of memory");
	free(field->text);
	field->text = text;
	return 0;
}

int resets_read(struct session *session, const char *name, struct entry **ret_entry,
                struct error *err)
{
	ENTRY_AUTO *entry = NULL;
	int r = session_unlock(session, 0, err);

	if (r == 0)
		r = session_get(session, name, &entry, err);
	for (size_t i = 0; r == 0 && i < entry->n_fields; i++)
		if (entry->fields[i].kind == FIELD_RESETS)
			r = tell_name(session, &entry->fields[i], err);
	if (r != 0)
		return r;
	session_close(session);
	*ret_entry = entry;
	entry = NULL;
	return 0;
}

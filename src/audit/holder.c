#include "audit/holder.h"

#include <string.h>

#include <vault/realm.h>

#include "vault/internal.h"

size_t text_keep(struct buf *text, const char *string)
{
	size_t at = text->length;

	if (!string)
		return NO_TEXT;
	buf_add(text, string, strlen(string) + 1);
	return at;
}

static size_t keep_realm(struct buf *text, struct span value)
{
	char name[REALM_NAME_SIZE];
	const char *reason;

	if (!value.bytes || !realm_split(value.bytes, value.length, name, &reason))
		return NO_TEXT;
	return text_keep(text, name);
}

static int read_row(struct vault *vault, int64_t id, bool realm_wanted, struct buf *text,
                    struct holder *ret_holder, struct error *err)
{
	STMT_AUTO *stmt = NULL;
	int r = db_stmt(vault->db, SQL_ENTRY_ACCOUNT, &stmt, err);

	if (r < 0)
		return r;
	stmt_bind_int(stmt, 1, id);
	stmt_bind_int(stmt, 2, realm_wanted);
	r = stmt_step(stmt, err);
	if (r < 0)
		return r;
	if (r == 0 || stmt_is_null(stmt, 0))
		return error_set(err, VAULT_DAMAGED,
		                 "the entry of a password is missing: see 'vault check'");
	ret_holder->name = text_keep(text, stmt_text(stmt, 0));
	ret_holder->user = text_keep(text, stmt_text(stmt, 1));
	ret_holder->state = (enum entry_state)stmt_int(stmt, 2);
	ret_holder->realm = keep_realm(text, stmt_span(stmt, 3));
	return ret_holder->name == NO_TEXT ? error_set(err, VAULT_FAILED, "out of memory") : 0;
}

int holder_read(const struct holders *holders, int64_t id, bool realm_wanted, struct buf *text,
                struct holder *ret_holder, struct error *err)
{
	const struct chain_entry *entry = NULL;

	if (holders->chain && chain_is_current(holders->chain, holders->vault))
		entry = chain_by_id(holders->chain, id);
	if (!entry) /* the chain has none but live ones */
		return read_row(holders->vault, id, realm_wanted, text, ret_holder, err);
	*ret_holder = (struct holder){
		.name = text_keep(text, entry->name),
		.user = text_keep(text, entry->user),
		.realm = realm_wanted ? text_keep(text, entry->realm) : NO_TEXT,
		.state = ENTRY_LIVE,
	};
	return 0;
}

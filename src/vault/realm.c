/* Realms: see vault/realm.h. */
#include <vault/realm.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "vault/internal.h"

bool realm_of(const struct entry *entry, char ret_name[REALM_NAME_SIZE], const char **ret_reason)
{
	for (size_t i = 0; i < entry->n_fields; i++)
		if (entry->fields[i].kind == FIELD_REALM)
			return realm_split(entry->fields[i].text, strlen(entry->fields[i].text),
			                   ret_name, ret_reason);
	return false;
}

int realm_partner(struct vault *vault, const struct entry *entry, int64_t partner, bool *ret_same,
                  struct error *err)
{
	char own[REALM_NAME_SIZE], other[REALM_NAME_SIZE];
	STMT_AUTO *stmt = NULL;
	const char *reason;
	struct span text;
	int r;

	*ret_same = false;
	if (!realm_of(entry, own, &reason))
		return 0;
	r = db_stmt(vault->db, SQL_FIELD_REALM, &stmt, err);
	if (r < 0)
		return r;
	stmt_bind_int(stmt, 1, partner);
	r = stmt_step(stmt, err);
	if (r <= 0)
		return r;
	text = stmt_span(stmt, 0);
	*ret_same = text.bytes && realm_split(text.bytes, text.length, other, &reason) &&
	            strcmp(own, other) == 0;
	return 0;
}

/* ---- members ------------------------------------------------------------------------ */

struct member {
	int64_t id;
	char *realm, *name, *reason; /* one block */
	unsigned char fingerprint[FINGERPRINT_BYTES];
};

struct members {
	struct member *items;
	size_t count, room;
};

static void members_done(struct members *members)
{
	for (size_t i = 0; i < members->count; i++)
		free(members->items[i].realm);
	free(members->items);
}
#define MEMBERS_AUTO __attribute__((cleanup(members_done))) struct members

/* A row of SQL_REALM_MEMBERS; another realm's is passed over. */
static int keep_member(struct members *members, struct stmt *stmt, const char *realm,
                       struct error *err)
{
	struct span text = stmt_span(stmt, 2), fingerprint = stmt_span(stmt, 3);
	const char *name = stmt_text(stmt, 1), *reason;
	struct member member = {.id = stmt_int(stmt, 0)};
	char found[REALM_NAME_SIZE];
	struct member *items;

	if (!name || !text.bytes || !realm_split(text.bytes, text.length, found, &reason) ||
	    (realm && strcmp(found, realm) != 0))
		return 0;
	items = list_room(members->items, members->count, &members->room, sizeof(*items));
	if (items)
		members->items = items;
	if (!items || asprintf(&member.realm, "%s%c%s%c%.*s", found, 0, name, 0,
	                       (int)(text.length - strlen(found) - 1), reason) < 0)
		return error_set(err, VAULT_FAILED, "out of memory");
	member.name = member.realm + strlen(member.realm) + 1;
	member.reason = member.name + strlen(member.name) + 1;
	if (fingerprint.length == FINGERPRINT_BYTES)
		memcpy(member.fingerprint, fingerprint.bytes, FINGERPRINT_BYTES);
	items[members->count++] = member;
	return 0;
}

static int compare_members(const void *left, const void *right)
{
	const struct member *a = left, *b = right;
	int difference = strcmp(a->realm, b->realm);

	return difference != 0 ? difference : strcmp(a->name, b->name);
}

/* The members of one realm, or of all of them, in a transaction that is open. */
static int read_members(struct vault *vault, const char *realm, struct members *members,
                        struct error *err)
{
	STMT_AUTO *stmt = NULL;
	int r = db_stmt(vault->db, SQL_REALM_MEMBERS, &stmt, err);

	while (r == 0 && (r = stmt_step(stmt, err)) == 1)
		r = keep_member(members, stmt, realm, err);
	if (r == 0 && members->count > 1)
		qsort(members->items, members->count, sizeof(*members->items), compare_members);
	return r;
}

static int tell(const struct member *members, size_t count,
                int (*each)(void *context, const struct realm_info *info), void *context,
                struct error *err)
{
	FREE_AUTO const char **names = calloc(count, sizeof(*names));
	struct realm_info info = {.name = members[0].realm,
	                          .reason = members[0].reason,
	                          .members = names,
	                          .n_members = count,
	                          .one_password = true};

	if (!names)
		return error_set(err, VAULT_FAILED, "out of memory");
	for (size_t i = 0; i < count; i++) {
		names[i] = members[i].name;
		info.one_password &= hash_equal(members[i].fingerprint, members[0].fingerprint,
		                                FINGERPRINT_BYTES);
	}
	return each(context, &info);
}

int realm_list(struct vault *vault, const char *realm,
               int (*each)(void *context, const struct realm_info *info), void *context,
               struct error *err)
{
	MEMBERS_AUTO members = {0};
	FREE_AUTO char *normal = NULL;
	int r = realm ? text_name(realm, &normal, err) : 0;

	if (r == 0)
		r = read_begin(vault, err);
	if (r < 0)
		return r;
	r = read_members(vault, normal, &members, err);
	read_end(vault);
	for (size_t first = 0, next; first < members.count && r == 0; first = next) {
		for (next = first + 1; next < members.count; next++)
			if (strcmp(members.items[first].realm, members.items[next].realm) != 0)
				break;
		r = tell(&members.items[first], next - first, each, context, err);
	}
	return r;
}

/* ---- changes ------------------------------------------------------------------------ */

struct change {
	char *realm; /* normalised */
	const char *const *names;
	const char *reason;
	size_t changed;
};

static int load(struct vault *vault, const char *name, struct record *record, struct error *err)
{
	int64_t id = 0;
	int r = name_find(vault, name, &id, err);

	if (r == VAULT_NOT_FOUND)
		error_set(err, VAULT_NOT_FOUND, "no entry '%s'", name);
	return r == 0 ? record_load(vault, id, WANT_SECRETS, record, err) : r;
}

static int write_fields(struct vault *vault, struct record *record, struct change *change,
                        struct error *err)
{
	int r;

	record->entry->modified = now_seconds();
	r = record_write(vault, record, true, err);
	change->changed++;
	return r == 0 ? record_seal(vault, record->id, err) : r;
}

/* Puts one entry in, or gives a member another reason. */
static int put_in(struct vault *vault, const char *name, struct change *change, struct error *err)
{
	RECORD_AUTO record = {0};
	FREE_AUTO char *text = NULL;
	char present[REALM_NAME_SIZE];
	const char *reason;
	int r = load(vault, name, &record, err);

	if (r != 0)
		return r;
	if (realm_of(record.entry, present, &reason)) {
		if (strcmp(present, change->realm) != 0) {
			error_set(err, VAULT_EXISTS, "'%s' is in the realm '%s'",
			          record.entry->name, present);
			return VAULT_EXISTS;
		}
		if (strcmp(reason, change->reason) == 0)
			return 0;
	}
	if (asprintf(&text, "%s\t%s", change->realm, change->reason) < 0)
		return error_set(err, VAULT_FAILED, "out of memory");
	r = entry_set_text(record.entry, FIELD_REALM, NULL, text, err);
	return r == 0 ? write_fields(vault, &record, change, err) : r;
}

/* Before anything is written: that there is no such entry can only be proved of what is stored. */
static int check_names(struct vault *vault, const struct change *change, struct error *err)
{
	int64_t id;
	int r = 0;

	for (size_t i = 0; r == 0 && change->names && change->names[i]; i++) {
		r = name_find(vault, change->names[i], &id, err);
		if (r == VAULT_NOT_FOUND)
			error_set(err, VAULT_NOT_FOUND, "no entry '%s'", change->names[i]);
	}
	return r;
}

static int add_members(struct vault *vault, struct change *change, struct error *err)
{
	MEMBERS_AUTO members = {0};
	int r = check_names(vault, change, err);

	if (r == 0)
		r = read_members(vault, change->realm, &members, err);
	if (r == 0 && !change->reason && members.count == 0) {
		error_set(err, VAULT_NOT_FOUND, "there is no realm '%s': a new one needs a reason",
		          change->realm);
		return VAULT_NOT_FOUND;
	}
	if (!change->reason && r == 0)
		change->reason = members.items[0].reason;
	for (size_t i = 0; r == 0 && i < members.count; i++)
		r = put_in(vault, members.items[i].name, change, err);
	for (size_t i = 0; r == 0 && change->names[i]; i++)
		r = put_in(vault, change->names[i], change, err);
	return r;
}

/* A realm is called as an entry could be. */
static int begin(struct vault *vault, const char *realm, struct change *change, struct error *err)
{
	int r = text_name(realm, &change->realm, err);

	if (r < 0)
		return error_context(err, "the realm's name");
	r = write_begin(vault, err);
	if (r < 0) {
		free(change->realm);
		change->realm = NULL;
	}
	return r;
}

static int end(struct vault *vault, struct change *change, int r, size_t *ret_changed,
               struct error *err)
{
	free(change->realm);
	r = r == 0 && change->changed > 0 ? write_commit(vault, err) : write_rollback(vault, r);
	if (r == 0)
		*ret_changed = change->changed;
	return r;
}

int realm_add(struct vault *vault, const char *realm, const char *const *names, const char *reason,
              size_t *ret_changed, struct error *err)
{
	struct change change = {.names = names, .reason = reason};
	int r;

	if (reason && (!*reason || strlen(reason) > FIELD_TEXT_MAX - REALM_NAME_SIZE ||
	               strpbrk(reason, "\t\n") || !text_is_printable(reason, strlen(reason))))
		return error_set(err, VAULT_USAGE, "a reason must be a line of text");
	r = begin(vault, realm, &change, err);
	if (r < 0)
		return r;
	return end(vault, &change, add_members(vault, &change, err), ret_changed, err);
}

static int take_out(struct vault *vault, const char *name, struct change *change, struct error *err)
{
	RECORD_AUTO record = {0};
	char present[REALM_NAME_SIZE];
	const char *reason;
	int r = load(vault, name, &record, err);

	if (r != 0)
		return r;
	if (!realm_of(record.entry, present, &reason) || strcmp(present, change->realm) != 0) {
		error_set(err, VAULT_NOT_FOUND, "'%s' is not in the realm '%s'", record.entry->name,
		          change->realm);
		return VAULT_NOT_FOUND;
	}
	entry_clear_kind(record.entry, FIELD_REALM);
	return write_fields(vault, &record, change, err);
}

static int remove_members(struct vault *vault, struct change *change, struct error *err)
{
	MEMBERS_AUTO members = {0};
	int r = check_names(vault, change, err);

	if (r == 0)
		r = read_members(vault, change->realm, &members, err);
	if (r == 0 && members.count == 0) {
		error_set(err, VAULT_NOT_FOUND, "there is no realm '%s'", change->realm);
		return VAULT_NOT_FOUND;
	}
	for (size_t i = 0; r == 0 && change->names && change->names[i]; i++)
		r = take_out(vault, change->names[i], change, err);
	for (size_t i = 0; r == 0 && !change->names && i < members.count; i++)
		r = take_out(vault, members.items[i].name, change, err);
	return r;
}

int realm_remove(struct vault *vault, const char *realm, const char *const *names,
                 size_t *ret_changed, struct error *err)
{
	struct change change = {.names = names};
	int r = begin(vault, realm, &change, err);

	if (r < 0)
		return r;
	return end(vault, &change, remove_members(vault, &change, err), ret_changed, err);
}

/* ---- one password for all ----------------------------------------------------------- */

/* The others of the realm of `name`, the entry as it is stored. */
static int read_others(struct vault *vault, const char *name, struct members *others,
                       struct error *err)
{
	RECORD_AUTO record = {0};
	char realm[REALM_NAME_SIZE];
	const char *reason;
	int r = load(vault, name, &record, err);

	if (r != 0)
		return r;
	if (!realm_of(record.entry, realm, &reason)) {
		error_set(err, VAULT_NOT_FOUND, "'%s' is in no realm", record.entry->name);
		return VAULT_NOT_FOUND;
	}
	r = read_members(vault, realm, others, err);
	for (size_t i = 0; r == 0 && i < others->count; i++)
		if (others->items[i].id == record.id) {
			free(others->items[i].realm);
			others->count--;
			memmove(&others->items[i], &others->items[i + 1],
			        (others->count - i) * sizeof(*others->items));
		}
	return r;
}

/* What it is refused for is told as if it were the first one's. */
static int edit_other(struct vault *vault, const char *name, const struct secret *password,
                      const char *allow_reuse, struct write_result *first, struct error *err)
{
	WRITE_RESULT_AUTO result = {0};
	struct entry_edit edit = {0};
	int r = secret_copy(&edit.password, password->bytes, password->length, err);

	if (r == 0)
		r = vault_edit(vault, name, &edit, allow_reuse, &result, err);
	if (r == VAULT_REFUSED) {
		conflicts_done(&first->conflicts);
		first->conflicts = result.conflicts;
		result.conflicts = (struct conflicts){0};
	}
	first->changed |= result.changed;
	secret_free(edit.password);
	return r;
}

static int edit_all(struct vault *vault, const char *name, struct entry_edit *edit,
                    const struct secret *password, const char *allow_reuse,
                    struct write_result *result, size_t *ret_others, struct error *err)
{
	MEMBERS_AUTO others = {0};
	int r = read_others(vault, name, &others, err);

	if (r == 0)
		r = vault_edit(vault, name, edit, allow_reuse, result, err);
	for (size_t i = 0; r == 0 && i < others.count; i++)
		r = edit_other(vault, others.items[i].name, password, allow_reuse, result, err);
	*ret_others = others.count;
	return r;
}

int realm_edit(struct vault *vault, const char *name, struct entry_edit *edit,
               const char *allow_reuse, struct write_result *result, size_t *ret_others,
               struct error *err)
{
	SECRET_AUTO *kept = NULL;
	bool own = !vault->batch;
	size_t others = 0;
	int r, ended;

	if (!edit->password)
		return error_set(err, VAULT_USAGE, "a realm shares a password, and nothing else");
	/* The edit is the caller's again when the transaction comes to nothing. */
	r = secret_copy(&kept, edit->password->bytes, edit->password->length, err);
	if (r == 0 && own)
		r = vault_batch_begin(vault, err);
	if (r < 0)
		return r;
	r = edit_all(vault, name, edit, kept, allow_reuse, result, &others, err);
	ended = own ? vault_batch_end(vault, r == 0, r == 0 ? err : NULL) : 0;
	if (r == 0)
		r = ended;
	if (r != 0 && !edit->password) {
		edit->password = kept;
		kept = NULL;
	}
	if (r == 0)
		*ret_others = others;
	return r;
}

/* Every way an entry changes. */
#include "vault/internal.h"

#include <stdlib.h>
#include <string.h>

#include <vault/otp.h>
#include <vault/text.h>

#include "base/when.h"

void write_result_done(struct write_result *result)
{
	free(result->name);
	conflicts_done(&result->conflicts);
	*result = (struct write_result){0};
}

static int tell_name(struct write_result *result, const char *name, struct error *err)
{
	result->name = strdup(name);
	return result->name ? 0 : error_set(err, VAULT_FAILED, "out of memory");
}

/* Runs `change` in a write transaction: an answer or a failure undoes it. `result` (may be NULL) is
 * where it leaves the conflicts. */
static int transaction(struct vault *vault,
                       int (*change)(struct vault *vault, void *context, struct error *err),
                       void *context, const struct write_result *result, struct error *err)
{
	int r = write_begin(vault, err);

	if (r < 0)
		return r;
	r = change(vault, context, err);
	if (r == 0)
		r = incidents_settle(vault, result ? &result->conflicts : NULL, err);
	return r == 0 ? write_commit(vault, err) : write_rollback(vault, r);
}

static int exists(const char *name, struct error *err)
{
	error_set(err, VAULT_EXISTS, "there is already an entry '%s'", name);
	return VAULT_EXISTS;
}

static int not_found(const char *name, struct error *err)
{
	error_set(err, VAULT_NOT_FOUND, "no entry '%s'", name);
	return VAULT_NOT_FOUND;
}

/* The guard, for a password that is about to come in. */
static int guard(struct vault *vault, const struct secret *password, const struct entry *entry,
                 int64_t id, const char *allow_reuse, struct conflicts *conflicts,
                 struct error *err)
{
	int r = reuse_find(vault, password, entry, id, conflicts, err);

	for (size_t i = 0; r == 0 && !allow_reuse && i < conflicts->count; i++) {
		if (conflicts->items[i].realm)
			continue;
		error_set(err, VAULT_REFUSED, "the password is not a fresh one");
		return VAULT_REFUSED;
	}
	return r;
}

static int check_password(const struct secret *password, struct error *err)
{
	if (!password || password->length == 0)
		return error_set(err, VAULT_USAGE, "an entry needs a password");
	if (password->length > PASSWORD_MAX)
		return error_set(err, VAULT_USAGE, "a password holds %zu bytes at most",
		                 PASSWORD_MAX);
	return 0;
}

static int check_reason(const char *reason, struct error *err)
{
	if (reason && (!*reason || strlen(reason) > FIELD_TEXT_MAX ||
	               !text_is_printable(reason, strlen(reason))))
		return error_set(err, VAULT_USAGE, "a reason for reuse must be a line of text");
	return 0;
}

/* ---- add ---------------------------------------------------------------------------- */

struct addition {
	const struct entry *entry;
	const char *allow_reuse;
	struct write_result *result;
};

static int add(struct vault *vault, void *context, struct error *err)
{
	const struct addition *addition = context;
	struct entry entry = *addition->entry; /* borrows what it points to */
	FREE_AUTO struct field *fields = NULL;
	char when[WHEN_SIZE];
	struct record record = {.revision = 1, .entry = &entry};
	struct conflicts *conflicts = &addition->result->conflicts;
	bool taken = false;
	int r = name_taken(vault, entry.name, &taken, err);

	if (r < 0 || taken)
		return r < 0 ? r : exists(entry.name, err);
	r = guard(vault, entry.password, &entry, 0, addition->allow_reuse, conflicts, err);
	if (r != 0)
		return r;
	crypto_random(record.uuid, sizeof(record.uuid));
	entry.created = entry.created ? entry.created : now_seconds();
	entry.modified = entry.modified ? entry.modified : entry.created;
	entry.trashed = 0;
	when_write(entry.modified, when);
	r = consumers_stamp(&entry, when, &fields, err);
	entry.fields = fields;
	if (r == 0)
		r = record_write(vault, &record, true, err);
	if (r == 0)
		r = record_write_password(vault, &record, entry.password, entry.modified,
		                          conflicts->count > 0 ? addition->allow_reuse : NULL, err);
	if (r == 0)
		r = record_seal(vault, record.id, err);
	vault->state.entries++;
	addition->result->changed = true;
	return r;
}

int vault_add(struct vault *vault, const struct entry *entry, const char *allow_reuse,
              struct write_result *result, struct error *err)
{
	struct addition addition = {entry, allow_reuse, result};
	int r = check_password(entry->password, err);

	if (r == 0)
		r = check_reason(allow_reuse, err);
	if (r == 0)
		r = tell_name(result, entry->name, err);
	return r == 0 ? transaction(vault, add, &addition, result, err) : r;
}

/* ---- edit --------------------------------------------------------------------------- */

struct edit {
	const char *name;
	struct entry_edit *edit;
	const char *allow_reuse;
	struct write_result *result;
};

/* The fields of `set` into `entry`; consumers have the password `now`. Secrets are copied: a
 * refusal leaves the caller's edit whole. */
static int merge_fields(struct entry *entry, const struct entry *set, int64_t now,
                        struct error *err)
{
	char when[WHEN_SIZE];
	int r = 0;

	when_write(now > entry->password_since ? now : entry->password_since, when);

	for (size_t i = 0; i < set->n_fields && r == 0; i++) {
		const struct field *field = &set->fields[i];
		SECRET_AUTO *copy = NULL;

		if (!field_is_secret(field->kind)) {
			r = entry_set_text(entry, field->kind,
			                   field->kind == FIELD_CONSUMER && !field->key
			                           ? when
			                           : field->key,
			                   field->text, err);
			continue;
		}
		r = secret_copy(&copy, field->secret->bytes, field->secret->length, err);
		if (r == 0)
			r = entry_set_secret(entry, field->kind, field->key, &copy, err);
	}
	return r;
}

static int apply_edit(struct entry *entry, const struct entry_edit *edit, int64_t now,
                      struct error *err)
{
	int r = 0;

	for (size_t i = 0; edit->clear && edit->clear[i]; i++)
		if (entry_clear(entry, edit->clear[i]) == VAULT_NOT_FOUND) {
			error_set(err, VAULT_NOT_FOUND, "'%s' has no field '%s' to clear",
			          entry->name, edit->clear[i]);
			return VAULT_NOT_FOUND;
		}
	for (size_t i = 0; edit->detach && edit->detach[i]; i++)
		if (entry_detach(entry, edit->detach[i]) == VAULT_NOT_FOUND) {
			error_set(err, VAULT_NOT_FOUND, "'%s' has no attachment '%s'", entry->name,
			          edit->detach[i]);
			return VAULT_NOT_FOUND;
		}
	if (edit->user)
		r = entry_set_user(entry, edit->user, err);
	if (r == 0 && edit->set)
		r = merge_fields(entry, edit->set, now, err);
	return r;
}

static int find_and_load(struct vault *vault, const char *name, struct record *record,
                         struct error *err)
{
	int64_t id = 0;
	int r = name_find(vault, name, &id, err);

	if (r == VAULT_NOT_FOUND)
		return not_found(name, err);
	return r < 0 ? r : record_load(vault, id, WANT_SECRETS, record, err);
}

/* The forms of the password in use, after a name that goes into them may have changed. */
static int renew_forms(struct vault *vault, struct record *record, struct error *err)
{
	return forms_write(vault, record->entry, record->id, (int64_t)record->n_passwords - 1,
	                   record->entry->password, err);
}

static bool changes_fields(const struct entry_edit *edit)
{
	return edit->user || (edit->clear && edit->clear[0]) || (edit->detach && edit->detach[0]) ||
	       (edit->set && edit->set->n_fields > 0);
}

static int edit(struct vault *vault, void *context, struct error *err)
{
	const struct edit *edit = context;
	const struct secret *password = edit->edit->password;
	struct write_result *result = edit->result;
	RECORD_AUTO record = {0};
	bool fresh, fields = changes_fields(edit->edit);
	int64_t now = now_seconds();
	int r = find_and_load(vault, edit->name, &record, err);

	if (r == 0)
		r = tell_name(result, record.entry->name, err);
	if (r != 0)
		return r;
	fresh = password && !secret_equal(password, record.entry->password);
	if (fresh)
		now = consumers_after(record.entry, now);
	r = apply_edit(record.entry, edit->edit, now, err);
	if (r == 0 && fresh)
		r = guard(vault, password, record.entry, record.id, edit->allow_reuse,
		          &result->conflicts, err);
	if (r != 0 || (!fresh && !fields))
		return r;
	record.entry->modified = now;
	r = record_write(vault, &record, fields, err);
	if (r == 0 && fresh)
		r = record_write_password(vault, &record, password, now,
		                          result->conflicts.count > 0 ? edit->allow_reuse : NULL,
		                          err);
	if (r == 0 && !fresh)
		r = renew_forms(vault, &record, err);
	if (r == 0)
		r = record_seal(vault, record.id, err);
	result->changed = true;
	return r;
}

int vault_edit(struct vault *vault, const char *name, struct entry_edit *change,
               const char *allow_reuse, struct write_result *result, struct error *err)
{
	struct edit context = {name, change, allow_reuse, result};
	int r = change->password ? check_password(change->password, err) : 0;

	if (r == 0)
		r = check_reason(allow_reuse, err);
	if (r == 0)
		r = transaction(vault, edit, &context, result, err);
	if (r == 0) {
		secret_free(change->password);
		change->password = NULL;
	}
	return r;
}

/* ---- one-time codes ----------------------------------------------------------------- */

/* What the entry's one-time code is made of. */
static int read_otp(const struct entry *entry, struct otp *ret_otp, struct error *err)
{
	const struct field *field = entry_field(entry, "otp");

	if (field)
		return otp_read(field->secret, ret_otp, err);
	error_set(err, VAULT_NOT_FOUND, "'%s' has no one-time code; 'vault edit --otp' sets one up",
	          entry->name);
	return VAULT_NOT_FOUND;
}

struct step {
	const char *name;
	struct otp *otp; /* as it was before */
};

static int step_counter(struct vault *vault, void *context, struct error *err)
{
	const struct step *step = context;
	RECORD_AUTO record = {0};
	SECRET_AUTO *uri = NULL;
	int r = find_and_load(vault, step->name, &record, err);

	if (r == 0)
		r = read_otp(record.entry, step->otp, err);
	if (r != 0 || step->otp->kind != OTP_HOTP) /* another program has just changed it */
		return r;
	if (step->otp->counter >= INT64_MAX)
		return error_set(err, VAULT_FAILED, "the counter of '%s' is used up",
		                 record.entry->name);
	step->otp->counter++;
	r = otp_uri(step->otp, &uri, err);
	step->otp->counter--;
	if (r == 0)
		r = entry_set_secret(record.entry, FIELD_OTP, NULL, &uri, err);
	if (r < 0)
		return r;
	record.entry->modified = now_seconds();
	r = record_write(vault, &record, true, err);
	return r == 0 ? record_seal(vault, record.id, err) : r;
}

int vault_otp(struct vault *vault, const char *name, struct otp *ret_otp, char **ret_name,
              struct error *err)
{
	ENTRY_AUTO *entry = NULL;
	OTP_AUTO otp = {0};
	int r = vault_get(vault, name, &entry, err);

	if (r != 0)
		return r;
	*ret_name = strdup(entry->name);
	r = *ret_name ? read_otp(entry, &otp, err) : error_set(err, VAULT_FAILED, "out of memory");
	if (r == 0 && otp.kind == OTP_HOTP) {
		otp_done(&otp);
		r = transaction(vault, step_counter, &(struct step){entry->name, &otp}, NULL, err);
	}
	if (r != 0)
		return r;
	*ret_otp = otp;
	otp = (struct otp){0};
	return 0;
}

/* ---- rename, remove, restore -------------------------------------------------------- */

struct move {
	const char *name, *new_name; /* new_name NULL: as it was called */
	struct write_result *result;
};

static int rename_entry(struct vault *vault, void *context, struct error *err)
{
	const struct move *move = context;
	RECORD_AUTO record = {0};
	FREE_AUTO char *new_name = NULL;
	bool taken = false;
	int r = text_name(move->new_name, &new_name, err);

	if (r == 0)
		r = find_and_load(vault, move->name, &record, err);
	if (r == 0)
		r = tell_name(move->result, new_name, err);
	if (r != 0 || strcmp(record.entry->name, new_name) == 0)
		return r;
	r = name_taken(vault, new_name, &taken, err);
	if (r < 0 || taken)
		return r < 0 ? r : exists(new_name, err);
	free(record.entry->name);
	record.entry->name = new_name;
	new_name = NULL;
	r = reuse_find(vault, record.entry->password, record.entry, record.id,
	               &move->result->conflicts, err);
	if (r < 0)
		return r;
	record.entry->modified = now_seconds();
	r = record_write(vault, &record, false, err);
	if (r == 0)
		r = renew_forms(vault, &record, err);
	if (r == 0)
		r = record_seal(vault, record.id, err);
	move->result->changed = true;
	return r;
}

int vault_rename(struct vault *vault, const char *name, const char *new_name,
                 struct write_result *result, struct error *err)
{
	struct move move = {name, new_name, result};

	return transaction(vault, rename_entry, &move, result, err);
}

static int trash_entry(struct vault *vault, void *context, struct error *err)
{
	const struct move *move = context;
	RECORD_AUTO record = {0};
	int r = find_and_load(vault, move->name, &record, err);

	if (r == 0)
		r = tell_name(move->result, record.entry->name, err);
	if (r != 0)
		return r;
	record.state = ENTRY_TRASHED;
	record.entry->trashed = now_seconds();
	r = record_write(vault, &record, false, err);
	if (r == 0)
		r = record_seal(vault, record.id, err);
	vault->state.entries--;
	vault->state.trashed++;
	move->result->changed = true;
	return r;
}

int vault_remove(struct vault *vault, const char *name, struct write_result *result,
                 struct error *err)
{
	struct move move = {name, NULL, result};

	return transaction(vault, trash_entry, &move, result, err);
}

static int find_trashed(struct vault *vault, const char *name, struct record *record,
                        struct error *err)
{
	int64_t id = 0;
	int r = name_newest(vault, SQL_TRASH_NEWEST, name, &id, err);

	if (r == VAULT_NOT_FOUND)
		error_set(err, VAULT_NOT_FOUND, "no entry '%s' in the trash", name);
	return r == 0 ? record_load(vault, id, WANT_SECRETS, record, err) : r;
}

static int restore_entry(struct vault *vault, void *context, struct error *err)
{
	const struct move *move = context;
	RECORD_AUTO record = {0};
	FREE_AUTO char *new_name = NULL;
	bool taken = false;
	int r = find_trashed(vault, move->name, &record, err);

	if (r == 0)
		r = text_name(move->new_name ? move->new_name : record.entry->name, &new_name, err);
	if (r == 0)
		r = tell_name(move->result, new_name, err);
	if (r == 0)
		r = name_taken(vault, new_name, &taken, err);
	if (r != 0 || taken)
		return r != 0 ? r : exists(new_name, err);
	free(record.entry->name);
	record.entry->name = new_name;
	new_name = NULL;
	r = reuse_find(vault, record.entry->password, record.entry, record.id,
	               &move->result->conflicts, err);
	if (r < 0)
		return r;
	record.state = ENTRY_LIVE;
	record.entry->trashed = 0;
	r = record_write(vault, &record, false, err);
	if (r == 0)
		r = renew_forms(vault, &record, err);
	if (r == 0)
		r = record_seal(vault, record.id, err);
	vault->state.entries++;
	vault->state.trashed--;
	move->result->changed = true;
	return r;
}

int vault_trash_restore(struct vault *vault, const char *name, const char *new_name,
                        struct write_result *result, struct error *err)
{
	struct move move = {name, new_name, result};

	return transaction(vault, restore_entry, &move, result, err);
}

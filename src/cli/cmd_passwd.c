#include "commands.h"
#include "json.h"
#include "new_key.h"
#include "report.h"

struct passwd_values {
	int slot;
	struct new_password_options source;
	struct cost_options cost;
};

static const struct option_spec passwd_options[] = {
	NEW_PASSWORD_OPTIONS(struct passwd_values, source),
	OPTION_NUMBER(struct passwd_values, slot, 0, "slot", "N", 0, KEY_SLOTS - 1,
                      "change this slot, with --volume-key-fd or --recovery"),
	COST_OPTIONS(struct passwd_values, cost),
	OPTIONS_END,
};

static bool takes_password(const struct key_slot *slot)
{
	return slot->type == KEY_PASSWORD || slot->type == KEY_PASSWORD_AND_FILE;
}

/* Finds the slot to change: the one that opened the vault, else --slot, else the only one with a
 * password. */
static int find_slot(const struct session *session, const struct passwd_values *passwd,
                     struct key_slot *ret_slot, struct error *err)
{
	struct key_slot slots[KEY_SLOTS];
	const struct key_slot *found = NULL;
	size_t count = 0, passwords = 0;

	vault_key_slots(session->vault, slots, &count);
	for (size_t i = 0; i < count; i++) {
		passwords += takes_password(&slots[i]);
		if (passwd->slot >= 0 ? slots[i].index == (unsigned)passwd->slot
		                      : takes_password(&slots[i]))
			found = &slots[i];
	}
	for (size_t i = 0; i < count && passwd->slot < 0; i++) {
		if (slots[i].current && takes_password(&slots[i])) {
			found = &slots[i];
			passwords = 1;
		}
	}
	if (passwd->slot < 0 && passwords > 1)
		return error_set(err, VAULT_USAGE,
		                 "which one? --slot N says it; 'vault key list' tells them");
	if (!found || !takes_password(found))
		return error_set(err, VAULT_NOT_FOUND, "there is no password to change in %s",
		                 passwd->slot >= 0 ? "that slot"
		                                   : "this vault; 'vault key add' adds one");
	*ret_slot = *found;
	return 0;
}

/* vault_passwd replaces the slot that opened the vault. With another slot meant, the new key is
 * added first and the old one removed then: at every instant one of them opens it. */
static int replace(struct session *session, const struct key_slot *slot,
                   const struct credential *credential, const struct kdf_cost *cost,
                   struct error *err)
{
	int current = vault_current_slot(session->vault);
	unsigned added;
	int r;

	if (current < 0 || (unsigned)current == slot->index)
		return vault_passwd(session->vault, slot->index, credential, cost, err);
	r = vault_key_add(session->vault, credential, cost, slot->label, &added, err);
	if (r == 0) {
		r = vault_key_remove(session->vault, slot->index, err);
		if (r != 0)
			error_context(err, "slot %u has the new password; emptying slot %u", added,
			              slot->index);
	}
	return r;
}

static int passwd_run(struct session *session, const void *values, char *const *words,
                      struct error *err)
{
	const struct passwd_values *passwd = values;
	PRESENTED_AUTO presented = {0};
	const struct kdf_cost cost = cost_read(&passwd->cost);
	struct key_slot slot = {0};
	struct json json = {0};
	int r;

	(void)words;
	session->by_hand = true;
	r = session_unlock(session, 0, err);
	if (r == 0)
		r = find_slot(session, passwd, &slot, err);
	if (r == 0 && slot.type == KEY_PASSWORD_AND_FILE) {
		if (!session->global.key_file)
			return error_set(err, VAULT_USAGE,
			                 "slot %u needs its key file as well: --key-file FILE",
			                 slot.index);
		r = present_key_file(session->global.key_file, &presented.key_file, err);
	}
	if (r == 0)
		r = new_key_password(passwd->source.fd, passwd->source.file, &presented.password,
		                     err);
	if (r != 0)
		return r;
	presented_set(&presented, slot.type);
	if (!session_scripted(session))
		new_key_working(true);
	r = replace(session, &slot, &presented.credential, &cost, err);
	new_key_working(false);
	if (r != 0 && r != VAULT_FAILED)
		return r;
	session_close(session);
	if (session->global.json) {
		json_put_object(&json, NULL);
		json_put_string(&json, "action", "changed");
		json_close(&json);
	}
	if (r == 0)
		report_note("The master password is changed. Copies of the vault made before still "
		            "open with the former one; 'vault rekey' makes them worthless for what "
		            "is to come.");
	return r;
}

const struct command command_passwd = {
	.name = "passwd",
	.group = "vault",
	.arguments = "",
	.summary = "change the master password",
	.more = "At every instant the former or the new password opens the vault. Opened\n"
		"with the recovery code, it replaces the password that was forgotten.",
	.options = passwd_options,
	.values_size = sizeof(struct passwd_values),
	.run = passwd_run,
};

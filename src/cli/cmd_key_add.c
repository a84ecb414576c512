#include <string.h>

#include <vault/text.h>

#include "commands.h"
#include "json.h"
#include "new_key.h"
#include "prompt.h"
#include "report.h"

struct key_add_values {
	bool password, recovery, print_recovery;
	const char *key_file, *label;
	struct new_password_options source;
	struct cost_options cost;
};

static const struct option_spec key_add_options[] = {
	OPTION_FLAG(struct key_add_values, password, 0, "new-password",
                    "a password (this is what is added otherwise)"),
	OPTION_TEXT_OF(WORD_FILE, struct key_add_values, key_file, 0, "new-key-file", "FILE",
                       "a key file; with --new-password both together"),
	OPTION_FLAG(struct key_add_values, recovery, 0, "new-recovery", "a recovery code"),
	OPTION_FLAG(struct key_add_values, print_recovery, 0, "print-recovery",
                    "a recovery code, printed without questions"),
	NEW_PASSWORD_OPTIONS(struct key_add_values, source),
	OPTION_TEXT(struct key_add_values, label, 0, "label", "TEXT",
                    "what it is, for 'vault key list'"),
	COST_OPTIONS(struct key_add_values, cost),
	OPTIONS_END,
};

static bool wants_password(const struct key_add_values *add)
{
	return add->password || add->source.file || add->source.fd >= 0 ||
	       (!add->key_file && !add->recovery && !add->print_recovery);
}

/* Told before anybody chooses a password for nothing. */
static int check(const struct session *session, struct error *err)
{
	struct key_slot slots[KEY_SLOTS];
	size_t count = 0;

	vault_key_slots(session->vault, slots, &count);
	if (count < KEY_SLOTS)
		return 0;
	error_set(err, VAULT_EXISTS,
	          "all %d slots for keys are in use; 'vault key remove SLOT' empties one",
	          KEY_SLOTS);
	return VAULT_EXISTS;
}

static int choose(const struct key_add_values *add, struct presented *presented, struct error *err)
{
	bool password = wants_password(add), recovery = add->recovery || add->print_recovery;
	int r = 0;

	if (recovery && (password || add->key_file))
		return error_set(err, VAULT_USAGE,
		                 "a recovery code is a key of its own; add the other one "
		                 "separately");
	if (add->key_file)
		r = present_key_file(add->key_file, &presented->key_file, err);
	if (r == 0 && password)
		r = new_key_password(add->source.fd, add->source.file, &presented->password, err);
	if (r == 0 && add->print_recovery)
		r = recovery_code_new(&presented->password, err);
	else if (r == 0 && recovery && !prompt_available())
		r = error_set(err, VAULT_LOCKED,
		              "there is no terminal to show the recovery code at; "
		              "--print-recovery prints it");
	else if (r == 0 && recovery)
		r = new_key_recovery(&presented->password, err);
	if (r == 0)
		presented_set(presented, recovery                    ? KEY_RECOVERY_CODE
		                         : add->key_file && password ? KEY_PASSWORD_AND_FILE
		                         : password                  ? KEY_PASSWORD
		                                                     : KEY_FILE);
	return r;
}

static int fill_slot(struct session *session, const struct key_add_values *add,
                     const struct presented *presented, struct error *err)
{
	const struct kdf_cost cost = cost_read(&add->cost);
	const struct credential *credential = &presented->credential;
	struct secret *code = credential->type == KEY_RECOVERY_CODE ? presented->password : NULL;
	struct json json = {0};
	unsigned slot = 0;
	int r = new_key_print(session, add->print_recovery ? code : NULL, &json, err);

	if (r < 0)
		return r;
	if (!session_scripted(session))
		new_key_working(true);
	r = vault_key_add(session->vault, credential, &cost, add->label, &slot, err);
	new_key_working(false);
	if (r != 0 && r != VAULT_FAILED) {
		new_key_void(&json, code, err);
		return r;
	}
	session_close(session);
	if (session->global.json) {
		new_key_answer(&json, "added");
		json_put_number(&json, "slot", slot);
		json_close(&json);
	}
	if (r == 0)
		report_note("Slot %u: the vault opens with this %s now, too.", slot,
		            key_type_name(credential->type));
	return r;
}

static int key_add_run(struct session *session, const void *values, char *const *words,
                       struct error *err)
{
	const struct key_add_values *add = values;
	PRESENTED_AUTO presented = {0};
	int r = 0;

	(void)words;
	if (add->label &&
	    (!text_is_printable(add->label, strlen(add->label)) || strpbrk(add->label, "\t\n")))
		r = error_set(err, VAULT_USAGE, "a label is text without control characters");
	session->by_hand = true;
	if (r == 0)
		r = session_unlock(session, 0, err);
	if (r == 0)
		r = check(session, err);
	if (r == 0)
		r = choose(add, &presented, err);
	return r == 0 ? fill_slot(session, add, &presented, err) : r;
}

const struct command command_key_add = {
	.name = "key add",
	.group = "vault",
	.arguments = "",
	.summary = "let a further key open the vault",
	.more = "A password unless another kind is named. What opens the vault now is\n"
		"given by the options that every command takes, such as --password-fd and\n"
		"--key-file.",
	.options = key_add_options,
	.values_size = sizeof(struct key_add_values),
	.run = key_add_run,
};

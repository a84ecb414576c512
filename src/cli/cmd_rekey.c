#include "commands.h"
#include "held.h"
#include "json.h"
#include "new_key.h"
#include "prompt.h"
#include "report.h"

struct rekey_values {
	bool password, no_recovery, print_recovery, yes;
	struct new_password_options source;
	struct cost_options cost;
};

static const struct option_spec rekey_options[] = {
	OPTION_FLAG(struct rekey_values, password, 0, "new-password",
                    "ask for a new master password, too"),
	NEW_PASSWORD_OPTIONS(struct rekey_values, source),
	OPTION_FLAG(struct rekey_values, no_recovery, 0, "no-recovery", "make no recovery code"),
	OPTION_FLAG(struct rekey_values, print_recovery, 0, "print-recovery",
                    "make a recovery code without questions and print it"),
	COST_OPTIONS(struct rekey_values, cost),
	OPTION_FLAG(struct rekey_values, yes, 'y', "yes", "do not ask"),
	OPTIONS_END,
};

/* The vault is made anew for one key: the others are lost, and whoever relies on them should know
 * before. */
static int confirm(const struct session *session, const struct rekey_values *rekey,
                   struct error *err)
{
	struct key_slot slots[KEY_SLOTS];
	size_t count = 0, others = 0;

	vault_key_slots(session->vault, slots, &count);
	for (size_t i = 0; i < count; i++)
		others += !slots[i].current && slots[i].type != KEY_RECOVERY_CODE;
	if (others == 0)
		return 0;
	return prompt_confirm(rekey->yes,
	                      "The other keys in 'vault key list' will not open it any more. Go "
	                      "on?",
	                      err);
}

/* What opens the new file: a new password, or else what opened the old one. */
static int choose_key(struct session *session, const struct rekey_values *rekey, struct error *err)
{
	struct presented *presented = &session->presented;
	bool ask = rekey->password || rekey->source.fd >= 0 || rekey->source.file;
	enum key_type type = presented->credential.type;
	int r;

	if (!ask && (type == KEY_RECOVERY_CODE || session->global.volume_key_fd >= 0))
		return error_set(err, VAULT_USAGE,
		                 "a new master password is needed as well: --new-password or "
		                 "--new-password-fd N");
	if (!ask)
		return 0;
	secret_free(presented->password);
	presented->password = NULL;
	r = new_key_password(rekey->source.fd, rekey->source.file, &presented->password, err);
	presented_set(presented, presented->key_file ? KEY_PASSWORD_AND_FILE : KEY_PASSWORD);
	return r;
}

static int choose_recovery(const struct session *session, const struct rekey_values *rekey,
                           struct secret **ret_code, struct error *err)
{
	bool wanted = true;
	int r;

	if (rekey->no_recovery)
		return 0;
	if (rekey->print_recovery)
		return recovery_code_new(ret_code, err);
	if (session_scripted(session) || !prompt_available())
		return error_set(err, VAULT_USAGE,
		                 "the present recovery code will not open it any more: say "
		                 "--print-recovery or --no-recovery");
	r = prompt_yes("Make a new recovery code? The present one will not open it any more.", true,
	               &wanted, err);
	return r < 0 || !wanted ? r : new_key_recovery(ret_code, err);
}

static int make(struct session *session, const struct rekey_values *rekey,
                const struct secret *code, struct error *err)
{
	const struct vault_new how = {
		.credential = session->presented.credential,
		.cost = cost_read(&rekey->cost),
		.recovery_code = code,
	};
	struct json json = {0};
	int r = new_key_print(session, rekey->print_recovery ? code : NULL, &json, err);

	if (r < 0)
		return r;
	held_forget(session); /* that key will open nothing any more */
	if (!session_scripted(session))
		new_key_working(true);
	r = vault_rekey(&session->vault, &how, err);
	new_key_working(false);
	if (r < 0) {
		new_key_void(&json, code, err);
		return r;
	}
	if (session->global.json) {
		new_key_answer(&json, "rekeyed");
		json_close(&json);
	}
	if (r == 0)
		report_note("Everything is encrypted under a new key. Former copies of the vault "
		            "open with the former keys, but what opens them does not open this "
		            "one.");
	return r;
}

static int rekey_run(struct session *session, const void *values, char *const *words,
                     struct error *err)
{
	const struct rekey_values *rekey = values;
	SECRET_AUTO *code = NULL;
	int r;

	(void)words;
	if (rekey->no_recovery && rekey->print_recovery)
		return error_set(err, VAULT_USAGE,
		                 "--no-recovery and --print-recovery contradict each other");
	session->keep_presented = true;
	session->by_hand = true;
	r = session_unlock(session, 0, err);
	if (r == 0)
		r = confirm(session, rekey, err);
	if (r == 0)
		r = choose_key(session, rekey, err);
	if (r == 0)
		r = choose_recovery(session, rekey, &code, err);
	return r == 0 ? make(session, rekey, code, err) : r;
}

const struct command command_rekey = {
	.name = "rekey",
	.group = "vault",
	.arguments = "",
	.summary = "encrypt everything anew, under a new volume key",
	.more = "This is what makes old copies of the vault, and old passwords, worthless\n"
		"for what is stored from now on. Only the key given now and the new\n"
		"recovery code open the result.",
	.options = rekey_options,
	.values_size = sizeof(struct rekey_values),
	.run = rekey_run,
};

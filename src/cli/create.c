#include "create.h"
#include "held.h"
#include "present.h"
#include "prompt.h"
#include "report.h"

/* Gets the password, or with a key file perhaps none. */
static int choose_password(const struct session *session, struct presented *presented,
                           struct error *err)
{
	const struct globals *global = &session->global;
	int r;

	if (global->key_file) {
		r = present_key_file(global->key_file, &presented->key_file, err);
		if (r < 0)
			return r;
	}
	r = new_key_password(global->password_fd, global->password_file, &presented->password, err);
	if (r < 0 && err->status == VAULT_LOCKED)
		return error_set(err, VAULT_LOCKED,
		                 "a master password is needed and there is no terminal to ask "
		                 "for it; give it by --password-fd N or --password-file FILE");
	if (r == 0)
		presented_set(presented, global->key_file ? KEY_PASSWORD_AND_FILE : KEY_PASSWORD);
	return r;
}

static int choose_recovery(const struct session *session, const struct create_options *options,
                           struct secret **ret_code, struct error *err)
{
	bool wanted = true;
	int r;

	if (options->no_recovery)
		return 0;
	if (options->print_recovery)
		return recovery_code_new(ret_code, err);
	if (session_scripted(session))
		return error_set(err, VAULT_USAGE,
		                 "a script must say what becomes of the recovery code: "
		                 "--no-recovery or --print-recovery");
	prompt_say("\nA recovery code opens the vault when the master password is forgotten.\n");
	r = prompt_yes("Make one?", true, &wanted, err);
	return r < 0 || !wanted ? r : new_key_recovery(ret_code, err);
}

static int make(struct session *session, const struct vault_new *how, bool print, struct json *json,
                struct error *err)
{
	int r = new_key_print(session, print ? how->recovery_code : NULL, json, err);

	if (r < 0)
		return r;
	if (!session_scripted(session))
		new_key_working(true);
	r = vault_create(session->path, how, &session->vault, err);
	new_key_working(false);
	if (r != 0 && r != VAULT_FAILED)
		new_key_void(json, how->recovery_code, err);
	return r;
}

int create_vault(struct session *session, const struct create_options *options, struct json *json,
                 struct error *err)
{
	PRESENTED_AUTO presented = {0};
	SECRET_AUTO *code = NULL;
	int r;

	if (options->no_recovery && options->print_recovery)
		return error_set(err, VAULT_USAGE,
		                 "--no-recovery and --print-recovery contradict each other");
	if (session_scripted(session) && !options->no_recovery && !options->print_recovery)
		return choose_recovery(session, options, &code, err);
	r = choose_password(session, &presented, err);
	if (r == 0)
		r = choose_recovery(session, options, &code, err);
	if (r < 0)
		return r;
	struct vault_new how = {
		.credential = presented.credential,
		.cost = cost_read(&options->cost),
		.recovery_code = code,
	};
	r = make(session, &how, options->print_recovery, json, err);
	if (r != 0)
		return r;
	report_note("Created the vault %s", session->path);
	if (!session_presents(session))
		held_keep(session);
	return 0;
}

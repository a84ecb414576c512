#include "commands.h"
#include "create.h"
#include "json.h"
#include "output.h"

struct init_values {
	struct create_options create;
};

static const struct option_spec init_options[] = {
	OPTION_FLAG(struct init_values, create.no_recovery, 0, "no-recovery",
                    "make no recovery code"),
	OPTION_FLAG(struct init_values, create.print_recovery, 0, "print-recovery",
                    "make a recovery code without questions and print it"),
	COST_OPTIONS(struct init_values, create.cost),
	OPTIONS_END,
};

static int init_run(struct session *session, const void *values, char *const *words,
                    struct error *err)
{
	const struct init_values *init = values;
	SECRET_AUTO *code = NULL;
	struct json json = {0};
	int r = session_open(session, VAULT_READ_ONLY, err);

	(void)words;
	if (r == 0) {
		error_set(err, VAULT_EXISTS, "there is a vault at %s already", session->path);
		return VAULT_EXISTS;
	}
	if (r != VAULT_NOT_FOUND)
		return r;
	*err = (struct error){0};
	r = create_vault(session, &init->create, &code, err);
	if (r != 0)
		return r;
	session_close(session);
	if (session->global.json) {
		json_put_object(&json, NULL);
		json_put_string(&json, "action", "created");
		json_put_string(&json, "vault", session->path);
		json_put_secret(&json, "recovery_code", init->create.print_recovery ? code : NULL);
		json_close(&json);
	} else if (init->create.print_recovery) {
		output_secret(code);
		output_string("\n");
	}
	return 0;
}

const struct command command_init = {
	.name = "init",
	.group = "keep",
	.arguments = "",
	.summary = "make a new vault",
	.more = "At a terminal it asks for the master password and offers a recovery\n"
		"code. With --key-file the vault opens only with the password and that\n"
		"file together.",
	.options = init_options,
	.values_size = sizeof(struct init_values),
	.run = init_run,
};

#include "commands.h"
#include "create.h"
#include "json.h"

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
	r = create_vault(session, &init->create, &json, err);
	if (r != 0 && r != VAULT_FAILED)
		return r;
	session_close(session);
	if (session->global.json) {
		new_key_answer(&json, "created");
		json_put_string(&json, "vault", session->path);
		json_close(&json);
	}
	return r;
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

#include "commands.h"
#include "json.h"
#include "output.h"
#include "prompt.h"
#include "report.h"

#define SEVERITY_COLUMNS 9

struct check_context {
	bool json_wanted, quiet;
	size_t damages;
	struct json json;
};

static const char *const severities[] =
	{[CHECK_NOTE] = "note", [CHECK_WARNING] = "warning", [CHECK_DAMAGE] = "damage"};

static void check_finding(void *context, enum check_severity severity, const char *text)
{
	struct check_context *check = context;

	check->damages += severity == CHECK_DAMAGE;
	if (check->json_wanted) {
		json_put_object(&check->json, NULL);
		json_put_string(&check->json, "severity", severities[severity]);
		json_put_string(&check->json, "text", text);
		json_close(&check->json);
	} else if (severity != CHECK_NOTE || !check->quiet) {
		output_padded(severities[severity], SEVERITY_COLUMNS);
		output_sentence(text, SEVERITY_COLUMNS);
		output_string("\n");
	}
}

static int check_run(struct session *session, const void *values, char *const *words,
                     struct error *err)
{
	struct check_context context = {.json_wanted = session->global.json,
	                                .quiet = session->global.quiet};
	enum check_severity worst = CHECK_NOTE;
	int r = session_unlock(session, 0, err);

	(void)values;
	(void)words;
	if (r != 0)
		return r;
	if (!session_scripted(session) && !session->global.quiet)
		prompt_say("Reading every page...\n");
	if (context.json_wanted) {
		json_put_object(&context.json, NULL);
		json_put_array(&context.json, "findings");
	}
	r = vault_check(session->vault, check_finding, &context, &worst, err);
	session_close(session);
	if (r != 0)
		return r;
	if (context.json_wanted) {
		json_close(&context.json);
		json_put_string(&context.json, "worst", severities[worst]);
		json_close(&context.json);
	}
	if (session->rolled_back && context.damages == 1)
		return error_set(err, VAULT_DAMAGED,
		                 "the vault is not the newest that was seen here; what is in it is "
		                 "sound");
	if (worst == CHECK_DAMAGE)
		return error_set(err, VAULT_DAMAGED,
		                 "the vault is damaged; 'vault rescue' saves what can be read");
	if (worst == CHECK_NOTE)
		report_note("The vault is sound.");
	return worst == CHECK_WARNING ? VAULT_FINDINGS : 0;
}

const struct command command_check = {
	.name = "check",
	.group = "vault",
	.arguments = "",
	.summary = "verify every page, header copy, entry and index",
	.more = "Exit status 0: sound; 7: warnings, nothing is lost; 9: damage.",
	.run = check_run,
};

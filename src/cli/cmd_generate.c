#include "commands.h"
#include "json.h"
#include "output.h"
#include "report.h"
#include "rule.h"
#include "strength.h"

struct generate_values {
	struct rule_options rule;
};

static const struct option_spec generate_options[] = {
	RULE_OPTIONS(struct generate_values, rule),
	OPTIONS_END,
};

static int generate_run(struct session *session, const void *values, char *const *words,
                        struct error *err)
{
	const struct generate_values *generate = values;
	SECRET_AUTO *password = NULL;
	struct generate_rule rule;
	struct json json = {0};
	double bits = 0;
	int r = rule_read(&generate->rule, &session->config, NULL, GENERATE_LENGTH_DEFAULT, &rule,
	                  err);

	(void)words;
	if (r == 0)
		r = generate_password(&rule, &password, &bits, err);
	if (r < 0)
		return r;
	if (session->global.json) {
		json_put_object(&json, NULL);
		json_put_secret(&json, "password", password);
		json_put_real(&json, "bits", bits);
		json_close(&json);
	} else {
		output_secret(password);
		output_string("\n");
		output_flush();
		report_note("%.1f bits", bits);
	}
	if (rule.by_rules)
		strength_warn_made(password, bits);
	return 0;
}

const struct command command_generate = {
	.name = "generate",
	.group = "use",
	.arguments = "",
	.summary = "make a random password and print it",
	.more = "Without options it has 32 characters of all four classes. Each class\n"
		"that is named is in it, and all such passwords are equally likely.\n"
		"--charset takes classes (lower upper digit symbol alnum all unambiguous)\n"
		"joined by commas, and further characters in brackets.",
	.options = generate_options,
	.values_size = sizeof(struct generate_values),
	.run = generate_run,
};

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <vault/qr.h>

#include "cleanup.h"
#include "entry_options.h"
#include "present.h"
#include "prompt.h"

#define NOTE_MAX PASSWORD_MAX

static bool is_stdin(const char *argument)
{
	return argument && strcmp(argument, "-") == 0;
}

/* "KEY=-": the value is a line of standard input. Returns the length of KEY, or 0. */
static size_t stdin_key(const char *argument)
{
	size_t length = strlen(argument);

	return length > 2 && strcmp(argument + length - 2, "=-") == 0 ? length - 2 : 0;
}

bool entry_options_generate(const struct entry_options *options)
{
	return options->generate || rule_given(&options->rule);
}

bool entry_options_fields(const struct entry_options *options)
{
	return options->user || options->note || options->urls.count || options->tags.count ||
	       options->rule.rules || options->fields.count || options->secret_fields.count ||
	       options->resets.count || options->used_by.count || options->otp ||
	       options->otp_file || options->otp_qr;
}

int entry_options_check(const struct entry_options *options, const struct config *config,
                        struct error *err)
{
	struct generate_rule rule;
	int r = rule_read(&options->rule, config, NULL, GENERATE_LENGTH_LONGEST, &rule, err);

	if (r < 0)
		return r;
	if (options->from_stdin && options->all_stdin)
		return error_set(err, VAULT_USAGE, "--stdin and --stdin0 exclude each other");
	if (entry_options_generate(options) && (options->from_stdin || options->all_stdin))
		return error_set(err, VAULT_USAGE,
		                 "the password is either made (--generate) or read (--stdin), "
		                 "not both");
	if (options->all_stdin && is_stdin(options->note))
		return error_set(err, VAULT_USAGE,
		                 "--stdin0 leaves nothing of standard input for --note -");
	if (options->all_stdin && is_stdin(options->otp_file))
		return error_set(err, VAULT_USAGE,
		                 "--stdin0 leaves nothing of standard input for --otp-file -");
	if (options->otp + !!options->otp_file + !!options->otp_qr > 1)
		return error_set(err, VAULT_USAGE,
		                 "--otp asks; --otp-file and --otp-qr read: one of them");
	for (size_t i = 0; i < options->fields.count; i++)
		if (!strchr(options->fields.items[i], '='))
			return error_set(err, VAULT_USAGE, "--field takes KEY=VALUE, not '%s'",
			                 options->fields.items[i]);
	for (size_t i = 0; i < options->secret_fields.count; i++) {
		const char *argument = options->secret_fields.items[i];
		if (strchr(argument, '=') && !stdin_key(argument))
			return error_set(err, VAULT_USAGE,
			                 "a secret is no argument, others could read it there: "
			                 "--secret-field KEY asks for the value, KEY=- reads it "
			                 "from standard input");
		if (options->all_stdin && stdin_key(argument))
			return error_set(err, VAULT_USAGE,
			                 "--stdin0 leaves nothing for --secret-field %s", argument);
	}
	return 0;
}

static int set_field(struct entry *entry, const char *argument, struct error *err)
{
	const char *equals = strchr(argument, '=');
	FREE_AUTO char *key = strndup(argument, (size_t)(equals - argument));

	if (!key)
		return error_set(err, VAULT_FAILED, "out of memory");
	return entry_set_text(entry, FIELD_TEXT, key, equals + 1, err);
}

static int set_otp_qr(struct entry *entry, const char *file, struct error *err)
{
	SECRET_AUTO *uri = NULL;
	int r = qr_read(file, "otpauth", &uri, err);

	return r == 0 ? entry_set_secret(entry, FIELD_OTP, NULL, &uri, err) : r;
}

int entry_options_plain(const struct entry_options *options, struct entry *entry, struct error *err)
{
	int r = 0;

	if (options->user)
		r = entry_set_user(entry, options->user, err);
	for (size_t i = 0; r == 0 && i < options->urls.count; i++)
		r = entry_set_text(entry, FIELD_URL, NULL, options->urls.items[i], err);
	for (size_t i = 0; r == 0 && i < options->tags.count; i++)
		r = entry_set_text(entry, FIELD_TAG, NULL, options->tags.items[i], err);
	for (size_t i = 0; r == 0 && i < options->fields.count; i++)
		r = set_field(entry, options->fields.items[i], err);
	for (size_t i = 0; r == 0 && i < options->used_by.count; i++)
		r = entry_set_text(entry, FIELD_CONSUMER, NULL, options->used_by.items[i], err);
	if (r == 0 && options->rule.rules)
		r = entry_set_text(entry, FIELD_RULES, NULL, options->rule.rules, err);
	if (r == 0 && options->otp_qr)
		r = set_otp_qr(entry, options->otp_qr, err);
	return r;
}

static int read_line(const char *what, struct secret **ret_secret, struct error *err)
{
	int r = secret_read_line(STDIN_FILENO, PASSWORD_MAX, ret_secret, err);

	if (r > 0)
		return error_set(err, VAULT_USAGE, "standard input ended before %s", what);
	return r < 0 ? error_context(err, "%s", what) : 0;
}

/* The value of a secret field: a line of standard input, or the answer to a question. */
static int read_value(const struct entry_options *options, bool from_stdin, const char *what,
                      const char *hint, struct secret **ret_value, struct error *err)
{
	char question[FIELD_KEY_MAX + 8]; /* a longer key is refused later */
	int r;

	if (from_stdin || options->from_stdin)
		return read_line(what, ret_value, err);
	if (!prompt_available())
		return error_set(err, VAULT_LOCKED,
		                 "the value of '%s' is needed and there is no terminal to ask for "
		                 "it; %s reads it from standard input",
		                 what, hint);
	snprintf(question, sizeof(question), "%s: ", what);
	r = prompt_secret(question, PASSWORD_MAX, ret_value, err);
	return r > 0 ? error_set(err, VAULT_INTERRUPTED, "Nothing was changed.") : r;
}

static int read_secret_field(const struct entry_options *options, struct entry *entry,
                             const char *argument, struct error *err)
{
	SECRET_AUTO *value = NULL;
	size_t length = stdin_key(argument);
	FREE_AUTO char *key = length ? strndup(argument, length) : strdup(argument);
	int r;

	if (!key)
		return error_set(err, VAULT_FAILED, "out of memory");
	r = read_value(options, length > 0, key, "--secret-field KEY=-", &value, err);
	return r < 0 ? r : entry_set_secret(entry, FIELD_SECRET, key, &value, err);
}

static int read_otp_text(const struct entry_options *options, struct entry *entry,
                         struct error *err)
{
	SECRET_AUTO *text = NULL;
	int r;

	if (options->otp_file && !is_stdin(options->otp_file))
		r = present_line("file", options->otp_file, &text, err);
	else
		r = read_value(options, options->otp_file, "Secret or otpauth:// URI",
		               "--otp-file -", &text, err);
	if (r > 0)
		return error_set(err, VAULT_USAGE, "the file '%s' is empty", options->otp_file);
	return r < 0 ? r : entry_set_secret(entry, FIELD_OTP, NULL, &text, err);
}

/* Somebody who typed it can try again. */
static int read_otp(const struct entry_options *options, struct entry *entry, struct error *err)
{
	bool typed = options->otp && !options->from_stdin;
	int r;

	while ((r = read_otp_text(options, entry, err)) == -VAULT_USAGE && typed) {
		prompt_say("%s; try again\n", err->message);
		*err = (struct error){0};
	}
	return r;
}

int entry_options_secrets(const struct entry_options *options, struct entry *entry,
                          struct error *err)
{
	SECRET_AUTO *note = NULL;
	int r = 0;

	for (size_t i = 0; r == 0 && i < options->secret_fields.count; i++)
		r = read_secret_field(options, entry, options->secret_fields.items[i], err);
	if (r == 0 && (options->otp || options->otp_file))
		r = read_otp(options, entry, err);
	if (r != 0 || !options->note)
		return r;
	if (is_stdin(options->note)) {
		r = secret_read_all(STDIN_FILENO, NOTE_MAX, &note, err);
		if (r > 0)
			return error_set(err, VAULT_USAGE, "standard input ended before the note");
	} else {
		r = secret_copy(&note, options->note, strlen(options->note), err);
	}
	return r < 0 ? error_context(err, "the note")
	             : entry_set_secret(entry, FIELD_NOTE, NULL, &note, err);
}

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "cleanup.h"
#include "commands.h"
#include "json.h"
#include "output.h"
#include "prompt.h"
#include "report.h"
#include "show.h"

struct rescue_values {
	const char *output;
	bool print_key, print_volume_key, yes;
};

static const struct option_spec rescue_options[] = {
	OPTION_TEXT_OF(WORD_FILE, struct rescue_values, output, 'o', "output", "FILE",
                       "write what can be read to this new file, unencrypted"),
	OPTION_FLAG(struct rescue_values, print_key, 0, "print-key",
                    "print the key for the sqlcipher shell"),
	OPTION_FLAG(struct rescue_values, print_volume_key, 0, "print-volume-key",
                    "print the key for --volume-key-fd"),
	OPTION_FLAG(struct rescue_values, yes, 'y', "yes", "do not ask"),
	OPTIONS_END,
};

static int check(const struct rescue_values *rescue, struct error *err)
{
	if (!!rescue->output + rescue->print_key + rescue->print_volume_key != 1)
		return error_set(err, VAULT_USAGE,
		                 "say what to do, one of: --output FILE, --print-key, "
		                 "--print-volume-key");
	return 0;
}

static int rescue_entry(void *context, const struct entry *entry, bool verified)
{
	struct json *json = context;

	json_put_object(json, NULL);
	json_put_bool(json, "verified", verified);
	show_json(json, entry, true);
	json_close(json);
	return 0;
}

static int open_output(const char *path, int *ret_fd, struct error *err)
{
	*ret_fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOCTTY | O_NOFOLLOW, 0600);
	if (*ret_fd < 0 && errno == EEXIST) {
		error_set(err, VAULT_EXISTS, "there is a file %s already", path);
		return VAULT_EXISTS;
	}
	return *ret_fd < 0 ? error_errno(err, VAULT_FAILED, errno, "cannot create %s", path) : 0;
}

static int export_to(struct session *session, const char *path, struct error *err)
{
	CLOSE_AUTO int fd = -1;
	struct rescue_result result = {0};
	struct json json = {0};
	int r = open_output(path, &fd, err);

	if (r != 0)
		return r;
	output_to(fd);
	json_put_object(&json, NULL);
	json_put_array(&json, "entries");
	r = vault_rescue(session->vault, rescue_entry, &json, &result, err);
	session_close(session);
	json_close(&json);
	json_close(&json);
	output_flush();
	if (r == 0 && fsync(fd) != 0)
		output_fail(errno);
	output_to(STDOUT_FILENO);
	if (r != 0)
		return r;
	if (session->global.json) {
		json = (struct json){0};
		json_put_object(&json, NULL);
		json_put_string(&json, "file", path);
		json_put_number(&json, "read", (int64_t)result.read);
		json_put_number(&json, "unverified", (int64_t)result.unverified);
		json_put_number(&json, "lost", (int64_t)result.lost);
		json_close(&json);
	}
	report_note("%zu %s in %s, UNENCRYPTED.", result.read,
	            result.read == 1 ? "entry is" : "entries are", path);
	if (result.unverified > 0 || result.lost > 0)
		report_warning("%zu of them could not be verified; %zu could not be read.",
		               result.unverified, result.lost);
	return result.lost > 0 || result.unverified > 0 ? VAULT_DAMAGED : 0;
}

/* Whoever sees the key can read the vault, and every copy of it, for ever: a "y" is typed too
 * easily. */
static int confirm_key(const struct rescue_values *rescue, struct error *err)
{
	FREE_AUTO char *answer = NULL;

	if (rescue->yes)
		return 0;
	if (!prompt_available())
		return error_set(err, VAULT_USAGE,
		                 "there is no terminal to confirm at: --yes does it without "
		                 "asking");
	prompt_say("Whoever sees this key can read the vault and all its copies, without a "
	           "password.\n");
	int r = prompt_line("Print it? Type yes in full: ", &answer, err);
	if (r < 0)
		return r;
	if (r > 0 || strcmp(answer, "yes") != 0)
		return error_set(err, VAULT_INTERRUPTED, "Nothing was printed.");
	return 0;
}

static int print_key(struct session *session, const struct rescue_values *rescue, struct error *err)
{
	SECRET_AUTO *hex = NULL;
	int r = rescue->print_key ? vault_database_key(session->vault, &hex, err)
	                          : vault_volume_key(session->vault, &hex, err);

	if (r != 0)
		return r;
	session_close(session);
	output_secret(hex);
	output_string("\n");
	output_flush();
	if (rescue->print_volume_key) {
		report_note("Use it with: vault --volume-key-fd N");
	} else {
		report_note("Use it with: tail -c +8193 VAULT > plain.db, then in the sqlcipher "
		            "shell on plain.db:");
		report_note("    PRAGMA key = \"x'KEY'\";");
	}
	return 0;
}

static int rescue_run(struct session *session, const void *values, char *const *words,
                      struct error *err)
{
	const struct rescue_values *rescue = values;
	int r = check(rescue, err);

	(void)words;
	if (r == 0 && !rescue->output)
		r = confirm_key(rescue, err);
	session->by_hand = true;
	if (r == 0)
		r = session_unlock(session, VAULT_RESCUE, err);
	if (r != 0)
		return r;
	return rescue->output ? export_to(session, rescue->output, err)
	                      : print_key(session, rescue, err);
}

const struct command command_rescue = {
	.name = "rescue",
	.group = "vault",
	.arguments = "",
	.summary = "save what can be read of a damaged vault",
	.more = "Writes all entries, trash included, secrets in plain text, as JSON to a\n"
		"new file that only you can read; or prints a raw key. Changes nothing in\n"
		"the vault. It needs one good header copy; without one, there is only the\n"
		"sqlcipher shell with a key that --print-key printed before.",
	.options = rescue_options,
	.values_size = sizeof(struct rescue_values),
	.run = rescue_run,
};

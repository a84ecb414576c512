#include <vault/services.h>

#include "cleanup.h"
#include "commands.h"
#include "input.h"
#include "json.h"
#include "report.h"

static int load_run(struct session *session, const void *values, char *const *words,
                    struct error *err)
{
	struct services_loaded loaded;
	struct json json = {0};
	CLOSE_AUTO int fd = input_open(words[0], err);
	int r;

	(void)values;
	if (fd < 0)
		return fd;
	r = services_load(fd, words[0], &loaded, err);
	if (r < 0)
		return r;
	if (session->global.json) {
		json_put_object(&json, NULL);
		json_put_string(&json, "list",
		                loaded.list == SERVICE_RULES ? "password-rules"
		                                             : "change-password");
		json_put_number(&json, "taken", (int64_t)loaded.taken);
		json_put_number(&json, "left", (int64_t)loaded.left);
		json_close(&json);
	}
	if (loaded.left > 0)
		report_warning("%zu cannot be used and were left out%s%s", loaded.left,
		               loaded.first_left[0] ? ", the first: " : "", loaded.first_left);
	report_note("Loaded %s of %zu services.",
	            loaded.list == SERVICE_RULES ? "the password rules"
	                                         : "the addresses to change passwords at",
	            loaded.taken);
	return 0;
}

const struct command command_rules_load = {
	.name = "rules load",
	.group = "protect",
	.arguments = "FILE",
	.summary = "load password rules, or addresses to change passwords at",
	.more = "FILE is password-rules.json or change-password-URLs.json of the project\n"
		"Password Manager Resources; - is standard input. It replaces what was\n"
		"loaded before. Passwords made for an entry with an address follow it.",
	.min_words = 1,
	.max_words = 1,
	.takes = {WORD_FILE},
	.run = load_run,
};

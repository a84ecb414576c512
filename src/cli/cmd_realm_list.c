#include <vault/realm.h>

#include "commands.h"
#include "json.h"
#include "output.h"
#include "report.h"

#define NAME_COLUMNS 32

struct told {
	bool json_wanted, details;
	size_t count;
	struct json json;
};

static void put_realm(struct json *json, const struct realm_info *info)
{
	json_put_object(json, NULL);
	json_put_string(json, "name", info->name);
	json_put_string(json, "reason", info->reason);
	json_put_bool(json, "one_password", info->one_password);
	json_put_array(json, "entries");
	for (size_t i = 0; i < info->n_members; i++)
		json_put_string(json, NULL, info->members[i]);
	json_close(json);
	json_close(json);
}

static int tell_realm(void *context, const struct realm_info *info)
{
	struct told *told = context;

	told->count++;
	if (told->json_wanted) {
		put_realm(&told->json, info);
		return 0;
	}
	output_padded(info->name, NAME_COLUMNS);
	output_sentence(info->reason, NAME_COLUMNS);
	output_string("\n");
	for (size_t i = 0; told->details && i < info->n_members; i++) {
		output_string("  ");
		output_text(info->members[i]);
		output_string("\n");
	}
	if (told->details && !info->one_password)
		output_string("They do not have one password now.\n");
	return 0;
}

static int tell_realms(struct session *session, struct told *told, const char *realm,
                       struct error *err)
{
	int r = session_unlock(session, 0, err);

	if (r != 0)
		return r;
	if (told->json_wanted) {
		json_put_object(&told->json, NULL);
		json_put_array(&told->json, "realms");
	}
	r = realm_list(session->vault, realm, tell_realm, told, err);
	session_close(session);
	if (r == 0 && told->json_wanted) {
		json_close(&told->json);
		json_close(&told->json);
	}
	return r;
}

static int list_run(struct session *session, const void *values, char *const *words,
                    struct error *err)
{
	struct told told = {.json_wanted = session->global.json};
	int r = tell_realms(session, &told, NULL, err);

	(void)values;
	(void)words;
	if (r == 0 && told.count == 0 && !told.json_wanted)
		report_note("There is no realm.");
	return r;
}

const struct command command_realm_list = {
	.name = "realm list",
	.group = "protect",
	.arguments = "",
	.summary = "list the realms, with their reasons",
	.run = list_run,
};

static int show_run(struct session *session, const void *values, char *const *words,
                    struct error *err)
{
	struct told told = {.json_wanted = session->global.json, .details = true};
	int r = tell_realms(session, &told, words[0], err);

	(void)values;
	if (r != 0 || told.count > 0)
		return r;
	error_set(err, VAULT_NOT_FOUND, "there is no realm '%s'", words[0]);
	return VAULT_NOT_FOUND;
}

const struct command command_realm_show = {
	.name = "realm show",
	.group = "protect",
	.arguments = "REALM",
	.summary = "show a realm and its members",
	.min_words = 1,
	.max_words = 1,
	.takes = {WORD_REALM},
	.run = show_run,
};

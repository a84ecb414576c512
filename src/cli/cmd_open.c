#include <stdio.h>

#include "browse.h"
#include "cleanup.h"
#include "clipboard.h"
#include "commands.h"
#include "json.h"
#include "output.h"
#include "prompt.h"
#include "rotation.h"
#include "service.h"
#include "units.h"
#include "url.h"

struct open_values {
	int number;
	bool print, no_copy, change;
};

static const struct option_spec open_options[] = {
	OPTION_NUMBER(struct open_values, number, 0, "url", "N", 1, ENTRY_FIELDS_MAX,
                      "the N-th address, when there are several"),
	OPTION_FLAG(struct open_values, change, 0, "change-password",
                    "the page where the password is changed"),
	OPTION_FLAG(struct open_values, print, 0, "print", "print the address and do no more"),
	OPTION_FLAG(struct open_values, no_copy, 0, "no-copy", "leave the clipboard alone"),
	OPTIONS_END,
};

static const char *url_at(const struct entry *entry, int number)
{
	for (size_t i = 0; i < entry->n_fields; i++)
		if (entry->fields[i].kind == FIELD_URL && --number == 0)
			return entry->fields[i].text;
	return NULL;
}

/* Which of several? Without a terminal to ask at, the first. */
static int ask_number(const struct entry *entry, int *ret_number, struct error *err)
{
	char question[64];
	int count = 0;

	*ret_number = 1;
	while (url_at(entry, count + 1))
		count++;
	if (count < 2 || !prompt_available())
		return 0;
	for (int i = 1; i <= count; i++)
		prompt_say("%3d  %s\n", i, url_at(entry, i));
	snprintf(question, sizeof(question), "Which address (Enter alone: 1)? ");
	for (;;) {
		FREE_AUTO char *answer = NULL;
		int r = prompt_line(question, &answer, err);
		if (r > 0)
			return error_set(err, VAULT_INTERRUPTED, "Nothing was opened.");
		if (r < 0 || answer[0] == '\0')
			return r;
		if (units_number(answer, ret_number) && *ret_number >= 1 && *ret_number <= count)
			return 0;
		prompt_say("Please answer with a number from 1 to %d.\n", count);
	}
}

static int find_change(const struct entry *entry, struct url *ret_url, struct error *err)
{
	FREE_AUTO char *address = NULL;
	int r = service_change_address(entry, &address, err);

	return r == 0 ? url_read(address, ret_url, err) : r;
}

static int choose(const struct entry *entry, const struct open_values *values, struct url *ret_url,
                  struct error *err)
{
	int number = values->number, r = 0;
	const char *address;

	if (values->change)
		return find_change(entry, ret_url, err);
	if (number < 0 && !values->print)
		r = ask_number(entry, &number, err);
	if (r < 0)
		return r;
	address = url_at(entry, number > 0 ? number : 1);
	if (!address) {
		error_set(err, VAULT_NOT_FOUND,
		          number > 1 ? "'%s' has not so many addresses" : "'%s' has no address",
		          entry->name);
		return VAULT_NOT_FOUND;
	}
	r = url_read(address, ret_url, err);
	return r < 0 ? error_context(err, "'%s'", entry->name) : 0;
}

static void print_json(const struct entry *entry, const struct url *url,
                       const struct clipboard_done *done)
{
	struct json json = {0};

	json_put_object(&json, NULL);
	json_put_string(&json, "name", entry->name);
	json_put_string(&json, "url", url->text);
	if (done)
		clipboard_json(&json, done);
	json_close(&json);
}

static int open_run(struct session *session, const void *values, char *const *words,
                    struct error *err)
{
	const struct open_values *open = values;
	const struct clipboard_options how = {.clear_after = -1};
	bool copy = !open->print && !open->no_copy;
	struct clipboard_done done;
	ENTRY_AUTO *entry = NULL;
	URL_AUTO url = {0};
	int r = 0;

	if (open->change && open->number >= 0)
		r = error_set(err, VAULT_USAGE, "--change-password and --url exclude each other");
	if (r == 0)
		r = session_read(session, words[0], &entry, err);
	if (r != 0)
		return r;
	r = choose(entry, open, &url, err);
	if (r == 0 && !open->print)
		r = browse(&url, err);
	copy = copy && entry->password;
	if (r == 0 && copy)
		rotation_note(entry);
	if (r == 0 && copy)
		r = clipboard_copy(session, entry->password, &how, &done, err);
	if (r != 0)
		return r;
	if (session->global.json) {
		print_json(entry, &url, copy ? &done : NULL);
	} else if (open->print) {
		output_string(url.text);
		output_string("\n");
	}
	return 0;
}

const struct command command_open = {
	.name = "open",
	.group = "use",
	.arguments = "NAME",
	.summary = "open the address of an entry, its password on the clipboard",
	.more = "Addresses of http, https, ftp and ftps are opened; one without a scheme\n"
		"is taken for https. Of several it asks which. --change-password takes the\n"
		"page where the password is changed, as loaded by 'vault rules load'.",
	.options = open_options,
	.values_size = sizeof(struct open_values),
	.min_words = 1,
	.max_words = 1,
	.takes = {WORD_ENTRY},
	.starts = true,
	.run = open_run,
};

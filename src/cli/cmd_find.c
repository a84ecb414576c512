#include <string.h>
#include <unistd.h>

#include <vault/text.h>

#include "commands.h"
#include "escape.h"
#include "json.h"
#include "output.h"
#include "report.h"
#include "wrap.h"

#define NAME_COLUMNS 32
#define VALUE_SIZE 512 /* of a value that is told: the rest would not be read anyway */
#define CUT "..."

struct find_values {
	int limit;
};

static const struct option_spec find_options[] = {
	OPTION_NUMBER(struct find_values, limit, 'n', "limit", "N", 1, 1000000,
                      "only the N best entries"),
	OPTIONS_END,
};

static const char *const places[] =
	{[FIND_NAME] = "name", [FIND_USER] = "user", [FIND_URL] = "url",
         [FIND_TAG] = "tag",   [FIND_TEXT] = "text", [FIND_NOTE] = "note"};

struct find_context {
	size_t columns; /* of the terminal; 0: it is none */
	bool json_wanted;
	size_t told; /* entries so far */
	struct json json;
};

/* Adds as much of `text` as there are columns left. */
static void add_cut(const char *text, size_t *left)
{
	char safe[VALUE_SIZE];
	size_t columns, length;

	escape_string(text, safe, sizeof(safe));
	columns = text_columns(safe, strlen(safe));
	if (columns <= *left) {
		output_string(safe);
		*left -= columns;
		return;
	}
	length = *left > strlen(CUT) ? text_fit(safe, *left - strlen(CUT)) : 0;
	output_bytes(safe, length);
	output_string(*left >= strlen(CUT) ? CUT : "");
	*left = 0;
}

/* "mailserver      user: anna@example.org, note" in one line of the terminal: of a note no more
 * than that. */
static void find_line(const struct find_hit *hit, size_t columns)
{
	size_t left = columns > NAME_COLUMNS ? columns - NAME_COLUMNS : columns;
	const char *joint = "";

	if (hit->matches[hit->n_matches - 1].place == FIND_NAME) {
		output_text(hit->name);
		output_string("\n");
		return;
	}
	output_padded(hit->name, NAME_COLUMNS);
	if (escape_columns(hit->name) >= NAME_COLUMNS)
		left = SIZE_MAX; /* it does not fit: the terminal breaks it somewhere */
	for (size_t i = 0; i < hit->n_matches; i++) {
		const struct find_match *match = &hit->matches[i];
		if (match->place == FIND_NAME)
			continue;
		add_cut(joint, &left);
		add_cut(match->key ? match->key : places[match->place], &left);
		add_cut(match->text ? ": " : "", &left);
		add_cut(match->text ? match->text : "", &left);
		joint = ", ";
	}
	output_string("\n");
}

static void json_begin(struct json *json)
{
	json_put_object(json, NULL);
	json_put_array(json, "entries");
}

static void find_json(struct json *json, const struct find_hit *hit)
{
	json_put_object(json, NULL);
	json_put_string(json, "name", hit->name);
	json_put_array(json, "matches");
	for (size_t i = 0; i < hit->n_matches; i++) {
		const struct find_match *match = &hit->matches[i];
		json_put_object(json, NULL);
		json_put_string(json, "kind", places[match->place]);
		if (match->key)
			json_put_string(json, "key", match->key);
		if (match->text)
			json_put_string(json, "value", match->text);
		json_close(json);
	}
	json_close(json);
	json_close(json);
}

static int find_item(void *context, const struct find_hit *hit)
{
	struct find_context *find = context;

	if (find->told++ == 0 && find->json_wanted)
		json_begin(&find->json);
	if (find->json_wanted) {
		find_json(&find->json, hit);
	} else if (find->columns > 0) {
		find_line(hit, find->columns);
	} else {
		output_text(hit->name);
		output_string("\n");
	}
	return 0;
}

static int nothing(struct session *session, char *const *words, struct error *err)
{
	if (!words[1])
		return session_no_entry(session, words[0], err);
	error_set(err, VAULT_NOT_FOUND, "no entry has all of these words");
	return VAULT_NOT_FOUND;
}

static int find_run(struct session *session, const void *values, char *const *words,
                    struct error *err)
{
	const struct find_values *find = values;
	struct find_context context = {.json_wanted = session->global.json,
	                               .columns = wrap_columns(STDOUT_FILENO)};
	const struct find_query query = {.words = (const char *const *)words,
	                                 .limit = find->limit > 0 ? (size_t)find->limit : 0};
	size_t count = 0;
	int r = session_unlock(session, 0, err);

	if (r != 0)
		return r;
	r = vault_find(session->vault, &query, find_item, &context, &count, err);
	if (r == 0 && count == 0)
		r = nothing(session, words, err);
	session_close(session);
	if (r < 0)
		return r;
	if (context.json_wanted) {
		if (count == 0)
			json_begin(&context.json);
		json_close(&context.json);
		json_close(&context.json);
	}
	if (count > context.told && context.columns > 0)
		report_note("%zu more: without --limit, all are told.", count - context.told);
	return r;
}

const struct command command_find = {
	.name = "find",
	.group = "use",
	.arguments = "TEXT...",
	.summary = "find entries by words in them, the best first",
	.more = "It looks into names, users, URLs, tags, further fields and notes, not into\n"
		"passwords and secret fields. Of several words each must be somewhere in the\n"
		"entry.",
	.options = find_options,
	.values_size = sizeof(struct find_values),
	.min_words = 1,
	.max_words = FIND_WORDS_MAX,
	.run = find_run,
};

#include "chain_report.h"

#include <stdio.h>
#include <stdlib.h>

#include "cleanup.h"
#include "output.h"

#define HUB_COLUMNS 32
#define NAMES_TOLD 10 /* of what falls with one; --json tells all */
#define HUBS_TOLD 20

/* A line that grows. */
struct line {
	FILE *text;
	size_t told;
};

static int add_name(void *context, const struct chain_link *link)
{
	struct line *line = context;

	if (line->told == NAMES_TOLD)
		return 1;
	fprintf(line->text, "%s%s", line->told++ > 0 ? ", " : "", link->entry->name);
	if (link->steps > 1)
		fprintf(line->text, " (via %s)", link->via->name);
	return 0;
}

static int print_hub(struct chain *chain, const struct chain_entry *hub, struct error *err)
{
	FREE_AUTO char *text = NULL;
	size_t length;
	struct line line = {.text = open_memstream(&text, &length)};
	int r;

	if (!line.text)
		return error_set(err, VAULT_FAILED, "out of memory");
	if (hub->role != ROLE_OTHER)
		fprintf(line.text, "%s; ", role_word(hub->role));
	fprintf(line.text, "%zu fall%s with it: ", hub->falls, hub->falls == 1 ? "s" : "");
	r = chain_falls(chain, hub, add_name, &line, err);
	if (hub->falls > line.told)
		fprintf(line.text, ", and %zu more", hub->falls - line.told);
	if (fclose(line.text) != 0 && r >= 0)
		r = error_set(err, VAULT_FAILED, "out of memory");
	if (r < 0)
		return r;
	output_string("  ");
	output_padded(hub->name, HUB_COLUMNS);
	output_sentence(text, HUB_COLUMNS + 2);
	output_string("\n");
	return 0;
}

int chain_report_text(struct chain *chain, struct error *err)
{
	size_t count;
	const struct chain_entry *const *hubs = chain_hubs(chain, &count);
	int r = 0;

	if (count == 0)
		return 0;
	output_string("\nAccounts that others can be reset through\n");
	for (size_t i = 0; i < count && i < HUBS_TOLD && r == 0; i++)
		r = print_hub(chain, hubs[i], err);
	if (count > HUBS_TOLD)
		output_format("  and %zu more, which --json lists\n", count - HUBS_TOLD);
	return r;
}

static int put_link(void *context, const struct chain_link *link)
{
	struct json *json = context;

	json_put_object(json, NULL);
	json_put_string(json, "name", link->entry->name);
	json_put_string(json, "role", role_word(link->entry->role));
	json_put_string(json, "via", link->via->name);
	json_put_string(json, "address", link->address);
	json_put_number(json, "steps", link->steps);
	json_close(json);
	return 0;
}

int chain_report_json(struct chain *chain, struct json *json, struct error *err)
{
	size_t count;
	const struct chain_entry *const *hubs = chain_hubs(chain, &count);
	int r = 0;

	json_put_array(json, "hubs");
	for (size_t i = 0; i < count && r == 0; i++) {
		json_put_object(json, NULL);
		json_put_string(json, "name", hubs[i]->name);
		json_put_string(json, "role", role_word(hubs[i]->role));
		json_put_number(json, "falls", (int64_t)hubs[i]->falls);
		json_put_array(json, "entries");
		r = chain_falls(chain, hubs[i], put_link, json, err);
		json_close(json);
		json_close(json);
	}
	json_close(json);
	return r;
}

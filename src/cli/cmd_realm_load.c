#include <stdlib.h>
#include <string.h>

#include <vault/services.h>

#include "cleanup.h"
#include "commands.h"
#include "input.h"
#include "json.h"
#include "output.h"
#include "prompt.h"
#include "report.h"

#define REASON "one account system (Password Manager Resources)"

struct load_values {
	bool yes, dry_run;
};

static const struct option_spec load_options[] = {
	OPTION_FLAG(struct load_values, yes, 'y', "yes", "make the realms without asking"),
	OPTION_FLAG(struct load_values, dry_run, 'n', "dry-run", "only tell which these would be"),
	OPTIONS_END,
};

/* What was proposed, kept until the realms are made: each with its names, NULL-terminated. */
struct proposed {
	char *realm;
	char **names;
};

struct loading {
	bool json_wanted;
	struct json json;
	struct proposed *items;
	size_t count;
};

static void loading_done(struct loading *loading)
{
	for (size_t i = 0; i < loading->count; i++) {
		for (size_t j = 0; loading->items[i].names && loading->items[i].names[j]; j++)
			free(loading->items[i].names[j]);
		free(loading->items[i].names);
		free(loading->items[i].realm);
	}
	free(loading->items);
}
#define LOADING_AUTO __attribute__((cleanup(loading_done))) struct loading

static void tell(struct loading *loading, const struct realm_proposal *proposal)
{
	struct json *json = &loading->json;

	if (loading->json_wanted) {
		json_put_object(json, NULL);
		json_put_string(json, "name", proposal->realm);
		json_put_bool(json, "one_password", proposal->one_password);
		json_put_array(json, "entries");
		for (size_t i = 0; i < proposal->n_names; i++)
			json_put_string(json, NULL, proposal->names[i]);
		json_close(json);
		json_close(json);
		return;
	}
	output_text(proposal->realm);
	output_string(proposal->one_password ? "\n" : ", which have not one password now\n");
	for (size_t i = 0; i < proposal->n_names; i++) {
		output_string("  ");
		output_text(proposal->names[i]);
		output_string("\n");
	}
}

/* Told, and copied: nothing can be written while the vault is being read. */
static int take(void *context, const struct realm_proposal *proposal)
{
	struct loading *loading = context;
	struct proposed *items = reallocarray(loading->items, loading->count + 1, sizeof(*items)),
			*item;

	if (!items)
		return -VAULT_FAILED;
	loading->items = items;
	item = &items[loading->count++];
	*item = (struct proposed){.realm = strdup(proposal->realm),
	                          .names = calloc(proposal->n_names + 1, sizeof(char *))};
	for (size_t i = 0; item->names && i < proposal->n_names; i++)
		item->names[i] = strdup(proposal->names[i]);
	if (!item->realm || !item->names || !item->names[proposal->n_names - 1])
		return -VAULT_FAILED;
	tell(loading, proposal);
	return 0;
}

static int make_realms(struct session *session, const struct loading *loading, struct error *err)
{
	size_t changed;
	int r = vault_batch_begin(session->vault, err), ended;

	if (r < 0)
		return r;
	for (size_t i = 0; i < loading->count && r == 0; i++)
		r = realm_add(session->vault, loading->items[i].realm,
		              (const char *const *)loading->items[i].names, REASON, &changed, err);
	ended = vault_batch_end(session->vault, r == 0, r == 0 ? err : NULL);
	return r == 0 ? ended : r;
}

static int find(struct session *session, struct shared_sites *sites, struct loading *loading,
                struct error *err)
{
	int r = session_unlock(session, 0, err);

	if (r != 0)
		return r;
	if (loading->json_wanted) {
		json_put_object(&loading->json, NULL);
		json_put_array(&loading->json, "realms");
	}
	r = realm_propose(session->vault, sites->sites, sites->n_sites, take, loading, err);
	return r == -VAULT_FAILED && !err->message[0]
	               ? error_set(err, VAULT_FAILED, "out of memory")
	               : r;
}

static int load_run(struct session *session, const void *values, char *const *words,
                    struct error *err)
{
	const struct load_values *load = values;
	LOADING_AUTO loading = {.json_wanted = session->global.json};
	SHARED_SITES_AUTO sites = {0};
	CLOSE_AUTO int fd = input_open(words[0], err);
	int r = fd < 0 ? fd : shared_sites_load(fd, words[0], &sites, err);
	bool make;

	if (r == 0)
		r = find(session, &sites, &loading, err);
	make = loading.count > 0 && !load->dry_run;
	if (r == 0 && make) {
		if (!loading.json_wanted) /* one object, or none */
			output_flush();
		r = prompt_confirm(load->yes, "Make these realms?", err);
	}
	if (r == 0 && make)
		r = make_realms(session, &loading, err);
	session_close(session);
	if (r != 0)
		return r;
	if (loading.json_wanted) {
		json_close(&loading.json);
		json_put_bool(&loading.json, "made", make);
		json_close(&loading.json);
	}
	if (loading.count == 0)
		report_note("No two entries are one account under several names.");
	else if (make)
		report_note("Made %zu realm%s.", loading.count, loading.count == 1 ? "" : "s");
	return 0;
}

const struct command command_realm_load = {
	.name = "realm load",
	.group = "protect",
	.arguments = "FILE",
	.summary = "make realms of entries whose sites have one account system",
	.more = "FILE is shared-credentials.json of the project Password Manager Resources; -\n"
		"is standard input. Entries at sites of one group that have the same user\n"
		"name are one account. Tells which, and asks.",
	.options = load_options,
	.values_size = sizeof(struct load_values),
	.min_words = 1,
	.max_words = 1,
	.takes = {WORD_FILE},
	.run = load_run,
};

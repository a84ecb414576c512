/*
 * Loading a list. The JSON is taken apart in a child that can do nothing but compute, and writes
 * the lines into memory that it shares with us; each line is judged here.
 */
#include "format/services.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#include <vault/rules.h>
#include <vault/text.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/confine.h"
#include "base/file.h"
#include "base/process.h"

#define AREA_BYTES ((size_t)2 * SERVICES_FILE_MAX) /* a list is shorter than its JSON */
#define KEY_RULES "password-rules"
#define KEY_ALONE "exact-domain-match-only"
#define KEY_SHARED "shared"
#define KEY_FROM "from"
#define KEY_TO "to"

struct work {
	const char *json;
	size_t length;
	char *area; /* AREA_BYTES, shared */
};

struct outcome {
	size_t length; /* of what is in the area */
	size_t left;
	int line; /* of the mistake in the JSON; 0: none */
	bool rules, addresses, groups;
	char mistake[JSON_ERROR_TEXT_LENGTH];
};

static bool fits_a_line(const char *text)
{
	return text_is_printable(text, strlen(text)) && !strpbrk(text, "\t\n");
}

static void put(const struct work *work, struct outcome *outcome, const char *domain,
                const json_t *value, bool alone)
{
	const char *text = json_string_value(value);
	int length;

	if (!text || !fits_a_line(domain) || !fits_a_line(text)) {
		outcome->left++;
		return;
	}
	length = snprintf(work->area + outcome->length, AREA_BYTES - outcome->length,
	                  "%s\t%c\t%s\n", domain, alone ? '=' : '.', text);
	if (length < 0 || (size_t)length >= AREA_BYTES - outcome->length)
		outcome->left++;
	else
		outcome->length += (size_t)length;
}

/* Each of these domains, in the group that is called as `first`. */
static void put_group(const struct work *work, struct outcome *outcome, const json_t *domains,
                      const json_t *first)
{
	const json_t *domain;
	size_t i;

	json_array_foreach(domains, i, domain)
	{
		if (json_is_string(domain))
			put(work, outcome, json_string_value(domain), first, false);
		else
			outcome->left++;
	}
}

static void put_groups(const struct work *work, struct outcome *outcome, const json_t *all)
{
	const json_t *group;
	size_t i;

	json_array_foreach(all, i, group)
	{
		const json_t *shared = json_object_get(group, KEY_SHARED);
		const json_t *to = json_object_get(group, KEY_TO);

		outcome->groups |= shared || to;
		put_group(work, outcome, shared, json_array_get(shared, 0));
		put_group(work, outcome, json_object_get(group, KEY_FROM), json_array_get(to, 0));
		put_group(work, outcome, to, json_array_get(to, 0));
	}
}

/* In the child. */
static int take_apart(const void *context, void *result)
{
	const struct work *work = context;
	struct outcome *outcome = result;
	json_error_t error;
	const char *domain;
	json_t *all, *value;

#ifndef __SANITIZE_ADDRESS__ /* it needs more memory than is left */
	process_confine();
#endif
	*outcome = (struct outcome){0};
	all = json_loadb(work->json, work->length, 0, &error);
	if (!all) {
		char *near = strstr(error.text, " near "); /* what follows is of the file */
		snprintf(outcome->mistake, sizeof(outcome->mistake), "%.*s",
		         near ? (int)(near - error.text) : (int)sizeof(error.text), error.text);
		outcome->line = error.line > 0 ? error.line : 1;
		return 0;
	}
	put_groups(work, outcome, all);
	json_object_foreach(all, domain, value)
	{
		const json_t *rules = json_object_get(value, KEY_RULES);
		if (rules)
			put(work, outcome, domain, rules,
			    json_is_true(json_object_get(value, KEY_ALONE)));
		else
			put(work, outcome, domain, value, false);
		outcome->rules |= rules != NULL;
		outcome->addresses |= json_is_string(value);
	}
	return 0;
}

static bool is_domain(const char *text)
{
	return *text && !strpbrk(text, " /:@");
}

static bool is_usable(enum service_list list, const struct service_line *line)
{
	struct error ignored = {0};
	struct rules rules;

	if (!is_domain(line->domain) || strlen(line->text) > SERVICES_TEXT_MAX)
		return false;
	if (list == SERVICE_RULES)
		return rules_parse(line->text, &rules, &ignored) == 0;
	return (strncmp(line->text, "https://", 8) == 0 ||
	        strncmp(line->text, "http://", 7) == 0) &&
	       !strchr(line->text, ' ');
}

/* Judges each line and writes the list of those that can be used. */
static int keep(enum service_list list, char *lines, struct services_loaded *loaded,
                struct error *err)
{
	BUF_AUTO text = BUF_EMPTY;
	FREE_AUTO char *path = NULL;
	struct service_line line;
	int r;

	while (services_next(&lines, &line)) {
		if (is_usable(list, &line)) {
			buf_add_format(&text, "%s\t%c\t%s\n", line.domain, line.alone ? '=' : '.',
			               line.text);
			loaded->taken++;
			continue;
		}
		if (loaded->left++ == 0)
			snprintf(loaded->first_left, sizeof(loaded->first_left), "%s", line.domain);
	}
	r = buf_check(&text, err);
	if (r == 0)
		r = services_path(list, &path, err);
	if (r == 0)
		r = file_make_parents(path, err);
	if (r == 0 && text.length > SERVICES_FILE_MAX)
		r = error_set(err, VAULT_USAGE, "the list is too long");
	return r == 0 ? file_replace(path, text.bytes, text.length, 0, err) : r;
}

static int judge(struct outcome *outcome, const struct work *work, const char *label,
                 struct error *err)
{
	outcome->mistake[sizeof(outcome->mistake) - 1] =
		'\0'; /* by a child that may be anybody's */
	if (outcome->line > 0)
		return error_set(err, VAULT_USAGE, "'%s' is no JSON: line %d: %.100s", label,
		                 outcome->line, outcome->mistake);
	if (outcome->length >= AREA_BYTES)
		return error_set(err, VAULT_USAGE, "'%s' is too long a list", label);
	work->area[outcome->length] = '\0';
	return 0;
}

/* Reads the JSON and has it taken apart. The area is the caller's to give back, where there is
 * one. */
static int read_list(int fd, const char *label, struct work *work, struct outcome *outcome,
                     struct error *err)
{
	FREE_AUTO char *json = malloc(SERVICES_FILE_MAX + 1);
	int r;

	if (!json)
		return error_set(err, VAULT_FAILED, "out of memory");
	work->json = json;
	r = file_read_all(fd, json, SERVICES_FILE_MAX + 1, &work->length);
	if (r < 0)
		return error_errno(err, VAULT_FAILED, -r, "cannot read '%s'", label);
	if (work->length > SERVICES_FILE_MAX)
		return error_set(err, VAULT_USAGE, "'%s' is longer than %d MiB", label,
		                 SERVICES_FILE_MAX / (1024 * 1024));
	work->area =
		mmap(NULL, AREA_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (work->area == MAP_FAILED) {
		work->area = NULL;
		return error_set(err, VAULT_FAILED, "out of memory");
	}
	r = process_isolated(take_apart, work, outcome, sizeof(*outcome), err);
	return r == 0 ? judge(outcome, work, label, err) : r;
}

static void work_done(struct work *work)
{
	if (work->area)
		munmap(work->area, AREA_BYTES);
}
#define WORK_AUTO __attribute__((cleanup(work_done))) struct work

int services_load(int fd, const char *label, struct services_loaded *ret_loaded, struct error *err)
{
	WORK_AUTO work = {0};
	struct outcome outcome;
	struct services_loaded loaded = {0};
	int r = read_list(fd, label, &work, &outcome, err);

	if (r == 0 && outcome.rules == outcome.addresses)
		r = error_set(err, VAULT_USAGE,
		              "'%s' is neither a list of password rules nor one of addresses to "
		              "change passwords at%s",
		              label, outcome.groups ? "; 'vault realm load' takes it" : "");
	if (r < 0)
		return r;
	loaded.left = outcome.left;
	loaded.list = outcome.rules ? SERVICE_RULES : SERVICE_CHANGE;
	r = keep(loaded.list, work.area, &loaded, err);
	if (r == 0)
		*ret_loaded = loaded;
	return r;
}

/* ---- sites with one account system ------------------------------------------------- */

void shared_sites_done(struct shared_sites *sites)
{
	free(sites->sites);
	free(sites->text);
	*sites = (struct shared_sites){0};
}

/* Small letters, as hosts are compared. */
static void lower(char *text)
{
	for (; *text; text++)
		if (*text >= 'A' && *text <= 'Z')
			*text = (char)(*text - 'A' + 'a');
}

int shared_sites_load(int fd, const char *label, struct shared_sites *ret_sites, struct error *err)
{
	SHARED_SITES_AUTO found = {0};
	WORK_AUTO work = {0};
	struct outcome outcome;
	struct service_line line;
	size_t room = 0;
	char *rest;
	int r = read_list(fd, label, &work, &outcome, err);

	if (r == 0 && !outcome.groups)
		r = error_set(err, VAULT_USAGE, "'%s' is no list of sites that share accounts",
		              label);
	if (r < 0)
		return r;
	found.left = outcome.left;
	found.text = strdup(work.area);
	if (!found.text)
		return error_set(err, VAULT_FAILED, "out of memory");
	lower(found.text);
	for (rest = found.text; services_next(&rest, &line);) {
		struct realm_site *sites =
			list_room(found.sites, found.n_sites, &room, sizeof(*sites));

		if (!sites)
			return error_set(err, VAULT_FAILED, "out of memory");
		found.sites = sites;
		if (is_domain(line.domain) && is_domain(line.text))
			sites[found.n_sites++] = (struct realm_site){line.domain, line.text};
		else
			found.left++;
	}
	*ret_sites = found;
	found = (struct shared_sites){0};
	return 0;
}

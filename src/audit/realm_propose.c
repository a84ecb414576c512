/* Which entries look like one account that goes by several names. */
#include <vault/realm.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "audit/site.h"
#include "base/buf.h"
#include "vault/internal.h"

struct candidate {
	int64_t id;
	const char *group; /* of the sites */
	char *name, *user, *realm;
	unsigned char fingerprint[FINGERPRINT_BYTES];
};

struct search {
	struct vault *vault;
	const struct realm_site *sites;
	size_t n_sites;
	struct candidate *items;
	size_t count, room;
	struct candidate entry; /* at hand; with a group once a host fits */
};

static void candidate_done(struct candidate *candidate)
{
	free(candidate->name);
	free(candidate->user);
	free(candidate->realm);
	*candidate = (struct candidate){0};
}

static void search_done(struct search *search)
{
	for (size_t i = 0; i < search->count; i++)
		candidate_done(&search->items[i]);
	free(search->items);
	candidate_done(&search->entry);
}
#define SEARCH_AUTO __attribute__((cleanup(search_done))) struct search

static int no_memory(struct error *err)
{
	return error_set(err, VAULT_FAILED, "out of memory");
}

/* ---- finding them ------------------------------------------------------------------- */

static int compare_sites(const void *left, const void *right)
{
	const struct realm_site *a = left, *b = right;

	return strcmp(a->domain, b->domain);
}

/* The group of a host: the longest domain that it is, or is below. */
static const char *group_of(const struct search *search, const char *host)
{
	const struct realm_site *found = NULL;

	for (; host && !found; host = site_above(host))
		found = bsearch(&(struct realm_site){.domain = host}, search->sites,
		                search->n_sites, sizeof(*search->sites), compare_sites);
	return found ? found->group : NULL;
}

static int read_fingerprint(struct search *search, struct candidate *candidate, struct error *err)
{
	STMT_AUTO *stmt = NULL;
	struct span fingerprint;
	int r = db_stmt(search->vault->db, SQL_PASSWORD_NOW, &stmt, err);

	if (r < 0)
		return r;
	stmt_bind_int(stmt, 1, candidate->id);
	r = stmt_step(stmt, err);
	if (r <= 0)
		return r;
	fingerprint = stmt_span(stmt, 0);
	if (fingerprint.length == FINGERPRINT_BYTES)
		memcpy(candidate->fingerprint, fingerprint.bytes, FINGERPRINT_BYTES);
	return 0;
}

static int end_entry(struct search *search, struct error *err)
{
	struct candidate *items;
	int r = 0;

	if (!search->entry.group) {
		candidate_done(&search->entry);
		return 0;
	}
	items = list_room(search->items, search->count, &search->room, sizeof(*items));
	if (!items)
		return no_memory(err);
	search->items = items;
	r = read_fingerprint(search, &search->entry, err);
	items[search->count++] = search->entry;
	search->entry = (struct candidate){0};
	return r;
}

static int begin_entry(struct search *search, struct stmt *stmt, struct error *err)
{
	const char *name = stmt_text(stmt, 2), *user = stmt_text(stmt, 3);

	search->entry.id = stmt_int(stmt, 0);
	search->entry.name = strdup(name ? name : "");
	search->entry.user = user ? strdup(user) : NULL;
	return search->entry.name && !!user == !!search->entry.user ? 0 : no_memory(err);
}

static int look_at_field(struct search *search, struct stmt *stmt, struct error *err)
{
	struct candidate *entry = &search->entry;
	enum field_kind kind = (enum field_kind)stmt_int(stmt, 4);
	const char *value = stmt_text(stmt, 6), *reason;
	char host[SITE_HOST_SIZE], realm[REALM_NAME_SIZE];

	if (value && kind == FIELD_URL && !entry->group && site_host(value, host))
		entry->group = group_of(search, host);
	if (!value || kind != FIELD_REALM || entry->realm ||
	    !realm_split(value, strlen(value), realm, &reason))
		return 0;
	entry->realm = strdup(realm);
	return entry->realm ? 0 : no_memory(err);
}

static int read_rows(struct search *search, struct error *err)
{
	STMT_AUTO *stmt = NULL;
	int r = db_stmt(search->vault->db, SQL_ENTRY_CHAIN, &stmt, err);

	while (r == 0 && (r = stmt_step(stmt, err)) == 1) {
		r = 0;
		if (stmt_int(stmt, 0) != search->entry.id) {
			r = end_entry(search, err);
			if (r == 0)
				r = begin_entry(search, stmt, err);
		}
		if (r == 0)
			r = look_at_field(search, stmt, err);
	}
	return r == 0 ? end_entry(search, err) : r;
}

/* ---- putting them together ---------------------------------------------------------- */

/* One account: the same user name, or none and the same password. */
static int compare_accounts(const struct candidate *a, const struct candidate *b)
{
	int difference = strcmp(a->group, b->group);

	if (difference != 0)
		return difference;
	if (!a->user != !b->user)
		return a->user ? 1 : -1;
	return a->user ? strcasecmp(a->user, b->user)
	               : memcmp(a->fingerprint, b->fingerprint, FINGERPRINT_BYTES);
}

static int compare(const void *left, const void *right)
{
	const struct candidate *a = left, *b = right;
	int difference = compare_accounts(a, b);

	return difference != 0 ? difference : strcmp(a->name, b->name);
}

static char *realm_name(const struct candidate *candidate)
{
	FREE_AUTO char *full = NULL;
	char *name = NULL;

	if (asprintf(&full, "%s%s%s%s", candidate->group, candidate->user ? " (" : "",
	             candidate->user ? candidate->user : "", candidate->user ? ")" : "") < 0)
		full = NULL;
	if (full && text_tidy(full, strlen(full), NAME_MAX_BYTES, &name, NULL) < 0)
		name = NULL;
	return name;
}

static int tell(const struct candidate *items, size_t count,
                int (*each)(void *context, const struct realm_proposal *proposal), void *context,
                struct error *err)
{
	FREE_AUTO const char **names = calloc(count, sizeof(*names));
	FREE_AUTO char *realm = realm_name(items);
	struct realm_proposal proposal = {.realm = realm, .names = names, .one_password = true};
	const struct candidate *first = NULL;

	if (!names || !realm)
		return no_memory(err);
	for (size_t i = 0; i < count; i++) {
		if (items[i].realm && strcmp(items[i].realm, realm) != 0)
			continue;
		first = first ? first : &items[i];
		names[proposal.n_names++] = items[i].name;
		proposal.n_members += items[i].realm != NULL;
		proposal.one_password &=
			hash_equal(items[i].fingerprint, first->fingerprint, FINGERPRINT_BYTES);
	}
	return proposal.n_names < 2 || proposal.n_members == proposal.n_names
	               ? 0
	               : each(context, &proposal);
}

int realm_propose(struct vault *vault, struct realm_site *sites, size_t n_sites,
                  int (*each)(void *context, const struct realm_proposal *proposal), void *context,
                  struct error *err)
{
	SEARCH_AUTO search = {.vault = vault, .sites = sites, .n_sites = n_sites};
	int r;

	if (n_sites > 0)
		qsort(sites, n_sites, sizeof(*sites), compare_sites);
	r = n_sites > 0 ? read_begin(vault, err) : 0;
	if (r < 0 || n_sites == 0)
		return r;
	r = read_rows(&search, err);
	read_end(vault);
	if (r == 0 && search.count > 1)
		qsort(search.items, search.count, sizeof(*search.items), compare);
	for (size_t first = 0, next; first < search.count && r == 0; first = next) {
		for (next = first + 1; next < search.count; next++)
			if (compare_accounts(&search.items[first], &search.items[next]) != 0)
				break;
		r = tell(&search.items[first], next - first, each, context, err);
	}
	return r;
}

/* Names that two entries have: see merge_names. */
#include "vault/merging.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/uuid.h"

#define DIGITS 4                    /* of the uuid, unless that is taken … */
#define BEHIND_ROOM (UUID_SIZE + 3) /* … at most all of them: " (UUID)" */

struct names {
	struct merge_entry **live; /* by name, then by age */
	size_t count;
	char **given; /* new names; in no order, there are few */
	size_t n_given;
};

static int compare_live(const void *left, const void *right)
{
	const struct merge_entry *a = *(struct merge_entry *const *)left,
				 *b = *(struct merge_entry *const *)right;
	int order = strcmp(a->name, b->name);

	if (order != 0)
		return order;
	if (a->created != b->created)
		return a->created < b->created ? -1 : 1;
	return memcmp(a->uuid, b->uuid, ITEM_UUID_BYTES);
}

static int compare_name(const void *key, const void *item)
{
	return strcmp(key, (*(struct merge_entry *const *)item)->name);
}

static bool taken(const struct names *names, const char *name)
{
	for (size_t i = 0; i < names->n_given; i++)
		if (strcmp(names->given[i], name) == 0)
			return true;
	return bsearch(name, names->live, names->count, sizeof(*names->live), compare_name) != NULL;
}

/* "NAME (UUID)", of the uuid the first digits; NAME cut where it would be too long. Gives. Not a
 * number that counts: of three copies each pair would count by itself, and give one entry several
 * names. */
static int free_name(const struct names *names, const struct merge_entry *entry, char **ret_name,
                     struct error *err)
{
	FREE_AUTO char *front = NULL;
	char uuid[UUID_SIZE];
	int r = text_tidy(entry->name, strlen(entry->name), NAME_MAX_BYTES - BEHIND_ROOM, &front,
	                  err);

	uuid_write(entry->uuid, uuid);
	for (int digits = DIGITS; r == 0 && digits < UUID_SIZE; digits++) {
		FREE_AUTO char *whole = NULL;

		if (asprintf(&whole, "%s (%.*s)", front, digits, uuid) < 0) {
			whole = NULL;
			return error_set(err, VAULT_FAILED, "out of memory");
		}
		free(*ret_name);
		*ret_name = NULL;
		r = text_name(whole, ret_name, err);
		if (r == 0 && !taken(names, *ret_name))
			return 0;
	}
	return r < 0 ? r : error_set(err, VAULT_EXISTS, "no name is free for '%s'", front);
}

/* The names themselves stay as they are until all are given: they are what is looked through. */
static int give(struct names *names, char **new_names, struct error *err)
{
	int r = 0;

	for (size_t i = 1; i < names->count && r == 0; i++) {
		if (strcmp(names->live[i - 1]->name, names->live[i]->name) != 0)
			continue;
		r = free_name(names, names->live[i], &new_names[i], err);
		if (r == 0)
			names->given[names->n_given++] = new_names[i];
	}
	for (size_t i = 0; i < names->count; i++) {
		if (r < 0) {
			free(new_names[i]);
		} else if (new_names[i]) {
			names->live[i]->wanted = names->live[i]->name;
			names->live[i]->name = new_names[i];
		}
	}
	return r;
}

int merge_names(struct merge_entry *entries, size_t count, struct error *err)
{
	FREE_AUTO struct merge_entry **live = calloc(count + 1, sizeof(struct merge_entry *));
	FREE_AUTO char **given = calloc(count + 1, sizeof(char *));
	FREE_AUTO char **new_names = calloc(count + 1, sizeof(char *));
	struct names names = {.live = live, .given = given};

	if (!live || !given || !new_names)
		return error_set(err, VAULT_FAILED, "out of memory");
	for (size_t i = 0; i < count; i++)
		if (entries[i].name)
			live[names.count++] = &entries[i];
	qsort(live, names.count, sizeof(*live), compare_live);
	return give(&names, new_names, err);
}

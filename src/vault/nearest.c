/* Names that resemble one that was not found. */
#include "vault/internal.h"

#include <stdlib.h>
#include <string.h>

#include <vault/text.h>

struct near {
	const char *folded; /* of the name that was asked for */
	char **names;
	unsigned *distances;
	size_t max, count;
};

/* Substrings are nearer than typing errors of the same size: "mail" is meant for "mailserver". */
static unsigned rank(const char *wanted, const char *folded)
{
	unsigned limit = 1 + (unsigned)strlen(wanted) / 4;
	unsigned distance = text_distance(wanted, folded, limit);

	if (distance <= limit)
		return distance * 2;
	if (strlen(wanted) >= 3 && strstr(folded, wanted))
		return limit * 2 + 1;
	return UINT32_MAX;
}

static int consider(struct near *near, const char *name, unsigned distance, struct error *err)
{
	size_t at = near->count;
	char *copy;

	while (at > 0 && near->distances[at - 1] > distance)
		at--;
	if (at == near->max)
		return 0;
	copy = strdup(name);
	if (!copy)
		return error_set(err, VAULT_FAILED, "out of memory");
	if (near->count == near->max)
		free(near->names[--near->count]);
	memmove(&near->names[at + 1], &near->names[at],
	        (near->count - at) * sizeof(near->names[0]));
	memmove(&near->distances[at + 1], &near->distances[at],
	        (near->count - at) * sizeof(near->distances[0]));
	near->names[at] = copy;
	near->distances[at] = distance;
	near->count++;
	return 0;
}

static int consider_item(void *context, const struct list_item *item)
{
	struct near *near = context;
	FREE_AUTO char *folded = NULL;
	unsigned distance;

	if (text_fold(item->name, &folded, NULL) < 0)
		return -VAULT_FAILED;
	distance = rank(near->folded, folded);
	return distance == UINT32_MAX ? 0 : consider(near, item->name, distance, NULL);
}

int vault_nearest(struct vault *vault, const char *name, char **ret_names, size_t max,
                  size_t *ret_count, struct error *err)
{
	static const struct list_filter all = {0};
	FREE_AUTO char *folded = NULL;
	FREE_AUTO unsigned *distances = calloc(max + 1, sizeof(*distances));
	struct near near = {.names = ret_names, .distances = distances, .max = max};
	int r;

	*ret_count = 0;
	if (!distances)
		return error_set(err, VAULT_FAILED, "out of memory");
	r = text_fold(name, &folded, err);
	if (r < 0)
		return r;
	near.folded = folded;
	r = vault_list(vault, &all, consider_item, &near, err);
	*ret_count = near.count;
	return r;
}

#include "holders.h"

#include <stdlib.h>
#include <string.h>

#include <vault/consumer.h>

#include "cleanup.h"
#include "report.h"

/* The latest of that who and entry: they come file by file. */
static struct holder *find(const struct holders *holders, const char *entry, const char *who)
{
	for (size_t i = holders->count; i-- > 0;) {
		struct holder *holder = &holders->list[i];

		if (strcmp(holder->who, who) != 0)
			return NULL;
		if (strcmp(holder->entry, entry) == 0)
			return holder;
	}
	return NULL;
}

int holders_add(struct holders *holders, const char *entry, const char *who, int64_t ticked,
                bool earliest, struct error *err)
{
	struct holder *holder = find(holders, entry, who), *list;

	if (holder) {
		if (earliest ? ticked < holder->ticked : ticked > holder->ticked)
			holder->ticked = ticked;
		return 0;
	}
	if (holders->count == holders->room) {
		holders->room = holders->room ? 2 * holders->room : 16;
		list = reallocarray(holders->list, holders->room, sizeof(*list));
		if (!list)
			return error_set(err, VAULT_FAILED, "out of memory");
		holders->list = list;
	}
	holder = &holders->list[holders->count++];
	*holder = (struct holder){strdup(entry), strdup(who), ticked};
	return holder->entry && holder->who ? 0 : error_set(err, VAULT_FAILED, "out of memory");
}

/* A file's name can be what nobody can be noted down as, and an entry can be gone by now: that is
 * told, and is no reason to leave the others out. */
static int record(const struct holder *holder, struct vault *vault, size_t *ret_changed,
                  struct error *err)
{
	WRITE_RESULT_AUTO result = {0};
	struct error why = {0};
	int r = consumer_record(vault, holder->entry, holder->who,
	                        holder->ticked == HOLDS_PRESENT ? 0 : holder->ticked, &result,
	                        &why);

	*ret_changed += r == 0 && result.changed;
	if (r == -VAULT_USAGE || r == VAULT_NOT_FOUND) {
		report_warning("%s is not noted down as who uses '%s': %s", holder->who,
		               holder->entry, why.message[0] ? why.message : "it is gone");
		return 0;
	}
	if (r != 0 && err)
		*err = why;
	return r;
}

int holders_record(const struct holders *holders, struct vault *vault, size_t *ret_changed,
                   struct error *err)
{
	int r = 0;

	*ret_changed = 0;
	for (size_t i = 0; i < holders->count && r == 0; i++)
		r = record(&holders->list[i], vault, ret_changed, err);
	return r;
}

void holders_done(struct holders *holders)
{
	for (size_t i = 0; i < holders->count; i++) {
		free(holders->list[i].entry);
		free(holders->list[i].who);
	}
	free(holders->list);
	*holders = (struct holders){0};
}

/* Who types a password: see vault/consumer.h. */
#include <vault/consumer.h>

#include <stdlib.h>
#include <string.h>

#include "base/when.h"
#include "vault/internal.h"

#define CLOCK_SKEW 3600 /* seconds: of another machine that has a copy of the vault */

int64_t consumer_ticked(const struct field *consumer)
{
	int64_t seconds = 0;

	if (consumer->key && !when_read(consumer->key, strlen(consumer->key), &seconds))
		return 0;
	return seconds;
}

bool consumer_is_behind(const struct entry *entry, const struct field *consumer)
{
	return consumer_ticked(consumer) < entry->password_since;
}

size_t consumers_behind(const struct entry *entry)
{
	size_t count = 0;

	for (size_t i = 0; i < entry->n_fields; i++)
		count += entry->fields[i].kind == FIELD_CONSUMER &&
		         consumer_is_behind(entry, &entry->fields[i]);
	return count;
}

int64_t consumers_after(const struct entry *entry, int64_t now)
{
	int64_t last = now + CLOCK_SKEW;

	if (entry->password_since > now && entry->password_since < last)
		now = entry->password_since;
	for (size_t i = 0; i < entry->n_fields; i++) {
		int64_t ticked = entry->fields[i].kind == FIELD_CONSUMER
		                         ? consumer_ticked(&entry->fields[i])
		                         : 0;

		if (ticked >= now && ticked < last)
			now = ticked + 1;
	}
	return now;
}

int consumers_untick(struct entry *entry, int64_t since, struct error *err)
{
	char when[WHEN_SIZE];

	when_write(since - 1, when);
	for (size_t i = 0; i < entry->n_fields; i++) {
		struct field *field = &entry->fields[i];
		char *key;

		if (field->kind != FIELD_CONSUMER || consumer_ticked(field) < since)
			continue;
		key = strdup(when);
		if (!key)
			return error_set(err, VAULT_FAILED, "out of memory");
		free(field->key);
		field->key = key;
	}
	return 0;
}

static bool has_consumer(const struct entry *entry, const char *text)
{
	for (size_t i = 0; i < entry->n_fields; i++)
		if (entry->fields[i].kind == FIELD_CONSUMER &&
		    strcmp(entry->fields[i].text, text) == 0)
			return true;
	return false;
}

/* Those of `entry` into `set`, which are given the present time when it is stored. */
static int choose(const struct entry *entry, const char *const *consumers, struct entry *set,
                  struct error *err)
{
	int r = 0;

	for (size_t i = 0; consumers && consumers[i] && r == 0; i++) {
		if (!has_consumer(entry, consumers[i])) {
			error_set(err, VAULT_NOT_FOUND, "'%s' is not known to be used by '%s'",
			          entry->name, consumers[i]);
			return VAULT_NOT_FOUND;
		}
		r = entry_set_text(set, FIELD_CONSUMER, NULL, consumers[i], err);
	}
	for (size_t i = 0; !consumers && i < entry->n_fields && r == 0; i++)
		if (entry->fields[i].kind == FIELD_CONSUMER)
			r = entry_set_text(set, FIELD_CONSUMER, NULL, entry->fields[i].text, err);
	return r;
}

int consumers_tick(struct vault *vault, const char *name, const char *const *consumers,
                   struct write_result *result, struct error *err)
{
	struct entry_edit edit = {0};
	ENTRY_AUTO *entry = NULL;
	ENTRY_AUTO *set = NULL;
	int r = vault_get(vault, name, &entry, err);

	if (r == VAULT_NOT_FOUND)
		error_set(err, VAULT_NOT_FOUND, "no entry '%s'", name);
	if (r == 0)
		r = entry_new(&set, entry->name, err);
	if (r == 0)
		r = choose(entry, consumers, set, err);
	if (r != 0)
		return r;
	edit.set = set;
	return vault_edit(vault, entry->name, &edit, NULL, result, err);
}

int consumer_record(struct vault *vault, const char *name, const char *consumer, int64_t ticked,
                    struct write_result *result, struct error *err)
{
	struct entry_edit edit = {0};
	char when[WHEN_SIZE];
	ENTRY_AUTO *set = NULL;
	int r = entry_new(&set, name, err);

	if (ticked > 0)
		when_write(ticked, when);
	if (r == 0)
		r = entry_set_text(set, FIELD_CONSUMER, ticked > 0 ? when : NULL, consumer, err);
	if (r < 0)
		return r;
	edit.set = set;
	return vault_edit(vault, name, &edit, NULL, result, err);
}

int consumers_stamp(const struct entry *entry, char *when, struct field **ret_fields,
                    struct error *err)
{
	size_t bytes = entry->n_fields * sizeof(struct field);
	struct field *fields = malloc(bytes + 1);

	if (!fields)
		return error_set(err, VAULT_FAILED, "out of memory");
	if (bytes > 0)
		memcpy(fields, entry->fields, bytes);
	for (size_t i = 0; i < entry->n_fields; i++)
		if (fields[i].kind == FIELD_CONSUMER && !fields[i].key)
			fields[i].key = when;
	*ret_fields = fields;
	return 0;
}

/* Which entry an item is: see vault_import. */
#include "vault/importing.h"

#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"

struct identities {
	struct identity *places; /* a hash table */
	size_t n_places;         /* a power of two */
	size_t count;
};

static struct identity *place_of(const struct identities *all,
                                 const unsigned char uuid[ITEM_UUID_BYTES])
{
	/* Uuids of ours are random; those of strangers need not be. */
	size_t at = (size_t)((get_u64(uuid) ^ get_u64(uuid + 8)) * 0x9e3779b97f4a7c15u >> 24);

	for (;; at++) {
		struct identity *place = &all->places[at & (all->n_places - 1)];

		if (place->id == 0 || memcmp(place->uuid, uuid, ITEM_UUID_BYTES) == 0)
			return place;
	}
}

static int grow(struct identities *all, struct error *err)
{
	struct identities bigger = {.n_places = all->n_places ? all->n_places * 2 : 1024,
	                            .count = all->count};

	if (all->count * 2 < all->n_places)
		return 0;
	bigger.places = calloc(bigger.n_places, sizeof(*bigger.places));
	if (!bigger.places)
		return error_set(err, VAULT_FAILED, "out of memory");
	for (size_t i = 0; i < all->n_places; i++)
		if (all->places[i].id != 0)
			*place_of(&bigger, all->places[i].uuid) = all->places[i];
	free(all->places);
	*all = bigger;
	return 0;
}

/* Gives the place of a uuid; what lives comes before what is in the trash or erased. */
static int put(struct identities *all, const unsigned char uuid[ITEM_UUID_BYTES], int64_t id,
               enum entry_state state, struct identity **ret_place, struct error *err)
{
	struct identity *place;
	int r = grow(all, err);

	if (r < 0)
		return r;
	place = place_of(all, uuid);
	if (place->id == 0) {
		memcpy(place->uuid, uuid, ITEM_UUID_BYTES);
		place->next = 2;
		all->count++;
	} else if (state > place->state) {
		id = place->id;
		state = place->state;
	}
	place->id = id;
	place->state = state;
	*ret_place = place;
	return 0;
}

static int load(struct vault *vault, struct error *err)
{
	STMT_AUTO *stmt = NULL;
	int r;

	if (vault->identities)
		return 0;
	vault->identities = calloc(1, sizeof(*vault->identities));
	if (!vault->identities)
		return error_set(err, VAULT_FAILED, "out of memory");
	r = grow(vault->identities, err);
	if (r == 0)
		r = db_stmt(vault->db, SQL_MOVE_IDENTITIES, &stmt, err);
	if (r < 0)
		return r;
	while ((r = stmt_step(stmt, err)) == 1) {
		struct identity *place;
		size_t length;
		const unsigned char *uuid = stmt_blob(stmt, 1, &length);

		if (!uuid || length != ITEM_UUID_BYTES)
			continue; /* the check tells of it */
		r = put(vault->identities, uuid, stmt_int(stmt, 0),
		        (enum entry_state)stmt_int(stmt, 2), &place, err);
		if (r < 0)
			return r;
	}
	return r;
}

void identities_free(struct vault *vault)
{
	if (vault->identities)
		free(vault->identities->places);
	free(vault->identities);
	vault->identities = NULL;
}

static void add_string(struct hash *hash, struct span string)
{
	unsigned char length[8];

	put_u64(length, string.bytes ? string.length : UINT64_MAX);
	hash_add(hash, length, sizeof(length));
	if (string.bytes)
		hash_add(hash, string.bytes, string.length);
}

static struct span text(const char *string)
{
	return (struct span){string, string ? strlen(string) : 0};
}

/* The uuid of an item that brings none: it follows from what makes it the same one, so that it is
 * the same in every vault. */
static void make_uuid(const struct item *item, unsigned char uuid[ITEM_UUID_BYTES])
{
	unsigned char output[HASH_BYTES];
	struct span url = {NULL, 0};
	struct hash hash;

	for (size_t i = 0; i < item->n_fields && !url.bytes; i++)
		if (item->fields[i].kind == FIELD_URL)
			url = item->fields[i].value;
	hash_start(&hash, NULL);
	hash_add(&hash, "item", 4);
	add_string(&hash, text(item->name));
	add_string(&hash, text(item->user));
	add_string(&hash, url);
	hash_finish(&hash, output);
	memcpy(uuid, output, ITEM_UUID_BYTES);
}

/* The uuid of the `number`th item of one that `first` was taken for. */
static void make_another(const unsigned char first[ITEM_UUID_BYTES], uint32_t number,
                         unsigned char uuid[ITEM_UUID_BYTES])
{
	unsigned char output[HASH_BYTES], bytes[4];
	struct hash hash;

	put_u32(bytes, number);
	hash_start(&hash, NULL);
	hash_add(&hash, "again", 5);
	hash_add(&hash, first, ITEM_UUID_BYTES);
	hash_add(&hash, bytes, sizeof(bytes));
	hash_finish(&hash, output);
	memcpy(uuid, output, ITEM_UUID_BYTES);
}

int identity_find(struct vault *vault, const struct item *item, struct identity **ret_identity,
                  unsigned char ret_uuid[ITEM_UUID_BYTES], struct error *err)
{
	struct identity *first, *place;
	int r = load(vault, err);

	if (r < 0)
		return r;
	if (item->has_uuid)
		memcpy(ret_uuid, item->uuid, ITEM_UUID_BYTES);
	else
		make_uuid(item, ret_uuid);
	first = place = place_of(vault->identities, ret_uuid);
	/* One that another item of this import is, or that was erased, is not this one. */
	while (place->id != 0 && (place->met || place->state == ENTRY_PURGED)) {
		make_another(first->uuid, first->next++, ret_uuid);
		place = place_of(vault->identities, ret_uuid);
	}
	*ret_identity = place->id != 0 ? place : NULL;
	return 0;
}

int identity_meet(struct vault *vault, const unsigned char uuid[ITEM_UUID_BYTES], int64_t id,
                  struct error *err)
{
	struct identity *place;
	int r = put(vault->identities, uuid, id, ENTRY_LIVE, &place, err);

	if (r == 0)
		place->met = true;
	return r;
}

bool identity_was_met(struct vault *vault, const unsigned char uuid[ITEM_UUID_BYTES])
{
	const struct identity *place = place_of(vault->identities, uuid);

	return place->id != 0 && place->met;
}

int identity_alias(struct vault *vault, const struct item *item,
                   const unsigned char uuid[ITEM_UUID_BYTES], int64_t id, struct error *err)
{
	int r = 0;

	if (item->has_uuid && !identity_was_met(vault, item->uuid))
		r = identity_meet(vault, item->uuid, id, err);
	/* The next item of that kind gets another one, which it has in every import of the file. */
	if (r == 0 && !identity_was_met(vault, uuid))
		r = identity_meet(vault, uuid, id, err);
	return r;
}

int64_t identity_of(struct vault *vault, const unsigned char uuid[ITEM_UUID_BYTES])
{
	const struct identity *place = place_of(vault->identities, uuid);

	return place->state == ENTRY_PURGED ? 0 : place->id;
}

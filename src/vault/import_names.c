/* How far the numbers behind a name that many items have are known: without that, each of them
 * would look at those of all before it. */
#include "vault/importing.h"

#include <stdlib.h>
#include <string.h>

struct import_names {
	unsigned char key[SHORT_HASH_KEY_BYTES];
	struct import_numbers *places; /* a hash table */
	size_t n_places;               /* a power of two */
	size_t count;
};

void import_names_free(struct vault *vault)
{
	if (vault->names)
		free(vault->names->places);
	free(vault->names);
	vault->names = NULL;
}

static struct import_numbers *place_of(const struct import_names *all, uint64_t hash)
{
	for (size_t at = (size_t)hash;; at++) {
		struct import_numbers *place = &all->places[at & (all->n_places - 1)];

		if (place->taken == 0 || place->hash == hash)
			return place;
	}
}

static int grow(struct import_names *all, struct error *err)
{
	struct import_names bigger = *all;

	if (all->count * 2 < all->n_places)
		return 0;
	bigger.n_places = all->n_places ? all->n_places * 2 : 64;
	bigger.places = calloc(bigger.n_places, sizeof(*bigger.places));
	if (!bigger.places)
		return error_set(err, VAULT_FAILED, "out of memory");
	for (size_t i = 0; i < all->n_places; i++)
		if (all->places[i].taken != 0)
			*place_of(&bigger, all->places[i].hash) = all->places[i];
	free(all->places);
	*all = bigger;
	return 0;
}

int import_numbers(struct vault *vault, const char *name, struct import_numbers **ret_numbers,
                   struct error *err)
{
	struct import_numbers *place;
	uint64_t hash;
	int r;

	if (!vault->names) {
		vault->names = calloc(1, sizeof(*vault->names));
		if (!vault->names)
			return error_set(err, VAULT_FAILED, "out of memory");
		crypto_random(vault->names->key, sizeof(vault->names->key));
	}
	r = grow(vault->names, err);
	if (r < 0)
		return r;
	hash = short_hash(name, strlen(name), vault->names->key);
	place = place_of(vault->names, hash);
	if (place->taken == 0) {
		*place = (struct import_numbers){.hash = hash, .taken = 1, .met = 1};
		vault->names->count++;
	}
	*ret_numbers = place;
	return 0;
}

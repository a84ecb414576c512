/*
 * The slots of the header: listed, filled, emptied, given another credential.
 *
 * A change happens under the write lock, on the header as it is then; the key derivation, which is
 * slow, before it.
 */
#include "vault/internal.h"

#include <string.h>

void vault_key_slots(const struct vault *vault, struct key_slot ret_slots[KEY_SLOTS],
                     size_t *ret_count)
{
	*ret_count = 0;
	for (unsigned i = 0; i < KEY_SLOTS; i++) {
		const struct slot *slot = &vault->header.slots[i];
		struct key_slot *out = &ret_slots[*ret_count];

		if (!slot->used)
			continue;
		*out = (struct key_slot){
			.index = i,
			.type = slot->type,
			.cost = slot->cost,
			.created = slot->created,
			.current = vault->slot == (int)i,
		};
		memcpy(out->label, slot->label, sizeof(out->label));
		(*ret_count)++;
	}
}

int vault_current_slot(const struct vault *vault)
{
	return vault->slot;
}

static int keys_begin(struct vault *vault, struct header *ret_header, struct error *err)
{
	int r = write_begin(vault, err);

	if (r < 0)
		return r;
	r = header_refresh(vault, err);
	if (r < 0)
		return write_rollback(vault, r);
	*ret_header = vault->header;
	return 0;
}

/* The header could not be written, or the disk did not confirm it. What is read now is what the
 * next program that opens the vault goes by. */
static int not_confirmed(struct vault *vault, const struct header *header, struct error *err)
{
	if (header_refresh(vault, NULL) != 0) {
		error_context(err, "the change of the keys may be in force, or be undone by a "
		                   "power failure; 'vault key list' tells");
		return VAULT_FAILED;
	}
	if (vault->header.sequence != header->sequence)
		return error_context(err, "the keys are as before");
	error_context(err, "the change of the keys is in force, but a power failure could undo it: "
	                   "keep the former ones, too");
	return VAULT_FAILED;
}

static int keys_end(struct vault *vault, struct header *header, struct error *err)
{
	int r = header_store(vault, header, err);

	if (r < 0)
		r = not_confirmed(vault, header, err);
	/* The database itself did not change: only the lock was needed. */
	write_rollback(vault, r);
	if (r == 0)
		witness_store(vault, false);
	return r;
}

int vault_key_add(struct vault *vault, const struct credential *credential,
                  const struct kdf_cost *cost, const char *label, unsigned *ret_index,
                  struct error *err)
{
	struct header sealed = vault->header, header;
	unsigned index = 0;
	int r;

	while (index < KEY_SLOTS && sealed.slots[index].used)
		index++;
	if (index == KEY_SLOTS) {
		error_set(err, VAULT_EXISTS, "all %d key slots are in use: remove one first",
		          KEY_SLOTS);
		return VAULT_EXISTS;
	}
	/* The slow part before the lock is taken. */
	r = slot_seal(&sealed, index, credential, cost, label, vault->keys->volume, err);
	if (r == 0)
		r = keys_begin(vault, &header, err);
	if (r < 0)
		return r;
	if (header.slots[index].used) {
		return write_rollback(
			vault,
			error_set(err, VAULT_FAILED,
		                  "another program changed the key slots in the meantime: try"
		                  " again"));
	}
	header.slots[index] = sealed.slots[index];
	*ret_index = index;
	return keys_end(vault, &header, err);
}

int vault_key_remove(struct vault *vault, unsigned index, struct error *err)
{
	struct header header;
	unsigned left = 0;
	int r = keys_begin(vault, &header, err);

	if (r < 0)
		return r;
	if (index >= KEY_SLOTS || !header.slots[index].used) {
		error_set(err, VAULT_NOT_FOUND, "there is no key in slot %u", index);
		return write_rollback(vault, VAULT_NOT_FOUND);
	}
	memset(&header.slots[index], 0, sizeof(header.slots[index]));
	for (unsigned i = 0; i < KEY_SLOTS; i++)
		left += header.slots[i].used && header.slots[i].type != KEY_RECOVERY_CODE;
	if (left == 0) {
		error_set(err, VAULT_REFUSED,
		          "slot %u is the last key of the vault: add another first", index);
		return write_rollback(vault, VAULT_REFUSED);
	}
	return keys_end(vault, &header, err);
}

int vault_passwd(struct vault *vault, unsigned index, const struct credential *credential,
                 const struct kdf_cost *cost, struct error *err)
{
	struct header sealed = vault->header, header;
	struct slot before;
	int r;

	if (index >= KEY_SLOTS || !sealed.slots[index].used)
		return error_set(err, VAULT_USAGE, "there is no key in slot %u", index);
	before = sealed.slots[index];
	r = slot_seal(&sealed, index, credential, cost, before.label, vault->keys->volume, err);
	if (r == 0)
		r = keys_begin(vault, &header, err);
	if (r < 0)
		return r;
	if (memcmp(header.slots[index].salt, before.salt, sizeof(before.salt)) != 0) {
		return write_rollback(
			vault,
			error_set(err, VAULT_FAILED,
		                  "another program changed this key in the meantime: nothing was"
		                  " changed"));
	}
	header.slots[index] = sealed.slots[index];
	return keys_end(vault, &header, err);
}

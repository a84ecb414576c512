#include "store/header.h"

#include <string.h>

#include "base/bytes.h"
#include "crypto/kdf.h"

static const unsigned char magic[8] = {0x8f, 'v', 'a', 'u', 'l', 't', '\r', '\n'};

enum {
	SUITE = 1,
	AT_FORMAT = 8,
	AT_SUITE = 10,
	AT_COPY = 12,
	AT_SEQUENCE = 16,
	AT_UUID = 24,
	AT_CREATED = 40,
	AT_FLAGS = 48,
	AT_SLOTS = 64,
	AT_MAC = 4032,
	AT_CHECKSUM = 4064,

	SLOT_BYTES = 256,
	SLOT_STATE = 0,
	SLOT_TYPE = 1,
	SLOT_MEMORY = 4,
	SLOT_TIME = 8,
	SLOT_LANES = 12,
	SLOT_SALT = 16,
	SLOT_NONCE = 48,
	SLOT_SEALED = 72,
	SLOT_COMMITMENT = 120,
	SLOT_CREATED = 152,
	SLOT_LABEL = 160,
};

static void slot_encode(unsigned char *p, const struct slot *slot)
{
	if (!slot->used)
		return;
	p[SLOT_STATE] = 1;
	p[SLOT_TYPE] = (unsigned char)slot->type;
	put_u32(p + SLOT_MEMORY, slot->cost.memory);
	put_u32(p + SLOT_TIME, slot->cost.time);
	put_u32(p + SLOT_LANES, KDF_LANES);
	memcpy(p + SLOT_SALT, slot->salt, sizeof(slot->salt));
	memcpy(p + SLOT_NONCE, slot->nonce, sizeof(slot->nonce));
	memcpy(p + SLOT_SEALED, slot->sealed, sizeof(slot->sealed));
	memcpy(p + SLOT_COMMITMENT, slot->commitment, sizeof(slot->commitment));
	put_u64(p + SLOT_CREATED, (uint64_t)slot->created);
	memcpy(p + SLOT_LABEL, slot->label, strnlen(slot->label, KEY_LABEL_MAX));
}

void header_encode(unsigned char bytes[HEADER_BYTES], const struct header *header, unsigned copy,
                   const unsigned char mac_key[HASH_KEY_BYTES])
{
	memset(bytes, 0, HEADER_BYTES);
	memcpy(bytes, magic, sizeof(magic));
	put_u16(bytes + AT_FORMAT, HEADER_FORMAT);
	put_u16(bytes + AT_SUITE, SUITE);
	bytes[AT_COPY] = (unsigned char)copy;
	put_u64(bytes + AT_SEQUENCE, header->sequence);
	memcpy(bytes + AT_UUID, header->uuid, sizeof(header->uuid));
	put_u64(bytes + AT_CREATED, (uint64_t)header->created);
	for (unsigned i = 0; i < KEY_SLOTS; i++)
		slot_encode(bytes + AT_SLOTS + i * SLOT_BYTES, &header->slots[i]);
	hash_bytes(bytes + AT_MAC, bytes, AT_MAC, mac_key);
	hash_bytes(bytes + AT_CHECKSUM, bytes, AT_CHECKSUM, NULL);
}

static int slot_decode(const unsigned char *p, unsigned index, struct slot *slot, struct error *err)
{
	memset(slot, 0, sizeof(*slot));
	slot->used = p[SLOT_STATE] == 1;
	if (!slot->used)
		return 0; /* all zero, or header_decode's comparison fails */
	if (p[SLOT_TYPE] < KEY_PASSWORD || p[SLOT_TYPE] > KEY_RECOVERY_CODE)
		return error_set(err, VAULT_DAMAGED, "key slot %u is of an unknown type", index);
	slot->type = (enum key_type)p[SLOT_TYPE];
	slot->cost.memory = get_u32(p + SLOT_MEMORY);
	slot->cost.time = get_u32(p + SLOT_TIME);
	if (kdf_check_cost(&slot->cost, err) < 0 || get_u32(p + SLOT_LANES) != KDF_LANES)
		return error_set(
			err, VAULT_DAMAGED,
			"key slot %u asks for a key derivation outside the limits: the header was"
			" changed",
			index);
	memcpy(slot->salt, p + SLOT_SALT, sizeof(slot->salt));
	memcpy(slot->nonce, p + SLOT_NONCE, sizeof(slot->nonce));
	memcpy(slot->sealed, p + SLOT_SEALED, sizeof(slot->sealed));
	memcpy(slot->commitment, p + SLOT_COMMITMENT, sizeof(slot->commitment));
	slot->created = (int64_t)get_u64(p + SLOT_CREATED);
	memcpy(slot->label, p + SLOT_LABEL, KEY_LABEL_MAX);
	return 0;
}

int header_decode(const unsigned char bytes[HEADER_BYTES], unsigned copy, struct header *ret_header,
                  struct error *err)
{
	static const unsigned char no_key[HASH_KEY_BYTES];
	unsigned char checksum[HASH_BYTES], again[HEADER_BYTES];
	int r;

	hash_bytes(checksum, bytes, AT_CHECKSUM, NULL);
	if (memcmp(checksum, bytes + AT_CHECKSUM, HASH_BYTES) != 0)
		return VAULT_NOT_FOUND;
	if (get_u16(bytes + AT_FORMAT) != HEADER_FORMAT || get_u16(bytes + AT_SUITE) != SUITE)
		return error_set(err, VAULT_FAILED,
		                 "the vault is of a newer format (%u.%u) than this program knows "
		                 "(%u.%u): update vault",
		                 (unsigned)get_u16(bytes + AT_FORMAT),
		                 (unsigned)get_u16(bytes + AT_SUITE), (unsigned)HEADER_FORMAT,
		                 (unsigned)SUITE);
	if (get_u64(bytes + AT_FLAGS) != 0)
		return error_set(err, VAULT_FAILED,
		                 "the vault has a flag set that this program does not know: update "
		                 "vault");

	memset(ret_header, 0, sizeof(*ret_header));
	ret_header->sequence = get_u64(bytes + AT_SEQUENCE);
	memcpy(ret_header->uuid, bytes + AT_UUID, sizeof(ret_header->uuid));
	ret_header->created = (int64_t)get_u64(bytes + AT_CREATED);
	for (unsigned i = 0; i < KEY_SLOTS; i++) {
		r = slot_decode(bytes + AT_SLOTS + i * SLOT_BYTES, i, &ret_header->slots[i], err);
		if (r < 0)
			return r;
	}

	/* Only what header_encode writes is a header: this refuses every stray bit in padding,
	 * labels and empty slots. */
	header_encode(again, ret_header, copy, no_key);
	if (memcmp(again, bytes, AT_MAC) != 0)
		return error_set(err, VAULT_DAMAGED,
		                 "the header holds bytes that no vault program writes");
	return 0;
}

int header_choose(const unsigned char area[HEADER_AREA], struct header *ret_header,
                  unsigned *ret_chosen, enum copy_state ret_states[HEADER_COPIES],
                  struct error *err)
{
	struct header copies[HEADER_COPIES];
	bool any_magic = false;
	int chosen = -1;

	for (unsigned i = 0; i < HEADER_COPIES; i++) {
		int r = header_decode(area + i * HEADER_BYTES, i, &copies[i], err);

		if (r < 0)
			return r;
		any_magic |= memcmp(area + i * HEADER_BYTES, magic, sizeof(magic)) == 0;
		ret_states[i] = r == 0 ? COPY_INTACT : COPY_TORN;
		if (r == 0 && (chosen < 0 || copies[i].sequence > copies[chosen].sequence))
			chosen = (int)i;
	}
	if (!any_magic)
		return error_set(err, VAULT_FAILED, "this file is not a vault");
	if (chosen < 0)
		return error_set(
			err, VAULT_DAMAGED,
			"both copies of the header are damaged: restore a backup, or see 'vault"
			" help rescue'");
	for (unsigned i = 0; i < HEADER_COPIES; i++)
		if (ret_states[i] == COPY_INTACT && copies[i].sequence < copies[chosen].sequence)
			ret_states[i] = COPY_STALE;
	*ret_header = copies[chosen];
	*ret_chosen = (unsigned)chosen;
	return 0;
}

bool header_authentic(const unsigned char bytes[HEADER_BYTES],
                      const unsigned char mac_key[HASH_KEY_BYTES])
{
	unsigned char mac[HASH_BYTES];

	hash_bytes(mac, bytes, AT_MAC, mac_key);
	return hash_equal(mac, bytes + AT_MAC, HASH_BYTES);
}

void slot_associated_data(unsigned char ad[SLOT_AD_BYTES], const struct header *header,
                          unsigned index)
{
	const struct slot *slot = &header->slots[index];

	memcpy(ad, "slot", 4);
	memcpy(ad + 4, header->uuid, HEADER_UUID_BYTES);
	put_u16(ad + 20, (uint16_t)index);
	put_u16(ad + 22, (uint16_t)slot->type);
	put_u32(ad + 24, slot->cost.memory);
	put_u32(ad + 28, slot->cost.time);
	put_u32(ad + 32, KDF_LANES);
}

/*
 * The witness: what was seen of a vault here last, in a file of its own, so that an older vault put
 * back in place is noticed. A tripwire, not a wall: whoever can write both files can put both back.
 *
 * $XDG_STATE_HOME/vault/UUID, the uuid as 32 hexadecimal digits, holds a record:
 *
 *      offset  size
 *           0     8  magic "vaultwit"
 *           8     8  generation of the contents
 *          16     8  sequence of the header
 *          24    32  root of the digest
 *          56    32  MAC: keyed BLAKE2b under the witness subkey over the uuid and bytes 0…55
 *
 * While a file with another volume key takes the place of the old one (rekey, or the restore of a
 * backup from before a rekey) there are two records, one under each key: whichever file a crash
 * leaves behind, its record is there. A third can only come from a crash in between. The next write
 * leaves one.
 *
 * A file of any other size, or without the magic, was torn by a crash (it is not synced) and counts
 * as absent.
 */
#include "vault/internal.h"

#include <string.h>

#include "base/bytes.h"
#include "base/file.h"
#include "base/paths.h"

enum {
	AT_GENERATION = 8,
	AT_SEQUENCE = 16,
	AT_ROOT = 24,
	AT_MAC = 56,
	RECORD_BYTES = 88,
	RECORDS_MAX = 3,
};

static const unsigned char magic[8] = {'v', 'a', 'u', 'l', 't', 'w', 'i', 't'};

static int path_of(const struct vault *vault, char **ret_path, struct error *err)
{
	static const char digits[] = "0123456789abcdef";
	char name[2 * HEADER_UUID_BYTES + 1] = {0};

	for (unsigned i = 0; i < HEADER_UUID_BYTES; i++) {
		name[2 * i] = digits[vault->header.uuid[i] >> 4];
		name[2 * i + 1] = digits[vault->header.uuid[i] & 15];
	}
	return paths_state(name, ret_path, err);
}

static void record_mac(unsigned char mac[HASH_BYTES], const struct vault *vault,
                       const unsigned char bytes[RECORD_BYTES])
{
	struct hash hash;

	hash_start(&hash, vault->keys->witness);
	hash_add(&hash, vault->header.uuid, HEADER_UUID_BYTES);
	hash_add(&hash, bytes, AT_MAC);
	hash_finish(&hash, mac);
}

static void record_encode(unsigned char bytes[RECORD_BYTES], const struct vault *vault,
                          const struct witness *witness)
{
	memcpy(bytes, magic, sizeof(magic));
	put_u64(bytes + AT_GENERATION, witness->generation);
	put_u64(bytes + AT_SEQUENCE, witness->sequence);
	memcpy(bytes + AT_ROOT, witness->root, HASH_BYTES);
	record_mac(bytes + AT_MAC, vault, bytes);
}

/* Leaves `witness` alone when these bytes are no record. */
static void record_decode(struct witness *witness, const struct vault *vault,
                          const unsigned char bytes[RECORD_BYTES])
{
	unsigned char mac[HASH_BYTES];

	if (memcmp(bytes, magic, sizeof(magic)) != 0)
		return;
	record_mac(mac, vault, bytes);
	witness->found = true;
	witness->foreign = !hash_equal(mac, bytes + AT_MAC, HASH_BYTES);
	witness->generation = get_u64(bytes + AT_GENERATION);
	witness->sequence = get_u64(bytes + AT_SEQUENCE);
	memcpy(witness->root, bytes + AT_ROOT, HASH_BYTES);
}

/* What the file holds, at most RECORDS_MAX records; returns how many. */
static size_t read_file(const struct vault *vault,
                        unsigned char bytes[RECORDS_MAX * RECORD_BYTES + 1])
{
	FREE_AUTO char *path = NULL;
	size_t length = 0;

	/* Nothing seen is what a new machine says too: a witness that cannot be read must not lock
	 * the user out. */
	if (path_of(vault, &path, NULL) < 0 ||
	    file_read(path, bytes, RECORDS_MAX * RECORD_BYTES + 1, &length, NULL) != 0)
		return 0;
	return length % RECORD_BYTES == 0 ? length / RECORD_BYTES : 0;
}

/* The vault's own record where there is one, else a foreign one. Returns how many there are. */
static size_t read_records(const struct vault *vault, struct witness *ret_witness)
{
	unsigned char bytes[RECORDS_MAX * RECORD_BYTES + 1];
	size_t records = read_file(vault, bytes);

	*ret_witness = (struct witness){0};
	for (size_t i = 0; i < records; i++) {
		record_decode(ret_witness, vault, bytes + i * RECORD_BYTES);
		if (ret_witness->found && !ret_witness->foreign)
			break;
	}
	return records;
}

int witness_read(struct vault *vault, struct witness *ret_witness, struct error *err)
{
	(void)err; /* see read_file */
	*ret_witness = (struct witness){0};
	if (!(vault->flags & VAULT_NO_WITNESS))
		(void)read_records(vault, ret_witness);
	vault->witnessed = ret_witness->found;
	return 0;
}

void witness_compare(struct vault *vault, const struct witness *witness)
{
	struct vault_rollback *rollback = &vault->rollback;
	bool other_root = memcmp(witness->root, vault->state.root, HASH_BYTES) != 0;

	*rollback = (struct vault_rollback){
		.generation = vault->state.generation,
		.expected = vault->state.generation,
		.sequence = vault->header.sequence,
		.expected_sequence = vault->header.sequence,
	};
	if (!witness->found)
		return;
	rollback->expected = witness->generation;
	rollback->expected_sequence = witness->sequence;
	/* One generation with two roots: the vault was put back and then written to elsewhere. */
	rollback->detected = witness->foreign || witness->generation > rollback->generation ||
	                     witness->sequence > rollback->sequence ||
	                     (witness->generation == rollback->generation && other_root);
}

static struct witness witness_of(const struct vault *vault)
{
	struct witness witness = {
		.found = true,
		.generation = vault->state.generation,
		.sequence = vault->header.sequence,
	};

	memcpy(witness.root, vault->state.root, HASH_BYTES);
	return witness;
}

/* Contents and header are written by different commands: each only goes up. False: there is nothing
 * to write. */
static bool merge(struct witness *next, const struct witness *seen, size_t records)
{
	bool same_root = memcmp(next->root, seen->root, HASH_BYTES) == 0;

	if (!seen->found)
		return true;
	if (seen->foreign || (seen->generation == next->generation && !same_root))
		return false;
	if (records == 1 && seen->generation >= next->generation &&
	    seen->sequence >= next->sequence)
		return false;
	if (seen->generation > next->generation) {
		next->generation = seen->generation;
		memcpy(next->root, seen->root, HASH_BYTES);
	}
	if (seen->sequence > next->sequence)
		next->sequence = seen->sequence;
	return true;
}

static int write_records(const struct vault *vault, const unsigned char *bytes, size_t length,
                         int durable, struct error *err)
{
	FREE_AUTO char *path = NULL;
	int r = path_of(vault, &path, err);

	if (r == 0)
		r = file_make_parents(path, err);
	if (r == 0)
		r = file_replace(path, bytes, length, durable, err);
	return r;
}

void witness_store(struct vault *vault, bool force)
{
	unsigned char bytes[RECORD_BYTES];
	struct witness next, seen;
	size_t records;

	if (vault->flags & VAULT_NO_WITNESS || !vault->keys)
		return;
	next = witness_of(vault);
	/* Two programs may cross between reading and writing; the later one then remembers a little
	 * less than was seen, until the next write. */
	records = read_records(vault, &seen);
	if (!force && !merge(&next, &seen, records))
		return;
	record_encode(bytes, vault, &next);
	if (write_records(vault, bytes, sizeof(bytes), 0, NULL) == 0)
		vault->witnessed = true;
}

int witness_announce(const struct vault *next, bool witnessed, struct error *err)
{
	unsigned char bytes[RECORDS_MAX * RECORD_BYTES + 1];
	size_t records = read_file(next, bytes);
	struct witness witness = witness_of(next);

	/* Where nothing is remembered, nothing contradicts the new file. What merely cannot be read
	 * now, for want of memory or by a failing disk, will contradict it tomorrow. */
	if (records == 0 && witnessed)
		return error_set(err, VAULT_FAILED,
		                 "what was last seen of this vault cannot be read any more");
	if (records == 0)
		return 0;
	if (records == RECORDS_MAX) {
		records--;
		memmove(bytes, bytes + RECORD_BYTES, records * RECORD_BYTES);
	}
	record_encode(bytes + records * RECORD_BYTES, next, &witness);
	return write_records(next, bytes, (records + 1) * RECORD_BYTES, 1, err);
}

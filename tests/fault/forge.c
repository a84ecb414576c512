/*
 * Forged headers, without a knowledge of the volume key: every bit changed, the checksum made to
 * fit.
 *
 *     forge VAULT PASSWORD SCRATCH STRIDE SEED
 *
 * In copy A, in copy B, and in both, each STRIDEth bit in front of the checksum is flipped, from a
 * random one on, and the plain checksum computed anew. Opening by the volume key must be refused,
 * whether before the keys or by the MAC, and must leave every byte of the file alone. Where both
 * copies are changed, the key may be called wrong: nothing is left that would tell. TAP on standard
 * output.
 */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "contents.h"
#include "crypto/seal.h"
#include "folder.h"
#include "random.h"
#include "store/header.h"

#define CHECKSUM_AT (HEADER_BYTES - HASH_BYTES)
#define FAILURES_MAX 5

struct forgery {
	unsigned char *image, *forged;
	size_t size;
	char path[512], key[65];
	unsigned long tried, failed;
};

static void fit_checksum(unsigned char *copy)
{
	hash_bytes(copy + CHECKSUM_AT, copy, CHECKSUM_AT, NULL);
}

static void complain(struct forgery *forgery, size_t bit, const char *why)
{
	printf("# bit %zu: %s\n", bit, why);
	forgery->failed++;
}

/* Opens what is in forgery->forged. */
static int open_forged(struct forgery *forgery, struct error *err)
{
	struct vault *vault = NULL;
	int r;

	folder_write_file(forgery->path, forgery->forged, forgery->size);
	r = open_with_key(forgery->path, forgery->key, 0, &vault, err);
	vault_close(vault);
	return r;
}

static void try_bit(struct forgery *forgery, size_t bit, unsigned copies)
{
	struct error error = {0};
	unsigned char *now;
	size_t size;
	int r;

	memcpy(forgery->forged, forgery->image, HEADER_AREA);
	for (unsigned i = 0; i < HEADER_COPIES; i++) {
		unsigned char *copy = forgery->forged + i * HEADER_BYTES;

		if (!(copies & 1U << i))
			continue;
		copy[bit / 8] ^= (unsigned char)(1 << bit % 8);
		fit_checksum(copy);
	}
	forgery->tried++;
	r = open_forged(forgery, &error);
	if (r == 0)
		complain(forgery, bit, "it opens");
	else if (r > 0 && !(r == VAULT_WRONG_KEY && copies == 3))
		complain(forgery, bit, "the key is said to be wrong");
	else if (error.message[0] == '\0')
		complain(forgery, bit, "it fails without a word");
	now = folder_read_file(forgery->path, &size);
	if (size != forgery->size || memcmp(now, forgery->forged, size) != 0)
		complain(forgery, bit, "the file was changed");
	free(now);
}

static bool try_all(struct forgery *forgery, unsigned copies, unsigned long stride,
                    struct chance *chance, unsigned number)
{
	static const char *const names[] = {"", "copy A", "copy B", "both copies"};

	forgery->tried = forgery->failed = 0;
	for (size_t bit = chance_below(chance, stride); bit < 8 * CHECKSUM_AT; bit += stride)
		if (forgery->failed < FAILURES_MAX)
			try_bit(forgery, bit, copies);
	printf("%sok %u - a bit changed in %s, checksum recomputed, is refused: %lu tried\n",
	       forgery->failed ? "not " : "", number, names[copies], forgery->tried);
	fflush(stdout);
	return forgery->failed == 0;
}

/* With the header's key the same change is no forgery: it must open, or this test refuses
 * everything. */
static bool control(struct forgery *forgery, unsigned number)
{
	unsigned char volume[VOLUME_KEY_BYTES], mac_key[HASH_KEY_BYTES];
	struct error error = {0};
	bool good;

	for (size_t i = 0; i < sizeof(volume); i++) {
		char digits[3] = {forgery->key[2 * i], forgery->key[2 * i + 1], '\0'};

		volume[i] = (unsigned char)strtoul(digits, NULL, 16);
	}
	subkey_derive(mac_key, SUBKEY_HEADER, volume);
	memcpy(forgery->forged, forgery->image, HEADER_AREA);
	for (unsigned i = 0; i < HEADER_COPIES; i++) {
		unsigned char *copy = forgery->forged + i * HEADER_BYTES;

		copy[40] ^= 1; /* the date of creation */
		hash_bytes(copy + CHECKSUM_AT - HASH_BYTES, copy, CHECKSUM_AT - HASH_BYTES,
		           mac_key);
		fit_checksum(copy);
	}
	good = open_forged(forgery, &error) == 0;
	printf("%sok %u - negative control: who has the key may change the header\n",
	       good ? "" : "not ", number);
	return good;
}

static void load(struct forgery *forgery, const char *path, const char *password)
{
	VAULT_AUTO *vault = NULL;
	SECRET_AUTO *key = NULL;
	struct error error = {0};
	int r = open_with_password(path, password, 0, &vault, &error);

	if (r == 0)
		r = vault_volume_key(vault, &key, &error);
	if (r != 0)
		errx(3, "%s: %s", path, error.message);
	snprintf(forgery->key, sizeof(forgery->key), "%.*s", (int)key->length, (char *)key->bytes);
	forgery->image = folder_read_file(path, &forgery->size);
	forgery->forged = folder_read_file(path, &forgery->size);
}

int main(int argc, char **argv)
{
	struct forgery forgery = {0};
	struct chance chance;
	bool good = true;

	if (argc != 6)
		errx(3, "usage: forge VAULT PASSWORD SCRATCH STRIDE SEED");
	snprintf(forgery.path, sizeof(forgery.path), "%s/forged.vault", argv[3]);
	if (setenv("FAULT_KDF", "fast", 1) < 0 || setenv("XDG_STATE_HOME", argv[3], 1) < 0)
		err(3, "environment");
	load(&forgery, argv[1], argv[2]);
	chance.state = strtoull(argv[5], NULL, 10);
	for (unsigned copies = 1; copies <= 3; copies++)
		good &= try_all(&forgery, copies, strtoul(argv[4], NULL, 10), &chance, copies);
	good &= control(&forgery, 4);
	printf("1..4\n");
	free(forgery.image);
	free(forgery.forged);
	return good ? 0 : 1;
}

/* The plain file is written into a sink of its own, whose bytes are encrypted on their way. */
#include <string.h>

#include "crypto/seal.h"
#include "format/bitwarden.h"
#include "format/bitwarden_sealed.h"

/* Bitwarden's own settings for Argon2id. */
#define PASSES 3
#define MEMORY_MIB 64
#define LANES 4
#define KDF_ARGON2 1

#define SALT_TEXT_BYTES 24
#define TRIPLE 3 /* bytes that base 64 takes at once */

/* As much of what is held as base 64 takes without padding. */
static void put_held(struct bitwarden_sealed_write *write, bool all)
{
	size_t whole = all ? write->n_held : write->n_held / TRIPLE * TRIPLE;

	sink_base64(write->outer, (struct span){write->held, whole});
	memmove(write->held, write->held + whole, write->n_held - whole);
	write->n_held -= whole;
}

static int put_plain(void *context, const void *bytes, size_t length, struct error *err)
{
	struct bitwarden_sealed_write *write = context;
	const unsigned char *next = bytes;
	int r = 0;

	while (length > 0 && r == 0) {
		size_t room = sizeof(write->held) - BITWARDEN_BLOCK_BYTES - write->n_held;
		size_t count = length < room ? length : room, done = 0;

		r = bitwarden_seal_next(&write->sealing, next, count, write->held + write->n_held,
		                        &done, err);
		if (r == 0)
			write->n_held += done;
		put_held(write, false);
		next += count;
		length -= count;
	}
	return r == 0 ? sink_check(write->outer, err) : r;
}

/* "2.IV|", and the encryption that goes on from it. */
static int start_string(struct bitwarden_sealed_write *write, struct error *err)
{
	unsigned char iv[BITWARDEN_IV_BYTES];
	int r;

	crypto_random(iv, sizeof(iv));
	r = bitwarden_seal_start(&write->sealing, &write->keys, iv, err);
	if (r < 0)
		return r;
	sink_string(write->outer, "2.");
	sink_base64(write->outer, (struct span){iv, sizeof(iv)});
	sink_string(write->outer, "|");
	return 0;
}

static int end_string(struct bitwarden_sealed_write *write, struct error *err)
{
	unsigned char mac[BITWARDEN_MAC_BYTES];
	int r = bitwarden_seal_end(&write->sealing, write->held + write->n_held, mac, err);

	bitwarden_seal_done(&write->sealing);
	if (r < 0)
		return r;
	write->n_held += BITWARDEN_BLOCK_BYTES;
	put_held(write, true);
	sink_string(write->outer, "|");
	sink_base64(write->outer, (struct span){mac, sizeof(mac)});
	return 0;
}

/* Bitwarden takes the text as it stands in the file: 144 random bits. */
static void make_salt(char text[SALT_TEXT_BYTES + 1])
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

	crypto_random(text, SALT_TEXT_BYTES);
	for (size_t i = 0; i < SALT_TEXT_BYTES; i++)
		text[i] = digits[(unsigned char)text[i] % (sizeof(digits) - 1)];
	text[SALT_TEXT_BYTES] = '\0';
}

static int derive(struct bitwarden_sealed_write *write, const char *salt, struct error *err)
{
	const struct bitwarden_kdf kdf = {
		.argon2 = true,
		.iterations = PASSES,
		.memory_mib = MEMORY_MIB,
		.parallel = LANES,
		.threads = LANES,
		.salt = {salt, SALT_TEXT_BYTES},
	};

	if (!write->outer->how->password)
		return error_set(err, VAULT_USAGE, "the new file needs a password");
	return bitwarden_derive(&kdf, write->outer->how->password, &write->keys, err);
}

/* A random string, by which a wrong password is known before anything else is decrypted. */
static int put_validation(struct bitwarden_sealed_write *write, struct error *err)
{
	char random[SALT_TEXT_BYTES + 1];
	int r = start_string(write, err);

	make_salt(random);
	if (r == 0)
		r = put_plain(write, random, SALT_TEXT_BYTES, err);
	return r == 0 ? end_string(write, err) : r;
}

int bitwarden_sealed_begin(const struct format *format, struct sink *sink, struct error *err)
{
	struct bitwarden_sealed_write *write = sink->state;
	struct json_write json = {.sink = sink};
	char salt[SALT_TEXT_BYTES + 1];
	int r;

	(void)format;
	write->outer = sink;
	write->how = (struct export_how){.format = &format_bitwarden_json};
	make_salt(salt);
	r = derive(write, salt, err);
	if (r < 0)
		return r;
	json_write_object(&json, NULL);
	json_write_bool(&json, "encrypted", true);
	json_write_bool(&json, "passwordProtected", true);
	json_write_string(&json, "salt", salt);
	json_write_number(&json, "kdfType", KDF_ARGON2);
	json_write_number(&json, "kdfIterations", PASSES);
	json_write_number(&json, "kdfMemory", MEMORY_MIB);
	json_write_number(&json, "kdfParallelism", LANES);
	sink_string(sink, ",\"encKeyValidation_DO_NOT_EDIT\":\"");
	r = put_validation(write, err);
	sink_string(sink, "\",\"data\":\"");
	if (r == 0)
		r = start_string(write, err);
	if (r == 0)
		r = sink_start(&write->inner, &write->how, put_plain, write, err);
	return r == 0 ? bitwarden_begin(write->inner.state, &write->inner, err) : r;
}

int bitwarden_sealed_item(struct sink *sink, const struct item *item, struct error *err)
{
	struct bitwarden_sealed_write *write = sink->state;

	return bitwarden_item(write->inner.state, item, err);
}

int bitwarden_sealed_end(struct sink *sink, struct error *err)
{
	struct bitwarden_sealed_write *write = sink->state;
	int r = bitwarden_end(write->inner.state, err);

	if (r == 0)
		r = sink_flush(&write->inner, err);
	if (r == 0)
		r = end_string(write, err);
	sink_string(sink, "\"}\n");
	return r == 0 ? sink_check(sink, err) : r;
}

void bitwarden_sealed_drop(struct sink *sink)
{
	struct bitwarden_sealed_write *write = sink->state;

	if (write->inner.buffer)
		sink_done(&write->inner);
	bitwarden_seal_done(&write->sealing);
}

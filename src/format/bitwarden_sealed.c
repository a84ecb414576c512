/*
 * Bitwarden's encrypted JSON: a password's parameters, and the plain file as one encrypted string.
 * An encrypted string is "2.IV|CIPHERTEXT|MAC", all three in base 64.
 */
#include "format/bitwarden_sealed.h"

#include <stdlib.h>
#include <string.h>

#include "base/base64.h"
#include "crypto/bitwarden_seal.h"
#include "format/bitwarden.h"
#include "format/json_take.h"

#define KDF_PBKDF2 0
#define KDF_ARGON2 1
#define VALIDATION "encKeyValidation_DO_NOT_EDIT"

static void look(const struct format *format, const struct source *source, struct look *ret_look)
{
	struct json_glance members[] = {{.name = "encrypted"},
	                                {.name = "passwordProtected"},
	                                {.name = VALIDATION}};

	(void)format;
	if (!json_glance(source, members, sizeof(members) / sizeof(members[0])) ||
	    strcmp(members[0].text, "true") != 0)
		return;
	ret_look->sealed = strcmp(members[1].text, "true") == 0;
	if (ret_look->sealed || members[2].first == '"')
		ret_look->score = 100;
}

/* ---- the outer file ------------------------------------------------------------------ */

struct sealed {
	bool encrypted, by_password;
	struct bitwarden_kdf kdf;
	struct span validation, data; /* encrypted strings */
};

static int64_t number(const json_t *value)
{
	return json_is_integer(value) ? json_integer_value(value) : -1;
}

static int take_number(struct sealed *sealed, struct span key, const json_t *value,
                       struct error *err)
{
	if (span_is(key, "encrypted"))
		sealed->encrypted = json_is_true(value);
	else if (span_is(key, "passwordProtected"))
		sealed->by_password = json_is_true(value);
	else if (span_is(key, "kdfIterations"))
		sealed->kdf.iterations = number(value);
	else if (span_is(key, "kdfMemory"))
		sealed->kdf.memory_mib = number(value);
	else if (span_is(key, "kdfParallelism"))
		sealed->kdf.parallel = number(value);
	else if (span_is(key, "kdfType") && number(value) == KDF_ARGON2)
		sealed->kdf.argon2 = true;
	else if (span_is(key, "kdfType") && number(value) != KDF_PBKDF2)
		return error_set(err, VAULT_USAGE,
		                 "its key derivation is of a kind that is not known here");
	return 0;
}

static int take_member(struct json_walk *walk, struct span key, struct sealed *sealed,
                       struct error *err)
{
	JSON_AUTO *value = NULL;
	int r;

	if (span_is(key, "data"))
		return json_walk_raw(walk, &sealed->data, err);
	if (span_is(key, VALIDATION))
		return json_walk_raw(walk, &sealed->validation, err);
	if (span_is(key, "salt"))
		return json_walk_raw(walk, &sealed->kdf.salt, err);
	if (json_walk_peek(walk) == '[' || json_walk_peek(walk) == '{')
		return json_walk_skip(walk, err);
	r = json_walk_value(walk, &value, err);
	return r == 0 ? take_number(sealed, key, value, err) : r;
}

static int check(const struct sealed *sealed, bool costly, struct error *err)
{
	if (!sealed->encrypted)
		return error_set(err, VAULT_USAGE,
		                 "it is not encrypted: read it as bitwarden-json");
	if (!sealed->by_password)
		return error_set(err, VAULT_USAGE,
		                 "only the Bitwarden account that wrote it can read it: export it "
		                 "again as \"password protected\"");
	if (!sealed->kdf.salt.bytes || !sealed->validation.bytes || !sealed->data.bytes)
		return error_set(err, VAULT_USAGE, "it has no salt, validation or data");
	return bitwarden_kdf_check(&sealed->kdf, costly, err);
}

static int read_outer(const struct source *source, struct sealed *sealed, struct error *err)
{
	struct json_walk walk;
	int r;

	json_walk_start(&walk, source);
	r = json_walk_enter(&walk, '{', err);
	while (r == 0) {
		JSON_AUTO *key = NULL;

		r = json_walk_member(&walk, &key, err);
		if (r <= 0)
			break;
		r = take_member(&walk, json_span(key), sealed, err);
	}
	if (r == 0)
		r = json_walk_end(&walk, err);
	return r == 0 ? check(sealed, source->costly, err) : r;
}

/* ---- an encrypted string ------------------------------------------------------------- */

struct parts {
	struct span iv, sealed, mac;
};

/* Decodes in place. */
static bool split(char *text, size_t length, struct parts *ret_parts)
{
	char *end = text + length, *first, *second;

	if (length < 2 || memcmp(text, "2.", 2) != 0)
		return false;
	text += 2;
	first = memchr(text, '|', (size_t)(end - text));
	second = first ? memchr(first + 1, '|', (size_t)(end - first) - 1) : NULL;
	return second && base64_decode(text, (size_t)(first - text), &ret_parts->iv) &&
	       base64_decode(first + 1, (size_t)(second - first) - 1, &ret_parts->sealed) &&
	       base64_decode(second + 1, (size_t)(end - second) - 1, &ret_parts->mac) &&
	       ret_parts->iv.length == BITWARDEN_IV_BYTES &&
	       ret_parts->mac.length == BITWARDEN_MAC_BYTES && ret_parts->sealed.length > 0 &&
	       ret_parts->sealed.length % BITWARDEN_BLOCK_BYTES == 0;
}

/* Gives what was encrypted, in memory that goes with the process; free(3). */
static int unseal(const struct bitwarden_keys *keys, struct span text, unsigned char **ret_plain,
                  size_t *ret_length, struct error *err)
{
	char *copy = malloc(text.length + 1);
	struct parts parts;
	int r = 0;

	if (!copy)
		return error_set(err, VAULT_USAGE, "there is not enough memory for what it holds");
	memcpy(copy, text.bytes, text.length);
	if (!split(copy, text.length, &parts))
		r = error_set(err, VAULT_USAGE,
		              "what is encrypted in it is damaged, or of a kind that is not known");
	if (r == 0)
		r = bitwarden_unseal(keys, parts.iv.bytes, parts.sealed.bytes, parts.sealed.length,
		                     parts.mac.bytes, (unsigned char *)copy, ret_length, err);
	if (r == 0)
		*ret_plain = (unsigned char *)copy;
	else
		free(copy);
	return r;
}

static int read_inner(const struct sealed *sealed, const struct bitwarden_keys *keys,
                      struct emit *emit, struct error *err)
{
	struct source inner = {0};
	unsigned char *plain = NULL;
	size_t length = 0;
	int r = unseal(keys, sealed->validation, &plain, &length, err);

	free(plain);
	if (r == VAULT_WRONG_KEY)
		error_set(err, VAULT_WRONG_KEY, "that is not its password");
	if (r != 0)
		return r;
	r = unseal(keys, sealed->data, &plain, &inner.length, err);
	if (r == VAULT_WRONG_KEY)
		return error_set(err, VAULT_USAGE, "what is encrypted in it is damaged");
	if (r != 0)
		return r;
	inner.bytes = plain;
	r = bitwarden_read(&inner, NULL, emit, err);
	secret_wipe(plain, inner.length);
	free(plain);
	return r;
}

static int read_sealed(const struct format *format, const struct source *source, struct emit *emit,
                       struct error *err)
{
	SECRET_AUTO *memory = NULL;
	struct sealed sealed = {.kdf = {.threads = 1}};
	struct bitwarden_keys *keys;
	int r = read_outer(source, &sealed, err);

	(void)format;
	if (r == 0 && !source->password) {
		error_set(err, VAULT_WRONG_KEY, "it needs its password");
		return VAULT_WRONG_KEY;
	}
	if (r == 0)
		r = secret_new(&memory, sizeof(*keys), err);
	if (r != 0)
		return r;
	keys = (struct bitwarden_keys *)memory->bytes;
	r = bitwarden_derive(&sealed.kdf, source->password, keys, err);
	return r == 0 ? read_inner(&sealed, keys, emit, err) : r;
}

static const struct format_code code = {
	.look = look,
	.read = read_sealed,
	.begin = bitwarden_sealed_begin,
	.item = bitwarden_sealed_item,
	.end = bitwarden_sealed_end,
	.losses = bitwarden_losses,
	.drop = bitwarden_sealed_drop,
	.state_bytes = sizeof(struct bitwarden_sealed_write),
};

const struct format format_bitwarden_sealed = {
	.name = "bitwarden-json-encrypted",
	.title = "Bitwarden JSON under a password",
	.flags = FORMAT_READS | FORMAT_WRITES | FORMAT_SEALED,
	.holds = BITWARDEN_HOLDS,
	.code = &code,
};

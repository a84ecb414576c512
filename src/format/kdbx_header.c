/* The outer header of a KDBX file. */
#include <stdint.h>
#include <string.h>

#include "base/bytes.h"
#include "format/kdbx.h"

#define SIGNATURE_KDB 0xb54bfb65
#define SIGNATURE_BETA 0xb54bfb66
#define VERSION_AT 8
#define FIELDS_AT 12

static const unsigned char cipher_aes[KDBX_UUID_BYTES] = {0x31, 0xc1, 0xf2, 0xe6, 0xbf, 0x71,
                                                          0x43, 0x50, 0xbe, 0x58, 0x05, 0x21,
                                                          0x6a, 0xfc, 0x5a, 0xff};
static const unsigned char cipher_twofish[KDBX_UUID_BYTES] = {0xad, 0x68, 0xf2, 0x9f, 0x57, 0x6f,
                                                              0x4b, 0xb9, 0xa3, 0x6a, 0xd4, 0x7a,
                                                              0xf9, 0x65, 0x34, 0x6c};
const unsigned char kdbx_cipher_chacha20[KDBX_UUID_BYTES] = {0xd6, 0x03, 0x8a, 0x2b, 0x8b, 0x6f,
                                                             0x4c, 0xb5, 0xa5, 0x24, 0x33, 0x9a,
                                                             0x31, 0xdb, 0xb5, 0x9a};
static const unsigned char kdf_aes[KDBX_UUID_BYTES] = {0xc9, 0xd9, 0xf3, 0x9a, 0x62, 0x8a,
                                                       0x44, 0x60, 0xbf, 0x74, 0x0d, 0x08,
                                                       0xc1, 0x8a, 0x4f, 0xea};
static const unsigned char kdf_aes_4[KDBX_UUID_BYTES] = {0x7c, 0x02, 0xbb, 0x82, 0x79, 0xa7,
                                                         0x4a, 0xc0, 0x92, 0x7d, 0x11, 0x4a,
                                                         0x00, 0x64, 0x82, 0x38};
static const unsigned char kdf_argon2d[KDBX_UUID_BYTES] = {0xef, 0x63, 0x6d, 0xdf, 0x8c, 0x29,
                                                           0x44, 0x4b, 0x91, 0xf7, 0xa9, 0xa4,
                                                           0x03, 0xe3, 0x0a, 0x0c};
const unsigned char kdbx_kdf_argon2id[KDBX_UUID_BYTES] = {0x9e, 0x29, 0x8b, 0x19, 0x56, 0xdb,
                                                          0x47, 0x73, 0xb2, 0x3d, 0xfc, 0x3e,
                                                          0xc6, 0xf0, 0xa1, 0xe6};

static bool starts(const struct source *source, uint32_t second)
{
	return source->length >= VERSION_AT && get_u32(source->bytes) == KDBX_SIGNATURE &&
	       get_u32(source->bytes + 4) == second;
}

bool kdbx_is(const struct source *source)
{
	return starts(source, KDBX_SIGNATURE_2) || starts(source, SIGNATURE_BETA);
}

bool kdbx_is_kdb(const struct source *source)
{
	return starts(source, SIGNATURE_KDB);
}

static bool is_uuid(struct span span, const unsigned char uuid[KDBX_UUID_BYTES])
{
	return span.length == KDBX_UUID_BYTES && memcmp(span.bytes, uuid, KDBX_UUID_BYTES) == 0;
}

static int cut_off(struct error *err)
{
	return error_set(err, VAULT_USAGE, "the file is cut off within its header");
}

static int damaged(const char *what, struct error *err)
{
	return error_set(err, VAULT_USAGE, "its header is damaged: %s", what);
}

/* ---- parameters of the key derivation (a "variant dictionary") ------------------------ */

struct reader {
	const unsigned char *next, *end;
};

static bool take(struct reader *reader, size_t length, struct span *ret_span)
{
	if ((size_t)(reader->end - reader->next) < length)
		return false;
	*ret_span = (struct span){reader->next, length};
	reader->next += length;
	return true;
}

static bool take_sized(struct reader *reader, struct span *ret_span)
{
	struct span size;

	return take(reader, 4, &size) && take(reader, get_u32(size.bytes), ret_span);
}

/* A number of 4 or 8 bytes; false for anything else. */
static bool number(struct span value, uint64_t *ret_number)
{
	if (value.length != 4 && value.length != 8)
		return false;
	*ret_number = value.length == 4 ? get_u32(value.bytes) : get_u64(value.bytes);
	return true;
}

struct parameters {
	struct span uuid, seed, secret, ad;
	uint64_t rounds, iterations, memory, lanes, version;
};

static bool take_parameter(struct parameters *parameters, char key, struct span value)
{
	switch (key) {
	case 'S':
		parameters->seed = value;
		return true;
	case 'K':
		parameters->secret = value;
		return true;
	case 'A':
		parameters->ad = value;
		return true;
	case 'R':
		return number(value, &parameters->rounds);
	case 'I':
		return number(value, &parameters->iterations);
	case 'M':
		return number(value, &parameters->memory);
	case 'P':
		return number(value, &parameters->lanes);
	case 'V':
		return number(value, &parameters->version);
	default:
		return true;
	}
}

static bool read_parameters(struct span dictionary, struct parameters *parameters)
{
	const unsigned char *bytes = dictionary.bytes;
	struct reader reader = {bytes, bytes + dictionary.length};
	struct span version, type, key, value;

	if (!take(&reader, 2, &version) || get_u16(version.bytes) >> 8 != 1)
		return false;
	for (;;) {
		if (!take(&reader, 1, &type))
			return false;
		if (*(const unsigned char *)type.bytes == 0)
			return true;
		if (!take_sized(&reader, &key) || !take_sized(&reader, &value))
			return false;
		if (key.length == 5 && memcmp(key.bytes, "$UUID", 5) == 0)
			parameters->uuid = value;
		else if (key.length == 1 &&
		         !take_parameter(parameters, *(const char *)key.bytes, value))
			return false;
	}
}

static int set_aes(struct kdbx_kdf *kdf, struct span seed, uint64_t rounds, struct error *err)
{
	if (seed.length != 32)
		return damaged("the seed of the key derivation", err);
	*kdf = (struct kdbx_kdf){.aes = true, .rounds = rounds, .seed = seed.bytes};
	return 0;
}

static int set_argon2(struct kdbx_kdf *kdf, const struct parameters *given, bool id,
                      struct error *err)
{
	/* What does not fit into 32 bits becomes too large for any limit. */
	uint64_t memory = given->memory / 1024;

	if (given->lanes > UINT32_MAX || given->version > UINT32_MAX)
		return damaged("the parameters of the key derivation", err);
	*kdf = (struct kdbx_kdf){
		.argon2 =
			{
				.id = id,
				.version = (uint32_t)given->version,
				.memory = memory > UINT32_MAX ? UINT32_MAX : (uint32_t)memory,
				.passes = given->iterations > UINT32_MAX
	                                          ? UINT32_MAX
	                                          : (uint32_t)given->iterations,
				.lanes = (uint32_t)given->lanes,
				.threads = 1,
				.salt = given->seed,
				.secret = given->secret,
				.ad = given->ad,
			},
	};
	return 0;
}

static int take_kdf(struct kdbx_kdf *kdf, struct span dictionary, struct error *err)
{
	struct parameters given = {0};

	if (!read_parameters(dictionary, &given))
		return damaged("the parameters of the key derivation", err);
	if (is_uuid(given.uuid, kdf_aes) || is_uuid(given.uuid, kdf_aes_4))
		return set_aes(kdf, given.seed, given.rounds, err);
	if (is_uuid(given.uuid, kdf_argon2d) || is_uuid(given.uuid, kdbx_kdf_argon2id))
		return set_argon2(kdf, &given, is_uuid(given.uuid, kdbx_kdf_argon2id), err);
	return error_set(err, VAULT_USAGE,
	                 "its key derivation is not known here: save it with Argon2 or AES-KDF");
}

int kdbx_kdf_check(const struct kdbx_kdf *kdf, bool costly, struct error *err)
{
	static const uint64_t rounds_most = 100 * 1000 * 1000;         /* four seconds or so */
	static const uint64_t filled_most = (uint64_t)4 * 1024 * 1024; /* KiB; likewise */
	const char *allow = "--costly-key lets it, where you know who made the file";
	const struct foreign_argon2 *argon2 = &kdf->argon2;

	if (kdf->aes && kdf->rounds > rounds_most && !costly)
		return error_set(err, VAULT_USAGE, "opening it takes %llu rounds of AES: %s",
		                 (unsigned long long)kdf->rounds, allow);
	if (kdf->aes)
		return 0;
	if (argon2->memory > KDBX_MEMORY_COSTLY_KIB)
		return error_set(err, VAULT_USAGE,
		                 "opening it takes %lu MiB of memory, more than is ever given",
		                 (unsigned long)argon2->memory / 1024);
	if (argon2->memory > KDBX_MEMORY_KIB && !costly)
		return error_set(err, VAULT_USAGE, "opening it takes %lu MiB of memory: %s",
		                 (unsigned long)argon2->memory / 1024, allow);
	if ((uint64_t)argon2->memory * argon2->passes > filled_most && !costly)
		return error_set(err, VAULT_USAGE,
		                 "opening it takes %lu passes over %lu MiB of memory: %s",
		                 (unsigned long)argon2->passes,
		                 (unsigned long)argon2->memory / 1024, allow);
	return 0;
}

/* ---- the header ----------------------------------------------------------------------- */

/* What is only complete at the end. */
struct given {
	struct kdbx_header *header;
	struct span cipher, transform_seed;
	uint64_t rounds;
	bool kdf;
};

static int take_number(struct span value, size_t length, const char *what, uint64_t *ret_number,
                       struct error *err)
{
	return value.length == length && number(value, ret_number) ? 0 : damaged(what, err);
}

static int take_field(struct given *given, unsigned id, struct span value, struct error *err)
{
	struct kdbx_header *header = given->header;
	uint64_t found = 0;
	int r = 0;

	switch (id) {
	case KDBX_OUTER_CIPHER:
		given->cipher = value;
		break;
	case KDBX_OUTER_COMPRESSION:
		r = take_number(value, 4, "the compression", &found, err);
		if (r == 0 && found > 1)
			r = error_set(err, VAULT_USAGE, "its compression is not known here");
		header->compressed = found == 1;
		break;
	case KDBX_OUTER_MASTER_SEED:
		header->master_seed = value;
		break;
	case KDBX_OUTER_TRANSFORM_SEED:
		given->transform_seed = value;
		break;
	case KDBX_OUTER_TRANSFORM_ROUNDS:
		r = take_number(value, 8, "the rounds of its key", &given->rounds, err);
		break;
	case KDBX_OUTER_IV:
		header->iv = value;
		break;
	case KDBX_OUTER_STREAM_KEY:
		header->stream_key = value;
		break;
	case KDBX_OUTER_START_BYTES:
		header->start_bytes = value;
		break;
	case KDBX_OUTER_STREAM_KIND:
		r = take_number(value, 4, "the inner stream", &found, err);
		header->stream_kind = (uint32_t)found;
		break;
	case KDBX_OUTER_KDF:
		if (header->four)
			r = take_kdf(&header->kdf, value, err);
		given->kdf = header->four;
		break;
	default: /* comments, and what others keep there: nothing of an entry */
		break;
	}
	return r;
}

static int take_cipher(struct kdbx_header *header, struct span uuid, struct error *err)
{
	if (is_uuid(uuid, cipher_aes))
		header->cipher = KDBX_AES;
	else if (is_uuid(uuid, cipher_twofish))
		header->cipher = KDBX_TWOFISH;
	else if (is_uuid(uuid, kdbx_cipher_chacha20))
		header->cipher = KDBX_CHACHA20;
	else
		return error_set(err, VAULT_USAGE,
		                 "its cipher is not known here: save it with AES or ChaCha20");
	if (header->iv.length != (header->cipher == KDBX_CHACHA20 ? 12 : 16))
		return damaged("the initial vector", err);
	return 0;
}

static int complete(struct given *given, struct error *err)
{
	struct kdbx_header *header = given->header;
	int r = take_cipher(header, given->cipher, err);

	if (r == 0 && header->master_seed.length != 32)
		r = damaged("the master seed", err);
	if (r == 0 && header->four)
		return given->kdf ? 0 : damaged("it names no key derivation", err);
	if (r == 0)
		r = set_aes(&header->kdf, given->transform_seed, given->rounds, err);
	if (r == 0 && header->start_bytes.length != 32)
		r = damaged("the start bytes", err);
	return r;
}

static int read_fields(struct given *given, struct reader *reader, struct error *err)
{
	struct span id, size, value;
	int r = 0;

	while (r == 0) {
		size_t length;

		if (!take(reader, 1, &id) || !take(reader, given->header->four ? 4 : 2, &size))
			return cut_off(err);
		length = given->header->four ? get_u32(size.bytes) : get_u16(size.bytes);
		if (!take(reader, length, &value))
			return cut_off(err);
		if (*(const unsigned char *)id.bytes == KDBX_OUTER_END)
			break;
		r = take_field(given, *(const unsigned char *)id.bytes, value, err);
	}
	return r;
}

int kdbx_header_read(const struct source *source, struct kdbx_header *ret_header, struct error *err)
{
	struct kdbx_header header = {0};
	struct given given = {.header = &header};
	struct reader reader;
	uint32_t version;
	int r;

	if (source->length < FIELDS_AT)
		return cut_off(err);
	version = get_u32(source->bytes + VERSION_AT);
	if (version >> 16 < 2 || version >> 16 > 4)
		return error_set(err, VAULT_USAGE,
		                 "it is of KDBX version %lu.%lu, which is not known here",
		                 (unsigned long)version >> 16, (unsigned long)version & 0xffff);
	header.four = version >> 16 == 4;
	reader = (struct reader){source->bytes + FIELDS_AT, source->bytes + source->length};
	r = read_fields(&given, &reader, err);
	if (r == 0)
		r = complete(&given, err);
	if (r < 0)
		return r;
	header.length = (size_t)(reader.next - source->bytes);
	*ret_header = header;
	return 0;
}

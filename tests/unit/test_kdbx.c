/* KDBX files of tests/fuzz/corpus, which open with the password "a": read whole, cut off, changed,
 * with the wrong key; what their keys are made of; what a header may ask for. */
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/bytes.h"
#include "format/emit.h"
#include "format/kdbx.h"
#include "format/stream.h"

#define BYTES_MAX 4096

struct file {
	unsigned char bytes[BYTES_MAX];
	size_t length;
};

static void load(struct file *file, const char *folder, const char *name)
{
	char path[4096];
	FILE *opened;

	snprintf(path, sizeof(path), "%s/tests/fuzz/corpus/%s/%s", getenv("SOURCE"), folder, name);
	opened = fopen(path, "rb");
	assert_non_null(opened);
	file->length = fread(file->bytes, 1, sizeof(file->bytes), opened);
	fclose(opened);
	assert_in_range(file->length, 1, BYTES_MAX - 1);
}

static int keep(void *context, const void *bytes, size_t length)
{
	buf_add(context, bytes, length);
	return 0;
}

static unsigned count_items(const struct buf *frames)
{
	unsigned count = 0;

	for (size_t at = 0; at < frames->length; at += FRAME_HEAD + get_u32(frames->bytes + at))
		count += frames->bytes[at + 4] == FRAME_ITEM;
	return count;
}

/* How many entries come out goes to `ret_items`. */
static int read_as(const unsigned char *bytes, size_t length, const char *password,
                   unsigned *ret_items, struct error *err)
{
	SECRET_AUTO *secret = NULL;
	BUF_AUTO frames = BUF_EMPTY;
	struct source source = {.bytes = bytes, .length = length};
	struct emit *emit;
	int r;

	if (password)
		assert_int_equal(secret_copy(&secret, password, strlen(password), err), 0);
	source.password = secret;
	assert_int_equal(emit_new(&emit, keep, &frames, err), 0);
	r = format_kdbx.code->read(&format_kdbx, &source, emit, err);
	assert_true(r != 0 || emit_finish(emit, err) == 0);
	emit_free(emit);
	*ret_items = count_items(&frames);
	return r;
}

static const char *const all[] = {"argon2d-aes", "argon2id-chacha20", "aes-kdf", "three",
                                  "three-chacha20"};
#define ALL (sizeof(all) / sizeof(all[0]))

static void reads_every_kind(void **state)
{
	(void)state;
	for (size_t i = 0; i < ALL; i++) {
		struct file file;
		unsigned items;

		load(&file, "kdbx", all[i]);
		assert_done(read_as(file.bytes, file.length, "a", &items, err));
		assert_int_equal(items, 2);
	}
}

static void is_never_taken_for_whole_when_cut_off(void **state)
{
	(void)state;
	for (size_t i = 0; i < ALL; i++) {
		struct file file;
		unsigned items;

		load(&file, "kdbx", all[i]);
		for (size_t length = 0; length < file.length; length++) {
			struct error error = {0};

			assert_int_equal(read_as(file.bytes, length, "a", &items, &error),
			                 -VAULT_USAGE);
			assert_true(error.message[0] != '\0');
		}
	}
}

/* KDBX 4 authenticates every byte, before anything is made of it. */
static void every_changed_byte_is_noticed(void **state)
{
	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct file file;
		unsigned items;

		load(&file, "kdbx", all[i]);
		for (size_t at = 0; at < file.length; at++) {
			file.bytes[at] ^= 0x10;
			assert_int_not_equal(read_as(file.bytes, file.length, "a", &items, NULL),
			                     0);
			file.bytes[at] ^= 0x10;
		}
	}
}

static void a_wrong_password_is_told_before_the_first_item(void **state)
{
	(void)state;
	for (size_t i = 0; i < ALL; i++) {
		struct error error = {0};
		struct file file;
		unsigned items;

		load(&file, "kdbx", all[i]);
		assert_int_equal(read_as(file.bytes, file.length, "b", &items, &error),
		                 VAULT_WRONG_KEY);
		assert_non_null(strstr(error.message, "this password does not open it"));
		assert_int_equal(read_as(file.bytes, file.length, NULL, &items, &error),
		                 VAULT_WRONG_KEY);
		assert_non_null(strstr(error.message, "needs a password"));
		assert_int_equal(items, 0);
	}
}

static void keepass_1_is_named(void **state)
{
	struct look look = {0};
	struct file file;
	unsigned items;

	(void)state;
	load(&file, "kdbx", "kdb");
	format_kdbx.code->look(&format_kdbx,
	                       &(struct source){.bytes = file.bytes, .length = file.length}, &look);
	assert_int_equal(look.score, 100);
	assert_false(look.sealed);
	assert_fails(read_as(file.bytes, file.length, "a", &items, err), VAULT_USAGE, "KeePass 1");
}

/* ---- key files ------------------------------------------------------------------------ */

static int key_of(const void *bytes, size_t length, unsigned char key[KDBX_KEY_BYTES],
                  struct error *err)
{
	SECRET_AUTO *file = NULL;

	assert_int_equal(secret_copy(&file, bytes, length, err), 0);
	return kdbx_key_file(file, key, err);
}

static void key_files_of_every_kind(void **state)
{
	static const char *const kinds[] = {"xml1", "xml2", "raw", "hex"};
	unsigned char wanted[KDBX_KEY_BYTES], key[KDBX_KEY_BYTES];
	struct file file;

	(void)state;
	for (unsigned i = 0; i < sizeof(wanted); i++)
		wanted[i] = (unsigned char)i;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		load(&file, "key_file", kinds[i]);
		assert_done(key_of(file.bytes, file.length, key, err));
		assert_memory_equal(key, wanted, sizeof(key));
	}
	load(&file, "key_file", "any");
	sha256(wanted, &(struct piece){file.bytes, file.length}, 1);
	assert_done(key_of(file.bytes, file.length, key, err));
	assert_memory_equal(key, wanted, sizeof(key));
}

#define KEY_FILE(version, data) \
	"<KeyFile><Meta><Version>" version "</Version></Meta><Key>" data "</Key></KeyFile>"

static void damaged_key_files_are_refused(void **state)
{
	static const char *const damaged[] = {
		KEY_FILE("1.00", "<Data>AAEC!</Data>"),
		KEY_FILE("1.00", "<Data>AAEC</Data>"),
		KEY_FILE("2.0", "<Data Hash=\"00000000\">0001020304050607 08090A0B0C0D0E0F "
	                        "1011121314151617 18191A1B1C1D1E1F</Data>"),
		KEY_FILE("2.0", "<Data>00010203</Data>"),
		KEY_FILE("3.0", "<Data>00010203</Data>"),
		KEY_FILE("", ""),
	};
	unsigned char key[KDBX_KEY_BYTES];

	(void)state;
	for (size_t i = 0; i < sizeof(damaged) / sizeof(damaged[0]); i++)
		assert_fails(key_of(damaged[i], strlen(damaged[i]), key, err), VAULT_USAGE,
		             "the key file is ");
}

/* ---- what a header may ask for ---------------------------------------------------------- */

static void costs_have_limits(void **state)
{
	const struct kdbx_kdf usual = {.argon2 = {.memory = 64 * 1024, .passes = 20, .lanes = 2}};
	const struct kdbx_kdf large = {.argon2 = {.memory = 256 * 1024, .passes = 2}};
	const struct kdbx_kdf slow = {.argon2 = {.memory = 64 * 1024, .passes = 65}};
	const struct kdbx_kdf huge = {.argon2 = {.memory = UINT32_MAX, .passes = 1}};
	const struct kdbx_kdf aes = {.aes = true, .rounds = 100000001};

	(void)state;
	assert_done(kdbx_kdf_check(&usual, false, err));
	assert_fails(kdbx_kdf_check(&large, false, err), VAULT_USAGE, "256 MiB");
	assert_fails(kdbx_kdf_check(&slow, false, err), VAULT_USAGE, "65 passes");
	assert_fails(kdbx_kdf_check(&aes, false, err), VAULT_USAGE, "100000001 rounds");
	assert_done(kdbx_kdf_check(&large, true, err));
	assert_done(kdbx_kdf_check(&slow, true, err));
	assert_done(kdbx_kdf_check(&aes, true, err));
	assert_fails(kdbx_kdf_check(&huge, true, err), VAULT_USAGE, "more than is ever given");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_every_kind),
		cmocka_unit_test(is_never_taken_for_whole_when_cut_off),
		cmocka_unit_test(every_changed_byte_is_noticed),
		cmocka_unit_test(a_wrong_password_is_told_before_the_first_item),
		cmocka_unit_test(keepass_1_is_named),
		cmocka_unit_test(key_files_of_every_kind),
		cmocka_unit_test(damaged_key_files_are_refused),
		cmocka_unit_test(costs_have_limits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

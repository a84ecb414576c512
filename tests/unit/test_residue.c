/*
 * What is left in memory when keys and passwords have been used and freed: nothing. The process
 * looks for eight bytes in a row of each, in all memory that it can write to.
 */
#include "unit.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <vault/generate.h>
#include <vault/keys.h>
#include <vault/otp.h>

#include "crypto/fingerprint.h"
#include "crypto/kdf.h"
#include "crypto/seal.h"

#define PIECE 8
#define MASK 0x5a /* what is looked for is kept masked, so as not to find itself */
#define WINDOW ((size_t)1 << 20)

static unsigned char window[WINDOW]; /* wiped after use */

struct trace {
	unsigned char masked[64];
	size_t length;
};

static void remember(struct trace *trace, const struct secret *secret)
{
	trace->length = secret->length < 64 ? secret->length : 64;
	for (size_t i = 0; i < trace->length; i++)
		trace->masked[i] = secret->bytes[i] ^ MASK;
}

/* Does a piece of the trace begin here? In steps of four, so that every eleven bytes in a row are
 * noticed. */
static bool begins(const unsigned char *bytes, const struct trace *trace)
{
	for (size_t i = 0; i + PIECE <= trace->length; i += 4) {
		size_t same = 0;

		while (same < PIECE && (bytes[same] ^ MASK) == trace->masked[i + same])
			same++;
		if (same == PIECE)
			return true;
	}
	return false;
}

/* Copies a mapping piece by piece, by way of the kernel, and counts. */
static unsigned count_in(int memory, unsigned long start, unsigned long end,
                         const struct trace *trace)
{
	unsigned found = 0;

	for (unsigned long at = start; at < end; at += WINDOW - PIECE) {
		size_t size = end - at < WINDOW ? end - at : WINDOW;
		ssize_t count = pread(memory, window, size, (off_t)at);

		for (ssize_t i = 0; i + PIECE <= count; i++)
			found += begins(window + i, trace);
	}
	memset(window, 0, sizeof(window));
	return found;
}

/* How many pieces of the trace are in memory; -1 where that cannot be seen. */
static int count_everywhere(const struct trace *trace)
{
	FILE *maps = fopen("/proc/self/maps", "r");
	int memory = open("/proc/self/mem", O_RDONLY);
	unsigned found = 0;
	char line[512], *rest;

	if (!maps || memory < 0)
		return -1;
	while (fgets(line, sizeof(line), maps)) {
		unsigned long start = strtoul(line, &rest, 16), end = strtoul(rest + 1, &rest, 16);

		if (strncmp(rest, " rw", 3) != 0)
			continue;
		if (start <= (uintptr_t)window && (uintptr_t)window < end) { /* around itself */
			found += count_in(memory, start, (uintptr_t)window, trace);
			start = (uintptr_t)window + WINDOW;
		}
		found += count_in(memory, start, end, trace);
	}
	fclose(maps);
	close(memory);
	return (int)found;
}

static void assert_gone(const struct trace *trace, const char *what)
{
	int found = count_everywhere(trace);

	if (found != 0)
		fail_msg("%s left %d pieces behind", what, found);
}

static struct secret *random_secret(size_t length)
{
	struct secret *secret = NULL;

	assert_int_equal(secret_new(&secret, length, NULL), 0);
	crypto_random(secret->bytes, length);
	secret->length = length;
	return secret;
}

/* Each use takes a password and a key and has 64 bytes of locked memory for what comes out. */
static void use_kdf(struct secret *password, struct secret *key, struct secret *output)
{
	struct kdf_cost cost = {KDF_MEMORY_MIN_KIB, KDF_TIME_MIN, 0};

	assert_int_equal(kdf_derive(password->bytes, password->length, key->bytes, &cost,
	                            output->bytes, NULL),
	                 0);
}

static void use_seal(struct secret *password, struct secret *key, struct secret *output)
{
	static unsigned char sealed[24 + SEAL_TAG_BYTES];
	static const unsigned char nonce[SEAL_NONCE_BYTES];

	seal_close(sealed, password->bytes, 24, NULL, 0, nonce, key->bytes);
	assert_int_equal(seal_open(output->bytes, sealed, sizeof(sealed), NULL, 0, nonce,
	                           key->bytes),
	                 0);
}

static void use_subkey(struct secret *password, struct secret *key, struct secret *output)
{
	(void)password;
	subkey_derive(output->bytes, SUBKEY_DATABASE, key->bytes);
}

static void use_fingerprint(struct secret *password, struct secret *key, struct secret *output)
{
	unsigned char print[FINGERPRINT_BYTES]; /* may be seen */

	(void)output;
	fingerprint_password(print, password, key->bytes);
}

static void use_pieces(struct secret *password, struct secret *key, struct secret *output)
{
	unsigned char print[HASH_BYTES];
	struct hash hash;

	(void)output;
	hash_start(&hash, key->bytes);
	for (size_t i = 0; i < password->length; i += 8)
		hash_add(&hash, password->bytes + i, 8);
	hash_finish(&hash, print);
}

static void use_reading(struct secret *password, struct secret *key, struct secret *output)
{
	SECRET_AUTO *read = NULL;
	int ends[2];

	(void)key;
	(void)output;
	assert_int_equal(pipe(ends), 0);
	assert_int_equal(write(ends[1], password->bytes, password->length), password->length);
	close(ends[1]);
	assert_int_equal(secret_read_all(ends[0], 1000, &read, NULL), 0);
	close(ends[0]);
	assert_true(secret_equal(read, password));
	assert_int_equal(secret_reserve(&read, 5000, NULL), 0);
}

/* The key as a seed: written to a URI, read from it, and a code of each hash. */
static void use_otp(struct secret *password, struct secret *key, struct secret *output)
{
	struct otp made = {.digits = 8, .period = 30, .seed = key};
	SECRET_AUTO *uri = NULL;
	OTP_AUTO otp = {0};
	const char *secret;

	(void)password;
	assert_int_equal(otp_uri(&made, &uri, NULL), 0);
	secret = strstr((const char *)uri->bytes, "secret=") + strlen("secret=");
	output->length = 0;
	assert_int_equal(secret_append(output, secret, strcspn(secret, "&"), NULL), 0);
	assert_int_equal(otp_read(uri, &otp, NULL), 0);
	assert_true(secret_equal(otp.seed, key));
	for (otp.hash = OTP_SHA1; otp.hash <= OTP_SHA512; otp.hash++) {
		SECRET_AUTO *code = NULL;

		assert_int_equal(otp_code(&otp, 59, &code, NULL, NULL), 0);
	}
}

typedef void use_function(struct secret *password, struct secret *key, struct secret *output);

/* Uses further down the stack than the search will reach, which else would cover what is left. */
static __attribute__((noinline)) void use_deeper(use_function *use, struct secret *password,
                                                 struct secret *key, struct secret *output)
{
	volatile unsigned char room[16384];

	room[0] = 0;
	use(password, key, output);
	room[sizeof(room) - 1] = room[0];
}

static void nothing_stays_after_use(void **state)
{
	static const struct {
		use_function *use;
		const char *name;
	} uses[] = {
		{use_kdf, "kdf_derive"},       {use_seal, "seal_close and seal_open"},
		{use_subkey, "subkey_derive"}, {use_fingerprint, "fingerprint_password"},
		{use_pieces, "hash_add"},      {use_reading, "secret_read_all"},
		{use_otp, "otp_code"},
	};
	struct trace password_trace, key_trace, output_trace;

	(void)state;
	for (size_t i = 0; i < sizeof(uses) / sizeof(uses[0]); i++) {
		SECRET_AUTO *password = random_secret(24), *key = random_secret(32);
		SECRET_AUTO *output = random_secret(64);

		use_deeper(uses[i].use, password, key, output);
		remember(&password_trace, password);
		remember(&key_trace, key);
		remember(&output_trace, output);
		if (count_everywhere(&key_trace) < 7) /* the search itself can find */
			fail_msg("a key in use was not found");
		secret_freep(&password);
		secret_freep(&key);
		secret_freep(&output);
		assert_gone(&password_trace, uses[i].name);
		assert_gone(&key_trace, uses[i].name);
		assert_gone(&output_trace, uses[i].name);
	}
}

static void nothing_stays_of_what_was_made(void **state)
{
	struct generate_rule characters = {.length = 32, .classes = CHARSET_ALL};
	struct generate_rule words = {.words = 6};
	SECRET_AUTO *secret = NULL, *typed = NULL;
	struct trace trace;

	(void)state;
	assert_done(generate_password(&characters, &secret, NULL, err));
	remember(&trace, secret);
	secret_freep(&secret);
	assert_gone(&trace, "a generated password");
	assert_done(generate_password(&words, &secret, NULL, err));
	remember(&trace, secret);
	secret_freep(&secret);
	assert_gone(&trace, "a passphrase");
	assert_done(recovery_code_new(&typed, err));
	assert_done(recovery_code_read(typed, &secret, err));
	remember(&trace, typed);
	secret_freep(&typed);
	assert_gone(&trace, "a recovery code");
	remember(&trace, secret);
	secret_freep(&secret);
	assert_gone(&trace, "a recovery code as it was read");
}

#define LANE_STACK 12288 /* bytes to look at; libargon2 was seen to use 11 KiB */
#define LANE_OWN 1024    /* of them, what looking may itself have used */

struct lane {
	pthread_t thread;
	pthread_mutex_t *together;
	int memory;
	unsigned char stack[LANE_STACK];
};

/* Looks at its stack below itself. */
static void *look_below(void *context)
{
	struct lane *lane = context;
	unsigned char here;

	if (pread(lane->memory, lane->stack, LANE_STACK, (off_t)(uintptr_t)&here - LANE_STACK) !=
	    LANE_STACK)
		memset(lane->stack, 0xff, LANE_STACK);
	pthread_mutex_lock(lane->together); /* so that each lane has a thread of its own */
	pthread_mutex_unlock(lane->together);
	return NULL;
}

/* The last block of each lane would be enough to get at the result. New threads are given the
 * stacks of those that ended. */
static void lanes_leave_nothing_on_their_stacks(void **state)
{
	pthread_mutex_t together = PTHREAD_MUTEX_INITIALIZER;
	static struct lane lanes[KDF_LANES];
	int memory = open("/proc/self/mem", O_RDONLY);
	SECRET_AUTO *password = random_secret(24), *key = random_secret(32);
	SECRET_AUTO *output = random_secret(64);

	(void)state;
	use_kdf(password, key, output);
	pthread_mutex_lock(&together);
	for (size_t i = 0; i < KDF_LANES; i++) {
		lanes[i].together = &together;
		lanes[i].memory = memory;
		assert_int_equal(pthread_create(&lanes[i].thread, NULL, look_below, &lanes[i]), 0);
	}
	pthread_mutex_unlock(&together);
	for (size_t i = 0; i < KDF_LANES; i++) {
		unsigned used = 0;

		pthread_join(lanes[i].thread, NULL);
		for (size_t j = 0; j < LANE_STACK - LANE_OWN; j++)
			used += lanes[i].stack[j] != 0;
		assert_in_range(used, 0, 127); /* an address or so; a block has 1024 bytes */
	}
	close(memory);
}

static int start(void **state)
{
	(void)state;
	return crypto_start(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_stays_after_use),
		cmocka_unit_test(nothing_stays_of_what_was_made),
		cmocka_unit_test(lanes_leave_nothing_on_their_stacks),
	};

	if (access("/proc/self/mem", R_OK) != 0)
		return 77;
	return cmocka_run_group_tests(tests, start, NULL);
}

#include "crypto/kdf.h"

#include <time.h>
#include <unistd.h>

#include <vault/secret.h>

#include "crypto/argon2_run.h"

#define MIB ((size_t)1024 * 1024)

#define CALIBRATE_MEMORY_KIB ((uint32_t)256 * 1024)
#define CALIBRATE_MILLISECONDS 500
/* More is measured only where the first measurement was quicker than this, in seconds, so that all
 * together stay below a second and a half. */
#define CALIBRATE_START_BELOW 0.9
#define CALIBRATE_TWICE_BELOW 0.45

int kdf_check_cost(const struct kdf_cost *cost, struct error *err)
{
	if (cost->memory < KDF_MEMORY_MIN_KIB || cost->memory > KDF_MEMORY_MAX_KIB)
		return error_set(
			err, VAULT_USAGE,
			"key derivation memory of %lu KiB is out of range (%lu to %lu MiB)",
			(unsigned long)cost->memory, (unsigned long)KDF_MEMORY_MIN_KIB / 1024,
			(unsigned long)KDF_MEMORY_MAX_KIB / 1024);
	if (cost->time < KDF_TIME_MIN || cost->time > KDF_TIME_MAX)
		return error_set(err, VAULT_USAGE,
		                 "%lu key derivation passes are out of range (%d to %d)",
		                 (unsigned long)cost->time, KDF_TIME_MIN, KDF_TIME_MAX);
	return 0;
}

/* The derivation itself, whose cost the caller has checked (or chosen, to measure). */
static int derive(const void *input, size_t input_length, const unsigned char salt[KDF_SALT_BYTES],
                  const struct kdf_cost *cost, unsigned char output[KDF_OUTPUT_BYTES],
                  struct error *err)
{
	/* The members are not const, but without the flags to clear them libargon2 only reads
	 * both. */
	argon2_context context = {
		.out = output,
		.outlen = KDF_OUTPUT_BYTES,
		.pwd = (uint8_t *)(uintptr_t)input,
		.pwdlen = (uint32_t)input_length,
		.salt = (uint8_t *)(uintptr_t)salt,
		.saltlen = KDF_SALT_BYTES,
		.t_cost = cost->time,
		.m_cost = cost->memory,
		.lanes = KDF_LANES,
		.threads = KDF_LANES,
		.version = ARGON2_VERSION_13,
		.flags = ARGON2_DEFAULT_FLAGS,
	};
	if (input_length > UINT32_MAX)
		return error_set(err, VAULT_USAGE, "input to the key derivation is too long");
	return argon2_run(&context, Argon2_id, err);
}

int kdf_derive(const void *input, size_t input_length, const unsigned char salt[KDF_SALT_BYTES],
               const struct kdf_cost *cost, unsigned char output[KDF_OUTPUT_BYTES],
               struct error *err)
{
	int r;

	r = kdf_check_cost(cost, err);
	if (r == 0)
		r = derive(input, input_length, salt, cost, output, err);
	if (r < 0)
		secret_wipe(output, KDF_OUTPUT_BYTES);
	return r;
}

/* An eighth of the machine's memory, in whole MiB. */
static uint32_t choose_memory(void)
{
	long pages = sysconf(_SC_PHYS_PAGES);
	long page_size = sysconf(_SC_PAGESIZE);
	uint64_t eighth;

	if (pages <= 0 || page_size <= 0)
		return KDF_MEMORY_MIN_KIB;
	eighth = (uint64_t)pages * (uint64_t)page_size / 8 / MIB * 1024;
	if (eighth < KDF_MEMORY_MIN_KIB)
		return KDF_MEMORY_MIN_KIB;
	return eighth > CALIBRATE_MEMORY_KIB ? CALIBRATE_MEMORY_KIB : (uint32_t)eighth;
}

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

/* How many seconds a derivation takes. Password and salt do not matter to that. */
static int measure(uint32_t memory, uint32_t passes, double *ret_seconds, struct error *err)
{
	static const unsigned char salt[KDF_SALT_BYTES];
	unsigned char output[KDF_OUTPUT_BYTES];
	double start = now();
	int r;

	r = derive("", 0, salt, &(struct kdf_cost){.memory = memory, .time = passes}, output, err);
	*ret_seconds = now() - start;
	return r;
}

/* A derivation takes a start (getting and wiping the memory) and its passes, each as long as the
 * other. Two measurements tell the two apart; from one, all counts as passes, which errs towards
 * fewer. */
static int choose_passes(uint32_t memory, double seconds, uint32_t *ret_passes, struct error *err)
{
	double three, one, again, pass, start = 0, fit;
	int r;

	r = measure(memory, KDF_TIME_MIN, &three, err);
	if (r == 0 && three < CALIBRATE_TWICE_BELOW && three < seconds) {
		r = measure(memory, KDF_TIME_MIN, &again, err);
		if (r == 0 && again < three) /* the machine was busy with something else */
			three = again;
	}
	if (r < 0)
		return r;
	pass = three / KDF_TIME_MIN;
	if (three < CALIBRATE_START_BELOW && three < seconds) {
		r = measure(memory, 1, &one, err);
		if (r < 0)
			return r;
		/* Where the machine was busy in between, believe no more than half a derivation of
		 * start. */
		pass = (three - one) / (KDF_TIME_MIN - 1);
		if (pass < three / KDF_TIME_MIN / 2)
			pass = three / KDF_TIME_MIN / 2;
		if (pass > three / KDF_TIME_MIN)
			pass = three / KDF_TIME_MIN;
		start = three - KDF_TIME_MIN * pass;
	}
	fit = (seconds - start) / pass;
	if (!(fit > KDF_TIME_MIN)) /* nor where nothing could be measured */
		*ret_passes = KDF_TIME_MIN;
	else
		*ret_passes = fit < KDF_TIME_MAX ? (uint32_t)fit : KDF_TIME_MAX;
	return 0;
}

int kdf_calibrate(struct kdf_cost *cost, struct error *err)
{
	struct kdf_cost chosen = *cost;
	int r;

	if (chosen.memory == 0)
		chosen.memory = choose_memory();
	r = kdf_check_cost(&(struct kdf_cost){.memory = chosen.memory,
	                                      .time = chosen.time != 0 ? chosen.time
	                                                               : KDF_TIME_MIN},
	                   err);
	if (r < 0)
		return r;
	if (chosen.time == 0) {
		r = choose_passes(chosen.memory,
		                  (chosen.milliseconds != 0 ? chosen.milliseconds
		                                            : CALIBRATE_MILLISECONDS) /
		                          1e3,
		                  &chosen.time, err);
		if (r < 0)
			return r;
	}
	*cost = chosen;
	return 0;
}

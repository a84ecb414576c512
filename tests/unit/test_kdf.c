/* The key derivation: its result, its limits, its choice of cost. */
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "crypto/kdf.h"

static const struct kdf_cost smallest = {KDF_MEMORY_MIN_KIB, KDF_TIME_MIN, 0};

static void assert_derives(const char *input, size_t length, const unsigned char *salt,
                           uint32_t passes, const char *hex)
{
	struct kdf_cost cost = {KDF_MEMORY_MIN_KIB, passes, 0};
	unsigned char output[KDF_OUTPUT_BYTES];
	char text[2 * KDF_OUTPUT_BYTES + 1];

	assert_done(kdf_derive(input, length, salt, &cost, output, err));
	for (size_t i = 0; i < sizeof(output); i++)
		snprintf(text + 2 * i, 3, "%02x", output[i]);
	assert_string_equal(text, hex);
}

/* From the argon2 command:
 *   printf password | argon2 somesaltsomesaltsomesaltsomesalt -id -t 3 -k 65536 -p 4 -l 64 -r
 * and, for the bytes a command line cannot take, from python3-argon2:
 *   hash_secret_raw(password, bytes(range(32)), t, 65536, 4, 64, Type.ID) */
static void derives_as_others_do(void **state)
{
	unsigned char salt[KDF_SALT_BYTES];

	(void)state;
	assert_derives("password", 8, (const unsigned char *)"somesaltsomesaltsomesaltsomesalt", 3,
	               "f90cdb80e6b3229c95a826a026e2301b728e1528d2d1eccbd357a0b4cd47cb3f"
	               "0149b2eb94466c931a517e8f94347cd5f0423ec7785a29649019b54b532d7a54");
	for (size_t i = 0; i < sizeof(salt); i++)
		salt[i] = (unsigned char)i;
	assert_derives("correct horse\0battery", 21, salt, 3,
	               "264cfe8c47fa00d11783d49231f82fa9fed68c014ac4cd57903b39c06946b9ad"
	               "7a2e9ad8359b11a068ec9c8e15c7d751926cdd3949c97f0f42c1e1acc163b777");
	assert_derives("", 0, salt, 4,
	               "a51ed10568a1797ed79cc99e9f579f7223865c6806a6dc9fffc1bfacadba978b"
	               "592db7abdf746ccb91886d699dc74b528130272f5a14fce5ca1fce54dedf276f");
}

static void refuses_costs_out_of_range(void **state)
{
	static const struct {
		struct kdf_cost cost;
		const char *reason;
	} cases[] = {
		{{KDF_MEMORY_MIN_KIB - 1, 3, 0}, "memory"}, {{0, 3, 0}, "memory"},
		{{KDF_MEMORY_MAX_KIB + 1, 3, 0}, "memory"}, {{UINT32_MAX, 3, 0}, "64 to 4096 MiB"},
		{{KDF_MEMORY_MIN_KIB, 2, 0}, "passes"},     {{KDF_MEMORY_MIN_KIB, 0, 0}, "passes"},
		{{KDF_MEMORY_MIN_KIB, 65, 0}, "3 to 64"},   {{65536, UINT32_MAX, 0}, "passes"},
	};
	unsigned char salt[KDF_SALT_BYTES] = {0}, output[KDF_OUTPUT_BYTES];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_fails(kdf_check_cost(&cases[i].cost, err), VAULT_USAGE, cases[i].reason);
		memset(output, 0xaa, sizeof(output));
		assert_fails(kdf_derive("x", 1, salt, &cases[i].cost, output, err), VAULT_USAGE,
		             cases[i].reason);
		for (size_t j = 0; j < sizeof(output); j++)
			assert_int_equal(output[j], 0);
	}
	assert_done(kdf_check_cost(&smallest, err));
	assert_done(kdf_check_cost(&(struct kdf_cost){KDF_MEMORY_MAX_KIB, KDF_TIME_MAX, UINT32_MAX},
	                           err));
}

#ifndef UNIT_ASAN /* whose shadow memory alone is far beyond any limit */
/* In a process that may not have that much memory. */
static void tells_when_memory_is_short(void **state)
{
	struct rlimit limit = {(rlim_t)48 << 20, (rlim_t)48 << 20};
	unsigned char salt[KDF_SALT_BYTES] = {0}, output[KDF_OUTPUT_BYTES];
	struct error err = {0};
	int status;
	pid_t child;

	(void)state;
	child = fork();
	if (child == 0) {
		if (setrlimit(RLIMIT_AS, &limit) != 0 ||
		    kdf_derive("x", 1, salt, &smallest, output, &err) != -VAULT_FAILED)
			_exit(1);
		_exit(strcmp(err.message, "cannot get 64 MiB of memory for the key derivation")
		              ? 2
		              : 0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
}
#endif

static long mapped_pages(void)
{
	FILE *file = fopen("/proc/self/statm", "r");
	char line[128] = "-1";

	if (file) {
		if (!fgets(line, sizeof(line), file))
			line[0] = '\0';
		fclose(file);
	}
	return strtol(line, NULL, 10);
}

static void gives_its_memory_back(void **state)
{
	unsigned char salt[KDF_SALT_BYTES] = {0}, output[KDF_OUTPUT_BYTES];
	long before, after;

	(void)state;
	assert_done(kdf_derive("x", 1, salt, &smallest, output, err));
	before = mapped_pages();
	for (int i = 0; i < 3; i++)
		assert_done(kdf_derive("x", 1, salt, &smallest, output, err));
	after = mapped_pages();
	if (before < 0)
		skip();
	assert_true((after - before) * sysconf(_SC_PAGESIZE) < (long)KDF_MEMORY_MIN_KIB * 1024);
}

static void keeps_what_was_chosen(void **state)
{
	struct kdf_cost cost = {70 * 1024, 5, 0};

	(void)state;
	assert_done(kdf_calibrate(&cost, err));
	assert_int_equal(cost.memory, 70 * 1024);
	assert_int_equal(cost.time, 5);
	cost = (struct kdf_cost){0, 5, 0};
	assert_done(kdf_calibrate(&cost, err));
	assert_in_range(cost.memory, KDF_MEMORY_MIN_KIB, 256 * 1024);
	assert_int_equal(cost.memory % 1024, 0);
	assert_int_equal(cost.time, 5);
}

static void chooses_passes_by_time(void **state)
{
	struct kdf_cost none = {KDF_MEMORY_MIN_KIB, 0, 1};
	struct kdf_cost some = {KDF_MEMORY_MIN_KIB, 0, 0};
	struct kdf_cost all = {KDF_MEMORY_MIN_KIB, 0, UINT32_MAX};

	(void)state;
	assert_done(kdf_calibrate(&none, err));
	assert_int_equal(none.time, KDF_TIME_MIN); /* nothing fits into a millisecond */
	assert_done(kdf_calibrate(&some, err));
	assert_in_range(some.time, KDF_TIME_MIN, KDF_TIME_MAX);
	assert_done(kdf_calibrate(&all, err));
	assert_int_equal(all.time, KDF_TIME_MAX); /* everything fits into weeks */
}

static void refuses_to_choose_around_a_wrong_choice(void **state)
{
	struct kdf_cost cost = {1024, 0, 0};

	(void)state;
	assert_fails(kdf_calibrate(&cost, err), VAULT_USAGE, "memory");
	assert_int_equal(cost.memory, 1024);
	assert_int_equal(cost.time, 0);
	cost = (struct kdf_cost){0, 2, 0};
	assert_fails(kdf_calibrate(&cost, err), VAULT_USAGE, "passes");
	assert_int_equal(cost.memory, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(derives_as_others_do),
		cmocka_unit_test(refuses_costs_out_of_range),
#ifndef UNIT_ASAN
		cmocka_unit_test(tells_when_memory_is_short),
#endif
		cmocka_unit_test(gives_its_memory_back),
		cmocka_unit_test(keeps_what_was_chosen),
		cmocka_unit_test(chooses_passes_by_time),
		cmocka_unit_test(refuses_to_choose_around_a_wrong_choice),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

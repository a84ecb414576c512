/* The header: what is written is read, and nothing else is. */
#include "unit.h"

#include "base/bytes.h"
#include "crypto/seal.h"
#include "store/header.h"

static const unsigned char mac_key[HASH_KEY_BYTES] = {7};

static struct header sample(void)
{
	struct header header = {.sequence = 5, .uuid = {1, 2, 3}, .created = 1700000000};

	header.slots[0] = (struct slot){
		.used = true,
		.type = KEY_PASSWORD,
		.cost = {.memory = 256 * 1024, .time = 9},
		.salt = {4},
		.nonce = {5},
		.sealed = {6},
		.commitment = {7},
		.created = 1700000001,
		.label = "laptop",
	};
	header.slots[7] = header.slots[0];
	header.slots[7].type = KEY_RECOVERY_CODE;
	return header;
}

static void encode_both(unsigned char area[HEADER_AREA], const struct header *header)
{
	for (unsigned i = 0; i < HEADER_COPIES; i++)
		header_encode(area + i * HEADER_BYTES, header, i, mac_key);
}

/* As an attacker without the key would: the checksum fits again, the MAC does not. */
static void forge(unsigned char *bytes)
{
	hash_bytes(bytes + 4064, bytes, 4064, NULL);
}

static void reads_what_it_wrote(void **state)
{
	unsigned char area[HEADER_AREA];
	struct header header = sample(), read;
	enum copy_state states[HEADER_COPIES];
	unsigned chosen;

	(void)state;
	encode_both(area, &header);
	assert_done(header_choose(area, &read, &chosen, states, err));
	assert_int_equal(chosen, 0);
	assert_int_equal(states[0], COPY_INTACT);
	assert_int_equal(states[1], COPY_INTACT);
	assert_int_equal(read.sequence, 5);
	assert_memory_equal(read.uuid, header.uuid, sizeof(header.uuid));
	assert_string_equal(read.slots[7].label, "laptop");
	assert_int_equal(read.slots[7].type, KEY_RECOVERY_CODE);
	assert_int_equal(read.slots[0].cost.memory, 256 * 1024);
	assert_false(read.slots[3].used);
	assert_true(header_authentic(area, mac_key));
	assert_true(header_authentic(area + HEADER_BYTES, mac_key));
}

static void the_layout_is_the_documented_one(void **state)
{
	unsigned char area[HEADER_AREA];
	struct header header = sample();

	(void)state;
	encode_both(area, &header);
	assert_memory_equal(area, "\x8fvault\r\n", 8);
	assert_int_equal(get_u16(area + 8), 1);
	assert_int_equal(get_u16(area + 10), 1);
	assert_int_equal(area[12], 0);
	assert_int_equal(area[HEADER_BYTES + 12], 1);
	assert_int_equal(get_u64(area + 16), 5);
	assert_int_equal(get_u32(area + 64 + 4), 256 * 1024);
	assert_int_equal(get_u32(area + 64 + 12), 4);
	assert_memory_equal(area + 64 + 160, "laptop\0", 7);
}

static void the_higher_sequence_wins(void **state)
{
	unsigned char area[HEADER_AREA];
	struct header header = sample(), read;
	enum copy_state states[HEADER_COPIES];
	unsigned chosen;

	(void)state;
	encode_both(area, &header);
	header.sequence++;
	header_encode(area + HEADER_BYTES, &header, 1, mac_key);
	assert_done(header_choose(area, &read, &chosen, states, err));
	assert_int_equal(chosen, 1);
	assert_int_equal(read.sequence, 6);
	assert_int_equal(states[0], COPY_STALE);
	assert_int_equal(states[1], COPY_INTACT);
}

static void every_flipped_bit_is_a_torn_copy(void **state)
{
	unsigned char area[HEADER_AREA];
	struct header header = sample(), read;
	enum copy_state states[HEADER_COPIES];
	unsigned chosen;

	(void)state;
	encode_both(area, &header);
	for (unsigned copy = 0; copy < HEADER_COPIES; copy++)
		for (unsigned bit = 0; bit < HEADER_BYTES * 8; bit++) {
			unsigned char *byte = area + copy * HEADER_BYTES + bit / 8;

			*byte ^= (unsigned char)(1 << bit % 8);
			assert_done(header_choose(area, &read, &chosen, states, err));
			assert_int_equal(states[copy], COPY_TORN);
			assert_int_equal(chosen, !copy);
			assert_int_equal(read.sequence, 5);
			*byte ^= (unsigned char)(1 << bit % 8);
		}
}

static void both_torn_is_an_error(void **state)
{
	unsigned char area[HEADER_AREA];
	struct header header = sample(), read;
	enum copy_state states[HEADER_COPIES];
	unsigned chosen;

	(void)state;
	encode_both(area, &header);
	area[100] ^= 1;
	area[HEADER_BYTES + 200] ^= 1;
	assert_fails(header_choose(area, &read, &chosen, states, err), VAULT_DAMAGED,
	             "both copies");
	memset(area, 'x', sizeof(area));
	assert_fails(header_choose(area, &read, &chosen, states, err), VAULT_FAILED, "not a vault");
}

/* Every byte that is not a free value: changed, with the checksum made to fit, it is refused or not
 * authentic. */
static void forgeries_are_refused_or_not_authentic(void **state)
{
	unsigned char bytes[HEADER_BYTES];
	struct header header = sample(), read;
	unsigned refused = 0, unauthentic = 0;

	(void)state;
	for (unsigned at = 0; at < 4064; at++) {
		int r;

		header_encode(bytes, &header, 0, mac_key);
		bytes[at] ^= 0x41;
		forge(bytes);
		r = header_decode(bytes, 0, &read, NULL);
		assert_true(r <= 0); /* never taken for torn: that would heal it */
		refused += r < 0;
		unauthentic += r == 0 && !header_authentic(bytes, mac_key);
		assert_true(r < 0 || !header_authentic(bytes, mac_key));
	}
	assert_true(refused > 1800); /* padding, empty slots, magic, versions, lanes … */
	assert_true(unauthentic > 300);
}

static void costs_out_of_range_are_refused(void **state)
{
	static const struct {
		uint32_t memory, time;
	} costs[] = {{64 * 1024 - 1, 3}, {4 * 1024 * 1024 + 1, 3},
	             {UINT32_MAX, 3},    {65536, 2},
	             {65536, 65},        {0, 0}};
	unsigned char bytes[HEADER_BYTES];
	struct header header, read;

	(void)state;
	for (size_t i = 0; i < sizeof(costs) / sizeof(costs[0]); i++) {
		header = sample();
		header.slots[0].cost.memory = costs[i].memory;
		header.slots[0].cost.time = costs[i].time;
		header_encode(bytes, &header, 0, mac_key); /* even by someone with the key */
		assert_fails(header_decode(bytes, 0, &read, err), VAULT_DAMAGED,
		             "outside the limits");
	}
}

static void a_newer_format_says_so(void **state)
{
	unsigned char bytes[HEADER_BYTES];
	struct header header = sample(), read;

	(void)state;
	header_encode(bytes, &header, 0, mac_key);
	put_u16(bytes + 8, 2);
	forge(bytes);
	assert_fails(header_decode(bytes, 0, &read, err), VAULT_FAILED, "newer format (2.1)");
	header_encode(bytes, &header, 0, mac_key);
	bytes[48] = 1; /* a flag nobody knows */
	forge(bytes);
	assert_fails(header_decode(bytes, 0, &read, err), VAULT_FAILED, "flag");
}

static void associated_data_tells_vault_place_type_and_cost(void **state)
{
	unsigned char a[SLOT_AD_BYTES], b[SLOT_AD_BYTES];
	struct header header = sample();

	(void)state;
	slot_associated_data(a, &header, 0);
	slot_associated_data(b, &header, 7);
	assert_memory_not_equal(a, b, sizeof(a));
	header.uuid[15] ^= 1;
	slot_associated_data(b, &header, 0);
	assert_memory_not_equal(a, b, sizeof(a));
	header = sample();
	header.slots[0].cost.time++;
	slot_associated_data(b, &header, 0);
	assert_memory_not_equal(a, b, sizeof(a));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_what_it_wrote),
		cmocka_unit_test(the_layout_is_the_documented_one),
		cmocka_unit_test(the_higher_sequence_wins),
		cmocka_unit_test(every_flipped_bit_is_a_torn_copy),
		cmocka_unit_test(both_torn_is_an_error),
		cmocka_unit_test(forgeries_are_refused_or_not_authentic),
		cmocka_unit_test(costs_out_of_range_are_refused),
		cmocka_unit_test(a_newer_format_says_so),
		cmocka_unit_test(associated_data_tells_vault_place_type_and_cost),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

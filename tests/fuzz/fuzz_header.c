/* Both copies of a header, with checksums that fit: a fuzzer would never hit upon one. The first
 * byte tells which copies get one. What is accepted is what would be written again. */
#include <string.h>

#include "crypto/seal.h"
#include "fuzz.h"
#include "store/header.h"

#define CHECKSUM_AT (HEADER_BYTES - HASH_BYTES)
#define MAC_AT (CHECKSUM_AT - HASH_BYTES)

static void check_cost(const struct header *header)
{
	for (unsigned i = 0; i < KEY_SLOTS; i++)
		if (header->slots[i].used) {
			FUZZ_REQUIRE(kdf_check_cost(&header->slots[i].cost, NULL) == 0);
			FUZZ_REQUIRE(memchr(header->slots[i].label, '\0', KEY_LABEL_MAX + 1));
		}
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	static const unsigned char mac_key[HASH_KEY_BYTES];
	unsigned char area[HEADER_AREA] = {0}, again[HEADER_BYTES];
	enum copy_state states[HEADER_COPIES];
	struct header header;
	unsigned chosen;
	int r;

	if (length == 0)
		return 0;
	memcpy(area, bytes + 1, length - 1 < sizeof(area) ? length - 1 : sizeof(area));
	for (unsigned i = 0; i < HEADER_COPIES; i++) {
		unsigned char *copy = area + i * HEADER_BYTES;

		if (bytes[0] & 1u << i)
			hash_bytes(copy + CHECKSUM_AT, copy, CHECKSUM_AT, NULL);
	}
	r = header_choose(area, &header, &chosen, states, NULL);
	FUZZ_REQUIRE(r <= 0);
	if (r < 0)
		return 0;
	FUZZ_REQUIRE(chosen < HEADER_COPIES && states[chosen] == COPY_INTACT);
	check_cost(&header);
	header_encode(again, &header, chosen, mac_key);
	FUZZ_REQUIRE(memcmp(again, area + chosen * HEADER_BYTES, MAC_AT) == 0);
	return 0;
}

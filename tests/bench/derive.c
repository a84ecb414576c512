/* One key derivation, as for a password: `derive KIB PASSES`. */
#include <stdio.h>
#include <stdlib.h>

#include "crypto/kdf.h"

int main(int argc, char **argv)
{
	static const unsigned char salt[KDF_SALT_BYTES] = "measured";
	unsigned char output[KDF_OUTPUT_BYTES];
	struct kdf_cost cost = {0};
	struct error err = {0};

	if (argc != 3)
		return 2;
	cost.memory = (uint32_t)strtoul(argv[1], NULL, 10);
	cost.time = (uint32_t)strtoul(argv[2], NULL, 10);
	if (kdf_derive("measured", 8, salt, &cost, output, &err) < 0) {
		fprintf(stderr, "derive: %s\n", err.message);
		return 1;
	}
	return 0;
}

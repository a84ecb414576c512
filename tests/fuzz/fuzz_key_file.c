/* KeePass's key files: anything is one, but for XML that says it is one and is not. */
#include "format/kdbx.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	unsigned char key[KDBX_KEY_BYTES];
	struct secret *file;
	int r;

	FUZZ_REQUIRE(secret_copy(&file, bytes, length, NULL) == 0);
	r = kdbx_key_file(file, key, NULL);
	FUZZ_REQUIRE(r == 0 || r == -VAULT_USAGE);
	secret_free(file);
	return 0;
}

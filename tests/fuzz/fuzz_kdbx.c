/* A KDBX file, whole: what no key opens is told as such, what one opens is damaged or goes through.
 * The files of the corpus open with the password "a". What is inside has a target of its own. */
#include "format/emit.h"
#include "format/kdbx.h"
#include "fuzz.h"

static int swallow(void *context, const void *bytes, size_t length)
{
	(void)context;
	(void)bytes;
	(void)length;
	return 0;
}

/* Time is for parsing. */
static bool quick(const struct source *source)
{
	struct kdbx_header header;
	int r = kdbx_header_read(source, &header, NULL);

	FUZZ_REQUIRE(r == 0 || r == -VAULT_USAGE);
	if (r < 0)
		return true;
	return header.kdf.aes
	               ? header.kdf.rounds < 1000
	               : (uint64_t)header.kdf.argon2.memory * header.kdf.argon2.passes < 4096;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	struct secret *password;
	struct source source = {.bytes = bytes, .length = length};
	struct look look = {0};
	struct emit *emit;
	int r;

	FUZZ_REQUIRE(secret_copy(&password, "a", 1, NULL) == 0);
	FUZZ_REQUIRE(emit_new(&emit, swallow, NULL, NULL) == 0);
	source.password = password;
	format_kdbx.code->look(&format_kdbx, &source, &look);
	FUZZ_REQUIRE(look.score == 0 || look.score == 100);
	if (look.score && quick(&source)) {
		r = format_kdbx.code->read(&format_kdbx, &source, emit, NULL);
		FUZZ_REQUIRE(r == 0 || r == VAULT_WRONG_KEY || r == -VAULT_USAGE ||
		             r == -VAULT_FAILED);
	}
	emit_free(emit);
	secret_free(password);
	return 0;
}

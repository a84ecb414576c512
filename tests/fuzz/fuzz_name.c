/* An entry's name. What is taken is in its final form, and so is what is folded. */
#include <string.h>

#include <vault/text.h>

#include "fuzz.h"

/* `change` changes nothing any more. */
static void check_final(int (*change)(const char *, char **, struct error *), const char *text)
{
	char *again = NULL;

	FUZZ_REQUIRE(change(text, &again, NULL) == 0);
	FUZZ_REQUIRE(strcmp(again, text) == 0);
	free(again);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	char *input = fuzz_string(bytes, length), *name = NULL, *folded = NULL;
	int r = text_name(input, &name, NULL);

	FUZZ_REQUIRE(r <= 0 && (r == 0) == (name != NULL));
	if (r == 0) {
		FUZZ_REQUIRE(name[0] != '\0' && strlen(name) <= NAME_MAX_BYTES);
		FUZZ_REQUIRE(text_is_utf8(name, strlen(name)));
		FUZZ_REQUIRE(text_is_printable(name, strlen(name)));
		check_final(text_name, name);
		FUZZ_REQUIRE(text_fold(name, &folded, NULL) == 0);
		check_final(text_fold, folded);
		FUZZ_REQUIRE(text_distance(folded, folded, 3) == 0);
	}
	free(folded);
	free(name);
	free(input);
	return 0;
}

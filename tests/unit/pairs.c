/*
 * Which pairs of passwords the detector finds, for variant_pairs.py:
 *
 *     a TAB b TAB name of a's entry TAB name of b's entry
 *
 * a line, on standard input; for each, on standard output, what differs, or "-" where the two have
 * no form in common or are told to be strangers.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "crypto/seal.h"
#include "vault/variant.h"

#define LINE_SIZE 2048

static const unsigned char key[FINGERPRINT_KEY_BYTES] = {7};

static bool meet(const struct variant_forms *a, const struct variant_forms *b)
{
	for (size_t i = 0; i < a->count; i++)
		for (size_t j = 0; j < b->count; j++)
			if (memcmp(a->hashes[i], b->hashes[j], VARIANT_FORM_BYTES) == 0)
				return true;
	return false;
}

int main(void)
{
	char line[LINE_SIZE], words[VARIANT_WORDS_SIZE];

	while (fgets(line, sizeof(line), stdin)) {
		char *parts[4], *rest = line;
		struct variant_forms forms[2];
		struct entry entries[2] = {{0}};
		struct secret *secrets[2] = {NULL};
		unsigned how = 0;

		for (int i = 0; i < 4; i++)
			parts[i] = strsep(&rest, "\t\n");
		for (int i = 0; i < 2; i++) {
			entries[i].name = parts[2 + i];
			if (!parts[2 + i] ||
			    secret_copy(&secrets[i], parts[i], strlen(parts[i]), NULL) < 0)
				return 1;
			variant_forms(secrets[i], &entries[i], key, &forms[i]);
		}
		if (meet(&forms[0], &forms[1]))
			how = variant_compare(secrets[0], &entries[0], secrets[1], &entries[1]);
		puts(how ? variant_words(how, words) : "-");
		secret_free(secrets[0]);
		secret_free(secrets[1]);
	}
	return 0;
}

/* Makes N passwords by each line of rules on standard input: `many_passwords N`. Writes each, then
 * "=" and the bits of entropy; for rules that are refused "!" and the reason. An empty line ends
 * what is said of a line. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <vault/rules.h>

static void make(const char *line, long count)
{
	struct error err = {0};
	struct rules rules;
	double bits = 0;

	if (rules_parse(line, &rules, &err) < 0) {
		printf("!%s\n\n", err.message);
		return;
	}
	for (long i = 0; i < count; i++) {
		SECRET_AUTO *password = NULL;

		if (rules_generate(&rules, 0, &password, &bits, &err) < 0) {
			printf("!%s\n\n", err.message);
			return;
		}
		printf("%.*s\n", (int)password->length, (const char *)password->bytes);
	}
	printf("=%.6f\n\n", bits);
}

int main(int argc, char **argv)
{
	char line[RULES_TEXT_MAX + 2];
	long count = argc > 1 ? strtol(argv[1], NULL, 10) : 1;

	while (fgets(line, sizeof(line), stdin)) {
		line[strcspn(line, "\n")] = '\0';
		make(line, count);
	}
	return 0;
}

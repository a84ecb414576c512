/*
 * Prints what a vault holds (contents.h), for the drivers in Python.
 *
 *     contents [--password P | --key HEX] [--read-only] [--check] [--volume-key] VAULT
 *
 * --check also verifies everything and prints what was found; --volume-key prints that key alone,
 * in 64 digits. Secrets come by argument and go out in the clear: they are the tests' own. Exit
 * status: as vault's.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "contents.h"

struct options {
	const char *password, *key, *path;
	unsigned flags;
	bool check, volume_key;
};

static bool read_options(int argc, char **argv, struct options *options)
{
	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--password") == 0 && i + 1 < argc)
			options->password = argv[++i];
		else if (strcmp(argv[i], "--key") == 0 && i + 1 < argc)
			options->key = argv[++i];
		else if (strcmp(argv[i], "--read-only") == 0)
			options->flags |= VAULT_READ_ONLY;
		else if (strcmp(argv[i], "--check") == 0)
			options->check = true;
		else if (strcmp(argv[i], "--volume-key") == 0)
			options->volume_key = true;
		else
			options->path = argv[i];
	}
	return options->path && (options->password || options->key);
}

static void print_finding(void *context, enum check_severity severity, const char *text)
{
	(void)context;
	if (severity != CHECK_NOTE)
		printf("check %s: %s\n", severity == CHECK_DAMAGE ? "damage" : "warning", text);
}

static int print_key(struct vault *vault, struct error *err)
{
	SECRET_AUTO *hex = NULL;
	int r = vault_volume_key(vault, &hex, err);

	if (r == 0)
		printf("%.*s\n", (int)hex->length, (const char *)hex->bytes);
	return r;
}

static int print_contents(struct vault *vault, const struct options *options, struct error *err)
{
	struct text text = {0};
	enum check_severity worst = CHECK_NOTE;
	int r = contents_read(vault, &text, err);

	if (r == 0 && text.length > 0)
		fwrite(text.bytes, 1, text.length, stdout);
	text_done(&text);
	if (r == 0 && vault_rollback(vault)->detected)
		printf("rolled back\n");
	if (r == 0 && options->check)
		r = vault_check(vault, print_finding, NULL, &worst, err);
	return r == 0 && worst == CHECK_DAMAGE ? VAULT_DAMAGED : r;
}

int main(int argc, char **argv)
{
	struct options options = {0};
	VAULT_AUTO *vault = NULL;
	struct error err = {0};
	int r;

	if (!read_options(argc, argv, &options)) {
		fputs("usage: contents [--password P | --key HEX] [--read-only] [--check]"
		      " [--volume-key] VAULT\n",
		      stderr);
		return VAULT_USAGE;
	}
	if (options.password)
		r = open_with_password(options.path, options.password, options.flags, &vault, &err);
	else
		r = open_with_key(options.path, options.key, options.flags, &vault, &err);
	if (r == 0)
		r = options.volume_key ? print_key(vault, &err)
		                       : print_contents(vault, &options, &err);
	if (r != 0)
		fprintf(stderr, "contents: %s\n", err.message);
	return abs(r);
}

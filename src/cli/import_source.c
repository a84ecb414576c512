#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cleanup.h"
#include "import_source.h"
#include "interrupt.h"
#include "present.h"
#include "progress.h"
#include "prompt.h"

#define ATTEMPTS 3 /* at the prompt */

static void tell(void *context, unsigned thousandths)
{
	progress_tell(context, thousandths);
}

/* age's identities: as told, or where passage has them, beside its store. */
static int find_identities(const char *path, const struct import_source_options *options,
                           char **ret_identities)
{
	if (options->key_file)
		*ret_identities = strdup(options->key_file);
	else if (asprintf(ret_identities, "%s/../identities", path) < 0)
		*ret_identities = NULL;
	else if (access(*ret_identities, R_OK) == 0)
		return 0;
	else {
		free(*ret_identities);
		*ret_identities = NULL;
		return 0;
	}
	return *ret_identities ? 0 : -VAULT_FAILED;
}

static int open_folder(int folder, const char *path, const struct import_source_options *options,
                       struct import **ret_import, struct error *err)
{
	FREE_AUTO char *identities = NULL;
	struct progress progress;
	struct import_tree how = {.tell = tell, .context = &progress};
	int r;

	if (find_identities(path, options, &identities) < 0)
		return error_set(err, VAULT_FAILED, "out of memory");
	how.identities = identities;
	interrupt_begin();
	progress_start(&progress, "Decrypting", options->quiet);
	r = import_open_tree(folder, &how, ret_import, err);
	progress_end(&progress);
	r = interrupt_check(r, "nothing was changed", err);
	interrupt_end();
	return r;
}

static int open_file(const char *path, const struct import_source_options *options,
                     struct import **ret_import, struct error *err)
{
	CLOSE_AUTO int opened = -1;
	struct stat status;

	if (strcmp(path, "-") == 0)
		return import_open(STDIN_FILENO, "standard input", ret_import, err);
	opened = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (opened < 0)
		return error_errno(err, errno == ENOENT ? VAULT_NOT_FOUND : VAULT_FAILED, errno,
		                   "cannot open %s", path);
	if (fstat(opened, &status) == 0 && S_ISDIR(status.st_mode))
		return open_folder(opened, path, options, ret_import, err);
	return import_open(opened, path, ret_import, err);
}

static int unknown(const char *name, struct error *err)
{
	char names[ERROR_MESSAGE_MAX / 2] = "";
	size_t length = 0;

	for (size_t i = 0; formats[i]; i++)
		if (formats[i]->flags & FORMAT_READS && length < sizeof(names))
			length += (size_t)snprintf(names + length, sizeof(names) - length, "%s%s",
			                           length ? ", " : "", formats[i]->name);
	return error_set(err, VAULT_USAGE, "there is no format '%.40s' to read; there are: %s",
	                 name, names);
}

/* Which format, and is a password or key file needed? */
static int recognise(struct import *import, const char *name, bool mapped,
                     const struct format **ret_format, bool *ret_sealed, struct error *err)
{
	struct import_guess guess = {0};
	int r;

	if (!name && mapped)
		name = "csv";
	if (name) {
		*ret_format = format_find(name);
		if (!*ret_format || !((*ret_format)->flags & FORMAT_READS))
			return unknown(name, err);
		return import_look(import, *ret_format, ret_sealed, err);
	}
	r = import_guess(import, &guess, err);
	*ret_format = guess.format;
	*ret_sealed = guess.sealed;
	return r == VAULT_FINDINGS || r == VAULT_NOT_FOUND ? -VAULT_USAGE : r;
}

static int check_map(const struct format *format, const struct texts *map, struct error *err)
{
	if (map->count > 0 && !(format->flags & FORMAT_MAPPED))
		return error_set(err, VAULT_USAGE, "--map is for CSV, not for %s", format->title);
	if (map->count > IMPORT_MAP_MAX)
		return error_set(err, VAULT_USAGE, "that are too many --map");
	for (size_t i = 0; i < map->count; i++)
		if (!strchr(map->items[i], '=') || map->items[i][0] == '=')
			return error_set(err, VAULT_USAGE, "--map takes FIELD=COLUMN, not '%s'",
			                 map->items[i]);
	return 0;
}

/* Asks for the file's password until it opens. */
static int start_asking(struct import *import, struct import_how *how, struct error *err)
{
	for (int attempt = 1;; attempt++) {
		SECRET_AUTO *password = NULL;
		int r;

		if (!prompt_available())
			return error_set(err, VAULT_LOCKED,
			                 "the file has a password of its own and there is no "
			                 "terminal to ask for it; give it by "
			                 "--import-password-file FILE");
		r = prompt_secret("Password of the file: ", PASSWORD_MAX, &password, err);
		if (r > 0)
			return error_set(err, VAULT_INTERRUPTED, "Nothing was changed.");
		if (r < 0)
			return r;
		how->password = password;
		r = import_start(import, how, err);
		if (r == 0)
			r = import_wait(import, err);
		how->password = NULL;
		if (r != VAULT_WRONG_KEY || attempt == ATTEMPTS)
			return r;
		prompt_say("%s; try again\n", err->message);
		*err = (struct error){0};
	}
}

static int start(struct import *import, const struct format *format, bool sealed,
                 const struct import_source_options *options, struct error *err)
{
	const struct import_map map = {(const char *const *)options->map.items, options->map.count};
	struct import_how how = {.format = format, .map = &map, .costly = options->costly};
	SECRET_AUTO *password = NULL;
	SECRET_AUTO *key_file = NULL;
	int r = 0;

	if (options->password_file)
		r = present_password(-1, options->password_file, &password, err);
	if (r == 0 && options->key_file)
		r = present_key_file(options->key_file, &key_file, err);
	if (r < 0)
		return r;
	how.password = password;
	how.key_file = key_file;
	if (sealed && !password && !key_file)
		return start_asking(import, &how, err);
	r = import_start(import, &how, err);
	if (r == 0)
		r = import_wait(import, err);
	/* A key file alone may not be all of it. */
	if (r == VAULT_WRONG_KEY && !password && prompt_available())
		r = start_asking(import, &how, err);
	return r;
}

int import_source_open(const char *path, const char *format_name,
                       const struct import_source_options *options, struct import **ret_import,
                       const struct format **ret_format, struct error *err)
{
	IMPORT_AUTO *import = NULL;
	bool sealed = false;
	int r = open_file(path, options, &import, err);

	if (r == 0)
		r = recognise(import, format_name, options->map.count > 0, ret_format, &sealed,
		              err);
	if (r == 0)
		r = check_map(*ret_format, &options->map, err);
	if (r == 0)
		r = start(import, *ret_format, sealed, options, err);
	if (r != 0)
		return r;
	*ret_import = import;
	import = NULL;
	return 0;
}

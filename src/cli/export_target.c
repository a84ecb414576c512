#include "export_target.h"

#include <stdio.h>
#include <string.h>

#include "present.h"
#include "prompt.h"

#define DEFAULT_FORMAT "kdbx"

int export_format(char *const *words, const struct format **ret_format, struct error *err)
{
	const char *name = words[1] ? words[0] : DEFAULT_FORMAT;
	char names[ERROR_MESSAGE_MAX / 2] = "";
	size_t length = 0;

	/* "vault export chrome" would make a KDBX file of that name. */
	if (!words[1] && format_find(words[0]))
		return error_set(err, VAULT_USAGE,
		                 "'%s' is a format: name the file behind it; ./%s is a file",
		                 words[0], words[0]);
	*ret_format = format_find(name);
	if (*ret_format && (*ret_format)->flags & FORMAT_WRITES)
		return 0;
	for (size_t i = 0; formats[i]; i++)
		if (formats[i]->flags & FORMAT_WRITES && length < sizeof(names))
			length += (size_t)snprintf(names + length, sizeof(names) - length, "%s%s",
			                           length ? ", " : "", formats[i]->name);
	return error_set(err, VAULT_USAGE, "there is no format '%.40s' to write; there are: %s",
	                 name, names);
}

int export_allow(const struct format *format, const struct export_target_options *options,
                 struct error *err)
{
	if (!(format->flags & FORMAT_PLAIN))
		return 0;
	if (!options->plaintext)
		return error_set(err, VAULT_USAGE,
		                 "whoever gets hold of %s reads every password in it; "
		                 "--plaintext writes it all the same",
		                 format->title);
	return options->yes || prompt_available() ? 0 : prompt_confirm(false, "", err);
}

int export_confirm(const struct format *format, const char *path,
                   const struct export_target_options *options, struct error *err)
{
	if (!(format->flags & FORMAT_PLAIN))
		return 0;
	prompt_say("Every password goes to %s, UNENCRYPTED.\n",
	           strcmp(path, "-") == 0 ? "standard output" : path);
	int r = prompt_confirm(options->yes, "Write it?", err);
	return r == -VAULT_INTERRUPTED ? error_set(err, VAULT_INTERRUPTED, "Nothing was written.")
	                               : r;
}

static int check_password(const struct secret *password, struct error *err)
{
	return password->length > 0
	               ? 0
	               : error_set(err, VAULT_USAGE, "the new file's password may not be empty");
}

/* The new file's password: twice at a terminal. */
int export_password(const struct format *format, const struct export_target_options *options,
                    struct secret **ret_password, struct error *err)
{
	SECRET_AUTO *again = NULL;
	int r;

	if (!(format->flags & FORMAT_SEALED))
		return 0;
	if (options->password_file) {
		r = present_password(-1, options->password_file, ret_password, err);
		return r == 0 ? check_password(*ret_password, err) : r;
	}
	if (!prompt_available())
		return error_set(err, VAULT_LOCKED,
		                 "the new file needs a password and there is no terminal to ask "
		                 "for it; give it by --export-password-file FILE");
	r = prompt_secret("Password of the new file: ", PASSWORD_MAX, ret_password, err);
	if (r == 0)
		r = prompt_secret("Once more: ", PASSWORD_MAX, &again, err);
	if (r > 0)
		return error_set(err, VAULT_INTERRUPTED, "Nothing was written.");
	if (r == 0 && !secret_equal(*ret_password, again))
		return error_set(err, VAULT_USAGE, "the two are not the same: nothing was written");
	return r == 0 ? check_password(*ret_password, err) : r;
}

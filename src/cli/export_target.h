/* What is exported to: which format, whether that is wanted, its password. */
#ifndef CLI_EXPORT_TARGET_H
#define CLI_EXPORT_TARGET_H

#include <stdbool.h>

#include <vault/format.h>

struct export_target_options {
	const char *password_file; /* or NULL */
	bool plaintext, yes;
};

/* What the command's words name. VAULT_USAGE failure: there is no such format to write, and the
 * message names those there are; or there is no file. */
int export_format(char *const *words, const struct format **ret_format, struct error *err);

/* Refuses a format that anybody can read unless --plaintext says so, and there is somebody to ask
 * or --yes. Before anything else is asked. */
int export_allow(const struct format *format, const struct export_target_options *options,
                 struct error *err);

/* Asks before such a format is written: when it has been told what it has no room for, since that
 * may be the reason to say no. VAULT_INTERRUPTED failure: no. */
int export_confirm(const struct format *format, const char *path,
                   const struct export_target_options *options, struct error *err);

/* Gives the new file's password, which is asked for twice; none for a format that has none. */
int export_password(const struct format *format, const struct export_target_options *options,
                    struct secret **ret_password, struct error *err);

#endif

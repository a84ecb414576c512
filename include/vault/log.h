/*
 * The log: what was done that somebody should still know of. So far that is exports that anybody
 * can read.
 */
#ifndef VAULT_LOG_H
#define VAULT_LOG_H

#include <stdint.h>

#include <vault/error.h>

struct vault;

struct log_export {
	int64_t when;
	const char *format, *path; /* borrowed during the call; the path as it was given, or "-" */
};

/* Remembers an export without encryption, made now. */
int vault_log_export(struct vault *vault, const char *format, const char *path, struct error *err);

/* All of them, the oldest first; `each` as for vault_list. Each is verified. */
int vault_log_exports(struct vault *vault,
                      int (*each)(void *context, const struct log_export *export), void *context,
                      struct error *err);

#endif

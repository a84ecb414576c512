/*
 * The commands. Each is one constant, defined in its own file; the table in commands.c lists them
 * all and feeds dispatch, help, completion and the check of the manual.
 */
#ifndef CLI_COMMANDS_H
#define CLI_COMMANDS_H

#include <stdbool.h>
#include <stddef.h>

#include <vault/error.h>

#include "options.h"
#include "session.h"

struct command {
	const char *name; /* "add"; with two words, "trash list", the first alone means the one that
	                     lists */
	const char *group;     /* heading in the help */
	const char *arguments; /* "NAME", "[PATTERN]", "" */
	const char *summary;   /* one line, as an order: "add an entry" */
	const char *more;      /* what else --help says, in lines of at most 78 columns; or NULL */
	const struct option_spec *options; /* or NULL */
	size_t values_size;                /* of the struct the options are stored in */
	size_t min_words, max_words;
	bool program; /* what stands behind "--" is a program that takes this one's place: the words
	                 have the "--" in them, and it may get privileges that are not ours */
	enum word_kind takes[2]; /* what the first word is, and what all that follow are */
	bool starts; /* starts a program of the user's, which may get such privileges, too: a
	                browser with a sandbox of its own. Calls harden_privileges behind that */
	bool bare;   /* runs without session_start: needs neither the vault nor the configuration */

	/* `words` has at least min_words, at most max_words words and a NULL. Returns 0, or what
	 * went wrong: a failure, or an answer. The absolute value becomes the exit status; the
	 * message in `err` is printed unless it is empty. */
	int (*run)(struct session *session, const void *values, char *const *words,
	           struct error *err);
};

extern const struct command *const commands[]; /* NULL-terminated, in the order of the help */

const struct command *command_by_name(const char *first,
                                      const char *second); /* `second` may be NULL */

/* VAULT_USAGE failure: there is no such command, with what may be meant. `second` (may be NULL)
 * counts when there are commands that begin with `first`. */
int command_unknown(const char *first, const char *second, struct error *err);

extern const struct command command_add, command_attach_add, command_attach_get,
	command_attach_list, command_attach_remove, command_audit, command_backup,
	command_breaches_build, command_breaches_check, command_check, command_complete,
	command_copy, command_edit, command_exec, command_export, command_find, command_generate,
	command_get, command_git_credential, command_help, command_history, command_import,
	command_incident_close, command_incident_dismiss, command_incident_list,
	command_incident_next, command_incident_show, command_init, command_key_add,
	command_key_list, command_key_remove, command_leak, command_list, command_lock,
	command_merge, command_open, command_otp, command_passwd, command_pick, command_realm_add,
	command_realm_list, command_realm_load, command_realm_remove, command_realm_show,
	command_rekey, command_rename, command_rescue, command_restore, command_rm, command_rotate,
	command_rules_load, command_show, command_status, command_trash_empty, command_trash_list,
	command_trash_restore, command_unlock, command_where;

#endif

#include <stdio.h>
#include <string.h>

#include "commands.h"
#include "hint.h"

const struct command *const commands[] = {
	/* keep */
	&command_init,
	&command_add,
	&command_edit,
	&command_rename,
	&command_rm,
	&command_trash_list,
	&command_trash_restore,
	&command_trash_empty,
	&command_attach_add,
	&command_attach_list,
	&command_attach_get,
	&command_attach_remove,
	/* use */
	&command_get,
	&command_copy,
	&command_show,
	&command_otp,
	&command_list,
	&command_find,
	&command_open,
	&command_pick,
	&command_exec,
	&command_git_credential,
	&command_generate,
	/* protect */
	&command_audit,
	&command_leak,
	&command_incident_list,
	&command_incident_show,
	&command_incident_next,
	&command_incident_dismiss,
	&command_incident_close,
	&command_breaches_check,
	&command_breaches_build,
	&command_rotate,
	&command_where,
	&command_history,
	&command_realm_add,
	&command_realm_list,
	&command_realm_show,
	&command_realm_remove,
	&command_realm_load,
	&command_rules_load,
	/* move */
	&command_import,
	&command_export,
	&command_merge,
	&command_backup,
	&command_restore,
	/* vault */
	&command_unlock,
	&command_lock,
	&command_passwd,
	&command_key_list,
	&command_key_add,
	&command_key_remove,
	&command_rekey,
	&command_check,
	&command_rescue,
	&command_status,
	&command_help,
	NULL,
};

const struct command *command_by_name(const char *first, const char *second)
{
	char name[64];

	snprintf(name, sizeof(name), "%s%s%s", first, second ? " " : "", second ? second : "");
	for (size_t i = 0; commands[i]; i++)
		if (strcmp(commands[i]->name, name) == 0)
			return commands[i];
	/* Nobody types it: it stands in no list. */
	return strcmp(command_complete.name, name) == 0 ? &command_complete : NULL;
}

/* Is it the first of two words, as `key` of `key add`? */
static bool is_group(const char *first)
{
	size_t length = strlen(first);

	for (size_t i = 0; commands[i]; i++)
		if (strncmp(commands[i]->name, first, length) == 0 &&
		    commands[i]->name[length] == ' ')
			return true;
	return false;
}

int command_unknown(const char *first, const char *second, struct error *err)
{
	bool group = is_group(first), both = group && second;
	char wanted[HINT_SIZE];
	struct hint hint = {.wanted = wanted};

	snprintf(wanted, sizeof(wanted), "%s%s%s", first, both ? " " : "", both ? second : "");
	for (size_t i = 0; commands[i]; i++) {
		const char *name = commands[i]->name;
		hint_try(&hint, name, group ? strlen(name) : strcspn(name, " "));
	}
	return error_set(err, VAULT_USAGE, "there is no command '%s%s%s'%s", first, both ? " " : "",
	                 both ? second : "",
	                 hint.nearest[0] ? hint_text(&hint) : "; 'vault help' lists them");
}

#include <stdio.h>
#include <string.h>

#include "commands.h"

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
	/* use */
	&command_get,
	&command_show,
	&command_list,
	&command_exec,
	&command_generate,
	/* protect */
	&command_audit,
	&command_history,
	/* move */
	&command_backup,
	&command_restore,
	/* vault */
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

const struct command *command_find(const char *first, const char *second)
{
	char name[64];

	snprintf(name, sizeof(name), "%s%s%s", first, second ? " " : "", second ? second : "");
	for (size_t i = 0; commands[i]; i++)
		if (strcmp(commands[i]->name, name) == 0)
			return commands[i];
	return NULL;
}

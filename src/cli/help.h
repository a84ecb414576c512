/*
 * Help, made from the table of commands. Each returns an exit status.
 */
#ifndef CLI_HELP_H
#define CLI_HELP_H

#include "commands.h"

int help_short(void);    /* to standard error; VAULT_USAGE */
int help_overview(void); /* all commands by group */
int help_command(const struct command *command);
int help_version(void);

/* The table for programs, a line each, fields separated by tabs:
 *     command NAME GROUP ARGUMENTS SUMMARY
 *     option NAME LETTER LONG ARGUMENT REPEATED HELP        (NAME "*": a global one; "-" for what
 * there is not)
 *     key NAME TAKES DEFAULT HELP                           (of the configuration) */
int help_table(void);

#endif

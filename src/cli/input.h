/* Files that the command line names. */
#ifndef CLI_INPUT_H
#define CLI_INPUT_H

#include <vault/error.h>

/* Opens it to be read; "-" is standard input. Gives the descriptor. VAULT_NOT_FOUND failure: there
 * is none. */
int input_open(const char *path, struct error *err);

#endif

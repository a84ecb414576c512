/* Making a vault: the dialog at the terminal, or without questions from what the options give. */
#ifndef CLI_CREATE_H
#define CLI_CREATE_H

#include <stdbool.h>

#include <vault/error.h>
#include <vault/secret.h>

#include "new_key.h"
#include "session.h"

struct create_options {
	bool no_recovery, print_recovery;
	struct cost_options cost;
};

/* Creates the session's vault; it is open and unlocked afterwards. VAULT_EXISTS (> 0, message set)
 * when there is one. *ret_code gets the recovery code, or NULL when there is none. */
int create_vault(struct session *session, const struct create_options *options,
                 struct secret **ret_code, struct error *err);

#endif

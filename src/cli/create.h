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
 * when there is one; VAULT_FAILED (> 0, message set) when it is made and not open. A recovery code
 * that is to be printed is printed, as the beginning of the answer in `json`: see new_key_print. */
int create_vault(struct session *session, const struct create_options *options, struct json *json,
                 struct error *err);

#endif

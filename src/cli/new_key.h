/*
 * Choosing what is to open a vault from now on: a new master password, a recovery code, the cost of
 * deriving keys.
 */
#ifndef CLI_NEW_KEY_H
#define CLI_NEW_KEY_H

#include <vault/error.h>
#include <vault/keys.h>
#include <vault/secret.h>

#include "json.h"
#include "options.h"
#include "session.h"

struct cost_options {
	int milliseconds, memory; /* -1: not given */
};

#define COST_OPTIONS(type, cost) \
	OPTION_DURATION(type, cost.milliseconds, 0, "kdf-time", "SECONDS", 1, 600 * 1000, \
	                "how long deriving the key may take here"), \
		OPTION_SIZE(type, cost.memory, 0, "kdf-memory", "SIZE", 64 * 1024, \
	                    4 * 1024 * 1024, "memory that deriving it takes, such as 256M or 1G")

struct kdf_cost cost_read(const struct cost_options *options);

/* Where a script gives a new password. The global options tell the present one. */
struct new_password_options {
	const char *file;
	int fd;
};

#define NEW_PASSWORD_OPTIONS(type, password) \
	OPTION_TEXT_OF(WORD_FILE, type, password.file, 0, "new-password-file", "FILE", \
	               "read the new password from the first line of FILE"), \
		OPTION_NUMBER(type, password.fd, 0, "new-password-fd", "N", 0, 65535, \
	                      "read the new password, one line, from descriptor N")

/* Gives a new password: read from the descriptor (≥ 0) or file, else asked for twice at the
 * terminal, where its strength is told and a passphrase proposed. VAULT_LOCKED failure when there
 * is no terminal. */
int new_key_password(int fd, const char *file, struct secret **ret_password, struct error *err);

/* Gives a new recovery code, shown at the terminal and confirmed by typing one group of it. */
int new_key_recovery(struct secret **ret_code, struct error *err);

/*
 * The answer of a command that may make a recovery code. A code is printed before the vault opens
 * with it: whatever fails afterwards, nobody is left with a vault whose code nobody has seen.
 *
 * new_key_print prints the code, NULL: nothing, as text or as the first member of the answer's
 *     object. A failure says that nothing was changed, which the caller sees to.
 * new_key_answer goes on with "action" when the change is in force; the caller closes the object,
 *     which there is with --json only.
 * new_key_void ends the answer when the change came to nothing, and says of a code that was shown
 *     or printed that it opens nothing.
 */
int new_key_print(const struct session *session, const struct secret *code, struct json *json,
                  struct error *err);
void new_key_answer(struct json *json, const char *action);
void new_key_void(struct json *json, const struct secret *code, struct error *err);

/* Tells at the terminal that deriving a key takes a while, and keeps it quiet for so long. */
void new_key_working(bool working);

#endif

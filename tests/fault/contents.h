/*
 * What a vault holds, as one text: the measure of "old or new, and nothing else" in all crash and
 * fault tests.
 *
 * One line per fact, in an order that depends on the contents alone; dates are left out, because
 * two runs of one command differ in them. Secrets appear in the clear: these are the tests' own.
 */
#ifndef FAULT_CONTENTS_H
#define FAULT_CONTENTS_H

#include <stdbool.h>
#include <stddef.h>

#include <vault/vault.h>

struct text {
	char *bytes; /* NUL-terminated, or NULL; may hold further NULs */
	size_t length, room;
};

void text_add(struct text *text, const void *bytes, size_t length);
void text_print(struct text *text, const char *format, ...) VAULT_PRINTF(2, 3);
void text_done(struct text *text);

/* Reads the whole unlocked vault: every live entry with every field and past password, the
 * names in the trash, and the incidents with who is affected. Appends. */
int contents_read(struct vault *vault, struct text *text, struct error *err);

/* One possible state of a vault: what opens it, and what is in it then. */
struct side {
	bool absent; /* there is no vault at all */
	char *password;
	char *refused; /* one that must not open it, or NULL */
	char *contents;
	size_t length;
};

enum verify {
	VERIFY_QUICK = 0,
	VERIFY_CHECK = 1 << 0, /* also vault_check: no damage, nothing rolled back */
};

/*
 * Opens the vault as a user would, by its password, and compares it with the sides it may be.
 * Returns the number of the side that it is, or -1 and says in `why` what is wrong: unopenable, of
 * another content, announced as rolled back.
 */
int verify_sides(const char *path, const struct side *sides, size_t count, enum verify how,
                 char *why, size_t size);

/* Does `password` not open the vault (any more)? If it does, or if opening fails, says so in
 * `why`. */
bool is_refused(const char *path, const char *password, char *why, size_t size);

/* Opens by password, in place of vault_open and vault_unlock. Gives; answers and failures as
 * theirs. */
int open_with_password(const char *path, const char *password, unsigned flags,
                       struct vault **ret_vault, struct error *err);
/* By the volume key in 64 hexadecimal digits. */
int open_with_key(const char *path, const char *hex, unsigned flags, struct vault **ret_vault,
                  struct error *err);

#endif

/* Telling how strong a password is. `words`, NULL-terminated or NULL, count as known to who
 * guesses. */
#ifndef CLI_STRENGTH_H
#define CLI_STRENGTH_H

#include <vault/audit.h>

/* At the terminal, whatever it is. */
int strength_say(const struct secret *password, const char *const *words,
                 struct strength *ret_strength, struct error *err);

/* As a warning, when it is weak. It is no failure when that cannot be found out. */
void strength_warn(const struct secret *password, const char *const *words);

/* The same of one that was made by rules, out of 2^bits that they allow. */
void strength_warn_made(const struct secret *password, double bits);

#endif

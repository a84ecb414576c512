/* libargon2 over memory of our own: for the key derivations beside this. */
#ifndef CRYPTO_ARGON2_RUN_H
#define CRYPTO_ARGON2_RUN_H

#include <argon2.h>

#include <vault/error.h>

#define ARGON2_THREADS_WIPED 4 /* the stacks of more are not */

/* Runs it over one mapping, with huge pages advised, and wipes what it leaves on stacks. The
 * members for memory are set here. VAULT_FAILED when there is not enough memory, or for parameters
 * that Argon2 does not have. */
int argon2_run(argon2_context *context, argon2_type type, struct error *err);

#endif

/*
 * A stand-in for Argon2: deterministic, well mixed, cheap, and of no use against an attacker.
 *
 * The crash tests run passwd, rekey and their kin many thousand times; what they look for happens
 * in files, after the derivation. The stand-in takes the place of libargon2's argon2_ctx in
 * libfault.so (where FAULT_KDF=fast asks for it) and in the verifying programs, which so really
 * open a vault by its password, slot and all. Vaults made with it open with it alone.
 */
#ifndef FAULT_KDF_H
#define FAULT_KDF_H

#include <argon2.h>

/* As argon2_ctx: fills context->out from password, salt, secret-free parameters and type. Also asks
 * the context's allocator for the memory that Argon2 would use, and gives it back: a failing one
 * must be noticed. */
int fast_kdf(argon2_context *context, argon2_type type);

#endif

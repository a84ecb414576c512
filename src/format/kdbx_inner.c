#include "format/kdbx_inner.h"

#include <stdint.h>

#include <vault/secret.h>

#include "crypto/keystream.h"
#include "crypto/sha2.h"

#define ALIGNMENT _Alignof(struct kdbx_inner)

struct kdbx_inner {
	struct secret *memory; /* this lies in it */
	struct keystream stream;
};

/* A secret's memory ends where a page does and begins wherever that leaves it. */
static struct kdbx_inner *aligned(unsigned char *bytes)
{
	return (void *)(bytes + (ALIGNMENT - (uintptr_t)bytes % ALIGNMENT) % ALIGNMENT);
}

int kdbx_inner_new(struct kdbx_inner **ret_inner, uint32_t kind, const void *key, size_t length,
                   struct error *err)
{
	static const unsigned char salsa_nonce[8] = {0xe8, 0x30, 0x09, 0x4b,
	                                             0x97, 0x20, 0x5d, 0x2a};
	const struct piece piece = {key, length};
	unsigned char hash[SHA512_BYTES];
	struct secret *memory = NULL;
	struct kdbx_inner *inner;
	int r;

	if (kind != KDBX_INNER_SALSA20 && kind != KDBX_INNER_CHACHA20)
		return error_set(err, VAULT_USAGE,
		                 "its protected values are encrypted in a way that is not known "
		                 "here (%lu): save it anew with a current KeePass",
		                 (unsigned long)kind);
	r = secret_new(&memory, sizeof(*inner) + ALIGNMENT - 1, err);
	if (r < 0)
		return r;
	inner = aligned(memory->bytes);
	inner->memory = memory;
	if (kind == KDBX_INNER_SALSA20) {
		sha256(hash, &piece, 1);
		keystream_start(&inner->stream, KEYSTREAM_SALSA20, hash, salsa_nonce);
	} else {
		sha512(hash, &piece, 1);
		keystream_start(&inner->stream, KEYSTREAM_CHACHA20, hash,
		                hash + KEYSTREAM_KEY_BYTES);
	}
	secret_wipe(hash, sizeof(hash));
	*ret_inner = inner;
	return 0;
}

void kdbx_inner_free(struct kdbx_inner *inner)
{
	if (inner)
		secret_free(inner->memory);
}

void kdbx_inner_apply(struct kdbx_inner *inner, void *bytes, size_t length)
{
	keystream_apply(&inner->stream, bytes, length);
}

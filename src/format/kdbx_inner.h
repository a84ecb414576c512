/*
 * What a KDBX container and the KeePass XML inside of it share.
 *
 * Protected values lie in the XML encrypted once more, in base 64, under one key stream that runs
 * through all of them in the order of the document: in <String><Value Protected="True"> and in
 * <Binary Protected="True">, whether anybody wants the value or not.
 *
 * Source: KeePass 2.x, https://keepass.info/help/kb/kdbx.html, "Inner Encryption".
 */
#ifndef FORMAT_KDBX_INNER_H
#define FORMAT_KDBX_INNER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <vault/error.h>
#include <vault/item.h>

/* As the headers name it. ARC4 was KeePass 1.x's way into 2.x betas, and is refused. */
enum kdbx_inner_kind {
	KDBX_INNER_ARC4 = 1,
	KDBX_INNER_SALSA20 = 2,  /* the key is hashed by SHA-256 */
	KDBX_INNER_CHACHA20 = 3, /* the key is hashed by SHA-512 */
};

struct kdbx_inner; /* in locked memory */

/* Gives a stream at its beginning; free with kdbx_inner_free. VAULT_USAGE failure for another
 * kind. */
int kdbx_inner_new(struct kdbx_inner **ret_inner, uint32_t kind, const void *key, size_t length,
                   struct error *err);
void kdbx_inner_free(struct kdbx_inner *inner); /* wipes; NULL is fine */

/* Encrypts or decrypts the next protected value, in place. */
void kdbx_inner_apply(struct kdbx_inner *inner, void *bytes, size_t length);

/* Attachments that the container holds outside of the XML (KDBX 4), by the number that
 * <Binary><Value Ref="…"/> gives. Empty in KDBX 3.1, which has them in <Meta><Binaries>. */
struct kdbx_binaries {
	const struct span *list;
	size_t count;
};

#endif

/*
 * QR codes (ISO/IEC 18004): how a secret gets to a phone, and from a picture into the vault.
 */
#ifndef VAULT_QR_H
#define VAULT_QR_H

#include <stdbool.h>

#include <vault/error.h>
#include <vault/secret.h>

#define QR_TEXT_MAX 2953 /* bytes, of the biggest code with the least redundancy */

/* Gives the code of a text by libqrencode, in a child process so that nothing of it stays in this
 * one; to be looked at by qr_size and qr_dark. VAULT_USAGE failure: the text is empty or too long.
 * VAULT_FAILED: the library is not there. */
int qr_encode(const struct secret *text, struct secret **ret_code, struct error *err);

/* Modules in a row, and in a column: 21 … 177. */
int qr_size(const struct secret *code);

/* Is the module dark? Outside the code none is. */
bool qr_dark(const struct secret *code, int column, int row);

/* Gives the text of the QR code in a PNG or JPEG file, of several the only one that begins with
 * `prefix` (in lower case; any case in the code). The picture is looked at by zbarimg(1), confined
 * to reading the system's files. VAULT_NOT_FOUND failure: there is no such file, or no such code in
 * it. VAULT_USAGE: it is no such picture, or there are several codes. VAULT_FAILED: zbarimg is not
 * installed, or did not work. */
int qr_read(const char *path, const char *prefix, struct secret **ret_text, struct error *err);

#endif

/* A QR code on the terminal. */
#ifndef CLI_QR_SHOW_H
#define CLI_QR_SHOW_H

#include <vault/error.h>
#include <vault/secret.h>

/* Draws the QR code of a text on the output, black on white whatever the terminal's colours are.
 * VAULT_FAILED failure: the terminal is too narrow for it. */
int qr_show(const struct secret *text, struct error *err);

#endif

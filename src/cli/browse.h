/* Handing an address to the user's browser. */
#ifndef CLI_BROWSE_H
#define CLI_BROWSE_H

#include "url.h"

/* Opens it by xdg-open(1), says so, and gives up privileges (harden_privileges): for commands that
 * are marked as starting programs. VAULT_FAILED failure where there is no display, VAULT_NO_PROGRAM
 * where there is no xdg-open. */
int browse(const struct url *url, struct error *err);

#endif

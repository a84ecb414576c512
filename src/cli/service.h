/* What is known of the service that an entry belongs to, by its addresses. */
#ifndef CLI_SERVICE_H
#define CLI_SERVICE_H

#include <vault/entry.h>
#include <vault/error.h>
#include <vault/rules.h>

/* Its password rules: those of the entry, else those of the loaded list. Returns 1 when there are
 * none. Where an entry's own cannot be read, which a later version may have written, that is a
 * failure; a list's are passed over. */
int service_rules(const struct entry *entry, struct rules *ret_rules, struct error *err);

/* Where its password is changed: what the loaded list says; else /.well-known/change-password of
 * the first address (https://w3c.github.io/webappsec-change-password-url/), which a service need
 * not have. Gives, free(3). VAULT_NOT_FOUND (> 0, message set) when it has no address of http or
 * https. */
int service_change_address(const struct entry *entry, char **ret_address, struct error *err);

#endif

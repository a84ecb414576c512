/*
 * What `audit` tells of variants: `mailserver ~ shop: year changed`. Names, never passwords.
 */
#ifndef CLI_FAMILY_REPORT_H
#define CLI_FAMILY_REPORT_H

#include <vault/audit.h>
#include <vault/chain.h>

#include "json.h"

void use_json(struct json *json, const struct audit_use *use); /* an object */

/* The realm that all of the family are in who are live; NULL: none. */
const char *family_realm(const struct chain *chain, const struct audit_family *family);

void family_report_text(const struct audit_family *family);
/* An object. */
void family_report_json(struct json *json, const struct audit_family *family, const char *realm);

#endif

/* What `audit` tells of the recovery chain: each account that others fall with. */
#ifndef CLI_CHAIN_REPORT_H
#define CLI_CHAIN_REPORT_H

#include <vault/chain.h>

#include "json.h"

/* Behind an empty line; nothing where there is no hub. */
int chain_report_text(struct chain *chain, struct error *err);

/* An array of that name: every hub with everything that falls. */
int chain_report_json(struct chain *chain, struct json *json, struct error *err);

#endif

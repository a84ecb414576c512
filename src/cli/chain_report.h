/* What `audit` tells of the recovery chain: each account that others fall with. */
#ifndef CLI_CHAIN_REPORT_H
#define CLI_CHAIN_REPORT_H

#include <vault/chain.h>

#include "json.h"

/* `first`: nothing was printed in front of it. */
int chain_report_text(struct chain *chain, bool first, struct error *err);

/* An array of that name: every hub with everything that falls. */
int chain_report_json(struct chain *chain, struct json *json, struct error *err);

#endif

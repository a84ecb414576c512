/*
 * Whose passwords they are: for who has met rows of passwords and now needs names. In an audit they
 * are at hand, in its chain.
 */
#ifndef AUDIT_HOLDER_H
#define AUDIT_HOLDER_H

#include <vault/audit.h>

#include "audit/chain.h"

struct holders {
	struct vault *vault;
	const struct chain *chain; /* borrowed; NULL, or one of another time: rows are read */
};

/* What is asked of each. Offsets into a text, each with its NUL; NO_TEXT: there is none. */
struct holder {
	size_t name, user, realm;
	enum entry_state state;
};

size_t text_keep(struct buf *text, const char *string); /* NULL: NO_TEXT */

/* Appends what it has to say to `text`; where memory was short, that says so. The realm is looked
 * for when it is `wanted`. In a transaction. */
int holder_read(const struct holders *holders, int64_t id, bool realm_wanted, struct buf *text,
                struct holder *ret_holder, struct error *err);

/* ---- parts of the audit that use them ----------------------------------------------- */

/* audit_sharing and audit_families, with the holders of the audit. */
int sharing_find(const struct holders *holders,
                 int (*each)(void *context, const struct audit_group *group), void *context,
                 size_t *ret_groups, struct error *err);
int families_find(const struct holders *holders,
                  int (*each)(void *context, const struct audit_family *family), void *context,
                  size_t *ret_families, struct error *err);

#endif

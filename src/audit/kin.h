/*
 * What the files of the families share: passwords that may be variants of one another, and the
 * links between them.
 *
 * A family is passwords in use that are linked to one another, and former ones that are linked to
 * one of these. Links make a forest, not every pair: of a hundred variants each is told to be a
 * variant of one of the others.
 */
#ifndef AUDIT_KIN_H
#define AUDIT_KIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <vault/audit.h>

#include "audit/holder.h"
#include "audit/marks.h"
#include "base/buf.h"
#include "crypto/fingerprint.h"

/* A password that has a form in common with one of another entry. */
struct member {
	int64_t entry;
	struct holder holder; /* in the kin's text */
	size_t reason;        /* the same; NO_TEXT: there is none */
	int64_t since, until;
	size_t value, length; /* where in the kin's values */
	bool erased;          /* it has none any more */
	bool now;             /* in use by a live entry */
	bool attached;        /* a former one that is linked */
	bool wanted;          /* another password has a form in common with it */
	uint32_t up;          /* of those in use: towards the one that stands for its family */
	unsigned char fingerprint[FINGERPRINT_BYTES];
};

/* From one password to another, which is in use. */
struct link {
	uint32_t from, to;
	unsigned how; /* enum variant; 0: the same password */
	bool sure;    /* by a form that only variants have */
	bool former;  /* `from` is */
	uint32_t family;
};

struct kin {
	const struct holders *holders;
	struct buf text; /* names, users, reasons, each with its NUL */
	struct member *members;
	struct secret *values; /* of all members, one behind the other */
	struct link *links;
	size_t n_members, members_room, n_links, links_room;
};

void kin_done(struct kin *kin);

bool kin_same(const struct member *a, const struct member *b); /* the same password? */

/* Links passwords of which each is likely a variant of every other one: those in use to the first
 * in use, former ones to one in use at another entry. */
int kin_link(struct kin *kin, const struct mark *marks, size_t count, struct error *err);

/* The same for passwords of which some may differ in one place alone (variant_few): finds out
 * which. Two neighbours that changed places in fewer than 8 characters may escape it. Time: by the
 * sum of their lengths, times the longest. */
int kin_link_edits(struct kin *kin, const struct mark *marks, size_t count, struct error *err);

/* Compares what is linked and keeps the links that hold. In a transaction. */
int kin_verify(struct kin *kin, struct error *err);

/* The one that stands for the family of a member in use. */
uint32_t kin_head(struct kin *kin, uint32_t which);
/* Makes one family of two; false: they were. */
bool kin_join(struct kin *kin, uint32_t a, uint32_t b);
void kin_part(struct kin *kin); /* everybody stands for itself again */

#endif

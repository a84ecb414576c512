/*
 * Which states of an entry its present state comes from, so that two copies of a vault that went
 * apart can be brought together: is one a continuation of the other, or did both go on?
 *
 * Every change of an entry is a version with an id of its own, random; the first one, and one of
 * before there were ids, has an id that follows from uuid, revision and date. An entry that was
 * ever changed keeps the ids of its versions, the present one last, in a field of its own kind,
 * which nobody but the digest sees. One state is a continuation of another when it has the other's
 * id. Bringing two together makes a version whose id follows from theirs: whoever does it,
 * wherever, makes the same one.
 */
#ifndef VAULT_VERSIONS_H
#define VAULT_VERSIONS_H

#include <stdbool.h>
#include <stddef.h>

#define FIELD_VERSIONS 21 /* not among enum field_kind: it is none of the entry's own */
#define VERSION_BYTES 8
/* Of more, the oldest are forgotten. A copy that stopped there is then taken for one that went on:
 * more is kept than needed, not less. */
#define VERSIONS_MAX 128

struct versions {
	size_t count;
	unsigned char ids[VERSIONS_MAX][VERSION_BYTES];
};

struct record;

/* From the bytes of the field. What is no whole id is left out. */
void versions_read(struct versions *versions, const void *bytes, size_t length);

/* The present version's id. */
void version_of(const struct record *record, unsigned char id[VERSION_BYTES]);
bool versions_have(const struct record *record, const unsigned char id[VERSION_BYTES]);

/* One more change, about to be made: before the revision is that of the new state. */
void versions_step(struct record *record);

/* The two together: a new version of `into`, which has seen all that both have. */
void versions_join(struct record *into, const struct record *from);
/* A new version that whoever makes it makes alike: the entry gets another name. */
void versions_rename(struct record *record, const char *name);

#endif

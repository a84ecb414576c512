#include "audit/kin.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "vault/internal.h"
#include "vault/variant.h"

void kin_done(struct kin *kin)
{
	buf_done(&kin->text);
	free(kin->members);
	secret_free(kin->values);
	free(kin->links);
	*kin = (struct kin){0};
}

bool kin_same(const struct member *a, const struct member *b)
{
	return memcmp(a->fingerprint, b->fingerprint, FINGERPRINT_BYTES) == 0;
}

/* ---- who belongs to whom ------------------------------------------------------------ */

uint32_t kin_head(struct kin *kin, uint32_t which)
{
	struct member *members = kin->members;

	while (members[which].up != which) {
		members[which].up = members[members[which].up].up;
		which = members[which].up;
	}
	return which;
}

/* The lower number stands for both: with the halved paths above, that is near enough to constant
 * time. */
bool kin_join(struct kin *kin, uint32_t a, uint32_t b)
{
	a = kin_head(kin, a);
	b = kin_head(kin, b);
	kin->members[a > b ? a : b].up = a > b ? b : a;
	return a != b;
}

void kin_part(struct kin *kin)
{
	for (size_t i = 0; i < kin->n_members; i++)
		kin->members[i].up = (uint32_t)i;
}

static int add_link(struct kin *kin, uint32_t from, uint32_t to, bool sure, struct error *err)
{
	struct link *links = list_room(kin->links, kin->n_links, &kin->links_room, sizeof(*links));

	if (!links)
		return error_set(err, VAULT_FAILED, "out of memory");
	kin->links = links;
	links[kin->n_links++] = (struct link){.from = from, .to = to, .sure = sure};
	return 0;
}

/* The first that is in use, at another entry than `entry`; NULL: none. */
static const struct mark *first_in_use(const struct kin *kin, const struct mark *marks,
                                       size_t count, int64_t entry)
{
	for (size_t i = 0; i < count; i++) {
		const struct member *member = &kin->members[marks[i].who];

		if (member->now && member->entry != entry)
			return &marks[i];
	}
	return NULL;
}

int kin_link(struct kin *kin, const struct mark *marks, size_t count, struct error *err)
{
	const struct mark *first = first_in_use(kin, marks, count, 0), *other;
	int r = 0;

	if (!first)
		return 0;
	other = first_in_use(kin, marks, count, kin->members[first->who].entry);
	for (size_t i = 0; i < count && r == 0; i++) {
		struct member *member = &kin->members[marks[i].who];
		bool own = member->entry == kin->members[first->who].entry;
		const struct mark *to = own ? other : first;

		if (member->now) {
			if (kin_join(kin, marks[i].who, first->who))
				r = add_link(kin, marks[i].who, first->who, marks[i].sure, err);
		} else if (to && !member->attached && !kin_same(member, &kin->members[to->who])) {
			member->attached = true;
			r = add_link(kin, marks[i].who, to->who, marks[i].sure, err);
		}
	}
	return r;
}

/* ---- do the links hold? ------------------------------------------------------------- */

/* One side of a comparison. */
struct side {
	struct secret *password;
	struct entry *entry;
	uint32_t who;
	bool filled;
};

static void side_done(struct side *side)
{
	secret_free(side->password);
	entry_free(side->entry);
}
#define SIDE_AUTO __attribute__((cleanup(side_done))) struct side

static int side_fill(const struct kin *kin, uint32_t who, struct side *side, struct error *err)
{
	const struct member *member = &kin->members[who];
	const char *text = (const char *)kin->text.bytes;
	int r = 0;

	if (side->filled && side->who == who)
		return 0;
	entry_free(side->entry);
	side->entry = NULL;
	side->filled = false;
	if (!side->password)
		r = secret_new(&side->password, PASSWORD_MAX, err);
	if (r == 0)
		r = entry_names(kin->holders->vault, member->entry, text + member->holder.name,
		                member->holder.user == NO_TEXT ? NULL : text + member->holder.user,
		                &side->entry, err);
	if (r < 0)
		return r;
	secret_wipe(side->password->bytes, side->password->length);
	side->password->length = 0;
	r = secret_append(side->password, kin->values->bytes + member->value, member->length, err);
	side->who = who;
	side->filled = r == 0;
	return r;
}

/* Those to one password one after the other, so that it is made ready once. */
static int compare_links(const void *left, const void *right)
{
	const struct link *a = left, *b = right;

	if (a->to != b->to)
		return a->to < b->to ? -1 : 1;
	return (a->from > b->from) - (a->from < b->from);
}

/* What differs; 0: nothing to speak of, or the password is the same. */
static int look_at(const struct kin *kin, const struct link *link, struct side *from,
                   struct side *to, unsigned *ret_how, struct error *err)
{
	int r;

	if (kin->members[link->from].erased) {
		*ret_how = link->sure ? VARIANT_UNKNOWN : 0;
		return 0;
	}
	r = side_fill(kin, link->to, to, err);
	if (r == 0)
		r = side_fill(kin, link->from, from, err);
	if (r == 0)
		*ret_how = variant_compare(from->password, from->entry, to->password, to->entry);
	return r;
}

int kin_verify(struct kin *kin, struct error *err)
{
	SIDE_AUTO from = {0};
	SIDE_AUTO to = {0};
	size_t kept = 0;

	if (kin->n_links > 0)
		qsort(kin->links, kin->n_links, sizeof(struct link), compare_links);
	for (size_t i = 0; i < kin->n_links; i++) {
		struct link link = kin->links[i];
		bool same = kin_same(&kin->members[link.from], &kin->members[link.to]);
		int r = same ? 0 : look_at(kin, &link, &from, &to, &link.how, err);

		if (r < 0)
			return r;
		if (same || link.how != 0)
			kin->links[kept++] = link;
	}
	kin->n_links = kept;
	return 0;
}

/* Families: every form of every password in one walk; who meets in one is fetched, linked to its
 * kin, and compared. */
#include <stdlib.h>
#include <string.h>

#include "audit/kin.h"
#include "base/cleanup.h"
#include "vault/internal.h"
#include "vault/variant.h"

#define NOBODY UINT32_MAX
#define VALUES_AT_FIRST ((size_t)64 * 1024) /* bytes */
#define STACK_WIPED ((size_t)32 * 1024)     /* bytes: what SQLite uses */

/* A row of table `form`. */
struct place {
	int64_t entry, position;
	uint32_t member; /* NOBODY: not fetched */
};

struct walk {
	struct kin kin;
	struct marks marks; /* of places, then of members */
	struct place *places;
	size_t n_places, room;
};

static void walk_done(struct walk *walk)
{
	kin_done(&walk->kin);
	marks_done(&walk->marks);
	free(walk->places);
}
#define WALK_AUTO __attribute__((cleanup(walk_done))) struct walk

/* ---- gathering ---------------------------------------------------------------------- */

/* A row of SQL_FORM_ALL. */
static int gather_one(struct walk *walk, struct stmt *stmt, struct error *err)
{
	struct place *places =
		list_room(walk->places, walk->n_places, &walk->room, sizeof(*places));
	struct variant_forms forms;
	size_t length;
	const void *hashes = stmt_blob(stmt, 2, &length);
	int r = 0;

	if (!places || walk->n_places == NOBODY)
		return error_set(err, VAULT_FAILED, "out of memory");
	walk->places = places;
	if (!forms_unpack(hashes, length, &forms))
		return error_set(err, VAULT_DAMAGED,
		                 "the forms of a password are damaged: see 'vault check'");
	places[walk->n_places] = (struct place){stmt_int(stmt, 0), stmt_int(stmt, 1), NOBODY};
	for (size_t i = 0; i < forms.count && r == 0; i++)
		r = marks_add(&walk->marks, (uint64_t)form_number(forms.hashes[i]),
		              (uint32_t)walk->n_places, i < forms.n_sure, err);
	walk->n_places++;
	return r;
}

/* The incidents: what they keep is no account's. */
static int list_apart(struct vault *vault, int64_t **ret_ids, size_t *ret_count, struct error *err)
{
	STMT_AUTO *stmt = NULL;
	int r = db_stmt(vault->db, SQL_APART, &stmt, err);

	return r == 0 ? stmt_numbers(stmt, ret_ids, ret_count, err) : r;
}

static int gather(struct walk *walk, struct error *err)
{
	STMT_AUTO *stmt = NULL;
	FREE_AUTO int64_t *apart = NULL;
	size_t n_apart = 0, at = 0;
	int r = list_apart(walk->kin.holders->vault, &apart, &n_apart, err);

	if (r == 0)
		r = db_stmt(walk->kin.holders->vault->db, SQL_FORM_ALL, &stmt, err);
	while (r == 0 && (r = stmt_step(stmt, err)) == 1) {
		int64_t entry = stmt_int(stmt, 0);

		while (at < n_apart && apart[at] < entry)
			at++;
		r = at < n_apart && apart[at] == entry ? 0 : gather_one(walk, stmt, err);
	}
	return r == 0 ? marks_meet(&walk->marks, err) : r;
}

/* ---- fetching ----------------------------------------------------------------------- */

/* Values of more than a form is made of are not kept: such a password has none. */
static int keep_value(struct kin *kin, struct member *member, struct span value, struct error *err)
{
	int r = 0;

	member->erased = !value.bytes;
	if (value.length > 4 * VARIANT_CHARACTERS_MAX)
		value.length = 0;
	if (!kin->values)
		r = secret_new(&kin->values, VALUES_AT_FIRST, err);
	if (r == 0 && kin->values->capacity - kin->values->length < value.length)
		r = secret_reserve(&kin->values, 2 * kin->values->capacity, err);
	if (r < 0)
		return r;
	member->value = kin->values->length;
	member->length = value.length;
	return secret_append(kin->values, value.bytes, value.length, err);
}

/* A row of SQL_PASSWORD_AT. */
static int keep_member(struct kin *kin, const struct place *place, struct stmt *stmt,
                       struct error *err)
{
	struct member *members =
		list_room(kin->members, kin->n_members, &kin->members_room, sizeof(*members));
	struct span fingerprint = stmt_span(stmt, 3);
	struct member *member;

	if (!members)
		return error_set(err, VAULT_FAILED, "out of memory");
	kin->members = members;
	if (fingerprint.length != FINGERPRINT_BYTES)
		return error_set(err, VAULT_DAMAGED,
		                 "a fingerprint in the vault is damaged: see 'vault check'");
	member = &members[kin->n_members];
	*member = (struct member){
		.entry = place->entry,
		.since = stmt_int(stmt, 0),
		.until = stmt_is_null(stmt, 1) ? 0 : stmt_int(stmt, 1),
		.reason = text_keep(&kin->text, stmt_text(stmt, 4)),
		.up = (uint32_t)kin->n_members++,
	};
	memcpy(member->fingerprint, fingerprint.bytes, FINGERPRINT_BYTES);
	return keep_value(kin, member, stmt_span(stmt, 2), err);
}

static int no_such_row(struct error *err)
{
	return error_set(err, VAULT_DAMAGED, "a password with forms is missing: see 'vault check'");
}

static int fetch_password(struct walk *walk, struct place *place, struct error *err)
{
	STMT_AUTO *stmt = NULL;
	int r = db_stmt(walk->kin.holders->vault->db, SQL_PASSWORD_AT, &stmt, err);

	if (r < 0)
		return r;
	stmt_bind_int(stmt, 1, place->entry);
	stmt_bind_int(stmt, 2, place->position);
	r = stmt_step(stmt, err);
	if (r <= 0)
		return r < 0 ? r : no_such_row(err);
	place->member = (uint32_t)walk->kin.n_members;
	return keep_member(&walk->kin, place, stmt, err);
}

static int fetch_entry(struct kin *kin, struct member *member, struct error *err)
{
	int r = holder_read(kin->holders, member->entry, false, &kin->text, &member->holder, err);

	member->now = r == 0 && member->holder.state == ENTRY_LIVE && member->until == 0;
	return r;
}

/* Leaves the runs that `is_wanted`. */
static void choose(struct walk *walk, bool (*is_wanted)(const struct walk *walk,
                                                        const struct mark *marks, size_t count))
{
	struct marks *marks = &walk->marks;
	size_t kept = 0, run;

	for (size_t at = 0; at < marks->count; at += run) {
		bool wanted;

		run = marks_run(marks, at);
		wanted = is_wanted(walk, marks->items + at, run);
		for (size_t i = at; wanted && i < at + run; i++)
			marks->items[kept++] = marks->items[i];
	}
	marks->count = kept;
}

static bool several_entries(const struct walk *walk, const struct mark *marks, size_t count)
{
	for (size_t i = 1; i < count; i++)
		if (walk->places[marks[i].who].entry != walk->places[marks[0].who].entry)
			return true;
	return false;
}

static bool several_passwords(const struct walk *walk, const struct mark *marks, size_t count)
{
	const struct member *members = walk->kin.members;

	for (size_t i = 1; i < count; i++)
		if (!kin_same(&members[marks[i].who], &members[marks[0].who]))
			return true;
	return false;
}

static bool one_in_use(const struct walk *walk, const struct mark *marks, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (walk->kin.members[marks[i].who].now)
			return true;
	return false;
}

/* What is left at each step is fetched in the order of the table, which is that of its pages: most
 * that meet share a password and no more. */
static int fetch(struct walk *walk, struct error *err)
{
	const struct marks *marks = &walk->marks;
	struct kin *kin = &walk->kin;
	int r = 0;

	choose(walk, several_entries);
	for (size_t i = 0; i < marks->count; i++)
		walk->places[marks->items[i].who].member = 0;
	for (size_t i = 0; i < walk->n_places && r == 0; i++)
		if (walk->places[i].member != NOBODY)
			r = fetch_password(walk, &walk->places[i], err);
	if (r < 0)
		return r;
	for (size_t i = 0; i < marks->count; i++)
		marks->items[i].who = walk->places[marks->items[i].who].member;
	choose(walk, several_passwords);
	for (size_t i = 0; i < marks->count; i++)
		kin->members[marks->items[i].who].wanted = true;
	for (size_t i = 0; i < kin->n_members && r == 0; i++)
		if (kin->members[i].wanted)
			r = fetch_entry(kin, &kin->members[i], err);
	choose(walk, one_in_use);
	return r == 0 ? buf_check(&kin->text, err) : r;
}

/* ---- linking ------------------------------------------------------------------------ */

/* Sure forms first: what they have linked is not linked by an edit once more. */
static int link_all(struct walk *walk, struct error *err)
{
	struct marks *marks = &walk->marks;
	size_t run;
	int r = 0;

	for (int sure = 1; sure >= 0; sure--)
		for (size_t at = 0; at < marks->count && r == 0; at += run) {
			const struct mark *items = marks->items + at;

			run = marks_run(marks, at);
			if (items->sure != (sure == 1))
				continue;
			r = sure ? kin_link(&walk->kin, items, run, err)
			         : kin_link_edits(&walk->kin, items, run, err);
		}
	return r == 0 ? kin_verify(&walk->kin, err) : r;
}

/* ---- telling ------------------------------------------------------------------------ */

struct family {
	bool now;
	size_t first, count; /* its links, in the kin's list */
};

struct telling {
	struct kin *kin;
	struct family *families;
	uint32_t *uses; /* members of the family that is told */
	size_t *places; /* where each member is among these */
	struct audit_use *told;
	struct audit_link *links;
	size_t n_families;
};

static void telling_done(struct telling *telling)
{
	free(telling->families);
	free(telling->uses);
	free(telling->places);
	free(telling->told);
	free(telling->links);
}
#define TELLING_AUTO __attribute__((cleanup(telling_done))) struct telling

static int compare_links(const void *left, const void *right)
{
	const struct link *a = left, *b = right;

	if (a->family != b->family)
		return a->family < b->family ? -1 : 1;
	if (a->former != b->former)
		return a->former ? 1 : -1;
	return (a->from > b->from) - (a->from < b->from);
}

/* The links that hold, family by family; what a link goes to is in use. */
static void sort_links(struct kin *kin)
{
	kin_part(kin);
	for (size_t i = 0; i < kin->n_links; i++) {
		struct link *link = &kin->links[i];

		link->former = !kin->members[link->from].now;
		if (!link->former)
			kin_join(kin, link->from, link->to);
	}
	for (size_t i = 0; i < kin->n_links; i++)
		kin->links[i].family = kin_head(kin, kin->links[i].to);
	if (kin->n_links > 0)
		qsort(kin->links, kin->n_links, sizeof(struct link), compare_links);
}

/* Now first, then many; the same order every time. */
static int compare_families(const void *left, const void *right)
{
	const struct family *a = left, *b = right;

	if (a->now != b->now)
		return a->now ? -1 : 1;
	if (a->count != b->count)
		return a->count > b->count ? -1 : 1;
	return (a->first > b->first) - (a->first < b->first);
}

static int find_families(struct telling *telling, struct error *err)
{
	const struct kin *kin = telling->kin;
	struct family family;

	telling->families = calloc(kin->n_links + 1, sizeof(struct family));
	if (!telling->families)
		return error_set(err, VAULT_FAILED, "out of memory");
	for (size_t at = 0; at < kin->n_links; at += family.count) {
		const struct link *links = kin->links + at;
		bool differs = false;

		family = (struct family){.first = at};
		while (at + family.count < kin->n_links &&
		       links[family.count].family == links->family) {
			const struct link *link = &links[family.count++];

			differs |= link->how != 0;
			family.now |= link->how != 0 && !link->former;
		}
		if (differs) /* else it only shares a password */
			telling->families[telling->n_families++] = family;
	}
	if (telling->n_families > 0)
		qsort(telling->families, telling->n_families, sizeof(struct family),
		      compare_families);
	return 0;
}

static int compare_numbers(const void *left, const void *right)
{
	const uint32_t *a = left, *b = right;

	return (*a > *b) - (*a < *b);
}

/* The members of a family, by their numbers: one more than it has links, which make a tree. */
static size_t list_members(struct telling *telling, const struct family *family)
{
	size_t count = 0, kept = 0;

	for (size_t i = family->first; i < family->first + family->count; i++) {
		telling->uses[count++] = telling->kin->links[i].from;
		telling->uses[count++] = telling->kin->links[i].to;
	}
	qsort(telling->uses, count, sizeof(uint32_t), compare_numbers);
	for (size_t i = 0; i < count; i++)
		if (i == 0 || telling->uses[i] != telling->uses[kept - 1])
			telling->uses[kept++] = telling->uses[i];
	return kept;
}

static void fill(struct telling *telling, const struct family *family,
                 struct audit_family *ret_family)
{
	const struct kin *kin = telling->kin;
	const char *text = (const char *)kin->text.bytes;
	size_t n_uses = list_members(telling, family);

	for (size_t i = 0; i < n_uses; i++) {
		const struct member *member = &kin->members[telling->uses[i]];

		telling->places[telling->uses[i]] = i;
		telling->told[i] = (struct audit_use){
			.name = text + member->holder.name,
			.state = member->holder.state,
			.since = member->since,
			.until = member->until,
			.reason = member->reason == NO_TEXT ? NULL : text + member->reason,
		};
	}
	for (size_t i = 0; i < family->count; i++) {
		const struct link *link = &kin->links[family->first + i];

		telling->links[i] = (struct audit_link){telling->places[link->from],
		                                        telling->places[link->to], link->how};
	}
	*ret_family = (struct audit_family){.now = family->now,
	                                    .uses = telling->told,
	                                    .n_uses = n_uses,
	                                    .links = telling->links,
	                                    .n_links = family->count};
}

static int tell(struct kin *kin, int (*each)(void *context, const struct audit_family *family),
                void *context, size_t *ret_families, struct error *err)
{
	TELLING_AUTO telling = {.kin = kin};
	size_t room = kin->n_links + 1;
	int r;

	sort_links(kin);
	telling.uses = calloc(2 * room, sizeof(*telling.uses));
	telling.places = calloc(kin->n_members + 1, sizeof(*telling.places));
	telling.told = calloc(room, sizeof(*telling.told));
	telling.links = calloc(room, sizeof(*telling.links));
	if (!telling.uses || !telling.places || !telling.told || !telling.links)
		return error_set(err, VAULT_FAILED, "out of memory");
	r = find_families(&telling, err);
	*ret_families = telling.n_families;
	for (size_t i = 0; i < telling.n_families && r == 0; i++) {
		struct audit_family family;

		fill(&telling, &telling.families[i], &family);
		r = each(context, &family);
	}
	return r;
}

int families_find(const struct holders *holders,
                  int (*each)(void *context, const struct audit_family *family), void *context,
                  size_t *ret_families, struct error *err)
{
	WALK_AUTO walk = {.kin = {.holders = holders}};
	int r = read_begin(holders->vault, err);

	*ret_families = 0;
	if (r != 0)
		return r;
	r = gather(&walk, err);
	if (r == 0)
		r = fetch(&walk, err);
	if (r == 0)
		r = link_all(&walk, err);
	read_end(holders->vault);
	secret_leave_nothing(STACK_WIPED);
	return r == 0 ? tell(&walk.kin, each, context, ret_families, err) : r;
}

int audit_families(struct vault *vault,
                   int (*each)(void *context, const struct audit_family *family), void *context,
                   size_t *ret_families, struct error *err)
{
	return families_find(&(struct holders){.vault = vault}, each, context, ret_families, err);
}

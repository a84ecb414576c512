#include "realm_too.h"

#include <stdio.h>
#include <string.h>

#include "cleanup.h"
#include "prompt.h"
#include "report.h"

#define NAMES_TOLD 5 /* in the question */

struct others {
	const char *own; /* not one of them */
	size_t count;
	FILE *names;
};

static int add_others(void *context, const struct realm_info *info)
{
	struct others *others = context;

	for (size_t i = 0; i < info->n_members; i++) {
		if (strcmp(info->members[i], others->own) == 0)
			continue;
		if (others->count < NAMES_TOLD)
			fprintf(others->names, "%s'%s'", others->count > 0 ? ", " : "",
			        info->members[i]);
		others->count++;
	}
	if (others->count > NAMES_TOLD)
		fprintf(others->names, " and %zu more", others->count - NAMES_TOLD);
	return 0;
}

static int find_others(struct session *session, const struct entry *entry, struct realm_too *too,
                       char **ret_names, struct error *err)
{
	size_t length;
	struct others others = {.own = entry->name, .names = open_memstream(ret_names, &length)};
	int r;

	if (!others.names)
		return error_set(err, VAULT_FAILED, "out of memory");
	r = realm_list(session->vault, too->realm, add_others, &others, err);
	if (fclose(others.names) != 0 && r == 0)
		r = error_set(err, VAULT_FAILED, "out of memory");
	too->others = others.count;
	return r;
}

int realm_too_decide(struct session *session, const struct entry *entry, bool wanted, bool ask,
                     struct realm_too *ret_too, struct error *err)
{
	struct realm_too too = {.all = wanted};
	FREE_AUTO char *names = NULL;
	const char *reason;
	int r = 0;

	if (realm_of(entry, too.realm, &reason))
		r = find_others(session, entry, &too, &names, err);
	else if (wanted)
		r = error_set(err, VAULT_USAGE, "'%s' is in no realm; 'vault realm add' makes one",
		              entry->name);
	else
		too.realm[0] = '\0';
	if (r == 0 && too.others > 0 && !wanted && ask && prompt_available()) {
		prompt_say("'%s' is in the realm '%s' (%s) with %s.\n", entry->name, too.realm,
		           reason, names);
		r = prompt_yes("Give all of them the new password?", true, &too.all, err);
	}
	if (r < 0)
		return r;
	*ret_too = too;
	return 0;
}

int realm_too_edit(struct session *session, const char *name, const struct realm_too *too,
                   struct entry_edit *edit, const char *allow_reuse, struct write_result *result,
                   struct error *err)
{
	size_t others;

	if (!too->all)
		return vault_edit(session->vault, name, edit, allow_reuse, result, err);
	return realm_edit(session->vault, name, edit, allow_reuse, result, &others, err);
}

void realm_too_tell(const struct realm_too *too, const struct write_result *result)
{
	size_t same = 0;

	for (size_t i = 0; i < result->conflicts.count; i++)
		same += result->conflicts.items[i].realm &&
		        result->conflicts.items[i].kind == CONFLICT_SAME_NOW;
	if (!result->changed || too->others == 0 || (!too->all && same >= too->others))
		return;
	if (too->all)
		report_note("So is the rest of the realm '%s': %zu more.", too->realm, too->others);
	else
		report_warning("the rest of the realm '%s' (%zu more) keeps its password; "
		               "--realm-too changes it as well",
		               too->realm, too->others);
}

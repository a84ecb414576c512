#include "reuse_map.h"

#include <stdio.h>

#include <vault/audit.h>

#include "output.h"

/* One more group, of those of `uses` that are in use now. */
static void count(struct reuse_part *part, const struct audit_use *uses, size_t n_uses)
{
	size_t live = 0;
	const char *name = NULL;

	for (size_t i = 0; i < n_uses; i++)
		if (uses[i].state == ENTRY_LIVE && uses[i].until == 0) {
			name = name ? name : uses[i].name;
			live++;
		}
	if (live < 2)
		return;
	part->groups++;
	part->entries += live;
	if (live > part->others + 1) {
		snprintf(part->worst, sizeof(part->worst), "%s", name);
		part->others = live - 1;
	}
}

static int take_group(void *context, const struct audit_group *group)
{
	struct reuse_map *map = context;

	if (group->now && !group->master)
		count(&map->shared, group->uses, group->n_uses);
	return 0;
}

static int take_family(void *context, const struct audit_family *family)
{
	struct reuse_map *map = context;

	if (family->now)
		count(&map->variants, family->uses, family->n_uses);
	return 0;
}

int reuse_map_look(struct reuse_map *map, struct vault *vault, struct error *err)
{
	size_t groups;
	int r = audit_sharing(vault, take_group, map, &groups, err);

	return r == 0 ? audit_families(vault, take_family, map, &groups, err) : r;
}

static void print_worst(const struct reuse_part *part)
{
	output_text(part->worst);
	output_format(" + %zu %s", part->others, part->others == 1 ? "other" : "others");
}

void reuse_map_print(const struct reuse_map *map)
{
	const struct reuse_part *shared = &map->shared, *variants = &map->variants;

	if (map->master)
		output_string("The master password of this vault is one of the passwords.\n");
	if (shared->groups > 0) {
		output_format("Reuse: %zu entries share %zu %s; worst: ", shared->entries,
		              shared->groups, shared->groups == 1 ? "password" : "passwords");
		print_worst(shared);
	} else {
		output_string("No password in the vault is in use twice");
	}
	output_string(".");
	if (variants->groups > 0) {
		output_format("\nVariants: %zu entries in %zu %s; worst: ", variants->entries,
		              variants->groups, variants->groups == 1 ? "family" : "families");
		print_worst(variants);
		output_string(".");
	}
	output_string(shared->groups + variants->groups > 0 ? " 'vault audit' lists them.\n"
	                                                    : "\n");
}

static void put_part(struct json *json, const struct reuse_part *part)
{
	json_put_number(json, "groups", (int64_t)part->groups);
	json_put_number(json, "entries", (int64_t)part->entries);
	json_put_string(json, "worst", part->groups ? part->worst : NULL);
	json_put_number(json, "others", (int64_t)part->others);
}

void reuse_map_json(struct json *json, const struct reuse_map *map)
{
	json_put_object(json, "reuse");
	put_part(json, &map->shared);
	json_put_bool(json, "master", map->master);
	json_put_object(json, "variants");
	put_part(json, &map->variants);
	json_close(json);
	json_close(json);
}

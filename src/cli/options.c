#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hint.h"
#include "options.h"
#include "units.h"

static void *member(const struct option_scope *scope, const struct option_spec *spec)
{
	return (char *)scope->values + spec->offset;
}

void options_start(const struct option_scope *scope)
{
	for (const struct option_spec *spec = scope->table; spec && spec->name; spec++)
		if (spec->kind >= OPTION_KIND_NUMBER)
			*(int *)member(scope, spec) = -1;
}

void options_done(const struct option_scope *scope)
{
	for (const struct option_spec *spec = scope->table; spec && spec->name; spec++) {
		if (spec->kind == OPTION_KIND_TEXTS) {
			struct texts *texts = member(scope, spec);
			free(texts->items);
			*texts = (struct texts){0};
		}
	}
}

static int add_text(struct texts *texts, const char *value, struct error *err)
{
	const char **items = realloc(texts->items, (texts->count + 2) * sizeof(*items));

	if (!items)
		return error_set(err, VAULT_FAILED, "out of memory");
	texts->items = items;
	items[texts->count++] = value;
	items[texts->count] = NULL;
	return 0;
}

static int bad_number(const struct option_spec *spec, const char *value, struct error *err)
{
	switch (spec->kind) {
	case OPTION_KIND_SIZE:
		return error_set(err, VAULT_USAGE,
		                 "--%s takes a size from %dM to %dM, such as 256M or 1G, not '%s'",
		                 spec->name, spec->minimum / 1024, spec->maximum / 1024, value);
	case OPTION_KIND_DURATION:
		return error_set(err, VAULT_USAGE,
		                 "--%s takes seconds from %g to %g, such as 1.5, not '%s'",
		                 spec->name, spec->minimum / 1000.0, spec->maximum / 1000.0, value);
	default:
		return error_set(err, VAULT_USAGE, "--%s takes a number from %d to %d, not '%s'",
		                 spec->name, spec->minimum, spec->maximum, value);
	}
}

static int store_number(const struct option_spec *spec, int *number, const char *value,
                        struct error *err)
{
	int read = 0;
	bool good = spec->kind == OPTION_KIND_SIZE       ? units_size(value, &read)
	            : spec->kind == OPTION_KIND_DURATION ? units_duration(value, &read)
	                                                 : units_number(value, &read);

	if (!good || read < spec->minimum || read > spec->maximum)
		return bad_number(spec, value, err);
	*number = read;
	return 0;
}

static int store(const struct option_scope *scope, const struct option_spec *spec,
                 const char *value, struct error *err)
{
	switch (spec->kind) {
	case OPTION_KIND_FLAG:
		*(bool *)member(scope, spec) = true;
		return 0;
	case OPTION_KIND_TEXT:
		*(const char **)member(scope, spec) = value;
		return 0;
	case OPTION_KIND_TEXTS:
		return add_text(member(scope, spec), value, err);
	default:
		return store_number(spec, member(scope, spec), value, err);
	}
}

const struct option_spec *options_find(const struct option_scope scopes[2], char letter,
                                       const char *name, size_t length,
                                       const struct option_scope **ret_scope)
{
	for (int i = 0; i < 2; i++) {
		for (const struct option_spec *spec = scopes[i].table; spec && spec->name; spec++) {
			*ret_scope = &scopes[i];
			if (letter ? spec->letter == letter
			           : strlen(spec->name) == length &&
			                     memcmp(spec->name, name, length) == 0)
				return spec;
		}
	}
	return NULL;
}

/* One word that starts with "--". Returns 1 when it is in no table. */
static int parse_long(const struct option_scope scopes[2], int argc, char *const *argv, int *at,
                      struct error *err)
{
	const char *name = argv[*at] + 2, *equals = strchr(name, '=');
	size_t length = equals ? (size_t)(equals - name) : strlen(name);
	const char *value = equals ? equals + 1 : NULL;
	const struct option_scope *scope;
	const struct option_spec *spec = options_find(scopes, 0, name, length, &scope);

	if (!spec)
		return 1;
	if (spec->kind == OPTION_KIND_FLAG && value)
		return error_set(err, VAULT_USAGE, "--%s takes no value", spec->name);
	if (spec->kind != OPTION_KIND_FLAG && !value) {
		if (*at + 1 >= argc)
			return error_set(err, VAULT_USAGE, "--%s needs a value: %s", spec->name,
			                 spec->argument);
		value = argv[++*at];
	}
	++*at;
	return store(scope, spec, value, err);
}

/* One word of letters behind a "-". Returns 1 when the first is in no table. */
static int parse_letters(const struct option_scope scopes[2], int argc, char *const *argv, int *at,
                         struct error *err)
{
	const char *word = argv[*at];

	for (const char *p = word + 1; *p; p++) {
		const struct option_scope *scope;
		const struct option_spec *spec = options_find(scopes, *p, NULL, 0, &scope);
		const char *value = NULL;

		if (!spec && p == word + 1)
			return 1;
		if (!spec)
			return error_set(err, VAULT_USAGE, "unknown option '-%c' in '%s'", *p,
			                 word);
		if (spec->kind != OPTION_KIND_FLAG) {
			if (p[1] == '\0' && *at + 1 >= argc)
				return error_set(err, VAULT_USAGE, "-%c needs a value: %s", *p,
				                 spec->argument);
			value = p[1] ? p + 1 : argv[++*at];
		}
		int r = store(scope, spec, value, err);
		if (r < 0)
			return r;
		if (value)
			break;
	}
	++*at;
	return 0;
}

static int unknown(const struct option_scope scopes[2], const char *word, struct error *err)
{
	char wanted[HINT_SIZE];
	struct hint hint = {.wanted = wanted};

	/* Of a letter nothing can be told. */
	snprintf(wanted, sizeof(wanted), "%.*s", (int)strcspn(word, "="), word);
	for (int i = 0; i < 2 && word[1] == '-'; i++) {
		for (const struct option_spec *spec = scopes[i].table; spec && spec->name; spec++) {
			char name[HINT_SIZE];
			snprintf(name, sizeof(name), "--%s", spec->name);
			hint_try(&hint, name, strlen(name));
		}
	}
	return error_set(err, VAULT_USAGE, "unknown option '%s'%s", word, hint_text(&hint));
}

int options_parse(const struct option_scope scopes[2], int argc, char *const *argv, int *at,
                  enum options_stop stop, char **words, struct error *err)
{
	size_t n = 0;
	bool words_only = false;

	while (words && words[n])
		n++;
	while (*at < argc) {
		char *word = argv[*at];
		int r = 0;

		if (words_only || word[0] != '-' || word[1] == '\0') {
			if (stop != OPTIONS_ALL && stop != OPTIONS_PROGRAM)
				return 0;
			words[n++] = word;
			++*at;
			continue;
		}
		if (strcmp(word, "--") == 0) {
			if (stop == OPTIONS_TENTATIVE)
				return 0;
			if (stop == OPTIONS_PROGRAM)
				words[n++] = word;
			words_only = true;
			++*at;
			continue;
		}
		r = (word[1] == '-' ? parse_long : parse_letters)(scopes, argc, argv, at, err);
		if (r > 0 && stop == OPTIONS_TENTATIVE)
			return 0;
		if (r > 0)
			return unknown(scopes, word, err);
		if (r < 0)
			return r;
	}
	return 0;
}

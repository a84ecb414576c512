#include "contents.h"

#include <err.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <vault/incident.h>

void text_add(struct text *text, const void *bytes, size_t length)
{
	if (text->length + length + 1 > text->room) {
		text->room = (text->length + length + 1) * 2;
		text->bytes = realloc(text->bytes, text->room);
		if (!text->bytes)
			err(3, "memory");
	}
	if (length > 0)
		memcpy(text->bytes + text->length, bytes, length);
	text->length += length;
	text->bytes[text->length] = '\0';
}

void text_print(struct text *text, const char *format, ...)
{
	char line[1024];
	va_list list;
	int length;

	va_start(list, format);
	length = vsnprintf(line, sizeof(line), format, list);
	va_end(list);
	if (length < 0 || length >= (int)sizeof(line))
		errx(3, "a line is too long");
	text_add(text, line, (size_t)length);
}

void text_done(struct text *text)
{
	free(text->bytes);
	*text = (struct text){0};
}

static void add_secret(struct text *text, const struct secret *secret)
{
	if (secret)
		text_add(text, secret->bytes, secret->length);
	else
		text_print(text, "(none)");
	text_print(text, "\n");
}

static int add_past(void *context, const struct history_item *item)
{
	struct text *text = context;

	text_print(text, "  %s reason=%s ", item->until ? "past" : "present",
	           item->reuse_reason ? item->reuse_reason : "");
	add_secret(text, item->password);
	return 0;
}

static int add_entry(struct vault *vault, const char *name, struct text *text, struct error *err)
{
	ENTRY_AUTO *entry = NULL;
	int r = vault_get(vault, name, &entry, err);

	if (r != 0)
		return r < 0 ? r
		             : error_set(err, VAULT_DAMAGED, "'%s' is listed, but cannot be found",
		                         name);
	text_print(text, "entry %s user=%s password=", entry->name, entry->user ? entry->user : "");
	add_secret(text, entry->password);
	for (size_t i = 0; i < entry->n_fields; i++) {
		const struct field *field = &entry->fields[i];

		text_print(text, "  field %d %s=%s", (int)field->kind, field->key ? field->key : "",
		           field->text ? field->text : "");
		if (field->secret)
			text_add(text, field->secret->bytes, field->secret->length);
		text_print(text, "\n");
	}
	return vault_history(vault, name, true, add_past, text, err);
}

static int add_name(void *context, const struct list_item *item)
{
	text_add(context, item->name, strlen(item->name) + 1);
	return 0;
}

static int add_trash(void *context, const struct trash_item *item)
{
	text_print(context, "trash %s user=%s%c", item->name, item->user ? item->user : "", 0);
	return 0;
}

static int compare_lines(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* In the order of names: by date, two that came in one second may change places. */
static int add_sorted_trash(struct vault *vault, struct text *text, struct error *err)
{
	struct text trash = {0};
	int r = vault_trash_list(vault, add_trash, &trash, err);
	char **lines = calloc(trash.length + 1, sizeof(*lines)); /* more than there can be */
	size_t count = 0;

	if (!lines)
		errx(3, "memory");
	for (size_t at = 0; r == 0 && at < trash.length; at += strlen(trash.bytes + at) + 1)
		lines[count++] = trash.bytes + at;
	qsort(lines, count, sizeof(lines[0]), compare_lines);
	for (size_t i = 0; i < count; i++)
		text_print(text, "%s\n", lines[i]);
	free(lines);
	text_done(&trash);
	return r;
}

static int add_incident(struct vault *vault, unsigned number, struct text *text, struct error *err)
{
	INCIDENT_AUTO *incident = NULL;
	int r = vault_incident(vault, number, &incident, err);

	if (r != 0)
		return r < 0 ? r : error_set(err, VAULT_DAMAGED, "an incident cannot be found");
	text_print(text, "incident %u of %s\n  %s\n", number, incident->service,
	           incident->closed ? "closed" : "open");
	for (size_t i = 0; i < incident->n_items; i++) {
		const struct affected *item = &incident->items[i];

		text_print(text, "  affected %d progress=%d reason=%s name=%s\n", (int)item->kind,
		           (int)item->progress, item->reason ? item->reason : "", item->name);
	}
	return 0;
}

static int count_incident(void *context, const struct incident *incident)
{
	(void)incident;
	++*(unsigned *)context;
	return 0;
}

static int add_incidents(struct vault *vault, struct text *text, struct error *err)
{
	unsigned count = 0;
	int r = vault_incidents(vault, count_incident, &count, err);

	for (unsigned number = 1; number <= count && r == 0; number++)
		r = add_incident(vault, number, text, err);
	return r;
}

int contents_read(struct vault *vault, struct text *text, struct error *err)
{
	struct list_filter all = {0};
	struct text names = {0};
	int r = vault_list(vault, &all, add_name, &names, err);

	for (size_t at = 0; r == 0 && at < names.length; at += strlen(names.bytes + at) + 1)
		r = add_entry(vault, names.bytes + at, text, err);
	if (r == 0)
		r = add_sorted_trash(vault, text, err);
	if (r == 0)
		r = add_incidents(vault, text, err);
	text_done(&names);
	return r;
}

/* ---- opening ------------------------------------------------------------------------ */

int open_with_password(const char *path, const char *password, unsigned flags,
                       struct vault **ret_vault, struct error *err)
{
	SECRET_AUTO *secret = NULL;
	struct credential credential = {.type = KEY_PASSWORD};
	int r = vault_open(path, flags, ret_vault, err);

	if (r == 0)
		r = secret_copy(&secret, password, strlen(password), err);
	credential.password = secret;
	if (r == 0)
		r = vault_unlock(*ret_vault, &credential, err);
	return r;
}

int open_with_key(const char *path, const char *hex, unsigned flags, struct vault **ret_vault,
                  struct error *err)
{
	unsigned char bytes[VOLUME_KEY_BYTES];
	SECRET_AUTO *secret = NULL;
	int r = vault_open(path, flags, ret_vault, err);

	for (size_t i = 0; i < sizeof(bytes); i++) {
		char digits[3] = {hex[2 * i], hex[2 * i] ? hex[2 * i + 1] : '\0', '\0'};

		bytes[i] = (unsigned char)strtoul(digits, NULL, 16);
	}
	if (r == 0)
		r = secret_copy(&secret, bytes, sizeof(bytes), err);
	if (r == 0)
		r = vault_unlock_volume_key(*ret_vault, secret, err);
	return r;
}

/* ---- comparing ---------------------------------------------------------------------- */

struct finding {
	char *text;
	size_t size;
};

static void note_finding(void *context, enum check_severity severity, const char *text)
{
	struct finding *finding = context;

	if (severity == CHECK_DAMAGE)
		snprintf(finding->text, finding->size, "check: %s", text);
}

static bool is_sound(struct vault *vault, enum verify how, char *why, size_t size)
{
	struct finding finding = {.text = why, .size = size};
	enum check_severity worst = CHECK_NOTE;
	struct error err = {0};

	if (vault_rollback(vault)->detected) {
		snprintf(why, size,
		         "it is announced as rolled back: generation %llu, %llu seen before",
		         (unsigned long long)vault_rollback(vault)->generation,
		         (unsigned long long)vault_rollback(vault)->expected);
		return false;
	}
	if (!(how & VERIFY_CHECK))
		return true;
	if (vault_check(vault, note_finding, &finding, &worst, &err) != 0) {
		snprintf(why, size, "check fails: %s", err.message);
		return false;
	}
	return worst != CHECK_DAMAGE;
}

/* The number of the side among those that `password` opens. */
static int find_side(struct vault *vault, const struct side *sides, size_t count,
                     const char *password, char *why, size_t size)
{
	struct text text = {0};
	struct error err = {0};
	int found = -1;

	if (contents_read(vault, &text, &err) != 0) {
		snprintf(why, size, "it opens, but cannot be read: %s", err.message);
	} else {
		snprintf(why, size, "its contents are neither the old nor the new:\n%.2000s",
		         text.bytes ? text.bytes : "");
		for (size_t i = 0; i < count && found < 0; i++)
			if (!sides[i].absent && strcmp(sides[i].password, password) == 0 &&
			    sides[i].length == text.length &&
			    (text.length == 0 ||
			     memcmp(sides[i].contents, text.bytes, text.length) == 0))
				found = (int)i;
	}
	text_done(&text);
	return found;
}

bool is_refused(const char *path, const char *password, char *why, size_t size)
{
	VAULT_AUTO *vault = NULL;
	struct error err = {0};
	int r = open_with_password(path, password, 0, &vault, &err);

	if (r == VAULT_WRONG_KEY)
		return true;
	snprintf(why, size, "a password that was taken away: %s",
	         r == 0 ? "it opens" : err.message);
	return false;
}

int verify_sides(const char *path, const struct side *sides, size_t count, enum verify how,
                 char *why, size_t size)
{
	snprintf(why, size, "nothing was expected");
	for (size_t i = 0; i < count; i++) {
		VAULT_AUTO *vault = NULL;
		struct error err = {0};
		int r, found;

		if (!sides[i].absent && i > 0 && !sides[i - 1].absent &&
		    strcmp(sides[i].password, sides[i - 1].password) == 0)
			continue; /* find_side has looked at it */
		r = sides[i].absent ? vault_open(path, 0, &vault, &err)
		                    : open_with_password(path, sides[i].password, 0, &vault, &err);
		if (sides[i].absent && r == VAULT_NOT_FOUND)
			return (int)i;
		if (sides[i].absent || r == VAULT_WRONG_KEY || r == VAULT_NOT_FOUND) {
			snprintf(why, size, "none of the passwords opens it: %s", err.message);
			continue;
		}
		if (r != 0) {
			snprintf(why, size, "it does not open: %s", err.message);
			return -1;
		}
		found = find_side(vault, sides, count, sides[i].password, why, size);
		return found >= 0 && is_sound(vault, how, why, size) ? found : -1;
	}
	return -1;
}

#include <inttypes.h>

#include <vault/incident.h>

#include "commands.h"
#include "dates.h"
#include "held.h"
#include "json.h"
#include "key_names.h"
#include "output.h"
#include "plain_exports.h"

#define LABEL_COLUMNS 12

/* What `status` tells. */
struct status {
	size_t incidents; /* that are open */
	const char *path;
	bool unlocked;
	struct vault_status_info info;
	struct key_slot slots[KEY_SLOTS];
	size_t n_slots;
	struct held_status held;
	struct plain_exports exports;
};

static const char *header_state(const struct vault_status_info *info)
{
	return info->header_torn     ? "one copy is damaged"
	       : info->header_healed ? "one copy was healed"
	                             : "both copies are good";
}

static void label(const char *text)
{
	output_padded(text, LABEL_COLUMNS);
}

static void status_text(const struct status *status)
{
	const struct vault_status_info *info = &status->info;
	char day[DATE_DAY_SIZE];

	label("vault");
	output_text(status->path);
	output_format("%s\n", info->read_only ? " (cannot be written)" : "");
	label("created");
	output_format("%s\n", date_day(info->created, day));
	label("size");
	output_format("%" PRIu64 " bytes\n", info->size);
	label("format");
	output_format("%u\n", info->format);
	label("header");
	output_format("%s, sequence %" PRIu64 "\n", header_state(info), info->sequence);
	for (size_t i = 0; i < status->n_slots; i++) {
		label(i == 0 ? "keys" : "");
		key_print(&status->slots[i]);
	}
	held_status_text(&status->held, LABEL_COLUMNS);
	if (!status->unlocked && !status->held.holding.held) {
		label("locked");
		output_string("give a password, such as by --password-fd, to see more\n");
	}
	if (!status->unlocked)
		return;
	label("entries");
	output_format("%" PRIu64 ", and %" PRIu64 " in the trash\n", info->entries, info->trashed);
	label("incidents");
	output_format("%zu open\n", status->incidents);
	plain_exports_text(&status->exports, LABEL_COLUMNS);
	label("changes");
	output_format("%" PRIu64 "\n", info->generation);
	label("schema");
	output_format("%u\n", info->schema);
	label("memory");
	output_string(info->memory_locked ? "locked, cannot be swapped out\n"
	                                  : "not locked: it could be swapped out to disk\n");
}

static void status_uuid(struct json *json, const unsigned char uuid[16])
{
	static const char hex[] = "0123456789abcdef";
	char text[37], *p = text;

	for (int i = 0; i < 16; i++) {
		if (i == 4 || i == 6 || i == 8 || i == 10)
			*p++ = '-';
		*p++ = hex[uuid[i] >> 4];
		*p++ = hex[uuid[i] & 15];
	}
	*p = '\0';
	json_put_string(json, "uuid", text);
}

static void status_json(const struct status *status)
{
	const struct vault_status_info *info = &status->info;
	struct json json = {0};

	json_put_object(&json, NULL);
	json_put_string(&json, "vault", status->path);
	status_uuid(&json, info->uuid);
	json_put_time(&json, "created", info->created);
	json_put_number(&json, "size", (int64_t)info->size);
	json_put_number(&json, "format", info->format);
	json_put_number(&json, "sequence", (int64_t)info->sequence);
	json_put_bool(&json, "header_healed", info->header_healed);
	json_put_bool(&json, "header_torn", info->header_torn);
	json_put_bool(&json, "read_only", info->read_only);
	json_put_bool(&json, "unlocked", status->unlocked);
	json_put_array(&json, "keys");
	for (size_t i = 0; i < status->n_slots; i++)
		key_json(&json, &status->slots[i]);
	json_close(&json);
	held_status_json(&json, &status->held);
	if (status->unlocked) {
		json_put_number(&json, "incidents_open", (int64_t)status->incidents);
		plain_exports_json(&status->exports, &json);
		json_put_number(&json, "schema", info->schema);
		json_put_number(&json, "generation", (int64_t)info->generation);
		json_put_number(&json, "entries", (int64_t)info->entries);
		json_put_number(&json, "trashed", (int64_t)info->trashed);
		json_put_bool(&json, "memory_locked", info->memory_locked);
	}
	json_close(&json);
}

static int status_run(struct session *session, const void *values, char *const *words,
                      struct error *err)
{
	struct status status = {.path = session->path, .unlocked = session_presents(session)};
	int r = status.unlocked ? session_unlock(session, 0, err) : session_open(session, 0, err);

	(void)values;
	(void)words;
	if (r == 0)
		r = vault_info(session->vault, &status.info, err);
	if (r == 0 && status.unlocked)
		r = vault_incidents_open(session->vault, &status.incidents, err);
	if (r == 0 && status.unlocked)
		r = plain_exports_read(&status.exports, session->vault, err);
	if (r != 0) {
		plain_exports_done(&status.exports);
		return r;
	}
	vault_key_slots(session->vault, status.slots, &status.n_slots);
	held_status(session, &status.held);
	session_close(session);
	if (session->global.json)
		status_json(&status);
	else
		status_text(&status);
	plain_exports_done(&status.exports);
	return 0;
}

const struct command command_status = {
	.name = "status",
	.group = "vault",
	.arguments = "",
	.summary = "tell where the vault is, and what opens it",
	.more = "Asks for nothing, and uses no key that the agent holds. When a password is\n"
		"given by an option, it tells more.",
	.run = status_run,
};

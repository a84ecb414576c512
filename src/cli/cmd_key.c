#include <inttypes.h>
#include <stdio.h>

#include "commands.h"
#include "dates.h"
#include "json.h"
#include "key_names.h"
#include "new_key.h"
#include "output.h"
#include "report.h"
#include "units.h"

void key_print(const struct key_slot *slot)
{
	char day[DATE_DAY_SIZE];

	output_format("%u  ", slot->index);
	output_padded(key_type_name(slot->type), 24);
	output_format("%s  %4" PRIu32 " MiB, %" PRIu32 " passes", date_day(slot->created, day),
	              slot->cost.memory / 1024, slot->cost.time);
	if (slot->label[0]) {
		output_string("  ");
		output_text(slot->label);
	}
	output_string(slot->current ? "  (opened the vault now)\n" : "\n");
}

void key_json(struct json *json, const struct key_slot *slot)
{
	json_put_object(json, NULL);
	json_put_number(json, "slot", slot->index);
	json_put_string(json, "type", key_type_name(slot->type));
	json_put_string(json, "label", slot->label);
	json_put_number(json, "memory_kib", slot->cost.memory);
	json_put_number(json, "passes", slot->cost.time);
	json_put_time(json, "created", slot->created);
	json_put_bool(json, "current", slot->current);
	json_close(json);
}

/* The slots are in the header: no key is needed to see them. With a password given, it is told
 * which one fits. */
static int key_list_run(struct session *session, const void *values, char *const *words,
                        struct error *err)
{
	struct key_slot slots[KEY_SLOTS];
	struct json json = {0};
	size_t count = 0;
	int r = session_presents(session) ? session_unlock(session, VAULT_READ_ONLY, err)
	                                  : session_open(session, VAULT_READ_ONLY, err);

	(void)values;
	(void)words;
	if (r != 0)
		return r;
	vault_key_slots(session->vault, slots, &count);
	session_close(session);
	if (session->global.json) {
		json_put_object(&json, NULL);
		json_put_array(&json, "keys");
	}
	for (size_t i = 0; i < count; i++) {
		if (session->global.json)
			key_json(&json, &slots[i]);
		else
			key_print(&slots[i]);
	}
	if (session->global.json) {
		json_close(&json);
		json_close(&json);
	}
	return 0;
}

const struct command command_key_list = {
	.name = "key list",
	.group = "vault",
	.arguments = "",
	.summary = "list what opens the vault",
	.run = key_list_run,
};

static int key_remove_run(struct session *session, const void *values, char *const *words,
                          struct error *err)
{
	struct json json = {0};
	int slot = -1, r;

	(void)values;
	if (!units_number(words[0], &slot) || slot >= KEY_SLOTS)
		return error_set(err, VAULT_USAGE,
		                 "a slot is a number from 0 to %d; 'vault key list' tells them",
		                 KEY_SLOTS - 1);
	session->by_hand = true;
	r = session_unlock(session, 0, err);
	if (r == 0)
		r = vault_key_remove(session->vault, (unsigned)slot, err);
	if (r != 0 && r != VAULT_FAILED)
		return r;
	session_close(session);
	if (session->global.json) {
		json_put_object(&json, NULL);
		json_put_string(&json, "action", "removed");
		json_put_number(&json, "slot", slot);
		json_close(&json);
	}
	if (r == 0)
		report_note("Slot %d is empty. Copies of the vault made before still open with it; "
		            "'vault rekey' makes them worthless for what is to come.",
		            slot);
	return r;
}

const struct command command_key_remove = {
	.name = "key remove",
	.group = "vault",
	.arguments = "SLOT",
	.summary = "let a key open the vault no more",
	.more = "The last key that is not a recovery code stays (exit status 8).",
	.min_words = 1,
	.max_words = 1,
	.run = key_remove_run,
};

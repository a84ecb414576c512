/* Which changes are pending. */
#include "choose.h"
#include "json.h"
#include "output.h"
#include "report.h"
#include "rotation.h"

static int keep_name(void *context, const char *name)
{
	return names_add(context, name, NULL);
}

int rotation_list(struct session *session, struct error *err)
{
	NAMES_AUTO names = {0};
	struct json json = {0};
	int r = session_unlock(session, 0, err);

	if (r == 0)
		r = rotate_list(session->vault, keep_name, &names, err);
	if (r != 0)
		return r;
	session_close(session);
	if (session->global.json) {
		json_put_object(&json, NULL);
		json_put_array(&json, "pending");
	}
	for (size_t i = 0; i < names.count; i++) {
		if (session->global.json) {
			json_put_string(&json, NULL, names.items[i]);
			continue;
		}
		output_text(names.items[i]);
		output_string("\n");
	}
	if (session->global.json) {
		json_close(&json);
		json_close(&json);
	}
	if (names.count == 0)
		report_note("No change of a password is pending.");
	return 0;
}

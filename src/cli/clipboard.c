#include "clipboard.h"

#include <string.h>

#include "report.h"

static const char *where(const struct clipboard_answer *answer)
{
	static const char *const selections[] = {
		"nothing",
		"the clipboard",
		"the primary selection",
		"the clipboard and the primary selection",
	};

	if (strcmp(answer->way, "tmux") == 0)
		return answer->exact ? "a buffer of tmux" : "a buffer of tmux and the terminal";
	if (strcmp(answer->way, "terminal") == 0)
		return "the terminal's clipboard";
	return selections[answer->selections];
}

static void tell(const struct clipboard_done *done)
{
	const struct clipboard_answer *answer = &done->answer;

	if (done->clear_after == 0)
		report_note("Copied to %s; it stays there%s.", where(answer),
		            answer->reachable ? " until 'vault lock'" : "");
	else
		report_note("Copied to %s; cleared in %g s%s.", where(answer),
		            done->clear_after / 1000.0,
		            answer->exact ? "" : ", whatever is there then");
}

int clipboard_copy(struct session *session, const struct secret *secret,
                   const struct clipboard_options *how, struct clipboard_done *ret_done,
                   struct error *err)
{
	struct clipboard_done done = {
		.clear_after = how->clear_after >= 0 ? how->clear_after
	                                             : session->config.clipboard_clear * 1000,
	};
	struct clipboard_request request = {
		.selections = how->both      ? CLIPBOARD_MAIN | CLIPBOARD_PRIMARY
	                      : how->primary ? CLIPBOARD_PRIMARY
	                                     : CLIPBOARD_MAIN,
		.clear_after = done.clear_after,
		.to = how->to,
		.program = session->config.clipboard_program,
	};
	int r = clipboard_put(secret, &request, &done.answer, err);

	if (r != 0)
		return r;
	tell(&done);
	if (ret_done)
		*ret_done = done;
	return 0;
}

void clipboard_json(struct json *json, const struct clipboard_done *done)
{
	const struct clipboard_answer *answer = &done->answer;

	json_put_string(json, "way", answer->way);
	json_put_array(json, "selections");
	if (answer->selections & CLIPBOARD_MAIN)
		json_put_string(json, NULL, "clipboard");
	if (answer->selections & CLIPBOARD_PRIMARY)
		json_put_string(json, NULL, "primary");
	json_close(json);
	if (done->clear_after)
		json_put_real(json, "clear_after", done->clear_after / 1000.0);
	else
		json_put_null(json, "clear_after");
	json_put_bool(json, "exact", answer->exact);
}

#include <time.h>

#include <vault/otp.h>

#include "cleanup.h"
#include "clipboard.h"
#include "commands.h"
#include "json.h"
#include "output.h"
#include "report.h"

struct otp_values {
	bool copy;
	struct clipboard_options clipboard;
};

static const struct option_spec otp_options[] = {
	OPTION_FLAG(struct otp_values, copy, 'c', "copy",
                    "put the code on the clipboard instead of printing it"),
	CLIPBOARD_OPTIONS(struct otp_values, clipboard),
	OPTIONS_END,
};

static int check(const struct otp_values *values, struct error *err)
{
	const struct clipboard_options *clipboard = &values->clipboard;

	if (!values->copy &&
	    (clipboard->clear_after >= 0 || clipboard->primary || clipboard->both || clipboard->to))
		return error_set(err, VAULT_USAGE,
		                 "--clear-after, --primary, --both and --to go with --copy");
	return 0;
}

static int load(struct session *session, const char *name, struct otp *ret_otp, char **ret_name,
                struct error *err)
{
	int r = session_unlock(session, 0, err);

	if (r == 0)
		r = vault_otp(session->vault, name, ret_otp, ret_name, err);
	if (r == VAULT_NOT_FOUND && session->vault && !*ret_name)
		return session_no_entry(session, name, err);
	return r;
}

/* `copied` is NULL when the code is printed. */
static void tell_json(const char *name, const struct otp *otp, const struct secret *code,
                      uint32_t left, const struct clipboard_done *copied)
{
	static const char *const kinds[] =
		{[OTP_TOTP] = "totp", [OTP_HOTP] = "hotp", [OTP_STEAM] = "steam"};
	struct json json = {0};

	json_put_object(&json, NULL);
	json_put_string(&json, "name", name);
	json_put_string(&json, "kind", kinds[otp->kind]);
	if (copied)
		clipboard_json(&json, copied);
	else
		json_put_secret(&json, "code", code);
	if (otp->kind == OTP_HOTP) {
		json_put_number(&json, "counter", (int64_t)otp->counter);
	} else {
		json_put_number(&json, "period", otp->period);
		json_put_number(&json, "seconds_left", left);
	}
	json_close(&json);
}

/* For a person; a program gets the code alone. */
static void tell_left(const struct otp *otp, uint32_t left)
{
	if (otp->kind == OTP_HOTP)
		report_note("Good once; the next time there will be another one.");
	else
		report_note("Good for %u more %s.", left, left == 1 ? "second" : "seconds");
}

static int give(struct session *session, const struct otp_values *how, const char *name,
                const struct otp *otp, const struct secret *code, uint32_t left, struct error *err)
{
	struct clipboard_done copied = {0};
	int r = how->copy ? clipboard_copy(session, code, &how->clipboard, &copied, err) : 0;

	if (r != 0)
		return r;
	if (session->global.json) {
		tell_json(name, otp, code, left, how->copy ? &copied : NULL);
		return 0;
	}
	if (!how->copy) {
		output_secret(code);
		output_string("\n");
	}
	if (how->copy || output_is_terminal())
		tell_left(otp, left);
	return 0;
}

static int otp_run(struct session *session, const void *values, char *const *words,
                   struct error *err)
{
	FREE_AUTO char *name = NULL;
	OTP_AUTO otp = {0};
	SECRET_AUTO *code = NULL;
	uint32_t left = 0;
	int r = check(values, err);

	if (r == 0)
		r = load(session, words[0], &otp, &name, err);
	if (r == 0)
		r = otp_code(&otp, time(NULL), &code, &left, err);
	if (r != 0)
		return r;
	session_close(session);
	secret_freep(&otp.seed); /* before a slow reader is waited for */
	return give(session, values, name, &otp, code, left, err);
}

const struct command command_otp = {
	.name = "otp",
	.group = "use",
	.arguments = "NAME",
	.summary = "print the one-time code of an entry",
	.more = "A terminal is told, too, how long it is good for. Of a code that goes by a\n"
		"counter, the counter has moved on when it is shown. 'vault add --otp' and\n"
		"'vault edit --otp' set up one-time codes.",
	.options = otp_options,
	.values_size = sizeof(struct otp_values),
	.min_words = 1,
	.max_words = 1,
	.takes = {WORD_ENTRY},
	.run = otp_run,
};

#include <time.h>

#include <vault/otp.h>

#include "cleanup.h"
#include "commands.h"
#include "json.h"
#include "output.h"
#include "report.h"

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

static void tell_json(const char *name, const struct otp *otp, const struct secret *code,
                      uint32_t left)
{
	static const char *const kinds[] =
		{[OTP_TOTP] = "totp", [OTP_HOTP] = "hotp", [OTP_STEAM] = "steam"};
	struct json json = {0};

	json_object(&json, NULL);
	json_string(&json, "name", name);
	json_string(&json, "kind", kinds[otp->kind]);
	json_secret(&json, "code", code);
	if (otp->kind == OTP_HOTP) {
		json_number(&json, "counter", (int64_t)otp->counter);
	} else {
		json_number(&json, "period", otp->period);
		json_number(&json, "seconds_left", left);
	}
	json_close(&json);
}

/* For a person: how long the code is good for. A program gets the code alone. */
static void tell(const struct otp *otp, const struct secret *code, uint32_t left)
{
	output_secret(code);
	output_string("\n");
	if (!output_is_terminal())
		return;
	if (otp->kind == OTP_HOTP)
		report_note("Good once; the next time there will be another one.");
	else
		report_note("Good for %u more %s.", left, left == 1 ? "second" : "seconds");
}

static int otp_run(struct session *session, const void *values, char *const *words,
                   struct error *err)
{
	FREE_AUTO char *name = NULL;
	OTP_AUTO otp = {0};
	SECRET_AUTO *code = NULL;
	uint32_t left = 0;
	int r = load(session, words[0], &otp, &name, err);

	(void)values;
	if (r == 0)
		r = otp_code(&otp, time(NULL), &code, &left, err);
	if (r != 0)
		return r;
	session_close(session);
	if (session->global.json)
		tell_json(name, &otp, code, left);
	else
		tell(&otp, code, left);
	return 0;
}

const struct command command_otp = {
	.name = "otp",
	.group = "use",
	.arguments = "NAME",
	.summary = "print the one-time code of an entry",
	.more = "A terminal is told, too, how long it is good for. Of a code that goes by a\n"
		"counter, the counter has moved on when it is shown. 'vault add --otp' and\n"
		"'vault edit --otp' set up one-time codes.",
	.min_words = 1,
	.max_words = 1,
	.takes = {WORD_ENTRY},
	.run = otp_run,
};

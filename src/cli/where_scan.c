#include "where_scan.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <vault/scan.h>

#include "cleanup.h"
#include "dates.h"
#include "holders.h"
#include "json.h"
#include "output.h"
#include "prompt.h"
#include "report.h"
#include "where_saved.h"

#define SKIPPED_TOLD 5 /* names, of each reason */

struct scanning {
	struct session *session;
	struct json json;
	struct saved saved;
	struct holders holders;
	size_t skipped[SCAN_WHYS];
	char *names[SCAN_WHYS][SKIPPED_TOLD];
	struct error *err;
};

static void scanning_done(struct scanning *scanning)
{
	saved_done(&scanning->saved);
	holders_done(&scanning->holders);
	for (size_t i = 0; i < SCAN_WHYS; i++)
		for (size_t j = 0; j < SKIPPED_TOLD; j++)
			free(scanning->names[i][j]);
}
#define SCANNING_AUTO __attribute__((cleanup(scanning_done))) struct scanning

static const char *const forms[] = {[SCAN_PLAIN] = "plain",
                                    [SCAN_PERCENT] = "percent-encoded",
                                    [SCAN_BASE64] = "base64",
                                    [SCAN_ESCAPED] = "escaped"};

static const struct {
	const char *word, *text;
} whys[] = {
	[SCAN_BINARY] = {"binary", "no text"},
	[SCAN_LARGE] = {"large", "larger than 64 MiB"},
	[SCAN_LINK] = {"link", "a symbolic link"},
	[SCAN_SPECIAL] = {"special", "a device, socket or pipe"},
	[SCAN_UNREADABLE] = {"unreadable", "cannot be read"},
	[SCAN_MOUNTED] = {"mounted", "on another file system"},
	[SCAN_DEEP] = {"deep", "in too many folders"},
	[SCAN_SEALED] = {"sealed", "encrypted by the program that it belongs to"},
};

/* ---- what is found ------------------------------------------------------------------- */

/* One file is one user of a password, however the way to it was spelled and from wherever. */
static int note_file(struct holders *holders, const struct scan_hit *hit, struct error *err)
{
	FREE_AUTO char *whole = realpath(hit->path, NULL);

	/* Of several passwords in one file the present one is what counts. */
	return holders_add(holders, hit->entry, whole ? whole : hit->path,
	                   hit->until ? hit->until - 1 : HOLDS_PRESENT, false, err);
}

static int tell_hit(void *context, const struct scan_hit *hit)
{
	struct scanning *scanning = context;
	struct json *json = &scanning->json;
	char day[DATE_DAY_SIZE];

	if (scanning->session->global.json) {
		json_put_object(json, NULL);
		json_put_string(json, "path", hit->path);
		json_put_number(json, "line", (int64_t)hit->line);
		json_put_string(json, "entry", hit->entry);
		json_put_string(json, "form", forms[hit->form]);
		json_put_time(json, "since", hit->since);
		json_put_time(json, "until", hit->until);
		json_close(json);
	} else {
		output_text(hit->path);
		output_format(":%zu: ", hit->line);
		output_text(hit->entry);
		if (hit->form != SCAN_PLAIN)
			output_format(", %s", forms[hit->form]);
		if (hit->until)
			output_format(", the password until %s", date_day(hit->until, day));
		output_string("\n");
	}
	return note_file(&scanning->holders, hit, scanning->err);
}

static int tell_skipped(void *context, const char *path, enum scan_why why, int error)
{
	struct scanning *scanning = context;
	size_t at = scanning->skipped[why]++;

	(void)error;
	if (at < SKIPPED_TOLD)
		scanning->names[why][at] = strdup(path);
	return 0;
}

/* ---- what there is to say of it ------------------------------------------------------ */

static void tell_counts(const struct scanning *scanning, const struct scan_counts *counts)
{
	report_note("Looked for %zu passwords in %zu file%s, %" PRIu64 " MiB.", counts->passwords,
	            counts->files, counts->files == 1 ? "" : "s",
	            (uint64_t)(counts->bytes + 524288) >> 20);
	if (counts->too_short > 0)
		report_note("Not looked for: %zu shorter than %d bytes, which stand in files by "
		            "chance.",
		            counts->too_short, SCAN_SHORTEST);
	if (counts->too_long > 0)
		report_note("Not looked for: %zu longer than %d bytes.", counts->too_long,
		            SCAN_LONGEST);
	for (size_t why = 0; why < SCAN_WHYS; why++) {
		if (scanning->skipped[why] == 0)
			continue;
		report_note("Not read: %zu, %s, such as", scanning->skipped[why], whys[why].text);
		for (size_t i = 0; i < SKIPPED_TOLD && scanning->names[why][i]; i++)
			report_note("  %s", scanning->names[why][i]);
	}
}

static void json_counts(struct json *json, const struct scanning *scanning,
                        const struct scan_counts *counts)
{
	json_put_number(json, "passwords", (int64_t)counts->passwords);
	json_put_number(json, "too_short", (int64_t)counts->too_short);
	json_put_number(json, "too_long", (int64_t)counts->too_long);
	json_put_number(json, "files", (int64_t)counts->files);
	json_put_number(json, "bytes", (int64_t)counts->bytes);
	json_put_object(json, "not_read");
	for (size_t why = 0; why < SCAN_WHYS; why++)
		json_put_number(json, whys[why].word, (int64_t)scanning->skipped[why]);
	json_close(json);
	json_close(json);
}

/* ---- noting it down ------------------------------------------------------------------ */

static int note_down(struct scanning *scanning, struct error *err)
{
	size_t changed = 0;
	int r = session_unlock(scanning->session, 0, err);

	if (r == 0)
		r = holders_record(&scanning->holders, scanning->session->vault, &changed, err);
	session_close(scanning->session);
	if (r == 0)
		report_note("Noted down %zu as who uses a password: 'vault where NAME' tells.",
		            changed);
	return r;
}

static int offer(struct scanning *scanning, bool found, bool record, struct error *err)
{
	bool yes = record;
	int r = 0;

	if (!found)
		return 0;
	if (scanning->holders.count == 0)
		return VAULT_FINDINGS;
	if (!record && !scanning->session->global.json && !session_presents(scanning->session) &&
	    prompt_available())
		r = prompt_yes("Note these down as users of the passwords?", true, &yes, err);
	if (r == 0 && yes)
		r = note_down(scanning, err);
	return r < 0 ? r : VAULT_FINDINGS;
}

/* Looks through all that was named, and ends with what there is to say of it. */
static int look(struct scanning *scanning, struct scan *scan, char *const *paths, bool *ret_found,
                struct error *err)
{
	const struct scan_call call = {tell_hit, tell_skipped, scanning};
	struct json *json = scanning->session->global.json ? &scanning->json : NULL;
	struct scan_counts counts;
	int r = 0;

	if (json) {
		json_put_object(json, NULL);
		json_put_array(json, "found");
	}
	if (!paths[0])
		r = scan_places(scan, &call, err);
	for (size_t i = 0; paths[i] && r == 0; i++)
		r = scan_path(scan, paths[i], &call, err);
	*ret_found = scanning->holders.count > 0;
	if (json)
		json_close(json);
	if (r == 0)
		r = saved_tell(&scanning->saved, scan, json, &scanning->holders, ret_found, err);
	scan_counts(scan, &counts);
	if (json)
		json_counts(json, scanning, &counts);
	else
		tell_counts(scanning, &counts);
	return r;
}

int where_scan(struct session *session, char *const *paths, bool record, struct error *err)
{
	SCANNING_AUTO scanning = {.session = session, .err = err};
	SCAN_AUTO *scan = NULL;
	bool found = false;
	int r = saved_read(&scanning.saved, paths, err);

	if (r == 0)
		r = session_unlock(session, 0, err);
	if (r == 0)
		r = scan_new(session->vault, &scan, err);
	if (!record) /* nothing may be there to unlock it by a second time */
		session_close(session);
	if (r == 0)
		r = look(&scanning, scan, paths, &found, err);
	return r == 0 ? offer(&scanning, found, record, err) : r;
}

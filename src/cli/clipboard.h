/*
 * Putting a secret on the clipboard: the options that say how, and telling what was done.
 *
 *     struct copy_values { struct clipboard_options clipboard; };
 *     static const struct option_spec options[] = {
 *             CLIPBOARD_OPTIONS(struct copy_values, clipboard),
 *             OPTIONS_END,
 *     };
 */
#ifndef CLI_CLIPBOARD_H
#define CLI_CLIPBOARD_H

#include <stdbool.h>

#include <vault/clipboard.h>
#include <vault/error.h>
#include <vault/secret.h>

#include "json.h"
#include "options.h"
#include "session.h"

#define CLIPBOARD_CLEAR_MAX (24 * 3600 * 1000) /* milliseconds */

/* As read from the command line; {.clear_after = -1} is "nothing given". */
struct clipboard_options {
	int clear_after; /* milliseconds; 0: not before vault lock; -1: as configured */
	bool primary, both;
	const char *to; /* NULL: found out */
};

#define CLIPBOARD_OPTIONS(type, clipboard) \
	OPTION_DURATION(type, clipboard.clear_after, 0, "clear-after", "TIME", 0, \
	                CLIPBOARD_CLEAR_MAX, "clear the clipboard after TIME; 0: never"), \
		OPTION_FLAG(type, clipboard.primary, 0, "primary", \
	                    "put it on the primary selection (middle button)"), \
		OPTION_FLAG(type, clipboard.both, 0, "both", "put it on both selections"), \
		OPTION_TEXT_OF(WORD_CHOICE, type, clipboard.to, 0, "to", "WAY", \
	                       "wayland, wl-copy, x11, xclip, xsel, pbcopy, tmux, terminal")

/* Puts the secret on the clipboard; a process of its own clears it after the time. Returns at once,
 * and tells on standard error what it did (report_note): "Copied to the clipboard; cleared in 45
 * s." *ret_done may be NULL; it is for clipboard_json. */
struct clipboard_done {
	struct clipboard_answer answer;
	int clear_after; /* milliseconds; 0: never */
};
int clipboard_copy(struct session *session, const struct secret *secret,
                   const struct clipboard_options *how, struct clipboard_done *ret_done,
                   struct error *err);

/* Members of the object that is open: way, selections, clear_after, exact. */
void clipboard_json(struct json *json, const struct clipboard_done *done);

#endif

/* Readers that are no rows of formats.c, since nothing can be imported from such files: their items
 * have addresses, users and dates, and never a password. <vault/saved.h> hands them on. */
#ifndef FORMAT_SAVED_H
#define FORMAT_SAVED_H

#include "format/format.h"

/* {"logins": [{"hostname": …, "formSubmitURL": …, "timePasswordChanged": …}, …]}: the address and
 * the form's are URLs. */
extern const struct format format_mozilla_logins;

/* user_pref("mail.server.server1.hostname", "…"); a line each: the host is a URL. */
extern const struct format format_mozilla_prefs;

#endif

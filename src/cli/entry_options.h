/*
 * The options that `add` and `edit` share: what an entry is to hold.
 *
 * Standard input, when it is used, is read in this order: the password (--stdin: one line;
 * --stdin0: everything), one line for each secret field, in the order of the options, a line for
 * the one-time code, and last the note (--note -: the rest).
 */
#ifndef CLI_ENTRY_OPTIONS_H
#define CLI_ENTRY_OPTIONS_H

#include <stdbool.h>

#include <vault/entry.h>
#include <vault/error.h>
#include <vault/secret.h>

#include "options.h"
#include "rule.h"

struct entry_options {
	const char *user, *note, *allow_reuse, *otp_file, *otp_qr;
	struct texts urls, tags, fields, secret_fields, resets, used_by;
	bool generate, from_stdin, all_stdin, otp;
	bool again; /* another one is made: how strong such are was told with the first */
	struct rule_options rule;
};

#define ENTRY_OPTIONS(type, entry) \
	OPTION_TEXT(type, entry.user, 'u', "user", "USER", "user name"), \
		OPTION_TEXTS(type, entry.urls, 0, "url", "URL", "address of the service"), \
		OPTION_FLAG(type, entry.generate, 'g', "generate", \
	                    "make the longest strong password"), \
		RULE_OPTIONS(type, entry.rule), \
		OPTION_FLAG(type, entry.from_stdin, 0, "stdin", \
	                    "read the password, one line, from standard input"), \
		OPTION_FLAG(type, entry.all_stdin, 0, "stdin0", \
	                    "the password is all of standard input, byte by byte"), \
		OPTION_TEXT(type, entry.note, 0, "note", "TEXT", \
	                    "secret note; - reads it from standard input"), \
		OPTION_TEXTS_OF(WORD_TAG, type, entry.tags, 0, "tag", "TAG", "tag to find it by"), \
		OPTION_TEXTS(type, entry.fields, 0, "field", "KEY=VALUE", \
	                     "further field that is not secret"), \
		OPTION_TEXTS(type, entry.secret_fields, 0, "secret-field", "KEY", \
	                     "secret field; KEY=- reads standard input"), \
		OPTION_TEXTS_OF(WORD_ENTRY, type, entry.resets, 0, "resets-via", "ENTRY", \
	                        "entry through which the password can be reset"), \
		OPTION_TEXTS(type, entry.used_by, 0, "used-by", "WHO", \
	                     "program or device that types the password"), \
		OPTION_FLAG(type, entry.otp, 0, "otp", \
	                    "set up one-time codes; asks for the secret or URI"), \
		OPTION_TEXT_OF(WORD_FILE, type, entry.otp_file, 0, "otp-file", "FILE", \
	                       "read the secret or URI from FILE; - is standard input"), \
		OPTION_TEXT_OF(WORD_FILE, type, entry.otp_qr, 0, "otp-qr", "FILE", \
	                       "read the URI from the QR code in a PNG or JPEG picture"), \
		OPTION_TEXT(type, entry.allow_reuse, 0, "allow-reuse", "REASON", \
	                    "share the password with another entry, and why")

/* Do the options go together? VAULT_USAGE failure. */
int entry_options_check(const struct entry_options *options, const struct config *config,
                        struct error *err);

/* Is a password to be made? */
bool entry_options_generate(const struct entry_options *options);

/* Puts what is asked of nobody into `entry`: URLs, tags, plain fields, the user name, and the
 * one-time code of a picture. */
int entry_options_plain(const struct entry_options *options, struct entry *entry,
                        struct error *err);

/* Reads the secret fields, the one-time code and the note into `entry`. After the password has been
 * read. */
int entry_options_secrets(const struct entry_options *options, struct entry *entry,
                          struct error *err);

/* Whether anything but a password is to be set. */
bool entry_options_fields(const struct entry_options *options);

/* A password for an entry. */
struct chosen {
	struct secret *password;
	bool generated;
	bool typed; /* at the terminal: another one can be asked for */
};
void chosen_done(struct chosen *chosen);
#define CHOSEN_AUTO __attribute__((cleanup(chosen_done))) struct chosen

/* Makes (as the options or the configuration say), reads or asks for the password of `entry`, whose
 * name and user it should not resemble. VAULT_NOT_FOUND (> 0): the person does not want to answer.
 * VAULT_LOCKED failure: nothing says where it comes from. */
int entry_options_password(const struct entry_options *options, const struct config *config,
                           const struct entry *entry, struct chosen *ret_chosen, struct error *err);

#endif

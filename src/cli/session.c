#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "held.h"
#include "incidents.h"
#include "pinentry.h"
#include "prompt.h"
#include "report.h"
#include "session.h"

#define ATTEMPTS 3 /* at the prompt */
#define NEAREST 3  /* names told when one is not found */

const struct option_spec globals_options[] = {
	OPTION_TEXT_OF(WORD_FILE, struct globals, vault, 0, "vault", "FILE",
                       "use this vault instead of the default one"),
	OPTION_FLAG(struct globals, json, 0, "json", "answer with one JSON object"),
	OPTION_TEXT_OF(WORD_FILE, struct globals, password_file, 0, "password-file", "FILE",
                       "read the master password from the first line of FILE"),
	OPTION_NUMBER(struct globals, password_fd, 0, "password-fd", "N", 0, 65535,
                      "read the master password, a line, from descriptor N"),
	OPTION_TEXT_OF(WORD_FILE, struct globals, key_file, 0, "key-file", "FILE",
                       "present FILE as key file"),
	OPTION_FLAG(struct globals, recovery, 0, "recovery",
                    "open with the recovery code instead of a password"),
	OPTION_NUMBER(struct globals, volume_key_fd, 0, "volume-key-fd", "N", 0, 65535,
                      "read the volume key, hexadecimal, from descriptor N"),
	OPTION_FLAG(struct globals, no_agent, 0, "no-agent",
                    "neither ask the agent for the key nor give it one"),
	OPTION_FLAG(struct globals, pinentry, 0, "pinentry",
                    "ask through pinentry, where there is one"),
	OPTION_FLAG(struct globals, accept_rollback, 0, "accept-rollback",
                    "take a file older than expected for the truth"),
	OPTION_FLAG(struct globals, quiet, 'q', "quiet", "say nothing but warnings and errors"),
	OPTION_FLAG(struct globals, help, 'h', "help", "explain the command"),
	OPTION_FLAG(struct globals, version, 'V', "version", "tell the version"),
	OPTIONS_END,
};

int session_start(struct session *session, struct error *err)
{
	const char *path = session->global.vault;
	int r;

	if (path && path[0] == '\0')
		return error_set(err, VAULT_USAGE, "--vault needs the name of a file");
	r = config_load(&session->config, err);
	if (r < 0)
		return r;
	if (!path)
		path = session->config.vault;
	if (!path)
		return vault_default_path(&session->path, err);
	session->path = strdup(path);
	return session->path ? 0 : error_set(err, VAULT_FAILED, "out of memory");
}

void session_close(struct session *session)
{
	vault_close(session->vault);
	session->vault = NULL;
}

void session_done(struct session *session)
{
	session_close(session);
	presented_done(&session->presented);
	config_done(&session->config);
	free(session->path);
	session->path = NULL;
}

bool session_scripted(const struct session *session)
{
	return session->global.password_file || session->global.password_fd >= 0 ||
	       session->global.volume_key_fd >= 0;
}

bool session_presents(const struct session *session)
{
	return session_scripted(session) || session->global.key_file || session->global.recovery;
}

int session_open(struct session *session, unsigned flags, struct error *err)
{
	int r;

	if (session->vault)
		return 0;
	session->unlocked = false;
	if (session->global.accept_rollback)
		flags |= VAULT_ACCEPT_ROLLBACK;
	r = vault_open(session->path, flags, &session->vault, err);
	if (r == VAULT_NOT_FOUND)
		error_set(err, VAULT_NOT_FOUND, "there is no vault at %s; 'vault init' makes one",
		          session->path);
	return r;
}

static bool has_slot(const struct session *session, enum key_type type)
{
	struct key_slot slots[KEY_SLOTS];
	size_t count = 0;

	vault_key_slots(session->vault, slots, &count);
	for (size_t i = 0; i < count; i++)
		if (slots[i].type == type)
			return true;
	return false;
}

/* Whoever wants pinentry gets it also at a terminal, which may belong to a mail program's screen;
 * the configuration means programs that have none. */
static bool by_pinentry(const struct session *session)
{
	return (session->global.pinentry || (session->config.pinentry && !prompt_available())) &&
	       pinentry_available();
}

static bool somebody_to_ask(const struct session *session)
{
	return prompt_available() || by_pinentry(session);
}

static int ask_by_pinentry(const struct session *session, const char *question,
                           struct secret **ret_password, struct error *err)
{
	char description[ERROR_MESSAGE_MAX], prompt[32];
	const struct pinentry_question asked = {
		.description = description,
		.prompt = prompt,
		.error = session->refused.message[0] ? session->refused.message : NULL,
	};

	snprintf(description, sizeof(description), "vault: unlock %s", session->path);
	snprintf(prompt, sizeof(prompt), "%.*s", (int)strcspn(question, ":") + 1, question);
	return pinentry_ask(&asked, ret_password, err);
}

/* Asks whoever is there: by pinentry where that is wanted, else at the terminal. */
static int ask(const struct session *session, const char *question, struct secret **ret_password,
               struct error *err)
{
	int r = -VAULT_LOCKED;

	if (by_pinentry(session))
		r = ask_by_pinentry(session, question, ret_password, err);
	if (r == -VAULT_LOCKED && prompt_available())
		r = prompt_secret(question, PASSWORD_MAX, ret_password, err);
	return r > 0 ? error_set(err, VAULT_INTERRUPTED, "Nothing was changed.") : r;
}

/* Gets a password or code: from where the options say, or from the person who is there. */
static int read_password(const struct session *session, const char *question,
                         struct secret **ret_password, struct error *err)
{
	const struct globals *global = &session->global;

	if (global->password_fd >= 0 || global->password_file)
		return present_password(global->password_fd, global->password_file, ret_password,
		                        err);
	if (!somebody_to_ask(session))
		return error_set(err, VAULT_LOCKED,
		                 "the vault is locked and there is no terminal%s to ask for its "
		                 "password: unlock it before with 'vault unlock', or give "
		                 "%s--password-fd N or --password-file FILE",
		                 session->global.pinentry ? " and no pinentry that works" : "",
		                 session->global.pinentry ? "" : "--pinentry, ");
	return ask(session, question, ret_password, err);
}

/* Tries one credential. `type` says what the secrets in `presented` are. */
static int try(struct session *session, struct presented *presented, enum key_type type,
               struct error *err)
{
	presented_set(presented, type);
	prompt_quiet(!session_scripted(session));
	int r = vault_unlock(session->vault, &presented->credential, err);
	prompt_quiet(false);
	if (r == 0 && session->keep_presented) {
		session->presented = *presented;
		*presented = (struct presented){0};
	}
	return r;
}

/* With a key file, a slot that needs nothing else is tried first. */
static int try_key_file(struct session *session, struct presented *presented, struct error *err)
{
	bool with_password = has_slot(session, KEY_PASSWORD_AND_FILE);
	int r = VAULT_WRONG_KEY;

	if (!session_scripted(session) && (has_slot(session, KEY_FILE) || !with_password))
		r = try(session, presented, KEY_FILE, err);
	if (r != VAULT_WRONG_KEY || !(with_password || session_scripted(session)))
		return r;
	secret_free(presented->password);
	presented->password = NULL;
	r = read_password(session, "Master password: ", &presented->password, err);
	return r == 0 ? try(session, presented, KEY_PASSWORD_AND_FILE, err) : r;
}

static int unlock_once(struct session *session, struct error *err)
{
	const struct globals *global = &session->global;
	PRESENTED_AUTO presented = {0};
	int r;

	if (global->key_file) {
		r = present_key_file(global->key_file, &presented.key_file, err);
		return r == 0 ? try_key_file(session, &presented, err) : r;
	}
	if (!global->recovery && !has_slot(session, KEY_PASSWORD) &&
	    (has_slot(session, KEY_PASSWORD_AND_FILE) || has_slot(session, KEY_FILE)))
		return error_set(err, VAULT_LOCKED,
		                 "this vault opens with a key file; give it by --key-file FILE");
	r = read_password(session, global->recovery ? "Recovery code: " : "Master password: ",
	                  &presented.password, err);
	return r == 0 ? try(session, &presented,
	                    global->recovery ? KEY_RECOVERY_CODE : KEY_PASSWORD, err)
	              : r;
}

static int unlock(struct session *session, struct error *err)
{
	const struct globals *global = &session->global;
	bool asked = !session_scripted(session);
	int r;

	if (global->volume_key_fd >= 0) {
		SECRET_AUTO *key = NULL;
		r = present_volume_key(global->volume_key_fd, &key, err);
		return r == 0 ? vault_unlock_volume_key(session->vault, key, err) : r;
	}
	/* Nobody is asked for what there is not. */
	if (asked && global->recovery && somebody_to_ask(session) &&
	    !has_slot(session, KEY_RECOVERY_CODE)) {
		error_set(err, VAULT_WRONG_KEY, "this vault has no recovery code");
		return VAULT_WRONG_KEY;
	}
	for (int attempt = 1;; attempt++) {
		r = unlock_once(session, err);
		/* A mistyped recovery code is noticed before it is tried. */
		bool again = r == VAULT_WRONG_KEY || (r == -VAULT_USAGE && global->recovery);
		if (!again || !asked || attempt == ATTEMPTS ||
		    (global->key_file && !has_slot(session, KEY_PASSWORD_AND_FILE)))
			return r;
		if (!by_pinentry(session))
			prompt_say("%s; try again\n", err->message);
		session->refused = *err;
		*err = (struct error){0};
	}
}

/* Tells, loudly, that the file is older than what was seen here before. */
static void announce_rollback(struct session *session)
{
	const struct vault_rollback *rollback = vault_rollback(session->vault);

	if (!rollback || session->expect_older)
		return;
	bool older = rollback->generation < rollback->expected ||
	             rollback->sequence < rollback->expected_sequence;
	if (!rollback->detected) {
		if (older && session->global.accept_rollback)
			report_note("The older file is taken for the truth from now on.");
		return;
	}
	session->rolled_back = true;
	if (older)
		report_warning("THIS VAULT IS OLDER THAN WHAT WAS LAST SEEN HERE: %s is at change "
		               "%" PRIu64 " (keys %" PRIu64 "), expected was %" PRIu64
		               " (keys %" PRIu64 ").",
		               session->path, rollback->generation, rollback->sequence,
		               rollback->expected, rollback->expected_sequence);
	else
		report_warning("THIS VAULT IS NOT THE ONE THAT WAS LAST SEEN HERE: %s is at change "
		               "%" PRIu64 " as expected, but holds something else.",
		               session->path, rollback->generation);
	report_warning("A backup that was put back, a conflict while synchronising, or somebody "
	               "replaced the file. It can be read; to write to it, give "
	               "--accept-rollback.");
}

static void announce_header(struct session *session)
{
	struct vault_status_info info;

	if (vault_info(session->vault, &info, NULL) < 0)
		return;
	if (info.header_healed)
		report_warning(
			"one of the two header copies was damaged; it has been written anew. "
			"'vault check' looks at the rest.");
	else if (info.header_torn)
		report_warning(
			"one of the two header copies is damaged and could not be written anew. "
			"Make a backup: vault backup FILE");
}

/* By the agent, else by asking; what had to be asked for, the agent gets. */
static int unlock_at_ease(struct session *session, struct error *err)
{
	int r = session->by_hand ? VAULT_LOCKED : held_unlock(session, err);

	if (r != VAULT_LOCKED)
		return r;
	if (err->message[0])
		report_warning("the agent is of no use: %s", err->message);
	*err = (struct error){0};
	r = unlock(session, err);
	if (r == 0 && !session->by_hand)
		held_keep(session);
	return r;
}

/* The vault is unlocked. `info` is from while it was not: then asking costs no query. */
static void announce(struct session *session, const struct vault_status_info *info)
{
	session->unlocked = true;
	if (info->header_torn || info->header_healed)
		announce_header(session);
	announce_rollback(session);
	incident_remind(session);
}

int session_unlock(struct session *session, unsigned flags, struct error *err)
{
	struct vault_status_info info;
	int r = session_open(session, flags, err);

	if (r == 0 && session->unlocked)
		return 0;
	if (r == 0)
		r = vault_info(session->vault, &info, err);
	if (r == 0)
		r = session_presents(session) ? unlock(session, err) : unlock_at_ease(session, err);
	if (r == 0)
		announce(session, &info);
	return r;
}

int session_unlock_held(struct session *session, unsigned flags, struct error *err)
{
	struct vault_status_info info;
	int r;

	if (session_scripted(session))
		return session_unlock(session, flags, err);
	r = session_open(session, flags, err);
	if (r == 0)
		r = vault_info(session->vault, &info, err);
	if (r == 0)
		r = held_unlock(session, err);
	if (r == 0)
		announce(session, &info);
	return r;
}

bool session_lacks(const struct session *session, int r)
{
	return r == VAULT_NOT_FOUND && session->vault;
}

int session_no_entry(struct session *session, const char *name, struct error *err)
{
	char *names[NEAREST] = {0}, hint[ERROR_MESSAGE_MAX] = "";
	size_t count = 0, length = 0;

	if (vault_nearest(session->vault, name, names, NEAREST, &count, NULL) != 0)
		count = 0;
	for (size_t i = 0; i < count; i++) {
		const char *joint = i == 0 ? " Did you mean " : i + 1 < count ? ", " : " or ";
		int n = snprintf(hint + length, sizeof(hint) - length, "%s'%s'", joint, names[i]);
		length += n > 0 && (size_t)n < sizeof(hint) - length ? (size_t)n : 0;
		free(names[i]);
	}
	hint[length] = '\0';
	error_set(err, VAULT_NOT_FOUND, "no entry '%.300s'%s%s%s", name, length ? "." : "", hint,
	          length ? "?" : "");
	return VAULT_NOT_FOUND;
}

int session_get(struct session *session, const char *name, struct entry **ret_entry,
                struct error *err)
{
	int r = vault_get(session->vault, name, ret_entry, err);

	return r == VAULT_NOT_FOUND ? session_no_entry(session, name, err) : r;
}

int session_read(struct session *session, const char *name, struct entry **ret_entry,
                 struct error *err)
{
	int r = session_unlock(session, 0, err);

	if (r == 0)
		r = session_get(session, name, ret_entry, err);
	if (r == 0)
		session_close(session);
	return r;
}

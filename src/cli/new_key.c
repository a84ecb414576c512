#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>

#include <vault/audit.h>
#include <vault/generate.h>

#include "new_key.h"
#include "output.h"
#include "present.h"
#include "prompt.h"
#include "report.h"
#include "strength.h"

#define PROPOSED_WORDS 6
#define GROUP_LENGTH 5 /* of a recovery code; a dash follows */

struct kdf_cost cost_read(const struct cost_options *options)
{
	struct kdf_cost cost = {0};

	if (options->milliseconds > 0)
		cost.milliseconds = (uint32_t)options->milliseconds;
	if (options->memory > 0)
		cost.memory = (uint32_t)options->memory;
	return cost;
}

void new_key_working(bool working)
{
	if (working)
		prompt_say("Deriving the key...\n");
	prompt_quiet(working);
}

static int propose(struct error *err)
{
	SECRET_AUTO *phrase = NULL;
	const struct generate_rule rule = {.words = PROPOSED_WORDS};
	int r = generate_password(&rule, &phrase, NULL, err);

	if (r < 0)
		return r;
	prompt_say("The master password opens the vault, and nobody can tell it to you again.\n"
	           "Several random words are strong and can be learned by heart; for example:\n\n  "
	           "  ");
	prompt_show(phrase);
	prompt_say("\n\n");
	return 0;
}

/* Asks once. Returns 1 when the answer will not do and the person wants to choose another. */
static int ask_first(struct secret **ret_password, struct error *err)
{
	struct strength strength;
	bool keep = true;
	int r = prompt_secret("New master password: ", PASSWORD_MAX, ret_password, err);

	if (r < 0)
		return r;
	if (r > 0)
		return error_set(err, VAULT_INTERRUPTED, "Nothing was changed.");
	if ((*ret_password)->length == 0) {
		prompt_say("It must not be empty.\n");
		return 1;
	}
	r = strength_say(*ret_password, NULL, &strength, err);
	if (r == 0 && strength.score <= STRENGTH_WEAK)
		r = prompt_yes("Take it all the same?", false, &keep, err);
	return r < 0 ? r : !keep;
}

static int ask_twice(struct secret **ret_password, struct error *err)
{
	for (;;) {
		SECRET_AUTO *first = NULL;
		SECRET_AUTO *second = NULL;
		int r = ask_first(&first, err);
		if (r > 0)
			continue;
		if (r == 0)
			r = prompt_secret("Once more: ", PASSWORD_MAX, &second, err);
		if (r > 0)
			return error_set(err, VAULT_INTERRUPTED, "Nothing was changed.");
		if (r < 0)
			return r;
		if (secret_equal(first, second)) {
			*ret_password = first;
			first = NULL;
			return 0;
		}
		prompt_say("The two differ. Once again, please.\n");
	}
}

int new_key_password(int fd, const char *file, struct secret **ret_password, struct error *err)
{
	int r;

	if (fd >= 0 || file) {
		r = present_password(fd, file, ret_password, err);
		if (r == 0 && (*ret_password)->length == 0)
			r = error_set(err, VAULT_USAGE, "a master password must not be empty");
		return r;
	}
	if (!prompt_available())
		return error_set(err, VAULT_LOCKED,
		                 "a new password is needed and there is no terminal to ask for it");
	r = propose(err);
	return r < 0 ? r : ask_twice(ret_password, err);
}

/* A typed character as the code writes it: capital, and no letter that looks like a digit. */
static unsigned char code_character(unsigned char typed)
{
	unsigned char c = typed >= 'a' && typed <= 'z' ? (unsigned char)(typed - 'a' + 'A') : typed;

	return c == 'O' ? '0' : c == 'I' || c == 'L' ? '1' : c;
}

static bool group_equal(const struct secret *code, size_t group, const struct secret *typed)
{
	const unsigned char *expected = code->bytes + group * (GROUP_LENGTH + 1);
	bool equal = typed->length == GROUP_LENGTH;

	for (size_t i = 0; equal && i < GROUP_LENGTH; i++)
		equal = code_character(typed->bytes[i]) == expected[i];
	return equal;
}

static int confirm_code(const struct secret *code, struct error *err)
{
	size_t groups = (code->length + 1) / (GROUP_LENGTH + 1);
	unsigned char random = 0;
	char question[64];

	if (getrandom(&random, 1, 0) != 1)
		return error_errno(err, VAULT_FAILED, errno, "no random bytes");
	size_t group = random % groups;
	snprintf(question, sizeof(question),
	         "To be sure, type group %zu of %zu (not shown): ", group + 1, groups);
	for (;;) {
		SECRET_AUTO *typed = NULL;
		int r = prompt_secret(question, PASSWORD_MAX, &typed, err);
		if (r > 0)
			return error_set(err, VAULT_INTERRUPTED, "Nothing was changed.");
		if (r < 0)
			return r;
		if (group_equal(code, group, typed))
			return 0;
		prompt_say("That is not it.\n");
	}
}

int new_key_recovery(struct secret **ret_code, struct error *err)
{
	SECRET_AUTO *code = NULL;
	int r = recovery_code_new(&code, err);

	if (r < 0)
		return r;
	prompt_say("\nThe recovery code, shown this once. Write it down and keep it away from this "
	           "machine:\n\n    ");
	prompt_show(code);
	prompt_say("\n\n");
	r = confirm_code(code, err);
	if (r < 0)
		return r;
	*ret_code = code;
	code = NULL;
	return 0;
}

int new_key_print(const struct session *session, const struct secret *code, struct json *json,
                  struct error *err)
{
	if (!code)
		return 0;
	if (session->global.json) {
		json_put_object(json, NULL);
		json_put_secret(json, "recovery_code", code);
	} else {
		output_secret(code);
		output_string("\n");
	}
	if (output_written(err) == 0)
		return 0;
	return error_context(err, "nothing was changed, since the recovery code cannot be printed");
}

void new_key_answer(struct json *json, const char *action)
{
	if (json->depth == 0) {
		json_put_object(json, NULL);
		json_put_null(json, "recovery_code");
	}
	json_put_string(json, "action", action);
}

void new_key_void(struct json *json, const struct secret *code, struct error *err)
{
	if (json->depth > 0) {
		json_put_null(json, "action");
		json_close(json);
	}
	if (code)
		error_context(err, "nothing was changed, and the new recovery code opens nothing");
}

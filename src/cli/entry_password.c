/*
 * Where the password of an entry comes from. The contract is in entry_options.h.
 */
#include <unistd.h>

#include <vault/generate.h>

#include "entry_options.h"
#include "prompt.h"
#include "strength.h"

void chosen_done(struct chosen *chosen)
{
	secret_free(chosen->password);
	*chosen = (struct chosen){0};
}

static int make(const struct entry_options *options, const struct config *config,
                const struct entry *entry, struct chosen *ret_chosen, struct error *err)
{
	struct generate_rule rule;
	double bits = 0;
	int r = rule_read(&options->rule, config, entry, GENERATE_LENGTH_LONGEST, &rule, err);

	ret_chosen->generated = true;
	if (r == 0)
		r = generate_password(&rule, &ret_chosen->password, &bits, err);
	if (r == 0 && rule.by_rules && !options->again)
		strength_warn_made(ret_chosen->password, bits);
	return r;
}

static int read_stdin(const struct entry_options *options, struct chosen *ret_chosen,
                      struct error *err)
{
	int r = options->all_stdin
	                ? secret_read_all(STDIN_FILENO, PASSWORD_MAX, &ret_chosen->password, err)
	                : secret_read_line(STDIN_FILENO, PASSWORD_MAX, &ret_chosen->password, err);

	if (r < 0)
		return error_context(err, "the password on standard input");
	if (r > 0 || ret_chosen->password->length == 0)
		return error_set(err, VAULT_USAGE, "there is no password on standard input");
	return 0;
}

/* Asks once. Returns 1 when the two inputs differ. */
static int ask(const struct entry_options *options, const struct config *config,
               const struct entry *entry, struct chosen *ret_chosen, struct error *err)
{
	const char *words[] = {entry->name, entry->user, NULL};
	SECRET_AUTO *again = NULL;
	struct strength strength;
	bool configured =
		config->generate_length || config->generate_words || config->generate_charset;
	int r = prompt_secret(configured ? "Password (Enter alone: make one as configured): "
	                                 : "Password (Enter alone: make the longest strong one): ",
	                      PASSWORD_MAX, &ret_chosen->password, err);

	ret_chosen->typed = true;
	if (r != 0)
		return r;
	if (ret_chosen->password->length == 0) {
		secret_free(ret_chosen->password);
		ret_chosen->password = NULL;
		return make(options, config, entry, ret_chosen, err);
	}
	r = strength_say(ret_chosen->password, words, &strength, err);
	if (r < 0)
		return r;
	r = prompt_secret("Once more: ", PASSWORD_MAX, &again, err);
	if (r != 0)
		return r;
	if (secret_equal(ret_chosen->password, again))
		return 0;
	prompt_say("The two differ. Once again, please.\n");
	return 1;
}

int entry_options_password(const struct entry_options *options, const struct config *config,
                           const struct entry *entry, struct chosen *ret_chosen, struct error *err)
{
	*ret_chosen = (struct chosen){0};
	if (entry_options_generate(options))
		return make(options, config, entry, ret_chosen, err);
	if (options->from_stdin || options->all_stdin) {
		const char *words[] = {entry->name, entry->user, NULL};
		int r = read_stdin(options, ret_chosen, err);
		if (r == 0)
			strength_warn(ret_chosen->password, words);
		return r;
	}
	if (!prompt_available())
		return error_set(err, VAULT_LOCKED,
		                 "the password of '%s' is needed and there is no terminal to ask "
		                 "for it; use --generate, --stdin or --stdin0",
		                 entry->name);
	for (;;) {
		int r = ask(options, config, entry, ret_chosen, err);
		if (r != 1)
			return r;
		chosen_done(ret_chosen);
	}
}

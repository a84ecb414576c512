#include <vault/clipboard.h>

#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/paths.h"
#include "base/run.h"
#include "clipboard/message.h"

#define PROGRAM "vault-clipboard"
#define PATIENCE 15000 /* milliseconds: longer than vault-clipboard has for a program it runs */

/* Starts it and reads its answer. VAULT_NOT_FOUND (> 0) when it is not installed, too. */
static int ask(const char *const *arguments, const struct secret *input, struct message *message,
               struct error *err)
{
	FREE_AUTO char *path = NULL;
	SECRET_AUTO *output = NULL;
	int status, r = paths_program(PROGRAM, NULL, &path, err);

	if (r != 0)
		return r;
	r = secret_new(&output, sizeof(*message), err);
	if (r < 0)
		return r;
	struct run run = {.path = path,
	                  .arguments = arguments,
	                  .input = input,
	                  .output = output,
	                  .milliseconds = PATIENCE,
	                  .stays = true};
	r = run_program(&run, &status, err);
	if (r < 0)
		return r;
	memcpy(message, output->bytes, output->length);
	if (output->length != sizeof(*message) || message->size != sizeof(*message))
		return error_set(err, VAULT_FAILED,
		                 "'%s' ended without an answer, or is another version's", path);
	if (message->outcome != 0 && message->error.status != VAULT_OK)
		error_set(err, message->error.status, "%s", message->error.message);
	return message->outcome;
}

int clipboard_put(const struct secret *secret, const struct clipboard_request *request,
                  struct clipboard_answer *ret_answer, struct error *err)
{
	struct message message = {0};
	char milliseconds[16], selections[16];
	const char *const arguments[] = {PROGRAM,
	                                 "put",
	                                 milliseconds,
	                                 selections,
	                                 request->to ? request->to : "",
	                                 request->program ? request->program : "",
	                                 NULL};
	int r;

	if (secret->length == 0 || secret->length > PASSWORD_MAX)
		return error_set(err, VAULT_USAGE, "the clipboard takes 1 to %zu bytes",
		                 PASSWORD_MAX);
	snprintf(milliseconds, sizeof(milliseconds), "%d", request->clear_after);
	snprintf(selections, sizeof(selections), "%u", request->selections);
	r = ask(arguments, secret, &message, err);
	if (r == 0)
		*ret_answer = message.answer;
	return r > 0 ? error_set(err, VAULT_FAILED, "the program " PROGRAM " is not installed") : r;
}

int clipboard_clear(struct error *err)
{
	const char *const arguments[] = {PROGRAM, "clear", NULL};
	struct message message = {0};

	return ask(arguments, NULL, &message, err);
}

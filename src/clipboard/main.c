/*
 * vault-clipboard: puts a value on the clipboard, clears it again. Started by vault with the value
 * on standard input; see message.h. A process of its own, so that nothing of a vault's memory is in
 * the one that stays.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <vault/harden.h>

#include "base/file.h"
#include "clipboard/duty.h"
#include "clipboard/message.h"
#include "clipboard/summons.h"
#include "clipboard/way.h"
#include "crypto/seal.h"

/* Answers, and lets go of what the other side waits for. */
static void answer(int outcome, const struct clipboard_answer *told, const struct error *err)
{
	struct message message = {.size = sizeof(message), .outcome = outcome};
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	if (told)
		message.answer = *told;
	message.error = *err;
	file_write_all(STDOUT_FILENO, &message, sizeof(message), NULL);
	dup2(null, STDIN_FILENO);
	dup2(null, STDOUT_FILENO);
	close(null);
}

/* Whoever started it, and the terminal, have no hold on it any more; gives the terminal's
 * descriptor, or -1, for those who want to write to it all the same. */
static int detach(void)
{
	int terminal = open("/dev/tty", O_WRONLY | O_NOCTTY | O_CLOEXEC);

	setsid();
	if (chdir("/") != 0)
		return terminal; /* a folder stays busy: no more than that */
	return terminal;
}

static bool number(const char *text, int *ret_number)
{
	char *end;
	long value;

	errno = 0;
	value = strtol(text, &end, 10);
	*ret_number = (int)value;
	return errno == 0 && end != text && *end == '\0' && value >= 0 && value <= INT_MAX;
}

static int read_request(char **words, struct clipboard_request *ret_request, struct error *err)
{
	int selections;

	if (!number(words[0], &ret_request->clear_after) || !number(words[1], &selections) ||
	    selections == 0 || selections > (CLIPBOARD_MAIN | CLIPBOARD_PRIMARY))
		return error_set(err, VAULT_USAGE, "vault-clipboard is started by vault");
	ret_request->selections = (unsigned)selections;
	ret_request->to = words[2][0] ? words[2] : NULL;
	ret_request->program = words[3][0] ? words[3] : NULL;
	return 0;
}

static int put(char **words, struct error *err)
{
	struct clipboard_request request;
	struct clipboard_answer told = {0};
	const struct way *way;
	struct summons summons = {-1, -1, -1};
	struct place place;
	struct copy copy = {.place = &place, .terminal = detach()};
	int r = read_request(words, &request, err);

	duty_start();
	place_find(&place);
	if (r == 0)
		r = secret_read_all(STDIN_FILENO, PASSWORD_MAX, &copy.value, err);
	if (r > 0)
		r = error_set(err, VAULT_USAGE, "there is nothing to put on the clipboard");
	copy.selections = request.selections;
	/* First the earlier value goes, wherever it is. Without a place to be called at, this one
	 * goes up all the same. */
	if (r == 0)
		told.reachable = summons_await(&summons, NULL) == 0;
	if (r == 0)
		r = ways_put(&request, &copy, &way, err);
	secret_free(copy.value);
	if (r < 0) {
		summons_end(&summons);
		return r;
	}
	memcpy(told.way, way->name, strlen(way->name) + 1);
	told.selections = copy.selections;
	told.exact = copy.exact;
	if (copy.terminal >= 0)
		close(copy.terminal);
	answer(0, &told, err);
	duty_wait(way, request.clear_after, summons.socket);
	way->clear(way);
	summons_end(&summons);
	return 0;
}

int main(int argc, char **argv)
{
	struct error err = {0};
	int r;

	harden_process();
	harden_privileges();
	r = crypto_start(&err);
	if (r == 0 && argc == 6 && strcmp(argv[1], "put") == 0)
		r = put(argv + 2, &err);
	else if (r == 0 && argc == 2 && strcmp(argv[1], "clear") == 0)
		answer(summons_call(&err), NULL, &err);
	else if (r == 0)
		r = error_set(&err, VAULT_USAGE, "vault-clipboard is started by vault");
	if (r != 0)
		answer(r, NULL, &err);
	return abs(r);
}

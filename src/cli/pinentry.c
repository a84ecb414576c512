#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cleanup.h"
#include "escape.h"
#include "pinentry.h"

#define LINE_SIZE 1000  /* bytes of a line, the newline not counted: Assuan's limit */
#define ANSWER_MS 10000 /* what needs no person is answered at once */
#define PATIENCE "120"  /* seconds: a mail program asks again, and questions must not pile up */

/* Where to look, and for what, in this order. The first is what the user or the distribution has
 * chosen; one that does not work here, as one for a terminal where there is none, is passed by. */
static const char *const folders[] = {"/usr/bin", "/usr/local/bin", "/opt/homebrew/bin",
                                      "/run/current-system/sw/bin"};
static const struct {
	const char *name;
	bool graphical; /* needs a display */
} programs[] = {
	{"pinentry", false},      {"pinentry-mac", true},  {"pinentry-gnome3", true},
	{"pinentry-qt", true},    {"pinentry-qt5", true},  {"pinentry-gtk", true},
	{"pinentry-gtk-2", true}, {"pinentry-fltk", true}, {"pinentry-curses", false},
	{"pinentry-tty", false},
};

#define FOLDERS (sizeof(folders) / sizeof(folders[0]))
#define CANDIDATES (FOLDERS * sizeof(programs) / sizeof(programs[0]))
#define PATH_SIZE 64

/* ---- Which program, and where it appears ---- */

static const char *variable(const char *name)
{
	const char *value = getenv(name);

	return value && *value ? value : NULL;
}

static bool has_display(void)
{
#ifdef __APPLE__
	return true;
#else
	return variable("WAYLAND_DISPLAY") || variable("DISPLAY");
#endif
}

/* Nobody but root and this user can have put something else in its place. */
static bool is_trusted(const char *path)
{
	struct stat status;

	return stat(path, &status) == 0 && S_ISREG(status.st_mode) &&
	       (status.st_uid == 0 || status.st_uid == getuid()) &&
	       !(status.st_mode & (S_IWGRP | S_IWOTH)) && access(path, X_OK) == 0;
}

/* The program number `i`, if it is there and fits. */
static bool candidate(size_t i, char path[PATH_SIZE])
{
	if (programs[i / FOLDERS].graphical && !has_display())
		return false;
	snprintf(path, PATH_SIZE, "%s/%s", folders[i % FOLDERS], programs[i / FOLDERS].name);
	return is_trusted(path);
}

/* The terminal for a program that needs one: as GnuPG is told, or what this process was given. */
static bool terminal_name(char name[PATH_SIZE])
{
	const char *told = variable("GPG_TTY");

	if (told)
		return snprintf(name, PATH_SIZE, "%s", told) < PATH_SIZE;
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (ttyname_r(fd, name, PATH_SIZE) == 0)
			return true;
	return false;
}

bool pinentry_available(void)
{
	char path[PATH_SIZE];

	if (!has_display() && !terminal_name(path))
		return false;
	for (size_t i = 0; i < CANDIDATES; i++)
		if (candidate(i, path))
			return true;
	return false;
}

/* ---- Assuan ---- */

/* A program that was started. Input is read into locked memory: one of its lines is the secret. */
struct conversation {
	pid_t pid;
	int patience;         /* milliseconds for an answer; -1: as long as it takes */
	int to, from;         /* or -1 */
	struct secret *input; /* read and not yet used, from `start` on */
	size_t start;
};

static int broken(struct error *err)
{
	return error_set(err, VAULT_FAILED, "pinentry does not answer as it should");
}

/* Waits for input, as long as the conversation's patience lasts. */
static bool wait_for(const struct conversation *with)
{
	struct pollfd wait = {.fd = with->from, .events = POLLIN};
	int ready;

	do
		ready = poll(&wait, 1, with->patience);
	while (ready < 0 && errno == EINTR);
	return ready > 0;
}

/* The next line with a NUL in place of its newline, borrowed until the next call; NULL at the end,
 * or where no line ends. */
static char *read_line(struct conversation *with, size_t *ret_length)
{
	struct secret *input = with->input;

	for (;;) {
		unsigned char *line = input->bytes + with->start, *end;
		end = memchr(line, '\n', input->length - with->start);
		if (end) {
			*end = '\0';
			*ret_length = (size_t)(end - line);
			with->start += *ret_length + 1;
			return (char *)line;
		}
		memmove(input->bytes, line, input->length - with->start);
		input->length -= with->start;
		with->start = 0;
		if (!wait_for(with))
			return NULL;
		ssize_t n = read(with->from, input->bytes + input->length,
		                 input->capacity - input->length);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return NULL;
		input->length += (size_t)n;
	}
}

static int hexadecimal(char digit)
{
	static const char digits[] = "0123456789ABCDEFabcdef";
	const char *at = digit ? strchr(digits, digit) : NULL;
	int value = at ? (int)(at - digits) : -1;

	return value < 16 ? value : value - 6;
}

/* Appends the data of a line to the secret. */
static int add_data(struct secret *secret, const char *data, size_t length, struct error *err)
{
	for (size_t i = 0; i < length; i++) {
		unsigned char byte = (unsigned char)data[i];
		if (byte == '%') {
			int high = hexadecimal(data[i + 1]);
			int low = high < 0 ? -1 : hexadecimal(data[i + 2]);
			if (low < 0)
				return broken(err);
			byte = (unsigned char)(high << 4 | low);
			i += 2;
		}
		int r = secret_append(secret, &byte, 1, err);
		secret_wipe(&byte, 1);
		if (r < 0)
			return r;
	}
	return 0;
}

/* Codes of libgpg-error, without the source in the upper bits. */
static bool is_refusal(const char *code)
{
	enum {
		TIMEOUT = 62,
		CANCELED = 99,
		NO_PIN_ENTRY_GIVEN = 177,
		FULLY_CANCELED = 198
	};
	unsigned long number = strtoul(code, NULL, 10) & 0xffff;

	return number == TIMEOUT || number == CANCELED || number == FULLY_CANCELED ||
	       number == NO_PIN_ENTRY_GIVEN;
}

/* Reads to the end of an answer; data goes to `secret`. VAULT_NOT_FOUND (> 0): the person does not
 * want to. */
static int answer(struct conversation *with, struct secret *secret, struct error *err)
{
	size_t length;
	int r = 0;

	while (r == 0) {
		const char *line = read_line(with, &length);
		if (!line)
			return broken(err);
		if (strncmp(line, "OK", 2) == 0)
			return 0;
		if (strncmp(line, "ERR ", 4) == 0)
			return is_refusal(line + 4) ? VAULT_NOT_FOUND : broken(err);
		if (secret && strncmp(line, "D ", 2) == 0)
			r = add_data(secret, line + 2, length - 2, err);
		/* Remarks and states are of no interest. */
	}
	return r;
}

static int send_text(int fd, const char *text, size_t length, struct error *err)
{
	while (length > 0) {
		ssize_t n = write(fd, text, length);
		if (n < 0 && errno != EINTR)
			return broken(err);
		if (n > 0) {
			text += n;
			length -= (size_t)n;
		}
	}
	return 0;
}

/* Sends a command with an argument (NULL: none) and hears the answer. */
static int command(struct conversation *with, const char *name, const char *argument,
                   struct secret *secret, struct error *err)
{
	char line[LINE_SIZE], safe[LINE_SIZE / 4]; /* each byte of it takes three at most */
	size_t length = (size_t)snprintf(line, sizeof(line), "%s%s", name, argument ? " " : "");
	int r;

	escape_string(argument ? argument : "", safe, sizeof(safe));
	for (const char *c = safe; *c; c++) {
		line[length++] = *c;
		if (*c == '%') {
			line[length++] = '2';
			line[length++] = '5';
		}
	}
	line[length++] = '\n';
	r = send_text(with->to, line, length, err);
	return r == 0 ? answer(with, secret, err) : r;
}

/* ---- One question ---- */

static int start(const char *path, struct conversation *with, struct error *err)
{
	char *const arguments[] = {strdup(path), NULL};
	posix_spawn_file_actions_t files;
	posix_spawnattr_t attributes;
	int to[2] = {-1, -1}, from[2] = {-1, -1}, r = ENOMEM;
	sigset_t defaults;

	if (arguments[0] && pipe2(to, O_CLOEXEC) == 0 && pipe2(from, O_CLOEXEC) == 0) {
		posix_spawn_file_actions_init(&files);
		posix_spawn_file_actions_adddup2(&files, to[0], STDIN_FILENO);
		posix_spawn_file_actions_adddup2(&files, from[1], STDOUT_FILENO);
		posix_spawn_file_actions_addopen(&files, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
		posix_spawnattr_init(&attributes);
		sigemptyset(&defaults);
		sigaddset(&defaults, SIGPIPE);
		posix_spawnattr_setsigdefault(&attributes, &defaults);
		posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF);
		r = posix_spawn(&with->pid, path, &files, &attributes, arguments, environ);
		posix_spawn_file_actions_destroy(&files);
		posix_spawnattr_destroy(&attributes);
	}
	free(arguments[0]);
	if (to[0] >= 0)
		close(to[0]);
	if (from[1] >= 0)
		close(from[1]);
	with->to = to[1];
	with->from = from[0];
	return r == 0 ? 0 : error_errno(err, VAULT_FAILED, r, "cannot start %s", path);
}

/* Ends the program, whatever it is at. */
static void end(struct conversation *with)
{
	if (with->to >= 0)
		close(with->to);
	if (with->from >= 0)
		close(with->from);
	if (with->pid > 0) {
		kill(with->pid, SIGTERM);
		while (waitpid(with->pid, NULL, 0) < 0 && errno == EINTR)
			;
	}
	secret_free(with->input);
}

/* Settings that a program may not know. */
static void set_up(struct conversation *with, struct error *err)
{
	const char *type = variable("TERM");
	char option[PATH_SIZE * 2], terminal[PATH_SIZE];

	command(with, "SETTIMEOUT", PATIENCE, NULL, err);
	command(with, "SETTITLE", "vault", NULL, err);
	if (terminal_name(terminal)) {
		snprintf(option, sizeof(option), "ttyname=%s", terminal);
		command(with, "OPTION", option, NULL, err);
		snprintf(option, sizeof(option), "ttytype=%s", type ? type : "dumb");
		command(with, "OPTION", option, NULL, err);
	}
}

static int ask(struct conversation *with, const struct pinentry_question *question,
               struct secret *secret, struct error *err)
{
	int r = answer(with, NULL, err); /* its greeting */

	if (r == 0)
		set_up(with, err);
	if (r == 0)
		r = command(with, "SETDESC", question->description, NULL, err);
	if (r == 0)
		r = command(with, "SETPROMPT", question->prompt, NULL, err);
	if (r == 0 && question->error)
		r = command(with, "SETERROR", question->error, NULL, err);
	with->patience = -1;
	return r == 0 ? command(with, "GETPIN", NULL, secret, err) : r;
}

int pinentry_ask_program(const char *path, const struct pinentry_question *question,
                         struct secret **ret_secret, struct error *err)
{
	struct conversation with = {.patience = ANSWER_MS, .to = -1, .from = -1};
	SECRET_AUTO *secret = NULL;
	int r = secret_new(&secret, PINENTRY_SECRET_MAX, err);

	if (r == 0)
		r = secret_new(&with.input, LINE_SIZE + 1, err);
	if (r == 0)
		r = start(path, &with, err);
	if (r == 0)
		r = ask(&with, question, secret, err);
	end(&with);
	if (r == 0) {
		*ret_secret = secret;
		secret = NULL;
	}
	return r;
}

int pinentry_ask(const struct pinentry_question *question, struct secret **ret_secret,
                 struct error *err)
{
	char path[PATH_SIZE];
	int r;

	for (size_t i = 0; i < CANDIDATES; i++) {
		if (!candidate(i, path))
			continue;
		r = pinentry_ask_program(path, question, ret_secret, err);
		if (r != -VAULT_FAILED)
			return r;
	}
	return error_set(err, VAULT_LOCKED, "no pinentry works here");
}

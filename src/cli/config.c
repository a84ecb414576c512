#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include <vault/generate.h>
#include <vault/text.h>
#include <vault/vault.h>

#include "cleanup.h"
#include "config.h"
#include "units.h"

#define MINUTE 60
#define HOUR (60 * MINUTE)
#define DAY (24 * HOUR)

/* A row whose member has the type that its kind stores. */
#define KEY(kind, ctype, name, member, minimum, maximum, initial, help) \
	{ \
		kind, name, \
			offsetof(struct config, member) + \
				0 * sizeof((ctype *)0 == &((struct config *)0)->member), \
			minimum, maximum, initial, help \
	}
#define KEY_PATH(name, member, help) KEY(CONFIG_KIND_PATH, char *, name, member, 0, 0, NULL, help)
#define KEY_PROGRAM(name, member, help) \
	KEY(CONFIG_KIND_PROGRAM, char *, name, member, 0, 0, NULL, help)
#define KEY_CHARSET(name, member, help) \
	KEY(CONFIG_KIND_CHARSET, char *, name, member, 0, 0, NULL, help)
#define KEY_AUTO(name, member, initial, help) \
	KEY(CONFIG_KIND_AUTO, bool, name, member, 0, 0, initial, help)
#define KEY_TIME(name, member, minimum, maximum, initial, help) \
	KEY(CONFIG_KIND_TIME, int, name, member, minimum, maximum, initial, help)
#define KEY_NUMBER(name, member, minimum, maximum, initial, help) \
	KEY(CONFIG_KIND_NUMBER, int, name, member, minimum, maximum, initial, help)

const struct config_key config_keys[] = {
	KEY_PATH("vault", vault, "the vault to use instead of the default one"),
	KEY_AUTO("agent", agent, "auto", "whether an agent keeps the vault unlocked"),
	KEY_TIME("agent-idle", agent_idle, 10, DAY, "10m",
                 "the agent forgets a key that was not used for so long"),
	KEY_TIME("agent-cap", agent_cap, 10, 7 * DAY, "8h",
                 "the agent forgets a key so long after the unlocking, used or not"),
	KEY_AUTO("pinentry", pinentry, "off", "whether pinentry asks where there is no terminal"),
	KEY_TIME("clipboard-clear", clipboard_clear, 0, HOUR, "45s",
                 "when the clipboard is cleared; 0: never"),
	KEY_PROGRAM("clipboard-program", clipboard_program,
                    "the program that puts text on the clipboard"),
	KEY_NUMBER("generate-length", generate_length, 1, GENERATE_LENGTH_MAX, NULL,
                   "characters of a password that is made"),
	KEY_NUMBER("generate-words", generate_words, 1, GENERATE_WORDS_MAX, NULL,
                   "make passphrases of that many random words instead"),
	KEY_CHARSET("generate-charset", generate_charset, "characters to make passwords of"),
	KEY_PATH("breaches", breaches, "the list of leaked passwords"),
	{0},
};

#define KEYS (sizeof(config_keys) / sizeof(config_keys[0]) - 1)

/* A file as it is read. */
struct reader {
	const char *path;
	unsigned line;         /* counted from 1 */
	unsigned set_on[KEYS]; /* the line that set a key; 0: none has */
	struct config config;
};

static void *member(struct config *config, const struct config_key *key)
{
	return (char *)config + key->offset;
}

static const char *time_text(int seconds, char text[16])
{
	if (seconds >= HOUR && seconds % HOUR == 0)
		snprintf(text, 16, "%dh", seconds / HOUR);
	else if (seconds >= MINUTE && seconds % MINUTE == 0)
		snprintf(text, 16, "%dm", seconds / MINUTE);
	else
		snprintf(text, 16, "%ds", seconds);
	return text;
}

const char *config_takes(const struct config_key *key, char text[CONFIG_TAKES_SIZE])
{
	char low[16], high[16];

	switch (key->kind) {
	case CONFIG_KIND_PATH:
		return "a path that begins with / or ~/";
	case CONFIG_KIND_PROGRAM:
		return "the name of a program, or its path, which begins with / or ~/";
	case CONFIG_KIND_CHARSET:
		return "a list of characters as --charset takes it";
	case CONFIG_KIND_AUTO:
		return "auto or off";
	case CONFIG_KIND_TIME:
		snprintf(text, CONFIG_TAKES_SIZE, "a time from %s to %s",
		         time_text(key->minimum, low), time_text(key->maximum, high));
		return text;
	case CONFIG_KIND_NUMBER:
		break;
	}
	snprintf(text, CONFIG_TAKES_SIZE, "a number from %d to %d", key->minimum, key->maximum);
	return text;
}

/* The next ones return 1 when the value is none of the kind. */

static int store_path(const struct config_key *key, char **path, const char *value,
                      struct error *err)
{
	bool is_path = value[0] == '/' || strncmp(value, "~/", 2) == 0;
	bool is_name = key->kind == CONFIG_KIND_PROGRAM && value[0] && !strchr(value, '/');

	return is_path || is_name ? vault_expand_path(value, path, err) : 1;
}

static int store_charset(char **charset, const char *value, struct error *err)
{
	struct generate_rule rule = {0};

	if (generate_parse_charset(value, &rule, NULL) < 0)
		return 1;
	*charset = strdup(value);
	return *charset ? 0 : error_set(err, VAULT_FAILED, "out of memory");
}

static int store_auto(bool *on, const char *value)
{
	*on = strcmp(value, "auto") == 0;
	return *on || strcmp(value, "off") == 0 ? 0 : 1;
}

static int store_number(const struct config_key *key, int *number, const char *value)
{
	int read = 0;

	if (key->kind == CONFIG_KIND_TIME) {
		if (!units_duration(value, &read) || read % 1000 != 0)
			return 1;
		read /= 1000;
	} else if (!units_number(value, &read)) {
		return 1;
	}
	if (read < key->minimum || read > key->maximum)
		return 1;
	*number = read;
	return 0;
}

static int store(struct config *config, const struct config_key *key, const char *value,
                 struct error *err)
{
	switch (key->kind) {
	case CONFIG_KIND_PATH:
	case CONFIG_KIND_PROGRAM:
		return store_path(key, member(config, key), value, err);
	case CONFIG_KIND_CHARSET:
		return store_charset(member(config, key), value, err);
	case CONFIG_KIND_AUTO:
		return store_auto(member(config, key), value);
	default:
		return store_number(key, member(config, key), value);
	}
}

void config_init(struct config *ret_config)
{
	*ret_config = (struct config){0};
	for (const struct config_key *key = config_keys; key->name; key++)
		if (key->initial)
			store(ret_config, key, key->initial, NULL);
}

void config_done(struct config *config)
{
	free(config->vault);
	free(config->clipboard_program);
	free(config->generate_charset);
	free(config->breaches);
	*config = (struct config){0};
}

static int unknown_key(const struct reader *reader, const char *name, struct error *err)
{
	char known[ERROR_MESSAGE_MAX / 2] = "";
	size_t length = 0;

	for (const struct config_key *key = config_keys; key->name; key++) {
		int n = snprintf(known + length, sizeof(known) - length, "%s%s", length ? ", " : "",
		                 key->name);
		length += n > 0 && (size_t)n < sizeof(known) - length ? (size_t)n : 0;
	}
	return error_set(err, VAULT_USAGE, "%s:%u: there is no key '%.100s'; the keys are %s",
	                 reader->path, reader->line, name, known);
}

static int set(struct reader *reader, const char *name, const char *value, struct error *err)
{
	const struct config_key *key = config_keys;
	char takes[CONFIG_TAKES_SIZE];
	int r;

	while (key->name && strcmp(key->name, name) != 0)
		key++;
	if (!key->name)
		return unknown_key(reader, name, err);
	unsigned *set_on = &reader->set_on[key - config_keys];
	if (*set_on)
		return error_set(err, VAULT_USAGE, "%s:%u: '%s' is set on line %u already",
		                 reader->path, reader->line, name, *set_on);
	*set_on = reader->line;
	r = store(&reader->config, key, value, err);
	if (r > 0)
		return error_set(err, VAULT_USAGE, "%s:%u: '%s' takes %s, not '%.100s'",
		                 reader->path, reader->line, name, config_takes(key, takes), value);
	if (r == 0 && reader->config.generate_words &&
	    (reader->config.generate_length || reader->config.generate_charset))
		return error_set(err, VAULT_USAGE,
		                 "%s:%u: 'generate-words' goes neither with 'generate-length' nor "
		                 "with 'generate-charset'",
		                 reader->path, reader->line);
	return r;
}

/* Without the blanks around it; a line of another system may end in a carriage return. */
static char *trim(char *text)
{
	size_t length;

	text += strspn(text, " \t");
	length = strlen(text);
	while (length > 0 && strchr(" \t\r", text[length - 1]))
		length--;
	text[length] = '\0';
	return text;
}

/* One line, its newline already replaced. `length` counts what there is of it, NUL bytes too. */
static int read_line(struct reader *reader, char *line, size_t length, struct error *err)
{
	char *equals, *text;

	if (strlen(line) != length)
		return error_set(err, VAULT_USAGE, "%s:%u: there is a NUL byte", reader->path,
		                 reader->line);
	text = trim(line);
	if (!text_is_printable(text, strlen(text)))
		return error_set(err, VAULT_USAGE,
		                 "%s:%u: there is a control character, or something not UTF-8",
		                 reader->path, reader->line);
	if (text[0] == '\0' || text[0] == '#')
		return 0;
	equals = strchr(text, '=');
	if (!equals)
		return error_set(err, VAULT_USAGE,
		                 "%s:%u: a line is 'KEY = VALUE', or begins with # and says "
		                 "nothing",
		                 reader->path, reader->line);
	*equals = '\0';
	return set(reader, trim(text), trim(equals + 1), err);
}

static int read_lines(struct reader *reader, char *text, size_t length, struct error *err)
{
	char *line = text, *end = text + length;

	while (line < end) {
		char *newline = memchr(line, '\n', (size_t)(end - line));
		char *stop = newline ? newline : end;
		int r;

		*stop = '\0';
		reader->line++;
		r = read_line(reader, line, (size_t)(stop - line), err);
		if (r < 0)
			return r;
		line = stop + 1;
	}
	return 0;
}

/* Would somebody else decide what vault does? */
static int check_file(const char *path, int fd, struct error *err)
{
	struct stat status;

	if (fstat(fd, &status) != 0)
		return error_errno(err, VAULT_FAILED, errno, "cannot examine '%s'", path);
	if (!S_ISREG(status.st_mode))
		return error_set(err, VAULT_FAILED, "the configuration '%s' is not a regular file",
		                 path);
	if (status.st_uid != geteuid() && status.st_uid != 0)
		return error_set(err, VAULT_FAILED,
		                 "the configuration '%s' belongs to neither you nor root", path);
	if (status.st_mode & (S_IWGRP | S_IWOTH))
		return error_set(err, VAULT_FAILED,
		                 "the configuration '%s' can be written by others; 'chmod go-w' "
		                 "mends it",
		                 path);
	if (status.st_size > CONFIG_MAX)
		return error_set(err, VAULT_FAILED,
		                 "the configuration '%s' is larger than %d bytes", path,
		                 CONFIG_MAX);
	return 0;
}

int config_read(struct config *ret_config, const char *path, struct error *err)
{
	/* O_NONBLOCK: a FIFO must not keep everything waiting before it is refused. */
	CLOSE_AUTO int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	struct reader reader = {.path = path};
	char text[CONFIG_MAX + 1];
	ssize_t length;
	int r;

	if (fd < 0 && (errno == ENOENT || errno == ENOTDIR))
		return VAULT_NOT_FOUND;
	if (fd < 0)
		return error_errno(err, VAULT_FAILED, errno, "cannot open the configuration '%s'",
		                   path);
	r = check_file(path, fd, err);
	if (r < 0)
		return r;
	/* A regular file of this size comes in one piece. */
	length = read(fd, text, CONFIG_MAX);
	if (length < 0)
		return error_errno(err, VAULT_FAILED, errno, "cannot read the configuration '%s'",
		                   path);
	config_init(&reader.config);
	r = read_lines(&reader, text, (size_t)length, err);
	if (r < 0)
		config_done(&reader.config);
	else
		*ret_config = reader.config;
	return r;
}

int config_load(struct config *ret_config, struct error *err)
{
	FREE_AUTO char *path = NULL;
	int r;

	/* Who has no home has no configuration either, and may still name a vault. */
	r = vault_config_path(&path, NULL) < 0 ? VAULT_NOT_FOUND
	                                       : config_read(ret_config, path, err);
	if (r != VAULT_NOT_FOUND)
		return r;
	config_init(ret_config);
	return 0;
}

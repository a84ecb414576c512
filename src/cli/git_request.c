#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "git_request.h"

#define LINE_BYTES_MAX 65535 /* the protocol's own limit, newline included */
#define LINES_MAX 1000

/* The attributes that count, each at most once. */
static const struct attribute {
	const char *key;
	size_t text, secret; /* offset of the member; the other is 0 */
} attributes[] = {
	{"protocol", offsetof(struct git_request, protocol), 0},
	{"host", offsetof(struct git_request, host), 0},
	{"path", offsetof(struct git_request, path), 0},
	{"username", offsetof(struct git_request, username), 0},
	{"authtype", offsetof(struct git_request, authtype), 0},
	{"password_expiry_utc", offsetof(struct git_request, expiry), 0},
	{"ephemeral", offsetof(struct git_request, ephemeral), 0},
	{"password", 0, offsetof(struct git_request, password)},
	{"credential", 0, offsetof(struct git_request, credential)},
	{"oauth_refresh_token", 0, offsetof(struct git_request, refresh_token)},
};
#define ATTRIBUTES (sizeof(attributes) / sizeof(attributes[0]))

static void *member(struct git_request *request, size_t offset)
{
	return (char *)request + offset;
}

void git_request_done(struct git_request *request)
{
	/* The first member's offset is 0, too: it is a text. */
	for (size_t i = 0; i < ATTRIBUTES; i++)
		if (attributes[i].secret)
			secret_free(*(struct secret **)member(request, attributes[i].secret));
		else
			free(*(char **)member(request, attributes[i].text));
	git_url_done(&request->url);
	*request = (struct git_request){0};
}

bool git_fits(const void *bytes, size_t length)
{
	return !memchr(bytes, '\0', length) && !memchr(bytes, '\n', length) &&
	       !memchr(bytes, '\r', length);
}

bool git_true(const char *value)
{
	return value && (strcasecmp(value, "true") == 0 || strcasecmp(value, "yes") == 0 ||
	                 strcasecmp(value, "on") == 0 || strtol(value, NULL, 10) != 0);
}

/* Values of `capability[]` and `state[]`; an empty one takes back those before. */
static void note_list(struct git_request *request, const char *key, const char *value)
{
	if (strcmp(key, "capability[]") == 0) {
		request->knows_authtype =
			*value && (request->knows_authtype || strcmp(value, "authtype") == 0);
		request->knows_state =
			*value && (request->knows_state || strcmp(value, "state") == 0);
	} else if (strcmp(key, "state[]") == 0) {
		request->given = *value && (request->given || strcmp(value, GIT_STATE) == 0);
	}
}

static int note(struct git_request *request, const char *key, const char *value, size_t length,
                struct error *err)
{
	const struct attribute *known = attributes;

	while (known < attributes + ATTRIBUTES && strcmp(key, known->key) != 0)
		known++;
	if (known == attributes + ATTRIBUTES) {
		note_list(request, key, value);
		return 0;
	}
	void **place = member(request, known->secret ? known->secret : known->text);
	if (*place)
		return error_set(err, VAULT_USAGE, "git gave '%s' twice; nothing was done", key);
	if (known->secret)
		return secret_copy((struct secret **)place, value, length, err);
	*place = strdup(value);
	return *place ? 0 : error_set(err, VAULT_FAILED, "out of memory");
}

static int read_line(struct git_request *request, struct secret *line, struct error *err)
{
	char *key = (char *)line->bytes, *equals = memchr(key, '=', line->length);

	if (!git_fits(line->bytes, line->length))
		return error_set(err, VAULT_USAGE,
		                 "git gave a carriage return or a NUL byte; nothing was done");
	if (!equals || equals == key)
		return error_set(err, VAULT_USAGE,
		                 "git gave a line that is no KEY=VALUE; nothing was done");
	*equals = '\0';
	return note(request, key, equals + 1, line->length - (size_t)(equals + 1 - key), err);
}

/* A host is a name or an address, perhaps a port: nothing that has a meaning in a URL. */
static bool is_host(const char *host)
{
	for (const char *p = host; *p; p++)
		if ((unsigned char)*p <= ' ' || *p == 0x7f || strchr("/\\?#@%", *p))
			return false;
	return true;
}

int git_request_read(int fd, struct git_request *ret_request, struct error *err)
{
	int r = 0;

	for (int lines = 0; r == 0; lines++) {
		SECRET_AUTO *line = NULL;
		if (lines == LINES_MAX)
			return error_set(err, VAULT_USAGE, "git gave more than %d lines",
			                 LINES_MAX);
		r = secret_read_line(fd, LINE_BYTES_MAX - 1, &line, err);
		if (r < 0)
			return error_context(err, "what git says");
		if (r > 0 || line->length == 0)
			break;
		r = read_line(ret_request, line, err);
	}
	if (r < 0)
		return r;
	if (!ret_request->protocol || !ret_request->host || !ret_request->protocol[0])
		return VAULT_NOT_FOUND;
	if (!is_host(ret_request->host) || strpbrk(ret_request->protocol, ":/ "))
		return error_set(err, VAULT_USAGE,
		                 "git gave a protocol or host that is none; nothing was done");
	return git_url_set(ret_request->protocol, ret_request->host, ret_request->path,
	                   &ret_request->url, err);
}

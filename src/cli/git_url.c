#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "git_url.h"

/* The ports that go without saying, of what git asks about (git-send-email(1) and git-imap-send(1)
 * included). */
static const struct {
	const char *protocol, *port;
} implied[] = {
	{"https", ":443"}, {"http", ":80"},   {"ftp", ":21"},   {"ftps", ":990"},  {"smtp", ":25"},
	{"smtps", ":465"}, {"ssmtp", ":465"}, {"imap", ":143"}, {"imaps", ":993"},
};

void git_url_done(struct git_url *url)
{
	free(url->protocol);
	free(url->host);
	free(url->path);
	*url = (struct git_url){0};
}

static char *lower_copy(const char *text, size_t length)
{
	char *copy = strndup(text, length);

	for (char *p = copy; p && *p; p++)
		if (*p >= 'A' && *p <= 'Z')
			*p = (char)(*p - 'A' + 'a');
	return copy;
}

static void drop_implied_port(const char *protocol, char *host)
{
	size_t length = strlen(host);

	for (size_t i = 0; i < sizeof(implied) / sizeof(implied[0]); i++) {
		size_t port = strlen(implied[i].port);
		while (strcmp(protocol, implied[i].protocol) == 0 && length > port &&
		       strcmp(host + length - port, implied[i].port) == 0)
			host[length -= port] = '\0';
	}
}

static void trim_slashes(char *path)
{
	size_t first = strspn(path, "/"), length = strlen(path);

	while (length > first && path[length - 1] == '/')
		length--;
	memmove(path, path + first, length - first);
	path[length - first] = '\0';
}

static int set(struct git_url *url, const char *protocol, size_t protocol_length, const char *host,
               size_t host_length, const char *path, size_t path_length, struct error *err)
{
	url->protocol = lower_copy(protocol, protocol_length);
	url->host = lower_copy(host, host_length);
	url->path = strndup(path, path_length);
	if (!url->protocol || !url->host || !url->path) {
		git_url_done(url);
		return error_set(err, VAULT_FAILED, "out of memory");
	}
	drop_implied_port(url->protocol, url->host);
	trim_slashes(url->path);
	return 0;
}

static int digit_value(char digit)
{
	if (digit >= '0' && digit <= '9')
		return digit - '0';
	digit = (char)(digit | 0x20);
	return digit >= 'a' && digit <= 'f' ? digit - 'a' + 10 : -1;
}

/* In place. %00 stays as it is: it would end the string. */
static void percent_decode(char *text)
{
	char *out = text;

	for (const char *in = text; *in; in++) {
		int high = in[0] == '%' ? digit_value(in[1]) : -1;
		int low = high >= 0 ? digit_value(in[2]) : -1;
		if (low >= 0 && (high | low) != 0) {
			*out++ = (char)(high << 4 | low);
			in += 2;
		} else {
			*out++ = *in;
		}
	}
	*out = '\0';
}

int git_url_read(const char *text, struct git_url *ret_url, struct error *err)
{
	static const char https[] = "https";
	const char *colon = strstr(text, "://"), *host = colon ? colon + 3 : text;
	const char *protocol = colon ? text : https;
	size_t authority = strcspn(host, "/?#");
	const char *path = host + authority;
	const char *at = memrchr(host, '@', authority);
	int r;

	if (at) {
		authority -= (size_t)(at + 1 - host);
		host = at + 1;
	}
	r = set(ret_url, protocol, colon ? (size_t)(colon - text) : strlen(https), host, authority,
	        path, strcspn(path, "?#"), err);
	if (r == 0) {
		percent_decode(ret_url->path);
		trim_slashes(ret_url->path);
	}
	return r;
}

int git_url_set(const char *protocol, const char *host, const char *path, struct git_url *ret_url,
                struct error *err)
{
	return set(ret_url, protocol, strlen(protocol), host, strlen(host), path ? path : "",
	           path ? strlen(path) : 0, err);
}

int git_url_write(const struct git_url *url, char **ret_text, struct error *err)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
				    "-._~!$&'()*+,;=:@/";
	size_t size = strlen(url->protocol) + strlen(url->host) + 3 * strlen(url->path) + 5;
	char *text = malloc(size);
	size_t n;

	if (!text)
		return error_set(err, VAULT_FAILED, "out of memory");
	n = (size_t)snprintf(text, size, "%s://%s%s", url->protocol, url->host,
	                     url->path[0] ? "/" : "");
	for (const char *p = url->path; *p; p++)
		n += (size_t)snprintf(text + n, size - n, strchr(plain, *p) ? "%c" : "%%%02X",
		                      (unsigned char)*p);
	*ret_text = text;
	return 0;
}

bool git_url_same_host(const struct git_url *a, const struct git_url *b)
{
	return strcmp(a->protocol, b->protocol) == 0 && strcmp(a->host, b->host) == 0;
}

bool git_url_above(const struct git_url *folder, const struct git_url *url)
{
	size_t length = strlen(folder->path);

	return length == 0 || (strncmp(folder->path, url->path, length) == 0 &&
	                       (url->path[length] == '\0' || url->path[length] == '/'));
}

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "url.h"

#define SCHEME_MAX 16

static const char *const schemes[] = {"http", "https", "ftp", "ftps"};

void url_done(struct url *url)
{
	free(url->text);
	free(url->host);
	*url = (struct url){0};
}

/* Bytes of the scheme in front of its colon; 0: there is none. "host:8080" has none. */
static size_t scheme_length(const char *address)
{
	size_t length = strspn(address, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
	                                "0123456789+-.");
	const char *behind = address + length + 1;

	if (length == 0 || address[length] != ':' || !isalpha((unsigned char)address[0]))
		return 0;
	size_t digits = strspn(behind, "0123456789");
	return digits > 0 && (behind[digits] == '\0' || strchr("/?#", behind[digits])) ? 0 : length;
}

static int find_scheme(const char *address, size_t length, const char **ret_scheme,
                       struct error *err)
{
	for (size_t i = 0; i < sizeof(schemes) / sizeof(schemes[0]); i++) {
		if (strlen(schemes[i]) == length && strncasecmp(address, schemes[i], length) == 0) {
			*ret_scheme = schemes[i];
			return 0;
		}
	}
	return error_set(err, VAULT_REFUSED,
	                 "the address begins with '%.*s:'; only http, https, ftp and ftps are "
	                 "opened",
	                 length < SCHEME_MAX ? (int)length : SCHEME_MAX, address);
}

/* What RFC 3986 does not know becomes %XX. */
static void add_encoded(char *out, const char *text)
{
	static const char hex[] = "0123456789ABCDEF";

	for (; *text; text++) {
		unsigned char byte = (unsigned char)*text;
		if (byte < 0x80 && (isalnum(byte) || strchr("-._~:/?#[]@!$&'()*+,;=%", byte))) {
			*out++ = (char)byte;
			continue;
		}
		*out++ = '%';
		*out++ = hex[byte >> 4];
		*out++ = hex[byte & 15];
	}
	*out = '\0';
}

/* `rest` is what stands behind the "//". */
static int build(const char *scheme, const char *rest, struct url *url, struct error *err)
{
	size_t authority = strcspn(rest, "/?#"), host;
	const char *at = memrchr(rest, '@', authority);

	url->credentials = at != NULL;
	host = at ? authority - (size_t)(at + 1 - rest) : authority;
	rest = at ? at + 1 : rest;
	if (host == 0 || rest[0] == ':')
		return error_set(err, VAULT_REFUSED, "the address names no host");
	size_t size = strlen(scheme) + strlen("://") + 3 * strlen(rest) + 1;
	url->text = malloc(size);
	url->host = strndup(rest, host);
	if (!url->text || !url->host)
		return error_set(err, VAULT_FAILED, "out of memory");
	add_encoded(url->text + snprintf(url->text, size, "%s://", scheme), rest);
	return 0;
}

int url_read(const char *address, struct url *ret_url, struct error *err)
{
	URL_AUTO url = {0};
	const char *scheme = "https", *rest = address;
	size_t length = scheme_length(address);
	int r = length > 0 ? find_scheme(address, length, &scheme, err) : 0;

	if (r < 0)
		return r;
	/* A browser takes a backslash for a slash, others do not: where the host ends would be
	 * anybody's guess. */
	for (const char *p = address; *p; p++)
		if ((unsigned char)*p < 0x20 || *p == 0x7f || *p == '\\')
			return error_set(err, VAULT_REFUSED,
			                 "a control character or backslash is in the address");
	rest += length > 0 ? length + 1 : 0;
	if (strncmp(rest, "//", 2) == 0)
		rest += 2;
	else if (length > 0)
		return error_set(err, VAULT_REFUSED, "the address names no host");
	r = build(scheme, rest, &url, err);
	if (r < 0)
		return r;
	*ret_url = url;
	url = (struct url){0};
	return 0;
}

#include "audit/site.h"

#include <string.h>
#include <strings.h>

#define BETWEEN " \t/()[]{}<>,;|\"'"

/* At least one dot, no empty label, letters, digits and hyphens alone (of any script). */
static bool copy_host(const char *text, size_t length, char ret_host[SITE_HOST_SIZE])
{
	if (length > 0 && text[length - 1] == '.') /* the root of all names */
		length--;
	if (length == 0 || length >= SITE_HOST_SIZE || !memchr(text, '.', length))
		return false;
	for (size_t i = 0; i < length; i++) {
		char c = site_letter(text[i]);

		if (!c) {
			c = text[i];
			if (c == '.' && (i == 0 || i + 1 == length || ret_host[i - 1] == '.'))
				return false;
			if (c != '.' && c != '-' && c != '_')
				return false;
		}
		ret_host[i] = c;
	}
	ret_host[length] = '\0';
	return true;
}

bool site_host(const char *url, char ret_host[SITE_HOST_SIZE])
{
	const char *start = strstr(url, "://"), *at;
	size_t length;

	start = start ? start + 3 : url;
	length = strcspn(start, "/?#");
	while ((at = memchr(start, '@', length))) {
		length -= (size_t)(at + 1 - start);
		start = at + 1;
	}
	at = memchr(start, ':', length);
	return copy_host(start, at ? (size_t)(at - start) : length, ret_host);
}

bool site_address(const char *text, size_t length, char ret_address[SITE_ADDRESS_SIZE])
{
	const char *at = memchr(text, '@', length);
	size_t local = at ? (size_t)(at - text) : 0;

	if (local == 0 || local > 64 || memchr(at + 1, '@', length - local - 1))
		return false;
	for (size_t i = 0; i < local; i++) {
		char c = site_letter(text[i]);

		if (!c && ((unsigned char)text[i] <= ' ' || strchr(BETWEEN ":", text[i])))
			return false;
		ret_address[i] = c ? c : text[i];
	}
	ret_address[local] = '@';
	return copy_host(at + 1, length - local - 1, ret_address + local + 1);
}

const char *site_above(const char *host)
{
	const char *dot = strchr(host, '.');

	return dot && strchr(dot + 1, '.') ? dot + 1 : NULL;
}

bool site_belongs(const char *host, const char *domain)
{
	size_t length = strlen(host), end = strlen(domain);

	if (end > length || strcmp(host + length - end, domain) != 0)
		return false;
	return end == length || host[length - end - 1] == '.';
}

static bool is_between(char c)
{
	return !site_letter(c) && c && strchr(BETWEEN, c);
}

bool site_piece(const char **rest, const char **ret_piece, size_t *ret_length)
{
	const char *at = *rest;

	while (is_between(*at))
		at++;
	*ret_piece = at;
	while (*at && !is_between(*at))
		at++;
	*ret_length = (size_t)(at - *ret_piece);
	*rest = at;
	return *ret_length > 0;
}

bool site_next_host(const char **rest, char ret_host[SITE_HOST_SIZE])
{
	const char *piece;
	size_t length;

	while (site_piece(rest, &piece, &length)) {
		char copy[SITE_HOST_SIZE];

		if (length >= sizeof(copy) || memchr(piece, '@', length))
			continue;
		memcpy(copy, piece, length);
		copy[length] = '\0';
		if (site_host(copy, ret_host))
			return true;
	}
	return false;
}

bool site_is_mail(const char *url)
{
	static const char *const schemes[] = {"imap:",    "imaps:", "pop:",   "pop3:",  "pop3s:",
	                                      "mailbox:", "smtp:",  "smtps:", "mailto:"};

	for (size_t i = 0; i < sizeof(schemes) / sizeof(schemes[0]); i++)
		if ((url[0] | 0x20) == schemes[i][0] &&
		    strncasecmp(url, schemes[i], strlen(schemes[i])) == 0)
			return true;
	return false;
}

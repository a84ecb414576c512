/* What an address on the web, or a mail address, says of where an account is. */
#ifndef AUDIT_SITE_H
#define AUDIT_SITE_H

#include <stdbool.h>
#include <stddef.h>

#define SITE_HOST_SIZE 254    /* RFC 1035: 253 characters */
#define SITE_ADDRESS_SIZE 320 /* RFC 5321: 64, @, 255 */

/* For buffers of this size, where they are filled before they are read: the compiler clears all
 * others first, which costs more than what is done with these, some ten times for each entry. */
#define SITE_BUFFER __attribute__((uninitialized))

/* A letter, in small, or a digit; all beyond ASCII counts as letters. Else NUL. */
static inline char site_letter(char c)
{
	char small = (char)(c | 0x20);

	if (small >= 'a' && small <= 'z')
		return small;
	return (c >= '0' && c <= '9') || (c & 0x80) ? c : '\0';
}

/* The host of a URL, or of a host alone, in small letters, without user, port and final dot. False:
 * there is none with a dot in it. */
bool site_host(const char *url, char ret_host[SITE_HOST_SIZE]);

/* A mail address in small letters, the way services compare them. False: it is none. */
bool site_address(const char *text, size_t length, char ret_address[SITE_ADDRESS_SIZE]);

/* The domain above, or NULL: what would be left has no dot. */
const char *site_above(const char *host);

/* Is `host` the domain, or below it? */
bool site_belongs(const char *host, const char *domain);

/* The next piece of a name, between blanks, slashes and brackets. *rest moves behind it; false:
 * there is no more. */
bool site_piece(const char **rest, const char **ret_piece, size_t *ret_length);

/* The next piece of a name that is a host; false: there is none any more. */
bool site_next_host(const char **rest, char ret_host[SITE_HOST_SIZE]);

/* Does the URL name a protocol of mail? */
bool site_is_mail(const char *url);

#endif

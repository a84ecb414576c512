/* Addresses that may be handed to the program that opens them (RFC 3986). */
#ifndef CLI_URL_H
#define CLI_URL_H

#include <stdbool.h>

#include <vault/error.h>

struct url {
	char *text; /* https://host/… in characters that RFC 3986 knows; free with url_done */
	char *host; /* with the port, for people */
	bool credentials; /* a user name or password before the host was left out */
};

/* Makes one of an address as people write it down: without a scheme it is https. Only http, https,
 * ftp and ftps pass: what `file:`, `javascript:` or a scheme of some program does is not looked for
 * in an address. What stands before an @ in front of the host is left out: arguments of a process
 * are everybody's to read. VAULT_REFUSED failure for another scheme, and for what is no address. */
int url_read(const char *address, struct url *ret_url, struct error *err);

void url_done(struct url *url);
#define URL_AUTO __attribute__((cleanup(url_done))) struct url

#endif

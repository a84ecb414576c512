/* The loaded lists as they lie in their files. */
#ifndef FORMAT_SERVICES_H
#define FORMAT_SERVICES_H

#include <stdbool.h>
#include <stddef.h>

#include <vault/services.h>

struct service_line {
	const char *domain, *text;
	bool alone; /* what is said does not hold for the domains below it */
};

/* Where a list is; free(3). */
int services_path(enum service_list list, char **ret_path, struct error *err);

/* Takes the next line off a list, which is cut into strings on the way; false: there is no more. */
bool services_next(char **rest, struct service_line *ret_line);

#endif

/* What the field of a realm's member says. */
#include <vault/realm.h>

#include <string.h>

#include "base/cleanup.h"

bool realm_split(const char *text, size_t length, char ret_name[REALM_NAME_SIZE],
                 const char **ret_reason)
{
	const char *tab = memchr(text, '\t', length);
	FREE_AUTO char *normal = NULL;
	size_t name = tab ? (size_t)(tab - text) : 0, reason = length - name - 1;

	if (!tab || name >= REALM_NAME_SIZE || reason == 0 || length > FIELD_TEXT_MAX ||
	    memchr(text, '\0', length) || memchr(tab + 1, '\t', reason) ||
	    !text_is_printable(tab + 1, reason))
		return false;
	memcpy(ret_name, text, name);
	ret_name[name] = '\0';
	*ret_reason = tab + 1;
	return text_name(ret_name, &normal, NULL) == 0 && strcmp(normal, ret_name) == 0;
}

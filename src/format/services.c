/*
 * Looking into the loaded lists. A list is text, a line for each domain, in no order:
 *
 *     domain TAB '.' TAB what is said of it and of all below it
 *     domain TAB '=' TAB what is said of it alone
 */
#include "format/services.h"

#include <string.h>
#include <strings.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "base/paths.h"

int services_path(enum service_list list, char **ret_path, struct error *err)
{
	return paths_data(list == SERVICE_RULES ? "password-rules.list" : "change-password.list",
	                  ret_path, err);
}

bool services_next(char **rest, struct service_line *ret_line)
{
	while (**rest) {
		char *line = *rest, *scope, *text;
		size_t length = strcspn(line, "\n");

		*rest = line + length + (line[length] == '\n');
		line[length] = '\0';
		scope = strchr(line, '\t');
		if (!scope || (scope[1] != '.' && scope[1] != '=') || scope[2] != '\t')
			continue;
		text = scope + 3;
		*scope = '\0';
		*ret_line = (struct service_line){line, text, scope[1] == '='};
		return true;
	}
	return false;
}

/* Is the host, of so many bytes, the domain or, where that counts, below it? */
static bool belongs(const char *host, size_t length, const struct service_line *line)
{
	size_t domain = strlen(line->domain);

	if (domain == 0 || domain > length ||
	    strncasecmp(host + length - domain, line->domain, domain) != 0)
		return false;
	return domain == length || (!line->alone && host[length - domain - 1] == '.');
}

static int read_list(enum service_list list, char **ret_text, struct error *err)
{
	FREE_AUTO char *path = NULL;
	FREE_AUTO char *text = malloc(SERVICES_FILE_MAX + 1);
	size_t length = 0;
	int r = services_path(list, &path, err);

	if (r == 0 && !text)
		r = error_set(err, VAULT_FAILED, "out of memory");
	if (r == 0)
		r = file_read(path, text, SERVICES_FILE_MAX, &length, err);
	if (r != 0)
		return r;
	text[length] = '\0';
	*ret_text = text;
	text = NULL;
	return 0;
}

int services_find(enum service_list list, const char *host, char **ret_text, struct error *err)
{
	FREE_AUTO char *text = NULL;
	size_t length = strcspn(host, ":"), longest = 0;
	struct service_line line;
	const char *found = NULL;
	char *rest;
	int r = read_list(list, &text, err);

	if (r != 0)
		return r;
	if (length > 0 && host[length - 1] == '.') /* the root of all names */
		length--;
	for (rest = text; services_next(&rest, &line);) {
		if (strlen(line.domain) > longest && belongs(host, length, &line)) {
			longest = strlen(line.domain);
			found = line.text;
		}
	}
	if (!found)
		return VAULT_NOT_FOUND;
	*ret_text = strdup(found);
	return *ret_text ? 0 : error_set(err, VAULT_FAILED, "out of memory");
}

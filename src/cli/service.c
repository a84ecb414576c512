#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <vault/services.h>

#include "cleanup.h"
#include "service.h"
#include "url.h"

static bool is_web(const struct url *url)
{
	return strncmp(url->text, "https:", 6) == 0 || strncmp(url->text, "http:", 5) == 0;
}

/* The next web address of the entry from field *at on; false: there is no more. */
static bool next_url(const struct entry *entry, size_t *at, struct url *ret_url)
{
	while (*at < entry->n_fields) {
		const struct field *field = &entry->fields[(*at)++];
		struct error ignored = {0};

		if (field->kind != FIELD_URL || url_read(field->text, ret_url, &ignored) < 0)
			continue;
		if (is_web(ret_url))
			return true;
		url_done(ret_url);
	}
	return false;
}

/* What a list says of the first address that is in it. */
static int look_up(enum service_list list, const struct entry *entry, char **ret_text,
                   struct error *err)
{
	int r = VAULT_NOT_FOUND;

	for (size_t at = 0; r == VAULT_NOT_FOUND;) {
		URL_AUTO url = {0};
		if (!next_url(entry, &at, &url))
			break;
		r = services_find(list, url.host, ret_text, err);
	}
	return r;
}

int service_rules(const struct entry *entry, struct rules *ret_rules, struct error *err)
{
	const struct field *own = entry_field(entry, "rules");
	FREE_AUTO char *text = NULL;
	struct error ignored = {0};
	int r;

	if (own && own->text) {
		r = rules_parse(own->text, ret_rules, err);
		return r < 0 ? error_context(err, "'%s'", entry->name) : 0;
	}
	r = look_up(SERVICE_RULES, entry, &text, err);
	if (r != 0)
		return r < 0 ? r : 1;
	return rules_parse(text, ret_rules, &ignored) < 0 ? 1 : 0;
}

int service_change_address(const struct entry *entry, char **ret_address, struct error *err)
{
	URL_AUTO url = {0};
	size_t at = 0;
	int r = look_up(SERVICE_CHANGE, entry, ret_address, err);

	if (r != VAULT_NOT_FOUND)
		return r;
	if (!next_url(entry, &at, &url)) {
		error_set(err, VAULT_NOT_FOUND, "'%s' has no address of http or https",
		          entry->name);
		return VAULT_NOT_FOUND;
	}
	if (asprintf(ret_address, "https://%s/.well-known/change-password", url.host) < 0) {
		*ret_address = NULL;
		return error_set(err, VAULT_FAILED, "out of memory");
	}
	return 0;
}

#include "format/zip_take.h"

#include <stdlib.h>
#include <string.h>

int zip_need(struct zip *zip, const char *name, struct span *ret_bytes, struct error *err)
{
	struct zip_member *member = zip_find(zip, name);

	if (!member)
		return error_set(err, VAULT_USAGE, "the zip file has no '%s'", name);
	return zip_read(zip, member, ret_bytes, err);
}

int zip_take(struct zip *zip, struct zip_member *member, struct emit *emit, struct span name,
             struct error *err)
{
	struct span bytes = {0};
	int r;

	if (member->length > ATTACHMENT_MAX) {
		member->used = true;
		emit_account(emit, FATE_LEFT, "attachment", "larger than an attachment may be");
		return 0;
	}
	r = zip_read(zip, member, &bytes, err);
	if (r == 0)
		emit_attachment(emit, name, bytes);
	free((void *)(uintptr_t)bytes.bytes);
	return r;
}

void zip_tell_rest(const struct zip *zip, const char *known, struct emit *emit)
{
	for (size_t i = 0; i < zip->count; i++)
		if (!zip->members[i].used && !(known && strcmp(zip->members[i].name, known) == 0))
			emit_account_file(emit, FATE_LEFT, "file in the zip file",
			                  "no entry refers to it");
}

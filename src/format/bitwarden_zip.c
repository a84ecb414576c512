/* Bitwarden's zip: data.json as the plain file, attachments/ITEM/NAME. */
#include <stdlib.h>
#include <string.h>

#include "format/bitwarden.h"
#include "format/zip_take.h"

#define DATA "data.json"
#define FOLDER "attachments/"

static void look(const struct format *format, const struct source *source, struct look *ret_look)
{
	(void)format;
	if (zip_has(source, DATA))
		ret_look->score = 90;
}

struct attachments {
	struct bitwarden_files files; /* first: what the reader of items knows */
	struct zip *zip;
};

static int take_attachments(const struct bitwarden_files *files, struct emit *emit,
                            const json_t *item, struct error *err)
{
	struct zip *zip = ((const struct attachments *)files)->zip;
	const char *id = json_string_value(json_object_get(item, "id"));
	BUF_AUTO prefix = BUF_EMPTY;
	struct zip_member *member;
	int r = 0;

	if (!id || !id[0])
		return 0;
	buf_add_format(&prefix, FOLDER "%s/", id);
	if (buf_check(&prefix, err) < 0)
		return -VAULT_FAILED;
	member = zip_first(zip, (char *)prefix.bytes);
	for (; r == 0 && zip_more(zip, member, (char *)prefix.bytes); member++)
		r = zip_take(zip, member, emit, span_of(member->name + prefix.length), err);
	return r;
}

static int read_zip(const struct format *format, const struct source *source, struct emit *emit,
                    struct error *err)
{
	ZIP_AUTO zip = {0};
	const struct attachments attachments = {{take_attachments}, &zip};
	struct source data = {0};
	struct span bytes = {0};
	int r = zip_open(&zip, source, err);

	(void)format;
	if (r == 0)
		r = zip_need(&zip, DATA, &bytes, err);
	data.bytes = bytes.bytes;
	data.length = bytes.length;
	if (r == 0)
		r = bitwarden_read(&data, &attachments.files, emit, err);
	if (r == 0)
		zip_tell_rest(&zip, NULL, emit);
	free((void *)(uintptr_t)bytes.bytes);
	return r;
}

static const struct format_code code = {.look = look, .read = read_zip};

const struct format format_bitwarden_zip = {
	.name = "bitwarden-zip",
	.title = "Bitwarden zip, with attachments",
	.flags = FORMAT_READS,
	.code = &code,
};

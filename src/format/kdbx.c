#include "format/kdbx.h"

static const struct format_code code = {
	.look = kdbx_look,
	.read = kdbx_read,
};

const struct format format_kdbx = {
	.name = "kdbx",
	.title = "KeePass KDBX",
	.flags = FORMAT_READS,
	.code = &code,
};

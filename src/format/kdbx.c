#include "format/kdbx.h"

static const struct format_code code = {
	.look = kdbx_look,
	.read = kdbx_read,
	.begin = kdbx_write_begin,
	.ahead = kdbx_write_ahead,
	.item = kdbx_write_item,
	.end = kdbx_write_end,
	.drop = kdbx_write_drop,
	.state_bytes = KDBX_WRITE_BYTES,
};

const struct format format_kdbx = {
	.name = "kdbx",
	.title = "KeePass KDBX",
	.flags = FORMAT_READS | FORMAT_WRITES | FORMAT_SEALED | FORMAT_TWICE | FORMAT_SORTED,
	.holds = HOLDS_EVERYTHING,
	.code = &code,
};

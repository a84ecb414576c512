/* Where minizip was not there when this was built. */
#include "format/zip.h"

#include <string.h>

static int none(struct error *err)
{
	return error_set(err, VAULT_USAGE,
	                 "this program was built without minizip and reads no zip files");
}

bool zip_has(const struct source *source, const char *name)
{
	(void)source;
	(void)name;
	return false;
}

int zip_open(struct zip *zip, const struct source *source, struct error *err)
{
	*zip = (struct zip){.source = source};
	return none(err);
}

void zip_close(struct zip *zip)
{
	(void)zip;
}

struct zip_member *zip_find(const struct zip *zip, const char *name)
{
	(void)zip;
	(void)name;
	return NULL;
}

struct zip_member *zip_first(const struct zip *zip, const char *prefix)
{
	(void)zip;
	(void)prefix;
	return NULL;
}

bool zip_more(const struct zip *zip, const struct zip_member *member, const char *prefix)
{
	(void)zip;
	(void)member;
	(void)prefix;
	return false;
}

int zip_read(struct zip *zip, struct zip_member *member, struct span *ret_bytes, struct error *err)
{
	(void)zip;
	(void)member;
	(void)ret_bytes;
	return none(err);
}

#include "format/zip.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include <unzip.h>

#include "base/buf.h"

#define ENCRYPTED 1 /* a bit of a member's flags: APPNOTE 4.4.4 */
#define READ_AT_ONCE ((size_t)1 << 30)

/* ---- what minizip reads from --------------------------------------------------------- */

struct place {
	const unsigned char *bytes;
	size_t length, at;
	bool beyond; /* it was read beyond its end, which minizip takes for zeros unless told */
};

static void *open_place(void *opaque, const void *name, int mode)
{
	(void)name;
	(void)mode;
	return opaque;
}

static uLong read_place(void *opaque, void *stream, void *buffer, uLong size)
{
	struct place *place = stream;
	size_t left = place->length - place->at, count = size < left ? size : left;

	(void)opaque;
	place->beyond |= count < size;
	memcpy(buffer, place->bytes + place->at, count);
	place->at += count;
	return (uLong)count;
}

static uLong write_place(void *opaque, void *stream, const void *buffer, uLong size)
{
	(void)opaque;
	(void)stream;
	(void)buffer;
	(void)size;
	return 0;
}

static ZPOS64_T tell_place(void *opaque, void *stream)
{
	const struct place *place = stream;

	(void)opaque;
	return place->at;
}

static long seek_place(void *opaque, void *stream, ZPOS64_T offset, int origin)
{
	struct place *place = stream;
	size_t base = origin == ZLIB_FILEFUNC_SEEK_CUR   ? place->at
	              : origin == ZLIB_FILEFUNC_SEEK_END ? place->length
	                                                 : 0;

	(void)opaque;
	if (offset > place->length - base)
		return -1;
	place->at = base + (size_t)offset;
	return 0;
}

static int close_place(void *opaque, void *stream)
{
	(void)opaque;
	free(stream);
	return 0;
}

static int error_of_place(void *opaque, void *stream)
{
	(void)opaque;
	return ((const struct place *)stream)->beyond;
}

/* minizip's handle, NULL where it is no zip file. */
static unzFile open_zip(const struct source *source)
{
	static const unsigned char magic[] = {'P', 'K'};
	struct place *place;
	zlib_filefunc64_def functions = {open_place, read_place,  write_place,    tell_place,
	                                 seek_place, close_place, error_of_place, NULL};
	unzFile unzip;

	if (source->length < sizeof(magic) || memcmp(source->bytes, magic, sizeof(magic)) != 0)
		return NULL;
	place = malloc(sizeof(*place));
	if (!place)
		return NULL;
	*place = (struct place){.bytes = source->bytes, .length = source->length};
	functions.opaque = place;
	unzip = unzOpen2_64("", &functions); /* closes the place when it is no zip file */
	return unzip;
}

/* ---- members ------------------------------------------------------------------------- */

static int damaged(struct error *err)
{
	return error_set(err, VAULT_USAGE, "the zip file is damaged, or cut off");
}

/* The member that minizip stands in front of. Its name is in `name`. */
static int look_at(unzFile unzip, char name[ZIP_NAME_MAX + 1], struct zip_member *ret_member,
                   struct error *err)
{
	unz_file_info64 info;
	unz64_file_pos position;

	if (unzGetCurrentFileInfo64(unzip, &info, name, ZIP_NAME_MAX, NULL, 0, NULL, 0) != UNZ_OK ||
	    unzGetFilePos64(unzip, &position) != UNZ_OK)
		return damaged(err);
	if (info.size_filename > ZIP_NAME_MAX || info.uncompressed_size > SIZE_MAX / 2)
		return error_set(err, VAULT_USAGE,
		                 "a name or a member of the zip file is too long");
	name[info.size_filename] = '\0';
	*ret_member = (struct zip_member){
		.length = (size_t)info.uncompressed_size,
		.encrypted = info.flag & ENCRYPTED,
		.at = position.pos_in_zip_directory,
		.number = position.num_of_file,
	};
	return 0;
}

static int add(struct zip *zip, size_t *room, const char *name, const struct zip_member *member,
               struct error *err)
{
	struct zip_member *members;

	if (name[0] == '\0' || name[strlen(name) - 1] == '/')
		return 0;
	members = list_room(zip->members, zip->count, room, sizeof(*members));
	if (!members)
		return error_set(err, VAULT_FAILED, "out of memory");
	zip->members = members;
	members += zip->count;
	*members = *member;
	members->name = strdup(name);
	if (!members->name)
		return error_set(err, VAULT_FAILED, "out of memory");
	zip->count++;
	return 0;
}

static int compare(const void *a, const void *b)
{
	const struct zip_member *first = a, *second = b;
	int order = strcmp(first->name, second->name);

	return order ? order : first->number < second->number ? -1 : first->number > second->number;
}

static int list_members(struct zip *zip, struct error *err)
{
	char name[ZIP_NAME_MAX + 1];
	size_t room = 0, seen = 0;
	int r = 0, next = unzGoToFirstFile(zip->unzip);

	while (next == UNZ_OK && r == 0) {
		struct zip_member member;

		if (++seen > ZIP_MEMBERS_MAX)
			return error_set(err, VAULT_USAGE, "the zip file has more than %d members",
			                 ZIP_MEMBERS_MAX);
		r = look_at(zip->unzip, name, &member, err);
		if (r == 0)
			r = add(zip, &room, name, &member, err);
		next = unzGoToNextFile(zip->unzip);
	}
	if (r == 0 && next != UNZ_END_OF_LIST_OF_FILE)
		r = damaged(err);
	if (zip->count > 1)
		qsort(zip->members, zip->count, sizeof(*zip->members), compare);
	return r;
}

bool zip_has(const struct source *source, const char *name)
{
	unzFile unzip = open_zip(source);
	unz_global_info64 info;
	bool found = unzip && unzGetGlobalInfo64(unzip, &info) == UNZ_OK &&
	             info.number_entry <= ZIP_MEMBERS_MAX &&
	             unzLocateFile(unzip, name, 1) == UNZ_OK;

	unzClose(unzip);
	return found;
}

int zip_open(struct zip *zip, const struct source *source, struct error *err)
{
	*zip = (struct zip){.source = source, .unzip = open_zip(source)};
	if (!zip->unzip)
		return error_set(err, VAULT_USAGE, "it is no zip file, or is cut off");
	return list_members(zip, err);
}

void zip_close(struct zip *zip)
{
	for (size_t i = 0; i < zip->count; i++)
		free((char *)(uintptr_t)zip->members[i].name);
	free(zip->members);
	if (zip->unzip)
		unzClose(zip->unzip);
	*zip = (struct zip){0};
}

/* The first member whose name is not below. */
static struct zip_member *lower_bound(const struct zip *zip, const char *name)
{
	size_t low = 0, high = zip->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (strcmp(zip->members[middle].name, name) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return zip->members + low;
}

bool zip_more(const struct zip *zip, const struct zip_member *member, const char *prefix)
{
	return member && member < zip->members + zip->count &&
	       strncmp(member->name, prefix, strlen(prefix)) == 0;
}

struct zip_member *zip_first(const struct zip *zip, const char *prefix)
{
	struct zip_member *member = lower_bound(zip, prefix);

	return zip_more(zip, member, prefix) ? member : NULL;
}

struct zip_member *zip_find(const struct zip *zip, const char *name)
{
	struct zip_member *member = zip_first(zip, name);

	return member && strcmp(member->name, name) == 0 ? member : NULL;
}

/* ---- contents ------------------------------------------------------------------------ */

static int inflate_all(struct zip *zip, unsigned char *bytes, size_t length, struct error *err)
{
	unsigned char more;
	size_t at = 0;

	while (at < length) {
		size_t count = length - at < READ_AT_ONCE ? length - at : READ_AT_ONCE;
		int done = unzReadCurrentFile(zip->unzip, bytes + at, (unsigned)count);

		if (done <= 0)
			return damaged(err);
		at += (size_t)done;
	}
	return unzReadCurrentFile(zip->unzip, &more, 1) == 0 ? 0 : damaged(err);
}

static int check_size(struct zip *zip, const struct zip_member *member, struct error *err)
{
	size_t most = ZIP_BYTES_FREE + zip->source->length * ZIP_RATIO_MAX;

	if (member->encrypted)
		return error_set(err, VAULT_USAGE,
		                 "the zip file is encrypted: unpack it, and pack it again without "
		                 "a password");
	if (member->length > most || zip->read > most - member->length)
		return error_set(err, VAULT_USAGE,
		                 "the zip file holds more than %d times its own size: that is no "
		                 "export",
		                 ZIP_RATIO_MAX);
	return 0;
}

int zip_read(struct zip *zip, struct zip_member *member, struct span *ret_bytes, struct error *err)
{
	const unz64_file_pos position = {member->at, member->number};
	unsigned char *bytes;
	int r = check_size(zip, member, err);

	if (r < 0)
		return r;
	bytes = malloc(member->length + 1);
	if (!bytes)
		return error_set(err, VAULT_USAGE, "there is not enough memory for what it holds");
	zip->read += member->length;
	if (unzGoToFilePos64(zip->unzip, &position) != UNZ_OK ||
	    unzOpenCurrentFile(zip->unzip) != UNZ_OK) {
		free(bytes);
		return damaged(err);
	}
	r = inflate_all(zip, bytes, member->length, err);
	if (unzCloseCurrentFile(zip->unzip) != UNZ_OK && r == 0) /* the checksum */
		r = damaged(err);
	if (r < 0) {
		free(bytes);
		return r;
	}
	bytes[member->length] = '\0';
	member->used = true;
	*ret_bytes = (struct span){bytes, member->length};
	return 0;
}

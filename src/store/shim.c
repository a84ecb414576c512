#include "store/shim.h"

#include <errno.h>
#include <sqlcipher/sqlite3.h>
#include <stdbool.h>
#include <string.h>

#include "store/header.h"

/* SQLite allocates szOsFile bytes per file: our part, then the one of the VFS below. */
struct shim_file {
	sqlite3_file base; /* what SQLite sees; must be first */
	sqlite3_int64 shift;
	int read_error;
	int padding;                       /* to a multiple of 8 */
	_Alignas(8) unsigned char below[]; /* SQLite aligns files to 8 */
};

static sqlite3_file *below(sqlite3_file *file)
{
	return (sqlite3_file *)((struct shim_file *)file)->below;
}

static sqlite3_int64 shift_of(sqlite3_file *file)
{
	return ((struct shim_file *)file)->shift;
}

static int shim_close(sqlite3_file *file)
{
	return below(file)->pMethods->xClose(below(file));
}

static int shim_read(sqlite3_file *file, void *bytes, int length, sqlite3_int64 offset)
{
	int code;

	errno = 0;
	code = below(file)->pMethods->xRead(below(file), bytes, length, offset + shift_of(file));
	/* SQLCipher tells of it as of a page that does not authenticate. */
	if (code != SQLITE_OK && code != SQLITE_IOERR_SHORT_READ)
		((struct shim_file *)file)->read_error = errno ? errno : EIO;
	return code;
}

static int shim_write(sqlite3_file *file, const void *bytes, int length, sqlite3_int64 offset)
{
	return below(file)->pMethods->xWrite(below(file), bytes, length, offset + shift_of(file));
}

static int shim_truncate(sqlite3_file *file, sqlite3_int64 size)
{
	return below(file)->pMethods->xTruncate(below(file), size + shift_of(file));
}

static int shim_sync(sqlite3_file *file, int flags)
{
	return below(file)->pMethods->xSync(below(file), flags);
}

static int shim_file_size(sqlite3_file *file, sqlite3_int64 *ret_size)
{
	int rc = below(file)->pMethods->xFileSize(below(file), ret_size);

	*ret_size = *ret_size > shift_of(file) ? *ret_size - shift_of(file) : 0;
	return rc;
}

/* Has another file taken the name of this one (rekey, restore)? */
static bool has_moved(sqlite3_file *file)
{
	int moved = 0;
	int code = below(file)->pMethods->xFileControl(below(file), SQLITE_FCNTL_HAS_MOVED, &moved);

	return code != SQLITE_OK || moved;
}

static int shim_lock(sqlite3_file *file, int level)
{
	return below(file)->pMethods->xLock(below(file), level);
}

static int shim_unlock(sqlite3_file *file, int level)
{
	return below(file)->pMethods->xUnlock(below(file), level);
}

/* SQLite asks this when there is a journal: where nobody writes, it was left by a crash, and is
 * played back and removed. It is found by the file's name; who still has open the file that had the
 * name before must leave alone what belongs to the one that has it now. */
static int shim_check_reserved(sqlite3_file *file, int *ret_reserved)
{
	if (has_moved(file)) {
		*ret_reserved = 1;
		return SQLITE_OK;
	}
	return below(file)->pMethods->xCheckReservedLock(below(file), ret_reserved);
}

static int shim_file_control(sqlite3_file *file, int op, void *argument)
{
	const sqlite3_io_methods *methods = below(file)->pMethods;
	struct shim_header *header = argument;
	struct shim_raw *raw = argument;
	sqlite3_int64 hint;

	switch (op) {
	case SHIM_HEADER_READ:
		return methods->xRead(below(file), header->bytes, HEADER_AREA, 0);
	case SHIM_HEADER_WRITE:
		return methods->xWrite(below(file), header->bytes, HEADER_BYTES,
		                       (sqlite3_int64)header->copy * HEADER_BYTES);
	case SHIM_HEADER_SYNC:
		return methods->xSync(below(file), SQLITE_SYNC_FULL);
	case SHIM_FILE_SIZE:
		return methods->xFileSize(below(file), argument);
	case SHIM_RAW_READ:
		return methods->xRead(below(file), raw->bytes, raw->length, raw->offset);
	case SHIM_READ_ERROR:
		*(int *)argument = ((struct shim_file *)file)->read_error;
		((struct shim_file *)file)->read_error = 0;
		return SQLITE_OK;
	case SQLITE_FCNTL_SIZE_HINT:
		hint = *(sqlite3_int64 *)argument + shift_of(file);
		return methods->xFileControl(below(file), op, &hint);
	default:
		return methods->xFileControl(below(file), op, argument);
	}
}

static int shim_sector_size(sqlite3_file *file)
{
	return below(file)->pMethods->xSectorSize(below(file));
}

static int shim_device(sqlite3_file *file)
{
	return below(file)->pMethods->xDeviceCharacteristics(below(file));
}

static const sqlite3_io_methods shim_methods = {
	.iVersion = 1,
	.xClose = shim_close,
	.xRead = shim_read,
	.xWrite = shim_write,
	.xTruncate = shim_truncate,
	.xSync = shim_sync,
	.xFileSize = shim_file_size,
	.xLock = shim_lock,
	.xUnlock = shim_unlock,
	.xCheckReservedLock = shim_check_reserved,
	.xFileControl = shim_file_control,
	.xSectorSize = shim_sector_size,
	.xDeviceCharacteristics = shim_device,
};

static sqlite3_vfs *vfs_below(sqlite3_vfs *vfs)
{
	return vfs->pAppData;
}

static int shim_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags,
                     int *ret_flags)
{
	struct shim_file *shim = (struct shim_file *)file;
	int rc;

	memset(shim, 0, sizeof(*shim));
	rc = vfs_below(vfs)->xOpen(vfs_below(vfs), name, below(file), flags, ret_flags);
	if (rc != SQLITE_OK)
		return rc; /* pMethods is NULL: SQLite will not call xClose */
	shim->shift = flags & SQLITE_OPEN_MAIN_DB ? HEADER_AREA : 0;
	shim->base.pMethods = &shim_methods;
	return SQLITE_OK;
}

static int shim_delete(sqlite3_vfs *vfs, const char *name, int sync_folder)
{
	return vfs_below(vfs)->xDelete(vfs_below(vfs), name, sync_folder);
}

static int shim_access(sqlite3_vfs *vfs, const char *name, int flags, int *ret_result)
{
	return vfs_below(vfs)->xAccess(vfs_below(vfs), name, flags, ret_result);
}

static int shim_full_pathname(sqlite3_vfs *vfs, const char *name, int size, char *ret_path)
{
	return vfs_below(vfs)->xFullPathname(vfs_below(vfs), name, size, ret_path);
}

static int shim_randomness(sqlite3_vfs *vfs, int length, char *ret_bytes)
{
	return vfs_below(vfs)->xRandomness(vfs_below(vfs), length, ret_bytes);
}

static int shim_sleep(sqlite3_vfs *vfs, int microseconds)
{
	return vfs_below(vfs)->xSleep(vfs_below(vfs), microseconds);
}

static int shim_current_time(sqlite3_vfs *vfs, double *ret_now)
{
	return vfs_below(vfs)->xCurrentTime(vfs_below(vfs), ret_now);
}

static int shim_last_error(sqlite3_vfs *vfs, int length, char *ret_text)
{
	return vfs_below(vfs)->xGetLastError(vfs_below(vfs), length, ret_text);
}

int shim_register(void)
{
	/* SQLite keeps the pointer for the life of the process. Loading extensions (xDl…) is not
	 * offered. */
	static sqlite3_vfs shim = {
		.iVersion = 1,
		.zName = SHIM_VFS,
		.xOpen = shim_open,
		.xDelete = shim_delete,
		.xAccess = shim_access,
		.xFullPathname = shim_full_pathname,
		.xRandomness = shim_randomness,
		.xSleep = shim_sleep,
		.xCurrentTime = shim_current_time,
		.xGetLastError = shim_last_error,
	};
	sqlite3_vfs *lower;

	if (sqlite3_vfs_find(SHIM_VFS))
		return SQLITE_OK;
	lower = sqlite3_vfs_find(NULL);
	if (!lower)
		return SQLITE_ERROR;
	shim.pAppData = lower;
	shim.mxPathname = lower->mxPathname;
	shim.szOsFile = (int)sizeof(struct shim_file) + lower->szOsFile;
	return sqlite3_vfs_register(&shim, 0);
}

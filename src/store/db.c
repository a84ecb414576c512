#include "store/db.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "store/db_internal.h"
#include "store/memory.h"
#include "store/shim.h"

/* Folder links are followed, the file itself must not be one: gives the folder's real path and the
 * name. */
static int resolve(const char *path, char **ret_resolved, struct error *err)
{
	const char *slash = strrchr(path, '/');
	const char *name = slash ? slash + 1 : path;
	FREE_AUTO char *folder = slash == path ? strdup("/")
	                         : slash       ? strndup(path, (size_t)(slash - path))
	                                       : strdup(".");
	FREE_AUTO char *real = folder ? realpath(folder, NULL) : NULL;
	BUF_AUTO buf = BUF_EMPTY;

	if (!real && errno == ENOENT) {
		error_set(err, VAULT_NOT_FOUND, "there is no vault at '%s'", path);
		return VAULT_NOT_FOUND;
	}
	if (!real)
		return error_errno(err, VAULT_FAILED, errno, "cannot open '%s'", path);
	buf_add_string(&buf, real);
	if (strcmp(real, "/") != 0)
		buf_add_string(&buf, "/");
	buf_add_string(&buf, name);
	if (buf_check(&buf, err) < 0)
		return -VAULT_FAILED;
	*ret_resolved = buf_take_string(&buf);
	return 0;
}

/* Refuses everything that is not a plain file of ours with one name. */
static int examine(const char *path, struct stat *ret_stat, struct error *err)
{
	if (lstat(path, ret_stat) < 0) {
		if (errno != ENOENT)
			return error_errno(err, VAULT_FAILED, errno, "cannot open '%s'", path);
		error_set(err, VAULT_NOT_FOUND, "there is no vault at '%s'", path);
		return VAULT_NOT_FOUND;
	}
	if (S_ISDIR(ret_stat->st_mode))
		return error_set(err, VAULT_FAILED, "'%s' is a folder, not a vault", path);
	if (S_ISLNK(ret_stat->st_mode))
		return error_set(err, VAULT_FAILED,
		                 "'%s' is a symbolic link: name the vault itself", path);
	if (!S_ISREG(ret_stat->st_mode))
		return error_set(err, VAULT_FAILED, "'%s' is not a regular file", path);
	if (ret_stat->st_uid != geteuid())
		return error_set(err, VAULT_FAILED, "'%s' belongs to another user (uid %lu)", path,
		                 (unsigned long)ret_stat->st_uid);
	if (ret_stat->st_nlink != 1)
		return error_set(
			err, VAULT_FAILED,
			"'%s' has %lu names (hard links): writing through one would leave the"
			" others behind; copy it instead",
			path, (unsigned long)ret_stat->st_nlink);
	if (ret_stat->st_size < HEADER_AREA)
		return error_set(err, ret_stat->st_size == 0 ? VAULT_FAILED : VAULT_DAMAGED,
		                 "'%s' is %s: it is shorter than a vault's header", path,
		                 ret_stat->st_size == 0 ? "empty" : "truncated or not a vault");
	if (ret_stat->st_size >= (off_t)1 << 30)
		return error_set(err, VAULT_FAILED, "'%s' is larger than a vault can be (1 GiB)",
		                 path);
	return 0;
}

static int start_sqlite(struct error *err)
{
	int code = memory_install();

	if (code == SQLITE_OK)
		code = sqlite3_initialize();
	if (code == SQLITE_OK)
		code = shim_register();
	return code == SQLITE_OK ? 0 : db_error(NULL, code, err);
}

static int open_file(struct db *db, const char *path, unsigned flags, struct error *err)
{
	struct stat before, after;
	bool same = true;
	int mode = flags & DB_READ_ONLY ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE;
	int r, code;

	r = resolve(path, &db->path, err);
	if (r != 0)
		return r;
	r = examine(db->path, &before, err);
	if (r != 0)
		return r;
	if (access(db->path, R_OK) < 0)
		return error_errno(err, VAULT_FAILED, errno, "cannot read '%s'", path);
	code = sqlite3_open_v2(db->path, &db->handle,
	                       mode | SQLITE_OPEN_NOFOLLOW | SQLITE_OPEN_NOMUTEX, SHIM_VFS);
	if (code != SQLITE_OK)
		return db_error(db, code, err);
	sqlite3_extended_result_codes(db->handle, 1);
	sqlite3_busy_timeout(db->handle, flags & DB_NO_WAIT ? 0 : DB_BUSY_MILLISECONDS);

	/* What was examined must be what was opened. */
	code = db_same_file(db, &same);
	if (code != SQLITE_OK)
		return db_error(db, code, err);
	if (!same || lstat(db->path, &after) < 0 || after.st_ino != before.st_ino ||
	    after.st_dev != before.st_dev)
		return error_set(err, VAULT_FAILED,
		                 "'%s' was exchanged while it was opened: try again", path);
	return 0;
}

int db_open(const char *path, unsigned flags, struct db **ret_db, struct error *err)
{
	struct db *db;
	int r = start_sqlite(err);

	if (r < 0)
		return r;
	db = calloc(1, sizeof(*db));
	if (!db)
		return error_set(err, VAULT_FAILED, "out of memory");
	db->lenient = flags & DB_LENIENT;
	for (int i = 0; i < SQL_COUNT; i++)
		db->statements[i].db = db;
	r = open_file(db, path, flags, err);
	if (r != 0) {
		db_close(db);
		return r;
	}
	*ret_db = db;
	return 0;
}

void db_close(struct db *db)
{
	if (!db)
		return;
	for (int i = 0; i < SQL_COUNT; i++)
		sqlite3_finalize(db->statements[i].handle);
	sqlite3_close(db->handle);
	free(db->path);
	free(db);
}

/* Begins the transaction in which all else is read, and reads the first page: this is where a wrong
 * key shows. */
static int first_read(struct db *db, struct error *err)
{
	struct error cause = {0};
	char version[32];
	int r = db_begin_read(db, err);

	if (r < 0)
		return r;
	r = db_pragma(db, "PRAGMA user_version", version, sizeof(version), &cause);
	/* The first page is whole, and counts more pages than there are. */
	if (r == -VAULT_DAMAGED && (sqlite3_errcode(db->handle) & 0xff) == SQLITE_CORRUPT)
		return error_set(err, VAULT_DAMAGED,
		                 "the vault is truncated, pages are missing at its end: restore a "
		                 "backup, or see 'vault help rescue'");
	if (r == -VAULT_DAMAGED)
		return VAULT_WRONG_KEY;
	if (r < 0)
		return error_set(err, cause.status, "%s", cause.message);
	return recipe_check_file(db, err);
}

int db_unlock(struct db *db, const unsigned char key[32], bool create, struct error *err)
{
	struct stmt *stmt = NULL;
	int r = recipe_give_key(db, key, err);

	/* What ends a transaction must not be short of memory then. */
	if (r == 0)
		r = db_stmt(db, SQL_ROLLBACK, &stmt, err);
	if (r == 0)
		r = db_stmt(db, SQL_COMMIT, &stmt, err);
	if (r == 0)
		r = recipe_for_reading(db, err);
	if (r == 0 && !create)
		r = first_read(db, err);
	if (r != 0)
		db_rollback(db);
	/* SQLCipher unlocks memory page by page, and with it what else lies in the page. */
	memory_lock_again();
	return r;
}

int db_file_size(struct db *db, uint64_t *ret_bytes, struct error *err)
{
	sqlite3_int64 size = 0;
	int code = sqlite3_file_control(db->handle, "main", SHIM_FILE_SIZE, &size);

	*ret_bytes = (uint64_t)size;
	return code == SQLITE_OK ? 0 : db_error(db, code, err);
}

int db_header_read(struct db *db, unsigned char area[HEADER_AREA], struct error *err)
{
	struct shim_header header = {.bytes = area};
	int code = sqlite3_file_control(db->handle, "main", SHIM_HEADER_READ, &header);

	return code == SQLITE_OK ? 0 : db_error(db, code, err);
}

int db_header_write(struct db *db, const unsigned char bytes[HEADER_BYTES], unsigned copy,
                    struct error *err)
{
	unsigned char own[HEADER_BYTES];
	struct shim_header header = {.bytes = own, .copy = copy};
	int code;

	memcpy(own, bytes, sizeof(own));
	code = sqlite3_file_control(db->handle, "main", SHIM_HEADER_WRITE, &header);
	if (code == SQLITE_OK)
		code = sqlite3_file_control(db->handle, "main", SHIM_HEADER_SYNC, NULL);
	return code == SQLITE_OK ? 0 : db_error(db, code, err);
}

int db_read_raw(struct db *db, uint64_t offset, void *bytes, size_t length, struct error *err)
{
	struct shim_raw raw = {.bytes = bytes, .length = (int)length, .offset = (long long)offset};
	int code = sqlite3_file_control(db->handle, "main", SHIM_RAW_READ, &raw);

	return code == SQLITE_OK ? 0 : db_error(db, code, err);
}

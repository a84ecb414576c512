#include "vault/copy.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"

#define PIECE ((size_t)64 * 1024)

static int write_pieces(struct vault *vault, int fd, struct error *err)
{
	FREE_AUTO unsigned char *piece = malloc(PIECE); /* as encrypted as the file is */
	uint64_t size, at = 0;
	int r = db_file_size(vault->db, &size, err);

	if (!piece)
		return error_set(err, VAULT_FAILED, "out of memory");
	while (r == 0 && at < size) {
		size_t length = size - at < PIECE ? (size_t)(size - at) : PIECE;

		r = db_read_raw(vault->db, at, piece, length, err);
		if (r == 0)
			r = file_write_all(fd, piece, length, err);
		at += length;
	}
	return r;
}

int copy_file_held(struct vault *vault, const char *path, struct error *err)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC | O_NOCTTY, 0600);
	int r;

	if (fd < 0)
		return error_errno(err, VAULT_FAILED, errno, "cannot create '%s'", path);
	r = write_pieces(vault, fd, err);
	if (r == 0 && fchmod(fd, 0600) < 0) /* whatever the umask took away */
		r = error_errno(err, VAULT_FAILED, errno, "cannot set the mode");
	if (r == 0 && fsync(fd) < 0)
		r = error_errno(err, VAULT_FAILED, errno, "cannot sync");
	/* Network file systems report a failed write as late as here. */
	if (close(fd) < 0 && errno != EINTR && r == 0)
		r = error_errno(err, VAULT_FAILED, errno, "cannot close");
	if (r < 0) {
		unlink(path);
		return error_context(err, "'%s'", path);
	}
	return 0;
}

/* A write lock keeps header writers out as well; where nothing can be written there are none. */
static int hold(struct vault *vault, struct error *err)
{
	int r;

	if (!vault->keys)
		return error_set(err, VAULT_LOCKED, "the vault is locked");
	if (vault->batch)
		return error_set(err, VAULT_USAGE, "a copy cannot be part of a batch of writes");
	if (!db_is_read_only(vault->db))
		return db_begin_write(vault->db, err);
	r = db_begin_read(vault->db, err);
	/* A transaction to read begins with the first read. */
	if (r == 0)
		r = state_read(vault, false, err);
	if (r < 0)
		db_rollback(vault->db);
	return r;
}

int copy_file(struct vault *vault, const char *path, struct error *err)
{
	int r = hold(vault, err);

	if (r < 0)
		return r;
	r = copy_file_held(vault, path, err);
	db_rollback(vault->db);
	return r;
}

int copy_start(struct vault *copy, const struct vault *vault, struct error *err)
{
	int r = keys_set(copy, vault->keys->volume, err);

	if (r == 0)
		r = vault_start(copy, err);
	if (r == VAULT_WRONG_KEY)
		return error_set(err, VAULT_DAMAGED,
		                 "the first page of '%s' is damaged, or it has another key",
		                 copy->path);
	return r < 0 ? r : -r;
}

int copy_open(const char *path, unsigned flags, const struct vault *vault, struct vault **ret_copy,
              struct error *err)
{
	VAULT_AUTO *copy = NULL;
	int r = vault_attach(path, flags | VAULT_NO_WITNESS, &copy, err);

	if (r == 0)
		r = copy_start(copy, vault, err);
	if (r != 0)
		return r < 0 ? r : -r;
	*ret_copy = copy;
	copy = NULL;
	return 0;
}

static void keep_first(void *context, enum check_severity severity, const char *text)
{
	char *first = context;

	if (severity == CHECK_DAMAGE && !first[0])
		snprintf(first, ERROR_MESSAGE_MAX / 2, "%s", text);
}

int copy_verify(struct vault *copy, struct error *err)
{
	char first[ERROR_MESSAGE_MAX / 2] = "";
	enum check_severity worst = CHECK_NOTE;
	int r = vault_check(copy, keep_first, first, &worst, err);

	if (r < 0)
		return r;
	return worst == CHECK_DAMAGE ? error_set(err, VAULT_DAMAGED, "%s", first) : 0;
}

/*
 * The interposed calls on open files. Each has its C name changed and its symbol set by an asm
 * label, so that neither the header's declarations nor _FORTIFY_SOURCE's inline versions are in the
 * way; each reaches the kernel by fault_raw, so that nothing comes back in here.
 */
#include "preload.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

/* ---- open and close ----------------------------------------------------------------- */

static int open_at(int at, const char *path, int flags, mode_t mode)
{
	char name[FAULT_PATH_MAX];
	bool created;
	int fd;

	if (!fault_inside(at, path, name))
		return (int)fault_raw(SYS_openat, at, path, flags, mode);
	if ((flags & O_TMPFILE) == O_TMPFILE)
		fault_die("O_TMPFILE is not recorded");
	created = (flags & O_CREAT) && fault_raw(SYS_faccessat, at, path, F_OK) < 0;
	if (fault_decide(FAULT_OPEN, created || (flags & O_TRUNC)) == VERDICT_FAIL)
		return -1;
	fd = (int)fault_raw(SYS_openat, at, path, flags, mode);
	if (fd >= 0)
		fault_opened(fd, name, flags, created);
	return fd;
}

static mode_t mode_of(int flags, va_list list)
{
	return flags & (O_CREAT | O_TMPFILE) ? (mode_t)va_arg(list, unsigned) : 0;
}

#define OPEN(function, symbol) \
	int function(const char *path, int flags, ...) FAULT_SYMBOL(symbol); \
	int function(const char *path, int flags, ...) \
	{ \
		va_list list; \
		mode_t mode; \
\
		va_start(list, flags); \
		mode = mode_of(flags, list); \
		va_end(list); \
		return open_at(AT_FDCWD, path, flags, mode); \
	}
OPEN(fault_open, "open")
OPEN(fault_open64, "open64")
OPEN(fault_open_2, "__open_2") /* what _FORTIFY_SOURCE makes of it */
OPEN(fault_open64_2, "__open64_2")

#define OPENAT(function, symbol) \
	int function(int at, const char *path, int flags, ...) FAULT_SYMBOL(symbol); \
	int function(int at, const char *path, int flags, ...) \
	{ \
		va_list list; \
		mode_t mode; \
\
		va_start(list, flags); \
		mode = mode_of(flags, list); \
		va_end(list); \
		return open_at(at, path, flags, mode); \
	}
OPENAT(fault_openat, "openat")
OPENAT(fault_openat64, "openat64")
OPENAT(fault_openat_2, "__openat_2")
OPENAT(fault_openat64_2, "__openat64_2")

int fault_creat(const char *path, mode_t mode) FAULT_SYMBOL("creat");
int fault_creat(const char *path, mode_t mode)
{
	return open_at(AT_FDCWD, path, O_CREAT | O_WRONLY | O_TRUNC, mode);
}

int fault_close(int fd) FAULT_SYMBOL("close");
int fault_close(int fd)
{
	struct fault_file *file = fault_file(fd);
	enum fault_verdict verdict = file ? fault_decide(FAULT_CLOSE, false) : VERDICT_PASS;
	int error = errno;

	if (file)
		file->used = false;
	if (fault_raw(SYS_close, fd) < 0)
		return -1;
	errno = error;
	return verdict == VERDICT_FAIL ? -1 : 0;
}

/* ---- write -------------------------------------------------------------------------- */

static bool is_dropped(struct fault_file *file, size_t length, off_t offset)
{
	bool header = fault_is_header(file, length, offset);

	file->wrote = header && file->wrote != WROTE_MORE ? WROTE_HEADERS : WROTE_MORE;
	return (header && offset > 0 && fault_drops(DROP_HEADER_COPY)) ||
	       (fault_is_journal(file->path) && fault_drops(DROP_JOURNAL));
}

static ssize_t write_out(int fd, struct fault_file *file, const void *bytes, size_t length,
                         off_t offset)
{
	ssize_t done;

	length = fault_room(fd, length, offset);
	if (length == 0) {
		errno = ENOSPC;
		return -1;
	}
	done = fault_raw(SYS_pwrite64, fd, bytes, length, offset);
	if (done > 0)
		fault_record(LOG_WRITE, file, (uint64_t)offset, bytes, (size_t)done, NULL);
	return done;
}

/* A write to a watched file at `offset`, which leaves the file's position alone. */
static ssize_t write_at(int fd, struct fault_file *file, const void *bytes, size_t length,
                        off_t offset)
{
	switch (fault_decide(FAULT_WRITE, true)) {
	case VERDICT_FAIL:
		return -1;
	case VERDICT_LIE:
		return (ssize_t)length;
	case VERDICT_SHORT:
		length /= 2;
		break;
	case VERDICT_HALF:
		(void)write_out(fd, file, bytes, length / 2, offset);
		(void)fault_raw(SYS_kill, getpid(), SIGKILL);
		break;
	case VERDICT_PASS:
		if (is_dropped(file, length, offset))
			return (ssize_t)length;
	}
	return write_out(fd, file, bytes, length, offset);
}

ssize_t fault_pwrite(int fd, const void *bytes, size_t length, off_t offset) FAULT_SYMBOL("pwrite");
ssize_t fault_pwrite(int fd, const void *bytes, size_t length, off_t offset)
{
	struct fault_file *file = fault_file(fd);

	if (!file || length == 0)
		return fault_raw(SYS_pwrite64, fd, bytes, length, offset);
	return write_at(fd, file, bytes, length, offset);
}

ssize_t fault_pwrite64(int fd, const void *bytes, size_t length, off_t offset)
	FAULT_SYMBOL("pwrite64");
ssize_t fault_pwrite64(int fd, const void *bytes, size_t length, off_t offset)
{
	return fault_pwrite(fd, bytes, length, offset);
}

ssize_t fault_write(int fd, const void *bytes, size_t length) FAULT_SYMBOL("write");
ssize_t fault_write(int fd, const void *bytes, size_t length)
{
	struct fault_file *file = fault_file(fd);
	off_t offset;
	ssize_t done;

	if (!file || length == 0)
		return fault_raw(SYS_write, fd, bytes, length);
	offset = lseek(fd, 0,
	               fault_raw(SYS_fcntl, fd, F_GETFL, 0L) & O_APPEND ? SEEK_END : SEEK_CUR);
	done = write_at(fd, file, bytes, length, offset);
	if (done > 0)
		lseek(fd, offset + done, SEEK_SET);
	return done;
}

ssize_t fault_writev(int fd, const struct iovec *parts, int count) FAULT_SYMBOL("writev");
ssize_t fault_writev(int fd, const struct iovec *parts, int count)
{
	ssize_t whole = 0, done = 0;

	if (!fault_file(fd))
		return fault_raw(SYS_writev, fd, parts, count);
	for (int i = 0; i < count && done >= 0 && (i == 0 || (size_t)done == parts[i - 1].iov_len);
	     i++) {
		done = fault_write(fd, parts[i].iov_base, parts[i].iov_len);
		whole += done > 0 ? done : 0;
	}
	return whole > 0 ? whole : done;
}

/* ---- read --------------------------------------------------------------------------- */

static ssize_t read_at(int fd, void *bytes, size_t length, off_t offset, bool positioned)
{
	if (fault_file(fd)) {
		switch (fault_decide(FAULT_READ, false)) {
		case VERDICT_FAIL:
			return -1;
		case VERDICT_SHORT:
			length /= 2;
			break;
		case VERDICT_LIE:
			memset(bytes, 0, length);
			return (ssize_t)length;
		default:
			break;
		}
	}
	if (positioned)
		return fault_raw(SYS_pread64, fd, bytes, length, offset);
	return fault_raw(SYS_read, fd, bytes, length);
}

ssize_t fault_read(int fd, void *bytes, size_t length) FAULT_SYMBOL("read");
ssize_t fault_read(int fd, void *bytes, size_t length)
{
	return read_at(fd, bytes, length, 0, false);
}

ssize_t fault_read_chk(int fd, void *bytes, size_t length, size_t size) FAULT_SYMBOL("__read_chk");
ssize_t fault_read_chk(int fd, void *bytes, size_t length, size_t size)
{
	if (length > size)
		fault_die("__read_chk");
	return read_at(fd, bytes, length, 0, false);
}

#define PREAD(function, symbol) \
	ssize_t function(int fd, void *bytes, size_t length, off_t offset) FAULT_SYMBOL(symbol); \
	ssize_t function(int fd, void *bytes, size_t length, off_t offset) \
	{ \
		return read_at(fd, bytes, length, offset, true); \
	}
PREAD(fault_pread, "pread")
PREAD(fault_pread64, "pread64")

#define PREAD_CHK(function, symbol) \
	ssize_t function(int fd, void *bytes, size_t length, off_t offset, size_t size) \
		FAULT_SYMBOL(symbol); \
	ssize_t function(int fd, void *bytes, size_t length, off_t offset, size_t size) \
	{ \
		if (length > size) \
			fault_die(symbol); \
		return read_at(fd, bytes, length, offset, true); \
	}
PREAD_CHK(fault_pread_chk, "__pread_chk")
PREAD_CHK(fault_pread64_chk, "__pread64_chk")

/* ---- truncate and sync -------------------------------------------------------------- */

int fault_ftruncate(int fd, off_t size) FAULT_SYMBOL("ftruncate");
int fault_ftruncate(int fd, off_t size)
{
	struct fault_file *file = fault_file(fd);
	struct stat before;
	enum fault_verdict verdict;

	if (!file)
		return (int)fault_raw(SYS_ftruncate, fd, size);
	verdict = fault_decide(FAULT_TRUNCATE, true);
	if (verdict == VERDICT_FAIL)
		return -1;
	if (verdict == VERDICT_LIE || (fault_is_journal(file->path) && fault_drops(DROP_JOURNAL)))
		return 0;
	if (fstat(fd, &before) == 0 && before.st_size > size)
		fault_give_back(before.st_size - size);
	if (fault_raw(SYS_ftruncate, fd, size) < 0)
		return -1;
	file->wrote = WROTE_MORE;
	fault_record(LOG_TRUNCATE, file, (uint64_t)size, NULL, 0, NULL);
	return 0;
}

int fault_ftruncate64(int fd, off_t size) FAULT_SYMBOL("ftruncate64");
int fault_ftruncate64(int fd, off_t size)
{
	return fault_ftruncate(fd, size);
}

static int sync_file(int fd, long number)
{
	struct fault_file *file = fault_file(fd);
	enum fault_verdict verdict;
	bool headers;

	if (!file)
		return (int)fault_raw(number, fd);
	verdict = fault_decide(FAULT_SYNC, true);
	if (verdict == VERDICT_FAIL)
		return -1;
	headers = file->wrote == WROTE_HEADERS;
	file->wrote = WROTE_NOTHING;
	if (verdict == VERDICT_LIE)
		return 0;
	if (fault_drops(file->folder ? DROP_FOLDER_SYNC
	                : headers    ? DROP_HEADER_SYNC
	                             : DROP_FILE_SYNC))
		return 0;
	/* Not carried out: what a sync means is the replayer's to say, and real ones would only
	 * cost time. */
	if (file->folder)
		fault_record(LOG_SYNC_FOLDER, NULL, 0, file->path, strlen(file->path), NULL);
	else
		fault_record(LOG_SYNC, file, 0, NULL, 0, NULL);
	return 0;
}

int fault_fsync(int fd) FAULT_SYMBOL("fsync");
int fault_fsync(int fd)
{
	return sync_file(fd, SYS_fsync);
}

int fault_fdatasync(int fd) FAULT_SYMBOL("fdatasync");
int fault_fdatasync(int fd)
{
	return sync_file(fd, SYS_fdatasync);
}

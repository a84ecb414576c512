/*
 * The interposed calls on names and locks, the ways around them that nobody may take unseen, and
 * Argon2.
 */
#include "preload.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h> /* RENAME_EXCHANGE */
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "kdf.h"

/* What is freed when this name goes away. */
static off_t size_of_last_name(int at, const char *path)
{
	struct stat status;

	if (fstatat(at, path, &status, AT_SYMLINK_NOFOLLOW) < 0 || !S_ISREG(status.st_mode) ||
	    status.st_nlink > 1)
		return 0;
	return status.st_size;
}

static int rename_at(int at, const char *from, int to_at, const char *to, unsigned flags)
{
	char old[FAULT_PATH_MAX], new[FAULT_PATH_MAX];
	bool from_inside = fault_inside(at, from, old), to_inside = fault_inside(to_at, to, new);
	enum fault_verdict verdict;
	off_t freed;

	if (!from_inside && !to_inside)
		return (int)fault_raw(SYS_renameat2, at, from, to_at, to, flags);
	if (!from_inside || !to_inside || (flags & RENAME_EXCHANGE))
		fault_die("a rename across the recorded folder, or an exchange, is not recorded");
	verdict = fault_decide(FAULT_NAME, true);
	if (verdict == VERDICT_FAIL || verdict == VERDICT_LIE)
		return verdict == VERDICT_FAIL ? -1 : 0;
	freed = size_of_last_name(to_at, to);
	if (fault_raw(SYS_renameat2, at, from, to_at, to, flags) < 0)
		return -1;
	fault_give_back(freed);
	fault_record(LOG_RENAME, NULL, 0, old, strlen(old), new);
	return 0;
}

int fault_rename(const char *from, const char *to) FAULT_SYMBOL("rename");
int fault_rename(const char *from, const char *to)
{
	return rename_at(AT_FDCWD, from, AT_FDCWD, to, 0);
}

int fault_renameat(int at, const char *from, int to_at, const char *to) FAULT_SYMBOL("renameat");
int fault_renameat(int at, const char *from, int to_at, const char *to)
{
	return rename_at(at, from, to_at, to, 0);
}

int fault_renameat2(int at, const char *from, int to_at, const char *to, unsigned flags)
	FAULT_SYMBOL("renameat2");
int fault_renameat2(int at, const char *from, int to_at, const char *to, unsigned flags)
{
	return rename_at(at, from, to_at, to, flags);
}

static int link_at(int at, const char *from, int to_at, const char *to, int flags)
{
	char old[FAULT_PATH_MAX], new[FAULT_PATH_MAX];
	bool from_inside = fault_inside(at, from, old), to_inside = fault_inside(to_at, to, new);
	enum fault_verdict verdict;

	if (!from_inside && !to_inside)
		return (int)fault_raw(SYS_linkat, at, from, to_at, to, flags);
	if (!from_inside || !to_inside)
		fault_die("a link across the recorded folder is not recorded");
	verdict = fault_decide(FAULT_NAME, true);
	if (verdict == VERDICT_FAIL || verdict == VERDICT_LIE)
		return verdict == VERDICT_FAIL ? -1 : 0;
	if (fault_raw(SYS_linkat, at, from, to_at, to, flags) < 0)
		return -1;
	fault_record(LOG_LINK, NULL, 0, old, strlen(old), new);
	return 0;
}

int fault_link(const char *from, const char *to) FAULT_SYMBOL("link");
int fault_link(const char *from, const char *to)
{
	return link_at(AT_FDCWD, from, AT_FDCWD, to, 0);
}

int fault_linkat(int at, const char *from, int to_at, const char *to, int flags)
	FAULT_SYMBOL("linkat");
int fault_linkat(int at, const char *from, int to_at, const char *to, int flags)
{
	return link_at(at, from, to_at, to, flags);
}

static int unlink_at(int at, const char *path, int flags)
{
	char name[FAULT_PATH_MAX];
	enum fault_verdict verdict;
	off_t freed;

	if (!fault_inside(at, path, name))
		return (int)fault_raw(SYS_unlinkat, at, path, flags);
	verdict = fault_decide(FAULT_NAME, true);
	if (verdict == VERDICT_FAIL || verdict == VERDICT_LIE)
		return verdict == VERDICT_FAIL ? -1 : 0;
	freed = size_of_last_name(at, path);
	if (fault_raw(SYS_unlinkat, at, path, flags) < 0)
		return -1;
	fault_give_back(freed);
	fault_record(LOG_UNLINK, NULL, 0, name, strlen(name), NULL);
	return 0;
}

int fault_unlink(const char *path) FAULT_SYMBOL("unlink");
int fault_unlink(const char *path)
{
	return unlink_at(AT_FDCWD, path, 0);
}

int fault_unlinkat(int at, const char *path, int flags) FAULT_SYMBOL("unlinkat");
int fault_unlinkat(int at, const char *path, int flags)
{
	return unlink_at(at, path, flags);
}

int fault_remove(const char *path) FAULT_SYMBOL("remove");
int fault_remove(const char *path)
{
	int r = unlink_at(AT_FDCWD, path, 0);

	return r < 0 && errno == EISDIR ? unlink_at(AT_FDCWD, path, AT_REMOVEDIR) : r;
}

int fault_rmdir(const char *path) FAULT_SYMBOL("rmdir");
int fault_rmdir(const char *path)
{
	return unlink_at(AT_FDCWD, path, AT_REMOVEDIR);
}

int fault_mkdir(const char *path, mode_t mode) FAULT_SYMBOL("mkdir");
int fault_mkdir(const char *path, mode_t mode)
{
	char name[FAULT_PATH_MAX];
	bool inside = fault_inside(AT_FDCWD, path, name);

	if (inside && fault_decide(FAULT_NAME, true) == VERDICT_FAIL)
		return -1;
	if (fault_raw(SYS_mkdirat, AT_FDCWD, path, mode) < 0)
		return -1;
	if (inside)
		fault_record(LOG_MAKE_FOLDER, NULL, 0, name, strlen(name), NULL);
	return 0;
}

/* ---- locks -------------------------------------------------------------------------- */

static int control(int fd, int command, long argument)
{
	if (fault_file(fd) && (command == F_SETLK || command == F_SETLKW)) {
		if (fault_decide(FAULT_LOCK, false) == VERDICT_FAIL)
			return -1;
		if (fault_drops(DROP_LOCK))
			return 0;
	}
	if (fault_file(fd) && (command == F_DUPFD || command == F_DUPFD_CLOEXEC))
		fault_die("a second descriptor of a recorded file is not recorded");
	return (int)fault_raw(SYS_fcntl, fd, command, argument);
}

#define FCNTL(function, symbol) \
	int function(int fd, int command, ...) FAULT_SYMBOL(symbol); \
	int function(int fd, int command, ...) \
	{ \
		va_list list; \
		long argument; \
\
		va_start(list, command); \
		argument = va_arg(list, long); \
		va_end(list); \
		return control(fd, command, argument); \
	}
FCNTL(fault_fcntl, "fcntl")
FCNTL(fault_fcntl64, "fcntl64")

/* ---- ways around -------------------------------------------------------------------- */

long fault_syscall(long number, ...) FAULT_SYMBOL("syscall");
long fault_syscall(long number, ...)
{
	long a[6];
	va_list list;

	va_start(list, number);
	for (int i = 0; i < 6; i++)
		a[i] = va_arg(list, long);
	va_end(list);
	if (number == SYS_renameat2)
		return rename_at((int)a[0], (const char *)a[1], (int)a[2], (const char *)a[3],
		                 (unsigned)a[4]);
	return fault_raw(number, a[0], a[1], a[2], a[3], a[4], a[5]);
}

ssize_t fault_copy_file_range(int in, off_t *in_at, int out, off_t *out_at, size_t length,
                              unsigned flags) FAULT_SYMBOL("copy_file_range");
ssize_t fault_copy_file_range(int in, off_t *in_at, int out, off_t *out_at, size_t length,
                              unsigned flags)
{
	if (fault_file(out))
		fault_die("copy_file_range is not recorded");
	return fault_raw(SYS_copy_file_range, in, in_at, out, out_at, length, flags);
}

#define SENDFILE(function, symbol) \
	ssize_t function(int out, int in, off_t *at, size_t length) FAULT_SYMBOL(symbol); \
	ssize_t function(int out, int in, off_t *at, size_t length) \
	{ \
		if (fault_file(out)) \
			fault_die("sendfile is not recorded"); \
		return fault_raw(SYS_sendfile, out, in, at, length); \
	}
SENDFILE(fault_sendfile, "sendfile")
SENDFILE(fault_sendfile64, "sendfile64")

/* ---- Argon2 ------------------------------------------------------------------------- */

int fault_argon2_ctx(argon2_context *context, argon2_type type) FAULT_SYMBOL("argon2_ctx");
int fault_argon2_ctx(argon2_context *context, argon2_type type)
{
	int (*real)(argon2_context *, argon2_type);

	if (fault_fast_kdf()) {
		fault_fast_kdf_used();
		return fast_kdf(context, type);
	}
	real = (int (*)(argon2_context *, argon2_type))(uintptr_t)dlsym(RTLD_NEXT, "argon2_ctx");
	return real ? real(context, type) : ARGON2_MEMORY_ALLOCATION_ERROR;
}

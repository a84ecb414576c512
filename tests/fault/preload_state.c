#include "preload.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

long (*fault_raw)(long number, ...);

static struct {
	char root[PATH_MAX]; /* empty: nothing is watched */
	size_t root_length;
	int log; /* or -1 */
	struct fault_shared *shared;
	int class; /* enum fault_class of FAULT_AT, or -1 */
	uint64_t at;
	bool ever;
	enum {
		DO_ERRNO,
		DO_SHORT,
		DO_LIE,
		DO_KILL,
		DO_HALF,
		DO_EXIT
	} what;
	int errnum;
	unsigned drops; /* enum fault_drop */
	bool fast_kdf;
	int64_t space;                            /* or -1 */
	struct fault_file files[FAULT_FILES_MAX]; /* by descriptor */
} fault = {.log = -1, .class = -1, .space = -1};

static const char *const class_names[FAULT_CLASSES] = {
	[FAULT_OPEN] = "open",         [FAULT_READ] = "read", [FAULT_WRITE] = "write",
	[FAULT_TRUNCATE] = "truncate", [FAULT_SYNC] = "sync", [FAULT_NAME] = "name",
	[FAULT_CLOSE] = "close",       [FAULT_LOCK] = "lock", [FAULT_CHANGE] = "change",
	[FAULT_ANY] = "any",
};

static const struct {
	const char *name;
	int number;
} errors[] = {
	{"EIO", EIO},       {"ENOSPC", ENOSPC}, {"EDQUOT", EDQUOT}, {"EACCES", EACCES},
	{"EROFS", EROFS},   {"EMFILE", EMFILE}, {"EINTR", EINTR},   {"ENOLCK", ENOLCK},
	{"ENOMEM", ENOMEM}, {"EFBIG", EFBIG},
};

void fault_die(const char *why)
{
	static const char start[] = "libfault: ";

	(void)fault_raw(SYS_write, 2, start, sizeof(start) - 1);
	(void)fault_raw(SYS_write, 2, why, strlen(why));
	(void)fault_raw(SYS_write, 2, "\n", (size_t)1);
	abort();
}

/* ---- configuration ------------------------------------------------------------------ */

static void read_what(const char *what)
{
	static const char *const names[] = {
		[DO_SHORT] = "short", [DO_LIE] = "lie",   [DO_KILL] = "kill",
		[DO_HALF] = "half",   [DO_EXIT] = "exit",
	};

	for (unsigned i = DO_SHORT; i <= DO_EXIT; i++) {
		if (strcmp(what, names[i]) == 0) {
			fault.what = i;
			return;
		}
	}
	for (size_t i = 0; i < sizeof(errors) / sizeof(errors[0]); i++)
		if (strcmp(what, errors[i].name) == 0)
			fault.errnum = errors[i].number;
	if (!fault.errnum)
		fault_die("FAULT_AT: what is to happen?");
}

static void read_at(char *text)
{
	char *number = strchr(text, ':'), *how = number ? strchr(number + 1, ':') : NULL;
	char *what = how ? strchr(how + 1, ':') : NULL;

	if (!what)
		fault_die("FAULT_AT: CLASS:N:once|ever:WHAT");
	*number++ = *how++ = *what++ = '\0';
	for (int i = 0; i < FAULT_CLASSES; i++)
		if (strcmp(text, class_names[i]) == 0)
			fault.class = i;
	fault.at = strtoull(number, NULL, 10);
	fault.ever = strcmp(how, "ever") == 0;
	if (fault.class < 0 || fault.at == 0 || (!fault.ever && strcmp(how, "once") != 0))
		fault_die("FAULT_AT: an unknown class, no number, or neither once nor ever");
	read_what(what);
}

static void read_drops(const char *text)
{
	static const char *const names[] = {"header-sync", "file-sync", "folder-sync",
	                                    "header-copy", "journal",   "lock"};

	while (*text) {
		size_t length = strcspn(text, ",");
		unsigned found = 0;

		for (unsigned i = 0; i < sizeof(names) / sizeof(names[0]); i++)
			if (strlen(names[i]) == length && strncmp(text, names[i], length) == 0)
				found = 1U << i;
		if (!found)
			fault_die("FAULT_DROP: an unknown word");
		fault.drops |= found;
		text += length + (text[length] == ',');
	}
}

static void open_shared(const char *path)
{
	int fd = path ? (int)fault_raw(SYS_openat, AT_FDCWD, path, O_RDWR | O_CLOEXEC, 0) : -1;
	int flags = fd < 0 ? MAP_SHARED | MAP_ANONYMOUS : MAP_SHARED;

	if (path && fd < 0)
		fault_die("FAULT_STATE cannot be opened");
	fault.shared = mmap(NULL, sizeof(*fault.shared), PROT_READ | PROT_WRITE, flags, fd, 0);
	if (fault.shared == MAP_FAILED)
		fault_die("FAULT_STATE cannot be mapped");
	if (fd >= 0)
		(void)fault_raw(SYS_close, fd);
}

/* Copies the variable, because it is cut apart and because the program may change its
 * environment. */
static bool variable(const char *name, char *value, size_t size)
{
	const char *text = getenv(name);

	if (!text || !*text)
		return false;
	if (strlen(text) >= size)
		fault_die("a variable is too long");
	memcpy(value, text, strlen(text) + 1);
	return true;
}

__attribute__((constructor)) static void fault_start(void)
{
	char value[PATH_MAX];

	fault_raw = (long (*)(long, ...))(uintptr_t)dlsym(RTLD_NEXT, "syscall");
	if (!fault_raw)
		abort();
	open_shared(variable("FAULT_STATE", value, sizeof(value)) ? value : NULL);
	if (variable("FAULT_LOG", value, sizeof(value)))
		fault.log = (int)fault_raw(SYS_openat, AT_FDCWD, value,
		                           O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
	if (variable("FAULT_AT", value, sizeof(value)))
		read_at(value);
	if (variable("FAULT_DROP", value, sizeof(value)))
		read_drops(value);
	if (variable("FAULT_SPACE", value, sizeof(value)))
		fault.space = strtoll(value, NULL, 10);
	fault.fast_kdf = variable("FAULT_KDF", value, sizeof(value)) && strcmp(value, "fast") == 0;
	if (variable("FAULT_ROOT", fault.root, sizeof(fault.root)))
		fault.root_length = strlen(fault.root);
}

/* ---- which files -------------------------------------------------------------------- */

/* Takes "//" and "/./" out of an absolute path; ".." is none of the program's habits. */
static void tidy(char *path)
{
	char *to = path;

	for (const char *from = path; *from; from++) {
		if (*from == '/' && (from[1] == '/' || from[1] == '\0'))
			continue;
		if (*from == '/' && from[1] == '.' && (from[2] == '/' || from[2] == '\0')) {
			from++;
			continue;
		}
		*to++ = *from;
	}
	*to = '\0';
}

static bool folder_of(int at, char *path, size_t size)
{
	char link[64];
	long length;

	if (at == AT_FDCWD)
		return fault_raw(SYS_getcwd, path, size) > 0;
	snprintf(link, sizeof(link), "/proc/self/fd/%d", at);
	length = fault_raw(SYS_readlinkat, AT_FDCWD, link, path, size - 1);
	if (length < 0)
		return false;
	path[length] = '\0';
	return true;
}

bool fault_inside(int at, const char *path, char name[FAULT_PATH_MAX])
{
	char full[2 * PATH_MAX];
	size_t length = 0;

	if (fault.root_length == 0 || !path || !*path)
		return false;
	if (*path != '/') {
		if (!folder_of(at, full, PATH_MAX))
			return false;
		length = strlen(full);
		full[length++] = '/';
	}
	if (strlen(path) >= PATH_MAX)
		return false;
	memcpy(full + length, path, strlen(path) + 1);
	tidy(full);
	if (strncmp(full, fault.root, fault.root_length) != 0)
		return false;
	if (full[fault.root_length] != '/' && full[fault.root_length] != '\0')
		return false;
	path = full + fault.root_length + (full[fault.root_length] == '/');
	if (strlen(path) >= FAULT_PATH_MAX)
		fault_die("a path is too long");
	memcpy(name, path, strlen(path) + 1);
	return true;
}

struct fault_file *fault_file(int fd)
{
	if (fd < 0 || fd >= FAULT_FILES_MAX || !fault.files[fd].used)
		return NULL;
	return &fault.files[fd];
}

bool fault_is_journal(const char *name)
{
	static const char end[] = "-journal";
	size_t length = strlen(name);

	return length >= sizeof(end) - 1 && strcmp(name + length - (sizeof(end) - 1), end) == 0;
}

bool fault_is_header(const struct fault_file *file, size_t length, off_t offset)
{
	return length == FAULT_HEADER_BYTES && (offset == 0 || offset == FAULT_HEADER_BYTES) &&
	       !fault_is_journal(file->path);
}

void fault_opened(int fd, const char *name, int flags, bool created)
{
	static atomic_uint serial;
	struct fault_file *file;
	struct stat status;

	if (fd >= FAULT_FILES_MAX)
		fault_die("too many open files");
	file = &fault.files[fd];
	*file = (struct fault_file){.used = true,
	                            .folder = fstat(fd, &status) == 0 && S_ISDIR(status.st_mode)};
	file->handle = (uint64_t)getpid() << 32 | atomic_fetch_add(&serial, 1);
	memcpy(file->path, name, strlen(name) + 1);
	if (file->folder)
		return;
	if (fault.log >= 0) {
		struct log_record record = {.op = LOG_OPEN,
		                            .handle = file->handle,
		                            .length = (uint32_t)strlen(name)};
		struct iovec parts[2] = {{&record, sizeof(record)}, {file->path, strlen(name)}};

		record.flags = (created ? LOG_OPEN_CREATED : 0U) |
		               ((flags & O_ACCMODE) != O_RDONLY ? LOG_OPEN_WRITES : 0U);
		if (fault_raw(SYS_writev, fault.log, parts, 2) < 0)
			fault_die("cannot write the recording");
	}
	if (flags & O_TRUNC)
		fault_record(LOG_TRUNCATE, file, 0, NULL, 0, NULL);
}

/* ---- what becomes of an operation --------------------------------------------------- */

static bool is_due(enum fault_class class, uint64_t number)
{
	if ((int)class != fault.class)
		return false;
	return number == fault.at || (fault.ever && number > fault.at);
}

/* Each operation has up to three numbers: in its class, among all changes, among all. */
static bool count(enum fault_class class, bool changes)
{
	bool due =
		is_due(class, __atomic_add_fetch(&fault.shared->count[class], 1, __ATOMIC_SEQ_CST));

	if (changes)
		due |= is_due(FAULT_CHANGE, __atomic_add_fetch(&fault.shared->count[FAULT_CHANGE],
		                                               1, __ATOMIC_SEQ_CST));
	due |= is_due(FAULT_ANY,
	              __atomic_add_fetch(&fault.shared->count[FAULT_ANY], 1, __ATOMIC_SEQ_CST));
	return due;
}

static void fired(void)
{
	__atomic_add_fetch(&fault.shared->fired, 1, __ATOMIC_SEQ_CST);
}

enum fault_verdict fault_decide(enum fault_class class, bool changes)
{
	if (!count(class, changes))
		return VERDICT_PASS;
	fired();
	switch (fault.what) {
	case DO_SHORT:
		return VERDICT_SHORT;
	case DO_LIE:
		return VERDICT_LIE;
	case DO_HALF:
		if (class == FAULT_WRITE)
			return VERDICT_HALF;
		__attribute__((fallthrough));
	case DO_KILL:
		(void)fault_raw(SYS_kill, getpid(), SIGKILL);
		abort();
	case DO_EXIT:
		(void)fault_raw(SYS_exit_group, 0);
		abort();
	default:
		errno = fault.errnum;
		return VERDICT_FAIL;
	}
}

bool fault_drops(enum fault_drop what)
{
	return (fault.drops & what) != 0;
}

size_t fault_room(int fd, size_t length, off_t offset)
{
	struct stat status;
	int64_t growth, left;

	if (fault.space < 0 || fstat(fd, &status) < 0)
		return length;
	growth = offset + (int64_t)length - status.st_size;
	if (growth <= 0)
		return length;
	left = fault.space - __atomic_load_n(&fault.shared->grown, __ATOMIC_SEQ_CST);
	if (growth > left) {
		fired();
		/* As a file system does it: the part that fits, and nothing when none does. */
		length = growth - left >= (int64_t)length ? 0 : length - (size_t)(growth - left);
		growth = left;
	}
	if (growth > 0)
		__atomic_add_fetch(&fault.shared->grown, growth, __ATOMIC_SEQ_CST);
	return length;
}

void fault_give_back(off_t bytes)
{
	if (fault.space >= 0)
		__atomic_sub_fetch(&fault.shared->grown, bytes, __ATOMIC_SEQ_CST);
}

void fault_record(enum log_op op, const struct fault_file *file, uint64_t offset, const void *first,
                  size_t length, const char *second)
{
	struct log_record record = {
		.op = op,
		.handle = file ? file->handle : 0,
		.offset = offset,
		.length = (uint32_t)length,
		.second = second ? (uint32_t)strlen(second) : 0,
	};
	struct iovec parts[3] = {
		{&record, sizeof(record)},
		{(void *)(uintptr_t)first, length},
		{(void *)(uintptr_t)second, record.second},
	};
	long whole = (long)(sizeof(record) + length + record.second);

	if (fault.log >= 0 && fault_raw(SYS_writev, fault.log, parts, 3) != whole)
		fault_die("cannot write the recording");
}

bool fault_fast_kdf(void)
{
	return fault.fast_kdf;
}

void fault_fast_kdf_used(void)
{
	__atomic_add_fetch(&fault.shared->derivations, 1, __ATOMIC_SEQ_CST);
}

/* What a program on top sees of writing a foreign file. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "format/format.h"
#include "format/sink.h"

struct export
{
	struct export_how how;
	struct sink sink;
	char *path;      /* NULL for standard output */
	char *temporary; /* its name until it is finished; NULL where it needs none */
	int fd;
	bool finished;
};

static int put(void *context, const void *bytes, size_t length, struct error *err)
{
	const struct export *export = context;

	return file_write_all(export->fd, bytes, length, err);
}

static int exists(const char *path, struct error *err)
{
	error_set(err, VAULT_EXISTS, "there is a file %s already; --replace takes its place", path);
	return VAULT_EXISTS;
}

static bool is_standard_output(const char *path)
{
	return strcmp(path, "-") == 0;
}

static int check_place(const char *path, bool replace, struct error *err)
{
	struct stat there;

	if (is_standard_output(path))
		return isatty(STDOUT_FILENO) == 1
		               ? error_set(err, VAULT_USAGE, "nothing is exported to a terminal")
		               : 0;
	if (lstat(path, &there) != 0)
		return 0;
	if (!replace)
		return exists(path, err);
	return S_ISREG(there.st_mode) ? 0
	                              : error_set(err, VAULT_USAGE, "%s is no regular file", path);
}

int export_check(const char *path, bool replace, struct error *err)
{
	FREE_AUTO char *temporary = NULL;
	CLOSE_AUTO int fd = -1;
	int r = check_place(path, replace, err);

	if (r == 0 && !is_standard_output(path))
		r = file_open_unseen(path, &fd, &temporary, err);
	if (temporary)
		unlink(temporary);
	return r;
}

static int to_standard_output(struct export *export)
{
	export->fd = STDOUT_FILENO;
	return 0;
}

static int to_file(struct export *export, const char *path, struct error *err)
{
	export->path = strdup(path);
	if (!export->path)
		return error_set(err, VAULT_FAILED, "out of memory");
	return file_open_unseen(path, &export->fd, &export->temporary, err);
}

int export_open(const char *path, const struct export_how *how, struct export **ret_export,
                struct error *err)
{
	EXPORT_AUTO *export = calloc(1, sizeof(*export));
	int r;

	if (!export)
		return error_set(err, VAULT_FAILED, "out of memory");
	export->fd = -1;
	export->how = *how;
	if (!(how->format->flags & FORMAT_WRITES))
		return error_set(err, VAULT_USAGE, "%s can only be read", how->format->title);
	r = sink_start(&export->sink, &export->how, put, export, err);
	if (r == 0)
		r = check_place(path, how->replace, err);
	if (r == 0)
		r = is_standard_output(path) ? to_standard_output(export)
		                             : to_file(export, path, err);
	if (r == 0)
		r = how->format->code->begin(how->format, &export->sink, err);
	if (r != 0)
		return r;
	*ret_export = export;
	export = NULL;
	return 0;
}

int export_ahead(struct export *export, const struct item *item, struct error *err)
{
	const struct format *format = export->how.format;

	if (!format->code->ahead || (item->trashed && !(format->holds & HOLDS_TRASH)))
		return 0;
	return format->code->ahead(&export->sink, item, err);
}

int export_item(struct export *export, const struct item *item, struct error *err)
{
	const struct format *format = export->how.format;
	int r;

	if (item->trashed && !(format->holds & HOLDS_TRASH))
		return 0;
	r = format->code->item(&export->sink, item, err);
	export->sink.items++;
	return r < 0 ? r : sink_check(&export->sink, err);
}

int export_finish(struct export *export, struct error *err)
{
	int r = export->how.format->code->end(&export->sink, err);

	if (r == 0)
		r = sink_flush(&export->sink, err);
	if (r == 0 && export->path && fsync(export->fd) != 0)
		r = error_errno(err, VAULT_FAILED, errno, "cannot write %s", export->path);
	if (r == 0 && export->path)
		r = file_publish_unseen(export->fd, export->temporary, export->path,
		                        export->how.replace, err);
	if (r == VAULT_EXISTS)
		r = exists(export->path, err);
	export->finished = r == 0;
	return r;
}

void export_close(struct export *export)
{
	if (!export)
		return;
	if (export->path && export->fd >= 0) {
		if (export->temporary && !export->finished)
			unlink(export->temporary);
		close(export->fd);
	}
	sink_done(&export->sink);
	free(export->path);
	free(export->temporary);
	free(export);
}

void export_closep(struct export **export)
{
	export_close(*export);
}

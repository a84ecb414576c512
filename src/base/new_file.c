#include <vault/new_file.h>

#include <errno.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/file.h"

int new_file(const char *path, const struct secret *contents, bool replace, struct error *err)
{
	FREE_AUTO char *temporary = NULL;
	CLOSE_AUTO int fd = -1;
	int r = file_open_unseen(path, &fd, &temporary, err);

	if (r < 0)
		return r;
	r = file_write_all(fd, contents->bytes, contents->length, err);
	if (r < 0)
		error_context(err, "'%s'", path);
	if (r == 0 && fsync(fd) != 0)
		r = error_errno(err, VAULT_FAILED, errno, "cannot sync '%s'", path);
	if (r == 0)
		r = file_publish_unseen(fd, temporary, path, replace, err);
	if (r != 0 && temporary)
		unlink(temporary);
	if (r == VAULT_EXISTS)
		error_set(err, VAULT_EXISTS, "there is a file %s already", path);
	return r;
}

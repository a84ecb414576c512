#include "input.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

int input_open(const char *path, struct error *err)
{
	int fd = strcmp(path, "-") == 0 ? dup(STDIN_FILENO) : open(path, O_RDONLY | O_CLOEXEC);

	return fd >= 0 ? fd
	               : error_errno(err, errno == ENOENT ? VAULT_NOT_FOUND : VAULT_FAILED, errno,
	                             "cannot open '%s'", path);
}

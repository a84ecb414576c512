/* A backup: a copy that is known to open and to be complete before it gets its name. */
#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "vault/copy.h"

static int exists(const char *path, struct error *err)
{
	error_set(err, VAULT_EXISTS, "there is already a file '%s'", path);
	return VAULT_EXISTS;
}

static int make_copy(struct vault *vault, const char *temporary, struct error *err)
{
	VAULT_AUTO *copy = NULL;
	int r = copy_file(vault, temporary, err);

	if (r == 0)
		r = copy_open(temporary, VAULT_READ_ONLY, vault, &copy, err);
	if (r == 0)
		r = copy_verify(copy, err);
	if (r == -VAULT_DAMAGED)
		return error_context(
			err,
			"no backup was made, since the vault does not verify (see 'vault check')");
	return r;
}

int vault_backup(struct vault *vault, const char *path, struct error *err)
{
	FREE_AUTO char *temporary = NULL;
	struct stat there;
	int r;

	/* Before the work; publishing decides. */
	if (lstat(path, &there) == 0)
		return exists(path, err);
	r = file_temporary_name(path, &temporary, err);
	if (r < 0)
		return r;
	r = make_copy(vault, temporary, err);
	if (r == 0)
		r = file_publish(temporary, path, 0, err);
	if (r == VAULT_EXISTS)
		exists(path, err);
	if (r != 0)
		unlink(temporary);
	return r;
}

#include "base/paths.h"

#include <errno.h>
#include <limits.h>
#include <pwd.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/cleanup.h"

#define PASSWD_BUFFER \
	16384 /* bytes for one line of the password database; the usual hint is 1024 */

static const char *absolute_from_environment(const char *variable)
{
	const char *value = getenv(variable);

	return value && value[0] == '/' ? value : NULL;
}

static int home_folder(char **ret_home, struct error *err)
{
	const char *home = absolute_from_environment("HOME");
	struct passwd entry, *found = NULL;
	char buffer[PASSWD_BUFFER];
	int r;

	if (!home) {
		do
			r = getpwuid_r(getuid(), &entry, buffer, sizeof(buffer), &found);
		while (r == EINTR);
		if (r != 0)
			return error_errno(err, VAULT_FAILED, r, "cannot find the home folder");
		if (!found || found->pw_dir[0] != '/')
			return error_set(err, VAULT_FAILED,
			                 "cannot find the home folder: HOME is not set");
		home = found->pw_dir;
	}
	*ret_home = strdup(home);
	return *ret_home ? 0 : error_set(err, VAULT_FAILED, "out of memory");
}

/* $VARIABLE/vault/NAME, or ~/BELOW_HOME/vault/NAME. */
static int path_below(const char *variable, const char *below_home, const char *name,
                      char **ret_path, struct error *err)
{
	BUF_AUTO path = BUF_EMPTY;
	FREE_AUTO char *home = NULL;
	const char *base = absolute_from_environment(variable);
	int r;

	*ret_path = NULL;
	if (base) {
		buf_add_format(&path, "%s/vault/%s", base, name);
	} else {
		r = home_folder(&home, err);
		if (r < 0)
			return r;
		buf_add_format(&path, "%s/%s/vault/%s", home, below_home, name);
	}
	r = buf_check(&path, err);
	if (r < 0)
		return r;
	*ret_path = buf_take_string(&path);
	return *ret_path ? 0 : error_set(err, VAULT_FAILED, "out of memory");
}

int paths_default_vault(char **ret_path, struct error *err)
{
	return paths_data("default.vault", ret_path, err);
}

int paths_data(const char *name, char **ret_path, struct error *err)
{
	return path_below("XDG_DATA_HOME", ".local/share", name, ret_path, err);
}

int paths_state(const char *name, char **ret_path, struct error *err)
{
	return path_below("XDG_STATE_HOME", ".local/state", name, ret_path, err);
}

int paths_config(const char *name, char **ret_path, struct error *err)
{
	return path_below("XDG_CONFIG_HOME", ".config", name, ret_path, err);
}

int paths_expand(const char *path, char **ret_path, struct error *err)
{
	BUF_AUTO expanded = BUF_EMPTY;
	FREE_AUTO char *home = NULL;
	bool at_home = path[0] == '~' && path[1] == '/';
	int r = at_home ? home_folder(&home, err) : 0;

	*ret_path = NULL;
	if (r < 0)
		return r;
	buf_add_format(&expanded, "%s%s", at_home ? home : "", at_home ? path + 1 : path);
	r = buf_check(&expanded, err);
	if (r < 0)
		return r;
	*ret_path = buf_take_string(&expanded);
	return *ret_path ? 0 : error_set(err, VAULT_FAILED, "out of memory");
}

/* A folder that the session manager made for this user alone? Who else could write to it could put
 * a socket in the agent's place. */
static bool is_own_folder(const char *path)
{
	struct stat status;

	return stat(path, &status) == 0 && S_ISDIR(status.st_mode) && status.st_uid == geteuid() &&
	       (status.st_mode & 022) == 0;
}

int paths_runtime(char **ret_path, struct error *err)
{
	BUF_AUTO path = BUF_EMPTY;
	const char *base = absolute_from_environment("XDG_RUNTIME_DIR");
	char of_user[48];

	*ret_path = NULL;
	snprintf(of_user, sizeof(of_user), "/run/user/%ju", (uintmax_t)geteuid());
	if (!base)
		base = of_user;
	if (!is_own_folder(base))
		return paths_state("agent", ret_path, err);
	buf_add_format(&path, "%s/vault", base);
	*ret_path = buf_take_string(&path);
	return *ret_path ? 0 : error_set(err, VAULT_FAILED, "out of memory");
}

int paths_program(const char *name, const char *folder, char **ret_path, struct error *err)
{
	char self[PATH_MAX];
	ssize_t length = readlink("/proc/self/exe", self, sizeof(self));
	const char *slash = length > 0 ? memrchr(self, '/', (size_t)length) : NULL;
	BUF_AUTO beside = BUF_EMPTY, installed = BUF_EMPTY;
	int r;

	*ret_path = NULL;
	if (slash) {
		buf_add(&beside, self, (size_t)(slash + 1 - self));
		buf_add_string(&beside, name);
	}
	if (folder)
		buf_add_format(&installed, "%s/%s", folder, name);
	r = buf_check(&beside, err);
	if (r == 0)
		r = buf_check(&installed, err);
	if (r < 0)
		return r;
	if (beside.bytes && access((const char *)beside.bytes, X_OK) == 0)
		*ret_path = buf_take_string(&beside);
	else if (installed.bytes && access((const char *)installed.bytes, X_OK) == 0)
		*ret_path = buf_take_string(&installed);
	if (*ret_path)
		return 0;
	error_set(err, VAULT_NOT_FOUND, "the program %s is not installed", name);
	return VAULT_NOT_FOUND;
}

/* Where things are, by the XDG Base Directory Specification. */
#include "unit.h"

#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/paths.h"

static void assert_default_vault(const char *expected)
{
	char *path = NULL;

	assert_done(paths_default_vault(&path, err));
	assert_string_equal(path, expected);
	free(path);
}

static void assert_state(const char *name, const char *expected)
{
	char *path = NULL;

	assert_done(paths_state(name, &path, err));
	assert_string_equal(path, expected);
	free(path);
}

static void follows_the_environment(void **state)
{
	(void)state;
	setenv("HOME", "/home/u", 1);
	setenv("XDG_DATA_HOME", "/data", 1);
	setenv("XDG_STATE_HOME", "/state", 1);
	assert_default_vault("/data/vault/default.vault");
	assert_state("id", "/state/vault/id");
}

static void falls_back_to_home(void **state)
{
	static const char *const useless[] = {NULL, "", "relative/path"};

	(void)state;
	setenv("HOME", "/home/u", 1);
	for (size_t i = 0; i < 3; i++) {
		unsetenv("XDG_DATA_HOME");
		unsetenv("XDG_STATE_HOME");
		if (useless[i]) {
			setenv("XDG_DATA_HOME", useless[i], 1);
			setenv("XDG_STATE_HOME", useless[i], 1);
		}
		assert_default_vault("/home/u/.local/share/vault/default.vault");
		assert_state("id", "/home/u/.local/state/vault/id");
	}
}

static void assert_runtime(const char *expected)
{
	char *path = NULL;

	assert_done(paths_runtime(&path, err));
	assert_string_equal(path, expected);
	free(path);
}

/* Only a folder that nobody else can write to is fit for a socket. */
static void sockets_are_where_nobody_else_writes(void **state)
{
	char folder[] = "/tmp/test-paths.XXXXXX", expected[64];

	(void)state;
	assert_non_null(mkdtemp(folder));
	snprintf(expected, sizeof(expected), "%s/vault", folder);
	setenv("XDG_STATE_HOME", "/state", 1);
	setenv("XDG_RUNTIME_DIR", folder, 1);
	assert_runtime(expected);
	chmod(folder, 0720);
	assert_runtime("/state/vault/agent");
	chmod(folder, 01777);
	assert_runtime("/state/vault/agent");
	rmdir(folder);
	assert_runtime("/state/vault/agent");
	setenv("XDG_RUNTIME_DIR", "/tmp", 1);
	assert_runtime("/state/vault/agent");
}

static void falls_back_to_the_password_database(void **state)
{
	const struct passwd *entry = getpwuid(getuid());
	char expected[1024];

	(void)state;
	if (!entry)
		skip();
	snprintf(expected, sizeof(expected), "%s/.local/share/vault/default.vault", entry->pw_dir);
	unsetenv("XDG_DATA_HOME");
	unsetenv("HOME");
	assert_default_vault(expected);
	setenv("HOME", "", 1);
	assert_default_vault(expected);
	setenv("HOME", "here", 1);
	assert_default_vault(expected);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(follows_the_environment),
		cmocka_unit_test(falls_back_to_home),
		cmocka_unit_test(sockets_are_where_nobody_else_writes),
		cmocka_unit_test(falls_back_to_the_password_database),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

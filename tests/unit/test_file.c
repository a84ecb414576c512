/* Files read whole, replaced whole and published under their name. */
#include "unit.h"

#include <dirent.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"

/* Every test runs in an empty folder of its own, as its working folder. */
static int enter_folder(void **state)
{
	char path[] = "/tmp/test_file.XXXXXX";

	*state = mkdtemp(path) ? strdup(path) : NULL;
	umask(022);
	return *state && chdir(*state) == 0 ? 0 : -1;
}

static int remove_one(const char *path, const struct stat *status, int type, struct FTW *place)
{
	(void)status;
	(void)type;
	(void)place;
	return remove(path);
}

static int leave_folder(void **state)
{
	int r;

	umask(022);
	r = chdir("/") == 0 ? nftw(*state, remove_one, 8, FTW_DEPTH | FTW_PHYS) : -1;
	free(*state);
	return r;
}

static void write_file(const char *path, const char *text)
{
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
}

static void assert_holds(const char *path, const char *text)
{
	char bytes[100] = "";
	size_t length;

	assert_done(file_read(path, bytes, sizeof(bytes) - 1, &length, err));
	assert_int_equal(length, strlen(text));
	assert_string_equal(bytes, text);
}

static mode_t mode_of(const char *path)
{
	struct stat status;

	assert_int_equal(stat(path, &status), 0);
	return status.st_mode & 07777;
}

static int entries(void)
{
	DIR *folder = opendir(".");
	int count = -2; /* "." and ".." */

	assert_non_null(folder);
	while (readdir(folder))
		count++;
	closedir(folder);
	return count;
}

static void makes_parents(void **state)
{
	char absolute[100];

	(void)state;
	umask(0);
	assert_int_equal(mkdir("old", 0755), 0);
	assert_done(file_make_parents("old/a//b/file", err));
	assert_int_equal(mode_of("old"), 0755);
	assert_int_equal(mode_of("old/a"), 0700);
	assert_int_equal(mode_of("old/a/b"), 0700);
	assert_int_equal(access("old/a/b/file", F_OK), -1);
	assert_done(file_make_parents("old/a/b/file", err));
	assert_done(file_make_parents("file", err));
	assert_done(file_make_parents("/file", err));
	snprintf(absolute, sizeof(absolute), "%s/x/y/file", (const char *)*state);
	assert_done(file_make_parents(absolute, err));
	assert_int_equal(mode_of("x/y"), 0700);
}

static void makes_parents_through_links_but_not_files(void **state)
{
	(void)state;
	write_file("file", "");
	assert_fails(file_make_parents("file/x", err), VAULT_FAILED, "not a folder");
	assert_fails(file_make_parents("file/x/y", err), VAULT_FAILED, "not a folder");
	assert_int_equal(mkdir("real", 0700), 0);
	assert_int_equal(symlink("real", "link"), 0);
	assert_done(file_make_parents("link/new/x", err));
	assert_int_equal(mode_of("real/new"), 0700);
	assert_int_equal(symlink("nowhere", "dangling"), 0);
	assert_int_equal(file_make_parents("dangling/x/y", NULL), -VAULT_FAILED);
}

static void reads(void **state)
{
	char bytes[10] = "";
	size_t length = 99;

	(void)state;
	assert_int_equal(file_read("absent", bytes, 10, &length, NULL), VAULT_NOT_FOUND);
	assert_int_equal(length, 0);
	write_file("file", "0123456789abc");
	assert_done(file_read("file", bytes, 10, &length, err));
	assert_int_equal(length, 10);
	assert_memory_equal(bytes, "0123456789", 10);
	write_file("empty", "");
	assert_done(file_read("empty", bytes, 10, &length, err));
	assert_int_equal(length, 0);
}

static void reads_regular_files_only(void **state)
{
	char bytes[10];
	size_t length;

	(void)state;
	write_file("file", "x");
	assert_int_equal(symlink("file", "link"), 0);
	assert_int_equal(mkfifo("fifo", 0600), 0);
	assert_fails(file_read("link", bytes, 10, &length, err), VAULT_FAILED, "symbolic link");
	assert_fails(file_read("fifo", bytes, 10, &length, err), VAULT_FAILED, "regular file");
	assert_fails(file_read(".", bytes, 10, &length, err), VAULT_FAILED, "regular file");
	assert_fails(file_read("file/x", bytes, 10, &length, err), VAULT_FAILED, "Not a dir");
}

static void replaces(void **state)
{
	struct stat before, after;

	(void)state;
	for (int durable = 0; durable <= 1; durable++) {
		umask(durable ? 0 : 0277);
		assert_done(file_replace("file", "first", 5, durable, err));
		assert_holds("file", "first");
		assert_int_equal(mode_of("file"), 0600);
		assert_int_equal(chmod("file", 0666), 0);
		assert_int_equal(stat("file", &before), 0);
		assert_done(file_replace("file", "second, longer", 14, durable, err));
		assert_int_equal(stat("file", &after), 0);
		assert_true(before.st_ino != after.st_ino); /* readers of the old one keep it */
		assert_holds("file", "second, longer");
		assert_int_equal(mode_of("file"), 0600);
		assert_done(file_replace("file", "", 0, durable, err));
		assert_holds("file", "");
	}
	assert_int_equal(entries(), 1);
}

static void replaces_nothing_when_it_fails(void **state)
{
	(void)state;
	assert_int_equal(mkdir("folder", 0700), 0);
	assert_fails(file_replace("folder", "x", 1, 1, err), VAULT_FAILED, "cannot rename");
	assert_fails(file_replace("no/file", "x", 1, 1, err), VAULT_FAILED, "cannot create");
	assert_int_equal(entries(), 1);
}

static void publishes(void **state)
{
	(void)state;
	write_file("temporary", "new");
	write_file("file", "old");
	assert_int_equal(file_publish("temporary", "file", 0, NULL), VAULT_EXISTS);
	assert_holds("file", "old");
	assert_holds("temporary", "new");
	assert_done(file_publish("temporary", "file", 1, err));
	assert_holds("file", "new");
	assert_int_equal(entries(), 1);
	assert_done(file_publish("file", "fresh", 0, err));
	assert_holds("fresh", "new");
	assert_int_equal(entries(), 1);
	assert_int_equal(symlink("nowhere", "dangling"), 0); /* a name that is taken, too */
	assert_int_equal(file_publish("fresh", "dangling", 0, NULL), VAULT_EXISTS);
	assert_fails(file_publish("absent", "x", 0, err), VAULT_FAILED, "No such file");
	assert_fails(file_publish("absent", "x", 1, err), VAULT_FAILED, "No such file");
}

static void syncs_the_folder(void **state)
{
	(void)state;
	assert_done(file_sync_parent("file", err));
	assert_done(file_sync_parent("/file", err));
	assert_fails(file_sync_parent("absent/file", err), VAULT_FAILED, "cannot open folder");
}

static void names_neighbours(void **state)
{
	char *one = NULL, *two = NULL;

	(void)state;
	assert_done(file_temporary_name("a/b.vault", &one, err));
	assert_done(file_temporary_name("a/b.vault", &two, err));
	assert_int_equal(strlen(one), strlen("a/b.vault") + 9);
	assert_memory_equal(one, "a/b.vault.", 10);
	assert_int_equal(strspn(one + 10, "abcdefghijklmnopqrstuvwxyz234567"), 8);
	assert_string_not_equal(one, two);
	free(one);
	free(two);
}

static void writes_all_or_fails(void **state)
{
	int fd;

	(void)state;
	fd = open("file", O_WRONLY | O_CREAT, 0600);
	assert_done(file_write_all(fd, "0123456789", 10, err));
	assert_done(file_write_all(fd, NULL, 0, err));
	close(fd);
	assert_holds("file", "0123456789");
	assert_fails(file_write_all(fd, "x", 1, err), VAULT_FAILED, "Bad file descriptor");
	fd = open("/dev/full", O_WRONLY);
	if (fd < 0)
		skip();
	assert_fails(file_write_all(fd, "x", 1, err), VAULT_FAILED, "No space left");
	close(fd);
}

static size_t count_names(void)
{
	DIR *folder = opendir(".");
	size_t count = 0;

	assert_non_null(folder);
	while (readdir(folder))
		count++;
	closedir(folder);
	return count - 2; /* . and .. */
}

/* Where there are files without a name; elsewhere it is a neighbour that the caller removes. */
static void an_unseen_file_appears_complete(void **state)
{
	char *temporary = NULL;
	int fd = -1;

	(void)state;
	assert_done(file_open_unseen("new", &fd, &temporary, err));
	assert_int_equal(count_names(), temporary != NULL);
	assert_done(file_write_all(fd, "one", 3, err));
	assert_done(file_publish_unseen(fd, temporary, "new", 0, err));
	close(fd);
	free(temporary);
	assert_holds("new", "one");

	assert_done(file_open_unseen("new", &fd, &temporary, err));
	assert_done(file_write_all(fd, "two", 3, err));
	assert_int_equal(file_publish_unseen(fd, temporary, "new", 0, NULL), VAULT_EXISTS);
	assert_holds("new", "one");
	assert_done(file_publish_unseen(fd, temporary, "new", 1, err));
	close(fd);
	free(temporary);
	assert_holds("new", "two");
	assert_int_equal(count_names(), 1);
	assert_fails(file_open_unseen("none/new", &fd, &temporary, err), VAULT_FAILED,
	             "cannot create 'none/new'");
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, enter_folder, leave_folder)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(makes_parents),
		TEST(makes_parents_through_links_but_not_files),
		TEST(reads),
		TEST(reads_regular_files_only),
		TEST(replaces),
		TEST(replaces_nothing_when_it_fails),
		TEST(publishes),
		TEST(syncs_the_folder),
		TEST(names_neighbours),
		TEST(writes_all_or_fails),
		TEST(an_unseen_file_appears_complete),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

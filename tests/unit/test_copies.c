/* Backup and restore: copies that verify before they get a name; nothing is lost that was there. */
#include "vault_fixture.h"

#include <dirent.h>
#include <sys/wait.h>

#define BACKUP "copy.vault"

/* Files in the working directory whose names begin so; the last of them in `name` (may be NULL). */
static size_t count_files(const char *prefix, char name[256])
{
	DIR *folder = opendir(".");
	struct dirent *entry;
	size_t count = 0;

	assert_non_null(folder);
	while ((entry = readdir(folder)))
		if (strncmp(entry->d_name, prefix, strlen(prefix)) == 0) {
			count++;
			if (name)
				snprintf(name, 256, "%s", entry->d_name);
		}
	closedir(folder);
	return count;
}

static void remove_files(const char *prefix)
{
	char name[256];

	while (count_files(prefix, name) > 0)
		assert_int_equal(unlink(name), 0);
}

/* One entry, "mail" with the password "one". */
static int fresh(void **state)
{
	VAULT_AUTO *vault = NULL;

	(void)state;
	remove_files(BACKUP);
	remove_files(FILE_NAME);
	fixture_reset();
	vault = vault_opened(FILE_NAME, 0);
	add_entry(vault, "mail", "one", NULL);
	return 0;
}

static unsigned mode_of(const char *path)
{
	struct stat status;

	assert_int_equal(stat(path, &status), 0);
	return status.st_mode & 07777;
}

static bool file_is(const char *path, struct bytes expected)
{
	struct bytes file = file_load(path);
	bool same = file.length == expected.length &&
	            memcmp(file.data, expected.data, file.length) == 0;

	free(file.data);
	return same;
}

static void backup_to(const char *path)
{
	VAULT_AUTO *vault = vault_opened(FILE_NAME, 0);

	assert_done(vault_backup(vault, path, err));
}

/* ---- backup ------------------------------------------------------------------------- */

static void backup_is_the_same_file(void **state)
{
	struct bytes witness, file;
	VAULT_AUTO *vault = NULL, *copy = NULL;
	mode_t mask;

	(void)state;
	witness = file_load(witness_path());
	vault = vault_opened(FILE_NAME, 0);
	mask = umask(0377);
	assert_done(vault_backup(vault, BACKUP, err));
	umask(mask);
	assert_int_equal(mode_of(BACKUP), 0600);
	file = file_load(FILE_NAME);
	assert_true(file_is(BACKUP, file));
	assert_true(file_is(witness_path(), witness));
	assert_int_equal(count_files(BACKUP, NULL), 1);
	copy = vault_opened(BACKUP, VAULT_READ_ONLY);
	assert_true(reads(copy, "mail", "one"));
	assert_int_equal(check_opened(copy).worst, CHECK_NOTE);
	/* The vault goes on as before. */
	set_password(vault, "mail", "two");
	assert_true(reads(vault, "mail", "two"));
	free(witness.data);
	free(file.data);
}

static void backup_of_a_file_that_cannot_be_written(void **state)
{
	VAULT_AUTO *vault = vault_opened(FILE_NAME, VAULT_READ_ONLY);

	(void)state;
	assert_done(vault_backup(vault, BACKUP, err));
	assert_int_equal(check_file(BACKUP, 0).worst, CHECK_NOTE);
}

static void backup_replaces_nothing(void **state)
{
	VAULT_AUTO *vault = vault_opened(FILE_NAME, 0);
	struct bytes there = {(unsigned char *)strdup("there"), 5};
	struct error error = {0};

	(void)state;
	bytes_save(BACKUP, there);
	assert_int_equal(vault_backup(vault, BACKUP, &error), VAULT_EXISTS);
	assert_non_null(strstr(error.message, "already a file"));
	assert_true(file_is(BACKUP, there));
	unlink(BACKUP);
	assert_int_equal(symlink("elsewhere", BACKUP), 0);
	assert_int_equal(vault_backup(vault, BACKUP, &error), VAULT_EXISTS);
	assert_int_equal(count_files(BACKUP, NULL), 1);
	assert_int_equal(count_files("elsewhere", NULL), 0);
	free(there.data);
}

static void backup_fails_cleanly(void **state)
{
	VAULT_AUTO *vault = NULL;

	(void)state;
	assert_done(vault_open(FILE_NAME, 0, &vault, err));
	assert_fails(vault_backup(vault, BACKUP, err), VAULT_LOCKED, "locked");
	assert_done(vault_unlock_volume_key(vault, fixture_key, err));
	assert_fails(vault_backup(vault, "nowhere/" BACKUP, err), VAULT_FAILED,
	             "cannot create 'nowhere/");
	assert_done(vault_batch_begin(vault, err));
	assert_fails(vault_backup(vault, BACKUP, err), VAULT_USAGE, "batch");
	assert_done(vault_batch_end(vault, false, err));
	assert_int_equal(count_files(BACKUP, NULL), 0);
	assert_done(vault_backup(vault, BACKUP, err));
}

/* Damage is not copied under the name of a backup; a damaged free page is none. */
static void backup_verifies(void **state)
{
	VAULT_AUTO *vault = vault_opened(FILE_NAME, 0);
	struct bytes file;
	size_t made = 0, refused = 0;

	(void)state;
	/* Free pages at the end: what was written and erased. */
	add_entry(vault, "long", "password", NULL);
	remove_entry(vault, "long");
	assert_done(vault_trash_empty(vault, NULL, &made, err));
	vault_close(vault);
	file = file_load(FILE_NAME);
	made = 0;
	for (size_t page = 2; page <= pages_of(file); page++) {
		struct error error = {0};
		int r;

		save_damaged(FILE_NAME, file, page);
		vault = NULL;
		if (vault_open(FILE_NAME, 0, &vault, NULL) != 0 ||
		    vault_unlock_volume_key(vault, fixture_key, NULL) != 0) {
			vault_close(vault);
			continue;
		}
		r = vault_backup(vault, BACKUP, &error);
		vault_close(vault);
		if (r == 0) {
			made++;
			unlink(BACKUP);
			continue;
		}
		refused++;
		assert_int_equal(r, -VAULT_DAMAGED);
		assert_non_null(strstr(error.message, "no backup was made"));
		assert_int_equal(count_files(BACKUP, NULL), 0);
	}
	vault = NULL;
	assert_true(refused > 5);
	assert_int_equal(made + refused + 3 >= pages_of(file) - 1, 1);
	free(file.data);
}

static void write_until_told(int told, int done)
{
	char password[32], byte;

	for (int i = 0;; i++) {
		VAULT_AUTO *vault = vault_opened(FILE_NAME, 0);

		snprintf(password, sizeof(password), "password %d", i);
		set_password(vault, "mail", password);
		if (read(told, &byte, 1) == 0)
			break;
		assert_int_equal(write(done, &i, sizeof(i)), sizeof(i));
	}
	_exit(0);
}

static void backup_beside_a_writer(void **state)
{
	int told[2], done[2], seen = 0;
	pid_t child;

	(void)state;
	assert_int_equal(pipe2(told, O_NONBLOCK), 0);
	assert_int_equal(pipe(done), 0);
	child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		close(told[1]);
		write_until_told(told[0], done[1]);
	}
	close(told[0]);
	close(done[1]);
	for (int i = 0; i < 15; i++) {
		VAULT_AUTO *copy = NULL;
		ENTRY_AUTO *entry = NULL;
		int number = -1;

		assert_int_equal(read(done[0], &seen, sizeof(seen)), sizeof(seen));
		backup_to(BACKUP);
		copy = vault_opened(BACKUP, VAULT_READ_ONLY);
		assert_done(vault_get(copy, "mail", &entry, err));
		assert_int_equal(sscanf((char *)entry->password->bytes, "password %d", &number), 1);
		assert_true(number >= seen); /* what was acknowledged is in it */
		unlink(BACKUP);
	}
	close(told[1]);
	close(done[0]);
	waitpid(child, NULL, 0);
}

/* ---- restore ------------------------------------------------------------------------ */

static char *restore_to(const char *path)
{
	VAULT_AUTO *backup = vault_opened(BACKUP, VAULT_READ_ONLY);
	char *kept = NULL;

	assert_done(vault_restore(backup, path, &kept, err));
	return kept;
}

static void restore_keeps_what_was_there(void **state)
{
	FREE_AUTO char *kept = NULL, *again = NULL;
	VAULT_AUTO *vault = NULL, *other = NULL;
	struct bytes before;
	uint64_t generation, sequence;

	(void)state;
	backup_to(BACKUP);
	vault = vault_opened(FILE_NAME, 0);
	set_password(vault, "mail", "two");
	set_password(vault, "mail", "three");
	generation = vault->state.generation;
	sequence = vault->header.sequence;
	before = file_load(FILE_NAME);
	kept = restore_to(FILE_NAME);
	assert_int_equal(strncmp(kept, FILE_NAME ".before-restore-2", 27), 0);
	assert_true(file_is(kept, before));
	assert_int_equal(mode_of(kept), 0600);
	assert_int_equal(mode_of(FILE_NAME), 0600);
	/* test.vault and the kept one: no temporary file, no journal */
	assert_int_equal(count_files(FILE_NAME, NULL), 2);

	/* Who had it open before does not write into the wrong file. */
	assert_fails(vault_batch_begin(vault, err), VAULT_FAILED, "replaced");
	vault_close(vault);

	vault = vault_opened(FILE_NAME, 0);
	assert_false(vault_rollback(vault)->detected);
	assert_true(reads(vault, "mail", "one"));
	assert_true(vault->state.generation > generation);
	assert_true(vault->header.sequence > sequence);
	assert_int_equal(check_opened(vault).worst, CHECK_NOTE);
	set_password(vault, "mail", "four");

	/* From now on the other one is the older one. */
	other = vault_opened(kept, VAULT_READ_ONLY);
	assert_true(vault_rollback(other)->detected);
	assert_true(reads(other, "mail", "three"));

	again = restore_to(FILE_NAME);
	assert_string_not_equal(again, kept);
	free(before.data);
}

/* Nothing remembers, but the file that is replaced tells how new it is. */
static void restore_rises_above_the_file_it_replaces(void **state)
{
	VAULT_AUTO *vault = NULL;
	uint64_t generation;

	(void)state;
	backup_to(BACKUP);
	vault = vault_opened(FILE_NAME, 0);
	set_password(vault, "mail", "two");
	set_password(vault, "mail", "three");
	generation = vault->state.generation;
	vault_close(vault);
	forget_witness();
	free(restore_to(FILE_NAME));
	vault = vault_opened(FILE_NAME, 0);
	assert_int_equal(vault->state.generation, generation + 1);
}

static void restore_where_nothing_is(void **state)
{
	char *kept = NULL;
	VAULT_AUTO *vault = NULL;

	(void)state;
	backup_to(BACKUP);
	kept = restore_to("new/folder/" FILE_NAME);
	assert_null(kept);
	vault = vault_opened("new/folder/" FILE_NAME, 0);
	assert_true(reads(vault, "mail", "one"));
	assert_int_equal(mode_of("new/folder"), 0700);
	unlink("new/folder/" FILE_NAME);
}

/* No vault at all, with a journal that belongs to it. */
static void restore_over_a_wreck(void **state)
{
	FREE_AUTO char *kept = NULL;
	char journal[300];
	struct bytes wreck, hot;
	VAULT_AUTO *vault = NULL;

	(void)state;
	backup_to(BACKUP);
	wreck = file_load(FILE_NAME);
	memset(wreck.data, 0, HEADER_AREA);
	bytes_save(FILE_NAME, wreck);
	hot = (struct bytes){(unsigned char *)strdup(
				     "\xd9\xd5\x05\xf9\x20\xa1\x63\xd7 some journal"),
	                     21};
	bytes_save(FILE_NAME "-journal", hot);
	kept = restore_to(FILE_NAME);
	assert_true(file_is(kept, wreck));
	snprintf(journal, sizeof(journal), "%s-journal", kept);
	assert_true(file_is(journal, hot));
	assert_int_equal(count_files(FILE_NAME, NULL), 3);
	vault = vault_opened(FILE_NAME, 0);
	assert_true(reads(vault, "mail", "one"));
	assert_int_equal(check_opened(vault).worst, CHECK_NOTE);
	free(wreck.data);
	free(hot.data);
}

/* A crash between the second name and the rename: done again, it is one file and one kept. */
static void restore_mends_two_names(void **state)
{
	FREE_AUTO char *kept = NULL;
	VAULT_AUTO *vault = NULL;

	(void)state;
	backup_to(BACKUP);
	assert_int_equal(link(FILE_NAME, FILE_NAME ".second"), 0);
	kept = restore_to(FILE_NAME);
	vault = vault_opened(FILE_NAME, 0);
	assert_true(reads(vault, "mail", "one"));
}

static void restore_refuses(void **state)
{
	VAULT_AUTO *backup = NULL;
	struct bytes file, before;
	char *kept = NULL;

	(void)state;
	backup_to(BACKUP);
	assert_int_equal(mkdir("a folder", 0700), 0);
	assert_int_equal(symlink(FILE_NAME, "a link"), 0);
	backup = vault_opened(BACKUP, VAULT_READ_ONLY);
	assert_fails(vault_restore(backup, BACKUP, &kept, err), VAULT_USAGE,
	             "is the backup itself");
	assert_fails(vault_restore(backup, "a folder", &kept, err), VAULT_FAILED,
	             "not a regular file");
	assert_fails(vault_restore(backup, "a link", &kept, err), VAULT_FAILED,
	             "not a regular file");
	vault_close(backup);
	backup = NULL;
	assert_done(vault_open(BACKUP, VAULT_READ_ONLY, &backup, err));
	assert_fails(vault_restore(backup, FILE_NAME, &kept, err), VAULT_LOCKED, "locked");
	vault_close(backup);

	/* A damaged backup: the file stays, and nothing beside it. */
	before = file_load(FILE_NAME);
	file = file_load(BACKUP);
	for (size_t page = 2; page <= pages_of(file); page++) {
		struct error error = {0};

		save_damaged(BACKUP, file, page);
		backup = NULL;
		if (vault_open(BACKUP, VAULT_READ_ONLY, &backup, NULL) == 0 &&
		    vault_unlock_volume_key(backup, fixture_key, NULL) == 0) {
			assert_int_equal(vault_restore(backup, FILE_NAME, &kept, &error),
			                 -VAULT_DAMAGED);
			assert_non_null(strstr(error.message, "nothing was changed"));
		}
		vault_close(backup);
		assert_true(file_is(FILE_NAME, before));
		assert_int_equal(count_files(FILE_NAME, NULL), 1);
	}
	backup = NULL;
	free(file.data);
	free(before.data);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(backup_is_the_same_file, fresh),
		cmocka_unit_test_setup(backup_of_a_file_that_cannot_be_written, fresh),
		cmocka_unit_test_setup(backup_replaces_nothing, fresh),
		cmocka_unit_test_setup(backup_fails_cleanly, fresh),
		cmocka_unit_test_setup(backup_verifies, fresh),
		cmocka_unit_test_setup(backup_beside_a_writer, fresh),
		cmocka_unit_test_setup(restore_keeps_what_was_there, fresh),
		cmocka_unit_test_setup(restore_rises_above_the_file_it_replaces, fresh),
		cmocka_unit_test_setup(restore_where_nothing_is, fresh),
		cmocka_unit_test_setup(restore_over_a_wreck, fresh),
		cmocka_unit_test_setup(restore_mends_two_names, fresh),
		cmocka_unit_test_setup(restore_refuses, fresh),
	};

	return cmocka_run_group_tests(tests, fixture_start, fixture_end);
}

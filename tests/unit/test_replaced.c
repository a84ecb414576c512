/* The file under a name is another's for a moment, or another one than it was: what a restore must
 * not take away from a program that writes, nor a reader from the file that followed. */
#include "vault_fixture.h"

#include <signal.h>
#include <sys/wait.h>

#define BACKUP "copy.vault"
#define JOURNAL FILE_NAME "-journal"
#define LARGE ((size_t)4 * 1024 * 1024) /* bytes, more than the cache takes */

static bool is_there(const char *path)
{
	return access(path, F_OK) == 0;
}

static int fresh(void **state)
{
	VAULT_AUTO *vault = NULL;

	(void)state;
	unlink(BACKUP);
	fixture_reset();
	vault = vault_opened(FILE_NAME, 0);
	add_entry(vault, "mail", "one", NULL);
	assert_done(vault_backup(vault, BACKUP, err));
	return 0;
}

/* In the middle of a write that has outgrown the cache, some of it is in the file. */
static void write_half(void)
{
	VAULT_AUTO *vault = vault_opened(FILE_NAME, 0);
	WRITE_RESULT_AUTO result = {0};
	struct entry_edit edit = {0};
	SECRET_AUTO *large = NULL;

	assert_done(secret_new(&large, LARGE, err));
	memset(large->bytes, 'x', LARGE);
	large->length = LARGE;
	assert_done(entry_new(&edit.set, "mail", err));
	assert_done(entry_set_secret(edit.set, FIELD_ATTACHMENT, "large", &large, err));
	assert_done(vault_batch_begin(vault, err));
	assert_done(db_large_cache(vault->db, false, err));
	assert_done(vault_edit(vault, "mail", &edit, NULL, &result, err));
	assert_true(is_there(JOURNAL));
	entry_free(edit.set);
	kill(getpid(), SIGSTOP);
	_exit(1);
}

/* A program that has come as far as that. */
static pid_t half_written(void)
{
	pid_t child = fork();
	int status = 0;

	assert_true(child >= 0);
	if (child == 0)
		write_half();
	assert_int_equal(waitpid(child, &status, WUNTRACED), child);
	assert_true(WIFSTOPPED(status));
	return child;
}

static void crash(pid_t child)
{
	kill(child, SIGKILL);
	assert_int_equal(waitpid(child, NULL, 0), child);
}

static int restore(unsigned flags, struct error *error)
{
	VAULT_AUTO *backup = vault_opened(BACKUP, VAULT_READ_ONLY | flags);
	FREE_AUTO char *kept = NULL;

	return vault_restore(backup, FILE_NAME, &kept, error);
}

/* Its journal would be moved away from under it, and what it commits go into the kept file. */
static void restore_waits_for_who_writes(void **state)
{
	pid_t writer = half_written();
	struct error error = {0};

	(void)state;
	assert_int_equal(restore(VAULT_NO_WAIT, &error), -VAULT_FAILED);
	assert_non_null(strstr(error.message, "another program has been writing"));
	assert_true(is_there(JOURNAL));
	crash(writer);
	assert_int_equal(check_file(FILE_NAME, 0).worst, CHECK_NOTE);
}

/* SQLite finds a journal by the file's name: to who still has the former file open, that of the new
 * one looks like its own. It would be played back into the wrong file, and removed. */
static void reader_of_a_replaced_file_leaves_the_journal(void **state)
{
	VAULT_AUTO *before = vault_opened(FILE_NAME, 0);
	VAULT_AUTO *after = NULL;

	(void)state;
	assert_done(restore(0, err));
	crash(half_written());
	assert_true(is_there(JOURNAL));
	assert_true(reads(before, "mail", "one"));
	assert_true(is_there(JOURNAL));
	assert_fails(vault_batch_begin(before, err), VAULT_FAILED, "replaced");
	assert_true(is_there(JOURNAL));

	after = vault_opened(FILE_NAME, 0);
	assert_false(is_there(JOURNAL));
	assert_true(reads(after, "mail", "one"));
	assert_int_equal(check_opened(after).worst, CHECK_NOTE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(restore_waits_for_who_writes, fresh),
		cmocka_unit_test_setup(reader_of_a_replaced_file_leaves_the_journal, fresh),
	};

	return cmocka_run_group_tests(tests, fixture_start, fixture_end);
}

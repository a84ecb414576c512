/* A vault of an older schema: read as it is where nothing may be written, else brought up to
 * date. */
#include "fresh_vault.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define PATH_SIZE 4096

/* Copies the kept vault into the fixture's folder. */
static void kept_copy(char path[PATH_SIZE])
{
	char source[PATH_SIZE], bytes[4096];
	size_t length;
	FILE *from, *to;

	snprintf(source, sizeof(source), "%s/tests/reader/format-1.vault", getenv("SOURCE"));
	snprintf(path, PATH_SIZE, "%.4000s/kept.vault", getenv("XDG_STATE_HOME"));
	unlink(path);
	(void)fixture_path(); /* forgets what was seen of the one before */
	from = fopen(source, "rb");
	to = fopen(path, "wb");
	assert_non_null(from);
	assert_non_null(to);
	while ((length = fread(bytes, 1, sizeof(bytes), from)) > 0)
		assert_int_equal(fwrite(bytes, 1, length, to), length);
	fclose(from);
	fclose(to);
	assert_int_equal(chmod(path, 0600), 0);
}

static struct vault *open_kept(const char *path, unsigned flags)
{
	SECRET_AUTO *password = secret_of("correct horse battery");
	struct credential credential = {.type = KEY_PASSWORD, .password = password};
	struct vault *vault = NULL;

	assert_done(vault_open(path, flags, &vault, err));
	assert_done(vault_unlock(vault, &credential, err));
	return vault;
}

static unsigned schema_of(struct vault *vault)
{
	struct vault_status_info info;

	assert_done(vault_info(vault, &info, err));
	return info.schema;
}

static void assert_sound(struct vault *vault)
{
	enum check_severity worst = CHECK_DAMAGE;

	assert_done(vault_check(vault, NULL, NULL, &worst, err));
	assert_int_equal(worst, CHECK_NOTE);
}

static void is_read_as_it_is(void **state)
{
	char path[PATH_SIZE];
	struct stat before, after;
	struct vault *vault;

	(void)state;
	kept_copy(path);
	assert_int_equal(stat(path, &before), 0);
	vault = open_kept(path, VAULT_READ_ONLY);
	assert_int_equal(schema_of(vault), 1);
	assert_password(vault, "mailserver", "second");
	assert_sound(vault);
	vault_close(vault);
	assert_int_equal(stat(path, &after), 0);
	assert_int_equal(before.st_mtim.tv_nsec, after.st_mtim.tv_nsec);
}

static void is_brought_up_to_date(void **state)
{
	char path[PATH_SIZE];
	WRITE_RESULT_AUTO result = {0};
	struct vault *vault;

	(void)state;
	kept_copy(path);
	vault = open_kept(path, 0);
	assert_int_equal(schema_of(vault), 3);
	assert_password(vault, "mailserver", "second");
	assert_sound(vault);
	assert_int_equal(try_add(vault, "new", "Second", &result), VAULT_REFUSED);
	assert_int_equal(result.conflicts.items[0].kind, CONFLICT_VARIANT_NOW);
	assert_int_equal(result.conflicts.items[0].how, VARIANT_CASE);
	vault_close(vault);
	vault = open_kept(path, VAULT_READ_ONLY);
	assert_int_equal(schema_of(vault), 3);
	vault_close(vault);
}

/* Who had it open before goes on with it. */
static void another_program_may_be_quicker(void **state)
{
	char path[PATH_SIZE];
	struct vault *reader, *writer;

	(void)state;
	kept_copy(path);
	reader = open_kept(path, VAULT_READ_ONLY);
	assert_int_equal(schema_of(reader), 1);
	writer = open_kept(path, 0);
	assert_password(reader, "mailserver", "second");
	assert_int_equal(schema_of(reader), 3);
	vault_close(writer);
	vault_close(reader);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(is_read_as_it_is),
		cmocka_unit_test(is_brought_up_to_date),
		cmocka_unit_test(another_program_may_be_quicker),
	};

	return cmocka_run_group_tests(tests, fixture_group_start, fixture_group_end);
}

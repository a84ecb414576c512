/* Asking through pinentry: programs that behave and programs that do not, as scripts. */
#include "unit.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/pinentry.h"

static char folder[] = "/tmp/vault-pinentry.XXXXXX";
static char program[sizeof(folder) + 16], log_path[sizeof(folder) + 16];

/* Answers every command by OK and GETPIN by `getpin`, sh's printf format; what it was told is in
 * the log. */
static void make_program(const char *greeting, const char *getpin)
{
	FILE *file = fopen(program, "w");

	assert_non_null(file);
	fprintf(file,
	        "#!/bin/sh\n"
	        "printf '%s'\n"
	        "while read -r line; do\n"
	        "	printf '%%s\\n' \"$line\" >>%s\n"
	        "	case $line in\n"
	        "	GETPIN*) printf '%s' ;;\n"
	        "	OPTION*) echo 'ERR 83886254 Unknown option <Pinentry>' ;;\n"
	        "	*) echo OK ;;\n"
	        "	esac\n"
	        "done\n",
	        greeting, log_path, getpin);
	assert_int_equal(fclose(file), 0);
	assert_int_equal(chmod(program, 0700), 0);
	unlink(log_path);
}

static const struct pinentry_question question = {.description = "Unlock 100% of\nit",
                                                  .prompt = "Master password:",
                                                  .error = NULL};

/* The secret is as expected. */
static void gives(const char *getpin, const char *expected)
{
	SECRET_AUTO *secret = NULL;

	make_program("OK hello\\n", getpin);
	assert_done(pinentry_ask_program(program, &question, &secret, err));
	assert_string_equal((const char *)secret->bytes, expected);
	assert_int_equal(secret->length, strlen(expected));
}

static void reads_the_secret(void **state)
{
	(void)state;
	gives("D word\\nOK\\n", "word");
	gives("D two words\\nOK\\n", "two words");
	gives("D 100%%25%%0A%%c3%%a9\\nOK done\\n", "100%\n\xc3\xa9");
	gives("S PASSWORD_FROM_CACHE\\n# a remark\\nD one \\nD line\\nOK\\n", "one line");
	gives("OK\\n", "");
}

static void long_secret(void **state)
{
	char getpin[8192] = "";

	(void)state;
	for (int i = 0; i < 4; i++)
		snprintf(getpin + strlen(getpin), sizeof(getpin) - strlen(getpin), "D %0990d\\n",
		         0);
	snprintf(getpin + strlen(getpin), sizeof(getpin) - strlen(getpin), "OK\\n");
	SECRET_AUTO *secret = NULL;
	make_program("OK hello\\n", getpin);
	assert_done(pinentry_ask_program(program, &question, &secret, err));
	assert_int_equal(secret->length, 3960);
}

static void asked(struct pinentry_question with, const char *line)
{
	SECRET_AUTO *secret = NULL;
	char told[4096] = "";
	FILE *file;

	make_program("OK hello\\n", "OK\\n");
	assert_done(pinentry_ask_program(program, &with, &secret, err));
	file = fopen(log_path, "r");
	assert_non_null(file);
	assert_true(fread(told, 1, sizeof(told) - 1, file) > 0);
	fclose(file);
	if (!strstr(told, line))
		fail_msg("no %s in\n%s", line, told);
}

static void tells_what_for(void **state)
{
	struct pinentry_question again = question;

	(void)state;
	again.error = "wrong";
	asked(question, "\nSETDESC Unlock 100%25 of\\nit\n");
	asked(question, "\nSETPROMPT Master password:\n");
	asked(question, "SETTIMEOUT 120\n");
	asked(again, "\nSETERROR wrong\n");
	setenv("GPG_TTY", "/dev/pts/99", 1);
	asked(question, "\nOPTION ttyname=/dev/pts/99\n");
	unsetenv("GPG_TTY");
}

static void refuses(const char *getpin)
{
	SECRET_AUTO *secret = NULL;
	struct error err = {0};

	make_program("OK hello\\n", getpin);
	assert_int_equal(pinentry_ask_program(program, &question, &secret, &err), VAULT_NOT_FOUND);
	assert_null(secret);
}

static void a_person_may_refuse(void **state)
{
	(void)state;
	refuses("ERR 83886179 Operation cancelled <Pinentry>\\n");
	refuses("ERR 83886142 Timeout <Pinentry>\\n");
	refuses("ERR 83886278 fully cancelled\\n");
	refuses("D half\\nERR 83886179 Operation cancelled\\n");
}

static void misbehaves(const char *greeting, const char *getpin)
{
	SECRET_AUTO *secret = NULL;

	make_program(greeting, getpin);
	assert_fails(pinentry_ask_program(program, &question, &secret, err), VAULT_FAILED,
	             "pinentry");
	assert_null(secret);
}

static void bad_programs_fail(void **state)
{
	char line[2048];

	(void)state;
	misbehaves("ERR 1 no\\n", "OK\\n");
	misbehaves("OK hello\\n", "ERR 83918950 Inappropriate ioctl for device\\n");
	misbehaves("OK hello\\n", "D bad%%4\\nOK\\n");
	misbehaves("OK hello\\n", "D bad%%zz\\nOK\\n");
	misbehaves("OK hello\\n", "D bad%%\\nOK\\n");
	misbehaves("OK hello'; exit; '", "");
	snprintf(line, sizeof(line), "%01500d\\n", 0);
	misbehaves(line, "OK\\n");
	misbehaves("OK hello\\n", line);
	assert_int_equal(chmod(program, 0600), 0);
	SECRET_AUTO *secret = NULL;
	assert_fails(pinentry_ask_program(program, &question, &secret, err), VAULT_FAILED, "start");
}

static void only_with_a_place_to_appear(void **state)
{
	(void)state;
	unsetenv("DISPLAY");
	unsetenv("WAYLAND_DISPLAY");
	unsetenv("GPG_TTY");
	if (!isatty(0) && !isatty(1) && !isatty(2))
		assert_false(pinentry_available());
}

static int setup(void **state)
{
	(void)state;
	if (!mkdtemp(folder))
		return -1;
	snprintf(program, sizeof(program), "%s/pinentry", folder);
	snprintf(log_path, sizeof(log_path), "%s/log", folder);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	unlink(program);
	unlink(log_path);
	return rmdir(folder);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_the_secret),  cmocka_unit_test(long_secret),
		cmocka_unit_test(tells_what_for),    cmocka_unit_test(a_person_may_refuse),
		cmocka_unit_test(bad_programs_fail), cmocka_unit_test(only_with_a_place_to_appear),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}

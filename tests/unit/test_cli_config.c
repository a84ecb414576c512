/* The configuration file. */
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/config.h"

static char folder[] = "/tmp/vault-config.XXXXXX";
static const char *const file = "config";

static void write_file(const char *text, size_t length)
{
	FILE *out;

	unlink(file);
	out = fopen(file, "w");
	assert_non_null(out);
	assert_int_equal(fwrite(text, 1, length, out), length);
	assert_int_equal(fclose(out), 0);
	assert_int_equal(chmod(file, 0600), 0);
}

static int read_text(struct config *config, const char *text, struct error *err)
{
	write_file(text, strlen(text));
	return config_read(config, file, err);
}

/* `text` is refused, and `message` says why. */
static void refuses(const char *text, const char *message)
{
	struct config config = {0};

	assert_fails(read_text(&config, text, err), VAULT_USAGE, message);
	assert_null(config.vault);
}

static void has_defaults(void **state)
{
	struct config config;
	char takes[CONFIG_TAKES_SIZE];

	(void)state;
	config_init(&config);
	assert_null(config.vault);
	assert_true(config.agent);
	assert_int_equal(config.agent_idle, 600);
	assert_int_equal(config.agent_cap, 8 * 3600);
	assert_int_equal(config.clipboard_clear, 45);
	assert_int_equal(config.generate_length, 0);
	config_done(&config);
	for (const struct config_key *key = config_keys; key->name; key++)
		assert_true(strlen(config_takes(key, takes)) > 0);
	assert_int_equal(config_read(&config, "nowhere", NULL), VAULT_NOT_FOUND);
	assert_int_equal(config_read(&config, "/dev/null/config", NULL), VAULT_NOT_FOUND);
}

static void reads_every_key(void **state)
{
	struct config config;

	(void)state;
	setenv("HOME", "/home/u", 1);
	assert_done(read_text(&config,
	                      "# a comment\n"
	                      "\n"
	                      "vault = ~/my vault #1\n"
	                      "\tagent\t=\toff \n"
	                      "agent-idle=90\n"
	                      "agent-cap = 2h\n"
	                      "  # another = one\n"
	                      "clipboard-clear = 0\r\n"
	                      "clipboard-program = xsel\n"
	                      "generate-length = 20\n"
	                      "generate-charset = lower,[=#]\n"
	                      "breaches = /srv/breaches",
	                      err));
	assert_string_equal(config.vault, "/home/u/my vault #1");
	assert_false(config.agent);
	assert_int_equal(config.agent_idle, 90);
	assert_int_equal(config.agent_cap, 7200);
	assert_int_equal(config.clipboard_clear, 0);
	assert_string_equal(config.clipboard_program, "xsel");
	assert_int_equal(config.generate_length, 20);
	assert_string_equal(config.generate_charset, "lower,[=#]");
	assert_string_equal(config.breaches, "/srv/breaches");
	config_done(&config);

	assert_done(read_text(&config, "clipboard-program = ~/bin/clip\ngenerate-words = 6", err));
	assert_string_equal(config.clipboard_program, "/home/u/bin/clip");
	assert_int_equal(config.generate_words, 6);
	config_done(&config);
	assert_done(read_text(&config, "", err));
	config_done(&config);
}

static void tells_where_and_what_is_allowed(void **state)
{
	(void)state;
	refuses("\n\nagents = off\n", "config:3: there is no key 'agents'; the keys are vault,");
	refuses("Agent = off", "no key 'Agent'");
	refuses("= off", "no key ''");
	refuses("agent = on", "config:1: 'agent' takes auto or off, not 'on'");
	refuses("agent =", "not ''");
	refuses("agent off", "config:1: a line is 'KEY = VALUE'");
	refuses("agent = off\n#\nagent = off", "config:3: 'agent' is set on line 1 already");
	refuses("agent-idle = 9s", "'agent-idle' takes a time from 10s to 24h, not '9s'");
	refuses("agent-idle = 25h", "from 10s to 24h");
	refuses("agent-idle = 10.5", "not '10.5'");
	refuses("agent-idle = -10", "not '-10'");
	refuses("agent-cap = forever", "from 10s to 168h");
	refuses("generate-length = 0", "a number from 1 to 4096, not '0'");
	refuses("generate-length = 20 # enough", "not '20 # enough'");
	refuses("generate-charset = vowels", "as --charset takes it, not 'vowels'");
	refuses("generate-words = 6\ngenerate-length = 9", "config:2: 'generate-words' goes neith");
	refuses("generate-charset = lower\ngenerate-words = 6", "config:2: 'generate-words' goes");
	refuses("vault = here/vault", "'vault' takes a path that begins with / or ~/, not 'here");
	refuses("vault = \"/quoted\"", "begins with / or ~/");
	refuses("vault = ~joe/vault", "begins with / or ~/");
	refuses("clipboard-program = bin/clip", "the name of a program, or its path");
	refuses("clipboard-program =", "the name of a program");
	refuses("vault = /a\x1b[2J", "config:1: there is a control character");
	refuses("vault = /\xff", "not UTF-8");
}

static void takes_bytes_as_they_are(void **state)
{
	static const char nul[] = "agent = off\nvault = /a\0b\n";
	struct config config;
	char *large = calloc(1, CONFIG_MAX + 1);

	(void)state;
	write_file(nul, sizeof(nul) - 1);
	assert_fails(config_read(&config, file, err), VAULT_USAGE, "config:2: there is a NUL");
	assert_non_null(large);
	memset(large, '\n', CONFIG_MAX + 1);
	write_file(large, CONFIG_MAX);
	assert_done(config_read(&config, file, err));
	config_done(&config);
	write_file(large, CONFIG_MAX + 1);
	assert_fails(config_read(&config, file, err), VAULT_FAILED, "larger than 16384 bytes");
	free(large);
}

static void trusts_no_file_of_others(void **state)
{
	struct config config;

	(void)state;
	assert_done(read_text(&config, "agent = off", err));
	config_done(&config);
	assert_int_equal(chmod(file, 0620), 0);
	assert_fails(config_read(&config, file, err), VAULT_FAILED, "'chmod go-w' mends it");
	assert_int_equal(chmod(file, 0602), 0);
	assert_fails(config_read(&config, file, err), VAULT_FAILED, "written by others");
	assert_int_equal(chmod(file, 0444), 0);
	assert_int_equal(symlink(file, "link"), 0);
	assert_done(config_read(&config, "link", err));
	assert_false(config.agent);
	config_done(&config);
	assert_int_equal(unlink("link"), 0);
	assert_fails(config_read(&config, ".", err), VAULT_FAILED, "not a regular file");
	assert_int_equal(mkfifo("fifo", 0600), 0);
	assert_fails(config_read(&config, "fifo", err), VAULT_FAILED, "not a regular file");
	assert_int_equal(unlink("fifo"), 0);
	if (geteuid() == 0) {
		assert_int_equal(chown(file, 12345, 0), 0);
		assert_fails(config_read(&config, file, err), VAULT_FAILED, "neither you nor root");
	}
}

static int enter(void **state)
{
	(void)state;
	return mkdtemp(folder) && chdir(folder) == 0 ? 0 : -1;
}

static int leave(void **state)
{
	(void)state;
	unlink(file);
	return chdir("/") == 0 && rmdir(folder) == 0 ? 0 : -1;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(has_defaults),
		cmocka_unit_test(reads_every_key),
		cmocka_unit_test(tells_where_and_what_is_allowed),
		cmocka_unit_test(takes_bytes_as_they_are),
		cmocka_unit_test(trusts_no_file_of_others),
	};

	return cmocka_run_group_tests(tests, enter, leave);
}

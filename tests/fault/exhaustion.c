/*
 * SQLite's memory runs out, at each allocation of each operation, once and for ever.
 *
 *     exhaustion STRIDE SEED SCRATCH [OPERATION]
 *
 * SQLite takes its memory through a table of functions; a counting one is put between it and the
 * vault's. Every operation runs in a child on a fresh copy of a vault. It must do its work or fail
 * with VAULT_FAILED, never answer ("not found", "wrong password", "damaged") because memory was
 * short, and the vault must be the old or the new one. Each STRIDEth allocation is tried, from a
 * random one on. TAP on standard output.
 */
#include <err.h>
#include <limits.h>
#include <sqlcipher/sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "contents.h"
#include "folder.h"
#include "random.h"
#include "store/memory.h"
#include "store/pages.h"

#define PASSWORD "the master password"
#define NEW_PASSWORD "the new master password"
#define VAULT_PATH "data/v.vault"
#define ENTRIES 8
#define FAILURES_MAX 5 /* of one operation; then it stops */
#define COST \
	{ \
		.memory = 64 * 1024, .time = 3 \
	}

/* What a child reports to the parent. */
struct report {
	unsigned long count, at;
	bool ever, armed, fired;
	int result;
	struct error error;
};
static struct report *report; /* shared memory */

/* ---- the allocator in between ------------------------------------------------------- */

static sqlite3_mem_methods below;

static bool fails(void)
{
	if (!report->armed)
		return false;
	report->count++;
	if (report->ever ? report->count < report->at : report->count != report->at)
		return false;
	report->fired = true;
	return true;
}

/* What there is no room for below the limit of the process: the vault's allocator refuses it as it
 * would when memory is gone. */
#define TOO_MUCH INT_MAX
#define ROOM ((rlim_t)1 << 30)

static void *failing_malloc(int size)
{
	return below.xMalloc(fails() ? TOO_MUCH : size);
}

static void *failing_realloc(void *p, int size)
{
	return below.xRealloc(p, fails() ? TOO_MUCH : size);
}

/* SQLCipher's own set-up, and its check of all pages, do not survive it; the vault reserves that
 * memory beforehand (recipe.c, pages.c). */
extern int __real_sqlite3_key(sqlite3 *db, const void *key, int length);
extern int __wrap_sqlite3_key(sqlite3 *db, const void *key, int length);
int __wrap_sqlite3_key(sqlite3 *db, const void *key, int length)
{
	bool armed = report->armed;
	int code;

	report->armed = false;
	code = __real_sqlite3_key(db, key, length);
	report->armed = armed;
	return code;
}

extern int __real_pages_check(struct db *db, int (*each)(void *, uint32_t, struct error *),
                              void *context, struct error *err);
extern int __wrap_pages_check(struct db *db, int (*each)(void *, uint32_t, struct error *),
                              void *context, struct error *err);
int __wrap_pages_check(struct db *db, int (*each)(void *, uint32_t, struct error *), void *context,
                       struct error *err)
{
	bool armed = report->armed;
	int r;

	report->armed = false;
	r = __real_pages_check(db, each, context, err);
	report->armed = armed;
	return r;
}

static void install(void)
{
	sqlite3_mem_methods between;

	if (memory_install() != SQLITE_OK ||
	    sqlite3_config(SQLITE_CONFIG_GETMALLOC, &below) != SQLITE_OK)
		errx(3, "SQLite does not take the allocator");
	between = below;
	between.xMalloc = failing_malloc;
	between.xRealloc = failing_realloc;
	if (sqlite3_config(SQLITE_CONFIG_MALLOC, &between) != SQLITE_OK)
		errx(3, "SQLite does not take the allocator");
}

/* ---- operations, on an open and unlocked vault -------------------------------------- */

static struct secret *secret(const char *text)
{
	struct secret *made = NULL;

	if (secret_copy(&made, text, strlen(text), NULL) < 0)
		errx(3, "memory");
	return made;
}

static int do_add(struct vault **vault, struct error *err)
{
	ENTRY_AUTO *entry = NULL;
	SECRET_AUTO *password = secret("password of the new entry"), *note = secret("a note");
	WRITE_RESULT_AUTO result = {0};
	int r = entry_new(&entry, "new entry", err);

	if (r < 0)
		return r;
	entry_set_password(entry, &password);
	r = entry_set_secret(entry, FIELD_NOTE, NULL, &note, err);
	return r < 0 ? r : vault_add(*vault, entry, NULL, &result, err);
}

static int do_edit(struct vault **vault, struct error *err)
{
	struct entry_edit edit = {.user = "another user", .password = secret("another password")};
	WRITE_RESULT_AUTO result = {0};
	int r = vault_edit(*vault, "entry 3", &edit, NULL, &result, err);

	secret_free(edit.password);
	return r;
}

static int do_rename(struct vault **vault, struct error *err)
{
	WRITE_RESULT_AUTO result = {0};

	return vault_rename(*vault, "entry 4", "entry four", &result, err);
}

static int do_remove(struct vault **vault, struct error *err)
{
	WRITE_RESULT_AUTO result = {0};

	return vault_remove(*vault, "entry 5", &result, err);
}

static int do_trash_restore(struct vault **vault, struct error *err)
{
	WRITE_RESULT_AUTO result = {0};

	return vault_trash_restore(*vault, "in the trash", NULL, &result, err);
}

static int do_trash_empty(struct vault **vault, struct error *err)
{
	size_t count;

	return vault_trash_empty(*vault, NULL, &count, err);
}

static int do_passwd(struct vault **vault, struct error *err)
{
	SECRET_AUTO *password = secret(NEW_PASSWORD);
	const struct credential credential = {.type = KEY_PASSWORD, .password = password};
	const struct kdf_cost cost = COST;

	return vault_passwd(*vault, 0, &credential, &cost, err);
}

static int do_rekey(struct vault **vault, struct error *err)
{
	SECRET_AUTO *password = secret(NEW_PASSWORD);
	const struct vault_new how = {.credential = {.type = KEY_PASSWORD, .password = password},
	                              .cost = COST};

	return vault_rekey(vault, &how, err);
}

static int do_read(struct vault **vault, struct error *err)
{
	struct text text = {0};
	int r = contents_read(*vault, &text, err);

	text_done(&text);
	return r;
}

static void keep_damage(void *context, enum check_severity severity, const char *text)
{
	if (severity == CHECK_DAMAGE)
		error_set(context, VAULT_DAMAGED, "%s", text);
}

static int do_check(struct vault **vault, struct error *err)
{
	enum check_severity worst = CHECK_NOTE;
	int r = vault_check(*vault, keep_damage, err, &worst, err);

	return r == 0 && worst == CHECK_DAMAGE ? VAULT_DAMAGED : r;
}

static int do_backup(struct vault **vault, struct error *err)
{
	return vault_backup(*vault, "backup.vault", err);
}

static const struct operation {
	const char *name;
	int (*run)(struct vault **vault, struct error *err);
	const char *password; /* that opens the vault afterwards */
} operations[] = {
	{"read", do_read, PASSWORD},
	{"add", do_add, PASSWORD},
	{"edit", do_edit, PASSWORD},
	{"rename", do_rename, PASSWORD},
	{"rm", do_remove, PASSWORD},
	{"trash restore", do_trash_restore, PASSWORD},
	{"trash empty", do_trash_empty, PASSWORD},
	{"passwd", do_passwd, NEW_PASSWORD},
	{"rekey", do_rekey, NEW_PASSWORD},
	{"check", do_check, PASSWORD},
	{"backup", do_backup, PASSWORD},
};

/* ---- one run ------------------------------------------------------------------------ */

static unsigned char *image;
static size_t image_size;
static char state_folder[PATH_MAX];

static void fresh(void)
{
	folder_empty("data");
	folder_empty(state_folder);
	folder_write_file(VAULT_PATH, image, image_size);
}

/* In a child: what an allocation that fails leaves behind in memory dies with it. */
static void run_operation(const struct operation *operation, unsigned long at, bool ever)
{
	pid_t pid;
	int status;

	*report = (struct report){.at = at, .ever = ever};
	unlink("backup.vault");
	pid = fork();
	if (pid < 0)
		err(3, "fork");
	if (pid == 0) {
		struct vault *vault = NULL;

		setrlimit(RLIMIT_AS, &(struct rlimit){ROOM, ROOM});
		report->armed = true;
		report->result =
			open_with_password(VAULT_PATH, PASSWORD, 0, &vault, &report->error);
		if (report->result == 0)
			report->result = operation->run(&vault, &report->error);
		report->armed = false;
		vault_close(vault);
		exit(0);
	}
	if (waitpid(pid, &status, 0) != pid || !WIFEXITED(status) || WEXITSTATUS(status) != 0)
		report->result = INT_MIN;
	report->armed = false;
}

static bool judge(const struct side sides[2], char *why, size_t size)
{
	bool done = report->result == 0;
	int side;

	if (report->result == INT_MIN) {
		snprintf(why, size, "the process crashed");
		return false;
	}
	if (!done && report->result != -VAULT_FAILED) {
		snprintf(why, size, "it answers %d: %s", report->result, report->error.message);
		return false;
	}
	if (!done && report->error.message[0] == '\0') {
		snprintf(why, size, "it fails without a word");
		return false;
	}
	side = verify_sides(VAULT_PATH, done ? sides + 1 : sides, done ? 1 : 2, VERIFY_QUICK, why,
	                    size);
	return side >= 0;
}

/* ---- all runs of one operation ------------------------------------------------------ */

static void look(const char *password, struct side *ret_side)
{
	VAULT_AUTO *vault = NULL;
	struct text text = {0};
	struct error error = {0};

	if (open_with_password(VAULT_PATH, password, 0, &vault, &error) != 0 ||
	    contents_read(vault, &text, &error) != 0)
		errx(3, "the vault cannot be read: %s", error.message);
	*ret_side = (struct side){.password = (char *)(uintptr_t)password,
	                          .contents = text.bytes,
	                          .length = text.length};
}

static bool try_all(const struct operation *operation, unsigned long stride, bool ever,
                    struct chance *chance, unsigned number)
{
	struct side sides[2];
	unsigned long tried = 0, tolerated = 0;
	char why[4096] = "";
	unsigned failures = 0;

	fresh();
	look(PASSWORD, &sides[0]);
	run_operation(operation, 0, false);
	if (report->result != 0)
		errx(3, "%s fails without a fault: %s", operation->name, report->error.message);
	look(operation->password, &sides[1]);
	for (unsigned long at = 1 + chance_below(chance, stride); failures < FAILURES_MAX;
	     at += stride) {
		fresh();
		run_operation(operation, at, ever);
		if (report->result != INT_MIN && !report->fired)
			break;
		tried++;
		tolerated += report->result == 0;
		if (!judge(sides, why, sizeof(why)) && ++failures)
			printf("# allocation %lu: %s\n", at, why);
		fflush(stdout); /* or children would print it again */
	}
	free(sides[0].contents);
	free(sides[1].contents);
	printf("%sok %u - %s, memory gone %s: %lu allocations, %lu of them dispensable\n",
	       failures ? "not " : "", number, operation->name, ever ? "for ever" : "once", tried,
	       tolerated);
	fflush(stdout);
	return failures == 0;
}

static void make_vault(void)
{
	VAULT_AUTO *vault = NULL;
	SECRET_AUTO *master = secret(PASSWORD);
	const struct vault_new how = {.credential = {.type = KEY_PASSWORD, .password = master},
	                              .cost = COST};
	struct error error = {0};
	int r = vault_create(VAULT_PATH, &how, &vault, &error);

	for (unsigned i = 0; i <= ENTRIES && r == 0; i++) {
		ENTRY_AUTO *entry = NULL;
		WRITE_RESULT_AUTO result = {0}, removed = {0};
		SECRET_AUTO *password = NULL;
		char name[64], value[64];

		snprintf(name, sizeof(name), i < ENTRIES ? "entry %u" : "in the trash", i);
		snprintf(value, sizeof(value), "%010u", (i + 1) * 2654435761U);
		password = secret(value);
		r = entry_new(&entry, name, &error);
		if (r == 0)
			entry_set_password(entry, &password);
		if (r == 0)
			r = vault_add(vault, entry, NULL, &result, &error);
		if (r == 0 && i == ENTRIES)
			r = vault_remove(vault, name, &removed, &error);
	}
	if (r != 0)
		errx(3, "no vault to work on: %s", error.message);
}

int main(int argc, char **argv)
{
	struct chance chance;
	unsigned number = 0;
	bool good = true;

	if (argc < 4 || argc > 5 || chdir(argv[3]) < 0)
		errx(3, "usage: exhaustion STRIDE SEED SCRATCH [OPERATION]");
	chance.state = strtoull(argv[2], NULL, 10);
	report = mmap(NULL, sizeof(*report), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1,
	              0);
	if (report == MAP_FAILED || !getcwd(state_folder, sizeof(state_folder) - 10))
		err(3, "%s", argv[3]);
	memcpy(state_folder + strlen(state_folder), "/state", sizeof("/state"));
	if (setenv("XDG_STATE_HOME", state_folder, 1) < 0 || setenv("FAULT_KDF", "fast", 1) < 0)
		err(3, "environment");
	install();
	folder_empty("data");
	make_vault();
	image = folder_read_file(VAULT_PATH, &image_size);
	for (size_t i = 0; i < sizeof(operations) / sizeof(operations[0]); i++) {
		if (argc == 5 && strcmp(argv[4], operations[i].name) != 0)
			continue;
		good &= try_all(&operations[i], strtoul(argv[1], NULL, 10), false, &chance,
		                ++number);
		good &= try_all(&operations[i], strtoul(argv[1], NULL, 10), true, &chance,
		                ++number);
	}
	printf("1..%u\n", number);
	free(image);
	return good ? 0 : 1;
}

/* Every password in use by zxcvbn: they are gathered in locked memory, which one child inherits.
 * What comes back are numbers. */
#include <stdlib.h>
#include <string.h>

#include "audit/strength.h"
#include "base/buf.h"
#include "base/cleanup.h"
#include "base/file.h"
#include "base/process.h"
#include "vault/internal.h"

#define WORDS_EACH 32                       /* of an entry; more are not counted as known */
#define VALUES_AT_FIRST ((size_t)64 * 1024) /* bytes */
#define STACK_WIPED ((size_t)32 * 1024)     /* bytes: what SQLite uses */

struct account {
	size_t words, n_words; /* where in the text: name, user, URLs, one behind the other */
	size_t value, length;  /* where in the values */
	int64_t since;
};

struct walk {
	struct vault *vault;
	struct buf text;
	struct account *accounts;
	size_t count, room;
	struct secret *values;
};

static void walk_done(struct walk *walk)
{
	buf_done(&walk->text);
	free(walk->accounts);
	secret_free(walk->values);
}
#define WALK_AUTO __attribute__((cleanup(walk_done))) struct walk

/* ---- gathering ---------------------------------------------------------------------- */

static void add_word(struct walk *walk, struct account *account, const char *word)
{
	if (!word || account->n_words == WORDS_EACH)
		return;
	buf_add(&walk->text, word, strlen(word) + 1);
	account->n_words++;
}

static int add_urls(struct walk *walk, int64_t entry, struct account *account, struct error *err)
{
	STMT_AUTO *stmt = NULL;
	int r = db_stmt(walk->vault->db, SQL_FIELD_URLS, &stmt, err);

	if (r < 0)
		return r;
	stmt_bind_int(stmt, 1, entry);
	while ((r = stmt_step(stmt, err)) == 1)
		add_word(walk, account, stmt_text(stmt, 0));
	return r;
}

static int add_value(struct walk *walk, struct span value, struct error *err)
{
	size_t wanted = walk->values->length + value.length;
	int r = 0;

	if (wanted > walk->values->capacity)
		r = secret_reserve(&walk->values, 2 * wanted, err);
	return r == 0 ? secret_append(walk->values, value.bytes, value.length, err) : r;
}

/* A row of SQL_PASSWORD_IN_USE. */
static int gather_one(struct walk *walk, struct stmt *stmt, struct error *err)
{
	struct account *accounts =
		list_room(walk->accounts, walk->count, &walk->room, sizeof(*accounts));
	struct span value = stmt_span(stmt, 4);
	struct account *account;
	int r;

	if (!accounts || !stmt_text(stmt, 1))
		return error_set(err, VAULT_FAILED, "out of memory");
	walk->accounts = accounts;
	account = &accounts[walk->count++];
	*account = (struct account){.words = walk->text.length,
	                            .value = walk->values->length,
	                            .length = value.length,
	                            .since = stmt_int(stmt, 3)};
	add_word(walk, account, stmt_text(stmt, 1));
	add_word(walk, account, stmt_text(stmt, 2));
	r = add_urls(walk, stmt_int(stmt, 0), account, err);
	return r == 0 ? add_value(walk, value, err) : r;
}

static int gather(struct walk *walk, struct error *err)
{
	STMT_AUTO *stmt = NULL;
	int r = db_stmt(walk->vault->db, SQL_PASSWORD_IN_USE, &stmt, err);

	while (r == 0 && (r = stmt_step(stmt, err)) == 1)
		r = gather_one(walk, stmt, err);
	return r == 0 ? buf_check(&walk->text, err) : r;
}

/* ---- the child ---------------------------------------------------------------------- */

static int examine_all(const void *context, int fd)
{
	const struct walk *walk = context;

	for (size_t i = 0; i < walk->count; i++) {
		const struct account *account = &walk->accounts[i];
		const char *word = (const char *)walk->text.bytes + account->words;
		const char *words[WORDS_EACH + 1];
		struct strength_answer answer = {0};

		for (size_t w = 0; w < account->n_words; w++, word += strlen(word) + 1)
			words[w] = word;
		words[account->n_words] = NULL;
		if (strength_examine(walk->values->bytes + account->value, account->length, words,
		                     &answer) < 0 ||
		    file_write_all(fd, &answer, sizeof(answer), NULL) < 0)
			return 1;
	}
	return 0;
}

/* Gives an answer for each account; free(3). */
static int ask(const struct walk *walk, struct strength_answer **ret_answers, struct error *err)
{
	size_t size = walk->count * sizeof(struct strength_answer), length = 0;
	FREE_AUTO struct strength_answer *answers = malloc(size + 1);
	struct process child = {0};
	int r, status;

	if (!answers)
		return error_set(err, VAULT_FAILED, "out of memory");
	r = process_fork(examine_all, walk, &child, err);
	if (r < 0)
		return r;
	r = file_read_all(child.fd, answers, size, &length);
	process_end(&child, &status);
	if (r < 0 || length != size || status != 0)
		return error_set(err, VAULT_FAILED,
		                 "a helper process failed: the passwords' strength is not known");
	*ret_answers = answers;
	answers = NULL;
	return 0;
}

int audit_strengths(struct vault *vault, size_t most,
                    int (*each)(void *context, const struct audit_strength_of *one), void *context,
                    size_t *ret_checked, struct error *err)
{
	FREE_AUTO struct strength_answer *answers = NULL;
	WALK_AUTO walk = {.vault = vault};
	bool too_many;
	int r = secret_new(&walk.values, VALUES_AT_FIRST, err);

	*ret_checked = 0;
	if (r == 0)
		r = read_begin(vault, err);
	if (r != 0)
		return r;
	too_many = most > 0 && vault->state.entries > most;
	if (!too_many)
		r = gather(&walk, err);
	read_end(vault);
	secret_leave_nothing(STACK_WIPED);
	if (r != 0 || walk.count == 0)
		return r;
	r = ask(&walk, &answers, err);
	for (size_t i = 0; i < walk.count && r == 0; i++) {
		struct audit_strength_of one = {
			.name = (const char *)walk.text.bytes + walk.accounts[i].words,
			.since = walk.accounts[i].since,
		};

		strength_tell(&answers[i], &one.strength);
		r = each(context, &one);
	}
	*ret_checked = walk.count;
	return r;
}

/*
 * Rekey: a new volume key, and with it a new file, in which every page, leaf and slot is under new
 * keys.
 *
 * The old vault is locked for writing from beginning to end, so that no write can be lost between
 * the copy and the rename; a program that waited for the lock then finds that the file was
 * replaced, and says so.
 *
 * A crash leaves, at every point, a complete vault under the name: the old one until rename(2), the
 * new one from then on. The unfinished file is removed by the next rekey. The witness knows both
 * files before the rename.
 */
#include "vault/internal.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/file.h"

/* Not a name that anybody gives a file of his own: it is removed unseen. */
#define UNFINISHED ".rekey-unfinished"

/* What is signed anew below must be what was signed before. */
static int verify(struct vault *vault, const char *what, struct error *err)
{
	size_t damaged = 0;
	int r = verify_all(vault, NULL, NULL, &damaged, err);

	if (r == 0 && damaged > 0)
		return error_set(
			err, VAULT_DAMAGED,
			"%s does not agree with its digest: nothing was changed; see 'vault check'",
			what);
	return r;
}

static int count_entries(struct vault *vault, int64_t *ret_count, struct error *err)
{
	STMT_AUTO *stmt = NULL;
	int r = db_stmt(vault->db, SQL_ENTRY_COUNTS, &stmt, err);

	if (r == 0)
		r = stmt_step(stmt, err);
	if (r == 1)
		*ret_count = stmt_int(stmt, 2);
	return r < 0 ? r : 0;
}

static int seal_all(struct vault *vault, struct error *err)
{
	STMT_AUTO *stmt = NULL;
	int r = db_stmt(vault->db, SQL_ENTRY_IDS, &stmt, err);

	if (r < 0)
		return r;
	stmt_bind_int(stmt, 1, INT64_MIN);
	while ((r = stmt_step(stmt, err)) == 1) {
		r = record_seal(vault, stmt_int(stmt, 0), err);
		if (r < 0)
			return r;
	}
	return r;
}

/* Everything in one transaction of the new vault, whose generation follows the old one's. */
static int fill(struct vault *next, struct vault *old, struct error *err)
{
	int r = write_begin(next, err);

	if (r < 0)
		return r;
	r = db_copy_rows(old->db, next->db, err);
	if (r == 0)
		r = seal_all(next, err);
	if (r < 0)
		return write_rollback(next, r);
	next->state.entries = old->state.entries;
	next->state.trashed = old->state.trashed;
	return write_commit(next, err);
}

/* Nothing is missing, and everything is as the new digest says. */
static int compare(struct vault *next, struct vault *old, struct error *err)
{
	int64_t before = 0, after = 0;
	int r = read_begin(next, err);

	if (r < 0)
		return r;
	r = verify(next, "the new file", err);
	if (r == 0)
		r = count_entries(old, &before, err);
	if (r == 0)
		r = count_entries(next, &after, err);
	if (r == 0 && before != after)
		r = error_set(err, VAULT_FAILED,
		              "the new file is not complete: nothing was changed");
	read_end(next);
	return r;
}

static int build(struct vault *old, const struct vault_new *how, const char *path,
                 struct vault **ret_next, struct error *err)
{
	VAULT_AUTO *next = NULL;
	int r = create_file(path, how, old, &next, err);

	if (r != 0)
		return r < 0 ? r : -r;
	next->flags |= VAULT_NO_WITNESS;
	r = fill(next, old, err);
	if (r == 0)
		r = compare(next, old, err);
	if (r < 0)
		return r;
	*ret_next = next;
	next = NULL;
	return 0;
}

static int publish(struct vault *old, struct vault *next, const char *path, struct error *err)
{
	struct stat there;
	int r;

	witness_store(old, false); /* or an older record would be kept beside the new one */
	r = witness_announce(next, old->witnessed, err);
	if (r == 0)
		r = file_publish(path, old->path, 1, err);
	if (r < 0 && lstat(path, &there) == 0)
		return r;
	/* The new file is in place. Where the folder could not be synced, the witness goes on
	 * knowing both. */
	if (r < 0) {
		error_context(err, "everything is under the new keys now, but a power failure "
		                   "could bring the former file back: keep what opens it, too");
		return VAULT_FAILED;
	}
	next->flags &= ~(unsigned)VAULT_NO_WITNESS;
	witness_store(next, true);
	return r;
}

static int remove_unfinished(const char *path, struct error *err)
{
	BUF_AUTO journal = BUF_EMPTY;
	int r;

	buf_add_format(&journal, "%s-journal", path);
	r = buf_check(&journal, err);
	if (r < 0)
		return r;
	/* The journal first: without it the rest is only a file that nobody opens. */
	if ((unlink((char *)journal.bytes) < 0 && errno != ENOENT) ||
	    (unlink(path) < 0 && errno != ENOENT))
		return error_errno(err, VAULT_FAILED, errno,
		                   "cannot remove '%s', which an earlier rekey left behind", path);
	return 0;
}

static int rekey(struct vault *old, const struct vault_new *how, struct error *err)
{
	BUF_AUTO unfinished = BUF_EMPTY;
	VAULT_AUTO *next = NULL;
	const char *path;
	int r;

	if (old->batch)
		return error_set(err, VAULT_USAGE, "a rekey cannot be part of a batch of writes");
	buf_add_format(&unfinished, "%s" UNFINISHED, old->path);
	r = buf_check(&unfinished, err);
	if (r == 0)
		r = write_begin(old, err);
	if (r < 0)
		return r;
	path = (char *)unfinished.bytes;
	r = verify(old, "the vault", err);
	if (r == 0)
		r = remove_unfinished(path, err);
	if (r < 0)
		return r;
	r = build(old, how, path, &next, err);
	if (r == 0)
		r = publish(old, next, path, err);
	vault_close(next);
	next = NULL;
	if (r < 0)
		(void)remove_unfinished(path, NULL);
	return r;
}

int vault_rekey(struct vault **vault, const struct vault_new *how, struct error *err)
{
	struct vault *old = *vault;
	int r = rekey(old, how, err);

	*vault = NULL;
	vault_close(old);
	return r;
}

/*
 * Restore: a verified copy of a backup takes the place of a vault.
 *
 * The copy becomes newer than everything seen of this vault: its generation and header sequence are
 * raised above those of the witness and of the file it replaces, which from then on is the older
 * one.
 *
 * What is there now is kept under another name; it may be damaged, or no vault at all. Where it
 * opens with the backup's keys, it is locked for writing from before the copy is made until it is
 * replaced, so that no write is lost unseen, and is kept as a copy. Otherwise it is kept by a
 * second name (link(2)), or by moving it where there are no links, and so is its rollback journal:
 * left at its place it would be rolled into the restored file.
 *
 * A crash leaves:
 *     while the copy is made and raised         the old file; the copy, under a temporary name
 *     after the old file was kept as a copy     the old file; and two copies
 *     after a journal was moved                 the old file, unreadable as it was; its journal
 *                                               beside the kept name
 *     after the second name was made            the old file with two names: it is not opened until
 *                                               one is removed, or the restore is done again, which
 *                                               makes it one file and one kept
 *     after it was moved (no links)             no file; the kept one and the copy, complete,
 *                                               beside it
 *     after the rename                          the restored file; the old one under the kept name
 * Folders are synced after the old file was kept and after the rename, in that order.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/file.h"
#include "vault/copy.h"

#define KEPT_TRIES 100 /* kept files of one second */

struct restore {
	struct vault *backup; /* borrowed */
	const char *path;     /* borrowed */
	bool there;           /* something is at `path` */
	struct vault *old;    /* what is there, locked for writing; NULL when it cannot be */
	struct vault *copy;
	char *temporary, *kept, *journal, *kept_journal;
	bool linked, moved, journal_moved; /* what was done to the old file */
};

static void restore_done(struct restore *restore)
{
	vault_close(restore->copy);
	vault_close(restore->old);
	free(restore->temporary);
	free(restore->kept);
	free(restore->journal);
	free(restore->kept_journal);
}

/* ---- what is there ------------------------------------------------------------------ */

static int examine(struct restore *restore, struct error *err)
{
	struct stat there, backup;

	if (lstat(restore->path, &there) < 0)
		return errno == ENOENT ? 0
		                       : error_errno(err, VAULT_FAILED, errno,
		                                     "cannot examine '%s'", restore->path);
	if (!S_ISREG(there.st_mode))
		return error_set(err, VAULT_FAILED, "'%s' is not a regular file", restore->path);
	if (lstat(restore->backup->path, &backup) == 0 && backup.st_ino == there.st_ino &&
	    backup.st_dev == there.st_dev)
		return error_set(err, VAULT_USAGE, "'%s' is the backup itself", restore->path);
	restore->there = true;
	return 0;
}

static int begin_write_old(struct vault *old, struct error *err)
{
	int r = db_begin_write(old->db, err);

	if (r == 0 && (header_refresh(old, NULL) < 0 || state_read(old, false, NULL) < 0))
		r = -VAULT_DAMAGED;
	return r;
}

/* Opens and locks the present file, when it is one that the backup's keys open. Whoever can be
 * waited for is not overridden: what another program writes would go into the file that is kept. */
static int lock_old(struct restore *restore, struct error *err)
{
	unsigned flags = VAULT_NO_WITNESS | (restore->backup->flags & VAULT_NO_WAIT);
	struct error cause = {0};
	struct vault *old = NULL;
	bool opens, refuse;
	int r;

	if (!restore->there || vault_attach(restore->path, flags, &old, NULL) != 0)
		return 0;
	r = copy_start(old, restore->backup, &cause);
	opens = r == 0 && !db_is_read_only(old->db);
	if (opens)
		r = begin_write_old(old, &cause);
	if (opens && r == 0) {
		restore->old = old;
		return 0;
	}
	refuse = db_was_busy(old->db) || (opens && r != -VAULT_DAMAGED);
	vault_close(old);
	return refuse ? error_set(err, cause.status, "'%s': %s", restore->path, cause.message) : 0;
}

/* ---- the copy ----------------------------------------------------------------------- */

static void raise_to(uint64_t *value, uint64_t least)
{
	if (*value < least)
		*value = least;
}

/* Above everything that was seen of this vault. */
static int make_newest(struct restore *restore, struct error *err)
{
	struct vault *copy = restore->copy;
	struct witness witness;
	struct header header;
	int r = witness_read(restore->backup, &witness, err);

	if (r == 0)
		r = write_begin(copy, err);
	if (r < 0)
		return r;
	if (witness.found && !witness.foreign) {
		raise_to(&copy->state.generation, witness.generation);
		raise_to(&copy->header.sequence, witness.sequence);
	}
	if (restore->old) {
		raise_to(&copy->state.generation, restore->old->state.generation);
		raise_to(&copy->header.sequence, restore->old->header.sequence);
	}
	header = copy->header;
	r = header_store(copy, &header, err); /* one more than copy->header.sequence */
	return r < 0 ? write_rollback(copy, r) : write_commit(copy, err);
}

static int make_copy(struct restore *restore, struct error *err)
{
	int r = file_temporary_name(restore->path, &restore->temporary, err);

	if (r == 0)
		r = copy_file(restore->backup, restore->temporary, err);
	if (r == 0)
		r = copy_open(restore->temporary, 0, restore->backup, &restore->copy, err);
	if (r == 0)
		r = copy_verify(restore->copy, err);
	if (r == -VAULT_DAMAGED)
		return error_context(err, "the backup is damaged, nothing was changed");
	if (r == 0)
		r = make_newest(restore, err);
	if (r == 0)
		r = copy_verify(restore->copy, err);
	return r;
}

/* ---- keeping the old file ----------------------------------------------------------- */

static int is_free(const char *path)
{
	struct stat there;

	return lstat(path, &there) < 0 && errno == ENOENT;
}

/* PATH.before-restore-YYYYMMDD-HHMMSS, and a number where that is taken; and the names of the
 * journals. */
static int make_names(struct restore *restore, struct error *err)
{
	BUF_AUTO journal = BUF_EMPTY, kept_journal = BUF_EMPTY;
	time_t now = time(NULL);
	struct tm tm;
	char date[32], suffix[16] = "";

	if (!localtime_r(&now, &tm) || strftime(date, sizeof(date), "%Y%m%d-%H%M%S", &tm) == 0)
		return error_set(err, VAULT_FAILED, "cannot tell the time");
	for (int i = 1; i <= KEPT_TRIES && !restore->kept; i++) {
		BUF_AUTO kept = BUF_EMPTY;

		if (i > 1)
			snprintf(suffix, sizeof(suffix), "-%d", i);
		buf_add_format(&kept, "%s.before-restore-%s%s", restore->path, date, suffix);
		if (buf_check(&kept, err) < 0)
			return -VAULT_FAILED;
		if (is_free((char *)kept.bytes))
			restore->kept = buf_take_string(&kept);
	}
	if (!restore->kept)
		return error_set(err, VAULT_FAILED, "no free name to keep '%s' under",
		                 restore->path);
	buf_add_format(&journal, "%s-journal", restore->path);
	buf_add_format(&kept_journal, "%s-journal", restore->kept);
	if (buf_check(&journal, err) < 0 || buf_check(&kept_journal, err) < 0)
		return -VAULT_FAILED;
	restore->journal = buf_take_string(&journal);
	restore->kept_journal = buf_take_string(&kept_journal);
	return 0;
}

/* The old file cannot be opened, perhaps not even be read: it gets another name. */
static int keep_unopened(struct restore *restore, struct error *err)
{
	restore->linked = link(restore->path, restore->kept) == 0;
	if (restore->linked)
		return 0;
	restore->moved = rename(restore->path, restore->kept) == 0;
	if (restore->moved)
		return 0;
	return error_errno(err, VAULT_FAILED, errno, "cannot keep '%s' as '%s'", restore->path,
	                   restore->kept);
}

static int keep(struct restore *restore, struct error *err)
{
	int r = 0;

	/* While the old file is locked it has no journal. */
	if (!restore->old && rename(restore->journal, restore->kept_journal) == 0)
		restore->journal_moved = true;
	else if (!restore->old && errno != ENOENT)
		return error_errno(err, VAULT_FAILED, errno, "cannot move '%s'", restore->journal);
	if (restore->old) {
		r = copy_file_held(restore->old, restore->kept, err);
		restore->linked = r == 0;
	} else if (restore->there) {
		r = keep_unopened(restore, err);
	}
	return r < 0 ? r : file_sync_parent(restore->path, err);
}

/* Nothing was put in place: everything as it was. */
static void undo(struct restore *restore)
{
	if (restore->temporary)
		unlink(restore->temporary);
	if (restore->linked)
		unlink(restore->kept);
	if (restore->moved)
		rename(restore->kept, restore->path);
	if (restore->journal_moved)
		rename(restore->kept_journal, restore->journal);
}

/* ---- in place ----------------------------------------------------------------------- */

/* A backup from before a rekey is under another key than what is remembered. */
static int announce(struct restore *restore, struct error *err)
{
	struct witness witness;
	int r = witness_read(restore->backup, &witness, err);

	if (r < 0 || !witness.found || !witness.foreign)
		return r;
	return witness_announce(restore->copy, true, err);
}

static int put_in_place(struct restore *restore, struct error *err)
{
	int r = make_names(restore, err);

	if (r == 0)
		r = announce(restore, err);
	if (r == 0)
		r = keep(restore, err);
	if (r == 0)
		r = file_publish(restore->temporary, restore->path, restore->there, err);
	if (r == VAULT_EXISTS)
		r = error_set(err, VAULT_FAILED,
		              "a file appeared at '%s' meanwhile: nothing was changed",
		              restore->path);
	if (r < 0 && !is_free(restore->temporary))
		return r;
	/* A folder that cannot be synced is a failure too, but the file is in place. */
	if (r < 0 && restore->there)
		error_context(err,
		              "the backup is in place and the former file is kept as '%s', but a "
		              "power failure could undo that",
		              restore->kept);
	else if (r < 0)
		error_context(err, "the backup is in place, but a power failure could undo that");
	free(restore->temporary);
	restore->temporary = NULL;
	restore->copy->flags &= ~(unsigned)VAULT_NO_WITNESS;
	witness_store(restore->copy, true);
	return r;
}

static int run(struct restore *restore, struct error *err)
{
	int r = examine(restore, err);

	if (r == 0)
		r = file_make_parents(restore->path, err);
	if (r == 0)
		r = lock_old(restore, err);
	if (r == 0)
		r = make_copy(restore, err);
	if (r == 0)
		r = put_in_place(restore, err);
	return r;
}

int vault_restore(struct vault *backup, const char *path, char **ret_kept, struct error *err)
{
	struct restore restore = {.backup = backup, .path = path};
	int r;

	if (ret_kept)
		*ret_kept = NULL;
	if (!backup->keys)
		return error_set(err, VAULT_LOCKED, "the backup is locked");
	r = run(&restore, err);
	vault_close(restore.copy);
	restore.copy = NULL;
	if (r < 0 && restore.temporary)
		undo(&restore);
	if (r == 0 && ret_kept && restore.there) {
		*ret_kept = restore.kept;
		restore.kept = NULL;
	}
	restore_done(&restore);
	return r;
}

/*
 * A folder of encrypted files, one an entry, as pass, gopass and passage keep them: what is in them
 * is decrypted by gpg or age, as programs of the user, and handed to a parser (pass.c) in one
 * piece.
 *
 *     "vault pass tree 1\n", then for every file, sorted by path:
 *     u32 length · path without its ending · i64 time of change · u32 length · what is in it
 *
 * All numbers are little-endian.
 */
#ifndef FORMAT_TREE_H
#define FORMAT_TREE_H

#include <vault/format.h>

#define TREE_MAGIC "vault pass tree 1\n"
#define TREE_FILES_MAX 200000
#define TREE_DEPTH_MAX 40           /* folders in folders */
#define TREE_FILE_MAX (1024 * 1024) /* bytes in a file */

struct tree {
	struct secret *bytes;
	size_t links;  /* to folders: what is in them is taken where it is */
	size_t others; /* files that are no entries */
};

/* Decrypts all files below `folder` (borrowed). Symbolic links that lead out of it are a failure,
 * and so is a file that cannot be decrypted: the message names it. */
int tree_read(int folder, const struct import_tree *how, struct tree *ret_tree, struct error *err);

#endif

#include "format/tree.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/run.h"

#define MILLISECONDS (10 * 60 * 1000) /* somebody may have to look for a passphrase */

struct file {
	char *path; /* below the folder, without its ending */
	bool age;
};

struct walk {
	int root;
	struct file *files;
	size_t count, room;
	struct tree *tree;
};

struct opener {
	const struct import_tree *how;
	char *gpg, *age; /* paths of the programs, found when they are needed first */
	struct secret *plain;
};

/* ---- what is there ------------------------------------------------------------------- */

static int no_memory(struct error *err)
{
	return error_set(err, VAULT_FAILED, "out of memory");
}

/* Opens what is below the folder, by links that stay there alone. */
static int open_below(int root, const char *path)
{
	const struct open_how how = {
		.flags = O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK,
		.resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS,
	};

	return (int)syscall(SYS_openat2, root, path, &how, sizeof(how));
}

static bool ends_in(const char *path, const char *ending)
{
	size_t length = strlen(path), end = strlen(ending);

	return length > end && strcmp(path + length - end, ending) == 0;
}

static int add_file(struct walk *walk, const char *path, struct error *err)
{
	bool age = ends_in(path, ".age");
	struct file *files;

	if (!age && !ends_in(path, ".gpg")) {
		walk->tree->others++;
		return 0;
	}
	if (walk->count == TREE_FILES_MAX)
		return error_set(err, VAULT_USAGE, "there are more than %d files", TREE_FILES_MAX);
	files = list_room(walk->files, walk->count, &walk->room, sizeof(*files));
	if (!files)
		return no_memory(err);
	walk->files = files;
	files[walk->count].age = age;
	files[walk->count].path = strndup(path, strlen(path) - 4);
	return files[walk->count++].path ? 0 : no_memory(err);
}

static int walk_folder(struct walk *walk, const char *path, unsigned depth, struct error *err);

static int walk_one(struct walk *walk, const char *path, unsigned depth, struct error *err)
{
	CLOSE_AUTO int opened = open_below(walk->root, path);
	struct stat here, there;

	if (opened < 0 && (errno == EXDEV || errno == ELOOP))
		return error_set(err, VAULT_USAGE, "%s is a link that leads out of the folder",
		                 path);
	if (opened < 0 || fstat(opened, &there) != 0 ||
	    fstatat(walk->root, path, &here, AT_SYMLINK_NOFOLLOW) != 0)
		return error_errno(err, VAULT_FAILED, errno, "cannot read %s", path);
	if (S_ISREG(there.st_mode))
		return add_file(walk, path, err);
	if (S_ISDIR(there.st_mode) && S_ISDIR(here.st_mode))
		return walk_folder(walk, path, depth + 1, err);
	if (S_ISDIR(there.st_mode))
		walk->tree->links++;
	else
		walk->tree->others++;
	return 0;
}

/* `path` is "" for the folder itself. What begins with a dot is not an entry. */
static int walk_folder(struct walk *walk, const char *path, unsigned depth, struct error *err)
{
	int opened = open_below(walk->root, *path ? path : ".");
	DIR *folder = opened < 0 ? NULL : fdopendir(opened);
	struct dirent *entry;
	int r = 0;

	if (!folder) {
		if (opened >= 0)
			close(opened);
		return error_errno(err, VAULT_FAILED, errno, "cannot read the folder %s", path);
	}
	if (depth > TREE_DEPTH_MAX)
		r = error_set(err, VAULT_USAGE, "folders lie deeper in one another than %d",
		              TREE_DEPTH_MAX);
	while (r == 0 && (entry = readdir(folder))) {
		FREE_AUTO char *below = NULL;
		BUF_AUTO joined = BUF_EMPTY;

		if (entry->d_name[0] == '.')
			continue;
		buf_add_format(&joined, "%s%s%s", path, *path ? "/" : "", entry->d_name);
		below = buf_take_string(&joined);
		r = below ? walk_one(walk, below, depth, err) : no_memory(err);
	}
	closedir(folder);
	return r;
}

/* ---- what is in it ------------------------------------------------------------------- */

static int add(struct tree *tree, const void *bytes, size_t length, struct error *err)
{
	int r = 0;

	if (tree->bytes->capacity - tree->bytes->length < length)
		r = secret_reserve(&tree->bytes, (tree->bytes->capacity + length) * 2, err);
	return r < 0 ? r : secret_append(tree->bytes, bytes, length, err);
}

static int add_number(struct tree *tree, uint64_t number, size_t bytes, struct error *err)
{
	unsigned char text[8];

	for (size_t i = 0; i < bytes; i++)
		text[i] = (unsigned char)(number >> (8 * i));
	return add(tree, text, bytes, err);
}

static int find(const char *name, char **path, struct error *err)
{
	int r = *path ? 0 : run_find(name, path, err);

	return r > 0 ? error_set(err, VAULT_USAGE, "the program '%s' is needed, and not installed",
	                         name)
	             : r;
}

/* Decrypts into opener->plain. */
static int decrypt(struct opener *opener, const struct file *file, int opened, struct error *err)
{
	const char *const gpg[] = {"gpg", "--batch", "--quiet", "--decrypt", NULL};
	const char *const age[] = {"age", "--decrypt", "-i", opener->how->identities, NULL};
	struct run run = {.arguments = file->age ? age : gpg,
	                  .input_file = opened,
	                  .output = opener->plain,
	                  .milliseconds = MILLISECONDS};
	struct error error = {0};
	int status, r;

	if (file->age && !opener->how->identities)
		return error_set(err, VAULT_USAGE,
		                 "%s was encrypted by age: say where the identities are, by "
		                 "--import-key-file FILE",
		                 file->path);
	r = file->age ? find("age", &opener->age, err) : find("gpg", &opener->gpg, err);
	if (r < 0)
		return r;
	run.path = file->age ? opener->age : opener->gpg;
	secret_wipe(opener->plain->bytes, opener->plain->length);
	opener->plain->length = 0;
	r = run_program(&run, &status, &error);
	if (r < 0)
		return error_set(err, error.status, "%s: %s", file->path, error.message);
	if (status != 0)
		return error_set(err, VAULT_WRONG_KEY,
		                 "%s cannot be decrypted: %s has no key for it, or was not given "
		                 "its passphrase",
		                 file->path, file->age ? "age" : "gpg");
	return 0;
}

static int read_file(struct walk *walk, struct opener *opener, const struct file *file,
                     struct error *err)
{
	BUF_AUTO name = BUF_EMPTY;
	CLOSE_AUTO int opened = -1;
	struct tree *tree = walk->tree;
	struct stat status;
	int r = 0;

	buf_add_format(&name, "%s.%s", file->path, file->age ? "age" : "gpg");
	if (buf_check(&name, err) < 0)
		return no_memory(err);
	opened = open_below(walk->root, (const char *)name.bytes);
	if (opened < 0 || fstat(opened, &status) != 0)
		return error_errno(err, VAULT_FAILED, errno, "cannot read %s", file->path);
	r = decrypt(opener, file, opened, err);
	if (r == 0)
		r = add_number(tree, strlen(file->path), 4, err);
	if (r == 0)
		r = add(tree, file->path, strlen(file->path), err);
	if (r == 0)
		r = add_number(tree, (uint64_t)status.st_mtime, 8, err);
	if (r == 0)
		r = add_number(tree, opener->plain->length, 4, err);
	return r == 0 ? add(tree, opener->plain->bytes, opener->plain->length, err) : r;
}

static int compare_files(const void *a, const void *b)
{
	return strcmp(((const struct file *)a)->path, ((const struct file *)b)->path);
}

static int read_files(struct walk *walk, const struct import_tree *how, struct error *err)
{
	struct opener opener = {.how = how};
	int r = secret_new(&opener.plain, TREE_FILE_MAX, err);

	if (r == 0)
		r = add(walk->tree, TREE_MAGIC, strlen(TREE_MAGIC), err);
	for (size_t i = 0; i < walk->count && r == 0; i++) {
		r = read_file(walk, &opener, &walk->files[i], err);
		if (how->tell)
			how->tell(how->context, (unsigned)(i * 1000 / walk->count));
	}
	secret_free(opener.plain);
	free(opener.gpg);
	free(opener.age);
	return r;
}

int tree_read(int folder, const struct import_tree *how, struct tree *ret_tree, struct error *err)
{
	struct tree tree = {0};
	struct walk walk = {.root = folder, .tree = &tree};
	int r = walk_folder(&walk, "", 0, err);

	if (r == 0 && walk.count == 0)
		r = error_set(err, VAULT_USAGE, "there is no file that ends in .gpg or .age");
	if (r == 0)
		r = secret_new(&tree.bytes, 64 * 1024, err);
	if (r == 0 && walk.count > 1)
		qsort(walk.files, walk.count, sizeof(*walk.files), compare_files);
	if (r == 0)
		r = read_files(&walk, how, err);
	for (size_t i = 0; i < walk.count; i++)
		free(walk.files[i].path);
	free(walk.files);
	if (r == 0)
		*ret_tree = tree;
	else
		secret_free(tree.bytes);
	return r;
}

#include "audit/breaches.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "crypto/seal.h"

void breaches_close(struct breaches *breaches)
{
	if (!breaches)
		return;
	if (breaches->fd >= 0)
		close(breaches->fd);
	if (breaches->room) /* what was read tells what was looked for */
		secret_wipe(breaches->room, BREACH_ROOM);
	free(breaches->room);
	free(breaches->path);
	free(breaches);
}

void breaches_closep(struct breaches **breaches)
{
	breaches_close(*breaches);
}

static int open_file(struct breaches *breaches, struct error *err)
{
	size_t length = breaches->size < BREACH_LINE_MAX ? (size_t)breaches->size : BREACH_LINE_MAX;
	int r;

	if (length == 0)
		return error_set(err, VAULT_FAILED, "the list '%s' is empty", breaches->path);
	posix_fadvise(breaches->fd, 0, 0, POSIX_FADV_RANDOM); /* no reading ahead */
	r = breach_read(breaches, breaches->fd, breaches->room, length, 0, err);
	if (r < 0)
		return r;
	if (breach_is_filter(breaches->room, length)) {
		breaches->form = BREACH_FILTER;
		return breach_filter_open(breaches, err);
	}
	breaches->form = BREACH_LIST;
	return breach_list_open(breaches, err);
}

static int open_any(struct breaches *breaches, struct error *err)
{
	struct stat status;
	int r;

	/* O_NONBLOCK: a FIFO must not keep everything waiting before it is refused. */
	breaches->fd = open(breaches->path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	if (breaches->fd < 0 || fstat(breaches->fd, &status) != 0)
		return error_errno(err, VAULT_FAILED, errno, "cannot open '%s'", breaches->path);
	if (S_ISDIR(status.st_mode)) {
		breaches->form = BREACH_FOLDER;
		r = breach_folder_open(breaches, err);
	} else if (S_ISREG(status.st_mode)) {
		breaches->size = (uint64_t)status.st_size;
		r = open_file(breaches, err);
	} else {
		return error_set(err, VAULT_FAILED, "'%s' is neither a file nor a folder",
		                 breaches->path);
	}
	return r == 0 ? plain_digest_available(breaches->digest, err) : r;
}

int breaches_open(const char *path, struct breaches **ret_breaches, struct error *err)
{
	BREACHES_AUTO *breaches = calloc(1, sizeof(*breaches));
	int r;

	if (!breaches)
		return error_set(err, VAULT_FAILED, "out of memory");
	breaches->fd = -1;
	breaches->path = strdup(path);
	breaches->room = malloc(BREACH_ROOM);
	if (!breaches->path || !breaches->room)
		return error_set(err, VAULT_FAILED, "out of memory");
	r = open_any(breaches, err);
	if (r < 0)
		return r;
	*ret_breaches = breaches;
	breaches = NULL;
	return 0;
}

int breaches_find_hash(struct breaches *breaches, const unsigned char *hash,
                       struct breach *ret_breach, struct error *err)
{
	switch (breaches->form) {
	case BREACH_LIST:
		return breach_list_find(breaches, hash, ret_breach, err);
	case BREACH_FOLDER:
		return breach_folder_find(breaches, hash, ret_breach, err);
	case BREACH_FILTER:
		break;
	}
	return breach_filter_find(breaches, hash, ret_breach, err);
}

int breaches_find(struct breaches *breaches, const struct secret *password,
                  struct breach *ret_breach, struct error *err)
{
	unsigned char hash[PLAIN_DIGEST_MAX];
	int r = plain_digest(breaches->digest, password->bytes, password->length, hash, err);

	if (r == 0) {
		r = breaches_find_hash(breaches, hash, ret_breach, err);
	} else if (r == VAULT_NOT_FOUND) {
		*ret_breach = (struct breach){0};
		r = 0;
	}
	secret_wipe(hash, sizeof(hash));
	secret_leave_nothing((size_t)4 * 1024); /* the hash, in the search */
	return r;
}

int breaches_lines(struct breaches *breaches, breach_each *each, void *context, uint64_t *ret_lines,
                   struct error *err)
{
	switch (breaches->form) {
	case BREACH_LIST:
		return breach_list_verify(breaches, each, context, ret_lines, err);
	case BREACH_FOLDER:
		return breach_folder_verify(breaches, each, context, ret_lines, err);
	case BREACH_FILTER:
		break;
	}
	return error_set(err, VAULT_USAGE, "'%s' is a filter already", breaches->path);
}

static int ignore_line(void *context, const struct breach_line *line, struct error *err)
{
	(void)context;
	(void)line;
	(void)err;
	return 0;
}

void breaches_tell(const struct breaches *breaches, uint64_t lines, struct breaches_info *ret_info)
{
	static const char *const forms[] = {"list", "folder", "filter"};

	*ret_info = (struct breaches_info){
		.form = forms[breaches->form],
		.hash = breaches->digest == DIGEST_SHA1 ? "SHA-1" : "NTLM",
		.lines = lines,
		.bytes = breaches->form == BREACH_FILTER ? breaches->size : 0,
	};
}

int breaches_check(const char *path, struct breaches_info *ret_info, struct error *err)
{
	BREACHES_AUTO *breaches = NULL;
	uint64_t lines = 0;
	int r = breaches_open(path, &breaches, err);

	if (r < 0)
		return r;
	r = breaches->form == BREACH_FILTER
	            ? breach_filter_verify(breaches, &lines, err)
	            : breaches_lines(breaches, ignore_line, NULL, &lines, err);
	if (r == 0)
		breaches_tell(breaches, lines, ret_info);
	return r;
}

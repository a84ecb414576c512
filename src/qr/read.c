#include <vault/qr.h>

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/run.h"

#define IMAGE_MAX (32 * 1024 * 1024)   /* bytes */
#define OUTPUT_MAX ((size_t)16 * 1024) /* bytes of all codes in an image */
#define READ_MILLISECONDS 20000
#define FOUND_NOTHING 4 /* zbarimg's exit status */

/* zbarimg hands a picture to ImageMagick, which knows some two hundred formats and takes what a
 * file says it is. The format is named here, so that only two of its readers ever see foreign
 * bytes. And it is given a file that it can go back and forth in: of a pipe it would make a
 * temporary one. */
static const char *format_of(int fd)
{
	static const struct {
		const char *begins, *format;
	} formats[] = {{"\x89PNG\r\n\x1a\n", "PNG:fd:0"}, {"\xff\xd8\xff", "JPEG:fd:0"}};
	char begins[8] = "";

	if (pread(fd, begins, sizeof(begins), 0) != sizeof(begins))
		return NULL;
	for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++)
		if (memcmp(begins, formats[i].begins, strlen(formats[i].begins)) == 0)
			return formats[i].format;
	return NULL;
}

static int open_picture(const char *path, int *ret_fd, const char **ret_format, struct error *err)
{
	struct stat status;

	*ret_fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	if (*ret_fd < 0)
		return error_errno(err, errno == ENOENT ? VAULT_NOT_FOUND : VAULT_FAILED, errno,
		                   "cannot open the picture '%s'", path);
	*ret_format = NULL;
	if (fstat(*ret_fd, &status) == 0 && S_ISREG(status.st_mode) && status.st_size < IMAGE_MAX)
		*ret_format = format_of(*ret_fd);
	return *ret_format ? 0
	                   : error_set(err, VAULT_USAGE,
	                               "'%s' is no PNG or JPEG picture of less than %d MiB", path,
	                               IMAGE_MAX / 1024 / 1024);
}

/* Runs zbarimg; what it found is a line each. It would tell D-Bus what it found, too. */
static int scan(int picture, const char *format, struct secret **ret_lines, struct error *err)
{
	const char *arguments[] = {"zbarimg",   "--quiet",         "--raw", "--nodbus",
	                           "-Sdisable", "-Sqrcode.enable", format,  NULL};
	FREE_AUTO char *path = NULL;
	SECRET_AUTO *lines = NULL;
	int status = 0, r = run_find(arguments[0], &path, err);

	if (r > 0)
		return error_set(err, VAULT_FAILED,
		                 "QR codes are read by the program 'zbarimg', which is not "
		                 "installed");
	if (r == 0)
		r = secret_new(&lines, OUTPUT_MAX, err);
	if (r < 0)
		return r;
	const struct run run = {
		.path = path,
		.arguments = arguments,
		.input_file = picture,
		.output = lines,
		.milliseconds = READ_MILLISECONDS,
		.confined = true,
	};
	r = run_program(&run, &status, err);
	if (r == 0 && status != 0 && status != FOUND_NOTHING)
		r = error_set(err, VAULT_FAILED, "'%s' could not read the picture (status %d)",
		              path, status);
	if (r < 0)
		return r;
	*ret_lines = lines;
	lines = NULL;
	return 0;
}

/* Gives the only line that begins with `prefix`. */
static int choose(const struct secret *lines, const char *prefix, struct secret **ret_text,
                  struct error *err)
{
	const char *at = (const char *)lines->bytes, *chosen = NULL;
	size_t length = 0, count = 0;

	while (*at) { /* secrets end in NUL */
		size_t line = strcspn(at, "\n");

		if (strncasecmp(at, prefix, strlen(prefix)) == 0) {
			chosen = at;
			length = line;
			count++;
		}
		at += line + (at[line] == '\n');
	}
	if (count == 0)
		return error_set(err, VAULT_NOT_FOUND,
		                 "there is no QR code in the picture that begins with %s", prefix);
	if (count > 1)
		return error_set(err, VAULT_USAGE,
		                 "there are %zu QR codes in the picture: cut out the one you mean",
		                 count);
	return secret_copy(ret_text, chosen, length, err);
}

int qr_read(const char *path, const char *prefix, struct secret **ret_text, struct error *err)
{
	CLOSE_AUTO int picture = -1;
	SECRET_AUTO *lines = NULL;
	const char *format;
	int r = open_picture(path, &picture, &format, err);

	if (r < 0)
		return r;
	r = scan(picture, format, &lines, err);
	if (r == 0)
		r = choose(lines, prefix, ret_text, err);
	return r < 0 ? error_context(err, "'%s'", path) : 0;
}

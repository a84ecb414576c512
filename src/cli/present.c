#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "cleanup.h"
#include "present.h"

void presented_done(struct presented *presented)
{
	secret_free(presented->password);
	secret_free(presented->key_file);
	*presented = (struct presented){0};
}

void presented_set(struct presented *presented, enum key_type type)
{
	presented->credential = (struct credential){
		.type = type,
		.password = presented->password,
		.key_file = presented->key_file,
	};
}

int present_line(const char *what, const char *file, struct secret **ret_line, struct error *err)
{
	CLOSE_AUTO int fd = open(file, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	int r;

	if (fd < 0)
		return error_errno(err, errno == ENOENT ? VAULT_NOT_FOUND : VAULT_FAILED, errno,
		                   "cannot open the %s '%s'", what, file);
	r = secret_read_line(fd, PASSWORD_MAX, ret_line, err);
	return r < 0 ? error_context(err, "the %s '%s'", what, file) : r;
}

int present_password(int fd, const char *file, struct secret **ret_password, struct error *err)
{
	int r;

	if (fd < 0) {
		r = present_line("password file", file, ret_password, err);
		return r > 0 ? error_set(err, VAULT_LOCKED, "the password file '%s' is empty", file)
		             : r;
	}
	r = secret_read_line(fd, PASSWORD_MAX, ret_password, err);
	if (r > 0)
		return error_set(err, VAULT_LOCKED,
		                 "there is no password to read from descriptor %d", fd);
	return r < 0 ? error_context(err, "descriptor %d", fd) : 0;
}

int present_key_file(const char *file, struct secret **ret_contents, struct error *err)
{
	CLOSE_AUTO int fd = open(file, O_RDONLY | O_CLOEXEC | O_NOCTTY);

	if (fd < 0 && errno == ENOENT)
		return error_set(err, VAULT_NOT_FOUND,
		                 "there is no key file '%s'; a new one is made by: (umask 077; "
		                 "head -c 64 /dev/urandom > FILE)",
		                 file);
	if (fd < 0)
		return error_errno(err, VAULT_FAILED, errno, "cannot open the key file '%s'", file);
	int r = secret_read_all(fd, KEY_FILE_MAX, ret_contents, err);
	if (r > 0)
		return error_set(err, VAULT_USAGE, "the key file '%s' is empty", file);
	if (r < 0)
		return error_context(err, "the key file '%s'", file);
	return 0;
}

static int digit_value(unsigned char digit)
{
	if (digit >= '0' && digit <= '9')
		return digit - '0';
	if ((digit | 0x20) >= 'a' && (digit | 0x20) <= 'f')
		return (digit | 0x20) - 'a' + 10;
	return -1;
}

int present_volume_key(int fd, struct secret **ret_key, struct error *err)
{
	SECRET_AUTO *line = NULL;
	SECRET_AUTO *key = NULL;
	int r = secret_read_line(fd, 4096, &line, err);

	if (r < 0)
		return error_context(err, "descriptor %d", fd);
	if (r > 0 || line->length != 2 * (size_t)VOLUME_KEY_BYTES)
		return error_set(err, VAULT_USAGE,
		                 "descriptor %d holds no volume key: that is %d hexadecimal "
		                 "digits on a line",
		                 fd, 2 * VOLUME_KEY_BYTES);
	r = secret_new(&key, VOLUME_KEY_BYTES, err);
	if (r < 0)
		return r;
	for (size_t i = 0; i < VOLUME_KEY_BYTES; i++) {
		int high = digit_value(line->bytes[2 * i]),
		    low = digit_value(line->bytes[2 * i + 1]);
		if (high < 0 || low < 0)
			return error_set(err, VAULT_USAGE,
			                 "descriptor %d holds no volume key: character %zu or "
			                 "%zu is no hexadecimal digit",
			                 fd, 2 * i + 1, 2 * i + 2);
		key->bytes[i] = (unsigned char)(high << 4 | low);
	}
	key->length = VOLUME_KEY_BYTES;
	*ret_key = key;
	key = NULL;
	return 0;
}

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <vault/otp.h>

#include "cleanup.h"
#include "field_value.h"
#include "grant.h"
#include "units.h"

#ifndef MFD_NOEXEC_SEAL
#define MFD_NOEXEC_SEAL 8U /* Linux 6.3 */
#endif

#define PATH_SIZE 32 /* "/dev/fd/N" */

void grants_done(struct grants *grants)
{
	for (size_t i = 0; i < grants->count; i++) {
		struct grant *grant = &grants->items[i];
		free(grant->name);
		free(grant->field);
		secret_free(grant->assigned);
		if (grant->memory >= 0)
			close(grant->memory);
	}
	free(grants->items);
	free(grants->variables);
	*grants = (struct grants){0};
}

/* ---- reading ------------------------------------------------------------------------ */

/* NAME[:FIELD]. Both are cut out of one copy, in which backslashes are worked in. */
static int read_source(const char *source, struct grant *grant, struct error *err)
{
	char *out, *colon = NULL;

	grant->name = out = malloc(strlen(source) + 1);
	if (!out)
		return error_set(err, VAULT_FAILED, "out of memory");
	for (const char *in = source; *in; in++) {
		if (*in == '\\' && in[1])
			*out++ = *++in;
		else if (*in == ':' && !colon)
			*(colon = out++) = '\0';
		else if (*in == ':')
			return error_set(err, VAULT_USAGE,
			                 "'%s' has two colons; one that belongs to a name is "
			                 "written \\:",
			                 source);
		else
			*out++ = *in;
	}
	*out = '\0';
	if (grant->name[0] == '\0' || (colon && colon[1] == '\0'))
		return error_set(err, VAULT_USAGE, "'%s' does not name an entry: NAME[:FIELD]",
		                 source);
	grant->field = colon ? strdup(colon + 1) : NULL;
	return !colon || grant->field ? 0 : error_set(err, VAULT_FAILED, "out of memory");
}

/* POSIX's names of variables, which a shell can use. */
static bool is_variable(const char *name, size_t length)
{
	static const char allowed[] =
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789";

	return length > 0 && name[length] == '=' && strspn(name, allowed) == length &&
	       strspn(name, "0123456789") == 0;
}

static int read_variable(const char *word, struct grant *grant, struct error *err)
{
	size_t length = strcspn(word, "=");

	if (!is_variable(word, length))
		return error_set(err, VAULT_USAGE,
		                 "'%s' is no VARIABLE=NAME; the command stands behind --", word);
	grant->variable = word;
	grant->readable = word[length + 1] == '@';
	return read_source(word + length + 1 + grant->readable, grant, err);
}

static int read_descriptor(const char *value, struct grant *grant, struct error *err)
{
	size_t length = strcspn(value, "=");
	char number[8];

	snprintf(number, sizeof(number), "%.*s", (int)length, value);
	if (length >= sizeof(number) || value[length] == '\0' ||
	    !units_number(number, &grant->descriptor) || grant->descriptor > GRANT_DESCRIPTOR_MAX ||
	    grant->descriptor < 0 || grant->descriptor == STDOUT_FILENO ||
	    grant->descriptor == STDERR_FILENO)
		return error_set(err, VAULT_USAGE,
		                 "--fd takes N=NAME[:FIELD] with N 0, or from 3 to %d, not '%s'",
		                 GRANT_DESCRIPTOR_MAX, value);
	grant->readable = true;
	return read_source(value + length + 1, grant, err);
}

static bool same_place(const struct grant *a, const struct grant *b)
{
	size_t length = a->variable ? strcspn(a->variable, "=") + 1 : 0;

	return a->variable ? b->variable && strncmp(a->variable, b->variable, length) == 0
	                   : a->descriptor == b->descriptor && !b->variable;
}

int grants_read(char *const *words, const struct texts *descriptors, struct grants *ret_grants,
                struct error *err)
{
	size_t variables = 0;

	while (words[variables] && strcmp(words[variables], "--") != 0)
		variables++;
	ret_grants->items = calloc(variables + descriptors->count + 1, sizeof(struct grant));
	if (!ret_grants->items)
		return error_set(err, VAULT_FAILED, "out of memory");
	for (size_t i = 0; i < variables + descriptors->count; i++) {
		struct grant *grant = &ret_grants->items[ret_grants->count++];
		const char *text = i < variables ? words[i] : descriptors->items[i - variables];
		grant->memory = grant->descriptor = -1;
		int r = i < variables ? read_variable(text, grant, err)
		                      : read_descriptor(text, grant, err);
		for (size_t j = 0; r == 0 && j < i; j++)
			if (same_place(grant, &ret_grants->items[j]))
				r = error_set(err, VAULT_USAGE, "'%.*s' is given twice",
				              (int)strcspn(text, "="), text);
		if (r < 0)
			return r;
	}
	return 0;
}

/* ---- fetching ----------------------------------------------------------------------- */

static int assign(struct grant *grant, const void *bytes, size_t length, struct error *err)
{
	size_t name = strcspn(grant->variable, "=") + 1;
	int r;

	if (memchr(bytes, '\0', length))
		return error_set(err, VAULT_USAGE,
		                 "the value for %.*s has a NUL byte, which no variable can hold; "
		                 "%.*s@... passes it by a descriptor",
		                 (int)name - 1, grant->variable, (int)name, grant->variable);
	r = secret_new(&grant->assigned, name + length, err);
	if (r == 0)
		r = secret_append(grant->assigned, grant->variable, name, err);
	return r == 0 ? secret_append(grant->assigned, bytes, length, err) : r;
}

static int write_memory(int fd, const void *bytes, size_t length)
{
	const char *p = bytes;

	while (length > 0) {
		ssize_t n = write(fd, p, length);
		if (n < 0 && errno != EINTR)
			return -1;
		p += n > 0 ? n : 0;
		length -= n > 0 ? (size_t)n : 0;
	}
	return 0;
}

/* Sealed: nobody who gets the descriptor can change what the others read. */
static int put_aside(struct grant *grant, const void *bytes, size_t length, struct error *err)
{
	int fd = memfd_create("secret", MFD_CLOEXEC | MFD_ALLOW_SEALING | MFD_NOEXEC_SEAL);

	if (fd < 0 && errno == EINVAL)
		fd = memfd_create("secret", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	if (fd >= 0)
		/* Out of the way of every number that can be asked for. */
		grant->memory = fcntl(fd, F_DUPFD_CLOEXEC, GRANT_DESCRIPTOR_MAX + 1);
	if (fd >= 0)
		close(fd);
	if (grant->memory < 0 || write_memory(grant->memory, bytes, length) < 0 ||
	    lseek(grant->memory, 0, SEEK_SET) != 0 || fchmod(grant->memory, 0400) != 0 ||
	    fcntl(grant->memory, F_ADD_SEALS,
	          F_SEAL_WRITE | F_SEAL_GROW | F_SEAL_SHRINK | F_SEAL_SEAL) != 0)
		return error_errno(err, VAULT_FAILED, errno,
		                   "cannot put a value behind a descriptor");
	return 0;
}

static int give(struct grant *grant, const void *bytes, size_t length, struct error *err)
{
	return grant->readable ? put_aside(grant, bytes, length, err)
	                       : assign(grant, bytes, length, err);
}

static int fetch_value(struct grant *grant, struct session *session, struct error *err)
{
	struct field_value value;
	ENTRY_AUTO *entry = NULL;
	int r = session_get(session, grant->name, &entry, err);

	if (r == 0)
		r = field_value(entry, grant->field, &value, err);
	if (r != 0)
		return r;
	return value.secret ? give(grant, value.secret->bytes, value.secret->length, err)
	                    : give(grant, value.text, strlen(value.text), err);
}

/* For a program the URI is of no use. */
static int fetch_code(struct grant *grant, struct session *session, struct error *err)
{
	FREE_AUTO char *name = NULL;
	OTP_AUTO otp = {0};
	SECRET_AUTO *code = NULL;
	int r = vault_otp(session->vault, grant->name, &otp, &name, err);

	if (r == VAULT_NOT_FOUND && !name)
		return session_no_entry(session, grant->name, err);
	if (r == 0)
		r = otp_code(&otp, time(NULL), &code, NULL, err);
	return r == 0 ? give(grant, code->bytes, code->length, err) : r;
}

int grants_fetch(struct grants *grants, struct session *session, struct error *err)
{
	int r = 0;

	/* Codes last: who has no other value shall not use one up. */
	for (int codes = 0; codes <= 1; codes++) {
		for (size_t i = 0; i < grants->count && r == 0; i++) {
			struct grant *grant = &grants->items[i];
			bool code = grant->field && strcmp(grant->field, "otp") == 0;
			if (code == codes)
				r = code ? fetch_code(grant, session, err)
				         : fetch_value(grant, session, err);
		}
	}
	return r;
}

/* ---- placing ------------------------------------------------------------------------ */

static int place(struct grant *grant, struct error *err)
{
	size_t name;
	char path[PATH_SIZE];
	int fd = grant->variable ? fcntl(grant->memory, F_DUPFD, STDERR_FILENO + 1)
	                         : dup2(grant->memory, grant->descriptor);

	if (fd < 0)
		return error_errno(err, VAULT_FAILED, errno, "cannot use descriptor %d",
		                   grant->descriptor);
	if (!grant->variable)
		return 0;
	name = strcspn(grant->variable, "=") + 1;
	snprintf(path, sizeof(path), "/dev/fd/%d", fd);
	int r = secret_new(&grant->assigned, name + sizeof(path), err);
	if (r == 0)
		r = secret_append(grant->assigned, grant->variable, name, err);
	return r == 0 ? secret_append(grant->assigned, path, strlen(path), err) : r;
}

int grants_place(struct grants *grants, struct error *err)
{
	size_t n = 0;

	grants->variables = calloc(grants->count + 1, sizeof(char *));
	if (!grants->variables)
		return error_set(err, VAULT_FAILED, "out of memory");
	/* The numbers that were asked for first, so that they are not taken by the others. */
	for (int asked = 1; asked >= 0; asked--) {
		for (size_t i = 0; i < grants->count; i++) {
			struct grant *grant = &grants->items[i];
			int r = 0;
			if (grant->readable && asked == (grant->descriptor >= 0))
				r = place(grant, err);
			if (r < 0)
				return r;
		}
	}
	for (size_t i = 0; i < grants->count; i++)
		if (grants->items[i].variable)
			grants->variables[n++] = (char *)grants->items[i].assigned->bytes;
	return 0;
}

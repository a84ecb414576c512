#include <vault/secret.h>

#include <errno.h>
#include <poll.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Few passwords are longer, so few move to a second, bigger piece of guarded memory. */
#define READ_CAPACITY_FIRST 256

int secret_new(struct secret **ret_secret, size_t capacity, struct error *err)
{
	struct secret *secret;

	*ret_secret = NULL;
	/* A secret may be needed before anything cryptographic is; sodium_init is idempotent. */
	if (sodium_init() < 0)
		return error_set(err, VAULT_FAILED, "cannot start the cryptographic library");
	if (capacity == SIZE_MAX)
		return error_set(err, VAULT_FAILED, "out of locked memory");
	secret = calloc(1, sizeof(*secret));
	if (!secret)
		return error_set(err, VAULT_FAILED, "out of memory");
	secret->bytes = sodium_malloc(capacity + 1);
	if (!secret->bytes) {
		free(secret);
		return error_set(err, VAULT_FAILED, "out of locked memory");
	}
	memset(secret->bytes, 0, capacity + 1);
	secret->capacity = capacity;
	*ret_secret = secret;
	return 0;
}

int secret_copy(struct secret **ret_secret, const void *bytes, size_t length, struct error *err)
{
	int r;

	r = secret_new(ret_secret, length, err);
	if (r < 0)
		return r;
	return secret_append(*ret_secret, bytes, length, err);
}

int secret_append(struct secret *secret, const void *bytes, size_t length, struct error *err)
{
	if (length > secret->capacity - secret->length)
		return error_set(err, VAULT_USAGE, "secret longer than %zu bytes",
		                 secret->capacity);
	if (length > 0)
		memcpy(secret->bytes + secret->length, bytes, length);
	secret->length += length;
	secret->bytes[secret->length] = '\0';
	return 0;
}

int secret_reserve(struct secret **secret, size_t capacity, struct error *err)
{
	struct secret *bigger;
	int r;

	if (capacity <= (*secret)->capacity)
		return 0;
	r = secret_new(&bigger, capacity, err);
	if (r < 0)
		return r;
	memcpy(bigger->bytes, (*secret)->bytes, (*secret)->length);
	bigger->length = (*secret)->length;
	secret_free(*secret);
	*secret = bigger;
	return 0;
}

bool secret_equal(const struct secret *a, const struct secret *b)
{
	if (!a || !b)
		return a == b;
	return a->length == b->length && sodium_memcmp(a->bytes, b->bytes, a->length) == 0;
}

/* Room for at least one more byte, doubling, `max` at most. */
static int make_room(struct secret **secret, size_t max, struct error *err)
{
	size_t capacity = (*secret)->capacity;

	if ((*secret)->length < capacity)
		return 0;
	return secret_reserve(secret, capacity > max / 2 ? max : capacity * 2, err);
}

/* read(2), waiting where the descriptor does not: standard input may be non-blocking by
 * inheritance. Returns the count in *ret_count, 0 at the end. */
static int read_some(int fd, void *bytes, size_t size, size_t *ret_count, struct error *err)
{
	struct pollfd wait = {.fd = fd, .events = POLLIN};
	ssize_t count;

	for (;;) {
		count = read(fd, bytes, size);
		if (count >= 0) {
			*ret_count = (size_t)count;
			return 0;
		}
		if (errno == EAGAIN && poll(&wait, 1, -1) >= 0)
			continue;
		if (errno == EINTR)
			return error_set(err, VAULT_INTERRUPTED, "interrupted");
		return error_errno(err, VAULT_FAILED, errno, "cannot read a secret");
	}
}

static int too_long(size_t max, struct error *err)
{
	return error_set(err, VAULT_USAGE, "input longer than %zu bytes", max);
}

int secret_read_line(int fd, size_t max, struct secret **ret_secret, struct error *err)
{
	SECRET_AUTO *line = NULL;
	unsigned char *byte;
	size_t count;
	int r;

	*ret_secret = NULL;
	r = secret_new(&line, max < READ_CAPACITY_FIRST ? max : READ_CAPACITY_FIRST, err);
	if (r < 0)
		return r;
	for (;;) {
		/* A full secret still has the byte of its terminator to look at what comes next. */
		r = make_room(&line, max, err);
		if (r < 0)
			return r;
		byte = line->bytes + line->length;
		r = read_some(fd, byte, 1, &count, err);
		if (r < 0)
			return r;
		if (count == 0 && line->length == 0)
			return VAULT_NOT_FOUND;
		if (count == 0 || *byte == '\n')
			break;
		if (line->length == max)
			return too_long(max, err);
		line->length++;
	}
	line->bytes[line->length] = '\0';
	*ret_secret = line;
	line = NULL;
	return 0;
}

int secret_read_all(int fd, size_t max, struct secret **ret_secret, struct error *err)
{
	SECRET_AUTO *all = NULL;
	size_t count;
	int r;

	*ret_secret = NULL;
	r = secret_new(&all, max < READ_CAPACITY_FIRST ? max : READ_CAPACITY_FIRST, err);
	if (r < 0)
		return r;
	for (;;) {
		r = make_room(&all, max, err);
		if (r < 0)
			return r;
		/* One byte more than fits: the terminator's, to tell "exactly full" from "too
		 * long". */
		r = read_some(fd, all->bytes + all->length, all->capacity - all->length + 1, &count,
		              err);
		if (r < 0)
			return r;
		if (count == 0)
			break;
		if (count > max - all->length)
			return too_long(max, err);
		all->length += count;
	}
	if (all->length == 0)
		return VAULT_NOT_FOUND;
	all->bytes[all->length] = '\0';
	*ret_secret = all;
	all = NULL;
	return 0;
}

void secret_free(struct secret *secret)
{
	if (!secret)
		return;
	sodium_free(secret->bytes);
	free(secret);
}

void secret_freep(struct secret **secret)
{
	secret_free(*secret);
	*secret = NULL;
}

void secret_wipe(void *bytes, size_t length)
{
	sodium_memzero(bytes, length);
}

#if defined(__has_attribute)
#if __has_attribute(zero_call_used_regs)
__attribute__((noinline, zero_call_used_regs("all")))
#endif
#endif
void secret_leave_nothing(size_t stack_bytes)
{
	sodium_stackzero(stack_bytes);
	/* Something to return from: a last call that became a jump would leave the registers. */
	__asm__ volatile("" ::: "memory");
}

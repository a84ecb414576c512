/* Making a filter of a list: one walk over its lines, in order, and two places that are written. */
#include "audit/breach_filter.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/cleanup.h"
#include "base/file.h"
#include "crypto/seal.h"

#define CHUNK ((size_t)64 * 1024) /* bytes written at once */
#define LINE_USUAL 5              /* bytes of a line beside the hash */

/* A place in the new file that is written from front to back. */
struct stream {
	uint64_t at;
	size_t length;
	unsigned char bytes[CHUNK];
};

struct builder {
	int fd;
	struct breach_filter filter;
	uint64_t bucket; /* that is being filled */
	size_t count;    /* entries in it */
	struct stream rows, entries;
	unsigned char room[FILTER_SUM + FILTER_ENTRY * FILTER_BUCKET_MAX]; /* the bucket */
};

static int stream_flush(const struct builder *builder, struct stream *stream, struct error *err)
{
	size_t done = 0;

	while (done < stream->length) {
		ssize_t n = pwrite(builder->fd, stream->bytes + done, stream->length - done,
		                   (off_t)stream->at);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return error_errno(err, VAULT_FAILED, errno, "cannot write the filter");
		done += (size_t)n;
		stream->at += (uint64_t)n;
	}
	stream->length = 0;
	return 0;
}

static int stream_add(const struct builder *builder, struct stream *stream, const void *bytes,
                      size_t length, struct error *err)
{
	int r = 0;

	if (length > CHUNK - stream->length)
		r = stream_flush(builder, stream, err);
	if (r < 0)
		return r;
	memcpy(stream->bytes + stream->length, bytes, length);
	stream->length += length;
	return 0;
}

/* The bucket is full; the next one begins. */
static int end_bucket(struct builder *builder, struct error *err)
{
	unsigned char row[FILTER_ROW];
	uint64_t first = builder->filter.entries - builder->count;
	int r;

	put_u64(row, first);
	filter_sum(builder->room, first, builder->count, row + FILTER_SUM);
	r = stream_add(builder, &builder->rows, row, sizeof(row), err);
	if (r == 0)
		r = stream_add(builder, &builder->entries, builder->room + FILTER_SUM,
		               FILTER_ENTRY * builder->count, err);
	builder->bucket++;
	builder->count = 0;
	return r;
}

static int add_line(void *context, const struct breach_line *line, struct error *err)
{
	struct builder *builder = context;
	uint64_t value = breach_value(line->hash);
	uint32_t entry = (uint32_t)(value >> (32 - builder->filter.bits));
	unsigned char *end;

	while (builder->bucket < value >> (64 - builder->filter.bits))
		if (end_bucket(builder, err) < 0)
			return -VAULT_FAILED;
	if (builder->count == FILTER_BUCKET_MAX)
		return error_set(err, VAULT_FAILED,
		                 "the hashes are not spread as hashes are: this is no list of "
		                 "leaked passwords");
	end = builder->room + FILTER_SUM + FILTER_ENTRY * builder->count;
	if (builder->count > 0 && get_u32(end - FILTER_ENTRY) == entry)
		return 0;
	put_u32(end, entry);
	builder->count++;
	builder->filter.entries++;
	return 0;
}

/* As many buckets as the list's length lets expect. */
static unsigned choose_bits(const struct breaches *breaches)
{
	uint64_t bytes =
		breaches->form == BREACH_LIST ? breaches->size : breaches->file_usual << 20;
	uint64_t lines = bytes / (2 * breaches->hash_bytes + LINE_USUAL);
	unsigned bits = 1;

	while (bits < FILTER_BITS_MAX && lines >> (bits + 1) >= FILTER_BUCKET)
		bits++;
	return bits;
}

static int write_filter(struct builder *builder, struct breaches *breaches, uint64_t *ret_lines,
                        struct error *err)
{
	unsigned char header[FILTER_HEADER];
	int r;

	builder->filter.bits = choose_bits(breaches);
	builder->rows.at = FILTER_HEADER;
	builder->entries.at = filter_entries_at(builder->filter.bits);
	r = breaches_lines(breaches, add_line, builder, ret_lines, err);
	while (r == 0 && builder->bucket < (uint64_t)1 << builder->filter.bits)
		r = end_bucket(builder, err);
	if (r == 0)
		r = stream_flush(builder, &builder->entries, err);
	filter_header(breaches->digest, &builder->filter, header);
	if (r == 0)
		r = stream_flush(builder, &builder->rows, err);
	builder->rows.at = 0;
	if (r == 0)
		r = stream_add(builder, &builder->rows, header, sizeof(header), err);
	if (r == 0)
		r = stream_flush(builder, &builder->rows, err);
	if (r == 0 && fsync(builder->fd) != 0)
		r = error_errno(err, VAULT_FAILED, errno, "cannot write the filter");
	breaches->size = builder->entries.at;
	return r;
}

static int build(struct breaches *breaches, const char *path, uint64_t *ret_lines,
                 struct error *err)
{
	FREE_AUTO struct builder *builder = calloc(1, sizeof(*builder));
	FREE_AUTO char *temporary = NULL;
	int r = file_temporary_name(path, &temporary, err);

	if (r < 0)
		return r;
	if (!builder)
		return error_set(err, VAULT_FAILED, "out of memory");
	builder->fd = open(temporary, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOCTTY, 0644);
	if (builder->fd < 0)
		return error_errno(err, VAULT_FAILED, errno, "cannot create '%s'", temporary);
	r = write_filter(builder, breaches, ret_lines, err);
	close(builder->fd);
	if (r == 0)
		r = file_publish(temporary, path, 0, err);
	if (r != 0)
		unlink(temporary);
	return r;
}

int breaches_build(const char *path, const char *filter, struct breaches_info *ret_info,
                   struct error *err)
{
	BREACHES_AUTO *breaches = NULL;
	uint64_t lines = 0;
	int r = crypto_start(err);

	if (r == 0 && access(filter, F_OK) == 0)
		r = VAULT_EXISTS;
	if (r == 0)
		r = breaches_open(path, &breaches, err);
	if (r == 0 && breaches->form == BREACH_FILTER)
		r = error_set(err, VAULT_USAGE, "'%s' is a filter already", path);
	if (r == 0)
		r = build(breaches, filter, &lines, err);
	if (r == VAULT_EXISTS)
		error_set(err, VAULT_EXISTS, "there is a file '%s' already", filter);
	if (r != 0)
		return r;
	breaches->form = BREACH_FILTER;
	breaches_tell(breaches, lines, ret_info);
	return 0;
}

/*
 * Where a writer puts its bytes: a buffer in locked memory, emptied into a file or a test's hands
 * as it fills. A failure is remembered and told by sink_check.
 */
#ifndef FORMAT_SINK_H
#define FORMAT_SINK_H

#include <vault/format.h>

typedef int (*sink_put)(void *context, const void *bytes, size_t length, struct error *err);

struct sink {
	struct secret *buffer;
	sink_put put;
	void *context;
	const struct export_how *how; /* the format, and what seals it */
	struct secret *memory;        /* holds the writer's state */
	void *state;
	size_t items; /* so far */
	int result;   /* of the first failure */
	struct error error;
};

/* Starts a sink, with the writer's `state_bytes` of zeroed memory. `how` is borrowed. */
int sink_start(struct sink *sink, const struct export_how *how, sink_put put, void *context,
               struct error *err);
void sink_done(struct sink *sink); /* wipes; what was not flushed is gone */

void sink_bytes(struct sink *sink, const void *bytes, size_t length);
void sink_string(struct sink *sink, const char *string);
void sink_base64(struct sink *sink, struct span span); /* RFC 4648, padded */

int sink_flush(struct sink *sink, struct error *err);
int sink_check(const struct sink *sink, struct error *err); /* the failure so far, or 0 */

#endif

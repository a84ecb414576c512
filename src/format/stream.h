/*
 * What a parser's process says to the program that started it: frames over a pipe.
 *
 *     frame     u32 length of the payload · u8 type · payload        all little-endian
 *     string    u32 length · bytes · NUL; length 2^32 - 1 alone: nothing is there
 *
 *     ITEM      u8 has uuid · uuid[16] · i64 created, modified, trashed · string name, user
 *               · u32 count of passwords, each  i64 since, until · string value, reason
 *               · u32 count of fields, each     u8 kind · string key, value
 *     ACCOUNT   u8 fate · string what, how, name
 *     PROGRESS  u32 thousandths
 *     LOOK      u32 index in the table of formats · u32 score · u8 sealed
 *     END       nothing: that was all
 *     FAILED    u32 what the reader returned, made positive · u8 is it an answer? · string message
 *
 * The reading side believes nothing: a process that was taken over by what it parsed can say
 * anything, and gets a failure for whatever is not as above.
 */
#ifndef FORMAT_STREAM_H
#define FORMAT_STREAM_H

#include <vault/format.h>

#include "base/buf.h"

enum frame_type {
	FRAME_ITEM = 1,
	FRAME_ACCOUNT,
	FRAME_PROGRESS,
	FRAME_LOOK,
	FRAME_END,
	FRAME_FAILED,
};

#define FRAME_HEAD 5        /* bytes in front of the payload */
#define FRAME_TEXT_MAX 1024 /* bytes of what, how, a message */
/* Of a payload: the values, and what stands around them. */
#define FRAME_MAX (ITEM_BYTES_MAX + (size_t)1024 * 1024)

/* ---- writing: each appends a frame --------------------------------------------------- */

void frame_item(struct buf *buf, const struct item *item);
void frame_account(struct buf *buf, enum fate fate, const char *what, const char *how,
                   const char *name);
void frame_progress(struct buf *buf, unsigned thousandths);
void frame_look(struct buf *buf, unsigned index, unsigned score, bool sealed);
void frame_end(struct buf *buf);
void frame_failed(struct buf *buf, int result, const struct error *error);

/* ---- reading ------------------------------------------------------------------------- */

struct stream {
	int fd; /* borrowed */
	struct secret *buffer;
	size_t at, end; /* of what is read and not yet used */
	struct item_password *passwords;
	struct item_field *fields;
};

struct frame {
	enum frame_type type;
	struct item item; /* FRAME_ITEM; like the strings it is valid until the next frame */
	enum fate fate;
	const char *what, *how, *name; /* FRAME_ACCOUNT; `what` is FRAME_FAILED's message */
	unsigned number;               /* FRAME_PROGRESS, FRAME_LOOK's index */
	unsigned score;
	bool sealed;
	int result; /* FRAME_FAILED */
};

int stream_start(struct stream *stream, int fd, struct error *err);
void stream_done(struct stream *stream);

/* The next frame, waited for. VAULT_NOT_FOUND (> 0, no message): the pipe was closed. */
int stream_next(struct stream *stream, struct frame *ret_frame, struct error *err);

#endif

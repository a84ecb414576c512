/* How far something long has come: one line on a terminal's standard error, rewritten in place. */
#ifndef CLI_PROGRESS_H
#define CLI_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

struct progress {
	const char *what; /* "Importing" */
	bool wanted;
	int64_t next; /* when it is due, in milliseconds of the monotonic clock */
	bool shown;
};

/* Nothing is shown when `quiet`, without a terminal, or before half a second has gone. */
void progress_start(struct progress *progress, const char *what, bool quiet);
/* `thousandths` of it are done. Cheap. */
void progress_tell(struct progress *progress, unsigned thousandths);
void progress_end(struct progress *progress); /* takes the line away */

#endif

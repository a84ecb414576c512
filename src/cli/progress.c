#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "progress.h"

#define PERIOD 200 /* milliseconds */
#define PATIENCE 500
#define CLEAR_LINE "\r\033[K"

static int64_t now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (int64_t)time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

void progress_start(struct progress *progress, const char *what, bool quiet)
{
	*progress = (struct progress){what, !quiet && isatty(STDERR_FILENO) == 1, 0, false};
	progress->next = now() + PATIENCE;
}

static void put(const char *text, int length)
{
	if (length > 0 && write(STDERR_FILENO, text, (size_t)length) < 0)
		return; /* there is nobody left to tell */
}

void progress_tell(struct progress *progress, unsigned thousandths)
{
	char line[128];
	int64_t time;

	if (!progress->wanted)
		return;
	time = now();
	if (time < progress->next)
		return;
	progress->next = time + PERIOD;
	progress->shown = true;
	put(line, snprintf(line, sizeof(line), "%s%s: %u %%", CLEAR_LINE, progress->what,
	                   thousandths / 10));
}

void progress_end(struct progress *progress)
{
	if (progress->shown)
		put(CLEAR_LINE, sizeof(CLEAR_LINE) - 1);
	progress->shown = false;
}

/*
 * Waiting for the moment to clear.
 */
#ifndef CLIPBOARD_DUTY_H
#define CLIPBOARD_DUTY_H

#include "clipboard/way.h"

/* Blocks the signals that end the wait, so that one that comes early is not missed. */
void duty_start(void);

/* Waits until the milliseconds are over (0: never are), suspended time counted; until SIGTERM,
 * SIGHUP or SIGINT; until somebody asks for it at `summons` (see summons.h; -1: nobody can); or
 * until nothing is left to clear because something else was copied. */
void duty_wait(const struct way *way, int milliseconds, int summons);

#endif

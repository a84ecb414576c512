/*
 * The agent's clock: milliseconds since the machine started, suspended time included
 * (CLOCK_BOOTTIME, clock_gettime(2)), so that a laptop that was closed for an hour locks when it is
 * opened. Tests put their own in its place.
 */
#ifndef AGENT_CLOCK_H
#define AGENT_CLOCK_H

#include <stdint.h>

#include <vault/error.h>

#define CLOCK_NEVER INT64_MAX

struct clock {
	int64_t (*now)(void *context);
	void *context;
	int timer; /* readable when the time that clock_wake named has come; or -1: nobody waits */
};

/* The real one. clock_done closes its timer. */
int clock_start(struct clock *clock, struct error *err);
void clock_done(struct clock *clock);

int64_t clock_now(const struct clock *clock);

/* Makes the timer readable at `when`, also when the machine was asleep then; CLOCK_NEVER: not at
 * all. What was readable is so no more. */
void clock_wake(const struct clock *clock, int64_t when);

#endif

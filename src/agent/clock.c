#include "agent/clock.h"

#include <errno.h>
#include <stddef.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

static int64_t boottime(void *context)
{
	struct timespec now;

	(void)context;
	clock_gettime(CLOCK_BOOTTIME, &now); /* cannot fail: Linux has had it since 2.6.39 */
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int clock_start(struct clock *clock, struct error *err)
{
	/* A timeout of poll(2) would stand still while the machine is suspended. */
	*clock = (struct clock){
		.now = boottime,
		.timer = timerfd_create(CLOCK_BOOTTIME, TFD_CLOEXEC | TFD_NONBLOCK),
	};
	if (clock->timer < 0)
		return error_errno(err, VAULT_FAILED, errno, "cannot make a timer");
	return 0;
}

void clock_done(struct clock *clock)
{
	if (clock->timer >= 0)
		close(clock->timer);
	clock->timer = -1;
}

int64_t clock_now(const struct clock *clock)
{
	return clock->now(clock->context);
}

void clock_wake(const struct clock *clock, int64_t when)
{
	struct itimerspec timer = {0};

	if (clock->timer < 0)
		return;
	if (when != CLOCK_NEVER) {
		timer.it_value.tv_sec = (time_t)(when / 1000);
		timer.it_value.tv_nsec = (long)(when % 1000) * 1000000;
		if (when <= 0) /* all zero would switch it off */
			timer.it_value = (struct timespec){.tv_nsec = 1};
	}
	timerfd_settime(clock->timer, TFD_TIMER_ABSTIME, &timer, NULL);
}

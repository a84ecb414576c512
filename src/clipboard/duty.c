#include "clipboard/duty.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>

#include "base/cleanup.h"
#include "clipboard/summons.h"

static void ending_signals(sigset_t *ret_signals)
{
	sigemptyset(ret_signals);
	sigaddset(ret_signals, SIGTERM);
	sigaddset(ret_signals, SIGHUP);
	sigaddset(ret_signals, SIGINT);
}

void duty_start(void)
{
	sigset_t signals;

	ending_signals(&signals);
	sigprocmask(SIG_BLOCK, &signals, NULL);
}

static int alarm_new(int milliseconds)
{
	/* A laptop that sleeps must not sleep the time away. */
	int fd = timerfd_create(CLOCK_BOOTTIME, TFD_CLOEXEC);
	struct itimerspec when = {
		.it_value = {milliseconds / 1000, milliseconds % 1000 * 1000000},
	};

	timerfd_settime(fd, 0, &when, NULL); /* zero does not start it */
	return fd;
}

void duty_wait(const struct way *way, int milliseconds, int summons)
{
	sigset_t signals;
	ending_signals(&signals);
	CLOSE_AUTO int signal_fd = signalfd(-1, &signals, SFD_CLOEXEC);
	CLOSE_AUTO int alarm_fd = alarm_new(milliseconds);
	struct pollfd ends[] = {
		{.fd = signal_fd, .events = POLLIN},
		{.fd = alarm_fd, .events = POLLIN},
		{.fd = summons, .events = POLLIN},
		{.fd = way->descriptor ? way->descriptor() : -1, .events = POLLIN},
	};

	if (signal_fd < 0 || alarm_fd < 0)
		return; /* cleared too early rather than never */
	for (;;) {
		/* Before waiting: an answer that was waited for may have brought more with it. */
		if (way->ours && !way->ours())
			return;
		if (poll(ends, sizeof(ends) / sizeof(ends[0]), -1) < 0 && errno != EINTR)
			return;
		if (ends[0].revents || ends[1].revents)
			return;
		if (ends[2].revents && summons_heard(summons))
			return;
	}
}

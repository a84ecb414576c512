#include <signal.h>

#include "interrupt.h"

static const int handled[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};

#define HANDLED (sizeof(handled) / sizeof(handled[0]))

/* Signal handlers have no other way to tell. */
static volatile sig_atomic_t noted;

static struct sigaction before[HANDLED];
static int told;

static void note(int signal)
{
	noted = signal;
}

void interrupt_begin(void)
{
	const struct sigaction action = {.sa_handler = note,
	                                 .sa_flags = SA_RESTART | (int)SA_RESETHAND};

	noted = 0;
	for (size_t i = 0; i < HANDLED; i++) {
		sigaction(handled[i], NULL, &before[i]);
		/* Who started us may have asked to ignore it: nohup. */
		if (before[i].sa_handler != SIG_IGN)
			sigaction(handled[i], &action, NULL);
	}
}

void interrupt_end(void)
{
	for (size_t i = 0; i < HANDLED; i++)
		sigaction(handled[i], &before[i], NULL);
}

int interrupt_check(int r, const char *outcome, struct error *err)
{
	if (!noted)
		return r;
	told = noted;
	return error_set(err, VAULT_INTERRUPTED, "Interrupted; %s.", outcome);
}

int interrupt_signal(void)
{
	return told;
}

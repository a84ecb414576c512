#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "prompt_tty.h"

/* Signals are blocked while a question is asked, except inside ppoll(2): there is no moment in
 * which one could be missed between looking for it and waiting. */
static const int handled[TTY_SIGNALS] = {SIGINT,  SIGTERM, SIGHUP,  SIGQUIT,
                                         SIGTSTP, SIGCONT, SIGWINCH};

/* Signal handlers have no other way to tell. */
static volatile sig_atomic_t fatal_signal, stop_requested, continued, resized;

/* While work is done between questions: how the terminal was, and what signals did before. */
static struct {
	volatile sig_atomic_t on;
	struct termios before;
	struct sigaction actions_before[TTY_SIGNALS];
} quiet;

static int terminal = -2; /* -2: not tried; one terminal for the whole process */

static void note_signal(int signal)
{
	if (signal == SIGTSTP)
		stop_requested = 1;
	else if (signal == SIGCONT)
		continued = 1;
	else if (signal == SIGWINCH)
		resized = 1;
	else
		fatal_signal = signal;
}

int tty_signal(void)
{
	return fatal_signal;
}

int tty_descriptor(void)
{
	if (terminal == -2)
		terminal = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC);
	return terminal;
}

void tty_write(const void *bytes, size_t length)
{
	const char *p = bytes;

	while (length > 0) {
		ssize_t n = write(tty_descriptor(), p, length);
		if (n < 0 && errno != EINTR && errno != EAGAIN)
			return;
		if (n > 0) {
			p += n;
			length -= (size_t)n;
		}
	}
}

void tty_text(const char *text)
{
	for (;; text++) {
		size_t length = strcspn(text, "\n");
		tty_write(text, length);
		text += length;
		if (!*text)
			return;
		tty_write("\r\n", 2);
	}
}

static void set_modes(int fd, const struct termios *modes)
{
	/* From the background this stops the process, until it is brought to the front. What was
	 * typed ahead is dropped: an Enter pressed out of impatience must answer nothing. */
	while (tcsetattr(fd, TCSAFLUSH, modes) != 0 && errno == EINTR)
		;
}

static void ask(const struct tty_question *question)
{
	struct termios modes = question->before;
	sigset_t continuing;

	modes.c_lflag |= ISIG;
	modes.c_iflag |= ICRNL;
	if (question->hidden) {
		modes.c_lflag &= ~(tcflag_t)(ECHO | ECHOE | ECHOK | ECHONL | ICANON);
		modes.c_cc[VMIN] = 1;
		modes.c_cc[VTIME] = 0;
	} else {
		modes.c_lflag |= ECHO | ECHOE | ECHOK | ICANON;
	}
	set_modes(question->fd, &modes);
	/* Brought to the front meanwhile: that needs no second question. */
	sigemptyset(&continuing);
	sigaddset(&continuing, SIGCONT);
	sigtimedwait(&continuing, NULL, &(struct timespec){0});
	tty_text(question->text);
}

static bool in_foreground(void)
{
	return tcgetpgrp(terminal) == getpgrp();
}

static void hide(void)
{
	struct termios modes = quiet.before;

	modes.c_lflag &= ~(tcflag_t)(ECHO | ECHONL);
	tcsetattr(terminal, TCSANOW, &modes);
}

/* Leaves the terminal as it was found before the signal does what it does by itself. Everything in
 * here may be called in a handler (signal-safety(7)). */
static void leave_quietly(int signal)
{
	struct sigaction default_action = {.sa_handler = SIG_DFL}, ours;
	sigset_t set, mask;
	int saved = errno;

	if (signal == SIGWINCH)
		return;
	if (signal == SIGCONT) {
		if (in_foreground())
			hide();
		errno = saved;
		return;
	}
	if (in_foreground())
		tcsetattr(terminal, TCSANOW, &quiet.before);
	sigaction(signal, &default_action, &ours);
	sigemptyset(&set);
	sigaddset(&set, signal);
	raise(signal);
	sigprocmask(SIG_UNBLOCK, &set, &mask); /* here it ends, or stops */
	sigprocmask(SIG_SETMASK, &mask, NULL);
	sigaction(signal, &ours, NULL);
	errno = saved;
}

static void install(void (*handler)(int), struct sigaction before[TTY_SIGNALS])
{
	struct sigaction action = {.sa_handler = handler, .sa_flags = SA_RESTART};

	sigemptyset(&action.sa_mask);
	for (int i = 0; i < TTY_SIGNALS; i++)
		sigaddset(&action.sa_mask, handled[i]);
	for (int i = 0; i < TTY_SIGNALS; i++) {
		sigaction(handled[i], NULL, &before[i]);
		/* Who started us may have asked to ignore a signal (nohup, a shell without job
		 * control). */
		if (before[i].sa_handler != SIG_IGN)
			sigaction(handled[i], &action, NULL);
	}
}

static void uninstall(const struct sigaction before[TTY_SIGNALS])
{
	for (int i = 0; i < TTY_SIGNALS; i++)
		sigaction(handled[i], &before[i], NULL);
}

void tty_quiet(bool on)
{
	if (on == (bool)quiet.on || terminal < 0 || !in_foreground())
		return;
	if (on && tcgetattr(terminal, &quiet.before) != 0)
		return;
	quiet.on = on;
	if (on) {
		install(leave_quietly, quiet.actions_before);
		hide();
	} else {
		set_modes(terminal, &quiet.before);
		uninstall(quiet.actions_before);
	}
}

int tty_begin(struct tty_question *question, struct error *err)
{
	sigset_t blocked;

	tty_quiet(false);
	question->fd = tty_descriptor();
	if (question->fd < 0 || tcgetattr(question->fd, &question->before) != 0)
		return error_set(err, VAULT_LOCKED, "there is no terminal to ask at");
	fatal_signal = stop_requested = continued = resized = 0;
	sigemptyset(&blocked);
	for (int i = 0; i < TTY_SIGNALS; i++)
		sigaddset(&blocked, handled[i]);
	sigprocmask(SIG_BLOCK, &blocked, &question->mask_before);
	install(note_signal, question->actions_before);
	ask(question);
	return 0;
}

void tty_end(struct tty_question *question)
{
	if (question->after)
		tty_text(question->after);
	set_modes(question->fd, &question->before);
	uninstall(question->actions_before);
	sigprocmask(SIG_SETMASK, &question->mask_before, NULL);
}

/* Stops with the terminal as it was found. Returns when the process was told to go on. */
static void stop(struct tty_question *question)
{
	struct sigaction ours, default_action = {.sa_handler = SIG_DFL};
	sigset_t both, mask;

	tty_text(question->after ? question->after : "\n");
	set_modes(question->fd, &question->before);
	sigaction(SIGTSTP, &default_action, &ours);
	sigemptyset(&both);
	sigaddset(&both, SIGTSTP);
	sigaddset(&both, SIGCONT);
	raise(SIGTSTP);
	sigprocmask(SIG_UNBLOCK, &both, &mask); /* here it stops */
	sigprocmask(SIG_SETMASK, &mask, NULL);
	sigaction(SIGTSTP, &ours, NULL);
	stop_requested = 0;
	continued = 1;
}

/* One look at the terminal: a byte, its end, or TTY_SILENCE when none could be read. */
static int read_byte(int fd, unsigned char *ret_byte, struct error *err)
{
	ssize_t n = read(fd, ret_byte, 1);

	if (n > 0)
		return 1;
	if (n == 0 || errno == EIO) /* EIO: the terminal is gone; SIGHUP may be on its way */
		return 0;
	if (errno == EINTR || errno == EAGAIN)
		return TTY_SILENCE;
	return error_errno(err, VAULT_FAILED, errno, "cannot read from the terminal");
}

int tty_byte_within(struct tty_question *question, int milliseconds, unsigned char *ret_byte,
                    struct error *err)
{
	struct pollfd wait = {.fd = question->fd, .events = POLLIN};
	const struct timespec time = {milliseconds / 1000, milliseconds % 1000 * 1000000L};

	for (;;) {
		int ready =
			ppoll(&wait, 1, milliseconds < 0 ? NULL : &time, &question->mask_before);
		if (fatal_signal)
			return error_set(err, VAULT_INTERRUPTED,
			                 "Interrupted; nothing was changed.");
		if (stop_requested)
			stop(question);
		if (continued || resized) {
			bool again = continued || question->screen;
			if (continued)
				ask(question);
			continued = resized = 0;
			if (again && question->hidden)
				return TTY_REDRAW;
			continue;
		}
		if (ready < 0 && errno != EINTR)
			return error_errno(err, VAULT_FAILED, errno,
			                   "cannot wait for the terminal");
		if (ready == 0)
			return TTY_SILENCE;
		if (ready < 0)
			continue;
		int r = read_byte(question->fd, ret_byte, err);
		if (r != TTY_SILENCE)
			return r;
	}
}

int tty_byte(struct tty_question *question, unsigned char *ret_byte, struct error *err)
{
	return tty_byte_within(question, -1, ret_byte, err);
}

static unsigned char key(const struct termios *modes, int which)
{
	return modes->c_cc[which] == _POSIX_VDISABLE ? 0 : modes->c_cc[which];
}

void tty_line_keys(const struct tty_question *question, struct line_keys *ret_keys)
{
	*ret_keys = (struct line_keys){
		.erase = key(&question->before, VERASE),
		.word_erase = key(&question->before, VWERASE),
		.kill = key(&question->before, VKILL),
		.end = key(&question->before, VEOF),
		.literal = key(&question->before, VLNEXT),
	};
}

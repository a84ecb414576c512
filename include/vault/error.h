/*
 * Errors: what a function answers, and how a failure travels.
 *
 * Every fallible function of the library returns an int:
 *
 *      0   done
 *    > 0   an answer the caller must handle; each function documents which (VAULT_NOT_FOUND, …)
 *    < 0   a failure, the negated enum vault_status; `err` holds one sentence about it
 *
 * The sentence is written where the failure is born, may get context in front on its way up, and is
 * printed once, by the program on top. The library itself never prints and never exits. A message
 * names files, entries and numbers; it never holds a secret or the value of a field.
 */
#ifndef VAULT_ERROR_H
#define VAULT_ERROR_H

#if defined(__GNUC__)
#define VAULT_PRINTF(fmt, args) __attribute__((format(printf, fmt, args)))
#else
#define VAULT_PRINTF(fmt, args)
#endif

/* The one table of outcomes. The values are the exit statuses of vault(1). */
enum vault_status {
	VAULT_OK = 0,
	VAULT_FAILED = 1,        /* something outside went wrong: disk, memory, permissions */
	VAULT_USAGE = 2,         /* the caller asked for something that makes no sense */
	VAULT_NOT_FOUND = 3,     /* no such entry, field, slot or file */
	VAULT_LOCKED = 4,        /* a secret is needed and there is nobody to ask */
	VAULT_WRONG_KEY = 5,     /* no key slot opens with this password or key file */
	VAULT_EXISTS = 6,        /* the name or file is taken */
	VAULT_FINDINGS = 7,      /* audit or check found something */
	VAULT_REFUSED = 8,       /* the reuse guard said no */
	VAULT_DAMAGED = 9,       /* damaged, tampered with or rolled back */
	VAULT_CANNOT_RUN = 126,  /* the program is there but cannot be run */
	VAULT_NO_PROGRAM = 127,  /* there is no such program */
	VAULT_INTERRUPTED = 130, /* the user pressed Ctrl-C */
};

#define ERROR_MESSAGE_MAX 1024 /* bytes, terminating NUL included; longer text is cut */

struct error {
	enum vault_status status;
	char message[ERROR_MESSAGE_MAX];
};

/* Sets status and message. Returns -status, so that `return error_set(err, …);` passes it up.
 * `err` may be NULL: then only the return value tells. Text that is too long ends in "..."; errno
 * is left alone. An argument may be err->message itself. VAULT_OK is no failure and is turned into
 * VAULT_FAILED, here and below. */
int error_set(struct error *err, enum vault_status status, const char *format, ...)
	VAULT_PRINTF(3, 4);

/* As error_set, with ": " and the system's text for `errnum` (an errno value) behind the
 * message. */
int error_errno(struct error *err, enum vault_status status, int errnum, const char *format, ...)
	VAULT_PRINTF(4, 5);

/* Puts context and ": " in front of the message that is there. Context gets half the room at most,
 * so that the cause stays readable. Returns -err->status (-VAULT_FAILED where `err` is NULL). */
int error_context(struct error *err, const char *format, ...) VAULT_PRINTF(2, 3);

#endif

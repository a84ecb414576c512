/* One-time codes as other programs take them. A vault stores the one canonical URI:
 * include/vault/otp.h. */
#ifndef FORMAT_OTP_OUT_H
#define FORMAT_OTP_OUT_H

#include "base/span.h"

enum otp_takes {
	OTP_TAKES_CLOCK,   /* a URI; of codes by the clock, in digits */
	OTP_TAKES_ENCODER, /* and of Steam's, as KeePassXC marks it */
	OTP_TAKES_SCHEME,  /* and Steam's as steam://SEED, as Bitwarden does */
	OTP_TAKES_SEED,    /* a seed alone: six digits every 30 seconds, by SHA-1 */
};

/* What is written for it, in two parts: a constant, and what is borrowed from the URI. */
struct otp_out {
	const char *front;
	struct span rest;
};

struct otp_out otp_out(enum otp_takes takes, struct span uri);

/* Will that program make other codes of it? */
bool otp_is_misread(enum otp_takes takes, struct span uri);
#define OTP_MISREAD "of a kind that the program does not know: its codes will be wrong"

/* The seed in base 32; no bytes where there is none. */
struct span otp_seed(struct span uri);

#endif

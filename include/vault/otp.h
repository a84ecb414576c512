/*
 * One-time codes: HOTP (RFC 4226), TOTP (RFC 6238) and Steam Guard's, and the otpauth URI they are
 * handed around by (Google Authenticator's "Key Uri Format").
 */
#ifndef VAULT_OTP_H
#define VAULT_OTP_H

#include <stdint.h>

#include <vault/error.h>
#include <vault/secret.h>

struct vault;

#define OTP_SEED_MAX 1024 /* bytes */
#define OTP_LABEL_MAX 255 /* bytes of an issuer or account name */

enum otp_kind {
	OTP_TOTP,  /* by the clock */
	OTP_HOTP,  /* by a counter */
	OTP_STEAM, /* by the clock, five letters and digits */
};

enum otp_hash {
	OTP_SHA1,
	OTP_SHA256,
	OTP_SHA512,
};

struct otp {
	enum otp_kind kind;
	enum otp_hash hash;
	unsigned digits;        /* of a code: 6 … 8; Steam: 5 */
	uint32_t period;        /* seconds a code is valid; 0 for OTP_HOTP */
	uint64_t counter;       /* OTP_HOTP: of the next code; 0 … 2^63 - 1 */
	struct secret *seed;    /* 1 … OTP_SEED_MAX bytes */
	char *issuer, *account; /* UTF-8 without control characters, or NULL */
};

void otp_done(struct otp *otp); /* wipes and frees what it points to */
#define OTP_AUTO __attribute__((cleanup(otp_done))) struct otp

/*
 * Reads what a service hands out:
 *
 *     otpauth://totp/ISSUER:ACCOUNT?secret=BASE32&issuer=…&algorithm=…&digits=…&period=…
 *     otpauth://hotp/…&counter=…
 *     …&encoder=steam      as KeePassXC writes Steam's; also otpauth://steam/… and steam://BASE32
 *     BASE32               a seed alone: TOTP, SHA-1, six digits, 30 seconds
 *
 * Base 32 (RFC 4648) in upper or lower case, blanks and dashes anywhere, padded or not; bits that
 * make no whole byte are dropped. Schemes, kinds and names of parameters in any case; a `+` in a
 * parameter is a blank. Parameters not named here are ignored.
 *
 * VAULT_USAGE failure says what is wrong, without any of it.
 */
int otp_read(const struct secret *text, struct otp *ret_otp, struct error *err);

/* Gives the URI in its one canonical form, which is what a vault stores: no parameter that has its
 * default value, no padding. Reading it gives the same again. */
int otp_uri(const struct otp *otp, struct secret **ret_uri, struct error *err);

/* Gives the code for the time `now` (seconds since 1970; OTP_HOTP: for its counter). *ret_left (may
 * be NULL): for how many seconds it is the code, 1 … period; 0 for OTP_HOTP.
 *
 * Unlock the vault first, even where the seed is at hand already: libcrypto, which this uses, gets
 * its wiped memory then. */
int otp_code(const struct otp *otp, int64_t now, struct secret **ret_code, uint32_t *ret_left,
             struct error *err);

/* Gives what the entry's next code is made of, by otp_code. Of a counter, the vault's has moved on
 * when this returns, durably: a crash may skip a code and never repeats one.
 *
 * VAULT_NOT_FOUND (> 0, message set): no such entry, and *ret_name stays NULL, or it has no
 * one-time code. *ret_name is the entry's exact name; free(3). */
int vault_otp(struct vault *vault, const char *name, struct otp *ret_otp, char **ret_name,
              struct error *err);

#endif

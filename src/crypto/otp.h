/* One-time codes, what the layers above share beside <vault/otp.h>. */
#ifndef CRYPTO_OTP_H
#define CRYPTO_OTP_H

#include <vault/otp.h>

#define OTP_DIGITS 6 /* unless the URI says otherwise */
#define OTP_DIGITS_STEAM 5
#define OTP_PERIOD 30 /* seconds */

/* Names the account by a label, "ISSUER:ACCOUNT" or "ACCOUNT"; an issuer that is set already stays.
 * An empty label changes nothing. */
int otp_label(struct otp *otp, const char *label, struct error *err);

#endif

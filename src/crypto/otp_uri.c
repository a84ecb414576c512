/* Writing the URI in its canonical form, straight into locked memory. */
#include "crypto/otp.h"

#include <stdio.h>
#include <string.h>

static int write_string(struct secret *uri, const char *text, struct error *err)
{
	return secret_append(uri, text, strlen(text), err);
}

/* Base 32 without padding. */
static int write_seed(struct secret *uri, const struct secret *seed, struct error *err)
{
	static const char alphabet[33] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
	uint32_t bits = 0, count = 0;
	int r = 0;

	for (size_t i = 0; r == 0 && i < seed->length; i++) {
		bits = (bits << 8 | seed->bytes[i]) & 0xffff;
		for (count += 8; r == 0 && count >= 5; count -= 5)
			r = secret_append(uri, &alphabet[bits >> (count - 5) & 31], 1, err);
	}
	if (r == 0 && count > 0)
		r = secret_append(uri, &alphabet[bits << (5 - count) & 31], 1, err);
	return r;
}

/* Everything but what RFC 3986 calls unreserved is encoded, and '@', which is allowed in both
 * places and is in most accounts. */
static int write_label(struct secret *uri, const char *label, struct error *err)
{
	static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
				    "0123456789-._~@";
	char code[4];
	int r = 0;

	for (; r == 0 && *label; label++) {
		bool keep = strchr(plain, *label);

		snprintf(code, sizeof(code), "%%%02X", (unsigned)(unsigned char)*label);
		r = secret_append(uri, keep ? label : code, keep ? 1 : 3, err);
	}
	return r;
}

static int write_number(struct secret *uri, const char *name, uint64_t number, struct error *err)
{
	char text[48];

	snprintf(text, sizeof(text), "&%s=%llu", name, (unsigned long long)number);
	return write_string(uri, text, err);
}

static int write_parameters(struct secret *uri, const struct otp *otp, struct error *err)
{
	static const char *const hashes[] = {"", "&algorithm=SHA256", "&algorithm=SHA512"};
	int r = write_string(uri, hashes[otp->hash], err);

	if (r == 0 && otp->digits != OTP_DIGITS)
		r = write_number(uri, "digits", otp->digits, err);
	if (r == 0 && otp->kind != OTP_HOTP && otp->period != OTP_PERIOD)
		r = write_number(uri, "period", otp->period, err);
	if (r == 0 && otp->kind == OTP_HOTP)
		r = write_number(uri, "counter", otp->counter, err);
	if (r == 0 && otp->kind == OTP_STEAM)
		r = write_string(uri, "&encoder=steam", err);
	return r;
}

static int write_uri(struct secret *uri, const struct otp *otp, struct error *err)
{
	int r = write_string(uri, otp->kind == OTP_HOTP ? "otpauth://hotp/" : "otpauth://totp/",
	                     err);

	if (r == 0 && otp->issuer)
		r = write_label(uri, otp->issuer, err);
	if (r == 0 && otp->issuer)
		r = write_string(uri, ":", err);
	if (r == 0 && otp->account)
		r = write_label(uri, otp->account, err);
	if (r == 0)
		r = write_string(uri, "?secret=", err);
	if (r == 0)
		r = write_seed(uri, otp->seed, err);
	if (r == 0 && otp->issuer)
		r = write_string(uri, "&issuer=", err);
	if (r == 0 && otp->issuer)
		r = write_label(uri, otp->issuer, err);
	return r == 0 ? write_parameters(uri, otp, err) : r;
}

int otp_uri(const struct otp *otp, struct secret **ret_uri, struct error *err)
{
	size_t labels = (otp->issuer ? 2 * strlen(otp->issuer) : 0) +
	                (otp->account ? strlen(otp->account) : 0);
	SECRET_AUTO *uri = NULL;
	int r = secret_new(&uri, 256 + 3 * labels + otp->seed->length * 8 / 5, err);

	if (r == 0)
		r = write_uri(uri, otp, err);
	if (r < 0)
		return r;
	*ret_uri = uri;
	uri = NULL;
	return 0;
}

/* The codes: RFC 4226, section 5.3, and RFC 6238. otp_read.c reads URIs, otp_uri.c writes them. */
#include "crypto/otp.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdlib.h>

#define STACK_WIPED ((size_t)16 * 1024) /* bytes; several times what libcrypto uses there */

void otp_done(struct otp *otp)
{
	secret_free(otp->seed);
	free(otp->issuer);
	free(otp->account);
	*otp = (struct otp){0};
}

static const EVP_MD *digest_of(enum otp_hash hash)
{
	switch (hash) {
	case OTP_SHA256:
		return EVP_sha256();
	case OTP_SHA512:
		return EVP_sha512();
	case OTP_SHA1:
		break;
	}
	return EVP_sha1();
}

/* The 31 bits that a code is written from: HMAC of the counter, dynamically truncated. */
static int truncated(const struct otp *otp, uint64_t counter, uint32_t *ret_value,
                     struct error *err)
{
	unsigned char message[8], mac[EVP_MAX_MD_SIZE];
	unsigned length = 0;
	int r = 0;

	for (size_t i = 0; i < sizeof(message); i++)
		message[i] = (unsigned char)(counter >> (56 - 8 * i));
	if (HMAC(digest_of(otp->hash), otp->seed->bytes, (int)otp->seed->length, message,
	         sizeof(message), mac, &length)) {
		const unsigned char *at = mac + (mac[length - 1] & 0xf);

		*ret_value = (uint32_t)(at[0] & 0x7f) << 24 | (uint32_t)at[1] << 16 |
		             (uint32_t)at[2] << 8 | at[3];
	} else {
		r = error_set(err, VAULT_FAILED, "libcrypto cannot compute this one-time code");
	}
	secret_wipe(mac, sizeof(mac));
	return r;
}

static void write_decimal(struct secret *code, unsigned digits, uint32_t value)
{
	for (unsigned i = digits; i-- > 0; value /= 10)
		code->bytes[i] = (unsigned char)('0' + value % 10);
	code->length = digits;
}

/* Steam's own alphabet, least significant first. */
static void write_steam(struct secret *code, uint32_t value)
{
	static const char alphabet[26] = "23456789BCDFGHJKMNPQRTVWXY";

	for (unsigned i = 0; i < OTP_DIGITS_STEAM; i++, value /= sizeof(alphabet))
		code->bytes[i] = (unsigned char)alphabet[value % sizeof(alphabet)];
	code->length = OTP_DIGITS_STEAM;
}

int otp_code(const struct otp *otp, int64_t now, struct secret **ret_code, uint32_t *ret_left,
             struct error *err)
{
	SECRET_AUTO *code = NULL;
	uint64_t counter = otp->counter;
	uint32_t value = 0, left = 0;
	int r;

	if (otp->kind != OTP_HOTP) {
		if (now < 0)
			return error_set(err, VAULT_FAILED, "the clock is before 1970");
		counter = (uint64_t)now / otp->period;
		left = otp->period - (uint32_t)((uint64_t)now % otp->period);
	}
	r = secret_new(&code, otp->digits, err);
	if (r == 0)
		r = truncated(otp, counter, &value, err);
	if (r < 0)
		return r;
	if (otp->kind == OTP_STEAM)
		write_steam(code, value);
	else
		write_decimal(code, otp->digits, value);
	secret_wipe(&value, sizeof(value));
	secret_leave_nothing(STACK_WIPED);
	if (ret_left)
		*ret_left = left;
	*ret_code = code;
	code = NULL;
	return 0;
}

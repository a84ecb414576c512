/*
 * Reading what a service hands out. The text is a secret and is read where it lies, a
 * byte at a time: nothing of the seed is on the heap or in a buffer on the stack.
 */
#include "crypto/otp.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <vault/text.h>

#define WORD_SIZE 32 /* bytes of a parameter that is a number or a name, NUL included */

/* A part of the text that is being read. */
struct span {
	const unsigned char *at, *end;
};

static int no_memory(struct error *err)
{
	return error_set(err, VAULT_FAILED, "out of memory");
}

static unsigned char lower(unsigned char c)
{
	return c >= 'A' && c <= 'Z' ? (unsigned char)(c - 'A' + 'a') : c;
}

/* Takes `word` (in lower case) from the front, whatever its case. */
static bool take_word(struct span *span, const char *word)
{
	size_t length = strlen(word);

	if ((size_t)(span->end - span->at) < length)
		return false;
	for (size_t i = 0; i < length; i++)
		if (lower(span->at[i]) != (unsigned char)word[i])
			return false;
	span->at += length;
	return true;
}

/* Takes what is in front of the first `delimiter`, and that; or all that there is. */
static struct span take_until(struct span *span, unsigned char delimiter)
{
	struct span part = *span;

	while (part.at < part.end && *part.at != delimiter)
		part.at++;
	part = (struct span){span->at, part.at};
	span->at = part.end < span->end ? part.end + 1 : span->end;
	return part;
}

/* Takes a byte, percent-encoding undone (RFC 3986); -1 when that is broken. Not at the end. */
static int take_byte(struct span *span)
{
	unsigned value = 0;

	if (*span->at != '%')
		return *span->at++;
	if (span->end - span->at < 3)
		return -1;
	for (int i = 1; i <= 2; i++) {
		unsigned char c = lower(span->at[i]);

		if (c >= '0' && c <= '9')
			value = value << 4 | (c - '0');
		else if (c >= 'a' && c <= 'f')
			value = value << 4 | (c - 'a' + 10);
		else
			return -1;
	}
	span->at += 3;
	return (int)value;
}

static int broken(struct error *err)
{
	return error_set(err, VAULT_USAGE,
	                 "the URI of a one-time code is broken: a %% has no two hexadecimal digits "
	                 "behind it");
}

/* ---- base 32 ------------------------------------------------------------------------ */

static int base32_value(int c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a';
	return c >= '2' && c <= '7' ? c - '2' + 26 : -1;
}

static bool is_space(int c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* What people and forms put between the letters of a secret. */
static bool is_filling(int c)
{
	return is_space(c) || c == '-' || c == '+';
}

static int read_seed(struct otp *otp, struct span span, struct error *err)
{
	size_t room = (size_t)(span.end - span.at) * 5 / 8 + 1, length = 0;
	uint32_t bits = 0, count = 0;
	bool padding = false;
	int r = secret_new(&otp->seed, room < OTP_SEED_MAX ? room : OTP_SEED_MAX, err);

	if (r < 0)
		return r;
	while (span.at < span.end) {
		int c = take_byte(&span), value = base32_value(c);

		if (is_filling(c))
			continue;
		padding = padding || c == '=';
		if (c < 0)
			return broken(err);
		if (c != '=' && (value < 0 || padding))
			return error_set(
				err, VAULT_USAGE,
				"the secret of a one-time code is in base 32: letters A to "
				"Z and digits 2 to 7");
		if (padding)
			continue;
		bits = (bits << 5 | (uint32_t)value) & 0xfff;
		count += 5;
		if (count < 8)
			continue;
		if (length == OTP_SEED_MAX)
			return error_set(err, VAULT_USAGE,
			                 "the secret of a one-time code holds %d bytes at most",
			                 OTP_SEED_MAX);
		count -= 8;
		otp->seed->bytes[length++] = (unsigned char)(bits >> count);
	}
	if (length == 0)
		return error_set(err, VAULT_USAGE, "the secret of a one-time code is empty");
	otp->seed->length = length;
	return 0;
}

/* ---- labels ------------------------------------------------------------------------- */

static char *trimmed(char *text)
{
	size_t length;

	text += strspn(text, " ");
	length = strlen(text);
	while (length > 0 && text[length - 1] == ' ')
		text[--length] = '\0';
	return text;
}

/* Gives the text of a label or an issuer; "" where there is none. */
static int read_label(struct span span, bool parameter, char **ret_label, struct error *err)
{
	char *label = malloc((size_t)(span.end - span.at) + 1);
	size_t length = 0;

	if (!label)
		return no_memory(err);
	while (span.at < span.end) {
		bool plus = parameter && *span.at == '+';
		int c = take_byte(&span);

		if (c < 0) {
			free(label);
			return broken(err);
		}
		label[length++] = plus ? ' ' : (char)c;
	}
	label[length] = '\0';
	if (length > (size_t)2 * OTP_LABEL_MAX + 1 || !text_is_printable(label, length) ||
	    strpbrk(label, "\t\n")) {
		free(label);
		return error_set(err, VAULT_USAGE,
		                 "the label of a one-time code must be text of at most %d bytes "
		                 "without control characters",
		                 OTP_LABEL_MAX);
	}
	*ret_label = label;
	return 0;
}

static int set_label(char **label, char *text, struct error *err)
{
	text = trimmed(text);
	if (!*text)
		return 0;
	if (strlen(text) > OTP_LABEL_MAX)
		return error_set(err, VAULT_USAGE,
		                 "issuer and account of a one-time code hold %d bytes each at most",
		                 OTP_LABEL_MAX);
	free(*label);
	*label = strdup(text);
	return *label ? 0 : no_memory(err);
}

int otp_label(struct otp *otp, const char *text, struct error *err)
{
	char *label = strdup(text), *account = label, *colon;
	size_t issuer = otp->issuer ? strlen(otp->issuer) : 0;
	int r = 0;

	if (!label)
		return no_memory(err);
	if (issuer > 0 && strncmp(label, otp->issuer, issuer) == 0 && label[issuer] == ':') {
		account = label + issuer + 1; /* an issuer with a colon in it, too */
	} else {
		/* Without an issuer an account has no colon: it would be read as one. */
		char *prefix = label + (issuer > 0 ? 0 : strspn(label, ": "));

		account = prefix;
		colon = strchr(prefix, ':');
		if (colon) {
			*colon = '\0';
			account = colon + 1;
		}
		if (colon && issuer == 0)
			r = set_label(&otp->issuer, prefix, err);
	}
	if (r == 0)
		r = set_label(&otp->account, account, err);
	free(label);
	return r;
}

/* ---- parameters --------------------------------------------------------------------- */

/* A short word that is no secret. */
static int read_word(struct span span, const char *name, char word[WORD_SIZE], struct error *err)
{
	size_t length = 0;

	while (span.at < span.end && length < WORD_SIZE - 1) {
		int c = take_byte(&span);

		if (c < 0)
			return broken(err);
		word[length++] = (char)lower((unsigned char)c);
	}
	word[length] = '\0';
	if (span.at < span.end || strlen(word) != length)
		return error_set(err, VAULT_USAGE, "the %s of a one-time code is not known here",
		                 name);
	return 0;
}

static int read_number(struct span span, const char *name, uint64_t minimum, uint64_t maximum,
                       uint64_t *ret_number, struct error *err)
{
	char word[WORD_SIZE];
	uint64_t number = 0;
	int r = read_word(span, name, word, err);
	bool fits = r == 0 && word[0];

	for (const char *p = word; r == 0 && *p && fits; p++)
		fits = *p >= '0' && *p <= '9' &&
		       !__builtin_mul_overflow(number, (uint64_t)10, &number) &&
		       !__builtin_add_overflow(number, (uint64_t)(*p - '0'), &number);
	if (r == 0 && (!fits || number < minimum || number > maximum))
		r = error_set(err, VAULT_USAGE,
		              "the %s of a one-time code must be a number from %llu to %llu", name,
		              (unsigned long long)minimum, (unsigned long long)maximum);
	if (r == 0)
		*ret_number = number;
	return r;
}

/* "SHA1", "SHA-256", "HmacSHA512". */
static int read_algorithm(struct otp *otp, struct span span, struct error *err)
{
	static const char *const names[] = {"sha1",  "sha256",  "sha512",
	                                    "sha-1", "sha-256", "sha-512"};
	char word[WORD_SIZE] = "";
	int r = read_word(span, "algorithm", word, err);
	const char *hash = strncmp(word, "hmac", 4) == 0 ? word + 4 : word;

	for (unsigned i = 0; r == 0 && i < sizeof(names) / sizeof(names[0]); i++)
		if (strcmp(hash, names[i]) == 0) {
			otp->hash = (enum otp_hash)(i % 3);
			return 0;
		}
	return r < 0 ? r
	             : error_set(err, VAULT_USAGE,
	                         "the algorithm of a one-time code is SHA1, SHA256 or SHA512");
}

static int read_encoder(struct otp *otp, struct span span, struct error *err)
{
	char word[WORD_SIZE];
	int r = read_word(span, "encoder", word, err);

	if (r < 0)
		return r;
	if (strcmp(word, "steam") != 0 || otp->kind == OTP_HOTP)
		return error_set(err, VAULT_USAGE,
		                 "the encoder of a one-time code is not known here");
	otp->kind = OTP_STEAM;
	return 0;
}

/* What was read of the parameters, until all of them are known. */
struct parameters {
	struct span values[7];
	unsigned seen; /* a bit for each */
};
enum parameter {
	SECRET,
	ISSUER,
	ALGORITHM,
	DIGITS,
	PERIOD,
	COUNTER,
	ENCODER
};

static int find_parameters(struct span span, struct parameters *ret_found, struct error *err)
{
	static const char *const names[] = {"secret", "issuer",  "algorithm", "digits",
	                                    "period", "counter", "encoder"};

	*ret_found = (struct parameters){0};
	while (span.at < span.end) {
		struct span value = take_until(&span, '&'), name = take_until(&value, '=');

		for (unsigned i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
			struct span rest = name;

			if (!take_word(&rest, names[i]) || rest.at != rest.end)
				continue;
			if (ret_found->seen & 1u << i)
				return error_set(err, VAULT_USAGE,
				                 "the URI of a one-time code has its %s twice",
				                 names[i]);
			ret_found->seen |= 1u << i;
			ret_found->values[i] = value;
		}
	}
	return 0;
}

static bool has(const struct parameters *found, enum parameter which)
{
	return found->seen & 1u << which;
}

static int read_digits(struct otp *otp, const struct parameters *found, struct error *err)
{
	bool steam = otp->kind == OTP_STEAM;
	uint64_t digits = steam ? OTP_DIGITS_STEAM : OTP_DIGITS;
	int r = 0;

	if (has(found, DIGITS))
		r = read_number(found->values[DIGITS], "number of digits",
		                steam ? OTP_DIGITS_STEAM : 6, steam ? OTP_DIGITS_STEAM : 8, &digits,
		                err);
	otp->digits = (unsigned)digits;
	return r;
}

static int read_parameters(struct otp *otp, const struct parameters *found, struct error *err)
{
	uint64_t period = otp->kind == OTP_HOTP ? 0 : OTP_PERIOD;
	int r = has(found, ALGORITHM) ? read_algorithm(otp, found->values[ALGORITHM], err) : 0;

	if (r == 0 && has(found, ENCODER))
		r = read_encoder(otp, found->values[ENCODER], err);
	if (r == 0)
		r = read_digits(otp, found, err);
	if (r == 0 && otp->kind != OTP_HOTP && has(found, PERIOD))
		r = read_number(found->values[PERIOD], "period", 1, UINT32_MAX, &period, err);
	if (r == 0 && otp->kind == OTP_HOTP && has(found, COUNTER))
		r = read_number(found->values[COUNTER], "counter", 0, INT64_MAX, &otp->counter,
		                err);
	otp->period = (uint32_t)period;
	if (r < 0)
		return r;
	if (!has(found, SECRET))
		return error_set(err, VAULT_USAGE,
		                 "the URI of a one-time code has no secret in it");
	return read_seed(otp, found->values[SECRET], err);
}

/* ---- the whole ---------------------------------------------------------------------- */

static int read_uri(struct otp *otp, struct span span, struct error *err)
{
	struct span label, kind;
	struct parameters found;
	char *issuer = NULL, *text = NULL;
	int r;

	label = take_until(&span, '?');
	kind = take_until(&label, '/');
	if (take_word(&kind, "hotp"))
		otp->kind = OTP_HOTP;
	else if (take_word(&kind, "steam"))
		otp->kind = OTP_STEAM;
	else if (!take_word(&kind, "totp"))
		kind.end = NULL;
	if (kind.at != kind.end)
		return error_set(err, VAULT_USAGE,
		                 "the URI of a one-time code begins with otpauth://totp/ or "
		                 "otpauth://hotp/");
	r = find_parameters(span, &found, err);
	if (r == 0)
		r = read_parameters(otp, &found, err);
	if (r == 0 && has(&found, ISSUER))
		r = read_label(found.values[ISSUER], true, &issuer, err);
	if (r == 0 && issuer)
		r = set_label(&otp->issuer, issuer, err);
	if (r == 0)
		r = read_label(label, false, &text, err);
	if (r == 0)
		r = otp_label(otp, text, err);
	free(issuer);
	free(text);
	return r;
}

/* A seed without anything about it. */
static int read_bare(struct otp *otp, struct span span, struct error *err)
{
	static const struct parameters none;
	int r = read_digits(otp, &none, err);

	otp->period = OTP_PERIOD;
	return r == 0 ? read_seed(otp, span, err) : r;
}

static int read_any(struct otp *otp, struct span span, struct error *err)
{
	if (take_word(&span, "otpauth://"))
		return read_uri(otp, span, err);
	if (take_word(&span, "otpauth-migration://"))
		return error_set(
			err, VAULT_USAGE,
			"this is an export of several accounts at once; set up one account "
			"at a time, by its own QR code or secret");
	if (take_word(&span, "steam://"))
		otp->kind = OTP_STEAM;
	else if (memchr(span.at, ':', (size_t)(span.end - span.at)))
		return error_set(err, VAULT_USAGE,
		                 "a one-time code is set up by an otpauth:// URI, or by the secret "
		                 "alone in base 32");
	return read_bare(otp, span, err);
}

int otp_read(const struct secret *text, struct otp *ret_otp, struct error *err)
{
	OTP_AUTO otp = {0};
	struct span span = {text->bytes, text->bytes + text->length};
	int r;

	while (span.at < span.end && is_space(*span.at))
		span.at++;
	while (span.at < span.end && is_space(span.end[-1]))
		span.end--;
	r = read_any(&otp, span, err);
	if (r < 0)
		return r;
	*ret_otp = otp;
	otp = (struct otp){0};
	return 0;
}

/* One-time codes as the KeePass family writes them. */
#include "format/keepass_entry.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <vault/otp.h>

#include "base/base64.h"
#include "crypto/otp.h"

#define OLD "TOTP "
#define TIME "TimeOtp-"
#define HMAC "HmacOtp-"

bool keepass_otp_key(struct span key)
{
	static const char *const keys[] = {"otp",
	                                   OLD "Seed",
	                                   OLD "Settings",
	                                   TIME "Secret",
	                                   TIME "Secret-Hex",
	                                   TIME "Secret-Base32",
	                                   TIME "Secret-Base64",
	                                   TIME "Length",
	                                   TIME "Period",
	                                   TIME "Algorithm",
	                                   HMAC "Secret",
	                                   HMAC "Secret-Hex",
	                                   HMAC "Secret-Base32",
	                                   HMAC "Secret-Base64",
	                                   HMAC "Counter"};

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		if (span_is(key, keys[i]))
			return true;
	return false;
}

static struct span value_of(const struct keepass_entry *entry, const char *key)
{
	const struct keepass_string *string = keepass_find(entry, &entry->now, key);
	struct span value = string ? keepass_span(entry, string->value) : (struct span){NULL, 0};

	return value.length > 0 ? value : (struct span){NULL, 0};
}

/* A whole number, nothing around it. */
static bool number(struct span text, uint64_t *ret_number)
{
	const char *p = text.bytes;
	uint64_t value = 0;

	if (text.length == 0 || text.length > 18)
		return false;
	for (size_t i = 0; i < text.length; i++) {
		if (p[i] < '0' || p[i] > '9')
			return false;
		value = value * 10 + (uint64_t)(p[i] - '0');
	}
	*ret_number = value;
	return true;
}

static bool set_period(struct otp *otp, struct span text)
{
	uint64_t value;

	if (!number(text, &value) || value == 0 || value > UINT32_MAX)
		return false;
	otp->period = (uint32_t)value;
	return true;
}

static bool set_digits(struct otp *otp, struct span text)
{
	uint64_t value;

	if (!number(text, &value) || value < 6 || value > 8)
		return false;
	otp->digits = (unsigned)value;
	return true;
}

/* "HMAC-SHA-256", "SHA256". */
static bool set_hash(struct otp *otp, struct span text)
{
	static const struct {
		const char *name;
		enum otp_hash hash;
	} names[] = {{"HMAC-SHA-1", OTP_SHA1},     {"SHA1", OTP_SHA1},
	             {"HMAC-SHA-256", OTP_SHA256}, {"SHA256", OTP_SHA256},
	             {"HMAC-SHA-512", OTP_SHA512}, {"SHA512", OTP_SHA512}};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (text.length == strlen(names[i].name) &&
		    strncasecmp(text.bytes, names[i].name, text.length) == 0) {
			otp->hash = names[i].hash;
			return true;
		}
	return false;
}

static bool set_steam(struct otp *otp)
{
	otp->kind = OTP_STEAM;
	otp->digits = OTP_DIGITS_STEAM;
	return true;
}

/* ---- seeds --------------------------------------------------------------------------- */

static bool seed_base32(struct otp *otp, struct span text)
{
	SECRET_AUTO *copy = NULL;

	/* Alone it is one of otp_read's own forms, and of the usual digits and period. */
	return !memchr(text.bytes, ':', text.length) &&
	       secret_copy(&copy, text.bytes, text.length, NULL) == 0 &&
	       otp_read(copy, otp, NULL) == 0;
}

static bool seed_bytes(struct otp *otp, struct span bytes)
{
	if (bytes.length == 0 || bytes.length > OTP_SEED_MAX)
		return false;
	*otp = (struct otp){.kind = OTP_TOTP, .digits = OTP_DIGITS, .period = OTP_PERIOD};
	return secret_copy(&otp->seed, bytes.bytes, bytes.length, NULL) == 0;
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = (char)(c | 0x20);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool seed_hex(struct otp *otp, struct span text)
{
	unsigned char bytes[OTP_SEED_MAX];
	const char *p = text.bytes;
	size_t count = 0;
	bool half = false;

	for (size_t i = 0; i < text.length; i++) {
		int digit = hex_digit(p[i]);

		if (p[i] == ' ')
			continue;
		if (digit < 0 || count == sizeof(bytes))
			return false;
		bytes[count] = (unsigned char)(half ? bytes[count] << 4 | digit : digit);
		count += half;
		half = !half;
	}
	return !half && seed_bytes(otp, (struct span){bytes, count});
}

static bool seed_base64(struct otp *otp, struct span text)
{
	char copy[OTP_SEED_MAX * 2];
	struct span bytes;

	if (text.length > sizeof(copy))
		return false;
	memcpy(copy, text.bytes, text.length);
	return base64_decode(copy, text.length, &bytes) && seed_bytes(otp, bytes);
}

/* KeePass tries them in this order. */
static bool keepass_seed(const struct keepass_entry *entry, bool hmac, struct otp *otp)
{
	struct span text;

	if ((text = value_of(entry, hmac ? HMAC "Secret" : TIME "Secret")).bytes)
		return seed_bytes(otp, text);
	if ((text = value_of(entry, hmac ? HMAC "Secret-Hex" : TIME "Secret-Hex")).bytes)
		return seed_hex(otp, text);
	if ((text = value_of(entry, hmac ? HMAC "Secret-Base32" : TIME "Secret-Base32")).bytes)
		return seed_base32(otp, text);
	text = value_of(entry, hmac ? HMAC "Secret-Base64" : TIME "Secret-Base64");
	return text.bytes && seed_base64(otp, text);
}

/* ---- spellings ----------------------------------------------------------------------- */

/* The next of the parts that `separator` divides. */
static bool next_part(struct span *rest, char separator, struct span *ret_part)
{
	const char *start = rest->bytes, *end;

	if (!start)
		return false;
	end = memchr(start, separator, rest->length);
	*ret_part = (struct span){start, end ? (size_t)(end - start) : rest->length};
	*rest = end ? (struct span){end + 1, rest->length - ret_part->length - 1}
	            : (struct span){NULL, 0};
	return true;
}

/* "30;6", "30;S" (Steam); what may follow is an address to correct the clock by. */
static bool old_settings(struct otp *otp, struct span settings)
{
	struct span period, digits;

	if (!settings.bytes)
		return true;
	if (!next_part(&settings, ';', &period) || !set_period(otp, period) ||
	    !next_part(&settings, ';', &digits))
		return false;
	return span_is(digits, "S") ? set_steam(otp) : set_digits(otp, digits);
}

static bool old_otp(const struct keepass_entry *entry, struct otp *otp)
{
	struct span seed = value_of(entry, OLD "Seed");

	return seed.bytes && seed_base32(otp, seed) &&
	       old_settings(otp, value_of(entry, OLD "Settings"));
}

static bool one_setting(struct otp *otp, struct span name, struct span value)
{
	if (span_is(name, "step"))
		return set_period(otp, value);
	if (span_is(name, "size"))
		return set_digits(otp, value);
	if (span_is(name, "otpHashMode"))
		return set_hash(otp, value);
	if (span_is(name, "encoder"))
		return span_is(value, "steam") && set_steam(otp);
	return span_is(name, "key") || (span_is(name, "type") && span_is(value, "totp"));
}

/* KeeOtp: "key=BASE32&step=30&size=6". */
static bool query(struct otp *otp, struct span text)
{
	struct span rest = text, part, name;
	bool good = false;

	while (next_part(&rest, '&', &part))
		if (next_part(&part, '=', &name) && span_is(name, "key") && part.bytes)
			good = seed_base32(otp, part);
	for (rest = text; good && next_part(&rest, '&', &part);)
		good = next_part(&part, '=', &name) && part.bytes && one_setting(otp, name, part);
	return good;
}

static bool time_otp(const struct keepass_entry *entry, struct otp *otp)
{
	struct span digits = value_of(entry, TIME "Length"),
		    period = value_of(entry, TIME "Period"),
		    hash = value_of(entry, TIME "Algorithm");

	return keepass_seed(entry, false, otp) && (!digits.bytes || set_digits(otp, digits)) &&
	       (!period.bytes || set_period(otp, period)) && (!hash.bytes || set_hash(otp, hash));
}

static bool hmac_otp(const struct keepass_entry *entry, struct otp *otp)
{
	struct span counter = value_of(entry, HMAC "Counter");

	if (!keepass_seed(entry, true, otp))
		return false;
	otp->kind = OTP_HOTP;
	otp->period = 0;
	return !counter.bytes || number(counter, &otp->counter);
}

/* ---- what becomes of them ------------------------------------------------------------ */

static void emit_made(struct emit *emit, const struct otp *otp, bool good)
{
	SECRET_AUTO *uri = NULL;

	if (good && otp_uri(otp, &uri, NULL) == 0)
		emit_otp(emit, (struct span){uri->bytes, uri->length});
	else
		emit_account(emit, FATE_CHANGED, "one-time code",
		             "not of a kind that is known: kept as secret fields");
}

/* Is the string one of those that begin so? */
static bool belongs(const struct keepass_entry *entry, size_t i, const char *front)
{
	struct span key = keepass_span(entry, entry->now.strings[i].key);

	return key.length >= strlen(front) && memcmp(key.bytes, front, strlen(front)) == 0 &&
	       keepass_otp_key(key);
}

static bool has(const struct keepass_entry *entry, const char *front)
{
	for (size_t i = 0; i < entry->now.n_strings; i++)
		if (belongs(entry, i, front))
			return true;
	return false;
}

static void make(const struct keepass_entry *entry, struct emit *emit, const char *front,
                 bool (*read)(const struct keepass_entry *entry, struct otp *otp))
{
	OTP_AUTO otp = {0};
	bool good = read(entry, &otp);

	emit_made(emit, &otp, good);
	for (size_t i = 0; i < entry->now.n_strings && !good; i++)
		if (belongs(entry, i, front))
			emit_secret(emit, keepass_span(entry, entry->now.strings[i].key),
			            keepass_span(entry, entry->now.strings[i].value));
}

void keepass_otp_emit(const struct keepass_entry *entry, struct emit *emit)
{
	struct span uri = value_of(entry, "otp");
	OTP_AUTO otp = {0};

	if (uri.bytes && memchr(uri.bytes, '=', uri.length) &&
	    !memchr(uri.bytes, ':', uri.length) && query(&otp, uri))
		emit_made(emit, &otp, true);
	else if (uri.bytes)
		emit_otp(emit, uri);
	if (has(entry, OLD))
		make(entry, emit, OLD, old_otp);
	if (has(entry, TIME))
		make(entry, emit, TIME, time_otp);
	if (has(entry, HMAC))
		make(entry, emit, HMAC, hmac_otp);
}

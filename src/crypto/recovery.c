#include <vault/keys.h>

#include <sodium.h>

#include "crypto/seal.h"

#define GROUPS 7
#define GROUP_DATA 4
#define GROUP_CHARACTERS (GROUP_DATA + 1)
#define CODE_CHARACTERS (GROUPS * GROUP_CHARACTERS)
#define BASE 32

_Static_assert(GROUPS *GROUP_DATA * 5 == RECOVERY_CODE_BITS, "five bits in a character");

static const char alphabet[BASE + 1] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

const char *key_type_name(enum key_type type)
{
	switch (type) {
	case KEY_PASSWORD:
		return "password";
	case KEY_PASSWORD_AND_FILE:
		return "password and key file";
	case KEY_FILE:
		return "key file";
	case KEY_RECOVERY_CODE:
		return "recovery code";
	}
	return "unknown";
}

/* Luhn's digit: the doubled value's digits to the base, added. For an even base it permutes the
 * values, so every single wrong character shows; two neighbours' exchange shows unless they are 0
 * and Z, as decimal Luhn does not see 09 and 90. */
static unsigned luhn_double(unsigned value)
{
	return 2 * value / BASE + 2 * value % BASE;
}

/* The check character of a group. Beginning the sum with the group's number makes exchanged groups
 * show. */
static unsigned check_value(const unsigned char data[GROUP_DATA], unsigned group)
{
	unsigned sum = group;

	for (unsigned i = 0; i < GROUP_DATA;
	     i++) /* the last data character, the check's neighbour, is doubled */
		sum += (GROUP_DATA - i) % 2 == 1 ? luhn_double(data[i]) : data[i];
	return (BASE - sum % BASE) % BASE;
}

int recovery_code_new(struct secret **ret_code, struct error *err)
{
	struct secret *code;
	unsigned char data[GROUP_DATA];
	unsigned char *next;
	int r;

	r = secret_new(&code, CODE_CHARACTERS + GROUPS - 1, err);
	*ret_code = code;
	if (r < 0)
		return r;
	next = code->bytes;
	for (unsigned group = 1; group <= GROUPS; group++) {
		if (group > 1)
			*next++ = '-';
		crypto_random(data, sizeof(data));
		for (unsigned i = 0; i < GROUP_DATA; i++) {
			data[i] %= BASE; /* 256 is a multiple of 32: no bias */
			*next++ = (unsigned char)alphabet[data[i]];
		}
		*next++ = (unsigned char)alphabet[check_value(data, group)];
	}
	secret_wipe(data, sizeof(data));
	code->length = (size_t)(next - code->bytes);
	return 0;
}

/* The value of a character as people type it, -1 for one that is in no code. */
static int value_of(unsigned char c)
{
	if (c >= 'a' && c <= 'z')
		c = (unsigned char)(c - 'a' + 'A');
	if (c == 'O')
		c = '0';
	if (c == 'I' || c == 'L')
		c = '1';
	for (int value = 0; value < BASE; value++)
		if (alphabet[value] == (char)c)
			return value;
	return -1;
}

static bool is_separator(unsigned char c)
{
	return c == '-' || c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static int typing_error(unsigned group, struct error *err)
{
	return error_set(err, VAULT_USAGE,
	                 "there is a typing error in group %u of the recovery code", group);
}

/* Reads the characters' values; *ret_count counts them all, also those beyond the length of a code.
 * Gives the group of the first character that is in no code, or 0. */
static unsigned read_values(const struct secret *typed, unsigned char values[CODE_CHARACTERS],
                            size_t *ret_count)
{
	unsigned wrong = 0;
	size_t count = 0;
	int value;

	for (size_t i = 0; i < typed->length; i++) {
		if (is_separator(typed->bytes[i]))
			continue;
		value = value_of(typed->bytes[i]);
		if (value < 0 && wrong == 0)
			wrong = (unsigned)(count / GROUP_CHARACTERS) + 1;
		if (count < CODE_CHARACTERS)
			values[count] = (unsigned char)(value < 0 ? 0 : value);
		count++;
	}
	*ret_count = count;
	return wrong;
}

static int normalise(const struct secret *typed, unsigned char values[CODE_CHARACTERS],
                     struct secret **ret_normal, struct error *err)
{
	unsigned wrong;
	size_t count;
	int r;

	wrong = read_values(typed, values, &count);
	if (count != CODE_CHARACTERS)
		return error_set(err, VAULT_USAGE, "a recovery code has %d characters, not %zu",
		                 CODE_CHARACTERS, count);
	for (unsigned group = 1; group <= GROUPS; group++) {
		const unsigned char *data = values + (group - 1) * GROUP_CHARACTERS;

		if (group == wrong || check_value(data, group) != data[GROUP_DATA])
			return typing_error(group, err);
	}
	r = secret_new(ret_normal, GROUPS * GROUP_DATA, err);
	if (r < 0)
		return r;
	for (unsigned i = 0; i < CODE_CHARACTERS; i++)
		if (i % GROUP_CHARACTERS != GROUP_DATA)
			(*ret_normal)->bytes[(*ret_normal)->length++] =
				(unsigned char)alphabet[values[i]];
	return 0;
}

int recovery_code_read(const struct secret *typed, struct secret **ret_normal, struct error *err)
{
	unsigned char values[CODE_CHARACTERS];
	int r;

	*ret_normal = NULL;
	r = normalise(typed, values, ret_normal, err);
	secret_wipe(values, sizeof(values));
	return r;
}

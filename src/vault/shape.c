#include "vault/shape.h"

#include <string.h>

#include <vault/text.h>

#include "crypto/seal.h"

#define WORD_MIN 3 /* characters; shorter words of an entry are in every password */
#define WORDS_MAX 32
#define WORDS_ROOM 1024 /* characters of all of them; words behind it are not looked at */
#define LETTERS_MIN 4
#define LETTERS_MIN_TOGETHER 3 /* in a short password, where nothing stands between them */
#define LETTERS_MIN_HEX 12     /* a to f alone: it may be a hexadecimal number */
#define SHORT 12               /* characters; fewer are short */
#define KEYS_MIN 6
#define KEYS_MIN_DIGITS 10 /* of a number: telephone numbers and PINs are near one another */

/* ---- characters --------------------------------------------------------------------- */

/* Latin, Greek and Cyrillic, as far as the small letter is a fixed distance away: what matters is
 * that both of two variants are treated alike. */
uint32_t character_small(uint32_t c)
{
	bool latin_1 = c >= 0xc0 && c <= 0xde && c != 0xd7;
	bool greek = c >= 0x391 && c <= 0x3a9;
	bool cyrillic = c >= 0x410 && c <= 0x42f;

	return (c >= 'A' && c <= 'Z') || latin_1 || greek || cyrillic ? c + 0x20 : c;
}

bool character_is_letter(uint32_t c)
{
	if (c < 0x80)
		return c >= 'a' && c <= 'z';
	return c >= 0xc0 && c != 0xd7 && c != 0xf7 && !(c >= 0x2000 && c < 0x2c00) &&
	       c < SIGN_SEASON;
}

bool character_is_digit(uint32_t c)
{
	return c >= '0' && c <= '9';
}

/* The letter that a digit, a symbol or another letter is written for. */
static uint32_t lookalike(uint32_t c)
{
	static const char from[] = "4@8(3691!|l05$7+2", to[] = "aabceggiiiiosstt"
							       "z";
	const char *at = c > 0 && c < 0x80 ? strchr(from, (int)c) : NULL;

	return at ? (uint32_t)to[at - from] : c;
}

/* ---- readings ----------------------------------------------------------------------- */

static uint32_t decode(const unsigned char *bytes, size_t *at)
{
	uint32_t c = bytes[(*at)++];
	unsigned more = c >= 0xf0 ? 3 : c >= 0xe0 ? 2 : c >= 0xc0 ? 1 : 0;

	if (more > 0)
		c &= 0x3f >> more;
	while (more-- > 0)
		c = c << 6 | (bytes[(*at)++] & 0x3f);
	return c;
}

/* False: more than fit. */
static bool read_characters(const unsigned char *bytes, size_t length, struct reading *reading)
{
	bool utf8 = text_is_utf8(bytes, length);

	reading->n = 0;
	for (size_t at = 0; at < length;) {
		if (reading->n == VARIANT_CHARACTERS_MAX)
			return false;
		reading->c[reading->n++] = utf8 ? decode(bytes, &at) : bytes[at++];
	}
	return true;
}

static void add(struct reading *reading, uint32_t c)
{
	reading->c[reading->n++] = c;
}

bool reading_equal(const struct reading *a, const struct reading *b)
{
	return a->n == b->n && memcmp(a->c, b->c, a->n * sizeof(a->c[0])) == 0;
}

bool reading_mirrors(const struct reading *a, const struct reading *b)
{
	for (size_t i = 0; i < a->n && a->n == b->n; i++)
		if (a->c[i] != b->c[a->n - 1 - i])
			return false;
	return a->n == b->n;
}

/* ---- the entry's words -------------------------------------------------------------- */

struct words {
	size_t count, used;
	struct {
		size_t at, n;
	} items[WORDS_MAX];
	uint32_t c[WORDS_ROOM];
};

static bool part_of_word(uint32_t c)
{
	return character_is_letter(c) || character_is_digit(c);
}

static void add_word(struct words *words, const uint32_t *c, size_t n)
{
	if (n < WORD_MIN || words->count == WORDS_MAX || n > WORDS_ROOM - words->used ||
	    (n == 3 && c[0] == 'w' && c[1] == 'w'))
		return;
	words->items[words->count].at = words->used;
	words->items[words->count++].n = n;
	memcpy(words->c + words->used, c, n * sizeof(c[0]));
	words->used += n;
}

/* Splits at everything that is neither letter nor digit. */
static void add_words(struct words *words, const char *text, size_t length)
{
	struct reading reading;
	size_t start = 0;

	if (!read_characters((const unsigned char *)text, length, &reading))
		return;
	for (size_t i = 0; i <= reading.n; i++) {
		if (i < reading.n) {
			reading.c[i] = character_small(reading.c[i]);
			if (part_of_word(reading.c[i]))
				continue;
		}
		add_word(words, reading.c + start, i - start);
		start = i + 1;
	}
}

/* The host of a URL, without its last label, which says nothing of the service. */
static void add_host(struct words *words, const char *url)
{
	const char *host = strstr(url, "://");
	size_t length;

	host = host ? host + 3 : url;
	length = strcspn(host, "/?#:");
	while (length > 0 && host[length - 1] != '.')
		length--;
	add_words(words, host, length);
}

static void words_of(const struct entry *entry, struct words *words)
{
	words->count = words->used = 0;
	if (entry->name)
		add_words(words, entry->name, strlen(entry->name));
	if (entry->user)
		add_words(words, entry->user, strcspn(entry->user, "@"));
	for (size_t i = 0; i < entry->n_fields; i++)
		if (entry->fields[i].kind == FIELD_URL && entry->fields[i].text)
			add_host(words, entry->fields[i].text);
}

/* The length of the longest of the words that starts there. */
static size_t word_at(const struct words *words, const uint32_t *c, size_t n)
{
	size_t longest = 0;

	for (size_t i = 0; i < words->count; i++) {
		size_t length = words->items[i].n;

		if (length <= n && length > longest &&
		    memcmp(words->c + words->items[i].at, c, length * sizeof(c[0])) == 0)
			longest = length;
	}
	return longest;
}

/* ---- normal forms ------------------------------------------------------------------- */

/* Letters alone, seasons as one sign. The seasons' numbers are kept where `shape` is given. */
static void keep_letters(const struct reading *small, struct reading *letters, struct shape *shape)
{
	for (size_t i = 0; i < small->n;) {
		size_t length;
		unsigned season = season_at(small->c + i, small->n - i, &length);

		if (season > 0) {
			add(letters, SIGN_SEASON);
			if (shape)
				shape->seasons[shape->n_seasons++] = season;
			i += length;
			continue;
		}
		if (character_is_letter(small->c[i]))
			add(letters, small->c[i]);
		i++;
	}
}

/* Do the letters of `small` stand together? */
static bool together(const struct reading *small)
{
	unsigned runs = 0;

	for (size_t i = 0; i < small->n; i++)
		if (character_is_letter(small->c[i]) &&
		    (i == 0 || !character_is_letter(small->c[i - 1])))
			runs++;
	return runs == 1;
}

static size_t weight_of(const struct reading *letters, size_t n)
{
	size_t weight = 0;

	for (size_t i = 0; i < n; i++)
		weight += letters->c[i] == SIGN_SEASON ? LETTERS_MIN : 1;
	return weight;
}

/* What is written twice, or there and back, is kept once, as long as enough is left; the same for
 * its halves. Was there anything to do? */
static bool keep_once(struct reading *reading)
{
	bool twice = false;

	for (size_t half = reading->n / 2; reading->n == 2 * half; half = reading->n / 2) {
		bool again = true, back = true;

		if (weight_of(reading, half) < LETTERS_MIN)
			break;
		for (size_t i = 0; i < half; i++) {
			again &= reading->c[i] == reading->c[half + i];
			back &= reading->c[i] == reading->c[2 * half - 1 - i];
		}
		if (!again && !back)
			break;
		reading->n = half;
		twice = true;
	}
	return twice;
}

/* Are these letters of `small` enough not to be met by chance? */
static bool enough(const struct reading *letters, const struct reading *small)
{
	bool short_word = small->n < SHORT && together(small);
	bool hex = true;
	size_t weight = weight_of(letters, letters->n);

	for (size_t i = 0; i < letters->n; i++)
		hex &= letters->c[i] <= 'f';
	if (short_word && weight >= LETTERS_MIN_TOGETHER)
		return true;
	return weight >= (hex ? LETTERS_MIN_HEX : LETTERS_MIN);
}

static void find_letters(struct shape *shape, const struct reading *small)
{
	keep_letters(small, &shape->letters, shape);
	if (!enough(&shape->letters, small))
		shape->letters.n = 0;
	shape->twice |= keep_once(&shape->letters);
}

/* Without the entry's words, where there is one: its letters, or else what is left. */
static void find_bare(struct shape *shape, const struct reading *small, const struct words *words)
{
	struct reading rest = {0};

	for (size_t i = 0; i < small->n;) {
		size_t length = word_at(words, small->c + i, small->n - i);

		if (length == 0)
			add(&rest, small->c[i]);
		i += length > 0 ? length : 1;
	}
	if (rest.n < small->n) {
		keep_letters(&rest, &shape->bare, NULL);
		if (!enough(&shape->bare, &rest)) {
			shape->bare.n = 0;
			if (rest.n >= LETTERS_MIN_TOGETHER)
				shape->rest = rest;
		}
		keep_once(&shape->bare);
	}
	secret_wipe(&rest, sizeof(rest));
}

static void find_lookalikes(struct shape *shape, const struct reading *small)
{
	if (small->n < LETTERS_MIN)
		return;
	for (size_t i = 0; i < small->n; i++)
		add(&shape->lookalikes, lookalike(small->c[i]));
	shape->twice |= keep_once(&shape->lookalikes);
}

/* Row and column of the key, 8 bits each; 0: it is on none. */
static uint32_t key_of(uint32_t c)
{
	enum {
		COLUMNS = 14,
		ROWS = 4
	};
	static const char keys[] = "`1234567890-= "
				   " qwertyuiop[]\\"
				   " asdfghjkl;'  "
				   " zxcvbnm,./   "
				   "~!@#$%^&*()_+ "
				   " QWERTYUIOP{}|"
				   " ASDFGHJKL:\"  "
				   " ZXCVBNM<>?   ";
	const char *at = c > ' ' && c < 0x7f ? strchr(keys, (int)c) : NULL;

	_Static_assert(sizeof(keys) == 2 * ROWS * COLUMNS + 1, "a row is short");
	if (!at)
		return 0;
	return (uint32_t)((at - keys) / COLUMNS % ROWS + 1) << 8 |
	       (uint32_t)((at - keys) % COLUMNS + 1);
}

static void find_keys(struct shape *shape)
{
	const struct reading *raw = &shape->raw;
	uint32_t top = UINT32_MAX, left = UINT32_MAX;
	size_t digits = 0;

	for (size_t i = 0; i < raw->n; i++) {
		uint32_t key = key_of(raw->c[i]);

		if (key == 0) {
			shape->keys.n = 0;
			return;
		}
		add(&shape->keys, key);
		top = key >> 8 < top ? key >> 8 : top;
		left = (key & 255) < left ? key & 255 : left;
		digits += character_is_digit(raw->c[i]);
	}
	if (raw->n < (digits == raw->n ? KEYS_MIN_DIGITS : KEYS_MIN))
		shape->keys.n = 0;
	for (size_t i = 0; i < shape->keys.n; i++)
		shape->keys.c[i] -= top << 8 | left;
}

static void clear(struct shape *shape)
{
	shape->raw.n = shape->letters.n = shape->bare.n = shape->rest.n = 0;
	shape->lookalikes.n = shape->keys.n = shape->n_seasons = 0;
	shape->twice = false;
}

bool shape_of(const struct secret *password, const struct entry *entry, struct shape *ret_shape)
{
	struct words words;
	struct reading small;

	clear(ret_shape);
	if (password->length == 0 ||
	    !read_characters(password->bytes, password->length, &ret_shape->raw))
		return false;
	small = ret_shape->raw;
	for (size_t i = 0; i < small.n; i++)
		small.c[i] = character_small(small.c[i]);
	words_of(entry, &words);
	find_letters(ret_shape, &small);
	find_bare(ret_shape, &small, &words);
	find_lookalikes(ret_shape, &small);
	find_keys(ret_shape);
	secret_wipe(&small, sizeof(small));
	return true;
}

void shape_wipe(struct shape *shape)
{
	secret_wipe(shape, sizeof(*shape));
}

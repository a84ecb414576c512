/* KeePass 2 XML, written: what is read again is what was written, byte for byte. */
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>

#include "format/format.h"
#include "format/kinds.h"
#include "keepass.h"

#define ITEMS 1000
#define PASSWORDS 5
#define FIELDS 30
#define VALUE 64

/* An item with everything it points to, made anew from its number. */
struct made {
	uint64_t state;
	struct item item;
	struct item_password passwords[PASSWORDS];
	struct item_field fields[FIELDS];
	char texts[2 + PASSWORDS * 2 + FIELDS * 2][VALUE + 1];
	size_t n_texts;
};

static uint64_t draw(struct made *made, uint64_t below)
{
	made->state ^= made->state << 13;
	made->state ^= made->state >> 7;
	made->state ^= made->state << 17;
	return (made->state >> 11) % below;
}

static char *room(struct made *made)
{
	return made->texts[made->n_texts++];
}

/* What marks something in XML, in tags, in our own spelling, or may not be in XML at all. */
static const char *const pieces[] = {
	"a",
	"Z",
	"0",
	" ",
	"\t",
	"\n",
	"<",
	">",
	"&",
	"&amp;",
	"\"",
	"'",
	"]]>",
	"<![CDATA[",
	";",
	",",
	"/",
	"=",
	"{vault:base64:AAE=}",
	"{REF:P@I:0}",
	"{USERNAME}",
	"\\",
	"\xc3\xa9",
	"\xd7\x90",
	"\xf0\x9f\x98\x80",
	"\xef\xbf\xbd",
	"\xe2\x80\x8b",
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static struct span some_text(struct made *made, const char *without)
{
	char *text = room(made);
	size_t length = 0;

	text[length++] = (char)('A' + made->n_texts % 26); /* no two are the same */
	for (uint64_t n = draw(made, 6); n > 0; n--) {
		const char *piece = pieces[draw(made, COUNT(pieces))];

		if (strpbrk(piece, without) || length + strlen(piece) > VALUE)
			continue;
		memcpy(text + length, piece, strlen(piece));
		length += strlen(piece);
	}
	text[length] = '\0';
	return (struct span){text, length};
}

static struct span some_bytes(struct made *made)
{
	char *bytes = room(made);
	size_t length = 1 + draw(made, 20);

	for (size_t i = 0; i < length; i++)
		bytes[i] = (char)draw(made, draw(made, 2) ? 256 : 32);
	return (struct span){bytes, length};
}

static struct span some_value(struct made *made)
{
	return draw(made, 2) ? some_bytes(made) : some_text(made, "");
}

static struct span some_uuid(struct made *made)
{
	char *text = room(made);
	unsigned long first = (unsigned long)draw(made, 1000000), last = made->n_texts;

	snprintf(text, VALUE, "%08lx-0000-4000-8000-%012lx", first, last);
	return span_of(text);
}

static void make_passwords(struct made *made)
{
	struct item *item = &made->item;
	int64_t now = item->created;

	for (uint64_t n = draw(made, PASSWORDS); n > 0; n--) {
		struct item_password *password = &made->passwords[item->n_passwords++];

		now += (int64_t)(draw(made, 3) * 1000);
		*password = (struct item_password){.value = some_value(made), .since = now};
		now += (int64_t)draw(made, 100000);
		password->until = now;
		if (draw(made, 5) == 0)
			password->reason = some_text(made, "").bytes;
	}
	if (item->n_passwords > 0 && draw(made, 4) > 0)
		made->passwords[item->n_passwords - 1].until = 0;
	if (draw(made, 10) == 0) /* out of step */
		now -= 50;
	item->modified = now + (int64_t)(draw(made, 2) * 5000);
}

static void add_field(struct made *made, enum field_kind kind, const char *key, struct span value)
{
	made->fields[made->item.n_fields++] = (struct item_field){kind, key, value};
}

/* As long as may be, blanks at both ends, and a mark that turns the direction. */
#define HUNDRED \
	"0123456789 0123456789 0123456789 0123456789 0123456789 " \
	"0123456789 0123456789 0123456789 0123456789 "
#define KEY_255 \
	" \xe2\x80\xae" HUNDRED HUNDRED "0123456789 0123456789 0123456789 0123456789 0123456 "

static void add_custom(struct made *made, enum field_kind kind, unsigned at)
{
	static const char *const keys[] = {
		"Title",
		"UserName",
		"URL",
		"TOTP Seed",
		"TimeOtp-Secret",
		"vault.rules",
		"vault.field.x",
		"vault.",
		"KP2A_URL_1",
		KEY_255,
		"KPEX_PASSKEY_USERNAME",
		"a <&> b",
	};
	struct span value = kind == FIELD_SECRET ? some_value(made) : some_text(made, "");

	if (draw(made, 4) == 0)
		value.length = 0;
	if (value.length == 0)
		value.bytes = "";
	add_field(made, kind, keys[at], value);
}

/* In order of kind, as they stand in an item. */
static void make_fields(struct made *made)
{
	unsigned customs = (unsigned)draw(made, 13);

	for (uint64_t n = draw(made, 4); n > 0; n--)
		add_field(made, FIELD_URL, NULL, some_text(made, ""));
	for (uint64_t n = draw(made, 3); n > 0; n--)
		add_field(made, FIELD_TAG, NULL, some_text(made, ""));
	for (unsigned i = 0; i < customs; i += 2)
		add_custom(made, FIELD_TEXT, i);
	if (draw(made, 3) == 0)
		add_field(made, FIELD_EXPIRES, NULL, span_of("2031-02-03T04:05:06Z"));
	if (draw(made, 3) == 0)
		add_field(made, FIELD_RULES, NULL, span_of("minlength: 12; maxlength: 20;"));
	for (uint64_t n = draw(made, 3); n > 0; n--)
		add_field(made, FIELD_RESETS, NULL, some_uuid(made));
	if (draw(made, 3) == 0)
		add_field(made, FIELD_REALM, NULL, span_of("directory\tone <login> for all"));
	if (draw(made, 2))
		add_field(made, FIELD_NOTE, NULL, some_value(made));
	for (unsigned i = 1; i < customs; i += 2)
		add_custom(made, FIELD_SECRET, i);
	if (draw(made, 2))
		add_field(made, FIELD_OTP, NULL, span_of("otpauth://totp/x?secret=GEZDGNBV"));
	if (draw(made, 2))
		add_field(made, FIELD_ATTACHMENT, "a <&>; {REF:}.txt", some_bytes(made));
}

static void make(struct made *made, unsigned number)
{
	static const char *const folders[] = {"",   "work/", "work/mail/", "work/mail/a b/",
	                                      "w/", "//",    "a//",        "x /"};
	struct item *item = &made->item;
	char *name;

	*made = (struct made){.state = (number + 1) * UINT64_C(0x9e3779b97f4a7c15)};
	memcpy(item->uuid, &made->state, sizeof(made->state));
	item->has_uuid = true;
	item->user = draw(made, 3) ? some_text(made, "").bytes : NULL;
	name = room(made);
	snprintf(name, VALUE, "%s%u%s", folders[draw(made, number % 10 ? 5 : 8)], number,
	         draw(made, 2) ? "<&>/x" : "");
	item->name = name;
	item->created = (int64_t)(1000000000 + draw(made, 100000));
	make_passwords(made);
	make_fields(made);
	item->trashed = draw(made, 20) == 0 ? item->modified + 7 : 0;
	item->passwords = made->passwords;
	item->fields = made->fields;
}

/* ---- writing ------------------------------------------------------------------------- */

struct attachments {
	struct span list[ITEMS];
	uint32_t count;
};

static int put(void *context, const void *bytes, size_t length, struct error *err)
{
	buf_add(context, bytes, length);
	return buf_check(context, err);
}

static int keep_attachment(void *context, struct span bytes, uint32_t *ret_number,
                           struct error *err)
{
	struct attachments *attachments = context;

	(void)err;
	attachments->list[attachments->count] =
		(struct span){memcpy(malloc(bytes.length), bytes.bytes, bytes.length),
	                      bytes.length};
	*ret_number = attachments->count++;
	return 0;
}

static const unsigned char key[64] = "the key of the stream";

static void write_all(bool sealed, struct attachments *attachments, struct buf *document)
{
	static const struct export_how how = {.format = &format_keepass_xml};
	static struct keepass_write write;
	struct sink sink = {0};
	struct keepass_write_how write_how = {.sink = &sink};

	assert_done(sink_start(&sink, &how, put, document, err));
	if (sealed) {
		assert_done(kdbx_inner_new(&write_how.inner, KDBX_INNER_CHACHA20, key, sizeof(key),
		                           err));
		write_how.attachment = keep_attachment;
		write_how.context = attachments;
	}
	assert_done(keepass_write_begin(&write, &write_how, err));
	for (unsigned i = 0; i < ITEMS; i++) {
		static struct made made;

		make(&made, i);
		assert_done(keepass_write_item(&write, &made.item, err));
	}
	assert_done(keepass_write_end(&write, err));
	assert_done(sink_flush(&sink, err));
	sink_done(&sink);
	kdbx_inner_free(write_how.inner);
}

/* ---- comparing ----------------------------------------------------------------------- */

static void assert_string(const char *a, const char *b)
{
	assert_int_equal(!a, !b);
	if (a)
		assert_string_equal(a, b);
}

static void assert_span(struct span a, struct span b)
{
	assert_int_equal(a.length, b.length);
	assert_memory_equal(a.bytes, b.bytes, a.length);
}

static void assert_item(const struct item *a, const struct item *b)
{
	assert_memory_equal(a->uuid, b->uuid, ITEM_UUID_BYTES);
	assert_string(a->name, b->name);
	assert_string(a->user, b->user);
	assert_int_equal(a->created, b->created);
	assert_int_equal(a->modified, b->modified);
	assert_int_equal(a->trashed, b->trashed);
	assert_int_equal(a->n_passwords, b->n_passwords);
	for (size_t i = 0; i < a->n_passwords; i++) {
		assert_span(a->passwords[i].value, b->passwords[i].value);
		assert_int_equal(a->passwords[i].since, b->passwords[i].since);
		assert_int_equal(a->passwords[i].until, b->passwords[i].until);
		assert_string(a->passwords[i].reason, b->passwords[i].reason);
	}
	assert_int_equal(a->n_fields, b->n_fields);
	for (size_t i = 0; i < a->n_fields; i++) {
		assert_int_equal(a->fields[i].kind, b->fields[i].kind);
		assert_string(a->fields[i].key, b->fields[i].key);
		assert_span(a->fields[i].value, b->fields[i].value);
	}
}

static void come_back(bool sealed)
{
	static struct attachments attachments;
	struct kdbx_binaries binaries = {attachments.list, 0};
	struct keepass_xml_how how = {.binaries = sealed ? &binaries : NULL};
	BUF_AUTO document = BUF_EMPTY;
	struct keepass_run run;
	struct item item;

	attachments.count = 0;
	write_all(sealed, &attachments, &document);
	binaries.count = attachments.count;
	if (sealed)
		assert_done(kdbx_inner_new(&how.inner, KDBX_INNER_CHACHA20, key, sizeof(key), err));
	assert_done(keepass_run(&run, &how, document.bytes, document.length, err));
	for (unsigned i = 0; i < ITEMS; i++) {
		static struct made made;

		make(&made, i);
		assert_true(keepass_run_item(&run, &item));
		assert_item(&item, &made.item);
	}
	assert_false(keepass_run_item(&run, &item));
	keepass_run_done(&run);
	kdbx_inner_free(how.inner);
	for (uint32_t i = 0; i < attachments.count; i++)
		free((void *)(uintptr_t)attachments.list[i].bytes);
}

static void everything_comes_back_from_a_plain_file(void **state)
{
	(void)state;
	come_back(false);
}

static void everything_comes_back_from_inside_a_container(void **state)
{
	(void)state;
	come_back(true);
}

/* What another program changes counts, and nothing of ours stands in its way. */
static void a_change_by_another_program_wins(void **state)
{
	static const char xml[] =
		"<KeePassFile><Root><Group><Entry><Times><LastModificationTime>2020-02-01"
		"</LastModificationTime></Times><String><Key>Password</Key><Value>new</Value>"
		"</String><String><Key>vault.dates</Key><Value>5 0 6</Value></String><History>"
		"<Entry><Times><LastModificationTime>2020-01-01</LastModificationTime></Times>"
		"<String><Key>Password</Key><Value>{vault:base64:AAE=}</Value></String>"
		"<String><Key>vault.dates</Key><Value>1000 0 1577836800</Value></String></Entry>"
		"</History></Entry></Group></Root></KeePassFile>";
	static const struct keepass_xml_how how;
	struct keepass_run run;
	struct item item;

	(void)state;
	assert_done(keepass_run(&run, &how, xml, strlen(xml), err));
	assert_true(keepass_run_item(&run, &item));
	assert_int_equal(item.n_passwords, 2);
	assert_span(item.passwords[0].value, (struct span){"\0\1", 2});
	assert_int_equal(item.passwords[0].since, 1000);
	assert_int_equal(item.passwords[0].until, 1580515200);
	assert_span(item.passwords[1].value, (struct span){"new", 3});
	assert_int_equal(item.passwords[1].since, 1580515200);
	keepass_run_done(&run);
}

/* A kind of field that has no word would be lost without a sound. */
static void every_kind_has_a_word(void **state)
{
	(void)state;
	for (int kind = FIELD_URL; kind <= FIELD_ATTACHMENT; kind++) {
		const char *word = kind_word((enum field_kind)kind);

		if (word)
			assert_int_equal(kind_of_word(span_of(word)), kind);
	}
	assert_non_null(kind_word(FIELD_RULES));
	assert_non_null(kind_word(FIELD_RESETS));
	assert_non_null(kind_word(FIELD_REALM));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(everything_comes_back_from_a_plain_file),
		cmocka_unit_test(everything_comes_back_from_inside_a_container),
		cmocka_unit_test(a_change_by_another_program_wins),
		cmocka_unit_test(every_kind_has_a_word),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

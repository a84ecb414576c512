/* KeePass 2 XML, read. The documents are written from the published description. */
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>

#include "keepass.h"

#define BIN "AQEBAQEBAQEBAQEBAQEBAQ=="
#define FRONT \
	"<KeePassFile><Meta><RecycleBinUUID>" BIN "</RecycleBinUUID></Meta><Root><Group>" \
	"<Name>database</Name>"
#define BACK "</Group></Root></KeePassFile>"
#define STRING(key, value) "<String><Key>" key "</Key><Value>" value "</Value></String>"
#define CHANGED(when) "<Times><LastModificationTime>" when "</LastModificationTime></Times>"

static const struct keepass_xml_how plain;

static struct item one_item(struct keepass_run *run, const char *xml)
{
	struct item item = {0};

	assert_done(keepass_run(run, &plain, xml, strlen(xml), err));
	assert_true(keepass_run_item(run, &item));
	return item;
}

static void assert_span(struct span span, const char *text)
{
	assert_non_null(span.bytes);
	assert_int_equal(span.length, strlen(text));
	assert_memory_equal(span.bytes, text, span.length);
}

static struct span value(const struct item *item, enum field_kind kind, const char *key)
{
	for (size_t i = 0; i < item->n_fields; i++)
		if (item->fields[i].kind == kind && (!key || strcmp(item->fields[i].key, key) == 0))
			return item->fields[i].value;
	return (struct span){NULL, 0};
}

/* Gives `front`, `text` so many times, `back`; free(3). */
static char *repeat(const char *front, const char *text, size_t count, const char *back,
                    size_t *ret_length)
{
	size_t start = strlen(front), length = strlen(text), end = strlen(back);
	char *all = malloc(start + length * count + end);

	assert_non_null(all);
	memcpy(all, front, start);
	for (size_t i = 0; i < count; i++)
		memcpy(all + start + i * length, text, length);
	memcpy(all + start + length * count, back, end);
	*ret_length = start + length * count + end;
	return all;
}

static void an_entry_is_taken_with_its_groups_as_a_folder(void **state)
{
	static const char xml[] = FRONT
		"<Group><Name>work</Name><Tags>job</Tags><Group><Name>mail</Name><Entry>"
		"<Tags>a;b, c</Tags><IconID>7</IconID>"
		"<AutoType><DefaultSequence>{TAB}</DefaultSequence></AutoType>"
		"<String><Key>pin</Key><Value ProtectInMemory=\"True\">12</Value></String>"
		"<Binary><Key>f</Key><Value>AAEC</Value></Binary>" STRING("Title", "one")
			STRING("UserName", "joe") STRING("Password", "p&amp;w&#10;&lt;")
				STRING("URL", "https://a") STRING("Notes", "n") STRING("KP2A_URL_1",
	                                                                               "https://b")
					STRING("custom", "x") "</Entry></Group></Group>" BACK;
	static const char *const tags[] = {"a", "b", "c", "job"};
	struct keepass_run run;
	struct item item = one_item(&run, xml);

	(void)state;
	assert_string_equal(item.name, "work/mail/one");
	assert_string_equal(item.user, "joe");
	assert_int_equal(item.n_passwords, 1);
	assert_span(item.passwords[0].value, "p&w\n<");
	assert_int_equal(item.n_fields, 10);
	assert_span(item.fields[0].value, "https://a");
	assert_span(item.fields[1].value, "https://b");
	for (size_t i = 0; i < 4; i++)
		assert_span(item.fields[2 + i].value, tags[i]);
	assert_span(value(&item, FIELD_TEXT, "custom"), "x");
	assert_span(value(&item, FIELD_SECRET, "pin"), "12");
	assert_span(value(&item, FIELD_NOTE, NULL), "n");
	assert_memory_equal(value(&item, FIELD_ATTACHMENT, "f").bytes, "\0\1\2", 3);
	assert_true(keepass_run_told(&run, FATE_LEFT, "auto-type", ""));
	assert_true(keepass_run_told(&run, FATE_LEFT, "icon", ""));
	assert_false(keepass_run_told(&run, FATE_LEFT, "colour", ""));
	keepass_run_done(&run);
}

static void history_gives_earlier_passwords_with_their_dates(void **state)
{
	static const char xml[] = FRONT "<Entry>" CHANGED("2020-03-01T00:00:00Z")
		STRING("Password", "three") "<History><Entry>" CHANGED("2020-02-10T00:00:00Z")
			STRING("Password", "two") STRING("URL", "old") "</Entry><Entry>" CHANGED(
				"2020-02-01T00:00:00Z")
				STRING("Password",
	                               "two") "</Entry><Entry>" CHANGED("2020-01-01T00:00:00Z")
					STRING("Password", "one") "</Entry></History></Entry>" BACK;
	struct keepass_run run;
	struct item item = one_item(&run, xml);

	(void)state;
	assert_int_equal(item.n_passwords, 3);
	assert_span(item.passwords[0].value, "one");
	assert_int_equal(item.passwords[0].since, 1577836800);
	assert_int_equal(item.passwords[0].until, 1580515200);
	assert_span(item.passwords[1].value, "two");
	assert_int_equal(item.passwords[1].since, 1580515200);
	assert_int_equal(item.passwords[1].until, 1583020800);
	assert_span(item.passwords[2].value, "three");
	assert_int_equal(item.passwords[2].since, 1583020800);
	assert_int_equal(item.passwords[2].until, 0);
	assert_span(value(&item, FIELD_SECRET, "url (until 2020-03-01 00:00)"), "old");
	assert_true(keepass_run_told(&run, FATE_CHANGED, "earlier value of another field", ""));
	keepass_run_done(&run);
}

#define WAS(changed, user, note, pin) \
	"<Entry>" CHANGED(changed) STRING("UserName", user) STRING("Notes", note) \
		STRING("pin", pin) "</Entry>"

/* Once each, with the time of the state that ended it. */
static void history_gives_earlier_values_of_other_fields(void **state)
{
	static const char xml[] = FRONT "<Entry>" CHANGED("2020-04-01T10:20:30Z")
		STRING("UserName", "jo") STRING("Notes", "c")
			STRING("pin", "{REF:U@I:0}") "<History>" WAS("2020-01-01T00:00:00Z", "joe",
	                                                             "a", "1")
				WAS("2020-02-01T00:00:00Z", "joe", "b", "1")
					WAS("2020-03-01T01:02:03Z", "jo", "a",
	                                    "{REF:P@I:1}") "</History></Entry>" BACK;
	struct keepass_run run;
	struct item item = one_item(&run, xml);

	(void)state;
	assert_string_equal(item.user, "jo");
	assert_span(value(&item, FIELD_NOTE, NULL), "c");
	assert_span(value(&item, FIELD_SECRET, "user (until 2020-03-01 01:02)"), "joe");
	assert_span(value(&item, FIELD_SECRET, "note (until 2020-04-01 10:20)"), "a");
	assert_span(value(&item, FIELD_SECRET, "note (until 2020-03-01 01:02)"), "b");
	assert_span(value(&item, FIELD_SECRET, "pin (until 2020-03-01 01:02)"), "1");
	assert_int_equal(item.n_fields, 6); /* with note and pin */
	assert_true(keepass_run_told(&run, FATE_LEFT, "earlier value of another field",
	                             "of no use any more"));
	keepass_run_done(&run);
}

/* More than are kept: the newest are, and the rest is told. */
static void earlier_values_are_bounded(void **state)
{
	BUF_AUTO xml = BUF_EMPTY;
	struct keepass_run run;
	struct item item;

	(void)state;
	buf_add_string(&xml, FRONT "<Entry>" CHANGED("2021-01-01T00:00:00Z") "<History>");
	for (int i = 0; i < 300; i++)
		buf_add_format(
			&xml,
			"<Entry><Times><LastModificationTime>2020-01-01T%02d:%02d:00Z"
			"</LastModificationTime></Times><String><Key>k</Key><Value>%d</Value>"
			"</String></Entry>",
			i / 60, i % 60, i);
	buf_add_string(&xml, "</History></Entry>" BACK);
	buf_add(&xml, "", 1);
	item = one_item(&run, (const char *)xml.bytes);
	assert_int_equal(item.n_fields, 200);
	assert_span(value(&item, FIELD_SECRET, "k (until 2021-01-01 00:00)"), "299");
	assert_span(value(&item, FIELD_SECRET, "k (until 2020-01-01 01:41)"), "100");
	assert_true(keepass_run_told(&run, FATE_LEFT, "earlier value of another field",
	                             "there are too many"));
	keepass_run_done(&run);
}

static void dates_are_read_in_both_ways_and_the_bin_is_the_trash(void **state)
{
	/* 2020-01-01T00:00:00Z is 63713433600 seconds after the year 1 began. */
	static const char xml[] =
		FRONT "<Group><UUID>" BIN "</UUID><Name>Bin</Name><Group><Name>g</Name><Entry>"
		      "<Times><CreationTime>ANid1Q4AAAA=</CreationTime>"
		      "<LastModificationTime>2020-01-02</LastModificationTime>"
		      "<LocationChanged>2020-01-03T00:00:00Z</LocationChanged>"
		      "<ExpiryTime>2030-01-01T00:00:00Z</ExpiryTime><Expires>True</Expires>"
		      "</Times>" STRING("Title", "one") "</Entry></Group></Group>" BACK;
	struct keepass_run run;
	struct item item = one_item(&run, xml);

	(void)state;
	assert_int_equal(item.created, 1577836800);
	assert_int_equal(item.modified, 1577836800 + 86400);
	assert_int_equal(item.trashed, 1577836800 + 2 * 86400);
	assert_string_equal(item.name, "g/one");
	assert_span(value(&item, FIELD_EXPIRES, NULL), "2030-01-01T00:00:00Z");
	keepass_run_done(&run);
}

static void a_one_time_code_is_taken_in_every_spelling(void **state)
{
	static const struct {
		const char *strings, *uri;
	} spellings[] = {
		{STRING("otp", "otpauth://totp/x?secret=GEZDGNBV&amp;period=60"), "period=60"},
		{STRING("otp", "key=GEZDGNBV&amp;step=60&amp;size=8"), "digits=8&period=60"},
		{STRING("TOTP Seed", "GEZD GNBV") STRING("TOTP Settings", "60;8"),
	         "digits=8&period=60"},
		{STRING("TOTP Seed", "GEZDGNBV") STRING("TOTP Settings", "30;S"), "steam"},
		{STRING("TimeOtp-Secret", "12345") STRING("TimeOtp-Algorithm", "HMAC-SHA-256"),
	         "algorithm=SHA256"},
		{STRING("TimeOtp-Secret-Hex", "31 32 33 34 35"), "secret=GEZDGNBV"},
		{STRING("TimeOtp-Secret-Base32", "GEZDGNBV") STRING("TimeOtp-Length", "8"),
	         "digits=8"},
		{STRING("TimeOtp-Secret-Base64", "MTIzNDU=") STRING("TimeOtp-Period", "45"),
	         "period=45"},
		{STRING("HmacOtp-Secret-Base32", "GEZDGNBV") STRING("HmacOtp-Counter", "7"),
	         "counter=7"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(spellings) / sizeof(spellings[0]); i++) {
		char xml[2048];
		struct keepass_run run;
		struct item item;
		struct span uri;

		snprintf(xml, sizeof(xml), "%s%s%s", FRONT "<Entry>", spellings[i].strings,
		         "</Entry>" BACK);
		item = one_item(&run, xml);
		uri = value(&item, FIELD_OTP, NULL);
		assert_int_equal(item.n_fields, 1);
		assert_non_null(uri.bytes);
		assert_non_null(strstr(uri.bytes, "secret=GEZDGNBV"));
		assert_non_null(strstr(uri.bytes, spellings[i].uri));
		keepass_run_done(&run);
	}
}

static void a_one_time_code_of_an_unknown_kind_is_kept(void **state)
{
	static const char xml[] = FRONT "<Entry>" STRING("TimeOtp-Secret-Base32", "GEZDGNBV")
		STRING("TimeOtp-Length", "40") "</Entry>" BACK;
	struct keepass_run run;
	struct item item = one_item(&run, xml);

	(void)state;
	assert_null(value(&item, FIELD_OTP, NULL).bytes);
	assert_span(value(&item, FIELD_SECRET, "TimeOtp-Secret-Base32"), "GEZDGNBV");
	assert_span(value(&item, FIELD_SECRET, "TimeOtp-Length"), "40");
	keepass_run_done(&run);
}

#define TWO "02020202020202020202020202020202"

static void references_are_followed(void **state)
{
	static const char xml[] = FRONT "<Entry>" STRING("Title",
	                                                 "one") STRING("Password",
	                                                               "{REF:P@I:" TWO
	                                                               "}") STRING("URL",
	                                                                           "{REF:A@I:" TWO
	                                                                           "}")
		STRING("Notes",
	               "{REF:P@I:" TWO
	               "} {REF:P@T:other}") "</Entry>"
					    "<Entry><UUID>AgICAgICAgICAgICAgICAg==</UUID>" STRING(
						    "Title", "two") STRING("Password", "secret")
						    STRING("URL",
	                                                   "{REF:T@I:" TWO "}") "</Entry>" BACK;
	struct keepass_run run;
	struct item item;

	(void)state;
	item = one_item(&run, xml);
	assert_string_equal(item.name, "one");
	assert_span(item.passwords[0].value, "secret");
	assert_span(item.fields[0].value, "two");
	assert_span(value(&item, FIELD_NOTE, NULL), "secret {REF:P@T:other}");
	assert_true(keepass_run_item(&run, &item));
	assert_string_equal(item.name, "two");
	assert_span(item.fields[0].value, "two");
	assert_true(keepass_run_told(&run, FATE_CHANGED, "reference", "replaced"));
	assert_true(keepass_run_told(&run, FATE_CHANGED, "reference", "nothing"));
	keepass_run_done(&run);
}

/* An entry that refers to itself a hundred times over, in ten levels, would make 10^20 bytes. */
static void references_do_not_run_away(void **state)
{
	size_t length;
	char *xml = repeat(FRONT "<Entry><UUID>AgICAgICAgICAgICAgICAg==</UUID><String>"
	                         "<Key>URL</Key><Value>",
	                   "{REF:A@I:" TWO "}", 90, "</Value></String></Entry>" BACK, &length);
	struct keepass_run run;
	struct item item;

	(void)state;
	assert_done(keepass_run(&run, &plain, xml, length, err));
	assert_true(keepass_run_item(&run, &item));
	assert_true(item.n_fields == 1 && item.fields[0].value.length < 200000);
	keepass_run_done(&run);
	free(xml);
}

/* ---- protected values ---------------------------------------------------------------- */

static const unsigned char key[64] = "the key of the stream";

/* The next value as it stands in a document. */
static const char *encrypted(struct kdbx_inner *inner, const char *text)
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	static char out[4][64];
	static unsigned next;
	char copy[64] = {0}, *written = out[next++ % 4], *end = written;
	size_t length = strlen(text);

	memcpy(copy, text, length);
	kdbx_inner_apply(inner, copy, length);
	assert_int_equal(length % 3, 0);
	for (const unsigned char *p = (unsigned char *)copy; length > 0; p += 3, length -= 3) {
		*end++ = digits[p[0] >> 2];
		*end++ = digits[(p[0] & 3) << 4 | p[1] >> 4];
		*end++ = digits[(p[1] & 15) << 2 | p[2] >> 6];
		*end++ = digits[p[2] & 63];
	}
	*end = '\0';
	return written;
}

static void protected_values_are_decrypted_in_order_wanted_or_not(void **state)
{
	struct keepass_xml_how how = {0};
	struct kdbx_inner *writer;
	struct keepass_run run;
	struct item item;
	static const char *const texts[] = {"skipped  ", "abc", "secret", "bytes."};
	const char *values[4];
	char xml[2048];

	(void)state;
	assert_done(kdbx_inner_new(&writer, KDBX_INNER_CHACHA20, key, sizeof(key), err));
	assert_done(kdbx_inner_new(&how.inner, KDBX_INNER_CHACHA20, key, sizeof(key), err));
	for (size_t i = 0; i < 4; i++)
		values[i] = encrypted(writer, texts[i]);
	snprintf(xml, sizeof(xml),
	         FRONT "<Odd Protected=\"True\">%s</Odd><Entry>"
	               "<Strange><Value Protected=\"True\">%s</Value></Strange>"
	               "<String><Key>Password</Key><Value Protected=\"True\">%s</Value></String>"
	               "<Binary><Key>f</Key><Value Protected=\"True\">%s</Value></Binary>"
	               "</Entry>" BACK,
	         values[0], values[1], values[2], values[3]);
	assert_done(keepass_run(&run, &how, xml, strlen(xml), err));
	assert_true(keepass_run_item(&run, &item));
	assert_span(item.passwords[0].value, "secret");
	assert_span(value(&item, FIELD_ATTACHMENT, "f"), "bytes.");
	keepass_run_done(&run);
	kdbx_inner_free(how.inner);
	kdbx_inner_free(writer);
	assert_fails(keepass_run(&run, &plain, xml, strlen(xml), err), VAULT_USAGE, "encrypted");
	keepass_run_done(&run);
}

static void attachments_lie_in_the_container_or_in_the_pool(void **state)
{
	static const char xml[] = "<KeePassFile><Meta><Binaries><Binary ID=\"5\">AAEC</Binary>"
				  "</Binaries></Meta><Root><Group><Entry>"
				  "<Binary><Key>a</Key><Value Ref=\"0\"/></Binary>"
				  "<Binary><Key>b</Key><Value Ref=\"5\"/></Binary>"
				  "<Binary><Key>c</Key><Value Ref=\"9\"/></Binary></Entry>" BACK;
	static const struct span list[] = {{"inner", 5}};
	static const struct kdbx_binaries binaries = {list, 1};
	const struct keepass_xml_how how = {.binaries = &binaries};
	struct keepass_run run;
	struct item item;

	(void)state;
	assert_done(keepass_run(&run, &how, xml, strlen(xml), err));
	assert_true(keepass_run_item(&run, &item));
	assert_int_equal(item.n_fields, 2);
	assert_span(value(&item, FIELD_ATTACHMENT, "a"), "inner");
	assert_memory_equal(value(&item, FIELD_ATTACHMENT, "b").bytes, "\0\1\2", 3);
	assert_true(keepass_run_told(&run, FATE_LEFT, "attachment", "does not hold"));
	keepass_run_done(&run);
}

static void a_header_of_another_file_is_refused(void **state)
{
	static const unsigned char zero[KEEPASS_HEADER_HASH_BYTES], other[32] = {1};
	static const char xml[] = "<KeePassFile><Meta><HeaderHash>"
				  "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=</HeaderHash></Meta>"
				  "</KeePassFile>";
	struct keepass_xml_how how = {.header_hash = zero};
	struct keepass_run run;

	(void)state;
	assert_done(keepass_run(&run, &how, xml, strlen(xml), err));
	keepass_run_done(&run);
	how.header_hash = other;
	assert_fails(keepass_run(&run, &how, xml, strlen(xml), err), VAULT_USAGE, "header");
	keepass_run_done(&run);
}

/* ---- hostile documents --------------------------------------------------------------- */

static void refuse(const char *xml, size_t length, const char *text)
{
	struct keepass_run run;

	assert_fails(keepass_run(&run, &plain, xml, length, err), VAULT_USAGE, text);
	keepass_run_done(&run);
}

static void entities_cannot_even_begin(void **state)
{
	static const char laughs[] = "<!DOCTYPE k [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;\">]>"
				     "<KeePassFile>&b;</KeePassFile>";
	static const char undeclared[] = "<KeePassFile>&a;</KeePassFile>";

	(void)state;
	refuse(laughs, strlen(laughs), "line 1: it has a DOCTYPE");
	refuse(undeclared, strlen(undeclared), "line 1: undefined entity");
}

static void documents_without_measure_are_refused(void **state)
{
	static const struct {
		const char *front, *text;
		size_t count;
		const char *says;
	} documents[] = {
		{"<KeePassFile><Root>", "<Group>", 1000000, "deeper"},
		{"<KeePassFile><Root><Group ", "attribute='1' ", 1000000, "a tag is longer"},
		{FRONT "<Entry><String><Key>", "0123456789abcdef", 2000000, "larger than any"},
		{FRONT "<Entry>", STRING("k", "v"), 100000, "more fields"},
		{FRONT "<Entry><History>", "<Entry/>", 100000, "longer history"},
		{FRONT "<Entry>", "<Binary><Key>f</Key><Value/></Binary>", 100000,
	         "more attachments"},
		{FRONT "<Entry><History>",
	         "<Entry>" STRING("a", "b") STRING("c", "d") STRING("e", "f") STRING("g", "h")
	                 STRING("i", "j") STRING("k", "l") STRING("m", "n") "</Entry>",
	         9000, "more fields"},
		{"<html>", "<p>", 10, "no KeePass XML"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(documents) / sizeof(documents[0]); i++) {
		size_t length;
		char *xml = repeat(documents[i].front, documents[i].text, documents[i].count, "",
		                   &length);

		refuse(xml, length, documents[i].says);
		free(xml);
	}
}

static void what_is_cut_off_or_damaged_is_told_with_its_line(void **state)
{
	static const char cut[] = FRONT "\n\n<Entry>",
			  pool[] = "<KeePassFile><Meta><Binaries>\n<Binary ID=\"0\" "
				   "Compressed=\"True\">H4sIAAAA</Binary>",
			  text[] = FRONT "<Entry><Binary><Key>f</Key>\n<Value>***</Value>";

	(void)state;
	refuse(cut, strlen(cut), "line 3: no element found");
	refuse(pool, strlen(pool), "line 2: compressed data is damaged");
	refuse(text, strlen(text), "line 2: an attachment is damaged");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_entry_is_taken_with_its_groups_as_a_folder),
		cmocka_unit_test(history_gives_earlier_passwords_with_their_dates),
		cmocka_unit_test(history_gives_earlier_values_of_other_fields),
		cmocka_unit_test(earlier_values_are_bounded),
		cmocka_unit_test(dates_are_read_in_both_ways_and_the_bin_is_the_trash),
		cmocka_unit_test(a_one_time_code_is_taken_in_every_spelling),
		cmocka_unit_test(a_one_time_code_of_an_unknown_kind_is_kept),
		cmocka_unit_test(references_are_followed),
		cmocka_unit_test(references_do_not_run_away),
		cmocka_unit_test(protected_values_are_decrypted_in_order_wanted_or_not),
		cmocka_unit_test(attachments_lie_in_the_container_or_in_the_pool),
		cmocka_unit_test(a_header_of_another_file_is_refused),
		cmocka_unit_test(entities_cannot_even_begin),
		cmocka_unit_test(documents_without_measure_are_refused),
		cmocka_unit_test(what_is_cut_off_or_damaged_is_told_with_its_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

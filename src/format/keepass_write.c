/* Items become a KeePass document. */
#include "format/keepass_xml.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/base64.h"
#include "base/cleanup.h"
#include "base/when.h"
#include "crypto/sha2.h"
#include "format/keepass_entry.h"
#include "format/keepass_put.h"
#include "format/kinds.h"

#define ROOT_NAME "vault"
#define BIN_NAME "Recycle Bin"
#define FOLDER_MAX (NAME_MAX_BYTES / 2) /* bytes that a reader takes of one */

/* ---- groups -------------------------------------------------------------------------- */

/* The same for a folder in every export, so that programs can merge one into another. */
static void put_group_uuid(struct sink *sink, const char *kind, const char *path, size_t length)
{
	const struct piece pieces[] = {{"vault group ", 12}, {kind, strlen(kind)}, {path, length}};
	unsigned char hash[SHA256_BYTES];

	sha256(hash, pieces, sizeof(pieces) / sizeof(pieces[0]));
	sink_base64(sink, (struct span){hash, ITEM_UUID_BYTES});
}

static const char *kind_of_group(bool bin)
{
	return bin ? "bin/" : "live/";
}

static void open_bin(struct sink *sink)
{
	sink_string(sink, "<Group><UUID>");
	put_group_uuid(sink, "recycle bin", "", 0);
	sink_string(sink, "</UUID><Name>" BIN_NAME "</Name><IconID>43</IconID>"
	                  "<EnableAutoType>False</EnableAutoType>"
	                  "<EnableSearching>False</EnableSearching>\n");
}

/* The group that `length` bytes of the path lead to, by its last component. */
static void open_group(struct keepass_write *write, bool bin, const char *path, size_t length)
{
	const char *slash = memrchr(path, '/', length), *name = slash ? slash + 1 : path;

	sink_string(write->how.sink, "<Group><UUID>");
	put_group_uuid(write->how.sink, kind_of_group(bin), path, length);
	sink_string(write->how.sink, "</UUID><Name>");
	keepass_put_text(write, (struct span){name, (size_t)(path + length - name)});
	sink_string(write->how.sink, "</Name>\n");
}

/* Bytes of both that are whole components of the same names. */
static size_t common(const char *a, const char *b)
{
	size_t same = 0, i = 0;

	for (;; i++) {
		bool end_a = !a[i] || a[i] == '/', end_b = !b[i] || b[i] == '/';

		if (end_a && end_b)
			same = i;
		if (!a[i] || !b[i] || a[i] != b[i])
			return same;
	}
}

/* Closes what is open beyond `stays` bytes of its path, and opens the rest of `folder`. */
static void go_to(struct keepass_write *write, bool bin, const char *folder)
{
	size_t stays = write->bin == bin ? common(write->folder, folder) : 0;
	size_t length = strlen(folder);

	for (const char *p = write->folder + stays; *p; p++)
		if (p == write->folder || *p == '/')
			sink_string(write->how.sink, "</Group>\n");
	if (write->bin && !bin)
		sink_string(write->how.sink, "</Group>\n");
	if (bin && !write->bin)
		open_bin(write->how.sink);
	write->has_bin |= bin;
	for (size_t i = stays; i < length; i++)
		if ((i == 0 || folder[i] == '/') && length > 0) {
			const char *end = strchrnul(folder + i + (i > 0), '/');

			open_group(write, bin, folder, (size_t)(end - folder));
		}
	write->bin = bin;
	memmove(write->folder, folder, length + 1);
}

/* Is it what a reader makes of it? */
static bool is_tidy(const char *bytes, size_t length, size_t most)
{
	FREE_AUTO char *tidy = NULL;
	size_t plain = 0;

	/* Words of ASCII, as most are, with one blank in between, are. */
	while (plain < length && bytes[plain] >= ' ' && bytes[plain] <= '~' &&
	       (bytes[plain] != ' ' || (plain > 0 && bytes[plain - 1] != ' ')))
		plain++;
	if (plain == length && length > 0 && length <= most && bytes[length - 1] != ' ')
		return true;
	return length > 0 && text_tidy(bytes, length, most, &tidy, NULL) == 0 &&
	       strlen(tidy) == length && memcmp(tidy, bytes, length) == 0;
}

/* Bytes of the folder in a name, the slash behind them not counted; 0 where the whole is a title:
 * there is none, or it would not come back the same. */
static size_t folder_of(const char *name)
{
	const char *slash = strrchr(name, '/');
	size_t length = slash ? (size_t)(slash - name) : 0;

	if (length == 0 || memmem(name, length, "//", 2) || name[0] == '/' ||
	    name[length - 1] == '/' || !is_tidy(name, length, FOLDER_MAX) ||
	    !is_tidy(slash + 1, strlen(slash + 1), NAME_MAX_BYTES))
		return 0;
	return length;
}

/* ---- passwords ----------------------------------------------------------------------- */

/* An entry as it was, or is, by its password. */
struct moment {
	const struct item_password *password; /* NULL: none */
	int64_t time;
	bool dated; /* with its dates beside it */
};

static bool follows(const struct item_password *a, const struct item_password *b)
{
	return b->since >= a->until &&
	       (b->since > a->until || a->value.length != b->value.length ||
	        memcmp(a->value.bytes, b->value.bytes, a->value.length) != 0);
}

/* Do the states of a history tell all dates? */
static bool is_regular(const struct item *item)
{
	for (size_t i = 0; i < item->n_passwords; i++) {
		const struct item_password *password = &item->passwords[i];
		bool now = password->until == 0;

		if (password->since <= 0 ||
		    (now ? item->modified < password->since
		         : password->until < password->since || item->modified < password->until) ||
		    (i + 1 < item->n_passwords && !follows(password, password + 1)))
			return false;
	}
	return true;
}

static void put_times(struct keepass_write *write, const struct item *item, int64_t modified)
{
	struct sink *sink = write->how.sink;
	struct span expires = keepass_first_field(item, FIELD_EXPIRES);
	int64_t date = 0;

	sink_string(sink, "<Times>");
	keepass_put_date(write, "CreationTime", item->created);
	keepass_put_date(write, "LastModificationTime", modified);
	keepass_put_date(write, "LastAccessTime", modified);
	if (expires.bytes && when_read(expires.bytes, expires.length, &date))
		keepass_put_date(write, "ExpiryTime", date);
	sink_string(sink, date > 0 ? "<Expires>True</Expires>" : "<Expires>False</Expires>");
	keepass_put_date(write, "LocationChanged", item->trashed ? item->trashed : item->created);
	sink_string(sink, "</Times>");
}

static void put_head(struct keepass_write *write, const struct item *item,
                     const struct moment *moment)
{
	struct sink *sink = write->how.sink;
	size_t folder = folder_of(item->name);

	sink_string(sink, "<Entry><UUID>");
	sink_base64(sink, (struct span){item->uuid, ITEM_UUID_BYTES});
	sink_string(sink, "</UUID>");
	put_times(write, item, moment->time);
	keepass_put_string(write, "Title", span_of(item->name + folder + (folder > 0)), false);
	if (item->user)
		keepass_put_string(write, "UserName", span_of(item->user), false);
	if (moment->password)
		keepass_put_string(write, "Password", moment->password->value, true);
	if (keepass_first_field(item, FIELD_URL).bytes)
		keepass_put_string(write, "URL", keepass_first_field(item, FIELD_URL), false);
}

static void put_about_password(struct keepass_write *write, const struct moment *moment)
{
	const struct item_password *password = moment->password;
	char dates[80];

	if (password && password->reason)
		keepass_put_string(write, KEEPASS_OWN_REASON, span_of(password->reason), false);
	if (!password || !moment->dated)
		return;
	snprintf(dates, sizeof(dates), "%lld %lld %lld", (long long)password->since,
	         (long long)password->until, (long long)moment->time);
	keepass_put_string(write, KEEPASS_OWN_DATES, span_of(dates), false);
}

static void put_past(struct keepass_write *write, const struct item *item,
                     const struct item_password *password, int64_t time, bool dated)
{
	const struct moment moment = {password, time, dated};

	put_head(write, item, &moment);
	put_about_password(write, &moment);
	sink_string(write->how.sink, "</Entry>\n");
}

/* The states before the present one: each begins with another password, or with none. */
static void put_history(struct keepass_write *write, const struct item *item, bool regular)
{
	sink_string(write->how.sink, "<History>");
	for (size_t i = 0; i < item->n_passwords; i++) {
		const struct item_password *password = &item->passwords[i];
		bool last = i + 1 == item->n_passwords;
		int64_t next = last ? item->modified : password[1].since;

		if (password->until > 0 || (regular && password->since < item->modified))
			put_past(write, item, password, password->since, !regular);
		if (regular && password->until > 0 && password->until < next)
			put_past(write, item, NULL, password->until, false);
	}
	sink_string(write->how.sink, "</History>");
}

/* ---- fields -------------------------------------------------------------------------- */

static void put_tags(struct keepass_write *write, const struct item *item)
{
	bool more = false;

	for (size_t i = 0; i < item->n_fields; i++) {
		if (item->fields[i].kind != FIELD_TAG)
			continue;
		sink_string(write->how.sink, more ? ";" : "<Tags>");
		keepass_put_tag(write, item->fields[i].value);
		more = true;
	}
	if (more)
		sink_string(write->how.sink, "</Tags>");
}

static int put_attachment(struct keepass_write *write, const struct item_field *field,
                          struct error *err)
{
	struct sink *sink = write->how.sink;
	char number[40];
	uint32_t ref;
	int r;

	sink_string(sink, "<Binary><Key>");
	keepass_put_text(write, span_of(field->key));
	sink_string(sink, "</Key>");
	if (write->how.attachment) {
		r = write->how.attachment(write->how.context, field->value, &ref, err);
		if (r < 0)
			return r;
		snprintf(number, sizeof(number), "<Value Ref=\"%lu\"/>", (unsigned long)ref);
		sink_string(sink, number);
	} else {
		sink_string(sink, "<Value>");
		sink_base64(sink, field->value);
		sink_string(sink, "</Value>");
	}
	sink_string(sink, "</Binary>");
	return 0;
}

/* How many of its kind stand in front of it? */
static size_t rank_of(const struct item *item, size_t at)
{
	size_t rank = 0;

	while (rank < at && item->fields[at - rank - 1].kind == item->fields[at].kind)
		rank++;
	return rank;
}

/* What KeePass has no place for. */
static void put_own(struct keepass_write *write, const struct item *item, size_t at)
{
	const struct item_field *field = &item->fields[at];
	const char *word = kind_word(field->kind);
	size_t rank = rank_of(item, at);
	char key[64];

	if (field->key) /* a date, see kind_emit */
		snprintf(key, sizeof(key), KEEPASS_OWN "%s.%zu.%s", word ? word : "", rank + 1,
		         field->key);
	else if (rank == 0)
		snprintf(key, sizeof(key), KEEPASS_OWN "%s", word ? word : "");
	else
		snprintf(key, sizeof(key), KEEPASS_OWN "%s.%zu", word ? word : "", rank + 1);
	keepass_put_string(write, key, field->value, field->kind >= FIELD_NOTE);
}

static void put_custom(struct keepass_write *write, const struct item_field *field)
{
	char key[sizeof(KEEPASS_OWN_FIELD) + FIELD_KEY_MAX];
	bool means = keepass_key_means(span_of(field->key));

	snprintf(key, sizeof(key), "%s%s", means ? KEEPASS_OWN_FIELD : "", field->key);
	keepass_put_string(write, key, field->value, field->kind == FIELD_SECRET);
}

static int put_field(struct keepass_write *write, const struct item *item, size_t at,
                     struct error *err)
{
	const struct item_field *field = &item->fields[at];
	char key[32];

	switch (field->kind) {
	case FIELD_URL:
		if (rank_of(item, at) == 0)
			return 0;
		snprintf(key, sizeof(key), "KP2A_URL_%zu", rank_of(item, at));
		keepass_put_string(write, key, field->value, false);
		return 0;
	case FIELD_TEXT:
	case FIELD_SECRET:
		put_custom(write, field);
		return 0;
	case FIELD_NOTE:
		keepass_put_string(write, "Notes", field->value, false);
		return 0;
	case FIELD_OTP:
		keepass_put_string(write, "otp", field->value, true);
		return 0;
	case FIELD_ATTACHMENT:
		return put_attachment(write, field, err);
	case FIELD_TAG:
	case FIELD_EXPIRES:
		return 0; /* they have elements of their own */
	default:
		put_own(write, item, at);
		return 0;
	}
}

/* ---- the document -------------------------------------------------------------------- */

int keepass_write_begin(struct keepass_write *write, const struct keepass_write_how *how,
                        struct error *err)
{
	*write = (struct keepass_write){.how = *how};
	sink_string(how->sink,
	            "<?xml version=\"1.0\" encoding=\"utf-8\" standalone=\"yes\"?>\n"
	            "<KeePassFile><Meta><Generator>vault</Generator>"
	            "<DatabaseName>" ROOT_NAME "</DatabaseName>"
	            /* An earlier password is never to be thrown away. */
	            "<HistoryMaxItems>-1</HistoryMaxItems><HistoryMaxSize>-1</HistoryMaxSize>"
	            "<MemoryProtection><ProtectTitle>False</ProtectTitle>"
	            "<ProtectUserName>False</ProtectUserName>"
	            "<ProtectPassword>True</ProtectPassword><ProtectURL>False</ProtectURL>"
	            "<ProtectNotes>False</ProtectNotes></MemoryProtection>"
	            "<RecycleBinEnabled>True</RecycleBinEnabled><RecycleBinUUID>");
	put_group_uuid(how->sink, "recycle bin", "", 0);
	sink_string(how->sink, "</RecycleBinUUID></Meta>\n<Root><Group><UUID>");
	put_group_uuid(how->sink, "root", "", 0);
	sink_string(how->sink, "</UUID><Name>" ROOT_NAME "</Name>\n");
	return sink_check(how->sink, err);
}

int keepass_write_item(struct keepass_write *write, const struct item *item, struct error *err)
{
	const struct item_password *last =
		item->n_passwords > 0 ? &item->passwords[item->n_passwords - 1] : NULL;
	bool regular = is_regular(item);
	struct moment now = {last && last->until == 0 ? last : NULL, item->modified, !regular};
	char folder[NAME_MAX_BYTES + 1];
	int r = 0;

	snprintf(folder, sizeof(folder), "%.*s", (int)folder_of(item->name), item->name);
	go_to(write, item->trashed != 0, folder);
	put_head(write, item, &now);
	put_about_password(write, &now);
	put_tags(write, item);
	for (size_t i = 0; i < item->n_fields && r == 0; i++)
		r = put_field(write, item, i, err);
	put_history(write, item, regular);
	sink_string(write->how.sink, "</Entry>\n");
	return r < 0 ? r : sink_check(write->how.sink, err);
}

int keepass_write_end(struct keepass_write *write, struct error *err)
{
	if (!write->has_bin) /* Meta names it, so it has to be there */
		go_to(write, true, "");
	go_to(write, false, "");
	sink_string(write->how.sink, "</Group></Root></KeePassFile>\n");
	return sink_check(write->how.sink, err);
}

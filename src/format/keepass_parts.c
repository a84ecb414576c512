/* What the elements of a KeePass document hold. */
#include "format/keepass_read.h"

#include <stdlib.h>
#include <string.h>

#include "base/base64.h"
#include "base/when.h"
#include "format/gunzip.h"

#define HISTORY_MAX 10000
#define YEAR_1 INT64_C(62135596800) /* seconds from there to 1970 */

/* ---- values -------------------------------------------------------------------------- */

static struct span text_of(const struct keepass_xml *xml)
{
	return (struct span){xml->text.bytes ? (const void *)xml->text.bytes : "",
	                     xml->text.length};
}

static bool is(const struct keepass_xml *xml, const char *word)
{
	return span_is(text_of(xml), word);
}

bool keepass_decode_text(struct keepass_xml *xml)
{
	struct span bytes = {NULL, 0};

	if (xml->text.length > 0 &&
	    !base64_decode((char *)xml->text.bytes, xml->text.length, &bytes))
		return false;
	xml->text.length = bytes.length;
	return true;
}

static bool uuid_of(struct keepass_xml *xml, unsigned char uuid[ITEM_UUID_BYTES])
{
	static const unsigned char none[ITEM_UUID_BYTES];

	if (!keepass_decode_text(xml) || xml->text.length != ITEM_UUID_BYTES ||
	    memcmp(xml->text.bytes, none, ITEM_UUID_BYTES) == 0)
		return false;
	memcpy(uuid, xml->text.bytes, ITEM_UUID_BYTES);
	return true;
}

/* RFC 3339, or in KDBX 4 the seconds since the year 1: eight bytes, the lowest first, in base 64.
 * 0: not known. */
static int64_t date_of(struct keepass_xml *xml)
{
	uint64_t seconds = 0;
	int64_t date;

	if (when_read(text_of(xml).bytes, xml->text.length, &date))
		return date;
	if (!keepass_decode_text(xml) || xml->text.length != 8)
		return 0;
	for (size_t i = 8; i > 0; i--)
		seconds = seconds << 8 | xml->text.bytes[i - 1];
	return seconds >= YEAR_1 && seconds <= YEAR_1 + WHEN_MAX ? (int64_t)(seconds - YEAR_1) : 0;
}

static void inflate_text(struct keepass_xml *xml)
{
	BUF_AUTO inflated = BUF_EMPTY;
	struct error error = {0};

	if (gunzip(text_of(xml).bytes, xml->text.length, KEEPASS_TEXT_MAX, &inflated, &error) < 0) {
		keepass_fail(xml, error.message);
		return;
	}
	buf_done(&xml->text);
	xml->text = inflated;
	inflated = BUF_EMPTY;
}

/* ---- attachments --------------------------------------------------------------------- */

/* The text as bytes: an encrypted one is so already. */
static bool bytes_of_text(struct keepass_xml *xml)
{
	if (!xml->marks.encrypted && !keepass_decode_text(xml))
		keepass_fail(xml, "an attachment is damaged");
	else if (xml->marks.compressed && xml->text.length > 0)
		inflate_text(xml);
	return xml->result == 0;
}

static void take_pooled(struct keepass_xml *xml)
{
	struct pooled *pool;

	if (!xml->marks.has_number)
		return;
	if (!bytes_of_text(xml))
		return;
	pool = list_room(xml->pool, xml->n_pool, &xml->pool_room, sizeof(*pool));
	if (!pool) {
		keepass_give_up(xml, error_set(&xml->error, VAULT_FAILED, "out of memory"));
		return;
	}
	xml->pool = pool;
	pool[xml->n_pool++] = (struct pooled){xml->marks.number, xml->text};
	xml->text = BUF_EMPTY;
}

static int compare_pooled(const void *a, const void *b)
{
	const struct pooled *first = a, *second = b;

	return first->number < second->number ? -1 : first->number > second->number;
}

static bool find_pooled(struct keepass_xml *xml, uint32_t number, struct span *ret_bytes)
{
	const struct kdbx_binaries *binaries = xml->how.binaries;
	const struct pooled key = {number, BUF_EMPTY}, *found = NULL;

	if (binaries && number < binaries->count) {
		*ret_bytes = binaries->list[number];
		return true;
	}
	if (!xml->pool_sorted && xml->n_pool > 1)
		qsort(xml->pool, xml->n_pool, sizeof(key), compare_pooled);
	xml->pool_sorted = true; /* they all stand in front of the entries */
	if (xml->n_pool > 0)
		found = bsearch(&key, xml->pool, xml->n_pool, sizeof(key), compare_pooled);
	if (found)
		*ret_bytes = (struct span){found->bytes.bytes, found->bytes.length};
	return found;
}

static void take_file_value(struct keepass_xml *xml)
{
	if (!xml->marks.has_number) {
		if (bytes_of_text(xml))
			xml->file.value = keepass_keep(xml->entry, text_of(xml));
	} else if (!find_pooled(xml, xml->marks.number, &xml->file.outside)) {
		xml->state->left |= LEFT_FILE;
		xml->file.name.there = false;
	}
}

static void end_file(struct keepass_xml *xml)
{
	struct keepass_state *state = xml->state;
	struct keepass_file *files;

	if (!xml->file.name.there)
		return;
	if (state->n_files == KEEPASS_STRINGS_MAX || xml->entry->n_parts++ == KEEPASS_PARTS_MAX) {
		keepass_fail(xml, "an entry has more attachments than anybody has");
		return;
	}
	files = list_room(state->files, state->n_files, &state->files_room, sizeof(*files));
	if (!files) {
		keepass_give_up(xml, error_set(&xml->error, VAULT_FAILED, "out of memory"));
		return;
	}
	state->files = files;
	files[state->n_files++] = xml->file;
}

/* ---- entries ------------------------------------------------------------------------- */

static void begin_entry(struct keepass_xml *xml)
{
	const struct group *group = &xml->groups[xml->n_groups - 1];

	xml->entry = calloc(1, sizeof(*xml->entry));
	if (!xml->entry) {
		keepass_give_up(xml, error_set(&xml->error, VAULT_FAILED, "out of memory"));
		return;
	}
	xml->state = &xml->entry->now;
	xml->entry->trashed = group->bin;
	xml->entry->folder =
		keepass_keep(xml->entry, (struct span){xml->path.bytes, xml->path.length});
	xml->entry->group_tags =
		keepass_keep(xml->entry, (struct span){xml->tags.bytes, xml->tags.length});
	if (xml->group_note)
		xml->state->left |= LEFT_GROUP_NOTE;
	xml->group_note = false;
}

static void end_entry(struct keepass_xml *xml)
{
	int r = keepass_refs_add(xml->refs, &xml->entry, &xml->error);

	if (r == 0 && xml->entry)
		r = keepass_entry_emit(xml->entry, xml->emit, &xml->error);
	keepass_entry_free(xml->entry);
	xml->entry = NULL;
	xml->state = NULL;
	keepass_give_up(xml, r);
}

static void begin_past(struct keepass_xml *xml)
{
	struct keepass_entry *entry = xml->entry;
	struct keepass_state *history;

	if (entry->n_history == HISTORY_MAX) {
		keepass_fail(xml, "an entry has a longer history than anybody has");
		return;
	}
	history =
		list_room(entry->history, entry->n_history, &entry->history_room, sizeof(*history));
	if (!history) {
		keepass_give_up(xml, error_set(&xml->error, VAULT_FAILED, "out of memory"));
		return;
	}
	entry->history = history;
	history[entry->n_history] = (struct keepass_state){.order = entry->n_history};
	xml->state = &history[entry->n_history++];
}

static void end_string(struct keepass_xml *xml)
{
	struct keepass_state *state = xml->state;
	struct keepass_string *strings;

	if (!xml->string.key.there)
		return;
	if (state->n_strings == KEEPASS_STRINGS_MAX || xml->entry->n_parts++ == KEEPASS_PARTS_MAX) {
		keepass_fail(xml, "an entry has more fields than anybody has");
		return;
	}
	strings =
		list_room(state->strings, state->n_strings, &state->strings_room, sizeof(*strings));
	if (!strings) {
		keepass_give_up(xml, error_set(&xml->error, VAULT_FAILED, "out of memory"));
		return;
	}
	state->strings = strings;
	if (!xml->string.value.there)
		xml->string.value = keepass_keep(xml->entry, span_of(""));
	strings[state->n_strings++] = xml->string;
}

static struct keepass_text keep_text(struct keepass_xml *xml, bool *ret_literal)
{
	size_t length = xml->text.length;

	*ret_literal = length > 0 && keepass_decode((char *)xml->text.bytes, &length);
	return keepass_keep(xml->entry, (struct span){text_of(xml).bytes, length});
}

/* ---- groups -------------------------------------------------------------------------- */

static void begin_group(struct keepass_xml *xml)
{
	bool bin = xml->n_groups > 0 && xml->groups[xml->n_groups - 1].bin;

	xml->groups[xml->n_groups++] = (struct group){xml->path.length, xml->tags.length, bin};
}

static void end_group(struct keepass_xml *xml)
{
	const struct group *group = &xml->groups[--xml->n_groups];

	xml->path.length = group->path;
	xml->tags.length = group->tags;
}

/* Neither the database nor its recycle bin is a folder. */
static void name_group(struct keepass_xml *xml)
{
	struct group *group = &xml->groups[xml->n_groups - 1];
	size_t length = xml->text.length;

	xml->path.length = group->path;
	if (xml->n_groups == 1 || length == 0 ||
	    (group->bin && !xml->groups[xml->n_groups - 2].bin))
		return;
	keepass_decode((char *)xml->text.bytes, &length);
	if (xml->path.length > 0)
		buf_add_string(&xml->path, "/");
	buf_add(&xml->path, xml->text.bytes, length);
}

static void identify_group(struct keepass_xml *xml)
{
	struct group *group = &xml->groups[xml->n_groups - 1];
	unsigned char uuid[ITEM_UUID_BYTES];

	if (!xml->has_bin || !uuid_of(xml, uuid) || memcmp(uuid, xml->bin, sizeof(uuid)) != 0)
		return;
	group->bin = true;
	xml->path.length = group->path;
}

static void tag_group(struct keepass_xml *xml)
{
	if (xml->text.length == 0)
		return;
	if (xml->tags.length > 0)
		buf_add_string(&xml->tags, ";");
	buf_add(&xml->tags, xml->text.bytes, xml->text.length);
}

/* ---- elements ------------------------------------------------------------------------ */

void keepass_begin(struct keepass_xml *xml, enum element what)
{
	switch (what) {
	case META:
		xml->had_meta = true;
		break;
	case GROUP:
		begin_group(xml);
		break;
	case ENTRY:
		begin_entry(xml);
		break;
	case PAST:
		begin_past(xml);
		break;
	case STRING:
		xml->string = (struct keepass_string){0};
		break;
	case BINARY:
		xml->file = (struct keepass_file){0};
		break;
	case AUTO_TYPE_WINDOW:
		xml->state->left |= LEFT_AUTO_TYPE;
		break;
	case CUSTOM_ITEM:
		xml->state->left |= LEFT_CUSTOM_DATA;
		break;
	default:
		break;
	}
}

static void end_of_document_part(struct keepass_xml *xml, enum element what)
{
	switch (what) {
	case POOLED:
		take_pooled(xml);
		break;
	case BIN_UUID:
		xml->has_bin = uuid_of(xml, xml->bin);
		break;
	case HEADER_HASH:
		if (xml->how.header_hash &&
		    (!keepass_decode_text(xml) || xml->text.length != KEEPASS_HEADER_HASH_BYTES ||
		     memcmp(xml->text.bytes, xml->how.header_hash, KEEPASS_HEADER_HASH_BYTES) != 0))
			keepass_fail(xml,
			             "the file's header is not the one it was written with: it was "
			             "damaged or tampered with");
		break;
	case GROUP:
		end_group(xml);
		break;
	case GROUP_UUID:
		identify_group(xml);
		break;
	case GROUP_NAME:
		name_group(xml);
		break;
	case GROUP_NOTES:
		xml->group_note |= xml->text.length > 0;
		break;
	case GROUP_TAGS:
		tag_group(xml);
		break;
	default:
		break;
	}
}

static void end_of_state_part(struct keepass_xml *xml, enum element what)
{
	struct keepass_state *state = xml->state;
	bool unused;

	switch (what) {
	case UUID:
		state->has_uuid = uuid_of(xml, state->uuid);
		break;
	case TAGS:
		state->tags = keepass_keep(xml->entry, text_of(xml));
		break;
	case OVERRIDE:
		state->override = keep_text(xml, &unused);
		break;
	case ICON:
		if (!is(xml, "0") && !is(xml, ""))
			state->left |= LEFT_ICON;
		break;
	case CUSTOM_ICON:
		if (!is(xml, "") && !is(xml, "AAAAAAAAAAAAAAAAAAAAAA=="))
			state->left |= LEFT_ICON;
		break;
	case COLOR:
		if (!is(xml, ""))
			state->left |= LEFT_COLOR;
		break;
	case QUALITY:
		if (is(xml, "False"))
			state->left |= LEFT_QUALITY;
		break;
	case PREVIOUS_GROUP:
		if (!is(xml, "") && !is(xml, "AAAAAAAAAAAAAAAAAAAAAA=="))
			state->left |= LEFT_PREVIOUS_GROUP;
		break;
	case AUTO_TYPE_ENABLED:
		if (is(xml, "False"))
			state->left |= LEFT_AUTO_TYPE;
		break;
	case AUTO_TYPE_SEQUENCE:
		if (!is(xml, ""))
			state->left |= LEFT_AUTO_TYPE;
		break;
	default:
		break;
	}
}

static void end_of_value(struct keepass_xml *xml, enum element what)
{
	struct keepass_state *state = xml->state;
	bool unused;

	switch (what) {
	case CREATED:
		state->created = date_of(xml);
		break;
	case MODIFIED:
		state->modified = date_of(xml);
		break;
	case MOVED:
		state->moved = date_of(xml);
		break;
	case EXPIRY:
		state->expires = date_of(xml);
		break;
	case EXPIRES:
		state->does_expire = is(xml, "True");
		break;
	case STRING_KEY:
		xml->string.key = keep_text(xml, &unused);
		break;
	case STRING_VALUE:
		xml->string.secret = xml->marks.secret;
		xml->string.value = keep_text(xml, &xml->string.literal);
		break;
	case STRING:
		end_string(xml);
		break;
	case BINARY_KEY:
		xml->file.name = keep_text(xml, &unused);
		break;
	case BINARY_VALUE:
		take_file_value(xml);
		break;
	case BINARY:
		end_file(xml);
		break;
	case PAST:
		xml->state = &xml->entry->now;
		break;
	case ENTRY:
		end_entry(xml);
		break;
	default:
		break;
	}
}

void keepass_end(struct keepass_xml *xml, enum element what)
{
	if (xml->state) {
		end_of_state_part(xml, what);
		end_of_value(xml, what);
	} else {
		end_of_document_part(xml, what);
	}
}

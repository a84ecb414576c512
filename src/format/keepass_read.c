/* The document of a KeePass file, taken apart by expat. */
#include "format/keepass_read.h"

#include <stdlib.h>
#include <string.h>

#define TAG_MAX ((size_t)1024 * 1024) /* bytes of one tag with all its attributes */
#define FEED ((size_t)64 * 1024)      /* bytes that expat is given at a time */

struct child {
	enum element in;
	const char *name;
	enum element what;
	bool text; /* is its text wanted? */
};

static const struct child children[] = {
	{DOCUMENT, "KeePassFile", FILE_ROOT, false},
	{FILE_ROOT, "Meta", META, false},
	{FILE_ROOT, "Root", ROOT, false},
	{META, "RecycleBinUUID", BIN_UUID, true},
	{META, "HeaderHash", HEADER_HASH, true},
	{META, "Binaries", BINARIES, false},
	{BINARIES, "Binary", POOLED, true},
	{ROOT, "Group", GROUP, false},
	{GROUP, "UUID", GROUP_UUID, true},
	{GROUP, "Name", GROUP_NAME, true},
	{GROUP, "Notes", GROUP_NOTES, true},
	{GROUP, "Tags", GROUP_TAGS, true},
	{GROUP, "Group", GROUP, false},
	{GROUP, "Entry", ENTRY, false},
	{ENTRY, "UUID", UUID, true},
	{ENTRY, "Tags", TAGS, true},
	{ENTRY, "OverrideURL", OVERRIDE, true},
	{ENTRY, "IconID", ICON, true},
	{ENTRY, "CustomIconUUID", CUSTOM_ICON, true},
	{ENTRY, "ForegroundColor", COLOR, true},
	{ENTRY, "BackgroundColor", COLOR, true},
	{ENTRY, "QualityCheck", QUALITY, true},
	{ENTRY, "PreviousParentGroup", PREVIOUS_GROUP, true},
	{ENTRY, "Times", TIMES, false},
	{ENTRY, "String", STRING, false},
	{ENTRY, "Binary", BINARY, false},
	{ENTRY, "AutoType", AUTO_TYPE, false},
	{ENTRY, "CustomData", CUSTOM_DATA, false},
	{ENTRY, "History", HISTORY, false},
	{TIMES, "CreationTime", CREATED, true},
	{TIMES, "LastModificationTime", MODIFIED, true},
	{TIMES, "LocationChanged", MOVED, true},
	{TIMES, "ExpiryTime", EXPIRY, true},
	{TIMES, "Expires", EXPIRES, true},
	{STRING, "Key", STRING_KEY, true},
	{STRING, "Value", STRING_VALUE, true},
	{BINARY, "Key", BINARY_KEY, true},
	{BINARY, "Value", BINARY_VALUE, true},
	{AUTO_TYPE, "Enabled", AUTO_TYPE_ENABLED, true},
	{AUTO_TYPE, "DefaultSequence", AUTO_TYPE_SEQUENCE, true},
	{AUTO_TYPE, "Association", AUTO_TYPE_WINDOW, false},
	{CUSTOM_DATA, "Item", CUSTOM_ITEM, false},
	{HISTORY, "Entry", PAST, false},
};

static const struct child *find_child(const struct keepass_xml *xml, const char *name)
{
	enum element in = xml->levels[xml->depth];

	if (in == PAST)
		in = ENTRY;
	for (size_t i = 0; i < sizeof(children) / sizeof(children[0]); i++) {
		const struct child *child = &children[i];

		if (child->in != in || strcmp(child->name, name) != 0)
			continue;
		if ((child->what == META && xml->had_meta) ||
		    (child->what == HISTORY && xml->levels[xml->depth] == PAST))
			return NULL;
		return child;
	}
	return NULL;
}

int keepass_fail(struct keepass_xml *xml, const char *what)
{
	if (xml->result == 0) {
		xml->result = error_set(&xml->error, VAULT_USAGE, "line %lu: %s",
		                        (unsigned long)XML_GetCurrentLineNumber(xml->parser), what);
		XML_StopParser(xml->parser, XML_FALSE);
	}
	return xml->result;
}

/* A failure whose message is there already. */
void keepass_give_up(struct keepass_xml *xml, int result)
{
	if (result < 0 && xml->result == 0) {
		xml->result = result;
		XML_StopParser(xml->parser, XML_FALSE);
	}
}

static void check_memory(struct keepass_xml *xml)
{
	if (xml->text.failed || xml->path.failed || xml->tags.failed ||
	    (xml->entry && xml->entry->arena.failed))
		keepass_give_up(xml, error_set(&xml->error, VAULT_FAILED, "out of memory"));
}

/* Encrypted values come in the order of the document, wanted or not. */
static void decrypt(struct keepass_xml *xml)
{
	if (!xml->how.inner)
		keepass_fail(
			xml,
			"its values are encrypted, and the key is in the database that it comes "
			"from: import that, or export it again");
	else if (!keepass_decode_text(xml))
		keepass_fail(xml, "an encrypted value is damaged");
	else if (xml->text.length > 0)
		kdbx_inner_apply(xml->how.inner, xml->text.bytes, xml->text.length);
}

/* ---- what expat calls ---------------------------------------------------------------- */

static uint32_t number_of(const char *text, bool *ret_good)
{
	uint32_t number = 0;

	*ret_good = *text && strlen(text) < 10;
	for (; *text && *ret_good; text++) {
		*ret_good = *text >= '0' && *text <= '9';
		number = number * 10 + (uint32_t)(*text - '0');
	}
	return number;
}

static void read_marks(struct keepass_xml *xml, const XML_Char **attributes)
{
	struct marks *marks = &xml->marks;

	*marks = (struct marks){0};
	for (; attributes[0]; attributes += 2) {
		bool is_true = strcmp(attributes[1], "True") == 0;

		if (strcmp(attributes[0], "Protected") == 0)
			marks->encrypted = is_true;
		else if (strcmp(attributes[0], "ProtectInMemory") == 0)
			marks->secret = is_true;
		else if (strcmp(attributes[0], "Compressed") == 0)
			marks->compressed = is_true;
		else if (strcmp(attributes[0], "ID") == 0 || strcmp(attributes[0], "Ref") == 0)
			marks->number = number_of(attributes[1], &marks->has_number);
	}
	marks->secret |= marks->encrypted;
}

static void on_start(void *context, const XML_Char *name, const XML_Char **attributes)
{
	struct keepass_xml *xml = context;
	const struct child *child = find_child(xml, name);

	if (xml->result < 0)
		return;
	if (xml->depth == 0 && !child) {
		keepass_fail(xml, "it is no KeePass XML");
		return;
	}
	if (xml->depth == KEEPASS_DEPTH_MAX) {
		keepass_fail(xml, "elements lie deeper in one another than in any database");
		return;
	}
	xml->levels[++xml->depth] = child ? child->what : SKIPPED;
	xml->text.length = 0;
	read_marks(xml, attributes);
	xml->wanted = (child && child->text) || xml->marks.encrypted;
	if (child)
		keepass_begin(xml, child->what);
}

static void on_text(void *context, const XML_Char *text, int length)
{
	struct keepass_xml *xml = context;

	if (xml->result < 0 || !xml->wanted)
		return;
	if (xml->text.length + (size_t)length > KEEPASS_TEXT_MAX)
		keepass_fail(xml, "a value is larger than any that could be kept");
	else
		buf_add(&xml->text, text, (size_t)length);
	check_memory(xml);
}

static void on_end(void *context, const XML_Char *name)
{
	struct keepass_xml *xml = context;

	(void)name;
	if (xml->result < 0)
		return;
	if (xml->wanted && xml->marks.encrypted)
		decrypt(xml);
	if (xml->result == 0 && xml->levels[xml->depth] != SKIPPED)
		keepass_end(xml, xml->levels[xml->depth]);
	check_memory(xml);
	xml->wanted = false;
	xml->depth--;
}

static void on_doctype(void *context, const XML_Char *name, const XML_Char *system,
                       const XML_Char *public, int internal)
{
	(void)name;
	(void)system;
	(void)public;
	(void)internal;
	keepass_fail(context, "it has a DOCTYPE, which no password manager writes");
}

/* ---- the reader ---------------------------------------------------------------------- */

int keepass_xml_new(const struct keepass_xml_how *how, struct emit *emit,
                    struct keepass_xml **ret_xml, struct error *err)
{
	KEEPASS_XML_AUTO *xml = calloc(1, sizeof(*xml));

	if (!xml)
		return error_set(err, VAULT_FAILED, "out of memory");
	xml->how = *how;
	xml->emit = emit;
	xml->levels[0] = DOCUMENT;
	xml->parser = XML_ParserCreate(NULL);
	if (!xml->parser || keepass_refs_new(&xml->refs, err) < 0)
		return error_set(err, VAULT_FAILED, "out of memory");
	XML_SetUserData(xml->parser, xml);
	XML_SetElementHandler(xml->parser, on_start, on_end);
	XML_SetCharacterDataHandler(xml->parser, on_text);
	XML_SetStartDoctypeDeclHandler(xml->parser, on_doctype);
	*ret_xml = xml;
	xml = NULL;
	return 0;
}

void keepass_xml_free(struct keepass_xml *xml)
{
	if (!xml)
		return;
	if (xml->parser)
		XML_ParserFree(xml->parser);
	keepass_entry_free(xml->entry);
	keepass_refs_free(xml->refs);
	for (size_t i = 0; i < xml->n_pool; i++)
		buf_done(&xml->pool[i].bytes);
	free(xml->pool);
	buf_done(&xml->text);
	buf_done(&xml->path);
	buf_done(&xml->tags);
	free(xml);
}

void keepass_xml_freep(struct keepass_xml **xml)
{
	keepass_xml_free(*xml);
}

static int parse(struct keepass_xml *xml, const char *bytes, size_t length, bool last)
{
	XML_Index at;

	if (xml->result == 0 && XML_Parse(xml->parser, bytes, (int)length, last) != XML_STATUS_OK)
		keepass_fail(xml, XML_ErrorString(XML_GetErrorCode(xml->parser)));
	xml->fed += length;
	at = XML_GetCurrentByteIndex(xml->parser);
	/* It would look at all of a tag again with every piece. */
	if (xml->result == 0 && !last && at >= 0 && xml->fed - (size_t)at > TAG_MAX)
		keepass_fail(xml, "a tag is longer than any that is needed");
	return xml->result;
}

static int tell(const struct keepass_xml *xml, struct error *err)
{
	return xml->result < 0 ? error_set(err, xml->error.status, "%s", xml->error.message) : 0;
}

int keepass_xml_feed(struct keepass_xml *xml, const void *bytes, size_t length, struct error *err)
{
	const char *next = bytes;

	while (length > 0 && xml->result == 0) {
		size_t count = length < FEED ? length : FEED;

		parse(xml, next, count, false);
		next += count;
		length -= count;
		emit_progress(xml->emit, xml->fed, xml->how.total);
	}
	return tell(xml, err);
}

int keepass_xml_end(struct keepass_xml *xml, struct error *err)
{
	if (parse(xml, "", 0, true) == 0)
		keepass_give_up(xml, keepass_refs_emit(xml->refs, xml->emit, &xml->error));
	return tell(xml, err);
}

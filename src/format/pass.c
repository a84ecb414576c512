/*
 * Entries of pass, gopass and passage, decrypted (tree.h): the password on the first line, and
 * below it whatever people write there.
 *
 *     otpauth://…        the one-time code; also "totp: …" as gopass has it
 *     key: value         user, login, url and the like where they are; else a secret field
 *     anything else      the note
 *
 * Source: https://www.passwordstore.org/ ("Data Organization"),
 * https://github.com/gopasspw/gopass/blob/master/docs/secrets.md,
 * https://github.com/tadfisher/pass-otp.
 */
#include <string.h>
#include <strings.h>

#include <vault/text.h>

#include "format/emit.h"
#include "format/format.h"
#include "format/tree.h"

#define KEY_MAX 60 /* bytes of a key; what is longer is a sentence */
#define OLD_GOPASS "GOPASS-SECRET-1.0"

struct reader {
	const unsigned char *start, *p, *end;
};

static int cut_off(const struct reader *reader, struct error *err)
{
	return error_set(err, VAULT_USAGE, "byte %zu: it ends too early",
	                 (size_t)(reader->p - reader->start));
}

static bool number(struct reader *reader, size_t bytes, uint64_t *ret_number)
{
	*ret_number = 0;
	if ((size_t)(reader->end - reader->p) < bytes)
		return false;
	for (size_t i = 0; i < bytes; i++)
		*ret_number |= (uint64_t)*reader->p++ << (8 * i);
	return true;
}

static bool piece(struct reader *reader, struct span *ret_piece)
{
	uint64_t length;

	if (!number(reader, 4, &length) || length > (size_t)(reader->end - reader->p))
		return false;
	*ret_piece = (struct span){reader->p, (size_t)length};
	reader->p += length;
	return true;
}

/* ---- lines --------------------------------------------------------------------------- */

/* The next line without its end; false: there is none. */
static bool next_line(struct span *rest, struct span *ret_line)
{
	const char *start = rest->bytes, *end;

	if (rest->length == 0)
		return false;
	end = memchr(start, '\n', rest->length);
	*ret_line = (struct span){start, end ? (size_t)(end - start) : rest->length};
	rest->bytes = start + ret_line->length + (end != NULL);
	rest->length -= ret_line->length + (end != NULL);
	return true;
}

static bool begins(struct span line, const char *with)
{
	return line.length >= strlen(with) && strncasecmp(line.bytes, with, strlen(with)) == 0;
}

static bool is(struct span key, const char *word)
{
	return key.length == strlen(word) && begins(key, word);
}

static bool is_any(struct span key, const char *const *words)
{
	for (; *words; words++)
		if (is(key, *words))
			return true;
	return false;
}

/* "key: value". The key is no sentence, and no beginning of an address. */
static bool is_pair(struct span line, struct span *ret_key, struct span *ret_value)
{
	const char *start = line.bytes, *colon = memchr(start, ':', line.length), *value;
	size_t length = colon ? (size_t)(colon - start) : 0;

	if (length == 0 || length > KEY_MAX || *start == ' ' || colon[-1] == ' ')
		return false;
	value = colon + 1;
	if (value < start + line.length && *value != ' ')
		return false;
	while (value < start + line.length && *value == ' ')
		value++;
	*ret_key = (struct span){start, length};
	*ret_value = (struct span){value, (size_t)(start + line.length - value)};
	return true;
}

static void take_pair(struct emit *emit, struct span key, struct span value)
{
	static const char *const users[] = {"user", "username", "login", NULL};
	static const char *const urls[] = {"url", "uri", "website", "site", "link", NULL};

	if (is_any(key, users))
		emit_user(emit, value);
	else if (is_any(key, urls))
		emit_url(emit, value);
	else if (is(key, "totp") || is(key, "otp"))
		emit_otp(emit, value);
	else
		emit_secret(emit, key, value);
}

/* All below the password. Lines of the note keep their order and what is between them. */
static void take_lines(struct emit *emit, struct span rest, bool old_gopass)
{
	BUF_AUTO note = BUF_EMPTY;
	struct span line, key, value;
	size_t end = 0;

	while (next_line(&rest, &line)) {
		if (begins(line, "otpauth://")) {
			emit_otp(emit, line);
		} else if (is_pair(line, &key, &value)) {
			if (old_gopass && is(key, "Password"))
				emit_password(emit, value, 0, span_of(NULL));
			else
				take_pair(emit, key, value);
		} else if (line.length > 0 || note.length > 0) {
			buf_add(&note, line.bytes, line.length);
			end = line.length > 0 ? note.length : end;
			buf_add_string(&note, "\n");
		}
	}
	if (end > 0)
		emit_note(emit, (struct span){note.bytes, end});
}

/* ---- entries ------------------------------------------------------------------------- */

/* Some keep files among their passwords. */
static bool is_file(struct span text)
{
	return !text_is_utf8(text.bytes, text.length) || memchr(text.bytes, 0, text.length) ||
	       begins(text, "-----BEGIN");
}

static void take_text(struct emit *emit, struct span name, struct span text)
{
	struct span first = {text.bytes, 0}, rest = text;

	if (is_file(text)) {
		emit_attachment(emit, name, text);
		emit_account(emit, FATE_CHANGED, "file", "kept as an attachment");
		return;
	}
	next_line(&rest, &first);
	if (is(first, OLD_GOPASS)) {
		take_lines(emit, rest, true);
	} else if (begins(first, "otpauth://")) {
		emit_otp(emit, first);
		take_lines(emit, rest, false);
	} else {
		emit_password(emit, first, 0, span_of(NULL));
		take_lines(emit, rest, false);
	}
}

static int take_entry(struct reader *reader, struct emit *emit, struct error *err)
{
	struct span path, name, text;
	const char *slash;
	uint64_t changed;

	if (!piece(reader, &path) || !number(reader, 8, &changed) || !piece(reader, &text))
		return cut_off(reader, err);
	emit_begin(emit);
	name = path;
	slash = memrchr(path.bytes, '/', path.length);
	if (slash) {
		size_t folder = (size_t)(slash - (const char *)path.bytes);

		emit_folder(emit, (struct span){path.bytes, folder});
		name = (struct span){slash + 1, path.length - folder - 1};
	}
	emit_name(emit, name);
	emit_modified(emit, (int64_t)changed);
	take_text(emit, name, text);
	return emit_end(emit, err);
}

static void look(const struct format *format, const struct source *source, struct look *ret_look)
{
	(void)format;
	if (source->length >= strlen(TREE_MAGIC) &&
	    memcmp(source->bytes, TREE_MAGIC, strlen(TREE_MAGIC)) == 0)
		ret_look->score = 100;
}

static int read_tree(const struct format *format, const struct source *source, struct emit *emit,
                     struct error *err)
{
	struct reader reader = {source->bytes, source->bytes + strlen(TREE_MAGIC),
	                        source->bytes + source->length};
	struct look found = {0};
	int r = 0;

	look(format, source, &found);
	if (!found.score)
		return error_set(err, VAULT_USAGE,
		                 "it is a file: give the folder of pass, gopass or passage");
	while (r == 0 && reader.p < reader.end) {
		r = take_entry(&reader, emit, err);
		emit_progress(emit, (size_t)(reader.p - reader.start), source->length);
	}
	return r;
}

static const struct format_code code = {
	.look = look,
	.read = read_tree,
};

const struct format format_pass = {
	.name = "pass",
	.title = "folder of pass, gopass or passage",
	.flags = FORMAT_READS,
	.code = &code,
};

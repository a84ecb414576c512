/* Key files of KeePass: https://keepass.info/help/base/keys.html#keyfiles */
#include <stdlib.h>
#include <string.h>

#include <expat.h>

#include "base/base64.h"
#include "base/buf.h"
#include "crypto/seal.h"
#include "format/kdbx.h"

#define DATA_MAX 1024 /* characters of a key in XML */

/* ---- XML: <KeyFile><Meta><Version/></Meta><Key><Data Hash=""/></Key></KeyFile> --------- */

struct found {
	XML_Parser parser;
	unsigned depth;
	bool key_file; /* the document is one */
	bool refused;  /* a DOCTYPE, or far too long */
	bool in_version, in_data;
	char version[16], data[DATA_MAX], hash[16];
	size_t version_length, data_length;
};

static void begin(void *context, const char *name, const char **attributes)
{
	struct found *found = context;

	if (found->depth == 0)
		found->key_file = strcmp(name, "KeyFile") == 0;
	found->in_version = found->depth == 2 && strcmp(name, "Version") == 0;
	found->in_data = found->depth == 2 && strcmp(name, "Data") == 0;
	for (; found->in_data && attributes[0]; attributes += 2)
		if (strcmp(attributes[0], "Hash") == 0 &&
		    strlen(attributes[1]) < sizeof(found->hash))
			memcpy(found->hash, attributes[1], strlen(attributes[1]) + 1);
	found->depth++;
}

static void end(void *context, const char *name)
{
	struct found *found = context;

	(void)name;
	found->depth--;
	found->in_version = found->in_data = false;
}

static void append(struct found *found, char *text, size_t *length, size_t room, const char *more,
                   int count)
{
	if ((size_t)count >= room - *length) {
		found->refused = true;
		return;
	}
	memcpy(text + *length, more, (size_t)count);
	*length += (size_t)count;
}

static void characters(void *context, const char *text, int length)
{
	struct found *found = context;

	if (found->in_version)
		append(found, found->version, &found->version_length, sizeof(found->version), text,
		       length);
	if (found->in_data)
		append(found, found->data, &found->data_length, sizeof(found->data), text, length);
}

static void doctype(void *context, const char *name, const char *system, const char *public,
                    int internal)
{
	struct found *found = context;

	(void)name;
	(void)system;
	(void)public;
	(void)internal;
	found->refused = true;
	XML_StopParser(found->parser, XML_FALSE);
}

/* Is it XML, and a key file in it? */
static bool read_xml(const struct secret *file, struct found *found)
{
	bool good;

	found->parser = XML_ParserCreate(NULL);
	if (!found->parser)
		return false;
	XML_SetUserData(found->parser, found);
	XML_SetElementHandler(found->parser, begin, end);
	XML_SetCharacterDataHandler(found->parser, characters);
	XML_SetStartDoctypeDeclHandler(found->parser, doctype);
	good = XML_Parse(found->parser, (const char *)file->bytes, (int)file->length, 1) ==
	       XML_STATUS_OK;
	XML_ParserFree(found->parser);
	return good && found->key_file;
}

/* ---- what a key is written in ---------------------------------------------------------- */

static int digit(unsigned char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* As many hexadecimal digits as make `count` bytes, with blanks between them. */
static bool read_hex(const void *text, size_t length, unsigned char *bytes, size_t count)
{
	const unsigned char *next = text;
	size_t digits = 0;

	for (size_t i = 0; i < length; i++) {
		int value = digit(next[i]);

		if (strchr(" \t\r\n", next[i]) && next[i])
			continue;
		if (value < 0 || digits == 2 * count)
			return false;
		bytes[digits / 2] =
			(unsigned char)(digits % 2 ? bytes[digits / 2] | value : value << 4);
		digits++;
	}
	return digits == 2 * count;
}

static bool read_base64(struct found *found, unsigned char ret_key[KDBX_KEY_BYTES])
{
	struct span bytes;

	if (!base64_decode(found->data, found->data_length, &bytes) ||
	    bytes.length != KDBX_KEY_BYTES)
		return false;
	memcpy(ret_key, bytes.bytes, KDBX_KEY_BYTES);
	return true;
}

/* The first four bytes of the key's hash stand beside it, against typing errors. */
static bool fits(const char *hash, const unsigned char key[KDBX_KEY_BYTES])
{
	const struct piece piece = {key, KDBX_KEY_BYTES};
	unsigned char wanted[4], whole[SHA256_BYTES];

	if (!hash[0])
		return true;
	sha256(whole, &piece, 1);
	return read_hex(hash, strlen(hash), wanted, sizeof(wanted)) &&
	       hash_equal(wanted, whole, sizeof(wanted));
}

static int take_xml(struct found *found, unsigned char ret_key[KDBX_KEY_BYTES], struct error *err)
{
	bool good;

	if (strncmp(found->version, "1.", 2) == 0)
		good = read_base64(found, ret_key);
	else if (strncmp(found->version, "2.", 2) == 0)
		good = read_hex(found->data, found->data_length, ret_key, KDBX_KEY_BYTES) &&
		       fits(found->hash, ret_key);
	else
		return error_set(err, VAULT_USAGE, "the key file is of an unknown version");
	return good ? 0 : error_set(err, VAULT_USAGE, "the key file is damaged");
}

int kdbx_key_file(const struct secret *key_file, unsigned char ret_key[KDBX_KEY_BYTES],
                  struct error *err)
{
	const struct piece piece = {key_file->bytes, key_file->length};
	struct found found = {0};
	int r = 0;

	if (read_xml(key_file, &found))
		r = found.refused ? error_set(err, VAULT_USAGE, "the key file is damaged")
		                  : take_xml(&found, ret_key, err);
	else if (key_file->length == KDBX_KEY_BYTES)
		memcpy(ret_key, key_file->bytes, KDBX_KEY_BYTES);
	else if (key_file->length != 2 * KDBX_KEY_BYTES ||
	         !read_hex(key_file->bytes, key_file->length, ret_key, KDBX_KEY_BYTES))
		sha256(ret_key, &piece, 1);
	secret_wipe(&found, sizeof(found));
	return r;
}

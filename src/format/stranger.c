#include "format/stranger.h"

#include <string.h>
#include <strings.h>

#define DECRYPT_AGE \
	"encrypted by age: 'age --decrypt -i IDENTITY FILE | vault import -' reads what is in it"
#define DECRYPT_GPG "encrypted by GnuPG: 'gpg --decrypt FILE | vault import -' reads what is in it"
#define UNPACK "compressed: unpack it and import what is in it"
#define SPREADSHEET "a spreadsheet: save it as CSV, and shred it and the CSV afterwards"
#define DATABASE "an SQLite database: export from the program that it belongs to, and import that"

#define AT(start, text, advice) \
	{ \
		(start), sizeof(text) - 1, (text), (advice) \
	}

/* The first that fits; more special ones come first. */
static const struct {
	size_t start, length;
	const char *bytes, *advice;
} strangers[] = {
	AT(0, "\x8fvault\r\n",
           "a vault: 'vault merge FILE' brings in what a copy of this one has; another one is "
           "opened by 'vault --vault FILE', and what its 'export' writes can be imported"),
	AT(0, "SQLite format 3", DATABASE),
	AT(0, "age-encryption.org/v1\n", DECRYPT_AGE),
	AT(0, "-----BEGIN AGE ENCRYPTED FILE-----", DECRYPT_AGE),
	AT(0, "%PDF-", "a PDF, for people to read: export a file that a program can read"),
	AT(30, "[Content_Types].xml", SPREADSHEET),
	AT(30, "mimetypeapplication/vnd.oasis", SPREADSHEET),
	AT(0, "PK\3\4",
           "a zip file that holds no export known here: unpack it and import the file "
           "or folder in it"),
	AT(0, "\x1f\x8b\x08", UNPACK),
	AT(0, "BZh", UNPACK),
	AT(0,
           "\xfd"
           "7zXZ",
           UNPACK),
	AT(0, "7z\xbc\xaf\x27\x1c", UNPACK),
	AT(0, "\x28\xb5\x2f\xfd", UNPACK),
};

/* The first packet of a message of OpenPGP: a session key, for a public key (version 3) or by a
 * passphrase (version 4). RFC 9580, 4.2, 5.1 and 5.3. */
static bool is_openpgp(const unsigned char *bytes, size_t length)
{
	if (length < 4)
		return false;
	switch (bytes[0]) {
	case 0x84: /* lengths of one byte */
	case 0xc1:
		return bytes[2] == 3;
	case 0x85: /* of two */
		return bytes[3] == 3;
	case 0x8c:
	case 0xc3:
		return bytes[1] < 128 && bytes[2] == 4;
	default:
		return false;
	}
}

static bool is_page(const unsigned char *bytes, size_t length)
{
	static const char *const beginnings[] = {"<!doctype html", "<html"};
	size_t start = 0;

	while (start < length && start < 256 && memchr("\xef\xbb\xbf \t\r\n", bytes[start], 7))
		start++;
	for (size_t i = 0; i < sizeof(beginnings) / sizeof(beginnings[0]); i++) {
		size_t size = strlen(beginnings[i]);

		if (length - start >= size &&
		    strncasecmp((const char *)bytes + start, beginnings[i], size) == 0)
			return true;
	}
	return false;
}

const char *stranger_advice(const struct source *source)
{
	const unsigned char *bytes = source->bytes;
	size_t length = source->length;

	for (size_t i = 0; i < sizeof(strangers) / sizeof(strangers[0]); i++)
		if (length >= strangers[i].start + strangers[i].length &&
		    memcmp(bytes + strangers[i].start, strangers[i].bytes, strangers[i].length) ==
		            0)
			return strangers[i].advice;
	if (is_openpgp(bytes, length))
		return DECRYPT_GPG;
	if (is_page(bytes, length))
		return "a page of HTML, for people to read: export a file that a program can read, "
		       "such as CSV or JSON";
	return NULL;
}

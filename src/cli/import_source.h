/* The file that is imported: opened, recognised, unsealed with what the options or the person at
 * the terminal give, and in the hands of its parser. Before the vault is unlocked. */
#ifndef CLI_IMPORT_SOURCE_H
#define CLI_IMPORT_SOURCE_H

#include <vault/format.h>

#include "options.h"

struct import_source_options {
	const char *password_file, *key_file;
	struct texts map;
	bool costly;
	bool quiet; /* of every command: no progress */
};

#define IMPORT_SOURCE_OPTIONS(type, source) \
	OPTION_TEXT_OF(WORD_FILE, type, source.password_file, 0, "import-password-file", "FILE", \
	               "read the file's password from the first line of FILE"), \
		OPTION_TEXT_OF(WORD_FILE, type, source.key_file, 0, "import-key-file", "FILE", \
	                       "open the file with this key file"), \
		OPTION_FLAG(type, source.costly, 0, "costly-key", \
	                    "let the file take as much memory and time as it asks for"), \
		OPTION_TEXTS(type, source.map, 0, "map", "FIELD=COLUMN", \
	                     "what a column of a CSV holds")

/* `format_name` may be NULL: it is guessed. Gives the import, its first item waited for. */
int import_source_open(const char *path, const char *format_name,
                       const struct import_source_options *options, struct import **ret_import,
                       const struct format **ret_format, struct error *err);

#endif

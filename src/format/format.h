/*
 * A foreign format, from inside: what a file in this folder implements to be a row in formats.c.
 *
 * A reader gets all the bytes and hands on items (emit.h). It runs in a process of its own that can
 * neither open a file nor reach a vault, and ends with it: what it leaves in memory is gone with
 * the process, and memory it asks for need not be given back in order. Bytes come from strangers:
 * nothing in them is believed, what is wrong is a VAULT_USAGE failure that names a line, an entry
 * or an offset, never a value.
 *
 * A writer gets items and puts bytes into a sink (sink.h), which is locked memory. It runs in the
 * vault's own process and must keep values in a struct secret or the sink, as everything else.
 *
 * Neither does any I/O.
 */
#ifndef FORMAT_FORMAT_H
#define FORMAT_FORMAT_H

#include <vault/format.h>

struct emit;
struct sink;

/* What a reader gets. */
struct source {
	const unsigned char *bytes;
	size_t length;
	const struct secret *password, *key_file; /* or NULL */
	const struct import_map *map;             /* or NULL */
	bool costly; /* a password may take as long and as much memory as the file says */
};

/* What the contents look like, from their beginning. */
struct look {
	unsigned score; /* 0: it is not this format; 1 … 100: how sure. The highest wins, and 100 of
	                   two formats are a matter to ask about */
	bool sealed;    /* cannot be read without a password or a key file */
};

struct format_code {
	/* Looks at no more than it needs. */
	void (*look)(const struct format *format, const struct source *source,
	             struct look *ret_look);

	/* Hands all items to `emit`. VAULT_WRONG_KEY (> 0, message set): the password or the key
	 * file is not the right one, or missing; before the first item. NULL: cannot be read. */
	int (*read)(const struct format *format, const struct source *source, struct emit *emit,
	            struct error *err);

	/* NULL: cannot be written. `state_bytes` of zeroed, locked memory are at sink->state from
	 * begin to end, or until it is given up. */
	int (*begin)(const struct format *format, struct sink *sink, struct error *err);
	/* Every item with attachments before the first goes to `item`; of a FORMAT_TWICE. */
	int (*ahead)(struct sink *sink, const struct item *item, struct error *err);
	int (*item)(struct sink *sink, const struct item *item, struct error *err);
	int (*end)(struct sink *sink, struct error *err);
	/* Is a field written of a kind that `holds` does not tell of? NULL: none is. */
	bool (*keeps)(const struct format *format, const struct item *item,
	              const struct item_field *field);
	/* Counts what is written otherwise, or not, beyond what `holds` tells; or NULL. */
	void (*losses)(const struct format *format, const struct item *item,
	               struct account *account);
	void (*drop)(struct sink *sink); /* frees what the state points to, at last; or NULL */
	size_t state_bytes;

	const void *data; /* of formats that share their code: what is different */
};

extern const struct format format_json, format_bitwarden_json, format_bitwarden_sealed, format_csv,
	format_chrome, format_firefox, format_apple, format_keepassxc_csv, format_bitwarden_csv,
	format_bitwarden_org_csv, format_1password_csv, format_lastpass, format_protonpass_csv,
	format_dashlane, format_keepass_xml, format_pass, format_kdbx, format_bitwarden_zip,
	format_1pux, format_protonpass, format_dashlane_zip, format_enpass, format_cxf;

#endif

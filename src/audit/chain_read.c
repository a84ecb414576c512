/* Reading what makes a chain: two walks, over the entries and over their plain fields. */
#include "audit/chain.h"

#include <string.h>
#include <strings.h>

#include <vault/realm.h>

#include "audit/role.h"
#include "audit/site.h"
#include "vault/internal.h"

struct walk {
	struct chain_facts *facts;
	int64_t id; /* of the entry at hand */
	uint32_t at;
	struct role_sight sight;
	size_t user;                 /* in the text; or NO_TEXT */
	struct buf own;              /* size_t: its addresses by user or name, in the text */
	struct buf hosts;            /* hosts of URLs and name, each with its NUL */
	struct buf value;            /* of the field at hand, with its NUL */
	char domain[SITE_HOST_SIZE]; /* that was looked up last, and what was found */
	uint32_t providers;
	size_t contacts; /* bytes of facts->contacts before it */
	bool said;
};

static size_t keep(struct chain_facts *facts, const char *text, size_t length)
{
	size_t at = facts->text.length;

	buf_add(&facts->text, text, length);
	buf_add(&facts->text, "", 1);
	return at;
}

static const char *text_at(const struct chain_facts *facts, size_t at)
{
	return facts->text.bytes ? (const char *)facts->text.bytes + at : "";
}

static void add_at(struct walk *walk, struct buf *to, size_t address)
{
	struct chain_at at = {.address = address, .fact = walk->at};

	buf_add(to, &at, sizeof(at));
}

/* `kept`: where `text` stands already, or NO_TEXT. Most addresses are in small letters, and need
 * not be kept twice. */
static void own_address(struct walk *walk, const char *text, size_t length, size_t kept)
{
	SITE_BUFFER char address[SITE_ADDRESS_SIZE];
	size_t at = kept;

	if (!site_address(text, length, address))
		return;
	if (kept == NO_TEXT || memcmp(text, address, length) != 0)
		at = keep(walk->facts, address, strlen(address));
	buf_add(&walk->own, &at, sizeof(at));
}

/* The host of a URL, kept; NULL: it has none. */
static const char *keep_host(struct walk *walk, const char *url, char host[SITE_HOST_SIZE])
{
	if (!site_host(url, host))
		return NULL;
	buf_add(&walk->hosts, host, strlen(host) + 1);
	return host;
}

/* Of the only address there is so far. Most entries have the domain of the one before. */
static uint32_t own_providers(struct walk *walk)
{
	const size_t *own = (const void *)walk->own.bytes;
	const char *at = walk->own.length > 0 ? strchr(text_at(walk->facts, *own), '@') : NULL;

	if (!at)
		return 0;
	if (strcmp(walk->domain, at + 1) != 0) {
		memcpy(walk->domain, at + 1, strlen(at + 1) + 1);
		walk->providers = mail_providers_of(walk->domain);
	}
	return walk->providers;
}

static void look_at_name(struct walk *walk, const char *name)
{
	bool user_is_address = walk->own.length > 0;
	const char *piece, *rest = name;
	size_t length;

	while (site_piece(&rest, &piece, &length)) {
		SITE_BUFFER char copy[NAME_MAX_BYTES + 1], host[SITE_HOST_SIZE];

		if (length >= sizeof(copy))
			continue;
		memcpy(copy, piece, length);
		copy[length] = '\0';
		if (!strchr(copy, '@'))
			keep_host(walk, copy, host);
		else if (!user_is_address)
			own_address(walk, copy, length, NO_TEXT);
	}
}

/* A row of SQL_ENTRY_FACTS. Texts are taken as bytes: as strings SQLite would copy them first. */
static int begin_entry(struct walk *walk, struct stmt *stmt, struct error *err)
{
	struct chain_facts *facts = walk->facts;
	struct chain_fact fact = {.user = NO_TEXT, .realm = NO_TEXT};
	struct span uuid = stmt_span(stmt, 1), name = stmt_span(stmt, 2), user = stmt_span(stmt, 3);
	SITE_BUFFER char text[NAME_MAX_BYTES + 1];

	if (!name.bytes || name.length > NAME_MAX_BYTES || uuid.length != UUID_BYTES)
		return error_set(err, VAULT_DAMAGED,
		                 "an entry in the vault is damaged: see 'vault check'");
	fact.id = walk->id = stmt_int(stmt, 0);
	walk->at = (uint32_t)(facts->facts.length / sizeof(fact));
	walk->said = false;
	walk->own.length = walk->hosts.length = 0;
	walk->contacts = facts->contacts.length;
	memcpy(fact.uuid, uuid.bytes, UUID_BYTES);
	fact.name = keep(facts, name.bytes, name.length);
	if (user.bytes)
		fact.user = keep(facts, user.bytes, user.length);
	walk->user = fact.user;
	if (user.bytes)
		own_address(walk, user.bytes, user.length, fact.user);
	memcpy(text, name.bytes, name.length);
	text[name.length] = '\0';
	role_begin(&walk->sight, text, own_providers(walk));
	look_at_name(walk, text);
	buf_add(&facts->facts, &fact, sizeof(fact));
	return 0;
}

static bool names_mail(const char *key)
{
	for (; *key; key++)
		if (strncasecmp(key, "mail", 4) == 0 || strncasecmp(key, "recovery", 8) == 0)
			return true;
	return false;
}

/* The entry at hand; there is one unless memory was short. */
static struct chain_fact *fact_of(const struct walk *walk)
{
	return (struct chain_fact *)(void *)walk->facts->facts.bytes + walk->at;
}

/* The value of the row at hand, until the next one. */
static const char *take_value(struct walk *walk, struct stmt *stmt)
{
	struct span value = stmt_span(stmt, 3);

	walk->value.length = 0;
	buf_add(&walk->value, value.bytes, value.length);
	return walk->value.failed ? "" : (const char *)walk->value.bytes;
}

/* A row of SQL_FIELD_FACTS. */
static void look_at_field(struct walk *walk, struct stmt *stmt)
{
	struct chain_said said = {.fact = walk->at};
	SITE_BUFFER char address[SITE_ADDRESS_SIZE], host[SITE_HOST_SIZE], realm[REALM_NAME_SIZE];
	const char *key, *value = take_value(walk, stmt), *reason;

	if (walk->facts->facts.failed)
		return;
	switch ((enum field_kind)stmt_int(stmt, 1)) {
	case FIELD_URL:
		role_see_url(&walk->sight, value, keep_host(walk, value, host));
		return;
	case FIELD_TAG:
		role_see_tag(&walk->sight, value);
		return;
	case FIELD_TEXT:
		key = stmt_text(stmt, 2);
		if (key && names_mail(key) && site_address(value, strlen(value), address))
			add_at(walk, &walk->facts->contacts,
			       keep(walk->facts, address, strlen(address)));
		return;
	case FIELD_REALM:
		if (realm_split(value, strlen(value), realm, &reason))
			fact_of(walk)->realm = keep(walk->facts, realm, strlen(realm));
		return;
	case FIELD_RESETS:
		if (uuid_read(value, strlen(value), said.uuid)) {
			buf_add(&walk->facts->said, &said, sizeof(said));
			walk->said = true;
		}
		return;
	default:
		return;
	}
}

static void add_box(struct walk *walk, const char *local, const char *domain)
{
	size_t at = walk->facts->text.length;

	buf_add_format(&walk->facts->text, "%s@%s", local, domain);
	buf_add(&walk->facts->text, "", 1);
	add_at(walk, &walk->facts->boxes, at);
}

/* The addresses of a mailbox whose user name is none: at each host, the domains above it and those
 * of its provider. */
static void boxes_by_host(struct walk *walk)
{
	char local[SITE_ADDRESS_SIZE] = "";
	const char *user = walk->user == NO_TEXT ? "" : text_at(walk->facts, walk->user);
	size_t count, length = strlen(user);
	const struct mail_provider *providers = mail_providers(&count);

	if (length >= sizeof(local) - SITE_HOST_SIZE)
		return;
	for (size_t i = 0; i < length; i++)
		local[i] = user[i] >= 'A' && user[i] <= 'Z' ? (char)(user[i] - 'A' + 'a') : user[i];
	for (size_t at = 0; at < walk->hosts.length;) {
		const char *name = (const char *)walk->hosts.bytes + at;

		at += strlen(name) + 1;
		for (size_t i = 0; i < count; i++)
			for (size_t j = 0;
			     site_belongs(name, providers[i].host) && providers[i].domains[j]; j++)
				add_box(walk, local, providers[i].domains[j]);
		for (; name; name = site_above(name))
			add_box(walk, local, name);
	}
}

static bool is_own(const struct walk *walk, size_t address)
{
	const size_t *own = (const void *)walk->own.bytes;

	for (size_t i = 0; i < walk->own.length / sizeof(*own); i++)
		if (strcmp(text_at(walk->facts, own[i]), text_at(walk->facts, address)) == 0)
			return true;
	return false;
}

/* A mailbox is not reset through its own address, whatever field has it, too. */
static void drop_own(struct walk *walk)
{
	struct buf *contacts = &walk->facts->contacts;
	size_t kept = walk->contacts;

	for (size_t at = walk->contacts; at < contacts->length; at += sizeof(struct chain_at)) {
		struct chain_at contact;

		memcpy(&contact, contacts->bytes + at, sizeof(contact));
		if (is_own(walk, contact.address))
			continue;
		memmove(contacts->bytes + kept, &contact, sizeof(contact));
		kept += sizeof(contact);
	}
	contacts->length = kept;
}

static void end_entry(struct walk *walk)
{
	struct chain_facts *facts = walk->facts;
	const size_t *own = (const void *)walk->own.bytes;
	size_t n_own = walk->own.length / sizeof(*own);
	bool mailbox = walk->sight.role == ROLE_MAILBOX;

	if (facts->facts.failed)
		return;
	fact_of(walk)->role = walk->sight.role;
	for (size_t i = 0; i < n_own; i++)
		add_at(walk, mailbox ? &facts->boxes : &facts->contacts, own[i]);
	if (mailbox && n_own == 0)
		boxes_by_host(walk);
	if (mailbox)
		drop_own(walk);
	if (walk->said)
		facts->contacts.length = walk->contacts;
}

/* The rows of fields, which come in the order of the entries: those of the entry at hand, those
 * before it are nobody's who is there. */
static int look_at_fields(struct walk *walk, struct stmt *fields, bool *more, struct error *err)
{
	int r = *more;

	while (r == 1 && stmt_int(fields, 0) <= walk->id) {
		if (stmt_int(fields, 0) == walk->id)
			look_at_field(walk, fields);
		r = stmt_step(fields, err);
	}
	*more = r == 1;
	return r < 0 ? r : 0;
}

static int read_rows(struct walk *walk, struct vault *vault, struct error *err)
{
	STMT_AUTO *entries = NULL;
	STMT_AUTO *fields = NULL;
	bool more;
	int r = db_stmt(vault->db, SQL_ENTRY_FACTS, &entries, err);

	if (r == 0)
		r = db_stmt(vault->db, SQL_FIELD_FACTS, &fields, err);
	if (r == 0)
		r = stmt_step(fields, err);
	more = r == 1;
	while (r >= 0 && (r = stmt_step(entries, err)) == 1) {
		r = begin_entry(walk, entries, err);
		if (r == 0)
			r = look_at_fields(walk, fields, &more, err);
		if (r == 0)
			end_entry(walk);
	}
	return r;
}

int chain_facts_read(struct vault *vault, struct chain_facts *facts, struct error *err)
{
	struct walk walk = {.facts = facts};
	struct buf *const bufs[] = {&facts->text, &facts->facts, &facts->boxes, &facts->contacts,
	                            &facts->said, &walk.own,     &walk.hosts,   &walk.value};
	int r = read_begin(vault, err);

	if (r != 0)
		return r;
	facts->generation = vault->batch ? 0 : vault->state.generation;
	r = read_rows(&walk, vault, err);
	read_end(vault);
	for (size_t i = 0; r == 0 && i < sizeof(bufs) / sizeof(bufs[0]); i++)
		r = buf_check(bufs[i], err);
	buf_done(&walk.own);
	buf_done(&walk.hosts);
	buf_done(&walk.value);
	return r;
}

void chain_facts_done(struct chain_facts *facts)
{
	buf_done(&facts->text);
	buf_done(&facts->facts);
	buf_done(&facts->boxes);
	buf_done(&facts->contacts);
	buf_done(&facts->said);
}

/* An entry of a KeePass file becomes an item. */
#include "format/keepass_entry.h"

#include <stdlib.h>
#include <string.h>

#include "base/span.h"
#include "base/when.h"
#include "format/kinds.h"

#define EARLIER_MAX 200 /* values of an entry; the newest are kept */
#define KEY_KEPT 200    /* bytes of a key in front of the date */

static void state_done(struct keepass_state *state)
{
	free(state->strings);
	free(state->files);
}

void keepass_entry_free(struct keepass_entry *entry)
{
	if (!entry)
		return;
	state_done(&entry->now);
	for (size_t i = 0; i < entry->n_history; i++)
		state_done(&entry->history[i]);
	free(entry->history);
	buf_done(&entry->arena);
	free(entry);
}

struct keepass_text keepass_keep(struct keepass_entry *entry, struct span span)
{
	struct keepass_text text = {true, entry->arena.length, span.length};

	if (span.length > 0)
		buf_add(&entry->arena, span.bytes, span.length);
	buf_add(&entry->arena, "", 1);
	return text;
}

struct span keepass_span(const struct keepass_entry *entry, struct keepass_text text)
{
	if (!text.there || entry->arena.failed)
		return (struct span){NULL, 0};
	return (struct span){entry->arena.bytes + text.at, text.length};
}

/* The last of several of one key, as KeePass has it. */
static struct keepass_string *find(const struct keepass_entry *entry,
                                   const struct keepass_state *state, struct span key)
{
	for (size_t i = state->n_strings; i > 0; i--)
		if (span_equal(keepass_span(entry, state->strings[i - 1].key), key))
			return &state->strings[i - 1];
	return NULL;
}

struct keepass_string *keepass_find(const struct keepass_entry *entry,
                                    const struct keepass_state *state, const char *key)
{
	return find(entry, state, span_of(key));
}

static bool is_own(struct span key)
{
	return key.length > sizeof(KEEPASS_OWN) - 1 &&
	       memcmp(key.bytes, KEEPASS_OWN, sizeof(KEEPASS_OWN) - 1) == 0;
}

static struct span value_of(const struct keepass_entry *entry, const struct keepass_state *state,
                            const char *key)
{
	const struct keepass_string *string = keepass_find(entry, state, key);

	return string ? keepass_span(entry, string->value) : (struct span){NULL, 0};
}

/* ---- passwords ----------------------------------------------------------------------- */

static int compare_states(const void *a, const void *b)
{
	const struct keepass_state *first = a, *second = b;

	if (first->modified != second->modified)
		return first->modified < second->modified ? -1 : 1;
	return first->order < second->order ? -1 : first->order > second->order;
}

struct run {
	struct span value; /* length 0: none */
	struct span reason;
	int64_t since;
};

static bool is_reference(const struct keepass_entry *entry, const struct keepass_state *state)
{
	const struct keepass_string *string = keepass_find(entry, state, "Password");
	struct span value = string ? keepass_span(entry, string->value) : (struct span){NULL, 0};

	return value.length > 5 && !string->literal && memcmp(value.bytes, "{REF:", 5) == 0;
}

/* The dates of a password where the state has them: false, it has none that count. */
static bool own_dates(const struct keepass_entry *entry, const struct keepass_state *state,
                      int64_t *ret_since, int64_t *ret_until)
{
	struct span text = value_of(entry, state, KEEPASS_OWN_DATES);
	int64_t numbers[3] = {0};
	size_t count = 0;

	for (const char *p = text.bytes, *end = p + text.length; p < end; p++) {
		if (*p == ' ' && count < 2)
			count++;
		else if (*p < '0' || *p > '9' || numbers[count] > WHEN_MAX)
			return false;
		else
			numbers[count] = numbers[count] * 10 + *p - '0';
	}
	if (count != 2 || numbers[2] != state->modified)
		return false;
	*ret_since = numbers[0];
	*ret_until = numbers[1];
	return true;
}

/* A state tells since when its password was in use at the latest; the first state with another one,
 * until when. */
static void next_state(const struct keepass_entry *entry, const struct keepass_state *state,
                       struct run *run, struct emit *emit)
{
	struct span value = value_of(entry, state, "Password"),
		    reason = value_of(entry, state, KEEPASS_OWN_REASON);
	bool now = state == &entry->now, dated;
	int64_t since = state->modified, until = 0;

	dated = own_dates(entry, state, &since, &until);
	if (!now && is_reference(entry, state)) {
		emit_account(emit, FATE_LEFT, "earlier password",
		             "it referred to another entry, which has another one by now");
		value.length = 0;
	}
	if (run->value.length > 0 && !dated && span_equal(run->value, value)) {
		if (reason.length > 0)
			run->reason = reason;
		return;
	}
	if (run->value.length > 0)
		emit_earlier(emit, run->value, run->since, state->modified, run->reason);
	*run = (struct run){value, reason, since};
	if (!until)
		return;
	emit_earlier(emit, value, since, until, reason);
	run->value.length = 0;
}

static void take_passwords(struct keepass_entry *entry, struct emit *emit)
{
	struct run run = {0};

	if (entry->n_history > 1)
		qsort(entry->history, entry->n_history, sizeof(*entry->history), compare_states);
	for (size_t i = 0; i < entry->n_history; i++)
		next_state(entry, &entry->history[i], &run, emit);
	next_state(entry, &entry->now, &run, emit);
	if (run.value.length > 0)
		emit_password(emit, run.value, run.since, run.reason);
}

/* ---- what else was different once ---------------------------------------------------- */

static bool has_file(const struct keepass_entry *entry, const struct keepass_file *file)
{
	for (size_t i = 0; i < entry->now.n_files; i++) {
		const struct keepass_file *other = &entry->now.files[i];

		if (other->outside.bytes == file->outside.bytes &&
		    other->outside.length == file->outside.length &&
		    span_equal(keepass_span(entry, other->value), keepass_span(entry, file->value)))
			return true;
	}
	return false;
}

/* Values that are kept, as they come up: from the newest state back. */
struct earlier {
	const struct keepass_string *kept[EARLIER_MAX];
	size_t count;
};

static bool is_kept(const struct keepass_entry *entry, const struct earlier *earlier,
                    struct span key, struct span value)
{
	for (size_t i = 0; i < earlier->count; i++)
		if (span_equal(keepass_span(entry, earlier->kept[i]->key), key) &&
		    span_equal(keepass_span(entry, earlier->kept[i]->value), value))
			return true;
	return false;
}

/* A counter has a value for every code, and what a reference led to then is not known. */
static bool is_passing(const struct keepass_string *string, struct span key, struct span value)
{
	return span_is(key, "HmacOtp-Counter") ||
	       (!string->literal && value.length > 5 && memcmp(value.bytes, "{REF:", 5) == 0);
}

/* "user (until 2021-03-04 08:15)": the time of the first state that no longer has the value. */
static void keep_earlier(struct emit *emit, struct span key, struct span value, int64_t until)
{
	static const char *const words[][2] = {{"Title", "name"},
	                                       {"UserName", "user"},
	                                       {"URL", "url"},
	                                       {"Notes", "note"}};
	BUF_AUTO name = BUF_EMPTY;
	char when[WHEN_SIZE];

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (span_is(key, words[i][0]))
			key = span_of(words[i][1]);
	buf_add(&name, key.bytes, key.length < KEY_KEPT ? key.length : KEY_KEPT);
	if (until > 0) {
		when_write(until, when);
		buf_add_format(&name, " (until %.10s %.5s)", when, when + 11);
	} else {
		buf_add_string(&name, " (earlier)");
	}
	emit_secret(emit, (struct span){name.bytes, name.length}, value);
	emit_account(emit, FATE_CHANGED, "earlier value of another field",
	             "kept as a secret field, with the date");
}

/* What a state had that the entry has no more; `until`: the time of the state after it. */
static void take_differences(const struct keepass_entry *entry, const struct keepass_state *state,
                             int64_t until, struct earlier *earlier, struct emit *emit)
{
	for (size_t i = 0; i < state->n_strings; i++) {
		const struct keepass_string *string = &state->strings[i];
		struct span key = keepass_span(entry, string->key),
			    value = keepass_span(entry, string->value);
		const struct keepass_string *now = find(entry, &entry->now, key);

		if (span_is(key, "Password") || value.length == 0 || is_own(key) ||
		    (now && span_equal(keepass_span(entry, now->value), value)) ||
		    is_kept(entry, earlier, key, value))
			continue;
		if (earlier->count == EARLIER_MAX || is_passing(string, key, value)) {
			emit_account(emit, FATE_LEFT, "earlier value of another field",
			             earlier->count == EARLIER_MAX ? "there are too many"
			                                           : "of no use any more");
			continue;
		}
		earlier->kept[earlier->count++] = string;
		keep_earlier(emit, key, value, until);
	}
	for (size_t i = 0; i < state->n_files; i++)
		if (!has_file(entry, &state->files[i]))
			emit_account(emit, FATE_LEFT, "earlier attachment",
			             "only the present ones are kept");
}

/* The history is in order of time. */
static void take_history(const struct keepass_entry *entry, struct emit *emit)
{
	struct earlier earlier = {.count = 0};
	int64_t until = entry->now.modified;

	for (size_t i = entry->n_history; i-- > 0; until = entry->history[i].modified)
		take_differences(entry, &entry->history[i], until, &earlier, emit);
}

/* ---- the parts ----------------------------------------------------------------------- */

/* Tags stand between semicolons or commas. */
static void take_tags(struct keepass_entry *entry, struct keepass_text text, struct emit *emit)
{
	char *p, *end, *start;

	if (!text.there || entry->arena.failed)
		return;
	start = p = (char *)entry->arena.bytes + text.at;
	end = start + text.length;
	for (; p <= end; p++) {
		char *last = p;
		size_t length;

		if (p < end && *p != ';' && *p != ',')
			continue;
		while (start < last && *start == ' ')
			start++;
		while (last > start && last[-1] == ' ')
			last--;
		length = (size_t)(last - start);
		keepass_decode(start, &length);
		emit_tag(emit, (struct span){start, length});
		start = p + 1;
	}
}

/* The date behind "vault.used-by.2."; none is fine. */
static struct span own_date(struct span key)
{
	const char *end = (const char *)key.bytes + key.length, *dot;

	dot = memrchr(key.bytes, '.', key.length);
	return dot && end - dot == WHEN_SIZE ? (struct span){dot + 1, WHEN_SIZE - 1}
	                                     : (struct span){NULL, 0};
}

/* "vault.rules", "vault.rules.2": a field of a kind that only we have. */
static bool take_own(struct emit *emit, struct span key, struct span value)
{
	size_t front = sizeof(KEEPASS_OWN) - 1;
	const char *word = (const char *)key.bytes + front, *dot;
	enum field_kind kind;

	if (!is_own(key))
		return false;
	dot = memchr(word, '.', key.length - front);
	kind = kind_of_word((struct span){word, dot ? (size_t)(dot - word) : key.length - front});
	if (!kind)
		return false;
	kind_emit(emit, kind, own_date(key), value);
	return true;
}

static void take_string(const struct keepass_entry *entry, const struct keepass_string *string,
                        struct emit *emit)
{
	static const char *const dealt_with[] = {"Title",          "UserName", "URL",
	                                         "Notes",          "Password", KEEPASS_OWN_REASON,
	                                         KEEPASS_OWN_DATES};
	struct span key = keepass_span(entry, string->key),
		    value = keepass_span(entry, string->value);
	size_t own = sizeof(KEEPASS_OWN_FIELD) - 1;

	for (size_t i = 0; i < sizeof(dealt_with) / sizeof(dealt_with[0]); i++)
		if (span_is(key, dealt_with[i]))
			return;
	if (keepass_otp_key(key))
		return;
	if (key.length > 8 && memcmp(key.bytes, "KP2A_URL", 8) == 0 && !string->secret) {
		emit_url(emit, value);
		return;
	}
	if (take_own(emit, key, value))
		return;
	if (key.length > own && memcmp(key.bytes, KEEPASS_OWN_FIELD, own) == 0)
		key = (struct span){(const char *)key.bytes + own, key.length - own};
	else if (key.length > 13 && memcmp(key.bytes, "KPEX_PASSKEY_", 13) == 0)
		emit_account(emit, FATE_CHANGED, "passkey", "kept as fields");
	if (string->secret)
		emit_secret(emit, key, value);
	else
		emit_text(emit, key, value);
}

static void take_files(const struct keepass_entry *entry, struct emit *emit)
{
	for (size_t i = 0; i < entry->now.n_files; i++) {
		const struct keepass_file *file = &entry->now.files[i];
		struct span name = keepass_span(entry, file->name);

		emit_attachment(emit, name,
		                file->value.there ? keepass_span(entry, file->value)
		                                  : file->outside);
	}
}

static void take_dates(const struct keepass_entry *entry, struct emit *emit)
{
	const struct keepass_state *now = &entry->now;
	int64_t trashed = now->moved ? now->moved : now->modified ? now->modified : now->created;

	emit_created(emit, now->created);
	emit_modified(emit, now->modified);
	if (entry->trashed)
		emit_trashed(emit, trashed ? trashed : 1);
	if (now->does_expire && now->expires)
		emit_expires(emit, now->expires);
	else if (now->does_expire)
		emit_account(emit, FATE_LEFT, "date of expiry", "it is none");
}

static void tell_left(const struct keepass_entry *entry, struct emit *emit)
{
	static const struct {
		enum keepass_left left;
		enum fate fate;
		const char *what, *how;
	} words[] = {
		{LEFT_ICON, FATE_LEFT, "icon", "entries have none"},
		{LEFT_COLOR, FATE_LEFT, "colour", "entries have none"},
		{LEFT_AUTO_TYPE, FATE_LEFT, "auto-type", "of use to that program only"},
		{LEFT_CUSTOM_DATA, FATE_LEFT, "data of that program",
	         "of use to that program only"},
		{LEFT_QUALITY, FATE_LEFT, "quality not to be checked",
	         "'vault audit' looks at all"},
		{LEFT_PREVIOUS_GROUP, FATE_LEFT, "group it was in before",
	         "only the present one is kept"},
		{LEFT_GROUP_NOTE, FATE_LEFT, "note of a group", "groups are a part of names here"},
		{LEFT_FILE, FATE_LEFT, "attachment", "the file does not hold it"},
		{LEFT_REFERENCE, FATE_CHANGED, "reference", "replaced by what it refers to"},
		{LEFT_LOST_REFERENCE, FATE_CHANGED, "reference",
	         "leads to nothing that is known: kept as it is written"},
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (entry->now.left & words[i].left)
			emit_account(emit, words[i].fate, words[i].what, words[i].how);
}

int keepass_entry_emit(struct keepass_entry *entry, struct emit *emit, struct error *err)
{
	struct keepass_state *now = &entry->now;
	struct span title = value_of(entry, now, "Title"), note = value_of(entry, now, "Notes");
	int r = buf_check(&entry->arena, err);

	if (r < 0)
		return r;
	emit_begin(emit);
	if (now->has_uuid)
		emit_uuid(emit, now->uuid);
	emit_folder(emit, keepass_span(entry, entry->folder));
	emit_name(emit, title.bytes ? title : span_of(""));
	emit_user(emit, value_of(entry, now, "UserName"));
	emit_url(emit, value_of(entry, now, "URL"));
	if (note.length > 0)
		emit_note(emit, note);
	take_dates(entry, emit);
	take_passwords(entry, emit);
	keepass_otp_emit(entry, emit);
	for (size_t i = 0; i < now->n_strings; i++)
		take_string(entry, &now->strings[i], emit);
	if (keepass_span(entry, now->override).length > 0)
		emit_text(emit, span_of("OverrideURL"), keepass_span(entry, now->override));
	take_files(entry, emit);
	take_history(entry, emit);
	tell_left(entry, emit);
	take_tags(entry, now->tags, emit); /* spoils its text */
	take_tags(entry, entry->group_tags, emit);
	return emit_end(emit, err);
}

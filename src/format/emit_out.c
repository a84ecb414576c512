/* An emitter, and what leaves it: finished items, remarks and progress, as frames. */
#include <stdlib.h>

#include "base/cleanup.h"
#include "format/emit_internal.h"
#include "format/stream.h"

#define PUT_BYTES ((size_t)64 * 1024)

int emit_new(struct emit **ret_emit, emit_put put, void *context, struct error *err)
{
	struct emit *emit = calloc(1, sizeof(*emit));

	if (!emit)
		return error_set(err, VAULT_FAILED, "out of memory");
	emit->put = put;
	emit->context = context;
	*ret_emit = emit;
	return 0;
}

void emit_free(struct emit *emit)
{
	if (!emit)
		return;
	buf_done(&emit->out);
	buf_done(&emit->arena);
	buf_done(&emit->folder);
	buf_done(&emit->note);
	free(emit->passwords);
	free(emit->fields);
	free(emit->remarks);
	free(emit->item_passwords);
	free(emit->item_fields);
	free(emit->keys);
	free(emit);
}

static void put_out(struct emit *emit)
{
	if (emit->out.failed && emit->result == 0)
		emit->result = -VAULT_FAILED;
	if (emit->result == 0 && emit->out.length > 0)
		emit->result = emit->put(emit->context, emit->out.bytes, emit->out.length);
	emit->out.length = 0;
}

int emit_finish(struct emit *emit, struct error *err)
{
	put_out(emit);
	return emit->result < 0 ? error_set(err, VAULT_FAILED, "out of memory") : 0;
}

void emit_account_file(struct emit *emit, enum fate fate, const char *what, const char *how)
{
	frame_account(&emit->out, fate, what, how, NULL);
}

void emit_progress(struct emit *emit, size_t done, size_t total)
{
	unsigned now = total > 0 ? (unsigned)((double)done * 1000 / (double)total) : 0;

	if (now == emit->progress)
		return;
	emit->progress = now;
	frame_progress(&emit->out, now > 1000 ? 1000 : now);
}

/* ---- an item ------------------------------------------------------------------------- */

/* Has anybody put something in? Where and since when it lay there is nothing. */
static bool is_empty(const struct emit *emit)
{
	return emit->name.length == 0 && emit->user.length == 0 && emit->otp.length == 0 &&
	       emit->note.length == 0 && emit->n_passwords == 0 && emit->n_fields == 0 &&
	       !emit->rules[0] && emit->expires == 0;
}

static int too_many(struct error *err)
{
	return error_set(err, VAULT_USAGE, "it holds more than %d entries: import it in parts",
	                 IMPORT_ENTRIES_MAX);
}

static void put_remarks(struct emit *emit, const char *name)
{
	for (size_t i = 0; i < emit->n_remarks; i++)
		frame_account(&emit->out, emit->remarks[i].fate,
		              part_span(emit, emit->remarks[i].what).bytes,
		              part_span(emit, emit->remarks[i].how).bytes, name);
}

static int put_item(struct emit *emit, struct error *err)
{
	struct item item;
	FREE_AUTO char *name = emit_make_name(emit);
	int r = name ? emit_make_item(emit, name, &item, err)
	             : error_set(err, VAULT_FAILED, "out of memory");

	if (r < 0)
		return r;
	put_remarks(emit, name);
	if (emit->result == 0)
		frame_item(&emit->out, &item);
	return 0;
}

int emit_end(struct emit *emit, struct error *err)
{
	int r = 0;

	if (emit->n_items == IMPORT_ENTRIES_MAX)
		return too_many(err);
	emit->n_items++;
	if (is_empty(emit)) {
		put_remarks(emit, NULL);
		emit_account_file(emit, FATE_LEFT, "entry", "there is nothing in it");
	} else {
		r = put_item(emit, err);
	}
	if (emit->out.length >= PUT_BYTES || emit->out.failed)
		put_out(emit);
	if (r == 0 && emit->result < 0)
		r = error_set(err, VAULT_FAILED, "out of memory");
	return r;
}

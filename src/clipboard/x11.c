/*
 * Owning selections of the X Window System (ICCCM, section 2): the value stays here and is handed
 * to each program that pastes. So it is known exactly whether it is still ours to clear, and it can
 * be offered together with the hint that clipboard managers look for.
 */
#include <stdlib.h>
#include <string.h>
#include <xcb/xcb.h>

#include "base/cleanup.h"
#include "clipboard/way.h"

/* KDE's convention: a target of this name with the value "secret" asks clipboard managers not to
 * remember what is offered. */
#define HINT "x-kde-passwordManagerHint"
#define HINT_VALUE "secret"

#define PAIRS_MAX 64 /* targets that are answered in one request for MULTIPLE */

enum atom {
	/* What is offered, in this order … */
	ATOM_TARGETS,
	ATOM_TIMESTAMP,
	ATOM_MULTIPLE,
	ATOM_HINT,
	ATOM_UTF8_STRING,
	ATOM_TEXT_UTF8,
	ATOM_TEXT_PLAIN,
	ATOM_TEXT,
	ATOM_STRING,
	/* … and what else has a name. */
	ATOM_CLIPBOARD,
	ATOM_PRIMARY,
	ATOM_ATOM_PAIR,
	ATOMS,
};
#define OFFERED (ATOM_STRING + 1)

static const char *const names[ATOMS] = {
	"TARGETS",    "TIMESTAMP",   "MULTIPLE",
	HINT,         "UTF8_STRING", "text/plain;charset=utf-8",
	"text/plain", "TEXT",        "STRING",
	"CLIPBOARD",  "PRIMARY",     "ATOM_PAIR",
};

static struct {
	xcb_connection_t *connection;
	xcb_window_t window;
	xcb_atom_t atoms[ATOMS];
	xcb_timestamp_t since; /* when the selections became ours */
	struct secret *value;
	unsigned owned;
} x11;

static xcb_atom_t selection_atom(unsigned selection)
{
	return x11.atoms[selection == CLIPBOARD_MAIN ? ATOM_CLIPBOARD : ATOM_PRIMARY];
}

static unsigned selection_of(xcb_atom_t atom)
{
	return atom == x11.atoms[ATOM_CLIPBOARD] ? CLIPBOARD_MAIN
	       : atom == x11.atoms[ATOM_PRIMARY] ? CLIPBOARD_PRIMARY
	                                         : 0;
}

static bool know_atoms(void)
{
	xcb_intern_atom_cookie_t cookies[ATOMS];
	bool all = true;

	for (int i = 0; i < ATOMS; i++)
		cookies[i] =
			xcb_intern_atom(x11.connection, 0, (uint16_t)strlen(names[i]), names[i]);
	for (int i = 0; i < ATOMS; i++) {
		FREE_AUTO xcb_intern_atom_reply_t *reply =
			xcb_intern_atom_reply(x11.connection, cookies[i], NULL);
		x11.atoms[i] = reply ? reply->atom : XCB_ATOM_NONE;
		all &= reply != NULL;
	}
	return all;
}

static void make_window(const xcb_screen_t *screen)
{
	const uint32_t events = XCB_EVENT_MASK_PROPERTY_CHANGE;

	x11.window = xcb_generate_id(x11.connection);
	xcb_create_window(x11.connection, 0, x11.window, screen->root, -1, -1, 1, 1, 0,
	                  XCB_WINDOW_CLASS_INPUT_ONLY, screen->root_visual, XCB_CW_EVENT_MASK,
	                  &events);
}

/* The server's time, which a change of a property of ours tells: an owner says since when. */
static bool know_time(void)
{
	xcb_change_property(x11.connection, XCB_PROP_MODE_APPEND, x11.window, XCB_ATOM_WM_NAME,
	                    XCB_ATOM_STRING, 8, 0, NULL);
	xcb_flush(x11.connection);
	for (;;) {
		FREE_AUTO xcb_generic_event_t *event = xcb_wait_for_event(x11.connection);
		if (!event)
			return false;
		if ((event->response_type & 0x7f) == XCB_PROPERTY_NOTIFY) {
			x11.since = ((xcb_property_notify_event_t *)event)->time;
			return true;
		}
	}
}

static bool own(unsigned selection)
{
	xcb_set_selection_owner(x11.connection, x11.window, selection_atom(selection), x11.since);
	FREE_AUTO xcb_get_selection_owner_reply_t *reply =
		xcb_get_selection_owner_reply(x11.connection,
	                                      xcb_get_selection_owner(x11.connection,
	                                                              selection_atom(selection)),
	                                      NULL);
	if (!reply || reply->owner != x11.window)
		return false;
	x11.owned |= selection;
	return true;
}

/* Takes the selections away from ourselves. The server leaves them alone where somebody else took
 * them since. */
static void disown(void)
{
	for (unsigned selection = CLIPBOARD_MAIN; selection <= CLIPBOARD_PRIMARY; selection <<= 1)
		if (x11.owned & selection)
			xcb_set_selection_owner(x11.connection, XCB_WINDOW_NONE,
			                        selection_atom(selection), x11.since);
	x11.owned = 0;
}

/* An answer to anything tells that what was sent before has been done. A server that is told of the
 * end of a connection does not read what else was sent. */
static void settle(void)
{
	free(xcb_get_input_focus_reply(x11.connection, xcb_get_input_focus(x11.connection), NULL));
}

static void leave(void)
{
	settle();
	xcb_disconnect(x11.connection);
	x11.connection = NULL;
	secret_free(x11.value);
	x11.value = NULL;
}

static int put(const struct way *way, struct copy *copy, struct error *err)
{
	bool done;

	(void)way;
	x11.connection = xcb_connect(NULL, NULL);
	if (xcb_connection_has_error(x11.connection)) {
		xcb_disconnect(x11.connection);
		error_set(err, VAULT_NOT_FOUND, "no X server can be reached at DISPLAY");
		return VAULT_NOT_FOUND;
	}
	make_window(xcb_setup_roots_iterator(xcb_get_setup(x11.connection)).data);
	done = know_atoms() && know_time();
	for (unsigned selection = CLIPBOARD_MAIN; selection <= CLIPBOARD_PRIMARY; selection <<= 1)
		if (done && copy->selections & selection)
			done = own(selection);
	if (!done) {
		disown();
		leave();
		return error_set(err, VAULT_FAILED, "the X server does not give the selection");
	}
	x11.value = copy->value;
	copy->value = NULL;
	copy->exact = true;
	return 0;
}

/* What was written to the server lies on in libxcb's buffer until something else does: so many
 * zeros go the same way, to a property of ours. */
static void overwrite_buffer(void)
{
	SECRET_AUTO *zeros = NULL;

	if (secret_new(&zeros, x11.value->length, NULL) < 0)
		return;
	xcb_flush(x11.connection);
	xcb_change_property(x11.connection, XCB_PROP_MODE_REPLACE, x11.window, XCB_ATOM_WM_NAME,
	                    XCB_ATOM_STRING, 8, (uint32_t)x11.value->length, zeros->bytes);
	xcb_delete_property(x11.connection, x11.window, XCB_ATOM_WM_NAME);
	xcb_flush(x11.connection);
}

static void give(xcb_window_t window, xcb_atom_t property, xcb_atom_t type, uint8_t format,
                 size_t count, const void *data)
{
	xcb_change_property(x11.connection, XCB_PROP_MODE_REPLACE, window, property, type, format,
	                    (uint32_t)count, data);
}

static bool convert(xcb_window_t window, xcb_atom_t target, xcb_atom_t property);

/* Several targets in one request: `property` holds pairs of a target and the property to store it
 * in, of which that is set to None where the target is not offered. */
static bool convert_multiple(xcb_window_t window, xcb_atom_t property)
{
	FREE_AUTO xcb_get_property_reply_t *reply =
		xcb_get_property_reply(x11.connection,
	                               xcb_get_property(x11.connection, 0, window, property,
	                                                XCB_ATOM_ANY, 0, PAIRS_MAX * 2),
	                               NULL);
	if (!reply || reply->format != 32)
		return false;
	xcb_atom_t *pairs = xcb_get_property_value(reply);
	int count = xcb_get_property_value_length(reply) / (int)sizeof(*pairs) / 2;

	for (int i = 0; i < count; i++)
		if (pairs[2 * i] == x11.atoms[ATOM_MULTIPLE] ||
		    !convert(window, pairs[2 * i], pairs[2 * i + 1]))
			pairs[2 * i + 1] = XCB_ATOM_NONE;
	give(window, property, x11.atoms[ATOM_ATOM_PAIR], 32, (size_t)count * 2, pairs);
	return true;
}

/* Stores the selection, as `target` wants it, in a property of the window that asks. The value has
 * at most 64 KiB, so it fits into one request of any server (262,140 bytes). */
static bool convert(xcb_window_t window, xcb_atom_t target, xcb_atom_t property)
{
	const xcb_atom_t *atoms = x11.atoms;
	int which = 0;

	while (which < OFFERED && atoms[which] != target)
		which++;
	switch (which) {
	case ATOM_TARGETS:
		give(window, property, XCB_ATOM_ATOM, 32, OFFERED, atoms);
		return true;
	case ATOM_TIMESTAMP:
		give(window, property, XCB_ATOM_INTEGER, 32, 1, &x11.since);
		return true;
	case ATOM_MULTIPLE:
		return convert_multiple(window, property);
	case ATOM_HINT:
		give(window, property, target, 8, strlen(HINT_VALUE), HINT_VALUE);
		return true;
	case OFFERED:
		return false;
	default:
		give(window, property,
		     target == atoms[ATOM_TEXT] ? atoms[ATOM_UTF8_STRING] : target, 8,
		     x11.value->length, x11.value->bytes);
		overwrite_buffer();
		return true;
	}
}

static void answer(const xcb_selection_request_event_t *request)
{
	xcb_selection_notify_event_t notify = {
		.response_type = XCB_SELECTION_NOTIFY,
		.time = request->time,
		.requestor = request->requestor,
		.selection = request->selection,
		.target = request->target,
		/* Clients from before ICCCM name none. */
		.property = request->property ? request->property : request->target,
	};
	char event[32] = {0}; /* the size of every event on the wire */

	if (!(x11.owned & selection_of(request->selection)) ||
	    !convert(notify.requestor, notify.target, notify.property))
		notify.property = XCB_ATOM_NONE;
	memcpy(event, &notify, sizeof(notify));
	xcb_send_event(x11.connection, 0, notify.requestor, 0, event);
	xcb_flush(x11.connection);
}

static int descriptor(void)
{
	return xcb_get_file_descriptor(x11.connection);
}

static bool ours(void)
{
	xcb_generic_event_t *event;

	while ((event = xcb_poll_for_event(x11.connection))) {
		switch (event->response_type & 0x7f) {
		case XCB_SELECTION_REQUEST:
			answer((const xcb_selection_request_event_t *)event);
			break;
		case XCB_SELECTION_CLEAR:
			x11.owned &= ~selection_of(
				((const xcb_selection_clear_event_t *)event)->selection);
			break;
		default:
			break;
		}
		free(event);
	}
	return x11.owned && !xcb_connection_has_error(x11.connection);
}

static void clear(const struct way *way)
{
	(void)way;
	disown();
	/* Who asked until that was done is refused: a program that pastes waits for its answer,
	 * many of them forever. */
	settle();
	ours();
	leave();
}

static bool suits(const struct place *place)
{
	return place->x11 && !place->wayland;
}

const struct way way_x11 = {"x11", NULL, suits, put, descriptor, ours, clear};

/*
 * Owning selections of Wayland through the data control protocol: the value stays here and is
 * written to each program that pastes. wl-copy would keep it in a temporary file.
 *
 * Compositors offer the protocol as ext-data-control-v1, older ones as
 * wlr-data-control-unstable-v1, which have the same requests and events under other names; GNOME's
 * has neither. What the protocol is made of is told to libwayland by the tables below.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>
#include <wayland-client.h>

#include "clipboard/way.h"

#define READER_PATIENCE 1000 /* milliseconds that a program which pastes has to read on */

/* Requests by their numbers; events are in the order of the listeners. */
enum {
	MANAGER_CREATE_SOURCE,
	MANAGER_GET_DEVICE
};
enum {
	DEVICE_SET_SELECTION,
	DEVICE_DESTROY,
	DEVICE_SET_PRIMARY
};
enum {
	SOURCE_OFFER,
	SOURCE_DESTROY
};
enum {
	OFFER_RECEIVE,
	OFFER_DESTROY
};

static const struct wl_interface device_interface, source_interface, offer_interface;

/* The interfaces of a message's objects, argument by argument. */
static const struct wl_interface *no_types[] = {NULL, NULL};
static const struct wl_interface *source_types[] = {&source_interface};
static const struct wl_interface *offer_types[] = {&offer_interface};
static const struct wl_interface *device_types[] = {&device_interface, &wl_seat_interface};

/* Arguments: n new object, o object, ? may be none, s string, h descriptor. */
static const struct wl_message manager_requests[] = {
	{"create_data_source", "n", source_types},
	{"get_data_device", "no", device_types},
	{"destroy", "", no_types},
};
static const struct wl_message device_requests[] = {
	{"set_selection", "?o", source_types},
	{"destroy", "", no_types},
	{"set_primary_selection", "?o", source_types},
};
static const struct wl_message device_events[] = {
	{"data_offer", "n", offer_types},
	{"selection", "?o", offer_types},
	{"finished", "", no_types},
	{"primary_selection", "?o", offer_types},
};
static const struct wl_message source_requests[] = {
	{"offer", "s", no_types},
	{"destroy", "", no_types},
};
static const struct wl_message source_events[] = {
	{"send", "sh", no_types},
	{"cancelled", "", no_types},
};
static const struct wl_message offer_requests[] = {
	{"receive", "sh", no_types},
	{"destroy", "", no_types},
};
static const struct wl_message offer_events[] = {{"offer", "s", no_types}};

/* Preferred first. Only these two names go to the compositor. */
static const struct wl_interface manager_interfaces[] = {
	{"ext_data_control_manager_v1", 1, 3, manager_requests, 0, NULL},
	{"zwlr_data_control_manager_v1", 2, 3, manager_requests, 0, NULL},
};
#define MANAGERS (sizeof(manager_interfaces) / sizeof(manager_interfaces[0]))

static const struct wl_interface device_interface = {
	"data_control_device", 2, 3, device_requests, 4, device_events,
};
static const struct wl_interface source_interface = {
	"data_control_source", 2, 2, source_requests, 2, source_events,
};
static const struct wl_interface offer_interface = {
	"data_control_offer", 2, 2, offer_requests, 1, offer_events,
};

/* What is offered; the first, KDE's convention, asks clipboard managers not to remember it. */
static const char hint[] = "x-kde-passwordManagerHint";
static const char *const types[] = {
	hint, "text/plain;charset=utf-8", "text/plain", "UTF8_STRING", "TEXT", "STRING",
};

static struct {
	struct wl_display *display;
	struct wl_registry *registry;
	struct wl_seat *seat;
	struct wl_proxy *manager, *device;
	struct wl_proxy *sources[2]; /* of CLIPBOARD_MAIN, CLIPBOARD_PRIMARY; NULL: not ours */
	struct secret *value;
} wayland;

/* ---- finding the manager and the seat ---- */

static void announced(void *data, struct wl_registry *registry, uint32_t name,
                      const char *interface, uint32_t version)
{
	(void)data;
	if (!wayland.seat && strcmp(interface, wl_seat_interface.name) == 0)
		wayland.seat = wl_registry_bind(registry, name, &wl_seat_interface, 1);
	for (size_t i = 0; i < MANAGERS; i++) {
		const struct wl_interface *manager = &manager_interfaces[i];
		if (strcmp(interface, manager->name) != 0 || (wayland.manager && i > 0))
			continue;
		wayland.manager = wl_registry_bind(registry, name, manager,
		                                   version < (uint32_t)manager->version
		                                           ? version
		                                           : (uint32_t)manager->version);
	}
}

static void withdrawn(void *data, struct wl_registry *registry, uint32_t name)
{
	(void)data;
	(void)registry;
	(void)name;
}

static const struct wl_registry_listener registry_listener = {announced, withdrawn};

/* ---- events ---- */

/* Writes what fits into a pipe that somebody else reads, and does not wait for him for long. */
static void write_to_reader(int fd, const void *bytes, size_t length)
{
	const char *p = bytes;
	struct pollfd reader = {.fd = fd, .events = POLLOUT};

	fcntl(fd, F_SETFL, O_NONBLOCK);
	while (length > 0 && poll(&reader, 1, READER_PATIENCE) > 0) {
		ssize_t count = write(fd, p, length);
		if (count < 0 && errno != EAGAIN && errno != EINTR)
			break;
		p += count > 0 ? count : 0;
		length -= count > 0 ? (size_t)count : 0;
	}
	close(fd);
}

static void source_send(void *data, struct wl_proxy *source, const char *type, int32_t fd)
{
	(void)data;
	(void)source;
	if (strcmp(type, hint) == 0)
		write_to_reader(fd, "secret", strlen("secret"));
	else
		write_to_reader(fd, wayland.value->bytes, wayland.value->length);
}

static void let_go(int which)
{
	if (wayland.sources[which])
		wl_proxy_marshal_flags(wayland.sources[which], SOURCE_DESTROY, NULL,
		                       wl_proxy_get_version(wayland.sources[which]),
		                       WL_MARSHAL_FLAG_DESTROY);
	wayland.sources[which] = NULL;
}

/* Something else was copied. */
static void source_cancelled(void *data, struct wl_proxy *source)
{
	(void)data;
	for (int i = 0; i < 2; i++)
		if (wayland.sources[i] == source)
			let_go(i);
}

static const struct {
	void (*send)(void *data, struct wl_proxy *source, const char *type, int32_t fd);
	void (*cancelled)(void *data, struct wl_proxy *source);
} source_listener = {source_send, source_cancelled};

/* An offer comes with its types, and then as the selection that it is: only there may it go. What
 * others offer is none of our business. */
static void device_offer(void *data, struct wl_proxy *device, struct wl_proxy *offer)
{
	(void)data;
	(void)device;
	(void)offer;
}

static void device_selection(void *data, struct wl_proxy *device, struct wl_proxy *offer)
{
	(void)data;
	(void)device;
	if (offer)
		wl_proxy_marshal_flags(offer, OFFER_DESTROY, NULL, wl_proxy_get_version(offer),
		                       WL_MARSHAL_FLAG_DESTROY);
}

static void device_finished(void *data, struct wl_proxy *device)
{
	(void)data;
	(void)device;
}

static const struct {
	void (*offer)(void *data, struct wl_proxy *device, struct wl_proxy *offer);
	void (*selection)(void *data, struct wl_proxy *device, struct wl_proxy *offer);
	void (*finished)(void *data, struct wl_proxy *device);
	void (*primary)(void *data, struct wl_proxy *device, struct wl_proxy *offer);
} device_listener = {device_offer, device_selection, device_finished, device_selection};

/* libwayland takes any listener as an array of functions without a prototype. */
static void listen(struct wl_proxy *proxy, const void *listener)
{
	union {
		const void *listener;
		void (**functions)(void);
	} as = {.listener = listener};

	wl_proxy_add_listener(proxy, as.functions, NULL);
}

/* ---- the way ---- */

static void own(int which)
{
	const uint32_t version = wl_proxy_get_version(wayland.manager);
	struct wl_proxy *source = wl_proxy_marshal_flags(wayland.manager, MANAGER_CREATE_SOURCE,
	                                                 &source_interface, version, 0, NULL);

	if (!source)
		return;
	listen(source, &source_listener);
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		wl_proxy_marshal_flags(source, SOURCE_OFFER, NULL, version, 0, types[i]);
	wl_proxy_marshal_flags(wayland.device, which ? DEVICE_SET_PRIMARY : DEVICE_SET_SELECTION,
	                       NULL, version, 0, source);
	wayland.sources[which] = source;
}

static unsigned owned(void)
{
	return (wayland.sources[0] ? (unsigned)CLIPBOARD_MAIN : 0) |
	       (wayland.sources[1] ? (unsigned)CLIPBOARD_PRIMARY : 0);
}

static void leave(void)
{
	struct wl_proxy *const proxies[] = {
		wayland.device,
		wayland.manager,
		(struct wl_proxy *)wayland.seat,
		(struct wl_proxy *)wayland.registry,
	};

	wl_display_roundtrip(wayland.display);
	for (size_t i = 0; i < sizeof(proxies) / sizeof(proxies[0]); i++)
		if (proxies[i])
			wl_proxy_destroy(proxies[i]);
	wl_display_disconnect(wayland.display);
	secret_free(wayland.value);
	memset(&wayland, 0, sizeof(wayland));
}

/* A source that goes takes the selection with it only if it is still the one selected. */
static void clear(const struct way *way)
{
	(void)way;
	let_go(0);
	let_go(1);
	leave();
}

static bool connect_to_manager(void)
{
	wayland.display = wl_display_connect(NULL);
	if (!wayland.display)
		return false;
	wayland.registry = wl_display_get_registry(wayland.display);
	wl_registry_add_listener(wayland.registry, &registry_listener, NULL);
	if (wl_display_roundtrip(wayland.display) >= 0 && wayland.manager && wayland.seat)
		return true;
	leave();
	return false;
}

static int put(const struct way *way, struct copy *copy, struct error *err)
{
	if (!connect_to_manager()) {
		error_set(err, VAULT_NOT_FOUND,
		          "no Wayland compositor that lets programs set the clipboard can be "
		          "reached at WAYLAND_DISPLAY");
		return VAULT_NOT_FOUND;
	}
	wayland.device =
		wl_proxy_marshal_flags(wayland.manager, MANAGER_GET_DEVICE, &device_interface,
	                               wl_proxy_get_version(wayland.manager), 0, NULL,
	                               wayland.seat);
	listen(wayland.device, &device_listener);
	wayland.value = copy->value;
	copy->value = NULL;
	copy->exact = true;
	for (int i = 0; i < 2; i++)
		if (copy->selections & (unsigned)CLIPBOARD_MAIN << i)
			own(i);
	if (wl_display_roundtrip(wayland.display) >= 0 && owned() == copy->selections)
		return 0;
	copy->value = wayland.value;
	wayland.value = NULL;
	clear(way);
	return error_set(err, VAULT_FAILED, "the compositor does not give the selection");
}

static int descriptor(void)
{
	return wl_display_get_fd(wayland.display);
}

static bool ours(void)
{
	struct wl_display *display = wayland.display;
	struct pollfd events = {.fd = descriptor(), .events = POLLIN};

	while (wl_display_prepare_read(display) != 0)
		wl_display_dispatch_pending(display);
	wl_display_flush(display);
	if (poll(&events, 1, 0) > 0)
		wl_display_read_events(display);
	else
		wl_display_cancel_read(display);
	wl_display_dispatch_pending(display);
	wl_display_flush(display);
	return owned() && wl_display_get_error(display) == 0;
}

static bool suits(const struct place *place)
{
	return place->wayland;
}

const struct way way_wayland = {"wayland", NULL, suits, put, descriptor, ours, clear};

"""logind as far as a watcher sees it, on a bus of its own. Reads orders from standard input, tells
on standard output what happened:

    sleep            announces it; "asleep" when nobody holds an inhibitor any more
    wake             announces that, too
    lock UID         a session of this user is to be locked
    hint UID         a session of this user is locked already
    restart          loses its name and all inhibitors, and comes back
"""
import os
import sys

import dbus
import dbus.mainloop.glib
import dbus.service
from gi.repository import GLib

NAME = "org.freedesktop.login1"
PATH = "/org/freedesktop/login1"
MANAGER = NAME + ".Manager"
SESSION = NAME + ".Session"


def tell(text):
    print(text, flush=True)


class Manager(dbus.service.Object):
    def __init__(self, bus):
        super().__init__(bus, PATH)
        self.inhibitors = []

    @dbus.service.method(MANAGER, in_signature="ssss", out_signature="h")
    def Inhibit(self, what, who, why, mode):
        reader, writer = os.pipe()
        self.inhibitors.append(reader)
        GLib.io_add_watch(reader, GLib.PRIORITY_DEFAULT, GLib.IO_HUP, self.released)
        given = dbus.types.UnixFd(writer)
        os.close(writer)
        tell(f"inhibited {what} {who} {mode}")
        return given

    def released(self, reader, _condition):
        if reader in self.inhibitors:
            self.inhibitors.remove(reader)
        os.close(reader)
        tell("released")
        return False

    @dbus.service.signal(MANAGER, signature="b")
    def PrepareForSleep(self, begins):
        pass


class Session(dbus.service.Object):
    def __init__(self, bus, uid):
        super().__init__(bus, f"{PATH}/session/_{uid}")
        self.uid = uid

    @dbus.service.method(dbus.PROPERTIES_IFACE, in_signature="ss", out_signature="v")
    def Get(self, interface, name):
        assert (interface, name) == (SESSION, "User")
        return dbus.Struct((dbus.UInt32(self.uid), dbus.ObjectPath(f"{PATH}/user/_{self.uid}")),
                           signature="uo", variant_level=1)

    @dbus.service.signal(SESSION, signature="")
    def Lock(self):
        pass

    @dbus.service.signal(dbus.PROPERTIES_IFACE, signature="sa{sv}as")
    def PropertiesChanged(self, interface, changed, invalidated):
        pass


class Logind:
    def __init__(self):
        self.bus = dbus.bus.BusConnection(os.environ["DBUS_SYSTEM_BUS_ADDRESS"])
        self.manager = Manager(self.bus)
        self.sessions = {}
        self.name = dbus.service.BusName(NAME, self.bus)
        tell("running")

    def session(self, uid):
        if uid not in self.sessions:
            self.sessions[uid] = Session(self.bus, int(uid))
        return self.sessions[uid]

    def obey(self, order, *words):
        if order == "sleep":
            self.manager.PrepareForSleep(True)
        elif order == "wake":
            self.manager.PrepareForSleep(False)
        elif order == "lock":
            self.session(words[0]).Lock()
        elif order == "hint":
            changed = {"IdleHint": True, "LockedHint": dbus.Boolean(words[1:] != ("off",))}
            self.session(words[0]).PropertiesChanged(SESSION, changed, [])
        elif order == "restart":
            self.bus.release_name(NAME)
            self.bus.request_name(NAME)
        tell("obeyed")


def main():
    dbus.mainloop.glib.DBusGMainLoop(set_as_default=True)
    loop = GLib.MainLoop()
    logind = Logind()

    def read(stream, _condition):
        line = stream.readline()
        if not line:
            loop.quit()
            return False
        logind.obey(*line.split())
        return True

    sys.stdin.reconfigure(line_buffering=True)
    GLib.io_add_watch(sys.stdin, GLib.PRIORITY_DEFAULT, GLib.IO_IN | GLib.IO_HUP, read)
    loop.run()


main()

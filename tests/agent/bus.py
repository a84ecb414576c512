"""A private system bus with fake_logind.py on it."""
import importlib.util
import os
import pathlib
import queue
import shutil
import subprocess
import sys
import threading

import tap

FAKE = str(pathlib.Path(__file__).with_name("fake_logind.py"))


class Bus:
    """`with Bus() as bus:`; bus.env is the environment that leads there."""

    def __init__(self, become=()):
        for module in "dbus", "gi":
            if not importlib.util.find_spec(module):
                raise tap.Skip(f"the module {module} is not installed")
        if not shutil.which("dbus-daemon"):
            raise tap.Skip("dbus-daemon is not installed")
        self.become = list(become)

    def __enter__(self):
        self.daemon = subprocess.Popen(
            [*self.become, "dbus-daemon", "--session", "--nofork", "--nopidfile", "--nosyslog",
             "--print-address"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        self.env = {"DBUS_SYSTEM_BUS_ADDRESS": self.daemon.stdout.readline().strip()}
        self.logind = subprocess.Popen(
            [*self.become, sys.executable, FAKE], env={**os.environ, **self.env}, text=True,
            bufsize=1, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.lines = queue.Queue()
        self.reader = threading.Thread(target=self.read, daemon=True)
        self.reader.start()
        self.expect("running")
        return self

    def read(self):
        for line in self.logind.stdout:
            self.lines.put(line.strip())

    def __exit__(self, *_):
        for process in self.logind, self.daemon:
            process.terminate()
            process.wait()
        self.reader.join()
        self.logind.stdin.close()
        self.logind.stdout.close()
        self.daemon.stdout.close()

    def told(self, seconds=10):
        """What the fake tells next; None when it tells nothing in time."""
        try:
            return self.lines.get(timeout=seconds)
        except queue.Empty:
            return None

    def expect(self, wanted):
        told = self.told()
        tap.check(told == wanted, f"logind told {told!r}, not {wanted!r}")
        return self

    def order(self, text):
        self.logind.stdin.write(text + "\n")
        return self.expect("obeyed")

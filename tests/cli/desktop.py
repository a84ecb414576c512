"""Places that have a clipboard: an X server, a Wayland compositor, tmux; and the processes that
hold a value on it."""
import os
import pathlib
import pty
import select
import shutil
import signal
import subprocess
import tempfile
import time

from tap import Skip, check

_folder = tempfile.TemporaryDirectory(prefix="vault-desktop.")
_started = []


def folder(mode=0o700):
    path = pathlib.Path(tempfile.mkdtemp(dir=_folder.name))
    path.chmod(mode)
    return path


def need(*programs):
    for program in programs:
        if not shutil.which(program):
            raise Skip(f"{program} is not installed")


def until(condition, what, seconds=20):
    """Waits for what has to come; returns it."""
    deadline = time.monotonic() + seconds
    while True:
        found = condition()
        if found:
            return found
        check(time.monotonic() < deadline, f"waited in vain: {what}")
        time.sleep(0.01)


def _start(command, **how):
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                               start_new_session=True, **how)
    _started.append(process)
    return process


def stop():
    """Ends everything that was started here."""
    for process in _started:
        process.terminate()
    for process in _started:
        process.wait()
    _started.clear()
    _folder.cleanup()


def x11():
    """Starts an X server; gives what an environment needs to reach it."""
    need("Xvfb")
    # Without -noreset it starts anew, and nobody can connect, when the last client has gone.
    server = _start(["Xvfb", "-displayfd", "1", "-noreset", "-nolisten", "tcp",
                     "-screen", "0", "64x64x8"], stdout=subprocess.PIPE)
    number = server.stdout.readline().decode().strip()
    if not number:
        raise Skip("Xvfb does not start here")
    return {"DISPLAY": f":{number}"}


def wayland():
    """Starts a compositor without a screen. It refuses to run as root."""
    need("sway")
    run, become = folder(), []
    if os.getuid() == 0:
        need("setpriv")
        become = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
        pathlib.Path(_folder.name).chmod(0o711)
        os.chown(run, 65534, 65534)
    env = {"PATH": os.environ["PATH"], "HOME": str(run), "XDG_RUNTIME_DIR": str(run),
           "WLR_BACKENDS": "headless", "WLR_LIBINPUT_NO_DEVICES": "1", "WLR_RENDERER": "pixman"}
    compositor = _start([*become, "sway", "-c", "/dev/null"], env=env, stdout=subprocess.DEVNULL)

    def socket():
        if compositor.poll() is not None:
            raise Skip("sway does not run without a screen here")
        return [path for path in run.glob("wayland-*") if path.suffix != ".lock"]

    return {"WAYLAND_DISPLAY": str(until(socket, "the compositor's socket")[0])}


def tmux(*options):
    """Starts a server of tmux with one window; `options` are set. Gives the environment of a
    program in that window."""
    need("tmux")
    path = folder() / "socket"
    command = ["tmux", "-S", str(path), "-f", "/dev/null"]
    env = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "TERM": "xterm-256color",
           "SHELL": "/bin/sh"}
    subprocess.run([*command, "new-session", "-d", "sleep 600"], env=env, check=True)
    for option in options:
        subprocess.run([*command, "set-option", "-g", *option.split()], env=env, check=True)
    server = subprocess.run([*command, "display-message", "-p", "#{pid}"], env=env, check=True,
                            stdout=subprocess.PIPE, text=True).stdout.strip()
    return {"TMUX": f"{path},{server},0"}


class Screen:
    """A terminal and a program in it. `shown` is every byte that the terminal got."""

    def __init__(self, command, env):
        self.shown = b""
        pid, self.fd = pty.fork()
        if pid == 0:
            try:
                os.execve(shutil.which(command[0]), command, env)
            finally:
                os._exit(127)
        self.pid = pid

    def look(self, seconds=0.05):
        while select.select([self.fd], [], [], seconds)[0]:
            try:
                more = os.read(self.fd, 65536)
            except OSError:  # the last one has closed it
                break
            self.shown += more
            if not more:
                break
        return self.shown

    def shows(self, what, seconds=20):
        until(lambda: what in self.look(), f"{what!r} on the terminal", seconds)
        return self

    def close(self):
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        os.close(self.fd)


def processes():
    """The numbers of all processes, with their arguments."""
    for path in pathlib.Path("/proc").glob("[0-9]*"):
        try:
            yield int(path.name), (path / "cmdline").read_bytes().split(b"\0")
        except OSError:  # it has ended
            pass


def holders(milliseconds):
    """Numbers of the processes that clear a clipboard after that time."""
    return [pid for pid, words in processes()
            if words[:3] == [b"vault-clipboard", b"put", str(milliseconds).encode()]]

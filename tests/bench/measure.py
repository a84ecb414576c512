"""Commands run in turn, and what their times come to: medians, spread, ratios, verdicts."""
import os
import shutil
import statistics
import subprocess
import sys


class Timing:
    """The runs of one command."""

    def __init__(self, runs):
        self.seconds = [nanoseconds / 1e9 for nanoseconds, _ in runs]
        self.mib = max(kib for _, kib in runs) / 1024

    def median(self):
        return statistics.median(self.seconds)

    def quantile(self, share):
        ordered = sorted(self.seconds)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))]

    def over(self, other):
        """How many times as long as the other, round by round: what slows a machine for a while
        slows both."""
        return statistics.median(a / b for a, b in zip(self.seconds, other.seconds))

    def more_than(self, other, floor):
        """How much longer than the other, in units of the floor, round by round."""
        return statistics.median((a - b) / c for a, b, c in zip(self.seconds, other.seconds,
                                                                floor.seconds))


def show_time(seconds):
    return f"{seconds:.2f} s " if seconds >= 1 else f"{seconds * 1e3:.1f} ms"


class Bench:
    """Where things are, and the verdicts so far."""

    def __init__(self, vault, folder, quick):
        self.vault = os.path.abspath(vault)
        self.tools = os.path.join(os.path.dirname(self.vault), "../../tests/bench")
        self.folder = folder
        self.quick = quick
        self.verdicts = []
        self.environment = dict(os.environ, XDG_STATE_HOME=self.path("state"),
                                XDG_CONFIG_HOME=self.path("config"),
                                XDG_RUNTIME_DIR=self.path("run"), LC_ALL="C.UTF-8")
        os.mkdir(self.path("run"), 0o700)  # where an agent of its own has its socket
        self.environment.pop("DISPLAY", None)

    def path(self, *names):
        return os.path.join(self.folder, *map(str, names))

    def tool(self, name):
        return os.path.normpath(os.path.join(self.tools, name))

    def rounds(self, full):
        return max(3, full // 8) if self.quick else full

    def call(self, *command, stdin="", **more):
        """Runs something that is not measured; gives its standard output."""
        done = subprocess.run([str(word) for word in command], input=stdin, text=True, check=False,
                              capture_output=True, env={**self.environment, **more})
        if done.returncode:
            sys.exit(f"bench: {' '.join(done.args)}: {done.stderr}")
        return done.stdout

    def race(self, title, rounds, commands, statuses=None):
        """Prints and gives a Timing for each command of {label: words}. A command that ends with
        another status than it should ({label: status}, else 0) has not done what is measured."""
        words = [self.tool("race"), str(rounds)]
        for command in commands.values():
            words += [":::", *map(str, command)]
        runs = {label: [] for label in commands}
        for line in self.call(*words).splitlines():
            number, nanoseconds, kib, ended = map(int, line.split())
            label = list(commands)[number]
            if ended != (statuses or {}).get(label, 0):
                sys.exit(f"bench: {label} ended with {ended}: {commands[label]}")
            runs[label].append((nanoseconds, kib))
        timings = {label: Timing(each) for label, each in runs.items()}
        print(f"\n{title} ({rounds} rounds)")
        print(f"  {'':44}{'median':>10}{'10 % … 90 %':>23}{'peak':>11}")
        for label, timing in timings.items():
            spread = " … ".join(show_time(timing.quantile(share)) for share in (.1, .9))
            print(f"  {label:44}{show_time(timing.median()):>10}{spread:>23}"
                  f"{timing.mib:>7.1f} MiB", flush=True)
        return timings

    def verdict(self, what, measured, wanted, unit="×"):
        self.verdicts.append((what, measured, wanted, unit))
        print(f"  {what}: {measured:.2f} {unit}", flush=True)

    def table(self):
        """Prints the verdicts; True when every bound is kept."""
        print(f"\n{'what':64}{'measured':>12}{'wanted':>14}")
        for what, measured, wanted, unit in self.verdicts:
            told = f"{measured:.2f} {unit:3}", f"≤ {wanted:g} {unit:3}"
            print(f"{what:64}{told[0]:>12}{told[1]:>14}   "
                  f"{'ok' if measured <= wanted else 'MISSED'}")
        return all(measured <= wanted for _, measured, wanted, _ in self.verdicts)


def installed(program):
    return shutil.which(program) is not None

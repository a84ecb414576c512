"""Runs the functions called test_… of a program, one after the other, and tells in TAP."""
import sys
import traceback


class Skip(Exception):
    """What a test needs is not on this machine."""


def check(condition, what="this does not hold"):
    if not condition:
        raise AssertionError(what)


def run(functions):
    """Runs every function whose name begins with test_, or those that the command line names."""
    tests = [(name, test) for name, test in functions.items() if name.startswith("test_")]
    if len(sys.argv) > 1:
        tests = [(name, test) for name, test in tests if name in sys.argv[1:]]
    failed = 0
    print(f"1..{len(tests)}")
    for number, (name, test) in enumerate(tests, 1):
        title = name.removeprefix("test_").replace("_", " ")
        try:
            test()
            print(f"ok {number} - {title}", flush=True)
        except Skip as reason:
            print(f"ok {number} - {title} # SKIP {reason}", flush=True)
        except Exception:  # whatever it is, the other tests go on
            failed += 1
            text = traceback.format_exc().rstrip().replace("\n", "\n# ")
            print(f"not ok {number} - {title}\n# {text}", flush=True)
    sys.exit(failed > 0)

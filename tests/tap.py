"""TAP for tests written in Python: every function of the caller whose name does not begin with an
underscore, in the order of the file, is a case named by the sentence it proves.

    import tap
    def two_and_two_make_four():
        assert 2 + 2 == 4
    tap.run(__name__)
"""
import fnmatch
import os
import sys
import tempfile
import traceback
import types


class Skip(Exception):
    """Raised with the reason why a case cannot run here."""


def run(module_name):
    """Run the cases, or those whose name matches the glob that is the last argument. What they start
    has a cache folder of its own, not the user's."""
    with tempfile.TemporaryDirectory() as cache:
        os.environ["XDG_CACHE_HOME"] = cache
        _run(module_name)


def _run(module_name):
    module = sys.modules[module_name]
    cases = [f for name, f in vars(module).items()
             if isinstance(f, types.FunctionType) and f.__module__ == module_name and name[0] != "_"]
    if len(sys.argv) > 1:
        cases = [f for f in cases if fnmatch.fnmatch(f.__name__, sys.argv[1])]
    print(f"1..{len(cases)}")
    failures = 0
    for number, case in enumerate(cases, 1):
        try:
            case()
            print(f"ok {number} - {case.__name__}", flush=True)
        except Skip as reason:
            print(f"ok {number} - {case.__name__} # SKIP {reason}", flush=True)
        except Exception:
            failures += 1
            print("".join(f"# {line}\n" for line in traceback.format_exc().splitlines()), end="")
            print(f"not ok {number} - {case.__name__}", flush=True)
    sys.exit(1 if failures or not cases else 0)

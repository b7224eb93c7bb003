"""What a check's own process does: run the cells, call the answer, write down the result.

Nothing here can be trusted once student code has run.
"""

import importlib
import json
import linecache
import os
import sys
import warnings
from collections.abc import Sequence
from importlib.machinery import ModuleSpec
from typing import Any

from course.inside.import_rule import DISPLAY_LIBRARIES, permits, refusal
from course.inside.missing_names import AWAIT, cell_stopped, explain_missing_name
from course.inside.observe import describe_error, observe_all
from course.inside.stand_ins import NOTEBOOK_NAMES, Shell, StandIn

#: the value of `inspect.CO_COROUTINE`, because the module inspect is slow to load
CO_COROUTINE = 0x80
#: length, in characters, of the report on a cell that stopped with an error
MOST_TOLD = 400


class ImportGuard:
    """Lets answers import only what `course.inside.import_rule` permits.

    It is a finder of modules. It does not derive from importlib.abc, which takes 11 ms to load, a tenth of the start.

    Parameters
    ----------
    imports : sequence of str
        The lab's list.
    """

    def __init__(self, imports: Sequence[str]):
        self.imports = imports

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> Any:
        """Refuse what is not listed; leave the rest to the next finders."""
        if name.partition(".")[0] in DISPLAY_LIBRARIES:
            return ModuleSpec(name, _Loaded(), is_package=True)  # type: ignore[arg-type]  # a loader without importlib.abc, too
        if not permits(name, self.imports):
            raise ModuleNotFoundError(refusal(name, self.imports))
        return None


class _Loaded:
    """Loads a stand-in, which does nothing, for a library that shows things."""

    def create_module(self, spec: Any) -> Any:
        """Make the stand-in."""
        return StandIn(spec.name)

    def exec_module(self, module: Any) -> None:
        """Do nothing: the stand-in is complete."""
        return


def run(job: dict[str, Any], cells: list[tuple[int, str]], check: dict[str, Any], pipe: int) -> None:
    """Run the cells, then the check, and write the observations as the last line.

    Parameters
    ----------
    job : dict
        ``imports`` and ``not_run`` (texts of the lab's own cells) are used here.
    cells : list of (int, str)
        Number and text of each cell to run.
    check : dict
        ``exercise``, ``probe`` and encoded ``cases``.
    pipe : int
        Descriptor to write to: ``cell N`` before each cell, ``stopped N`` with a text where it stopped with an error,
        ``defined``, then a JSON list.
    """
    for name in list(sys.modules):
        if name.partition(".")[0] == "course" and not permits(name, job["imports"]):
            del sys.modules[name]
    sys.meta_path.insert(0, ImportGuard(job["imports"]))
    namespace: dict[str, Any] = {"__name__": "__main__", **dict.fromkeys(NOTEBOOK_NAMES, StandIn("notebook"))}
    namespace["get_ipython"] = Shell(namespace, lambda text: run_cell(-1, text, namespace))
    failures: dict[int, dict[str, Any]] = {}
    for number, text in cells:
        os.write(pipe, b"cell %d\n" % number)
        if error := run_cell(number, text, namespace):
            failures[number] = error
            os.write(pipe, b"stopped %d %s\n" % (number, json.dumps(cell_stopped(text, error)[:MOST_TOLD]).encode()))
    os.write(pipe, b"defined\n")
    observations = observe_all(check["probe"], namespace, check["exercise"], check["cases"])
    if (failure := failures.get(check.get("cell", -1))) and check["exercise"] not in namespace:
        observations = [{"error": failure} for _ in check["cases"]]
    for observation in observations:
        if "error" in observation:
            explain_missing_name(observation["error"], cells, failures, job["not_run"])
    _write_all(pipe, json.dumps(observations).encode() + b"\n")


def run_cell(number: int, text: str, namespace: dict[str, Any]) -> dict[str, Any]:
    """Run one cell, which may ``await`` at its top level; return a description of its error, or {}."""
    name = f"<cell {number}>"
    linecache.cache[name] = (len(text), None, text.splitlines(keepends=True), name)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            code = compile(text, name, "exec", AWAIT)
            waiting = eval(code, namespace)
            if code.co_flags & CO_COROUTINE:
                _event_loop().finish(waiting)
    except Exception as error:
        return describe_error(error)
    return {}


def _event_loop() -> Any:
    """Load our event loop, which the guard would refuse. It is loaded late: it is slow, and few answers need it."""
    guarded = list(sys.meta_path)
    sys.meta_path[:] = [finder for finder in guarded if not isinstance(finder, ImportGuard)]
    try:
        return importlib.import_module("course.inside.event_loop")
    finally:
        sys.meta_path[:] = guarded


def _write_all(pipe: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(pipe, view) :]

"""What happens inside a check's own process: run the cells, call the answer, write down what it gave.

Nothing here is trusted once student code has run.
"""

import json
import linecache
import os
import sys
import types
import warnings
from collections.abc import Sequence
from importlib.machinery import ModuleSpec
from typing import Any

from course.inside.import_rule import DISPLAY_LIBRARIES, permits, refusal
from course.inside.observe import describe_error, observe_all

#: names that a notebook has without importing them
NOTEBOOK_NAMES = ("check", "hint", "ready", "display", "get_ipython", "lab", "help", "exit", "quit")


class StandIn(types.ModuleType):
    """Stands in for what a notebook has and a graded process has not: any attribute, any call, no effect."""

    def __init__(self, name: str):
        super().__init__(name)
        self.__path__ = []  # a package: what is imported from below it is quiet, too

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return StandIn(name)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Do nothing."""
        return StandIn("result")

    def __iter__(self) -> Any:
        return iter((StandIn("item"), StandIn("item")))

    def __bool__(self) -> bool:
        return False


class ImportGuard:
    """Lets answers import what `course.inside.import_rule` permits; anything else is not there.

    A finder of modules, by its method and not by importlib.abc: loading that would take 11 ms, a tenth of the start.

    Parameters
    ----------
    imports : sequence of str
        What the lab lists.
    """

    def __init__(self, imports: Sequence[str]):
        self.imports = imports

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> Any:
        """Refuse what is not listed; leave the rest to the finders behind this one."""
        if name.partition(".")[0] in DISPLAY_LIBRARIES:
            return ModuleSpec(name, _Loaded(), is_package=True)  # type: ignore[arg-type]  # by its methods, too
        if not permits(name, self.imports):
            raise ModuleNotFoundError(refusal(name, self.imports))
        return None


class _Loaded:
    """Hands out the quiet stand-in for a library that shows things."""

    def create_module(self, spec: Any) -> Any:
        """Make the stand-in."""
        return StandIn(spec.name)

    def exec_module(self, module: Any) -> None:
        """Leave it as it is."""
        return


def run(job: dict[str, Any], cells: list[tuple[int, str]], check: dict[str, Any], pipe: int) -> None:
    """Run the cells, then the check, and write the observations as the last line.

    Parameters
    ----------
    job : dict
        ``imports`` is used here.
    cells : list of (int, str)
        Number and text of each cell to run.
    check : dict
        ``exercise``, ``probe`` and encoded ``cases``.
    pipe : int
        Descriptor to write to: ``cell N`` before each cell, ``defined``, then a JSON list.
    """
    for name in list(sys.modules):
        if name.partition(".")[0] == "course" and not permits(name, job["imports"]):
            del sys.modules[name]
    sys.meta_path.insert(0, ImportGuard(job["imports"]))
    quiet = dict.fromkeys(NOTEBOOK_NAMES, StandIn("notebook"))
    namespace: dict[str, Any] = {"__name__": "__main__", **quiet}
    failure: dict[str, Any] = {}
    for number, text in cells:
        os.write(pipe, b"cell %d\n" % number)
        error = run_cell(number, text, namespace)
        if error and number == check.get("cell"):
            failure = error
    os.write(pipe, b"defined\n")
    observations = observe_all(check["probe"], namespace, check["exercise"], check["cases"])
    if failure and check["exercise"] not in namespace:
        observations = [{"error": failure} for _ in check["cases"]]
    _write_all(pipe, json.dumps(observations).encode() + b"\n")


def run_cell(number: int, text: str, namespace: dict[str, Any]) -> dict[str, Any]:
    """Run one cell; what it raises is described and given back, {} if nothing."""
    name = f"<cell {number}>"
    linecache.cache[name] = (len(text), None, text.splitlines(keepends=True), name)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            exec(compile(text, name, "exec"), namespace)
    except Exception as error:
        return describe_error(error)
    return {}


def _write_all(pipe: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(pipe, view) :]

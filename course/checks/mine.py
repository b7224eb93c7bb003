"""A student's own functions from the other labs, for lab 13's network: those that pass, and the library's for the rest.

The other notebooks' answers run in a namespace of their own, and only demonstrations use them: no graded answer does.
"""

import contextlib
import io
import json
import types
import warnings
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from course import pieces
from course.checks.judge import NOT_ATTEMPTED, judge
from course.checks.labels import labels
from course.checks.overview import notebook_of
from course.checks.record import LabRecord, find_record
from course.inside.observe import observe_all
from course.inside.stand_ins import NOTEBOOK_NAMES, Shell, StandIn
from course.show.tables import Table

#: the labs that have pieces of a network
LABS = [f"{lab:02}" for lab in range(4, 13)]
#: lab 13's functions that are made of pieces
ANSWERS = ("network_forward", "network_backward", "train_epoch")
#: pieces that its demonstrations use: the gradient check, the first weights
SHOWN = ("he_normal", "relative_error")


class Mine(Mapping[str, Any]):
    """Pieces of a network by name: the student's own if it passes its lab's check, else the library's.

    Parameters
    ----------
    whose : dict
        Name → its lab, and in words whose it is.
    found : dict
        Name → the function.
    answers : dict
        Name → this lab's functions, which use these pieces; empty unless all of them pass.
    """

    def __init__(
        self, whose: Mapping[str, tuple[str, str]], found: Mapping[str, Any], answers: Mapping[str, Any]
    ) -> None:
        self._whose, self._found, self.answers = dict(whose), {**found, **answers}, dict(answers)

    def __getitem__(self, name: str) -> Any:
        return self._found[name]

    def __iter__(self) -> Any:
        return iter(self._found)

    def __len__(self) -> int:
        return len(self._found)

    @property
    def table(self) -> Table:
        """Say whose each piece is."""
        rows = [(name, lab, whose) for name, (lab, whose) in self._whose.items()]
        return Table("whose network", ("piece", "lab", "whose"), rows)

    def __repr__(self) -> str:
        return repr(self.table)

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> Any:
        return self.table._repr_mimebundle_(include, exclude)


def taken(namespace: Mapping[str, Any]) -> list[str]:
    """List the pieces that a notebook has imported from `course.pieces`, and the others that it shows."""
    return [name for name in pieces.__all__ if name in SHOWN or namespace.get(name) is getattr(pieces, name)]


def find_mine(
    folder: Path,
    names: Iterable[str],
    answers: Mapping[str, Callable[..., Any] | None],
    lab: str,
    beside: bool = True,
) -> Mine:
    """Look for a student's own pieces in the notebooks of a folder.

    Parameters
    ----------
    folder : Path
        The labs' folder.
    names : iterable of str
        Names of pieces in `course.pieces`.
    answers : mapping
        This lab's functions that use them; None for one that does not pass.
    lab : str
        This lab.
    beside : bool
        Whether to read the other notebooks at all. In strict mode, a run depends only on its own notebook.

    Returns
    -------
    Mine
    """
    wanted = list(names)
    whose: dict[str, tuple[str, str]] = {}
    found: dict[str, Any] = {}
    for other in LABS:
        try:
            record = find_record(other, folder)
        except FileNotFoundError:
            continue
        own = [name for name in wanted if name in record.exercises]
        notebook = notebook_of(other, folder) if beside else None
        written = answers_in(notebook) if own and notebook else {}
        for name in own:
            whose[name] = other, _whose(record, name, written, notebook)
            found[name] = written[name] if whose[name][1] == "yours" else getattr(pieces, name)
    whose = {name: whose.get(name, ("", "the library's")) for name in wanted}
    found |= {name: getattr(pieces, name) for name in wanted if name not in found}
    passing = all(answers.values())
    for name, answer in answers.items():
        missing = "the library's Network (does not pass yet)" if not answer else "yours, but others do not pass yet"
        whose[name] = lab, "yours" if passing else missing
    return Mine(whose, found, _on_these(answers, found) if passing else {})


def answers_in(notebook: Path) -> dict[str, Any]:
    """Run the imports and the answers of a saved notebook without output; a cell that fails defines nothing."""
    from IPython.core.inputtransformer2 import TransformerManager

    try:
        cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    except (OSError, ValueError, KeyError, TypeError):
        return {}
    quiet = dict.fromkeys(NOTEBOOK_NAMES, StandIn("notebook"))  # as in the grader
    namespace: dict[str, Any] = {"__name__": notebook.stem, **quiet}

    def run(text: str) -> None:
        exec(compile(TransformerManager().transform_cell(text), f"<{notebook.name}>", "exec"), namespace)

    namespace["get_ipython"] = Shell(namespace, run)
    for cell in cells:
        if "setup" not in cell.get("metadata", {}).get("tags", []) and not labels(cell).get("exercise"):
            continue
        with (
            contextlib.suppress(Exception, SystemExit),
            contextlib.redirect_stdout(io.StringIO()),
            warnings.catch_warnings(action="ignore"),
        ):
            run("".join(cell.get("source", "")))
    return namespace


def _whose(record: LabRecord, name: str, written: Mapping[str, Any], notebook: Path | None) -> str:
    """Say whose a piece is: the student's if it passes the check of its lab."""
    if notebook is None:
        return "the library's (no notebook of that lab here)"
    exercise = record.exercises[name]
    verdict = judge(exercise, observe_all(exercise.probe, written, name, exercise.cases))
    if verdict.passed:
        return "yours"
    return f"the library's ({'not answered' if verdict.outcome == NOT_ATTEMPTED else 'yours does not pass'})"


def _on_these(answers: Mapping[str, Any], found: Mapping[str, Any]) -> dict[str, Any]:
    """Make the same functions again, with these pieces as their globals."""
    namespace: dict[str, Any] = {}
    made: dict[str, Any] = {
        name: types.FunctionType(f.__code__, namespace, name, f.__defaults__, f.__closure__)
        for name, f in answers.items()
    }
    for name, f in answers.items():
        made[name].__kwdefaults__ = f.__kwdefaults__
        namespace |= f.__globals__
    namespace |= {**found, **made}
    return made

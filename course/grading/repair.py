"""Select from a submitted notebook what the grader runs, and repair its cells."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from course.checks import Rounds
from course.grading.notebook import Notebook, NotebookCell, Unreadable, read_notebook
from course.grading.python_source import definitions
from course.grading.repair_cells import answers_alone, as_code, rejoin, released_groups, without
from course.grading.written import written_in

_CHECK = re.compile(r"""^check\((["'])(\w+)\1\)[\s;]*$""", re.MULTILINE)


#: the most repairs that are listed; accidents are few
MOST_REPAIRS = 40


@dataclass(frozen=True)
class RunCell:
    """A cell to run: ``exercises`` names the answers it holds, if any."""

    source: str
    exercises: tuple[str, ...] = ()


@dataclass(frozen=True)
class Repaired:
    """What is run, the repairs, each written answer (text and pictures), and the version of Python that was used."""

    cells: list[RunCell]
    repairs: list[str] = field(default_factory=list)
    written: dict[str, str] = field(default_factory=dict)
    pictures: dict[str, list[bytes]] = field(default_factory=dict)
    python: str = ""
    #: the two rounds of the ten questions, from the notebook
    learnt: Rounds = field(default_factory=dict)

    def answer(self, exercise: str) -> str:
        """Return the student's text of an answer, for the feedback page."""
        return "\n\n".join(cell.source for cell in self.cells if exercise in cell.exercises)


@dataclass(frozen=True)
class Released:
    """The notebook that students were given, with which a submission is compared.

    ``stubs`` holds each exercise's cell before it is answered, ``written`` the text before each written answer, and
    ``places`` the cell above that. ``others`` are the code cells that hold no answer, ``texts`` all cells.
    ``handed_in`` names the answers that are in the outputs of their cells.
    """

    lab: str
    stubs: dict[str, str]
    setup: list[str]
    others: frozenset[str]
    checks: list[str]
    written: dict[str, str]
    places: dict[str, str]
    texts: frozenset[str]
    handed_in: frozenset[str] = frozenset()

    @property
    def exercises(self) -> list[str]:
        """The exercises, in the order of the lab."""
        return list(self.stubs)

    @classmethod
    def from_notebook(cls, notebook: dict[str, Any]) -> "Released":
        """Read a built student notebook."""
        cells = [(c.get("metadata", {}), "".join(c["source"]), c["cell_type"]) for c in notebook["cells"]]
        role = [(m.get("course", {}), m.get("tags", []), text, kind) for m, text, kind in cells]
        return cls(
            notebook["metadata"]["course"]["lab"],
            {about["exercise"]: text for about, _, text, _ in role if "exercise" in about},
            [text for _, tags, text, _ in role if "setup" in tags],
            frozenset(text.strip() for about, _, text, kind in role if kind == "code" and "exercise" not in about),
            [about["check"] for about, _, _, _ in role if "check" in about],
            {about["written"]: text.strip() for about, _, text, _ in role if "written" in about},
            {now[0]["written"]: above[2].strip() for above, now in pairwise(role) if "written" in now[0]},
            frozenset(text.strip() for _, _, text, _ in role),
            frozenset(about["exercise"] for about, tags, _, _ in role if "handed_in" in tags),
        )


def repair(content: bytes, released: Released) -> Repaired:
    """Match a submission's cells with the released ones.

    Answer cells are recognised by their metadata, else by their id, else by the name that they define. The original
    setup cells run first. Released demonstrations and checks do not run; cells that the student added or changed do.

    Parameters
    ----------
    content : bytes
        The submitted file.
    released : Released

    Returns
    -------
    Repaired

    Raises
    ------
    Unreadable
        If the content is not a notebook of this lab.
    """
    notebook = read_notebook(content)
    found = _Matching(released)
    for cell in found.mended(notebook.cells):
        found.take(cell)
    if not found.answers and not found.checks and notebook.lab != released.lab:
        raise Unreadable(_another(notebook, released))
    written = written_in(notebook.cells, released.written, released.places, released.texts)
    repairs = list(dict.fromkeys([*notebook.repairs, *found.repairs, *found.summary(), *written.notes]))
    more = len(repairs) - MOST_REPAIRS
    named = repairs[:MOST_REPAIRS] + [f"and {more} things more"] * (more > 0)
    learnt = [cell.learnt for cell in notebook.cells if cell.learnt]
    last = learnt[-1] if learnt else {}
    return Repaired(found.cells, named, written.texts, written.pictures, notebook.python, last)


def _another(notebook: Notebook, released: Released) -> str:
    if notebook.lab:
        return f"a notebook of lab {notebook.lab[:20]}, not of lab {released.lab}"
    return f"a notebook without an answer or a check of lab {released.lab}: perhaps the wrong file was handed in"


class _Matching:
    """The matching of one submission: what to run, and what has been seen and repaired so far."""

    def __init__(self, released: Released):
        self.released = released
        self.cells = [RunCell(text) for text in released.setup]
        self.answers: list[str] = []
        self.checks: list[str] = []
        self.repairs: list[str] = []
        self.unlabelled: list[str] = []

    def mended(self, cells: list[NotebookCell]) -> Iterator[NotebookCell]:
        """Yield the code cells: those changed to text are code again, split ones joined, untouched copies left out."""
        known = self.released.exercises
        present = {name for cell in cells if cell.kind == "code" for name in definitions(cell.source)}
        missing = [name for name in known if name not in present]
        again = [as_code(cell, missing) for cell in cells]
        whole = [cell for cell in rejoin(again) if cell.kind == "code"]
        texts = {cell.source for cell in cells}
        answered = {
            name for cell in whole for name in self._exercises(cell) if cell.source != self.released.stubs[name]
        }
        for cell in whole:
            for name in definitions(cell.source):
                if name in missing:
                    self.repairs.append(f"the cell of {name} had become text: used as code again")
                elif name in known and cell.source not in texts:
                    self.repairs.append(f"the cell of {name} was split: joined again")
            copies = [name for name in known if cell.source == self.released.stubs[name] and name in answered]
            self.repairs += [f"an untouched copy of the cell of {name} was left out" for name in copies]
            if not copies:
                yield cell

    def take(self, cell: NotebookCell) -> None:
        """Sort one code cell: a check, an answer, a released cell, or the student's own."""
        text = cell.source
        names = self._exercises(cell)
        said = [name for _, name in _CHECK.findall(text) if name in self.released.checks]
        if not names and (said or cell.about("course", "check") in self.released.checks):
            self.checks += said or [cell.about("course", "check")]
        elif names:
            self._take_answer(cell, names, said)
        elif text.strip() and text.strip() not in self.released.others and not self._is_written(cell):
            self.cells.append(RunCell(text))

    def _take_answer(self, cell: NotebookCell, names: tuple[str, ...], said: list[str]) -> None:
        text = without(cell.source, released_groups(self.released.others))
        if text != cell.source:
            self.repairs.append(f"released cells had been merged into the cell of {names[0]}: left out of it")
        if len(names) > 1:
            self.repairs.append(f"{' and '.join(names)} are answered in one cell")
        elif not self._labelled(cell):
            self.unlabelled.append(names[0])
        self.answers += names
        self.checks += said
        for name in self.released.handed_in.intersection(names):
            others = [other for other in names if other != name]
            text = "\n".join(filter(None, (self._handed_in(cell, name), answers_alone(text, others) if others else "")))
        self.cells.append(RunCell(text, names))

    def _handed_in(self, cell: NotebookCell, name: str) -> str:
        """Return a line that assigns the answer from its cell's outputs, so that nothing is trained again."""
        if not cell.handed_in and cell.source != self.released.stubs[name]:
            self.repairs.append(
                f"the output of the cell of {name} is missing: run it, save the notebook, submit it again"
            )
        return f"{name} = {json.loads(cell.handed_in)!r}" if cell.handed_in else f"{name} = ..."

    def _labelled(self, cell: NotebookCell) -> str:
        """Return the exercise that a cell answers according to its label."""
        named = cell.about("course", "exercise") or cell.about("nbgrader", "grade_id")
        return named if named in self.released.stubs else ""

    def _exercises(self, cell: NotebookCell) -> tuple[str, ...]:
        """Return the exercises that a cell answers: those that it defines, else the one named by its label or id."""
        defined = tuple(dict.fromkeys(name for name in definitions(cell.source) if name in self.released.stubs))
        by_id = next((n for n in self.released.stubs if cell.id == f"lab{self.released.lab}-{n}"), "")
        named = self._labelled(cell) or by_id
        return defined or ((named,) if named else ())

    def _is_written(self, cell: NotebookCell) -> bool:
        return cell.about("course", "written") in self.released.written

    def summary(self) -> Iterator[str]:
        """Say which cells are without a label, missing, duplicated, or out of order."""
        if self.unlabelled:
            yield f"cells had lost their labels and were recognised by what they define: {', '.join(self.unlabelled)}"
        for name in self.released.exercises:
            if name not in self.answers:
                yield f"the cell of {name} is missing"
            elif (n := self.answers.count(name)) > 1:
                yield f"{name} is answered in {n} cells: all are run, in order, and the last definition counts"
        lost = [name for name in self.released.checks if name not in self.checks]
        if lost:
            yield f"restored deleted checks: {', '.join(lost)}"
        if list(dict.fromkeys(self.answers)) != [name for name in self.released.exercises if name in self.answers]:
            yield "answer cells are in another order; they are run in that order"

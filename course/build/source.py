"""Read a lab's source, a py:percent text file, and check that it can be built."""

import ast
import re
import textwrap
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

from course.build.faults import SourceFault
from course.build.percent import read_cells

BEGIN, STUB, END = "### BEGIN SOLUTION", "### STUB", "### END SOLUTION"
#: metadata keys that a source cell may carry
KEYS = {"exercise", "written", "tags", "why", "buys", "hide"}
WRITE_HERE = "*Your answer here: double-click, write, run the cell.*"

_NAME = re.compile(r"lab(\d\d)_(\w+)\.py")
_RUBRIC = re.compile(r"^\*(Rubric \((\d+) points?\): [^*]+)\*$", re.MULTILINE)
_EARNS = re.compile(r"\((\d+)\)")
_OPENED = re.compile(r"""open_lab\(["'](\d\d)["']""")
_CHECK = re.compile(r"""check\((["'])(\w+)\1\)\s*""")


@dataclass(frozen=True)
class Cell:
    """One cell of the source.

    ``kind`` is code or markdown. ``exercise`` and ``check`` name the exercise that the cell answers or checks;
    ``written`` names a written question. ``tags`` may hold setup (imports and data, which the grader runs) and lab
    (opens the checks, which the grader does not run). ``why`` names the prediction that the text explains, ``buys`` the
    exercise whose pass it follows: both are shown afterwards and are not cells of the notebooks. ``hidden`` folds the
    code.
    """

    kind: str
    source: str
    exercise: str = ""
    check: str = ""
    written: str = ""
    tags: tuple[str, ...] = ()
    why: str = ""
    buys: str = ""
    hidden: bool = False

    @property
    def afterwards(self) -> bool:
        """Tell whether the text is shown only after an answer; then it is in the record and not in the notebooks."""
        return bool(self.why or self.buys)


@dataclass(frozen=True)
class WrittenQuestion:
    """A question to answer in words: its points, the rubric (which students see), and a model answer."""

    name: str
    points: int
    rubric: str
    model: str


@dataclass(frozen=True)
class LabSource:
    """A lab's source, parsed; ``written`` are the questions that are answered in words."""

    path: Path
    lab: str
    slug: str
    title: str
    cells: list[Cell] = field(repr=False)
    written: list[WrittenQuestion] = field(repr=False)

    @property
    def exercises(self) -> list[str]:
        """The names of the graded exercises, in order."""
        return [cell.exercise for cell in self.cells if cell.exercise]

    @property
    def why(self) -> dict[str, str]:
        """The explanation of each prediction's result, as Markdown."""
        texts: dict[str, str] = {}
        for cell in self.cells:
            if cell.why:
                texts[cell.why] = "\n\n".join(filter(None, [texts.get(cell.why, ""), cell.source.strip()]))
        return texts

    @property
    def buys(self) -> dict[str, str]:
        """The message of each exercise's pass: one or two sentences on one line."""
        return {cell.buys: " ".join(cell.source.split()) for cell in self.cells if cell.buys}

    @property
    def stem(self) -> str:
        """The name of the notebooks, without the ending."""
        return f"lab{self.lab}_{self.slug}"


def load_source(path: Path) -> LabSource:
    """Read and check a lab's source.

    Parameters
    ----------
    path : Path
        ``labNN_name.py``.

    Returns
    -------
    LabSource

    Raises
    ------
    SourceFault
        If a region is nested or not closed; an exercise appears twice; a check has no exercise or an exercise no
        check; the title is missing; another lab is opened; a rubric is missing or its points do not add up; a cell has
        unknown or unsuitable metadata; or text is not a comment.
    """
    name = _NAME.fullmatch(path.name)
    if not name:
        raise SourceFault(path, "expected a name like lab02_learning.py")
    text = path.read_text(encoding="utf-8")
    _check_regions(path, text)
    cells = [_cell(path, *cell) for cell in read_cells(path, text)]
    cells = [cell for cell in cells if cell.source.strip()]
    _check_exercises(path, cells)
    title = next((c.source.splitlines()[0] for c in cells if c.kind == "markdown"), "")
    if not title.startswith("# "):
        raise SourceFault(path, "expected the first text cell to begin with '# ' and the lab's title")
    others = {number for cell in cells for number in _OPENED.findall(cell.source)} - {name[1]}
    if others:
        raise SourceFault(path, f'expected open_lab("{name[1]}", …) as in the file\'s name, got "{others.pop()}"')
    written = [_written_question(path, above, cell) for above, cell in pairwise(cells) if cell.written]
    return LabSource(path, name[1], name[2], title[2:].strip(), cells, written)


def _check_regions(path: Path, text: str) -> None:
    """Refuse regions that are nested, not closed, or cut by the end of a cell."""
    opened = 0
    for number, line in enumerate(text.splitlines(), start=1):
        mark = line.removeprefix("# ").strip()
        if line.startswith("# %%") and opened:
            raise SourceFault(path, f"the region is still open when the next cell begins, at line {number}", opened)
        if mark == BEGIN:
            if opened:
                raise SourceFault(path, f"a region begins inside the one that began at line {opened}", number)
            opened = number
        elif mark in (END, STUB) and not opened:
            raise SourceFault(path, f"{mark!r} without a {BEGIN!r} before it", number)
        elif mark == END:
            opened = 0
        elif "BEGIN SOLUTION" in line or "END SOLUTION" in line:
            raise SourceFault(path, f"expected {BEGIN!r} or {END!r} alone on its line, got {line.strip()!r}", number)
    if opened:
        raise SourceFault(path, f"a region begins here and is never closed: write {END!r}", opened)


def _cell(path: Path, kind: str, source: str, metadata: dict[str, Any]) -> Cell:
    unknown = metadata.keys() - KEYS
    if unknown:
        raise SourceFault(path, f"unknown cell metadata {sorted(unknown)}; known are {sorted(KEYS)}")
    if kind == "code" and metadata.keys() & {"why", "buys"}:
        raise SourceFault(path, f"what is shown afterwards is text: write [markdown] before its key: {source[:60]!r}")
    if metadata.get("hide", "code") != "code" or (kind == "markdown" and "hide" in metadata):
        raise SourceFault(path, f'expected hide="code" on a cell of code: {source[:60]!r}')
    check = _CHECK.fullmatch(source) if kind == "code" else None
    return Cell(
        kind,
        source,
        metadata.get("exercise", ""),
        check[2] if check else "",
        metadata.get("written", ""),
        tuple(metadata.get("tags", ())),
        metadata.get("why", ""),
        metadata.get("buys", ""),
        "hide" in metadata,
    )


def _check_exercises(path: Path, cells: list[Cell]) -> None:
    seen: set[str] = set()
    checked: set[str] = set()
    for cell in cells:
        if BEGIN in cell.source and not (cell.exercise or cell.written):
            raise SourceFault(path, f'a cell with a solution has no exercise="name": {cell.source[:60]!r}')
        if cell.exercise in seen and cell.exercise:
            raise SourceFault(path, f"the exercise {cell.exercise!r} appears twice")
        if cell.exercise and BEGIN not in cell.source:
            raise SourceFault(path, f"the exercise {cell.exercise!r} has no {BEGIN!r}")
        if cell.check and cell.check not in seen:
            raise SourceFault(path, f"the check {cell.check!r} is before its exercise, or has none")
        if cell.check in checked and cell.check:
            raise SourceFault(path, f"the check {cell.check!r} appears twice")
        seen.add(cell.exercise)
        checked.add(cell.check)
        if cell.exercise and not _defines(path, cell):
            raise SourceFault(path, f"the cell of exercise {cell.exercise!r} does not define {cell.exercise!r}")
    missing = sorted(seen - checked)
    if missing:
        raise SourceFault(path, f'no check("{missing[0]}") follows the exercise {missing[0]!r}')


def _defines(path: Path, cell: Cell) -> bool:
    try:
        return cell.exercise in defined_names(with_solution(cell))
    except SyntaxError as error:
        raise SourceFault(path, f"the cell of exercise {cell.exercise!r} is not Python: {error}") from None


def defined_names(source: str) -> list[str]:
    """List the names that a cell defines at its top level: functions, classes, assignments."""
    names: list[str] = []
    for node in ast.parse(source).body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            names.append(node.name)
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            names += [leaf.id for target in targets for leaf in ast.walk(target) if isinstance(leaf, ast.Name)]
    return names


def with_solution(cell: Cell) -> str:
    """Return a cell as the solved notebook shows it, without the stub's lines and without marks in text."""
    lines, in_stub = [], False
    for line in cell.source.splitlines():
        mark = line.strip()
        in_stub = (in_stub or mark == STUB) and mark != END
        if not in_stub and not (cell.kind == "markdown" and mark in (BEGIN, END)):
            lines.append(line)
    return "\n".join(lines)


def with_stub(cell: Cell) -> str:
    """Return a cell as the student gets it: a stub replaces each solution, with the solution's indentation."""
    lines: list[str] = []
    solution: list[str] = []
    stub: list[str] | None = None
    inside = False
    for line in cell.source.splitlines():
        mark = line.strip()
        if mark == BEGIN:
            inside, solution, stub = True, [line], None
        elif mark == END:
            inside = False
            lines += _stub(cell, solution, stub)
        elif not inside:
            lines.append(line)
        elif mark == STUB:
            stub = []
        elif stub is not None:
            stub.append(line)
        else:
            solution.append(line)
    return "\n".join(lines)


def _written_question(path: Path, above: Cell, cell: Cell) -> WrittenQuestion:
    """Read the rubric, which is in the cell above the answer, and the model answer."""
    rubric = _RUBRIC.search(above.source)
    if not rubric:
        raise SourceFault(path, f"the cell above the written answer {cell.written!r} needs '*Rubric (4 points): …*'")
    text, points = " ".join(rubric[1].split()), int(rubric[2])
    model = with_solution(cell).strip()
    for where, said in (("rubric", text), ("model answer's last paragraph", model.rpartition("\n\n")[2])):
        if (total := sum(map(int, _EARNS.findall(said)))) != points:
            raise SourceFault(path, f"the {where} of {cell.written!r} gives {total} points, not {points}")
    return WrittenQuestion(cell.written, points, text, model)


def _stub(cell: Cell, solution: list[str], stub: list[str] | None) -> list[str]:
    indent = solution[0][: len(solution[0]) - len(solution[0].lstrip())]
    if cell.kind == "markdown":
        return [WRITE_HERE]
    if stub is not None:  # the stub is written as comments, so that the source itself runs
        return [indent + line.strip().removeprefix("#").removeprefix(" ") if line.strip() else "" for line in stub]
    if indent:
        return [f"{indent}raise NotImplementedError"]
    body = textwrap.dedent("\n".join(solution[1:]))
    return [f"{name} = ..." for name in dict.fromkeys(defined_names(body))]

"""Take from a submitted notebook what the grader runs, whatever happened to its cells on the way."""

import ast
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

MAX_CELLS = 2_000
#: characters of a cell that are looked at for what it defines and reads: a syntax tree takes far more memory than text
MAX_SOURCE = 100_000
_MAGIC = re.compile(r"^([ \t]*)[%!].*$", re.MULTILINE)


class Unreadable(ValueError):
    """A submission that is not a notebook."""


@dataclass(frozen=True)
class RunCell:
    """A cell to run: ``exercise`` names the answer it holds, if any."""

    source: str
    exercise: str = ""


@dataclass(frozen=True)
class Repaired:
    """What is run for a submission, in order, and what had to be put right."""

    cells: list[RunCell]
    repairs: list[str] = field(default_factory=list)

    def answer(self, exercise: str) -> str:
        """Give the student's own text of an answer, for the feedback page."""
        return "\n\n".join(cell.source for cell in self.cells if cell.exercise == exercise)


@dataclass(frozen=True)
class Released:
    """The notebook that students were given: what is compared with a submission."""

    exercises: list[str]
    setup: list[str]
    others: frozenset[str]
    checks: list[str]

    @classmethod
    def from_notebook(cls, notebook: dict[str, Any]) -> "Released":
        """Read a built student notebook."""
        cells = [(c["metadata"], "".join(c["source"])) for c in notebook["cells"] if c["cell_type"] == "code"]
        role = [(m.get("course", {}), m.get("tags", []), text) for m, text in cells]
        return cls(
            [about["exercise"] for about, _, _ in role if "exercise" in about],
            [text for _, tags, text in role if "setup" in tags],
            frozenset(text.strip() for about, _, text in role if "exercise" not in about),
            [about["check"] for about, _, _ in role if "check" in about],
        )


def repair(content: bytes, released: Released) -> Repaired:
    """Match a submission's cells with the released ones.

    Answer cells are known by their metadata, else by their id, else by the name they define. Pristine setup cells run
    first; released demonstrations and checks do not run; what the student added or changed does.

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
        If the content is not a notebook.
    """
    repairs: list[str] = []
    cells = [RunCell(text) for text in released.setup]
    answers: list[str] = []
    checks: list[str] = []
    for metadata, text in _code_cells(content):
        check = _check_of(metadata, text, released)
        exercise = "" if check else _exercise_of(metadata, text, released, repairs)
        if check:
            checks.append(check)
        elif exercise:
            answers.append(exercise)
            cells.append(RunCell(text, exercise))
        elif text.strip() and text.strip() not in released.others:
            cells.append(RunCell(text))
    repairs += [f"the cell of {name} is missing" for name in released.exercises if name not in answers]
    repairs += [
        f"{name} is answered in {answers.count(name)} cells: all are run, in order, and the last definition counts"
        for name in released.exercises
        if answers.count(name) > 1
    ]
    lost = [name for name in released.checks if name not in checks]
    repairs += [f"restored deleted checks: {', '.join(lost)}"] if lost else []
    present = [name for name in released.exercises if name in answers]
    if list(dict.fromkeys(answers)) != present:
        repairs.append("answer cells are in another order; they are run as they stand")
    return Repaired(cells, repairs)


def _code_cells(content: bytes) -> Iterator[tuple[dict[str, Any], str]]:
    """Read the code cells of a notebook as (metadata, source), the cell's id among the metadata."""
    try:
        notebook = json.loads(content.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise Unreadable(f"not JSON: {str(error)[:120]}") from None
    if not isinstance(notebook, dict):
        raise Unreadable(f"JSON, but no notebook: a {type(notebook).__name__}")
    cells = notebook.get("cells")
    if cells is None and isinstance(notebook.get("worksheets"), list):  # format 3 and before
        sheets = [sheet for sheet in notebook["worksheets"] if isinstance(sheet, dict)]
        cells = [cell for sheet in sheets if isinstance(sheet.get("cells"), list) for cell in sheet["cells"]]
    if not isinstance(cells, list):
        raise Unreadable("JSON, but no notebook: it has no list of cells")
    for cell in cells[:MAX_CELLS]:
        if isinstance(cell, dict) and cell.get("cell_type") == "code":
            source = cell.get("source", cell.get("input", ""))
            text = "".join(map(str, source)) if isinstance(source, list) else str(source)
            metadata = cell.get("metadata")
            yield {**(metadata if isinstance(metadata, dict) else {}), "id": cell.get("id")}, text


def _about(metadata: dict[str, Any], key: str, name: str) -> Any:
    section = metadata.get(key)
    return section.get(name) if isinstance(section, dict) else None


def _check_of(metadata: dict[str, Any], text: str, released: Released) -> str:
    """Name the check that a cell is: by what it says, or by metadata if it defines nothing."""
    said = re.fullmatch(r"""check\((["'])(\w+)\1\)\s*;?\s*""", text.strip())
    if said:
        return said[2]
    name = _about(metadata, "course", "check")
    return name if name in released.checks and not set(_definitions(text)) & set(released.exercises) else ""


def _exercise_of(metadata: dict[str, Any], text: str, released: Released, repairs: list[str]) -> str:
    """Name the exercise that a cell answers."""
    defined = [name for name in _definitions(text) if name in released.exercises]
    named = _about(metadata, "course", "exercise") or _about(metadata, "nbgrader", "grade_id")
    if named in released.exercises and (not defined or named in defined):
        return str(named)
    cell_id = str(metadata.get("id"))
    by_id = next((name for name in released.exercises if re.fullmatch(rf"lab\d\d-{name}", cell_id)), "")
    found = by_id if by_id and (not defined or by_id in defined) else defined[0] if defined else ""
    if found:
        repairs.append(f"the cell of {found} had lost its label and was known by what it defines")
    return found


def _definitions(text: str) -> list[str]:
    """List the names that a cell defines at its top level; none if it is not Python."""
    try:
        body = ast.parse(plain_python(text[:MAX_SOURCE])).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return re.findall(r"^(?:def|class)\s+(\w+)", text, re.MULTILINE)
    names: list[str] = []
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            names.append(node.name)
        elif isinstance(node, ast.Assign):
            names += [target.id for target in node.targets if isinstance(target, ast.Name)]
    return names


def names_in(text: str) -> list[str]:
    """List the names that a cell reads, in the order of their first appearance."""
    try:
        tree = ast.parse(plain_python(text[:MAX_SOURCE]))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return []
    loaded = (node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load))
    return list(dict.fromkeys(loaded))


def plain_python(text: str) -> str:
    """Blank out what only a notebook understands: lines of magics and shell commands. Python stays as it is."""
    if len(text) > MAX_SOURCE:
        return text
    try:
        ast.parse(text)
    except (ValueError, RecursionError, MemoryError):
        return text
    except SyntaxError:
        if text.lstrip().startswith("%%") and not re.match(r"\s*%%(time|timeit|capture)\b", text):
            return ""
        return _MAGIC.sub(r"\1pass", text)
    return text

"""Repair cells that were changed by accident: code turned into text, a function split in two, cells merged."""

import ast
import re
from collections.abc import Collection, Iterable
from dataclasses import replace
from functools import lru_cache

from course.grading.notebook import NotebookCell
from course.grading.python_source import BROKEN, MAX_SOURCE, definitions, parse, parses, plain_python

#: the most cells that are joined into one: each needs another parse of the whole, and nobody splits a function further
MOST_PIECES = 10


def as_code(cell: NotebookCell, missing: Collection[str]) -> NotebookCell:
    """Turn a cell back into code if its type was changed: it must be pure Python, and define a missing answer.

    Parameters
    ----------
    cell : NotebookCell
    missing : collection of str
        The exercises that no code cell answers.

    Returns
    -------
    NotebookCell
        The same one if there is nothing to change.
    """
    if cell.kind == "code" or not missing:
        return cell
    fenced = re.fullmatch(r"\s*```(?:python)?\n(.*?)\n```\s*", cell.source, re.DOTALL)
    text = fenced[1] if fenced else cell.source
    if parses(text) and set(definitions(text)) & set(missing):
        return replace(cell, kind="code", source=text)
    return cell


def rejoin(cells: Iterable[NotebookCell]) -> list[NotebookCell]:
    """Join a function that was split in two: its rest is indented, is not Python by itself, and fits."""
    whole: list[NotebookCell] = []
    pieces = 0
    for cell in cells:
        both = pieces < MOST_PIECES and whole and cell.kind == whole[-1].kind == "code"
        if both and _continues(whole[-1].source, cell.source):
            whole[-1] = replace(whole[-1], source=f"{whole[-1].source.rstrip()}\n{cell.source}", id="")
            pieces += 1
        else:
            whole.append(cell)
            pieces = 1
    return whole


def _continues(text: str, rest: str) -> bool:
    first = next((line for line in rest.splitlines() if line.strip()), "")
    return first[:1] in (" ", "\t") and not parses(rest, indented=False) and parses(f"{text.rstrip()}\n{rest}")


@lru_cache(maxsize=8)
def released_groups(texts: frozenset[str]) -> tuple[frozenset[str], ...]:
    """Describe each released cell by its top-level statements, without spacing and comments."""
    return tuple(group for text in sorted(texts) if (group := frozenset(_described(text))))


def without(text: str, groups: Iterable[frozenset[str]]) -> str:
    """Blank out released cells that were merged with an answer; the other lines keep their numbers.

    Parameters
    ----------
    text : str
        A cell that holds an answer.
    groups : iterable of frozenset
        The released cells, from `released_groups`; a cell that is not complete stays.
    """
    here = _described(text)
    known = {statement for group in groups if group <= here.keys() for statement in group}
    kept = {number for statement, lines in here.items() if statement not in known for number in lines}
    gone = {number for statement, lines in here.items() if statement in known for number in lines} - kept
    lines = text.splitlines()
    return "\n".join("" if number in gone else line for number, line in enumerate(lines, start=1)) if gone else text


def answers_alone(text: str, names: Collection[str]) -> str:
    """Keep only a cell's definitions: imports, functions, classes, and assignments to these names.

    This is for a cell that trains a network, which must not run again, and also answers another exercise.
    """
    try:
        body = parse(plain_python(text)).body
        kept = [node for node in body if _defines(node, names)]
        return ast.unparse(ast.Module(kept, []))
    except BROKEN:
        return ""


def _defines(node: ast.stmt, names: Collection[str]) -> bool:
    if isinstance(node, ast.Assign):
        return any(isinstance(target, ast.Name) and target.id in names for target in node.targets)
    return isinstance(node, ast.Import | ast.ImportFrom | ast.FunctionDef | ast.ClassDef)


def _described(text: str) -> dict[str, list[int]]:
    """Return each top-level statement of a cell with its lines; none if the cell is not Python."""
    if len(text) > MAX_SOURCE:
        return {}
    found: dict[str, list[int]] = {}
    try:
        for node in parse(plain_python(text)).body:
            lines = range(node.lineno, (node.end_lineno or node.lineno) + 1)
            found.setdefault(ast.dump(node), []).extend(lines)
    except BROKEN:
        return {}
    return found

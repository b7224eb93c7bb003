"""How far all labs have come: one row a lab, read from the records and from what the labs remember.

Nothing is written here. What cannot be read is counted as unknown, never as nothing, and stays where it is.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

from course.checks.judge import PASS
from course.checks.messages import Message
from course.checks.record import LabRecord
from course.checks.store import Store
from course.show import looks
from course.show.tables import aligned

COLUMNS = ("lab", "title", "exercises", "points", "predictions")
GO_ON = "it stays as it is, and the next check in this lab keeps it under another name and starts a new one"


@dataclass(frozen=True)
class LabProgress:
    """What is done of one lab, and of how much; None where a file that says it cannot be read.

    ``passed`` of ``exercises``, ``points`` of ``max_points``, ``predicted`` of ``predictions``. ``notebook`` is its
    file's name ("" where there is none), ``note`` what is wrong with its files.
    """

    lab: str
    title: str = ""
    passed: int | None = None
    exercises: int | None = None
    points: int | None = None
    max_points: int | None = None
    predicted: int | None = None
    predictions: int | None = None
    notebook: str = ""
    note: str = ""

    def cells(self) -> list[str]:
        """Write the row, one text a column."""
        pairs = [(self.passed, self.exercises), (self.points, self.max_points), (self.predicted, self.predictions)]
        return [self.lab, self.title, *(" of ".join("?" if n is None else str(n) for n in pair) for pair in pairs)]


def tally(record: LabRecord, memory: dict[str, dict[str, Any]]) -> tuple[int, int, int]:
    """Count what is remembered of a lab, by the last result of each check.

    Returns
    -------
    tuple of int
        Exercises passed, points, predictions made. What the record does not know, or cannot be, counts nothing.
    """
    results = {name: memory.get("checks", {}).get(name) for name in record.exercises}
    known = {name: result for name, result in results.items() if isinstance(result, dict)}
    points = {name: result.get("points") for name, result in known.items()}
    return (
        sum(result.get("outcome") == PASS for result in known.values()),
        sum(min(max(n, 0), record.exercises[name].points) for name, n in points.items() if isinstance(n, int)),
        sum(name in memory.get("predictions", {}) for name in record.predictions),
    )


def overview(folder: Path) -> list[LabProgress]:
    """Read how far each lab in a folder has come.

    Parameters
    ----------
    folder : Path
        The labs' folder: it holds ``checks`` and, once something was done, ``progress``.

    Returns
    -------
    list of LabProgress
        In the order of the labs.

    Raises
    ------
    FileNotFoundError
        If there is no record of a lab.
    """
    paths = sorted((folder / "checks").glob("lab[0-9][0-9].json"))
    if not paths:
        raise FileNotFoundError(
            f"expected the labs' folder, with checks/lab00.json and so on, got {folder.resolve()}: name that folder"
        )
    return [_lab_progress(folder, path) for path in paths]


def _lab_progress(folder: Path, path: Path) -> LabProgress:
    lab = path.stem[3:]
    notebook = next((found.name for found in sorted(folder.glob(f"lab{lab}_*.ipynb"))), "")
    try:
        record = LabRecord.from_json(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return LabProgress(lab, notebook=notebook, note=f"{path} cannot be read: take it anew from the labs' source")
    store = Store(lab, folder)
    done: tuple[int | None, int | None, int | None] = (None, None, None)
    notes = [f"{kept} could not be read and was kept: nothing in it is counted" for kept in store.set_aside()]
    try:
        done = tally(record, store.read())
    except (OSError, ValueError) as fault:
        notes.insert(0, f"{store.path} cannot be read ({fault}); {GO_ON}")
    return LabProgress(
        lab,
        title=record.title.partition("·")[2].strip() or record.title,
        passed=done[0],
        exercises=len(record.exercises),
        points=done[1],
        max_points=record.points,
        predicted=done[2],
        predictions=len(record.predictions),
        notebook=notebook,
        note="; ".join(notes),
    )


def remarks(rows: list[LabProgress]) -> Iterator[str]:
    """Say what the table cannot: that nothing is done yet, and what is wrong with which files."""
    if not any(row.passed or row.points or row.predicted or row.note for row in rows):
        yield f"Nothing is done yet: begin with lab {rows[0].lab}."
    yield from (f"Lab {row.lab}: {row.note}." for row in rows if row.note)


def as_table(rows: list[LabProgress]) -> str:
    """Write the overview as plain text, columns aligned."""
    return "\n".join([*aligned([COLUMNS, *(row.cells() for row in rows)]), *remarks(rows)])


def contents(folder: str | Path = ".") -> Message:
    """List the labs, each with its link and how far it has come, for a notebook to show.

    Parameters
    ----------
    folder : str or Path
        The labs' folder, when that is not the current one.

    Returns
    -------
    Message

    Raises
    ------
    FileNotFoundError
        If there is no record of a lab.
    """
    rows = overview(Path(folder))
    head = "".join(f'<th scope="col"{looks.LEFT}>{name}</th>' for name in COLUMNS)
    body = "".join(f"<tr>{''.join(_html_cells(row))}</tr>" for row in rows)
    said = "".join(f"<p style='padding-left:.4em'>{escape(remark)}</p>" for remark in remarks(rows))
    caption = f'<caption style="{looks.CAPTION_STYLE}">The labs</caption>'
    table = f"<table>{caption}<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
    return Message(as_table(rows), f"<div role='status'>{table}{said}</div>")


def _html_cells(row: LabProgress) -> Iterator[str]:
    lab, title, *counts = map(escape, row.cells())
    yield f'<th scope="row">{lab}</th>'
    link = f'<a href="{escape(row.notebook)}">{title or escape(row.notebook)}</a>' if row.notebook else title
    yield from (f"<td{looks.LEFT}>{text}</td>" for text in (link, *counts))

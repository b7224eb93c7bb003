"""Progress in all labs: one row for each lab, read from the records and from the stored progress.

Nothing is written here. A file that cannot be read counts as unknown, never as zero, and stays where it is.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from html import escape
from pathlib import Path
from typing import Any

from course.checks.judge import PASS
from course.checks.messages import Message
from course.checks.record import LabRecord
from course.checks.reset import is_answered
from course.checks.store import SKIPPED, Store
from course.show import looks
from course.show.tables import aligned

COLUMNS = ("lab", "title", "exercises", "points", "predictions", "recall", "in words")
GO_ON = "it stays as it is; the next check in this lab renames it and starts a new one"


@dataclass(frozen=True)
class LabProgress:
    """Progress in one lab; a number is None if the file that holds it cannot be read.

    ``passed`` of ``exercises``, ``points`` of ``max_points``, ``predicted`` (and ``skipped``) of ``predictions``,
    ``recalled`` of ``recall`` questions, ``written`` of ``to_write`` answers in words (in the saved notebook).
    ``notebook`` is its file's name ("" if there is none), ``note`` says what is wrong with its files.
    """

    lab: str
    title: str = ""
    passed: int | None = None
    exercises: int | None = None
    points: int | None = None
    max_points: int | None = None
    predicted: int | None = None
    skipped: int | None = None
    predictions: int | None = None
    recalled: int | None = None
    recall: int | None = None
    written: int | None = None
    to_write: int | None = None
    notebook: str = ""
    note: str = ""

    def cells(self) -> list[str]:
        """Write the row, one text per column."""
        return [
            self.lab,
            self.title,
            _of(self.passed, self.exercises),
            _of(self.points, self.max_points),
            _of(self.predicted, self.predictions) + (f" ({self.skipped} skipped)" if self.skipped else ""),
            _of(self.recalled, self.recall) if self.recall != 0 else "none",
            _state(self.written, self.to_write),
        ]

    def thinking(self) -> str:
        """Report in one line what earns no points: predictions, questions on earlier labs, the answer in words."""
        *_, predictions, recall, written = self.cells()
        return f"predictions: {predictions}; recall: {recall}; in your own words: {written}"


def _of(done: int | None, all_: int | None) -> str:
    return " of ".join("?" if n is None else str(n) for n in (done, all_))


def _state(done: int | None, all_: int | None) -> str:
    return "?" if done is None else "done" if done == all_ else "open"


def tally(record: LabRecord, memory: dict[str, dict[str, Any]], notebook: Path | None = None) -> LabProgress:
    """Count the stored progress of a lab, by the last result of each check; impossible entries count nothing.

    Parameters
    ----------
    record : LabRecord
    memory : dict
        The contents of the lab's `Store`.
    notebook : Path, optional
        The student's file, which holds the answers in words.

    Returns
    -------
    LabProgress
    """
    results = {name: memory.get("checks", {}).get(name) for name in record.exercises}
    known = {name: result for name, result in results.items() if isinstance(result, dict)}
    points = {name: result.get("points") for name, result in known.items()}
    guesses = [memory.get("predictions", {}).get(name) for name in record.predictions]
    recalled = [memory.get("recall", {}).get(question.name) for question in record.recall]
    return replace(
        _sizes(record),
        passed=sum(result.get("outcome") == PASS for result in known.values()),
        points=sum(min(max(n, 0), record.exercises[name].points) for name, n in points.items() if isinstance(n, int)),
        predicted=sum(guess not in (None, SKIPPED) for guess in guesses),
        skipped=guesses.count(SKIPPED),
        recalled=sum(answer not in (None, SKIPPED) for answer in recalled),
        written=_written(record, notebook),
        notebook=notebook.name if notebook else "",
    )


def notebook_of(lab: str, folder: Path) -> Path | None:
    """Find the notebook of a lab in a folder by its name; None if there is none."""
    return next(iter(sorted(folder.glob(f"lab{lab}_*.ipynb"))), None)


def _sizes(record: LabRecord) -> LabProgress:
    return LabProgress(
        record.lab,
        title=record.title.partition("·")[2].strip() or record.title,
        exercises=len(record.exercises),
        max_points=record.points,
        predictions=len(record.predictions),
        recall=len(record.recall),
        to_write=len(_to_write(record)),
    )


def _to_write(record: LabRecord) -> list[str]:
    return [name for name in record.stubs if name not in record.exercises]


def _written(record: LabRecord, notebook: Path | None) -> int | None:
    """Count the answers in words; None if the notebook cannot be read."""
    try:
        return sum(is_answered(record, name, notebook) for name in _to_write(record)) if notebook else None
    except (ValueError, OSError):
        return None


def overview(folder: Path) -> list[LabProgress]:
    """Read the progress in each lab of a folder.

    Parameters
    ----------
    folder : Path
        The labs' folder. It holds ``checks`` and, once something is done, ``progress``.

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
    notebook = notebook_of(lab, folder)
    try:
        record = LabRecord.from_json(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        note = f"{path} cannot be read: get it again from where you got the labs"
        return LabProgress(lab, notebook=notebook.name if notebook else "", note=note)
    store = Store(lab, folder)
    notes = [f"{kept} could not be read and was kept: nothing in it is counted" for kept in store.set_aside()]
    try:
        row = tally(record, store.read(), notebook)
    except (OSError, ValueError) as fault:
        row = replace(_sizes(record), notebook=notebook.name if notebook else "")
        notes.insert(0, f"{store.path} cannot be read ({fault}); {GO_ON}")
    return replace(row, note="; ".join(notes))


def remarks(rows: list[LabProgress]) -> Iterator[str]:
    """Say what the table cannot: that nothing is done yet, and what is wrong with the files."""
    if not any(row.passed or row.points or row.predicted or row.skipped or row.note for row in rows):
        yield f"Nothing is done yet. Begin with lab {rows[0].lab}."
    yield from (f"Lab {row.lab}: {row.note}." for row in rows if row.note)


def as_table(rows: list[LabProgress]) -> str:
    """Write the overview as plain text, columns aligned."""
    return "\n".join([*aligned([COLUMNS, *(row.cells() for row in rows)]), *remarks(rows)])


def contents(folder: str | Path = ".") -> Message:
    """List the labs, each with a link and its progress, for a notebook to show.

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

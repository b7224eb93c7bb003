"""Reset one answer's cell in the notebook's file to its released state, and keep the old answer.

The released cell comes from the lab's record. The old answer is written to disk before the notebook, and the notebook
is written under a temporary name and then renamed. So an interruption at any moment loses nothing.
"""

import json
import stat
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import Any

from course.checks.handed_in import output_of
from course.checks.labels import labels
from course.checks.record import LabRecord
from course.checks.store import Store, write_atomically


@dataclass(frozen=True)
class Reset:
    """The result of a reset.

    ``kept`` lists the files with the old answer (none if the cell was already as released). ``copies`` counts further
    cells of the same answer, which were not changed.
    """

    name: str
    kept: list[Path]
    copies: int

    @property
    def message(self) -> str:
        """Say what was done, and what to do next."""
        lines = [f"{self.name} is already as it was released; nothing was changed."]
        if self.kept:
            lines = [
                f"{self.name} is as it was released. Your answer is kept in {' and '.join(map(str, self.kept))}",
                "If the notebook is open in JupyterLab: File, Reload Notebook from Disk.",
            ]
        if self.copies:
            lines += [f"More cells of {self.name}, not changed: {self.copies}. The last of all of them counts."]
        return "\n".join(lines)


def find_notebook(lab: str, folder: Path) -> Path:
    """Find a student's notebook of a lab, whatever its name.

    Raises
    ------
    ValueError
        If there is none, or more than one.
    """
    found = [path for path in sorted(folder.glob("*.ipynb")) if _is_of(path, lab)]
    if len(found) != 1:
        got = ", ".join(path.name for path in found) or "none"
        raise ValueError(f"expected one notebook of lab {lab} in {folder}, got {got}: name it with --notebook FILE")
    return found[0]


def _is_of(path: Path, lab: str) -> bool:
    try:
        return labels(_read(path)).get("lab") == lab
    except ValueError:
        return path.name.startswith(f"lab{lab}")  # take it, so that the error says why it cannot be read


def put_back(record: LabRecord, name: str, notebook: Path, now: datetime | None = None) -> Reset:
    """Restore the stub of one exercise or of one written answer; no other cell is changed.

    Parameters
    ----------
    record : LabRecord
        The lab's record.
    name : str
        Name of an exercise or of a written question.
    notebook : Path
        The student's file. The old answer goes into ``progress/kept`` beside it.
    now : datetime, optional
        The time in the kept file's name.

    Returns
    -------
    Reset

    Raises
    ------
    ValueError
        If the lab has no such answer, the file is not a notebook of this lab, or it does not have the cell.
    OSError
        If the disk cannot be read or written; then the notebook is unchanged.
    """
    if name not in record.stubs:
        known = sorted(record.stubs, key=[*record.exercises, *record.stubs].index)
        raise ValueError(f"expected one of {', '.join(known)} for lab {record.lab}, got {name!r}")
    file = notebook.resolve()  # so that a link stays a link
    content = _read(file)
    if labels(content).get("lab") not in (record.lab, None):
        raise ValueError(f"{notebook} is a notebook of lab {labels(content)['lab']}, not of lab {record.lab}")
    cells = [cell for cell in content["cells"] if _answers(cell, record.lab, name)]
    if not cells:
        raise ValueError(_missing(record, name, notebook))
    cell = next((c for c in cells if c.get("id") == f"lab{record.lab}-{name}"), cells[0])
    kind = "code" if name in record.exercises else "markdown"
    if _text(cell).rstrip() == record.stubs[name].rstrip() and cell["cell_type"] == kind and not output_of(cell):
        return Reset(name, [], len(cells) - 1)
    kept = _keep(cell, kind, Store(record.lab, notebook.parent).path.parent / "kept", record.lab, name, now)
    _restore(cell, kind, record.stubs[name])
    text = json.dumps(content, indent=1, ensure_ascii=False) + "\n"
    write_atomically(file, text, stat.S_IMODE(file.stat().st_mode))
    return Reset(name, kept, len(cells) - 1)


def is_answered(record: LabRecord, name: str, notebook: Path) -> bool:
    """Tell whether an answer's cell in the saved notebook differs from the released one.

    Raises
    ------
    ValueError
        If the file is not a notebook, or does not have the cell.
    OSError
        If it cannot be read.
    """
    texts = [_text(cell) for cell in _read(notebook)["cells"] if _answers(cell, record.lab, name)]
    if not texts:
        raise ValueError(_missing(record, name, notebook))
    return any(text.strip() != record.stubs[name].strip() for text in texts)


def _read(path: Path) -> dict[str, Any]:
    try:
        content = json.loads(path.read_bytes())
        if all(isinstance(_text(cell), str) and cell["cell_type"] for cell in content["cells"]):
            return dict(content)
        fault = "a cell has no type"
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        fault = f"{type(error).__name__}: {str(error)[:80]}"
    raise ValueError(f"{path} cannot be read as a notebook ({fault}); nothing was changed")


def _text(cell: dict[str, Any]) -> str:
    return "".join(cell["source"])


def _answers(cell: dict[str, Any], lab: str, name: str) -> bool:
    about = labels(cell)
    return name in (about.get("exercise"), about.get("written")) or cell.get("id") == f"lab{lab}-{name}"


def _missing(record: LabRecord, name: str, notebook: Path) -> str:
    return (
        f"{notebook} has no cell of {name}; nothing was changed. Edit, Undo Cell Operation brings a deleted cell back; "
        f"or put this into a new cell:\n\n{record.stubs[name]}"
    )


def _keep(cell: dict[str, Any], kind: str, folder: Path, lab: str, name: str, now: datetime | None) -> list[Path]:
    """Write an answer's text; write the whole cell, too, if it holds more: a handed-in network or pasted pictures."""
    stem = f"lab{lab}-{name}-{now or datetime.now():%Y%m%d-%H%M%S}"
    texts = {".py" if kind == "code" else ".md": _text(cell)}
    if output_of(cell) or cell.get("attachments"):
        texts[".json"] = json.dumps(cell, indent=1, ensure_ascii=False) + "\n"
    stems = (stem if n == 1 else f"{stem}-{n}" for n in count(1))
    free = next(s for s in stems if not any((folder / f"{s}{ending}").exists() for ending in (".py", ".md", ".json")))
    for ending, text in texts.items():
        write_atomically(folder / f"{free}{ending}", text)
    return [folder / f"{free}{ending}" for ending in texts]


def _restore(cell: dict[str, Any], kind: str, stub: str) -> None:
    """Give a cell its released type and text, and no outputs."""
    cell |= {"cell_type": kind, "source": stub.splitlines(keepends=True)}
    outputs: dict[str, Any] = {"outputs": [], "execution_count": None} if kind == "code" else {}
    for key in {"outputs", "execution_count", "attachments"} - outputs.keys():
        cell.pop(key, None)
    cell |= outputs

"""Find a student's written answers and the pictures in them, even if a cell has lost its label or its type."""

import base64
import binascii
import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache

from course.grading.notebook import NotebookCell
from course.grading.pictures import MOST

#: the inside of a tag, up to the next one
_INSIDE = r"(?:[^<>]|<(?!img\b))"
#: a picture in Markdown or HTML: pasted into the cell, or written into its text. Every loop is bounded, or ends where
#: the next picture begins: on a hostile text, too, the time grows with its length only
_PICTURE = re.compile(
    r"""!\[(?:[^\]!]|!(?!\[))*+\]\(\s*+<?"""
    r"""(?:attachment:(?P<name>[^)>]{1,1000}+)|data:image/[\w.+-]{1,100}+;base64,(?P<data>[A-Za-z0-9+/=\s]++))>?[^)]{0,1000}+\)"""
    rf"""|<img\b(?={_INSIDE}*+>){_INSIDE}*?\bsrc\s*+=\s*+["']?"""
    rf"""(?:attachment:(?P<name2>[^"'<>\s]++)|data:image/[\w.+-]{{1,100}}+;base64,(?P<data2>[A-Za-z0-9+/=]++)){_INSIDE}*+>"""
)


@dataclass(frozen=True)
class Written:
    """Question → text ("" if nothing was written), question → pictures, and the repairs."""

    texts: dict[str, str] = field(default_factory=dict)
    pictures: dict[str, list[bytes]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)


def written_in(
    cells: Sequence[NotebookCell], questions: Mapping[str, str], places: Mapping[str, str], released: frozenset[str]
) -> Written:
    """Find the texts of the written answers, and the pictures in them.

    Parameters
    ----------
    cells : sequence of NotebookCell
        The submission's cells.
    questions : mapping
        Question → the text there before anything is written.
    places : mapping
        Question → the released cell above it.
    released : frozenset of str
        The texts of all released cells.

    Returns
    -------
    Written
        Several cells of one answer are joined. A picture in a text is ``[picture 1: 5f3a2b]``, with its digest.
    """
    texts: dict[str, str] = {}
    pictures: dict[str, list[bytes]] = {}
    notes: list[str] = []
    for name, stub in questions.items():
        mine = [cell for cell in cells if _labelled(cell) == name or cell.id.partition("-")[2] == name]
        if any(cell.kind == "code" for cell in mine):
            notes.append(f"the written answer {name} had become a code cell: it was read, not run")
        if not mine:
            mine = list(_below(cells, places.get(name, ""), released - {stub}))
            how = "had lost its label and was found by its place" if mine else "was not found"
            notes.append(f"the written answer {name} {how}")
        pictures[name] = []
        found = [_without_pictures(cell, pictures[name]).strip() for cell in mine if cell.source.strip() != stub]
        texts[name] = "\n\n".join(filter(None, found))
    return Written(texts, {name: some for name, some in pictures.items() if some}, notes)


def _without_pictures(cell: NotebookCell, pictures: list[bytes]) -> str:
    """Replace the pictures in a text by their numbers."""

    @cache  # a text may name one picture ten thousand times
    def pasted(name: str) -> bytes:
        files = cell.attachments.get(name)
        return _decoded(next((f for f in files.values() if isinstance(f, str)), "") if isinstance(files, dict) else "")

    def taken(match: re.Match[str]) -> str:
        name, written = match["name"] or match["name2"], match["data"] or match["data2"] or ""
        content = pasted(name) if name else _decoded(written)
        if not content:
            return "[a missing picture]"
        if len(pictures) == MOST:
            return f"[another picture: at most {MOST} are shown]"
        pictures.append(content)
        return f"[picture {len(pictures)}: {hashlib.sha256(content).hexdigest()[:6]}]"

    return _PICTURE.sub(taken, cell.source)


def _decoded(text: str) -> bytes:
    """Decode a picture's base64 text; b"" if it is none."""
    try:
        return base64.b64decode(re.sub(r"\s", "", text), validate=True)
    except (binascii.Error, ValueError):
        return b""


def _labelled(cell: NotebookCell) -> str:
    return cell.about("course", "written") or cell.about("nbgrader", "grade_id")


def _below(cells: Sequence[NotebookCell], place: str, released: frozenset[str]) -> Iterator[NotebookCell]:
    """Yield the text cells between a released cell and the next one."""
    at = next((i for i, cell in enumerate(cells) if place and cell.source.strip() == place), None)
    for cell in cells[at + 1 :] if at is not None else ():
        if cell.kind == "code" or cell.source.strip() in released:
            return
        yield cell

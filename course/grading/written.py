"""Find what a student wrote in words, also where the cell has lost its label or its type."""

from collections.abc import Iterator, Mapping, Sequence

from course.grading.notebook import NotebookCell


def written_in(
    cells: Sequence[NotebookCell], questions: Mapping[str, str], places: Mapping[str, str], released: frozenset[str]
) -> tuple[dict[str, str], list[str]]:
    """Find the texts of the written answers.

    Parameters
    ----------
    cells : sequence of NotebookCell
        The submission's.
    questions : mapping
        Question → what stands there before anything is written.
    places : mapping
        Question → the released cell above it.
    released : frozenset of str
        The texts of all released cells.

    Returns
    -------
    dict of str to str, list of str
        Question → text, "" where nothing was written; several cells of one answer are joined. And what was put right.
    """
    texts: dict[str, str] = {}
    notes: list[str] = []
    for name, stub in questions.items():
        mine = [cell for cell in cells if _labelled(cell) == name or cell.id.partition("-")[2] == name]
        if any(cell.kind == "code" for cell in mine):
            notes.append(f"the written answer {name} had become a code cell: read, not run")
        if not mine:
            mine = list(_below(cells, places.get(name, ""), released - {stub}))
            how = "had lost its label and was found by its place" if mine else "was not found"
            notes.append(f"the written answer {name} {how}")
        found = [cell.source.strip() for cell in mine]
        texts[name] = "\n\n".join(text for text in found if text and text != stub)
    return texts, notes


def _labelled(cell: NotebookCell) -> str:
    return cell.about("course", "written") or cell.about("nbgrader", "grade_id")


def _below(cells: Sequence[NotebookCell], place: str, released: frozenset[str]) -> Iterator[NotebookCell]:
    """Give the cells of text between a released cell and the next one."""
    at = next((i for i, cell in enumerate(cells) if place and cell.source.strip() == place), None)
    for cell in cells[at + 1 :] if at is not None else ():
        if cell.kind == "code" or cell.source.strip() in released:
            return
        yield cell

"""Interchange: nbgrader releases, autogrades and scores the built notebooks. There the kernel's word is trusted."""

import json
from importlib.util import find_spec
from pathlib import Path

import pytest

from course.bench.grading import nbgrader, place
from tests.gates import LABS, ROOT, checks_of, source_of
from tests.submissions import LAB, blank, solved, with_answers

pytestmark = [
    pytest.mark.kernel,
    pytest.mark.skipif(not find_spec("nbgrader"), reason="nbgrader is not installed"),
]
WRONG = "def dl_dp(y, p):\n    return p - y"


def scores(course: Path) -> dict[str, tuple[float, float]]:
    from nbgrader.api import Gradebook

    with Gradebook(f"sqlite:///{course}/gradebook.db") as book:
        found = book.assignment_submissions(f"lab{LAB}")
        return {submission.student.id: (submission.score, submission.max_score) for submission in found}


def test_nbgrader_grades_as_the_checks_say(tmp_path: Path) -> None:
    name = f"{source_of(LAB).stem}.ipynb"
    place(tmp_path / "source" / f"lab{LAB}" / name, ROOT / "labs" / name)
    for student, notebook in (("right", solved()), ("blank", blank()), ("slip", with_answers(dl_dp=WRONG))):
        folder = tmp_path / "submitted" / student / f"lab{LAB}"
        folder.mkdir(parents=True)
        (folder / name).write_text(json.dumps(notebook))
    nbgrader(ROOT, tmp_path, "generate_assignment", "--create")
    nbgrader(ROOT, tmp_path, "autograde", "--create")
    points = sum(part.points for exercise in checks_of(LAB).exercises for part in exercise.parts)
    found = scores(tmp_path)
    assert (found["right"], found["blank"]) == ((points, points), (0, points))
    assert 0 < found["slip"][0] < points


@pytest.mark.parametrize("lab", LABS)
def test_nbgrader_accepts_the_metadata_of_every_lab(lab: str) -> None:
    """Its reader refuses metadata that do not fit its schema; and each exercise has a cell worth its points."""
    from nbgrader.nbgraderformat import read

    with (ROOT / "labs" / f"{source_of(lab).stem}.ipynb").open(encoding="utf-8") as file:
        notebook = read(file, as_version=4)
    graded = [cell.metadata.nbgrader for cell in notebook.cells if cell.metadata.get("nbgrader", {}).get("grade")]
    points = sum(about["points"] for about in graded if not about.get("solution"))
    assert points == sum(part.points for exercise in checks_of(lab).exercises for part in exercise.parts)
    assert len({about["grade_id"] for about in graded}) == len(graded)

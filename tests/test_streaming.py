"""The grader's own memory: a class is never in it, neither its notebooks nor its results."""

import json
import tracemalloc
from pathlib import Path

import pytest

from course.grading.collect import Submission, collect
from course.grading.grade import grade
from course.grading.grade_class import grade_class, public_material
from course.grading.store import ResultStore
from tests.gates import ROOT
from tests.submissions import LAB, blank
from tests.test_grading import SANDBOX

STUDENTS, PLOTS, ANSWER = 30, 600_000, 60_000


def make_graded_class(folder: Path, out: Path) -> None:
    """Notebooks with plots, and their results with long answers as an earlier run left them."""
    folder.mkdir()
    notebook = blank()
    plot = {"output_type": "display_data", "metadata": {}, "data": {"image/png": "A" * PLOTS}}
    next(cell for cell in notebook["cells"] if cell["cell_type"] == "code")["outputs"] = [plot]
    for number in range(STUDENTS):
        (folder / f"student {number:02}.ipynb").write_text(json.dumps(notebook | {"number": number}))
    result = grade(Submission("one", b"{"), public_material(ROOT, LAB), SANDBOX) | {"status": "graded"}
    for row in result["exercises"]:
        row["answer"] = "x" * ANSWER
    store, digests = ResultStore(out, LAB), [one.digest for one in collect(folder)]
    seed = store.seed_for(digests)
    for digest in digests:
        store.save(digest, seed, result)


@pytest.mark.sandbox
def test_memory_stays_flat(tmp_path: Path) -> None:
    make_graded_class(tmp_path / "class", tmp_path / "out")
    for trace in (False, True):  # what the first run loads is no part of a class
        if trace:
            tracemalloc.start()
        summary = grade_class(tmp_path / "class", LAB, tmp_path / "out", ROOT, SANDBOX)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert (summary.submissions, summary.fresh) == (STUDENTS, 0)
    assert len(list((tmp_path / "out" / "feedback").glob("*.html"))) == STUDENTS
    assert peak < STUDENTS * min(PLOTS, 8 * ANSWER) / 2

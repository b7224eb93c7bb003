"""Solved labs in a real JupyterLab: every answer is typed in already, and running all gives full marks.

Three labs a day, in turn, in quick mode; COURSE_LABS=all runs them all, COURSE_LABS=04,13 those two.
"""

import datetime
import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.browser import Notebook, Watched, chromium, find_chromium, jupyterlab
from tests.gates import LABS, ROOT, checks_of, read_notebook, record_of, source_of

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(find_chromium() is None, reason="no Chromium on this machine (set CHROMIUM to its path)"),
]


def in_turn() -> list[str]:
    """Name the labs of today, or those that were asked for."""
    asked = os.environ.get("COURSE_LABS", "")
    if asked:
        return LABS if asked == "all" else asked.split(",")
    first = 3 * datetime.date.today().toordinal()
    return sorted(LABS[(first + i) % len(LABS)] for i in range(3))


@pytest.fixture(scope="module")
def labs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A student's folder in which today's labs are answered; their outputs are cleared."""
    labs = tmp_path_factory.mktemp("answered") / "labs"
    shutil.copytree(ROOT / "labs", labs, ignore=shutil.ignore_patterns("progress", ".ipynb_checkpoints"))
    for lab in in_turn():
        notebook = read_notebook("solutions", lab)
        for cell in notebook["cells"]:
            if cell["cell_type"] == "code":
                cell |= {"outputs": [], "execution_count": None}
        (labs / f"{source_of(lab).stem}.ipynb").write_text(json.dumps(notebook), encoding="utf-8")
    return labs


@pytest.fixture(scope="module")
def seen(labs: Path) -> Iterator[Watched]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COURSE_QUICK", "1")
        with jupyterlab(labs, labs.with_name("home")) as (url, _), chromium() as watched:
            watched.page.goto(url)
            yield watched


@pytest.mark.parametrize("lab", in_turn())
def test_a_solved_lab_runs_to_full_marks(seen: Watched, lab: str) -> None:
    seen.page.goto(seen.page.url.partition("/lab")[0] + f"/lab/tree/{source_of(lab).stem}.ipynb?reset")
    notebook = Notebook(seen.page)
    notebook.run_all()
    assert [o for _, outputs in notebook.outputs() for o in outputs if o["output_type"] == "error"] == []
    for exercise in checks_of(lab).exercises:
        assert "right" in notebook.text_after(f'check("{exercise.name}")').splitlines()[0]
    n, points = len(record_of(lab).exercises), record_of(lab).points
    ends = [source for source, _ in notebook.outputs() if "lab.progress()" in source]
    assert f"lab {lab}: {n} of {n}, {points} of {points} points" in notebook.text_after(ends[-1].strip())
    assert seen.elsewhere() == []

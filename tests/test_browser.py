"""Lab 02 as a student meets it: real JupyterLab, real Chromium."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.browser import PATIENCE, Notebook, Watched, chromium, find_chromium, jupyterlab
from tests.gates import ROOT, checks_of

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(find_chromium() is None, reason="no Chromium on this machine (set CHROMIUM to its path)"),
]

WRONG = "def dl_dp(y, p):\n    return 2 * (y - p)"
RIGHT = "def dl_dp(y, p):\n    return 2 * (p - y)"


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Watched]:
    folder = tmp_path_factory.mktemp("a path with spaces")
    labs = folder / "the labs"
    shutil.copytree(ROOT / "labs", labs, ignore=shutil.ignore_patterns("progress", ".ipynb_checkpoints"))
    with jupyterlab(labs, folder / "home") as (url, _), chromium() as watched:
        watched.page.goto(url)
        yield watched


@pytest.fixture(scope="module")
def notebook(seen: Watched) -> Notebook:
    seen.page.goto(seen.page.url.partition("/lab")[0] + "/lab/tree/lab02_learning.ipynb")
    return Notebook(seen.page)


def photograph(seen: Watched, name: str) -> None:
    """Keep a picture, where someone has asked for pictures."""
    if folder := os.environ.get("COURSE_SCREENSHOTS"):
        seen.page.screenshot(path=Path(folder) / f"{name}.png")


def test_the_readme_opens_as_a_page(seen: Watched) -> None:
    seen.page.locator(".jp-MarkdownViewer h1", has_text="The labs").wait_for()
    photograph(seen, "readme")


def test_runs_unanswered_without_an_error(seen: Watched, notebook: Notebook) -> None:
    notebook.run_all()
    photograph(seen, "unanswered")
    assert [o for _, outputs in notebook.outputs() for o in outputs if o["output_type"] == "error"] == []
    for exercise in checks_of("02").exercises:
        assert "not attempted" in notebook.text_after(f'check("{exercise.name}")')


def test_a_slider_moves_the_numbers(seen: Watched, notebook: Notebook) -> None:
    notebook.select("LossSurface()")
    widget = seen.page.locator(".course-widget", has_text="Loss surface")
    table = widget.locator("table").first
    table.wait_for()
    before = table.inner_text()
    handle = widget.locator(".noUi-handle").first
    handle.focus()
    seen.page.keyboard.press("ArrowRight")
    seen.page.wait_for_function(
        "([selector, before]) => [...document.querySelectorAll(selector)].some(t => t.innerText"
        " && t.innerText.includes('step') && t.innerText !== before)",
        arg=[".course-widget table", before],
    )
    assert table.inner_text() != before
    photograph(seen, "slider")


def test_a_prediction_is_recorded_before_the_result_is_shown(seen: Watched, notebook: Notebook) -> None:
    index = notebook.select("def with_the_gradient")
    cell = seen.page.locator(f'.jp-Cell[data-windowed-list-index="{index}"]')
    assert "You predicted" not in cell.inner_text()
    cell.get_by_text("It falls", exact=True).click()
    cell.get_by_role("button", name="Lock in").click()
    cell.get_by_text("What happened").wait_for()
    assert "It rises" in cell.inner_text()
    photograph(seen, "prediction")


def test_a_wrong_sign_is_named_and_the_right_one_passes(seen: Watched, notebook: Notebook) -> None:
    for answer, says in ((WRONG, "The sign is swapped"), (RIGHT, "right (1 of 1 point)")):
        notebook.type_into("def dl_dp", answer)
        notebook.run("def dl_dp")
        notebook.run('check("dl_dp")')
        assert says in notebook.text_after('check("dl_dp")')
        index = notebook.select('check("dl_dp")')
        shown = seen.page.locator(f'.jp-Cell[data-windowed-list-index="{index}"] .jp-OutputArea-output')
        shown.get_by_text(says).first.wait_for(timeout=PATIENCE)
        photograph(seen, says[:9])


def test_nothing_leaves_the_machine_and_the_console_is_quiet(seen: Watched, notebook: Notebook) -> None:
    assert seen.elsewhere == []
    assert seen.errors == []

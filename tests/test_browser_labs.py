"""Labs in a real JupyterLab, unanswered and answered: they run, each control of each widget does something, axe looks.

Three labs a day, in turn, in quick mode; COURSE_LABS=all takes them all, COURSE_LABS=04,13 those two.
"""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.browser import AXE, Notebook, Watched, find_chromium, in_turn, labs_twice
from tests.browser_controls import WIDGETS, answer, operate
from tests.gates import checks_of, record_of, source_of

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(find_chromium() is None, reason="no Chromium on this machine (set CHROMIUM to its path)"),
]


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Watched]:
    """Open the labs as students get them, and with today's labs answered."""
    with labs_twice(tmp_path_factory.mktemp("labs"), in_turn()) as watched:
        yield watched


@pytest.fixture(
    scope="module", params=[(kind, lab) for lab in in_turn() for kind in ("unanswered", "answered")], ids="-".join
)
def opened(seen: Watched, request: pytest.FixtureRequest) -> tuple[str, str, Notebook]:
    """Open a lab and run all of it: whether it is answered, which it is, the notebook."""
    kind, lab = request.param
    seen.page.goto(seen.page.url.partition("/lab")[0] + f"/lab/tree/{kind}/{source_of(lab).stem}.ipynb?reset")
    notebook = Notebook(seen.page)
    seen.errors.clear()  # what the page before said when it was left
    notebook.run_all()
    return kind, lab, notebook


def test_it_runs_as_far_as_it_is_answered(opened: tuple[str, str, Notebook]) -> None:
    kind, lab, notebook = opened
    if kind == "unanswered":
        notebook.ran_unanswered(lab)
        return
    assert notebook.errors() == []
    for exercise in checks_of(lab).exercises:
        assert "right" in notebook.text_after(f'check("{exercise.name}")').splitlines()[0]
    n, points = len(record_of(lab).exercises), record_of(lab).points
    ends = [source for source, _ in notebook.outputs() if "lab.progress()" in source]
    assert f"lab {lab}: {n} of {n} exercises, {points} of {points} points" in notebook.text_after(ends[-1].strip())


def test_every_kind_of_control_changes_numbers_by_keyboard_and_by_mouse(opened: tuple[str, str, Notebook]) -> None:
    _, _, notebook = opened
    for widget in notebook.page.locator(".jp-Notebook").locator(WIDGETS).all():
        widget.scroll_into_view_if_needed()
        assert operate(widget) == [], widget.inner_text()


def test_every_question_is_answered_by_keyboard_or_by_mouse(opened: tuple[str, str, Notebook]) -> None:
    _, _, notebook = opened
    questions = notebook.page.locator(".jp-Notebook .course-question")
    asked = questions.count()
    assert asked > 0
    for number in range(asked):
        cell = questions.first.evaluate_handle("question => question.closest('.jp-Cell')")
        answer(questions.first, by_keyboard=number % 2 == 0)
        expect(questions).to_have_count(asked - number - 1)  # what was answered takes its place
        notebook.page.wait_for_function("cell => document.activeElement === cell", arg=cell)
    said = notebook.page.locator(".jp-Notebook").get_by_role("status")
    said.filter(has_text=re.compile("You predicted|✔ Yes|✘ It is")).nth(asked - 1).wait_for()


@pytest.mark.skipif(AXE is None, reason="axe-core is not installed (pip install axe-playwright-python)")
def test_axe_finds_nothing_serious_in_any_output_light_or_dark(opened: tuple[str, str, Notebook]) -> None:
    assert opened[2].serious_in_both_themes() == []


def test_nothing_leaves_the_machine_and_the_console_is_quiet(seen: Watched, opened: tuple[str, str, Notebook]) -> None:
    assert seen.elsewhere() == []
    assert seen.errors == []

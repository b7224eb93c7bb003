"""What a student did is kept: through an interruption, a notebook that is closed, a server that is killed."""

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, expect

from tests.browser import PATIENCE, Notebook, chromium, copy_labs, find_chromium, jupyterlab

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(find_chromium() is None, reason="no Chromium on this machine (set CHROMIUM to its path)"),
]

RIGHT = "def dl_dp(y, p):\n    return 2 * (p - y)"
ENDLESS = "def dl_dp(y, p):\n    while True:\n        pass"
SLOW = """def for_ever():
    print("running")
    while True:
        pass


lab.predict("too_fast", for_ever)"""
TRAINING = """import itertools, time
from types import SimpleNamespace
from course.widgets import TrainingMonitor


def for_ever():
    for n in itertools.count(1):
        time.sleep(0.05)
        yield SimpleNamespace(train_loss=1 / n, valid_loss=1 / n, metrics={})


monitor = TrainingMonitor(for_ever(), 1_000_000)
display(monitor)
monitor.wait()"""
BUSY = "() => window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.status === 'busy'"


@pytest.fixture(scope="module")
def labs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return copy_labs(tmp_path_factory.mktemp("kept") / "labs")


@pytest.fixture(scope="module")
def server_and_notebook(labs: Path) -> Iterator[tuple["subprocess.Popen[str]", Notebook]]:
    with jupyterlab(labs, labs.with_name("home")) as (url, server), chromium() as watched:
        watched.page.goto(url)
        watched.page.goto(url.partition("/lab")[0] + "/lab/tree/lab02_learning.ipynb")
        notebook = Notebook(watched.page)
        notebook.run_all()
        yield server, notebook


@pytest.fixture
def server(server_and_notebook: tuple["subprocess.Popen[str]", Notebook]) -> "subprocess.Popen[str]":
    return server_and_notebook[0]


@pytest.fixture
def notebook(server_and_notebook: tuple["subprocess.Popen[str]", Notebook]) -> Notebook:
    return server_and_notebook[1]


def lock_in(asked: Locator, option: str) -> None:
    asked.get_by_text(option, exact=True).click()
    asked.get_by_role("button").first.click()


def kept(notebook: Notebook) -> None:
    """See that the prediction and the one answer to the recall questions come back when their cells are run."""
    for cell in ("def with_the_gradient", "lab.recall()"):
        notebook.run(cell)
    shown = notebook.cell("def with_the_gradient").get_by_role("status")
    expect(shown).to_contain_text(re.compile(r"You predicted\s*It falls\s*What happened\s*It rises"))
    expect(notebook.cell("lab.recall()").get_by_role("status")).to_have_count(1)


def test_a_prediction_s_run_and_a_check_can_be_interrupted(notebook: Notebook) -> None:
    """What comes is the ordinary KeyboardInterrupt, and the next run works."""
    notebook.type_into("def too_fast", SLOW)
    notebook.run("def for_ever")
    asked = notebook.cell("def for_ever").locator(".course-question")
    lock_in(asked, "It gets stuck")
    expect(asked).to_contain_text("running")
    notebook.command("notebook:interrupt-kernel")
    expect(asked).to_contain_text("KeyboardInterrupt")
    notebook.type_into("def for_ever", "1 + 1")
    notebook.run("1 + 1")
    assert notebook.text_after("1 + 1") == "2"
    notebook.type_into("def dl_dp", ENDLESS)
    notebook.run("def dl_dp")
    notebook.select('check("dl_dp")')
    notebook.command("notebook:run-cell")
    notebook.page.wait_for_function(BUSY)
    notebook.command("notebook:interrupt-kernel")
    notebook.wait_for_idle()
    assert [error["ename"] for error in notebook.errors()] == ["KeyboardInterrupt"]
    notebook.type_into("def dl_dp", RIGHT)
    notebook.run("def dl_dp")
    notebook.run('check("dl_dp")')
    assert "right (1 of 1 point)" in notebook.text_after('check("dl_dp")')
    assert notebook.errors() == []


def test_a_training_that_a_cell_waits_for_is_stopped_by_its_button(notebook: Notebook) -> None:
    """The cell keeps the thread that made the button."""
    notebook.type_into("1 + 1", TRAINING)
    notebook.select("import itertools")
    notebook.command("notebook:run-cell")
    monitor = notebook.cell("import itertools").locator(".course-widget")
    expect(monitor).to_contain_text(re.compile(r"Epoch \d+ of"))
    monitor.get_by_role("button", name="Stop").click()
    notebook.wait_for_idle()
    expect(notebook.cell("import itertools")).to_contain_text("Stopped after epoch")
    notebook.type_into("import itertools", "1 + 1")  # the tests below run all
    assert notebook.errors() == []


def test_a_number_typed_while_a_cell_runs_is_taken_whole(notebook: Notebook) -> None:
    notebook.type_into("1 + 1", "import time\ntime.sleep(3)")
    asked = notebook.cell("def slope_of_sigmoid").locator(".course-question")
    notebook.select("import time")
    notebook.command("notebook:run-cell")
    notebook.page.wait_for_function(BUSY)
    notebook.select("def slope_of_sigmoid")
    asked.get_by_role("textbox").click()
    notebook.page.keyboard.type("0.375", delay=50)
    asked.get_by_role("button").first.click()
    expect(notebook.cell("def slope_of_sigmoid").get_by_role("status")).to_contain_text("0.375")


def test_a_notebook_closed_and_opened_again_keeps_what_was_answered(notebook: Notebook) -> None:
    lock_in(notebook.cell("def with_the_gradient").locator(".course-question"), "It falls")
    recall = notebook.cell("lab.recall()")
    recall.get_by_role("radio").first.click()
    recall.get_by_role("button").first.click()
    recall.get_by_role("status").first.wait_for()
    notebook.save()
    notebook.command("application:close")
    notebook.page.locator(".jp-Notebook").wait_for(state="detached")
    notebook.page.evaluate(
        "() => window.jupyterapp.commands.execute('docmanager:open', { path: 'lab02_learning.ipynb' })"
    )
    again = Notebook(notebook.page)
    assert "right (1 of 1 point)" in again.text_after('check("dl_dp")')
    kept(again)


def test_what_was_answered_survives_a_killed_server(
    server: "subprocess.Popen[str]", notebook: Notebook, labs: Path
) -> None:
    server.kill()
    server.wait()
    browser = notebook.page.context.browser
    assert browser is not None
    page = browser.new_page()
    page.set_default_timeout(PATIENCE)
    with jupyterlab(labs, labs.with_name("another home")) as (url, _):
        page.goto(url)
        page.goto(url.partition("/lab")[0] + "/lab/tree/lab02_learning.ipynb?reset")
        again = Notebook(page)
        again.run_all()
        assert "right (1 of 1 point)" in again.text_after('check("dl_dp")')
        assert "lab 02: 1 of" in again.text_after("lab.progress()")
        kept(again)
        page.close()

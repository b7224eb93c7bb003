"""The labs as a student meets them, lab 02 above all: real JupyterLab, real Chromium."""

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from playwright.sync_api import expect

from tests.browser import AXE, Notebook, Watched, chromium, copy_labs, find_chromium, in_turn, jupyterlab, serious
from tests.gates import LABS, source_of

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(find_chromium() is None, reason="no Chromium on this machine (set CHROMIUM to its path)"),
]

WRONG = "def dl_dp(y, p):\n    return 2 * (y - p)"
PAD = """import numpy as np

from course.nn.activation_layers import ReLU
from course.nn.dropout import Dropout
from course.nn.layers import Linear
from course.nn.network import Network
from course.widgets import DigitPad

DigitPad(Network([Linear(64, 32), ReLU(), Dropout(0.3), Linear(32, 10)], rng=np.random.default_rng(0)))"""
# true once an element's text has been the same for half a second
AT_REST = """element => {
  if (element.textContent !== window.textBefore) {
    window.textBefore = element.textContent;
    window.textSince = performance.now();
  }
  return performance.now() - window.textSince > 500;
}"""
RIGHT = "def dl_dp(y, p):\n    return 2 * (p - y)"


@pytest.fixture(scope="module")
def labs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return copy_labs(tmp_path_factory.mktemp("a path with spaces") / "the labs")


@pytest.fixture(scope="module")
def seen(labs: Path) -> Iterator[Watched]:
    with jupyterlab(labs, labs.with_name("home")) as (url, _), chromium() as watched:
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


needs_axe = pytest.mark.skipif(AXE is None, reason="axe-core is not installed (pip install axe-playwright-python)")


def number_of_cells(seen: Watched) -> int:
    return int(seen.page.evaluate("() => window.jupyterapp.shell.currentWidget.content.widgets.length"))


def test_the_readme_opens_as_a_page(seen: Watched) -> None:
    seen.page.locator(".jp-MarkdownViewer h1", has_text="The labs").wait_for()
    photograph(seen, "readme")


def test_runs_unanswered_without_an_error(seen: Watched, notebook: Notebook) -> None:
    notebook.run_all()
    photograph(seen, "unanswered")
    notebook.ran_unanswered("02")


def test_a_slider_moved_by_keyboard_moves_the_numbers_and_the_picture(seen: Watched, notebook: Notebook) -> None:
    widget = notebook.cell("LossSurface()").locator(".course-widget")
    table, picture = widget.locator("table"), widget.locator("svg.course-card")
    handle = widget.locator(".noUi-handle").first
    numbers, drawn = table.inner_text(), picture.inner_html()
    handle.focus()
    seen.page.keyboard.press("ArrowRight")
    expect(table).not_to_have_text(numbers, use_inner_text=True)
    assert picture.inner_html() != drawn
    moved = table.inner_text()
    handle.focus()
    seen.page.keyboard.press("ArrowLeft")
    expect(table).not_to_have_text(moved, use_inner_text=True)
    assert table.inner_text() == numbers
    photograph(seen, "slider")


def test_a_stepper_is_stepped_by_keyboard(seen: Watched, notebook: Notebook) -> None:
    widget = notebook.cell("ChainRuleStepper()").locator(".course-widget")
    expect(widget.locator("caption")).to_contain_text("0 of")
    widget.get_by_role("button", name="Step", exact=True).focus()
    seen.page.keyboard.press("Enter")
    expect(widget.locator("caption")).to_contain_text("1 of")
    photograph(seen, "stepper")


def test_controls_are_named_for_a_screen_reader(seen: Watched, notebook: Notebook) -> None:
    widget = notebook.cell("LossSurface()").locator(".course-widget")
    rate = widget.get_by_role("slider", name="η", exact=True)
    expect(rate).to_have_attribute("aria-valuetext", "0.10")
    expect(widget.get_by_role("textbox", name="η, as a number")).to_have_text("0.10")
    rate.focus()
    seen.page.keyboard.press("ArrowRight")
    expect(rate).not_to_have_attribute("aria-valuetext", "0.10")
    expect(rate).to_have_attribute("aria-valuetext", widget.get_by_role("textbox", name="η, as a number").inner_text())
    seen.page.keyboard.press("ArrowLeft")


def test_keys_pressed_in_a_control_do_nothing_to_the_notebook(seen: Watched, notebook: Notebook) -> None:
    choice = notebook.cell("LossSurface()").locator(".course-widget select")
    cells, chosen = number_of_cells(seen), choice.input_value()
    choice.focus()
    seen.page.keyboard.press("ArrowDown")
    expect(choice).not_to_have_value(chosen)
    expect(choice).to_be_focused()
    assert choice.evaluate("element => getComputedStyle(element).outlineWidth") == "3px"
    for _ in range(2):
        seen.page.keyboard.press("d")
    expect(choice).to_be_focused()
    assert number_of_cells(seen) == cells
    choice.select_option(chosen)


def test_a_question_is_named_and_its_keys_do_nothing_to_the_notebook(seen: Watched, notebook: Notebook) -> None:
    asked = notebook.cell("def with_the_gradient").get_by_role("group", name="Ten steps along the gradient")
    cells, options = number_of_cells(seen), asked.get_by_role("radio")
    options.first.focus()
    assert options.first.evaluate("element => getComputedStyle(element).outlineWidth") == "3px"
    for key in ("d", "d", "ArrowDown"):
        seen.page.keyboard.press(key)
    expect(options.nth(1)).to_be_focused()
    asked.get_by_role("button", name="Lock in").focus()
    for _ in range(2):
        seen.page.keyboard.press("d")
    expect(asked.get_by_role("button", name="Lock in")).to_be_focused()
    assert number_of_cells(seen) == cells


def test_a_number_typed_beside_a_slider_counts_when_it_is_left(seen: Watched, notebook: Notebook) -> None:
    widget = notebook.cell("LossSurface()").locator(".course-widget")
    table, field = widget.locator("table"), widget.get_by_role("textbox", name="start w₁, as a number")
    before = table.inner_text()
    field.click()
    seen.page.keyboard.press("Control+A")
    seen.page.keyboard.insert_text("0.5")
    seen.page.keyboard.press("Tab")
    expect(table).not_to_have_text(before, use_inner_text=True)
    expect(field).to_have_text("0.50")


def test_a_verdict_is_said_each_time_by_the_same_element(seen: Watched, notebook: Notebook) -> None:
    """Where it stays, a screen reader knows it, and says what comes into it."""
    said = seen.page.locator(".course-said")
    expect(said).to_have_count(1)
    stays = said.element_handle()
    for _ in range(2):
        stays.evaluate("element => { element.textContent = ''; }")
        notebook.run('check("dl_dp")')
        expect(said).to_have_text(re.compile("^○ dl_dp: not attempted"))
    assert '- status: "○ dl_dp: not attempted' in said.aria_snapshot()
    assert seen.page.evaluate("element => element.isConnected", stays)
    shown = notebook.cell('check("dl_dp")').get_by_role("status")
    expect(shown).to_have_attribute("aria-live", "off")


@needs_axe
def test_axe_finds_nothing_serious_in_any_output_light_or_dark(seen: Watched, notebook: Notebook) -> None:
    assert notebook.serious_in_both_themes() == []


def test_a_prediction_is_recorded_before_the_result_is_shown(seen: Watched, notebook: Notebook, labs: Path) -> None:
    cell = notebook.cell("def with_the_gradient")
    expect(cell.get_by_role("button", name="Lock in")).to_be_enabled()
    assert "What happened" not in cell.inner_text()
    cell.get_by_text("It falls", exact=True).click()
    cell.get_by_role("button", name="Lock in").click()
    message = cell.get_by_role("status").filter(has_text="You predicted")
    expect(message).to_contain_text(re.compile(r"You predicted\s*It falls\s*What happened\s*It rises"))
    expect(cell.get_by_role("button", name="Lock in")).to_have_count(0)
    assert json.loads((labs / "progress" / "lab02.json").read_text())["predictions"] == {"direction": "It falls"}
    photograph(seen, "prediction")


def test_a_wrong_sign_is_named_and_the_right_one_passes(seen: Watched, notebook: Notebook) -> None:
    for name, answer, says in (("wrong", WRONG, "The sign is swapped"), ("right", RIGHT, "right (1 of 1 point)")):
        notebook.type_into("def dl_dp", answer)
        notebook.run("def dl_dp")
        notebook.run('check("dl_dp")')
        assert says in notebook.text_after('check("dl_dp")')
        expect(notebook.cell('check("dl_dp")').locator(".jp-OutputArea-output")).to_contain_text(says)
        photograph(seen, name)


def test_the_console_is_quiet(seen: Watched, notebook: Notebook) -> None:
    """Before the kernel is restarted: then JupyterLab itself reports that it cancelled a question to the debugger."""
    assert seen.errors == []


def test_answers_survive_a_restart_and_coming_back(seen: Watched, notebook: Notebook) -> None:
    notebook.save()
    seen.page.reload()
    back = Notebook(seen.page)
    back.restart_and_run_all()
    assert "right (1 of 1 point)" in back.text_after('check("dl_dp")')
    assert "1 of" in back.text_after("lab.progress()")
    expect(back.cell("def with_the_gradient")).to_contain_text("What happened")


def test_the_readme_leads_to_the_labs(seen: Watched, notebook: Notebook) -> None:
    seen.page.goto(seen.page.url.partition("/lab")[0] + "/lab/tree/README.md")
    seen.page.locator(".jp-MarkdownViewer").get_by_role("link", name="lab 00").click()
    seen.page.locator(".jp-Notebook h1:visible", has_text="Lab 00").wait_for()


def test_the_contents_show_what_is_done_and_lead_to_the_labs(seen: Watched, notebook: Notebook) -> None:
    seen.page.goto(seen.page.url.partition("/lab")[0] + "/lab/tree/contents.ipynb?reset")
    page = Notebook(seen.page)
    page.run_all()
    shown = page.cell("from course import contents")
    expect(shown.get_by_role("row", name="Learning")).to_contain_text("1 of 8")
    photograph(seen, "contents")
    shown.get_by_role("link", name="Softmax").click()
    seen.page.locator(".jp-Notebook h1:visible", has_text="Lab 04").wait_for()


@pytest.mark.parametrize("lab", [lab for lab in LABS if lab not in ("02", *in_turn())])
def test_the_other_labs_run_unanswered_and_show_their_widgets(seen: Watched, notebook: Notebook, lab: str) -> None:
    """Those in turn today are looked at more closely in test_browser_labs.py."""
    seen.page.goto(seen.page.url.partition("/lab")[0] + f"/lab/tree/{source_of(lab).stem}.ipynb?reset")
    other = Notebook(seen.page)
    other.run_all()
    other.ran_unanswered(lab)
    photograph(seen, f"lab{lab}")


def test_the_playground_plays_and_pauses_by_keyboard(seen: Watched, notebook: Notebook) -> None:
    seen.page.goto(seen.page.url.partition("/lab")[0] + f"/lab/tree/{source_of('05').stem}.ipynb?reset")
    lab = Notebook(seen.page)
    lab.run("import os")
    lab.run("from course import")
    lab.run('Playground(data="circles"')
    playground = lab.cell('Playground(data="circles"').locator(".course-playground")
    counter = playground.locator(".counter")
    start = counter.inner_text()
    playground.get_by_role("button", name="Play").focus()
    seen.page.keyboard.press("Space")
    pause = playground.get_by_role("button", name="Pause")
    expect(pause).to_be_focused()
    expect(counter).not_to_have_text(start)
    seen.page.keyboard.press("Space")
    expect(playground.get_by_role("button", name="Play")).to_be_focused()
    seen.page.wait_for_function(AT_REST, arg=counter.element_handle())
    if AXE is not None:
        assert serious(playground) == []


def test_the_pad_is_drawn_on_by_mouse_and_by_keyboard(seen: Watched, labs: Path) -> None:
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    alone = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(PAD)], metadata=kernel)
    nbformat.write(alone, labs / "pad.ipynb")
    seen.page.goto(seen.page.url.partition("/lab")[0] + "/lab/tree/pad.ipynb?reset")
    notebook = Notebook(seen.page)
    notebook.run_all()
    pad = notebook.cell("import numpy").locator(".course-pad")
    canvas, reading, digits = pad.get_by_role("application"), pad.get_by_role("status"), pad.locator("tbody tr")
    blank = reading.inner_text()
    corner = canvas.bounding_box()
    assert corner is not None
    seen.page.mouse.move(corner["x"] + 140, corner["y"] + 60)
    seen.page.mouse.down()
    seen.page.mouse.move(corner["x"] + 140, corner["y"] + 220, steps=5)
    seen.page.mouse.up()
    expect(digits).to_have_count(10)
    by_mouse = reading.inner_text()
    assert by_mouse != blank
    seen.page.keyboard.press("Delete")
    expect(reading).to_have_text(blank)
    expect(digits).to_have_count(0)
    for key in ["Space", *["ArrowDown"] * 6, *["ArrowRight"] * 6, "Space", "d", "d"]:
        seen.page.keyboard.press(key)
    expect(digits).to_have_count(10)
    assert number_of_cells(seen) == 1
    assert reading.inner_text() != blank
    if AXE is not None:
        assert serious(pad) == []


def test_nothing_leaves_the_machine(seen: Watched, notebook: Notebook) -> None:
    assert any(url.startswith("ws://") for url in seen.asked)
    assert seen.elsewhere() == []
    assert [url for url in seen.asked if "/lab/api/news" in url or "/lab/api/update" in url] == []


@needs_axe
def test_a_plot_is_described_in_words_and_unfolds_its_numbers(seen: Watched, notebook: Notebook) -> None:
    seen.page.goto(seen.page.url.partition("/lab")[0] + "/lab/tree/lab02_learning.ipynb?reset")
    lab = Notebook(seen.page)
    lab.run_all()
    output = lab.cell("h = np.linspace").locator(".jp-Cell-outputArea")
    said = r"A sigmoid\. Over h −6 to 6: p = σ\(h\) from 0\.002473 to 0\.9975"
    picture = output.get_by_role("img", name=re.compile(said))
    expect(picture).to_have_js_property("naturalWidth", 2 * picture.evaluate("image => image.width"))
    output.get_by_text("The numbers").click()
    expect(output.get_by_role("columnheader", name="p = σ(h)")).to_be_visible()
    assert serious(output) == []


def test_file_print_gives_the_printer_the_laid_out_page(seen: Watched, notebook: Notebook) -> None:
    seen.page.evaluate(
        """() => Object.defineProperty(HTMLIFrameElement.prototype, 'srcdoc', {
            set(page) { window.printed = page; },
        })"""
    )
    Notebook(seen.page).command("apputils:print")
    seen.page.wait_for_function("() => window.printed")
    printed = seen.page.evaluate("() => window.printed")
    assert "course-short" in printed
    assert "<script" not in printed

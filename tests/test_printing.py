"""An answered lab on paper: run in a real kernel, answered as by clicks, converted as File > Print does."""

import re
from html import unescape
from pathlib import Path
from typing import Any

import nbformat
import pytest
from bs4 import BeautifulSoup
from nbclient import NotebookClient
from nbconvert.exporters import HTMLExporter
from traitlets.config import Config

from course.build.notebooks import WIDGET
from course.jupyter.printing import Appendix, mathml
from course.jupyter.server import PRINTING
from course.jupyter.start import SETTINGS
from tests.browser import browser, find_chromium
from tests.gates import ROOT, record_of
from tests.patience import patience

pytestmark = pytest.mark.kernel

LONG = "x = '" + "long long " * 20 + "'"
CELLS = {
    "start": f"""
import numpy as np
from IPython.display import display
from course import Linear, Network, SGD, SoftmaxCrossEntropy, open_lab, plot_losses, train
from course.nn.dropout import Dropout
from course.widgets import DigitPad, LossSurface, Playground, TrainingMonitor
{LONG}
lab = open_lab("02", globals(), {str(ROOT / "labs")!r})
net = Network([Linear(64, 10), Dropout(0.3)], rng=np.random.default_rng(0))""",
    "surface": "LossSurface()",
    "playground": 'Playground(data="xor")',
    "pad": "DigitPad(net)",
    "monitor": """
X, y = np.eye(64), np.arange(64) % 10
run = train(net, X, y, SoftmaxCrossEntropy(), SGD(0.1), epochs=2, rng=np.random.default_rng(1), valid=(X, y))
monitor = TrainingMonitor(run, 2)
display(monitor)
monitor.wait()""",
    "picture": 'plot_losses([4, 1, 2], "A ravine")',
    "prediction": """
def experiment():
    print("ten steps")
    display(plot_losses([0.3, 0.6], "Uphill"))
    print("and back")
    return "It rises"
question = lab.predict("direction", experiment)
question""",
    "number": 'steepest = lab.predict("steepest", lambda: 0.25)\nsteepest',
    "open": 'lab.predict("eps", lambda: "It makes no difference")',
    "recall": "recall = lab.recall()\nrecall",
    "answers": """
question.field.value = "It falls"
question.button.click()
steepest.field.value = "0,3"
steepest.button.click()
first = recall.questions[0]
first.field.value = first.question.options[0]
first.button.click()""",
}


@pytest.fixture(scope="module")
def answered(tmp_path_factory: pytest.TempPathFactory) -> nbformat.NotebookNode:
    cells = [nbformat.v4.new_code_cell(source.strip(), id=name) for name, source in CELLS.items()]
    cells.append(nbformat.v4.new_markdown_cell("Here is $h$.\n\n$$ p < \\sigma(h) \\tag{1.2} $$\n\n`a $ b $ c`"))
    notebook = nbformat.v4.new_notebook(cells=cells, metadata={"course": {"lab": "02"}})
    folder = tmp_path_factory.mktemp("answered")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COURSE_PROGRESS", str(folder))
        patch.setenv("COURSE_STRICT", "0")
        NotebookClient(
            notebook, timeout=int(patience(60)), kernel_name="python3", resources={"metadata": {"path": ROOT}}
        ).execute()
    return notebook


@pytest.fixture(scope="module")
def page(answered: nbformat.NotebookNode) -> str:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("JUPYTER_PATH", str(SETTINGS / "share" / "jupyter"))
        html, _ = HTMLExporter(config=Config(PRINTING)).from_notebook_node(answered)
    return str(html)


def outputs_of(answered: nbformat.NotebookNode, name: str) -> list[dict[str, Any]]:
    return next(cell.outputs for cell in answered.cells if cell.id == name)


def shown(page: str, name: str) -> str:
    """Read what stands under a cell, descriptions of images included."""
    cell = BeautifulSoup(page, "html.parser").find(id=f"cell-id={name}")
    assert cell is not None
    output = cell.find(class_="jp-Cell-outputWrapper")
    assert output is not None
    return " ".join([output.get_text(" ", strip=True), *(image["alt"] for image in output.find_all("img"))])


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("surface", "The steps"),
        ("surface", "At the start"),
        ("playground", "Playground, running the library's"),
        ("pad", "Nothing drawn yet"),
        ("picture", "A ravine. Over step 0 to 2: loss from 4 to 2, lowest 1 at 1."),
        ("picture", "The numbers"),
    ],
)
def test_what_is_drawn_stands_on_the_page_with_its_numbers(page: str, name: str, says: str) -> None:
    assert says in shown(page, name)


def test_a_widget_keeps_its_controls_beside_its_twin(answered: nbformat.NotebookNode) -> None:
    for name in ("surface", "playground", "pad"):
        assert {WIDGET, "text/html", "text/plain"} <= outputs_of(answered, name)[0]["data"].keys()


def test_a_training_that_has_ended_leaves_its_curves(answered: nbformat.NotebookNode, page: str) -> None:
    assert set(outputs_of(answered, "monitor")[0]["data"]) == {"text/html", "text/plain"}
    assert "All 2 epochs done" in shown(page, "monitor")


def test_a_prediction_leaves_question_guess_run_and_result(answered: nbformat.NotebookNode, page: str) -> None:
    kinds = [set(output["data"]) for output in outputs_of(answered, "prediction")]
    assert kinds == [{"text/html", "text/plain"}, {"text/markdown", "text/plain"}]
    said = shown(page, "prediction")
    for words in ("Ten steps", "● It falls", "○ It rises", "ten steps", "Uphill. Over step 0 to 1"):
        assert words in said
    assert "You predicted It falls What happened It rises" in said
    assert re.search(r"ten steps\s+Uphill[\s\S]+and back", outputs_of(answered, "prediction")[0]["data"]["text/plain"])
    assert "You predicted 0.3 What happened 0.25" in shown(page, "number")
    for name, prediction in (("prediction", "direction"), ("number", "steepest")):
        why = record_of("02").predictions[prediction].why
        assert outputs_of(answered, name)[-1]["data"]["text/markdown"] == why
        assert why.split("$")[0].split(".")[0].replace("*", "") in " ".join(shown(page, name).split())
    assert outputs_of(answered, "open")[-1]["data"]["text/markdown"] == "", "its place is kept"
    assert "●" not in shown(page, "open")
    assert "You predicted" not in shown(page, "open")


def test_each_recall_question_leaves_its_own_answer(answered: nbformat.NotebookNode, page: str) -> None:
    kinds = [WIDGET in output["data"] for output in outputs_of(answered, "recall")]
    assert kinds == [False, True, True]
    assert shown(page, "recall").count("●") == 1
    assert re.search("✔ Yes|✘ It is", shown(page, "recall"))


def test_open_questions_are_explained_at_the_end_and_answered_ones_in_their_place(page: str) -> None:
    record = record_of("02")
    sheet = BeautifulSoup(page, "html.parser")
    text = " ".join(sheet.get_text(" ").split())
    questions = [record.predictions["eps"], *record.recall[1:]]
    for number, question in enumerate(questions, 1):
        for one, other in (("question", "answer"), ("answer", "question")):
            link = sheet.select_one(f"#{one}-{number}").find_parent(class_="jp-Cell").find("a", href=True)
            assert link["href"] == f"#{other}-{number}"
        assert code_free(question.question) in text.partition("Appendix:")[2]
    assert sheet.find(id=f"answer-{len(questions) + 1}") is None
    for name, before, after in (("direction", 1, 0), ("eps", 0, 1)):
        first = code_free(record.predictions[name].why.split("$")[0].split(".")[0])
        assert [part.count(first) for part in text.partition("Appendix:")[::2]] == [before, after]
    assert text.count(code_free(record.predictions["eps"].question)) == 2, "it is not written where it is shown"


@pytest.mark.parametrize("about", [{}, {"course": "lab 02"}, {"course": {"lab": ["02"]}}, {"course": {"lab": "99"}}])
def test_a_notebook_of_no_lab_prints_as_it_is(about: dict[str, Any]) -> None:
    notebook = nbformat.v4.new_notebook(metadata=about)
    assert Appendix().preprocess(notebook, {}) == (notebook, {})


def code_free(text: str) -> str:
    return " ".join(re.sub("[*`]", "", text).split())


def test_the_page_needs_nothing_but_itself(page: str) -> None:
    assert "<script" not in page
    assert not re.search(r"""(?:src|href)=["']?https?://|@import|url\(["']?https?://""", page)
    assert "<details open" in page


def test_formulas_need_no_script(page: str) -> None:
    pytest.importorskip("latex2mathml", reason="latex2mathml is not installed: formulas stay LaTeX")
    assert mathml("<p>$x_1$ <code>$y$ and $z$</code></p>").count("<math") == 1
    assert "fan_in" in mathml(r"<p>$\text{fan\_in}$</p>")
    last = next(c for c in BeautifulSoup(page, "html.parser").select(".jp-MarkdownCell") if "Here is" in c.get_text())
    assert [formula.get("display") for formula in last.find_all("math")] == ["inline", "block"]
    assert "p<σ(h)(1.2)" in re.sub(r"\s", "", unescape(last.get_text()))
    assert "a $ b $ c" in last.get_text()


@pytest.mark.browser
@pytest.mark.skipif(find_chromium() is None, reason="no Chromium on this machine (set CHROMIUM to its path)")
def test_on_paper_nothing_is_cut_or_missing(page: str, tmp_path: Path) -> None:
    with browser() as started:
        # JupyterLab prints a page in which no script runs; A4 less the margins is 680 pixels wide
        sheet = started.new_context(java_script_enabled=False, viewport={"width": 680, "height": 1000}).new_page()
        sheet.emulate_media(media="print")
        sheet.set_content(page)
        text = sheet.inner_text("body")
        broken = sheet.locator("img").evaluate_all("all => all.filter(image => !image.naturalWidth).map(i => i.alt)")
        cut = sheet.locator("pre, table, figure, .jp-OutputArea-output").evaluate_all(
            "all => all.filter(e => e.scrollWidth > e.clientWidth + 1).map(e => e.outerHTML.slice(0, 200))"
        )
        pdf = sheet.pdf(format="A4")
    assert broken == []
    assert cut == []
    assert pdf.startswith(b"%PDF")
    for words in ("LossSurface()", "The steps", "All 2 epochs done", "It falls", "What happened"):
        assert words in text
    assert text.count("long long ") == 20

"""What a prediction's run shows stands in the answered question: tried in a real kernel."""

from base64 import b64encode

import nbformat
import pytest
from nbclient import NotebookClient

from tests.gates import ROOT
from tests.patience import patience

pytestmark = pytest.mark.kernel

#: nothing was answered before
FORGET = """
import os
os.environ["COURSE_PROGRESS"] = {folder!r}
"""
SUBMIT = """
from IPython.display import Image, clear_output, display
from course.checks import open_lab

question = open_lab("02", globals(), {labs!r}).predict("direction", run)
question.submit("It falls")
print("the page:")
for text in question._repr_mimebundle_().values():
    print(text)
"""
LINES = """
def run():
    for n in range(1000):
        print("line", n)
    return "It rises"
"""
PNG = b"\x89PNG\r\n\x1a\n, or so it says"
PICTURE = f"""
def run():
    display(Image({PNG!r}, format="png"))
    return "It rises"
"""
LIVE = """
def run():
    for n in range(3):
        clear_output(wait=True)
        display(f"now {n}")
    return "It rises"
"""


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Answer predictions that have these runs, in one kernel; run → what its question then shows, as text and HTML."""
    runs = (LINES, PICTURE, LIVE)
    cells = [
        nbformat.v4.new_code_cell(FORGET.format(folder=str(tmp_path_factory.mktemp("kept") / str(number)))
                                  + run + SUBMIT.format(labs=str(ROOT / "labs")))
        for number, run in enumerate(runs)
    ]  # fmt: skip
    where = {"metadata": {"path": str(ROOT)}}
    notebook = nbformat.v4.new_notebook(cells=cells)
    NotebookClient(notebook, kernel_name="python3", timeout=int(patience(60)), resources=where).execute()
    printed = ["".join(output.get("text", "") for output in cell.outputs) for cell in cells]
    shown = [text.partition("the page:")[2] for text in printed]
    assert all("What happened: It rises" in page for page in shown)
    return dict(zip(runs, shown, strict=True))


def test_a_thousand_lines_stand_once_in_their_order(pages):
    lines = [line for line in pages[LINES].splitlines() if line.startswith("line ")]
    assert lines[:1000] == [f"line {n}" for n in range(1000)]
    assert lines[1000:] == lines[1:1000], "the HTML, where the first line follows a tag"


def test_a_picture_is_still_there(pages):
    assert f'<img src="data:image/png;base64,{b64encode(PNG).decode()}"' in pages[PICTURE]


def test_what_was_cleared_is_gone(pages):
    shown = pages[LIVE]
    assert shown.count("now 2") == 2
    assert "now 1" not in shown

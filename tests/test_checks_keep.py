"""What a prediction's run shows stands in the answered question: tried in a real kernel."""

from base64 import b64encode
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from tests.gates import ROOT
from tests.patience import patience

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


@pytest.fixture
def page_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Answer a prediction that has this run; give what the question then shows, as text and as HTML."""
    monkeypatch.setenv("COURSE_PROGRESS", str(tmp_path))

    def page(run: str) -> str:
        cell = nbformat.v4.new_code_cell(run + SUBMIT.format(labs=str(ROOT / "labs")))
        notebook = nbformat.v4.new_notebook(cells=[cell])
        NotebookClient(
            notebook, kernel_name="python3", timeout=int(patience(60)), resources={"metadata": {"path": str(ROOT)}}
        ).execute()
        printed = "".join(output.get("text", "") for output in cell.outputs)
        shown = printed.partition("the page:")[2]
        assert "What happened: It rises" in shown
        return shown

    return page


def test_a_thousand_lines_stand_once_in_their_order(page_of):
    lines = [line for line in page_of(LINES).splitlines() if line.startswith("line ")]
    assert lines[:1000] == [f"line {n}" for n in range(1000)]
    assert lines[1000:] == lines[1:1000], "the HTML, where the first line follows a tag"


def test_a_picture_is_still_there(page_of):
    assert f'<img src="data:image/png;base64,{b64encode(PNG).decode()}"' in page_of(PICTURE)


def test_what_was_cleared_is_gone(page_of):
    shown = page_of(LIVE)
    assert shown.count("now 2") == 2
    assert "now 1" not in shown

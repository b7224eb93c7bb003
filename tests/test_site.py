"""The course's site: `make site` builds it without a warning, and each lab has its page and its instructor's notes."""

import re
import shutil
import sys
from html import unescape
from pathlib import Path

import pytest

from tests.gates import LABS, ROOT, read_notebook, record_of, source_of
from tests.patience import finished

SECTIONS = ["## Aims", "## Misunderstandings to expect", "## On the board", "## In 90 minutes"]


@pytest.mark.parametrize("lab", LABS)
def test_each_lab_has_a_page_of_notes(lab: str) -> None:
    text = (ROOT / "site" / "notes" / f"lab{lab}.md").read_text(encoding="utf-8")
    assert [line for line in text.splitlines() if line.startswith("## ")] == SECTIONS
    assert f"../labs/{source_of(lab).stem}.ipynb" in text


def test_the_syllabus_says_how_long_the_labs_are() -> None:
    heads = ["".join(read_notebook("labs", lab)["cells"][0]["source"]) for lab in LABS]
    minutes = [int(found[1]) for head in heads if (found := re.search(r"about (\d+) \(an estimate", head))]
    assert len(minutes) == len(LABS)
    syllabus = (ROOT / "site" / "syllabus.md").read_text(encoding="utf-8")
    assert f"({min(minutes)} to {max(minutes)})" in syllabus


def test_the_readme_lists_the_labs() -> None:
    rows = re.findall(
        r"^\| (\d\d) \| \[.+\]\(labs/(\w+)\.ipynb\) \|", (ROOT / "README.md").read_text("utf-8"), re.MULTILINE
    )
    assert rows == [(lab, source_of(lab).stem) for lab in LABS]


@pytest.mark.whole
@pytest.mark.skipif(shutil.which("make") is None, reason="no make on this machine")
def test_it_builds_without_a_warning_and_asks_nobody_else(tmp_path: Path) -> None:
    """As `make site` does it, in a folder of the test's own."""
    pytest.importorskip("sphinx_book_theme", reason="what the site needs is not installed (make tools)")
    rules = (ROOT / "developers.mk").read_text(encoding="utf-8").split("\nsite: ")[1].split("\n\n")[0]
    (tmp_path / "Makefile").write_text(f"RUN := {sys.executable}\n.PHONY: site\nsite: {rules}\n", encoding="utf-8")
    for folder in ("site", "labs", "course"):
        (tmp_path / folder).symlink_to(ROOT / folder)
    done = finished(["make", "site", "TOOLS="], cwd=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    pages = tmp_path / "build" / "site" / "html"
    assert all((pages / "labs" / f"{source_of(lab).stem}.html").is_file() for lab in LABS)
    page = (pages / "labs" / f"{source_of('02').stem}.html").read_text(encoding="utf-8")
    assert "SOLUTION" not in page
    record = record_of("02")
    questions = [*record.predictions.values(), *record.recall]
    for number in range(1, len(questions) + 1):
        assert page.index(f'id="question-{number}"') < page.index(f'id="answer-{number}"')
        assert all(f'href="#{kind}-{number}"' in page for kind in ("question", "answer"))
    assert all(option in unescape(page) for question in questions for option in question.options if "`" not in option)
    assert "Appendix: what happens, and why" in page
    assert "_static/mathjax/tex-chtml.js" in page
    assert 'src="https://' not in page

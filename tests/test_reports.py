"""What the instructor reads and fills in: a Canvas class graded by the real command, marks by hand, class report."""

import base64
import codecs
import csv
import io
import json
import re
import shutil
import subprocess
import xml.etree.ElementTree as ET
import zipfile
from html import unescape
from pathlib import Path
from typing import Any, Literal

import pytest
from PIL import Image

from course.build import WrittenQuestion, load_source
from course.checks.learnt import LEARNT
from course.grading.canvas import read_gradebook
from course.grading.class_page import class_page
from course.grading.collect import read_submission
from course.grading.grade import grade as grade_one
from course.grading.grade_class import material_for
from course.grading.marks import read_marks, read_overrides
from course.grading.results import ClassResults
from tests.browser import AXE, chromium, find_chromium, serious
from tests.gates import ROOT
from tests.submissions import LAB, OTHERWISE, blank, save, solved, with_answers, with_cell
from tests.test_grading import SANDBOX, course

pytestmark = pytest.mark.sandbox

SCRIPT = "<script>alert(1)</script>"
EXPORTED = (
    "Student,ID,SIS User ID,SIS Login ID,Section,Lab 01 (77),Lab 02: Learning (78),Current Score\n"
    ",,,,,,Manual Posting,\n"
    "    Points Possible,,,,,10,21,(read only)\n"
    '"Lovelace, Ada",4711,s1,ada@uni,"A, 9 o\'clock",9,,90\n'
    '"Turing, Alan",4712,s2,alan@uni,A,8,12,80\n'
    '"Noether, Emmy",4713,s3,emmy@uni,B,7,,70\n'
    '"=HYPERLINK(""x"")",4714,s4,evil@uni,B,7,,70\n'
)


def writing(notebook: dict[str, Any], text: str) -> dict[str, Any]:
    next(c for c in notebook["cells"] if "written" in c["metadata"].get("course", {}))["source"] = text
    return notebook


def with_pictures(notebook: dict[str, Any]) -> dict[str, Any]:
    """Paste a picture into the written answer, and something that says it is one."""
    cell = next(c for c in notebook["cells"] if "written" in c["metadata"].get("course", {}))
    out = io.BytesIO()
    Image.new("RGB", (30, 20), "red").save(out, "PNG")
    cell["attachments"] = {"drawn.png": {"image/png": base64.b64encode(out.getvalue()).decode()}}
    svg = base64.b64encode(b"<svg onload='alert(1)'></svg>").decode()
    cell["source"] += f"\n![](attachment:drawn.png)\n![](data:image/svg+xml;base64,{svg})"
    return notebook


def having_learnt(notebook: dict[str, Any], before: dict[str, bool]) -> dict[str, Any]:
    """Add what the ten questions' table stores: some answers before the course, all of them right after it."""
    after: dict[str, Any] = dict.fromkeys(["rate", "test", "dropout"], True)
    rounds = {"before": before, "after": after | {"<b>": True, "scale": "right"}}
    shown = {"output_type": "display_data", "metadata": {}, "data": {LEARNT: rounds}}
    changed = with_cell(notebook, "")
    changed["cells"][0]["outputs"] = [shown]
    return changed


def make_canvas_zip(folder: Path) -> Path:
    odd = "def update(value, grad, lr):\n    return value - lr * grad + 0.25"
    wrong = "def dl_dp(y, p):\n    return 2 * (y - p)"
    notebooks = {
        "lovelaceada_4711_900": writing(
            having_learnt(solved(), {"rate": False, "test": True}), f"{SCRIPT} It goes uphill."
        ),
        "turingalan_LATE_4712_901": with_pictures(
            writing(having_learnt(with_answers(**OTHERWISE | {"dl_dp": wrong, "update": odd}), {"rate": True}), "=1+1")
        ),
        "noetheremmy_4713_902": blank(),
        "strangerdan_4999_903": writing(with_answers(**OTHERWISE | {"dl_dp": wrong}), "I was never enrolled."),
    }
    folder.mkdir(exist_ok=True)
    with zipfile.ZipFile(folder / "submissions.zip", "w") as archive:
        for name, notebook in notebooks.items():
            archive.write(save(folder, name, notebook), f"{name}_lab02_learning.ipynb")
        archive.writestr("cantorgeorg_4714_904_lab02_learning.ipynb", b"{cut off")
    return folder / "submissions.zip"


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_canvas_zip(tmp_path_factory.mktemp("canvas"))


@pytest.fixture(scope="module")
def graded(source: Path) -> Path:
    """Grade the class once; tests that change something work on a copy."""
    (source.parent / "gradebook.csv").write_text(EXPORTED, encoding="utf-8-sig")
    done = again(source, source.parent / "out")
    assert done.returncode == 0, done.stderr
    return source.parent / "out"


def again(source: Path, out: Path, *more: object) -> subprocess.CompletedProcess[str]:
    command = ("grade", source, "--lab", LAB, "--out", out, "--sandbox", SANDBOX)
    return course(*command, "--canvas-gradebook", source.parent / "gradebook.csv", *more)


@pytest.fixture
def out(graded: Path, tmp_path: Path) -> Path:
    shutil.copytree(graded, tmp_path / "out")
    return tmp_path / "out"


def table(path: Path, key: str) -> dict[str, dict[str, str]]:
    with path.open(newline="", encoding="utf-8-sig") as file:
        return {row[key]: row for row in csv.DictReader(file)}


def mark(out: Path, **marks: str) -> None:
    """Fill marks.csv in, as an instructor would."""
    rows = table(out / "marks.csv", "student")
    with (out / "marks.csv").open("w", newline="") as file:
        writer = csv.DictWriter(file, ["student", "friend", "friend text"])
        writer.writeheader()
        writer.writerows(row | {"friend": marks.get(name, row["friend"])} for name, row in rows.items())


ADA, ALAN, EMMY, GEORG, DAN = (
    "lovelaceada",
    "turingalan",
    "noetheremmy",
    "cantorgeorg",
    "strangerdan",
)


def test_canvas_file_is_what_canvas_imports(graded: Path) -> None:
    lines = list(csv.reader((graded / "canvas.csv").read_text().splitlines()))
    assert lines[0] == ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", "Lab 02: Learning (78)"]
    assert lines[1] == ["    Points Possible", "", "", "", "", "17"]
    assert lines[2:] == [
        ["Lovelace, Ada", "4711", "s1", "ada@uni", "A, 9 o'clock", "17"],
        ["Noether, Emmy", "4713", "s3", "emmy@uni", "B", "0"],
        ["Turing, Alan", "4712", "s2", "alan@uni", "A", "11"],
    ]


def test_who_is_not_in_the_gradebook_is_named_and_who_could_not_be_read_loses_nothing(source: Path, out: Path) -> None:
    done = again(source, out)
    assert f"not in the Canvas gradebook, so not in canvas.csv: {DAN}" in done.stderr
    assert "4714" not in (out / "canvas.csv").read_text()


def test_without_a_gradebook_the_numbers_come_from_the_file_names(source: Path, out: Path) -> None:
    done = course("grade", source, "--lab", LAB, "--out", out, "--sandbox", SANDBOX, "--canvas-assignment", "=Two")
    assert "(0 graded now)" in done.stdout
    rows = list(csv.reader((out / "canvas.csv").read_text().splitlines()))
    assert rows[0][-1] == "'=Two"
    assert ["lovelaceada", "4711", "", "", "", "17"] in rows
    assert ["strangerdan", "4999", "", "", "", "16"] in rows


@pytest.mark.parametrize(
    ("text", "assignment", "says"),
    [
        ("name,points\nada,3\n", "", "not a gradebook from Canvas"),
        (
            EXPORTED.replace("Lab 02: Learning (78)", "Essay (78)"),
            (),
            "add --canvas-assignment; there are 'Lab 01 (77)'",
        ),
        (EXPORTED.replace("Current Score", "Lab 2 again"), "", "2 columns"),
        (EXPORTED, "Quiz", "no column for 'Quiz'"),
    ],
)
def test_a_gradebook_that_does_not_fit_is_refused(tmp_path: Path, text: str, assignment: str, says: str) -> None:
    (tmp_path / "g.csv").write_text(text)
    with pytest.raises(ValueError, match=re.escape(says)):
        read_gradebook(tmp_path / "g.csv", LAB, assignment)


def test_marks_are_merged_and_kept_by_grading_again(source: Path, out: Path) -> None:
    before = table(out / "grades.csv", "student")
    assert before[ADA]["friend"] == ""
    assert (before[ADA]["total"], before[ADA]["max_total"]) == ("17", "17")
    mark(out, **{ADA: "3,5", ALAN: "4"})
    done = again(source, out)
    assert "(0 graded now)" in done.stdout
    after = table(out / "grades.csv", "student")
    assert (after[ADA]["friend"], after[ADA]["total"], after[ADA]["max_total"]) == ("3.5", "20.5", "21")
    assert (after[EMMY]["friend"], after[EMMY]["total"]) == ("", "")
    assert (after[ADA]["score"], after[ADA]["max_score"]) == ("17", "17")
    canvas = table(out / "canvas.csv", "ID")
    assert {key: list(row.values())[-1] for key, row in canvas.items() if key} == {"4711": "20.5", "4712": "15"}
    assert EMMY in done.stderr
    assert f"Written answers without a mark: {EMMY}, {DAN}. " in (out / "class.html").read_text()
    page = (out / "feedback" / f"{ADA}.html").read_text()
    assert "20.5 of 21 points" in page
    assert "3.5 of 4 points, marked by hand" in page
    assert "Rubric (4 points)" in page
    assert "The sign is wrong: the gradient points uphill" in page
    assert EMMY in (out / "class.html").read_text()
    kept = (out / "marks.csv").read_bytes()
    again(source, out)
    assert (out / "marks.csv").read_bytes() == kept
    assert table(out / "marks.csv", "student")[ADA]["friend"] == "3.5"


def test_tables_to_fill_in_tell_a_spreadsheet_their_encoding(graded: Path) -> None:
    for name in ("marks.csv", "overrides.csv"):
        assert (graded / name).read_bytes().startswith(codecs.BOM_UTF8 + b"student,"), name


def test_a_semicolon_table_saved_by_a_spreadsheet_is_read(source: Path, out: Path) -> None:
    text = f"student;friend;friend text\r\n{ADA};2,5;\r\n;;\r\n"
    (out / "marks.csv").write_text(text, encoding="utf-8-sig")
    again(source, out)
    assert table(out / "grades.csv", "student")[ADA]["friend"] == "2.5"
    assert len(table(out / "marks.csv", "student")) == 5


@pytest.mark.parametrize(
    ("marks", "says"),
    [
        (
            "lovelaceada,5,",
            "row 2: expected for 'lovelaceada' a mark from 0 to 4 in the column 'friend', got '5'",
        ),
        ("lovelaceada,-1,", "got '-1'"),
        ("lovelaceada,nan,", "got 'nan'"),
        ("lovelaceada,good,", "got 'good'"),
        ("ada,3,", "row 2: no student who handed in is called 'ada'"),
        ("lovelaceada,3,\nlovelaceada,2,", "row 3: 'lovelaceada' has two rows"),
    ],
)
def test_marks_that_cannot_be_are_refused(tmp_path: Path, marks: str, says: str) -> None:
    (tmp_path / "marks.csv").write_text(f"student,friend,friend text\n{marks}\n")
    with pytest.raises(ValueError, match=re.escape(says)):
        read_marks(tmp_path / "marks.csv", [WrittenQuestion("friend", 4, "", "")], [ADA, ALAN])


def test_a_mark_that_cannot_be_stops_the_command_before_anything_is_written(source: Path, out: Path) -> None:
    mark(out, **{ADA: "5"})
    before = (out / "grades.csv").read_bytes()
    done = again(source, out)
    assert done.returncode == 2
    assert "a mark from 0 to 4" in done.stderr.strip().splitlines()[-1]
    assert (out / "grades.csv").read_bytes() == before


def test_a_text_that_changed_after_marking_is_said(source: Path, out: Path, tmp_path: Path) -> None:
    mark(out, **{ADA: "4"})
    folder = tmp_path / "later"
    shutil.copytree(source.parent, folder, ignore=shutil.ignore_patterns("out"))
    with zipfile.ZipFile(folder / "submissions.zip", "a") as archive:
        better = save(folder, "better", writing(solved(), "Against it."))
        archive.write(better, "lovelaceada_4711_999_lab02_learning-1.ipynb")
    done = again(folder / "submissions.zip", out)
    assert f"{ADA}: the written answer friend has changed since it was marked" in done.stderr
    assert table(out / "grades.csv", "student")[ADA]["friend"] == "4"
    assert "<strong>Changed</strong>" in (out / "written.html").read_text()
    rows = (out / "marks.csv").read_text()
    (out / "marks.csv").write_text(re.sub(rf"({ADA},4),t\w+", r"\1,", rows))
    assert "has changed" not in again(folder / "submissions.zip", out).stderr


def test_written_answers_are_read_beside_the_model(graded: Path) -> None:
    page = (graded / "written.html").read_text()
    assert "Rubric (4 points)" in page
    assert "The sign is wrong: the gradient points uphill" in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt; It goes uphill." in page
    assert "<script" not in page
    assert "Nothing was written." in page
    assert "default-src 'none'" in unescape(page)


def test_pictures_in_written_answers_are_shown_and_nothing_else_is_loaded(graded: Path) -> None:
    page = (graded / "written.html").read_text()
    assert "default-src 'none'; style-src 'unsafe-inline'; img-src data:" in unescape(page)
    assert "img-src" not in (graded / "class.html").read_text()
    assert re.findall(r'<img src="(data:image/\w+;base64,)[\w+/=]+" alt="([^"]+)"', page) == [
        ("data:image/png;base64,", f"Picture 1 of {ALAN}")
    ]
    assert "[picture 1: " in page
    assert "Picture 2 cannot be shown" in page
    assert "<svg" not in page


def test_who_wrote_nothing_is_folded_away(graded: Path) -> None:
    page = (graded / "written.html").read_text()
    folded = re.search(r"<details><summary>Nothing was written. 1 student</summary><p>(.*?)</p></details>", page)
    assert folded
    assert folded[1] == EMMY
    assert page.count(EMMY) == 1


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        ("ada,dl_dp,1,x", "row 2: no student who handed in is called 'ada'"),
        (f"{ADA},dl_pd,1,x", "row 2: expected an exercise (dl_dp, update), got 'dl_pd'"),
        (f"{ADA},dl_dp,2,x", "a mark from 0 to 1 in the column 'points', got '2'"),
        (f"{ADA},dl_dp,,x", "got ''"),
        (f"{ADA},dl_dp,1,", "expected a comment"),
        (f"{ADA},dl_dp,1,x\n{ADA},dl_dp,0,y", "row 3: 'dl_dp' of 'lovelaceada' has two rows"),
    ],
)
def test_points_by_hand_that_cannot_be_are_refused(tmp_path: Path, rows: str, says: str) -> None:
    (tmp_path / "overrides.csv").write_text(f"student,exercise,points,comment\n{rows}\n")
    with pytest.raises(ValueError, match=re.escape(says)):
        read_overrides(tmp_path / "overrides.csv", {"dl_dp": 1, "update": 1}, [ADA, ALAN])


def test_points_by_hand_are_in_every_report(source: Path, out: Path) -> None:
    comment = f"right {SCRIPT} in another way"
    (out / "overrides.csv").write_text(
        f"student;exercise;points;comment\n{ALAN};dl_dp;0,5;{comment}\n{GEORG};update;1;by letter\n"
    )
    done = again(source, out, "--regrade", f"student={ALAN}")
    assert "(1 graded now)" in done.stdout
    table_ = table(out / "grades.csv", "student")
    assert (table_[ALAN]["dl_dp"], table_[ALAN]["score"], table_[GEORG]["score"]) == ("0.5", "11.5", "1")
    assert "points of dl_dp by hand: 0.5 instead of 0" in table_[ALAN]["repairs"]
    assert table(out / "canvas.csv", "ID")["4712"].popitem()[1] == "11.5"
    assert '"by_hand": {"was": 0, "comment": ' in (out / "results.jsonl").read_text()
    for path in ("class.html", f"feedback/{ALAN}.html"):
        text = unescape((out / path).read_text())
        assert "in another way" in text
        assert "<script>" not in (out / path).read_text()
    assert "dl_dp: not yet (0.5 of 1 point)" in (out / "feedback" / f"{ALAN}.html").read_text()
    assert f">{GEORG}</th><td>unreadable" not in (out / "class.html").read_text()
    (out / "overrides.csv").write_text("student,exercise,points,comment\n")
    again(source, out)
    assert table(out / "grades.csv", "student")[ALAN]["dl_dp"] == "0"


def test_what_was_lost_with_another_answer_can_be_given_by_hand(source: Path, out: Path) -> None:
    """Alan's `train_neuron` uses his `update`, which adds 0.25: the report links to it and writes the row."""
    page = (out / "class.html").read_text()
    lost = re.search(
        r'<td class="number">1</td><th scope="row">train_neuron</th><td>update</td><td>(.*?)</td>', page, re.S
    )
    assert lost
    assert f'href="feedback/{ALAN}.html#train_neuron"' in lost[1]
    rows = re.search(r"<pre>(.*?)</pre>", lost[1], re.S)
    assert rows
    with (out / "overrides.csv").open("a") as file:
        file.write(unescape(rows[1]))
    again(source, out)
    assert table(out / "grades.csv", "student")[ALAN]["train_neuron"] == "4"
    assert '<th scope="row">train_neuron</th><td>update</td>' not in (out / "class.html").read_text()


def test_checks_that_changed_since_are_said_with_what_to_run(source: Path, out: Path) -> None:
    assert "have changed" not in again(source, out).stderr
    for path in (out / "store").glob(f"lab{LAB}-*.json"):
        stored = json.loads(path.read_text())
        if "exercises" in stored:
            for row in stored["exercises"]:
                row["checks"] = "other" if row["exercise"] in ("dl_dp", "update") else row["checks"]
            path.write_text(json.dumps(stored))
    said = again(source, out).stderr
    assert "the checks of dl_dp, update have changed" in said
    assert "--regrade dl_dp --regrade update" in said
    assert "have changed" not in again(source, out, "--regrade", "dl_dp", "--regrade", "update").stderr


def test_misunderstandings_lead_to_those_who_had_them(graded: Path) -> None:
    page = (graded / "class.html").read_text()
    row = next(row for row in page.split("<tr>") if "<td>sign</td>" in row)
    assert sorted(re.findall(r'href="feedback/(\w+)\.html#dl_dp">\1<', row)) == [DAN, ALAN]
    right = re.search(r"<details><summary>dl_dp: 3 not right yet</summary><p>(.*?)</p>", page, re.DOTALL)
    assert right
    assert sorted(re.findall(r">(\w+)</a>", right[1])) == [EMMY, DAN, ALAN]


def test_a_students_page_says_what_to_do_next(graded: Path) -> None:
    pages = {who: unescape((graded / "feedback" / f"{who}.html").read_text()) for who in (ADA, ALAN, EMMY, GEORG)}
    assert "there is nothing left to correct" in pages[ADA]
    assert 'open the lab at <code>dl_dp</code>, read <a href="#dl_dp">' in pages[ALAN]
    assert "open the lab at <code>dl_dp</code>, answer it" in pages[EMMY]
    assert 'Write your answer, run its cell, then run check("dl_dp").' in pages[EMMY]
    assert "hand it in again" in pages[GEORG]


def test_class_report_counts_what_happened(graded: Path) -> None:
    page = (graded / "class.html").read_text()
    text = re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", page)))
    assert "submissions 5 graded 3 blank 1 unreadable 1" in text
    assert f"{GEORG} unreadable not JSON" in text
    assert "Written answers: 3 to read, none marked yet" in text
    assert "dl_dp 1 0 2 1 25" in text
    assert "2 dl_dp sign The sign is swapped." in text
    assert "1 update The result is 0.25 too large everywhere." in text
    assert "1 handed in late, says Canvas" in text
    learnt = text.partition("What was learned")[2].partition("Repairs in notebooks")[0]
    assert learnt.endswith("right before right after rate 2 1 2 test 1 1 1 "), "dropout was answered only once"
    assert "Running the answers of one submission took" in text


def test_class_report_is_one_page_that_loads_nothing(graded: Path) -> None:
    page = (graded / "class.html").read_text()
    assert "default-src 'none'; style-src 'unsafe-inline'" in unescape(page)
    assert not re.search(r"<script|<link|<img|https?://(?!www.w3.org)|@import|\son\w+=", page)
    svg = re.search(r"<svg.*?</svg>", page, re.DOTALL)
    assert svg
    figure = ET.fromstring(svg[0])
    shares = [text.text for text in figure.iter("text") if text.text and text.text.endswith("%")]
    twin = re.findall(
        r'<th scope="row">(\w+)</th>(?:<td class="number">\d+</td>){4}<td class="number">(\d+)</td>', page
    )
    assert shares == [f"{share} %" for _, share in twin]
    assert len(twin) == 8


@pytest.mark.browser
@pytest.mark.skipif(find_chromium() is None, reason="no Chromium on this machine (set CHROMIUM to its path)")
def test_pages_fit_a_narrow_window_and_paper_shows_what_is_folded_away(graded: Path) -> None:
    with chromium() as watched:
        watched.page.set_viewport_size({"width": 700, "height": 900})
        for name in ("class.html", "written.html", f"feedback/{ALAN}.html"):
            watched.page.goto((graded / name).as_uri())
            assert watched.page.evaluate("document.documentElement.scrollWidth") <= 700, name
        answer = watched.page.locator("details code").first
        assert not answer.is_visible()
        watched.page.emulate_media(media="print")
        assert answer.is_visible()


@pytest.mark.browser
@pytest.mark.skipif(find_chromium() is None, reason="no Chromium on this machine (set CHROMIUM to its path)")
@pytest.mark.skipif(AXE is None, reason="axe-core is not installed (pip install axe-playwright-python)")
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious_on_any_page(graded: Path, scheme: Literal["light", "dark"]) -> None:
    with chromium() as watched:
        watched.page.emulate_media(color_scheme=scheme)
        for width in (700, 1600):
            watched.page.set_viewport_size({"width": width, "height": 900})
            for name in ("class.html", "written.html", *(f"feedback/{who}.html" for who in (ADA, ALAN, EMMY, GEORG))):
                watched.page.goto((graded / name).as_uri())
                watched.page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
                assert serious(watched.page.locator("html")) == [], (name, width)
                assert watched.page.evaluate("document.documentElement.scrollWidth") <= width, name


def test_nothing_that_steers_a_terminal_or_turns_writing_reaches_a_report(tmp_path: Path) -> None:
    """In the names of students and files, in the list of the class, in code, errors, outputs and written answers."""
    raw = "\x1b[2J\x9b31m\x07\u202egpj\u2066\u200f"
    answers = {
        "dl_dp": f"# {raw}\ndef dl_dp(y, p):\n    raise ValueError({raw!r})",
        "dp_dh": f"def dp_dh(p):\n    return {raw!r}",
        "dh_dw": f"raise TypeError({raw!r})\ndef dh_dw(x):\n    return x",
    }
    notebook = writing(with_cell(with_answers(**answers), f"# {raw}\nprint({raw!r})\nraise OSError({raw!r})", 3), raw)
    names = [f"ada{raw}", f"ada{raw}x"]
    for name in names:
        (tmp_path / "class" / name / raw).mkdir(parents=True)
        save(tmp_path / "class" / name / raw, f"lab02{raw}", notebook)
    (tmp_path / "class" / f"notes{raw}.txt").write_text(raw)
    (tmp_path / "list.csv").write_text(f"name,number\n{names[0]},1\nbob{raw},2\n")
    out = tmp_path / "out"
    command = ("grade", tmp_path / "class", "--lab", LAB, "--out", out, "--sandbox", SANDBOX)
    done = course(*command, "--roster", tmp_path / "list.csv")
    assert done.returncode == 0, done.stderr
    steers = set(raw) - set(raw.encode("ascii", "ignore").decode()) | {"\x1b", "\x07"}
    assert len(steers) == 6
    shown = {str(path.relative_to(out)): path.read_bytes().decode() for path in out.rglob("*.*") if path.is_file()}
    assert {"class.html", "written.html", "grades.csv", "results.jsonl", "marks.csv"} <= shown.keys()
    for name, text in {**shown, "said": done.stdout + done.stderr, "names": "".join(shown)}.items():
        if not name.endswith(".zip"):
            assert not steers & set(text), name


def test_class_report_escapes_what_students_wrote(tmp_path: Path) -> None:
    """Error texts and names reach the page of the class; neither may be markup."""
    path = save(tmp_path, "x", with_answers(dl_dp=f"def dl_dp(y, p):\n    raise ValueError({SCRIPT!r})"))
    result = grade_one(read_submission(path), material_for(ROOT, LAB, 1), "none" if SANDBOX == "none" else "bubblewrap")
    source = load_source(ROOT / "solutions" / "lab02_learning.py")
    page = class_page(ClassResults(LAB, source.title, [(SCRIPT, result)]))
    assert "raises ValueError: &lt;script&gt;" in page
    for exercise in ("gradient", "batch_gradient", "train_neuron"):  # the last one uses dl_dp by way of the others
        assert f'<th scope="row">{exercise}</th><td>dl_dp</td>' in page
    assert "<script" not in page

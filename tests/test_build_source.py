"""The build refuses a faulty source and says where; stubs keep their place and give nothing away."""

import re
import warnings
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nbformat.warnings import DuplicateCellId

from course.build import Exercise, LabChecks, SourceFault, build_record, load_checks, load_source, student_notebook
from course.build.notebooks import clean_outputs, solved_notebook
from course.build.percent import read_cells
from course.build.source import Cell, with_solution, with_stub
from tests.gates import LABS, ROOT, source_of

HEAD = "# %% [markdown]\n# # Lab 77 · A lab\n\n"
ANSWER = '# %% exercise="f"\ndef f(x):\n    ### BEGIN SOLUTION\n    return x + 1\n    ### END SOLUTION\n\n'
CHECK = '# %%\ncheck("f")\n'
WRITTEN = (
    '\n# %% [markdown]\n# *Rubric (3 points): what (2); why (1).*\n#\n# What, and why?\n\n# %% [markdown] written="w"\n'
    "# ### BEGIN SOLUTION\n# This.\n#\n# *What earns the points: this (2); its reason (1).*\n# ### END SOLUTION\n"
)


def write(folder: Path, text: str, name: str = "lab77_made_up.py") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_a_good_source_is_read(tmp_path: Path) -> None:
    source = load_source(write(tmp_path, HEAD + ANSWER + CHECK + WRITTEN))
    assert (source.lab, source.slug, source.title) == ("77", "made_up", "Lab 77 · A lab")
    assert source.exercises == ["f"]
    assert [cell.check for cell in source.cells] == ["", "", "f", "", ""]
    assert [(w.name, w.points, w.rubric) for w in source.written] == [("w", 3, "Rubric (3 points): what (2); why (1).")]


FAULTS = {
    "nested": (
        ANSWER.replace("    return", "    ### BEGIN SOLUTION\n    return") + CHECK,
        "py:7: .*began at line 6",
    ),
    "not closed": (ANSWER.replace("    ### END SOLUTION\n", ""), "6: .*never closed|6: .*still open"),
    "across cells": (ANSWER.replace("    return", "# %%\n    return") + CHECK, "still open when the next cell begins"),
    "end alone": (ANSWER.replace("    ### BEGIN SOLUTION\n", "") + CHECK, "without a '### BEGIN SOLUTION'"),
    "mark with more": (ANSWER.replace("BEGIN SOLUTION", "BEGIN SOLUTION here") + CHECK, "alone on its line"),
    "twice": (ANSWER + CHECK + ANSWER, "'f' appears twice"),
    "check first": (CHECK + ANSWER, "'f' is before its exercise"),
    "check of nothing": (ANSWER + CHECK + '# %%\ncheck("g")\n', "'g' is before its exercise, or has none"),
    "checked twice": (ANSWER + CHECK + CHECK, "'f' appears twice"),
    "no check": (ANSWER, 'no check\\("f"\\) follows'),
    "no name": (ANSWER.replace(' exercise="f"', "") + CHECK, "has no exercise="),
    "no solution": (
        ANSWER.replace("    ### BEGIN SOLUTION\n", "").replace("    ### END SOLUTION\n", "") + CHECK,
        "has no",
    ),
    "other name": (ANSWER.replace("def f", "def h") + CHECK, "does not define 'f'"),
    "not Python": (ANSWER.replace("def f(x):", "def f(x)") + CHECK, "is not Python"),
    "code that explains": ('# %% why="p"\n1 + 1\n\n' + ANSWER + CHECK, "what is shown afterwards is text"),
    "hidden text": ('# %% [markdown] hide="code"\n# Look.\n\n' + ANSWER + CHECK, 'hide="code" on a cell of code'),
    "hidden what": ('# %% hide="output"\n1 + 1\n\n' + ANSWER + CHECK, 'hide="code" on a cell of code'),
    "no rubric": (WRITTEN.replace("Rubric", "Points"), "'w' needs '.Rubric"),
    "a rubric that does not add up": (WRITTEN.replace("what (2)", "what (1)"), "rubric of 'w' gives 2 points, not 3"),
    "a model answer that does not": (WRITTEN.replace("this (2)", "this (3)"), "answer's last .* gives 4 points, not 3"),
    "another lab": ('# %%\nlab = open_lab("00", globals())\n\n' + ANSWER + CHECK, 'open_lab."77", …. .*, got "00"'),
    "unknown metadata": (ANSWER.replace('exercise="f"', 'exercise="f" colour="red"') + CHECK, "colour"),
    "metadata without a key": (
        ANSWER.replace('exercise="f"', 'exercise="f", "red"') + CHECK,
        "py:4: .*such as exercise",
    ),
    "metadata without quotes": (
        ANSWER.replace('"f"', "f") + CHECK,
        'py:4: .*such as exercise="name", got \'exercise=f',
    ),
    "text that is no comment": (
        "# %% [markdown]\n# One line,\nand another.\n\n" + ANSWER,
        "py:6: expected text as com",
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_refused_by_name(tmp_path: Path, fault: str) -> None:
    text, says = FAULTS[fault]
    with pytest.raises(SourceFault, match=says) as raised:
        load_source(write(tmp_path, HEAD + text))
    assert "lab77_made_up.py" in str(raised.value)


def test_the_title_and_the_name_are_wanted(tmp_path: Path) -> None:
    with pytest.raises(SourceFault, match="title"):
        load_source(write(tmp_path, ANSWER + CHECK))
    with pytest.raises(SourceFault, match="lab02_learning"):
        load_source(write(tmp_path, HEAD, name="seventh.py"))


def test_nothing_but_a_header_stands_before_the_first_cell(tmp_path: Path) -> None:
    header = "# ---\n# jupyter:\n#   kernelspec: python3\n# ---\n\n"
    assert load_source(write(tmp_path, header + HEAD + ANSWER + CHECK)).title == "Lab 77 · A lab"
    with pytest.raises(SourceFault, match="py:1: expected the first cell"):
        load_source(write(tmp_path, header + "x = 1\n\n" + HEAD + ANSWER + CHECK))


@pytest.mark.parametrize("lab", LABS)
def test_a_lab_is_read_as_jupytext_reads_it(lab: str) -> None:
    """So JupyterLab shows its source as a notebook with the same cells."""
    import jupytext

    path = source_of(lab).path
    text = path.read_text(encoding="utf-8")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DuplicateCellId)  # ids are drawn, seldom one twice
        cells = jupytext.reads(text, fmt="py:percent").cells
    about = [{k: v for k, v in cell.metadata.items() if not k.startswith("lines_to_")} for cell in cells]
    theirs = [(cell.cell_type, cell.source, found) for cell, found in zip(cells, about, strict=True)]
    assert list(read_cells(path, text)) == theirs


def test_checks_must_fit_the_source(tmp_path: Path) -> None:
    source = load_source(write(tmp_path, HEAD + ANSWER + CHECK))
    with pytest.raises(SourceFault, match="missing"):
        load_checks(source)
    (tmp_path / "checks").mkdir()
    checks = write(tmp_path / "checks", "LAB = 3\n", "lab77.py")
    with pytest.raises(SourceFault, match="LabChecks named LAB"):
        load_checks(source)
    start = "from course.build import Exercise, LabChecks\nLAB = LabChecks(exercises=["
    checks.write_text(start + "])\n")
    with pytest.raises(SourceFault, match="no entry for exercise 'f'"):
        load_checks(source)
    checks.write_text(start + "Exercise('f', points=1), Exercise('g', points=1)])\n")
    with pytest.raises(SourceFault, match="declares 'g'"):
        load_checks(source)


AFTERWARDS = """
# %% hide="code"
lab.predict("p", lambda: 1.0)

# %% [markdown] why="p"
# It is one.

# %% [markdown] why="p"
# Always.

# %% [markdown] buys="f"
# Now `f`
# counts.

"""


def test_what_is_shown_afterwards_is_in_the_record_and_in_no_notebook(tmp_path: Path) -> None:
    source = load_source(write(tmp_path, HEAD + AFTERWARDS + ANSWER + CHECK))
    (tmp_path / "checks").mkdir()
    head = (
        "from course.build import Exercise, LabChecks, Prediction\nLAB = LabChecks(exercises=[Exercise('f', points=1, "
    )
    head += "cases=lambda rng: [{'x': 3.5}])]"
    write(tmp_path / "checks", head + ", predictions=[Prediction('p', 'How many?', reason=True)])\n", "lab77.py")
    checks = load_checks(source)
    record = build_record(source, checks)
    assert (record.predictions["p"].why, record.predictions["p"].reason) == ("It is one.\n\nAlways.", True)
    assert record.exercises["f"].buys == "Now `f` counts."
    for notebook in (student_notebook(source, checks), solved_notebook(source, checks)):
        texts = ["".join(cell["source"]) for cell in notebook["cells"]]
        assert [text for text in texts if "It is one" in text or "counts" in text] == []
        folded = [cell["metadata"].get("jupyter") for cell in notebook["cells"]]
        assert [about for about in folded if about] == [{"source_hidden": True}]
    write(tmp_path / "checks", head + ")\n", "lab77.py")
    with pytest.raises(SourceFault, match=r'marked why="…" for each of \[\]: correct \'p\''):
        load_checks(source)
    stray = AFTERWARDS.replace('buys="f"', 'buys="g"').replace('why="p"', "")
    with pytest.raises(SourceFault, match="no exercise 'g'"):
        load_checks(load_source(write(tmp_path, HEAD + stray + ANSWER + CHECK)))


def test_the_ten_lines_of_the_instructions_are_an_exercise(tmp_path: Path) -> None:
    _, _, text = (ROOT / "solutions" / "README.md").read_text(encoding="utf-8").partition("## Add an exercise")
    cells, declaration = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    (tmp_path / "checks").mkdir()
    head = "from course.build import Exercise, LabChecks, Slip\n"
    write(tmp_path / "checks", f"{head}LAB = LabChecks(exercises=[{declaration}])\n", "lab77.py")
    source = load_source(write(tmp_path, HEAD + '# %% tags=["setup"]\nimport numpy as np\n\n' + cells))
    checks = load_checks(source)
    record = build_record(source, checks).exercises["double"]
    assert [slip.name for slip in record.slips] == [slip.name for slip in checks.exercises[0].slips]


def code(source: str, **about: str) -> Cell:
    return Cell("code", source, **about)


def test_a_stub_stands_where_the_solution_stood() -> None:
    method = (
        "class A:\n    def f(self):\n        ### BEGIN SOLUTION\n        return 1\n        ### END SOLUTION\n    y = 2"
    )
    assert with_stub(code(method)) == "class A:\n    def f(self):\n        raise NotImplementedError\n    y = 2"
    assert with_stub(code("### BEGIN SOLUTION\na, b = 1, 2\n### END SOLUTION")) == "a = ...\nb = ..."


def test_a_written_stub_replaces_the_solution_and_is_left_out_of_the_solved_cell() -> None:
    cell = code("t = [\n    ### BEGIN SOLUTION\n    1,\n    ### STUB\n    # ...,  # the first\n    ### END SOLUTION\n]")
    assert with_stub(cell) == "t = [\n    ...,  # the first\n]"
    assert with_solution(cell) == "t = [\n    ### BEGIN SOLUTION\n    1,\n    ### END SOLUTION\n]"


def test_a_written_answer_shows_where_to_write() -> None:
    cell = Cell("markdown", "### BEGIN SOLUTION\nthe model answer\n### END SOLUTION", written="why")
    assert "the model answer" not in with_stub(cell)
    assert with_solution(cell) == "the model answer"


@given(
    st.lists(st.sampled_from(["secret = 1", "if x:", "    return secret", "", "# secret"]), max_size=6),
    st.integers(0, 3),
)
def test_stripping_never_leaks(lines: list[str], depth: int) -> None:
    indent = "    " * depth
    body = "\n".join(indent + line for line in lines)
    cell = code(f"def f():\n{indent}### BEGIN SOLUTION\n{body}\n{indent}### END SOLUTION\nafter = 1")
    if depth == 0:
        return  # at the top level a stub names what the solution defines: tested above
    shown = with_stub(cell)
    assert "secret" not in shown
    assert shown.splitlines()[-1] == "after = 1"
    assert f"{indent}raise NotImplementedError" in shown


def test_words_to_our_formatter_stay_with_us(tmp_path: Path) -> None:
    said = "# %%\nw = [1,\n     2]  # fmt: skip  # 2 parameters\nv = 3  # fmt: skip\n\n"
    source = load_source(write(tmp_path, HEAD + said + ANSWER + CHECK))
    checks = LabChecks([Exercise("f", 1, lambda rng: [{"x": 1.0}])])
    for notebook in (student_notebook(source, checks), solved_notebook(source, checks)):
        assert "".join(notebook["cells"][1]["source"]) == "w = [1,\n     2]  # 2 parameters\nv = 3"


def test_solved_notebooks_keep_text_and_neither_pixels_nor_widgets() -> None:
    table, picture, widget = (
        {"text/plain": "in words", "text/html": html}
        for html in ("<table></table>", '<img src="data:image/png;base64,AA==" alt="">', "<p>a twin</p>")
    )
    widget["application/vnd.jupyter.widget-view+json"] = '{"model_id": "1"}'
    outputs = [{"output_type": "display_data", "data": data, "metadata": {}} for data in (table, picture, widget)]
    assert [output["data"] for output in clean_outputs(outputs)] == [
        {"text/plain": "in words", "text/html": "<table></table>"},
        {"text/plain": "in words"},
        {"text/plain": "in words"},
    ]

"""Ten questions before lab 01 and after lab 13: nothing is told the first time, all is explained the second."""

import json
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from course import Concepts
from course.checks.concepts import QUESTIONS
from course.checks.learnt import LEARNT, NAMES, learnt_in
from course.checks.store import SKIPPED
from tests.gates import ROOT


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv("COURSE_PROGRESS")
    return tmp_path


def test_there_are_ten_each_with_one_right_option() -> None:
    assert len(QUESTIONS) == len({question.name for question in QUESTIONS}) == 10
    assert tuple(question.name for question in QUESTIONS) == NAMES
    for number, question in enumerate(QUESTIONS, start=1):
        assert question.question.startswith(f"{number}. ")
        assert len(set(question.options)) == 3
        assert question.correct in range(3)
        assert question.why


def test_the_first_round_tells_nothing(folder: Path) -> None:
    for question, asked in zip(QUESTIONS, Concepts(folder).before().questions, strict=True):
        assert asked.skip.description == "I do not know"
        asked.field.value = question.options[0]
        asked.button.click()
        shown = " ".join(asked._repr_mimebundle_().values())
        assert "Kept." in shown
        assert question.why not in shown
        assert "✔" not in shown
        assert "✘" not in shown


def test_the_second_round_explains_and_both_stand_side_by_side(folder: Path) -> None:
    concepts = Concepts(folder)
    first, second = (round_.questions[0] for round_ in (concepts.before(), concepts.after()))
    first.submit(QUESTIONS[0].options[0])
    second.submit(QUESTIONS[0].options[QUESTIONS[0].correct or 0])
    assert QUESTIONS[0].why in second._repr_mimebundle_()["text/plain"]
    concepts.before().questions[1].submit(SKIPPED)
    rows = Concepts(folder).result().rows
    assert [list(row[2:]) for row in rows[:3]] == [["✘", "✔"], ["skipped", "–"], ["–", "–"]]
    assert list(rows[-1][2:]) == ["0", "1"]


def test_a_notebook_stores_right_or_not_and_no_answers(folder: Path) -> None:
    concepts = Concepts(folder)
    right, wrong = QUESTIONS[0].options[2], QUESTIONS[0].options[0]
    concepts.before().questions[0].submit(wrong)
    concepts.before().questions[1].submit(SKIPPED)
    concepts.after().questions[0].submit(right)
    stored = concepts.result()._repr_mimebundle_()
    assert stored[LEARNT] == {"before": {"neuron": False, "gradient": False}, "after": {"neuron": True}}
    assert right not in str(stored)
    cell = {"outputs": [{"output_type": "execute_result", "data": stored}]}
    assert learnt_in(cell) == stored[LEARNT]
    invented = dict.fromkeys(["cheated_bob", "neuron"], True)
    assert learnt_in({"outputs": [{"data": {LEARNT: {"before": invented, "after": invented}}}]}) == {
        "before": {"neuron": True},
        "after": {"neuron": True},
    }
    assert learnt_in({"outputs": [{"data": {LEARNT: {"before": {"neuron": 7, "a b": True}}}}]}) == {
        "before": {},
        "after": {},
    }


def test_what_was_answered_is_there_again(folder: Path) -> None:
    Concepts(folder).before().questions[2].submit(QUESTIONS[2].options[1])
    again = Concepts(folder).before()
    assert repr(again).count("●") == 1
    assert list(json.loads((folder / "progress" / "lab_concepts.json").read_text())) == ["before"]


@pytest.mark.kernel
def test_the_notebook_runs_and_was_released_without_outputs(folder: Path) -> None:
    page = nbformat.read(ROOT / "labs" / "concepts.ipynb", as_version=4)
    assert [cell.get("outputs", []) for cell in page.cells] == [[]] * len(page.cells)
    NotebookClient(page, timeout=60, resources={"metadata": {"path": str(folder)}}).execute()
    shown = [str(cell.get("outputs", "")) for cell in page.cells]
    assert [text.count("exactly one is 1") > 0 for text in shown if "Output" in text or "data" in text][:2] == [
        True,
        True,
    ]
    assert "what you have learned" in shown[-1]

"""What a notebook calls: check, ready, hint, predict, recall, progress; and what is remembered."""

import json
import os
from concurrent.futures import ThreadPoolExecutor
from copy import deepcopy
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from course.build.builder import same_data
from course.checks import CheckFailed, Lab, LabRecord, open_lab, strict
from course.checks.questions import Prediction
from course.checks.store import Store, write_atomically
from tests.gates import ROOT, record_of

RIGHT = {"dl_dp": lambda y, p: 2 * (p - y), "dp_dh": lambda p: p * (1 - p)}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv("COURSE_PROGRESS")
    monkeypatch.setenv("COURSE_STRICT", "0")
    return tmp_path


def lab_with(folder: Path, **answers: Any) -> Lab:
    return Lab(deepcopy(record_of("02")), answers, folder)


def remembered(folder: Path) -> dict[str, Any]:
    return json.loads((folder / "progress" / "lab02.json").read_text())


def test_check_shows_and_remembers(folder: Path) -> None:
    lab = lab_with(folder, **RIGHT)
    report = lab.check("dl_dp")
    assert report.verdict.passed
    bundle = report._repr_mimebundle_()
    assert bundle["text/plain"] == repr(report)
    assert "right" in bundle["text/html"]
    assert remembered(folder)["checks"] == {"dl_dp": {"outcome": "pass", "points": 1}}


def test_progress_counts_what_was_checked(folder: Path) -> None:
    lab = lab_with(folder, **RIGHT)
    for name in ("dl_dp", "dp_dh", "update"):
        lab.check(name)
    said = ["lab 02: 2 of 8 exercises, 2 of 17 points", "   predictions: 0 of 6; recall: 0 of 3; in your own words: ?"]
    assert repr(lab).splitlines() == said, "and there is no notebook here"
    assert repr(lab_with(folder)).splitlines() == said, "remembered over a restart"
    assert "in your own words: open" in repr(open_lab("02", {}, ROOT / "labs"))


def test_strict_raises_the_same_message(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lab = lab_with(folder)
    shown = repr(lab.check("dl_dp"))
    monkeypatch.setenv("COURSE_STRICT", "1")
    with pytest.raises(CheckFailed) as raised:
        lab.check("dl_dp")
    assert str(raised.value) == shown
    assert raised.value._render_traceback_() == shown.splitlines()
    monkeypatch.setattr("course.checks.lab._strict", None)  # put back afterwards
    strict(False)
    assert not lab.check("dl_dp").verdict.passed


@pytest.mark.parametrize(("name", "value"), [("PYTEST_VERSION", "9"), ("NBGRADER_EXECUTION", "autograde")])
def test_strict_under_pytest_and_nbgrader(folder: Path, monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    for variable in ("COURSE_STRICT", "PYTEST_VERSION"):
        monkeypatch.delenv(variable, raising=False)
    assert not lab_with(folder).check("dl_dp").verdict.passed
    monkeypatch.setenv(name, value)
    with pytest.raises(CheckFailed):
        lab_with(folder).check("dl_dp")


def test_ready_names_what_is_missing(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lab = lab_with(folder, **RIGHT)
    assert lab.ready("dl_dp", "dp_dh")
    assert not lab.ready("dl_dp", "update")
    assert capsys.readouterr().out == "This cell waits for update: once it passes, run it again.\n"
    lab_with(folder).ready("dl_dp", "dp_dh", "update")
    assert "for dl_dp, dp_dh and update: once they pass, run" in capsys.readouterr().out


def test_an_answer_that_uses_a_wrong_one_says_so(folder: Path) -> None:
    namespace: dict[str, Any] = {}
    exec("def dh_dw(x):\n    return x * 0\ndef gradient(x, y, w, b):\n    return dh_dw(x), 0.0", namespace)
    message = repr(lab_with(folder, **namespace).check("gradient"))
    assert "uses `dh_dw`" in message


def test_what_an_answer_uses_is_its_global_names_and_no_attributes(folder: Path) -> None:
    inside = lab_with(folder, **RIGHT, gradient=lambda x, y, w, b: [dl_dp(y, p) for p in x])  # type: ignore  # noqa: F821
    assert inside.check("gradient").verdict.first == ()
    wrong = {**vars(inside)["namespace"], "dl_dp": lambda y, p: y - p}
    assert Lab(record_of("02"), wrong, folder).check("gradient").verdict.first == ("dl_dp",)
    attribute = lab_with(folder, gradient=None, dl_dp=lambda y, p: np.gradient(p))
    assert attribute.check("dl_dp").verdict.first == ()


def test_hints_come_one_after_the_other(folder: Path) -> None:
    lab = lab_with(folder)
    said = [repr(lab.hint("update")) for _ in range(4)]
    assert [line[:11] for line in said] == ["Hint 1 of 3", "Hint 2 of 3", "Hint 3 of 3", "Hint 3 of 3"]
    assert said[2] == said[3]


@pytest.mark.parametrize("call", ["check", "hint", "ready"])
def test_an_unknown_name_lists_the_exercises(folder: Path, call: str) -> None:
    with pytest.raises(ValueError, match=r"no exercise 'upadte'; it has dl_dp.*update"):
        getattr(lab_with(folder), call)("upadte")


def test_a_prediction_is_recorded_before_the_run(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lab = lab_with(folder)
    seen = []

    def run() -> str:
        seen.append(remembered(folder)["predictions"]["direction"])
        return "It rises"

    question = lab.predict("direction", run)
    assert isinstance(question, Prediction)
    assert seen == [], "nothing is run before there is a guess"
    assert "It falls, then rises" in question._repr_mimebundle_()["text/plain"]
    assert lab.predict("direction", run, guess="It falls") is None
    assert seen == ["It falls"]
    shown = capsys.readouterr().out
    assert shown.index("You predicted: It falls") < shown.index("What happened: It rises")
    lab.predict("direction", run)
    assert seen == ["It falls", "It falls"], "answered once, it is not asked again"


def test_a_prediction_remembered_from_another_edition_is_asked_for_again(folder: Path) -> None:
    lab = lab_with(folder)
    lab._store.put("predictions", "direction", "an option of last year's")
    assert isinstance(lab.predict("direction", lambda: "It rises"), Prediction)


def test_a_click_records_and_reveals(folder: Path) -> None:
    question = lab_with(folder).predict("direction", lambda: "It rises")
    question.button.click()
    assert "Your guess first" in question.after.outputs[0]["data"]["text/plain"]
    question.field.value = "It rises"
    question.button.click()
    assert remembered(folder)["predictions"] == {"direction": "It rises"}
    assert question.button.disabled


def test_a_question_can_be_skipped_and_shows_the_same(folder: Path) -> None:
    lab = lab_with(folder)
    question = lab.predict("direction", lambda: "It rises")
    question.skip.click()
    assert remembered(folder)["predictions"] == {"direction": {"skipped": True}}
    shown = question._repr_mimebundle_()["text/plain"]
    assert "Shown without a prediction." in shown
    assert "What happened: It rises" in shown
    assert "You predicted" not in shown
    assert lab.answered("direction")
    assert lab.predict("direction", lambda: "It rises") is None, "it is not asked again"
    recall = lab.recall().questions[0]
    recall.skip.click()
    assert "○ It is: " in recall._repr_mimebundle_()["text/plain"]
    assert "1 skipped" in repr(lab.progress())


def test_a_cell_that_answers_waits_for_its_question(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lab = lab_with(folder)
    assert not lab.answered("direction", "eps")
    assert capsys.readouterr().out.count("This cell waits for a question above") == 2
    lab.predict("direction", lambda: "It rises", guess="It falls")
    capsys.readouterr()
    assert not lab.answered("direction", "eps")
    assert "Ten steps" not in capsys.readouterr().out
    assert lab.answered("direction")
    with pytest.raises(ValueError, match="no prediction 'directoin'"):
        lab.answered("directoin")


def test_a_reason_is_kept_beside_the_guess(folder: Path) -> None:
    lab = lab_with(folder)
    lab.record.predictions["direction"] = replace(lab.record.predictions["direction"], reason=True)
    question = lab.predict("direction", lambda: "It rises")
    assert question.reason in question.children
    assert lab.predict("eps", lambda: "x").reason not in lab.predict("eps", lambda: "x").children
    question.field.value, question.reason.value = "It falls", " because of the minus "
    question.button.click()
    assert remembered(folder)["reasons"] == {"direction": "because of the minus"}
    assert "Why? because of the minus" in question._repr_mimebundle_()["text/plain"]


def test_a_pass_says_what_it_buys(folder: Path) -> None:
    lab = lab_with(folder, **RIGHT)
    lab.record.exercises["dl_dp"] = replace(lab.record.exercises["dl_dp"], buys="Now `p` has a slope.")
    report = lab.check("dl_dp")
    assert report.text.splitlines()[1:] == ["   Now `p` has a slope."]
    assert "Now <code>p</code> has a slope." in report.html
    assert len(lab_with(folder, update=lambda *_: 0).check("update").text.splitlines()) > 1


def test_a_double_click_runs_once(folder: Path) -> None:
    runs: list[str] = []
    question = lab_with(folder).predict("direction", lambda: runs.append("run") or "It rises")
    question.field.value = "It rises"
    question.button.click()
    question.button.click()
    assert runs == ["run"]


def test_an_experiment_that_fails_leaves_the_question(folder: Path) -> None:
    question = lab_with(folder).predict("direction", lambda: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        question.submit("It rises")
    bundle = question._repr_mimebundle_()
    assert "application/vnd.jupyter.widget-view+json" in bundle
    assert "●" not in bundle["text/plain"]


def test_a_number_is_asked_for_as_a_number(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lab = lab_with(folder)
    with pytest.raises(ValueError, match="a number as the guess, got 'steep'"):
        lab.predict("steepest", lambda: 0.25, guess="steep")
    question = lab.predict("steepest", lambda: 0.25)
    question.field.value = "0,3"
    question.button.click()
    assert remembered(folder)["predictions"] == {"steepest": 0.3}
    with pytest.raises(ValueError, match="as the guess, got 'sideways'"):
        lab.predict("direction", lambda: "It rises", guess="sideways")


def test_recall_answers_at_once(folder: Path) -> None:
    lab = lab_with(folder)
    recall = lab.recall()
    first = recall.questions[0]
    right = first.question.options[first.question.correct or 0]
    wrong = next(option for option in first.question.options if option != right)
    first.field.value = wrong
    first.button.click()
    assert f"✘ It is: {right}" in first.after.outputs[0]["data"]["text/plain"]
    again = lab.recall(**{first.question.name: right})
    assert "✔ Yes." in repr(again)
    assert remembered(folder)["recall"] == {first.question.name: right}


def test_an_answer_stands_whatever_the_page_tells_of_its_output_meanwhile(folder: Path) -> None:
    first = lab_with(folder).recall().questions[0]
    # JupyterLab sends what an Output shows back to the kernel, which hears it in another thread: by then it may be old
    first.after.observe(lambda _: first.after.set_trait("outputs", ()), "outputs")
    first.submit(first.question.options[first.question.correct or 0])
    assert "✔ Yes." in first._repr_mimebundle_()["text/plain"]


def test_what_is_remembered_at_once_from_several_threads_is_all_kept(folder: Path) -> None:
    names = [f"e{n}" for n in range(40)]
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda name: Store("02", folder).put("recall", name, 1), names))
    assert sorted(remembered(folder)["recall"]) == sorted(names)


def test_a_file_that_cannot_be_read_is_kept_aside(folder: Path) -> None:
    store = Store("02", folder)
    store.put("checks", "a", 1)
    store.path.write_text("{half")
    assert store.load() == {}
    store.put("checks", "b", 2)
    assert store.load() == {"checks": {"b": 2}}
    assert (store.path.parent / "lab02.unreadable1.json").read_text() == "{half"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_cannot_be_written_stops_nothing(folder: Path) -> None:
    folder.chmod(0o500)
    assert lab_with(folder, **RIGHT).check("dl_dp").verdict.passed
    folder.chmod(0o700)


def test_writing_leaves_the_old_file_or_the_new_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a" / "b.txt"
    write_atomically(path, "old")
    with pytest.raises(TypeError):
        write_atomically(path, 3)  # type: ignore[arg-type]
    assert path.read_text() == "old"
    assert [entry.name for entry in path.parent.iterdir()] == ["b.txt"]


def test_the_record_is_found_beside_the_notebook_or_named(folder: Path) -> None:
    found = open_lab("02", {}, ROOT / "labs").record
    # another processor may have built what is stored, and rounds otherwise
    assert same_data(json.loads(found.to_json()), json.loads(record_of("02").to_json()))
    with pytest.raises(FileNotFoundError, match=r"lab99.json.*Looked in"):
        open_lab("99", {}, folder)


def test_a_record_of_another_format_is_refused() -> None:
    text = record_of("02").to_json().replace('"format":4', '"format":7')
    with pytest.raises(ValueError, match="format 4, got 7"):
        LabRecord.from_json(text)
    assert LabRecord.from_json(record_of("02").to_json()) == record_of("02")

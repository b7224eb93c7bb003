"""What came back from the sandbox is compared in a limited child: what blows up is wrong, and costs itself."""

import json
import os
import signal
from typing import Any

import pytest

from course.build import build_record
from course.checks import ERROR, PASS, WRONG, ExerciseRecord, Verdict
from course.grading import compare, compare_process
from course.grading.compare import TOO_MUCH, Ran, verdict_on
from course.inside.observe import observe
from tests.gates import answers_of, checks_of, record_of, source_of
from tests.submissions import LAB

SECRET, PUBLIC = build_record(source_of(LAB), checks_of(LAB), 7), record_of(LAB)


def right(name: str) -> Ran:
    secret, public = SECRET.exercises[name], PUBLIC.exercises[name]
    seen = [observe(secret.probe, answers_of(LAB)[name], case) for case in public.cases + secret.cases]
    return Ran("done", json.dumps(seen))


def replaced(name: str, value: Any) -> Ran:
    return Ran("done", json.dumps([{"value": value} for _ in json.loads(right(name).data)]))


def test_right_answers_pass_by_way_of_the_helper() -> None:
    for _ in range(2):  # the second time it knows the records
        found = compare_process.verdicts(SECRET, PUBLIC, {name: right(name) for name in SECRET.exercises})
        assert [(verdict.exercise, verdict.outcome) for verdict in found] == [(name, PASS) for name in SECRET.exercises]


def kill_itself(*_: Any) -> Verdict:
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError


def never_end(*_: Any) -> Verdict:
    while True:
        pass


def fill_the_memory(*_: Any) -> Verdict:
    return bytearray(compare_process.MEMORY)  # type: ignore[return-value]


@pytest.mark.parametrize("blow_up", [kill_itself, never_end, fill_the_memory])
def test_what_blows_up_is_wrong_and_the_others_are_judged(blow_up: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def fragile(secret: ExerciseRecord, *rest: Any) -> Verdict:
        return blow_up() if secret.name in ("dl_dp", "dh_dw") else verdict_on(secret, *rest)

    monkeypatch.setattr(compare_process, "verdict_on", fragile)
    monkeypatch.setattr(compare_process, "SECONDS", 1)
    found = compare_process._in_children(SECRET, PUBLIC, {name: right(name) for name in SECRET.exercises})
    for verdict in found:
        broken = verdict.exercise in ("dl_dp", "dh_dw")
        assert (verdict.outcome, verdict.diagnosis) == ((WRONG, TOO_MUCH) if broken else (PASS, "")), verdict.exercise


def test_a_comparison_that_runs_out_of_memory_is_wrong_and_no_fault_of_the_grader(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def run_out(*_: Any) -> None:
        raise MemoryError

    monkeypatch.setattr(compare, "judge", run_out)
    verdict = verdict_on(SECRET.exercises["dl_dp"], PUBLIC.exercises["dl_dp"], right("dl_dp"), 4.0)
    assert (verdict.outcome, verdict.diagnosis) == (WRONG, TOO_MUCH)


@pytest.mark.parametrize("nested", [False, True])
def test_texts_are_refused_before_they_become_arrays(nested: bool) -> None:
    """NumPy gives each the room of the longest: 25,000 of them, one long, cost 1.3 GB."""
    texts: Any = {"list": ["x" * 13_000, *["y"] * 24_999]}
    value = {"tuple": [texts, {"list": [1.0]}]} if nested else texts
    verdict = verdict_on(SECRET.exercises["dl_dp"], PUBLIC.exercises["dl_dp"], replaced("dl_dp", value), 4.0)
    assert verdict.outcome == ERROR
    assert verdict.example
    assert "texts of up to 13000 characters, expected numbers" in verdict.example.got


@pytest.mark.parametrize("data", ["", "7", "[", "[" * 100_000, '{"value": 1}', "[1, 2]", "[null]", '"text"'])
def test_what_is_no_list_of_observations_counts_as_a_process_that_died(data: str) -> None:
    verdict = verdict_on(SECRET.exercises["dl_dp"], PUBLIC.exercises["dl_dp"], Ran("done", data), 4.0)
    assert verdict.outcome == "died"

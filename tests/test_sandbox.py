"""One check's process, in the sandbox and without: how it can end, and what the supervisor makes of it."""

import json
from dataclasses import replace
from typing import Any

import pytest

from course.checks import LabRecord
from course.grading.collect import Submission
from course.grading.grade import grade
from course.grading.isolation import why_not
from course.grading.run import material_for
from course.grading.sandbox import BUBBLEWRAP, NONE, SandboxFailed, choose, run_submission
from tests.gates import ROOT, record_of
from tests.submissions import with_answers

KINDS = [
    pytest.param(BUBBLEWRAP, marks=pytest.mark.skipif(bool(why_not()), reason=f"no sandbox: {why_not()}")),
    NONE,
]
NUMPY = "import numpy as np"


def check(record: LabRecord, name: str) -> dict[str, Any]:
    exercise = record.exercises[name]
    return {"exercise": name, "probe": exercise.probe, "cases": exercise.cases, "cell": None}


def run(kind: str, *cells: str, seconds: float = 0.8) -> Any:
    record = record_of("02")
    checks = [check(record, "dl_dp"), check(record, "dp_dh")]
    return run_submission([NUMPY, *cells], checks, record.imports, seconds, kind)


GOOD = "def dp_dh(p):\n    return p * (1 - p)"
ENDS = {
    "right": ("def dl_dp(y, p):\n    return 2 * (p - y)", "done"),
    "loop": ("def dl_dp(y, p):\n    while True: pass", "timeout"),
    "sleep": ("import time\ndef dl_dp(y, p):\n    time.sleep(60)", "overdue"),
    "exit": ("import os\ndef dl_dp(y, p):\n    os._exit(0)", "died"),
    "crash": ("import ctypes\ndef dl_dp(y, p):\n    ctypes.string_at(0)", "died"),
    "flood": ("import os\ndef dl_dp(y, p):\n    while True: os.write(3, b'x' * 65536)", "died"),
    "child left behind": (
        "import os, time\ndef dl_dp(y, p):\n    if not os.fork():\n        os.setsid(), time.sleep(9)\n    return 1",
        "overdue",
    ),
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("end", ENDS)
def test_an_end_costs_one_check(kind: str, end: str) -> None:
    source, status = ENDS[end]
    result = run(kind, source, GOOD)
    assert result.checks["dl_dp"].status == status
    assert result.checks["dp_dh"].status == "done"
    assert "value" in result.checks["dp_dh"].observations[0]


@pytest.mark.parametrize("kind", KINDS)
def test_a_cell_that_never_ends_is_left_out(kind: str) -> None:
    result = run(kind, "while True: pass", GOOD, "import os\nos._exit(1)")
    assert result.dropped == {1: "timeout", 3: "died"}
    assert result.checks["dp_dh"].status == "done"


@pytest.mark.parametrize("kind", KINDS)
def test_one_check_leaves_nothing_for_the_next(kind: str) -> None:
    """Each check is a fork of its own: what one changed, another does not see."""
    spoil = (
        "import numpy\ndef dl_dp(y, p):\n    numpy.float64 = None\n    global dp_dh\n    dp_dh = None\n    return 1.0"
    )
    result = run(kind, GOOD, spoil)
    assert "value" in result.checks["dp_dh"].observations[0]


@pytest.mark.skipif(bool(why_not()), reason=f"no sandbox: {why_not()}")
def test_scratch_is_emptied_between_checks() -> None:
    litter = "import pathlib\nSEEN = pathlib.Path('/tmp/left').exists()\npathlib.Path('/tmp/left').touch()\n"
    result = run(BUBBLEWRAP, litter + "def dl_dp(y, p):\n    return SEEN\ndp_dh = lambda p: SEEN")
    for name in ("dl_dp", "dp_dh"):
        assert {o["value"] for o in result.checks[name].observations} == {False}


def test_a_timeout_by_the_clock_is_marked_for_another_try() -> None:
    material = material_for(ROOT, "02", seed=1)
    material = replace(material, secret=replace(material.secret, seconds=0.3))
    submission = Submission("x", b"")
    lazy = with_answers(dl_dp="import time\ndef dl_dp(y, p):\n    time.sleep(60)")
    submission = replace(submission, content=json.dumps(lazy).encode())
    result = grade(submission, material, NONE if why_not() else BUBBLEWRAP)
    assert result["overdue"]
    assert result["exercises"][0]["outcome"] == "timeout"


def test_a_supervisor_that_fails_is_the_graders_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("course.grading.sandbox.command", lambda kind, imports: ["false"])
    with pytest.raises(SandboxFailed):
        run(NONE, GOOD)
    content = json.dumps(with_answers()).encode()
    result = grade(Submission("x", content), material_for(ROOT, "02", seed=1), NONE)
    assert result["status"] == "grader error"
    assert {row["outcome"] for row in result["exercises"]} == {"grader error"}


def test_choosing_fails_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    assert choose("none") == NONE
    monkeypatch.setattr("course.grading.sandbox.why_not", lambda: "no reason at all")
    for wanted in ("auto", "bubblewrap"):
        with pytest.raises(ValueError, match=r"no reason at all.*--sandbox none"):
            choose(wanted)

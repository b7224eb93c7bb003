"""One check's process, in each sandbox and without: how it can end, and what it reaches."""

import contextlib
import json
import os
import re
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from course.checks import LabRecord
from course.grading.collect import Submission
from course.grading.grade import grade
from course.grading.grade_class import material_for
from course.grading.sandbox import bubblewrap, choose, visible
from course.grading.sandbox.run import BUBBLEWRAP, LANDLOCK, NONE, SandboxFailed, run_submission
from course.grading.sandbox.users import FIRST, own_uid
from course.inside import cleanup
from course.inside.seccomp import supported
from tests.attacks import ATTACKS, CANARY, NOTHING, hunt
from tests.gates import ROOT, record_of
from tests.patience import patience
from tests.submissions import with_answers

pytestmark = pytest.mark.sandbox


def only_where_it_works(kind: str) -> Any:
    reason = choose.reason_against(kind)
    return pytest.param(kind, marks=pytest.mark.skipif(bool(reason), reason=f"no {kind} here: {reason}"))


CLOSED = [only_where_it_works(BUBBLEWRAP), only_where_it_works(LANDLOCK)]
KINDS = [*CLOSED, NONE]
in_bubblewrap = pytest.mark.parametrize("kind", CLOSED[:1])
in_landlock = pytest.mark.parametrize("kind", CLOSED[1:])
NUMPY = "import numpy as np"


def check(record: LabRecord, name: str) -> dict[str, Any]:
    exercise = record.exercises[name]
    return {"exercise": name, "probe": exercise.probe, "cases": exercise.cases, "cell": None}


def run(kind: str, *cells: str) -> Any:
    record = record_of("02")
    checks = [check(record, "dl_dp"), check(record, "dp_dh")]
    return run_submission([NUMPY, *cells], checks, record.imports, patience(0.8), kind)


GOOD = "def dp_dh(p):\n    return p * (1 - p)"
ENDS = {
    "right": ("def dl_dp(y, p):\n    return 2 * (p - y)", "done"),
    "loop": ("def dl_dp(y, p):\n    while True: pass", "timeout|overdue"),
    "sleep": ("import time\ndef dl_dp(y, p):\n    time.sleep(60)", "overdue"),
    "exit": ("import os\ndef dl_dp(y, p):\n    os._exit(0)", "died"),
    "crash": ("import ctypes\ndef dl_dp(y, p):\n    ctypes.string_at(0)", "died"),
    "flood": ("import os\ndef dl_dp(y, p):\n    while True: os.write(3, b'x' * 65536)", "died"),
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("end", ENDS)
def test_an_end_costs_one_check(kind: str, end: str) -> None:
    source, status = ENDS[end]
    result = run(kind, source, GOOD)
    assert result.checks["dl_dp"].status in status.split("|")  # on a busy machine the clock may be first
    assert result.checks["dp_dh"].status == "done"
    assert "value" in result.checks["dp_dh"].observations[0]


@pytest.mark.parametrize("kind", KINDS)
def test_a_cell_that_never_ends_is_left_out(kind: str) -> None:
    result = run(kind, "while True: pass", GOOD, "import os\nos._exit(1)")
    assert list(result.dropped) == [1, 3]
    assert (result.dropped[1] in ("timeout", "overdue"), result.dropped[3]) == (True, "died")
    assert result.checks["dp_dh"].status == "done"


@pytest.mark.parametrize("kind", KINDS)
def test_one_check_leaves_nothing_for_the_next(kind: str) -> None:
    """Each check is a fork of its own: what one changed, another does not see."""
    spoil = (
        "import numpy\ndef dl_dp(y, p):\n    numpy.float64 = None\n    global dp_dh\n    dp_dh = None\n    return 1.0"
    )
    result = run(kind, GOOD, spoil)
    assert "value" in result.checks["dp_dh"].observations[0]


@in_bubblewrap
def test_scratch_is_emptied_between_checks(kind: str) -> None:
    litter = "import pathlib\nSEEN = pathlib.Path('/tmp/left').exists()\npathlib.Path('/tmp/left').touch()\n"
    result = run(kind, litter + "def dl_dp(y, p):\n    return SEEN\ndp_dh = lambda p: SEEN")
    for name in ("dl_dp", "dp_dh"):
        assert {o["value"] for o in result.checks[name].observations} == {False}


def test_a_timeout_by_the_clock_is_marked_for_another_try() -> None:
    material = material_for(ROOT, "02", seed=1)
    material = replace(material, secret=replace(material.secret, seconds=patience(0.3)))
    submission = Submission("x", b"")
    lazy = with_answers(dl_dp="import time\ndef dl_dp(y, p):\n    time.sleep(60)")
    submission = replace(submission, content=json.dumps(lazy).encode())
    result = grade(submission, material, choose.best())
    assert result["overdue"]
    assert result["exercises"][0]["outcome"] == "timeout"


def test_a_supervisor_that_fails_is_the_graders_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("course.grading.sandbox.run.command", lambda kind, imports: ["false"])
    with pytest.raises(SandboxFailed):
        run(NONE, GOOD)
    content = json.dumps(with_answers()).encode()
    result = grade(Submission("x", content), material_for(ROOT, "02", seed=1), NONE)
    assert result["status"] == "grader error"
    assert {row["outcome"] for row in result["exercises"]} == {"grader error"}


def test_any_fault_of_ours_is_reported_and_costs_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def stumble(*_: object) -> None:
        raise ZeroDivisionError("our own")

    monkeypatch.setattr("course.grading.grade.repair", stumble)
    result = grade(Submission("x", b"{}"), material_for(ROOT, "02", seed=1), NONE)
    assert (result["status"], result["reason"]) == ("grader error", "ZeroDivisionError: our own")
    assert {row["outcome"] for row in result["exercises"]} == {"grader error"}


def test_choosing_fails_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(choose, "python_is_open", lambda: True)
    assert choose.choose("none") == NONE
    monkeypatch.setattr(choose, "reason_against", lambda kind: f"{kind}: no reason at all")
    for wanted in ("auto", "bubblewrap", "landlock"):
        with pytest.raises(ValueError, match=r"no reason at all.*--sandbox none"):
            choose.choose(wanted)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root becomes another user")
def test_in_the_open_root_needs_a_python_that_others_can_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(choose, "python_is_open", lambda: False)
    with pytest.raises(ValueError, match="as an ordinary user"):
        choose.choose("none")


def test_landlock_is_taken_where_bubblewrap_fails_and_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(choose, "reason_against", lambda kind: "" if kind == LANDLOCK else "not installed")
    assert choose.choose() == choose.best() == LANDLOCK
    assert "Landlock" in choose.protection(LANDLOCK)
    assert "NO SANDBOX" in choose.protection(NONE)


LEAVE_A_CHILD = """
import os, time
def dl_dp(y, p):
    if not os.fork():
        os.setsid(), time.sleep(1000)
    return 1
"""
FORK_BOMB = """
import os
def dl_dp(y, p):
    while True:
        try: os.fork(), os.setsid()
        except OSError: pass
"""


@pytest.mark.parametrize(
    ("kind", "source"),
    [(BUBBLEWRAP, LEAVE_A_CHILD), (BUBBLEWRAP, FORK_BOMB), (NONE, LEAVE_A_CHILD)],
    ids=["child in bubblewrap", "fork bomb in bubblewrap", "child in the open"],
)
def test_without_the_filter_what_is_left_behind_is_killed(
    kind: str, source: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second line of defence, as on a processor that the filter is not written for."""
    if kind != NONE and (reason := choose.reason_against(kind)):
        pytest.skip(f"no {kind} here: {reason}")
    monkeypatch.setattr("course.grading.sandbox.run.supported", lambda: False)
    result = run(kind, source, GOOD)
    assert result.checks["dl_dp"].status in ("overdue", "timeout")
    assert result.checks["dp_dh"].status == "done"


@pytest.mark.parametrize("kind", CLOSED)
def test_a_trial_finds_no_way_out(kind: str) -> None:
    assert choose.gets_through(kind) == ([] if supported() else [choose.PROCESSES])


@in_bubblewrap
def test_the_trial_notices_a_missing_filter_and_it_is_said(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("run", "choose"):
        monkeypatch.setattr(f"course.grading.sandbox.{module}.supported", lambda: False)
    assert choose.gets_through(kind) == [choose.PROCESSES]
    assert "NO filter" in choose.protection(kind)


@in_landlock
def test_the_trial_notices_what_landlock_lets_through(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("course.grading.sandbox.run.readable", lambda imports: (["/"], []))
    assert choose.gets_through(kind) == ["read other files"]


HUNTS = (
    *("the network", "signals and limits for others", "other processes' memory"),
    *("start-up files", "files outside the scratch", "shared memory", "fork bomb", "other programs"),
)


@in_landlock
@pytest.mark.parametrize("name", HUNTS)
def test_landlock_alone_stops_the_hunt(kind: str, name: str, tmp_path: Path) -> None:
    tmp_path.chmod(0o777)
    result = run(kind, ATTACKS[name].cells[0].replace(CANARY, str(tmp_path)))
    assert {o["error"]["message"] for o in result.checks["dl_dp"].observations} == {NOTHING}
    assert not list(tmp_path.iterdir())


@in_landlock
def test_behind_landlock_nothing_else_can_be_read(kind: str) -> None:
    """That a file is there can be seen, as in `os.path.exists`; neither it nor a list of files can be opened."""
    places = [
        *("/etc/passwd", "/proc/self/mem", "/proc/1/environ", "/dev/mem"),
        *map(str, (ROOT / "labs").rglob("*.json")),
    ]
    places += [str(path) for path in (ROOT / "solutions").rglob("*.py")] + [str(ROOT / "course" / "perceptron.py")]
    folders = ["/", "/tmp", "/etc", "/proc", str(ROOT), str(ROOT / "solutions"), str(ROOT / "course")]
    tries = [f"open({place!r}); SEEN.append({place!r})" for place in places]
    tries += [f"os.listdir({folder!r}); SEEN.append({folder!r})" for folder in folders]
    result = run(kind, hunt(*tries, "import course.nn.perceptron; SEEN.append('imported')"))
    assert {o["error"]["message"] for o in result.checks["dl_dp"].observations} == {NOTHING}


BEHIND_THE_GUARD = (
    "sys.meta_path.pop(0)\n",
    *(f"import {name}; SEEN.append({name!r})" for name in ("pip", "pytest", "matplotlib", "course.nn.perceptron")),
    "from course.nn.activations import sigmoid_grad; SEEN.append('a derivative')",
    "from course import sigmoid_grad; SEEN.append('a derivative, by the front door')",
    "import glob; SEEN += [p for f in sys.path for p in glob.glob(f'{f}/*-packages/*/*.py') if open(p).read()]",
    "import statistics, decimal, concurrent.futures, numpy.linalg, unittest; LIBRARY.append('standard')",
    "from course.nn.activations import sigmoid; LIBRARY.append('what the lab lists')",
    "assert LIBRARY == ['standard', 'what the lab lists'] or SEEN.append(LIBRARY)",
)


@pytest.mark.parametrize("kind", CLOSED)
def test_behind_the_guard_is_the_standard_library_and_what_the_lab_lists(kind: str) -> None:
    result = run(kind, "import sys\nLIBRARY = []", hunt(*BEHIND_THE_GUARD))
    assert {o["error"]["message"] for o in result.checks["dl_dp"].observations} == {NOTHING}


@pytest.mark.parametrize("kind", CLOSED)
def test_a_function_that_is_not_listed_is_refused_in_words(kind: str) -> None:
    result = run(kind, "def dl_dp(y, p):\n    from course import sigmoid_grad")
    here = "course.nn.activations"
    says = f"may import {here}.sigmoid, math, numpy and the standard library, not '{here}.sigmoid_grad'"
    assert says in result.checks["dl_dp"].observations[0]["error"]["message"]


def test_no_limit_hangs_on_a_clock_that_can_be_set() -> None:
    """Seconds are counted by clocks that only go forward: a machine whose time is set back judges as before."""
    sources = [path for part in ("grading", "inside") for path in (ROOT / "course" / part).rglob("*.py")]
    told = [str(path) for path in sources if re.search(r"\btime\.time\(|\.(now|utcnow|today)\(", path.read_text())]
    assert (len(sources) > 40, told) == (True, [])


def test_a_module_cut_down_to_names_holds_what_these_need() -> None:
    text = "import a, b\nfrom c import d as e\nN = 2\ndef f(x): return g(x) * N\n"
    text += "def g(x): return e(x)\ndef h(x): return b\n"
    assert visible.functions_alone(text, ["f"]).split("\n")[0] == "from c import d as e"
    assert "h(" not in visible.functions_alone(text, ["f"])
    assert "import a, b" in visible.functions_alone(text, ["h"])
    with pytest.raises(ValueError, match="got 'k'"):
        visible.functions_alone(text, ["k"])


STAY = """
import ctypes, os, time
REFUSED = ctypes.CDLL(None, use_errno=True).prctl(1, 0, 0, 0, 0)
def dl_dp(y, p):
    time.sleep(1000)
"""
GRADER = """
import sys
from course.grading.sandbox.run import run_submission
check = {"exercise": "dl_dp", "probe": "constant", "cases": [{"dict": []}], "cell": 0}
check |= {"probe": "call", "cases": [{"dict": [["y", 1.0], ["p", 0.5]]}]}
run_submission([sys.argv[2]], [check], [], 300.0, sys.argv[1])
"""


def descendants(pid: int) -> list[int]:
    found = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        with contextlib.suppress(OSError):
            found += map(int, task.read_text().split())
    return [inner for child in found for inner in (child, *descendants(child))]


def is_asleep_behind_the_filter(pid: int) -> bool:
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return False
    return "Seccomp:\t2" in status and "State:\tS" in status


@pytest.mark.parametrize("kind", CLOSED)
def test_no_check_outlives_a_grader_that_was_killed(kind: str) -> None:
    """Also one that asks the kernel not to tell it of its parent's death."""
    grader = subprocess.Popen([sys.executable, "-c", GRADER, kind, STAY], cwd=ROOT)
    try:
        looks = 0
        while looks < 50 and grader.poll() is None:
            family = descendants(grader.pid)
            looks = looks + 1 if any(map(is_asleep_behind_the_filter, family)) else 0
            time.sleep(0.01)
        assert looks == 50
    finally:
        grader.kill()
        grader.wait(30)
    deadline = time.monotonic() + 30
    while alive := [pid for pid in family if is_asleep_behind_the_filter(pid)]:
        assert time.monotonic() < deadline, f"{len(alive)} checks go on"
        time.sleep(0.01)


@in_bubblewrap
def test_where_memory_runs_out_checks_go_first(kind: str) -> None:
    source = "def dl_dp(y, p):\n    return int(open('/proc/self/oom_score_adj').read())"
    assert run(kind, source).checks["dl_dp"].observations[0]["value"] == 500


@pytest.mark.parametrize("kind", CLOSED)
def test_threads_still_work(kind: str) -> None:
    threads = "from concurrent.futures import ThreadPoolExecutor\nwith ThreadPoolExecutor(4) as pool:\n"
    source = threads + "    SUM = sum(pool.map(float, range(9)))\ndef dl_dp(y, p):\n    return SUM"
    assert run(kind, source).checks["dl_dp"].observations[0]["value"] == 36.0


@pytest.mark.skipif(os.geteuid() != 0, reason="only root becomes another user")
def test_each_submission_runs_as_somebody_else() -> None:
    numbers = {own_uid() for _ in range(20)}
    assert len(numbers) > 15
    assert min(numbers) > 1000
    whole = Path("/proc/self/uid_map").read_text().split()[2] == str(2**32 - 1)
    assert (min(numbers) >= FIRST) == whole


@pytest.mark.skipif(os.geteuid() != 0, reason="only root becomes another user")
@pytest.mark.parametrize("kind", [*CLOSED[:1], NONE])
def test_a_check_that_cannot_be_confined_does_not_run(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    nobody_at_all = 2**32 - 1  # to the kernel
    monkeypatch.setattr("course.grading.sandbox.run.own_uid", lambda: nobody_at_all)
    with pytest.raises(SandboxFailed, match="confined"):
        run(kind, GOOD)


@pytest.mark.parametrize("place", ["/usr/src/app", f"{sys.base_prefix}/lib/python3.11/site-packages/course"])
def test_nothing_private_may_lie_where_student_code_reads(place: str, tmp_path: Path) -> None:
    visible.refuse_open(ROOT, tmp_path)
    (tmp_path / "link").symlink_to(place)
    for path in (Path(place), tmp_path / "link"):
        with pytest.raises(ValueError, match="use another folder"):
            visible.refuse_open(tmp_path, path)


def test_a_deep_folder_with_links_is_emptied(tmp_path: Path) -> None:
    kept, scratch = tmp_path / "kept", tmp_path / "scratch"
    kept.mkdir()
    (kept / "file").touch()
    scratch.mkdir()
    here = os.open(scratch, os.O_RDONLY)
    for _ in range(1200):
        os.mkdir("d", dir_fd=here)
        (here, above) = (os.open("d", os.O_RDONLY, dir_fd=here), here)
        os.symlink(kept, "link", dir_fd=above)
        os.close(above)
    os.close(here)
    cleanup.empty_folder(scratch)
    assert not list(scratch.iterdir())
    assert list(kept.iterdir())


@in_bubblewrap
def test_what_is_slow_to_load_is_not_loaded_beside_student_code(kind: str) -> None:
    """Every submission pays for what is imported there: nothing of ours is compiled anew, nothing is there in vain."""
    look = "; ".join(
        (
            "import sys, os",
            f"sys.path[:0] = {[str(bubblewrap.OWN), str(bubblewrap.SITE)]}",
            "from course.inside import supervisor",
            "supervisor.warm_up({'imports': ['course.nn.activations'], 'cells': []})",
            "ours = [m for name, m in sys.modules.items() if name.startswith('course')]",
            "print([m.__name__ for m in ours if not os.path.exists(m.__cached__)], *sys.modules)",
        )
    )
    done = subprocess.run(
        [*bubblewrap.bubblewrap_command(["course.nn.activations"])[:-1], look], capture_output=True, text=True
    )
    compiled_anew, _, loaded = done.stdout.partition(" ")
    assert compiled_anew == "[]"
    assert {"course.inside.observe", "course.inside.run_check"} <= set(loaded.split())
    slow = {"course.checks.judge", "dataclasses", "importlib.abc", "numpy.random", "pathlib", "statistics", "tempfile"}
    assert slow & set(loaded.split()) == set()

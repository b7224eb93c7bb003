"""The grader is killed with kill -9, several times, wherever it happens to be, and started again."""

import errno
import json
import os
import random
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from course.cli import main
from course.grading.sandbox.choose import best
from course.grading.store import ResultStore
from tests.gates import ROOT
from tests.patience import patience
from tests.submissions import LAB, OTHERWISE, blank, save, solved, with_answers
from tests.test_grading import course
from tests.test_sandbox import descendants, is_asleep_behind_the_filter

pytestmark = pytest.mark.sandbox

KILLS = 5
STUDENTS = 10


def make_class(folder: Path) -> None:
    folder.mkdir()
    save(folder, "blank", blank())
    save(folder, "perfect", solved())
    (folder / "broken.ipynb").write_text("{")
    for number, (name, source) in enumerate(list(OTHERWISE.items())[: STUDENTS - 3]):
        save(folder, f"other {number}", with_answers(**{name: source + f"\n# {number}"}))


def start(folder: Path, out: Path, stderr: int = subprocess.DEVNULL) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "course", "grade", str(folder), "--lab", LAB, "--out", str(out)]
    return subprocess.Popen([*command, "--sandbox", best()], cwd=ROOT, stdout=subprocess.DEVNULL, stderr=stderr)


def stored(out: Path) -> dict[str, tuple[int, int]]:
    """Give the result files with what would change if one were written again."""
    about = {path.name: path.stat() for path in (out / "store").glob(f"lab{LAB}-*.json") if "rounds" not in path.name}
    return {name: (info.st_ino, info.st_mtime_ns) for name, info in about.items()}


def kill_when(process: subprocess.Popen[bytes], out: Path, at_least: int, delay: float) -> None:
    """Kill the grader a moment after so many results are there; also if it is about to end by itself."""
    while process.poll() is None and len(stored(out)) < at_least:
        time.sleep(0.005)
    time.sleep(delay)
    if process.poll() is None:
        os.kill(process.pid, signal.SIGKILL)
    process.wait(patience(60))


#: in the class report
TIMES = re.compile(r'<section id="time">.*?</section>|<td class="seconds number">.*?</td>', re.DOTALL)


def contents(out: Path) -> dict[str, Any]:
    """Read all files but the lock; the seconds that checks took differ from run to run and are left out."""
    found: dict[str, Any] = {}
    for path in sorted(p for p in out.rglob("*") if p.is_file() and p.name != "lock"):
        text = path.read_text(encoding="utf-8")
        if path.suffix == ".json" and "rounds" not in path.name:
            found[path.name] = without_seconds(json.loads(text))
        elif path.suffix == ".jsonl":
            found[path.name] = [without_seconds(json.loads(line)) for line in text.splitlines()]
        else:
            found[path.name] = TIMES.sub("", text)
    return found


def without_seconds(data: Any) -> Any:
    if isinstance(data, dict):
        return {key: without_seconds(value) for key, value in data.items() if key != "seconds"}
    return [without_seconds(item) for item in data] if isinstance(data, list) else data


def killed_and_resumed(folder: Path, out: Path, kills: int, rng: random.Random) -> list[int]:
    """Grade with interruptions; give the number of results that were there at each of them."""
    kept: dict[str, tuple[int, int]] = {}
    progress = []
    for number in range(kills):
        process = start(folder, out)
        goal = 0 if number == 0 else min(STUDENTS, len(kept) + rng.choice([0, 1, 1, 2]))
        kill_when(process, out, goal, rng.uniform(0, 2.5 if goal == len(kept) else 0.3))
        now = stored(out)
        assert kept.items() <= now.items(), "a result was lost or written again"
        kept = now
        progress.append(len(kept))
    assert start(folder, out).wait(patience(200)) == 0
    assert kept.items() <= stored(out).items()
    return progress


def test_killed_at_random_moments_it_comes_to_the_same_end(tmp_path: Path) -> None:
    folder, out, straight = tmp_path / "class", tmp_path / "out", tmp_path / "straight"
    make_class(folder)
    killed_and_resumed(folder, out, KILLS, random.Random())
    assert len(stored(out)) == STUDENTS
    (straight / "store").mkdir(parents=True)
    rounds = f"store/lab{LAB}-rounds.json"
    (straight / rounds).write_bytes((out / rounds).read_bytes())  # the same secret seed
    assert start(folder, straight).wait(patience(200)) == 0
    assert contents(out) == contents(straight)
    assert len(json.loads((out / rounds).read_text())["rounds"]) == 1


def test_ctrl_c_says_that_nothing_is_lost(tmp_path: Path) -> None:
    make_class(tmp_path / "class")
    process = start(tmp_path / "class", tmp_path / "out", stderr=subprocess.PIPE)
    while process.poll() is None and not stored(tmp_path / "out"):
        time.sleep(0.005)
    process.send_signal(signal.SIGINT)
    says = process.communicate(timeout=patience(60))[1].decode()
    assert process.returncode == 1
    assert "Error: stopped; finished grades are kept, and the same command continues there" in says
    assert start(tmp_path / "class", tmp_path / "out").wait(patience(200)) == 0


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["Ctrl+C", "SIGTERM"])
def test_a_stopped_run_waits_for_nobody_and_leaves_nothing(tmp_path: Path, number: signal.Signals) -> None:
    """A check may have minutes left when the instructor stops the run."""
    (tmp_path / "class").mkdir()
    (tmp_path / "tmp").mkdir()
    save(tmp_path / "class", "slow", with_answers(dl_dp="import time\ndef dl_dp(y, p):\n    time.sleep(10_000)"))
    command = [sys.executable, "-m", "course", "grade", tmp_path / "class", "--lab", LAB, "--out", tmp_path / "out"]
    process = subprocess.Popen(
        [*map(str, command), "--sandbox", best(), "--seconds", "500"],
        cwd=ROOT,
        env={**os.environ, "TMPDIR": str(tmp_path / "tmp")},
        stderr=subprocess.PIPE,
    )
    deadline = time.monotonic() + patience(60)
    while not any(map(is_asleep_behind_the_filter, descendants(process.pid))) and time.monotonic() < deadline:
        time.sleep(0.01)
    family = descendants(process.pid)
    process.send_signal(number)
    says = process.communicate(timeout=patience(60))[1].decode()
    assert process.returncode == 1
    assert "Error: stopped; finished grades are kept" in says
    assert "Traceback" not in says
    assert [pid for pid in family if is_asleep_behind_the_filter(pid)] == []
    assert list((tmp_path / "tmp").iterdir()) == []


def in_one_line(*arguments: object) -> str:
    """Run the command in this process; give the one line that it ends with."""
    done = CliRunner().invoke(main, ["grade", *map(str, arguments)])
    assert done.exit_code in (1, 2), done.output
    assert isinstance(done.exception, SystemExit), done.exception
    said = done.stderr.splitlines()
    return next(line for line in said if line.startswith("Error: "))


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EROFS])
def test_a_disk_that_takes_nothing_more_is_said_in_a_line(
    tmp_path: Path, number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(handle: int) -> None:
        raise OSError(number, os.strerror(number))

    make_class(tmp_path / "class")
    monkeypatch.setattr("course.checks.store.os.fsync", full)
    says = in_one_line(tmp_path / "class", "--lab", LAB, "--out", tmp_path / "out", "--sandbox", best())
    assert os.strerror(number) in says
    assert f"are kept in {tmp_path / 'out' / 'store'}" in says
    assert list((tmp_path / "out").rglob(".*.????????")) == []


def test_a_device_is_no_folder_for_results(tmp_path: Path) -> None:
    make_class(tmp_path / "class")
    assert "/dev/null" in in_one_line(tmp_path / "class", "--lab", LAB, "--out", "/dev/null", "--sandbox", best())


@pytest.mark.parametrize("text", ["", "[", '{"format": 9, "rounds": []}', "[1]", '[{"seed": 1}]', "{}", "null"])
def test_seeds_that_cannot_be_read_stop_the_run_and_stay(tmp_path: Path, text: str) -> None:
    """A new seed would grade again what is graded, and an answer prepared for the old cases would be asked them."""
    make_class(tmp_path / "class")
    rounds = tmp_path / "out" / "store" / f"lab{LAB}-rounds.json"
    rounds.parent.mkdir(parents=True)
    rounds.write_text(text)
    says = in_one_line(tmp_path / "class", "--lab", LAB, "--out", tmp_path / "out", "--sandbox", best())
    assert "nothing was changed" in says
    assert rounds.read_text() == text


def test_results_of_another_format_or_half_written_are_graded_again(tmp_path: Path) -> None:
    store = ResultStore(tmp_path, LAB)
    seed = store.seed_for(["a", "b", "c", "d"])
    for digest in "abcd":
        store.save(digest, seed, {"status": "graded", "exercises": []})
    (path := tmp_path / "store" / f"lab{LAB}-b-{seed:x}.json").write_text(path.read_text()[:20])
    (tmp_path / "store" / f"lab{LAB}-c-{seed:x}.json").write_text("")
    (tmp_path / "store" / f"lab{LAB}-d-{seed:x}.json").write_text('{"format": 9, "status": "graded"}')
    again = ResultStore(tmp_path, LAB)
    assert [again.load(digest) for digest in "abcd"] == [{"status": "graded", "exercises": []}, None, None, None]


def test_another_lab_needs_a_folder_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "class").mkdir()
    save(tmp_path / "class", "perfect", solved())
    done = course("grade", tmp_path / "class", "--lab", LAB, "--out", tmp_path / "out", "--sandbox", best())
    assert done.returncode == 0, done.stderr
    before = contents(tmp_path / "out")
    done = course("grade", tmp_path / "class", "--lab", "05", "--out", tmp_path / "out", "--sandbox", best())
    assert done.returncode == 2
    assert "holds the results of lab 02: lab 05 needs a folder of its own (--out)" in " ".join(done.stderr.split())
    assert contents(tmp_path / "out") == before


def test_what_a_killed_run_was_writing_is_cleared_away(tmp_path: Path) -> None:
    store = ResultStore(tmp_path, LAB)
    for folder in ("store", "feedback", "."):
        (tmp_path / folder).mkdir(exist_ok=True)
        (tmp_path / folder / ".grades.csv.abcd1234").touch()
    (tmp_path / "feedback" / "a.student.html").touch()
    with store.alone():
        assert {path.name for path in tmp_path.rglob("*") if path.is_file()} == {
            ".gitignore", "lock", "a.student.html",
        }  # fmt: skip


def test_nothing_else_in_the_folder_is_touched(tmp_path: Path) -> None:
    """Names that look like those of half-written files, a folder of that kind, an instructor's own .gitignore."""
    kept = {
        ".gitignore": "only this\n",
        ".env.template": "SECRET=",
        ".notes.markdown": "# mine",
        "feedback/.a.original": "x",
    }
    for folder in ("store", "feedback", "."):
        (tmp_path / folder / ".cache.original").mkdir(parents=True)
    for name, text in kept.items():
        (tmp_path / name).write_text(text)
    with ResultStore(tmp_path, LAB).alone():
        assert {name: (tmp_path / name).read_text() for name in kept} == kept
        assert len(list(tmp_path.rglob(".cache.original"))) == 3


def test_two_runs_do_not_share_a_folder(tmp_path: Path) -> None:
    with ResultStore(tmp_path, LAB).alone(), pytest.raises(ValueError, match="another run"):  # noqa: SIM117
        with ResultStore(tmp_path, LAB).alone():
            pass
    with ResultStore(tmp_path, LAB).alone():
        pass

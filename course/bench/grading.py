"""The speed of grading, compared with nbgrader's autograde on the same notebooks."""

import json
import os
import subprocess
import sys
import tempfile
import time
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from course.grading.grade_class import grade_class
from course.grading.sandbox.choose import choose
from course.grading.workers import local_workers

LAB = "02"
PARTS = ("start", "student code", "comparison")


class Stopwatch:
    """Time a ``with`` block and divide by `n`: ``seconds`` by the clock, ``cpu_seconds`` of it and its processes."""

    def __init__(self, n: int):
        self._n = n

    def __enter__(self) -> "Stopwatch":
        self._start = time.perf_counter(), self._cpu()
        return self

    def __exit__(self, *_: object) -> None:
        self.seconds, self.cpu_seconds = (
            (now - before) / self._n
            for now, before in zip((time.perf_counter(), self._cpu()), self._start, strict=True)
        )

    @staticmethod
    def _cpu() -> float:
        """Add up the CPU seconds of this process and of the child processes that it has waited for."""
        times = os.times()
        return times.user + times.system + times.children_user + times.children_system


def bench_grade(root: Path, copies: int = 50, jobs: int = 1, sandbox: str = "auto") -> list[dict[str, Any]]:
    """Grade copies of lab 02, half of them right and half blank or wrong, with our grader and with nbgrader.

    Parameters
    ----------
    root : Path
        The instructor's checkout.
    copies : int
        Number of submissions.
    jobs : int
        Submissions graded at a time; with 1, the time is that of a submission on one core.
    sandbox : str
        As for `course.grading.sandbox.choose.choose`.

    Returns
    -------
    list of dict
        One row: lab, submissions, jobs, sandbox, seconds_per_submission and ratio_to_nbgrader (theirs over ours; None
        if nbgrader is not installed); both again in CPU seconds, on which a busy machine has little influence; and the
        shares of the whole time that went into starting processes, student code, comparison, and the rest.
    """
    sandbox = choose(sandbox)
    with tempfile.TemporaryDirectory(prefix="bench-") as scratch:
        folder, out = Path(scratch) / "class", Path(scratch) / "graded"
        write_class(root, folder, copies)
        with Stopwatch(copies) as ours, local_workers(jobs) as workers:
            grade_class(folder, LAB, out, root, sandbox, workers)
        shares = shares_of(out, ours.seconds * copies * jobs)
        theirs = time_nbgrader(root, folder, Path(scratch), copies) if find_spec("nbgrader") else None
    return [
        {
            "lab": LAB,
            "submissions": copies,
            "jobs": jobs,
            "sandbox": sandbox,
            "seconds_per_submission": ours.seconds,
            "cpu_seconds_per_submission": ours.cpu_seconds,
            "nbgrader_seconds_per_submission": theirs and theirs.seconds,
            "nbgrader_cpu_seconds_per_submission": theirs and theirs.cpu_seconds,
            "ratio_to_nbgrader": theirs and theirs.seconds / ours.seconds,
            "cpu_ratio_to_nbgrader": theirs and theirs.cpu_seconds / ours.cpu_seconds,
            "shares": shares,
        }
    ]


def write_class(root: Path, folder: Path, copies: int) -> None:
    """Write the submissions: solved notebooks, half of them with every second answer spoiled; no two are equal."""
    folder.mkdir(parents=True)
    text = next((root / "solutions").glob(f"lab{LAB}_*.ipynb")).read_text(encoding="utf-8")
    for number in range(copies):
        notebook = json.loads(text)
        answers = [cell for cell in notebook["cells"] if "exercise" in cell["metadata"].get("course", {})]
        for cell in answers:
            cell["source"] = ["".join(cell["source"]), f"\n# {number}"]
        for cell in answers[::2] if number % 2 else []:
            name = cell["metadata"]["course"]["exercise"]
            cell["source"] = [f"def {name}(*inputs):\n    return {number}"]
        (folder / f"student{number:04}.ipynb").write_text(json.dumps(notebook), encoding="utf-8")


def shares_of(out: Path, total: float) -> dict[str, float]:
    """Add up, from the stored results, the shares of the time."""
    results = [json.loads(path.read_text(encoding="utf-8")) for path in (out / "store").glob("lab*-*-*.json")]
    sums = {part: sum(result.get("seconds", {}).get(part, 0.0) for result in results) for part in PARTS}
    shares = {part: round(seconds / total, 3) for part, seconds in sums.items()}
    return shares | {"rest": round(1 - sum(shares.values()), 3)}


def time_nbgrader(root: Path, folder: Path, scratch: Path, copies: int) -> Stopwatch:
    """Let nbgrader autograde a class in a course folder of its own.

    Raises
    ------
    RuntimeError
        If nbgrader fails.
    """
    course = scratch / "nbgrader"
    released = next((root / "labs").glob(f"lab{LAB}_*.ipynb"))
    place(course / "source" / f"lab{LAB}" / released.name, released)
    for submission in folder.glob("*.ipynb"):
        place(course / "submitted" / submission.stem / f"lab{LAB}" / released.name, submission)
    nbgrader(root, course, "generate_assignment", "--create")
    with Stopwatch(copies) as theirs:
        nbgrader(root, course, "autograde", "--create")
    return theirs


def place(target: Path, source: Path) -> None:
    """Copy a file to the place where nbgrader looks for it."""
    target.parent.mkdir(parents=True)
    target.write_bytes(source.read_bytes())


def nbgrader(root: Path, course: Path, *words: str) -> None:
    """Run one of nbgrader's commands for the lab."""
    paths = os.pathsep.join(filter(None, [str(root), os.environ.get("PYTHONPATH", "")]))
    command = [sys.executable, "-m", "nbgrader", words[0], f"lab{LAB}", f"--course-dir={course}", *words[1:]]
    programs = os.pathsep.join(
        [str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)]
    )  # nbgrader calls alembic, which must be on the PATH
    environment = {**os.environ, "PATH": programs, "PYTHONPATH": paths, "COURSE_PROGRESS": str(course / "progress")}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"nbgrader {words[0]} failed: {done.stderr.strip()[-600:]}")

"""Grade a class: collect, grade what is not graded yet, store each result, write the reports."""

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Future
from contextlib import nullcontext
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from course.build import build_record, load_checks, load_source, student_notebook
from course.checks import GRADER_ERROR, LabRecord, find_record
from course.grading.collect import HandedIn, look
from course.grading.grade import FAILED, Material
from course.grading.publish import publish, read_inputs, said_of
from course.grading.regrade import grade_or_regrade, prepare, select
from course.grading.repair import Released
from course.grading.sandbox.choose import choose
from course.grading.sandbox.run import NONE
from course.grading.sandbox.visible import PACKAGE, refuse_open
from course.grading.store import ResultStore
from course.grading.workers import Workers, as_finished, local_workers

Finished = Iterable[tuple[HandedIn, Future[Any]]]
Progress = Callable[[Finished, int], Finished]


@dataclass(frozen=True)
class Summary:
    """The summary of a run: the numbers of submissions, of those graded now and of each status; and notes to read."""

    submissions: int
    fresh: int
    by_status: dict[str, int]
    notes: list[str]


def material_for(root: Path, lab: str, seed: int) -> Material:
    """Build what grading a lab needs from its source, with secret cases drawn from `seed`.

    Parameters
    ----------
    root : Path
        The instructor's checkout, the one with ``solutions``.
    lab : str
        Two digits.
    seed : int
        The caller must keep it secret.

    Returns
    -------
    Material

    Raises
    ------
    ValueError
        If there is no such lab.
    """
    source = find_source(root, lab)
    checks = load_checks(source)
    released = Released.from_notebook(student_notebook(source, checks))
    return Material(build_record(source, checks, seed), build_record(source, checks), released)


def public_material(root: Path, lab: str) -> Material:
    """Build what grading needs from a released lab, without solutions: the cases are those that students have."""
    record = find_record(lab, root / "labs")
    notebook = next((root / "labs").glob(f"lab{lab}_*.ipynb"), None)
    if notebook is None:
        raise ValueError(f"there is no notebook of lab {lab!r} in {root / 'labs'}")
    return Material(record, record, Released.from_notebook(json.loads(notebook.read_text(encoding="utf-8"))))


def find_source(root: Path, lab: str) -> Any:
    """Load the source of a lab by its number."""
    found = sorted((root / "solutions").glob(f"lab{lab}_*.py"))
    if not found:
        known = ", ".join(sorted(path.name[3:5] for path in (root / "solutions").glob("lab[0-9][0-9]_*.py")))
        raise ValueError(f"there is no lab {lab!r} in {root / 'solutions'}; there are {known or 'none'}")
    return load_source(found[0])


def grade_class(
    submissions: Path,
    lab: str,
    out: Path,
    root: Path,
    sandbox: str = "auto",
    workers: Workers | None = None,
    progress: Progress | None = None,
    gradebook: Path | None = None,
    assignment: str = "",
    regrade: Sequence[str] = (),
    seconds: float | None = None,
    encoding: str = "",
    student_is: str = "",
    roster: Path | None = None,
    say: Callable[[str], None] = lambda line: None,
) -> Summary:
    """Grade a folder of submissions and write the reports.

    Parameters
    ----------
    submissions : Path
        A folder or a zip, as for `course.grading.collect.look`.
    lab : str
        Two digits.
    out : Path
        The folder for results and reports. What an earlier run graded there is not graded again.
    root : Path
        The instructor's checkout.
    sandbox : str
        ``auto``, ``bubblewrap``, ``landlock`` or ``none``; see `course.grading.sandbox.choose.choose`.
    workers : Workers, optional
        What does the work; by default two threads, which wait for their processes.
    progress : callable, optional
        Called with the iterable of finished work and the number of submissions; returns the iterable, to show progress.
    gradebook : Path, optional
        A gradebook exported from Canvas; its students and its column go into ``canvas.csv``.
    assignment : str
        The assignment's title in Canvas.
    regrade : sequence of str
        Students or exercises to grade again, as for `course.grading.regrade.select`.
    seconds : float, optional
        CPU seconds for one check; by default the lab's own limit.
    encoding, student_is : str
        As for `course.grading.collect.look`.
    roster : Path, optional
        The class list, as for `course.grading.roster.read_roster`.
    say : callable
        Called with each line about who handed in, before anything is graded.

    Returns
    -------
    Summary

    Raises
    ------
    ValueError
        If there is no such lab, no submission or no sandbox; if it is unclear who is a student; if `out` holds another
        lab's results; if student code could read one of the folders; or if marks.csv, overrides.csv, the gradebook or
        the class list cannot be used.
    """
    source = find_source(root, lab)
    sandbox = choose(sandbox)
    if sandbox != NONE:
        refuse_open(PACKAGE, root, submissions, out)
    store = ResultStore(out, lab)
    store.refuse_another_labs()
    record = find_record(lab, root / "labs")
    points, prints = {name: one.points for name, one in record.exercises.items()}, fingerprints(record)
    found = look(submissions, lab, encoding, student_is, root / "labs")
    handed_in = found.students
    inputs = read_inputs(out, source, points, handed_in, gradebook, assignment, roster)
    for line in said_of(found, inputs.matched):
        say(line)
    with store.alone():
        if regrade:
            prepare(store, handed_in, select(regrade, [s.student for s in handed_in], source.exercises))
        fresh = _grade_waiting(handed_in, store, root, sandbox, seconds, workers, progress, prints)
        results, notes = publish(out, source, found, store.load, inputs, prints)
    statuses = [result["status"] for _, result in results.graded]
    by_status = {status: statuses.count(status) for status in dict.fromkeys(statuses)}
    return Summary(len(handed_in), fresh, by_status, notes)


def fingerprints(record: LabRecord) -> dict[str, str]:
    """Return a digest of each exercise's checks: cases, expected results, points, recognised slips."""
    words = ("position", "hints", "labels", "buys")
    texts = {
        name: json.dumps({key: value for key, value in asdict(one).items() if key not in words}, sort_keys=True)
        for name, one in record.exercises.items()
    }
    return {name: hashlib.sha256(text.encode()).hexdigest()[:12] for name, text in texts.items()}


def _grade_waiting(
    handed_in: Sequence[HandedIn],
    store: ResultStore,
    root: Path,
    sandbox: str,
    seconds: float | None,
    workers: Workers | None,
    progress: Progress | None,
    prints: Mapping[str, str],
) -> int:
    """Grade what has no final result yet, and store each result at once. Return the number of graded contents."""
    before = {one.digest: old for one in handed_in if not _final(old := store.load(one.digest))}
    waiting = {one.digest: one for one in handed_in if one.digest in before}
    if not waiting:
        return 0
    seed = store.seed_for(list(waiting))
    material = material_for(root, store.lab, seed)
    if seconds:
        material = replace(material, secret=replace(material.secret, seconds=seconds))
    with nullcontext(workers) if workers else local_workers(2) as at_work:
        shared = at_work.share(material)
        finished = as_finished(
            at_work.executor,
            lambda pool, one: pool.submit(grade_or_regrade, one.submission(), shared, sandbox, before[one.digest]),
            waiting.values(),
            at_work.ahead,
        )
        for one, future in progress(finished, len(waiting)) if progress else finished:
            # a lost worker gives an exception as result, or cancels work that needs its data; and a check may be too
            # slow only because the machine is busy
            if not future.cancelled() and future.exception() is None and not future.result()["overdue"]:
                store.save(one.digest, seed, _with_checks(future.result(), prints))
    for digest, one in waiting.items():  # try once more on this machine, one at a time
        if store.load(digest) == before[digest]:
            result = grade_or_regrade(one.submission(), material, sandbox, before[digest])
            store.save(digest, seed, _with_checks(result, prints))
    return sum(one.digest in waiting for one in handed_in)


def _with_checks(result: dict[str, Any], prints: Mapping[str, str]) -> dict[str, Any]:
    """Note which checks each row was graded with; rows that a regrade has kept already say it."""
    rows = [{"checks": prints.get(row["exercise"], ""), **row} for row in result["exercises"]]
    return result | {"exercises": rows}


def _final(result: dict[str, Any] | None) -> bool:
    """Tell whether a result is final; after a grader error a submission is tried again."""
    if result is None or result["status"] == FAILED or result.get("stale"):
        return False
    return all(row["outcome"] != GRADER_ERROR for row in result["exercises"])

"""Trials of what an instructor needs: the sandbox, what is left without it, and one graded submission."""

import time
from pathlib import Path

from course.doctor.finding import NOTE, OK, Finding, since

#: what the grader's trial tries from inside, as `course.grading.sandbox.choose.gets_through` names it
TRIED = ("read other files", "write files", "reach the network", "signal other processes", "gain rights")


def sandbox(root: Path) -> Finding:
    """Let code that plays a student try to get out of the best sandbox."""
    from course.grading.sandbox.choose import best, reason_against
    from course.grading.sandbox.run import BUBBLEWRAP, NONE

    if best() == NONE:
        return Finding("sandbox", NOTE, reason_against(BUBBLEWRAP), "to grade, apt-get install bubblewrap")
    return Finding("sandbox", OK, f"{best()}; tried from inside, and could not: {', '.join(TRIED)}")


def fallback(root: Path) -> Finding:
    """Try the sandbox that takes over where bubblewrap does not work."""
    from course.grading.sandbox.choose import reason_against
    from course.grading.sandbox.run import LANDLOCK

    reason = reason_against(LANDLOCK)
    return Finding("fallback", NOTE if reason else OK, reason or "landlock, tried in the same way")


def grading(root: Path) -> Finding:
    """Grade the solved notebook of the first lab: full marks, and how long it takes."""
    from course.grading.collect import read_submission
    from course.grading.grade import grade
    from course.grading.grade_class import material_for
    from course.grading.sandbox.choose import best

    solved = sorted((root / "solutions").glob("lab[0-9][0-9]_*.ipynb"))
    if not solved:
        return Finding("grading", NOTE, "no solutions here: this is a students' copy")
    material = material_for(root, solved[0].name[3:5], 0)
    start = time.perf_counter()
    result = grade(read_submission(solved[0]), material, best())
    seen = f"{solved[0].name}: {result['score']} of {result['max_score']} points in {since(start)}"
    good = result["score"] == result["max_score"]
    return Finding("grading", OK if good else NOTE, seen, "" if good else "the solved notebook must score full marks")

"""Trials of what an instructor needs: the sandbox, its fallback, and one graded submission."""

import time
from importlib.util import find_spec
from pathlib import Path

from course.doctor.finding import NOTE, OK, SLOW, Finding

#: seconds for one submission; 0.2 is usual
SLOW_GRADING = 5
#: what the trial tries from inside the sandbox, as `course.grading.sandbox.choose.gets_through` names it
TRIED = ("read other files", "write files", "reach the network", "signal other processes", "gain rights")
#: packages that instructors need and students do not
TOOLS = ("nbclient", "nbval")


def missing_tools() -> list[str]:
    """List the packages without which an instructor's commands refuse to run."""
    return [name for name in TOOLS if find_spec(name) is None]


def sandbox(root: Path) -> Finding:
    """Run code like a hostile student's, which tries to get out of the best sandbox."""
    from course.grading.sandbox.choose import best, reason_against
    from course.grading.sandbox.run import BUBBLEWRAP, NONE

    if best() == NONE:
        return Finding(
            "sandbox",
            NOTE,
            reason_against(BUBBLEWRAP),
            "to grade, on Debian or Ubuntu, as root: apt-get install bubblewrap",
        )
    return Finding("sandbox", OK, f"{best()}; tried from inside, and could not: {', '.join(TRIED)}")


def fallback(root: Path) -> Finding:
    """Try the sandbox that is used where bubblewrap does not work."""
    from course.grading.sandbox.choose import reason_against
    from course.grading.sandbox.run import LANDLOCK

    reason = reason_against(LANDLOCK)
    return Finding("fallback", NOTE if reason else OK, reason or "landlock, tried in the same way")


def grading(root: Path) -> Finding:
    """Grade the solved notebook of the first lab: it must get full marks; the time is reported."""
    from course.grading.collect import read_submission
    from course.grading.grade import grade
    from course.grading.grade_class import material_for
    from course.grading.sandbox.choose import best

    solved = sorted((root / "solutions").glob("lab[0-9][0-9]_*.ipynb"))
    if not solved:
        return Finding("grading", NOTE, "no solutions here: this is a student's copy")
    if missing := missing_tools():
        return Finding("grading", NOTE, f"needs {', '.join(missing)}", f"to grade: run make tools in {root}")
    material = material_for(root, solved[0].name[3:5], 0)
    start = time.perf_counter()
    result = grade(read_submission(solved[0]), material, best())
    seconds = time.perf_counter() - start
    seen = f"{solved[0].name}: {result['score']} of {result['max_score']} points in {seconds:.2f} s"
    if result["score"] != result["max_score"]:
        return Finding("grading", NOTE, seen, "the solved notebook must score full marks")
    if seconds > SLOW_GRADING:
        return Finding("grading", SLOW, seen, "each submission takes about that long: try --jobs, or a faster machine")
    return Finding("grading", OK, seen)

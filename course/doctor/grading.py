"""Trials of what an instructor needs: the sandbox, what is left without it, and one graded submission."""

import time
from pathlib import Path

from course.doctor.finding import NOTE, OK, Finding, since


def sandbox(root: Path) -> Finding:
    """Let code that plays a student try each protection of the sandbox."""
    from course.doctor.protections import protections
    from course.grading.isolation import why_not
    from course.grading.sandbox import BUBBLEWRAP

    if reason := why_not():
        return Finding("sandbox", NOTE, reason, "to grade, apt-get install bubblewrap; students need none")
    held = protections(BUBBLEWRAP)
    broken = [name for name, holds in held.items() if not holds]
    if broken:
        return Finding("sandbox", NOTE, f"bubblewrap starts, but not held: {', '.join(broken)}", "do not grade here")
    return Finding("sandbox", OK, f"bubblewrap, each tried from inside: {', '.join(held)}")


def fallback(root: Path) -> Finding:
    """Try what is left without bubblewrap."""
    from course.doctor.protections import can_change_user, landlock, protections, seccomp
    from course.grading.sandbox import NONE

    held = [name for name, holds in protections(NONE).items() if holds]
    kernel = [f"Landlock {version}"] if (version := landlock()) else []
    kernel += ["seccomp"] if seccomp() else []
    kernel += ["users of their own"] if can_change_user() else []
    seen = f"--sandbox none holds: {', '.join(held) or 'nothing'}; the system offers: {', '.join(kernel) or 'nothing'}"
    return Finding("fallback", NOTE, seen)


def grading(root: Path) -> Finding:
    """Grade the solved notebook of the first lab: full marks, and how long it takes."""
    from course.grading.collect import read_submission
    from course.grading.grade import grade
    from course.grading.isolation import why_not
    from course.grading.run import material_for
    from course.grading.sandbox import BUBBLEWRAP, NONE

    solved = sorted((root / "solutions").glob("lab[0-9][0-9]_*.ipynb"))
    if not solved:
        return Finding("grading", NOTE, "no solutions here: this is a students' copy")
    material = material_for(root, solved[0].name[3:5], 0)
    start = time.perf_counter()
    result = grade(read_submission(solved[0]), material, NONE if why_not() else BUBBLEWRAP)
    seen = f"{solved[0].name}: {result['score']} of {result['max_score']} points in {since(start)}"
    good = result["score"] == result["max_score"]
    return Finding("grading", OK if good else NOTE, seen, "" if good else "the solved notebook must score full marks")

"""The folders that the commands work in."""

from pathlib import Path

import click

#: the folder to which `course start` writes the labs by default
STARTED = "workbook"


def labs() -> Path:
    """Find the student's labs: here, above, or in the folder that `course start` made here; else beside the package."""
    here = Path.cwd()
    around = [place for folder in (here, *here.parents) for place in (folder, folder / "labs")]
    for folder in (*around, here / STARTED, Path(__file__).parents[2] / "labs"):
        if (folder / "contents.ipynb").is_file() and (folder / "checks").is_dir():
            return folder
    raise click.UsageError("no labs here: change into their folder, or write them with course start FOLDER")


def checkout() -> Path:
    """Find the workbook's folder: this one or one above it that has ``labs`` and ``course``, else the package's own."""
    here = Path.cwd()
    for folder in (here, *here.parents, Path(__file__).parents[2]):
        if (folder / "labs").is_dir() and (folder / "course").is_dir():
            return folder
    raise click.UsageError("this command needs the workbook's folder, with labs/ and course/: change into it")


def instructors_checkout() -> Path:
    """Find the workbook's folder; refuse a student's copy, which has no solutions, and a student's installation."""
    root = checkout()
    if not (root / "solutions").is_dir():
        raise click.UsageError(f"{root} is a student's copy, without solutions/: this command is for instructors")
    from course.doctor.grading import missing_tools

    if missing := missing_tools():
        raise click.UsageError(
            f"this command needs {', '.join(missing)}, which students do not need: run make tools in {root}"
        )
    return root

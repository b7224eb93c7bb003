"""Where the commands work."""

from pathlib import Path

import click


def checkout() -> Path:
    """Find the workbook's folder: the current one or one above it that has ``labs``, else the package's own."""
    here = Path.cwd()
    for folder in (here, *here.parents, Path(__file__).parents[2]):
        if (folder / "labs").is_dir() and (folder / "course").is_dir():
            return folder
    raise click.UsageError("no workbook here: change into the folder that holds labs/ and course/")


def instructors_checkout() -> Path:
    """Find the workbook's folder and refuse a students' copy, which has no solutions."""
    root = checkout()
    if not (root / "solutions").is_dir():
        raise click.UsageError(f"{root} is a students' copy, without solutions/: this command is for instructors")
    return root

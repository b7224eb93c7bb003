"""Where the commands work."""

from importlib.util import find_spec
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
    """Find the workbook's folder; refuse a students' copy, which has no solutions, and a students' installation."""
    root = checkout()
    if not (root / "solutions").is_dir():
        raise click.UsageError(f"{root} is a students' copy, without solutions/: this command is for instructors")
    if missing := [name for name in ("jupytext", "nbclient", "nbval") if find_spec(name) is None]:
        raise click.UsageError(
            f"this command needs {', '.join(missing)}, which a lab does not: run make tools in {root}"
        )
    return root

"""The command ``course``: parses, calls, prints. A module is imported when a command needs it."""

import click

from course.cli.instructors import build, grade, release
from course.cli.measure import bench
from course.cli.students import doctor, handin, lab, progress, reset, start


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="nn-workbook", prog_name="course")
def main() -> None:
    """Open, build and grade the neural-network workbook."""


for command in (start, lab, progress, reset, handin, doctor, build, release, grade, bench):
    main.add_command(command)

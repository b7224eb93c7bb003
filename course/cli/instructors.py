"""The commands that need the instructor's checkout: build, release, grade."""

import signal
import sys
from pathlib import Path

import click

from course.cli.places import instructors_checkout


@click.command()
@click.option("--check", is_flag=True, help="Write nothing; exit 1 if a generated file is not up to date.")
@click.option("--lab", "only", metavar="NN", help="Only this lab, such as 02.")
@click.option("--slips", metavar="NN", help="Write nothing; show which wrong answers this lab knows, and which not.")
def build(check: bool, only: str | None, slips: str | None) -> None:
    """Make the notebooks and check records from solutions/labNN_*.py."""
    from course.build import build_all, check_all, slip_report

    root = instructors_checkout()
    try:
        if slips:
            for line in slip_report(root, slips):
                click.echo(line)
            return
        if not check:
            for path in build_all(root, only):
                click.echo(path.relative_to(root))
            return
        faults = list(check_all(root, only))
    except ValueError as fault:
        raise click.ClickException(str(fault)) from None
    for line in faults:
        click.echo(line, err=True)
    sys.exit(1 if faults else 0)


@click.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option("--repository", default="", metavar="OWNER/NAME", help="On GitHub, for links to Binder and Colab.")
@click.option("--branch", default="main", show_default=True, help="Branch of that repository.")
def release(folder: Path, repository: str, branch: str) -> None:
    """Write what students get to FOLDER: labs, records and the library, but no solutions, check sources or tests.

    An earlier release in FOLDER is replaced. Other things there, such as .git, stay. A folder that holds no release is
    refused.
    """
    from course.build import release as write_release

    try:
        files = write_release(instructors_checkout(), folder.resolve(), repository, branch)
    except ValueError as fault:
        raise click.UsageError(str(fault)) from None
    click.echo(f"{len(files)} files in {folder}. Never add solutions/ or tests/ to that repository.")


@click.command()
@click.argument("submissions", type=click.Path(exists=True, path_type=Path))
@click.option("--lab", required=True, metavar="NN", help="The lab that was handed in, such as 02.")
@click.option("--out", required=True, type=click.Path(file_okay=False, path_type=Path), help="Folder for the results.")
@click.option("--jobs", default=2, show_default=True, type=click.IntRange(1, 256), help="Submissions graded at a time.")
@click.option(
    "--sandbox",
    default="auto",
    show_default=True,
    type=click.Choice(["auto", "bubblewrap", "landlock", "none"]),
    help="How student code is isolated.",
)
@click.option(
    "--canvas-gradebook",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A gradebook exported from Canvas; its students and its column go into canvas.csv.",
)
@click.option("--canvas-assignment", default="", metavar="TITLE", help="The assignment's title in Canvas.")
@click.option(
    "--roster",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The class list, as Canvas or Moodle exports it: adds students who handed in nothing, and names for numbers.",
)
@click.option(
    "--student-is",
    default="",
    metavar="LEVEL",
    help="What names the student, if the grader cannot tell: folder 1 (the outermost), folders 1+2, or file.",
)
@click.option("--encoding", default="", metavar="NAME", help="Encoding of file names in an old zip, such as cp1252.")
@click.option(
    "--regrade",
    multiple=True,
    metavar="NAME",
    help="A student or an exercise to grade again, as named in grades.csv; may be given several times. With students "
    "and exercises, only these exercises of these students are graded again.",
)
@click.option(
    "--seconds", type=click.FloatRange(0.5, 600), help="CPU seconds for one check, instead of the lab's limit."
)
@click.option("--scheduler", metavar="ADDRESS", help="Grade on a Dask cluster, such as tcp://10.0.0.1:8786.")
def grade(
    submissions: Path,
    lab: str,
    out: Path,
    jobs: int,
    sandbox: str,
    canvas_gradebook: Path | None,
    canvas_assignment: str,
    roster: Path | None,
    student_is: str,
    encoding: str,
    regrade: tuple[str, ...],
    seconds: float | None,
    scheduler: str | None,
) -> None:
    """Grade the notebooks in SUBMISSIONS.

    SUBMISSIONS is a zip or a folder, from a learning platform or packed by you, or one notebook. The command says who
    handed in before it grades anything.

    It writes OUT/grades.csv, OUT/canvas.csv, OUT/moodle.csv, OUT/results.jsonl, OUT/class.html,
    OUT/feedback/<student>.html with feedback-canvas.zip or feedback-moodle.zip to hand back, and OUT/written.html with
    OUT/marks.csv for the marks that you give by hand. To change the points of an exercise, add a row to
    OUT/overrides.csv. To continue a run that was stopped, give the same command again: what is graded is not graded
    again.
    """
    from tqdm import tqdm

    from course.grading.grade_class import grade_class
    from course.grading.sandbox.choose import choose, protection
    from course.grading.workers import dask_workers, local_workers

    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, stop)
    try:
        sandbox = choose(sandbox)
        click.echo(protection(sandbox), err=True)
        with dask_workers(scheduler, sandbox) if scheduler else local_workers(jobs) as workers:
            summary = grade_class(
                submissions,
                lab.zfill(2),
                out,
                instructors_checkout(),
                sandbox,
                workers,
                lambda finished, total: tqdm(finished, total=total, unit="notebook", desc="grading"),
                canvas_gradebook,
                canvas_assignment,
                regrade,
                seconds=seconds,
                encoding=encoding,
                student_is=student_is,
                roster=roster,
                say=lambda line: click.echo(line, err=True),
            )
    except ValueError as fault:
        raise click.UsageError(str(fault)) from None
    except KeyboardInterrupt:
        raise click.ClickException("stopped; finished grades are kept, and the same command continues there") from None
    except OSError as fault:
        raise click.ClickException(
            f"{fault.strerror or fault}: {fault.filename or out}. Finished grades are kept in {out / 'store'}, and the "
            "same command continues there"
        ) from None
    counts = ", ".join(f"{count} {status}" for status, count in summary.by_status.items())
    for note in summary.notes:
        click.echo(note, err=True)
    click.echo(f"{summary.submissions} submissions ({summary.fresh} graded now): {counts}. See {out / 'class.html'}")

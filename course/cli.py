"""The command ``course``: parses, calls, prints. What it calls is imported when it is called."""

import sys
from pathlib import Path

import click


def checkout() -> Path:
    """Find the workbook's folder: the current one or one above it that has ``labs``, else the package's own."""
    here = Path.cwd()
    for folder in (here, *here.parents, Path(__file__).parents[1]):
        if (folder / "labs").is_dir() and (folder / "course").is_dir():
            return folder
    raise click.UsageError("no workbook here: change into the folder that holds labs/ and course/")


def instructors_checkout() -> Path:
    """Find the workbook's folder and refuse a students' copy, which has no solutions."""
    root = checkout()
    if not (root / "solutions").is_dir():
        raise click.UsageError(f"{root} is a students' copy, without solutions/: this command is for instructors")
    return root


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="nn-workbook", prog_name="course")
def main() -> None:
    """Open, build and grade the neural-network workbook."""


@main.command()
@click.option("--folder", type=click.Path(exists=True, file_okay=False, path_type=Path), help="Another folder of labs.")
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def lab(folder: Path | None, arguments: tuple[str, ...]) -> None:
    """Open the labs in JupyterLab. ARGUMENTS after -- go to jupyter lab."""
    from course.serve import serve

    serve(folder.resolve() if folder else checkout() / "labs", arguments)


@main.command()
@click.option("--folder", type=click.Path(exists=True, file_okay=False, path_type=Path), help="Another folder of labs.")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON list instead of a table.")
def progress(folder: Path | None, as_json: bool) -> None:
    """Show how far each lab has come: exercises passed, points, predictions made. Nothing is changed."""
    import json
    from dataclasses import asdict

    from course.checks import as_table, overview

    try:
        rows = overview(folder or checkout() / "labs")
    except FileNotFoundError as fault:
        raise click.UsageError(str(fault)) from None
    click.echo(json.dumps([asdict(row) for row in rows], indent=1, ensure_ascii=False) if as_json else as_table(rows))


@main.command()
@click.argument("lab", metavar="NN")
@click.argument("exercise")
@click.option("--folder", type=click.Path(exists=True, file_okay=False, path_type=Path), help="Another folder of labs.")
@click.option(
    "--notebook",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The notebook, where the folder holds more than one of this lab.",
)
@click.option("--yes", is_flag=True, help="Do not ask whether the notebook is saved.")
def reset(lab: str, exercise: str, folder: Path | None, notebook: Path | None, yes: bool) -> None:
    """Put the cell of EXERCISE in lab NN back as it was, and keep your answer in progress/kept.

    Save the notebook in JupyterLab first; reload it from the disk afterwards. No other cell is touched.
    """
    from course.checks import find_record
    from course.checks.reset import find_notebook, put_back

    try:
        path = notebook or find_notebook(lab.zfill(2), folder or checkout() / "labs")
        record = find_record(lab.zfill(2), path.absolute().parent)
        if not yes:
            click.confirm(f"{path.name}: is what you typed in JupyterLab saved (Ctrl+S)? Go on", abort=True)
        click.echo(put_back(record, exercise, path).message)
    except (ValueError, OSError) as fault:
        raise click.ClickException(str(fault)) from None


@main.command()
@click.option("--check", is_flag=True, help="Write nothing; exit 1 if a generated file is not up to date.")
@click.option("--lab", "only", metavar="NN", help="This lab alone, such as 02.")
def build(check: bool, only: str | None) -> None:
    """Make the notebooks and check records from solutions/labNN_*.py."""
    from course.build import SourceFault, build_all, check_all

    root = instructors_checkout()
    try:
        if not check:
            for path in build_all(root, only):
                click.echo(path.relative_to(root))
            return
        faults = list(check_all(root, only))
    except SourceFault as fault:
        raise click.ClickException(str(fault)) from None
    for line in faults:
        click.echo(line, err=True)
    sys.exit(1 if faults else 0)


@main.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option("--repository", default="", metavar="OWNER/NAME", help="On GitHub: for the links to Binder and Colab.")
@click.option("--branch", default="main", show_default=True, help="Of that repository.")
def release(folder: Path, repository: str, branch: str) -> None:
    """Write what students get to FOLDER: labs, records and the library, no solution, no check's source, no test.

    An earlier release in FOLDER is replaced; what else lies there, such as .git, stays. A folder that is no release is
    refused.
    """
    from course.build import release as write_release

    try:
        files = write_release(instructors_checkout(), folder.resolve(), repository, branch)
    except ValueError as fault:
        raise click.UsageError(str(fault)) from None
    click.echo(f"{len(files)} files in {folder}. Never add solutions/ or tests/ to that repository.")


@main.command()
@click.argument("submissions", type=click.Path(exists=True, path_type=Path))
@click.option("--lab", required=True, metavar="NN", help="Which lab they are submissions of, such as 02.")
@click.option("--out", required=True, type=click.Path(file_okay=False, path_type=Path), help="Where results go.")
@click.option("--jobs", default=2, show_default=True, type=click.IntRange(1, 256), help="Submissions at a time.")
@click.option(
    "--sandbox",
    default="auto",
    show_default=True,
    type=click.Choice(["auto", "bubblewrap", "landlock", "none"]),
    help="How student code is kept in.",
)
@click.option(
    "--canvas-gradebook",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A gradebook exported from Canvas: canvas.csv takes its students and its column from it.",
)
@click.option("--canvas-assignment", default="", metavar="TITLE", help="The assignment's title in Canvas.")
@click.option(
    "--regrade",
    multiple=True,
    metavar="NAME",
    help="A student or an exercise, as grades.csv names them, to grade again; may be given several times, and with "
    "students and exercises these exercises of these students are meant.",
)
@click.option(
    "--seconds", type=click.FloatRange(0.5, 600), help="CPU seconds for one check; the lab's own if not given."
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
    regrade: tuple[str, ...],
    seconds: float | None,
    scheduler: str | None,
) -> None:
    """Grade the notebooks in SUBMISSIONS.

    That is a folder with one <student>.ipynb a student or a folder for each, or the zip that Canvas or Moodle gives, or
    one notebook.

    Writes OUT/grades.csv, OUT/canvas.csv, OUT/results.jsonl, OUT/class.html and OUT/feedback/<student>.html, and
    OUT/written.html with OUT/marks.csv for the marks that you give by hand. A run that was stopped goes on where it
    was; what is graded is not graded again.
    """
    from tqdm import tqdm

    from course.grading.choice import choose, protection
    from course.grading.cluster import connect, here
    from course.grading.run import grade_class

    try:
        sandbox = choose(sandbox)
        click.echo(protection(sandbox), err=True)
        with connect(scheduler, sandbox) if scheduler else here(jobs) as workers:
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
            )
    except ValueError as fault:
        raise click.UsageError(str(fault)) from None
    counts = ", ".join(f"{count} {status}" for status, count in summary.by_status.items())
    for note in summary.notes:
        click.echo(note, err=True)
    click.echo(f"{summary.submissions} submissions ({summary.fresh} graded now): {counts}. See {out / 'class.html'}")


@main.command()
@click.option("--json", "as_json", is_flag=True, help="Print a JSON list instead of lines.")
def doctor(as_json: bool) -> None:
    """Try what this machine can do; exit 1 only if something that students need fails."""
    import json
    from dataclasses import asdict

    from course.doctor import FAILS, examine

    findings = []
    for finding in examine(checkout()):
        findings.append(finding)
        if not as_json:
            click.echo(f"{finding.status:5}  {finding.name:13}  {finding.seen}")
            if finding.advice:
                click.echo(f"{'':22}→ {finding.advice}")
    if as_json:
        click.echo(json.dumps([asdict(finding) for finding in findings], indent=1, ensure_ascii=False))
    sys.exit(1 if any(finding.status == FAILS for finding in findings) else 0)


@main.group()
def bench() -> None:
    """Measure this library against its peers, in one run, as ratios."""


@bench.command("train")
@click.option("--rounds", default=5, show_default=True, help="Timed epochs for each network and contestant.")
@click.option("--examples", default=60000, show_default=True, help="Size of the training set.")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON list instead of a table.")
def bench_train(rounds: int, examples: int, as_json: bool) -> None:
    """Time one epoch of MNIST against PyTorch, scikit-learn and the bare matrix products."""
    from course import bench

    _show(bench.bench_train(rounds, examples), as_json)


@bench.command("scale")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON list instead of a table.")
def bench_scale(as_json: bool) -> None:
    """Show how the time grows with examples and with width, and the fitted exponents."""
    from course import bench

    _show(bench.bench_scale(), as_json)


@bench.command("gpu")
@click.option("--rounds", default=5, show_default=True, help="Timed epochs for each network and contestant.")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON list instead of a table.")
def bench_gpu(rounds: int, as_json: bool) -> None:
    """Time one epoch on the GPU against PyTorch, and keep the figures with device and date."""
    from course import bench

    try:
        _show(bench.bench_gpu(rounds), as_json)
    except RuntimeError as fault:
        raise click.ClickException(str(fault)) from None


@bench.command("mnist")
@click.option("--long", "with_long", is_flag=True, help="The slow preset too: dropout and max-norm.")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON list instead of a table.")
def bench_mnist(with_long: bool, as_json: bool) -> None:
    """Train the reference models on MNIST and print their test errors beside published ones."""
    from course import bench

    _show(bench.bench_mnist(bench.PRESETS if with_long else bench.PRESETS[:2]), as_json)


@bench.command("grade")
@click.option("--copies", default=50, show_default=True, type=click.IntRange(2), help="Submissions of lab 02.")
@click.option("--jobs", default=1, show_default=True, type=click.IntRange(1, 256), help="Submissions at a time.")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON list instead of a table.")
def bench_grade(copies: int, jobs: int, as_json: bool) -> None:
    """Time the grading of lab 02, half of the class right and half wrong, beside nbgrader where it is installed."""
    from course.bench.grading import bench_grade as measure

    try:
        _show(measure(checkout(), copies, jobs), as_json)
    except (RuntimeError, ValueError) as fault:
        raise click.ClickException(str(fault)) from None


def _show(rows: list[dict[str, object]], as_json: bool) -> None:
    import json

    from course.bench import format_table

    click.echo(json.dumps(rows, indent=1, ensure_ascii=False) if as_json else format_table(rows))

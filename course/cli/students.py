"""The commands for everyone: open the labs, show progress, reset an exercise, rehearse the hand-in, try the machine."""

import sys
from pathlib import Path

import click

from course.cli.places import STARTED, labs


@click.command()
@click.argument("folder", default=STARTED, type=click.Path(file_okay=False, path_type=Path))
@click.option("--no-open", is_flag=True, help="Write the labs, but do not open them.")
def start(folder: Path, no_open: bool) -> None:
    """Write the labs to FOLDER ("workbook" by default) and open them in JupyterLab.

    If you run it again, it updates the files that are unchanged there. A notebook that you have changed, or only saved,
    stays as it is.
    """
    from course.checks import LABS
    from course.cli.hand_out import hand_out
    from course.jupyter.start import serve

    try:
        kept = hand_out(LABS, folder)
    except (ValueError, OSError) as fault:
        raise click.ClickException(str(fault)) from None
    for name in kept:
        click.echo(f"{name} has been changed and stays as it is")
    if no_open:
        click.echo(f"the labs are in {folder}; to open them: course lab --folder {folder}")
    else:
        serve(folder.resolve(), ())


@click.command()
@click.option("--folder", type=click.Path(exists=True, file_okay=False, path_type=Path), help="Another folder of labs.")
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def lab(folder: Path | None, arguments: tuple[str, ...]) -> None:
    """Open the labs in JupyterLab. ARGUMENTS after -- go to jupyter lab."""
    from course.jupyter.start import serve

    serve(folder.resolve() if folder else labs(), arguments)


@click.command()
@click.option("--folder", type=click.Path(exists=True, file_okay=False, path_type=Path), help="Another folder of labs.")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON list instead of a table.")
def progress(folder: Path | None, as_json: bool) -> None:
    """Show your progress in each lab: exercises passed, points, predictions made. Nothing is changed."""
    import json
    from dataclasses import asdict

    from course.checks import as_table, overview

    try:
        rows = overview(folder or labs())
    except FileNotFoundError as fault:
        raise click.UsageError(str(fault)) from None
    click.echo(json.dumps([asdict(row) for row in rows], indent=1, ensure_ascii=False) if as_json else as_table(rows))


@click.command()
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
    """Reset the cell of EXERCISE in lab NN to its first state, and keep your answer in progress/kept.

    Save the notebook in JupyterLab first, and reload it from disk afterwards. No other cell is changed.
    """
    from course.checks import find_record
    from course.checks.reset import find_notebook, put_back

    try:
        path = notebook or find_notebook(lab.zfill(2), folder or labs())
        record = find_record(lab.zfill(2), path.absolute().parent)
        if not yes:
            click.confirm(f"{path.name}: have you saved the notebook in JupyterLab (Ctrl+S)? Continue", abort=True)
        click.echo(put_back(record, exercise, path).message)
    except (ValueError, OSError) as fault:
        raise click.ClickException(str(fault)) from None


@click.command()
@click.argument("lab", metavar="NN")
@click.option("--folder", type=click.Path(exists=True, file_okay=False, path_type=Path), help="Another folder of labs.")
@click.option(
    "--notebook",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The notebook, where the folder holds more than one of this lab.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of lines.")
def handin(lab: str, folder: Path | None, notebook: Path | None, as_json: bool) -> None:
    """Rehearse the hand-in of lab NN: grade the saved notebook as the grader will, on the public cases.

    It says what differs from the notebook's own checks and why, what is not answered, and whether the file was saved.
    Nothing is written and nothing is sent. (This has not been tried on Windows.)
    """
    import json
    from dataclasses import asdict

    from course.checks import find_record
    from course.checks.reset import find_notebook
    from course.checks.store import Store
    from course.grading.handin import rehearse

    try:
        path = (notebook or find_notebook(lab.zfill(2), folder or labs())).absolute()
        record = find_record(lab.zfill(2), path.parent)
        store = Store(record.lab, path.parent)
        checked_at = store.path.stat().st_mtime if store.path.exists() else 0.0
        found = rehearse(path, record, store.load().get("predictions", {}), checked_at)
    except (ValueError, OSError) as fault:
        raise click.ClickException(str(fault)) from None
    click.echo(json.dumps(asdict(found), indent=1, ensure_ascii=False, default=str) if as_json else found.text)


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print a JSON list instead of lines.")
def doctor(as_json: bool) -> None:
    """Test what this machine can do; exit with 1 only if something that students need fails."""
    import json
    from dataclasses import asdict

    from course.doctor import FAILS, examine

    findings = []
    for finding in examine(_workbook()):
        findings.append(finding)
        if not as_json:
            click.echo(f"{finding.status:5}  {finding.name:13}  {finding.seen}")
            if finding.advice:
                click.echo(f"{'':22}→ {finding.advice}")
    if as_json:
        click.echo(json.dumps([asdict(finding) for finding in findings], indent=1, ensure_ascii=False))
    sys.exit(1 if any(finding.status == FAILS for finding in findings) else 0)


def _workbook() -> Path:
    """Return the folder to examine: the workbook's; else that of the labs; else the current folder."""
    try:
        folder = labs()
    except click.UsageError:
        return Path.cwd()
    return folder.parent if (folder.parent / "course").is_dir() else folder

"""The commands that measure: ``course bench``."""

import click

from course.cli.places import checkout


@click.group()
def bench() -> None:
    """Compare this library's speed with that of others, as ratios from one run."""


@bench.command("train")
@click.option("--rounds", default=5, show_default=True, help="Timed epochs for each network and contestant.")
@click.option("--examples", default=60000, show_default=True, help="Size of the training set.")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON list instead of a table.")
def bench_train(rounds: int, examples: int, as_json: bool) -> None:
    """Time one epoch of MNIST, compared with PyTorch, scikit-learn and the matrix products alone."""
    from course import bench

    _show(bench.bench_train(rounds, examples), as_json)


@bench.command("scale")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON list instead of a table.")
def bench_scale(as_json: bool) -> None:
    """Show how the time grows with the number of examples and with the width, and the fitted exponents."""
    from course import bench

    _show(bench.bench_scale(), as_json)


@bench.command("gpu")
@click.option("--rounds", default=5, show_default=True, help="Timed epochs for each network and contestant.")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON list instead of a table.")
def bench_gpu(rounds: int, as_json: bool) -> None:
    """Time one epoch on the GPU, compared with PyTorch, and store the figures with device and date."""
    from course import bench

    try:
        _show(bench.bench_gpu(rounds), as_json)
    except RuntimeError as fault:
        raise click.ClickException(str(fault)) from None


@bench.command("mnist")
@click.option("--long", "with_long", is_flag=True, help="Also the slow preset with dropout and max-norm.")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON list instead of a table.")
def bench_mnist(with_long: bool, as_json: bool) -> None:
    """Train the reference models on MNIST, and print their test errors beside the published ones."""
    from course import bench

    _show(bench.bench_mnist(bench.PRESETS if with_long else bench.PRESETS[:2]), as_json)


@bench.command("grade")
@click.option("--copies", default=50, show_default=True, type=click.IntRange(2), help="Submissions of lab 02.")
@click.option("--jobs", default=1, show_default=True, type=click.IntRange(1, 256), help="Submissions at a time.")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON list instead of a table.")
def bench_grade(copies: int, jobs: int, as_json: bool) -> None:
    """Time the grading of lab 02 for a class half right and half wrong, compared with nbgrader if it is installed."""
    from course.bench.grading import bench_grade as measure

    try:
        _show(measure(checkout(), copies, jobs), as_json)
    except (RuntimeError, ValueError) as fault:
        raise click.ClickException(str(fault)) from None


def _show(rows: list[dict[str, object]], as_json: bool) -> None:
    import json

    from course.bench import format_table

    click.echo(json.dumps(rows, indent=1, ensure_ascii=False) if as_json else format_table(rows))

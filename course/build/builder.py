"""``course build`` and ``course build --check``: write the generated files, or compare them with the present ones."""

import json
import math
import os
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from course.build.declare import LabChecks
from course.build.notebooks import clean_outputs, solved_notebook, student_notebook, to_text
from course.build.records import build_record, load_checks
from course.build.source import LabSource, load_source
from course.checks import LabRecord, write_atomically
from course.inside.codec import decode

#: environment variables of an executed notebook: quick runs, one BLAS thread, checks that raise
QUICK = {"COURSE_QUICK": "1", "COURSE_STRICT": "1", "OPENBLAS_NUM_THREADS": "1"}


def sources(root: Path, only: str | None = None) -> list[Path]:
    """List the labs' sources in a checkout, in order, or that of one lab."""
    return sorted((root / "solutions").glob(f"lab{only or '[0-9][0-9]'}_*.py"))


def build_all(root: Path, only: str | None = None) -> Iterator[Path]:
    """Build notebooks and records. The solved notebooks are run to store their text outputs.

    Parameters
    ----------
    root : Path
        The checkout: ``solutions/`` is read, ``labs/`` and the solved notebooks are written.
    only : str, optional
        Two digits: build only this lab.

    Yields
    ------
    Path
        Each file, once it is written.

    Raises
    ------
    SourceFault
        If a source cannot be built; nothing of that lab is written then.
    """
    for path in sources(root, only):
        source = load_source(path)
        checks = load_checks(source)
        record = build_record(source, checks)
        solved = run_notebook(solved_notebook(source, checks), record)
        texts = {
            root / "labs" / f"{source.stem}.ipynb": to_text(student_notebook(source, checks)),
            root / "labs" / "checks" / f"lab{source.lab}.json": record.to_json(),
            path.with_suffix(".ipynb"): to_text(solved),
        }
        for target, text in texts.items():
            write_atomically(target, text)
            yield target


def run_notebook(notebook: dict[str, Any], record: LabRecord) -> dict[str, Any]:
    """Run a notebook in a real kernel, in quick mode, and keep its text outputs.

    Parameters
    ----------
    notebook : dict
        The notebook; it is not changed.
    record : LabRecord
        Its predictions are answered in advance, so that their experiments run here, too.

    Returns
    -------
    dict
        The notebook with outputs and execution counts.

    Raises
    ------
    nbclient.exceptions.CellExecutionError
        If a cell fails.
    """
    import nbformat
    from nbclient import NotebookClient

    with tempfile.TemporaryDirectory() as scratch:
        prepare_progress(record, Path(scratch))
        (Path(scratch) / "checks").mkdir()
        write_atomically(Path(scratch) / "checks" / f"lab{record.lab}.json", record.to_json())
        node = nbformat.reads(to_text(notebook), as_version=4)
        client = NotebookClient(node, timeout=300, kernel_name="python3", resources={"metadata": {"path": scratch}})
        client.execute(env={**os.environ, **QUICK, "COURSE_PROGRESS": scratch}, stderr=subprocess.DEVNULL)
    result: dict[str, Any] = json.loads(nbformat.writes(node))
    for cell in result["cells"]:
        cell["metadata"].pop("execution", None)
        if cell["cell_type"] == "code":
            cell["outputs"] = clean_outputs([_joined(output) for output in cell["outputs"]])
    result["metadata"] = notebook["metadata"]
    return result


def _joined(output: dict[str, Any]) -> dict[str, Any]:
    """Join the texts that the notebook format splits into lines."""
    joined = dict(output)
    if "text" in output:
        joined["text"] = "".join(output["text"])
    if "data" in output:
        joined["data"] = {m: "".join(t) if isinstance(t, list) else t for m, t in output["data"].items()}
    return joined


def prepare_progress(record: LabRecord, folder: Path) -> None:
    """Answer every prediction of a lab in advance, with its first option or with 1: nothing waits for a click."""
    guesses = {name: q.options[0] if q.options else 1.0 for name, q in record.predictions.items()}
    answers = {q.name: q.options[q.correct or 0] for q in record.recall}
    text = json.dumps({"predictions": guesses, "recall": answers}, sort_keys=True)
    write_atomically(folder / f"lab{record.lab}.json", text)


def check_all(root: Path, only: str | None = None) -> Iterator[str]:
    """Compare the files in a checkout with what its sources give; no notebook is run.

    Parameters
    ----------
    root : Path
    only : str, optional
        Two digits: check only this lab.

    Yields
    ------
    str
        One line for each file that is missing, differs, or belongs to no source.
    """
    expected: set[Path] = set()
    for path in sources(root, only):
        source = load_source(path)
        checks = load_checks(source)
        yield from _check_lab(root, source, checks, expected)
    if only is None:
        found = [*(root / "labs").glob("lab*.ipynb"), *(root / "labs" / "checks").glob("*.json")]
        for stray in sorted({*found, *(root / "solutions").glob("lab*.ipynb")} - expected):
            yield f"{stray.relative_to(root)}: no source makes this file; delete it"


def _check_lab(root: Path, source: LabSource, checks: LabChecks, expected: set[Path]) -> Iterator[str]:
    student = root / "labs" / f"{source.stem}.ipynb"
    record = root / "labs" / "checks" / f"lab{source.lab}.json"
    solved = source.path.with_suffix(".ipynb")
    expected |= {student, record, solved}
    again = "differs from what its source gives; run: course build"
    for path in (student, record, solved):
        if not path.is_file():
            yield f"{path.relative_to(root)}: missing; run: course build"
    if student.is_file() and student.read_text(encoding="utf-8") != to_text(student_notebook(source, checks)):
        yield f"{student.relative_to(root)}: {again}"
    if solved.is_file():
        stands = json.loads(solved.read_text(encoding="utf-8"))
        fresh = solved_notebook(source, checks)
        if [(c["id"], c["source"]) for c in stands["cells"]] != [(c["id"], c["source"]) for c in fresh["cells"]]:
            yield f"{solved.relative_to(root)}: {again}"
    if record.is_file():
        fresh_record = json.loads(build_record(source, checks).to_json())
        if not same_data(json.loads(record.read_text(encoding="utf-8")), fresh_record):
            yield f"{record.relative_to(root)}: {again}"


def same_data(a: Any, b: Any) -> bool:
    """Compare two pieces of JSON data, floats (those in encoded arrays too) to 1e-9."""
    if isinstance(a, float) or isinstance(b, float):
        return (
            isinstance(a, float | int) and isinstance(b, float | int) and math.isclose(a, b, rel_tol=1e-9, abs_tol=1e-9)
        )
    if isinstance(a, dict) and isinstance(b, dict):
        if a.keys() == b.keys() == {"dtype", "shape", "base64"}:
            return _same_array(decode(a), decode(b))
        return a.keys() == b.keys() and all(same_data(a[key], b[key]) for key in a)
    if isinstance(a, list) and isinstance(b, list):
        return len(a) == len(b) and all(map(same_data, a, b))
    return bool(a == b)


def _same_array(a: Any, b: Any) -> bool:
    import numpy as np

    return a.dtype == b.dtype and a.shape == b.shape and bool(np.allclose(a, b, rtol=1e-9, atol=1e-9, equal_nan=True))

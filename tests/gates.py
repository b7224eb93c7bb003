"""What the gates need: the labs, parsed once, and a run of a notebook in a real kernel without a network."""

import json
import os
import re
import shutil
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

import nbformat
from nbclient import NotebookClient

from course.build import (
    QUICK,
    Exercise,
    LabChecks,
    LabSource,
    clean_outputs,
    load_checks,
    load_source,
    prepare_progress,
    reference_namespace,
)
from course.build.records import build_exercise, solution_of
from course.build.slips import trace_of
from course.checks import ExerciseRecord, LabRecord, SlipRecord, Verdict, judge
from course.checks.handed_in import MIME
from course.inside.observe import observe
from tests.patience import patience

ROOT = Path(__file__).parents[1]
LABS = sorted(path.name[3:5] for path in (ROOT / "solutions").glob("lab[0-9][0-9]_*.py"))

#: run before a notebook. Connections to other machines fail, as they do for a student on a train. A meter adds up the
#: CPU seconds of the cells, in units of a fixed piece of work. That work is done again after each cell that took long:
#: other programs on the same cores stretch both, by up to a half, and not all the time
BEFORE = """
import os as _os, socket as _socket, time as _time
import numpy as _np
_connect = _socket.socket.connect
def _only_here(self, address):
    if self.family != _socket.AF_UNIX and address[0] not in ("127.0.0.1", "::1", "localhost"):
        raise OSError(f"the gates run offline: {address}")
    return _connect(self, address)
_socket.socket.connect = _only_here

def _yardstick():
    A, start = _np.random.default_rng(0).random((200, 200)), _time.process_time()
    for _ in range(60):
        A = A @ A
        A /= A.max()
    sum(i * i for i in range(400_000))
    return _time.process_time() - start

class _Meter:
    def __init__(self):
        self.yardstick = min(_yardstick() for _ in range(3))
        self.used = self.seconds() / self.yardstick
    def seconds(self):
        return sum(_os.times()[:4])
    def begin(self, info):
        self.begun = self.seconds()
    def end(self, result):
        seconds = self.seconds() - self.begun
        self.yardstick = _yardstick() if seconds > 0.3 else self.yardstick
        self.used += seconds / self.yardstick

_meter = _Meter()
get_ipython().events.register("pre_run_cell", _meter.begin)
get_ipython().events.register("post_run_cell", _meter.end)
_meter.begin(None)
"""
#: a prediction's call, on one line, and what is shown of its result
PREDICT = re.compile(r'^ *lab\.predict\("(\w+)", .*\)$', re.MULTILINE)
HAPPENED = re.compile("What happened: .*")
HEADING = re.compile(r"^#{1,6} ", re.MULTILINE)
#: run after it: the most memory the kernel ever held in MiB, and what the meter shows
COST = """
import resource
try:
    _peak = next(int(line.split()[1]) for line in open("/proc/self/status") if line.startswith("VmHWM"))
except OSError:  # not Linux: this may be the peak of the process that started the kernel
    _peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(_peak // 1024, _meter.used)
"""
#: CPU seconds of the fixed piece of work on the machine that the budgets were chosen on
YARDSTICK = 0.029


@cache
def source_of(lab: str) -> LabSource:
    return load_source(next((ROOT / "solutions").glob(f"lab{lab}_*.py")))


@cache
def checks_of(lab: str) -> LabChecks:
    return load_checks(source_of(lab))


@cache
def answers_of(lab: str) -> dict[str, Any]:
    return reference_namespace(source_of(lab))


@cache
def record_of(lab: str) -> LabRecord:
    """Read the record that students get; gate 4 holds it against a fresh one."""
    return LabRecord.from_json((ROOT / "labs" / "checks" / f"lab{lab}.json").read_text(encoding="utf-8"))


@cache
def exercise_of(lab: str, seed: int | None, name: str) -> ExerciseRecord:
    """Give an exercise of the students' record, or with the cases of a seed and no slips, as the grader builds it."""
    if seed is None:
        return record_of(lab).exercises[name]
    exercise = next(e for e in checks_of(lab).exercises if e.name == name)
    return build_exercise(source_of(lab), checks_of(lab), exercise, answers_of(lab), seed, with_slips=False)


def with_foreseen(lab: str, record: ExerciseRecord, exercise: Exercise) -> ExerciseRecord:
    """Add the foreseen slips to a record, alone: two at once and derived ones are looked for after all of these."""
    traced = [SlipRecord(s.name, s.hint, trace_of(record, variant(lab, exercise, s.wrong))) for s in exercise.slips]
    return replace(record, slips=traced)


def variant(lab: str, exercise: Exercise, wrong: Any) -> Any:
    """Give a slip or an alternative as an answer: one that is declared by edits is made from the solution."""
    return solution_of(source_of(lab), exercise.name, answers_of(lab)).variant(wrong, "a variant")


def coded(lab: str) -> list[Exercise]:
    """Exercises whose answers can be run here: no constants, nothing that is handed in (tests/test_handed_in.py)."""
    answers = answers_of(lab)
    return [e for e in checks_of(lab).exercises if e.kind != "constant" and answers[e.name] is not None]


def judged(record: ExerciseRecord, answer: Any, explained: bool = True) -> Verdict:
    """Judge an answer as a check would, or only its points."""
    return judge(record, [observe(record.probe, answer, case) for case in record.cases], explained)


@dataclass
class Run:
    """What a notebook did in a kernel: text of each code cell's outputs by cell id, errors, memory, CPU seconds.

    The seconds are those of the machine that the budgets were chosen on.

    ``happened``: prediction → its result when its cell ran, and when it was asked again after the last cell.
    ``stored``: cell id → its outputs as a solved notebook keeps them.
    """

    outputs: dict[str, str] = field(default_factory=dict)
    stored: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)
    happened: dict[str, list[str]] = field(default_factory=dict)
    peak_mib: int = 0
    seconds: float = 0.0


def read_notebook(kind: str, lab: str) -> dict[str, Any]:
    return json.loads((ROOT / kind / f"{source_of(lab).stem}.ipynb").read_text(encoding="utf-8"))


def one_lab(root: Path) -> Path:
    """Make a checkout that holds lab 00 alone."""
    for folder in ("labs/checks", "solutions/checks", "course"):
        (root / folder).mkdir(parents=True)
    for path in (*ROOT.glob("labs/**/lab00*"), *ROOT.glob("solutions/**/lab00*")):
        if path.is_file() and not {"progress", "__pycache__", ".ipynb_checkpoints"} & set(path.parts):
            shutil.copy(path, root / path.relative_to(ROOT))
    return root


def run_in_kernel(notebook: dict[str, Any], lab: str, scratch: Path, strict: bool) -> Run:
    """Run a notebook from top to bottom in the folder `scratch`, offline, errors noted and not fatal.

    With `strict` all predictions are known, and are run again after the last cell.
    """
    (scratch / "checks").mkdir(parents=True)
    (scratch / "checks" / f"lab{lab}.json").write_text(record_of(lab).to_json(), encoding="utf-8")
    if strict:
        prepare_progress(record_of(lab), scratch / "progress")
    node = nbformat.reads(json.dumps(notebook), as_version=4)
    cost = nbformat.v4.new_code_cell(COST)
    again = [call[0] for cell in node.cells if cell.cell_type == "code" and (call := PREDICT.search(cell.source))]
    late = [nbformat.v4.new_code_cell(call.strip()) for call in again if strict]
    node.cells = [nbformat.v4.new_code_cell(BEFORE), *node.cells, cost, *late]
    environment = {
        **os.environ,
        **QUICK,
        "COURSE_STRICT": str(int(strict)),
        "COURSE_PROGRESS": str(scratch / "progress"),
    }
    client = NotebookClient(
        node, timeout=int(patience(120)), allow_errors=True, resources={"metadata": {"path": str(scratch)}}
    )
    client.execute(env=environment)
    run = Run()
    for cell in node.cells[1:]:
        for output in cell.get("outputs", []):
            if output["output_type"] == "error":
                run.errors.append(f"{cell.source}\n{output['ename']}: {output['evalue']}")
            text = output.get("text") or output.get("data", {}).get("text/plain", "")
            run.outputs[cell.id] = run.outputs.get(cell.id, "") + text
        if cell.cell_type == "code":
            run.stored[cell.id] = kept(cell.outputs)
        if result := HAPPENED.search(run.outputs.get(cell.id, "")):
            run.happened.setdefault(PREDICT.search(cell.source)[1], []).append(result[0])  # type: ignore[index]
    peak, used = run.outputs[cost.id].split()
    run.peak_mib, run.seconds = int(peak), float(used) * YARDSTICK
    return run


def kept(outputs: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Give outputs as the build keeps them, without a network handed in: its last digits hang on the processor."""
    cleaned = []
    for output in clean_outputs(outputs):
        data = {mime: "".join(text) for mime, text in output.get("data", {}).items() if mime != MIME}
        told = {"data": data} if "data" in output else {"text": "".join(output.get("text", ""))}
        cleaned.append({"output_type": output["output_type"], **told})
    return cleaned


def seen_before_the_answer(lab: str, prediction: str, untouched: Run) -> str:
    """Give all that a lab shows, text, code and outputs, up to the heading that follows a question, once all cells ran.

    Folded code is left out, and what the questions themselves say: their options are answers, right and wrong ones.
    """
    seen: list[str] = []
    asked = False
    for cell in read_notebook("labs", lab)["cells"]:
        text = "".join(cell["source"])
        if cell["cell_type"] == "markdown":
            heading = HEADING.search(text)
            if asked and heading:
                return "\n".join([*seen, text[: heading.start()]])
            seen.append(text)
            continue
        question = PREDICT.search(text)
        asked = asked or bool(question and question[1] == prediction)
        seen += [] if cell["metadata"].get("jupyter", {}).get("source_hidden") else [text]
        seen += [] if question else [untouched.outputs.get(cell["id"], "")]
    assert asked, f"no cell asks {prediction!r}"
    return "\n".join(seen)


def answer_to(lab: str, prediction: str, solved: Run) -> str:
    """Give what an answered question shows: run, result, and why."""
    cells = [
        c for c in read_notebook("solutions", lab)["cells"] if f'lab.predict("{prediction}"' in "".join(c["source"])
    ]
    return solved.outputs[cells[0]["id"]]

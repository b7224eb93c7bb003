"""Real nbval on real notebooks: the solved ones pass, and none of the known tricks makes a wrong one pass."""

import json
import os
import re
import sys
from collections import Counter, defaultdict
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import nbformat
import pytest

from course.grading.sandbox.users import python_is_open
from tests.gates import ROOT, checks_of, read_notebook
from tests.patience import finished
from tests.submissions import LAB, blank, save, solved, with_answers, with_cell

pytestmark = pytest.mark.sandbox

CHECKS = len(checks_of(LAB).exercises)
WRONG = {"update": "def update(value, grad, lr):\n    return value + lr * grad"}

IGNORE_RAISE = """
import ast
class Forget(ast.NodeTransformer):
    def visit_Raise(self, node):
        return ast.copy_location(ast.Pass(), node)
get_ipython().ast_transformers.append(Forget())
"""
PATCHED = """
import course.checks.judge, course.checks.lab
course.checks.lab.judge = lambda exercise, seen: course.checks.judge.Verdict(exercise.name, "pass", 1, 1)
course.checks.lab.CheckFailed = lambda verdict: None
"""


def pytest_on(path: Path, *options: str) -> tuple[int, dict[str, int], str]:
    """Run pytest with nbval as an instructor would; give the exit code, the counts and the output."""
    command = [sys.executable, "-m", "pytest", "-n0", "-q", "-p", "no:cacheprovider", *options, str(path)]
    settings = ["-c", str(ROOT / "pyproject.toml")]
    environment = {k: v for k, v in os.environ.items() if not k.startswith("PYTEST_")}
    done = finished([*command, *settings], cwd=path.parent, env=environment)
    last = done.stdout.strip().splitlines()[-1] if done.stdout.strip() else ""
    counts = {word: int(number) for number, word in re.findall(r"(\d+) (passed|failed|error|skipped|xfailed)", last)}
    return done.returncode, counts, done.stdout + done.stderr


def graded(tmp_path: Path, notebook: dict[str, Any]) -> tuple[int, dict[str, int], str]:
    return pytest_on(save(tmp_path, "someone", notebook), "--nbval-lax")


def test_the_contents_page_is_no_submission() -> None:
    code, counts, output = pytest_on(ROOT / "labs" / "contents.ipynb", "--nbval-lax")
    assert code in (pytest.ExitCode.NO_TESTS_COLLECTED, pytest.ExitCode.USAGE_ERROR), output
    assert not {"passed", "failed"} & counts.keys()


def test_solved_notebooks_pass() -> None:
    """One with a network handed in, and a short one; that every lab's outputs are those stored is one of its gates."""
    command = [sys.executable, "-m", "pytest", "-n0", "-q", "--nbval", "solutions/", "-k", "lab13 or lab00"]
    environment = {k: v for k, v in os.environ.items() if not k.startswith("PYTEST_")}
    done = finished(command, cwd=ROOT, env=environment)
    assert done.returncode == 0, done.stdout[-3000:]
    cells = [c for lab in ("00", "13") for c in read_notebook("solutions", lab)["cells"] if c["cell_type"] == "code"]
    assert f"\n{len(cells)} passed, " in done.stdout
    assert "failed" not in done.stdout


def test_a_right_submission_passes_check_by_check(tmp_path: Path) -> None:
    code, counts, _ = graded(tmp_path, solved())
    assert (code, counts) == (0, {"passed": CHECKS})


@pytest.mark.parametrize("answers", [{}, WRONG])
def test_the_grader_judges_without_nbval(tmp_path: Path, answers: dict[str, str]) -> None:
    """As it would be with a pytest that nbval does not know."""
    path = save(tmp_path, "someone", with_answers(**answers))
    code, counts, output = pytest_on(path, "-p", "no:nbval", "--nbval-lax")
    wrong = ["update", "train_neuron"] if answers else []
    assert (code, counts.get("failed", 0)) == (bool(wrong), len(wrong)), output
    assert counts["passed"] == CHECKS - len(wrong)


def skipping(notebook: dict[str, Any]) -> dict[str, Any]:
    """Tell nbval in every check cell, by comment and by tag, to look away."""
    for cell in notebook["cells"]:
        if "check" in cell["metadata"].get("course", {}):
            cell["source"] = ["# NBVAL_SKIP\n", *cell["source"]]
            cell["metadata"]["tags"] = ["nbval-skip", "raises-exception"]
    return notebook


TRICKS = {
    "check redefined": lambda: with_cell(with_answers(**WRONG), "check = lambda name: None", at=4),
    "checks patched": lambda: with_cell(with_answers(**WRONG), PATCHED, at=4),
    "raise removed from the syntax tree": lambda: with_cell(with_answers(**WRONG), IGNORE_RAISE, at=4),
    "told to skip": lambda: skipping(with_answers(**WRONG)),
    "process ended before the checks": lambda: with_cell(with_answers(**WRONG), "import os\nos._exit(0)", at=4),
    "check cells deleted": lambda: {
        **solved(),
        "cells": [c for c in with_answers(**WRONG)["cells"] if "check" not in c["metadata"].get("course", {})],
    },
}


@pytest.fixture(scope="module")
def together(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, Counter[str]], str]:
    """Run pytest once on a folder of submissions; give file → how its checks ended → how many, and the output."""
    folder = tmp_path_factory.mktemp("class")
    save(folder, "blank", blank())
    cells = [c for c in solved()["cells"] if c["metadata"].get("course", {}).get("exercise") != "dh_dw"]
    save(folder, "an answer missing", {**solved(), "cells": cells})
    for name, make in TRICKS.items():
        save(folder, name, make())
    code, _, output = pytest_on(folder, "--nbval-lax", "-rA")
    assert code == 1
    return ends_of(output), output


def ends_of(output: str) -> dict[str, Counter[str]]:
    """Take from pytest's summary: notebook → how its items ended → how many."""
    ends: dict[str, Counter[str]] = defaultdict(Counter)
    for end, name in re.findall(r"^(PASSED|FAILED) .*?([^/\n]+)\.ipynb::", output, re.MULTILINE):
        ends[name][end.lower()] += 1
    return ends


def test_a_blank_submission_fails_check_by_check(together: tuple[dict[str, Counter[str]], str]) -> None:
    ends, output = together
    assert ends["blank"] == {"failed": CHECKS}
    assert "not attempted" in output


def test_a_missing_answer_fails(together: tuple[dict[str, Counter[str]], str]) -> None:
    assert together[0]["an answer missing"] == {"passed": CHECKS - 2, "failed": 2}  # dh_dw, and gradient, which uses it


@pytest.mark.parametrize("trick", TRICKS)
def test_no_trick_makes_a_wrong_notebook_pass(together: tuple[dict[str, Counter[str]], str], trick: str) -> None:
    ends, output = together
    assert ends[trick] == {"passed": CHECKS - 2, "failed": 2}, output  # update, and train_neuron, which uses it


def test_a_conftest_beside_the_notebook_is_not_loaded(tmp_path: Path) -> None:
    (tmp_path / "conftest.py").write_text(
        "import pathlib, pytest\n"
        "pathlib.Path(__file__).with_name('loaded').touch()\n"
        "@pytest.hookimpl(wrapper=True)\n"
        "def pytest_runtest_makereport(item, call):\n"
        "    report = yield\n"
        "    report.outcome = 'passed'\n"
        "    return report\n"
    )
    code, counts, _ = graded(tmp_path, with_answers(**WRONG))
    assert (code, counts) == (1, {"passed": CHECKS - 2, "failed": 2})
    assert not (tmp_path / "loaded").exists()


def test_a_message_cannot_draw_on_the_terminal(tmp_path: Path) -> None:
    drawn = "def update(value, grad, lr):\n    raise ValueError('\\x1b[2J\\x1b[H\\x9b\\r8 passed\\u202e')"
    _, counts, output = graded(tmp_path, with_answers(update=drawn))
    assert counts == {"passed": CHECKS - 2, "failed": 2}
    assert "8 passed" in output
    assert not set("\x1b\x9b\r\u202e") & set(output)


TOUCH = "import pathlib; pathlib.Path({!r}).touch()"
#: file that pytest runs or imports of itself → its text, around the line that leaves a trace
BESIDE = {
    "test_x.py": "{}\ndef test_x():\n    pass\n",
    "x_test.py": "{}\ndef test_x():\n    pass\n",
    "test.txt": ">>> {}\n",
    "__init__.py": "{}\n",
}


def test_nothing_else_in_a_submissions_folder_is_run(tmp_path: Path) -> None:
    save(tmp_path, "someone", with_answers(**WRONG))
    for name, text in BESIDE.items():
        (tmp_path / name).write_text(text.format(TOUCH.format(str(tmp_path / f"{name} was run"))))
    _, counts, output = pytest_on(tmp_path, "--nbval-lax")
    assert counts == {"passed": CHECKS - 2, "failed": 2}, output
    assert not list(tmp_path.glob("* was run"))


def test_a_record_beside_the_notebook_is_not_believed(tmp_path: Path) -> None:
    record = json.loads((ROOT / "labs" / "checks" / f"lab{LAB}.json").read_text(encoding="utf-8"))
    record["exercises"] = {"dl_dp": record["exercises"]["dl_dp"]}
    (tmp_path / "checks").mkdir()
    (tmp_path / "checks" / f"lab{LAB}.json").write_text(json.dumps(record))
    _, counts, _ = graded(tmp_path, with_answers(**WRONG))
    assert counts == {"passed": CHECKS - 2, "failed": 2}


def test_another_lab_under_this_labs_name_is_refused(tmp_path: Path) -> None:
    code, counts, output = pytest_on(save(tmp_path, "lab03_neuron", solved()), "--nbval-lax")
    assert (code, counts) == (1, {"failed": 1})
    assert "--course-lab NN" in output


def test_settings_beside_the_notebook_are_refused(tmp_path: Path) -> None:
    """And none of them is acted upon before: this one would write a file of that name."""
    path = save(tmp_path, "someone", with_answers(**WRONG))
    (tmp_path / "pytest.ini").write_text("[pytest]\naddopts = --collect-only --debug=written\n")
    command = [sys.executable, "-m", "pytest", "-q", "--nbval-lax", str(path)]
    done = finished(command, cwd=tmp_path)
    assert done.returncode == 4
    assert "pytest.ini" in done.stderr
    assert not (tmp_path / "written").exists()


def test_odd_notebooks_cost_themselves_and_not_the_folder(tmp_path: Path) -> None:
    notebook = with_answers(**WRONG)
    labs = ("99", "²³", "٠٢", "2", ["02"], None)
    for number, said in enumerate(labs):
        notebook["metadata"]["course"]["lab"] = said
        save(tmp_path, f"odd {number}", notebook)
    (tmp_path / "torn.ipynb").write_text('{"metadata": {"course": {"lab": "02"}}, "cells": [')
    save(tmp_path, "right", solved())
    _, _, output = pytest_on(tmp_path, "--nbval-lax", "-rA")
    odd = {f"odd {number}": {"failed": 1} for number in range(len(labs))}
    assert ends_of(output) == {"right": {"passed": CHECKS}, "torn": {"failed": 1}, **odd}, output


def test_without_a_sandbox_nothing_is_graded_unless_that_is_wanted(tmp_path: Path) -> None:
    """Both graders choose by the same function: a machine without bubblewrap and Landlock refuses."""
    path = save(tmp_path, "someone", solved())
    (tmp_path / "old").mkdir()
    (tmp_path / "old" / "old_kernel.py").write_text(
        "import pytest\n"
        "@pytest.hookimpl(tryfirst=True)\n"
        "def pytest_configure(config):\n"
        "    from course.inside import landlock\n"
        "    landlock.version = lambda: 0\n"
    )
    command = [sys.executable, "-m", "pytest", "-q", "-n0", "-p", "no:cacheprovider", "-p", "old_kernel"]
    command += ["-c", str(ROOT / "pyproject.toml"), "--nbval-lax"]
    environment = {**os.environ, "PATH": str(tmp_path / "old"), "PYTHONPATH": str(tmp_path / "old")}  # and no bwrap
    wanted = (0, "NO SANDBOX") if os.geteuid() or python_is_open() else (4, "as an ordinary user")
    for options, code, says in (([], 4, "--course-sandbox none"), (["--course-sandbox", "none"], *wanted)):
        words = [*command, *options, str(path)]
        done = finished(words, cwd=tmp_path, env=environment)
        assert (done.returncode, says in done.stdout + done.stderr) == (code, True), done.stdout + done.stderr


def test_a_reference_that_was_never_run_is_refused(tmp_path: Path) -> None:
    code, counts, output = pytest_on(save(tmp_path, "lab02_learning", blank()), "--nbval")
    assert (code, counts) == (1, {"failed": 1})
    assert "have not been executed" in output


def test_a_changed_output_of_a_reference_is_noticed() -> None:
    """The comparison of stored outputs must be able to fail."""
    notebook = solved()
    cell = next(c for c in notebook["cells"] if c["cell_type"] == "code" and "after 200 steps" in "".join(c["source"]))
    text = cell["outputs"][0]["data"]["text/plain"]
    changed = "".join(text).replace("0.080", "0.081")
    assert changed != "".join(text)
    cell["outputs"][0]["data"]["text/plain"] = changed
    folder = ROOT / "solutions"
    path = folder / ".lab02_changed.ipynb"
    try:
        save(folder, ".lab02_changed", notebook)
        _, counts, output = pytest_on(path, "--nbval", "--course-lab", LAB)
    finally:
        path.unlink()
    assert counts["failed"] == 1
    assert "0.081" in output


def test_a_notebook_of_no_lab_is_refused(tmp_path: Path) -> None:
    notebook = with_answers(**WRONG)
    notebook["metadata"] = {}
    code, counts, output = pytest_on(save(tmp_path, "stranger", notebook), "--nbval-lax")
    assert (code, counts) == (1, {"failed": 1})
    assert "--course-lab NN" in output
    _, counts, _ = pytest_on(tmp_path / "stranger.ipynb", "--nbval-lax", "--course-lab", LAB)
    assert counts == {"passed": CHECKS - 2, "failed": 2}


def pytest_elsewhere(folder: Path, *options: str) -> CompletedProcess[str]:
    """Run pytest with nbval as somebody would who has this package installed and works on something else."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("PYTEST_")}
    return finished([sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *options], cwd=folder, env=environment)


def foreign(folder: Path) -> None:
    """Write a project of somebody else: a notebook, settings and a conftest.py of its own."""
    shown = [nbformat.v4.new_output("stream", text="42\n")]
    cell = nbformat.v4.new_code_cell("print(6 * 7)", execution_count=1, outputs=shown)
    (folder / "lab02_theirs.ipynb").write_text(nbformat.writes(nbformat.v4.new_notebook(cells=[cell])))
    (folder / "pytest.ini").write_text("[pytest]\naddopts = --nbval\n")
    (folder / "conftest.py").write_text("import pathlib\npathlib.Path(__file__).with_name('loaded').touch()\n")
    (folder / "test_theirs.py").write_text("def test_theirs():\n    pass\n")


def test_other_people_s_notebooks_settings_and_tests_are_theirs(tmp_path: Path) -> None:
    foreign(tmp_path)
    done = pytest_elsewhere(tmp_path)
    assert "2 passed" in done.stdout, done.stdout + done.stderr
    assert re.search(r"^lab02_theirs\.ipynb", done.stdout, re.MULTILINE)
    assert (tmp_path / "loaded").exists()


def test_one_notebook_of_the_course_among_theirs_makes_the_run_strict(tmp_path: Path) -> None:
    foreign(tmp_path)
    save(tmp_path, "ada", with_answers(**WRONG))
    done = pytest_elsewhere(tmp_path)
    assert done.returncode == 4
    assert "pytest.ini" in done.stderr
    (tmp_path / "pytest.ini").unlink()
    done = pytest_elsewhere(tmp_path, "-n0", "-q", "--nbval-lax")
    assert f"2 failed, {CHECKS - 1} passed" in done.stdout, done.stdout  # theirs, by nbval, among them
    assert not (tmp_path / "loaded").exists()


def test_a_submission_without_labels_is_not_run_in_a_kernel(tmp_path: Path) -> None:
    notebook = with_cell(with_answers(**WRONG), TOUCH.format(str(tmp_path / "was run")), at=1)
    notebook["metadata"] = {}
    for cell in notebook["cells"]:
        cell["metadata"] = {}
    save(tmp_path, "stranger", notebook)
    done = pytest_elsewhere(tmp_path, "-q", "--nbval-lax")
    assert "1 failed" in done.stdout
    assert "--course-lab NN" in done.stdout
    assert not (tmp_path / "was run").exists()

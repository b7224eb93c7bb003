"""What students get: the real command's release, run and graded as students would, and newer releases over old work."""

import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import nbformat
import pytest
from nbclient import NotebookClient

from course.build import QUICK, release
from tests.gates import LABS, ROOT, one_lab, read_notebook, source_of
from tests.patience import finished, patience
from tests.submissions import answer_cell

pytestmark = pytest.mark.whole
needs_git = pytest.mark.skipif(shutil.which("git") is None, reason="no git on this machine")


def course(*arguments: object, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "course", *map(str, arguments)]
    return finished(command, cwd=cwd)


def run_python(program: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a program that sees this folder's `course` before any other, and no settings of ours."""
    start = f"import sys; sys.path.insert(0, {str(folder)!r})\n"
    command = [sys.executable, "-I", "-c", start + program]
    return finished(command, cwd=folder)


@pytest.fixture(scope="module")
def released(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("release") / "work book"
    done = course("release", folder, "--repository", "ada/workbook")
    assert done.returncode == 0, done.stderr
    assert "files in" in done.stdout
    return folder


@pytest.fixture
def copy(released: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(released, tmp_path / "copy"))


@pytest.fixture
def up_to_date(released: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Take for granted what the first release has found: that all that is generated fits its sources."""
    monkeypatch.setitem(release.__globals__, "check_all", lambda root: iter(()))


def test_only_what_students_need(released: Path) -> None:
    tops = {path.relative_to(released).parts[0] for path in released.rglob("*") if path.is_file()}
    assert tops == {
        ".binder", ".gitattributes", ".gitignore", "AGENTS.md", "CITATION.cff", "HUBS.md", "LICENSE", "Makefile",
        "README.md", "backend", "course", "labs",
        "pyproject.toml", "release.json", "requirements.lock", "settings", "setup.lock",
    }  # fmt: skip
    names = {path.relative_to(released / "labs").as_posix() for path in (released / "labs").rglob("*.*")}
    notebooks = {f"{source_of(lab).stem}.ipynb" for lab in LABS}
    assert {n for n in names if n.endswith(".ipynb")} == {"contents.ipynb", "concepts.ipynb", *notebooks}
    assert {n for n in names if n.endswith(".json")} == {f"checks/lab{lab}.json" for lab in LABS}
    assert not [path for path in released.rglob("*") if {"solutions", "tests", "progress"} & set(path.parts[-3:])]
    assert not list(released.rglob("__pycache__"))


@pytest.mark.parametrize("lab", LABS)
def test_notebooks_and_records_are_the_built_ones_and_hold_no_solution(released: Path, lab: str) -> None:
    """Gate 3 on the released file."""
    notebook = released / "labs" / f"{source_of(lab).stem}.ipynb"
    assert json.loads(notebook.read_text()) == read_notebook("labs", lab)
    record = f"labs/checks/lab{lab}.json"
    assert (released / record).read_text() == (ROOT / record).read_text()
    text = "".join("".join(cell["source"]) for cell in json.loads(notebook.read_text())["cells"])
    assert "SOLUTION" not in text
    assert not any(cell.get("outputs") for cell in json.loads(notebook.read_text())["cells"])


@pytest.mark.kernel
@pytest.mark.parametrize("lab", LABS[:3:2])
def test_a_released_lab_runs_on_the_released_package(released: Path, tmp_path: Path, lab: str) -> None:
    """Gate 2 on the released files: nothing attempted, no error, and `course` is the released one."""
    node = nbformat.read(released / "labs" / f"{source_of(lab).stem}.ipynb", as_version=4)
    node.cells.append(nbformat.v4.new_code_cell("import course; print(course.__file__)"))
    environment = {**os.environ, **QUICK, "COURSE_STRICT": "0", "COURSE_PROGRESS": str(tmp_path)}
    client = NotebookClient(node, timeout=int(patience(120)), resources={"metadata": {"path": str(released / "labs")}})
    client.execute(env=environment | {"PYTHONPATH": str(released), "PYTHONDONTWRITEBYTECODE": "1"})
    assert node.cells[-1].outputs[0].text.strip() == str(released / "course" / "__init__.py")
    checks = [c for c in node.cells if "check" in c.metadata.get("course", {})]
    assert len(checks) == len(source_of(lab).exercises)
    assert all("not attempted" in str(cell.outputs) for cell in checks)


def test_what_make_lab_starts_is_there(released: Path) -> None:
    program = (
        "from pathlib import Path\nimport course.jupyter.start as serve\n"
        "from course.jupyter import server\n"
        "print(serve.__file__)\nprint(server.defaults(Path('labs'), ''))\n"
        "import jupyterlab.labapp\nassert list(serve.SETTINGS.rglob('*.json'))"
    )
    done = run_python(program, released)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(str(released))
    assert "/lab/tree/README.md" in done.stdout


def test_colabs_cell_finds_package_and_records(released: Path) -> None:
    """What the README tells Colab's users to run after the clone, tried in a bare Python in the folder of the labs."""
    text = (released / "README.md").read_text()
    cell = re.search(r"```\n(!git clone .*?)```", text, re.DOTALL)
    assert cell is not None
    for needed in ("ada/workbook workbook\n", "%pip install --quiet anywidget", "enable_custom_widget_manager()"):
        assert needed in cell[1]
    line = next(line for line in cell[1].splitlines() if "sys.path" in line)
    program = (
        f"{line}\nfrom course import open_lab\nimport course\nprint(course.__file__)\nlab = open_lab('02', {{}})\n"
    )
    command = [sys.executable, "-I", "-c", program]
    folder = released / "labs"
    done = finished(command, cwd=folder)
    assert done.returncode == 0, done.stderr
    assert (folder / done.stdout.splitlines()[0]).resolve() == released / "course" / "__init__.py"


@pytest.mark.skipif(shutil.which("make") is None, reason="no make on this machine")
def test_the_makefile_has_the_students_rules(released: Path) -> None:
    text = (released / "Makefile").read_text()
    assert re.findall(r"^(\w+):", text, re.MULTILINE) == ["setup", "lab", "clean"]
    plan = subprocess.run(
        ["make", "--no-print-directory", "-n", "lab"], cwd=released, capture_output=True, text=True, check=True
    ).stdout
    assert "requirements.lock" in plan
    assert "developers.lock" not in plan
    assert plan.rstrip().endswith("-m course lab")
    assert "-m pytest" not in text


def test_instructors_commands_say_whose_they_are(copy: Path) -> None:
    command = "from course.cli import main; main(['build', '--check'])"
    done = run_python(command, copy)
    assert done.returncode == 2
    assert "student's copy" in done.stderr.strip().splitlines()[-1]


def test_a_student_sees_the_progress_and_puts_an_answer_back(copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the released folder alone: what the cell was like is in the released record."""
    monkeypatch.delenv("COURSE_PROGRESS")
    notebook = copy / "labs" / "lab02_learning.ipynb"
    released = notebook.read_bytes()
    edit(notebook, lambda n: answer_cell(n, "dl_dp").update(source=["def dl_dp(y, p):\n", "    return 2  # typed"]))
    done = run_python("from course.cli import main; main(['reset', '02', 'dl_dp', '--yes'])", copy)
    assert done.returncode == 0, done.stderr
    assert notebook.read_bytes() == released
    assert [file.read_text().endswith("# typed") for file in (copy / "labs" / "progress" / "kept").iterdir()] == [True]
    shown = run_python("from course.cli import main; main(['progress'])", copy).stdout.splitlines()
    assert [line[:2] for line in shown[1:-1]] == LABS


def test_links_point_at_the_repository_and_at_files_that_are_there(released: Path) -> None:
    text = (released / "README.md").read_text()
    links = re.findall(r"\]\((?!http)([^)]+)\)", text)
    assert [link for link in links if not (released / link).exists()] == []
    online = re.findall(r"https://(?:mybinder|colab)\S+?ipynb", text)
    assert len(online) == 2 * len(LABS) + 1  # and the badge
    assert all("ada/workbook" in link and (released / "labs" / link.rpartition("/")[2]).is_file() for link in online)
    assert "{" not in text


def test_the_hubs_links_lead_to_the_contents_of_the_labs(released: Path) -> None:
    """Taken apart as nbgitpuller does it: Binder passes on what is quoted once more."""
    binder, hub = re.findall(r"^(https://\S+)", (released / "HUBS.md").read_text(), re.MULTILINE)
    inner = "?" + parse_qs(urlsplit(binder).query)["urlpath"][0].partition("?")[2]
    for link in (inner, hub):
        query = {name: values[0] for name, values in parse_qs(urlsplit(link).query).items()}
        assert query["repo"] == "https://github.com/ada/workbook"
        assert query["branch"] == "main"
        assert query["urlpath"].startswith("lab/tree/workbook/")
        assert (released / query["urlpath"].removeprefix("lab/tree/workbook/")).is_file()


def test_assistants_are_asked_for_hints(released: Path) -> None:
    text = (released / "AGENTS.md").read_text()
    assert 'hint("NAME")' in text
    assert "Do not write the code" in text


@pytest.mark.usefixtures("up_to_date")
def test_without_a_repository_no_link_leads_anywhere(tmp_path: Path) -> None:
    release(ROOT, tmp_path / "r")
    text = (tmp_path / "r" / "README.md").read_text()
    assert not {"binder", "Colab", "github"} & set(re.findall(r"\w+", text))
    assert "make lab" in text


def test_a_folder_that_is_no_release_is_refused(tmp_path: Path) -> None:
    (tmp_path / "thesis.tex").write_text("two years of work")
    done = course("release", tmp_path)
    assert done.returncode == 2
    assert "is not a release" in done.stderr.strip().splitlines()[-1]
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.tex"]


@pytest.mark.usefixtures("up_to_date")
def test_a_newer_release_keeps_what_is_not_its_own(copy: Path) -> None:
    for path in (".git/config", ".venv/bin/python", "syllabus.md", "labs/progress/lab02.json", "labs/mine.ipynb"):
        (copy / path).parent.mkdir(parents=True, exist_ok=True)
        (copy / path).write_text(path)
    (copy / "course" / "nn" / "activations.py").write_text("edited")
    gone = copy / "labs" / "lab99_gone.ipynb"
    gone.write_text("{}")
    manifest = json.loads((copy / "release.json").read_text())
    manifest["files"]["labs/lab99_gone.ipynb"] = ""
    (copy / "release.json").write_text(json.dumps(manifest))
    release(ROOT, copy)
    for path in (".git/config", ".venv/bin/python", "syllabus.md", "labs/progress/lab02.json", "labs/mine.ipynb"):
        assert (copy / path).read_text() == path
    assert (copy / "course" / "nn" / "activations.py").read_bytes() == (
        ROOT / "course" / "nn" / "activations.py"
    ).read_bytes()
    assert not gone.exists()
    assert [path.name for path in copy.parent.iterdir()] == ["copy"]


@pytest.mark.usefixtures("up_to_date")
def test_a_file_in_the_way_is_not_overwritten(copy: Path) -> None:
    manifest = json.loads((copy / "release.json").read_text())
    del manifest["files"]["labs/README.md"]
    (copy / "release.json").write_text(json.dumps(manifest))
    (copy / "labs" / "README.md").write_text("written by the instructor")
    with pytest.raises(ValueError, match="has the same name"):
        release(ROOT, copy)
    assert (copy / "labs" / "README.md").read_text() == "written by the instructor"


@pytest.mark.usefixtures("up_to_date")
def test_an_interrupted_release_loses_nothing(copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (copy / "syllabus.md").write_text("mine")
    rename = Path.rename

    def interrupted(self: Path, target: Any) -> Any:
        if self.name == "new":
            raise KeyboardInterrupt
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", interrupted)
    with pytest.raises(KeyboardInterrupt):
        release(ROOT, copy)
    assert (copy / "syllabus.md").read_text() == "mine"
    assert (copy / "release.json").is_file()
    assert [path.name for path in copy.parent.iterdir()] == ["copy"]


def test_stale_notebooks_are_not_released(tmp_path: Path) -> None:
    root = one_lab(tmp_path / "checkout")
    notebook = root / "labs" / "lab00_start.ipynb"
    notebook.write_text(notebook.read_text().replace("Start here", "Begin here"))
    with pytest.raises(ValueError, match=r"lab00_start\.ipynb.*run: course build"):
        release(root, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def git(folder: Path, *arguments: str) -> str:
    who = ["-c", "user.name=someone", "-c", "user.email=someone@example.org", "-c", "init.defaultBranch=main"]
    return subprocess.run(["git", *who, *arguments], cwd=folder, capture_output=True, text=True, check=True).stdout


def edit(path: Path, change: Any) -> None:
    """Change a notebook and save it as Jupyter does."""
    notebook = json.loads(path.read_text(encoding="utf-8"))
    change(notebook)
    path.write_text(json.dumps(notebook, indent=1, sort_keys=True, ensure_ascii=False) + "\n", encoding="utf-8")


def type_answers(notebook: dict[str, Any]) -> None:
    answer_cell(notebook, "dl_dp")["source"] = ["def dl_dp(y, p):\n", "    return 2 * (p - y)  # typed"]
    answer_cell(notebook, "dl_dp")["execution_count"] = 7
    notebook["cells"].insert(3, nbformat.v4.new_code_cell("mine = 1"))


def publish_newer(teacher: Path) -> None:
    """Change for the instructor what the student has changed, what they have not, and add a file of the same name."""

    def reword(notebook: dict[str, Any]) -> None:
        notebook["cells"][0]["source"][0] = "# A newer title\n"
        notebook["cells"].insert(3, nbformat.v4.new_markdown_cell("A newer paragraph."))

    edit(teacher / "labs" / "lab02_learning.ipynb", reword)
    edit(teacher / "labs" / "lab02_learning.ipynb", lambda n: answer_cell(n, "dl_dp").update(source=["# newer"]))
    edit(teacher / "labs" / "lab01_perceptron.ipynb", reword)
    (teacher / "labs" / "notes.ipynb").write_text("{}")
    git(teacher, "add", "--all")
    git(teacher, "commit", "--message", "newer")


@pytest.fixture
def teacher(copy: Path) -> Path:
    git(copy, "init", "--quiet")
    git(copy, "add", "--all")
    git(copy, "commit", "--message", "a release")
    return copy


def expect_nothing_lost(labs: Path, before: str) -> None:
    assert (labs / "lab02_learning.ipynb").read_text(encoding="utf-8") == before
    assert "A newer title" in (labs / "lab01_perceptron.ipynb").read_text(encoding="utf-8")


@needs_git
def test_a_newer_release_by_git_loses_nothing_typed(teacher: Path, tmp_path: Path) -> None:
    """As the students' README says, and as nbgitpuller does it: commit, then merge in favour of what is here."""
    git(tmp_path, "clone", "--quiet", str(teacher), "student")
    student = tmp_path / "student"
    edit(student / "labs" / "lab02_learning.ipynb", type_answers)
    before = (student / "labs" / "lab02_learning.ipynb").read_text(encoding="utf-8")
    publish_newer(teacher)
    git(student, "commit", "--all", "--message", "my answers")
    git(student, "pull", "--quiet", "--no-rebase", "--strategy-option", "ours")
    expect_nothing_lost(student / "labs", before)


@needs_git
@pytest.mark.skipif(importlib.util.find_spec("nbgitpuller") is None, reason="nbgitpuller is not installed")
def test_a_newer_release_by_nbgitpuller_loses_nothing_typed(teacher: Path, tmp_path: Path) -> None:
    student = tmp_path / "student"
    pull = [sys.executable, "-m", "nbgitpuller.pull", f"file://{teacher}", "main", str(student)]
    subprocess.run(pull, capture_output=True, check=True)
    edit(student / "labs" / "lab02_learning.ipynb", type_answers)
    before = (student / "labs" / "lab02_learning.ipynb").read_text(encoding="utf-8")
    (student / "labs" / "notes.ipynb").write_text('{"my": "notes"}')
    publish_newer(teacher)
    subprocess.run(pull, capture_output=True, check=True)
    expect_nothing_lost(student / "labs", before)
    assert '{"my": "notes"}' in [path.read_text() for path in (student / "labs").glob("notes*.ipynb")]

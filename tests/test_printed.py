"""Every command that the pages and the program print can be typed: it parses, and what it names is there.

None is carried out here: installing is test_make's, and each command has tests of its own.
"""

import ast
import re
import shlex
import shutil
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from packaging.requirements import Requirement

from course.cli import main
from tests.gates import ROOT

PAGES = [
    "README.md", "CONTRIBUTING.md", "labs/README.md", "solutions/README.md", "site/index.md", ".binder/postBuild",
    *(path.relative_to(ROOT).as_posix() for path in sorted((ROOT / "course" / "build" / "templates").glob("*.md"))),
    *(path.relative_to(ROOT).as_posix() for path in sorted((ROOT / "course").rglob("*.py"))),
]  # fmt: skip
#: a command in a line of its own, in back-quotes, or after the words that announce one
STARTS = r"(?:course (?!/)|make |pip install |python -m (?:pip|uv) |uvx |pytest --|dask )"
BLOCK = re.compile(rf"^(?:RUN |!|%| && )?({STARTS}[^\n#]*)", re.MULTILINE)
QUOTED = re.compile(rf"`({STARTS}[^`\n]*)`")
ANNOUNCED = re.compile(r"\b(?:run:?|let) ((?:course|make) [a-z]+)")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
KNOWN = {
    Requirement(line).name for lines in [PROJECT["dependencies"], *PROJECT["optional-dependencies"].values()]
    for line in lines
} | {"nbgitpuller", "torch", "uv"}  # fmt: skip
#: stand for what a reader puts in
PLACES = {"FILE": "some.whl", "FOLDER": "folder", "NN": "02", "EXERCISE": "dl_dp", "OWNER/NAME": "ada/workbook"}


def said(tree: ast.Module) -> Iterator[str]:
    """Give the texts of a module that are not docstrings."""
    statements = [node.value for node in ast.walk(tree) if isinstance(node, ast.Expr)]
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node not in statements:
            yield node.value


def printed() -> Iterator[tuple[str, str]]:
    for page in PAGES:
        text = (ROOT / page).read_text(encoding="utf-8")
        if page.endswith(".py"):
            text = "\n".join(said(ast.parse(text)))
        patterns = (QUOTED, ANNOUNCED) if page.endswith(".py") else (BLOCK, QUOTED)
        for command in sorted({match[1].strip() for pattern in patterns for match in pattern.finditer(text)}):
            yield page, re.split(r" && | \|", command)[0].rstrip("\\ ")


@pytest.mark.parametrize(("page", "command"), list(printed()))
def test_a_printed_command_can_be_typed(
    page: str, command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for place, value in PLACES.items():
        command = re.sub(rf"(?<![\w./]){place}(?!\w)", value, command)
    words = shlex.split(command)
    if words[0] == "course":
        parses(words[1:], tmp_path, monkeypatch)
    elif words[0] == "make":
        has_target(words[1], students=page.startswith(("labs/", "course/build/templates")))
    elif "install" in words:
        installs(words[words.index("install") + 1 :])
    elif words[0] == "uvx":
        assert words[1] == "--from"
        parses(words[words.index("course") + 1 :], tmp_path, monkeypatch)
    elif words[0] == "pytest":
        assert words[1].startswith(("--nbval", "--course-lab"))
    else:
        assert words[:2] in (["dask", "scheduler"], ["dask", "worker"]), command


def parses(words: list[str], folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let click take a command's words apart; the files that it names are made first, and nothing is carried out."""
    monkeypatch.chdir(folder)
    for word in words:
        if re.fullmatch(r"[\w./]+\.(?:zip|csv|ipynb)|[a-z]+/", word):
            Path(word).parent.mkdir(parents=True, exist_ok=True)
            Path(word).mkdir(exist_ok=True) if word.endswith("/") else Path(word).touch()
    group: click.Command = main
    while isinstance(group, click.Group) and words:
        assert words[0] in group.commands, f"there is no course {words[0]}"
        group = group.commands[words[0]]
        words = words[1:]
    if words:  # a command that is only named needs no arguments
        group.make_context("course", [word for word in words if word != "…"])


def has_target(target: str, students: bool) -> None:
    """A target of the Makefile that a release carries, or of the one beside it that instructors have."""
    makefiles = ("Makefile",) if students else ("Makefile", "developers.mk")
    text = "".join((ROOT / name).read_text(encoding="utf-8") for name in makefiles)
    assert re.search(rf"^{target}:", text, re.MULTILINE)


def installs(words: list[str]) -> None:
    """Files of the workbook's, and packages that it knows: never a name that anybody could take."""
    named = iter(word for word in words if not word.startswith("--"))
    for word in named:
        if word == "-r":
            assert (ROOT / Path(next(named)).name).is_file()
        elif word == "-e":
            assert next(named) == "."
        elif not re.search(r"^\.|^/opt/workbook|\.whl$|^,", word):
            assert Requirement(word).name in KNOWN, word


def test_the_search_finds_them() -> None:
    found = [command for _, command in printed()]
    assert len(found) > 60
    for known in ("make lab", "course start", "pip install dist/nn_workbook-0.2.0-py3-none-any.whl", "dask scheduler"):
        assert any(command.startswith(known) for command in found), known


@pytest.mark.skipif(shutil.which("apt-cache") is None, reason="no Debian")
def test_what_apt_get_installs_is_said_for_whom() -> None:
    """On another system, or without being root, the words around the command must help."""
    for page in PAGES:
        for line in (ROOT / page).read_text(encoding="utf-8").splitlines():
            if "apt-get install" in line:
                assert re.search(r"Debian|Linux", line), f"{page}: {line}"


def test_no_page_installs_a_project_that_nobody_has_published() -> None:
    files = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False).stdout.split()
    for name in files:
        if name.endswith((".py", ".md", ".mk", ".ipynb")) and name != "tests/test_printed.py":
            assert not re.search(r"install [\"']?nn-workbook", (ROOT / name).read_text(encoding="utf-8")), name

"""``course release``: write what students get, and nothing else."""

import hashlib
import json
import re
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined

from course.build.builder import check_all, sources
from course.build.faults import SourceFault
from course.build.source import LabSource, load_source

#: lists the files of a release with their hashes: what it names may be replaced, anything else may not
MANIFEST = "release.json"
#: written from templates
PAGES = ("README.md", "HUBS.md", "AGENTS.md")
ALONGSIDE = (
    "backend/with_labs.py",
    "CITATION.cff",
    "LICENSE",
    "Makefile",
    "pyproject.toml",
    "requirements.lock",
    "setup.lock",
)
BINDER = ("requirements.txt", "runtime.txt", "postBuild")
#: a notebook that was changed on both sides is kept whole: line by line, a merge could leave half a cell
ATTRIBUTES = "*.ipynb -merge\n"
IGNORED = ".venv/\n__pycache__/\n*.egg-info/\n.ipynb_checkpoints/\n/labs/progress/\n"


def release(root: Path, target: Path, repository: str = "", branch: str = "main") -> list[str]:
    """Write a release.

    It is written beside its place and renamed when it is whole. An earlier release there is replaced, file by file as
    its list says; what others keep in that folder (``.git``, ``.venv``, files of their own) stays.

    Parameters
    ----------
    root : Path
        The instructor's checkout.
    target : Path
        The folder to write.
    repository, branch : str
        ``OWNER/NAME`` on GitHub, for the links to Binder and Colab.

    Returns
    -------
    list of str
        The files, as paths within the release.

    Raises
    ------
    ValueError
        If something generated is out of date, the folder is no release, or a file of somebody else is in the way.
    """
    if repository and not re.fullmatch(r"[\w.-]+/[\w.-]+", repository):
        raise ValueError(f"expected a repository as OWNER/NAME, got {repository!r}")
    known = _read_manifest(target)
    if stale := list(check_all(root)):  # last: it takes longest
        raise ValueError(f"{stale[0]} (and {len(stale) - 1} more)" if len(stale) > 1 else stale[0])
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=f".{target.name}.") as scratch:
        new = Path(scratch) / "new"
        files = _write(root, new, repository, branch)
        _replace(target, new, list(_foreign(target, target, known)))
    return files


def _replace(target: Path, new: Path, foreign: list[Path]) -> None:
    """Put a release in its place; the one before it is beside it until everything that stays has been moved over."""
    old = target.with_name(f".{target.name}.before")
    if old.exists():
        raise ValueError(f"{old} was left by a release that was interrupted: move what you need out of it, delete it")
    for path in foreign:
        if (new / path).exists():
            raise ValueError(f"{target / path} is not from a release, and is in the way of a file of this one")
    if target.exists():
        target.rename(old)
    try:
        new.rename(target)
    except BaseException:
        if old.exists():
            old.rename(target)
        raise
    for path in foreign:
        (target / path).parent.mkdir(parents=True, exist_ok=True)
        (old / path).rename(target / path)
    shutil.rmtree(old, ignore_errors=True)


def _read_manifest(target: Path) -> dict[str, str]:
    """Read what an earlier release wrote; {} where there is nothing yet."""
    if not target.exists() or (target.is_dir() and not any(p.name != ".git" for p in target.iterdir())):
        return {}
    try:
        return dict(json.loads((target / MANIFEST).read_text(encoding="utf-8"))["files"])
    except (OSError, ValueError, KeyError, TypeError):
        raise ValueError(f"{target} is there and is no release (it has no {MANIFEST}): choose another folder") from None


def _foreign(folder: Path, target: Path, known: dict[str, str]) -> Iterator[Path]:
    """List, as paths within the release, what it did not write: whole folders where nothing in them is its own."""
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        inner = path.relative_to(target)
        if path.is_dir() and not path.is_symlink() and any(Path(name).is_relative_to(inner) for name in known):
            yield from _foreign(path, target, known)
        elif inner.as_posix() not in known and inner.name not in (MANIFEST, "__pycache__"):
            yield inner


def _write(root: Path, new: Path, repository: str, branch: str) -> list[str]:
    """Write the tree of a release, its list of files last."""
    labs = [load_source(path) for path in sources(root)]
    for path in _wanted(root, labs):
        (new / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(root / path, new / path)
    for name, text in pages(labs, repository, branch).items():
        (new / name).write_text(text, encoding="utf-8")
    (new / ".gitattributes").write_text(ATTRIBUTES, encoding="utf-8")
    (new / ".gitignore").write_text(IGNORED, encoding="utf-8")
    files = sorted(path for path in new.rglob("*") if path.is_file())
    hashes = {path.relative_to(new).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}
    (new / MANIFEST).write_text(json.dumps({"files": hashes}, indent=1) + "\n", encoding="utf-8")
    return [*hashes, MANIFEST]


def _wanted(root: Path, labs: list[LabSource]) -> Iterator[Path]:
    """List what is copied, by name: the package, each lab with its record, and what stands beside them."""
    for path in sorted((root / "course").rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts and not path.name.startswith("."):
            yield path.relative_to(root)
    for lab in labs:
        yield Path("labs") / f"{lab.stem}.ipynb"
        yield Path("labs") / "checks" / f"lab{lab.lab}.json"
    yield from (Path("labs") / name for name in ("README.md", "contents.ipynb", "concepts.ipynb"))
    yield from (path.relative_to(root) for path in sorted((root / "labs" / "images").glob("*")))
    yield from (path.relative_to(root) for path in sorted((root / "settings").rglob("*")) if path.is_file())
    for name in (*ALONGSIDE, *(f".binder/{name}" for name in BINDER)):
        if not (root / name).is_file():
            raise SourceFault(root / name, "this file belongs to a release and is missing")
        yield Path(name)


def pages(labs: list[LabSource], repository: str, branch: str) -> dict[str, str]:
    """Write the pages of a release, with links to Binder, Colab and a hub where the repository is known."""
    environment = Environment(
        loader=PackageLoader("course.build"), undefined=StrictUndefined, trim_blocks=True, keep_trailing_newline=True
    )
    rows = [
        {"number": lab.lab, "title": lab.title.partition("·")[2].strip() or lab.title, "file": f"{lab.stem}.ipynb"}
        for lab in labs
    ]
    known = {"labs": rows, "repository": repository, "branch": branch}
    return {name: re.sub(r"\n{3,}", "\n\n", environment.get_template(name).render(known)) for name in PAGES}

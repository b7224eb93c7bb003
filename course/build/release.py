"""``course release``: write only what students get."""

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

#: lists the files of a release with their hashes: these files may be replaced, all others may not
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
#: notebooks that were changed on both sides are not merged line by line, which could leave half a cell
ATTRIBUTES = "*.ipynb -merge\n"
IGNORED = ".venv/\n__pycache__/\n*.egg-info/\n.ipynb_checkpoints/\n/labs/progress/\n"


def release(root: Path, target: Path, repository: str = "", branch: str = "main") -> list[str]:
    """Write a release.

    It is written to a temporary folder beside its place, and renamed when it is complete. The files of an earlier
    release there are replaced, according to its list; other files in that folder (``.git``, ``.venv``, your own) stay.

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
        If a generated file is out of date, the folder holds no release, or another file is in the way.
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
    """Put a release in its place; the earlier one is kept beside it until all files that stay have been moved."""
    old = target.with_name(f".{target.name}.before")
    if old.exists():
        raise ValueError(f"{old} is left from an interrupted release: move what you need out of it, then delete it")
    for path in foreign:
        if (new / path).exists():
            raise ValueError(f"{target / path} is not from a release, but a file of this release has the same name")
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
    """Read the list of an earlier release; {} if there is nothing yet."""
    if not target.exists() or (target.is_dir() and not any(p.name != ".git" for p in target.iterdir())):
        return {}
    try:
        return dict(json.loads((target / MANIFEST).read_text(encoding="utf-8"))["files"])
    except (OSError, ValueError, KeyError, TypeError):
        raise ValueError(f"{target} exists but is not a release (no {MANIFEST}): choose another folder") from None


def _foreign(folder: Path, target: Path, known: dict[str, str]) -> Iterator[Path]:
    """List, as paths within the release, what it did not write; a folder without any of its files is listed whole."""
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        inner = path.relative_to(target)
        if path.is_dir() and not path.is_symlink() and any(Path(name).is_relative_to(inner) for name in known):
            yield from _foreign(path, target, known)
        elif inner.as_posix() not in known and inner.name not in (MANIFEST, "__pycache__"):
            yield inner


def _write(root: Path, new: Path, repository: str, branch: str) -> list[str]:
    """Write all files of a release, the list of files last."""
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
    """List the files to copy by name: the package, each lab with its record, and the files beside them."""
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
    """Write the pages of a release, with links to Binder, Colab and a hub if the repository is known."""
    environment = Environment(
        loader=PackageLoader("course.build"), undefined=StrictUndefined, trim_blocks=True, keep_trailing_newline=True
    )
    rows = [
        {"number": lab.lab, "title": lab.title.partition("·")[2].strip() or lab.title, "file": f"{lab.stem}.ipynb"}
        for lab in labs
    ]
    known = {"labs": rows, "repository": repository, "branch": branch}
    return {name: re.sub(r"\n{3,}", "\n\n", environment.get_template(name).render(known)) for name in PAGES}

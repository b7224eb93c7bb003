"""The locks say what pyproject.toml asks for, the students' one no more. Reads installed packages; needs no network."""

import re
import tomllib
from importlib import metadata

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.gates import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
CORE: list[str] = PROJECT["dependencies"]
EXTRAS: dict[str, list[str]] = PROJECT["optional-dependencies"]
DEVELOPERS = [line for extra in ("grade", "site", "test", "cluster") for line in EXTRAS[extra]]
LOCKS = ("requirements.lock", "developers.lock", "setup.lock")


def entries(lock: str) -> list[str]:
    """Split a lock into its entries, a package with its hashes each."""
    return re.split(r"\n(?=\w)", (ROOT / lock).read_text(encoding="utf-8").strip())


def pinned(lock: str) -> dict[str, Requirement]:
    """Give what a lock pins on this machine, by name."""
    lines = (Requirement(entry.partition("\\")[0].strip()) for entry in entries(lock))
    return {canonicalize_name(r.name): r for r in lines if not r.marker or r.marker.evaluate()}


def needed(lines: list[str]) -> set[str]:
    """Follow requirements through what is installed here; give the names of all that they need."""
    found: set[tuple[str, str]] = set()
    waiting = [(Requirement(line), "") for line in lines]
    while waiting:
        wanted, extra = waiting.pop()
        if wanted.marker and not wanted.marker.evaluate({"extra": extra}):
            continue
        for one in {(canonicalize_name(wanted.name), extra) for extra in ("", *wanted.extras)} - found:
            found.add(one)
            waiting += [(Requirement(line), one[1]) for line in metadata.requires(one[0]) or ()]
    return {name for name, _ in found}


def test_the_students_lock_is_what_the_core_needs() -> None:
    assert set(pinned("requirements.lock")) == needed(CORE), "make locks, then make tools"


def test_the_developers_lock_is_what_all_of_it_needs() -> None:
    assert set(pinned("developers.lock")) == needed(CORE + DEVELOPERS), "make locks, then make tools"


@pytest.mark.parametrize("line", CORE + DEVELOPERS)
def test_versions_are_those_that_pyproject_allows(line: str) -> None:
    wanted = Requirement(line)
    pins = [pinned(lock).get(canonicalize_name(wanted.name)) for lock in LOCKS[:2]]
    assert pins[1] is not None
    for pin in filter(None, pins):
        assert wanted.specifier.contains(str(pin.specifier).removeprefix("=="))


def test_students_get_no_test_tool() -> None:
    tools = {canonicalize_name(Requirement(line).name) for line in DEVELOPERS} - needed(CORE)
    assert {"pytest", "nbval", "playwright", "mypy", "dask", "jupytext"} <= tools
    assert not tools & set(pinned("requirements.lock"))


def test_developers_have_the_students_packages_to_the_byte() -> None:
    """But not on every system: a tool may need one where a lab does not."""
    students, developers = ({re.sub(r" ;.*", " \\\\", e) for e in entries(lock)} for lock in LOCKS[:2])
    assert students <= developers


def test_what_sets_up_is_uv_alone() -> None:
    assert set(pinned("setup.lock")) == {"uv"}


@pytest.mark.parametrize("lock", LOCKS)
def test_every_package_has_hashes_and_none_an_address(lock: str) -> None:
    text = (ROOT / lock).read_text(encoding="utf-8")
    assert not re.search(r"://|^-", text, re.MULTILINE)
    assert [entry for entry in entries(lock) if "--hash=sha256:" not in entry] == []

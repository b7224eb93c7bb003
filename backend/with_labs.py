"""The build backend: flit's, but the wheel also has the labs, in a folder of the package. So it is the whole workbook.

The package is assembled in a temporary folder; nothing is written into the checkout.
"""

import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

from flit_core import buildapi
from flit_core.buildapi import (
    build_editable,
    build_sdist,
    get_requires_for_build_editable,
    get_requires_for_build_sdist,
    get_requires_for_build_wheel,
    prepare_metadata_for_build_editable,
    prepare_metadata_for_build_wheel,
)

__all__ = [
    "build_editable",
    "build_sdist",
    "build_wheel",
    "get_requires_for_build_editable",
    "get_requires_for_build_sdist",
    "get_requires_for_build_wheel",
    "prepare_metadata_for_build_editable",
    "prepare_metadata_for_build_wheel",
]

#: the files of ``labs`` that a student gets; ``labs`` may also hold progress, copies and drafts
LABS = (
    "README.md",
    "contents.ipynb",
    "concepts.ipynb",
    "lab[0-9][0-9]_*.ipynb",
    "checks/lab[0-9][0-9].json",
    "images/*",
)


def build_wheel(wheel_directory: str, config_settings: Any = None, metadata_directory: str | None = None) -> str:
    """Build the wheel of the current folder; see PEP 517."""
    root = Path.cwd()
    with tempfile.TemporaryDirectory() as scratch:
        whole = Path(scratch)
        for folder in ("course", "settings"):
            shutil.copytree(root / folder, whole / folder, ignore=shutil.ignore_patterns("__pycache__"))
        for name in ("pyproject.toml", "README.md", "LICENSE"):
            shutil.copy2(root / name, whole)
        for path in (path for pattern in LABS for path in (root / "labs").glob(pattern)):
            target = whole / "course" / path.relative_to(root)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(path, target)
        try:
            os.chdir(whole)
            return str(buildapi.build_wheel(str(root / wheel_directory), config_settings, metadata_directory))
        finally:
            os.chdir(root)

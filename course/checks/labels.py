"""What the build noted in the metadata of a notebook or a cell, whatever a program did to it."""

from typing import Any


def labels(section: dict[str, Any], key: str = "course") -> dict[str, Any]:
    """Read a part of the metadata of a notebook or a cell; {} where there is none, or something else in its place."""
    metadata = section.get("metadata")
    found = metadata.get(key) if isinstance(metadata, dict) else None
    return found if isinstance(found, dict) else {}

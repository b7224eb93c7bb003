"""Zips of the feedback pages, with names from which Canvas and Moodle know each page's student."""

import os
import tempfile
import zipfile
from collections.abc import Mapping
from pathlib import Path

from course.grading.platforms import Owner

#: the earliest time that a zip can hold, so that the same pages give the same bytes
_EPOCH = (1980, 1, 1, 0, 0, 0)


def write_zips(folder: Path, owners: Mapping[str, Owner], pages: Mapping[str, str]) -> list[str]:
    """Write ``feedback-canvas.zip`` and ``feedback-moodle.zip``, each if somebody handed in on that platform.

    Parameters
    ----------
    folder : Path
        The output folder, with the pages in ``feedback``.
    owners : mapping of str to Owner
        Student → the platform's name for the student.
    pages : mapping of str to str
        Student → page, without its suffix.

    Returns
    -------
    list of str
        The students of these platforms who get no file back, because they handed in no file.
    """
    lost = []
    for platform in ("Canvas", "Moodle"):
        mine = {student: owner for student, owner in owners.items() if owner.platform == platform}
        entries = {owner.back: pages[student] for student, owner in mine.items() if owner.back and student in pages}
        lost += [student for student, owner in mine.items() if not owner.back]
        if entries:
            _write(folder, folder / f"feedback-{platform.lower()}.zip", entries)
    return lost


def _write(folder: Path, path: Path, entries: Mapping[str, str]) -> None:
    """Write an archive completely or not at all."""
    handle, temporary = tempfile.mkstemp(dir=folder, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
                for name, page in sorted(entries.items()):
                    entry = zipfile.ZipInfo(name, _EPOCH)
                    entry.compress_type = zipfile.ZIP_DEFLATED
                    archive.writestr(entry, (folder / "feedback" / f"{page}.html").read_bytes())
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).chmod(0o644)
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise

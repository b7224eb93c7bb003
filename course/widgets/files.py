"""The scripts and style sheets in the folder of the widgets."""

from pathlib import Path
from string import Template

from course.show import looks

FOLDER = Path(__file__).parent


def script(name: str) -> str:
    """Read a widget's script, after the part that all scripts share."""
    # read here: a path would make anywidget watch the file where ANYWIDGET_HMR is set
    return "".join((FOLDER / part).read_text(encoding="utf-8") for part in ("keys.js", name))


def style(name: str, root: str) -> str:
    """Read a widget's style sheet after the shared one, which is written for `root`; fill in the colours."""
    sheets = "".join((FOLDER / part).read_text(encoding="utf-8") for part in ("style.css", name))
    return Template(sheets).substitute(vars(looks), ROOT=root)

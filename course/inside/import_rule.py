"""Which modules an answer may import, and what a refusal says: one rule for a notebook's check and for the grader."""

import sys
from collections.abc import Iterable

#: modules of this package that every answer may import: what the lab lists builds on them
ALWAYS = ("course", "course.nn", "course.nn.gpu")
#: libraries for looking at things: an answer's cell that imports them is not punished, they do nothing when graded
DISPLAY_LIBRARIES = (
    *("matplotlib", "mpl_toolkits", "ipympl", "seaborn", "plotly", "bokeh", "altair"),
    *("IPython", "ipywidgets", "google", "tqdm", "rich"),  # google.colab is what Colab shows things with
)


def permits(name: str, imports: Iterable[str]) -> bool:
    """Tell whether a module may be imported.

    Parameters
    ----------
    name : str
        The module's full name.
    imports : iterable of str
        What the lab lists: modules, and functions of this package, such as ``course.nn.activations.sigmoid``.

    Returns
    -------
    bool
        True for the standard library, for what is listed, and for what lies below a listed module.
    """
    top = name.partition(".")[0]
    if top == "course":
        return name in ALWAYS or any(
            f"{listed}.".startswith(f"{name}.") or name.startswith(f"{listed}.") for listed in imports
        )
    if top.startswith("_sysconfigdata_"):  # the standard library's too, with the machine's name in its own
        return True
    return top in sys.stdlib_module_names or top in {listed.partition(".")[0] for listed in imports}


def refusal(name: str, imports: Iterable[str]) -> str:
    """Say that a module, or a function of this package, may not be imported, and what may."""
    listed = ", ".join(sorted(set(imports)))
    return f"answers in this lab may import {listed} and the standard library, not {name!r}"

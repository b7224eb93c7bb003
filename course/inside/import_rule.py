"""Which modules an answer may import, and the message of a refusal; a notebook's check and the grader use this rule."""

import sys
from collections.abc import Iterable

#: modules of this package that every answer may import, because the modules on labs' lists need them
ALWAYS = ("course", "course.nn", "course.nn.gpu")
#: libraries that show things: an answer's cell may import them; in grading a stand-in that does nothing replaces them
DISPLAY_LIBRARIES = (
    *("matplotlib", "mpl_toolkits", "ipympl", "seaborn", "plotly", "bokeh", "altair"),
    *("IPython", "ipywidgets", "google", "tqdm", "rich"),  # Colab shows things with google.colab
)


def permits(name: str, imports: Iterable[str]) -> bool:
    """Tell whether a module may be imported.

    Parameters
    ----------
    name : str
        The module's full name.
    imports : iterable of str
        The lab's list: modules, and functions of this package, such as ``course.nn.activations.sigmoid``.

    Returns
    -------
    bool
        True for the standard library, for listed modules, and for modules below a listed one.
    """
    top = name.partition(".")[0]
    if top == "course":
        return name in ALWAYS or any(
            f"{listed}.".startswith(f"{name}.") or name.startswith(f"{listed}.") for listed in imports
        )
    if top.startswith("_sysconfigdata_"):  # also the standard library's; its name holds the machine's name
        return True
    return top in sys.stdlib_module_names or top in {listed.partition(".")[0] for listed in imports}


def refusal(name: str, imports: Iterable[str]) -> str:
    """Say that a module or a function of this package may not be imported, and which ones may."""
    listed = ", ".join(sorted(set(imports)))
    return f"answers in this lab may import {listed} and the standard library, not {name!r}"

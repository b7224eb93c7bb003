"""Explain why a name or a module that a notebook's kernel has is missing when the notebook is graded."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from course.inside.import_rule import DISPLAY_LIBRARIES, permits, refusal
from course.inside.observe import describe_error

#: the value of `ast.PyCF_ALLOW_TOP_LEVEL_AWAIT`, because the module ast is slow to load
AWAIT = 0x2000


def explain_missing_name(
    error: dict[str, Any],
    cells: Sequence[tuple[int, str]],
    failures: Mapping[int, dict[str, Any]],
    not_run: Sequence[str] = (),
) -> None:
    """Add to a NameError why the name is missing: its cell stopped before the definition, is not run, or is nowhere.

    Parameters
    ----------
    error : dict
        As `course.inside.observe.describe_error` returns it; its message is changed.
    cells : sequence of (int, str)
        Number and text of each cell that was run.
    failures : mapping of int to dict
        Number of a cell → the error that stopped it.
    not_run : sequence of str
        The lab's own cells, which show what answers do and are not run when they are graded.
    """
    missing = re.fullmatch(r"name '(\w+)' is not defined.*", error["message"]) if error["type"] == "NameError" else None
    if not missing:
        return
    name = missing[1]
    defining = [(number, text) for number, text in cells if bound_at(text, name) or _seems_to_define(text, name)]
    stopped = next(((text, failures[number]) for number, text in defining if number in failures), None)
    if stopped:
        error["message"] = stopped_before(name, *stopped)
    elif shown := [text for _, text in defining if "ready(" in text] or [t for t in not_run if bound_at(t, name)]:
        error["message"] = (
            f"name {name!r} is not defined: the cell that begins with `{_first_line(shown[0])}` shows what an answer "
            "does, and is not run when answers are graded. Define the name in a cell of your own"
        )
    elif not defining:
        error["message"] = (
            f"name {name!r} is not defined: no cell defines it, it existed only in the kernel's memory. In the lab: "
            "Kernel, Restart Kernel and Run All Cells"
        )


def stopped_before(name: str, text: str, error: Mapping[str, Any]) -> str:
    """Say that the cell which defines a name stopped with an error."""
    return f"name {name!r} is not defined: {cell_stopped(text, error)}"


def cell_stopped(text: str, error: Mapping[str, Any]) -> str:
    """Say that a cell stopped with an error."""
    return f"the cell that begins with `{_first_line(text)}` stopped with {error['type']}: {error['message']}"


def _first_line(text: str) -> str:
    """Give the first line of a cell that is no comment, cut short."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return next((line for line in lines if not line.startswith("#")), "".join(lines[:1]))[:60]


def _seems_to_define(text: str, name: str) -> bool:
    """Tell by its lines whether a cell that is no Python was to define a name."""
    return not _parsed(text) and _defines(text, name)


def _defines(text: str, name: str) -> bool:
    """Tell by its lines alone whether a cell defines a name."""
    return bool(re.search(rf"^(?:(?:async )?def|class)\s+{name}\b|^{name}\s*=[^=]", text, re.MULTILINE))


def bound_at(text: str, name: str) -> list[int]:
    """List the lines in which a cell gives a value to a name, outside functions and classes."""
    import ast

    lines, waiting = [], _parsed(text)
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Store):
            lines.append(node.lineno)
        if isinstance(node, ast.alias) and (node.asname or node.name.partition(".")[0]) == name:
            lines.append(node.lineno)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            lines += [node.lineno] if node.name == name else []
        else:
            waiting.extend(ast.iter_child_nodes(node))
    return sorted(lines)


def refused_import(text: str, imports: Iterable[str], in_function: str = "") -> dict[str, Any]:
    """Find the first import of a cell that is refused in grading.

    Parameters
    ----------
    text : str
        The cell.
    imports : iterable of str
        The lab's list.
    in_function : str
        A function whose own imports count too. Imports in other functions run only when these are called.

    Returns
    -------
    dict
        The error that the cell stops with, as `course.inside.observe.describe_error` writes it; {} if there is none.
    """
    import ast

    listed, found, waiting = tuple(imports), [], _parsed(text)
    while waiting:
        node = waiting.pop()
        modules: list[str] = []
        if isinstance(node, ast.Import):
            modules = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            modules = [_home(node.module, alias.name) for alias in node.names]
        elif not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) or (
            in_function and getattr(node, "name", "") == in_function
        ):
            waiting.extend(ast.iter_child_nodes(node))
        found += [(node.lineno, refused) for module in modules if (refused := _refused(module, listed))]
    if not found:
        return {}
    line, module = min(found)
    code = text.splitlines()[line - 1].strip()
    return {"type": "ModuleNotFoundError", "message": refusal(module, listed), "line": line, "code": code[:200]}


def _refused(module: str, imports: Sequence[str]) -> str:
    """Return the first package on the way to a module that is not permitted; "" if all are permitted."""
    parts = module.split(".")
    if parts[0] in DISPLAY_LIBRARIES:
        return ""
    return next((up for n in range(len(parts)) if not permits(up := ".".join(parts[: n + 1]), imports)), "")


def lost_when_graded(name: str, names: Iterable[str], cells: Sequence[str], imports: Iterable[str]) -> dict[str, Any]:
    """Predict from its cells the error that an answer which works in the kernel will raise in grading.

    Parameters
    ----------
    name : str
        The answer.
    names : iterable of str
        The global names that it uses.
    cells : sequence of str
        The executed cells, in order.
    imports : iterable of str
        The lab's list.

    Returns
    -------
    dict
        An error, as `course.inside.observe.describe_error` writes it; {} if none is known.
    """
    listed = tuple(imports)
    own = next((text for text in reversed(cells) if bound_at(text, name)), "")
    if error := refused_import(own, listed, in_function=name):
        return error
    for wanted in sorted(names):
        stopped = [
            (text, min(lines), refused_import(text, listed)) for text in cells if (lines := bound_at(text, wanted))
        ]
        if stopped and all(error and error["line"] <= line for _, line, error in stopped):
            text, _, error = stopped[-1]
            return {"type": "NameError", "message": stopped_before(wanted, text, error)}
    return {}


def no_python(name: str, cells: Sequence[str]) -> dict[str, Any]:
    """Return the SyntaxError of the last cell that was to define an answer.

    The kernel then still has what an earlier cell defined, such as the stub; a submission has only the broken cell.

    Parameters
    ----------
    name : str
        The answer.
    cells : sequence of str
        The executed cells, in order.

    Returns
    -------
    dict
        An error, as `course.inside.observe.describe_error` writes it; {} if the cell is Python.
    """
    last = next((text for text in reversed(cells) if name in text and _defines(text, name)), "")
    try:
        compile(last, "<cell>", "exec", AWAIT)
    except SyntaxError as error:
        return describe_error(error)
    except ValueError:  # no text that IPython runs
        pass
    return {}


def _home(module: str, name: str) -> str:
    """Return the full name of an imported module, or of an imported function of this package."""
    if module == "course":
        import course

        return str(vars(course)["_MODULES"].get(name, f"{vars(course)['_HOME'].get(name, module)}.{name}"))
    return f"{module}.{name}" if module.startswith("course.") else module


def _parsed(text: str) -> list[Any]:
    import ast

    try:
        return [compile(text, "<cell>", "exec", ast.PyCF_ONLY_AST | AWAIT)]
    except (SyntaxError, ValueError):
        return []

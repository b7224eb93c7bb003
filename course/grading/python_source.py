"""Read Python out of notebook cells without running it."""

import ast
import re
import warnings
from collections.abc import Iterator
from functools import lru_cache
from threading import Lock
from typing import cast

#: characters of a cell that are looked at for what it defines and reads: a syntax tree takes far more memory than text
MAX_SOURCE = 100_000
#: of these, IPython's rules are applied to no more than this: each magic in a cell costs another reading of it
MAX_TRANSFORMED, MAX_MAGICS = 20_000, 60
_MAGIC = re.compile(r"^([ \t]*)[%!].*$", re.MULTILINE)
_SPECIAL = re.compile(r"^[ \t]*[%!?,;/]|\?[ \t]*$|=[ \t]*[%!]", re.MULTILINE)
#: what IPython writes in front of a cell: copied along, it reads like an annotation
_PROMPT = re.compile(r"\s*In ?\[\d+\]: ")
#: cell magics that run the cell in the notebook's own names
_RUNS_THE_CELL = re.compile(r"\s*%%(time|prun|capture)\b([^\n]*)\n")
#: what reading broken or hostile text may raise
BROKEN = (SyntaxError, ValueError, RecursionError, MemoryError)


_reading = Lock()


def parse(text: str) -> ast.Module:
    """Read Python, ``await`` at its top level included.

    What Python has to say about somebody else's style is not for the instructor's terminal.
    """
    with _reading, warnings.catch_warnings():  # the lock: warning filters are the whole process's
        warnings.simplefilter("ignore")
        flags = ast.PyCF_ONLY_AST | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
        return cast(ast.Module, compile(text, "<cell>", "exec", flags))


@lru_cache(maxsize=128)
def definitions(text: str) -> tuple[str, ...]:
    """List the names that a cell defines at its top level; if it is not Python, those that it seems to."""
    try:
        body = parse(plain_python(text[:MAX_SOURCE])).body
    except BROKEN:
        return tuple(re.findall(r"^(?:def|class)\s+(\w+)", text, re.MULTILINE))
    return tuple(dict.fromkeys(name for node in body for name in _defined(node)))


def _defined(node: ast.stmt | ast.ExceptHandler) -> Iterator[str]:
    """Name what a statement defines, also under ``if``, ``try`` and ``with``."""
    match node:
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
            yield node.name
            return
        case ast.Assign() | ast.AnnAssign() if node.value:
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            yield from (part.id for target in targets for part in _unpacked(target) if isinstance(part, ast.Name))
        case ast.ImportFrom():
            yield from (alias.asname for alias in node.names if alias.asname)
    if isinstance(node, ast.If | ast.Try | ast.With | ast.ExceptHandler):
        for field in ("body", "handlers", "orelse", "finalbody"):
            for inner in getattr(node, field, ()):
                yield from _defined(inner)


def _unpacked(target: ast.expr) -> Iterator[ast.expr]:
    """Take the targets of ``a, (b, *c) = …`` apart."""
    if isinstance(target, ast.Tuple | ast.List):
        for part in target.elts:
            yield from _unpacked(part)
    else:
        yield target.value if isinstance(target, ast.Starred) else target


def names_in(text: str) -> list[str]:
    """List the names that a cell reads, in the order of their first appearance."""
    try:
        tree = parse(plain_python(text[:MAX_SOURCE]))
    except BROKEN:
        return []
    loaded = (node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load))
    return list(dict.fromkeys(loaded))


def parses(text: str, indented: bool = True) -> bool:
    """Tell whether a cell is Python, magics aside, and says something; an `indented` one alone is to a notebook."""
    try:
        return len(text) <= MAX_SOURCE and bool(parse(plain_python(text) if indented else text).body)
    except BROKEN:
        return False


def plain_python(text: str, levels: int = 5) -> str:
    """Turn what only a notebook understands into Python by IPython's own rules. What is Python stays as it is.

    ``%time``, ``!ls`` and ``x?`` become calls of ``get_ipython()``; of ``%%time``, ``%%prun`` and ``%%capture`` the
    cell below remains, for so many `levels`; other cells of a magic are no Python, and nothing of them is run.
    """
    if len(text) > MAX_SOURCE:
        return text
    try:
        if not _PROMPT.match(text):
            parse(text)
            return text
    except (ValueError, RecursionError, MemoryError):
        return text
    except SyntaxError:
        pass
    if levels and (below := _RUNS_THE_CELL.match(text)):
        blank = "\n" * (text[: below.start(2)].count("\n"))
        caught = below[2].split()
        named = (
            f"{caught[-1]} = get_ipython()" if below[1] == "capture" and caught and caught[-1].isidentifier() else ""
        )
        return f"{blank}{named}\n{plain_python(text[below.end() :], levels - 1)}"
    if len(text) > MAX_TRANSFORMED or len(_SPECIAL.findall(text)) > MAX_MAGICS:
        return "" if text.lstrip().startswith("%%") else _MAGIC.sub(r"\1pass", text)
    return _by_ipython(text)


def _by_ipython(text: str) -> str:
    from IPython.core.inputtransformer2 import TransformerManager

    try:
        with _reading, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return str(TransformerManager().transform_cell(text))
    except (SyntaxError, ValueError, RuntimeError, IndexError, RecursionError, MemoryError):
        return text

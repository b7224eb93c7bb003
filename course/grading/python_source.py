"""Read Python out of notebook cells without running it."""

import ast
import re
import warnings
from collections.abc import Iterator, Sequence
from functools import lru_cache
from threading import Lock
from typing import cast

#: the most characters of a cell that are parsed for what it defines and reads: a syntax tree takes far more memory
MAX_SOURCE = 100_000
#: the most characters and magics of a cell to which IPython's rules are applied: each magic costs another parse
MAX_TRANSFORMED, MAX_MAGICS = 20_000, 60
_MAGIC = re.compile(r"^([ \t]*)[%!].*$", re.MULTILINE)
_SPECIAL = re.compile(r"^[ \t]*[%!?,;/]|\?[ \t]*$|=[ \t]*[%!]", re.MULTILINE)
#: IPython's prompt in front of a cell; if it is copied too, it reads like an annotation
_PROMPT = re.compile(r"\s*In ?\[\d+\]: ")
#: cell magics that run the cell in the notebook's namespace
_RUNS_THE_CELL = re.compile(r"\s*%%(time|prun|capture)\b([^\n]*)\n")
#: what parsing broken or hostile text may raise
BROKEN = (SyntaxError, ValueError, RecursionError, MemoryError)


_reading = Lock()


def parse(text: str) -> ast.Module:
    """Parse Python, which may ``await`` at its top level.

    Python's warnings about a student's code are not shown in the instructor's terminal.
    """
    with _reading, warnings.catch_warnings():  # the lock is needed because warning filters belong to the whole process
        warnings.simplefilter("ignore")
        flags = ast.PyCF_ONLY_AST | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
        return cast(ast.Module, compile(text, "<cell>", "exec", flags))


@lru_cache(maxsize=128)
def definitions(text: str) -> tuple[str, ...]:
    """List the names that a cell defines at its top level; if it is not Python, those that it seems to define."""
    try:
        body = parse(plain_python(text[:MAX_SOURCE])).body
    except BROKEN:
        return tuple(re.findall(r"^(?:def|class)\s+(\w+)", text, re.MULTILINE))
    return tuple(dict.fromkeys(_defined(body)))


def _defined(body: Sequence[ast.stmt]) -> Iterator[str]:
    """Yield the names that statements define, also under ``if``, ``try`` and ``with``, however deep (``elif`` is)."""
    waiting: list[ast.AST] = [*reversed(body)]
    while waiting:
        node = waiting.pop()
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                yield node.name
            case ast.Assign() | ast.AnnAssign() if node.value:
                targets = node.targets if isinstance(node, ast.Assign) else [node.target]
                yield from (part.id for target in targets for part in _unpacked(target) if isinstance(part, ast.Name))
            case ast.ImportFrom():
                yield from (alias.asname for alias in node.names if alias.asname)
            case ast.If() | ast.Try() | ast.With() | ast.ExceptHandler():
                fields = ("body", "handlers", "orelse", "finalbody")
                waiting += reversed([inner for field in fields for inner in getattr(node, field, ())])


def _unpacked(target: ast.expr) -> Iterator[ast.expr]:
    """Yield the single targets of ``a, (b, *c) = …``."""
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
    """Tell whether a cell is Python apart from magics, and not empty; `indented` code is Python only in a notebook."""
    try:
        return len(text) <= MAX_SOURCE and bool(parse(plain_python(text) if indented else text).body)
    except BROKEN:
        return False


def plain_python(text: str, levels: int = 5) -> str:
    """Turn what only a notebook understands into Python, by IPython's own rules. Plain Python stays as it is.

    ``%time``, ``!ls`` and ``x?`` become calls of ``get_ipython()``. Of ``%%time``, ``%%prun`` and ``%%capture``, the
    cell below remains, for at most `levels` of them. A cell of another magic is not Python and is not run.
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
    if not _is_transformed(text):
        return "" if text.lstrip().startswith("%%") else _MAGIC.sub(r"\1pass", text)
    return _by_ipython(text)


def magic_work(text: str) -> int:
    """Estimate what IPython's rules cost on a cell: its length times its magics; 0 where they are not applied."""
    return len(text) * len(_SPECIAL.findall(text)) if _is_transformed(text) else 0


def _is_transformed(text: str) -> bool:
    """Tell whether a cell is short and plain enough for IPython's rules, whose time grows with length times magics."""
    return len(text) <= MAX_TRANSFORMED and len(_SPECIAL.findall(text)) <= MAX_MAGICS


def _by_ipython(text: str) -> str:
    from IPython.core.inputtransformer2 import TransformerManager

    try:
        with _reading, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return str(TransformerManager().transform_cell(text))
    except (SyntaxError, ValueError, RuntimeError, IndexError, RecursionError, MemoryError):
        return text

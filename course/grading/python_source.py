"""Read Python out of notebook cells without running it."""

import ast
import re
import warnings
from functools import lru_cache
from threading import Lock

#: characters of a cell that are looked at for what it defines and reads: a syntax tree takes far more memory than text
MAX_SOURCE = 100_000
_MAGIC = re.compile(r"^([ \t]*)[%!].*$", re.MULTILINE)
#: what reading broken or hostile text may raise
BROKEN = (SyntaxError, ValueError, RecursionError, MemoryError)


_reading = Lock()


def parse(text: str) -> ast.Module:
    """Read Python; what Python has to say about somebody else's style is not for the instructor's terminal."""
    with _reading, warnings.catch_warnings():  # the lock: warning filters are the whole process's
        warnings.simplefilter("ignore")
        return ast.parse(text)


@lru_cache(maxsize=128)
def definitions(text: str) -> tuple[str, ...]:
    """List the names that a cell defines at its top level; if it is not Python, those that it seems to."""
    try:
        body = parse(plain_python(text[:MAX_SOURCE])).body
    except BROKEN:
        return tuple(re.findall(r"^(?:def|class)\s+(\w+)", text, re.MULTILINE))
    names: list[str] = []
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            names.append(node.name)
        elif isinstance(node, ast.Assign):
            names += [target.id for target in node.targets if isinstance(target, ast.Name)]
    return tuple(names)


def names_in(text: str) -> list[str]:
    """List the names that a cell reads, in the order of their first appearance."""
    try:
        tree = parse(plain_python(text[:MAX_SOURCE]))
    except BROKEN:
        return []
    loaded = (node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load))
    return list(dict.fromkeys(loaded))


def parses(text: str) -> bool:
    """Tell whether a cell is Python, magics aside, and says something."""
    try:
        return len(text) <= MAX_SOURCE and bool(parse(plain_python(text)).body)
    except BROKEN:
        return False


def plain_python(text: str) -> str:
    """Blank out what only a notebook understands: lines of magics and shell commands. Python stays as it is."""
    if len(text) > MAX_SOURCE:
        return text
    try:
        parse(text)
    except (ValueError, RecursionError, MemoryError):
        return text
    except SyntaxError:
        if text.lstrip().startswith("%%") and not re.match(r"\s*%%(time|timeit|capture)\b", text):
            return ""
        return _MAGIC.sub(r"\1pass", text)
    return text

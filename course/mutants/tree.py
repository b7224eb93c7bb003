"""What all changes of a text need: its syntax tree, the names of a function, and pieces that are replaced in place."""

import ast
import copy
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any, TypeVar

Node = TypeVar("Node", bound=ast.AST)


class Source:
    """A cell's text and its syntax tree."""

    def __init__(self, text: str):
        self.tree = ast.parse(text)
        self._raw = text.encode()
        self._starts = [0]
        for line in self._raw.splitlines(keepends=True):
            self._starts.append(self._starts[-1] + len(line))

    def with_pieces(self, pieces: Sequence[tuple[ast.AST, ast.AST, str]]) -> str | None:
        """Replace pieces of the text, each from one node to another one; return None if they overlap."""
        spans = sorted(((self._span(first)[0], self._span(last)[1], new) for first, last, new in pieces), reverse=True)
        if any(later[0] < earlier[1] for later, earlier in pairwise(spans)):
            return None
        raw = self._raw
        for start, end, new in spans:
            raw = raw[:start] + new.encode() + raw[end:]
        return raw.decode()

    def piece(self, node: ast.AST) -> str:
        """Return the text of a node."""
        start, end = self._span(node)
        return self._raw[start:end].decode()

    def _span(self, node: ast.AST) -> tuple[int, int]:
        return (
            self._starts[node.lineno - 1] + node.col_offset,  # type: ignore[attr-defined]
            self._starts[node.end_lineno - 1] + node.end_col_offset,  # type: ignore[attr-defined]
        )


class Scope:
    """A function's names, and its nodes in the order of the text, without docstrings and annotations."""

    def __init__(self, function: ast.AST):
        self.nodes: list[ast.AST] = []
        self.parents: dict[int, ast.AST] = {}
        self.arguments = [a.arg for a in function.args.args] if isinstance(function, ast.FunctionDef) else []
        for statement in without_docstrings(function):
            self._collect(statement, function)
        stored = [n.id for n in self.nodes if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)]
        self.locals = list(dict.fromkeys(stored))

    def _collect(self, node: ast.AST, parent: ast.AST) -> None:
        self.parents[id(node)] = parent
        self.nodes.append(node)
        if not isinstance(node, ast.JoinedStr):  # before Python 3.12, what is in an f-string has no place of its own
            for child in ast.iter_child_nodes(node):
                self._collect(child, node)

    def parent(self, node: ast.AST) -> ast.AST:
        """Return the node that a node is part of."""
        return self.parents[id(node)]

    def known_before(self, node: ast.Name) -> list[str]:
        """List the names that have a value above this line: arguments and assigned names."""
        before = [
            n.id
            for n in self.nodes
            if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store) and n.lineno < node.lineno
        ]
        return list(dict.fromkeys([*(a for a in self.arguments if a != "self"), *before]))


def without_docstrings(function: ast.AST) -> list[ast.stmt]:
    """List the statements of a function or of a cell, without texts that stand alone."""
    body = function.body if isinstance(function, ast.FunctionDef | ast.Module) else []
    return [s for s in body if not (isinstance(s, ast.Expr) and isinstance(s.value, ast.Constant))]


def functions(tree: ast.Module) -> Iterator[ast.AST]:
    """Yield every function of a cell, or the cell itself if it has none."""
    found: list[ast.AST] = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    inner = {id(sub) for f in found for sub in ast.walk(f) if sub is not f and isinstance(sub, ast.FunctionDef)}
    yield from [f for f in found if id(f) not in inner] or [tree]


def is_python(text: str) -> bool:
    """Tell whether a text can be parsed."""
    try:
        ast.parse(text)
    except SyntaxError:
        return False
    return True


def altered(node: Node, **changes: Any) -> Node:
    """Copy a node with other parts."""
    changed = copy.copy(node)
    for name, value in changes.items():
        setattr(changed, name, value)
    return changed


def written(node: ast.AST) -> str:
    """Write an expression so that it can stand at the place of another one."""
    text = ast.unparse(node)
    simple = isinstance(node, ast.Name | ast.Constant | ast.Call | ast.Subscript | ast.Attribute | ast.Tuple | ast.List)
    return text if simple else f"({text})"


def indented(new: ast.AST, at: ast.AST) -> str:
    """Write a statement with the indentation of the one that it replaces."""
    return ast.unparse(new).replace("\n", "\n" + " " * at.col_offset)  # type: ignore[attr-defined]


def quote(node: ast.AST) -> str:
    """Quote a piece of text as code."""
    return f"`{ast.unparse(node)}`"

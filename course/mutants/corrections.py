"""Change an answer's text in one place so that a mistake may be undone: another operator, a line less, a line moved.

The right answer is not known here. Whoever runs the changed texts finds out whether one of them is right.
"""

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, groupby
from typing import NamedTuple

from course.mutants.operators import edits_of
from course.mutants.tree import Scope, Source, altered, functions, indented, written

CHANGED, REMOVED, MOVED = "changed", "removed", "moved"


@dataclass(frozen=True)
class Correction:
    """A changed text.

    Parameters
    ----------
    text : str
        The whole cell. It may be no Python.
    line : int
        The line of the piece that was changed, removed or moved, counted from 1.
    piece : str
        The first line of that piece.
    how : str
        What happened to it: `CHANGED`, `REMOVED` or `MOVED`.
    """

    text: str
    line: int
    piece: str
    how: str


class _Change(NamedTuple):
    """New texts, each from one node to another one, and the piece that a message shows."""

    pieces: list[tuple[ast.AST, ast.AST, str]]
    told: ast.AST
    how: str = CHANGED


def _at(node: ast.AST, new: str, how: str = CHANGED) -> _Change:
    return _Change([(node, node, new)], node, how)


_ARITHMETIC = (ast.Add(), ast.Sub(), ast.Mult(), ast.Div(), ast.MatMult(), ast.FloorDiv())
_COMPARISONS = (ast.Lt(), ast.LtE(), ast.Gt(), ast.GtE(), ast.Eq(), ast.NotEq())
#: functions that work along an axis
_ALONG = ("sum", "mean", "max", "min", "std", "var", "argmax", "argmin", "any", "all", "prod", "cumsum")
_AXES = ("0", "1", "-1")
#: functions of two numbers, entry by entry
_OF_TWO = ("maximum", "minimum", "multiply", "add", "subtract", "logaddexp", "hypot", "dot", "outer", "matmul")
#: what may be missing around an expression
_AROUND = (
    *("-{a}", "np.abs({a})", "np.sqrt({a})", "{a} ** 2", "{a}.T", "1 - {a}", "1 / {a}", "2 * {a}", "{a} / 2"),
    *("np.exp({a})", "np.log({a})", "np.sum({a})", "np.mean({a})", "{a}[:, None]", "len({a})", "{a} + 1", "{a} - 1"),
)
_BLOCKS = (ast.For, ast.While, ast.If)


def corrections(text: str) -> Iterator[Correction]:
    """Change a cell at one place at a time. What undoes frequent mistakes comes first.

    Parameters
    ----------
    text : str
        The cell with its answer: functions or classes.

    Yields
    ------
    Correction
        Each changed text once.
    """
    source = Source(text)
    seen = {text}
    for change in _changes(source.tree):
        changed = source.with_pieces(change.pieces)
        if changed is not None and changed not in seen:
            seen.add(changed)
            piece = source.piece(change.told).partition("\n")[0]
            yield Correction(changed, change.told.lineno, piece, change.how)  # type: ignore[attr-defined]


def _changes(tree: ast.Module) -> Iterator[_Change]:
    """Give all changes: lines too many, operators, other lines, names, what may be missing, exchanged values."""
    made = [edit for function in functions(tree) for edit in edits_of(function) if not edit.of_input]
    nodes = [(node, scope) for scope in map(Scope, functions(tree)) for node in scope.nodes]
    values = [(node, scope) for node, scope in nodes if _has_value(node, scope)]
    for node, _ in nodes:
        if isinstance(node, ast.stmt) and not isinstance(node, ast.Return | ast.FunctionDef | ast.Pass):
            yield _at(node, "pass", REMOVED)
    yield from (_at(edit.node, edit.new) for edit in made if not isinstance(edit.node, ast.Name))
    for node, scope in nodes:
        if isinstance(node, ast.stmt):
            yield from _statement(node, scope)
        yield from (_at(node, new) for new in _expression(node))
    yield from (_at(edit.node, edit.new) for edit in made if isinstance(edit.node, ast.Name))
    for node, _ in values:
        yield from (_at(node, f"({around.format(a=written(node))})") for around in _AROUND)
    for statement, exchanged in groupby(values, lambda value: _statement_of(*value)):
        for (one, _), (other, _) in combinations(exchanged, 2):
            yield _Change([(one, one, written(other)), (other, other, written(one))], statement)
    for node, scope in nodes:
        if isinstance(node, ast.Constant | ast.BinOp | ast.Call) and isinstance(scope.parent(node), ast.expr):
            yield from (_at(node, name) for name in scope.arguments if name != "self")


def _statement_of(node: ast.AST, scope: Scope) -> ast.AST:
    while not isinstance(node, ast.stmt):
        node = scope.parent(node)
    return node


def _has_value(node: ast.AST, scope: Scope) -> bool:
    """Tell whether a node is an expression whose value is used: no target, no function's or module's name."""
    is_number = isinstance(node, ast.Constant) and isinstance(node.value, int | float)
    if not (is_number or isinstance(node, ast.Name | ast.Call | ast.Subscript | ast.Attribute | ast.BinOp)):
        return False
    if not isinstance(getattr(node, "ctx", ast.Load()), ast.Load):
        return False
    parent = scope.parent(node)
    return not (isinstance(parent, ast.Attribute) or (isinstance(parent, ast.Call) and node is parent.func))


# statements ----------------------------------------------------------------------------------------------------------


def _statement(node: ast.stmt, scope: Scope) -> Iterator[_Change]:
    if isinstance(node, ast.If):
        turned = altered(node, test=ast.UnaryOp(ast.Not(), node.test))
        yield _at(node, indented(turned, node))
        yield _at(node, _lines(node.body, node))
    yield from _assignment(node, scope)
    yield from _moved(node, scope)


def _assignment(node: ast.stmt, scope: Scope) -> Iterator[_Change]:
    """Add to a name instead of replacing its value, or the reverse; or assign to another name."""
    if isinstance(node, ast.AugAssign):
        target: ast.expr = node.target
        value: ast.expr = node.value
    elif isinstance(node, ast.Assign) and len(node.targets) == 1:
        target, value = node.targets[0], node.value
    else:
        return
    a, b = ast.unparse(target), ast.unparse(value)
    for sign in ("=", "+=", "-=", "*="):
        if not isinstance(target, ast.Tuple):
            yield _at(node, f"{a} {sign} {b}")
    sign = "=" if isinstance(node, ast.Assign) else "+="
    for other in dict.fromkeys([*scope.arguments, *scope.locals]):
        if isinstance(target, ast.Name) and other not in (target.id, "self"):
            yield _at(node, f"{other} {sign} {b}")


def _moved(node: ast.stmt, scope: Scope) -> Iterator[_Change]:
    """Exchange a line with a later one, or move a line into the block beside it, or out of its block."""
    if isinstance(node, _BLOCKS) and len(node.body) > 1:
        first, last = node.body[0], node.body[-1]
        yield _Change([(node, node, _lines([first, altered(node, body=node.body[1:])], node))], first, MOVED)
        yield _Change([(node, node, _lines([altered(node, body=node.body[:-1]), last], node))], last, MOVED)
    body = next((b for b in _bodies(scope.parent(node)) if node in b), [])
    if node not in body[:-1]:
        return
    after, *later = body[body.index(node) + 1 :]
    for other in (after, *later):
        yield _Change([(node, node, indented(other, node)), (other, other, indented(node, other))], node, MOVED)
    for i, last in enumerate(later, start=1):
        yield _Change([(node, last, _lines([after, *later[:i], node], node))], node, MOVED)
    if isinstance(after, _BLOCKS):
        yield _Change([(node, after, indented(altered(after, body=[node, *after.body]), node))], node, MOVED)
    if isinstance(node, _BLOCKS):
        yield _Change([(node, after, indented(altered(node, body=[*node.body, after]), node))], after, MOVED)


def _bodies(parent: ast.AST) -> list[list[ast.stmt]]:
    return [getattr(parent, name, []) for name in ("body", "orelse")]


def _lines(statements: Sequence[ast.stmt], at: ast.stmt) -> str:
    """Write statements below one another, with the indentation of the one that they replace."""
    return ("\n" + " " * at.col_offset).join(indented(statement, at) for statement in statements)


# expressions ---------------------------------------------------------------------------------------------------------


def _expression(node: ast.AST) -> Iterator[str]:
    match node:
        case ast.BinOp():
            yield from (written(altered(node, op=op)) for op in _ARITHMETIC)
            turned = altered(node, left=node.right, right=node.left)
            yield from map(written, [turned, node.left, node.right, *_inside(node)])
        case ast.Compare(ops=[_]):
            yield from (written(altered(node, ops=[op])) for op in _COMPARISONS)
        case ast.UnaryOp():
            yield written(node.operand)
        case ast.Constant(value=int() | float() as value) if not isinstance(value, bool):
            others = (0, 1, 2, -1, -value, value * 2, value / 2, value + 1, value - 1, value * 10, value / 10, 0.5)
            yield from (f"({other})" if other < 0 else str(other) for other in others)
        case ast.Subscript(ctx=ast.Load()):
            yield from map(written, [node.value, *(altered(node, slice=index) for index in _indices(node.slice))])
        case ast.Call():
            yield from map(written, _called(node))


def _called(node: ast.Call) -> Iterator[ast.expr]:
    """Call another function of two numbers; draw a term out of the call; add an axis, or keep it."""
    name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    if len(node.args) == 2 and name in _OF_TWO:
        yield from (altered(node, func=ast.Name(f"np.{other}")) for other in _OF_TWO)
    if node.args and isinstance(first := node.args[0], ast.BinOp):
        for side in ("left", "right"):
            yield altered(first, **{side: altered(node, args=[getattr(first, side), *node.args[1:]])})
    if name in _ALONG:
        given = {keyword.arg for keyword in node.keywords}
        axes = [] if "axis" in given or len(node.args) > 1 else [ast.keyword("axis", ast.Name(n)) for n in _AXES]
        keep = ast.keyword("keepdims", ast.Constant(True))
        kept = [] if "keepdims" in given else [[keep], *([axis, keep] for axis in axes)]
        yield from (altered(node, keywords=[*node.keywords, *more]) for more in [*([axis] for axis in axes), *kept])


def _inside(node: ast.BinOp) -> Iterator[ast.expr]:
    """Draw an operand into a call beside it: `f(a) + b` becomes `f(a + b)`."""
    for name in ("left", "right"):
        call = getattr(node, name)
        if isinstance(call, ast.Call) and call.args:
            first, *rest = call.args
            yield altered(call, args=[altered(node, **{name: first}), *rest])


def _indices(index: ast.expr) -> Iterator[ast.expr]:
    if isinstance(index, ast.Slice):
        for name in ("step", "lower", "upper"):
            yield altered(index, **{name: None})
        yield altered(index, lower=ast.Constant(1))
        yield altered(index, upper=ast.UnaryOp(ast.USub(), ast.Constant(1)))
    if isinstance(index, ast.Tuple):
        yield altered(index, elts=index.elts[::-1])

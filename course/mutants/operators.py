"""Change an answer's text in one place, or in all places of one kind, and say in words what was changed.

A change replaces one piece of the syntax tree by other text. The words describe an effect, such as "the factor `p` is
missing", and quote only the answer's own text.
"""

import ast
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from course.mutants.inputs import changed_inputs
from course.mutants.tree import Scope, Source, altered, functions, indented, is_python, quote, written

#: longer pieces of text are not quoted
LONGEST = 56

#: operators that are mistaken for one another, and the words for the slip with operands `a` and `b`
OPERATORS: dict[type[ast.operator], list[tuple[ast.operator, str]]] = {
    ast.Add: [(ast.Sub(), "{b} is subtracted from {a}, not added"), (ast.Mult(), "{a} and {b} are multiplied, not added")],
    ast.Sub: [(ast.Add(), "{b} is added to {a}, not subtracted"), (ast.Mult(), "{a} and {b} are multiplied, not subtracted")],
    ast.Mult: [(ast.Add(), "{a} and {b} are added, not multiplied"), (ast.Div(), "{a} is divided by {b}, not multiplied"),
               (ast.Sub(), "{b} is subtracted from {a}, not multiplied")],
    ast.Div: [(ast.Mult(), "{a} is multiplied by {b}, not divided"), (ast.Sub(), "{b} is subtracted from {a}, not divided by")],
    ast.MatMult: [(ast.Mult(), "`*` is used instead of `@` between {a} and {b}")],
    ast.Pow: [(ast.Mult(), "{a} is multiplied by {b}, not raised to that power")],
    ast.FloorDiv: [(ast.Div(), "`/` is used instead of `//` between {a} and {b}")],
}  # fmt: skip
#: functions and methods that are mistaken for one another
FUNCTIONS = {
    "sum": ("mean",), "mean": ("sum", "median", "max"), "max": ("min", "mean", "sum"), "min": ("max",), "argmax": ("argmin",),
    "argmin": ("argmax",), "std": ("var",), "var": ("std",), "maximum": ("minimum",), "minimum": ("maximum",),
    "log": ("log2", "log10", "log1p"), "zeros": ("ones",), "ones": ("zeros",), "zeros_like": ("ones_like",),
    "tanh": ("sin", "arctan"), "exp": ("expm1", "exp2"), "floor": ("ceil", "round"), "ceil": ("floor",), "prod": ("sum",),
    "sin": ("cos",), "cos": ("sin",), "vstack": ("hstack",), "any": ("all",), "all": ("any",), "sqrt": ("abs",),
    "square": ("abs",), "abs": ("square",), "sort": ("argsort",), "argsort": ("sort",), "cumsum": ("cumprod",),
    "dot": ("multiply",), "append": ("extend",), "len": ("sum",),
}  # fmt: skip
#: functions that give something else when they are applied to their own result
TWICE = ("exp", "log", "tanh", "sqrt", "square", "sigmoid", "softmax")
COMPARISONS: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
}
SIGNS = {ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=", ast.Eq: "==", ast.NotEq: "!="}


@dataclass(frozen=True)
class Mutant:
    """A changed text.

    Parameters
    ----------
    text : str
        The whole cell.
    change : str
        What was changed, to follow "if": "the factor `p` is missing".
    names : frozenset of str
        The variables that the words quote.
    is_swap : bool
        Whether one name replaces another name; most changes are of this kind.
    of_input : bool
        Whether an input is changed before the first line. Where a change in the text gives the same, that is told.
    is_harmless : bool
        Whether it may give the right result for all inputs that there are, as rounding does with whole numbers.
    """

    text: str
    change: str
    names: frozenset[str]
    is_swap: bool
    of_input: bool = False
    is_harmless: bool = False


@dataclass(frozen=True)
class Edit:
    """One piece of the tree and its replacement; edits of one family can be made at all their places at once."""

    node: ast.AST
    new: str
    words: str
    names: frozenset[str]
    family: str
    of_input: bool = False
    is_harmless: bool = False

    @property
    def is_swap(self) -> bool:
        """Tell whether a name replaces another name."""
        return isinstance(self.node, ast.Name) and self.new.isidentifier()


def mutants(text: str, with_names: bool = True) -> Iterator[Mutant]:
    """Change a cell in every way that this module has: each change at one place, and at all its places in a function.

    Parameters
    ----------
    text : str
        The cell with its answer: functions, classes or assignments.
    with_names : bool
        Whether to replace one name by another, which is most of the changes.

    Yields
    ------
    Mutant
        Each changed text once; none equals `text`.
    """
    source = Source(text)
    seen = {text}
    for function in functions(source.tree):
        edits = [edit for edit in edits_of(function) if with_names or not isinstance(edit.node, ast.Name)]
        families: dict[str, list[Edit]] = defaultdict(list)
        for edit in edits:
            families[edit.family].append(edit)
        together = [family for family in families.values() if len(family) > 1]
        for group in [*([edit] for edit in edits), *together]:
            changed = source.with_pieces([(edit.node, edit.node, edit.new) for edit in group])
            if changed is not None and changed not in seen and is_python(changed):
                seen.add(changed)
                words = group[0].words if len(group) == 1 else _everywhere(group)
                names = frozenset[str]().union(*(e.names for e in group))
                yield Mutant(changed, words, names, group[0].is_swap, group[0].of_input, group[0].is_harmless)


def _everywhere(group: Sequence[Edit]) -> str:
    words = list(dict.fromkeys(edit.words for edit in group))
    return f"{words[0]}, everywhere" if len(words) == 1 else " and ".join(words[:3])


def edits_of(function: ast.AST) -> Iterator[Edit]:
    """Give every single change of a function, or of a cell without one."""
    scope = Scope(function)
    for node in scope.nodes:
        for family, new, words, quoted in _of(node, scope):
            text = new if isinstance(new, str) else written(new)
            names = frozenset(n.id for q in quoted for n in ast.walk(q) if isinstance(n, ast.Name))
            yield Edit(node, text, words, names - {"np", "self"}, family)
    for first, text, words, names, is_harmless in changed_inputs(function):
        yield Edit(first, text, words, names, text, True, is_harmless)


#: one change: its family, the new text or tree, the words, and the pieces that the words quote
_Change = tuple[str, "str | ast.expr", str, list[ast.AST]]


def _of(node: ast.AST, scope: Scope) -> Iterator[_Change]:
    for rule in RULES.get(type(node).__name__, ()):
        yield from rule(node, scope)
    if isinstance(node, ast.expr) and _is_number(node, scope) and not _is_squared(node, scope):
        yield from _wrapped(node)


def _is_number(node: ast.expr, scope: Scope) -> bool:
    """Tell whether an expression may be squared or lose its sign: a difference, a product, an average, a gradient."""
    return (isinstance(node, ast.BinOp) and isinstance(node.op, ast.Sub)) or (
        isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and isinstance(scope.parent(node), ast.BinOp)
    )


def _is_squared(node: ast.AST, scope: Scope) -> bool:
    """Tell whether an expression is squared at once: its sign does not matter then."""
    parent = scope.parent(node)
    return isinstance(parent, ast.BinOp) and isinstance(parent.op, ast.Pow) and ast.unparse(parent.right) == "2"


def _wrapped(node: ast.expr) -> Iterator[_Change]:
    a = quote(node)
    yield (
        "abs",
        f"np.abs({ast.unparse(node)})",
        f"the absolute value of {a} is used instead of {a}: the sign is lost",
        [node],
    )
    yield "square", f"({ast.unparse(node)}) ** 2", f"{a} is squared", [node]


def _call(name: str, *arguments: ast.expr) -> ast.expr:
    return ast.Call(ast.Attribute(ast.Name("np"), name), list(arguments), [])


def _binary(node: ast.BinOp, scope: Scope) -> Iterator[_Change]:
    left, right = node.left, node.right
    a, b = quote(left), quote(right)
    both: list[ast.AST] = [left, right]
    for operator, words in OPERATORS.get(type(node.op), ()):
        yield (
            f"{type(node.op).__name__} {type(operator).__name__}",
            altered(node, op=operator),
            words.format(a=a, b=b),
            both,
        )
    match node.op:
        case ast.Add():
            yield "drop right", left, f"the term {b} is missing", [right]
            yield "drop left", right, f"the term {a} is missing", [left]
        case ast.Sub():
            yield "drop right", left, f"{b} is not subtracted", [right]
            yield "drop left", ast.UnaryOp(ast.USub(), right), f"the term {a} is missing", [left]
            if not _is_squared(node, scope):
                yield (
                    "order",
                    altered(node, left=right, right=left),
                    f"`{ast.unparse(right)} - {ast.unparse(left)}` is used instead of `{ast.unparse(node)}`",
                    both,
                )
        case ast.Mult():
            yield f"drop {b}", left, f"the factor {b} is missing", [right]
            yield f"drop {a}", right, f"the factor {a} is missing", [left]
        case ast.Div():
            yield f"drop {b}", left, f"{a} is not divided by {b}", both
            yield f"drop {a}", ast.BinOp(ast.Constant(1.0), ast.Div(), right), f"the factor {a} is missing", [left]
            yield (
                "order",
                altered(node, left=right, right=left),
                f"{b} is divided by {a}, not {a} by {b}",
                both,
            )
        case ast.MatMult():
            yield (
                "order",
                altered(node, left=right, right=left),
                f"`{ast.unparse(right)} @ {ast.unparse(left)}` is used instead of `{ast.unparse(node)}`",
                both,
            )
            for name, side in (("left", left), ("right", right)):
                if not (isinstance(side, ast.Attribute) and side.attr == "T"):
                    turned = altered(node, **{name: _call("swapaxes", side, ast.Constant(0), ast.Constant(1))})
                    yield f"turn {name}", turned, f"{quote(side)} is transposed", [side]
                yield f"drop {name}", right if name == "left" else left, f"the factor {quote(side)} is missing", [side]
        case ast.Pow():
            yield "power", left, f"{a} is not raised to the power {b}" if b != "`2`" else f"{a} is not squared", both
            yield (
                "power abs",
                _call("abs", left),
                f"|{ast.unparse(left)}| is used instead of `{ast.unparse(node)}`",
                both,
            )
            yield (
                "power root",
                _call("sqrt", left),
                f"the square root of {a} is used instead of `{ast.unparse(node)}`",
                both,
            )
            if isinstance(right, ast.Constant) and right.value == 2:
                yield "power three", altered(node, right=ast.Constant(3)), f"{a} is raised to the power 3, not 2", both
    yield from _brackets(node)


_RANK = {ast.Add: 1, ast.Sub: 1, ast.Mult: 2, ast.Div: 2, ast.MatMult: 2, ast.FloorDiv: 2, ast.Mod: 2, ast.Pow: 3}


def _brackets(node: ast.BinOp) -> Iterator[_Change]:
    """Leave out the brackets around an operand, so that Python's order of operations applies."""
    rank = _RANK.get(type(node.op), 0)
    for side in (node.left, node.right):
        if isinstance(side, ast.BinOp) and 0 < _RANK.get(type(side.op), 9) < rank + (side is node.right):
            inner = ast.unparse(side)
            text = ast.unparse(node)
            bare = text.replace(f"({inner})", inner, 1)
            if bare != text:
                yield "brackets", f"({bare})", f"the brackets around `{inner}` are missing", [node]


def _regrouped(node: ast.BinOp, scope: Scope) -> Iterator[_Change]:
    """Put brackets around the weaker of two operations: `a - b * c` becomes `(a - b) * c`."""
    rank = _RANK.get(type(node.op), 9)
    if isinstance(node.right, ast.BinOp) and rank < _RANK.get(type(node.right.op), 0):
        inner = ast.BinOp(node.left, node.op, node.right.left)
        new = ast.BinOp(inner, node.right.op, node.right.right)
        yield "regrouped", new, f"the brackets are set as in {quote(new)}", [new]
    if isinstance(node.left, ast.BinOp) and rank < _RANK.get(type(node.left.op), 0):
        inner = ast.BinOp(node.left.right, node.op, node.right)
        new = ast.BinOp(node.left.left, node.left.op, inner)
        yield "regrouped", new, f"the brackets are set as in {quote(new)}", [new]


def _negated(node: ast.UnaryOp, scope: Scope) -> Iterator[_Change]:
    a = quote(node.operand)
    if isinstance(node.op, ast.USub) and not isinstance(node.operand, ast.Constant):
        yield "minus", node.operand, f"the minus before {a} is missing", [node.operand]
    elif isinstance(node.op, ast.Not | ast.Invert):
        yield "not", node.operand, f"the `not` before {a} is missing", [node.operand]


def _called(node: ast.Call, scope: Scope) -> Iterator[_Change]:
    method = isinstance(node.func, ast.Attribute) and not (
        isinstance(node.func.value, ast.Name) and node.func.value.id in ("np", "math", "self", "rng")
    )
    name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    shown = f".{name}" if method else ast.unparse(node.func)
    of: list[Any] = [node.func.value] if method else [*node.args[:1]]  # type: ignore[attr-defined]
    if of and name not in ("append", "range", "enumerate", "zip"):
        rest = f"({', '.join(map(ast.unparse, [*node.args, *node.keywords]))})"
        told = (
            f"`.{name}{rest}` is missing after {quote(of[0])}"
            if method
            else f"`{shown}` is missing around {quote(of[0])}"
        )
        yield f"call {name}", of[0], told, [*of, *node.args] if method else of
    for other in FUNCTIONS.get(name, ()):
        function = (
            altered(node.func, attr=other)
            if isinstance(node.func, ast.Attribute)
            else altered(node.func, id=f"np.{other}")
        )
        aim = f" for {quote(of[0])}" if of else ""
        yield f"{name} {other}", altered(node, func=function), f"`{other}` is used instead of `{name}`{aim}", of
    if name == "sqrt" and of:
        yield "sqrt 2", f"({ast.unparse(of[0])}) ** 2", f"the square of {quote(of[0])} is used instead of its root", of
    if of and not method and (name in TWICE or name in scope.arguments):
        yield (
            f"twice {name}",
            altered(node, args=[node, *node.args[1:]]),
            f"`{shown}` is applied twice to {quote(of[0])}",
            of,
        )
    if name in ("exp", "sigmoid", "tanh") and of:
        yield (
            "minus",
            altered(node, args=[ast.UnaryOp(ast.USub(), of[0]), *node.args[1:]]),
            f"the sign of {quote(of[0])} is reversed in `{shown}`",
            of,
        )
    for first in range(len(node.args) - 1):
        args = list(node.args)
        args[first], args[first + 1] = args[first + 1], args[first]
        swapped = altered(node, args=args)
        yield f"swap {name}", swapped, f"{quote(swapped)} is used instead of {quote(node)}", [node]
    if name in ("maximum", "minimum", "where", "clip") and len(node.args) > 1:
        yield f"other {name}", node.args[1], f"{quote(node.args[1])} is used alone, without `{shown}`", [node.args[1]]
    yield from _keywords(node, name, of)


def _keywords(node: ast.Call, name: str, of: list[ast.AST]) -> Iterator[_Change]:
    aim = f" in `{name}` of {quote(of[0])}" if of else f" in `{name}`"
    for keyword in node.keywords:
        others = [k for k in node.keywords if k is not keyword]
        yield (
            f"no {keyword.arg}",
            altered(node, keywords=others),
            f"`{ast.unparse(keyword)}` is missing{aim}",
            [keyword, *of],
        )
        if keyword.arg == "axis" and isinstance(keyword.value, ast.Constant | ast.UnaryOp):
            for axis in {"0", "1", "-1"} - {ast.unparse(keyword.value)}:
                turned = altered(node, keywords=[*others, ast.keyword("axis", ast.Name(axis))])
                yield f"axis {axis}", turned, f"`axis={axis}` is used instead of `{ast.unparse(keyword)}`{aim}", of
                alone = [k for k in others if k.arg != "keepdims"]
                if len(alone) < len(others):
                    bare = altered(node, keywords=[*alone, ast.keyword("axis", ast.Name(axis))])
                    yield (
                        f"bare axis {axis}",
                        bare,
                        f"`axis={axis}` without keepdims is used instead of `{ast.unparse(keyword)}`{aim}",
                        of,
                    )
    if name in ("std", "var") and not any(k.arg == "ddof" for k in node.keywords):
        sample = altered(node, keywords=[*node.keywords, ast.keyword("ddof", ast.Constant(1))])
        yield "ddof", sample, f"`{name}` divides by N − 1 (`ddof=1`){aim}", of


def _attribute(node: ast.Attribute, scope: Scope) -> Iterator[_Change]:
    if node.attr == "T":
        yield "transpose", node.value, f"{quote(node.value)} is not transposed", [node.value]


def _named(node: ast.Name, scope: Scope) -> Iterator[_Change]:
    if not isinstance(node.ctx, ast.Load) or node.id not in {*scope.arguments, *scope.locals} - {"self"}:
        return
    parent = scope.parent(node)
    if isinstance(parent, ast.Call) and node is parent.func:
        return
    a = f"`{node.id}`"
    place = "" if isinstance(parent, ast.Tuple | ast.Return | ast.Assign) else _about(parent)
    for other in scope.known_before(node):
        if other != node.id:
            yield (
                f"{node.id} {other}",
                other,
                f"`{other}` is used instead of {a}{place}",
                [parent if place else node, ast.Name(other)],
            )
    if isinstance(parent, ast.BinOp | ast.Call) and ast.unparse(parent) != f"len({node.id})":
        yield f"mean {node.id}", f"{node.id}[:].mean()", _TABLE.format(a=a), [node]  # a single number has no [:]
        yield f"rows {node.id}", f"{node.id}.mean(axis=0)", f"{a} is replaced by its mean over the rows", [node]
        yield (
            f"column {node.id}",
            f"{node.id}[:, None]",
            f"{a} is made a column, (N, 1), where it should stay as it is",
            [node],
        )


#: the words for an (N,) that was combined with an (N, 1), if the rows of the resulting table are averaged afterwards
_TABLE = (
    "only the mean of {a} counts, as when {a} (N,) is combined with an array (N, 1) and the rows of the resulting N by N "
    "table are averaged: `[:, None]` makes {a} a column"
)


def _about(parent: ast.AST) -> str:
    """Say in few words where in the text a name is."""
    text = ast.unparse(parent)
    return f" in `{text}`" if len(text) <= 30 and "\n" not in text else ""


def _indexed(node: ast.Subscript, scope: Scope) -> Iterator[_Change]:
    if not isinstance(node.ctx, ast.Load):
        return
    index = ast.unparse(node.slice)
    a = quote(node.value)
    if index in ("(:, None)", ":, None", "(:, np.newaxis)"):
        yield "mean flat", f"np.mean({ast.unparse(node.value)})", _TABLE.format(a=a), [node.value]
        yield (
            "flat",
            node.value,
            f"{a} (N,) is combined with an array (N, 1), into an N by N table: `[:, None]` makes {a} a column",
            [node.value],
        )
        return
    yield f"no index {index}", node.value, f"`[{index}]` is missing after {a}", [node.value, node.slice]
    if isinstance(node.slice, ast.Tuple):
        return
    if isinstance(node.slice, ast.Slice):
        for end in ("lower", "upper"):
            given = getattr(node.slice, end)
            for step in (1, -1) if given else ():
                yield (
                    f"slice {end} {step}",
                    altered(node, slice=altered(node.slice, **{end: _plus(given, step)})),
                    f"the slice `[{index}]` of {a} is off by one",
                    [node.slice, node.value],
                )
        return
    if isinstance(node.slice, ast.Constant | ast.Name | ast.BinOp | ast.UnaryOp) and not (
        isinstance(node.slice, ast.Constant) and isinstance(node.slice.value, str)
    ):
        for step in (1, -1):
            where = "after" if step > 0 else "before"
            yield (
                f"index {step}",
                altered(node, slice=_plus(node.slice, step)),
                f"the entry {where} `{ast.unparse(node)}` is taken",
                [node],
            )


def _plus(node: ast.expr, step: int) -> ast.expr:
    if isinstance(node, ast.Constant) and isinstance(node.value, int):
        return ast.Constant(node.value + step)
    return ast.BinOp(node, ast.Add() if step > 0 else ast.Sub(), ast.Constant(1))


def _constant(node: ast.Constant, scope: Scope) -> Iterator[_Change]:
    value = node.value
    if isinstance(value, bool) or not isinstance(value, int | float) or isinstance(scope.parent(node), ast.Subscript):
        return
    others = [value + 1, value - 1] if isinstance(value, int) else [value * 2, value / 2, value * 10, value / 10, 0.0]
    for other in others:
        yield f"{value} {other}", repr(other), f"`{other:g}` is used instead of `{value:g}`", []


def _compared(node: ast.Compare, scope: Scope) -> Iterator[_Change]:
    if len(node.ops) == 1 and type(node.ops[0]) in COMPARISONS:
        for other in COMPARISONS[type(node.ops[0])]:
            words = f"`{SIGNS[other]}` is used instead of `{SIGNS[type(node.ops[0])]}` in {quote(node)}"
            yield f"compare {SIGNS[other]}", altered(node, ops=[other()]), words, [node]


def _and_or(node: ast.BoolOp, scope: Scope) -> Iterator[_Change]:
    old, new, other = ("or", "and", ast.And()) if isinstance(node.op, ast.Or) else ("and", "or", ast.Or())
    yield "and", altered(node, op=other), f"`{new}` is used instead of `{old}` in {quote(node)}", [node]
    for value in node.values:
        left = [v for v in node.values if v is not value]
        yield (
            "condition",
            left[0] if len(left) == 1 else altered(node, values=left),
            f"the condition {quote(value)} is missing",
            [value],
        )


def _branches(node: ast.IfExp, scope: Scope) -> Iterator[_Change]:
    yield (
        "branch",
        altered(node, body=node.orelse, orelse=node.body),
        f"the two branches of {quote(node.test)} are swapped",
        [node.test],
    )
    yield (
        "branch body",
        node.body,
        f"{quote(node.body)} is used whether or not {quote(node.test)} holds",
        [node.body, node.test],
    )
    yield (
        "branch orelse",
        node.orelse,
        f"{quote(node.orelse)} is used whether or not {quote(node.test)} holds",
        [node.orelse, node.test],
    )


def _if(node: ast.If, scope: Scope) -> Iterator[_Change]:
    for always in (True, False):
        changed = altered(node, test=ast.Constant(always))
        yield (
            f"if {always}",
            indented(changed, node),
            f"the condition {quote(node.test)} {'always' if always else 'never'} holds",
            [node.test],
        )


def _added(node: ast.AugAssign, scope: Scope) -> Iterator[_Change]:
    a, b = quote(node.target), quote(node.value)
    sign = ast.unparse(node).removeprefix(ast.unparse(node.target)).split()[0]
    if isinstance(node.op, ast.Add | ast.Sub):
        other = ast.Sub() if isinstance(node.op, ast.Add) else ast.Add()
        yield (
            "augmented",
            indented(altered(node, op=other), node),
            f"{b} is {'subtracted from' if isinstance(other, ast.Sub) else 'added to'} {a}",
            [node.target, node.value],
        )
    yield (
        "assigned",
        f"{ast.unparse(node.target)} = {ast.unparse(node.value)}",
        f"{a} keeps only the last {b}: `=` is used instead of `{sign}`",
        [node.target, node.value],
    )
    yield "skipped", "pass", f"{a} is never changed by {b}", [node.target, node.value]


def _assigned(node: ast.Assign, scope: Scope) -> Iterator[_Change]:
    """Leave out a line that changes the value of a name."""
    target = node.targets[0]
    if isinstance(target, ast.Name) and target.id in {*scope.arguments, *_stored_before(node, scope)}:
        yield "skipped", "pass", f"`{target.id}` keeps its old value", [target]
    elif isinstance(target, ast.Subscript):
        yield "skipped", "pass", f"nothing is written to {quote(target)}", [target]


def _stored_before(node: ast.stmt, scope: Scope) -> set[str]:
    return {
        n.id for n in scope.nodes if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store) and n.lineno < node.lineno
    }


def _looped(node: ast.For | ast.While, scope: Scope) -> Iterator[_Change]:
    parent = scope.parent(node)
    body = getattr(parent, "body", [])
    after = body[body.index(node) + 1] if node in body[:-1] else None
    if isinstance(after, ast.Return):
        inside = altered(node, body=[*node.body, after])
        yield (
            "return",
            indented(inside, node),
            "the `return` is inside the loop, which then ends in its first round",
            [],
        )
    for i, (one, two) in enumerate(pairwise(node.body)):
        moved = altered(node, body=[*node.body[:i], two, one, *node.body[i + 2 :]])
        names = [_set_by(one), _set_by(two)]
        if all(names):
            yield (
                "moved",
                indented(moved, node),
                f"`{names[1]}` is set before `{names[0]}` in each round",
                [ast.Name(n) for n in names],
            )
    if isinstance(node, ast.For) and isinstance(node.iter, ast.Call):
        rounds = node.iter
        if isinstance(rounds.func, ast.Name) and rounds.func.id == "range" and rounds.args:
            last = len(rounds.args) > 1
            for step, words in ((1, "the loop makes one round too many"), (-1, "the loop makes one round too few")):
                args = list(rounds.args)
                args[last] = _plus(args[last], step)
                again = altered(node, iter=altered(rounds, args=args))
                yield f"rounds {step}", indented(again, node), f"{words}: {quote(again.iter)}", [rounds]


def _set_by(statement: ast.stmt) -> str:
    if isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name):
        return statement.targets[0].id
    if isinstance(statement, ast.AugAssign) and isinstance(statement.target, ast.Name):
        return statement.target.id
    call = getattr(statement, "value", None)
    if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and isinstance(call.func.value, ast.Name):
        return call.func.value.id
    return ""


def _returned(node: ast.Return, scope: Scope) -> Iterator[_Change]:
    if isinstance(node.value, ast.Tuple) and len(node.value.elts) > 1:
        elements = node.value.elts
        for i in range(len(elements) - 1):
            turned = [*elements[:i], elements[i + 1], elements[i], *elements[i + 2 :]]
            yield "returned", f"return {', '.join(map(ast.unparse, turned))}", "two results are swapped", []


def _comprehended(node: ast.GeneratorExp | ast.ListComp, scope: Scope) -> Iterator[_Change]:
    for part in node.generators:
        for condition in part.ifs:
            left = altered(part, ifs=[c for c in part.ifs if c is not condition])
            changed = altered(node, generators=[left if g is part else g for g in node.generators])
            yield "condition", changed, f"the condition {quote(condition)} is missing", [condition]


RULES: dict[str, list[Any]] = {
    "BinOp": [_binary, _regrouped], "UnaryOp": [_negated], "Call": [_called], "Attribute": [_attribute], "Name": [_named],
    "Subscript": [_indexed], "Constant": [_constant], "Compare": [_compared], "BoolOp": [_and_or], "IfExp": [_branches],
    "If": [_if], "AugAssign": [_added], "Assign": [_assigned], "For": [_looped], "While": [_looped],
    "Return": [_returned], "GeneratorExp": [_comprehended], "ListComp": [_comprehended],
}  # fmt: skip

_QUOTED = re.compile(r"`[^`]*`")


def is_short(change: str) -> bool:
    """Tell whether everything that a change quotes is short enough to be read."""
    return all(len(piece) <= LONGEST for piece in _QUOTED.findall(change))

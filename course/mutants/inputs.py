"""Change what an answer is given, before its first line: examples left out, one used for all, two inputs exchanged."""

import ast
from collections.abc import Iterator
from itertools import combinations

from course.mutants.tree import indented, without_docstrings

#: what an input may be replaced by, and the words for it
REPLACED = {
    "{a}[:1] + 0 * {a}": "the first entry of `{a}` is used for all",
    "{a}[:-1]": "the last entry of `{a}` is left out",
    "{a}[1:]": "the first entry of `{a}` is left out",
    "{a}[:].mean() + 0 * {a}": "the mean of all numbers in `{a}` is used for each of them",
    "np.sign({a})": "only the sign of `{a}` counts",
    "np.round({a})": "`{a}` is rounded",
    "np.trunc({a})": "`{a}` is cut to whole numbers",
    "np.maximum({a}, 0)": "negative numbers in `{a}` count as 0",
    "1 - {a}": "`1 - {a}` is used instead of `{a}`",
    "{a}[::-1]": "the order of `{a}` is reversed",
    "np.roll({a}, 1, axis=0)": "each entry of `{a}` is replaced by the one before it",
    "{a}[: len({a}) // 2]": "only the first half of `{a}` counts",
}
#: how two inputs may be changed at once
BOTH = {
    "{b}, {a}": "`{a}` and `{b}` are exchanged",
    "{a}[:-1], {b}[:-1]": "the last entries of `{a}` and `{b}` are left out",
    "{a}[1:], {b}[1:]": "the first entries of `{a}` and `{b}` are left out",
    "{a}[:1] + 0 * {a}, {b}[:1] + 0 * {b}": "the first entries of `{a}` and `{b}` are used for all",
    "{a}[: len({a}) // 2], {b}[: len({b}) // 2]": "only the first halves of `{a}` and `{b}` count",
}
#: changes that give the right result where inputs are whole or positive, where two are alike, or where order is nothing
HARMLESS = {
    *("np.sign({a})", "np.round({a})", "np.trunc({a})", "np.maximum({a}, 0)", "1 - {a}"),
    *("{a}[::-1]", "np.roll({a}, 1, axis=0)", "{b}, {a}"),
}


def changed_inputs(function: ast.AST) -> Iterator[tuple[ast.stmt, str, str, frozenset[str], bool]]:
    """Put a line before a function's first one.

    Parameters
    ----------
    function : ast.AST
        A function; anything else has no inputs.

    Yields
    ------
    ast.stmt
        The function's first statement.
    str
        The line and this statement.
    str
        What the line does, to follow "if".
    frozenset of str
        The inputs that the words quote.
    bool
        Whether a right result is no surprise.
    """
    if not isinstance(function, ast.FunctionDef):
        return
    names = [a.arg for a in function.args.args if a.arg != "self"]
    body = without_docstrings(function)
    if not body:
        return
    first = body[0]
    indent = " " * first.col_offset
    rest = indented(first, first)
    for a in names:
        for new, words in REPLACED.items():
            yield first, f"{a} = {new.format(a=a)}\n{indent}{rest}", words.format(a=a), frozenset({a}), new in HARMLESS
    for a, b in combinations(names, 2):
        for new, words in BOTH.items():
            line = f"{a}, {b} = {new.format(a=a, b=b)}"
            yield first, f"{line}\n{indent}{rest}", words.format(a=a, b=b), frozenset({a, b}), new in HARMLESS

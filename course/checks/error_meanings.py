"""What Python's and NumPy's error messages mean, in plain words, for messages that have a single cause."""

import re

#: a pattern in the message → what it means, whatever the line does
MEANINGS = {
    r"StandIn\b": (
        "The result of a plot, a widget or a progress bar is missing when this is graded: write the number into a line."
    ),
    r"bitwise_xor|for \^:": "A power is written `**` in Python, as in `x**2`; `^` works on the bits of whole numbers.",
    r"truth value of an array": (
        "`if`, `and`, `not`, `min` and `max` need one truth value, but an array has one for every entry: "
        "`np.where`, `np.minimum` and `np.maximum` work entry by entry."
    ),
    r"can be converted to Python scalars": (
        "`int`, `float` and the functions of `math` take one number; for a whole array use NumPy's: `np.exp`, "
        "`.astype(int)`."
    ),
    r"'(int|float|bool)' object is not (iterable|subscriptable)|'(int|float|bool)' has no len\(\)"
    r"|'(int|float|bool)' object does not support item|'(float|bool)' object has no attribute": (
        "Something here is a single number, and this line treats it as an array."
    ),
    r"object is not callable": (
        "Round brackets after a value call it, but this value is not a function: is a `*` missing before them, or does "
        "a variable have the name of a function?"
    ),
    r"'list'|list indices|sequence by non-int": "A list does no arithmetic: `np.array(…)` makes it an array.",
    r"list assignment index": "An empty list has no entries to write to: `append` adds one.",
    r"FileNotFoundError": (
        "Your own files are missing when this is graded: write what you need from them into a cell, or compute it."
    ),
    r"NoneType": "Something here is None: does a function that this line uses lack its `return`?",
}


def meaning_of(message: str) -> str:
    """Say what an error message means.

    Parameters
    ----------
    message : str
        The error's type and message.

    Returns
    -------
    str
        A sentence, or ``""`` if the message needs no explanation.
    """
    return next((meaning for pattern, meaning in MEANINGS.items() if re.search(pattern, message)), "")

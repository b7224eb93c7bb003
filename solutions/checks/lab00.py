"""What lab 00 checks: three one-liners that need nothing but shapes, an axis and broadcasting."""

# fmt: off
import numpy as np

from course.build import Exercise, LabChecks, Slip, Part, Prediction, Question

# row_sums -------------------------------------------------------------------------------------------------------


def table_cases(rng):
    return [
        {"X": rng.integers(1, 10, size=(2, 3)).astype(float)},
        {"X": rng.normal(size=(3, 3))},
        {"X": rng.normal(size=(5, 2))},
        {"X": rng.normal(size=(1, 4))},
    ]


def summed_by_two_loops(X):
    sums = []
    for row in X:
        total = 0.0
        for value in row:
            total += value
        sums.append(total)
    return sums


row_sums = Exercise(
    "row_sums",
    points=2,
    cases=table_cases,
    slips=[
        Slip("the columns", {"=1": "=0"},
             "These are the sums of the *columns*. `axis` names the axis that disappears, not the one you keep: axis 0 "
             "counts the rows, and the sum removes it. (Python's own `sum(X)` adds row to row, so it does the same.)"),
        Slip("everything in one number", {"axis=1": ""},
             "Without an axis, NumPy adds up *everything* and gives you one number. It does not know that rows are "
             "people. Tell it which axis should disappear."),
        Slip("kept as a column", {"return X.sum(axis=1)": "return X.sum(axis=1, keepdims=True)"},
             "The numbers are right, but the shape is (N, 1): a matrix with one column. The result should be a vector, "
             "(N,): leave out `keepdims=True`."),
        Slip("mean", {"X.sum": "X.mean"}, "The axis is right, but this is the *mean* of each row. Return the sum."),
        Slip("returned in the first round", {"return X.sum(axis=1)": "return X[0].sum()"},
             "This is the sum of the first row alone. A `return` inside the loop ends the function at once. Collect "
             "the sums in a list, and return the list after the loop."),
    ],
    alternatives=[
        lambda X: [sum(row) for row in X],
        lambda X: X @ np.ones(X.shape[1]),
        lambda X: X.T.sum(axis=0),
        lambda X: np.sum(X, axis=-1),
        summed_by_two_loops,
    ],
    equivalent={"the last axis": ["`axis=-1`"]},
    hints=[
        "A loop over the rows works, and is a fine start. NumPy can also do it in one call: look at what you just "
        "predicted.",
        "(N, n) should become (N,), so the *second* axis must disappear. What is its number, counting from 0?",
        "It is `X.sum(axis=…)`, and the number is not 0.",
    ],
)

# add_bias -------------------------------------------------------------------------------------------------------
def bias_case(rng, N, n):
    return {"Z": rng.normal(size=(N, n)), "b": rng.normal(size=n)}


def bias_cases(rng):
    first = {"Z": rng.integers(1, 10, size=(2, 3)).astype(float), "b": 100.0 * rng.permutation(np.arange(1, 10))[:3]}
    return [first, bias_case(rng, 4, 2), bias_case(rng, 3, 3), bias_case(rng, 1, 4)]


def added_in_place(Z, b):
    Z += b
    return Z


def added_row_by_row(Z, b):
    total = Z.copy()
    for i in range(len(Z)):
        total[i] += b
    return total


def added_one_by_one(Z, b):
    return [[value + bias for value, bias in zip(row, b, strict=True)] for row in Z]


def counted_by_the_row(Z, b):
    total = np.zeros(Z.shape)
    for i in range(len(Z)):
        total[i] = Z[i] + b[i]
    return total


add_bias = Exercise(
    "add_bias",
    points=2,
    cases=bias_cases,
    slips=[
        Slip("down the rows", {"+ b": "+ b[:, None]"},
             "You made b a column, so its first number was added to the whole first *row*. Each number of b belongs to "
             "a *column* of Z. Leave b as it is, with shape (n,): NumPy aligns shapes from the right."),
        Slip("counted by the row", counted_by_the_row,
             "You added b[i] to row i. But b has one number for each *column*: add all of b to every row."),
        Slip("in place", added_in_place,
             "The numbers are right, but `Z += …` changes the caller's Z: after the call, its old values are gone. Use "
             "`+` and return the new array."),
        Slip("b added up first", {"return Z + b": "return Z + b.sum()"},
             "You added the *sum* of b to every entry. Add to each column its own entry of b."),
        Slip("first entry for all", {"return Z + b": "return Z + b[0]"},
             "You added b[0] to every column. Each column needs its own entry; you can add all of b at once."),
        Slip("multiplied", {"Z + b": "(Z * b)"}, "You multiplied. A bias is *added*: it shifts."),
        Slip("matrix product", {"return Z + b": "return Z @ b"},
             "`@` is the matrix product: it multiplies, then sums over an axis. A bias is added, and the shape stays "
             "(N, n)."),
        Slip("appended", {"return Z + b": "return np.vstack([Z, b])"},
             "You put b *under* Z as one more row: (N + 1, n). Add b to each of the rows that are there."),
    ],
    alternatives=[
        lambda Z, b: b + Z,
        lambda Z, b: Z + b[None, :],
        lambda Z, b: np.add(Z, np.tile(b, (len(Z), 1))),
        lambda Z, b: np.array([row + b for row in Z]),
        added_row_by_row,
        added_one_by_one,
    ],
    hints=[
        "Write the shapes under each other, the right ends aligned: (N, n) and (n,). What does NumPy do with the "
        "missing axis on the left?",
        "It repeats b for every row, which is what you need. So b needs no change at all.",
        "The body is one `return` and one plus sign.",
    ],
)

# mean_squared ---------------------------------------------------------------------------------------------------
def pair(rng, *shape):
    return {"a": rng.normal(size=shape), "b": rng.normal(size=shape)}


def pair_cases(rng):
    a = rng.integers(1, 10, size=3).astype(float)
    first = {"a": a, "b": a + rng.permutation(np.array([-2.0, 1.0, 3.0]))}
    return {"vectors": [first, pair(rng, 5)], "matrices": [pair(rng, 2, 3), pair(rng, 4, 4)]}


def mean_squared_by_loop(a, b):
    total, count = 0.0, 0
    for x, t in zip(a.ravel(), b.ravel(), strict=True):
        total, count = total + (x - t) ** 2, count + 1
    return total / count


mean_squared = Exercise(
    "mean_squared",
    points=[Part("vectors", 1, group="vectors"), Part("matrices", 1, group="matrices")],
    cases=pair_cases,
    slips=[
        Slip("sum for mean", {"np.mean": "np.sum"},
             "This is the *sum* of the squares. It grows with every example, even if no example gets worse. The mean "
             "does not."),
        Slip("squared too late", {"return np.mean((a - b) ** 2)": "return np.mean(a - b) ** 2"},
             "You take the mean first, so +1 and −1 cancel before you square. Square each difference, then take the "
             "mean."),
        Slip("not squared", {" ** 2": ""},
             "You did not square the differences. So +1 and −1 cancel, and someone who is wrong both ways looks "
             "perfect."),
        Slip("root taken", {"return np.mean((a - b) ** 2)": "return np.sqrt(np.mean((a - b) ** 2))"},
             "One step too far: this is the *root* of the mean square. (It has its own name, RMSE, and its own "
             "exercise in lab 03.)"),
        Slip("length", {"return np.mean((a - b) ** 2)": "return np.linalg.norm(a - b)"},
             "`np.linalg.norm` gives the *length* of the difference: the root of the sum of squares. Take a mean, and "
             "no root."),
        Slip("variance", {"return np.mean((a - b) ** 2)": "return np.var(a - b)"},
             "`np.var` subtracts the mean before it squares: someone who is always 5 too high would look perfect."),
        Slip("a product of matrices", {"return np.mean((a - b) ** 2)": "return (a - b) @ (a - b) / len(a)"},
             "This is right for vectors. For matrices, `@` is the matrix product, which does not square each entry. "
             "`** 2` does."),
        Slip("absolute value", {"(a - b) ** 2": "np.abs(a - b)"},
             "This is the mean *absolute* difference. It is a fair measure, too, but not squared."),
        Slip("difference of the squares", {"return np.mean((a - b) ** 2)": "return np.mean(a**2 - b**2)"},
             "You square first and then subtract. a² − b² is not (a − b)²: try a = 1, b = −1."),
    ],
    alternatives=[
        lambda a, b: ((b - a) ** 2).mean(),
        lambda a, b: float(np.sum(np.square(a - b)) / a.size),
        lambda a, b: np.vdot(a - b, a - b) / np.size(a),
        mean_squared_by_loop,
    ],
    hints=[
        "Read the name from right to left: square the differences, then take the mean of the squares.",
        "`a - b` has the shape of a and b, and `** 2` squares each entry. Then take the mean over all entries.",
        "`np.mean(…)` without an axis is the mean over all entries. Its brackets go around difference *and* square.",
    ],
)


# the lab --------------------------------------------------------------------------------------------------------

REFUSES = "NumPy refuses"

LAB = LabChecks(
    exercises=[row_sums, add_bias, mean_squared],
    predictions=[
        Prediction("axis", "`cups` has shape (3, 4): 3 people, 4 days. What is the shape of `cups.sum(axis=0)`?",
                   ["(3,)", "(4,)", "(3, 4)", "()"],
                   gives_away=[r"\(4,\)", "axis that \\*?disappears", "one sum for each\\s+day"], reason=True),
        Prediction("product", "A has shape (5, 3) and B has shape (3, 2). What is the shape of `A @ B`?",
                   ["(5, 2)", "(3, 3)", "(5, 3)", REFUSES],
                   gives_away=[r"\(5, 2\)", "meet and disappear", "outside\\s+stays"]),
        Prediction("turned", "A has shape (5, 3), B has shape (3, 2). Which of `A @ B.T` and `A.T @ B` does NumPy "
                   "compute?",
                   ["Only A @ B.T", "Only A.T @ B", "Both", "Neither"],
                   gives_away=["neither", "core dimension", r"need 3 = 2"]),
        Prediction("cold", "`cups` has shape (3, 4), and `cold` has shape (3,), one number for each person. What is "
                   "the shape of `cups - cold`?",
                   ["(3, 4)", "(4, 3)", "(3,)", REFUSES],
                   gives_away=["4 meets 3", "neither is 1", "what a person is", "cold\\[:, None\\]"]),
        Prediction("column", "`said` has shape (4, 1), `true` has shape (4,). What is the shape of `said - true`?",
                   ["(4,)", "(4, 1)", "(4, 4)", REFUSES],
                   gives_away=[r"\(4, 4\)", "sixteen", "no error, no\\s+warning"]),
    ],
    questions=[
        Question("broadcast", "`p` has shape (5, 1) and `y` has shape (5,). What is the shape of `y - p`?",
                 ["(5,)", "(5, 1)", "(5, 5)", REFUSES], 2,
                 "From the right, 5 meets 1, and the 1 is stretched; then nothing meets 5. Every y meets every p, and "
                 "there is no warning."),
        Question("axis", "X has shape (100, 3), one example per row. Which gives the mean of each of the three features?",
                 ["X.mean()", "X.mean(axis=0)", "X.mean(axis=1)"], 1,
                 "`axis` names what disappears. The 100 examples are axis 0; the 3 features stay."),
        Question("matmul", "X has shape (100, 3) and w has shape (3,). What is the shape of `X @ w`?",
                 ["(100, 3)", "(3,)", "(100,)", REFUSES], 2,
                 "The last axis of X meets the only axis of w: both are 3, and both disappear. One number for each row."),
        # what a student should know already: this lab asks it at its beginning
        Question("slope", "1. f(x) = x². How steep is f at x = 3?", ["3", "6", "9"], 1,
                 "The slope of x² is 2x. Near 3, a small step to the right raises x² by six times the step."),
        Question("chain", "2. g(x) = (2x + 1)². What is its derivative?", ["2(2x + 1)", "4(2x + 1)", "4x²"], 1,
                 "The chain rule: the square gives 2(2x + 1), and the inner function 2x + 1 gives another factor 2."),
        Question("times_vector",
                 "3. A has the rows (1, 2) and (0, 1), and v = (3, 1). What is A v, the matrix times the vector?",
                 ["(3, 7)", "(5, 1)", "(6, 1)"], 1,
                 "Each row of A times v: 1·3 + 2·1 = 5 and 0·3 + 1·1 = 1. (3, 7) is v times A: the order matters."),
        Question("transpose", "4. M has 2 rows and 3 columns. How many rows does its transpose have?", ["2", "3", "6"],
                 1, "Rows become columns, and columns rows: 3 rows, 2 columns."),
        Question("elementwise", "5. What does `np.array([1, 2, 3]) * 2` give?", ["[2 4 6]", "[1 2 3 1 2 3]", "an error"],
                 0, "NumPy multiplies each entry. A Python list, `[1, 2, 3] * 2`, would be repeated."),
        Question("index", "6. `a = np.arange(6).reshape(2, 3)`. What is `a[1, 2]`?", ["1", "4", "5"], 2,
                 "Row 1, column 2, both counted from 0: the rows are 0 1 2 and 3 4 5."),
    ],
    recall=["00.slope", "00.chain", "00.times_vector", "00.transpose", "00.elementwise", "00.index"],
)

"""What lab 01 checks: one neuron's arithmetic, a table filled in by hand, and the line it can draw."""
# fmt: off


import math

import numpy as np

from course import sigmoid as right_sigmoid
from course.build import Exercise, LabChecks, Slip, Part, Prediction, Question

OR_X = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])

# weighted_sum ---------------------------------------------------------------------------------------------------
def away_from_zero(rng, size=None):
    "Draw numbers of either sign, none of them small, so that a forgotten term shows."
    return rng.uniform(0.3, 2, size=size) * rng.choice([-1, 1], size=size)


def neuron(rng, shape):
    return {"X": away_from_zero(rng, shape), "w": away_from_zero(rng, 2), "b": float(away_from_zero(rng))}


def sum_cases(rng):
    return {"table": [neuron(rng, (4, 2)), neuron(rng, (7, 2))], "single": [neuron(rng, (2,)), neuron(rng, (2,))]}


weighted_sum = Exercise(
    "weighted_sum",
    points=[Part("a table of examples", 2, group="table"), Part("a single example", 1, group="single")],
    cases=sum_cases,
    slips=[
        Slip("bias forgotten", {"X @ w + b": "(X @ w)"},
             "The bias is missing: this is w·x alone. Without a bias, every neuron gives h = 0 at the input (0, 0), "
             "whatever the answer should be."),
        Slip("bias subtracted", {"X @ w + b": "(X @ w - b)"},
             "You subtracted the bias. Some books do: they call it a threshold, which is minus our b. Here it is "
             "added."),
        Slip("not added up", {"X @ w": "(X * w)"},
             "You multiplied each input by its weight, but did not add up: `*` leaves two numbers for each example. "
             "`@` multiplies and adds up over the inputs in one step."),
        Slip("bias once an input", {"return X @ w + b": "return np.sum(X * w + b, axis=-1)"},
             "You added the bias once for each input. Add up w1·x1 + w2·x2 first, then add b once: close the bracket "
             "earlier."),
        Slip("bias added to the weights", {"return X @ w + b": "return X @ (w + b)"},
             "You added b to the weights, so the inputs multiply it, too. The bias does not depend on any input: add "
             "it after the product, w·x + b."),
        Slip("examples added up", {"return X @ w + b": "return np.sum(X * w, axis=0) + b"},
             "You added up along the wrong axis: axis 0 runs over the examples, and each of them needs its own number. "
             "The inputs are the last axis, -1."),
        Slip("everything added up", {"return X @ w + b": "return np.sum(X * w) + b"},
             "You added up everything, so there is one number for the whole table. Each example needs its own: sum "
             "over the last axis only, or use `@`."),
        Slip("w @ X", {"X @ w": "(w @ X)"},
             "Shapes (2,) and (N, 2) do not fit in that order: the two axes in the middle, 2 and N, must be equal. "
             "Write X first, then w."),
        Slip("columns of a table", {"return X @ w + b": "return X[:, 0] * w[0] + X[:, 1] * w[1] + b"},
             "`X[:, 0]` needs a table. A single example has shape (2,) and no second axis. `X @ w` works for both."),
        Slip("squashed already", lambda X, w, b: right_sigmoid(X @ w + b),
             "This is p already, one step too far. Return h, before the sigmoid."),
    ],
    alternatives=[
        lambda X, w, b: X.dot(w) + b,
        lambda X, w, b: np.sum(X * w, axis=-1) + b,
        lambda X, w, b: b + X[..., 0] * w[0] + X[..., 1] * w[1],
        lambda X, w, b: w @ X.T + b,
    ],
    hints=[
        "Multiply each input by its weight, add the two products, then add b. For a table, do this in every row.",
        "That is a matrix times a vector. NumPy has an operator for it, the one from lab 00.",
        "`X @ w` gives w·x for every row, and for a single x as well. The bias is still missing.",
    ],
)

# sigmoid --------------------------------------------------------------------------------------------------------
def sigmoid_cases(rng):
    far = rng.uniform(800, 1000, size=2)
    return {
        "ordinary": [
            {"h": float(rng.uniform(0.3, 2))},
            {"h": float(rng.uniform(-2, -0.3))},
            {"h": rng.permutation([*away_from_zero(rng, 4), -rng.uniform(0.3, 0.8)])},
        ],
        "far out": [{"h": 1000.0}, {"h": -1000.0}, {"h": np.array([-far[0], float(rng.uniform(0.3, 2)), far[1]])}],
    }


def as_printed(h):
    return 1 / (1 + np.exp(-h))


def number_by_number(h):
    return [1 / (1 + np.exp(-value)) for value in h]


def with_if(h):
    if h >= 0:
        return 1 / (1 + np.exp(-h))
    return np.exp(h) / (1 + np.exp(h))


def with_masks(h):
    h = np.asarray(h, dtype=float)
    p = np.empty(h.shape)
    p[h >= 0] = 1 / (1 + np.exp(-h[h >= 0]))
    p[h < 0] = np.exp(h[h < 0]) / (1 + np.exp(h[h < 0]))
    return p


sigmoid = Exercise(
    "sigmoid",
    points=[Part("the values", 3, group="ordinary"), Part("far from 0, at ±1000", 1, group="far out")],
    cases=sigmoid_cases,
    quiet=True,
    slips=[
        Slip("sign", {"return np.where(h >= 0, 1, e) / (1 + e)": "return 1 / (1 + np.exp(h))"},
             "This curve goes *down*: a large h gives a p near 0. The exponent is −h. (Minus signs get lost easily: "
             "wait for section 5.)"),
        Slip("brackets", {"np.where(h >= 0, 1, e) / (1 + e": "((1 + e) / np.where(h >= 0, 1, e)"},
             "Your p is above 1. Python divides first: `1 / 1 + np.exp(-h)` is 1 + exp(−h). Put brackets around the "
             "whole denominator."),
        Slip("1 + missing", {"return np.where(h >= 0, 1, e) / (1 + e)": "return 1 / np.exp(-h)"},
             "The 1 in the denominator is missing. 1/exp(−h) is just exp(h), which grows without limit."),
        Slip("hard step", {"return np.where(h >= 0, 1, e) / (1 + e)": "return np.where(h >= 0, 1.0, 0.0)"},
             "This is a hard step: 0 or 1, and nothing between. The sigmoid rises smoothly; the decision comes later."),
        Slip("tanh", {"return np.where(h >= 0, 1, e) / (1 + e)": "return np.tanh(h)"},
             "This is tanh, with values from −1 to 1. The sigmoid stays between 0 and 1."),
        Slip("math.exp", lambda h: 1 / (1 + math.exp(-h)),
             "`math.exp` takes one number at a time. `np.exp` takes a whole array, and single numbers as well."),
        Slip("if on an array", with_if,
             "`if` (like `min` and `max`) needs one answer, but for an array `h >= 0` has one for every entry. Do "
             "without it: `np.where` chooses entry by entry, and |h| is `np.abs(h)`."),
        Slip("number by number", number_by_number,
             "A loop needs an array, but h may also be a single number. `np.exp` takes both: leave out the loop."),
        Slip("as printed", as_printed,
             "Formula (1.2) is right, but at h = −1000 it computes exp(1000), and NumPy warns. The values are fine; "
             "the fourth point is for no warning. Use an exponent that is never positive, −|h|."),
    ],
    alternatives=[
        with_masks,
        lambda h: np.exp(np.minimum(h, 0)) / (1 + np.exp(-np.abs(h))),
        lambda h: 0.5 * (1 + np.tanh(h / 2)),
        lambda h: 1 / (1 + np.exp(-np.clip(h, -500, 500))),
        lambda h: np.exp(-np.logaddexp(0, -h)),
    ],
    equivalent={"equal at h = 0": ["`>` is used"], "positive": ["value of `e`"]},
    hints=[
        "Formula (1.2) is one line with `np.exp`; put brackets around the denominator. That earns three points.",
        "For the fourth: with `e = np.exp(-np.abs(h))`, which is never more than 1, the two forms of the formula have "
        "the same denominator.",
        "The denominator is `1 + e`. The numerator is 1 where h ≥ 0 and e elsewhere: `np.where(h >= 0, 1, e)`.",
    ],
)

# predict_label --------------------------------------------------------------------------------------------------
def label_cases(rng):
    low, high = rng.uniform(0.05, 0.45, size=8), rng.uniform(0.55, 0.95, size=8)
    low[1:3], high[1:3] = (0.0, rng.uniform(0.46, 0.49)), (1.0, rng.uniform(0.51, 0.54))
    return {
        "clear": [
            {"p": float(high[0])},
            {"p": float(low[0])},
            {"p": rng.permutation(np.concatenate([low[1:5], high[1:5]]))},
        ],
        "tie": [{"p": 0.5}, {"p": rng.permutation(np.concatenate([[0.5, 0.5], low[5:], high[5:]]))}],
    }


def one_by_one(p):
    return [1 if value >= 0.5 else 0 for value in p]


predict_label = Exercise(
    "predict_label",
    points=[Part("clear cases", 1, group="clear"), Part("the tie, p = 0.5", 1, group="tie")],
    cases=label_cases,
    slips=[
        Slip("rounded", {"p >= 0.5": "(p > 0.5)"},
             "Everything is right except the tie. `np.round(0.5)` is 0, and `0.5 > 0.5` is False. Our neuron says 1 at "
             "one half and above: p ≥ 0.5."),
        Slip("the other way round", {"1, 0": "0, 1"},
             "The labels are the wrong way round: a p near 1 means label 1. Swap the labels, or turn the comparison "
             "around."),
        Slip("threshold of h", {"0.5": "0.0"},
             "Every label is 1. Zero is the threshold for h; p is never below zero. The threshold for p is one half. "
             "(The same happens if you apply the sigmoid to p.)"),
        Slip("cut off", {"0.5": "1.0"},
             "Everything comes out 0, even for p = 0.99. Turning p into an integer does that: it cuts off the decimals. Compare "
             "p with one half first."),
        Slip("if on an array", {"return np.where(p >= 0.5, 1, 0)": "return 1 if p >= 0.5 else 0"},
             "`if` needs one answer, but an array has many. `np.where` decides entry by entry; the comparison alone "
             "works as well."),
        Slip("int of an array", {"return np.where(p >= 0.5, 1, 0)": "return int(p >= 0.5)"},
             "`int` converts a single number, and p may be an array. Leave the truth values as they are: True counts "
             "as 1."),
        Slip("astype on a number", {"return np.where(p >= 0.5, 1, 0)": "return (p >= 0.5).astype(int)"},
             "This is right for an array. For a single number, `p >= 0.5` is Python's own True or False, which has no "
             "`astype`. Leave the truth values as they are: True counts as 1."),
        Slip("one by one", one_by_one,
             "A loop needs an array, but p may also be a single number. A comparison takes both: leave out the loop."),
        Slip("Python's round", {"return np.where(p >= 0.5, 1, 0)": "return round(p)"},
             "Python's own `round` takes one number, not an array. (And like NumPy's, it rounds the tie to 0.) Compare "
             "with one half."),
    ],
    alternatives=[
        lambda p: p >= 0.5,
        lambda p: (np.asarray(p) >= 0.5).astype(int),
        lambda p: 1.0 * (p >= 0.5),
        lambda p: np.floor(np.asarray(p) + 0.5),
    ],
    equivalent={"True counts as 1": ["`np.where`", "`np.where("]},
    hints=[
        "Comparing an array with a number gives True or False for each entry, and True counts as 1.",
        "Compare p with one half. Which of > and ≥ gives the tie the label 1?",
        "`p >= 0.5` is already an answer; `np.where(p >= 0.5, 1, 0)` writes it as integers.",
    ],
)

# hand_table -----------------------------------------------------------------------------------------------------
def hand_filled(change):
    "Fill in the table for this lab's neuron, to four digits, and then make a slip in one of its columns."
    h = OR_X @ [1.0, -1.0] - 0.5
    p = right_sigmoid(h)
    columns = {"h": h, "p": p.round(4), "label": (p >= 0.5).astype(int)}
    columns |= change(h)
    return [list(row) for row in zip(*(column.tolist() for column in columns.values()), strict=True)]


def p_of(h):
    return {"p": right_sigmoid(h).round(4)}


hand_table = Exercise(
    "hand_table",
    points=0,  # a fixed answer can be found by trying
    tolerance=0.005,
    labels={
        f"[{i}][{j}]": f"{name} of ({x1:.0f}, {x2:.0f})"
        for i, (x1, x2) in enumerate(OR_X)
        for j, name in enumerate(["h", "p", "ŷ"])
    },
    slips=[
        Slip("sign of the exponent", hand_filled(lambda h: p_of(-h)),
             "Every p is on the wrong side of one half. The exponent is −h, so a negative h makes it positive: for h "
             "= −0.5 the denominator is 1 + exp(0.5)."),
        Slip("minus lost", hand_filled(lambda h: p_of(np.abs(h))),
             "Your p is above one half where h is negative. For h = −0.5 the exponent −h is *plus* 0.5: two minus "
             "signs make a plus. Professionals lose one of them, too."),
        Slip("minus found", hand_filled(lambda h: p_of(-np.abs(h))),
             "Look at the row (1, 0). There h is positive, so p must be above one half: exp(−0.5) belongs in that "
             "denominator, not exp(0.5)."),
        Slip("per cent", hand_filled(lambda h: {"p": (100 * right_sigmoid(h)).round(2)}),
             "p is a number between 0 and 1, not a percentage: 0.38 rather than 38."),
        Slip("one digit", hand_filled(lambda h: {"p": right_sigmoid(h).round(1)}),
             "The idea is right, but you rounded too much: give two digits."),
        Slip("second weight positive", hand_filled(lambda h: {"h": OR_X @ [1.0, 1.0] - 0.5}),
             "You used w = (1, 1). The second weight is −1: in this neuron, x2 speaks *against* 1."),
        Slip("bias forgotten", hand_filled(lambda h: {"h": h + 0.5}),
             "The bias is missing: every h is 0.5 too large. The bias is −0.5, and it counts in every row."),
        Slip("bias subtracted", hand_filled(lambda h: {"h": h + 1}),
             "b is −0.5 and is *added*: 0.5 less, not 0.5 more. For (0, 0) only the bias is left, so h = −0.5."),
        Slip("examples swapped", hand_filled(lambda h: {"h": h[[0, 2, 1, 3]]}),
             "You swapped the second and the third row: (0, 1) comes before (1, 0), as in X."),
    ],
    alternatives=[
        [[-0.5, 0.38, 0], [-1.5, 0.18, 0], [0.5, 0.62, 1], [-0.5, 0.38, 0]],
        np.array([[-0.5, 0.378, 0], [-1.5, 0.182, 0], [0.5, 0.622, 1], [-0.5, 0.378, 0]]),
        ((-1 / 2, 0.38, False), (-1.5, 0.18, False), (1 / 2, 0.62, True), (-1 / 2, 0.38, False)),
    ],
    hints=[
        "One row at a time: h first, with both minus signs; then p; then compare p with one half.",
        "For (0, 1): h = 1·0 − 1·1 − 0.5. Then the exponent is −h, a positive number, and p comes out below one half.",
        "h is −0.5, −1.5, 0.5, −0.5. The denominators are 1 + 1.6487, 1 + 4.4817, 1 + 0.6065, and the first once more.",
    ],
)


# wrong_row ------------------------------------------------------------------------------------------------------

wrong_row = Exercise(
    "wrong_row",
    points=0,
    slips=[
        Slip("counted from 1, or the last row", 3,
             "If you counted from 1: Python counts from 0, and so does the first column. If you do mean (1, 1): its h "
             "equals that of (0, 0), so its p and ŷ must be equal, too."),
        Slip("the smallest", 1,
             "0.18 looks odd, but h = −1.5 is the most negative of all, so the smallest p belongs there."),
        Slip("the first row", 0,
             "h = −0.5 and p = 0.38 fit: h is negative, p is below one half, ŷ is 0. All three agree."),
        Slip("the input itself", (1, 0),
             "This looks like the right row. Give its number, which is in the first column."),
        Slip("the other input", (0, 1),
             "Give one number, that of the row. And this row is right: h = −1.5 goes with p = 0.18."),
    ],
    alternatives=[2.0, np.int64(2)],
    hints=[
        "Compare the printed table with yours.",
        "h, p and ŷ must agree with each other: h positive, p above one half, ŷ = 1; or none of the three.",
        "Only one row has a positive h.",
    ],
)

# squared_error --------------------------------------------------------------------------------------------------
def error_case(rng, N):
    y, p = rng.permutation(np.arange(N) % 2).astype(float), rng.uniform(0.1, 0.9, size=N)
    order = np.argsort(np.abs(y - p))[::-1]
    order[:2] = order[1::-1]  # the largest error second, so that it is neither the first nor the last one
    return {"y": y[order], "p": p[order]}


def only_the_last(y, p):
    for t, q in zip(y, p, strict=True):
        E = (t - q) ** 2
    return E


squared_error = Exercise(
    "squared_error",
    points=2,
    cases=lambda rng: [error_case(rng, 4), error_case(rng, 7)],
    slips=[
        Slip("mean", {"np.sum": "np.mean"},
             "This is the mean. Here the errors are added up. (Lab 02 takes the mean, so you are merely early.)"),
        Slip("not squared", {" 2": " 1"},
             "You did not square the errors: +0.4 and −0.4 cancel, and the neuron looks better than it is."),
        Slip("absolute value", {"(y - p) ** 2": "np.abs(y - p)"},
             "You added up distances. Square each of them before you add: one large error should weigh more than two "
             "small ones."),
        Slip("square of the sum", {"return np.sum((y - p) ** 2)": "return np.sum(y - p) ** 2"},
             "You squared the sum, in which errors of opposite sign cancel. Square each error, then add up."),
        Slip("labels for p", {"return np.sum((y - p) ** 2)": "return np.sum((y - (p >= 0.5)) ** 2)"},
             "This counts the mistakes: you rounded p to a label first. The squared error uses p itself, so that "
             "*nearly right* costs less."),
        Slip("not added up", {"np.sum": ""}, "This is one squared error for each example. Now add them up."),
        Slip("root", {"return np.sum((y - p) ** 2)": "return np.sqrt(np.sum((y - p) ** 2))"},
             "This has one root too many: it is the length of the error vector. (1.4) has no root."),
        Slip("only the last", only_the_last,
             "This is the error of the last example alone. Set E to 0 *before* the loop, and add inside the loop: `E "
             "+= …`."),
        Slip("returned in the first round", {"return np.sum((y - p) ** 2)": "return (y[0] - p[0]) ** 2"},
             "This is the error of the first example alone: a `return` inside the loop ends the function at once. Put "
             "it after the loop."),
    ],
    alternatives=[
        lambda y, p: sum((t - q) ** 2 for t, q in zip(y, p, strict=True)),
        lambda y, p: (y - p) @ (y - p),
        lambda y, p: float(np.linalg.norm(p - y) ** 2),
    ],
    equivalent={"y is 0 or 1, p is positive": ["`y` is squared", "value of `y`", "value of `p`"]},
    hints=[
        "Three steps, from the inside out: difference, square, sum.",
        "`y - p` is an array with one difference for each example, and `** 2` squares each.",
        "`np.sum(...)` around the squares.",
    ],
)

# or_weights, and_weights ----------------------------------------------------------------------------------------
def truth_table(rng):
    """Ask about the four examples in order, and again in another order with some of them twice."""
    shuffled = np.concatenate([rng.permutation(4), rng.permutation(4)[:3]])
    return [{"X": OR_X}, {"X": OR_X[shuffled]}]


BIAS_ZERO = Slip("no bias", lambda: ((1.0, 1.0), 0.0),
                 "This neuron says 1 to everything, even to (0, 0). There h is the bias alone, and b = 0 gives a tie, "
                 "which counts as 1. Make the bias negative.")
NOT_A_PAIR = Slip("labels for weights", lambda: np.array([0, 1, 1, 1]),
                  "Return the parameters, not the labels that the neuron gives. Return them as a pair: first w, its "
                  "two numbers in brackets, then b, as in `return (1.0, -1.0), -0.5`.")
BIAS_MISSING = Slip("two numbers", lambda: (1.0, 1.0),
                    "You returned only two numbers. Return three, as a pair: first w, its two numbers in brackets, "
                    "then b, as in `return (1.0, -1.0), -0.5`.")
FIRST_INPUT_ONLY = Slip("first input only", lambda: ((1.0, 0.0), -0.5),
                        "This neuron's answer does not depend on x2: it says 1 exactly where x1 is 1. Both inputs "
                        "should count.")
SECOND_INPUT_ONLY = Slip("second input only", lambda: ((0.0, 1.0), -0.5),
                         "This neuron's answer does not depend on x1: it says 1 exactly where x2 is 1. Both inputs "
                         "should count.")
NEVER = Slip("never fires", lambda: ((1.0, 1.0), -3.0),
             "This neuron says 0 to everything. Do the weights speak against 1? Or is the bias so negative that even "
             "both inputs together cannot bring h up to zero?")
WHERE_WE_BEGAN = Slip("where we began", lambda: ((1.0, -1.0), -0.5),
                      "This neuron says 1 to (1, 0) only, like the one we began with. An input that should speak *for* "
                      "1 needs a positive weight.")

or_weights = Exercise(
    "or_weights",
    points=2,
    cases=truth_table,
    probe="call_without_inputs",
    measure="neuron_labels",
    slips=[
        Slip("AND", lambda: ((1.0, 1.0), -1.5),
             "This is AND: h reaches zero only with both inputs. For OR one must be enough, so make the bias less "
             "negative: how much must one weight make up for?"),
        WHERE_WE_BEGAN,
        BIAS_ZERO,
        Slip("upside down", lambda: ((-1.0, -1.0), 0.5),
             "Every label is the wrong way round: 1 where it should be 0, and 0 where it should be 1. The line is "
             "fine; change all three signs."),
        FIRST_INPUT_ONLY,
        SECOND_INPUT_ONLY,
        NEVER,
        NOT_A_PAIR,
        BIAS_MISSING,
    ],
    alternatives=[
        lambda: ([1, 1], -1),
        lambda: (np.array([8.0, 5.0]), -0.01),
        lambda: [np.array([1.0, 1.0]), np.array(-0.5)],
    ],
    hints=[
        "Use the explorer: both inputs speak for 1. Which sign should their weights have?",
        "(0, 0) must give h below 0, so b is negative. One weight alone must make up for it.",
        "Any equal weights with a bias between −w and 0 will do.",
    ],
)

and_weights = Exercise(
    "and_weights",
    points=3,
    cases=truth_table,
    probe="call_without_inputs",
    measure="neuron_labels",
    slips=[
        Slip("OR", lambda: ((1.0, 1.0), -0.5),
             "This is OR: one input is enough to bring h up to zero. For AND both should be needed, so make the bias "
             "more negative."),
        Slip("upside down", lambda: ((-1.0, -1.0), 1.5),
             "Every label is the wrong way round: 1 where it should be 0, and 0 where it should be 1. The line is "
             "fine; change all three signs."),
        BIAS_ZERO,
        WHERE_WE_BEGAN,
        FIRST_INPUT_ONLY,
        SECOND_INPUT_ONLY,
        NEVER,
        NOT_A_PAIR,
        BIAS_MISSING,
    ],
    alternatives=[
        lambda: ([1, 1], -2),
        lambda: (np.array([3.0, 5.0]), -7.5),
        lambda: [np.array([1.0, 1.0]), np.array(-1.5)],
    ],
    hints=[
        "Start from your OR and make the bias more negative.",
        "One weight alone must not make up for the bias; both together must.",
        "Any equal weights with a bias between −2w and −w will do.",
    ],
)


# xor_is_separable -----------------------------------------------------------------------------------------------

xor_is_separable = Exercise(
    "xor_is_separable",
    points=0,
    slips=[
        Slip("yes", True,
             "Then find that line in the explorer: it counts the mistakes for you. Three of four is easy. When you "
             "have tried, look at the two 1s: they lie on one diagonal, and the two 0s on the other."),
        Slip("in quotes", "False",
             "Give a truth value, not a text: leave out the quotes. (In Python, a text that says False counts as true. "
             "Yes, really.)"),
    ],
    alternatives=[0, np.bool_(False)],
    hints=[
        "Try it in the explorer. How many can you get right at most?",
        "The 1s lie on one diagonal of the square, the 0s on the other. Draw both diagonals.",
        "Two segments that cross cannot lie on different sides of a line.",
    ],
)


LAB = LabChecks(
    exercises=[
        weighted_sum, sigmoid, predict_label, hand_table, wrong_row, squared_error, or_weights, and_weights,
        xor_is_separable,
    ],
    predictions=[
        Prediction("overflow", "What does NumPy answer to `np.exp(1000.0)`?",
                   ["an error that stops the cell", "a huge number", "inf, and a warning"],
                   gives_away=[r"\binf\b", "overflow", "over the edge", "1.8e308"]),
        Prediction("half", "What is `np.round(0.5)`?",
                   ["0", "0.5", "1"],
                   gives_away=[r"round\(0.5\) (is|gives) 0", r"nearest \*?even", "nobody expects it"]),
        Prediction("right_of_four", "How many of the four examples does this neuron get right?",
                   gives_away=["(two|2) of (the )?four", "better than a coin", "wrong\\s+sign", "two inputs cancel"]),
        Prediction("as_printed", "The notes say that this is 0.38. If you type it into a calculator exactly as "
                   "printed, what does it show?",
                   ["0.38", "0.62", "0.50"],
                   gives_away=[r"0\.62", r"h = \+0\.5", "minus minus", "copied badly"]),
        Prediction("shrug", "Whose squared error on OR is smaller: the neuron's, or that of somebody who always says "
                   "0.5?",
                   ["The neuron", "The constant one half"],
                   gives_away=["worse than a constant", r"\b1\.341\b", r"\b1\.000\b"], reason=True),
        Prediction("ten_times", "w = (1, −1) and b = −0.5, and all three are multiplied by ten. What happens to the "
                   "line where p = 0.5, and to p?",
                   ["The line moves", "The line stays, p gets surer", "Nothing changes at all"],
                   gives_away=["same line", "much faster", "gets surer"]),
        Prediction("xor_rule", "Rosenblatt's rule goes through XOR a hundred times. What happens?",
                   ["It finds a line in the end", "It stops at the best line there is",
                    "It goes on making mistakes for ever"],
                   gives_away=["never end", "in a circle", "for ever", "no line separates"]),
    ],
    questions=[
        Question("tie", "p is exactly 0.5. What is ŷ in this course, and what does `np.round(p)` give?",
                 ["Both 1", "ŷ is 1, np.round gives 0", "ŷ is 0, np.round gives 1"], 1,
                 "We let a tie count as 1, p ≥ 0.5. NumPy rounds a half to the nearest even number, here 0."),
        Question("xor", "Which of these can a single neuron not get right, whatever its weights?", ["OR", "AND", "XOR"],
                 2,
                 "It decides by one line. The 1s of XOR lie on one diagonal and the 0s on the other: no line separates "
                 "them."),
        Question("sign", "A neuron has h = −2 for some input. What can you say about p without computing it?",
                 ["It is negative", "It is below one half", "It is above one half"], 1,
                 "h below zero, p below one half and ŷ = 0 go together. p itself is never negative."),
        Question("ten_times", "You multiply w and b of a neuron by 10. What changes?",
                 ["The line where it is undecided", "How sure it is", "Its predicted labels"], 1,
                 "h = 0 stays where it was, so line and labels stay. p moves towards 0 and 1."),
    ],
    recall=["00.broadcast", "00.axis", "00.matmul"],
)

"""What lab 08 checks: activations and their slopes, maxout, two ways to draw weights, a scaler fitted once."""
# fmt: off

from itertools import cycle

import numpy as np

from course.build import Exercise, LabChecks, Slip, Part, Prediction, Question


def some_z(rng):
    """Draw numbers of both signs, near 0 and far from it, and one exact zero."""
    near = rng.uniform(0.02, 0.08, 2)  # below every slope; the positive one is also below the mean
    return np.array([near[0], rng.uniform(0.3, 0.8), 0.0, rng.uniform(-2.5, -0.3), -near[1], *rng.uniform(1.2, 2.5, 3)])


def z_cases(rng):
    """Give numbers in any order, so that an answer cannot rely on where a kink lies."""
    rows = rng.permutation(some_z(rng)), rng.permutation(some_z(rng)), rng.permutation(some_z(rng)[1:4])
    return [{"z": rows[0]}, {"z": np.reshape(rows[1], (2, 4))}, {"z": rows[2][:, None]}]

# relu -----------------------------------------------------------------------------------------------------------
relu = Exercise(
    "relu",
    points=1,
    cases=z_cases,
    slips=[
        Slip("absolute value", {"return np.maximum(z, 0)": "return np.abs(z)"},
             "You turn the negative half up: that is |z|, another activation. relu sets that half to 0."),
        Slip("step", {"return np.maximum(z, 0)": "return np.where(z > 0, 1.0, 0.0)"},
             "This is the step function, 0 or 1: relu's *derivative*. relu itself returns a positive z unchanged."),
        Slip("kept the negatives", {"np.maximum": "np.minimum"},
             "You keep the wrong half: the positive values should stay. Take the maximum, not the minimum."),
        Slip("turned round", {"return np.maximum(z, 0)": "return np.maximum(-z, 0)"},
             "Your relu is mirrored: it keeps the negative z and changes its sign. max(z, 0), without the minus."),
        Slip("clipped at 1", {"return np.maximum(z, 0)": "return np.clip(z, 0, 1)"},
             "You also cut at 1. relu has no upper limit, and that is its point: on the right nothing saturates."),
        Slip("Python's max", {"return np.maximum(z, 0)": "return max(z, 0)"},
             "Python's `max` and `if` need one yes or no, and an array has many. `np.maximum(z, 0)` decides entry by "
             "entry."),
        Slip("largest of all", {"return np.maximum(z, 0)": "return max(np.max(z), 0)"},
             "You return one number, the largest of all. Compare each entry with 0: `np.maximum`, not `np.max`."),
        Slip("largest along an axis", {"return np.maximum(z, 0)": "return np.max(z, 0)"},
             "`np.max(z, 0)` takes the 0 for an axis and returns the largest entry along it. For the larger of z and "
             "0, entry by entry: `np.maximum(z, 0)`."),
        Slip("row by row", {"return np.maximum(z, 0)": "return [max(v, 0) for v in z]"},
             "This is right for a vector. But `for v in z` goes through a matrix row by row, and `max` cannot compare "
             "a row with 0. `np.maximum(z, 0)` takes any shape."),
    ],
    alternatives=[lambda z: z * (z > 0), lambda z: np.where(z > 0, z, 0), lambda z: (z + np.abs(z)) / 2],
    equivalent={"the larger of two": ["`np.maximum(0, z)`"]},
    hints=[
        "Entry by entry: the larger of two numbers.",
        "NumPy has `np.max` (the largest of an array) and `np.maximum` (of two arrays, entry by entry).",
        "One of the two arguments is z, the other is 0.",
    ],
)

relu_grad = Exercise(
    "relu_grad",
    points=1,
    cases=z_cases,
    slips=[
        Slip("1 at 0", {"z > 0": "(z >= 0)"},
             "This is right except at z = 0, where you give 1. There the slope is a free choice; this course, like "
             "most libraries, takes 0: `>`, not `>=`."),
        Slip("½ at 0", {"return np.where(z > 0, 1.0, 0.0)": "return np.heaviside(z, 0.5)"},
             "This is right except at z = 0, where you take the middle. A fair compromise, but this course takes 0."),
        Slip("z itself", {"return np.where(z > 0, 1.0, 0.0)": "return np.maximum(z, 0)"},
             "This is relu again, not its slope. A line through the origin at 45 degrees has slope 1, however far up "
             "you are."),
        Slip("sign", {"return np.where(z > 0, 1.0, 0.0)": "return np.sign(z)"},
             "You give −1 on the left. There relu is flat: slope 0. (−1 would be the slope of |z|.)"),
        Slip("−1 on the left and at 0", {"return np.where(z > 0, 1.0, 0.0)": "return np.where(z > 0, 1.0, -1.0)"},
             "You give −1 on the left. There relu is flat: slope 0. (−1 would be the slope of |z|.)"),
        Slip("if with an array", {"return np.where(z > 0, 1.0, 0.0)": "return 1 if z > 0 else 0"},
             "`if` needs one yes or no, and `z > 0` has one for each entry. `np.where(z > 0, …, …)` decides entry by "
             "entry."),
        Slip("1 everywhere", {"return np.where(z > 0, 1.0, 0.0)": "return np.ones_like(z)"},
             "You give 1 everywhere: the slope of a unit without an activation. The left half of relu is flat."),
        Slip("wrong side", {"return np.where(z > 0, 1.0, 0.0)": "return np.where(z < 0, 1.0, 0.0)"},
             "You give 1 where the unit is *silent*. The slope is 1 where z is positive."),
        Slip("leaky relu's slope", {"return np.where(z > 0, 1.0, 0.0)": "return np.where(z > 0, 1.0, 0.01)"},
             "You let a little gradient through on the left: that is the leaky relu. Plain relu is flat there, slope 0."),
    ],
    alternatives=[lambda z: np.heaviside(z, 0), lambda z: (z > 0) * 1.0, lambda z: z > 0],
    equivalent={"True counts as 1": ["`np.where"]},
    hints=[
        "Draw relu. What is the slope left of 0, and what right of it?",
        "Two values only, 0 and 1. Exactly at 0 take 0.",
        "`z > 0` is an array of True and False; `np.where` turns it into numbers.",
    ],
)

# leaky_relu, elu ------------------------------------------------------------------------------------------------
def with_parameter(name, low, high):
    return lambda rng: [case | {name: float(rng.uniform(low, high))} for case in z_cases(rng)]


leaky_relu = Exercise(
    "leaky_relu",
    points=1,
    cases=with_parameter("slope", 0.1, 0.4),
    slips=[
        Slip("wrong side", {"z > 0": "(z <= 0)"},
             "The leak is on the wrong side: a positive z stays as it is, a negative z is multiplied by slope. (If you "
             "took the lower of two lines with `np.minimum`: take the higher one.)"),
        Slip("constant leak", {" * z": ""},
             "On the left you give the number `slope`, for every z. A slope multiplies something: slope · z."),
        Slip("leak turned up", {"* z": "* np.abs(z)"},
             "The left half goes up. slope · z is negative there already; do not change its sign."),
        Slip("always 0.01", {"return np.where(z > 0, z, slope * z)": "return np.where(z > 0, z, 0.01 * z)"},
             "Your slope is 0.01, whatever the caller passes. The argument is called `slope`, and it feels ignored."),
        Slip("no leak", {"return np.where(z > 0, z, slope * z)": "return np.maximum(z, 0)"},
             "This is relu: nothing leaks. Left of 0, the result is slope · z."),
        Slip("leak on both sides", {"return np.where(z > 0, z, slope * z)": "return np.maximum(z, 0) + slope * z"},
             "You add the leak on both sides, so the right half has slope 1 + slope. Add it only where z is negative."),
        Slip("its slope", {"return np.where(z > 0, z, slope * z)": "return np.where(z > 0, 1.0, slope)"},
             "These are the slopes, 1 and `slope`. The function itself is z on the right and slope · z on the left."),
        Slip("leak everywhere", {"return np.where(z > 0, z, slope * z)": "return slope * z"},
             "The left half is right. But you shrink the right half, too; a positive z stays as it is."),
    ],
    alternatives=[
        lambda z, slope: np.maximum(z, 0) + slope * np.minimum(z, 0),
        lambda z, slope: np.maximum(z, slope * z),
        lambda z, slope: z * np.where(z < 0, slope, 1),
    ],
    equivalent={"equal at 0": ["`>=` is used"], "positive": ["value of `slope`"]},
    hints=[
        "Two straight pieces that meet at 0.",
        "z on the right, slope · z on the left.",
        "`np.where(condition, this, that)` chooses entry by entry.",
    ],
)


def curve_cases(rng):
    def case(z):
        return {"z": z, "alpha": float(rng.uniform(1.3, 2.5))}

    def near():
        z = some_z(rng)
        return z[z != 0]

    return {
        "near 0": [case(near()), case(near()[:, None])],
        "far out": [
            case(np.array([*rng.uniform(800, 900, 2), -0.7])),
            case(np.array([-1.2, *rng.uniform(720, 800, 2)])),
        ],
    }


CURVE = [Part("the two pieces", 1, group="near 0"), Part("far from 0", 1, group="far out")]
OVERFLOW = (
    "`np.where` computes *both* sides for every entry and then chooses, so exp(z) is also computed for z = 800, and "
    "overflows. The numbers are right, but NumPy warns. Give exp only `np.minimum(z, 0)`."
)
PRODUCTS = (
    "exp(800) is infinite, and infinity times False is NaN: a product does not remove the side that is not chosen. "
    "Choose with `np.where`, and give exp only `np.minimum(z, 0)`."
)


def left(z):
    return np.exp(np.minimum(z, 0))


elu = Exercise(
    "elu",
    points=CURVE,
    cases=curve_cases,
    quiet=True,
    slips=[
        Slip("−1 forgotten", {" - 1": ""},
             "The −1 is missing. Just left of 0 you give alpha, just right of it 0: the curve jumps. α(exp(z) − 1) "
             "joins the two."),
        Slip("−1 outside", {"alpha * (": "(alpha * "},
             "alpha multiplies only exp(z); it should multiply the whole bracket, α(exp(z) − 1). Otherwise the curve "
             "jumps at 0."),
        Slip("alpha forgotten", {"alpha * ": ""},
             "alpha is missing: your curve goes down to −1, whatever alpha is."),
        Slip("turned up", {"np.exp(np.minimum(z, 0)) - 1": "(1 - np.exp(np.minimum(z, 0)))"},
             "The left half has the wrong sign: it should go *down*, to −alpha. exp(z) − 1 is negative there already."),
        Slip("alpha on both sides", lambda z, alpha: np.where(z > 0, alpha * z, alpha * (left(z) - 1)),
             "alpha belongs to the left half only. On the right, elu is z."),
        Slip("overflow", {"np.minimum(z, 0)": "z"}, OVERFLOW),
        Slip("chosen by products",
             {"return np.where(z > 0, z, alpha * (np.exp(np.minimum(z, 0)) - 1))": "return (z > 0) * z + (z <= 0) * alpha * (np.exp(z) - 1)"},
             PRODUCTS),
        Slip("straight leak",
             {"return np.where(z > 0, z, alpha * (np.exp(np.minimum(z, 0)) - 1))": "return np.where(z > 0, z, alpha * z)"},
             "On the left you give a straight line, α · z: that is a leak. elu bends and levels off at −α: α(exp(z) − "
             "1)."),
        Slip("straight, then flat",
             {"return np.where(z > 0, z, alpha * (np.exp(np.minimum(z, 0)) - 1))": "return np.maximum(z, -alpha)"},
             "You go straight down to −α and stop there, with a corner. elu bends all the way: α(exp(z) − 1)."),
    ],
    alternatives=[
        lambda z, alpha: np.maximum(z, 0) + alpha * np.expm1(np.minimum(z, 0)),
        lambda z, alpha: np.reshape([v if v > 0 else alpha * (np.exp(v) - 1) for v in z.flat], z.shape),
    ],
    equivalent={"equal at 0": ["`>=` is used"], "the other branch is taken there": ["`1` is used instead of `0`"],
                "the smaller of two": ["`np.minimum(0, z)`"], "positive": ["value of `alpha`"]},
    hints=[
        "Right of 0 it is z, left of 0 it is α(exp(z) − 1).",
        "`np.where` chooses, but computes both sides first: exp(800) overflows although it is not chosen.",
        "`np.exp(np.minimum(z, 0))` is exp(z) on the left and a harmless 1 on the right.",
    ],
)

elu_grad = Exercise(
    "elu_grad",
    points=CURVE,
    cases=curve_cases,
    quiet=True,
    slips=[
        Slip("alpha alone", {"np.minimum(z, 0)": "0"},
             "On the left you give alpha for every z: a straight line's slope. elu flattens: its slope is α · exp(z)."),
        Slip("alpha forgotten", {"alpha * ": ""},
             "exp(z) is right, but its factor is missing. A constant factor stays when you differentiate: α · exp(z)."),
        Slip("−1 kept", {"np.exp": "np.expm1"},
             "The −1 is a constant, and constants have slope 0. It goes; α · exp(z) stays."),
        Slip("−1 kept outside", lambda z, alpha: np.where(z > 0, 1.0, alpha * left(z) - 1),
             "The −1 is a constant, and constants have slope 0. It goes; α · exp(z) stays."),
        Slip("z on the right", lambda z, alpha: np.where(z > 0, z, alpha * left(z)),
             "The left half is right. The right half is a line with slope 1, but you give its height, z."),
        Slip("power rule",
             {"return np.where(z > 0, 1.0, alpha * np.exp(np.minimum(z, 0)))": "return np.where(z > 0, 1.0, alpha * z * np.exp(np.minimum(z, 0) - 1))"},
             "You use the rule for zⁿ, where the exponent comes down. exp(z) is different: it is its own derivative."),
        Slip("elu itself", lambda z, alpha: np.where(z > 0, z, alpha * (left(z) - 1)),
             "This is elu itself. Return its slope at each z."),
        Slip("chosen by products",
             {"return np.where(z > 0, 1.0, alpha * np.exp(np.minimum(z, 0)))": "return (z > 0) + (z <= 0) * alpha * np.exp(z)"},
             PRODUCTS),
        Slip("alpha on both sides", lambda z, alpha: alpha * left(z),
             "The left half is right. On the right you give alpha, but elu is z there: slope 1."),
    ],
    alternatives=[
        lambda z, alpha: np.where(z > 0, 1, alpha * np.expm1(np.minimum(z, 0)) + alpha),
        lambda z, alpha: np.reshape([1.0 if v > 0 else alpha * np.exp(v) for v in z.flat], z.shape),
    ],
    equivalent={"equal at 0": ["`>=` is used"], "the other branch is taken there": ["`1` is used instead of `0`"],
                "the smaller of two": ["`np.minimum(0, z)`"], "positive": ["value of `alpha`"]},
    hints=[
        "Differentiate each piece by itself: z, and α(exp(z) − 1).",
        "1 on the right. On the left, the derivative of exp is exp, and the −1 disappears.",
        "As in elu, give exp no large positive numbers: `np.exp(np.minimum(z, 0))`.",
    ],
)

# maxout ---------------------------------------------------------------------------------------------------------
def pieces(X, W, b):
    return X @ W + b[:, None]


def maxout_cases(rng):
    def case(N, k, n_in, n_out):
        while True:  # until each piece is largest somewhere, and the second one in all, which no half and no end is
            X, W = rng.normal(size=(N, n_in)), rng.normal(size=(k, n_in, n_out))
            b = rng.uniform(0.3, 2, size=(k, n_out)) * rng.choice([-1, 1], size=(k, n_out))
            linear = pieces(X, W, b)
            if len(np.unique(linear.argmax(axis=0))) == k and linear.sum(axis=(1, 2)).argmax() == 1:
                return {"X": X, "W": W, "b": b}

    return [case(7, 3, 4, 2), case(8, 2, 3, 5)]


maxout = Exercise(
    "maxout",
    points=3,
    cases=maxout_cases,
    slips=[
        Slip("bias forgotten", {"X @ W + b[:, None]": "(X @ W)"},
             "The biases are missing, so every piece passes through the origin, and a kink can only lie there."),
        Slip("bias after the race",
             {"return (X @ W + b[:, None]).max(axis=0)": "return (X @ W).max(axis=0) + b.max(axis=0)"},
             "Largest product plus largest bias: the two may come from different pieces. Each piece adds its *own* "
             "bias, then you take the largest."),
        Slip("mean", {".max": ".mean"},
             "You average the pieces, and an average of linear functions is linear: so much work for one straight "
             "line. Take the largest."),
        Slip("sum", {".max": ".sum"},
             "You add up the pieces, and a sum of linear functions is linear. The bend comes from taking the largest."),
        Slip("over the examples", {"=0": "=1"},
             "You take the largest over the examples (axis 1). Take it over the k pieces, which are along axis 0."),
        Slip("which, not how much", lambda X, W, b: pieces(X, W, b).argmax(axis=0),
             "`argmax` says *which* piece is largest. The backward pass needs that; here, return the value itself."),
        Slip("bias along the wrong axis", {"[:, None]": ""},
             "`X @ W` has shape (k, N, n_out) and b has (k, n_out): counted from the right, N is paired with k. Give b "
             "an axis for the examples: `b[:, None]` is (k, 1, n_out)."),
        Slip("largest weights", {"return (X @ W + b[:, None]).max(axis=0)": "return X @ W.max(axis=0) + b.max(axis=0)"},
             "You take the largest *weights* and then multiply: the result is one linear function. First compute each "
             "piece's answer, then take the largest answer."),
        Slip("bias with its axis at the end",
             {"return (X @ W + b[:, None]).max(axis=0)": "return (X @ W + b[:, :, None]).max(axis=0)"},
             "b needs its new axis in the *middle*, where the examples are: `b[:, None]` is (k, 1, n_out)."),
        Slip("weights in front", {"(X @ W": "((W @ X)"},
             "You put W before X. Examples are rows here, so X comes first: `X @ W`."),
        Slip("X turned", {"(X @ W": "((X.T @ W)"},
             "You transpose X. Its rows are examples already, as each piece needs them: `X @ W`."),
    ],
    alternatives=[
        lambda X, W, b: np.max([X @ w + c for w, c in zip(W, b, strict=True)], axis=0),
        lambda X, W, b: (np.einsum("ni,kio->nko", X, W) + b).max(axis=1),
    ],
    hints=[
        "k ordinary layers side by side, all with the same X. For each unit, take the largest of the k answers.",
        "`X @ W` does the k products at once and has shape (k, N, n_out). b needs an axis in the middle.",
        "Add `b[:, None]`, then `.max(axis=0)`.",
    ],
)


# initialisers ---------------------------------------------------------------------------------------------------

STD, REACH = "standard deviation × √fan_in", "largest distance from the mean / standard deviation, 2.5 at most"


def draws(rng):
    wide, narrow = int(rng.choice([216, 244, 272])), int(rng.choice([52, 60, 72]))
    sizes = (wide, narrow), (narrow, wide - 32)  # with another sum
    return [{"fan_in": m, "fan_out": n, "seed": int(rng.integers(1, 10**6))} for m, n in sizes]


def misdrawn(right):
    """Give the slips with randomness and shape that every initialiser can have."""
    seeds = cycle(range(3))  # stands for a generator without a fixed seed: the probe draws three times a case
    return [
        Slip(
            "shape turned",
            lambda m, n, rng: right(m, n, rng).T,
            "Your W is (fan_out, fan_in). In z = xW + b a *column* belongs to a unit, so W is (fan_in, fan_out). "
            "(Sources that write Wx use your shape.)",
        ),
        Slip(
            "fixed seed",
            lambda m, n, rng: right(m, n, np.random.default_rng(0)),
            "Every call gives the same weights: you use a fixed seed. Two layers of one size would start as twins. "
            "Draw from the `rng` that is passed to you; its seed is the caller's choice.",
        ),
        Slip(
            "a generator of its own",
            lambda m, n, rng: right(m, n, np.random.default_rng(next(seeds))),
            "You make a generator of your own, so nobody can repeat your run, not even you. Draw from `rng`: "
            "`rng.uniform`, `rng.normal`.",
        ),
    ]


def glorot(m, n, rng):
    return rng.uniform(-1, 1, (m, n)) * (6 / (m + n)) ** 0.5


def uniform(limit):
    return lambda m, n, rng: rng.uniform(-limit(m, n), limit(m, n), (m, n))


def gaussian(std):
    return lambda m, n, rng: std(m, n) * rng.standard_normal((m, n))


GLOBAL = (
    "You call `np.random.…`, the generator that the whole program shares: any other line that draws from it changes "
    "your weights. Draw from the `rng` that is passed to you."
)

glorot_uniform = Exercise(
    "glorot_uniform",
    points=[
        Part("the spread", 1, component=STD),
        Part("the form of the distribution", 1, component=REACH),
        Part("all together: mean, shape and generator, too", 1),
    ],
    cases=draws,
    probe="draw_weights",
    measure="drawn",
    rtol=0.0,
    atol=0.065,
    slips=[
        Slip("fan_in only", uniform(lambda m, n: (6 / m) ** 0.5),
             "Your limit uses only fan_in: that is He's uniform rule, for ReLU. Glorot makes a compromise between the "
             "forward pass (fan_in) and the backward pass (fan_out): their sum."),
        Slip("fan_out only", uniform(lambda m, n: (6 / n) ** 0.5),
             "Your limit uses only fan_out. That suits the gradients in the backward pass, but not the signals in the "
             "forward pass. Glorot takes fan_in + fan_out."),
        Slip("root forgotten", {"np.sqrt(6 / (fan_in + fan_out))": "6 / (fan_in + fan_out)"},
             "Your weights are far too small, and every layer whispers to the next. Is the root missing, or is the "
             "value under it not the *sum*? limit = √(6 / (fan_in + fan_out))."),
        Slip("one-sided", {"uniform(-limit": "uniform(0"},
             "All your weights are positive: half of the interval is missing. Draw from −limit to limit."),
        Slip("unshifted rng.random",
             {"return rng.uniform(-limit, limit, (fan_in, fan_out))": "return rng.uniform(-0.5, 0.5, (fan_in, fan_out)) * (6 / (fan_in + fan_out)) ** 0.5"},
             "Your interval is half as wide as it should be. From −limit to limit, its width is 2 · limit."),
        Slip("standard deviation for limit", uniform(lambda m, n: (2 / (m + n)) ** 0.5),
             "√(2 / (fan_in + fan_out)) is the *standard deviation* of Glorot's rule. A uniform draw reaches √3 times "
             "as far as its standard deviation: the 6 comes from there."),
        Slip("normal", gaussian(lambda m, n: (2 / (m + n)) ** 0.5),
             "The spread is right, the form is not: this is a normal draw (Glorot has that rule, too). A uniform draw "
             "has no tails: `rng.uniform(low, high, shape)`."),
        Slip("limit for standard deviation", gaussian(lambda m, n: (6 / (m + n)) ** 0.5),
             "You draw from a normal distribution, with the *limit* as its standard deviation. Draw uniformly: "
             "`rng.uniform(low, high, shape)`."),
        Slip("mean of the fans", uniform(lambda m, n: (6 / ((m + n) / 2)) ** 0.5),
             "You divide by the *mean* of fan_in and fan_out. With a 6 in the numerator, divide by their sum."),
        Slip("shape in two numbers",
             {"return rng.uniform(-limit, limit, (fan_in, fan_out))": "return rng.uniform(-1.0, 1.0, fan_in, fan_out)"},
             "The shape is *one* argument, in brackets of its own: `(fan_in, fan_out)`."),
        *misdrawn(glorot),
    ],
    alternatives=[
        glorot,
        lambda m, n, rng: (2 * rng.random((m, n)) - 1) * np.sqrt(6 / (m + n)),
        lambda m, n, rng: [[rng.uniform(-1, 1) * (6 / (m + n)) ** 0.5 for _ in range(n)] for _ in range(m)],
    ],
    hints=[
        "First the limit, a single number. Then one draw for the whole matrix.",
        "`rng.uniform(low, high, shape)` draws from an interval. It has two ends, and they are symmetric.",
        "limit is `np.sqrt(6 / (fan_in + fan_out))`; the shape is `(fan_in, fan_out)`.",
    ],
)

he = gaussian(lambda m, n: (2 / m) ** 0.5)

he_normal = Exercise(
    "he_normal",
    points=[Part("the spread", 1, component=STD), Part("all together: mean, form, shape and generator, too", 1)],
    cases=draws,
    probe="draw_weights",
    measure="drawn",
    rtol=0.0,
    atol=0.065,
    slips=[
        Slip("fan_out for fan_in", gaussian(lambda m, n: (2 / n) ** 0.5),
             "You divide by fan_out. A unit adds up its *inputs*, fan_in of them, and their variances add up."),
        Slip("variance for standard deviation", gaussian(lambda m, n: 2 / m),
             "2 / fan_in is the *variance*. NumPy's `scale` is the standard deviation, its root."),
        Slip("both fans", gaussian(lambda m, n: (2 / (m + n)) ** 0.5),
             "With fan_in + fan_out this is Glorot's normal rule. He counts fan_in only."),
        Slip("1 for 2", gaussian(lambda m, n: (1 / m) ** 0.5),
             "√(1 / fan_in) keeps the variance of a layer *without* ReLU. ReLU silences half of it; the 2 makes up for "
             "that."),
        Slip("not scaled", gaussian(lambda m, n: 1.0),
             "Your standard deviation is 1, whatever the layer's size. Section 5 shows what comes of that."),
        Slip("uniform", uniform(lambda m, n: (6 / m) ** 0.5),
             "The spread is right, but this is a uniform draw: it ends abruptly. He's *normal* rule has tails."),
        Slip("one-sided", lambda m, n, rng: np.abs(he(m, n, rng)),
             "No weight is negative. A network that can only say yes learns little: remove the absolute value."),
        Slip("global generator",
             {"return rng.normal(0, std, (fan_in, fan_out))": "return np.random.normal(0, (2 / fan_in) ** 0.5, (fan_in, fan_out))"},
             GLOBAL),
        Slip("shape in two numbers",
             {"return rng.normal(0, std, (fan_in, fan_out))": "return rng.normal(0.0, 1.0, fan_in, fan_out)"},
             "The shape is *one* argument, in brackets of its own: `(fan_in, fan_out)`."),
        *misdrawn(he),
    ],
    alternatives=[
        he,
        lambda m, n, rng: rng.normal(size=(m, n)) / np.sqrt(m / 2),
        lambda m, n, rng: [[rng.normal(0, (2 / m) ** 0.5) for _ in range(n)] for _ in range(m)],
    ],
    hints=[
        "First the standard deviation, a single number. Then one normal draw for the whole matrix.",
        "`rng.normal(mean, standard_deviation, shape)`. Mean 0.",
        "The standard deviation is `np.sqrt(2 / fan_in)`.",
    ],
)

# scaler ---------------------------------------------------------------------------------------------------------
def table(rng, N, n):
    """Draw columns of several widths, the first of them a narrow one."""
    return rng.normal(size=(N, n)) * [rng.uniform(0.2, 0.4), *rng.uniform(1.5, 4, n - 1)] + rng.uniform(3, 9, n)


def fit_cases(rng):
    def constant(N, n):
        X = table(rng, N, n)
        X[:, 1] = float(rng.integers(2, 9))
        return {"X": X}

    return {
        "columns that vary": [{"X": table(rng, 6, 3)}, {"X": table(rng, 5, 4)}],
        "a constant column": [constant(5, 3), constant(4, 2)],
    }


def fitted(X, axis=0, ddof=0, power=1):
    std = np.std(X, axis=axis, ddof=ddof) ** power
    return np.mean(X, axis=axis), np.where(std == 0, 1.0, std)


def fitted_by_loop(X):
    mean = [sum(column) / len(X) for column in X.T]
    var = [sum((v - m) ** 2 for v in column) / len(X) for column, m in zip(X.T, mean, strict=True)]
    return mean, [v**0.5 or 1.0 for v in var]


def fitted_by_mask(X):
    std = X.std(axis=0)
    std[X.max(axis=0) == X.min(axis=0)] = 1
    return X.mean(axis=0), std


fit_scaler = Exercise(
    "fit_scaler",
    points=[
        Part("columns that vary", 1, group="columns that vary"),
        Part("a constant column", 1, group="a constant column"),
    ],
    cases=fit_cases,
    returns=["mean", "std"],
    slips=[
        Slip("N − 1", {"X.std(axis=0": "X.std(axis=0, ddof=1"},
             "You divide by N − 1 (`ddof=1`, also the default in pandas and MATLAB). Here std is only a unit, and the "
             "course divides by N, NumPy's default."),
        Slip("rows", {"0), X.std(axis=0": "1), X.std(axis=1"},
             "You measure each *example*, over its features. Measure each feature, over the examples: axis 0."),
        Slip("whole array", {"axis=0), X.std(axis=0": "), X.std("},
             "You take one mean and one std of everything, square feet and rooms together. Each column needs its own: "
             "`axis=0`."),
        Slip("zero std kept", {" 0": " 1"},
             "A constant column has standard deviation 0, and dividing by it gives NaN. Return 1 there."),
        Slip("a small number added",
             {"return mean, np.where(std == 0, 1.0, std)": "return (X.mean(axis=0), X.std(axis=0) + 1e-3)"},
             "You add a little to every std. That changes all columns to save one. Change only the zeros."),
        Slip("variance", {"X.std": "X.var"},
             "That is the variance. Dollars divided by dollars² are not a pure number: take the root."),
        Slip("range",
             {"return mean, np.where(std == 0, 1.0, std)": "return (X.mean(axis=0), np.where(np.ptp(X, axis=0) == 0, 1.0, np.ptp(X, axis=0)))"},
             "You return the range, largest minus smallest. One outlier can set it. Here the unit is the standard "
             "deviation, `X.std(axis=0)`."),
        Slip("median", lambda X: (np.median(X, axis=0), fitted(X)[1]),
             "You use the median. A reasonable choice, but this scaler returns mean and std."),
        Slip("scaled at once", lambda X: (X - fitted(X)[0]) / fitted(X)[1],
             "You normalise X already. Return only the two rows of numbers, mean and std: the test set will need them, "
             "too."),
    ],
    alternatives=[fitted_by_loop, fitted_by_mask, lambda X: fitted(X)],
    hints=[
        "Two numbers for each column, over all examples.",
        "`X.mean(axis=0)` and `X.std(axis=0)`. Where std is 0, put 1.",
        "`np.where(std == 0, 1.0, std)`.",
    ],
)


def apply_cases(rng):
    return [
        {"X": table(rng, N, 3), "mean": rng.uniform(3, 9, 3) * [1, -1, 1], "std": np.array([*rng.uniform(1.5, 4, 2), 1.0])}
        for N in (5, 4)
    ]


apply_scaler = Exercise(
    "apply_scaler",
    points=1,
    cases=apply_cases,
    slips=[
        Slip("its own statistics", {"return (X - mean) / std": "return (X - X.mean(axis=0)) / X.std(axis=0)"},
             "You compute mean and std of *this* table and ignore the ones you are given. The network learned in the "
             "training set's units: feet today and metres tomorrow is how space probes get lost."),
        Slip("only divided", {" - mean": ""}, "You do not subtract the mean."),
        Slip("only shifted", {" / std": ""}, "You shift each column, but it keeps its own spread. Divide by std."),
        Slip("bracket forgotten", {") / std": " / std)"},
             "Division comes before subtraction: `X - mean / std` divides only the mean. You need brackets."),
        Slip("multiplied", {"X - mean) / std": "(X - mean) * std)"},
             "You multiply by std, so wide columns get even wider. Divide by it."),
        Slip("variance", {"/ std": "/ (std) ** 2"},
             "You divide by std twice. What you are given is a standard deviation already."),
        Slip("root of std", {"return (X - mean) / std": "return (X - mean) / np.sqrt(std)"},
             "You take the root of std. It is a standard deviation already, not a variance."),
        Slip("undone", {"return (X - mean) / std": "return X * std + mean"},
             "That is the inverse: from normalised numbers to dollars and square feet. Here, subtract first, then "
             "divide."),
        Slip("one for all, its own", {"return (X - mean) / std": "return (X - X.mean()) / X.std()"},
             "You use one mean and one std of *this* whole table. Use those you are given, one for each column."),
        Slip("own mean, given std", {"return (X - mean) / std": "return (X - X.mean(axis=0)) / std"},
             "You use the std that you are given, but the mean of *this* table. Use both as given."),
        Slip("exchanged", {"return (X - mean) / std": "return (X - std) / mean"},
             "mean and std are exchanged: subtract the mean, then divide by std."),
        Slip("stood on end", {"/ std": "/ std[:, None]"},
             "`mean[:, None]` is a column, one number for each *row*. mean and std have one for each column, so "
             "broadcasting works without `[:, None]`."),
    ],
    alternatives=[
        lambda X, mean, std: X / std - mean / std,
        lambda X, mean, std: [[(v - m) / s for v, m, s in zip(row, mean, std, strict=True)] for row in X],
    ],
    equivalent={"positive": ["value of `std`"]},
    hints=[
        "Nothing is estimated here: compute with the three arrays that you are given.",
        "Subtract, then divide; broadcasting handles all rows at once.",
        "`(X - mean) / std`. Without the brackets only the mean is divided.",
    ],
)


LAB = LabChecks(
    exercises=[relu, relu_grad, leaky_relu, elu, elu_grad, maxout, glorot_uniform, he_normal, fit_scaler, apply_scaler],
    predictions=[
        Prediction("corner", "Central differences with ε = 10⁻⁶, exactly at z = 0. What do they give for the slope of "
                   "relu?",
                   ["0", "½", "1"],
                   gives_away=["½", r"\b0\.50\b", "divided by 2ε", "left of the corner"]),
        Prediction("sigmoids", "Ten sigmoids in a row, every weight 1, and each unit where it is steepest. What is "
                   "left of a gradient of 1 after ten layers, at the very best?",
                   ["About a quarter", "About a thousandth", "About a millionth"],
                   gives_away=["millionth", r"4\^\{?-10", "4⁻¹⁰", r"9\.5e-0?7"]),
        Prediction("larger_weights", "Ten sigmoids with equal weights, the first z at ½. With which weight is most of "
                   "the gradient left?",
                   ["w = 4", "w = 8", "w = 16"],
                   gives_away=["up to about 4", r"5\.9e-0?1", "drives \\$?z\\$? further out", "makes small slopes"]),
        Prediction("far_left", "At z = −5, which of these four has the largest slope?",
                   ["Sigmoid", "Relu", "Leaky relu, slope 0.01", "Elu, α = 1"],
                   gives_away=[r"0\.0067", r"0\.0066", "only the leak", "shrink like"]),
        Prediction("zeros", "A tanh layer and an output, all weights and biases 0, three labels in ten are 1. Which "
                   "gradients are *not* zero?",
                   ["None: all are zero", "The output bias alone", "Both biases", "Output weights and output bias"],
                   gives_away=["bias needs neither", "share of ones", "all the \\*weights", "going to be zero"]),
        Prediction("constant", "Eight hidden units that all start with weights 0.02. How many *different* hidden "
                   "units are there after training?",
                   gives_away=["1 of 8", "no more than with one", "same gradients", "stay the same"]),
        Prediction("three_sizes", "Ten tanh layers of 64 units, weights with standard deviation 0.01. How large is "
                   "the signal behind the tenth layer (its standard deviation)?",
                   ["About a hundredth", "About a millionth", "Less than a billionth"],
                   gives_away=[r"5\.6e-12", "faded away", r"\b0\.08\b", "billionth"]),
        Prediction("culprit", "Two linear layers whose weights start with standard deviation 1. Which single change "
                   "raises the test accuracy more?",
                   ["Take the second layer away", "Scale the weights to 1/√fan_in",
                    "Both help alike, within half a percent"],
                   gives_away=["explains the loss", "scaled start", "left over from the start", "scores are random"],
                   reason=True),
        Prediction("six_sigmoids", "Six hidden layers of sigmoids, twenty epochs. Whose activations will have changed "
                   "most?",
                   ["The first layer's", "A middle layer's", "The last layer's", "All layers' alike"],
                   gives_away=["four to five times smaller", "stay where they started", "stayed where they started",
                               "mean change of an"]),
        Prediction("sevens", "Normalised with their own mean and standard deviation: how many of the sevens are now "
                             "read correctly?",
                   ["As many as before", "About half", "Fewer than one in ten"],
                   gives_away=["mean seven", r"\b0\.06\b", "not mixed"]),
        Prediction("pieces", "One tent has two straight pieces. Put five tents in a row, each feeding the next. How "
                   "many straight pieces?",
                   gives_away=["pieces double", "bends it in the middle", "32 (straight )?pieces", r"\b5 +10 +32",
                               "once more", "million pieces"]),
    ],
    questions=[
        Question("quarter", "Why do gradients vanish in a deep network of sigmoids?",
                 ["σ′ is at most 1/4, once a layer", "σ is never negative", "exp overflows"], 0,
                 "A product of many factors of at most 1/4, unless the weights make up for it."),
        Question("he",
                 "A ReLU layer has 200 inputs and 50 units. Which standard deviation does He's normal rule give its "
                 "weights?", ["2/200", "√(2/50)", "√(2/200)"], 2,
                 "A unit adds up its inputs: fan_in = 200. A standard deviation is the root of a variance."),
        Question("symmetry",
                 "All hidden weights start at 0.5, all output weights at 0.5. After training, how many different "
                 "hidden units are there?", ["As many as there are units", "One", "None: nothing is learned"], 1,
                 "Equal weights get equal gradients, so twins stay twins. Only a random start tells them apart."),
        Question("test_units",
                 "You normalise test images with the test set's own mean and std. What is wrong with that?",
                 ["Nothing", "They come in another unit than the training images", "The std could be 0"], 1,
                 "Statistics are fitted on the training set, once, and applied everywhere."),
    ],
    recall=["07.add", "02.sure", "00.axis"],
)

"""What lab 02 checks: one neuron's derivatives, the gradient check, and the training loop."""

import numpy as np

from course import sigmoid
from course.build import Exercise, LabChecks, Misconception, Part, Prediction, Question

OR_X = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
OR_Y = np.array([0.0, 1.0, 1.0, 1.0])


# dl_dp ----------------------------------------------------------------------------------------------------------


def loss_cases(rng):
    p = rng.uniform(0.1, 0.9, size=6)
    return [
        {"y": 1.0, "p": float(rng.uniform(0.1, 0.4))},
        {"y": 0.0, "p": float(rng.uniform(0.1, 0.4))},
        {"y": rng.integers(0, 2, size=6).astype(float), "p": p},
    ]


dl_dp = Exercise(
    "dl_dp",
    points=1,
    cases=loss_cases,
    misconceptions=[
        Misconception(
            "sign",
            lambda y, p: 2 * (y - p),
            "The sign is swapped. The inner derivative of y − p with respect to p is −1: outer times inner is "
            "2(y − p)·(−1). Test it in your head: p too small, target 1. More p makes the loss smaller, so the "
            "derivative must be negative.",
        ),
        Misconception(
            "factor 2 missing",
            lambda y, p: p - y,
            "Half of what it should be. The square brings down a factor 2. (Some books define the loss as ½(y − p)² "
            "to be rid of it; ours has no ½.)",
        ),
        Misconception(
            "the loss itself",
            lambda y, p: (y - p) ** 2,
            "This is the loss, not its derivative. The loss says how wrong; the derivative says how the loss changes "
            "when p grows a little.",
        ),
        Misconception(
            "whole path",
            lambda y, p: 2 * (p - y) * p * (1 - p),
            "One piece too far: p(1 − p) is the slope of the sigmoid, and its turn comes in the next exercise. Here only "
            "the way from p to the loss is asked for.",
        ),
        Misconception(
            "square kept",
            lambda y, p: 2 * (y - p) ** 2,
            "The 2 came down, and yet the square stayed. The derivative of u² is 2u, and then comes the inner derivative.",
        ),
        Misconception(
            "square kept, sign right",
            lambda y, p: -2 * (y - p) ** 2,
            "The 2 came down and the inner −1 is there, and yet the square stayed: the derivative of u² is 2u.",
        ),
        Misconception(
            "sign and factor",
            lambda y, p: y - p,
            "Two slips at once: the square brings down a 2, and the inner derivative of y − p is −1.",
        ),
    ],
    alternatives=[lambda y, p: -2 * (y - p), lambda y, p: 2 * p - 2 * y],
    hints=[
        "Chain rule: derivative of the square, times derivative of what is squared.",
        "The square gives `2 * (y - p)`. Now the inner derivative: what is the derivative of y − p with respect to p?",
        "It is −1, so the result is `-2 * (y - p)`. Written without the minus in front?",
    ],
)


# dp_dh ----------------------------------------------------------------------------------------------------------


def slope_cases(rng):
    return [
        {"p": float(rng.uniform(0.6, 0.9))},
        {"p": float(rng.uniform(0.05, 0.4))},
        {"p": rng.uniform(0.05, 0.95, size=5)},
    ]


dp_dh = Exercise(
    "dp_dh",
    points=1,
    cases=slope_cases,
    misconceptions=[
        Misconception(
            "sigmoid applied again",
            lambda p: sigmoid(p) * (1 - sigmoid(p)),
            "You sent p through the sigmoid once more. p *is* the sigmoid's output: σ(h) has already been computed, "
            "and the slope is written with it directly.",
        ),
        Misconception(
            "sign",
            lambda p: p * (p - 1),
            "Negative? A sigmoid climbs everywhere: its slope is never below zero. Look at the order of the "
            "difference.",
        ),
        Misconception(
            "only 1 − p",
            lambda p: 1 - p,
            "This is one factor of two. At the left end, where p is nearly 0, the sigmoid is flat, but 1 − p is "
            "nearly 1 there.",
        ),
        Misconception(
            "brackets",
            lambda p: p * 1 - p,
            "Nothing is left: Python multiplies first, and `p * 1 - p` is 0. The 1 − p wants brackets.",
        ),
        Misconception(
            "sigmoid itself",
            lambda p: sigmoid(p),
            "This is a sigmoid, not its slope, and p has been through one already.",
        ),
        Misconception(
            "1 − 2p",
            lambda p: 1 - 2 * p,
            "One derivative too many: 1 − 2p is the derivative of p(1 − p), and p(1 − p) is the slope already.",
        ),
        Misconception(
            "1 − p²",
            lambda p: 1 - p**2,
            "That is the slope of tanh, a cousin, given its output. The sigmoid's has p where tanh's has p².",
        ),
    ],
    alternatives=[lambda p: p - p**2, lambda p: p - p * p],
    hints=[
        "Differentiate σ(h) = 1/(1 + exp(−h)), then look for p and 1 − p in what you get.",
        "The derivative is exp(−h)/(1 + exp(−h))². One factor of the denominator makes a p; what is left is 1 − p.",
        "It is the product of p and 1 − p. Largest, 1/4, in the middle.",
    ],
)


# dh_dw ----------------------------------------------------------------------------------------------------------


dh_dw = Exercise(
    "dh_dw",
    points=1,
    cases=lambda rng: [{"x": rng.normal(size=2)}, {"x": rng.normal(size=4)}],
    misconceptions=[
        Misconception(
            "ones",
            lambda x: np.ones_like(x),
            "1 is the derivative with respect to the *bias*. A weight is multiplied by its input, so h changes by "
            "that input.",
        ),
        Misconception(
            "one",
            lambda x: 1,
            "1 is the derivative with respect to the *bias*. A weight is multiplied by its input, and there is one "
            "derivative for each weight.",
        ),
        Misconception(
            "two features only",
            lambda x: (x[0], x[1]),
            "Right for two features, but an example may have more: use x as a whole.",
        ),
        Misconception(
            "bias, too",
            lambda x: np.append(x, 1.0),
            "The 1 at the end belongs to the bias. Here only the weights are asked for.",
        ),
        Misconception(
            "summed",
            lambda x: np.sum(x),
            "One number for all weights? Each weight has a derivative of its own: the i-th is the i-th input.",
        ),
        Misconception(
            "zero",
            lambda x: np.zeros_like(x),
            "The inputs are fixed here and the weights move, not the other way round: h does change when a weight "
            "does.",
        ),
    ],
    alternatives=[lambda x: 1 * x, lambda x: [float(value) for value in x]],
    hints=[
        "Write out h = w1·x1 + w2·x2 + b and differentiate with respect to w1. Then w2.",
        "∂h/∂w1 = x1, ∂h/∂w2 = x2. As a vector?",
        "The vector of those derivatives is an old acquaintance: it came in as the argument.",
    ],
)


# gradient -------------------------------------------------------------------------------------------------------


def one_example(rng, n, y):
    return {
        "x": rng.normal(size=n),
        "y": y,
        "w": rng.normal(size=n),
        "b": float(rng.normal()),
    }


def gradient_cases(rng):
    return [one_example(rng, 2, 1.0), one_example(rng, 2, 0.0), one_example(rng, 5, 1.0)]


def _dh(x, y, w, b):
    p = sigmoid(x @ w + b)
    return 2 * (p - y) * p * (1 - p)


def gradient_by_loop(x, y, w, b):
    p = 1 / (1 + np.exp(-(sum(wi * xi for wi, xi in zip(w, x, strict=True)) + b)))
    return [-2 * (y - p) * p * (1 - p) * xi for xi in x], -2 * (y - p) * p * (1 - p)


def gradient_of_h(x, y, w, b):
    h = x @ w + b
    dh = 2 * (sigmoid(h) - y) * h * (1 - h)
    return dh * x, dh


def gradient_twice_squashed(x, y, w, b):
    p = sigmoid(x @ w + b)
    dh = 2 * (p - y) * sigmoid(p) * (1 - sigmoid(p))
    return dh * x, dh


def gradient_without_slope(x, y, w, b):
    dh = 2 * (sigmoid(x @ w + b) - y)
    return dh * x, dh


def gradient_without_sigmoid(x, y, w, b):
    dh = 2 * (x @ w + b - y)
    return dh * x, dh


def gradient_without_squashing(x, y, w, b):
    h = x @ w + b
    dh = 2 * (h - y) * h * (1 - h)
    return dh * x, dh


def gradient_of_added_pieces(x, y, w, b):
    p = sigmoid(x @ w + b)
    dh = 2 * (p - y) + p * (1 - p)
    return dh * x, dh


def gradient_of_unsummed(x, y, w, b):
    p = sigmoid(x * w + b)
    dh = 2 * (p - y) * p * (1 - p)
    return dh * x, dh


gradient = Exercise(
    "gradient",
    points=[Part("the weights, dw", 2, component="dw"), Part("the bias, db", 1, component="db")],
    cases=gradient_cases,
    returns=["dw", "db"],
    misconceptions=[
        Misconception(
            "sign",
            lambda x, y, w, b: (-_dh(x, y, w, b) * x, -_dh(x, y, w, b)),
            "Every number is right but for its sign. The derivative of (y − p)² with respect to p is 2(p − y), "
            "not 2(y − p). (Or y and p changed places in a call of `dl_dp`.)",
        ),
        Misconception(
            "factor 2 missing",
            lambda x, y, w, b: (_dh(x, y, w, b) / 2 * x, _dh(x, y, w, b) / 2),
            "Half of what it should be: the 2 that the square brings down is missing.",
        ),
        Misconception(
            "slope of the sigmoid missing",
            gradient_without_slope,
            "The path leads through the sigmoid, and its slope p(1 − p) belongs in the product. Without it you have "
            "the gradient of a neuron that has no sigmoid.",
        ),
        Misconception(
            "slope taken at h",
            gradient_of_h,
            "You wrote h(1 − h). The slope of the sigmoid is p(1 − p), with the sigmoid's *output*. Easily mixed up: "
            "h stands before the sigmoid, p behind it.",
        ),
        Misconception(
            "sigmoid applied twice",
            gradient_twice_squashed,
            "The slope was computed from σ(p). p has been through the sigmoid already: its slope is p(1 − p).",
        ),
        Misconception(
            "no sigmoid forward",
            gradient_without_sigmoid,
            "The forward pass forgot the sigmoid: p is σ(w·x + b), and you went on with w·x + b itself.",
        ),
        Misconception(
            "h for p",
            gradient_without_squashing,
            "The sigmoid is missing: you went on with h where p is meant, in both pieces. p is σ(h).",
        ),
        Misconception(
            "pieces added",
            gradient_of_added_pieces,
            "The pieces are added somewhere. Along a path rates *multiply*: twice as steep, then three times as steep, is "
            "six times as steep.",
        ),
        Misconception(
            "not added up",
            gradient_of_unsummed,
            "`x * w` weighs the inputs but does not add them up, so there is one h for each feature. `x @ w` does both.",
        ),
        Misconception(
            "divided by the features",
            lambda x, y, w, b: (_dh(x, y, w, b) * x / len(x), _dh(x, y, w, b) / len(x)),
            "Divided by the number of features. There is no mean to take: x is one single example.",
        ),
        Misconception(
            "two features only",
            lambda x, y, w, b: (_dh(x, y, w, b) * x[:2], _dh(x, y, w, b)),
            "Right for two features, but an example may have more: multiply by x as a whole.",
        ),
        Misconception(
            "1 for the bias",
            lambda x, y, w, b: (_dh(x, y, w, b) * x, 1.0),
            "dw is right. ∂h/∂b is 1, but the path does not end at h: db is ∂ℓ/∂h times that 1.",
        ),
        Misconception(
            "times the weights",
            lambda x, y, w, b: (_dh(x, y, w, b) * w, _dh(x, y, w, b)),
            "dw came out as something times w. In h = w·x + b the partner of each weight is its *input*: ∂h/∂w = x. "
            "(A published talk has this very slip; you will meet it in lab 03.)",
        ),
        Misconception(
            "bias times b",
            lambda x, y, w, b: (_dh(x, y, w, b) * x, _dh(x, y, w, b) * b),
            "dw is right. In db you multiplied by b, but ∂h/∂b is 1: the bias is a weight whose input is always 1.",
        ),
        Misconception(
            "bias forgotten",
            lambda x, y, w, b: (_dh(x, y, w, b) * x, 0.0),
            "dw is right, but db is 0, as if the bias did not matter. It moves h like a weight whose input is 1.",
        ),
        Misconception(
            "order swapped",
            lambda x, y, w, b: (_dh(x, y, w, b), _dh(x, y, w, b) * x),
            "Both are there, in the other order: return dw first, then db.",
        ),
        Misconception(
            "bias not in the sum",
            lambda x, y, w, b: (_dh(x, y, w, 0.0) * x, _dh(x, y, w, 0.0)),
            "It looks as if the forward pass left out the bias: h is w·x *plus b*.",
        ),
    ],
    alternatives=[
        gradient_by_loop,
        lambda x, y, w, b: (np.multiply(_dh(x, y, w, b), x), np.array(_dh(x, y, w, b))),
    ],
    hints=[
        "Forward first: h, then p. Then multiply the three pieces along the way back.",
        "dw and db share ∂ℓ/∂h = ∂ℓ/∂p · ∂p/∂h. Compute it once; only the last factor differs.",
        "With `dh = dl_dp(y, p) * dp_dh(p)`: dw is dh times ∂h/∂w, and db is dh times 1.",
    ],
)


# numeric_gradient -----------------------------------------------------------------------------------------------


def numeric_cases(rng):
    return {
        "small steps": [
            {"f": "sum of cubes", "theta": rng.uniform(0.5, 1.5, size=3), "eps": 1e-6},
            {"f": "weighted squares", "theta": rng.uniform(0.5, 1.5, size=4), "eps": 1e-5},
        ],
        "any shape": [
            {"f": "product of cosines", "theta": rng.uniform(0.2, 0.9, size=(2, 3)), "eps": 1e-5},
            {"f": "exponential of the sum", "theta": np.array(rng.uniform(-0.5, 0.5)), "eps": 1e-5},
        ],
        "large steps": [
            {"f": "sum of cubes", "theta": rng.uniform(0.5, 1.5, size=3), "eps": 0.3},
            {"f": "exponential of the sum", "theta": rng.uniform(-0.5, 0.5, size=2), "eps": 0.5},
        ],
    }


def central_with_copies(f, theta, eps=1e-6):
    theta = np.asarray(theta, dtype=float)
    flat = []
    for i in range(theta.size):
        up, down = theta.copy(), theta.copy()
        up.flat[i] += eps
        down.flat[i] -= eps
        flat.append((f(up) - f(down)) / eps / 2)
    return np.array(flat).reshape(theta.shape)


def central_restoring(f, theta, eps=1e-6):
    grad = np.empty(theta.shape)
    for i in np.ndindex(theta.shape):
        old = float(theta[i])
        theta[i] = old + eps
        up = f(theta)
        theta[i] = old - eps
        down = f(theta)
        theta[i] = old
        grad[i] = (up - down) / (2 * eps)
    return grad


def one_sided(f, theta, eps=1e-6):
    grad = np.zeros(theta.shape)
    for i in np.ndindex(theta.shape):
        nudge = np.zeros(theta.shape)
        nudge[i] = eps
        grad[i] = (f(theta + nudge) - f(theta)) / eps
    return grad


def backward_sided(f, theta, eps=1e-6):
    return -one_sided(lambda t: f(2 * theta - t), theta, eps)


def without_the_two(f, theta, eps=1e-6):
    return 2 * central_with_copies(f, theta, eps)


def all_at_once(f, theta, eps=1e-6):
    return (f(theta + eps) - f(theta - eps)) / (2 * eps)


def all_at_once_in_each(f, theta, eps=1e-6):
    return np.full(theta.shape, all_at_once(f, theta, eps))


def flattened(f, theta, eps=1e-6):
    return central_with_copies(f, theta, eps).ravel()


def left_nudged(f, theta, eps=1e-6):
    grad = np.zeros(theta.shape)
    theta = theta.copy()
    for i in np.ndindex(theta.shape):
        theta[i] += eps
        up = f(theta)
        theta[i] -= 2 * eps
        grad[i] = (up - f(theta)) / (2 * eps)
    return grad


def ignores_eps(f, theta, eps=1e-6):
    return central_with_copies(f, theta, 1e-6)


def half_bracketed(f, theta, eps=1e-6):
    return central_with_copies(f, theta, eps) * eps * eps


def difference_unbracketed(f, theta, eps=1e-6):
    grad = np.zeros(theta.shape)
    for i in np.ndindex(theta.shape):
        nudge = np.zeros(theta.shape)
        nudge[i] = eps
        grad[i] = f(theta + nudge) - f(theta - nudge) / (2 * eps)
    return grad


def without_copies(f, theta, eps=1e-6):
    grad = np.zeros(theta.shape)
    for i in np.ndindex(theta.shape):
        up = theta
        up[i] += eps
        down = theta
        down[i] -= eps
        grad[i] = (f(up) - f(down)) / (2 * eps)
    return grad


def whole_rows(f, theta, eps=1e-6):
    grad = np.zeros(theta.shape)
    for i in range(len(theta)):
        up, down = theta.copy(), theta.copy()
        up[i] += eps
        down[i] -= eps
        grad[i] = (f(up) - f(down)) / (2 * eps)
    return grad


def vectors_only(f, theta, eps=1e-6):
    grad = np.zeros(len(theta))
    for i in range(len(theta)):
        nudge = np.zeros(len(theta))
        nudge[i] = eps
        grad[i] = (f(theta + nudge) - f(theta - nudge)) / (2 * eps)
    return grad


def entry_by_entry(f, theta, eps=1e-6):
    return [(f(t + eps) - f(t - eps)) / (2 * eps) for t in theta]


def first_entry_only(f, theta, eps=1e-6):
    grad = np.zeros(theta.shape)
    first = (0,) * theta.ndim
    grad[first] = central_with_copies(f, theta, eps)[first]
    return grad


numeric_gradient = Exercise(
    "numeric_gradient",
    points=[
        Part("small ε", 1, group="small steps"),
        Part("any shape", 1, group="any shape"),
        Part("large ε: both sides", 1, group="large steps"),
    ],
    cases=numeric_cases,
    probe="call_on_function",
    rtol=1e-5,
    atol=1e-7,
    misconceptions=[
        Misconception(
            "one-sided",
            one_sided,
            "You look to one side only, (f(θ + ε) − f(θ))/ε. With a small ε nobody notices; with a large one the "
            "curvature shows. Look to both sides and divide by 2ε.",
        ),
        Misconception(
            "one-sided, to the left",
            backward_sided,
            "You look to the left only, (f(θ) − f(θ − ε))/ε. Look to both sides and divide by 2ε.",
        ),
        Misconception(
            "2 missing",
            without_the_two,
            "Twice too large. From θ − ε to θ + ε it is a way of 2ε: divide by that.",
        ),
        Misconception(
            "all entries at once",
            all_at_once,
            "You nudge all entries together and get one number. A gradient has one entry for each entry of θ: nudge "
            "them one at a time.",
        ),
        Misconception(
            "all entries at once, in each place",
            all_at_once_in_each,
            "Every entry of your gradient is the same: `theta + eps` nudges them *all*. Nudge one entry at a time.",
        ),
        Misconception(
            "flattened",
            flattened,
            "The numbers are right, but the shape is lost: the gradient has the shape of θ. `reshape(theta.shape)` "
            "or an index from `np.ndindex(theta.shape)` keeps it.",
        ),
        Misconception(
            "nudge not taken back",
            left_nudged,
            "The first entry is right, and then it drifts: after each entry θ must be put back where it was. You "
            "leave it at θ − ε.",
        ),
        Misconception(
            "brackets of 2ε",
            half_bracketed,
            "`/ 2 * eps` divides by 2 and then *multiplies* by ε. Brackets: `/ (2 * eps)`.",
        ),
        Misconception(
            "brackets of the difference",
            difference_unbracketed,
            "Only the second term is divided: the whole difference wants brackets, `(f(…) - f(…)) / (2 * eps)`.",
        ),
        Misconception(
            "no copy",
            without_copies,
            "`up = theta` makes no copy, only a second name: `up` and `down` are one array, and the two nudges cancel. "
            "`theta.copy()` makes another one.",
        ),
        Misconception(
            "whole rows",
            whole_rows,
            "For vectors it is right. In a matrix `[i]` is a whole *row*, and all of it was nudged at once. "
            "`np.ndindex(theta.shape)` names every single entry, in any shape.",
        ),
        Misconception(
            "vectors only",
            vectors_only,
            "For vectors it is right. A matrix has more entries than `len(theta)`: `np.zeros(theta.shape)` is as large as "
            "θ, and `np.ndindex(theta.shape)` names every entry, in any shape.",
        ),
        Misconception(
            "f of one entry",
            entry_by_entry,
            "f was given one entry of θ alone. It wants all of θ, with that one entry nudged.",
        ),
        Misconception(
            "returned in the first round",
            first_entry_only,
            "Only the first entry is filled in: the `return` stands inside the loop. Move it to the left.",
        ),
        Misconception(
            "ε ignored",
            ignores_eps,
            "Your function works with a step of its own and ignores the `eps` it is given.",
        ),
    ],
    alternatives=[central_with_copies, central_restoring],
    hints=[
        "Start from `grad = np.zeros_like(theta)` and fill in one entry after another.",
        "`for i in np.ndindex(theta.shape)` walks through all entries of any shape. In each round make a `nudge` that "
        "is zero everywhere and eps at i.",
        "The entry is `f(theta + nudge)` minus `f(theta - nudge)`, over twice eps.",
    ],
)


# batch_gradient -------------------------------------------------------------------------------------------------


def batch(rng, N, n):
    return {
        "X": rng.normal(size=(N, n)),
        "y": rng.integers(0, 2, size=N).astype(float),
        "w": rng.normal(size=n),
        "b": float(rng.normal()),
    }


def batch_cases(rng):
    return [batch(rng, 5, 2), batch(rng, 7, 3), batch(rng, 3, 3)]


def batch_by_loop(X, y, w, b):
    rows = [gradient_by_loop(x, t, w, b) for x, t in zip(X, y, strict=True)]
    return np.mean([dw for dw, _ in rows], axis=0), np.mean([db for _, db in rows])


def batch_by_broadcast(X, y, w, b):
    dh = _dh(X, y, w, b)
    return (X * dh[:, None]).mean(axis=0), dh.mean()


def batch_summed(X, y, w, b):
    dh = _dh(X, y, w, b)
    return X.T @ dh, dh.sum()


def batch_bias_summed(X, y, w, b):
    dh = _dh(X, y, w, b)
    return X.T @ dh / len(X), dh.sum()


def batch_of_last(X, y, w, b):
    dh = _dh(X[-1], y[-1], w, b)
    return dh * X[-1] / len(X), dh / len(X)


def batch_only_last(X, y, w, b):
    dh = _dh(X[-1], y[-1], w, b)
    return dh * X[-1], dh


def batch_per_row(X, y, w, b):
    dh = _dh(X, y, w, b)
    return X * dh[:, None], dh


def batch_of_mean_example(X, y, w, b):
    x, t = X.mean(axis=0), y.mean()
    dh = _dh(x, t, w, b)
    return dh * x, dh


def batch_over_features(X, y, w, b):
    dh = _dh(X, y, w, b)
    return X.T @ dh / X.shape[1], dh.mean()


def batch_divided_by(count):
    return lambda X, y, w, b: (X.T @ _dh(X, y, w, b) / count(X), _dh(X, y, w, b).sum() / count(X))


def batch_without_slope(X, y, w, b):
    dh = 2 * (sigmoid(X @ w + b) - y)
    return X.T @ dh / len(X), dh.mean()


def batch_mean_times_mean(X, y, w, b):
    dh = _dh(X, y, w, b).mean()
    return dh * X.mean(axis=0), dh


def batch_product_with_rows(X, y, w, b):
    dh = _dh(X, y, w, b)
    return X @ dh / len(X), dh.mean()


def batch_unraised(X, y, w, b):
    dh = _dh(X, y, w, b)
    return (dh * X).mean(axis=0), dh.mean()


batch_gradient = Exercise(
    "batch_gradient",
    points=[Part("the weights, dw", 2, component="dw"), Part("the bias, db", 1, component="db")],
    cases=batch_cases,
    returns=["dw", "db"],
    misconceptions=[
        Misconception(
            "sum for mean",
            batch_summed,
            "You added up the examples; the loss is their *mean*. Divide by N, or the step grows with the size of "
            "the data set.",
        ),
        Misconception(
            "bias summed",
            batch_bias_summed,
            "dw is a mean, but db is still a sum. Both belong to the same loss: divide both by N.",
        ),
        Misconception(
            "one row an example",
            batch_per_row,
            "You have one gradient for each example, side by side. Their mean over the examples (axis 0) is asked for.",
        ),
        Misconception(
            "last example overwrites",
            batch_of_last,
            "Only the last example is left in there: inside the loop something is set (`=`) that should be added "
            "(`+=`).",
        ),
        Misconception(
            "last example only",
            batch_only_last,
            "This is the gradient of the last example alone: the loop overwrites the others.",
        ),
        Misconception(
            "gradient at the mean example",
            batch_of_mean_example,
            "You averaged the examples first and differentiated once. The sigmoid is curved, so the mean of the "
            "gradients is not the gradient at the mean.",
        ),
        Misconception(
            "mean times mean",
            batch_mean_times_mean,
            "db is right. For dw you took two means and multiplied them, but each example brings its *own* x to its own "
            "∂ℓ/∂h: multiply first, then take the mean.",
        ),
        Misconception(
            "slope of the sigmoid missing",
            batch_without_slope,
            "The slope of the sigmoid, p(1 − p), is missing in the product.",
        ),
        Misconception(
            "bias not in the sum",
            lambda X, y, w, b: batch_by_broadcast(X, y, w, 0.0),
            "It looks as if the forward pass left out the bias: h is X @ w *plus b*.",
        ),
        Misconception(
            "X @ dh",
            batch_product_with_rows,
            "X has shape (N, n) and there are N values of ∂ℓ/∂h: the two axes of size N must meet. `X.T @ …` lets them.",
        ),
        Misconception(
            "one factor a column",
            batch_unraised,
            "(N,) times (N, n): aligned from the right, N meets n. Stand the N values upright with `[:, None]`, or let "
            "`X.T @ …` weigh the rows.",
        ),
        Misconception(
            "always four examples",
            batch_divided_by(lambda X: 4),
            "OR has four examples, another table has not. N is `len(X)`.",
        ),
        Misconception(
            "divided by the features",
            batch_over_features,
            "You divided by the number of features, X.shape[1]. The mean runs over the examples: X.shape[0], or "
            "len(X).",
        ),
        Misconception(
            "sign",
            lambda X, y, w, b: tuple(-part for part in batch_by_broadcast(X, y, w, b)),
            "Right but for the sign: the derivative of (y − p)² with respect to p is 2(p − y).",
        ),
        Misconception(
            "factor 2 missing",
            lambda X, y, w, b: tuple(part / 2 for part in batch_by_broadcast(X, y, w, b)),
            "Half of what it should be: the 2 that the square brings down is missing.",
        ),
    ],
    alternatives=[batch_by_loop, batch_by_broadcast],
    hints=[
        "The mean of the gradients of the single examples: a loop over the rows with your `gradient` is a fine start.",
        "Without a loop: `p` and `dh` become arrays with one entry a row. Each row of X is to be weighted with its "
        "entry of dh, and the rows averaged.",
        "Weighting rows and adding them up is the product `X.T @ dh`. Divide by `len(X)`; for the bias, the mean of dh.",
    ],
)


# update ---------------------------------------------------------------------------------------------------------


def both_signs(rng, size):
    """Draw numbers of which the first is negative and the second is positive."""
    return rng.uniform(0.5, 2, size=size) * np.append([-1, 1], rng.choice([-1, 1], size=size - 2))


def update_cases(rng):
    return [
        {"value": float(rng.normal()), "grad": float(rng.uniform(0.5, 2)), "lr": float(rng.uniform(0.1, 0.4))},
        {"value": rng.normal(size=3), "grad": both_signs(rng, 3), "lr": float(rng.uniform(0.1, 0.4))},
        {"value": rng.normal(size=(2, 2)), "grad": both_signs(rng, 4).reshape(2, 2), "lr": 2.0},
    ]


def update_in_place(value, grad, lr):
    value -= lr * grad
    return value


update = Exercise(
    "update",
    points=1,
    cases=update_cases,
    misconceptions=[
        Misconception(
            "with the gradient",
            lambda value, grad, lr: value + lr * grad,
            "You climb. The gradient points to where the loss *grows*; learning goes the other way.",
        ),
        Misconception(
            "learning rate forgotten",
            lambda value, grad, lr: value - grad,
            "The direction is right, but `lr` is not used: the step would always be as long as the gradient.",
        ),
        Misconception(
            "always downwards",
            lambda value, grad, lr: value - lr * np.abs(grad),
            "For a positive gradient it is right. Where the gradient is negative, downhill lies on the other side: leave "
            "its sign to it.",
        ),
        Misconception(
            "the step only, unsigned",
            lambda value, grad, lr: lr * grad,
            "This is the length of the step. Take it away from the old value.",
        ),
        Misconception(
            "the step only",
            lambda value, grad, lr: -lr * grad,
            "This is the step, not where it leads: add it to the old value.",
        ),
        Misconception(
            "in place",
            update_in_place,
            "Right numbers, but `value -= …` changes the caller's array: after your call the old value is gone. "
            "Write `value - …` and return the new one.",
        ),
        Misconception(
            "divided by the learning rate",
            lambda value, grad, lr: value - grad / lr,
            "You divide by `lr`. A larger learning rate is meant to give a longer step: multiply.",
        ),
    ],
    alternatives=[
        lambda value, grad, lr: value + (-lr) * grad,
        lambda value, grad, lr: np.subtract(value, np.multiply(lr, grad)),
    ],
    hints=[
        "The gradient points uphill. Where do you want to go, and how far?",
        "The step is as long as lr times the gradient, and points against it.",
        "New value = old value minus lr times grad.",
    ],
)


# train_neuron ---------------------------------------------------------------------------------------------------


def training(rng, N, n, steps):
    return {**batch(rng, N, n), "lr": float(rng.uniform(0.5, 2)), "steps": steps}


def training_cases(rng):
    return [training(rng, 4, 2, 3), training(rng, 6, 3, 20)]


def _mse(X, y, w, b):
    return np.mean((y - sigmoid(X @ w + b)) ** 2)


def train_with_array(X, y, w, b, lr, steps):
    theta, losses = np.append(w, b), np.zeros(steps)
    for i in range(steps):
        losses[i] = _mse(X, y, theta[:-1], theta[-1])
        dw, db = batch_by_broadcast(X, y, theta[:-1], theta[-1])
        theta = theta - lr * np.append(dw, db)
    return theta[:-1], theta[-1], losses


def train_by_while(X, y, w, b, lr, steps):
    losses = []
    w = w.copy()
    while len(losses) < steps:
        losses += [_mse(X, y, w, b)]
        dw, db = batch_by_loop(X, y, w, b)
        w -= lr * dw
        b -= lr * db
    return [w, b, losses]


def losses_after(X, y, w, b, lr, steps):
    losses = []
    for _ in range(steps):
        dw, db = batch_by_broadcast(X, y, w, b)
        w, b = w - lr * dw, b - lr * db
        losses.append(_mse(X, y, w, b))
    return w, b, losses


def one_loss_more(X, y, w, b, lr, steps):
    w, b, losses = train_with_array(X, y, w, b, lr, steps)
    return w, b, [*losses, _mse(X, y, w, b)]


def summed_losses(X, y, w, b, lr, steps):
    w, b, losses = train_with_array(X, y, w, b, lr, steps)
    return w, b, losses * len(X)


def bias_after_weights(X, y, w, b, lr, steps):
    losses = []
    for _ in range(steps):
        losses.append(_mse(X, y, w, b))
        w = w - lr * batch_by_broadcast(X, y, w, b)[0]
        b = b - lr * batch_by_broadcast(X, y, w, b)[1]
    return w, b, losses


def climbing(X, y, w, b, lr, steps):
    return train_with_array(X, y, w, b, -lr, steps)


def example_by_example(X, y, w, b, lr, steps):
    losses = []
    for _ in range(steps):
        losses.append(_mse(X, y, w, b))
        for x, t in zip(X, y, strict=True):
            dh = _dh(x, t, w, b)
            w, b = w - lr * dh * x, b - lr * dh
    return w, b, losses


def summed_gradient(X, y, w, b, lr, steps):
    return train_with_array(X, y, w, b, lr * len(X), steps)


def training_in_place(X, y, w, b, lr, steps):
    losses = []
    for _ in range(steps):
        losses.append(_mse(X, y, w, b))
        dw, db = batch_by_broadcast(X, y, w, b)
        w -= lr * dw
        b -= lr * db
    return w, b, losses


def gradient_once(X, y, w, b, lr, steps):
    dw, db = batch_by_broadcast(X, y, w, b)
    losses = []
    for _ in range(steps):
        losses.append(_mse(X, y, w, b))
        w, b = w - lr * dw, b - lr * db
    return w, b, losses


def returned_in_the_loop(X, y, w, b, lr, steps):
    return train_with_array(X, y, w, b, lr, 1)


def one_step_fewer(X, y, w, b, lr, steps):
    return train_with_array(X, y, w, b, lr, steps - 1)


def one_step_more(X, y, w, b, lr, steps):
    return train_with_array(X, y, w, b, lr, steps + 1)


def bias_at_rest(X, y, w, b, lr, steps):
    losses = []
    for _ in range(steps):
        losses.append(_mse(X, y, w, b))
        w = w - lr * batch_by_broadcast(X, y, w, b)[0]
    return w, b, losses


def last_loss_only(X, y, w, b, lr, steps):
    w, b, losses = train_with_array(X, y, w, b, lr, steps)
    return w, b, losses[-1]


def losses_first(X, y, w, b, lr, steps):
    w, b, losses = train_with_array(X, y, w, b, lr, steps)
    return losses, w, b


def loss_of_each_example(X, y, w, b, lr, steps):
    losses = []
    for _ in range(steps):
        losses.append((y - sigmoid(X @ w + b)) ** 2)
        dw, db = batch_by_broadcast(X, y, w, b)
        w, b = w - lr * dw, b - lr * db
    return w, b, losses


train_neuron = Exercise(
    "train_neuron",
    points=[
        Part("the weights, w", 1, component="w"),
        Part("the bias, b", 1, component="b"),
        Part("the losses", 2, component="losses"),
    ],
    cases=training_cases,
    returns=["w", "b", "losses"],
    misconceptions=[
        Misconception(
            "losses after the step",
            losses_after,
            "The weights are right. Your losses are written down *after* each step; `losses[0]` should be the loss "
            "you began with.",
        ),
        Misconception(
            "one loss too many",
            one_loss_more,
            "The weights are right, and so are the losses, but there is one more than there are steps: the loss "
            "after the last step is not asked for.",
        ),
        Misconception(
            "losses summed",
            summed_losses,
            "The weights are right. Your losses are sums over the examples; the *mean* squared error is asked for.",
        ),
        Misconception(
            "bias sees the new weights",
            bias_after_weights,
            "w is updated first, and then db is computed at the *new* w. Both gradients of a step belong to the old "
            "parameters: compute dw and db, then update both.",
        ),
        Misconception(
            "climbing",
            climbing,
            "The loss goes up: the steps go along the gradient, not against it.",
        ),
        Misconception(
            "example by example",
            example_by_example,
            "You take a step after every example (stochastic gradient descent, lab 09). Here each step uses the mean "
            "over all of them.",
        ),
        Misconception(
            "sum for mean",
            summed_gradient,
            "The steps are N times too long: the gradient was summed over the examples, not averaged.",
        ),
        Misconception(
            "mean taken twice",
            lambda X, y, w, b, lr, steps: train_with_array(X, y, w, b, lr / len(X), steps),
            "The steps are N times too short: `batch_gradient` has divided by N already.",
        ),
        Misconception(
            "learning rate forgotten",
            lambda X, y, w, b, lr, steps: train_with_array(X, y, w, b, 1.0, steps),
            "`lr` is not used: the steps are as long as the gradient, whatever the learning rate.",
        ),
        Misconception(
            "bias at rest",
            bias_at_rest,
            "The bias never moves. It is a parameter like the weights: give it its step, too.",
        ),
        Misconception(
            "one step fewer",
            one_step_fewer,
            "One step too few. `range(steps)` has `steps` rounds, from 0 to steps − 1.",
        ),
        Misconception(
            "one step more",
            one_step_more,
            "One step too many. `range(steps)` has `steps` rounds, from 0 to steps − 1.",
        ),
        Misconception(
            "last loss only",
            last_loss_only,
            "w and b are right. `losses` is one number, the last; a list of all of them is asked for, one before each "
            "step: make it before the loop, and `append` in it.",
        ),
        Misconception(
            "one loss an example",
            loss_of_each_example,
            "w and b are right. Your losses hold one number for each example; their mean is asked for, one number a step.",
        ),
        Misconception(
            "order",
            losses_first,
            "All three are there, in another order: `return w, b, losses`.",
        ),
        Misconception(
            "gradient computed once",
            gradient_once,
            "The gradient is computed once, before the loop. It changes with every step: compute it inside.",
        ),
        Misconception(
            "return inside the loop",
            returned_in_the_loop,
            "Only one step was taken: the `return` stands inside the loop. Move it four spaces to the left.",
        ),
        Misconception(
            "in place",
            training_in_place,
            "Right numbers, but `w -= …` changed the caller's starting weights, so a second run would begin where "
            "this one ended. `w = w - …` makes a new array.",
        ),
    ],
    alternatives=[train_with_array, train_by_while],
    hints=[
        "A loop of `steps` rounds. In each: write down the loss, compute the gradient, take the step.",
        "You have both tools: `batch_gradient` for dw and db, `update` for the step. The loss before the step is "
        "`np.mean((y - p) ** 2)` with p from the present w and b.",
        "Inside the loop: p, append the loss, `dw, db = batch_gradient(X, y, w, b)`, then both updates. After the "
        "loop: `return w, b, losses`.",
    ],
)


LAB = LabChecks(
    exercises=[dl_dp, dp_dh, dh_dw, gradient, numeric_gradient, batch_gradient, update, train_neuron],
    imports=["math", "numpy", "course.nn.activations"],
    predictions=[
        Prediction(
            "steepest",
            "How steep does the sigmoid get, at the most? Read it off the picture, as rise over run.",
            gives_away=[r"\b0\.25\b", r"\b1/4\b", "a quarter", "fourfold"],
        ),
        Prediction(
            "sure_and_wrong",
            "The target is 0. One neuron says 0.999, another says 0.5. How hard does the example pull at the h of the first, "
            "compared with the second?",
            ["Far harder", "About as hard", "Far less hard"],
            gives_away=[r"0\.0020", "nearly zero at both ends", "learns slowly"],
            reason=True,
        ),
        Prediction(
            "who_learns",
            "The example is x = (0, 1). Which parameters will a small nudge show to matter for its loss?",
            ["w1 and w2 and b", "w2 and b", "w1 and b", "b"],
            gives_away=["w2 and b", "cannot see", "input is not zero", r"-0\.2439"],
        ),
        Prediction(
            "eps",
            "We differentiate with ε = 0.1, then 0.01, and so on down to 1e-12. What happens to the error?",
            ["The smaller, the better", "Smaller helps at first, then hurts", "It makes no difference"],
            gives_away=["two errors", "rounding", "never gets that good", "hurts"],
        ),
        Prediction(
            "direction",
            "Ten steps *along* the gradient, where it points. What does the loss do?",
            ["It falls", "It rises", "It falls, then rises"],
            gives_away=[r"against (it|the gradient)\b", "uphill", r"grows\*? fastest", "it rises"],
        ),
        Prediction(
            "too_fast",
            "What will the loss do with lr = 100?",
            ["It falls fastest of all", "It jumps up and down for ever", "It grows without end", "It gets stuck"],
            gives_away=["gets stuck", "nearly 1", r"sigmoid is flat, p\(1", "no step leads back"],
        ),
    ],
    questions=[
        Question(
            "against",
            "The loss has gradient g at w. Which small step lowers it?",
            ["w + 0.01·g", "w − 0.01·g", "It depends on the sign of g"],
            1,
            "The gradient points uphill, component by component, whatever the signs are. The step goes against it.",
        ),
        Question(
            "sure",
            "A neuron says p = 0.999 and the target is 0. How large is its squared error's gradient?",
            ["Huge: it is very wrong", "Tiny: the sigmoid is flat there", "Exactly zero"],
            1,
            "2(p − y) is nearly 2, but p(1 − p) is about 0.001. Sure and wrong learns slowly.",
        ),
        Question(
            "central",
            "Why does a gradient check look to both sides, f(θ + ε) and f(θ − ε)?",
            ["To be twice as fast", "So that the curvature cancels", "To avoid dividing by zero"],
            1,
            "The one-sided quotient is off by about ε, the two-sided one by about ε².",
        ),
    ],
    recall=["00.broadcast", "01.tie", "01.xor"],
)

"""What lab 12 checks: dropout forwards and backwards, its ensemble view, Monte-Carlo dropout, two normalisations."""
# fmt: off

from itertools import cycle

import numpy as np

from course.build import Exercise, LabChecks, Slip, Part, Prediction, Question

# dropout_forward ------------------------------------------------------------------------------------------------

TEST_PROPERTIES = ("smallest factor on what is kept", "largest factor on what is kept")


def drop_case(rng, p_drop, train, N=10, n=64):
    """Activations away from zero, so that a dropped one shows; enough of them in a call that the share tells p_drop."""
    a = rng.uniform(0.5, 2.0, (N, n)) * rng.choice([-1, 1], (N, n))
    return {"a": a, "p_drop": p_drop, "seed": int(rng.integers(2**31)), "train": train}


def drop_bounds(inputs):
    if not inputs["train"]:
        kept = {"share kept": (1, 1)}
        return kept | dict.fromkeys(TEST_PROPERTIES, (1 - 1e-9, 1 + 1e-9)) | {"largest entry of the mask": (1, 1)}
    p = inputs["p_drop"]
    spread = 4.5 * np.sqrt(p * (1 - p) / (2 * inputs["a"].size))  # one in 100,000 right answers lies farther out
    factor = 1 / (1 - p)
    return {
        "share kept": (1 - p - spread, 1 - p + spread),
        "largest value where the mask drops": (0, 0),
        "smallest factor on what is kept": (factor - 1e-9, factor + 1e-9),
        "largest factor on what is kept": (factor - 1e-9, factor + 1e-9),
        "different rows in the mask": (len(inputs["a"]) - 2, len(inputs["a"])),
        "different masks in two calls": (2, 2),
        "masks that an equal rng repeats": (1, 1),
        "largest entry of the mask": (1, 1),
    }


FACTORS = "smallest factor on what is kept", "largest factor on what is kept"
OF_THE_MASK = (
    "largest value where the mask drops", "different rows in the mask", "different masks in two calls",
    "masks that an equal rng repeats", "largest entry of the mask",
)  # fmt: skip
HIDDEN = cycle(range(3))  # stands for the global generator: another mask at each of a case's three calls


def from_a_hidden_generator(a, p_drop, rng, train):
    mask = np.random.default_rng(next(HIDDEN)).random(a.shape) >= p_drop * train
    return a * mask / (1 - p_drop * train), mask


dropout_forward = Exercise(
    "dropout_forward",
    points=[
        Part("drops the right share", 1, group="training", component="share kept"),
        Part("scales what is kept", 1, group="training", component=FACTORS),
        Part("a fresh mask, entry by entry, from rng", 1, group="training", component=OF_THE_MASK),
        Part("at test time: nothing", 1, group="test"),
    ],
    cases=lambda rng: {
        "training": [
            drop_case(rng, round(rng.uniform(*p_drop), 2), True, N)
            for p_drop, N in zip([(0.15, 0.4), (0.6, 0.85)], rng.choice(range(10, 31, 4), 2, replace=False), strict=True)
        ],
        "test": [drop_case(rng, 0.5, False, n=16)],
    },
    probe="drop_repeatedly",
    measure="dropped",
    bounds=drop_bounds,
    slips=[
        Slip("not rescaled", {" / (1 - p_drop * train)": ""},
             "The mask is right, but the kept values must make up for the dropped units: with a quarter of them gone, "
             "the next layer's sums must not shrink by a quarter, because at test time they do not. *Divide* what is "
             "kept by 1 − p_drop."),
        Slip("scaled at test time", {" / (1 - p_drop * train)": " * (1 if train else 1 - p_drop)"},
             "You leave training as it is and multiply by 1 − p_drop at test time. The 2014 paper does it like that, "
             "and it works; here we scale in training instead (*inverted* dropout), so that test time needs nothing."),
        Slip("kept with p_drop", {">= p_drop": "< p_drop", "(1 - p_drop * train)": "(p_drop if train else 1)"},
             "You *keep* with probability p_drop. Some libraries, and PyCon17's talk, give the probability of "
             "keeping; p_drop is the probability of dropping: keep where `rng.random(...) >= p_drop`."),
        Slip("kept with p_drop, scaled for the other", {">= p_drop": "< p_drop"},
             "The scale is right, the share kept is not: with p_drop = 0.25, three quarters should stay. Is the "
             "comparison the wrong way round, or do you toss a fair coin? Keep where `rng.random(a.shape) >= p_drop`."),
        Slip("scaled by 1/p", {"(1 - p_drop * train)": "(p_drop if train else 1)"},
             "You divide by p_drop, the share that is *gone*. Divide by the share that is left, 1 − p_drop."),
        Slip("one mask for the whole batch",
             {"rng.random(a.shape)": "rng.random((1, a.shape[1])).repeat(len(a), axis=0)"},
             "Every example in the batch loses the same units. Each example should get a network of its own: draw as "
             "many random numbers as `a` has entries, `rng.random(a.shape)`."),
        Slip("active at test time", {" if train else np.ones(a.shape, bool)": "", " * train": ""},
             "You drop units at test time, too. The prediction would then change with every call. When `train` is "
             "False, return `a` as it is, and a mask of ones."),
        Slip("a fixed seed inside", {"rng.random": "np.random.default_rng(0).random"},
             "Each call drops the same units: you use a generator with a fixed seed. Those units then never learn. Use "
             "the `rng` that you are given."),
        Slip("NumPy's global generator", from_a_hidden_generator,
             "The mask does not come from `rng`: with an equal generator it differs, so nobody can repeat your run. "
             "`np.random.rand` draws from a hidden, global generator; `rng.random` draws from yours."),
    ],
    alternatives=[{"rng.random(a.shape) >= p_drop": "rng.binomial(1, 1 - p_drop, size=a.shape)"},
                  {"a * mask / (1 - p_drop * train), mask": "np.where(mask, a / (1 - p_drop * train), 0.0), mask.astype(int)"}],
    hints=[
        "There are two cases. Not training: nothing happens, and the mask is all ones. Training: draw, compare, "
        "multiply, divide.",
        "`rng.random(a.shape)` is uniform between 0 and 1; it is at least p_drop with probability 1 − p_drop: keep "
        "those.",
        "`mask = rng.random(a.shape) >= p_drop`, then `a * mask / (1 - p_drop)`; return both.",
    ],
)

# dropout_backward -----------------------------------------------------------------------------------------------
def backward_case(rng, shape, p_drop):
    mask = rng.random(shape) >= p_drop
    mask.flat[:2] = [True, False]
    return {"dout": rng.uniform(0.5, 2, shape) * rng.choice([-1, 1], shape), "mask": mask, "p_drop": p_drop}


dropout_backward = Exercise(
    "dropout_backward",
    points=2,
    cases=lambda rng: [backward_case(rng, (3, 4), 0.2), backward_case(rng, (2, 5), 0.7), backward_case(rng, (1, 6), 0.5)],
    slips=[
        Slip("not scaled", {" - p_drop": ""},
             "You use the mask but not the factor. The forward pass multiplies what is kept by 1/(1 − p_drop); the "
             "derivative of a number times a is that number."),
        Slip("mask not used", {"* mask ": ""},
             "A dropped unit has no part in the output, so its activation cannot change the loss: its gradient is 0. "
             "Multiply by the mask of the forward pass."),
        Slip("shrunk", {"dout * mask / (1 - p_drop": "(dout * mask * (1 - p_drop)"},
             "You multiply by 1 − p_drop. The derivative of a·mask/(1 − p_drop) divides by it, as the forward pass "
             "does."),
        Slip("divided by p_drop", {"1 - p_drop": "(1 * p_drop)"},
             "You divide by p_drop, the share that is gone. The forward pass divides by 1 − p_drop, the share left."),
        Slip("mask inverted", {"return dout * mask / (1 - p_drop)": "return dout * ~mask / (1 - p_drop)"},
             "You give the gradient to the dropped units and none to the kept ones. The mask is True for *kept* ones."),
        Slip("dropped ones not zeroed",
             {"return dout * mask / (1 - p_drop)": "return np.where(mask, dout / (1 - p_drop), dout)"},
             "The kept units are right. The dropped ones have no part in the output, so their gradient is 0."),
    ],
    alternatives=[
        lambda dout, mask, p_drop: np.where(mask, dout / (1 - p_drop), 0),
        lambda dout, mask, p_drop: (dout * (mask / (1 - p_drop))).tolist(),
    ],
    equivalent={"positive": ["`mask` is squared", "value of `mask`", "value of `1 - p_drop`", "value of `p_drop`"]},
    hints=[
        "The forward pass multiplies each entry by a number, mask/(1 − p_drop). What is the derivative of c·a?",
        "The same number, entry by entry. Do not draw again.",
        "`dout * mask / (1 - p_drop)`.",
    ],
)

# ensemble_mean --------------------------------------------------------------------------------------------------
def ensemble_case(rng, M, K):
    weights = rng.uniform(0.2, 1.0, M)
    return {"logits": rng.normal(scale=2.0, size=(M, K)), "mask_probs": weights / weights.sum()}


def _softmax(Z, axis=-1):
    E = np.exp(Z - Z.max(axis=axis, keepdims=True))
    return E / E.sum(axis=axis, keepdims=True)


def geometric(logits, mask_probs):
    return np.prod(_softmax(logits) ** np.asarray(mask_probs)[:, None], axis=0)


ensemble_mean = Exercise(
    "ensemble_mean",
    points=3,
    cases=lambda rng: [ensemble_case(rng, 4, 3), ensemble_case(rng, 8, 2), ensemble_case(rng, 2, 5)],
    slips=[
        Slip("arithmetic mean", lambda logits, mask_probs: mask_probs @ _softmax(logits),
             "This is the *arithmetic* mean of the networks' probabilities, like a vote in a committee. Take the "
             "geometric mean: multiply the probabilities, each to the power of its weight, then normalise."),
        Slip("not normalised", geometric,
             "The weighted product is right, but its entries do not sum to 1: divide by their sum."),
        Slip("weights ignored", lambda logits, mask_probs: _softmax(logits.mean(axis=0)),
             "You give all networks equal weight. A mask that drops many units may be rarer than one that drops few: "
             "weight each by its probability."),
        Slip("softmax over the networks", lambda logits, mask_probs: (lambda g: g / g.sum())(
                np.prod(_softmax(logits, 0) ** np.asarray(mask_probs)[:, None], axis=0)
            ),
             "Your softmax runs over the networks (axis 0). Each network has its own row, and its probabilities over "
             "the *classes* sum to 1."),
        Slip("mean of logits left as logits", {"return softmax": "return "},
             "You are halfway: this is the weighted mean of the logits. Return probabilities: a softmax is missing."),
        Slip("weights as factors",
             lambda logits, mask_probs: (lambda g: g / g.sum())(np.prod(_softmax(logits), axis=0)),
             "You multiply the probabilities, but the weights have no effect. (As *factors* they cancel when you "
             "normalise.) In (12.10) they are exponents."),
        Slip("arithmetic, weights ignored", lambda logits, mask_probs: _softmax(logits).mean(axis=0),
             "This is the plain *arithmetic* mean of the networks' probabilities. Take the weighted geometric mean: "
             "multiply the probabilities, each to the power of its weight, then normalise."),
        Slip("softmax of the arithmetic mean", lambda logits, mask_probs: _softmax(mask_probs @ _softmax(logits)),
             "You take the softmax twice: of the logits, and of a mean of probabilities. Average the *logarithms* of "
             "the probabilities (or the logits), then take one softmax."),
        Slip("logarithms left", lambda logits, mask_probs: mask_probs @ np.log(_softmax(logits)),
             "These are mean *logarithms* of probabilities. Undo the logarithm with `np.exp`, then divide by the sum."),
    ],
    alternatives=[
        lambda logits, mask_probs: (lambda g: g / g.sum())(geometric(logits, mask_probs)),
        lambda logits, mask_probs: (lambda z: np.exp(z) / np.exp(z).sum())(mask_probs @ np.log(_softmax(logits))),
    ],
    equivalent={"positive": ["value of `mask_probs`"]},
    hints=[
        "A geometric mean is an arithmetic mean of logarithms.",
        "log softmax(z) is z minus a number that is the same for all classes. When you normalise, that number cancels.",
        "So: the weighted mean of the rows of logits, `mask_probs @ logits`, and one softmax.",
    ],
)

# mc_dropout -----------------------------------------------------------------------------------------------------
def draws_case(rng, T, N, K):
    return {"draws": rng.uniform(0, 1, (T, N, K)), "X": rng.normal(size=(N, 2)), "T": T}


def running_sums(predict, X, T):
    total = squares = 0.0
    for _ in range(T):
        p = predict(X)
        total, squares = total + p, squares + p**2
    return total / T, np.sqrt(squares / T - (total / T) ** 2)


mc_dropout = Exercise(
    "mc_dropout",
    points=2,
    probe="call_on_draws",
    cases=lambda rng: [draws_case(rng, 5, 3, 2), draws_case(rng, 3, 1, 4)],
    returns=["mean", "std"],
    slips=[
        Slip("one pass, T times", {"[predict(X) for _ in range(T)]": "[predict(X)] * T"},
             "You call `predict` once, so the spread is 0. Call it T times: every call drops other units, so the "
             "answers differ. That is the point."),
        Slip("divided by T − 1", {"passes.std(axis=0": "passes.std(axis=0, ddof=1"},
             "Your std divides by T − 1. Divide by T, NumPy's default (`ddof=0`)."),
        Slip("variance", {"passes.std": "passes.var"},
             "That is the variance; the standard deviation is its root, and has the unit of the prediction."),
        Slip("of the mean", {"passes.std(axis=0)": "passes.std(axis=0) / np.sqrt(T)"},
             "You divide the standard deviation by √T: that says how well the *mean* is known. Return how far the "
             "answers are apart."),
        Slip("summed", {"passes.mean": "passes.sum"}, "These are sums of the T answers. For the mean, divide by T."),
        Slip("exchanged", {"passes.mean(axis=0), passes.std": "passes.std(axis=0), passes.mean"},
             "Mean and spread are right, but in the wrong order: `return mean, std`."),
        Slip("one pass too few", {"range(T)": "range(T - 1)"},
             "That is one answer too few: a loop over `range(T)` gives T answers."),
        Slip("last pass only", {"    return": "    passes = passes[-1:]\n    return"},
             "Only the last answer is left, so the spread is 0: each turn of the loop starts a new list (or sum)."),
        Slip("spread over the classes",
             {"passes.std(axis=0)": "passes.mean(axis=0).std(axis=1, keepdims=True) * np.ones(passes.shape[1:])"},
             "You take the spread over the classes. Take it over the T passes: how much does *this* class of *this* "
             "example vary from pass to pass?"),
    ],
    alternatives=[
        lambda predict, X, T: (lambda p: (sum(p) / T, np.std(p, axis=0)))([predict(X) for _ in range(T)]),
        running_sums,
    ],
    hints=[
        "Collect the T answers first.",
        "`np.stack` of a list of T arrays (N, K) is one array (T, N, K). Which axis are the passes?",
        "`passes.mean(axis=0), passes.std(axis=0)`.",
    ],
)

# batchnorm_forward ----------------------------------------------------------------------------------------------
def norm_inputs(rng, N, n):
    X = rng.normal(scale=rng.uniform(1, 3, n), size=(N, n)) + rng.uniform(1, 3, n) * (-1) ** np.arange(n)
    return {"X": X, "gamma": rng.uniform(1.5, 2.5, n) * (-1) ** np.arange(1, n + 1), "beta": rng.uniform(-1, 1, n)}


def batch_case(rng, N, n, train):
    running = {"mean": rng.uniform(-2, -1, n), "var": rng.uniform(4, 6, n)}
    settings = {"momentum": float(rng.uniform(0.7, 0.9)), "eps": float(rng.uniform(0.1, 0.3))}
    return norm_inputs(rng, N, n) | {"running": running, "train": train} | settings


SLIPS = [
    Slip("ε outside the root", {"np.sqrt(var + eps)": "(np.sqrt(var) + eps)"},
         "ε belongs *inside* the root here, √(var + ε). (In Adam and RMSProp it was outside. Nobody said that papers "
         "agree.)"),
    Slip("no ε", {" + eps": ""},
         "ε is missing under the root, √(var + ε). Where the variance is 0, you would divide by 0."),
    Slip("no root", {"np.sqrt(var + eps)": "(var + eps)"},
         "You divide by the variance. Divide by its root, the standard deviation, or the result has the unit 1/X."),
    Slip("not centred", {"(X - mean)": "X"},
         "You divide X by the standard deviation, but do not subtract its mean: X − mean."),
    Slip("γ forgotten", {"gamma * ": ""}, "You add β, but γ is missing: out = γ x̂ + β."),
    Slip("β forgotten", {" + beta": ""}, "You multiply by γ, but β is missing: out = γ x̂ + β."),
    Slip("γ and β forgotten", {"gamma * ": "", " + beta": ""},
         "You normalise and stop there. Multiply by gamma and add beta, unit by unit: they let the network undo the "
         "normalisation where that is better."),
    Slip("γ times β", {"(X - mean) / np.sqrt(var + eps) + beta": "((X - mean) / np.sqrt(var + eps) + beta)"},
         "Your γ multiplies β, too. It multiplies only x̂: γ x̂ + β."),
    Slip("γ and β exchanged", {"gamma *": "beta *", "+ beta": "+ gamma"},
         "γ and β are exchanged: γ multiplies, β is added."),
]


batchnorm_forward = Exercise(
    "batchnorm_forward",
    points=[
        Part("the output in training", 1, group="training", component="out"),
        Part("the running mean", 1, group="training", component="running mean"),
        Part("the running variance", 1, group="training", component="running var"),
        Part("at test time", 1, group="test"),
    ],
    probe="call_with_running",
    cases=lambda rng: {
        "training": [batch_case(rng, 5, 3, True), batch_case(rng, 4, 2, True)],
        "test": [batch_case(rng, 3, 2, False), batch_case(rng, 1, 3, False)],
    },
    returns=["out", "running mean", "running var"],
    slips=[
        Slip("batch statistics at test time",
             {"    if train:\n        mean, var = X.mean(axis=0), X.var(axis=0)\n": "    mean, var = X.mean(axis=0), X.var(axis=0)\n    if train:\n"},
             "At test time you still normalise with the current batch. Then a digit's prediction depends on the other "
             "digits in the batch, and a single digit becomes all zeros. Use the running mean and variance."),
        Slip("running variance not updated", {"momentum * running[\"var\"] + (1 - momentum) * var": "running[\"var\"]"},
             "You update the running mean but not the running variance. It needs the same line."),
        Slip("momentum the other way round",
             {"momentum * running": "(1 - momentum) * running", "+ (1 - momentum)": "+ momentum"},
             "momentum and 1 − momentum are swapped. Here a momentum of 0.9 keeps nine tenths of the *old* value. "
             "(PyTorch uses the same word for the other share. Read the line, not the name.)"),
        Slip("unbiased variance kept", {"momentum) * var": "momentum) * X.var(axis=0, ddof=1)"},
             "You update the running variance with the batch's variance divided by N − 1. Use the one that normalised "
             "the batch, divided by N (`ddof=0`)."),
        Slip("over the units",
             {"X.mean(axis=0), X.var(axis=0)": "X.mean(axis=1, keepdims=True), X.var(axis=1, keepdims=True)"},
             "You take mean and variance over the units of one example (axis 1). Each *unit* has its own, over the "
             "examples in the batch: axis 0."),
        Slip("over everything", {"X.mean(axis=0), X.var(axis=0)": "X.mean(), X.var()"},
             "You take one mean and one variance for the whole batch. Each unit has its own: `axis=0`."),
        Slip("standard deviation for variance", {"X.var": "X.std"},
             "You take the standard deviation where (12.4) says var: the root is then taken twice. `X.var(axis=0)`."),
        Slip("standard deviation kept", {"momentum) * var": "momentum) * X.std(axis=0)"},
             "You update the running variance with the batch's standard *deviation*. Use the variance."),
        Slip("running averages in training",
             {"    return gamma": "    mean, var = running[\"mean\"], running[\"var\"]\n    return gamma"},
             "In training you normalise with the running averages. They are for test time; training uses the batch's "
             "own mean and variance."),
        Slip("training and test exchanged", {"if train:": "if not train:"},
             "Training and test are exchanged: when `train` is True, use the batch's statistics and update the running "
             "ones."),
        *SLIPS,
    ],
    alternatives=[
        {"X.var(axis=0)": "((X - X.mean(axis=0)) ** 2).mean(axis=0)"},
        lambda X, gamma, beta, running, train, momentum, eps: (
            (X - (X.mean(0) if train else running["mean"]))
            * (gamma / np.sqrt((X.var(0) if train else running["var"]) + eps))
            + beta,
            {
                "mean": running["mean"] + (1 - momentum) * (X.mean(0) - running["mean"]) * train,
                "var": running["var"] + (1 - momentum) * (X.var(0) - running["var"]) * train,
            },
        ),
    ],
    equivalent={"positive": ["value of `1 - momentum`", "value of `momentum`", "value of `eps`", "value of `var`"]},
    hints=[
        "Which mean and variance? Training: the batch's, over axis 0. Test: the running ones. The rest is the same "
        "line.",
        "Training also makes a new `running`: momentum · old + (1 − momentum) · batch, for mean and var. Do not change "
        "the dictionary that you are given.",
        "`gamma * (X - mean) / np.sqrt(var + eps) + beta`.",
    ],
)

# layernorm_forward ----------------------------------------------------------------------------------------------
def layer_case(rng, N, n):
    return norm_inputs(rng, N, n) | {"eps": float(rng.uniform(0.1, 0.3))}


layernorm_forward = Exercise(
    "layernorm_forward",
    points=2,
    cases=lambda rng: [layer_case(rng, 4, 3), layer_case(rng, 2, 5)],
    slips=[
        Slip("over the batch", {"1, keepdims=True), X.var(axis=1, keepdims=True": "0), X.var(axis=0"},
             "That is batch normalisation: mean and variance over the examples. Layer normalisation takes them over "
             "the units of *one* example (axis 1), and needs neither a batch nor a running average."),
        Slip("over everything", {"axis=1, keepdims=True), X.var(axis=1, ": "keepdims=True), X.var("},
             "You take one mean for the whole array. Each example, each row, has its own: `axis=1, keepdims=True`."),
        Slip("divided by n − 1", {"X.var(axis=1, keepdims=True": "X.var(axis=1, keepdims=True, ddof=1"},
             "Your variance divides by n − 1. Divide by n, NumPy's default."),
        Slip("not centred for the variance",
             {"return gamma * (X - mean) / np.sqrt(var + eps) + beta": "return gamma * (X - X.mean(axis=1, keepdims=True)) / np.sqrt((X**2).mean(axis=1, keepdims=True) + eps) + beta"},
             "The variance is the mean square of X − mean; you take the mean square of X itself."),
        Slip("divided by the length",
             {"return gamma * (X - mean) / np.sqrt(var + eps) + beta": "return gamma * X / np.linalg.norm(X, axis=1, keepdims=True) + beta"},
             "You divide each row by its length. First subtract its mean, then divide by √(var + ε)."),
        *SLIPS,
    ],
    alternatives=[
        lambda X, gamma, beta, eps: [gamma * (x - x.mean()) / np.sqrt(x.var() + eps) + beta for x in X],
        {"X.mean(axis=1, keepdims=True), X.var(axis=1, keepdims=True)": "X.mean(axis=1)[:, None], X.var(axis=1)[:, None]"},
    ],
    equivalent={"the last axis": ["`axis=-1`"], "positive": ["value of `eps`", "value of `var`"]},
    hints=[
        "The same line as in batch normalisation; only mean and variance are taken along the other axis.",
        "They need the shape (N, 1) to work with X of shape (N, n): `keepdims=True`.",
        "`mean = X.mean(axis=1, keepdims=True)`, `var` likewise, then γ(X − mean)/√(var + ε) + β.",
    ],
)

# batchnorm_backward (no points) -----------------------------------------------------------------------------------
def norm_backward_case(rng, N, n):
    X, gamma, _ = norm_inputs(rng, N, n).values()
    return {"dout": rng.normal(size=(N, n)), "X": X, "gamma": gamma, "eps": float(rng.uniform(0.1, 0.3))}


def norm_backward_by_nodes(dout, X, gamma, eps):
    """Go back through mean, difference, square, variance and root one by one."""
    N = len(X)
    centred = X - X.mean(axis=0)
    scale = np.sqrt((centred**2).mean(axis=0) + eps)
    dxhat = dout * gamma
    dscale = -(dxhat * centred).sum(axis=0) / scale**2
    dcentred = dxhat / scale + dscale / (2 * scale) * 2 * centred / N
    return dcentred - dcentred.mean(axis=0), (dout * centred / scale).sum(axis=0), dout.sum(axis=0)


batchnorm_backward = Exercise(
    "batchnorm_backward",
    points=0,
    cases=lambda rng: [norm_backward_case(rng, 5, 3), norm_backward_case(rng, 3, 2)],
    returns=["dX", "dgamma", "dbeta"],
    slips=[
        Slip("mean and variance taken as constants", {" - d.mean(axis=0) - xhat * (d * xhat).mean(axis=0)": ""},
             "You treat mean and variance as constants. They change with every entry of X, so two more paths lead "
             "back: one through the mean, one through the variance."),
        Slip("path through the variance missing", {" - xhat * (d * xhat).mean(axis=0)": ""},
             "The path through the mean is right, the one through the variance is missing: x̂ · mean(∂L/∂x̂ · x̂)."),
        Slip("path through the mean missing", {" - d.mean(axis=0)": ""},
             "The path through the variance is right, the one through the mean is missing: mean(∂L/∂x̂)."),
        Slip("γ forgotten", {" * gamma": ""}, "dX lacks γ: first ∂L/∂x̂ = dout · γ, and from there back to X."),
        Slip("sums for means", {"d.mean(": "d.sum(", "(d * xhat).mean": "(d * xhat).sum"},
             "The two correction terms are means over the batch, not sums."),
        Slip("dgamma and dbeta exchanged",
             {"(dout * xhat).sum(axis=0), dout.sum": "dout.sum(axis=0), (dout * xhat).sum"},
             "dgamma and dbeta are exchanged: γ was multiplied by x̂, β was only added."),
        Slip("X for x̂", {"dout * xhat": "dout * X"},
             "You compute dgamma with X. γ was multiplied by x̂, the normalised X."),
    ],
    alternatives=[norm_backward_by_nodes],
    equivalent={"positive": ["value of `eps`", "value of `scale`"]},
    hints=[
        "x̂ = (X − mean)/scale; draw the graph. Three paths lead from x̂ back to X: direct, through the mean, through "
        "the variance.",
        "With d = dout · γ: the path through the mean subtracts mean(d), the one through the variance x̂ · mean(d · "
        "x̂), both over axis 0.",
        "`dX = (d - d.mean(axis=0) - xhat * (d * xhat).mean(axis=0)) / np.sqrt(X.var(axis=0) + eps)`.",
    ],
)


LAB = LabChecks(
    exercises=[
        dropout_forward, dropout_backward, ensemble_mean, mc_dropout, batchnorm_forward, layernorm_forward,
        batchnorm_backward,
    ],
    predictions=[
        Prediction("sums", "A unit adds up 1000 inputs that are all 1. In training a quarter of them are dropped, and "
                   "nothing is rescaled. At test time nothing is dropped. How many times as large is the sum then?",
                   gives_away=[r"1\.33", r"tfrac43", r"4/3", r"1 ?/ ?\(1 [-−] ", "times as loud"]),
        Prediction("bagging", "Twelve networks are each trained on their own sample of the digits. Their "
                   "probabilities vary from network to network. If you average three networks, how many times smaller "
                   "is the variance of the answer?",
                   gives_away=[r"sigma\^2 / k", r"divides the variance", "outvote"]),
        Prediction("which_mean", "There are eight thinned networks and one whole network. Which mean of the eight "
                                 "equals the output of the whole network?",
                   ["The arithmetic mean of their probabilities", "The normalised geometric mean", "Neither"],
                   gives_away=["asks all eight", "product of probabilities outside"], reason=True),
        Prediction("approximately", "How close is the whole network's answer to the geometric mean of the 1024 "
                   "thinned ones now?",
                   ["Equal to the last digit", "Close, but not equal", "Far apart"],
                   gives_away=["close, but not", "ReLU of a mean", "approximation"]),
        Prediction("both_losses", "The same network is trained with p_drop = 0.5, for as many epochs. What happens to "
                   "the loss on the *training* digits, measured with nothing dropped?",
                   ["It is lower than without", "It is higher than without"],
                   gives_away=["harder to learn", "higher than without", "does not turn up"]),
        Prediction("nonsense", "The pixels are shuffled, and twenty times as bright: this is nonsense. How sure is "
                   "the network of its best class, on average?",
                   ["About as sure as a coin, 50 %", "Between 60 and 90 %", "More than 90 %"],
                   gives_away=["sure of something", "not a measure", "more than 90"]),
        Prediction("twenty_layers", "Ten epochs for each of the two towers. Which of them learns to read digits?",
                   ["Both", "Only the normalised one", "Neither"],
                   gives_away=["only the normalised", "almost no gradient", "where it is steep"]),
    ],
    questions=[
        Question("scale", "p_drop = 0.8. By what is a kept activation multiplied during training?", ["0.8", "1.25", "5"],
                 2, "By 1/(1 − 0.8): a fifth is left, and it must make up for all."),
        Question("test_time", "At test time, batch normalisation uses …",
                 ["the statistics of the test batch", "the running statistics from training", "no statistics at all"], 1,
                 "Otherwise a prediction would depend on the other examples in the batch."),
        Question("back", "Which mask does dropout's backward pass use?",
                 ["A fresh one", "The one of the forward pass", "All ones"], 1,
                 "A unit that took no part gets no gradient."),
    ],
    imports=["math", "numpy", "course.nn.activations.relu", "course.nn.activations.softmax"],
    recall=["09.together", "09.gap", "03.scaler"],
)

"""What lab 02 checks: one neuron's derivatives, the gradient check, and the training loop."""

# fmt: off
import numpy as np

from course.build import Exercise, LabChecks, Slip, Part, Prediction, Question

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
    slips=[
        Slip("sign", {"p - y": "(y - p)"},
             "The sign is swapped. The inner derivative of y − p with respect to p is −1: outer times inner is 2(y − "
             "p)·(−1). Test it: if the target is 1 and p is too small, a larger p makes the loss smaller, so the "
             "derivative must be negative."),
        Slip("factor 2 missing", {"2": "1"},
             "This is half of what it should be. The derivative of a square has a factor 2. (Some books define the "
             "loss as ½(y − p)² to cancel it; ours has no ½.)"),
        Slip("the loss itself", {"2 * (p - y)": "(p - y) ** 2"},
             "This is the loss, not its derivative. The loss says how wrong p is; the derivative says how the loss "
             "changes when p grows a little."),
        Slip("whole path", {"(p - y)": "(p - y) * p * (1 - p)"},
             "This has one factor too many: p(1 − p) is the slope of the sigmoid, which comes in the next exercise. "
             "Return only the derivative of the loss with respect to p."),
        Slip("square kept", {"(p - y)": "(y - p) ** 2"},
             "The 2 is there, but you kept the square. The derivative of u² is 2u; then multiply by the inner "
             "derivative."),
    ],
    alternatives=[lambda y, p: -2 * (y - p), lambda y, p: 2 * p - 2 * y],
    equivalent={"y is 0 or 1, p is positive": ["`y` is squared", "value of `y`", "value of `p`"]},
    hints=[
        "Chain rule: derivative of the square, times derivative of what is squared.",
        "The square gives `2 * (y - p)`. Now the inner derivative: what is the derivative of y − p with respect to p?",
        "It is −1, so the result is `-2 * (y - p)`. Can you write it without the minus in front?",
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
    slips=[
        Slip("sigmoid applied again", {"p * (1 - p)": "sigmoid(p) * (1 - sigmoid(p))"},
             "You applied the sigmoid to p. But p *is* the sigmoid's output, σ(h), and the formula for the slope uses "
             "p directly."),
        Slip("sign", {"(1 - p)": "(p - 1)"},
             "Your slope is negative. A sigmoid rises everywhere, so its slope is never below zero. Look at the order "
             "of the difference."),
        Slip("only 1 − p", {"p * (1 - p)": "1 - p"},
             "This is only one of two factors. At the left end, where p is nearly 0, the sigmoid is flat, but 1 − p is "
             "nearly 1 there."),
        Slip("brackets", {"(1 - p)": "1 - p"},
             "The result is 0: Python multiplies first, and `p * 1 - p` is 0. Put brackets around the 1 − p."),
        Slip("sigmoid itself", {"p * (1 - p)": "sigmoid(p)"},
             "This is a sigmoid, not its slope, and p is already the output of one."),
        Slip("1 − 2p", {"p * (1 - p)": "1 - 2 * p"},
             "You differentiated twice: 1 − 2p is the derivative of p(1 − p), and p(1 − p) is the slope already."),
        Slip("1 − p²", {"p * (1 - p)": "1 - p**2"},
             "This is the slope of tanh, written with its output. Differentiate the sigmoid itself, 1/(1 + exp(−h))."),
    ],
    alternatives=[lambda p: p - p**2, lambda p: p - p * p],
    equivalent={"positive": ["value of `1 - p`", "value of `p`"]},
    hints=[
        "Differentiate σ(h) = 1/(1 + exp(−h)), then look for p and 1 − p in what you get.",
        "The derivative is exp(−h)/(1 + exp(−h))². Take out 1/(1 + exp(−h)), which is p; the rest is 1 − p.",
        "It is the product of p and 1 − p. It is largest, 1/4, at p = 1/2.",
    ],
)

# dh_dw ----------------------------------------------------------------------------------------------------------
dh_dw = Exercise(
    "dh_dw",
    points=1,
    cases=lambda rng: [{"x": rng.normal(size=2)}, {"x": rng.normal(size=4)}],
    slips=[
        Slip("ones", {"return x": "return np.ones_like(x)"},
             "1 is the derivative with respect to the *bias*. A weight is multiplied by its input, so h changes by "
             "that input."),
        Slip("one", {"return x": "return 1"},
             "1 is the derivative with respect to the *bias*. A weight is multiplied by its input, and there is one "
             "derivative for each weight."),
        Slip("two features only", {"return x": "return x[:2]"},
             "This is right for two features, but an example may have more: use all of x."),
        Slip("bias, too", {"return x": "return np.append(x, 1.0)"},
             "The 1 at the end belongs to the bias. Return only the derivatives for the weights."),
        Slip("summed", {"return x": "return x.sum()"},
             "You return one number for all weights. Each weight has its own derivative: the i-th is the i-th input."),
        Slip("zero", {"return x": "return 0 * x"},
             "You return zeros, but h does change when a weight changes. Here the inputs are fixed and the weights "
             "change, not the other way round."),
    ],
    alternatives=[{"return x": "return 1 * x"}, {"return x": "return [float(value) for value in x]"}],
    hints=[
        "Write out h = w1·x1 + w2·x2 + b and differentiate with respect to w1. Then w2.",
        "∂h/∂w1 = x1, ∂h/∂w2 = x2. As a vector?",
        "You have the vector of these derivatives already: it is the argument of the function.",
    ],
)

# gradient -------------------------------------------------------------------------------------------------------
def one_example(rng, n, y):
    return {"x": rng.normal(size=n), "y": y, "w": rng.normal(size=n), "b": float(rng.normal())}


def gradient_cases(rng):
    return [one_example(rng, 2, 1.0), one_example(rng, 2, 0.0), one_example(rng, 5, 1.0)]


gradient = Exercise(
    "gradient",
    points=[Part("the weights, dw", 2, component="dw"), Part("the bias, db", 1, component="db")],
    cases=gradient_cases,
    returns=["dw", "db"],
    slips=[
        Slip("sign", {"dl_dp(y, p)": "dl_dp(p, y)"},
             "Every number is right except for its sign. The derivative of (y − p)² with respect to p is 2(p − y), not "
             "2(y − p). (Or you swapped y and p in a call of `dl_dp`.)"),
        Slip("factor 2 missing", {"dl_dp(y, p)": "(p - y)"},
             "This is half of what it should be: the 2 from the derivative of the square is missing."),
        Slip("slope of the sigmoid missing", {" * dp_dh(p)": ""},
             "The slope of the sigmoid, p(1 − p), is missing in the product. Without it you have the gradient of a "
             "neuron that has no sigmoid."),
        Slip("slope taken at h", {"dp_dh(p)": "dp_dh(x @ w + b)"},
             "You wrote h(1 − h). The slope of the sigmoid is p(1 − p), with the sigmoid's *output*. It is easy to mix "
             "them up: h is the sigmoid's input, and p is its output."),
        Slip("sigmoid applied twice", {"dp_dh(p)": "dp_dh(sigmoid(p))"},
             "You computed the slope from σ(p). But p is already the sigmoid's output: the slope is p(1 − p)."),
        Slip("no sigmoid forward", {"dl_dp(y, p)": "dl_dp(y, x @ w + b)", " * dp_dh(p)": ""},
             "The sigmoid is missing in the forward pass: p is σ(w·x + b), and you used w·x + b itself."),
        Slip("h for p", {"sigmoid(x @ w + b)": "x @ w + b"},
             "The sigmoid is missing: both pieces use h where they need p. p is σ(h)."),
        Slip("not added up", {"x @ w": "(x * w)"},
             "`x * w` multiplies each input by its weight but does not add up, so there is one h for each feature. `x "
             "@ w` does both."),
        Slip("two features only", {"dh_dw(x)": "dh_dw(x)[:2]"},
             "This is right for two features, but an example may have more: multiply by all of x."),
        Slip("1 for the bias", {", dh ": ", 1.0 "},
             "dw is right. ∂h/∂b is 1, but db is the derivative of the loss: ∂ℓ/∂h times that 1."),
        Slip("bias forgotten", {", dh ": ", 0.0 "},
             "dw is right, but db is 0, as if the bias did not matter. It changes h like a weight whose input is 1."),
    ],
    alternatives=[{"dp_dh(p)": "p * (1 - p)", "dl_dp(y, p)": "-2 * (y - p)"}, {"x @ w": "sum(wi * xi for wi, xi in zip(w, x))"}],
    equivalent={"dh/dw is x": ["`dh_dw` is missing"], "vectors": ["`w @ x`"]},
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
    slips=[
        Slip("one-sided", {"f(theta - nudge)": "f(theta)", "(2 * eps)": "eps"},
             "You step to one side only, (f(θ + ε) − f(θ))/ε. With a small ε the error is tiny; with a large one the "
             "curvature shows. Step to both sides and divide by 2ε."),
        Slip("one-sided, to the left", {"f(theta + nudge)": "f(theta)", "(2 * eps)": "eps"},
             "You step to the left only, (f(θ) − f(θ − ε))/ε. Step to both sides and divide by 2ε."),
        Slip("2 missing", {"(2 * eps)": "eps"},
             "This is twice too large. The distance from θ − ε to θ + ε is 2ε: divide by that."),
        Slip("all entries at once", {"return grad": "return (f(theta + eps) - f(theta - eps)) / (2 * eps)"},
             "You nudge all entries together and get one number. A gradient has one entry for each entry of θ: nudge "
             "them one at a time."),
        Slip("all entries at once, in each place", {"nudge[i] = eps": "nudge[...] = eps"},
             "Every entry of your gradient is the same: `theta + eps` nudges *all* entries. Nudge one entry at a "
             "time."),
        Slip("flattened", {"return grad": "return grad.ravel()"},
             "The numbers are right, but the shape is lost: the gradient has the shape of θ. `reshape(theta.shape)` or "
             "an index from `np.ndindex(theta.shape)` keeps it."),
        Slip("nudge not taken back",
             {"    for i in": "    theta = theta.copy()\n    for i in", "grad[i] = (f(theta + nudge) - f(theta - nudge))": "theta += nudge\n        up = f(theta)\n        theta -= 2 * nudge\n        grad[i] = (up - f(theta))"},
             "The first entry is right, but the later ones are not: after each entry, set θ back to its old value. You "
             "leave it at θ − ε."),
        Slip("no copy", {"f(theta + nudge) - f(theta - nudge)": "f(theta) - f(theta)"},
             "`up = theta` makes no copy, only a second name: `up` and `down` are one array, and the two nudges "
             "cancel. `theta.copy()` makes a new array."),
        Slip("whole rows",
             {"np.ndindex(theta.shape)": "range(len(np.atleast_1d(theta)))", "nudge[i] = eps": "nudge[i if theta.ndim else ()] = eps", "grad[i] =": "grad[i if theta.ndim else ()] ="},
             "This is right for vectors. In a matrix, `[i]` is a whole *row*, and you nudged all of it at once. "
             "`np.ndindex(theta.shape)` gives the index of every single entry, in any shape."),
        Slip("f of one entry", {"return grad": "return [(f(t + eps) - f(t - eps)) / (2 * eps) for t in theta]"},
             "You gave f one entry of θ alone. f needs all of θ, with that one entry nudged."),
        Slip("returned in the first round", {"    return grad": "        return grad"},
             "Only the first entry is filled in: the `return` is inside the loop. Move it to the left."),
        Slip("ε ignored", {"grad = np": "eps = 1e-6\n    grad = np"},
             "Your function uses its own step and ignores the `eps` that it is given."),
    ],
    alternatives=[{"np.zeros_like(theta)": "np.zeros(np.shape(theta))", "(f(theta + nudge) - f(theta - nudge)) / (2 * eps)": "(f(theta + nudge) - f(theta - nudge)) / eps / 2"}, central_restoring],
    equivalent={"each entry is written": ["`ones_like` is used"], "of one shape": ["`grad` is used instead of `theta`"],
                "steps to both sides": ["value of `eps`", "value of `nudge`"]},
    hints=[
        "Start from `grad = np.zeros_like(theta)` and fill in one entry after another.",
        "`for i in np.ndindex(theta.shape)` goes through all entries of any shape. In each round make a `nudge` that "
        "is zero everywhere and eps at i.",
        "The entry is `f(theta + nudge)` minus `f(theta - nudge)`, divided by twice eps.",
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


batch_gradient = Exercise(
    "batch_gradient",
    points=[Part("the weights, dw", 2, component="dw"), Part("the bias, db", 1, component="db")],
    cases=batch_cases,
    returns=["dw", "db"],
    slips=[
        Slip("sum for mean", {" / len(X)": "", "dh.mean()": "dh.sum()"},
             "You added up the examples; the loss is their *mean*. Divide by N, or the step grows with the size of the "
             "data set."),
        Slip("bias summed", {"dh.mean()": "dh.sum()"},
             "dw is a mean, but db is still a sum. Both belong to the same loss: divide both by N."),
        Slip("one row an example", {"X.T @ dh / len(X), dh.mean()": "X * dh[:, None], dh"},
             "You return one gradient for each example. Take their mean over the examples (axis 0)."),
        Slip("last example overwrites", {"X.T @ dh / len(X), dh.mean()": "X[-1] * dh[-1] / len(X), dh[-1] / len(X)"},
             "Only the last example is left: inside the loop you set a value (`=`) where you should add to it (`+=`)."),
        Slip("last example only", {"X.T @ dh / len(X), dh.mean()": "X[-1] * dh[-1], dh[-1]"},
             "This is the gradient of the last example alone: the loop overwrites the others."),
        Slip("gradient at the mean example", {"p = sigmoid(": "X, y = X.mean(axis=0)[None], y.mean()\n    p = sigmoid("},
             "You averaged the examples first and differentiated once. The sigmoid is curved, so the mean of the "
             "gradients is not the gradient at the mean."),
        Slip("mean times mean", {"X.T @ dh / len(X)": "X.mean(axis=0) * dh.mean()"},
             "db is right. For dw you took two means and multiplied them, but each x belongs with the ∂ℓ/∂h of its "
             "*own* example: multiply first, then take the mean."),
        Slip("slope of the sigmoid missing", {" * dp_dh(p)": ""},
             "The slope of the sigmoid, p(1 − p), is missing in the product."),
        Slip("bias not in the sum", {" + b": ""},
             "It looks as if the forward pass left out the bias: h is X @ w *plus b*."),
        Slip("X @ dh", {"X.T @ dh": "X @ dh"},
             "X has shape (N, n) and there are N values of ∂ℓ/∂h: the two axes of size N must meet. They do in `X.T @ "
             "…`."),
        Slip("one factor a column", {"X.T @ dh / len(X)": "(dh * X).mean(axis=0)"},
             "(N,) times (N, n): aligned from the right, N meets n. Make the N values a column with `[:, None]`, or "
             "use `X.T @ …`."),
        Slip("always four examples", {"len(X)": "4", "dh.mean()": "dh.sum() / 4"},
             "You divide by 4. OR has four examples, but another table may have more or fewer: N is `len(X)`."),
        Slip("divided by the features", {"len(X)": "X.shape[1]"},
             "You divided by the number of features, X.shape[1]. The mean runs over the examples: X.shape[0], or "
             "len(X)."),
        Slip("sign", {"dl_dp(y, p)": "dl_dp(p, y)"},
             "Everything is right except the sign: the derivative of (y − p)² with respect to p is 2(p − y)."),
        Slip("factor 2 missing", {"dl_dp(y, p)": "(p - y)"},
             "This is half of what it should be: the 2 from the derivative of the square is missing."),
    ],
    alternatives=[{"X.T @ dh / len(X)": "np.mean([d * x for d, x in zip(dh, X)], axis=0)"}, {"X.T @ dh / len(X)": "(X * dh[:, None]).mean(axis=0)"}],
    equivalent={"of equal length": ["in `len(X)`"]},
    hints=[
        "The mean of the gradients of the single examples: a loop over the rows with your `gradient` is a fine start.",
        "Without a loop: `p` and `dh` are arrays with one entry for each row. Multiply each row of X by its entry of "
        "dh, and take the mean of the rows.",
        "Weighting rows and adding them up is the product `X.T @ dh`. Divide by `len(X)`; db is the mean of dh.",
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


update = Exercise(
    "update",
    points=1,
    cases=update_cases,
    slips=[
        Slip("with the gradient", {"value - lr": "value + lr"},
             "Your step goes uphill. The gradient points to where the loss *grows*; learning goes the other way."),
        Slip("learning rate forgotten", {"lr * grad": "grad"},
             "The direction is right, but you do not use `lr`: the step is always as long as the gradient."),
        Slip("always downwards", {"grad ": "np.abs(grad) "},
             "This is right for a positive gradient. Where the gradient is negative, downhill is the other way: keep "
             "the gradient's sign."),
        Slip("the step only", {"value - lr": "-lr"}, "This is the step alone: add it to the old value."),
        Slip("in place", {"return value - lr * grad": "value -= lr * grad\n    return value"},
             "The numbers are right, but `value -= …` changes the caller's array: after your call the old value is "
             "gone. Write `value - …` and return the new array."),
        Slip("divided by the learning rate", {"lr * grad": "grad / lr"},
             "You divide by `lr`. A larger learning rate is meant to give a longer step: multiply."),
    ],
    alternatives=[{"value - lr * grad": "value + (-lr) * grad"}, {"value - lr * grad": "np.subtract(value, np.multiply(lr, grad))"}],
    equivalent={"positive": ["value of `lr`"]},
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
    easy = training(rng, 4, 2, 20)  # its loss comes close to 0
    return [training(rng, 4, 2, 3), training(rng, 6, 3, 20), {**easy, "y": (easy["X"][:, 0] > 0).astype(float), "lr": 8.0}]


train_neuron = Exercise(
    "train_neuron",
    points=[
        Part("the weights, w", 1, component="w"),
        Part("the bias, b", 1, component="b"),
        Part("the losses", 2, component="losses"),
    ],
    cases=training_cases,
    returns=["w", "b", "losses"],
    slips=[
        Slip("losses after the step",
             {"        losses.append(np.mean((y - p) ** 2))\n": "", "w, b = update(w, dw, lr), update(b, db, lr)": "w, b = update(w, dw, lr), update(b, db, lr)\n        losses.append(np.mean((y - sigmoid(X @ w + b)) ** 2))"},
             "The weights are right. But you record the loss *after* each step; `losses[0]` should be the loss before "
             "the first step."),
        Slip("one loss too many",
             {"return w, b, losses": "return w, b, [*losses, np.mean((y - sigmoid(X @ w + b)) ** 2)]"},
             "The weights are right, and so are the losses, but there is one loss more than there are steps: leave out "
             "the loss after the last step."),
        Slip("losses summed", {"np.mean((y - p) ** 2)": "np.sum((y - p) ** 2)"},
             "The weights are right. Your losses are sums over the examples; use the *mean* squared error."),
        Slip("bias sees the new weights",
             {"w, b = update(w, dw, lr), update(b, db, lr)": "w = update(w, dw, lr)\n        b = update(b, batch_gradient(X, y, w, b)[1], lr)"},
             "You update w first and then compute db at the *new* w. Both gradients of a step need the old parameters: "
             "compute dw and db, then update both."),
        Slip("climbing", {"update(w, dw, lr), update(b, db, lr)": "w + lr * dw, b + lr * db"},
             "The loss goes up: the steps go along the gradient, not against it."),
        Slip("example by example",
             {"dw, db = batch_gradient(X, y, w, b)": "for x, t in zip(X, y):\n            dw, db = gradient(x, t, w, b)", "        w, b = update": "            w, b = update"},
             "You take a step after every example (stochastic gradient descent, lab 09). Here each step uses the mean "
             "over all of them."),
        Slip("sum for mean",
             {"update(w, dw, lr), update(b, db, lr)": "update(w, dw, lr * len(X)), update(b, db, lr * len(X))"},
             "The steps are N times too long: the gradient was summed over the examples, not averaged."),
        Slip("mean taken twice",
             {"update(w, dw, lr), update(b, db, lr)": "update(w, dw, lr / len(X)), update(b, db, lr / len(X))"},
             "The steps are N times too short: `batch_gradient` already divides by N."),
        Slip("learning rate forgotten", {", lr)": ", 1.0)"},
             "You do not use `lr`: the steps are as long as the gradient, whatever the learning rate is."),
        Slip("bias at rest", {"w, b = update(w, dw, lr), update(b, db, lr)": "w = update(w, dw, lr)"},
             "The bias never changes. It is a parameter like the weights: update it, too."),
        Slip("one step fewer", {"range(steps)": "range(steps - 1)"},
             "There is one step too few. `range(steps)` has `steps` rounds, from 0 to steps − 1."),
        Slip("one step more", {"range(steps)": "range(steps + 1)"},
             "There is one step too many. `range(steps)` has `steps` rounds, from 0 to steps − 1."),
        Slip("last loss only", {"return w, b, losses": "return w, b, losses[-1]"},
             "w and b are right. Your `losses` is one number, the last loss. Return a list of the losses before each "
             "step: make it before the loop, and `append` in it."),
        Slip("one loss an example", {"np.mean((y - p) ** 2)": "(y - p) ** 2"},
             "w and b are right. Your losses hold one number for each example; take their mean, so that there is one "
             "number for each step."),
        Slip("order", {"return w, b, losses": "return losses, w, b"},
             "All three results are there, but in another order: `return w, b, losses`."),
        Slip("gradient computed once",
             {"        dw, db = batch_gradient(X, y, w, b)\n": "", "    losses = []": "    losses = []\n    dw, db = batch_gradient(X, y, w, b)"},
             "You compute the gradient once, before the loop. It changes with every step: compute it inside the loop."),
        Slip("return inside the loop", {"    return w, b, losses": "        return w, b, losses"},
             "Only one step is done: the `return` is inside the loop. Move it four spaces to the left."),
        Slip("in place", {"w, b = update(w, dw, lr), update(b, db, lr)": "w -= lr * dw\n        b -= lr * db"},
             "The numbers are right, but `w -= …` changes the caller's starting weights, so a second run would begin "
             "where this one ended. `w = w - …` makes a new array."),
    ],
    alternatives=[{"update(w, dw, lr), update(b, db, lr)": "w - lr * dw, b - lr * db"}, {"range(steps)": "range(int(steps))", "losses.append(": "losses += [", "** 2))": "** 2)]"}],
    equivalent={"a product": ["`update("], "y is 0 or 1, p is positive": ["`y` is squared", "value of `y`", "value of `p`"]},
    hints=[
        "Write a loop of `steps` rounds. In each: record the loss, compute the gradient, take the step.",
        "You have both tools: `batch_gradient` for dw and db, `update` for the step. The loss before the step is "
        "`np.mean((y - p) ** 2)` with p from the current w and b.",
        "Inside the loop: p, append the loss, `dw, db = batch_gradient(X, y, w, b)`, then both updates. After the "
        "loop: `return w, b, losses`.",
    ],
)


LAB = LabChecks(
    exercises=[dl_dp, dp_dh, dh_dw, gradient, numeric_gradient, batch_gradient, update, train_neuron],
    imports=["math", "numpy", "course.nn.activations.sigmoid"],
    predictions=[
        Prediction("steepest", "How steep is the sigmoid where it is steepest? Read it off the picture, as rise over "
                   "run.",
                   gives_away=[r"\b0\.25\b", r"\b1/4\b", "a quarter", "fourfold"]),
        Prediction("sure_and_wrong", "The target is 0. One neuron says 0.999, another says 0.5. How hard does the "
                   "example pull on the h of the first neuron, compared with the second?",
                   ["Far harder", "About as hard", "Far less hard"],
                   gives_away=[r"0\.0020", "nearly zero at both ends", "learns slowly"], reason=True),
        Prediction("who_learns", "The example is x = (0, 1). Each parameter is changed a little. Which of these "
                   "changes affect its loss?",
                   ["w1 and w2 and b", "w2 and b", "w1 and b", "b"],
                   gives_away=["w2 and b", "makes no difference", "input is not zero", r"-0\.2439"]),
        Prediction("eps", "We differentiate with ε = 0.1, then 0.01, and so on down to 1e-12. What happens to the "
                   "error?",
                   ["The smaller, the better", "Smaller helps at first, then hurts", "It makes no difference"],
                   gives_away=["two errors", "rounding", "never gets that good", "hurts"]),
        Prediction("direction", "Ten steps *along* the gradient, where it points. What does the loss do?",
                   ["It falls", "It rises", "It falls, then rises"],
                   gives_away=[r"against (it|the gradient)\b", "uphill", r"grows\*? fastest", "it rises"]),
        Prediction(
            "too_fast",
            "What will the loss do with lr = 100?",
            ["It falls fastest of all", "It jumps up and down for ever", "It grows without end", "It gets stuck"],
            gives_away=["gets stuck", "nearly 1", r"sigmoid is flat, p\(1", "no step leads back"],
        ),
    ],
    questions=[
        Question("against", "The loss has gradient g at w. Which small step lowers it?",
                 ["w + 0.01·g", "w − 0.01·g", "It depends on the sign of g"], 1,
                 "The gradient points uphill, component by component, whatever the signs are. The step goes against it."),
        Question("sure", "A neuron says p = 0.999 and the target is 0. How large is its squared error's gradient?",
                 ["Huge: it is very wrong", "Tiny: the sigmoid is flat there", "Exactly zero"], 1,
                 "2(p − y) is nearly 2, but p(1 − p) is about 0.001. A neuron that is sure and wrong learns slowly."),
        Question("central", "Why does a gradient check look to both sides, f(θ + ε) and f(θ − ε)?",
                 ["To be twice as fast", "So that the curvature cancels", "To avoid dividing by zero"], 1,
                 "The one-sided quotient is off by about ε, the two-sided one by about ε²."),
    ],
    recall=["00.broadcast", "01.tie", "01.xor"],
)

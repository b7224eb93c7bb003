"""What lab 06 checks: hidden gradients by hand, one hidden layer in matrices, any number of layers, softmax, cost."""
# fmt: off

from itertools import pairwise

import numpy as np

from course import sigmoid
from course.build import Exercise, LabChecks, Slip, Part, Prediction, Question


def softmax(z):
    e = np.exp(z - np.max(z))
    return e / e.sum()

def parameters(rng, n, h):
    "Draw parameters that cannot be mistaken for 1, for 0 or for each other; outgoing weights of both signs."
    W2 = rng.uniform(0.5, 1.5, size=(h, 1)) * np.where(np.arange(h) % 2, -1, 1)[:, None]
    return {
        "W1": rng.uniform(0.3, 1.2, size=(n, h)) * rng.choice([-1, 1], size=(n, h)),
        "b1": rng.uniform(0.2, 0.8, size=h) * rng.choice([-1, 1], size=h),
        "W2": W2,
        "b2": rng.uniform(0.3, 0.9, size=1) * rng.choice([-1, 1], size=1),
    }

def nonzero(rng, *shape):
    return rng.uniform(0.4, 1.5, size=shape) * rng.choice([-1, 1], size=shape)


# toy_pieces -----------------------------------------------------------------------------------------------------


def toy_case(rng, n, h, y):
    return {"x": nonzero(rng, n), "y": y, "params": parameters(rng, n, h)}


toy_pieces = Exercise(
    "toy_pieces",
    points=[
        Part("at the output", 1, component="dl_da3"),
        Part("the sigmoid", 1, component="da3_dz3"),
        Part("the weights", 1, component="dz3_da2"),
        Part("tanh", 1, component="da2_dz2"),
        Part("∂ℓ/∂z³", 1, component="dl_dz3"),
        Part("∂ℓ/∂z²", 1, component="dl_dz2"),
    ],
    cases=lambda rng: [toy_case(rng, 2, 2, 1.0), toy_case(rng, 3, 4, 0.0), toy_case(rng, 2, 3, 1.0)],
    slips=[
        Slip("only y = 1", {" + (1 - y) / (1 - a3)": ""},
             "The first piece is right for y = 1 only. For y = 0 the other term of the loss counts, −log(1 − a³)."),
        Slip("squared error", {"-y / a3 + (1 - y) / (1 - a3)": "2 * (a3 - y)"},
             "The first piece is lab 02's, for the squared error. Here ℓ is the cross-entropy: its formula is above "
             "the exercise."),
        Slip("sign of the loss", {"-y / a3 + ": "y / a3 - "},
             "The first piece has the opposite sign: the loss has a minus in front of its logarithms."),
        Slip("tanh's slope at the output", {"a3 * (1 - a3)": "1 - a3**2"},
             "1 − a² is the slope of tanh. The output unit is a sigmoid: a³(1 − a³)."),
        Slip("weights of the wrong layer", {"params[\"W2\"][:, 0]": "params[\"W1\"].sum(axis=0)"},
             "z³ is computed from a² with `W2`, not with `W1`: what multiplies a² in z³ = a²W₂ + b₂?"),
        Slip("activations for weights", {"params[\"W2\"][:, 0]": "a2"},
             "∂z³/∂a² is not a² itself. In the product a²W₂, a² is multiplied by W₂; a² would be the derivative with "
             "respect to the weights."),
        Slip("sigmoid's slope in the hidden layer", {"1 - a2**2": "a2 * (1 - a2)"},
             "a(1 − a) is the slope of a sigmoid. The hidden units are tanh: 1 − a²."),
        Slip("a row for the diagonal", {"np.diag(1 - a2**2)": "1 - a2**2", "@ da2": "* da2"},
             "The slopes are right, but as a row. ∂a²/∂z² should be a matrix, (h, h), with the slopes on its diagonal: "
             "`np.diag`."),
        Slip("weights forgotten", {"dz3_da2 @ da2_dz2": "np.diag(da2_dz2)"},
             "On the way from z³ to z² one piece is missing: the weights, ∂z³/∂a²."),
        Slip("output's sigmoid forgotten", {"dl_dz3 * dz3_da2": "dl_da3 * dz3_da2"},
             "Your last product begins with ∂ℓ/∂a³. The way back also passes the sigmoid: begin with ∂ℓ/∂z³."),
    ],
    alternatives=[{"dl_da3 * da3_dz3": "a3 - y"}, {"-y / a3 + (1 - y) / (1 - a3)": "(a3 - y) / (a3 * (1 - a3))"},
                  {"dl_dz3 * dz3_da2 @ da2_dz2": "da2_dz2 @ (dz3_da2 * dl_dz3)"}],
    equivalent={
        "y is 0 or 1": ["`y` is squared", "`1 - y` is squared", "value of `y`", "value of `1 - y`"],
        "one column": ["`-1` is used instead of `0`"],
        "a diagonal matrix": ["`da2_dz2 @ dl_dz3", "`da2_dz2` is transposed"],
        "positive": ["value of `1 - a2 ** 2`", "value of `1 - a3`", "value of `a3`", "value of `da"],
    },
    hints=[
        "Each piece is the derivative along one arrow of the chain. Look at the arrow, and at nothing else.",
        "The sigmoid's slope is a³(1 − a³); a² is multiplied by the only column of W2; tanh's slope is 1 − a².",
        "`params['W2'][:, 0]` and `np.diag(1 - a2**2)`; then `dl_da3 * da3_dz3`, and `dl_dz3 * dz3_da2 @ da2_dz2`.",
    ],
)


# one_entry ------------------------------------------------------------------------------------------------------


def entry_case(rng, N, n, h):
    return {"X": nonzero(rng, N, n), "dZ": nonzero(rng, N, h), "i": int(rng.integers(n)), "j": int(rng.integers(1, h))}


one_entry = Exercise(
    "one_entry",
    points=2,
    cases=lambda rng: [entry_case(rng, 4, 3, 4), entry_case(rng, 6, 2, 3), entry_case(rng, 5, 4, 5)],
    slips=[
        Slip("first example only", lambda X, dZ, i, j: X[0, i] * dZ[0, j],
             "This is the share of one example. W_ij changes Z_nj of *every* example n: add them up."),
        Slip("all units", lambda X, dZ, i, j: np.sum(X[:, i] * dZ.sum(axis=1)),
             "You added up over all units. W_ij leads to unit j alone."),
        Slip("all inputs", lambda X, dZ, i, j: np.sum(X.sum(axis=1) * dZ[:, j]),
             "You added up over all inputs. W_ij is multiplied by input i alone."),
        Slip("two sums multiplied", lambda X, dZ, i, j: X[:, i].sum() * dZ[:, j].sum(),
             "You multiplied two sums. Multiply example by example, then add up."),
        Slip("input forgotten", lambda X, dZ, i, j: dZ[:, j].sum(),
             "This is the gradient of the bias of unit j, whose input is always 1. Here each example's dZ is "
             "multiplied by its X_ni."),
    ],
    alternatives=[
        lambda X, dZ, i, j: (X.T @ dZ)[i, j],
        lambda X, dZ, i, j: X[:, i] @ dZ[:, j],
        lambda X, dZ, i, j: np.sum(X[:, i] * dZ[:, j]),
    ],
    equivalent={"of equal length": ["in `len(X)`"]},
    hints=[
        "∂Z_nj/∂W_ij is X_ni. Put it into the sum.",
        "For each example n multiply X[n, i] by dZ[n, j], and add up.",
        "`sum(X[n, i] * dZ[n, j] for n in range(len(X)))`, or the product of two columns, `X[:, i] @ dZ[:, j]`.",
    ],
)


# hidden_weight_grad ---------------------------------------------------------------------------------------------
def hidden_case(rng, n, h, y):
    return {"x": nonzero(rng, n), "y": y, "params": parameters(rng, n, h)}

def hidden_by_loop(x, y, params):
    W1, b1, W2, b2 = params.values()
    n, h = W1.shape
    a = [1 / (1 + np.exp(-sum(x[i] * W1[i, j] for i in range(n)) - b1[j])) for j in range(h)]
    p = 1 / (1 + np.exp(-sum(a[j] * W2[j, 0] for j in range(h)) - b2[0]))
    return [[2 * (p - y) * p * (1 - p) * W2[j, 0] * a[j] * (1 - a[j]) * x[i] for j in range(h)] for i in range(n)]

def hidden_in_matrices(x, y, params):
    X = np.atleast_2d(x)
    A = sigmoid(X @ params["W1"] + params["b1"])
    P = sigmoid(A @ params["W2"] + params["b2"])
    return X.T @ (-2 * (y - P) * P * (1 - P) @ params["W2"].T * A * (1 - A))

hidden_weight_grad = Exercise(
    "hidden_weight_grad",
    points=3,
    cases=lambda rng: [hidden_case(rng, 2, 3, 1.0), hidden_case(rng, 4, 2, 0.0), hidden_case(rng, 3, 1, 1.0)],
    slips=[
        Slip("as printed", {"2 * (p": "(p", "w_out * ": ""},
             "This is the formula as it was printed, with both its slips. The derivative of the square has a factor 2. "
             "And the way back from the output unit to a hidden one passes the weight between them: without it, a unit "
             "whose weight is 0 would get as large a gradient as any other."),
        Slip("outgoing weight missing", {"w_out * ": ""},
             "The 2 is there, but the weight from the hidden unit to the output is missing. Forward, it multiplied "
             "a_j; on the way back, it multiplies the gradient. Compare with the line “W2 is …” above."),
        Slip("factor 2 missing", {" 2": " 1"},
             "This is half of what it should be. You found the harder slip of the two, the missing weight, but not the "
             "other: the derivative of (y − p)² is 2(p − y)."),
        Slip("output's slope missing", {" * p * (1 - p)": ""},
             "The output unit has a sigmoid, too: its slope p(1 − p) is missing. (With cross-entropy it would cancel. "
             "Here the loss is the squared error.)"),
        Slip("hidden slope missing", {" * a1 * (1 - a1)": ""},
             "You went through the output's sigmoid and the weight, but not through the hidden unit's own sigmoid: "
             "its slope a(1 − a) is missing."),
        Slip("half a slope", {" * (1 - a1)": ""},
             "The hidden unit's slope is a(1 − a); you have the a without the (1 − a). The sigmoid is flat where a is "
             "nearly 1."),
        Slip("slope taken at z",
             {"a1 * (1 - a1)": "(x @ params[\"W1\"] + params[\"b1\"]) * (1 - x @ params[\"W1\"] - params[\"b1\"])"},
             "You wrote z(1 − z) for the hidden unit. The slope of the sigmoid is a(1 − a), with its *output*."),
        Slip("sigmoid applied twice", {"a1 * (1 - a1)": "sigmoid(a1) * (1 - sigmoid(a1))"},
             "You computed the hidden slope from σ(a). But a is already the sigmoid's output: the slope is a(1 − a)."),
        Slip("tanh's slope", {"a1 * (1 - a1)": "(1 - a1**2)"},
             "1 − a² is the slope of tanh. These hidden units are sigmoids: a(1 − a)."),
        Slip("cross-entropy", {"2 * (p - y) * p * (1 - p)": "p - y"},
             "You began with p − y: that is ∂ℓ/∂z for *cross-entropy*. Here the loss is the squared error, behind a "
             "sigmoid: 2(p − y)·p(1 − p)."),
        Slip("tanh in the hidden layer", {"a1 = sigmoid": "a1 = np.tanh", "a1 * (1 - a1)": "(1 - a1**2)"},
             "This is the right gradient for a tanh network, as in section 1. Here the hidden units are sigmoids."),
        Slip("output without its sigmoid", {"p = sigmoid": "p = ", "* p * (1 - p)": ""},
             "Your output unit has no sigmoid: p is z₂ itself. Here p = σ(z₂), which also puts p(1 − p) into the "
             "product."),
        Slip("not an outer product", {"np.outer(x, dz1)": "x * dz1"},
             "x has n entries, the hidden units' ∂ℓ/∂z have h: `*` multiplies entry by entry. You need every input "
             "times every unit, n times h products: `np.outer`."),
        Slip("weights of the wrong layer", {"np.outer(x, dz1)": "dz2 * params[\"W1\"] * a1 * (1 - a1) * x[:, None]"},
             "You multiplied by W1. The gradient comes back from the *output*: it passes W2, the weight between hidden "
             "unit and output, and has not yet reached W1."),
        Slip("no biases", {" + params[\"b1\"]": "", " + params[\"b2\"][0]": ""},
             "The biases are missing in the forward pass, so every a and p is wrong. z₁ = xW₁ + b₁, and z₂ likewise."),
        Slip("product for outer product", {"np.outer(x, dz1)": "x @ dz1"},
             "`x @ …` adds up over the inputs, but here each input has its own row: `np.outer(x, …)`."),
        Slip("activation too many", {"* a1": "* (a1) ** 2"},
             "There is one a_j too many: it belongs to the formula of the *output* weight. The hidden weight is "
             "multiplied by x_i."),
        Slip("square not differentiated", {"2 * (p - y) * p": "(p - y) ** 2 * p"},
             "You kept (p − y)² as it is. Differentiate it, too: 2(p − y)."),
    ],
    alternatives=[hidden_by_loop, hidden_in_matrices],
    equivalent={
        "y is 0 or 1": ["`y` is squared", "value of `y`"],
        "one column, one entry": ["`-1` is used instead of `0`", "`[0]` is missing after `params['b2']`", "entry before `params['b2'][0]`"],
        "vectors": ["`w_out @ a1`", "is made a column"],
        "positive": ["value of `1 - a1`", "value of `1 - p`", "value of `a1`", "value of `p`"],
    },
    hints=[
        "Forward first: a₁ (h,), then p, a number. Then ∂ℓ/∂z of the output, then of each hidden unit, then the "
        "weights.",
        "∂ℓ/∂z₂ = 2(p − y)·p(1 − p). For hidden unit j: that, times its weight W2[j, 0], times its slope a_j(1 − a_j).",
        "With dz1 (h,) for the hidden units, entry (i, j) is x[i]·dz1[j]: `np.outer(x, dz1)`.",
    ],
)

# mlp_backward ---------------------------------------------------------------------------------------------------
def batch_case(rng, N, n, h):
    y = rng.permutation(np.arange(N) % 2).astype(float)
    return {"X": nonzero(rng, N, n), "y": y, "params": parameters(rng, n, h)}

def mlp_by_examples(X, y, params):
    total = {key: 0 * value for key, value in params.items()}
    for x, target in zip(X, y, strict=True):
        a = np.tanh(x @ params["W1"] + params["b1"])
        p = sigmoid(a @ params["W2"] + params["b2"])
        dz2 = (p - target) / len(y)
        dz1 = params["W2"] @ dz2 * (1 - a * a)
        for key, part in {"W1": np.outer(x, dz1), "b1": dz1, "W2": np.outer(a, dz2), "b2": dz2}.items():
            total[key] = total[key] + part
    return total

def mlp_flat(X, y, params):
    Z1 = X @ params["W1"] + params["b1"]
    p = sigmoid(np.tanh(Z1) @ params["W2"][:, 0] + params["b2"])
    d2 = (p - y) / len(y)
    d1 = np.outer(d2, params["W2"]) / np.cosh(Z1) ** 2
    W2 = (np.tanh(Z1).T @ d2).reshape(-1, 1).tolist()
    return {"b2": [d2.sum()], "W2": W2, "b1": d1.sum(0), "W1": X.T @ d1}


mlp_backward = Exercise(
    "mlp_backward",
    points=[
        Part("output weights, W2", 1, component="W2"),
        Part("output bias, b2", 1, component="b2"),
        Part("hidden weights, W1", 2, component="W1"),
        Part("hidden biases, b1", 1, component="b1"),
    ],
    cases=lambda rng: [batch_case(rng, 4, 2, 3), batch_case(rng, 5, 3, 2), batch_case(rng, 7, 2, 4)],
    slips=[
        Slip("sum for mean", {" / len(X)": ""},
             "Every gradient is N times too large: the loss is the *mean* over the examples. Divide ∂L/∂Z₂ by N, once; "
             "all other gradients are computed from it."),
        Slip("everything averaged once more",
             {"(axis=0)": "(axis=0) / len(X)", ".T @ dZ1": ".T @ dZ1 / len(X)", "A1.T @ dZ2": "A1.T @ dZ2 / len(X)"},
             "Every gradient is N times too small: you divided by N twice. Once, at the output, is enough."),
        Slip("weights averaged, biases summed",
             {"/ len(X)": "", "X.T @ dZ1": "X.T @ dZ1 / len(X)", "A1.T @ dZ2": "A1.T @ dZ2 / len(X)"},
             "The weights are right, the biases are still sums. Divide by N once, in ∂L/∂Z₂, and both are means."),
        Slip("squared error's slope", {"(p - y[:, None])": "(p - y[:, None]) * p * (1 - p)"},
             "Your ∂L/∂Z₂ has the p(1 − p) of the squared error. With cross-entropy it cancels against the 1/(p(1 − "
             "p)) of the logarithm: ∂L/∂Z₂ = (p − y)/N. That is what cross-entropy is *for* (lab 04)."),
        Slip("divided by the features", {"len(X": "len(X.mean(axis=0)"},
             "You divided by X.shape[1], the number of features. The mean runs over the examples: X.shape[0], or "
             "len(X)."),
        Slip("∂L/∂p carried", {"(p - y[:, None])": "(p - y[:, None]) / (p * (1 - p))"},
             "You start with ∂L/∂p, the derivative of the logarithms. Go on to ∂L/∂Z₂: the sigmoid's slope p(1 − p) "
             "cancels the denominator, and (p − y)/N is left."),
        Slip("labels for probabilities", {"(p - y[:, None])": "((p >= 0.5) - y[:, None])"},
             "You subtracted y from the *label*, p rounded to 0 or 1. Then an example that is already right has no "
             "gradient, and a step has no slope. Use p itself."),
        Slip("squared error", {"(p - y[:, None])": "2 * (p - y[:, None]) * p * (1 - p)"},
             "This is the right gradient of the mean squared error. But here the loss is the mean binary "
             "cross-entropy: ∂L/∂Z₂ = (p − y)/N."),
        Slip("(N,) meets (N, 1)", {"[:, None]": ""},
             "p is (N, 1) and y is (N,): their difference is an N by N table, every p with every y. `y[:, None]` makes "
             "y a column."),
        Slip("sigmoid in the hidden layer", {"np.tanh": "sigmoid", "(1 - A1**2)": "A1 * (1 - A1)"},
             "You used sigmoids everywhere: here the *hidden* layer is a tanh, and only the output is a sigmoid."),
        Slip("no biases", {" + params[\"b1\"]": "", " + params[\"b2\"]": ""},
             "The biases are missing in the forward pass, so every a and p is wrong."),
        Slip("W2 not transposed", {"\"W2\"].T": "'W2']"},
             "∂L/∂Z₂ is (N, 1) and W2 is (h, 1): only `dZ2 @ W2.T` fits, and gives (N, h), the shape of A₁."),
        Slip("X not transposed", {"X.T": "X"},
             "Look at the shapes: the layer's input is (N, n), ∂L/∂Z is (N, h), and you need (n, h). Only `X.T @ dZ1` "
             "fits."),
    ],
    alternatives=[mlp_by_examples, mlp_flat],
    equivalent={"of equal length": ["in `len(X)`"], "one column": ["`*` is used instead of `@` between `dZ2`"],
                "positive": ["value of `1 - A1 ** 2`", "value of `p`"]},
    hints=[
        "Forward, and keep A1 (N, h) and p (N, 1). Then go back: ∂L/∂Z₂, ∂L/∂A₁, ∂L/∂Z₁; compute the other gradients "
        "on the way.",
        "`dZ2 = (p - y[:, None]) / N`. W2's gradient is the layer's input, transposed, @ dZ2; b2's is dZ2 summed over "
        "the rows.",
        "One layer down: `dZ2 @ W2.T`, times `1 - A1**2`. Then the same two lines as for the output layer, with X in "
        "place of A1.",
    ],
)


# backward -------------------------------------------------------------------------------------------------------

OUTPUTS = {"tanh": np.tanh, "softplus": lambda z: np.log1p(np.exp(z))}

def layers_case(rng, sizes, N, name):
    activations = [nonzero(rng, N, sizes[0])]
    Ws = [nonzero(rng, n, m) / np.sqrt(n) for n, m in pairwise(sizes)]
    for W in Ws:
        activations.append(OUTPUTS[name](activations[-1] @ W + rng.uniform(-0.5, 0.5, size=W.shape[1])))
    return {"dA": nonzero(rng, N, sizes[-1]), "activations": activations, "Ws": Ws, "fprime": f"slope of {name}"}

def layers_cases(rng):
    return {
        "one layer": [layers_case(rng, [3, 2], 4, "tanh"), layers_case(rng, [2, 4], 3, "softplus")],
        "two layers": [layers_case(rng, [2, 3, 1], 4, "softplus"), layers_case(rng, [4, 3, 2], 6, "tanh")],
        "four layers": [layers_case(rng, [3, 5, 2, 4, 6], 7, "tanh"), layers_case(rng, [5, 4, 6, 3, 2], 4, "softplus")],
    }

def recursively(dA, activations, Ws, fprime):
    if not Ws:
        return [], []
    dZ = np.multiply(dA, fprime(activations[-1]))
    dWs, dbs = recursively(dZ @ Ws[-1].T, activations[:-1], Ws[:-1], fprime)
    return [*dWs, activations[-2].T @ dZ], [*dbs, np.ones(len(dZ)) @ dZ]

def by_appending(dA, activations, Ws, fprime):
    dWs, dbs = [], []
    for W, A_in, A_out in zip(Ws[::-1], activations[-2::-1], activations[::-1]):  # noqa: B905 - one A_out more
        dZ = dA * fprime(A_out)
        dWs.append((dZ.T @ A_in).T)
        dbs.append(dZ.sum(0).tolist())
        dA = (W @ dZ.T).T
    return tuple(dWs[::-1]), tuple(dbs[::-1])

backward = Exercise(
    "backward",
    points=[
        Part("one layer", 1, group="one layer"),
        Part("two layers: the way down", 2, group="two layers"),
        Part("four layers", 2, group="four layers"),
    ],
    cases=layers_cases,
    probe="call_backward",
    slips=[
        Slip("slope missing", {" * fprime(activations[k + 1])": ""},
             "You did not use `fprime`: ∂L/∂Z = ∂L/∂A ⊙ f′, equation (6.4). Without it, this is the gradient of a "
             "network without any activation functions."),
        Slip("slope added", {"dA * fprime(activations[k + 1]": "(dA + fprime(activations[k + 1])"},
             "You added the slope. Along a path, derivatives *multiply*: ∂L/∂Z = ∂L/∂A ⊙ f′."),
        Slip("the sigmoid's slope, whatever f is",
             {"fprime(activations[k + 1])": "activations[k + 1] * (1 - activations[k + 1])"},
             "You wrote a(1 − a), the slope of a sigmoid. But f may be another function: use `fprime(activations[k + "
             "1])`."),
        Slip("tanh's slope, whatever f is", {"fprime(activations[k + 1])": "(1 - activations[k + 1] ** 2)"},
             "This is right only where f is tanh, since you wrote 1 − a². Use `fprime(activations[k + 1])`."),
        Slip("slope missing at the last layer",
             {"dA * fprime(activations[k + 1])": "dA if k == len(Ws) - 1 else dA * fprime(activations[k + 1])"},
             "You took dA for ∂L/∂Z of the last layer. It is ∂L/∂A: here the last layer has its f, too, so multiply by "
             "the slope. (With sigmoid and cross-entropy, both steps are one; not here.)"),
        Slip("slope of the layer before", {"(activations[k + 1": "(activations[k"},
             "You took the slope one layer too low: `activations[0]` is the *input*, so layer k's own output is "
             "`activations[k + 1]`."),
        Slip("slope taken before f", {"fprime(activations[k + 1])": "fprime(activations[k] @ Ws[k])"},
             "You computed the slope at A·W, without the bias. `fprime` takes the layer's *output*, and you already "
             "have it: `activations[k + 1]`."),
        Slip("slope twice",
             {"fprime(activations[k + 1])": "fprime(activations[k + 1]) ** (1 if k == len(Ws) - 1 else 2)"},
             "The last layer is right. Below it you multiply by the slope twice: once on the way down, and again when "
             "the next round computes its ∂L/∂Z. Pass down ∂L/∂A, without the slope."),
        Slip("W not transposed", {"Ws[k].T": "Ws[k]"},
             "On the way down from layer k you need `Ws[k]` transposed: ∂L/∂Z is (N, n_out), W is (n_in, n_out), and "
             "the result should be (N, n_in). Only one product fits."),
        Slip("first layer left out", {"return dWs, dbs": "return dWs[1:], dbs[1:]"},
             "The first layer is missing: `range(L - 1, 0, -1)` stops before 0. `reversed(range(len(Ws)))` includes "
             "it."),
        Slip("one too far", {"(Ws": "(activations"},
             "One list is longer than the other: L + 1 activations, L weights. `Ws[k]` leads from `activations[k]` to "
             "`activations[k + 1]`, and k ends at L − 1."),
        Slip("matrix product with the slope", {"dA * fprime": "dA @ fprime"},
             "dA and the slope have the same shape, and ⊙ is entry by entry: `dA * fprime(…)`, no matrix product."),
        Slip("entry by entry on the way down", {"dZ @ Ws[k].T": "(dZ * Ws[k].T)"},
             "`dZ * W.T` multiplies entry by entry. Each unit below needs the sum over *all* units above: a matrix "
             "product, `dZ @ W.T`."),
    ],
    alternatives=[recursively, by_appending],
    equivalent={"lines that do not need each other": ["in each round"], "an index": ["value of `k`"]},
    hints=[
        "A loop over the layers, last one first. In each round: dZ, then dW and db, then the dA for the next round.",
        "Layer k leads from `activations[k]` to `activations[k + 1]`. Its slope is `fprime` of its output; its dW "
        "needs its input.",
        "`dZ = dA * fprime(activations[k + 1])`; dW is `activations[k].T @ dZ`, db the sum of dZ over axis 0; then "
        "`dA = dZ @ Ws[k].T`.",
    ],
)

# softmax_jacobian -----------------------------------------------------------------------------------------------
def logit_cases(rng):
    spread = rng.permutation([-0.9, 0.1, 1.2])
    return [
        {"z": spread + rng.uniform(-0.2, 0.2, size=3)},
        {"z": rng.permutation([-1.0, -0.3, 0.4, 1.1, 1.7]) + rng.uniform(-0.2, 0.2, size=5)},
        {"z": rng.permutation([2000.0, 2000.8, 2001.5, -2000.0]) + rng.uniform(-0.2, 0.2, size=4)},
    ]

def jacobian_by_loop(z):
    p = softmax(z)
    K = range(len(z))
    return [[p[i] * (1 - p[i]) if i == j else -p[i] * p[j] for j in K] for i in K]


softmax_jacobian = Exercise(
    "softmax_jacobian",
    points=0,
    cases=logit_cases,
    slips=[
        Slip("diagonal only", {"np.outer(p, p)": "np.diag(p**2)"},
             "The diagonal is right, but the rest is 0, as if each probability depended on its own logit only. "
             "Together they sum to 1: more for class j is less for every other, −pᵢpⱼ."),
        Slip("a vector", {"np.diag(p) - np.outer(p, p)": "p * (1 - p)"},
             "p(1 − p), one number for each class, would be a sigmoid's slope. Here every probability depends on "
             "*every* logit: return a K by K table."),
        Slip("diagonal without its p", {"np.diag(p) - np.outer(p, p": "(-np.outer(p, p)"},
             "Off the diagonal you are right. On the diagonal δᵢⱼ is 1, so the entry is pᵢ(1 − pᵢ); you have −pᵢ²."),
        Slip("off-diagonal sign", {"np.diag(p) - np.outer(p, p": "np.abs(np.diag(p) - np.outer(p, p)"},
             "The diagonal is right, but all entries are positive. What one class gains the others lose: off the "
             "diagonal it is −pᵢpⱼ, and each row sums to 0."),
        Slip("δ part only", {" - np.outer(p, p)": ""},
             "Only the first part, pᵢδᵢⱼ, is there. The second, −pᵢpⱼ, is what the classes take from one another."),
        Slip("inner product", {"np.outer(p, p)": "p @ p"},
             "`p @ p` is one number, the sum of the squares. A table of all products pᵢpⱼ is `np.outer(p, p)`."),
        Slip("not normalised", {"e / e.sum()": "e"},
             "Your p does not sum to 1: the exponentials are there, the division by their sum is not."),
        Slip("sigmoid for softmax", {"e / e.sum()": "1 / (1 + np.exp(-z))"},
             "You applied the sigmoid to each logit. Here p = softmax(z): each probability depends on all logits."),
        Slip("identity minus p", {"np.diag(p) - np.outer(p, p)": "np.eye(len(p)) - p"},
             "This is δᵢⱼ − pⱼ: the factor pᵢ in front is missing. It belongs to the *row*, `p[:, None]`."),
        Slip("softmax applied twice", {"e / e.sum()": "np.exp(e / e.sum())\n    p = p / p.sum()"},
             "You applied the softmax twice, so the probabilities are nearly equal. Once is enough."),
    ],
    alternatives=[
        jacobian_by_loop,
        lambda z: softmax(z)[:, None] * (np.eye(len(z)) - softmax(z)),
        lambda z: np.diag(softmax(z)) - softmax(z)[:, None] @ softmax(z)[None, :],
    ],
    equivalent={"positive": ["value of `e`"], "np.outer takes any shape": ["is made a column"]},
    hints=[
        "First p = softmax(z). Then a K by K table: what is on its diagonal, and what is off it?",
        "pᵢ(δᵢⱼ − pⱼ) is pᵢδᵢⱼ − pᵢpⱼ. The first part is a diagonal matrix, the second is an outer product.",
        "`np.diag(p)` and `np.outer(p, p)` are the two parts.",
    ],
)

# step_flops -----------------------------------------------------------------------------------------------------
def size_cases(rng):
    def sizes(count):  # all different, so that no two products are alike
        return [int(size) for size in rng.permutation(np.arange(3, 20))[:count]]

    return [
        {"sizes": sizes(2), "batch": int(rng.integers(2, 9))},
        {"sizes": sizes(3), "batch": int(rng.integers(20, 40))},
        {"sizes": sizes(5), "batch": int(rng.integers(41, 60))},
    ]

step_flops = Exercise(
    "step_flops",
    points=0,
    cases=size_cases,
    slips=[
        Slip("three products everywhere", {" if k else 2": ""},
             "You counted three products for every layer. In the *first* one, ∂L/∂X would be the gradient of the "
             "input, which is not needed: count two there."),
        Slip("only the first layer hands down", {"3 if k else 2": "(2 if k else 3)"},
             "It is the other way round: every layer passes ∂L/∂X down *except* the first, which has none below it."),
        Slip("biases counted",
             {"return flops": "return sum((6 if k else 4) * batch * (n + 1) * m for k, (n, m) in enumerate(zip(sizes, sizes[1:])))"},
             "You counted the biases as another input, n + 1. This makes sense, but here only the matrix products "
             "count, and W has n rows."),
        Slip("one layer too few", {"- 1": "- 2"},
             "The last layer of weights is missing: three sizes have two layers between them, `len(sizes) - 1`."),
        Slip("backward only", {"3 if k else 2": "2 if k else 1"},
             "This is the backward pass alone. The forward pass belongs to the step, too: without it there is nothing "
             "to send back."),
        Slip("the last layer spared", {"3 if k else 2": "3 - (k == len(sizes) - 2)"},
             "You left out ∂L/∂X in the *last* layer. The backward pass begins there, so the layers below need it. It "
             "ends at the *first* layer, and only there ∂L/∂X is not needed."),
        Slip("product of neighbours over all", {"return flops": "return 6 * batch * int(np.prod(sizes))"},
             "You multiplied all the sizes. Each product belongs to two *neighbouring* layers; add up the layers' "
             "costs."),
        Slip("first layer left out", {"3 if k else 2": "3 if k else 0"},
             "You left out the first layer. Leave out only its ∂L/∂X: two products remain, forward and ∂L/∂W."),
        Slip("one too far", {" - 1": ""},
             "Your loop goes one too far: the last size has no neighbour to its right. Use `range(len(sizes) - 1)`."),
    ],
    alternatives=[
        lambda sizes, batch: sum(6 * batch * a * b for a, b in pairwise(sizes)) - 2 * batch * sizes[0] * sizes[1],
        lambda sizes, batch: float(2 * batch * (3 * np.dot(sizes[1:], sizes[:-1]) - sizes[0] * sizes[1])),
    ],
    equivalent={"an index and counts": ["value of `k`", "value of `batch`", "value of `len(sizes) - 1`", "value of `products`"],
                "both 0 in the first layer alone": ["`flops` is used instead of `k`"]},
    hints=[
        "Take one layer at a time: from n_in to n_out units, with `batch` rows. What does one of its products cost?",
        "Forward (B, n_in)(n_in, n_out), ∂L/∂W (n_in, B)(B, n_out), ∂L/∂X (B, n_out)(n_out, n_in): all cost "
        "2·B·n_in·n_out.",
        "So a layer costs 3 · 2 · batch · n_in · n_out, the first one 2 · 2 · batch · n_in · n_out. `zip(sizes[:-1], "
        "sizes[1:])` runs over the layers.",
    ],
)


LAB = LabChecks(
    exercises=[toy_pieces, one_entry, mlp_backward, hidden_weight_grad, backward, softmax_jacobian, step_flops],
    imports=["math", "numpy", "course.nn.activations.sigmoid"],
    predictions=[
        Prediction("shared", "Divide each of the nine derivatives by what its parameter is multiplied by (an input, "
                   "an activation, or 1 for a bias). How many *different* numbers are left?",
                   gives_away=["three: one", "thing to carry", "times something"], reason=True),
        Prediction("printed_trains", "A 3–6–1 network is trained on XOR with the formulas as printed, slips included, "
                   "from five different starts. How many of the five learn it (mean squared error below 0.01)?",
                   ["None", "Some", "All five"],
                   gives_away=["some, and the others", "smaller learning rate", "adapt to"]),
        Prediction("backward_cost", "A network has eight layers of 64 units, and needs one derivative for each of its "
                   "33,280 parameters. How many forward passes cost as much as the backward pass?",
                   ["About half", "About one", "About two", "About eight"],
                   gives_away=["two products for each", r"1\.88", "for each layer, and the step three",
                               "two further forward"]),
        Prediction("raise_one", "Three logits. The first is raised, the other two stay as they are. How many of the "
                   "three *probabilities* change?",
                   gives_away=["all three", "is a full matrix", "the others lose"]),
    ],
    questions=[
        Question("carry", "What does backpropagation hand from layer to layer on the way back?",
                 ["The gradient of the weights", "The gradient of the layer's input, made from ∂L/∂Z", "The error p − y"],
                 1,
                 "Each layer computes ∂L/∂Z, and passes ∂L/∂X = ∂L/∂Z Wᵀ down. The gradients of the weights stay in "
                 "their layer."),
        Question("shape", "X is (32, 784), ∂L/∂Z is (32, 100). Which product is ∂L/∂W?",
                 ["X @ ∂L/∂Z", "Xᵀ @ ∂L/∂Z", "∂L/∂Z @ Xᵀ"], 1,
                 "A gradient has the shape of the thing itself, and W is (784, 100). Only Xᵀ ∂L/∂Z has it."),
        Question("three",
                 "A forward pass takes 1 ms. About how long does the gradient of all 100,000 parameters of a deep "
                 "network take, forward pass included?", ["3 ms", "100 ms", "200 s"], 0,
                 "The backward pass costs about two forward passes, however many parameters there are. 200 s would be "
                 "central differences."),
        Question("kept", "Why must a training step keep every layer's activations, although a prediction need not?",
                 ["To average them later", "Backward needs them for ∂L/∂W and the slopes", "To compute the loss"], 1,
                 "∂L/∂W = Xᵀ ∂L/∂Z needs the layer's input, and f′ needs z or a. That is what fills a GPU's memory."),
    ],
    recall=["00.matmul", "02.central", "03.partner"],
)

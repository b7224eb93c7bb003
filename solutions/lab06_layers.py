# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
# ---

# %% [markdown]
# # Lab 06 · Backpropagation through layers
#
# Lab 02 sent a gradient back through one neuron, lab 03 through a graph. Today it goes through layers: first through
# two units, by hand, then through as many as you like, in about six lines of code. Every lab from here on trains its
# networks in this way.
#
# **You will be able to** say which numbers travel backwards and which stay in their layer; derive the matrix formulas;
# write the backward pass of any stack of layers; and say what a training step costs before you run it.
#
# **You need** lab 02 (chain rule, central differences), lab 04 (cross-entropy), lab 05 (a hidden layer), NumPy's `@` and `.T`.
#
# | minutes | exercises | points | goes with |
# |---|---|---|---|
# | about {{minutes}} (an estimate, not yet tried with students) | {{exercises}} | {{points}} | MT16, lectures 11 and 12; Found16; BMI707; *Nets* |

# %% tags=["setup"]
import os

import numpy as np

from course import sigmoid

quick = os.environ.get("COURSE_QUICK") == "1"  # only in tests: shorter runs, small data

# %% tags=["lab"]
from itertools import pairwise

from course import MSE, BinaryCrossEntropy, Linear, Network, Sigmoid, SigmoidCrossEntropy, Tanh
from course import Table, draw_ladder, draw_layer, numeric_gradient, open_lab, plot_curves, plot_losses, softmax
from course.data import circles
from course.widgets import BackpropStepper, Playground, beside_the_code, count_flops

lab = open_lab("06", globals())
check, hint, ready = lab.check, lab.hint, lab.ready
lab

# %% [markdown]
# ## 1 · Nine derivatives, and what they share
#
# MT16 differentiates a small network by hand, and we do the same. It has two inputs, two hidden tanh units, one sigmoid
# output, and the cross-entropy $\ell$. MT16 counts the input as layer 1, so its hidden layer is layer 2: the small raised number at $z$ and $a$ is the layer, not a power. Our $W_1$
# leads into it. (MT16 writes examples as columns and $Wx$. Our examples are rows, so we write $xW$.)
#
# $$ x \;\longrightarrow\; z^2 = xW_1 + b_1 \;\longrightarrow\; a^2 = \tanh(z^2)
#      \;\longrightarrow\; z^3 = a^2W_2 + b_2 \;\longrightarrow\; a^3 = \sigma(z^3) \;\longrightarrow\; \ell $$
#
# $$ \ell = -y \log a^3 - (1 - y) \log(1 - a^3) $$

# %%
x_toy, y_toy = np.array([1.0, 2.0]), 1.0
toy = {
    "W1": np.array([[0.5, -1.0], [-1.0, 0.5]]),  # one column for each hidden unit
    "b1": np.array([1.0, 0.5]),
    "W2": np.array([[1.5], [-2.0]]),
    "b2": np.array([0.5]),
}

# %% hide="code"
theta_toy = np.concatenate([value.ravel() for value in toy.values()])


def toy_forward(theta):
    """Run one example through the toy network, its nine parameters as one vector; return all values on the way."""
    W1, b1, W2, b2 = theta[:4].reshape(2, 2), theta[4:6], theta[6:8], theta[8]
    z2 = x_toy @ W1 + b1
    a2 = np.tanh(z2)
    z3 = a2 @ W2 + b2
    a3 = sigmoid(z3)
    return {"z²": z2, "a²": a2, "z³": z3, "a³": a3, "ℓ": -y_toy * np.log(a3) - (1 - y_toy) * np.log(1 - a3)}


rows = [[name, ", ".join(f"{x:.4f}" for x in np.atleast_1d(value))] for name, value in toy_forward(theta_toy).items()]
Table("x = (1, 2), y = 1, forward", ["value", "number"], rows)

# %% [markdown]
# There are nine parameters: four in $W_1$, two in $b_1$, two in $W_2$, and $b_2$. So there are nine derivatives. Each
# parameter is multiplied by something on the way: a weight of $W_1$ by an input, a weight of $W_2$ by an activation, a
# bias by 1. What is left of the nine derivatives without these factors?


# %% hide="code"
def shared():
    """Divide each of the nine derivatives by what the parameter is multiplied by, and see which numbers are left."""
    slopes = numeric_gradient(lambda theta: toy_forward(theta)["ℓ"], theta_toy)
    names = ["W1[0,0]", "W1[0,1]", "W1[1,0]", "W1[1,1]", "b1[0]", "b1[1]", "W2[0]", "W2[1]", "b2"]
    partner = np.array([x_toy[0], x_toy[0], x_toy[1], x_toy[1], 1, 1, *toy_forward(theta_toy)["a²"], 1])
    left = np.round(slopes / partner, 6)
    lines = [[n, *(f"{v:.4f}" for v in row)] for n, *row in zip(names, slopes, partner, left, strict=True)]
    display(Table("nine derivatives, by central differences", ["parameter", "∂ℓ/∂it", "multiplies", "quotient"], lines))
    return float(len(set(left)))


lab.predict("shared", shared)

# %% [markdown] why="shared"
# Three: one $\partial\ell/\partial z$ for each unit. A weight acts on the loss only through the $z$ of its unit. So its
# derivative is that unit's $\partial\ell/\partial z$ times something that the forward pass has already computed: the
# number that the weight is multiplied by. The same holds for nine million weights.
#
# This is the main idea. $\partial\ell/\partial z$, one number per unit, is **the thing to carry** backwards. Every
# weight gradient is picked up on the way, with one multiplication.

# %% [markdown]
# ## 2 · From unit to unit, piece by piece
#
# How does $\partial\ell/\partial z$ get from the output unit to the hidden ones? Along the chain above there are four
# derivatives, from the loss back to $z^2$. The first is worked out, the second is half done, and the others are yours:
#
# $$ \frac{\partial\ell}{\partial a^3} = -\frac{y}{a^3} + \frac{1 - y}{1 - a^3}, \qquad
#    \frac{\partial a^3}{\partial z^3} = a^3 (1 - \;?\;), \qquad
#    \frac{\partial z^3}{\partial a^2} = \;?, \qquad
#    \frac{\partial a^2}{\partial z^2} = \mathrm{diag}(1 - \;?\;) $$
#
# The third is a row of $h$ numbers, one for each hidden unit. The last is a matrix, because $a^2$ and $z^2$ have $h$
# entries each. But unit $j$ depends only on its own $z$, so only the diagonal is not 0. (The slope of tanh at $z$ is
# $1 - \tanh^2 z$.)
#
# Then multiply along the way: the first two give $\partial\ell/\partial z^3$, all four give
# $\partial\ell/\partial z^2$.
#
# **Exercise `toy_pieces`** ({{points:toy_pieces}}). Fill in six blanks. Any equivalent form is right, and each line may
# use the names above it.


# %% exercise="toy_pieces"
def toy_pieces(x, y, params):
    """Differentiate the cross-entropy of a network with tanh hidden units and a sigmoid output, piece by piece.

    Parameters
    ----------
    x : array of shape (n,)
        One example.
    y : float
        Its label, 0 or 1.
    params : dict of arrays
        W1 (n, h), b1 (h,), W2 (h, 1), b2 (1,).

    Returns
    -------
    dict
        "dl_da3" and "da3_dz3", numbers; "dz3_da2", array of shape (h,); "da2_dz2", array of shape (h, h), its diagonal
        included; and the products "dl_dz3", a number, and "dl_dz2", array of shape (h,).

    Example: for x_toy, y_toy and toy, "dl_da3" is about -4.057 and "dl_dz2" about [-0.8889, 1.1852].
    """
    z2 = x @ params["W1"] + params["b1"]
    a2 = np.tanh(z2)
    a3 = sigmoid(a2 @ params["W2"][:, 0] + params["b2"][0])
    ### BEGIN SOLUTION
    dl_da3 = -y / a3 + (1 - y) / (1 - a3)
    da3_dz3 = a3 * (1 - a3)
    dz3_da2 = params["W2"][:, 0]
    da2_dz2 = np.diag(1 - a2**2)
    dl_dz3 = dl_da3 * da3_dz3
    dl_dz2 = dl_dz3 * dz3_da2 @ da2_dz2
    ### STUB
    # dl_da3 = ...
    # da3_dz3 = ...
    # dz3_da2 = ...
    # da2_dz2 = ...
    # dl_dz3 = ...
    # dl_dz2 = ...
    ### END SOLUTION
    pieces = {"dl_da3": dl_da3, "da3_dz3": da3_dz3, "dz3_da2": dz3_da2, "da2_dz2": da2_dz2}
    return pieces | {"dl_dz3": dl_dz3, "dl_dz2": dl_dz2}


# %%
check("toy_pieces")

# %% [markdown] buys="toy_pieces"
# At the output the product of two factors is just `a3 - y`. Then ∂ℓ/∂z has gone down one layer. This is a backward
# pass.

# %% [markdown]
# A large weight passes back more of the gradient than a small one, and a negative weight changes its sign. Do your two
# products agree with the table of section 1?

# %%
if ready("toy_pieces"):
    found = toy_pieces(x_toy, y_toy, toy)
    slopes = numeric_gradient(lambda theta: toy_forward(theta)["ℓ"], theta_toy)  # ∂ℓ/∂b is ∂ℓ/∂z
    rows = [["∂ℓ/∂z²", *(", ".join(f"{v:.4f}" for v in pair) for pair in (found["dl_dz2"], slopes[4:6]))]]
    rows += [["∂ℓ/∂z³", f"{found['dl_dz3']:.4f}", f"{slopes[8]:.4f}"]]
    display(Table("two ways to the thing to carry", ["", "pieces", "differences"], rows))

# %% [markdown]
# ## 3 · One entry of W, many examples
#
# With $N$ examples in the rows of $X$, unit $j$ of a layer computes for example $n$
#
# $$ Z_{nj} = \sum_i X_{ni} W_{ij} + b_j $$
#
# Suppose that $\partial L/\partial Z$ is known, a number $dZ_{nj}$ for each example and unit. Which entries of $Z$ does
# $W_{ij}$ change, and how strongly? Only those of unit $j$, one for *each* example. The derivative of $Z_{nj}$ is
# $X_{ni}$. So
#
# $$ \frac{\partial L}{\partial W_{ij}} = \sum_n \frac{\partial L}{\partial Z_{nj}} \frac{\partial Z_{nj}}{\partial W_{ij}} = \;? $$
#
# **Exercise `one_entry`** ({{points:one_entry}}). Compute that sum, for one $i$ and one $j$. You may use a loop.


# %% exercise="one_entry"
def one_entry(X, dZ, i, j):
    """Differentiate the loss with respect to one weight of a layer Z = XW + b.

    Parameters
    ----------
    X : array of shape (N, n)
        The layer's inputs, one example per row.
    dZ : array of shape (N, h)
        ∂L/∂Z.
    i, j : int
        The weight from input i to unit j.

    Returns
    -------
    float
        ∂L/∂W_ij, a sum over the examples.

    Example: X = [[1, 2], [3, 4]], dZ = [[5, 6, 7], [8, 9, 10]], i = 0, j = 2 gives 1·7 + 3·10 = 37.
    """
    ### BEGIN SOLUTION
    return sum(X[n, i] * dZ[n, j] for n in range(len(X)))
    ### END SOLUTION


# %%
check("one_entry")

# %% [markdown] buys="one_entry"
# Column i of X meets column j of dZ. For all i and j at once, that is the product `X.T @ dZ`.

# %% [markdown]
# ## 4 · A layer at a time
#
# All units of one layer do the same thing, and so do the $N$ examples of a batch. With one example per row, the forward
# pass takes two lines for each layer:
#
# $$ Z = XW + b \tag{6.1} $$
# $$ A = f(Z) \tag{6.2} $$

# %%
draw_layer(toy["W1"], toy["b1"], [x_toy, [0.0, 1.0], [2.0, 0.5]])

# %% [markdown]
# The backward pass takes the same path in the other direction. At the output, sigmoid and mean cross-entropy together
# give
#
# $$ \frac{\partial L}{\partial Z} = \frac{p - y}{N} \tag{6.3} $$
#
# as your pieces did for one example. The division by $N$ happens there, once, and all gradients below contain it. In
# any layer, given $\partial L/\partial A$ from the layer above:
#
# $$ \frac{\partial L}{\partial Z} = \frac{\partial L}{\partial A} \odot f'(Z) \tag{6.4} $$
# $$ \frac{\partial L}{\partial W} = X^\mathsf{T}\, \frac{\partial L}{\partial Z} \tag{6.5}
#    \qquad \text{(pick up)} $$
# $$ \frac{\partial L}{\partial b} = \sum_n \frac{\partial L}{\partial Z_n} \tag{6.6}
#    \qquad \text{(pick up)} $$
# $$ \frac{\partial L}{\partial X} = \frac{\partial L}{\partial Z}\, W^\mathsf{T} \tag{6.7}
#    \qquad \text{(hand down)} $$
#
# (6.4) is your diagonal matrix, written as ⊙. (6.5) is `one_entry` for all entries. (6.7) is
# $\partial z^3/\partial a^2$, for all examples and units. What is handed down is the $\partial L/\partial A$ of the
# layer below. If you forget where a transpose goes, remember: **a gradient has the shape of the thing itself**, and
# only one product fits.
#
# Step through the backward pass of lab 05's 2–3–1 network on the four corners of XOR. Say the shape aloud before each
# step.

# %%
BackpropStepper()

# %% [markdown]
# **Exercise `mlp_backward`** ({{points:mlp_backward}}). Compute all four gradients of lab 05's network. You need the
# forward values, so compute them first. Note that `y` is (N,) and that $\partial L/\partial Z_2$ is (N, 1).


# %% exercise="mlp_backward"
def mlp_backward(X, y, params):
    """Differentiate the mean binary cross-entropy of a network with a tanh hidden layer and a sigmoid output.

    Parameters
    ----------
    X : array of shape (N, n)
        Examples, one per row.
    y : array of shape (N,)
        Labels, 0 or 1.
    params : dict of arrays
        W1 (n, h), b1 (h,), W2 (h, 1), b2 (1,).

    Returns
    -------
    dict of arrays
        The gradients, under the same keys and with the same shapes as params.

    Example: mlp_backward(np.array([[1.0, 2.0], [0.0, 1.0]]), np.array([1.0, 0.0]), toy) has about [-0.2446] for
    "b2" and [-0.2461, 0.4816] for "b1".
    """
    ### BEGIN SOLUTION
    A1 = np.tanh(X @ params["W1"] + params["b1"])  # (6.1), (6.2)
    p = sigmoid(A1 @ params["W2"] + params["b2"])
    dZ2 = (p - y[:, None]) / len(X)  # (4.11) ∂L/∂Z₂ = (p − y) / N
    dA1 = dZ2 @ params["W2"].T  # (6.7)
    dZ1 = dA1 * (1 - A1**2)  # (6.4), tanh′(z) = 1 − a²
    return {"W1": X.T @ dZ1, "b1": dZ1.sum(axis=0), "W2": A1.T @ dZ2, "b2": dZ2.sum(axis=0)}  # (6.5), (6.6)
    ### END SOLUTION


# %%
check("mlp_backward")

# %% [markdown] buys="mlp_backward"
# With this and lab 05's `mlp_forward` you have a network that learns.

# %% [markdown]
# Here is lab 05's playground, with your gradients. The network in it learns by what you wrote above.

# %%
if ready("mlp_backward"):
    display(Playground(data="xor", layers=(4,), backward=mlp_backward))

# %% [markdown]
# If the check agrees with your gradients, do central differences agree, too? And does the network learn to separate two
# rings of points?

# %%
inputs, targets = circles(80, 0.08, np.random.default_rng(2))  # 1 inputs
rng, error = np.random.default_rng(3), BinaryCrossEntropy()  # 4 cost
params = {"W1": rng.normal(size=(2, 6)), "b1": np.zeros(6), "W2": rng.normal(size=(6, 1)), "b2": np.zeros(1)}  # 2
rings_p = lambda X, trial: sigmoid(np.tanh(X @ trial["W1"] + trial["b1"]) @ trial["W2"] + trial["b2"])  # 3 operations

# %%
if ready("mlp_backward"):
    for key, slope in mlp_backward(inputs, targets, params).items():
        trial = lambda value, key=key: error.value(rings_p(inputs, params | {key: value}), targets)
        off = np.abs(slope - numeric_gradient(trial, params[key])).max()
        print(f"{key} {params[key].shape}: {'they agree' if off < 1e-8 else f'off by {off:.4f}'}")

# %%
if ready("mlp_backward"):
    losses = []
    for _ in range(200 if quick else 1000):  # 6 train
        losses.append(float(error.value(rings_p(inputs, params), targets)))
        grads = mlp_backward(inputs, targets, params)
        params = {key: params[key] - 1.0 * grads[key] for key in params}  # 5 optimizer
    X_test, y_test = circles(400, 0.08, np.random.default_rng(4))  # 7 test
    print(f"test accuracy {np.mean((rings_p(X_test, params)[:, 0] >= 0.5) == y_test):.2f}")
    display(plot_losses(losses, "Two rings, your gradients"))

# %% [markdown]
# ## 5 · Testing a printed formula
#
# The lecture notes (*Nets*) print the gradients of a network with one hidden layer, for lab 02's squared error $\ell = (y - p)^2$ and
# with a sigmoid at *every* unit. In our letters (their hidden $h_j$ is our $a_j$):
#
# $$ \frac{\partial\ell}{\partial w_{oj}} = (p - y)\,p(1 - p)\,a_j, \qquad
#    \frac{\partial\ell}{\partial w_{ij}} = (p - y)\,p(1 - p)\,a_j(1 - a_j)\,x_i $$
#
# Compare them with central differences.


# %%
def printed(x, y, W1, b1, W2, b2):
    a = sigmoid(x @ W1 + b1)
    p = float(sigmoid(a @ W2 + b2)[0])
    hidden = [[(p - y) * p * (1 - p) * a[j] * (1 - a[j]) * x[i] for j in range(len(a))] for i in range(len(x))]
    return np.array(hidden), np.array([[(p - y) * p * (1 - p) * a[j]] for j in range(len(a))])


# %%
loss_of = lambda W1, W2: (y_toy - sigmoid(sigmoid(x_toy @ W1 + toy["b1"]) @ W2 + toy["b2"])[0]) ** 2
W1_print, W2_print = printed(x_toy, y_toy, **toy)
w1_true = numeric_gradient(lambda W: loss_of(W, toy["W2"]), toy["W1"])
w2_true = numeric_gradient(lambda W: loss_of(toy["W1"], W), toy["W2"])
print("into output:    differences / printed =", np.round(w2_true / W2_print, 4)[:, 0])
print("from x0 and x1: differences / printed =", *np.round(w1_true / W1_print, 4))
print("W2 is", toy["W2"][:, 0], "by the way")

# %% [markdown]
# ### Find the slip
#
# There are two slips. One is in both formulas and is the same number everywhere. The other is only in the second
# formula, and it is not the same for the two hidden units. Compare the three printed lines and name both slips before
# you go on.
#
# **Exercise `hidden_weight_grad`** ({{points:hidden_weight_grad}}). Correct the second formula: the gradient of the
# *hidden* weights, for one example, for any number of inputs and hidden units.


# %% exercise="hidden_weight_grad"
def hidden_weight_grad(x, y, params):
    """Differentiate (y − p)² with respect to the hidden weights; sigmoid at every unit.

    Parameters
    ----------
    x : array of shape (n,)
        One example.
    y : float
        Its target.
    params : dict of arrays
        W1 (n, h), b1 (h,), W2 (h, 1), b2 (1,).

    Returns
    -------
    array of shape (n, h)
        ∂ℓ/∂W1, one column for each hidden unit.

    Example: hidden_weight_grad(x_toy, y_toy, toy) is about [[-0.0952, 0.1270], [-0.1904, 0.2539]].
    """
    ### BEGIN SOLUTION
    a1 = sigmoid(x @ params["W1"] + params["b1"])
    w_out = params["W2"][:, 0]
    p = sigmoid(a1 @ w_out + params["b2"][0])
    dz2 = 2 * (p - y) * p * (1 - p)  # (2.4) ∂ℓ/∂z of the output unit
    dz1 = dz2 * w_out * a1 * (1 - a1)  # (6.7), (6.4) back through the weight, then through the slope
    return np.outer(x, dz1)  # (6.5) each weight: its input times ∂ℓ/∂z of its unit
    ### END SOLUTION


# %%
check("hidden_weight_grad")

# %% [markdown] buys="hidden_weight_grad"
# The way back leads through the output weight and then through the slope of the hidden unit.

# %% [markdown]
# ### Why did nobody notice?
#
# If a network that is trained with these formulas learned nothing, somebody would have noticed. Does it learn?


# %% hide="code"
def train_as_printed():
    """Train 3–6–1 on XOR from five starts with the printed formulas; the third input is always 1, as a bias."""
    X, y, lines = np.array([[0, 0, 1], [0, 1, 1], [1, 0, 1], [1, 1, 1.0]]), np.array([0, 1, 1, 0]), []  # 1 inputs
    for rng in map(np.random.default_rng, (1, 2, 3, 4, 5)):
        W1, W2, losses = rng.normal(size=(3, 6)), rng.normal(size=(6, 1)), []  # 2 parameters
        for _ in range(1000):  # 6 train
            losses.append(np.mean((sigmoid(sigmoid(X @ W1) @ W2)[:, 0] - y) ** 2))  # 3 operations, 4 cost
            for x, target in zip(X, y, strict=True):
                dW1, dW2 = printed(x, target, W1, 0, W2, 0)
                W1, W2 = W1 - 2 * dW1, W2 - 2 * dW2  # 5 optimizer
        lines.append([str(len(lines) + 1), f"{losses[0]:.3f}", f"{losses[-1]:.3f}"])  # 7 test: the same four corners
    display(Table("XOR, with the formulas as printed", ["start", "loss before", "loss after"], lines))
    return {0: "None", 5: "All five"}.get(sum(float(line[2]) < 0.01 for line in lines), "Some")


lab.predict("printed_trains", train_as_printed)

# %% [markdown] why="printed_trains"
# Some, and the others only bring the loss down part of the way. The missing 2 only makes the learning rate smaller.
# Without its outgoing weight in the formula, a hidden unit is pushed in the wrong direction if that weight is negative.
# But the output weights are trained correctly, up to that 2, and adapt to whatever they are given. (Networks can even
# learn with *random* weights on the way back. This is a research topic of its own: Lillicrap et al. 2016.)
#
# A loss that falls does not show that the gradient is right. A gradient check does.

# %% [markdown]
# ## 6 · As many layers as you like
#
# The layers have different numbers, but they all do the same. So picture a ladder: values go up, gradients come down,
# and on the way down each rung needs what was kept on the way up.

# %%
draw_ladder(3)

# %% [markdown]
# In code it is a loop, from the last layer to the first: compute $\partial L/\partial Z$, pick up two gradients, hand
# down $\partial L/\partial X$. Here $f$ comes after *every* layer, including the last one. The list `activations` is
# what lab 05's `forward` returned: the input first, then each layer's output. The slope is a function of the
# *activation*, as in lab 02, where $\sigma'$ was $p(1 - p)$. So only `activations` must be kept.
#
# **Exercise `backward`** ({{points:backward}}). Write the whole algorithm. `dA` is already averaged over the examples:
# no further 1/N.


# %% exercise="backward"
def backward(dA, activations, Ws, fprime):
    """Carry a gradient back through L layers A = f(A_before @ W + b).

    Parameters
    ----------
    dA : array of shape (N, n_L)
        ∂L/∂A of the last layer, divided by N where that belongs.
    activations : list of L + 1 arrays
        Input X (N, n_0) first, then the output of each layer, (N, n_1) to (N, n_L).
    Ws : list of L arrays
        Weights; Ws[k] leads from activations[k] to activations[k + 1].
    fprime : function
        fprime(A) is the slope of f, element by element, where its *output* is A.

    Returns
    -------
    dWs : list of L arrays
        ∂L/∂W, with the shapes of Ws.
    dbs : list of L arrays
        ∂L/∂b, one array (n,) a layer, n being its number of units.

    Example: one layer, one example, f = tanh: backward(np.array([[1.0]]), [np.array([[3.0]]), np.array([[0.5]])],
    [np.array([[0.1]])], lambda A: 1 - A**2) is ([[[2.25]]], [[0.75]]).
    """
    ### BEGIN SOLUTION
    dWs, dbs = [], []
    for k in reversed(range(len(Ws))):
        dZ = dA * fprime(activations[k + 1])  # (6.4) ∂L/∂Z = ∂L/∂A ⊙ f′
        dWs.insert(0, activations[k].T @ dZ)  # (6.5) ∂L/∂W = Aᵀ ∂L/∂Z, A from the layer before
        dbs.insert(0, dZ.sum(axis=0))  # (6.6) ∂L/∂b = Σₙ ∂L/∂Zₙ
        dA = dZ @ Ws[k].T  # (6.7) what the layer before receives
    return dWs, dbs
    ### END SOLUTION


# %%
check("backward")

# %% [markdown] buys="backward"
# This loop finds the gradient of a network of any depth.

# %% [markdown]
# Here are five layers, and the library's answer beside yours:

# %%
if ready("backward"):
    parts = [part for n in (8, 7, 6, 5, 4) for part in (Linear(n, n - 1), Tanh())]
    net = Network(parts, rng=np.random.default_rng(7), dtype=np.float64)
    linears, activations, zeros = parts[::2], [np.random.default_rng(8).normal(size=(10, 8))], np.zeros((10, 3))
    for linear, tanh in zip(linears, parts[1::2], strict=True):
        activations.append(tanh.forward(linear.forward(activations[-1])))
    net.backward(MSE().grad(net.forward(activations[0], train=True), zeros))
    yours, _ = backward(MSE().grad(activations[-1], zeros), activations, [n.W for n in linears], lambda A: 1 - A**2)
    for linear, mine in zip(linears, yours, strict=True):
        print(f"{linear}: {'the same' if np.allclose(mine, linear.dW, rtol=1e-9) else 'different'}")

# %% [markdown]
# Next is one training step of the library on a 2–5–3–1 network, with every line beside its equation, and the shape of
# every array in this run. Read the table downwards. Then look at the shapes alone: the second half is the mirror image
# of the first. (The library keeps $z$ and computes $f'(z)$. Your code keeps $a$. And the first layer's (6.7) is not
# computed, because nothing needs $\partial L/\partial X$ of the *input*.)

# %%
stack = [Linear(2, 5), Tanh(), Linear(5, 3), Tanh(), Linear(3, 1)]
net = Network(stack, rng=np.random.default_rng(0), dtype=np.float64)
corners, xor = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]), np.array([0, 1, 1, 0])
beside_the_code(net, SigmoidCrossEntropy(), corners, xor)

# %% [markdown]
# ### Debug me
#
# A colleague has written a tanh layer. `self.recall()` returns what `forward` was given. Somewhere on the way back the
# gradient goes wrong. The parameters with a wrong gradient tell you *where*. Then fix one line. (No points.)


# %%
class ColleaguesTanh(Tanh):
    def backward(self, dz):
        z = self.recall()
        return dz * (1 - z**2)


# %% hide="code"
# the colleague's layer in a network: which gradients are right?
suspect = Network([Linear(2, 3), ColleaguesTanh(), Linear(3, 1)], rng=np.random.default_rng(5), dtype=np.float64)
X_try, y_try, loss = np.random.default_rng(6).normal(size=(8, 2)), np.arange(8) % 2, SigmoidCrossEntropy()
claimed = suspect.backward(loss.grad(suspect.forward(X_try, train=True), y_try)).copy()


def loss_at(theta):
    suspect.theta = theta
    return loss.value(suspect.forward(X_try), y_try)


off = np.abs(claimed - numeric_gradient(loss_at, suspect.theta.copy())) > 1e-7
names = np.repeat(["first W", "first b", "last W", "last b"], [6, 3, 3, 1])
for name in dict.fromkeys(names):
    print(f"{name:8} {'wrong' if off[names == name].any() else 'right'}")
if not off.any():
    print("Fixed. Go back from the loss: the fault was between the last right gradient and the first wrong one.")

# %% [markdown]
# ## 7 · What it costs
#
# A product of an $(m, k)$ and a $(k, n)$ matrix takes $mkn$ multiplications and as many additions: $2mkn$
# floating-point operations (FLOPs). Compared with the products, everything else in a network costs little. The forward
# pass has one product for each layer. What about the backward pass?


# %% hide="code"
def backward_cost():
    """Count the FLOPs of the matrix products in a real training step of 64 examples, for three networks."""
    lines = []
    for sizes in ([64] * 9, [784, 128, 10], [784, 512, 512, 10]):
        layers = [part for n, m in pairwise(sizes) for part in (Linear(n, m), Tanh())]
        net = Network(layers[:-1], rng=np.random.default_rng(0), dtype=np.float64)
        forward, back, kept = count_flops(net, np.zeros((64, sizes[0])))
        counts = [f"{forward:,}", f"{back:,}", f"{back / forward:.2f}", f"{kept:,}", f"{net.theta.size:,}"]
        lines.append(["–".join(map(str, sizes)), *counts])
    heads = ["network", "FLOPs forward", "backward", "quotient", "numbers kept", "parameters"]
    display(Table("one step, 64 examples", heads, lines))
    return {1: "About one", 2: "About two", 8: "About eight"}.get(round(float(lines[0][3])), "About half")


lab.predict("backward_cost", backward_cost)

# %% [markdown] why="backward_cost"
# It has two products for each layer, $\partial L/\partial W$ and $\partial L/\partial X$, where the forward pass has
# one. Together that is **three** products for the gradient of all parameters at once. The number of parameters does not
# change this factor. (It is 1.88 and not 2, because the first layer hands nothing down. In the second network the first
# layer does most of the work, so the quotient is far from 2.)
#
# MT16 counts the products of a step: “As many matrix multiplications as there are fully connected layers”, “Performed
# twice during forward and backward pass”. By (6.5) and (6.7), the backward pass needs two for each layer, and the step
# three.
#
# The last columns of the table show the price in memory. The backward pass needs every $z$ and $a$ again, for every
# example of the batch. So none of them can be thrown away until the gradient has passed. In the deep network there are
# more of them than parameters. If you double the batch, they double.

# %% [markdown]
# ## 8 · In your own words
#
# *Rubric (4 points): what a step costs with central differences (1); what it costs with backpropagation (1); the
# factor between the two for this network (1); what differences are good for (1).*
#
# A friend does not trust backpropagation: "Central differences are three lines, and they are never wrong. My network
# has 100,000 parameters. I will just use differences for training." Write three or four sentences: what would one step
# cost, compared with backpropagation, and what are central differences good for? (Graded by hand.)

# %% [markdown] written="differences"
# ### BEGIN SOLUTION
# Central differences need two forward passes for *each* parameter: 200,000 forward passes per step. Backpropagation
# gets the whole gradient for the price of about two further forward passes, three in all, because all weights of a unit
# share its $\partial L/\partial z$. So the friend would wait about seventy thousand times as long. (Differences are
# also not exact: they lose about a third of the digits.) They are good for checking: on a tiny network and a few
# examples they show whether the backward pass is right, once, before training.
#
# *What earns the points: two forward passes per parameter (1); backward costs about two forward passes for the whole
# gradient (1); a factor of some ten thousands follows from the two (1); use them to check the gradient (1).*
# ### END SOLUTION

# %% [markdown]
# ## 9 · What do you remember?
#
# Answer three questions on earlier labs, from memory.

# %%
lab.recall()

# %% [markdown]
# ## 10 · If you have time
#
# Here are two exercises without points, and an experiment. Nothing later depends on them.
#
# ### When a slope is a matrix
#
# If a function works element by element, $a_i = f(z_i)$, each output depends on one input only. The matrix of all
# derivatives $\partial a_i/\partial z_j$ is called the **Jacobian**. Here it is diagonal, so a product ⊙ with $f'$ is
# enough. Is a softmax like that?


# %% hide="code"
def raise_one():
    """Raise the first of three logits a little and watch the three probabilities."""
    z = np.array([1.0, 0.0, -1.0])
    before, after = softmax(z), softmax(z + np.array([0.5, 0, 0]))
    rows = [[str(k), *(f"{v:.3f}" for v in row)] for k, row in enumerate(zip(z, before, after, strict=True))]
    display(Table("the first logit raised by 0.5", ["class", "logit", "p before", "p after"], rows))
    return float(np.sum(np.abs(after - before) > 1e-9))


lab.predict("raise_one", raise_one)

# %% [markdown] why="raise_one"
# All three. They sum to 1, so what the first gains, the others lose. The Jacobian is a full matrix.

# %% [markdown]
# ### The full matrix
#
# Lab 04 had one row of it, $\partial p_k/\partial z_j$. Here are all rows, with $\delta_{ij} = 1$ where $i = j$ and 0
# elsewhere:
#
# $$ \frac{\partial p_i}{\partial z_j} = p_i(\delta_{ij} - p_j) \tag{6.8} $$
#
# **Exercise `softmax_jacobian`** (no points). Compute it for one row of logits, of any size.


# %% exercise="softmax_jacobian"
def softmax_jacobian(z):
    """Differentiate every probability with respect to every logit.

    Parameters
    ----------
    z : array of shape (K,)
        Logits of one example, of any size.

    Returns
    -------
    array of shape (K, K)
        ∂pᵢ/∂zⱼ in row i, column j.

    Example: softmax_jacobian(np.array([0.0, 0.0])) is [[0.25, -0.25], [-0.25, 0.25]].
    """
    ### BEGIN SOLUTION
    e = np.exp(z - np.max(z))
    p = e / e.sum()
    return np.diag(p) - np.outer(p, p)  # (6.8) ∂pᵢ/∂zⱼ = pᵢ(δᵢⱼ − pⱼ)
    ### END SOLUTION


# %%
check("softmax_jacobian")

# %% [markdown] buys="softmax_jacobian"
# This is the only activation in this lab whose Jacobian is not diagonal.

# %% [markdown]
# The chain rule is now a sum over all outputs:
# $\partial L/\partial z_j = \sum_i \partial L/\partial p_i \cdot \partial p_i/\partial z_j$, a vector times a matrix.
# With cross-entropy, $\partial L/\partial p$ is $-1/p$ at the right class and 0 elsewhere. Watch what is left of the
# matrix:

# %%
if ready("softmax_jacobian"):
    z, t = np.array([2.0, -1.0, 0.5, 0.0]), np.array([0, 0, 1, 0])
    p, slope = softmax(z), softmax_jacobian(z)
    through = (-t / p) @ slope
    rows = [[str(k), *(f"{v:.4f}" for v in row)] for k, row in enumerate(zip(p, t, through, p - t, strict=True))]
    display(Table("softmax and cross-entropy, right class 2", ["class", "p", "t", "∂L/∂p · J", "p − t"], rows))

# %% [markdown]
# The last two columns are equal. That is why the two are computed *together*, and why the library's network ends with
# logits. Then there is no $K \times K$ matrix for each example, and no division by a $p$ that might be 0.
#
# ### A step, counted
#
# **Exercise `step_flops`** (no points). Count the products of one training step. Each layer has the forward product
# (6.1), $\partial L/\partial W$ (6.5) and $\partial L/\partial X$ (6.7). The first layer does not need the last one.


# %% exercise="step_flops"
def step_flops(sizes, batch):
    """Count the FLOPs of all matrix products in one training step.

    Parameters
    ----------
    sizes : list of int
        Units of each layer, the inputs first: [784, 128, 10] has two layers of weights.
    batch : int
        Examples in the batch.

    Returns
    -------
    int
        2mkn for each product of an (m, k) and a (k, n) matrix.

    Example: step_flops([2, 3], 4) is 96: 48 forward and 48 for ∂L/∂W. ∂L/∂X is not needed.
    """
    ### BEGIN SOLUTION
    flops = 0
    for k in range(len(sizes) - 1):
        products = 3 if k else 2  # forward, ∂L/∂W and, except in the first layer, ∂L/∂X
        flops += products * 2 * batch * sizes[k] * sizes[k + 1]
    return flops
    ### END SOLUTION


# %%
check("step_flops")

# %% [markdown] buys="step_flops"
# You know the price of a step before you take it. Lab 10 turns it into seconds.

# %%
if ready("step_flops"):
    step = step_flops([784, 128, 10], 64)
    print(f"784–128–10, 64 examples: {step:,} FLOPs, {step / 50e9 * 1000:.2f} ms on a machine that does 50e9 a second")

# %% [markdown]
# ### Open experiment (no points)
#
# A gradient goes through many slopes and weights. How large is it when it arrives? The cell below shows the size of
# $\partial L/\partial W$ in each of ten layers. Change `Sigmoid` to `Tanh`, the number of layers, or the factor on the
# weights. Can you find a setting in which the first layer gets as much as the last? (Lab 08 is about this question.)

# %%
deep = [part for _ in range(10) for part in (Linear(20, 20), Sigmoid())]
net = Network(deep, rng=np.random.default_rng(0), dtype=np.float64)
net.theta = 1.0 * net.theta  # the factor on the weights
output = net.forward(np.random.default_rng(1).normal(size=(50, 20)), train=True)
net.backward(MSE().grad(output, np.zeros((50, 20))))
sizes = [float(np.linalg.norm(part.dW)) for part in deep[::2]]
plot_curves(np.arange(1, 11), {"length of ∂L/∂W": sizes}, "How much gradient arrives", "layer", log=True)

# %% [markdown]
# ## What you learned
#
# - Carry $\partial L/\partial Z$; pick up $\partial L/\partial W$ and $\partial L/\partial b$; hand down $\partial L/\partial X$.
# - A gradient has the shape of the thing itself. Only one product fits.
# - The backward pass costs as much as about two forward passes, and needs memory for every $z$ and $a$.
# - A falling loss does not show that the gradient is right. A gradient check does, and it tells you where to look for a
#   fault.
#
# Next: in lab 07 the computer works out the way back, for any formula made of operations that it knows.

# %%
lab.progress()

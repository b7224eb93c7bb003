# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
# ---

# %% [markdown]
# # Lab 08 · Deep networks I: signals
#
# A deep network passes numbers from layer to layer: activations forward, gradients backward. Each layer multiplies them
# by something. After twenty layers even a modest factor has made them huge, or has left almost nothing. Today you learn
# what keeps them at a useful size: the activation, the initial weights, and the scale of the inputs. At the end you see
# why many layers are useful at all.
#
# **You will be able to** write the usual activations with their slopes; say where a gradient vanishes and why; draw
# initial weights that keep signals at their size, and read from histograms whether they do; standardise inputs with the
# right numbers; and give a reason for depth.
#
# **You need** lab 02 (slopes, chain rule), lab 03 (standardising), z = XW + b, and NumPy's `where`, `maximum` and `axis`.
#
# | minutes | exercises | points | goes with |
# |---|---|---|---|
# | about {{minutes}} (an estimate, not yet tried with students) | {{exercises}} | {{points}} | MT16, lecture 12; Found16 on the tricks of the trade; *Nets* on activations |

# %% tags=["setup"]
import os

import numpy as np

quick = os.environ.get("COURSE_QUICK") == "1"  # only in tests: shorter runs, small data

# %% tags=["lab"]
from course import SGD, Linear, Network, ReLU, Sigmoid, SigmoidCrossEntropy, SoftmaxCrossEntropy, Tanh, accuracy
from course import Table, activations, initializers, layer_signals, open_lab, plot_curves, plot_signals, train
from course.data import load_digits
from course.widgets import ActivationExplorer, GradientDepth

digits = load_digits()
X_all, y_all, X_test, y_test = digits.rows(np.float64)
lab = open_lab("08", globals())
check, hint, ready = lab.check, lab.hint, lab.ready
print(digits)
lab

# %% [markdown]
# ## 1 · How to bend a line
#
# Without a bend, many layers are one layer: a linear function of a linear function is linear. So each unit sends its
# $z$ through an **activation** $f$, and the way back multiplies by the slope $f'(z)$. An activation must bend, and it
# must let something through. Where its curve is flat, almost nothing gets through: there the unit is **saturated**.
#
# Move $z$ along each curve. Look for the places where the slope is large, and for the grey ones, where the curve is flat.

# %%
ActivationExplorer()

# %% [markdown]
# The sigmoid and tanh become flat on both sides. The **rectified linear unit** is flat on one side only:
#
# $$ \text{relu}(z) = \max(z, 0) \tag{8.3} $$
#
# **Exercise `relu`** ({{points:relu}}). Do not change `z` itself: the way back needs it.


# %% exercise="relu"
def relu(z):
    """Keep what is positive.

    Parameters
    ----------
    z : array of any shape

    Returns
    -------
    array of the same shape

    Example: relu([-2.0, 0.0, 3.0]) is [0.0, 0.0, 3.0].
    """
    ### BEGIN SOLUTION
    return np.maximum(z, 0)  # (8.3) relu(z) = max(z, 0)
    ### END SOLUTION


# %%
check("relu")

# %% [markdown] buys="relu"
# It costs one comparison, and positive values pass unchanged, however many such layers there are.

# %% [markdown]
# **Exercise `relu_grad`** ({{points:relu_grad}}). Compute the slope of relu at each `z`. Exactly at 0 there is a
# corner; return 0 there.


# %% exercise="relu_grad"
def relu_grad(z):
    """Differentiate relu.

    Parameters
    ----------
    z : array of any shape

    Returns
    -------
    array of the same shape

    Example: relu_grad([-2.0, 0.0, 3.0]) is [0.0, 0.0, 1.0].
    """
    ### BEGIN SOLUTION
    return np.where(z > 0, 1.0, 0.0)  # (8.4) relu′(z) = 1 where z > 0, else 0
    ### END SOLUTION


# %%
check("relu_grad")

# %% [markdown] buys="relu_grad"
# With its slope, you can train a network of relus: on the way back, relu multiplies by 0 or by 1.

# %% [markdown]
# In lab 02 you measured slopes by central differences. At 0 relu has a corner. What do they give there?


# %% hide="code"
def at_the_corner():
    """Measure the slope of relu by central differences, at the corner and away from it."""
    places, e = np.array([-2.0, -0.5, 0.0, 0.5, 2.0]), 1e-6
    slopes = (activations.relu(places + e) - activations.relu(places - e)) / (2 * e)
    rows = [
        [f"{z}", f"{n:.2f}", f"{s:.2f}"] for z, n, s in zip(places, slopes, activations.relu_grad(places), strict=True)
    ]
    display(Table("the slope of relu", ["z", "central differences", "in this course"], rows))
    return {0.0: "0", 0.5: "½", 1.0: "1"}[round(float(slopes[2]), 6)]


lab.predict("corner", at_the_corner)

# %% [markdown] why="corner"
# One of the two points lies left of the corner, where relu is 0, and one right of it, where relu is ε. So the difference is ε, divided
# by 2ε. Neither 0 nor ½ is wrong, because a corner has no slope. It hardly matters: $z$ is almost never exactly 0.

# %% [markdown]
# ### Dead units
#
# A relu whose $z$ is negative for *all* examples has slope 0 for all of them. No gradient reaches its weights, so it stays as it
# is: a **dead unit**. A small leak keeps it alive:
#
# $$ \text{leaky}(z) = \max(z, 0) + \text{slope} \cdot \min(z, 0) \tag{8.5} $$
#
# (If the network learns the slope, too, it is called a *parametric* relu, PReLU.)
#
# **Exercise `leaky_relu`** ({{points:leaky_relu}}).


# %% exercise="leaky_relu"
def leaky_relu(z, slope):
    """Keep what is positive, and a little of the rest.

    Parameters
    ----------
    z : array of any shape
    slope : float
        The slope left of 0, between 0 and 1.

    Returns
    -------
    array of the same shape

    Example: leaky_relu([-2.0, 0.0, 3.0], 0.1) is [-0.2, 0.0, 3.0].
    """
    ### BEGIN SOLUTION
    return np.where(z > 0, z, slope * z)  # (8.5)
    ### END SOLUTION


# %%
check("leaky_relu")

# %% [markdown] buys="leaky_relu"
# A unit with this activation cannot die: for every z some gradient gets through.

# %% [markdown]
# ## 2 · How a gradient vanishes
#
# The chain rule multiplies: one factor $w \cdot f'(z)$ for each layer. The sigmoid's slope $\sigma(1 - \sigma)$ is never more than
# ¼. What does that make of a gradient after ten layers?


# %% hide="code"
def ten_sigmoids():
    """Send a 0 through ten sigmoids with w = 1, b = −½, so that each z is 0, and a gradient of 1 back."""
    z, gradient, rows = 0.0, 1.0, []
    for layer in range(1, 11):
        gradient *= activations.sigmoid_grad(z)
        z = activations.sigmoid(z) - 0.5
        rows.append([str(layer), f"{gradient:.1e}"])
    display(Table("a gradient of 1, on its way back", ["layers", "what is left"], rows))
    exponent = round(np.log10(gradient))
    return {-1: "About a quarter", -3: "About a thousandth", -6: "About a millionth"}.get(exponent, "Something else")


lab.predict("sigmoids", ten_sigmoids)

# %% [markdown] why="sigmoids"
# At most 1/4 per layer, so at most $4^{-10}$, which is about a millionth.

# %% [markdown]
# ### Would larger weights help?
#
# This is the **vanishing gradient**. Each layer's factor is $w \cdot \sigma'(z)$, so a larger weight makes a larger factor. Take ten
# layers with equal weights $w$ and biases $-w/2$, and let the first $z$ be a little off the middle, at ½.


# %% hide="code"
def larger_weights():
    """Send a gradient of 1 back through ten sigmoids, for several weights; every layer has b = −w/2."""
    rows, left = [], {}
    for w in (1, 2, 4, 8, 16):
        z, gradient = 0.5, 1.0
        for _ in range(10):
            gradient *= w * activations.sigmoid_grad(z)
            z = w * (activations.sigmoid(z) - 0.5)
        left[f"w = {w}"] = gradient
        rows.append([str(w), f"{w / 4:g}", f"{z:.2f}", f"{gradient:.1e}"])
    display(Table("ten sigmoids", ["weight", "factor at best", "last z", "gradient left"], rows))
    return max(left, key=left.get)


lab.predict("larger_weights", larger_weights)

# %% [markdown] why="larger_weights"
# A larger weight helps up to about 4, where the factor is 1 at best. If it is much larger, each layer drives $z$
# further out, to where the curve is flat: the unit is saturated. It says 0 or 1, and hardly learns any more. Large
# weights make large $z$, and large $z$ makes small slopes.

# %% [markdown]
# ### Flat only far out
#
# Relu cannot saturate on the right, but is flat on the left. The **exponential linear unit** is a compromise: a line on the
# right, and on the left a curve that levels off at $-\alpha$.
#
# $$ \text{elu}(z) = \begin{cases} z & z > 0 \\ \alpha\,(e^z - 1) & \text{else} \end{cases} \tag{8.9} $$
#
# **Exercise `elu`** ({{points:elu}}). There is a catch: `np.where` computes both sides for every entry, and $e^{800}$
# is more than a float can hold. It must not cause a warning.


# %% exercise="elu"
def elu(z, alpha):
    """Keep what is positive, and bend towards −alpha on the left.

    Parameters
    ----------
    z : array of any shape
        Any numbers, 800 among them.
    alpha : float
        The curve levels off at −alpha on the left.

    Returns
    -------
    array of the same shape

    Example: elu([-1.0, 0.0, 800.0], 2.0) is [-1.264, 0.0, 800.0], for 2 · (0.368 − 1) = −1.264.
    """
    ### BEGIN SOLUTION
    return np.where(z > 0, z, alpha * (np.exp(np.minimum(z, 0)) - 1))  # (8.9)
    ### END SOLUTION


# %%
check("elu")

# %% [markdown] buys="elu"
# With α = 1 it bends without a corner, and no z is too large for it.

# %% [markdown]
# **Exercise `elu_grad`** ({{points:elu_grad}}). Differentiate both pieces of (8.9).


# %% exercise="elu_grad"
def elu_grad(z, alpha):
    """Differentiate elu.

    Parameters
    ----------
    z : array of any shape
    alpha : float
        As in elu.

    Returns
    -------
    array of the same shape

    Example: elu_grad([-1.0, 3.0, 800.0], 2.0) is [0.736, 1.0, 1.0], for 2 · 0.368 = 0.736.
    """
    ### BEGIN SOLUTION
    return np.where(z > 0, 1.0, alpha * np.exp(np.minimum(z, 0)))  # (8.10) elu′(z) = 1 where z > 0, else α exp(z)
    ### END SOLUTION


# %%
check("elu_grad")

# %% [markdown] buys="elu_grad"
# You have seen the three ways to treat the left side: cut it off, let it leak, or bend it.

# %% [markdown]
# Take one unit far on the left, at $z = -5$. Which of four activations still has the largest slope there?


# %% hide="code"
def far_left():
    """Compare four slopes left of 0."""
    places, names = np.array([-0.5, -2.0, -5.0]), ["Sigmoid", "Relu", "Leaky relu, slope 0.01", "Elu, α = 1"]
    grads = activations.sigmoid_grad, activations.relu_grad, activations.leaky_relu_grad, activations.elu_grad
    slopes = np.array([grad(places) for grad in grads])
    rows = [[f"{z}", *(f"{slope:.4f}" for slope in column)] for z, column in zip(places, slopes.T, strict=True)]
    display(Table("slopes left of 0", ["z", *names], rows))
    return names[int(slopes[:, -1].argmax())]


lab.predict("far_left", far_left)

# %% [markdown] why="far_left"
# Relu passes nothing on. The slopes of the sigmoid and of elu shrink like $e^{z}$ as $z$ goes to the left. Only the leak is the
# same everywhere: at −0.5 it is smaller than these two, and at −5 it is the largest.

# %% [markdown]
# ## 3 · Let the network choose its own bend
#
# Why decide on a bend at all? A **maxout** unit computes $k$ linear functions of its inputs and passes on the largest:
#
# $$ a = \max_i\,(xW_i + b_i) \tag{8.13} $$
#
# **Exercise `maxout`** ({{points:maxout}}). Piece $i$ has weights `W[i]` and biases `b[i]`. Watch the shapes.


# %% exercise="maxout"
def maxout(X, W, b):
    """Take the largest of k linear functions, unit by unit.

    Parameters
    ----------
    X : array of shape (N, n_in)
        Examples, one per row.
    W : array of shape (k, n_in, n_out)
        Weights of the k pieces. X @ W works, and has shape (k, N, n_out).
    b : array of shape (k, n_out)
        Biases of the k pieces.

    Returns
    -------
    array of shape (N, n_out)

    Example: with one input, one unit and two pieces, z = 2x + 1 and z = −x, the inputs [[1.0], [-2.0]] give
    [[3.0], [2.0]].
    """
    ### BEGIN SOLUTION
    return (X @ W + b[:, None]).max(axis=0)  # (8.13) a = maxᵢ (xWᵢ + bᵢ)
    ### END SOLUTION


# %%
check("maxout")

# %% [markdown] buys="maxout"
# You have a unit whose bend is learned together with its weights.

# %% [markdown]
# Here is your maxout with one input and three sets of pieces. You know two of the curves.

# %%
if ready("maxout"):
    x, curves = np.linspace(-2, 2, 41), {}
    for name, slopes in [
        ("pieces x and 0", [1, 0]),
        ("pieces x and −x", [1, -1]),
        ("x, 0.2x and −x − 1", [1, 0.2, -1]),
    ]:
        W, b = np.reshape(slopes, (-1, 1, 1)), np.array([[0.0], [0.0], [-1.0]])[: len(slopes)]
        curves[name] = maxout(x[:, None], W, b)[:, 0]
    display(plot_curves(x, curves, "Three maxout units with one input", "x", "a"))

# %% [markdown]
# With more pieces it can take any shape that only bends upwards. The price is $k$ times the weights.
#
# ## 4 · Where not to start
#
# Training walks downhill from somewhere. The most obvious place to start is zero. Take two inputs, three tanh units and one
# output, with all weights and biases 0.


# %% hide="code"
def all_zero():
    """Measure the gradients of a network whose weights and biases are all 0; three labels in ten are 1."""
    X, y = np.random.default_rng(0).normal(size=(10, 2)), np.repeat([1.0, 0.0], [3, 7])
    first, last = Linear(2, 3, init=initializers.zeros), Linear(3, 1, init=initializers.zeros)
    net, cost = Network([first, Tanh(), last], rng=np.random.default_rng(0), dtype=np.float64), SigmoidCrossEntropy()
    net.backward(cost.grad(net.forward(X, train=True), y[:, None]))
    sizes = {"hidden weights": first.dW, "hidden biases": first.db, "output weights": last.dW, "output bias": last.db}
    display(Table("gradients at zero", ["of", "largest"], [[k, f"{np.abs(g).max():.2f}"] for k, g in sizes.items()]))
    return {
        (): "None: all are zero",
        ("output bias",): "The output bias alone",
        ("hidden biases", "output bias"): "Both biases",
        ("output weights", "output bias"): "Output weights and output bias",
    }.get(tuple(name for name, g in sizes.items() if np.abs(g).max() > 0), "Another combination")


lab.predict("zeros", all_zero)

# %% [markdown] why="zeros"
# Each weight's gradient is its input times what comes back. The hidden activations are 0, so the output weights get
# nothing. The output weights are 0, so nothing comes back to the hidden layer. The output bias needs neither. It learns
# the share of ones, and this network never learns more.
#
# Found16 says of this start: “you're going to get gradients for all your parameters that are going to be zero”. That is
# nearly right: it holds for all the *weights*. The table shows the exception.

# %% [markdown]
# ### Another constant
#
# With a constant other than 0, something does come back, and the weights begin to move. Take eight tanh units, all
# weights 0.02 at the start, and twelve epochs of digits:


# %% hide="code"
def constant_start():
    """Train from constant weights, and count the hidden units that differ."""
    inputs, targets = X_all, y_all  # 1 inputs
    same = lambda n_in, n_out, rng: np.full((n_in, n_out), 0.02)
    layers = [Linear(64, 8, init=same), Tanh(), Linear(8, 10, init=same)]  # 3 operations
    net = Network(layers, rng=np.random.default_rng(0), dtype=np.float64)  # 2 parameters
    cost, optimizer = SoftmaxCrossEntropy(), SGD(0.1)  # 4 cost, 5 optimizer
    list(
        train(net, inputs, targets, cost, optimizer, epochs=12, rng=np.random.default_rng(1), batch_size=32)
    )  # 6 train
    units = len(np.unique(layers[0].W.round(6), axis=1).T)
    print(f"different hidden units: {units} of 8; test accuracy {accuracy(net.predict(X_test), y_test):.2f}")  # 7 test
    return units


lab.predict("constant", constant_start)

# %% [markdown] why="constant"
# Units that start with the same weights get the same gradients, take the same steps, and stay the same. The network has eight
# hidden units and can do no more than with one.

# %% [markdown]
# ### A random start
#
# A random start **breaks the symmetry** between the units. (Very little is needed: with noise of $10^{-12}$ on the
# weights, all eight units differed within sixty epochs. That is a long wait.) Biases may all start at 0, since the
# weights already differ. With relu some people start the biases at 0.1, so that fewer units are dead at the start.
#
# ## 5 · How large?
#
# Random, but how large? A unit adds up `fan_in` products. If these are independent and have mean 0, their variances
# add:
#
# $$ \operatorname{Var}(z) = \text{fan\_in} \cdot \operatorname{Var}(w) \cdot \operatorname{mean}(x^2) $$
#
# So each layer multiplies the signal's variance by $\text{fan\_in} \cdot \operatorname{Var}(w)$, and ten layers do it
# ten times. Near 0, tanh is nearly a line, so it changes little about that. Send the digits through ten tanh layers of
# 64 units:


# %%
def loudness(act, init, depth=10):
    """Send 500 digits through `depth` layers of 64 units; return the standard deviation after each."""
    layers = [layer for _ in range(depth) for layer in (Linear(64, 64, init=init), act())]
    signal, sizes = X_all[:500], []
    for layer in Network(layers, rng=np.random.default_rng(0), dtype=np.float64).layers:
        signal = layer.forward(signal)
        sizes.append(float(signal.std()))
    return sizes[1::2]


# %% hide="code"
def three_sizes():
    """Draw the weights of ten tanh layers with three standard deviations."""
    rows = []
    for std in (0.01, 0.125, 1.0):
        sizes = loudness(Tanh, lambda n_in, n_out, rng, std=std: std * rng.normal(size=(n_in, n_out)))
        rows.append([f"{std:g}", f"{64 * std**2:g}", *(f"{sizes[k]:.1e}" for k in (0, 4, 9))])
    columns = ["std of w", "fan_in · Var(w)", "layer 1", "layer 5", "layer 10"]
    display(Table("standard deviation of the signal", columns, rows))
    last = float(rows[0][-1])
    return "Less than a billionth" if last < 1e-9 else "About a millionth" if last < 1e-4 else "About a hundredth"


lab.predict("three_sizes", three_sizes)

# %% [markdown] why="three_sizes"
# Each layer multiplies the variance by $64 \cdot 0.01^2 = 0.0064$, so the standard deviation by 0.08, and it does so
# ten times: the digit has faded away. With a standard deviation of 1 the variance would grow 64 times in each layer.
# But tanh stops at ±1: every unit is saturated, and no gradient gets through. In between, with
# $\text{std} = 1/\sqrt{64}$, the factor is 1, and the digit reaches the last layer.

# %% [markdown]
# ### What lab 05 left open
#
# In PyCon17 a linear model reads 92.5 % of MNIST's test digits. With a second linear layer in front, 128 units wide, it reads 88.8 %.
# The reason given is “A linear transformation of a linear transformation is still a linear transformation!”. That explains why
# nothing is gained. But why is something *lost*?
#
# There are two possible causes: the layer, and the start, since the talk draws all weights with standard deviation 1.
# So we train four networks on our digits: one or two linear layers, with a standard deviation of 1 or of
# $1/\sqrt{\text{fan\_in}}$. Everything else is as in the talk: biases 0, learning rate 0.05, batches of 32. Each
# network starts several times from different weights, and the table gives the mean accuracy and its standard
# error: the standard deviation over the starts, divided by the root of their number.


# %% hide="code"
from itertools import pairwise


def linear_towers(sizes, scaled, epochs, starts):
    """Train linear layers from several starts at once; return the test accuracies after 20 epochs and after all."""
    targets, rng, seen = np.eye(10)[y_all], np.random.default_rng(0), []  # 1 inputs are the rows of X_all
    W = [rng.normal(size=(starts, m, n)) * (m**-0.5 if scaled else 1.0) for m, n in pairwise(sizes)]  # 2 parameters
    b = [np.zeros((starts, 1, n)) for n in sizes[1:]]
    for epoch in range(1, epochs + 1):
        order = rng.permutation(len(X_all))
        for rows in np.split(order, range(32, len(order), 32)):  # 6 train
            a = [X_all[rows]]
            for k in range(len(W)):
                a.append(a[k] @ W[k] + b[k])  # 3 operations
            dz = (activations.softmax(a[-1]) - targets[rows]) / len(rows)  # 4 cost: its gradient
            for k in reversed(range(len(W))):
                below = dz @ W[k].swapaxes(1, 2)
                W[k] -= 0.05 * a[k].swapaxes(-1, -2) @ dz  # 5 optimizer
                b[k] -= 0.05 * dz.sum(axis=1, keepdims=True)
                dz = below
        if epoch in (20, epochs):
            z = X_test
            for k in range(len(W)):
                z = z @ W[k] + b[k]
            seen.append((z.argmax(axis=-1) == y_test).mean(axis=-1))  # 7 test
    return seen


def the_culprit():
    """Train the four networks; say which single change helps the one with two layers and standard deviation 1 most."""
    epochs, starts = (300, 5) if quick else (450, 8)  # 450 epochs of 41 steps are about the talk's ten of 1,875
    rows, final = [], {}
    for name, sizes in [("one layer", (64, 10)), ("two layers", (64, 128, 10))]:
        for start in ("1", "1/√fan_in"):
            early, late = linear_towers(sizes, start != "1", epochs, starts)
            final[name, start] = late.mean()
            shown = (f"{r.mean():.3f} ± {r.std(ddof=1) / starts**0.5:.3f}" for r in (early, late))
            rows.append([name, start, *shown])
    columns = ["network", "std of w", "after 20 epochs", f"after {epochs} epochs"]
    display(Table(f"linear networks on the digits, test accuracy, {starts} starts each", columns, rows))
    away, scaling = final["one layer", "1"], final["two layers", "1/√fan_in"]
    if abs(away - scaling) <= 0.005:
        return "Both help alike, within half a percent"
    return "Scale the weights to 1/√fan_in" if scaling > away else "Take the second layer away"


lab.predict("culprit", the_culprit)

# %% [markdown] why="culprit"
# From the scaled start, two layers read as many digits as one, or a few more. So the collapse into one linear layer
# explains why nothing much is gained, and the *start* explains the loss. With a standard deviation of 1 the first
# scores are random: about 4 in size from one layer, 40 from two, and 0.5 from scaled weights. Training corrects them
# only until the training digits are right. After 300 epochs the two layers read every training digit, and their scores
# are still 30 in size, most of it left over from the start.
#
# On MNIST itself we measured, in %, after ten epochs and from six starts each:
#
# | network | std 1 | std 1/√fan_in |
# |---|---|---|
# | one layer | 89.13 ± 0.11 | 92.26 ± 0.03 |
# | two layers | 87.73 ± 0.18 | 92.29 ± 0.08 |
#
# The poor start costs one layer 3.1 points and two layers 4.6. The talk's 88.8 lies between what the two networks read from a poor
# start, and its 92.5 is close to what either reads from a good one. (So the start that the talk states does not explain its 92.5: with it,
# one layer reads 89.)

# %% [markdown]
# ### On the way back
#
# Signals also travel *back*, and there each unit adds up `fan_out` products. The way forward needs a variance of
# 1/fan_in, the way back 1/fan_out. Glorot and Bengio (2010) chose a value in between,
# $2/(\text{fan\_in} + \text{fan\_out})$. A uniform draw between $\pm\text{limit}$ has the variance $\text{limit}^2/3$,
# so
#
# $$ \text{limit} = \sqrt{\frac{6}{\text{fan\_in} + \text{fan\_out}}} \tag{8.16} $$
#
# **Exercise `glorot_uniform`** ({{points:glorot_uniform}}). Your numbers will differ from ours; the check looks at how
# they are spread.


# %% exercise="glorot_uniform"
def glorot_uniform(fan_in, fan_out, rng):
    """Draw weights between −limit and limit.

    Parameters
    ----------
    fan_in, fan_out : int
        Inputs and units of the layer.
    rng : np.random.Generator
        rng.uniform(2.0, 5.0, (3, 4)) gives twelve numbers between 2 and 5.

    Returns
    -------
    array of shape (fan_in, fan_out)

    Example: with fan_in = 2 and fan_out = 4 the limit is 1.
    """
    ### BEGIN SOLUTION
    limit = np.sqrt(6 / (fan_in + fan_out))  # (8.16)
    return rng.uniform(-limit, limit, (fan_in, fan_out))
    ### END SOLUTION


# %%
check("glorot_uniform")

# %% [markdown] buys="glorot_uniform"
# Signals and gradients roughly keep their size in a tower of tanh layers: the histograms below are drawn from your weights.

# %% [markdown]
# Glorot's rule was made for tanh, which near 0 is nearly a line. Relu sets half of its inputs to 0, and so halves
# $\operatorname{mean}(a^2)$ in every layer: ten layers leave a thousandth. Kaiming He and colleagues (2015) put the
# factor 2 back in:
#
# $$ \text{std} = \sqrt{\frac{2}{\text{fan\_in}}} \tag{8.17} $$
#
# **Exercise `he_normal`** ({{points:he_normal}}).


# %% exercise="he_normal"
def he_normal(fan_in, fan_out, rng):
    """Draw normal weights for a layer of relus.

    Parameters
    ----------
    fan_in, fan_out : int
        Inputs and units of the layer.
    rng : np.random.Generator
        rng.normal(5.0, 2.0, (3, 4)) gives twelve numbers of mean 5 and standard deviation 2.

    Returns
    -------
    array of shape (fan_in, fan_out)

    Example: with fan_in = 50 the standard deviation is 0.2.
    """
    ### BEGIN SOLUTION
    std = np.sqrt(2 / fan_in)  # (8.17)
    return rng.normal(0, std, (fan_in, fan_out))
    ### END SOLUTION


# %%
check("he_normal")

# %% [markdown] buys="he_normal"
# The signal now reaches the twentieth layer of relus: the next cell measures it.

# %% [markdown]
# Twenty layers deep, with your weights:

# %%
if ready("glorot_uniform", "he_normal"):
    towers = {"tanh, Glorot": (Tanh, glorot_uniform), "relu, Glorot": (ReLU, glorot_uniform)}
    rows, layers = [], (1, 5, 10, 20)
    for name, (act, init) in {**towers, "relu, He": (ReLU, he_normal)}.items():
        sizes = loudness(act, init, depth=20)
        rows.append([name, *(f"{sizes[k - 1]:.2g}" for k in layers)])
    columns = ["network", *(f"layer {k}" for k in layers)]
    display(Table("standard deviation of the signal", columns, rows))

# %% [markdown]
# With relu and Glorot's weights the signal fades as predicted, by a half in variance at each layer: after layer 20 it
# is about a thousandth of what it was after layer 1. With He's weights, two fifths of it are still there.
#
# ### Inside a network, before and after training
#
# One number per layer says little. A histogram shows all of a layer's activations, over all digits. Another shows how
# large the gradients of its weights are, on a logarithmic axis. Both are drawn before training and after it. First, six
# hidden layers of sigmoids with Glorot's weights, trained for twenty epochs:


# %%
def before_and_after(act, init, depth=6):
    """Train `depth` hidden layers of 64 units for twenty epochs; return signals and test accuracy."""
    layers = [layer for _ in range(depth) for layer in (Linear(64, 64, init=init), act())]  # 3 operations
    layers.append(Linear(64, 10, init=init))
    net, cost = Network(layers, rng=np.random.default_rng(0), dtype=np.float64), SoftmaxCrossEntropy()  # 2, 4
    signals = {"before training": layer_signals(net, X_all, y_all, cost)}
    list(train(net, X_all, y_all, cost, SGD(0.1), epochs=20, rng=np.random.default_rng(1), batch_size=32))  # 6
    signals["after training"] = layer_signals(net, X_all, y_all, cost)
    return signals, accuracy(net.predict(X_test), y_test)  # 7 test


# %% hide="code"
def six_sigmoids():
    """Train six layers of sigmoids; say whose activations have moved most."""
    signals, right = before_and_after(Sigmoid, initializers.glorot_uniform)
    display(plot_signals(signals, "Six layers of sigmoids"))
    before, after = (found.activations for found in signals.values())
    moved = [float(np.abs(b - a).mean()) for a, b in zip(before, after, strict=True)]
    print("mean change of an activation, layers 1 to 6:", *(f"{m:.4f}" for m in moved), f"· test accuracy {right:.2f}")
    if max(moved) < 2 * min(moved):
        return "All layers' alike"
    return (
        "The first layer's"
        if moved[0] == max(moved)
        else "The last layer's"
        if moved[-1] == max(moved)
        else "A middle layer's"
    )


lab.predict("six_sigmoids", six_sigmoids)

# %% [markdown] why="six_sigmoids"
# Look at the right side, before training. From layer 6 to layer 5 the gradients become four to five times smaller, and
# again with every layer further back: in layer 1 they are about two thousand times smaller than in layer 6. So the
# first layers stay where they started, and there the two outlines coincide. Each sigmoid has multiplied the gradient by
# at most a quarter, and the network reads no more digits than one that guesses.

# %% [markdown]
# ### The same tower with tanh
#
# Here are the same layers with tanh, and with your weights if they pass. Then try ReLU with `he_normal`, or
# `initializers.normal`, whose standard deviation is 1. Before you run it, say what the two sides will look like.

# %%
if ready("glorot_uniform"):
    signals, right = before_and_after(Tanh, glorot_uniform)
    display(plot_signals(signals, "Six layers of tanh"))
    print(f"test accuracy {right:.2f}")

# %% [markdown]
# Before training, look for two things. Are the activations spread between the flat ends? Do the gradients of all layers
# lie at the same place on their axis? If so, no layer is left out. After training the last layers may have moved to
# their flat ends, because they are sure of most digits, and all gradients are smaller, because little is left to
# correct. Saturation is a fault at the start, and not at the end.
#
# There are more recipes for initial weights (`course/nn/initializers.py` has them, each a line or two): uniform between
# $\pm 1/\sqrt{\text{fan\_in}}$ (MT16), a normal whose far tails are cut off, and *orthogonal* matrices, which keep every length as it
# is. Try all of them, with every activation, as deep as you like. What reaches layer 1?

# %%
GradientDepth()

# %% [markdown]
# ### Debug me
#
# Here are eight relu layers. The gradient check passes, the inputs are between 0 and 1, and the learning rate works
# elsewhere. But the loss stays at 2.30, which is $\ln 10$: the network only guesses. Find the line with the fault and
# correct it. (No points.)

# %%
init = lambda n_in, n_out, rng: 0.05 * rng.normal(size=(n_in, n_out))  # small random numbers
layers = [layer for _ in range(8) for layer in (Linear(64, 64, init=init), ReLU())]
net = Network([*layers, Linear(64, 10, init=init)], rng=np.random.default_rng(0), dtype=np.float64)
cost, optimizer = SoftmaxCrossEntropy(), SGD(0.1)
*_, last = train(net, X_all, y_all, cost, optimizer, epochs=10, rng=np.random.default_rng(1), batch_size=32)
print("signal after layers 1, 4, 8:", *(f"{loudness(ReLU, init, 8)[k]:.1e}" for k in (0, 3, 7)))
print(f"training loss {last.train_loss:.2f}, test accuracy {accuracy(net.predict(X_test), y_test):.2f}")

# %% [markdown]
# ## 6 · Whose mean, whose standard deviation?
#
# The variance of $z$ has one more factor, $\operatorname{mean}(x^2)$: the inputs. A column in dollars outweighs a column in
# rooms. So give every column mean 0 and standard deviation 1, as in lab 03. What is new today is *whose* mean and standard
# deviation.
#
# **Exercise `fit_scaler`** ({{points:fit_scaler}}). Measure each column. Some columns may be constant (the digits'
# corner pixels are): return 1 as their std, so that dividing does no harm.


# %% exercise="fit_scaler"
def fit_scaler(X):
    """Measure mean and standard deviation of each column.

    Parameters
    ----------
    X : array of shape (N, n)
        The *training* examples, one per row.

    Returns
    -------
    mean : array of shape (n,)
    std : array of shape (n,)
        Computed with division by N, as in NumPy; 1 for a constant column.

    Example: fit_scaler([[1.0, 5.0], [3.0, 5.0]]) gives mean [2.0, 5.0] and std [1.0, 1.0].
    """
    ### BEGIN SOLUTION
    mean, std = X.mean(axis=0), X.std(axis=0)
    return mean, np.where(std == 0, 1.0, std)
    ### END SOLUTION


# %%
check("fit_scaler")

# %% [markdown] buys="fit_scaler"
# These two rows of numbers belong to a network as its weights do: store them together.

# %% [markdown]
# **Exercise `apply_scaler`** ({{points:apply_scaler}}). Use the measured numbers on any table.


# %% exercise="apply_scaler"
def apply_scaler(X, mean, std):
    """Centre and scale each column with given numbers.

    Parameters
    ----------
    X : array of shape (N, n)
        Examples, old or new.
    mean, std : arrays of shape (n,)
        What fit_scaler returned for the training examples.

    Returns
    -------
    array of shape (N, n)

    Example: apply_scaler([[5.0, 5.0]], [2.0, 5.0], [1.5, 1.0]) is [[2.0, 0.0]].
    """
    ### BEGIN SOLUTION
    return (X - mean) / std
    ### END SOLUTION


# %%
check("apply_scaler")

# %% [markdown] buys="apply_scaler"
# Training digits, test digits and tomorrow's digits now reach the network in the same units.

# %% [markdown]
# A linear network has learned standardised digits, and reads 96 % of the sevens in the test set. Now a batch comes with nothing but
# sevens, and somebody standardises it with *its own* mean and standard deviation.


# %% hide="code"
def nothing_but_sevens():
    """Read all test digits, and the sevens alone: standardised with the training set's numbers, and with their own."""
    measured = lambda X: (X.mean(axis=0), np.where(X.std(axis=0) == 0, 1.0, X.std(axis=0)))
    scaled = lambda X, numbers: (X - numbers[0]) / numbers[1]
    net, cost = Network([Linear(64, 10)], rng=np.random.default_rng(0), dtype=np.float64), SoftmaxCrossEntropy()
    list(train(net, scaled(X_all, measured(X_all)), y_all, cost, SGD(0.1), epochs=20, rng=np.random.default_rng(1)))
    rows = []
    for name, some in [("all test digits", y_test >= 0), ("nothing but sevens", y_test == 7)]:
        X, y = X_test[some], y_test[some]
        right = [accuracy(net.predict(scaled(X, numbers)), y) for numbers in (measured(X_all), measured(X))]
        rows.append([name, *(f"{share:.2f}" for share in right)])
    display(Table("accuracy", ["batch", "training set's numbers", "the batch's own"], rows))
    return "Fewer than one in ten" if right[1] < 0.1 else "About half" if right[1] < 0.9 else "As many as before"


lab.predict("sevens", nothing_but_sevens)

# %% [markdown] why="sevens"
# If you subtract the mean seven from every seven, all that makes it a seven is gone. With the mixed batch nothing seems
# wrong. So nobody notices until a batch comes that is not mixed.

# %% [markdown]
# ### The rule
#
# Measure once, on the training set, and apply these numbers to all data.
#
# ## 7 · Why deep at all?
#
# One hidden layer, wide enough, can approximate any reasonable function. So why use several? Here is a **tent**, made
# of two relus:
#
# $$ \text{tent}(x) = 2\,\text{relu}(x) - 4\,\text{relu}\bigl(x - \tfrac12\bigr) $$
#
# On [0, 1] it goes up to 1 and down again: two straight pieces. Now feed its output to another tent, and so on.


# %% hide="code"
def count_pieces(y, x):
    """Count the straight pieces of a curve given at many points."""
    slopes = np.round(np.diff(y) / np.diff(x), 6)
    return 1 + int(np.count_nonzero(np.diff(slopes)))


def tents():
    """Put one to five tents in a row."""
    x = y = np.linspace(0, 1, 1025)
    curves, rows = {}, []
    for depth in range(1, 6):
        y = 2 * activations.relu(y) - 4 * activations.relu(y - 0.5)
        curves[f"{depth} in a row"] = y
        pieces = str(count_pieces(y, x))
        rows.append([str(depth), str(2 * depth), pieces, pieces])  # a relu for each kink, and one for the first slope
    display(plot_curves(x, {name: curves[name] for name in list(curves)[:3]}, "Tents in a row", "x", "y"))
    display(Table("relus needed", ["tents", "relus in a row", "pieces", "relus side by side"], rows))
    return count_pieces(y, x)


lab.predict("pieces", tents)

# %% [markdown] why="pieces"
# Each straight piece runs once through the whole of [0, 1], and the next tent bends it in the middle. So the pieces double: 2⁵ = 32,
# from ten relus. Side by side in one hidden layer, each relu adds one kink at most. 32 pieces have 31 kinks, and one more relu makes
# the first slope, as in the tent itself.

# %% [markdown]
# ### Folding
#
# Think of a strip of paper: each tent folds it once more, and a later cut goes through all the folds. Twenty tents in a
# row (forty relus) make a million pieces. Side by side, that takes a million relus. Depth *reuses* what earlier layers
# have made. Width has to make everything again.
#
# That is one reason. Found16 gives two more. There are Boolean functions that a deep circuit computes with few gates
# and a shallow one only with exponentially many. And the visual cortex works in layers, from edges to shapes to faces.
# None of the three proves that *your* problem is of this kind. Only an experiment can tell.
#
# ### Open experiment (no points)
#
# How deep can you train? Raise `depth` and find, for each pair of activation and initialisation, where the training
# accuracy collapses. Which change takes you furthest: another activation, another start, or another learning rate?
# (Orthogonal weights with relu need a `gain` of √2:
# `lambda n, m, rng: initializers.orthogonal(n, m, rng, gain=2**0.5)`. Do you see why?)

# %%
act, init, depth = Tanh, initializers.glorot_uniform, 8
layers = [layer for _ in range(depth) for layer in (Linear(64, 64, init=init), act())]
net = Network([*layers, Linear(64, 10, init=init)], rng=np.random.default_rng(0), dtype=np.float64)
epochs, cost, rng = 5 if quick else 20, SoftmaxCrossEntropy(), np.random.default_rng(1)
*_, last = train(net, X_all, y_all, cost, SGD(0.1), epochs=epochs, rng=rng, batch_size=32)
print(f"{depth} layers: training accuracy {accuracy(net.predict(X_all), y_all):.2f}")

# %% [markdown]
# ## 8 · In your own words
#
# *Rubric (4 points): what is right (1); what is wrong about the slopes (1); what is wrong about the weights (1);
# what to do instead (1).*
#
# A friend writes: "With relu the slope is 1, so gradients can't vanish any more. I draw all my weights with standard deviation
# 0.01 and never think about it." In three or four sentences: what is right, what is wrong, and what would you do instead? (Graded by hand.)

# %% [markdown] written="relu_is_enough"
# ### BEGIN SOLUTION
# It is true that relu does not saturate on the right, so *its* factor is 1 where the unit is active. But on the way
# back the weights are factors as well as the slopes, and on the left the slope is 0. With std 0.01 and a few hundred
# inputs each layer shrinks signal and gradient by a large factor, and after some layers nothing is left. Draw with
# standard deviation √(2/fan_in), so that each layer keeps the size of the signal.
#
# *What earns the points: slope 1 on the right, no saturation there (1); slope 0 on the left, so half the signal or a dead unit (1);
# the weights are factors too, and 0.01 makes signal or gradient fade with depth (1); scale by fan_in, He's rule (1).*
# ### END SOLUTION

# %% [markdown]
# ## 9 · What do you remember?

# %%
lab.recall()

# %% [markdown]
# ## What you learned
#
# - The way back multiplies, layer by layer, by weights and slopes. Keep that product near 1, and look at the histograms.
# - Sigmoid and tanh saturate on both sides, relu on one; a leak or an elu lets something through there.
# - Start random (equal units stay equal) and scaled: Glorot for tanh, He for relu, biases 0.
# - Normalise with the *training* set's numbers, everywhere.
# - Depth reuses earlier work: k folds make 2ᵏ pieces.
#
# Next: lab 09 shows how to walk downhill once the signals have the right size.

# %%
lab.progress()

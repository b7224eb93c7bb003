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
# A deep network is a game of Chinese whispers, played twice: numbers are passed forwards from layer to layer, gradients
# backwards. After twenty layers the message may have become a shout, or a silence. Today you learn what keeps it audible:
# the right bend, the right start, the right units. And at the end, why one wants to play it at all.
#
# **You will be able to** write the usual activations with their slopes; say where a gradient dies and why; draw initial weights
# that neither shout nor whisper; normalise inputs without fooling yourself; and give a reason for depth.
#
# **You need** lab 02 (slopes, chain rule), lab 03 (standardising), z = XW + b, and NumPy's `where`, `maximum` and `axis`.
#
# | minutes | exercises | points | goes with |
# |---|---|---|---|
# | about 100 | {{exercises}} | {{points}} | MT16, lecture 12; Found16 on the tricks of the trade; *Nets* on activations |

# %% tags=["setup"]
import os

import numpy as np

quick = os.environ.get("COURSE_QUICK") == "1"  # the stored outputs come from shorter runs

# %% tags=["lab"]
from functools import partial
from itertools import pairwise

from course import SGD, Linear, Network, ReLU, SigmoidCrossEntropy, SoftmaxCrossEntropy, Tanh
from course import Table, accuracy, activations, initializers, open_lab, plot_curves, train
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
# Without a bend, a tower of layers is one layer: linear of linear is linear. So each unit sends its $z$ through an
# **activation** $f$, and the way back multiplies by the slope $f'(z)$. That is all an activation does, and it makes two demands:
# bend, but let something through.
#
# Walk $z$ along each curve. Where is the slope large? Where has the unit stopped listening (the grey part)?

# %%
ActivationExplorer()

# %% [markdown]
# The sigmoid and tanh go flat on both sides. The **rectified linear unit** is flat on one side only:
#
# $$ \text{relu}(z) = \max(z, 0) \tag{8.3} $$
#
# **Exercise `relu`** ({{points:relu}}). Leave `z` itself as it was: the way back will ask for it.


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

# %% [markdown]
# **Exercise `relu_grad`** ({{points:relu_grad}}). The slope of relu at each `z`. Exactly at 0 there is a corner; give 0 there.


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

# %% [markdown]
# In lab 02 you measured slopes by nudging. Nudge your relu:

# %%
if ready("relu", "relu_grad"):
    places, nudge = np.array([-2.0, -0.5, 0.0, 0.5, 2.0]), 1e-6
    nudged = (relu(places + nudge) - relu(places - nudge)) / (2 * nudge)
    rows = [[f"{z}", f"{n:.2f}", f"{s:.2f}"] for z, n, s in zip(places, nudged, relu_grad(places), strict=True)]
    display(Table("the slope of relu", ["z", "nudged", "yours"], rows))

# %% [markdown]
# At the corner the nudge lands on both sides and reports ½. Neither is wrong, there is no slope there. It hardly matters: $z$
# is almost never exactly 0.
#
# A relu whose $z$ is negative for *all* examples has slope 0 for all of them. No gradient reaches its weights, so they stay as they
# are, and so does it: a **dead unit**. A small leak keeps it alive:
#
# $$ \text{leaky}(z) = \max(z, 0) + \text{slope} \cdot \min(z, 0) \tag{8.5} $$
#
# (Let the network learn the slope, too, and it is called a *parametric* relu, PReLU.)
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

# %% [markdown]
# ## 2 · How a gradient dies
#
# The chain rule multiplies: one factor $w \cdot f'(z)$ for each layer. The sigmoid's slope $\sigma(1 - \sigma)$ is never more than
# ¼. So, with a guess before the numbers:


# %%
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
# At most 1/4 a layer, so at most 4⁻¹⁰, a millionth. Weights can win some of it back, but large weights push the units
# to where the slope is smaller still.

# %% [markdown]
# That is the **vanishing gradient**. Could larger weights make up for it? Each layer's factor is $w \cdot \sigma'(z)$, so $w = 4$
# should do it. Here ten layers with equal weights, starting a little off the middle, at $z = \tfrac12$:

# %%
rows = []
for w in (1, 2, 4, 8, 16):
    z, gradient = 0.5, 1.0
    for _ in range(10):
        gradient *= w * activations.sigmoid_grad(z)
        z = w * (activations.sigmoid(z) - 0.5)
    rows.append([str(w), f"{w / 4:g}", f"{z:.2f}", f"{gradient:.1e}"])
Table("ten sigmoids", ["weight", "factor at best", "last z", "gradient left"], rows)

# %% [markdown]
# It helps up to 4. Then $z$ is driven outwards, to where the curve is flat: the unit is **saturated**, it answers 0 or 1 with
# great conviction and cannot be taught. Large weights make large $z$, large $z$ makes small slopes.
#
# Relu cannot saturate on the right, but is flat on the left. The **exponential linear unit** is a compromise: a line on the
# right, and on the left a soft landing at $-\alpha$.
#
# $$ \text{elu}(z) = \begin{cases} z & z > 0 \\ \alpha\,(e^z - 1) & \text{else} \end{cases} \tag{8.9} $$
#
# **Exercise `elu`** ({{points:elu}}). There is a catch: `np.where` computes both sides for every entry, and $e^{800}$ is more than
# a float can hold. The answer must come without a warning.


# %% exercise="elu"
def elu(z, alpha):
    """Bend towards −alpha on the left.

    Parameters
    ----------
    z : array of any shape
        Any numbers, 800 among them.
    alpha : float
        Where the curve ends on the left, without its sign.

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

# %% [markdown]
# What does a unit still hear when it is far on the left?

# %%
if ready("relu_grad", "elu_grad"):
    places, rows = np.array([-0.5, -2.0, -5.0]), []
    for z, r, e in zip(places, relu_grad(places), elu_grad(places, 1.0), strict=True):
        rows.append([f"{z}", f"{activations.sigmoid_grad(z):.4f}", f"{r:.4f}", "0.0100", f"{e:.4f}"])
    display(Table("slopes left of 0", ["z", "sigmoid", "relu", "leaky, 0.01", "elu, α = 1"], rows))

# %% [markdown]
# Far out, sigmoid and elu whisper, relu has hung up, and only the leak speaks as loudly as before.
#
# ## 3 · Let the network choose its own bend
#
# Why decide on a bend at all? A **maxout** unit computes $k$ linear functions of its inputs and passes on the largest:
#
# $$ a = \max_i\,(xW_i + b_i) \tag{8.20} $$
#
# **Exercise `maxout`** ({{points:maxout}}). Piece $i$ has weights `W[i]` and biases `b[i]`. Watch the shapes.


# %% exercise="maxout"
def maxout(X, W, b):
    """Take the largest of k linear functions, unit by unit.

    Parameters
    ----------
    X : array of shape (N, n_in)
        Examples, one a row.
    W : array of shape (k, n_in, n_out)
        Weights of the k pieces. X @ W works, and has shape (k, N, n_out).
    b : array of shape (k, n_out)
        Biases of the k pieces.

    Returns
    -------
    array of shape (N, n_out)

    Example: with one input, one unit and two pieces, z = 2x + 1 and z = −x, the inputs [[1.0], [-2.0]] give [[3.0], [2.0]].
    """
    ### BEGIN SOLUTION
    return (X @ W + b[:, None]).max(axis=0)  # (8.20) a = maxᵢ (xWᵢ + bᵢ)
    ### END SOLUTION


# %%
check("maxout")

# %% [markdown]
# Give it the right pieces and it becomes an old acquaintance. Which ones are these?

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
# relu, $|x|$, and something nobody has given a name. The price: $k$ times the weights.
#
# ## 4 · Where not to start
#
# Training walks downhill from somewhere. What is wrong with the most obvious place of all, zero? Two inputs, three tanh units,
# one output; everything 0.


# %%
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
# nothing; the output weights are 0, so nothing comes back to the hidden layer. The output bias needs neither. It
# learns the share of ones, and that is all this network will ever know.

# %% [markdown]
# Found16's slides say here that *all* gradients are zero. Almost: all *weight* gradients are. You have just found the exception
# with one table, which is how slips in good sources are found.
#
# And some other constant? Then something is learned, but look at what:

# %%
inputs, targets = X_all, y_all  # 1 inputs
same = partial(initializers.constant, value=0.02)
layers = [Linear(64, 8, init=same), Tanh(), Linear(8, 10, init=same)]  # 3 operations
net = Network(layers, rng=np.random.default_rng(0), dtype=np.float64)  # 2 parameters
cost, optimizer = SoftmaxCrossEntropy(), SGD(0.1)  # 4 cost, 5 optimizer
list(train(net, inputs, targets, cost, optimizer, epochs=12, rng=np.random.default_rng(1), batch_size=32))  # 6 train
units = len(np.unique(layers[0].W.round(6), axis=1).T)
print(f"different hidden units: {units} of 8; test accuracy {accuracy(net.predict(X_test), y_test):.2f}")  # 7 test

# %% [markdown]
# Eight units that start as twins get the same gradients, take the same steps, and stay twins. Eight salaries for one opinion.
# A random start **breaks the symmetry**. (How little is needed: with $10^{-12}$ of noise on the weights we saw the eight go
# their own ways within sixty epochs. Nobody wants to wait for that.) Biases may all start at 0, since the weights tell the
# units apart. With relu some people start them at 0.1, so that few units are dead on the first day.
#
# ## 5 · How loud?
#
# Random, then. But how large? A unit adds up `fan_in` products. Independent, centred products add their variances:
#
# $$ \operatorname{Var}(z) = \text{fan\_in} \cdot \operatorname{Var}(w) \cdot \operatorname{mean}(x^2) $$
#
# So each layer multiplies the signal's variance by $\text{fan\_in} \cdot \operatorname{Var}(w)$, and ten layers do it ten times.
# Digits through ten tanh layers of 64 units, three sizes of weight:


# %%
def loudness(act, init, depth=10):
    """Send 500 digits through `depth` layers of 64 units; return the standard deviation after each."""
    layers = [layer for _ in range(depth) for layer in (Linear(64, 64, init=init), act())]
    signal, sizes = X_all[:500], []
    for layer in Network(layers, rng=np.random.default_rng(0), dtype=np.float64).layers:
        signal = layer.forward(signal)
        sizes.append(float(signal.std()))
    return sizes[1::2]


rows = []
for std in (0.01, 0.125, 1.0):
    sizes = loudness(Tanh, partial(initializers.normal, std=std))
    rows.append([f"{std:g}", f"{64 * std**2:g}", *(f"{sizes[k]:.1e}" for k in (0, 4, 9))])
Table("standard deviation of the signal", ["std of w", "fan_in · Var(w)", "layer 1", "layer 5", "layer 10"], rows)

# %% [markdown]
# 0.01: the digit has faded away. 1: every unit is saturated at ±1, loud and deaf. In between, $\text{std} = 1/\sqrt{64}$, where
# the factor is 1, the digit still speaks.
#
# That explains a riddle in PyCon17. There a linear layer in front of a linear layer *lowers* the test accuracy, although the two
# together can do exactly what one can. Both are drawn with standard deviation 1. The talk's set-up (128 hidden units, learning rate
# 0.05, batches of 32), on our digits, for about as many steps as the talk's ten epochs of MNIST:


# %%
def linear_tower(data, sizes, scaled, epochs):
    """Train linear layers whose weights start with standard deviation 1, or 1/√fan_in; return the test accuracy."""
    X, y, X_new, y_new = data.rows(np.float64 if data is digits else np.float32)  # 1 inputs
    spread = lambda n: n**-0.5 if scaled else 1.0
    layers = [
        Linear(m, n, init=partial(initializers.normal, std=spread(m))) for m, n in pairwise(sizes)
    ]  # 3 operations
    net = Network(layers, rng=np.random.default_rng(0), dtype=X.dtype)  # 2 parameters
    cost, optimizer = SoftmaxCrossEntropy(), SGD(0.05)  # 4 cost, 5 optimizer
    list(train(net, X, y, cost, optimizer, epochs=epochs, rng=np.random.default_rng(1), batch_size=32))  # 6 train
    return accuracy(net.predict(X_new), y_new)  # 7 test


tower_epochs = 300 if quick else 450  # the talk: ten epochs of 1,875 steps; the digits have 41 steps an epoch
one = linear_tower(digits, (64, 10), False, tower_epochs)
two = linear_tower(digits, (64, 128, 10), False, tower_epochs)
print(f"standard deviation 1: one linear layer {one:.3f}, two linear layers {two:.3f}")


# %%
def rescue():
    """Scale the initial weights, change nothing else."""
    scaled = linear_tower(digits, (64, 128, 10), True, tower_epochs)
    rows = [
        ["one layer, std 1", f"{one:.3f}"],
        ["two layers, std 1", f"{two:.3f}"],
        ["two, std 1/√fan_in", f"{scaled:.3f}"],
    ]
    display(Table("linear networks on the digits", ["network", "test accuracy"], rows))
    if abs(scaled - two) <= 0.005:
        return "The same, within half a percent"
    return "Higher" if scaled > two else "Lower"


lab.predict("rescue", rescue)

# %% [markdown] why="rescue"
# Two linear layers can do exactly what one can: collapse explains why nothing is *gained*. What was lost, was lost to
# the start: scores in the tens, random ones, that training had to unlearn first.

# %% [markdown]
# On MNIST itself, ten epochs, three different starts each, we measured:
#
# | network | test accuracy in % |
# |---|---|
# | one layer, std 1 | 89.6, 88.8, 89.4 |
# | two layers, std 1 | 88.4, 89.2, 87.8 |
# | two layers, std 1/√fan_in | 92.1, 92.4, 92.3 |
#
# (Try it: `linear_tower(load_mnist(), (784, 128, 10), True, 10)`, with `load_mnist` from `course.data`.)
#
# Signals also travel *back*, and there each unit adds up `fan_out` products. Forwards wants a variance of 1/fan_in, backwards
# 1/fan_out. Glorot and Bengio (2010) met in the middle, $2/(\text{fan\_in} + \text{fan\_out})$. A uniform draw between
# $\pm\text{limit}$ has the variance $\text{limit}^2/3$, hence
#
# $$ \text{limit} = \sqrt{\frac{6}{\text{fan\_in} + \text{fan\_out}}} \tag{8.14} $$
#
# **Exercise `glorot_uniform`** ({{points:glorot_uniform}}). Your numbers will differ from ours; what is checked is how they
# are spread.


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
    limit = np.sqrt(6 / (fan_in + fan_out))  # (8.14)
    return rng.uniform(-limit, limit, (fan_in, fan_out))
    ### END SOLUTION


# %%
check("glorot_uniform")

# %% [markdown]
# Glorot's rule was made for tanh, which near 0 is nearly a line. Relu sets half of its inputs to 0, and so halves
# $\operatorname{mean}(a^2)$ in every layer: ten layers, a thousandth. He and colleagues (2015) put the factor 2 back in:
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

# %% [markdown]
# Twenty layers deep, with your weights:

# %%
if ready("glorot_uniform", "he_normal"):
    rows = []
    for name, act, init in [
        ("tanh, Glorot", Tanh, glorot_uniform),
        ("relu, Glorot", ReLU, glorot_uniform),
        ("relu, He", ReLU, he_normal),
    ]:
        sizes = loudness(act, init, depth=20)
        rows.append([name, *(f"{sizes[k]:.2g}" for k in (0, 4, 9, 19))])
    display(Table("standard deviation of the signal", ["network", "layer 1", "layer 5", "layer 10", "layer 20"], rows))

# %% [markdown]
# Relu with Glorot's weights fades as foretold, by a half in variance at each layer. With He's it is still heard after twenty.
#
# There are more recipes (`course/nn/initializers.py` has them, each a line or two): uniform between $\pm 1/\sqrt{\text{fan\_in}}$
# (MT16), a normal with its far tails cut off, and *orthogonal* matrices, which keep every length as it is. Try all of them,
# with every activation, as deep as you like. What reaches layer 1?

# %%
GradientDepth()

# %% [markdown]
# ### Debug me
#
# Eight relu layers. The gradient check passes, the inputs are between 0 and 1, the learning rate works elsewhere. And the loss
# does not move from 2.30, which is $\ln 10$: it says "no idea" to every digit. Find the line, mend it, and write the accuracy
# on the wall. (No points.)

# %%
init = partial(initializers.normal, std=0.05)  # "small random numbers", the books say
layers = [layer for _ in range(8) for layer in (Linear(64, 64, init=init), ReLU())]
net = Network([*layers, Linear(64, 10, init=init)], rng=np.random.default_rng(0), dtype=np.float64)
cost, optimizer = SoftmaxCrossEntropy(), SGD(0.1)
*_, last = train(net, X_all, y_all, cost, optimizer, epochs=10, rng=np.random.default_rng(1), batch_size=32)
print("signal after layers 1, 4, 8:", *(f"{loudness(ReLU, init, 8)[k]:.1e}" for k in (0, 3, 7)))
print(f"training loss {last.train_loss:.2f}, test accuracy {accuracy(net.predict(X_test), y_test):.2f}")

# %% [markdown]
# ## 6 · Feet, metres, and a post office
#
# The variance of $z$ has one more factor, $\operatorname{mean}(x^2)$: the inputs. A column in dollars shouts down a column in
# rooms. So give every column mean 0 and standard deviation 1, as in lab 03. What is new today is *whose* mean and standard
# deviation.
#
# **Exercise `fit_scaler`** ({{points:fit_scaler}}). Measure each column. Some columns may be constant (the digits' corner pixels
# are): give them 1 for std, so that dividing does no harm.


# %% exercise="fit_scaler"
def fit_scaler(X):
    """Measure mean and standard deviation of each column.

    Parameters
    ----------
    X : array of shape (N, n)
        The *training* examples, one a row.

    Returns
    -------
    mean : array of shape (n,)
    std : array of shape (n,)
        Divides by N, as NumPy does; 1 for a constant column.

    Example: fit_scaler([[1.0, 5.0], [3.0, 5.0]]) gives mean [2.0, 5.0] and std [1.0, 1.0].
    """
    ### BEGIN SOLUTION
    mean, std = X.mean(axis=0), X.std(axis=0)
    return mean, np.where(std == 0, 1.0, std)
    ### END SOLUTION


# %%
check("fit_scaler")

# %% [markdown]
# **Exercise `apply_scaler`** ({{points:apply_scaler}}). Use what was measured, on any table.


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

# %% [markdown]
# A network has learned digits, normalised. On Monday the post office sends a batch with nothing but sevens. What if they are
# normalised with *their own* mean and standard deviation?

# %%
if ready("fit_scaler", "apply_scaler"):
    mean, std = fit_scaler(X_all)
    net, cost = Network([Linear(64, 10)], rng=np.random.default_rng(0), dtype=np.float64), SoftmaxCrossEntropy()
    list(train(net, apply_scaler(X_all, mean, std), y_all, cost, SGD(0.1), epochs=20, rng=np.random.default_rng(1)))
    rows = []
    for name, some in [("all test digits", y_test >= 0), ("nothing but sevens", y_test == 7)]:
        X, y = X_test[some], y_test[some]
        right = [accuracy(net.predict(apply_scaler(X, *fitted)), y) for fitted in ((mean, std), fit_scaler(X))]
        rows.append([name, *(f"{share:.2f}" for share in right)])
    display(Table("accuracy", ["batch", "training set's scaler", "the batch's own"], rows))

# %% [markdown]
# Subtract the average seven from every seven, and what is left is everything but the seven. Worse: for the mixed batch nothing
# seems wrong, so nobody notices until Monday. Fit on the training set, once; apply everywhere.
#
# ## 7 · Why deep at all?
#
# One hidden layer, wide enough, can imitate any reasonable function. So why stack them? Here is a **tent**, made of two relus:
#
# $$ \text{tent}(x) = 2\,\text{relu}(x) - 4\,\text{relu}\bigl(x - \tfrac12\bigr) $$
#
# On [0, 1] it goes up to 1 and down again: two straight pieces. Now feed it to another tent, and that one to the next.


# %%
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
        rows.append([str(depth), str(2 * depth), str(count_pieces(y, x)), str(count_pieces(y, x) - 1)])
    display(plot_curves(x, {name: curves[name] for name in list(curves)[:3]}, "Tents in a row", "x", "y"))
    display(Table("relus needed", ["tents", "relus in a row", "pieces", "relus side by side"], rows))
    return count_pieces(y, x)


lab.predict("pieces", tents)

# %% [markdown] why="pieces"
# Each tent folds its input once, so the pieces double: 2⁵ = 32, from ten ReLUs. Side by side in one hidden layer,
# each ReLU adds one kink at most, and 32 pieces need about 31 of them.

# %% [markdown]
# Each layer folds the paper once more, and every later cut goes through all the folds. Twenty folds, forty relus: a million
# pieces. Side by side, that is a million relus. Depth *reuses* what earlier layers have made; width has to make everything anew.
#
# That is one reason. Found16 gives two more. Circuits: there are Boolean functions that a deep circuit computes with few gates and
# a shallow one only with exponentially many. And you: your visual cortex goes from edges to shapes to faces, in layers. None of
# the three proves that *your* problem is of this kind. That is an experiment, as usual.
#
# ### Open experiment (no points)
#
# How deep can you train? Raise `depth` and find, for each pair of activation and initialisation, where the training
# accuracy falls apart. Which repair takes you furthest: another bend, another start, or another learning rate? (Orthogonal
# weights with relu want `partial(initializers.orthogonal, gain=2**0.5)`. Do you see why √2?)

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
# It is true that relu does not saturate on the right, so *its* factor is 1 where the unit is active. But backwards the weights
# are factors as well as the slopes, and on the left the slope is 0. With std 0.01 and a few hundred inputs each layer
# shrinks signal and gradient by a large factor, and after some layers nothing is left. Draw with standard deviation
# √(2/fan_in), so that each layer keeps the size of the signal.
#
# *What earns the points: slope 1 on the right, no saturation there (1); slope 0 on the left, so half the signal or a dead unit (1);
# the weights are factors too, and 0.01 makes signal or gradient fade with depth (1); scale by fan_in, He's rule (1).*
# ### END SOLUTION

# %% [markdown]
# ## 9 · Do you still know?

# %%
lab.recall()

# %% [markdown]
# ## What you take along
#
# - The way back multiplies, layer by layer, by weights and slopes. Keep that product near 1.
# - Sigmoid and tanh saturate on both sides, relu on one; a leak or an elu lets something through there.
# - Start random (twins stay twins) and scaled: Glorot for tanh, He for relu, biases 0.
# - Normalise with the *training* set's numbers, everywhere.
# - Depth reuses: k folds make 2ᵏ pieces.
#
# Next: lab 09, how to walk downhill once the signal arrives.

# %%
lab.progress()

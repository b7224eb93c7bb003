# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
# ---

# %% [markdown]
# # Lab 13 · MNIST, start to finish
#
# Today your network reads handwriting. You write all of it, from the pieces of labs 04 to 12. The steps of this lab are
# those of any real project: look at the data, split them, try the simplest method first, write the network, test it on
# fifty digits, train, search, and then test, once. At the end the network reads *your* handwriting.
#
# **You will be able to** write a network with dropout and Adam from nothing but arrays; take a data set from raw pixels
# to one honest number, and say how far to trust it; search hyperparameters without fooling yourself; and say which
# digits your network confuses.
#
# **You need** labs 04, 06, 09 and 12 most of all. If you skipped something, you lose nothing: the library has every
# piece.
#
# | minutes | exercises | points | goes with |
# |---|---|---|---|
# | about {{minutes}} (an estimate, not yet tried with students) | {{exercises}} | {{points}} | PyCon17; Found16 |

# %% tags=["setup"]
import os
from itertools import pairwise, product

import numpy as np

from course.pieces import accuracy, adam_step, dropout_forward, minibatches, relu
from course.pieces import softmax_cross_entropy, softmax_cross_entropy_grad

quick = os.environ.get("COURSE_QUICK") == "1"  # only in tests: shorter runs, small data

# %% tags=["lab"]
from course import L2, Adam, Dropout, Linear, MaxNorm, Network, ReLU, SoftmaxCrossEntropy, plot_weights, train
from course import Concepts, Table, hand_in, numeric_gradient, open_lab, overfit_small
from course import plot_confusion, plot_curves, plot_digits
from course.data import load_digits, mnist_or_digits, split
from course.widgets import DigitPad, TrainingMonitor

digits = load_digits() if quick else mnist_or_digits()
lab = open_lab("13", globals())
check, hint, ready = lab.check, lab.hint, lab.ready
print(digits)
lab

# %% [markdown]
# If this says *scikit-learn digits*, MNIST was not available here (no network, and no copy in the folder that
# `COURSE_DATA` names). Everything also works on the small digits, but with other numbers.
#
# ## 1 · Look
#
# Before any arithmetic, look at the data.

# %%
plot_digits(digits.train_images[:30], digits.train_labels[:30], f"The first thirty: {digits.name}")


# %% hide="code"
def ink():
    """Compute the mean pixel, with black as 1."""
    return round(float(digits.train_images.mean() / digits.max_value), 2)


lab.predict("ink", ink)

# %% [markdown] why="ink"
# Most of an image is paper. It is useful to know the mean of your inputs, because some networks learn better when it
# is 0.

# %% [markdown]
# ### Rows of numbers
#
# **Exercise `normalise_pixels`** ({{points:normalise_pixels}}). A network needs rows of numbers of size about 1, not
# tables of bytes. Use float32: it takes half the memory of float64, and it is precise enough.


# %% exercise="normalise_pixels"
def normalise_pixels(images, max_value):
    """Flatten images into rows and scale them to [0, 1].

    Parameters
    ----------
    images : array of uint8, shape (N, h, w)
    max_value : int
        The value of black: 255 for MNIST, 16 for the small digits.

    Returns
    -------
    array of float32, shape (N, h·w)

    Example: one image [[0, 255], [51, 0]] with max_value = 255 gives [[0, 1, 0.2, 0]].
    """
    ### BEGIN SOLUTION
    return (images.reshape(len(images), -1) / max_value).astype(np.float32)
    ### END SOLUTION


# %%
check("normalise_pixels")

# %% [markdown] buys="normalise_pixels"
# Raw bytes are now what a network can use. Most work with images starts with a line like this.

# %% [markdown]
# ## 2 · Split, and try the simplest method first
#
# `digits.rows()` does to all images what you have just written. A sixth of the training digits is put aside for
# validation. Use these for every choice that you make from here on. The test digits wait.

# %%
X_all, y_all, X_test, y_test = digits.rows(np.float64 if quick else np.float32)
X_train, y_train, X_valid, y_valid = split(X_all, y_all, (5 / 6, 1 / 6), np.random.default_rng(13))
small = X_all.shape[1] == 64
print(f"{len(X_train)} to train, {len(X_valid)} to validate, {len(X_test)} to test")


# %% hide="code"
def baseline():
    """Name the most frequent digit of the training set, always."""
    favourite = np.bincount(y_train).argmax()
    read = float((y_valid == favourite).mean())
    print(f"always {favourite}: {100 * read:.1f} % of the validation digits")
    return ["About 2 %", "About 10 %", "About 25 %"][int(np.argmin([abs(read - p) for p in (0.02, 0.10, 0.25)]))]


lab.predict("baseline", baseline)

# %% [markdown] why="baseline"
# There are ten digits, about equally frequent. Compare your network with this number first.

# %% [markdown]
# ## 3 · Your network
#
# In labs 04 to 12 you wrote the pieces of a network: losses, slopes, mini-batches, Adam, dropout. Today you put them
# all together. The first cell of this lab has imported what you need from `course.pieces`, under the names that you
# know: `relu`, `dropout_forward`, `softmax_cross_entropy` and its `_grad`, `minibatches`, `adam_step`. (The module has
# more. `help(adam_step)` shows a function's arguments and what it returns.)
#
# The network is a list `params` of pairs `(W, b)`, one pair per layer. A hidden layer is linear, followed by ReLU and
# then dropout. The last layer is only linear: its outputs are logits.
#
# **Exercise `network_forward`** ({{points:network_forward}}). The way back needs the input of each layer and what was
# dropped, so keep both.


# %% exercise="network_forward"
def network_forward(X, params, p_drop, rng, train):
    """Compute the logits of a network, and keep what the way back needs.

    Parameters
    ----------
    X : array, shape (N, n_0)
    params : list of L pairs (W, b), L at least 1
        Shapes (n_(l-1), n_l) and (n_l,). Hidden layers: ReLU, then dropout. Neither on the input nor on the logits.
    p_drop : float
        Probability of dropping, 0 <= p_drop < 1.
    rng : np.random.Generator
        For dropout.
    train : bool
        Whether to drop.

    Returns
    -------
    logits : array, shape (N, n_L)
    cache : pair (inputs, masks)
        inputs: the L arrays that enter the linear layers, X first, the others after dropout. masks: L - 1 arrays of
        0 or 1 / (1 - p_drop), which is dropout's mask divided by 1 - p_drop; all 1 when not training. All of them keep
        X's dtype.

    Example: X = [[1.0, 2.0]], W = [[1, -1], [1, 0]] in the hidden layer and [[1, 0], [0, 1]] in the last one, all b = 0,
    train = False: z = [[3, -1]], so the logits are [[3, 0]], inputs is [X, [[3, 0]]] and masks is [[[1, 1]]].
    """
    ### BEGIN SOLUTION
    inputs, masks = [X], []
    for W, b in params[:-1]:
        a = relu(inputs[-1] @ W + b)
        out, kept = dropout_forward(a, p_drop, rng, train)
        inputs.append(out)
        masks.append(kept.astype(X.dtype) / (1 - p_drop * train))
    W, b = params[-1]
    return inputs[-1] @ W + b, (inputs, masks)
    ### END SOLUTION


# %%
check("network_forward")

# %% [markdown] buys="network_forward"
# Your network can answer: `network_forward(X, params, 0, rng, False)[0].argmax(axis=1)` are the digits that it reads.

# %% [markdown]
# **Exercise `network_backward`** ({{points:network_backward}}). Go from the logits to the first layer, as in lab 06.
# This function draws no random numbers: the cache says what was dropped. Where the output of ReLU is 0, its slope is 0.


# %% exercise="network_backward"
def network_backward(labels, logits, cache, params):
    """Compute the gradient of the mean softmax cross-entropy.

    Parameters
    ----------
    labels : array of int, shape (N,)
    logits, cache
        As `network_forward` returns them.
    params : list of L pairs (W, b)

    Returns
    -------
    list of L pairs (dW, db)
        The first layer's first.

    Example: after network_forward's example, with labels = [0], the gradient of the logits is [[-0.047, 0.047]]. The last
    dW is [[-0.142, 0.142], [0, 0]], the first one [[-0.047, 0], [-0.095, 0]]: the second unit was 0, so nothing goes back.
    """
    ### BEGIN SOLUTION
    inputs, masks = cache
    d = softmax_cross_entropy_grad(logits, labels)
    grads = []
    for k in reversed(range(len(params))):
        grads.insert(0, (inputs[k].T @ d, d.sum(axis=0)))
        if k > 0:
            d = (d @ params[k][0].T) * masks[k - 1] * (inputs[k] > 0)
    return grads
    ### END SOLUTION


# %%
check("network_backward")

# %% [markdown] buys="network_backward"
# You have the gradient for every parameter of your network.

# %% [markdown]
# **Exercise `train_epoch`** ({{points:train_epoch}}). Go once through all examples. Adam remembers something for each
# array from step to step, and from epoch to epoch. How you keep that in `state` is up to you.


# %% exercise="train_epoch"
def train_epoch(X, labels, params, state, lr, size, p_drop, rng):
    """Train for one epoch: one shuffle, then an Adam step on every array for each batch.

    Parameters
    ----------
    X, labels : arrays, shapes (N, n_0) and (N,)
    params : list of L pairs (W, b)
        Not changed.
    state : dict
        {} at the first epoch, then what was returned last.
    lr : float
        Learning rate; Adam's others are 0.9, 0.999 and 1e-8, outside the root.
    size : int
        Examples in a batch. The last batch may be short, and counts.
    p_drop : float
    rng : np.random.Generator
        For the shuffle and for dropout.

    Returns
    -------
    params : list of L pairs (W, b)
        New arrays.
    state : dict
    loss : float
        Mean over the N examples, each before the step of its batch, with dropout on.

    Example: with 7 examples and size = 3 there are 3 steps.
    """
    ### BEGIN SOLUTION
    state, total = dict(state), 0.0
    for X_batch, y_batch in minibatches(X, labels, size, rng):
        logits, cache = network_forward(X_batch, params, p_drop, rng, True)
        total += softmax_cross_entropy(logits, y_batch) * len(X_batch)
        grads = network_backward(y_batch, logits, cache, params)
        new = []
        for k in range(len(params)):
            pair = []
            for i in range(2):
                memory = state.get((k, i), {})
                array, state[k, i] = adam_step(params[k][i], grads[k][i], memory, lr, 0.9, 0.999, 1e-8)
                pair.append(array)
            new.append(tuple(pair))
        params = new
    return params, state, total / len(X)
    ### END SOLUTION


# %%
check("train_epoch")

# %% [markdown] buys="train_epoch"
# You can now train your network with a loop of one line.

# %% [markdown]
# ### Whose network?
#
# Your three functions are graded with the library's pieces, so that a slip in lab 09 costs you no points here. But you
# can *see* a network learn that is all yours: `lab.mine()` looks into the other notebooks of this folder (as you last
# saved them), checks your pieces, and uses those that pass. For the rest it uses the library's.

# %%
mine = lab.mine()
mine

# %% [markdown]
# ### Is the gradient right?
#
# Use the instrument of lab 07: change one weight of the first layer a little, look at the loss, and compare with what
# `network_backward` says. Dropout stays on. Its generator starts again each time, so that the same units are dropped.


# %% hide="code"
def gradient_check():
    """Compare the first layer's gradient with central differences, on ten rows of random numbers in float64."""
    rng = np.random.default_rng(5)
    X, labels = rng.normal(size=(10, 6)), np.arange(10) % 3
    (W, b), *rest = [(rng.normal(size=(m, n)) / np.sqrt(m), rng.normal(size=n)) for m, n in ((6, 5), (5, 4), (4, 3))]
    forward = lambda W: network_forward(X, [(W, b), *rest], 0.2, np.random.default_rng(0), True)
    numeric = numeric_gradient(lambda W: softmax_cross_entropy(forward(W)[0], labels), W)
    analytic = network_backward(labels, *forward(W), [(W, b), *rest])[0][0]
    error = mine["relative_error"](analytic, numeric)
    print(f"relative error of the first layer's gradient: {'below' if error < 1e-6 else 'above'} 0.000001")


# %%
if ready("network_forward", "network_backward"):
    gradient_check()

# %% [markdown]
# ### Fifty digits
#
# Before anything that takes time, do the cheapest test: can the network learn fifty digits by heart?

# %% hide="code"
pixels = X_all.shape[1]


def network(sizes, p_input=0.0, p_hidden=0.0, activation=ReLU, seed=0):
    """Make a network of the library; activation None leaves the hidden layers linear."""
    layers = [Dropout(p_input)] if p_input else []
    for n_in, n_out in pairwise(sizes[:-1]):
        layers += [
            Linear(n_in, n_out),
            *([activation()] if activation else []),
            *([Dropout(p_hidden)] if p_hidden else []),
        ]
    return Network([*layers, Linear(*sizes[-2:])], rng=np.random.default_rng(seed), dtype=X_all.dtype)


def start(sizes, seed=0):
    """Draw the parameters of your network: weights after He, biases 0, in the pixels' precision."""
    rng, dtype = np.random.default_rng(seed), X_all.dtype
    return [(mine["he_normal"](m, n, rng).astype(dtype), np.zeros(n, dtype)) for m, n in pairwise(sizes)]


# %% hide="code"
def fifty():
    """Train on fifty digits only: your network if its three functions pass, else the library's."""
    if mine.answers:
        params, state, losses, rng = start((pixels, 64, 10)), {}, [], np.random.default_rng(0)
        for _ in range(200):
            params, state, loss = mine["train_epoch"](X_train[:50], y_train[:50], params, state, 0.01, 50, 0.0, rng)
            losses.append(loss)
    else:
        losses = overfit_small(
            network((pixels, 64, 10)), X_train, y_train, SoftmaxCrossEntropy(), Adam(0.01), steps=200
        )
    rows = [[str(k), f"{losses[k]:.3f}"] for k in (0, 20, 50, 100, 199)]
    whose = "your network" if mine.answers else "the library's network"
    display(Table(f"cross-entropy on fifty digits, {whose}", ["update", "loss"], rows))
    return "It reads all of them" if losses[-1] < 0.05 else "It gets stuck below 90 %"


lab.predict("fifty", fifty)

# %% [markdown] why="fifty"
# If a network cannot learn 50 examples by heart, something is wrong: the data, the loss, the gradient or the learning
# rate. This network can, so its machinery works, and you know it after a second. So do this test before every long
# training run. What the network has understood is another question (lab 07).

# %% [markdown]
# ### It learns to read
#
# Now use all training digits: one hidden layer of 128 units, dropout 0.2, Adam with η = 0.001, batches of 128, ten
# epochs (on the small digits 0.005 and 32). If your three functions pass, your network trains beside the library's
# network in the same set-up. They draw different random numbers, so the two curves are not identical.

# %% hide="code"
# the library's network and yours, in one set-up
SIZES, EPOCHS, RATE, BATCH = (pixels, 128, 10), 10, 0.005 if small else 0.001, 32 if small else 128


def library_curve():
    """Train the library's network; give its validation accuracy after each epoch, and itself."""
    net = network(SIZES, p_hidden=0.2)
    run = train(net, X_train, y_train, SoftmaxCrossEntropy(), Adam(RATE), epochs=EPOCHS, batch_size=BATCH,
                rng=np.random.default_rng(0))  # fmt: skip
    return [accuracy(net.predict(X_valid), y_valid) for _ in run], net


def my_curve():
    """Train your network; give its validation accuracy after each epoch, and its numbers in a network of the library."""
    params, state, curve, rng = start(SIZES), {}, [], np.random.default_rng(0)
    for _ in range(EPOCHS):
        params, state, _ = mine["train_epoch"](X_train, y_train, params, state, RATE, BATCH, 0.2, rng)
        curve.append(accuracy(mine["network_forward"](X_valid, params, 0.2, rng, False)[0], y_valid))
    net = network(SIZES, p_hidden=0.2)
    net.theta = np.concatenate([array.ravel() for pair in params for array in pair])
    return curve, net


# %%
mine = lab.mine()  # again, because you may have answered more since
theirs, reader = library_curve()
curves = {"the library's network": theirs}
if mine.answers:
    curves["your network"], reader = my_curve()
for whose, curve in curves.items():
    print(f"{whose} reads {100 * curve[-1]:.1f} % of the validation digits")
plot_curves(np.arange(1, EPOCHS + 1), curves, "Learning to read", "epoch", "validation accuracy")

# %% [markdown]
# ### What does a unit look for?
#
# A hidden unit has one weight for each pixel, so its weights can be shown as an image: orange where ink raises the
# unit's output, blue where ink lowers it. These are the first ten units of the network above. Do you see strokes?

# %%
W = np.asarray(next(reader.weight_arrays()), float)
plot_weights(W[:, :10].T.reshape(-1, *digits.train_images.shape[1:]), "What ten hidden units look for")

# %% [markdown]
# ## 4 · The talk's tables
#
# PyCon17 ends with two tables of MNIST accuracies, and says little about how they were made. Here are the same models
# in a stated set-up: weights drawn after Glorot or He, Adam with η = 0.001, batches of 128, ten epochs, one hidden
# layer of 128 units in the first table, two of 256 in the second, dropout 0.2, L2 with λ = 0.0001 (on the small digits
# η = 0.005, batches of 32, twenty epochs; those results cannot be compared with figures for MNIST). Nothing was tuned.
# (The test column is here because the talk has one. We choose nothing by it, and neither should you.)
#
# The second model is a linear layer after a linear layer.


# %% hide="code"
# the six models of the talk
def row(name, published, sizes, p_hidden=0.0, activation=ReLU, regularizer=None):
    """Train one model of the talk; return a row of the table; on MNIST, the published figures last."""
    inputs, targets = X_train, y_train  # 1 inputs
    net = network(sizes, p_hidden=p_hidden, activation=activation)  # 2 parameters, 3 operations
    cost, optimizer = SoftmaxCrossEntropy(), Adam(RATE)  # 4 cost, 5 optimizer
    list(train(net, inputs, targets, cost, optimizer, epochs=20 if small else 10,
               batch_size=BATCH, rng=np.random.default_rng(0), regularizer=regularizer))  # fmt: skip  # 6 train
    ours = [accuracy(net.predict(X), y) for X, y in ((X_train, y_train), (X_test, y_test))]  # 7 test
    return [name, *(f"{100 * a:.1f}" for a in ours), *(() if small else published)]


def talk():
    """Train the talk's six models; show what ours read and what the talk says, and compare the first two."""
    rows = [
        row("linear", ("93.0", "92.5"), (pixels, 10)),
        row("one hidden layer, linear", ("89.2", "88.8"), (pixels, 128, 10), activation=None),
        row("one hidden layer, ReLU", ("97.9", "95.2"), (pixels, 128, 10)),
        row("nothing", ("95.5", "92.9"), (pixels, 256, 256, 10)),
        row("L2", ("95.1", "95.1"), (pixels, 256, 256, 10), regularizer=L2(1e-4)),
        row("dropout", ("93.3", "93.1"), (pixels, 256, 256, 10), p_hidden=0.2),
    ]
    heads = ["model", "ours: train", "ours: test", *(() if small else ("talk: train", "talk: test"))]
    display(Table("accuracy in per cent", heads, rows))
    gap = float(rows[1][2]) - float(rows[0][2])
    return "About as well as the first" if abs(gap) < 2 else ("Clearly better" if gap > 0 else "About 4 points worse")


lab.predict("two_linear", talk)

# %% [markdown] why="two_linear"
# Two linear layers are one linear layer (lab 05), so the second model should read as well as the first. Ours does. The
# talk's second row is 3.7 points below its first. The cause is not the model but the training.
#
# On MNIST our rows two to six read 2 to 5 points more of the test digits than the published ones. This needs no trick,
# only initial weights of the right scale (lab 08) and Adam (lab 09). In the first row the two differ by a tenth of a
# point, which means nothing.
#
# Compare our rows four to six. Each is one run. Chance alone makes two such rows differ by up to 0.4 points on MNIST's
# 10,000 test digits, and by up to 3 on the 500 small ones (section 7 shows how to find that). They differ by no more
# than that. So with these settings, which nobody has tuned, neither L2 nor dropout has shown that it helps. The next
# step is to search for better settings.

# %% [markdown]
# ## 5 · Searching
#
# How many units? Which rate, how much dropout? Nobody knows, so we try. The first question is *which values* to try.
#
# If you draw rates uniformly from 0.0001 to 0.1, ninety in a hundred are above 0.01, and not even one in a hundred is
# below 0.001. But a rate is too small or too large by *factors*. So draw its power of ten uniformly. Then a third of
# the draws lie between 0.0001 and 0.001, a third between 0.001 and 0.01, and a third between 0.01 and 0.1. This is
# called **log-uniform**.
#
# **Exercise `sample_hyperparameters`** ({{points:sample_hyperparameters}}). Draw a learning rate, a number of hidden
# units, and a dropout probability.


# %% exercise="sample_hyperparameters"
def sample_hyperparameters(rng):
    """Draw one setting.

    Parameters
    ----------
    rng : np.random.Generator

    Returns
    -------
    dict
        "learning_rate": log-uniform from 0.0001 to 0.1; "hidden": a whole number from 32 to 512, both included;
        "p_drop": uniform from 0 to 0.7.

    Example: {"learning_rate": 0.0031, "hidden": 207, "p_drop": 0.42}.
    """
    ### BEGIN SOLUTION
    return {
        "learning_rate": 10 ** rng.uniform(-4, -1),
        "hidden": int(rng.integers(32, 513)),
        "p_drop": rng.uniform(0, 0.7),
    }
    ### END SOLUTION


# %%
check("sample_hyperparameters")

# %% [markdown] buys="sample_hyperparameters"
# Every draw is a possible network, and every order of magnitude of the rate gets its turn.

# %% [markdown]
# **Exercise `random_search`** ({{points:random_search}}). The objective is an error: smaller is better. Call it only
# once for each trial, because each call is expensive.


# %% exercise="random_search"
def random_search(objective, n, sample, rng):
    """Try n random settings.

    Parameters
    ----------
    objective : function
        objective(params) returns a number; smaller is better.
    n : int
    sample : function
        sample(rng) returns a setting, a dictionary.
    rng : np.random.Generator

    Returns
    -------
    best : dict
        The setting with the smallest value.
    trials : list of pairs (params, value)
        All of them, in order.

    Example: if three draws have the values 0.3, 0.1 and 0.2, best is the second one.
    """
    ### BEGIN SOLUTION
    trials = []
    for _ in range(n):
        params = sample(rng)
        trials.append((params, objective(params)))
    best, _ = min(trials, key=lambda trial: trial[1])
    return best, trials
    ### END SOLUTION


# %%
check("random_search")

# %% [markdown] buys="random_search"
# This can search the settings of any model. It only needs one number for each trial.

# %% [markdown]
# **Exercise `grid_search`** ({{points:grid_search}}). Try all combinations of the given values. `product` (from
# itertools) is imported: `list(product([1, 2], [3, 4]))` is `[(1, 3), (1, 4), (2, 3), (2, 4)]`.


# %% exercise="grid_search"
def grid_search(objective, grid):
    """Try all combinations.

    Parameters
    ----------
    objective : function
        objective(params) returns a number; smaller is better.
    grid : dict
        Name → list of values.

    Returns
    -------
    best : dict
        The setting with the smallest value, name → value.
    trials : list of pairs (params, value)

    Example: grid = {"a": [1, 2], "b": [3, 4]} makes four trials, {"a": 1, "b": 3} among them.
    """
    ### BEGIN SOLUTION
    trials = []
    for values in product(*grid.values()):
        setting = dict(zip(grid, values, strict=True))
        trials.append((setting, objective(setting)))
    best, _ = min(trials, key=lambda trial: trial[1])
    return best, trials
    ### END SOLUTION


# %%
check("grid_search")

# %% [markdown] buys="grid_search"
# You can say how many trials a grid has before you start it: multiply the lengths of its lists.

# %% [markdown]
# Which of the two is better? Suppose there are two hyperparameters, and only one of them matters. You do not know
# which. Each search has sixteen trials:


# %% hide="code"
def which_search():
    """Play two hundred such problems; compare how far from the best both end on average."""
    rng, far = np.random.default_rng(0), {"The grid": [], "Random points": []}
    ticks = (np.arange(4) + 0.5) / 4
    for _ in range(200):
        best, knob = rng.random(), rng.integers(2)  # the best value, and the knob that matters
        grid = np.array(list(product(ticks, ticks)))
        for name, points in (("The grid", grid), ("Random points", rng.random((16, 2)))):
            far[name].append(np.abs(points[:, knob] - best).min())
    rows = [[name, f"{np.mean(d):.3f}"] for name, d in far.items()]
    display(Table("distance from the best value, sixteen trials", ["search", "mean of 200 problems"], rows))
    return min(far, key=lambda name: np.mean(far[name]))


lab.predict("which_search", which_search)

# %% [markdown] why="which_search"
# The grid tries only four values of the one that matters, each of them four times. Random points try sixteen values.

# %% [markdown]
# (This is from Bergstra & Bengio 2012. The next step is *model-based* search, which uses the trials so far to guess
# where to look next. There are libraries for it. Scikit-learn's `RandomizedSearchCV` and `GridSearchCV` do the two
# searches that you have written.)
#
# Now search for real, on 1000 digits and for a few epochs each. The objective is the error on the *validation* set.
# Compare the columns of the table: which of the three hyperparameters decides most about the error?


# %% hide="code"
def objective(params):
    """Train briefly with these hyperparameters; return the validation error."""
    net = network((pixels, params["hidden"], 10), p_hidden=params["p_drop"])
    list(train(net, X_train[:1000], y_train[:1000], SoftmaxCrossEntropy(), Adam(params["learning_rate"]),
               epochs=8, batch_size=32, rng=np.random.default_rng(0)))  # fmt: skip
    return 1 - accuracy(net.predict(X_valid), y_valid)


# %%
if ready("random_search", "sample_hyperparameters"):
    best, trials = random_search(objective, 8, sample_hyperparameters, np.random.default_rng(5))
    rows = [[f"{p['learning_rate']:.4f}", str(p["hidden"]), f"{p['p_drop']:.2f}", f"{100 * v:.0f}"]
            for p, v in sorted(trials, key=lambda t: t[1])]  # fmt: skip
    display(Table("eight trials, the best first", ["learning rate", "hidden", "p_drop", "error in %"], rows))

# %% [markdown]
# ### Find the slip
#
# Somebody reports 3 % test error: "random search, best of 200 settings, each measured on the test set". How much of
# that is luck? Here are 200 *useless* classifiers. Each tosses a coin for each of 200 digits of two classes. The best
# of them seems to read well over half. Change one line so that the report becomes honest. About what should it say
# then?

# %%
coins = np.random.default_rng(1).integers(0, 2, (200, 200))
truth = np.random.default_rng(2).integers(0, 2, 200)
chosen = (coins[:, :100] == truth[:100]).mean(axis=1).argmax()
reported_on = slice(0, 100)
print(f"the best of 200 coins reads {100 * (coins[chosen, reported_on] == truth[reported_on]).mean():.0f} %")

# %% [markdown]
# ## 6 · The one that counts
#
# **Exercise `my_network`** ({{points:my_network}}). Train a network as well as you can, and hand it in. Use linear
# layers and ReLU (and dropout, wherever you like). There are points at 95, 97 and **98 %** of the MNIST digits (88, 91
# and 93 % of the small ones). On an ordinary computer that takes a few minutes at most. The network may be yours or the
# library's:
#
# - `network(sizes, p_input, p_hidden)` and `Adam(rate)` make the library's; `start(sizes)` and your `train_epoch` make
#   yours;
# - `run = train(net, X_train, y_train, SoftmaxCrossEntropy(), optimizer, epochs=…, batch_size=…, rng=…, valid=(X_valid, y_valid),
#   metrics={"accuracy": accuracy})`, and `constraint=MaxNorm(c)`, if you like;
# - `monitor = TrainingMonitor(run, epochs, target=0.98)`, then `display(monitor)` and `monitor.wait()`, show the
#   training and stop it at the target (the network keeps its best parameters);
# - `my_network = hand_in(net)`, or `hand_in(params)`, packs either kind into this notebook. It will not be trained
#   again for grading, so **save the notebook** afterwards.
#
# The check uses the *validation* digits, as often as you ask. Only the grader uses the test digits, once: a network
# that is tried on the test set until it passes is like the best of those coins.

# %% exercise="my_network" tags=["handed_in"]
### BEGIN SOLUTION
sizes, epochs = ((pixels, 160, 160, 10), 40) if small else ((pixels, 512, 512, 10), 16)
net = network(sizes, 0.0 if small else 0.1, 0.4)
run = train(net, X_train, y_train, SoftmaxCrossEntropy(), Adam(0.003 if small else 0.001), epochs=epochs,
            batch_size=64, rng=np.random.default_rng(7), valid=(X_valid, y_valid), constraint=MaxNorm(3),
            metrics={"accuracy": accuracy})  # fmt: skip
monitor = TrainingMonitor(run, epochs, target=0.93 if small else 0.98)
display(monitor)
monitor.wait()
my_network = hand_in(net)
### STUB
# my_network = ...
### END SOLUTION

# %%
check("my_network")

# %% [markdown] buys="my_network"
# Your network is now in this notebook, as sizes and numbers, without code. Anyone who has the notebook can use it.

# %% [markdown]
# ## 7 · Once
#
# Now you may look at the test set. The cells from here on use the network that you handed in, or else the one of
# section 3.

# %% hide="code"
# the network of section 3 if nothing was handed in yet
handed_in = getattr(my_network, "net", reader)
predicted = handed_in.predict(X_test).argmax(axis=1)
right = int((predicted == y_test).sum())
print(
    f"{'your network' if hasattr(my_network, 'net') else 'the network of section 3'}: {right} of {len(y_test)} test digits"
)

# %% [markdown]
# How far can you trust such a number? Another 10,000 digits would give another number. If each digit is read correctly
# with probability $p$, the share of correct ones among $n$ digits differs from $p$ with the standard error
#
# $$ s = \sqrt{p\,(1 - p)\,/\,n} \tag{13.1} $$
#
# and in 95 cases of 100 by less than $1.96\,s$. With so many digits, a normal distribution is close enough.
#
# **Exercise `accuracy_interval`** ({{points:accuracy_interval}}). Give the two ends of this interval.


# %% exercise="accuracy_interval"
def accuracy_interval(right, n):
    """Say between which shares an accuracy lies, with 95 % confidence (normal approximation).

    Parameters
    ----------
    right : int
        How many were read correctly.
    n : int
        Of how many.

    Returns
    -------
    low, high : float

    Example: 50 right of 100 give (0.402, 0.598).
    """
    ### BEGIN SOLUTION
    p = right / n
    far = 1.96 * (p * (1 - p) / n) ** 0.5  # (13.1)
    return p - far, p + far
    ### END SOLUTION


# %%
check("accuracy_interval")

# %% [markdown] buys="accuracy_interval"
# You can tell a better network from a luckier one: 98 % of 10,000 digits is known to ± 0.27 points, so 98.1 % is not
# clearly better.

# %%
if ready("accuracy_interval"):
    low, high = accuracy_interval(right, len(y_test))
    print(f"{100 * right / len(y_test):.1f} % of the test digits, between {100 * low:.1f} and {100 * high:.1f} %")

# %% [markdown]
# ### Which digits are confused?
#
# **Exercise `confusion`** ({{points:confusion}}). Count how often digit i is read as digit j.


# %% exercise="confusion"
def confusion(labels, predicted, K):
    """Count how often each class is taken for each other one.

    Parameters
    ----------
    labels : array of int, shape (N,)
        The right classes, 0 … K − 1.
    predicted : array of int, shape (N,)
        The predicted classes.
    K : int
        Number of classes.

    Returns
    -------
    array of int, shape (K, K)
        Row i, column j: how many i were taken for j.

    Example: labels = [0, 0, 1], predicted = [0, 1, 1], K = 2 gives [[1, 1], [0, 1]].
    """
    ### BEGIN SOLUTION
    C = np.zeros((K, K), int)
    for label, said in zip(labels, predicted, strict=True):
        C[label, said] += 1
    return C
    ### END SOLUTION


# %%
check("confusion")

# %% [markdown] buys="confusion"
# One number has become a hundred: they say which digit is taken for which.

# %%
if ready("confusion"):
    C = confusion(y_test, predicted, 10)
    worst = np.unravel_index((C * (1 - np.eye(10, dtype=int))).argmax(), C.shape)
    print(f"test accuracy {np.trace(C) / C.sum():.3f}; the commonest mistake: {worst[0]} read as {worst[1]}")
    display(plot_confusion(C))

# %% [markdown]
# Here are some misread digits, with the network's answer below each. Which of them would you have read correctly?

# %%
missed = np.flatnonzero(predicted != y_test)[:30]
plot_digits(digits.test_images[missed], predicted[missed], "Misread, with what was said")

# %% [markdown]
# ## 8 · Your handwriting
#
# The drawing is cut out, scaled and centred like the training digits (without that, even a perfect network reads
# nonsense). If the network has dropout, thinned networks vote (lab 12). Draw a 7 with a bar, a 1 with a foot, a 4 that
# might be a 9. When is the network unsure?

# %%
DigitPad(handed_in)

# %% [markdown]
# ## 9 · In your own words
#
# *Rubric (4 points): one thing that is wrong (1); another one (1); how to choose and to compare (1); how to measure
# at the end (1).*
#
# You read in a paper: "We tuned our method on the test set over 500 settings; the baselines were run with their default
# settings. Ours is 0.2 % better." Write four sentences: name two things that are wrong, and say how the comparison
# should have been made. (Graded by hand.)

# %% [markdown] written="unfair"
# ### BEGIN SOLUTION
# They chose among 500 settings on the test set, so the reported figure is the luckiest of 500. Some of the 0.2 % is
# chance, and would vanish on new data. The comparison is also unequal: their own method was tuned, the baselines were
# not. A baseline with 500 tries might have won. They should have tuned both with the same budget on a validation set,
# then measured each once on the test set. They should also have repeated the training with several seeds, to show how
# much results differ between seeds.
#
# *What earns the points: chosen on the test set, so the estimate is optimistic (1); unequal tuning of method and baseline (1); validation set and
# equal budget (1); one look at the test set, or several seeds for the spread (1).*
# ### END SOLUTION

# %% [markdown]
# ## 10 · What do you remember?
#
# Answer three questions on earlier labs, from memory.

# %%
lab.recall()

# %% [markdown]
# ## 11 · Ten questions, a second time
#
# Open [concepts.ipynb](concepts.ipynb) and answer again the ten questions that you met before lab 01. Then run the next
# cell. Its table shows what you have learned, and it is saved with this notebook. When you hand the notebook in, your
# instructor sees it too: right or wrong for each question, without points. If you would rather keep it to yourself,
# delete the cell.

# %%
Concepts().result()

# %% [markdown]
# ## If you have time
#
# ### The same network in other libraries
#
# You have written large parts of this course's library, and could write the rest. In practice people use other
# libraries, and now you know what their words mean. Here is the same network three times, line by line:
#
# ```python
# # this course
# net = Network([
#     Linear(784, 512), ReLU(), Dropout(0.5),
#     Linear(512, 512), ReLU(), Dropout(0.5),
#     Linear(512, 10)], rng=rng)
# loss = SoftmaxCrossEntropy()
# optimizer = Adam(0.001)
# for X, y in minibatches(...):
#     output = net.forward(X, train=True)
#     net.backward(loss.grad(output, y))
#     optimizer.step(net.theta, net.grad)
# ```
#
# ```python
# # PyTorch
# net = nn.Sequential(
#     nn.Linear(784, 512), nn.ReLU(), nn.Dropout(0.5),
#     nn.Linear(512, 512), nn.ReLU(), nn.Dropout(0.5),
#     nn.Linear(512, 10))
# loss = nn.CrossEntropyLoss()  # takes logits, too
# optimizer = torch.optim.Adam(net.parameters(), lr=0.001)
# net.train()  # dropout on
# for X, y in loader:
#     output = net(X)
#     optimizer.zero_grad()  # else gradients add up
#     loss(output, y).backward()
#     optimizer.step()
# ```
#
# ```python
# # Keras
# model = keras.Sequential([
#     keras.layers.Dense(512, activation="relu"), keras.layers.Dropout(0.5),
#     keras.layers.Dense(512, activation="relu"), keras.layers.Dropout(0.5),
#     keras.layers.Dense(10)])
# loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)  # else it takes logits for probabilities
# model.compile(keras.optimizers.Adam(0.001), loss, metrics=["accuracy"])
# model.fit(X_train, y_train, batch_size=64, epochs=16,
#           validation_data=(X_valid, y_valid))
# ```

# %% hide="code"
from importlib.util import find_spec

if find_spec("torch") and not quick:
    import torch

    weights = [torch.tensor(np.asarray(part)) for layer in handed_in.layers if isinstance(layer, Linear)
               for part in (layer.W, layer.b)]  # fmt: skip
    Z = torch.tensor(X_test[:5].astype(handed_in.theta.dtype))
    for k in range(0, len(weights), 2):
        Z = (torch.relu(Z) if k else Z) @ weights[k] + weights[k + 1]
    print("PyTorch reads the same:", Z.argmax(dim=1).tolist(), handed_in.predict(X_test[:5]).argmax(axis=1).tolist())

# %% [markdown]
# ### Open experiment (no points): how far down?
#
# These networks know nothing of neighbours: if the pixels of all images changed places in the same way, they would learn as well
# (*permutation-invariant*).
#
# | permutation-invariant networks | test error in % |
# |---|---|
# | plain, two hidden layers (Srivastava et al. 2014) | 1.60 |
# | ReLU and dropout (the same) | 1.25 |
# | the same, and max-norm | 1.06 |
# | two layers of 8192 units (the same) | 0.95 |
# | maxout and dropout (Goodfellow et al. 2013) | 0.94 |
#
# If you can leave a computer running overnight, `course bench mnist --long` trains a 784–1024–1024–10 network with
# dropout, max-norm and a falling learning rate for 200 epochs. What would *you* try to get below 1 %?

# %% [markdown]
# ## What you learned
#
# - Look, split, try the simplest method, overfit fifty, compare, search on the validation set, train, test once.
# - Draw rates log-uniformly. Random points beat a grid when not every hyperparameter matters.
# - A network is some arrays and three functions. You have written them.
# - An accuracy has an interval: ± 0.27 points for 98 % of 10,000.
#
# This is the end of the course, and the beginning of several others. From here you can go on to **convolutional
# networks** for images (lab 11 showed a first one), **recurrent networks and transformers** for sequences, and
# **unsupervised pre-training** for data with few labels. Read Goodfellow, Bengio & Courville (*Deep Learning*, 2016),
# chapters 9 to 14, and then papers. Now you know what their words mean, and you know how to check what they say.

# %%
lab.progress()

# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
# ---

# %% [markdown]
# # Lab 09 · Deep networks II: how to walk downhill
#
# Lab 02 walked downhill with all examples at once and one learning rate for all parameters. Nobody trains a deep
# network in that way. Today you use fewer examples for each step, take better steps, and stop in time.
#
# **You will be able to** deal out mini-batches and say why; write momentum, RMSProp and Adam from their equations;
# judge a learning rate by what a step does to the weights; stop training at the right epoch; and read from two curves
# what is wrong with a network.
#
# **You need** lab 02 (gradient, update), lab 03 (the seven ingredients, scales), and Python generators (`yield`).
#
# | minutes | exercises | points | goes with |
# |---|---|---|---|
# | about {{minutes}} (an estimate, not yet tried with students) | {{exercises}} | {{points}} | Found16 on SGD and the tricks of the trade; *Nets* on the optimizer; PyCon17 |

# %% tags=["setup"]
import os

import numpy as np

quick = os.environ.get("COURSE_QUICK") == "1"  # only in tests: shorter runs, small data

# %% tags=["lab"]
from course import SGD, Adagrad, Adam, Linear, Momentum, Network, ReLU, SoftmaxCrossEntropy, Tanh
from course import Table, accuracy, minibatches as library_minibatches, open_lab, plot_losses, schedules, train
from course.data import load_digits
from course.widgets import CurveClinic, OptimizerRace, clinic

digits = load_digits()
X_all, y_all, X_test, y_test = digits.rows(np.float64)
lab = open_lab("09", globals())
check, hint, ready = lab.check, lab.hint, lab.ready
print(digits)
lab

# %% [markdown]
# ## 1 · How many examples before you step?
#
# The gradient of the *mean* loss needs every example. But an estimate from a few examples points the same way on
# average, and it is cheap. These few examples are a **mini-batch**: more than one, and not all. One pass through all
# examples is an **epoch**, however many steps it takes.


# %%
def ten_epochs(size):
    """Train 64–16–10 for ten epochs with batches of this size; return the training losses."""
    inputs, targets = X_all, y_all  # 1 inputs
    net = Network([Linear(64, 16), Tanh(), Linear(16, 10)], rng=np.random.default_rng(1), dtype=np.float64)  # 2, 3
    cost, optimizer = SoftmaxCrossEntropy(), SGD(0.3)  # 4 cost, 5 optimizer
    run = train(net, inputs, targets, cost, optimizer, epochs=10, rng=np.random.default_rng(2), batch_size=size)
    list(run)  # 6 train
    return float(cost.value(net.predict(inputs), targets))  # 7 test: here, on what it learned from


# %% hide="code"
def three_sizes():
    """Give each batch size ten epochs."""
    names, sizes = ["All at once", "Batches of 128", "Batches of 8"], [len(X_all), 128, 8]
    loss = {name: ten_epochs(size) for name, size in zip(names, sizes, strict=True)}
    steps = [str(10 * -(-len(X_all) // size)) for size in sizes]
    rows = [[name, count, f"{loss[name]:.3f}"] for name, count in zip(names, steps, strict=True)]
    display(Table("ten epochs at lr = 0.3", ["batches", "steps", "training loss"], rows))
    return min(loss, key=loss.get)


lab.predict("epochs_or_steps", three_sizes)

# %% [markdown] why="epochs_or_steps"
# An epoch costs the same arithmetic each time, but it has 1 step, 11 steps or 163 steps. A rough direction taken 163
# times beats the exact one taken once. (So why not one digit at a time? Section 6 shows one price, the noise. Lab 10
# shows another: small matrix products waste the hardware.)

# %% [markdown]
# ### Dealing
#
# Mini-batches are dealt out like playing cards: shuffle once per epoch, and deal each card once. Row $i$ of $X$ and
# entry $i$ of $y$ are the two sides of one card, so they stay together.
#
# **Exercise `minibatches`** ({{points:minibatches}}). Write a generator: `yield` one pair after the other.


# %% exercise="minibatches"
def minibatches(X, y, size, rng):
    """Deal out the examples in random order, `size` at a time.

    Parameters
    ----------
    X : array of shape (N, n)
        Examples, one per row.
    y : array of shape (N,)
        Their targets.
    size : int
        Examples in a batch; may be more than N. The last batch is short when N is not a multiple.
    rng : np.random.Generator
        Draws the order: rng.permutation(5) might be [3, 0, 4, 1, 2].

    Yields
    ------
    X_batch : array of shape (size, n)
    y_batch : array of shape (size,)

    Example: with N = 5 and size = 2 there are three batches, of 2, 2 and 1 examples.
    """
    ### BEGIN SOLUTION
    order = rng.permutation(len(X))
    for start in range(0, len(X), size):
        batch = order[start : start + size]
        yield X[batch], y[batch]
    ### END SOLUTION


# %%
check("minibatches")

# %% [markdown] buys="minibatches"
# Any training loop can now take its examples from your generator. Section 4 trains two networks with it.

# %% [markdown]
# How good is the estimate? Take an untrained network. The gradient over all digits is the truth, and batches of growing
# size give estimates.


# %% hide="code"
def gradient_noise():
    """Measure how far a batch's gradient is from the gradient over all digits, on average over 200 batches."""
    net = Network([Linear(64, 10)], rng=np.random.default_rng(0), dtype=np.float64)
    cost, rng, rows, error = SoftmaxCrossEntropy(), np.random.default_rng(1), [], {}
    gradient = lambda X, y: net.backward(cost.grad(net.forward(X, train=True), y)).copy()
    truth = gradient(X_all, y_all)
    for size in (1, 4, 16, 64, 256):
        picks = (rng.integers(0, 1297, size) for _ in range(200))
        error[size] = np.sqrt(np.mean([np.sum((gradient(X_all[i], y_all[i]) - truth) ** 2) for i in picks]))
        rows.append([str(size), f"{error[size] / np.linalg.norm(truth):.2f}"])
    display(Table("error of the gradient, as a share of its length", ["batch", "error"], rows))
    return float(round(error[16] / error[64]))


lab.predict("noise", gradient_noise)

# %% [markdown] why="noise"
# The mean of n independent numbers has the standard deviation σ/√n. Four times the work only halves the error, which is
# a bad bargain. So people make batches as large as the hardware computes in about the same time, and no larger.

# %% [markdown]
# ### What noise is good for
#
# Noise can also help. It can move the network out of poor places, and it can keep it from learning its examples by
# heart. Lab 11 returns to that.
#
# ## 2 · A ball with a memory
#
# One learning rate for all directions is a problem. The ravine $f(\theta) = \tfrac12(\theta_1^2 + 50\,\theta_2^2)$ is
# 50 times as steep across as along. If the rate is small enough for the steep direction, progress in the flat direction
# is slow. **Momentum** treats θ like a ball with mass:
#
# $$ v \leftarrow \beta v + g \tag{9.1} $$
# $$ \theta \leftarrow \theta - \eta v \tag{9.2} $$
#
# Each gradient $g$ pushes the ball. $\beta$ is the share of the old velocity that friction leaves.


# %% hide="code"
def ravine():
    """Walk 60 steps down the ravine: gradient descent near its largest stable rate, and momentum."""
    curves = {}
    for name, optimizer in [("Gradient descent", SGD(0.039)), ("Momentum", Momentum(0.03, 0.8))]:
        theta, curves[name] = np.array([10.0, 1.0]), []
        for _ in range(60):
            curves[name].append(0.5 * (theta[0] ** 2 + 50 * theta[1] ** 2))
            optimizer.step(theta, theta * [1.0, 50.0])
    display(plot_losses(curves, "Down the ravine", log=True))
    share = curves["Momentum"][-1] / curves["Gradient descent"][-1]
    sizes = {0.1: "Half as high", 0.001: "A hundredth as high", 0.0: "Less than a thousandth as high"}
    return next(name for least, name in sizes.items() if share > least)


lab.predict("ravine", ravine)

# %% [markdown] why="ravine"
# Across the ravine the gradients alternate in sign and cancel in v. Along it they agree and add up. The advantage of
# one step is small, but the advantages of sixty steps multiply.

# %% [markdown]
# ### A memory between steps
#
# Every optimizer from here on must remember something between two steps. You write it as a plain function, so the
# function receives its memory and returns it: `state` is an empty dictionary at first, and you put into it whatever you
# like.
#
# **Exercise `momentum_step`** ({{points:momentum_step}}). Take one step, and return the memory for the next one.


# %% exercise="momentum_step"
def momentum_step(theta, grad, state, lr, beta):
    """Take one step of gradient descent with momentum.

    Parameters
    ----------
    theta : array of shape (P,)
        Parameters. Leave the array as it is: return a new one.
    grad : array of shape (P,)
        The gradient at theta.
    state : dict
        What you returned last time; {} at the first step.
    lr : float
        Learning rate η.
    beta : float
        What is left of the old velocity.

    Returns
    -------
    theta : array of shape (P,)
    state : dict

    Example: from theta = [1.0] with grad [2.0] twice, lr = 0.1, beta = 0.5, theta goes to [0.8], then to [0.5].
    """
    ### BEGIN SOLUTION
    v = beta * state.get("v", 0.0) + grad  # (9.1) v ← βv + g
    return theta - lr * v, {"v": v}  # (9.2) θ ← θ − ηv
    ### END SOLUTION


# %%
check("momentum_step")

# %% [markdown] buys="momentum_step"
# Your step carries its velocity from call to call. In section 4 it trains a network, beside Adam.

# %% [markdown]
# On a long slope with gradient $g$, $v$ grows to $g + \beta g + \beta^2 g + \dots = g/(1-\beta)$: with $\beta = 0.9$
# the ball becomes ten times as fast. Where gradients change sign, the pushes cancel.
#
# ## 3 · A rate for each parameter
#
# Momentum still has one $\eta$ for all parameters. In lab 03 you *standardised* the inputs because their scales
# differed. RMSProp scales the gradients, at every step: it divides each one by its own recent size, the root of a
# running average of squares.
#
# $$ s \leftarrow \beta s + (1 - \beta)\, g^2 \tag{9.6} $$
# $$ \theta \leftarrow \theta - \eta\, \frac{g}{\sqrt{s} + \varepsilon} \tag{9.5} $$
#
# Squares, root and division work element by element. The small $\varepsilon$ avoids a division by 0 where all gradients
# were 0.
#
# **Exercise `rmsprop_step`** ({{points:rmsprop_step}}). Take one step: first (9.6), then (9.5).


# %% exercise="rmsprop_step"
def rmsprop_step(theta, grad, state, lr, beta, eps):
    """Take one step of RMSProp.

    Parameters
    ----------
    theta, grad : arrays of shape (P,)
        Parameters and gradient. Leave both as they are.
    state : dict
        What you returned last time; {} at the first step.
    lr, beta, eps : float
        Learning rate; memory of the average, long if near 1; ε, outside the root.

    Returns
    -------
    theta : array of shape (P,)
    state : dict

    Example: from theta = [1.0] with grad [2.0], lr = 0.1, beta = 0.75, eps = 0, theta goes to [0.8]: s is 1.
    """
    ### BEGIN SOLUTION
    s = beta * state.get("s", 0.0) + (1 - beta) * grad**2  # (9.6) s ← βs + (1 − β)g²
    return theta - lr * grad / (np.sqrt(s) + eps), {"s": s}  # (9.5) θ ← θ − ηg / (√s + ε)
    ### END SOLUTION


# %%
check("rmsprop_step")

# %% [markdown] buys="rmsprop_step"
# Each parameter now has its own rate, set by the gradients that it has seen. Adam combines this with momentum, and
# corrects one fault.

# %% [markdown]
# Look at the first step in the docstring's example: the gradient is 2, but $\sqrt s$ is only 1. The average started at
# 0 and is still too small, so the first steps are too long. By how much?
#
# ## 4 · Adam
#
# Suppose that the gradient stays the same. An average that starts at 0 then has, after $t$ steps, only the share
# $1 - \beta^t$ of its right value: the missing part shrinks by the factor $\beta$ at each step. So divide by that
# share. Average the gradients *and* their squares, correct both, and you have **Adam** (Kingma & Ba 2015):
#
# $$ m \leftarrow \beta_1 m + (1 - \beta_1)\, g \tag{9.10} $$
# $$ v \leftarrow \beta_2 v + (1 - \beta_2)\, g^2 \tag{9.11} $$
# $$ \theta \leftarrow \theta - \eta\, \frac{\hat m}{\sqrt{\hat v} + \varepsilon}, \qquad
#    \hat m = \frac{m}{1 - \beta_1^t}, \quad \hat v = \frac{v}{1 - \beta_2^t} \tag{9.12} $$
#
# with $t = 1$ at the first step. (These are Adam's usual letters: $v$ is RMSProp's $s$ here, not the velocity.) What does the correction do to that first step?


# %% hide="code"
def first_step():
    """Let the library's Adam take one step, with gradients of very different size."""
    rows = []
    for size in (100.0, 1.0, 0.0001):
        theta = np.zeros(1)
        Adam(0.1).step(theta, np.array([size]))
        rows.append([f"{size:g}", f"{-theta[0]:.4f}"])
    display(Table("Adam's first step, lr = 0.1", ["gradient", "length of the step"], rows))
    return float(rows[-1][1])


lab.predict("first_step", first_step)

# %% [markdown] why="first_step"
# m̂ = g and √v̂ = |g|, so the length of the step is lr · |g|/|g| = lr. Adam's steps do not know how large the gradient
# is. If you multiply your loss by 1000, nothing changes, except for the effect of ε.

# %% [markdown]
# ### Write it
#
# **Exercise `adam_step`** ({{points:adam_step}}). Take one step. There are three things to remember between steps: `m`,
# `v` and `t`.


# %% exercise="adam_step"
def adam_step(theta, grad, state, lr, beta1, beta2, eps):
    """Take one step of Adam.

    Parameters
    ----------
    theta, grad : arrays of shape (P,)
        Parameters and gradient. Leave both as they are.
    state : dict
        What you returned last time; {} at the first step.
    lr, beta1, beta2, eps : float
        Learning rate; memory of the average gradient; memory of the average square; ε, outside the root.

    Returns
    -------
    theta : array of shape (P,)
    state : dict

    Example: with eps = 0 the first step has length lr, whatever the gradient: from theta = [1.0] with grad [7.0] and
    lr = 0.1, theta goes to [0.9].
    """
    ### BEGIN SOLUTION
    t = state.get("t", 0) + 1
    m = beta1 * state.get("m", 0.0) + (1 - beta1) * grad  # (9.10) m ← β₁m + (1 − β₁)g
    v = beta2 * state.get("v", 0.0) + (1 - beta2) * grad**2  # (9.11) v ← β₂v + (1 − β₂)g²
    m_hat, v_hat = m / (1 - beta1**t), v / (1 - beta2**t)
    return theta - lr * m_hat / (np.sqrt(v_hat) + eps), {"m": m, "v": v, "t": t}  # (9.12)
    ### END SOLUTION


# %%
check("adam_step")

# %% [markdown] buys="adam_step"
# You have written one of the most used optimizers. In the next cell it trains a network.

# %% [markdown]
# Your Adam trains a network on the digits, and so does your momentum:

# %% hide="code"
if ready("minibatches", "momentum_step", "adam_step"):
    curves, epochs = {}, 3 if quick else 10
    for name, step, settings in [
        ("momentum", momentum_step, (0.05, 0.9)),
        ("Adam", adam_step, (0.01, 0.9, 0.999, 1e-8)),
    ]:
        net = Network([Linear(64, 32), ReLU(), Linear(32, 10)], rng=np.random.default_rng(0), dtype=np.float64)
        cost, rng, state, curves[name] = SoftmaxCrossEntropy(), np.random.default_rng(1), {}, []
        for _ in range(epochs):
            for X_batch, y_batch in minibatches(X_all, y_all, 64, rng):
                curves[name].append(float(cost.value(output := net.forward(X_batch, train=True), y_batch)))
                net.theta, state = step(net.theta, net.backward(cost.grad(output, y_batch)), state, *settings)
        print(f"{name}: test accuracy {accuracy(net.predict(X_test), y_test):.3f}")
    display(plot_losses(curves, "Your optimizers on the digits", log=True))

# %% [markdown]
# Both learn, although their learning rates differ by a factor of five. The same rate means a different step in a
# different optimizer.
#
# ### AdamW: decay separate from the gradient
#
# Lab 11 pulls weights towards 0, so that a network fits less of the noise. In SGD you may add that pull, $\lambda w$,
# to the gradient. In Adam you should not: the pull would be divided by $\sqrt{\hat v}$ like the rest, and weights with
# large gradients would be pulled least. **AdamW** (Loshchilov & Hutter 2019) leaves the gradient alone, shrinks the
# weights separately,
#
# $$ w \leftarrow w - \eta\lambda w \tag{9.13} $$
#
# and then takes Adam's step. Biases are not shrunk. Lab 11 compares the two on digits.
#
# ### The dial: how far does a step move θ?
#
# A learning rate of 0.1 means nothing by itself, because its effect depends on the loss and on the size of the weights.
# The **update-to-data ratio** can be compared. It is the length of a step, divided by the length of the vector that it
# changes, $\lVert\Delta\theta\rVert / \lVert\theta\rVert$.


# %% hide="code"
def dial():
    """Train three epochs at six learning rates; give the ratio at the rate that ends lowest."""
    rows, ratio, losses = [], {}, {}
    for lr in (0.001, 0.01, 0.1, 0.3, 1.0, 10.0):
        net = Network([Linear(64, 32), ReLU(), Linear(32, 10)], rng=np.random.default_rng(0), dtype=np.float64)
        cost, optimizer, rng, moved = SoftmaxCrossEntropy(), SGD(lr), np.random.default_rng(1), []
        for X_batch, y_batch in (pair for _ in range(3) for pair in library_minibatches(X_all, y_all, 64, rng)):
            before = net.theta.copy()
            optimizer.step(net.theta, net.backward(cost.grad(net.forward(X_batch, train=True), y_batch)))
            moved.append(np.linalg.norm(net.theta - before) / np.linalg.norm(before))
        ratio[lr], losses[lr] = np.median(moved), float(cost.value(net.predict(X_all), y_all))
        rows.append([f"{lr:g}", f"{ratio[lr]:.1e}", f"{np.linalg.norm(net.theta):.0f}", f"{losses[lr]:.2f}"])
    display(Table("three epochs of SGD", ["lr", "step / θ (median)", "length of θ at the end", "loss"], rows))
    best = ratio[min(losses, key=losses.get)]
    sizes = {0.2: "About half of its length", 0.005: "A few hundredths", 0.0: "A ten-thousandth or less"}
    return next(name for least, name in sizes.items() if best > least)


lab.predict("dial", dial)

# %% [markdown] why="dial"
# Below a thousandth, three epochs change almost nothing. Near a tenth, the steps overshoot. In longer training, which
# has more time, a good ratio is smaller: about 1e-3 by a common rule of thumb (Stanford's CS231n notes on training).
# Read the ratio together with the length of θ. At lr = 10 it looks harmless, because the first steps have made θ very
# long.

# %% [markdown]
# ## 5 · The race
#
# Here are seven optimizers and three surfaces. Nesterov looks ahead before it steps. Adagrad adds up all squares and
# never forgets them. Adadelta needs no learning rate, in principle. You can read them in `course/nn/optimizers.py`:
# each is a few lines, with equation tags like the ones above. Then let them run. Which is fast in the ravine? Which
# leaves the saddle? Which still works with a learning rate ten times too large?

# %%
OptimizerRace()

# %% [markdown]
# No optimizer wins everywhere. With the slider of the rates at 1, Adam after 100 steps is the lowest on none of the
# three surfaces, and the highest on none. Many people try it first.
#
# ### Debug me
#
# A colleague has written Adagrad and compares it with the library's. The first step agrees. The others do not. Fix
# *one* line. (No points.)


# %%
def suspicious_adagrad(theta, grad, state, lr, eps):
    r = grad**2
    return theta - lr * grad / (np.sqrt(r) + eps), {"r": r}


theirs, ours, state, optimizer = np.ones(2), np.ones(2), {}, Adagrad(0.1)
for grad in np.array([[1.0, 0.2], [1.0, 0.4], [1.0, 0.8]]):
    theirs, state = suspicious_adagrad(theirs, grad, state, 0.1, 1e-10)
    optimizer.step(ours, grad)
off = np.abs(theirs - ours).max()
print("fixed: no difference left" if off < 1e-12 else f"still off by {off:.4f} after three steps")

# %% [markdown]
# ## 6 · Smaller steps at the end
#
# Near the bottom the noise of the mini-batches keeps θ jumping about, and smaller batches have more noise. A smaller
# rate calms the jumps, but a small rate from the start would be slow. So let the rate fall. Here are two recipes:
#
# - **halve on plateau**: whenever the *validation* loss has not reached a new best for some epochs, halve the rate;
# - **warm-up and cosine**: raise the rate linearly for the first epochs, then let it fall along half a cosine to 0.
#
# In the next run every tenth label is a random guess. Real data can be like that. Which rule ends with the lowest
# validation loss?

# %% hide="code"
smudged, rng = y_all[:600].copy(), np.random.default_rng(0)
smudged[::10] = rng.integers(0, 10, 60)


def next_rate(rule, epoch, plateau):
    """Say which learning rate follows an epoch."""
    if rule == "Halve on plateau":
        return plateau.update(epoch.valid_loss)
    if rule == "Warm-up, then cosine":
        return schedules.warm_up(schedules.cosine_decay(2.0, epoch.number, 30), epoch.number + 1, 3)
    return 2.0


def three_rates():
    """Train 64–10 for 30 epochs, batches of 8, with three rules for the learning rate, from three starts each."""
    curves, rows, ends = {}, [], {}
    for name in ("Constant", "Halve on plateau", "Warm-up, then cosine"):
        last = []
        for seed in range(3):
            plateau = schedules.PlateauDecay(2.0, patience=2)
            net = Network([Linear(64, 10)], rng=np.random.default_rng(seed), dtype=np.float64)
            optimizer, losses = SGD(2.0 / 3 if "Warm" in name else 2.0), []
            run = train(net, X_all[:600], smudged, SoftmaxCrossEntropy(), optimizer, epochs=30, batch_size=8,
                        rng=np.random.default_rng(10 + seed), valid=(X_all[600:1000], y_all[600:1000]))  # fmt: skip
            for epoch in run:
                losses.append(epoch.valid_loss)
                optimizer.lr = next_rate(name, epoch, plateau)
            last.append(losses[-1])
        curves[name], ends[name] = losses, np.mean(last)
        rows.append([name, f"{ends[name]:.2f}", f"{np.std(last, ddof=1) / np.sqrt(len(last)):.2f}"])
    display(plot_losses(curves, "Batches of 8, a rate of 2 at most", "epoch", "validation loss", log=True))
    display(Table("after 30 epochs, three starts", ["rate", "validation loss", "± standard error"], rows))
    return min(ends, key=ends.get)


lab.predict("calm", three_rates)

# %% [markdown] why="calm"
# At a constant rate the noise never settles. Halving on a plateau reacts to the run: a rate of 2 was far too large
# here, and it was halved early. The cosine follows its plan, and after ten epochs its rate is still 1.5. The cosine has
# other strengths: it needs no validation set, and the warm-up avoids large first steps of an untrained network.
# (Found16 decreases the rate when *validation* performance stops improving, and so do we: the training loss does not
# show overfitting.)

# %% [markdown]
# ## 7 · When to stop
#
# A network that trains for long enough knows its training set by heart. How good it is shows only on examples that it
# does *not* learn from. So hold some examples out, the **validation set**, and watch the loss there.


# %% hide="code"
def by_heart():
    """Train 64–64–10 on 100 digits, every tenth of them labelled wrongly, and watch 400 others."""
    labels, epochs = y_all[:100].copy(), 300
    labels[::10] = (labels[::10] + 1) % 10
    net = Network([Linear(64, 64), ReLU(), Linear(64, 10)], rng=np.random.default_rng(0), dtype=np.float64)
    seen = list(train(net, X_all[:100], labels, SoftmaxCrossEntropy(), Adam(0.003), epochs=epochs, batch_size=25,
                      rng=np.random.default_rng(1), valid=(X_all[100:500], y_all[100:500])))  # fmt: skip
    curves = {"training": [e.train_loss for e in seen], "validation": [e.valid_loss for e in seen]}
    display(plot_losses(curves, "100 digits, learned by heart", "epoch", log=True))
    best = int(np.argmin(curves["validation"]))
    return ("In the first third", "In the middle third", "In the last third")[3 * best // epochs]


lab.predict("overfit", by_heart)

# %% [markdown] why="overfit"
# The network first learns what all digits share, and then these hundred by heart, wrong labels included. The training
# loss falls all the time. Only the held-out digits show when the second phase begins.

# %% [markdown]
# ### Patience
#
# During training you cannot know whether a rise is the end or only a short one. So you wait a little: **early
# stopping** with *patience* $k$ goes on until $k$ epochs in a row have not reached a new best. Then it stops and goes
# back to the parameters of the best epoch.
#
# **Exercise `early_stopping`** ({{points:early_stopping}}). You are given the list of validation losses. Which epoch's
# parameters are kept? Epochs after the stop never happen. An equal loss is not a new best. If the patience never runs
# out, training ends with the list.


# %% exercise="early_stopping"
def early_stopping(valid_losses, patience):
    """Find the epoch whose parameters early stopping keeps.

    Parameters
    ----------
    valid_losses : array or list of floats
        Validation loss after each epoch.
    patience : int
        Training stops after this many epochs in a row without a new best.

    Returns
    -------
    int
        Index of the best epoch seen before the stop, from 0.

    Example: early_stopping([3.0, 2.0, 2.5, 2.2, 1.0], 2) is 1: the epochs with 2.5 and 2.2 exhaust the patience.
    """
    ### BEGIN SOLUTION
    best, best_at = np.inf, 0
    for i, loss in enumerate(valid_losses):
        if loss < best:
            best, best_at = loss, i
        elif i - best_at == patience:
            break
    return best_at
    ### END SOLUTION


# %%
check("early_stopping")

# %% [markdown] buys="early_stopping"
# From a list of validation losses alone, you can now say which epoch to keep.

# %% [markdown]
# The library's `train` keeps the best parameters in the same way, and `fit(run, patience=20)` stops the loop.
#
# ## 8 · The clinic
#
# Here are four networks with four pairs of curves and four problems. Choose a diagnosis and a remedy for each. The
# clinic trains the network again with *your* remedy and tells you whether it recovers. Two questions decide almost
# every case. Is the *training* loss as low as it should be? And is there a *gap* between the two curves?

# %%
CurveClinic()

# %% [markdown]
# More data is the most popular remedy. What does it do for each of the four?


# %% hide="code"
def more_data():
    """Give all four patients ten times the data."""
    rows, cured = [], 0
    for patient in clinic.PATIENTS:
        treated = clinic.REMEDIES["ten times the data"](patient)
        accuracies = [clinic.examine(p).accuracy for p in (patient, treated)]
        shares = [f"{100 * a:.0f} %" if a > 0.15 else "as by chance" for a in accuracies]
        cured += clinic.recovers(patient, "ten times the data")
        rows.append([patient.name, patient.ailment, *shares])
    heads = ["patient", "diagnosis", "reads without", "with ten times the data"]
    display(Table("held-out digits", heads, rows))
    return cured


lab.predict("more_data", more_data)

# %% [markdown] why="more_data"
# B has learned its few digits by heart, and now it gets others to learn from. D gets ten times as many *steps* in each
# epoch, and steps were what it lacked. A has too few units, whatever the number of digits. C's steps are too long,
# whatever the number of digits. In short:
#
# | training loss | gap | name | what helps |
# |---|---|---|---|
# | high, still falling | small | not done yet | longer, or a larger rate |
# | high, flat | small | **underfitting** | a larger network, less regularization |
# | jumps or grows | – | rate too large | a smaller rate |
# | low | wide, growing | **overfitting** | more data, stopping early, labs 11 and 12 |

# %% [markdown]
# ### Open experiment (no points)
#
# In `ten_epochs`, make the batch four times as large and look for the learning rate that gives the same loss after ten
# epochs. Is it four times as large, twice as large, or the same? Then try a batch sixteen times as large. When does the
# rule break, and what are the losses there?

# %%
for size in (8, 32):
    print(f"batches of {size}: {ten_epochs(size):.3f}")

# %% [markdown]
# ## 9 · In your own words
#
# *Rubric (4 points): what is wrong (1); in which direction the number is off, with the reason (1); how to choose
# the epoch (1); what the test set is for (1).*
#
# A friend trains for 500 epochs and looks at the *test* accuracy after each. The best is at epoch 137, and your friend
# reports it: "97.8 % on the test set, with early stopping." Write three or four sentences: what is wrong with that
# number, is it too high or too low, and how should it be done? (Graded by hand.)

# %% [markdown] written="peeking"
# ### BEGIN SOLUTION
# The test set was used to choose the epoch, so it is no longer a test: the best of 500 numbers is partly luck, and the
# luck is in the report. The number is too high: expect less on new digits. Hold out a validation set from the training
# data, stop where *its* loss is lowest, and look at the test set once, with the network chosen in this way.
#
# *What earns the points: the test set took part in choosing (1); the reported number is too optimistic, with a reason (1); choose
# with a validation set (1); the test set is used once, at the end (1).*
# ### END SOLUTION

# %% [markdown]
# ## 10 · What do you remember?
#
# Answer three questions on earlier labs, from memory.

# %%
lab.recall()

# %% [markdown]
# ## What you learned
#
# - Mini-batches give many rough steps for the price of one exact step. Shuffle once per epoch, with the same order for
#   X and y.
# - Momentum adds up gradients that agree. RMSProp gives each parameter its own rate. Adam does both and corrects the
#   first steps.
# - An optimizer's state belongs to the training run. So does the step count.
# - Judge a learning rate by what a step does to θ, and reduce it when the validation loss stops falling.
# - Stop on *validation* loss, keep the best, and do not look at the test set before the end.
#
# Next: lab 10 asks where the time goes, and how a GPU helps. (It is optional: you can go on with lab 11.)

# %%
lab.progress()

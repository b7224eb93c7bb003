# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
# ---

# %% [markdown]
# # Lab 12 · Dropout
#
# In 2012 Hinton and others switched off half of a network's hidden units at random, at every step of its training. The
# network then read new digits better. Today you find out why. You also find out what else you can do with a network
# that gives a different answer each time.
#
# **You will be able to** write dropout forward and backward, and train a network with it; say which ensemble it stands
# for, and show it on a small one; ask a network how far to trust its answer; and normalise a batch or a row.
#
# **You need** lab 09 (mini-batches, overfitting), the softmax, and NumPy's `rng.random(shape)`, `axis` and `keepdims`.
#
# | minutes | exercises | points | goes with |
# |---|---|---|---|
# | about {{minutes}} (an estimate, not yet tried with students) | {{exercises}} | {{points}} | BMI707; *Nets*; PyCon17, last part; Found16 |

# %% tags=["setup"]
import numpy as np

from course import softmax

# %% tags=["lab"]
from course import Adam, BatchNorm, Dropout, Linear, Network, ReLU, Sigmoid, SoftmaxCrossEntropy
from course import Table, accuracy, initializers, open_lab, plot_losses, train
from course.data import load_digits
from course.widgets import MaskAnimation, RotatedDigit

digits = load_digits()
X_all, y_all, X_test, y_test = digits.rows(np.float64)
lab = open_lab("12", globals())
check, hint, ready = lab.check, lab.hint, lab.ready
print(digits)
lab

# %% [markdown]
# ## 1 · No conspiracies
#
# Units in a hidden layer can learn to rely on each other (Srivastava et al. 2014): one unit makes a mistake, and
# another learns to cancel it. On the training set such a conspiracy works. On a new digit the first unit makes a
# slightly different mistake, and the conspiracy fails.
#
# **Dropout** prevents this. At every update, and for each example, each hidden unit is absent with probability
# `p_drop`, so no unit can rely on any other. When training is over, every unit is present. Then the sums are of a
# different size:


# %% hide="code"
def size_of_sums():
    """Add up 1000 ones of which a quarter is dropped, a thousand times; compare with all of them."""
    rng = np.random.default_rng(0)
    in_training = np.mean([(rng.random(1000) >= 0.25).sum() for _ in range(1000)])
    return round(1000 / float(in_training), 2)


lab.predict("sums", size_of_sums)

# %% [markdown] why="sums"
# In training 750 of the 1000 ones are present, on average. At test time all are. That is $1/(1 - \tfrac14) = \tfrac43$
# times as much. The next layer would get sums that it never saw in training.

# %% [markdown]
# ### The repair
#
# What is kept is made larger during training, and then there is nothing to do at test time. With $p$ for `p_drop` and a
# mask $m$:
#
# $$ \text{out} = \frac{a \odot m}{1 - p} \tag{12.1} $$
#
# Two lines show that this factor is right. Each entry of the mask $m$ is 1 with probability $1 - p$ and otherwise 0, so
#
# $$ \mathrm{E}[m] = 1 \cdot (1 - p) + 0 \cdot p = 1 - p, \qquad
#    \mathrm{E}\!\left[\frac{a \odot m}{1 - p}\right] = \frac{a \odot \mathrm{E}[m]}{1 - p} = a. $$
#
# On average nothing changes. In a single update a lot changes. Watch a few updates: each example gets a network of its
# own.

# %%
MaskAnimation()

# %% [markdown]
# Be careful when you read other people's code. Some programs give the probability of *keeping* (PyCon17's `keep_prob`),
# some that of dropping. Here, as in PyTorch, `p_drop` is the probability of dropping.
#
# **Exercise `dropout_forward`** ({{points:dropout_forward}}). Each entry of `a` is kept or dropped by its own draw from
# `rng`.


# %% exercise="dropout_forward"
def dropout_forward(a, p_drop, rng, train):
    """Drop units at random while training; do nothing otherwise.

    Parameters
    ----------
    a : array of shape (N, n)
        Activations.
    p_drop : float
        Probability of dropping, 0 ≤ p_drop < 1.
    rng : np.random.Generator
        rng.random((2, 3)) gives six numbers, uniform between 0 and 1.
    train : bool
        False at test time.

    Returns
    -------
    out : array of shape (N, n)
        What is kept, scaled; 0 where dropped.
    mask : array of shape (N, n)
        True or 1 where kept; all kept when not training.

    Example: with p_drop = 0.5, a row [1.0, 2.0, 3.0] whose second unit is dropped becomes [2.0, 0.0, 6.0].
    """
    ### BEGIN SOLUTION
    mask = rng.random(a.shape) >= p_drop if train else np.ones(a.shape, bool)
    return a * mask / (1 - p_drop * train), mask  # (12.1) out = a ⊙ mask / (1 − p)
    ### END SOLUTION


# %%
check("dropout_forward")

# %% [markdown] buys="dropout_forward"
# The next cell counts what your dropout keeps. Section 3 trains a network with it.

# %% [markdown]
# Send a hundred thousand ones through your dropout. What share is kept, and what is the mean of the output?

# %%
if ready("dropout_forward"):
    ones, rng, rows = np.ones((1000, 100)), np.random.default_rng(0), []
    for p in (0.1, 0.5, 0.9):
        out, mask = dropout_forward(ones, p, rng, True)
        rows.append([f"{p}", f"{np.mean(mask):.2f}", f"{out.mean():.2f}", f"{out.std():.2f}"])
    display(Table("a hundred thousand ones", ["p_drop", "share kept", "mean of out", "std of out"], rows))

# %% [markdown]
# The mean stays the same and the noise grows with `p_drop`: dropout multiplies each activation by noise.
#
# **Exercise `dropout_backward`** ({{points:dropout_backward}}). A unit that was absent has no part in the error, so it
# gets no gradient.


# %% exercise="dropout_backward"
def dropout_backward(dout, mask, p_drop):
    """Send the gradient back through dropout (in training).

    Parameters
    ----------
    dout : array of shape (N, n)
        ∂L/∂out.
    mask : array of shape (N, n)
        As the forward pass returned it.
    p_drop : float
        As in the forward pass.

    Returns
    -------
    array of shape (N, n)
        ∂L/∂a.

    Example: dout = [[1.0, 1.0]], mask = [[True, False]], p_drop = 0.5 gives [[2.0, 0.0]].
    """
    ### BEGIN SOLUTION
    return dout * mask / (1 - p_drop)  # (12.2) ∂L/∂a = ∂L/∂out ⊙ mask / (1 − p)
    ### END SOLUTION


# %%
check("dropout_backward")

# %% [markdown] buys="dropout_backward"
# Forward and backward together make a layer. Section 3 trains a network with it.

# %% [markdown]
# ## 2 · An ensemble of 2ⁿ networks
#
# With $n$ hidden units there are $2^n$ masks, so there are $2^n$ **thinned** networks, which all share their weights.
# Training with dropout trains a random few of them at each step. At test time we would like to ask *all* of them, and
# average. Why does averaging help? Look first at networks that are independent of each other:


# %% hide="code"
def bagging():
    """Train twelve networks, each on its own bootstrap sample of 400 digits; ask them alone, and three at a time."""

    def one(seed):
        rng = np.random.default_rng(seed)
        picks = rng.integers(0, 400, 400)  # drawn with replacement: some digits twice, some not at all
        net = Network([Linear(64, 64), ReLU(), Linear(64, 10)], rng=rng, dtype=np.float64)
        list(
            train(
                net, X_all[picks], y_all[picks], SoftmaxCrossEntropy(), Adam(0.003), epochs=30, rng=rng, batch_size=50
            )
        )
        return softmax(net.predict(X_test))

    alone = np.stack([one(seed) for seed in range(12)])
    threes = alone.reshape(4, 3, *alone.shape[1:]).mean(axis=1)
    spread = {name: answers.var(axis=0, ddof=1).mean() for name, answers in [("alone", alone), ("threes", threes)]}
    right = [np.mean(p.argmax(axis=1) == y_test) for p in (*alone, alone.mean(axis=0))]
    rows = [["one network", f"{spread['alone']:.5f}", f"{np.mean(right[:-1]):.3f}"],
            ["mean of three", f"{spread['threes']:.5f}", ""], ["mean of all twelve", "", f"{right[-1]:.3f}"]]  # fmt: skip
    display(Table("twelve networks, each from its own sample", ["answer of", "variance of p", "test accuracy"], rows))
    return float(round(spread["alone"] / spread["threes"], 1))


lab.predict("bagging", bagging)

# %% [markdown] why="bagging"
# The variance of a mean of $k$ independent numbers is $\sigma^2 / k$. The networks differ in their samples and their
# starts. If one is wrong by accident, the others outvote it. (Twelve networks measure this only roughly.) This is
# **bagging** (Breiman 1996). Its price is to train $k$ networks.

# %% [markdown]
# ### All masks at once
#
# Dropout's networks cost only one training, because they share their weights. For $n = 1000$ units there are more of
# them than atoms in the universe. For $n = 3$ there are eight. Let us ask these eight.
#
# How can we average answers that are probabilities? One way is the arithmetic mean. Another is the **geometric mean**,
# divided by its sum over the classes:
#
# $$ p \propto \prod_m p_m^{\,w_m}, \qquad \textstyle\sum_m w_m = 1 \tag{12.10} $$
#
# **Exercise `ensemble_mean`** ({{points:ensemble_mean}}). Compute the normalised, weighted geometric mean of softmaxes.
# (It is one line if you take logarithms first. You may use `softmax`.)


# %% exercise="ensemble_mean"
def ensemble_mean(logits, mask_probs):
    """Average the networks of an ensemble geometrically.

    Parameters
    ----------
    logits : array of shape (M, K)
        Logits of M networks for one example; row m becomes probabilities by a softmax.
    mask_probs : array of shape (M,)
        The weight of each network; they sum to 1.

    Returns
    -------
    array of shape (K,)
        Probabilities.

    Example: two networks with equal weights and logits [0, 0] and [2, 0] together give softmax([1, 0]) = [0.731, 0.269].
    """
    ### BEGIN SOLUTION
    return softmax(mask_probs @ logits)  # (12.10) softmax of the mean logits
    ### END SOLUTION


# %%
check("ensemble_mean")

# %% [markdown] buys="ensemble_mean"
# You can ask any number of networks and get one answer.

# %% [markdown]
# Three hidden units, each dropped with probability ¼, feed a softmax over two classes. There are eight thinned
# networks. Compare them with one pass through the whole network, with nothing dropped.

# %% hide="code"
# eight thinned networks and the whole one
a, W, b = np.array([1.0, 0.5, 2.0]), np.array([[1.0, -1.0], [2.0, 0.5], [-1.0, 1.5]]), np.array([0.2, 0.0])
masks = np.array([[i, j, k] for i in (0, 1) for j in (0, 1) for k in (0, 1)])
mask_probs = np.prod(np.where(masks, 0.75, 0.25), axis=1)
thinned = (a * masks / 0.75) @ W + b  # logits of all eight


def which_mean():
    """Compare one pass through the whole network with two ways to ask all eight."""
    whole = softmax(a @ W + b)
    arithmetic = mask_probs @ softmax(thinned)
    logs = mask_probs @ np.log(softmax(thinned))
    geometric = np.exp(logs) / np.exp(logs).sum()
    rows = [["".join(map(str, m)), f"{q:.3f}", f"{p:.3f}"]
            for m, q, p in zip(masks, mask_probs, softmax(thinned)[:, 0], strict=True)]  # fmt: skip
    rows += [["arithmetic mean", "", f"{arithmetic[0]:.4f}"], ["geometric mean", "", f"{geometric[0]:.4f}"],
             ["whole network", "", f"{whole[0]:.4f}"]]  # fmt: skip
    display(Table("eight thinned networks", ["mask", "its probability", "p of class 0"], rows))
    if np.allclose(whole, geometric):
        return "The normalised geometric mean"
    return "The arithmetic mean of their probabilities" if np.allclose(whole, arithmetic) else "Neither"


lab.predict("which_mean", which_mean)

# %% [markdown] why="which_mean"
# By the two lines of section 1, the weighted mean of the eight logits is the whole network's logit. And a weighted mean
# of logits inside a softmax is a product of probabilities outside it, up to normalisation. So one pass through the
# whole network asks all eight at once, exactly.

# %% [markdown]
# ### With a layer in between
#
# In most networks there is another hidden layer between the dropped units and the softmax. Take ten units with
# $p = \tfrac12$, so there are 1024 masks. After them come eight ReLUs, and then a softmax over three classes. The
# weights are random, and so are a hundred inputs.


# %% hide="code"
def approximately():
    """Compare the whole network with the geometric mean of 1024 thinned ones, behind a layer of ReLUs."""
    rng = np.random.default_rng(0)
    W1, W2, gaps = rng.normal(size=(10, 8)) / 10**0.5, rng.normal(size=(8, 3)) / 8**0.5, []
    every = (np.arange(1024)[:, None] >> np.arange(10)) & 1
    probabilities = lambda h: softmax(np.maximum(h @ W1, 0) @ W2)
    for h in abs(rng.normal(size=(100, 10))):
        logs = np.log(probabilities(h * every / 0.5)).mean(axis=0)
        gaps.append(abs(probabilities(h) - np.exp(logs) / np.exp(logs).sum()).max())
    print(f"largest difference of a probability: {np.mean(gaps):.3f} on average, {max(gaps):.3f} at most")
    return (
        "Equal to the last digit"
        if max(gaps) < 1e-9
        else "Close, but not equal"
        if np.mean(gaps) < 0.1
        else "Far apart"
    )


lab.predict("approximately", approximately)

# %% [markdown] why="approximately"
# A ReLU of a mean is not the mean of the ReLUs. So the argument with the logits ends at the first layer after the
# dropped one. What is left is a cheap approximation: one pass in place of 1024.

# %% [markdown]
# ## 3 · Does it help?
#
# A 64–128–128–10 network learns 400 digits, every tenth with a wrong label (as in lab 11). It is trained once plain,
# and once with half of each hidden layer dropped, for the same number of epochs. If your two functions pass, the layer
# uses *them*. Otherwise it is the library's.


# %% hide="code"
class YourDropout(Dropout):
    """A layer made of your two functions."""

    def forward(self, x, train=False):
        """Drop as `dropout_forward` does."""
        out, self.cache = dropout_forward(x, self.p_drop, self.rng, train or self.always)
        return out

    def backward(self, dz):
        """Send back as `dropout_backward` does."""
        return dropout_backward(dz, self.recall(), self.p_drop)


def digit_net(p_drop, epochs, n=400, seed=0):
    """Train on the first n digits, every tenth mislabelled; return the network and its test losses."""
    inputs, targets = X_all[:n], y_noisy[:n]  # 1 inputs
    drop = lambda: [layer(p_drop)] if p_drop else []
    layers = [Linear(64, 128), ReLU(), *drop(), Linear(128, 128), ReLU(), *drop(), Linear(128, 10)]  # 3 operations
    net = Network(layers, rng=np.random.default_rng(seed), dtype=np.float64)  # 2 parameters
    cost, optimizer = SoftmaxCrossEntropy(), Adam(0.002)  # 4 cost, 5 optimizer
    run = train(net, inputs, targets, cost, optimizer, epochs=epochs, rng=np.random.default_rng(1), batch_size=50)
    return net, [float(cost.value(net.predict(X_test), y_test)) for _ in run]  # 6 train, 7 test


# %%
y_noisy = np.where(np.arange(len(y_all)) % 10 == 0, (y_all + 1) % 10, y_all)  # every tenth label is wrong
yours = ready("dropout_forward", "dropout_backward")
layer = YourDropout if yours else Dropout
print("The dropout is", "yours." if yours else "the library's.")
epochs = 60
plain, plain_losses = digit_net(0.0, epochs)
dropped, dropped_losses = digit_net(0.5, epochs)


# %% hide="code"
def both_losses():
    """Compare the two networks, with nothing dropped, on what they have learned from and on new digits."""
    cost, rows, loss = SoftmaxCrossEntropy(), [], {}
    for name, net in [("plain", plain), ("dropout", dropped)]:
        loss[name] = float(cost.value(net.predict(X_all[:400]), y_noisy[:400]))
        test = accuracy(net.predict(X_test), y_test)
        rows.append([name, f"{loss[name]:.4f}", f"{cost.value(net.predict(X_test), y_test):.3f}", f"{test:.3f}"])
    display(Table("400 digits to learn from", ["network", "training loss", "test loss", "test accuracy"], rows))
    return "It is lower than without" if loss["dropout"] < loss["plain"] else "It is higher than without"


lab.predict("both_losses", both_losses)

# %% [markdown] why="both_losses"
# Dropout makes it harder to learn the training set by heart. It pays off on digits that the network has not seen. The
# next picture shows two more things. With dropout the curve falls more slowly: each unit trains only half of the time,
# so give it more epochs. And the curve does not turn up where the plain one does.

# %% hide="code"
if lab.answered("both_losses"):
    display(plot_losses({"plain": plain_losses, "dropout": dropped_losses}, "Loss on 500 new digits", "epoch"))

# %% [markdown]
# ### Find the slip
#
# PyCon17's dropout model sends the *logits* through a ReLU before the softmax. Here is what can happen then. Think
# about what a negative logit is *for*, then fix the one line and run again.

# %%
layers = [Linear(64, 64), ReLU(), Dropout(0.5), Linear(64, 10), ReLU()]
net, cost = Network(layers, rng=np.random.default_rng(3), dtype=np.float64), SoftmaxCrossEntropy()
list(train(net, X_all, y_all, cost, Adam(0.01), epochs=10, rng=np.random.default_rng(1), batch_size=50))
output = net.predict(X_test)
stuck = [k for k in range(10) if (output[:, k] == 0).all()]
print(f"classes whose logit is 0 for every digit: {stuck or 'none'}; test accuracy {accuracy(output, y_test):.2f}")
if not isinstance(net.layers[-1], ReLU):
    print("Fixed. A class whose logit was 0 everywhere got no gradient through the ReLU and stopped learning.")

# %% [markdown]
# This does not happen with every start (with the slip, try `default_rng(0)`), so it is easy to miss. Logits must be
# linear.
#
# ## 4 · How sure are you?
#
# A softmax gives probabilities. Do they tell you when the network does not know? Give it nonsense: real digits with
# their pixels shuffled, twenty times as bright.


# %% hide="code"
def nonsense():
    """Ask the plain network about noise that no digit resembles."""
    noise = 20 * np.random.default_rng(0).permuted(X_test, axis=1)
    sure = softmax(plain.predict(noise)).max(axis=1).mean()
    print(f"mean probability of the best class: digits {softmax(plain.predict(X_test)).max(axis=1).mean():.2f}, "
          f"nonsense {sure:.2f}")  # fmt: skip
    return "More than 90 %" if sure > 0.9 else "Between 60 and 90 %" if sure > 0.6 else "About as sure as a coin, 50 %"


lab.predict("nonsense", nonsense)

# %% [markdown] why="nonsense"
# Logits grow with the input, and a softmax of large logits is sure of something, whether it is right or not. A softmax
# is not a measure of knowledge.

# %% [markdown]
# ### Ask more than once
#
# Dropout has another use (Gal & Ghahramani 2016). *Leave it on* while predicting, ask $T$ times, and look at how much
# the answers differ. This is **Monte-Carlo dropout**. Where the thinned networks agree, you may trust them more.
#
# Why can we read the spread as doubt? A Bayesian does not use one set of weights but a distribution over weights: all
# weights that fit the data more or less well. A Bayesian prediction is the average over that distribution, and the
# spread says how much the data leave open. For a network this cannot be computed exactly. Gal and Ghahramani showed
# that training with dropout and a penalty on the weights fits a simple distribution to this one: rows of weights are
# switched on and off by tossing coins. A pass with dropout draws one set of weights from this simple distribution. So
# the mean of $T$ passes approximates the Bayesian average, and their spread approximates the Bayesian doubt. The
# approximation is only as good as the simple distribution.
#
# **Exercise `mc_dropout`** ({{points:mc_dropout}}). `predict` is a network with dropout switched on, so each call gives
# a different answer.


# %% exercise="mc_dropout"
def mc_dropout(predict, X, T):
    """Predict T times and give the mean and the spread.

    Parameters
    ----------
    predict : function
        predict(X) gives probabilities (N, K), different ones at each call.
    X : array
        Inputs, N of them.
    T : int
        How often to ask.

    Returns
    -------
    mean : array of shape (N, K)
    std : array of shape (N, K)
        Standard deviation over the T answers (ddof 0, as NumPy computes it).

    Example: if two calls give [[0.2, 0.8]] and [[0.6, 0.4]], the mean is [[0.4, 0.6]] and std is [[0.2, 0.2]].
    """
    ### BEGIN SOLUTION
    passes = np.stack([predict(X) for _ in range(T)])
    return passes.mean(axis=0), passes.std(axis=0)  # (12.3) mean and spread over T passes
    ### END SOLUTION


# %%
check("mc_dropout")

# %% [markdown] buys="mc_dropout"
# The rotated digit below asks the network through your function.

# %% [markdown]
# Turn a digit slowly on its side. At some angles it is *not* a digit any more. Does the spread show it? Does the plain
# softmax, one pass with nothing dropped?

# %%
RotatedDigit(dropped, digits.test_images, digits.test_labels, mc_dropout if ready("mc_dropout") else None)

# %% [markdown]
# Look at the spread where the best class is about to change. It is not a perfect alarm: it shows only the kind of doubt
# that dropping units can show. Its price is $T$ forward passes.
#
# ## 5 · Batch normalisation
#
# Normalising inside a network is another way to make training stable. Lab 03 standardised the inputs once. **Batch
# normalisation** (Ioffe & Szegedy 2015) standardises each hidden unit over each mini-batch. Then it lets the network
# learn a new scale and shift:
#
# $$ \hat x = \frac{x - \text{mean}}{\sqrt{\text{var} + \varepsilon}} \tag{12.4} $$
# $$ \text{out} = \gamma \hat x + \beta \tag{12.6} $$
#
# At test time a digit may come alone, and its prediction must not depend on other digits in the batch. So training
# keeps **running** averages, and the test uses those:
#
# $$ r \leftarrow \text{momentum} \cdot r + (1 - \text{momentum}) \cdot \text{batch} \tag{12.9} $$
#
# **Exercise `batchnorm_forward`** ({{points:batchnorm_forward}}). Use the batch's mean and variance in training, and
# the running ones at test time.


# %% exercise="batchnorm_forward"
def batchnorm_forward(X, gamma, beta, running, train, momentum, eps):
    """Normalise each unit over the batch (training) or by the running averages (test).

    Parameters
    ----------
    X : array of shape (N, n)
    gamma, beta : arrays of shape (n,)
        Scale and shift.
    running : dict
        "mean" and "var", arrays of shape (n,). Do not change it: return a new one.
    train : bool
    momentum : float
        Share of the old running average that is kept.
    eps : float
        ε, inside the root.

    Returns
    -------
    out : array of shape (N, n)
    running : dict
        In training: updated with the batch's mean, and its variance with ddof 0. At test time: unchanged.

    Example: X = [[1.0], [3.0]], gamma = [1.0], beta = [0.0], eps = 0, in training: out = [[-1.0], [1.0]].
    """
    ### BEGIN SOLUTION
    mean, var = running["mean"], running["var"]
    if train:
        mean, var = X.mean(axis=0), X.var(axis=0)
        running = {  # (12.9) r ← momentum · r + (1 − momentum) · batch
            "mean": momentum * running["mean"] + (1 - momentum) * mean,
            "var": momentum * running["var"] + (1 - momentum) * var,
        }
    return gamma * (X - mean) / np.sqrt(var + eps) + beta, running  # (12.4) and (12.6)
    ### END SOLUTION


# %%
check("batchnorm_forward")

# %% [markdown] buys="batchnorm_forward"
# The next question trains twenty layers with your function between them.

# %% [markdown]
# ### Twenty layers of sigmoids
#
# Lab 08 showed that a gradient does not survive many sigmoids. Here is a 64–32–…–32–10 network with twenty hidden
# layers of sigmoids and Glorot's weights. It trains for ten epochs with Adam on all digits: once as it is, once with
# batch normalisation before each sigmoid.


# %% hide="code"
class YourBatchNorm(BatchNorm):
    """A layer made of your function; the library's layer remembers what the way back needs."""

    def forward(self, x, train=False):
        """Normalise as `batchnorm_forward` does."""
        running = {"mean": self.running_mean.copy(), "var": self.running_var.copy()}
        out, running = batchnorm_forward(x, self.gamma, self.beta, running, train, self.momentum, self.eps)
        super().forward(x, train)
        self.running_mean[...], self.running_var[...] = running["mean"], running["var"]
        return out


def tower(norm):
    """Train twenty hidden layers of sigmoids; return the training losses and the test accuracy."""
    layers = []
    for i in range(20):
        normalise = [norm(32)] if norm else []
        layers += [Linear(64 if i == 0 else 32, 32, init=initializers.glorot_uniform), *normalise, Sigmoid()]
    net = Network([*layers, Linear(32, 10)], rng=np.random.default_rng(0), dtype=np.float64)
    losses = [epoch.train_loss for epoch in train(net, X_all, y_all, SoftmaxCrossEntropy(), Adam(0.003), epochs=10,
                                                  rng=np.random.default_rng(1), batch_size=64)]  # fmt: skip
    return losses, accuracy(net.predict(X_test), y_test)


def twenty_layers():
    """Train the tower with and without batch normalisation: yours where it passes."""
    norm = YourBatchNorm if ready("batchnorm_forward") else BatchNorm
    (bare, bare_right), (normed, normed_right) = tower(None), tower(norm)
    display(plot_losses({"as it is": bare, "with batch normalisation": normed}, "Twenty sigmoids deep", "epoch"))
    print(f"test accuracy: {bare_right:.2f} as it is, {normed_right:.2f} with batch normalisation")
    return "Only the normalised one" if normed_right > 0.5 > bare_right else "Both" if bare_right > 0.5 else "Neither"


lab.predict("twenty_layers", twenty_layers)

# %% [markdown] why="twenty_layers"
# Without batch normalisation, every sigmoid multiplies the gradient by at most 1/4, Glorot's weights do not make up for
# that, and almost no gradient reaches the first layers. With it, each sigmoid at first gets inputs of mean 0 and
# variance 1, where it is steep. And batch normalisation divides by a standard deviation of about 1/5 here, so on the
# way back it multiplies the gradient by about 5.

# %% [markdown]
# **Layer normalisation** (Ba, Kiros & Hinton 2016) uses the other axis: the mean and variance over the units of *one*
# example. It needs no batch and no running averages, and it does the same in training and at test time. Many language
# models use it.
#
# **Exercise `layernorm_forward`** ({{points:layernorm_forward}}). Normalise each row.


# %% exercise="layernorm_forward"
def layernorm_forward(X, gamma, beta, eps):
    """Normalise each example over its own units.

    Parameters
    ----------
    X : array of shape (N, n)
    gamma, beta : arrays of shape (n,)
        Scale and shift.
    eps : float
        ε, inside the root.

    Returns
    -------
    array of shape (N, n)

    Example: X = [[1.0, 3.0], [10.0, 30.0]] with gamma = [1, 1], beta = [0, 0], eps = 0 gives [[-1, 1], [-1, 1]].
    """
    ### BEGIN SOLUTION
    mean, var = X.mean(axis=1, keepdims=True), X.var(axis=1, keepdims=True)
    return gamma * (X - mean) / np.sqrt(var + eps) + beta  # (12.4) and (12.6), along the other axis
    ### END SOLUTION


# %%
check("layernorm_forward")

# %% [markdown] buys="layernorm_forward"
# It is the same formula along another axis. The next cell shows what the two do to the same numbers.

# %% [markdown]
# Here are four examples, with three units of very different size:

# %% hide="code"
if ready("batchnorm_forward", "layernorm_forward"):
    Z = np.array([[1.0, 10.0, 100.0], [2.0, 30.0, 200.0], [3.0, 20.0, 400.0], [4.0, 40.0, 300.0]])
    start = {"mean": np.zeros(3), "var": np.ones(3)}
    by_batch, _ = batchnorm_forward(Z, np.ones(3), np.zeros(3), start, True, 0.9, 1e-5)
    by_layer = layernorm_forward(Z, np.ones(3), np.zeros(3), 1e-5)
    rows = [[", ".join(f"{x:{digits}}" for x in v) for v, digits in zip(row, ("g", ".2f", ".2f"), strict=True)]
            for row in zip(Z, by_batch, by_layer, strict=True)]  # fmt: skip
    display(Table("two normalisations", ["example", "over the batch", "over its own units"], rows))

# %% [markdown]
# In the first normalisation each unit sums to zero over the examples. In the second each example sums to zero over its
# units. Here the units have very different sizes, so layer normalisation mostly shows that the third unit is the
# largest, for every example.
#
# ### If you like a challenge: batch normalisation backwards (no points)
#
# The mean and the variance depend on every entry, so the gradient has three paths back. Use a gradient check.
#
# **Exercise `batchnorm_backward`** (optional).


# %% exercise="batchnorm_backward"
def batchnorm_backward(dout, X, gamma, eps):
    """Send the gradient back through batch normalisation in training.

    Parameters
    ----------
    dout : array of shape (N, n)
        ∂L/∂out.
    X : array of shape (N, n)
        The input of the forward pass.
    gamma : array of shape (n,)
    eps : float

    Returns
    -------
    dX : array of shape (N, n)
    dgamma, dbeta : arrays of shape (n,)

    Example: a dout that is the same for all examples gives dX = 0: shifting a whole column changes nothing.
    """
    ### BEGIN SOLUTION
    scale = np.sqrt(X.var(axis=0) + eps)
    xhat = (X - X.mean(axis=0)) / scale
    d = dout * gamma  # ∂L/∂x̂
    dX = (d - d.mean(axis=0) - xhat * (d * xhat).mean(axis=0)) / scale  # (12.5) three paths: direct, mean, variance
    return dX, (dout * xhat).sum(axis=0), dout.sum(axis=0)  # (12.7) and (12.8)
    ### END SOLUTION


# %%
check("batchnorm_backward")

# %% [markdown] buys="batchnorm_backward"
# The gradient has come back on all three paths: directly, through the mean and through the variance.

# %% [markdown]
# ### Open experiment (no points)
#
# How much dropout is right? Try `p_drop` 0.2, 0.5 and 0.8, then give each as many epochs as it needs. And what does
# dropout do with all 1297 digits, where overfitting is weaker (`n=1297`)?

# %%
for p in (0.2, 0.8):
    net, losses = digit_net(p, epochs)
    print(f"p_drop = {p}: test loss {losses[-1]:.3f}, test accuracy {accuracy(net.predict(X_test), y_test):.3f}")

# %% [markdown]
# ## 6 · In your own words
#
# *Rubric (4 points): another explanation (1); why it makes the training loss the larger one (1); a test (1); what
# its outcome would mean (1).*
#
# A friend trains with dropout and reports: "Training loss 0.35, validation loss 0.21. It cannot be *better* than
# training, so the validation set must have leaked into the training set." Write three or four sentences: what else may
# explain it, and how would you test your explanation? (Graded by hand.)

# %% [markdown] written="better"
# ### BEGIN SOLUTION
# The training loss is measured during training, with units dropped, so it is the loss of thinned, noisy networks. The
# validation loss is measured with the whole network. (The training loss is also a mean over the epoch, while the
# weights still improve.) To test this, measure the loss on the *training* set with dropout switched off. If it is then
# below the validation loss, dropout explains the difference, and there is no need for a leak.
#
# *What earns the points: dropout is on for the one and off for the other (1); so the training loss is that of a weaker network (1);
# the test: training set, dropout off (1); what the outcome would mean (1).*
# ### END SOLUTION

# %% [markdown]
# ## 7 · What do you remember?
#
# Answer three questions on earlier labs, from memory.

# %%
lab.recall()

# %% [markdown]
# ## What you learned
#
# - In training, drop units and divide what is kept by $1 - p$. At test time, do nothing. Backwards, use the same mask
#   and the same factor.
# - One pass through the whole network asks all $2^n$ thinned networks at once. It is exactly their geometric mean where
#   the dropped layer feeds the softmax, and approximately elsewhere. Averaging $k$ independent networks divides the
#   variance by $k$.
# - A softmax can be sure of nonsense. If you ask several times with dropout on, the spread tells you more.
# - Batch normalisation uses the batch's statistics in training and running averages at test time. Layer normalisation
#   always uses each example's own statistics.
#
# Next: in lab 13 you use all of this to read handwriting, from the raw pixels to one number on a test set that you look
# at once.

# %%
lab.progress()

# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
# ---

# %% [markdown]
# # Lab 04 · Softmax
#
# A neuron that is sure and wrong should be eager to learn. Lab 02's was not: it sat on the flat part of its sigmoid and hardly
# moved. Is that the sigmoid's fault, or the loss's? Today you find out; then the neuron gets nine siblings, and together they
# read handwriting.
#
# **You will be able to** say where the logarithm in a loss comes from; choose the loss and the output layer that belong together;
# compute softmax and cross-entropy so that no logit is too large; derive and check the most elegant gradient of the course; and
# train a classifier from end to end.
#
# **You need** lab 02 (gradient descent), lab 03 (the seven ingredients), logarithms, and NumPy's `axis` and `keepdims`.
#
# | minutes | exercises | points | goes with |
# |---|---|---|---|
# | about {{minutes}} (an estimate, not yet tried with students) | {{exercises}} | {{points}} | PyCon17, second half; *Nets*; MT16; Found16 |

# %% tags=["setup"]
import os

import numpy as np

quick = os.environ.get("COURSE_QUICK") == "1"  # the stored outputs come from the small digits

# %% tags=["lab"]
from IPython.display import Markdown

from course import SoftmaxCrossEntropy, Table, activations, numeric_gradient, open_lab, plot_losses, sigmoid
from course.data import load_digits, mnist_or_digits, split
from course.widgets import DigitGallery, LossExplorer

lab = open_lab("04", globals())
check, hint, ready = lab.check, lab.hint, lab.ready
lab

# %% [markdown]
# ## 1 · Why a logarithm
#
# A neuron gives each of $N$ examples a probability $p_n$ of being a 1. Then the labels $y_n$ come, 0 or 1. How good was the
# neuron? A fair question is: *how probable were these labels, if the neuron is right?* A label 1 had the probability $p_n$, a label
# 0 had $1 - p_n$, and for independent labels the probabilities multiply. The product is called the **likelihood**:
#
# $$ \prod_n p_n^{\,y_n} (1 - p_n)^{1 - y_n} $$
#
# (The exponents, 0 or 1, pick the right factor.) The larger it is, the better the neuron. So why not make it large?


# %% hide="code"
def multiply_many():
    """Multiply 2000 probabilities of one half, and of 0.99."""
    rows = [[f"{p:g}", f"{np.prod(np.full(2000, p)):.3g}"] for p in (0.5, 0.6, 0.99)]
    display(Table("2000 labels, each with probability p", ["p", "np.prod"], rows))
    return "0, exactly" if np.prod(np.full(2000, 0.5)) == 0 else "about 1e-602"


lab.predict("product", multiply_many)

# %% [markdown] why="product"
# On paper $0.5^{2000}$ is about $10^{-602}$. A float64 ends near $10^{-324}$; below it there is only 0. So a coin and a neuron that
# gives every right label 0.6 would be equally good, both 0, and where a product is 0, so is its slope.

# %% [markdown]
# ### A sum instead
#
# The logarithm of a product is the sum of the logarithms. It grows where the product grows, so the best weights stay the best, and
# a sum of two thousand numbers does not vanish.
#
# **Exercise `log_likelihood`** ({{points:log_likelihood}}). The logarithm of the product above, as a sum over the labels.


# %% exercise="log_likelihood"
def log_likelihood(y, p):
    """Give the logarithm of the probability of all labels together.

    Parameters
    ----------
    y : array of shape (N,)
        Labels, 0 or 1, independent of each other.
    p : array of shape (N,)
        The probability of a 1, strictly between 0 and 1.

    Returns
    -------
    float
        At most 0; natural logarithms.

    Example: y = [1, 0], p = [0.5, 0.2] have the likelihood 0.5 · 0.8 = 0.4, so it is log 0.4 = -0.916.
    """
    ### BEGIN SOLUTION
    return np.sum(y * np.log(p) + (1 - y) * np.log(1 - p))  # log Π = Σ log
    ### END SOLUTION


# %%
check("log_likelihood")

# %% [markdown] buys="log_likelihood"
# Every cross-entropy in this course is this sum, with a minus sign and a mean.

# %% [markdown]
# Two more changes make a *loss* of it, something to be made small: a minus sign, and the mean in place of the sum, so that twice the
# data do not look twice as wrong. That is the **cross-entropy**:
#
# $$ L = -\frac1N \sum_n \bigl( y_n \log p_n + (1 - y_n) \log(1 - p_n) \bigr) \tag{4.1} $$
#
# Found16 describes all learning in this way. Take a loss $\ell$, averaged over the training examples, and add a penalty $R$ on the
# parameters. Choose the parameters $\theta$ that make the sum as small as possible:
#
# $$ \frac1N \sum_n \ell\bigl(f(x_n; \theta),\, y_n\bigr) + \lambda R(\theta) $$
#
# It is called **empirical risk minimisation**: *empirical*, because the loss is the average over the examples that we have,
# not over all that may come. Until lab 11, $\lambda$ is 0.
#
# ## 2 · Sure, and wrong
#
# One neuron says $p = \sigma(z)$, with the **logit** $z = wx + b$. The target is 1. How much does it cost to say $p$?
#
# The squared error charges $(p - 1)^2$: never more than 1, however wrong. The cross-entropy charges $-\log p$: nothing for
# $p = 1$, and more and more, without end, the nearer $p$ comes to 0. With both targets:
#
# | y | p | cross-entropy |
# |---|---|---|
# | 0 | 0.1 | 0.105 |
# | 0 | 0.9 | 2.303 |
# | 1 | 0.1 | 2.303 |
# | 1 | 0.9 | 0.105 |
#
# **Exercise `binary_cross_entropy`** ({{points:binary_cross_entropy}}). Equation (4.1), for all examples at once.


# %% exercise="binary_cross_entropy"
def binary_cross_entropy(y, p):
    """Compute the mean binary cross-entropy.

    Parameters
    ----------
    y : array of shape (N,)
        Targets, 0 or 1.
    p : array of shape (N,)
        Probabilities of a 1, strictly between 0 and 1.

    Returns
    -------
    float
        The mean over the examples, with natural logarithms.

    Example: y = [1, 0], p = [0.9, 0.9] costs (0.105 + 2.303) / 2 = 1.204.
    """
    ### BEGIN SOLUTION
    return -np.mean(y * np.log(p) + (1 - y) * np.log(1 - p))  # (4.1)
    ### END SOLUTION


# %%
check("binary_cross_entropy")

# %% [markdown] buys="binary_cross_entropy"
# This loss has no upper limit: a neuron that is wrong pays the more, the surer it is.

# %% [markdown]
# What matters for learning is not the price but its *slope*: how hard does the loss pull at the logit $z$? Whichever loss you
# take, the pull comes through the sigmoid, $\partial L / \partial z = \partial L / \partial p \cdot p\,(1 - p)$, and at
# $p = 0.007$ that last factor is 0.007. Can either of the two still learn?


# %% hide="code"
def stuck():
    """Let a neuron learn from one example with either loss; show where it stands."""
    x, places = -1.0, {}
    for loss, dl_dp in {"squared error": lambda p: 2 * (p - 1), "cross-entropy": lambda p: -1 / p}.items():
        w, b, places[loss] = 5.0, 0.0, []
        for _ in range(41):
            p = float(sigmoid(w * x + b))
            places[loss].append(p)
            slope = dl_dp(p) * p * (1 - p)  # ∂L/∂z, through the sigmoid
            w, b = w - slope * x, b - slope
    rows = [[str(k), *(f"{places[loss][k]:.3f}" for loss in places)] for k in (0, 1, 2, 3, 5, 10, 20, 40)]
    display(Table("what the neuron says", ["step", *places], rows))
    squared, cross = (places[loss][20] for loss in places)
    if squared < 0.1 and cross > 0.9:
        return "Squared error less than 0.1, cross-entropy more than 0.9"
    return "Both more than 0.9" if squared > 0.9 and cross > 0.9 else "Both less than 0.1"


lab.predict("stuck", stuck)

# %% [markdown] why="stuck"
# Both slopes carry $\sigma' = p(1 - p)$, nearly nothing where $p$ is near 0. But the slope of $-\log p$ is $-1/p$, which is large
# where $p$ is small. In their product the two cancel, and $p - 1$ is left: the more wrong, the stronger the pull.

# %% [markdown]
# ### Two slopes, side by side
#
# Move the logit and look at the lower picture. Where are the two slopes alike, and where is one of them nearly zero?

# %%
LossExplorer()

# %% [markdown]
# ## 3 · Ten answers that share one whole
#
# Ten digits need ten logits, one score a class. To make probabilities of them, take exponentials (so that all are positive) and
# divide by their sum (so that together they make 1). This is the **softmax**:
#
# $$ \mathrm{softmax}(z)_k = \frac{\exp(z_k)}{\sum_j \exp(z_j)} \tag{4.3} $$


# %% hide="code"
def shift():
    """Compute the softmax of (102, 101, 100)."""
    powers = [np.exp(z) for z in (102.0, 101.0, 100.0)]
    return round(float(powers[0] / sum(powers)), 3)


lab.predict("shift", shift)

# %% [markdown] why="shift"
# $\exp(z + c) = \exp(z) \cdot \exp(c)$, and $\exp(c)$ cancels. Only differences between logits count.

# %% [markdown]
# ### Large logits
#
# `np.exp(1000)` is inf, and inf/inf is no probability. But nobody forces you to take the exponential of 1000: what may you add to
# all logits of a row, or take away?
#
# **Exercise `softmax`** ({{points:softmax}}). One example a row. It must work for logits of 10,000, too.


# %% exercise="softmax"
def softmax(Z):
    """Turn each row of logits into probabilities.

    Parameters
    ----------
    Z : array of shape (N, K)
        Logits; any size.

    Returns
    -------
    array of shape (N, K)
        Each row sums to 1.

    Example: Z = [[2.0, 1.0, 0.0]] gives [[0.665, 0.245, 0.090]].
    """
    ### BEGIN SOLUTION
    E = np.exp(Z - Z.max(axis=1, keepdims=True))
    return E / E.sum(axis=1, keepdims=True)  # (4.3) softmax(z)ₖ = exp(zₖ) / Σⱼ exp(zⱼ)
    ### END SOLUTION


# %%
check("softmax")

# %% [markdown] buys="softmax"
# Any scores, however large, become probabilities, and nothing overflows.

# %% [markdown]
# ## 4 · The price of a wrong digit
#
# The target of an example is its class, a whole number. Written as probabilities, it is a row with a 1 in that place:
# **one-hot**.
#
# **Exercise `one_hot`** ({{points:one_hot}}). One row for each label, one column for each class.


# %% exercise="one_hot"
def one_hot(labels, K):
    """Write labels as rows of zeros with a single 1.

    Parameters
    ----------
    labels : array of int, shape (N,)
        Classes 0 … K − 1.
    K : int
        How many classes there are.

    Returns
    -------
    array of shape (N, K)

    Example: labels = [2, 0], K = 3 gives [[0, 0, 1], [1, 0, 0]].
    """
    ### BEGIN SOLUTION
    return np.eye(K)[labels]
    ### END SOLUTION


# %%
check("one_hot")

# %% [markdown] buys="one_hot"
# A class and a row of probabilities can now be subtracted from each other.

# %% [markdown]
# The **categorical cross-entropy** charges $-\log p$ for the probability $p$ of the right class, whatever the others say:
#
# $$ L = -\frac1N \sum_n \sum_k t_{nk} \log \mathrm{softmax}(z_n)_k \tag{4.4} $$
#
# Do not compute a softmax and then its logarithm: a probability of $10^{-400}$ is stored as 0, and log 0 is −∞. On paper the
# logarithm cancels the exponential:
#
# $$ \log \mathrm{softmax}(z)_k = z_k - \log \textstyle\sum_j \exp(z_j) \tag{4.5} $$
#
# Take the row's maximum off every $z$ first, so that no exponential overflows.
#
# **Exercise `softmax_cross_entropy`** ({{points:softmax_cross_entropy}}). From *logits*: the softmax is inside.


# %% exercise="softmax_cross_entropy"
def softmax_cross_entropy(Z, labels):
    """Compute the mean cross-entropy of the softmax of Z.

    Parameters
    ----------
    Z : array of shape (N, K)
        Logits, of any size.
    labels : array of int, shape (N,)
        The right classes.

    Returns
    -------
    float

    Example: Z = [[0.0, 0.0]], labels = [1] costs log 2 = 0.693.
    """
    ### BEGIN SOLUTION
    shifted = Z - Z.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))  # (4.5)
    return -np.mean(log_p[np.arange(len(labels)), labels])  # (4.4)
    ### END SOLUTION


# %%
check("softmax_cross_entropy")

# %% [markdown] buys="softmax_cross_entropy"
# This is the loss of nearly every classifier in use, language models included.


# %% hide="code"
def at_start():
    """Compute the loss of equal probabilities over ten classes."""
    return round(float(-np.log(np.full(10, 0.1)).mean()), 2)


lab.predict("at_start", at_start)

# %% [markdown] why="at_start"
# It gives each class 1/10, so the loss is $-\log(1/10) = \log 10$. Remember the number: a ten-class network that starts
# far above 2.30 starts badly.

# %% [markdown]
# ## 5 · The gradient, line by line
#
# Learning needs the slope of this loss with respect to the logits. You derive it now, for one example with logits $z$ and right class
# $k$. The loss is $\ell = -\log p_k$, with $p = \mathrm{softmax}(z)$. Three lines:
#
# **(a)** The logarithm, worked out for you: $\dfrac{\partial \ell}{\partial p_k} = -\dfrac{1}{p_k}$.
#
# **(b)** How does $p_k$ depend on each logit $z_j$? With $E_j = \exp(z_j)$ and $S = \sum_j E_j$ it is $p_k = E_k / S$, and the quotient
# rule has two cases. One is worked out, the other is yours:
#
# $$ j = k:\ \frac{\partial p_k}{\partial z_k} = \frac{E_k S - E_k E_k}{S^2} = p_k (1 - p_k), \qquad
#    j \ne k:\ \frac{\partial p_k}{\partial z_j} = \frac{0 \cdot S - E_k E_j}{S^2} = \;? $$
#
# With a row $e$ that is 1 at place $k$ and 0 elsewhere, both cases fit into one expression.
#
# **(c)** The loss sees $z$ only through $p_k$. So $\partial \ell / \partial z$ follows from (a) and (b). What cancels?
#
# **Exercise `softmax_steps`** ({{points:softmax_steps}}). Write the three lines in NumPy, in place of the dots. Any equal form is
# right; later lines may use the names of earlier ones.


# %% exercise="softmax_steps"
def softmax_steps(z, k):
    """Differentiate the cross-entropy of one example, step by step.

    Parameters
    ----------
    z : array of shape (K,)
        Logits.
    k : int
        The right class.

    Returns
    -------
    dl_dp : float
        ∂ℓ/∂p_k.
    dp_dz : array of shape (K,)
        ∂p_k/∂z_j for each j.
    dl_dz : array of shape (K,)
        ∂ℓ/∂z_j for each j.

    Example: z = [0, 0], k = 0, so that p = [0.5, 0.5], gives -2, [0.25, -0.25] and [-0.5, 0.5].
    """
    E = np.exp(z - z.max())
    p = E / E.sum()
    e = np.zeros(len(z))
    e[k] = 1
    ### BEGIN SOLUTION
    dl_dp = -1 / p[k]
    dp_dz = p[k] * (e - p)
    dl_dz = dl_dp * dp_dz
    ### STUB
    # dl_dp = ...  # (a)
    # dp_dz = ...  # (b)
    # dl_dz = ...  # (c)
    ### END SOLUTION
    return dl_dp, dp_dz, dl_dz


# %%
check("softmax_steps")

# %% [markdown] buys="softmax_steps"
# All that was complicated has cancelled. What is left is what you said, minus what is true: `p - e`.

# %% hide="code"
if ready("softmax_steps"):
    lines = r"$$ \frac{\partial L}{\partial z} = \frac{\mathrm{softmax}(z) - t}{N} \tag{4.6} $$"
    display(
        Markdown("For all examples of a batch at once, and for their mean, with the one-hot targets $t$:\n\n" + lines)
    )

# %% [markdown]
# ### For a whole batch
#
# Now for $N$ examples, one a row, and for the *mean* of their losses.
#
# **Exercise `softmax_cross_entropy_grad`** ({{points:softmax_cross_entropy_grad}}). One entry for each logit: the same shape as
# `Z`.


# %% exercise="softmax_cross_entropy_grad"
def softmax_cross_entropy_grad(Z, labels):
    """Differentiate the mean cross-entropy with respect to the logits.

    Parameters
    ----------
    Z : array of shape (N, K)
    labels : array of int, shape (N,)

    Returns
    -------
    array of shape (N, K)
        Each row sums to 0.

    Example: Z = [[0.0, 0.0]], labels = [1] gives [[0.5, -0.5]].
    """
    ### BEGIN SOLUTION
    return (softmax(Z) - one_hot(labels, Z.shape[1])) / len(Z)  # (4.6) ∂L/∂z = (softmax(z) − t) / N
    ### END SOLUTION


# %%
check("softmax_cross_entropy_grad")

# %% [markdown] buys="softmax_cross_entropy_grad"
# One subtraction is the whole backward pass of the output layer, in lab 06 as well.

# %% [markdown]
# Never believe a gradient that you have not measured. Lab 02's central differences, on your own loss:

# %%
if ready("softmax_cross_entropy", "softmax_cross_entropy_grad"):
    Z, labels = np.array([[2.0, 1.0, 0.0], [0.5, -1.0, 0.3]]), np.array([0, 2])
    measured = numeric_gradient(lambda z: softmax_cross_entropy(z, labels), Z, 1e-5)
    rows = [[", ".join(f"{x:.4f}" for x in g) for g in row]
            for row in zip(softmax_cross_entropy_grad(Z, labels), measured, strict=True)]  # fmt: skip
    display(Table("the gradient, an example a row", ["formula", "measured"], rows))

# %% [markdown]
# ## 6 · Which output for which question?
#
# The last layer and the loss depend on the question, and they come in pairs. The network below them can stay the same:
#
# - **binary**: one yes-or-no question. Is this tumour malignant?
# - **multiclass**: one of several. Which digit is it?
# - **multilabel**: several at once, or none. Is there a cat, a dog, a bicycle in the picture?
# - **regression**: any number. What is the temperature tomorrow?
# - **unit_interval**: a share between 0 and 1. How much of the lawn is moss?
#
# **Exercise `output_layer_for`** ({{points:output_layer_for}}). Fill in the pairs (activation, loss). Activations: `"sigmoid"`,
# `"softmax"`, `"none"`. Losses: `"bce"` (binary cross-entropy), `"cce"` (categorical cross-entropy), `"mse"`. For binary, the
# network has *one* output. In one place two losses are in order; choose either.

# %% exercise="output_layer_for"
output_layer_for = {
    ### BEGIN SOLUTION
    "binary": ("sigmoid", "bce"),
    "multiclass": ("softmax", "cce"),
    "multilabel": ("sigmoid", "bce"),
    "regression": ("none", "mse"),
    "unit_interval": ("sigmoid", "mse"),
    ### STUB
    # "binary": (..., ...),
    # "multiclass": (..., ...),
    # "multilabel": (..., ...),
    # "regression": (..., ...),
    # "unit_interval": (..., ...),
    ### END SOLUTION
}

# %%
check("output_layer_for")

# %% [markdown] buys="output_layer_for"
# Five kinds of question, and the last layer and the loss for each: nothing below them has to change.

# %% [markdown]
# ## 7 · Ten templates that read
#
# Here come the digits: MNIST (12 MB, once) if this computer has it or can get it, else the small ones that ship with scikit-learn.

# %%
digits = load_digits() if quick else mnist_or_digits()
print(digits)

# %% [markdown]
# Three piles, three uses. From the **training** set the model learns its weights. On the **validation** set you compare models,
# as often as you like. The **test** set you look at once, at the end, when nothing will be changed any more. Whoever chooses a
# model by the test set has trained on it.

# %%
X, y, X_test, y_test = digits.rows(np.float64 if digits.train_images.shape[1] == 8 else np.float32)
X_train, y_train, X_valid, y_valid = split(X, y, (5 / 6, 1 / 6), np.random.default_rng(4))
del X, y  # 190 MB of MNIST that nobody needs any more
print(f"{len(X_train)} to train, {len(X_valid)} to validate, {len(X_test)} to test")

# %% [markdown]
# **Exercise `accuracy`** ({{points:accuracy}}). The loss is for the machine; people ask how many are right.


# %% exercise="accuracy"
def accuracy(Z, labels):
    """Give the share of examples whose largest logit is that of the right class.

    Parameters
    ----------
    Z : array of shape (N, K)
        Logits.
    labels : array of int, shape (N,)

    Returns
    -------
    float
        Between 0 and 1.

    Example: Z = [[2.0, 1.0], [3.0, 0.0]], labels = [0, 1] gives 0.5.
    """
    ### BEGIN SOLUTION
    return np.mean(Z.argmax(axis=1) == labels)
    ### END SOLUTION


# %%
check("accuracy")

# %% [markdown] buys="accuracy"
# A number that you can tell people who have never heard of logits.

# %% [markdown]
# **Exercise `train_softmax`** ({{points:train_softmax}}). One pass over the training set, in batches. The logits are
# $Z = XW + b$; each batch takes one step of gradient descent. With $dZ = \partial L/\partial Z$,
#
# $$ \frac{\partial L}{\partial W} = X^\top dZ, \qquad \frac{\partial L}{\partial b} = \sum_n dZ_n \tag{4.7} $$


# %% exercise="train_softmax"
def train_softmax(batches, W, b, lr):
    """Take one step of gradient descent for each batch.

    Parameters
    ----------
    batches : list of pairs (X, labels)
        X (N, n), labels (N,).
    W : array of shape (n, K)
        Do not change it (nor b): make new ones.
    b : array of shape (K,)
    lr : float
        Learning rate.

    Returns
    -------
    W : array of shape (n, K)
    b : array of shape (K,)
        After the last batch.

    Example: one batch with X = [[1.0]], labels = [1], W = [[0, 0]], b = [0, 0], lr = 1: dZ = [[0.5, -0.5]], so
    W = [[-0.5, 0.5]] and b = [-0.5, 0.5].
    """
    ### BEGIN SOLUTION
    for X, labels in batches:
        dZ = softmax_cross_entropy_grad(X @ W + b, labels)
        W = W - lr * X.T @ dZ  # (4.7)
        b = b - lr * dZ.sum(axis=0)  # (4.7)
    return W, b
    ### END SOLUTION


# %%
check("train_softmax")

# %% [markdown] buys="train_softmax"
# One epoch of mini-batch gradient descent, for ten neurons at once.

# %% [markdown]
# Everything together, ingredient by ingredient.

# %%
if ready("softmax_cross_entropy", "accuracy", "train_softmax"):
    rng, losses = np.random.default_rng(0), {"training": [], "validation": []}
    rate, epochs = (0.1, 8) if digits.name == "MNIST" else (0.5, 20)  # 5 optimizer
    W, b = np.zeros((X_train.shape[1], 10), X_train.dtype), np.zeros(10, X_train.dtype)  # 2 parameters
    for _ in range(epochs):  # 6 train
        batches = np.array_split(rng.permutation(len(X_train)), len(X_train) // 64)
        W, b = train_softmax([(X_train[i], y_train[i]) for i in batches], W, b, rate)  # 1 inputs
        losses["training"].append(softmax_cross_entropy(X_train @ W + b, y_train))  # 3 operations, 4 cost
        losses["validation"].append(softmax_cross_entropy(X_valid @ W + b, y_valid))
    display(plot_losses(losses, "Cross-entropy of a linear classifier", "epoch"))


# %% hide="code"
def linear_reads():
    """Measure the test accuracy: once."""
    read = float(accuracy(X_test @ W + b, y_test))  # 7 test
    print(f"{digits.name}: validation accuracy {accuracy(X_valid @ W + b, y_valid):.3f}, test accuracy {read:.3f}")
    limits = [0.60, 0.85, 0.97]
    return ["Less than 60 %", "60 to 85 %", "85 to 97 %", "More than 97 %"][int(np.searchsorted(limits, read))]


if ready("softmax_cross_entropy", "accuracy", "train_softmax"):
    lab.predict("linear_reads", linear_reads)

# %% [markdown] why="linear_reads"
# A lot, for a model that only lays ten templates over the picture: on the test digits of MNIST it is about 92.5 %. A template cannot
# ask "is there a loop, wherever it may be?". It adds up pixels, for and against, and longer training does not change that. The
# rest of the course is about what is missing.
#
# (With the small digits the test score is well below the validation score. Validation rows were drawn from the same pile
# as the training rows; the test digits stand last in the file, and seem to come from other hands.)

# %% [markdown]
# ### What it has learned
#
# Each class has one weight for each pixel: a *template*, a pattern that is laid over the picture. And look at what it misreads; would
# you have known?

# %%
if ready("softmax_cross_entropy", "accuracy", "train_softmax") and lab.answered("linear_reads"):
    display(DigitGallery(X_test.reshape(-1, *digits.test_images.shape[1:]), y_test, W, b))

# %% [markdown]
# ### Find the slip
#
# This training runs without an error, and hardly learns anything. The loss that it prints should come down
# below 0.4. Find the line that is wrong, and mend it. (No points.)

# %%
if ready("softmax", "softmax_cross_entropy", "softmax_cross_entropy_grad"):
    V = np.zeros((X_train.shape[1], 10))
    for _ in range(200):
        scores = softmax(X_train[:500] @ V)
        V -= 0.3 * X_train[:500].T @ softmax_cross_entropy_grad(scores, y_train[:500])
    print(f"loss {softmax_cross_entropy(scores, y_train[:500]):.2f}")


# %% hide="code"
def mend_in_turn():
    """Train with each suspect mended in turn, and give the one that helps."""
    inputs, labels, loss = X_train[:500].astype(float), y_train[:500], SoftmaxCrossEntropy()
    found = {}
    for suspect in ("A learning rate that is too small", "One softmax too many", "Weights that start at zero"):
        V = np.zeros((inputs.shape[1], 10)) + 0.01 * (suspect[0] == "W") * np.random.default_rng(4).normal(size=10)
        for _ in range(200):
            scores = inputs @ V if suspect[0] == "O" else activations.softmax(inputs @ V)
            V -= (3.0 if suspect[0] == "A" else 0.3) * inputs.T @ loss.grad(scores, labels)
        found[suspect] = float(loss.value(scores, labels))
    display(Table("200 steps, one thing mended", ["mended", "loss"], [[s, f"{v:.2f}"] for s, v in found.items()]))
    return min(found, key=found.get)


lab.predict("suspect", mend_in_turn)

# %% [markdown] why="suspect"
# The loss takes logits and has a softmax of its own; here it is given probabilities. The best that ten "logits" between 0 and 1 can
# say is $e/(e + 9)$, a probability of 0.23, so the loss cannot fall below 1.46, even if every digit is read. A loss that is stuck
# *there* has had two softmaxes. No error, no warning: put `scores = X_train[:500] @ V`.

# %% [markdown]
# ### Open experiment (no points)
#
# How many examples does a template need? Train on 100 only, and compare how well it reads those 100 with how well it reads the
# validation set. Which of the two numbers moves when you take 30, or 1000? Then leave out the softmax and fit the one-hot rows by
# squared error, as in lab 03. How much accuracy does it cost?

# %%
if ready("softmax_cross_entropy", "accuracy", "train_softmax"):
    W_few, b_few = np.zeros_like(W), np.zeros_like(b)
    for _ in range(100):
        W_few, b_few = train_softmax([(X_train[:100], y_train[:100])], W_few, b_few, 0.3)
    for name, inputs, labels in [("these 100", X_train[:100], y_train[:100]), ("validation", X_valid, y_valid)]:
        print(f"{name}: accuracy {accuracy(inputs @ W_few + b_few, labels):.2f}")

# %% [markdown]
# ## 8 · In your own words
#
# *Rubric (4 points): what is special about the share of wrong answers (1); what that means for the training (1);
# what cross-entropy has instead (1); what it says of two classifiers with the same accuracy (1).*
#
# What we want is accuracy: many digits read rightly. What we minimise is the mean cross-entropy. Why not minimise the share of
# wrong answers directly? And what does the cross-entropy tell you about two classifiers with the *same* accuracy? (Four
# sentences, graded by hand.)

# %% [markdown] written="why_not_accuracy"
# ### BEGIN SOLUTION
# The share of wrong answers is a staircase: a small change of the weights changes no answer, so its gradient is 0 nearly
# everywhere, and where it is not, it jumps. Gradient descent has nothing to follow. Cross-entropy is smooth, and it falls
# whenever the right class becomes more probable, even if the answer does not change yet. Of two classifiers that are right
# equally often, the one with the lower cross-entropy is less sure where it is wrong (or surer where it is right), so its
# probabilities can be trusted more.
#
# *What earns the points: accuracy is constant in pieces, its gradient 0 (1); nothing to descend (1); cross-entropy moves with every
# change of the probability of the right class (1); same accuracy, lower cross-entropy: better probabilities (1).*
# ### END SOLUTION

# %% [markdown]
# ## 9 · Do you still know?
#
# Three questions on earlier labs, from memory.

# %%
lab.recall()

# %% [markdown]
# ## What you take along
#
# - Learning is minimising a mean loss over examples: a likelihood with a logarithm, a minus sign and a mean. Accuracy is for
#   reporting.
# - Output and loss come in pairs, and a pair that fits has a short gradient with respect to the logits.
# - Subtract the row's maximum; take logarithms on paper. A loss that takes logits wants logits.
# - Training set to learn, validation set to choose, test set once.
#
# Next: lab 05 has a problem that no template can solve, and a few hidden units that solve it.

# %%
lab.progress()

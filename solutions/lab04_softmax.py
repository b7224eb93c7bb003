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
# A neuron that is sure and wrong should learn fast. Lab 02's neuron did not: it was on the flat part of its sigmoid and
# hardly moved. Is the sigmoid to blame, or the loss? Today you find out. Then the neuron gets nine siblings, and
# together they read handwriting.
#
# **You will be able to** say where the logarithm in a loss comes from; choose the loss and the output layer that belong
# together; compute softmax and cross-entropy for logits of any size; derive and check the most elegant gradient of the
# course; and train a classifier from start to finish.
#
# **You need** lab 02 (gradient descent), lab 03 (the seven ingredients), logarithms, and NumPy's `axis` and `keepdims`.
#
# | minutes | exercises | points | goes with |
# |---|---|---|---|
# | about {{minutes}} (an estimate, not yet tried with students) | {{exercises}} | {{points}} | PyCon17, second half; *Nets*; MT16; Found16 |

# %% tags=["setup"]
import os

import numpy as np

quick = os.environ.get("COURSE_QUICK") == "1"  # only in tests: shorter runs, small data

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
# A neuron gives each of $N$ examples a probability $p_n$ of being a 1. Then you learn the labels $y_n$, each 0 or 1.
# How good was the neuron? A fair question is: *how probable were these labels, if the neuron is right?* A label 1 had
# the probability $p_n$, and a label 0 had $1 - p_n$. For independent labels the probabilities multiply. The product is
# called the **likelihood**:
#
# $$ \prod_n p_n^{\,y_n} (1 - p_n)^{1 - y_n} $$
#
# (The exponents, 0 or 1, select the right factor.) A larger likelihood means a better neuron. So why not simply
# maximise it?


# %% hide="code"
def multiply_many():
    """Multiply 2000 probabilities of one half, and of 0.99."""
    rows = [[f"{p:g}", f"{np.prod(np.full(2000, p)):.3g}"] for p in (0.5, 0.6, 0.99)]
    display(Table("2000 labels, each with probability p", ["p", "np.prod"], rows))
    return "0, exactly" if np.prod(np.full(2000, 0.5)) == 0 else "about 1e-602"


lab.predict("product", multiply_many)

# %% [markdown] why="product"
# On paper $0.5^{2000}$ is about $10^{-602}$. The smallest float64 is near $10^{-324}$, and below it there is only 0. So
# a coin and a neuron that gives every right label 0.6 would be equally good, both 0. And where the computed product is
# 0, so is its computed slope.

# %% [markdown]
# ### A sum instead
#
# The logarithm of a product is the sum of the logarithms. It grows when the product grows, so the best weights stay the
# best. And a sum of two thousand logarithms does not vanish.
#
# **Exercise `log_likelihood`** ({{points:log_likelihood}}). Compute the logarithm of the product above, as a sum over
# the labels.


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
# The cross-entropies of this course are such sums of logarithms, with a minus sign and a mean.

# %% [markdown]
# Two more changes turn it into a *loss*, a number to be made small. The minus sign turns large into small. The mean in
# place of the sum makes sure that twice the data do not look twice as wrong. The result is the **cross-entropy**:
#
# $$ L = -\frac1N \sum_n \bigl( y_n \log p_n + (1 - y_n) \log(1 - p_n) \bigr) \tag{4.1} $$
#
# Found16 describes learning in general in this way. Take a loss $\ell$, averaged over the training examples, and add a
# penalty $R$ on the parameters. Choose the parameters $\theta$ that make the sum as small as possible:
#
# $$ \frac1N \sum_n \ell\bigl(f(x_n; \theta),\, y_n\bigr) + \lambda R(\theta) $$
#
# This is called **empirical risk minimisation**. It is *empirical* because the loss is the average over the examples
# that we have, not over all that may come. Until lab 11, $\lambda$ is 0.
#
# ## 2 · Sure, and wrong
#
# One neuron says $p = \sigma(z)$, with the **logit** $z = wx + b$, which labs 01 and 02 called $h$. The target is 1. How much does it cost to say $p$?
#
# The squared error charges $(p - 1)^2$, which is never more than 1. The cross-entropy charges $-\log p$. That is
# nothing for $p = 1$, and it grows without limit as $p$ approaches 0. Here are a few values for both targets:
#
# | y | p | cross-entropy |
# |---|---|---|
# | 0 | 0.1 | 0.105 |
# | 0 | 0.9 | 2.303 |
# | 1 | 0.1 | 2.303 |
# | 1 | 0.9 | 0.105 |
#
# **Exercise `binary_cross_entropy`** ({{points:binary_cross_entropy}}). Compute equation (4.1), for all examples at
# once.


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
# This loss has no upper limit: the surer a wrong neuron is, the more it pays.

# %% [markdown]
# What matters for learning is not the loss but its *slope*: how hard does the loss pull on the logit $z$? With either
# loss, the pull comes through the sigmoid, $\partial L / \partial z = \partial L / \partial p \cdot p\,(1 - p)$. At
# $p = 0.007$ the last factor is 0.007. Can either of the two still learn?


# %% hide="code"
def stuck():
    """Let a neuron learn from one example with either loss; show what it says."""
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
# Both slopes contain $\sigma' = p(1 - p)$, which is nearly 0 where $p$ is near 0. But the slope of $-\log p$ is $-1/p$,
# which is large where $p$ is small. In their product the two cancel, and $p - 1$ is left: the more wrong the neuron,
# the stronger the pull.

# %% [markdown]
# ### Two slopes, side by side
#
# Move the logit and look at the lower picture. Where are the two slopes alike, and where is one of them nearly zero
# although the neuron is wrong?

# %%
LossExplorer()

# %% [markdown]
# ## 3 · Ten probabilities that sum to 1
#
# Ten digits need ten logits, one score for each class. To turn them into probabilities, take exponentials (so that all
# are positive) and divide by their sum (so that together they make 1). This is the **softmax**:
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
# `np.exp(1000)` is inf, and inf/inf is not a probability. But you need not take the exponential of 1000. What may you
# add to all logits of a row, or subtract from them?
#
# **Exercise `softmax`** ({{points:softmax}}). Each row is one example. It must work for logits of 10,000, too.


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
# Scores of any size become probabilities, and nothing overflows.

# %% [markdown]
# ## 4 · The price of a wrong digit
#
# The target of an example is its class, a whole number. As probabilities, the target is a row of zeros with a 1 at the
# place of the class. This is called **one-hot**.
#
# **Exercise `one_hot`** ({{points:one_hot}}). Make one row for each label and one column for each class.


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
# You can now subtract a class from a row of probabilities.

# %% [markdown]
# The **categorical cross-entropy** charges $-\log p$, where $p$ is the probability of the right class. With one-hot
# targets $t$:
#
# $$ L = -\frac1N \sum_n \sum_k t_{nk} \log \mathrm{softmax}(z_n)_k \tag{4.4} $$
#
# Do not compute a softmax and then its logarithm. A probability of $10^{-400}$ is stored as 0, and log 0 is −∞. On
# paper the logarithm cancels the exponential:
#
# $$ \log \mathrm{softmax}(z)_k = z_k - \log \textstyle\sum_j \exp(z_j) \tag{4.5} $$
#
# First subtract the maximum of the row from every $z$, so that no exponential overflows.
#
# **Exercise `softmax_cross_entropy`** ({{points:softmax_cross_entropy}}). Compute it from *logits*: the softmax is
# inside.


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
# The model gives each class 1/10, so the loss is $-\log(1/10) = \log 10$. Remember the number: a ten-class network that
# starts far above 2.30 starts badly.

# %% [markdown]
# ## 5 · The gradient, line by line
#
# Learning needs the gradient of this loss with respect to the logits. You now derive it for one example with logits $z$
# and right class $k$. The loss is $\ell = -\log p_k$, with $p = \mathrm{softmax}(z)$. There are three steps:
#
# **(a)** The derivative of the logarithm is worked out for you:
# $\dfrac{\partial \ell}{\partial p_k} = -\dfrac{1}{p_k}$.
#
# **(b)** How does $p_k$ depend on each logit $z_j$? With $E_j = \exp(z_j)$ and $S = \sum_j E_j$, it is $p_k = E_k / S$.
# The quotient rule has two cases. One is worked out, the other is yours:
#
# $$ j = k:\ \frac{\partial p_k}{\partial z_k} = \frac{E_k S - E_k E_k}{S^2} = p_k (1 - p_k), \qquad
#    j \ne k:\ \frac{\partial p_k}{\partial z_j} = \frac{0 \cdot S - E_k E_j}{S^2} = \;? $$
#
# Let $e$ be the row that is 1 at place $k$ and 0 elsewhere. With it, both cases fit into one expression.
#
# **(c)** The loss depends on $z$ only through $p_k$. So $\partial \ell / \partial z$ follows from (a) and (b). What
# cancels?
#
# **Exercise `softmax_steps`** ({{points:softmax_steps}}). Write the three steps in NumPy, in place of the dots. Any
# equivalent form is right. Later lines may use the names of earlier ones.


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
# Everything complicated has cancelled. What is left is the prediction minus the truth: `p - e`.

# %% hide="code"
if ready("softmax_steps"):
    lines = r"$$ \frac{\partial L}{\partial z} = \frac{\mathrm{softmax}(z) - t}{N} \tag{4.6} $$"
    display(
        Markdown("For all examples of a batch at once, and for their mean, with the one-hot targets $t$:\n\n" + lines)
    )

# %% [markdown]
# ### For a whole batch
#
# Now take $N$ examples, one per row, and the *mean* of their losses.
#
# **Exercise `softmax_cross_entropy_grad`** ({{points:softmax_cross_entropy_grad}}). Give one entry for each logit: the
# result has the shape of `Z`.


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
# One subtraction and a division by N take the gradient through the loss and the softmax, in lab 06 as well.

# %% [markdown]
# Never trust a gradient that you have not measured. Here are lab 02's central differences, on your own loss:

# %%
if ready("softmax_cross_entropy", "softmax_cross_entropy_grad"):
    Z, labels = np.array([[2.0, 1.0, 0.0], [0.5, -1.0, 0.3]]), np.array([0, 2])
    measured = numeric_gradient(lambda z: softmax_cross_entropy(z, labels), Z, 1e-5)
    rows = [[", ".join(f"{x:.4f}" for x in g) for g in row]
            for row in zip(softmax_cross_entropy_grad(Z, labels), measured, strict=True)]  # fmt: skip
    display(Table("the gradient, one example per row", ["formula", "measured"], rows))

# %% [markdown]
# ## 6 · Which output for which question?
#
# The output activation and the loss depend on the question, and they come in pairs. The rest of the network can stay
# the same:
#
# - **binary**: one yes-or-no question. Is this tumour malignant?
# - **multiclass**: one of several. Which digit is it?
# - **multilabel**: several at once, or none. Is there a cat, a dog, a bicycle in the picture?
# - **regression**: any number. What is the temperature tomorrow?
# - **unit_interval**: a share between 0 and 1. How much of the lawn is moss?
#
# **Exercise `output_layer_for`** ({{points:output_layer_for}}). Fill in the pairs (activation, loss). Activations:
# `"sigmoid"`, `"softmax"`, `"none"`. Losses: `"bce"` (binary cross-entropy), `"cce"` (categorical cross-entropy),
# `"mse"`. For binary, the network has *one* output. For one of the five, two losses are right; choose either.

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
# You know the output activation and the loss for five kinds of question. Nothing below them has to change.

# %% [markdown]
# ## 7 · Ten templates that read
#
# The data are handwritten digits. If this computer has MNIST or can get it (12 MB, once), the lab uses MNIST. Otherwise
# it uses the small digits that come with scikit-learn.

# %%
digits = load_digits() if quick else mnist_or_digits()
print(digits)

# %% [markdown]
# There are three sets with three uses. The model learns its weights from the **training** set. You compare models on
# the **validation** set, as often as you like. You look at the **test** set once, at the end, when nothing will be
# changed any more. If you choose a model by the test set, you have trained on it.

# %%
X, y, X_test, y_test = digits.rows(np.float64 if digits.train_images.shape[1] == 8 else np.float32)
X_train, y_train, X_valid, y_valid = split(X, y, (5 / 6, 1 / 6), np.random.default_rng(4))
del X, y  # 190 MB of MNIST that nobody needs any more
print(f"{len(X_train)} to train, {len(X_valid)} to validate, {len(X_test)} to test")

# %% [markdown]
# **Exercise `accuracy`** ({{points:accuracy}}). The loss is for the computer. People ask how many answers are right.


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
# This is a number for people who have never heard of logits.

# %% [markdown]
# **Exercise `train_softmax`** ({{points:train_softmax}}). Make one pass over the training set, in batches. The logits
# are $Z = XW + b$. Take one step of gradient descent for each batch. With $dZ = \partial L/\partial Z$,
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
# That was one epoch of mini-batch gradient descent, for ten neurons at once.

# %% [markdown]
# Now everything together, ingredient by ingredient.

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
    """Measure the test accuracy, once."""
    read = float(accuracy(X_test @ W + b, y_test))  # 7 test
    print(f"{digits.name}: validation accuracy {accuracy(X_valid @ W + b, y_valid):.3f}, test accuracy {read:.3f}")
    limits = [0.60, 0.85, 0.97]
    return ["Less than 60 %", "60 to 85 %", "85 to 97 %", "More than 97 %"][int(np.searchsorted(limits, read))]


if ready("softmax_cross_entropy", "accuracy", "train_softmax"):
    lab.predict("linear_reads", linear_reads)

# %% [markdown] why="linear_reads"
# A lot, for a model that only lays ten templates over the picture: on the test digits of MNIST it is about 92.5 %. A
# template cannot ask whether there is a loop somewhere in the picture. It adds up pixels for and against a class, and
# longer training does not change that. The rest of the course is about what is missing.
#
# (With the small digits the test score is well below the validation score. The validation rows were drawn from the same
# part of the file as the training rows. The test digits are the last ones in the file, and seem to be written by other
# people.)

# %% [markdown]
# ### What it has learned
#
# Each class has one weight for each pixel. Shown as an image, the weights are a template, a pattern that is laid over
# the picture. Look also at the digits that it misreads. Would you have read them correctly?

# %%
if ready("softmax_cross_entropy", "accuracy", "train_softmax") and lab.answered("linear_reads"):
    display(DigitGallery(X_test.reshape(-1, *digits.test_images.shape[1:]), y_test, W, b))

# %% [markdown]
# ### Find the slip
#
# This training runs without an error message, but it hardly learns anything. The loss that it prints should go below
# 0.4. Find the line that is wrong and fix it. (No points.)

# %%
if ready("softmax", "softmax_cross_entropy", "softmax_cross_entropy_grad"):
    V = np.zeros((X_train.shape[1], 10))
    for _ in range(200):
        scores = softmax(X_train[:500] @ V)
        V -= 0.3 * X_train[:500].T @ softmax_cross_entropy_grad(scores, y_train[:500])
    print(f"loss {softmax_cross_entropy(scores, y_train[:500]):.2f}")


# %% hide="code"
def fix_in_turn():
    """Train with each suspect fixed in turn, and give the one that helps."""
    inputs, labels, loss = X_train[:500].astype(float), y_train[:500], SoftmaxCrossEntropy()
    found = {}
    for suspect in ("A learning rate that is too small", "One softmax too many", "Weights that start at zero"):
        V = np.zeros((inputs.shape[1], 10)) + 0.01 * (suspect[0] == "W") * np.random.default_rng(4).normal(size=10)
        for _ in range(200):
            scores = inputs @ V if suspect[0] == "O" else activations.softmax(inputs @ V)
            V -= (3.0 if suspect[0] == "A" else 0.3) * inputs.T @ loss.grad(scores, labels)
        found[suspect] = float(loss.value(scores, labels))
    display(Table("200 steps, one thing fixed", ["fixed", "loss"], [[s, f"{v:.2f}"] for s, v in found.items()]))
    return min(found, key=found.get)


lab.predict("suspect", fix_in_turn)

# %% [markdown] why="suspect"
# The loss takes logits and has a softmax of its own, but here it gets probabilities. With ten "logits" between 0 and 1
# the largest possible probability is $e/(e + 9)$, about 0.23. So the loss cannot fall below 1.46, even if every digit
# is read correctly. If a loss is stuck *there*, look for two softmaxes. There is no error and no warning. The right
# line is `scores = X_train[:500] @ V`.

# %% [markdown]
# ### Open experiment (no points)
#
# How many examples does a template need? Train on only 100, and compare how well it reads those 100 with how well it
# reads the validation set. Which of the two numbers changes when you take 30, or 1000? Then leave out the softmax and
# fit the one-hot rows by squared error, as in lab 03. How much accuracy do you lose?

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
# We want accuracy: many digits read correctly. But we minimise the mean cross-entropy. Why not minimise the share of
# wrong answers directly? And what does the cross-entropy tell you about two classifiers with the *same* accuracy? (Four
# sentences, graded by hand.)

# %% [markdown] written="why_not_accuracy"
# ### BEGIN SOLUTION
# The share of wrong answers is a staircase: a small change of the weights usually changes no answer. So its gradient is
# 0 nearly everywhere, and elsewhere it jumps. Gradient descent has nothing to follow. Cross-entropy is smooth, and it
# falls whenever the right class becomes more probable, even if the answer does not change yet. If two classifiers are
# right equally often, the one with the lower cross-entropy is less sure where it is wrong (or surer where it is right),
# so its probabilities can be trusted more.
#
# *What earns the points: accuracy is constant in pieces, its gradient 0 (1); nothing to descend (1); cross-entropy moves with every
# change of the probability of the right class (1); same accuracy, lower cross-entropy: better probabilities (1).*
# ### END SOLUTION

# %% [markdown]
# ## 9 · What do you remember?
#
# Answer three questions on earlier labs, from memory.

# %%
lab.recall()

# %% [markdown]
# ## What you learned
#
# - Learning minimises a mean loss over the examples. The cross-entropy is a likelihood with a logarithm, a minus sign
#   and a mean. Accuracy is for reporting.
# - Output activation and loss come in pairs. A pair that fits has a short gradient with respect to the logits.
# - Subtract the row's maximum, and take logarithms on paper. Give logits, not probabilities, to a loss that takes
#   logits.
# - Learn on the training set, choose on the validation set, and look at the test set once.
#
# Next: in lab 05 a few hidden units solve a problem that no template can solve.

# %%
lab.progress()

# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
# ---

# %% [markdown]
# # Lab 11 · Regularization
#
# A network with ten thousand weights meets a hundred examples, and some of them are wrong. Today you see what it makes of them,
# and then talk it out of it, in six different ways.
#
# **You will be able to** put a price on large weights, and say what the price does to each of them; explain why one penalty
# makes weights vanish and the other never does; keep a unit on a leash; and name the regularizers that do not look like any.
#
# **You need** lab 09 (overfitting, early stopping), gradients, and a little linear algebra: `np.linalg.solve` and `norm`.
#
# | minutes | exercises | points | goes with |
# |---|---|---|---|
# | about 110 | {{exercises}} | {{points}} | BMI707; *Nets*; PyCon17, second half; Found16; MT16 |

# %% tags=["setup"]
import numpy as np

# %% tags=["lab"]
from course import (
    L1,
    L2,
    Adam,
    Conv2D,
    Dropout,
    Flatten,
    Linear,
    MaxNorm,
    MaxPool2D,
    Network,
    ReLU,
    SoftmaxCrossEntropy,
)
from course import Table, accuracy, open_lab, plot_losses, train
from course.data import load_digits
from course.widgets import GapMonitor, PenaltyContours, ShrinkagePath, shrinkage

digits = load_digits()
X_all, y_all, X_test, y_test = digits.rows(np.float64)
lab = open_lab("11", globals())
check, hint, ready = lab.check, lab.hint, lab.ready
print(digits)
lab

# %% [markdown]
# ## 1 · Ten wrong labels
#
# One hundred digits to learn from. Every tenth carries a wrong label: somebody was tired. No rule of handwriting explains these
# ten.


# %%
def digit_net(n=100, drop=None, regularizer=None, constraint=None, epochs=100, seed=0):
    """Train 64–128–10 on n digits, every tenth with a wrong label; return the network and its test losses."""
    inputs, targets = X_all[:n], y_all[:n].copy()  # 1 inputs
    targets[::10] = (targets[::10] + 1) % 10
    layers = [Linear(64, 128), ReLU(), *([Dropout(drop)] if drop else []), Linear(128, 10)]  # 3 operations
    net = Network(layers, rng=np.random.default_rng(seed), dtype=np.float64)  # 2 parameters
    run = train(net, inputs, targets, SoftmaxCrossEntropy(), Adam(0.003), epochs=epochs, batch_size=25,
                rng=np.random.default_rng(seed), regularizer=regularizer, constraint=constraint)  # fmt: skip  # 4 cost, 5 optimizer
    return net, [float(SoftmaxCrossEntropy().value(net.predict(X_test), y_test)) for _ in run]  # 6 train, 7 test


plain, plain_losses = digit_net()


# %%
def by_heart():
    """Count the wrong labels that the network has made its own."""
    said, wrong = plain.predict(X_all[:100]).argmax(axis=1), (y_all[:100:10] + 1) % 10
    print(f"right on the other 90: {100 * (said == y_all[:100])[np.arange(100) % 10 > 0].mean():.0f} %; "
          f"test accuracy {accuracy(plain.predict(X_test), y_test):.3f}")  # fmt: skip
    return int((said[::10] == wrong).sum())


lab.predict("by_heart", by_heart)

# %% [markdown] why="by_heart"
# It has room for every exception, and nothing in the loss says that exceptions should cost more than rules.

# %% [markdown]
# Compare the two shares in that line. A network that does far better on what it has seen than on what it has not is **overfitting**, and
# you can watch it happen. In the monitor
# below, training and validation loss part company; the shaded space between them is the **gap**. Try more digits. Then try each
# remedy with the strength all the way up, and see that too much medicine is a poison, too.

# %%
GapMonitor()

# %% [markdown]
# ## 2 · A price on weights
#
# To hit ten absurd labels a network must bend sharply in ten places, and bending sharply takes large weights. So let large
# weights cost something. The **objective** becomes loss plus penalty:
#
# $$ J = L + \lambda R \tag{11.1} $$
#
# $\lambda$ says how much smallness is worth to you. The oldest choice of $R$ is the sum of the squares, **L2**:
#
# $$ \lambda R = \lambda \sum w^2 \tag{11.3} $$
#
# The slides (*Nets*) call this ‖W‖₂. It is ‖W‖₂², the length *squared*; the root would have another gradient altogether.
#
# **Exercise `l2_penalty`** ({{points:l2_penalty}}). A network keeps its weights in several arrays, one a layer.


# %% exercise="l2_penalty"
def l2_penalty(weights, lam):
    """Add up the squared weights of a network, times λ.

    Parameters
    ----------
    weights : list of arrays
        The weights of each layer, of any shapes.
    lam : float
        λ, the strength.

    Returns
    -------
    float
        λ Σ w², over all weights of all arrays.

    Example: l2_penalty([np.array([[1.0, 2.0]]), np.array([[3.0]])], 0.1) is 0.1 · (1 + 4 + 9) = 1.4.
    """
    ### BEGIN SOLUTION
    return lam * sum((w**2).sum() for w in weights)  # (11.3) λR = λ Σ w²
    ### END SOLUTION


# %%
check("l2_penalty")

# %% [markdown]
# **Exercise `l2_grad`** ({{points:l2_grad}}). And its gradient, for one array.


# %% exercise="l2_grad"
def l2_grad(w, lam):
    """Differentiate λ Σ w² with respect to each weight.

    Parameters
    ----------
    w : array of any shape
    lam : float

    Returns
    -------
    array of the shape of w

    Example: l2_grad(np.array([3.0, -1.0]), 0.5) is [3, -1].
    """
    ### BEGIN SOLUTION
    return 2 * lam * w  # (11.4) λ ∂R/∂w = 2λw
    ### END SOLUTION


# %%
check("l2_grad")


# %% [markdown]
# What does gradient descent do when *only* the penalty pulls?


# %%
def decay():
    """Take ten steps down the penalty alone, and write them down."""
    path = 1.0 * (1 - 2 * 0.1 * 0.5) ** np.arange(11)
    rows = [[str(k), f"{path[k]:.4f}"] for k in (0, 1, 2, 5, 10)]
    display(Table("one weight, pulled by its penalty alone", ["steps", "w"], rows))
    return round(float(path[-1]), 2)


lab.predict("decay", decay)

# %% [markdown] why="decay"
# Each step multiplies by 1 − 2ηλ = 0.9. Hence the other name of L2: *weight decay*. And 0.9¹⁰ is 0.35.

# %% [markdown]
# Biases are left out. A bias says where a unit switches, not how sharply, and pulling it to 0 only moves the switch. So the
# library keeps all parameters in one long vector $\theta$, and beside it a vector that says which of them are weights.
#
# **Exercise `objective_gradient`** ({{points:objective_gradient}}). The gradient of $J$ with the L2 penalty.


# %% exercise="objective_gradient"
def objective_gradient(grad, theta, is_weight, lam):
    """Add the gradient of the L2 penalty to that of the loss.

    Parameters
    ----------
    grad : array of shape (P,)
        ∂L/∂θ, from backpropagation.
    theta : array of shape (P,)
        All parameters, weights and biases.
    is_weight : array of bool, shape (P,)
        True for a weight, False for a bias.
    lam : float
        λ.

    Returns
    -------
    array of shape (P,)
        ∂J/∂θ.

    Example: grad = [1.0, 1.0], theta = [3.0, 3.0], is_weight = [True, False], lam = 0.5 gives [4, 1].
    """
    ### BEGIN SOLUTION
    return grad + 2 * lam * theta * is_weight  # (11.2) ∂J/∂θ = ∂L/∂θ + λ ∂R/∂θ
    ### END SOLUTION


# %%
check("objective_gradient")

# %% [markdown]
# **A warning about λ.** Three people with the same λ may mean three things. PyCon17 writes $\sum w^2$ on its slide and calls a
# function that computes $\tfrac12 \sum w^2$. Its first program *sums* the loss over the examples, its second takes the *mean*;
# same λ, but now the penalty weighs N times as much. Before you copy somebody's λ, look for a ½ and for an N. (And while you
# have the slides open: where *Nets* writes a regularized perceptron as $\sigma(\varphi(XW))$, one activation is one too many.)
#
# ## 3 · Two shapes of price
#
# L2 is not the only price. **L1** charges for the size itself:
#
# $$ \lambda R = \lambda \sum |w| \tag{11.5} $$
#
# **Exercise `l1_penalty`** ({{points:l1_penalty}}).


# %% exercise="l1_penalty"
def l1_penalty(weights, lam):
    """Add up the absolute weights of a network, times λ.

    Parameters
    ----------
    weights : list of arrays
    lam : float

    Returns
    -------
    float
        λ Σ |w|, over all weights of all arrays.

    Example: l1_penalty([np.array([[1.0, -2.0]]), np.array([[3.0]])], 0.1) is 0.1 · (1 + 2 + 3) = 0.6.
    """
    ### BEGIN SOLUTION
    return lam * sum(np.abs(w).sum() for w in weights)  # (11.5) λR = λ Σ |w|
    ### END SOLUTION


# %%
check("l1_penalty")

# %% [markdown]
# **Exercise `l1_grad`** ({{points:l1_grad}}). |w| has a corner at 0. Any slope between −1 and 1 may be used there (mathematicians say
# *subgradient*); take 0.


# %% exercise="l1_grad"
def l1_grad(w, lam):
    """Differentiate λ Σ |w| with respect to each weight; 0 where w is 0.

    Parameters
    ----------
    w : array of any shape
    lam : float

    Returns
    -------
    array of the shape of w

    Example: l1_grad(np.array([3.0, 0.0, -0.1]), 0.5) is [0.5, 0, -0.5].
    """
    ### BEGIN SOLUTION
    return lam * np.sign(w)  # (11.6) λ ∂R/∂w = λ sign(w)
    ### END SOLUTION


# %%
check("l1_grad")

# %% [markdown]
# Put the two side by side. A weight of 3 feels L2's pull thirty times as strongly as one of 0.1. L1 pulls both alike.
#
# Here is what follows from it. The ellipses are contours of a loss with its minimum at the cross; the circle (L2) or the diamond
# (L1) holds all weights that cost no more than where you are now. Move λ up from 0 with the arrow keys. Who gets to an axis,
# and stays on it?

# %%
PenaltyContours()

# %% [markdown]
# ## 4 · Paths to zero
#
# For a *linear* model one need not descend at all. With the sum of squared errors and L2, the objective is a bowl whose bottom
# has a formula: **ridge regression**.
#
# $$ J = \lVert y - Xw \rVert^2 + \lambda \lVert w \rVert^2 \tag{11.10} $$
#
# **Exercise `ridge`** ({{points:ridge}}). Set the gradient of (11.10) to zero and solve for w. (No intercept here.)


# %% exercise="ridge"
def ridge(X, y, lam):
    """Find the weights with the smallest ‖y − Xw‖² + λ‖w‖².

    Parameters
    ----------
    X : array of shape (N, n)
    y : array of shape (N,)
    lam : float
        λ > 0.

    Returns
    -------
    array of shape (n,)

    Example: X = [[1.0], [2.0]], y = [1.0, 2.0]: XᵀX = 5 and Xᵀy = 5, so w = [5 / (5 + λ)]; with λ = 5 that is [0.5].
    """
    ### BEGIN SOLUTION
    return np.linalg.solve(X.T @ X + lam * np.eye(X.shape[1]), X.T @ y)  # (11.11) (XᵀX + λI) w = Xᵀy
    ### END SOLUTION


# %%
check("ridge")

# %% [markdown]
# With L1 there is no formula for all weights together, but there is one for a single weight. Fix the others; then the best $w$
# for $\tfrac12 (w - z)^2 + t\,|w|$ is $z$, moved towards 0 by $t$, but not past it: the **soft threshold**.
#
# **Exercise `soft_threshold`** ({{points:soft_threshold}}).


# %% exercise="soft_threshold"
def soft_threshold(z, t):
    """Move z towards 0 by t, and stop there.

    Parameters
    ----------
    z : float or array
    t : float
        At least 0.

    Returns
    -------
    float or array, as z

    Example: with t = 1, [3.0, 0.4, -2.5] becomes [2, 0, -1.5].
    """
    ### BEGIN SOLUTION
    return np.sign(z) * np.maximum(np.abs(z) - t, 0)  # (11.12) sign(z) max(|z| − t, 0)
    ### END SOLUTION


# %%
check("soft_threshold")

# %% [markdown]
# **The lasso** (Tibshirani 1996) is the L1 penalty on a linear model. To find it, go through the weights one by one, give each its best
# value by a soft threshold, and repeat until nothing moves. Below are 442 diabetes patients: ten measurements each, and how much worse they were a year later
# (Efron et al. 2004). All is standardised, so that weights can be compared.


# %%
def who_is_zero():
    """Cut the sum of the squared weights to a quarter with either penalty; count the zeros."""
    X, y = shrinkage.diabetes()
    answers = {name: shrinkage.quartered(name, X, y) for name in ("L1", "L2")}
    zeros = {name: int((w == 0).sum()) for name, w in answers.items()}
    rows = [[name, *(f"{v + 0:.1f}" for v in w), str(zeros[name])] for name, w in answers.items()]
    display(Table("weights", ["penalty", *shrinkage.FEATURES, "zeros"], rows))
    if zeros["L1"] and zeros["L2"]:
        return "Some with both"
    return "Some with L1, none with L2" if zeros["L1"] else "None with L1, some with L2"


lab.predict("who_is_zero", who_is_zero)

# %% [markdown] why="who_is_zero"
# L2's push fades with the weight, so nothing ever arrives. L1 pushes with all its strength to the end.

# %% [markdown]
# Now all strengths at once. The lines are computed with *your* `ridge` and `soft_threshold` (when they pass), the dots by
# scikit-learn. From right to left λ grows, and weight by weight the model gets simpler. Which measurement holds out longest?

# %%
ShrinkagePath(ridge if ready("ridge") else None, soft_threshold if ready("soft_threshold") else None)

# %% [markdown]
# ### Find the slip
#
# A colleague does without standardising y. She adds a column of ones for the intercept, uses ridge, and is told that her
# patients are much healthier than they are. Which weight should not have paid? Mend it, so that both means agree. (Several ways
# lead there. What did section 2 do about it, and what does standardising y?)

# %%
X, y = shrinkage.diabetes()
y = y + 152.1  # the mean that standardising had taken away
X1 = np.column_stack([X, np.ones(len(X))])
w = np.linalg.solve(X1.T @ X1 + 300 * np.eye(11), X1.T @ y)
print(f"mean of y: {y.mean():.1f}   mean prediction: {(X1 @ w).mean():.1f}")

# %% [markdown]
# ## 5 · A leash
#
# A price can always be paid. **Max-norm** (Srivastava et al. 2014) does not bargain: after each update, the weights *into* each
# unit may have at most length $c$. Shorter is free.
#
# $$ w \leftarrow w \cdot \min(1, c / \lVert w \rVert) \tag{11.8} $$
#
# **Exercise `max_norm`** ({{points:max_norm}}). The layer computes `X @ W`, so the weights into unit j are column j.


# %% exercise="max_norm"
def max_norm(W, c):
    """Shorten the columns of W that are longer than c.

    Parameters
    ----------
    W : array of shape (n, units)
        Do not change it: return a new one. No column is all 0.
    c : float
        Longest length allowed.

    Returns
    -------
    array of shape (n, units)

    Example: W = [[3.0, 0.3], [4.0, 0.4]] has columns of length 5 and 0.5; with c = 1 it becomes [[0.6, 0.3], [0.8, 0.4]].
    """
    ### BEGIN SOLUTION
    lengths = np.sqrt((W**2).sum(axis=0))
    return W * np.minimum(1, c / lengths)  # (11.8) w ← w · min(1, c / ‖w‖)
    ### END SOLUTION


# %%
check("max_norm")

# %% [markdown]
# ## 6 · The table
#
# Back to the hundred digits with their ten wrong labels. One remedy at a time, each with a strength that suits it.

# %%
runs = {
    "nothing": (plain, plain_losses),
    "L2": digit_net(regularizer=L2(0.003)),
    "L1": digit_net(regularizer=L1(0.001)),
    "Max-norm": digit_net(constraint=MaxNorm(1.5)),
    "Dropout": digit_net(drop=0.5),
    "Early stopping": digit_net(epochs=1 + int(np.argmin(plain_losses))),
    "More digits": digit_net(900, epochs=25),
}


def best_remedy():
    """Put all the networks into one table."""
    rows, read = [], {}
    for name, (net, losses) in runs.items():
        read[name] = accuracy(net.predict(X_test), y_test)
        small = np.mean([np.mean(np.abs(W) < 0.01) for W in net.weight_arrays()])
        wrong = (net.predict(X_all[:100:10]).argmax(axis=1) == (y_all[:100:10] + 1) % 10).sum()
        rows.append([name, f"{wrong} of 10", f"{losses[-1]:.2f}", f"{read[name]:.2f}", f"{100 * small:.0f} %"])
    heads = ["remedy", "wrong labels learned", "test loss", "test accuracy", "weights under 0.01"]
    display(Table("one hundred digits, ten of them mislabelled", heads, rows))
    return max(list(read)[1:], key=lambda name: read[name])


lab.predict("best_remedy", best_remedy)

# %% [markdown] why="best_remedy"
# Regularization is what you do when you cannot have more data. With more data, do that first.

# %%
plot_losses({k: runs[k][1] for k in ("nothing", "L2", "Max-norm", "Dropout")}, "Loss on 500 new digits", "epoch")

# %% [markdown]
# *Early stopping* peeked: it chose its epoch on the test digits, which is cheating (lab 09: use a validation set). It did not
# help it much. And on which digits, do you think, were the strengths chosen that "suit"? Look at the last column, too: L1 has emptied most of the network. That is worth something by itself, on a
# telephone.
#
# A word on priors. If you believe, before any data, that weights are normally distributed around 0, then the most probable
# weights *after* the data are those with the L2 penalty; believe in a Laplace distribution, and it is L1. A penalty is an
# opinion, written as a formula.
#
# ## 7 · Regularizers that do not look like any
#
# ### Noise
#
# SGD never quite settles. A mini-batch's gradient is a little wrong, so the weights keep jittering around the minimum, and
# narrow minima cannot hold what jitters. How wide is the jitter? (Mandt, Hoffman & Blei 2017.) One weight, 200 examples:


# %%
def scatter(lr, batch, steps=4000):
    """Walk with SGD at the bottom of a parabola; give the standard deviation of the weight there."""
    rng, w, places = np.random.default_rng(3), 0.0, []
    targets = rng.normal(size=200)
    targets -= targets.mean()
    for _ in range(steps):
        w -= lr * 2 * np.mean(w - targets[rng.integers(0, 200, batch)])
        places.append(w)
    return float(np.std(places[steps // 4 :]))


def noise():
    """Compare steps and batch sizes."""
    settings = [(0.01, 1), (0.04, 4), (0.04, 1), (0.01, 4)]
    spread = {setting: scatter(*setting) for setting in settings}
    rows = [[f"{lr}", f"{batch}", f"{lr / batch}", f"{spread[lr, batch]:.3f}"] for lr, batch in settings]
    display(Table("how widely the weight scatters", ["η", "batch", "η / batch", "standard deviation"], rows))
    ratio = spread[0.01, 1] / spread[0.04, 4]
    if abs(ratio - 1) < 0.25:
        return "About the same"
    return "The small step with small batches" if ratio > 1 else "The large step with large batches"


lab.predict("noise", noise)

# %% [markdown] why="noise"
# The scatter follows η / batch size: four times the step, half the noise in each, and the two cancel.

# %% [markdown]
# Go through the table by pairs of rows: what has to stay the same, so that the scatter does? And what has to be quartered to halve it?
#
# ### A good start
#
# A network that has learned something else before starts where its features are already sensible. Train on the digits 0 to 4
# (there are many), then read 5 to 9 from *two* examples each: from random weights, with the first layer from there, or with both
# hidden layers. This is **transfer learning**.


# %%
def network(seed):
    """Make a network 64–128–128–5."""
    layers = [Linear(64, 128), ReLU(), Linear(128, 128), ReLU(), Linear(128, 5)]
    return Network(layers, rng=np.random.default_rng(seed), dtype=np.float64)


def five_to_nine(source, kept, seed):
    """Train on two examples of each of 5 … 9, with the first `kept` layers from source; return test accuracy."""
    net, few = network(seed), np.concatenate([np.flatnonzero(y_all == k)[:2] for k in range(5, 10)])
    for W, known in list(zip(net.weight_arrays(), source.weight_arrays(), strict=True))[:kept]:
        W[:] = known
    list(train(net, X_all[few], y_all[few] - 5, SoftmaxCrossEntropy(), Adam(0.003), epochs=10, batch_size=5,
               rng=np.random.default_rng(seed)))  # fmt: skip
    late = y_test >= 5
    return accuracy(net.predict(X_test[late]), y_test[late] - 5)


# %%
early, source = y_all < 5, network(9)
list(train(source, X_all[early], y_all[early], SoftmaxCrossEntropy(), Adam(0.003), epochs=15, batch_size=25,
           rng=np.random.default_rng(9)))  # fmt: skip
read = [np.array([five_to_nine(source, kept, seed) for seed in range(8)]) for kept in (0, 1, 2)]
rows = [[name, f"{a.mean():.2f}", f"{a.min():.2f} … {a.max():.2f}", str((a > read[0]).sum())]
        for name, a in zip(["none", "first", "both"], read, strict=True)]  # fmt: skip
Table("test accuracy on 5 … 9, eight seeds", ["hidden layers taken over", "mean", "from … to", "beats none"], rows)

# %% [markdown]
# The first layer has learned strokes, and strokes are of use to everybody. The second has learned what 0 to 4 are made of, and that
# helps less (Yosinski et al. 2014 found the same in a large network for photographs).
#
# ### The right shape
#
# The strongest regularizer of all is a structure that cannot say the wrong thing. An ordinary network must learn a stroke anew
# at each place. A **convolution** has one small window of weights (here 3 × 3, eight of them) that it moves over the whole image,
# so what it learns in one place it knows in all. About as many parameters, trained on the same 300 digits:

# %%
n_digits = 300
conv = [Conv2D(1, 8, 3), ReLU(), MaxPool2D(2), Flatten(), Linear(72, 10)]
dense = [Flatten(), Linear(64, 11), ReLU(), Linear(11, 10)]
images, shapes = X_all.reshape(-1, 8, 8, 1), {}
moved = np.roll(X_test.reshape(-1, 8, 8, 1), 1, axis=2)
moved[:, :, 0] = 0  # one pixel to the right; what left the image is gone
for name, layers in [("convolution", conv), ("ordinary", dense)]:
    net = Network(layers, rng=np.random.default_rng(1), dtype=np.float64)
    list(train(net, images[:n_digits], y_all[:n_digits], SoftmaxCrossEntropy(), Adam(0.005),
               epochs=60, rng=np.random.default_rng(1), batch_size=25))  # fmt: skip
    shapes[name] = net


# %%
def shifted():
    """Read the test digits as they are, and moved by a pixel."""
    rows, lost = [], {}
    for name, net in shapes.items():
        there, here = (accuracy(net.predict(Z), y_test) for Z in (moved, X_test.reshape(-1, 8, 8, 1)))
        lost[name] = here - there
        rows.append([name, str(net.theta.size), f"{here:.2f}", f"{there:.2f}"])
    heads = ["network", "parameters", "accuracy", "moved by a pixel"]
    display(Table("what structure knows", heads, rows))
    if abs(lost["convolution"] - lost["ordinary"]) < 0.02:
        return "About the same"
    return "The convolution" if lost["convolution"] < lost["ordinary"] else "The ordinary network"


lab.predict("shifted", shifted)

# %% [markdown] why="shifted"
# The convolution looks for the same strokes everywhere. That assumption, and no penalty, is its regularizer.

# %% [markdown]
# Neither comes through unharmed. The window knows its strokes in every place; the last layer (72 → 10) does not, and expects each of them
# where it used to be. That is why real convolutional networks stack several windows, and pool more between them.
#
# ### For the brave: the lasso, whole (no points)
#
# Going round the weights with a soft threshold is called *coordinate descent*. For feature j, let the others explain what they
# can; what is left over is $r = y - Xw + x_j w_j$. Then
#
# $$ w_j \leftarrow \frac{\mathrm{soft}(x_j^\top r,\; N\lambda)}{\lVert x_j \rVert^2} \tag{11.13} $$
#
# **Exercise `lasso`** (optional). Use your `soft_threshold`; one *sweep* goes through all weights once, in order.


# %% exercise="lasso"
def lasso(X, y, lam, sweeps):
    """Descend ‖y − Xw‖² / 2N + λ‖w‖₁ by coordinates, from w = 0.

    Parameters
    ----------
    X : array of shape (N, n)
    y : array of shape (N,)
    lam : float
    sweeps : int
        How often to go through all the weights.

    Returns
    -------
    array of shape (n,)

    Example: X = [[1.0], [1.0]], y = [2.0, 4.0], lam = 1: N = 2, xᵀr = 6, ‖x‖² = 2, so w = [(6 − 2) / 2] = [2].
    """
    ### BEGIN SOLUTION
    w = np.zeros(X.shape[1])
    for _ in range(sweeps):
        for j in range(len(w)):
            r = y - X @ w + X[:, j] * w[j]
            w[j] = soft_threshold(X[:, j] @ r, len(y) * lam) / (X[:, j] @ X[:, j])  # (11.13)
    return w
    ### END SOLUTION


# %%
check("lasso")

# %% [markdown]
# ### Open experiment (no points)
#
# Combine: does max-norm *with* dropout beat both? Does L2 with dropout? Keep a note of how many settings you try on these 500
# test digits. At some number they stop being test digits.

# %%
for name, net in {"dropout and max-norm": digit_net(drop=0.5, constraint=MaxNorm(1.5))[0]}.items():
    print(f"{name}: test accuracy {accuracy(net.predict(X_test), y_test):.2f}")

# %% [markdown]
# ## 8 · In your own words
#
# *Rubric (4 points): both objectives brought to the same form (1); the factor, with what each part of it comes from
# (2); what to write so that both do the same (1).*
#
# Two colleagues both regularize with "λ = 0.01". The first minimises the *sum* of the losses of 1000 examples plus
# $\tfrac{\lambda}{2} \sum w^2$; the second the *mean* loss plus $\lambda \sum w^2$. Who regularizes more strongly, and by what
# factor? What would each have to write so that both do the same? (Three or four sentences, graded by hand.)

# %% [markdown] written="same_lambda"
# ### BEGIN SOLUTION
# Divide the first objective by 1000: its minimum stays where it is, and it reads mean loss plus λ/2000 · Σ w². The second has
# mean loss plus λ · Σ w². So the second regularizes 2000 times as strongly: 1000 for the mean, 2 for the ½. To agree, the second
# would write λ = 0.01 / 2000 = 0.000005, or the first λ = 20.
#
# *What earns the points: brings both to the same form, dividing by N (1); the factor N (1); the factor 2 (1); one λ that makes them
# agree (1).*
# ### END SOLUTION

# %% [markdown]
# ## 9 · Do you still know?

# %%
lab.recall()

# %% [markdown]
# ## What you take along
#
# - J = L + λR. L2 pulls in proportion to the weight and never arrives; L1 pulls with constant force, and arrives at 0.
# - Biases do not pay. Max-norm does not charge at all; it is a leash.
# - λ means nothing without the ½ and the N of its formula.
# - More data beats every penalty. Noise, a good start and the right structure regularize, too.
#
# Next: lab 12, where half of the network is missing at any time, and it learns the better for it.

# %%
lab.progress()

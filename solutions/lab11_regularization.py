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
# A network with nearly ten thousand parameters learns from a hundred digits, and ten of their labels are wrong. Today
# you see what it learns from them, and six ways to make it read *new* digits better.
#
# **You will be able to** put a price on large weights, and say what the price does to each weight, under SGD and under
# Adam; find the lowest point of loss and penalty for a linear model; say where L1 leaves a weight, at the lowest point
# and during gradient descent; bound the length of a unit's weights; and compare remedies by their error bars, not by
# one run.
#
# **You need** lab 09 (overfitting, early stopping, Adam), gradients, and a little linear algebra: `np.linalg.solve` and `norm`.
#
# | minutes | exercises | points | goes with |
# |---|---|---|---|
# | about {{minutes}} (an estimate, not yet tried with students) | {{exercises}} | {{points}} | BMI707; *Nets*; PyCon17, second half; Found16; MT16 |

# %% tags=["setup"]
import numpy as np

# %% tags=["lab"]
from course import L1, L2, SGD, Adam, AdamW, Conv2D, Dropout, Flatten, Linear, MaxNorm, MaxPool2D, Network, ReLU
from course import SoftmaxCrossEntropy, Table, accuracy, minibatches, open_lab, plot_losses, train
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
# You have one hundred digits to learn from. Every tenth has a wrong label, as happens in real data. No rule of
# handwriting explains these ten. Another 397 digits, the **validation set**, are for choosing settings. The 500 test
# digits are not used to choose anything.


# %% hide="code"
y_noisy = np.where(np.arange(len(y_all)) % 10 == 0, (y_all + 1) % 10, y_all)  # every tenth label is wrong
valid = X_all[900:], y_all[900:]


def digit_net(seed=0, n=100, drop=None, decay=None, epochs=100, **more):
    """Train 64–128–10 on n digits, every tenth with a wrong label; return the network and its test losses."""
    inputs, targets = X_all[:n], y_noisy[:n]  # 1 inputs
    layers = [Linear(64, 128), ReLU(), *([Dropout(drop)] if drop else []), Linear(128, 10)]  # 3 operations
    net = Network(layers, rng=np.random.default_rng(seed), dtype=np.float64)  # 2 parameters
    cost, optimizer = SoftmaxCrossEntropy(), Adam(0.003)  # 4 cost, 5 optimizer
    if decay:
        optimizer = AdamW(0.003, weight_decay=decay, is_weight=net.is_weight)
    run = train(net, inputs, targets, cost, optimizer, epochs=epochs, batch_size=25,
                rng=np.random.default_rng(seed), **more)  # fmt: skip
    return net, [float(cost.value(net.predict(X_test), y_test)) for _ in run]  # 6 train, 7 test


def with_error(values, digits=3):
    """Write a mean and its standard error."""
    return f"{np.mean(values):.{digits}f} ± {np.std(values, ddof=1) / np.sqrt(len(values)):.{digits}f}"


plain, plain_losses = digit_net()


# %% hide="code"
def by_heart():
    """Count the wrong labels that the network has learned."""
    said, wrong = plain.predict(X_all[:100]).argmax(axis=1), y_noisy[:100:10]
    others = np.arange(100) % 10 > 0
    rows = [["the 90 right labels", f"{100 * (said == y_all[:100])[others].mean():.0f} %"],
            ["500 new digits", f"{100 * accuracy(plain.predict(X_test), y_test):.0f} %"]]  # fmt: skip
    display(Table("after 100 epochs, read as labelled", ["digits", "share"], rows))
    return int((said[::10] == wrong).sum())


lab.predict("by_heart", by_heart)

# %% [markdown] why="by_heart"
# The network has room for every exception, and nothing in the loss says that exceptions should cost more than rules.
# Compare the two shares in the table: a network that does far better on what it has seen than on what it has not is
# **overfitting**.

# %% [markdown]
# ### The gap
#
# In the monitor below, training and validation loss move apart; the shaded space between them is the **gap**. Try more
# digits. Then try each remedy at its full strength: too much of a remedy does harm, too. (You need not know the
# remedies yet. This lab explains three of them. Lab 12 explains dropout, which leaves out a random part of the units at
# each step.)

# %%
GapMonitor()

# %% [markdown]
# ## 2 · A price on weights
#
# To fit ten wrong labels a network must change its answer sharply in ten places, and that takes large weights. So let large
# weights cost something. The **objective** is loss plus penalty, and so is its gradient:
#
# $$ J = L + \lambda R \tag{11.1} $$
#
# $$ \frac{\partial J}{\partial\theta} = \frac{\partial L}{\partial\theta} + \lambda \frac{\partial R}{\partial\theta} \tag{11.2} $$
#
# $\lambda$ says how much small weights are worth to you. The oldest choice of $R$ is the sum of the squares, **L2**:
#
# $$ \lambda R = \lambda \sum w^2 \tag{11.3} $$
#
# The slides (*Nets*) call this ‖W‖₂. It is ‖W‖₂², the length *squared*; the root would have another gradient.
#
# **Exercise `l2_penalty`** ({{points:l2_penalty}}). A network keeps its weights in several arrays, one per layer.


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

# %% [markdown] buys="l2_penalty"
# You can compute one number from all the weights of a network, the same that `L2(lam)` in the library adds to the loss.

# %% [markdown]
# **Exercise `l2_grad`** ({{points:l2_grad}}). Now compute the gradient of this penalty, for one array.


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

# %% [markdown] buys="l2_grad"
# This is what the penalty adds to the gradient of each weight; the next question lets it act alone.

# %% [markdown]
# What does gradient descent do when *only* the penalty pulls?


# %% hide="code"
def decay():
    """Take ten steps down the penalty alone, and write them down."""
    w, path = 1.0, [1.0]
    for _ in range(10):
        w -= 0.1 * (2 * 0.5 * w)  # η times the gradient of λw²
        path.append(w)
    rows = [[str(k), f"{path[k]:.4f}"] for k in (0, 1, 2, 5, 10)]
    display(Table("one weight, pulled by its penalty alone", ["steps", "w"], rows))
    return round(path[-1], 2)


lab.predict("decay", decay)

# %% [markdown] why="decay"
# Each step multiplies by $1 - 2\eta\lambda = 0.9$, and $0.9^{10} = 0.35$. Hence the other name of L2: **weight decay**.
# The weight gets smaller and smaller, and it never arrives at 0: what the penalty takes away shrinks with the weight.

# %% [markdown]
# ### Weights pay, biases do not
#
# Biases are left out. A bias says where a unit switches, not how sharply, and pulling it to 0 only moves the switch. So the
# library keeps all parameters in one long vector $\theta$, and beside it a vector that says which of them are weights.
#
# **Exercise `objective_gradient`** ({{points:objective_gradient}}). Compute the gradient of $J$ with the L2 penalty.


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

# %% [markdown] buys="objective_gradient"
# Any network can now be trained with a penalty: this sum goes to the optimizer in place of the gradient of the loss.

# %% [markdown]
# **A warning about λ.** Three people with the same λ may mean three things. PyCon17 writes $\sum w^2$ on its slide and
# calls a function that computes $\tfrac12 \sum w^2$. Its first program *sums* the loss over the examples, its second
# takes the *mean*. λ is the same, but now the penalty weighs N times as much. Before you copy a λ, look for a ½ and for
# an N. (There is another slip in the slides: *Nets* writes a regularized perceptron as $\sigma(\varphi(XW))$, with one
# activation too many.)
#
# ### The same price under Adam
#
# Again only the penalty pulls on one weight. This time Adam takes the steps, and the price is very low.


# %% hide="code"
def in_adam():
    """Let SGD and Adam take ten steps down the penalty alone, with two prices."""
    rows, ends = [], {}
    for name in ("SGD", "Adam"):
        for price in ("0.5", "0.000001"):
            w, optimizer = np.ones(1), SGD(0.1) if name == "SGD" else Adam(0.1)
            for _ in range(10):
                optimizer.step(w, 2 * float(price) * w)
            ends[name, price] = float(w[0])
            rows.append([name, price, f"{w[0]:.4f}"])
    display(Table("ten steps down λw² from w = 1, η = 0.1", ["optimizer", "λ", "w"], rows))
    w = ends["Adam", "0.000001"]
    return "Still above 0.99" if w > 0.99 else "About 0.35, as before" if w > 0.2 else "Less than 0.1"


lab.predict("in_adam", in_adam)

# %% [markdown] why="in_adam"
# Adam divides the average gradient by the root of the average square. If there is only the penalty, λ is in the
# numerator and in the denominator, and it cancels: each step has about the length η, whatever λ is (while the pull is
# larger than Adam's ε). Where the loss has large gradients it is the other way round: they make the root large, and the
# penalty, divided by it, has hardly any effect. So under Adam, L2 pulls hardest on the weights that matter least to the
# loss. L2 and weight decay are the same under SGD. Under Adam they are not.

# %% [markdown]
# ### Decay beside the gradient
#
# **AdamW** (lab 09, Loshchilov & Hutter 2019) keeps the two apart. First every weight shrinks by the same share,
#
# $$ w \leftarrow w - \eta\lambda w \tag{9.13} $$
#
# and then Adam takes its step with the gradient of the loss alone. (Note the factor 2: under SGD, $\lambda\sum w^2$
# takes away twice as much with the same λ.)
#
# **Exercise `decay_weights`** (no points). Write the first half of a step of AdamW.


# %% exercise="decay_weights"
def decay_weights(theta, is_weight, lr, lam):
    """Shrink the weights as AdamW does before Adam's step, and leave the biases.

    Parameters
    ----------
    theta : array of shape (P,)
        All parameters. Leave the array as it is: return a new one.
    is_weight : array of bool, shape (P,)
        True for a weight, False for a bias.
    lr : float
        η, the learning rate.
    lam : float
        λ.

    Returns
    -------
    array of shape (P,)

    Example: theta = [2.0, 2.0], is_weight = [True, False], lr = 0.1, lam = 0.5 gives [1.9, 2.0].
    """
    ### BEGIN SOLUTION
    return theta - lr * lam * theta * is_weight  # (9.13) w ← w − ηλw
    ### END SOLUTION


# %%
check("decay_weights")

# %% [markdown] buys="decay_weights"
# Followed by a step of Adam, this is AdamW; the next cell compares it with the library's, step by step.

# %%
if ready("decay_weights"):
    rng, mask = np.random.default_rng(0), np.array([True, True, False])
    ours, theirs = np.ones(3), np.ones(3)
    adam, adamw = Adam(0.1), AdamW(0.1, weight_decay=0.5, is_weight=mask)
    for gradient in rng.normal(size=(20, 3)):
        ours = decay_weights(ours, mask, 0.1, 0.5)
        adam.step(ours, gradient)
        adamw.step(theirs, gradient)
    print(f"after 20 steps, the largest difference from the library's AdamW: {abs(ours - theirs).max():.4f}")

# %% [markdown]
# And in a network? In our hundred digits eleven pixels are always blank. The 1408 weights that lead from them get no
# gradient from the loss at all; the others do. The table compares the two groups, with the strengths that had the
# lowest validation loss, and with one tiny λ. Each row has five starts.

# %% hide="code"
blank = (X_all[:100] == 0).all(axis=0)
compared = {
    "Adam alone": {},
    "Adam, L2 with λ = 0.00001": {"regularizer": L2(0.00001)},
    "Adam, L2 with λ = 0.004": {"regularizer": L2(0.004)},
    "AdamW with λ = 1.5": {"decay": 1.5},
}
rows = []
for name, how in compared.items():
    nets = [digit_net(seed, **how)[0] for seed in range(5)]
    first = np.abs([next(iter(net.weight_arrays())) for net in nets])
    read = [accuracy(net.predict(X_test), y_test) for net in nets]
    rows.append([name, f"{first[:, blank].mean():.3f}", f"{first[:, ~blank].mean():.3f}", with_error(read)])
heads = ["optimizer", "mean |w|, blank pixels", "mean |w|, the others", "test accuracy ± standard error"]
Table("two ways to decay, five starts each", heads, rows)

# %% [markdown]
# Read the table by columns. The tiny λ has brought the weights of the blank pixels to 0.000, and changed little else.
# With AdamW both groups shrink. The test accuracies of the two ways, each at its best, differ by no more than the sum
# of their standard errors: five starts on a hundred digits do not show which is better. (Loshchilov and Hutter trained
# large image networks, and there AdamW generalised better.) What the table does show is that a λ chosen for one way is
# not a good λ for the other.
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

# %% [markdown] buys="l1_penalty"
# You have the second price; its gradient shows what is different about it.

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

# %% [markdown] buys="l1_grad"
# You can compare the two pulls: under L2 a weight of 3 is pulled thirty times as hard as one of 0.1, under L1 both are
# pulled alike.

# %% [markdown]
# Now take 442 diabetes patients, with ten measurements each, and a number that says how much worse they were a year
# later (Efron et al. 2004). Everything is standardised, so that weights can be compared. A linear model predicts this
# number from the measurements. Its error plus either penalty has one lowest point. Look at the weights there:


# %% hide="code"
def who_is_zero():
    """Cut the sum of the squared weights to a quarter with either penalty; count the zeros."""
    X, y = shrinkage.diabetes()
    answers = {name: shrinkage.quartered(name, X, y) for name in ("L1", "L2")}
    zeros = {name: int((w == 0).sum()) for name, w in answers.items()}
    rows = [[name, *(f"{v + 0:.1f}" for v in w), str(zeros[name])] for name, w in answers.items()]
    display(Table("weights", ["penalty", *shrinkage.FEATURES, "zeros"], rows))
    if zeros["L1"] and zeros["L2"]:
        return "Some with both"
    if not zeros["L1"] and not zeros["L2"]:
        return "None with either"
    return "Some with L1, none with L2" if zeros["L1"] else "None with L1, some with L2"


lab.predict("who_is_zero", who_is_zero)

# %% [markdown] why="who_is_zero"
# Near $w = 0$ the slope of $\lambda w^2$ is nearly 0. If the loss slopes there at all, the lowest point of the sum lies beside 0. The
# slope of $\lambda|w|$ is λ right up to 0. A loss whose slope at 0 is less than that cannot move the lowest point away from it.

# %% [markdown]
# ### A circle and a diamond
#
# Here is the same with two weights. The ellipses are contours of a loss with its minimum at the cross; the circle (L2)
# or the diamond (L1) holds all weights that cost no more than those at the lowest point of the sum. Move λ up from 0
# with the arrow keys. Which penalty brings the lowest point to an axis, and keeps it there? Where on the diamond does
# that happen?

# %%
PenaltyContours()

# %% [markdown]
# ### Does gradient descent get there?
#
# That was about the lowest point. Reaching it is another question. Let gradient descent walk with *L1's* gradient, as
# `l1_grad` gives it, and let nothing else pull:


# %% hide="code"
def hover():
    """Take a hundred steps down L1's penalty alone."""
    w, path = 0.27, [0.27]
    for _ in range(100):
        w -= 0.1 * 1.0 * np.sign(w)  # η times the gradient of λ|w|
        path.append(w)
    rows = [[str(k), f"{path[k]:.2f}"] for k in (0, 1, 2, 3, 4, 5, 99, 100)]
    display(Table("one weight under L1, η = 0.1, λ = 1", ["steps", "w"], rows))
    return round(path[-1], 2)


lab.predict("hover", hover)

# %% [markdown] why="hover"
# A step has the length $\eta\lambda$, however near 0 the weight is. So from $0 < w < \eta\lambda$ two steps go
#
# $$ w \;\to\; w - \eta\lambda < 0 \;\to\; (w - \eta\lambda) + \eta\lambda = w $$
#
# across 0 and back, forever. The weight hovers within $\eta\lambda$ of 0 and hits it only by luck. A smaller rate makes
# this band narrower, but does not close it.

# %% [markdown]
# ### A step that can stop
#
# Take one weight and no network: which $w$ makes $\tfrac12 (w - z)^2 + t\,|w|$ smallest? It is $z$, moved towards 0 by
# $t$, but not past it: the **soft threshold** of $z$. (Differentiate for $w > 0$ and for $w < 0$. Where neither slope
# can be 0, the lowest point is the corner.)
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
    return np.sign(z) * np.maximum(np.abs(z) - t, 0)  # (11.10) sign(z) max(|z| − t, 0)
    ### END SOLUTION


# %%
check("soft_threshold")

# %% [markdown] buys="soft_threshold"
# You have the exact answer for one weight under L1, including zeros. The next exercise needs nothing else.

# %% [markdown]
# Now take the step with the gradient of the *loss*, and apply the soft threshold for L1 afterwards (a **proximal**
# step; Daubechies, Defrise & De Mol 2004):
#
# $$ w \leftarrow \mathrm{soft}\!\left(w - \eta\,\frac{\partial L}{\partial w},\; \eta\lambda\right) \tag{11.11} $$
#
# **Exercise `proximal_step`** (no points). Use your `soft_threshold`.


# %% exercise="proximal_step"
def proximal_step(w, grad, lr, lam):
    """Step down the loss, then move towards 0 by what L1 costs, and stop there.

    Parameters
    ----------
    w : array of shape (P,)
        Weights. Leave the array as it is: return a new one.
    grad : array of shape (P,)
        ∂L/∂w, the gradient of the loss alone.
    lr : float
        η, the learning rate.
    lam : float
        λ, the strength of L1.

    Returns
    -------
    array of shape (P,)

    Example: w = [1.0, 0.3], grad = [1.0, 1.0], lr = 0.25, lam = 0.4: the step gives [0.75, 0.05], the threshold 0.1
    makes it [0.65, 0].
    """
    ### BEGIN SOLUTION
    return soft_threshold(w - lr * grad, lr * lam)  # (11.11) w ← soft(w − η ∂L/∂w, ηλ)
    ### END SOLUTION


# %%
check("proximal_step")

# %% [markdown] buys="proximal_step"
# The next cell trains a network with your step, and counts what is exactly 0.


# %% hide="code"
def with_l1(step, seed, lr=0.3, lam=0.006):
    """Train 64–128–10 on the hundred digits for 100 epochs, all weights moved by `step`; return the network."""
    rng, cost = np.random.default_rng(seed), SoftmaxCrossEntropy()
    net = Network([Linear(64, 128), ReLU(), Linear(128, 10)], rng=rng, dtype=np.float64)
    for X, y in (pair for _ in range(100) for pair in minibatches(X_all[:100], y_noisy[:100], 25, rng)):
        grad = net.backward(cost.grad(net.forward(X, train=True), y))
        net.theta = np.where(net.is_weight, step(net.theta, grad, lr, lam), net.theta - lr * grad)
    return net


if ready("l1_grad", "soft_threshold", "proximal_step"):
    by_gradient = lambda w, grad, lr, lam: w - lr * (grad + l1_grad(w, lam))
    rows = []
    for name, step in [("your l1_grad", by_gradient), ("your proximal_step", proximal_step)]:
        nets = [with_l1(step, seed) for seed in range(5)]
        w = np.concatenate([net.theta[net.is_weight] for net in nets])
        band, zero = np.mean(np.abs(w) < 0.3 * 0.006), np.mean(w == 0)
        read = [accuracy(net.predict(X_test), y_test) for net in nets]
        rows.append([name, f"{100 * band:.0f} %", f"{100 * zero:.0f} %", with_error(read)])
    heads = ["step", "within ηλ of 0", "exactly 0", "test accuracy ± standard error"]
    display(Table("9472 weights under L1, five starts", heads, rows))

# %% [markdown]
# Both ways bring nearly the same share of the weights to within a step of 0. Only one gives zeros, and zeros need not
# be stored or multiplied. The accuracies differ by less than their standard errors. When a library adds L1 to the loss
# of a network, expect small weights and no zeros.
#
# ## 4 · Without descending
#
# For a *linear* model you do not need to descend at all. With the sum of squared errors and L2, the objective is a
# bowl, and there is a formula for its lowest point: **ridge regression**.
#
# $$ J = \lVert y - Xw \rVert^2 + \lambda \lVert w \rVert^2 \tag{11.12} $$
#
# **Exercise `ridge`** ({{points:ridge}}). Set the gradient of (11.12) to zero and solve for w. (No intercept here.)


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

    Example: X = [[1.0], [2.0]], y = [1.0, 2.0]: XᵀX = 5 and Xᵀy = 5,
    so w = [5 / (5 + λ)]; with λ = 5 that is [0.5].
    """
    ### BEGIN SOLUTION
    return np.linalg.solve(X.T @ X + lam * np.eye(X.shape[1]), X.T @ y)  # (11.13) (XᵀX + λI) w = Xᵀy
    ### END SOLUTION


# %%
check("ridge")

# %% [markdown] buys="ridge"
# The widget below draws its paths with your ridge, beside scikit-learn's.

# %% [markdown]
# With L1 there is no formula for all weights together, but there is one for a single weight, and you have it. **The
# lasso** (Tibshirani 1996) goes through the weights one by one, gives each its best value by a soft threshold, and
# repeats until nothing changes.
#
# Here are all strengths at once. The lines are computed with *your* `ridge` and `soft_threshold` (when they pass), the
# dots by scikit-learn. From right to left λ grows, and weight by weight the model gets simpler. Which measurement keeps
# its weight longest?

# %%
ShrinkagePath(ridge if ready("ridge") else None, soft_threshold if ready("soft_threshold") else None)

# %% [markdown]
# ### Find the slip
#
# A colleague does not standardise y. She adds a column of ones for the intercept and uses ridge. The result says that
# her patients are much healthier than they are. Which weight should not have paid? Correct the code, so that both means
# agree. (There are several ways. What did section 2 do about it, and what does standardising y do?)

# %%
X, y = shrinkage.diabetes()
y = y + 152.1  # the mean that standardising had taken away
X1 = np.column_stack([X, np.ones(len(X))])
w = np.linalg.solve(X1.T @ X1 + 300 * np.eye(11), X1.T @ y)
print(f"mean of y: {y.mean():.1f}   mean prediction: {(X1 @ w).mean():.1f}")

# %% [markdown]
# ## 5 · A limit on the length
#
# A network can pay a price, if the loss gains more by it. **Max-norm** (Srivastava et al. 2014) is not a price but a
# rule: after each update, the weights *into* each unit may have at most length $c$. Shorter is free.
#
# $$ w \leftarrow w \cdot \min(1, c / \lVert w \rVert) \tag{11.14} $$
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

    Example: W = [[3.0, 0.3], [4.0, 0.4]] has columns of length 5 and 0.5; with c = 1 it becomes
    [[0.6, 0.3], [0.8, 0.4]].
    """
    ### BEGIN SOLUTION
    lengths = np.sqrt((W**2).sum(axis=0))
    return W * np.minimum(1, c / lengths)  # (11.14) w ← w · min(1, c / ‖w‖)
    ### END SOLUTION


# %%
check("max_norm")

# %% [markdown] buys="max_norm"
# This is what `MaxNorm(c)` does to every layer after each step; the table of the next section has a row for it.

# %% [markdown]
# ## 6 · The table
#
# Back to the hundred digits with their ten wrong labels. The table tries one remedy at a time, each with the strength
# that had the lowest validation loss, with five starts of about 400 steps. *Early stopping* goes back to the epoch that
# was best on the validation digits. *Dropout* (lab 12) leaves out 80 % of the hidden units in each step, different ones
# each time. *More digits* has 900 to learn from, and every tenth of these is mislabelled, too.


# %% hide="code"
remedies = {
    "nothing": {},
    "L2": {"regularizer": L2(0.004)},
    "L1": {"regularizer": L1(0.002)},
    "Max-norm": {"constraint": MaxNorm(1.5)},
    "Dropout": {"drop": 0.8},
    "Early stopping": {"valid": valid},
    "More digits": {"n": 900, "epochs": 11},
}


def best_remedy():
    """Put all the remedies into one table, five starts each."""
    rows, read = [], {}
    for name, how in remedies.items():
        nets = [digit_net(seed, **how)[0] for seed in range(5)]
        read[name] = [accuracy(net.predict(X_test), y_test) for net in nets]
        losses = [float(SoftmaxCrossEntropy().value(net.predict(X_test), y_test)) for net in nets]
        learned = [(net.predict(X_all[:100:10]).argmax(axis=1) == y_noisy[:100:10]).sum() for net in nets]
        rows.append([name, f"{np.mean(learned):.1f} of 10", with_error(losses), with_error(read[name])])
    heads = ["remedy", "wrong labels learned", "test loss", "test accuracy"]
    display(Table("means ± standard errors of five starts", heads, rows))
    return max(list(read)[1:], key=lambda name: np.mean(read[name]))


lab.predict("best_remedy", best_remedy)

# %% [markdown] why="best_remedy"
# No other remedy comes near 800 more digits. Regularization is what you do when you cannot have more data. Among the
# others, look at the standard errors before you name a second: if the difference of two means is not larger than the sum of their
# errors, five starts do not tell them apart. (These errors come from the starts. The 500 test digits add an error of
# their own, about 0.02, but the digits are the same for all.)

# %% hide="code"
if lab.answered("best_remedy"):
    curves = {"nothing": plain_losses} | {k: digit_net(**remedies[k])[1] for k in ("L2", "Max-norm", "Dropout")}
    display(plot_losses(curves, "Loss on 500 new digits, one start", "epoch"))

# %% [markdown]
# ### A penalty is an opinion
#
# If you believe, before any data, that weights are normally distributed around 0, then the most probable weights
# *after* the data are those with the L2 penalty. If you believe in a Laplace distribution, they are those with L1. A
# penalty is an opinion, written as a formula.
#
# ## 7 · The noise of SGD
#
# SGD never quite settles. A mini-batch's gradient is a little wrong, so the weights keep jittering around the minimum.
# How wide is the jitter? (Mandt, Hoffman & Blei 2017.) Take one weight at the bottom of a parabola, and 200 examples:


# %% hide="code"
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
# Each step adds variance in proportion to η² / batch size. The pull to the bottom takes a share of it away, in proportion to η.
# The two balance where the variance is in proportion to η / batch size, and that is the same for both. Go through the table by
# pairs of rows: what has to be quartered to halve the scatter?

# %% [markdown]
# ### What the noise does to new digits
#
# The network of section 1 again, with plain SGD and without any penalty: 1000 steps at η = 0.5. The batches hold all 100
# digits, 25 of them, or 5. All three fit the hundred labels, the wrong ones included.


# %% hide="code"
def noise_loss():
    """Train with three batch sizes, 1000 steps at one rate, four starts each."""
    rows, losses, cost = [], {}, SoftmaxCrossEntropy()
    for size in (100, 25, 5):
        nets = []
        for seed in range(4):
            net = Network([Linear(64, 128), ReLU(), Linear(128, 10)], rng=np.random.default_rng(seed), dtype=np.float64)
            list(train(net, X_all[:100], y_noisy[:100], cost, SGD(0.5), epochs=10 * size, batch_size=size,
                       rng=np.random.default_rng(seed)))  # fmt: skip
            nets.append(net)
        learned = np.mean([cost.value(net.predict(X_all[:100]), y_noisy[:100]) for net in nets])
        losses[size] = [float(cost.value(net.predict(X_test), y_test)) for net in nets]
        read = [accuracy(net.predict(X_test), y_test) for net in nets]
        rows.append([str(size), f"{learned:.3f}", with_error(losses[size], 2), with_error(read)])
    heads = ["batch", "training loss", "test loss", "test accuracy"]
    display(Table("1000 steps at η = 0.5, means ± standard errors of four starts", heads, rows))
    best = min(losses, key=lambda size: np.mean(losses[size]))
    return {100: "All 100 at once", 25: "25 at a time", 5: "5 at a time"}[best]


lab.predict("noise_loss", noise_loss)

# %% [markdown] why="noise_loss"
# The training losses are alike, the test losses are not. With small batches the weights jitter. Weights that jitter do
# not stay in a narrow minimum, and in a wide one the jitter does no harm. That is the usual explanation; the table
# shows the effect and does not prove the cause. And there can be too much noise: with a rate of 1 and batches of 5 this
# network learns nothing at all.

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
# ## 9 · What do you remember?

# %%
lab.recall()

# %% [markdown]
# ## 10 · If you have time
#
# Here are two regularizers that do not look like regularizers, the whole lasso, and an experiment. No points, and
# nothing later depends on them.
#
# ### A good start
#
# A network that has learned something else before starts with features that are already useful. Train on the digits 0
# to 4 (there are many), then learn 5 to 9 from *two* examples each: from random weights, with the first layer of the
# trained network, or with both of its hidden layers. This is **transfer learning**.


# %% hide="code"
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


def transfer():
    """Read 5 … 9 with no, one and two hidden layers taken over."""
    early, source = y_all < 5, network(9)
    list(train(source, X_all[early], y_all[early], SoftmaxCrossEntropy(), Adam(0.003), epochs=15, batch_size=25,
               rng=np.random.default_rng(9)))  # fmt: skip
    read = [np.array([five_to_nine(source, kept, seed) for seed in range(8)]) for kept in (0, 1, 2)]
    rows = [[name, with_error(a), str((a > read[0]).sum())]
            for name, a in zip(["none", "first", "both"], read, strict=True)]  # fmt: skip
    heads = ["hidden layers taken over", "test accuracy ± standard error", "starts that beat none"]
    display(Table("5 … 9 from ten digits, eight starts", heads, rows))
    return ["None", "The first", "Both"][int(np.argmax([a.mean() for a in read]))]


lab.predict("transfer", transfer)

# %% [markdown] why="transfer"
# The first layer has learned strokes, and all digits are made of strokes. The second has learned what 0 to 4 are made
# of, and here that helps less (Yosinski et al. 2014 found the same in a large network for photographs). Look at the
# errors: eight starts show that the first layer beats none, but they do not yet tell *both* from either of these.

# %% [markdown]
# ### The right shape
#
# A structure can regularize, too. A **convolution** has small windows of weights (here eight of 3 × 3) that it moves
# over the whole image. An ordinary network has a weight for each pixel and unit. Both have about as many parameters and
# are trained on the same 300 digits:


# %% hide="code"
def shifted():
    """Train three networks of either kind on 300 digits; read the test digits as they are, and moved by a pixel."""
    there, moved = X_test.reshape(-1, 8, 8, 1), np.roll(X_test.reshape(-1, 8, 8, 1), 1, axis=2)
    moved[:, :, 0] = 0  # one pixel to the right; what left the image is gone
    rows, lost = [], {}
    for name in ("convolution", "ordinary"):
        read = []
        for seed in (1, 2, 3):
            conv = [Conv2D(1, 8, 3), ReLU(), MaxPool2D(2), Flatten(), Linear(72, 10)]
            dense = [Flatten(), Linear(64, 11), ReLU(), Linear(11, 10)]
            rng = np.random.default_rng(seed)
            net = Network(conv if name == "convolution" else dense, rng=rng, dtype=np.float64)
            list(train(net, X_all[:300].reshape(-1, 8, 8, 1), y_all[:300], SoftmaxCrossEntropy(), Adam(0.005),
                       epochs=30, rng=rng, batch_size=25))  # fmt: skip
            read.append([accuracy(net.predict(Z), y_test) for Z in (there, moved)])
        lost[name] = np.mean([a - b for a, b in read])
        rows.append([name, str(net.theta.size), *(with_error(column, 2) for column in np.transpose(read))])
    heads = ["network", "parameters", "test accuracy", "moved by a pixel"]
    display(Table("two structures, means ± standard errors of three starts", heads, rows))
    if abs(lost["convolution"] - lost["ordinary"]) < 0.02:
        return "About the same"
    return "The convolution" if lost["convolution"] < lost["ordinary"] else "The ordinary network"


lab.predict("shifted", shifted)

# %% [markdown] why="shifted"
# What a window learns in one place, it finds in all; an ordinary network must learn a stroke again at each place. That
# assumption, and not a penalty, is the regularizer. Yet both networks lose accuracy: the windows find their strokes in
# every place, but the last layer (72 → 10) expects each of them where it used to be. That is why real convolutional
# networks have several layers of windows, and pool more between them.

# %% [markdown]
# ### The lasso, whole
#
# Updating the weights one by one, each with a soft threshold, is called *coordinate descent*. For feature j, let the
# others explain what they can; what is left over is $r = y - Xw + x_j w_j$. Then
#
# $$ w_j \leftarrow \frac{\mathrm{soft}(x_j^\top r,\; N\lambda)}{\lVert x_j \rVert^2} \tag{11.15} $$
#
# **Exercise `lasso`** (no points). Use your `soft_threshold`; one *sweep* goes through all weights once, in order.


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
            w[j] = soft_threshold(X[:, j] @ r, len(y) * lam) / (X[:, j] @ X[:, j])  # (11.15)
    return w
    ### END SOLUTION


# %%
check("lasso")

# %% [markdown] buys="lasso"
# This is the method behind scikit-learn's `Lasso`, and behind the L1 lines of the shrinkage path.

# %% [markdown]
# ### Open experiment
#
# Combine: does max-norm *with* dropout beat both? Does L2 with dropout? Choose on the validation digits, and keep a note of how many
# settings you try. Then look at the test digits, once.

# %%
nets = [digit_net(seed, drop=0.5, constraint=MaxNorm(1.5))[0] for seed in range(5)]
read = [accuracy(net.predict(valid[0]), valid[1]) for net in nets]
print("dropout and max-norm, validation accuracy:", with_error(read))

# %% [markdown]
# ## What you learned
#
# - J = L + λR. Under L2 the pull is in proportion to the weight, which never arrives at 0. L1's lowest point has zeros,
#   but gradient descent only hovers around them; a soft threshold reaches them.
# - Under Adam, L2 is no weight decay: the pull is divided like any gradient. AdamW decays the weights separately.
# - Biases do not pay. Max-norm is not a price: it bounds a length.
# - λ means nothing without the ½ and the N of its formula, and a table of accuracies means nothing without its standard
#   errors.
# - More data beat every penalty here. The noise of small batches regularizes, too.
#
# Next: in lab 12, half of the network is missing at any time, and it learns better because of that.

# %%
lab.progress()

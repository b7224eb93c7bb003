# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
# ---

# %% [markdown]
# # Lab 02 · Learning: gradient descent through one neuron
#
# In lab 01 you turned three knobs, $w_1$, $w_2$ and $b$, until the neuron got OR right. Today the neuron turns them itself.
#
# **You will be able to** differentiate a loss through a neuron, piece by piece; *test* with a computer whether your
# derivative is right; train the neuron; and see from a curve whether the learning rate is too small, right or too
# large.
#
# **You need** lab 01 (weighted sum, sigmoid), the chain rule, and NumPy's `@` and `.mean()`.
#
# | minutes | exercises | points | goes with |
# |---|---|---|---|
# | about {{minutes}} (an estimate, not yet tried with students) | {{exercises}} | {{points}} | BMI707 week 2, *Nets* on the optimizer |
#
# Read, answer, and run the check under the answer. Checks cost nothing, and you may run them as often as you like.

# %% tags=["setup"]
import numpy as np

from course import sigmoid

X = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
y = np.array([0.0, 1.0, 1.0, 1.0])  # OR
w, b = np.array([1.0, -1.0]), -0.5  # where lab 01 began

# %% tags=["lab"]
from course import Table, open_lab, perceptron, plot_curves, plot_losses
from course.widgets import ChainRuleStepper, LossSurface, surfaces

lab = open_lab("02", globals())
check, hint, ready = lab.check, lab.hint, lab.ready
lab

# %% [markdown]
# ## 1 · A ball on a bowl
#
# Every pair of weights has a loss, the mean squared error on OR. So the loss is a landscape over the weights, and a
# lower place means a better neuron. Put a ball somewhere and let it roll. That is the whole idea of this lab. The rest
# is to find out which way is down, and how far to go.
#
# Press *Step* a few times, then *Run*. Where are the steps long, and where are they short? (The bias stays at −0.5, so
# that the landscape has only two directions and fits on a page.)

# %%
LossSurface([surfaces.OR_NEURON])

# %% [markdown]
# Steps are long where the ground is steep, and short where it is flat. The neuron does not see this picture. It stands
# in one place, and all that it can measure is the slope there. With two weights you could look at the picture. With
# millions of weights, the slope is all that anybody has.
#
# ## 2 · How wrong, and which way?
#
# Take one example, $x = (0, 1)$ with target $y = 1$, and the weights that lab 01 began with. The neuron computes, from left
# to right,
#
# $$ x \;\longrightarrow\; h = w \cdot x + b \;\longrightarrow\; p = \sigma(h) \;\longrightarrow\; \ell = (y - p)^2 \tag{2.1} $$
#
# and here are the four numbers:

# %%
x_one, y_one = X[1], y[1]
h_one = x_one @ w + b
p_one = sigmoid(h_one)
row = [f"{x_one}", f"{y_one:.0f}", f"{h_one:.2f}", f"{p_one:.4f}", f"{(y_one - p_one) ** 2:.4f}"]
Table("one example, forward", ["x", "y", "h", "p", "loss"], [row])

# %% [markdown]
# The target is 1 and the neuron says 0.18. A loss of 0.67 says *how wrong* that is. It does not say *which way to go*.
# A derivative does: it is the rate at which the loss changes when $p$ changes a little, sign included.
#
# **Exercise `dl_dp`** ({{points:dl_dp}}). Differentiate $\ell = (y - p)^2$ with respect to $p$. Remember the inner
# derivative: $p$ has a minus sign.


# %% exercise="dl_dp"
def dl_dp(y, p):
    """Differentiate the loss (y − p)² with respect to p.

    Parameters
    ----------
    y : float, or array of shape (N,)
        Target.
    p : float, or array of shape (N,)
        What the neuron says.

    Returns
    -------
    float, or array of shape (N,)

    Example: dl_dp(1, 0.75) is -0.5. A slightly larger p makes the loss smaller.
    """
    ### BEGIN SOLUTION
    return 2 * (p - y)  # (2.2) ∂ℓ/∂p = 2(p − y)
    ### END SOLUTION


# %%
check("dl_dp")

# %% [markdown] buys="dl_dp"
# You have the first piece: how the loss changes when p changes, and in which direction.

# %% [markdown]
# ## 3 · How steep is a sigmoid?
#
# You cannot set $p$ directly: it follows from $h$ through the sigmoid. How strongly does it react to $h$? Here is the
# curve.

# %%
h = np.linspace(-6, 6, 121)
plot_curves(h, {"p = σ(h)": sigmoid(h)}, "A sigmoid", "h", "p")


# %% hide="code"
def slope_of_sigmoid():
    """Plot the sigmoid's slope, measured from the curve, and give its largest value."""
    slope = np.gradient(sigmoid(h), h)
    display(plot_curves(h, {"p = σ(h)": sigmoid(h), "slope of σ": slope}, "A sigmoid and its slope", "h", ""))
    return float(slope.max().round(2))


lab.predict("steepest", slope_of_sigmoid)

# %% [markdown] why="steepest"
# The sigmoid is steepest in the middle, at $h = 0$ and $p = 0.5$, where its slope is 1/4. Every sigmoid on the way back
# multiplies the gradient by at most 1/4. (Lab 08 stacks ten of them.)

# %% [markdown]
# ### The slope, from p alone
#
# The slope can be computed from $p$ alone, without another exponential. This is one reason to keep the numbers that
# were computed on the way forward.
#
# **Exercise `dp_dh`** ({{points:dp_dh}}). Give the slope of the sigmoid, *from its output* $p$.


# %% exercise="dp_dh"
def dp_dh(p):
    """Give the slope of the sigmoid where its output is p.

    Parameters
    ----------
    p : float, or array of shape (N,)
        The sigmoid's output, between 0 and 1. Do not apply the sigmoid again.

    Returns
    -------
    float, or array of shape (N,)

    Example: dp_dh(0.5) is 0.25, and dp_dh(0.9) is 0.09.
    """
    ### BEGIN SOLUTION
    return p * (1 - p)  # (2.3) ∂p/∂h = p(1 − p)
    ### END SOLUTION


# %%
check("dp_dh")

# %% [markdown] buys="dp_dh"
# You have the second piece, for one multiplication. The exponential was computed in the forward pass.

# %% [markdown]
# ### Sure and wrong
#
# A neuron says $p = 0.999$, and the target is 0. Its error is about as large as an error can be. What about its slope?


# %% hide="code"
def sure_and_wrong():
    """Multiply the first two pieces for three neurons whose target is 0."""
    rows, pull = [], {}
    for p in (0.5, 0.9, 0.999):
        pull[p] = 2 * p * p * (1 - p)
        rows.append([f"{p:g}", f"{p**2:.3f}", f"{pull[p]:.4f}"])
    display(Table("target 0", ["p", "loss", "∂ℓ/∂h"], rows))
    ratio = pull[0.999] / pull[0.5]
    return "Far harder" if ratio > 10 else "Far less hard" if ratio < 0.1 else "About as hard"


lab.predict("sure_and_wrong", sure_and_wrong)

# %% [markdown] why="sure_and_wrong"
# The slope of the sigmoid is nearly zero at both ends, where the neuron is *sure*, rightly or wrongly. So a neuron that
# is sure and wrong learns slowly, although it has the most to learn. You will meet this again in section 8, and lab 04
# has the remedy.

# %% [markdown]
# ## 4 · What a weight sees
#
# Now the last piece. In $h = w_1 x_1 + w_2 x_2 + b$, how much does $h$ change when $w_1$ grows by a small amount? By
# that amount times $x_1$.
#
# **Exercise `dh_dw`** ({{points:dh_dw}}). The answer is as short as it looks. What matters is *which* vector it is.


# %% exercise="dh_dw"
def dh_dw(x):
    """Differentiate h = w·x + b with respect to w.

    Parameters
    ----------
    x : array of shape (n,)
        One example.

    Returns
    -------
    array of shape (n,)
        One derivative for each weight.

    Example: for h = w1·3 + w2·(−2) + b, dh_dw([3.0, -2.0]) is [3.0, -2.0].
    """
    ### BEGIN SOLUTION
    return x  # ∂h/∂w = x, the third piece of (2.5)
    ### END SOLUTION


# %%
check("dh_dw")

# %% [markdown] buys="dh_dw"
# You have the third piece, and the cheapest one. The gradient of every weight contains the input of that weight, in
# every network.

# %% [markdown]
# And the bias? It is a weight whose input is always 1, so $\partial h / \partial b = 1$.
#
# ## 5 · The chain rule: multiply along the way
#
# The three pieces lie on one path. A small change of $w$ changes $h$, which changes $p$, which changes $\ell$. The
# rates multiply:
#
# $$ \frac{\partial \ell}{\partial w}
#    = \frac{\partial \ell}{\partial p}\;\frac{\partial p}{\partial h}\;\frac{\partial h}{\partial w} \tag{2.5} $$
#
# Step through it. *Forward* fills in the values. *Backward* multiplies each local derivative by the gradient so far.

# %%
ChainRuleStepper()

# %% [markdown]
# Set $x_1 = 0$ in the stepper, or think about it: with $x = (0, 1)$, which parameters can learn from this example?


# %% hide="code"
def who_learns():
    """Nudge each parameter and see whether the loss of the example x = (0, 1) moves."""
    loss = lambda theta: (y_one - sigmoid(x_one @ theta[:2] + theta[2])) ** 2
    theta, moved = np.array([*w, b]), []
    for name, nudge in zip(["w1", "w2", "b"], np.eye(3) * 1e-3, strict=True):
        if abs(loss(theta + nudge) - loss(theta)) > 1e-9:
            moved.append(name)
    return " and ".join(moved)


lab.predict("who_learns", who_learns)

# %% [markdown] why="who_learns"
# The path of $w_1$ leads through $x_1$, and $x_1$ is 0. So $w_1$ makes no difference to this example. A weight learns
# only from examples whose input is not zero.

# %% [markdown]
# ### All three together
#
# **Exercise `gradient`** ({{points:gradient}}). Put the three pieces together for one example. You may use your own
# `dl_dp`, `dp_dh` and `dh_dw`. It should work for any number of features, not only two.


# %% exercise="gradient"
def gradient(x, y, w, b):
    """Differentiate the loss of one example with respect to the weights and the bias.

    Parameters
    ----------
    x : array of shape (n,)
        One example.
    y : float
        Its target.
    w : array of shape (n,)
        Weights.
    b : float
        Bias.

    Returns
    -------
    dw : array of shape (n,)
    db : float

    Example: gradient(np.array([0.0, 1.0]), 1.0, np.array([1.0, -1.0]), -0.5) is ([0, -0.2439], -0.2439).
    """
    ### BEGIN SOLUTION
    p = sigmoid(x @ w + b)
    dh = dl_dp(y, p) * dp_dh(p)  # (2.4) ∂ℓ/∂h = ∂ℓ/∂p · ∂p/∂h, what all parameters share
    return dh * dh_dw(x), dh  # (2.5) ∂ℓ/∂w = ∂ℓ/∂h · x, ∂ℓ/∂b = ∂ℓ/∂h
    ### END SOLUTION


# %%
check("gradient")

# %% [markdown] buys="gradient"
# This is backpropagation, for the smallest possible network.

# %% [markdown]
# ## 6 · Trust, but verify
#
# So far *we* have checked your derivatives. In real work nobody does that for you, so make your own check. A derivative
# is a limit of quotients, and a computer can compute the quotient:
#
# $$ \frac{\partial f}{\partial \theta_i} \approx \frac{f(\theta + \varepsilon e_i) - f(\theta - \varepsilon e_i)}{2\varepsilon} \tag{2.8} $$
#
# It takes a step to each side, so that the curvature cancels. How small should $\varepsilon$ be? In exact arithmetic,
# the smaller the better. But a computer keeps only about 16 digits.


# %% hide="code"
def error_by_eps():
    """Differentiate t³ at t = 0.7, where the slope is 3t² = 1.47, with ever smaller ε."""
    f, t, rows, errors = lambda t: t * t * t, 0.7, [], {}
    for k in (1, 2, 3, 5, 8, 12):
        eps = 10.0**-k
        one_sided = (f(t + eps) - f(t)) / eps
        errors[k] = abs((f(t + eps) - f(t - eps)) / (2 * eps) - 3 * t * t)
        rows.append([f"1e-{k}", f"{abs(one_sided - 3 * t * t):.0e}", f"{errors[k]:.0e}"])
    display(Table("how far off the slope is", ["ε", "one-sided", "both sides"], rows))
    best = min(errors, key=errors.get)
    return "Smaller helps at first, then hurts" if best not in (1, 12) else "The smaller, the better"


lab.predict("eps", error_by_eps)

# %% [markdown] why="eps"
# There are two errors. One comes from stopping before the limit, and is about $\varepsilon^2$. The other comes from
# rounding, and is about $10^{-16}/\varepsilon$. The best ε lies in between, near 1e-5. Look at the column of the
# one-sided quotient, too: it never gets that good.

# %% [markdown]
# ### Your own instrument
#
# **Exercise `numeric_gradient`** ({{points:numeric_gradient}}). Compute the quotient (2.8) for every entry of `theta`
# in turn, whatever its shape. Change a *copy*, one entry at a time, and leave `theta` as you found it.


# %% exercise="numeric_gradient"
def numeric_gradient(f, theta, eps=1e-6):
    """Estimate the gradient of f at theta by central differences.

    Parameters
    ----------
    f : function
        Takes an array like theta, gives a number.
    theta : array of any shape
        Where.
    eps : float
        The nudge to each side.

    Returns
    -------
    array like theta

    Example: numeric_gradient(lambda t: np.sum(t**2), np.array([1.0, 3.0])) is about [2, 6].
    """
    ### BEGIN SOLUTION
    grad = np.zeros_like(theta)
    for i in np.ndindex(theta.shape):
        nudge = np.zeros_like(theta)
        nudge[i] = eps
        grad[i] = (f(theta + nudge) - f(theta - nudge)) / (2 * eps)  # (2.8)
    return grad
    ### END SOLUTION


# %%
check("numeric_gradient")

# %% [markdown] buys="numeric_gradient"
# You now have an instrument that finds a wrong derivative in any function, without knowing the right one.

# %% [markdown]
# Now test one of your functions with the other. They have no line in common, so a slip in either would show.

# %%
if ready("gradient", "numeric_gradient"):
    loss_of_theta = lambda theta: (y_one - sigmoid(x_one @ theta[:2] + theta[2])) ** 2
    numeric = numeric_gradient(loss_of_theta, np.array([*w, b]))
    dw, db = gradient(x_one, y_one, w, b)
    rows = [
        [name, f"{a + 0:.6f}", f"{n + 0:.6f}"] for name, a, n in zip(["w1", "w2", "b"], [*dw, db], numeric, strict=True)
    ]
    display(Table("two ways to one gradient", ["parameter", "your chain rule", "your differences"], rows))

# %% [markdown]
# You will check derivatives in this way throughout the course. The library that you import is checked in the same way.
#
# ### Debug me
#
# A colleague has tried four learning rates, and the neuron will not learn OR with any of them. The cell below shows,
# with your own instrument, that the gradient is wrong. Change *one* line so that the differences vanish. (No points.)


# %%
def suspicious_gradient(x, y, w, b):
    h = x @ w + b
    p = sigmoid(h)
    dh = dl_dp(y, p) * h * (1 - h)
    return dh * x, dh


if ready("dl_dp", "numeric_gradient"):
    dw, db = suspicious_gradient(X[3], y[3], w, b)
    numeric = numeric_gradient(lambda t: (y[3] - sigmoid(X[3] @ t[:2] + t[2])) ** 2, np.array([*w, b]))
    off = np.abs(np.array([*dw, db]) - numeric).max()
    print("fixed: no difference left" if off < 1e-7 else f"wrong: differs by {off:.4f}")

# %% [markdown]
# ## 7 · Many examples, one step
#
# One example pulls the weights in its own direction. Learning follows the *mean* loss over all examples, and the
# gradient of a mean is the mean of the gradients. With $N$ rows in $X$ that is a single matrix product. A loop is
# right, too.
#
# **Exercise `batch_gradient`** ({{points:batch_gradient}}). Compute the gradient of the **mean** loss.


# %% exercise="batch_gradient"
def batch_gradient(X, y, w, b):
    """Differentiate the mean loss over all examples.

    Parameters
    ----------
    X : array of shape (N, n)
        Examples, one per row.
    y : array of shape (N,)
        Their targets.
    w : array of shape (n,)
        Weights.
    b : float
        Bias.

    Returns
    -------
    dw : array of shape (n,)
    db : float

    Example: on OR with w = (1, −1), b = −0.5 it is ([-0.1175, -0.1341], -0.1341).
    """
    ### BEGIN SOLUTION
    p = sigmoid(X @ w + b)
    dh = dl_dp(y, p) * dp_dh(p)  # (2.4), one a row
    return X.T @ dh / len(X), dh.mean()  # (2.5) mean over N: ∂L/∂w = Xᵀ ∂ℓ/∂h / N
    ### END SOLUTION


# %%
check("batch_gradient")

# %% [markdown] buys="batch_gradient"
# One matrix product handles all examples at once. That makes learning from thousands of them affordable.

# %% [markdown]
# ### Which way?
#
# Now you have a gradient: two numbers for the weights and one for the bias. The ball must take a step. Suppose it goes
# where the gradient points, ten times:


# %% hide="code"
def with_the_gradient():
    """Take ten steps along the gradient and watch the mean loss on OR."""
    w_now, b_now, rows = w, b, []
    for step in range(10):
        rows.append([str(step), f"{np.mean((sigmoid(X @ w_now + b_now) - y) ** 2):.4f}"])
        dw, db = perceptron.neuron_gradient(X, y, w_now, b_now)
        w_now, b_now = w_now + dw, b_now + db
    display(Table("along the gradient", ["step", "mean loss"], rows[::3]))
    return "It rises" if rows[-1][1] > rows[0][1] else "It falls"


lab.predict("direction", with_the_gradient)

# %% [markdown] why="direction"
# The gradient points to where the loss *grows* fastest. Learning takes the step against it, $w - \eta\,g$. With the
# plus sign the neuron gets worse with every step.

# %% [markdown]
# ### One step
#
# **Exercise `update`** ({{points:update}}). Take one step of gradient descent, with learning rate `lr`.


# %% exercise="update"
def update(value, grad, lr):
    """Take one step of gradient descent.

    Parameters
    ----------
    value : float or array
        A parameter. Do not change it in place: the caller may still need the old one.
    grad : like value
        The gradient of the loss at value.
    lr : float
        Learning rate, η.

    Returns
    -------
    like value
        The new value.

    Example: update(3.0, 2.0, 0.5) is 2.0.
    """
    ### BEGIN SOLUTION
    return value - lr * grad  # (2.6) w ← w − η ∂ℓ/∂w
    ### END SOLUTION


# %%
check("update")

# %% [markdown] buys="update"
# The same line trains a neuron and a network with a billion weights.

# %% [markdown]
# ## 8 · Let it learn
#
# Gradient, step, gradient, step. This loop also trains the largest networks. Only the gradient gets longer.
#
# **Exercise `train_neuron`** ({{points:train_neuron}}). Full batch: every step uses all examples. Record the mean
# squared error *before* each step, so that `losses[0]` belongs to the start. Compute both gradients of a step at the
# same, old parameters.


# %% exercise="train_neuron"
def train_neuron(X, y, w, b, lr, steps):
    """Train one neuron by gradient descent on the mean squared error.

    Parameters
    ----------
    X : array of shape (N, n)
        Examples, one per row.
    y : array of shape (N,)
        Their targets.
    w : array of shape (n,)
        Weights to begin with.
    b : float
        Bias to begin with.
    lr : float
        Learning rate.
    steps : int
        How many steps.

    Returns
    -------
    w : array of shape (n,)
    b : float
    losses : list of float
        The mean squared error before each step, `steps` of them.

    Example: on OR with w = (1, −1), b = −0.5, lr = 1 and two steps, losses are about [0.3352, 0.2873].
    """
    ### BEGIN SOLUTION
    losses = []
    for _ in range(steps):
        p = sigmoid(X @ w + b)
        losses.append(np.mean((y - p) ** 2))
        dw, db = batch_gradient(X, y, w, b)
        w, b = update(w, dw, lr), update(b, db, lr)
    return w, b, losses
    ### END SOLUTION


# %%
check("train_neuron")

# %% [markdown] buys="train_neuron"
# You no longer turn the knobs. The neuron finds its weights by rolling downhill.

# %% [markdown]
# Does it learn OR?

# %%
if ready("train_neuron"):
    w_new, b_new, losses = train_neuron(X, y, w, b, lr=5.0, steps=200)
    p_new = sigmoid(X @ w_new + b_new)
    rows = [
        [f"({x[0]:g}, {x[1]:g})", f"{t:.0f}", f"{p:.3f}", str(int(p >= 0.5))]
        for x, t, p in zip(X, y, p_new, strict=True)
    ]
    display(Table("after 200 steps", ["x", "y", "p", "ŷ"], rows))

# %% [markdown]
# ### How large a step?
#
# After 200 steps with `lr = 5` all four labels should be right. With `lr = 0.1` learning crawls. With `lr = 10` it runs.
# What happens with `lr = 100`?


# %% hide="code"
def too_fast():
    """Let the library train on OR with three learning rates, from the same start."""
    curves = {f"lr = {lr:g}": perceptron.train_neuron(X, y, w, b, lr, 200)[2] for lr in (0.1, 10.0, 100.0)}
    display(plot_losses(curves, "Three learning rates on OR"))
    first, last = curves["lr = 100"][0], curves["lr = 100"][-1]
    if last > 2 * first:
        return "It grows without end"
    return "It gets stuck" if last > 0.2 else "It falls fastest of all"


lab.predict("too_fast", too_fast)

# %% [markdown] why="too_fast"
# The first step throws the weights so far that every p is nearly 1. There the sigmoid is flat, p(1 − p) is nearly 0,
# and no step leads back. One example in four stays wrong, so the loss stays at 0.25. (A flat curve alone proves
# nothing. What counts is the height at which it is flat.)

# %% [markdown] why="too_fast"
# Look at the three curves and finish three sentences: a rate that is *too small* looks like …, a *right* one looks like
# …, and one that is *too large* looks like …

# %% [markdown]
# ## 9 · Valleys
#
# One neuron's loss over its weights is a landscape. Gradient descent sees only the slope where it stands, so where it
# ends depends on where it begins. Try the *two valleys* surface. Start on the left, then on the right. Then raise the
# learning rate until the walk jumps from one valley into the other, and further, until it never comes back.

# %%
LossSurface()

# %% [markdown]
# The bottom of the shallow valley is a *local* minimum: every direction leads up, but there is a deeper place. The
# bottom of the deeper valley is the *global* minimum. Nothing in the gradient tells you which of the two you are in.
#
# ### Open experiment (no points)
#
# Train your neuron on AND, then on XOR. What does it say in the end for XOR, and why is that a sensible answer? Does a
# different start change it?

# %%
if ready("train_neuron"):
    y_and, y_xor = np.array([0.0, 0.0, 0.0, 1.0]), np.array([0.0, 1.0, 1.0, 0.0])
    w_try, b_try, losses = train_neuron(X, y_and, w, b, lr=5.0, steps=1000)
    print("outputs", sigmoid(X @ w_try + b_try).round(2), "loss", round(float(losses[-1]), 4))

# %% [markdown]
# ## 10 · In your own words
#
# *Rubric (4 points): what is wrong with the step (1); whether a smaller `lr` helps, with the reason (1); a test
# that your friend could have made (1); clear to a friend (1).*
#
# A friend has just trained a neuron with `w = w + lr * grad` and says: "The loss goes up, so the learning rate must be
# too large." Write three or four sentences: what went wrong, how could your friend have found out alone, and would a
# smaller `lr` have helped? (Graded by hand.)

# %% [markdown] written="friend"
# ### BEGIN SOLUTION
# The sign is wrong: the gradient points uphill, and the step must go against it, `w - lr * grad`. With the plus,
# *every* small step raises the loss, so a smaller `lr` only makes it rise more slowly. There are two ways to find out.
# A gradient check shows that the gradient itself is right, so the slip must be in the update. Or take one tiny step and
# see whether the loss falls, as it must when the direction is right.
#
# *What earns the points: the step goes against the gradient (1); it is the direction and not the size that is wrong, so a smaller
# `lr` does not help (1); a test that tells the two apart (1); clear to a friend (1).*
# ### END SOLUTION

# %% [markdown]
# ## 11 · What do you remember?
#
# Three questions on earlier labs. Answer from memory, before you look back.

# %%
lab.recall()

# %% [markdown]
# ## What you learned
#
# - A gradient is a product of local derivatives along the path from parameter to loss.
# - Steps go *against* the gradient. You choose their length with the learning rate.
# - Central differences tell you whether a derivative is right, before anything is trained.
# - With the squared error, a neuron that is sure has a small slope. So a neuron that is sure and wrong learns slowly.
#
# Next: lab 03 takes the sigmoid away. What is left is the smallest network, a straight line.

# %%
lab.progress()

# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
# ---

# %% [markdown]
# # Lab 01 · The perceptron by hand
#
# A network is many neurons. Today you meet one neuron and do its work yourself: with a pencil, with NumPy, and with
# three knobs. It is easier to hand over a job once you have done it yourself.
#
# **You will be able to** compute what a neuron says, by hand and for a whole table at once; catch a slip in a printed
# table; say what one neuron can decide; and explain why there is something that it cannot decide.
#
# **You need** lab 00 (checks, shapes, `@`) and the exponential function.
#
# | minutes | exercises | points | goes with |
# |---|---|---|---|
# | about {{minutes}} (an estimate, not yet tried with students) | {{exercises}} | {{points}} | BMI707 week 2, *Nets* on the perceptron |

# %% tags=["setup"]
import numpy as np

X = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
y = np.array([0.0, 1.0, 1.0, 1.0])  # OR
w, b = np.array([1.0, -1.0]), -0.5

# %% tags=["lab"]
import warnings

from course import Table, activations, draw_neuron, draw_normal, nets_perceptron
from course import open_lab, perceptron, plot_curves, plot_line
from course.widgets import PerceptronExplorer

lab = open_lab("01", globals())
check, hint, ready = lab.check, lab.hint, lab.ready
lab

# %% [markdown]
# ## 1 · A neuron adds things up
#
# Here are four examples with two inputs each. The target is 1 where at least one input is 1. Logicians call this OR.

# %%
examples = enumerate(zip(X, y, strict=True))
rows = [[str(i), *(f"{value:.0f}" for value in (*x, t))] for i, (x, t) in examples]
Table("OR", ["example", "x1", "x2", "y"], rows)

# %% [markdown]
# A neuron multiplies each input by a **weight**, adds up the products, and adds a **bias**:
#
# $$ h = w_1 x_1 + w_2 x_2 + b = w \cdot x + b \tag{1.1} $$
#
# A weight says how much an input counts, and for which answer: a positive weight speaks for 1, a negative one for 0.
# The bias is the neuron's opinion before it has seen anything. Our neuron has $w = (1, -1)$ and a
# negative bias, $b = -0.5$.
#
# **Exercise `weighted_sum`** ({{points:weighted_sum}}). Write one line that works for one example and for a table of
# them.


# %% exercise="weighted_sum"
def weighted_sum(X, w, b):
    """Weigh the inputs and add the bias.

    Parameters
    ----------
    X : array of shape (N, 2), or of shape (2,)
        Examples, one per row; or a single example.
    w : array of shape (2,)
        Weights.
    b : float
        Bias.

    Returns
    -------
    array of shape (N,), or a number for a single example

    Example: weighted_sum(np.array([3.0, 1.0]), np.array([1.0, -1.0]), -0.5) is 1.5. For a table of one row,
    np.array([[3.0, 1.0]]), it is [1.5].
    """
    ### BEGIN SOLUTION
    return X @ w + b  # (1.1) h = w·x + b
    ### END SOLUTION


# %%
check("weighted_sum")

# %% [markdown] buys="weighted_sum"
# One line for one example and for a table of them: every layer in this course is this line.

# %% [markdown]
# ## 2 · A soft switch
#
# $h$ can be any number. We want something between 0 and 1 that says how sure the neuron is that the answer is 1. The
# **sigmoid** squashes the whole number line into that interval:
#
# $$ p = \sigma(h) = \frac{1}{1 + e^{-h}} \tag{1.2} $$

# %%
h = np.linspace(-6, 6, 121)
plot_curves(h, {"p = σ(h)": activations.sigmoid(h)}, "The sigmoid", "h", "p")

# %% [markdown]
# The curve rises everywhere, passes one half at $h = 0$, and never reaches 0 or 1. So three things always agree: *h is
# positive*, *p is above one half*, *the neuron leans to 1*. You will need them more than once.
#
# Here is the whole neuron at work on one input, $x = (3, 1)$, which is not in our table:

# %%
draw_neuron(w, b, [3, 1])

# %% [markdown]
# A computer cannot hold every number. So here is a question about the exponential before you type (1.2) into NumPy:


# %% hide="code"
def exp_of_1000():
    """Ask NumPy for exp(1000), and catch its warning."""
    with warnings.catch_warnings(record=True) as heard:
        warnings.simplefilter("always")
        value = np.exp(1000.0)
    rows = [["exp(700)", f"{np.exp(700.0):.0e}", "nothing"]]
    rows += [["exp(1000)", str(value), str(heard[0].message)]]
    display(Table("large exponents", ["asked for", "got", "NumPy adds"], rows))
    return "inf, and a warning" if np.isinf(value) and heard else "a huge number"


lab.predict("overflow", exp_of_1000)

# %% [markdown] why="overflow"
# The largest number that a float64 holds is about 1.8e308, and exp(709) comes close to it. Beyond that, NumPy gives inf
# and a warning.

# %% [markdown]
# ### An exponent that is never positive
#
# A neuron with $h = -1000$ is harmless: its $p$ is 0 to the last digit. Yet formula (1.2) computes $e^{1000}$ on the
# way. The remedy is an exponent that is never positive. For $h \ge 0$ the formula already has one. For $h < 0$,
# multiply top and bottom by $e^{h}$:
#
# $$ \frac{1}{1 + e^{-h}} = \frac{e^{h}}{e^{h} + 1} $$
#
# **Exercise `sigmoid`** ({{points:sigmoid}}). For a number or an array. Formula (1.2) as it stands earns 3 points. The
# fourth is for giving no warning at $h = \pm 1000$.


# %% exercise="sigmoid"
def sigmoid(h):
    """Squash h into the interval from 0 to 1.

    Parameters
    ----------
    h : float, or array of shape (N,)
        Any size, ±1000 too.

    Returns
    -------
    float, or array of shape (N,)

    Example: sigmoid(2.0) is about 0.8808, and sigmoid(np.array([0.0, -2.0])) about [0.5, 0.1192].
    """
    ### BEGIN SOLUTION
    e = np.exp(-np.abs(h))  # at most 1: nothing can overflow
    return np.where(h >= 0, 1, e) / (1 + e)  # (1.2) p = 1 / (1 + exp(−h))
    ### END SOLUTION


# %%
check("sigmoid")

# %% [markdown] buys="sigmoid"
# This sigmoid does not overflow, however large the weights are.

# %% [markdown]
# ## 3 · Yes or no
#
# Sometimes we need a decision: the predicted label $\hat y$, 0 or 1. The first idea is to round $p$. But what happens
# at exactly one half?


# %% hide="code"
def round_a_half():
    """Let NumPy round some halves."""
    halves = [0.5, 1.5, 2.5, 3.5]
    rows = [["is", *(f"{np.round(half):.0f}" for half in halves)]]
    display(Table("np.round", ["of", *map(str, halves)], rows))
    return f"{np.round(0.5):.0f}"


lab.predict("half", round_a_half)

# %% [markdown] why="half"
# NumPy rounds a half to the nearest *even* number, and so does Python's own `round`: 0.5 becomes 0, 1.5 and 2.5 both
# become 2. In long sums such roundings cancel. In a decision this is a trap, because nobody expects it.

# %% [markdown]
# ### A rule for ties
#
# We could decide a tie either way. But the rule must be the same in your code, in ours and on paper. In this course,
# **a tie counts as 1**:
#
# $$ \hat y = \begin{cases} 1 & \text{where } p \ge \tfrac12 \\ 0 & \text{elsewhere} \end{cases} \tag{1.3} $$
#
# **Exercise `predict_label`** ({{points:predict_label}}). For one $p$ or for many. Booleans, integers and floats are
# all fine.


# %% exercise="predict_label"
def predict_label(p):
    """Decide: 1 where p is at least one half, else 0.

    Parameters
    ----------
    p : float, or array of shape (N,)
        What the neuron says, between 0 and 1.

    Returns
    -------
    0 or 1, or an array of them of shape (N,)

    Example: predict_label(0.9) is 1, and predict_label(np.array([0.2, 0.9])) is [0, 1].
    """
    ### BEGIN SOLUTION
    return np.where(p >= 0.5, 1, 0)  # (1.3) ŷ = 1 where p ≥ ½, else 0
    ### END SOLUTION


# %%
check("predict_label")

# %% [markdown] buys="predict_label"
# Your code, our code and your pencil now treat a tie in the same way.

# %% [markdown]
# ## 4 · By hand
#
# Now compute with pencil and paper. For the input $(3, 1)$, which is not in our table, the work looks like this:
#
# $$ h = 1 \cdot 3 - 1 \cdot 1 - 0.5 = 1.5, \qquad p = \frac{1}{1 + e^{-1.5}} = \frac{1}{1 + 0.2231} = 0.82, \qquad \hat y = 1 $$
#
# Before you begin, look at $w = (1, -1)$, $b = -0.5$ and the targets of OR, and guess:


# %% hide="code"
def right_of_four():
    """Count the examples that the neuron gets right."""
    p = activations.sigmoid(perceptron.weighted_sum(X, w, b))
    return int(np.sum((p >= 0.5) == (y == 1)))


lab.predict("right_of_four", right_of_four)

# %% [markdown] why="right_of_four"
# Two. As an OR, the neuron is no better than a coin. It gets $(0, 1)$ wrong and is rather sure of it, because the
# weight of $x_2$ has the wrong sign. It gets $(1, 1)$ wrong because the two inputs cancel. In section 7 you can turn
# the knobs yourself.

# %% [markdown]
# ### Now the pencil
#
# You will need some of $e^{-1.5} = 0.2231$, $e^{-0.5} = 0.6065$, $e^{0.5} = 1.6487$ and $e^{1.5} = 4.4817$. (Do not
# look at section 7 yet. It would fill in the table for you.)
#
# **Exercise `hand_table`** (no points: your own code could fill it in, and only the pencil teaches). Fill in the twelve
# cells, with $p$ rounded to two digits.

# %% exercise="hand_table"
# The neuron w = (1, −1), b = −0.5 on the four examples, in the order of X.
hand_table = [
    # h    p    ŷ
    ### BEGIN SOLUTION
    [-0.5, 0.3775, 0],
    [-1.5, 0.1824, 0],
    [0.5, 0.6225, 1],
    [-0.5, 0.3775, 0],
    ### STUB
    # [..., ..., ...],  # x = (0, 0)
    # [..., ..., ...],  # x = (0, 1)
    # [..., ..., ...],  # x = (1, 0)
    # [..., ..., ...],  # x = (1, 1)
    ### END SOLUTION
]

# %%
check("hand_table")

# %% [markdown] buys="hand_table"
# You have computed one neuron by hand. A network does the same for each of its neurons.

# %% [markdown]
# Does your code agree with your calculation by hand?

# %%
if ready("weighted_sum", "sigmoid", "predict_label", "hand_table"):
    p, rows = sigmoid(weighted_sum(X, w, b)), []
    for x, t, in_code, label, row in zip(X, y, p, predict_label(p), hand_table, strict=True):
        rows.append([f"({x[0]:g}, {x[1]:g})", f"{t:.0f}", f"{in_code:.4f}", f"{row[1]:.2f}", str(int(label))])
    display(Table("code and pencil", ["x", "y", "p, code", "p, pencil", "ŷ"], rows))

# %% [markdown]
# ## 5 · Find the slip
#
# The lecture notes *Nets* work through the same neuron and print the table below. One of its rows is wrong. That
# happens to everybody, so critical reading is part of the work.

# %%
if ready("hand_table"):
    display(nets_perceptron())

# %% [markdown]
# **Exercise `wrong_row`** (no points). Which row? Can you see it without computing a single exponential?

# %% exercise="wrong_row"
# The number in the first column: rows count from 0.
### BEGIN SOLUTION
wrong_row = 2
### END SOLUTION

# %%
check("wrong_row")

# %% [markdown] buys="wrong_row"
# No exponential was needed: h is positive, so p is above one half and the label is 1.

# %% [markdown]
# There is a second slip in the same notes. For $h = -0.5$ the table correctly says 0.38, but the notes show the
# calculation as
#
# $$ p = \frac{1}{1 + \exp(-0.5)} $$


# %% hide="code"
def take_it_at_its_word():
    """Compute the formula as printed for h = −0.5, and then the one that was meant."""
    as_printed, meant = 1 / (1 + np.exp(-0.5)), 1 / (1 + np.exp(0.5))
    rows = [["1 / (1 + exp(−0.5))", f"{as_printed:.4f}"]]
    rows += [["1 / (1 + exp(−(−0.5)))", f"{meant:.4f}"]]
    display(Table("taken at its word", ["formula", "value"], rows))
    return f"{as_printed:.2f}"


lab.predict("as_printed", take_it_at_its_word)

# %% [markdown] why="as_printed"
# As printed, the formula belongs to $h = +0.5$. The exponent is $-h$, and $h$ is $-0.5$: minus minus 0.5. The 0.38
# beside it is right, so the slip is only in the calculation.
#
# One simple check would have caught this slip and the wrong row: $p$ is above one half exactly where $h$ is positive.

# %% [markdown]
# ## 6 · How wrong, in one number
#
# A count of right answers does not say *how* wrong the others are. Where the target is 1, a $p$ of 0.49 and a $p$ of
# 0.01 both count as wrong, but the first is nearly right. So we measure the distance from $p$ to the target, square it,
# and add up the squares:
#
# $$ E = \sum_i (y_i - p_i)^2 \tag{1.4} $$
#
# **Exercise `squared_error`** ({{points:squared_error}}). Take the sum over all examples.


# %% exercise="squared_error"
def squared_error(y, p):
    """Add up the squared errors of all examples.

    Parameters
    ----------
    y : array of shape (N,)
        Targets, 0 or 1.
    p : array of shape (N,)
        What the neuron says, before any rounding.

    Returns
    -------
    float

    Example: squared_error(np.array([1.0, 0.0]), np.array([0.9, 0.5])) is 0.26.
    """
    ### BEGIN SOLUTION
    return np.sum((y - p) ** 2)  # (1.4) E = Σ (y − p)²
    ### END SOLUTION


# %%
check("squared_error")

# %% [markdown] buys="squared_error"
# From now on "better" is a number: learning, from lab 02 on, is making it smaller.

# %% [markdown]
# Somebody who knows nothing about OR says $p = 0.5$ each time. Who has the smaller squared error?


# %% hide="code"
def neuron_or_shrug():
    """Add up the squared errors of the neuron, and of a constant one half."""
    p = activations.sigmoid(perceptron.weighted_sum(X, w, b))
    of_neuron, of_half = np.sum((y - p) ** 2), np.sum((y - 0.5) ** 2)
    rows = [["our neuron", f"{of_neuron:.3f}"], ["p = 0.5, always", f"{of_half:.3f}"]]
    display(Table("squared error on OR", ["who speaks", "E"], rows))
    return "The neuron" if of_neuron < of_half else "The constant one half"


lab.predict("shrug", neuron_or_shrug)

# %% [markdown] why="shrug"
# The neuron is worse than a constant 0.5, which knows nothing. It is not very sure where it is right. At $(0, 1)$ it
# says 0.18 and should say 1, and this example alone costs about half of the sum. It is time to turn the knobs.

# %% [markdown]
# ## 7 · Three knobs and a line
#
# Where $h = 0$ the neuron is undecided. With two inputs these points form a straight line: on one side of it
# $\hat y = 1$, on the other $\hat y = 0$. The weights turn the line and the bias shifts it. Move one slider at a time
# and watch the line, the table and the error together.

# %%
PerceptronExplorer()

# %% [markdown]
# **Exercises `or_weights`** ({{points:or_weights}}) **and `and_weights`** ({{points:and_weights}}). Find weights and a
# bias that get all four examples right: one set for OR, and one for AND (1 only where both inputs are 1). Many sets are
# right, and any of them counts.


# %% exercise="or_weights"
def or_weights():
    """Choose weights and a bias that get OR right.

    Returns
    -------
    w : two numbers
    b : a number

    Example of the form, not of the answer: return (1.0, -1.0), -0.5
    """
    ### BEGIN SOLUTION
    return (2.0, 2.0), -1.0  # one input is enough to get past −1
    ### END SOLUTION


# %%
check("or_weights")

# %% [markdown] buys="or_weights"
# Your three numbers are the whole program. You did not need an `if`.


# %% exercise="and_weights"
def and_weights():
    """Choose weights and a bias that get AND right.

    Returns
    -------
    w : two numbers
    b : a number
    """
    ### BEGIN SOLUTION
    return (2.0, 2.0), -3.0  # it takes both inputs to get past −3
    ### END SOLUTION


# %%
check("and_weights")

# %% [markdown] buys="and_weights"
# The bias alone can turn OR into AND: it decides whether one input is enough or both are needed.

# %% [markdown]
# Now take the neuron of section 1 and multiply all three numbers by ten.


# %% hide="code"
def ten_times():
    """Compare the neuron with one ten times as large, on a thousand random inputs."""
    points = np.random.default_rng(1).uniform(-2, 2, size=(1000, 2))
    h = perceptron.weighted_sum(points, w, b)
    h10 = perceptron.weighted_sum(points, 10 * w, 10 * b)
    p, p10 = activations.sigmoid(h), activations.sigmoid(h10)
    rows = [[f"({points[i, 0]:.2f}, {points[i, 1]:.2f})", f"{p[i]:.4f}", f"{p10[i]:.4f}"] for i in range(5)]
    display(Table("five of the thousand", ["x", "p", "p, ten times"], rows))
    moved = np.any((p >= 0.5) != (p10 >= 0.5))
    return "The line moves" if moved else "The line stays, p gets surer"


lab.predict("ten_times", ten_times)

# %% [markdown] why="ten_times"
# $h$ is ten times as large everywhere, so it is zero where it was zero: same line, same labels. But $p$ moves to 0 and
# 1 much faster. The labels cannot tell the two neurons apart. The squared error can.

# %% [markdown]
# ### What the weights point at
#
# Along the line $h$ stays 0, so a step along it does not change $w \cdot x$. So the line is *perpendicular* to the
# weights. Drawn as an arrow, $w$ points straight away from the line, to the side where the neuron says 1. The distance
# of a point from the line is $|h|$ divided by the length of $w$. The bias sets how far the line is from the origin:
# $|b| / \lVert w \rVert$.

# %%
draw_normal(w, b, X, y)

# %% [markdown]
# ### Open experiment (no points)
#
# Go back to the explorer and to OR. How small can you make the squared error with the sliders, and what do your three
# numbers look like then? If the sliders had no ends, could the error become exactly 0? Do the same for AND: which of
# the two errors gets smaller? Is that a fact about AND, or about the sliders?
#
# ## 8 · One or the other
#
# One more task is XOR: *one or the other, but not both*. You again have four examples and three knobs. Try for about
# five minutes.

# %%
PerceptronExplorer("XOR")

# %% [markdown]
# **Exercise `xor_is_separable`** (no points). Is there a line that gets all four right? `True` or `False`.

# %% exercise="xor_is_separable"
# Is there one set of weights and bias that gets all four examples of XOR right?
### BEGIN SOLUTION
xor_is_separable = False
### END SOLUTION

# %%
check("xor_is_separable")

# %% [markdown] buys="xor_is_separable"
# If you try and give up, you know that *you* found none. To know that there is none, you need an argument. You will
# give it in section 10.

# %% [markdown]
# ## 9 · The other perceptron
#
# This section is about names. What you built is a **logistic unit**: a weighted sum and a sigmoid. The first
# *perceptron* (Rosenblatt 1958) had a hard step in place of the sigmoid,
#
# $$ \hat y = 1 \text{ where } h \ge 0, \text{ else } 0 \tag{1.5} $$
#
# and it learned by itself. Show it one example after another. Where it is right, change nothing. Where it is wrong, add
# or subtract the input, times a step length $\eta$, the *learning rate*:
#
# $$ w \leftarrow w + \eta\,(y - \hat y)\,x, \qquad b \leftarrow b + \eta\,(y - \hat y) \tag{1.6} $$
#
# Let it learn OR, starting with zeros and with $\eta = 1$:

# %%
if ready("or_weights"):
    w_or, b_or, mistakes = perceptron.train_perceptron(X, y, np.zeros(2), 0.0)
    display(plot_line(w_or, b_or, X, y))
    passes = [str(i + 1) for i in range(len(mistakes))]
    display(Table("Rosenblatt's rule on OR", ["pass", *passes], [["mistakes", *map(str, mistakes)]]))

# %% [markdown]
# After a pass without a mistake the rule has nothing left to do. It does not improve its line any further. This line
# runs through two of the examples, and they are right only because a tie counts as 1. A theorem (Novikoff 1962) says
# that the rule reaches such a pass whenever *some* line separates the examples. Now give it XOR:


# %% hide="code"
def rosenblatt_on_xor():
    """Give the rule a hundred passes through XOR."""
    xor = np.array([0.0, 1.0, 1.0, 0.0])
    mistakes = perceptron.train_perceptron(X, xor, np.zeros(2), 0.0, epochs=100)[2]
    passes = [1, 2, 3, 4, 5, 50, 100] if len(mistakes) == 100 else [len(mistakes)]
    rows = [["mistakes", *(str(mistakes[i - 1]) for i in passes)]]
    display(Table("Rosenblatt's rule on XOR", ["pass", *map(str, passes)], rows))
    ends = {0: "It finds a line in the end", 1: "It stops at the best line there is"}
    return ends.get(mistakes[-1], "It goes on making mistakes for ever")


lab.predict("xor_rule", rosenblatt_on_xor)

# %% [markdown] why="xor_rule"
# A correction for one example breaks another. No line separates them, so no weights satisfy all four, and the
# corrections never end. The rule walks in a circle.

# %% [markdown]
# ## 10 · In your own words
#
# *Rubric (4 points): what the four examples demand, in inequalities or in a picture (2); why that cannot be (1);
# for which weights and which sliders your argument holds (1).*
#
# A friend says: "XOR only needs finer sliders." Convince your friend that no weights and no bias can do it. A picture
# in words is welcome, but an argument is better. To start, write down one inequality for each of the four examples:
# what does it demand of $w_1$, $w_2$ and $b$? Then add up the two inequalities for the targets 0, and the two for the
# targets 1. (Graded by hand.)

# %% [markdown] written="no_line"
# ### BEGIN SOLUTION
# The targets 0 demand $b < 0$, from $(0, 0)$, and $w_1 + w_2 + b < 0$, from $(1, 1)$. The targets 1 demand
# $w_2 + b \ge 0$ and $w_1 + b \ge 0$. Add the first two: $w_1 + w_2 + 2b < 0$. Add the other two:
# $w_1 + w_2 + 2b \ge 0$. The same number cannot be both, so no such weights exist, however fine the sliders. In a
# picture: opposite corners of the square have the same target. Its two diagonals cross in the middle,
# and that point would have to be on both sides of the line at once.
#
# *What earns the points: the four inequalities, or that each class's segment lies on one side of the line (2); the contradiction, or
# the crossing point (1); it holds for all weights, so neither finer sliders nor longer training helps (1).*
# ### END SOLUTION

# %% [markdown]
# ## 11 · What do you remember?
#
# Three questions on lab 00. Answer them from memory.

# %%
lab.recall()

# %% [markdown]
# ## What you learned
#
# - A neuron weighs its inputs, adds a bias and squashes the sum: $x \to h \to p$. It decides at one half. A tie counts
#   as 1.
# - $h > 0$, $p > \tfrac12$ and $\hat y = 1$ go together. With this you can check any such table at a glance.
# - A neuron decides by a straight line. OR and AND have such a line, XOR has none.
# - The label does not show how sure the neuron was. The squared error does.
#
# Next: you can turn three knobs by hand, but not a million. In lab 02 the neuron learns to turn its own.

# %%
lab.progress()

# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
# ---

# %% [markdown]
# # Lab 00 · Start here
#
# This workbook answers you. You guess before you look, and you write a line or two of code. The workbook then tells you
# whether it is right. If it is not, it can often say which mistake it looks like. Today you learn to work with it. You
# also learn to read the shape of an array, where so much goes wrong in neural networks.
#
# **You will be able to** read what a check says and use its hints; say what a sum along an axis, a matrix product and
# broadcasting do to a shape; and catch a broadcasting slip that gives no warning.
#
# **You need** a little Python: functions, lists, `import`. No neurons yet.
#
# | minutes | exercises | points | goes with |
# |---|---|---|---|
# | about {{minutes}} (an estimate, not yet tried with students) | {{exercises}} | {{points}} | nothing: it comes before the first lecture |
#
# Text and code stand in *cells*. Click on a cell, then press **Shift + Enter**: the cell runs, and the next one is
# selected.

# %% tags=["setup"]
import numpy as np

people, days = ["Ada", "Ben", "Cleo"], ["Mon", "Tue", "Wed", "Thu"]
cups = np.array([[2.0, 3.0, 1.0, 4.0], [0.0, 1.0, 0.0, 2.0], [5.0, 4.0, 6.0, 3.0]])

# %% tags=["lab"]
import os
from pathlib import Path

from course import Table, open_lab
from course.widgets import ShapeCalculator

lab = open_lab("00", globals())
check, hint, ready = lab.check, lab.hint, lab.ready
lab

# %% [markdown]
# That box counts your points. Every lab also says what data it runs on. This one runs on twelve invented numbers:

# %%
rows = [[who, *(f"{n:.0f}" for n in row)] for who, row in zip(people, cups, strict=True)]
Table("cups of coffee", ["person", *days], rows)

# %% [markdown]
# Each row is a person and each column a day. So `cups.shape` is `(3, 4)`: *axis 0* has size 3, *axis 1* has size 4. We
# count from 0.
#
# ## 1 · What you already know
#
# Here are six small questions on slopes, matrices and NumPy. They cover all that this course takes for granted. They
# carry no points, and only you see your answers. If you hesitate over one, the list below says where to read about it.

# %%
lab.recall()

# %% [markdown]
# - *Slopes* (questions 1 and 2): any calculus book under "derivative" and "chain rule". The chain rule is the one piece
#   of calculus that you will need again and again, from lab 02 on.
# - *Matrices* (3 and 4): chapter 2 of Goodfellow, Bengio and Courville, *Deep Learning*
#   ([free to read](https://www.deeplearningbook.org/contents/linear_algebra.html)), its first five pages.
# - *NumPy* (5 and 6): [the absolute basics for beginners](https://numpy.org/doc/stable/user/absolute_beginners.html) in its
#   own documentation, down to "Indexing and slicing".
#
# ## 2 · Guess first
#
# Here is a question to guess. Choose an answer and press the button. The computer works it out only after that. A guess
# costs nothing and earns nothing, but an answer that surprises you is easier to remember. If you would rather not
# guess, the other button shows the same result.


# %% hide="code"
def sum_along_axis_0():
    """Add up the cups along axis 0, show the sums, and give their shape."""
    sums = cups.sum(axis=0)
    display(Table("cups.sum(axis=0)", ["", *days], [["sum", *(f"{n:.0f}" for n in sums)]]))
    return str(sums.shape)


lab.predict("axis", sum_along_axis_0)

# %% [markdown] why="axis"
# `axis` names the axis that *disappears*. Axis 0 has size 3, so only the 4 of (3, 4) stays: one sum for each day. It is
# easy to think the other way round, so look at the shape of the result.

# %% [markdown]
# ## 3 · A check that answers
#
# Now the other sums. Do these four things, in this order:
#
# 1. Run the check *below* the exercise before you have written anything. It says ○: not attempted, nothing lost.
# 2. Give a wrong answer **on purpose**: replace the line `raise NotImplementedError` with `return X.sum()`. Run the
#    cell, then the check.
# 3. Read the message. *tried* is what your function was given, *got* is what it returned, *expected* is what was
#    wanted. The last lines say which mistake the check sees in your answer.
# 4. Correct it.
#
# **Exercise `row_sums`** ({{points:row_sums}}). One sum for each row.


# %% exercise="row_sums"
def row_sums(X):
    """Add up each row.

    Parameters
    ----------
    X : array of shape (N, n)
        One example per row.

    Returns
    -------
    array of shape (N,)
        One sum for each row.

    Example: row_sums(np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])) is [6, 15].
    """
    ### BEGIN SOLUTION
    return X.sum(axis=1)
    ### END SOLUTION


# %%
check("row_sums")

# %% [markdown] buys="row_sums"
# You can now add up along an axis: losses, gradients of biases and class scores are all made that way.

# %% [markdown]
# Stuck, or only curious? Every exercise has three hints: a nudge, the idea, and nearly the whole line. Each run of the
# next cell gives one more. Hints cost no points.

# %%
hint("row_sums")

# %% [markdown]
# The five things that a check can say:
#
# | sign | says | means |
# |---|---|---|
# | ✔ | right | all points; there may be many right ways, and yours is one |
# | ◐ | partly right | some of the points; the message is about the part that is missing |
# | ✘ | not yet | there is a result, but it is wrong |
# | ⚠ | an error | Python stopped; you see your own line and what Python said about it |
# | ○ | not attempted | the exercise is as you found it |
#
# A check looks at what you last **ran**, not at what is on the screen. If an answer looks right and the check
# disagrees, run the answer's cell again. If nothing makes sense any more: *Kernel → Restart Kernel and Run All Cells*.
# This forgets every name, then runs all cells from top to bottom.
#
# **To reset an answer**, put `raise NotImplementedError` back and run the cell: the check says ○ again. Nothing you
# write can break a check or lose you a point for good. Only the last run counts.
#
# Cells that use an answer of yours wait for it. This one waits for `row_sums`:

# %%
if ready("row_sums"):
    rows = [[who, f"{total:.0f}"] for who, total in zip(people, row_sums(cups), strict=True)]
    display(Table("cups in four days", ["person", "cups"], rows))

# %% [markdown]
# Three dots in a grey box hide code that you need not read. There is such a box above the question of section 2. Click
# on the dots if you want to read the code.
#
# ## 4 · Shapes tell you what fits
#
# A network is a chain of matrix products, so you will read thousands of shapes. They are worth reading, because many
# slips show up in a shape. We begin with the product.


# %% hide="code"
def shape_of(compute):
    """Compute something and give the shape of the result, or say that NumPy refuses, and in which words."""
    try:
        return str(compute().shape)
    except ValueError as error:
        print(error)
        return "NumPy refuses"


A, B = np.ones((5, 3)), np.ones((3, 2))
lab.predict("product", lambda: shape_of(lambda: A @ B))

# %% [markdown] why="product"
# In (5, 3) @ (3, 2) the two sizes in the middle meet and disappear, so they must be equal. The two outer sizes stay.

# %% [markdown]
# `.T` is the transpose: rows become columns.


# %% hide="code"
def turned_over():
    """Try both products, and say which of them NumPy computes."""
    tried = {"A @ B.T": lambda: A @ B.T, "A.T @ B": lambda: A.T @ B}
    legal = [name for name, compute in tried.items() if shape_of(compute) != "NumPy refuses"]
    return {0: "Neither", 1: f"Only {''.join(legal)}", 2: "Both"}[len(legal)]


lab.predict("turned", turned_over)

# %% [markdown] why="turned"
# `B.T` has shape (2, 3), so `A @ B.T` would need 3 = 2. `A.T` has shape (3, 5), so `A.T @ B` would need 5 = 3. In the message,
# NumPy calls the axes that should have met "core dimension 0".

# %% [markdown]
# ### Play with shapes
#
# This is a *widget*, a part of the page that you can play with. Type shapes, choose an expression, and read why it fits
# or does not.

# %%
if lab.answered("product", "turned"):
    display(ShapeCalculator())

# %% [markdown]
# Three things to try, each with a guess before you look:
#
# - Make A (60000, 784) and B (784, 10). That is one layer of a real network on 60000 pictures: what comes out?
# - Make B one column, (4, 1), then a plain vector, (4,). What is the difference in `A @ B`?
# - Compare the last two lines of the table. What does `keepdims=True` keep?
#
# ## 5 · Broadcasting: different shapes, one sum
#
# `A + B` adds entry by entry. So what happens if the shapes differ? Not every cup was drunk: on each of the four days
# Ada let one go cold, Ben none, Cleo two.

# %% hide="code"
cold = np.array([1.0, 0.0, 2.0])
lab.predict("cold", lambda: shape_of(lambda: cups - cold))

# %% [markdown] why="cold"
# From the right, 4 meets 3, and neither is 1. So NumPy refuses, although you can see which axis is meant. It does not
# know what a person is. `cold[:, None]` has shape (3, 1), and that fits.

# %% [markdown]
# ### The rule
#
# It has two sentences. **Write the shapes under each other, right ends aligned. Two sizes fit if they are equal, or if
# one of them is 1 or missing; that one is stretched.**

# %%
rows = [
    ["(3, 4) − (4,)", "3 and none", "4 and 4", "(3, 4): the same for every person"],
    ["(3, 4) − (3, 1)", "3 and 3", "4 and 1", "(3, 4): the same for every day"],
]
Table("right ends aligned", ["", "second last", "last", "result"], rows)

# %% [markdown]
# `cold[:, None]` makes (3, 1) out of (3,): the same numbers, as one column.
#
# In a layer of a network, each *column* belongs to one unit (a neuron: lab 01 shows one). Each unit has its own number that is added for every
# example: its bias.
#
# **Exercise `add_bias`** ({{points:add_bias}}). Add the bias `b` to every row of `Z`. Do not change `Z` itself: the
# caller may still need it.


# %% exercise="add_bias"
def add_bias(Z, b):
    """Add a bias to each column, the same for every row.

    Parameters
    ----------
    Z : array of shape (N, n)
        One example per row, one unit per column. Not to be changed in place.
    b : array of shape (n,)
        One bias for each unit.

    Returns
    -------
    array of shape (N, n)

    Example: add_bias(np.array([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]), np.array([10.0, 20.0]))
    is [[11, 22], [13, 24], [15, 26]].
    """
    ### BEGIN SOLUTION
    return Z + b
    ### END SOLUTION


# %%
check("add_bias")

# %% [markdown] buys="add_bias"
# You have written half a layer of a network, with no loop and no copy of b for each row. That is what broadcasting is for.

# %% [markdown]
# ## 6 · How far off?
#
# A network learns from one number, which says how far off it is. A common choice is the mean of the squared
# differences,
#
# $$ \frac{1}{N} \sum_{i=1}^{N} (a_i - b_i)^2 \tag{0.1} $$
#
# **Exercise `mean_squared`** ({{points:mean_squared}}). One number, over *all* entries, for vectors and for matrices.


# %% exercise="mean_squared"
def mean_squared(a, b):
    """Take the mean of the squared differences.

    Parameters
    ----------
    a, b : arrays of the same shape
        Vectors, or matrices, or any other.

    Returns
    -------
    float
        The mean over all entries.

    Example: mean_squared(np.array([1.0, 2.0]), np.array([1.0, 5.0])) is 4.5.
    """
    ### BEGIN SOLUTION
    return np.mean((a - b) ** 2)  # (0.1)
    ### END SOLUTION


# %%
check("mean_squared")

# %% [markdown] buys="mean_squared"
# The first number in this course that a network can make smaller.

# %% [markdown]
# A network often returns a matrix with *one column*, while the true values are a plain vector. Here are four numbers of
# each:

# %% hide="code"
true = np.array([1.0, 2.0, 3.0, 4.0])
said = true.reshape(4, 1)  # the very same numbers, in one column


def said_minus_true():
    """Subtract, show every difference, and give the shape."""
    differences = said - true
    rows = [[f"{s:.0f}", *(f"{d:.0f}" for d in row)] for s, row in zip(said[:, 0], differences, strict=True)]
    display(Table("said − true", ["said ↓  true →", *(f"{t:.0f}" for t in true)], rows))
    return str(differences.shape)


lab.predict("column", said_minus_true)

# %% [markdown] why="column"
# From the right: 1 meets 4 and is stretched; then 4 meets nothing, which counts as 1. Sixteen differences come out
# where four were meant, and only those on the diagonal are right. There is no error, no warning, and even their mean
# looks like any other number. So this slip can stay hidden for a long time.

# %% [markdown]
# ### Debug me
#
# Here is the same slip in a small program. The guesses *are* the truth, so the largest error must be 0. Fix *one* line
# of the function. (No points. Print the shapes first; that is always a good start.)


# %%
def largest_error(said, true):
    differences = np.abs(said - true)
    return differences.max()


off = largest_error(said, true)
print("fixed: no error left" if off == 0 else f"the same numbers, and yet the largest error is {off:.1f}")

# %% [markdown]
# A good repair changes a *shape*. (A function that always returns 0 would satisfy the last line, and measure nothing.)
#
# ### Open experiment (no points)
#
# Go back to the shape calculator and find shapes with which **no** expression is refused. There are many, and they
# have something in common. Now imagine that you test your code with such shapes. What would you never find out?
#
# ## 7 · What is stored, and where
#
# Your answers are in this notebook, and nowhere else; save it with **Ctrl + S** (⌘ S). Your predictions and the last
# result of each check are in one small text file beside it, in the folder `progress` (or where `COURSE_PROGRESS`
# says). Nothing leaves your machine. Here is all of it:

# %%
stored = Path(os.environ.get("COURSE_PROGRESS", "progress")) / "lab00.json"
print(stored.read_text(encoding="utf-8") if stored.exists() else "nothing is stored yet")

# %% [markdown]
# To start again from nothing, delete that file and take a fresh copy of the notebook. Every question is then asked
# again.
#
# What you hand in is the notebook. It is graded with numbers other than those you see here, so a function that has
# learned the examples by heart will not get far. (Neural networks have the same problem. It is the subject of lab 11.)
# An answer may use NumPy, what comes with Python, and what the first code cell of its lab imports. Other functions of
# the workbook are not available when it is graded.
#
# ## 8 · In your own words
#
# *Rubric (4 points): why the shapes gave nothing away (1); why the numbers gave nothing away (1); a test that would
# have noticed, and what it compares (1); clear to a friend (1).*
#
# A friend wrote a function that adds a bias along the wrong axis, and it passed every test. "I tried it on a 3 × 3
# and on a 5 × 5 matrix", says your friend, "with a bias of zeros, and the shapes were always right." Write three or
# four sentences: why did the tests not notice, and which test would have? (Graded by hand.)

# %% [markdown] written="square"
# ### BEGIN SOLUTION
# On a square matrix both axes have the same size, so b fits along either of them, and the result has the same shape. A
# test that looks only at shapes cannot tell. Zeros cannot tell either, because adding zero along the wrong axis is as
# harmless as along the right one. A test with, say, Z of shape (2, 3) and b = (10, 20, 30) would have noticed: NumPy
# refuses the wrong axis there, and a loop that gets past this gives numbers that differ from those worked out by hand.
#
# *What earns the points: on a square matrix the wrong axis gives the same shape (1); zeros, or equal biases, hide the
# numbers (1); a test with N ≠ n and different numbers, compared value by value (1); clear to a friend (1).*
# ### END SOLUTION

# %% [markdown]
# ## What you learned
#
# - Guess, run, compare. Then read what the check says, to the end.
# - `axis` names the axis that disappears.
# - In `A @ B` the inner sizes meet and disappear. In `A + B` the shapes are aligned from the right, and two sizes fit
#   if they are equal, or if one is 1 or missing.
# - (N, 1) with (N,) makes (N, N), silently. When a number looks odd, print the shapes.
#
# Next: answer the ten questions of [concepts.ipynb](concepts.ipynb) once; lab 13 asks them again. Then lab 01: a neuron, by
# hand.

# %%
lab.progress()

# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
# ---

# %% [markdown]
# # Lab 05 · Hidden layers
#
# One neuron draws one line, and lab 01 ended with four points that no line can separate. Today you put a few neurons in
# between. The network then separates the four points, and much else.
#
# **You will be able to** follow a hidden layer by hand, and compute it in matrices; say what the hidden layer does to
# the *points*, and what feature learning is; explain why it needs a bend, that is, a non-linear function such as tanh;
# count parameters; and explain why a network's loss has so many equal minima.
#
# **You need** lab 01 (one neuron, one line, XOR), lab 03 (the seven ingredients), and NumPy's `@` and indexing with a list.
#
# | minutes | exercises | points | goes with |
# |---|---|---|---|
# | about {{minutes}} (an estimate, not yet tried with students) | {{exercises}} | {{points}} | PyCon17, middle part; MT16, lecture 11; BMI707; *Nets*; Found16 |

# %% tags=["setup"]
import os

import numpy as np

from course import sigmoid

quick = os.environ.get("COURSE_QUICK") == "1"  # only in tests: shorter runs, small data
XOR_X, XOR_y = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]), np.array([0, 1, 1, 0])

# %% tags=["lab"]
from course import MSE, SGD, Linear, Network, SigmoidCrossEntropy, Tanh
from course import Table, draw_network, open_lab, plot_curves, plot_regions, train
from course.data import toy
from course.widgets import HiddenSpace, Playground

lab = open_lab("05", globals())
check, hint, ready = lab.check, lab.hint, lab.ready
print("data: XOR, a ring and a wave, all made here")
lab

# %% [markdown]
# ## 1 · One line is not enough
#
# XOR is 1 where exactly one of two inputs is 1. No line has (0, 1) and (1, 0) on one side and the other two corners on
# the other. But gradient descent does not know that. Train a single neuron on the four corners, with cross-entropy,
# until nothing changes any more. What does it say in the end?


# %% hide="code"
def neuron_on_xor():
    """Train one neuron on the four corners of XOR."""
    inputs, targets, rng = XOR_X, XOR_y, np.random.default_rng(0)  # 1 inputs
    net = Network([Linear(2, 1)], rng=rng, dtype=np.float64)  # 2 parameters, 3 operations
    cost, optimizer, rows = SigmoidCrossEntropy(), SGD(0.5), []  # 4 cost, 5 optimizer
    for epoch in train(net, inputs, targets, cost, optimizer, epochs=2000, rng=rng, batch_size=4):  # 6 train
        if epoch.number in (1, 10, 100, 2000):
            rows.append([str(epoch.number), *(f"{p:.3f}" for p in sigmoid(net.predict(XOR_X)[:, 0]))])
    display(Table("p at the corners", ["step", "(0, 0)", "(0, 1)", "(1, 0)", "(1, 1)"], rows))
    p = sigmoid(net.predict(XOR_X)[:, 0])  # 7 test: there are no other corners
    right = int(np.sum((p >= 0.5) == XOR_y))
    return "p = 0.5 for all four" if np.allclose(p, 0.5, atol=1e-3) else f"{right} of 4 right, and sure of it"


lab.predict("neuron_on_xor", neuron_on_xor)

# %% [markdown] why="neuron_on_xor"
# The cross-entropy of one neuron has a single valley, and its floor is at $w = 0$, $b = 0$. Whatever line the neuron
# draws, the corners on the wrong side cost more than the others gain. The best that one line can do is to say $p = 0.5$
# everywhere.

# %% [markdown]
# ## 2 · A layer in between
#
# So let several neurons look at the inputs, each with its own line, and let one more neuron look at *their outputs*.
# The neurons in between are a **hidden layer**: no target says what they should output. A layer is called **dense** if
# each of its units sees all inputs. The computation from inputs to output is the **forward pass**. Here is a 2–3–1
# network, with two inputs, three hidden units and one output, and the name of every weight.

# %%
params = {
    "W1": np.array([[1.0, -1.0, 2.0], [1.0, 1.0, -1.0]]),
    "b1": np.array([0.0, 1.0, -1.0]),
    "W2": np.array([[1.0], [2.0], [-1.0]]),
    "b2": np.array([0.5]),
}
draw_network(params)

# %% [markdown]
# Here is one example by hand, $x = (1, 0)$. Each hidden unit is lab 01's neuron, with tanh in place of the sigmoid.

# %%
rows, z_out = [], params["b2"][0]
for j, (w1, w2, b, v) in enumerate(zip(*params["W1"], params["b1"], params["W2"][:, 0], strict=True)):
    z = w1 * 1 + w2 * 0 + b  # unit j, for x = (1, 0)
    z_out += v * np.tanh(z)
    numbers = [f"{number:g}" for number in (w1, w2, b, z)]
    rows.append([str(j), *numbers, f"{np.tanh(z):.3f}", f"{v:g}", f"{v * np.tanh(z):.3f}"])
display(Table("x = (1, 0)", ["unit", "w1", "w2", "b", "z", "a = tanh z", "weight out", "product"], rows))
print(f"output: z = 0.5 + the products = {z_out:.3f}, p = {sigmoid(z_out):.3f}")

# %% [markdown]
# The example lies exactly on the line of unit 1, so this unit says 0. The other two both say 0.762, and their weights 1
# and −1 cancel. So only the bias is left for the output. Now compute all examples at once. The weights of unit $j$ are
# *column* $j$ of $W_1$:
#
# $$ Z_1 = X W_1 + b_1 \tag{5.1} $$
# $$ A_1 = \tanh Z_1 \tag{5.2} $$
# $$ p = \sigma(A_1 W_2 + b_2) \tag{5.3} $$
#
# (The lectures use other letters. In *Nets* the hidden $h_j$ is our $a_j$, and its matrix is indexed by (unit, input)
# while its sums use (input, unit). Found16 writes $a$ for our $z$ and $h$ for our $a$. MT16 writes examples as columns,
# $Wx$, where we use rows.)
#
# **Exercise `mlp_forward`** ({{points:mlp_forward}}). Compute (5.1) to (5.3). Lab 06 goes back through this network, so
# also return what you computed on the way. The cache may hold what you like, in any form. You may use `sigmoid`.


# %% exercise="mlp_forward"
def mlp_forward(X, params):
    """Compute a network with one hidden layer of tanh units and one sigmoid output.

    Parameters
    ----------
    X : array of shape (N, n)
        Examples, one per row.
    params : dict
        "W1" (n, h), "b1" (h,), "W2" (h, 1), "b2" (1,).

    Returns
    -------
    p : array of shape (N,)
        One probability for each example.
    cache
        What you like; it is not looked at.

    Example: for X = np.array([[1.0, 0.0]]) and the `params` above, p is [0.622].
    """
    ### BEGIN SOLUTION
    A1 = np.tanh(X @ params["W1"] + params["b1"])  # (5.1), (5.2)
    p = sigmoid(A1 @ params["W2"] + params["b2"])[:, 0]  # (5.3)
    return p, (A1, p)
    ### END SOLUTION


# %%
check("mlp_forward")

# %% [markdown] buys="mlp_forward"
# This function runs any network with one hidden layer of tanh units. The playground below will call it.

# %% [markdown]
# ## 3 · Another map of the same points
#
# Each hidden unit gives an example one number. With two units that makes a new pair of coordinates: $(x_1, x_2)$
# becomes $(a_1, a_2)$. The output neuron sees only these coordinates, and it is still the neuron of lab 01: it draws
# *one line*, on the new map. So the hidden layer has one job: to move the points until one line can separate them.
#
# Turn the knobs. On the left are the inputs with the lines of the two units. On the right are the same points where the
# hidden layer puts them. Can you get all four corners right by hand? After that, press *Learn* and watch the points
# move. Can two units also separate the ring?

# %%
HiddenSpace()

# %% [markdown]
# The new coordinates are what the network has found useful to know about an example: its **features**. In earlier times
# people chose features: for digits, the number of strokes, or whether there is a loop. *Nets* says: “MLPs learn a set
# of nonlinear features directly from data - "feature engineering" is the hallmark of deep learning approaches”. One
# word in that sentence says the opposite of what it means.


# %% hide="code"
def hallmark():
    """Set what people did beside what a hidden layer does."""
    rows = [["the features are", "chosen by people", "found by training"], ["it is called", "engineering", "learning"]]
    display(Table("two ways to features", ["", "before", "hidden layers"], rows))
    return "engineering"


lab.predict("hallmark", hallmark)

# %% [markdown] why="hallmark"
# *Engineering* is choosing features by hand. The first half of the sentence describes feature **learning**, and that is
# the hallmark. BMI707, from the same school, has it right.

# %% [markdown]
# ### XOR by hand
#
# For XOR, think of each unit as answering one question about the inputs, for example: *is at least one of them 1?* or
# *are both 1?* Then let the output neuron combine the answers.
#
# **Exercise `xor_weights`** ({{points:xor_weights}}). Choose the weights by hand, with two, three or four hidden units.
# It is right if $p \geq 0.5$ where XOR is 1, and $p < 0.5$ where it is 0. (Large weights bring a tanh unit close to −1
# or 1. Its "no" is −1, not 0.)


# %% exercise="xor_weights"
def xor_weights():
    """Choose the weights of a network that computes XOR: tanh hidden units, a sigmoid output.

    Returns
    -------
    dict
        "W1" (2, h), "b1" (h,), "W2" (h, 1), "b2" (1,), with h from 2 to 4.

    Example of the form, for h = 3: the `params` of section 2. (They do not compute XOR.)
    """
    ### BEGIN SOLUTION
    W1, b1 = np.array([[20.0, 20.0], [20.0, 20.0]]), np.array([-10.0, -30.0])  # at least one? both?
    W2, b2 = np.array([[10.0], [-10.0]]), np.array([-10.0])  # at least one, and not both
    return {"W1": W1, "b1": b1, "W2": W2, "b2": b2}
    ### END SOLUTION


# %%
check("xor_weights")

# %% [markdown] buys="xor_weights"
# Your few units and one output do what no single neuron can do.

# %%
if ready("mlp_forward", "xor_weights"):
    p, _ = mlp_forward(XOR_X, xor_weights())
    rows = [[f"({x[0]:.0f}, {x[1]:.0f})", str(t), f"{q:.2f}"] for x, t, q in zip(XOR_X, XOR_y, p, strict=True)]
    display(Table("XOR, by your hand", ["x", "y", "p"], rows))

# %% [markdown]
# A famous book of 1969 (Minsky & Papert, *Perceptrons*) showed that one neuron cannot do this. It was also known that a
# network with a hidden layer can. But hardly anybody knew how to *learn* its weights. That is lab 06.
#
# ### Debug me
#
# A colleague's network has learned XOR: look at its probabilities. But the accuracy is 0.5, "no better than a coin".
# The network is not to blame. Print the shapes, then fix *one* line. (No points.)

# %%
learned = Network([Linear(2, 4), Tanh(), Linear(4, 1)], rng=np.random.default_rng(0), dtype=np.float64)
cost, optimizer, rng = SigmoidCrossEntropy(), SGD(0.5), np.random.default_rng(1)
list(train(learned, XOR_X, XOR_y, cost, optimizer, epochs=1000, rng=rng, batch_size=4))
p_learned = sigmoid(learned.predict(XOR_X))
print("p:", ", ".join(f"{q:.2f}" for q in p_learned.ravel()))

right = (p_learned >= 0.5) == XOR_y
print(f"accuracy {right.mean():.2f}", "(fixed)" if right.all() else "")

# %% [markdown]
# This is why your `mlp_forward` returns (N,) and not (N, 1).
#
# ## 4 · Count the parameters
#
# How many numbers does such a network have to learn? PyCon17's network for handwritten digits has 784 pixels as inputs,
# one hidden layer of 128 units, and ten outputs:


# %% hide="code"
def knobs():
    """Let the library build it, and ask."""
    net = Network([Linear(784, 128), Tanh(), Linear(128, 10)], rng=np.random.default_rng(0))
    print(net.summary())
    return f"About ten to the {round(np.log10(net.theta.size))}"


lab.predict("knobs", knobs)

# %% [markdown] why="knobs"
# There are $784 \cdot 128 + 128$ in the first layer and $128 \cdot 10 + 10$ in the second. The small picture costs a
# hundred thousand weights, the ten classes only a thousand.

# %% [markdown]
# ### Any sizes
#
# **Exercise `count_parameters`** ({{points:count_parameters}}). Count weights and biases, for any list of sizes with
# the inputs first.


# %% exercise="count_parameters"
def count_parameters(sizes):
    """Count the parameters of a dense network.

    Parameters
    ----------
    sizes : list of int
        Inputs, hidden layers, outputs: [2, 3, 1] is the network of section 2.

    Returns
    -------
    int

    Example: count_parameters([2, 3, 1]) is 13.
    """
    ### BEGIN SOLUTION
    return sum((sizes[k] + 1) * sizes[k + 1] for k in range(len(sizes) - 1))  # each unit: its weights and a bias
    ### END SOLUTION


# %%
check("count_parameters")

# %% [markdown] buys="count_parameters"
# Now you can say how large a network is before you build it. Most parameters are where two large layers meet.

# %%
if ready("count_parameters"):
    for sizes in ([784, 10], [784, 128, 10], [784, 128, 128, 10], [784, 512, 512, 10]):
        print(f"{'–'.join(map(str, sizes)):<18} {count_parameters(sizes):>8,}")

# %% [markdown]
# ## 5 · How many units?
#
# One class lies inside a ring of the other. One line does not help here either. Each hidden unit adds one line.
# Training has the same seven ingredients as before. Only the operations have grown.


# %%
def fit_net(inputs, targets, units, cost, seed=0, epochs=150, lr=0.5):  # 1 inputs, 4 cost
    """Train a network with one hidden layer of tanh units and one output; return it."""
    layers = [Linear(inputs.shape[1], units), Tanh(), Linear(units, 1)]  # 3 operations
    net = Network(layers, rng=np.random.default_rng(seed), dtype=np.float64)  # 2 parameters
    optimizer, rng = SGD(lr), np.random.default_rng(1)  # 5 optimizer
    list(train(net, inputs, targets, cost, optimizer, epochs=epochs, rng=rng, batch_size=20))  # 6 train
    return net  # 7 test: below, each time on fresh points


# %%
X_ring, y_ring = toy.circles(200, 0.08, np.random.default_rng(0))
X_fresh, y_fresh = toy.circles(400, 0.08, np.random.default_rng(5))
p_of = lambda net: lambda X: sigmoid(net.predict(X)[:, 0])


# %% hide="code"
def enclose():
    """Train with more and more hidden units, four starts each, and keep the best."""
    share, best = {}, {}
    for units in (1, 2, 3, 5):
        nets = [fit_net(X_ring, y_ring, units, SigmoidCrossEntropy(), seed) for seed in range(1 if quick else 4)]
        scores = [np.mean((p_of(net)(X_fresh) >= 0.5) == y_fresh) for net in nets]
        share[units], best[f"{units} units"] = max(scores), p_of(nets[int(np.argmax(scores))])
    display(Table("fresh points", ["hidden units", "share right"], [[str(u), f"{s:.2f}"] for u, s in share.items()]))
    display(plot_regions({name: best[name] for name in ("2 units", "3 units", "5 units")}, X_fresh, y_fresh))
    return min(units for units, s in share.items() if s > 0.95)


lab.predict("enclose", enclose)

# %% [markdown] why="enclose"
# Each unit gives one line. Two lines make a wedge or a strip, and both are open. Three close a triangle. (tanh rounds
# the corners.) More units *could* make a rounder boundary, but training need not find it if a triangle is enough.

# %% [markdown]
# ### The same hidden layer, another task
#
# The same kind of hidden layer can also predict a *number*. Compare the lines of the two networks below. The second has
# no sigmoid at the output, and its cost is the squared error. (Its steps are shorter because the learning rate belongs
# to the cost, as in lab 03.) The hidden layer works as before.

# %%
rng = np.random.default_rng(2)
wave_x = rng.uniform(-3, 3, (200, 1))
wave_y = np.sin(1.5 * wave_x[:, 0]) + rng.normal(0, 0.1, 200)
classifier = fit_net(X_ring, y_ring, 5, SigmoidCrossEntropy())  # p = σ(output)
regressor = fit_net(wave_x, wave_y, 8, MSE(), lr=0.2)  # ŷ = output
grid = np.linspace(-3, 3, 61)
wave = {"sin 1.5x": np.sin(1.5 * grid), "network, 8 units": regressor.predict(grid[:, None])[:, 0]}
plot_curves(grid, wave, "The same hidden layer, a number as output", "x")

# %% [markdown]
# The curve follows the sine: eight bends are enough for it.
#
# ### The playground
#
# The playground puts everything in one box: data, noise, units, steps, and every weight. It starts with *your*
# `mlp_forward`, if that passes, and the library's backward pass (yours comes in lab 06). Press Play. Then answer three
# questions. What is the smallest number of units with which it still learns XOR? What does the picture inside each
# hidden unit show? What happens to the circles with a linear activation? For the last question, and for more layers or
# the spirals, start `Playground(layers=(8, 8))` in a cell of your own, because your function has one hidden layer of
# tanh units. `Playground(X, y)` takes points of your own: X of shape (N, 2), and y of zeros and ones.
#
# The line at the bottom describes the whole experiment. Send it to a friend. Your friend can paste it and see what you
# see.

# %%
Playground(data="circles", forward=mlp_forward) if ready("mlp_forward") else Playground(data="circles", layers=(4,))

# %% [markdown]
# ## 6 · Why the bend?
#
# What happens if we leave out the tanh and stack two dense layers directly? Put (5.1) into the next layer:
#
# $$ (X W_1 + b_1) W_2 + b_2 = X \underbrace{(\;?\;)}_{W} + \underbrace{(\;?\;)}_{b} \tag{5.4} $$
#
# **Exercise `linear_collapse`** ({{points:linear_collapse}}). Find the one layer that does what the two do. Multiply
# out on paper first.


# %% exercise="linear_collapse"
def linear_collapse(W1, b1, W2, b2):
    """Find the single linear layer that equals two in a row.

    Parameters
    ----------
    W1 : array of shape (n, h)
    b1 : array of shape (h,)
    W2 : array of shape (h, k)
    b2 : array of shape (k,)

    Returns
    -------
    W : array of shape (n, k)
    b : array of shape (k,)

    Example: W1 = [[2.0]], b1 = [1.0], W2 = [[3.0]], b2 = [4.0] gives W = [[6.0]] and b = [7.0].
    """
    ### BEGIN SOLUTION
    return W1 @ W2, b1 @ W2 + b2  # (5.4)
    ### END SOLUTION


# %%
check("linear_collapse")

# %% [markdown] buys="linear_collapse"
# Hidden layers without a bend compute nothing new, whether there are two or twenty.

# %% [markdown]
# PyCon17 tries this on MNIST. A linear model gets 92.5 % right. With a hidden *linear* layer of 128 units it drops to
# 88.8 %. The reason given is “A linear transformation of a linear transformation is still a linear transformation!”.
# That is your exercise, and it explains why nothing is *gained*. Does it also explain why something is *lost*? Both
# networks can compute exactly the same functions. Remember the question: lab 08 repeats the experiment and answers it.
#
# ## 7 · Hidden units have no names
#
# Swap two hidden units, each with everything that belongs to it: its weights, its bias, and its weight to the output.
# What changes for the output neuron? It only adds up the same numbers in another order.
#
# **Exercise `permute_hidden`** ({{points:permute_hidden}}). Give the same function with other parameters: new unit $j$
# is old unit `order[j]`.


# %% exercise="permute_hidden"
def permute_hidden(params, order):
    """Reorder the hidden units without changing what the network computes.

    Parameters
    ----------
    params : dict
        "W1" (n, h), "b1" (h,), "W2" (h, 1), "b2" (1,). Leave it as it is.
    order : array of int, shape (h,)
        New unit j is old unit order[j].

    Returns
    -------
    dict
        New parameters, with the same keys and shapes.

    Example: with order = [2, 0, 1] and b1 = [0.5, 0.7, 0.9], the new b1 is [0.9, 0.5, 0.7].
    """
    ### BEGIN SOLUTION
    W1, b1, W2 = params["W1"][:, order], params["b1"][order], params["W2"][order]
    return {"W1": W1, "b1": b1, "W2": W2, "b2": params["b2"]}
    ### END SOLUTION


# %%
check("permute_hidden")

# %% [markdown] buys="permute_hidden"
# Other parameters can give the same function. So you cannot compare the weights of two networks number by number.

# %%
if ready("mlp_forward", "permute_hidden"):
    twin = permute_hidden(params, np.array([2, 0, 1]))
    before, after = (mlp_forward(XOR_X, theta)[0] for theta in (params, twin))
    rows = [[f"({x[0]:.0f}, {x[1]:.0f})", f"{p:.3f}", f"{q:.3f}"] for x, p, q in zip(XOR_X, before, after, strict=True)]
    display(Table("two networks, one function", ["x", "p", "p after permuting"], rows))

# %% [markdown]
# With $h$ hidden units there are $h!$ orders, so a minimum of the loss has that many copies. (With tanh there are even
# $2^h$ times as many: flip the sign of a unit's weights, of its bias and of its weight to the output.) With ten units
# that is $10! \cdot 2^{10}$, more than three billion ($3 \cdot 10^9$).
#
# Now take a network with two hidden units that has learned XOR perfectly. Its twin, with the units swapped, is just as
# good. What lies halfway between them? *Average* the two parameter vectors. How many of the four corners does the
# average get right?


# %% hide="code"
def halfway():
    """Walk in a straight line from a solution of XOR to its twin, and watch the loss."""
    net = fit_net(XOR_X, XOR_y, 2, SigmoidCrossEntropy(), seed=0, epochs=1500)
    start, (first, _, last) = net.theta.copy(), net.layers
    first.W[...], first.b[...], last.W[...] = first.W[:, ::-1].copy(), first.b[::-1].copy(), last.W[::-1].copy()
    end, way, losses, right = net.theta.copy(), np.linspace(0, 1, 41), [], []
    for t in way:
        net.theta = (1 - t) * start + t * end
        losses.append(float(SigmoidCrossEntropy().value(net.predict(XOR_X), XOR_y)))
        right.append(int(np.sum((net.predict(XOR_X)[:, 0] >= 0) == XOR_y)))
    display(plot_curves(way, {"loss": losses}, "From a solution to its twin", "share of the way"))
    return right[20]


lab.predict("halfway", halfway)

# %% [markdown] why="halfway"
# Halfway, both units have become the same unit, the average of the two. One unit gives one line, and here not even
# three corners are right. The average of two solutions need not be a solution.
#
# The picture shows a valley at each end and a ridge between them. A **convex** function has no ridges: between two
# minima it is at least as low as at the minima. So the loss of a network with a hidden layer is not convex. The good
# news is that twins are equally deep, so it does not matter which of them training finds. (There are other valleys,
# too. The open experiment below finds some.)

# %% [markdown]
# ## 8 · Any number of layers
#
# $$ A_0 = X, \qquad A_l = f(A_{l-1} W_l + b_l), \quad l = 1 \dots L \tag{5.5} $$
#
# **Exercise `forward`** ({{points:forward}}). Keep *every* $A_l$: lab 06 needs all of them on the way back. For
# simplicity, $f$ comes after every layer, including the last one.


# %% exercise="forward"
def forward(X, Ws, bs, f):
    """Compute a network of L dense layers and keep what every layer said.

    Parameters
    ----------
    X : array of shape (N, n_0)
        Examples, one per row.
    Ws : list of L arrays
        W_l has shape (n_(l-1), n_l).
    bs : list of L arrays
        b_l has shape (n_l,).
    f : function
        Works on each number of an array, such as np.tanh.

    Returns
    -------
    list of L + 1 arrays
        X itself, then the output of each layer.

    Example: with f = np.tanh, X = [[1.0]], Ws = [[[2.0]], [[1.0]]] and bs = [[0.0], [0.0]] the list holds
    [[1]], [[0.964]] and [[0.746]].
    """
    ### BEGIN SOLUTION
    activations = [X]
    for W, b in zip(Ws, bs, strict=True):
        activations.append(f(activations[-1] @ W + b))  # (5.5)
    return activations
    ### END SOLUTION


# %%
check("forward")

# %% [markdown] buys="forward"
# You can compute as many layers as you like, and you keep everything that the way back will need.

# %% [markdown]
# ### Twenty layers
#
# Send 100 points of the plane through twenty layers of eight units each, without any bend. In how many directions do
# the points spread out at the end? (That is the *rank* of the result: 1 means that all points lie on one line through
# the origin.)


# %% hide="code"
def through_twenty_layers():
    """Send points through twenty layers, with tanh and with no bend, and look at the rank after some of them."""
    rng, rows = np.random.default_rng(0), []
    Ws = [rng.normal(0, 0.6, (8 if layer else 2, 8)) for layer in range(20)]
    bent = straight = rng.normal(size=(100, 2))
    rank = lambda A: int(np.linalg.matrix_rank(A, tol=1e-6 * np.linalg.norm(A)))
    for k, W in enumerate(Ws, start=1):
        bent, straight = np.tanh(bent @ W), straight @ W
        rows.append([str(k), str(bent.shape), str(rank(bent)), str(rank(straight))])
    show = [rows[0], rows[1], rows[19]]
    display(Table("100 points through 20 layers", ["layer", "shape", "rank, tanh", "rank, no bend"], show))
    return rank(straight)


lab.predict("directions", through_twenty_layers)

# %% [markdown] why="directions"
# Without a bend two coordinates stay two, however wide and deep the network is. One tanh layer unfolds them into eight.

# %% [markdown]
# ## 9 · Any function?
#
# A steep tanh unit is a step. Put steps of the right height at the right places, and the output neuron's sum is a
# staircase that follows any curve you like. This needs no training, because you can write down the weights.


# %% hide="code"
def staircase(units):
    """Follow sin x from 0 to 6 with one step for each hidden unit; return the grid, the curve, the staircase."""
    edges, x = np.linspace(0, 6, units + 2), np.linspace(0, 6, 601)
    heights = np.sin((edges[1:] + edges[:-1]) / 2)  # one plateau between two edges
    steps = np.tanh(1000 * (x[:, None] - edges[1:-1]))  # hidden layer: unit j changes its mind at edge j
    return x, np.sin(x), steps @ np.diff(heights) / 2 + (heights[0] + heights[-1]) / 2


def twice_the_units():
    """Measure the mean error with 5 units, then with twice as many, and again."""
    rows, error = [], {}
    for units in (5, 10, 20, 40, 80):
        x, curve, stairs = staircase(units)
        error[units] = np.abs(stairs - curve).mean()
        rows.append([str(units), f"{error[units]:.3f}"])
    x, curve, five = staircase(5)
    display(plot_curves(x, {"sin x": curve, "5 units": five, "20 units": staircase(20)[2]}, "Staircases", "x"))
    display(Table("mean error of the staircase", ["hidden units", "error"], rows))
    return float(round(error[40] / error[80]))


lab.predict("twice", twice_the_units)

# %% [markdown] why="twice"
# Each plateau is half as wide, so the curve moves half as far away from it. With two inputs the steps become towers on
# a plane, and the same gain costs four times as many towers. With ten inputs it costs a thousand times as many.

# %% [markdown]
# ### The small print
#
# That is the idea behind the **universal approximation** theorem: with enough hidden units, one hidden layer comes as
# close as you like to any continuous function on a closed, bounded region. Read it carefully. The theorem says that
# such weights *exist*. It does not say that gradient descent finds them, or that you can afford enough units. With 784
# inputs, two steps along each make $2^{784}$ boxes to fill, more than there are atoms in the universe. Lab 08 shows how
# depth helps.
#
# ### Open experiment (no points)
#
# Two hidden units are enough for XOR. Can training also *find* such weights? Count the starts that end with all four
# corners right, for 2, 3, 4 and 8 units. What are extra units good for, if two are enough? Then look at a start that
# fails: what are its two hidden units doing?

# %%
for units in (2, 8):
    nets = [
        fit_net(XOR_X, XOR_y, units, SigmoidCrossEntropy(), seed, epochs=1000) for seed in range(3 if quick else 10)
    ]
    solved = sum(bool(SigmoidCrossEntropy().value(net.predict(XOR_X), XOR_y) < 0.1) for net in nets)
    print(f"{units} units: {solved} of {len(nets)} starts solve XOR")

# %% [markdown]
# ## 10 · In your own words
#
# *Rubric (4 points): what the network can compute (1); what the result says about both conclusions, with the reason
# (1); another cause of the drop (1); what to try (1).*
#
# "I gave my linear model two hidden layers with 200 units each, without activation functions, to keep it interpretable.
# The test accuracy went *down*, so the data must be linear and depth hurts." This is what a colleague reports. Write
# three or four sentences: what can this network compute, which of the two conclusions follows from the result, what
# else could explain the drop, and what would you try? (Graded by hand.)

# %% [markdown] written="depth_hurts"
# ### BEGIN SOLUTION
# Without activation functions the three layers multiply out to a single linear one, so the network can compute exactly
# what the linear model can. Neither conclusion follows: only linear functions were tried, and the depth added nothing.
# The drop must come from the training: the initial weights (too large for the wider layers), the learning rate, or too
# few epochs. I would put a tanh or a ReLU after each hidden layer, scale the initial weights by 1/√n_in, and compare
# again, with several seeds.
#
# *What earns the points: the layers collapse into one linear map (1); neither conclusion follows, with a reason (1); initial
# weights or training as a cause (1); a non-linearity in the hidden layers as the remedy (1).*
# ### END SOLUTION

# %% [markdown]
# ## 11 · What do you remember?
#
# Answer three questions on earlier labs, from memory.

# %%
lab.recall()

# %% [markdown]
# ## What you learned
#
# - A hidden layer moves the points until one line can separate them. Each unit adds a line of its own.
# - Without a bend, any number of layers is equal to one layer.
# - (N, 1) is not (N,). Print the shapes before you doubt the network.
# - Hidden units can be swapped, so each minimum has many copies, and the loss is not convex.
# - One hidden layer can come close to any continuous function. Whether training *finds* the weights is another
#   question.
#
# Next: lab 06 finds the gradient of all these weights. It takes the list that your `forward` kept and goes through it
# backwards.

# %%
lab.progress()

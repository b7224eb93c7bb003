# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
# ---

# %% [markdown]
# # Lab 07 · Flow graphs: let the computer differentiate
#
# In lab 03 you sent a gradient back through a graph by hand. Today you build a program that does it for *any* graph. It
# has about forty lines, and it is the core of every deep-learning library. Then you examine five networks that do not
# learn as they should. Each has one fault, and you name it before you change a line.
#
# **You will be able to** write an operation with its own derivative; put the nodes of a graph in order; send gradients
# back, and add them where they meet; detect a wrong derivative; and say what is wrong with a network before you change
# a line of it.
#
# **You need** lab 02 (central differences), lab 03 (the computation graph), Python classes with `self`, and matrix shapes.
#
# | minutes | exercises | points | goes with |
# |---|---|---|---|
# | about {{minutes}} (an estimate, not yet tried with students) | {{exercises}} | {{points}} | Found16 on flow graphs and on debugging; PyCon17, computation graph |

# %% tags=["setup"]
import numpy as np

from course import sigmoid

# %% tags=["lab"]
from course import SGD, Linear, Network, Node, SoftmaxCrossEntropy, Tanh
from course import Table, evaluate, numeric_gradient, open_lab, plot_losses, relu, relu_grad, train
from course.data import load_digits
from course.widgets import GraphInspector, NetworkWard, ward

digits = load_digits()
X_all, y_all, X_test, y_test = digits.rows(np.float64)
lab = open_lab("07", globals())
check, hint, ready = lab.check, lab.hint, lab.ready
print(digits)
lab

# %% [markdown]
# ## 1 · A blueprint
#
# A calculation is a graph. Each **node** is a place for one value, and it records how to compute that value:
#
# | | of a leaf | of any other node |
# |---|---|---|
# | `node.op` | `None` | an operation, such as *multiply* |
# | `node.inputs` | `()` | the nodes that it takes as inputs, a tuple |
# | `node.value` | given | what `op` computes from the inputs' values |
# | `node.grad` | computed in the backward pass | computed in the backward pass |
#
# The library has such a `Node`. It supports `+`, `*` and `@`, so you build a graph by writing down the formula:

# %%
x, y = Node(value=np.array(3.0)), Node(value=np.array(4.0))
z = x * y + x
just_now = z.value  # you may answer after cells below have run

# %% hide="code"
lab.predict("blueprint", lambda: "None" if just_now is None else f"{just_now:.0f}")

# %% [markdown] why="blueprint"
# The line has built two nodes, a product and a sum, and computed nothing. You get a value only with `evaluate`.
# Libraries differ here: TensorFlow began like this, and PyTorch computes while it builds the graph.

# %% [markdown]
# ### One graph, many numbers
#
# You build the graph once. Then you execute it as often as you like, with other numbers each time:

# %%
print("with x = 3:", evaluate(z))
x.value = np.array(10.0)
print("with x = 10:", evaluate(z))

# %% [markdown]
# ## 2 · An operation and its derivative
#
# An operation is an object with two methods. It does not depend on the rest of the graph:
#
# - `fprop(*inputs)` takes the values of the inputs and returns the value of the operation. It may keep in `self` what
#   it needs on the way back.
# - `bprop(grad)` takes $\partial L/\partial u$, the gradient of *its output*, and returns $\partial L/\partial\,\text{input}$: a
#   tuple with one gradient for each input, even if there is only one.
#
# An operation does not need to know what $L$ is. It multiplies the gradient from above by its own slope and passes the
# result down.
#
# **Exercise `Add`** ({{points:Add}}). $u = x + y$. If $x$ grows by a little, by how much does $u$ grow?


# %% exercise="Add"
class Add:
    """u = x + y, for two arrays of one shape.

    fprop(x, y) returns u. bprop(grad) takes ∂L/∂u and returns the tuple (∂L/∂x, ∂L/∂y).

    Example: for x = 3.0, y = 4.0, fprop gives 7.0; then bprop(10.0) gives (10.0, 10.0).
    """

    def fprop(self, x, y):
        ### BEGIN SOLUTION
        return x + y
        ### END SOLUTION

    def bprop(self, grad):
        ### BEGIN SOLUTION
        return grad, grad  # (7.1) u = x + y: ∂u/∂x = ∂u/∂y = 1
        ### END SOLUTION


# %%
check("Add")

# %% [markdown] buys="Add"
# A sum passes the gradient from above to both inputs, undivided.

# %% [markdown]
# **Exercise `Multiply`** ({{points:Multiply}}). $u = x\,y$, element by element. Here `bprop` needs something from the forward pass.


# %% exercise="Multiply"
class Multiply:
    """u = x · y, element by element, for two arrays of one shape.

    fprop(x, y) returns u. bprop(grad) takes ∂L/∂u and returns the tuple (∂L/∂x, ∂L/∂y).

    Example: for x = 3.0, y = 4.0, fprop gives 12.0; then bprop(10.0) gives (40.0, 30.0).
    """

    def fprop(self, x, y):
        ### BEGIN SOLUTION
        self.x, self.y = x, y
        return x * y
        ### END SOLUTION

    def bprop(self, grad):
        ### BEGIN SOLUTION
        return grad * self.y, grad * self.x  # (7.2) u = xy: ∂u/∂x = y, ∂u/∂y = x
        ### END SOLUTION


# %%
check("Multiply")

# %% [markdown] buys="Multiply"
# With a sum and a product you can already differentiate every polynomial.

# %% [markdown]
# Now the matrix product, in which a network spends most of its time: $U = XY$ with $X$ of shape $(m, k)$ and $Y$ of
# shape $(k, n)$. Lab 06 derived one entry of its gradient as a sum. The shapes remind you of the rest:
# $\partial L/\partial X$ has the shape of $X$, $(m, k)$. You have `grad`, $(m, n)$, and $Y$, $(k, n)$. There is only
# one way to multiply them that fits.
#
# **Exercise `MatMul`** ({{points:MatMul}}).


# %% exercise="MatMul"
class MatMul:
    """U = X @ Y for X of shape (m, k) and Y of shape (k, n).

    fprop(X, Y) returns U, of shape (m, n). bprop(grad) takes ∂L/∂U (m, n) and returns (∂L/∂X (m, k), ∂L/∂Y (k, n)).

    Example: for X = [[1, 2]], Y = [[3], [4]], fprop gives [[11]]; then bprop([[10]]) gives ([[30, 40]], [[10], [20]]).
    """

    def fprop(self, X, Y):
        ### BEGIN SOLUTION
        self.X, self.Y = X, Y
        return X @ Y
        ### END SOLUTION

    def bprop(self, grad):
        ### BEGIN SOLUTION
        return grad @ self.Y.T, self.X.T @ grad  # (7.3) U = XY: ∂L/∂X = ∂L/∂U Yᵀ, ∂L/∂Y = Xᵀ ∂L/∂U
        ### END SOLUTION


# %%
check("MatMul")

# %% [markdown] buys="MatMul"
# This one operation carries the gradient through every dense layer, for all examples at once.

# %% [markdown]
# The last operation has a single input. Its slope is $a(1 - a)$, as in lab 02, where $a$ is the *output*. `sigmoid` is
# the function from lab 01: no $z$ is too large for it.
#
# **Exercise `Sigmoid`** ({{points:Sigmoid}}). Think about what to keep.


# %% exercise="Sigmoid"
class Sigmoid:
    """a = 1 / (1 + exp(−z)), element by element.

    fprop(z) returns a. bprop(grad) takes ∂L/∂a and returns the tuple (∂L/∂z,).

    Example: for z = 0.0, fprop gives 0.5; then bprop(10.0) gives (2.5,).
    """

    def fprop(self, z):
        ### BEGIN SOLUTION
        self.a = sigmoid(z)
        return self.a
        ### END SOLUTION

    def bprop(self, grad):
        ### BEGIN SOLUTION
        return (grad * self.a * (1 - self.a),)  # (7.4) u = f(z): ∂L/∂z = ∂L/∂u f′(z)
        ### END SOLUTION


# %%
check("Sigmoid")

# %% [markdown] buys="Sigmoid"
# Four operations are enough for a network with a hidden layer: section 5 trains one that is built from yours.

# %% [markdown]
# ## 3 · A value that is used twice
#
# Take the graph from above apart: $u = x\,y$, then $z = u + x$. Let $x = 3$ and $y = 2$, and move $x$ by a thousandth.


# %% hide="code"
def nudge_x():
    """Move x by a thousandth and see how far z moves."""
    x, y = Node(value=np.array(3.0)), Node(value=np.array(2.0))
    z = x * y + x
    before = float(evaluate(z))
    x.value = x.value + 0.001
    return round((float(evaluate(z)) - before) / 0.001, 6)


lab.predict("twice", nudge_x)

# %% [markdown] why="twice"
# Through u = x·y, whose slope is y = 2, z moves by 2 · 0.001, and directly by 0.001: 2 + 1 = 3. Both paths count, so
# they add.

# %% [markdown]
# ### The sum over all paths
#
# The value $x$ goes into two operations, and $L$ depends on it through both. Each path contributes, and the
# contributions **add**:
#
# $$ \frac{\partial L}{\partial x} = \sum_{u} \frac{\partial L}{\partial u}\,\frac{\partial u}{\partial x}
#    \qquad \text{over all operations } u \text{ that take } x \tag{7.6} $$
#
# Watch them meet. Step forward, guess the next number, step back. In the graph *a neuron* one gradient is zero. Why?

# %%
GraphInspector()

# %% [markdown]
# Now a graph with an inner node that is used twice: $s = x + y$, $q = s \cdot s$, $z = q + s$, at $x = 1$ and $y = 2$.
# The way back begins at $z$, which passes a gradient of 1 down to $q$ and to $s$.


# %% hide="code"
def who_is_next():
    """Send the gradient back in two orders, and compare with what a nudge of x gives."""
    z_of = lambda x: (x + 2.0) ** 2 + (x + 2.0)
    nudged = (z_of(1.001) - z_of(1.0)) / 0.001
    s, to_q, to_s = 3.0, 1.0, 1.0
    early, late = to_s, to_s + 2 * s * to_q  # what s passes to x: without q's part, and with it
    rows = [["s, then q", f"{early:.1f}"], ["q, then s", f"{late:.1f}"], ["by a nudge of x", f"{nudged:.1f}"]]
    display(Table("∂z/∂x", ["order", "what x gets"], rows))
    return "q" if abs(late - nudged) < 0.01 < abs(early - nudged) else "s" if abs(early - nudged) < 0.01 else "Either"


lab.predict("who_is_next", who_is_next)

# %% [markdown] why="who_is_next"
# Before $q$ has passed its gradient down, $s$ has only a part of its own, the 1 from $z$. The other part, $2s = 6$,
# comes through $q$. A node may pass its gradient down only when it has received the parts from *all* nodes that use it.

# %% [markdown]
# ## 4 · Every node after its inputs
#
# On the way back, every node comes *before* its inputs. So list the nodes with inputs first, in a **topological
# order**, and go through that list backwards. To build the list, put the node that you want on a pile (a *stack*) and
# look at the node on top:
#
# - Is one of its inputs not in the list yet? That input goes on top of the pile.
# - Are they all in the list? Then the node joins the list, and leaves the pile.
#
# A function that calls itself would be shorter. But Python limits the depth of such calls, and graphs can be deeper.
# (The check writes graphs as text: in `a; b; c = 2*a + 3*b; z = 4*c + 5*a`, a and b are leaves, and the numbers are
# slopes. `chain` says how many more nodes follow the last one, in a row.)
#
# **Exercise `topological_order`** ({{points:topological_order}}).


# %% exercise="topological_order"
def topological_order(node):
    """List the nodes that a node depends on, inputs first.

    Parameters
    ----------
    node : Node
        Its inputs are the tuple node.inputs, which is empty for a leaf.

    Returns
    -------
    list of Node
        Every node once, after all its inputs; `node` itself is the last one.

    Example: for u = x * y and z = u + x, topological_order(z) is [x, y, u, z] or [y, x, u, z].
    """
    ### BEGIN SOLUTION
    order, listed, pile = [], set(), [node]
    while pile:
        waiting = [child for child in pile[-1].inputs if child not in listed]
        if waiting:
            pile.append(waiting[0])
        else:
            order.append(pile.pop())
            listed.add(order[-1])
    return order
    ### END SOLUTION


# %%
check("topological_order")

# %% [markdown] buys="topological_order"
# Read backwards, your list says in which order the gradients go back, however deep the graph is.

# %% [markdown]
# ## 5 · Backpropagation, all of it
#
# In the forward pass, the library's `evaluate` goes through that list and calls `fprop`. You write the backward pass:
# start with $\partial L/\partial L = 1$ at the end and go back.
#
# **Exercise `backprop`** ({{points:backprop}}). A few lines work for any graph. (In the check's cases, `shape` is the
# shape of every value, and `left_over` says whether `grad` still holds the numbers of an earlier run.)


# %% exercise="backprop"
def backprop(node):
    """Set grad on every node that a node depends on; the graph has been evaluated already.

    Parameters
    ----------
    node : Node
        The end of the graph. Its own gradient is 1, in the shape of its value (np.ones_like(node.value)).

    Returns
    -------
    None
        The gradients are left in `grad`, in the shape of each node's value. What was in `grad` before, None or an earlier
        run's gradient, does not count. Each op.bprop is called once, with the whole gradient.

    Example: for u = x * y and z = u + x with x = 3, y = 2, backprop(z) leaves z.grad 1, u.grad 1, y.grad 3, x.grad 3.
    """
    ### BEGIN SOLUTION
    order = topological_order(node)
    for n in order:
        n.grad = np.zeros_like(n.value)
    node.grad = np.ones_like(node.value)
    for n in reversed(order):
        if n.op is not None:
            for child, grad in zip(n.inputs, n.op.bprop(n.grad), strict=True):
                child.grad = child.grad + grad  # (7.6) ∂L/∂x = Σᵤ ∂L/∂u ∂u/∂x
    ### END SOLUTION


# %%
check("backprop")

# %% [markdown] buys="backprop"
# You can now differentiate anything that is built from operations with their own derivatives.

# %% [markdown]
# That is a deep-learning library. It is a small one, but it is *yours*. So let it learn XOR, the function that one
# neuron cannot learn. First, the blueprint. (`Node(Sigmoid(), z)` is a node with your operation on the node `z`.)

# %%
if ready("Add", "Multiply", "MatMul", "Sigmoid", "backprop"):
    rng = np.random.default_rng(3)
    X = Node(value=np.array([[0, 0, 1], [0, 1, 1], [1, 0, 1], [1, 1, 1]], float))  # 1 inputs: XOR, and a 1 for the bias
    minus_y = Node(value=np.array([[0], [-1], [-1], [0]], float))
    W, V = Node(value=rng.normal(size=(3, 4))), Node(value=rng.normal(size=(4, 1)))  # 2 parameters
    p = Node(Sigmoid(), Node(MatMul(), Node(Sigmoid(), Node(MatMul(), X, W)), V))  # 3 operations
    error = Node(Add(), p, minus_y)
    cost = Node(Multiply(), error, error)  # 4 cost: four numbers, and backprop differentiates their sum

# %% [markdown]
# Then, the training: one blueprint, executed 2000 times.

# %%
if ready("Add", "Multiply", "MatMul", "Sigmoid", "backprop"):
    losses = []
    for _ in range(2000):  # 6 train
        losses.append(evaluate(cost).sum())
        backprop(cost)
        W.value, V.value = W.value - 2 * W.grad, V.value - 2 * V.grad  # 5 optimizer
    display(plot_losses(losses, "XOR, learned by your library"))
    print("p:", evaluate(p).round(2).ravel())  # 7 test

# %% [markdown]
# Nobody differentiated that network. You differentiated four operations, and the graph did the rest. (`error` goes into
# the last product twice. If `backprop` did not add, the gradient would be half of what it should be.)
#
# ## 6 · Is the derivative right?
#
# A wrong derivative raises no error: the results are poor, and that is all. The central differences of lab 02 find it.
# But when are two numbers "equal"? A difference of 0.001 is small for 1000 and large for 0.002. So measure the
# difference *relative to their size*, and report the worst entry:
#
# $$ \max \frac{|a - n|}{\max(10^{-8},\; |a| + |n|)} \tag{7.7} $$
#
# where $a$ is the analytic and $n$ the numeric gradient. The fraction is computed entry by entry, and the outer maximum
# is over all entries. What is the $10^{-8}$ for?
#
# **Exercise `relative_error`** ({{points:relative_error}}).


# %% exercise="relative_error"
def relative_error(analytic, numeric):
    """Compare two gradients by their largest relative difference.

    Parameters
    ----------
    analytic, numeric : arrays of one shape

    Returns
    -------
    float
        0 where they are equal, 1 where one is zero or has the wrong sign.

    Example: relative_error(np.array([1.0, 3.0]), np.array([1.0, 1.0])) is 0.5, from |3 − 1| / (3 + 1).
    """
    ### BEGIN SOLUTION
    size = np.maximum(1e-8, np.abs(analytic) + np.abs(numeric))
    return np.max(np.abs(analytic - numeric) / size)  # (7.7)
    ### END SOLUTION


# %%
check("relative_error")

# %% [markdown] buys="relative_error"
# One number now judges a whole gradient, whatever its size, and two zeros count as equal.

# %% [markdown]
# Below $10^{-6}$ the two agree. Above $10^{-2}$ something is wrong: the derivative, or the check? Here is a derivative
# that is certainly right, that of $\mathrm{relu}(z) = \max(z, 0)$. Its slope jumps from 0 to 1 at $z = 0$, a *kink*:


# %% hide="code"
def near_the_kink():
    """Check the derivative of relu, which is right, on either side of its kink and right beside it."""
    rows, ratio = [], 0.0
    for point in ("-0.5", "0.5", "0.000001"):
        z = np.array([float(point)])
        a, n = relu_grad(z)[0], numeric_gradient(lambda t: relu(t).sum(), z, 1e-5)[0]
        ratio = abs(a - n) / max(1e-8, abs(a) + abs(n))
        rows.append([point, f"{a:.2f}", f"{n:.2f}", "agree" if ratio < 1e-6 else f"{ratio:.2f}"])
    display(Table("relu, ε = 0.00001", ["z", "derivative", "differences", "relative error"], rows))
    return "It reports an error" if ratio > 0.01 else "They agree"


lab.predict("kink", near_the_kink)

# %% [markdown] why="kink"
# Central differences use a point on each side, and one of the two lies beyond the kink, where the slope is 0. A check
# near a kink proves nothing: move away from it, or make ε smaller.

# %% [markdown]
# ### Debug me
#
# A colleague has written a new operation. It runs, and networks with it even learn a little. The cell below shows that
# its derivative is wrong. Correct it. (No points. There are two ways to do it, and one of them changes a single
# letter.)


# %%
class SuspiciousTanh:
    def fprop(self, z):
        a = np.tanh(z)
        self.kept = z
        return a

    def bprop(self, grad):
        return (grad * (1 - self.kept**2),)  # tanh′ = 1 − tanh²


# %%
if ready("relative_error"):
    op, z0 = SuspiciousTanh(), np.array([-1.2, 0.3, 2.0])
    op.fprop(z0)
    off = relative_error(op.bprop(np.ones(3))[0], numeric_gradient(lambda z: np.tanh(z).sum(), z0))
    print("right: no difference left" if off < 1e-6 else f"wrong: relative error {off:.2f}")

# %% [markdown]
# ## 7 · First, fifty examples
#
# The derivative is right, and the network still does not learn. Before you turn any knob, ask for less: *fifty*
# examples. A network that cannot learn fifty examples by heart has a fault, and you find out after a second instead of
# a night.
#
# **Exercise `can_overfit`** ({{points:can_overfit}}). `fit` trains a network: it takes examples and labels and returns
# a function that predicts labels. By heart means *every single one*. (The check uses a learner of its own. It has room
# for `capacity` examples, and it never gets the rows of X in the list `hard` right.)


# %% exercise="can_overfit"
def can_overfit(fit, X, y, n=50):
    """Tell whether a network can learn its first n examples by heart.

    Parameters
    ----------
    fit : function
        fit(X, y) trains a new network and returns a function predict; predict(X) returns labels, of shape (len(X),).
    X : array of shape (N, n_in)
        Examples, one per row.
    y : array of shape (N,)
        Their labels.
    n : int
        How many of them to try; there may be fewer.

    Returns
    -------
    bool
        True if a network trained on the first n examples gets all of them right.

    Example: with n = 3, labels [7, 1, 4] and a network that predicts [7, 1, 9] for them, it is False.
    """
    ### BEGIN SOLUTION
    predict = fit(X[:n], y[:n])
    return bool(np.all(predict(X[:n]) == y[:n]))
    ### END SOLUTION


# %%
check("can_overfit")

# %% [markdown] buys="can_overfit"
# You can test any way of training like this: the next cell tests a healthy network and one that learns too slowly.


# %%
def fit(X, y, lr=0.5):
    net = Network([Linear(64, 32), Tanh(), Linear(32, 10)], rng=np.random.default_rng(0), dtype=np.float64)  # 2, 3
    cost, optimizer, rng = SoftmaxCrossEntropy(), SGD(lr), np.random.default_rng(1)  # 4 cost, 5 optimizer
    list(train(net, X, y, cost, optimizer, epochs=100, rng=rng, batch_size=10))  # 1 inputs, 6 train
    return lambda X: net.predict(X).argmax(axis=1)  # 7 test


if ready("can_overfit"):
    print("a healthy network:", can_overfit(fit, X_all, y_all))
    print("with a rate of 0.0001:", can_overfit(lambda X, y: fit(X, y, 0.0001), X_all, y_all))

# %% [markdown]
# Does the test find every fault? Shuffle the labels, so that each digit has the label of another one. Then there is
# nothing left to understand.


# %% hide="code"
def nonsense():
    """Train on fifty digits with shuffled labels; count how many of the fifty it then gets 'right'."""
    labels = np.random.default_rng(0).permutation(y_all[:50])
    predict = fit(X_all[:50], labels)
    right = int(np.sum(predict(X_all[:50]) == labels))
    print(f"of its fifty: {right} right. Of 500 other digits: {100 * np.mean(predict(X_test) == y_test):.0f} %")
    return "All fifty" if right == 50 else "About five" if right < 10 else "About half"


lab.predict("nonsense", nonsense)

# %% [markdown] why="nonsense"
# All of them. 2,410 parameters can learn fifty of anything by heart, sense or nonsense. On new digits the network is no
# better than a die with ten sides. One shuffle does not show that, but over ten of them we measured between 6 % and
# 16 %, and 11 % on average.

# %% [markdown]
# ### What the test does not see
#
# So the test checks the *machinery*, not the data. Every test misses something, so you need several.
#
# ## 8 · The ward: five faulty networks
#
# The ward holds five networks, each 64–32–32–10. Each has one fault, and each fault occurs once. You have three
# instruments: the loss, the length of the gradient in each layer before the first step, and the gradient check, layer
# by layer. Remember that a network that only guesses among ten classes has the loss $-\ln\tfrac1{10} = \ln 10 = 2.30$.
#
# | write | the fault | the effect |
# |---|---|---|
# | `"saturated"` | hidden units start at the flat ends of tanh | almost nothing gets back through them |
# | `"gradient"` | one layer's backward has a slip | backward and central differences disagree |
# | `"input"` | pixels from 0 to 16 instead of 0 to 1 | sums and gradients are large from the start |
# | `"rate"` | the learning rate is too large | a good start, and then a loss that jumps up |
# | `"labels"` | the labels are shuffled | a healthy network, but no rule to find |

# %%
NetworkWard()

# %% [markdown]
# **Exercise `find_the_bug`** ({{points:find_the_bug}}). Write down your diagnoses. Where one is wrong, the check says
# which signs speak against it and which speak for it.

# %% exercise="find_the_bug"
### BEGIN SOLUTION
find_the_bug = {"A": "labels", "B": "input", "C": "gradient", "D": "saturated", "E": "rate"}
### STUB
# find_the_bug = {"A": ..., "B": ..., "C": ..., "D": ..., "E": ...}
### END SOLUTION

# %%
check("find_the_bug")

# %% [markdown] buys="find_the_bug"
# You can tell five faults apart by three readings, without changing a line.

# %%
if ready("find_the_bug"):
    rows = [
        [name, fault, ward.CURES[fault.strip().lower()], f"{ward.cured(name):.2f}"]
        for name, fault in find_the_bug.items()
    ]
    display(Table("the ward, after the cure", ["network", "fault", "cure", "right on new digits"], rows))

# %% [markdown]
# One of the five has a wrong derivative. The gradient check reports an error in its *layer 1*. Where is the slip?


# %% hide="code"
from dataclasses import replace


def accused():
    """Correct the backward of layer 2, and run the gradient check again."""
    as_it_came = next(patient for patient in ward.PATIENTS.values() if patient.slip)
    corrected = replace(as_it_came, slip=False)
    errors = {
        name: ward.examine(one).errors for name, one in [("as it came", as_it_came), ("layer 2 corrected", corrected)]
    }
    rows = [[name, *("agrees" if e < 1e-5 else f"off by {e:.2f}" for e in found)] for name, found in errors.items()]
    display(Table("what the gradient check says", ["network", "layer 1", "layer 2", "layer 3"], rows))
    return "In layer 2" if errors["layer 2 corrected"].max() < 1e-5 else "In another layer"


lab.predict("accused", accused)

# %% [markdown] why="accused"
# The gradient of layer 1 is computed from what layer 2 passes down and from layer 1's own input. So the slip can be in
# one of two lines, one in each layer. With layer 2 corrected, layer 1 agrees: the slip was in layer 2. Layer 2's own
# gradient was right all the time, because it is computed from what comes from layer 3. What a layer passes down wrongly
# is wrong in everything below it. So look at the highest layer with an error, and at the one above it. And this network
# learned anyway: a loss that falls does not prove that the gradient is right.

# %% [markdown]
# ### Open experiment (no points)
#
# How wrong may a gradient be? Make a class `Wrong` from your `Multiply` or your `Sigmoid` with a slip of your choice
# (half the gradient, the sign only, noise added, the slope left out), put it into the XOR network of section 5, and see
# with which slips the network still learns. Is there a rule?

# %%
if ready("Multiply"):

    class Wrong(Multiply):
        def bprop(self, grad):
            return tuple(np.sign(g) for g in super().bprop(grad))  # the sign only: your slip here

    op = Wrong()
    print(op.fprop(np.array([3.0, -2.0]), np.array([4.0, 5.0])), op.bprop(np.ones(2)))

# %% [markdown]
# ## 9 · In your own words
#
# *Rubric (4 points): what 2.30 means (1); a first test that splits the suspects, with what either outcome means
# (1); two more suspects with a test for each (1); an order, with the reason (1).*
#
# A friend's network has ten classes. "The gradient check passes everywhere, and the loss stays at 2.30 from the first epoch to the
# last. I have tried six learning rates." In four or five sentences: what does 2.30 tell you, what would you ask or try first,
# second and third, and what would each outcome mean? (Graded by hand.)

# %% [markdown] written="stuck"
# ### BEGIN SOLUTION
# 2.30 is ln 10: the network gives every class one tenth, so it guesses and has learned nothing at all. The check shows
# that the derivative is right, so I would try to learn fifty examples by heart. If that works, the machinery is fine
# and I would look at the data: are the labels still beside their own examples, do I see in a picture what the label
# says? If it does not, I would print each layer's gradient length: nearly zero in the lower ones means saturated (or
# dead) units, so a smaller start or other inputs; normal lengths mean that I should look at the update, which perhaps
# never reaches the parameters.
#
# *What earns the points: 2.30 is ln 10, guessing (1); a first test that splits the suspects, with what either outcome means (1); at least
# two more suspects with a test for each (1); an order with a reason, cheap tests first (1).*
# ### END SOLUTION

# %% [markdown]
# ## 10 · What do you remember?

# %%
lab.recall()

# %% [markdown]
# ## What you learned
#
# - An operation computes its value and its slope, nothing else. From these a graph computes the gradient of anything.
# - Gradients add where paths meet, and a node passes its gradient down only when it has all of it.
# - Use the instruments before you turn the knobs: gradient check, fifty examples, the length of the gradient in each
#   layer.
# - $\ln K$ is the loss of a network that guesses among $K$ classes.
#
# The library's version, with broadcasting, is `course/nn/flowgraph.py`; now you can read it. Next: lab 08 makes networks deep, and
# follows the gradients down to the first layer.

# %%
lab.progress()

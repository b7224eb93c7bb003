# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
# ---

# %% [markdown]
# # Lab 03 · Linear regression: the smallest network
#
# Without its sigmoid, lab 02's neuron is a straight line. Statisticians have fitted straight lines for two hundred
# years. We fit one in the way that networks are trained, because it already shows every step that a large network
# takes.
#
# **You will be able to** name the seven ingredients of every training program; send a gradient back through a
# computation graph; tell a wrong gradient from a wrong scale, although they look alike; say what a batch and an epoch
# are; and report an error in dollars.
#
# **You need** lab 02 (chain rule, update, central differences) and NumPy's `@`, `.mean(axis=0)` and `.std(axis=0)`.
#
# | minutes | exercises | points | goes with |
# |---|---|---|---|
# | about {{minutes}} (an estimate, not yet tried with students) | {{exercises}} | {{points}} | PyCon17, first half |

# %% tags=["setup"]
import numpy as np

X = np.array([[1250.0, 350.0, 3.0], [1700.0, 900.0, 6.0], [1400.0, 600.0, 3.0]])
y = np.array([345000.0, 580000.0, 360000.0])
weights, intercept = np.array([300.0, -10.0, -1.0]), -26497.0

# %% tags=["lab"]
from course import MSE, SGD, Linear, Network, SumSquaredError
from course import Table, numeric_gradient, open_lab, plot_losses, plot_paths, train
from course.widgets import FitTheLine, GraphStepper

lab = open_lab("03", globals())
check, hint, ready = lab.check, lab.hint, lab.ready
lab

# %% [markdown]
# ## 1 · Three houses
#
# A talk that this course builds on (PyCon17) begins with three houses. Each has three numbers and a price. The numbers
# are the floor area, the distance from public transport, and the number of rooms.

# %%
rows = [[str(i), *(f"{v:,.0f}" for v in (*x, price))] for i, (x, price) in enumerate(zip(X, y, strict=True))]
Table("three houses", ["house", "area", "distance", "rooms", "price, $"], rows)

# %% [markdown]
# The simplest model of a price multiplies each feature by a weight, adds up the products, and adds an **intercept**,
# which lab 01 called bias. It is lab 01's weighted sum without a sigmoid:
#
# $$ \hat y = w_0 x_0 + w_1 x_1 + w_2 x_2 + b \tag{1.1} $$
#
# **Exercise `linear_model`** ({{points:linear_model}}). Predict the prices of all houses at once.


# %% exercise="linear_model"
def linear_model(X, weights, intercept):
    """Predict a price for each house.

    Parameters
    ----------
    X : array of shape (N, n)
        Houses, one per row.
    weights : array of shape (n,)
        One weight for each feature.
    intercept : float

    Returns
    -------
    array of shape (N,)

    Example: linear_model(np.array([[2.0, 1.0], [0.0, 3.0]]), np.array([10.0, 1.0]), 5.0) is [26, 8].
    """
    ### BEGIN SOLUTION
    return X @ weights + intercept  # (1.1) ŷ = w·x + b
    ### END SOLUTION


# %%
check("linear_model")

# %% [markdown] buys="linear_model"
# One product gives the prices of any number of houses. This is a network with one linear unit.

# %% [markdown]
# The talk chose weights (300, −10, −1) and the intercept −26497. How good are they?

# %%
if ready("linear_model"):
    y_hat = linear_model(X, weights, intercept)
    rows = [[str(i), f"{t:,.0f}", f"{p:,.0f}", f"{t - p:,.0f}"] for i, (t, p) in enumerate(zip(y, y_hat, strict=True))]
    display(Table("the talk's weights", ["house", "price", "ŷ", "δ = y − ŷ"], rows))

# %% [markdown]
# House 0 is predicted exactly, house 1 is off by more than 100,000 dollars. So look at all rows: one house tells you
# nothing about a model. (And a weight that *lowers* the price by one dollar for each room should make you suspicious.)
#
# ## 2 · One number for all of them
#
# Here is lab 01's squared error again, summed over the houses. In this lab it is called the **cost**:
#
# $$ L = \sum_i (\hat y_i - y_i)^2 \tag{3.1} $$
#
# **Exercise `cost`** ({{points:cost}}). Compute the sum, not the mean.


# %% exercise="cost"
def cost(y_hat, y):
    """Add up the squared errors.

    Parameters
    ----------
    y_hat : array of shape (N,)
        Predicted prices.
    y : array of shape (N,)
        Right prices.

    Returns
    -------
    float

    Example: cost(np.array([3.0, 5.0]), np.array([1.0, 6.0])) is 5.0.
    """
    ### BEGIN SOLUTION
    return np.sum((y_hat - y) ** 2)  # (3.1) L = Σ (ŷ − y)²
    ### END SOLUTION


# %%
check("cost")

# %% [markdown] buys="cost"
# One number now stands for a whole model. So you can compare two models, and improve one.

# %%
if ready("linear_model", "cost"):
    print(f"cost of the talk's weights: {cost(linear_model(X, weights, intercept), y):.4e} dollars squared")

# %% [markdown]
# The number is huge, and nobody can picture squared dollars. Section 9 returns to dollars.
#
# With one feature, the area, the model is a line, and you can fit it yourself. First do it by hand. Then press *Reset*
# and let gradient descent do it: *Step* takes one step, *Run 20* takes twenty. Who is faster? (The other choice of *x*
# is for section 7.)

# %%
FitTheLine()

# %% [markdown]
# ## 3 · Send the gradient back
#
# A calculation is a graph: each node takes values and passes on one value. As a graph, the error of one house looks
# like this:
#
# $$ (x, w, b) \;\longrightarrow\; \hat y = w \cdot x + b \;\longrightarrow\; \delta = y - \hat y \;\longrightarrow\; \varepsilon = \delta^2 $$
#
# (Here $\varepsilon$ is the squared error of one house, not the small step of lab 02.)
#
# Values go forward and gradients go backward. On the way back every node follows the same short rule: **local gradient
# × gradient so far**. The way back starts at the end, with $\partial\varepsilon/\partial\varepsilon = 1$.

# %%
GraphStepper()

# %% [markdown]
# A slide of the talk shows numbers in this graph. One number is not on the slide, but you can work it out:


# %% hide="code"
def read_the_slide():
    """Solve −8 = −4 · ∂δ/∂ŷ · x₀ for x₀, with either definition of δ."""
    found = {"y − ŷ": -8 / (-4 * -1), "ŷ − y": -8 / (-4 * 1)}
    rows = [[δ, slope, f"{x0:.0f}"] for (δ, x0), slope in zip(found.items(), ("−1", "1"), strict=True)]
    display(Table("−8 = −4 · ∂δ/∂ŷ · x₀", ["δ", "∂δ/∂ŷ", "x₀"], rows))
    return f"{found['y − ŷ']:.0f}".replace("-", "−")


lab.predict("slide", read_the_slide)

# %% [markdown] why="slide"
# On the way from δ to $w_0$ the gradient −4 becomes −8, so $\partial\delta/\partial\hat y \cdot x_0 = 2$. With the
# talk's $\delta = y - \hat y$ the local gradient is −1, and $x_0 = -2$. (No house has that area. The slide's numbers
# only serve as an example.) With $\delta = \hat y - y$ the local gradient would be 1, and $x_0 = 2$. Both fit.
#
# Because δ is squared, both definitions give the same gradient of the weights, if you use one of them *throughout*. If
# you mix them, you lose a sign. From here on, **δ = y − ŷ**.

# %% [markdown]
# ### Forward and back, in code
#
# **Exercise `graph_backward`** ({{points:graph_backward}}). Compute the gradient of ε with respect to every node, for
# one house.


# %% exercise="graph_backward"
def graph_backward(x, w, b, y):
    """Go through the graph once, forward and back.

    Parameters
    ----------
    x : array of shape (n,)
        One house.
    w : array of shape (n,)
        Weights.
    b : float
        Intercept.
    y : float
        Right price.

    Returns
    -------
    dict
        ∂ε/∂key for the keys "x" (n,), "w" (n,), "b", "y_hat", "delta", "error" (ε itself).

    Example: for x = (1, 2), w = (3, −1), b = 1, y = 5, so that ŷ = 2, δ = 3 and ε = 9, the entries are
    x (−18, 6), w (−6, −12), b −6, y_hat −6, delta 6, error 1.
    """
    ### BEGIN SOLUTION
    delta = y - (w @ x + b)
    d_error = 1.0
    d_delta = 2 * delta * d_error  # ∂ε/∂δ = 2δ
    d_y_hat = -1 * d_delta  # ∂δ/∂ŷ = −1
    d_x, d_w = w * d_y_hat, x * d_y_hat  # in a product, the local gradient of each factor is the other
    return {"x": d_x, "w": d_w, "b": d_y_hat, "y_hat": d_y_hat, "delta": d_delta, "error": d_error}
    ### END SOLUTION


# %%
check("graph_backward")

# %% [markdown] buys="graph_backward"
# That was backpropagation. In lab 07 the computer builds the graph. The rule stays the same.

# %% [markdown]
# ## 4 · What a house teaches
#
# The inputs are given, so learning needs only two of the six entries:
#
# $$ \frac{\partial\varepsilon}{\partial w} = \;?, \qquad \frac{\partial\varepsilon}{\partial b} = \;? $$
#
# **Exercise `gradients`** ({{points:gradients}}). Compute these two, for one house.


# %% exercise="gradients"
def gradients(x, y, weights, intercept):
    """Differentiate the squared error of one house.

    Parameters
    ----------
    x : array of shape (n,)
        One house.
    y : float
        Its price.
    weights : array of shape (n,)
    intercept : float

    Returns
    -------
    dweights : array of shape (n,)
    dintercept : float

    Example: gradients(np.array([1.0, 2.0]), 5.0, np.array([3.0, -1.0]), 1.0) is ([-6, -12], -6).
    """
    ### BEGIN SOLUTION
    delta = y - (x @ weights + intercept)
    return -2 * delta * x, -2 * delta  # ∂ε/∂w = −2δx, ∂ε/∂b = −2δ
    ### END SOLUTION


# %%
check("gradients")

# %% [markdown] buys="gradients"
# These two lines are all that learning needs to know about a house.

# %% [markdown]
# ### Find the slip
#
# Below is the gradient as the talk prints it. Central differences (lab 02) disagree with it. Find the one word that is
# wrong and change it so that they agree. (No points. This slip returns in section 7.)


# %%
def talk_gradients(x, y, weights, intercept):
    delta = y - (weights @ x + intercept)
    gradient_weights = -2 * delta * weights
    gradient_intercept = -2 * delta
    return gradient_weights, gradient_intercept


# %%
if ready("gradients"):
    x_try, theta = np.array([0.5, -1.5, 2.0]), np.array([1.0, 2.0, -1.0, 0.5])
    numeric = numeric_gradient(lambda t: (4.0 - x_try @ t[:3] - t[3]) ** 2, theta)
    claimed = np.append(*talk_gradients(x_try, 4.0, theta[:3], theta[3]))
    rows = [[n, f"{a:.3f}", f"{c:.3f}"] for n, a, c in zip(["w0", "w1", "w2", "b"], claimed, numeric, strict=True)]
    display(Table("gradient of one house", ["parameter", "talk", "differences"], rows))
    print("fixed" if np.abs(claimed - numeric).max() < 1e-6 else "wrong: the two columns differ")

# %% [markdown]
# With this slip one parameter is still right. So always compare all of them.
#
# ## 5 · One round
#
# Compute the gradient, then take a step against it, for the weights and for the intercept:
#
# $$ w \leftarrow w - \eta\,\frac{\partial\varepsilon}{\partial w}, \qquad b \leftarrow b - \eta\,\frac{\partial\varepsilon}{\partial b} \tag{2.6} $$
#
# **Exercise `training_round`** ({{points:training_round}}). Take one step, for one house.


# %% exercise="training_round"
def training_round(x, y, weights, intercept, lr):
    """Learn from one house.

    Parameters
    ----------
    x : array of shape (n,)
        One house.
    y : float
        Its price.
    weights : array of shape (n,)
        Not to be changed in place.
    intercept : float
    lr : float
        Learning rate, η.

    Returns
    -------
    weights : array of shape (n,)
        New ones.
    intercept : float
        The new one.

    Example: with x = (1, 2), y = 5, weights (3, −1), intercept 1 and lr = 0.1 it is ([3.6, 0.2], 1.6), which predicts
    5.6 instead of 2.
    """
    ### BEGIN SOLUTION
    dweights, dintercept = gradients(x, y, weights, intercept)
    return weights - lr * dweights, intercept - lr * dintercept  # (2.6)
    ### END SOLUTION


# %%
check("training_round")

# %% [markdown] buys="training_round"
# Model, cost, gradient, step: if you repeat this round, the model learns.

# %% [markdown]
# ## 6 · Let it run
#
# A round uses one house. But a step can also follow the mean over several houses, as in lab 02. You will need these
# words until the end of the course:
#
# - The examples that one step uses are its **batch**. A *full batch* is all of them, a **mini-batch** is some of them.
#   If each step uses one example or a few, drawn at random, this is **stochastic** gradient descent (SGD).
# - An **epoch** is one pass: every example is used once.
#
# Here are both kinds of steps on the cost of a line for the three houses. The line has two parameters, its weight for
# the area and its height. Which path is straight, and which one never quite comes to rest?

# %%
area, price = (X[:, 0] - 1450) / 200, y / 100000
cost_of = lambda theta: np.sum((theta[..., :1] * area + theta[..., 1:] - price) ** 2, axis=-1)
paths = {"full batch": [np.zeros(2)], "one house per step": [np.zeros(2)]}
for k in range(45):
    for name, batch in (("full batch", [0, 1, 2]), ("one house per step", [k % 3])):
        δ = price[batch] - paths[name][-1][0] * area[batch] - paths[name][-1][1]
        paths[name].append(paths[name][-1] + 0.15 * 2 * np.array([np.mean(δ * area[batch]), np.mean(δ)]))
plot_paths(cost_of, paths, "Full batch, and one house per step")

# %% [markdown]
# The full-batch path is straight and comes to rest at the bottom. The other path does not come to rest, because each
# house pulls towards a line of its own.
#
# ### Counting steps


# %% hide="code"
def count_steps():
    """Count the steps of 20 epochs, in batches of 8, from 44 houses."""
    batches = [range(44)[i : i + 8] for i in range(0, 44, 8)]
    display(Table("one epoch", ["batch", "houses"], [[str(i + 1), str(len(b))] for i, b in enumerate(batches)]))
    return 20 * len(batches)


lab.predict("steps", count_steps)

# %% [markdown] why="steps"
# $44 = 5 \cdot 8 + 4$: five batches of eight houses and a short one of four make an epoch. That is six steps per epoch,
# for 20 epochs. Smaller batches take more steps for the same work, and each step follows a less exact gradient.

# %% [markdown]
# ### The library, and the houses as they are
#
# You now have all parts: model, cost, gradient, step. The library has the same four, and a linear model is its smallest
# network. The function below trains it; section 8 explains the words in the comments. The function returns the cost of
# each epoch, and the library's message if there is one:


# %%
def library_run(X, y, loss, lr, epochs, batch_size):  # inputs
    rng, costs = np.random.default_rng(3), []
    net = Network([Linear(X.shape[1], 1)], rng=rng, dtype=np.float64)  # parameters, operations
    steps = train(net, X, y[:, None], loss, SGD(lr), epochs=epochs, rng=rng, batch_size=batch_size)  # cost, optimizer
    try:
        for epoch in steps:  # train
            costs.append(epoch.train_loss)
    except ValueError as error:
        return costs, str(error)
    return costs, ""


# %% [markdown]
# Let it train on the three houses, with one house per step and the talk's learning rate.


# %% hide="code"
def on_raw_features():
    """Train on the features as they are: area in the thousands, rooms below ten."""
    costs, message = library_run(X, y, SumSquaredError(), lr=0.05, epochs=40, batch_size=1)
    display(Table("cost", ["epoch", "mean cost of a house"], [[str(i + 1), f"{c:.0e}"] for i, c in enumerate(costs)]))
    print(message)
    return "It grows until the numbers run out" if message else "It bounces up and down for ever"


lab.predict("raw", on_raw_features)

# %% [markdown] why="raw"
# The gradient of the first weight contains δ times x, and x is over a thousand. One step overshoots by a factor of some
# hundred thousand, and the next step starts from there. The cost gains ten digits with every step until float64 has
# none left. Nothing is wrong with the gradient. This is what divergence looks like.

# %% [markdown]
# ### Your own rounds
#
# Now run your own `training_round` on the same houses, from the talk's weights:

# %%
if ready("training_round"):
    w_raw, b_raw, rows = weights, intercept, []
    with np.errstate(over="ignore", invalid="ignore"):
        for k in range(61):
            x, price = X[k % 3], y[k % 3]
            rows.append([str(k), f"{w_raw[0]:.1e}", f"{(price - x @ w_raw - b_raw) ** 2:.1e}"])
            w_raw, b_raw = training_round(x, price, w_raw, b_raw, lr=0.05)
    display(Table("your rounds", ["step", "w0", "error"], [rows[k] for k in (0, 1, 2, 3, 4, 10, 20, 28, 29, 59, 60)]))

# %% [markdown]
# NumPy itself does not stop. It only warns, and here we switched the warnings off. At step 29 the error is larger than
# 1.8e308, the largest float64, and becomes `inf`. Later the weights become `inf` too, and $\infty - \infty$ is `nan`:
# *not a number*. After that nothing ever recovers, because a calculation with a NaN gives a NaN. Read such a table from
# the top: the first rows show the cause, and the NaN is only the end.
#
# The cause is the **scale**. The area is about 1400, so the gradient of $w_0$ contains δ times 1400. A change of $w_0$
# moves the price by 1400 times as much. Together that is a factor of two million. For the rooms it is 3 times 3. No
# single learning rate can suit both.
#
# ## 7 · One scale for all
#
# Give every feature the same scale: subtract its mean and divide by its standard deviation.
#
# $$ x \;\leftarrow\; \frac{x - \text{mean}}{\text{std}} \tag{3.3} $$
#
# **Exercise `standardize`** ({{points:standardize}}). Do this for each column. A column that is the same for all houses
# has a standard deviation of 0. Treat its std as 1, so that the column becomes zeros.


# %% exercise="standardize"
def standardize(X):
    """Bring every column to mean 0 and standard deviation 1.

    Parameters
    ----------
    X : array of shape (N, n)
        Houses, one per row.

    Returns
    -------
    X_std : array of shape (N, n)
    mean : array of shape (n,)
        The mean of each column of X.
    std : array of shape (n,)
        What each column was divided by: its standard deviation (NumPy's default, dividing by N), or 1.

    Example: standardize(np.array([[1.0, 7.0], [5.0, 7.0]])) is ([[-1, 0], [1, 0]], [3, 7], [2, 1]).
    """
    ### BEGIN SOLUTION
    mean, std = X.mean(axis=0), X.std(axis=0)
    std = np.where(std == 0, 1.0, std)
    return (X - mean) / std, mean, std  # (3.3)
    ### END SOLUTION


# %%
check("standardize")

# %% [markdown] buys="standardize"
# Every feature now has the same scale, and one learning rate can suit them all.

# %% [markdown]
# Here are the same houses, the same learning rate and the same `training_round`:

# %%
if ready("training_round", "standardize"):
    X_std, mean, std = standardize(X)
    w_std, b_std, errors = np.zeros(3), 0.0, []
    for k in range(60):
        errors.append(abs(y[k % 3] - X_std[k % 3] @ w_std - b_std) / 1000)
        w_std, b_std = training_round(X_std[k % 3], y[k % 3], w_std, b_std, lr=0.05)
    display(plot_losses(errors, "Standardised, lr = 0.05", "step", "|δ| in thousand dollars"))

# %% [markdown]
# The error now falls. The reason is that the landscape has changed. Below is the cost of a line for the three houses
# again, once with the area as it is (in thousands, so that it fits into the picture) and once with the area
# standardised. Each shows 40 full-batch steps.

# %% hide="code"
# the cost of a line on both scales, and 40 steps on each
grounds = {"area in thousands": X[:, 0] / 1000, "standardised": (X[:, 0] - X[:, 0].mean()) / X[:, 0].std()}
cost_on = lambda x: lambda theta: np.sum((theta[..., :1] * x + theta[..., 1:] - y / 100000) ** 2, axis=-1)
walks = {name: [np.zeros(2)] for name in grounds}
for name, x in grounds.items():
    for _ in range(40):
        δ = y / 100000 - walks[name][-1][0] * x - walks[name][-1][1]
        walks[name].append(walks[name][-1] + 0.1 * 2 * np.array([np.mean(δ * x), np.mean(δ)]))
plot_paths({name: cost_on(x) for name, x in grounds.items()}, walks, "The same houses, two landscapes")

# %% [markdown]
# One is a long valley, the other a bowl. In the valley the walk drops to the floor at once, and then creeps along it,
# because the slope there is close to zero.
#
# With this learning rate, one line of preparation decides whether anything is learned. Even where nothing diverges, it
# saves time. Go back to the widget of section 2 and count the steps, first with the plain area in thousands, then with
# *standardised area*.
#
# ### Was it only the scale?
#
# The talk used *its* gradient, slip included, on raw features. What happens if we only standardise and keep the slip?


# %% hide="code"
def slip_on_standardised():
    """Train with −2δ·weights where −2δ·x belongs, on standardised features."""
    Z, w, b, sizes = (X - X.mean(0)) / X.std(0), weights, intercept, []
    with np.errstate(over="ignore", invalid="ignore"):
        for k in range(9):
            δ = y[k % 3] - Z[k % 3] @ w - b
            sizes.append(abs(δ))
            w, b = w + 0.05 * 2 * δ * w, b + 0.05 * 2 * δ  # the slip is in here
    display(Table("the slip", ["step", "|δ|"], [[str(k), f"{size:.0e}"] for k, size in enumerate(sizes)]))
    return "It learns, but slowly" if sizes[-1] < sizes[0] else "No, it diverges all the same"


lab.predict("slip_scaled", slip_on_standardised)

# %% [markdown] why="slip_scaled"
# Standardising corrects a scale, not a direction. The slip multiplies the weights by something that grows with δ, so
# they feed on themselves: the larger they are, the faster they grow. There are two faults with one symptom. To
# standardise without correcting the gradient fails, and so does correcting without standardising. (On raw features the
# slip reaches inf at step 7, while the right gradient takes 29 steps.)
#
# When a run ends in NaN, do the gradient check first. Then look at the scales, then at the learning rate.

# %% [markdown]
# ## 8 · The seven ingredients
#
# Three houses are too few to test a model, so here is a town. It is invented: the prices follow a rule, with some noise
# added. There are 44 houses to learn from and 16 to test on.

# %%
rng = np.random.default_rng(3)
area, distance, rooms = rng.uniform(700, 2500, 60), rng.uniform(200, 1500, 60), rng.integers(2, 8, 60)
town = np.column_stack([area, distance, rooms])
price = 60000 + 140 * area - 20 * distance + 9000 * rooms + rng.normal(0, 15000, 60)
town = (town - town[:44].mean(axis=0)) / town[:44].std(axis=0)  # the scale of the training houses alone
X_train, y_train, X_test, y_test = town[:44], price[:44], town[44:], price[44:]

# %% [markdown]
# The test houses are scaled with the mean and std of the *training* houses. The model learns in those units, and its
# weights fit no others. Besides, a scale that uses the test houses would already have looked at the test.
#
# Every training program from here to lab 13 has the same **seven ingredients**. You will find them in the comments each
# time:

# %%
if ready("training_round", "linear_model", "cost"):
    inputs, targets = X_train, y_train  # 1 inputs
    w_town, b_town, costs = np.zeros(3), 0.0, []  # 2 parameters
    predict = lambda houses: linear_model(houses, w_town, b_town)  # 3 operations
    for _ in range(20):  # 6 train: all houses, again and again
        costs.append(cost(predict(inputs), targets))  # 4 cost
        for x, t in zip(inputs, targets, strict=True):
            w_town, b_town = training_round(x, t, w_town, b_town, lr=0.005)  # 5 optimizer
    y_town = predict(X_test)  # 7 test: houses it has never seen
    display(plot_losses(costs, "The town, house by house", "epoch", "cost", log=True))

# %% [markdown]
# The curve falls steeply and then stays flat. What is left is the noise that we added, and no line can learn that.
#
# One ingredient contains a trap. The talk's cost is a sum in its NumPy program and a mean in its TensorFlow program.
# Does the difference matter?


# %% hide="code"
def sum_or_mean():
    """Run full batches twice, with the mean as cost and with the sum."""
    mean_costs, _ = library_run(X_train, y_train, MSE(), lr=0.05, epochs=300, batch_size=44)
    sum_costs, message = library_run(X_train, y_train, SumSquaredError(), lr=0.05, epochs=300, batch_size=44)
    rows = [[str(k), f"{mean_costs[k]:.1e}", f"{sum_costs[k] / 44:.1e}"] for k in (0, 1, 2, 10, 100)]
    display(Table("mean squared error", ["step", "cost is the mean", "cost is the sum"], rows))
    print(message)
    return "It diverges" if message else "It learns just the same"


lab.predict("sum_or_mean", sum_or_mean)

# %% [markdown] why="sum_or_mean"
# The gradient of the sum is 44 times the mean's, so lr = 0.05 on the sum is lr = 2.2 on the mean: far too large. The
# talk uses the same learning rate for both. A learning rate means nothing until you know which of the two it belongs
# to.

# %% [markdown]
# The same holds for every constant in a cost. Lab 11 adds a penalty to the cost. Some people write it as $\sum w^2$ and
# some as $\tfrac12 \sum w^2$. The idea is the same, but the number in front has another meaning.
#
# ## 9 · An error in dollars
#
# How good is the model on houses it has never seen? A sum of squares grows with the test set and is in squared dollars.
# So take the *mean*, and then the *root*. The result is the **root mean squared error**.
#
# $$ \text{RMSE} = \sqrt{\tfrac1N \textstyle\sum_i (\hat y_i - y_i)^2} \tag{3.4} $$
#
# **Exercise `rmse`** ({{points:rmse}}).


# %% exercise="rmse"
def rmse(y_hat, y):
    """Give the root mean squared error.

    Parameters
    ----------
    y_hat : array of shape (N,)
        Predictions.
    y : array of shape (N,)
        Right values.

    Returns
    -------
    float
        In the unit of y.

    Example: rmse(np.array([3.0, 5.0]), np.array([2.0, 12.0])) is 5.0.
    """
    ### BEGIN SOLUTION
    return np.sqrt(np.mean((y_hat - y) ** 2))  # (3.4)
    ### END SOLUTION


# %%
check("rmse")

# %% [markdown] buys="rmse"
# This error is in the unit of the prices, and you can compare it between test sets of any size.

# %% [markdown]
# ### Two ways to get it wrong
#
# The talk prints its test error as √(mean(cost)). Suppose that our guess for every house is the mean price of the town:


# %% hide="code"
def as_the_talk_prints_it():
    """Guess the mean price for each of the 16 test houses, and measure that in two ways."""
    guess = np.full(16, y_train.mean())
    talk = np.sqrt(np.mean(SumSquaredError().value(guess, y_test)))
    right = np.sqrt(MSE().value(guess, y_test))
    rows = [["√(mean(cost))", f"{talk / 1000:.1f}"], ["RMSE", f"{right / 1000:.1f}"]]
    display(Table("guessing the mean, 16 houses", ["measure", "thousand dollars"], rows))
    return float(round(talk / right, 2))


lab.predict("talk_error", as_the_talk_prints_it)

# %% [markdown] why="talk_error"
# The mean of a single number is that number, so the talk's error is √(sum) = √16 · RMSE. On 64 houses it would be 8
# times the RMSE. The more houses you test, the worse the model looks.

# %% [markdown]
# The talk's TensorFlow program writes `tf.square(Y_test, Y_predicted)`. NumPy has a function of that name, too.


# %% hide="code"
def square_of_two():
    """Call np.square with two arrays, and look at both afterwards."""
    test, predicted = np.array([3.0, 5.0]), np.array([1.0, 6.0])
    result = np.square(test, predicted)
    rows = [["result", *(f"{v:.0f}" for v in result)], ["predicted, afterwards", *(f"{v:.0f}" for v in predicted)]]
    display(Table("np.square(test, predicted)", ["", "house 0", "house 1"], rows))
    return "[9 25]" if list(result) == [9, 25] else "[4 1]"


lab.predict("square", square_of_two)

# %% [markdown] why="square"
# Nothing is subtracted. NumPy treats the second array as the place to write to, and the predictions are lost.
# TensorFlow treats it as a *name*. What was meant is `tf.square(Y_test - Y_predicted)`. (Besides, `model` is not
# defined anywhere in that block, and `np.sqrt` is given a tensor that was not evaluated.) Code on a slide may never
# have been run. Run it before you trust it.

# %% [markdown]
# ### Your own model
#
# How good is your own model on the same 16 houses?

# %%
if ready("rmse", "training_round", "linear_model", "cost"):
    rows = [["the mean price", f"{rmse(np.full(16, y_train.mean()), y_test) / 1000:.1f}"]]
    rows += [["your model", f"{rmse(y_town, y_test) / 1000:.1f}"], ["the noise we put in", "15.0"]]
    display(Table("RMSE on the test houses, thousand dollars", ["who guesses", "RMSE"], rows))

# %% [markdown]
# That is about the best possible: the noise is 15 thousand dollars, and nobody can predict noise. If a model claims
# *much less* than that on new houses, look for test houses among its training houses.
#
# ### Open experiment (no points)
#
# On the *raw* houses, too, some learning rates do not diverge. Which is the largest, to within a factor of ten? Let it
# run 300 steps and look at the intercept: how long would it take to reach a thousand dollars? What does that say about
# the advice "just make the learning rate smaller"?

# %%
if ready("training_round"):
    w_raw, b_raw = np.zeros(3), 0.0
    for k in range(300):
        w_raw, b_raw = training_round(X[k % 3], y[k % 3], w_raw, b_raw, lr=1e-9)
    print("weights", w_raw.round(1), "intercept", round(float(b_raw), 3))

# %% [markdown]
# ## 10 · In your own words
#
# *Rubric (4 points): what the check proves (1); why the large rate failed (1); why the small rate failed (1); what to do
# now (1).*
#
# A friend's regression on raw features prints `nan` after thirty steps. With a millionth of the learning rate there is no
# `nan`, but after ten thousand steps the intercept has hardly moved. "So my gradient is wrong," says the friend. Then a
# check by central differences agrees with that gradient to eight digits. Write three or four sentences: what does the check
# prove, why did both learning rates fail, and what should your friend do now? (Graded by hand.)

# %% [markdown] written="nan"
# ### BEGIN SOLUTION
# The gradient is right: the check looks at the gradient alone, takes no step, and says nothing about how long a step may
# be. Along a feature with values in the thousands, the gradient is thousands of times larger than for the intercept. A rate
# that suits the intercept overshoots there, more at every step, until the cost overflows. A rate that suits the feature
# hardly moves the intercept. One rate serves all parameters, so the features must be of one size: standardise them, and an
# ordinary rate will do.
#
# *What earns the points: the gradient is right, since the check takes no step (1); the large rate overshoots along the large
# feature (1); the small rate leaves the intercept behind, since one rate serves both (1); standardise, no other gradient (1).*
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
# - Inputs, parameters, operations, cost, optimizer, train, test: seven ingredients, in every training program.
# - On the way back through a graph: local gradient × gradient so far, starting with 1.
# - When a run ends in NaN: check the gradient, then the scales, then the learning rate.
# - A learning rate belongs to a cost. Before you copy one, ask: sum or mean?
#
# Next: lab 04 brings the sigmoid back, then puts ten neurons side by side to read handwriting.

# %%
lab.progress()

"""What lab 03 checks: the linear model, its cost, its gradients by hand and by graph, a round of training."""

# fmt: off
import numpy as np

from course.build import Exercise, LabChecks, Slip, Part, Prediction, Question

# linear_model ---------------------------------------------------------------------------------------------------


def model_case(rng, N, n, sign):
    return {"X": rng.normal(size=(N, n)), "weights": rng.normal(size=n), "intercept": sign * float(rng.uniform(1, 3))}


linear_model = Exercise(
    "linear_model",
    points=1,
    cases=lambda rng: [model_case(rng, 4, 3, 1), model_case(rng, 2, 5, -1)],
    slips=[
        Slip("intercept forgotten", {"X @ weights + intercept": "(X @ weights)"},
             "The intercept is missing. Without it, a house with nothing in it costs nothing, and land is free."),
        Slip("products not summed", {"X @ weights": "(X * weights)"},
             "You have one number for each feature of each house. A house has *one* price: add up its products. `@` "
             "multiplies and adds up in one go."),
        Slip("houses added up", {"return X @ weights + intercept": "return np.sum(X @ weights) + intercept"},
             "One number for the whole street. Each row is a house with a price of its own: sum over the features "
             "(axis 1), not over the houses."),
        Slip("an intercept for each feature",
             {"return X @ weights + intercept": "return np.sum(X * weights + intercept, axis=1)"},
             "The intercept is added to every product, and so once for each feature. A house pays it once: add up "
             "the products first, then the intercept."),
        Slip("three features only",
             {"return X @ weights + intercept": "return X[:, 0] * weights[0] + X[:, 1] * weights[1] + X[:, 2] * weights[2] + intercept"},
             "Right for three features, and the next town counts bathrooms as well. `X @ weights` takes as many "
             "features as there are."),
        Slip("sigmoid kept", {"return X @ weights + intercept": "return 1 / (1 + np.exp(-(X @ weights + intercept)))"},
             "Lab 02’s sigmoid is still there, and no house costs more than a dollar. A linear model stops at the "
             "weighted sum."),
        Slip("weights first", {"@ weights": "@ X"},
             "Shapes (n,) and (N, n) do not fit in that order: the two axes in the middle must be equal. X first, "
             "then the weights."),
        Slip("along the wrong axis",
             {"return X @ weights + intercept": "return np.sum(X * weights, axis=0) + intercept"},
             "Added up over the houses, one number for each feature. Each house wants a price of its own: sum over "
             "the features, axis 1."),
        Slip("intercept added to the weights", {"return X @ weights + intercept": "return X @ (weights + intercept)"},
             "The intercept was added to the weights, so that the features multiply it, too. It stands outside."),
        Slip("mean of the products",
             {"return X @ weights + intercept": "return np.mean(X * weights, axis=1) + intercept"},
             "You took the *mean* of the products. A price is their sum: each part is paid in full, not by a third."),
    ],
    alternatives=[
        lambda X, weights, intercept: (X * weights).sum(axis=1) + intercept,
        lambda X, weights, intercept: [sum(a * b for a, b in zip(x, weights, strict=True)) + intercept for x in X],
    ],
    hints=[
        "It is lab 01's weighted sum under another name, and without the sigmoid.",
        "One product of a matrix and a vector gives one number for each row.",
        "`X @ weights` has shape (N,). Something must still be added.",
    ],
)

# cost -----------------------------------------------------------------------------------------------------------
def price_cases(rng):
    """Draw prices; in the first case the predictions are too low on the whole, so that the mean error has a sign."""
    cases = [{"y_hat": rng.normal(size=N), "y": rng.normal(size=N)} for N in (3, 5, 4)]
    low, high = sorted(cases[0].values(), key=np.sum)
    return [{"y_hat": low, "y": high}, *cases[1:]]


cost = Exercise(
    "cost",
    points=1,
    cases=price_cases,
    slips=[
        Slip("mean for sum", {"np.sum": "np.mean"},
             "This is the *mean* of the squared errors. Here the cost is their sum. Neither is wrong in itself, but "
             "they differ by the factor N, and section 8 shows what that does to a learning rate."),
        Slip("summed before squaring", {"return np.sum((y_hat - y) ** 2)": "return np.sum(y_hat - y) ** 2"},
             "You add up first and square then: a house that is too dear and one that is too cheap cancel, and a bad "
             "model looks perfect. Square each error, then add."),
        Slip("not squared", {"2": "1"},
             "The errors are not squared, so that too much here makes up for too little there."),
        Slip("not summed", {"np.sum": ""},
             "One number for each house. The cost is a single number for all of them: add up."),
        Slip("one half", {"return np.sum((y_hat - y) ** 2)": "return np.sum((y_hat - y) ** 2) / 2"},
             "Half of what it should be. Some books put a ½ before the sum to be rid of a 2 later; ours does not."),
        Slip("each squared first", {"return np.sum((y_hat - y) ** 2)": "return np.sum(y_hat**2 - y**2)"},
             "You square both and subtract then. ŷ² − y² is not (ŷ − y)², and it can be negative: difference first, "
             "then square."),
        Slip("each squared first, the other way round",
             {"return np.sum((y_hat - y) ** 2)": "return np.sum(y**2 - y_hat**2)"},
             "You square both and subtract then. y² − ŷ² is not (y − ŷ)², and it can be negative: difference first, "
             "then square."),
        Slip("root mean square", {"return np.sum((y_hat - y) ** 2)": "return np.sqrt(np.mean((y_hat - y) ** 2))"},
             "This is the root of the *mean*, which comes in section 9. (3.1) is the plain sum of the squares."),
        Slip("half the mean", {"return np.sum((y_hat - y) ** 2)": "return np.mean((y_hat - y) ** 2) / 2"},
             "Half of the *mean*. Both the ½ and the 1/N are in some books; (3.1) has neither: the plain sum."),
        Slip("first house only", {"return np.sum((y_hat - y) ** 2)": "return (y_hat[0] - y[0]) ** 2"},
             "Only the first house is in it. Does `return` stand inside the loop? It takes the first chance to go "
             "home."),
        Slip("last house only", {"return np.sum((y_hat - y) ** 2)": "return (y_hat[-1] - y[-1]) ** 2"},
             "Only the last house is left: each turn of the loop overwrites what was there. Start with 0 and *add* "
             "each square (`+=`)."),
        Slip("square of the mean", {"return np.sum((y_hat - y) ** 2)": "return np.mean(y_hat - y) ** 2"},
             "You average first and square then: too dear here and too cheap there cancel. Square each error, then "
             "add."),
    ],
    alternatives=[
        lambda y_hat, y: (y - y_hat) @ (y - y_hat),
        lambda y_hat, y: sum((a - b) ** 2 for a, b in zip(y_hat, y, strict=True)),
    ],
    hints=[
        "Three steps: difference, square, sum. In this order.",
        "`y_hat - y` is an array of N errors; `** 2` squares each of them.",
        "Put `np.sum( … )` around the squares.",
    ],
)

# graph_backward -------------------------------------------------------------------------------------------------
def graph_case(rng, n, sign):
    return {
        "x": rng.uniform(0.5, 2, size=n) * rng.choice([-1, 1], size=n),
        "w": rng.uniform(2.2, 4, size=n) * rng.choice([-1, 1], size=n),
        "b": -sign * float(rng.uniform(4.2, 6)),
        "y": sign * float(rng.uniform(40, 45)),
    }


def backward_by_loop(x, w, b, y):
    grads = {"error": 1, "delta": -2 * (sum(a * c for a, c in zip(x, w, strict=True)) + b - y)}
    grads["y_hat"] = -1 * grads["delta"]
    grads["w"] = [grads["y_hat"] * value for value in x]
    grads["x"] = [grads["y_hat"] * value for value in w]
    return grads | {"b": 1 * grads["y_hat"]}


graph_backward = Exercise(
    "graph_backward",
    points=[
        Part("back to δ", 1, component="delta"),
        Part("back to ŷ", 1, component="y_hat"),
        Part("back to the weights", 1, component="w"),
        Part("back to the inputs", 1, component="x"),
        Part("the whole graph", 1),
    ],
    cases=lambda rng: [graph_case(rng, 2, 1), graph_case(rng, 3, -1), graph_case(rng, 1, 1)],
    slips=[
        Slip("δ the other way round", {"-1 * ": ""},
             "∂ε/∂δ is right, and then a minus sign is lost. In δ = y − ŷ the prediction carries a minus: when ŷ "
             "grows by one, δ *falls* by one, so ∂δ/∂ŷ is −1."),
        Slip("δ the other way round, from the start", {": d_delta": ": d_y_hat"},
             "Your δ is ŷ − y; this graph has δ = y − ŷ. What comes out at the weights is the same, because δ is "
             "squared, but ∂ε/∂δ has the other sign."),
        Slip("factor 2 missing", {"2 * ": ""},
             "Half of what it should be, everywhere: the square brings down a 2, ∂ε/∂δ = 2δ, and all others inherit "
             "it."),
        Slip("factor 2 missing at δ", {": d_delta": ": delta"},
             "At δ there stands δ itself, its value. ∂ε/∂δ is 2δ: the square brings down a 2."),
        Slip("local gradients only",
             {"w * d_y_hat, x * d_y_hat": "w, x", "-1 * d_delta": "-1.0", "\"b\": d_y_hat": "\"b\": 1.0"},
             "These are the *local* gradients of each node. Carry the gradient back: local gradient times the "
             "gradient so far, from ε all the way to the inputs."),
        Slip("x and w mixed up", {"w * d_y_hat, x * d_y_hat": "x * d_y_hat, w * d_y_hat"},
             "What belongs to x stands at w, and the other way round. In the product w·x each hands the other its "
             "*partner*: ∂ŷ/∂w = x and ∂ŷ/∂x = w."),
        Slip("values for gradients",
             {"d_x, \"w\": d_w, \"b\": d_y_hat, \"y_hat\": d_y_hat, \"delta\": d_delta, \"error\": d_error": "x, \"w\": w, \"b\": b, \"y_hat\": w @ x + b, \"delta\": delta, \"error\": delta**2"},
             "These are the values of the forward pass. The dictionary should hold ∂ε/∂key: how ε changes when that "
             "node moves a little."),
        Slip("value at ε", {": d_error": ": delta**2"},
             "At ε there stands ε itself, its value. ∂ε/∂ε is 1: ε changes with itself, one to one."),
        Slip("started with ε", {"d_error = 1.0": "d_error = delta**2"},
             "Everything is ε times too large. The way back starts with ∂ε/∂ε, and that is 1: ε changes with itself, "
             "one to one."),
        Slip("b multiplied", {"\"b\": ": "\"b\": b * "},
             "The gradient of b is multiplied by b. In ŷ = w·x + b it is added, and a sum hands the gradient on as "
             "it is: times 1."),
    ],
    alternatives=[backward_by_loop, {"w @ x": "np.sum(x * w)"}],
    equivalent={"d_error is 1": ["`d_error`"], "vectors": ["`x @ w`"]},
    hints=[
        "Forward first: ŷ, then δ = y − ŷ. Then go back from ε, one node at a time.",
        "∂ε/∂ε = 1. ∂ε/∂δ = 2δ times that. ∂ε/∂ŷ is that times −1. The last three share ∂ε/∂ŷ.",
        "With d for ∂ε/∂ŷ: at w it is d times x, at x it is d times w, at b it is d times 1.",
    ],
)

# gradients ------------------------------------------------------------------------------------------------------
def house_case(rng, n):
    return {
        "x": rng.uniform(0.5, 2, size=n) * rng.choice([-1, 1], size=n),
        "y": float(rng.uniform(20, 25) * rng.choice([-1, 1])),
        "weights": rng.uniform(2.2, 4, size=n) * rng.choice([-1, 1], size=n),
        "intercept": (-1) ** n * float(rng.uniform(1.5, 3)),
    }


def gradients_by_loop(x, y, weights, intercept):
    delta = y - intercept - sum(a * b for a, b in zip(x, weights, strict=True))
    return [-2 * value * delta for value in x], -2 * delta


gradients = Exercise(
    "gradients",
    points=[Part("the weights, dweights", 2, component="dweights"), Part("the intercept", 1, component="dintercept")],
    cases=lambda rng: [house_case(rng, 3), house_case(rng, 2), house_case(rng, 4)],
    returns=["dweights", "dintercept"],
    slips=[
        Slip("times the weights", {"* x": "* weights"},
             "dweights came out as something times the *weights*. In weights·x the partner of a weight is its input: "
             "∂ŷ/∂weights = x. With your version a weight of 0 could never learn anything."),
        Slip("sign", {"y - (x @ weights + intercept": "(x @ weights + intercept - y"},
             "Right but for the sign. With δ = y − ŷ the inner derivative is −1, so it is −2δ. Try it: a price that "
             "is too low, a positive input. More weight helps, so that derivative must be negative."),
        Slip("factor 2 missing", {"2 * delta * x, -2": "1 * delta * x, -1"},
             "Half of what it should be: the square brings down a 2."),
        Slip("intercept times itself", {"x, -2 * delta": "x, -2 * delta * intercept"},
             "dweights is right. The intercept is a weight whose input is always 1: its gradient is not multiplied "
             "by the intercept."),
        Slip("intercept forgotten in the price", {"x @ weights + intercept": "(x @ weights)"},
             "It looks as if the forward pass left out the intercept: ŷ is weights·x *plus the intercept*."),
        Slip("no gradient for the intercept", {"x, -2 * delta": "x, 0.0"},
             "dweights is right, but dintercept is 0. The intercept moves the price, too: dollar for dollar."),
        Slip("intercept times x", {"x, -2 * delta": "x, -2 * delta * x"},
             "dweights is right. The intercept is a weight whose input is always 1: no x in its gradient, and it is "
             "one number."),
        Slip("error not carried", {"return -2 * delta * x, -2 * delta": "return (x, 1.0)"},
             "These are ∂ŷ/∂weights and ∂ŷ/∂intercept, the last local gradients. Multiply them by what came before, "
             "∂ε/∂ŷ: otherwise a perfect house teaches as much as a hopeless one."),
        Slip("ŷ for δ", {"y - (": "-("},
             "Your δ is the prediction itself. How wrong it is, only the right price y can say: δ = y − ŷ."),
        Slip("products summed too late",
             {"return -2 * delta * x, -2 * delta": "return ( 2 * (x * weights + intercept - y) * x, np.sum(2 * (x * weights + intercept - y)), )"},
             "`x * weights` multiplies without adding up, and each feature gets an error of its own. One house, one "
             "price: `x @ weights`."),
    ],
    alternatives=[gradients_by_loop, {"-2 * delta * x, -2 * delta": "np.multiply(2 * x, -delta), np.array(-2 * delta)"}],
    equivalent={"vectors": ["`weights @ x`"]},
    hints=[
        "You have this already: two of the six entries of `graph_backward`.",
        "First δ = y − ŷ. Both gradients share −2δ.",
        "dweights is −2δ times the input x; dintercept is −2δ times 1.",
    ],
)

# training_round -------------------------------------------------------------------------------------------------
def round_case(rng, n):
    return house_case(rng, n) | {"lr": float(rng.uniform(0.02, 0.06))}


def by_theta(x, y, weights, intercept, lr):
    theta, extended = np.append(weights, intercept), np.append(x, 1.0)
    theta = theta + 2 * lr * (y - theta @ extended) * extended
    return theta[:-1], theta[-1]


training_round = Exercise(
    "training_round",
    points=[Part("the weights", 1, component="weights"), Part("the intercept", 1, component="intercept")],
    cases=lambda rng: [round_case(rng, 3), round_case(rng, 2)],
    returns=["weights", "intercept"],
    slips=[
        Slip("climbing", {"weights - lr": "weights + lr", "intercept - lr": "intercept + lr"},
             "The step goes *along* the gradient, uphill. Learning goes against it: minus lr times gradient."),
        Slip("intercept sees the new weights",
             {"return weights - lr * dweights, intercept - lr * dintercept": "weights = weights - lr * dweights\n    return weights, intercept - lr * gradients(x, y, weights, intercept)[1]"},
             "weights are updated first, and then the intercept's gradient is computed at the *new* weights. Both "
             "belong to the old ones: compute both gradients, then update both."),
        Slip("weights see the new intercept",
             {"return weights - lr * dweights, intercept - lr * dintercept": "intercept = intercept - lr * dintercept\n    return weights - lr * gradients(x, y, weights, intercept)[0], intercept"},
             "The intercept is updated first, and then dweights is computed with the *new* intercept. Compute both "
             "gradients, then update both."),
        Slip("intercept left behind", {" - lr * dintercept": ""},
             "The weights moved, the intercept did not. It learns as well."),
        Slip("learning rate forgotten", {"lr * dweights, intercept - lr *": "dweights, intercept -"},
             "A step as long as the whole gradient: `lr` is not used."),
        Slip("gradients returned", {"weights - lr * dweights, intercept - lr * dintercept": "dweights, dintercept"},
             "These are the gradients. A round goes one further: old value minus lr times gradient."),
        Slip("divided by lr", {"lr * dweights": "dweights / lr", "lr * dintercept": "dintercept / lr"},
             "You divide by the learning rate: the more careful it is meant to be, the wilder the step. Multiply."),
        Slip("lr times everything",
             {"weights - lr * dweights": "lr * (weights - lr * dweights)", "intercept - lr * dintercept": "lr * (intercept - lr * dintercept)"},
             "lr multiplies the old values, too, and nearly all that was learned is gone. It belongs to the gradient "
             "alone: `weights - lr * dweights`."),
        Slip("the 2 twice", {"lr *": "2 * lr *"},
             "A step twice as long as it should be: the 2 of the square is in the gradient already."),
        Slip("a factor, not a step",
             {"weights - lr * dweights": "weights * (1 - lr * dweights)", "intercept - lr * dintercept": "intercept * (1 - lr * dintercept)"},
             "You multiply the old values by something. A step is *added*: old value minus lr times gradient. (A "
             "weight of 0 could never leave.)"),
        Slip("intercept forgotten in the price",
             {"gradients(x, y, weights, intercept)": "gradients(x, y, weights, 0.0)"},
             "It looks as if the forward pass left out the intercept: ŷ is weights·x *plus the intercept*."),
        Slip("half a step", {"lr *": "lr / 2 *"},
             "Half a step: the square brings down a 2, and `gradients` has it inside already."),
    ],
    alternatives=[by_theta, {"intercept - lr * dintercept": "np.add(intercept, -lr * dintercept)"}],
    equivalent={"positive": ["value of `lr`"]},
    hints=[
        "Two lines: the gradients, then both steps.",
        "`dweights, dintercept = gradients(…)` with the old parameters. Then lab 02's update, twice.",
        "New value = old value minus lr times its gradient. Return the pair.",
    ],
)

# standardize ----------------------------------------------------------------------------------------------------
def table(rng, N, n):
    """Draw a table with wide columns, and a last one whose standard deviation is below 1."""
    spread = np.append(rng.uniform(2, 9, size=n - 1), rng.uniform(0.1, 0.3))
    return rng.normal(size=(N, n)) * spread + rng.uniform(10, 40, size=n) * (-1) ** np.arange(n)


def standardize_cases(rng):
    constant = table(rng, 6, 3)
    constant[:, 1] = float(rng.integers(2, 9))
    return {"columns": [{"X": table(rng, 5, 3)}, {"X": table(rng, 4, 2)}], "a constant column": [{"X": constant}]}


def scaled(X, axis=0, ddof=0, power=1):
    mean, std = X.mean(axis=axis, keepdims=axis == 1), X.std(axis=axis, ddof=ddof, keepdims=axis == 1)
    std = np.where(std == 0, 1.0, std)
    return (X - mean) / std**power, mean, std


def scaled_by_loop(X):
    mean, std = np.zeros(X.shape[1]), np.ones(X.shape[1])
    for j, column in enumerate(X.T):
        mean[j] = sum(column) / len(column)
        std[j] = np.sqrt(np.mean((column - mean[j]) ** 2)) or 1.0
    return [(row - mean) / std for row in X], mean, std


def scaled_with_errstate(X):
    mean, std = X.mean(axis=0), X.std(axis=0)
    with np.errstate(all="ignore"):
        result = np.nan_to_num((X - mean) / std)
    return result, mean, np.where(std > 0, std, 1)


standardize = Exercise(
    "standardize",
    points=[Part("the columns", 2, group="columns"), Part("a constant column", 1, group="a constant column")],
    cases=standardize_cases,
    returns=["X_std", "mean", "std"],
    slips=[
        Slip("one mean for all", {"axis=0), X.std(axis=0": "), X.std("},
             "One mean and one standard deviation for the whole table: square feet and rooms in one pot. Each "
             "*column* has its own: `axis=0` makes the rows disappear."),
        Slip("rows", {"axis=0": "axis=1", "(X - mean) / std": "((X.T - mean) / std).T"},
             "You standardised each house over its features. It is each feature over the houses: axis 0, not axis 1."),
        Slip("rows, lying flat", {"X.std(axis=0": "X.std(axis=1"},
             "With `axis=1` you have a mean for each house. Each *feature* has its own: `axis=0`, and the shapes fit."),
        Slip("at least 1", {"np.where(std == 0, 1.0, std)": "np.maximum(std, 1.0)"},
             "Every std below 1 became 1, and such a column stays narrow. Only a std of exactly 0 is to become 1: "
             "`np.where(std == 0, 1.0, std)`."),
        Slip("divided by zero", {"= 0": "= 1"},
             "A constant column has standard deviation 0, and 0/0 is NaN. Put 1 where the standard deviation is 0, "
             "before you divide: such a column becomes zeros and does no harm."),
        Slip("zero returned as std", {"std, mean, std": "std, mean, X.std(axis=0)"},
             "The table is right. The std you return for the constant column is 0, and whoever divides new houses by "
             "it gets NaN. Return the 1 that you divided by."),
        Slip("least and largest", {"X.mean(axis=0), X.std(axis=0)": "X.min(axis=0), np.ptp(X, axis=0)"},
             "You brought each column to the interval from 0 to 1. That is another scaling (by least and largest "
             "value). Standardising subtracts the *mean* and divides by the *standard deviation*."),
        Slip("a small number added", {"np.where(std == 0, 1.0, std)": "std + 0.01"},
             "You add a little to the standard deviation so as not to divide by zero. That shifts every column a "
             "bit. Change only the zeros: `np.where` picks them out."),
        Slip("statistics of the result",
             {"return (X - mean) / std, mean, std": "X = (X - mean) / std\n    return X, X.mean(axis=0), X.std(axis=0)"},
             "The table is right. The mean and std that you return are those of the *standardised* table, 0 and 1. "
             "New houses will need the ones you started from."),
    ],
    alternatives=[scaled_by_loop, scaled_with_errstate, lambda X: scaled(X)],
    equivalent={"positive": ["value of `std`"]},
    hints=[
        "Mean and standard deviation of each column; subtract the one, divide by the other.",
        "`X.mean(axis=0)` and `X.std(axis=0)` have one entry for each column, and broadcasting does the rest. What if "
        "one std is 0?",
        "`np.where(std == 0, 1.0, std)` puts 1 where it is 0. Then divide, and return all three.",
    ],
)


# rmse -----------------------------------------------------------------------------------------------------------

rmse = Exercise(
    "rmse",
    points=2,
    cases=price_cases,
    slips=[
        Slip("root of the sum", {"np.mean": "np.sum"},
             "This is the root of the *sum*, √N times too large: the more houses you test on, the worse the model "
             "looks. The M stands for mean: take it before the root."),
        Slip("root forgotten", {"np.sqrt": "np.abs"},
             "The mean of the squares, without the root. Its unit is dollars squared, and nobody can picture those."),
        Slip("mean of the roots", {"return np.sqrt(np.mean((y_hat - y) ** 2))": "return np.mean(np.abs(y_hat - y))"},
             "Root and square undo each other when the root comes before the mean; what is left is the mean absolute "
             "error. Square, mean, root: in this order."),
        Slip("spread of the errors", {"return np.sqrt(np.mean((y_hat - y) ** 2))": "return np.std(y_hat - y)"},
             "`std` subtracts the mean error first. A model that is 50,000 dollars too dear for *every* house would "
             "come out perfect."),
        Slip("root divided by N",
             {"return np.sqrt(np.mean((y_hat - y) ** 2))": "return np.sqrt(np.sum((y_hat - y) ** 2)) / len(y)"},
             "You take the root of the sum and divide by N. The mean belongs under the root: square, mean, root."),
        Slip("sum", {"return np.sqrt(np.mean((y_hat - y) ** 2))": "return np.sum((y_hat - y) ** 2)"},
             "This is section 2’s cost. Two steps are missing: the mean instead of the sum, and the root."),
        Slip("mean error", {"return np.sqrt(np.mean((y_hat - y) ** 2))": "return np.mean(y_hat - y)"},
             "The mean of the errors, signs and all: 50,000 too much here and 50,000 too little there make a perfect "
             "model. Square each one first."),
        Slip("squared after the mean",
             {"return np.sqrt(np.mean((y_hat - y) ** 2))": "return np.sqrt(np.mean(y_hat - y) ** 2)"},
             "The mean is taken before the square, so that errors of different sign cancel. A bracket, perhaps: "
             "`np.mean((y_hat - y) ** 2)`."),
        Slip("N − 1",
             {"return np.sqrt(np.mean((y_hat - y) ** 2))": "return np.sqrt(np.sum((y_hat - y) ** 2) / (len(y) - 1))"},
             "You divide by N − 1, as statisticians do for a spread that they estimate. Here it is a plain mean: N."),
        Slip("divided by √N",
             {"return np.sqrt(np.mean((y_hat - y) ** 2))": "return np.sum((y_hat - y) ** 2) / np.sqrt(len(y))"},
             "The root stands under N only. Mean first, all of it, then the root."),
        Slip("sum of absolute values",
             {"return np.sqrt(np.mean((y_hat - y) ** 2))": "return np.sum(np.abs(y_hat - y))"},
             "You add up absolute errors: no square, no mean, no root. Errors, squared, mean, root."),
        Slip("half for root", {"return np.sqrt(np.mean((y_hat - y) ** 2))": "return np.mean((y_hat - y) ** 2) ** 1 / 2"},
             "`** 1 / 2` is a first power, halved: Python takes the power before the division. `** 0.5`, or `np.sqrt`."),
        Slip("relative",
             {"return np.sqrt(np.mean((y_hat - y) ** 2))": "return np.sqrt(np.mean(((y_hat - y) / y) ** 2))"},
             "You divide each error by its price. That is an error in per cent, so to say; the RMSE is in dollars."),
        Slip("spread of the errors, N − 1",
             {"return np.sqrt(np.mean((y_hat - y) ** 2))": "return np.std(y_hat - y, ddof=1)"},
             "`std` subtracts the mean error first (and `ddof=1` divides by N − 1). A model that is 50,000 dollars "
             "too dear for every house would come out perfect."),
        Slip("variance", {"return np.sqrt(np.mean((y_hat - y) ** 2))": "return np.var(y_hat - y)"},
             "The variance subtracts the mean error first, and has no root. Errors, squared, mean, root."),
    ],
    alternatives=[
        lambda y_hat, y: np.linalg.norm(y - y_hat) / np.sqrt(len(y)),
        lambda y_hat, y: (sum((a - b) ** 2 for a, b in zip(y_hat, y, strict=True)) / len(y)) ** 0.5,
    ],
    hints=[
        "Read the name backwards: errors, squared, mean, root.",
        "The mean of the squares is `np.mean((y_hat - y) ** 2)`.",
        "And `np.sqrt` around it.",
    ],
)


LAB = LabChecks(
    exercises=[linear_model, cost, graph_backward, gradients, training_round, standardize, rmse],
    imports=["math", "numpy", "course.nn.activations.sigmoid"],
    predictions=[
        Prediction("slide", "The slide shows δ = −2 and ε = δ², so that ∂ε/∂δ = −4, and at the other end ∂ε/∂w₀ = −8. "
                   "The talk's δ is y − ŷ. What is x₀?",
                   ["−4", "−2", "2", "4"],
                   gives_away=[r"x_0 = -2\b", r"\[−2\]", "no house has that", "local gradient is −1"]),
        Prediction("steps", "44 houses, batches of 8, 20 epochs. How many steps is that?",
                   gives_away=[r"\b120\b", "six steps", "short one"]),
        Prediction("raw", "The gradient is right, the learning rate is the talk's 0.05, and the features are as they "
                   "are: 1250 square feet, and so on. What will the cost do in 40 epochs?",
                   ["It falls to nearly nothing", "It falls, but it only creeps", "It bounces up and down for ever",
                    "It grows until the numbers run out"],
                   gives_away=["overshoots", "ten digits", "diverge", r"\binf\b", "until float64"], reason=True),
        Prediction("slip_scaled", "Now use the talk's slip, −2δ·weights, on standardised features and with the same "
                   "learning rate. Does standardising save it?",
                   ["Yes, it learns as well", "It learns, but slowly", "No, it diverges all the same"],
                   gives_away=["feed on themselves", "two faults", "not a direction"]),
        Prediction("sum_or_mean", "Full batch, 44 houses, standardised, lr = 0.05. With the *mean* as cost it learns. "
                   "With the *sum*?",
                   ["It learns just the same", "It learns 44 times as fast", "It diverges"],
                   gives_away=["lr = 2.2", "far too large", "44 times the mean"]),
        Prediction("talk_error", "The talk's test error is √(mean(cost)), and cost is already a sum. With 16 test "
                   "houses, how many times the RMSE is that?",
                   gives_away=["√16", "8 times", "four times", r"\b4 times"]),
        Prediction("square", "`test = np.array([3.0, 5.0])` and `predicted = np.array([1.0, 6.0])`. What does "
                   "`np.square(test, predicted)` give?",
                   ["[4 1]", "[9 25]", "an error"],
                   gives_away=["nothing is subtracted", "place to write to", r"\b9 +25\b"]),
    ],
    questions=[
        Question("partner", "ŷ = w·x + b and ε = (y − ŷ)². By what is −2(y − ŷ) multiplied in ∂ε/∂w?", ["w", "x", "1"], 1,
                 "In the product w·x the derivative with respect to w is x. The 1 belongs to b. (A w in its place has been printed, and diverges.)"),
        Question("scaler",
                 "You standardise houses before training. With which mean and std do you standardise the test houses?",
                 ["Their own", "Those of the training houses", "Those of all houses together"], 1,
                 "The model has learned in the units of the training set. Any other scale would be another unit, or a look at "
                 "the test."),
        Question("sum_mean",
                 "A colleague's cost is the sum over 100 examples, yours is the mean. Yours learns well with lr = 0.1. "
                 "Which lr gives the same steps with the sum?", ["0.1", "10", "0.001"], 2,
                 "The sum's gradient is 100 times as long, so the learning rate must be 100 times as small."),
        Question("nan",
                 "A linear model's cost goes 1e5, 1e15, 1e26, …, inf, NaN. The gradient check passes. What is the "
                 "likeliest cause?",
                 ["Steps too long for unscaled features", "A slip in the gradient", "Too few examples"], 0,
                 "A cost that gains digits at an even pace is a step that overshoots. Standardise, or lower the rate."),
    ],
    recall=["02.against", "02.central", "00.axis"],
)

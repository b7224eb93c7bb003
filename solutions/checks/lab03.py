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
    cases=lambda rng: [model_case(rng, 4, 3, 1), model_case(rng, 2, 5, -1), model_case(rng, 1, 2, 1)],
    slips=[
        Slip("intercept forgotten", {"X @ weights + intercept": "(X @ weights)"},
             "The intercept is missing. Without it, a house whose features are all 0 costs nothing: the land is free."),
        Slip("products not summed", {"X @ weights": "(X * weights)"},
             "You have one number for each feature of each house. A house has *one* price: add up its products. `@` "
             "multiplies and adds up in one step."),
        Slip("houses added up", {"return X @ weights + intercept": "return np.sum(X @ weights) + intercept"},
             "You return one number for all houses together. Each row is a house with its own price: sum over the "
             "features (axis 1), not over the houses."),
        Slip("an intercept for each feature",
             {"return X @ weights + intercept": "return np.sum(X * weights + intercept, axis=1)"},
             "You add the intercept to every product, so it counts once for each feature. It should count once for "
             "each house: add up the products first, then add the intercept."),
        Slip("three features only",
             {"return X @ weights + intercept": "return X[:, 0] * weights[0] + X[:, 1] * weights[1] + X[:, 2] * weights[2] + intercept"},
             "This is right for three features, but another town may count bathrooms as well. `X @ weights` takes any "
             "number of features."),
        Slip("sigmoid kept", {"return X @ weights + intercept": "return 1 / (1 + np.exp(-(X @ weights + intercept)))"},
             "Lab 02’s sigmoid is still there, so no house costs more than a dollar. A linear model stops at the "
             "weighted sum."),
        Slip("weights first", {"@ weights": "@ X"},
             "Shapes (n,) and (N, n) do not fit in that order: the two axes in the middle must be equal. Write X "
             "first, then the weights."),
        Slip("along the wrong axis",
             {"return X @ weights + intercept": "return np.sum(X * weights, axis=0) + intercept"},
             "You added up over the houses, so there is one number for each feature. Each house needs its own price: "
             "sum over the features, axis 1."),
        Slip("intercept added to the weights", {"return X @ weights + intercept": "return X @ (weights + intercept)"},
             "You added the intercept to the weights, so the features multiply it, too. Add it after the product."),
        Slip("mean of the products",
             {"return X @ weights + intercept": "return np.mean(X * weights, axis=1) + intercept"},
             "You took the *mean* of the products. A price is their sum: every part counts in full."),
    ],
    alternatives=[
        lambda X, weights, intercept: (X * weights).sum(axis=1) + intercept,
        lambda X, weights, intercept: [sum(a * b for a, b in zip(x, weights, strict=True)) + intercept for x in X],
    ],
    hints=[
        "It is lab 01's weighted sum under another name, and without the sigmoid.",
        "One product of a matrix and a vector gives one number for each row.",
        "`X @ weights` has shape (N,). What must you still add?",
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
             "they differ by the factor N, and section 8 shows what that means for a learning rate."),
        Slip("summed before squaring", {"return np.sum((y_hat - y) ** 2)": "return np.sum(y_hat - y) ** 2"},
             "You add up first and then square: a price that is too high and one that is too low cancel, and a bad "
             "model looks perfect. Square each error, then add."),
        Slip("not squared", {"2": "1"},
             "You did not square the errors, so a price that is too high and one that is too low cancel."),
        Slip("not summed", {"np.sum": ""},
             "You return one number for each house. The cost is a single number for all of them: add up."),
        Slip("one half", {"return np.sum((y_hat - y) ** 2)": "return np.sum((y_hat - y) ** 2) / 2"},
             "This is half of what it should be. Some books put a ½ before the sum to cancel a 2 later; ours does "
             "not."),
        Slip("each squared first", {"return np.sum((y_hat - y) ** 2)": "return np.sum(y_hat**2 - y**2)"},
             "You square both and then subtract. ŷ² − y² is not (ŷ − y)², and it can be negative: take the difference "
             "first, then square."),
        Slip("each squared first, the other way round",
             {"return np.sum((y_hat - y) ** 2)": "return np.sum(y**2 - y_hat**2)"},
             "You square both and then subtract. y² − ŷ² is not (y − ŷ)², and it can be negative: take the difference "
             "first, then square."),
        Slip("root mean square", {"return np.sum((y_hat - y) ** 2)": "return np.sqrt(np.mean((y_hat - y) ** 2))"},
             "This is the root of the *mean*, which comes in section 9. (3.1) is the plain sum of the squares."),
        Slip("half the mean", {"return np.sum((y_hat - y) ** 2)": "return np.mean((y_hat - y) ** 2) / 2"},
             "This is half of the *mean*. Some books have the ½ and the 1/N; (3.1) has neither: it is the plain sum."),
        Slip("first house only", {"return np.sum((y_hat - y) ** 2)": "return (y_hat[0] - y[0]) ** 2"},
             "Only the first house counts. Is your `return` inside the loop? It ends the function in the first round."),
        Slip("last house only", {"return np.sum((y_hat - y) ** 2)": "return (y_hat[-1] - y[-1]) ** 2"},
             "Only the last house is left: each round of the loop overwrites the result. Start with 0 and *add* each "
             "square (`+=`)."),
        Slip("square of the mean", {"return np.sum((y_hat - y) ** 2)": "return np.mean(y_hat - y) ** 2"},
             "You average first and then square: errors of opposite sign cancel. Square each error, then add."),
    ],
    alternatives=[
        lambda y_hat, y: (y - y_hat) @ (y - y_hat),
        lambda y_hat, y: sum((a - b) ** 2 for a, b in zip(y_hat, y, strict=True)),
    ],
    hints=[
        "Three steps, in this order: difference, square, sum.",
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
             "∂ε/∂δ is right, but then a minus sign is missing. In δ = y − ŷ the prediction has a minus sign: if ŷ "
             "grows by one, δ *falls* by one, so ∂δ/∂ŷ is −1."),
        Slip("δ the other way round, from the start", {": d_delta": ": d_y_hat"},
             "Your δ is ŷ − y; this graph has δ = y − ŷ. The gradients of the weights are the same, because δ is "
             "squared, but ∂ε/∂δ has the other sign."),
        Slip("factor 2 missing", {"2 * ": ""},
             "From δ on, every gradient is half of what it should be: the derivative of δ² is 2δ, and all later "
             "gradients contain that 2."),
        Slip("factor 2 missing at δ", {": d_delta": ": delta"},
             "The entry for δ is δ itself, its value. ∂ε/∂δ is 2δ: the derivative of a square has a factor 2."),
        Slip("local gradients only",
             {"w * d_y_hat, x * d_y_hat": "w, x", "-1 * d_delta": "-1.0", "\"b\": d_y_hat": "\"b\": 1.0"},
             "These are the *local* gradients of each node. Carry the gradient back: multiply each local gradient by "
             "the gradient so far, from ε all the way to the inputs."),
        Slip("x and w mixed up", {"w * d_y_hat, x * d_y_hat": "x * d_y_hat, w * d_y_hat"},
             "You swapped the gradients of x and w. In the product w·x, the derivative with respect to one factor is "
             "the *other* factor: ∂ŷ/∂w = x and ∂ŷ/∂x = w."),
        Slip("values for gradients",
             {"d_x, \"w\": d_w, \"b\": d_y_hat, \"y_hat\": d_y_hat, \"delta\": d_delta, \"error\": d_error": "x, \"w\": w, \"b\": b, \"y_hat\": w @ x + b, \"delta\": delta, \"error\": delta**2"},
             "These are the values of the forward pass. The dictionary should hold ∂ε/∂key: how ε changes when that "
             "node changes a little."),
        Slip("value at ε", {": d_error": ": delta**2"},
             "The entry for ε is ε itself, its value. ∂ε/∂ε is 1, whatever ε is."),
        Slip("started with ε", {"d_error = 1.0": "d_error = delta**2"},
             "Every gradient is ε times too large. The way back starts with ∂ε/∂ε, which is 1, not ε."),
        Slip("b multiplied", {"\"b\": ": "\"b\": b * "},
             "You multiplied the gradient of b by b. In ŷ = w·x + b it is added, so ∂ŷ/∂b is 1, and the gradient "
             "passes unchanged."),
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
             "Your dweights is something times the *weights*. In weights·x each weight is multiplied by its input, so "
             "∂ŷ/∂weights = x. With your version a weight of 0 could never learn anything."),
        Slip("sign", {"y - (x @ weights + intercept": "(x @ weights + intercept - y"},
             "Everything is right except the sign. With δ = y − ŷ the inner derivative is −1, so it is −2δ. Test it: "
             "if a price is too low and an input positive, more weight helps, so that derivative must be negative."),
        Slip("factor 2 missing", {"2 * delta * x, -2": "1 * delta * x, -1"},
             "This is half of what it should be: the derivative of a square has a factor 2."),
        Slip("intercept times itself", {"x, -2 * delta": "x, -2 * delta * intercept"},
             "dweights is right. The intercept is a weight whose input is always 1: its gradient is not multiplied "
             "by the intercept."),
        Slip("intercept forgotten in the price", {"x @ weights + intercept": "(x @ weights)"},
             "It looks as if the forward pass left out the intercept: ŷ is weights·x *plus the intercept*."),
        Slip("no gradient for the intercept", {"x, -2 * delta": "x, 0.0"},
             "dweights is right, but dintercept is 0. If the intercept grows by a dollar, so does the price."),
        Slip("intercept times x", {"x, -2 * delta": "x, -2 * delta * x"},
             "dweights is right. The intercept is a weight whose input is always 1: its gradient has no x, and is one "
             "number."),
        Slip("error not carried", {"return -2 * delta * x, -2 * delta": "return (x, 1.0)"},
             "These are ∂ŷ/∂weights and ∂ŷ/∂intercept, the last local gradients. Multiply them by the gradient so far, "
             "∂ε/∂ŷ: otherwise a house without error changes the weights as much as one with a large error."),
        Slip("ŷ for δ", {"y - (": "-("},
             "Your δ contains only the prediction. To say how wrong it is, you need the right price y: δ = y − ŷ."),
        Slip("products summed too late",
             {"return -2 * delta * x, -2 * delta": "return ( 2 * (x * weights + intercept - y) * x, np.sum(2 * (x * weights + intercept - y)), )"},
             "`x * weights` multiplies without adding up, so each feature gets its own error. One house has one price: "
             "`x @ weights`."),
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
             "Your step goes *along* the gradient, uphill. Learning goes against it: minus lr times gradient."),
        Slip("intercept sees the new weights",
             {"return weights - lr * dweights, intercept - lr * dintercept": "weights = weights - lr * dweights\n    return weights, intercept - lr * gradients(x, y, weights, intercept)[1]"},
             "You update the weights first, and then compute the intercept's gradient at the *new* weights. Both "
             "gradients need the old ones: compute both gradients, then update both."),
        Slip("weights see the new intercept",
             {"return weights - lr * dweights, intercept - lr * dintercept": "intercept = intercept - lr * dintercept\n    return weights - lr * gradients(x, y, weights, intercept)[0], intercept"},
             "You update the intercept first, and then compute dweights with the *new* intercept. Compute both "
             "gradients, then update both."),
        Slip("intercept left behind", {" - lr * dintercept": ""},
             "You updated the weights, but not the intercept. It learns as well."),
        Slip("learning rate forgotten", {"lr * dweights, intercept - lr *": "dweights, intercept -"},
             "Your step is as long as the whole gradient: you did not use `lr`."),
        Slip("gradients returned", {"weights - lr * dweights, intercept - lr * dintercept": "dweights, dintercept"},
             "These are the gradients. A round also takes the step: old value minus lr times gradient."),
        Slip("divided by lr", {"lr * dweights": "dweights / lr", "lr * dintercept": "dintercept / lr"},
             "You divide by the learning rate, so a smaller rate gives a longer step. Multiply."),
        Slip("lr times everything",
             {"weights - lr * dweights": "lr * (weights - lr * dweights)", "intercept - lr * dintercept": "lr * (intercept - lr * dintercept)"},
             "You multiply the old values by lr, too, and nearly all that was learned is gone. Multiply only the "
             "gradient: `weights - lr * dweights`."),
        Slip("the 2 twice", {"lr *": "2 * lr *"},
             "Your step is twice as long as it should be: the 2 of the square is already in the gradient."),
        Slip("a factor, not a step",
             {"weights - lr * dweights": "weights * (1 - lr * dweights)", "intercept - lr * dintercept": "intercept * (1 - lr * dintercept)"},
             "You multiply the old values by a factor. A step is *added*: old value minus lr times gradient. (With a "
             "factor, a weight of 0 would stay 0 forever.)"),
        Slip("intercept forgotten in the price",
             {"gradients(x, y, weights, intercept)": "gradients(x, y, weights, 0.0)"},
             "It looks as if the forward pass left out the intercept: ŷ is weights·x *plus the intercept*."),
        Slip("half a step", {"lr *": "lr / 2 *"},
             "Your step is half as long as it should be: `gradients` has the 2 of the square already."),
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
             "You took one mean and one standard deviation for the whole table, square feet and rooms together. Each "
             "*column* has its own: `axis=0` makes the rows disappear."),
        Slip("rows", {"axis=0": "axis=1", "(X - mean) / std": "((X.T - mean) / std).T"},
             "You standardised each house over its features. Do it for each feature over the houses: axis 0, not axis "
             "1."),
        Slip("rows, lying flat", {"X.std(axis=0": "X.std(axis=1"},
             "With `axis=1` you get one number for each house. Each *feature* has its own: use `axis=0`, and the "
             "shapes fit."),
        Slip("at least 1", {"np.where(std == 0, 1.0, std)": "np.maximum(std, 1.0)"},
             "You changed every std below 1 to 1, so such a column stays narrow. Change only a std of exactly 0: "
             "`np.where(std == 0, 1.0, std)`."),
        Slip("divided by zero", {"= 0": "= 1"},
             "A constant column has standard deviation 0, and 0/0 is NaN. Put 1 where the standard deviation is 0, "
             "before you divide: such a column becomes zeros and does no harm."),
        Slip("zero returned as std", {"std, mean, std": "std, mean, X.std(axis=0)"},
             "The table is right. But the std that you return for the constant column is 0, or almost: divided by it, "
             "new houses become NaN, or huge. Return 1 for this column."),
        Slip("least and largest", {"X.mean(axis=0), X.std(axis=0)": "X.min(axis=0), np.ptp(X, axis=0)"},
             "You scaled each column to the interval from 0 to 1, by its least and largest value. Standardising is "
             "another scaling: subtract the *mean* and divide by the *standard deviation*."),
        Slip("a small number added", {"np.where(std == 0, 1.0, std)": "std + 0.01"},
             "You add a little to the standard deviation so as not to divide by zero. That changes every column a bit. "
             "Change only the zeros: `np.where` picks them out."),
        Slip("statistics of the result",
             {"return (X - mean) / std, mean, std": "X = (X - mean) / std\n    return X, X.mean(axis=0), X.std(axis=0)"},
             "The table is right. But the mean and std that you return are those of the *standardised* table, 0 and 1. "
             "New houses will need those of the original table."),
    ],
    alternatives=[scaled_by_loop, scaled_with_errstate, lambda X: scaled(X)],
    equivalent={"positive": ["value of `std`"]},
    hints=[
        "Take mean and standard deviation of each column; subtract the first, divide by the second.",
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
             "This is the root of the *sum*, √N times too large: with more test houses, the same model looks worse. "
             "The M stands for mean: take it before the root."),
        Slip("root forgotten", {"np.sqrt": "np.abs"},
             "This is the mean square, without the root. Its unit is dollars squared, and nobody can picture those."),
        Slip("mean of the roots", {"return np.sqrt(np.mean((y_hat - y) ** 2))": "return np.mean(np.abs(y_hat - y))"},
             "If the root comes before the mean, it undoes the square, and the mean absolute error is left. Square, "
             "mean, root: in this order."),
        Slip("spread of the errors", {"return np.sqrt(np.mean((y_hat - y) ** 2))": "return np.std(y_hat - y)"},
             "`std` subtracts the mean error first. A model that is 50,000 dollars too high for *every* house would "
             "look perfect."),
        Slip("root divided by N",
             {"return np.sqrt(np.mean((y_hat - y) ** 2))": "return np.sqrt(np.sum((y_hat - y) ** 2)) / len(y)"},
             "You take the root of the sum and divide by N. The mean belongs under the root: square, mean, root."),
        Slip("sum", {"return np.sqrt(np.mean((y_hat - y) ** 2))": "return np.sum((y_hat - y) ** 2)"},
             "This is section 2’s cost. Two steps are missing: the mean instead of the sum, and the root."),
        Slip("mean error", {"return np.sqrt(np.mean((y_hat - y) ** 2))": "return np.mean(y_hat - y)"},
             "This is the mean of the errors with their signs: 50,000 too high and 50,000 too low cancel, and the "
             "model looks perfect. Square each error first."),
        Slip("squared after the mean",
             {"return np.sqrt(np.mean((y_hat - y) ** 2))": "return np.sqrt(np.mean(y_hat - y) ** 2)"},
             "You take the mean before the square, so errors of different sign cancel. Look at the brackets: "
             "`np.mean((y_hat - y) ** 2)`."),
        Slip("N − 1",
             {"return np.sqrt(np.mean((y_hat - y) ** 2))": "return np.sqrt(np.sum((y_hat - y) ** 2) / (len(y) - 1))"},
             "You divide by N − 1, as statisticians do to estimate a spread. Here you need a plain mean: divide by N."),
        Slip("divided by √N",
             {"return np.sqrt(np.mean((y_hat - y) ** 2))": "return np.sum((y_hat - y) ** 2) / np.sqrt(len(y))"},
             "You took the root of N only. Take the whole mean first, then its root."),
        Slip("sum of absolute values",
             {"return np.sqrt(np.mean((y_hat - y) ** 2))": "return np.sum(np.abs(y_hat - y))"},
             "You add up absolute errors: no square, no mean, no root. The order is errors, squared, mean, root."),
        Slip("half for root", {"return np.sqrt(np.mean((y_hat - y) ** 2))": "return np.mean((y_hat - y) ** 2) ** 1 / 2"},
             "`** 1 / 2` halves a first power: Python takes the power before the division. Use `** 0.5` or `np.sqrt`."),
        Slip("relative",
             {"return np.sqrt(np.mean((y_hat - y) ** 2))": "return np.sqrt(np.mean(((y_hat - y) / y) ** 2))"},
             "You divide each error by its price. That is a relative error; the RMSE is in dollars."),
        Slip("spread of the errors, N − 1",
             {"return np.sqrt(np.mean((y_hat - y) ** 2))": "return np.std(y_hat - y, ddof=1)"},
             "`std` subtracts the mean error first (and `ddof=1` divides by N − 1). A model that is 50,000 dollars too "
             "high for every house would look perfect."),
        Slip("variance", {"return np.sqrt(np.mean((y_hat - y) ** 2))": "return np.var(y_hat - y)"},
             "The variance subtracts the mean error first, and has no root. The order is errors, squared, mean, root."),
    ],
    alternatives=[
        lambda y_hat, y: np.linalg.norm(y - y_hat) / np.sqrt(len(y)),
        lambda y_hat, y: (sum((a - b) ** 2 for a, b in zip(y_hat, y, strict=True)) / len(y)) ** 0.5,
    ],
    hints=[
        "Read the name backwards: errors, squared, mean, root.",
        "The mean of the squares is `np.mean((y_hat - y) ** 2)`.",
        "Put `np.sqrt` around it.",
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
                 "In the product w·x the derivative with respect to w is x. The 1 belongs to b. (A printed slip has w in its place, and diverges.)"),
        Question("scaler",
                 "You standardise houses before training. With which mean and std do you standardise the test houses?",
                 ["Their own", "Those of the training houses", "Those of all houses together"], 1,
                 "The model has learned in the units of the training set. Any other scale would be another unit, or "
                 "would make use of the test houses."),
        Question("sum_mean",
                 "A colleague's cost is the sum over 100 examples, yours is the mean. Yours learns well with lr = 0.1. "
                 "Which lr gives the same steps with the sum?", ["0.1", "10", "0.001"], 2,
                 "The sum's gradient is 100 times as long, so the learning rate must be 100 times as small."),
        Question("nan",
                 "A linear model's cost goes 1e5, 1e15, 1e26, …, inf, NaN. The gradient check passes. What is the "
                 "likeliest cause?",
                 ["Steps too long for unscaled features", "A slip in the gradient", "Too few examples"], 0,
                 "If a cost gains digits at an even pace, each step overshoots. Standardise, or lower the rate."),
    ],
    recall=["02.against", "02.central", "00.axis"],
)

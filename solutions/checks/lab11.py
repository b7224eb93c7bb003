"""What lab 11 checks: two penalties with their gradients, ridge and lasso, a norm that may not grow."""

# fmt: off
import numpy as np

from course.build import Exercise, LabChecks, Slip, Prediction, Question


def some_weights(rng, *shapes):
    """Draw weights of both signs, none of them small, none of size 1."""
    return [rng.uniform(1.2, 2.5, shape) * rng.choice([-1, 1], shape) for shape in shapes]


def network_weights(rng, *shapes):
    """Draw arrays whose sums have alternating signs, and all together a negative one."""
    weights = [w * (-1) ** i * np.sign(w.sum()) for i, w in enumerate(some_weights(rng, *shapes))]
    return [-np.sign(sum(w.sum() for w in weights)) * w for w in weights]


def network_cases(rng):
    """Two networks: the weight arrays of each, and a strength."""
    return [
        {"weights": network_weights(rng, (2, 3), (3, 1)), "lam": float(rng.uniform(0.2, 0.4))},
        {"weights": network_weights(rng, (4, 2), (2, 2), (2, 3)), "lam": float(rng.uniform(2.0, 3.0))},
    ]


def forget_all_but(i):
    """Penalise one of the arrays only."""
    return lambda weights, lam: lam * float(np.sum(weights[i] ** 2))


# l2_penalty -----------------------------------------------------------------------------------------------------

l2_penalty = Exercise(
    "l2_penalty",
    points=1,
    cases=network_cases,
    slips=[
        Slip("square root taken",
             {"return lam * sum((w**2).sum() for w in weights)": "return lam * np.sqrt(sum(np.sum(w**2) for w in weights))"},
             "You take the root: that is the length ‖w‖₂. The penalty is its *square*, Σ w². (The slides write one and "
             "mean the other, so you are in good company.)"),
        Slip("mean for sum",
             {"return lam * sum((w**2).sum() for w in weights)": "return lam * np.mean(np.concatenate([w.ravel() for w in weights]) ** 2)"},
             "You average over the weights. Then a network twice as large would have no larger penalty. Σ is a sum."),
        Slip("only the first array", forget_all_but(0),
             "You count only the first array of weights. Every layer has weights: add over all arrays in the list."),
        Slip("only the last array", forget_all_but(-1),
             "You count only the last array of weights: is the sum set to 0, or overwritten, inside the loop?"),
        Slip("λ forgotten", {"lam * sum((w**2).sum() for w in weights": "sum(((w ** 2).sum() for w in weights)"},
             "This is R. The penalty is λR: the strength λ is missing."),
        Slip("absolute values", {"w**2": "np.abs(w)"},
             "You add up |w|. That is L1, which comes later. L2 adds up w²."),
        Slip("all summed before squaring",
             {"return lam * sum((w**2).sum() for w in weights)": "return lam * sum(np.sum(w) for w in weights) ** 2"},
             "You add up all the weights first and then square: +2 and −2 cancel and cost nothing. Square each weight: "
             "`(w**2).sum()`."),
        Slip("one penalty for each array",
             {"return lam * sum((w**2).sum() for w in weights)": "return [lam * float(np.sum(w**2)) for w in weights]"},
             "You return one number for each array. The penalty is their sum: add them up."),
        Slip("summed before squaring",
             {"return lam * sum((w**2).sum() for w in weights)": "return lam * sum(np.sum(w) ** 2 for w in weights)"},
             "You add up first, then square: +2 and −2 cancel and cost nothing. Square each weight: `(w**2).sum()`."),
        Slip("length of each array",
             {"return lam * sum((w**2).sum() for w in weights)": "return lam * sum(np.linalg.norm(w) for w in weights)"},
             "`norm` gives the length of each array, the root of Σ w². The penalty has no root: square it, or do not "
             "use `norm`."),
        Slip("mean over the arrays",
             {"return lam * sum((w**2).sum() for w in weights)": "return lam * sum(np.sum(w**2) for w in weights) / len(weights)"},
             "You divide by the number of arrays. Σ is a sum, over all weights of all arrays."),
        Slip("λ on the last array only",
             {"return lam * sum((w**2).sum() for w in weights)": "return sum(np.sum(w**2) for w in weights[:-1]) + lam * np.sum(weights[-1] ** 2)"},
             "You multiply only the last array's sum by λ. Add up all of them first, in brackets, then multiply."),
    ],
    alternatives=[
        lambda weights, lam: lam * np.sum(np.concatenate([np.ravel(w) for w in weights]) ** 2),
        lambda weights, lam: lam * sum(np.linalg.norm(w) ** 2 for w in weights),
    ],
    equivalent={"positive": ["value of `lam`"], "the sum of all": ["`w` is made a column"]},
    hints=[
        "Square every weight of every array; add them all up; multiply once.",
        "`(w**2).sum()` is one array's share. Python's `sum(... for w in weights)` goes over the list.",
        "`lam * sum((w**2).sum() for w in weights)`.",
    ],
)

l2_grad = Exercise(
    "l2_grad",
    points=1,
    cases=lambda rng: [
        {"w": some_weights(rng, (2, 3))[0], "lam": float(rng.uniform(0.2, 0.4))},
        {"w": some_weights(rng, 4)[0][:, None], "lam": float(rng.uniform(3.0, 4.0))},
    ],
    slips=[
        Slip("2 missing", {"2 * ": ""},
             "The 2 is missing: d(w²)/dw = 2w. It would cancel only with a ½ in the penalty, and ours has none."),
        Slip("the penalty itself", {"return 2 * lam * w": "return lam * w**2"},
             "This is the penalty of each weight, not its slope. d(w²)/dw = 2w."),
        Slip("summed up", {"return 2 * lam * w": "return 2 * lam * np.sum(w)"},
             "You add everything up. A gradient has one entry for each weight, so return an array of w's shape."),
        Slip("L1's gradient", {"return 2 * lam * w": "return lam * np.sign(w)"},
             "λ times the sign is the slope of |w|, which is L1. Here every weight is squared: the slope grows with w."),
        Slip("sign lost", {"* w": "* np.abs(w)"},
             "The sizes are right, but all are positive: a negative weight would be pushed further down. 2λw needs no "
             "| |."),
        Slip("averaged", {"return 2 * lam * w": "return 2 * lam * w / np.size(w)"},
             "You divide by the number of weights. The penalty is a sum, so there is nothing to divide."),
        Slip("sign only", {"return 2 * lam * w": "return 2 * lam * np.sign(w)"},
             "Every weight is pulled with equal force: that is L1. L2 pulls in proportion to w."),
        Slip("w left out", {"return 2 * lam * w": "return np.full_like(w, 2 * lam)"},
             "You return 2λ for all weights. The slope of w² depends on w: it is 2w."),
        Slip("of the length", {"return 2 * lam * w": "return lam * w / np.linalg.norm(w)"},
             "This is the gradient of the *length* ‖w‖. The penalty is its square."),
        Slip("λ added", {"return 2 * lam * w": "return 2 * w + lam"}, "You add λ. It is a factor: 2λw."),
    ],
    alternatives=[lambda w, lam: lam * (w + w), lambda w, lam: (2 * lam * w).tolist()],
    equivalent={"positive": ["value of `lam`"]},
    hints=[
        "Differentiate λw² with respect to one w.",
        "Differentiate for each entry by itself; no sum remains.",
        "`2 * lam * w`.",
    ],
)

# objective_gradient ---------------------------------------------------------------------------------------------


def objective_case(rng, n):
    is_weight = np.arange(n) % 3 != 2
    theta, grad = some_weights(rng, n, n)
    return {"grad": grad, "theta": theta, "is_weight": is_weight, "lam": float(rng.uniform(0.3, 0.45))}


objective_gradient = Exercise(
    "objective_gradient",
    points=3,
    cases=lambda rng: [objective_case(rng, 9), objective_case(rng, 6)],
    slips=[
        Slip("biases penalised", {"2 * lam * theta * is_weight": "(2 * lam * theta)"},
             "You penalise the biases, too. A bias only says where a unit's threshold lies; pulling it to 0 makes "
             "nothing smoother, it only puts the threshold in the wrong place. Use `is_weight`."),
        Slip("only biases penalised",
             {"return grad + 2 * lam * theta * is_weight": "return grad + 2 * lam * theta * ~is_weight"},
             "It is the other way round: you penalise the biases and leave out the weights."),
        Slip("2 missing", {"2 * ": ""},
             "The 2 is missing: the derivative of λw² is 2λw. You have written it already: `l2_grad`."),
        Slip("loss forgotten", {"grad + 2 * lam * theta * is_weight": "(2 * lam * theta * is_weight)"},
             "This is the gradient of the penalty alone. With it, training would make the network forget everything. J "
             "= L + λR: add ∂L/∂θ."),
        Slip("loss gradient of biases dropped",
             {"return grad + 2 * lam * theta * is_weight": "return (grad + 2 * lam * theta) * is_weight"},
             "You apply the mask to the whole sum, so the biases do not learn at all. Only the *penalty* leaves them "
             "out."),
        Slip("subtracted", {"grad + 2 * lam * theta * is_weight": "(grad - 2 * lam * theta * is_weight)"},
             "J = L + λR has a plus. With a minus, large weights are rewarded, and they grow."),
        Slip("λ scaled by N",
             {"return grad + 2 * lam * theta * is_weight": "return grad + 2 * lam * theta * is_weight / len(theta)"},
             "You divide the penalty by the number of parameters. J = L + λR has λ as it is; nothing is averaged."),
        Slip("penalty for the loss",
             {"return grad + 2 * lam * theta * is_weight": "return np.where(is_weight, 2 * lam * theta, grad)"},
             "For the weights, the gradient of the loss is gone: they only shrink now. Add the penalty's gradient to "
             "it; do not replace it."),
        Slip("penalty for its gradient",
             {"return grad + 2 * lam * theta * is_weight": "return grad + lam * np.sum(theta[is_weight] ** 2)"},
             "You add the penalty itself, one number, to every entry. Add its *gradient*: each weight has its own."),
        Slip("summed up",
             {"return grad + 2 * lam * theta * is_weight": "return grad + 2 * lam * np.sum(theta * is_weight)"},
             "You sum up the penalty's gradient, so all get the same number. Each weight has its own entry."),
        Slip("averaged",
             {"return grad + 2 * lam * theta * is_weight": "return grad + 2 * lam * np.mean(theta * is_weight)"},
             "You average the penalty's gradient, so all get the same number. Each weight has its own entry."),
        Slip("λ on the loss, too",
             {"return grad + 2 * lam * theta * is_weight": "return lam * (grad + 2 * theta * is_weight)"},
             "You multiply the gradient of the loss by λ, too. J = L + λR: λ multiplies only R."),
        Slip("biases penalised, 2 missing", {"return grad + 2 * lam * theta * is_weight": "return grad + lam * theta"},
             "Two things: you penalise the biases, too (use `is_weight`), and the 2 of 2λw is missing."),
    ],
    alternatives=[
        lambda grad, theta, is_weight, lam: np.where(is_weight, grad + 2 * lam * theta, grad),
        lambda grad, theta, is_weight, lam: [
            float(g + 2 * lam * t) if w else float(g) for g, t, w in zip(grad, theta, is_weight, strict=True)
        ],
    ],
    equivalent={"True is 1": ["`is_weight`"], "positive": ["value of `lam`"]},
    hints=[
        "The sum rule: the gradient of L + λR is the sum of two gradients. You are given one of them.",
        "An array of True and False times numbers keeps the numbers where it is True, and gives 0 elsewhere.",
        "`grad + 2 * lam * theta * is_weight`.",
    ],
)

# decay_weights (no points) ---------------------------------------------------------------------------------------


def decay_case(rng, n):
    """Parameters of which every third is a bias."""
    return {"theta": some_weights(rng, n)[0], "is_weight": np.arange(n) % 3 != 2,
            "lr": float(rng.uniform(0.2, 0.4)), "lam": float(rng.uniform(0.6, 0.9))}


decay_weights = Exercise(
    "decay_weights",
    points=0,
    cases=lambda rng: [decay_case(rng, 8), decay_case(rng, 5)],
    slips=[
        Slip("biases decayed", {" * is_weight": ""},
             "You shrink the biases, too. A bias only says where a unit switches; decay is for weights: `is_weight`."),
        Slip("only biases decayed", {"* is_weight": "* ~is_weight"},
             "It is the other way round: your biases shrink and your weights stay."),
        Slip("biases set to 0", {"return theta - lr * lam * theta * is_weight": "return (theta - lr * lam * theta) * is_weight"},
             "You apply the mask to the whole difference, so the biases become 0. Mask only what you *subtract*."),
        Slip("2 of the penalty", {"lr * lam": "2 * lr * lam"},
             "You decay twice as much: 2λw is the gradient of λw². In (9.13) λ multiplies w itself."),
        Slip("η forgotten", {"lr * lam": "lam"},
             "You subtract all of λw. In (9.13) it is multiplied by the learning rate η: a smaller step decays less."),
        Slip("λ forgotten", {"lr * lam": "lr"}, "λ is missing: each weight shrinks by the share ηλ."),
        Slip("growth", {"theta - lr": "theta + lr"}, "With a plus the weights grow. Decay subtracts."),
        Slip("the amount alone", {"return theta - lr * lam * theta * is_weight": "return lr * lam * theta * is_weight"},
             "This is the amount to subtract. Return the parameters after the decay."),
        Slip("the same for all", {"lr * lam * theta * is_weight": "lr * lam * is_weight"},
             "Every weight loses the same amount ηλ. Decay takes the same *share* of each: ηλw."),
    ],
    alternatives=[
        lambda theta, is_weight, lr, lam: np.where(is_weight, (1 - lr * lam) * theta, theta),
        lambda theta, is_weight, lr, lam: theta * (1 - lr * lam * is_weight),
    ],
    equivalent={"True is 1": ["`is_weight`"], "positive": ["value of `lam`", "value of `lr`"]},
    hints=[
        "Subtract a share of each weight, and nothing from a bias.",
        "The share is ηλ. An array of True and False times numbers gives 0 where it is False.",
        "`theta - lr * lam * theta * is_weight`.",
    ],
)

# l1 -------------------------------------------------------------------------------------------------------------

l1_penalty = Exercise(
    "l1_penalty",
    points=1,
    cases=network_cases,
    slips=[
        Slip("no absolute value", {"np.abs(w)": "w"},
             "Without | | a weight of −100 would be a bargain. Add up the *absolute* values."),
        Slip("absolute value of the whole sum",
             {"return lam * sum(np.abs(w).sum() for w in weights)": "return lam * abs(sum(np.sum(w) for w in weights))"},
             "You sum all the weights first and then take | |: +2 and −2 cancel and cost nothing. Take | | of each "
             "weight."),
        Slip("absolute value of the sum",
             {"return lam * sum(np.abs(w).sum() for w in weights)": "return lam * sum(abs(np.sum(w)) for w in weights)"},
             "You sum first and then take | |: +2 and −2 cancel and cost nothing. Take | | of each weight."),
        Slip("squares", {"np.abs": "np.square"}, "These are squares: L2 again. L1 takes |w|."),
        Slip("only the last array",
             {"return lam * sum(np.abs(w).sum() for w in weights)": "return lam * np.sum(np.abs(weights[-1]))"},
             "You count only the last array of weights: is the sum set to 0, or overwritten, inside the loop?"),
        Slip("only the first array",
             {"return lam * sum(np.abs(w).sum() for w in weights)": "return lam * np.sum(np.abs(weights[0]))"},
             "You count only the first array of weights. Add over all the arrays in the list."),
        Slip("mean for sum",
             {"return lam * sum(np.abs(w).sum() for w in weights)": "return lam * np.mean(np.abs(np.concatenate([w.ravel() for w in weights])))"},
             "You average over the weights. Σ is a sum."),
        Slip("length of each array",
             {"return lam * sum(np.abs(w).sum() for w in weights)": "return lam * sum(np.linalg.norm(w) for w in weights)"},
             "`norm` gives the root of the squares. L1 has neither root nor square: `np.abs(w).sum()`."),
        Slip("norm with ord=1",
             {"return lam * sum(np.abs(w).sum() for w in weights)": "return lam * sum(np.linalg.norm(w, 1) for w in weights)"},
             "For a matrix, `np.linalg.norm(w, 1)` is the largest column sum: that is another norm. `np.abs(w).sum()` "
             "counts every weight."),
        Slip("weights counted",
             {"return lam * sum(np.abs(w).sum() for w in weights)": "return lam * sum(w.size for w in weights)"},
             "You count the weights, large or small. (That would be “L0”, which has no useful gradient.) Add up their "
             "sizes |w|."),
    ],
    alternatives=[
        lambda weights, lam: lam * np.sum([np.linalg.norm(np.ravel(w), 1) for w in weights]),
        lambda weights, lam: lam * sum(np.sum(w * np.sign(w)) for w in weights),
    ],
    equivalent={"positive": ["value of `lam`"], "the sum of all": ["`w` is made a column"]},
    hints=[
        "As `l2_penalty`, with another function of each weight.",
        "`np.abs` works entry by entry.",
        "`lam * sum(np.abs(w).sum() for w in weights)`.",
    ],
)


def with_zeros(rng, shape):
    w = some_weights(rng, shape)[0]
    w.flat[1] = 0.0
    w.flat[-1] = abs(w.flat[-1])
    w.flat[0] = -abs(w.flat[0])
    return w


l1_grad = Exercise(
    "l1_grad",
    points=2,
    quiet=True,
    cases=lambda rng: [
        {"w": with_zeros(rng, (2, 3)), "lam": float(rng.uniform(0.2, 0.4))},
        {"w": with_zeros(rng, 5)[:, None], "lam": float(rng.uniform(3.0, 4.0))},
        {"w": 1e-9 * with_zeros(rng, 4), "lam": float(rng.uniform(0.5, 0.9))},  # nearly 0 is not 0
    ],
    slips=[
        Slip("1 at 0", {"return lam * np.sign(w)": "return lam * np.where(w >= 0, 1.0, -1.0)"},
             "This is right except at w = 0, where you push to one side. |w| has a corner there; any slope between −1 "
             "and 1 would do, and 0 keeps a weight at 0 once the penalty has moved it there."),
        Slip("−1 at 0", {"return lam * np.sign(w)": "return lam * np.where(w > 0, 1.0, -1.0)"},
             "This is right except at w = 0, where you push to one side. |w| has a corner there; any slope between −1 "
             "and 1 would do, and 0 keeps a weight at 0 once the penalty has moved it there."),
        Slip("w / |w|", {"return lam * np.sign(w)": "return lam * w / np.abs(w)"},
             "w/|w| is the sign, but at w = 0 it is 0/0, not a number. NumPy has `np.sign`, which gives 0 there."),
        Slip("λ|w|", {"return lam * np.sign(w)": "return lam * np.abs(w)"},
             "This is the penalty, not its slope. |w| is made of two straight lines: what are their slopes?"),
        Slip("always λ", {"return lam * np.sign(w)": "return np.full_like(w, lam)"},
             "That is λ for all: it pushes negative weights *down*, away from 0. The slope of |w| has the sign of w."),
        Slip("L2's", {"return lam * np.sign(w)": "return 2 * lam * w"},
             "This is L2's gradient, which fades as w gets small. L1 pushes with the same force all the way to 0. That "
             "is its whole secret."),
        Slip("0 for negative weights", {"return lam * np.sign(w)": "return lam * (w > 0)"},
             "This is right for w > 0. Below 0 you give the slope 0, as for relu; |w| falls there, with slope −1."),
        Slip("the step", {"return lam * np.sign(w)": "return w - lam * np.sign(w)"},
             "This is where the weight would be after a step. Return only the gradient."),
        Slip("averaged", {"return lam * np.sign(w)": "return lam * np.sign(w) / w.size"},
             "You divide by the number of weights. The penalty is a sum, so there is nothing to divide."),
    ],
    alternatives=[
        lambda w, lam: np.where(w > 0, lam, np.where(w < 0, -lam, 0.0)),
        lambda w, lam: lam * ((w > 0).astype(int) - (w < 0)),
    ],
    equivalent={"positive": ["value of `lam`"]},
    hints=[
        "Draw |w|. What is the slope left of 0, and what right of it? At 0, take the middle.",
        "Three values only: −λ, 0 and λ. NumPy has a function for −1, 0 and 1.",
        "`lam * np.sign(w)`.",
    ],
)

# ridge ----------------------------------------------------------------------------------------------------------


def regression_case(rng, N, n, lam):
    X = rng.normal(size=(N, n))
    return {"X": X, "y": X @ rng.uniform(1, 2, n) + rng.normal(size=N), "lam": lam}


def ridge_with(strength, base=lambda X: X):
    """Solve with some other multiple of the identity."""

    def wrong(X, y, lam):
        A = base(X)
        return np.linalg.solve(A.T @ A + strength(lam, A) * np.eye(A.shape[1]), A.T @ y)

    return wrong


ridge = Exercise(
    "ridge",
    points=3,
    rtol=1e-5,
    cases=lambda rng: [
        regression_case(rng, 12, 3, float(rng.uniform(2, 3))),
        regression_case(rng, 8, 2, float(rng.uniform(5, 8))),
        regression_case(rng, 7, 4, float(rng.uniform(0.5, 1))),
    ],
    slips=[
        Slip("2λ", ridge_with(lambda lam, X: 2 * lam),
             "2λ on the diagonal. Both terms of the objective are squares, so *both* gradients carry a 2, and it "
             "cancels."),
        Slip("λ/2", ridge_with(lambda lam, X: lam / 2),
             "λ/2 on the diagonal. Both terms of the objective are squares, so *both* gradients carry a 2, and it "
             "cancels."),
        Slip("λ scaled by N", ridge_with(lambda lam, X: lam * len(X)),
             "You multiply λ by N. That belongs to an objective with the *mean* of the squared errors; here they are "
             "summed, so λ stands alone."),
        Slip("λ divided by N", ridge_with(lambda lam, X: lam / len(X)),
             "You divide λ by N. The errors are summed here, not averaged, so λ stands alone."),
        Slip("λ squared", {"+ lam": "+ (lam) ** 2"},
             "You put λ² on the diagonal. The objective squares the weights, not λ."),
        Slip("λ added everywhere", {" * np.eye(X.shape[1])": ""},
             "`X.T @ X + lam` adds λ to *every* entry, by broadcasting. The penalty has no products w₁w₂, so λ belongs "
             "on the diagonal only: `np.eye(n)`."),
        Slip("centred", lambda X, y, lam: ridge_with(lambda lam, X: lam, lambda X: X - X.mean(axis=0))(X, y, lam),
             "You subtract the mean of the columns first. That removes an intercept; this model has none, so use X as "
             "it is."),
        Slip("not solved",
             {"return np.linalg.solve(X.T @ X + lam * np.eye(X.shape[1]), X.T @ y)": "return (X.T @ X + lam * np.eye(X.shape[1])) @ (X.T @ y)"},
             "You multiply by the matrix; *solve* with it instead: `np.linalg.solve(A, b)`."),
        Slip("one over each entry",
             {"return np.linalg.solve(X.T @ X + lam * np.eye(X.shape[1]), X.T @ y)": "return (1 / (X.T @ X + lam * np.eye(X.shape[1]))) @ (X.T @ y)"},
             "1/A divides entry by entry, which does not give the inverse of a matrix: `np.linalg.solve(A, b)`."),
        Slip("each feature alone",
             {"return np.linalg.solve(X.T @ X + lam * np.eye(X.shape[1]), X.T @ y)": "return (X.T @ y) / ((X**2).sum(axis=0) + lam)"},
             "You fit each feature as if the others did not exist. XᵀX also has entries off the diagonal, because "
             "features are related."),
        Slip("root of λ",
             {"return np.linalg.solve(X.T @ X + lam * np.eye(X.shape[1]), X.T @ y)": "return np.linalg.solve(X.T @ X + np.sqrt(lam) * np.eye(X.shape[1]), X.T @ y)"},
             "You put √λ on the diagonal. (It belongs there if you add rows below X, but not in XᵀX + λI.)"),
        Slip("λ on the right, too",
             {"return np.linalg.solve(X.T @ X + lam * np.eye(X.shape[1]), X.T @ y)": "return np.linalg.solve(X.T @ X + lam * np.eye(X.shape[1]), X.T @ y + lam)"},
             "You add λ on the right, too. The right side is Xᵀy and has no penalty: the penalty depends only on w."),
        Slip("first weight goes free",
             {"return np.linalg.solve(X.T @ X + lam * np.eye(X.shape[1]), X.T @ y)": "return np.linalg.solve(X.T @ X + lam * np.diag([0.0] + [1.0] * (X.shape[1] - 1)), X.T @ y)"},
             "You leave out the first weight, as if it were an intercept. There is none: put λ on the whole diagonal."),
        Slip("mean on one side",
             {"return np.linalg.solve(X.T @ X + lam * np.eye(X.shape[1]), X.T @ y)": "return np.linalg.solve(X.T @ X / len(X) + lam * np.eye(X.shape[1]), X.T @ y)"},
             "You divide XᵀX by N, but not Xᵀy. The errors are summed here: divide neither."),
        Slip("shrunk afterwards",
             {"return np.linalg.solve(X.T @ X + lam * np.eye(X.shape[1]), X.T @ y)": "return np.linalg.lstsq(X, y, rcond=None)[0] / (1 + lam)"},
             "You shrink all least-squares weights by the same factor. That is ridge only if XᵀX is the identity; "
             "solve (XᵀX + λI) w = Xᵀy."),
    ],
    alternatives=[
        lambda X, y, lam: np.linalg.inv(X.T @ X + lam * np.eye(X.shape[1])) @ X.T @ y,
        lambda X, y, lam: X.T @ np.linalg.solve(X @ X.T + lam * np.eye(len(X)), y),
        lambda X, y, lam: np.linalg.lstsq(
            np.vstack([X, np.sqrt(lam) * np.eye(X.shape[1])]), np.concatenate([y, np.zeros(X.shape[1])]), rcond=None
        )[0].tolist(),
    ],
    equivalent={"positive": ["value of `lam`"]},
    hints=[
        "At the minimum the gradient is 0: 2Xᵀ(Xw − y) + 2λw = 0. Bring all terms with w to one side.",
        "(XᵀX + λI) w = Xᵀy: a system of n linear equations, for `np.linalg.solve`.",
        "`np.linalg.solve(X.T @ X + lam * np.eye(X.shape[1]), X.T @ y)`.",
    ],
)

# soft_threshold -------------------------------------------------------------------------------------------------


def threshold_case(rng, shape):
    t = float(rng.uniform(0.5, 1.0))
    z = rng.uniform(0.1, 0.9, shape) * t * rng.choice([-1, 1], shape)
    z.flat[:4] = [t + rng.uniform(1.1, 1.5), -t - rng.uniform(0.5, 0.9), 0.4 * t, -0.6 * t]
    return {"z": z, "t": t}


soft_threshold = Exercise(
    "soft_threshold",
    points=2,
    quiet=True,
    cases=lambda rng: [
        threshold_case(rng, 6),
        threshold_case(rng, (2, 3)),
        {"z": np.array([0.0, 1.5, -2.0, 0.25, 0.0]), "t": 0.5},
        {"z": 2.5, "t": 1.0},
        {"z": -0.3, "t": 0.5},
    ],
    slips=[
        Slip("hard", {"return np.sign(z) * np.maximum(np.abs(z) - t, 0)": "return np.where(np.abs(z) > t, z, 0.0)"},
             "This is the *hard* threshold: large values stay as they are. The soft one also moves those towards 0 by "
             "t; otherwise the function jumps at ±t."),
        Slip("only positive", {"np.abs(z)": "z"},
             "This is right for positive z. A very negative z becomes z + t, but you set it to 0, as a relu does."),
        Slip("not cut", {"t, 0": "t, -1"},
             "Small values move past 0 to the other side: 0.4 with t = 1 becomes −0.6. A value nearer to 0 than t "
             "becomes 0."),
        Slip("clipped", {"return np.sign(z) * np.maximum(np.abs(z) - t, 0)": "return np.clip(z, -t, t)"},
             "You keep what should go and cut what should stay: this is z minus the right answer."),
        Slip("sign lost", {"np.sign(z": "np.sign(t"},
             "The sizes are right, but the signs are gone. Multiply each by its own sign: `np.sign(z)`."),
        Slip("z / |z|",
             {"return np.sign(z) * np.maximum(np.abs(z) - t, 0)": "return z / np.abs(z) * np.maximum(np.abs(z) - t, 0)"},
             "z/|z| is the sign, but at z = 0 it is 0/0, not a number. NumPy has `np.sign`, which gives 0 there."),
        Slip("t taken off everything", {"return np.sign(z) * np.maximum(np.abs(z) - t, 0)": "return z - t"},
             "You move everything *down* by t. For positive z that is towards 0, for negative z away from it, and "
             "nothing stops at 0."),
        Slip("multiplied by 1 − t",
             {"return np.sign(z) * np.maximum(np.abs(z) - t, 0)": "return np.asarray(z) * (1 - t)"},
             "You multiply. L2 shrinks like that: everything by the same factor, nothing to 0. L1 subtracts the same "
             "*amount*."),
        Slip("shrunk by a factor",
             {"return np.sign(z) * np.maximum(np.abs(z) - t, 0)": "return np.asarray(z) / (1 + t)"},
             "You divide. L2 shrinks like that: everything by the same factor, nothing to 0. L1 subtracts the same "
             "*amount*."),
        Slip("sign times t", {"return np.sign(z) * np.maximum(np.abs(z) - t, 0)": "return np.sign(z) * t"},
             "Every z becomes ±t. t is how far z moves, not where it ends."),
    ],
    alternatives=[
        lambda z, t: np.where(np.asarray(z) > t, np.asarray(z) - t, np.where(np.asarray(z) < -t, np.asarray(z) + t, 0)),
        lambda z, t: z - np.clip(z, -t, t),
        lambda z, t: np.maximum(np.asarray(z) - t, 0) + np.minimum(np.asarray(z) + t, 0),
    ],
    equivalent={"the larger of two": ["`np.maximum("], "positive": ["value of `t`"]},
    hints=[
        "Three cases: z > t, z < −t, and in between.",
        "Treat size and sign separately: the size is |z| − t, but at least 0; the sign is that of z.",
        "`np.sign(z) * np.maximum(np.abs(z) - t, 0)`.",
    ],
)

# proximal_step (no points) ---------------------------------------------------------------------------------------


def proximal_case(rng, n):
    """Steps that end beyond the threshold on both sides, two that end within it, and one that begins there."""
    lr, lam = float(rng.uniform(0.2, 0.4)), float(rng.uniform(0.6, 0.9))
    w, grad = some_weights(rng, n, n)
    w[1], w[2] = lr * grad[1] + 0.4 * lr * lam, lr * grad[2] - 0.6 * lr * lam
    w[3] = 0.5 * lr * lam
    w[0], w[-1] = abs(w[0]), -abs(w[-1])
    return {"w": w, "grad": grad, "lr": lr, "lam": lam}


proximal_step = Exercise(
    "proximal_step",
    points=0,
    cases=lambda rng: [proximal_case(rng, 7), proximal_case(rng, 5)],
    slips=[
        Slip("λ for ηλ", {"lr * lam": "lam"},
             "Your threshold is λ. For a step with learning rate η it is ηλ."),
        Slip("threshold first", {"soft_threshold(w - lr * grad, lr * lam)": "soft_threshold(w, lr * lam) - lr * grad"},
             "You apply the threshold first, and the step after it moves the zeros away again. Take the step first, "
             "then apply the threshold."),
        Slip("no threshold", {"soft_threshold(w - lr * grad, lr * lam)": "w - lr * grad"},
             "This is only the step down the loss. The penalty is missing: apply the soft threshold ηλ to the result."),
        Slip("L1's gradient", {"soft_threshold(w - lr * grad, lr * lam)": "w - lr * (grad + lam * np.sign(w))"},
             "This is gradient descent with the penalty's gradient: it hovers around 0. Use the soft threshold for the "
             "penalty."),
        Slip("threshold of the gradient", {"soft_threshold(w - lr * grad, lr * lam)": "w - lr * soft_threshold(grad, lam)"},
             "You apply the threshold to the *gradient*. Apply it to the weight, after the step."),
        Slip("η forgotten", {"lr * grad": "grad"}, "Your step is the whole gradient: the learning rate η is missing."),
        Slip("uphill", {"w - lr": "w + lr"}, "Your step goes *up* the loss: w − η ∂L/∂w has a minus."),
        Slip("penalty only", {"w - lr * grad": "w"},
             "You leave out the loss: this is the threshold of L1 alone. First take the step w − η ∂L/∂w."),
        Slip("hard", {"soft_threshold(w - lr * grad, lr * lam)": "np.where(np.abs(w - lr * grad) > lr * lam, w - lr * grad, 0.0)"},
             "Small values become 0, but large ones do not shrink: that is a hard threshold. Use `soft_threshold`."),
    ],
    alternatives=[
        lambda w, grad, lr, lam: (w - lr * grad) - np.clip(w - lr * grad, -lr * lam, lr * lam),
        {"soft_threshold(w - lr * grad, lr * lam)": "lr * soft_threshold(w / lr - grad, lam)"},
    ],
    equivalent={"positive": ["value of `lam`", "value of `lr`"]},
    hints=[
        "Two things, one after the other: a step as always, then the penalty.",
        "The step is w − η ∂L/∂w. Its result goes into `soft_threshold`, with t = ηλ.",
        "`soft_threshold(w - lr * grad, lr * lam)`.",
    ],
)

# max_norm -------------------------------------------------------------------------------------------------------


def lengths_case(rng, n, units):
    """Columns alternately longer and shorter than c; rows whose lengths differ from the columns'."""
    W = rng.uniform(0.5, 1.5, (n, units)) * rng.choice([-1, 1], (n, units))
    W /= np.linalg.norm(W, axis=0)
    c = float(rng.uniform(1.5, 2.0))
    W *= c * np.where(np.arange(units) % 2, 0.4, 2.2) * rng.uniform(0.9, 1.1, units)
    return {"W": W, "c": c}


def capped(factor):
    return lambda W, c: W * factor(W, c)


max_norm = Exercise(
    "max_norm",
    points=3,
    cases=lambda rng: [lengths_case(rng, 4, 3), lengths_case(rng, 3, 5), lengths_case(rng, 6, 2)],
    slips=[
        Slip("rows", capped(lambda W, c: np.minimum(1, c / np.linalg.norm(W, axis=1, keepdims=True))),
             "You measure the rows. A unit's incoming weights are a *column* of W (remember X @ W): axis=0."),
        Slip("all columns to length c", {"np.minimum(1, ": "("},
             "Every column now has length c, also those that were shorter. Max-norm only shortens; it stretches "
             "nothing."),
        Slip("the whole matrix", {"**2).sum(axis=0": " ** 2).sum("},
             "You measure all of W at once. Each unit has its own bound: one length for each column."),
        Slip("entries clipped", {"**2).sum(axis=0": " ** 2"},
             "You clip single weights. A column of many small weights can still be long, and clipping changes its "
             "direction. Measure the column's length and shorten it as a whole."),
        Slip("squared length", {"np.sqrt((W**": "np.abs((W ** "},
             "You compare c with the *squared* length. Take the root of Σ w² first."),
        Slip("L1 length", capped(lambda W, c: np.minimum(1, c / np.sum(np.abs(W), axis=0))),
             "You measure length by Σ |w|. The length of a vector is the root of Σ w²."),
        Slip("long ones set to 0", lambda W, c: W * (np.linalg.norm(W, axis=0) <= c),
             "You set columns that are too long to 0. That is harsh: shorten them to length c."),
        Slip("minimum and maximum mixed up", {"np.minimum": "np.maximum"},
             "It is the other way round: you stretch short columns and leave long ones alone. `minimum(1, …)`: no "
             "factor above 1."),
        Slip("ratio upside down", {"c / lengths": "(lengths / c)"},
             "The ratio is upside down, so the short columns shrink. A column twice as long as c needs the factor one "
             "half: c over length."),
        Slip("all columns to length 1", lambda W, c: W / np.linalg.norm(W, axis=0),
             "Every column now has length 1, whatever c is. Shorten only columns longer than c, to length c."),
    ],
    alternatives=[
        lambda W, c: W / np.maximum(1, np.sqrt((W**2).sum(axis=0)) / c),
        lambda W, c: np.column_stack([w if np.linalg.norm(w) <= c else c * w / np.linalg.norm(w) for w in W.T]),
    ],
    equivalent={"the smaller of two": ["`np.minimum("], "one row more": ["is made a column"],
                "positive": ["value of `c`", "value of `lengths`"]},
    hints=[
        "One length for each column, then one factor for each column: 1 where the column is short enough.",
        "`np.linalg.norm(W, axis=0)` gives the lengths of the columns, shape (units,), and broadcasts over the rows.",
        "`W * np.minimum(1, c / np.linalg.norm(W, axis=0))`.",
    ],
)

# lasso (optional) -----------------------------------------------------------------------------------------------


def lasso_case(rng, sweeps):
    X = rng.normal(size=(6, 4)) @ (np.eye(4) + 0.3)
    return {"X": X, "y": X @ [2.0, -1.5, 0.0, 0.2] + 0.1 * rng.normal(size=6), "lam": 0.4, "sweeps": sweeps}


def descend(X, y, lam, sweeps, threshold=None, own=True, at_once=False, denominator=None):
    """Descend by coordinates, with the parts that a slip may change."""
    N, n = X.shape
    w = np.zeros(n)
    for _ in range(sweeps):
        before = w.copy()
        for j in range(n):
            others = before if at_once else w
            residual = y - X @ others + (X[:, j] * others[j] if own else 0)
            z = X[:, j] @ residual
            t = N * lam if threshold is None else threshold(N, lam, X[:, j] @ X[:, j])
            w[j] = np.sign(z) * max(abs(z) - t, 0) / (X[:, j] @ X[:, j] if denominator is None else denominator(X, j))
    return w


lasso = Exercise(
    "lasso",
    points=0,
    rtol=1e-5,
    cases=lambda rng: [lasso_case(rng, 1), lasso_case(rng, 2), lasso_case(rng, 30)],
    slips=[
        Slip("λ not scaled by N", {"len(y) * lam": "lam"},
             "Your threshold is λ. The objective has 1/(2N) before the squares; multiply it by N, and λ becomes Nλ."),
        Slip("own share not added back", {"y - X @ w + X[:, j] * w[j]": "(y - X @ w)"},
             "The residual must leave out feature j itself: what do *the other* features leave to explain?"),
        Slip("all at once", lambda X, y, lam, sweeps: descend(X, y, lam, sweeps, at_once=True),
             "You move all coordinates together, from the old w. Coordinate descent uses each new w_j at once; "
             "otherwise it may diverge."),
        Slip("not divided by ‖x_j‖²",
             lambda X, y, lam, sweeps: descend(X, y, lam, sweeps, denominator=lambda X, j: len(X)),
             "You divide by N, which is right only for standardised features. In general, divide by ‖x_j‖²."),
        Slip("threshold after the division",
             lambda X, y, lam, sweeps: descend(X, y, lam, sweeps, lambda N, lam, xx: N * lam * xx),
             "You divide by ‖x_j‖² first, then subtract Nλ. In (11.15) the threshold comes first, then the division."),
        Slip("divided by the length",
             lambda X, y, lam, sweeps: descend(X, y, lam, sweeps, denominator=lambda X, j: np.linalg.norm(X[:, j])),
             "You divide by ‖x_j‖. Divide by ‖x_j‖², the length squared."),
        Slip("half the threshold", lambda X, y, lam, sweeps: descend(X, y, lam, sweeps, lambda N, lam, xx: N * lam / 2),
             "You use half the threshold. The ½ before the squares has already cancelled the 2: use Nλ."),
        Slip("twice the threshold", lambda X, y, lam, sweeps: descend(X, y, lam, sweeps, lambda N, lam, xx: 2 * N * lam),
             "You use twice the threshold. Differentiating the square turns 1/(2N) into 1/N: use Nλ."),
    ],
    alternatives=[lambda X, y, lam, sweeps: descend(X, y, lam, sweeps).tolist()],
    equivalent={"of equal length": ["in `len(y)`"], "vectors": ["`r @ X[:, j]`", "`X[:, j] @ X[:, j]`"], "positive": ["value of `lam`"]},
    hints=[
        "One weight at a time: with all others fixed, the objective in w_j is a parabola plus |w_j|.",
        "r = y − Xw + x_j w_j is what the other features leave. The parabola alone is lowest at x_jᵀr / ‖x_j‖².",
        "`w[j] = soft_threshold(X[:, j] @ r, N * lam) / (X[:, j] @ X[:, j])`, for each j, `sweeps` times.",
    ],
)

LAB = LabChecks(
    exercises=[
        l2_penalty, l2_grad, objective_gradient, decay_weights, l1_penalty, l1_grad, soft_threshold, proximal_step,
        ridge, max_norm, lasso,
    ],
    predictions=[
        Prediction("by_heart", "The network has 9,610 parameters and trains on 100 digits, 10 of which carry a wrong "
                   "label on purpose. How many of these 10 wrong labels will it have learned after 100 epochs?",
                   gives_away=["room for every", "10 of 10", "learns? them all", "100 %"]),
        Prediction("decay", "Only the penalty pulls: λ = 0.5, η = 0.1, one weight, w = 1. What is it after ten steps? "
                   "(Two decimals will do.)",
                   gives_away=[r"0\.35", r"0\.9\b", r"1 - 2\\?(eta|\*)", "weight decay", "never arrives"]),
        Prediction("in_adam", "One weight, w = 1, and nothing but the penalty λw² pulls. λ = 0.000001. Adam takes ten "
                   "steps with η = 0.1. Where is the weight then?",
                   ["Still above 0.99", "About 0.35, as before", "Less than 0.1"],
                   gives_away=["cancels", "whatever λ", "no weight decay", "divided like any", r"0\.08"]),
        Prediction(
            "who_is_zero",
            "Ten weights of a linear model, at the lowest point of error plus penalty. λ is such that the sum of the weights' "
            "squares is a quarter of what it is without a penalty. How many of the ten are exactly 0: with L1, and with L2?",
            ["None with either", "Some with both", "Some with L1, none with L2", "None with L1, some with L2"],
            gives_away=["none with L2", "right up to 0", "has zeros", "becomes? exactly (0|zero)", "makes zeros"],
            reason=True,
        ),
        Prediction("hover", "One weight, w = 0.27, and only L1's penalty pulls, with λ = 1. Gradient descent takes "
                   "100 steps with η = 0.1. Where is the weight then? (Two decimals will do.)",
                   gives_away=[r"\b0\.07\b", "hover", "across 0", "only by luck"]),
        Prediction("best_remedy", "L2, L1, max-norm, dropout, early stopping, or 800 digits more: which one will read "
                                  "the most new digits?",
                   ["L2", "L1", "Max-norm", "Dropout", "Early stopping", "More digits"],
                   gives_away=["cannot have more", "comes near 800", "more data beat"]),
        Prediction("noise", "SGD with η = 0.01 and batches of 1, against η = 0.04 and batches of 4. Which run's "
                            "weights scatter more, once it has arrived?",
                   ["The small step with small batches", "The large step with large batches", "About the same"],
                   gives_away=["two balance", r"proportion to η / batch", "the same for both"]),
        Prediction("noise_loss", "All three have learned the hundred labels equally well. Which one has the lowest "
                   "loss on new digits?",
                   ["All 100 at once", "25 at a time", "5 at a time"],
                   gives_away=["small batches the weights", "test losses are not", "narrow minimum"]),
        Prediction("transfer", "Ten digits are few to learn 5 … 9 from. Which hidden layers, taken over from the "
                   "network that reads 0 … 4, give the best reading?",
                   ["None", "The first", "Both"],
                   gives_away=["learned strokes", "helps less"]),
        Prediction("shifted", "Now all test digits move one pixel to the right. A convolution and an ordinary "
                   "network, with as many parameters: whose accuracy falls less?",
                   ["The ordinary network", "The convolution", "About the same"],
                   gives_away=["finds in all", "is the regularizer", "lose accuracy"]),
    ],
    questions=[
        Question("zeros", "At the lowest point of loss and penalty: which penalty leaves weights exactly 0?",
                 ["L1", "L2", "Both, if λ is large"], 0,
                 "Up to w = 0 the slope of λ|w| is λ; that of λw² fades. (Gradient descent alone only hovers around 0.)"),
        Question("biases", "Why are biases left out of the penalty?",
                 [
                "There are too few of them to matter",
                "A large bias does not make the function less smooth; it sets where a unit switches",
                "Their gradient is unknown",
            ], 1, "Weights make a function steep. A penalised bias only puts thresholds in the wrong place."),
        Question("lam",
                 "Loss summed over 1000 examples, penalty λ. You change to the *mean* loss. What keeps the objective "
                 "the same?", ["λ as it is", "λ times 1000", "λ divided by 1000"], 2,
                 "Divide the whole objective by 1000: the penalty is divided, too."),
        Question("max_norm", "Max-norm with c = 3 meets a column of length 2. What happens?",
                 ["It is stretched to 3", "Nothing", "It is shortened to 1"], 1,
                 "Max-norm is a bound, not a penalty: a column that is short enough stays as it is."),
    ],
    imports=["math", "numpy"],
    recall=["09.gap", "09.patience", "02.against"],
)

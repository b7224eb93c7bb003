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
             "You took the root: that is the length ‖w‖₂. The penalty is its *square*, Σ w². (The slides write the one "
             "and mean the other, so you are in good company.)"),
        Slip("mean for sum",
             {"return lam * sum((w**2).sum() for w in weights)": "return lam * np.mean(np.concatenate([w.ravel() for w in weights]) ** 2)"},
             "You averaged over the weights. Then a network twice as large would be punished no more. Σ is a sum."),
        Slip("only the first array", forget_all_but(0),
             "Only the first array of weights pays. Every layer has weights: add over all the arrays of the list."),
        Slip("only the last array", forget_all_but(-1),
             "Only the last array of weights pays: was the sum set back to 0, or overwritten, inside the loop?"),
        Slip("λ forgotten", {"lam * sum((w**2).sum() for w in weights": "sum(((w ** 2).sum() for w in weights)"},
             "This is R. The penalty is λR: the strength is missing."),
        Slip("absolute values", {"w**2": "np.abs(w)"},
             "You added up |w|. That is L1, and its turn comes. L2 adds up w²."),
        Slip("all summed before squaring",
             {"return lam * sum((w**2).sum() for w in weights)": "return lam * sum(np.sum(w) for w in weights) ** 2"},
             "You add up all the weights first and square then: +2 and −2 cancel and cost nothing. Square each weight: "
             "`(w**2).sum()`."),
        Slip("one penalty for each array",
             {"return lam * sum((w**2).sum() for w in weights)": "return [lam * float(np.sum(w**2)) for w in weights]"},
             "One number for each array came back. They belong to one bill: add them up."),
        Slip("summed before squaring",
             {"return lam * sum((w**2).sum() for w in weights)": "return lam * sum(np.sum(w) ** 2 for w in weights)"},
             "You add up first and square then: +2 and −2 cancel and cost nothing. Square each weight: `(w**2).sum()`."),
        Slip("length of each array",
             {"return lam * sum((w**2).sum() for w in weights)": "return lam * sum(np.linalg.norm(w) for w in weights)"},
             "`norm` gives the length of each array, the root of Σ w². The penalty has no root: square it, or do "
             "without `norm`."),
        Slip("mean over the arrays",
             {"return lam * sum((w**2).sum() for w in weights)": "return lam * sum(np.sum(w**2) for w in weights) / len(weights)"},
             "You divide by the number of arrays. Σ is a sum, over all weights of all arrays."),
        Slip("λ on the last array only",
             {"return lam * sum((w**2).sum() for w in weights)": "return sum(np.sum(w**2) for w in weights[:-1]) + lam * np.sum(weights[-1] ** 2)"},
             "λ reaches only the last array. Add up all of them first, then multiply, in brackets."),
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
        {"w": some_weights(rng, 4)[0], "lam": float(rng.uniform(3.0, 4.0))},
    ],
    slips=[
        Slip("2 missing", {"2 * ": ""},
             "The 2 is missing. d(w²)/dw = 2w; only with a ½ in the penalty, which ours has not, would it cancel."),
        Slip("the penalty itself", {"return 2 * lam * w": "return lam * w**2"},
             "This is the penalty of each weight, not its slope. d(w²)/dw = 2w."),
        Slip("summed up", {"return 2 * lam * w": "return 2 * lam * np.sum(w)"},
             "You added everything up. A gradient has one entry for each weight, so the shape of w comes back."),
        Slip("L1's gradient", {"return 2 * lam * w": "return lam * np.sign(w)"},
             "λ times the sign is the slope of |w|, which is L1. Here every weight is squared: the slope grows with w."),
        Slip("sign lost", {"* w": "* np.abs(w)"},
             "The sizes are right, but all are positive: a negative weight would be pushed further down. No | | is "
             "needed in 2λw."),
        Slip("averaged", {"return 2 * lam * w": "return 2 * lam * w / np.size(w)"},
             "You divided by the number of weights. The penalty is a sum, so there is nothing to divide."),
        Slip("sign only", {"return 2 * lam * w": "return 2 * lam * np.sign(w)"},
             "Every weight is pulled alike: that is L1’s way. L2 pulls in proportion to w."),
        Slip("w left out", {"return 2 * lam * w": "return np.full_like(w, 2 * lam)"},
             "2λ for all. The slope of w² depends on where one is: 2w."),
        Slip("of the length", {"return 2 * lam * w": "return lam * w / np.linalg.norm(w)"},
             "This is the gradient of the *length* ‖w‖. The penalty is its square."),
        Slip("λ added", {"return 2 * lam * w": "return 2 * w + lam"}, "λ is a factor, and a factor stays one: 2λw."),
    ],
    alternatives=[lambda w, lam: lam * (w + w), lambda w, lam: (2 * lam * w).tolist()],
    equivalent={"positive": ["value of `lam`"]},
    hints=[
        "Differentiate λw² with respect to one w.",
        "Each entry by itself; no sum remains.",
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
             "The biases pay, too. A bias only says where a unit's threshold lies; pulling it to 0 makes nothing "
             "smoother, it just puts the threshold in the wrong place. Use `is_weight`."),
        Slip("only biases penalised",
             {"return grad + 2 * lam * theta * is_weight": "return grad + 2 * lam * theta * ~is_weight"},
             "It is the other way round: here the biases pay and the weights go free."),
        Slip("2 missing", {"2 * ": ""},
             "The derivative of λw² is 2λw; the 2 got lost. You have written it already: `l2_grad`."),
        Slip("loss forgotten", {"grad + 2 * lam * theta * is_weight": "(2 * lam * theta * is_weight)"},
             "This is the gradient of the penalty alone. Training on it, the network would forget everything, and be "
             "happy. J = L + λR: add ∂L/∂θ."),
        Slip("loss gradient of biases dropped",
             {"return grad + 2 * lam * theta * is_weight": "return (grad + 2 * lam * theta) * is_weight"},
             "The mask stands around the whole sum, so the biases do not learn at all. Only the *penalty* leaves them "
             "out."),
        Slip("subtracted", {"grad + 2 * lam * theta * is_weight": "(grad - 2 * lam * theta * is_weight)"},
             "J = L + λR, with a plus. With a minus, large weights are rewarded, and they will not need telling twice."),
        Slip("λ scaled by N",
             {"return grad + 2 * lam * theta * is_weight": "return grad + 2 * lam * theta * is_weight / len(theta)"},
             "The penalty is divided by the number of parameters. J = L + λR has λ as it stands; nothing is averaged."),
        Slip("penalty for the loss",
             {"return grad + 2 * lam * theta * is_weight": "return np.where(is_weight, 2 * lam * theta, grad)"},
             "The weights have lost the gradient of the loss: they only shrink now. Add the penalty's to it, do not "
             "put it in its place."),
        Slip("penalty for its gradient",
             {"return grad + 2 * lam * theta * is_weight": "return grad + lam * np.sum(theta[is_weight] ** 2)"},
             "You add the penalty itself, one number, to every entry. Add its *gradient*: each weight has its own."),
        Slip("summed up",
             {"return grad + 2 * lam * theta * is_weight": "return grad + 2 * lam * np.sum(theta * is_weight)"},
             "The penalty’s gradient is summed up, and all get the same. Each weight answers for itself."),
        Slip("averaged",
             {"return grad + 2 * lam * theta * is_weight": "return grad + 2 * lam * np.mean(theta * is_weight)"},
             "The penalty’s gradient is averaged, and all get the same. Each weight answers for itself."),
        Slip("λ on the loss, too",
             {"return grad + 2 * lam * theta * is_weight": "return lam * (grad + 2 * theta * is_weight)"},
             "λ multiplies the gradient of the loss, too. J = L + λR: only R is priced."),
        Slip("biases penalised, 2 missing", {"return grad + 2 * lam * theta * is_weight": "return grad + lam * theta"},
             "Two things: the biases pay, too (use `is_weight`), and the 2 of 2λw is missing."),
    ],
    alternatives=[
        lambda grad, theta, is_weight, lam: np.where(is_weight, grad + 2 * lam * theta, grad),
        lambda grad, theta, is_weight, lam: [
            float(g + 2 * lam * t) if w else float(g) for g, t, w in zip(grad, theta, is_weight, strict=True)
        ],
    ],
    equivalent={"True is 1": ["`is_weight`"], "positive": ["value of `lam`"]},
    hints=[
        "The sum rule: the gradient of L + λR is the sum of two gradients. One of them you are given.",
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
             "The biases shrink, too. A bias only says where a unit switches; decay is for weights: `is_weight`."),
        Slip("only biases decayed", {"* is_weight": "* ~is_weight"},
             "It is the other way round: here the biases shrink and the weights stay."),
        Slip("biases set to 0", {"return theta - lr * lam * theta * is_weight": "return (theta - lr * lam * theta) * is_weight"},
             "The mask stands around the whole difference, so the biases became 0. Only what is *taken away* leaves them out."),
        Slip("2 of the penalty", {"lr * lam": "2 * lr * lam"},
             "Twice the decay: that is the gradient of λw². In (9.13) λ multiplies w itself."),
        Slip("η forgotten", {"lr * lam": "lam"},
             "λw is taken away whole. In (9.13) it is multiplied by the learning rate η: a smaller step decays less."),
        Slip("λ forgotten", {"lr * lam": "lr"}, "λ is missing: the weights shrink by ηλ of themselves."),
        Slip("growth", {"theta - lr": "theta + lr"}, "With a plus the weights grow. Decay takes away."),
        Slip("the amount alone", {"return theta - lr * lam * theta * is_weight": "return lr * lam * theta * is_weight"},
             "This is what is to be taken away. Asked for are the parameters afterwards."),
        Slip("the same for all", {"lr * lam * theta * is_weight": "lr * lam * is_weight"},
             "Every weight loses the same amount ηλ. Decay takes the same *share* of each: ηλw."),
    ],
    alternatives=[
        lambda theta, is_weight, lr, lam: np.where(is_weight, (1 - lr * lam) * theta, theta),
        lambda theta, is_weight, lr, lam: theta * (1 - lr * lam * is_weight),
    ],
    equivalent={"True is 1": ["`is_weight`"], "positive": ["value of `lam`", "value of `lr`"]},
    hints=[
        "Of each weight a share is taken away, of each bias nothing.",
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
             "Without | | a weight of −100 would be a bargain. Sum of the *absolute* values."),
        Slip("absolute value of the whole sum",
             {"return lam * sum(np.abs(w).sum() for w in weights)": "return lam * abs(sum(np.sum(w) for w in weights))"},
             "You summed all the weights first and took | | then: +2 and −2 cancel and cost nothing. Each weight pays "
             "for itself."),
        Slip("absolute value of the sum",
             {"return lam * sum(np.abs(w).sum() for w in weights)": "return lam * sum(abs(np.sum(w)) for w in weights)"},
             "You summed first and took | | then: +2 and −2 cancel and cost nothing. Each weight pays for itself."),
        Slip("squares", {"np.abs": "np.square"}, "These are squares: L2 again. L1 takes |w|."),
        Slip("only the last array",
             {"return lam * sum(np.abs(w).sum() for w in weights)": "return lam * np.sum(np.abs(weights[-1]))"},
             "Only the last array of weights pays: was the sum set back to 0, or overwritten, inside the loop?"),
        Slip("only the first array",
             {"return lam * sum(np.abs(w).sum() for w in weights)": "return lam * np.sum(np.abs(weights[0]))"},
             "Only the first array of weights pays. Add over all the arrays of the list."),
        Slip("mean for sum",
             {"return lam * sum(np.abs(w).sum() for w in weights)": "return lam * np.mean(np.abs(np.concatenate([w.ravel() for w in weights])))"},
             "You averaged over the weights. Σ is a sum."),
        Slip("length of each array",
             {"return lam * sum(np.abs(w).sum() for w in weights)": "return lam * sum(np.linalg.norm(w) for w in weights)"},
             "`norm` gives the root of the squares. L1 wants neither root nor square: `np.abs(w).sum()`."),
        Slip("norm with ord=1",
             {"return lam * sum(np.abs(w).sum() for w in weights)": "return lam * sum(np.linalg.norm(w, 1) for w in weights)"},
             "For a matrix, `np.linalg.norm(w, 1)` is the largest column sum: a norm as well, but another. "
             "`np.abs(w).sum()` counts every weight."),
        Slip("weights counted",
             {"return lam * sum(np.abs(w).sum() for w in weights)": "return lam * sum(w.size for w in weights)"},
             "You count the weights, large or small. (That would be “L0”, and nobody can descend it.) Add up their "
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
        {"w": with_zeros(rng, 5), "lam": float(rng.uniform(3.0, 4.0))},
        {"w": 1e-9 * with_zeros(rng, 4), "lam": float(rng.uniform(0.5, 0.9))},  # nearly 0 is not 0
    ],
    slips=[
        Slip("1 at 0", {"return lam * np.sign(w)": "return lam * np.where(w >= 0, 1.0, -1.0)"},
             "Right but at w = 0, where you push to one side. |w| has a corner there; any slope between −1 and 1 would "
             "do, and 0 is the one that leaves a weight in peace that has got where the penalty wants it."),
        Slip("−1 at 0", {"return lam * np.sign(w)": "return lam * np.where(w > 0, 1.0, -1.0)"},
             "Right but at w = 0, where you push to one side. |w| has a corner there; any slope between −1 and 1 would "
             "do, and 0 is the one that leaves a weight in peace that has got where the penalty wants it."),
        Slip("w / |w|", {"return lam * np.sign(w)": "return lam * w / np.abs(w)"},
             "w/|w| is the sign, but at w = 0 it is 0/0, not a number. NumPy has `np.sign`, which knows about 0."),
        Slip("λ|w|", {"return lam * np.sign(w)": "return lam * np.abs(w)"},
             "This is the penalty, not its slope. |w| is made of two straight lines: what are their slopes?"),
        Slip("always λ", {"return lam * np.sign(w)": "return np.full_like(w, lam)"},
             "λ for all: that pushes negative weights further *down*, away from 0. The slope of |w| has the sign of w."),
        Slip("L2's", {"return lam * np.sign(w)": "return 2 * lam * w"},
             "This is L2's gradient, which fades as w gets small. L1 pushes with the same force to the very end. That "
             "is its whole secret."),
        Slip("0 for negative weights", {"return lam * np.sign(w)": "return lam * (w > 0)"},
             "Right for w > 0. Below 0 you give the slope 0, that of a relu; |w| falls there, with slope −1."),
        Slip("the step", {"return lam * np.sign(w)": "return w - lam * np.sign(w)"},
             "This is where the weight would be after a step. Asked for is the gradient alone."),
        Slip("averaged", {"return lam * np.sign(w)": "return lam * np.sign(w) / w.size"},
             "You divided by the number of weights. The penalty is a sum, so there is nothing to divide."),
    ],
    alternatives=[
        lambda w, lam: np.where(w > 0, lam, np.where(w < 0, -lam, 0.0)),
        lambda w, lam: lam * ((w > 0).astype(int) - (w < 0)),
    ],
    equivalent={"positive": ["value of `lam`"]},
    hints=[
        "Draw |w|. What is the slope left of 0, what right of it? And at 0 take the middle.",
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
             "Your λ is multiplied by N. That belongs to an objective with the *mean* of the squared errors; here they "
             "are summed, so λ stands alone."),
        Slip("λ divided by N", ridge_with(lambda lam, X: lam / len(X)),
             "Your λ is divided by N. The errors are summed here, not averaged, so λ stands alone."),
        Slip("λ squared", {"+ lam": "+ (lam) ** 2"},
             "λ² stands on the diagonal. The weights are squared in the objective, λ is not."),
        Slip("λ added everywhere", {" * np.eye(X.shape[1])": ""},
             "`X.T @ X + lam` adds λ to *every* entry: broadcasting, helpful as ever. The penalty has no products "
             "w₁w₂, so λ belongs on the diagonal only: `np.eye(n)`."),
        Slip("centred", lambda X, y, lam: ridge_with(lambda lam, X: lam, lambda X: X - X.mean(axis=0))(X, y, lam),
             "You subtract the mean of the columns first. That is how one gets an intercept out of the way; here there "
             "is none, and X is to be taken as it is."),
        Slip("not solved",
             {"return np.linalg.solve(X.T @ X + lam * np.eye(X.shape[1]), X.T @ y)": "return (X.T @ X + lam * np.eye(X.shape[1])) @ (X.T @ y)"},
             "You multiply by the matrix where you should *solve* with it: `np.linalg.solve(A, b)`."),
        Slip("one over each entry",
             {"return np.linalg.solve(X.T @ X + lam * np.eye(X.shape[1]), X.T @ y)": "return (1 / (X.T @ X + lam * np.eye(X.shape[1]))) @ (X.T @ y)"},
             "1/A divides entry by entry. The inverse of a matrix is another thing: `np.linalg.solve(A, b)`."),
        Slip("each feature alone",
             {"return np.linalg.solve(X.T @ X + lam * np.eye(X.shape[1]), X.T @ y)": "return (X.T @ y) / ((X**2).sum(axis=0) + lam)"},
             "You fit each feature as if the others were not there. XᵀX has entries beside the diagonal, where "
             "features share what they know."),
        Slip("root of λ",
             {"return np.linalg.solve(X.T @ X + lam * np.eye(X.shape[1]), X.T @ y)": "return np.linalg.solve(X.T @ X + np.sqrt(lam) * np.eye(X.shape[1]), X.T @ y)"},
             "√λ stands on the diagonal. (It belongs there if one stacks rows under X; not in XᵀX + λI.)"),
        Slip("λ on the right, too",
             {"return np.linalg.solve(X.T @ X + lam * np.eye(X.shape[1]), X.T @ y)": "return np.linalg.solve(X.T @ X + lam * np.eye(X.shape[1]), X.T @ y + lam)"},
             "λ is added on the right as well. There stands Xᵀy, and no penalty touches it: the penalty has only w in "
             "it."),
        Slip("first weight goes free",
             {"return np.linalg.solve(X.T @ X + lam * np.eye(X.shape[1]), X.T @ y)": "return np.linalg.solve(X.T @ X + lam * np.diag([0.0] + [1.0] * (X.shape[1] - 1)), X.T @ y)"},
             "The first weight does not pay, as if it were an intercept. Here there is none: λ on the whole diagonal."),
        Slip("mean on one side",
             {"return np.linalg.solve(X.T @ X + lam * np.eye(X.shape[1]), X.T @ y)": "return np.linalg.solve(X.T @ X / len(X) + lam * np.eye(X.shape[1]), X.T @ y)"},
             "XᵀX is divided by N, Xᵀy is not. The errors are summed here: divide neither."),
        Slip("shrunk afterwards",
             {"return np.linalg.solve(X.T @ X + lam * np.eye(X.shape[1]), X.T @ y)": "return np.linalg.lstsq(X, y, rcond=None)[0] / (1 + lam)"},
             "You shrink the least-squares weights all by the same factor. That is ridge only if the features have "
             "nothing to do with each other; solve (XᵀX + λI) w = Xᵀy."),
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
        "At the minimum the gradient is 0: 2Xᵀ(Xw − y) + 2λw = 0. Bring all that has a w to one side.",
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
             "This is the *hard* threshold: what is large stays as it is. The soft one also pulls what stays towards "
             "0, by t; otherwise there would be a jump at ±t."),
        Slip("only positive", {"np.abs(z)": "z"},
             "Right for positive z. A very negative one should become z + t, and you cut it to 0: a relu in disguise."),
        Slip("not cut", {"t, 0": "t, -1"},
             "Small ones shoot past 0 to the other side: 0.4 with t = 1 becomes −0.6. What is nearer to 0 than t ends "
             "*at* 0."),
        Slip("clipped", {"return np.sign(z) * np.maximum(np.abs(z) - t, 0)": "return np.clip(z, -t, t)"},
             "You kept what should go and cut what should stay: this is z minus the right answer."),
        Slip("sign lost", {"np.sign(z": "np.sign(t"},
             "The sizes are right, the signs are gone. Give each its own sign back: `np.sign(z)`."),
        Slip("z / |z|",
             {"return np.sign(z) * np.maximum(np.abs(z) - t, 0)": "return z / np.abs(z) * np.maximum(np.abs(z) - t, 0)"},
             "z/|z| is the sign, but at z = 0 it is 0/0, not a number. NumPy has `np.sign`, which knows about 0."),
        Slip("t taken off everything", {"return np.sign(z) * np.maximum(np.abs(z) - t, 0)": "return z - t"},
             "Everything is moved *down* by t. For positive z that is towards 0; for negative z it is away; and "
             "nothing stops at 0."),
        Slip("multiplied by 1 − t",
             {"return np.sign(z) * np.maximum(np.abs(z) - t, 0)": "return np.asarray(z) * (1 - t)"},
             "You multiply. That is how L2 shrinks: everything by the same factor, nothing to 0. L1 takes the same "
             "*amount*."),
        Slip("shrunk by a factor",
             {"return np.sign(z) * np.maximum(np.abs(z) - t, 0)": "return np.asarray(z) / (1 + t)"},
             "You divide. That is how L2 shrinks: everything by the same factor, nothing to 0. L1 takes the same "
             "*amount*."),
        Slip("sign times t", {"return np.sign(z) * np.maximum(np.abs(z) - t, 0)": "return np.sign(z) * t"},
             "Every z becomes ±t. t is how far one moves, not where one ends."),
    ],
    alternatives=[
        lambda z, t: np.where(np.asarray(z) > t, np.asarray(z) - t, np.where(np.asarray(z) < -t, np.asarray(z) + t, 0)),
        lambda z, t: z - np.clip(z, -t, t),
        lambda z, t: np.maximum(np.asarray(z) - t, 0) + np.minimum(np.asarray(z) + t, 0),
    ],
    equivalent={"the larger of two": ["`np.maximum("], "positive": ["value of `t`"]},
    hints=[
        "Three cases: z > t, z < −t, and in between.",
        "Size and sign apart: the size is |z| − t, but at least 0; the sign is that of z.",
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
             "The threshold is λ. A step of length η pays for η only: ηλ."),
        Slip("threshold first", {"soft_threshold(w - lr * grad, lr * lam)": "soft_threshold(w, lr * lam) - lr * grad"},
             "The threshold comes first here, and the step after it moves the zeros away again. First the step, then the "
             "threshold."),
        Slip("no threshold", {"soft_threshold(w - lr * grad, lr * lam)": "w - lr * grad"},
             "This is the step down the loss alone. The penalty is still to be paid: the soft threshold of it, by ηλ."),
        Slip("L1's gradient", {"soft_threshold(w - lr * grad, lr * lam)": "w - lr * (grad + lam * np.sign(w))"},
             "This is gradient descent with the gradient of the penalty: it hovers about 0. Let the soft threshold take the "
             "penalty's part."),
        Slip("threshold of the gradient", {"soft_threshold(w - lr * grad, lr * lam)": "w - lr * soft_threshold(grad, lam)"},
             "You shorten the *gradient*. It is the weight, after the step, that moves towards 0."),
        Slip("η forgotten", {"lr * grad": "grad"}, "The step is the whole gradient: the learning rate η is missing."),
        Slip("uphill", {"w - lr": "w + lr"}, "The step goes *up* the loss: w − η ∂L/∂w, with a minus."),
        Slip("penalty only", {"w - lr * grad": "w"},
             "The loss takes no part: this is the price of L1 alone. First the step w − η ∂L/∂w."),
        Slip("hard", {"soft_threshold(w - lr * grad, lr * lam)": "np.where(np.abs(w - lr * grad) > lr * lam, w - lr * grad, 0.0)"},
             "What is small becomes 0, and what is large pays nothing: a hard threshold. Use `soft_threshold`."),
    ],
    alternatives=[
        lambda w, grad, lr, lam: (w - lr * grad) - np.clip(w - lr * grad, -lr * lam, lr * lam),
        {"soft_threshold(w - lr * grad, lr * lam)": "lr * soft_threshold(w / lr - grad, lam)"},
    ],
    equivalent={"positive": ["value of `lam`", "value of `lr`"]},
    hints=[
        "Two things one after the other: a step as always, then the price.",
        "The step is w − η ∂L/∂w. What comes out goes into `soft_threshold`, with t = ηλ.",
        "`soft_threshold(w - lr * grad, lr * lam)`.",
    ],
)

# max_norm -------------------------------------------------------------------------------------------------------


def lengths_case(rng, n, units):
    """Columns shorter and longer than c, by turns; rows of other lengths than columns."""
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
             "You measured the rows. A unit's incoming weights stand in a *column* of W (X @ W, remember): axis=0."),
        Slip("all columns to length c", {"np.minimum(1, ": "("},
             "Every column now has length c, also those that were shorter. Max-norm shortens; it stretches "
             "nothing."),
        Slip("the whole matrix", {"**2).sum(axis=0": " ** 2).sum("},
             "You measured all of W at once. Each unit has a bound of its own: one length for each column."),
        Slip("entries clipped", {"**2).sum(axis=0": " ** 2"},
             "You clipped the single weights. A column of many small ones can still be long, and clipping turns its "
             "direction. Measure the column's length and shorten it as a whole."),
        Slip("squared length", {"np.sqrt((W**": "np.abs((W ** "},
             "You compare c with the *squared* length. Take the root of Σ w² first."),
        Slip("L1 length", capped(lambda W, c: np.minimum(1, c / np.sum(np.abs(W), axis=0))),
             "You measure length by Σ |w|. The length of a vector is the root of Σ w²."),
        Slip("long ones set to 0", lambda W, c: W * (np.linalg.norm(W, axis=0) <= c),
             "What is too long is gone altogether. Harsh. Shorten it to length c."),
        Slip("minimum and maximum mixed up", {"np.minimum": "np.maximum"},
             "It is the other way round: short columns are stretched, long ones left alone. `minimum(1, …)`: no factor "
             "above 1."),
        Slip("ratio upside down", {"c / lengths": "(lengths / c)"},
             "The ratio is upside down, so the short columns shrink. Too long by a factor 2 means times one half: c "
             "over length."),
        Slip("all columns to length 1", lambda W, c: W / np.linalg.norm(W, axis=0),
             "Every column has length 1 now, and c has no say. Only columns longer than c are shortened, and to c."),
    ],
    alternatives=[
        lambda W, c: W / np.maximum(1, np.sqrt((W**2).sum(axis=0)) / c),
        lambda W, c: np.column_stack([w if np.linalg.norm(w) <= c else c * w / np.linalg.norm(w) for w in W.T]),
    ],
    equivalent={"the smaller of two": ["`np.minimum("], "one row more": ["is made a column"],
                "positive": ["value of `c`", "value of `lengths`"]},
    hints=[
        "One length for each column, then one factor for each column: 1 where it is short enough.",
        "`np.linalg.norm(W, axis=0)` gives the lengths of the columns, shape (units,), and broadcasts over the rows.",
        "`W * np.minimum(1, c / np.linalg.norm(W, axis=0))`.",
    ],
)

# lasso (optional) -----------------------------------------------------------------------------------------------


def lasso_case(rng, sweeps):
    X = rng.normal(size=(6, 4)) @ (np.eye(4) + 0.3)
    return {"X": X, "y": X @ [2.0, -1.5, 0.0, 0.2] + 0.1 * rng.normal(size=6), "lam": 0.4, "sweeps": sweeps}


def descend(X, y, lam, sweeps, threshold=None, own=True, at_once=False, denominator=None):
    """Descend by coordinates, with what may be slipped."""
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
             "Your threshold is λ. The objective has 1/(2N) before the squares; multiply it through by N and λ becomes "
             "Nλ."),
        Slip("own share not added back", {"y - X @ w + X[:, j] * w[j]": "(y - X @ w)"},
             "The residual must leave out feature j itself: what is there to explain once *the others* have had their "
             "say?"),
        Slip("all at once", lambda X, y, lam, sweeps: descend(X, y, lam, sweeps, at_once=True),
             "All coordinates move at once, from the old w. Coordinate descent uses each new w_j at once, or it may "
             "run away."),
        Slip("not divided by ‖x_j‖²",
             lambda X, y, lam, sweeps: descend(X, y, lam, sweeps, denominator=lambda X, j: len(X)),
             "You divide by N, which is right for standardised features only. In general it is ‖x_j‖²."),
        Slip("threshold after the division",
             lambda X, y, lam, sweeps: descend(X, y, lam, sweeps, lambda N, lam, xx: N * lam * xx),
             "You divide by ‖x_j‖² first and take Nλ off then. In (11.15) the threshold comes first, then the division."),
        Slip("divided by the length",
             lambda X, y, lam, sweeps: descend(X, y, lam, sweeps, denominator=lambda X, j: np.linalg.norm(X[:, j])),
             "You divide by ‖x_j‖. It is ‖x_j‖², the length squared."),
        Slip("half the threshold", lambda X, y, lam, sweeps: descend(X, y, lam, sweeps, lambda N, lam, xx: N * lam / 2),
             "Half the threshold: with the ½ before the squares in the objective, the 2 has cancelled. Nλ."),
        Slip("twice the threshold", lambda X, y, lam, sweeps: descend(X, y, lam, sweeps, lambda N, lam, xx: 2 * N * lam),
             "Twice the threshold: the 1/(2N) becomes 1/N when the square is differentiated. Nλ."),
    ],
    alternatives=[lambda X, y, lam, sweeps: descend(X, y, lam, sweeps).tolist()],
    equivalent={"of equal length": ["in `len(y)`"], "vectors": ["`r @ X[:, j]`", "`X[:, j] @ X[:, j]`"], "positive": ["value of `lam`"]},
    hints=[
        "One weight at a time: with all others fixed, the objective in w_j is a parabola plus |w_j|.",
        "r = y − Xw + x_j w_j is what the others leave over. The parabola alone is lowest at x_jᵀr / ‖x_j‖².",
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
                   "most new digits?",
                   ["L2", "L1", "Max-norm", "Dropout", "Early stopping", "More digits"],
                   gives_away=["cannot have more", "comes near 800", "more data beat"]),
        Prediction("noise", "SGD with η = 0.01 and batches of 1, against η = 0.04 and batches of 4. Whose weights "
                   "scatter more, once it has arrived?",
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
                   "network, with as many parameters: which one loses fewer?",
                   ["The ordinary network", "The convolution", "About the same"],
                   gives_away=["finds in all", "is the regularizer", "lose accuracy"]),
    ],
    questions=[
        Question("zeros", "Which penalty makes weights exactly 0?", ["L1", "L2", "Both, if λ is large"], 0,
                 "L1 pulls with constant force; L2's pull fades as the weight does."),
        Question("biases", "Why are biases left out of the penalty?",
                 [
                "There are too few of them to matter",
                "A large bias makes nothing less smooth; it sets where a unit switches",
                "Their gradient is unknown",
            ], 1, "What makes a function steep is weights. A penalised bias only puts thresholds in the wrong place."),
        Question("lam",
                 "Loss summed over 1000 examples, penalty λ. You change to the *mean* loss. What keeps the objective "
                 "the same?", ["λ as it is", "λ times 1000", "λ divided by 1000"], 2,
                 "Divide the whole objective by 1000: the penalty is divided, too."),
        Question("max_norm", "Max-norm with c = 3 meets a column of length 2. What happens?",
                 ["It is stretched to 3", "Nothing", "It is shortened to 1"], 1,
                 "It is a bound and no price: a column that is short enough stays as it is."),
    ],
    imports=["math", "numpy"],
    recall=["09.gap", "09.patience", "02.against"],
)

"""What lab 04 checks: cross-entropies, the softmax and its gradient, output layers, and a linear classifier trained."""

# fmt: off
import numpy as np

from course.build import Exercise, LabChecks, Slip, Part, Prediction, Question


def right_softmax(Z, axis=1):
    E = np.exp(Z - Z.max(axis=axis, keepdims=True))
    return E / E.sum(axis=axis, keepdims=True)


def log_softmax(Z):
    shifted = Z - Z.max(axis=1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))


def of_right_class(table, labels):
    return table[np.arange(len(labels)), labels]


def hot(labels, K):
    return np.eye(K)[np.asarray(labels)]


def quietly(function):
    def answer(*arguments):
        with np.errstate(all="ignore"):
            return function(*arguments)

    return answer

# binary_cross_entropy -------------------------------------------------------------------------------------------
def bce_case(rng, N):
    y = np.arange(N) % 2
    rng.shuffle(y)
    return {"y": y.astype(float), "p": rng.uniform(0.05, 0.45, N) + 0.5 * (rng.random(N) < 0.5)}


def each_bce(y, p):
    return -(y * np.log(p) + (1 - y) * np.log(1 - p))


def floored(eps, floor):
    return lambda y, p: -np.mean(y * np.log(floor(p, eps)) + (1 - y) * np.log(floor(1 - p, eps)))


binary_cross_entropy = Exercise(
    "binary_cross_entropy",
    points=2,
    cases=lambda rng: [
        bce_case(rng, 5),
        bce_case(rng, 8),
        {"y": np.array([1.0, 0.0]), "p": np.array([0.9, 0.9])},
        {"y": np.array([1.0, 0.0]), "p": np.array([1e-12, 0.3])},  # sure and wrong: nothing may be added to p
    ],
    slips=[
        Slip("sum for mean", {"np.mean": "np.sum"},
             "You added up over the examples; take their *mean*. Otherwise twice the data would look twice as wrong."),
        Slip("minus forgotten", {"return -": "return "},
             "Your loss is negative. The logarithm of a probability is at most 0, so a minus sign in front makes it a "
             "penalty."),
        Slip("only y = 1 counts", {" + (1 - y) * np.log(1 - p)": ""},
             "The examples with y = 0 cost nothing here, so a neuron that always says 1 would look perfect. They need "
             "the other term, (1 − y) log(1 − p)."),
        Slip("terms swapped",
             {"return -np.mean(y * np.log(p) + (1 - y) * np.log(1 - p))": "return -np.mean(y * np.log(1 - p) + (1 - y) * np.log(p))"},
             "Your loss is large for right answers. With y = 1 the loss is −log p: small when p is near 1."),
        Slip("y and p swapped",
             {"return -np.mean(y * np.log(p) + (1 - y) * np.log(1 - p))": "return np.mean(np.where(y == p, 0.0, np.inf))"},
             "You swapped y and p, and log 0 is −inf. The *prediction* goes into the logarithm, and the target says "
             "which logarithm counts."),
        Slip("squared error",
             {"return -np.mean(y * np.log(p) + (1 - y) * np.log(1 - p))": "return np.mean((y - p) ** 2)"},
             "This is the mean squared error. It is at most 1 for each example; the cross-entropy has no limit."),
        Slip("1 − log p",
             {"return -np.mean(y * np.log(p) + (1 - y) * np.log(1 - p))": "return -np.mean(y * np.log(p) + (1 - y) * (1 - np.log(p)))"},
             "1 − log p is not log(1 − p). The 1 − p goes inside the logarithm."),
        Slip("both terms always",
             {"return -np.mean(y * np.log(p) + (1 - y) * np.log(1 - p))": "return -np.mean(np.log(p) + np.log(1 - p))"},
             "Both logarithms count for every example, and y is not used. y and 1 − y are the switches: for each "
             "example, one of them turns its term off."),
        Slip("log of the mean",
             {"return -np.mean(y * np.log(p) + (1 - y) * np.log(1 - p))": "return -np.log(np.mean(y * p + (1 - y) * (1 - p)))"},
             "You average the probabilities and then take one logarithm. Take the logarithm for each example first, "
             "then average: one sure mistake should cost a lot."),
        Slip("absolute error",
             {"return -np.mean(y * np.log(p) + (1 - y) * np.log(1 - p))": "return np.mean(np.abs(y - p))"},
             "This is the mean distance of p from y. However wrong p is, it never costs more than 1; with the "
             "logarithm there is no limit."),
        Slip("sigmoid once more", lambda y, p: np.mean(each_bce(y, 1 / (1 + np.exp(-p)))),
             "You applied a sigmoid to p. But p is already a probability: use it as it is."),
        *(
            Slip(
                f"{eps:g} {'added' if floor is np.add else 'at least'}",
                floored(eps, floor),
                f"You keep p above {eps:g}, so that log 0 cannot happen. One p here is as small as 1e-12 (it is shown as "
                "0), but none *is* 0, and the limit makes a sure mistake too cheap. Section 4 shows a better way.",
            )
            for floor, sizes in {
                np.add: (1e-7, 1e-8, 1e-9, 1e-10, 1e-12, 1e-15),
                np.maximum: (1e-8, 1e-9, 1e-10),
            }.items()
            for eps in sizes
        ),
        Slip("first example only", lambda y, p: each_bce(y, p)[0],
             "This is the loss of the first example alone: is a `return` inside the loop?"),
        Slip("last example only", lambda y, p: each_bce(y, p)[-1] / len(y),
             "Only the last example is left: does the loop overwrite the others, with `=` in place of `+=`?"),
        Slip("only the ones averaged",
             {"return -np.mean(y * np.log(p) + (1 - y) * np.log(1 - p))": "return -np.mean(np.log(p[y == 1]))"},
             "Your mean has only the examples with y = 1. For y = 0 the other term counts, (1 − y) log(1 − p), and N "
             "counts all examples."),
        Slip("root of the squared error",
             {"return -np.mean(y * np.log(p) + (1 - y) * np.log(1 - p))": "return np.sqrt(np.mean((y - p) ** 2))"},
             "This is the root of the mean squared error. However wrong p is, it never costs more than 1; with the "
             "logarithm there is no limit."),
    ],
    alternatives=[
        lambda y, p: -np.mean(np.log(np.where(y == 1, p, 1 - p))),
        lambda y, p: float(-(y @ np.log(p) + (1 - y) @ np.log(1 - p)) / len(y)),
    ],
    equivalent={"y is 0 or 1": ["`y` is squared", "`1 - y` is squared", "value of `y`", "value of `1 - y`"],
                "probabilities are positive": ["value of `p`", "value of `1 - p`"]},
    hints=[
        "Two cases. y = 1 costs −log p, y = 0 costs −log(1 − p). Multiply by y and by 1 − y to pick the right one.",
        "`y * np.log(p) + (1 - y) * np.log(1 - p)` is one number for each example, and none of them is positive.",
        "`-np.mean(...)` of that.",
    ],
)

# log_likelihood -------------------------------------------------------------------------------------------------


def likelihood_cases(rng):
    few = [bce_case(rng, 5), bce_case(rng, 8), {"y": np.array([1.0, 0.0]), "p": np.array([0.9, 0.9])}]
    return {"few": few, "many": [bce_case(rng, 1200)]}


log_likelihood = Exercise(
    "log_likelihood",
    points=[Part("a few labels", 1, group="few"), Part("many labels", 1, group="many")],
    cases=likelihood_cases,
    slips=[
        Slip("log of the product",
             {"np.sum(y * np.log(p) + (1 - y) * np.log(1 - p))": "np.log(np.prod(np.where(y == 1, p, 1 - p)))"},
             "This is right for a few labels. With 1200 of them, the product is 0 before you take its logarithm. Take "
             "the logarithm of each factor first, then add up."),
        Slip("only y = 1 counts", {" + (1 - y) * np.log(1 - p)": ""},
             "The labels that are 0 are missing. They have a probability, too: 1 − p."),
        Slip("terms swapped", {"np.log(p)": "np.log(1-p)", "np.log(1 - p)": "np.log(p)"},
             "You swapped the factors: a label 1 has the probability p, a label 0 has 1 − p."),
    ],
    alternatives=[
        lambda y, p: np.log(np.where(y == 1, p, 1 - p)).sum(),
        lambda y, p: y @ np.log(p) + (1 - y) @ np.log(1 - p),
        lambda y, p: sum(float(np.log(q if t else 1 - q)) for t, q in zip(y, p, strict=True)),
    ],
    equivalent={"y is 0 or 1": ["`y` is squared", "`1 - y` is squared", "value of `y`", "value of `1 - y`"],
                "probabilities are positive": ["value of `p`", "value of `1 - p`"]},
    hints=[
        "The logarithm of a product is the sum of the logarithms, and an exponent comes down as a factor.",
        "For one label: y log p + (1 − y) log(1 − p). One of the two terms is always 0.",
        "`np.sum(…)` of that expression, for all labels at once.",
    ],
)

# softmax --------------------------------------------------------------------------------------------------------
def logits(rng, N, K):
    return rng.uniform(-3, 3, (N, K))


def far_logits(rng, K):
    """Rows far above and far below zero with the usual differences, and one with a single logit far above."""
    Z = logits(rng, 3, K) + np.array([[10000.0], [-10000.0], [0.0]])
    Z[2, rng.integers(K)] = 10000.0
    return Z


def softmax_cases(rng):
    return {"ordinary": [{"Z": logits(rng, N, K)} for N, K in ((3, 4), (5, 3), (1, 3))], "large": [{"Z": far_logits(rng, 3)}]}


softmax = Exercise(
    "softmax",
    points=[Part("ordinary logits", 2, group="ordinary"), Part("logits around ±10,000", 1, group="large")],
    cases=softmax_cases,
    slips=[
        Slip("no maximum subtracted", {" - Z.max(axis=1, keepdims=True)": ""},
             "This is right for ordinary logits. But exp(10000) is inf and exp(−10000) is 0, and inf/inf and 0/0 are "
             "not probabilities. You have just seen that a constant added to a row changes nothing: so first subtract "
             "the row's largest logit."),
        Slip("over the examples", {"Z.max(axis=1": "Z.max(axis=0", "E.sum(axis=1": "E.sum(axis=0"},
             "Your *columns* sum to 1. A row is one example and its entries compete with each other, not with those "
             "of other examples: take the sum along the classes, axis=1."),
        Slip("over everything", {"Z.max(axis=1, ": "Z.max(", "E.sum(axis=1, ": "E.sum("},
             "All your probabilities together sum to 1, as if the whole batch were one digit. Each row is its own "
             "example: sum with axis=1 and keepdims=True."),
        Slip("one maximum for the batch", {"Z.max(axis=1, ": "Z.max("},
             "You subtract the largest logit of the whole batch; a row far below it then has only zeros, and 0/0 is "
             "NaN. Subtract the largest logit of each row: axis=1, keepdims=True."),
        Slip("keepdims forgotten", {"E.sum(axis=1, keepdims=True": "E.sum(axis=1"},
             "A sum over axis=1 has shape (N,), and (N, K) / (N,) aligns the *last* axes. keepdims=True leaves (N, 1), "
             "which fits. (If N = K, NumPy does not refuse: it divides, but wrongly.)"),
        Slip("no exponential", {"E / E.sum": "Z / Z.sum"},
             "The rows do sum to 1, but some of your probabilities are negative. The exponential makes every score "
             "positive before you divide."),
        Slip("not divided", {"return E / E.sum(axis=1, keepdims=True)": "return np.exp(np.minimum(Z, 700))"},
             "Your numbers are positive, but not yet probabilities: divide each row by its sum."),
        Slip("sigmoid", {"return E / E.sum(axis=1, keepdims=True)": "return 1 / (1 + np.exp(-np.clip(Z, -700, 700)))"},
             "This is a sigmoid for each logit. Each is between 0 and 1, but a row of them does not sum to 1: they "
             "answer K separate yes-or-no questions. Softmax makes the classes compete."),
        Slip("twice",
             {"return E / E.sum(axis=1, keepdims=True)": "E = np.exp(E / E.sum(axis=1, keepdims=True))\n    return E / E.sum(axis=1, keepdims=True)"},
             "This is the softmax of a softmax. Probabilities are not logits: the second softmax makes the entries of "
             "each row more alike."),
        Slip("divided by the largest", {" / E.sum(axis=1, keepdims=True)": ""},
             "The largest entry of each row is 1, so a row sums to more than 1. The subtraction is for safety only; "
             "you must still divide each row by its *sum*."),
        Slip("sum of the logits",
             {"return E / E.sum(axis=1, keepdims=True)": "return np.exp(np.minimum(Z, 700)) / Z.sum(axis=1, keepdims=True)"},
             "Your numerator has exponentials, your denominator plain logits. Divide by the sum of the "
             "*exponentials*."),
        Slip("shifted above only", {"E.sum(": "np.exp(Z).sum("},
             "You subtract the maximum in the numerator, but not in the denominator. It cancels only if it is in both: "
             "compute the exponentials once, and use them twice."),
        Slip("exp(−z)", {"Z - Z.max(": "-Z - (-Z).max("},
             "The largest logit gets the smallest probability: your exponential has a minus sign, as in the sigmoid. "
             "Softmax has none."),
        Slip("one where the maximum is",
             {"return E / E.sum(axis=1, keepdims=True)": "return np.eye(Z.shape[1])[Z.argmax(axis=1)]"},
             "This is a hard maximum: 1 for the largest logit, 0 for the others. Softmax gives the others a share, "
             "too, and the gradient needs it."),
        Slip("squares for exponentials",
             {"return E / E.sum(axis=1, keepdims=True)": "return Z**2 / (Z**2).sum(axis=1, keepdims=True)"},
             "Squares are positive, too, but −3 would be as probable as 3. The exponential keeps the order."),
        Slip("absolute values for exponentials",
             {"return E / E.sum(axis=1, keepdims=True)": "return np.abs(Z) / np.abs(Z).sum(axis=1, keepdims=True)"},
             "Absolute values are positive, too, but −3 would be as probable as 3. The exponential keeps the order."),
        Slip("maximum of each column", {"Z.max(axis=1": "Z.max(axis=0"},
             "You subtract the maximum of each *column*, so the entries of a row change by different amounts, and its "
             "probabilities change. Subtract from each row its own largest logit: axis=1, keepdims=True."),
    ],
    alternatives=[
        lambda Z: np.exp(log_softmax(Z)),
        lambda Z: np.stack([np.exp(z - max(z)) / sum(np.exp(z - max(z))) for z in Z]),
    ],
    equivalent={"the last axis": ["`axis=-1`"], "positive": ["value of `E`"]},
    hints=[
        "Exponentials first, then divide each row by its own sum. And before all that, subtract something harmless.",
        "`Z.max(axis=1, keepdims=True)` has one number for each row, shape (N, 1), and broadcasts. The sum needs the "
        "same care.",
        "`E = np.exp(Z - Z.max(axis=1, keepdims=True))`, then `E / E.sum(axis=1, keepdims=True)`.",
    ],
)

# one_hot --------------------------------------------------------------------------------------------------------


def one_hot_cases(rng):
    return [{"labels": rng.permutation([0, 3, 1, 1, 2]), "K": 4}, {"labels": rng.permutation([1, 2, 3, 4])[:3], "K": 6}]


one_hot = Exercise(
    "one_hot",
    points=1,
    cases=one_hot_cases,
    slips=[
        Slip("off by one", {"[labels": "[labels - 1"},
             "Every 1 is one place too far to the left. Classes are counted from 0: label 0 has its 1 in the first "
             "column."),
        Slip("every row",
             {"return np.eye(K)[labels]": "out = np.zeros((len(labels), K))\n    out[:, labels] = 1\n    return out"},
             "`out[:, labels] = 1` fills *every* row, in all those columns. You want row n with column labels[n]: give "
             "the rows as numbers, too, `np.arange(len(labels))`."),
        Slip("K from the labels", lambda labels, K: hot(labels, labels.max() + 1),
             "You take the number of columns from the largest label present. A batch without a nine would then have "
             "nine classes: use K."),
        Slip("whole rows",
             {"return np.eye(K)[labels]": "out = np.zeros((len(labels), K))\n    out[labels] = 1\n    return out"},
             "`out[labels] = 1` fills whole *rows*, those with the labels' numbers. Each row n needs a 1 in column "
             "labels[n]: give both, rows `np.arange(len(labels))` and columns `labels`."),
        Slip("one row for all", lambda labels, K: hot(labels, K).max(axis=0),
             "You return one row for all labels together. Each label needs its own row: a table (N, K)."),
        Slip("row by the label",
             {"return np.eye(K)[labels]": "out = np.zeros((len(labels), K))\n    out[labels, labels] = 1\n    return out"},
             "You take both row and column from the label: `out[label, label]`. Example n has row *n*, whatever its "
             "label is."),
    ],
    alternatives=[
        lambda labels, K: labels[:, None] == np.arange(K),
        lambda labels, K: [[int(k == label) for k in range(K)] for label in labels],
    ],
    hints=[
        "A table of zeros, N by K, with one 1 in each row.",
        "Row k of `np.eye(K)` is exactly what class k needs. NumPy can pick rows by an array of numbers.",
        "`np.eye(K)[labels]`.",
    ],
)

# softmax_cross_entropy ------------------------------------------------------------------------------------------


def labelled(rng, N, K):
    labels = np.arange(N) % K
    rng.shuffle(labels)
    return {"Z": logits(rng, N, K), "labels": labels}


def far_apart(rng):
    """Two examples, one surely right, one surely wrong and far below. The mean loss is half of the distance."""
    distance = float(rng.integers(9000, 12000))
    row = np.array([distance, 0.0, 0.0])
    return {"Z": np.stack([row, row - 20000.0]), "labels": np.array([0, 1])}


def loss_of(log_p):
    """Make an answer from a function that gives (log) probabilities."""
    return lambda Z, labels: -float(np.mean(of_right_class(log_p(Z), labels)))


softmax_cross_entropy = Exercise(
    "softmax_cross_entropy",
    points=[Part("ordinary logits", 2, group="ordinary"), Part("logits around ±10,000", 1, group="large")],
    cases=lambda rng: {"ordinary": [labelled(rng, 5, 3), labelled(rng, 4, 6), labelled(rng, 1, 3)], "large": [far_apart(rng)]},
    slips=[
        Slip("log of a stable softmax", {"Z.max": "Z.min"},
             "For large logits the loss is inf: an exponential overflowed, or a probability below 1e-308 was stored as "
             "0, and log 0 is −inf. (4.5) avoids both. It takes the logarithm at once: z minus the row's *largest* "
             "logit, minus the log of the sum."),
        Slip("no maximum subtracted", {" - Z.max(axis=1, keepdims=True)": ""},
             "This is right for ordinary logits; for large ones exp overflows. Subtract each row's maximum first, and "
             "use (4.5), which takes the logarithm on paper."),
        *(
            Slip(
                f"a floor of {eps:g}",
                loss_of(lambda Z, eps=eps: np.log(right_softmax(Z) + eps)),
                f"You keep p above {eps:g}, by adding or clipping. Then the loss is never inf, but it is not the right loss, either: "
                f"it stops at {-np.log(eps):.1f}, and where it stops the gradient is gone. (4.5) needs no such limit.",
            )
            for eps in (1e-7, 1e-8, 1e-9, 1e-10, 1e-12, 1e-15)
        ),
        Slip("softmax twice", {"shifted = Z -": "Z = softmax(Z)\n    shifted = Z -"},
             "You applied the softmax twice. Either compute probabilities and take −log of them, or give the logits to "
             "(4.5), which contains the softmax. Doing both is the best-hidden bug in this lab."),
        Slip("every row at every label", {"np.arange(len(labels)), labels": ":, labels"},
             "`log_p[:, labels]` takes *every* row at all those columns: an N by N table. You want row n with column "
             "labels[n]; write the rows as `np.arange(len(labels))`."),
        Slip("logarithm forgotten", {"log_p[": "np.exp(log_p)["},
             "You average the probabilities of the right classes. Average their *logarithms*: these make a sure "
             "mistake expensive."),
        Slip("logits only", {"(log_p": "(Z"},
             "This is the mean of the right classes' logits. The other classes must count, too: −log Σ exp(z), the "
             "second half of (4.5). Without it, raising all logits would lower the loss."),
        Slip("label off by one", {"labels]": "labels - 1]"},
             "You take the column one to the left of the label. Classes are counted from 0."),
        Slip("labels ignored", {"[np.arange(len(labels)), labels]": ""},
             "You average the logarithms of *all* classes. Only the right class of each row counts: pick it with the "
             "labels."),
        Slip("most probable class", {"log_p[np.arange(len(labels)), labels]": "log_p.max(axis=1)"},
             "This is the loss of the model’s most probable class: log Σ exp of the shifted logits, and nothing else. "
             "Take the *right* class, labels[n], and subtract its shifted logit, too; otherwise being sure of any "
             "class is rewarded."),
        Slip("maximum subtracted twice", {"log_p = shifted": "log_p = shifted - Z.max(axis=1, keepdims=True)"},
             "You subtract the maximum twice. It is already subtracted in the shifted logits: log p = shifted − log Σ "
             "exp(shifted)."),
        Slip("binary for each class",
             quietly(lambda Z, labels: np.mean(each_bce(hot(labels, Z.shape[1]), right_softmax(Z)))),
             "This is the binary cross-entropy of each class. In (4.4) only the right class has a term; the others are "
             "already in the softmax’s sum."),
        Slip("log of the mean",
             {"-np.mean(log_p[np.arange(len(labels)), labels])": "-np.log(np.mean(np.exp(log_p[np.arange(len(labels)), labels])))"},
             "You average the probabilities and take one logarithm. Take the logarithm of each first, then the mean."),
        Slip("squared error",
             {"return -np.mean(log_p[np.arange(len(labels)), labels])": "return np.mean((softmax(Z) - one_hot(labels, Z.shape[1])) ** 2)"},
             "This is the mean squared error, which is nearly flat where it is most wrong. (4.4) is a mean of "
             "logarithms."),
        Slip("log of the sum missing",
             {"np.log(np.exp(shifted).sum(axis=1, keepdims=True)": "np.exp(shifted).sum(axis=1, keepdims=True"},
             "The sum of the exponentials is there, but its logarithm is missing: − *log* Σ exp(z)."),
        Slip("summed over the batch", {".sum(axis=1, ": ".sum("},
             "Your sum of exponentials runs over the whole table. Each row has its own: axis=1, keepdims=True."),
        Slip("plus the log of the sum",
             {"shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True": "(shifted + np.log(np.exp(shifted).sum(axis=1, keepdims=True)"},
             "There is a plus before the log of the sum. The logarithm of a quotient is a *difference*, (4.5)."),
        Slip("divided by K",
             {"-np.mean(log_p[np.arange(len(labels)), labels])": "-np.sum(log_p[np.arange(len(labels)), labels]) / Z.shape[1]"},
             "You divide by the number of classes. (4.4) is a mean over the N *examples*."),
        Slip("labels as numbers", {"log_p[np.arange(len(labels)), labels]": "labels[:, None] * log_p"},
             "You multiply by the label, as if a nine were nine times as wrong. A label is a name: it says which "
             "column to pick."),
        Slip("one minus the probability",
             {"-np.mean(log_p[np.arange(len(labels)), labels])": "1 - np.mean(np.exp(log_p[np.arange(len(labels)), labels]))"},
             "1 − p is never more than 1, however wrong p is. −log p has no limit: (4.4)."),
        Slip("over everything", {"Z.max(axis=1, ": "Z.max(", ".sum(axis=1, ": ".sum("},
             "Your sum of exponentials runs over the whole table. Each row has its own: axis=1, keepdims=True."),
        Slip("summed over the examples", {"axis=1": "axis=0"},
             "Your sum of exponentials runs down the columns, over the examples. Sum along each row: axis=1."),
        Slip("all classes added up", {"log_p[np.arange(len(labels)), labels]": "log_p.sum(axis=1)"},
             "You add up the logarithms of *all* classes. Only the right class of each row counts: pick it with the "
             "labels."),
        Slip("keepdims forgotten", {".sum(axis=1, keepdims=True": ".sum(axis=1"},
             "A sum over axis=1 has shape (N,), which does not line up with (N, K). keepdims=True leaves (N, 1), and "
             "that fits, in the maximum and in the sum."),
        Slip("log inside the sum",
             {"np.log(np.exp(shifted).sum(axis=1, keepdims=True))": "np.log(np.exp(shifted)).sum(axis=1, keepdims=True)"},
             "You take the logarithm of each exponential, which undoes it, and then add up. Take the sum first, then "
             "*one* logarithm."),
        Slip("rows picked by the labels", {"np.arange(len(labels)), labels": "labels"},
             "`log_p[labels]` picks *rows* with the labels’ numbers. You want row n with column labels[n]: give the "
             "rows, too, `np.arange(len(labels))`."),
        Slip("first example only", {"labels])": "labels][0]) / len(Z)"},
             "Only the first example counts: is a `return` inside the loop?"),
        Slip("last example only", {"labels])": "labels][-1])"},
             "This is the last example’s loss alone: does the loop overwrite the others, with `=` for `+=`?"),
        Slip("sigmoid for softmax", quietly(loss_of(lambda Z: -np.logaddexp(0, -Z))),
             "You took the sigmoid of the right class’s logit alone. With a softmax, the other classes’ logits count, "
             "too."),
    ],
    alternatives=[
        lambda Z, labels: np.mean(np.logaddexp.reduce(Z, axis=1) - of_right_class(Z, labels)),
        lambda Z, labels: -np.sum(hot(labels, Z.shape[1]) * log_softmax(Z)) / len(Z),
    ],
    equivalent={"the last axis": ["`axis=-1`"], "of equal length": ["in `len(labels)`"]},
    hints=[
        "First take the logarithms of all the probabilities, (4.5), a table (N, K). Then pick one from each row, then "
        "average.",
        "Shift each row so that its largest logit is 0; then log p = shifted − log Σ exp(shifted). Rows `np.arange(N)` "
        "and columns `labels` pick one entry from each row.",
        "`-np.mean(log_p[np.arange(len(labels)), labels])`, with log_p from (4.5).",
    ],
)

# softmax_steps --------------------------------------------------------------------------------------------------


def steps_cases(rng):
    cases = [{"z": rng.normal(0, 1.5, K), "k": int(k)} for K, k in ((3, 0), (4, 2), (5, 4))]
    return [*cases, {"z": np.array([2.0, 1.0, 0.0]), "k": 1}]


softmax_steps = Exercise(
    "softmax_steps",
    points=[
        Part("(a) the logarithm", 1, component="dl_dp"),
        Part("(b) the softmax", 1, component="dp_dz"),
        Part("(c) both together", 1, component="dl_dz"),
    ],
    cases=steps_cases,
    returns=["dl_dp", "dp_dz", "dl_dz"],
    slips=[
        Slip("not differentiated", {"-1 / p[k]": "-np.log(p[k])"},
             "Your (a) is the loss itself, −log p. Differentiate it with respect to p."),
        Slip("all classes", {"-1 / p[k]": "-1 / p"},
             "Your (a) has an entry for each class. The loss depends on one probability only, `p[k]`."),
        Slip("element by element", {"p[k] * (e - p)": "p * (1 - p)"},
             "Your (b) is the slope of a sigmoid, class by class. In a softmax every logit changes p_k: for j ≠ k the "
             "quotient rule leaves −E_k E_j / S²."),
        Slip("only j = k", {"(e - p)": "e * (1 - p)"},
             "Your (b) has only the case j = k. A larger z_j makes S larger, so p_k falls: for j ≠ k the slope is −p_k "
             "p_j, not 0."),
        Slip("sign of the other logits", {"(e - p)": "np.abs(e - p)"},
             "Your (b) is right at place k. For the others the sign is wrong: when another logit grows, p_k falls."),
    ],
    alternatives=[{"dl_dp * dp_dz": "p - e"}, {"p[k] * (e - p)": "(np.diag(p) - np.outer(p, p))[k]"}],
    equivalent={"e is 0 or 1, p is positive": ["`e` is squared", "value of `e`", "value of `p`"]},
    hints=[
        "(a) is given above the exercise. For (b), divide numerator and denominator by S²: what are E_k/S and E_j/S?",
        "(b): −p_k p_j for j ≠ k, and p_k(1 − p_k) for j = k. As one row: p_k times (e minus something). (c): the "
        "chain rule.",
        "`dl_dp = -1 / p[k]`, `dp_dz = p[k] * (e - p)`, and dl_dz is the product of the two.",
    ],
)

# softmax_cross_entropy_grad -------------------------------------------------------------------------------------
softmax_cross_entropy_grad = Exercise(
    "softmax_cross_entropy_grad",
    points=[Part("ordinary logits", 2, group="ordinary"), Part("logits around ±10,000", 1, group="large")],
    cases=lambda rng: {
        "ordinary": [labelled(rng, 5, 3), labelled(rng, 4, 6)],
        "large": [{"Z": far_logits(rng, 4), "labels": rng.permutation([0, 2, 3])}],
    },
    slips=[
        Slip("N times too large", {" / len(Z)": ""},
             "This is N times too large: it is the gradient of the *sum*. The loss is a mean over N examples, so each "
             "of them counts 1/N."),
        Slip("sign swapped", {"softmax(Z) - one_hot(labels, Z.shape[1])": "one_hot(labels, Z.shape[1]) - softmax(Z)"},
             "The sign is swapped: it is softmax minus target, not target minus softmax. Test it: the right class's "
             "entry must be negative, because a larger logit there makes the loss smaller."),
        Slip("times p(1 − p)", {"/ len(Z)": "/ len(Z) * softmax(Z) * (1 - softmax(Z))"},
             "You multiplied by p(1 − p), as in lab 02. Here it cancels: the logarithm of the loss undoes the "
             "exponential of the softmax, and that is why the two belong together."),
        Slip("set, not subtracted",
             {"softmax(Z) - one_hot(labels, Z.shape[1])": "np.where(one_hot(labels, Z.shape[1]), -1, softmax(Z))"},
             "You set the right class's entry to −1 (`=`), but you should subtract 1 from it (`-=`): the result should "
             "be p − 1."),
        Slip("every row", {"one_hot(labels, Z.shape[1])": "one_hot(labels, Z.shape[1]).max(axis=0)"},
             "`dZ[:, labels] -= 1` subtracts 1 from *every* row in those columns. In row n, only column labels[n] "
             "should change: write the rows as `np.arange(len(labels))`."),
        Slip("softmax twice", {"softmax(Z)": "softmax(softmax(Z))"},
             "You applied the softmax twice. Z holds logits, and one softmax makes probabilities of them."),
        Slip("over the examples", {"softmax(Z)": "softmax(Z.T).T"},
             "Your softmax sums down the columns. Each row of this gradient must sum to 0: what one class gains, the "
             "others lose."),
        Slip("derivative of the logarithm only",
             {"softmax(Z) - one_hot(labels, Z.shape[1])": "-one_hot(labels, Z.shape[1]) / np.maximum(softmax(Z), 1e-300)"},
             "−1/p is the derivative with respect to the *probability*. Go on, through the softmax, to the logits. "
             "There every class has a derivative, and the result is very simple."),
        Slip("winner minus target", {"softmax(Z)": "one_hot(Z.argmax(axis=1), Z.shape[1])"},
             "You rounded the softmax to its largest class. Then an answer that is only just right has no gradient; "
             "use the probabilities themselves."),
        Slip("squared error", {"/ len(Z)": "* 2 / len(Z) * softmax(Z) * (1 - softmax(Z))"},
             "2(p − t)·p(1 − p) belongs to a squared error. The cross-entropy cancels the p(1 − p), and without a "
             "square there is no factor 2."),
        Slip("sigmoid", lambda Z, labels: (1 / (1 + np.exp(-np.clip(Z, -700, 700))) - hot(labels, Z.shape[1])) / len(Z),
             "You used a sigmoid for each class. Here the probabilities of all classes sum to 1: softmax."),
        Slip("labels without one-hot", {"one_hot(labels, Z.shape[1])": "labels"},
             "You subtract the labels themselves, N numbers from N rows. A label is a name; subtract its one-hot row."),
    ],
    alternatives=[{"softmax(Z) -": "np.exp(Z - np.logaddexp.reduce(Z, axis=1)[:, None]) -"},
                  {"one_hot(labels, Z.shape[1])": "(labels[:, None] == np.arange(Z.shape[1]))"}],
    equivalent={"of equal length": ["in `len(Z)`"]},
    hints=[
        "Look at (4.6): two tables of the same shape, one minus the other, and one division.",
        "You can make both tables already: `softmax(Z)` and `one_hot(labels, K)`, where K is Z.shape[1].",
        "`(softmax(Z) - one_hot(labels, Z.shape[1])) / len(Z)`.",
    ],
)

# output_layer_for -----------------------------------------------------------------------------------------------

RIGHT = {
    "binary": ("sigmoid", "bce"),
    "multiclass": ("softmax", "cce"),
    "multilabel": ("sigmoid", "bce"),
    "regression": ("none", "mse"),
    "unit_interval": ("sigmoid", "mse"),
}

output_layer_for = Exercise(
    "output_layer_for",
    points=2,
    labels={
        f"['{task}'][{i}]": f"the {part} for {task}" for task in RIGHT for i, part in enumerate(["activation", "loss"])
    },
    also={"['unit_interval'][1]": ["bce"], "['regression'][0]": [None]},
    choices=["sigmoid", "softmax", "none", "bce", "cce", "mse"],
    slips=[
        Slip("multilabel with softmax and cce", RIGHT | {"multilabel": ("softmax", "cce")},
             "You treated multilabel like multiclass: then a picture with a cat *and* a dog could give each at most "
             "one half. Its labels do not exclude each other, so each is its own yes-or-no question."),
        Slip("multilabel with softmax", RIGHT | {"multilabel": ("softmax", "bce")},
             "You gave multilabel a softmax: then a picture with a cat *and* a dog could give each at most one half. "
             "Its labels do not exclude each other, so each is its own yes-or-no question."),
        Slip("multiclass with sigmoid", RIGHT | {"multiclass": ("sigmoid", "cce")},
             "You gave multiclass separate sigmoids: they could say 0.9 to three digits at once. Exactly one class is "
             "right, so the outputs should sum to 1."),
        Slip("binary with softmax and cce", RIGHT | {"binary": ("softmax", "cce")},
             "Elsewhere this is not wrong: two logits with a softmax do the same as one with a sigmoid. Here binary "
             "means one output, and a softmax over one output always says 1."),
        Slip("binary with softmax", RIGHT | {"binary": ("softmax", "bce")},
             "A softmax over a single output is exp(z)/exp(z): it is 1 for every z."),
        Slip("regression with sigmoid", RIGHT | {"regression": ("sigmoid", "mse")},
             "You gave regression a sigmoid: then a house could never cost more than 1. Any number may be the answer, "
             "so nothing should limit the output."),
        Slip("unit interval without activation", RIGHT | {"unit_interval": ("none", "mse")},
             "Without an activation the output may well say that 130 % of a lawn is moss. Choose an activation that "
             "stays between 0 and 1."),
        Slip("binary with squared error", RIGHT | {"binary": ("sigmoid", "mse")},
             "Binary with the squared error is lab 02's neuron: if it is sure and wrong, it hardly learns. Section 1 "
             "has a better loss."),
        Slip("multilabel with cce", RIGHT | {"multilabel": ("sigmoid", "cce")},
             "The sigmoids are right for multilabel. But cce counts one right class only; with a cat *and* a dog in "
             "the picture, and no bicycle, all three answers count. Which loss asks one yes-or-no question?"),
    ],
    alternatives=[RIGHT | {"unit_interval": ("sigmoid", "bce")}, {k: [a.upper(), b] for k, (a, b) in RIGHT.items()}],
    hints=[
        "Ask for each task: what numbers may come out? Any; between 0 and 1; or several that sum to 1?",
        "Yes-or-no questions go with sigmoid and bce, one for each question. One class of many: softmax and cce.",
        "multilabel is several yes-or-no questions at once; regression needs no activation at all.",
    ],
)

# accuracy -------------------------------------------------------------------------------------------------------


def accuracy_case(rng, N, K):
    "Draw logits and labels: the largest logit of all, and the narrowest win, are among the right answers."
    Z, column = logits(rng, N, K), rng.integers(K)
    Z[0, column], Z[1:, column] = 4.0, Z[1:, column] - 2
    Z[-1] /= 10
    labels = Z.argmax(axis=1)
    wrong = rng.permutation(np.arange(1, N - 1))[: rng.integers(max(1, N // 4 - 1), N // 4 + 2)]
    labels[wrong] = (labels[wrong] + 1) % K
    return {"Z": Z, "labels": labels}


accuracy = Exercise(
    "accuracy",
    points=1,
    cases=lambda rng: [accuracy_case(rng, 8, 4), accuracy_case(rng, 20, 3), accuracy_case(rng, 5, 2),
                       accuracy_case(rng, 60, 5)],
    slips=[
        Slip("count", {"np.mean": "np.sum"}, "You counted the right ones; which *share* of all is that?"),
        Slip("max for argmax",
             {"return np.mean(Z.argmax(axis=1) == labels)": "return np.mean(Z.max(axis=1) == labels)"},
             "The result is 0: `max` gives the largest logit itself, and `argmax` says *where* it is. (If you use "
             "`all`, one wrong answer makes the result 0; `int` and `//` cut a share down to 0.)"),
        Slip("best example of each class", {"=1": "=0"},
             "`argmax(axis=0)` finds the best example for each class. You want the best class for each example: "
             "axis=1."),
        Slip("mean probability", lambda Z, labels: np.mean(of_right_class(right_softmax(Z), labels)),
             "You average how *sure* the model is of the right class. Accuracy asks only: was the right class first?"),
        Slip("divided by K",
             {"return np.mean(Z.argmax(axis=1) == labels)": "return np.sum(Z.argmax(axis=1) == labels) / Z.shape[1]"},
             "You divide by the number of classes. Divide by the number of *examples*: `len(labels)`."),
        Slip("difference", {"return np.mean(Z.argmax(axis=1) == labels)": "return np.mean(Z.argmax(axis=1) - labels)"},
             "You subtract class numbers. Reading 3 for 8 is no more wrong than reading 7 for 8: compare with `==`."),
        Slip("logits compared with labels", {"Z.argmax(axis=1)": "Z"},
             "You compare the logits themselves with the labels. Take the class of each row first, `Z.argmax(axis=1)`, "
             "then `==`."),
    ],
    alternatives=[
        lambda Z, labels: sum(int(np.argmax(z) == label) for z, label in zip(Z, labels, strict=True)) / len(labels),
        lambda Z, labels: np.mean(right_softmax(Z).argmax(axis=1) == labels),
    ],
    equivalent={"the last axis": ["`axis=-1`"]},
    hints=[
        "The model's answer is the class with the largest logit. Compare it with the label. What share is right?",
        "`Z.argmax(axis=1)` gives the number of the largest logit of each row. No softmax is needed: it keeps the "
        "order.",
        "`np.mean(Z.argmax(axis=1) == labels)`.",
    ],
)

# train_softmax --------------------------------------------------------------------------------------------------


def batches_case(rng, sizes, n, K):
    batches = [(rng.uniform(-2, 2, (N, n)), rng.permutation(np.arange(N) % K)) for N in sizes]
    W, b = rng.uniform(-1, 1, (n, K)), rng.uniform(-1, 1, K) + 0.5
    return {"batches": batches, "W": W, "b": b, "lr": float(rng.uniform(0.3, 0.6))}


train_softmax = Exercise(
    "train_softmax",
    points=[Part("the weights, W", 2, component="W"), Part("the biases, b", 1, component="b")],
    returns=["W", "b"],
    cases=lambda rng: [
        batches_case(rng, [4], 3, 2),  # one batch: the numbers of a single step, to be compared by eye
        batches_case(rng, [5, 5], 3, 4),
        batches_case(rng, [6, 4, 4], 2, 3),
    ],
    slips=[
        Slip("uphill", {"W - lr": "W + lr", "b - lr": "b + lr"},
             "Your steps go along the gradient, uphill. Go against it: W minus lr times gradient."),
        Slip("1/N missing",
             {"softmax_cross_entropy_grad(X @ W + b, labels)": "softmax_cross_entropy_grad(X @ W + b, labels) * len(X)"},
             "Your steps are N times too long for a batch of N examples: the 1/N is missing somewhere. "
             "`softmax_cross_entropy_grad` already contains it."),
        Slip("1/N twice",
             {"softmax_cross_entropy_grad(X @ W + b, labels)": "softmax_cross_entropy_grad(X @ W + b, labels) / len(X)"},
             "Your steps are N times too short for a batch of N examples: `softmax_cross_entropy_grad` already "
             "contains the 1/N, and you divide once more."),
        Slip("stale weights",
             {"    for X, labels": "    W0, b0 = W, b\n    for X, labels", "X @ W + b,": "X @ W0 + b0,"},
             "You compute every gradient at the weights you *began* with. Each batch should use the weights that the "
             "batch before it left: stale weights are like yesterday's weather."),
        Slip("last batch only", {"for X, labels in batches": "for X, labels in batches[-1:]"},
             "Only the last batch counts: each round of the loop starts again from the first weights. Give the new W "
             "and b the old names."),
        Slip("b after W", {"b - lr * dZ.sum": "b - lr * softmax_cross_entropy_grad(X @ W + b, labels).sum"},
             "You update W first, and then compute b's gradient at the *new* W. Both gradients need the old W: compute "
             "∂L/∂Z once, then take both steps."),
        Slip("no softmax",
             {"softmax_cross_entropy_grad(X @ W + b, labels)": "(X @ W + b - one_hot(labels, len(b))) / len(X)"},
             "Your gradient uses the logits as if they were probabilities: z minus target is linear regression's. "
             "Apply the softmax to the logits first."),
        Slip("1/N twice, for W", {"X.T @ dZ": "X.T @ dZ / len(X)"},
             "For a batch of N examples, the steps of W are N times too short; those of b are right. The 1/N is "
             "already in dZ: `X.T @ dZ`, and nothing more."),
        Slip("the step, not the place",
             {"W - lr * X.T @ dZ": "-lr * X.T @ dZ", "b - lr * dZ.sum(axis=0)": "-lr * dZ.sum(axis=0)"},
             "You replace W by the step alone. New value = old value minus lr times gradient."),
        Slip("softmax twice", {"(X @ W + b,": "(softmax(X @ W + b),"},
             "You applied the softmax twice: `softmax_cross_entropy_grad` takes *logits*, and contains the softmax."),
        Slip("target missing", {"softmax_cross_entropy_grad(X @ W + b, labels)": "softmax(X @ W + b) / len(X)"},
             "You do not use the labels: dZ is softmax(Z)/N, without the target. `softmax_cross_entropy_grad` gives "
             "the whole gradient."),
        Slip("lr times everything",
             {"W - lr * X.T @ dZ": "lr * (W - X.T @ dZ)", "b - lr * dZ.sum(axis=0)": "lr * (b - dZ.sum(axis=0))"},
             "You multiply the old values by lr, too, and what was learned fades away. Multiply only the gradient: `W "
             "- lr * X.T @ dZ`."),
        Slip("two rounds", {"in batches:": "in [*batches, *batches]:"},
             "You went through the batches twice. Once is enough."),
        Slip("two steps in one", {"- lr": "- 2 * lr"},
             "Your steps are twice as long as they should be. There is no square here that would give a factor 2."),
        Slip("transposed", {"X.T @ dZ": "dZ.T @ X"},
             "The gradient of W comes out as (K, n), and W is (n, K). `X.T @ dZ` has the shape of W."),
        Slip("X for its transpose", {"X.T": "X"},
             "`X @ dZ` does not fit: (N, n) meets (N, K). In (4.7) X is transposed, so that the examples meet each "
             "other."),
        Slip("b along the classes", {"axis=0": "axis=1"},
             "For b you add up along each row, over the classes. Add up over the *examples*: `dZ.sum(axis=0)`, one "
             "number for each class."),
        Slip("the loss for its gradient", {"@ W": "@ lr"},
             "A matrix product gets a single number here. Is that the loss? You need its *gradient*, with a row for "
             "each example: `softmax_cross_entropy_grad`."),
        Slip("the gradient itself", {"return W, b": "return X.T @ dZ, dZ.sum(axis=0)"},
             "You return the gradients. They say where to go; the new W is the old one minus lr times its gradient."),
        Slip("divided by lr", {"lr *": "1 / lr *"},
             "You divide by lr, so that a smaller learning rate makes larger steps. Multiply."),
    ],
    alternatives=[{"softmax_cross_entropy_grad(X @ W + b, labels)": "(softmax(X @ W + b) - np.eye(len(b))[labels]) / len(X)"},
                  {"return W, b": "return [W.tolist(), b.tolist()]"}],
    equivalent={"lines that do not need each other": ["`b` is set before `W`"], "positive": ["value of `lr`"]},
    hints=[
        "For each batch: logits, their gradient, the gradients of W and b, one step. That is lab 02's loop with more "
        "classes.",
        "With dZ = ∂L/∂Z, (N, K): ∂L/∂W = X.T @ dZ, (n, K), and ∂L/∂b = dZ.sum(axis=0), (K,).",
        "`dZ = softmax_cross_entropy_grad(X @ W + b, labels)`, then `W = W - lr * X.T @ dZ` and the same for b.",
    ],
)

LAB = LabChecks(
    exercises=[
        log_likelihood, binary_cross_entropy, softmax, one_hot, softmax_cross_entropy, softmax_steps,
        softmax_cross_entropy_grad, output_layer_for, accuracy, train_softmax,
    ],
    predictions=[
        Prediction("product", "A coin gives each of 2000 labels the probability 0.5. What does NumPy give for the "
                   "product, `np.prod(np.full(2000, 0.5))`?",
                   ["about 1e-602", "0, exactly", "an error"],
                   gives_away=["smallest float64", "there is only 0", "both 0"]),
        Prediction("stuck", "x = −1, w = 5, b = 0, and the target is 1: the neuron is sure, and wrong (p = 0.007). It "
                   "learns with η = 1, once with the squared error and once with the cross-entropy. What does it say "
                   "after 20 steps?",
                   ["Both less than 0.1", "Squared error less than 0.1, cross-entropy more than 0.9",
                    "Both more than 0.9"],
                   gives_away=["the two cancel", r"\$p - 1\$", "stronger the pull"], reason=True),
        Prediction("shift", "The softmax of (2, 1, 0) begins with 0.665. What is the first number of the softmax of "
                   "(102, 101, 100)?",
                   gives_away=["only differences", r"\$\\exp\(c\)\$ cancels"]),
        Prediction("at_start", "All weights are 0, and there are ten classes. What is the cross-entropy of this "
                   "model, which knows nothing? (Two decimals are enough.)",
                   gives_away=[r"\b2\.30?\b(?!3)", r"log\(1/10\)", r"log 10\b"]),
        Prediction("linear_reads", "In a linear model each class has one weight for each pixel and a bias, and "
                   "nothing else. What share of new digits does it read correctly?",
                   ["Less than 60 %", "60 to 85 %", "85 to 97 %", "More than 97 %"],
                   gives_away=["92\\.5", "misread", "a lot, for a model", r"test accuracy 0\.\d"]),
        Prediction("suspect", "What is wrong with this training run?",
                   ["A learning rate that is too small", "One softmax too many", "Weights that start at zero"],
                   gives_away=["two softmaxes", r"1\.46", "softmax too many", "done twice"]),
    ],
    questions=[
        Question("twice", "A network ends in a softmax, and the loss takes logits. What happens?",
                 ["An error", "It learns, but badly: softmax twice", "Nothing, softmax is idempotent"], 1,
                 "The loss applies its own softmax. No error, no warning: only a loss that never gets small."),
        Question("log_k", "A network has ten classes and knows nothing. Where does its cross-entropy start?",
                 ["at 0.1", "at log 10 ≈ 2.30", "at 10"], 1, "−log(1/10) = log 10."),
        Question("pairs", "A picture may show a cat, a dog, both or neither. Which output layer is right?",
                 ["Softmax over cat and dog", "A sigmoid for each", "No activation"], 1,
                 "The labels do not exclude each other: two yes-or-no questions."),
        Question("p_minus_t", "What is the gradient of softmax with cross-entropy, with respect to the logits of one example?",
                 ["p − t", "(p − t) · p(1 − p)", "−1/p"], 0,
                 "The logarithm undoes the exponential: softmax minus target is all that is left."),
    ],
    imports=["math", "numpy"],
    recall=["03.sum_mean", "02.sure", "00.broadcast"],
)

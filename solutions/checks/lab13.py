"""What lab 13 checks: pixels, sampling and searching hyperparameters, a confusion matrix, and a network handed in."""
# fmt: off

from itertools import pairwise, product

import numpy as np

from course.build import Exercise, LabChecks, Slip, Prediction, Question

# normalise_pixels -----------------------------------------------------------------------------------------------


def images_case(rng, shape, max_value, largest):
    images = rng.integers(1, largest, shape).astype(np.uint8)
    images.flat[0] = 0
    return {"images": images, "max_value": max_value}


def pixels(images, max_value, dtype=np.float32):
    return (images.reshape(len(images), -1) / max_value).astype(dtype)


normalise_pixels = Exercise(
    "normalise_pixels",
    points=2,
    probe="call_and_weigh",
    returns=["pixels", "bytes of one number"],
    rtol=1e-5,
    cases=lambda rng: [images_case(rng, (3, 2, 2), 255, 200), images_case(rng, (2, 3, 4), 16, 14)],
    slips=[
        Slip("always 255", lambda images, max_value: pixels(images, 255.0),
             "You divide by 255 whatever the images are. The small digits go up to 16 only; divide by `max_value`."),
        Slip("largest pixel found", lambda images, max_value: pixels(images, images.max()),
             "You divide by the largest pixel of *these* images. Another batch would then be scaled differently, and a "
             "grey image becomes a black one. `max_value` is the same for all."),
        Slip("not divided", {" / max_value": ""},
             "The pixels still go from 0 to max_value. Lab 03 has shown what large inputs do to gradient descent."),
        Slip("whole-number division",
             {"return (images.reshape(len(images), -1) / max_value).astype(np.float32)": "return (images.reshape(len(images), -1) // max_value).astype(np.float32)"},
             "`//` throws away what is behind the point: everything became 0 (or, rarely, 1). `/` keeps it."),
        Slip("float64", {".astype(np.float32)": ""},
             "The numbers are right, but in float64: 8 bytes each. For 60,000 digits that is 376 MB where 188 MB do. "
             "`.astype(np.float32)`."),
        Slip("not flattened", {"images.reshape(len(images), -1)": "images"},
             "Each image is still a table. The first layer wants a row of numbers for each: `reshape(len(images), -1)`."),
        Slip("all in one row",
             {"return (images.reshape(len(images), -1) / max_value).astype(np.float32)": "return (images.reshape(-1) / max_value).astype(np.float32)"},
             "All the images became one long row. Keep the first axis: `reshape(len(images), -1)`."),
        Slip("a column for each image", lambda images, max_value: pixels(images, max_value).T,
             "One *column* an image; as everywhere in this course, a row is an example."),
        Slip("inverted", lambda images, max_value: 1 - pixels(images, max_value),
             "Black and white have changed places. 0 is paper and 1 is ink: divide, and leave it at that."),
    ],
    alternatives=[
        lambda images, max_value: images.reshape(images.shape[0], -1).astype("float32") / np.float32(max_value),
        lambda images, max_value: np.stack([image.ravel() / max_value for image in images]).astype(np.float32),
    ],
    hints=[
        "Two things: a new shape, (N, pixels), and a new scale, from 0 to 1. And a smaller kind of number.",
        "`reshape(len(images), -1)` keeps the first axis; dividing makes float64, `astype(np.float32)` halves it.",
        "`(images.reshape(len(images), -1) / max_value).astype(np.float32)`.",
    ],
)

# sample_hyperparameters -----------------------------------------------------------------------------------------


def sampled(rng, *, rate=None, hidden=None, p_drop=None):
    """Draw settings, with what may be slipped."""
    return {
        "learning_rate": (rate or (lambda r: 10 ** r.uniform(-4, -1)))(rng),
        "hidden": (hidden or (lambda r: int(r.integers(32, 513))))(rng),
        "p_drop": (p_drop or (lambda r: r.uniform(0, 0.7)))(rng),
    }


def sample_bounds(inputs):
    """Intervals in which 600 right draws lie (7000, for the ends of hidden), but for one time in a million."""
    return {
        "smallest power of ten of the learning rate": (-4, -3.8),
        "largest power of ten of the learning rate": (-1.2, -1 + 1e-9),
        "share of learning rates below 0.001": (0.23, 0.44),
        "share of learning rates below 0.01": (0.56, 0.77),
        "different learning rates": (590, 600),
        "hidden that are whole numbers": (600, 600),
        "smallest hidden": (32, 32),
        "largest hidden": (512, 512),
        "mean of hidden": (243, 301),
        "smallest p_drop": (0, 0.05),
        "largest p_drop": (0.65, 0.7),
        "mean of p_drop": (0.305, 0.395),
        "different p_drop": (590, 600),
        "largest correlation of two of the three": (0, 0.25),
        "settings drawn with the rng that is given": (1, 1),
    }


sample_hyperparameters = Exercise(
    "sample_hyperparameters",
    points=3,
    probe="draw_settings",
    measure="hyperparameters",
    bounds=sample_bounds,
    cases=lambda rng: [{"seed": int(rng.integers(2**31))}],
    slips=[
        Slip("uniform learning rate", lambda rng: sampled(rng, rate=lambda r: r.uniform(1e-4, 1e-1)),
             "Hardly a draw lies below 0.001, where the good ones often are. A uniform rate does that: nine of ten lie "
             "between 0.01 and 0.1. Log-uniform: draw the *power* of ten uniformly. (If you do: count the digits of "
             "0.0001. Its power is −4.)"),
        Slip("powers of e, or bounds for powers", lambda rng: sampled(rng, rate=lambda r: np.exp(r.uniform(-4, -1))),
             "All your learning rates are far too large. If you wrote `np.exp(...)`: that takes powers of e, and e⁻⁴ "
             "is 0.018. If you wrote `10 ** rng.uniform(1e-4, 1e-1)`: the *powers* go from −4 to −1."),
        Slip("a few rates only", lambda rng: sampled(rng, rate=lambda r: round(10 ** r.uniform(-4, -1), 4)),
             "Only a few different learning rates, as on a grid: whole powers of ten, or rounded ones? `10 ** "
             "rng.uniform(-4, -1)` gives all between, as it is."),
        Slip("hidden not whole", lambda rng: sampled(rng, hidden=lambda r: r.uniform(32, 512)),
             "There are no 217.4 hidden units. `rng.integers(32, 513)` draws whole numbers."),
        Slip("hidden from powers of two",
             lambda rng: sampled(rng, hidden=lambda r: int(r.choice([32, 64, 128, 256, 512]))),
             "`hidden` is small too often: log-uniform, or one of the powers of two? A fair idea, but uniform was "
             "asked for, from 32 to 512."),
        Slip("p_drop up to 1", lambda rng: sampled(rng, p_drop=lambda r: r.uniform(0, 1)),
             "p_drop goes up to 1. A network with everything dropped learns remarkably little; stop at 0.7."),
        Slip("a generator of its own", lambda rng: sampled(np.random.default_rng(0)),
             "Every draw is the same: there is a generator with a fixed seed inside. Use the `rng` that you are given."),
        Slip("powers from −4 to 1", lambda rng: sampled(rng, rate=lambda r: 10 ** r.uniform(-4, 1)),
             "Your learning rates go beyond 0.1, and 0.1 is 10⁻¹: the powers go from −4 to *minus* 1."),
        Slip("powers from −5", lambda rng: sampled(rng, rate=lambda r: 10 ** r.uniform(-5, -1)),
             "Some of your learning rates are below 0.0001. That is 10⁻⁴: the powers go from −4 to −1."),
    ],
    alternatives=[
        lambda rng: sampled(rng, rate=lambda r: float(np.exp(r.uniform(np.log(1e-4), np.log(1e-1))))),
        lambda rng: {
            "p_drop": 0.7 * rng.random(),
            "hidden": rng.integers(32, 512, endpoint=True),
            "learning_rate": 1e-4 * 1000 ** rng.random(),
        },
    ],
    hints=[
        "Three draws in a dictionary. For the learning rate, ask what should be uniform: it, or its number of zeros?",
        "10 to the power of a uniform number between −4 and −1 is log-uniform between 0.0001 and 0.1.",
        "`{\"learning_rate\": 10 ** rng.uniform(-4, -1), \"hidden\": int(rng.integers(32, 513)), \"p_drop\": ...}`.",
    ],
)

# random_search, grid_search -------------------------------------------------------------------------------------


def bowl(rng, knobs=2):
    return rng.uniform(-0.4, 0.4, knobs)


def by_value(trial):
    return trial[1]


def random_with(objective, n, sample, rng, *, choose=None):
    trials = [(params, objective(params)) for params in (sample(rng) for _ in range(n))]
    return (choose or (lambda t: min(t, key=by_value)[0]))(trials), trials


def asked_again(objective, n, sample, rng):
    trials = [(params, objective(params)) for params in (sample(rng) for _ in range(n))]
    return min((params for params, _ in trials), key=objective), trials


def one_draw(objective, n, sample, rng):
    params = sample(rng)
    trials = [(params, objective(params)) for _ in range(n)]
    return params, trials


def improvements_only(objective, n, sample, rng):
    trials = []
    for _ in range(n):
        params = sample(rng)
        value = objective(params)
        if not trials or value < trials[-1][1]:
            trials.append((params, value))
    return trials[-1][0], trials


def random_case(rng, n):
    """Draw a search in which the best, the worst, the first, the last and the last improvement are five trials."""
    lowest = bowl(rng)
    while True:
        seed = int(rng.integers(2**31))
        draws = np.random.default_rng(seed).uniform(-1, 1, (n, 2))  # x and y, one after the other
        values = ((draws - lowest) ** 2).sum(axis=1)
        improved = int(np.flatnonzero(np.diff(values) < 0)[-1]) + 1 if (np.diff(values) < 0).any() else 0
        if len({int(values.argmin()), int(values.argmax()), 0, n - 1, improved}) == 5:
            return {"lowest": lowest, "n": n, "seed": seed}


SEARCH_RETURNS = ["best", "trials", "calls of the objective"]


def last_improvement(objective, n, sample, rng):
    _, trials = random_with(objective, n, sample, rng)
    best = trials[0][0]
    for (_, before), (params, value) in pairwise(trials):
        best = params if value < before else best
    return best, trials


def asked_for_the_kept(objective, trials):
    best, lowest = None, np.inf
    for params, _ in trials:
        if objective(params) < lowest:
            best, lowest = params, objective(params)
    return best, trials


random_search = Exercise(
    "random_search",
    points=3,
    probe="search_on_a_bowl",
    returns=SEARCH_RETURNS,
    cases=lambda rng: [random_case(rng, 7), random_case(rng, 12)],
    slips=[
        Slip("largest", lambda *a: random_with(*a, choose=lambda t: max(t, key=by_value)[0]),
             "You return the *worst* trial. The objective is an error: smaller is better."),
        Slip("last", {"return best": "return params"},
             "You return the last trial. Keep the best one in mind, or look for it at the end with `min`."),
        Slip("first", lambda *a: random_with(*a, choose=lambda t: t[0][0]),
             "You return the first trial: was its value ever compared?"),
        Slip("asked again", asked_again,
             "Right, but you call the objective again to find the best. Each call trains a network: that doubles the "
             "bill. Keep the values."),
        Slip("one draw", one_draw,
             "All your trials are the same one: `sample(rng)` stands before the loop. Draw inside."),
        Slip("improvements only", improvements_only,
             "The best is right, but `trials` holds only those that were better than before. Keep all of them: the "
             "failures tell where not to look."),
        Slip("one too few", {"(n": "(n - 1"}, "One trial too few: n of them, please (`range(n)`)."),
        Slip("best so far not kept", last_improvement,
             "You compare each trial with the one *before*, and return the last that was an improvement on its "
             "neighbour. Compare with the best so far."),
        Slip("objective asked for what is kept", lambda *a: asked_for_the_kept(a[0], random_with(*a)[1]),
             "Right, but the objective is called for the trial, for the comparison and again for the value to keep, "
             "and each call trains a network. `value = objective(params)` once, then use `value`."),
    ],
    alternatives=[
        lambda *a: random_with(*a, choose=lambda t: t[int(np.argmin([v for _, v in t]))][0]),
        lambda *a: (lambda best, trials: [best, [list(t) for t in trials]])(*random_with(*a)),
    ],
    hints=[
        "n times: draw, ask the objective, write both down. Then look for the smallest value.",
        "`trials.append((params, objective(params)))`. Python's `min` takes a `key`: a function that says what to "
        "compare.",
        "`best, _ = min(trials, key=lambda trial: trial[1])`.",
    ],
)


def grid_case(rng, *lists):
    """Draw a grid in which the best, the worst, the first and the last trial are four, and the first x is not the best."""
    while True:
        lowest, grid = bowl(rng, len(lists)), [rng.permutation(values) for values in lists]
        far = [((np.array(point) - lowest) ** 2).sum() for point in product(*grid)]
        if (
            len({int(np.argmin(far)), int(np.argmax(far)), 0, len(far) - 1}) == 4
            and np.abs(grid[0] - lowest[0]).argmin()
        ):
            return {"lowest": lowest, "grid": grid}


def grid_with(objective, grid, *, combine=product, choose=None):
    trials = [
        (params, objective(params))
        for params in (dict(zip(grid, values, strict=True)) for values in combine(*grid.values()))
    ]
    return (choose or (lambda t: min(t, key=by_value)[0]))(trials), trials


def one_at_a_time(objective, grid):
    params = {name: values[0] for name, values in grid.items()}
    trials = []
    for name, values in grid.items():
        own = [(params | {name: value}, objective(params | {name: value})) for value in values]
        trials += own
        params = min(own, key=by_value)[0]
    return params, trials


def grid_again(objective, grid):
    _, trials = grid_with(objective, grid)
    return min((params for params, _ in trials), key=objective), trials


def one_line_each(objective, grid):
    base = {name: values[0] for name, values in grid.items()}
    settings = [base | {name: value} for name, values in grid.items() for value in values]
    trials = [(params, objective(params)) for params in settings]
    return min(trials, key=by_value)[0], trials


def grid_improvements(objective, grid):
    kept = []
    for params, value in grid_with(objective, grid)[1]:
        if not kept or value < kept[-1][1]:
            kept.append((params, value))
    return kept[-1][0], kept


grid_search = Exercise(
    "grid_search",
    points=3,
    probe="search_on_a_bowl",
    returns=SEARCH_RETURNS,
    cases=lambda rng: [
        grid_case(rng, [-0.9, -0.1, 0.3], [-0.7, 0.2, 0.8]),
        grid_case(rng, [-1.0, 0.0], [-0.5, 0.1]),
        grid_case(rng, [-1.0, 0.05, 0.4], [-0.55, 0.15], [-0.6, 0.25]),
    ],
    slips=[
        Slip("zip for product", lambda objective, grid: grid_with(objective, grid, combine=zip),
             "You walk through the lists side by side (`zip`): the first with the first, the second with the second. A "
             "grid has *every* value with every other: `itertools.product`."),
        Slip("one at a time", one_at_a_time,
             "You tune one parameter after the other, with the rest held fixed. Cheaper, but it misses what only works "
             "together. The grid tries all combinations."),
        Slip("largest", lambda *a: grid_with(*a, choose=lambda t: max(t, key=by_value)[0]),
             "You return the *worst* trial. The objective is an error: smaller is better."),
        Slip("last", {"return best": "return setting"},
             "You return the last trial. Look for the best one at the end, with `min`."),
        Slip("asked again", grid_again,
             "Right, but you call the objective again to find the best. Each call trains a network: that doubles the "
             "bill."),
        Slip("first", lambda *a: grid_with(*a, choose=lambda t: t[0][0]),
             "You return the first trial: was its value ever compared?"),
        Slip("others at their first value", one_line_each,
             "You change one parameter at a time and leave the others at their first value: a cross, not a grid. "
             "`itertools.product` gives all combinations."),
        Slip("last one missing",
             lambda objective, grid: (lambda trials: (min(trials, key=by_value)[0], trials))(
                grid_with(objective, grid)[1][:-1]
            ), "The last combination is missing. All of them, please."),
        Slip("improvements only", grid_improvements,
             "The best is right, but `trials` holds only those that were better than before. Keep all of them."),
    ],
    alternatives=[
        lambda objective, grid: grid_with(objective, dict(reversed(grid.items()))),
        lambda objective, grid: (lambda best, trials: [best, [list(t) for t in trials]])(*grid_with(objective, grid)),
    ],
    hints=[
        "All combinations of one value from each list; the rest is as in random_search.",
        "`itertools.product(*grid.values())` gives the combinations as tuples, in the order of the names.",
        "`params = dict(zip(grid, values))` turns a combination into a dictionary.",
    ],
)

# confusion ------------------------------------------------------------------------------------------------------


def counted(labels, predicted, K):
    C = np.zeros((K, K), int)
    np.add.at(C, (labels, predicted), 1)
    return C


def confusion_case(rng, N, K):
    labels = np.concatenate([rng.integers(0, K - 1, N - 4), [0, 0, 0, 1]])
    predicted = np.concatenate([rng.integers(0, K - 1, N - 4), [1, 1, 1, 0]])
    return {"labels": labels, "predicted": predicted, "K": K}


confusion = Exercise(
    "confusion",
    points=2,
    cases=lambda rng: [confusion_case(rng, 12, 4), confusion_case(rng, 30, 6)],
    slips=[
        Slip("transposed", {"zip(labels, predicted": "zip(predicted, labels"},
             "Rows and columns are exchanged. Row: what it *is*. Column: what was *said*."),
        Slip("each pair once", {"+": ""},
             "`C[labels, predicted] += 1` adds 1 to each *place*, however often it is named: NumPy adds to a copy and "
             "writes that back. Loop over the pairs, or use `np.add.at`."),
        Slip("K from the labels",
             lambda labels, predicted, K: counted(labels, predicted, 1 + max(labels.max(), predicted.max())),
             "The table is as large as the largest class that occurs. With a class missing from this batch it would "
             "shrink: K rows and columns, always."),
        Slip("shares of each row",
             lambda labels, predicted, K: (
                counted(labels, predicted, K) / np.maximum(counted(labels, predicted, K).sum(axis=1, keepdims=True), 1)
            ), "Each row is divided by its sum. Useful, but asked for are counts."),
        Slip("shares of all", lambda labels, predicted, K: counted(labels, predicted, K) / len(labels),
             "Divided by the number of examples. Asked for are counts."),
        Slip("mistakes only", lambda labels, predicted, K: counted(labels, predicted, K) * (1 - np.eye(K, dtype=int)),
             "The diagonal is empty: there belong the right answers, label k read as k."),
        Slip("emptied each time", lambda labels, predicted, K: counted(labels[-1:], predicted[-1:], K),
             "Only the last example is left: the table of zeros is made anew in each turn. Make it once, before the "
             "loop."),
        Slip("right ones only", {"return C": "return np.diag(np.bincount(labels[labels == predicted], minlength=K))"},
             "Only the right answers are counted, on the diagonal. The interesting ones stand beside it."),
        Slip("off by one", lambda labels, predicted, K: counted(labels - 1, predicted - 1, K),
             "Every count stands one row too high and one column too far to the left. Classes are counted from 0 "
             "already."),
    ],
    alternatives=[
        lambda labels, predicted, K: np.bincount(K * labels + predicted, minlength=K * K).reshape(K, K),
        lambda labels, predicted, K: [[int(sum((labels == i) & (predicted == j))) for j in range(K)] for i in range(K)],
        lambda labels, predicted, K: np.eye(K)[labels].T @ np.eye(K)[predicted],
    ],
    hints=[
        "A table of zeros, K by K. Each example adds 1 in one place.",
        "`for label, said in zip(labels, predicted)`: row label, column said.",
        "`C[label, said] += 1` inside such a loop (not with whole arrays at once).",
    ],
)

# my_network -----------------------------------------------------------------------------------------------------

my_network = Exercise(
    "my_network",
    points=4,
    probe="constant",
    measure="reads_digits",
    bounds=lambda inputs: {"test accuracy beyond 98% (MNIST) or 93% (small digits)": (0, None)},
    cases=lambda rng: [{}],
    hints=[
        "Two hidden layers with ReLU and dropout, Adam, some tens of epochs. The monitor shows when it is enough.",
        "Too low on both sets: more units, less dropout, more epochs. Low on validation only: more dropout, or stop "
        "earlier.",
        "512 hidden units twice, p_drop 0.2 at the input and 0.5 after the hidden layers, Adam(0.001): enough for 98 % "
        "of MNIST.",
    ],
)

LAB = LabChecks(
    exercises=[normalise_pixels, sample_hyperparameters, random_search, grid_search, my_network, confusion],
    predictions=[
        Prediction("ink",
                   "Black is 1, white paper is 0. What is the mean over all pixels of all digits, what share of ink? "
                   "(Two decimals.)"),
        Prediction("baseline",
                   "The laziest reader always names the most frequent digit. What share does it read rightly?",
                   ["About 2 %", "About 10 %", "About 25 %"]),
        Prediction("fifty", "Can a network with one hidden layer of 64 units learn 50 digits by heart, in 200 updates?",
                   ["It gets stuck below 90 %", "It reads all of them"]),
        Prediction("which_search",
                   "Two hyperparameters, of which only one matters (nobody knows which). Sixteen trials: a 4 × 4 grid, "
                   "or sixteen random points. Who comes closer to the best, on the average of many such problems?",
                   ["The grid", "Random points", "No difference"]),
    ],
    questions=[
        Question("once", "How often may the test set be looked at?",
                 ["After every epoch", "Once for each model you try", "Once, when nothing will be changed any more"], 2,
                 "Everything that is chosen by the test set has been trained on it."),
        Question("log_uniform", "Why is a learning rate drawn log-uniformly?",
                 ["Its effect depends on its order of magnitude", "Small ones are always better", "It is faster"], 0,
                 "From 0.001 to 0.002 is as large a change as from 0.01 to 0.02."),
        Question("overfit_fifty", "Why train on 50 examples until all are read?",
                 ["To save time", "If that fails, something is broken", "To choose the learning rate"], 1,
                 "Learning by heart is the least that a network must be able to do."),
    ],
    imports=["itertools", "math", "numpy"],
    recall=["12.scale", "11.zeros", "08.he"],
)

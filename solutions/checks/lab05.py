"""What lab 05 checks: a forward pass, XOR by hand, the collapse, counting, permuting, any number of layers."""
# fmt: off

from itertools import pairwise

import numpy as np

from course.build import Exercise, LabChecks, Slip, Part, Prediction, Question

# mlp_forward ----------------------------------------------------------------------------------------------------


def draw_params(rng, n, h):
    "Draw parameters of a size at which every bias, every tanh and the sigmoid make a difference."
    signs = lambda *shape: rng.choice([-1.0, 1.0], size=shape)
    return {
        "W1": rng.uniform(0.5, 1.5, size=(n, h)) * signs(n, h),
        "b1": rng.uniform(0.4, 1.2, size=h) * signs(h),
        "W2": rng.uniform(0.5, 1.5, size=(h, 1)) * signs(h, 1),
        "b2": rng.uniform(0.4, 1.2, size=1) * signs(1),
    }


def network_case(rng, N, n, h):
    return {"X": rng.uniform(-1.5, 1.5, size=(N, n)), "params": draw_params(rng, n, h)}


def by_loops(X, params):
    p = []
    for x in X:
        a = [np.tanh(x @ w + b) for w, b in zip(params["W1"].T, params["b1"], strict=True)]
        p.append(1 / (1 + np.exp(-sum(u * float(v[0]) for u, v in zip(a, params["W2"], strict=True)) - params["b2"])))
    return [float(value[0]) for value in p], {"anything": len(p)}


mlp_forward = Exercise(
    "mlp_forward",
    points=4,
    cases=lambda rng: [network_case(rng, 5, 2, 3), network_case(rng, 4, 3, 6), network_case(rng, 3, 2, 1)],
    probe="first_of_two",
    slips=[
        Slip("a column", {"np.tanh(X": "np.tanh(X[:, None]"},
             "The numbers are right, but as a column, (N, 1). Return (N,): a column minus a vector of N labels is an N "
             "by N table, without a warning. Use `[:, 0]` or `.ravel()`."),
        Slip("no bend", {"np.tanh(": "("},
             "Your hidden layer has no tanh: it passes z on as it is. Then the whole network is no more than one "
             "neuron (section 6 proves it)."),
        Slip("sigmoid in the hidden layer", {"np.tanh": "sigmoid"},
             "Your hidden units use the sigmoid. Here they use tanh, between −1 and 1; only the output has a sigmoid."),
        Slip("ReLU in the hidden layer", {"np.tanh(": "np.maximum(0, "},
             "Your hidden units are ReLUs, max(z, 0). They come in lab 08; here the hidden layer is tanh."),
        Slip("no sigmoid", {"sigmoid(": "("},
             "These are the logits: the sigmoid at the output is missing. A probability of 2.7 would make any insurer "
             "nervous."),
        Slip("tanh at the output", {"sigmoid(": "np.tanh("},
             "Your output goes through tanh, so it can be negative. A probability comes out of a sigmoid."),
        Slip("sigmoid twice", {"sigmoid(A1 @ params[\"W2\"] + params[\"b2\"])": "sigmoid(sigmoid(A1 @ params[\"W2\"] + params[\"b2\"]))"},
             "You applied the sigmoid twice at the output, so nothing is below 0.5. Once is enough."),
        Slip("tanh before the sigmoid", {"sigmoid(A1 @ params[\"W2\"] + params[\"b2\"])": "sigmoid(np.tanh(A1 @ params[\"W2\"] + params[\"b2\"]))"},
             "You applied tanh before the sigmoid at the output, so p is always between 0.27 and 0.73. The output "
             "layer has the sigmoid alone."),
        Slip("bias after tanh", {" + params[\"b1\"])": ") + params[\"b1\"]"},
             "You added `b1` after the tanh. It belongs inside: it shifts the line, not the output."),
        Slip("no biases", {" + params[\"b1\"]": "", " + params[\"b2\"]": ""},
             "Both biases are missing. Without them every unit's line goes through the origin."),
        Slip("weights transposed", {"\"W1\"]": "\"W1\"].T"},
             "You multiplied by W1ᵀ. Here W1 is (n, h): one row for each input, one column for each unit. The shapes "
             "say so: (N, n) @ (n, h) is (N, h)."),
        Slip("only p", {"return p, (A1, p)": "return p"},
             "You returned p without the cache: return a pair, `return p, …`. Lab 06 needs what you keep here."),
        Slip("output bias after the sigmoid", {" + params[\"b2\"])[:, 0]": ")[:, 0] + params[\"b2\"]"},
             "You added `b2` after the sigmoid, so p leaves the interval from 0 to 1. It belongs inside."),
        Slip("weights from the left", {"X @ params[\"W1\"]": "params[\"W1\"] @ X"},
             "`W1 @ X` does not fit. Examples are rows here, so X is on the left: `X @ W1`."),
        Slip("entry by entry", {"X @": "X *"},
             "`X * W1` multiplies entry by entry. A matrix product is `X @ W1`: (N, n) @ (n, h) is (N, h)."),
        Slip("output weights not used",
             {"A1 @ params[\"W2\"]": "A1.sum(axis=1, keepdims=True)"},
             "You added up the hidden units as they are. The output neuron has a weight for each of them, `W2`."),
        Slip("activations swapped", {"sigmoid(": "arctanh(", "np.tanh(": "sigmoid(", "arctanh(": "np.tanh("},
             "You swapped tanh and the sigmoid: tanh belongs to the hidden layer, the sigmoid to the output."),
        Slip("bias added to the weights",
             {"X @ params[\"W1\"] + params[\"b1\"]": "X @ (params[\"W1\"] + params[\"b1\"])", "A1 @ params[\"W2\"] + params[\"b2\"]": "A1 @ (params[\"W2\"] + params[\"b2\"])"},
             "You added the biases to the *weights*, so the inputs multiply them. Take the product first, then add b: "
             "X W1 + b1."),
    ],
    alternatives=[
        by_loops,
        lambda X, params: (
            (1 + np.tanh((np.tanh(X @ params["W1"] + params["b1"]) @ params["W2"].ravel() + params["b2"][0]) / 2)) / 2,
            None,
        ),
    ],
    equivalent={"one column": ["`-1` is used instead of `0`"],
                "the cache is not looked at": ["instead of `A1`", "`A1` is used instead of", "instead of `p`"]},
    hints=[
        "Three lines, one for each equation: z of the hidden layer, its tanh, and then a neuron like lab 01's on top.",
        "A1 has shape (N, h). `A1 @ params[\"W2\"] + params[\"b2\"]` has shape (N, 1): take its only column.",
        "`A1 = np.tanh(X @ params[\"W1\"] + params[\"b1\"])`, then `sigmoid(…)[:, 0]` of the next layer; return p and, "
        "say, A1.",
    ],
)

# xor_weights ----------------------------------------------------------------------------------------------------
def net_of(W1, b1, W2, b2):
    "Make an answer: a function without arguments that returns these parameters."
    return lambda: {
        "W1": np.array(W1, float),
        "b1": np.array(b1, float),
        "W2": np.array(W2, float),
        "b2": np.array(b2, float),
    }


def two_questions(w_out, b_out, scale=10.0):
    "Make two units, \"at least one?\" and \"both?\", that answer −1 or 1, and an output of given weights."
    return net_of(
        scale * np.ones((2, 2)), [-0.5 * scale, -1.5 * scale], scale * np.array(w_out)[:, None], [scale * b_out]
    )


xor_weights = Exercise(
    "xor_weights",
    points=3,
    cases=lambda rng: [{"X": np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]), "hidden_units": (2, 4)}],
    probe="call_without_inputs",
    measure="hidden_labels",
    slips=[
        Slip("OR", two_questions([1.0, 0.0], 0.0),
             "Only (1, 1) is wrong: your network computes OR. The output neuron uses *at least one*; it must also use "
             "*both*, and count it against 1."),
        Slip("wrong at the origin", net_of([[1, 1], [1, 1]], [0, -1], [[1], [-2]], [0]),
             "Only (0, 0) is wrong. NAND alone does this, or the textbooks' famous recipe, which is for ReLU units. "
             "max(0, −1) is 0, but tanh(−1) is −0.76: here a unit that says \"no\" still adds to the sum. Include it."),
        Slip("AND", two_questions([0.0, 1.0], 0.0),
             "This is AND: it says 1 to (1, 1) alone, just where XOR says 0. One input should give 1, and both should "
             "give 0."),
        Slip("NOR", two_questions([-1.0, 0.0], 0.0),
             "This network says 1 to (0, 0) only. Change the sign of the output's weight for *at least one*, and then "
             "deal with (1, 1)."),
        Slip("upside down", two_questions([-1.0, 1.0], 1.0),
             "All four are wrong, which is good news: this is the opposite of XOR. Change the signs of W2 and b2."),
        Slip("one to everything", net_of(np.zeros((2, 2)), [0, 0], np.zeros((2, 1)), [0]),
             "p is at least 0.5 everywhere. Are all weights 0? Then every p is 0.5, and a tie counts as 1. Or is the "
             "output's bias too large for the two units? Each adds its weight times a number between −1 and 1."),
        Slip("never one", two_questions([1.0, -1.0], -3.0),
             "p is below 0.5 everywhere. Either the output's bias is so negative that the units cannot make up for it, "
             "or the two units say the same and cancel. For \"one, but not both\", both units should add their weight."),
        Slip("first input only", net_of([[10, 10], [0, 0]], [-5, -5], [[5], [5]], [0]),
             "This network says 1 where x1 is 1: its answer does not depend on x2. Both units must use both inputs."),
        Slip("second input only", net_of([[0, 0], [10, 10]], [-5, -5], [[5], [5]], [0]),
             "This network says 1 where x2 is 1: its answer does not depend on x1. Both units must use both inputs."),
        Slip("one hidden unit", net_of([[10], [10]], [-5], [[10]], [0]),
             "One hidden unit is one line, and one line is not enough for XOR. Take two units."),
        Slip("five hidden units", net_of(np.ones((2, 5)), np.zeros(5), np.ones((5, 1)), [0]),
             "Five units are more than this exercise allows: take two to four. (A network may have more, but you have "
             "to find the weights.)"),
        Slip("labels for weights", lambda: np.array([0, 1, 1, 0]),
             "Return a dictionary with just these four keys: \"W1\", \"b1\", \"W2\" and \"b2\". (They are the "
             "network's parameters, not its labels.)"),
        Slip("W2 is flat", lambda: two_questions([1.0, -1.0], -1.0)() | {"W2": np.array([10.0, -10.0])},
             "W2 has shape (h,) and should be a column, (h, 1): one row for each hidden unit, one column for each "
             "output. `[[10.0], [-10.0]]` is a column."),
        Slip("W1 turned", net_of([[10, 10], [10, 10], [0, 0]], [-5, -15, 0], [[10], [-10], [0]], [-10]),
             "W1 has a row for each input and a *column* for each hidden unit: (2, h). Yours is transposed."),
    ],
    alternatives=[
        lambda: {"W1": [[5, -5], [-5, 5]], "b1": [-3, -3], "W2": [[5], [5]], "b2": [5]},
        two_questions([1.0, -1.0], -1.0, scale=4.0),
        net_of([[4, 4, 1], [4, 4, 1]], [-2, -6, 0], [[4], [-4], [0]], [-4]),
        net_of([[4, -4, 4, -4], [4, -4, 4, -4]], [-2, 2, -6, 6], [[2], [-2], [-2], [2]], [-4]),
    ],
    hints=[
        "XOR is *at least one, and not both*. Each half of the sentence is a question that one unit can answer (lab "
        "01).",
        "Unit 0: with weights 20 and 20 and bias −10 it says 1 for one input or more, else −1. With which bias does "
        "unit 1 say 1 for both only?",
        "The output needs unit 0 to say 1 and unit 1 to say −1: weights w and −w. With bias 0, the sums for no, one "
        "and two inputs are 0, 2w and 0: choose a bias between −2w and 0.",
    ],
)

# count_parameters -----------------------------------------------------------------------------------------------
def size_cases(rng):
    "Draw sizes, all different and none of them 1, so that no two ways of counting agree."
    draw = lambda count: [int(size) for size in rng.choice(np.arange(3, 40), count, replace=False)]
    return [{"sizes": draw(3)}, {"sizes": draw(4)}, {"sizes": draw(2)}]


def count_by_loop(sizes):
    total = 0
    for k in range(1, len(sizes)):
        total += sizes[k - 1] * sizes[k]
        total += sizes[k]
    return total


count_parameters = Exercise(
    "count_parameters",
    points=2,
    cases=size_cases,
    slips=[
        Slip("no biases", {"] + 1": "]"}, "These are the weights alone. Each hidden and output unit has a bias, too."),
        Slip("biases for the inputs", {"- 1))": "- 1)) + sizes[0]"},
             "You counted biases for the inputs, too. An input computes nothing, it only passes a number on: count "
             "biases from the first hidden layer on."),
        Slip("one bias a layer", {"(sizes[k] + 1) * sizes[k + 1]": "sizes[k] * sizes[k + 1] + 1"},
             "You count one bias for each layer. Each *unit* has its own, so a layer of 128 has 128."),
        Slip("bias on the wrong side", {"(sizes[k] + 1) * sizes[k + 1]": "sizes[k] * (sizes[k + 1] + 1)"},
             "A layer has one bias for each of its n_out units: (n_in + 1) · n_out. You have n_in · (n_out + 1)."),
        Slip("output biases forgotten", {"- 1))": "- 1)) - sizes[-1]"},
             "The output units have biases as well, one each."),
        Slip("all sizes multiplied",
             {"sum((sizes[k] + 1) * sizes[k + 1] for k in range(len(sizes) - 1))": "int(np.prod(sizes))"},
             "You multiply all sizes together. Weights connect *neighbouring* layers: multiply neighbours, then add "
             "up."),
        Slip("units", {"sizes[k] + ": ""},
             "This is the number of units. A unit has one weight for each of its inputs, and a bias."),
        Slip("bias counted for both sides", {"* sizes[k + 1]": "* (sizes[k + 1] + 1)"},
             "(n_in + 1) is right: the bias is one more input. But it is not one more output: n_out stays n_out."),
        Slip("sizes added up", {"sum((sizes[k] + 1) * sizes[k + 1] for k in range(len(sizes) - 1))": "sum(sizes)"},
             "You add up the sizes. Every unit of a layer is connected to *every* unit of the one before: multiply "
             "neighbours."),
        Slip("one bias in all", {"(sizes[k] + 1) * sizes[k + 1]": "sizes[k] * sizes[k + 1]", "- 1))": "- 1)) + 1"},
             "You counted one bias for the whole network. Each hidden and output unit has its own."),
        Slip("last layer missing", {"- 1": "- 2"},
             "The last layer is missing: does your loop end one early? `range(1, len(sizes))` stops before len(sizes) "
             "by itself."),
        Slip("one too far", {" - 1": ""},
             "Your loop goes one too far: the last size has no neighbour to its right. Use `range(len(sizes) - 1)`."),
        Slip("around the corner",
             {"+ 1]": "]", "sizes[k] + 1)": "sizes[k - 1] + 1)", "(len(sizes) - 1)": "(len(sizes))"},
             "`sizes[k - 1]` is the *last* size when k is 0, so you connected the outputs to the inputs. Begin at 1."),
        Slip("neighbours added", {") * sizes[k + 1]": " * sizes[k + 1])"},
             "You add neighbours. Every unit of a layer is connected to *every* unit of the one before: multiply."),
    ],
    alternatives=[
        count_by_loop,
        lambda sizes: int(np.dot(np.array(sizes[:-1]) + 1, sizes[1:])),
        lambda sizes: float(sum(a * b for a, b in pairwise(sizes)) + sum(sizes) - sizes[0]),
    ],
    equivalent={"an index and a count": ["value of `k`", "value of `len(sizes) - 1`"]},
    hints=[
        "Count for one layer first: how many numbers has W, how many has b?",
        "A layer from n_in to n_out has n_in · n_out weights and n_out biases.",
        "Go through neighbours, `zip(sizes, sizes[1:])`, and add up (n_in + 1) · n_out.",
    ],
)

# linear_collapse ------------------------------------------------------------------------------------------------
def layers_case(rng, n, h, k):
    shapes = {"W1": (n, h), "b1": h, "W2": (h, k), "b2": k}
    return {key: rng.uniform(0.5, 2, size=shape) * rng.choice([-1, 1], shape) for key, shape in shapes.items()}


def collapse_by_probing(W1, b1, W2, b2):
    "Use the two layers themselves: the origin gives b, each unit vector a row of W."
    layer = lambda x: (x @ W1 + b1) @ W2 + b2
    b = layer(np.zeros(len(W1)))
    return [list(layer(e) - b) for e in np.eye(len(W1))], b


linear_collapse = Exercise(
    "linear_collapse",
    points=[Part("the weights, W", 1, component="W"), Part("the bias, b", 2, component="b")],
    # h and k are equal in two cases, so that b1 + b2 is a number and not an error
    cases=lambda rng: [layers_case(rng, 3, 2, 2), layers_case(rng, 4, 3, 3), layers_case(rng, 2, 3, 1)],
    returns=["W", "b"],
    slips=[
        Slip("biases added", {"@ W2 ": ""},
             "W is right. But b1 is not simply added to b2: after the first layer it goes *through* the second, so W2 "
             "multiplies it."),
        Slip("second bias lost", {"b1 @ W2 + b2": "(b1 @ W2)"},
             "W is right, and so is b1 times W2. You must still add b2."),
        Slip("both biases through", {"b1 @ W2 + b2": "(b1 + b2) @ W2"},
             "W is right. W2 multiplies b1, but b2 is added after W2: b1 W2 + b2."),
        Slip("element by element", {"b1 @ W2": "b1 * W2"},
             "`b1 * W2` multiplies entry by entry. b1 is a row and W2 is a matrix: `b1 @ W2`."),
        Slip("through the first layer", {"b1 @ W2": "W1 @ b1"},
             "You multiplied b1 by W1. But b1 is added *after* W1: only W2 multiplies it."),
        Slip("second layer transposed", {"b1 @ W2": "(W2 @ b1)"},
             "A bias and W2 do not fit together like this. Only b1 is multiplied by W2, and a row is on the left here: "
             "`b1 @ W2`."),
        Slip("wrong order", {"W1 @ W2": "W2 @ W1"},
             "`W2 @ W1` is the order in books where examples are columns, W₂W₁x. Our examples are rows, on the left: X "
             "W1 W2."),
        Slip("weights entry by entry", {"W1 @ W2": "W1 * W2"},
             "You combined two matrices entry by entry, with `*` or with `+`. One layer *after* the other is a matrix "
             "product: `W1 @ W2`."),
        Slip("through the first layer from the left", {"b1 @ W2": "b1 @ W1"},
             "You multiplied b1 by W1. But b1 is added *after* W1: only W2 multiplies it."),
        Slip("b1 with the weights", {"W1 @ W2, b1 @ W2 + b2": "(W1 + b1) @ W2, b2"},
             "You added b1 to W1, as if X multiplied it, too. Multiply out: (X W1 + b1) W2 = X W1 W2 + b1 W2."),
    ],
    alternatives=[
        collapse_by_probing,
        lambda W1, b1, W2, b2: (np.einsum("ij,jk->ik", W1, W2), (W2.T @ b1 + b2).tolist()),
    ],
    hints=[
        "Multiply out (5.4). Which terms contain X, which do not?",
        "X W1 W2 is the term with X. The others are what becomes of b1 in the second layer, and b2.",
        "W is `W1 @ W2`. b is b1 times W2, plus b2.",
    ],
)

# permute_hidden -------------------------------------------------------------------------------------------------
def order_case(rng, n, h):
    "Draw an order that is not its own inverse and leaves no unit in place; more inputs than units, so that rows show."
    cycle = rng.permutation(h)
    order = np.empty(h, dtype=int)
    order[cycle] = np.roll(cycle, 1)
    return {"params": draw_params(rng, n, h), "order": order}


def unit_by_unit(params, order):
    """Copy each old unit to its new place."""
    new = {name: [list(row) for row in np.atleast_2d(value)] for name, value in params.items()}
    for j, old in enumerate(order):
        for i in range(len(new["W1"])):
            new["W1"][i][j] = params["W1"][i][old]
        new["b1"][0][j], new["W2"][j] = params["b1"][old], [params["W2"][old][0]]
    return {"W1": new["W1"], "b1": new["b1"][0], "W2": new["W2"], "b2": list(params["b2"])}


def by_matrix(params, order):
    P = np.eye(len(order))[order]
    return {"W1": params["W1"] @ P.T, "b1": P @ params["b1"], "W2": P @ params["W2"], "b2": params["b2"]}


permute_hidden = Exercise(
    "permute_hidden",
    points=[
        Part("into the units, W1", 1, component="W1"),
        Part("out of the units, W2", 1, component="W2"),
        Part("everything, and params as it was", 1),
    ],
    cases=lambda rng: [order_case(rng, 4, 3), order_case(rng, 6, 4), order_case(rng, 7, 5)],
    slips=[
        Slip("only W1", {"[\"b1\"][order]": "[\"b1\"]", "[\"W2\"][order]": "[\"W2\"]"},
             "You reordered W1, but not b1 and W2: the units have moved and left their other numbers behind. Each unit "
             "takes along its bias and its weight in the output."),
        Slip("output weights left behind", {"[\"W2\"][order]": "[\"W2\"]"},
             "You reordered W1 and b1, but not W2: the output neuron now gives its weights to the wrong units. Row j "
             "of W2 belongs to unit j."),
        Slip("bias left behind", {"[\"b1\"][order]": "[\"b1\"]"},
             "You reordered the weights, but not b1. Each unit takes its bias along."),
        Slip("rows of W1", {"[:, order]": "[order]"},
             "You reorder the *rows* of W1; those are the inputs. A hidden unit is a column: `[:, order]`."),
        Slip("the inverse order", {"W1, b1, W2 =": "order = np.argsort(order)\n    W1, b1, W2 ="},
             "This is the inverse order: you sent unit j *to* place order[j]. (The function may well be the same.) "
             "Instead, new unit j should *be* old unit order[j], as in `b1[order]`."),
        Slip("in place", {"W1, b1, W2 =": "params[\"W1\"], params[\"b1\"], params[\"W2\"] =", "return {": "return params  # {"},
             "The numbers are right, but you wrote them into the caller's dictionary or arrays, and the old network is "
             "gone. Build a new dictionary; `W1[:, order]` is a new array already."),
        Slip("nothing moved",
             {"[:, order]": "", "[order]": ""},
             "Nothing moved. The function is the same, certainly, but that was too easy: reorder the units."),
        Slip("columns of W2", {"[\"W2\"][order]": "[\"W2\"][:, order]"},
             "`W2[:, order]` picks columns, and W2 has only one, the output's. A hidden unit is a *row* of W2: "
             "`W2[order]`."),
        Slip("output bias moved", {"params[\"b2\"]}": "params[\"b2\"][order]}"},
             "b2 belongs to the output neuron, not to the hidden units: it stays where it is."),
    ],
    alternatives=[unit_by_unit, by_matrix, {"params[\"W1\"][:, order]": "np.take(params[\"W1\"], order, axis=1)"}],
    hints=[
        "What belongs to a hidden unit? A column, a number, a row.",
        "`b1[order]` reorders a vector. For columns it is `W1[:, order]`, for rows `W2[order]`.",
        "Three reordered arrays in a new dictionary; b2 belongs to the output and stays as it is.",
    ],
)

# forward --------------------------------------------------------------------------------------------------------
def deep_case(rng, N, sizes, f):
    return {
        "X": rng.uniform(0.3, 1, size=(N, sizes[0])) * rng.choice([-1, 1], size=(N, sizes[0])),
        "Ws": [rng.uniform(-1, 1, size=shape) for shape in pairwise(sizes)],
        "bs": [rng.uniform(0.3, 0.8, size=n) * (-1) ** np.arange(n) for n in sizes[1:]],
        "f": f,
    }


def recursive(X, Ws, bs, f):
    return [X, *(recursive(f(np.dot(X, Ws[0]) + bs[0]), Ws[1:], bs[1:], f) if len(Ws) else ())]


forward = Exercise(
    "forward",
    points=[Part("layers of equal size", 2, group="equal sizes"), Part("layers of any size", 1, group="any sizes")],
    # with equal sizes every slip gives numbers, which say more than NumPy's error about shapes
    cases=lambda rng: {
        "equal sizes": [deep_case(rng, 3, [2, 2, 2, 2], "tanh"), deep_case(rng, 2, [3, 3, 3], "cosine")],
        "any sizes": [deep_case(rng, 3, [2, 4, 3, 1], "tanh"), deep_case(rng, 4, [3, 2], "cosine")],
    },
    probe="call_layers",
    slips=[
        Slip("X left out", {"return activations": "return activations[1:]"},
             "One array is missing: L layers and X give L + 1 arrays. Most often it is X itself, A₀ (lab 06 needs it "
             "for the first layer's gradient), or the loop ends one layer early."),
        Slip("only the last", {"return activations": "return activations[-1]"},
             "You returned one array. Is it the output alone? Return every layer's output in a *list*, X first: "
             "`activations.append(…)`. (Layers differ in size, so one array cannot hold them all.)"),
        Slip("no f at the end", {"return activations": "activations[-1] = activations[-2] @ W + b\n    return activations"},
             "Everything is right up to the last layer, where f is missing. Often a network is built like that; here f "
             "comes after every layer, the last one included."),
        Slip("no f at all", {"(f": "("}, "You did not use f. Twenty layers without a bend are one layer."),
        Slip("f on the inputs", {"activations = [X]": "activations = [f(X)]"},
             "You applied f to X, too. The inputs are not the output of any layer: A₀ is X itself."),
        Slip("z kept for a", {"activations = [X]": "A, activations = X, [X]", "(f(activations[-1] @ W + b))": "(A @ W + b)\n        A = f(activations[-1])"},
             "Your list holds what goes *into* f. The values inside are right, but the list should hold A_l = f(Z_l), "
             "after f."),
        Slip("tanh always", {"f(activ": "np.tanh(activ"},
             "This is right only if f is tanh. `f` is an argument: use it, `f(…)`."),
        Slip("backwards", {"return activations": "return activations[::-1]"},
             "Your list is in reverse order. Put X first and the output last."),
        Slip("first bias again", {"+ b)": "+ bs[0])"},
             "You use the first layer's biases in every layer: is the index of `bs` always 0?"),
        Slip("z and a", {"activations.append(f(activations[-1] @ W + b))": "activations += [activations[-1] @ W + b, f(activations[-1] @ W + b)]"},
             "Both z and a of each layer are in your list. Keep only what comes *out* of f, with X first: L + 1 "
             "arrays."),
        Slip("weights from the left", {"activations[-1] @ W": "W @ activations[-1]"},
             "`W @ A` does not fit. Examples are rows here, so A is on the left: `A @ W`."),
        Slip("entry by entry", {"] @ W": "] * W"},
             "`A * W` multiplies entry by entry. A layer is a matrix product: `A @ W`."),
    ],
    alternatives=[recursive, {"return activations": "return tuple(activations)"},
                  {"return activations": "return [a.tolist() for a in activations]"}],
    equivalent={"of equal length": ["`strict=True`"]},
    hints=[
        "One layer is f(A @ W + b). Begin with A = X and let each layer's output be the next one's input.",
        "`activations = [X]`, then a loop over `zip(Ws, bs)`; the newest output is `activations[-1]`.",
        "In the loop: `activations.append(f(activations[-1] @ W + b))`. Return the list.",
    ],
)


LAB = LabChecks(
    exercises=[mlp_forward, xor_weights, count_parameters, linear_collapse, permute_hidden, forward],
    predictions=[
        Prediction("neuron_on_xor", "One neuron learns XOR until nothing changes any more. What does it say then?",
                   ["p = 0.5 for all four", "3 of 4 right, and sure of it", "2 of 4 right, and sure of it"],
                   gives_away=["single valley", "best that one line", r"0\.500 +0\.500"], reason=True),
        Prediction("hallmark", "Which word of the quotation says the opposite of what it means?",
                   ["nonlinear", "directly", "engineering", "hallmark"],
                   gives_away=[r"feature \*?\*?learning\b(?! is;)", "choosing features by hand", "has it right"]),
        Prediction("knobs", "784 inputs, 128 hidden units, 10 outputs, and a bias for each unit. How many parameters "
                   "are there?",
                   ["About ten to the 3", "About ten to the 4", "About ten to the 5", "About ten to the 6"],
                   gives_away=[r"784 \\cdot 128", "101,?770", "hundred thousand"]),
        Prediction("enclose", "One class lies inside a ring of the other. What is the smallest number of tanh hidden "
                   "units that gets (almost) all points right?",
                   gives_away=["triangle", "both are open", "three close"]),
        Prediction("halfway", "Two units have learned XOR; the twin has them swapped. Average the two parameter "
                   "vectors: how many of the four corners does the average get right?",
                   gives_away=["same unit", "ridge between", "not even three"]),
        Prediction("directions", "Twenty layers of eight units, no bend, 100 points with two coordinates. In how many "
                   "directions do they spread out at the end?",
                   gives_away=["stay two", "unfolds"]),
        Prediction("twice", "A staircase with one step for each hidden unit follows a smooth curve. With twice as "
                   "many units, how many times smaller is the mean error?",
                   gives_away=["half as wide", "half as far", "towers"]),
    ],
    questions=[
        Question("collapse",
                 "Three dense layers in a row, no activation function between them. What can they compute that one "
                 "cannot?", ["Curved boundaries", "Nothing", "XOR, but not the ring"], 1,
                 "(XW₁ + b₁)W₂ + b₂ = X(W₁W₂) + (b₁W₂ + b₂): the product of matrices is a matrix."),
        Question("twins",
                 "A network has a minimum of its loss. You swap two hidden units, with all their weights. What do you "
                 "have?", ["Another minimum, just as deep", "The same parameter vector", "A worse network"], 0,
                 "The function is the same, the parameters are not: so there are many equal minima, and no convexity."),
        Question("columns",
                 "X is (N, 4) and the first hidden layer has 7 units. What is the shape of W₁ in this course, and where are "
                 "the weights of unit 3?", ["(4, 7); column 3", "(7, 4); row 3", "(N, 7); column 3"], 0,
                 "Rows of X meet columns of W: (N, 4) @ (4, 7) is (N, 7), one column per unit."),
        Question("remap", "What does the hidden layer do for the output neuron of an XOR network?",
                 ["It draws a curved line for it", "It moves the points so that one line will do", "It averages the inputs"],
                 1, "The output neuron still draws one straight line, in the coordinates a₁, a₂."),
    ],
    recall=["00.matmul", "01.ten_times", "03.scaler"],
    imports=("math", "numpy", "course.nn.activations.sigmoid", "course.nn.activations.tanh"),
)

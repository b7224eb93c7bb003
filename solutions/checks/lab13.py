"""What lab 13 checks: pixels, sampling and searching hyperparameters, a confusion matrix, and a network to hand in."""
# fmt: off

from itertools import pairwise, product

import numpy as np

from course import pieces
from course.build import Exercise, LabChecks, Part, Prediction, Question, Slip
from course.checks.handed_in import STEPS

# normalise_pixels -----------------------------------------------------------------------------------------------


def images_case(rng, shape, max_value, largest):
    images = rng.integers(1, largest, shape).astype(np.uint8)
    images.flat[0] = 0
    return {"images": images, "max_value": max_value}


normalise_pixels = Exercise(
    "normalise_pixels",
    points=2,
    probe="call_and_weigh",
    returns=["pixels", "bytes of one number"],
    rtol=1e-5,
    cases=lambda rng: [images_case(rng, (3, 2, 2), 255, 200), images_case(rng, (2, 3, 4), 16, 14)],
    slips=[
        Slip("always 255", {"/ max_value": "/ 255"},
             "You divide by 255, whatever the images are. The small digits go only up to 16; divide by `max_value`."),
        Slip("largest pixel found", {"/ max_value": "/ images.max()"},
             "You divide by the largest pixel of *these* images. Another batch would then be scaled differently, and a "
             "grey image becomes a black one. `max_value` is the same for all."),
        Slip("not divided", {" / max_value": ""},
             "The pixels still go from 0 to max_value. Lab 03 showed what large inputs do to gradient descent."),
        Slip("whole-number division", {"/ max_value": "// max_value"},
             "`//` drops the digits after the decimal point: everything becomes 0 (or, rarely, 1). `/` keeps them."),
        Slip("float64", {".astype(np.float32)": ""},
             "The numbers are right, but in float64: 8 bytes each. For 60,000 digits that is 376 MB instead of 188 MB. "
             "Use `.astype(np.float32)`."),
        Slip("not flattened", {".reshape(len(images), -1)": ""},
             "Each image is still a table. The first layer needs one row of numbers for each: `reshape(len(images), "
             "-1)`."),
        Slip("all in one row", {"reshape(len(images), -1)": "reshape(-1)"},
             "You put all the images into one long row. Keep the first axis: `reshape(len(images), -1)`."),
        Slip("a column for each image", {"astype(np.float32)": "astype(np.float32).T"},
             "You return one *column* per image. As everywhere in this course, an example is a row."),
        Slip("inverted",
             {"images.reshape(len(images), -1) / max_value": "1 - images.reshape(len(images), -1) / max_value"},
             "Black and white are exchanged. 0 is paper and 1 is ink: only divide."),
    ],
    alternatives=[
        lambda images, max_value: images.reshape(images.shape[0], -1).astype("float32") / np.float32(max_value),
        lambda images, max_value: np.stack([image.ravel() / max_value for image in images]).astype(np.float32),
    ],
    equivalent={"any negative length means: what is left": ["`2` is used instead of `1`"], "positive": ["value of `max_value`"]},
    hints=[
        "Three things: a new shape, (N, pixels), a new scale, from 0 to 1, and a smaller number type.",
        "`reshape(len(images), -1)` keeps the first axis; division makes float64, `astype(np.float32)` halves it.",
        "`(images.reshape(len(images), -1) / max_value).astype(np.float32)`.",
    ],
)

# network_forward, network_backward, train_epoch ------------------------------------------------------------------


def drawn_params(rng, *sizes):
    """Draw a network whose hidden units are sometimes positive and sometimes not."""
    return [(rng.normal(size=(a, b)) / np.sqrt(a), rng.normal(size=b) / 4) for a, b in pairwise(sizes)]


def forward_case(rng, N, *sizes, p_drop, train, look="numbers"):
    X, seed = rng.normal(size=(N, sizes[0])), int(rng.integers(2**31))
    return {"X": X, "params": drawn_params(rng, *sizes), "p_drop": p_drop, "seed": seed, "train": train, "look": look}


def masked_case(rng, hidden):
    """Draw a network whose hidden units are all positive, and whose output layer returns them unchanged."""
    X, width = rng.uniform(1, 2, (200, 3)), 16
    params = [(rng.uniform(0.1, 1, (a, width)), rng.uniform(0.1, 1, width)) for a in (3, width)[:hidden]]
    params.append((np.eye(width), np.zeros(width)))
    p_drop = float(rng.choice([0.1, 0.2, 0.3, 0.4, 0.6, 0.7]))
    return {
        "X": X,
        "params": params,
        "p_drop": p_drop,
        "seed": int(rng.integers(2**31)),
        "train": True,
        "look": "masks",
    }


def forward_own_dropout(X, params, p_drop, rng, train):
    """Draw the mask directly, already scaled."""
    inputs, masks, h = [X], [], X
    for W, b in params[:-1]:
        a = np.maximum(h @ W + b, 0)
        mask = (rng.random(a.shape) >= p_drop).astype(X.dtype) / (1 - p_drop) if train else np.ones_like(a)
        h = a * mask
        inputs.append(h)
        masks.append(mask)
    return h @ params[-1][0] + params[-1][1], (inputs, masks)


def forward_with_index(X, params, p_drop, rng, train):
    """Treat the last layer inside the loop."""
    h, inputs, masks = X, [], []
    for k, (W, b) in enumerate(params):
        inputs.append(h)
        h = h @ W + b
        if k < len(params) - 1:
            h, kept = pieces.dropout_forward(pieces.relu(h), p_drop, rng, train)
            masks.append(np.where(kept, 1 / (1 - p_drop), 0).astype(X.dtype) if train else np.ones_like(h))
    return h, (inputs, masks)


def forward_divided(X, params, p_drop, rng, train):
    """Get the scaled mask by applying dropout to ones."""
    inputs, masks = [X], []
    for W, b in params[:-1]:
        a = pieces.relu(inputs[-1] @ W + b)
        mask, _ = pieces.dropout_forward(np.ones_like(a), p_drop, rng, train)
        masks.append(mask)
        inputs.append(a * mask)
    return inputs[-1] @ params[-1][0] + params[-1][1], [inputs, masks]


def forward_recursive(X, params, p_drop, rng, train):
    (W, b), *rest = params
    z = X @ W + b
    if not rest:
        return z, ([X], [])
    out, kept = pieces.dropout_forward(z * (z > 0), p_drop, rng, train)
    mask = (kept / (1 - p_drop * train)).astype(z.dtype)
    logits, (inputs, masks) = forward_recursive(out, rest, p_drop, rng, train)
    return logits, ([X, *inputs], [mask, *masks])


def forward_in_place(X, params, p_drop, rng, train):
    """Work in place on arrays of its own."""
    inputs, masks = [X], []
    for W, b in params[:-1]:
        a = inputs[-1] @ W
        a += b
        np.maximum(a, 0, out=a)
        mask = np.ones_like(a)
        if train:
            mask[rng.random(a.shape) < p_drop] = 0
            mask /= 1 - p_drop
        a *= mask
        inputs.append(a)
        masks.append(mask)
    return inputs[-1] @ params[-1][0] + params[-1][1], (inputs, masks)


def forward_masks_first(X, params, p_drop, rng, train):
    """Draw all masks before anything is computed."""
    shapes = [(len(X), len(b)) for _, b in params[:-1]]
    keep = 1 - p_drop
    drawn = [rng.choice([0, 1 / keep], shape, p=[p_drop, keep]) if train else np.ones(shape) for shape in shapes]
    masks = [mask.astype(X.dtype) for mask in drawn]
    inputs = [X]
    for (W, b), mask in zip(params, masks, strict=False):
        inputs.append(((inputs[-1] @ W + b).clip(min=0)) * mask)
    return inputs[-1] @ params[-1][0] + params[-1][1], (inputs, masks)


network_forward = Exercise(
    "network_forward",
    points=[Part("without dropout", 2, "plain"), Part("with dropout", 2, "dropout")],
    probe="pass_forward",
    cases=lambda rng: {
        "plain": [
            forward_case(rng, 5, 4, 3, p_drop=0.5, train=True),
            forward_case(rng, 6, 3, 5, 4, p_drop=float(rng.uniform(0.2, 0.7)), train=False),
            forward_case(rng, 4, 3, 4, 5, 4, 3, p_drop=0.0, train=True),
        ],
        "dropout": [
            masked_case(rng, 1),
            masked_case(rng, 2),
            forward_case(rng, 4, 3, 5, 4, 2, p_drop=0.5, train=True, look="float32"),
            forward_case(rng, 4, 3, 5, 4, 2, p_drop=0.5, train=False, look="float32"),
        ],
    },
    slips=[
        Slip("ReLU on the logits", {"return inputs[-1] @ W + b,": "return relu(inputs[-1] @ W + b),"},
             "You apply ReLU to the logits, as the talk does (lab 12, E9), so none of them can be negative. The last "
             "layer is only linear."),
        Slip("no ReLU", {"relu(inputs[-1] @ W + b)": "inputs[-1] @ W + b"},
             "There is no ReLU in the hidden layers: linear after linear is linear (lab 05)."),
        Slip("dropout on the input",
             {"inputs, masks = [X], []": "inputs, masks = [dropout_forward(X, p_drop, rng, train)[0]], []"},
             "You apply dropout to the input. Here it is only for hidden layers: `inputs[0]` is X, unchanged."),
        Slip("dropout on the logits",
             {"return inputs[-1] @ W + b,": "return dropout_forward(inputs[-1] @ W + b, p_drop, rng, train)[0],"},
             "You apply dropout to the logits: the network then drops whole classes. It is only for hidden layers."),
        Slip("cached before dropout",
             {"        inputs.append(out)\n": "        inputs.append(a)\n", "out, kept": "_, kept"},
             "You keep in `inputs`, and pass on, the layer *before* dropout, so nothing is dropped. What goes into the "
             "next layer is the result of dropout."),
        Slip("masks not scaled", {" / (1 - p_drop * train)": ""},
             "Your masks hold 0 and 1. The kept units are also scaled by 1/(1 − p_drop), and the backward pass must "
             "scale in the same way: store 0 or 1/(1 − p_drop)."),
        Slip("masks scaled at test time", {"(1 - p_drop * train)": "(1 - p_drop)"},
             "When not training, nothing is dropped and nothing is scaled: the masks are all 1, not 1/(1 − p_drop)."),
        Slip("masks of float64", {"kept.astype(X.dtype)": "kept"},
             "The numbers are right, but not all arrays keep X's dtype: a mask of True and False divided by 0.5 is "
             "float64, and so is every product with it. `mask.astype(X.dtype) / (1 - p_drop)` stays float32."),
        Slip("always dropping", {"p_drop, rng, train)": "p_drop, rng, True)"},
             "You drop units although `train` is False. Pass `train` on."),
        Slip("never dropping", {"p_drop, rng, train)": "p_drop, rng, False)"},
             "You drop no unit although `train` is True. Pass `train` on."),
        Slip("p_drop is what is kept",
             {"dropout_forward(a, p_drop,": "dropout_forward(a, 1 - p_drop,", "(1 - p_drop * train)": "(p_drop if train else 1)"},
             "You keep with probability p_drop. `p_drop` is the probability of *dropping*; the talk's keep_prob is 1 "
             "− p_drop."),
    ],
    alternatives=[forward_own_dropout, forward_with_index, forward_divided, forward_recursive, forward_in_place,
                  forward_masks_first],
    equivalent={"of one dtype": ["`X.dtype`"], "lines that do not need each other": ["`masks` is set"], "True is 1": ["`train` is squared"]},
    hints=[
        "Go through all layers but the last, and append to two lists at each. The last layer is one line of its own.",
        "`out, kept = dropout_forward(relu(inputs[-1] @ W + b), p_drop, rng, train)`; `out` goes into the next layer.",
        "`masks.append(kept.astype(X.dtype) / (1 - p_drop))` when training, else ones of X's dtype; at the end "
        "`return inputs[-1] @ W + b, (inputs, masks)`.",
    ],
)


def backward_case(rng, N, *sizes, p_drop):
    """Draw what a forward pass returns: its arrays and masks, and labels of all classes."""
    params, inputs, masks = drawn_params(rng, *sizes), [rng.normal(size=(N, sizes[0]))], []
    for W, b in params[:-1]:
        a = np.maximum(inputs[-1] @ W + b, 0)
        masks.append((rng.random(a.shape) >= p_drop) / (1 - p_drop))
        inputs.append(a * masks[-1])
    labels = rng.permutation(np.arange(N) % sizes[-1])
    logits = inputs[-1] @ params[-1][0] + params[-1][1]
    return {"labels": labels, "logits": logits, "inputs": inputs, "masks": masks, "params": params}


def logit_grad(labels, logits):
    """Differentiate the loss by hand."""
    p = np.exp(logits - logits.max(axis=1, keepdims=True))
    p /= p.sum(axis=1, keepdims=True)
    p[np.arange(len(labels)), labels] -= 1
    return p / len(labels)


def backward_by_hand(labels, logits, cache, params):
    inputs, masks = cache
    d, grads = logit_grad(labels, logits), []
    for k in range(len(params) - 1, -1, -1):
        grads.append((inputs[k].T @ d, np.sum(d, axis=0)))
        if k:
            d = d @ params[k][0].T * masks[k - 1]
            d[inputs[k] <= 0] = 0
    return grads[::-1]


def backward_preallocated(labels, logits, cache, params):
    grads, d = [None] * len(params), pieces.softmax_cross_entropy_grad(logits, labels)
    for k in reversed(range(len(params))):
        grads[k] = [cache[0][k].T @ d, d.sum(axis=0)]
        if k != 0:
            d = pieces.relu_grad(cache[0][k]) * cache[1][k - 1] * (d @ params[k][0].T)
    return grads


def backward_recursive(labels, logits, cache, params, d=None):
    inputs, masks = cache
    d = pieces.softmax_cross_entropy_grad(logits, labels) if d is None else d
    last = (np.dot(inputs[-1].T, d), d.sum(0))
    if len(params) == 1:
        return [last]
    d = np.where(inputs[-1] > 0, d.dot(params[-1][0].T) * masks[-1], 0)
    return [*backward_recursive(labels, logits, (inputs[:-1], masks[:-1]), params[:-1], d), last]


def backward_zipped(labels, logits, cache, params):
    """Zip layers with one extra mask, so that the first layer needs no exception."""
    inputs, masks = cache
    d, grads = pieces.softmax_cross_entropy_grad(logits, labels), []
    for (W, _), x, mask in reversed(list(zip(params, inputs, [np.ones_like(inputs[0]), *masks], strict=True))):
        grads = [(x.T @ d, d.sum(axis=0)), *grads]
        d = (d @ W.T) * mask * (x > 0)
    return grads


def backward_per_example(labels, logits, cache, params):
    """Add up outer products, one example after the other."""
    d, inputs, masks = logit_grad(labels, logits), *cache
    grads = []
    for k in range(len(params))[::-1]:
        dW = sum(np.outer(x, row) for x, row in zip(inputs[k], d, strict=True))
        grads.insert(0, (dW, sum(d)))
        if k > 0:
            d = np.stack([params[k][0] @ row for row in d]) * masks[k - 1] * np.sign(inputs[k])
    return tuple(grads)


def backward_deltas_first(labels, logits, cache, params):
    """Compute all deltas first, then multiply."""
    inputs, masks = cache
    deltas = [pieces.softmax_cross_entropy_grad(logits, labels)]
    for (W, _), x, mask in zip(params[:0:-1], inputs[:0:-1], masks[::-1], strict=True):
        deltas.append(deltas[-1] @ W.T * mask * (x > 0))
    return [(x.T @ d, d.sum(axis=0)) for x, d in zip(inputs, deltas[::-1], strict=True)]


network_backward = Exercise(
    "network_backward",
    points=4,
    probe="pass_backward",
    words={"d": "the gradient on its way back", "grads": "the list of gradients"},
    cases=lambda rng: [
        backward_case(rng, 5, 4, 3, p_drop=0.0),
        backward_case(rng, 6, 3, 5, 4, p_drop=0.0),
        backward_case(rng, 8, 3, 6, 4, p_drop=0.4),
        backward_case(rng, 9, 3, 6, 5, 6, 3, p_drop=float(rng.uniform(0.2, 0.4))),
    ],
    slips=[
        Slip("mask forgotten", {" * masks[k - 1]": ""},
             "Your backward pass does not drop what the forward pass dropped: multiply by the layer's mask."),
        Slip("slope of ReLU forgotten", {" * (inputs[k] > 0)": ""},
             "You pass the gradient through units that were 0: where ReLU gives 0, its slope is 0 and nothing goes "
             "back. (If you wrote `>= 0`: that is always true after a ReLU.)"),
        Slip("activation for its slope", {"(inputs[k] > 0)": "inputs[k]"},
             "You multiply by the unit's output, not by the slope of ReLU there, which is 1 or 0."),
        Slip("not the mean",
             {"softmax_cross_entropy_grad(logits, labels)": "softmax_cross_entropy_grad(logits, labels) * len(labels)"},
             "All gradients are N times too large: the loss is a mean over the examples."),
        Slip("divided by N twice", {"inputs[k].T @ d, d.sum(axis=0)": "inputs[k].T @ d / len(labels), d.mean(axis=0)"},
             "You divide by N twice: `softmax_cross_entropy_grad` has already done it."),
        Slip("mean for the bias", {"d.sum(axis=0)": "d.mean(axis=0)"},
             "db is a sum over the examples. `d` already contains the 1/N of the mean."),
        Slip("last layer first", {"grads.insert(0, ": "grads.append("},
             "The gradients are right, but in the order in which you found them. Return the first layer's gradients "
             "first."),
        Slip("logits for their gradient", {"softmax_cross_entropy_grad(logits, labels)": "logits / len(logits)"},
             "You start the backward pass from the logits. Start from ∂L/∂logits, `softmax_cross_entropy_grad(logits, "
             "labels)`."),
        Slip("the labels not taken off",
             {"d = softmax_cross_entropy_grad(logits, labels)": "e = np.exp(logits - logits.max(axis=1, keepdims=True))\n    d = e / e.sum(axis=1, keepdims=True) / len(logits)"},
             "You start the backward pass from softmax(logits)/N: first subtract 1 from softmax at the right class."),
        Slip("stopped after one step back", {"        if k > 0:": "        if k == len(params) - 1:"},
             "The last two layers are right. For all layers before them you use the same gradient: `d` must go on, "
             "layer by layer."),
    ],
    alternatives=[backward_by_hand, backward_preallocated, backward_recursive, backward_zipped, backward_per_example,
                  backward_deltas_first],
    equivalent={"of equal length": ["in `len(params)`"], "an index": ["value of `k"]},
    hints=[
        "Lab 06 again: the gradient of a linear layer's weights is its input, transposed, times what comes back.",
        "From the last layer to the first: store (dW, db); then, unless it is the first, go back through W, mask and "
        "ReLU.",
        "`d = (d @ params[k][0].T) * masks[k - 1] * (inputs[k] > 0)`; and `grads.insert(0, …)` keeps the order.",
    ],
)


def epoch_case(rng, N, *sizes, size, epochs_alike=False):
    """Draw an epoch that does not depend on chance: all in one batch, or all examples alike."""
    X, labels = rng.normal(size=(N, sizes[0])), rng.permutation(np.arange(N) % sizes[-1])
    if epochs_alike:
        X, labels = np.repeat(np.abs(X[:1]), N, axis=0), np.repeat(labels[:1], N)
    params, lr, seed = drawn_params(rng, *sizes), float(rng.uniform(0.02, 0.08)), int(rng.integers(2**31))
    return {
        "X": X,
        "labels": labels,
        "params": params,
        "lr": lr,
        "size": size,
        "p_drop": 0.0,
        "seed": seed,
        "look": "numbers",
    }


def visits_case(rng):
    N = int(rng.integers(9, 13))
    labels, lr, seed = rng.integers(0, 3, N), float(rng.uniform(0.01, 0.03)), int(rng.integers(2**31))
    params = [(rng.uniform(-0.1, 0.1, (N, 3)), np.zeros(3))]
    return {
        "X": np.eye(N),
        "labels": labels,
        "params": params,
        "lr": lr,
        "size": 1,
        "p_drop": 0.0,
        "seed": seed,
        "look": "visits",
    }


def chance_case(rng):
    return {**epoch_case(rng, 6, 3, 12, 3, size=6), "p_drop": 0.5, "look": "dropout"}


BETAS = 0.9, 0.999, 1e-8


def epoch_of_flat_state(X, labels, params, state, lr, size, p_drop, rng):
    """Keep moments in flat lists, with one t for all, and shuffle by hand."""
    order = rng.permutation(len(X))
    flat = [array for pair in params for array in pair]
    t, ms, vs = state.get("t", 0), list(state.get("m", [0] * len(flat))), list(state.get("v", [0] * len(flat)))
    total = 0.0
    for start in range(0, len(X), size):
        chosen = order[start : start + size]
        pairs = list(zip(flat[::2], flat[1::2], strict=True))
        logits, cache = forward_own_dropout(X[chosen], pairs, p_drop, rng, True)
        total += len(chosen) * pieces.softmax_cross_entropy(logits, labels[chosen])
        grads = [g for pair in backward_by_hand(labels[chosen], logits, cache, pairs) for g in pair]
        t += 1
        for i, g in enumerate(grads):
            ms[i] = 0.9 * ms[i] + 0.1 * g
            vs[i] = 0.999 * vs[i] + 0.001 * g**2
            flat[i] = flat[i] - lr * (ms[i] / (1 - 0.9**t)) / (np.sqrt(vs[i] / (1 - 0.999**t)) + 1e-8)
    return list(zip(flat[::2], flat[1::2], strict=True)), {"t": t, "m": ms, "v": vs}, total / len(X)


def epoch_of_copies(X, labels, params, state, lr, size, p_drop, rng):
    """Copy once, then step in place; the state is changed in place as well."""
    params = [(W.copy(), b.copy()) for W, b in params]
    losses = []
    for X_batch, y_batch in pieces.minibatches(X, labels, size, rng):
        logits, cache = forward_with_index(X_batch, params, p_drop, rng, True)
        losses += [pieces.softmax_cross_entropy(logits, y_batch)] * len(X_batch)
        for k, (pair, slopes) in enumerate(zip(params, backward_zipped(y_batch, logits, cache, params), strict=True)):
            for name, array, slope in zip("Wb", pair, slopes, strict=True):
                key = f"{name}{k}"
                array[...], state[key] = pieces.adam_step(array, slope, state.get(key, {}), lr, *BETAS)
    return params, state, np.mean(losses)


def epoch_of_one_vector(X, labels, params, state, lr, size, p_drop, rng):
    """Put all parameters into one vector, as the library does."""
    shapes = [array.shape for pair in params for array in pair]
    ends = np.cumsum([int(np.prod(shape)) for shape in shapes])[:-1]

    def pairs(theta):
        arrays = [part.reshape(shape) for part, shape in zip(np.split(theta, ends), shapes, strict=True)]
        return list(zip(arrays[::2], arrays[1::2], strict=True))

    theta, total = np.concatenate([array.ravel() for pair in params for array in pair]), 0
    for X_batch, y_batch in pieces.minibatches(X, labels, size, rng):
        logits, cache = forward_divided(X_batch, pairs(theta), p_drop, rng, True)
        total += pieces.softmax_cross_entropy(logits, y_batch) * len(y_batch)
        grads = backward_deltas_first(y_batch, logits, cache, pairs(theta))
        g = np.concatenate([array.ravel() for pair in grads for array in pair])
        theta, state = pieces.adam_step(theta, g, state, lr, *BETAS)
    return pairs(theta), state, total / len(labels)


def epoch_of_shuffled_rows(X, labels, params, state, lr, size, p_drop, rng):
    """Shuffle indices in place; cut with array_split at multiples of size; a list of states, in a dictionary."""
    order = np.arange(len(X))
    rng.shuffle(order)
    memory = list(state.get("memory", [({}, {}) for _ in params]))
    loss = 0.0
    for chosen in np.split(order, range(size, len(order), size)):
        logits, cache = forward_recursive(X[chosen], params, p_drop, rng, True)
        loss += pieces.softmax_cross_entropy(logits, labels[chosen]) * len(chosen) / len(X)
        grads = backward_recursive(labels[chosen], logits, cache, params)
        stepped = [
            [pieces.adam_step(p, g, s, lr, *BETAS) for p, g, s in zip(*three, strict=True)]
            for three in zip(params, grads, memory, strict=True)
        ]
        params = [tuple(theta for theta, _ in pair) for pair in stepped]
        memory = [tuple(s for _, s in pair) for pair in stepped]
    return params, {"memory": memory}, float(loss)


class _Adam:
    """An optimizer object, kept in the state."""

    def __init__(self, lr):
        self.lr, self.states = lr, {}

    def step(self, key, theta, grad):
        theta, self.states[key] = pieces.adam_step(theta, grad, self.states.get(key, {}), self.lr, *BETAS)
        return theta


def epoch_of_objects(X, labels, params, state, lr, size, p_drop, rng):
    adam = state.setdefault("adam", _Adam(lr))
    total = 0.0
    for x, y in pieces.minibatches(X, labels, size, rng):
        logits, cache = forward_divided(x, params, p_drop, rng, True)
        total += pieces.softmax_cross_entropy(logits, y) * x.shape[0]
        grads = backward_preallocated(y, logits, cache, params)
        params = [tuple(adam.step((k, i), pair[i], grads[k][i]) for i in range(2)) for k, pair in enumerate(params)]
    return params, state, total / X.shape[0]


def epoch_generator_choice(X, labels, params, state, lr, size, p_drop, rng):
    """Draw without replacement with rng.choice; return tuples and lists mixed."""
    left = rng.choice(len(X), len(X), replace=False).tolist()
    total, states = 0.0, state
    while left:
        rows, left = left[:size], left[size:]
        logits, cache = forward_in_place(X[rows], params, p_drop, rng, True)
        total += pieces.softmax_cross_entropy(logits, labels[rows]) * len(rows)
        grads, new, after = backward_per_example(labels[rows], logits, cache, params), (), {}
        for k, ((W, b), (dW, db)) in enumerate(zip(params, grads, strict=True)):
            W, after[f"W{k}"] = pieces.adam_step(W, dW, states.get(f"W{k}", {}), lr, *BETAS)
            b, after[f"b{k}"] = pieces.adam_step(b, db, states.get(f"b{k}", {}), lr, *BETAS)
            new += ([W, b],)
        params, states = new, after
    return params, states, total / len(X)


ADAM = "adam_step(params[k][i], grads[k][i], memory, lr, 0.9, 0.999, 1e-8)"

train_epoch = Exercise(
    "train_epoch",
    points=[Part("steps and losses", 3, "numbers"), Part("mini-batches and dropout", 2, "chance")],
    probe="train_epochs",
    derived=False,  # each trial trains several networks, and a mutant of the loop seldom shows a single mistake
    words={"total": "the sum of losses", "memory": "what Adam remembers"},
    cases=lambda rng: {
        "numbers": [
            epoch_case(rng, 6, 4, 3, size=6),
            epoch_case(rng, 6, 3, 5, 3, size=20),
            epoch_case(rng, 7, 3, 4, 3, size=3, epochs_alike=True),
            epoch_case(rng, 8, 3, 6, 5, 4, size=8),
        ],
        "chance": [visits_case(rng), chance_case(rng)],
    },
    slips=[
        Slip("short batch left out",
             {"    for X_batch, y_batch in minibatches(X, labels, size, rng):\n": "    for X_batch, y_batch in minibatches(X, labels, size, rng):\n        if len(X_batch) < min(size, len(X)):\n            continue\n"},
             "You leave out the last, short batch. It counts: seven examples in batches of three are three steps."),
        Slip("mean of the batches", {" * len(X_batch)": "", "total / len(X)": "total / -(-len(X) // size)"},
             "The parameters are right. Your loss is the mean of the *batches'* means, so an example in the short last "
             "batch counts more than the others. Weight each batch by its number of examples."),
        Slip("sum of the batches", {" * len(X_batch)": "", "total / len(X)": "total"},
             "The parameters are right. Your loss is the sum of the batches' losses: return the mean over the N "
             "examples."),
        Slip("sum over the examples", {"total / len(X)": "total"},
             "The parameters are right. Your loss is a sum over the examples: divide by N."),
        Slip("loss of the last batch", {"total += ": "total = ", "total / len(X)": "total / len(X_batch)"},
             "The parameters are right. Your loss is that of the last batch alone: add up all batches."),
        Slip("loss after the step", {"        total += softmax_cross_entropy(logits, y_batch) * len(X_batch)\n": "",
              "        params = new\n": "        params = new\n        after = network_forward(X_batch, params, p_drop, rng, True)[0]\n        total += softmax_cross_entropy(after, y_batch) * len(X_batch)\n"},
             "The parameters are right. Your loss is the one *after* each step; return the one before it, which needs "
             "no second forward pass."),
        Slip("state forgotten between epochs", {"dict(state), 0.0": "{}, 0.0"},
             "The first epoch is right, the second is not: Adam starts again in every epoch. Start from the `state` "
             "that you are given."),
        Slip("state forgotten between steps", {"state.get((k, i), {})": "{}"},
             "Adam remembers nothing: every step is its first. Pass in the state it returned last time for this "
             "array."),
        Slip("one memory for all arrays", {
                "state.get((k, i), {})": "{n: v for n, v in state.items() if n == 't'}",
                "array, state[k, i] = "
                + ADAM: "array, after = adam_step(params[k][i], grads[k][i], {**state.get((k, i), {}), **memory}, lr, 0.9, 0.999, 1e-8)\n"
                "                state[k, i] = after\n                state['t'] = after['t']",
            },
             "Adam counts every *array* as a step. Its t is the number of batches so far, the same for all arrays of "
             "a step."),
        Slip("ε inside the root", {
                "array, state[k, i] = " + ADAM: "_, after = "
                + ADAM
                + "\n                m, v, t = after['m'], after['v'], after['t']\n"
                "                array = params[k][i] - lr * m / (1 - 0.9**t) / np.sqrt(v / (1 - 0.999**t) + 1e-8)\n"
                "                state[k, i] = after"
            }, "You put ε inside the root, where 10⁻⁸ becomes 10⁻⁴. Add it to the root."),
        Slip("no bias correction", {
                "array, state[k, i] = " + ADAM: "_, after = " + ADAM + "\n"
                "                array = params[k][i] - lr * after['m'] / (np.sqrt(after['v']) + 1e-8)\n"
                "                state[k, i] = after"
            }, "Adam's averages start at 0, and you do not correct for it (lab 09): divide them by 1 − βᵗ."),
        Slip("plain gradient descent", {"array, state[k, i] = " + ADAM: "array = params[k][i] - lr * grads[k][i]"},
             "These are steps of plain gradient descent. Use Adam."),
        Slip("only the weights", {"range(2)": "range(1)",
              "pair.append(array)\n": "pair.append(array)\n            pair.append(params[k][1])\n"},
             "You do not update the biases. Take an Adam step for every array."),
        Slip("gradient of the old network", {"network_forward(X_batch, params,": "network_forward(X_batch, first,",
              "state, total = dict(state), 0.0": "state, total, first = dict(state), 0.0, params"},
             "You use the parameters from the start of the epoch for every batch. Use those of the last step."),
        Slip("one batch for all", {"minibatches(X, labels, size, rng)": "minibatches(X, labels, len(X), rng)"},
             "You take one step per epoch, whatever `size` is. Go through the batches."),
        Slip("no shuffle",
             {"minibatches(X, labels, size, rng)": "[(X[i : i + size], labels[i : i + size]) for i in range(0, len(X), size)]"},
             "You take the examples in the order of X in every epoch. Shuffle them, with `rng`; `minibatches` does."),
        Slip("drawn with replacement",
             {"minibatches(X, labels, size, rng)": "[(X[i], labels[i]) for i in (rng.integers(0, len(X), min(size, len(X) - s)) for s in range(0, len(X), size))]"},
             "Some examples come twice in an epoch, and others not at all. Shuffle once, then deal."),
        Slip("labels not shuffled",
             {"minibatches(X, labels, size, rng)": "[(X[o], labels[s : s + len(o)]) for order in [rng.permutation(len(X))] for s in range(0, len(X), size)\n                             for o in [order[s : s + size]]]"},
             "You shuffle X but not the labels: examples lose their labels. Use one order for both."),
        Slip("a seed of its own",
             {"minibatches(X, labels, size, rng)": "minibatches(X, labels, size, np.random.default_rng(0))"},
             "Every epoch has the same order, whatever `rng` is: you make a generator with a fixed seed. Use `rng`."),
        Slip("no dropout while training", {"p_drop, rng, True)": "p_drop, rng, False)"},
             "You drop nothing in training: `network_forward(…, train=True)`."),
        Slip("params changed in place",
             {"pair.append(array)": "params[k][i][...] = array\n                pair.append(params[k][i])"},
             "The numbers are right, but you change the arrays that you are given. Make new ones: the caller may still "
             "need the old ones (early stopping does)."),
    ],
    alternatives=[epoch_of_flat_state, epoch_of_copies, epoch_of_one_vector, epoch_of_shuffled_rows, epoch_of_objects,
                  epoch_generator_choice],
    hints=[
        "A loop over `minibatches`; in it: forward, loss, backward, and a step for each array. Take the loss before "
        "the step.",
        "Adam needs a state for each array: `state` may be a dictionary with a key for each, such as (layer, 0 or 1).",
        "`array, state[k, i] = adam_step(params[k][i], grads[k][i], state.get((k, i), {}), lr, 0.9, 0.999, 1e-8)`, "
        "and at the end `return params, state, total / len(X)`.",
    ],
)

# sample_hyperparameters -----------------------------------------------------------------------------------------


def sample_bounds(inputs):
    """Intervals in which 600 right draws lie (7000, for the ends of hidden), except one time in a million."""
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
        Slip("uniform learning rate", {"10 ** rng.uniform(-4, -1)": "rng.uniform(1e-4, 1e-1)"},
             "Almost no draw is below 0.001, where the good ones often are. That comes from a uniform rate: nine of "
             "ten lie between 0.01 and 0.1. Log-uniform means: draw the *power* of ten uniformly. (If you do: 0.0001 "
             "is 10⁻⁴.)"),
        Slip("powers of e, or bounds for powers", {"10 ** rng.uniform(-4, -1)": "np.exp(rng.uniform(-4, -1))"},
             "All your learning rates are far too large. If you wrote `np.exp(...)`: that gives powers of e, and e⁻⁴ "
             "is 0.018. If you wrote `10 ** rng.uniform(1e-4, 1e-1)`: the *powers* go from −4 to −1."),
        Slip("a few rates only", {"10 ** rng.uniform(-4, -1)": "round(10 ** rng.uniform(-4, -1), 4)"},
             "You draw only a few different learning rates, as on a grid: whole powers of ten, or rounded rates? Take "
             "`10 ** rng.uniform(-4, -1)` without rounding."),
        Slip("hidden not whole", {"int(rng.integers(32, 513))": "rng.uniform(32, 512)"},
             "There are no 217.4 hidden units. `rng.integers(32, 513)` draws whole numbers."),
        Slip("hidden from powers of two", {"int(rng.integers(32, 513))": "int(rng.choice([32, 64, 128, 256, 512]))"},
             "`hidden` is small too often: log-uniform, or one of the powers of two? A good idea, but draw it "
             "uniformly, from 32 to 512."),
        Slip("p_drop up to 1", {"0.7": "1"},
             "p_drop goes up to 1. A network that drops everything learns remarkably little; stop at 0.7."),
        Slip("a generator of its own", {"return {": "rng = np.random.default_rng(0)\n    return {"},
             "Every draw is the same: you use a generator with a fixed seed. Use the `rng` that you are given."),
        Slip("powers from −4 to 1", {"-4, -1": "-4, 1"},
             "Your learning rates go beyond 0.1, and 0.1 is 10⁻¹: the powers go from −4 to *minus* 1."),
        Slip("powers from −5", {"-4, -1": "-5, -1"},
             "Some of your learning rates are below 0.0001. That is 10⁻⁴: the powers go from −4 to −1."),
    ],
    alternatives=[
        {"10 ** rng.uniform(-4, -1)": "float(np.exp(rng.uniform(np.log(1e-4), np.log(1e-1))))"},
        lambda rng: {
            "p_drop": 0.7 * rng.random(),
            "hidden": rng.integers(32, 512, endpoint=True),
            "learning_rate": 1e-4 * 1000 ** rng.random(),
        },
    ],
    hints=[
        "Three draws in a dictionary. For the learning rate, what should be uniform: the rate, or its number of zeros?",
        "10 to the power of a uniform number between −4 and −1 is log-uniform between 0.0001 and 0.1.",
        "`{\"learning_rate\": 10 ** rng.uniform(-4, -1), \"hidden\": int(rng.integers(32, 513)), \"p_drop\": ...}`.",
    ],
)

# random_search, grid_search -------------------------------------------------------------------------------------


def bowl(rng, knobs=2):
    return rng.uniform(-0.4, 0.4, knobs)


def random_case(rng, n, best_is_first=False):
    """Draw a search whose best, worst, first and last trials and last improvement are five different trials."""
    lowest = bowl(rng)
    while True:
        seed = int(rng.integers(2**31))
        draws = np.random.default_rng(seed).uniform(-1, 1, (n, 2))  # x and y, one after the other
        values = ((draws - lowest) ** 2).sum(axis=1)
        improved = int(np.flatnonzero(np.diff(values) < 0)[-1]) + 1 if (np.diff(values) < 0).any() else 0
        if best_is_first:
            if values.argmin() == 0:
                return {"lowest": lowest, "n": n, "seed": seed}
        elif len({int(values.argmin()), int(values.argmax()), 0, n - 1, improved}) == 5:
            return {"lowest": lowest, "n": n, "seed": seed}


SEARCH_RETURNS = ["best", "trials", "calls of the objective"]


random_search = Exercise(
    "random_search",
    points=3,
    probe="search_on_a_bowl",
    returns=SEARCH_RETURNS,
    cases=lambda rng: [random_case(rng, 7), random_case(rng, 12), random_case(rng, 5, best_is_first=True)],
    slips=[
        Slip("largest", {"min(": "max("},
             "You return the *worst* trial. The objective is an error: smaller is better."),
        Slip("last", {"return best": "return params"},
             "You return the last trial. Keep the best one so far, or look for it at the end with `min`."),
        Slip("first", {"return best": "return trials[0][0]"},
             "You return the first trial: was its value ever compared?"),
        Slip("asked again", {"return best": "return min((params for params, _ in trials), key=objective)"},
             "The best is right, but you call the objective again to find it. Each call trains a network, so this "
             "doubles the cost. Keep the values."),
        Slip("one draw",
             {"    for _ in range(n):\n        params = sample(rng)\n": "    params = sample(rng)\n    for _ in range(n):\n"},
             "All your trials are the same: `sample(rng)` is before the loop. Draw inside the loop."),
        Slip("improvements only",
             {"        trials.append((params, objective(params)))": "        value = objective(params)\n        if not trials or value < trials[-1][1]:\n            trials.append((params, value))"},
             "The best is right, but `trials` holds only those that were better than before. Keep all of them: the "
             "failures show where not to look."),
        Slip("one too few", {"(n": "(n - 1"}, "That is one trial too few: run n of them (`range(n)`)."),
        Slip("best so far not kept",
             {"    best, _ = min(trials, key=lambda trial: trial[1])": "    best = trials[0][0]\n    for (_, before), (params, value) in zip(trials, trials[1:]):\n        best = params if value < before else best"},
             "You compare each trial with the one *before*, and return the last that was better than the one before "
             "it. Compare with the best so far."),
        Slip("objective asked for what is kept",
             {"    best, _ = min(trials, key=lambda trial: trial[1])": "    best, lowest = None, np.inf\n    for params, _ in trials:\n        if objective(params) < lowest:\n            best, lowest = params, objective(params)"},
             "The best is right, but you call the objective for the trial, for the comparison and again for the value "
             "to keep, and each call trains a network. `value = objective(params)` once, then use `value`."),
    ],
    alternatives=[{"min(trials, key=lambda trial: trial[1])": "trials[int(np.argmin([value for _, value in trials]))]"},
                  {"return best, trials": "return [best, [list(trial) for trial in trials]]"}],
    hints=[
        "n times: draw, call the objective, store both. Then look for the smallest value.",
        "`trials.append((params, objective(params)))`. Python's `min` takes a `key`: a function that says what to "
        "compare.",
        "`best, _ = min(trials, key=lambda trial: trial[1])`.",
    ],
)


def grid_case(rng, *lists, best_is_last=False):
    """Draw a grid whose best, worst, first and last trials all differ, and whose first x is not the best."""
    while True:
        lowest, grid = bowl(rng, len(lists)), [rng.permutation(values) for values in lists]
        far = [((np.array(point) - lowest) ** 2).sum() for point in product(*grid)]
        if best_is_last:
            if np.argmin(far) == len(far) - 1:
                return {"lowest": lowest, "grid": grid}
        elif (
            len({int(np.argmin(far)), int(np.argmax(far)), 0, len(far) - 1}) == 4
            and np.abs(grid[0] - lowest[0]).argmin()
        ):
            return {"lowest": lowest, "grid": grid}


def one_at_a_time(objective, grid):
    params = {name: values[0] for name, values in grid.items()}
    trials = []
    for name, values in grid.items():
        own = [(params | {name: value}, objective(params | {name: value})) for value in values]
        trials += own
        params = min(own, key=lambda trial: trial[1])[0]
    return params, trials


grid_search = Exercise(
    "grid_search",
    points=3,
    probe="search_on_a_bowl",
    returns=SEARCH_RETURNS,
    cases=lambda rng: [
        grid_case(rng, [-0.9, -0.1, 0.3], [-0.7, 0.2, 0.8]),
        grid_case(rng, [-1.0, 0.0], [-0.5, 0.1]),
        grid_case(rng, [-1.0, 0.05, 0.4], [-0.55, 0.15], [-0.6, 0.25]),
        grid_case(rng, [-0.8, 0.1], [-0.4, 0.2], best_is_last=True),
    ],
    slips=[
        Slip("zip for product", {"product(*": "zip(*"},
             "You go through the lists side by side (`zip`): the first with the first, the second with the second. A "
             "grid has *every* value with every other: `itertools.product`."),
        Slip("one at a time", one_at_a_time,
             "You tune one parameter after the other and keep the rest fixed. That is cheaper, but it misses values "
             "that work only together. The grid tries all combinations."),
        Slip("largest", {"min(": "max("},
             "You return the *worst* trial. The objective is an error: smaller is better."),
        Slip("last", {"return best": "return setting"},
             "You return the last trial. Look for the best one at the end, with `min`."),
        Slip("asked again", {"return best": "return min((setting for setting, _ in trials), key=objective)"},
             "The best is right, but you call the objective again to find it. Each call trains a network, so this "
             "doubles the cost."),
        Slip("first", {"return best": "return trials[0][0]"},
             "You return the first trial: was its value ever compared?"),
        Slip("others at their first value",
             {"product(*grid.values())": "([v if n == name else w[0] for n, w in grid.items()] for name, vs in grid.items() for v in vs)"},
             "You change one parameter at a time and leave the others at their first value: a cross, not a grid. "
             "`itertools.product` gives all combinations."),
        Slip("last one missing", {"product(*grid.values())": "list(product(*grid.values()))[:-1]"},
             "The last combination is missing. Try all of them."),
        Slip("improvements only",
             {"        trials.append((setting, objective(setting)))": "        value = objective(setting)\n        if not trials or value < trials[-1][1]:\n            trials.append((setting, value))"},
             "The best is right, but `trials` holds only those that were better than before. Keep all of them."),
    ],
    alternatives=[{"trials = []": "trials, grid = [], dict(reversed(grid.items()))"},
                  {"return best, trials": "return [best, [list(trial) for trial in trials]]"}],
    equivalent={"of equal length": ["`strict=True`"]},
    hints=[
        "All combinations of one value from each list; the rest is as in random_search.",
        "`itertools.product(*grid.values())` gives the combinations as tuples, in the order of the names.",
        "`params = dict(zip(grid, values))` turns a combination into a dictionary.",
    ],
)

# confusion ------------------------------------------------------------------------------------------------------


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
        Slip("each pair once", {"+=": "="},
             "`C[labels, predicted] += 1` adds 1 to each *place*, however often it is named: NumPy adds to a copy and "
             "stores that back. Loop over the pairs, or use `np.add.at`."),
        Slip("K from the labels", {"(K, K)": "(1 + max(labels.max(), predicted.max()),) * 2"},
             "The size of your table depends on the largest class that occurs, so it shrinks if class K − 1 is "
             "missing. Always make K rows and columns."),
        Slip("shares of each row", {"return C": "return C / np.maximum(C.sum(axis=1, keepdims=True), 1)"},
             "You divide each row by its sum. That is useful, but return counts."),
        Slip("shares of all", {"return C": "return C / len(labels)"},
             "You divide by the number of examples. Return counts."),
        Slip("mistakes only", {"return C": "return C * (1 - np.eye(K))"},
             "The diagonal is empty: it holds the right answers, label k read as k."),
        Slip("emptied each time", {"for label": "labels, predicted = labels[-1:], predicted[-1:]\n    for label"},
             "Only the last example is counted: you make a new table of zeros in each turn. Make it once, before the "
             "loop."),
        Slip("right ones only", {"return C": "return C * np.eye(K)"},
             "You count only the right answers, on the diagonal. The interesting ones are off the diagonal."),
        Slip("off by one", {"C[label, said]": "C[label - 1, said - 1]"},
             "Every count is one row too high and one column too far to the left. Classes are already counted from 0."),
    ],
    alternatives=[
        lambda labels, predicted, K: np.bincount(K * labels + predicted, minlength=K * K).reshape(K, K),
        lambda labels, predicted, K: [[int(sum((labels == i) & (predicted == j))) for j in range(K)] for i in range(K)],
        lambda labels, predicted, K: np.eye(K)[labels].T @ np.eye(K)[predicted],
    ],
    equivalent={"of equal length": ["`strict=True`"], "a row of one number": ["is made a column"]},
    hints=[
        "Start with a table of zeros, K by K. Each example adds 1 in one place.",
        "`for label, said in zip(labels, predicted)`: row label, column said.",
        "`C[label, said] += 1` inside such a loop (not with whole arrays at once).",
    ],
)

# accuracy_interval ----------------------------------------------------------------------------------------------


def interval_case(rng, n):
    return {"right": int(rng.integers(n // 2, n * 49 // 50)), "n": n}


accuracy_interval = Exercise(
    "accuracy_interval",
    points=2,
    returns=["low", "high"],
    rtol=1e-4,
    cases=lambda rng: [interval_case(rng, n) for n in (300, 1000, 10_000)],
    slips=[
        Slip("one standard error", {"1.96 * ": ""},
             "This is one standard error to each side, which holds in 68 of 100 cases. For 95 of 100: 1.96 standard "
             "errors."),
        Slip("spread of one example", {" / n) **": ") **"},
             "This is the spread of a *single* example, √(p(1 − p)). The mean of n spreads less, by √n."),
        Slip("root forgotten", {" ** 0.5": ""},
             "p(1 − p)/n is the *variance* of the accuracy. Its root is the standard error."),
        Slip("divided by n, not by its root", {"(p * (1 - p) / n) ** 0.5": "(p * (1 - p)) ** 0.5 / n"},
             "You divide by n. The standard error falls only with the root of n: four times the examples halve it."),
        Slip("p for p(1 − p)", {"p * (1 - p)": "p"},
             "You have p/n under the root. A single answer, right or wrong, has the variance p(1 − p)."),
        Slip("in counts", {"return p - far, p + far": "return n * (p - far), n * (p + far)"},
             "These are numbers of examples. Return shares: divide by n."),
        Slip("the width", {"return p - far, p + far": "return p, far"},
             "These are the accuracy and the distance. Return both ends: p − distance, p + distance."),
    ],
    alternatives=[
        {"(p * (1 - p) / n) ** 0.5": "np.sqrt(p * (1 - p)) / np.sqrt(n)"},
        lambda right, n: tuple((right + sign * 1.96 * np.sqrt(right * (n - right) / n)) / n for sign in (-1, 1)),
        lambda right, n: tuple(right / n + np.array([-1.96, 1.96]) * np.std(np.arange(n) < right) / n**0.5),
        lambda right, n: [right / n + z * (right / n * (1 - right / n) / n) ** 0.5 for z in (-1.959964, 1.959964)],
    ],
    equivalent={"positive": ["value of `"], "a power of ½": ["the square root of"]},
    hints=[
        "How far is the share in n tosses typically from p? Its standard error is a root.",
        "The standard error of p is √(p(1 − p)/n); 95 of 100 results lie within 1.96 standard errors.",
        "`p = right / n`, `far = 1.96 * (p * (1 - p) / n) ** 0.5`, then `return p - far, p + far`.",
    ],
)

# my_network -----------------------------------------------------------------------------------------------------

my_network = Exercise(
    "my_network",
    points=[Part(step, points, component=step) for step, points in zip(STEPS, (1, 1, 2), strict=True)],
    probe="network_handed_in",
    measure="reads_digits",
    bounds=lambda inputs: dict.fromkeys(STEPS, (0, None)),
    cases=lambda rng: [{"digits": "validation"}],
    secret_cases=lambda rng: [{"digits": "test"}],
    hints=[
        "Two hidden layers with ReLU and dropout, Adam, a few tens of epochs. The monitor shows when it is enough.",
        "Too low on both sets: more units, less dropout, more epochs. Low on validation only: more dropout, or stop "
        "earlier.",
        "512 hidden units twice, p_drop 0.1 at the input and 0.4 after the hidden layers, `MaxNorm(3)`, `Adam(0.001)`, "
        "batches of 64, 16 epochs: 98.1 % of MNIST's test digits. For the small digits 160 units twice, 0 and 0.4, "
        "`MaxNorm(3)`, `Adam(0.003)`, 40 epochs.",
    ],
)

LAB = LabChecks(
    exercises=[
        normalise_pixels, network_forward, network_backward, train_epoch, sample_hyperparameters, random_search,
        grid_search, my_network, accuracy_interval, confusion,
    ],
    predictions=[
        Prediction("ink", "Black is 1 and white paper is 0. What is the mean over all pixels of all digits, that is, "
                   "the share of ink? (Two decimals.)",
                   gives_away=[r"\b0\.13\b", r"\b0\.31\b", "is paper"]),
        Prediction("baseline", "The simplest reader always names the most frequent digit. What share does it read "
                   "correctly?",
                   ["About 2 %", "About 10 %", "About 25 %"],
                   gives_away=[r"always \d", "equally frequent"]),
        Prediction("fifty", "Can a network with one hidden layer of 64 units learn 50 digits by heart in 200 updates?",
                   ["It gets stuck below 90 %", "It reads all of them"],
                   gives_away=["cross-entropy on fifty digits", "cannot learn 50 examples", "its machinery works",
                               "learned them all"]),
        Prediction("two_linear", "Compared with the first, how well does the second model, linear after linear, read?",
                   ["About 4 points worse", "About as well as the first", "Clearly better"],
                   gives_away=["accuracy in per cent", "are one linear layer", "read as well as the first"],
                   reason=True),
        Prediction("which_search", "There are two hyperparameters, and only one matters (nobody knows which). You "
                   "have sixteen trials: a 4 × 4 grid, or sixteen random points. Which comes closer to the best, on "
                   "average over many such problems?",
                   ["The grid", "Random points", "No difference"],
                   gives_away=["distance from the best value", "four values of the one that matters",
                               "random points beat"]),
    ],
    questions=[
        Question("once", "How often may the test set be looked at?",
                 ["After every epoch", "Once for each model you try", "Once, when nothing will change any more"], 2,
                 "If you choose something by the test set, you have trained on it."),
        Question("log_uniform", "Why is a learning rate drawn log-uniformly?",
                 ["Its effect depends on its order of magnitude", "Small ones are always better", "It is faster"], 0,
                 "From 0.001 to 0.002 is as large a change as from 0.01 to 0.02."),
        Question("overfit_fifty", "Why train on 50 examples until all are read?",
                 ["To save time", "If that fails, something is broken", "To choose the learning rate"], 1,
                 "Learning by heart is the least that a network must be able to do."),
    ],
    imports=["course.pieces", "itertools", "math", "numpy"],
    recall=["12.scale", "11.zeros", "08.he"],
)

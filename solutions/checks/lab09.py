"""What lab 09 checks: mini-batches, three optimizers step by step, early stopping."""
# fmt: off


import numpy as np

from course.build import Exercise, LabChecks, Slip, Part, Prediction, Question

# minibatches ----------------------------------------------------------------------------------------------------


def deal_case(rng, N, size):
    """Rows and targets that all differ, so that every example can be recognised; the last seed repeats the first."""
    X = np.column_stack([rng.permutation(N), rng.uniform(-1, 1, N)]).astype(float)
    first, second, third = (int(s) for s in rng.choice(2**31, 3, replace=False))
    return {"X": X, "y": rng.permutation(N) + 100.0, "size": size, "seeds": [first, second, third, first]}


ORDER = ("rounds in the order of X", "different orders", "orders that an equal rng repeats")


def deal_bounds(inputs):
    N, batches = len(inputs["X"]), -(-len(inputs["X"]) // inputs["size"])
    return {
        "examples dealt exactly once": (N, N),
        "share of rows beside their own y": (1, 1),
        "batches of the right size": (batches, batches),
        "batches": (batches, batches),
        **dict(zip(ORDER, [(0, 0), (3, 3), (1, 1)], strict=True)),
    }


def by_shuffled_pairs(X, y, size, rng):
    numbers = list(range(len(X)))
    rng.shuffle(numbers)
    while numbers:
        now, numbers = numbers[:size], numbers[size:]
        yield [X[i] for i in now], [y[i] for i in now]


NO_PAIRS = (
    "Your function does not yield pairs. `yield X_batch, y_batch` gives out one pair and the loop goes on; `return` "
    "would end the function at the first batch."
)

minibatches = Exercise(
    "minibatches",
    points=[
        Part("every example, once", 1, component="examples dealt exactly once"),
        Part("x and y stay together", 1, component="share of rows beside their own y"),
        Part("sizes, the last batch short", 1, component=("batches of the right size", "batches")),
        Part("a fresh order from rng", 1, component=ORDER),
    ],
    cases=lambda rng: [deal_case(rng, 10, 4), deal_case(rng, 9, 2), deal_case(rng, 8, 4), deal_case(rng, 8, 9)],
    probe="deal_batches",
    measure="dealt",
    bounds=deal_bounds,
    slips=[
        Slip("x and y shuffled apart",
             {"order = rng.permutation(len(X))": "X, y = X[rng.permutation(len(X))], y[rng.permutation(len(X))]\n    order = np.arange(len(X))"},
             "You shuffle X and y separately, so each image now has another image's label. Draw *one* order and use it "
             "for both."),
        Slip("shuffled in place, apart",
             {"order = rng.permutation(len(X))": "rng.shuffle(X)\n    rng.shuffle(y)\n    order = np.arange(len(X))"},
             "`rng.shuffle` reorders the caller's own arrays, and the second time in another order: each image now has "
             "another image's label. Draw *one* order, `rng.permutation(len(X))`, and use it to take rows."),
        Slip("not shuffled", {"rng.permutation(len(X))": "np.arange(len(X))"},
             "The batches come in the order of the data. Data are often sorted, first all the zeros: then each batch "
             "has one class only. Draw an order with `rng.permutation(len(X))`."),
        Slip("last batch lost", {"range(0, len(X),": "range(0, len(X) - size + 1,"},
             "The examples left over at the end never come. With 1000 examples and batches of 128 you would throw "
             "away 104 of them in every epoch. The last batch may be short."),
        Slip("last batch filled up",
             {"rng.permutation(len(X))": "np.resize(rng.permutation(len(X)), len(X) + -len(X) % size)"},
             "You fill up the last batch with examples that have been dealt already. It may be short: each example "
             "comes exactly once in an epoch."),
        Slip("some never dealt", {"+ size]": "+ size - 1]"},
             "Some examples never come. Is the order as long as X, `rng.permutation(len(X))`? And does each slice go "
             "from `start` to `start + size`? The index after the colon is no longer part of the slice."),
        Slip("one further each time", {", size)": ")"},
             "Each batch begins only *one* card after the previous one, so most cards come several times. Step by "
             "`size`: `range(0, len(X), size)`."),
        Slip("without end", {"range(0, len(X), size)": "(s for _ in iter(int, 1) for s in range(0, len(X), size))"},
             "Your deck never ends: after the last card, dealing starts again. One call is one epoch; for another "
             "epoch, the caller calls again."),
        Slip("an empty batch", {"range(0, len(X),": "range(0, len(X) + 1,"},
             "Where `size` divides N, an empty batch comes last. `range(0, len(X), size)` starts a batch only where a "
             "card is left."),
        Slip("no pairs", {"yield": "return"}, NO_PAIRS),
        Slip("y left out", {"yield X[batch], y[batch]": "yield X[batch]"},
             NO_PAIRS),
        Slip("all pairs at once",
             {"    for start in range(0, len(X), size):\n        batch = order[start : start + size]\n        yield X[batch], y[batch]": "    yield [(X[order[s : s + size]], y[order[s : s + size]]) for s in range(0, len(X), size)]"},
             "You give out all pairs in one list. Give out one after the other, with `yield` inside the loop."),
        Slip("pair exchanged", {"yield X[batch], y[batch]": "yield y[batch], X[batch]"},
             "The pair is in the wrong order: first X_batch, then y_batch."),
        Slip("rows for row numbers", {"rng.permutation(len(X))": "rng.permutation(X)"},
             "`rng.permutation(X)` gives shuffled *rows*. You need shuffled row numbers, `rng.permutation(len(X))`: "
             "use them for both X and y."),
        Slip("one example at a time", {"yield X[batch], y[batch]": "yield from zip(X[batch], y[batch], strict=True)"},
             "You yield one example at a time. A batch is a slice of the order, and `X[order[start : start + size]]` "
             "takes all its rows at once."),
    ],
    alternatives=[
        by_shuffled_pairs,
        {"rng.permutation(len(X))": "rng.choice(len(X), len(X), replace=False)"},
        lambda X, y, size, rng: [(X[rows], y[rows]) for rows in np.split(rng.permutation(len(X)), range(size, len(X), size))],
    ],
    hints=[
        "Shuffle the deck once, then deal. The deck is the row numbers 0 … N − 1.",
        "`order = rng.permutation(len(X))`; a batch is `order[start : start + size]`, and slicing may run past the "
        "end.",
        "`for start in range(0, len(X), size):`, then `yield` X and y at the same slice of `order`.",
    ],
)

# optimizer steps ------------------------------------------------------------------------------------------------
def step_case(rng, n, **settings):
    """Six gradients of one sign pattern, so that running averages differ from the newest gradient."""
    sign = rng.choice([-1, 1], size=n)
    return {
        "theta": rng.normal(size=n),
        "grads": sign * rng.uniform(0.5, 2.0, size=(6, n)),
        **{name: float(value) for name, value in settings.items()},
    }


EMPTY = (
    'At the first step the state is an empty dictionary, and `state["…"]` finds nothing there. `state.get("…", 0)` gives 0 '
    "as long as nothing is stored."
)
NO_STATE = (
    "The second value that you return is not a dictionary, and at the next step it comes in as `state`. Return θ first, then "
    'a dictionary, such as `{"v": v}`.'
)

momentum_step = Exercise(
    "momentum_step",
    points=2,
    probe="run_steps",
    cases=lambda rng: [
        step_case(rng, 2, lr=rng.uniform(0.1, 0.3), beta=rng.uniform(0.8, 0.95)),
        step_case(rng, 3, lr=rng.uniform(0.1, 0.3), beta=rng.uniform(0.4, 0.6)),
    ],
    slips=[
        Slip("no memory", {"* v": "* grad"},
             "The first step is right; from the second step on, old gradients do not count, and this is plain gradient "
             "descent. Is v stored in the state that you return, and read again with `state.get(\"v\", 0)`?"),
        Slip("averaged", {"+ grad": "+ (1 - beta) * grad"},
             "You average, βv + (1 − β)g. This momentum *accumulates*, βv + g: on a long slope it becomes up to 1/(1 − "
             "β) times as fast. Both forms exist, with different learning rates; here, use the second."),
        Slip("step with the old velocity", {"lr * v,": "lr * state.get(\"v\", 0.0),"},
             "You step first and update v afterwards, so the first step goes nowhere. First update v, then step with "
             "it."),
        Slip("learning rate twice", {"- lr": "- lr * lr"},
             "You apply the learning rate twice: when g is added to v, and when v moves θ. Here v ← βv + g has no "
             "learning rate."),
        Slip("uphill", {"theta - lr": "theta + lr"}, "You gather speed uphill. θ ← θ **−** lr·v."),
        Slip("no friction", {"beta * state": "state"},
             "You keep all of the old velocity: β is missing. Without friction a ball in a bowl never comes to rest."),
        Slip("friction on the push", {"beta * state.get(\"v\", 0.0) + grad": "state.get(\"v\", 0.0) + beta * grad"},
             "You multiply the gradient by β. β belongs to the *old velocity*: βv + g."),
        Slip("friction on both", {"+ grad": "+ beta * grad"},
             "You multiply the whole bracket by β: β(v + g). β belongs to the old velocity alone: βv + g."),
        Slip("the step alone", {"theta - lr": "lr"}, "You return the step. Return where it leads: θ minus the step."),
        Slip("a push to begin with", {"0.0)": "grad)"},
             "Your v starts as the first gradient, which is then added again. Start at rest: `state.get(…, 0)`."),
        Slip("Nesterov", {"lr * v,": "lr * (grad + beta * v),"},
             "You look ahead, to where the velocity will take θ: that is Nesterov's momentum. Here θ moves along v "
             "itself."),
        Slip("empty state", {"state.get(\"v\", 0.0)": "state[\"v\"]"}, EMPTY),
        Slip("state is an array", {"{\"v\": v}": "v"}, NO_STATE),
    ],
    alternatives=[
        lambda theta, grad, state, lr, beta: (
            np.subtract(theta, np.multiply(lr, beta * state.get("v", 0) + grad)),
            {"v": beta * state.get("v", 0) + grad},
        ),
        lambda theta, grad, v, lr, beta: (
            [t - lr * (beta * u + g) for t, g, u in zip(theta, grad, v or [0] * len(grad), strict=True)],
            [beta * u + g for g, u in zip(grad, v or [0] * len(grad), strict=True)],
        ),
    ],
    equivalent={"positive": ["value of `beta`", "value of `lr`"]},
    hints=[
        "Two lines: one for v, one for θ, in this order.",
        "At first the state is empty: `state.get(\"v\", 0)` is v if it is stored, else 0.",
        "`v = beta * state.get(\"v\", 0) + grad`; step with it; return the new θ and `{\"v\": v}`.",
    ],
)


rmsprop_step = Exercise(
    "rmsprop_step",
    points=3,
    probe="run_steps",
    cases=lambda rng: [
        step_case(rng, 2, lr=rng.uniform(0.1, 0.3), beta=rng.uniform(0.8, 0.9), eps=rng.uniform(0.1, 0.3)),
        step_case(rng, 3, lr=rng.uniform(0.1, 0.3), beta=rng.uniform(0.55, 0.7), eps=rng.uniform(0.1, 0.3)),
    ],
    slips=[
        Slip("ε inside the root", {"(np.sqrt(s) + eps)": "np.sqrt(s + eps)"},
             "You put ε inside the root, √(s + ε). Here it is outside, √s + ε. With ε = 1e-8 hardly anyone would "
             "notice: inside, the divisor is at least 1e-4; outside, at least 1e-8."),
        Slip("accumulated", {"beta * state": "state", "(1 - beta) * grad": "grad"},
             "You add up all squares, so the steps only get shorter: that is Adagrad. RMSProp *forgets*: s ← βs + (1 − "
             "β)g²."),
        Slip("accumulated with β", {"(1 - beta) * grad": "grad"},
             "Almost right: s ← βs + g² is a sum that fades, 1/(1 − β) times too large. In an *average*, the new "
             "square has weight 1 − β."),
        Slip("β and 1 − β swapped", {"beta * state": "(1 - beta) * state", "+ (1 - beta)": "+ beta"},
             "β and 1 − β are swapped. β near 1 means a long memory, so β belongs to the *old* value."),
        Slip("no root", {"np.sqrt(s)": "s"},
             "The root is missing: g/s has the unit 1/g, so a tiny gradient would make a giant step. g/√s has no unit, "
             "and that is the point."),
        Slip("step with the old average", {"np.sqrt(s)": "np.sqrt(state.get(\"s\", 0.0))"},
             "The step uses s from before the update; in the first step that is 0, and you divide by ε alone. Update "
             "s first."),
        Slip("one size for all", {"grad**2": "np.sum(grad**2)"},
             "You add up the squares of all parameters, so all share one rate. Give each its own: `grad**2`, element "
             "by element."),
        Slip("absolute values", {"grad**2": "np.abs(grad)"},
             "You average |g|. Average the squares, `grad**2`, and take the root afterwards."),
        Slip("root kept", {"s = beta": "s = np.sqrt(beta", "grad**2": "grad**2)", "np.sqrt(s) + eps": "s + eps"},
             "You store the root in the state, so it is averaged as if it were s. Store s; use the root only in the "
             "step."),
        Slip("ε behind the fraction", {"(np.sqrt(s) + eps)": "np.sqrt(s) + eps"},
             "You add ε after the fraction. It belongs in the denominator, in one bracket with the root: `(np.sqrt(s) "
             "+ eps)`."),
        Slip("warm start", {"0.0)": "grad**2)"},
             "Your s starts as the first g². Not a bad idea, but RMSProp's average starts at 0: `state.get(…, 0)`."),
        Slip("corrected", {"    s = ": "    t = state.get(\"t\", 0) + 1\n    s = ", "np.sqrt(s)": "np.sqrt(s / (1 - beta**t))", "{\"s\": s}": "{\"s\": s, \"t\": t}"},
             "You correct the start at 0: Adam does that, in the next section. RMSProp has no t."),
        Slip("empty state", {"state.get(\"s\", 0.0)": "state[\"s\"]"}, EMPTY),
    ],
    alternatives=[
        {"(np.sqrt(s) + eps)": "(eps + s**0.5)"},
        {"beta * state.get(\"s\", 0.0) + (1 - beta) * grad**2": "np.add(beta * state.get(\"s\", 0), (1 - beta) * grad * grad)"},
    ],
    equivalent={"positive": ["value of `1 - beta`", "value of `beta`", "value of `eps`", "value of `lr`"]},
    hints=[
        "Like momentum, but the state is an average of *squared* gradients, and you divide by its root.",
        "First s ← βs + (1 − β)g², then the step lr·g/(√s + ε), element by element.",
        "`s = beta * state.get(\"s\", 0) + (1 - beta) * grad**2`; the step is `lr * grad / (np.sqrt(s) + eps)`.",
    ],
)


def adam_in_two_lines(theta, grad, state, lr, beta1, beta2, eps):
    m, v, t = state or (0.0, 0.0, 0)
    m, v, t = m + (1 - beta1) * (grad - m), v + (1 - beta2) * (grad**2 - v), t + 1
    root = np.sqrt(1 - beta2**t)
    return theta - lr * root / (1 - beta1**t) * m / (np.sqrt(v) + eps * root), (m, v, t)


adam_step = Exercise(
    "adam_step",
    points=4,
    probe="run_steps",
    cases=lambda rng: [
        step_case(
            rng,
            2,
            lr=rng.uniform(0.1, 0.3),
            beta1=rng.uniform(0.85, 0.92),
            beta2=rng.uniform(0.96, 0.99),
            eps=rng.uniform(0.1, 0.3),
        ),
        step_case(
            rng,
            3,
            lr=rng.uniform(0.1, 0.3),
            beta1=rng.uniform(0.5, 0.6),
            beta2=rng.uniform(0.8, 0.9),
            eps=rng.uniform(0.1, 0.3),
        ),
    ],
    slips=[
        Slip("no bias correction", {"m / (1 - beta1**t), v / (1 - beta2**t)": "m, v"},
             "The bias correction is missing. m and v start at 0 and need time to grow: after t steps they hold only "
             "the share 1 − βᵗ of an average. Divide by it: m̂ = m/(1 − β₁ᵗ), v̂ = v/(1 − β₂ᵗ)."),
        Slip("only m corrected", {"(v_hat": "(v"}, "You correct m but not v. Both started at zero, so both need it."),
        Slip("only v corrected", {"* m_hat": "* m"},
             "You correct v but not m. Both started at zero, so both need it."),
        Slip("ε inside the root", {"(np.sqrt(v_hat) + eps)": "np.sqrt(v_hat + eps)"},
             "You put ε inside the root. In the paper it is outside: √v̂ + ε."),
        Slip("t stays 1", {"state.get(\"t\", 0) + ": ""},
             "The first step is right, the next are wrong: t does not count. Keep t in the state, and add one to it at "
             "every step."),
        Slip("nothing remembered", {"{\"m\": m, \"v\": v, \"t\": t}": "state"},
             "The first step is right, but every later step is a first step again: you return the state that came in, "
             "without m, v and t in it."),
        Slip("corrected values kept", {"\"m\": m, \"v\": v": "\"m\": m_hat, \"v\": v_hat"},
             "You store m̂ and v̂ in the state, so the correction is applied again and again. Store m and v; m̂ and v̂ "
             "are for this step only."),
        Slip("β₁ and β₂ swapped", {"    t = state": "    beta1, beta2 = beta2, beta1\n    t = state"},
             "β₁ and β₂ are swapped. β₁ belongs to m, the average of gradients; β₂ to v, the average of their "
             "squares."),
        Slip("momentum left out", {"* m_hat": "* grad"},
             "You step along the newest gradient, not along m̂. That is RMSProp with a correction; Adam averages the "
             "direction, too."),
        Slip("each with the other's β",
             {"m / (1 - beta1**t), v / (1 - beta2**t)": "m / (1 - beta2**t), v / (1 - beta1**t)"},
             "You correct m with β₂ and v with β₁. Exchange them: m̂ = m/(1 − β₁ᵗ), v̂ = v/(1 − β₂ᵗ)."),
        Slip("sums for averages", {"(1 - beta1) * ": "", "(1 - beta2) * ": ""},
             "Your m and v are sums, βm + g. Adam takes *averages*: the new gradient has the weight 1 − β₁, its square "
             "1 − β₂."),
        Slip("squares of m", {"beta2) * grad": "beta2) * m"},
             "Your v averages the squares of m. Average the squares of the *gradients*: `grad**2`."),
        Slip("no root", {"np.sqrt(v_hat)": "v_hat"}, "The root is missing: the denominator is √v̂ + ε."),
        Slip("ε behind the fraction", {"(np.sqrt(v_hat) + eps)": "np.sqrt(v_hat) + eps"},
             "You put ε after the fraction. It belongs in the denominator, in one bracket with the root: "
             "`(np.sqrt(v_hat) + eps)`."),
        Slip("multiplied", {"m / (1 - beta1**t), v / (1 - beta2**t)": "m * (1 - beta1**t), v * (1 - beta2**t)"},
             "You multiply by 1 − βᵗ. m and v hold only that share of the average; divide by it to get the whole."),
        Slip("empty state", {"state.get(\"t\", 0)": "state[\"t\"]"}, EMPTY),
    ],
    alternatives=[adam_in_two_lines, {"np.sqrt(v_hat)": "v_hat**0.5"}],
    equivalent={"positive": ["value of `1 - beta", "value of `beta", "value of `eps`", "value of `lr`", "value of `t`", "value of `v`"]},
    hints=[
        "Adam has momentum in the numerator and RMSProp in the denominator, both as averages, both corrected.",
        "State: m, v and the step count t, all 0 at first. Update all three, then compute m̂ and v̂ from them.",
        "`t = state.get(\"t\", 0) + 1`, `m_hat = m / (1 - beta1**t)`, `v_hat = v / (1 - beta2**t)`; the step is `lr * "
        "m_hat / (np.sqrt(v_hat) + eps)`.",
    ],
)

# early_stopping -------------------------------------------------------------------------------------------------
def stop_cases(rng):
    """Curves with traps: a deeper valley after the stop, a dent within patience, a tie, no rise at all."""

    def falling(start, n):
        return [round(v, 2) for v in start - np.cumsum(rng.uniform(0.05, 0.1, n))]

    def above(best, n):
        return [round(best + v, 2) for v in rng.uniform(0.05, 0.2, n)]

    def head():
        """Fall for some epochs: no two lists stop at the same one."""
        losses = falling(2.0, rng.integers(3, 8))
        return losses, losses[-1]

    cases = []
    for patience in (2, 3):
        start, best = head()
        # `patience` worse epochs, a lower one too late, a long wait, and the lowest of all later still
        late = [*start, *above(best, patience), round(best - 0.1, 2), *above(best, patience + 2), round(best - 0.3, 2)]
        cases.append({"valid_losses": np.array(late), "patience": patience})
        # the dent is one epoch shorter than patience, so training goes on, to a lower minimum
        start, best = head()
        low = round(best - 0.1, 2)
        dent = [*start, *above(best, patience - 1), low, *above(low, patience + 1), round(low - 0.2, 2)]
        cases.append({"valid_losses": np.array(dent), "patience": patience})
    start, best = head()
    tie = [*start, round(best + 0.1, 2), best, round(best + 0.12, 2), round(best - 0.05, 2), round(best + 0.2, 2)]
    cases.append({"valid_losses": np.array(tie), "patience": 3})
    # falling from one epoch to the next, yet above the best: no improvement; then lower, three rises, lower still
    start = falling(2.0, 3)
    best = start[-1]
    slow = [*start, *(round(best + step, 2) for step in (0.4, 0.3, 0.2, 0.1, -0.1, 0.2, 0.3, 0.4, -0.3))]
    cases.append({"valid_losses": np.array(slow), "patience": 3})
    cases.append({"valid_losses": np.array(falling(3.0, rng.integers(5, 9))), "patience": 2})
    # two dents, each within patience, but not both together; and a list that ends before patience does
    start, best = head()
    low = round(best - 0.1, 2)
    lower = round(low - 0.1, 2)
    dents = [*start, *above(best, 1), low, *above(low, 2), lower, *above(lower, 4)]
    cases.append({"valid_losses": np.array(dents), "patience": 3})
    cases.append({"valid_losses": np.array([*start, *above(best, 2)]), "patience": 3})
    # three dents of one epoch: an answer that does not start counting again stops in the third
    cases.append({"valid_losses": np.array([best, *above(best, 4)]), "patience": 3})  # the first epoch is the best
    small = [value for k in (1, 2, 3) for value in (round(best + 0.1, 2), round(best - 0.1 * k, 2))]
    cases.append({"valid_losses": np.array([*start, *small]), "patience": 3})
    return cases


STOPS = "This is the epoch where training *stops*. The parameters to keep are older: from the best epoch seen so far."


def stop_by_slices(valid_losses, patience):
    for i in range(len(valid_losses)):
        window = valid_losses[i + 1 : i + 1 + patience]
        if min(valid_losses[: i + 1]) == valid_losses[i] and len(window) == patience and min(window) >= valid_losses[i]:
            return int(np.argmin(valid_losses[: i + 1]))
    return int(np.argmin(valid_losses))


early_stopping = Exercise(
    "early_stopping",
    points=3,
    cases=stop_cases,
    slips=[
        Slip("looked past the stop", {"- best_at": "- i"},
             "This is the lowest loss of the whole list. Some of those epochs never happen: training stops before. Go "
             "through the epochs in order and stop when patience is used up."),
        Slip("the epoch of the stop", {"return best_at": "return i"}, STOPS),
        Slip("the epoch of the stop, where there is one",
             {"break": "return i"}, STOPS),
        Slip("one epoch too patient", {"== patience": "== patience + 1"},
             "You wait one epoch too long. With patience 2, training stops after the second epoch in a row without a "
             "new best."),
        Slip("one epoch too impatient", {"== patience": "== patience - 1"},
             "You stop one epoch too early: `patience` epochs without a new best may pass, counted from the epoch "
             "after the best."),
        Slip("no patience", {"== patience": "!= patience"},
             "You stop at the first epoch without a new best. Stop only after `patience` of them in a row."),
        Slip("a tie counts as better", {"loss < best": "loss <= best"},
             "An equal loss is no improvement, so it must not reset the count: use <, not <=. Otherwise a flat curve "
             "trains forever."),
        Slip("compared with the epoch before", {"if loss < best": "if i == 0 or loss < valid_losses[i - 1]"},
             "You compare each epoch with the one before it. A fall after a bad epoch is not progress: compare with "
             "the *best* so far."),
        Slip("counted from 1", {"return best_at": "return best_at + 1"},
             "This is the right epoch, but counted from 1. An index starts at 0."),
        Slip("the loss itself", {"return best_at": "return best"},
             "That is the lowest loss seen. Return *where* it was: the index of the epoch."),
        Slip("best begins too low", {"= loss": "= i"},
             "You always return 0: your best loss starts so low that no epoch is ever better. Start with the first "
             "loss, or with `np.inf`."),
        Slip("highest", {"np.inf": "-np.inf", "loss < best": "loss > best"},
             "You keep the *highest* loss: `<` and `>` are exchanged. A loss is better when it is lower."),
        Slip("index of a list", {"return best_at": "return valid_losses.index(min(valid_losses))"},
             "Only lists have `.index`, and an array may come in. Store the epoch when you store its loss: `for i, "
             "loss in enumerate(valid_losses)`."),
    ],
    alternatives=[{"return best_at": "return np.int64(best_at)"}, stop_by_slices],
    equivalent={"counts": ["value of `i", "value of `best_at`"], "any loss is below infinity": ["`-1` is used instead of `0`", "`1` is used instead of"],
                "a row of one number": ["is made a column"]},
    hints=[
        "Go through the losses in order. Keep two things: the best loss so far, and where it was.",
        "A new best (strictly lower) replaces both. Otherwise ask: how many epochs ago was the best?",
        "In the loop: if loss < best, store both; otherwise, if i − best_at == patience, leave the loop. Return "
        "best_at.",
    ],
)


LAB = LabChecks(
    exercises=[minibatches, momentum_step, rmsprop_step, adam_step, early_stopping],
    predictions=[
        Prediction("epochs_or_steps", "Three runs have the same start, the same learning rate 0.3 and ten epochs: all "
                   "1297 digits at once, batches of 128, or batches of 8. Which run ends with the lowest training "
                   "loss?",
                   ["All at once", "Batches of 128", "Batches of 8"],
                   gives_away=[r"\b163\b", "rough direction", "small batches it is"], reason=True),
        Prediction("noise", "A batch is four times as large. How many times smaller is the error of its gradient?",
                   gives_away=["halves the error", "σ/√n", "bad bargain"]),
        Prediction("ravine", "A ravine is 50 times as steep across as along. Gradient descent takes 60 steps at "
                   "nearly the largest rate that does not diverge, and momentum takes 60 from the same start. How "
                   "high is momentum at the end, compared with gradient descent?",
                   ["Half as high", "A hundredth as high", "Less than a thousandth as high"],
                   gives_away=["alternate in sign", "cancel", "Less than a thousandth"]),
        Prediction("first_step", "Adam has lr = 0.1, and the very first gradient is 0.0001. How long is the first "
                   "step?",
                   gives_away=["lr · g", "length lr", "whatever the gradient", "do not know how large"]),
        Prediction("dial", "We try six learning rates for three epochs each. Take the one that ends with the lowest "
                   "loss. By what share of its length does one of its steps move θ?",
                   ["A ten-thousandth or less", "A few hundredths", "About half of its length"],
                   gives_away=["few hundredths", "overshoot", "rule of thumb"]),
        Prediction("calm", "Batches of 8, a tenth of the labels guessed, 30 epochs. Which rule for the learning rate "
                   "ends with the lowest validation loss?",
                   ["Constant", "Halve on plateau", "Warm-up, then cosine"],
                   gives_away=["reacts to the run", "never settles", "halved early"]),
        Prediction("overfit", "A small network trains for 300 epochs on 100 digits, ten of them with a wrong label. "
                   "Where is the *validation* loss lowest?",
                   ["In the first third", "In the middle third", "In the last third"],
                   gives_away=["first third", "first learns what all", "these hundred by heart"]),
        Prediction("more_data", "Give each of the four patients in the clinic ten times the data, and change nothing "
                                "else. How many of them recover?",
                   gives_away=["what it lacked", "too few units", "more data, stopping"]),
    ],
    questions=[
        Question("together", "Why do we draw a *single* permutation for X and y?",
                 ["It is faster", "Each row must keep its own target", "Two permutations would repeat examples"], 1,
                 "Two permutations would give each example another example's label."),
        Question("correction", "What does Adam's division by 1 − βᵗ correct?",
                 ["Averages that started at zero", "Gradients that are too long", "A learning rate that is too large"],
                 0, "After t steps an average that started at 0 has only the share 1 − βᵗ of its right value."),
        Question("patience",
                 "Patience is 3. The validation losses are 5, 4, 4.5, 4.2, 4.1, 3. What is the validation loss of "
                 "the network that you keep?", ["3", "4", "4.1"], 1,
                 "After 4 come three epochs without a new best, so training stops before it sees the 3."),
        Question("gap", "Training loss near zero, validation loss rising. Which of these will *not* help?",
                 ["A larger network", "More data", "Stopping earlier"], 0,
                 "The network is already large enough to learn the training set by heart."),
    ],
    recall=["02.against", "07.ln_ten", "03.sum_mean"],
)

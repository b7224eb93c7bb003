"""What lab 07 checks: four operations, the order of a graph, backpropagation, and the instruments of debugging."""
# fmt: off

from collections import deque

import numpy as np

from course.build import Exercise, LabChecks, Slip, Part, Prediction, Question
from course.inside.graphs import build

# operations -----------------------------------------------------------------------------------------------------

def pair_cases(rng):
    """Numbers away from 0 and 1, so that no two rules agree by chance."""
    draw = lambda *shape: np.round(rng.uniform(1.2, 4.0, shape) * rng.choice([-1, 1], shape), 2)
    return [
        {"x": draw(3), "y": draw(3), "grad": draw(3)},
        {"x": draw(2, 2), "y": draw(2, 2), "grad": draw(2, 2)},
    ]


PAIR = ["u", "∂L/∂x", "∂L/∂y"]
UPSTREAM = (
    "You return the operation's own slope and leave out the gradient that comes from above. `grad` is ∂L/∂u, and the "
    "chain rule multiplies: slope times `grad`. An operation that ignores its `grad` cuts the graph in two."
)
NO_TUPLE = (
    "`bprop` returns a single array. It should return a *tuple* with one gradient for each input, because its caller "
    "goes through inputs and gradients side by side."
)

Add = Exercise(
    "Add",
    points=1,
    cases=pair_cases,
    probe="run_operation",
    returns=PAIR,
    slips=[
        Slip("upstream forgotten", {"grad, grad": "np.ones_like(grad), np.ones_like(grad)"}, UPSTREAM),
        Slip("bare ones", {"grad, grad": "1.0, 1.0"}, UPSTREAM),
        Slip("shared out", {"grad, grad": "grad / 2, grad / 2"},
             "You split the gradient, half for each input. A nudge of x moves u by the *whole* nudge, whatever y does, "
             "so both inputs get all of it. A gradient is not a cake."),
        Slip("the rule of a product", {"return x + y": "self.x, self.y = x, y\n        return x + y",
              "grad, grad": "grad * self.y, grad * self.x"},
             "That is the rule for a product. In x + y, a nudge of x moves u by the nudge, not by y times the nudge."),
        Slip("times itself", {"return x + y": "self.x, self.y = x, y\n        return x + y",
              "grad, grad": "grad * self.x, grad * self.y"},
             "You multiply by the values, x and y. Multiply by the slope: when x grows by 0.01, u grows by 0.01, "
             "whatever x is."),
        Slip("y forgotten", {"grad, grad": "grad, 0.0"},
             "The gradient for y is 0. But u grows with y just as it does with x: ∂u/∂y = 1, times `grad`."),
        Slip("nothing comes back", {"return grad, grad": "(grad, grad)"},
             "`bprop` returns None: is its `return` missing? A graph cannot use a value that is only printed."),
        Slip("no tuple", {"grad, grad": "grad"}, NO_TUPLE),
        Slip("the sum of the gradients",
             {"return x + y": "self.u = x + y\n        return self.u", "grad, grad": "grad * self.u, grad * self.u"},
             "You multiply by u, the operation's value. Multiply by its *slope*: u grows as fast as x does."),
    ],
    alternatives=[{"return grad, grad": "return [grad, grad.copy()]"}, {"grad, grad": "1.0 * grad, 1.0 * grad"}],
    hints=[
        "In `bprop`: x grows by 0.01, y stays. By how much does u grow?",
        "By 0.01, so ∂u/∂x = 1, and ∂u/∂y = 1 as well. Multiply by the gradient that comes from above.",
        "Return `grad` for x, and `grad` for y: a tuple of two.",
    ],
)

Multiply = Exercise(
    "Multiply",
    points=1,
    cases=pair_cases,
    probe="run_operation",
    returns=PAIR,
    slips=[
        Slip("each its own", {"grad * self.y, grad * self.x": "grad * self.x, grad * self.y"},
             "You use each input as its *own* slope. But in u = x·y, a nudge of x is multiplied by **y**: in a "
             "product, each input's slope is the other input."),
        Slip("upstream forgotten", {"grad * self.y, grad * self.x": "self.y, self.x"}, UPSTREAM),
        Slip("kept on the class", {"self.x, self.y = x, y": "type(self).x, type(self).y = x, y"},
             "This is right as long as the graph has only *one* product. You keep the values in one place for all "
             "objects (the class, or a global name), and the second product's `fprop` overwrites the values of the "
             "first. Keep them in `self`."),
        Slip("the rule of a sum", {"grad * self.y, grad * self.x": "grad, grad"},
             "That is the rule for a sum. In u = x·y, a nudge of x is multiplied by y on its way to u."),
        Slip("the product for both", {"grad * self.y, grad * self.x": "grad * self.x * self.y, grad * self.x * self.y"},
             "You multiply by u = x·y. Differentiate with y fixed: the slope of u = x·y along x is y, without the x."),
        Slip("divided", {"grad * self.y, grad * self.x": "grad / self.x, grad / self.y"},
             "You divide. u = x·y grows by y for each unit of x, so *multiply* `grad` by y; and by x for ∂L/∂y."),
        Slip("not kept", {"return grad * self.y": "from course import Node\n        return grad * Node(value=self.y)",
                          "grad * self.x": "grad * Node(value=self.x)"},
             "The `x` and `y` of `fprop` are gone when it returns. Under these names `bprop` finds the notebook's "
             "variables, the nodes of section 1. Keep the values in the object: `self.x = x` in `fprop`, `self.x` in "
             "`bprop`."),
        Slip("no tuple", {"grad * self.y, grad * self.x": "grad * self.x * self.y"}, NO_TUPLE),
    ],
    alternatives=[{"return grad * self.y, grad * self.x": "return [self.y * grad, self.x * grad]"},
                  {"grad * self.y, grad * self.x": "np.multiply(grad, self.y), np.multiply(self.x, grad)"}],
    hints=[
        "`bprop` needs x and y, but only `fprop` receives them. Where can an object keep a value?",
        "In `self`: after `self.x = x` in `fprop`, you can read `self.x` in `bprop`. The slope of x·y along x is …?",
        "… y. So the tuple is grad times the y you kept, and grad times the x you kept.",
    ],
)

def tenths(rng, *shape):
    """Numbers with one decimal: a message shows three matrices of them."""
    return np.round(rng.uniform(0.5, 3.0, shape) * rng.choice([-1, 1], shape), 1)

def matmul_cases(rng):
    sizes = [(3, 3, 3), (2, 3, 4)]
    return [{"X": tenths(rng, m, k), "Y": tenths(rng, k, n), "grad": tenths(rng, m, n)} for m, k, n in sizes]


MatMul = Exercise(
    "MatMul",
    points=2,
    cases=matmul_cases,
    probe="run_operation",
    returns=["U", "∂L/∂X", "∂L/∂Y"],
    slips=[
        Slip("transposes missing", {"self.Y.T, self.X.T": "self.Y, self.X"},
             "You use the right matrices, but they must be transposed: `grad` is (m, n) and Y is (k, n), so only Yᵀ "
             "fits after it. With square matrices every shape fits and the numbers are still wrong, so test with "
             "matrices that are not square."),
        Slip("Y not transposed", {"self.Y.T": "self.Y"},
             "∂L/∂Y is right. In ∂L/∂X, transpose Y: `grad` is (m, n) and Y is (k, n), so only Yᵀ fits after it."),
        Slip("X not transposed", {"self.X.T": "self.X"},
             "∂L/∂X is right. In ∂L/∂Y, X must be transposed: (k, n) can only come from (k, m) times (m, n)."),
        Slip("factors in the other order", {"grad @ self.Y.T, self.X.T @ grad": "self.Y.T @ grad, grad @ self.X.T"},
             "The transposes are right, but the factors are in the wrong order. In XY, Y is on the *right*, so in "
             "∂L/∂X, Yᵀ stays on the right: `grad` first, then Yᵀ. X is on the left, so Xᵀ comes first, then `grad`."),
        Slip("the two exchanged", {"return grad @": "back = grad @", "Xᵀ ∂L/∂U": "Xᵀ ∂L/∂U\n        return back[::-1]"},
             "Both gradients are right, but their order is wrong: first ∂L/∂X, then ∂L/∂Y."),
        Slip("on its side", {"grad @ self.Y.T": "(self.Y @ grad.T)"},
             "Your ∂L/∂X is transposed: (k, m). It should have X's shape, (m, k): `grad` first, then Yᵀ."),
        Slip("element by element", {"grad @ self.Y.T, self.X.T @ grad": "grad * self.Y, grad * self.X"},
             "That is Multiply's rule, element by element. Here U is a *matrix* product, and so are both gradients: "
             "`@`."),
        Slip("each its own", {"grad @ self.Y.T, self.X.T @ grad": "grad @ self.X.T, self.Y.T @ grad"},
             "You use each input for its own gradient. As in Multiply, use the *other* one: Y in ∂L/∂X, X in ∂L/∂Y."),
        Slip("upstream forgotten",
             {"grad @ self.Y.T, self.X.T @ grad": "np.ones_like(grad) @ self.Y.T, self.X.T @ np.ones_like(grad)"}, UPSTREAM),
        Slip("only the slopes", {"grad @ self.Y.T, self.X.T @ grad": "self.Y.T, self.X.T"},
             "These are the right matrices, transposed: a good start. The gradient from above is missing: multiply by "
             "`grad`, on the side where the shapes fit."),
    ],
    alternatives=[{"grad @ self.Y.T, self.X.T @ grad": "(self.Y @ grad.T).T, (grad.T @ self.X).T"},
                  {"grad @ self.Y.T,": "np.einsum(\"mn,kn->mk\", grad, self.Y),"}],
    hints=[
        "Write down the shapes: grad (m, n), X (m, k), Y (k, n). Wanted: (m, k) and (k, n).",
        "(m, k) from (m, n) and (k, n): the n must meet the n. Which of the two has to be transposed?",
        "∂L/∂X is `grad` times Yᵀ; by the same reasoning ∂L/∂Y is Xᵀ times `grad`.",
    ],
)

def sigmoid_cases(rng):
    draw = lambda *shape: rng.uniform(0.4, 2.5, shape) * rng.choice([-1, 1], shape)
    return [{"z": draw(3), "grad": draw(3)}, {"z": draw(2, 3), "grad": draw(2, 3)}]

Sigmoid = Exercise(
    "Sigmoid",
    points=[Part("forward", 1, component="a"), Part("back", 1, component="∂L/∂z")],
    cases=sigmoid_cases,
    probe="run_operation",
    returns=["a", "∂L/∂z"],
    slips=[
        Slip("slope taken at z", {"self.a = ": "self.z = z\n        self.a = ",
              "grad * self.a * (1 - self.a)": "grad * self.z * (1 - self.z)"},
             "You kept z and wrote z(1 − z). The slope is a(1 − a), with the *output* a. z goes into the sigmoid, a "
             "comes out of it: keep what `fprop` returns."),
        Slip("sigmoid applied again",
             {"grad * self.a * (1 - self.a)": "grad * sigmoid(self.a) * (1 - sigmoid(self.a))"},
             "`bprop` applies the sigmoid again. But a is already the sigmoid of z: the slope is a(1 − a)."),
        Slip("upstream forgotten", {"grad * ": ""}, UPSTREAM),
        Slip("no tuple", {"(grad * self.a * (1 - self.a),)": "grad * self.a * (1 - self.a)"},
             "Your gradient is not in a tuple; `bprop` returns a tuple even for a single input. In "
             "Python, a tuple of one value is written `(value,)`. The comma makes it a tuple."),
        Slip("sign in the exponent", {"sigmoid(z)": "sigmoid(-z)"},
             "Your `fprop` computes 1/(1 + exp(z)), which falls where the sigmoid rises: the exponent is −z. (In "
             "`bprop` this does not show: a(1 − a) is the same for both.)"),
        Slip("slope missing", {" * self.a * (1 - self.a)": ""},
             "You return `grad` unchanged. The sigmoid scales a nudge by a(1 − a), and so it scales the gradient."),
        Slip("slope taken at the gradient", {"grad * self.a * (1 - self.a)": "grad * (1 - grad)"},
             "You wrote grad(1 − grad). The slope is a(1 − a), with the output a that `fprop` kept; `grad` is a factor "
             "in front of it."),
        Slip("one number at a time", {"sigmoid(z)": "1 / (1 + float(np.exp(-z)))"},
             "`math.exp` takes a single number, but z is an array. `np.exp` takes both."),
        Slip("tanh", {"sigmoid(z)": "np.tanh(z)", "self.a * (1 - self.a)": "(1 - self.a**2)"},
             "You compute tanh and its slope. The sigmoid, a relative, is 1/(1 + exp(−z)), between 0 and 1."),
    ],
    alternatives=[{"grad * self.a * (1 - self.a)": "grad * (self.a - self.a**2)"}, {"(grad * self.a * (1 - self.a),)": "[grad * self.a * (1 - self.a)]"}],
    equivalent={"positive": ["value of `1 - self.a`"]},
    hints=[
        "`fprop` computes `sigmoid(z)`. Which value does `bprop` need: z or a?",
        "a: the slope is a(1 − a). Write `self.a = …` in `fprop`, then return it.",
        "`bprop` returns `(grad * slope,)` with the slope computed from `self.a`. Do not forget the comma.",
    ],
)

# topological_order ----------------------------------------------------------------------------------------------
def line(name, *terms):
    """Write one node of a graph as text."""
    return f"{name} = " + " + ".join(f"{slope:g}*{child}" for slope, child in terms)

def slopes(rng, count):
    return np.round(rng.uniform(1.25, 2.75, count), 2)

def order_graphs(rng):
    """Draw three graphs: the lab's, a long path beside a short one, and one with a node used twice and a node that nothing uses."""
    p, q, r, s = slopes(rng, 4)
    swap = (lambda *terms: terms) if rng.random() < 0.5 else (lambda *terms: terms[::-1])
    return [
        ["a", "b", line("c", (p, "a"), (q, "b")), line("z", *swap((r, "c"), (s, "a")))],
        ["a", "b", line("c", (p, "a")), line("d", *swap((q, "c"), (r, "b"))), line("z", *swap((1.5, "a"), (s, "d")))],
        ["a", "b", line("c", (p, "a"), (q, "b")), line("d", (r, "c"), (s, "c")), line("e", (1.5, "c")),
         line("z", *swap((p, "d"), (q, "c")))],
    ]  # fmt: skip

def order_cases(rng):
    small = ["; ".join(lines) for lines in order_graphs(rng)]
    return {
        "small": [{"graph": graph, "chain": 0} for graph in small],
        "deep": [{"graph": small[0], "chain": 1500}],
    }

def reachable(graph, chain):
    nodes = list(build(graph, chain).values())
    found, queue = set(), [nodes[-1]]
    while queue:
        node = queue.pop()
        found.add(node)
        queue += [child for child in node.inputs if child not in found]
    return len(found)

def order_bounds(inputs):
    count = reachable(**inputs)
    return {
        "nodes in the list": (count, count),
        "nodes listed again": (0, 0),
        "nodes listed before one of their inputs": (0, 0),
        "the node itself stands last (1 is yes)": (1, 1),
    }

def inputs_first(node):
    """Visit each node twice: first its inputs go onto the pile, then the node itself joins the list."""
    order, begun, pile = [], set(), [(node, False)]
    while pile:
        current, ready = pile.pop()
        if ready:
            order.append(current)
        elif id(current) not in begun:
            begun.add(id(current))
            pile.append((current, True))
            pile += [(child, False) for child in current.inputs]
    return order

def by_counting(node):
    """Use Kahn's algorithm from the end: a node with no user left is next; then reverse the list."""
    found, queue = {node}, [node]
    for current in queue:
        new = [child for child in dict.fromkeys(current.inputs) if child not in found]
        found.update(new)
        queue += new
    users = dict.fromkeys(found, 0)
    for current in found:
        for child in current.inputs:
            users[child] += 1
    free, order = [node], []
    while free:
        order.append(current := free.pop())
        for child in current.inputs:
            users[child] -= 1
            if not users[child]:
                free.append(child)
    return order[::-1]

def recursive_order(node, order=None):
    order = [] if order is None else order
    for child in node.inputs:
        if child not in order:
            recursive_order(child, order)
    order.append(node)
    return order

def without_memory(node):
    return [n for child in node.inputs for n in without_memory(child)] + [node]

def never_listed(node):
    order, pile = [], [node]
    while pile:
        if waiting := pile[-1].inputs:
            pile.append(waiting[0])
        else:
            order.append(pile.pop())
    return order

def all_waiting_at_once(node):
    """Put all missing inputs on the pile, and do not check again when they come off it."""
    order, pile = [], [node]
    while pile:
        waiting = [child for child in pile[-1].inputs if child not in order]
        if waiting:
            pile += waiting
        else:
            order.append(pile.pop())
    return order

def turned_search(node):
    """Search breadth first from the end, then reverse the list."""
    found, queue = [node], deque([node])
    while queue:
        for child in queue.popleft().inputs:
            if child not in found:
                found.append(child)
                queue.append(child)
    return found[::-1]

def deep_first(node):
    """Search depth first from the end, then reverse the list."""
    order, found, pile = [], set(), [node]
    while pile:
        current = pile.pop()
        if current not in found:
            found.add(current)
            order.append(current)
            pile += current.inputs
    return order[::-1]


topological_order = Exercise(
    "topological_order",
    points=[Part("each node once, after its inputs", 2, group="small"), Part("a deep graph", 1, group="deep")],
    cases=order_cases,
    probe="order_nodes",
    measure="ordered",
    bounds=order_bounds,
    slips=[
        Slip("recursion", recursive_order,
             "This is right for small graphs, and elegant. But each call waits for a call inside it, and Python allows "
             "only about a thousand calls inside one another; a recurrent network over a few minutes of sound is "
             "deeper. Keep a pile of your own: a list, `append` and `pop`."),
        Slip("outputs first", lambda node: inputs_first(node)[::-1],
             "The list is right but reversed: here `node` comes first. In a topological order each node stands *after* "
             "its inputs, and `node` is last. (`backprop` will reverse it.)"),
        Slip("listed for every use", without_memory,
             "A node that is used twice is listed twice, with everything below it. Keep track of the nodes that are in "
             "the list, and do not visit them again."),
        Slip("on the pile twice", all_waiting_at_once,
             "Two nodes may wait for the same third node; then you put it on the pile twice, and it is listed twice. "
             "When it is on top again, check whether it is in the list already; or put only *one* of the missing "
             "inputs on the pile."),
        Slip("without end", never_listed,
             "Your loop would never end; we stopped it. The usual cause: a node is added to the list but not recorded "
             "as listed, so the node above waits for it forever. When you add a node to the list, record it and take "
             "it off the pile."),
        Slip("a search turned round", turned_search,
             "You list nodes as you find them from the end, then reverse the list. That fails where a short path and a "
             "long path lead to the same node: the short path finds it early, so it ends up *after* nodes that need "
             "it. Add a node only when all its inputs are in the list."),
        Slip("a dive turned round", deep_first,
             "You list nodes as they come off a pile, then reverse the list. But a node comes off the pile as soon as "
             "*one* node that uses it is listed, and others may follow. Add a node only when all its inputs are in the "
             "list."),
        Slip("nodes missing", lambda node: [n for n in inputs_first(node) if n.inputs],
             "Nodes are missing. The list goes all the way down, to the inputs of inputs of inputs, and it includes "
             "the leaves: the parameters are leaves, and their gradients are the ones you need most."),
        Slip("the node itself left out", lambda node: inputs_first(node)[:-1],
             "Only `node` itself is missing. It comes last, and the backward pass begins there."),
    ],
    alternatives=[inputs_first, by_counting],
    hints=[
        "Begin with three things: an empty list, an empty set of the nodes that are in it, and a pile that holds "
        "`node`. Continue `while` the pile is not empty.",
        "Look at the top, `pile[-1]`, without taking it off. It waits for `[child for child in pile[-1].inputs if "
        "child not in listed]`.",
        "If that list is not empty, `append` its first node to the pile. Otherwise take the top off with `pile.pop()`, "
        "and add it to the list and to the set.",
    ],
)

# backprop -------------------------------------------------------------------------------------------------------
def graph_case(lines, shape=(), chain=0, left_over=False):
    return {"graph": "; ".join(lines), "chain": chain, "shape": shape, "left_over": left_over}

def shared_graphs(rng):
    """Draw three graphs in which paths meet: at a leaf, at an inner node, and twice in one operation."""
    p, q, r, s = slopes(rng, 4)
    return [
        ["a", "b", line("c", (p, "a"), (-q, "b")), line("z", (r, "c"), (s, "a"))],
        ["a", "b", line("c", (p, "a"), (q, "b")), line("d", (-r, "c")), line("z", (1, "c"), (1, "d"))],
        ["a", "b", line("c", (p, "a"), (q, "a")), line("z", (r, "c"), (-s, "b"))],
    ]

def backprop_cases(rng):
    p, q, r, s = slopes(rng, 4)
    ways = [
        ["a", "b", line("c", (p, "a")), line("z", (q, "c"), (-r, "b"))],
        ["a", "b", line("c", (r, "a"), (-p, "b")), line("d", (q, "c")), line("z", (s, "d"))],
    ]
    first, inner, twice = shared_graphs(rng)
    turned = [*inner[:-1], line("z", (1, "d"), (1, "c"))]
    return {
        "one way": [graph_case(ways[0]), graph_case(ways[1], (2,))],
        "ways that meet": [graph_case(first), graph_case(inner, (2,)), graph_case(turned), graph_case(twice, (2, 2))],
        "left over": [graph_case(lines, (), 0, True) for lines in shared_graphs(rng)[:2]],
        "deep": [graph_case(shared_graphs(rng)[0], (), 1500)],
    }

def asked_for_each(node):
    for n in inputs_first(node):
        n.grad = np.zeros_like(n.value)
    node.grad = np.ones_like(node.value)
    for n in reversed(inputs_first(node)):
        for i, child in enumerate(n.inputs):
            child.grad = child.grad + n.op.bprop(n.grad)[i]

def by_dictionary(node):
    """Keep the gradients beside the graph and set them at the end."""
    order, grads = by_counting(node), {id(node): np.ones_like(node.value)}
    for n in order[::-1]:
        for child, grad in zip(n.inputs, n.op.bprop(grads[id(n)]) if n.op else (), strict=True):
            grads[id(child)] = grads.get(id(child), 0) + grad
    for n in order:
        n.grad = grads[id(n)]


backprop = Exercise(
    "backprop",
    points=[
        Part("along one path", 1, group="one way"),
        Part("where paths meet", 1, group="ways that meet"),
        Part("a fresh start", 1, group="left over"),
        Part("a deep graph", 1, group="deep"),
    ],
    cases=backprop_cases,
    probe="send_back",
    slips=[
        Slip("overwritten", {"child.grad + ": ""},
             "Only the last gradient remains: `=` overwrites the others, but they should be *added*. A node that is "
             "used twice moves the end in two ways, and both count. The best-known bug in the field."),
        Slip("not reset", {"    for n in order:\n        n.grad = np.zeros_like(n.value)\n": "",
              "child.grad = child.grad + grad": "child.grad = grad if child.grad is None else child.grad + grad"},
             "This is right the first time. But you add to what `grad` held before, so a second run also counts the "
             "first run's gradient. Begin by clearing every node's `grad`. (PyTorch leaves this to you: `zero_grad`.)"),
        Slip("added in place", {"np.zeros_like(n.value)": "None",
              "child.grad = child.grad + grad": "if child.grad is None:\n                    child.grad = grad\n                else:\n                    child.grad += grad"},
             "You add with `+=` to an array that two nodes may share: `bprop` may return the *same* array twice, as "
             "Add does, and a change of one then changes the other. `child.grad = child.grad + grad` makes a new one."),
        Slip("added to None", {"np.zeros_like(n.value)": "None"},
             "At first there is nothing to add to: `grad` is None until it is set. Set every node's `grad` to zeros "
             "first, `np.zeros_like(n.value)`, or take the first gradient as it is."),
        Slip("no beginning", {"    node.grad = np.ones_like(node.value)\n": "", "np.zeros_like(n.value)": "None", "child.grad = child.grad + grad": "child.grad = grad if child.grad is None else child.grad + grad"},
             "The backward pass has no start: `node` itself has no gradient yet. ∂L/∂L is 1: set `node.grad` before "
             "the loop."),
        Slip("begins with the value", {" np.ones_like(node.value)": " node.value"},
             "You start with the *value* of `node`. The derivative of a quantity with respect to itself is 1, whatever "
             "its value."),
        Slip("1 without a shape", {"np.ones_like(node.value)": "1.0"},
             "The numbers agree, but `node.grad` is a bare 1 where the value is an array. Each gradient has the "
             "shape of its value: `np.ones_like(node.value)`."),
        Slip("forwards", {"reversed(order)": "order", "np.zeros_like(n.value)": "None", "child.grad = child.grad + grad": "child.grad = grad if child.grad is None else child.grad + grad"},
             "You go through the list from the front, leaves first, so `bprop` needs gradients that do not exist yet. "
             "Gradients come from the end: `reversed(order)`."),
        Slip("asked for each input", asked_for_each,
             "You call `bprop` again for each input. It returns the gradients of *all* inputs at once: call it once, "
             "then go through `zip(n.inputs, …)`."),
        Slip("wiped out", {"child.grad =": "node.grad ="},
             "All gradients below are zero: nothing is passed down from the end. Either you set the end's gradient to "
             "ones and then cleared it with all the others (first clear, then set), or the loop leaves the end out."),
        Slip("given to itself", {"child.grad = child.grad": "n.grad = n.grad"},
             "A node adds to its *own* gradient what it should pass down. `bprop` returns one gradient for each of "
             "`n.inputs`: add each one to that input's `grad`."),
        Slip("recursion",
             {"order = topological_order(node)": "visit = lambda n: [m for child in n.inputs for m in visit(child)] + [n]\n    order = list(dict.fromkeys(visit(node)))"},
             "This is right for graphs of ordinary depth. On a deep one, Python stops a function that calls itself too "
             "often. Use a list of nodes and a loop; your `topological_order` gives the list, if it has a pile of its "
             "own."),
    ],
    alternatives=[by_dictionary, {"child.grad + grad": "np.add(child.grad, grad)"}],
    equivalent={"the last n is node": ["`n` is used instead of `node`"], "nodes of one shape": ["`node` is used instead of `n` in `n.value`"],
                "of equal length": ["`strict=True`"]},
    hints=[
        "Three steps: clear every node's `grad`; set the end's to ones; go through `topological_order(node)` "
        "backwards.",
        "At each node with an `op`: `n.op.bprop(n.grad)` is a tuple with one gradient for each node in `n.inputs`. "
        "`zip` puts them side by side.",
        "With zeros to begin with, each child's gradient becomes `child.grad + grad`. Leaves have no op: skip them.",
    ],
)

# relative_error -------------------------------------------------------------------------------------------------
def close_pair(rng, shape, sign=-1):
    """Two positive gradients whose worst entry is a small one; there the analytic one is too small, or too large."""
    n = rng.uniform(1.0, 2.0, shape) * 10.0 ** rng.uniform(-1, 1, shape)
    off = rng.uniform(0.02, 0.08, shape) * rng.choice([-1, 1], shape)
    off.flat[0], n.flat[0] = sign * rng.uniform(0.3, 0.5), rng.uniform(0.02, 0.06)
    return n * (1 + off), n

def error_cases(rng):
    a, n = (pair[::-1] for pair in close_pair(rng, 5))  # the worst entry is the last
    a2, n2 = close_pair(rng, (2, 3), 1)
    sign = rng.choice([-1.0, 1.0], (2, 3))
    tiny_a, tiny_n = close_pair(rng, 4)
    zero_a, zero_n = close_pair(rng, 4)
    mixed_a, mixed_n = close_pair(rng, 4)
    tiny_a[0], tiny_n[0] = rng.uniform(2e-9, 3e-9), -rng.uniform(2e-9, 3e-9)
    zero_a[2] = zero_n[2] = 0.0
    mixed_a[1] *= -0.2  # an entry of the wrong sign
    return {
        "ordinary": [
            {"analytic": a, "numeric": n},
            {"analytic": a2 * sign, "numeric": n2 * sign},
            {"analytic": mixed_a, "numeric": mixed_n},
        ],
        "zero": [{"analytic": zero_a, "numeric": zero_n}, {"analytic": tiny_a, "numeric": tiny_n}],
    }

def error_by_loop(analytic, numeric):
    worst = 0.0
    for a, n in zip(np.ravel(analytic), np.ravel(numeric), strict=True):
        worst = max(worst, abs(a - n) / max(1e-8, abs(a) + abs(n)))
    return worst

def quotients(a, n):
    return abs(a - n) / np.maximum(1e-8, abs(a) + abs(n))


relative_error = Exercise(
    "relative_error",
    points=[Part("ordinary gradients", 1, group="ordinary"), Part("zeros and tiny numbers", 1, group="zero")],
    cases=error_cases,
    slips=[
        Slip("no floor", {"1e-8": "0.0"},
             "Where both gradients are zero you divide 0 by 0, so a dead unit looks like an error. That is what the "
             "10⁻⁸ is for: the denominator is at least 10⁻⁸."),
        Slip("floor added",
             {"return np.max(np.abs(analytic - numeric) / size)": "return np.max(abs(analytic - numeric) / (abs(analytic) + abs(numeric) + 1e-8))"},
             "You add 10⁻⁸ instead of taking the larger of the two, `np.maximum(1e-8, …)`. This shows only on tiny "
             "numbers (the first entry above is not zero, but about 10⁻⁹), and there by a factor of up to two."),
        Slip("10e-8", {"8": "07"}, "Your floor is ten times too high: in Python `10e-8` is 10·10⁻⁸. Write `1e-8`."),
        Slip("max for np.maximum",
             {"return np.max(np.abs(analytic - numeric) / size)": "return np.max(abs(analytic - numeric) / max(1e-8, abs(analytic) + abs(numeric)))"},
             "Python's `max` asks whether one array is larger than another, and for arrays there is no single yes or "
             "no. `np.maximum` takes the larger of two for each entry; `np.max` takes the largest of all entries."),
        Slip("Python's max of a matrix", lambda a, n: max(quotients(a, n)),
             "This is right for a vector. But Python's `max` goes through a matrix row by row and cannot compare rows. "
             "`np.max` looks at every entry, whatever the shape."),
        Slip("np.max for np.maximum",
             {"return np.max(np.abs(analytic - numeric) / size)": "return np.max(abs(analytic - numeric) / np.max(1e-8, abs(analytic) + abs(numeric)))"},
             "`np.max` finds the largest entry of *one* array and takes its second argument for an axis. `np.maximum` "
             "takes the larger of two for each entry."),
        Slip("mean for maximum", {"return np.max": "return np.mean"},
             "You average over the entries. One wrong bias among ten thousand right weights would not show in the "
             "mean: take the worst entry."),
        Slip("sum for maximum", {"return np.max": "return np.sum"},
             "You add up the errors of all entries, so a large network would always look wrong. Take the worst entry."),
        Slip("largest over largest",
             {"return np.max(np.abs(analytic - numeric) / size)": "return np.max(abs(analytic - numeric)) / max(1e-8, np.max(abs(analytic) + abs(numeric)))"},
             "You divide the largest difference by the largest size, which may belong to another entry. Divide entry "
             "by entry first, then take the maximum."),
        Slip("whole vectors",
             {"return np.max(np.abs(analytic - numeric) / size)": "return np.linalg.norm(analytic - numeric) / max(1e-8, np.linalg.norm(analytic) + np.linalg.norm(numeric))"},
             "You compare the lengths of whole vectors. That is a good measure, too, but large entries hide errors in "
             "small ones. Here, compare entry by entry, then take the worst."),
        Slip("the larger of the two",
             {"return np.max(np.abs(analytic - numeric) / size)": "return np.max(abs(analytic - numeric) / np.maximum(1e-8, np.maximum(abs(analytic), abs(numeric))))"},
             "You divide by the larger of |a| and |n|. Many people do, and it works as well; this course divides by "
             "their *sum*, so that 1 is the worst possible."),
        Slip("minimum for maximum", {"np.maximum(1e-": "np.minimum(1e-0"},
             "The result is in the millions: you divide by the *smaller* of size and 10⁻⁸. The size should be at least "
             "10⁻⁸: `np.maximum`. (\"At least\" means a maximum. Everybody gets this wrong once.)"),
    ],
    alternatives=[
        error_by_loop,
        lambda a, n: float(np.maximum.reduce(np.ravel(abs(n - a) / np.clip(abs(a) + abs(n), 1e-8, None)))),
    ],
    equivalent={"its absolute value is taken": ["`numeric - analytic`", "value of `analytic - numeric`"],
                "the larger of two": ["`np.maximum(np.abs"], "positive": ["value of `size`"]},
    hints=[
        "First compute the quotient entry by entry, as an array. Take its worst entry last.",
        "The numerator is `np.abs(analytic - numeric)`, the denominator is the size, at least 1e-8. `np.maximum` "
        "compares entry by entry.",
        "`size = np.maximum(1e-8, …)` with the sum of the two absolute values, and `np.max` of the quotient.",
    ],
)

# can_overfit ----------------------------------------------------------------------------------------------------
def learner(rng, N, capacity, hard=(), n=None):
    case = {"capacity": capacity, "hard": np.array(hard, dtype=np.int64), "X": rng.normal(size=(N, 2))}
    case["y"] = rng.integers(0, 10, N)
    return case if n is None else {**case, "n": n}

def overfit_cases(rng):
    return {
        "fifty": [
            learner(rng, 80, 60),
            learner(rng, 80, 60, [49]),
            learner(rng, 80, 60, range(0, 60, 2)),
            learner(rng, 80, 200, [50]),
            learner(rng, 8, 60),
            learner(rng, 8, 60, [3]),
            *(learner(rng, 80, 60, [int(rng.integers(end))]) for end in (49, 80, 80)),
        ],
        "another n": [
            learner(rng, 40, 25, [20], 20),
            learner(rng, 40, 25, [3, 19], 20),
            learner(rng, 40, 10, [], 20),
            *(learner(rng, 40, 25, [int(rng.integers(40))], 20) for _ in range(4)),
        ],
    }

can_overfit = Exercise(
    "can_overfit",
    points=[Part("the first fifty", 1, group="fifty"), Part("another n", 1, group="another n")],
    cases=overfit_cases,
    probe="call_on_learner",
    slips=[
        Slip("trained on all", {"fit(X[:n], y[:n])": "fit(X, y)"},
             "You train on *all* examples. This test asks for less: `fit` gets only the first n."),
        Slip("tested on all", {"bool(np.all(predict(X[:n]) == y[:n]))": "bool(np.all(predict(X) == y))"},
             "You train on the first n and test on all. Whether the network *understands* anything is a question for "
             "later; test only the n examples that it has seen."),
        Slip("tested on the others", {"bool(np.all(predict(X[:n]) == y[:n]))": "bool(np.all(predict(X[n:]) == y[n:]))"},
             "You test on the examples that the network has *not* seen, `X[n:]`. Learning by heart is about the "
             "examples it was trained on, `X[:n]`."),
        Slip("one too many", {"[:n]": "[: n + 1]"},
             "That is one example too many. Counted from 0, the first n end before index n, and so does `X[:n]`."),
        Slip("one too few", {"[:n]": "[: n - 1]"},
             "That is one example too few. `X[:n]` stops before index n, so it has exactly n rows."),
        Slip("columns for rows", {"fit(X[:n]": "fit(X"},
             "`X[:, :n]` takes the first n *columns*. Examples are rows: `X[:n]`."),
        Slip("counted up to n", {"bool(np.all(predict(X[:n]) == y[:n]))": "int(np.sum(predict(X[:n]) == y[:n])) == n"},
             "You check whether n are right. In the case above there are fewer than n examples, and all of them are "
             "right: `np.all`."),
        Slip("indices up to n",
             {"return bool(np.all(predict(X[:n]) == y[:n]))": "return all(fit(X[:n], y[:n])(X[:n])[i] == y[i] for i in range(n))"},
             "Your loop runs to n, but in the case above there are fewer examples. Loop over those that exist; or "
             "compare whole arrays, `np.all(… == …)`."),
        Slip("a share, not a verdict", {"bool(np.all(": "float(np.mean("},
             "You return the share that is right. The question is yes or no: are *all* of them right?"),
        Slip("a number, not a verdict", {"bool(np.all(": "int(np.sum("},
             "You return *how many* are right. The question is yes or no: are all of them right?"),
        Slip("predict not caught", {"predict = ": ""},
             "`fit` *returns* predict, but you do not keep it: `predict = fit(…)`."),
        Slip("n handed to fit", {"predict = fit(X[:n], y[:n])": "return fit(X, y, n)"},
             "`fit` takes two arguments, examples and labels, and no n. Slice before you call it: `fit(X[:n], "
             "y[:n])`."),
    ],
    alternatives=[{"bool(np.all(predict(X[:n]) == y[:n]))": "sum(predict(X[:n]) == y[:n]) == min(n, len(y))"},
                  {"bool(np.all(predict(X[:n]) == y[:n]))": "float(np.mean(predict(X[:n]) == y[:n])) == 1.0"}],
    equivalent={"NumPy's truth values do as well": ["`bool` is missing"],
                "only the first n count": ["last entries of `X` and `y`"],
                "equal labels are learned, too": ["first entry of `y`"]},
    hints=[
        "Train: `fit` gets the first n examples and the first n labels. It returns a function.",
        "Call that function on the same n examples, and compare its labels with the right ones.",
        "`predict = fit(X[:n], y[:n])`, then `np.all` of whether `predict(X[:n])` equals `y[:n]`.",
    ],
)


# find_the_bug ---------------------------------------------------------------------------------------------------

WARD = {"A": "labels", "B": "input", "C": "gradient", "D": "saturated", "E": "rate"}

BEFORE, FIRST, CHECK, TRAINING = (
    "the loss before the first step",
    "the gradient of layer 1",
    "the gradient check",
    "the loss in training",
)
NEAR, HIGH = "is near a guesser's", "is far above a guesser's"
AGREES, ACCUSES = "agrees in every layer", "reports an error in a layer"
HEARD, STARVED = "is as large as that of the layers above", "is nearly nothing beside that of the layers above"
FALLS, HARDLY, LEAPS = "falls", "hardly falls", "leaps up at once"

#: what the instruments show of each network …
FINDINGS = {
    "A": {BEFORE: NEAR, FIRST: HEARD, CHECK: AGREES, TRAINING: HARDLY},
    "B": {BEFORE: HIGH, FIRST: HEARD, CHECK: AGREES, TRAINING: FALLS},
    "C": {BEFORE: NEAR, FIRST: HEARD, CHECK: ACCUSES, TRAINING: FALLS},
    "D": {BEFORE: NEAR, FIRST: STARVED, CHECK: AGREES, TRAINING: HARDLY},
    "E": {BEFORE: NEAR, FIRST: HEARD, CHECK: AGREES, TRAINING: LEAPS},
}
#: … and what they would show of each fault; a sign that may go either way is left out
SYMPTOMS = {
    "saturated": {FIRST: STARVED, CHECK: AGREES, TRAINING: HARDLY},
    "gradient": {BEFORE: NEAR, CHECK: ACCUSES},
    "input": {BEFORE: HIGH, CHECK: AGREES},
    "rate": {BEFORE: NEAR, FIRST: HEARD, CHECK: AGREES, TRAINING: LEAPS},
    "labels": {BEFORE: NEAR, FIRST: HEARD, CHECK: AGREES, TRAINING: HARDLY},
}
#: where to look next
NEXT = {
    "A": "Is its loss before the first step a guesser's, and does every layer get a gradient? Then ask what it is "
         "told.",
    "B": "Read its loss before the first step, when no learning rate has done anything yet.",
    "C": "Run the one instrument that tests derivatives, the gradient check, and read what it says about each layer.",
    "D": "Compare the size of the gradients layer by layer, from the top to the bottom.",
    "E": "It begins like a healthy network. Watch what the first few epochs do to its loss.",
}

def exchanged(first, second):
    """Exchange the faults of two patients."""
    return WARD | {first: WARD[second], second: WARD[first]}


find_the_bug = Exercise(
    "find_the_bug",
    points=[Part(f"network {name}", 1, component=f"['{name}']") for name in WARD],
    labels={f"['{name}']": f"network {name}" for name in WARD},
    choices=list(WARD.values()),
    steps={f"['{name}']": {"": NEXT[name], **FINDINGS[name]} for name in WARD} | SYMPTOMS,
    slips=[
        Slip("saturated and labels exchanged", exchanged("A", "D"),
             "Two of your patients are in each other's beds: both stay at ln 10, for different reasons. In one, hardly "
             "any gradient reaches the lower layers. In the other, every layer is told plenty, but it is told "
             "nonsense."),
        Slip("input and rate exchanged", exchanged("B", "E"),
             "Two of your patients are in each other's beds: both have a loss far above a guesser's. Look at the time "
             "*before* the first step, when no learning rate has done anything yet. Which loss is far above ln 10 "
             "already?"),
        Slip("gradient and labels exchanged", exchanged("A", "C"),
             "The network with the wrong gradient is not the one that learns worst. One instrument is made for it: in "
             "which network does the gradient check report an error?"),
        Slip("gradient and saturated exchanged", exchanged("C", "D"),
             "Small gradients are not wrong gradients. Where the gradient check agrees in every layer, the "
             "derivative is right, however little there is of it."),
    ],
    hints=[
        "Begin with the one fault that a single instrument can prove: the gradient check.",
        "Then look before the first step. A guesser's loss is ln 10 = 2.30: which network is far above it? Which one "
        "has almost no gradient in layer 1?",
        "The two that are left both begin like healthy networks. The loss of one leaps up in the first steps; the loss "
        "of the other hardly moves, because there is nothing to learn.",
    ],
)


LAB = LabChecks(
    exercises=[Add, Multiply, MatMul, Sigmoid, topological_order, backprop, relative_error, can_overfit, find_the_bug],
    predictions=[
        Prediction("blueprint", "x holds 3, y holds 4, and `z = x * y + x` has just run. What does `z.value` hold?",
                   ["15", "None", "An error: z has no value"],
                   gives_away=["computed\\s+nothing", "only with `evaluate`", "in the forward pass",
                               "then (it is )?executed"]),
        Prediction("twice", "We nudge x by 0.001. How many times 0.001 does z move?",
                   gives_away=["contributions", "both paths count", "2 \\+ 1 = 3", "through both"], reason=True),
        Prediction("who_is_next", "Backward, after z: which of the two may pass its gradient down to its inputs next?",
                   ["q", "s", "Either"],
                   gives_away=["has only a part", "received the parts", "all\\*? nodes that use", "every node comes"]),
        Prediction("kink", "relu's derivative in the library is right. We check it at z = 0.000001, with ε = 0.00001. "
                   "What does the check say?",
                   ["They agree", "It reports an error"],
                   gives_away=["beyond the kink", "proves\\s+nothing", "reports an error", r"\b0\.29\b"]),
        Prediction("nonsense", "Fifty digits with shuffled labels: how many of the fifty does the network get right "
                   "after training on them?",
                   ["About five", "About half", "All fifty"],
                   gives_away=["all of them\\.", "50 right", "checks the \\*machinery", "fifty of anything", "over ten of them"]),
        Prediction("accused", "The gradient check reports an error in layer 1 and none in layers 2 and 3. In which "
                              "layer's backward is the slip?",
                   ["In layer 1", "In layer 2", "In layer 3"],
                   gives_away=["the one above it", "layer 1 agrees", "layer 2 corrected", "everything below it"]),
    ],
    questions=[
        Question("add", "Two operations use a value and send it the gradients 3 and −1. What is its gradient?",
                 ["−1, the last one", "2, the sum", "−3, the product", "1, the mean"], 1,
                 "Each path contributes, and the contributions add. Along *one* path, slopes multiply."),
        Question("order", "When may a node pass its gradient down to its inputs?",
                 [
                "As soon as a gradient arrives",
                "When every node that uses it has sent its part",
                "When its inputs have theirs",
            ], 1,
                 "Its gradient is a sum; if it is passed down too early, part of it is missing. Hence the reversed "
                 "topological order."),
        Question("fifty", "A network learns fifty examples by heart, but not the thousand. What does that rule out?",
                 ["Shuffled labels", "Too few units", "A derivative or an update that is thoroughly broken"], 2,
                 "Derivatives and updates work well enough to fit fifty. Whether the labels make sense, this test "
                 "cannot tell."),
        Question("ln_ten", "Ten classes, and the cross-entropy stays at 2.303. What is the network doing?",
                 ["It has overfitted", "It gives every class one tenth", "It diverges"], 1,
                 "−ln(1/10) = ln 10 = 2.303: the loss of a guess that gives every class the same probability."),
    ],
    recall=["02.central", "03.partner", "03.scaler"],
    imports=["math", "numpy", "collections", "course.nn.activations.sigmoid"],
)

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
    "You hand down your own slope and forget what came from above. `grad` is ∂L/∂u, and the chain rule multiplies: slope times "
    "`grad`. An operation that ignores its `grad` cuts the graph in two."
)
NO_TUPLE = (
    "`bprop` hands back a single array. It owes a *tuple*, one gradient for each input, because whoever calls it goes through "
    "inputs and gradients side by side."
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
             "You share the gradient out, half for each. A nudge of x moves u by the *whole* nudge, whatever y does: "
             "both get all of it. Gradients are not cake."),
        Slip("the rule of a product", {"return x + y": "self.x, self.y = x, y\n        return x + y",
              "grad, grad": "grad * self.y, grad * self.x"},
             "That is what a product does. In x + y, a nudge of x moves u by the nudge, not by y times the nudge."),
        Slip("times itself", {"return x + y": "self.x, self.y = x, y\n        return x + y",
              "grad, grad": "grad * self.x, grad * self.y"},
             "You multiply by x and by y, the values. The slope is wanted: x grows by 0.01, u grows by 0.01, "
             "whatever x is."),
        Slip("y forgotten", {"grad, grad": "grad, 0.0"},
             "y gets nothing. But u grows with y just as it does with x: ∂u/∂y = 1, times `grad`."),
        Slip("nothing comes back", {"return grad, grad": "(grad, grad)"},
             "`bprop` hands back None: is its `return` missing? What is only printed, no graph can use."),
        Slip("no tuple", {"grad, grad": "grad"}, NO_TUPLE),
        Slip("the sum of the gradients",
             {"return x + y": "self.u = x + y\n        return self.u", "grad, grad": "grad * self.u, grad * self.u"},
             "You multiply by u, the operation's value. What is wanted is its *slope*: u grows as fast as x does."),
    ],
    alternatives=[{"return grad, grad": "return [grad, grad.copy()]"}, {"grad, grad": "1.0 * grad, 1.0 * grad"}],
    hints=[
        "In `bprop`: x grows by 0.01, y stays. By how much does u grow?",
        "By 0.01, so ∂u/∂x = 1, and ∂u/∂y = 1 as well. Times what comes from above.",
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
             "Each input gets *itself* as slope. But in u = x·y, a nudge of x is multiplied by **y**: in a product, "
             "each gets its partner."),
        Slip("upstream forgotten", {"grad * self.y, grad * self.x": "self.y, self.x"}, UPSTREAM),
        Slip("kept on the class", {"self.x, self.y = x, y": "type(self).x, type(self).y = x, y"},
             "Right, as long as there is *one* product in the graph. Your values are kept in one place for all "
             "objects (the class, or a global name), and the second product's `fprop` writes over the first one's. "
             "Many houses, one letter box: keep them in `self`."),
        Slip("the rule of a sum", {"grad * self.y, grad * self.x": "grad, grad"},
             "That is what a sum does. In u = x·y, a nudge of x is multiplied by y on its way to u."),
        Slip("the product for both", {"grad * self.y, grad * self.x": "grad * self.x * self.y, grad * self.x * self.y"},
             "You multiply by u = x·y. Differentiate with y held fixed: u = x·y has the slope y, without the x."),
        Slip("divided", {"grad * self.y, grad * self.x": "grad / self.x, grad / self.y"},
             "You divide. u = x·y grows by y for each unit of x: *multiply* `grad` by y, and for y by x."),
        Slip("not kept", {"grad * self.y, grad * self.x": "grad * Node(value=self.y), grad * Node(value=self.x)"},
             "The `x` and `y` of `fprop` are gone when it returns. What `bprop` finds under these names are the "
             "notebook's, the nodes of section 1. Keep the values in the object: `self.x = x` in `fprop`, `self.x` "
             "in `bprop`."),
        Slip("no tuple", {"grad * self.y, grad * self.x": "grad * self.x * self.y"}, NO_TUPLE),
    ],
    alternatives=[{"return grad * self.y, grad * self.x": "return [self.y * grad, self.x * grad]"},
                  {"grad * self.y, grad * self.x": "np.multiply(grad, self.y), np.multiply(self.x, grad)"}],
    hints=[
        "`bprop` needs x and y, and only `fprop` is given them. Where can an object remember something?",
        "In `self`: `self.x = x` in `fprop`, and `self.x` is there in `bprop`. The slope of x·y along x is …?",
        "… y. So the tuple is grad times the remembered y, and grad times the remembered x.",
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
             "The partners are right, but they must be turned round: `grad` is (m, n) and Y is (k, n), so only Yᵀ "
             "fits behind it. With square matrices everything fits and nothing is right, which is why one tests with "
             "oblong ones."),
        Slip("Y not transposed", {"self.Y.T": "self.Y"},
             "∂L/∂Y is right. In ∂L/∂X, Y must be turned round: `grad` is (m, n) and Y is (k, n), so only Yᵀ fits "
             "behind it."),
        Slip("X not transposed", {"self.X.T": "self.X"},
             "∂L/∂X is right. In ∂L/∂Y, X must be turned round: (k, n) can only come from (k, m) times (m, n)."),
        Slip("factors in the other order", {"grad @ self.Y.T, self.X.T @ grad": "self.Y.T @ grad, grad @ self.X.T"},
             "The transposes are there, but the factors have changed places. X stands *in front of* Y, so in ∂L/∂X "
             "it is X's place in front that is empty: `grad` first, then Yᵀ. And Xᵀ first, then `grad`."),
        Slip("the two exchanged", {"return grad @": "back = grad @", "Xᵀ ∂L/∂U": "Xᵀ ∂L/∂U\n        return back[::-1]"},
             "Both gradients are right, but they come in the wrong order: first ∂L/∂X, then ∂L/∂Y."),
        Slip("on its side", {"grad @ self.Y.T": "(self.Y @ grad.T)"},
             "∂L/∂X came out transposed, (k, m). It has X's shape, (m, k): `grad` first, then Yᵀ."),
        Slip("element by element", {"grad @ self.Y.T, self.X.T @ grad": "grad * self.Y, grad * self.X"},
             "That is Multiply's rule, element by element. Here U is a *matrix* product, and so are both gradients: "
             "`@`."),
        Slip("each its own", {"grad @ self.Y.T, self.X.T @ grad": "grad @ self.X.T, self.Y.T @ grad"},
             "Each input gets itself. As in Multiply, each gets its *partner*: ∂L/∂X is made with Y, ∂L/∂Y with X."),
        Slip("upstream forgotten",
             {"grad @ self.Y.T, self.X.T @ grad": "np.ones_like(grad) @ self.Y.T, self.X.T @ np.ones_like(grad)"}, UPSTREAM),
        Slip("only the slopes", {"grad @ self.Y.T, self.X.T @ grad": "self.Y.T, self.X.T"},
             "These are the partners, transposed: a good start. What comes from above is missing: multiply by "
             "`grad`, from the side where the shapes fit."),
    ],
    alternatives=[{"grad @ self.Y.T, self.X.T @ grad": "(self.Y @ grad.T).T, (grad.T @ self.X).T"},
                  {"grad @ self.Y.T,": "np.einsum(\"mn,kn->mk\", grad, self.Y),"}],
    hints=[
        "Write the shapes down: grad (m, n), X (m, k), Y (k, n). Wanted: (m, k) and (k, n).",
        "(m, k) from (m, n) and (k, n): the n must meet the n. Which of the two has to be turned round?",
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
             "You kept z and wrote z(1 − z). The slope is a(1 − a), with the *output* a. z stands before the "
             "sigmoid, a behind it: keep what `fprop` returns."),
        Slip("sigmoid applied again",
             {"grad * self.a * (1 - self.a)": "grad * sigmoid(self.a) * (1 - sigmoid(self.a))"},
             "The sigmoid was applied twice on the way back. What you kept is a already: the slope is a(1 − a)."),
        Slip("upstream forgotten", {"grad * ": ""}, UPSTREAM),
        Slip("no tuple", {"(grad * self.a * (1 - self.a),)": "grad * self.a * (1 - self.a)"},
             "The number is right, the wrapping is missing: a tuple even for a single input. In Python, a tuple of "
             "one is written `(value,)`. It is the comma that makes it."),
        Slip("sign in the exponent", {"sigmoid(z)": "sigmoid(-z)"},
             "Forward you compute 1/(1 + exp(z)), which falls where the sigmoid climbs: the exponent is −z. (Back, "
             "nobody notices: a(1 − a) is the same for both.)"),
        Slip("slope missing", {" * self.a * (1 - self.a)": ""},
             "You hand `grad` down as it came. On its way through the sigmoid a nudge shrinks by a(1 − a), and so "
             "does the gradient."),
        Slip("slope taken at the gradient", {"grad * self.a * (1 - self.a)": "grad * (1 - grad)"},
             "You wrote grad(1 − grad). The slope is a(1 − a), with the output a that `fprop` kept; `grad` stands in "
             "front of it, as a factor."),
        Slip("one number at a time", {"sigmoid(z)": "1 / (1 + float(np.exp(-z)))"},
             "`math.exp` takes a single number, and z is an array of them. `np.exp` takes either."),
        Slip("tanh", {"sigmoid(z)": "np.tanh(z)", "self.a * (1 - self.a)": "(1 - self.a**2)"},
             "That is tanh, the sigmoid's cousin, and its slope. The sigmoid is 1/(1 + exp(−z)), between 0 and 1."),
    ],
    alternatives=[{"grad * self.a * (1 - self.a)": "grad * (self.a - self.a**2)"}, {"(grad * self.a * (1 - self.a),)": "[grad * self.a * (1 - self.a)]"}],
    equivalent={"positive": ["value of `1 - self.a`"]},
    hints=[
        "Forward is `sigmoid(z)`. What does `bprop` need to remember: z or a?",
        "a: the slope is a(1 − a). `self.a = …` in `fprop`; then return it.",
        "`bprop` returns `(grad * slope,)` with the slope made from `self.a`. Do not lose the comma.",
    ],
)

# topological_order ----------------------------------------------------------------------------------------------
def line(name, *terms):
    """Write one node of a graph as text."""
    return f"{name} = " + " + ".join(f"{slope:g}*{child}" for slope, child in terms)

def slopes(rng, count):
    return np.round(rng.uniform(1.25, 2.75, count), 2)

def order_graphs(rng):
    """Draw three graphs: the lab's, a long way round beside a short cut, and one with a node used twice and an idler."""
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
    """Two visits: at the first the inputs go onto the pile, at the second the node joins the list."""
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
    """Kahn's way, from the end: whoever has no user left is next; then turn the list round."""
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
    """Put all inputs that are missing on the pile, and do not look again when their turn comes."""
    order, pile = [], [node]
    while pile:
        waiting = [child for child in pile[-1].inputs if child not in order]
        if waiting:
            pile += waiting
        else:
            order.append(pile.pop())
    return order

def turned_search(node):
    """Breadth first from the end, then turned round."""
    found, queue = [node], deque([node])
    while queue:
        for child in queue.popleft().inputs:
            if child not in found:
                found.append(child)
                queue.append(child)
    return found[::-1]

def deep_first(node):
    """Search from the end, always going on from what was found last."""
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
    points=[Part("everyone once, after their inputs", 2, group="small"), Part("a deep graph", 1, group="deep")],
    cases=order_cases,
    probe="order_nodes",
    measure="ordered",
    bounds=order_bounds,
    slips=[
        Slip("recursion", recursive_order,
             "Right, and elegant, for small graphs. But each node waits inside the call for the one above it, and "
             "Python's patience ends at a thousand calls or so; a recurrent network of a few minutes of sound is "
             "deeper. Keep a pile of your own: a list, `append` and `pop`."),
        Slip("outputs first", lambda node: inputs_first(node)[::-1],
             "The right list, read backwards: here `node` comes first. In a topological order each node stands "
             "*after* its inputs, and `node` is the last. (`backprop` will turn it round.)"),
        Slip("listed for every use", without_memory,
             "A node that is used twice is listed twice, with all that stands below it. Remember who is in the list "
             "already, and do not go there again."),
        Slip("on the pile twice", all_waiting_at_once,
             "Two nodes may wait for the same third, and then it is put on the pile twice and joins the list twice. "
             "When its turn comes again, look whether it is in the list already; or put only *one* of those that are "
             "missing on the pile."),
        Slip("without end", never_listed,
             "Your loop would never end; we stopped it. Usually a node joins the list, but is not remembered as "
             "being in it, so the node above waits for it for ever. Whoever joins the list must be noted at the same "
             "moment, and leave the pile."),
        Slip("a search turned round", turned_search,
             "You list nodes as you find them from the end, then turn the list round. That goes wrong where a short "
             "way and a long way lead to the same node: found early by the short one, it ends up *after* nodes that "
             "need it. A node may join only when all its inputs are in the list."),
        Slip("a dive turned round", deep_first,
             "You list nodes as a pile brings them up, then turn the list round. But the pile brings a node up as "
             "soon as *one* that uses it was there, and others may still come. A node may join only when all its "
             "inputs are in the list."),
        Slip("nodes missing", lambda node: [n for n in inputs_first(node) if n.inputs],
             "Nodes are missing. The list goes all the way down, inputs of inputs of inputs, and the leaves belong "
             "to it: they are the ones whose gradients one wants most, the parameters."),
        Slip("the node itself left out", lambda node: inputs_first(node)[:-1],
             "Everyone is there but the `node` itself. It comes last, and there the way back begins."),
    ],
    alternatives=[inputs_first, by_counting],
    hints=[
        "Three things to begin with: the list, empty; a set of who is in it, empty; the pile, with `node` in it. Go "
        "on `while` there is a pile.",
        "Look at the top, `pile[-1]`, without taking it off. `[child for child in pile[-1].inputs if child not in "
        "listed]` are those it waits for.",
        "If it waits for somebody, `append` the first of them to the pile. Else take the top off with `pile.pop()`, "
        "and add it to the list and to the set.",
    ],
)

# backprop -------------------------------------------------------------------------------------------------------
def graph_case(lines, shape=(), chain=0, left_over=False):
    return {"graph": "; ".join(lines), "chain": chain, "shape": shape, "left_over": left_over}

def shared_graphs(rng):
    """Draw three graphs in which ways meet: at a leaf, at an inner node, and twice in one operation."""
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
        Part("along one way", 1, group="one way"),
        Part("where ways meet", 1, group="ways that meet"),
        Part("a fresh start", 1, group="left over"),
        Part("a deep graph", 1, group="deep"),
    ],
    cases=backprop_cases,
    probe="send_back",
    slips=[
        Slip("overwritten", {"child.grad + ": ""},
             "The gradient that comes last wins, and the others are lost: `=` where they should be *added*. A node "
             "that is used twice moves the end in two ways, and both count. The best-known bug in the trade."),
        Slip("not reset", {"    for n in order:\n        n.grad = np.zeros_like(n.value)\n": "",
              "child.grad = child.grad + grad": "child.grad = grad if child.grad is None else child.grad + grad"},
             "Right the first time. But you add to whatever `grad` held before, so a second run counts the first "
             "one's gradient, too. Begin by clearing every node's `grad`. (PyTorch leaves that to you, and calls it "
             "`zero_grad`.)"),
        Slip("added in place", {"np.zeros_like(n.value)": "None",
              "child.grad = child.grad + grad": "if child.grad is None:\n                    child.grad = grad\n                else:\n                    child.grad += grad"},
             "You add with `+=` to an array that is not yours: `bprop` may hand the *same* array to two nodes, as "
             "Add does, and then a change of one changes the other. `child.grad = child.grad + grad` makes a new one."),
        Slip("added to None", {"np.zeros_like(n.value)": "None"},
             "At first there is nothing to add to: `grad` is None until somebody writes it. Set every node's `grad` "
             "to zeros first, `np.zeros_like(n.value)`, or take the first gradient as it is."),
        Slip("no beginning", {"    node.grad = np.ones_like(node.value)\n": "", "np.zeros_like(n.value)": "None", "child.grad = child.grad + grad": "child.grad = grad if child.grad is None else child.grad + grad"},
             "The way back has no beginning: `node` itself has no gradient yet. ∂L/∂L is 1: set `node.grad` before the "
             "loop."),
        Slip("begins with the value", {" np.ones_like(node.value)": " node.value"},
             "You begin with the end's *value*. The derivative of something with respect to itself is 1, whatever it "
             "is worth."),
        Slip("1 without a shape", {"np.ones_like(node.value)": "1.0"},
             "The numbers agree, but `node.grad` is a bare 1 where the value is an array. Each gradient has the "
             "shape of its value: `np.ones_like(node.value)`."),
        Slip("forwards", {"reversed(order)": "order", "np.zeros_like(n.value)": "None", "child.grad = child.grad + grad": "child.grad = grad if child.grad is None else child.grad + grad"},
             "You go through the list from the front, leaves first, and ask nodes for gradients that they do not have "
             "yet. Gradients come from the end: `reversed(order)`."),
        Slip("asked for each input", asked_for_each,
             "You call `bprop` anew for each input. It gives the gradients of *all* inputs at once: call it once, "
             "then go through `zip(n.inputs, …)`."),
        Slip("wiped out", {"child.grad =": "node.grad ="},
             "Zero below: nothing is handed down from the end. Either its gradient was set to ones and then cleared "
             "with all the others (first clear, then set), or the loop leaves the end out."),
        Slip("given to itself", {"child.grad = child.grad": "n.grad = n.grad"},
             "A node adds to its *own* gradient what it should hand down. `bprop` returns one gradient for each of "
             "`n.inputs`: they belong to the children."),
        Slip("recursion",
             {"order = topological_order(node)": "visit = lambda n: [m for child in n.inputs for m in visit(child)] + [n]\n    order = list(dict.fromkeys(visit(node)))"},
             "Right, for graphs of ordinary depth. On a deep one, Python's patience with functions that call "
             "themselves ends. Use a list of nodes and a loop; your `topological_order` gives the list, if it has a "
             "pile of its own."),
    ],
    alternatives=[by_dictionary, {"child.grad + grad": "np.add(child.grad, grad)"}],
    equivalent={"the last n is node": ["`n` stands for `node`"], "nodes of one shape": ["`node` stands for `n` in `n.value`"],
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
    a, n = close_pair(rng, 5)
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
             "Where both gradients are zero you divide 0 by 0, and two dead units look like a disaster. That is what "
             "the 10⁻⁸ is for: the denominator is at least that."),
        Slip("floor added",
             {"return np.max(np.abs(analytic - numeric) / size)": "return np.max(abs(analytic - numeric) / (abs(analytic) + abs(numeric) + 1e-8))"},
             "You add 10⁻⁸ where the larger of the two is meant, `np.maximum(1e-8, …)`. Seen only on tiny numbers "
             "(the first entry above is no zero, but 10⁻⁹ or so), and there by a factor of up to two."),
        Slip("10e-8", {"8": "07"}, "Your floor is ten times too high: in Python `10e-8` is 10·10⁻⁸. Write `1e-8`."),
        Slip("max for np.maximum",
             {"return np.max(np.abs(analytic - numeric) / size)": "return np.max(abs(analytic - numeric) / max(1e-8, abs(analytic) + abs(numeric)))"},
             "Python's `max` wants to know whether one array is larger than another, and there is no yes or no to "
             "that. For each entry the larger of two: `np.maximum`. The largest of all entries: `np.max`."),
        Slip("Python's max of a matrix", lambda a, n: max(quotients(a, n)),
             "Right for a vector. But Python's `max` goes through a matrix row by row and cannot compare rows. "
             "`np.max` looks at every entry, whatever the shape."),
        Slip("np.max for np.maximum",
             {"return np.max(np.abs(analytic - numeric) / size)": "return np.max(abs(analytic - numeric) / np.max(1e-8, abs(analytic) + abs(numeric)))"},
             "`np.max` looks for the largest entry of *one* array, and takes what comes second for an axis. For each "
             "entry the larger of two: `np.maximum`."),
        Slip("mean for maximum", {"return np.max": "return np.mean"},
             "You average over the entries. One wrong bias among ten thousand right weights would vanish in there: "
             "take the worst."),
        Slip("sum for maximum", {"return np.max": "return np.sum"},
             "You add up the entries' errors; a large network would always look guilty. Take the worst."),
        Slip("largest over largest",
             {"return np.max(np.abs(analytic - numeric) / size)": "return np.max(abs(analytic - numeric)) / max(1e-8, np.max(abs(analytic) + abs(numeric)))"},
             "You take the largest difference and divide it by the largest size, which belongs to another entry. "
             "Divide entry by entry first, then take the maximum."),
        Slip("whole vectors",
             {"return np.max(np.abs(analytic - numeric) / size)": "return np.linalg.norm(analytic - numeric) / max(1e-8, np.linalg.norm(analytic) + np.linalg.norm(numeric))"},
             "You compare lengths of whole vectors. That is a respectable measure, too, but large entries hide what "
             "is wrong with small ones. Here: entry by entry, then the worst."),
        Slip("the larger of the two",
             {"return np.max(np.abs(analytic - numeric) / size)": "return np.max(abs(analytic - numeric) / np.maximum(1e-8, np.maximum(abs(analytic), abs(numeric))))"},
             "You divide by the larger of |a| and |n|. Many do, and it serves as well; ours divides by their *sum*, "
             "so that 1 is the worst there is."),
        Slip("minimum for maximum", {"np.maximum(1e-": "np.minimum(1e-0"},
             "The result runs into millions: you divide by the *smaller* of size and 10⁻⁸. The size should be at "
             "least 10⁻⁸: `np.maximum`. (\"At least\" is a maximum. Everybody trips over that once.)"),
    ],
    alternatives=[
        error_by_loop,
        lambda a, n: float(np.maximum.reduce(np.ravel(abs(n - a) / np.clip(abs(a) + abs(n), 1e-8, None)))),
    ],
    equivalent={"its absolute value is taken": ["`numeric - analytic`", "value of `analytic - numeric`"],
                "the larger of two": ["`np.maximum(np.abs"], "positive": ["value of `size`"]},
    hints=[
        "Entry by entry first: the quotient as an array. Its worst entry last.",
        "Above the line `np.abs(analytic - numeric)`, below it the size, at least 1e-8. `np.maximum` compares entry "
        "by entry.",
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
             "It trains on *all* examples. The point is to ask for less: `fit` gets the first n, and no more."),
        Slip("tested on all", {"bool(np.all(predict(X[:n]) == y[:n]))": "bool(np.all(predict(X) == y))"},
             "It trains on the first n and tests on all. Whether it *understood* anything is a question for later; "
             "ask only for the n that it has seen."),
        Slip("tested on the others", {"bool(np.all(predict(X[:n]) == y[:n]))": "bool(np.all(predict(X[n:]) == y[n:]))"},
             "It is tested on the examples that it has *not* seen, `X[n:]`. By heart means: those that it was "
             "trained on, `X[:n]`."),
        Slip("one too many", {"[:n]": "[: n + 1]"},
             "That is one example too many. Counted from 0, the first n end before index n, and so does `X[:n]`."),
        Slip("one too few", {"[:n]": "[: n - 1]"},
             "That is one example too few. `X[:n]` stops before index n, which makes exactly n."),
        Slip("columns for rows", {"fit(X[:n]": "fit(X"},
             "`X[:, :n]` takes the first n *columns*. Examples are rows: `X[:n]`."),
        Slip("counted up to n", {"bool(np.all(predict(X[:n]) == y[:n]))": "int(np.sum(predict(X[:n]) == y[:n])) == n"},
             "You count whether n are right. In the case above there are fewer than n examples, and all of them are: "
             "`np.all`."),
        Slip("indices up to n",
             {"return bool(np.all(predict(X[:n]) == y[:n]))": "return all(fit(X[:n], y[:n])(X[:n])[i] == y[i] for i in range(n))"},
             "Your loop runs to n, and in the case above there are fewer examples. Go through those that there are; "
             "or compare whole arrays, `np.all(… == …)`."),
        Slip("a share, not a verdict", {"bool(np.all(": "float(np.mean("},
             "You return the share that is right. Asked for is yes or no: are *all* of them right?"),
        Slip("a number, not a verdict", {"bool(np.all(": "int(np.sum("},
             "You return *how many* are right. Asked for is yes or no: are all of them?"),
        Slip("predict not caught", {"predict = ": ""},
             "`fit` *returns* predict, and nobody caught it: `predict = fit(…)`."),
        Slip("n handed to fit", {"predict = fit(X[:n], y[:n])": "return fit(X, y, n)"},
             "`fit` takes two things, examples and labels, and knows nothing of n. Cut before you hand over: "
             "`fit(X[:n], y[:n])`."),
    ],
    alternatives=[{"bool(np.all(predict(X[:n]) == y[:n]))": "sum(predict(X[:n]) == y[:n]) == min(n, len(y))"},
                  {"bool(np.all(predict(X[:n]) == y[:n]))": "float(np.mean(predict(X[:n]) == y[:n])) == 1.0"}],
    equivalent={"NumPy's truth values do as well": ["`bool` is missing"]},
    hints=[
        "Train: `fit` gets the first n examples and the first n labels. It gives you a function.",
        "Ask that function for labels of the same n examples, and compare with the right ones.",
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
AGREES, ACCUSES = "agrees in every layer", "accuses a layer"
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
    "A": "Is its loss before the first step a guesser's, and does every layer get a gradient? Then ask what it is told.",
    "B": "Read its loss before the first step, when no learning rate has done anything yet.",
    "C": "Run the one instrument that knows derivatives, the gradient check, and read what it says of each layer.",
    "D": "Compare the size of the gradients layer by layer, from the top to the bottom.",
    "E": "It begins like a healthy network. Watch what the first few epochs do to its loss.",
}

def exchanged(first, second):
    """Confuse two patients."""
    return WARD | {first: WARD[second], second: WARD[first]}


find_the_bug = Exercise(
    "find_the_bug",
    points=[Part(f"network {name}", 1, component=f"['{name}']") for name in WARD],
    labels={f"['{name}']": f"network {name}" for name in WARD},
    choices=list(WARD.values()),
    steps={f"['{name}']": {"": NEXT[name], **FINDINGS[name]} for name in WARD} | SYMPTOMS,
    slips=[
        Slip("saturated and labels exchanged", exchanged("A", "D"),
             "Two of your patients have changed beds: both hang at ln 10, but for different reasons. In one, hardly "
             "any gradient reaches the lower layers. In the other, every layer is told plenty; it is told nonsense."),
        Slip("input and rate exchanged", exchanged("B", "E"),
             "Two of your patients have changed beds: both have a loss far above a guesser's. Look at the time "
             "*before* the first step, when no learning rate has done anything yet. Whose loss is far above ln 10 "
             "already?"),
        Slip("gradient and labels exchanged", exchanged("A", "C"),
             "The network with the wrong gradient is not the one that learns worst. There is one instrument made for "
             "it: which network does the gradient check accuse?"),
        Slip("gradient and saturated exchanged", exchanged("C", "D"),
             "Small gradients are not wrong gradients. Where the gradient check agrees in every layer, the "
             "derivative is right, however little there is of it."),
    ],
    hints=[
        "Begin with the one that a single instrument convicts: the gradient check.",
        "Then look before the first step. A guesser's loss is ln 10 = 2.30: who is far above it? Who has next to no "
        "gradient in layer 1?",
        "The two that are left both begin healthily. One leaps away at the first steps; the other hardly moves, "
        "because there is nothing to learn.",
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
        Prediction("who_is_next", "Backwards, after z: which of the two may hand its gradient down to its inputs next?",
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
        Prediction("accused", "The gradient check accuses layer 1 and clears layers 2 and 3. In which layer's "
                   "backward is the slip?",
                   ["In layer 1", "In layer 2", "In layer 3"],
                   gives_away=["the one above it", "layer 1 agrees", "layer 2 corrected", "everything below it"]),
    ],
    questions=[
        Question("add", "A value is used by two operations, which hand it the gradients 3 and −1. What is its gradient?",
                 ["−1, the last one", "2, the sum", "−3, the product", "1, the mean"], 1,
                 "Each way contributes, and contributions add. Along *one* way, slopes multiply."),
        Question("order", "When may a node hand its gradient down to its inputs?",
                 [
                "As soon as a gradient arrives",
                "When it has heard from every node that uses it",
                "When its inputs have theirs",
            ], 1,
                 "Its gradient is a sum; handed down too early, part of it would be missing. Hence the reversed "
                 "topological order."),
        Question("fifty", "A network learns fifty examples by heart, yet not the thousand. What does that rule out?",
                 ["Shuffled labels", "Too few units", "A derivative or an update that is thoroughly broken"], 2,
                 "The machinery works well enough to fit fifty. Whether there is sense in the labels, it cannot tell."),
        Question("ln_ten", "Ten classes, and the cross-entropy stays at 2.303. What is the network doing?",
                 ["It has overfitted", "It gives every class one tenth", "It diverges"], 1,
                 "−ln(1/10) = ln 10 = 2.303: the loss of somebody who guesses and knows it."),
    ],
    recall=["02.central", "03.partner", "03.scaler"],
    imports=["math", "numpy", "collections", "course.nn.activations.sigmoid"],
)

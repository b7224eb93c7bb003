"""Drawings of a neuron, a layer, a network and its two passes, made from the numbers that the labs compute with.

Each function returns a `Drawing`: SVG on a light card, and a table of all that it shows.
"""

from collections.abc import Mapping, Sequence
from functools import cache
from itertools import pairwise
from typing import Any

import numpy as np
from matplotlib.font_manager import findfont, get_font

from course.nn.activations import sigmoid
from course.show import svg
from course.show.axes import Axes
from course.show.looks import AXIS, BLUE, BLUE_AREA, INK, PAPER, RED_WORDS, VERMILION, WHITE
from course.show.picture import Drawing
from course.show.plane import line_ends
from course.show.tables import Table, number, signed

MOST = 6  # the largest number of inputs, units or examples that a drawing has room for
DIGITS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")

Point = tuple[float, float]


@cache
def width_of(words: str, size: float = 13) -> float:
    """Return the width of words in pixels, set in DejaVu Sans, the widest of the usual fonts."""
    font = get_font(findfont("DejaVu Sans"))
    font.set_size(size, 72)
    font.set_text(words)
    return float(font.get_width_height()[0] / 64)


def short(value: float) -> str:
    """Write a number with at most three significant digits."""
    return number(float(f"{value:.3g}"))


def sub(name: str, index: int) -> str:
    """Write a name with an index as subscript: w₁."""
    return name + str(index).translate(DIGITS)


def on_paper(x: float, y: float, words: str, size: float = 12, **look: Any) -> str:
    """Write words on a strip in the paper's colour, so that a line may pass behind them."""
    width = width_of(words, size) + 6
    strip = svg.tag("rect", x=float(x - width / 2), y=float(y - 8), width=width, height=16, fill=PAPER)
    return strip + svg.text(x, y, words, size=size, **look)


def unit(at: Point, words: str, r: float = 22, fill: str = WHITE) -> str:
    """Draw a unit: a circle with words in it."""
    return svg.dot(at, r, fill=fill, stroke=INK, stroke_width=1.6) + svg.text(*at, words, size=12)


def between(start: Point, end: Point, r: float, r_end: float | None = None) -> str:
    """Draw an arrow from the rim of one circle to the rim of another."""
    tail, tip = np.array(start), np.array(end)
    along = (tip - tail) / np.hypot(*(tip - tail))
    reach = (r if r_end is None else r_end) + 1
    return svg.arrow(tail + r * along, tip - reach * along, AXIS, stroke_width=1.4)


def draw_neuron(w: Sequence[float] | np.ndarray, b: float, x: Sequence[float] | np.ndarray) -> Drawing:
    """Draw how a neuron works on one example: h = w·x + b, p = σ(h).

    Parameters
    ----------
    w, x : array_like, shape (n,)
        Weights and inputs, n from 1 to 6.
    b : float
        Bias.

    Returns
    -------
    Drawing
        Its table gives every product, their sum h with the bias, and the output p.

    Raises
    ------
    ValueError
        If w and x are not of one length from 1 to 6.
    """
    w, x = np.asarray(w, float), np.asarray(x, float)
    if w.ndim != 1 or w.shape != x.shape or not 1 <= w.size <= MOST:
        raise ValueError(
            f"expected w and x of one length from 1 to {MOST}, got shapes {w.shape} and {x.shape}: pass one example"
        )
    h = float(w @ x + b)
    p = float(sigmoid(np.float64(h)))
    height = max(88.0 * w.size + 24, 236.0)
    middle = height / 2
    adds, squashes, out = (340.0, middle), (482.0, middle), (622.0, middle)
    parts = []
    for i in range(w.size):
        at = (64.0, middle + 88 * (i - (w.size - 1) / 2))
        parts += [between(at, adds, 38, 30), unit(at, f"{sub('x', i + 1)} = {short(x[i])}", 38, BLUE_AREA)]
        parts.append(on_paper(200, at[1] + (middle - at[1]) * 136 / 276, f"× {sub('w', i + 1)} = {short(w[i])}"))
    parts += [between(adds, squashes, 30), between(squashes, out, 30, 40)]
    parts += [svg.arrow((340, middle + 78), (340, middle + 32), AXIS, stroke_width=1.4)]
    parts += [svg.text(340, middle + 90, f"b = {short(b)}", size=12)]
    for at, sign, words in ((adds, "Σ", "weighted sum"), (squashes, "σ", "sigmoid")):
        parts += [unit(at, sign, 30), svg.text(at[0], middle - 44, words, size=12, fill=AXIS)]
    parts += [unit(out, f"p = {short(p)}", 40, BLUE_AREA), svg.text(411, middle + 44, f"h = {short(h)}", fill=BLUE)]
    rows = [(sub("x", i + 1), number(x[i]), f"{sub('w', i + 1)} = {number(w[i])}", number(w[i] * x[i]))
            for i in range(w.size)]  # fmt: skip
    rows += [("b", "–", "–", number(b)), ("h, the sum", "–", "–", number(h)), ("p = σ(h)", "–", "–", number(p))]
    filled = " + ".join(f"{signed(wi)}·{signed(xi)}" for wi, xi in zip(w, x, strict=True))
    said = f"h = {filled} + {signed(b)} = {number(h)}; p = σ(h) = {number(p)}."
    table = Table("A neuron at work", ("what", "value", "times", "gives"), rows)
    return Drawing(svg.card(690, height, parts, f"A neuron at work. {said}"), table, said)


def draw_normal(
    w: Sequence[float] | np.ndarray, b: float, X: Sequence[Any] | np.ndarray, y: Sequence[int] | np.ndarray
) -> Drawing:
    """Draw a neuron's line w·x + b = 0, its weights as an arrow at right angles, and its distance from the origin.

    Parameters
    ----------
    w : array_like, shape (2,)
        Weights, not both 0. They point from the line to the side where the neuron says 1.
    b : float
        Bias; the line's distance from the origin is ``|b| / ‖w‖``.
    X : array_like, shape (N, 2)
        Examples, one a row.
    y : array_like, shape (N,)
        Labels, 0 or 1.

    Returns
    -------
    Drawing
        Its table gives each example's distance from the line, negative on the side where the neuron says 0.

    Raises
    ------
    ValueError
        If the shapes do not fit, or both weights are 0.
    """
    w, X, y = np.asarray(w, float), np.asarray(X, float), np.asarray(y)
    if X.ndim != 2 or X.shape[1] != 2 or w.shape != (2,) or y.shape != X.shape[:1] or not w.any():
        raise ValueError(
            f"expected w (2,) that is not 0, X (N, 2) and y (N,), got w {w.shape} {w.tolist()}, X {X.shape} and "
            f"y {y.shape}: this drawing shows examples with two features"
        )
    length = float(np.hypot(*w))
    normal, foot = w / length, -b * w / length**2
    seen = np.vstack([X, np.zeros(2), foot, foot + w])
    centre, half = (seen.min(axis=0) + seen.max(axis=0)) / 2, float(np.ptp(seen, axis=0).max()) / 2 + 0.5
    (left, bottom), (right, top) = centre - half, centre + half
    axes = Axes((float(left), float(right), float(bottom), float(top)), left=56.0, top=44.0, width=350.0, height=350.0)
    parts = [svg.path(axes.pixels(line), stroke=AXIS, stroke_width=0.8, stroke_dasharray="2 3")
             for line in ([(left, 0), (right, 0)], [(0, bottom), (0, top)])]  # fmt: skip
    ends = line_ends(w, b, axes.box)
    parts += [] if ends is None else [svg.path(axes.pixels(ends), stroke_width=2.5)]
    if b:
        parts.append(svg.path(axes.pixels([(0, 0), foot]), stroke=VERMILION, stroke_width=2.5, stroke_dasharray="6 4"))
    corner = 12 * half / 175  # a right angle of 12 pixels, between line and arrow
    along = np.array([-normal[1], normal[0]])
    square = [foot + corner * along, foot + corner * (along + normal), foot + corner * normal]
    parts.append(svg.path(axes.pixels(square), stroke=AXIS, stroke_width=1.2))
    tail, tip = axes.pixels([foot, foot + w])
    parts += [svg.arrow(tail, tip, BLUE, stroke_width=3), svg.dot(axes.pixels((0, 0)), 3, fill=INK)]
    parts += [svg.example(px, py, int(label), 7) for (px, py), label in zip(axes.pixels(X), y, strict=True)]
    distance = abs(b) / length
    key = [svg.example(62, 20, 0, 6), svg.text(74, 20, "y = 0", "start"), svg.example(132, 20, 1, 6)]
    key += [svg.text(144, 20, "y = 1", "start"), svg.arrow((200, 20), (230, 20), BLUE, stroke_width=3)]
    key += [svg.text(237, 20, "w", "start"), svg.path([(264, 20), (290, 20)], stroke=VERMILION, stroke_dasharray="6 4")]
    key += [svg.text(297, 20, f"distance {short(distance)}", "start")]
    ticks = range(int(np.ceil(max(left, bottom))), int(np.floor(min(right, top))) + 1)
    frame = axes.frame("x₁", "x₂", ticks if len(ticks) < 9 else ticks[:: len(ticks) // 5])
    signs = (X @ w + b) / length
    rows = [(f"({number(a)}, {number(c)})", str(label), number(d), "0" if d < 0 else "1")
            for (a, c), label, d in zip(X, y, signs, strict=True)]  # fmt: skip
    said = (
        f"w = ({number(w[0])}, {number(w[1])}) has length {number(length)} and is at right angles to its line, which "
        f"is |b| / ‖w‖ = {number(abs(b))} / {number(length)} = {number(distance)} away from the origin."
    )
    caption = f"The line {signed(w[0])}·x₁ + {signed(w[1])}·x₂ + {signed(b)} = 0 and its normal"
    table = Table(caption, ("x", "y", "distance from the line", "side"), rows)
    return Drawing(svg.card(430, 440, [axes.window(parts), frame, *key], f"{caption}. {said}"), table, said)


def draw_network(network: Mapping[str, np.ndarray] | Sequence[int]) -> Drawing:
    """Draw a small dense network with every weight and bias named as in code.

    Parameters
    ----------
    network : dict of arrays, or sequence of int
        Parameters ``W1`` (n, h), ``b1`` (h,), ``W2`` and so on, which are drawn with their values. Or only the sizes,
        such as (2, 3, 1).

    Returns
    -------
    Drawing
        Its table gives, for every parameter, which units it connects, and its value if there is one.

    Raises
    ------
    ValueError
        If the parameters do not fit one another, or the network is too large to be drawn with names: more than four
        layers of units, more than six units in one, or more connections than fit between two.
    """
    params = network if isinstance(network, Mapping) else {}
    sizes = _sizes(params) if params else tuple(int(n) for n in network)
    if not 2 <= len(sizes) <= 4 or not all(1 <= n <= MOST for n in sizes):
        raise ValueError(f"expected 2 to 4 sizes from 1 to {MOST}, got {sizes}: draw a smaller network")
    height, names_at = _room(sizes)
    gap = 240.0
    places = [[(70.0 + gap * k, 30 + (height - 30) * (i + 0.5) / n) for i in range(n)] for k, n in enumerate(sizes)]
    arrows, words, rows = [], [], []
    for k, (starts, ends) in enumerate(pairwise(places), 1):
        for i, start in enumerate(starts):
            for j, end in enumerate(ends):
                name, value = f"W{k}[{i},{j}]", _value(params, f"W{k}", (i, j))
                arrows.append(between(start, end, 24))
                x, y = (np.array(start) + names_at[k - 1] * (np.array(end) - start)).tolist()
                words.append(on_paper(x, y, f"{name} = {value}" if value else name))
                rows.append((name, _unit_name(sizes, k - 1, i), _unit_name(sizes, k, j), value))
        for j, (x, y) in enumerate(ends):
            name, value = f"b{k}[{j}]", _value(params, f"b{k}", (j,))
            words.append(on_paper(x, y - 36, f"{name} = {value}" if value else name, fill=BLUE))
            rows.append((name, "–", _unit_name(sizes, k, j), value))
    circles = [unit(at, _unit_name(sizes, k, i), 24, WHITE if 0 < k < len(sizes) - 1 else BLUE_AREA)
               for k, column in enumerate(places) for i, at in enumerate(column)]  # fmt: skip
    heads = ["inputs", *(f"hidden {k}" if len(sizes) > 3 else "hidden" for k in range(1, len(sizes) - 1)), "output"]
    tops = [svg.text(70 + gap * k, 14, head, size=12, fill=AXIS) for k, head in enumerate(heads)]
    said = f"{len(rows)} parameters: {len(arrows)} weights on the arrows, {len(rows) - len(arrows)} biases above units."
    caption = f"A network of {'–'.join(map(str, sizes))} units"
    columns = ("parameter", "from", "to", *(("value",) if params else ()))
    table = Table(caption, columns, [row[: len(columns)] for row in rows])
    card = svg.card(140 + gap * (len(sizes) - 1), height, [*arrows, *words, *circles, *tops], f"{caption}. {said}")
    return Drawing(card, table, said)


def _sizes(params: Mapping[str, np.ndarray]) -> tuple[int, ...]:
    """Read the sizes of the layers, and check that the parameters fit one another."""
    weights = [np.asarray(params[f"W{k}"]) for k in range(1, len(params) // 2 + 1) if f"W{k}" in params]
    sizes = tuple(W.shape[0] for W in weights) + weights[-1].shape[1:] if weights else ()
    for k, shape in enumerate(pairwise(sizes), 1):
        got = np.shape(params[f"W{k}"]), np.shape(params.get(f"b{k}", ()))
        if got != (shape, shape[1:]) or len(params) != 2 * len(weights):
            raise ValueError(
                f"expected W{k} {shape} and b{k} {shape[1:]}, got {got[0]} and {got[1]}: give W1 (n, h), b1 (h,), "
                "W2 (h, k), b2 (k,) and so on, each layer's outputs the next one's inputs"
            )
    return sizes


def _value(params: Mapping[str, np.ndarray], name: str, index: tuple[int, ...]) -> str:
    return short(float(np.asarray(params[name])[index])) if params else ""


def _unit_name(sizes: tuple[int, ...], layer: int, i: int) -> str:
    """Name a unit as the labs do: x, a1, a2, p."""
    if layer == 0:
        return f"x[{i}]"
    if layer == len(sizes) - 1:
        return "p" if sizes[-1] == 1 else f"p[{i}]"
    return f"a{layer}[{i}]"


def _room(sizes: tuple[int, ...]) -> tuple[float, list[float]]:
    """Find a height, and for each pair of layers a place along the arrows for the names, so that no two overlap."""
    along = np.linspace(0.3, 0.72, 43)
    for height in range(240, 700, 20):
        ys = [30 + (height - 30) * (np.arange(n) + 0.5) / n for n in sizes]
        found = []
        for above, below in pairwise(ys):
            stand = [(1 - t) * above[:, None] + t * below for t in along]
            gaps = [np.diff(np.sort(y, axis=None)).min(initial=np.inf) for y in stand]
            best = int(np.argmax(np.minimum(gaps, 40) - abs(along - 0.5)))
            found.append((gaps[best], float(along[best])))
        if min(gap for gap, _ in found) >= 17 and (height - 30) / max(sizes) >= 76:
            return float(height), [t for _, t in found]
    raise ValueError(f"expected fewer connections, got sizes {sizes}: draw a network as small as (2, 3, 1)")


def draw_layer(
    W: Sequence[Any] | np.ndarray, b: Sequence[float] | np.ndarray, x: Sequence[Any] | np.ndarray
) -> Drawing:
    """Draw a layer as a matrix product z = xW + b; one row, one column and the entry that they give are highlighted.

    Parameters
    ----------
    W : array_like, shape (n, h)
        Weights, one column per unit.
    b : array_like, shape (h,)
        Biases.
    x : array_like, shape (n,) or (N, n)
        One example, or one example per row.

    Returns
    -------
    Drawing
        Its table gives z, one row per example.

    Raises
    ------
    ValueError
        If the shapes do not fit, or an array has more than six rows or columns.
    """
    W, b, X = np.asarray(W, float), np.asarray(b, float), np.atleast_2d(np.asarray(x, float))
    fits = W.ndim == 2 and b.shape == W.shape[1:] and X.ndim == 2 and X.shape[1] == W.shape[0]
    if not fits or max(*W.shape, *X.shape) > MOST or not min(*W.shape, *X.shape):
        raise ValueError(
            f"expected W (n, h), b (h,) and x (n,) or (N, n), none larger than {MOST}, got W {W.shape}, b {b.shape} "
            f"and x {np.shape(x)}: one row of x per example, one column of W per unit"
        )
    Z, N = X @ W + b, np.shape(x)[:-1]  # () for one example, (N,) for several
    shapes = {"x": np.shape(x), "W": W.shape, "b": b.shape, "z": (*N, len(b))}
    middle = 44 + 12.0 * max(len(X), len(W))
    parts, left = [], 20.0
    for sign, name, array in zip(("", "@", "+", "="), shapes, (X, W, b[None], Z), strict=True):
        if sign:
            parts.append(svg.text(left + 14, middle, sign, size=18))
            left += 28
        label = f"{name} {shapes[name]}"
        parts.append(_matrix(label, array, left, middle))
        left += max(CELL * array.shape[1], width_of(label) * 1.1) + 8
    terms = " + ".join(f"{signed(a)}·{signed(c)}" for a, c in zip(X[0], W[:, 0], strict=True))
    row, entry = ("row 0 of x", "z[0,0]") if N else ("x", "z[0]")
    said = f"{entry} = {row} times column 0 of W, plus b[0] = {terms} + {signed(b[0])} = {number(Z[0, 0])}."
    rows = [(f"example {i}", *map(number, row)) for i, row in enumerate(Z)]
    sizes = f"{shapes['x']} @ {W.shape} + {b.shape} → {shapes['z']}"
    caption = f"A layer as a matrix: z = xW + b, {sizes}"
    table = Table(caption, ("z", *(f"unit {j}" for j in range(len(b)))), rows)
    return Drawing(svg.card(left + 16, 2 * middle - 20, parts, f"{caption}. {said}"), table, said)


CELL, LINE = 50.0, 24.0  # of a matrix: width and height of one number


def _matrix(label: str, array: np.ndarray, left: float, middle: float) -> str:
    """Draw one array; highlight what gives the first entry of z."""
    rows, columns = array.shape
    left += max(0.0, (width_of(label) * 1.1 - CELL * columns) / 2)
    top = middle - LINE * rows / 2
    drawn = svg.text(left + CELL * columns / 2, top - 14, label, font_weight=600)
    for i, row in enumerate(array):
        for j, value in enumerate(row):
            marked = {"x": i == 0, "W": j == 0, "b": j == 0, "z": i == j == 0}[label[0]]
            look: dict[str, Any] = {"fill": BLUE_AREA if marked else WHITE, "stroke": AXIS, "stroke_width": 0.8}
            x, y = left + CELL * j, top + LINE * i
            drawn += svg.tag("rect", x=float(x), y=float(y), width=CELL, height=LINE, **look)
            drawn += svg.text(x + CELL / 2, y + LINE / 2, short(value), size=12, font_weight=700 if marked else 400)
    outline: dict[str, Any] = {"width": CELL * columns, "height": LINE * rows, "fill": "none", "stroke": INK}
    return drawn + svg.tag("rect", x=float(left), y=float(top), stroke_width=1.6, **outline)


def draw_ladder(L: int) -> Drawing:
    """Draw the forward and the backward pass through L layers, and what is kept for the backward pass.

    Parameters
    ----------
    L : int
        Number of layers, from 1 to 4; the z of the last layer goes to the loss.

    Returns
    -------
    Drawing
        Its table gives the equations in the order of their computation.

    Raises
    ------
    ValueError
        If L is not from 1 to 4.
    """
    if L not in range(1, 5):
        raise ValueError(f"expected 1 to 4 layers, got {L!r}: the drawing has no room for more")
    names = ["x", *(f"{kind}{k}" for k in range(1, L + 1) for kind in ("z", "a"))][:-1]
    names = [name[0] + name[1:].translate(DIGITS) for name in names]
    step, top, lower, lowest = 104.0, 70.0, 190.0, 300.0
    place = {name: 50.0 + step * i for i, name in enumerate([*names, "loss"])}
    parts = [svg.text(50, 40, "forward", fill=AXIS, size=12), svg.text(30, lower, "back", fill=AXIS, size=12)]
    rows: list[tuple[str, str, str]] = []
    for k in range(1, L + 1):
        before, z = "x" if k == 1 else sub("a", k - 1), sub("z", k)
        rows.append(("forward", f"{z} = {before} {sub('W', k)} + {sub('b', k)}", before))
        parts.append(_arrow((place[before], top), (place[z], top), f"{sub('W', k)}, {sub('b', k)}"))
        rows += [("forward", f"{sub('a', k)} = f({z})", z)] if k < L else [("forward", f"L = loss({z}, y)", z)]
        end = sub("a", k) if k < L else "loss"
        parts.append(_arrow((place[z], top), (place[end], top), "f" if k < L else ""))
    for k in range(L, 0, -1):
        before, z, back = "x" if k == 1 else sub("a", k - 1), sub("z", k), f"∂L/∂{sub('z', k)}"
        end = sub("a", k) if k < L else "loss"
        source = f"∂L/∂{end} ⊙ f′({z})" if k < L else "gradient of the loss"
        rows.append(("back", f"{back} = {source}", "–"))
        rows.append(("pick up", f"∂L/∂{sub('W', k)} = {before}ᵀ {back}, ∂L/∂{sub('b', k)} = Σ {back}", "–"))
        start = (place[end], top if k == L else lower)
        parts.append(_arrow(start, (place[z], lower), "f′" if k < L else "", back=True))
        parts.append(_arrow((place[z], lower), (place[z], lowest), "", back=True))
        parts.append(svg.path([(place[z], top + 15), (place[z], lower - 15)], **KEPT) if k < L else "")
        down = [(place[before], top + 15), (place[before] + 34, lowest - 22), (place[z] - 46, lowest)]
        parts.append(svg.path(down, **KEPT))
        if k > 1:
            rows.append(("back", f"∂L/∂{before} = {back} {sub('W', k)}ᵀ", "–"))
            parts.append(_arrow((place[z], lower), (place[before], lower), f"{sub('W', k)}ᵀ", back=True))
    parts += [_box(x, top, name if name != "loss" else "L") for name, x in place.items()]
    for name, x in place.items():
        if name not in ("x", "loss"):
            parts.append(_box(x, lower, f"∂L/∂{name}", RED_WORDS))
        if name[0] == "z":
            parts.append(_box(x, lowest, f"∂L/∂W{name[1:]}, ∂L/∂b{name[1:]}", RED_WORDS))
    key = [svg.arrow((130, 20), (162, 20), BLUE) + svg.text(170, 20, "values", "start", 12)]
    key += [svg.arrow((262, 20), (230, 20), VERMILION, stroke_dasharray="6 4")]
    key += [svg.text(270, 20, "gradients", "start", 12), svg.path([(130, 38), (162, 38)], **KEPT)]
    key += [svg.text(170, 38, "kept for the way back", "start", 12)]
    said = "Values go to the right; below them, gradients go back to the left. What a layer needs for that is kept."
    caption = f"Forward and back through {L} layer{'s' * (L > 1)}"
    width = max(50 + step * (len(names) + 0.55), 350.0)
    card = svg.card(width, lowest + 30, [*parts, *key], f"{caption}. {said}")
    return Drawing(card, Table(caption, ("way", "equation", "keeps"), rows), said)


KEPT: dict[str, Any] = {"stroke": AXIS, "stroke_width": 1.2, "stroke_dasharray": "2 3"}


def _arrow(start: Point, end: Point, words: str, back: bool = False) -> str:
    """Draw an arrow between two boxes of the ladder, with words above it."""
    (x0, y0), (x1, y1) = start, end
    if x0 == x1:
        ends = (x0, y0 + 16), (x1, y1 - 18)
    else:
        way = 1 if x1 > x0 else -1
        half = 33 if back else 22
        ends = (x0 + half * way, y0), (x1 - half * way, y1)
        if y0 != y1:
            ends = (x0 - 6, y0 + 18), (x1 + 33, y1 - 6)
    look: dict[str, Any] = {"stroke_dasharray": "6 4"} if back else {}
    drawn = svg.arrow(*ends, VERMILION if back else BLUE, **look)
    return drawn + (svg.text((x0 + x1) / 2, y0 - 13, words, size=12) if words else "")


def _box(x: float, y: float, words: str, colour: str = INK) -> str:
    """Draw a box of the ladder."""
    width = max(40.0, width_of(words, 12) + 12)
    frame = svg.tag("rect", x=float(x - width / 2), y=float(y - 15), width=width, height=30, rx=6, fill=WHITE,
                    stroke=AXIS, stroke_width=1.2)  # fmt: skip
    return frame + svg.text(x, y, words, size=12, fill=colour)

"""Small drawings as inline SVG: sharp at any size, quick to redraw, readable by a screen reader.

Positions are in CSS pixels, y pointing down. Colours are those of `course.show.looks`.
"""

from collections.abc import Iterable, Sequence
from html import escape
from typing import Any

import numpy as np

from course.show.looks import BLUE, INK, ORANGE, PAPER

#: the outline of an arrow's head that points right, with its tip at the origin
HEAD = np.array([[0, 0], [-9, -4.5], [-9, 4.5]])


def tag(name: str, inner: str = "", **attributes: Any) -> str:
    """Write one SVG element; `stroke_width=2` becomes ``stroke-width="2"``, floats keep one decimal."""
    written = ""
    for key, value in attributes.items():
        shown = f"{value:.1f}".removesuffix(".0") if isinstance(value, float) else escape(str(value))
        written += f' {key.rstrip("_").replace("_", "-")}="{shown}"'
    return f"<{name}{written}>{inner}</{name}>"


def text(x: float, y: float, words: str, anchor: str = "middle", size: float = 13, **more: Any) -> str:
    """Write words; `y` is the middle of the line."""
    look: dict[str, Any] = {
        "text_anchor": anchor,
        "dominant_baseline": "central",
        "font_size": size,
        "fill": INK,
        **more,
    }
    return tag("text", escape(words), x=float(x), y=float(y), **look)


def path(points: Iterable[Any], closed: bool = False, **look: Any) -> str:
    """Draw a line through points."""
    d = "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points) + ("Z" if closed else "")
    return tag("path", d=d, **{"fill": "none", "stroke": INK, "stroke_width": 2, **look})


def haloed(points: Sequence[Any] | np.ndarray, **look: Any) -> str:
    """Draw a line with a rim in the paper's colour, so that it is visible on any ground."""
    return path(points, stroke=PAPER, stroke_width=5, stroke_opacity=0.8) + path(points, **look)


def dot(place: Sequence[float] | np.ndarray, r: float, **look: Any) -> str:
    """Draw a disc around a place."""
    x, y = place
    return tag("circle", cx=float(x), cy=float(y), r=r, **look)


def arrow(start: Sequence[float], end: Sequence[float], colour: str = INK, **look: Any) -> str:
    """Draw a straight arrow."""
    tail, tip = np.asarray(start, float), np.asarray(end, float)
    length = float(np.hypot(*(tip - tail)))
    if length == 0:
        return ""
    cos, sin = (tip - tail) / length
    head = HEAD @ np.array([[cos, sin], [-sin, cos]]) + tip
    shaft = path(np.array([tail, tip - 6 * np.array([cos, sin])]), stroke=colour, **look)
    return shaft + path(head, closed=True, fill=colour, stroke="none")


def key(x: float, y: float, words: str, **look: Any) -> str:
    """Draw a legend entry: a piece of the line, 30 pixels long from x on, and its meaning."""
    return path([(x, y), (x + 30, y)], **look) + text(x + 38, y, words, "start")


def card(width: float, height: float, parts: Iterable[str], alt: str, wide: bool = False) -> str:
    """Put drawings on a near-white card that shrinks with the window; `alt` says what they show.

    A `wide` card takes the whole width, with the drawing in its middle.
    """
    box = {"width": width, "height": height, "viewBox": f"0 0 {width:g} {height:g}"}
    if wide:
        box |= {"style": f"max-height: {height:g}px"}
    said = {"role": "img", "aria_label": alt, "font_family": "system-ui, sans-serif"}
    return tag("svg", "".join(parts), class_="course-card course-wide" if wide else "course-card", **box, **said)


def example(x: float, y: float, label: int, size: float = 8) -> str:
    """Draw an example: a square for label 0, a circle for 1, so that colour is not needed to tell them apart."""
    look: dict[str, Any] = {"stroke": INK, "stroke_width": 1.5}
    if label:
        return tag("circle", cx=float(x), cy=float(y), r=size, fill=ORANGE, **look)
    return tag("rect", x=float(x - size), y=float(y - size), width=2 * size, height=2 * size, fill=BLUE, **look)

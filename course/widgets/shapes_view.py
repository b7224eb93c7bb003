"""Lab 00's shape calculator: type shapes, see what is legal, what comes out, and why."""

from typing import Any

import ipywidgets as widgets

from course.plots import BLUE, INK, PAPER, SOFT_INK, VERMILION
from course.tables import Table
from course.widgets import shapes_model as model
from course.widgets import svg
from course.widgets.base import Card, button, buttons

START = {"A": "(3, 4)", "B": "(4, 2)", "b": "(4,)"}
CELL = 24  # pixels
MOST = 6  # cells drawn along an axis; a longer one is broken by dots, its label tells its size
SHEET = 9  # pixels between the sheets of a third axis
HOT: dict[str, Any] = {"font_weight": 700, "text_decoration": "underline", "fill": "#a84600"}
HEIGHT, MIDDLE = 260, 132


def layers(shape: model.Shape, upright: bool = False) -> tuple[int, int, int]:
    """Lay a shape out as (sheets, rows, columns); a vector is a row, or a column where it stands upright."""
    if len(shape) == 1 and upright:
        return (1, *shape, 1)
    sheets, rows, columns = (1,) * (3 - len(shape)) + shape
    return sheets, rows, columns


def cells(sizes: tuple[int, int, int], x: float, top: float, **look: Any) -> str:
    """Draw the cells of an array, hindmost sheet first."""
    sheets, rows, columns = (min(size, MOST) for size in sizes)
    drawn = ""
    for k in range(sheets - 1, -1, -1):
        left, upper = x + k * SHEET, top - k * SHEET
        drawn += svg.tag("rect", x=left, y=upper, width=columns * CELL, height=rows * CELL, **look)
        for j in range(1, columns):
            drawn += svg.path([(left + j * CELL, upper), (left + j * CELL, upper + rows * CELL)], **look)
        for i in range(1, rows):
            drawn += svg.path([(left, upper + i * CELL), (left + columns * CELL, upper + i * CELL)], **look)
    for size, box in ((sizes[2], (MOST - 2, 0, 1, rows)), (sizes[1], (0, MOST - 2, columns, 1))):
        if size > MOST:  # the last but one row or column stands for all that are not drawn
            j, i, across, down = (CELL * n for n in box)
            drawn += svg.tag("rect", x=x + j + 1, y=top + i + 1, width=across - 2, height=down - 2, fill=PAPER)
            drawn += svg.text(x + j + across / 2, top + i + down / 2, "⋯" if across == CELL else "⋮", size=15)
    return drawn


def array(name: str, shape: model.Shape, x: float, hot: int | None = None, spread: model.Shape | None = None,
          upright: bool = False) -> tuple[str, float]:  # fmt: skip
    """Draw one array with its sizes; return the drawing and the width that it takes.

    `hot` is the axis that meets another, its size is underlined; `spread` is the shape that the array is
    stretched to, drawn with dashes around the real cells.
    """
    own = layers(shape, upright)
    sheets, rows, columns = (min(size, MOST) for size in layers(spread or shape, upright))
    left, top = x + 26, MIDDLE - rows * CELL / 2
    drawn = ""
    if spread and spread != shape:
        dashes = {"stroke": SOFT_INK, "stroke_width": 1, "stroke_dasharray": "2 3"}
        drawn += cells(layers(spread, upright), left, top, fill="none", **dashes)
    drawn += cells(own, left, top, fill="#d6e6f2", stroke=BLUE, stroke_width=1.4)
    across, lift = columns * CELL, (sheets - 1) * SHEET
    axis = len(shape) - 1
    places = [(left + across / 2 + lift, top - lift - 12), (left - 12, top + rows * CELL / 2)]
    places.append((left + lift / 2 - 12, top - lift / 2 - 8))
    for place in places[1:] if upright and len(shape) == 1 else places:
        if axis >= 0:
            drawn += svg.text(*place, str(shape[axis]), **(HOT if axis == hot else {}))
        axis -= 1
    caption = f"{name} {model.tuple_text(shape)}"
    drawn += svg.text(left + across / 2, MIDDLE + max(rows, 3) * CELL / 2 + 24, caption, font_weight=600)
    return drawn, 26 + max(across + lift, 7.2 * len(caption) / 1.4) + 12


def draw(verdict: model.Verdict, alt: str) -> str:
    """Draw the operands, the operator between them, and the result or a cross."""
    expression, operands = verdict.expression, verdict.operands
    product, total = "@" in expression, "sum" in expression
    names = expression.split() if not total else ["A"]
    spread = verdict.result if not product and not total else None
    parts, x = [], 16.0
    for i, shape in enumerate(operands):
        hot, upright = None, False
        if product and shape:
            hot = len(shape) - 1 if i == 0 else max(len(shape) - 2, 0)
            upright = i == 1 and len(shape) == 1
        elif total:
            hot = 1 if "axis=1" in expression else 0
        if i:
            parts.append(svg.text(x + 8, MIDDLE, names[1], size=20))
            x += 26
        drawn, width = array(names[2 * i], shape, x, hot, spread, upright)
        parts.append(drawn)
        x += width
    if total:
        call = expression.removeprefix("A")
        parts.append(svg.text(x + 4, MIDDLE, call, "start", size=14, font_family="monospace"))
        x += 8.8 * len(call) + 8
    parts.append(svg.text(x + 10, MIDDLE, "=" if verdict.result is not None else "✗", size=24,
                          fill=INK if verdict.result is not None else VERMILION))  # fmt: skip
    if verdict.result is not None:
        drawn, width = array("", verdict.result, x + 26)
        parts.append(drawn)
        x += width
    return svg.card(x + 16, HEIGHT, parts, alt, wide=True)


def table(found: tuple[model.Verdict, ...], chosen: int) -> Table:
    """Write all verdicts."""
    rows = [
        (v.expression, "✗ refused" if v.result is None else f"✓ {model.tuple_text(v.result)}", v.why) for v in found
    ]
    return Table("What NumPy says to each expression", ("expression", "result", "why"), rows, current=chosen)


#: wide labels, so that they stand whole
FIELD: dict[str, Any] = {"style": {"description_width": "92px"}, "layout": widgets.Layout(width="auto")}


class ShapeCalculator(Card):
    """Type the shapes of A, B and b; see which expressions are legal and what shape comes out.

    Attributes
    ----------
    A, B, b : ipywidgets.Text
    expression : ipywidgets.Dropdown
        The expression that is drawn.
    """

    def __init__(self) -> None:
        self.A, self.B, self.b = (
            widgets.Text(shape, description=f"{name} has shape", **FIELD) for name, shape in START.items()
        )
        expressions = [v.expression for v in model.verdicts((), (), ())]
        self.expression = widgets.Dropdown(options=expressions, description="draw", **FIELD)
        controls = [self.A, self.B, self.b, self.expression]
        grid = widgets.GridBox(controls, layout=widgets.Layout(
            grid_template_columns="repeat(auto-fit, minmax(200px, 260px))", grid_gap="4px 20px"))  # fmt: skip
        super().__init__(
            "Shape calculator",
            "Give three shapes, such as (3, 4) or (4,). Predict what fits before you look.",
            [grid, buttons(button("Reset", "Back to the first shapes", self.reset))],
            beside=False,
        )
        for control in controls:
            control.observe(self._refresh, "value")
        self._refresh()

    def reset(self) -> None:
        """Go back to the first shapes."""
        for name, shape in START.items():
            getattr(self, name).value = shape
        self.expression.index = 0

    def _refresh(self, change: Any = None) -> None:
        try:
            shapes = [model.parse_shape(field.value) for field in (self.A, self.B, self.b)]
        except ValueError as error:  # half-typed: the last good answer stays, with a note why
            self.say(str(error))
            return
        found = model.verdicts(*shapes)
        verdict = found[self.expression.index]
        if verdict.result is None:
            status = f"{verdict.expression} is refused: {verdict.why}. NumPy says: {verdict.message.strip()}"
        else:
            status = f"{verdict.expression} has shape {model.tuple_text(verdict.result)}: {verdict.why}."
        operands = " and ".join(map(model.tuple_text, verdict.operands))
        self.show(
            draw(verdict, f"Arrays of shape {operands}. {status}"),
            status,
            table(found, self.expression.index),
        )

"""Lab 00's shape calculator: type shapes, and see which expressions are legal, the result's shape, and why."""

from typing import Any

import ipywidgets as widgets

from course.show import svg
from course.show.looks import AXIS, BLUE, BLUE_AREA, PAPER, RED_WORDS, VERMILION
from course.show.tables import Table
from course.widgets.base import Card, button, buttons
from course.widgets.shape_calculator import model

START = {"A": "(3, 4)", "B": "(4, 2)", "b": "(4,)"}
CELL = 24  # pixels
MOST = 6  # cells drawn along an axis; a longer axis has dots, and its label says its size
LETTER = 8  # pixels, about as wide as one letter of a label
SHEET = 9  # pixels between the sheets of a third axis
HOT: dict[str, Any] = {"font_weight": 700, "text_decoration": "underline", "fill": RED_WORDS}
HEIGHT, MIDDLE = 260, 132


def layers(shape: model.Shape, upright: bool = False) -> tuple[int, int, int]:
    """Write a shape as (sheets, rows, columns); a vector is a row, or a column if it is drawn upright."""
    if len(shape) == 1 and upright:
        return (1, *shape, 1)
    sheets, rows, columns = (1,) * (3 - len(shape)) + shape
    return sheets, rows, columns


def cells(sizes: tuple[int, int, int], x: float, top: float, **look: Any) -> str:
    """Draw the cells of an array, with the sheet at the back first."""
    sheets, rows, columns = (min(size, MOST) for size in sizes)
    drawn = ""
    for k in range(sheets - 1, -1, -1):
        left, upper = x + k * SHEET, top - k * SHEET
        drawn += svg.tag("rect", x=left, y=upper, width=columns * CELL, height=rows * CELL, **look)
        for j in range(1, columns):
            drawn += svg.path([(left + j * CELL, upper), (left + j * CELL, upper + rows * CELL)], **look)
        for i in range(1, rows):
            drawn += svg.path([(left, upper + i * CELL), (left + columns * CELL, upper + i * CELL)], **look)
    # in a long array, the last cell but one of a row or column stands for all that are not drawn
    for size, box, dots in (
        (sizes[2], (MOST - 2, 0, 1, rows), "⋯"),
        (sizes[1], (0, MOST - 2, columns, 1), "⋮"),
    ):
        if size > MOST:
            j, i, across, down = (CELL * n for n in box)
            drawn += svg.tag("rect", x=x + j + 1, y=top + i + 1, width=across - 2, height=down - 2, fill=PAPER)
            drawn += svg.text(x + j + across / 2, top + i + down / 2, dots, size=15)
    return drawn


def array(
    name: str,
    shape: model.Shape,
    x: float,
    hot: int | None = None,
    spread: model.Shape | None = None,
    upright: bool = False,
) -> tuple[str, float]:
    """Draw one array with its sizes; return the drawing and where it ends.

    `hot` is the axis that meets another, its size is underlined; `spread` is the shape that the array is
    stretched to, drawn with dashes around the real cells.
    """
    sheets, rows, columns = (min(size, MOST) for size in layers(spread or shape, upright))
    across, lift = columns * CELL, (sheets - 1) * SHEET
    caption = f"{name} {model.tuple_text(shape)}".strip()
    overhang = (LETTER * len(caption) - across) / 2
    left = x + max(14 + LETTER * len(str(layers(shape, upright)[1])), overhang)
    top = MIDDLE - rows * CELL / 2
    drawn = ""
    if spread and spread != shape:
        dashes = {"stroke": AXIS, "stroke_width": 1, "stroke_dasharray": "2 3"}
        drawn += cells(layers(spread, upright), left, top, fill="none", **dashes)
    drawn += cells(layers(shape, upright), left, top, fill=BLUE_AREA, stroke=BLUE, stroke_width=1.4)
    above = (left + across / 2 + lift, top - lift - 12, "middle")
    beside = (left - 7, top + rows * CELL / 2, "end")
    behind = (left + lift / 2 - 7, top - lift / 2 - 8, "end")
    places = (beside,) if upright and len(shape) == 1 else (above, beside, behind)
    for axis, place in zip(range(len(shape) - 1, -1, -1), places, strict=False):
        drawn += svg.text(place[0], place[1], str(shape[axis]), place[2], **(HOT if axis == hot else {}))
    drawn += svg.text(left + across / 2, top + rows * CELL + 22, caption, font_weight=600)
    return drawn, left + across + max(lift, overhang) + 14


def meeting_axis(expression: str, place: int, shape: model.Shape) -> int | None:
    """Tell which axis of an operand disappears: in a product or by a sum."""
    if "sum" in expression:
        return 1 if "axis=1" in expression else 0
    if "@" in expression and shape:
        return len(shape) - 1 if place == 0 else max(len(shape) - 2, 0)
    return None


def draw(verdict: model.Verdict, alt: str) -> str:
    """Draw the operands, the operator between them, and the result or a cross."""
    expression, result = verdict.expression, verdict.result
    product, total = "@" in expression, "sum" in expression
    names = ["A"] if total else expression.split()
    parts, x = [], 16.0
    for i, shape in enumerate(verdict.operands):
        if i:
            parts.append(svg.text(x + 8, MIDDLE, names[1], size=20))
            x += 26
        spread = None if product or total else result
        upright = product and i == 1 and len(shape) == 1  # NumPy treats it as a column
        drawn, x = array(names[2 * i], shape, x, meeting_axis(expression, i, shape), spread, upright)
        parts.append(drawn)
    if total:
        call = expression.removeprefix("A")
        parts.append(svg.text(x + 4, MIDDLE, call, "start", size=14, font_family="monospace"))
        x += 8.8 * len(call) + 8
    if result is None:
        return svg.card(
            x + 40, HEIGHT, [*parts, svg.text(x + 10, MIDDLE, "✗", size=24, fill=VERMILION)], alt, wide=True
        )
    drawn, end = array("", result, x + 26)
    return svg.card(end + 16, HEIGHT, [*parts, svg.text(x + 10, MIDDLE, "=", size=24), drawn], alt, wide=True)


def table(found: tuple[model.Verdict, ...], chosen: int) -> Table:
    """Write all verdicts."""
    rows = [
        (v.expression, "✗ refused" if v.result is None else f"✓ {model.tuple_text(v.result)}", v.why) for v in found
    ]
    return Table("What NumPy makes of each expression", ("expression", "result", "why"), rows, current=chosen)


#: wide enough for whole labels
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

    def refresh(self) -> None:
        """Compute and draw, unless a shape is only half typed."""
        try:
            shapes = [model.parse_shape(field.value) for field in (self.A, self.B, self.b)]
        except ValueError as error:  # half typed: the last valid result stays, with a note that says why
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

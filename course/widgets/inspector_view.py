"""Lab 07's graph inspector: value and gradient on each node, step by step."""

from typing import Any

import ipywidgets as widgets

from course.show.looks import AXIS, BLUE, EMPTY_BOX, INK, RED_WORDS, VERMILION, WHITE
from course.show.tables import Table, number, signed
from course.widgets import inspector_model as model
from course.widgets import svg
from course.widgets.base import LABEL, Card, button, buttons

FIELD: dict[str, Any] = {"style": {"description_width": "24px"}, "min": -100, "max": 100, "step": 0.5}
HALF_WIDTH, HALF_HEIGHT = 54, 36


def place(spot: model.Spot) -> tuple[float, float]:
    """Say where the middle of a node's box lies."""
    return 80 + 146 * spot.column, 96 + 138 * spot.row


def gradient_text(parts: list[float]) -> str:
    """Write a node's gradient as the sum that it is."""
    if len(parts) < 2:
        return number(parts[0]) if parts else ""
    return f"{' + '.join(map(signed, parts))} = {number(sum(parts))}"


def node(spot: model.Spot, value: str, gradient: str, now: bool) -> str:
    """Draw a node: name and operation, value, and under the box the gradient; ▶ marks the one just computed."""
    x, y = place(spot)
    look: dict[str, Any] = {"stroke": INK, "stroke_width": 3} if now else {"stroke": AXIS, "stroke_width": 1.2}
    size: dict[str, Any] = {"width": 2 * HALF_WIDTH, "height": 2 * HALF_HEIGHT, "rx": 8}
    paper = WHITE if value else EMPTY_BOX
    drawn = svg.tag("rect", x=x - HALF_WIDTH, y=y - HALF_HEIGHT, fill=paper, **size, **look)
    head = f"{spot.name} = {spot.rule}" if spot.op else spot.name
    drawn += svg.text(x, y - 17, head, size=13.5, font_weight=600) + svg.text(
        x, y + 9, value or "?", fill=BLUE, size=16
    )
    if now:
        drawn += svg.text(x - HALF_WIDTH - 10, y, "▶")
    if gradient:
        drawn += svg.text(x, y + HALF_HEIGHT + 14, gradient, fill=RED_WORDS, font_weight=600)
    return drawn


def edge(start: model.Spot, end: model.Spot, back: bool, nudge: float) -> str:
    """Draw the arrow between two nodes: forward solid and blue; backward dashed and red, beside it."""
    (x0, y0), (x1, y1) = place(start), place(end)
    lift = nudge + (-5 if back else 5)
    tail, head = (x0 + HALF_WIDTH, y0 + lift), (x1 - HALF_WIDTH, y1 + lift)
    if x0 == x1:  # one stands below the other
        tail, head = (x0 + lift, y0 - HALF_HEIGHT), (x1 + lift, y1 + HALF_HEIGHT)
    return svg.arrow(head, tail, VERMILION, stroke_dasharray="6 4") if back else svg.arrow(tail, head, BLUE)


KEY = "".join(
    [
        svg.arrow((20, 22), (54, 22), BLUE) + svg.text(62, 22, "values forward", "start"),
        svg.arrow((216, 22), (182, 22), VERMILION, stroke_dasharray="6 4"),
        svg.text(224, 22, "gradients back", "start") + svg.text(346, 22, "▶ just computed", "start"),
    ]
)


class GraphInspector(Card):
    """A graph that fills with values from the left and with gradients from the right.

    Attributes
    ----------
    graph : ipywidgets.Dropdown
    fields : list of ipywidgets.BoundedFloatText
        The leaves' values, as many as the graph has leaves.
    step_button, back_button, all_button, reset_button : ipywidgets.Button
    done : int
        How many steps are on display.
    """

    def __init__(self) -> None:
        self.done = 0
        self.steps: tuple[model.Step, ...] = ()
        options = [(blueprint.title, blueprint) for blueprint in model.BLUEPRINTS]
        self.graph = widgets.Dropdown(options=options, description="graph", **LABEL)
        layouts = [widgets.Layout(width="130px") for _ in range(3)]  # one each: some are hidden
        self.fields = [widgets.BoundedFloatText(0.0, layout=layout, **FIELD) for layout in layouts]
        self.step_button = button("Step", "Compute the next number", lambda: self.go(self.done + 1))
        self.back_button = button("Back", "Take the last step back", lambda: self.go(self.done - 1))
        self.all_button = button("All", "Compute everything", lambda: self.go(len(self.steps)))
        self.reset_button = button("Reset", "Back to the blueprint and its first numbers", self.reset)
        row = widgets.HBox(self.fields, layout=widgets.Layout(flex_flow="row wrap", grid_gap="8px"))
        controls = [self.graph, row, buttons(self.step_button, self.back_button, self.all_button, self.reset_button)]
        lead = "Step, and say the next number before it appears. In the boxes: values. Under them: gradients."
        super().__init__("Graph inspector", lead, controls, beside=False)
        self._filling = False
        self.graph.observe(self.reset, "value")
        for field in self.fields:
            field.observe(self._refresh, "value")
        self.reset()

    @property
    def values(self) -> dict[str, float]:
        """The leaves' values, by name."""
        names = (name for name, _ in self.graph.value.values)
        return {name: float(field.value) for name, field in zip(names, self.fields, strict=False)}

    def go(self, done: int) -> None:
        """Show the first `done` steps; fewer than none and more than all are cut off."""
        self.done = min(max(done, 0), len(self.steps))
        self._refresh()

    def reset(self, change: Any = None) -> None:
        """Show the blueprint with its first numbers, nothing computed."""
        self.done, self._filling = 0, True
        leaves = self.graph.value.values
        for i, field in enumerate(self.fields):
            field.layout.display = "flex" if i < len(leaves) else "none"
            field.description, field.value = leaves[i] if i < len(leaves) else ("–", 0.0)
        self._filling = False
        self._refresh()

    def _refresh(self, change: Any = None) -> None:
        if self._filling:
            return
        self.steps = model.steps(self.graph.value, self.values)
        self.step_button.disabled = self.done == len(self.steps)
        self.back_button.disabled = self.done == 0
        said = model.status(self.steps, self.done)
        self.show(self._draw(said), said, self._table())

    def _known(self) -> tuple[dict[str, float], dict[str, list[float]]]:
        """Collect the values and the parts of each gradient that are on display."""
        values = dict(self.values)
        grads: dict[str, list[float]] = {spot.name: [] for spot in self.graph.value.spots}
        for step in self.steps[: self.done]:
            if step.way == "forward":
                values[step.name] = step.value
            else:
                grads[step.name].append(step.value)
        return values, grads

    def _draw(self, said: str) -> str:
        spots = {spot.name: spot for spot in self.graph.value.spots}
        values, grads = self._known()
        now = self.steps[self.done - 1].name if self.done else ""
        handed = {(step.name, step.source) for step in self.steps[: self.done] if step.source}
        parts = []
        for spot in spots.values():
            downwards = sorted(spot.inputs, key=lambda name: place(spots[name])[1])  # so that arrows do not cross
            for k, name in enumerate(downwards):
                nudge = 16 * (k - (len(spot.inputs) - 1) / 2)
                parts.append(edge(spots[name], spot, False, nudge))
                parts += [edge(spots[name], spot, True, nudge)] if (name, spot.name) in handed else []
        for name, spot in spots.items():
            value = number(values[name]) if name in values else ""
            parts.append(node(spot, value, gradient_text(grads[name]), name == now))
        alt = f"A graph of {len(spots)} nodes, {self.graph.value.title}: values forward, gradients back. {said}"
        return svg.card(700, 310, [*parts, KEY], alt, wide=True)

    def _table(self) -> Table:
        values, grads = self._known()
        last = self.graph.value.spots[-1].name
        rows = [
            (spot.name, spot.rule, number(values[spot.name]) if spot.name in values else "?",
             gradient_text(grads[spot.name]) or "?")
            for spot in self.graph.value.spots
        ]  # fmt: skip
        here = [spot.name for spot in self.graph.value.spots]
        current = here.index(self.steps[self.done - 1].name) if self.done else None
        caption = f"{self.done} of {len(self.steps)} steps done"
        return Table(caption, ("node", "operation", "value", f"gradient of {last}"), rows, current=current)

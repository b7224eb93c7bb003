"""A drawing of a CPU and a GPU side by side: what they are made of, and the speeds that lab 10 counts with."""

from typing import Protocol

from course.show import svg
from course.show.looks import AXIS, BLUE, BLUE_AREA, INK, ORANGE_AREA, VERMILION, WHITE
from course.show.picture import Drawing
from course.show.tables import Table, quantity

GROUP, GROUPS = 32, 10  # cores that share one instruction; groups that are drawn
CHIP = 176.0  # height of a chip, in pixels


class Processor(Protocol):
    """What the drawing says of a processor."""

    @property
    def name(self) -> str:
        """Its name."""

    @property
    def peak(self) -> float:
        """Floating-point operations a second."""

    @property
    def bandwidth(self) -> float:
        """Bytes a second from its own memory."""


def draw_processors(cpu: Processor, gpu: Processor, link: float) -> Drawing:
    """Draw a CPU and a GPU, each with its memory, and the link between the two memories.

    Parameters
    ----------
    cpu, gpu : Processor
        Their peaks and bandwidths are written in the drawing.
    link : float
        Bytes a second between the memories.

    Returns
    -------
    Drawing
        Its table says the same in words.

    Raises
    ------
    ValueError
        If a speed is not positive.
    """
    speeds = (cpu.peak, cpu.bandwidth, gpu.peak, gpu.bandwidth, link)
    if not all(speed > 0 for speed in speeds):
        raise ValueError(f"expected positive speeds, got {speeds}: operations and bytes in a second")
    left, right, width, top = 30.0, 382.0, 288.0, 56.0
    parts = []
    for x, one in ((left, cpu), (right, gpu)):
        parts.append(svg.text(x + width / 2, 20, one.name, font_weight=600))
        parts.append(svg.text(x + width / 2, 40, f"at most {quantity(one.peak, 'FLOP/s')}", size=12))
        parts.append(_box(x, top, width, CHIP, WHITE, 1.6))
        middle, low = x + width / 2, top + CHIP
        parts.append(svg.arrow((middle - 6, low + 54), (middle - 6, low + 4), AXIS, stroke_width=2))
        parts.append(svg.arrow((middle + 6, low + 4), (middle + 6, low + 54), AXIS, stroke_width=2))
        parts.append(svg.text(middle + 22, low + 29, quantity(one.bandwidth, "B/s"), "start", 12))
        parts.append(_box(x, low + 58, width, 38, BLUE_AREA, 1.2))
        parts.append(svg.text(middle, low + 77, "its memory", size=12))
    parts += [_large_cores(left, top, width), _small_cores(right, top, width)]
    level = top + CHIP + 77
    parts.append(svg.arrow((left + width + 4, level - 6), (right - 4, level - 6), VERMILION, stroke_dasharray="6 4"))
    parts.append(svg.arrow((right - 4, level + 6), (left + width + 4, level + 6), VERMILION, stroke_dasharray="6 4"))
    between = (left + width + right) / 2
    parts.append(svg.text(between, level + 34, quantity(link, "B/s"), size=12))
    parts += [svg.path([(between, level + 10), (between, level + 24)], stroke=AXIS, stroke_width=1)]
    said = (
        f"A few large cores, each with an instruction of its own, beside groups of {GROUP} small ones that share one "
        f"instruction. Each chip has its own memory. The link between the two is the slowest, {quantity(link, 'B/s')}."
    )
    rows = [
        ("cores", "a few, each complex", f"thousands, each simple ({GROUP * GROUPS} are drawn)"),
        ("instructions", "one for each core", f"one for {GROUP} cores at a time"),
        ("arithmetic, at most", *(quantity(one.peak, "FLOP/s") for one in (cpu, gpu))),
        ("from its own memory", *(quantity(one.bandwidth, "B/s") for one in (cpu, gpu))),
        ("between the two memories", quantity(link, "B/s"), quantity(link, "B/s")),
        ("good at", "one step after another, decisions", "the same arithmetic on many numbers"),
    ]
    table = Table("A CPU and a GPU", ("", cpu.name, gpu.name), rows)
    return Drawing(svg.card(700, level + 50, parts, f"{table.caption}. {said}"), table, said)


def _box(x: float, y: float, width: float, height: float, fill: str, line: float) -> str:
    return svg.tag("rect", x=float(x), y=float(y), width=float(width), height=float(height), rx=5, fill=fill,
                   stroke=INK, stroke_width=line)  # fmt: skip


def _large_cores(x: float, y: float, width: float) -> str:
    """Draw four cores, each with a control of its own."""
    drawn = ""
    across, down = (width - 36) / 2, (CHIP - 36) / 2
    for i in range(4):
        left, top = x + 12 + (across + 12) * (i % 2), y + 12 + (down + 12) * (i // 2)
        drawn += _box(left, top, across, down, BLUE_AREA, 1.2) + _box(
            left + 8, top + 8, across - 16, 22, ORANGE_AREA, 1
        )
        drawn += svg.text(left + across / 2, top + 19, "own instruction", size=12)
        drawn += svg.text(left + across / 2, top + down - 18, "core", size=12, fill=BLUE, font_weight=600)
    return drawn


def _small_cores(x: float, y: float, width: float) -> str:
    """Draw groups of 32 small cores in rows, each row with one instruction in front."""
    row, front = (CHIP - 16) / GROUPS, 92.0
    cell = (width - front - 20) / GROUP
    drawn = svg.tag("rect", x=float(x + 8), y=float(y + 8), width=front - 8, height=float(CHIP - 16), fill=ORANGE_AREA,
                    stroke=INK, stroke_width=1)  # fmt: skip
    for words, offset in (("one", -24), ("instruction", -8), ("for a row", 8), ("of 32", 24)):
        drawn += svg.text(x + 8 + (front - 8) / 2, y + CHIP / 2 + offset, words, size=12)
    for i in range(GROUPS):
        for j in range(GROUP):
            left, top = float(x + front + 8 + cell * j), float(y + 9 + row * i)
            drawn += svg.tag("rect", x=left, y=top, width=float(cell - 1.2), height=float(row - 5), fill=BLUE)
    return drawn

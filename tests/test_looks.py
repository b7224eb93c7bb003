"""Colours: said once, told apart by every eye, and dark or light enough to read on either theme."""

import re
import sys
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
from matplotlib.colors import to_rgb
from matplotlib.font_manager import findfont, get_font

from course.checks.judge import NOT_ATTEMPTED, PARTIAL, PASS, WRONG
from course.checks.messages import COLOURS, HEADINGS
from course.show import landscape, looks
from course.show.digits import shades
from course.show.plots import SERIES
from course.widgets import hidden_space, loss_explorer, optimizer_race, perceptron_explorer, shrinkage_path
from tests.gates import ROOT

COURSE = ROOT / "course"
SOURCES = sorted(path for path in COURSE.rglob("*") if path.suffix in (".py", ".css", ".html", ".js"))
NAMED = {name: value for name, value in vars(looks).items() if str(value).startswith("#")}
THEMES = Path(sys.prefix) / "share/jupyter/lab/themes/@jupyterlab"
APART = 10  # CIEDE2000: about 1 is just noticed side by side, 10 is plain at a glance
TEXT, GRAPHIC = 4.5, 3.0  # WCAG 2.2: 1.4.3, 1.4.11


def tint(p: float) -> tuple[float, ...]:
    return tuple(int(n) / 255 for n in re.findall(r"\d+", perceptron_explorer.tint(p)))


#: what one has to tell from one another, in one picture
TOGETHER = {
    "series of a plot": [colour for colour, _, _ in SERIES],
    "classes": [looks.BLUE, looks.ORANGE],
    "a class and the mark of a wrong answer": [looks.BLUE, looks.VERMILION],
    "values and gradients": [looks.BLUE, looks.VERMILION],
    "numbers and their gradients": [looks.BLUE, looks.RED_WORDS, looks.INK],
    "signs of weights, light": [looks.ORANGE_LINE, looks.BLUE],
    "signs of weights, dark": [looks.ORANGE, looks.BLUE_ON_DARK],
    "sides of a line": [tint(0.0), tint(1.0), looks.PAPER],
    "area of p ≥ ½ and paper, with an outline": [looks.ORANGE_AREA, looks.INK],
    "losses": [colour for colour, _ in loss_explorer.LOOKS.values()],
    "lines of the hidden space": [look["stroke"] for look in hidden_space.LOOKS.values()],
    "racers": sorted({colour for colour, _ in optimizer_race.LOOKS.values()}),
    "weights that shrink": list(shrinkage_path.COLOURS),
    "verdicts": list(COLOURS.values()),
}


def seen(colour: object, lacking: str | None) -> Any:
    """Give a colour as an eye sees it that lacks a kind of cone: Machado, Oliveira and Fernandes (2009), severity 1."""
    color = pytest.importorskip("coloraide", reason="coloraide is not installed (pip install coloraide)").Color
    plain = color("srgb", to_rgb(colour))
    return plain.filter(lacking, 1, method="machado", out_space="srgb-linear").clip() if lacking else plain


@pytest.mark.parametrize("lacking", ["protan", "deutan", "tritan", None])
@pytest.mark.parametrize("where", TOGETHER)
def test_every_eye_tells_them_apart(where, lacking):
    for one, other in combinations(TOGETHER[where], 2):
        difference = seen(one, lacking).delta_e(seen(other, lacking), method="2000")
        assert difference >= APART, f"{one} and {other}: {difference:.1f}"


def test_a_pair_that_some_eyes_confuse_is_found():
    red, green = seen("#b34700", "deutan"), seen("#8a6100", "deutan")
    assert red.delta_e(green, method="2000") < APART / 2


@pytest.mark.parametrize("lines", [SERIES, *(view.LOOKS.values() for view in (loss_explorer, optimizer_race))])
def test_no_two_lines_differ_by_colour_alone(lines):
    """Dashes or markers differ too, or, for racers, the number at the end and the dash of a shared colour."""
    assert len({tuple(line) for line in lines}) == len(lines)
    if lines is SERIES:
        assert len({marker for _, _, marker in SERIES}) == len(SERIES)


def test_no_two_verdicts_share_a_sign():
    signs = [HEADINGS[outcome][0] for outcome in (PASS, PARTIAL, WRONG, NOT_ATTEMPTED)]
    assert len(set(signs)) == len(signs)


def test_each_sign_is_in_the_font_that_a_bare_linux_has() -> None:
    font = get_font(findfont("DejaVu Sans"))
    shown = [path for path in SOURCES if path.name != "table.py"]  # there stand signs that begin a formula
    shown += (ROOT / "solutions").rglob("lab*.py")
    signs = {sign for path in shown for sign in path.read_text(encoding="utf-8") if not sign.isspace()}
    assert [sign for sign in sorted(signs) if not font.get_char_index(ord(sign))] == []


def luminance(rgb: tuple[float, ...]) -> float:
    light = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in rgb]
    return 0.2126 * light[0] + 0.7152 * light[1] + 0.0722 * light[2]


def contrast(one: object, other: object) -> float:
    dark, light = sorted(luminance(to_rgb(colour)) for colour in (one, other))
    return (light + 0.05) / (dark + 0.05)


def over(rgba: tuple[float, ...], ground: tuple[float, ...]) -> tuple[float, ...]:
    *rgb, alpha = rgba
    return tuple(alpha * c + (1 - alpha) * g for c, g in zip(rgb, ground, strict=True))


ON_PAPER = [
    *(
        (name, ground, TEXT)
        for name in ("INK", "AXIS", "BLUE", "RED_WORDS")
        for ground in ("PAPER", "WHITE", "EMPTY_BOX")
    ),
    *((name, "PAPER", GRAPHIC) for name in ("GREEN", "VERMILION", "PURPLE", "ORANGE_LINE", "BLUE_GROUND")),
    *((ground, "INK", TEXT) for ground in ("ORANGE", "BLUE_AREA", "ORANGE_AREA")),  # words and rims upon them
    ("WHITE", "BLUE_GROUND", TEXT),
    ("WHITE", "RED_WORDS", TEXT),
]


@pytest.mark.parametrize(("one", "other", "least"), ON_PAPER)
def test_drawings_can_be_read(one, other, least):
    assert contrast(NAMED[one], NAMED[other]) >= least


def test_words_can_be_read_on_the_darkest_ground_of_a_drawing():
    deepest = tuple(int(n) / 255 for n in re.findall(r"\d+", landscape.depth(1)))
    for ground in (deepest, tint(0.0), tint(1.0), shades(looks.BLUE)(1 / 1.6)[:3]):
        assert contrast(looks.INK, ground) >= TEXT


def variables(theme: str) -> dict[str, str]:
    """Read what JupyterLab's own style sheet calls the colours of a theme."""
    sheet = (THEMES / f"theme-{theme}-extension" / "index.css").read_text(encoding="utf-8")
    return dict(re.findall(r"(--jp-[\w-]+): ?([^;}]+)", sheet))


def colour_of(value: str) -> tuple[float, ...]:
    """Read a colour as RGBA: a name, #…, rgba(…), or what a variable falls back on."""
    value = re.sub(r"^var\([^,]+,(.*)\)$", r"\1", value.strip())
    if numbers := re.match(r"rgba\((.*)\)", value):
        *rgb, alpha = map(float, numbers[1].split(","))
        return (*(c / 255 for c in rgb), alpha)
    return (*to_rgb(value), 1.0)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_both_themes_can_be_read(theme):
    if not THEMES.is_dir():
        pytest.skip("JupyterLab's themes are not in this environment (pip install jupyterlab)")
    said = variables(theme)
    page, raised = (colour_of(said[f"--jp-layout-color{i}"])[:3] for i in (0, 2))
    words, accent = colour_of(said["--jp-content-font-color1"]), colour_of(said["--jp-brand-color1"])
    message = over((0.5, 0.5, 0.5, 0.08), page)
    for ground in (page, raised, message):
        plain = over(words, ground)
        assert contrast(plain, ground) >= TEXT
        assert contrast(over((*plain, 0.75), ground), ground) >= TEXT  # labels in messages, soft words
        assert contrast(over(accent, ground), ground) >= GRAPHIC  # focus, the bar of a status line
    assert contrast(over((*over(words, page), 0.6), page), page) >= GRAPHIC  # the edge of a field
    for colour in (*COLOURS.values(), looks.BLUE):
        assert contrast(colour, page) >= GRAPHIC
        assert contrast(colour, message) >= GRAPHIC
    wires = (looks.ORANGE_LINE, looks.BLUE) if theme == "light" else (looks.ORANGE, looks.BLUE_ON_DARK)
    for wire in wires:
        assert contrast(wire, page) >= GRAPHIC


@pytest.mark.parametrize("ground", ["#ffffff", "#121212"])
def test_the_graders_pages_can_be_read(ground):
    """On Chromium's Canvas, light and dark; sections stand on #8881, a fifteenth of grey."""
    words = to_rgb("#000000" if ground == "#ffffff" else "#ffffff")
    section = over((*to_rgb("#888888"), 1 / 15), to_rgb(ground))
    for here in (to_rgb(ground), section):
        assert contrast(over((*words, 0.7), here), here) >= TEXT
        for colour in (looks.RIGHT, looks.PARTLY, looks.WRONG, looks.BLANK):
            assert contrast(colour, here) >= GRAPHIC


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.relative_to(COURSE).as_posix())
def test_colours_are_said_in_one_place(path):
    """A script cannot import looks.py: there, the same colours may stand again."""
    found = set(map(str.lower, re.findall(r"#[0-9a-fA-F]{6}\b", path.read_text(encoding="utf-8"))))
    allowed = set(NAMED.values()) if path.suffix == ".js" or path.name == "looks.py" else set()
    assert found <= allowed

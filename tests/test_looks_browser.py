"""What only a browser can tell: words in drawings are whole and large enough, and calm is kept where asked for."""

from base64 import b64encode
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import nbformat
import pytest
from matplotlib import get_data_path
from playwright.sync_api import Page, expect

from course.widgets.base import STYLE
from course.widgets.stepper import Stepper
from tests.browser import Notebook, chromium, find_chromium, jupyterlab
from tests.library import card_kinds, needs_nothing

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(find_chromium() is None, reason="no Chromium on this machine (set CHROMIUM to its path)"),
]

NARROW = 540  # pixels that a card has for its drawing in a window of 700
SMALLEST = 8.5  # pixels of a letter's size
#: words that are cut off, that cover each other, or that are too small; `least` in pixels
FAULTS = """least => [...document.querySelectorAll('svg.course-card')].flatMap(svg => {
  const words = [...svg.querySelectorAll('text')], card = svg.getBoundingClientRect();
  const boxes = words.map(word => word.getBoundingClientRect());
  const scale = Math.min(card.width / svg.viewBox.baseVal.width, card.height / svg.viewBox.baseVal.height);
  return words.flatMap((word, i) => {
    const box = boxes[i], found = [];
    const out = Math.max(card.left - box.left, box.right - card.right, card.top - box.top, box.bottom - card.bottom);
    if (out > 1) found.push(`cut: ${word.textContent}`);
    if (parseFloat(getComputedStyle(word).fontSize) * scale < least) found.push(`small: ${word.textContent}`);
    boxes.slice(i + 1).forEach((other, k) => {
      const across = Math.min(box.right, other.right) - Math.max(box.left, other.left);
      const down = Math.min(box.bottom, other.bottom) - Math.max(box.top, other.top);
      if (across > 2 && down > 4) found.push(`covered: ${word.textContent} by ${words[i + 1 + k].textContent}`);
    });
    return found;
  });
})"""
#: captions of tables that are wider than their card
WIDE = """width => [...document.querySelectorAll('table')]
  .filter(table => table.getBoundingClientRect().width > width + 1).map(table => table.caption.textContent)"""
CELLS = ("from course.widgets import MaskAnimation, Playground", "MaskAnimation()", 'Playground(data="xor")')
#: keeps the moment of each picture that the playground shows
WATCH = """element => {
  window.moments = [];
  new MutationObserver(() => window.moments.push(performance.now()))
    .observe(element, { attributes: true, attributeFilter: ['data-pictures'] });
}"""


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    labs = tmp_path_factory.mktemp("calm") / "labs"
    labs.mkdir()
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    nbformat.write(nbformat.v4.new_notebook(cells=list(map(nbformat.v4.new_code_cell, CELLS)), metadata=kernel),
                   labs / "calm.ipynb")  # fmt: skip
    with jupyterlab(labs, labs.with_name("home")) as (url, _), chromium() as watched:
        watched.page.emulate_media(reduced_motion="reduce")
        watched.page.goto(url.replace("/lab?", "/lab/tree/calm.ipynb?"))
        yield watched.page


@pytest.fixture(scope="module")
def notebook(page: Page) -> Notebook:
    notebook = Notebook(page)
    notebook.run_all()
    return notebook


def test_cards_stand_still_where_reduced_motion_is_asked_for(notebook: Notebook) -> None:
    card = notebook.cell("MaskAnimation()").locator(".course-widget")
    expect(card.locator(".widget-play")).to_be_hidden()
    expect(card.get_by_role("slider", name="update")).to_be_visible()
    assert card.locator(".noUi-handle").first.evaluate("e => getComputedStyle(e).transitionDuration") == "0s"
    notebook.page.emulate_media(reduced_motion="no-preference")
    expect(card.locator(".widget-play")).to_be_visible()
    notebook.page.emulate_media(reduced_motion="reduce")


def test_the_playground_shows_at_most_two_pictures_a_second_where_reduced_motion_is_asked_for(
    notebook: Notebook,
) -> None:
    """Half a second lies between two of its pictures; a slow machine can only make that more."""
    playground = notebook.cell("Playground(").locator(".course-playground")
    playground.evaluate(WATCH)
    playground.get_by_role("button", name="Play").click()
    notebook.page.wait_for_function("() => window.moments.length > 4")
    playground.get_by_role("button", name="Pause").click()
    moments = notebook.page.evaluate("window.moments.slice(1, 5)")
    assert min(later - earlier for earlier, later in pairwise(moments)) > 400


@pytest.fixture(scope="module")
def drawings() -> list[str]:
    """Picture and table of every widget that needs no arguments, at first and, where it has steps, at their end."""
    cards = [kind() for kind in card_kinds() if needs_nothing(kind)]
    drawn = [card.figure.value + card.table.value for card in cards]
    for card in cards:
        if isinstance(card, Stepper):
            card.go(len(card.steps))
            drawn.append(card.figure.value + card.table.value)
    return drawn


#: a font of the reader's may be as wide as DejaVu Sans, wider still, or have lines as high as Noto Sans
READERS = {
    "as wide as DejaVu Sans": "",
    "a tenth wider": "size-adjust: 110%;",
    "as high as Noto Sans": "ascent-override: 107%; descent-override: 30%;",
}
LOADED = "async () => { await document.fonts.load('14px Reader'); return [...document.fonts].map(f => f.status); }"


@pytest.fixture(scope="module")
def bare(page: Page) -> Iterator[Page]:
    """Give a page without JupyterLab."""
    started = page.context.browser
    assert started is not None
    bare = started.new_page()
    yield bare
    bare.close()


@pytest.mark.parametrize("width", [NARROW, 960])
@pytest.mark.parametrize("font", READERS)
def test_words_in_drawings_are_whole_and_large_enough(bare: Page, drawings: list[str], width: int, font: str) -> None:
    cards = "".join(f'<div class="course-widget" style="border:0;padding:0">{drawing}</div>' for drawing in drawings)
    source = b64encode(Path(get_data_path(), "fonts", "ttf", "DejaVuSans.ttf").read_bytes()).decode()
    face = f"@font-face {{ font-family: Reader; src: url(data:font/ttf;base64,{source}); {READERS[font]} }}"
    bare.set_viewport_size({"width": width + 160, "height": 900})
    bare.set_content(
        f"<style>{face} svg, div {{ font-family: Reader !important; }}</style>"
        f'<div style="width:{width}px;font-size:14px">{STYLE}{cards}</div>'
    )
    assert bare.evaluate(LOADED) == ["loaded"]
    assert bare.locator("svg.course-card").count() == len(drawings)
    assert bare.evaluate(FAULTS, SMALLEST) == []
    assert bare.evaluate(WIDE, width) == []

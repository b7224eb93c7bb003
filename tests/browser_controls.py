"""Operate what a lab shows, by keyboard and by mouse, as somebody does who knows nothing about it."""

from collections.abc import Callable

from playwright.sync_api import Locator, expect
from playwright.sync_api import TimeoutError as NothingHappened

from tests.browser import PATIENCE

WIDGETS = ".course-widget, .course-playground, .course-pad"
#: kind of control → where it is, those that would change nothing left out (a button that is pressed in already)
KINDS = {
    "button": "button:not(.widget-toggle-button, .widget-play button):enabled",
    "play": ".widget-play button:enabled",
    "slider": ":is(.noUi-handle, input[type=range]):not([disabled] *, :disabled)",
    "select": "select:enabled",
    "choice": ".widget-toggle-button:enabled:not(.mod-active)",
    "checkbox": "input[type=checkbox]:enabled",
    "number": "input[type=number]:enabled",
    "text": "input[type=text]:enabled:not(.state input)",  # the playground's state string waits for "Restore"
    "readout": ".widget-readout[contenteditable=true]",
    "canvas": "canvas[tabindex]",
}
#: what a widget says in numbers: its table, its status line, a counter; not the controls' own values
NUMBERS = "root => [...root.querySelectorAll('table, [role=status], .counter')].map(e => e.textContent).join('|')"
CHANGED = f"([root, before]) => ({NUMBERS})(root) !== before"
#: x of the middle of a slider's track, or of what is drawn on
MIDDLE = """element => {
  const box = (element.closest('.noUi-base') ?? element).getBoundingClientRect();
  return box.left + box.width / 2;
}"""
SOON = 2_000  # milliseconds that a control is given before the next of its kind is tried

Way = Callable[[str, Locator], None]


def by_keyboard(kind: str, control: Locator) -> None:
    """Operate a control with keys alone, and leave with Tab what was typed."""
    control.focus()
    typed = [another(control), "Tab"] if kind in ("text", "readout") else []
    keys = {
        "slider": ["ArrowRight"],
        "select": ["ArrowDown"],
        "checkbox": ["Space"],
        "number": ["ArrowUp", "Tab"],
        "text": ["Control+A", *typed],
        "readout": ["Control+A", *typed],
        "canvas": ["Space", "ArrowDown", "ArrowDown", "ArrowRight", "Space"],
    }
    for key in keys.get(kind, ["Enter"]):
        control.page.keyboard.press(key)


def by_mouse(kind: str, control: Locator) -> None:
    """Operate a control with the mouse; what is typed is left with a click elsewhere."""
    mouse = control.page.mouse
    if kind in ("slider", "canvas"):
        box = control.bounding_box()
        assert box is not None
        x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        mouse.move(x, y)
        mouse.down()
        middle = control.evaluate(MIDDLE)
        mouse.move(x + 100 if x < middle else x - 100, y + 30, steps=3)
        mouse.up()
    elif kind == "select":  # the list of a real select is the system's own: no page can click into it
        options = control.locator("option").evaluate_all("all => all.map(option => option.value)")
        control.select_option(next(value for value in options if value != control.input_value()))
    elif kind in ("number", "text", "readout"):
        new = another(control)
        control.click()
        control.page.keyboard.press("Control+A")
        control.page.keyboard.insert_text(new)
        control.locator("xpath=ancestor::*[contains(@class, 'course-')]//p").first.click()
    else:
        control.click()


def another(control: Locator) -> str:
    """Give something to type that does not stand there yet: a 1, or a 2."""
    shown = control.evaluate("element => element.value ?? element.textContent")
    return "1" if shown.strip("0.") != "1" else "2"


def happens(widget: Locator, kind: str, way: Way, patience: int = SOON) -> bool:
    """Try the controls of a kind in turn, until one of them changes the widget's numbers."""
    controls = widget.locator(KINDS[kind])
    for i in range(controls.count()):
        if not controls.nth(i).is_visible():
            continue
        before = widget.evaluate(NUMBERS)
        way(kind, controls.nth(i))
        try:
            widget.page.wait_for_function(CHANGED, arg=[widget.element_handle(), before], timeout=patience)
        except NothingHappened:
            continue
        for pause in widget.get_by_role("button", name="Pause").all():
            pause.click()
        return True
    return False


def operate(widget: Locator) -> list[str]:
    """Operate each kind of control by each way, and list those that never changed a number.

    What changed nothing at first (Reset, a number that no step has used) is tried again after something else.
    """
    ways: list[Way] = [by_keyboard, by_mouse]
    present = [kind for kind in KINDS if any(one.is_visible() for one in widget.locator(KINDS[kind]).all())]
    wanted = [(kind, way) for way in ways for kind in present]
    if not wanted and not widget.locator(":disabled").count():
        return ["no control at all"]
    first = [pair for pair in wanted if happens(widget, *pair)]
    still = []
    for kind, way in [pair for pair in wanted if pair not in first]:
        everything = widget.get_by_role("button", name="All", exact=True, disabled=False)
        if everything.count():
            everything.click()
        else:
            any(happens(widget, *pair) for pair in reversed(first) if pair[0] != kind)
        if not happens(widget, kind, way, PATIENCE // 6):
            still.append(f"{kind} {way.__name__}")
    return still


def answer(question: Locator, by_keyboard: bool) -> None:
    """Choose the first option, or give 1 as the number, and send it."""
    keyboard, field = question.page.keyboard, question.locator("input").first
    button = question.get_by_role("button").first  # the other one skips
    if by_keyboard:
        field.focus()
    else:
        field.click()
    if field.get_attribute("type") != "radio":
        keyboard.insert_text("1")
    elif by_keyboard:
        keyboard.press("Space")
    if by_keyboard:
        for _ in range(question.locator("input, textarea").count()):
            keyboard.press("Tab")
            if button.evaluate("button => document.activeElement === button"):
                break
        expect(button).to_be_focused()
        keyboard.press("Enter")
    else:
        button.click()

"""The message of a verdict: as HTML for the notebook, and as plain text with the same content."""

import re
from html import escape
from typing import Any

from course.checks.judge import (
    DIED,
    ERROR,
    GRADER_ERROR,
    NOT_ATTEMPTED,
    PARTIAL,
    PASS,
    TIMEOUT,
    WRONG,
    Verdict,
)
from course.show import looks

#: outcome → the sign and the words that begin the message. The signs differ, so that colour is never the only
#: difference; each sign is in DejaVu, the one font that a minimal Linux has
HEADINGS = {
    PASS: ("✔", "right"),
    PARTIAL: ("◐", "partly right"),
    WRONG: ("✘", "not yet"),
    NOT_ATTEMPTED: ("○", "not attempted"),
    ERROR: ("⚠", "an error"),
    TIMEOUT: ("◷", "took too long"),
    DIED: ("⚠", "stopped the process"),
    GRADER_ERROR: ("⚠", "the grader failed, not you"),
}

COLOURS = {PASS: looks.RIGHT, PARTIAL: looks.PARTLY, WRONG: looks.WRONG, NOT_ATTEMPTED: looks.BLANK}

# grids, not tables: a notebook puts stripes on every table
GRID = "display:grid;grid-template-columns:max-content minmax(0,1fr);gap:2px 14px;align-items:baseline;margin-top:2px"
LABEL = "opacity:.75"
INSET = "padding:0 0 .5em .4em"  # in line with a notebook's text above, apart from what follows
_PRE = (
    "margin:0;padding:0;white-space:pre-wrap;overflow-wrap:anywhere;word-break:normal;"
    "background:none;color:inherit;font-size:var(--jp-code-font-size,13px)"
)
_STARS = re.compile(r"(?<![\w*])\*(\w[^*]*?)\*(?![\w*])")


class Message:
    """A message: HTML where a notebook shows HTML, and the same words as plain text elsewhere."""

    def __init__(self, text: str, html: str):
        self.text, self.html = text, html

    def __repr__(self) -> str:
        return self.text

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        return {"text/plain": self.text, "text/html": self.html}


def heading(verdict: Verdict) -> str:
    """Write the first line: sign, exercise, outcome and points."""
    sign, words = HEADINGS[verdict.outcome]
    unit = "point" if verdict.max_points == 1 else "points"
    earned = f"{verdict.points} of {verdict.max_points} {unit}" if verdict.max_points else "optional, no points"
    return f"{sign} {verdict.exercise}: {words} ({earned})"


def paragraphs(verdict: Verdict, buys: str = "") -> list[tuple[str, str]]:
    """List what follows the heading as (label, text); both forms of the message use it.

    Parameters
    ----------
    verdict : Verdict
    buys : str
        The use of a right answer: all that the message of a pass says.
    """
    if verdict.outcome == PASS:
        return [("", buys)] if buys else []
    if verdict.outcome == NOT_ATTEMPTED:
        return [
            (
                "",
                f'Write your answer, run its cell, then run check("{verdict.exercise}"). '
                f'Stuck? hint("{verdict.exercise}") helps.',
            )
        ]
    rows: list[tuple[str, str]] = []
    if verdict.first:
        others = " and ".join(f"`{name}`" for name in verdict.first)
        do, that = ("does", "that") if len(verdict.first) == 1 else ("do", "these")
        rows += [("", f"This answer uses {others}, which {do} not pass yet: correct {that} first, then check again.")]
    rows += [("", _parts(verdict))] if len(verdict.parts) > 1 else []
    if verdict.example:
        rows += [("tried" if verdict.example.expected else "looking at", verdict.example.inputs)]
        rows += [("got", verdict.example.got), ("expected", verdict.example.expected)]
    rows += [("", verdict.diagnosis)]
    if not verdict.first and not verdict.diagnosis and verdict.outcome in (WRONG, PARTIAL):
        rows += [
            (
                "",
                f'No well-known slip gives this result. hint("{verdict.exercise}") helps you step by step.',
            )
        ]
    return [(label, text) for label, text in rows if text]


def _parts(verdict: Verdict) -> str:
    return "; ".join(f"{'✔' if part.points else '✘'} {part.name}" for part in verdict.parts)


def as_text(verdict: Verdict, buys: str = "") -> str:
    """Write the message as plain text; `buys` as in `paragraphs`."""
    lines = [heading(verdict)]
    for label, text in paragraphs(verdict, buys):
        start = f"   {label:<11}" if label else "   "
        lines.append(start + text.replace("\n", "\n" + " " * len(start)))
    return "\n".join(lines)


def as_html(verdict: Verdict, buys: str = "") -> str:
    """Write the message as HTML, as a live region that a screen reader speaks; `buys` as in `paragraphs`."""
    body = ""
    for label, text in paragraphs(verdict, buys):
        if label:
            body += f"<div style='{LABEL}'>{label}</div>{preformatted(text)}"
        else:
            body += f"<div style='grid-column:1/-1;padding:2px 0'>{code_spans(text)}</div>"
    return box(COLOURS.get(verdict.outcome, COLOURS[WRONG]), heading(verdict), f"<div style='{GRID}'>{body}</div>")


def preformatted(text: str) -> str:
    """Escape text and keep its lines as they are."""
    return f"<pre style='{_PRE}'>{escape(text)}</pre>"


def code_spans(text: str) -> str:
    """Escape text, then show words between backquotes as code and *words between stars* in italics."""
    pieces = escape(text).split("`")
    set_ = [f"<code>{p}</code>" if i % 2 else _STARS.sub(r"<em>\1</em>", p) for i, p in enumerate(pieces)]
    return "".join(set_).replace("\n", "<br>")


def box(colour: str, title: str, body: str) -> str:
    """Frame a message: a coloured bar on the left, the theme's own text colour, an announced role."""
    return (
        f"<div role='status' style='border-left:5px solid {colour};padding:8px 16px 10px;margin:4px 0;max-width:54em;"
        "background:rgba(127,127,127,.08);border-radius:0 8px 8px 0;font-size:var(--jp-content-font-size1,14px);"
        f"line-height:1.6'><div style='font-weight:600'>{escape(title)}</div>{body}</div>"
    )


def hint_text(name: str, number: int, total: int, hint: str) -> str:
    """Write a hint as plain text."""
    return f"Hint {number} of {total} for {name}: {hint}"

"""Show what a run prints and displays, and keep it at the same time."""

import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, redirect_stderr, redirect_stdout
from html import escape
from io import TextIOBase
from typing import Any, TextIO

from IPython import get_ipython

from course.checks.messages import INSET, preformatted


class Tee(TextIOBase):
    """A stream that passes on what is written, and keeps it as a notebook's outputs.

    Parameters
    ----------
    name : str
        ``stdout`` or ``stderr``.
    live : text stream
        The stream that the text is passed on to.
    outputs : list of dict
        The list that keeps the text.
    """

    def __init__(self, name: str, live: TextIO, outputs: list[dict[str, Any]]) -> None:
        self._name, self._live, self._outputs = name, live, outputs

    def write(self, text: str) -> int:
        """Pass a text on, and keep it; join it to a text that came directly before from the same stream."""
        if not self._outputs or self._outputs[-1].get("name") != self._name:
            self._outputs.append({"output_type": "stream", "name": self._name, "text": ""})
        self._outputs[-1]["text"] += text
        return self._live.write(text)

    def flush(self) -> None:
        """Show at once what was passed on."""
        self._live.flush()


@contextmanager
def kept_outputs() -> Iterator[list[dict[str, Any]]]:
    """Yield a list that fills with a notebook's outputs, in their order, while they are shown as usual."""
    outputs: list[dict[str, Any]] = []
    displays: dict[str, dict[str, Any]] = {}

    def keep(message: dict[str, Any]) -> dict[str, Any]:
        content = message["content"]
        name = content.get("transient", {}).get("display_id")
        if message["msg_type"] == "clear_output":
            outputs.clear()
            displays.clear()
        elif message["msg_type"] == "display_data":
            outputs.append({"output_type": "display_data", "data": content["data"], "metadata": content["metadata"]})
            displays[name] = outputs[-1]
        elif name in displays:  # an update
            displays[name]["data"] = content["data"]
        return message

    publisher: Any = getattr(get_ipython(), "display_pub", None)
    with ExitStack() as stack:
        stack.enter_context(redirect_stdout(Tee("stdout", sys.stdout, outputs)))
        stack.enter_context(redirect_stderr(Tee("stderr", sys.stderr, outputs)))
        if hasattr(publisher, "register_hook"):  # a notebook's; elsewhere what is displayed is printed
            publisher.register_hook(keep)
            stack.callback(publisher.unregister_hook, keep)
        yield outputs


def text_and_html(output: dict[str, Any]) -> tuple[str, str]:
    """Write a notebook's output as plain text and as HTML: its own HTML, else its picture, else the text."""
    data = output.get("data") or {"text/plain": output["text"]}
    text = data.get("text/plain", "")
    if "text/html" in data:
        return text, data["text/html"]
    if "image/png" in data:
        source = f"data:image/png;base64,{data['image/png'].strip()}"
        return text, f'<img src="{source}" alt="{escape(text)}" style="max-width:100%">'
    return text, f"<div style='{INSET}'>{preformatted(text)}</div>"

"""What a lab on paper needs besides its style: formulas that need no script, and the explanations at the end.

The template in ``settings/share/jupyter/nbconvert/templates/course`` uses both.
"""

import re
from html import unescape
from pathlib import Path
from typing import Any

from nbconvert.preprocessors import Preprocessor
from nbformat import NotebookNode, from_dict

from course.checks import find_record, labels
from course.checks.appendix import with_appendix

try:
    from latex2mathml.converter import convert
except ImportError:
    convert = None

_TAG = re.compile(r"\\tag\{(.+?)\}")
#: code, which is not changed, or a formula between one or two dollar signs
_CODE_OR_FORMULA = re.compile(r"<(code|pre)\b.*?</\1>|\$\$(.+?)\$\$|\$([^$]+?)\$", re.DOTALL)


def mathml(html: str) -> str:
    """Replace the LaTeX formulas in a page by MathML, which every browser can display.

    Parameters
    ----------
    html : str
        A Markdown cell as HTML, with formulas between dollar signs.

    Returns
    -------
    str
        The page with MathML; unchanged if latex2mathml is not installed.
    """
    if convert is None:
        return html

    def written(match: re.Match[str]) -> str:
        # the converter would keep the backslash of an escaped underscore
        _, block, inline = (part and part.replace(r"\_", "_") for part in match.groups())
        if block:  # the number is set beside the formula, because MathML has no place for it
            return str(convert(_TAG.sub(r"\\qquad\\text{(\1)}", unescape(block)), display="block"))
        return str(convert(unescape(inline), display="inline")) if inline else match[0]

    return _CODE_OR_FORMULA.sub(written, html)


class Appendix(Preprocessor):
    """Give a lab on paper its open questions and, at the end, what explains them; leave other notebooks as they are."""

    def preprocess(self, nb: NotebookNode, resources: dict[str, Any]) -> tuple[NotebookNode, dict[str, Any]]:
        """Look for the lab's record beside the notebook, then among the workbook's own."""
        lab = labels(nb).get("lab")
        try:
            record = find_record(str(lab), Path(resources.get("metadata", {}).get("path") or "."))
        except (FileNotFoundError, ValueError):
            return nb, resources
        return from_dict(with_appendix(nb, record)), resources

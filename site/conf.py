"""Sphinx's settings for the course's site: `make site` builds it below build/site/html, without a network."""

import json
from pathlib import Path
from typing import Any

from course.checks import find_record
from course.checks.appendix import with_appendix

project = "A neural-network workbook"
author = "The workbook team"
copyright = "the workbook team, BSD 3-Clause licence"
extensions = ["myst_nb", "numpydoc", "sphinx.ext.autodoc", "sphinx-mathjax-offline"]
exclude_patterns = ["labs/README.md", "labs/contents.ipynb"]

# the unsolved labs as they are: nothing is run
nb_execution_mode = "off"
myst_enable_extensions = ["amsmath", "dollarmath"]
myst_heading_anchors = 3

# the library's reference, from its docstrings
autodoc_member_order = "bysource"
autodoc_typehints = "none"  # the docstrings say them, with shapes
numpydoc_show_class_members = False

html_theme = "sphinx_book_theme"
html_title = project
html_copy_source = False
html_theme_options = {"use_download_button": False, "home_page_in_toc": True}


def setup(app: Any) -> None:
    """Let each lab's page have what its notebook keeps back."""
    app.connect("source-read", to_read)


def to_read(app: Any, page: str, source: list[str]) -> None:
    """Write a lab's questions and, at the end of its page, what explains them; fold code that is folded in the lab."""
    if page.startswith("labs/lab"):
        notebook = json.loads(source[0])
        for cell in notebook["cells"]:
            if cell["metadata"].get("jupyter", {}).get("source_hidden"):
                cell["metadata"].setdefault("tags", []).append("hide-input")
        lab = notebook["metadata"]["course"]["lab"]
        source[0] = json.dumps(with_appendix(notebook, find_record(lab, Path(app.srcdir) / "labs")))

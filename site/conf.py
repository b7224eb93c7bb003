"""Sphinx's settings for the course's site: `make site` builds it below build/site/html, without a network."""

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

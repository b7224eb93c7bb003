"""The workbook's colours and the style of its tables, said once: for plots, widgets, messages and the grader's pages.

Okabe and Ito (2008) chose colours that people with any colour vision tell apart; the named ones are theirs, a shade
darker where a thin line on paper needs it. tests/test_looks.py simulates how they are seen and measures contrasts.
"""

# Drawings have near-white paper of their own, in light and in dark themes.
PAPER, WHITE, DULL = "#fcfcfa", "#ffffff", "#f1f2f0"  # the ground; a box on it; a box with nothing in it yet
INK, SOFT_INK, RULE = "#1f2733", "#4a5565", "#d5d9de"  # words and outlines; axes; what may be overlooked
BLUE, ORANGE, GREEN, VERMILION, PURPLE = "#0072b2", "#e69f00", "#009e73", "#d55e00", "#bd7599"
SKY = "#56b4e9"  # blue, for lines on dark ground
DEEP_BLUE, DEEP_ORANGE, DEEP_RED = "#005a8f", "#b86e00", "#a84600"  # under white words; lines on white; words on paper
PALE_BLUE, PALE_ORANGE, CONTOUR = "#d6e6f2", "#fbe9c4", "#7f97ad"  # areas, and the lines between them

#: what a bar beside a verdict is coloured with; on light and on dark ground, always beside a sign and a word
RIGHT, PARTLY, WRONG, BLANK = "#00805f", "#b87c00", "#c7344a", "#8a8a8a"

#: tables that a notebook shows: it centres captions, and sets every cell to the right, words too
CAPTION = "text-align:left;font-weight:600;padding-left:.5em"
WORDS = ' style="text-align:left"'

"""The workbook's colours and the style of its tables, for plots, widgets, messages and the grader's pages.

The named colours are those of Okabe and Ito (2008), which people with any kind of colour vision can tell apart. Some
are a shade darker, so that thin lines on paper are visible. tests/test_looks.py simulates how the colours are seen and
measures contrasts.
"""

# Drawings have a near-white background, in light and in dark themes.
PAPER, WHITE, EMPTY_BOX = "#fcfcfa", "#ffffff", "#f1f2f0"  # the ground; a box on it; a box with nothing in it yet
INK, AXIS, GRID = "#1f2733", "#4a5565", "#d5d9de"  # words and outlines; axes and secondary words; grid lines
BLUE, ORANGE, GREEN, VERMILION, PURPLE = "#0072b2", "#e69f00", "#009e73", "#d55e00", "#bd7599"
BLUE_ON_DARK, ORANGE_LINE = "#56b4e9", "#b86e00"  # a line on dark ground; a line on white
BLUE_GROUND, RED_WORDS = "#005a8f", "#a84600"  # a button under white words; words on paper, also under white ones
BLUE_AREA, ORANGE_AREA, CONTOUR = "#d6e6f2", "#fbe9c4", "#7f97ad"  # areas, and the lines between them

#: colours of the bar beside a verdict, on light and on dark ground; a sign and a word always say the same
RIGHT, PARTLY, WRONG, BLANK = "#00805f", "#b87c00", "#c7344a", "#8a8a8a"

# A notebook centres captions and aligns every cell to the right, words too; these styles override that.
CAPTION_STYLE = "text-align:left;font-weight:600;padding-left:.5em"
LEFT = ' style="text-align:left"'

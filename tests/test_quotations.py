"""What the labs quote from their sources is verbatim and whole: every quotation stands in the list below."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

SOLUTIONS = Path(__file__).parents[1] / "solutions"

#: word for word as in the sources; a quotation in a lab is one of these
VERBATIM = {
    "PyCon17": [
        "move the weights in the direction of the gradient, and we do that by subtracting",
        "A linear transformation of a linear transformation is still a linear transformation!",
    ],
    "Nets": [
        'MLPs learn a set of nonlinear features directly from data - "feature engineering" is the hallmark of deep '
        "learning approaches",
    ],
    "Found16": ["you're going to get gradients for all your parameters that are going to be zero"],
    "MT16": [
        "As many matrix multiplications as there are fully connected layers",
        "Performed twice during forward and backward pass",
    ],
}
CURLY = re.compile("“([^”]*)”")
#: in straight quotation marks stand what friends say and words used with care; a source's words stand in “…”
STRAIGHT = re.compile(r'"([^"“”]*)"')


def texts(path: Path) -> Iterator[str]:
    """Give the paragraphs of a lab's text cells, each on one line."""
    for cell in re.split(r"^# %%", path.read_text(encoding="utf-8"), flags=re.MULTILINE):
        if cell.startswith(" [markdown]"):
            lines = [line.removeprefix("#").strip() for line in cell.splitlines()[1:]]
            yield from (" ".join(paragraph.split()) for paragraph in "\n".join(lines).split("\n\n"))


LABS = sorted(SOLUTIONS.glob("lab[0-9][0-9]_*.py"))


@pytest.mark.parametrize("path", LABS, ids=lambda path: path.stem)
def test_a_quotation_is_verbatim_and_names_its_source(path: Path) -> None:
    for paragraph in texts(path):
        for quotation in CURLY.findall(paragraph):
            sources = [source for source, known in VERBATIM.items() if quotation in known]
            assert sources, f"not in the list of verbatim quotations: {quotation!r}"
            assert any(source in paragraph for source in sources), f"{sources[0]} is not named beside {quotation!r}"


@pytest.mark.parametrize("path", LABS, ids=lambda path: path.stem)
def test_beside_a_source_s_name_only_quotations_stand_in_quotation_marks(path: Path) -> None:
    names = re.compile(rf"\b({'|'.join(VERBATIM)}|BMI707)\b|[Tt]he talk\b")
    for paragraph in texts(path):
        said = CURLY.sub("", paragraph)
        if names.search(said):
            long = [words for words in STRAIGHT.findall(said) if len(words.split()) >= 4]
            assert long == [], f"a quotation stands in “…”, from the list of verbatim ones: {long}"

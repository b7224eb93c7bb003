"""course/notation.md and the tags in the code say the same."""

import io
import re
import tokenize
from pathlib import Path

import pytest

COURSE = Path(__file__).parents[1] / "course"
TAG = r"\(([1-9]\d?\.[1-9]\d?)\)"


def table():
    """Read tag → equation, symbols, source; a tag may stand in one row only."""
    rows = {}
    for line in (COURSE / "notation.md").read_text(encoding="utf-8").splitlines():
        cells = [cell.strip().replace(r"\|", "|") for cell in re.split(r"(?<!\\)\|", line)]
        if len(cells) > 2 and (match := re.fullmatch(TAG, cells[1])):
            assert match[1] not in rows, f"({match[1]}) has two rows"
            rows[match[1]] = cells[2:-1]
    return rows


def comments_and_docstrings():
    for path in sorted(COURSE.rglob("*.py")):
        source = path.read_text(encoding="utf-8")
        for token in tokenize.generate_tokens(io.StringIO(source).readline):
            if token.type == tokenize.COMMENT or (token.type == tokenize.STRING and '"""' in token.string):
                yield f"{path.relative_to(COURSE)}:{token.start[0]}", token.string


def in_code():
    """Find the comments that begin with a tag: (tag, text after it, place)."""
    for place, text in comments_and_docstrings():
        if match := re.match(rf"# {TAG}(.*)", text):
            yield match[1], match[2], place


def test_every_row_is_complete_and_in_order():
    rows = table()
    assert all(len(cells) == 3 and all(cells) for cells in rows.values())
    assert list(rows) == sorted(rows, key=lambda tag: tuple(map(int, tag.split("."))))


def test_every_tag_in_the_code_is_in_the_table_and_the_other_way_round():
    tags = {tag for tag, _, _ in in_code()}
    assert tags - set(table()) == set(), "in the code, but without a row in course/notation.md"
    assert set(table()) - tags == set(), "in course/notation.md, but beside no line of the code"


@pytest.mark.parametrize(("tag", "text", "place"), [c for c in in_code() if c[1]], ids=lambda x: str(x)[:25])
def test_the_code_states_the_tables_equation(tag, text, place):
    # "(6.1), and what is particular here" refers to an equation without repeating it
    row = table().get(tag, ["no row in course/notation.md"])
    assert text.startswith(", ") or text == f" {row[0]}", place


def test_every_equation_is_stated_in_the_code():
    assert set(table()) - {tag for tag, text, _ in in_code() if text.startswith(" ")} == set()


def test_references_lead_somewhere():
    rows = table()
    for place, text in comments_and_docstrings():
        for tag in re.findall(TAG, text):
            assert tag in rows, f"{place} refers to ({tag}), which notation.md does not have"
    for tag, cells in rows.items():
        assert all(reference in rows for reference in re.findall(TAG, cells[1])), tag

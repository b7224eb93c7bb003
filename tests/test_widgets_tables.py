import numpy as np
import pytest

from course.show.tables import Table, number, signed


@pytest.mark.parametrize(
    ("value", "written"),
    [(0.37754, "0.3775"), (-0.5, "−0.5"), (0, "0"), (-0.0, "0"), (-1e-9, "−1e−9"),
     (123456.0, "1.235e5"), (np.nan, "not a number"), (-np.inf, "−∞"), (np.int64(3), "3")],
)  # fmt: skip
def test_numbers_have_four_digits_and_a_true_minus(value, written):
    assert number(value) == written


def test_negative_numbers_stand_in_parentheses_inside_a_sum():
    assert (signed(-0.5), signed(2)) == ("(−0.5)", "2")


def test_text_and_html_say_the_same():
    table = Table("caption & co", ("a", "b"), (("x", "1"), ("y<", "22")), current=1)
    assert table.text() == "caption & co\na     b\nx     1\n▶ y<  22"
    html = table.html()
    assert ">caption &amp; co</caption>" in html
    assert html.count('scope="col"') == 2
    assert '<tr aria-current="step"><th scope="row" style="text-align:left">▶ y&lt;</th><td>22</td></tr>' in html


def test_words_stand_on_the_left_and_numbers_where_the_notebook_puts_them():
    html = Table("t", ("n", "what", "p"), (("1", "-2", "-0.5"), ("1,000", "none", "–"))).html()
    left = ' style="text-align:left"'
    assert f'<th scope="col">n</th><th scope="col"{left}>what</th><th scope="col">p</th>' in html
    assert f'<th scope="row">1</th><td{left}>−2</td><td>−0.5</td>' in html
    assert f'<th scope="row">1,000</th><td{left}>none</td><td>–</td>' in html


def test_numbers_have_a_true_minus_beside_each_other_too_and_words_keep_their_hyphens():
    html = Table("steps", ("what", "here"), (("a-b", "-0.5, 2"), ("z[-1]", "-1"))).html()
    assert ">a-b<" in html
    assert ">z[-1]<" in html
    assert ">−0.5, 2<" in html
    assert ">−1<" in html


def test_a_row_of_another_length_is_refused():
    with pytest.raises(ValueError, match=r"expected 2 cells in every row, got 1"):
        Table("t", ("a", "b"), (("x",),))

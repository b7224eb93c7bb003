"""Slips as edits, two at once, derived ones: what the build finds, and what a check names or keeps quiet about."""

import base64
import json
import subprocess
import sys
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from course.build import Exercise, LabSource, Slip, SourceFault, build_record, load_checks, load_source, slip_report
from course.build.derive import LINES, derive_here, made_from
from course.build.records import exercise_record, reference_namespace, solution_of
from course.checks import ExerciseRecord, LabRecord, Verdict, judge
from course.checks.diagnose import exchanged
from course.checks.fingerprints import alike, mark, pack, unpack
from course.checks.shorthand import lengthen, shorten
from course.inside.observe import observe
from course.mutants.operators import mutants
from tests.gates import record_of

SOURCE = '''# %% [markdown]
# # Lab 77 · A lab

# %% tags=["setup"]
import numpy as np

# %% exercise="slope"
def slope(y, p):
    """Differentiate (y − p)², example by example."""
    ### BEGIN SOLUTION
    hidden_name = p - y
    return 2 * hidden_name * p  # times p, why not
    ### END SOLUTION

# %%
check("slope")

# %% exercise="total"
def total(x, n):
    ### BEGIN SOLUTION
    s = 0.0
    i = 0
    while i < n:
        s += x[i]
        i += 1
    return s
    ### END SOLUTION

# %%
check("total")
'''
CHECKS = """
from course.build import Exercise, LabChecks, Slip

def cases(rng):
    return [{"y": rng.normal(size=3), "p": rng.uniform(0.2, 0.8, size=3)} for _ in range(2)]

slope = Exercise(
    "slope", 1, cases,
    slips=[
        Slip("sign", {"p - y": "y - p"}, "The sign is swapped."),
        Slip("half", {"2 * ": ""}, "The 2 is missing."),
        Slip("tripled", lambda y, p: 3 * (p - y) * p, "Three."),
    ],
    alternatives=[{"2 * hidden_name": "hidden_name * 2"}],
    words={WORDS},
    equivalent={"p is positive": ["value of `p`"]},
)
total = Exercise("total", 1, lambda rng: [{"x": rng.normal(size=4), "n": n} for n in (2, 4)])
LAB = LabChecks([slope, total])
"""
EQUIVALENT = '    equivalent={"p is positive": ["value of `p`"]},\n'


def lab(folder: Path, source: str = SOURCE, checks: str = CHECKS, words: str = "{}") -> LabSource:
    (folder / "solutions" / "checks").mkdir(parents=True, exist_ok=True)
    (folder / "labs" / "checks").mkdir(parents=True, exist_ok=True)
    (folder / "solutions" / "checks" / "lab77.py").write_text(checks.replace("{WORDS}", words), encoding="utf-8")
    path = folder / "solutions" / "lab77_made_up.py"
    path.write_text(source, encoding="utf-8")
    return load_source(path)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> LabRecord:
    source = lab(tmp_path_factory.mktemp("lab"))
    return build_record(source, load_checks(source))


def said(record: ExerciseRecord, answer: Any) -> Verdict:
    return judge(record, [observe(record.probe, answer, case) for case in record.cases])


# edits ---------------------------------------------------------------------------------------------------------------


def test_a_slip_is_an_edit_of_the_solution_and_gets_its_own_hint(built: LabRecord) -> None:
    verdict = said(built.exercises["slope"], lambda y, p: 2 * (y - p) * p)
    assert (verdict.misconception, verdict.diagnosis) == ("sign", "The sign is swapped.")
    assert said(built.exercises["slope"], lambda y, p: 3 * (p - y) * p).misconception == "tripled"


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('"p - y": "y - p"', '"p + y": "y - p"', "holds no 'p \\+ y'"),
        ('"2 * ": ""', '"2 * ": "("', "does not run"),
        ('"2 * ": ""', '"2 * ": "math.tau * "', "'math' is not defined there"),
    ],
)
def test_an_edit_that_finds_nothing_or_does_not_run_fails_the_build(
    tmp_path: Path, old: str, new: str, says: str
) -> None:
    source = lab(tmp_path, checks=CHECKS.replace(old, new))
    with pytest.raises(SourceFault, match=says):
        build_record(source, load_checks(source), seed=1) if not new else _with_slips(source)


def _with_slips(source: LabSource) -> ExerciseRecord:
    from course.build.records import build_exercise

    checks = load_checks(source)
    return build_exercise(source, checks, checks.exercises[0], reference_namespace(source))


def test_an_edit_is_made_in_the_solution_alone(tmp_path: Path) -> None:
    source = lab(tmp_path)
    solution = solution_of(source, "slope", reference_namespace(source))
    text = solution.edited({"p": "q"}, "a slip")
    assert "def slope(y, p)" in text
    assert "hidden_name = q - y" in text
    with pytest.raises(SourceFault, match="holds no 'Differentiate'"):
        solution.edited({"Differentiate": "x"}, "a slip")


def test_a_secret_record_holds_no_slips(tmp_path: Path) -> None:
    source = lab(tmp_path)
    secret = build_record(source, load_checks(source), seed=5).exercises["slope"]
    assert (secret.slips, secret.pairs, secret.derived) == ([], {}, {})


# two at once ---------------------------------------------------------------------------------------------------------


def two(first: str, second: str) -> str:
    return f"Two slips together give this; each hint assumes that it is the only one. First: {first} Second: {second}"


def test_two_foreseen_slips_at_once_are_composed(built: LabRecord) -> None:
    verdict = said(built.exercises["slope"], lambda y, p: (y - p) * p)
    assert verdict.misconception == "sign + half"
    assert verdict.diagnosis == two("The sign is swapped.", "The 2 is missing.")


def test_two_slips_that_return_an_input_together_are_no_explanation(tmp_path: Path) -> None:
    sign = 'Slip("sign", {"p - y": "y - p"}, "The sign is swapped.")'
    others = 'Slip("no y", {"p - y": "p"}, "No y."), Slip("bare", {"2 * hidden_name * p": "hidden_name"}, "Bare.")'
    source = lab(tmp_path, checks=CHECKS.replace(sign, others))
    record = _with_slips(source)
    assert said(record, lambda y, p: p - y).misconception == "bare"
    assert said(record, lambda y, p: p).diagnosis == "The result is the input `p`, unchanged."


def moments(slips: list[Slip]) -> ExerciseRecord:
    exercise = Exercise(
        "moments", 1, lambda rng: [{"x": rng.normal(size=n)} for n in (4, 5)], returns=["m", "s", "n"], slips=slips
    )
    rng = np.random.default_rng(0)
    return exercise_record(None, exercise, 0, lambda x: (x.mean(), x.std(), len(x)), rng, "salt")  # type: ignore[arg-type]


MEDIAN = Slip("median", lambda x: (np.median(x), x.std(), len(x)), "That is the median.")
SAMPLE = Slip("sample", lambda x: (x.mean(), x.std(ddof=1), len(x)), "Divided by N − 1.")
BOTH = Slip("sums", lambda x: (x.sum(), x.std() * len(x), len(x)), "You added up.")


def test_slips_of_two_components_explain_both() -> None:
    verdict = said(moments([MEDIAN, SAMPLE]), lambda x: (np.median(x), x.std(ddof=1), len(x)))
    assert verdict.misconception == "median + sample"
    assert verdict.diagnosis == two("That is the median.", "Divided by N − 1.")


def test_a_slip_that_leaves_anything_unexplained_is_not_named() -> None:
    verdict = said(moments([MEDIAN]), lambda x: (np.median(x), np.exp(x.std()) + 3, len(x)))
    assert (verdict.misconception, verdict.diagnosis) == ("", "`n` is right; `m` and `s` are not.")


@pytest.mark.parametrize(
    "answer",
    [
        lambda x: (x.sum(), x.std(), len(x)),  # the slip gets s wrong, the answer does not
        lambda x: (x.sum(), x.std() * 7, len(x)),  # s is wrong in another way
    ],
)
def test_a_slip_that_anything_contradicts_is_not_named(answer: Any) -> None:
    assert said(moments([BOTH]), answer).misconception == ""
    assert said(moments([BOTH]), lambda x: (x.sum(), x.std() * len(x), len(x))).misconception == "sums"


def test_what_is_right_and_what_is_not_is_told() -> None:
    verdict = said(moments([]), lambda x: (np.exp(x.mean()) + 2, np.exp(x.std()) + 3, len(x)))
    assert verdict.diagnosis.startswith("`n` is right; `m` and `s` are not.")


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (lambda x: (x.std(), x.mean(), len(x)), "`m` is what `s` should be. `s` is what `m` should be."),
        (lambda x: (x.std(), np.exp(x.std()) + 3, len(x)), "`m` is what `s` should be."),
    ],
)
def test_components_that_are_exchanged_are_named(answer: Any, says: str) -> None:
    assert said(moments([]), answer).diagnosis == f"`n` is right; `m` and `s` are not. {says}"


def test_an_exchanged_component_may_be_transposed_besides() -> None:
    X, Y = np.arange(6.0).reshape(2, 3), np.arange(3.0, 9.0).reshape(2, 3)
    wanted = {"dX": [X], "dY": [Y]}
    assert exchanged({"dX": [Y.T]}, wanted) == {"dX": "`dX` is the transpose of what `dY` should be."}
    assert exchanged({"dX": [Y + 1]}, wanted) == {}


# in the file ---------------------------------------------------------------------------------------------------------


def test_a_mark_that_slips_share_stands_once_in_the_file() -> None:
    record = moments([MEDIAN, SAMPLE, BOTH])
    entry = asdict(record)
    short = shorten(entry)
    traces = [base64.b64decode(slip.trace.partition(" ")[2]) for slip in record.slips]
    marks = {trace[at : at + 8] for trace in traces for at in range(0, len(trace), 8)}
    table = base64.b64decode(short["marks"])
    assert {table[at : at + 8] for at in range(0, len(table), 8)} == marks
    assert len(table) == 8 * len(marks) < sum(map(len, traces))
    assert lengthen(short) == entry
    assert lengthen(json.loads(json.dumps(short))) == json.loads(json.dumps(entry))


@pytest.mark.parametrize(("slips", "marks"), [(0, 0), (1, 6), (126, 256), (127, 258)])
def test_any_number_of_marks_comes_back(slips: int, marks: int) -> None:
    """One byte numbers 256 marks, and no more."""
    wrong = [Slip(f"{k}", lambda x, k=k: (x.mean() + k, x.std(), len(x)), "") for k in range(1, slips + 1)]
    entry = asdict(moments(wrong))
    short = shorten(entry)
    assert len(base64.b64decode(short["marks"])) == 8 * marks
    assert lengthen(short) == entry


def test_a_record_that_was_read_is_written_alike(built: LabRecord) -> None:
    slope = built.exercises["slope"]
    other = replace(slope, derived=dict(reversed(slope.derived.items())))
    assert list(other.derived) != list(slope.derived)
    assert replace(built, exercises=built.exercises | {"slope": other}).to_json() == built.to_json()
    assert LabRecord.from_json(built.to_json()).to_json() == built.to_json()


@pytest.mark.parametrize("lab", ["00", "01", "09", "13"])
def test_every_kind_of_entry_comes_back_from_the_file(lab: str) -> None:
    for record in record_of(lab).exercises.values():
        entry = asdict(record)
        assert lengthen(json.loads(json.dumps(shorten(entry)))) == json.loads(json.dumps(entry)), record.name


def test_a_trace_that_numbers_no_mark_is_refused() -> None:
    short = shorten(asdict(moments([MEDIAN])))
    with pytest.raises(IndexError):
        lengthen(short | {"marks": ""})
    with pytest.raises(IndexError):
        lengthen(short | {"outlines": short["outlines"] | {"texts": []}})


# derived -------------------------------------------------------------------------------------------------------------


def test_an_unforeseen_slip_is_told_as_an_effect(built: LabRecord) -> None:
    verdict = said(built.exercises["slope"], lambda y, p: 2 * (p - y))
    assert (verdict.misconception, verdict.diagnosis) == ("", "This is what comes out if the factor `p` is missing.")


def test_a_derived_slip_never_names_what_only_the_solution_has(built: LabRecord, tmp_path: Path) -> None:
    derived = built.exercises["slope"].derived
    assert derived
    assert not [change for change in derived if "hidden_name" in change]
    named = lab(tmp_path, words='{"hidden_name": "the error"}')
    told = derive_here(named.path)["slope"]["derived"]
    assert any("the error" in change for change in told)
    assert not [change for change in told if "hidden_name" in change]


def test_a_derived_slip_is_no_foreseen_one_and_no_input(built: LabRecord) -> None:
    record = built.exercises["slope"]
    traces = list(record.derived.values())
    assert len(set(traces)) == len(traces)
    assert not {slip.trace for slip in record.slips} & set(traces)
    for index in (0, 1):
        verdict = said(record, lambda *given, index=index: given[index])
        assert "unchanged" in verdict.diagnosis


def test_a_mutant_that_never_ends_is_stopped_by_its_lines(built: LabRecord, tmp_path: Path) -> None:
    """`i += 1` left out, or `while True`: the build comes to an end, and what is kept ended by itself."""
    assert LINES < 100_000
    changes = built.exercises["total"].derived
    assert changes
    assert not [change for change in changes if "`i` is never changed" in change]


def test_the_same_mutants_are_kept_again_and_are_reused_where_nothing_changed(tmp_path: Path) -> None:
    source = lab(tmp_path)
    first = build_record(source, load_checks(source))
    assert derive_here(source.path)["slope"]["derived"] == first.exercises["slope"].derived
    standing = tmp_path / "labs" / "checks" / "lab77.json"
    standing.write_text(first.to_json().replace("the factor `p` is missing", "it was reused"), encoding="utf-8")
    assert "it was reused" in build_record(source, load_checks(source)).exercises["slope"].derived
    other = lab(tmp_path, SOURCE.replace("2 * hidden_name", "hidden_name * 2"), CHECKS.replace("2 * ", " * 2"))
    assert made_from(other) != first.made_from


def test_a_mutant_that_every_case_takes_for_right_is_listed_or_fails_the_build(tmp_path: Path) -> None:
    source = lab(tmp_path, checks=CHECKS.replace(EQUIVALENT, ""))
    with pytest.raises(SourceFault, match=r"slope: right in every case if the absolute value of `p` .*as equivalent"):
        build_record(source, load_checks(source))
    source = lab(tmp_path, checks=CHECKS.replace(EQUIVALENT, EQUIVALENT.replace("]", ', "no such words"]')))
    with pytest.raises(SourceFault, match="'no such words' is listed as equivalent, and names no change"):
        build_record(source, load_checks(source))


def test_what_is_given_around_a_solution_is_not_changed(tmp_path: Path) -> None:
    inside = SOURCE.replace("    s = 0.0\n", "    s, three = 0.0, 3.0\n").replace("return s\n", "return s * three\n")
    begin, first = "    ### BEGIN SOLUTION\n", "    s, three = 0.0, 3.0\n"
    given = inside.replace(begin + first, first + begin)
    for source, is_changed in ((inside, True), (given, False)):
        derived = derive_here(lab(tmp_path, source).path)["total"]["derived"]
        assert any("instead of `3`" in change for change in derived) == is_changed


def test_the_report_shows_what_an_author_wants_to_know(tmp_path: Path) -> None:
    lines = list(slip_report(lab(tmp_path).path.parents[1], "77"))
    slope = next(line for line in lines if line.startswith("slope: "))
    assert "11 lines, 3 foreseen, 1 two at once" in slope
    assert not any("right in every case" in line for line in lines)
    with pytest.raises(ValueError, match="expected the two digits"):
        list(slip_report(tmp_path, "78"))


# changes of texts ----------------------------------------------------------------------------------------------------

CHANGES = {
    "return a * b": ["the factor `b` is missing", "`a` and `b` are added, not multiplied"],
    "return a - b": ["`b - a` is used instead of `a - b`", "`b` is added to `a`, not subtracted"],
    "return a ** 2": ["|a| is used instead of `a ** 2`", "`a` is not squared"],
    "return np.log(a) * (1 - b)": ["`np.log` is missing around `a`", "the brackets around `1 - b` are missing"],
    "return a.sum(axis=0)": [
        "`mean` is used instead of `sum` for `a`",
        "`axis=1` is used instead of `axis=0` in `sum` of `a`",
    ],
    "return a.std()": ["`std` divides by N − 1 (`ddof=1`) in `std` of `a`"],
    "return np.sqrt(a)": ["the square of `a` is used instead of its root"],
    "return a.T @ b": ["`a` is not transposed", "`b @ a.T` is used instead of `a.T @ b`"],
    "return g(a, b)": ["`g(b, a)` is used instead of `g(a, b)`"],
    "return b - a[:, None]": [
        "`a` (N,) is combined with an array (N, 1), into an N by N table: `[:, None]` makes `a` a column"
    ],
    "return a[0]": ["the entry after `a[0]` is taken"],
    "return a if a > b else b": ["`>=` is used instead of `>` in `a > b`", "the two branches of `a > b` are swapped"],
    "for i in range(3):\n        a += b\n    return a": [
        "the `return` is inside the loop, which then ends in its first round",
        "the loop makes one round too few: `range(3 - 1)`",
        "`b` is subtracted from `a`",
    ],
    "return a, b": ["two results are swapped"],
    "return -a": ["the minus before `a` is missing"],
    "return a - b * 2": ["the brackets are set as in `(a - b) * 2`"],
    "return a @ b + 1": ["the brackets are set as in `a @ (b + 1)`"],
    "return np.tanh(a)": ["`np.tanh` is applied twice to `a`"],
}
#: for a = [1, 2, 6] and b = [1, 2, 3], the quotient of the sums
INPUTS = {
    "the first entry of `a` is used for all": (1 + 1 + 1) / 6,
    "the last entry of `a` is left out": (1 + 2) / 6,
    "the first entries of `a` and `b` are left out": (2 + 6) / (2 + 3),
    "`a` and `b` are exchanged": 6 / 9,
    "the mean of all numbers in `a` is used for each of them": (3 + 3 + 3) / 6,
    "only the sign of `b` counts": 9 / (1 + 1 + 1),
}


@pytest.mark.parametrize("body", CHANGES)
def test_changes_are_made_and_told(body: str) -> None:
    text = f"def f(a, b):\n    {body}\n"
    found = {mutant.change: mutant.text for mutant in mutants(text)}
    assert [change for change in CHANGES[body] if change.replace("range(3 - 1)", "range(2)") not in found] == []
    assert text not in found.values()
    assert len(set(found.values())) == len(found)


@pytest.mark.parametrize("change", INPUTS)
def test_an_input_is_changed_before_the_first_line(change: str) -> None:
    text = 'def f(a, b):\n    """Divide the sums."""\n    top = a.sum()\n    return top / b.sum()\n'
    (changed,) = [mutant.text for mutant in mutants(text) if mutant.change == change]
    namespace: dict[str, Any] = {"np": np}
    exec(changed, namespace)
    assert namespace["f"](np.array([1.0, 2.0, 6.0]), np.array([1.0, 2.0, 3.0])) == pytest.approx(INPUTS[change])


def test_all_places_change_at_once() -> None:
    texts = {mutant.change: mutant.text for mutant in mutants("def f(a, b, g):\n    return g * a, g * b\n")}
    both = "`g` and `a` are added, not multiplied and `g` and `b` are added, not multiplied"
    assert texts[both] == "def f(a, b, g):\n    return (g + a), (g + b)\n"


# marks ---------------------------------------------------------------------------------------------------------------

VALUES = [3.0, np.arange(4.0), np.eye(2), [np.ones(2), np.ones(3)], {"a": np.ones(2), "b": 1}, "text", None]


@pytest.mark.parametrize("value", VALUES, ids=str)
def test_equal_results_have_equal_marks_and_no_others(value: Any) -> None:
    own = mark(value)
    for other in VALUES:
        same = own.outline == mark(other).outline and alike([own], unpack(pack([mark(other)])), 1e-6, 1e-9).all()
        assert same == (other is value)


def test_marks_tell_numbers_that_differ_and_not_their_last_digits() -> None:
    numbers = np.random.default_rng(1).normal(size=50)
    own = unpack(pack([mark(numbers)]))
    assert alike([mark(numbers * (1 + 1e-9))], own, 1e-6, 1e-9).all()
    assert not alike([mark(numbers[::-1])], own, 1e-6, 1e-9).any()
    assert not alike([mark(numbers + np.eye(50)[7] * 1e-2)], own, 1e-6, 1e-9).any()
    assert mark(np.array([1.0, np.nan])).outline != mark(np.array([np.nan, 1.0])).outline


def test_the_child_process_is_limited_and_prints_nothing_else(tmp_path: Path) -> None:
    noisy = SOURCE.replace("    s = 0.0\n", '    print("noise")\n    s = 0.0\n')
    source = lab(tmp_path, noisy)
    child = subprocess.run([sys.executable, "-m", "course.build.derive", source.path], capture_output=True, text=True)
    assert (child.returncode, child.stdout[:1], child.stdout[-1:]) == (0, "{", "}")

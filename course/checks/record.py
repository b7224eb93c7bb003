"""The check record of a lab: inputs, expected outputs, traces of wrong answers, points. It holds data, no code."""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from course.checks.shorthand import lengthen, shorten

FORMAT = 4
_PACKAGE = Path(__file__).parents[1]
#: the labs of this workbook: a wheel has them in the package, a checkout has them beside it
LABS = _PACKAGE / "labs" if (_PACKAGE / "labs").is_dir() else _PACKAGE.parent / "labs"


@dataclass(frozen=True)
class PartRecord:
    """Cases that earn points together: all of them must be right."""

    name: str
    points: int
    cases: list[int]
    component: str | list[str] | None = None

    def looks_at(self, component: str) -> bool:
        """Tell whether a member of the result counts for this part."""
        mine = self.component
        return mine is None or component == mine or (isinstance(mine, list) and component in mine)


@dataclass(frozen=True)
class SlipRecord:
    """One well-known wrong answer: its hint, and its trace on the cases.

    The trace depends on the exercise's kind (`course.checks.kinds`): for ``values`` the marks of its results, for
    ``bounds`` an interval for every measured property, for ``constant`` the digests of its wrong leaves.
    """

    name: str
    hint: str
    trace: Any


@dataclass(frozen=True)
class ExerciseRecord:
    """Everything that is needed to check one exercise.

    ``kind`` is ``values`` (compare numbers), ``bounds`` (every measured number lies in its interval) or
    ``constant`` (salted digests of a fixed answer). ``cases`` holds the encoded inputs, ``expected`` what belongs to
    each: an encoded value, a dictionary of intervals, or digests. ``slips`` are the foreseen wrong answers,
    ``pairs`` two of them at once (their names joined by `JOINT` → trace), ``derived`` the results of small changes to
    the right answer (what was changed → trace). Traces refer to ``outlines`` by number. A record of secret cases holds
    no slips. ``choices`` are the words that a fixed answer may use. ``steps`` holds, for each leaf and for each choice,
    sign → what it shows: the signs by which choices can be told apart; under "" it says where to look next. ``buys`` is
    the message of a pass.
    """

    name: str
    position: int
    kind: str
    probe: str
    measure: str | None
    returns: list[str] | None
    rtol: float
    atol: float
    quiet: bool
    parts: list[PartRecord]
    cases: list[Any]
    expected: list[Any]
    slips: list[SlipRecord]
    hints: list[str]
    labels: dict[str, str] = field(default_factory=dict)
    buys: str = ""
    pairs: dict[str, Any] = field(default_factory=dict)
    derived: dict[str, str] = field(default_factory=dict)
    outlines: list[list[str]] = field(default_factory=list)
    choices: list[str] = field(default_factory=list)
    steps: dict[str, dict[str, str]] = field(default_factory=dict)

    @property
    def points(self) -> int:
        """The most points this exercise can earn."""
        return sum(part.points for part in self.parts)


@dataclass(frozen=True)
class QuestionRecord:
    """A question with its options (without options it asks for a number), and the explanation after the answer.

    ``why`` is Markdown for a prediction, and a sentence for a question on an earlier ``lab`` ("" if on the same one).
    With ``reason``, the question also asks why the student guesses so.
    """

    name: str
    question: str
    options: list[str]
    why: str
    correct: int | None = None
    lab: str = ""
    reason: bool = False


@dataclass(frozen=True)
class LabRecord:
    """Everything that `check`, `hint`, `predict` and `recall` know about one lab.

    ``stubs`` holds each answer's cell as released, by the name of the exercise or of the written question.
    ``made_from`` is a digest of everything that the derived slips depend on: if it is the same, they are the same.
    """

    lab: str
    title: str
    imports: list[str]
    seconds: float
    exercises: dict[str, ExerciseRecord]
    predictions: dict[str, QuestionRecord]
    recall: list[QuestionRecord]
    format: int = FORMAT
    stubs: dict[str, str] = field(default_factory=dict)
    made_from: str = ""

    @property
    def points(self) -> int:
        """The most points this lab can earn."""
        return sum(exercise.points for exercise in self.exercises.values())

    def to_json(self) -> str:
        """Write the record as JSON text, the same bytes for the same record; each case and each slip has a line.

        What many slips share stands there once (`course.checks.shorthand`).
        """
        data = asdict(self)
        data["exercises"] = {name: shorten(entry) for name, entry in data["exercises"].items()}
        return _lines(data, 4) + "\n"

    @classmethod
    def from_json(cls, text: str) -> "LabRecord":
        """Read what `to_json` wrote.

        Raises
        ------
        ValueError
            If the text is not a record of this format.
        """
        data = json.loads(text)
        if not isinstance(data, dict) or data.get("format") != FORMAT:
            found = data.get("format") if isinstance(data, dict) else type(data).__name__
            raise ValueError(f"expected a check record of format {FORMAT}, got {found!r}: build the labs again")
        data["exercises"] = dict(_exercises(data["exercises"]))
        data["predictions"] = {name: QuestionRecord(**q) for name, q in data["predictions"].items()}
        data["recall"] = [QuestionRecord(**question) for question in data["recall"]]
        return cls(**data)


def _lines(value: Any, levels: int) -> str:
    """Write JSON with a line for each item of the outer levels, and without spaces below them."""
    if not (levels and value and isinstance(value, dict | list)):
        return json.dumps(value, sort_keys=True, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    if isinstance(value, list):
        return "[\n" + ",\n".join(_lines(item, levels - 1) for item in value) + "\n]"
    items = (f"{json.dumps(key, ensure_ascii=False)}:{_lines(value[key], levels - 1)}" for key in sorted(value))
    return "{\n" + ",\n".join(items) + "\n}"


def _exercises(entries: dict[str, Any]) -> Iterator[tuple[str, ExerciseRecord]]:
    for entry in sorted(map(lengthen, entries.values()), key=lambda e: e["position"]):
        entry["parts"] = [PartRecord(**part) for part in entry["parts"]]
        entry["slips"] = [SlipRecord(**slip) for slip in entry["slips"]]
        yield entry["name"], ExerciseRecord(**entry)


def find_record(lab: str, start: Path) -> LabRecord:
    """Load the record that belongs to the notebooks in `start`.

    Parameters
    ----------
    lab : str
        Two digits, such as ``"02"``.
    start : Path
        The notebook's folder.

    Returns
    -------
    LabRecord

    Raises
    ------
    FileNotFoundError
        If no record is found; the message names the folders that were searched.
    """
    places = [
        start / "checks",
        start.parent / "labs" / "checks",
        LABS / "checks",
    ]
    for place in places:
        path = place / f"lab{lab}.json"
        if path.is_file():
            return LabRecord.from_json(path.read_text(encoding="utf-8"))
    looked = ", ".join(str(place) for place in places)
    raise FileNotFoundError(
        f"The checks of lab {lab} (lab{lab}.json) were not found. Looked in: {looked}. "
        "Keep the folder 'checks' beside the notebook, or copy it there from the labs you were given."
    )

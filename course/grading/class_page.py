"""The class report: one page on the results of a class, its difficulties, and the repairs."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any
from urllib.parse import quote

from course.checks import DIED, ERROR, NOT_ATTEMPTED, PARTIAL, PASS, ROUNDS, TIMEOUT, WRONG
from course.grading.marks import overrides_csv
from course.grading.pages import render
from course.grading.results import MISSING, NO_SCORE, ClassResults, Graded, changed_by_hand

#: sizes in the figure, in pixels: a bar's row, the labels' width, the bars' width
ROW, LEFT, WIDTH = 30, 190, 420


@dataclass(frozen=True)
class ExerciseBar:
    """An exercise's results: the numbers of answers right, partly right, not right and not attempted; and its time."""

    name: str
    right: int
    partly: int
    wrong: int
    blank: int
    median_seconds: float
    longest_seconds: float

    @property
    def of(self) -> int:
        """The number of answers that were judged."""
        return self.right + self.partly + self.wrong + self.blank

    @property
    def pass_rate(self) -> float:
        """The share of right answers; 0 if there are no answers."""
        return self.right / self.of if self.of else 0.0


@dataclass(frozen=True)
class Link:
    """A link to an exercise on a student's page: its text and its target."""

    shown: str
    href: str


@dataclass(frozen=True)
class Dependents:
    """Answers of one exercise that do not pass and use another one that does not: who, and rows of overrides.csv."""

    exercise: str
    because_of: str
    students: list[Link]
    overrides: str


def class_page(results: ClassResults) -> str:
    """Write the page of a class: each figure has a table, nothing is loaded, every text is escaped."""
    judged = [(student, result) for student, result in results.graded if result["status"] not in NO_SCORE]
    scores = [result["score"] for _, result in judged]
    times = {student: sum(row["seconds"] for row in result["exercises"]) for student, result in judged}
    rows = [row for _, result in judged for row in result["exercises"]]

    def links(exercise: str, misconception: str = "") -> list[Link]:
        """List who misunderstood this there, or, if none is named, whose answer is not right: links to their rows."""
        return [
            _link(results, student, exercise)
            for student, result in judged
            for row in result["exercises"]
            if row["exercise"] == exercise
            and (row["misconception"] == misconception if misconception else row["outcome"] != PASS)
        ]

    return render(
        "class.html",
        lab=results.lab,
        title=results.title,
        statuses=_statuses(results),
        size=sum(result["status"] != MISSING for _, result in results.graded),
        needs=_needs(results),
        missing=[results.called(student) for student, r in results.graded if r["status"] == MISSING],
        by_hand=[(results.called(student), text) for student, r in results.graded for text in changed_by_hand(r)],
        scores={"median": median(scores), "lowest": min(scores), "highest": max(scores)} if scores else None,
        max_score=results.graded[0][1]["max_score"] if results.graded else 0,
        bars=list(_bars(rows)),
        not_right={bar.name: links(bar.name) for bar in _bars(rows)},
        figure={"row": ROW, "left": LEFT, "width": WIDTH},
        misconceptions=[
            (count, exercise, name, hint, links(exercise, name))
            for count, exercise, name, hint in _misconceptions(rows)
        ],
        unforeseen=_unforeseen(rows),
        dependents=_dependents(results, judged),
        stopped=Counter((r["exercise"], r["outcome"]) for r in rows if r["outcome"] in (TIMEOUT, DIED)).most_common(),
        repairs=_repairs(results),
        seconds={"median": median(times.values()), "longest": max(times.values())} if times else None,
        slowest=sorted(times.items(), key=lambda pair: -pair[1])[:5],
        to_read=0 if results.book.begun else sum(bool(text) for r in results.written.values() for text in r.values()),
        waiting=_waiting(results),
        learnt=list(_learnt(results)),
    )


def _needs(results: ClassResults) -> list[tuple[str, str, str]]:
    """List (student, what, why) for everything that the instructor should look at."""
    needs = [("", "doubtful", doubt) for doubt in results.doubts]
    for student, result in results.graded:
        asks = results.asks.get(student, ())
        if result["status"] in NO_SCORE and result["status"] != MISSING:
            needs.append((results.called(student), result["status"], result["reason"]))
        needs += [(results.called(student), "doubtful", ask) for ask in asks]
    return needs


def _statuses(results: ClassResults) -> list[tuple[str, int]]:
    """Count the submissions of each status, good ones first."""
    seen = Counter(result["status"] for _, result in results.graded)
    return [(status, seen[status]) for status in ("graded", "blank", *NO_SCORE) if seen[status]]


def _bars(rows: list[dict[str, Any]]) -> Iterator[ExerciseBar]:
    for name in dict.fromkeys(row["exercise"] for row in rows):
        of = [row for row in rows if row["exercise"] == name]
        n = Counter(row["outcome"] for row in of)
        seconds = [row["seconds"] for row in of]
        wrong = n[WRONG] + n[ERROR] + n[TIMEOUT] + n[DIED]
        yield ExerciseBar(name, n[PASS], n[PARTIAL], wrong, n[NOT_ATTEMPTED], median(seconds), max(seconds))


def _misconceptions(rows: list[dict[str, Any]]) -> list[tuple[int, str, str, str]]:
    """List (how often, exercise, misunderstanding, hint given), the most frequent first."""
    seen = Counter((row["exercise"], row["misconception"]) for row in rows if row["misconception"])
    hints = {(row["exercise"], row["misconception"]): row["diagnosis"] for row in rows}
    return [(count, *pair, hints[pair]) for pair, count in seen.most_common()]


def _unforeseen(rows: list[dict[str, Any]]) -> list[tuple[int, str, str]]:
    """List (how often, exercise, what the first failing case showed) for answers that no misconception explains.

    An answer that uses another failing one is left out, because it may be right.
    """
    wrong = [row for row in rows if row["outcome"] in (WRONG, PARTIAL, ERROR) and not row["misconception"]]
    seen = Counter((row["exercise"], _finding(row)) for row in wrong if not row["verdict"]["first"])
    return [(count, *pair) for pair, count in seen.most_common()]


def _dependents(results: ClassResults, judged: list[Graded]) -> list[Dependents]:
    """List what was lost with another answer, the most frequent first; what has points by hand already is left out."""
    found: dict[tuple[str, str], list[tuple[str, int]]] = {}
    for student, result in judged:
        uses = {row["exercise"]: row["verdict"]["first"] for row in result["exercises"]}
        for row in result["exercises"]:
            if row["verdict"]["first"] and "by_hand" not in row and row["points"] < row["max_points"]:
                because_of = " and ".join(_roots(row["exercise"], uses))
                found.setdefault((row["exercise"], because_of), []).append((student, row["max_points"]))
    return [
        Dependents(
            exercise,
            because_of,
            [_link(results, student, exercise) for student, _ in whose],
            overrides_csv([(s, exercise, most, f"right apart from {because_of}") for s, most in whose]),
        )
        for (exercise, because_of), whose in sorted(found.items(), key=lambda item: -len(item[1]))
    ]


def _roots(exercise: str, uses: Mapping[str, Sequence[str]]) -> list[str]:
    """Follow the failing answers that an answer uses, down to those that use no other."""
    roots, seen, waiting = [], {exercise}, list(uses[exercise])
    while waiting:
        name = waiting.pop(0)
        if name not in seen:
            seen.add(name)
            waiting += uses[name]
            roots += [] if uses[name] else [name]
    return roots or list(uses[exercise])  # answers that call each other have no root


def _link(results: ClassResults, student: str, exercise: str) -> Link:
    return Link(results.called(student), f"feedback/{quote(results.pages[student])}.html#{quote(exercise)}")


def _finding(row: dict[str, Any]) -> str:
    if row["outcome"] == ERROR:
        example = row["verdict"]["example"] or {"got": ""}
        return f"raises {(example['got'].splitlines() or ['an error'])[-1]}"
    return row["diagnosis"] or "no diagnosis: read one of them; it may be a misconception to add"


def _repairs(results: ClassResults) -> list[tuple[str, int]]:
    """Count the students for each kind of repair, without file names and details after a colon."""
    kinds = [{repair.partition(":")[0] for repair in result["repairs"]} for _, result in results.graded]
    return Counter(kind for of_one in kinds for kind in sorted(of_one)).most_common()


def _waiting(results: ClassResults) -> list[str]:
    """List the written answers without a mark, if marking has begun."""
    if not results.book.begun:
        return []
    return [
        results.called(student)
        for student, result in results.graded
        if result["status"] not in NO_SCORE and any(results.mark(student, q) is None for q in results.questions)
    ]


def _learnt(results: ClassResults) -> Iterator[tuple[str, int, int, int]]:
    """List (question, who answered it in both rounds, right before, right after)."""
    first, second = ROUNDS
    rounds = [found for _, result in results.graded if (found := result.get("learnt"))]
    for name in dict.fromkeys(name for found in rounds for name in found[second]):
        both = [found for found in rounds if name in found[first] and name in found[second]]
        pairs = [(found[first][name], found[second][name]) for found in both]
        if pairs:
            before, after = (sum(answers) for answers in zip(*pairs, strict=True))
            yield name.replace("_", " "), len(pairs), before, after

"""The classes with which ``solutions/checks/labNN.py`` declares a lab's checks."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

#: the inputs of one case, by name, in the order of the arguments
Case = dict[str, Any]
#: cases in named groups; one unnamed group may be given as a plain list
Cases = dict[str, list[Case]] | list[Case]


@dataclass(frozen=True)
class Slip:
    """A well-known wrong answer, and its hint.

    Parameters
    ----------
    name : str
        A short name, as it appears in the class report.
    wrong : dict, or object
        The edits that turn the right answer into this one: old text → new text, each wherever it occurs in the
        solution. If no edit can say it, the wrong function, class or value itself. The gates run it, and require that
        it is refused with its own hint.
    hint : str
        What a student with this misunderstanding should read: first the misunderstanding, then the way out.
    """

    name: str
    wrong: Any
    hint: str


@dataclass(frozen=True)
class Part:
    """Points that are earned together: all of its cases must be right.

    Parameters
    ----------
    name : str
        The part's subject; students read it.
    points : int
    group : str, optional
        The part's group of cases; all groups by default.
    component : str or tuple of str, optional
        The part's member of the result, or several; all members by default.
    """

    name: str
    points: int
    group: str | None = None
    component: str | tuple[str, ...] | None = None


@dataclass(frozen=True)
class Exercise:
    """How one exercise is checked. The reference answer is the solution cell of the same name; it is not repeated here.

    Parameters
    ----------
    name : str
        The exercise, and the name that the answer cell defines.
    points : int or sequence of Part
        One number for an exercise with a single part.
    cases : callable, optional
        ``rng -> cases``; none for a constant answer.
    secret_cases : callable, optional
        Other cases for the grader, if they must not be drawn in the same way: test digits, for example.
    slips : sequence of Slip
    alternatives : sequence
        Other right ways to write it, as edits of the solution or in full; each must pass.
    hints : sequence of str
        Three steps: a first pointer, the idea, almost the whole line.
    probe, measure : str
        Names in `course.inside.probes` and `course.checks.measures`.
    returns : sequence of str, optional
        Names of the members of a returned tuple.
    bounds : callable, optional
        ``inputs -> {property: (low, high)}`` for measured properties and thresholds; None means no bound.
    rtol, atol : float
        |got − want| ≤ atol + rtol·|want|.
    tolerance : float
        For constants: how far a float may differ.
    quiet : bool
        Whether a warning from NumPy counts as wrong.
    labels : dict
        For constants: path of a leaf → its name in messages.
    also : dict
        For constants: path of a leaf → further right values.
    choices : sequence of str
        For constants: the words that an answer may use, so that a message can tell a misspelling from a wrong answer.
    steps : dict
        For constants: path of a leaf → sign → what it shows there; and choice → sign → what it would show. A message
        says which signs support a wrong choice and which contradict it. The entry "" says where to look next.
    words : dict
        Names that only the solution has → words for them, so that messages can describe derived slips.
    derived : bool
        Whether small changes of the solution are tried as slips; False if one trial trains a network.
    equivalent : dict
        Why some changes of the solution are right too → words by which `course build --slips` prints them.
    """

    name: str
    points: int | Sequence[Part]
    cases: Callable[[np.random.Generator], Cases] | None = None
    secret_cases: Callable[[np.random.Generator], Cases] | None = None
    slips: Sequence[Slip] = ()
    alternatives: Sequence[Any] = ()
    hints: Sequence[str] = ()
    probe: str = "call"
    measure: str | None = None
    returns: Sequence[str] | None = None
    bounds: Callable[[Case], dict[str, tuple[float | None, float | None]]] | None = None
    rtol: float = 1e-6
    atol: float = 1e-9
    tolerance: float = 0.0
    quiet: bool = False
    labels: dict[str, str] = field(default_factory=dict)
    also: dict[str, Sequence[Any]] = field(default_factory=dict)
    choices: Sequence[str] = ()
    steps: dict[str, dict[str, str]] = field(default_factory=dict)
    words: dict[str, str] = field(default_factory=dict)
    derived: bool = True
    equivalent: dict[str, Sequence[str]] = field(default_factory=dict)

    @property
    def kind(self) -> str:
        """The way in which results are compared: values, bounds or constant."""
        if self.cases is None:
            return "constant"
        return "bounds" if self.bounds else "values"

    @property
    def parts(self) -> Sequence[Part]:
        """The parts; an exercise with a plain number of points has one part with its own name."""
        return [Part(self.name, self.points)] if isinstance(self.points, int) else self.points


@dataclass(frozen=True)
class Prediction:
    """A question asked before a run. A text cell of the lab, marked ``why="name"``, explains the result.

    Parameters
    ----------
    name : str
    question : str
    options : sequence of str
        Without options, the question asks for a number.
    gives_away : sequence of str
        Regular expressions that would reveal the answer. A gate searches for them in what an untouched lab shows, up
        to the heading after the question.
    reason : bool
        Whether the question also asks why; nobody grades the reason.
    """

    name: str
    question: str
    options: Sequence[str] = ()
    gives_away: Sequence[str] = ()
    reason: bool = False


@dataclass(frozen=True)
class Question:
    """A question on this lab, which later labs ask. ``correct`` is the index of the right option, from 0."""

    name: str
    question: str
    options: Sequence[str]
    correct: int
    why: str


@dataclass(frozen=True)
class LabChecks:
    """Everything a lab declares.

    Parameters
    ----------
    exercises : sequence of Exercise
        In the order of the lab.
    predictions : sequence of Prediction
    questions : sequence of Question
        Questions for later labs to ask.
    recall : sequence of str
        The questions on earlier labs at the end of this one, such as ``"01.tie"``; lab 00 asks its own.
    imports : sequence of str
        Modules that answers may import.
    seconds : float
        CPU seconds that one check may take in the grader.
    """

    exercises: Sequence[Exercise]
    predictions: Sequence[Prediction] = ()
    questions: Sequence[Question] = ()
    recall: Sequence[str] = ()
    imports: Sequence[str] = ("math", "numpy")
    seconds: float = 4.0

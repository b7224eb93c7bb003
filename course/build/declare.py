"""The words in which ``solutions/checks/labNN.py`` declares what a lab checks."""

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
    """A well-known wrong answer, and what to say to it.

    Parameters
    ----------
    name : str
        A short name, as it appears in the class report.
    wrong : dict, or object
        How the right answer would have to be edited, old text → new text, each wherever it occurs in the solution; or
        the wrong function, class or value itself, where no edit says it. The gates run it and want it refused with
        its own hint.
    hint : str
        What a student who believes this should read. Names the belief, then the way out.
    """

    name: str
    wrong: Any
    hint: str


@dataclass(frozen=True)
class Part:
    """Points that are earned together, all or nothing.

    Parameters
    ----------
    name : str
        What the part is about; students read it.
    points : int
    group : str, optional
        The group of cases it looks at; all of them by default.
    component : str or tuple of str, optional
        The member of the result it looks at, or several; all of them by default.
    """

    name: str
    points: int
    group: str | None = None
    component: str | tuple[str, ...] | None = None


@dataclass(frozen=True)
class Exercise:
    """How one exercise is checked. The reference answer is the solution cell of the same name, and is not repeated.

    Parameters
    ----------
    name : str
        The exercise, and the name that the answer cell defines.
    points : int or sequence of Part
        One number for an exercise with a single part.
    cases : callable, optional
        ``rng -> cases``; none for a constant answer.
    secret_cases : callable, optional
        Other cases for the grader, where they are not to be drawn alike: test digits, for one.
    slips : sequence of Slip
    alternatives : sequence
        Other right ways to write it, as edits of the solution or in full; each must pass.
    hints : sequence of str
        Three steps: a nudge, the idea, nearly the line.
    probe, measure : str
        Names in `course.inside.probes` and `course.checks.measures`.
    returns : sequence of str, optional
        Names of the members of a returned tuple.
    bounds : callable, optional
        ``inputs -> {property: (low, high)}`` for measured properties and thresholds; None is no bound.
    rtol, atol : float
        |got − want| ≤ atol + rtol·|want|.
    tolerance : float
        For constants: how far a float may be off.
    quiet : bool
        Whether a warning from NumPy counts as wrong.
    labels : dict
        For constants: path of a leaf → how to call it.
    also : dict
        For constants: path of a leaf → further right values.
    choices : sequence of str
        For constants: the words that an answer is made of, so that a misspelt one can be told from a wrong one.
    steps : dict
        For constants: path of a leaf → sign → what it shows there; and choice → sign → what it would show. A message
        says which signs speak for a wrong choice and which against it. Under "" stands where to look next.
    words : dict
        Names that only the solution has → how a message may call them, so that derived slips can be told with them.
    derived : bool
        Whether small changes of the solution are tried out as slips; not where one trial trains a network.
    equivalent : dict
        Why some changes of the solution are right as well → words by which `course build --slips` prints them.
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
        """How results are compared: values, bounds or constant."""
        if self.cases is None:
            return "constant"
        return "bounds" if self.bounds else "values"

    @property
    def parts(self) -> Sequence[Part]:
        """The parts; an exercise with plain points has one, of its own name."""
        return [Part(self.name, self.points)] if isinstance(self.points, int) else self.points


@dataclass(frozen=True)
class Prediction:
    """A question asked before a run. What explains the result is a text cell of the lab, marked ``why="name"``.

    Parameters
    ----------
    name : str
    question : str
    options : sequence of str
        Without options a number is asked for.
    gives_away : sequence of str
        Patterns (regular expressions) that tell the answer: a gate looks for them in what an untouched lab shows, up
        to the heading that follows the question.
    reason : bool
        Whether the student is also asked why; nobody grades it.
    """

    name: str
    question: str
    options: Sequence[str] = ()
    gives_away: Sequence[str] = ()
    reason: bool = False


@dataclass(frozen=True)
class Question:
    """A question on this lab, asked in later ones from memory. ``correct`` counts the options from 0."""

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
        For later labs to ask.
    recall : sequence of str
        The questions on earlier labs that close this one, as ``"01.tie"``; lab 00 asks its own.
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

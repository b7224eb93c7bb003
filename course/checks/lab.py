"""What a notebook calls: ``lab = open_lab("02", globals())``, and then check, hint, ready, predict, recall."""

import os
from collections.abc import Callable, Mapping
from dis import get_instructions
from html import escape
from pathlib import Path
from textwrap import fill
from types import CodeType
from typing import Any

from course.checks.judge import ERROR, PARTIAL, WRONG, Verdict, built_on, judge, placed
from course.checks.messages import Message, as_html, as_text, box, code_spans, hint_text
from course.checks.overview import notebook_of, tally
from course.checks.record import ExerciseRecord, LabRecord, find_record
from course.checks.store import Store
from course.inside.missing_names import lost_when_graded, no_python
from course.inside.observe import observe_all
from course.show import looks

_strict: bool | None = None
#: characters of a printed line that fit into a window beside the file browser
LINE = 88


def strict(on: bool = True) -> None:
    """Make every check that does not pass raise `CheckFailed`; with ``on=False``, checks only show their message."""
    global _strict
    _strict = on


def is_strict() -> bool:
    """Tell whether checks raise: by `strict`; else by ``COURSE_STRICT``; else only under pytest and nbgrader."""
    if _strict is not None:
        return _strict
    if "COURSE_STRICT" in os.environ:
        return os.environ["COURSE_STRICT"] not in ("", "0")
    return "PYTEST_VERSION" in os.environ or os.environ.get("NBGRADER_EXECUTION") == "autograde"


def names_used(code: CodeType | None) -> set[str]:
    """List the global names that a function or a function inside it looks up; attributes are not listed."""
    if code is None:
        return set()
    inner = (names_used(part) for part in code.co_consts if isinstance(part, CodeType))
    return {str(line.argval) for line in get_instructions(code) if line.opname == "LOAD_GLOBAL"}.union(*inner)


def say(text: str, indent: str = "") -> None:
    """Print a sentence in lines that end between words: JupyterLab would cut a long one where its window ends."""
    print(fill(text, LINE, initial_indent=indent, subsequent_indent=indent))


class Report(Message):
    """A check's verdict, to be shown as the cell's result."""

    def __init__(self, verdict: Verdict, buys: str = ""):
        super().__init__(as_text(verdict, buys), as_html(verdict, buys))
        self.verdict = verdict


class CheckFailed(Exception):
    """A check did not pass in strict mode. The message is the one that the notebook shows."""

    def __init__(self, verdict: Verdict):
        super().__init__(as_text(verdict))
        self.verdict = verdict

    def _render_traceback_(self) -> list[str]:
        """Show the message instead of a traceback through the checks' own code (IPython calls this)."""
        return str(self).splitlines()


class Lab:
    """One lab, as its notebook uses it.

    Parameters
    ----------
    record : LabRecord
        What to check, with the hints.
    namespace : mapping
        The notebook's names, ``globals()``. Answers are looked up here by name when a check runs.
    folder : Path
        The notebook's folder; progress is stored in its subfolder ``progress``.
    """

    def __init__(self, record: LabRecord, namespace: Mapping[str, Any], folder: Path):
        self.record, self.namespace, self._folder = record, namespace, folder
        self._store = Store(record.lab, folder)
        self._hints_given: dict[str, int] = {}

    def check(self, name: str) -> Report:
        """Check one answer and report the result.

        Parameters
        ----------
        name : str
            The exercise, such as ``"gradient"``.

        Returns
        -------
        Report
            Shown by the notebook.

        Raises
        ------
        CheckFailed
            In strict mode, unless the answer passes.
        ValueError
            If this lab has no such exercise.
        """
        verdict = self._verdict(self._exercise(name))
        self._store.put("checks", name, {"outcome": verdict.outcome, "points": verdict.points})
        if is_strict() and not verdict.passed:
            raise CheckFailed(verdict)
        return Report(verdict, self.record.exercises[name].buys)

    def ready(self, *names: str) -> bool:
        """Tell whether these answers pass, so that a cell that uses them can run; if not, say which is missing."""
        waiting = [name for name in names if not self._passes(self._exercise(name))]
        if waiting:
            listed = " and ".join([", ".join(waiting[:-1]), waiting[-1]] if waiting[1:] else waiting)
            say(f"This cell waits for {listed}: once {'they pass' if waiting[1:] else 'it passes'}, run it again.")
        return not waiting

    def hint(self, name: str) -> Message:
        """Return the next hint for an exercise; the three hints lead from a first idea to almost the whole line."""
        hints = self._exercise(name).hints
        number = min(self._hints_given.get(name, 0) + 1, len(hints))
        self._hints_given[name] = number
        text = hint_text(name, number, len(hints), hints[number - 1])
        more = (
            "" if number == len(hints) else f'<div style="opacity:.75">Run hint("{escape(name)}") again for more.</div>'
        )
        title, _, body = text.partition(": ")
        return Message(text, box(looks.BLUE, title, code_spans(body) + more))

    def predict(self, name: str, run: Callable[[], Any], guess: Any = None) -> Any:
        """Ask for a prediction, record it, and only then run the experiment and show both.

        Parameters
        ----------
        name : str
            The prediction's name in this lab.
        run : callable
            Runs the experiment and returns what happened: one of the options, or a number.
        guess : object
            The prediction itself, for students who prefer typing to clicking.

        Returns
        -------
        object
            What the notebook shows: the question, or the prediction beside the result.
        """
        from course.checks.questions import Prediction

        return Prediction(self._question(name), run, self._store).answered_with(guess)

    def answered(self, *names: str) -> bool:
        """Tell whether these predictions are made or skipped, so that a cell that answers them can run.

        If not, say which question is still open. A skipped question ("Show without predicting") counts as answered.

        Parameters
        ----------
        *names : str
            Predictions of this lab.

        Raises
        ------
        ValueError
            If this lab has no such prediction.
        """
        waiting = [self._question(name).question for name in names if not self._store.get("predictions", name)]
        for question in waiting:
            say("This cell waits for a question above: answer it or skip it, then run this cell again.")
            say(question, "   ")
        return not waiting

    def recall(self, **guesses: Any) -> Any:
        """Ask this lab's questions on earlier labs; answers may also be given by name, as ``recall(tie="…")``."""
        from course.checks.questions import Recall

        return Recall(self.record.recall, self._store).answered_with(guesses)

    def mine(self) -> Any:
        """Get the student's own passing pieces from the other labs' notebooks, and the library's for the rest.

        The pieces are those that this notebook has imported from `course.pieces`. Graded answers never use them.

        Returns
        -------
        Mine
            Name → function; it is shown as a table that says whose each piece is. Its ``answers`` hold this lab's own
            functions, which use these pieces; it is empty unless all of them pass.
        """
        from course.checks.mine import ANSWERS, find_mine, taken

        passing = {name: self._passes(self._exercise(name)) for name in ANSWERS}
        own = {name: self.namespace[name] if ok else None for name, ok in passing.items()}
        return find_mine(self._folder, taken(self.namespace), own, self.record.lab, beside=not is_strict())

    def progress(self) -> Message:
        """Report progress in this lab: exercises by the last result of each check, questions, the answer in words."""
        done = tally(self.record, self._store.load(), self._saved())
        passed = f"lab {self.record.lab}: {done.passed} of {done.exercises} exercises"
        title = f"{passed}, {done.points} of {done.max_points} points"
        size = f"value='{done.points}' max='{done.max_points}' style='width:16em'"
        body = f"<progress {size} aria-label='points'></progress><div>{escape(done.thinking())}</div>"
        return Message(f"{title}\n   {done.thinking()}", box(looks.BLUE, title, body))

    def _saved(self) -> Path | None:
        """Find this notebook's saved file; None in strict mode, where a cell's output must depend on no other file."""
        return None if is_strict() else notebook_of(self.record.lab, self._folder)

    def __repr__(self) -> str:
        return self.progress().text

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        return self.progress()._repr_mimebundle_()

    def _verdict(self, exercise: ExerciseRecord) -> Verdict:
        verdict = self._judge(exercise)
        if verdict.passed:
            return verdict
        globals_used = names_used(getattr(self.namespace.get(exercise.name), "__code__", None))
        used = [name for name in self.record.exercises if name in globals_used and name != exercise.name]
        verdict = built_on(verdict, used, (name for name in used if not self._passes(self.record.exercises[name])))
        if verdict.first or verdict.is_recognised or verdict.outcome not in (PARTIAL, WRONG, ERROR):
            return verdict
        from course.checks.locate import locate

        return placed(verdict, locate(exercise, self.namespace, self._cells()))

    def _cells(self) -> list[str]:
        """List the executed cells, IPython's ``In``."""
        return [text for text in self.namespace.get("In", ()) if isinstance(text, str)]

    def _passes(self, exercise: ExerciseRecord) -> bool:
        return self._judge(exercise, explained=False).passed

    def _judge(self, exercise: ExerciseRecord, explained: bool = True) -> Verdict:
        seen = observe_all(exercise.probe, self.namespace, exercise.name, exercise.cases)
        cells = self._cells()
        error = no_python(exercise.name, cells)
        if not error and any("value" in one for one in seen):
            error = self._lost_when_graded(exercise.name, cells)
        return judge(exercise, [{"error": error} for _ in exercise.cases] if error else seen, explained)

    def _lost_when_graded(self, name: str, cells: list[str]) -> dict[str, Any]:
        """Predict the error that an answer raises in the grader, from the executed cells (IPython's ``In``)."""
        used: set[str] = set()
        waiting = [name]
        while waiting:
            new = names_used(getattr(self.namespace.get(waiting.pop()), "__code__", None)) - used
            used |= new
            waiting += sorted(new)
        return lost_when_graded(name, used, cells, self.record.imports)

    def _exercise(self, name: str) -> ExerciseRecord:
        if name not in self.record.exercises:
            names = ", ".join(self.record.exercises)
            raise ValueError(f"lab {self.record.lab} has no exercise {name!r}; it has {names}")
        return self.record.exercises[name]

    def _question(self, name: str) -> Any:
        if name not in self.record.predictions:
            names = ", ".join(self.record.predictions)
            raise ValueError(f"lab {self.record.lab} has no prediction {name!r}; it has {names}")
        return self.record.predictions[name]


def open_lab(lab: str, namespace: Mapping[str, Any], folder: str | Path = ".") -> Lab:
    """Open a lab's checks from its notebook.

    Parameters
    ----------
    lab : str
        Two digits, such as ``"02"``.
    namespace : mapping
        The notebook's names: ``globals()``.
    folder : str or Path
        The notebook's folder, when that is not the current one.

    Returns
    -------
    Lab

    Raises
    ------
    FileNotFoundError
        If the lab's check record is not found.

    Examples
    --------
    >>> lab = open_lab("02", globals())
    >>> check, hint, ready = lab.check, lab.hint, lab.ready
    """
    place = Path(folder).resolve()
    return Lab(find_record(lab, place), namespace, place)

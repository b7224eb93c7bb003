"""Questions that a notebook asks: predictions before a run, and questions on earlier labs. No points.

Once a question is answered, question, answer and all that follows replace the controls in the cell's output. So they
are in the saved notebook and on paper, also after the kernel has ended. The explanation of a result follows as
Markdown, in an output of its own. A student who does not want to guess may skip a question and see the same.
"""

import math
from collections.abc import Callable
from typing import Any

import ipywidgets as widgets
from IPython.display import DisplayHandle, display

from course.checks.keep import kept_outputs, text_and_html
from course.checks.messages import GRID, INSET, LABEL, Message, box, code_spans
from course.checks.record import QuestionRecord
from course.checks.store import SKIPPED, Store
from course.show import looks
from course.widgets.companion import Companion

Shown = Any

_WORDS = "max-width:48em;font-size:var(--jp-content-font-size1,14px);line-height:1.6;font-weight:600"
_OPTIONS = "padding:2px 0 2px 1.2em;font-size:var(--jp-content-font-size1,14px);line-height:1.6"
# the page sends a number only when it is complete: sent digit by digit while a cell runs, the "0" of 0.25 would arrive
# before the click and the rest after it
_NUMBER: dict[str, Any] = {
    "style": {"description_width": "initial"},
    "layout": {"width": "18em"},
    "continuous_update": False,
}
_BUTTON = {"width": "max-content", "padding": "0 1.2em"}
_REASON: dict[str, Any] = {
    "description": "Why? In your own words, if you like; nobody grades it.",
    "style": {"description_width": "max-content"},
    "layout": {"width": "100%", "max_width": "48em"},
    "rows": 2,
    "continuous_update": False,
}


def show_answer(answer: Any) -> str:
    """Write a prediction or a result: options unchanged, numbers with four digits."""
    return f"{answer:.4g}" if isinstance(answer, float | int) and not isinstance(answer, bool) else str(answer)


class Question(widgets.VBox):
    """A question with a field or options, a button that records the answer, and one that skips it; both explain it.

    Parameters
    ----------
    question : QuestionRecord
    store : Store
    section : str
        The store's section for the answer.
    button, skip : str
        Labels of the buttons.
    """

    def __init__(self, question: QuestionRecord, store: Store, section: str, button: str, skip: str):
        self.question, self.store, self.section = question, store, section
        self.field = (
            widgets.RadioButtons(options=question.options, value=None, layout={"width": "auto"})
            if question.options
            else widgets.Text(description="your number", placeholder="such as 0.5", **_NUMBER)
        )
        self.button = widgets.Button(description=button, button_style="primary", layout=_BUTTON)
        self.skip = widgets.Button(description=skip, layout=_BUTTON)
        #: field for the student's reason, if the question asks for one
        self.reason = widgets.Textarea(**_REASON)
        self.after = widgets.Output()
        #: the contents of `after`; the page also sets its `outputs`, from another thread, to what it had so far
        self.followed: tuple[dict[str, Any], ...] = ()
        self.answer: Any = None
        self._shown: DisplayHandle | None = None
        self.words = widgets.HTML(self._words())
        buttons = widgets.HBox([self.button, self.skip], layout={"flex_flow": "row wrap"})
        reason = [self.reason] if question.reason else []
        super().__init__([self.words, self.field, *reason, buttons, self.after, Companion()])
        self.add_class("course-question")
        self.button.on_click(lambda _: self._clicked(self.field.value))
        self.skip.on_click(lambda _: self._clicked(SKIPPED))

    def _clicked(self, answer: Any) -> None:
        """Submit once: a second click may arrive before the page has switched the buttons off."""
        if not self.button.disabled:
            self.submit(answer)

    def submit(self, answer: Any) -> None:
        """Record an answer, or `SKIPPED`, and show what follows it; ask again if it is not an answer."""
        answer = self.read(answer)
        if answer is None:
            wanted = "one of the options" if self.question.options else "a number, such as 0.5"
            title = "Your guess first, then the result"
            self.say(
                Message(f"{title}\n   Give {wanted}.", box(looks.PARTLY, title, f"Give {wanted}. Any guess is fine."))
            )
            return
        self.store.put(self.section, self.question.name, answer)
        if self.reason.value.strip():
            self.store.put("reasons", self.question.name, self.reason.value.strip())
        for control in (self.field, self.reason, self.button, self.skip):
            control.disabled = True
        self.reveal(answer)
        if self.answer is not None and self._shown:
            self._shown.update(self._repr_mimebundle_(), raw=True)

    def read(self, answer: Any) -> Any:
        """Read an answer as an option, as a finite number, or as `SKIPPED`; None if it is none of these."""
        if answer == SKIPPED:
            return SKIPPED
        if self.question.options:
            return answer if answer in self.question.options else None
        try:
            number = float(str(answer).replace(",", "."))
        except ValueError:
            return None
        return number if math.isfinite(number) else None

    def reveal(self, answer: Any) -> None:
        """Show what follows the answer; if that succeeds, store the answer in `self.answer`."""
        raise NotImplementedError

    def say(self, message: Message) -> None:
        """Show a message under the question, instead of what was there."""
        self.follow({"output_type": "display_data", "data": message._repr_mimebundle_(), "metadata": {}})

    def follow(self, *outputs: dict[str, Any]) -> None:
        """Show these outputs under the question, instead of what was there."""
        self.followed = self.after.outputs = outputs

    def asked(self) -> Message:
        """Write the question and its options, with a mark on the chosen one."""
        marked = [("●" if option == self.answer else "○", option) for option in self.question.options]
        lines = [f"{mark} {option}" for mark, option in marked]
        if self.answer is not None and (reason := self.store.get("reasons", self.question.name)):
            lines.append(f"Why? {reason}")
        text = "\n".join([self.question.question, *(f"   {line}" for line in lines)])
        options = "".join(f"<div>{code_spans(line)}</div>" for line in lines)
        return Message(text, f"<div style='{INSET}'>{self._words()}<div style='{_OPTIONS}'>{options}</div></div>")

    def _words(self) -> str:
        return f"<div style='{_WORDS}'>{code_spans(self.question.question)}</div>"

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        """Show the controls as long as there is no answer, and the question as text."""
        asked = self.asked()
        if self.answer is None:
            bundle = super()._repr_mimebundle_(include=include, exclude=exclude) or {}
            return {**bundle, **asked._repr_mimebundle_()}
        text, html = asked.text, asked.html
        for output in self.followed:
            more, drawn = text_and_html(output)
            text, html = f"{text}\n{more}", html + drawn
        return {"text/plain": text, "text/html": html}

    def _ipython_display_(self) -> None:
        """Show the question so that it can be replaced in the notebook."""
        self._shown = display(self._repr_mimebundle_(), raw=True, display_id=True)


class Prediction(Question):
    """Predict, then run: the experiment does not start before the prediction is recorded."""

    def __init__(self, question: QuestionRecord, run: Callable[[], Any], store: Store):
        self.run = run
        self._why: DisplayHandle | None = None
        super().__init__(question, store, "predictions", "Lock in my prediction and run it", "Show without predicting")

    def answered_with(self, guess: Any) -> Shown:
        """Return what the notebook shows: the question, or after a guess the guess, the result and the reason."""
        known = self.store.get("predictions", self.question.name)
        answer = self.read(known if guess is None else guess)
        if guess is None and answer is None:  # no answer, or one from an edition with other options
            return self
        if answer is None:
            raise ValueError(f"expected {self.question.options or 'a number'} as the guess, got {guess!r}")
        self.store.put("predictions", self.question.name, answer)
        self.answer = answer
        display(self.asked())
        self.run_and_compare(answer)
        display(self._explanation(), raw=True)
        return None

    def _ipython_display_(self) -> None:
        """Show the question, and keep a place under it for the explanation."""
        super()._ipython_display_()
        self._why = display({"text/plain": "", "text/markdown": ""}, raw=True, display_id=True)

    def _explanation(self) -> dict[str, str]:
        return {"text/plain": self.question.why, "text/markdown": self.question.why}

    def reveal(self, answer: Any) -> None:
        """Run the experiment under the question, with all that it displays; then show the explanation."""
        self.follow()
        with self.after:  # where a traceback is shown, if the experiment raises
            with kept_outputs() as outputs:
                self.run_and_compare(answer)
            self.answer = answer
            self.follow(*outputs)
        if self.answer is not None and self._why:
            self._why.update(self._explanation(), raw=True)

    def run_and_compare(self, answer: Any) -> None:
        """Run the experiment and show the prediction beside what happened."""
        display(self.comparison(answer, self.run()))

    def comparison(self, answer: Any, result: Any) -> Message:
        """Build the message that compares the prediction with the result."""
        rows = [("You predicted", show_answer(answer)), ("What happened", show_answer(result))]
        if answer == SKIPPED:
            sign, rows = "Shown without a prediction.", rows[1:]
        else:
            sign = "✔ As you said." if self.question.options and answer == result else "Your prediction and the result"
        text = "\n".join([sign, *(f"   {label}: {value}" for label, value in rows)])
        cells = "".join(f"<div style='{LABEL}'>{label}</div><div>{code_spans(value)}</div>" for label, value in rows)
        return Message(text, box(looks.BLUE, sign, f"<div style='{GRID}'>{cells}</div>"))


class RecallQuestion(Question):
    """One question on an earlier lab, answered at once with the reason."""

    def __init__(self, question: QuestionRecord, store: Store):
        super().__init__(question, store, "recall", "Answer", "Show without answering")

    def asked(self) -> Message:
        """Write the question; the plain text has the name that is used to answer it by typing."""
        asked = super().asked()
        return Message(f"{self.question.name}: {asked.text}", asked.html)

    def reveal(self, answer: Any) -> None:
        """Say whether the answer is right, which one is right, and why."""
        self.answer = answer
        self.say(self._feedback(answer))

    def _feedback(self, answer: Any) -> Message:
        right = self.question.options[self.question.correct or 0]
        sign = "✔ Yes." if answer == right else f"○ It is: {right}" if answer == SKIPPED else f"✘ It is: {right}"
        why = f"{self.question.why} (lab {self.question.lab})" if self.question.lab else self.question.why
        return Message(f"{sign}\n   {why}", box(looks.BLUE, sign, code_spans(why)))


class Recall:
    """The questions on earlier labs that close a lab."""

    def __init__(self, questions: list[QuestionRecord], store: Store):
        self.questions = [RecallQuestion(question, store) for question in questions]

    def answered_with(self, guesses: dict[str, Any]) -> "Recall":
        """Answer questions by name, also those from earlier sessions, and return all questions to show."""
        for question in self.questions:
            answer = guesses.get(question.question.name, question.store.get("recall", question.question.name))
            if answer is not None:
                question.submit(answer)
        return self

    def __repr__(self) -> str:
        return "\n".join(question._repr_mimebundle_()["text/plain"] for question in self.questions)

    def _ipython_display_(self) -> None:
        """Show each question separately, so that each can be replaced when it is answered."""
        for question in self.questions:
            question._ipython_display_()

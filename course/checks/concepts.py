"""Ten questions on the course's ideas, asked before lab 01 and again after lab 13. No points.

The first time the answers are only kept: a student who is told the right ones learns the answers and not the ideas. The
second time each answer is explained, and a table shows both rounds side by side. Lab 13 shows this table, too, and so
carries it into the class report.
"""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from course.checks.learnt import AFTER, BEFORE, LEARNT, ROUNDS, Rounds
from course.checks.messages import Message
from course.checks.questions import RecallQuestion
from course.checks.record import QuestionRecord
from course.checks.store import SKIPPED, Store
from course.show.tables import Table


def _ask(name: str, question: str, options: list[str], correct: int, why: str) -> QuestionRecord:
    return QuestionRecord(name, question, options, why, correct)


QUESTIONS = [
    _ask(
        "neuron",
        "1. A neuron is a weighted sum and a threshold. Its two inputs are 0 or 1. Which of these can it not decide?",
        ["Whether at least one is 1", "Whether both are 1", "Whether exactly one is 1"],
        2,
        "A neuron cuts the plane with one straight line. The two cases with exactly one 1 lie on a diagonal, and so do "
        "the other two.",
    ),
    _ask(
        "gradient",
        "2. The loss has the gradient g at the current weights. Which small step makes the loss smaller?",
        ["Along g", "Against g", "Across g"],
        1,
        "The gradient points to where the loss grows fastest. Learning goes the other way.",
    ),
    _ask(
        "rate",
        "3. The learning rate is a hundred times too large. What is the loss most likely to do?",
        ["Fall a hundred times as fast", "Grow, jump or get stuck", "Fall as before, with less memory"],
        1,
        "A step that is too long lands on the other side of the valley, or far away where the ground is flat.",
    ),
    _ask(
        "scale",
        "4. One input is a house's floor area in the thousands, another its number of rooms. Why rescale both before "
        "training?",
        ["One learning rate must suit all weights", "Large numbers need more memory", "Rooms matter more than area"],
        0,
        "The gradient of a weight contains its input. If the input is a thousand times as large, so is the gradient.",
    ),
    _ask(
        "cross_entropy",
        "5. A classifier gives the right class the probability 0.01. What does the cross-entropy charge for it?",
        ["About 1", "About 4.6", "Nothing, the class is not chosen"],
        1,
        "−log 0.01 is about 4.6, and there is no upper limit: it costs most to be sure and wrong.",
    ),
    _ask(
        "bend",
        "6. Twenty layers have no activation function in between. What can they compute that one layer cannot?",
        ["Curved boundaries", "Nothing", "Twenty times as many boundaries"],
        1,
        "A linear map of a linear map is linear. Depth helps only because of the activation functions.",
    ),
    _ask(
        "backward",
        "7. How many forward passes cost about as much as the gradient of a deep network with a million weights?",
        ["Three", "A thousand", "A million"],
        0,
        "Backpropagation passes one gradient per unit from layer to layer. It costs about two forward passes, after "
        "one forward pass at the start.",
    ),
    _ask(
        "test",
        "8. You compare thirty networks by their accuracy on the test set and report that of the best. What is wrong?",
        ["Thirty are too few", "The test set has chosen, so its accuracy is too good", "Accuracy should be the loss"],
        1,
        "The best of thirty is also the luckiest of thirty. Choose on validation data, and look at the test data once.",
    ),
    _ask(
        "overfit",
        "9. The training loss keeps falling, but the validation loss has begun to rise. Which of these is likely to "
        "help?",
        ["More epochs", "More hidden units", "A penalty on large weights"],
        2,
        "The network learns its examples by heart. A penalty, dropout, more data or an earlier stop work against that.",
    ),
    _ask(
        "dropout",
        "10. With dropout, units are left out at random while the network learns. What happens when it is used?",
        ["The same units are left out", "None is left out", "Half of them are left out"],
        1,
        "All of them work, and on average the sums are as large as in training. Dropout is only a way to train.",
    ),
]


class ConceptQuestion(RecallQuestion):
    """One of the ten questions, in one of the two rounds.

    Parameters
    ----------
    question : QuestionRecord
    store : Store
    round_ : {"before", "after"}
    """

    def __init__(self, question: QuestionRecord, store: Store, round_: str):
        super().__init__(question, store)
        self.section = round_
        if round_ == BEFORE:
            self.skip.description = "I do not know"

    def reveal(self, answer: Any) -> None:
        """Store the answer; explain it in the second round only."""
        if self.section == AFTER:
            super().reveal(answer)
            return
        self.answer = answer
        self.say(Message("Kept.", f"<div role='status'>{'Skipped' if answer == SKIPPED else 'Kept'}.</div>"))


class Concepts:
    """The two rounds of the ten questions, stored beside the labs.

    Parameters
    ----------
    folder : str or Path
        The labs' folder, when that is not the current one.
    """

    def __init__(self, folder: str | Path = "."):
        self._store = Store("_concepts", Path(folder).resolve())

    def before(self) -> "Round":
        """Ask for the first time: before lab 01."""
        return Round(self._store, BEFORE)

    def after(self) -> "Round":
        """Ask again: after lab 13."""
        return Round(self._store, AFTER)

    def result(self) -> "Learnt":
        """Show the two rounds side by side, for the student and for anyone who receives the notebook."""
        given = [[self._store.get(round_, question.name) for round_ in ROUNDS] for question in QUESTIONS]
        signs = [[_sign(q, answer) for answer in pair] for q, pair in zip(QUESTIONS, given, strict=True)]
        rows = [
            [str(n), q.name.replace("_", " "), *pair]
            for n, (q, pair) in enumerate(zip(QUESTIONS, signs, strict=True), 1)
        ]
        right = [str(sum(pair[k] == "✔" for pair in signs)) for k in (0, 1)]
        rounds = {
            round_: {q.name: pair[k] == "✔" for q, pair in zip(QUESTIONS, signs, strict=True) if pair[k] != "–"}
            for k, round_ in enumerate(ROUNDS)
        }
        columns = ["question", "about", *ROUNDS]
        return Learnt("what you have learned", columns, [*rows, ["right", "", *right]], rounds=rounds)


@dataclass(frozen=True, repr=False)
class Learnt(Table):
    """The table of both rounds. A notebook stores only whether each answer was right, not the answers."""

    rounds: Rounds = field(default_factory=dict)

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        return {**super()._repr_mimebundle_(), LEARNT: self.rounds}


class Round:
    """The ten questions, to show. Those answered in earlier sessions show their answers."""

    def __init__(self, store: Store, round_: str):
        self.questions = [ConceptQuestion(question, store, round_) for question in QUESTIONS]
        for question in self.questions:
            known = store.get(round_, question.question.name)
            if known is not None:
                question.submit(known)

    def __repr__(self) -> str:
        return "\n".join(question._repr_mimebundle_()["text/plain"] for question in self.questions)

    def _ipython_display_(self) -> None:
        for question in self.questions:
            question._ipython_display_()


def _sign(question: QuestionRecord, answer: Any) -> str:
    if answer in (None, SKIPPED):
        return "–" if answer is None else "skipped"
    return "✔" if answer == question.options[question.correct or 0] else "✘"

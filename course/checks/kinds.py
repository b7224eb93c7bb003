"""The three kinds of exercises: numbers to compare, properties that must lie in intervals, and fixed answers.

Each kind answers the same questions: Which components does a result have? What is wrong with each? Does an answer's
result agree with a slip's? What can be said about a fault that no slip explains?
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from course.checks import constants
from course.checks.compare import WHOLE, Fault, Seen, as_numbers, describe, select, value_fault
from course.checks.constants import leaves
from course.checks.diagnose import Trial, diagnose, exchanged, which_cases
from course.checks.error_meanings import meaning_of
from course.checks.fingerprints import Mark, alike, mark, pack, unpack
from course.checks.record import ExerciseRecord, PartRecord
from course.inside.codec import decode

#: for each case, what is wrong with each of its components; None means right
Faults = list[dict[str, Fault | None]]
#: a case's number and one of its components
Place = tuple[int, str]


class Kind:
    """What the kinds share: the whole result may be missing, or an input may have been changed."""

    def __init__(self, exercise: ExerciseRecord):
        self.exercise = exercise

    def expectation(self, stored: Any) -> Any:
        """Read a case's expectation from the record."""
        return stored

    def components(self, expected: Any) -> list[str]:
        """Name the components that are compared one by one."""
        return list(expected)

    def faults(self, expected: Any, seen: Seen) -> dict[str, Fault | None]:
        """Compare one case: component → what is wrong with it, or None if it is right."""
        names = self.components(expected)
        whole = self._whole_fault(expected, seen)
        if whole:
            return dict.fromkeys(names, whole)
        faults = self._faults(expected, seen, names)
        return faults if any(faults.values()) else dict.fromkeys(names, self._side_effect(seen))

    def _whole_fault(self, expected: Any, seen: Seen) -> Fault | None:
        """Find what makes the whole result unusable: an exception, or a wrong structure."""
        if not seen.attempted:
            return Fault("attempt", "still raises NotImplementedError here")
        if seen.error:
            return Fault("error", f"{seen.error['type']}: {seen.error['message']}")
        return self._structure_fault(expected, seen.value)

    def _structure_fault(self, expected: Any, value: Any) -> Fault | None:
        return None

    def _faults(self, expected: Any, seen: Seen, names: list[str]) -> dict[str, Fault | None]:
        raise NotImplementedError

    def _side_effect(self, seen: Seen) -> Fault | None:
        if seen.mutated:
            return Fault("mutated", f"the numbers are right, but your answer changed {' and '.join(seen.mutated)}")
        if self.exercise.quiet and seen.warned:
            return Fault("warned", f"the numbers are right, but NumPy warned: {seen.warned[0]}")
        return None

    def agreement(
        self, traces: Sequence[Any], expected: list[Any], seen: list[Seen], places: list[Place]
    ) -> np.ndarray:
        """Tell, for every slip and place, whether the slip gives the answer's result: shape (slips, places)."""
        raise NotImplementedError

    def explain(self, expected: list[Any], seen: list[Seen], faults: Faults, part: PartRecord, fault: Fault) -> str:
        """Describe a part that no slip explains."""
        if fault.kind == "mutated":
            return (
                "Your answer changes its inputs in place (`x -= …`, `x[i] = …`, `x.sort()` do that). "
                "The caller still needs them: work on a new array, as in `x = x - …`."
            )
        if fault.kind == "error":
            trials = [
                Trial(decode(case), None, None, not any(f.values()))
                for case, f in zip(self.exercise.cases, faults, strict=True)
            ]
            return meaning_of(fault.text) or which_cases(trials)
        if fault.kind == "told":
            return fault.text
        if fault.kind == "structure" and fault.text.endswith("got None"):
            return f"{sentence(fault.text)} Is the last line missing its `return`?"
        if fault.kind in ("warned", "structure", "low", "high"):
            return sentence(fault.text)
        return ""


class Values(Kind):
    """Numbers, compared with tolerances. Named tuples of results and dictionaries are compared member by member."""

    def expectation(self, stored: Any) -> Any:
        """Decode a case's expected result."""
        return decode(stored)

    def components(self, expected: Any) -> list[str]:
        """Name the members of the result; a plain result has the one component ``""``."""
        if self.exercise.returns:
            return self.exercise.returns
        return sorted(expected) if isinstance(expected, dict) else [WHOLE]

    def _structure_fault(self, expected: Any, value: Any) -> Fault | None:
        returns = self.exercise.returns
        in_order = isinstance(value, tuple | list) or (isinstance(value, np.ndarray) and value.ndim)
        if returns and isinstance(value, np.ndarray) and value.ndim == 1:  # an array is no pair of arrays
            in_order = not any(isinstance(select(self.exercise, expected, n), np.ndarray) for n in returns)
        if returns and not (in_order and len(value) == len(returns)):
            return Fault("structure", f"expected {len(returns)} results, ({', '.join(returns)}), got {describe(value)}")
        if not returns and isinstance(expected, dict):
            if isinstance(value, dict) and expected.keys() <= value.keys():
                return None
            found = ", ".join(value)[:200] if isinstance(value, dict) else describe(value)
            return Fault("structure", f"expected a dictionary with the keys {', '.join(expected)}; got {found}")
        return None

    def _faults(self, expected: Any, seen: Seen, names: list[str]) -> dict[str, Fault | None]:
        exercise = self.exercise
        return {
            name: value_fault(select(exercise, expected, name), select(exercise, seen.value, name), exercise, name)
            for name in names
        }

    def marks(self, expected: list[Any], seen: list[Seen]) -> list[Mark]:
        """Mark an answer's results, place by place: case by case, and component by component in each case."""
        return [self._mark(s, name) for e, s in zip(expected, seen, strict=True) for name in self.components(e)]

    def _mark(self, seen: Seen, name: str) -> Mark:
        if not seen.attempted:
            return Mark("not attempted")
        if seen.error:
            return Mark(f"{seen.error['type']}: {seen.error['message']}"[:160])
        try:
            found = mark(select(self.exercise, seen.value, name))
        except (TypeError, KeyError, IndexError):
            found = Mark(f"no {name} in {describe(seen.value)}")
        aside = f", {' '.join(seen.mutated)} changed" if seen.mutated else ""
        aside += ", warned" if seen.warned and self.exercise.quiet else ""
        return replace(found, outline=found.outline + aside)

    def trace(self, expected: list[Any], seen: list[Seen], outlines: list[list[str]]) -> str:
        """Write a slip's marks in the record's form; add new outlines to the list."""
        marks = self.marks(expected, seen)
        outline = [m.outline for m in marks]
        if outline not in outlines:
            outlines.append(outline)
        return f"{outlines.index(outline)} {pack(marks)}"

    def agreement(
        self, traces: Sequence[Any], expected: list[Any], seen: list[Seen], places: list[Place]
    ) -> np.ndarray:
        """Compare marks with marks."""
        exercise = self.exercise
        split = [trace.partition(" ") for trace in traces]
        numbers = np.stack([unpack(text) for *_, text in split])
        numbered = np.array([int(number) for number, *_ in split])
        marks = self.marks(expected, seen)
        outline = [m.outline for m in marks]
        fits = np.array([[a == b for a, b in zip(o, outline, strict=True)] for o in exercise.outlines])
        return np.asarray(fits[numbered] & alike(marks, numbers, exercise.rtol, exercise.atol))

    def explain(self, expected: list[Any], seen: list[Seen], faults: Faults, part: PartRecord, fault: Fault) -> str:
        """Diagnose numbers, shapes and types."""
        if fault.kind not in ("type", "shape", "nan", "value"):
            return super().explain(expected, seen, faults, part, fault)
        exercise, name = self.exercise, fault.component
        stopped = next((s.error for s in (seen[i] for i in part.cases) if s.error), None)
        if stopped:
            told = f"{stopped['type']}: {stopped['message']}"
            return f"This case runs, but is wrong ({fault.text}); another stops with {told}. {meaning_of(told)}".strip()
        if any(not seen[i].attempted for i in part.cases):
            return f"Some cases are right; this one is not: {fault.text}."
        trials = [
            Trial(
                decode(exercise.cases[i]),
                select(exercise, expected[i], name),
                self._member(seen[i].value, name),
                not faults[i].get(name),
            )
            for i in part.cases
            if name in faults[i]  # a network of fewer layers has fewer components
        ]
        others = self.exchanged(expected, seen, faults, part.cases) if name else {}
        said = " ".join(others.values()) if name in others else diagnose(trials, name)
        if re.search(r"\bcases?\b", said) and self._fails_elsewhere(faults, part):
            said = f'For "{part.name}": {said}'
        where = self._where(faults, part, bool(said))
        return " ".join(filter(None, [where, said])) or (sentence(fault.text) if fault.kind == "type" else "")

    def _fails_elsewhere(self, faults: Faults, part: PartRecord) -> bool:
        """Tell whether cases of other parts fail, too: what is said of all cases is said of this part's."""
        return any(any(case.values()) for i, case in enumerate(faults) if i not in part.cases)

    def exchanged(self, expected: list[Any], seen: list[Seen], faults: Faults, cases: Sequence[int]) -> dict[str, str]:
        """Find the wrong components that are what other components should be: component → sentence."""
        cases = [i for i in cases if seen[i].value is not None]
        names = [name for name in faults[cases[0]] if all(name in faults[i] for i in cases)] if cases else []
        wrong = [name for name in names if any(faults[i][name] for i in cases)]
        wanted = {name: [select(self.exercise, expected[i], name) for i in cases] for name in names}
        got = {name: [self._member(seen[i].value, name) for i in cases] for name in wrong}
        return exchanged(got, wanted)

    def _member(self, value: Any, name: str) -> Any:
        try:
            return select(self.exercise, value, name)
        except (TypeError, KeyError, IndexError):
            return value

    def _where(self, faults: Faults, part: PartRecord, is_told: bool) -> str:
        """Say which components are right in every case and which are not, unless the fault told already says it."""
        names = list(dict.fromkeys(name for i in part.cases for name in faults[i]))
        wrong = [name for name in names if any(faults[i].get(name) for i in part.cases)]
        right = [name for name in names if name not in wrong]
        if not right or (is_told and len(wrong) == 1):
            return ""
        if len(right) > 5:
            return f"All is right but {listed(wrong)}."
        return f"{listed(right)} {verb(right)} right; {listed(wrong)} {verb(wrong)} not."


class Bounds(Kind):
    """Measured properties, each of which must lie in its interval. Single numbers are not compared."""

    def _structure_fault(self, expected: Any, value: Any) -> Fault | None:
        return None if isinstance(value, dict) else Fault("structure", "gave nothing that can be measured")

    def _faults(self, expected: Any, seen: Seen, names: list[str]) -> dict[str, Fault | None]:
        faults = {name: self._fault(name, expected[name], seen.value.get(name)) for name in names}
        if told := seen.value.get("told"):  # the measure brings its own message
            return {name: fault and Fault("told", told, name) for name, fault in faults.items()}
        return faults

    @staticmethod
    def _fault(name: str, interval: Any, got: Any) -> Fault | None:
        low, high = interval
        number = as_numbers(got)
        if number is None or number.shape != ():
            return Fault("structure", f"{name}: expected a number, got {describe(got)}", name)
        if np.isnan(number) or (low is not None and number < low):
            text = f"got {float(number):.4g}, expected at least {low:.4g}" if low is not None else "NaN"
            return Fault("low", f"{name}: {text}", name)
        if high is not None and number > high:
            return Fault("high", f"{name}: got {float(number):.4g}, expected at most {high:.4g}", name)
        return None

    def trace(self, draws: list[list[Seen]]) -> list[Any]:
        """Measure a slip several times: for each case, return an interval for every property, or the error.

        Each interval is widened on both sides by its own width, because a few draws do not reach the extremes.
        """
        return [self._intervals(list(runs)) for runs in zip(*draws, strict=True)]

    def _intervals(self, runs: list[Seen]) -> Any:
        if any(run.error or not isinstance(run.value, dict) for run in runs):
            return self._error(runs[0])
        intervals = {}
        for name in runs[0].value:
            numbers = [float(run.value[name]) for run in runs]
            low, high = min(numbers), max(numbers)
            margin = high - low + 1e-5 * max(abs(low), abs(high))
            ends = [low - margin, high + margin]
            intervals[name] = [float(f"{end:.6g}") if np.isfinite(end) else None for end in ends]
        return intervals | ({"changed": list(runs[0].mutated)} if runs[0].mutated else {})

    @staticmethod
    def _error(seen: Seen) -> str:
        return f"{seen.error['type']}: {seen.error['message']}"[:160] if seen.error else "nothing measured"

    def agreement(
        self, traces: Sequence[Any], expected: list[Any], seen: list[Seen], places: list[Place]
    ) -> np.ndarray:
        """Tell whether every property lies in the slip's interval."""
        return np.array([[self._lies(trace[i], seen[i], name) for i, name in places] for trace in traces])

    def _lies(self, trace: Any, seen: Seen, name: str) -> bool:
        if isinstance(trace, str) or seen.error:
            return bool(trace == self._error(seen))
        number = as_numbers(seen.value.get(name)) if isinstance(seen.value, dict) else None
        if number is None or number.shape != () or trace.get("changed", []) != list(seen.mutated):
            return False
        low, high = trace[name]
        return (low is None or number >= low) and (high is None or number <= high)


class Constant(Kind):
    """A fixed answer, of which the record holds a salted digest for each leaf."""

    def components(self, expected: Any) -> list[str]:
        """Name the leaves by their paths."""
        return list(expected["leaves"])

    def _faults(self, expected: Any, seen: Seen, names: list[str]) -> dict[str, Fault | None]:
        matches = constants.matches(seen.value, expected)
        return {path: None if ok else Fault("constant", "is not right", path) for path, ok in matches.items()}

    def agreement(
        self, traces: Sequence[Any], expected: list[Any], seen: list[Seen], places: list[Place]
    ) -> np.ndarray:
        """Compare with slips: a slip agrees if the same leaves are wrong in the same way, and no others are.

        A leaf that the right answer does not have, as in a transposed table, is wrong wherever it appears.
        """
        faults = self.faults(expected[0], seen[0])
        same = np.zeros((len(traces), len(places)), dtype=bool)
        for row, trace in zip(same, traces, strict=True):
            if not seen[0].error and seen[0].attempted:
                hits = constants.matches(seen[0].value, trace)
                named = bool(hits) and all(hits.values()) and all(faults.get(path, True) for path in hits)
                others = {path for path, fault in faults.items() if fault} - hits.keys()
                strange = any(path not in faults for path in hits)
                row[:] = named and (strange or not others)
        return same

    def explain(self, expected: list[Any], seen: list[Seen], faults: Faults, part: PartRecord, fault: Fault) -> str:
        """Name the wrong leaves, and the kind of value that is expected."""
        if fault.kind != "constant":
            return super().explain(expected, seen, faults, part, fault)
        found = leaves(seen[0].value)
        texts = [leaf for path, leaf in found.items() if faults[0].get(path) and isinstance(leaf, str)]
        if any(re.fullmatch(r"[-+−]?[\d.]+", text) for text in texts):
            return "This is text in quotes. Write the number without quotes."
        choices = self.exercise.choices
        strange = [text for text in texts if choices and " ".join(text.casefold().split()) not in choices]
        if strange:
            return f"{strange[0]!r} is not one of the words to choose from: {', '.join(choices)}."
        missing = [path for path in faults[0] if path and path not in found]
        nested = [path for path in missing if any(other.startswith(f"{path}[") for other in found)]
        if nested:
            return f"At {', '.join(nested)} there is a list or an array. One value is expected there."
        if missing and len(missing) < len(faults[0]):
            return f"There is nothing at {', '.join(missing)}: is a name wrong, or the number of entries?"
        places = [path for path, found_ in faults[0].items() if found_]
        named = ", ".join(self.exercise.labels.get(path, path) for path in places if path)
        step = next((self._signs(path, found.get(path)) for path in places if path in self.exercise.steps), "")
        again = f"Look again at: {named}." if named and len(places) < len(faults[0]) else ""
        return f"{again} {step}".strip()

    def _signs(self, path: str, answer: Any) -> str:
        """Say which signs speak against a wrong choice and which for it, and where to look next."""
        here = dict(self.exercise.steps[path])
        then = here.pop("", "")
        word = " ".join(answer.casefold().split()) if isinstance(answer, str) else ""
        label = self.exercise.labels.get(path, path)
        would = {sign: shows for sign, shows in self.exercise.steps.get(word, {}).items() if sign in here}
        against = [
            f'With "{word}" {sign} {shows}; in {label} it {here[sign]}.'
            for sign, shows in would.items()
            if shows != here[sign]
        ]
        fitting = [f"{sign} {shows}" for sign, shows in would.items() if shows == here[sign]]
        fits = f"These signs do fit: {', '.join(fitting)}." if fitting else ""
        return " ".join(filter(None, [*against, fits, then]))


KINDS: dict[str, type[Kind]] = {"values": Values, "bounds": Bounds, "constant": Constant}


def kind_of(exercise: ExerciseRecord) -> Kind:
    """Return the kind of an exercise."""
    return KINDS[exercise.kind](exercise)


def sentence(text: str) -> str:
    """Turn a fault's text into a sentence."""
    return f"{text[0].upper()}{text[1:]}."


def listed(names: Sequence[str]) -> str:
    """List names as code: `a`, `b` and `c`."""
    quoted = [f"`{name}`" for name in names]
    return " and ".join([", ".join(quoted[:-1]), quoted[-1]] if len(quoted) > 1 else quoted)


def verb(names: Sequence[str]) -> str:
    """Return "is" for one thing and "are" for several."""
    return "is" if len(names) == 1 else "are"

"""Run a student's answer on one case, and describe as data what happened.

A notebook's check and the grader's disposable process use the same function. It knows no right answers.
"""

import contextlib
import io
import os
import traceback
import warnings
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from course.inside import probes
from course.inside.codec import decode, encode

#: what an observation may hold: the value or why there is none, the changed inputs, the warnings
Observation = dict[str, Any]


def observe(probe: str, answer: Any, case: Any) -> Observation:
    """Run an answer on one case.

    Parameters
    ----------
    probe : str
        How to turn the answer into data: a name in `course.inside.probes.PROBES`.
    answer : object
        The student's function, class or value.
    case : object
        The encoded inputs, a dictionary in the order of the arguments.

    Returns
    -------
    dict
        JSON data with the keys ``value`` (encoded), or ``error`` (type, message, line number, line), or
        ``attempted: False``; and, where they apply, ``mutated`` (names of changed inputs) and ``warned`` (messages).
    """
    inputs, pristine = decode(case), decode(case)
    with warnings.catch_warnings(record=True) as caught, contextlib.redirect_stdout(io.StringIO()):
        warnings.simplefilter("always")
        try:
            value = probes.PROBES[probe](answer, inputs)
            if is_untouched(value):  # all blanks of a derivation are still empty
                return {"attempted": False}
            seen = {"value": encode(value)}
        except NotImplementedError:
            return {"attempted": False}
        except (Exception, SystemExit) as error:  # `exit()` in an answer must not end the kernel
            seen = {"error": describe_error(error, answer)}
    mutated = [name for name in pristine if not _same(inputs[name], pristine[name])]
    if mutated:
        seen["mutated"] = mutated
    if caught:
        seen["warned"] = sorted({str(warning.message)[:200] for warning in caught})
    return seen


def observe_all(probe: str, namespace: Mapping[str, Any], name: str, cases: list[Any]) -> list[Observation]:
    """Run the answer called `name` on every case; a missing or untouched answer is "not attempted" on all of them."""
    if name not in namespace or is_untouched(namespace[name]):
        return [{"attempted": False} for _ in cases]
    return [observe(probe, namespace[name], case) for case in cases]


def is_untouched(answer: Any) -> bool:
    """Tell whether an answer is still the stub: ``...``, or a table or dictionary in which every cell is ``...``."""
    if isinstance(answer, dict):
        answer = list(answer.values())
    if isinstance(answer, list | tuple):
        return bool(answer) and all(map(is_untouched, answer))
    return answer is Ellipsis


def describe_error(error: BaseException, answer: Any = None) -> dict[str, Any]:
    """Describe an error, and the student's line that raised it.

    Parameters
    ----------
    error : BaseException
        The error that was raised.
    answer : object
        The student's function, if one was called: its file tells which lines are the student's.

    Returns
    -------
    dict
        ``type``, ``message``, and ``line`` (number) and ``code`` (text) where they are known.
    """
    report: dict[str, Any] = {"type": type(error).__name__, "message": str(error)[:500]}
    if isinstance(error, SyntaxError):
        return {**report, "message": error.msg, "line": error.lineno, "code": (error.text or "").strip()[:200]}
    frames = traceback.extract_tb(error.__traceback__)
    home = _file_of(answer)
    own = [f for f in frames if f.filename == home or f.filename.startswith("<")]
    ours = os.path.dirname(probes.__file__)  # a line of a probe is not the student's
    own = own or [f for f in frames[-1:] if os.path.dirname(f.filename) != ours]
    if own:
        report |= {"line": own[-1].lineno, "code": (own[-1].line or "")[:200]}
    return report


def _file_of(answer: Any) -> str | None:
    if isinstance(answer, type):
        methods = (m for m in vars(answer).values() if isinstance(m, Callable))  # type: ignore[arg-type]
        answer = next((m for m in methods if hasattr(m, "__code__")), None)
    code = getattr(answer, "__code__", None)
    return code.co_filename if code else None


def _same(a: Any, b: Any) -> bool:
    if isinstance(b, np.ndarray):
        return isinstance(a, np.ndarray) and np.array_equal(a, b, equal_nan=b.dtype.kind == "f")
    if isinstance(b, dict):
        return isinstance(a, dict) and a.keys() == b.keys() and all(_same(a[k], b[k]) for k in b)
    if isinstance(b, list | tuple):
        return type(a) is type(b) and len(a) == len(b) and all(map(_same, a, b))
    return bool(a == b) or (a != a and b != b)

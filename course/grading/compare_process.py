"""Compare in a separate process with limits on time and memory; an answer that exceeds them is only wrong.

A helper process is started once, stays single-threaded and holds the lab's records. For each submission it forks a
child, which inherits them. If a child ends early, only the answer that it was comparing is wrong.
"""

import atexit
import contextlib
import operator
import os
import pickle
import queue
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import IO

from course.checks import WRONG, LabRecord, Verdict, without_result
from course.grading.compare import TOO_MUCH, Ran, verdict_on

#: bytes of address space, and CPU seconds for one answer
MEMORY, SECONDS = 3 << 30, 20
#: the secret record and the public record
Records = tuple[LabRecord, LabRecord]


class Helper:
    """The parent's end of a helper process."""

    def __init__(self) -> None:
        text = f"import sys; sys.path[:] = {sys.path!r}; from course.grading.compare_process import serve; serve()"
        self._process = subprocess.Popen(
            [sys.executable, "-c", text],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, "OPENBLAS_NUM_THREADS": "1"},
            start_new_session=True,  # only the grader handles Ctrl+C; a helper ends when its input is closed
        )
        self._to: IO[bytes] = self._process.stdin  # type: ignore[assignment]  # both are pipes
        self._from: IO[bytes] = self._process.stdout  # type: ignore[assignment]
        self._knows: Records | None = None

    def verdicts(self, records: Records, ran: Mapping[str, Ran]) -> list[Verdict]:
        """Compare the answers; the records are sent only if they differ from the last ones."""
        news = None if self._knows and all(map(operator.is_, self._knows, records)) else records
        self._knows = records
        pickle.dump((news, dict(ran)), self._to)
        self._to.flush()
        found: list[Verdict] = pickle.load(self._from)
        return found

    def close(self) -> None:
        """End the helper."""
        self._process.kill()
        self._process.communicate()


_idle: "queue.LifoQueue[Helper]" = queue.LifoQueue()


@contextmanager
def _helper() -> Iterator[Helper]:
    """Take an idle helper or start one; a helper that failed is not used again."""
    try:
        helper = _idle.get_nowait()
    except queue.Empty:
        helper = Helper()
    try:
        yield helper
    except BaseException:
        helper.close()
        raise
    _idle.put(helper)


@atexit.register
def _close_all() -> None:
    with contextlib.suppress(queue.Empty):
        while True:
            _idle.get_nowait().close()


def verdicts(secret: LabRecord, public: LabRecord, ran: Mapping[str, Ran]) -> list[Verdict]:
    """Judge the results of a submission's checks.

    Parameters
    ----------
    secret, public : LabRecord
        The cases that count, and those that students have.
    ran : mapping of str to Ran
        Exercise → the sandbox's result.

    Returns
    -------
    list of Verdict
        In the order of `ran`.

    Raises
    ------
    EOFError, OSError
        If the helper process itself ends.
    """
    if not hasattr(os, "fork"):  # a student's own answers on the student's own machine
        return [
            verdict_on(secret.exercises[name], public.exercises[name], one, secret.seconds) for name, one in ran.items()
        ]
    with _helper() as helper:
        return helper.verdicts((secret, public), ran)


def serve() -> None:
    """Answer requests from standard input until it ends."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # so that printed text does not get between the answers
    known: Records | None = None
    with contextlib.suppress(EOFError):
        while True:
            news, ran = pickle.load(sys.stdin.buffer)
            known = news or known
            pickle.dump(_in_children(*known, ran), answers)  # type: ignore[call-arg, misc]  # the first request brings them
            answers.flush()


def _in_children(secret: LabRecord, public: LabRecord, ran: Mapping[str, Ran]) -> list[Verdict]:
    """Compare in a forked child; if it ends early, go on in another child after the answer that it was comparing."""
    found: list[Verdict] = []
    names = list(ran)
    while len(found) < len(names):
        rest = {name: ran[name] for name in names[len(found) :]}
        reader, writer = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(reader)
            _compare_and_exit(secret, public, rest, os.fdopen(writer, "wb"))
        os.close(writer)
        with os.fdopen(reader, "rb") as file, contextlib.suppress(EOFError, pickle.UnpicklingError):
            while True:
                found.append(pickle.load(file))
        os.waitpid(child, 0)
        if len(found) < len(names):
            name = names[len(found)]
            found.append(without_result(secret.exercises[name], WRONG, TOO_MUCH))
    return found


def _compare_and_exit(secret: LabRecord, public: LabRecord, ran: Mapping[str, Ran], file: IO[bytes]) -> None:
    """Compare under limits, write each verdict as it is found, and end. Never returns."""
    import resource

    try:
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
        for name, one in ran.items():
            usage = resource.getrusage(resource.RUSAGE_SELF)
            resource.setrlimit(resource.RLIMIT_CPU, (int(usage.ru_utime + usage.ru_stime) + SECONDS, hard))
            pickle.dump(verdict_on(secret.exercises[name], public.exercises[name], one, secret.seconds), file)
            file.flush()
    finally:
        os._exit(0)

"""Compare in a process of its own, with limits on time and memory: an answer that blows it up is wrong, no more.

A helper process is started once, stays single-threaded and knows the lab's records; for each submission it forks a
child, which inherits them. What a child does not finish costs the answer that it was at.
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
#: the secret one and the public one
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
            start_new_session=True,  # Ctrl+C is the grader's business; a helper ends when nobody writes to it any more
        )
        self._to: IO[bytes] = self._process.stdin  # type: ignore[assignment]  # both are pipes
        self._from: IO[bytes] = self._process.stdout  # type: ignore[assignment]
        self._knows: Records | None = None

    def verdicts(self, records: Records, ran: Mapping[str, Ran]) -> list[Verdict]:
        """Have the answers compared; the records are sent when they are others than last time."""
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
    """Take an idle helper, or start one; one that failed is not used again."""
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
    """Judge what a submission's checks gave.

    Parameters
    ----------
    secret, public : LabRecord
        The cases that count, and those that students have.
    ran : mapping of str to Ran
        Exercise → what the sandbox gave back.

    Returns
    -------
    list of Verdict
        In the order of `ran`.

    Raises
    ------
    EOFError, OSError
        If the helper process itself ends.
    """
    if not hasattr(os, "fork"):  # one's own answers on one's own machine
        return [
            verdict_on(secret.exercises[name], public.exercises[name], one, secret.seconds) for name, one in ran.items()
        ]
    with _helper() as helper:
        return helper.verdicts((secret, public), ran)


def serve() -> None:
    """Answer questions from standard input until it ends."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever prints does not get among the answers
    known: Records | None = None
    with contextlib.suppress(EOFError):
        while True:
            news, ran = pickle.load(sys.stdin.buffer)
            known = news or known
            pickle.dump(_in_children(*known, ran), answers)  # type: ignore[call-arg, misc]  # the first question brings them
            answers.flush()


def _in_children(secret: LabRecord, public: LabRecord, ran: Mapping[str, Ran]) -> list[Verdict]:
    """Compare in a forked child; where it ends early, go on in another one behind the answer that it was at."""
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

"""What stands in, where an answer is graded, for what a notebook has: plots, widgets, progress bars, IPython's magics.

Nothing is shown, and nothing that was computed is lost: what wraps something hands it through, and a drawing gives as
many things as the line asks for.
"""

import contextlib
import opcode
import sys
import types
from collections.abc import Callable, Iterator, Mapping
from typing import Any

#: names that a notebook has without importing them
NOTEBOOK_NAMES = ("check", "hint", "ready", "display", "lab", "help", "exit", "quit")
_UNPACK, _UNPACK_WITH_REST = (opcode.opmap[name] for name in ("UNPACK_SEQUENCE", "UNPACK_EX"))


class StandIn(types.ModuleType):
    """Any attribute, any call, any arithmetic, no effect.

    A call with a function gives the function back, as decorators and ``interact`` do. It is no number: where one is
    needed there is an error, and no answer is computed with what is not there.
    """

    __array_ufunc__ = None  # an array leaves arithmetic with it to it

    def __init__(self, name: str):
        super().__init__(name)
        self.__path__ = []  # a package: what is imported from below it is a stand-in, too

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return SPECIAL.get(name) or StandIn(name)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Do nothing."""
        first = args[0] if args else None
        return first if isinstance(first, types.FunctionType) else StandIn("result")

    def __iter__(self) -> Iterator[Any]:
        return iter([StandIn("item") for _ in range(asked_for(sys._getframe(1)))])

    def __getitem__(self, key: Any) -> Any:
        return StandIn("item")

    def __setitem__(self, key: Any, value: Any) -> None:
        return

    def __enter__(self) -> Any:
        return self

    def __exit__(self, *_: object) -> None:
        return

    def __bool__(self) -> bool:
        return False

    def __format__(self, _: str) -> str:
        return ""

    def _computed(self, *_: Any) -> "StandIn":
        return StandIn("result")

    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __truediv__ = __rtruediv__ = _computed
    __floordiv__ = __rfloordiv__ = __mod__ = __rmod__ = __pow__ = __rpow__ = _computed
    __neg__ = __pos__ = __abs__ = __round__ = _computed
    __lt__ = __le__ = __gt__ = __ge__ = _computed


def asked_for(frame: types.FrameType) -> int:
    """Tell how many items a line wants: ``line, = …`` one, ``n, bins, patches = …`` three; two where it only looks."""
    code, at = frame.f_code.co_code, frame.f_lasti
    if code[at] == _UNPACK:
        return code[at + 1]
    return code[at + 1] + 1 if code[at] == _UNPACK_WITH_REST else 2


def subplots(nrows: int = 1, ncols: int = 1, *, squeeze: bool = True, **_: Any) -> tuple[Any, Any]:
    """Give a figure and as many axes as matplotlib's function of this name, in the same shape."""
    import numpy as np

    axes = np.array([[StandIn("axes") for _ in range(ncols)] for _ in range(nrows)], dtype=object)
    if not squeeze:
        return StandIn("figure"), axes
    return StandIn("figure"), axes.item() if axes.size == 1 else axes.squeeze()


class Progress:
    """A progress bar without the bar: it goes through what it is given."""

    def __init__(self, iterable: Any = (), *_: Any, **__: Any):
        self.iterable = iterable

    def __iter__(self) -> Iterator[Any]:
        return iter(self.iterable)

    def __len__(self) -> int:
        return len(self.iterable)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return StandIn(name)

    def __enter__(self) -> "Progress":
        return self

    def __exit__(self, *_: object) -> None:
        return


def progress_range(*stops: int, **_: Any) -> Progress:
    """Go through a range, as tqdm's ``trange``."""
    return Progress(range(*stops))


SPECIAL: Mapping[str, Any] = {
    **dict.fromkeys(("tqdm", "tqdm_notebook"), Progress),
    **dict.fromkeys(("trange", "tnrange"), progress_range),
    "subplots": subplots,
}


class Shell(StandIn):
    """Stands in for what ``get_ipython()`` gives: magics that run Python run it, all others do nothing.

    Parameters
    ----------
    namespace : dict
        The cells' names.
    run : callable
        Runs a text in it.
    """

    def __init__(self, namespace: dict[str, Any], run: Callable[[str], Any]):
        super().__init__("shell")
        self.user_ns, self.run = namespace, run

    def __call__(self) -> "Shell":
        """Give itself: this is the function, too."""
        return self

    def run_line_magic(self, name: str, line: str, *_: Any, **__: Any) -> Any:
        """Run what ``%time`` and ``%prun`` run, and give its value."""
        if name not in ("time", "prun"):
            return StandIn(name)
        with contextlib.suppress(SyntaxError):
            return eval(compile(line, f"<%{name}>", "eval"), self.user_ns)
        return self.run(line)

    def run_cell_magic(self, name: str, line: str, body: str) -> Any:
        """Do nothing: what runs in the notebook's own names was made a plain cell before."""
        return StandIn(name)

    def getoutput(self, *_: Any, **__: Any) -> list[str]:
        """Give the lines that a command of the system wrote: none, for there is no other program here."""
        return []

    def system(self, *_: Any, **__: Any) -> None:
        """Run nothing."""
        return

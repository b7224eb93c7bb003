"""Stand-ins, used in grading, for what only a notebook has: plots, widgets, progress bars, IPython's magics.

They show nothing and lose no results: a wrapper passes on what it wraps, and a drawing function returns as many things
as the line needs.
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
    """Has every attribute, accepts every call and all arithmetic, and does nothing.

    A call with a function returns that function, as decorators and ``interact`` do. A stand-in is not a number: where a
    number is needed there is an error, so no answer is computed with what is not there.
    """

    __array_ufunc__ = None  # an array leaves arithmetic with it to it

    def __init__(self, name: str):
        super().__init__(name)
        self.__path__ = []  # makes it a package: modules below it are stand-ins, too

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
    """Return how many items a line unpacks: ``line, = …`` one, ``n, bins, patches = …`` three; two if none."""
    code, at = frame.f_code.co_code, frame.f_lasti
    if code[at] == _UNPACK:
        return code[at + 1]
    return code[at + 1] + 1 if code[at] == _UNPACK_WITH_REST else 2


def subplots(nrows: int = 1, ncols: int = 1, *, squeeze: bool = True, **_: Any) -> tuple[Any, Any]:
    """Return a figure and as many axes as matplotlib's function of this name, in the same shape."""
    import numpy as np

    axes = np.array([[StandIn("axes") for _ in range(ncols)] for _ in range(nrows)], dtype=object)
    if not squeeze:
        return StandIn("figure"), axes
    return StandIn("figure"), axes.item() if axes.size == 1 else axes.squeeze()


class Progress:
    """A progress bar that shows nothing: it only iterates."""

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
    """Iterate over a range, as tqdm's ``trange`` does."""
    return Progress(range(*stops))


SPECIAL: Mapping[str, Any] = {
    **dict.fromkeys(("tqdm", "tqdm_notebook"), Progress),
    **dict.fromkeys(("trange", "tnrange"), progress_range),
    "subplots": subplots,
}


class Shell(StandIn):
    """Replaces the result of ``get_ipython()``: magics that run Python run it, all others do nothing.

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
        """Return itself, because it also replaces the function ``get_ipython``."""
        return self

    def run_line_magic(self, name: str, line: str, *_: Any, **__: Any) -> Any:
        """Run what ``%time`` and ``%prun`` run, and return its value."""
        if name not in ("time", "prun"):
            return StandIn(name)
        with contextlib.suppress(SyntaxError):
            return eval(compile(line, f"<%{name}>", "eval"), self.user_ns)
        return self.run(line)

    def run_cell_magic(self, name: str, line: str, body: str) -> Any:
        """Do nothing: a magic that runs Python in the notebook's namespace was turned into a plain cell before."""
        return StandIn(name)

    def getoutput(self, *_: Any, **__: Any) -> list[str]:
        """Return the output lines of a system command: none, because the sandbox has no other programs."""
        return []

    def system(self, *_: Any, **__: Any) -> None:
        """Run nothing."""
        return

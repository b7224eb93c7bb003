"""What the library has, found by looking, so that a test notices what its lists leave out."""

import inspect
from importlib import import_module
from pkgutil import iter_modules, walk_packages

import course.nn
import course.widgets
from course.widgets.base import Card


def public_kinds(base: type) -> set[type]:
    """Find the classes of course.nn that are kinds of `base`, without `base` and without those named _like_this."""
    homes = {f"course.nn.{module.name}" for module in iter_modules(course.nn.__path__)}
    classes = [kind for home in homes for kind in vars(import_module(home)).values() if isinstance(kind, type)]
    return {kind for kind in classes if issubclass(kind, base) and kind is not base and kind.__name__[0] != "_"}


def card_kinds() -> list[type[Card]]:
    """Find the widgets in course.widgets, without the classes that widgets are made of, such as Stepper."""
    homes = [import_module(module.name) for module in walk_packages(course.widgets.__path__, "course.widgets.")]
    classes = {kind for home in homes for kind in vars(home).values() if isinstance(kind, type)}
    found = [kind for kind in classes if issubclass(kind, Card) and not kind.__subclasses__()]
    return sorted(found, key=lambda kind: kind.__name__)


def needs_nothing(kind: type) -> bool:
    """Tell whether a class can be called without arguments."""
    parameters = inspect.signature(kind).parameters.values()
    return not any(p.default is p.empty and p.kind is p.POSITIONAL_OR_KEYWORD for p in parameters)

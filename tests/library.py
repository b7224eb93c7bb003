"""What the library has, found by looking, so that a test notices what its lists leave out."""

from importlib import import_module
from pkgutil import iter_modules

import course.nn


def public_kinds(base: type) -> set[type]:
    """Find the classes of course.nn that are kinds of `base`, without `base` and without those named _like_this."""
    homes = {f"course.nn.{module.name}" for module in iter_modules(course.nn.__path__)}
    classes = [kind for home in homes for kind in vars(import_module(home)).values() if isinstance(kind, type)]
    return {kind for kind in classes if issubclass(kind, base) and kind is not base and kind.__name__[0] != "_"}

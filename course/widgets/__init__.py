"""The controls of the labs: each widget is a model (numbers only) and a view (sliders, figure, table).

The views are loaded when first used, so that the models can be imported without matplotlib.
"""

from importlib import import_module
from typing import Any

_HOME = {
    "ChainRuleStepper": "course.widgets.chain_view",
    "CurveClinic": "course.widgets.clinic_view",
    "FitTheLine": "course.widgets.line_view",
    "GraphStepper": "course.widgets.graph_view",
    "LossSurface": "course.widgets.surface_view",
    "MaskAnimation": "course.widgets.mask_view",
    "OptimizerRace": "course.widgets.race_view",
    "PerceptronExplorer": "course.widgets.perceptron_view",
    "Playground": "course.widgets.playground_view",
    "RotatedDigit": "course.widgets.rotation_view",
    "ShapeCalculator": "course.widgets.shapes_view",
}

__all__ = sorted(_HOME)


def __getattr__(name: str) -> Any:
    """Import the view called `name` the first time it is asked for (PEP 562)."""
    if name not in _HOME:
        raise AttributeError(f"module 'course.widgets' has no name {name!r}; it has {', '.join(__all__)}")
    return getattr(import_module(_HOME[name]), name)

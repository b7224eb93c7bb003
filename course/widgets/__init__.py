"""The controls of the labs: each widget is a model (numbers only) and a view (sliders, figure, table).

The views are loaded when first used, so that the models can be imported without matplotlib.
"""

from importlib import import_module
from typing import Any

_HOME = {
    "ActivationExplorer": "course.widgets.activation_view",
    "BackpropStepper": "course.widgets.backprop_stepper",
    "ChainRuleStepper": "course.widgets.chain_rule_stepper",
    "CurveClinic": "course.widgets.clinic_view",
    "DigitGallery": "course.widgets.gallery_view",
    "DigitPad": "course.widgets.pad_view",
    "FitTheLine": "course.widgets.line_view",
    "GapMonitor": "course.widgets.gap_view",
    "GradientDepth": "course.widgets.depth_view",
    "GraphInspector": "course.widgets.graph_inspector",
    "GraphStepper": "course.widgets.graph_stepper",
    "LossExplorer": "course.widgets.loss_view",
    "HiddenSpace": "course.widgets.hidden_view",
    "LossSurface": "course.widgets.surface_view",
    "MaskAnimation": "course.widgets.mask_view",
    "NetworkWard": "course.widgets.ward_view",
    "OptimizerRace": "course.widgets.race_view",
    "PenaltyContours": "course.widgets.penalty_view",
    "PerceptronExplorer": "course.widgets.perceptron_view",
    "RooflineExplorer": "course.widgets.roofline_view",
    "Playground": "course.widgets.playground_view",
    "RotatedDigit": "course.widgets.rotation_view",
    "ShapeCalculator": "course.widgets.shapes_view",
    "ShrinkagePath": "course.widgets.shrinkage_view",
    "TrainingMonitor": "course.widgets.monitor_view",
}

__all__ = sorted(_HOME)


def __getattr__(name: str) -> Any:
    """Import the view called `name` the first time it is asked for (PEP 562)."""
    if name not in _HOME:
        raise AttributeError(f"module 'course.widgets' has no name {name!r}; it has {', '.join(__all__)}")
    return getattr(import_module(_HOME[name]), name)

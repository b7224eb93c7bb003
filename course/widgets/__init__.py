"""The widgets of the labs: each computes its numbers and shows them with controls, a figure and a table.

Each widget is a module with the same name, with the numbers first; a larger one is a package, whose numbers do not
import ipywidgets. Widgets share `base` (the frame), `stepper` and `learning_curves`. Modules are loaded on first use.
"""

from importlib import import_module
from typing import Any

#: names that labs use → their modules
_HOME = {
    "ActivationExplorer": "course.widgets.activation_explorer",
    "BackpropStepper": "course.widgets.backprop_stepper",
    "ChainRuleStepper": "course.widgets.chain_rule_stepper",
    "CurveClinic": "course.widgets.curve_clinic",
    "DigitGallery": "course.widgets.digit_gallery",
    "DigitPad": "course.widgets.digit_pad",
    "FitTheLine": "course.widgets.fit_the_line",
    "GapMonitor": "course.widgets.gap_monitor",
    "GradientDepth": "course.widgets.gradient_depth",
    "GraphInspector": "course.widgets.graph_inspector",
    "GraphStepper": "course.widgets.graph_stepper",
    "HiddenSpace": "course.widgets.hidden_space",
    "LossExplorer": "course.widgets.loss_explorer",
    "LossSurface": "course.widgets.loss_surface.view",
    "MaskAnimation": "course.widgets.mask_animation",
    "NetworkWard": "course.widgets.network_ward.view",
    "OptimizerRace": "course.widgets.optimizer_race",
    "PenaltyContours": "course.widgets.penalty_contours",
    "PerceptronExplorer": "course.widgets.perceptron_explorer",
    "Playground": "course.widgets.playground.view",
    "RooflineExplorer": "course.widgets.roofline_explorer",
    "RotatedDigit": "course.widgets.rotated_digit",
    "ShapeCalculator": "course.widgets.shape_calculator.view",
    "ShrinkagePath": "course.widgets.shrinkage_path",
    "TrainingMonitor": "course.widgets.training_monitor",
    "beside_the_code": "course.widgets.training_step",
    "count_flops": "course.widgets.training_step",
}

#: modules with the numbers of some widgets, which labs also use, as in ``from course.widgets import roofline``
_NUMBERS = {
    "clinic": "course.widgets.curve_clinic",
    "line": "course.widgets.fit_the_line",
    "roofline": "course.widgets.roofline_explorer",
    "shrinkage": "course.widgets.shrinkage_path",
    "surfaces": "course.widgets.loss_surface.model",
    "ward": "course.widgets.network_ward.model",
}

__all__ = sorted(_HOME)


def __getattr__(name: str) -> Any:
    """Import `name` when it is first used (PEP 562)."""
    if name in _NUMBERS:
        return import_module(_NUMBERS[name])
    if name not in _HOME:
        raise AttributeError(f"module 'course.widgets' has no name {name!r}; it has {', '.join(__all__)}")
    return getattr(import_module(_HOME[name]), name)

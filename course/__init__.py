"""A neural-network workbook: the library that the labs import.

Names are loaded when they are first used, so that ``import course`` takes almost no time.
"""

from importlib import import_module
from typing import Any

__version__ = "0.2.0"

#: module → the names that it gives
_NAMES = {
    "bench": "recorded_gpu",
    "checks": "CheckFailed contents open_lab strict",
    "checks.concepts": "Concepts",
    "checks.handed_in": "hand_in",
    "nn.activation_layers": "Abs ELU LeakyReLU PReLU ReLU Sigmoid Softplus Tanh",
    "nn.activations": "absolute absolute_grad elu elu_grad leaky_relu leaky_relu_grad log_softmax relu "
    "relu_grad sigmoid sigmoid_grad softmax softmax_jacobian softplus softplus_grad tanh tanh_grad",
    "nn.convolution": "Conv2D MaxPool2D",
    "nn.dropout": "Dropout mc_dropout",
    "nn.estimators": "MLPClassifier MLPRegressor",
    "nn.flowgraph": "Node evaluate",
    "nn.gpu": "array_module device_info to_cpu to_gpu",
    "nn.gradcheck": "check_gradient numeric_gradient relative_error",
    "nn.layers": "Flatten Linear Maxout",
    "nn.losses": "BinaryCrossEntropy MSE SigmoidCrossEntropy SoftmaxCrossEntropy SumSquaredError",
    "nn.network": "Network",
    "nn.normalization": "BatchNorm LayerNorm",
    "nn.optimizers": "SGD Adadelta Adagrad Adam AdamW Momentum Nesterov RMSProp",
    "nn.regularizers": "L1 L2 ElasticNet MaxNorm",
    "nn.training": "EarlyStopping accuracy fit minibatches overfit_small progress train",
    "show.digits": "plot_confusion plot_digits plot_weights",
    "show.drawings": "draw_ladder draw_layer draw_network draw_neuron draw_normal",
    "show.landscape": "plot_paths",
    "show.plane": "plot_line plot_regions",
    "show.plots": "plot_curves plot_losses",
    "show.processors": "draw_processors",
    "show.signals": "layer_signals plot_signals",
    "show.sources": "nets_perceptron",
    "show.tables": "Table",
}
_HOME = {name: f"course.{module}" for module, names in _NAMES.items() for name in names.split()}

#: modules that labs use by name, as in ``from course import perceptron``, and where they are
_MODULES = {
    "activations": "course.nn.activations",
    "data": "course.data",
    "gpu": "course.nn.gpu",
    "initializers": "course.nn.initializers",
    "perceptron": "course.nn.perceptron",
    "schedules": "course.nn.schedules",
    "widgets": "course.widgets",
}

__all__ = sorted([*_HOME, *_MODULES])


def __getattr__(name: str) -> Any:
    """Import the module that defines `name` when the name is first used (PEP 562)."""
    if name in _MODULES:
        return import_module(_MODULES[name])
    if name not in _HOME:
        raise AttributeError(f"module 'course' has no name {name!r}; it has {', '.join(__all__)}")
    value = getattr(import_module(_HOME[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """List the public names, loaded or not."""
    return sorted({*globals(), *__all__})

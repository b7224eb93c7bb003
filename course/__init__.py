"""A neural-network workbook: the library that the labs import.

Names are loaded when they are first used, so that ``import course`` costs next to nothing.
"""

from importlib import import_module
from typing import Any

__version__ = "0.1.0"

#: public name → the module that defines it
#: module → the names that it gives
_NAMES = {
    "activation_layers": "Abs ELU LeakyReLU PReLU ReLU Sigmoid Softplus Tanh",
    "activations": "absolute absolute_grad elu elu_grad leaky_relu leaky_relu_grad log_softmax relu "
    "relu_grad sigmoid sigmoid_grad softmax softmax_jacobian softplus softplus_grad tanh tanh_grad",
    "checks": "CheckFailed contents open_lab strict",
    "convolution": "Conv2D MaxPool2D",
    "dropout": "Dropout mc_dropout",
    "estimators": "MLPClassifier MLPRegressor",
    "gpu": "array_module device_info to_cpu to_gpu",
    "gradcheck": "check_gradient numeric_gradient relative_error",
    "layers": "Flatten Linear Maxout",
    "losses": "BinaryCrossEntropy MSE SigmoidCrossEntropy SoftmaxCrossEntropy SumSquaredError",
    "network": "Network",
    "normalization": "BatchNorm LayerNorm",
    "optimizers": "SGD Adadelta Adagrad Adam AdamW Momentum Nesterov RMSProp",
    "plots": "plot_curves plot_line plot_losses",
    "plots_digits": "plot_confusion plot_digits",
    "plots_plane": "plot_regions",
    "regularizers": "L1 L2 ElasticNet MaxNorm",
    "runs": "EarlyStopping fit overfit_small progress",
    "tables": "Table",
    "training": "train minibatches",
}
_HOME = {name: f"course.{module}" for module, names in _NAMES.items() for name in names.split()}

#: modules that labs use by name: ``from course import perceptron``
_MODULES = ("activations", "data", "initializers", "perceptron", "schedules", "widgets")

__all__ = sorted([*_HOME, *_MODULES])


def __getattr__(name: str) -> Any:
    """Import the module that defines `name` the first time it is asked for (PEP 562)."""
    if name in _MODULES:
        return import_module(f"course.{name}")
    if name not in _HOME:
        raise AttributeError(f"module 'course' has no name {name!r}; it has {', '.join(__all__)}")
    value = getattr(import_module(_HOME[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """List the public names, loaded or not."""
    return sorted({*globals(), *__all__})

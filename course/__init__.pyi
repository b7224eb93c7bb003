# ruff: noqa: I001 - one line per module
"""The names of `course` for editors and mypy, which cannot see names that are loaded on first use."""

from course import data as data, widgets as widgets
from course.bench import recorded_gpu as recorded_gpu
from course.checks import CheckFailed as CheckFailed, contents as contents, open_lab as open_lab, strict as strict
from course.checks.concepts import Concepts as Concepts
from course.checks.handed_in import hand_in as hand_in
from course.nn import (
    activations as activations,
    gpu as gpu,
    initializers as initializers,
    perceptron as perceptron,
    schedules as schedules,
)
from course.nn.activation_layers import (
    Abs as Abs,
    ELU as ELU,
    LeakyReLU as LeakyReLU,
    PReLU as PReLU,
    ReLU as ReLU,
    Sigmoid as Sigmoid,
    Softplus as Softplus,
    Tanh as Tanh,
)
from course.nn.activations import (
    absolute as absolute,
    absolute_grad as absolute_grad,
    elu as elu,
    elu_grad as elu_grad,
    leaky_relu as leaky_relu,
    leaky_relu_grad as leaky_relu_grad,
    log_softmax as log_softmax,
    relu as relu,
    relu_grad as relu_grad,
    sigmoid as sigmoid,
    sigmoid_grad as sigmoid_grad,
    softmax as softmax,
    softmax_jacobian as softmax_jacobian,
    softplus as softplus,
    softplus_grad as softplus_grad,
    tanh as tanh,
    tanh_grad as tanh_grad,
)
from course.nn.convolution import Conv2D as Conv2D, MaxPool2D as MaxPool2D
from course.nn.dropout import Dropout as Dropout, mc_dropout as mc_dropout
from course.nn.estimators import MLPClassifier as MLPClassifier, MLPRegressor as MLPRegressor
from course.nn.flowgraph import Node as Node, evaluate as evaluate
from course.nn.gpu import array_module as array_module, device_info as device_info, to_cpu as to_cpu, to_gpu as to_gpu
from course.nn.gradcheck import (
    check_gradient as check_gradient,
    numeric_gradient as numeric_gradient,
    relative_error as relative_error,
)
from course.nn.layers import Flatten as Flatten, Linear as Linear, Maxout as Maxout
from course.nn.losses import (
    BinaryCrossEntropy as BinaryCrossEntropy,
    MSE as MSE,
    SigmoidCrossEntropy as SigmoidCrossEntropy,
    SoftmaxCrossEntropy as SoftmaxCrossEntropy,
    SumSquaredError as SumSquaredError,
)
from course.nn.network import Network as Network
from course.nn.normalization import BatchNorm as BatchNorm, LayerNorm as LayerNorm
from course.nn.optimizers import (
    Adadelta as Adadelta,
    Adagrad as Adagrad,
    Adam as Adam,
    AdamW as AdamW,
    Momentum as Momentum,
    Nesterov as Nesterov,
    RMSProp as RMSProp,
    SGD as SGD,
)
from course.nn.regularizers import ElasticNet as ElasticNet, L1 as L1, L2 as L2, MaxNorm as MaxNorm
from course.nn.training import (
    EarlyStopping as EarlyStopping,
    accuracy as accuracy,
    fit as fit,
    minibatches as minibatches,
    overfit_small as overfit_small,
    progress as progress,
    train as train,
)
from course.show.digits import (
    plot_confusion as plot_confusion,
    plot_digits as plot_digits,
    plot_weights as plot_weights,
)
from course.show.drawings import draw_ladder as draw_ladder, draw_layer as draw_layer, draw_network as draw_network
from course.show.drawings import draw_neuron as draw_neuron, draw_normal as draw_normal
from course.show.landscape import plot_paths as plot_paths
from course.show.plane import plot_line as plot_line, plot_regions as plot_regions
from course.show.plots import plot_curves as plot_curves, plot_losses as plot_losses
from course.show.processors import draw_processors as draw_processors
from course.show.signals import layer_signals as layer_signals
from course.show.signals import plot_signals as plot_signals
from course.show.sources import nets_perceptron as nets_perceptron
from course.show.tables import Table as Table

__version__: str

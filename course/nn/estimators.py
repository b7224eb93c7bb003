"""Networks with scikit-learn's interface, for its pipelines, its searches and its metrics.

They offer a few layers, Adam and `train`; for more, build a Network. A search over their parameters::

    search = RandomizedSearchCV(MLPClassifier(), {"learning_rate": loguniform(1e-4, 1e-1)}, n_iter=10)
    search.fit(X, y)
"""

from typing import Any, Self

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin, RegressorMixin
from sklearn.model_selection import train_test_split
from sklearn.utils import check_random_state
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted, validate_data

from course.nn.activation_layers import ReLU
from course.nn.activations import softmax
from course.nn.dropout import Dropout
from course.nn.initializers import glorot_uniform, he_normal
from course.nn.layers import Layer, Linear
from course.nn.losses import MSE, Loss, SoftmaxCrossEntropy
from course.nn.network import Network
from course.nn.optimizers import Adam
from course.nn.regularizers import L2
from course.nn.training import fit, train


class _MLP(BaseEstimator):
    """What both estimators share; the parameters are described in `MLPClassifier`."""

    def __init__(
        self,
        hidden: tuple[int, ...] = (100,),
        activation: type[Layer] = ReLU,
        p_drop: float = 0.0,
        l2: float = 0.0,
        learning_rate: float = 0.001,
        batch_size: int = 32,
        epochs: int = 100,
        patience: int | None = None,
        validation_fraction: float = 0.1,
        random_state: int | np.random.RandomState | None = None,
    ) -> None:
        self.hidden = hidden
        self.activation = activation
        self.p_drop = p_drop
        self.l2 = l2
        self.learning_rate = learning_rate
        self.batch_size = batch_size
        self.epochs = epochs
        self.patience = patience
        self.validation_fraction = validation_fraction
        self.random_state = random_state

    def _build(self, n_in: int, n_out: int, dtype: Any, rng: np.random.Generator) -> Network:
        """Stack the layers: linear, activation and dropout for each hidden size, and a linear output."""
        layers: list[Layer] = []
        for size in self.hidden:
            layers += [Linear(n_in, size, init=he_normal), self.activation()]
            if self.p_drop != 0:
                layers.append(Dropout(self.p_drop))
            n_in = size
        return Network([*layers, Linear(n_in, n_out, init=glorot_uniform)], dtype=dtype, rng=rng)

    def _fit(self, X: np.ndarray, target: np.ndarray, n_out: int, loss: Loss) -> None:
        """Train a new network; with patience, hold out a part of the data to stop early."""
        seed = check_random_state(self.random_state).randint(2**31)
        rng = np.random.default_rng(seed)
        self.network_ = self._build(X.shape[1], n_out, X.dtype, rng)
        valid = None
        if self.patience is not None:
            share = self.validation_fraction
            if not 0 < share < 1:
                raise ValueError(f"expected validation_fraction between 0 and 1, got {share}: 0.1 is usual")
            X, X_valid, target, target_valid = train_test_split(X, target, test_size=share, random_state=seed)
            valid = X_valid, target_valid
        run = train(
            self.network_,
            X,
            target,
            loss,
            Adam(self.learning_rate),
            epochs=self.epochs,
            rng=rng,
            batch_size=self.batch_size,
            valid=valid,
            regularizer=L2(self.l2) if self.l2 != 0 else None,
        )
        self.history_ = fit(run, self.patience)

    def _output(self, X: Any) -> np.ndarray:
        """Compute the network's output (N, n_out) for checked input."""
        check_is_fitted(self)
        X = validate_data(self, X, dtype=(np.float64, np.float32), reset=False)
        return self.network_.predict(X)


class MLPClassifier(ClassifierMixin, _MLP):
    """A multi-layer perceptron for classes that exclude each other: softmax and cross-entropy.

    Parameters
    ----------
    hidden : tuple of int
        Units in each hidden layer; () is softmax regression.
    activation : class of Layer
        Hidden activation, such as ReLU, Tanh or Sigmoid: the class, not an instance.
    p_drop : float
        Probability of dropping a hidden unit while training.
    l2 : float
        Weight λ of the L2 penalty.
    learning_rate : float
        Learning rate of Adam.
    batch_size : int
        Examples in a minibatch.
    epochs : int
        Passes through the training set, at most.
    patience : int, optional
        Stop when the loss on held-out examples has not fallen for this many epochs, and keep the best parameters.
        None trains on all examples for all epochs.
    validation_fraction : float
        Share of the examples to hold out if patience is set.
    random_state : int, RandomState or None
        Seed of initial weights, shuffling and dropout; an int makes fits repeatable.

    Attributes
    ----------
    classes_ : ndarray, shape (K,)
        The labels, sorted.
    network_ : Network
        The trained network, in the data's precision (float32 stays float32 and is faster).
    history_ : list of Epoch
        What happened in each epoch.
    n_features_in_ : int
        Columns of the training data.
    """

    def fit(self, X: Any, y: Any) -> Self:
        """Train a new network.

        Parameters
        ----------
        X : array_like, shape (N, n)
            Inputs; normalise them first, for instance in a pipeline.
        y : array_like, shape (N,)
            Labels, of any type.
        """
        X, y = validate_data(self, X, y, dtype=(np.float64, np.float32))
        check_classification_targets(y)
        self.classes_, target = np.unique(y, return_inverse=True)
        self._fit(X, target, len(self.classes_), SoftmaxCrossEntropy())
        return self

    def predict_proba(self, X: Any) -> np.ndarray:
        """Estimate the probability of each class: (N, K), columns in the order of `classes_`."""
        return softmax(self._output(X))

    def predict(self, X: Any) -> np.ndarray:
        """Choose the most probable label for each row: (N,)."""
        output = self._output(X)
        return self.classes_[output.argmax(axis=1)]


class MLPRegressor(RegressorMixin, _MLP):
    """A multi-layer perceptron for one number: no output activation, mean squared error.

    Parameters and attributes as in `MLPClassifier`, but without ``classes_``.
    """

    def fit(self, X: Any, y: Any) -> Self:
        """Train a new network.

        Parameters
        ----------
        X : array_like, shape (N, n)
            Inputs; normalise them first, for instance in a pipeline.
        y : array_like, shape (N,)
            Targets; normalise them too if they are large.
        """
        X, y = validate_data(self, X, y, dtype=(np.float64, np.float32), y_numeric=True)
        self._fit(X, y.astype(X.dtype)[:, None], 1, MSE())
        return self

    def predict(self, X: Any) -> np.ndarray:
        """Predict a number for each row: (N,)."""
        return self._output(X)[:, 0]

"""The scikit-learn estimators: scikit-learn's own checks, searches, pipelines, a Dask cluster."""

import pickle

import joblib
import numpy as np
import pytest
from scipy.stats import loguniform
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.model_selection import GridSearchCV, RandomizedSearchCV, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import parametrize_with_checks

from course.data import circles, load_digits
from course.nn.activation_layers import Tanh
from course.nn.estimators import MLPClassifier, MLPRegressor


@parametrize_with_checks([MLPClassifier(random_state=0), MLPRegressor(random_state=0)])
def test_scikit_learns_own_checks(estimator, check):
    check(estimator)


def two_circles(n=120):
    return circles(n, 0.05, np.random.default_rng(0))


def test_classifier_learns_circles_with_any_labels():
    X, y = two_circles()
    names = np.array(["outer", "inner"])[y]
    model = MLPClassifier(hidden=(16,), learning_rate=0.02, random_state=0).fit(X, names)
    assert model.score(X, names) == 1
    assert model.classes_.tolist() == ["inner", "outer"]
    probabilities = model.predict_proba(X)
    np.testing.assert_allclose(probabilities.sum(axis=1), 1)
    assert (model.classes_[probabilities.argmax(axis=1)] == names).all()
    assert len(model.history_) == 100


def test_regressor_learns_a_parabola():
    X = np.linspace(-1, 1, 100)[:, None]
    y = X[:, 0] ** 2
    model = MLPRegressor(hidden=(32,), activation=Tanh, learning_rate=0.02, epochs=200, random_state=0).fit(X, y)
    assert model.score(X, y) > 0.95
    assert model.predict(X).shape == (100,)


def test_no_hidden_layer_is_softmax_regression_and_dropout_is_put_in():
    X, y = two_circles()
    linear = MLPClassifier(hidden=(), epochs=1).fit(X, y)
    assert [type(layer).__name__ for layer in linear.network_.layers] == ["Linear"]
    deep = MLPClassifier(hidden=(4, 3), activation=Tanh, p_drop=0.5, epochs=1).fit(X, y)
    names = [type(layer).__name__ for layer in deep.network_.layers]
    assert names == ["Linear", "Tanh", "Dropout", "Linear", "Tanh", "Dropout", "Linear"]


def test_random_state_makes_fits_repeatable_and_l2_shrinks():
    X, y = two_circles()
    first, again = (MLPClassifier(epochs=5, p_drop=0.3, random_state=3).fit(X, y) for _ in range(2))
    np.testing.assert_array_equal(first.network_.theta, again.network_.theta)
    other = MLPClassifier(epochs=5, p_drop=0.3, random_state=4).fit(X, y)
    assert not np.array_equal(first.network_.theta, other.network_.theta)
    plain, shrunk = (MLPClassifier(learning_rate=0.01, epochs=50, l2=l2, random_state=3).fit(X, y) for l2 in (0, 0.1))
    assert np.linalg.norm(shrunk.network_.theta) < 0.5 * np.linalg.norm(plain.network_.theta)


def test_float32_stays_float32():
    X, y = two_circles()
    model = MLPClassifier(epochs=1).fit(X.astype(np.float32), y)
    assert model.network_.dtype == np.float32
    assert model.predict_proba(X).dtype == np.float32
    assert MLPClassifier(epochs=1).fit(X, y).network_.dtype == np.float64


def test_patience_holds_examples_out_and_keeps_the_best():
    X, y = two_circles(60)
    labels = np.random.default_rng(1).permutation(y)  # nothing to learn: the held-out loss soon rises
    model = MLPClassifier(learning_rate=0.01, patience=3, random_state=0).fit(X, labels)
    losses = [epoch.valid_loss for epoch in model.history_]
    assert len(losses) == int(np.argmin(losses)) + 1 + 3 < 100


def test_unfitted_and_pickled():
    X, y = two_circles()
    with pytest.raises(NotFittedError):
        MLPClassifier().predict(X)
    model = MLPClassifier(epochs=2, random_state=0).fit(X, y)
    np.testing.assert_array_equal(pickle.loads(pickle.dumps(model)).predict_proba(X), model.predict_proba(X))


def test_pipelines_cross_validation_and_grid_search():
    X, y = two_circles()
    pipeline = make_pipeline(StandardScaler(), MLPClassifier(learning_rate=0.02, epochs=60, random_state=0))
    assert cross_val_score(pipeline, 100 * X, y, cv=3).mean() > 0.9
    grid = GridSearchCV(pipeline, {"mlpclassifier__hidden": [(), (32,)]}, cv=3).fit(X, y)
    assert grid.best_params_ == {"mlpclassifier__hidden": (32,)}
    assert clone(pipeline).get_params()["mlpclassifier__learning_rate"] == 0.02


def test_random_search_on_a_dask_cluster():
    """Joblib sends each fit to the cluster; the search finds what it finds without one."""
    distributed = pytest.importorskip("distributed", reason="the extra 'cluster' is not installed")
    digits = load_digits()
    X, y = digits.rows()[:2]
    search = RandomizedSearchCV(
        MLPClassifier(hidden=(16,), epochs=3, random_state=0),
        {"learning_rate": loguniform(1e-4, 1e-1)},
        n_iter=4,
        cv=3,
        random_state=0,
    )
    alone = clone(search).fit(X[:300], y[:300])
    with (
        distributed.LocalCluster(
            host="tcp://127.0.0.1:0", n_workers=2, threads_per_worker=1, processes=False, dashboard_address=None
        ) as cluster,
        distributed.Client(cluster) as client,
    ):
        with joblib.parallel_config(backend="dask"):
            search.fit(X[:300], y[:300])
        tasks = client.run_on_scheduler(lambda dask_scheduler: dask_scheduler.transition_counter)
    assert tasks > 0, "the cluster had something to do"
    assert search.best_params_ == alone.best_params_
    np.testing.assert_array_equal(search.cv_results_["mean_test_score"], alone.cv_results_["mean_test_score"])


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"p_drop": -0.1}, "p_drop"),
        ({"l2": -1.0}, "lam"),
        ({"hidden": (0,)}, "n_out"),
        ({"epochs": 0}, "epochs"),
        ({"learning_rate": -1.0}, "lr"),
        ({"patience": 2, "validation_fraction": 1.5}, "validation_fraction"),
    ],
)
def test_bad_parameters_are_refused_in_fit(parameters, message):
    with pytest.raises(ValueError, match=message):
        MLPClassifier(**parameters).fit(*two_circles())

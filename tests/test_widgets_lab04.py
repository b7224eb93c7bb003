"""Lab 04's widgets: the loss explorer and the gallery of misread digits; and pictures of pixels."""

import base64
import re
from io import BytesIO

import numpy as np
import pytest
from matplotlib.image import imread

from course.data import load_digits
from course.nn.gradcheck import numeric_gradient
from course.widgets import digit_gallery, loss_explorer, pixels
from course.widgets.digit_gallery import DigitGallery
from course.widgets.loss_explorer import LossExplorer


@pytest.mark.parametrize("loss", loss_explorer.LOSSES)
@pytest.mark.parametrize("y", [0, 1])
def test_slopes_are_those_of_the_losses(loss, y):
    z = np.linspace(-6, 6, 13)
    measured = numeric_gradient(lambda v: float(loss_explorer.value(loss, v, y).sum()), z, 1e-5)
    np.testing.assert_allclose(loss_explorer.slope(loss, z, y), measured, rtol=1e-6, atol=1e-9)


def test_the_numbers_of_the_slides():
    squared, cross = (loss_explorer.read(loss, -5.0, 1) for loss in loss_explorer.LOSSES)
    assert squared.slope == pytest.approx(-2 * 0.99331 * 0.0066481, rel=1e-4)
    assert cross.slope == pytest.approx(-0.99331, rel=1e-4)
    assert loss_explorer.read("cross-entropy", np.log(9), 0).value == pytest.approx(2.303, abs=1e-3)  # p = 0.9


def test_the_explorer_in_the_window():
    widget = LossExplorer()
    assert "z = −5, so p = 0.007" in widget.text
    assert "sure and wrong" in widget.text
    widget.y.value = 0
    assert "the target is 0: the neuron is sure and right" in widget.text
    widget.z.value = 0.0
    assert "undecided" in widget.text
    assert "−0.9933" not in widget.text


def classifier():
    """A classifier of 2×2 images that looks at the upper two pixels only."""
    images = np.array([[[1, 0], [0, 0]], [[0, 1], [0, 0]], [[1, 0], [0, 1]]], dtype=float)
    return images, np.array([0, 1, 1]), np.array([[5.0, 0], [0, 5], [0, 0], [0, 0]]), np.zeros(2)


def test_misread_images_are_found_with_their_probabilities():
    images, labels, W, b = classifier()
    (found,) = digit_gallery.misread(images.reshape(3, 4), labels, W, b)
    assert (found.index, found.label, found.said) == (2, 1, 0)
    assert found.p_said == pytest.approx(1 / (1 + np.exp(-5)))
    assert found.p_said + found.p_label == pytest.approx(1)


def test_the_surest_mistakes_come_first():
    digits = load_digits()
    X, y, X_test, y_test = digits.rows(np.float64)
    W = np.stack([X[y == k].mean(axis=0) for k in range(10)], axis=1)
    found = digit_gallery.misread(X_test, y_test, W, np.zeros(10))
    assert len(found) > 12
    assert [m.p_said for m in found] == sorted((m.p_said for m in found), reverse=True)


def test_shapes_that_do_not_fit_are_refused():
    images, labels, W, b = classifier()
    with pytest.raises(ValueError, match=r"expected X \(N, pixels\)"):
        digit_gallery.misread(images, labels, W, b)


def test_the_gallery_in_the_window():
    images, labels, W, b = classifier()
    widget = DigitGallery(images, labels, W, b)
    assert "1 of 3 images are misread." in widget.text
    assert "1 read as 0" in widget.figure.value
    widget.label.value = 1
    assert "1 of 2 images are misread; a 1 is most often read as a 0 (1 times)." in widget.text
    widget.label.value = 0
    assert "0 of 1 images are misread." in widget.text
    assert "None: all of these are read correctly." in widget.figure.value


def test_pixels_arrive_as_they_are():
    colours = pixels.signed(np.array([[-2.0, 0.0], [1.0, 2.0]]))
    assert colours[0, 0].tolist() == [0, 114, 178]
    assert colours[0, 1].tolist() == [252, 252, 250]
    assert colours[1, 1].tolist() == [213, 94, 0]
    data = re.search(r"base64,([^\"]+)", pixels.embed(colours, 1, 2, 30))[1]
    np.testing.assert_array_equal(np.rint(255 * imread(BytesIO(base64.b64decode(data)))[..., :3]), colours)
    assert (pixels.grey(np.array([[0.0, 2.0]]))[0, 1] == pixels.grey(np.array([[1.0]]))[0, 0]).all()

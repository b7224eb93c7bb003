"""The data sets: what they hold, and what is said when a file is damaged."""

import gzip
import hashlib
import os
import struct
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from course import data
from course.data.fetch import Source, fetch
from course.data.idx import read_idx

needs_mnist = pytest.mark.skipif(not os.environ.get("COURSE_DATA"), reason="COURSE_DATA names no folder with MNIST")


def idx_bytes(array, magic=None):
    header = struct.pack(f">{1 + array.ndim}I", magic or 0x0800 + array.ndim, *array.shape)
    return header + array.tobytes()


def write_gz(path, raw):
    path.write_bytes(gzip.compress(raw, mtime=0))
    return path


IMAGES = np.arange(2 * 3 * 4, dtype=np.uint8).reshape(2, 3, 4)


# --- toy data


@pytest.mark.parametrize(
    ("gate", "labels"),
    [(data.or_gate, [0, 1, 1, 1]), (data.and_gate, [0, 0, 0, 1]), (data.xor_gate, [0, 1, 1, 0])],
)
def test_gates_agree_with_python(gate, labels):
    X, y = gate()
    assert X.tolist() == [[0, 0], [0, 1], [1, 0], [1, 1]]
    assert y.tolist() == labels
    X[:] = 7
    assert gate()[0].max() == 1, "a caller's change must not reach the next caller"


def test_houses_are_the_talks():
    X, y = data.houses()
    assert (X @ [300, -10, -1] - 26497).tolist() == [345000, 474497, 387500]
    assert y.tolist() == [345000, 580000, 360000]


def test_circles_lie_on_their_radii():
    X, y = data.circles(101, 0.0, np.random.default_rng(0), inner=0.4)
    np.testing.assert_allclose(np.hypot(*X.T), np.where(y == 1, 0.4, 1.0))
    assert abs((y == 0).sum() - (y == 1).sum()) == 1
    turn = np.arctan2(*X.T[::-1]) % (2 * np.pi)
    assert np.histogram(turn, bins=4, range=(0, 2 * np.pi))[0].min() >= 10, "all round, 25 in each quarter"


def test_one_point_a_class_is_enough_and_an_arm_goes_round_once():
    rng = np.random.default_rng(0)
    assert len(data.circles(2, 0.0, rng)[0]) == len(data.moons(2, 0.0, rng)[0]) == 2
    assert data.spirals(3, 0.0, rng, arms=3)[0].shape == (3, 2)
    once = data.spirals(50, 0.1, np.random.default_rng(1), turns=1.0)
    np.testing.assert_array_equal(data.spirals(50, 0.1, np.random.default_rng(1))[0], once[0])


def test_moons_lie_on_two_half_circles():
    X, y = data.moons(100, 0.0, np.random.default_rng(0))
    upper, lower = X[y == 0], X[y == 1]
    np.testing.assert_allclose(np.hypot(*upper.T), 1)
    np.testing.assert_allclose(np.hypot(*(lower - [1, 0.5]).T), 1)
    assert upper[:, 1].min() >= 0
    assert upper[:, 0].min() < -0.9
    assert upper[:, 0].max() > 0.9
    assert lower[:, 1].max() <= 0.5


def test_spiral_arms_are_turned_copies_of_one_arm():
    X, y = data.spirals(300, 0.0, np.random.default_rng(0), arms=3, turns=1.5)
    radius, angle = np.hypot(*X.T), np.arctan2(*X.T[::-1])
    unwound = angle - 2 * np.pi * (1.5 * radius + y / 3)
    np.testing.assert_allclose(np.cos(unwound), 1)
    assert radius.max() <= 1


def test_blobs_surround_their_centres():
    centers = [[0, 0, 0], [5, 5, 5]]
    X, y = data.blobs(4000, centers, 0.5, np.random.default_rng(0))
    for label, center in enumerate(centers):
        # five standard errors of a mean of 2000
        np.testing.assert_allclose(X[y == label].mean(axis=0), center, atol=5 * 0.5 / np.sqrt(2000))
        np.testing.assert_allclose(X[y == label].std(axis=0), 0.5, rtol=0.1)


@pytest.mark.parametrize(
    "draw",
    [
        lambda n, noise, rng: data.circles(n, noise, rng),
        lambda n, noise, rng: data.moons(n, noise, rng),
        lambda n, noise, rng: data.spirals(n, noise, rng),
        lambda n, noise, rng: data.blobs(n, [[0, 0], [1, 1]], noise, rng),
    ],
)
def test_draws_are_balanced_repeatable_and_noisy(draw):
    X, y = draw(50, 0.1, np.random.default_rng(3))
    X2, y2 = draw(50, 0.1, np.random.default_rng(3))
    assert X.shape == (50, 2)
    assert X.dtype == np.float64
    assert np.bincount(y).tolist() == [25, 25]
    np.testing.assert_array_equal(X, X2)
    np.testing.assert_array_equal(y, y2)
    assert not np.array_equal(y, np.sort(y)), "labels come shuffled"
    assert not np.allclose(X, draw(50, 0.0, np.random.default_rng(3))[0])
    with pytest.raises(ValueError, match="n: expected"):
        draw(1, 0.1, np.random.default_rng(0))
    with pytest.raises(ValueError, match="noise: expected"):
        draw(50, -0.1, np.random.default_rng(0))


def test_toy_data_refuses_what_makes_no_sense():
    rng = np.random.default_rng(0)
    for inner in (0.0, 1.0):
        with pytest.raises(ValueError, match="inner"):
            data.circles(10, 0.1, rng, inner=inner)
    with pytest.raises(ValueError, match="centers"):
        data.blobs(10, [1.0, 2.0], 0.1, rng)
    with pytest.raises(ValueError, match="classes"):
        data.spirals(10, 0.1, rng, arms=1)


# --- split


@given(st.integers(10, 60), st.integers(0, 2**32 - 1))
def test_split_partitions_and_keeps_pairs(n, seed):
    X = np.arange(n)[:, None] * [1.0, 1.0]
    parts = data.split(X, np.arange(n), (0.6, 0.2, 0.2), np.random.default_rng(seed))
    assert [len(part) for part in parts[::2]] == [len(part) for part in parts[1::2]]
    assert sorted(np.concatenate(parts[1::2])) == list(range(n))
    for rows, labels in zip(parts[::2], parts[1::2], strict=True):
        np.testing.assert_array_equal(rows[:, 0], labels)
    assert abs(len(parts[0]) - 0.6 * n) <= 0.5 + 1e-9


def test_split_refuses_what_makes_no_sense():
    rng = np.random.default_rng(0)
    with pytest.raises(ValueError, match="as many rows"):
        data.split(np.zeros((3, 1)), np.zeros(2), (0.5, 0.5), rng)
    with pytest.raises(ValueError, match="add up to 1"):
        data.split(np.zeros((3, 1)), np.zeros(3), (0.5, 0.6), rng)
    with pytest.raises(ValueError, match="add up to 1"):
        data.split(np.zeros((3, 1)), np.zeros(3), (1.5, -0.5), rng)
    with pytest.raises(ValueError, match="empty"):
        data.split(np.zeros((3, 1)), np.zeros(3), (0.9, 0.1), rng)


# --- IDX files


def test_idx_round_trip(tmp_path):
    path = write_gz(tmp_path / "a.gz", idx_bytes(IMAGES))
    array = read_idx(path, IMAGES.shape)
    np.testing.assert_array_equal(array, IMAGES)
    assert array.flags.writeable


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (idx_bytes(IMAGES, magic=0x0801), "expected magic number 0x00000803.*got 0x00000801"),
        (
            idx_bytes(IMAGES.transpose(1, 0, 2).copy()),
            r"expected shape \(2, 3, 4\), the header says \(3, 2, 4\)",
        ),
        (idx_bytes(IMAGES)[:-1], "expected 24 bytes .* got 23"),
        (idx_bytes(IMAGES) + b"x", "expected 24 bytes .* got more"),
        (idx_bytes(IMAGES)[:10], "expected a header of 16 bytes, got 10"),
    ],
)
def test_idx_errors_say_file_expected_and_got(tmp_path, raw, message):
    path = write_gz(tmp_path / "damaged.gz", raw)
    with pytest.raises(ValueError, match=r"damaged\.gz: .*" + message):
        read_idx(path, IMAGES.shape)


def test_idx_refuses_truncated_corrupt_and_plain_files(tmp_path):
    whole = gzip.compress(idx_bytes(IMAGES), mtime=0)
    path = tmp_path / "damaged.gz"
    path.write_bytes(whole[:20])
    with pytest.raises(ValueError, match=r"damaged\.gz: .*truncated"):
        read_idx(path, IMAGES.shape)
    path.write_bytes(whole[:15] + b"\xff\xff" + whole[17:])
    with pytest.raises(ValueError, match=r"damaged\.gz: expected a gzip file"):
        read_idx(path, IMAGES.shape)
    path.write_bytes(idx_bytes(IMAGES))
    with pytest.raises(ValueError, match=r"damaged\.gz: expected a gzip file"):
        read_idx(path, IMAGES.shape)


# --- finding files


class QuietHandler(SimpleHTTPRequestHandler):
    def log_message(self, *args):
        pass


@pytest.fixture
def mirror(tmp_path):
    """A web server on this machine, and the folder that it serves."""
    folder = tmp_path / "mirror"
    for name in ("good", "damaged", "empty"):
        (folder / name).mkdir(parents=True)
    write_gz(folder / "good" / "x.gz", idx_bytes(IMAGES))
    (folder / "damaged" / "x.gz").write_bytes((folder / "good" / "x.gz").read_bytes()[:-4])
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(QuietHandler, directory=folder))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}/", folder
    server.shutdown()
    thread.join()
    server.server_close()


def source(address, folder, *mirrors):
    known = hashlib.sha256((folder / "good" / "x.gz").read_bytes()).hexdigest()
    return Source("set", "x.gz", "sha256:" + known, tuple(f"{address}{name}/" for name in mirrors))


def test_mirrors_are_tried_in_turn_and_only_a_whole_file_is_kept(mirror, tmp_path):
    address, folder = mirror
    wanted = source(address, folder, "empty", "damaged", "good")
    path = fetch(wanted, local=tmp_path / "no such folder", cache=tmp_path / "cache")
    assert path.read_bytes() == (folder / "good" / "x.gz").read_bytes()
    assert [file.name for file in (tmp_path / "cache" / "set").iterdir()] == ["x.gz"]
    (folder / "good" / "x.gz").unlink()
    assert fetch(wanted, cache=tmp_path / "cache") == path, "the cache is used, no mirror has it any more"


def test_damaged_cache_is_fetched_again(mirror, tmp_path):
    address, folder = mirror
    (tmp_path / "cache" / "set").mkdir(parents=True)
    (tmp_path / "cache" / "set" / "x.gz").write_bytes(b"half")
    path = fetch(source(address, folder, "good"), local=tmp_path, cache=tmp_path / "cache")
    assert read_idx(path, IMAGES.shape).tolist() == IMAGES.tolist()


def test_when_no_mirror_has_it_the_error_names_each(mirror, tmp_path):
    address, folder = mirror
    with pytest.raises(FileNotFoundError, match="of set is neither") as caught:
        fetch(source(address, folder, "empty", "damaged"), local=tmp_path, cache=tmp_path / "cache")
    message = str(caught.value)
    assert "empty/: 404" in message
    assert "hash" in message
    assert "set COURSE_DATA" in message
    assert not list((tmp_path / "cache").rglob("*.gz")), "the damaged download is not kept"


def test_local_folder_comes_first_by_argument_and_by_environment(mirror, tmp_path, monkeypatch):
    address, folder = mirror
    wanted = source(address, folder)
    assert fetch(wanted, local=folder / "good", cache=tmp_path / "cache") == folder / "good" / "x.gz"
    monkeypatch.setenv("COURSE_DATA", str(folder))
    (folder / "good").rename(folder / "set")
    assert fetch(wanted, cache=tmp_path / "cache") == folder / "set" / "x.gz"


def test_damaged_local_file_is_an_error_another_data_sets_file_is_not(mirror, tmp_path):
    address, folder = mirror
    wanted = source(address, folder, "good")
    with pytest.raises(ValueError, match=r"x\.gz: expected sha256:.* got sha256:.*damaged"):
        fetch(wanted, local=folder / "damaged", cache=tmp_path / "cache")
    other = "md5:" + hashlib.md5((folder / "damaged" / "x.gz").read_bytes()).hexdigest()
    path = fetch(wanted, foreign=[other], local=folder / "damaged", cache=tmp_path / "cache")
    assert path == tmp_path / "cache" / "set" / "x.gz"


# --- images


def test_digits_need_no_network_and_are_split_by_class():
    digits = data.load_digits()
    assert str(digits) == "scikit-learn digits: 1297 training and 500 test images of 8×8 pixels, 10 classes"
    assert np.bincount(digits.test_labels).tolist() == [50] * 10
    assert digits.train_images.max() == digits.max_value == 16
    X_train, y_train, X_test, y_test = digits.rows(np.float64)
    assert X_train.shape == (1297, 64)
    assert X_test.dtype == np.float64
    assert (X_train.min(), X_train.max()) == (0, 1)
    np.testing.assert_array_equal(X_test[7] * 16, digits.test_images[7].ravel())
    assert len(y_train) == 1297
    assert len(y_test) == 500


@needs_mnist
def test_mnist_is_the_real_one():
    mnist = data.load_mnist()
    assert str(mnist) == "MNIST: 60000 training and 10000 test images of 28×28 pixels, 10 classes"
    assert mnist.train_labels[:10].tolist() == [5, 0, 4, 1, 9, 2, 1, 3, 1, 4]
    assert mnist.train_images.max() == mnist.max_value == 255
    assert mnist.train_images.mean() == pytest.approx(33.3184, abs=1e-4)  # 0.1307 of 255, the usual mean
    X_train, _, X_test, _ = mnist.rows()
    assert (X_train.dtype, X_train.shape, X_test.shape) == (np.float32, (60000, 784), (10000, 784))


@needs_mnist
def test_mnist_or_digits_takes_mnist_where_there_is_mnist():
    assert data.mnist_or_digits().name == "MNIST"


def test_mnist_or_digits_falls_back_to_the_digits(tmp_path, monkeypatch):
    """No local folder, an empty cache, and a proxy that refuses every connection."""
    monkeypatch.delenv("COURSE_DATA", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    for name in ("http_proxy", "https_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    assert data.mnist_or_digits().name == "scikit-learn digits"


def test_damaged_local_mnist_is_not_passed_over(tmp_path, monkeypatch):
    (tmp_path / "train-images-idx3-ubyte.gz").write_bytes(b"half")
    monkeypatch.setenv("COURSE_DATA", str(tmp_path))
    with pytest.raises(ValueError, match=r"train-images.*expected sha256"):
        data.mnist_or_digits()

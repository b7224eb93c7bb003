"""Data sets: toy problems drawn from a generator, and images of digits."""

from course.data.images import ImageData, find_mnist, load_digits, load_fashion_mnist, load_mnist, mnist_or_digits
from course.data.split import split
from course.data.toy import and_gate, blobs, circles, houses, moons, or_gate, spirals, xor_gate
from course.nn.training import minibatches

__all__ = [
    "ImageData",
    "and_gate",
    "blobs",
    "circles",
    "find_mnist",
    "houses",
    "load_digits",
    "load_fashion_mnist",
    "load_mnist",
    "minibatches",
    "mnist_or_digits",
    "moons",
    "or_gate",
    "spirals",
    "split",
    "xor_gate",
]

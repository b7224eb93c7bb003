"""Pictures of pixels inside an SVG drawing: grey digits, and weights of either sign."""

import base64
from io import BytesIO
from typing import Any

import numpy as np
from matplotlib.colors import to_rgb
from matplotlib.image import imsave

from course.show.looks import AXIS, BLUE, INK, PAPER, VERMILION
from course.show.svg import tag

GROUND, DARK, COLD, HOT = (255 * np.array(to_rgb(colour)) for colour in (PAPER, INK, BLUE, VERMILION))


def grey(image: np.ndarray) -> np.ndarray:
    """Colour an image (h, w) in [0, 1]: 0 paper, 1 ink; returns (h, w, 3) uint8."""
    share = np.clip(image, 0, 1)[..., None]
    return np.rint(GROUND + share * (DARK - GROUND)).astype(np.uint8)


def signed(image: np.ndarray) -> np.ndarray:
    """Colour an image (h, w) of weights: blue below 0, orange above, paper at 0; returns (h, w, 3) uint8."""
    share = np.asarray(image, float)[..., None] / max(float(np.abs(image).max()), 1e-12)
    return np.rint(GROUND + np.abs(share) * (np.where(share < 0, COLD, HOT) - GROUND)).astype(np.uint8)


def embed(pixels: np.ndarray, x: float, y: float, size: float) -> str:
    """Put pixels (h, w, 3) on a card, each of them a sharp square, with a frame around them."""
    buffer = BytesIO()
    imsave(buffer, pixels, format="png")
    data = base64.b64encode(buffer.getvalue()).decode("ascii")
    box: dict[str, Any] = {"x": float(x), "y": float(y), "width": float(size), "height": float(size)}
    image = tag("image", href=f"data:image/png;base64,{data}", style="image-rendering: pixelated", **box)
    return image + tag("rect", fill="none", stroke=AXIS, stroke_width=1, **box)

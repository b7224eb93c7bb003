"""Activation functions f(z) and their derivatives f_grad(z), both evaluated at the pre-activation z.

Each works element by element on NumPy and CuPy arrays of any shape, on NumPy scalars and on Python numbers.
float32 stays float32, and ``|z|`` = 1000 causes neither overflow nor warning. softmax and log_softmax work on rows.
Sources: MT16 and Found16 for the classical functions; each newer function names its paper.
"""

from course.nn.gpu import Array, array_module


def sigmoid(z: Array) -> Array:
    """Squash z into (0, 1); the exponents are never positive, so nothing overflows."""
    xp = array_module(z)
    return xp.exp(xp.minimum(z, 0)) / (1 + xp.exp(-abs(z)))  # (1.2) σ(z) = 1 / (1 + exp(−z))


def sigmoid_grad(z: Array) -> Array:
    """Differentiate sigmoid; at most 1/4, at z = 0."""
    a = sigmoid(z)
    return a * (1 - a)  # (2.3) σ′(z) = σ(z)(1 − σ(z))


def tanh(z: Array) -> Array:
    """Squash z into (−1, 1)."""
    return array_module(z).tanh(z)  # (8.1) tanh(z) = (exp(z) − exp(−z)) / (exp(z) + exp(−z))


def tanh_grad(z: Array) -> Array:
    """Differentiate tanh; at most 1, at z = 0."""
    return 1 - tanh(z) ** 2  # (8.2) tanh′(z) = 1 − tanh²(z)


def relu(z: Array) -> Array:
    """Keep what is positive (Glorot, Bordes & Bengio 2011)."""
    return array_module(z).maximum(z, 0)  # (8.3) relu(z) = max(z, 0)


def relu_grad(z: Array) -> Array:
    """Differentiate relu; 0 at z = 0, by convention."""
    xp = array_module(z)
    return xp.greater(z, 0).astype(xp.asarray(z).dtype)  # (8.4) relu′(z) = 1 where z > 0, else 0


def leaky_relu(z: Array, slope: float = 0.01) -> Array:
    """Let negative z through with a small slope (Maas, Hannun & Ng 2013); a learned slope makes it PReLU."""
    xp = array_module(z)
    return xp.maximum(z, 0) + slope * xp.minimum(z, 0)  # (8.5) leaky(z) = max(z, 0) + slope · min(z, 0)


def leaky_relu_grad(z: Array, slope: float = 0.01) -> Array:
    """Differentiate leaky_relu; the slope at z = 0, by convention."""
    step = relu_grad(z)
    return step + slope * (1 - step)  # (8.6) leaky′(z) = 1 where z > 0, else slope


def absolute(z: Array) -> Array:
    """Rectify by the absolute value (Jarrett et al. 2009)."""
    return abs(z)  # (8.7) f(z) = |z|


def absolute_grad(z: Array) -> Array:
    """Differentiate absolute; 0 at z = 0, by convention."""
    return array_module(z).sign(z)  # (8.8) f′(z) = sign(z)


def elu(z: Array, alpha: float = 1.0) -> Array:
    """Bend towards −alpha for negative z, smoothly (Clevert, Unterthiner & Hochreiter 2016, equation 15)."""
    xp = array_module(z)
    return xp.maximum(z, 0) + alpha * xp.expm1(xp.minimum(z, 0))  # (8.9) elu(z) = z where z > 0, else α(exp(z) − 1)


def elu_grad(z: Array, alpha: float = 1.0) -> Array:
    """Differentiate elu; alpha at z = 0, by convention (with α = 1 there is no kink)."""
    xp = array_module(z)
    step = relu_grad(z)
    return step + (1 - step) * alpha * xp.exp(xp.minimum(z, 0))  # (8.10) elu′(z) = 1 where z > 0, else α exp(z)


def softplus(z: Array) -> Array:
    """Round off relu's corner (Dugas et al. 2001); its derivative is the sigmoid."""
    xp = array_module(z)
    return xp.maximum(z, 0) + xp.log1p(xp.exp(-abs(z)))  # (8.11) softplus(z) = log(1 + exp(z))


def softplus_grad(z: Array) -> Array:
    """Differentiate softplus."""
    return sigmoid(z)  # (8.12) softplus′(z) = σ(z)


def softmax(Z: Array) -> Array:
    """Turn each row of logits into probabilities that sum to 1.

    Parameters
    ----------
    Z : (..., K) array
        Logits; the last axis runs over the classes. Each row's maximum is subtracted, only to prevent overflow.

    Returns
    -------
    (..., K) array
    """
    xp = array_module(Z)
    Z = xp.asarray(Z)
    E = xp.exp(Z - Z.max(axis=-1, keepdims=True))
    return E / E.sum(axis=-1, keepdims=True)  # (4.3) softmax(z)ₖ = exp(zₖ) / Σⱼ exp(zⱼ)


def log_softmax(Z: Array) -> Array:
    """Compute the logarithm of softmax without ever forming log(0); shapes as in `softmax`."""
    xp = array_module(Z)
    Z = xp.asarray(Z)
    shifted = Z - Z.max(axis=-1, keepdims=True)
    log_sum = xp.log(xp.exp(shifted).sum(axis=-1, keepdims=True))
    return shifted - log_sum  # (4.5) log softmax(z)ₖ = zₖ − log Σⱼ exp(zⱼ)


def softmax_jacobian(Z: Array) -> Array:
    """Differentiate softmax. The Jacobian is not diagonal, because every probability depends on every logit.

    Parameters
    ----------
    Z : (..., K) array

    Returns
    -------
    (..., K, K) array
        ∂pᵢ/∂zⱼ; symmetric, each row sums to 0.
    """
    p = softmax(Z)
    eye = array_module(Z).eye(p.shape[-1], dtype=p.dtype)
    return p[..., :, None] * (eye - p[..., None, :])  # (6.8) ∂pᵢ/∂zⱼ = pᵢ(δᵢⱼ − pⱼ)

# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
# ---

# %% [markdown]
# # Lab 10 · GPU computing
#
# Training a network is multiplying matrices, over and over. Today you count what that costs *before* you measure it, find out
# what a machine spends its time on, and learn to use a stopwatch.
#
# **This lab is optional:** nothing later depends on it. You need no GPU. If you have one, the lab uses it and says so.
#
# **You will be able to** count operations and bytes; say whether arithmetic or memory is the bottleneck; tell what fits; write
# code that runs on CPU and GPU unchanged; and time it honestly.
#
# **You need** lab 00 (shapes), lab 09 (mini-batches), and the softmax of lab 04.
#
# | minutes | exercises | points | goes with |
# |---|---|---|---|
# | about 80 | {{exercises}} | {{points}} | BMI707, GPU sessions; MT16 |

# %% tags=["setup"]
import os
import time
from itertools import pairwise
from statistics import median

import numpy as np

quick = os.environ.get("COURSE_QUICK") == "1"  # a quick run is the same on every machine: no times, no GPU

# %% tags=["lab"]
from concurrent.futures import ThreadPoolExecutor

from course import Table, gpu as device, open_lab, recorded_gpu
from course.widgets import RooflineExplorer, roofline

lab = open_lab("10", globals())
check, hint, ready = lab.check, lab.hint, lab.ready
has_gpu = device.gpu_available() and not quick
print("A GPU is here: " + device.device_info()["name"] if has_gpu else "No GPU: everything runs on the CPU.")
lab

# %% [markdown]
# ## 1 · How much work is a layer?
#
# `X @ W`, with shapes (m, k) and (k, n): each of the m·n entries is a sum of k products. A product and an addition are two
# floating-point **operations** (FLOP).
#
# **Exercise `matmul_flops`** ({{points:matmul_flops}}).


# %% exercise="matmul_flops"
def matmul_flops(m, k, n):
    """Count the operations of a product (m, k) @ (k, n).

    Parameters
    ----------
    m, k, n : int

    Returns
    -------
    int
        A multiplication and an addition for each term of each entry.

    Example: m = k = n = 10 gives 2000.
    """
    ### BEGIN SOLUTION
    return 2 * m * k * n  # (10.1) F = 2mkn
    ### END SOLUTION


# %%
check("matmul_flops")


# %%
def millions():
    """Count the operations of a forward pass through 784–128–10 with 128 examples."""
    layers = roofline.products((784, 128, 10), batch=128, itemsize=4)
    rows = [[f"{p.k} → {p.n}", f"{p.flops / 1e6:.2f}"] for p in layers]
    display(Table("one forward pass, batch 128", ["layer", "million operations"], rows))
    return round(sum(p.flops for p in layers) / 1e6, 1)


lab.predict("millions", millions)

# %% [markdown] why="millions"
# 2·128·784·128 + 2·128·128·10. The first layer does nearly all of it: it has nearly all the weights.

# %% [markdown]
# (Backwards it is twice as much again: one product for ∂L/∂W, one for ∂L/∂X.)
#
# Operations are half of the story. The numbers must come from memory and go back there.
#
# **Exercise `matmul_bytes`** ({{points:matmul_bytes}}). The least possible: A and B read once, the result written once.


# %% exercise="matmul_bytes"
def matmul_bytes(m, k, n, itemsize):
    """Count the bytes that a product (m, k) @ (k, n) moves, at the least.

    Parameters
    ----------
    m, k, n : int
    itemsize : int
        Bytes of one number: 4 for float32, 8 for float64.

    Returns
    -------
    int

    Example: m = k = n = 10 in float32: 3 arrays of 100 numbers, 1200 bytes.
    """
    ### BEGIN SOLUTION
    return itemsize * (m * k + k * n + m * n)  # (10.2) B = s(mk + kn + mn)
    ### END SOLUTION


# %%
check("matmul_bytes")

# %% [markdown]
# ## 2 · The roof
#
# A machine has two speeds: how many operations a second, and how many bytes a second it gets from memory. Both go on at the
# same time, and the slower one decides (Williams, Waterman & Patterson 2009):
#
# $$ t = \max\!\left( \frac{F}{\text{peak}},\; \frac{B}{\text{bandwidth}} \right) \tag{10.4} $$
#
# **Exercise `roofline_time`** ({{points:roofline_time}}).


# %% exercise="roofline_time"
def roofline_time(flops, bytes, peak_flops, bandwidth):
    """Predict the shortest possible time of a computation.

    Parameters
    ----------
    flops, bytes : float
        What is to be computed, and what is to be moved.
    peak_flops, bandwidth : float
        Operations, and bytes, that the machine can do in a second.

    Returns
    -------
    float
        Seconds.

    Example: 1000 operations on 10 bytes, with a peak of 500 a second and 20 bytes a second: max(2 s, 0.5 s) = 2 s.
    """
    ### BEGIN SOLUTION
    return max(flops / peak_flops, bytes / bandwidth)  # (10.4)
    ### END SOLUTION


# %%
check("roofline_time")


# %%
def one_or_many():
    """Compare one example with 1024 on the round-figures GPU."""
    gpu, rows, waits = roofline.MACHINES[1], [], []
    for batch in (1, 1024):
        p = roofline.Product(batch, 1024, 1024, 4)
        waits.append({"memory": "Memory", "computing": "Computing"}[p.limited_by(gpu)])
        each = roofline.quantity(p.seconds(gpu) / batch, "s")
        rows.append([str(batch), f"{p.intensity:.2f}", p.limited_by(gpu), roofline.quantity(p.seconds(gpu), "s"), each])
    heads = ["examples", "operations a byte", "waits for", "time", "time for each"]
    display(Table("1024 → 1024 on a round-figures GPU", heads, rows))
    if waits[0] == waits[1]:
        return f"{waits[0]} in both cases"
    return f"{waits[0]} for one, {waits[1].lower()} for 1024"


lab.predict("one_or_many", one_or_many)

# %% [markdown] why="one_or_many"
# With one example each weight is fetched for two operations. With 1024 examples it is fetched once for 2048: that is
# why mini-batches exist.

# %% [markdown]
# A thousand times the work, in some 26 times the time. Draw the roof for a real machine: the slope is its memory, the flat
# part its arithmetic. Make the batch larger and see the layers climb. The last layer stays behind: why?
#
# *Measure here* times the same products on this computer. How far below the roof do they stay? (A roof is a promise of what
# cannot be beaten, not of what will be reached.)

# %%
RooflineExplorer()

# %% [markdown]
# ## 3 · Will it fit?
#
# A GPU's memory is fast and small. While it trains, a network keeps there its parameters, a gradient for each of them, and for
# every example of the batch the activations of all layers, the input among them: backpropagation needs them again.
#
# **Exercise `memory_needed`** ({{points:memory_needed}}). (An optimizer like Adam keeps two more numbers for each parameter; leave that
# out.)


# %% exercise="memory_needed"
def memory_needed(sizes, batch, itemsize):
    """Count the bytes that training a fully connected network keeps in memory.

    Parameters
    ----------
    sizes : list of int
        Units of each layer, the inputs first; every layer has weights and biases.
    batch : int
        Examples in a mini-batch.
    itemsize : int
        Bytes of one number.

    Returns
    -------
    int
        Parameters, their gradients, and every activation with the input.

    Example: sizes = [2, 3, 1], batch = 10, itemsize = 4: 13 parameters, 13 gradients and 10·6 activations: 344 bytes.
    """
    ### BEGIN SOLUTION
    count = sum((a + 1) * b for a, b in pairwise(sizes))
    return itemsize * (2 * count + batch * sum(sizes))  # (10.5) parameters and gradients + activations
    ### END SOLUTION


# %%
check("memory_needed")

# %%
if ready("memory_needed"):
    rows = []
    for net in ([784, 128, 10], [784, 1024, 1024, 10], [784, 8192, 8192, 10]):
        rows.append(["–".join(map(str, net)), *(f"{memory_needed(net, n, 4) / 2**20:,.0f}" for n in (1, 128, 60000))])
    display(Table("MiB to train in float32, by batch size", ["network", "1", "128", "60,000"], rows))

# %% [markdown]
# The largest is of the size that once held the record on MNIST without tricks with the images (Srivastava et al. 2014). It fits on most
# GPUs, even with all 60,000 digits in one batch. So why mini-batches? You know one reason from lab 09 and one from section 2.
#
# ## 4 · One code, two machines
#
# CuPy is NumPy for NVIDIA GPUs: same functions, other memory. The trick is that an array *knows* where it lives. `np.exp(Z)` does
# not compute; it asks Z to. So code that only asks its arrays runs anywhere, and code that makes its own arrays does not.
#
# **Exercise `softmax_any`** ({{points:softmax_any}}). NumPy in, NumPy out; GPU array in, GPU array out, and not one number through the
# CPU on the way. The check runs it on a pretended GPU that is as strict as a real one.


# %% exercise="softmax_any"
def softmax_any(Z):
    """Compute the softmax of each row, wherever Z lives.

    Parameters
    ----------
    Z : array of shape (N, K)
        On the CPU (NumPy) or on a GPU (CuPy).

    Returns
    -------
    array of shape (N, K)
        On the same device.

    Example: [[2.0, 1.0, 0.0]] gives [[0.665, 0.245, 0.090]].
    """
    ### BEGIN SOLUTION
    E = np.exp(Z - Z.max(axis=1, keepdims=True))
    return E / E.sum(axis=1, keepdims=True)  # (4.3) softmax(z)ₖ = exp(zₖ) / Σⱼ exp(zⱼ)
    ### END SOLUTION


# %%
check("softmax_any")

# %%
if has_gpu and ready("softmax_any"):
    Z = device.to_gpu(np.random.default_rng(0).normal(size=(1000, 10)))
    P = softmax_any(Z)
    print(type(P), "largest difference from the CPU:", abs(device.to_cpu(P) - softmax_any(device.to_cpu(Z))).max())

# %% [markdown]
# ## 5 · The stopwatch
#
# How long does a product take on a GPU? Read the clock, compute, read the clock again: everybody begins like that. So that it can be tried
# on any computer, a *worker* plays the GPU here. Its work is to sleep for 0.2 seconds.

# %%
pool = ThreadPoolExecutor(max_workers=1)  # the worker


def stopped_early():
    """Time a piece of work as everybody does it first."""
    begin = time.perf_counter()
    work = pool.submit(time.sleep, 0.2)  # in place of A @ B
    seen = time.perf_counter() - begin
    work.result()
    share = seen / (time.perf_counter() - begin)
    return "Less than a tenth" if share < 0.1 else "About half" if share < 0.75 else "Nearly all of it"


lab.predict("stopped_early", stopped_early)

# %% [markdown] why="stopped_early"
# `submit` hands the work over and comes back at once, and so does `A @ B` on a GPU: the product is computed while
# your program already goes on. Many of the thousandfold speedups on the web come from watches like this one.

# %% [markdown]
# **Exercise `time_call`** ({{points:time_call}}). An honest stopwatch. A GPU works in the background, as the worker did;
# `synchronize()` waits until all work that was handed over is done. The first call does not count (compilers and caches warm up); of
# the others take the median.


# %% exercise="time_call"
def time_call(f, repeat, synchronize):
    """Measure how long f() takes, its work in the background included.

    Parameters
    ----------
    f : function
        Called without arguments: once to warm up, then `repeat` times.
    repeat : int
    synchronize : function
        synchronize() returns when all work is done.

    Returns
    -------
    float
        Median seconds of one call. (time.perf_counter() reads the clock; `median` is imported.)

    Example: if three calls take 2, 9 and 3 seconds, it returns 3.
    """
    ### BEGIN SOLUTION
    f()
    seconds = []
    for _ in range(repeat):
        synchronize()
        start = time.perf_counter()
        f()
        synchronize()
        seconds.append(time.perf_counter() - start)
    return median(seconds)
    ### END SOLUTION


# %%
check("time_call")

# %% [markdown]
# Now use it: the round trip of prediction and measurement. A product twice as large in every direction is eight times the work.
# (Run it twice. Times are never quite the same, and on a busy computer they are not even close.)

# %%
if ready("time_call", "matmul_flops") and not quick:
    rows = []
    for n in (256, 512, 1024, 2048):
        A = np.ones((n, n), np.float32)
        cpu = time_call(lambda A=A: A @ A, 5, device.synchronize)
        row = [str(n), f"{1e3 * cpu:.2f}", f"{matmul_flops(n, n, n) / cpu / 1e9:.0f}"]
        if has_gpu:
            G = device.to_gpu(A)
            gpu = time_call(lambda G=G: G @ G, 5, device.synchronize)
            row += [f"{1e3 * gpu:.3f}", f"{matmul_flops(n, n, n) / gpu / 1e9:.0f}"]
        rows.append(row)
    heads = ["n", "CPU ms", "CPU GFLOP/s", "GPU ms", "GPU GFLOP/s"][: len(rows[0])]
    display(Table(f"n × n products on {device.device_info()['name']}, just now", heads, rows))

# %% [markdown]
# ## 6 · Is it worth the trip?
#
# **Exercise `speedup`** ({{points:speedup}}). How many times as fast is the GPU, when the numbers must travel, too?


# %% exercise="speedup"
def speedup(cpu_seconds, gpu_seconds, transfer_seconds):
    """Compare the GPU, travel included, with the CPU.

    Parameters
    ----------
    cpu_seconds : float
    gpu_seconds : float
        Computing only.
    transfer_seconds : float
        Bringing the data there and the result back.

    Returns
    -------
    float
        2 means twice as fast as the CPU; below 1 it is slower.

    Example: 10 s on the CPU, 1 s on the GPU and 4 s of travel give 2.
    """
    ### BEGIN SOLUTION
    return cpu_seconds / (gpu_seconds + transfer_seconds)
    ### END SOLUTION


# %%
check("speedup")


# %%
def worth_it():
    """Add two vectors of ten million numbers, at home or abroad."""
    laptop, gpu = roofline.MACHINES[:2]
    work, moved = 1e7, 3 * 4e7  # operations; two arrays read and one written, float32
    home, abroad = (max(work / m.peak, moved / m.bandwidth) for m in (laptop, gpu))
    travel = moved / 16e9
    rows = [
        [name, roofline.quantity(t, "s")] for name, t in [("at home", home), ("travel", travel), ("on the GPU", abroad)]
    ]
    display(Table("adding two vectors", ["", "time"], rows))
    return round(home / (travel + abroad), 2)


lab.predict("worth_it", worth_it)

# %% [markdown] why="worth_it"
# The numbers travel slower to the GPU than the laptop can add them. Bring the data over once, and leave them there.

# %% [markdown]
# A training step is another matter: the weights live on the GPU, the digits are brought once (188 MB in float32), and from
# then on nothing travels but a loss now and then. Send the data to the work, once, not the work to the data at every step.
#
# ### Find the slip
#
# A colleague measures 40,000 GFLOP/s on a machine whose data sheet promises 10,000. Here is her stopwatch, with the background
# worker in the part of the GPU. What is missing, and where?

# %%
started, reported = time.perf_counter(), []
for _ in range(3):
    begin = time.perf_counter()
    task = pool.submit(time.sleep, 0.05)
    reported.append(time.perf_counter() - begin)
task.result()
true = (time.perf_counter() - started) / 3
print("more than 10 times too fast" if true > 10 * median(reported) else "plausible")

# %% [markdown]
# ## 7 · What has been measured
#
# `course bench gpu` trains this course's networks on a GPU, beside PyTorch, and writes the figures down with device and date.
# Whoever has run it sees them here.

# %%
records = recorded_gpu()
if records:
    rows = [[r["net"], r["device"], r["date"], f"{r['seconds']:.2f}", f"{r['cpu_seconds']:.2f}"] for r in records]
    display(Table("one epoch of MNIST", ["network", "device", "date", "GPU seconds", "CPU seconds"], rows))
else:
    print("Nobody has run it yet: no GPU figures are recorded, and we do not make any up.")

# %% [markdown]
# ### Open experiment (no points)
#
# In the explorer, find the smallest batch at which all layers but the last wait for arithmetic on the T4, then on the H100.
# Which machine wants the larger batch, and why? (Divide the peak by the bandwidth.)

# %%
for m in roofline.MACHINES:
    print(f"{m.name:22s} {m.peak / m.bandwidth:5.1f} operations a byte to be busy ({m.source})")

# %% [markdown]
# ## 8 · In your own words
#
# *Rubric (4 points): one reason (1); another reason (1); one change that helps (1); another change that helps (1).*
#
# A start-up reports: "We moved our recommendation model to a GPU. One customer at a time comes in, we compute a 1000 × 1000 layer
# for her, and send the result back. It got slower." In four sentences: name two reasons, and what you would change. (Graded by
# hand.)

# %% [markdown] written="slower"
# ### BEGIN SOLUTION
# With one customer at a time the layer is a matrix times a vector: each weight is fetched for only two operations, so the GPU's
# arithmetic idles while it waits for memory. And every customer's numbers travel to the GPU and back, with a hand-over each
# time that costs more than the little work there is. I would collect customers for some milliseconds and compute them as one
# batch, and keep the weights (and if possible the inputs) on the GPU. For single customers a CPU may well be the better
# machine.
#
# *What earns the points: low arithmetic intensity with batch 1, memory-bound (1); transfer and launch costs for each request (1);
# batching (1); keeping data on the device, or staying on the CPU (1).*
# ### END SOLUTION

# %% [markdown]
# ## 9 · Do you still know?

# %%
lab.recall()

# %% [markdown]
# ## What you take along
#
# - A product (m, k) @ (k, n) is 2mkn operations. Time is the larger of work/peak and bytes/bandwidth.
# - Batches make few bytes serve many examples. That, and lab 09's reason, is why there are mini-batches.
# - Parameters, gradients, activations must fit; activations grow with the batch.
# - Ask arrays to compute, and the code runs anywhere. Wait before you stop the watch. Travel once.
#
# Next: lab 11, on networks that know their examples by heart, and how to talk them out of it.

# %%
lab.progress()

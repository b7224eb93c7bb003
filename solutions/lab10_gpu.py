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
# **You will be able to** say what a GPU is good and bad at; count operations and bytes; say whether arithmetic, memory
# or the hand-over is the bottleneck; tell what fits into memory; write code that runs on CPU and GPU unchanged; time it
# honestly; and say when it is worth sending the data to the GPU and back.
#
# **You need** lab 00 (shapes), lab 09 (mini-batches), and the softmax of lab 04.
#
# | minutes | exercises | points | goes with |
# |---|---|---|---|
# | about {{minutes}} (an estimate, not yet tried with students) | {{exercises}} | {{points}} | BMI707, week 2 lab; MT16 |

# %% tags=["setup"]
import os
import time
from itertools import pairwise
from statistics import median

import numpy as np

quick = os.environ.get("COURSE_QUICK") == "1"  # a quick run is the same on every machine: no times, no GPU

# %% tags=["lab"]
from concurrent.futures import ThreadPoolExecutor

from course import Table, draw_processors, gpu as device, open_lab, recorded_gpu
from course.widgets import RooflineExplorer, roofline

lab = open_lab("10", globals())
check, hint, ready = lab.check, lab.hint, lab.ready
has_gpu = device.gpu_available() and not quick
print("A GPU is here: " + device.device_info()["name"] if has_gpu else "No GPU: everything runs on the CPU.")
lab

# %% [markdown]
# ## 1 · A few clever cores, or thousands of simple ones
#
# A CPU has a few cores. Each runs a program of its own, and much of its silicon guesses what comes next, so that one
# program runs as fast as possible. A GPU has thousands of cores (BMI707; NVIDIA's A100 has 6912, according to its white
# paper) and does not guess. Its cores work in groups of 32, in **lock-step**: one instruction for the whole group, each
# core with numbers of its own. CPU and GPU each have their own memory. Here they are, with round figures, so that you
# can calculate in your head:

# %%
laptop, round_gpu = roofline.MACHINES[:2]
draw_processors(laptop, round_gpu, roofline.LINK)

# %% [markdown]
# So what is the price of the lock-step? A program looks at each of many numbers. If the number is positive, it runs ten
# instructions; if not, ten *others*. Half of the numbers are positive, in random order. A core of a CPU needs ten
# instructions for each number.


# %% hide="code"
def lockstep():
    """Count the instructions that a group of 32 needs when not all of its numbers take the same branch."""
    rng, rows, mean = np.random.default_rng(0), [], {}
    for share in (0.0, 0.01, 0.5, 1.0):
        positive = rng.random((10_000, 32)) < share  # 10,000 groups of 32
        needed = 10 * positive.any(axis=1) + 10 * (~positive).any(axis=1)
        mean[share] = needed.mean()
        rows.append([f"{100 * share:g} %", "10", f"{mean[share]:.1f}"])
    heads = ["positive numbers", "a core by itself", "a group in lock-step"]
    display(Table("instructions for each number", heads, rows))
    return float(round(mean[0.5]))


lab.predict("lockstep", lockstep)

# %% [markdown] why="lockstep"
# If the numbers of a group differ, the group goes through *both* branches, and each core waits during the one that is
# not its own. One number in a hundred is enough to slow down a quarter of the groups. So a GPU is good at the same
# arithmetic on many numbers, and bad if neighbouring numbers need different branches. A product of matrices has no
# branches at all.

# %% [markdown]
# ## 2 · How much work is a layer?
#
# In `X @ W`, with shapes (m, k) and (k, n), each of the m·n entries is a sum of k products. A product and an addition
# are two floating-point **operations** (FLOP).
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

# %% [markdown] buys="matmul_flops"
# You can say how much arithmetic a layer needs before anything runs; the stopwatch of section 7 turns it into a rate.


# %% hide="code"
def millions():
    """Count the operations of a forward pass through 784–128–10 with 128 examples."""
    layers = roofline.products((784, 128, 10), batch=128, itemsize=4)
    rows = [[f"{p.k} → {p.n}", f"{p.flops / 1e6:.2f}"] for p in layers]
    display(Table("one forward pass, batch 128", ["layer", "million operations"], rows))
    return round(sum(p.flops for p in layers) / 1e6, 1)


lab.predict("millions", millions)

# %% [markdown] why="millions"
# 2·128·784·128 + 2·128·128·10. The first layer does nearly all of it: it has nearly all the weights. (For the way back,
# lab 06 counted two products per layer, for ∂L/∂W and ∂L/∂X, but only one in the first layer, where ∂L/∂X is not
# needed. Here that makes 26.3 million, about as much again. In deeper networks it is nearly twice as much.)

# %% [markdown]
# ### Bytes
#
# Operations are half of the cost. The numbers must also come from memory and go back there.
#
# **Exercise `matmul_bytes`** ({{points:matmul_bytes}}). Count the least possible: each factor is read once, and the
# result is written once.


# %% exercise="matmul_bytes"
def matmul_bytes(m, k, n, itemsize):
    """Count the smallest number of bytes that a product (m, k) @ (k, n) can move.

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

# %% [markdown] buys="matmul_bytes"
# Work and bytes together tell you what a machine will wait for: the next section divides one by the other.

# %% [markdown]
# ## 3 · The roof
#
# A machine has two speeds: how many operations it does in a second, and how many bytes it gets from memory in a second.
# A computation has one number, its **arithmetic intensity**, the operations that it does on each byte:
#
# $$ I = \frac{F}{B} \tag{10.3} $$
#
# Adding two float32 vectors has $I = 1/12$: one addition, two numbers read and one written. Products of matrices have
# more, and how much more depends on their shapes. Computing and fetching happen at the same time, and the slower one
# decides (Williams, Waterman & Patterson 2009):
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
        Operations to do, and bytes to move.
    peak_flops, bandwidth : float
        Operations that the machine can do in a second, and bytes that it can move.

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

# %% [markdown] buys="roofline_time"
# If you know two numbers of a machine, you can predict the shortest time of any layer on it. No program can be faster.


# %% hide="code"
def ridge():
    """Find the intensity at which computing and fetching take equally long on the round-figures GPU."""
    rows = []
    for intensity in (1, 5, 10, 20, 40, 80):
        work, moved = 1e9 * intensity, 1e9
        rows.append([str(intensity), *(roofline.quantity(t, "s") for t in (work / 10e12, moved / 500e9))])
    display(Table("a gigabyte on the round-figures GPU", ["operations a byte", "computing", "fetching"], rows))
    return float(round_gpu.ridge)


lab.predict("ridge", ridge)

# %% [markdown] why="ridge"
# Both take equally long where $F/\text{peak} = B/\text{bandwidth}$, so where $I = \text{peak}/\text{bandwidth} = 10^{13} / (5 \cdot 10^{11}) = 20$
# operations a byte. Below that the arithmetic idles, above it the memory does.


# %% hide="code"
def one_or_many():
    """Compare one example with 1024 on the round-figures GPU."""
    rows, waits = [], []
    for batch in (1, 8, 64, 1024):
        p = roofline.Product(batch, 1024, 1024, 4)
        waits.append({"memory": "Memory", "computing": "Computing"}[p.limited_by(round_gpu)])
        times = [roofline.quantity(t, "s") for t in (p.seconds(round_gpu), p.seconds(round_gpu) / batch)]
        rows.append([str(batch), f"{p.intensity:.2f}", p.limited_by(round_gpu), *times])
    heads = ["examples", "operations a byte", "waits for", "time", "time for each"]
    display(Table("1024 → 1024 on the round-figures GPU", heads, rows))
    if waits[0] == waits[-1]:
        return f"{waits[0]} in both cases"
    return f"{waits[0]} for one, {waits[-1].lower()} for 1024"


lab.predict("one_or_many", one_or_many)

# %% [markdown] why="one_or_many"
# With one example each weight is fetched for two operations, so half an operation for each of its four bytes. With 1024 examples it is
# fetched once for 2048. A thousand times the work takes some 26 times as long: that is one reason for mini-batches.

# %% [markdown]
# ### How to read a roofline
#
# The figure shows (10.4) for all intensities at once, on logarithmic axes. Read it from left to right.

# %%
roofline.explained(round_gpu, roofline.Product(1, 1024, 1024, 4), batches=(1, 1024))

# %% [markdown]
# 1. **The slope** is the memory. A computation with $I$ operations on each byte cannot do more than
#    $I \cdot \text{bandwidth}$ a second.
# 2. **The flat part** is the arithmetic. There, more operations on each byte do not help any more.
# 3. **The corner** is where both are busy, at peak/bandwidth.
# 4. **A layer on the slope**: go up from its intensity to the roof, then left to the axis, and read off the rate. Here, with one
#    example, it is a fortieth of the peak.
# 5. **The same layer under the flat part**, with a batch of 1024. On this machine, it can get faster only if there is
#    less work.
#
# Real GPUs have a second roof. **Tensor cores** multiply small matrices in one instruction, if the numbers are shorter
# than float32: TF32 keeps 10 bits after the point, and bfloat16 keeps 7 (float32: 23). On NVIDIA's H100 they lift the
# flat part from 67 to 494 and 989 TFLOP/s (its data sheet, without sparsity). The slope stays, so the corner moves to
# the right.
#
# In the explorer, make the batch larger and see the layers climb. The last layer stays behind: why? (Work out $I$ for
# n = 10 and very large m and k.) Then choose the H100. *Measure here* times the same products on this computer. How far
# below the roof do they stay? (A roof is a limit. It does not say what a program will reach.)

# %%
RooflineExplorer()

# %% [markdown]
# ## 4 · The hand-over
#
# There is a third price. A GPU does nothing by itself. For each call, such as `X @ W` or `np.maximum(z, 0)`, the CPU
# hands it a task (a *launch*), and that takes some microseconds, however small the task is. On the round-figures GPU it
# takes 10 µs.
#
# A forward pass through 784–128–10 is five calls: two products, two additions of a bias, and one ReLU.


# %% hide="code"
def launches():
    """Compare the five hand-overs of a small forward pass with its computing, by (10.4), for several batches."""
    rows, share, handed = [], {}, 5 * roofline.HAND_OVER
    for batch in (1, 128, 2048, 32768):
        layers = roofline.products((784, 128, 10), batch, 4)
        products = sum(p.seconds(round_gpu) for p in layers)
        numbers = batch * (128 + 128 + 10)  # read and written again: two biases added, one ReLU
        busy = products + 2 * 4 * numbers / round_gpu.bandwidth
        share[batch] = handed / (handed + busy)
        times = [roofline.quantity(t, "s") for t in (handed, busy)]
        rows.append([str(batch), *times, f"{100 * share[batch]:.0f} %"])
    heads = ["examples", "five hand-overs", "computing or fetching", "share of hand-over"]
    display(Table("784–128–10 forward on the round-figures GPU, one after the other", heads, rows))
    return "About a tenth" if share[1] < 0.3 else "About half" if share[1] < 0.8 else "More than nine tenths"


lab.predict("launches", launches)

# %% [markdown] why="launches"
# One example is less than a microsecond of work, and fifty of handing over. Larger batches spread the same fifty over
# more examples. Libraries also *fuse* several calls into one, or record a whole step once and replay it (CUDA graphs).

# %% [markdown]
# ## 5 · Will it fit?
#
# A GPU's memory is fast and small. While a network trains, this memory holds its parameters, a gradient for each of
# them, and for every example of the batch the activations of all layers, including the input: backpropagation needs
# them again.
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

    Example: sizes = [2, 3, 1], batch = 10, itemsize = 4: 13 parameters, 13 gradients and
    10·6 activations: 344 bytes.
    """
    ### BEGIN SOLUTION
    count = sum((a + 1) * b for a, b in pairwise(sizes))
    return itemsize * (2 * count + batch * sum(sizes))  # (10.5) parameters and gradients + activations
    ### END SOLUTION


# %%
check("memory_needed")

# %% [markdown] buys="memory_needed"
# The next cell computes it for three networks, up to a batch of all 60,000 digits of MNIST.

# %%
if ready("memory_needed"):
    rows = []
    for net in ([784, 128, 10], [784, 1024, 1024, 10], [784, 8192, 8192, 10]):
        needed = [memory_needed(net, batch, 4) / 2**20 for batch in (1, 128, 60000)]
        rows.append(["–".join(map(str, net)), *(f"{mib:,.0f}" for mib in needed)])
    display(Table("MiB to train in float32, by batch size", ["network", "1", "128", "60,000"], rows))

# %% [markdown]
# Srivastava et al. (2014) trained a network with two layers of 8192 units. It misreads 0.95 % of MNIST's test digits.
# That network fits on most GPUs, even with all 60,000 digits in one batch. So why mini-batches? You know one reason
# from lab 09 and one from section 3.
#
# ## 6 · One code, two machines
#
# CuPy is NumPy for NVIDIA GPUs: the same functions, a different memory. Each array comes with the functions for its own
# device. `np.exp(Z)` does not compute anything itself: it calls the function that belongs to `Z`. So code that only
# computes with the arrays it gets runs on any device, and code that makes its own arrays does not.
#
# **Exercise `softmax_any`** ({{points:softmax_any}}). NumPy in, NumPy out; GPU array in, GPU array out, without moving
# a number to the CPU on the way. The check runs it on a simulated GPU that is as strict as a real one.


# %% exercise="softmax_any"
def softmax_any(Z):
    """Compute the softmax of each row, on the device of Z.

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

# %% [markdown] buys="softmax_any"
# This is how the whole library is written: to train a network on a GPU, you only move θ and the data there.

# %%
if has_gpu and ready("softmax_any"):
    Z = device.to_gpu(np.random.default_rng(0).normal(size=(1000, 10)))
    P = softmax_any(Z)
    print(type(P), "largest difference from the CPU:", abs(device.to_cpu(P) - softmax_any(device.to_cpu(Z))).max())

# %% [markdown]
# ## 7 · The stopwatch
#
# How long does a product take on a GPU? Read the clock, compute, read the clock again: everybody begins like that. Here
# a *worker* takes the place of the GPU, so that you can try it on any computer. Its work is to sleep for 0.2 seconds.

# %% hide="code"
pool = ThreadPoolExecutor(max_workers=1)  # the worker


def stopped_early():
    """Time a piece of work in the way that everybody tries first."""
    begin = time.perf_counter()
    work = pool.submit(time.sleep, 0.2)  # in place of A @ B
    seen = time.perf_counter() - begin
    work.result()
    share = seen / (time.perf_counter() - begin)
    return "Less than a tenth" if share < 0.1 else "About half" if share < 0.75 else "Nearly all of it"


lab.predict("stopped_early", stopped_early)

# %% [markdown] why="stopped_early"
# The call hands the work over and returns at once, and so does `A @ B` on a GPU: the product is computed while your
# program already goes on. The watch shows only the hand-over of section 4. A speedup that is measured like this says
# nothing about the GPU.

# %% [markdown]
# ### An honest stopwatch
#
# **Exercise `time_call`** ({{points:time_call}}). A GPU works in the background, as the worker did; `synchronize()`
# waits until all work that was handed over is done. Do not count the first call (compilers and caches warm up). Take
# the median of the others.


# %% exercise="time_call"
def time_call(f, repeat, synchronize):
    """Measure how long f() takes, including its work in the background.

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

# %% [markdown] buys="time_call"
# Your stopwatch is right on both machines; the next cell uses it.

# %% [markdown]
# A product twice as large in every direction is eight times the work. Does it take eight times as long? Where the
# GFLOP/s still rise from row to row, it took less. Why might small products be slow? (Run it twice. Times are never
# quite the same, and on a busy computer they can differ a lot.)

# %% hide="code"
if ready("time_call", "matmul_flops") and not quick:
    rows = []
    for n in (256, 512, 1024, 2048):
        A = np.ones((n, n), np.float32)
        cpu = time_call(lambda A=A: A @ A, 5, device.synchronize)
        row = [str(n), f"{1e3 * cpu:.2f}", f"{matmul_flops(n, n, n) / cpu / 1e9:.0f}"]
        if has_gpu:
            G = device.to_gpu(A)
            seconds = time_call(lambda G=G: G @ G, 5, device.synchronize)
            row += [f"{1e3 * seconds:.3f}", f"{matmul_flops(n, n, n) / seconds / 1e9:.0f}"]
        rows.append(row)
    heads = ["n", "CPU ms", "CPU GFLOP/s", "GPU ms", "GPU GFLOP/s"][: len(rows[0])]
    display(Table(f"n × n products on {device.device_info()['name']}, just now", heads, rows))

# %% [markdown]
# ## 8 · Is the transfer worth it?
#
# **Exercise `speedup`** ({{points:speedup}}). How many times as fast is the GPU if you count the transfer of the
# numbers, too?


# %% exercise="speedup"
def speedup(cpu_seconds, gpu_seconds, transfer_seconds):
    """Compare the GPU, including the transfer, with the CPU.

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

    Example: 10 s on the CPU, 1 s on the GPU and 4 s of transfer give 2.
    """
    ### BEGIN SOLUTION
    return cpu_seconds / (gpu_seconds + transfer_seconds)
    ### END SOLUTION


# %%
check("speedup")

# %% [markdown] buys="speedup"
# You can tell a fair comparison from one that leaves out the transfer.


# %% hide="code"
def worth_it():
    """Add two vectors of ten million numbers, on the laptop or on the GPU."""
    work, moved = 1e7, 3 * 4e7  # operations; two arrays read and one written, float32
    home, abroad = (max(work / m.peak, moved / m.bandwidth) for m in (laptop, round_gpu))
    travel = moved / roofline.LINK
    steps = [("on the laptop", home), ("transfer", travel), ("on the GPU", abroad)]
    rows = [[name, roofline.quantity(t, "s")] for name, t in steps]
    display(Table("adding two vectors", ["", "time"], rows))
    return round(home / (travel + abroad), 2)


lab.predict("worth_it", worth_it)

# %% [markdown] why="worth_it"
# The numbers travel to the GPU more slowly than the laptop adds them. Move the data to the GPU once, and leave them
# there.

# %% [markdown]
# ### Transfer once
#
# Training is different: the weights stay on the GPU, the digits move there once (188 MB in float32), and after that
# only a loss comes back now and then.
#
# ### Find the slip
#
# A colleague measures 40,000 GFLOP/s on a machine whose data sheet promises 10,000. Here is her stopwatch, with the
# background worker in place of the GPU. What is missing, and where?

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
# ## 9 · What has been measured
#
# The times of sections 3, 4 and 8 come from (10.4) and round figures. `course bench gpu` trains this course's networks
# on a real GPU, also with PyTorch if it is installed, and records the figures with device and date. If you have run it,
# you see them here. This copy of the workbook has none: no measurement is recorded yet.

# %% hide="code"
records = recorded_gpu()
if records:
    rows = [[r["net"], r["device"], r["date"], f"{r['seconds']:.2f}", f"{r['cpu_seconds']:.2f}"] for r in records]
    heads = ["network", "device", "date", "GPU seconds", "CPU seconds"]
    display(Table(f"one epoch, data: {records[0]['data']}", heads, rows))
else:
    print("No GPU figures are recorded. On a machine with a GPU: course bench gpu")

# %% [markdown]
# ### Open experiment (no points)
#
# In the explorer, find the smallest batch at which all layers but the last wait for arithmetic on the T4, then on the
# H100. Which machine needs the larger batch, and why? And what changes with tensor cores? The list below gives their
# corners.

# %%
for m in roofline.MACHINES:
    corners = [("float32", m.ridge), *((name, peak / m.bandwidth) for name, peak in m.tensor_peaks)]
    print(
        f"{m.name:22s}",
        ", ".join(f"{name} {corner:.0f}" for name, corner in corners),
        f"operations a byte ({m.source})",
    )

# %% [markdown]
# ## 10 · In your own words
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
# ## 11 · What do you remember?

# %%
lab.recall()

# %% [markdown]
# ## What you learned
#
# - A GPU does the same arithmetic on many numbers at once. It is bad if neighbouring numbers need different branches,
#   and at small tasks.
# - A product (m, k) @ (k, n) is 2mkn operations. Time is the larger of work/peak and bytes/bandwidth, and each call has its hand-over.
# - With batches, few bytes and few hand-overs serve many examples. That, and the reason from lab 09, is why there are
#   mini-batches.
# - Parameters, gradients and activations must fit into memory; activations grow with the batch.
# - Code that only computes with the arrays it gets runs on any device. Wait for the GPU before you stop the watch.
#   Transfer once.
#
# Next: lab 11 is about networks that learn their examples by heart, and what to do about it.

# %%
lab.progress()

"""What lab 10 checks: counting work and bytes, the roofline, memory, code that runs on any device, honest stopwatches."""
# fmt: off

import time
from itertools import pairwise
from statistics import median

import numpy as np

from course.build import Exercise, LabChecks, Slip, Part, Prediction, Question

# matmul_flops, matmul_bytes -------------------------------------------------------------------------------------


def shapes(rng):
    """Draw three different sizes, so that swapping any two is noticed."""
    m, k, n = (int(v) for v in rng.choice(np.arange(3, 40), 3, replace=False))
    return {"m": m, "k": k, "n": n}


def sized(rng, itemsize):
    return shapes(rng) | {"itemsize": itemsize}


matmul_flops = Exercise(
    "matmul_flops",
    points=1,
    cases=lambda rng: [shapes(rng), shapes(rng), shapes(rng)],
    slips=[
        Slip("additions not counted", {"2 * ": ""},
             "You count only multiplications. Each product is also added to a running sum: two operations, not one."),
        Slip("sizes added", {"return 2 * m * k * n": "return 2 * (m * k + k * n)"},
             "This is twice the number of entries of A and B. They are used more than once: each row of A meets "
             "*every* column of B."),
        Slip("k − 1 additions", {"return 2 * m * k * n": "return m * n * (2 * k - 1)"},
             "This is exact: k products need only k − 1 additions. But everybody rounds up to 2·m·k·n, and so does "
             "this check."),
        Slip("numbers, not operations", {"return 2 * m * k * n": "return m * k + k * n + m * n"},
             "These are the numbers *stored* in the three arrays. The next exercise counts those; here, count what is "
             "done with them."),
        Slip("numbers, not operations, twice", {"return 2 * m * k * n": "return 2 * (m * k + k * n + m * n)"},
             "This is twice the numbers stored in the three arrays. Count instead what is done: m·n entries, k "
             "products each, two operations for each product."),
        Slip("one addition an entry", {"return 2 * m * k * n": "return m * n * (k + 1)"},
             "You count k products for each entry, but only one addition. To add up k products takes k − 1 additions, "
             "and we count k."),
        Slip("k twice, once each", {"return 2 * m * k * n": "return m * k * k * n"},
             "You count k twice, once for each matrix. But the two share it: you go through a row and a column "
             "*together*. (And the additions?)"),
        Slip("sizes summed", {"return 2 * m * k * n": "return m + k + n"},
             "You add up the sizes. Every row meets every column, with k products each: multiply the sizes."),
        Slip("A and B once each", {"return 2 * m * k * n": "return m * k + k * n"},
             "This is how many numbers A and B hold. Each is used often: each row of A meets *every* column of B."),
        Slip("sides added", {"return 2 * m * k * n": "return 2 * (m + k + n)"},
             "You add up the sides. The result has m·n entries, and each of them is a sum of k products: multiply."),
        Slip("n twice", {"return 2 * m * k * n": "return m * k * n**2"},
             "You count n twice. The result has m·n entries, and each is a sum over k."),
    ],
    alternatives=[lambda m, k, n: float(2 * m * k * n), lambda m, k, n: sum(2 * k for _ in range(m * n))],
    equivalent={"positive": ["value of `"]},
    hints=[
        "How many entries does the result have? How many products are added up for each of them?",
        "m·n entries, k products each; a product and an addition are two operations.",
        "`2 * m * k * n`.",
    ],
)

matmul_bytes = Exercise(
    "matmul_bytes",
    points=1,
    cases=lambda rng: [sized(rng, 4), sized(rng, 8), sized(rng, 2)],
    slips=[
        Slip("numbers, not bytes", {"itemsize * ": ""},
             "This is the count of numbers. Each of them takes `itemsize` bytes."),
        Slip("result forgotten", {"m * k + k * n + m * n": "(m * k + k * n)"},
             "You count reading A and B. C, m × n, must also be written."),
        Slip("result read and written",
             {"return itemsize * (m * k + k * n + m * n)": "return itemsize * (m * k + k * n + 2 * m * n)"},
             "You count C twice. It is written once and need not be read first."),
        Slip("bits", {"return itemsize * (m * k + k * n + m * n)": "return 8 * itemsize * (m * k + k * n + m * n)"},
             "This is eight times too many: itemsize is in bytes already, not in bits."),
        Slip("read for every use",
             {"return itemsize * (m * k + k * n + m * n)": "return itemsize * (2 * m * k * n + m * n)"},
             "You read both factors again for each product. A careless program does that; count the least possible: "
             "each array once."),
        Slip("operations for numbers", {"return itemsize * (m * k + k * n + m * n)": "return itemsize * m * k * n"},
             "m·k·n is how many *products* there are. Only the three arrays are stored: m·k, k·n and m·n numbers."),
        Slip("operations times bytes", {"return itemsize * (m * k + k * n + m * n)": "return 2 * m * k * n * itemsize"},
             "These are operations times bytes. Only the three arrays move, each once: m·k, k·n and m·n numbers."),
        Slip("operations", {"return itemsize * (m * k + k * n + m * n)": "return 2 * m * k * n"},
             "This is the number of operations again. Count bytes: the sizes of the three arrays."),
        Slip("bytes of the last only",
             {"return itemsize * (m * k + k * n + m * n)": "return m * k + k * n + m * n * itemsize"},
             "You count only the last array in bytes; the others are still numbers. Use brackets: itemsize times the "
             "whole sum."),
        Slip("three of the result’s size", {"return itemsize * (m * k + k * n + m * n)": "return 3 * itemsize * m * n"},
             "You give all three arrays the size of the result. A is m × k and B is k × n."),
        Slip("sides for areas", {"return itemsize * (m * k + k * n + m * n)": "return itemsize * (m + k + n)"},
             "You add up the sides. An array of m rows and k columns has m·k numbers."),
        Slip("all as large as A", {"return itemsize * (m * k + k * n + m * n)": "return itemsize * 3 * m * k"},
             "You give all three arrays the size of A. B is k × n and C is m × n."),
        Slip("factors read twice",
             {"return itemsize * (m * k + k * n + m * n)": "return itemsize * (2 * m * k + 2 * k * n + m * n)"},
             "You count A and B twice. At the least, each is read once."),
        Slip("products and result",
             {"return itemsize * (m * k + k * n + m * n)": "return itemsize * (m * k * n + m * n)"},
             "m·k·n is how many *products* there are; they are never stored. A holds m·k numbers and B k·n."),
    ],
    alternatives=[
        lambda m, k, n, itemsize: itemsize * m * k + itemsize * k * n + itemsize * m * n,
        lambda m, k, n, itemsize: sum(itemsize * a * b for a, b in ((m, k), (k, n), (m, n))),
    ],
    equivalent={"positive": ["value of `"]},
    hints=[
        "Three arrays: two are read, one is written.",
        "A has m·k numbers, B has k·n, C has m·n. Each number takes itemsize bytes.",
        "`itemsize * (m * k + k * n + m * n)`.",
    ],
)

# roofline_time --------------------------------------------------------------------------------------------------


def roof_cases(rng):
    bandwidth = float(rng.uniform(1, 9) * 1e11)
    peak = bandwidth * float(rng.uniform(20, 60))  # so that flops > bytes in either case, which decides nothing
    work = float(rng.uniform(2, 5) * 1e9)
    device = {"peak_flops": peak, "bandwidth": bandwidth}
    return {
        "compute": [{"flops": work, "bytes": work * bandwidth / peak / rng.uniform(3, 9)} | device],
        "memory": [{"flops": work, "bytes": work * bandwidth / peak * rng.uniform(3, 9)} | device],
    }


roofline_time = Exercise(
    "roofline_time",
    points=2,
    cases=roof_cases,
    atol=1e-15,
    slips=[
        Slip("sum",
             {"return max(flops / peak_flops, bytes / bandwidth)": "return flops / peak_flops + bytes / bandwidth"},
             "You add the two times. While the machine computes, it fetches the next numbers: both happen *at once*, "
             "and the slower one decides."),
        Slip("faster of the two",
             {"return max(flops / peak_flops, bytes / bandwidth)": "return min(flops / peak_flops, bytes / bandwidth)"},
             "You take the faster of the two. It finishes early and waits for the other."),
        Slip("computing only", {"/ bandwidth": "/ peak_flops"},
             "You count only the computing. Numbers that have not arrived cannot be multiplied. (Did you compare "
             "operations with bytes? Compare the *times* that they take.)"),
        Slip("memory only", {"max(flops": "max(bytes"},
             "You count only the bytes. Numbers that have arrived must still be multiplied."),
        Slip("rates, not times",
             {"return max(flops / peak_flops, bytes / bandwidth)": "return min(peak_flops, bandwidth * flops / bytes)"},
             "This is the *rate* under the roof, in operations per second. The time is the work divided by it."),
        Slip("upside down", {"flops / peak_flops, bytes / bandwidth": "(peak_flops / flops), (bandwidth / bytes)"},
             "This is upside down: how often the work fits into one second. Time = work / rate."),
        Slip("mean",
             {"return max(flops / peak_flops, bytes / bandwidth)": "return (flops / peak_flops + bytes / bandwidth) / 2"},
             "You take the mean of the two times. The mean does not matter: the slower one decides."),
        Slip("crossed", {"/ peak_flops": "/ bandwidth"},
             "The two speeds are exchanged. Operations go with peak_flops, bytes with bandwidth: check the units."),
        Slip("intensity", {"/ peak_flops": "/ bytes"},
             "This is the arithmetic intensity, operations per byte. It says *which* side decides, not the time."),
        Slip("difference",
             {"return max(flops / peak_flops, bytes / bandwidth)": "return abs(flops / peak_flops - bytes / bandwidth)"},
             "This is how long one waits for the other. The total time is that of the slower one."),
        Slip("all work over all speed",
             {"return max(flops / peak_flops, bytes / bandwidth)": "return (flops + bytes) / (peak_flops + bandwidth)"},
             "You add operations to bytes, and two speeds of different things. Divide each work by its own speed, then "
             "compare the two times."),
        Slip("times multiplied",
             {"return max(flops / peak_flops, bytes / bandwidth)": "return flops / peak_flops * bytes / bandwidth"},
             "You multiply the two times, which gives seconds squared. The slower one decides: `max`."),
        Slip("whole seconds",
             {"return max(flops / peak_flops, bytes / bandwidth)": "return max(flops // peak_flops, bytes // bandwidth)"},
             "`//` keeps only whole seconds, and here nothing takes that long. Use `/`."),
        Slip("bits",
             {"return max(flops / peak_flops, bytes / bandwidth)": "return max(flops / peak_flops, 8 * bytes / bandwidth)"},
             "You multiply by eight bits per byte. The bandwidth is in bytes per second already."),
        Slip("root of squares",
             {"return max(flops / peak_flops, bytes / bandwidth)": "return float(np.hypot(flops / peak_flops, bytes / bandwidth))"},
             "This is the root of the sum of squares. The two happen at once, and the slower one decides: `max`."),
    ],
    alternatives=[
        lambda flops, bytes, peak_flops, bandwidth: flops / min(peak_flops, bandwidth * flops / bytes),
        lambda flops, bytes, peak_flops, bandwidth: np.maximum(flops / peak_flops, bytes / bandwidth),
    ],
    equivalent={"the larger of two": ["`max("], "positive": ["value of `"]},
    hints=[
        "There are two times, for computing and for fetching. Both happen at once.",
        "flops / peak_flops and bytes / bandwidth are both in seconds. Which of the two decides?",
        "`max(flops / peak_flops, bytes / bandwidth)`.",
    ],
)

# memory_needed --------------------------------------------------------------------------------------------------


def parameters(sizes, biases=True):
    return sum(a * b + (b if biases else 0) for a, b in pairwise(sizes))


def memory(sizes, batch, itemsize, *, copies=2, biases=True, activations=None):
    units = sum(sizes) if activations is None else activations(sizes)
    return itemsize * (copies * parameters(sizes, biases) + batch * units)


def memory_case(rng, depth, itemsize):
    sizes = [int(v) for v in rng.choice(np.arange(3, 30), depth, replace=False)]
    largest = sizes.index(max(sizes))
    sizes[1], sizes[largest] = sizes[largest], sizes[1]  # to the middle, if there is a middle
    return {"sizes": sizes, "batch": int(rng.integers(31, 50)), "itemsize": itemsize}


memory_needed = Exercise(
    "memory_needed",
    points=3,
    cases=lambda rng: [memory_case(rng, 3, 4), memory_case(rng, 4, 8), memory_case(rng, 2, 4)],
    slips=[
        Slip("gradients forgotten", {"2 * ": ""},
             "You count the parameters but not their gradients. Backpropagation writes one number for each parameter."),
        Slip("biases forgotten", {" + 1": ""},
             "You count the weights but not the biases: one for each unit that is not an input. They are few, but they "
             "need memory, too."),
        Slip("input forgotten",
             lambda sizes, batch, itemsize: memory(sizes, batch, itemsize, activations=lambda s: sum(s[1:])),
             "The batch itself is missing. The first layer's gradient is Xᵀ·dZ, so X must stay in memory as long as "
             "any other activation."),
        Slip("output forgotten",
             lambda sizes, batch, itemsize: memory(sizes, batch, itemsize, activations=lambda s: sum(s[:-1])),
             "The last layer's activations are missing. They count like all others."),
        Slip("one example", {"batch * ": ""},
             "You count the activations of one example only. *Each* example of the batch has its own; this is why the "
             "batch size decides whether a network fits."),
        Slip("parameters times batch",
             lambda sizes, batch, itemsize: itemsize * batch * (2 * parameters(sizes) + sum(sizes)),
             "You multiply the whole sum by the batch. But all examples share one set of parameters; only the "
             "activations are needed for each example."),
        Slip("activations twice",
             lambda sizes, batch, itemsize: memory(sizes, batch, itemsize, activations=lambda s: 2 * sum(s)),
             "You count the activations twice. Their gradients come and go, layer by layer; only one copy must "
             "*stay*."),
        Slip("parameters only", lambda sizes, batch, itemsize: itemsize * parameters(sizes),
             "These are only the parameters. Their gradients need as much again; then add the activations of the "
             "batch."),
        Slip("hidden layers only",
             lambda sizes, batch, itemsize: memory(sizes, batch, itemsize, activations=lambda s: sum(s[1:-1])),
             "You count only the hidden layers' activations. The input counts, too (the first gradient needs X), and "
             "so does the output."),
        Slip("largest layer only", lambda sizes, batch, itemsize: memory(sizes, batch, itemsize, activations=max),
             "You count only the largest layer's activations. That is enough for prediction; for the backward pass, "
             "*all* must be kept."),
        Slip("a gradient for each example",
             lambda sizes, batch, itemsize: itemsize * ((1 + batch) * parameters(sizes) + batch * sum(sizes)),
             "You keep a gradient for each example. They are added up: one number for each parameter."),
        Slip("Adam’s memory", lambda sizes, batch, itemsize: memory(sizes, batch, itemsize, copies=4),
             "You count Adam's two numbers for each parameter. Well remembered, but leave them out here."),
        Slip("biases on the wrong side",
             {"return itemsize * (2 * count + batch * sum(sizes))": "return itemsize * (2 * sum(a * (b + 1) for a, b in pairwise(sizes)) + batch * sum(sizes))"},
             "You count a bias for each *input* of a layer. Each *unit* has one: a·b weights and b biases are (a + "
             "1)·b."),
        Slip("biases for the inputs",
             lambda sizes, batch, itemsize: itemsize * (2 * (parameters(sizes) + sizes[0]) + batch * sum(sizes)),
             "You count biases for the inputs. Inputs are given, not computed: biases begin with the second entry of "
             "sizes."),
        Slip("one bias a layer",
             {"return itemsize * (2 * count + batch * sum(sizes))": "return itemsize * (2 * sum(a * b + 1 for a, b in pairwise(sizes)) + batch * sum(sizes))"},
             "You count one bias for each layer. Each *unit* has its own."),
        Slip("biases have no gradients",
             lambda sizes, batch, itemsize: (
                itemsize * (parameters(sizes) + parameters(sizes, biases=False) + batch * sum(sizes))
            ), "You count the biases only once. They learn as well, so each has a gradient, too."),
        Slip("sizes multiplied",
             lambda sizes, batch, itemsize: memory(sizes, batch, itemsize, activations=lambda s: int(np.prod(s))),
             "You multiply the layer sizes. Each example has sizes[0] + sizes[1] + … activations, a number for each "
             "unit."),
        Slip("activations of the input alone",
             lambda sizes, batch, itemsize: memory(sizes, batch, itemsize, activations=lambda s: s[0]),
             "You count only the input's activations. Every layer has its own, and backpropagation needs them all."),
        Slip("activations of the output alone",
             lambda sizes, batch, itemsize: memory(sizes, batch, itemsize, activations=lambda s: s[-1]),
             "You count only the output's activations. Every layer has its own, and backpropagation needs them all."),
        Slip("gradients of activations for those of parameters",
             lambda sizes, batch, itemsize: itemsize * (parameters(sizes) + 2 * batch * sum(sizes)),
             "You count the activations twice and the parameters once. It is the other way round: a gradient is kept "
             "for each *parameter*."),
    ],
    alternatives=[
        lambda sizes, batch, itemsize: (
            sum(2 * itemsize * (a + 1) * b for a, b in pairwise(sizes)) + itemsize * batch * sum(sizes)
        ),
    ],
    equivalent={"positive": ["value of `"]},
    hints=[
        "Three things: parameters, their gradients (as many), and the activations of every layer, the input among them.",
        "Between layers of a and b units there are a·b weights and b biases. A layer of b units has batch·b "
        "activations.",
        "P = sum of (a + 1)·b over neighbouring sizes; then itemsize · (2·P + batch · sum(sizes)).",
    ],
)

# softmax_any ----------------------------------------------------------------------------------------------------


def right_softmax(Z, axis=1):
    E = np.exp(Z - Z.max(axis=axis, keepdims=True))
    return E / E.sum(axis=axis, keepdims=True)


def through_host(Z):
    Z = Z if isinstance(Z, np.ndarray) else Z.get()
    return right_softmax(Z)


def there_and_back(Z):
    if isinstance(Z, np.ndarray):
        return right_softmax(Z)
    return type(Z)(right_softmax(Z.get()))


softmax_any = Exercise(
    "softmax_any",
    points=[
        Part("the right numbers from a NumPy array", 1, component="from a NumPy array"),
        Part("computed and left on the device", 2),
    ],
    probe="call_on_both_devices",
    returns=["from a NumPy array", "stayed on the device", "copies to the CPU", "from a device array"],
    cases=lambda rng: [
        {"Z": rng.uniform(-3, 3, (3, 4))},
        {"Z": rng.uniform(-3, 3, (1, 3))},
        {"Z": rng.uniform(-3, 3, (2, 3)) + np.array([[1e4], [-1e4]])},
        {"Z": rng.uniform(-3, 3, (2, 4)) + np.array([[0, 0, 0, 1000.0], [-1000.0, 0, 0, 0]])},
    ],
    slips=[
        Slip("np.asarray", lambda Z: right_softmax(np.asarray(Z)),
             "Your code copies numbers to the CPU: `np.asarray` and `np.array` do that, and so does filling an array "
             "made by `np.zeros`. A GPU array refuses. `np.exp(Z)` computes on the device that holds Z, and so does "
             "everything computed from Z."),
        Slip("computed on the CPU", through_host,
             "`.get()` copies the numbers to the CPU, and they stay there. The result should be on the same device as "
             "its input."),
        Slip("there and back", there_and_back,
             "The result is on the device, but you computed it on the CPU. Both copies are slow (section 8): compute "
             "where the numbers are."),
        Slip("no maximum subtracted", {" - Z.max(axis=1, keepdims=True)": ""},
             "The result stays on the device, but for large logits exp overflows: subtract the row's maximum first, as "
             "in lab 04."),
        Slip("over the examples", {"Z.max(axis=1": "Z.max(axis=0", "E.sum(axis=1": "E.sum(axis=0"},
             "The result stays on the device, but the sum runs over the examples: axis=1 for classes."),
        Slip("not divided", {" / E.sum(axis=1, keepdims=True)": ""},
             "The result stays on the device, but the rows do not sum to 1: divide each by its own sum."),
        Slip("minimum subtracted", {"Z.max": "Z.min"},
             "The result stays on the device, but you subtract the row's *minimum*, so all entries are at least 0 and "
             "exp may overflow. Subtract the maximum: then none is above 0."),
        Slip("one sum for all", {"E.sum(axis=1, ": "E.sum("},
             "The result stays on the device, but you divide all rows by one sum. Each row has its own: `axis=1, "
             "keepdims=True`."),
        Slip("one maximum and one sum for all", {"Z.max(axis=1, ": "Z.max(", "E.sum(axis=1, ": "E.sum("},
             "The result stays on the device, but you take maximum and sum over all rows together. Each row has its "
             "own: `axis=1, keepdims=True`."),
    ],
    alternatives=[
        lambda Z: (lambda E: E / E.sum(axis=1, keepdims=True))(np.exp(Z - np.max(Z, axis=1, keepdims=True))),
        lambda Z: np.exp(Z - Z.max(axis=-1)[:, None]) / np.sum(np.exp(Z - Z.max(axis=-1)[:, None]), axis=-1)[:, None],
    ],
    equivalent={"the last axis": ["`axis=-1`"], "positive": ["value of `E`"]},
    hints=[
        "Lab 04's softmax may already be the answer, unchanged. What would tie it to the CPU?",
        "Methods (`Z.max(...)`), operators and NumPy's functions compute on the array's own device. A new array from "
        "`np.zeros` or `np.asarray` is on the CPU.",
        "`E = np.exp(Z - Z.max(axis=1, keepdims=True))`, then `E / E.sum(axis=1, keepdims=True)`.",
    ],
)

# time_call ------------------------------------------------------------------------------------------------------


def stopwatch_case(rng, repeat):
    """A slow first call, then calls of very different length, one much longer.

    First, last and middle one are neither extreme nor median.
    """
    while True:
        rank = rng.permutation(repeat)
        ends = {0, repeat // 2, repeat - 1} & {rank[0], rank[repeat // 2], rank[-1]}
        if repeat == 1 or not ends:
            break
    durations = np.geomspace(1, 3, repeat) * rng.uniform(0.01, 0.02)
    durations[-1] *= 5
    durations = durations[rank]
    return {"durations": np.array([1.5, *durations, *durations]), "launch": 0.0003, "repeat": repeat}


def timed(f, repeat, synchronize, *, warm=True, before=True, after=True, summary=median, drain=True):
    """Time f with the parts that a slip may leave out or change."""
    if warm:
        f()
        if drain:
            synchronize()
    seconds = []
    for _ in range(repeat):
        if before:
            synchronize()
        start = time.perf_counter()
        f()
        if after:
            synchronize()
        seconds.append(time.perf_counter() - start)
    return summary(seconds)


def all_at_once(f, repeat, synchronize):
    f()
    synchronize()
    start = time.perf_counter()
    for _ in range(repeat):
        f()
    synchronize()
    return (time.perf_counter() - start) / repeat


def first_dropped(f, repeat, synchronize):
    return timed(f, repeat, synchronize, warm=False, summary=lambda s: median(s[1:] or s))


time_call = Exercise(
    "time_call",
    points=[Part("the seconds", 3, component="seconds"), Part("one call to warm up", 1, component="calls of f")],
    probe="time_on_false_clock",
    returns=["seconds", "calls of f"],
    cases=lambda rng: [
        stopwatch_case(rng, int(rng.choice([7, 9]))),
        stopwatch_case(rng, 1),
        stopwatch_case(rng, int(rng.choice([11, 13]))),
    ],
    slips=[
        Slip("never waited",
             lambda f, repeat, synchronize: timed(f, repeat, synchronize, before=False, after=False, drain=False),
             "You stop the watch when f returns. But f has only handed its work over: you measured how long the "
             "*hand-over* takes (section 4). Call `synchronize()` before you read the clock again."),
        Slip("warm-up not waited for",
             lambda f, repeat, synchronize: timed(f, repeat, synchronize, before=False, drain=False),
             "The first watch starts while the warm-up is still running in the background, so it times both. "
             "Synchronize before you start a watch, too."),
        Slip("no warm-up", lambda f, repeat, synchronize: timed(f, repeat, synchronize, warm=False),
             "You also count the first call, with its one-time costs (compiling, filling caches). Call f once before, "
             "and do not count that call."),
        Slip("mean", lambda f, repeat, synchronize: timed(f, repeat, synchronize, summary=lambda s: sum(s) / len(s)),
             "This is the mean. One disturbed call pulls it up; the *median* hardly moves."),
        Slip("minimum", lambda f, repeat, synchronize: timed(f, repeat, synchronize, summary=min),
             "This is the fastest call: good for showing off. Return the median."),
        Slip("total", lambda f, repeat, synchronize: timed(f, repeat, synchronize, summary=sum),
             "This is the time of all calls together. Return the time of one call: the median."),
        Slip("all, then divided", all_at_once,
             "You time all calls together and divide: a mean. Read the clock around *each* call, and take the median."),
        Slip("slowest", lambda f, repeat, synchronize: timed(f, repeat, synchronize, summary=max),
             "This is the slowest call. One disturbed call makes the whole machine look slow: take the median."),
        Slip("last one", lambda f, repeat, synchronize: timed(f, repeat, synchronize, summary=lambda s: s[-1]),
             "This is only the last call. Do you fill a list in the loop, or does one name hold just the latest time? "
             "Keep all, then take their median."),
        Slip("f not called", lambda f, repeat, synchronize: timed(lambda: None, repeat, synchronize),
             "No time has passed: is `f` called at all? `f` is the function, `f()` calls it."),
        Slip("no warm-up, first one dropped", first_dropped,
             "You warm up with the first of the `repeat` calls and leave it out, so one measurement is missing. Make "
             "one call *more*: warm up first, then measure `repeat` times."),
        Slip("no warm-up, mean",
             lambda f, repeat, synchronize: timed(f, repeat, synchronize, warm=False, summary=lambda s: sum(s) / len(s)),
             "Two things: you count the first call, with all its one-time costs, and the mean lets it spoil the rest. "
             "Warm up once, then take the median."),
    ],
    alternatives=[
        lambda f, repeat, synchronize: timed(f, repeat, synchronize, summary=np.median),
        lambda f, repeat, synchronize: timed(f, repeat, synchronize, before=False),
    ],
    equivalent={"positive": ["value of `"]},
    hints=[
        "Warm up; then for each repetition: read the clock, call f, wait, read the clock again. Return the median.",
        "`start = time.perf_counter()`, `f()`, `synchronize()`, and the difference to a second reading. All work must "
        "also be done before a watch starts: synchronize after the warm-up.",
        "`f(); synchronize()`, then a loop that appends `time.perf_counter() - start` to a list; `median(seconds)`.",
    ],
)

# speedup --------------------------------------------------------------------------------------------------------


def speed_case(rng, gain, far=True):
    """Draw times; if `far`, the transfer takes longer than the computing, otherwise the other way round."""
    shorter, longer = float(rng.uniform(0.01, 0.03)), float(rng.uniform(0.05, 0.09))
    gpu, transfer = (shorter, longer) if far else (longer, shorter)
    return {"cpu_seconds": (gpu + transfer) * gain, "gpu_seconds": gpu, "transfer_seconds": transfer}


speedup = Exercise(
    "speedup",
    points=2,
    cases=lambda rng: [
        speed_case(rng, float(rng.uniform(4, 6))),
        speed_case(rng, float(rng.uniform(0.3, 0.6))),
        speed_case(rng, float(rng.uniform(2.6, 2.9)), far=False),
    ],
    slips=[
        Slip("transfer forgotten", {" + transfer_seconds": ""},
             "The transfer is missing. The GPU cannot start before its numbers arrive, and you need the result back."),
        Slip("transfer on the CPU's side",
             {"return cpu_seconds / (gpu_seconds + transfer_seconds)": "return (cpu_seconds + transfer_seconds) / gpu_seconds"},
             "You add the transfer to the CPU's time. It is part of the GPU's time."),
        Slip("upside down",
             {"cpu_seconds / (gpu_seconds + transfer_seconds": "((gpu_seconds + transfer_seconds) / cpu_seconds"},
             "This is upside down. A speedup of 2 means half the time: old time over new time."),
        Slip("difference",
             {"cpu_seconds / (gpu_seconds + transfer_seconds": "(cpu_seconds - (gpu_seconds + transfer_seconds)"},
             "This is how many seconds are saved. A speedup is a ratio: how many *times* as fast."),
        Slip("brackets forgotten", {"cpu_seconds / (": "(cpu_seconds / "},
             "You add seconds to a ratio: the division comes first. Put brackets around the GPU's two times."),
        Slip("transfer taken off the ratio",
             {"return cpu_seconds / (gpu_seconds + transfer_seconds)": "return cpu_seconds / gpu_seconds - transfer_seconds"},
             "A ratio minus seconds has no meaning. The transfer is part of the GPU's time: add it there, in brackets, "
             "before you divide."),
        Slip("transfer on both sides",
             {"return cpu_seconds / (gpu_seconds + transfer_seconds)": "return (cpu_seconds + transfer_seconds) / (gpu_seconds + transfer_seconds)"},
             "You add the transfer to both times. The CPU needs no transfer."),
        Slip("transfer off the CPU",
             {"return cpu_seconds / (gpu_seconds + transfer_seconds)": "return (cpu_seconds - transfer_seconds) / gpu_seconds"},
             "You subtract the transfer from the CPU's time. Instead, add it to the GPU's time."),
        Slip("the slower of two",
             {"return cpu_seconds / (gpu_seconds + transfer_seconds)": "return cpu_seconds / max(gpu_seconds, transfer_seconds)"},
             "You let transfer and computing happen at once, as in the roofline. But the GPU cannot start before its "
             "numbers arrive: add."),
        Slip("both ways again",
             {"return cpu_seconds / (gpu_seconds + transfer_seconds)": "return cpu_seconds / (gpu_seconds + 2 * transfer_seconds)"},
             "You count the transfer twice. transfer_seconds already includes both directions."),
        Slip("share saved",
             {"return cpu_seconds / (gpu_seconds + transfer_seconds)": "return (cpu_seconds - gpu_seconds - transfer_seconds) / cpu_seconds"},
             "This is the share of the time that is saved. A speedup is old time over new time."),
        Slip("yes or no",
             {"return cpu_seconds / (gpu_seconds + transfer_seconds)": "return cpu_seconds / (gpu_seconds + transfer_seconds) > 1"},
             "This says *whether* the GPU is faster. Return how many times as fast it is."),
        Slip("half the travel",
             {"return cpu_seconds / (gpu_seconds + transfer_seconds)": "return cpu_seconds / (gpu_seconds + transfer_seconds / 2)"},
             "You count only half of the transfer. transfer_seconds is for both directions, and both take time."),
        Slip("two speedups added",
             {"return cpu_seconds / (gpu_seconds + transfer_seconds)": "return cpu_seconds / gpu_seconds + cpu_seconds / transfer_seconds"},
             "You add two ratios. Add the two *times* first: the GPU's total. Then divide."),
    ],
    alternatives=[
        lambda cpu_seconds, gpu_seconds, transfer_seconds: 1 / ((gpu_seconds + transfer_seconds) / cpu_seconds)
    ],
    equivalent={"positive": ["value of `"]},
    hints=[
        "The old way's time over the new way's time.",
        "The new way has two parts: transfer the numbers, and compute.",
        "`cpu_seconds / (gpu_seconds + transfer_seconds)`.",
    ],
)

LAB = LabChecks(
    exercises=[matmul_flops, matmul_bytes, roofline_time, memory_needed, softmax_any, time_call, speedup],
    predictions=[
        Prediction("lockstep", "A group of 32 cores takes 32 of these numbers at once, one per core, half of them "
                               "positive at random. How many instructions must the group go through?",
                   gives_away=[r"\b20\b", "both\\*? branches", "not its own"]),
        Prediction("millions", "One forward pass through 784–128–10 with 128 examples, matrix products only: how many "
                   "millions of operations?",
                   gives_away=[r"26\.0", r"2·128·784", "nearly all of it"]),
        Prediction("ridge", "A round-figures GPU: 10 TFLOP/s, 500 GB/s. How many operations must be done per byte, so "
                            "that computing and fetching take equally long?",
                   gives_away=["= 20", "arithmetic idles", r"20 operations a byte"]),
        Prediction("one_or_many", "A layer of 1024 × 1024 weights, float32, on the round-figures GPU. What does the "
                                  "layer wait for, with one example and with 1024?",
                   ["Memory for one, computing for 1024", "Computing for one, memory for 1024", "Memory in both cases",
                    "Computing in both cases"],
                   gives_away=["memory for one", "fetched for two", "some 26 times", "one reason for mini-batches"],
                   reason=True),
        Prediction("launches", "One example goes through 784–128–10 on the round-figures GPU: five calls of 10 µs, "
                   "and the computing. What share of the time is hand-over?",
                   ["About a tenth", "About half", "More than nine tenths"],
                   gives_away=["more than nine", "less than a microsecond", "fifty of handing"]),
        Prediction("stopped_early", "The work takes 0.2 seconds. What share of that does the watch show?",
                   ["Nearly all of it", "About half", "Less than a tenth"],
                   gives_away=["returns at once", "less than a tenth", "in the background", "already goes on"]),
        Prediction("worth_it", "The round-figures GPU against a laptop with 100 GFLOP/s and 50 GB/s; 16 GB/s between "
                   "them. Adding two vectors of ten million numbers that lie in the laptop's memory: how many times "
                   "as fast is it to send them over, add, and fetch the result? (Two decimals will do.)",
                   gives_away=["more slowly", r"0\.31", "data to the GPU once", "transfer once"]),
    ],
    questions=[
        Question("sync", "A GPU product takes 3 µs by your watch, for matrices of any size. What did you measure?",
                 ["A very fast GPU", "How long it takes to hand the work over", "The transfer"], 1,
                 "GPU calls return at once. Synchronize before you stop the watch."),
        Question("intensity", "Why is one large batch faster per example than many batches of one?",
                 [
                "Fewer operations in all",
                "Each weight is fetched once and used for many examples",
                "The GPU runs at a higher clock",
            ], 1, "Each example takes as many operations, but each operation far fewer bytes."),
        Question("fits", "A network does not fit into GPU memory. Which change saves most where activations dominate?",
                 ["Fewer biases", "A smaller batch", "A smaller learning rate"], 1,
                 "Activations grow in proportion to the batch; parameters do not."),
    ],
    imports=["itertools", "math", "numpy", "statistics", "time"],
    recall=["04.twice", "09.together", "00.matmul"],
)

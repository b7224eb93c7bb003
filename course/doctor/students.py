"""Trials of what students need (Python, packages, a kernel, a place to write) and of what is useful to have."""

import ctypes
import os
import shutil
import subprocess
import sys
import tempfile
import time
import tomllib
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement

from course.doctor.finding import FAILS, NOTE, OK, SLOW, Finding, how_to_install

OLDEST_PYTHON = (3, 11)
ENOUGH_MEMORY = 2 << 30
#: seconds; a kernel needs one or two if byte-code exists and no virus scanner examines every file
SLOW_KERNEL = 15
CHROMIUM = "only developers need one; on Debian, as root: apt-get install chromium"
#: which CuPy to install, by the newest CUDA that the driver supports; [ctk] brings CUDA's own libraries, so that the
#: machine needs only the driver. The same as the extras gpu and gpu-cuda12 in pyproject.toml.
CUPY = {13: "cupy-cuda13x[ctk]>=14", 12: "cupy-cuda12x[ctk]>=14"}


def python(root: Path) -> Finding:
    """Check Python's version."""
    seen = f"{sys.version.split()[0]} at {sys.executable}"
    good = sys.version_info >= OLDEST_PYTHON
    return Finding("python", OK if good else FAILS, seen, "" if good else "install Python 3.11 or newer")


def packages(root: Path) -> Finding:
    """Compare the installed packages with pyproject.toml and with the lock."""
    missing = [str(wanted) for wanted in _required(root) if not _installed(wanted)]
    if missing:
        return Finding("packages", FAILS, f"missing or too old: {', '.join(missing)}", _mend(root, *missing))
    lock = list(_locked(root))
    if not lock:
        return Finding("packages", OK, "all that a lab needs; there is no lock here to compare versions with")
    others = [f"{wanted.name} {have}" for wanted in lock if (have := _version(wanted.name)) and not _installed(wanted)]
    if others:
        seen = f"good, but some versions differ from the lock's: {', '.join(others)}"
        return Finding("packages", NOTE, seen, f"to get the lock's versions, run make setup in {root}")
    return Finding("packages", OK, f"{sum(map(_installed, lock))} packages, all with the lock's versions")


def _mend(root: Path, *missing: str) -> str:
    """Say how to install what is missing: with make in a checkout, else one by one."""
    return f"run make setup in {root}" if (root / "Makefile").is_file() else how_to_install(*missing)


def _required(root: Path) -> Iterator[Requirement]:
    """List what students need on this machine."""
    path = root / "pyproject.toml"
    if path.is_file():
        lines = tomllib.loads(path.read_text(encoding="utf-8"))["project"]["dependencies"]
    else:
        lines = metadata.requires("nn-workbook") or []
    wanted = map(Requirement, lines)
    yield from (one for one in wanted if not one.marker or one.marker.evaluate({"extra": ""}))


def _locked(root: Path) -> Iterator[Requirement]:
    """List what the lock pins for this machine."""
    path = root / "requirements.lock"
    for line in path.read_text(encoding="utf-8").splitlines() if path.is_file() else ():
        if "==" in line:
            wanted = Requirement(line.removesuffix("\\"))
            if not wanted.marker or wanted.marker.evaluate():
                yield wanted


def _installed(wanted: Requirement) -> bool:
    have = _version(wanted.name)
    return bool(have) and wanted.specifier.contains(have, prereleases=True)


def _version(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return ""


def kernel(root: Path) -> Finding:
    """Start the kernel that labs run in, and let it import what the labs import."""
    from jupyter_client.manager import KernelManager

    os.environ.setdefault("JUPYTER_PREFER_ENV_PATH", "1")
    start = time.perf_counter()
    manager = KernelManager(kernel_name="python3")
    manager.start_kernel(stderr=subprocess.DEVNULL, cwd=str(_labs(root)))
    client = manager.blocking_client()
    try:
        client.start_channels()
        client.wait_for_ready(timeout=60)
        reply = client.execute_interactive(
            "import numpy, matplotlib.pyplot, ipywidgets, sklearn, course", timeout=60, output_hook=lambda message: None
        )["content"]
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
    seconds = time.perf_counter() - start
    seen = f"JupyterLab {_version('jupyterlab')}; a kernel with NumPy, pyplot and widgets in {seconds:.2f} s"
    if reply["status"] != "ok":
        return Finding(
            "jupyter", FAILS, f"a kernel starts, but {reply['ename']}: {reply['evalue']}", _mend(root, "jupyterlab")
        )
    if seconds > SLOW_KERNEL:
        why = "try again: the first start writes byte-code. If not, a network drive or a virus scanner may be the cause"
        return Finding("jupyter", SLOW, seen, why)
    return Finding("jupyter", OK, seen)


def _labs(root: Path) -> Path:
    """Return the folder of the notebooks: a checkout's, or the given folder itself."""
    return root / "labs" if (root / "labs").is_dir() else root


def writing(root: Path) -> Finding:
    """Write a file where progress is kept."""
    folder = Path(os.environ.get("COURSE_PROGRESS") or _labs(root))
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=folder):
            return Finding("writing", OK, f"can write to {folder}")
    except OSError as error:
        return Finding(
            "writing", FAILS, f"cannot write to {folder}: {error.strerror}", "copy the workbook to your home"
        )


def processors(root: Path) -> Finding:
    """Count the processors that this process may use."""
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    threads = os.environ.get("OPENBLAS_NUM_THREADS", "not limited")
    seen = f"{usable} usable; BLAS threads per process: {threads}"
    if usable == 1:
        return Finding("processors", SLOW, seen, "JupyterLab reacts slowly while a lab trains; everything works")
    return Finding("processors", OK, seen)


def memory(root: Path) -> Finding:
    """Read the smallest limit that applies."""
    limit = min(_memory_limits(), default=0)
    if not limit:
        return Finding("memory", NOTE, "the system does not say how much memory there is")
    enough = limit >= ENOUGH_MEMORY
    seen = f"{limit / 2**30:.1f} GiB for this and similar processes"
    return Finding("memory", OK if enough else NOTE, seen, "" if enough else "close other programs before lab 13")


def _memory_limits() -> Iterator[int]:
    """Yield the machine's memory, and every limit that a container sets."""
    if hasattr(os, "sysconf") and "SC_PHYS_PAGES" in os.sysconf_names:
        yield os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    for path in ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"):
        try:
            yield int(Path(path).read_text())
        except (OSError, ValueError):
            continue


def mnist(root: Path) -> Finding:
    """Verify MNIST, if it is on this machine, and load the small digits, which always are."""
    from course.data import find_mnist, load_digits

    digits = len(load_digits().train_images)
    folder = find_mnist()
    if folder:
        return Finding("data", OK, f"MNIST in {folder}, every file verified")
    seen = f"no MNIST here; scikit-learn's digits are ({digits} to train)"
    return Finding(
        "data", NOTE, seen, "labs download it once; or put the four files into a folder and set COURSE_DATA to it"
    )


def gpu(root: Path) -> Finding:
    """Multiply matrices on the GPU, if there is one that CuPy can use."""
    from course.nn.gpu import device_info, gpu_available, matmul_benchmark

    if not gpu_available():
        return _without_cupy(newest_cuda())
    return Finding("gpu", OK, f"{device_info()['name']}, {matmul_benchmark(gpu=True) / 1e12:.1f} Tflop/s in float32")


def newest_cuda() -> int:
    """Ask NVIDIA's driver for the newest CUDA version that it supports, such as 13; 0 if there is no driver."""
    try:
        driver = ctypes.CDLL("nvcuda.dll" if sys.platform == "win32" else "libcuda.so.1")
    except OSError:
        return 0
    version = ctypes.c_int()
    return version.value // 1000 if driver.cuDriverGetVersion(ctypes.byref(version)) == 0 else 0


def _without_cupy(cuda: int) -> Finding:
    """Say what is missing on a machine where CuPy finds no GPU."""
    if not cuda:
        seen = "no driver of an NVIDIA GPU; every lab runs without a GPU"
        return Finding("gpu", NOTE, seen, "if there is an NVIDIA GPU: install its driver, then run course doctor again")
    seen = f"a driver for CUDA {cuda}, but CuPy finds no GPU; every lab runs without a GPU"
    wanted = CUPY.get(min(cuda, max(CUPY)))
    return Finding("gpu", NOTE, seen, how_to_install(wanted) if wanted else "install a newer NVIDIA driver")


def chromium(root: Path) -> Finding:
    """Ask a Chromium for its version."""
    for name in (os.environ.get("CHROMIUM"), "chromium", "chromium-browser", "google-chrome"):
        if name and (path := shutil.which(name)):
            done = subprocess.run([path, "--version"], capture_output=True, text=True, timeout=60, check=False)
            if done.returncode == 0:
                return Finding("browser tests", OK, done.stdout.strip())
    return Finding("browser tests", NOTE, "no Chromium: tests in a browser are skipped", CHROMIUM)

"""Trials of what students need: Python, packages, a kernel, a place to write; and of what makes it nicer."""

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

from course.doctor.finding import FAILS, NOTE, OK, Finding, since

OLDEST_PYTHON = (3, 11)
ENOUGH_MEMORY = 2 << 30


def python(root: Path) -> Finding:
    """Look at the version."""
    seen = f"{sys.version.split()[0]} at {sys.executable}"
    good = sys.version_info >= OLDEST_PYTHON
    return Finding("python", OK if good else FAILS, seen, "" if good else "install Python 3.11 or newer")


def packages(root: Path) -> Finding:
    """Compare what is installed with what pyproject.toml asks for and what the lock says."""
    missing = [str(wanted) for wanted in _required(root) if not _installed(wanted)]
    if missing:
        return Finding("packages", FAILS, f"missing or too old: {', '.join(missing)}", "run make setup")
    lock = list(_locked(root))
    others = [f"{wanted.name} {have}" for wanted in lock if (have := _version(wanted.name)) and not _installed(wanted)]
    if others:
        seen = f"good, but other versions than the lock's: {', '.join(others)}"
        return Finding("packages", NOTE, seen, "make setup installs the lock's")
    return Finding("packages", OK, f"{sum(map(_installed, lock))} at the lock's versions, none at another")


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
    """Start the kernel that labs run in, and let it import what they import."""
    from jupyter_client.manager import KernelManager

    os.environ.setdefault("JUPYTER_PREFER_ENV_PATH", "1")
    start = time.perf_counter()
    manager = KernelManager(kernel_name="python3")
    manager.start_kernel(stderr=subprocess.DEVNULL, cwd=str(root / "labs"))
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
    seen = f"JupyterLab {_version('jupyterlab')}; a kernel with NumPy, pyplot and widgets in {since(start)}"
    if reply["status"] != "ok":
        return Finding("jupyter", FAILS, f"a kernel starts, but {reply['ename']}: {reply['evalue']}", "run make setup")
    return Finding("jupyter", OK, seen)


def writing(root: Path) -> Finding:
    """Write a file where progress is kept."""
    folder = Path(os.environ.get("COURSE_PROGRESS") or root / "labs")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=folder):
            return Finding("writing", OK, f"can write to {folder}")
    except OSError as error:
        return Finding(
            "writing", FAILS, f"cannot write to {folder}: {error.strerror}", "copy the workbook to your home"
        )


def processors(root: Path) -> Finding:
    """Count what this process may use."""
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    threads = os.environ.get("OPENBLAS_NUM_THREADS", "as many as it likes")
    return Finding("processors", OK, f"{usable} usable; BLAS threads a process: {threads}")


def memory(root: Path) -> Finding:
    """Read the smallest limit that applies."""
    limit = min(_memory_limits(), default=0)
    if not limit:
        return Finding("memory", NOTE, "the system does not say how much there is")
    enough = limit >= ENOUGH_MEMORY
    seen = f"{limit / 2**30:.1f} GiB for this process and its like"
    return Finding("memory", OK if enough else NOTE, seen, "" if enough else "close other programs before lab 13")


def _memory_limits() -> Iterator[int]:
    """Give the machine's memory and any limit that a container sets."""
    if hasattr(os, "sysconf") and "SC_PHYS_PAGES" in os.sysconf_names:
        yield os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    for path in ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"):
        try:
            yield int(Path(path).read_text())
        except (OSError, ValueError):
            continue


def mnist(root: Path) -> Finding:
    """Verify MNIST, if it is on this machine, and load the digits that always are."""
    from course.data import find_mnist, load_digits

    digits = len(load_digits().train_images)
    folder = find_mnist()
    if folder:
        return Finding("data", OK, f"MNIST, every file verified, in {folder}")
    seen = f"no MNIST here; scikit-learn's digits are ({digits} to train)"
    return Finding(
        "data", NOTE, seen, "labs download it once, or put the four files into a folder that COURSE_DATA names"
    )


def gpu(root: Path) -> Finding:
    """Multiply matrices on the GPU, if there is one that CuPy can use."""
    from course.nn.gpu import device_info, gpu_available, matmul_benchmark

    if not gpu_available():
        return Finding(
            "gpu",
            NOTE,
            "none that CuPy can use; every lab runs without",
            "with an NVIDIA GPU: pip install cupy-cuda12x",
        )
    return Finding("gpu", OK, f"{device_info()['name']}, {matmul_benchmark(gpu=True) / 1e12:.1f} Tflop/s in float32")


def chromium(root: Path) -> Finding:
    """Ask a Chromium for its version."""
    for name in (os.environ.get("CHROMIUM"), "chromium", "chromium-browser", "google-chrome"):
        if name and (path := shutil.which(name)):
            done = subprocess.run([path, "--version"], capture_output=True, text=True, timeout=60, check=False)
            if done.returncode == 0:
                return Finding("browser tests", OK, done.stdout.strip())
    return Finding("browser tests", NOTE, "no Chromium: tests in a browser are skipped", "apt-get install chromium")

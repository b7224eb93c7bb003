"""The namespace sandbox: what of this machine a submission's processes can see. Absence is the guard.

bubblewrap gives the supervisor namespaces of its own: no network, a read-only system, the Python standard library,
NumPy and the modules that the lab lists, the answer-free parts of this package, and one small scratch folder.
Solutions, records, other submissions and results are not there at all.
"""

import atexit
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from compileall import compile_dir
from functools import cache
from importlib.util import find_spec
from pathlib import Path

PACKAGE = Path(__file__).parents[1]
#: where libraries and this package's parts lie inside
SITE, OWN = Path("/grader/site"), Path("/grader/own")
#: the parts of ``course`` that run beside student code; the lab's listed modules come on top
ALWAYS = ("__init__.py", "inside", "nn/__init__.py", "nn/gpu.py")
SCRATCH_BYTES = 16 << 20
START = f"import sys; sys.path[:0] = {[str(OWN), str(SITE)]}; from course.inside.supervisor import main; main()"
#: what the supervisor needs to become another user for each check, to end it, and to empty its scratch (as root only)
CAPABILITIES = ("CAP_SETUID", "CAP_SETGID", "CAP_KILL", "CAP_DAC_OVERRIDE", "CAP_FOWNER")


def bubblewrap(imports: Sequence[str]) -> list[str]:
    """Give the command that starts a supervisor in namespaces of its own.

    Parameters
    ----------
    imports : sequence of str
        Modules that answers may import.

    Returns
    -------
    list of str
    """
    as_root = os.geteuid() == 0
    namespaces = ["--unshare-ipc", "--unshare-pid", "--unshare-net", "--unshare-uts", "--unshare-cgroup-try"]
    rights = ["--cap-drop", "ALL", *(word for name in CAPABILITIES for word in ("--cap-add", name))] if as_root else []
    identity = rights if as_root else ["--unshare-user", "--uid", "65534", "--gid", "65534"]
    python = Path(getattr(sys, "_base_executable", sys.executable)).resolve()
    return [
        *(shutil.which("bwrap") or "bwrap", *namespaces, *identity),
        *("--die-with-parent", "--new-session", "--as-pid-1", "--clearenv", "--hostname", "grader"),
        *("--setenv", "OPENBLAS_NUM_THREADS", "1", "--setenv", "LC_ALL", "C.UTF-8", "--setenv", "HOME", "/tmp"),
        *_system(),
        *_visible(Path(sys.base_prefix), Path(sys.base_prefix)),
        *_site(imports),
        *("--proc", "/proc", "--dev", "/dev", "--remount-ro", "/dev"),
        *("--size", str(SCRATCH_BYTES), "--perms", "1777", "--tmpfs", "/tmp", "--chdir", "/tmp"),
        # -S: no start-up files of whatever else is installed beside Python
        *("--remount-ro", "/", str(python), "-I", "-S", "-B", "-c", START),
    ]


def _system() -> list[str]:
    """Bind the system's libraries, read-only; on merged systems /lib is a link and stays one."""
    words = ["--ro-bind", "/usr", "/usr"]
    for name in ("bin", "lib", "lib32", "lib64", "sbin"):
        path = Path("/") / name
        if path.is_symlink():
            words += ["--symlink", str(path.readlink()), str(path)]
        elif path.is_dir():
            words += ["--ro-bind", str(path), str(path)]
    return words


def _visible(source: Path, target: Path) -> list[str]:
    """Bind a file or folder read-only; folders above it are named, since implied ones would be closed to others."""
    if target.is_relative_to("/usr"):
        return []
    above = [word for folder in reversed(target.parents[:-1]) for word in ("--perms", "0755", "--dir", str(folder))]
    return [*above, "--ro-bind", str(source), str(target)]


def _site(imports: Sequence[str]) -> list[str]:
    """Bind NumPy, the listed modules, and a copy of the answer-free parts of this package."""
    words: list[str] = []
    for path in _libraries(imports):
        words += _visible(path, SITE / path.name)
    return [*words, *_visible(own_copy(tuple(imports)), OWN)]


@cache
def own_copy(imports: tuple[str, ...]) -> Path:
    """Copy the answer-free parts of this package, with their bytecode, to a folder that lasts as long as this process.

    Where Python keeps no bytecode (a read-only checkout, PYTHONDONTWRITEBYTECODE) every submission would compile them
    anew, 30 ms of CPU.
    """
    folder = Path(tempfile.mkdtemp(prefix="grader-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    for part in _own_parts(imports):
        target = folder / "course" / part
        target.parent.mkdir(parents=True, exist_ok=True)
        if (PACKAGE / part).is_dir():
            shutil.copytree(PACKAGE / part, target, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copyfile(PACKAGE / part, target)
    compile_dir(folder, quiet=1)
    folder.chmod(0o755)
    return folder


def _libraries(imports: Sequence[str]) -> list[Path]:
    """Find NumPy and the listed modules that are not the standard library's, with the libraries beside them."""
    found: list[Path] = []
    for name in sorted({"numpy", *(module.partition(".")[0] for module in imports)} - {"course"}):
        spec = find_spec(name)
        if spec is None or not spec.origin or name in sys.stdlib_module_names:
            continue
        home = Path(spec.origin).parent if spec.submodule_search_locations else Path(spec.origin)
        found += [path for path in (home, home.with_name(f"{name}.libs")) if path.exists()]
    return found


def _own_parts(imports: Sequence[str]) -> list[str]:
    """List the files and folders of this package that run beside student code."""
    listed = (module.removeprefix("course.").replace(".", "/") for module in imports if module.startswith("course."))
    files = [f"{name}.py" if (PACKAGE / f"{name}.py").is_file() else name for name in listed]
    return list(dict.fromkeys([*ALWAYS, *files]))


def readable(imports: Sequence[str]) -> list[str]:
    """List what a check may read where Landlock takes the place of a namespace: the same as in one."""
    system = [Path("/usr"), Path("/lib"), Path("/lib64"), Path(sys.base_prefix)]
    devices = [Path("/dev/null"), Path("/dev/zero"), Path("/dev/urandom")]
    parts = [PACKAGE / part for part in _own_parts(imports)]
    return [str(path) for path in (*system, *devices, *_libraries(imports), *parts)]


def refuse_open(*paths: Path) -> None:
    """Refuse to grade with something private in a folder that every sandbox leaves open to student code.

    Parameters
    ----------
    *paths : Path
        What student code must not read: this package and the solutions, the submissions, the results.

    Raises
    ------
    ValueError
        If one of them lies in /usr or beside Python's own files.
    """
    for path in paths:
        for folder in (Path("/usr"), Path(sys.base_prefix)):
            if path.resolve().is_relative_to(folder.resolve()):
                raise ValueError(f"{path} lies in {folder}, which student code can read: use a folder elsewhere")


@cache
def why_not() -> str:
    """Say why the sandbox does not work on this machine; ``""`` if it does. Tried, not assumed."""
    if not sys.platform.startswith("linux"):
        return f"the sandbox needs Linux, this is {sys.platform}"
    if not shutil.which("bwrap"):
        return "bubblewrap (bwrap) is not installed"
    trial = bubblewrap(())
    done = subprocess.run([*trial[:-1], "print('it works')"], capture_output=True, text=True, timeout=60, check=False)
    if done.stdout.strip() == "it works":
        return ""
    return f"bubblewrap does not work here: {(done.stderr.strip().splitlines() or ['no reason given'])[-1]}"

"""What student code may read in every sandbox: NumPy, what a lab lists, the answer-free parts of this package."""

import atexit
import shutil
import sys
import tempfile
from collections.abc import Sequence
from compileall import compile_dir
from functools import cache
from importlib.util import find_spec
from pathlib import Path

PACKAGE = Path(__file__).parents[2]
#: the parts of ``course`` that run beside student code; the lab's listed modules come on top
ALWAYS = ("__init__.py", "inside", "nn/__init__.py", "nn/gpu.py")


@cache
def own_copy(imports: tuple[str, ...]) -> Path:
    """Copy the answer-free parts of this package, with their bytecode, to a folder that lasts as long as this process.

    Where Python keeps no bytecode (a read-only checkout, PYTHONDONTWRITEBYTECODE) every submission would compile them
    anew, 30 ms of CPU.
    """
    folder = Path(tempfile.mkdtemp(prefix="grader-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    for part in own_parts(imports):
        target = folder / "course" / part
        target.parent.mkdir(parents=True, exist_ok=True)
        if (PACKAGE / part).is_dir():
            shutil.copytree(PACKAGE / part, target, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copyfile(PACKAGE / part, target)
    compile_dir(folder, quiet=1)
    folder.chmod(0o755)
    return folder


def libraries(imports: Sequence[str]) -> list[Path]:
    """Find NumPy and the listed modules that are not the standard library's, with the libraries beside them."""
    found: list[Path] = []
    for name in sorted({"numpy", *(module.partition(".")[0] for module in imports)} - {"course"}):
        spec = find_spec(name)
        if spec is None or not spec.origin or name in sys.stdlib_module_names:
            continue
        home = Path(spec.origin).parent if spec.submodule_search_locations else Path(spec.origin)
        found += [path for path in (home, home.with_name(f"{name}.libs")) if path.exists()]
    return found


def own_parts(imports: Sequence[str]) -> list[str]:
    """List the files and folders of this package that run beside student code."""
    listed = (module.removeprefix("course.").replace(".", "/") for module in imports if module.startswith("course."))
    files = [f"{name}.py" if (PACKAGE / f"{name}.py").is_file() else name for name in listed]
    return list(dict.fromkeys([*ALWAYS, *files]))


def readable(imports: Sequence[str]) -> list[str]:
    """List what a check may read where Landlock takes the place of a namespace: the same as in one."""
    system = [Path("/usr"), Path("/lib"), Path("/lib64"), Path(sys.base_prefix)]
    devices = [Path("/dev/null"), Path("/dev/zero"), Path("/dev/urandom")]
    parts = [PACKAGE / part for part in own_parts(imports)]
    return [str(path) for path in (*system, *devices, *libraries(imports), *parts)]


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

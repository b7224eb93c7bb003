"""What student code may read in every sandbox: the standard library, NumPy, the lab's modules, and some of our files.

Nothing else is there. Of this package there is a copy of `course.inside`, which holds no answers, and of what the lab's
list names: a whole module, or single functions with what they need, but no derivatives.
"""

import ast
import atexit
import shutil
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from compileall import compile_dir
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from course.inside.import_rule import refusal

PACKAGE = Path(__file__).parents[2]
#: the parts of ``course`` that run beside student code; the lab's list is added
ALWAYS = ("__init__.py", "inside", "nn/__init__.py", "nn/gpu.py")
#: folders of the system's libraries, in / and in /usr
LIBRARY_FOLDERS = ("lib", "lib32", "lib64", "libx32")
#: added at the end of a module of which only some functions are copied
_THE_REST = """

def __getattr__(name):
    if name.startswith("__"):
        raise AttributeError(name)
    raise ModuleNotFoundError({refusal!r}.replace("@", name))
"""


def python_command() -> str:
    """Return the Python to start: the one on which the virtual environment is based."""
    return str(Path(getattr(sys, "_base_executable", sys.executable)).resolve())


def start_supervisor(paths: Sequence[str | Path]) -> list[str]:
    """Return the command that starts a supervisor, which imports from these folders and the standard library.

    With -S, Python runs no start-up files of packages that are installed beside it.
    """
    text = f"import sys; sys.path[:0] = {[str(path) for path in paths]}; from course.inside.supervisor import main"
    return [python_command(), "-I", "-S", "-B", "-c", f"{text}; main()"]


def system_folders() -> list[Path]:
    """List the folders of the system's libraries and of Python's, links included."""
    system = [top / name for top in (Path("/usr"), Path("/")) for name in LIBRARY_FOLDERS]
    own = [Path(sys.base_prefix) / name for name in dict.fromkeys(("lib", sys.platlibdir))]
    return [path for path in dict.fromkeys([*system, *own]) if path.is_dir()]


def installed_packages() -> list[Path]:
    """List the folders inside `system_folders` that hold installed packages, which labs do not use."""
    real = dict.fromkeys(folder.resolve() for folder in system_folders())
    return [path for folder in real for path in sorted(folder.glob("python*/*-packages")) if path.is_dir()]


@cache
def own_copy(imports: tuple[str, ...]) -> Path:
    """Copy this package's files for student code, with their bytecode, to a folder that exists as long as this process.

    Where Python stores no bytecode (a read-only checkout, PYTHONDONTWRITEBYTECODE), every submission would compile them
    again, which takes 30 ms of CPU time.
    """
    folder = Path(tempfile.mkdtemp(prefix="grader-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    for part, names in _own_parts(imports).items():
        target = folder / "course" / part
        target.parent.mkdir(parents=True, exist_ok=True)
        if (PACKAGE / part).is_dir():
            shutil.copytree(PACKAGE / part, target, ignore=shutil.ignore_patterns("__pycache__"))
        elif names:
            text = functions_alone((PACKAGE / part).read_text(encoding="utf-8"), names)
            module = f"course.{part.removesuffix('.py').replace('/', '.')}"
            rest = _THE_REST.format(refusal=refusal(f"{module}.@", imports))
            target.write_text(text + rest, encoding="utf-8")
        else:
            shutil.copyfile(PACKAGE / part, target)
    compile_dir(folder, quiet=1)
    folder.chmod(0o755)
    return folder


def functions_alone(text: str, names: Iterable[str]) -> str:
    """Reduce a module to some of its names, with the imports and definitions that these need.

    Parameters
    ----------
    text : str
        The module's source.
    names : iterable of str

    Returns
    -------
    str

    Raises
    ------
    ValueError
        If the module does not define one of the names.
    """
    body = ast.parse(text).body
    defined = {name: node for node in body for name in _bound(node)}
    wanted, needed = list(names), set()
    while wanted:
        if (name := wanted.pop()) in needed:
            continue
        if name not in defined:
            raise ValueError(f"expected one of {', '.join(defined)}, got {name!r}: see the imports of the lab's checks")
        needed.add(name)
        used = {node.id for node in ast.walk(defined[name]) if isinstance(node, ast.Name)}
        wanted += sorted(used & defined.keys())
    return ast.unparse(ast.Module([node for node in body if needed.intersection(_bound(node))], []))


def _bound(node: ast.stmt) -> Iterator[str]:
    """Yield the names that a top-level statement binds."""
    match node:
        case ast.FunctionDef() | ast.ClassDef():
            yield node.name
        case ast.Import() | ast.ImportFrom():
            yield from (alias.asname or alias.name.partition(".")[0] for alias in node.names)
        case ast.Assign() | ast.AnnAssign():
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            yield from (name.id for target in targets for name in ast.walk(target) if isinstance(name, ast.Name))


def libraries(imports: Sequence[str]) -> list[Path]:
    """Find NumPy and those listed modules that are not in the standard library, with the libraries beside them."""
    found: list[Path] = []
    for name in sorted({"numpy", *(module.partition(".")[0] for module in imports)} - {"course"}):
        spec = find_spec(name)
        if spec is None or not spec.origin or name in sys.stdlib_module_names:
            continue
        home = Path(spec.origin).parent if spec.submodule_search_locations else Path(spec.origin)
        found += [path for path in (home, home.with_name(f"{name}.libs")) if path.exists()]
    return found


def _own_parts(imports: Sequence[str]) -> dict[str, list[str]]:
    """List this package's files and folders for student code, each with the names to keep (none means all)."""
    parts: dict[str, list[str]] = defaultdict(list, {part: [] for part in ALWAYS})
    for listed in imports:
        if listed.startswith("course."):
            path = listed.removeprefix("course.").replace(".", "/")
            module, _, name = path.rpartition("/")
            if (PACKAGE / f"{module}.py").is_file():
                parts[f"{module}.py"].append(name)
            else:
                parts[f"{path}.py" if (PACKAGE / f"{path}.py").is_file() else path] = []
    return dict(parts)


def readable(imports: Sequence[str]) -> tuple[list[str], list[str]]:
    """List what a check may read if Landlock replaces a namespace: the same as in a namespace.

    Returns
    -------
    list of str, list of str
        Files and folders that may be read, with everything in them; and folders whose list of files may be read.
    """
    hidden = [*installed_packages(), *{path.resolve() for path in installed_packages()}]
    system = dict.fromkeys(folder.resolve() for folder in system_folders())
    files = [path for folder in system for path in _all_but(folder, hidden)]
    devices = [Path("/dev/null"), Path("/dev/zero"), Path("/dev/urandom")]
    parts = [*devices, *libraries(imports), own_copy(tuple(imports))]
    around = {above for path in hidden for above in path.parents if any(above.is_relative_to(f) for f in system)}
    return [str(path) for path in (*files, *parts)], [str(path) for path in sorted(around)]


def _all_but(folder: Path, hidden: Sequence[Path]) -> Iterator[Path]:
    """Yield a folder, or, if something in it must be hidden, all other entries."""
    if folder in hidden:
        return
    if not any(path.is_relative_to(folder) for path in hidden):
        yield folder
        return
    for entry in sorted(folder.iterdir()):
        if entry.is_dir() and not entry.is_symlink():
            yield from _all_but(entry, hidden)
        else:
            yield entry


def refuse_open(*paths: Path) -> None:
    """Refuse to grade if something private is in a folder that student code can read in every sandbox.

    Parameters
    ----------
    *paths : Path
        Folders that student code must not read: this package, the solutions, the submissions, the results.

    Raises
    ------
    ValueError
        If one of them is in /usr or beside Python's own files.
    """
    for path in paths:
        for folder in (Path("/usr"), Path(sys.base_prefix)):
            if path.resolve().is_relative_to(folder.resolve()):
                raise ValueError(f"{path} is in {folder}, which student code can read: use another folder")

"""What student code may read in every sandbox: the standard library, NumPy, what a lab lists, and our own files for it.

Absence is the guard. Of this package there is a copy of `course.inside`, which holds no answers, and of what the lab's
list names: a whole module, or single functions with what they need, so that no derivative lies beside them.
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
#: the parts of ``course`` that run beside student code; what the lab lists comes on top
ALWAYS = ("__init__.py", "inside", "nn/__init__.py", "nn/gpu.py")
#: where the system's libraries lie, in / and in /usr
LIBRARY_FOLDERS = ("lib", "lib32", "lib64", "libx32")
#: stands at the end of a module of which only some functions are there
_THE_REST = """

def __getattr__(name):
    if name.startswith("__"):
        raise AttributeError(name)
    raise ModuleNotFoundError({refusal!r}.replace("@", name))
"""


def python_command() -> str:
    """Give the Python to start: the one that a virtual environment stands on."""
    return str(Path(getattr(sys, "_base_executable", sys.executable)).resolve())


def start_supervisor(paths: Sequence[str | Path]) -> list[str]:
    """Give Python's arguments that start a supervisor, which imports from these folders and the standard library.

    With -S no start-up files of whatever else is installed beside Python are run.
    """
    text = f"import sys; sys.path[:0] = {[str(path) for path in paths]}; from course.inside.supervisor import main"
    return [python_command(), "-I", "-S", "-B", "-c", f"{text}; main()"]


def system_folders() -> list[Path]:
    """List the folders of the system's libraries and of Python's own, links among them."""
    system = [top / name for top in (Path("/usr"), Path("/")) for name in LIBRARY_FOLDERS]
    own = [Path(sys.base_prefix) / name for name in dict.fromkeys(("lib", sys.platlibdir))]
    return [path for path in dict.fromkeys([*system, *own]) if path.is_dir()]


def installed_packages() -> list[Path]:
    """List the folders among `system_folders` in which packages are installed: none of them is the lab's."""
    real = dict.fromkeys(folder.resolve() for folder in system_folders())
    return [path for folder in real for path in sorted(folder.glob("python*/*-packages")) if path.is_dir()]


@cache
def own_copy(imports: tuple[str, ...]) -> Path:
    """Copy this package's files for student code, with their bytecode, to a folder that lasts as long as this process.

    Where Python keeps no bytecode (a read-only checkout, PYTHONDONTWRITEBYTECODE) every submission would compile them
    anew, 30 ms of CPU.
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
    """Cut a module down to some of its names, with the imports and definitions that these need.

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
    """Name what a top-level statement binds."""
    match node:
        case ast.FunctionDef() | ast.ClassDef():
            yield node.name
        case ast.Import() | ast.ImportFrom():
            yield from (alias.asname or alias.name.partition(".")[0] for alias in node.names)
        case ast.Assign() | ast.AnnAssign():
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            yield from (name.id for target in targets for name in ast.walk(target) if isinstance(name, ast.Name))


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


def _own_parts(imports: Sequence[str]) -> dict[str, list[str]]:
    """List the files and folders of this package for student code, each with the names to keep of it (none: all)."""
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
    """List what a check may read where Landlock takes the place of a namespace: the same as in one.

    Returns
    -------
    list of str, list of str
        What may be read, with all that is in it; and folders of which the list of files may be read.
    """
    hidden = [*installed_packages(), *{path.resolve() for path in installed_packages()}]
    system = dict.fromkeys(folder.resolve() for folder in system_folders())
    files = [path for folder in system for path in _all_but(folder, hidden)]
    devices = [Path("/dev/null"), Path("/dev/zero"), Path("/dev/urandom")]
    parts = [*devices, *libraries(imports), own_copy(tuple(imports))]
    around = {above for path in hidden for above in path.parents if any(above.is_relative_to(f) for f in system)}
    return [str(path) for path in (*files, *parts)], [str(path) for path in sorted(around)]


def _all_but(folder: Path, hidden: Sequence[Path]) -> Iterator[Path]:
    """Give a folder whole, or, if something in it is hidden, its entries but for that."""
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

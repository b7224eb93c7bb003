"""Start JupyterLab on the labs: nothing calls home, the labs' README is open, and an answered lab prints well."""

import importlib.util
import os
import shlex
import shutil
import sys
from pathlib import Path

SETTINGS = Path(__file__).parent / "settings"
CONNECTION = "ServerApp.kernel_websocket_connection_class"


def arguments_for(labs: Path, extra: tuple[str, ...] = ()) -> list[str]:
    """List the arguments of ``jupyter lab``: root may run it, a taken port is stepped over, no display is needed."""
    start = "/lab/tree/README.md" if (labs / "README.md").is_file() else "/lab"
    arguments = [
        f"--ServerApp.root_dir={labs}",
        f"--LabApp.default_url={start}",
        "--ServerApp.port_retries=100",
        "--Application.log_level=WARN",  # so that the URL is not lost among thirty lines of notes
    ]
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        arguments.append("--allow-root")
    if sys.platform.startswith("linux") and not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        arguments.append("--no-browser")
    if os.name != "nt":  # where no screen looks on, the default is a login shell, which forgets the PATH set in `serve`
        shell = os.environ.get("SHELL") or shutil.which("bash") or "sh"
        arguments.append(f"--ServerApp.terminado_settings=shell_command={shlex.quote(shell)}")
    if _has_connections() and not any(CONNECTION in argument for argument in extra):  # it may be given only once
        arguments.append(f"--{CONNECTION}=course.jupyter.websocket.PromptConnection")
    return [*arguments, *extra]


def _has_connections() -> bool:
    """Say whether this Jupyter Server has what `course.jupyter.websocket` builds on; it starts without."""
    try:
        return importlib.util.find_spec("jupyter_server.services.kernels.connection.channels") is not None
    except ImportError:  # one of the packages above is not there
        return False


def serve(labs: Path, extra: tuple[str, ...] = ()) -> None:
    """Become a JupyterLab server; the URL is printed by it.

    Parameters
    ----------
    labs : Path
        The folder to open.
    extra : tuple of str
        More arguments for ``jupyter lab``.
    """
    from jupyterlab.labapp import main

    for variable in ("JUPYTER_CONFIG_PATH", "JUPYTER_PATH"):  # settings, and the template that lays out a printed lab
        known = os.environ.get(variable)
        os.environ[variable] = os.pathsep.join([str(SETTINGS), *([known] if known else [])])
    # A kernel that the user once installed as "python3" knows nothing of `course`: this environment's comes first.
    os.environ.setdefault("JUPYTER_PREFER_ENV_PATH", "1")
    # so that a terminal in JupyterLab, and a cell that begins with !, know the command `course`
    os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)])
    sys.argv = ["jupyter-lab", *arguments_for(labs, extra)]
    main()

"""Start JupyterLab on the labs. What it is like there, `course.jupyter.server` says."""

import os
import shlex
import shutil
import sys
from pathlib import Path

#: beside a checkout's package; a wheel has brought them to where Jupyter looks
SETTINGS = Path(__file__).parents[2] / "settings"


def arguments_for(labs: Path, extra: tuple[str, ...] = ()) -> list[str]:
    """List the arguments of ``jupyter lab``: root may run it, a taken port is stepped over, no display is needed."""
    arguments = [
        f"--ServerApp.root_dir={labs}",
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
    return [*arguments, *extra]


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

    if SETTINGS.is_dir():  # as new as the code beside them, whatever was installed
        for variable, folder in (("JUPYTER_CONFIG_PATH", "etc/jupyter"), ("JUPYTER_PATH", "share/jupyter")):
            known = os.environ.get(variable)
            os.environ[variable] = os.pathsep.join([str(SETTINGS / folder), *([known] if known else [])])
    # A kernel that the user once installed as "python3" knows nothing of `course`: this environment's comes first.
    os.environ.setdefault("JUPYTER_PREFER_ENV_PATH", "1")
    # so that a terminal in JupyterLab, and a cell that begins with !, know the command `course`
    os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)])
    sys.argv = ["jupyter-lab", *arguments_for(labs, extra)]
    main()

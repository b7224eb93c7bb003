"""Start JupyterLab on the labs. Its settings are in `course.jupyter.server`."""

import os
import shlex
import shutil
import sys
from pathlib import Path

#: the settings beside a checkout's package; a wheel installs them where Jupyter looks
SETTINGS = Path(__file__).parents[2] / "settings"


def arguments_for(labs: Path, extra: tuple[str, ...] = ()) -> list[str]:
    """List the arguments of ``jupyter lab``: root may run it, a used port is skipped, no display is needed."""
    arguments = [
        f"--ServerApp.root_dir={labs}",
        "--ServerApp.port_retries=100",
        "--Application.log_level=WARN",  # so that the URL is easy to find
    ]
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        arguments.append("--allow-root")
    if sys.platform.startswith("linux") and not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        arguments.append("--no-browser")
    if os.name != "nt":  # without a terminal the default is a login shell, which loses the PATH that `serve` sets
        shell = os.environ.get("SHELL") or shutil.which("bash") or "sh"
        arguments.append(f"--ServerApp.terminado_settings=shell_command={shlex.quote(shell)}")
    return [*arguments, *extra]


def serve(labs: Path, extra: tuple[str, ...] = ()) -> None:
    """Turn this process into a JupyterLab server, which prints its URL.

    Parameters
    ----------
    labs : Path
        The folder to open.
    extra : tuple of str
        More arguments for ``jupyter lab``.
    """
    from jupyterlab.labapp import main

    if SETTINGS.is_dir():  # a checkout's settings belong to its code, whatever was installed
        for variable, folder in (("JUPYTER_CONFIG_PATH", "etc/jupyter"), ("JUPYTER_PATH", "share/jupyter")):
            known = os.environ.get(variable)
            os.environ[variable] = os.pathsep.join([str(SETTINGS / folder), *([known] if known else [])])
    # A kernel that the user once installed as "python3" cannot import `course`: this environment's comes first.
    os.environ.setdefault("JUPYTER_PREFER_ENV_PATH", "1")
    # so that a terminal in JupyterLab, and a cell that begins with !, find the command `course`
    os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)])
    sys.argv = ["jupyter-lab", *arguments_for(labs, extra)]
    main()

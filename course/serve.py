"""Start JupyterLab on the labs, with nothing that calls home and the labs' README open."""

import os
import sys
from pathlib import Path

SETTINGS = Path(__file__).parent / "jupyter_settings"


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

    known = os.environ.get("JUPYTER_CONFIG_PATH")
    os.environ["JUPYTER_CONFIG_PATH"] = os.pathsep.join([str(SETTINGS), *([known] if known else [])])
    # A kernel that the user once installed as "python3" knows nothing of `course`: this environment's comes first.
    os.environ.setdefault("JUPYTER_PREFER_ENV_PATH", "1")
    # so that a terminal in JupyterLab, and a cell that begins with !, know the command `course`
    os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)])
    sys.argv = ["jupyter-lab", *arguments_for(labs, extra)]
    main()

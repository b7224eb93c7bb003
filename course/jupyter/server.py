"""Settings of every Jupyter server of this environment: `course lab`, plain `jupyter lab`, a hub's, Binder's.

Only defaults are set: what a user or a hub has configured stays. What JupyterLab itself reads (announcements off,
Markdown shown as a page) is in the folder ``settings``, which is installed into etc/jupyter and share/jupyter.
"""

import importlib.util
from pathlib import Path
from typing import Any

import zmq
from traitlets.config import Config

#: a printed lab has its own layout, and shows each widget as text and a picture
PRINTING = {
    "HTMLExporter": {"template_name": "course"},
    "SlidesExporter": {"template_name": "reveal"},
    "TemplateExporter": {"filters": {"mathml": "course.jupyter.printing.mathml"}},
    "WidgetsDataTypeFilter": {
        "display_data_priority": [
            "text/html",
            "image/svg+xml",
            "image/png",
            "image/jpeg",
            "text/markdown",
            "text/plain",
        ]
    },
}
#: characters that jupyter_client adds to the runtime folder for a socket: /kernel-, a UUID, -ipc-5
SOCKET_NAME = len("/kernel-") + 36 + len("-ipc-5")


def defaults(root: Path, runtime: str) -> Config:
    """Return the settings of a server.

    Parameters
    ----------
    root : Path
        The folder that it shows.
    runtime : str
        The folder of the kernels' connection files.

    Returns
    -------
    traitlets.config.Config
    """
    config = Config(PRINTING)
    if (start := start_page(root)) != "/lab":
        config.LabApp.default_url = start
    if has_connections():
        config.ServerApp.kernel_websocket_connection_class = "course.jupyter.websocket.PromptConnection"
    # sockets in the user's own folder: nobody else can take a port first, and nobody else can connect
    if zmq.has("ipc") and len(runtime.encode()) + SOCKET_NAME <= zmq.IPC_PATH_MAX_LEN:
        config.KernelManager.transport = "ipc"
    return config


def start_page(root: Path) -> str:
    """Return the page to start with: the labs' README if the server shows the labs."""
    return "/lab/tree/README.md" if all((root / name).exists() for name in ("README.md", "checks")) else "/lab"


def has_connections() -> bool:
    """Tell whether this Jupyter Server has what `course.jupyter.websocket` needs; the server also starts without."""
    try:
        return importlib.util.find_spec("jupyter_server.services.kernels.connection.channels") is not None
    except ImportError:  # one of the packages above is not there
        return False


def _link_jupyter_server_extension(app: Any) -> None:
    """Set the defaults before anything is made from the settings."""
    config = defaults(Path(app.root_dir), app.runtime_dir)
    config.merge(app.config)
    app.update_config(config)


def _load_jupyter_server_extension(app: Any) -> None:
    """Do nothing: `_link_jupyter_server_extension` has done everything."""

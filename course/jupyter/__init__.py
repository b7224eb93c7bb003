"""JupyterLab as this course wants it: settings, start, printing."""


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    """Name the part that every Jupyter server of this environment loads."""
    return [{"module": "course.jupyter.server"}]

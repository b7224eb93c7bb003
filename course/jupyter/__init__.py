"""JupyterLab as this course wants it: settings, start, printing."""

// Stands before the modules of the widgets that use it, see `files.script`.

/** Keep plain keys from JupyterLab, which would go to the next cell with ↓ and delete this one with D D. */
function keepKeys(root) {
  const guard = (event) => {
    const plain = !(event.ctrlKey || event.metaKey || event.altKey);
    if (root.contains(event.target)) event.target.toggleAttribute("data-lm-suppress-shortcuts", plain);
  };
  window.addEventListener("keydown", guard, true);
  return () => window.removeEventListener("keydown", guard, true);
}


// Put before the modules of the widgets that use it, see `files.script`.

/** Keep plain keys from JupyterLab: ↓ would go to the next cell, and D D would delete this one. */
function keepKeys(root) {
  const guard = (event) => {
    const plain = !(event.ctrlKey || event.metaKey || event.altKey);
    if (root.contains(event.target)) event.target.toggleAttribute("data-lm-suppress-shortcuts", plain);
  };
  window.addEventListener("keydown", guard, true);
  return () => window.removeEventListener("keydown", guard, true);
}


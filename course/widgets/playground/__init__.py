"""Lab 05's playground: a small network that is trained, watched and changed while it learns."""

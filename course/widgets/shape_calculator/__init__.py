"""Lab 00's shape calculator: which expressions NumPy accepts, the shape of the result, and why."""

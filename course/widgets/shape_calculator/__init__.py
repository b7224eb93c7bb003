"""Lab 00's shape calculator: which expressions NumPy takes, what shape comes out, and why."""

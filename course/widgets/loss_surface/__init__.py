"""Lab 02's loss surface: a start, a learning rate, and a walk downhill."""

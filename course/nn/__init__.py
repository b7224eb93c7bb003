"""The neural-network library, one idea per module. Nothing is imported here; import each name from its own module."""

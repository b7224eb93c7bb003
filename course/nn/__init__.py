"""The neural-network library, one idea a module. Nothing is imported here: each name is loaded from its own module."""

"""Figures and tables, and their common look."""

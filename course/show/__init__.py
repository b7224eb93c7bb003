"""Figures and tables, and the one look of both."""

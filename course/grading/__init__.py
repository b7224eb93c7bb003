"""Grading: a folder of notebooks in, points, diagnoses and pages out; student code never meets the answers."""

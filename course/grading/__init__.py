"""Grading: a folder of notebooks in, points, diagnoses and pages out; student code never meets the answers.

A submission's way: `collect` finds it; `notebook` reads it and `repair` takes from it what is run; `sandbox` runs that;
`compare` looks at what came back; `store` keeps the result; `report` and its pages show it. `grade` is that way for one
submission, `grade_class` for a class.
"""

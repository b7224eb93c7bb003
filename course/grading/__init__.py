"""Grading: from a folder of notebooks to points, diagnoses and pages; student code never meets the answers.

The steps for a submission: `collect` finds it, `notebook` reads it, `repair` selects what to run, `sandbox` runs that,
`compare` judges the results, `store` keeps them, and `report` and its pages show them. `grade` does this for one
submission, `grade_class` for a class.
"""

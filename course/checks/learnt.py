"""The results of the ten questions' two rounds in a notebook, for the class report: right or not. No points."""

from typing import Any

BEFORE, AFTER = ROUNDS = ("before", "after")
#: the kind of output that holds them; JupyterLab stores it and shows the table beside it
LEARNT = "application/vnd.nn-workbook.learnt+json"
#: questions that are read of a round (there are ten), and characters of a question's name
MOST = 20

#: round → question → whether its answer was right ("I do not know" is not)
Rounds = dict[str, dict[str, bool]]


def learnt_in(cell: dict[str, Any]) -> Rounds:
    """Find the two rounds in a notebook cell's outputs, which are not trusted; {} if they are not there."""
    outputs = cell.get("outputs")
    for output in outputs if isinstance(outputs, list) else []:
        data = output.get("data") if isinstance(output, dict) else None
        found = data.get(LEARNT) if isinstance(data, dict) else None
        if isinstance(found, dict):
            return {round_: _round(found.get(round_)) for round_ in ROUNDS}
    return {}


def _round(found: Any) -> dict[str, bool]:
    known = list(found.items())[:MOST] if isinstance(found, dict) else []
    return {
        name: right for name, right in known if name.isidentifier() and len(name) <= MOST and isinstance(right, bool)
    }

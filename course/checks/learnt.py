"""The results of the ten questions' two rounds in a notebook, for the class report: right or not. No points."""

from typing import Any

BEFORE, AFTER = ROUNDS = ("before", "after")
#: the kind of output that holds them; JupyterLab stores it and shows the table beside it
LEARNT = "application/vnd.nn-workbook.learnt+json"
#: the ten questions, by the names under which a notebook stores their results; no other name is read
NAMES = (
    *("neuron", "gradient", "rate", "scale", "cross_entropy"),
    *("bend", "backward", "test", "overfit", "dropout"),
)

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
    known = found if isinstance(found, dict) else {}
    return {name: known[name] for name in NAMES if isinstance(known.get(name), bool)}

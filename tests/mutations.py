"""Damage notebooks at random: in their cells, in their JSON, in their bytes."""

import copy
import json
import random
from typing import Any

JUNK = (None, True, 7, -1.5, "", "x", [], {}, [[]], {"a": {}}, "\0", "\ud83d", 10**30, [None], "code", "markdown")


def delete_cell(notebook: dict[str, Any], rng: random.Random) -> None:
    del notebook["cells"][rng.randrange(len(notebook["cells"]))]


def duplicate_cell(notebook: dict[str, Any], rng: random.Random) -> None:
    cells = notebook["cells"]
    cells.insert(rng.randrange(len(cells) + 1), copy.deepcopy(rng.choice(cells)))


def split_cell(notebook: dict[str, Any], rng: random.Random) -> None:
    """Cut a cell in two, in the middle of a line if it so happens."""
    index = rng.randrange(len(notebook["cells"]))
    text = "".join(notebook["cells"][index]["source"])
    where = rng.randrange(len(text) + 1)
    halves = [{**copy.deepcopy(notebook["cells"][index]), "source": part} for part in (text[:where], text[where:])]
    notebook["cells"][index : index + 1] = halves


def merge_cells(notebook: dict[str, Any], rng: random.Random) -> None:
    index = rng.randrange(len(notebook["cells"]) - 1)
    first, second = notebook["cells"][index : index + 2]
    first["source"] = "".join(first["source"]) + "\n" + "".join(second["source"])
    del notebook["cells"][index + 1]


def shuffle_cells(notebook: dict[str, Any], rng: random.Random) -> None:
    rng.shuffle(notebook["cells"])


def retype_cell(notebook: dict[str, Any], rng: random.Random) -> None:
    rng.choice(notebook["cells"])["cell_type"] = rng.choice(["code", "markdown", "raw", "heading"])


def lose_labels(notebook: dict[str, Any], rng: random.Random) -> None:
    for cell in notebook["cells"]:
        if rng.random() < 0.5:
            cell["metadata"] = {}
            cell.pop("id", None)


def cut_text(notebook: dict[str, Any], rng: random.Random) -> None:
    cell = rng.choice(notebook["cells"])
    text = "".join(cell["source"])
    start, end = sorted(rng.randrange(len(text) + 1) for _ in range(2))
    cell["source"] = text[:start] + rng.choice(["", "\t", "(", "'''", "\u2028", "\\", "%%", "!"]) + text[end:]


def put_junk(notebook: dict[str, Any], rng: random.Random) -> None:
    """Replace any one node of the JSON by something that does not belong there."""
    node: Any = notebook
    while True:
        places = list(node) if isinstance(node, dict) else list(range(len(node)))
        if not places:
            return
        place = rng.choice(places)
        if rng.random() < 0.25 or not isinstance(node[place], dict | list):
            node[place] = copy.deepcopy(rng.choice(JUNK))
            return
        node = node[place]


def flip_bytes(content: bytes, rng: random.Random) -> bytes:
    changed = bytearray(content)
    for _ in range(rng.choice([1, 3, 30])):
        changed[rng.randrange(len(changed))] ^= 1 << rng.randrange(8)
    return bytes(changed)


def truncate(content: bytes, rng: random.Random) -> bytes:
    return content[: rng.randrange(len(content))]


def cut_bytes(content: bytes, rng: random.Random) -> bytes:
    start, end = sorted(rng.randrange(len(content) + 1) for _ in range(2))
    return content[:start] + content[end:]


OF_CELLS = (
    *(delete_cell, duplicate_cell, split_cell, merge_cells, shuffle_cells, retype_cell, lose_labels, cut_text),
    put_junk,
)
OF_BYTES = (flip_bytes, truncate, cut_bytes)


def mutated(notebook: dict[str, Any], seed: int) -> bytes:
    """Damage a notebook in one to five ways; a third of them in their bytes as well."""
    rng = random.Random(seed)
    changed = copy.deepcopy(notebook)
    for change in rng.choices(OF_CELLS[:-1], k=rng.randrange(5)):
        change(changed, rng)
    if rng.random() < 0.5:
        put_junk(changed, rng)
    content = json.dumps(changed, indent=rng.choice([None, 1])).encode()
    return rng.choice(OF_BYTES)(content, rng) if rng.random() < 0.35 else content

"""Lab 13 in a real JupyterLab: a network of one's own pieces learns to read, and without any the library's does."""

from collections.abc import Iterator

import pytest

from tests.browser import Notebook, Watched, find_chromium, labs_twice
from tests.gates import source_of

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(find_chromium() is None, reason="no Chromium on this machine (set CHROMIUM to its path)"),
]

#: the labs with pieces of a network, and the one that puts them together
ANSWERED = [f"{lab:02}" for lab in range(4, 14)]
TRAINED = "theirs, reader = library_curve()"


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Watched]:
    """Open the labs as students get them, and with labs 04 to 13 answered."""
    with labs_twice(tmp_path_factory.mktemp("labs"), ANSWERED) as watched:
        yield watched


def opened(seen: Watched, kind: str) -> Notebook:
    """Open lab 13 of a folder and run all of it."""
    seen.page.goto(seen.page.url.partition("/lab")[0] + f"/lab/tree/{kind}/{source_of('13').stem}.ipynb?reset")
    notebook = Notebook(seen.page)
    notebook.run_all()
    return notebook


def after_training(notebook: Notebook) -> str:
    source = next(source for source, _ in notebook.outputs() if TRAINED in source)
    return notebook.text_after(source.strip())


def share_read(said: str, whose: str) -> float:
    line = next(line for line in said.splitlines() if line.startswith(f"{whose} reads "))
    return float(line.split(" reads ")[1].split(" %")[0])


def test_who_has_answered_the_labs_sees_a_network_of_their_own_pieces_learn_to_read(seen: Watched) -> None:
    notebook = opened(seen, "answered")
    assert notebook.errors() == []
    table = notebook.text_after("mine = lab.mine()\nmine")
    rows = [line.split() for line in table.splitlines()[2:] if line.strip()]
    assert {row[-1] for row in rows} == {"yours"}
    assert {"relu", "adam_step", "dropout_forward", "train_epoch"} <= {row[0] for row in rows}
    said = after_training(notebook)
    assert share_read(said, "your network") > 90
    assert share_read(said, "the library's network") > 90


def test_who_has_answered_nothing_sees_the_librarys_network_learn_to_read(seen: Watched) -> None:
    notebook = opened(seen, "unanswered")
    notebook.ran_unanswered("13")
    table = notebook.text_after("mine = lab.mine()\nmine")
    assert "the library's (not answered)" in table
    assert "yours" not in table
    said = after_training(notebook)
    assert share_read(said, "the library's network") > 90
    assert "your network" not in said

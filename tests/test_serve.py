"""`course lab`: on a taken port, without a display, as whoever runs the tests; it answers at the URL that it prints."""

import re
import socket
import urllib.request
from pathlib import Path

from course.serve import arguments_for
from tests.browser import free_port, jupyterlab
from tests.gates import ROOT


def test_steps_over_a_taken_port_and_answers(tmp_path: Path) -> None:
    port = free_port()
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", port))
        taken.listen()
        with jupyterlab(ROOT / "labs", tmp_path / "home", f"--ServerApp.port={port}") as (url, server):
            assert int(re.search(r":(\d+)/", url)[1]) != port  # type: ignore[index]
            with urllib.request.urlopen(url, timeout=60) as answer:
                assert answer.status == 200
    assert server.poll() is not None


def test_labs_in_a_path_with_spaces_are_one_argument(tmp_path: Path) -> None:
    labs = tmp_path / "my labs"
    assert f"--ServerApp.root_dir={labs}" in arguments_for(labs)


def test_more_arguments_come_last_so_that_they_win() -> None:
    assert arguments_for(ROOT, ("--port=1",))[-1] == "--port=1"

"""`course lab` as a process: where it starts, what it answers, and that it leaves nothing behind."""

import asyncio
import json
import os
import re
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psutil
import pytest
from tornado.websocket import WebSocketClientConnection, websocket_connect

from course.jupyter.start import arguments_for
from tests.browser import free_port, jupyterlab
from tests.gates import ROOT
from tests.patience import finished, patience

pytestmark = pytest.mark.kernel

# A server's own settings may be Python: these write down how the socket of each kernel connection is set.
REPORT = """
import socket
import subprocess
from pathlib import Path
from course.jupyter.websocket import PromptConnection

connect = PromptConnection.connect

def connect_and_report(self):
    connecting = connect(self)
    connected = self.websocket_handler.ws_connection.stream.socket
    set_to = connected.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
    Path(__file__).with_name("nodelay").write_text(str(int(set_to != 0)))
    return connecting

PromptConnection.connect = connect_and_report
"""


Served = tuple[str, subprocess.Popen[str]]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make settings of somebody who once installed another Python as the kernel "python3", with a report of sockets."""
    home = tmp_path_factory.mktemp("server") / "home"
    other = home / "data" / "kernels" / "python3"
    other.mkdir(parents=True)
    spec = {"argv": ["/bin/false", "{connection_file}"], "display_name": "another", "language": "python"}
    (other / "kernel.json").write_text(json.dumps(spec))
    (home / "jupyter_server_config.py").write_text(REPORT)
    return home


@pytest.fixture(scope="module")
def served(home: Path) -> Iterator[Served]:
    """Start one server for all that only look at it, as with `make lab`: where the environment is not activated."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PATH", os.defpath)
        with jupyterlab(ROOT / "labs", home) as server:
            yield server


def ask(url: str, path: str, data: bytes | None = None) -> Any:
    """Ask a server's API with the token of the URL that it printed."""
    address = urlsplit(url)
    token = address.query.removeprefix("token=")
    request = urllib.request.Request(f"http://{address.netloc}/api/{path}", data, {"Authorization": f"token {token}"})
    with urllib.request.urlopen(request, timeout=patience(60)) as answer:
        return json.load(answer)


async def close(connection: WebSocketClientConnection) -> None:
    """Close it, and wait until the other side has too: the socket would outlive its loop."""
    connection.close()
    while await connection.read_message() is not None:
        pass


def test_steps_over_a_taken_port_and_answers(tmp_path: Path) -> None:
    port = free_port()
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", port))
        taken.listen()
        with jupyterlab(ROOT / "labs", tmp_path / "home", f"--ServerApp.port={port}") as (url, _):
            assert int(re.search(r":(\d+)/", url)[1]) != port  # type: ignore[index]
            with urllib.request.urlopen(url, timeout=patience(60)) as answer:
                assert answer.status == 200


def test_only_who_has_the_token_is_answered(served: Served) -> None:
    url, _ = served
    assert ask(url, "contents/README.md?content=0")["name"] == "README.md"
    with pytest.raises(urllib.error.HTTPError, match="403"):
        ask(url.replace("token=", "token=not"), "contents/README.md?content=0")


@pytest.mark.parametrize("stop", [signal.SIGTERM, signal.SIGINT])
def test_leaves_neither_server_nor_kernel_running(tmp_path: Path, stop: signal.Signals) -> None:
    with jupyterlab(ROOT / "labs", tmp_path / "home") as (url, server):
        ask(url, "kernels", b"{}")
        family = [psutil.Process(server.pid), *psutil.Process(server.pid).children(recursive=True)]
        assert len(family) >= 2
        server.send_signal(stop)
        server.wait(patience(60))
        assert psutil.wait_procs(family, timeout=patience(60))[1] == []


def test_kernels_are_this_environment_s_own(served: Served) -> None:
    """Someone who once installed another Python as the kernel "python3" gets the one that has `course`."""
    specs = ask(served[0], "kernelspecs")["kernelspecs"]
    assert specs["python3"]["spec"]["display_name"] != "another"
    assert specs["python3"]["spec"]["argv"][0] in ("python", sys.executable)


def test_a_kernel_s_messages_are_sent_without_delay(served: Served, home: Path) -> None:
    async def talk(url: str) -> None:
        address, kernel = urlsplit(url), ask(url, "kernels", b"{}")["id"]
        channels = f"ws://{address.netloc}/api/kernels/{kernel}/channels?session_id=1&{address.query}"
        connection = await websocket_connect(channels)
        assert await asyncio.wait_for(connection.read_message(), 60)
        await close(connection)

    asyncio.run(talk(served[0]))
    assert (home / "nodelay").read_text() == "1"


def test_another_connection_may_be_asked_for() -> None:
    """Jupyter refuses to start where it is told twice."""
    other = "--ServerApp.kernel_websocket_connection_class=somebody.Elses"
    assert [a for a in arguments_for(ROOT, (other,)) if "connection_class" in a] == [other]


def test_a_jupyter_server_of_another_build_starts_as_well(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "jupyter_server.services.kernels.connection", None)
    assert not any("connection_class" in argument for argument in arguments_for(ROOT))


def test_what_it_starts_finds_the_command_course(served: Served) -> None:
    """Even where the environment is not activated, as with `make lab`."""
    url, server = served
    ask(url, "kernels", b"{}")
    kernel = next(p for p in psutil.Process(server.pid).children() if "ipykernel_launcher" in p.cmdline())
    assert kernel.environ()["PATH"].split(os.pathsep)[0] == str(Path(sys.executable).parent)


@pytest.mark.skipif(os.name == "nt", reason="its terminals run another shell")
def test_a_terminal_finds_the_command_course(served: Served) -> None:
    async def read_path(url: str) -> str:
        address, terminal = urlsplit(url), ask(url, "terminals", b"{}")["name"]
        connection = await websocket_connect(f"ws://{address.netloc}/terminals/websocket/{terminal}?{address.query}")
        await connection.write_message(json.dumps(["set_size", 50, 4000]))  # a narrow terminal breaks lines
        await connection.write_message(json.dumps(["stdin", 'echo "is<$PATH>"\r']))
        shown = ""
        while not (found := re.search("is<(/.*)>", shown)):
            kind, *text = json.loads(str(await asyncio.wait_for(connection.read_message(), 60)))
            shown += text[0] if kind == "stdout" else ""
        await close(connection)
        return found[1]

    assert str(Path(sys.executable).parent) in asyncio.run(read_path(served[0])).split(os.pathsep)


def test_a_folder_that_is_not_there_is_refused_with_one_line(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "course", "lab", "--folder", str(tmp_path / "nowhere")]
    done = finished(command, cwd=ROOT)
    assert done.returncode == 2
    assert "nowhere" in done.stderr
    assert "Traceback" not in done.stderr


def test_labs_in_a_path_with_spaces_are_one_argument(tmp_path: Path) -> None:
    labs = tmp_path / "my labs"
    assert f"--ServerApp.root_dir={labs}" in arguments_for(labs)


def test_starts_with_the_readme_where_there_is_one(tmp_path: Path) -> None:
    assert "--LabApp.default_url=/lab/tree/README.md" in arguments_for(ROOT / "labs")
    assert "--LabApp.default_url=/lab" in arguments_for(tmp_path)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="elsewhere there always is a display")
def test_opens_a_browser_only_where_there_is_a_display(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    monkeypatch.delenv("DISPLAY", raising=False)
    assert "--no-browser" in arguments_for(ROOT)
    monkeypatch.setenv("DISPLAY", ":0")
    assert "--no-browser" not in arguments_for(ROOT)


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="no root on this system")
def test_root_is_allowed_where_it_is_root() -> None:
    assert ("--allow-root" in arguments_for(ROOT)) == (os.geteuid() == 0)


def test_more_arguments_come_last_so_that_they_win() -> None:
    assert arguments_for(ROOT, ("--port=1",))[-1] == "--port=1"

"""`course lab` as a process: where it starts, what it answers, and that it leaves nothing behind."""

import asyncio
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psutil
import pytest
import zmq
from jupyter_server.serverapp import ServerApp
from tornado.websocket import WebSocketClientConnection, websocket_connect
from traitlets.config import Config

from course.jupyter import server
from course.jupyter.server import _link_jupyter_server_extension
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


def ask(url: str, path: str, data: bytes | None = None, base: str = "/") -> Any:
    """Ask a server's API with the token of the URL that it printed."""
    address = urlsplit(url)
    token = address.query.removeprefix("token=")
    headers = {"Authorization": f"token {token}"}
    request = urllib.request.Request(f"http://{address.netloc}{base}api/{path}", data, headers)
    with urllib.request.urlopen(request, timeout=patience(60)) as answer:
        return json.load(answer)


@contextmanager
def plain_jupyterlab(home: Path, *arguments: str) -> Iterator[str]:
    """Start `jupyter lab` without `course lab`, as a hub or Binder does; give its address."""
    port = free_port()
    folders = {"JUPYTER_CONFIG_DIR": home / "config", "JUPYTER_DATA_DIR": home / "data", "JUPYTER_RUNTIME_DIR": home}
    environment = {k: v for k, v in os.environ.items() if k not in ("JUPYTER_PATH", "JUPYTER_CONFIG_PATH")}
    environment |= {name: str(folder) for name, folder in folders.items()}
    settings = [f"--ServerApp.port={port}", "--IdentityProvider.token=secret", "--no-browser", "--allow-root"]
    command = [sys.executable, "-m", "jupyterlab", *settings, *arguments]
    with (home / "log").open("w") as log:
        process = subprocess.Popen(command, cwd=ROOT / "labs", env=environment, stdout=log, stderr=log)
    try:
        wait_for(port, process, home / "log")
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(patience(60))


def wait_for(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + patience(60)
    while time.monotonic() < deadline and process.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise AssertionError(log.read_text())


def get(url: str) -> tuple[str, str]:
    """Give the address that one ends at, and what is there."""
    request = urllib.request.Request(url, headers={"Authorization": "token secret"})
    with urllib.request.urlopen(request, timeout=patience(60)) as answer:
        return answer.url, answer.read().decode()


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
        assert await asyncio.wait_for(connection.read_message(), patience(60))
        await close(connection)

    asyncio.run(talk(served[0]))
    assert (home / "nodelay").read_text() == "1"


def linked(**settings: Any) -> Any:
    """Let the extension act on a server that is told these settings."""
    app = ServerApp(config=Config(settings), root_dir=str(ROOT / "labs"))
    _link_jupyter_server_extension(app)
    return app


def test_what_somebody_has_set_stays() -> None:
    theirs = {
        "ServerApp": {"kernel_websocket_connection_class": "course.jupyter.websocket.ZMQChannelsWebsocketConnection"},
        "LabApp": {"default_url": "/lab/tree/theirs.ipynb"},
        "KernelManager": {"transport": "tcp"},
        "HTMLExporter": {"template_name": "classic"},
    }
    config = linked(**theirs).config
    assert {name: dict(config[name]) for name in theirs} == theirs
    assert linked().config.HTMLExporter.template_name == "course"


def test_a_jupyter_server_of_another_build_starts_as_well(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "kernel_websocket_connection_class" in server.defaults(ROOT, "").ServerApp
    monkeypatch.setitem(sys.modules, "jupyter_server.services.kernels.connection.channels", None)
    assert "kernel_websocket_connection_class" not in server.defaults(ROOT, "").ServerApp


@pytest.mark.skipif(not zmq.has("ipc"), reason="this system has no sockets in folders")
def test_kernels_sockets_lie_in_a_folder_unless_its_name_is_too_long() -> None:
    assert server.defaults(ROOT, "/short").KernelManager.transport == "ipc"
    longest = "/" + "x" * (zmq.IPC_PATH_MAX_LEN - server.SOCKET_NAME - 1)
    assert server.defaults(ROOT, longest).KernelManager.transport == "ipc"
    assert "transport" not in server.defaults(ROOT, longest + "x").KernelManager


def test_plain_jupyter_lab_below_a_base_url_is_as_this_course_wants_it(tmp_path: Path) -> None:
    """As on a hub: /user/ada/. Start page, no news, Markdown as a page, the printed lab, and a kernel that answers."""
    with plain_jupyterlab(tmp_path, "--ServerApp.base_url=/user/ada/") as url:
        assert get(f"{url}/user/ada/")[0] == f"{url}/user/ada/lab/tree/README.md"
        page = json.loads(
            re.search(r'id="jupyter-config-data"[^>]*>(.*?)</script>', get(f"{url}/user/ada/lab")[1], re.S)[1]
        )
        assert "@jupyterlab/apputils-extension:announcements" in page["disabledExtensions"]
        viewer = json.loads(get(f"{url}/user/ada/lab/api/settings/@jupyterlab/docmanager-extension:plugin")[1])
        assert viewer["schema"]["properties"]["defaultViewers"]["default"] == {"markdown": "Markdown Preview"}
        printed = get(f"{url}/user/ada/nbconvert/html/lab02_learning.ipynb")[1]
        assert "<math" in printed
        assert "<script" not in printed
        address = urlsplit(url).netloc
        kernel = ask(f"http://{address}/?token=secret", "kernels", b"{}", "/user/ada/")["id"]

        async def first_word() -> Any:
            channels = f"ws://{address}/user/ada/api/kernels/{kernel}/channels?session_id=1&token=secret"
            connection = await websocket_connect(channels)
            word = await asyncio.wait_for(connection.read_message(), patience(60))
            await close(connection)
            return word

        assert json.loads(str(asyncio.run(first_word())))["msg_type"] == "status"
        transport = json.loads(next(tmp_path.glob("kernel-*.json")).read_text())["transport"]
        assert transport == server.defaults(ROOT, str(tmp_path)).KernelManager.get("transport", "tcp")


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
            kind, *text = json.loads(str(await asyncio.wait_for(connection.read_message(), patience(60))))
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
    assert server.defaults(ROOT / "labs", "").LabApp.default_url == "/lab/tree/README.md"
    assert "default_url" not in server.defaults(tmp_path, "").LabApp


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

"""A real JupyterLab, started as `make lab` starts it, and a real Chromium that looks at it."""

import datetime
import importlib.util
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import urlsplit

import pytest
from matplotlib import get_data_path
from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright

from course.build.notebooks import WIDGET
from tests.gates import LABS, ROOT, checks_of, read_notebook, source_of
from tests.patience import patience

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
AXE = importlib.util.find_spec("axe_playwright_python")
PATIENCE = patience(90_000)  # milliseconds

#: the fonts that come with matplotlib, and no others: what a page looks like does not depend on what is installed.
#: DejaVu Sans is among the widest fonts in common use
FONTS = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>{fonts}</dir>
  <cachedir>{cache}</cachedir>
  <alias><family>serif</family><prefer><family>DejaVu Serif</family></prefer></alias>
  <alias><family>monospace</family><prefer><family>DejaVu Sans Mono</family></prefer></alias>
  <match><edit name="family" mode="append_last"><string>DejaVu Sans</string></edit></match>
</fontconfig>
"""

READY = """() => {
  const panel = window.jupyterapp && window.jupyterapp.shell.currentWidget;
  const session = panel && panel.sessionContext;
  const kernel = session && session.isReady && session.session && session.session.kernel;
  return kernel && kernel.connectionStatus === 'connected' && kernel.status === 'idle';
}"""
#: true when the command has ended and every cell has run; else how far it is, once that is not what it was
GOES_ON = """before => {
  const panel = window.jupyterapp.shell.currentWidget, status = panel.sessionContext.session.kernel.status;
  if (status === 'dead' || status === 'autorestarting') throw new Error(`the kernel is ${status}`);
  const counts = panel.content.widgets.filter(c => c.model.type === 'code').map(c => c.model.executionCount);
  if (window.commandEnded && status === 'idle' && counts.every(Boolean)) return true;
  const now = [status, ...counts].join();
  return now !== before && now;
}"""
TEXTS = """() => window.jupyterapp.shell.currentWidget.content.widgets
  .filter(cell => cell.model.type === 'code')
  .map(cell => [cell.model.sharedModel.getSource(), cell.model.outputs.toJSON()])"""


#: every cell is laid out, and the theme that was asked for is there
LAID_OUT = """() => {
  const notebook = window.jupyterapp.shell.currentWidget.content;
  notebook.notebookConfig = { ...notebook.notebookConfig, windowingMode: 'none' };
}"""
LOOK = "parts => axe.run({ include: parts }, { resultTypes: ['violations'] })"
THEME = """async theme => {
  await window.jupyterapp.commands.execute('apputils:change-theme', { theme });
  const shown = () => document.body.dataset.jpThemeName === theme;
  while (!shown()) await new Promise(requestAnimationFrame);
}"""


def find_chromium() -> str | None:
    names = ("chromium", "chromium-browser", "google-chrome")
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, names)), None)


def copy_labs(folder: Path) -> Path:
    """Make a student's folder: all labs, nothing done yet."""
    ignored = shutil.ignore_patterns("progress", ".ipynb_checkpoints")
    return Path(shutil.copytree(ROOT / "labs", folder, ignore=ignored))


def in_turn() -> list[str]:
    """Name the labs of today, three in turn, or those that COURSE_LABS asks for: all, or 04,13."""
    asked = os.environ.get("COURSE_LABS", "")
    if asked:
        return LABS if asked == "all" else asked.split(",")
    first = 3 * datetime.date.today().toordinal()
    return sorted(LABS[(first + i) % len(LABS)] for i in range(3))


@contextmanager
def jupyterlab(labs: Path, home: Path, *extra: str) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """Serve a folder of labs with the real command; give the URL that it prints, and the process."""
    settings = home / "labconfig"
    settings.mkdir(parents=True)
    (settings / "page_config.json").write_text(json.dumps({"exposeAppInBrowser": True}))
    environment = {name: value for name, value in os.environ.items() if name not in ("DISPLAY", "COURSE_PROGRESS")}
    environment |= {"JUPYTER_CONFIG_DIR": str(home), "JUPYTER_DATA_DIR": str(home / "data"), "COURSE_STRICT": "0"}
    environment |= {"JUPYTER_RUNTIME_DIR": str(home / "runtime"), "PYTHONUNBUFFERED": "1", "PYTHONPATH": str(ROOT)}
    # of two servers that start at the same moment, both find 8888 free, and one ends
    extra = extra or (f"--ServerApp.port={free_port()}",)
    command = [sys.executable, "-m", "course", "lab", "--folder", str(labs), "--", *extra]
    log = home / "server.log"
    with log.open("w") as file:
        server = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=file, stderr=file, text=True)
    try:
        yield _printed_url(server, log), server
    finally:
        server.terminate()
        try:
            server.wait(PATIENCE / 1000)
        finally:
            server.kill()  # nothing happens where it has ended


def _printed_url(server: subprocess.Popen[str], log: Path) -> str:
    deadline = time.monotonic() + PATIENCE / 1000
    while time.monotonic() < deadline:
        found = re.search(r"http://(?:localhost|127\.0\.0\.1):\d+/lab\S*token=\w+", log.read_text())
        if found:
            return found[0]
        if server.poll() is not None:
            break
        time.sleep(0.1)
    raise AssertionError(f"no URL was printed:\n{log.read_text()}")


@contextmanager
def labs_twice(root: Path, answered: Iterable[str]) -> Iterator["Watched"]:
    """Open a folder with the labs twice: as students get them, and with some of them answered, outputs cleared."""
    for kind in ("unanswered", "answered"):
        copy_labs(root / kind)
    for lab in answered:
        notebook = read_notebook("solutions", lab)
        for cell in notebook["cells"]:
            if cell["cell_type"] == "code":
                cell |= {"outputs": [], "execution_count": None}
        (root / "answered" / f"{source_of(lab).stem}.ipynb").write_text(json.dumps(notebook), encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COURSE_QUICK", "1")
        with jupyterlab(root, root.with_name("home")) as (url, _), chromium() as watched:
            watched.page.goto(url)
            yield watched


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Watched:
    """A page, and what it did: the addresses it asked, web sockets included, and errors on the console."""

    def __init__(self, page: Page):
        self.page = page
        self.asked: list[str] = []
        self.errors: list[str] = []
        page.on("request", lambda request: self.asked.append(request.url))
        page.on("websocket", lambda socket: self.asked.append(socket.url))
        page.on("console", lambda message: self.errors.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: self.errors.append(str(error)))

    def elsewhere(self) -> list[str]:
        """List what was asked of other machines."""
        remote = ("http", "https", "ws", "wss")
        addresses = [(url, urlsplit(url)) for url in self.asked]
        return [u for u, a in addresses if a.scheme in remote and a.hostname not in ("127.0.0.1", "localhost")]


@contextmanager
def browser() -> Iterator[Browser]:
    """Start Chromium with fonts that are the same everywhere, or with those of the FONTCONFIG_FILE that is set."""
    with sync_playwright() as playwright, TemporaryDirectory() as folder:
        settings = Path(folder) / "fonts.conf"
        settings.write_text(FONTS.format(fonts=Path(get_data_path(), "fonts", "ttf"), cache=folder))
        environment = {"FONTCONFIG_FILE": str(settings), **os.environ}
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=FLAGS, env=environment)
        yield browser
        browser.close()


@contextmanager
def chromium() -> Iterator[Watched]:
    with browser() as started:
        page = started.new_page(viewport={"width": 1200, "height": 1000})
        page.set_default_timeout(PATIENCE)
        expect.set_options(timeout=PATIENCE)
        yield Watched(page)


def serious(shown: Locator) -> list[str]:
    """Let axe-core look at these parts of the page; list what keeps people out, with the element."""
    assert AXE is not None
    assert AXE.origin is not None
    page = shown.page
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(Path(AXE.origin).with_name("axe.min.js").read_text(encoding="utf-8"))
    found = shown.evaluate_all(LOOK)
    assert len(found["passes"]) > 0
    return [
        f"{violation['id']}: {node['html']}"
        for violation in found["violations"]
        if violation["impact"] in ("serious", "critical")
        for node in violation["nodes"]
    ]


def has_widget(outputs: list[dict[str, Any]]) -> bool:
    return any(WIDGET in output.get("data", {}) for output in outputs)


class Notebook:
    """The notebook that stands open in a page."""

    def __init__(self, page: Page):
        self.page = page
        page.wait_for_function(READY)

    def command(self, name: str) -> None:
        """Start one of JupyterLab's commands; it may go on to ask something of the user."""
        self.page.evaluate(
            """name => {
                window.commandEnded = false;
                window.jupyterapp.commands.execute(name).finally(() => { window.commandEnded = true; });
            }""",
            name,
        )

    def wait_for_command(self) -> None:
        self.page.wait_for_function("() => window.commandEnded")

    def run_all(self) -> None:
        self.command("notebook:run-all-cells")
        self.wait_until_all_ran()

    def restart_and_run_all(self) -> None:
        self.command("notebook:restart-run-all")
        self.page.locator(".jp-Dialog button.jp-mod-accept").click()
        self.wait_until_all_ran()

    def save(self) -> None:
        self.command("docmanager:save")
        self.wait_for_command()

    def wait_until_all_ran(self) -> None:
        """Wait for one cell after the other: all of them may take long, but none for ever, and a dead kernel none."""
        so_far = ""
        while so_far is not True:
            so_far = self.page.wait_for_function(GOES_ON, arg=so_far).json_value()

    def wait_for_idle(self) -> None:
        self.page.wait_for_function(READY)

    def outputs(self) -> list[tuple[str, list[dict[str, Any]]]]:
        return [(source, outputs) for source, outputs in self.page.evaluate(TEXTS)]

    def errors(self) -> list[dict[str, Any]]:
        return [o for _, outputs in self.outputs() for o in outputs if o["output_type"] == "error"]

    def ran_unanswered(self, lab: str) -> None:
        """See that nothing failed, every check says that nothing is there yet, and every widget is shown."""
        assert self.errors() == []
        for exercise in checks_of(lab).exercises:
            assert "not attempted" in self.text_after(f'check("{exercise.name}")')
        for source, outputs in self.outputs():
            if has_widget(outputs):
                shown = self.cell(source)
                shown.locator(".jupyter-widgets, .course-pad").first.wait_for()
                expect(shown).not_to_contain_text("Error displaying widget")

    def serious_in_both_themes(self) -> list[str]:
        """Let axe-core look at every output, in light and in dark colours."""
        self.page.evaluate(LAID_OUT)
        shown, found = self.page.locator(".jp-Notebook .jp-OutputArea-output"), []
        for theme in ("JupyterLab Dark", "JupyterLab Light"):
            self.page.evaluate(THEME, theme)
            found += [f"{theme}: {one}" for one in serious(shown)]
        return found

    def text_after(self, source: str) -> str:
        """Give the plain text under the cell with this source."""
        for cell, outputs in self.outputs():
            if cell.strip() == source:
                parts = [o.get("text") or o.get("data", {}).get("text/plain", "") for o in outputs]
                return "".join("".join(part) if isinstance(part, list) else part for part in parts)
        raise AssertionError(f"no cell says {source!r}")

    def select(self, start: str) -> int:
        """Select the first cell whose source begins so, and bring it into view."""
        index = self.page.evaluate(
            """start => {
                const notebook = window.jupyterapp.shell.currentWidget.content;
                const i = notebook.widgets.findIndex(c => c.model.sharedModel.getSource().startsWith(start));
                notebook.deselectAll();
                notebook.activeCellIndex = i;
                return notebook.scrollToItem(i, 'smart').then(() => i);
            }""",
            start,
        )
        assert index >= 0, f"no cell begins with {start!r}"
        return int(index)

    def cell(self, start: str) -> Locator:
        """Bring the first cell whose source begins so into view and give it as the page shows it."""
        return self.page.locator(f'.jp-Cell[data-windowed-list-index="{self.select(start)}"]')

    def type_into(self, start: str, text: str) -> None:
        """Replace a cell's text by typing, as a student does; code that is folded is unfolded first."""
        self.select(start)
        self.command("notebook:show-cell-code")
        self.wait_for_command()
        self.cell(start).locator(".cm-content").click()
        self.page.keyboard.press("Control+A")
        self.page.keyboard.insert_text(text)

    def run(self, start: str) -> None:
        """Run one cell and wait for it."""
        index = self.select(start)
        before = self._count(index)
        self.command("notebook:run-cell")
        self.page.wait_for_function(
            """([i, before]) => {
                const panel = window.jupyterapp.shell.currentWidget;
                const count = panel.content.widgets[i].model.executionCount;
                return count && count !== before && panel.sessionContext.session.kernel.status === 'idle';
            }""",
            arg=[index, before],
        )

    def _count(self, index: int) -> Any:
        return self.page.evaluate(
            "i => window.jupyterapp.shell.currentWidget.content.widgets[i].model.executionCount", index
        )

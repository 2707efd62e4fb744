"""A course of its own, a JupyterLab that serves it as a user starts it, and a real browser."""

import json
import os
import re
import shutil
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Error, Page, sync_playwright

ROOT = Path(__file__).resolve().parents[2]
COURSE = ("nbgrader_config.py", "pyproject.toml", "README.md", "notebooks", "labs", "solutions")
SYSTEM_BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
BROWSER_OPTIONS = [
    "--no-sandbox",  # Chromium refuses to start as root with it
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture
def course(tmp_path) -> Path:
    """A copy of what the course needs to run, so that outputs and submissions never land in the tree."""
    folder = tmp_path / "course"
    folder.mkdir()
    for name in COURSE:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=shutil.ignore_patterns(".ipynb_checkpoints"))
        else:
            shutil.copy(source, folder / name)
    return folder


@contextmanager
def serve(course: Path, view: str):
    """`openexperts lab` or `openexperts teach` in `course`; gives the address. Ends only the process it started."""
    mine = course.parent / "jupyter"
    folders = ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR")
    settings = ("JUPYTERLAB_SETTINGS_DIR", "JUPYTERLAB_WORKSPACES_DIR")
    environment = os.environ | {name: str(mine / name.lower()) for name in (*folders, *settings)}
    environment.pop("OPENEXPERTS_EXCHANGE", None)
    log = course.parent / f"{view}.log"
    with log.open("w") as output:
        command = [sys.executable, "-m", "openexperts.cli", view, "--no-browser"]
        server = subprocess.Popen(command, cwd=course, env=environment, stdout=output, stderr=subprocess.STDOUT)
        try:
            yield _address(server, log)
        finally:
            server.terminate()
            server.wait(timeout=30)


def _address(server: subprocess.Popen, log: Path) -> str:
    until = time.monotonic() + 90
    while time.monotonic() < until and server.poll() is None:
        found = re.search(r"http://127\.0\.0\.1:\d+/\S+", log.read_text())
        if found:
            return found[0]
        time.sleep(0.2)
    raise AssertionError(f"JupyterLab did not start:\n{log.read_text()}")


@pytest.fixture
def page():
    """A page of the system's Chromium or Chrome, or else of Playwright's own.

    A browser for each test and not pytest-playwright's one for the session: that keeps an event loop running, which
    the tests that execute notebooks in the same process cannot have.
    """
    system = next(filter(None, map(shutil.which, SYSTEM_BROWSERS)), None)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=system, args=BROWSER_OPTIONS)
        page = browser.new_page(viewport={"width": 1500, "height": 950})
        page.set_default_timeout(30_000)
        try:
            yield page
        finally:
            picture(page, "last")
            browser.close()


def answers(path: Path) -> dict[str, str]:
    """The solution's answers by grade_id, without nbgrader's marks around them."""
    found = {}
    for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
        grader = cell["metadata"].get("nbgrader", {})
        if grader.get("solution"):
            lines = "".join(cell["source"]).splitlines()
            found[grader["grade_id"]] = "\n".join(line for line in lines if " SOLUTION" not in line)
    return found


def picture(page: Page, name: str) -> None:
    """Save a screenshot for a person to look at, if OPENEXPERTS_SCREENSHOTS names a folder."""
    folder = os.environ.get("OPENEXPERTS_SCREENSHOTS")
    if folder:
        journey = re.sub(r"\W+", "-", os.environ.get("PYTEST_CURRENT_TEST", "").split("::")[-1].split(" ")[0])
        path = Path(folder) / f"{journey}-{name}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            page.screenshot(path=path)
        except Error:  # the page is gone: the test itself says why
            pass


def nbgrader_menu(page: Page) -> list[str]:
    """Open the Nbgrader menu and give its entries; it stays open."""
    page.locator(".lm-MenuBar-itemLabel", has_text="Nbgrader").click()
    page.locator(".lm-Menu-itemLabel").first.wait_for()
    return [label for label in page.locator(".lm-Menu-itemLabel").all_inner_texts() if label]


def open_notebook(page: Page, address: str, path: str) -> None:
    """Open a notebook of the course in JupyterLab and wait for its kernel."""
    page.goto(re.sub(r"/lab/tree/[^?]*", f"/lab/tree/{path}", address) + "&reset")
    page.locator("#jupyterlab-splash").wait_for(state="detached")
    page.locator("#jp-main-dock-panel .lm-TabBar-tab.lm-mod-current", has_text=Path(path).name).wait_for()
    page.locator(".jp-NotebookPanel:visible .jp-Notebook-ExecutionIndicator[data-status=idle]").wait_for()

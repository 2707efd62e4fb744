"""JupyterLab as the learner and the teacher see it.

The learner's has Assignment List and Validate; the teacher's has Create Assignment and Formgrader as well. A learner's
file browser leaves out what a learner has no use for: above all labs/, the twin of my-labs/ that nobody writes in.
All this is written in jupyter_config/, in Jupyter's own form. Its folders come first on Jupyter's configuration path,
so that nothing is changed in the user's own settings.
"""

import os
import secrets
import shutil
import socket
import sys
from pathlib import Path

import zmq

from openexperts.grading.course import CourseError, use_programs_of_this_environment

CONFIG = Path(__file__).parent / "jupyter_config"
FIRST_PAGE = "notebooks/00-start.ipynb"
FIRST_PORT = 8888


def is_free(port: int) -> bool:
    """Whether a server on this computer could listen at `port`."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as listener:
        if os.name != "nt":  # as Jupyter's own server does, so that a port that was just closed counts as free
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def choose_port(asked: int | None) -> int:
    """`asked` if it is free; without a wish, the first free port from 8888 on."""
    if asked is None:
        return next((port for port in range(FIRST_PORT, FIRST_PORT + 100) if is_free(port)), FIRST_PORT)
    if not 1024 <= asked <= 65535:
        raise CourseError(f"{asked} is not a port this can use: choose one from 1024 to 65535.")
    if not is_free(asked):
        raise CourseError(
            f"Port {asked} is in use, perhaps by a JupyterLab you started before: close that one, choose another "
            "number, or leave --port out and a free one is found."
        )
    return asked


def first_page(root: Path, page: str | None) -> str:
    """The page to open, as a path inside the course."""
    path = (root / (page or FIRST_PAGE)).resolve()
    if not path.is_relative_to(root.resolve()) or not path.is_file():
        if page is None:
            return ""  # JupyterLab's own start
        raise CourseError(f"There is no page {page} in the course: name one as in `openexperts lab {FIRST_PAGE}`.")
    return path.relative_to(root.resolve()).as_posix()


def start(root: Path, view: str, page: str | None, asked_port: int | None, browser: bool) -> None:
    """Run JupyterLab in this process until it is stopped. `view` is "learner" or "teacher"."""
    port, page = choose_port(asked_port), first_page(root, page)
    if asked_port is None and port != FIRST_PORT:
        print(f"Port {FIRST_PORT} is in use, so this JupyterLab gets port {port}.")
    use_programs_of_this_environment()
    os.chdir(root)
    folders = [CONFIG / view, CONFIG / "common", root]  # root: for nbgrader_config.py
    inherited = os.environ.get("JUPYTER_CONFIG_PATH")
    os.environ["JUPYTER_CONFIG_PATH"] = os.pathsep.join([*map(str, folders), *([inherited] if inherited else [])])
    token = secrets.token_hex(24)
    arguments = [
        f"--ServerApp.root_dir={root}",
        f"--ServerApp.port={port}",
        "--ServerApp.port_retries=0",
        f"--LabApp.workspaces_dir={root / 'classroom' / 'workspaces' / view}",  # open tabs of other work stay out
        "--Application.log_level=ERROR",  # of the server and every extension: what goes wrong, not every step
        f"--IdentityProvider.token={token}",  # one of its own making the server would announce in eight lines
        f"--LabApp.default_url=/lab/tree/{page}" if page else "--LabApp.default_url=/lab",
        *([] if browser else ["--no-browser"]),
    ]
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        print("You are root: JupyterLab runs with all rights over this computer. A user of your own is safer.")
        arguments.append("--allow-root")
    if zmq.has("curve"):  # a kernel without it says on every start that somebody may listen
        arguments.append("--KernelManager.transport_encryption=auto")
    if os.name != "nt":
        # Not a login shell, which the server takes where it has no terminal: that one sets PATH anew on many systems,
        # and `openexperts` would not be found.
        shell = os.environ.get("SHELL") or shutil.which("sh")
        arguments.append(f"--ServerApp.terminado_settings=shell_command={shell}")
    print("JupyterLab starts; this takes some seconds.", flush=True)
    from jupyterlab.labapp import LabApp

    sys.argv = ["jupyter-lab"]  # else an extension may take the words after `openexperts lab` for its own
    server = LabApp.initialize_server(arguments)
    ready = (
        "JupyterLab is open. Leave this window as it is; Ctrl-C here ends it (press it twice). If your browser does "
        f"not show it, go to:\n  http://127.0.0.1:{port}{server.default_url}?token={token}"
    )
    server.io_loop.add_callback(print, ready, flush=True)  # said when it answers, so that it is the last thing said
    server.start()

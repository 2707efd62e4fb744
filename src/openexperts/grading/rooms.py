"""What runs in the two forked processes: the learner's, which runs their cells, and the examiner's, which judges.

Each holds an IPython shell, so that magics, `display` and figures do as in a notebook, and takes orders over its
control socket. It is no Jupyter kernel: the hostile side would then speak ZeroMQ and Jupyter's protocol to the grader.

An order is `{"run": source, "names": [...]}`. The answer holds the cell's outputs in the notebook's own form. The names
are those that the examiner's process asks of the learner's before it runs the cell.
"""

import ast
import builtins
import contextlib
import json
import resource
import select
import signal
import socket
import sys
import warnings
from collections.abc import Iterator
from typing import Any

from openexperts.checks import explain_missing_names
from openexperts.grading.learner_side import LearnerSide
from openexperts.grading.sandbox import data_limit
from openexperts.grading.standins import ExaminerSide
from openexperts.grading.wire import Channel, Closed, WireError

MAX_OUTPUT = 2_000_000  # bytes of one cell's outputs as JSON; the rest is counted and left out
MAX_LINE, MAX_LINES = 10_000, 50  # of an error


class Outputs:
    """A cell's outputs in nbformat's form, up to a limit."""

    def __init__(self):
        self.clear()

    def clear(self) -> None:
        self.items: list[dict] = []
        self.size = self.cut = 0
        self.failed = False

    def take(self) -> list[dict]:
        """What came since the last call, and a word on what was left out."""
        items = [stream("".join(item["parts"]), item["name"]) if "parts" in item else item for item in self.items]
        if self.cut:
            items.append(stream(f"\n[{self.cut:,} bytes of output are left out: a cell may have {MAX_OUTPUT:,}]\n"))
        self.clear()
        return items

    def add(self, item: dict) -> None:
        size = len(json.dumps(item, default=str))  # as it crosses: a letter may take six bytes
        why_it_ended = item["output_type"] == "error" and not self.failed
        if self.size + size > MAX_OUTPUT and not why_it_ended:
            self.cut += size
            return
        self.size += size
        self.failed |= why_it_ended
        last = self.items[-1] if self.items else {}
        if item["output_type"] == "stream" == last.get("output_type") and last["name"] == item["name"]:
            last["parts"].append(item["text"])
        else:
            if item["output_type"] == "stream":
                item["parts"] = [item.pop("text")]
            self.items.append(item)


def stream(text: str, name: str = "stdout") -> dict:
    return {"output_type": "stream", "name": name, "text": text}


class _Stream:
    """What `print` and `warnings` write to."""

    encoding, errors, closed = "utf-8", "replace", False

    def __init__(self, outputs: Outputs, name: str):
        self.outputs, self.name = outputs, name

    def write(self, text: str) -> int:
        text = str(text)
        if text:
            self.outputs.add(stream(text.encode("utf-8", "replace").decode(), self.name))
        return len(text)

    def writelines(self, lines) -> None:
        for line in lines:
            self.write(line)

    def flush(self) -> None:
        pass

    def isatty(self) -> bool:
        return False

    def writable(self) -> bool:
        return True

    readable = seekable = isatty

    def fileno(self) -> int:
        return 1


def make_shell(outputs: Outputs):
    """An IPython shell whose outputs go to `outputs`."""
    from IPython.core.displayhook import DisplayHook
    from IPython.core.displaypub import DisplayPublisher
    from IPython.core.interactiveshell import InteractiveShell
    from traitlets.config import Config

    class Published(DisplayPublisher):
        def publish(self, data, metadata=None, *, transient=None, update=False, **_):
            outputs.add({"output_type": "display_data", "data": _plain(data), "metadata": _plain(metadata or {})})

        def clear_output(self, wait=False):
            outputs.clear()

    class Shown(DisplayHook):
        def write_output_prompt(self):
            pass

        def write_format_data(self, format_dict, md_dict=None):
            found = {"output_type": "execute_result", "execution_count": None}
            outputs.add(found | {"data": _plain(format_dict), "metadata": _plain(md_dict or {})})

        def finish_displayhook(self):
            pass

    class Shell(InteractiveShell):
        def enable_gui(self, gui=None):
            pass

        def _showtraceback(self, etype, evalue, stb):
            # an exception may have any name and text
            text, *lines = (str(it)[:MAX_LINE].encode("utf-8", "replace").decode() for it in (evalue, *stb))
            if len(lines) > MAX_LINES:
                lines = [*lines[: MAX_LINES // 2], "...", *lines[-MAX_LINES // 2 :]]
            outputs.add({"output_type": "error", "ename": etype.__name__, "evalue": text, "traceback": lines})

        def ask_exit(self):
            raise SystemExit  # the cell ends; the process does not

    config = Config()
    config.HistoryManager.enabled = False
    config.InteractiveShell.colors = "nocolor"
    config.InteractiveShell.cache_size = 0
    shell = Shell.instance(config=config, display_pub_class=Published, displayhook_class=Shown)
    shell.user_ns["__name__"] = "__main__"
    sys.stdout, sys.stderr = _Stream(outputs, "stdout"), _Stream(outputs, "stderr")
    with contextlib.suppress(ImportError):  # figures are shown at the end of a cell, as in a notebook
        from matplotlib_inline.backend_inline import configure_inline_support

        configure_inline_support(shell, "inline")
    explain_missing_names(shell)
    builtins.input = _no_input
    return shell


def _plain_python_first(shell) -> None:
    """Let `shell` take what is Python as it is: IPython looks for magics in every token, and no Python holds one."""
    from IPython.core.inputtransformer2 import TransformerManager

    class Transformer(TransformerManager):
        def transform_cell(self, cell: str) -> str:
            try:
                with warnings.catch_warnings(action="ignore"):  # those come when the cell is run
                    ast.parse(cell)
            except (SyntaxError, ValueError):
                return super().transform_cell(cell)
            return cell if cell.endswith("\n") else cell + "\n"

    shell.input_transformer_manager = Transformer()


def _no_input(prompt: object = "") -> str:
    raise RuntimeError("input() cannot be answered while a notebook is graded: use a variable in its place")


def _plain(value: Any) -> Any:
    """Bytes as base64 text, as a notebook has them."""
    import base64

    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, (bytes, bytearray)):
        return base64.b64encode(value).decode()
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    return value if isinstance(value, (str, int, float, bool, type(None))) else str(value)


def _run(shell, outputs: Outputs, source: str) -> dict:
    """Run one cell and give its outputs and whether it went well."""
    try:
        result = shell.run_cell(source, store_history=True)
        good = result.success
    except KeyboardInterrupt:
        shell.showtraceback()
        good = False
    return {"outputs": outputs.take(), "status": "ok" if good else "error"}


@contextlib.contextmanager
def _interruptible() -> Iterator[None]:
    """Ctrl-C reaches the learner's code, but never what sends its answer: half a message would look like a lie."""
    try:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})


class _Served(LearnerSide):
    def answer(self, *request) -> dict:
        with _interruptible():
            return super().answer(*request)


def learner(payload: dict, fds: list[int]) -> None:
    """The learner's process: runs cells for the supervisor, and serves the examiner's stand-ins in between."""
    control, standins = (Channel(socket.socket(fileno=fd)) for fd in fds)
    sys.path.insert(0, "")  # modules handed in beside the notebook, as Jupyter has it
    outputs = Outputs()
    shell = make_shell(outputs)
    side = _Served(standins, shell.user_ns)
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    sources: list[Channel] = [control, standins]
    while True:
        try:
            ready, _, _ = select.select(sources, [], [])
            if standins in ready:
                try:
                    side.serve(*standins.receive())
                except Closed:
                    sources.remove(standins)
                except WireError:  # the examiner is told nothing more; its own side says so
                    standins.close()
                    sources.remove(standins)
            elif control in ready:
                order, _ = control.receive()
                signal.sigtimedwait({signal.SIGINT}, 0)  # one that came too late for what it was meant for
                if "run" in order:
                    with _interruptible():
                        answer = _run(shell, outputs, order["run"])
                    control.send(answer)
                else:  # what was printed while the stand-ins were served
                    control.send({"outputs": outputs.take()})
        except Closed:
            return
        except KeyboardInterrupt:
            continue


def examiner(payload: dict, fds: list[int]) -> None:
    """The examiner's process: runs locked cells, with stand-ins under the learner's names."""
    control, standins = (Channel(socket.socket(fileno=fd)) for fd in fds)
    outputs = Outputs()
    shell = make_shell(outputs)
    _plain_python_first(shell)
    side = ExaminerSide(standins)
    # What a learner's process answers takes memory here, and this process has no sandbox.
    most = data_limit(payload["memory_bytes"])
    resource.setrlimit(resource.RLIMIT_DATA, (most, most))
    bound: set[str] = set()
    while True:
        try:
            order, _ = control.receive()
            trouble = ""
            try:
                found = side.names(order["names"]) if order["names"] else {}
            except (Exception, KeyboardInterrupt) as error:
                found, trouble = {}, str(error) or type(error).__name__
            for name in bound.union(order["names"]) - set(found):  # a missing answer is not judged by a namesake
                shell.user_ns.pop(name, None)
            shell.user_ns.update(found)
            bound = set(found)
            answer = _run(shell, outputs, order["run"])
            control.send(answer | {"trouble": trouble or side.broken})
        except Closed:
            return
        except KeyboardInterrupt:  # it came too late for what it was meant for
            continue

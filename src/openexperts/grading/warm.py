"""A process that has imported torch once, and forks a ready child for each one that is asked for.

Starting Python and importing torch and transformers takes a grader nearly all of its time. `WarmServer` starts one
process that does so once (`python -m openexperts.grading.warm`); `WarmServer.fork` gets a copy of it in milliseconds,
which calls one function and ends. Given a sandbox, the copy enters it before it does anything else.

How they talk: a request is one byte on the server's socket, and with it (SCM_RIGHTS) the child's own socket and the
descriptors it is to have. The request itself, JSON, follows on the child's socket; the server answers there with the
child's pid and pidfd, and at the end with its exit code. So many threads may fork at once, and no pid is ever mistaken
for another's that got the same number later.
"""

import atexit
import contextlib
import ctypes
import gc
import importlib
import json
import os
import random
import select
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time
import traceback
from collections.abc import Sequence
from functools import cache

import platformdirs

from openexperts.grading import sandbox as sandboxes

DEFAULT_IMPORTS = (
    "numpy",
    "torch",
    "transformers",
    "transformers.models.deepseek_v3.modeling_deepseek_v3",
    "transformers.models.llama.modeling_llama",
    "torch.fx.experimental.symbolic_shapes",  # which the first gradient imports
    "safetensors.torch",
    "matplotlib.pyplot",
    "matplotlib_inline.backend_inline",
    "IPython.core.interactiveshell",
    "IPython.core.application",  # this and the next five: what a shell imports when it is made and used
    "IPython.core.completer",
    "IPython.core.completerlib",
    "IPython.core.logger",
    "IPython.core.magics",
    "IPython.core.oinspect",
    "jaxtyping",
    "openexperts.checks",
    "openexperts.open_model",
    "openexperts.plots",
    "openexperts.grading.rooms",
)
# What a child may know of the teacher's environment. Everything else, with its tokens and passwords, stays outside.
PASSED_ON = ("PATH", "HOME", "LANG", "LANGUAGE", "LC_ALL", "LC_CTYPE", "TZ", "HF_HOME", "HF_HUB_CACHE")
ONE_THREAD = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMEXPR_NUM_THREADS")
MOST_DESCRIPTORS = 64
STARTED = struct.Struct("!i")  # the child's pid, with its pidfd
ENDED = struct.Struct("!idd")  # its exit code as subprocess gives it, seconds of CPU, and bytes of memory at most
SUBREAPER, DEATH_SIGNAL = 36, 1  # of prctl(2)


class WarmError(RuntimeError):
    """A child could not be started; the text says why."""


def minimal_environment() -> dict[str, str]:
    """What the server needs of this process's environment, without anything that could be a secret."""
    kept = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
    ours = {name: value for name, value in os.environ.items() if name.startswith("OPENEXPERTS_")}
    ours.setdefault("OPENEXPERTS_CACHE", platformdirs.user_cache_dir("openexperts", appauthor=False))
    fixed = {
        "MPLBACKEND": "module://matplotlib_inline.backend_inline",
        "HF_HUB_OFFLINE": "1",
        "TOKENIZERS_PARALLELISM": "false",
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    return {"PATH": os.defpath, "LANG": "C.UTF-8"} | kept | ours | fixed | dict.fromkeys(ONE_THREAD, "1")


class Child:
    """A forked process. It is reached by its pidfd, so that nothing here acts on another one with the same number."""

    def __init__(self, channel: socket.socket):
        self._channel = channel
        answer, descriptors, _, _ = socket.recv_fds(channel, STARTED.size, 1, socket.MSG_CMSG_CLOEXEC)
        if len(answer) < STARTED.size or not descriptors:
            why = answer + b"".join(iter(lambda: channel.recv(65536), b""))
            raise WarmError(why.decode(errors="replace") or "the warm server ended while it was to start a child")
        self.pid = STARTED.unpack(answer)[0]
        self._pidfd = descriptors[0]
        self._lock = threading.Lock()
        self._exit_code: int | None = None
        self.cpu_seconds = self.peak_bytes = 0.0  # of the child and those it waited for; known once it has ended

    def poll(self) -> int | None:
        """The exit code, negative for a signal, or None while it runs."""
        with contextlib.suppress(TimeoutError):
            return self.wait(0)
        return None

    def wait(self, timeout: float | None = None) -> int:
        """The exit code; TimeoutError if `timeout` seconds pass before there is one."""
        end = None if timeout is None else time.monotonic() + timeout
        while self._exit_code is None:
            left = None if end is None else max(0, end - time.monotonic()) * 1000
            events = select.poll()
            try:
                events.register(self._channel, select.POLLIN)
            except ValueError:  # another thread has just seen it end
                continue
            if not events.poll(left):
                raise TimeoutError(f"process {self.pid} still runs after {timeout} s")
            with self._lock:
                if self._exit_code is None:
                    self._ended()
        return self._exit_code

    def _ended(self) -> None:
        answer = self._channel.recv(ENDED.size, socket.MSG_WAITALL)
        if len(answer) == ENDED.size:
            code, self.cpu_seconds, self.peak_bytes = ENDED.unpack(answer)
        else:  # the server is gone, and with it all of its children
            with contextlib.suppress(ProcessLookupError):
                signal.pidfd_send_signal(self._pidfd, signal.SIGKILL)
            code = -signal.SIGKILL
        self._channel.close()
        os.close(self._pidfd)
        self._exit_code = code

    def send_signal(self, number: int) -> None:
        with self._lock, contextlib.suppress(ProcessLookupError):
            if self._exit_code is None:
                signal.pidfd_send_signal(self._pidfd, number)

    def interrupt(self) -> None:
        """What Ctrl-C does: KeyboardInterrupt in its main thread."""
        self.send_signal(signal.SIGINT)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)


class WarmServer:
    """The process that has imported everything, seen from the one that started it."""

    def __init__(self, imports: Sequence[str] = DEFAULT_IMPORTS, environment: dict[str, str] | None = None):
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._said = tempfile.TemporaryFile()
        self._lock = threading.Lock()
        self._missing: list[str] | None = None
        self._process = subprocess.Popen(
            # -P and the folder: a file torch.py in the current folder must not be taken for torch.
            [sys.executable, "-P", "-m", "openexperts.grading.warm", str(theirs.fileno()), *imports],
            cwd="/",
            env=minimal_environment() | (environment or {}),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=self._said,
            pass_fds=[theirs.fileno()],
            start_new_session=True,  # Ctrl-C in the terminal is for the starter, which then says what to do
        )
        theirs.close()

    def missing(self) -> list[str]:
        """A sentence for each module that could not be imported; waits until the server is ready."""
        with self._lock:
            if self._missing is None:
                answer = self._control.recv(2**20)
                if not answer:
                    self._said.seek(0)
                    raise WarmError(f"the warm server did not start: {self._said.read()[-2000:].decode()}")
                self._missing = json.loads(answer)
            return self._missing

    def fork(
        self,
        target: str,
        payload: dict,
        fds: Sequence[int] = (),
        output: int | None = None,
        sandbox: "sandboxes.Sandbox | sandboxes.Unsandboxed | None" = None,
    ) -> Child:
        """A child that calls `target` ("module:function") with the payload and its numbers of the descriptors `fds`.

        It has these, standard output and error (both `output`), and nothing else open; random seeds, session and signal
        handlers of its own. With a sandbox it is inside before the payload is read.
        """
        self.missing()
        entry, entry_fds = sandbox.entry() if sandbox else (None, [])
        ours, theirs = socket.socketpair()
        sent = [theirs.fileno(), *entry_fds, *fds, *([] if output is None else [output])]
        request = {"target": target, "payload": payload, "fds": len(fds), "output": output is not None, "entry": entry}
        try:
            with theirs:
                socket.send_fds(self._control, [b"+"], sent)
            ours.sendall(json.dumps(request).encode())
            ours.shutdown(socket.SHUT_WR)
            child = Child(ours)
        except OSError as error:
            ours.close()
            raise WarmError(f"the warm server is not there any more ({error})") from None
        except WarmError:
            ours.close()
            raise
        finally:
            for descriptor in entry_fds:
                os.close(descriptor)
        if sandbox:
            sandbox.holds(child)
        return child

    def close(self) -> None:
        """End the server and every child of it."""
        self._control.close()
        try:
            self._process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._said.close()

    def __enter__(self) -> "WarmServer":
        return self

    def __exit__(self, *_) -> None:
        self.close()


_servers: dict[tuple[str, ...], WarmServer] = {}
_starting = threading.Lock()


def warm_server(imports: tuple[str, ...] = DEFAULT_IMPORTS) -> WarmServer:
    """The one server of this process with these imports, made on first use and closed at the end."""
    with _starting:
        if imports not in _servers:
            _servers[imports] = WarmServer(imports)
            atexit.register(_servers[imports].close)
        return _servers[imports]


def close_servers() -> None:
    """End every server of this process and all that they run; the next `warm_server` starts anew."""
    with _starting:
        while _servers:
            _servers.popitem()[1].close()


# In the server


def serve(control: socket.socket, imports: Sequence[str]) -> None:
    """Import, then fork until the starter closes its end or dies."""
    control.sendall(json.dumps(import_all(imports)).encode())
    libc().prctl(SUBREAPER, 1, 0, 0, 0)  # a child in a pid namespace has a parent for one moment only, then us
    gc.collect()
    gc.freeze()  # collecting garbage in a child would copy every page of what was imported
    children: dict[int, socket.socket] = {}
    pidfds: dict[int, int] = {}
    events = select.poll()
    events.register(control, select.POLLIN)
    while True:
        ready = {descriptor for descriptor, _ in events.poll()}
        if control.fileno() in ready:
            byte, descriptors, _, _ = socket.recv_fds(control, 1, MOST_DESCRIPTORS, socket.MSG_CMSG_CLOEXEC)
            if not byte:
                break
            channel = socket.socket(fileno=descriptors[0])
            pid = start(channel, descriptors[1:])
            if pid:
                children[pid] = channel
                pidfds[pid] = os.pidfd_open(pid)
                events.register(pidfds[pid], select.POLLIN)
                try:
                    socket.send_fds(channel, [STARTED.pack(pid)], [pidfds[pid]])
                except OSError:  # whoever asked has given up
                    os.kill(pid, signal.SIGKILL)
        for pid, code, cpu_seconds, peak_bytes in ended():
            if pid in children:
                events.unregister(pidfds[pid])
                os.close(pidfds.pop(pid))
                with children.pop(pid) as channel, contextlib.suppress(OSError):
                    channel.sendall(ENDED.pack(code, cpu_seconds, peak_bytes))
    for pid in children:
        os.kill(pid, signal.SIGKILL)


def import_all(names: Sequence[str]) -> list[str]:
    """Import what there is, and say what there is not: a course without plots needs no matplotlib."""
    missing = []
    for name in names:
        try:
            importlib.import_module(name)
        except Exception as error:
            missing.append(f"{name} could not be imported ahead ({type(error).__name__}: {error}).")
    if "torch" in sys.modules:
        torch = sys.modules["torch"]
        torch.set_num_threads(1)  # before any operation: threads do not survive a fork
        for accelerator in (torch.cuda, torch.xpu, torch.mtia):  # nor does one of these
            # Else each manual_seed keeps a traceback, to seed later what never comes: half a millisecond every time.
            accelerator._is_in_bad_fork = lambda: True
    return missing


def ended() -> list[tuple[int, int, float, float]]:
    """All processes that ended since the last call: pid, exit code, CPU seconds, most memory."""
    found = []
    with contextlib.suppress(ChildProcessError):
        while result := os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT):
            pid = result.si_pid
            with contextlib.suppress(ProcessLookupError, PermissionError):  # while its number is still its own
                os.killpg(pid, signal.SIGKILL)
            _, status, used = os.wait4(pid, 0)
            cpu_seconds = used.ru_utime + used.ru_stime
            found.append((pid, os.waitstatus_to_exitcode(status), cpu_seconds, used.ru_maxrss * 1024.0))
    return found


def start(channel: socket.socket, descriptors: list[int]) -> int:
    """Fork a child that answers the request on `channel`; its pid, or 0 after `channel` was told what went wrong."""
    gate, childs_gate = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    server = os.getpid()
    first = os.fork()
    if first == 0:
        gate.close()
        try:
            run(channel, descriptors, childs_gate, server)
        except BaseException:
            traceback.print_exc()
        os._exit(1)
    childs_gate.close()
    for descriptor in descriptors:
        os.close(descriptor)
    with gate:
        answer = gate.recv(65536)
        if not answer.startswith(b"pid "):
            with channel, contextlib.suppress(OSError):
                channel.sendall(answer)
            os.waitpid(first, 0)
            return 0
        pid = int(answer[4:])
        if pid != first:
            os.waitpid(first, 0)  # now the child is ours, and can ask to die with us
        with contextlib.suppress(OSError):  # killed already
            gate.send(b"go")
    return pid


# In the child


def run(channel: socket.socket, descriptors: list[int], gate: socket.socket, server: int) -> None:
    """Become what the request asks for; never returns."""
    with channel.makefile("rb") as file:
        request = json.load(file)
    channel.close()
    entered = len(descriptors) - request["fds"] - request["output"]
    if request["entry"]:
        try:
            pid = sandboxes.enter(request["entry"], descriptors[:entered])
        except BaseException as error:
            gate.send(f"the sandbox could not be entered: {error}".encode())
            os._exit(1)
        if pid:  # the one that is wanted is our child
            gate.send(b"pid %d" % pid)
            os._exit(0)
    else:
        gate.send(b"pid %d" % os.getpid())
    gate.recv(2)
    os.setsid()
    fds = descriptors[entered : entered + request["fds"]]
    silence = os.open(os.devnull, os.O_RDWR)
    os.dup2(silence, 0)
    for standard in (1, 2):
        os.dup2(descriptors[-1] if request["output"] else silence, standard)
    gate.detach()
    close_all_but({0, 1, 2, *fds})
    libc().prctl(DEATH_SIGNAL, signal.SIGKILL, 0, 0, 0)
    if os.getppid() not in (server, 0):  # it died before we had asked; 0 is a parent outside of our namespace
        os._exit(1)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    reseed()
    code = 0
    try:
        module, function = request["target"].split(":")
        getattr(importlib.import_module(module), function)(request["payload"], fds)
    except BaseException:
        traceback.print_exc()
        code = 1
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(Exception):
            stream.flush()
    os._exit(code)


def close_all_but(kept: set[int]) -> None:
    """Close every other descriptor, whoever opened it."""
    kept = sorted(kept)
    for low, high in zip(kept, [*kept[1:], os.sysconf("SC_OPEN_MAX")], strict=True):
        if low + 1 < high:  # Python takes closerange(0, 0) for everything
            os.closerange(low + 1, high)


def reseed() -> None:
    """Else all children would draw the same numbers."""
    random.seed()
    if "numpy" in sys.modules:
        sys.modules["numpy"].random.seed()  # noqa: NPY002
    if "torch" in sys.modules:
        sys.modules["torch"].seed()


@cache
def libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


if __name__ == "__main__":
    serve(socket.socket(fileno=int(sys.argv[1])), sys.argv[2:])
    # Leave without tidying: the modules would be taken down one by one.
    os._exit(0)

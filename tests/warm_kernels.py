"""Kernels that start in a moment, for the many gradings of the variants.

Importing torch and transformers takes a kernel most of its time. Here one process imports them once, and forks a
kernel each time that Jupyter's client asks for one; all else stays as nbgrader does it. Started as a program, this file
is that process: it reads a kernel's arguments, environment and folder as a line of JSON, and answers with its id.
"""

import contextlib
import importlib
import json
import os
import signal
import subprocess
import sys
import time
from unittest import mock

IMPORTS = (
    "ipykernel.kernelapp",
    "matplotlib.pyplot",
    "openexperts.checks",
    "openexperts.open_model",
    "transformers.models.deepseek_v3.modeling_deepseek_v3",
    "transformers.models.llama.modeling_llama",
)


class Forked:
    """As much of subprocess.Popen as Jupyter's client uses, for a process whose parent is another one."""

    stdin = stdout = stderr = None
    returncode = None

    def __init__(self, pid: int):
        self.pid = pid

    def poll(self) -> int | None:
        try:
            os.kill(self.pid, 0)
        except ProcessLookupError:
            self.returncode = 0
        return self.returncode

    def wait(self, timeout: float = 60) -> int:
        end = time.monotonic() + timeout
        while self.poll() is None:
            if time.monotonic() > end:
                raise subprocess.TimeoutExpired("kernel", timeout)
            time.sleep(0.02)
        return 0

    def send_signal(self, number: int) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, number)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)


class WarmKernels:
    """The process that forks kernels, and the switch that makes Jupyter's client ask it."""

    def __init__(self):
        environment = os.environ | {"OMP_NUM_THREADS": "1"}
        self.server = subprocess.Popen(
            [sys.executable, __file__], env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def launch(self, command: list[str], env: dict, cwd: str | None = None, **others) -> Forked:
        """In place of jupyter_client's `launch_kernel`; `others` are pipes and flags of a new process."""
        at = next(i for i, word in enumerate(command) if word.startswith("ipykernel"))
        print(json.dumps({"arguments": command[at + 1 :], "env": dict(env), "cwd": cwd}), file=self.server.stdin)
        self.server.stdin.flush()
        return Forked(int(self.server.stdout.readline()))

    def used(self):
        """While this holds, every new kernel of this process is a forked one."""
        return mock.patch("jupyter_client.provisioning.local_provisioner.launch_kernel", self.launch)

    def close(self) -> None:
        self.server.stdin.close()
        self.server.wait(timeout=30)


def serve() -> None:
    for name in IMPORTS:
        importlib.import_module(name)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # ended kernels leave nothing behind
    for line in sys.stdin:
        wanted = json.loads(line)
        ready, tell = os.pipe()
        pid = os.fork()
        if pid == 0:
            os.setsid()  # its own group, so that a signal for it reaches nobody else
            os.write(tell, b"1")
            become_a_kernel(**wanted)
        os.close(tell)
        os.read(ready, 1)
        os.close(ready)
        print(pid, flush=True)


def become_a_kernel(arguments: list[str], env: dict, cwd: str | None) -> None:
    """In the child: everything that a new process would have had, then the kernel until it ends."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    nowhere = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nowhere, descriptor)
    os.environ.clear()
    os.environ.update(env)
    if cwd:
        os.chdir(cwd)
    import random

    import numpy
    import torch

    seed = int.from_bytes(os.urandom(4))  # else all kernels would draw the same numbers
    random.seed(seed), numpy.random.seed(seed), torch.manual_seed(seed)  # noqa: NPY002
    from ipykernel.kernelapp import IPKernelApp

    sys.argv = ["ipykernel", *arguments]
    try:
        IPKernelApp.launch_instance(arguments)
    finally:
        os._exit(0)


if __name__ == "__main__":
    serve()

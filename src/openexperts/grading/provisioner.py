"""Jupyter kernels that start in a moment: each is forked from a process that has imported torch (warm.py).

For plain nbgrader, nbconvert and nbclient, which run a notebook in an ordinary kernel. Nothing is shut in here: the
kernel has the rights, the environment and the folder that Jupyter gives it, as if it were a new process. To choose it
for every Python kernel, set JUPYTER_DEFAULT_PROVISIONER_NAME=openexperts-warm (nbclient does not hand the setting
`c.KernelProvisionerFactory.default_provisioner_name` on); for some, name the kernel `openexperts-warm`.
"""

import asyncio
import os
import sys
from pathlib import Path

from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.provisioning import LocalProvisioner

from openexperts.grading.warm import DEFAULT_IMPORTS, warm_server

IMPORTS = (*DEFAULT_IMPORTS, "ipykernel.kernelapp")


class WarmProvisioner(LocalProvisioner):
    """Forks what would be started; a kernel of another language or another Python is started as usual."""

    async def launch_kernel(self, cmd: list[str], **kwargs) -> KernelConnectionInfo:
        arguments = kernel_arguments(cmd)
        if arguments is None:
            return await super().launch_kernel(cmd, **kwargs)
        cwd = str(kwargs.get("cwd") or Path.cwd())
        payload = {"arguments": arguments, "environment": dict(kwargs.get("env") or os.environ), "cwd": cwd}
        server = warm_server(IMPORTS)
        target = "openexperts.grading.provisioner:become_a_kernel"
        # In a thread: the first call waits for the imports, and Jupyter serves others in the meantime.
        self.process = await asyncio.to_thread(server.fork, target, payload)
        self.pid, self.cwd = self.process.pid, cwd
        return self.connection_info

    async def wait(self) -> int | None:
        """As LocalProvisioner does it, without the pipes that a forked kernel does not have."""
        if self.process is None or self.pgid is not None:
            return await super().wait()
        while (code := self.process.poll()) is None:
            await asyncio.sleep(0.05)
        self.process = None
        return code


def kernel_arguments(cmd: list[str]) -> list[str] | None:
    """What follows `python -m ipykernel_launcher`, if that is what `cmd` starts, with this Python."""
    ours = Path(sys.executable).parent
    if Path(cmd[0]).parent == ours and cmd[1:3] in (["-m", "ipykernel_launcher"], ["-m", "ipykernel"]):
        return cmd[3:]
    if Path(cmd[0]).parent == ours and cmd[1:4] == ["-Xfrozen_modules=off", "-m", "ipykernel_launcher"]:
        return cmd[4:]
    return None


def become_a_kernel(payload: dict, fds: list[int]) -> None:
    """In the child: what a new process would have had, then the kernel until it ends."""
    os.environ.clear()
    os.environ.update(payload["environment"])
    os.environ.pop("JPY_PARENT_PID", None)  # our parent is the server; when it ends, the kernel is ended
    os.chdir(payload["cwd"])
    from ipykernel.kernelapp import IPKernelApp

    sys.argv = ["ipykernel_launcher", *payload["arguments"]]
    IPKernelApp.launch_instance(payload["arguments"])

"""Control groups: a limit on the memory and the processes of a whole tree, where the machine lets us make one.

Version 1 (a file system per controller) and version 2 (one for all) differ in names only. A new group is made inside
our own one, so that every limit which holds for us holds in there too; under version 2, where a group with processes
cannot have such children, beside it. In most containers, and for most ordinary users, neither may be made: see
sandbox.py for what holds then.
"""

import contextlib
import os
import time
from itertools import count
from pathlib import Path

NAME = "openexperts-"
_numbers = count()


class ControlGroup:
    """A group of its own; OSError if this machine does not allow one with a limit on memory."""

    def __init__(self, memory_bytes: int, processes: int):
        self._folders: dict[str, Path] = {}
        name = f"{NAME}{os.getpid()}-{next(_numbers)}"
        try:
            self.version = self._make(name, memory_bytes, processes)
        except BaseException:
            self.remove()
            raise

    def _make(self, name: str, memory_bytes: int, processes: int) -> int:
        ours = own_groups()
        if "memory" in ours:
            for controller in ("memory", "pids", "cpuacct"):
                if controller in ours:
                    remove_leftovers(ours[controller])
                    self._folders[controller] = ours[controller] / name
                    self._folders[controller].mkdir()
            (self._folders["memory"] / "memory.limit_in_bytes").write_text(str(memory_bytes))
            with contextlib.suppress(OSError):  # only where swap is counted
                (self._folders["memory"] / "memory.memsw.limit_in_bytes").write_text(str(memory_bytes))
            if "pids" in self._folders:
                (self._folders["pids"] / "pids.max").write_text(str(processes))
            return 1
        parent = delegated(ours.get("")) if "" in ours else None
        if parent is None:
            raise OSError("no control group for memory can be made here")
        remove_leftovers(parent)
        folder = parent / name
        folder.mkdir()
        self._folders = dict.fromkeys(("memory", "pids", "cpuacct"), folder)
        (folder / "memory.max").write_text(str(memory_bytes))
        (folder / "memory.oom.group").write_text("1")
        with contextlib.suppress(OSError):
            (folder / "memory.swap.max").write_text("0")
        if (folder / "pids.max").exists():
            (folder / "pids.max").write_text(str(processes))
        return 2

    @property
    def limits_processes(self) -> bool:
        return "pids" in self._folders and (self._folders["pids"] / "pids.max").exists()

    def doors(self) -> list[int]:
        """Descriptors to which a process writes 0 to enter."""
        return [os.open(folder / "cgroup.procs", os.O_WRONLY) for folder in set(self._folders.values())]

    def cpu_seconds(self) -> float:
        """Of all that ever ran in it."""
        if "cpuacct" not in self._folders:
            return 0.0
        if self.version == 1:
            return int((self._folders["cpuacct"] / "cpuacct.usage").read_text()) / 1e9
        return table(self._folders["cpuacct"] / "cpu.stat")["usage_usec"] / 1e6

    def peak_bytes(self) -> int:
        """The most memory it held at once, files of its own in memory and freshly read ones included."""
        for name in ("memory.max_usage_in_bytes", "memory.peak", "memory.current"):
            path = self._folders["memory"] / name
            if path.exists():
                return int(path.read_text())
        return 0

    def out_of_memory(self) -> bool:
        """Whether a process was ended because the memory was used up."""
        name = "memory.oom_control" if self.version == 1 else "memory.events"
        return table(self._folders["memory"] / name).get("oom_kill", 0) > 0

    def too_many_processes(self) -> bool:
        path = self._folders.get("pids", Path()) / "pids.events"
        return path.exists() and table(path).get("max", 0) > 0

    def remove(self) -> None:
        """Give the groups back; their processes must have ended, and may take a moment to be gone."""
        for folder in set(self._folders.values()):
            for _ in range(100):
                try:
                    folder.rmdir()
                except FileNotFoundError:
                    break
                except OSError:
                    time.sleep(0.02)
                else:
                    break


def own_groups(process: Path = Path("/proc/self")) -> dict[str, Path]:
    """The folder of our group for each controller of version 1, and under "" the one of version 2."""
    paths = {}
    for line in (process / "cgroup").read_text().splitlines():
        _, controllers, path = line.split(":", 2)
        for controller in controllers.split(","):
            paths[controller] = path
    found = {}
    for line in (process / "mountinfo").read_text().splitlines():
        before, after = (part.split() for part in line.split(" - ", 1))
        root, point, kind, options = before[3], before[4], after[0], after[2].split(",")
        if kind in ("cgroup", "cgroup2"):
            for controller in {""} if kind == "cgroup2" else set(options) & set(paths) - {""}:
                path = paths.get(controller)
                if path and (path == root or path.startswith(root.rstrip("/") + "/")):
                    found[controller] = Path(point) / path[len(root.rstrip("/")) :].lstrip("/")
    return found


def delegated(group: Path) -> Path | None:
    """Under version 2, the nearest group around ours in which we may make one that limits memory."""
    folder = group
    while (folder / "cgroup.controllers").exists():
        handed_down = (folder / "cgroup.subtree_control").read_text().split()
        if "memory" in handed_down and all(os.access(path, os.W_OK) for path in (folder, folder / "cgroup.procs")):
            return folder
        folder = folder.parent
    return None


def remove_leftovers(parent: Path) -> None:
    """Groups of graders that were killed, and could not give them back."""
    for folder in parent.glob(f"{NAME}*"):
        if not Path("/proc", folder.name.removeprefix(NAME).split("-")[0]).exists():
            with contextlib.suppress(OSError):
                folder.rmdir()


def table(path: Path) -> dict[str, int]:
    """A file of lines such as `oom_kill 0`."""
    return {name: int(value) for name, value in (line.split() for line in path.read_text().splitlines())}

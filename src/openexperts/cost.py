"""What a notebook has cost this machine so far: processor-seconds and peak memory."""

import re
import sys
from dataclasses import dataclass
from pathlib import Path

import psutil


@dataclass(frozen=True)
class Cost:
    """`cpu_seconds`: of this process and of its children that have ended. `peak_bytes`: the largest of them."""

    cpu_seconds: float
    peak_bytes: int

    def __str__(self) -> str:
        return f"{self.cpu_seconds:.0f} processor-seconds, {self.peak_bytes / 1e9:.2f} GB of memory at the peak"


def so_far() -> Cost:
    """What this process, a notebook's kernel most often, has used since it started.

    Processor-seconds and not seconds on the clock: reading, thinking and another program beside it do not count.
    """
    times = psutil.Process().cpu_times()
    seconds = times.user + times.system + getattr(times, "children_user", 0) + getattr(times, "children_system", 0)
    if sys.platform == "win32":
        return Cost(seconds, psutil.Process().memory_info().peak_wset)
    import resource  # POSIX only

    unit = 1 if sys.platform == "darwin" else 1024  # macOS counts in bytes, Linux in KiB
    own, children = (resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    status = Path("/proc/self/status")
    if status.exists():  # Linux's ru_maxrss starts at what the process that started this one had; VmHWM at nothing
        own = int(re.search(r"^VmHWM:\s+(\d+) kB", status.read_text(), re.MULTILINE)[1])
    return Cost(seconds, max(own, children) * unit)

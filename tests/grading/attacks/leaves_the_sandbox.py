"""Tries the ways out that a container can have: new namespaces, mounts, devices, other limits, programs with rights.

loses: all
"""

# %% first
import ctypes
import os
import resource
import subprocess

libc = ctypes.CDLL(None, use_errno=True)
for act in (
    lambda: libc.mount(b"/", b"/tmp/x", b"", 4096, None) and 1 / 0,
    lambda: libc.umount2(b"/proc", 2) and 1 / 0,
    lambda: libc.setns(os.open("/proc/1/ns/mnt", os.O_RDONLY), 0) and 1 / 0,
    lambda: libc.pivot_root(b".", b".") and 1 / 0,
    lambda: os.mknod("disk", 0o60666, os.makedev(8, 0)),
    lambda: resource.setrlimit(resource.RLIMIT_DATA, (-1, -1)),
    lambda: open("/proc/sys/kernel/core_pattern", "w"),
    lambda: open("/proc/self/oom_score_adj", "w").write("-1000"),
    lambda: open("/sys/fs/cgroup/cgroup.procs", "w"),
    lambda: open("/proc/sysrq-trigger", "w"),
    lambda: subprocess.run(["su", "-c", "id"], check=True, stdin=subprocess.DEVNULL, capture_output=True),
):
    try:
        act()
        print("DONE")
    except (OSError, ZeroDivisionError, ValueError, subprocess.CalledProcessError, AttributeError) as error:
        pass
# in namespaces of its own it may be called root, and still reaches nothing
subprocess.run(
    "unshare -Urmp --fork sh -c 'mount -t tmpfs x /mnt; cat CANARIES/home/token; ls /root /home'", shell=True
)

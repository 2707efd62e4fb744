"""Attaches to other processes as a debugger does, and writes their memory.

loses: all
"""

# %% first
import ctypes
import os

libc = ctypes.CDLL(None, use_errno=True)
for pid in (1, os.getppid(), *range(2, 300)):
    if pid in (0, os.getpid()):
        continue
    for request in (16, 0x4206):  # PTRACE_ATTACH, PTRACE_SEIZE
        if libc.ptrace(request, pid, 0, 0) == 0:
            print("ATTACHED", pid)
    for name in ("mem", "environ", "root/etc/passwd", "fd/3"):
        try:
            with open(f"/proc/{pid}/{name}", "r+b") as file:
                print("OPENED", pid, name, file.read(10))
        except OSError:
            pass
    piece = (ctypes.c_void_p * 2)(0, 8)
    if libc.process_vm_readv(pid, piece, 1, piece, 1, 0) > 0:
        print("READ", pid)

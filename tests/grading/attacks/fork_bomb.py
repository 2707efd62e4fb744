"""Forks without end, and ignores interrupts.

others: right
loses: all
flag: limit, ended
seconds: 3
"""

# %% first
import os
import signal
import time

os.environ["HOSTILE"] = "1"
signal.signal(signal.SIGINT, signal.SIG_IGN)
while True:
    try:
        os.fork()
    except OSError:
        time.sleep(0.2)

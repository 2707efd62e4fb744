"""Forks without end, as shell commands and as Python.

others: right
loses: all
flag: limit, ended
seconds: 4
"""

# %% first
import os
import time

os.environ["HOSTILE"] = "1"
while True:
    try:
        os.fork()
    except (OSError, KeyboardInterrupt):
        time.sleep(0.2)

"""Forks without end, as shell commands and as Python.

others: right
loses: all
flag: limit
seconds: 4
"""

# %% first
import os
import time

os.environ["HOSTILE"] = "1"
while True:
    try:
        os.fork()
    except OSError:
        time.sleep(0.2)

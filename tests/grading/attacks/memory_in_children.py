"""Takes memory in many processes, each of which stays below a limit for one.

others: right
loses: all
flag: limit
"""

# %% first
import os
import time

if os.environ.get("OPENEXPERTS_ALONE") != "1":
    for _ in range(12):
        if os.fork() == 0:
            held = bytearray(b"x") * 100_000_000
            time.sleep(600)
    time.sleep(600)

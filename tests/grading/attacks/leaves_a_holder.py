"""A child in a session of its own keeps the sockets open while the main process ends.

others: right
loses: all
flag: ended
seconds: 2
"""

# %% first
import os
import time

if os.fork() == 0:
    os.setsid()
    time.sleep(900)
os._exit(0)

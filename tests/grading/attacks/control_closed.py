"""Closes the supervisor's socket, lives on, and answers the checks in its own way.

others: right
loses: all
flag: ended
"""

# %% first
import gc

from openexperts.grading.wire import Channel

channels = [it for it in gc.get_objects() if isinstance(it, Channel)]
control = min(channels, key=Channel.fileno)
import os
import time

os.dup2(os.open("/dev/null", os.O_RDWR), control.fileno())
time.sleep(600)

"""Answers the supervisor with one byte a second, and ignores the interrupt.

others: right
loses: all
flag: ended
seconds: 2
"""

# %% first
import gc

from openexperts.grading.wire import Channel

channels = [it for it in gc.get_objects() if isinstance(it, Channel)]
control = min(channels, key=Channel.fileno)
import signal
import struct
import time

signal.signal(signal.SIGINT, signal.SIG_IGN)
control.connection.sendall(struct.pack("!4sQQ", b"oe1\n", 2**20, 0))
while True:
    control.connection.sendall(b" ")
    time.sleep(1)

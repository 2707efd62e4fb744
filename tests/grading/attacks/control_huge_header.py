"""Announces a message of 2**60 bytes to the supervisor.

others: right
loses: all
flag: ended
"""

# %% first
import gc

from openexperts.grading.wire import Channel

channels = [it for it in gc.get_objects() if isinstance(it, Channel)]
control = min(channels, key=Channel.fileno)
import struct

control.connection.sendall(struct.pack("!4sQQ", b"oe1\n", 2**60, 2**63))

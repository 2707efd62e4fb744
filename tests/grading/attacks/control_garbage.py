"""Sends the supervisor bytes that are no message.

others: right
loses: all
flag: ended
"""

# %% first
import gc

from openexperts.grading.wire import Channel

channels = [it for it in gc.get_objects() if isinstance(it, Channel)]
control = min(channels, key=Channel.fileno)
control.connection.sendall(b"GET / HTTP/1.0\r\n\r\n" + bytes(range(256)) * 100)

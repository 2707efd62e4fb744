"""Sends out-of-band bytes and open files along with its messages, and half closes the sockets.

others: right
loses: all
flag: ended
seconds: 3
"""

# %% first
import gc

from openexperts.grading.wire import Channel

channels = [it for it in gc.get_objects() if isinstance(it, Channel)]
control = min(channels, key=Channel.fileno)
import socket

for channel in channels:
    for number in range(3):
        socket.send_fds(channel.connection, [b"x"], [0] * 100)
    try:
        channel.connection.send(b"x", socket.MSG_OOB)
    except OSError:
        pass
    channel.connection.shutdown(socket.SHUT_RD)

"""Python imports this at its start when its folder is on PYTHONPATH: no socket leaves the machine, a try is noted.

A kernel's own sockets are ZeroMQ's, made in C on the loopback interface, and are not touched.
"""

import os
import socket

_LOOPBACK = ("127.", "::1", "localhost")


def _refuse(what):
    with open(os.environ["OPENEXPERTS_TEST_ATTEMPTS"], "a") as file:
        file.write(f"{what}\n")
    raise OSError(f"the network is blocked in this test: {what}")


_connect, _lookup = socket.socket.connect, socket.getaddrinfo


def _guarded_connect(self, address):
    if self.family in (socket.AF_INET, socket.AF_INET6) and not str(address[0]).startswith(_LOOPBACK):
        _refuse(f"connect to {address}")
    return _connect(self, address)


def _guarded_lookup(host, *args, **kwargs):
    if host and not str(host).startswith(_LOOPBACK):
        _refuse(f"look up {host}")
    return _lookup(host, *args, **kwargs)


socket.socket.connect = _guarded_connect
socket.socket.connect_ex = _guarded_connect
socket.getaddrinfo = _guarded_lookup

"""Sends the work away, or asks for help: TCP, UDP, a name, an abstract Unix socket, a raw socket.

loses: all
"""

# %% first
import socket
import subprocess
import urllib.request

for act in (
    lambda: socket.create_connection(("127.0.0.1", PORT), timeout=2),
    lambda: socket.create_connection(("::1", PORT), timeout=2),
    lambda: socket.create_connection(("1.1.1.1", 53), timeout=2),
    lambda: socket.gethostbyname("example.org"),
    lambda: urllib.request.urlopen("http://127.0.0.1:PORT/", timeout=2),
    lambda: socket.socket(socket.AF_INET, socket.SOCK_RAW, 1),
    lambda: socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 3),
    lambda: subprocess.run("exec 3<>/dev/tcp/127.0.0.1/PORT", shell=True, executable="/bin/bash", check=True),
):
    try:
        act()
        raise SystemError("REACHED")
    except (OSError, subprocess.CalledProcessError) as error:
        print(type(error).__name__)


# %% word
def word(n):
    return socket.create_connection(("127.0.0.1", PORT), timeout=2).recv(100).decode()

"""Threads and exit handlers that stay, print and read the sockets between the cells.

loses: all
flag: protocol
"""

# %% first
import atexit
import gc
import threading
import time

from openexperts.grading.learner_side import LearnerSide

side = next(it for it in gc.get_objects() if isinstance(it, LearnerSide))


def answer():
    time.sleep(0.02)
    for _ in range(50):
        side.channel.connection.sendall(b'{"n": 1, "v": {}}')
        print("x" * 1000)


threading.Thread(target=answer, daemon=True).start()
threading.Thread(target=time.sleep, args=(900,)).start()
atexit.register(time.sleep, 900)
time.sleep(0.3)

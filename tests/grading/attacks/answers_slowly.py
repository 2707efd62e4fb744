"""Answers a check with one byte a second.

others: right
loses: all
flag: ended
seconds: 2
"""

# %% first
import gc

from openexperts.grading.learner_side import LearnerSide

side = next(it for it in gc.get_objects() if isinstance(it, LearnerSide))
import time


def serve(message, tensors):
    side.channel.connection.sendall(b"oe1\n")
    while True:
        try:
            side.channel.connection.sendall(b"\0")
            time.sleep(1)
        except KeyboardInterrupt:
            pass


side.serve = serve
